"""The named measures that exercises are written with: each a value, or None with the reason.

All are taken in pixels. From the side they are those of the near side of the body. T0 is the trunk's length in the start
pose (it shortens when the back rounds, so it is frozen there); a shoulder width is that of the start pose too. A measure
"to the working side" is positive to the side being stretched, so that one exercise serves both.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from posturecam.coach.judging.viewpoint import Viewpoint
from posturecam.coach.nearness import Nearness
from posturecam.coach.pose_geometry import PoseGeometry, Reference, Unmeasurable, angle_at, apart, elevation, to_segment
from posturecam.i18n.words import mark
from posturecam.posture.measures import DEGREES, NOSE_PROTRUSION
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View
from posturecam.vision.geometry import Point, distance, from_vertical, middle
from posturecam.vision.pose import Landmark, Pose

TRUNKS = "T0"
SHOULDER_WIDTHS = "shoulder widths"
OF_SHANK = "of the lower leg"
OF_THIGH = "of the thigh"
OF_LEG = "parts of the leg"


@dataclass(frozen=True, slots=True)
class StretchMeasure:
    """One measure of one look: a value in the measure's unit, or None with the reason."""

    name: str
    value: float | None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, eq=False)
class CoachLook:
    """One moment as the coach sees it."""

    t: float
    pose: Pose | None
    view: View
    measures: Mapping[str, StretchMeasure]
    """By name; empty where there is no pose."""
    other: Mapping[str, StretchMeasure] | None = None
    """The same for the other working side, where the user may still choose with which to begin."""
    problem: str | None = None
    """Why there is no picture (the camera was unplugged), or None."""
    nearness: Nearness = Nearness.UNKNOWN
    """How large the user is, or was when last seen."""
    seen: Viewpoint | None = None
    """From where the camera looks by this pose itself; None for exercises that face the camera."""

    def value(self, name: str) -> float | None:
        """A measure's value, or None."""
        measure = self.measures.get(name)
        return None if measure is None else measure.value


# From the side.

L = Landmark


def _joint(a: Landmark, vertex: Landmark, b: Landmark) -> Callable[[PoseGeometry], float]:
    return lambda seen: angle_at(seen.close(vertex), seen.close(a), seen.close(b))


def _ear_shoulder_hip(seen: PoseGeometry) -> float:
    """On the front side of the body, so that a head thrown back reads beyond 180 instead of folding back below it."""
    shoulder = seen.close(L.LEFT_SHOULDER)
    ear, hip = seen.close(L.LEFT_EAR) - shoulder, seen.close(L.LEFT_HIP) - shoulder
    apart(ear, np.zeros(2), mark("your neck"))
    apart(hip, np.zeros(2), mark("your trunk"))
    cross = float(hip[0] * ear[1] - hip[1] * ear[0])
    return -seen.forward * math.degrees(math.atan2(cross, float(hip @ ear))) % 360


def _trunk_elevation(seen: PoseGeometry) -> float:
    return elevation(seen.close(L.LEFT_HIP), seen.close(L.LEFT_SHOULDER), mark("your trunk"))


def _thigh_elevation(seen: PoseGeometry) -> float:
    return elevation(seen.close(L.LEFT_HIP), seen.close(L.LEFT_KNEE), mark("your thigh"))


def _trunk_back(seen: PoseGeometry) -> float:
    back = from_vertical(seen.close(L.LEFT_HIP), seen.close(L.LEFT_SHOULDER))
    if back is None:
        raise Unmeasurable(Why.COINCIDENT, "hip_and_shoulder")
    return -seen.forward * back


def _heel_ratio(seen: PoseGeometry) -> float:
    ankle = seen.close(L.LEFT_ANKLE)
    return distance(seen.close(L.LEFT_HIP), ankle) / apart(seen.close(L.LEFT_KNEE), ankle, mark("your lower leg"))


def _hand_to_leg(seen: PoseGeometry) -> float:
    """The foot is part of the leg, where it is seen: who folds far holds it."""
    wrist, hip, knee = seen.close(L.LEFT_WRIST), seen.close(L.LEFT_HIP), seen.close(L.LEFT_KNEE)
    ankle = seen.close(L.LEFT_ANKLE)
    distances = [to_segment(wrist, hip, knee), to_segment(wrist, knee, ankle)]
    with contextlib.suppress(Unmeasurable):
        distances.append(to_segment(wrist, ankle, seen.close(L.LEFT_FOOT_INDEX)))
    return min(distances) / apart(hip, knee, mark("your thigh"))


def _reach(seen: PoseGeometry) -> float:
    """Along the leg where it lay in the start pose: deep in a fold the model puts the ankle on the hand."""
    tip = seen.close(L.LEFT_INDEX)
    if seen.reference is None:
        hip, knee, ankle = seen.close(L.LEFT_HIP), seen.close(L.LEFT_KNEE), seen.close(L.LEFT_ANKLE)
    else:
        hip, knee, ankle = (seen.reference.points[one + seen.near] for one in (L.LEFT_HIP, L.LEFT_KNEE, L.LEFT_ANKLE))
    lower = apart(knee, ankle, mark("your lower leg"))
    beyond = float((tip - knee) @ (ankle - knee)) / lower**2
    if beyond >= 0:
        return 1 + beyond
    return max(1 + float((tip - knee) @ (knee - hip)) / apart(hip, knee, mark("your thigh")) ** 2, 0.0)


def _hand_ahead(seen: PoseGeometry) -> float:
    return abs(float(seen.close(L.LEFT_WRIST)[0] - seen.close(L.LEFT_ANKLE)[0])) / seen.trunk


def _hip_height(seen: PoseGeometry) -> float:
    """Above the lower of knee and ankle, along the picture's vertical."""
    floor = max(float(seen.close(L.LEFT_KNEE)[1]), float(seen.close(L.LEFT_ANKLE)[1]))
    return (floor - float(seen.close(L.LEFT_HIP)[1])) / seen.trunk


def _legs_behind(seen: PoseGeometry) -> float:
    hip, knee = seen.close(L.LEFT_HIP), seen.close(L.LEFT_KNEE)
    return seen.forward * float(hip[0] - knee[0]) / apart(hip, knee, mark("your thigh"))


def _head_height(seen: PoseGeometry) -> float:
    """Height of the ear above the line through knee and ankle, along the picture's vertical."""
    ear, knee, ankle = seen.close(L.LEFT_EAR), seen.close(L.LEFT_KNEE), seen.close(L.LEFT_ANKLE)
    apart(knee, ankle, mark("your lower leg"))
    run = float(ankle[0] - knee[0])
    # The floor under the head: the lower leg's line where it lies, the lower of its ends where it stands.
    if abs(run) < abs(float(ankle[1] - knee[1])):
        floor = max(float(knee[1]), float(ankle[1]))
    else:
        floor = float(knee[1] + (ear[0] - knee[0]) * (ankle[1] - knee[1]) / run)
    return (floor - float(ear[1])) / seen.trunk


def _neck_length(seen: PoseGeometry) -> float:
    return distance(seen.close(L.LEFT_EAR), seen.close(L.LEFT_SHOULDER)) / seen.trunk


def _head_offset(seen: PoseGeometry) -> float:
    return seen.forward * float(seen.close(L.LEFT_EAR)[0] - seen.close(L.LEFT_SHOULDER)[0]) / seen.trunk


def _nose_above_shoulder(seen: PoseGeometry) -> float:
    return float(seen.close(L.LEFT_SHOULDER)[1] - seen.at(L.NOSE)[1]) / seen.trunk


def _hip_shift(seen: PoseGeometry) -> float:
    if seen.reference is None:
        raise Unmeasurable(Why.NO_BASELINE, "start_pose")
    there = seen.reference.points[L.LEFT_HIP + seen.near]
    return distance(seen.close(L.LEFT_HIP), there) / seen.trunk


def _shoulder_width(seen: PoseGeometry) -> float:
    return distance(*seen.both(L.LEFT_SHOULDER)) / seen.trunk


# From the front.


def _head_tilt(seen: PoseGeometry) -> float:
    ears, shoulders = seen.both(L.LEFT_EAR), seen.both(L.LEFT_SHOULDER)
    apart(*ears, mark("your ears"))
    apart(*shoulders, mark("your shoulders"))
    ear, shoulder = ears[0] - ears[1], shoulders[0] - shoulders[1]
    cross = float(shoulder[0] * ear[1] - shoulder[1] * ear[0])
    return seen.working * seen.leftward * math.degrees(math.atan2(cross, float(shoulder @ ear)))


def _head_turn(seen: PoseGeometry) -> float:
    left, right = seen.both(L.LEFT_EAR)
    half = apart(left, right, mark("your ears")) / 2
    offset = float(seen.at(L.NOSE)[0] - middle(left, right)[0]) * seen.leftward
    # The far ear is where the head hides it, so past profile the ears change places and the turn goes on beyond 90°.
    facing = half if (left[0] - right[0]) * seen.leftward >= 0 else -half
    return seen.working * math.degrees(math.atan2(offset / NOSE_PROTRUSION, facing))


def _above_shoulders(seen: PoseGeometry, point: Point) -> float:
    """How far a point is above the shoulder line, along its normal, in shoulder widths of the start pose."""
    left, right = seen.both(L.LEFT_SHOULDER)
    along = (left - right) * seen.leftward
    offset = point - middle(left, right)
    return float(along[1] * offset[0] - along[0] * offset[1]) / apart(left, right, mark("your shoulders")) / seen.width


def _nose_height(seen: PoseGeometry) -> float:
    return _above_shoulders(seen, seen.at(L.NOSE))


def _ear_height(seen: PoseGeometry) -> float:
    return _above_shoulders(seen, middle(*seen.both(L.LEFT_EAR)))


def _shoulder_tilt(seen: PoseGeometry) -> float:
    left, right = seen.both(L.LEFT_SHOULDER)
    return abs(elevation(left, right, mark("your shoulders")))


def _trunk_lean(seen: PoseGeometry) -> float:
    lean = from_vertical(middle(*seen.both(L.LEFT_HIP)), middle(*seen.both(L.LEFT_SHOULDER)))
    if lean is None:
        raise Unmeasurable(Why.COINCIDENT, "hips_and_shoulders")
    return abs(lean)


def _trunk_turn(seen: PoseGeometry) -> float:
    """Of the shoulders against the camera, by the model's depth: its most dependable one (see `posturecam.posture.view`)."""
    seen.both(L.LEFT_SHOULDER)
    across = seen.pose.world[L.LEFT_SHOULDER] - seen.pose.world[L.RIGHT_SHOULDER]
    if not (math.isfinite(float(across.sum())) and math.hypot(across[0], across[2]) > 1e-6):
        raise Unmeasurable(Why.VIEW_UNKNOWN, "no_depth")
    return seen.working * math.degrees(math.atan2(float(across[2]), float(across[0])))


def _hip_width(seen: PoseGeometry) -> float:
    return distance(*seen.both(L.LEFT_HIP)) / seen.width


Choose = Callable[[float, float], float]


def _differ(left: float, right: float) -> float:
    return abs(left - right)


def _elbows(choose: Choose) -> Callable[[PoseGeometry], float]:
    def of(seen: PoseGeometry) -> float:
        left, right = (
            angle_at(seen.at(L(L.LEFT_ELBOW + s)), seen.at(L(L.LEFT_SHOULDER + s)), seen.at(L(L.LEFT_WRIST + s)))
            for s in (0, 1)
        )
        return choose(left, right)

    return of


def _downward(seen: PoseGeometry) -> Point:
    """From the shoulders down the trunk: to the hips where they are seen, else square to the shoulder line.

    A webcam that shows raised hands seldom shows the hips as well.
    """
    left, right = seen.both(L.LEFT_SHOULDER)
    try:
        return middle(*seen.both(L.LEFT_HIP)) - middle(left, right)
    except Unmeasurable:
        along = (left - right) * seen.leftward
        return np.array([-along[1], along[0]])


def _arms(choose: Choose) -> Callable[[PoseGeometry], float]:
    def of(seen: PoseGeometry) -> float:
        down = _downward(seen)
        shoulders = seen.both(L.LEFT_SHOULDER)
        left, right = (angle_at(one, seen.at(L(L.LEFT_ELBOW + s)), one + down) for s, one in enumerate(shoulders))
        return choose(left, right)

    return of


def _wrists_above_head(seen: PoseGeometry) -> float:
    nose, wrists = seen.at(L.NOSE), seen.both(L.LEFT_WRIST)
    return min(float(nose[1] - wrist[1]) for wrist in wrists) / seen.width


def _wrist_gap(seen: PoseGeometry) -> float:
    return distance(*seen.both(L.LEFT_WRIST)) / seen.width


def _shoulder_drop(seen: PoseGeometry) -> float:
    left, right = seen.both(L.LEFT_SHOULDER)
    return seen.working * float(left[1] - right[1]) / seen.trunk


@dataclass(frozen=True, slots=True)
class Definition:
    """One measure of the registry."""

    name: str
    unit: str
    text: str
    """What it is, for who writes an exercise."""
    formula: Callable[[PoseGeometry], float]
    joint: tuple[Landmark, ...] = ()
    """The left landmarks (add 1 for the right) whose angle at the middle one is drawn; two are drawn as a line."""


_ARM = (L.LEFT_ELBOW, L.LEFT_SHOULDER, L.LEFT_HIP)
_ELBOW = (L.LEFT_SHOULDER, L.LEFT_ELBOW, L.LEFT_WRIST)

_ALL = (
    # From the side.
    Definition(
        "hip_angle",
        DEGREES,
        "shoulder, hip, knee: 180 stands straight, 90 sits",
        _joint(L.LEFT_SHOULDER, L.LEFT_HIP, L.LEFT_KNEE),
        (L.LEFT_SHOULDER, L.LEFT_HIP, L.LEFT_KNEE),
    ),
    Definition(
        "knee_angle",
        DEGREES,
        "hip, knee, ankle: 180 is a straight leg",
        _joint(L.LEFT_HIP, L.LEFT_KNEE, L.LEFT_ANKLE),
        (L.LEFT_HIP, L.LEFT_KNEE, L.LEFT_ANKLE),
    ),
    Definition("elbow_angle", DEGREES, "shoulder, elbow, wrist: 180 is a straight arm", _joint(*_ELBOW), _ELBOW),
    Definition(
        "arm_trunk", DEGREES, "elbow, shoulder, hip: 0 hangs at the side, 180 reaches overhead", _joint(*_ARM), _ARM
    ),
    Definition(
        "ear_shoulder_hip",
        DEGREES,
        "ear, shoulder, hip, in front: about 145 upright, falls as the head curls in, beyond 180 it is thrown back",
        _ear_shoulder_hip,
        (L.LEFT_EAR, L.LEFT_SHOULDER, L.LEFT_HIP),
    ),
    Definition(
        "trunk_elevation",
        DEGREES,
        "the line from hip to shoulder above the horizontal: 90 upright, 0 flat, below 0 shoulders under the hips",
        _trunk_elevation,
        (L.LEFT_HIP, L.LEFT_SHOULDER),
    ),
    Definition(
        "thigh_elevation",
        DEGREES,
        "the line from hip to knee above the horizontal: 0 sits, -90 stands",
        _thigh_elevation,
        (L.LEFT_HIP, L.LEFT_KNEE),
    ),
    Definition(
        "trunk_back",
        DEGREES,
        "how far the trunk leans backwards from the vertical; negative forwards",
        _trunk_back,
        (L.LEFT_HIP, L.LEFT_SHOULDER),
    ),
    Definition("heel_ratio", OF_SHANK, "hip to ankle: about 0.3 sits on the heels, 1.4 is on all fours", _heel_ratio),
    Definition(
        "hand_to_leg", OF_THIGH, "the wrist's distance from the nearest of thigh, lower leg and foot", _hand_to_leg
    ),
    Definition("reach", OF_LEG, "how far down the leg the fingertips are: 1 is the knee, 2 the ankle", _reach),
    Definition("hand_ahead", TRUNKS, "how far the wrist is from the ankle, level", _hand_ahead),
    Definition("hip_height", TRUNKS, "the hip above the lower of knee and ankle: near 0 lying flat", _hip_height),
    Definition(
        "legs_behind",
        OF_THIGH,
        "the knee behind the hip, level: 1 lies on the stomach, 0 stands, -1 sits",
        _legs_behind,
    ),
    Definition(
        "head_height",
        TRUNKS,
        "height of the ear above the line of the lower leg: kneeling, above the floor",
        _head_height,
    ),
    Definition("neck_length", TRUNKS, "ear to shoulder: shortens as the shoulders rise", _neck_length),
    Definition(
        "head_offset", TRUNKS, "how far the ear is before the shoulder, level; negative behind it", _head_offset
    ),
    Definition(
        "nose_above_shoulder",
        TRUNKS,
        "height of the nose above the shoulder: falls as the head nods",
        _nose_above_shoulder,
    ),
    Definition("hip_shift", TRUNKS, "how far the hip is from where it was in the start pose", _hip_shift),
    Definition(
        "shoulder_width",
        TRUNKS,
        "between the shoulders as the picture shows them: small from the side",
        _shoulder_width,
    ),
    # From the front.
    Definition(
        "head_tilt",
        DEGREES,
        "the ear line against the shoulder line, to the working side",
        _head_tilt,
        (L.LEFT_EAR, L.LEFT_SHOULDER),
    ),
    Definition("head_turn", DEGREES, "how far the head is turned, to the working side", _head_turn),
    Definition(
        "nose_height", SHOULDER_WIDTHS, "the nose above the shoulder line: falls as the head bends down", _nose_height
    ),
    Definition(
        "ear_height", SHOULDER_WIDTHS, "the ears above the shoulder line: falls as the shoulders rise", _ear_height
    ),
    Definition("shoulder_tilt", DEGREES, "the shoulder line against the horizontal, whichever way", _shoulder_tilt),
    Definition("trunk_lean", DEGREES, "the trunk's line against the vertical, whichever way", _trunk_lean),
    Definition(
        "trunk_turn", DEGREES, "how far the shoulders are turned from the camera, to the working side", _trunk_turn
    ),
    Definition(
        "hip_width",
        SHOULDER_WIDTHS,
        "between the hips as the picture shows them: shrinks as they turn along",
        _hip_width,
    ),
    Definition(
        "arms_trunk_least",
        DEGREES,
        "upper arm against the trunk, of the lower arm: 0 hangs, 180 reaches overhead",
        _arms(min),
        _ARM,
    ),
    Definition("arms_trunk_most", DEGREES, "upper arm against the trunk, of the higher arm", _arms(max), _ARM),
    Definition(
        "arms_trunk_difference", DEGREES, "upper arm against the trunk: how much the arms differ", _arms(_differ)
    ),
    Definition("elbows_least", DEGREES, "shoulder, elbow, wrist, of the more bent elbow", _elbows(min), _ELBOW),
    Definition("elbows_most", DEGREES, "shoulder, elbow, wrist, of the straighter elbow", _elbows(max), _ELBOW),
    Definition("elbows_difference", DEGREES, "shoulder, elbow, wrist: how much the elbows differ", _elbows(_differ)),
    Definition("wrists_above_head", SHOULDER_WIDTHS, "the lower wrist above the nose", _wrists_above_head),
    Definition("wrist_gap", SHOULDER_WIDTHS, "between the wrists", _wrist_gap),
    Definition("shoulder_drop", TRUNKS, "how much lower the working side's shoulder is than the other", _shoulder_drop),
)

MEASURES: Mapping[str, Definition] = {definition.name: definition for definition in _ALL}
"""The registry: what an exercise may name."""


def measure(
    pose: Pose,
    names: Iterable[str],
    *,
    near_left: bool,
    working_left: bool = True,
    reference: Reference | None = None,
    least_visibility: float = 0.3,
) -> dict[str, StretchMeasure]:
    """The named measures of one pose.

    Nothing raises for missing landmarks, NaN, or points that coincide.

    Args:
        pose: The landmarks.
        names: Of the registry.
        near_left: Whether the person's left side is nearer to the camera; of no matter from the front.
        working_left: Whether the left side is the one that works; of no matter where both work together.
        reference: The start pose; None before it.
        least_visibility: From which a landmark is believed, 0 to 1.
    """
    seen = PoseGeometry(pose, near_left, working_left, reference, least_visibility)
    return {name: _one(seen, MEASURES[name]) for name in names}


def _one(seen: PoseGeometry, definition: Definition) -> StretchMeasure:
    try:
        value = definition.formula(seen)
    except Unmeasurable as unknown:
        return StretchMeasure(definition.name, None, unknown.reason)
    if not math.isfinite(value):
        return StretchMeasure(definition.name, None, Reason(Why.NOT_SEEN, "nowhere"))
    return StretchMeasure(definition.name, value)
