"""Paths."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
"""The checkout."""
FOOTAGE = ROOT.parent / "shared" / "footage"
"""Real photographs, which are not part of the project; absent in most checkouts."""
