"""What a camera in front can measure with the face as its scale: neck height, nearness, and the head's rotation.

Each quantity is a value with its standard deviation, or None with the reason.

Lengths are centimeters at the head's distance, derived from the size of the face (`posturecam.vision.head.Head.scale`):
distance and focal length cancel, so no field of view is needed. Signs as in `posturecam.posture.measures`: pitch is
positive looking down, yaw when the head turns to the person's left, roll and shoulder tilt when the person's left side
is higher, offset when the head is to the person's left of the midpoint of the shoulders.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from posturecam.config.settings import Settings
from posturecam.posture.geometric.arms import raised_arm
from posturecam.posture.measures import Measure, Measures, Name
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import body_yaw
from posturecam.vision.geometry import Point, above_horizontal, distance, middle
from posturecam.vision.head import Head, HeadLook, NoHead
from posturecam.vision.pose import Landmark, Pose

NECK_HEIGHT_SCATTER: Final = 0.4
"""Standard deviation of the neck height between checks of somebody sitting still, centimeters: real people within a
burst 0.1–0.7, rendered people 0.3."""
UNSURE_SHOULDERS: Final = 1.0
"""The same if a shoulder is hidden or just outside the picture and the model has to guess it, centimeters: choice."""
SCATTER_PER_CM_OUTSIDE: Final = 0.3
"""Added for each centimeter by which a guessed shoulder lies outside the picture: choice."""
FURTHEST_OUTSIDE: Final = 8.0
"""Centimeters outside the picture up to which a guessed shoulder is used: about halfway from chin to shoulder."""
DISTANCE_SCATTER: Final = 0.015
"""Standard deviation of the distance between checks, relative: real people within a burst 0.5–1.5%."""
PLACE_SCATTER: Final = 0.3
"""Standard deviation of the head's horizontal position and its offset from the shoulders, centimeters."""
ANGLE_SCATTER: Final = 1.0
"""Standard deviation of the canonical face's pitch, yaw and roll between checks, degrees: real people within a burst
0.2–1.5."""
PITCH_FLATTENED: Final = 0.76
"""Change of the canonical face per degree that a head is bent away from the line of sight: the face model was trained
on faces looking at the camera, and pulls others towards that. Robust line through the rendered *tune* people."""
PITCH_LEVEL: Final = 5.6
"""Pitch of the canonical face relative to the line of sight, degrees, at which a head looks into the lens: its forehead
slopes. From the same fit."""
SHOULDER_ANGLE_SCATTER: Final = 1.0
"""Standard deviation of the shoulder tilt, degrees."""
BODY_YAW_SCATTER: Final = 5.0
"""Standard deviation of the body yaw, degrees: within 10° for four out of five rendered pictures."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value with one standard deviation, both in the unit of what it measures, or None with the reason.

    Raises:
        ValueError: if it has neither a value nor a reason, both, or a value that is not finite.
    """

    value: float | None
    deviation: float = 0.0
    reason: Reason | None = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.reason is None):
            raise ValueError(f"a quantity needs either a value or a reason, got {self.value!r} and {self.reason!r}")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"a quantity must be finite, got {self.value!r}")


@dataclass(frozen=True, slots=True)
class FrontMeasures:
    """The measures of head and shoulders in one check from the front."""

    neck_height: Quantity
    """How far the shoulder line lies below the head's origin, down the picture, centimeters."""
    distance: Quantity
    """From the lens to the head along its axis, centimeters for the assumed field of view."""
    head_low: Quantity
    """How far the head's origin lies below the axis of the lens, centimeters."""
    head_pitch: Quantity
    """Relative to the lens axis, degrees: tilting a lid changes it. 0 is a head that looks ahead."""
    head_yaw: Quantity
    head_roll: Quantity
    head_offset: Quantity
    """How far the head's origin lies to the person's left of the midpoint of the shoulders, centimeters."""
    shoulder_low: Quantity
    """Angle of the shoulder line below the lens axis, degrees: together with the head pitch it distinguishes bending
    the head from tilting the camera."""
    shoulder_tilt: Quantity
    body_yaw: Quantity


@lru_cache(maxsize=len(NoHead))
def _without_head(why: NoHead) -> Quantity:
    return Quantity(None, reason=Reason(Why.NOT_SEEN, why.case))


def front_measures(pose: Pose, head: HeadLook, settings: Settings) -> FrontMeasures:
    """All quantities of one check; nothing raises for missing landmarks."""
    shoulders = _Shoulders.of(pose, head if isinstance(head, Head) else None, settings)
    yaw = body_yaw(pose, settings)
    turned = (
        Quantity(None, reason=Reason(Why.NOT_SEEN, "shoulders")) if yaw is None else Quantity(yaw, BODY_YAW_SCATTER)
    )
    tilt, low = shoulders.tilt(), shoulders.low()
    if not isinstance(head, Head):
        none = _without_head(head)
        return FrontMeasures(none, none, none, none, none, none, none, low, tilt, turned)
    return FrontMeasures(
        shoulders.neck_height(head),
        Quantity(head.z, DISTANCE_SCATTER * head.z),
        Quantity(head.y, PLACE_SCATTER),
        Quantity(true_pitch(head), ANGLE_SCATTER / PITCH_FLATTENED),
        Quantity(head.yaw, ANGLE_SCATTER),
        Quantity(head.roll, ANGLE_SCATTER),
        shoulders.offset(head),
        low,
        tilt,
        turned,
    )


def true_pitch(head: Head) -> float:
    """How far a head looks down relative to the lens axis, degrees, from the pitch of the canonical face.

    The face model flattens the face as it is seen, so relative to the line of sight and not to the axis: tilting a
    camera changes the pitch by exactly as much.
    """
    below = math.degrees(math.atan2(head.y, head.z))
    return (head.pitch + below - PITCH_LEVEL) / PITCH_FLATTENED - below


@dataclass(frozen=True, slots=True)
class _Shoulders:
    """The shoulder line, seen or guessed, and how reliable it is; or why there is none."""

    left: Point
    right: Point
    focal: float | None
    """Focal length, pixels, if a head gives it."""
    height: int
    scatter: float
    reason: Reason | None = None

    @staticmethod
    def of(pose: Pose, head: Head | None, settings: Settings) -> _Shoulders:
        left, right = pose.at(Landmark.LEFT_SHOULDER), pose.at(Landmark.RIGHT_SHOULDER)
        focal = None if head is None else head.z / head.scale
        if not math.isfinite(float(left.sum() + right.sum())) or distance(left, right) < 1e-6:
            unseen = Reason(Why.NOT_SEEN, "shoulders")
            return _Shoulders(left, right, focal, pose.height, 0.0, unseen)
        least = settings.measures.head_visibility
        seen = pose.sees(Landmark.LEFT_SHOULDER, least) and pose.sees(Landmark.RIGHT_SHOULDER, least)
        scale = head.scale if head is not None else 0.0
        outside = scale * max(_outside(point, pose.width, pose.height) for point in (left, right))
        if pose.beyond and seen:
            outside = 0.0
        reason: Reason | None = None
        if outside > FURTHEST_OUTSIDE:
            reason = Reason(Why.CLIPPED, "shoulders")
        scatter = NECK_HEIGHT_SCATTER
        reason = raised_arm(pose, settings) or reason
        if not seen:
            scatter = math.hypot(UNSURE_SHOULDERS, SCATTER_PER_CM_OUTSIDE * outside)
        return _Shoulders(left, right, focal, pose.height, scatter, reason)

    def _known(self, value: float, scatter: float) -> Quantity:
        return Quantity(value, scatter) if self.reason is None else Quantity(None, reason=self.reason)

    def neck_height(self, head: Head) -> Quantity:
        return self._known(float(middle(self.left, self.right)[1] - head.center_y) * head.scale, self.scatter)

    def offset(self, head: Head) -> Quantity:
        across = float(head.center_x - middle(self.left, self.right)[0]) * head.scale
        mirrored = self.left[0] < self.right[0]  # the model itself saw a mirrored person
        return self._known(-across if mirrored else across, math.hypot(PLACE_SCATTER, self.scatter))

    def low(self) -> Quantity:
        if self.focal is None:
            return _without_head(NoHead.NOT_LOOKED)
        below = float(middle(self.left, self.right)[1]) - self.height / 2
        return self._known(math.degrees(math.atan2(below, self.focal)), ANGLE_SCATTER)

    def tilt(self) -> Quantity:
        angle = above_horizontal(self.right, self.left)
        return self._known(0.0 if angle is None else angle, SHOULDER_ANGLE_SCATTER * self.scatter / NECK_HEIGHT_SCATTER)


def _outside(point: Point, width: int, height: int) -> float:
    """How far a point lies outside the picture, pixels; 0 inside."""
    x, y = float(point[0]), float(point[1])
    return math.hypot(max(-x, x - width, 0.0), max(-y, y - height, 0.0))


def measures_of_face(front: FrontMeasures) -> Measures:
    """The measures that the face tells, in place of those of the landmarks."""
    found = {
        Name.NECK_HEIGHT: front.neck_height,
        Name.HEAD_DISTANCE: front.distance,
        Name.HEAD_PITCH: front.head_pitch,
        Name.HEAD_OFFSET: front.head_offset,
        Name.BODY_YAW: front.body_yaw,
    }
    if front.head_roll.value is not None:  # the ear line is noisier, and hair hides it
        found[Name.HEAD_ROLL] = front.head_roll
    if front.head_yaw.value is not None:
        found[Name.HEAD_YAW] = front.head_yaw
    return {name: _measure(name, quantity) for name, quantity in found.items()}


def with_face(measures: Measures, front: FrontMeasures | None) -> Measures:
    """The landmarks' measures, with those that the face tells in place of theirs, if there is one."""
    return measures if front is None else {**measures, **measures_of_face(front)}


def _measure(name: Name, quantity: Quantity) -> Measure:
    if quantity.value is None:
        return Measure(name, None, quantity.reason)
    return Measure(name, quantity.value, uncertainty=quantity.deviation)
