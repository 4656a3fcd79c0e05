"""The stretch coach: guided exercises whose form is checked live, on the monitor's sources, estimator and types."""
