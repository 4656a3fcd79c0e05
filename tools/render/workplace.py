"""Where a seat and a desk stand, meters: shared by postures (hands and hips), furniture and cameras."""

from __future__ import annotations

SEAT_HEIGHT = 0.46
"""Top of the seat above the floor, under a person whose hips are over the origin: a standard office chair."""
DESK_HEIGHT = 0.735
"""Top of the desk above the floor: a standard fixed desk."""
DESK_EDGE = -0.26
"""y of the desk's front edge, the one the forearms lie over (the person faces −y)."""
DESK_DEPTH = 0.79
"""From the front edge to the back."""
DESK_BACK = DESK_EDGE - DESK_DEPTH
"""y of its back edge."""
DESK_WIDTH = 1.5
"""Across, its middle at x = 0."""
