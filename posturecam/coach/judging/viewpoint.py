"""The camera angle for a body in any position: which side is near, and how far off the exact side view the camera is. Pure.

`posturecam.posture.view` uses the shoulders of somebody sitting or standing. In a bent-over body the shoulders hide
each other, and lines that are level in the picture say more: a flat trunk points to where the person faces.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from posturecam.posture.view import View, shoulder_yaw
from posturecam.vision.geometry import above_horizontal, middle
from posturecam.vision.pose import Landmark, Pose

FLAT = 35.0
"""A trunk no steeper than this, degrees, shows where the person faces: measured on renders, the shoulders alone gave
the wrong side in 3 of 150 poses on the mat, the trunk in none."""
LOWERED = 50.0
"""A trunk no steeper than this, degrees, shows by its own depth how far off the side view the camera is."""
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
