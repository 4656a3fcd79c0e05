"""Readings as plain data: for JSON and CSV, and for what is saved with an alert."""
