"""Readings as plain data: for JSON and CSV, and what is saved of the moment of an alert."""
