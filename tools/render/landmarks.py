"""Landmarks of many pictures as the arrays that are kept of them, which `benchmarks/stills.py` reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from posturecam.vision.pose import LANDMARK_COUNT, Pose

Arrays = dict[str, NDArray[Any]]
"""By name; the first axis is the picture's."""


def stacked(poses: Sequence[Pose | None]) -> Arrays:
    """What a model found in each picture: `found`, `points`, `visibility`, `world`; NaN where it found nobody.

    Half precision is far below the models' scatter: 0.25 mm in the world, 0.0003 of visibility.
    """
    shape = (len(poses), LANDMARK_COUNT)
    points, visibility, world = np.full((*shape, 2), np.nan), np.full(shape, np.nan), np.full((*shape, 3), np.nan)
    for index, pose in enumerate(poses):
        if pose is not None:
            points[index], visibility[index], world[index] = pose.points, pose.visibility, pose.world
    found = np.array([pose is not None for pose in poses])
    kept = {"visibility": visibility.astype(np.float16), "world": world.astype(np.float16)}
    return {"found": found, "points": to_subpixel(points), **kept}


def to_subpixel(points: ArrayLike) -> NDArray[np.float32]:
    """To 1/16 pixel, far below the scatter of landmarks: it halves the compressed file."""
    return (np.round(np.asarray(points, np.float64) * 16) / 16).astype(np.float32)
