"""Rotations and directions in space, degrees and unit vectors."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Vector = NDArray[np.float64]
"""Shape (3,)."""
Rotation = NDArray[np.float64]
"""Shape (3, 3): a rotation of column vectors."""


def unit(vector: ArrayLike) -> Vector:
    """The direction of a vector; zero stays zero."""
    v = np.asarray(vector, float)
    return np.asarray(v / (math.sqrt(v.dot(v)) + 1e-12))


def cross(a: Vector, b: Vector) -> Vector:
    """The cross product; of two single vectors NumPy's takes ten times as long."""
    (ax, ay, az), (bx, by, bz) = a.tolist(), b.tolist()
    return np.array([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])


_SAME = np.eye(3)


def about(axis: ArrayLike, degrees: float) -> Rotation:
    """A rotation about any axis (Rodrigues)."""
    x, y, z = unit(axis)
    around = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.radians(degrees)
    return np.asarray(_SAME + np.sin(angle) * around + (1 - np.cos(angle)) * around @ around)


def about_x(degrees: float) -> Rotation:
    """Forward bending: what points up turns to the person's front."""
    return about((1, 0, 0), degrees)


def about_y(degrees: float) -> Rotation:
    """Side bending: what points up turns to the person's left."""
    return about((0, 1, 0), degrees)


def about_z(degrees: float) -> Rotation:
    """Turning: the front turns to the person's left."""
    return about((0, 0, 1), degrees)


def bend(forward: float = 0, left: float = 0, turn: float = 0) -> Rotation:
    """A bone's rotation: forward bending, then side bending to the person's left, then a turn to the left, degrees."""
    return np.asarray(about_z(turn) @ about_y(left) @ about_x(forward))


def axes(along: ArrayLike, normal: ArrayLike) -> Rotation:
    """The frame whose first axis is `along` and whose second is `normal`, made perpendicular to it."""
    first = unit(along)
    n = np.asarray(normal, float)
    second = unit(n - first * (n @ first))
    return np.stack([first, second, cross(first, second)], axis=1)
