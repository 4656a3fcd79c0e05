"""Estimates degrees from any view, with intervals: a small model trained on rendered people with exact angles."""
