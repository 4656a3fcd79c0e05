"""Named postures at the desk, and standing ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tools.render.parameters import Kind, Place, Posture

UPRIGHT = Posture()
SLOUCH = Posture(
    pelvis=-16, lumbar=26, thorax=28, low_neck=14, high_neck=-40, left_protraction=14, right_protraction=14
)
"""The deepest: the pelvis rolled back, the whole back rounded, and the face still towards the screen."""
FORWARD_HEAD = Posture(thorax=10, low_neck=36, high_neck=-38, left_protraction=10, right_protraction=10)

PHONE = {Place.PHONE: 1.0}
ON_LEG = {Place.LEG: 1.0}

_SLOUCHES = {
    "slouch_mild": UPRIGHT.towards(SLOUCH, 0.45),
    "slouch_mid": UPRIGHT.towards(SLOUCH, 0.72),
    "slouch_deep": SLOUCH,
    "slouch_looking_up": SLOUCH.plus(high_neck=-14, low_neck=4),
    "slouch_looking_down": SLOUCH.plus(high_neck=42, low_neck=4),
    "forward_head_mild": UPRIGHT.towards(FORWARD_HEAD, 0.45),
    "forward_head_mid": UPRIGHT.towards(FORWARD_HEAD, 0.72),
    "forward_head_deep": FORWARD_HEAD,
    "sliding_down": Posture(
        pelvis=-36, lumbar=14, thorax=14, low_neck=26, high_neck=-6, hips_y=-0.13, hips_z=-0.005, feet_ahead=0.14,
        left_ahead=-0.03, right_ahead=-0.03,
    ),
}  # fmt: skip
_LOOKS = {
    "look_at_keys": Posture(thorax=4, low_neck=14, high_neck=24),
    "look_at_phone": Posture(
        thorax=6, low_neck=20, high_neck=26, left_hand=PHONE, right_hand=PHONE, left_curl=35, right_curl=35,
        left_protraction=6, right_protraction=6,
    ),
    "look_up": Posture(low_neck=-6, high_neck=-24),
    "chin_tuck": Posture(thorax=-4, low_neck=-16, high_neck=17),
}  # fmt: skip
_LEANS = {
    "lean_in": Posture(pelvis=24, low_neck=-4, high_neck=-14, left_ahead=0.06, right_ahead=0.06),
    "recline": Posture(pelvis=-18, hips_y=-0.085, low_neck=6, high_neck=8, left_hand=ON_LEG, right_hand=ON_LEG),
    "recline_typing": Posture(pelvis=-13, hips_y=-0.05, low_neck=6, high_neck=4, left_ahead=-0.02, right_ahead=-0.02),
    "shrug": Posture(left_elevation=16, right_elevation=16, low_neck=6, high_neck=-4),
}
_LEFT_OR_RIGHT = {
    "head_tilt": Posture(neck_lean=20),
    "trunk_lean": Posture(trunk_lean=14, neck_lean=-6),
    "head_turn": Posture(neck_turn=-35),
    "trunk_turn": Posture(trunk_turn=-22, neck_turn=-6, right_hand=ON_LEG),
    "chin_in_hand": Posture(
        hips_y=-0.05, pelvis=8, lumbar=4, thorax=8, low_neck=14, high_neck=-14, trunk_lean=4, neck_lean=8,
        right_hand={Place.CHIN: 1.0}, right_curl=52, right_elevation=4, left_across=-0.06,
    ),
    "drinking": Posture(
        low_neck=-2, high_neck=-12, right_hand={Place.MOUTH: 1.0}, right_curl=42, right_elevation=4,
    ),
    "reach_ahead": Posture(
        pelvis=16, lumbar=8, thorax=6, high_neck=-10, trunk_turn=14, neck_turn=-10, right_ahead=0.27, right_across=0.06,
        right_up=0.03, right_protraction=12,
    ),
    "reach_aside": Posture(
        pelvis=5, trunk_lean=10, trunk_turn=-10, neck_turn=-18, right_across=0.36, right_ahead=0.06, right_up=0.02,
        right_protraction=6,
    ),
    "using_mouse": Posture(trunk_lean=2, right_across=0.17, right_ahead=0.01),
    "neck_side_bend": Posture(
        neck_lean=34, left_hand=ON_LEG, right_hand=ON_LEG, left_elevation=-3,
    ),
    "neck_side_bend_with_hand": Posture(
        neck_lean=37, left_hand=ON_LEG, right_hand={Place.HEAD: 1.0}, right_elevation=9, left_elevation=-4,
    ),
    "seated_twist": Posture(
        hips_y=-0.03, trunk_turn=-42, neck_turn=-22, left_hand=ON_LEG, right_hand=ON_LEG, left_across=-0.27, left_ahead=0.04,
        right_ahead=-0.06, right_across=0.02,
    ),
}  # fmt: skip
"""As they are to the person's right."""


def _both(postures: Mapping[str, Posture]) -> dict[str, Posture]:
    """Each posture to the right and to the left."""
    named = {f"{name}_right": posture for name, posture in postures.items()}
    return named | {f"{name}_left": posture.mirrored() for name, posture in postures.items()}


AT_DESK: Mapping[str, Posture] = {
    "upright": UPRIGHT,
    "upright_relaxed": Posture(pelvis=-4, lumbar=6, thorax=5, low_neck=5, high_neck=-6),
    "upright_hands_on_legs": replace(UPRIGHT, left_hand=ON_LEG, right_hand=ON_LEG),
    **_SLOUCHES,
    **_LOOKS,
    **_LEANS,
    **_both(_LEFT_OR_RIGHT),
    "overhead_reach": Posture(
        thorax=-5, high_neck=-3, left_hand={Place.OVERHEAD: 1.0}, right_hand={Place.OVERHEAD: 1.0},
        left_elevation=22, right_elevation=22, left_curl=4, right_curl=4,
    ),
}  # fmt: skip
"""Seated, at the desk unless the hands are elsewhere."""

STAND = Posture(Kind.STANDING, left_hand={Place.HANGING: 1.0}, right_hand={Place.HANGING: 1.0})

STANDING: Mapping[str, Posture] = {
    "standing": STAND,
    "standing_slouched": STAND.plus(pelvis=-4, lumbar=6, thorax=16, low_neck=16, high_neck=-24, hips_y=-0.03),
    "walking": STAND.plus(stride=0.26, walk=20, pelvis=2),
    "standing_overhead_reach": replace(
        STAND.plus(thorax=-4, left_elevation=22, right_elevation=22, left_curl=-8, right_curl=-8),
        left_hand={Place.OVERHEAD: 1.0}, right_hand={Place.OVERHEAD: 1.0},
    ),
    "standing_fold_half": STAND.plus(pelvis=50, lumbar=14, thorax=10, low_neck=4, hips_y=0.10),
    "standing_fold": STAND.plus(pelvis=84, lumbar=30, thorax=18, low_neck=8, high_neck=4, hips_y=0.14),
}  # fmt: skip
"""On the feet."""
