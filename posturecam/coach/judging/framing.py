"""Set-up: does the camera see what the exercise needs, and what would help."""

from __future__ import annotations

from posturecam.coach.exercise import Facing, Placement
from posturecam.coach.nearness import HINTS, Nearness, is_cut_off, nearness
from posturecam.coach.stretch_measures import CoachLook
from posturecam.config.settings import StretchSettings
from posturecam.i18n.message import Message
from posturecam.i18n.words import mark
from posturecam.posture.view import View
from posturecam.vision.pose import Landmark

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


def framing_hint(look: CoachLook, placement: Placement, settings: StretchSettings) -> str | None:
    """What to change before it can start, in at most seven words; None where all is well."""
    pose, view = look.pose, look.view
    if pose is None:
        return HINTS[look.nearness]
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
            what = f"your {part}"
            if any(is_cut_off(pose, one) for one in landmarks):
                return Message("Move back, I cannot see {what}", what=what)
            return Message("I cannot see {what}", what=what)
    return mark("Come a little closer") if nearness(pose, settings) is Nearness.FAR else None


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
