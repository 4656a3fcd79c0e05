"""Angles between points of a picture. Pixels in, degrees out; None, never 0, if two points coincide.

Angles are computed in pixels because normalized coordinates divide x by the width and y by the height: in a 16:9
picture a true 20° would come out as 11.6°.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Point = NDArray[np.float64]
"""Shape (2,): x to the right, y down, pixels."""
Place = tuple[float, float]
"""A point as plain numbers, with which Python computes several times faster."""

_COINCIDENT_PIXELS = 1e-6


def distance(a: Point | Place, b: Point | Place) -> float:
    """Distance between two points, pixels."""
    return float(math.hypot(b[0] - a[0], b[1] - a[1]))


def focal_length(width: int, height: int, field_of_view: float) -> float:
    """Focal length of a lens, pixels, whose field of view along the longer side of its pictures is this many degrees.

    That is the horizontal one of a camera as it is built; if the camera stands on its side, as a phone mostly does, it is the vertical one.
    """
    return max(width, height) / 2 / math.tan(math.radians(field_of_view / 2))


def middle(a: Point, b: Point) -> Point:
    """The midpoint of two points."""
    return (a + b) / 2


def between(a: Place, b: Place) -> Place:
    """The midpoint of two points as plain numbers."""
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def from_vertical(low: Point | Place, high: Point | Place) -> float | None:
    """Angle between the line from `low` up to `high` and the vertical, degrees, positive if it leans to the picture's right.

    -180 to 180; None if the points coincide.
    """
    if distance(low, high) <= _COINCIDENT_PIXELS:
        return None
    return math.degrees(math.atan2(high[0] - low[0], low[1] - high[1]))


def above_horizontal(start: Point | Place, end: Point | Place) -> float | None:
    """Angle of the line from `start` to `end` above the horizontal, regardless of its horizontal direction: -90 to 90 degrees.

    None if the points coincide.
    """
    if distance(start, end) <= _COINCIDENT_PIXELS:
        return None
    return math.degrees(math.atan2(start[1] - end[1], abs(end[0] - start[0])))


def fold(degrees: float) -> float:
    """Bring an angle into the range -180 (excluded) to 180 (included) degrees."""
    turned = math.fmod(degrees + 180, 360)
    return turned - 180 if turned > 0 else turned + 180


PixelBox = tuple[int, int, int, int]
"""Left and top of a rectangle, and right and bottom just beyond it, pixels."""


def box_around(points: NDArray[np.float32], margin: float, size: tuple[int, ...]) -> PixelBox:
    """The box of these points, widened on each side by `margin` times its extent, within a picture.

    Args:
        points: Shape (n, 2), pixels.
        margin: A multiple of the box's width, and of its height.
        size: Width and height of the picture, pixels.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    margins = margin * (high - low)
    (left, top), (right, bottom) = (
        np.clip(corner, 0, size[:2]).astype(int).tolist() for corner in (low - margins, high + margins)
    )
    return left, top, right, bottom


def overlap(one: PixelBox, other: PixelBox) -> bool:
    """Whether two boxes have a part in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
