"""Whether the camera is still where it was at calibration, judged by the background. Pure."""

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
"""Minimum seconds between two checks. Cameras are not moved more often, and a comparison costs 0.9 ms, a tenth of a run
of the model."""
_SURELY_MOVED, _SURELY_STAYED = 1.3, 0.7
"""In multiples of `MOVED`: above the first the camera counts as moved, below the second as unmoved; in between it is unknown."""
_HEAD_OVER_FACE = 0.8
"""How far the head and hair extend beyond the face landmarks, as a multiple of the landmarks' extent."""
_MARGIN = 0.3
"""How far the body extends beyond the shoulder landmarks, in shoulder widths."""


@dataclass(frozen=True, slots=True)
class CameraPlace:
    """The most recent checks; start with `CameraPlace()`."""

    distances: tuple[float, ...] = ()
    """Distances from the background at calibration, 0 to 1 each."""
    checked_at: float | None = None
    """Time of the last comparison, seconds."""

    @property
    def moved(self) -> bool | None:
        """Whether the camera was moved since the calibration; None if unknown."""
        if len(self.distances) < _LEAST_LOOKS:
            return None
        distance = statistics.median(self.distances)
        if distance < _SURELY_STAYED * MOVED:
            return False
        return True if distance >= _SURELY_MOVED * MOVED else None


def follow_camera(state: CameraPlace, saved: Signature | None, glance: Glance | None, pose: Pose | None) -> CameraPlace:
    """The state after one more check against the background saved with the baseline."""
    if saved is None or glance is None or pose is None:
        return state
    if state.checked_at is not None and 0 <= glance.t - state.checked_at < _EVERY:
        return state
    distance = moved(saved, background(glance, pose))
    return state if distance is None else CameraPlace((*state.distances, distance)[-_LOOKS:], glance.t)


def background(glance: Glance, pose: Pose) -> Signature:
    """The signature of the background, without the user: the head, and everything from the shoulders down, is left out."""
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
    """The median of several signatures of one place, or None if there are none; parts that were mostly covered stay unknown."""
    if not signatures:
        return None
    columns = zip(*signatures, strict=True)
    known = [[value for value in column if value is not None] for column in columns]
    return tuple(statistics.median(values) if 2 * len(values) > len(signatures) else None for values in known)


def _box(points: NDArray[np.float32], pose: Pose) -> Area:
    """The bounding box of these points, as fractions of the picture; an empty one if none is known."""
    shares = points / (pose.width, pose.height)
    known = shares[np.isfinite(shares).all(axis=1)]
    if not len(known):
        return (0.0, 0.0, 0.0, 0.0)
    (left, top), (right, bottom) = known.min(axis=0).tolist(), known.max(axis=0).tolist()
    return (left, top, right, bottom)
