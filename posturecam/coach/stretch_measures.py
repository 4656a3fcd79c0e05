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
from posturecam.vision.pose import Landmark as L
from posturecam.vision.pose import Pose

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
    """One measure of the registry; docs/exercises.md describes each for authors of exercises."""

    name: str
    unit: str
    formula: Callable[[PoseGeometry], float]
    joint: tuple[L, ...] = ()
    """The left landmarks (add 1 for the right) whose angle at the middle one is drawn; two are drawn as a line."""


_ARM = (L.LEFT_ELBOW, L.LEFT_SHOULDER, L.LEFT_HIP)
_ELBOW = (L.LEFT_SHOULDER, L.LEFT_ELBOW, L.LEFT_WRIST)

_ALL = (
    # From the side.
    Definition(
        "hip_angle",
        DEGREES,
        side.joint(L.LEFT_SHOULDER, L.LEFT_HIP, L.LEFT_KNEE),
        (L.LEFT_SHOULDER, L.LEFT_HIP, L.LEFT_KNEE),
    ),
    Definition(
        "knee_angle",
        DEGREES,
        side.joint(L.LEFT_HIP, L.LEFT_KNEE, L.LEFT_ANKLE),
        (L.LEFT_HIP, L.LEFT_KNEE, L.LEFT_ANKLE),
    ),
    Definition("elbow_angle", DEGREES, side.joint(*_ELBOW), _ELBOW),
    Definition("arm_trunk", DEGREES, side.joint(*_ARM), _ARM),
    Definition("ear_shoulder_hip", DEGREES, side.ear_shoulder_hip, (L.LEFT_EAR, L.LEFT_SHOULDER, L.LEFT_HIP)),
    Definition("trunk_elevation", DEGREES, side.trunk_elevation, (L.LEFT_HIP, L.LEFT_SHOULDER)),
    Definition("thigh_elevation", DEGREES, side.thigh_elevation, (L.LEFT_HIP, L.LEFT_KNEE)),
    Definition("trunk_back", DEGREES, side.trunk_back, (L.LEFT_HIP, L.LEFT_SHOULDER)),
    Definition("heel_ratio", OF_SHANK, side.heel_ratio),
    Definition("hand_to_leg", OF_THIGH, side.hand_to_leg),
    Definition("reach", OF_LEG, side.reach),
    Definition("hand_ahead", TRUNKS, side.hand_ahead),
    Definition("hand_before_shoulder", TRUNKS, side.hand_before_shoulder),
    Definition("hip_height", TRUNKS, side.hip_height),
    Definition("legs_behind", OF_THIGH, side.legs_behind),
    Definition("head_height", TRUNKS, side.head_height),
    Definition("neck_length", TRUNKS, side.neck_length),
    Definition("head_offset", TRUNKS, side.head_offset),
    Definition("ear_lead", TRUNKS, side.ear_lead),
    Definition("nose_above_shoulder", TRUNKS, side.nose_above_shoulder),
    Definition("hip_shift", TRUNKS, side.hip_shift),
    Definition("shoulder_width", TRUNKS, side.shoulder_width),
    # Of one of the two legs, from the side.
    Definition("thigh_back", DEGREES, legs.thigh_back),
    Definition("hip_extension", DEGREES, legs.hip_extension),
    Definition("front_foot", TRUNKS, legs.front_foot),
    Definition("knees_apart", TRUNKS, legs.knees_apart),
    Definition("straight_knee", DEGREES, legs.straight_knee),
    Definition("straight_hip", DEGREES, legs.straight_hip),
    Definition("straight_ahead", TRUNKS, legs.straight_ahead),
    # From the front.
    Definition("side_lean", DEGREES, front.side_lean),
    Definition("head_tilt", DEGREES, front.head_tilt, (L.LEFT_EAR, L.LEFT_SHOULDER)),
    Definition("head_turn", DEGREES, front.head_turn),
    Definition("nose_height", SHOULDER_WIDTHS, front.nose_height),
    Definition("ear_height", SHOULDER_WIDTHS, front.ear_height),
    Definition("head_distance", CENTIMETERS, front.head_distance),
    Definition("head_pitch", DEGREES, front.head_pitch),
    Definition("shoulder_span", SHOULDER_WIDTHS, front.shoulder_span),
    Definition("shoulder_tilt", DEGREES, front.shoulder_tilt),
    Definition("trunk_lean", DEGREES, front.trunk_lean),
    Definition("trunk_turn", DEGREES, front.trunk_turn),
    Definition("trunk_twist", DEGREES, front.trunk_twist),
    Definition("hip_width", SHOULDER_WIDTHS, front.hip_width),
    Definition("arms_trunk_least", DEGREES, front.arms(min), _ARM),
    Definition("arms_trunk_most", DEGREES, front.arms(max), _ARM),
    Definition("arms_trunk_difference", DEGREES, front.arms(front.differ)),
    Definition("elbows_least", DEGREES, front.elbows(min), _ELBOW),
    Definition("elbows_most", DEGREES, front.elbows(max), _ELBOW),
    Definition("elbows_difference", DEGREES, front.elbows(front.differ)),
    Definition("lean_from_arm", DEGREES, front.lean_from_arm),
    Definition("wrists_above_head", SHOULDER_WIDTHS, front.wrists_above_head),
    Definition("wrist_gap", SHOULDER_WIDTHS, front.wrist_gap),
    Definition("hands_out", SHOULDER_WIDTHS, front.hands_out),
    Definition("shoulder_drop", TRUNKS, front.shoulder_drop),
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
