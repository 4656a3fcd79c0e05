"""Formulas of measures taken from the front, or at an angle to it; lengths in shoulder widths of the start pose, or T0.

T0 is the length of the trunk in the start pose, pixels (`posturecam.coach.pose_geometry.Reference`). Each formula raises `Unmeasurable`
where something that it needs is not seen, or points coincide.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from posturecam.coach.pose_geometry import PoseGeometry, Unmeasurable, angle_at, apart, elevation
from posturecam.i18n.words import mark
from posturecam.posture.measures import NOSE_PROTRUSION
from posturecam.posture.reasons import Why
from posturecam.posture.view import yaw_by_depth
from posturecam.vision.geometry import Place, between, distance, from_vertical
from posturecam.vision.head import Head
from posturecam.vision.pose import Landmark as L


def head_tilt(seen: PoseGeometry) -> float:
    """Angle of the ear line to the shoulder line, positive to the working side, degrees."""
    ears, shoulders = seen.both(L.LEFT_EAR), seen.both(L.LEFT_SHOULDER)
    apart(*ears, mark("your ears"))
    apart(*shoulders, mark("your shoulders"))
    ear, shoulder = ((left[0] - right[0], left[1] - right[1]) for left, right in (ears, shoulders))
    cross = shoulder[0] * ear[1] - shoulder[1] * ear[0]
    along = shoulder[0] * ear[0] + shoulder[1] * ear[1]
    return seen.working * seen.leftward * math.degrees(math.atan2(cross, along))


def head_turn(seen: PoseGeometry) -> float:
    """Turn of the head away from the camera, positive to the working side, degrees."""
    left, right = seen.both(L.LEFT_EAR)
    half = apart(left, right, mark("your ears")) / 2
    offset = (seen.at(L.NOSE)[0] - between(left, right)[0]) * seen.leftward
    # The far ear is where the head hides it, so past profile the ears swap places and the turn continues beyond 90°.
    facing = half if (left[0] - right[0]) * seen.leftward >= 0 else -half
    return seen.working * math.degrees(math.atan2(offset / NOSE_PROTRUSION, facing))


def above_shoulders(seen: PoseGeometry, point: Place) -> float:
    """How far a point is above the shoulder line, along its normal, in shoulder widths of the start pose."""
    left, right = seen.both(L.LEFT_SHOULDER)
    middle = between(left, right)
    across = (left[1] - right[1]) * (point[0] - middle[0]) - (left[0] - right[0]) * (point[1] - middle[1])
    return seen.leftward * across / apart(left, right, mark("your shoulders")) / seen.width


def nose_height(seen: PoseGeometry) -> float:
    """Height of the nose above the shoulder line, in shoulder widths."""
    return above_shoulders(seen, seen.at(L.NOSE))


def ear_height(seen: PoseGeometry) -> float:
    """Height of the ears above the shoulder line, in shoulder widths."""
    return above_shoulders(seen, between(*seen.both(L.LEFT_EAR)))


def _head(seen: PoseGeometry) -> Head:
    head = seen.pose.head
    if isinstance(head, Head):
        return head
    raise Unmeasurable(Why.NOT_SEEN, head.case)


def head_distance(seen: PoseGeometry) -> float:
    """Distance of the head from the lens, from an average face, centimeters; only for comparison, as a field of view is assumed."""
    return _head(seen).z


def head_pitch(seen: PoseGeometry) -> float:
    """How far the face looks down relative to the lens's axis, degrees."""
    return _head(seen).pitch


def shoulder_span(seen: PoseGeometry) -> float:
    """Apparent shoulder width, relative to the start pose: shrinks as the trunk moves back or turns."""
    return apart(*seen.both(L.LEFT_SHOULDER), mark("your shoulders")) / seen.width


def shoulder_tilt(seen: PoseGeometry) -> float:
    """Absolute angle of the shoulder line to the horizontal, degrees."""
    left, right = seen.both(L.LEFT_SHOULDER)
    return abs(elevation(left, right, mark("your shoulders")))


def trunk_lean(seen: PoseGeometry) -> float:
    """Absolute lean of the trunk, degrees."""
    return abs(side_lean(seen))


def side_lean(seen: PoseGeometry) -> float:
    """Lean of the trunk, positive to the working side, degrees."""
    lean = from_vertical(between(*seen.both(L.LEFT_HIP)), between(*seen.both(L.LEFT_SHOULDER)))
    if lean is None:
        raise Unmeasurable(Why.COINCIDENT, "hips_and_shoulders")
    return seen.working * seen.leftward * lean


def trunk_turn(seen: PoseGeometry) -> float:
    """Turn of the shoulders relative to the camera, positive to the working side, degrees.

    From the model's depth: its most dependable one (see `posturecam.posture.view`).
    """
    seen.both(L.LEFT_SHOULDER)
    turn = yaw_by_depth(seen.pose)
    if turn is None:
        raise Unmeasurable(Why.VIEW_UNKNOWN, "no_depth")
    return seen.working * turn


def trunk_twist(seen: PoseGeometry) -> float:
    """Turn of the shoulders since the start pose, degrees, by the model's depth and by how much narrower they look.

    The depth tells about two thirds of a turn, and less on some people; it follows a turning head by up to 15°, which
    leaves the width as it was. So it is taken halfway to the turn that the width shows, where that is more.
    """
    if seen.reference is None or seen.reference.turn is None:
        raise Unmeasurable(Why.NO_BASELINE, "shoulders")
    turn = trunk_turn(seen) - seen.working * seen.reference.turn
    by_width = math.degrees(math.acos(min(shoulder_span(seen), 1.0)))
    return math.copysign(abs(turn) + max(by_width - abs(turn), 0.0) / 2, turn)


def hip_width(seen: PoseGeometry) -> float:
    """Distance between the hips, in shoulder widths."""
    return distance(*seen.both(L.LEFT_HIP)) / seen.width


Choose = Callable[[float, float], float]


def differ(left: float, right: float) -> float:
    """Absolute difference between two arms, in the unit of what is compared."""
    return abs(left - right)


_ARMS = ((L.LEFT_ELBOW, L.LEFT_SHOULDER, L.LEFT_WRIST), (L.RIGHT_ELBOW, L.RIGHT_SHOULDER, L.RIGHT_WRIST))
"""Elbow, shoulder and wrist of the left arm, and of the right one."""


def elbows(choose: Choose) -> Callable[[PoseGeometry], float]:
    """A value computed from the angles of both elbows, degrees, by `choose`."""

    def of(seen: PoseGeometry) -> float:
        left, right = (angle_at(seen.at(elbow), seen.at(shoulder), seen.at(wrist)) for elbow, shoulder, wrist in _ARMS)
        return choose(left, right)

    return of


def downward(seen: PoseGeometry) -> Place:
    """The direction from the shoulders down the trunk, to the right and down, pixels: to the hips if they are seen, else perpendicular to the shoulder line.

    A webcam that shows raised hands seldom shows the hips as well.
    """
    left, right = seen.both(L.LEFT_SHOULDER)
    try:
        hips, shoulders = between(*seen.both(L.LEFT_HIP)), between(left, right)
        return hips[0] - shoulders[0], hips[1] - shoulders[1]
    except Unmeasurable:
        return (right[1] - left[1]) * seen.leftward, (left[0] - right[0]) * seen.leftward


def arms(choose: Choose) -> Callable[[PoseGeometry], float]:
    """A value computed by `choose` from the angles of both upper arms to the trunk, degrees."""

    def of(seen: PoseGeometry) -> float:
        return choose(*_arms_to_trunk(seen))

    return of


def _arms_to_trunk(seen: PoseGeometry) -> tuple[float, float]:
    """The angles of the left and the right upper arm to the trunk, degrees."""
    x, y = downward(seen)
    shoulders = zip(seen.both(L.LEFT_SHOULDER), _ARMS, strict=True)
    left, right = (angle_at(one, seen.at(elbow), (one[0] + x, one[1] + y)) for one, (elbow, *_) in shoulders)
    return left, right


ONE_ARM_UP = 45.0
"""Degrees by which one upper arm has to be higher than the other to count as the raised one in full."""


def lean_from_arm(seen: PoseGeometry) -> float:
    """Lean of the trunk away from the arm that is raised higher, degrees; negative toward it, and 0 with both equally high."""
    left, right = _arms_to_trunk(seen)
    to_the_left = seen.working * side_lean(seen)
    return to_the_left * min(max((right - left) / ONE_ARM_UP, -1.0), 1.0)


def wrists_above_head(seen: PoseGeometry) -> float:
    """Height of the lower wrist above the nose, in shoulder widths."""
    nose, wrists = seen.at(L.NOSE), seen.both(L.LEFT_WRIST)
    return min(nose[1] - wrist[1] for wrist in wrists) / seen.width


def wrist_gap(seen: PoseGeometry) -> float:
    """Distance between the wrists, in shoulder widths."""
    return distance(*seen.both(L.LEFT_WRIST)) / seen.width


def hands_out(seen: PoseGeometry) -> float:
    """How far outside its own elbow a hand is, of the hand that is less far out, in shoulder widths; negative inside it."""
    elbows, wrists = seen.both(L.LEFT_ELBOW), seen.both(L.LEFT_WRIST)
    outward = (seen.leftward, -seen.leftward)
    return (
        min(out * (wrist[0] - elbow[0]) for out, wrist, elbow in zip(outward, wrists, elbows, strict=True)) / seen.width
    )


def shoulder_drop(seen: PoseGeometry) -> float:
    """How much lower the working side's shoulder is, T0."""
    left, right = seen.both(L.LEFT_SHOULDER)
    return seen.working * (left[1] - right[1]) / seen.trunk
