"""Postures: `build` puts a body into one, and `POSTURES` names those at the desk, standing, and of the stretches."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tools.render import hands
from tools.render.body import SIDES, Body, Posed, Reach
from tools.render.desk_postures import AT_DESK, STANDING
from tools.render.floor_postures import ON_FLOOR
from tools.render.parameters import Kind, Place, Posture
from tools.render.rotation import Rotation, about_x, about_y, about_z, bend
from tools.render.support import HEAD_BONES, PRESSED_MAT, Support, dominant, hip_middle, lower_body, outwards, support

__all__ = ["POSTURES", "Kind", "Place", "Posture", "build", "eye_height"]

POSTURES: Mapping[str, Posture] = {**AT_DESK, **STANDING, **ON_FLOOR}
"""Every named posture."""

NEUTRAL: Mapping[Kind, tuple[float, float]] = {
    Kind.STANDING: (0, 0),
    Kind.SEATED: (-10, 12),
    Kind.LONG_SIT: (-12, 14),
    Kind.KNEELING: (-6, 8),
    Kind.HALF_KNEELING: (-2, 2),
    Kind.PRONE: (0, 0),
}
"""Flexion of pelvis and lower back, degrees, that turns the standing rest posture into an upright one: sitting rolls
the pelvis back and flattens the hollow of the back."""

ON_THE_FLOOR = (Kind.LONG_SIT, Kind.KNEELING, Kind.HALF_KNEELING, Kind.PRONE)
"""Kinds in which the head can come down to the floor, which then supports it: in child's pose the forehead rests on
it."""
HEAD_STEPS = 4

LUMBAR_SHARES = {"spine05": 0.3, "spine04": 0.35, "spine03": 0.35}
THORAX_SHARES = {"spine02": 0.6, "spine01": 0.4}
LOW_NECK_SHARES = {"neck01": 0.6, "neck02": 0.4}
HIGH_NECK_SHARES = {"neck03": 0.35, "head": 0.65}
"""How the bones share the flexion of their part of the spine."""
LEAN_SHARES = {"root": 0.25, "spine05": 0.13, "spine04": 0.14, "spine03": 0.14, "spine02": 0.18, "spine01": 0.16}
TURN_SHARES = {"spine05": 0.08, "spine04": 0.1, "spine03": 0.12, "spine02": 0.35, "spine01": 0.35}
"""Turning happens in the thorax: the joints of the lower back hardly allow it."""
NECK_LEAN_SHARES = {"neck01": 0.25, "neck02": 0.2, "neck03": 0.2, "head": 0.35}
NECK_TURN_SHARES = {"neck01": 0.15, "neck02": 0.15, "neck03": 0.2, "head": 0.5}


def build(body: Body, posture: Posture) -> Posed:
    """Put a body into a posture: the spine by its bones' angles, the legs on their support, the hands at their places."""
    rotations = _spine(posture) | _shoulders(posture) | hands.curled(body, posture)
    carried = support(body, posture)
    trunk = _carried(body, rotations, carried)
    if posture.kind in ON_THE_FLOOR:
        lowest = float(trunk.vertices[lower_body(body), 2].min())
        carried = carried.lifted(PRESSED_MAT - lowest)
        trunk = trunk.moved(np.eye(3), np.array([0, 0, PRESSED_MAT - lowest]))
        for _ in range(HEAD_STEPS):
            held = _held_by_floor(trunk)
            if held <= 0:
                break
            for bone, share in LOW_NECK_SHARES.items():
                rotations[bone] = np.asarray(rotations[bone] @ about_x(-share * held))
            trunk = _carried(body, rotations, carried)
    arms = {side: hands.reach(posture, trunk, side) for side in SIDES}
    return _carried(body, rotations, carried, arms)


def _carried(
    body: Body, rotations: Mapping[str, Rotation], carried: Support, arms: Mapping[str, Reach] | None = None
) -> Posed:
    """The body with its hips on their support; the pelvis rotates about the hip joints."""
    pelvis = body.joint("root")
    root = carried.hips - (pelvis + rotations["root"] @ (hip_middle(body) - pelvis))
    return body.pose(rotations, root, arms, carried.legs)


def _held_by_floor(trunk: Posed) -> float:
    """How far the floor bends back the neck of a head that would sink into it, degrees."""
    head = trunk.vertices[dominant(trunk.body, *HEAD_BONES)]
    lowest = head[np.argmin(head[:, 2])]
    lever = float(np.linalg.norm((lowest - trunk.joint("neck01"))[:2]))
    return float(np.degrees(np.arctan2(-lowest[2], max(lever, 0.08))))


def _spine(posture: Posture) -> dict[str, Rotation]:
    pelvis, lumbar = NEUTRAL[posture.kind]
    flexion = {"root": posture.pelvis + pelvis}
    for shares, degrees in (
        (LUMBAR_SHARES, posture.lumbar + lumbar),
        (THORAX_SHARES, posture.thorax),
        (LOW_NECK_SHARES, posture.low_neck),
        (HIGH_NECK_SHARES, posture.high_neck),
    ):
        flexion |= {bone: share * degrees for bone, share in shares.items()}
    # Bones lean to the person's left for positive rotation about y; a posture leans to the right.
    left = {bone: -share * posture.trunk_lean for bone, share in LEAN_SHARES.items()}
    left |= {bone: -share * posture.neck_lean for bone, share in NECK_LEAN_SHARES.items()}
    turn = {bone: share * posture.trunk_turn for bone, share in TURN_SHARES.items()}
    turn |= {bone: share * posture.neck_turn for bone, share in NECK_TURN_SHARES.items()}
    return {bone: bend(flexion[bone], left.get(bone, 0), turn.get(bone, 0)) for bone in flexion}


def _shoulders(posture: Posture) -> dict[str, Rotation]:
    rotations = {}
    for side, forward, up in (
        ("L", posture.left_protraction, posture.left_elevation),
        ("R", posture.right_protraction, posture.right_elevation),
    ):
        rotations[f"clavicle.{side}"] = np.asarray(about_z(-outwards(side) * forward) @ about_y(-outwards(side) * up))
    return rotations


def eye_height(body: Body) -> float:
    """Eye height of somebody sitting upright at the desk, meters above the floor: cameras are placed relative to it."""
    posed = build(body, POSTURES["upright"])
    return float(np.mean([posed.joint(f"eye.{side}")[2] for side in SIDES]))
