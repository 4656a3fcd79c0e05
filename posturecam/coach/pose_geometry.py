"""One pose with visibility checks: the points that are seen, the lengths fixed by the start pose, and plane geometry on them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posturecam.coach.nearness import is_cut_off
from posturecam.i18n.words import mark
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import yaw_by_depth
from posturecam.vision.geometry import Place, above_horizontal, between, distance, middle
from posturecam.vision.pose import LANDMARKS, Landmark, Pose


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """What the start pose fixes for the rest of an exercise, pixels."""

    points: NDArray[np.float64]
    """Shape (33, 2): median landmarks of the start pose."""
    trunk: float | None
    """T0; None if the hips were not seen."""
    shoulders: float | None
    """Shoulder width; None if a shoulder was not seen."""
    turn: float | None = None
    """Turn of the shoulders from the camera by the model's depth, degrees; None if it was not known."""


class Unmeasurable(Exception):
    """A measure is unknown, and why; never raised beyond `posturecam.coach.stretch_measures`."""

    def __init__(self, code: Why, case: str = "", /, **parameters: float | str) -> None:
        self.reason = Reason(code, case, **parameters)


class PoseGeometry:
    """One pose with visibility checks: points, or `Unmeasurable` with the reason."""

    def __init__(
        self, pose: Pose, near_left: bool, working_left: bool, reference: Reference | None, least: float
    ) -> None:
        self.pose, self.reference, self.least = pose, reference, least
        # As plain numbers, with which Python computes several times faster than with arrays of two.
        self._points: list[Place] = pose.points.tolist()
        self.near = 0 if near_left else 1
        self.working = 1.0 if working_left else -1.0
        """+1 if the working side is the person's left."""

    def at(self, landmark: Landmark) -> Place:
        """A landmark's position; unknown if it is not seen."""
        if not self.pose.sees(landmark, self.least):
            case = "cut_off" if is_cut_off(self.pose, landmark) else ""
            raise Unmeasurable(Why.NOT_SEEN, case, what=f"your {landmark.spoken}")
        return self._points[landmark]

    def close(self, left: Landmark) -> Place:
        """The position of the near side's landmark."""
        return self.at(LANDMARKS[left + self.near])

    def both(self, left: Landmark) -> tuple[Place, Place]:
        """The positions of a left landmark and its right counterpart."""
        return self.at(left), self.at(LANDMARKS[left + 1])

    @property
    def trunk(self) -> float:
        """T0; before the start pose is fixed, the trunk's current length."""
        if self.reference is not None:
            if self.reference.trunk is None:
                raise Unmeasurable(Why.NO_BASELINE, "hips")
            return self.reference.trunk
        try:
            return apart(
                between(*self.both(Landmark.LEFT_SHOULDER)), between(*self.both(Landmark.LEFT_HIP)), mark("your trunk")
            )
        except Unmeasurable:
            neck = apart(self.close(Landmark.LEFT_EAR), self.close(Landmark.LEFT_SHOULDER), mark("your neck"))
            return TRUNK_OVER_NECK * neck

    @property
    def width(self) -> float:
        """The shoulder width of the start pose; before it, the current one."""
        if self.reference is not None:
            if self.reference.shoulders is None:
                raise Unmeasurable(Why.NO_BASELINE, "shoulders")
            return self.reference.shoulders
        return apart(*self.both(Landmark.LEFT_SHOULDER), mark("your shoulders"))

    @property
    def forward(self) -> float:
        """+1 if the person faces the picture's right, which is the case if the right side is shown."""
        return 1.0 if self.near else -1.0

    @property
    def leftward(self) -> float:
        """+1 if the person's left is at the picture's right, as for everybody who faces the camera unmirrored."""
        left, right = self.both(Landmark.LEFT_SHOULDER)
        return 1.0 if left[0] >= right[0] else -1.0


def apart(a: Place, b: Place, what: str) -> float:
    """The distance between two points, pixels; unknown if they coincide."""
    length = distance(a, b)
    if length < 1e-6:
        raise Unmeasurable(Why.COINCIDENT, "ends", what=what)
    return length


def angle_at(vertex: Place, a: Place, b: Place) -> float:
    """The angle at a vertex between two points, 0 to 180 degrees; unknown if they coincide."""
    (x, y), (ax, ay), (bx, by) = vertex, a, b
    ax, ay, bx, by = ax - x, ay - y, bx - x, by - y
    if math.hypot(ax, ay) < 1e-6 or math.hypot(bx, by) < 1e-6:
        raise Unmeasurable(Why.COINCIDENT, "ends", what=mark("your joint"))
    return abs(math.degrees(math.atan2(ax * by - ay * bx, ax * bx + ay * by)))


def to_segment(point: Place, a: Place, b: Place) -> float:
    """The distance of a point from the line between two others, pixels."""
    (x, y), (ax, ay), (bx, by) = point, a, b
    along, down = bx - ax, by - ay
    length = along * along + down * down
    share = 0.0 if length < 1e-12 else min(max(((x - ax) * along + (y - ay) * down) / length, 0.0), 1.0)
    return math.hypot(ax + share * along - x, ay + share * down - y)


def elevation(start: Place, end: Place, what: str) -> float:
    """The angle of a line above the horizontal, -90 to 90 degrees; unknown if its ends coincide."""
    found = above_horizontal(start, end)
    if found is None:
        raise Unmeasurable(Why.COINCIDENT, "ends", what=what)
    return found


TRUNK_OVER_NECK = 2.2
"""Shoulder to hip ÷ ear to shoulder, upright, for use if a desk hides the hips: measured on renders from the side,
1.9–2.5."""
TRUNK_OVER_SHANK = 1.17
"""Shoulder to hip ÷ knee to ankle, upright: 0.288 ÷ 0.246 of the body's height (Drillis and Contini 1966)."""


def reference_of(poses: Iterable[Pose], least_visibility: float, near_left: bool | None = None) -> Reference:
    """The start pose from several poses: the median of each landmark, and the lengths it gives.

    Args:
        poses: The poses.
        least_visibility: From which a landmark is trusted, 0 to 1.
        near_left: For poses that are not the start pose but the stretch itself, the nearer side: a rounded trunk is too
            short, so its length is derived from the lower leg if that is seen and gives more.

    Raises:
        ValueError: if there is no pose.
    """
    poses = tuple(poses)
    if not poses:
        raise ValueError("a start pose needs at least one look")
    points = np.median(np.stack([np.asarray(pose.points, np.float64) for pose in poses]), axis=0)
    visibility = np.median(np.stack([pose.visibility for pose in poses]), axis=0)

    def sees(*landmarks: Landmark) -> bool:
        return all(visibility[one] > 0 and visibility[one] >= least_visibility for one in landmarks)

    def between(a: Landmark, b: Landmark) -> float:
        return distance(points[a], points[b])

    shoulders, hips = (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER), (Landmark.LEFT_HIP, Landmark.RIGHT_HIP)
    trunk = None
    if sees(*shoulders, *hips):
        trunk = distance(middle(*(points[one] for one in shoulders)), middle(*(points[one] for one in hips)))
    else:
        near = [between(a, b) for a, b in zip(shoulders, hips, strict=True) if sees(a, b)]
        necks = ((Landmark.LEFT_EAR, shoulders[0]), (Landmark.RIGHT_EAR, shoulders[1]))
        in_profile = not sees(*shoulders) or between(*shoulders) < min(between(*one) for one in necks)
        by_neck = [TRUNK_OVER_NECK * between(*one) for one in necks if in_profile and sees(*one)]
        trunk = near[0] if near else max(by_neck, default=None)
    if near_left is not None:
        knee, ankle = (Landmark(one + (0 if near_left else 1)) for one in (Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE))
        by_leg = TRUNK_OVER_SHANK * between(knee, ankle) if sees(knee, ankle) else 0.0
        trunk = max(trunk or 0.0, by_leg)
    width = between(*shoulders) if sees(*shoulders) else None
    turns = [turn for turn in map(yaw_by_depth, poses) if turn is not None]
    return Reference(points, trunk or None, width or None, statistics.median(turns) if turns else None)


RESIZED = 0.1
"""Least share by which all lengths change when somebody moves nearer or away. Choice: 20 cm at two meters. Sitting less tall
changes only the trunk."""


def is_resized(before: Reference, now: Reference, *, from_side: bool) -> bool:
    """Whether a start pose shows the user larger or smaller than another one: their trunk, their neck and, unless seen `from_side`, their shoulders."""
    lengths = [(before.trunk, now.trunk), (_neck(before), _neck(now))]
    if not from_side:
        lengths.append((before.shoulders, now.shoulders))
    ratios = [new / old for old, new in lengths if old and new]
    return bool(ratios) and (min(ratios) >= 1.0 + RESIZED or max(ratios) <= 1.0 - RESIZED)


def _neck(reference: Reference) -> float:
    """From the middle of the ears to the middle of the shoulders, pixels."""
    ears, shoulders = (
        middle(reference.points[left], reference.points[left + 1])
        for left in (Landmark.LEFT_EAR, Landmark.LEFT_SHOULDER)
    )
    return distance(ears, shoulders)
