"""The named measures used in exercise files: each a value, or None with the reason.

All are measured in pixels. From the side they are those of the near side of the body. T0 is the trunk's length in the
start pose (it shortens when the back rounds, so it is fixed there); a shoulder width is that of the start pose too. A
measure "to the working side" is positive towards the side being stretched, so that one exercise serves both.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from posturecam.coach.formulas import front, legs, side
from posturecam.coach.judging.viewpoint import Viewpoint
from posturecam.coach.nearness import Nearness
from posturecam.coach.pose_geometry import PoseGeometry, Reference, Unmeasurable
from posturecam.config.settings import StretchSettings
from posturecam.i18n.words import mark
from posturecam.posture.measures import CENTIMETERS, DEGREES
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View
from posturecam.vision.pose import Landmark, Pose
from posturecam.vision.pose import Landmark as L

TRUNKS = "T0"
SHOULDER_WIDTHS = "shoulder widths"
OF_SHANK = "of the lower leg"
OF_THIGH = "of the thigh"
OF_LEG = "parts of the leg"
_READ_AS = {TRUNKS: mark("trunk lengths")}
"""Units that people read by another name than files and the history have."""
OF_FACE = frozenset({"head_distance", "head_pitch"})
"""Measures that need the face, which is detected only at a desk: across a room it is too small."""


def unit_text(unit: str) -> str:
    """A unit as people read it."""
    return _READ_AS.get(unit, unit)


@dataclass(frozen=True, slots=True)
class StretchMeasure:
    """One measure in one check: a value in the measure's unit, or None with the reason."""

    name: str
    value: float | None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, eq=False)
class CoachLook:
    """One check as the coach sees it."""

    t: float
    pose: Pose | None
    view: View
    measures: Mapping[str, StretchMeasure]
    """By name; empty if there is no pose, and while it is only timed."""
    other: Mapping[str, StretchMeasure] | None = None
    """The same for the other working side, on the way into the pose, when the user may take that side instead."""
    problem: str | None = None
    """Why there is no picture (the camera was unplugged), or None."""
    nearness: Nearness = Nearness.UNKNOWN
    """How large the user is, or was when last seen."""
    seen: Viewpoint | None = None
    """The camera angle by this pose alone; None for exercises that face the camera."""

    def value(self, name: str) -> float | None:
        """A measure's value, or None."""
        measure = self.measures.get(name)
        return None if measure is None else measure.value


@dataclass(frozen=True, slots=True)
class Definition:
    """One measure of the registry."""

    name: str
    unit: str
    text: str
    """Description for authors of exercises."""
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
        side.joint(L.LEFT_SHOULDER, L.LEFT_HIP, L.LEFT_KNEE),
        (L.LEFT_SHOULDER, L.LEFT_HIP, L.LEFT_KNEE),
    ),
    Definition(
        "knee_angle",
        DEGREES,
        "hip, knee, ankle: 180 is a straight leg",
        side.joint(L.LEFT_HIP, L.LEFT_KNEE, L.LEFT_ANKLE),
        (L.LEFT_HIP, L.LEFT_KNEE, L.LEFT_ANKLE),
    ),
    Definition("elbow_angle", DEGREES, "shoulder, elbow, wrist: 180 is a straight arm", side.joint(*_ELBOW), _ELBOW),
    Definition(
        "arm_trunk", DEGREES, "elbow, shoulder, hip: 0 hangs at the side, 180 reaches overhead", side.joint(*_ARM), _ARM
    ),
    Definition(
        "ear_shoulder_hip",
        DEGREES,
        "ear, shoulder, hip, in front: about 145 upright, falls as the head curls in, beyond 180 it is thrown back",
        side.ear_shoulder_hip,
        (L.LEFT_EAR, L.LEFT_SHOULDER, L.LEFT_HIP),
    ),
    Definition(
        "trunk_elevation",
        DEGREES,
        "the line from hip to shoulder above the horizontal: 90 upright, 0 flat, below 0 shoulders under the hips",
        side.trunk_elevation,
        (L.LEFT_HIP, L.LEFT_SHOULDER),
    ),
    Definition(
        "thigh_elevation",
        DEGREES,
        "the line from hip to knee above the horizontal: 0 sits, -90 stands",
        side.thigh_elevation,
        (L.LEFT_HIP, L.LEFT_KNEE),
    ),
    Definition(
        "trunk_back",
        DEGREES,
        "how far the trunk leans backwards from the vertical; negative forwards",
        side.trunk_back,
        (L.LEFT_HIP, L.LEFT_SHOULDER),
    ),
    Definition(
        "heel_ratio", OF_SHANK, "hip to ankle: about 0.3 sits on the heels, 1.4 is on all fours", side.heel_ratio
    ),
    Definition(
        "hand_to_leg", OF_THIGH, "the wrist's distance from the nearest of thigh, lower leg and foot", side.hand_to_leg
    ),
    Definition("reach", OF_LEG, "how far down the leg the fingertips are: 1 is the knee, 2 the ankle", side.reach),
    Definition("hand_ahead", TRUNKS, "how far the wrist is from the ankle, level", side.hand_ahead),
    Definition(
        "hand_before_shoulder",
        TRUNKS,
        "how far the wrist is before the shoulder, level: near 1 with the arms stretched out",
        side.hand_before_shoulder,
    ),
    Definition("hip_height", TRUNKS, "the hip above the lower of knee and ankle: near 0 lying flat", side.hip_height),
    Definition(
        "legs_behind",
        OF_THIGH,
        "the knee behind the hip, level: 1 lies on the stomach, 0 stands, -1 sits",
        side.legs_behind,
    ),
    Definition(
        "head_height",
        TRUNKS,
        "height of the ear above the line of the lower leg: kneeling, above the floor",
        side.head_height,
    ),
    Definition("neck_length", TRUNKS, "ear to shoulder: shortens as the shoulders rise", side.neck_length),
    Definition(
        "head_offset", TRUNKS, "how far the ear is before the shoulder, level; negative behind it", side.head_offset
    ),
    Definition(
        "nose_above_shoulder",
        TRUNKS,
        "height of the nose above the shoulder: falls as the head nods",
        side.nose_above_shoulder,
    ),
    Definition("hip_shift", TRUNKS, "how far the hip is from where it was in the start pose", side.hip_shift),
    Definition(
        "shoulder_width",
        TRUNKS,
        "between the shoulders as the picture shows them: small from the side",
        side.shoulder_width,
    ),
    # Of one of the two legs, from the side.
    Definition(
        "thigh_back", DEGREES, "of the leg on the floor: the knee behind the hip; 0 is vertical", legs.thigh_back
    ),
    Definition(
        "hip_extension",
        DEGREES,
        "of the leg on the floor: the thigh behind the line of the trunk; 0 is straight, negative is bent",
        legs.hip_extension,
    ),
    Definition("front_foot", TRUNKS, "the other ankle before the knee on the floor, level", legs.front_foot),
    Definition("knees_apart", TRUNKS, "one knee above the other", legs.knees_apart),
    Definition("straight_knee", DEGREES, "of the straighter leg: hip, knee, ankle", legs.straight_knee),
    Definition("straight_hip", DEGREES, "of the straighter leg: shoulder, hip, knee", legs.straight_hip),
    Definition("straight_ahead", TRUNKS, "the ankle of the straighter leg before the hip, level", legs.straight_ahead),
    # From the front.
    Definition("side_lean", DEGREES, "the trunk's line against the vertical, to the working side", front.side_lean),
    Definition(
        "head_tilt",
        DEGREES,
        "the ear line against the shoulder line, to the working side",
        front.head_tilt,
        (L.LEFT_EAR, L.LEFT_SHOULDER),
    ),
    Definition("head_turn", DEGREES, "how far the head is turned, to the working side", front.head_turn),
    Definition(
        "nose_height",
        SHOULDER_WIDTHS,
        "the nose above the shoulder line: falls as the head bends down",
        front.nose_height,
    ),
    Definition(
        "ear_height", SHOULDER_WIDTHS, "the ears above the shoulder line: falls as the shoulders rise", front.ear_height
    ),
    Definition(
        "head_distance",
        CENTIMETERS,
        "the head from the camera, by the face, in a break at the desk: grows as the chin is drawn back",
        front.head_distance,
    ),
    Definition(
        "head_pitch", DEGREES, "how far the face looks down, in a break at the desk: grows with a nod", front.head_pitch
    ),
    Definition(
        "shoulder_span",
        SHOULDER_WIDTHS,
        "between the shoulders as the picture shows them: shrinks as the trunk leans back",
        front.shoulder_span,
    ),
    Definition(
        "shoulder_tilt", DEGREES, "the shoulder line against the horizontal, whichever way", front.shoulder_tilt
    ),
    Definition("trunk_lean", DEGREES, "the trunk's line against the vertical, whichever way", front.trunk_lean),
    Definition(
        "trunk_turn", DEGREES, "how far the shoulders are turned from the camera, to the working side", front.trunk_turn
    ),
    Definition(
        "trunk_twist",
        DEGREES,
        "how far they have turned since the start pose, also by how much narrower they look",
        front.trunk_twist,
    ),
    Definition(
        "hip_width",
        SHOULDER_WIDTHS,
        "between the hips as the picture shows them: shrinks as they turn along",
        front.hip_width,
    ),
    Definition(
        "arms_trunk_least",
        DEGREES,
        "upper arm against the trunk, of the lower arm: 0 hangs, 180 reaches overhead",
        front.arms(min),
        _ARM,
    ),
    Definition("arms_trunk_most", DEGREES, "upper arm against the trunk, of the higher arm", front.arms(max), _ARM),
    Definition(
        "arms_trunk_difference",
        DEGREES,
        "upper arm against the trunk: how much the arms differ",
        front.arms(front.differ),
    ),
    Definition("elbows_least", DEGREES, "shoulder, elbow, wrist, of the more bent elbow", front.elbows(min), _ELBOW),
    Definition("elbows_most", DEGREES, "shoulder, elbow, wrist, of the straighter elbow", front.elbows(max), _ELBOW),
    Definition(
        "elbows_difference", DEGREES, "shoulder, elbow, wrist: how much the elbows differ", front.elbows(front.differ)
    ),
    Definition("wrists_above_head", SHOULDER_WIDTHS, "the lower wrist above the nose", front.wrists_above_head),
    Definition("wrist_gap", SHOULDER_WIDTHS, "between the wrists", front.wrist_gap),
    Definition(
        "shoulder_drop", TRUNKS, "how much lower the working side's shoulder is than the other", front.shoulder_drop
    ),
)

MEASURES: Mapping[str, Definition] = {definition.name: definition for definition in _ALL}
"""The registry: the measures that an exercise may name."""

TO_THE_WORKING_SIDE = frozenset({"side_lean", "head_tilt", "head_turn", "trunk_turn", "trunk_twist", "shoulder_drop"})
"""Measures that differ between the two sides; by no other can the camera tell which side is stretched."""


def measure(
    pose: Pose,
    names: Iterable[str],
    *,
    near_left: bool,
    working_left: bool = True,
    reference: Reference | None = None,
    least_visibility: float = StretchSettings().visibility,
) -> dict[str, StretchMeasure]:
    """The named measures of one pose.

    Nothing raises for missing landmarks, NaN, or points that coincide.

    Args:
        pose: The landmarks.
        names: Names in the registry.
        near_left: Whether the person's left side is nearer to the camera; irrelevant from the front.
        working_left: Whether the left side is the working one; irrelevant if both work together.
        reference: The start pose; None before it.
        least_visibility: From which a landmark is trusted, 0 to 1.
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
