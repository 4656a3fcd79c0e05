"""Landmarks of many pictures as stored arrays, which `benchmarks/stills.py` reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from posturecam.vision.head import HEAD_COLUMNS, Head, HeadLook, NoHead
from posturecam.vision.pose import LANDMARK_COUNT, Pose

Arrays = dict[str, NDArray[Any]]
"""By name; the first axis is the picture."""
_CODES = f"<U{max(map(len, NoHead))}"


def stacked(poses: Sequence[Pose | None]) -> Arrays:
    """The poses found in each picture: `found`, `points`, `visibility`, `world`; NaN if nobody was found.

    The loss from half precision is far below the models' scatter: 0.25 mm in the world, 0.0003 of visibility.
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
    """Round to 1/16 pixel, far below the scatter of landmarks: it halves the compressed file."""
    return (np.round(np.asarray(points, np.float64) * 16) / 16).astype(np.float32)


def unstacked(arrays: Mapping[str, NDArray[Any]], model: str) -> list[Pose | None]:
    """The poses stored by `stacked` for one model, from the arrays of a file of stills."""
    parts = [arrays[f"{model}_{part}"].astype(np.float32) for part in ("points", "visibility", "world")]
    rows = zip(arrays[f"{model}_found"], arrays["width"], arrays["height"], *parts, strict=True)
    return [Pose(0.0, int(width), int(height), *pose) if found else None for found, width, height, *pose in rows]


def stacked_heads(looks: Sequence[HeadLook]) -> Arrays:
    """The face sensor's results for each picture: `head`, shape (n, 13), as `HEAD_COLUMNS`, NaN if there is none.

    `no_head`, shape (n,), is the code of `NoHead` if there is none, and empty otherwise.
    """
    nothing = (np.nan,) * len(HEAD_COLUMNS)
    heads = [astuple(look) if isinstance(look, Head) else nothing for look in looks]
    codes = ["" if isinstance(look, Head) else str(look) for look in looks]
    return {"head": np.array(heads, np.float32), "no_head": np.array(codes, _CODES)}
