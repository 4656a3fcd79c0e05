"""Named postures on the floor: the stretches at several depths, and postures that resemble them."""

from __future__ import annotations

from collections.abc import Mapping

from tools.render.parameters import Kind, Place, Posture

ON_LEGS = {Place.LEG: 1.0}
ON_FLOOR_HANDS = {Place.FLOOR: 1.0}

LONG_SIT = Posture(Kind.LONG_SIT, pelvis=-4, left_hand=ON_LEGS, right_hand=ON_LEGS, left_curl=6, right_curl=6)
"""Upright on the floor, the hands on the thighs."""
FULL_FOLD = LONG_SIT.plus(
    pelvis=20, lumbar=34, thorax=32, low_neck=18, high_neck=18, left_ahead=0.34, right_ahead=0.34,
    left_protraction=12, right_protraction=12,
)  # fmt: skip
"""The thoracic stretch all the way: the head points at the stomach, the hands have slid to the shins."""

KNEEL = Posture(Kind.KNEELING, left_hand=ON_LEGS, right_hand=ON_LEGS, left_curl=6, right_curl=6)
"""Upright on the heels, the hands on the thighs."""
CHILDS_POSE = Posture(
    Kind.KNEELING, pelvis=61, lumbar=29, thorax=14, low_neck=-8, high_neck=-6, knees_apart=0.07, left_hand=ON_FLOOR_HANDS,
    right_hand=ON_FLOOR_HANDS, left_ahead=0.5, right_ahead=0.5, left_curl=4, right_curl=4, left_elevation=8,
    right_elevation=8,
)  # fmt: skip

ALL_FOURS = Posture(
    Kind.KNEELING, pelvis=74, lumbar=2, thorax=4, low_neck=4, high_neck=-8, thigh_rise=64, left_hand=ON_FLOOR_HANDS,
    right_hand=ON_FLOOR_HANDS, left_ahead=0.04, right_ahead=0.04, left_curl=2, right_curl=2,
)  # fmt: skip
"""Hands under the shoulders, thighs vertical, the back flat."""

PRONE = Posture(
    Kind.PRONE, pelvis=86, lumbar=-4, thorax=-4, low_neck=-4, high_neck=-8, left_hand=ON_FLOOR_HANDS,
    right_hand=ON_FLOOR_HANDS, left_ahead=0.15, right_ahead=0.15, left_curl=2, right_curl=2,
)  # fmt: skip

HALF_KNEEL = Posture(
    Kind.HALF_KNEELING, right_foot_ahead=0.42, left_hand={Place.HANGING: 1.0}, right_hand=ON_LEGS, left_curl=10, right_curl=6,
    right_ahead=0.08,
)  # fmt: skip
"""The left knee on the floor, the right foot in front, upright."""

ON_FLOOR: Mapping[str, Posture] = {
    "long_sit": LONG_SIT,
    "thoracic_stretch_shallow": LONG_SIT.towards(FULL_FOLD, 0.35),
    "thoracic_stretch_half": LONG_SIT.towards(FULL_FOLD, 0.62),
    "thoracic_stretch_full": FULL_FOLD,
    "thoracic_stretch_knees_bent": FULL_FOLD.plus(knee_bend=42, pelvis=-12, left_ahead=0.02, right_ahead=0.02),
    "thoracic_stretch_head_up": FULL_FOLD.plus(pelvis=6, thorax=-24, low_neck=-24, high_neck=-52),
    "kneeling": KNEEL,
    "childs_pose_half": KNEEL.towards(CHILDS_POSE, 0.6),
    "childs_pose": CHILDS_POSE,
    "childs_pose_hips_high": CHILDS_POSE.plus(thigh_rise=24, pelvis=14),
    "puppy_pose": ALL_FOURS.plus(pelvis=38, lumbar=-6, thorax=-6, low_neck=-4, left_ahead=0.42, right_ahead=0.42),
    "all_fours": ALL_FOURS,
    "cat": ALL_FOURS.plus(pelvis=-26, lumbar=34, thorax=34, low_neck=26, high_neck=22),
    "cow": ALL_FOURS.plus(pelvis=14, lumbar=-22, thorax=-16, low_neck=-14, high_neck=-26),
    "half_kneeling": HALF_KNEEL,
    "lunge": HALF_KNEEL.plus(thigh_rise=36, pelvis=-3, right_foot_ahead=0.1),
    "prone": PRONE,
    "sphinx": PRONE.plus(pelvis=-6, lumbar=-22, thorax=-16, low_neck=-4),
    "cobra": PRONE.plus(pelvis=-14, lumbar=-30, thorax=-18, low_neck=-4, left_ahead=-0.06, right_ahead=-0.06),
}
"""The thoracic stretch, child's pose, cat and cow, and prone back-bends."""
