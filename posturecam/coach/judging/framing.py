"""Set-up: does the camera see what the exercise needs, and what would help."""

from __future__ import annotations

import math

from posturecam.coach.exercise import Facing, Placement
from posturecam.config.settings import StretchSettings
from posturecam.i18n.message import Message
from posturecam.i18n.words import mark
from posturecam.posture.view import View
from posturecam.vision.geometry import distance, middle
from posturecam.vision.pose import Landmark, Pose

_PARTS: dict[str, tuple[Landmark, ...]] = {
    "head": (Landmark.LEFT_EAR,),
    "shoulders": (Landmark.LEFT_SHOULDER,),
    "elbows": (Landmark.LEFT_ELBOW,),
    "hands": (Landmark.LEFT_WRIST,),
    "hips": (Landmark.LEFT_HIP,),
    "knees": (Landmark.LEFT_KNEE,),
    "feet": (Landmark.LEFT_ANKLE,),
}
"""The left landmarks of each part; the right ones follow them."""


def framing_hint(pose: Pose | None, view: View, placement: Placement, settings: StretchSettings) -> str | None:
    """What to change before it can start, in at most seven words; None where all is well."""
    if pose is None:
        return mark("I cannot see you")
    if view is View.UNKNOWN:
        return mark("I cannot see your shoulders")
    if not placement.facing.allows(view):
        return {
            Facing.SIDE: mark("Turn sideways to the camera"),
            Facing.FRONT: mark("Turn to face the camera"),
            Facing.FRONT_OBLIQUE: mark("Turn towards the camera"),
        }[placement.facing]
    for part in placement.needs:
        landmarks = _needed(part, view, placement)
        if not all(pose.sees(one, settings.visibility) for one in landmarks):
            outside = any(_outside(pose, one) for one in landmarks)
            what = f"your {part}"
            if outside:
                return Message("Move back, I cannot see {what}", what=what)
            return Message("I cannot see {what}", what=what)
    trunk = _trunk(pose)
    if trunk is not None and trunk < settings.smallest * pose.height:
        return mark("Come a little closer")
    return None


def _needed(part: str, view: View, placement: Placement) -> tuple[Landmark, ...]:
    """The near side's landmarks from the side, both sides' from the front."""
    left = _PARTS[part]
    if placement.facing is Facing.SIDE:
        near = 0 if near_left(view) else 1
        return tuple(Landmark(one + near) for one in left)
    return tuple(Landmark(one + side) for one in left for side in (0, 1))


def near_left(view: View) -> bool:
    """Whether the person's left side is the nearer one; taken as so from the front, where it does not matter."""
    return view not in (View.SIDE_RIGHT, View.OBLIQUE_RIGHT)


def _outside(pose: Pose, landmark: Landmark) -> bool:
    x, y = (float(value) for value in pose.points[landmark])
    return math.isfinite(x + y) and not (0 <= x < pose.width and 0 <= y < pose.height)


def _trunk(pose: Pose) -> float | None:
    ends = (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.LEFT_HIP, Landmark.RIGHT_HIP)
    if not all(pose.visibility[one] > 0 for one in ends):
        return None
    shoulders, hips = (middle(pose.at(a), pose.at(b)) for a, b in (ends[:2], ends[2:]))
    return distance(shoulders, hips)
