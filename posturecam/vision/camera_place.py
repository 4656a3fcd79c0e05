"""Whether the camera is still where it was during the calibration, judged by the background. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posturecam.vision.pose import HEAD, Landmark, Pose
from posturecam.vision.scene import MOVED, Area, Glance, Signature, moved, signature

_LOOKS = 15
"""The median of this many checks counts: a single check of the same scene exceeds `MOVED` one time in ten."""
_LEAST_LOOKS = 5
_EVERY = 0.5
"""Seconds between two checks that count. A camera is not moved more often, and comparing costs 0.9 ms, a tenth of what the model takes."""
_SURELY_MOVED, _SURELY_STAYED = 1.3, 0.7
"""In multiples of `MOVED`: above the first the camera counts as moved, below the second as unmoved; in between it is unknown."""
_HEAD_OVER_FACE = 0.8
"""How far the head and its hair reach beyond the points of the face, in the spread of these."""
_MARGIN = 0.3
"""How far the body reaches beyond the shoulders' points, in shoulder widths."""


@dataclass(frozen=True, slots=True)
class CameraPlace:
    """State of the last checks; start with `CameraPlace()`."""

    distances: tuple[float, ...] = ()
    """Distances from the background of the calibration, 0 to 1 each."""
    asked: float | None = None
    """When it was last compared, seconds."""

    @property
    def moved(self) -> bool | None:
        """Whether the camera was moved since the calibration; None if unknown."""
        if len(self.distances) < _LEAST_LOOKS:
            return None
        distance = statistics.median(self.distances)
        if distance < _SURELY_STAYED * MOVED:
            return False
        return True if distance >= _SURELY_MOVED * MOVED else None


def follow_camera(state: CameraPlace, kept: Signature | None, glance: Glance | None, pose: Pose | None) -> CameraPlace:
    """The state after one more check, compared with the background saved with the baseline."""
    if kept is None or glance is None or pose is None:
        return state
    if state.asked is not None and 0 <= glance.t - state.asked < _EVERY:
        return state
    distance = moved(kept, background(glance, pose))
    return state if distance is None else CameraPlace((*state.distances, distance)[-_LOOKS:], glance.t)


def background(glance: Glance, pose: Pose) -> Signature:
    """The signature of the background, leaving out the user: the head, and everything from the shoulders down."""
    head = pose.points[HEAD]
    shoulders = pose.points[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]]
    left, top, right, bottom = _box(head, pose)
    size = _HEAD_OVER_FACE * max(right - left, bottom - top)
    low, line, high, _ = _box(shoulders, pose)
    margin = _MARGIN * (high - low)
    return signature(
        glance,
        (left - size, top - size, right + size, max(line, bottom)),
        (low - margin, line - margin, high + margin, 1.0),
    )


def usual_background(signatures: Sequence[Signature]) -> Signature | None:
    """The median of several signatures of one place, None where there is none; parts mostly covered stay unknown."""
    if not signatures:
        return None
    columns = zip(*signatures, strict=True)
    known = [[value for value in column if value is not None] for column in columns]
    return tuple(statistics.median(values) if 2 * len(values) > len(signatures) else None for values in known)


def _box(points: NDArray[np.float32], pose: Pose) -> Area:
    """About these points, in shares of the picture; nothing where none is known."""
    shares = points / (pose.width, pose.height)
    known = shares[np.isfinite(shares).all(axis=1)]
    if not len(known):
        return (0.0, 0.0, 0.0, 0.0)
    (left, top), (right, bottom) = known.min(axis=0).tolist(), known.max(axis=0).tolist()
    return (left, top, right, bottom)
