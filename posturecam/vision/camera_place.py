"""Whether the camera still stands where it stood during the calibration, by what lies behind the user. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from posturecam.vision.pose import Landmark, Pose
from posturecam.vision.scene import MOVED, Area, Glance, Signature, moved, signature

_LOOKS = 15
"""Of so many looks the median counts: one look at the same scene is beyond `MOVED` one time in ten."""
_LEAST_LOOKS = 5
_SURELY_MOVED, _SURELY_STAYED = 1.3, 0.7
"""In multiples of `MOVED`: from the one on the camera counts as moved, below the other as where it was; between them nobody knows."""
_MARGIN = 0.3
"""Kept free about the head and shoulders, in their size."""


@dataclass(frozen=True, slots=True)
class CameraPlace:
    """What is remembered of the last looks; begin with `CameraPlace()`."""

    distances: tuple[float, ...] = ()
    """From the background of the calibration, 0 to 1 each."""

    @property
    def moved(self) -> bool | None:
        """Whether the camera was moved since the calibration; None while nobody knows."""
        if len(self.distances) < _LEAST_LOOKS:
            return None
        distance = statistics.median(self.distances)
        if distance < _SURELY_STAYED * MOVED:
            return False
        return True if distance >= _SURELY_MOVED * MOVED else None


def follow_camera(state: CameraPlace, kept: Signature | None, glance: Glance | None, pose: Pose | None) -> CameraPlace:
    """The state after one more look, against the background that was kept with the baseline."""
    if kept is None or glance is None or pose is None:
        return state
    distance = moved(kept, background(glance, pose))
    return state if distance is None else CameraPlace((*state.distances, distance)[-_LOOKS:])


def background(glance: Glance, pose: Pose) -> Signature:
    """The signature of all but the user: head and shoulders, and everything below them."""
    return signature(glance, _covered(pose))


def usual_background(signatures: Sequence[Signature]) -> Signature | None:
    """The median of several signatures of one place, None where there is none; parts mostly covered stay unknown."""
    if not signatures:
        return None
    columns = zip(*signatures, strict=True)
    known = [[value for value in column if value is not None] for column in columns]
    return tuple(statistics.median(values) if 2 * len(values) > len(signatures) else None for values in known)


def _covered(pose: Pose) -> Area:
    points = pose.points[: Landmark.RIGHT_SHOULDER + 1] / (pose.width, pose.height)
    low, high = np.nanmin(points, axis=0), np.nanmax(points, axis=0)
    margin = _MARGIN * (high - low)
    (left, top), (right, _) = (low - margin).tolist(), (high + margin).tolist()
    return (left, top, right, 1.0)
