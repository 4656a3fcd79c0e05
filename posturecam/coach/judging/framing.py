"""The setup: whether the camera sees what the exercise needs, and what to change if not."""

from __future__ import annotations

from posturecam.coach.exercise import Facing, Placement
from posturecam.coach.judging.viewpoint import MARGIN, near_left
from posturecam.coach.nearness import EDGE, HINTS, SHOW, Nearness, is_cut_off, nearness
from posturecam.coach.stretch_measures import CoachLook
from posturecam.config.settings import StretchSettings
from posturecam.i18n.message import Message
from posturecam.i18n.words import mark
from posturecam.posture.view import View
from posturecam.vision.pose import Landmark

PARTS: dict[str, tuple[Landmark, ...]] = {
    "head": (Landmark.LEFT_EAR,),
    "shoulders": (Landmark.LEFT_SHOULDER,),
    "elbows": (Landmark.LEFT_ELBOW,),
    "hands": (Landmark.LEFT_WRIST,),
    "hips": (Landmark.LEFT_HIP,),
    "knees": (Landmark.LEFT_KNEE,),
    "feet": (Landmark.LEFT_ANKLE,),
}
"""The left landmarks of each part; their right counterparts follow them."""
LEGS_SEEN = 0.45
"""Visibility from which the near leg counts as seen from the side, before anything begins. A desk hides legs, and the model then
invents them: the near ankle of somebody who slumped there read up to 0.43, and the slump counted as a fold held for ten seconds. In the
six rendered people on whom bounds are chosen, knee and ankle read at least 0.48 in the poses that need both. During a hold, in which nobody
moves to a desk, `stretch.visibility` is enough."""


def framing_hint(
    look: CoachLook, placement: Placement, settings: StretchSettings, *, settled: bool = False
) -> str | None:
    """What to change before it can start, in at most seven words; None if all is well.

    Once it is `settled`, the camera may be slightly farther off the side view than at the beginning.
    """
    pose = look.pose
    if pose is None:
        return HINTS[look.nearness]
    cut_off = [part for part in placement.needs if _is_cut_off(part, look, placement, settings)]
    if cut_off:
        return Message("Move back, I cannot see {what}", what=f"your {cut_off[0]}")
    if look.view is View.UNKNOWN and (look.seen is None or look.seen.off_side is None):
        return Message(SHOW, what="your shoulders")
    if not _allows(placement, look, settled):
        return {
            Facing.SIDE: mark("Turn sideways to the camera"),
            Facing.FRONT: mark("Turn to face the camera"),
            Facing.FRONT_OBLIQUE: mark("Turn toward the camera"),
        }[placement.facing]
    for part in placement.needs:
        from_side = placement.facing is Facing.SIDE and part in ("knees", "feet")
        least = max(LEGS_SEEN, settings.visibility) if from_side else settings.visibility
        if not all(pose.sees(one, least) for one in _needed(part, look, placement)):
            return Message(SHOW, what=f"your {part}")
    return mark("Come a little closer") if nearness(pose, settings) is Nearness.FAR else None


def _allows(placement: Placement, look: CoachLook, settled: bool) -> bool:
    if placement.facing is not Facing.SIDE or look.seen is None or look.seen.off_side is None:
        return placement.facing.allows(look.view)
    return look.seen.off_side <= placement.off_side + (MARGIN if settled else MARGIN / 2)


def _is_cut_off(part: str, look: CoachLook, placement: Placement, settings: StretchSettings) -> bool:
    """Whether a part is unseen because it is outside the picture; any point of the head shows that a whole head is."""
    pose = look.pose
    assert pose is not None
    landmarks = _needed(part, look, placement)
    if part == "head" and pose.at(Landmark.NOSE)[1] < EDGE * pose.height:
        return True
    return any(not pose.sees(one, settings.visibility) and is_cut_off(pose, one) for one in landmarks)


def _needed(part: str, look: CoachLook, placement: Placement) -> tuple[Landmark, ...]:
    """The near side's landmarks from the side, both sides' from the front."""
    left = PARTS[part]
    if placement.facing is Facing.SIDE:
        is_left = near_left(look.view) if look.seen is None else look.seen.near_left
        return tuple(Landmark(one + (0 if is_left else 1)) for one in left)
    return tuple(Landmark(one + side) for one in left for side in (0, 1))
