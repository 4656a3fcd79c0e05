"""The camera angle for a body in any position: which side is near, and how far off the exact side view the camera is. Pure.

`posturecam.posture.view` uses the shoulders of somebody sitting or standing. In a bent-over body the shoulders hide
each other, and lines that are level in the picture say more: a flat trunk points to where the person faces.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from posturecam.posture.view import View, shoulder_yaw
from posturecam.vision.geometry import above_horizontal, between
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


_LEGS = tuple(
    tuple(Landmark(one + side) for one in (Landmark.LEFT_HIP, Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE))
    for side in (0, 1)
)
"""Hip, knee and ankle of the left leg, and of the right one."""
_TRUNK_ENDS = (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.LEFT_HIP, Landmark.RIGHT_HIP)


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
    other = _straight_leg(pose, far, least) or (0.0, 0.0)
    return math.degrees(math.atan2(abs(forward[1] + other[1]), abs(forward[0] + other[0])))


def _straight_leg(pose: Pose, side: int, least: float) -> tuple[float, float] | None:
    """From hip to ankle in the model's space, to the right and away from the camera; None unless the leg is seen and lies straight."""
    ends = _LEGS[side]
    if not all(pose.sees(one, least) for one in ends):
        return None
    hip, knee, ankle = (pose.world[one].tolist() for one in ends)  # NumPy is slow on so few numbers
    lengths = math.dist(hip, knee) * math.dist(knee, ankle)
    elevation = above_horizontal(*(pose.points[one].tolist() for one in ends[::2]))
    if elevation is None or abs(elevation) > LYING or not lengths > 0:
        return None
    along = sum((b - a) * (c - b) for a, b, c in zip(hip, knee, ankle, strict=True))
    bent = math.degrees(math.acos(min(max(along / lengths, -1.0), 1.0)))
    return (ankle[0] - hip[0], ankle[2] - hip[2]) if bent <= 180 - STRAIGHT else None


def _trunk(pose: Pose, least: float) -> tuple[float, bool, float] | None:
    """Its elevation in the picture, whether it points right there, and how far off the side view it points by the model's depth."""
    ends = _TRUNK_ENDS
    sides = [side for side in (0, 1) if pose.sees(ends[side], least) and pose.sees(ends[2 + side], least)]
    if not sides:
        return None
    points = [pose.points[one].tolist() for one in ends]
    shoulder = between(points[sides[0]], points[sides[-1]])
    hip = between(points[2 + sides[0]], points[2 + sides[-1]])
    elevation = above_horizontal(hip, shoulder)
    if elevation is None:
        return None
    world = [pose.world[one].tolist() for one in ends]
    x, z = (sum(world[side][axis] - world[2 + side][axis] for side in sides) for axis in (0, 2))
    rightward = shoulder[0] > hip[0]
    if not math.isfinite(x + z) or math.hypot(x, z) < 1e-6:
        return elevation, rightward, 90.0
    return elevation, rightward, math.degrees(math.atan2(abs(z), abs(x)))
