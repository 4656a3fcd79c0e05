"""The page History: days, alerts and stretches."""
