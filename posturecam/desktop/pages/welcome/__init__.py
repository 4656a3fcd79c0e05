"""The first run and the guided calibration."""
