"""The camera angle for a body in any position: which side is near, and how far off the exact side view the camera is. Pure.

`posturecam.posture.view` uses the shoulders of somebody sitting or standing. In a bent-over body the shoulders hide
each other, and lines that are level in the picture say more: a flat trunk points to where the person faces.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posturecam.posture.view import View, shoulder_yaw
from posturecam.vision.geometry import above_horizontal, middle
from posturecam.vision.pose import Landmark, Pose

FLAT = 35.0
"""A trunk no steeper than this, degrees, shows where the person faces: measured on renders, the shoulders alone gave
the wrong side in 3 of 150 poses on the mat, the trunk in none."""
LOWERED = 50.0
"""A trunk no steeper than this, degrees, shows by its own depth how far off the side view the camera is."""
STRAIGHT, LYING = 150.0, 45.0
"""A leg at least this straight at the knee, and at most this steep, degrees, points where the person faces, and so shows how far off the
side view the camera is. Measured on six rendered people 45 to 49° off the side, sitting with the legs out: the shoulders read 48 to 61°,
the legs 40 to 52°, and the mean of both 47 to 57°. In the fold, where the shoulders read 59 to 77°, legs that look straight read 31° and
more."""
UPRIGHT = 70.0
"""A trunk at least this steep, degrees: then the shoulders show the camera angle best."""
MARGIN = 8.0
"""Degrees by which the view may get worse before the user is told again: the scatter of the shoulders' depth."""
_NAMED_SIDE = 25.0
"""Degrees off the exact side view up to which a view is called that side, as in `ViewSettings.side_within`."""


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """The camera angle for one pose."""

    near_left: bool
    """Whether the person's left side is the nearer one."""
    off_side: float | None
    """How far the camera is off the exact side view, 0 to 90 degrees; None if unknown."""
    is_upright: bool = False
    """Whether the trunk is upright; bent down, the camera seems less far off the side view than it is."""

    @property
    def is_between(self) -> bool:
        """Whether it may be called either side or oblique, so that the previous name stays."""
        return self.off_side is not None and abs(self.off_side - _NAMED_SIDE) <= MARGIN

    @property
    def view(self) -> View:
        """The view's name."""
        if self.off_side is None:
            return View.UNKNOWN
        if self.off_side <= _NAMED_SIDE + MARGIN / 2:
            return View.SIDE_LEFT if self.near_left else View.SIDE_RIGHT
        return View.OBLIQUE_LEFT if self.near_left else View.OBLIQUE_RIGHT


def near_left(view: View) -> bool:
    """Whether the person's left side is the nearer one; assumed so from the front, where it does not matter."""
    return view not in (View.SIDE_RIGHT, View.OBLIQUE_RIGHT)


def viewpoint(pose: Pose, view: View, least: float) -> Viewpoint:
    """The camera angle for this pose.

    Args:
        pose: The landmarks.
        view: The view given by the shoulders so far, used if this pose does not show it.
        least: Visibility from which a landmark is trusted.
    """
    yaw = shoulder_yaw(pose, least)
    off_side = None if yaw is None else abs(90 - abs(yaw))
    left = near_left(view) if yaw is None else yaw < 0
    upright = False
    trunk = _trunk(pose, least)
    if trunk is not None:
        elevation, rightward, off_trunk = trunk
        if abs(elevation) <= FLAT:
            left = not rightward
        upright = elevation >= UPRIGHT
        if abs(elevation) <= LOWERED:
            off_side = off_trunk if off_side is None else min(off_side, off_trunk)
    off_legs = _legs(pose, left, least)
    if off_legs is not None:
        shoulders = off_legs if off_side is None else off_side
        off_side = (shoulders + off_legs) / 2 if upright else min(shoulders, off_legs)
    if off_side is None and view.is_side:
        off_side = 0.0
    return Viewpoint(left, off_side, upright)


def shortening(off_side: float) -> float:
    """The largest relative shortening of a length if the camera is off the exact side view: 0.09 at 25°, 0.29 at 45°."""
    return 1 - math.cos(math.radians(off_side))


def foreshortening(off_side: float) -> float:
    """The largest error in degrees of a line in the body's plane if the camera is off the exact side view.

    Lines towards the camera are shortened by the cosine c of that angle; the slope of a line is then wrong by at most
    asin((1 - c) ÷ (1 + c)): 3° at 25°, 10° at 45°.
    """
    lost = shortening(off_side)
    return math.degrees(math.asin(lost / (2 - lost)))


def _legs(pose: Pose, left: bool, least: float) -> float | None:
    """How far off the side view the legs point, by the model's depth; None unless the near one lies straight. The far one counts if it does too."""
    near, far = (0, 1) if left else (1, 0)
    forward = _straight_leg(pose, near, least)
    if forward is None:
        return None
    other = _straight_leg(pose, far, least)
    x, _, z = (forward if other is None else forward + other).tolist()
    return math.degrees(math.atan2(abs(z), abs(x)))


def _straight_leg(pose: Pose, side: int, least: float) -> NDArray[np.float64] | None:
    """From hip to ankle in the model's space; None unless the leg is seen and lies straight."""
    hip, knee, ankle = (Landmark(one + side) for one in (Landmark.LEFT_HIP, Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE))
    if not all(pose.sees(one, least) for one in (hip, knee, ankle)):
        return None
    elevation = above_horizontal(pose.at(hip), pose.at(ankle))
    thigh, shank = (np.asarray(pose.world[b] - pose.world[a], np.float64) for a, b in ((hip, knee), (knee, ankle)))
    lengths = float(np.linalg.norm(thigh) * np.linalg.norm(shank))
    if elevation is None or abs(elevation) > LYING or not lengths > 0:
        return None
    bent = math.degrees(math.acos(min(max(float(thigh @ shank) / lengths, -1.0), 1.0)))
    return thigh + shank if bent <= 180 - STRAIGHT else None


def _trunk(pose: Pose, least: float) -> tuple[float, bool, float] | None:
    """Its elevation in the picture, whether it points right there, and how far off the side view it points by the model's depth."""
    ends = (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.LEFT_HIP, Landmark.RIGHT_HIP)
    sides = [side for side in (0, 1) if pose.sees(ends[side], least) and pose.sees(ends[2 + side], least)]
    if not sides:
        return None
    shoulder = middle(pose.at(ends[sides[0]]), pose.at(ends[sides[-1]]))
    hip = middle(pose.at(ends[2 + sides[0]]), pose.at(ends[2 + sides[-1]]))
    elevation = above_horizontal(hip, shoulder)
    if elevation is None:
        return None
    x, _, z = sum(pose.world[ends[side]] - pose.world[ends[2 + side]] for side in sides).tolist()
    rightward = bool(shoulder[0] > hip[0])
    if not math.isfinite(x + z) or math.hypot(x, z) < 1e-6:
        return elevation, rightward, 90.0
    return elevation, rightward, math.degrees(math.atan2(abs(z), abs(x)))
