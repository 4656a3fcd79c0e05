"""Finds the posture in which a body has the wanted angles: Newton's method on the bone parameters."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tools.render.body import Body
from tools.render.makehuman import Floats
from tools.render.parameters import Posture
from tools.render.posture import build
from tools.render.truth import angles, head_rotation, points

PARAMETERS: Mapping[str, str] = {
    "trunk_inclination": "pelvis",
    "trunk_inclination_c7": "pelvis",
    "hip_angle": "pelvis",
    "neck_inclination": "low_neck",
    "neck_inclination_acromion": "low_neck",
    "craniovertebral_angle": "low_neck",
    "head_tilt": "high_neck",
    "head_pitch": "high_neck",
    "head_roll": "neck_lean",
    "head_yaw": "neck_turn",
    "lateral_trunk_lean": "trunk_lean",
    "shoulder_tilt": "trunk_lean",
    "knee_angle": "knee_bend",
}
"""The bone parameter that controls each angle."""
WITHIN = 0.02
"""Required accuracy of the angles, degrees."""
PROBE = 1.0
"""Step for measuring the Jacobian, degrees."""
LONGEST_STEP = 15.0
"""Largest change of one parameter per iteration, degrees: the mesh is not linear."""
ITERATIONS = 12


class OutOfReach(ValueError):
    """The wanted angles cannot be reached from this posture."""


def solve(body: Body, wanted: Mapping[str, float], start: Posture) -> Posture:
    """Change a posture's bone parameters until the angles read from the mesh are the wanted ones.

    Args:
        body: whose angles they are.
        wanted: angles by their names in `tools.render.truth.angles`, degrees.
        start: the initial posture; parameters that no wanted angle needs stay as they are.

    Raises:
        ValueError: if an angle has no parameter, or two have the same.
        OutOfReach: if the angles are not reached, or one of them is undefined there.
    """
    unknown = sorted(set(wanted) - set(PARAMETERS))
    if unknown:
        raise ValueError(f"no bone parameter is known for {', '.join(unknown)}")
    moved = [PARAMETERS[name] for name in wanted]
    if len(set(moved)) < len(moved):
        raise ValueError(f"{', '.join(wanted)} cannot all be chosen: two of them move the same bones")
    posture = start
    for _ in range(ITERATIONS):
        off = _off(body, posture, wanted)
        if np.abs(off).max(initial=0) < WITHIN:
            return posture
        slopes = [(_off(body, posture.plus(**{name: PROBE}), wanted) - off) / PROBE for name in moved]
        step = np.linalg.lstsq(np.stack(slopes, axis=1), -off, rcond=None)[0]
        step = np.clip(step, -LONGEST_STEP, LONGEST_STEP)
        posture = posture.plus(**dict(zip(moved, map(float, step), strict=True)))
    off = _off(body, posture, wanted)
    if np.abs(off).max(initial=0) < WITHIN:
        return posture
    missed = ", ".join(f"{name} {want:g}° by {by:.2f}°" for (name, want), by in zip(wanted.items(), off, strict=True))
    raise OutOfReach(f"the wanted angles were missed: {missed}")


def _off(body: Body, posture: Posture, wanted: Mapping[str, float]) -> Floats:
    """How far each wanted angle is exceeded, degrees, the short way round."""
    posed = build(body, posture)
    found = angles(points(posed), head_rotation(posed))
    off = []
    for name, want in wanted.items():
        angle = found[name]
        if angle is None:
            raise OutOfReach(f"{name} is undefined in this posture")
        off.append((angle - want + 180) % 360 - 180)
    return np.array(off)
