"""Fakes of the outside world."""
