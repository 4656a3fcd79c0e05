"""Degrees from any view: a small model, learned on rendered people with exact angles, and its honest intervals."""
