"""Whether a picture is rotated or upside down, judged by the person in it, or whether only the pose model took it to be.

Pure. BlazePose finds people however the picture is rotated, so the landmarks would simply be misread: in a picture
lying on its side, a person who sits upright seems to lean back by 70° or more. In the dark it finds people upside down
who are not.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from posturecam.vision.geometry import Place, between, fold, from_vertical
from posturecam.vision.head import Head
from posturecam.vision.pose import Landmark, Pose

TURNS = (0, 90, 180, 270)
"""Clockwise degrees by which a picture can be rotated to make it upright."""
_FACE_WITHIN, _TRUNK_WITHIN, _NECK_WITHIN = 35.0, 40.0, 60.0
"""How far the face, the trunk and the neck may deviate from a multiple of 90°, degrees. Slouching and bending the head
move the neck most: by up to 54° on the rotated sample clips, the face by up to 20° and the trunk by up to 30°."""
_FACE_ALONE, _NECK_ALONE = 30.0, 40.0
"""The same if no hips are seen, as at most desks."""


def turn_needed(pose: Pose, head_visibility: float, hip_visibility: float) -> int | None:
    """Clockwise degrees (see `TURNS`) by which the picture must be rotated for this person to be upright.

    None if unclear: the face is not seen, or face, neck and trunk disagree.

    Args:
        pose: Somebody sitting or standing.
        head_visibility: Least visibility (0 to 1) at which landmarks of the head and shoulders are trusted.
        hip_visibility: The same for the hips.
    """
    face = _up(pose, _FACE_LOW, _FACE_HIGH, head_visibility)
    neck = _up(pose, _SHOULDERS, _EARS, head_visibility)
    trunk = _up(pose, _HIPS, _SHOULDERS, hip_visibility)
    if face is None or neck is None:
        return None
    for turn in TURNS:
        off_face, off_neck = abs(fold(face + turn)), abs(fold(neck + turn))
        if trunk is None:
            if off_face <= _FACE_ALONE and off_neck <= _NECK_ALONE:
                return turn
        elif off_face <= _FACE_WITHIN and off_neck <= _NECK_WITHIN and abs(fold(trunk + turn)) <= _TRUNK_WITHIN:
            return turn
    return None


_OTHER_WAY = 90.0
"""Degrees between the face's own direction and that of the pose's face from which the body is misread: at most 31 on real people,
166 and more on rendered and real ones whom the pose model found upside down in the dark."""


def is_misread(pose: Pose) -> bool:
    """Whether the face shows that the body was found the wrong way up, so that its landmarks mean nothing.

    In a picture that really is upside down, the face model draws an upright face in about every fourth check, so this does
    not say which of the two is right.
    """
    if not isinstance(pose.head, Head):
        return False
    seen = _up(pose, _FACE_LOW, _FACE_HIGH, 0.0)
    return seen is not None and abs(fold(seen + pose.head.roll)) > _OTHER_WAY


def usual_turn(turns: Iterable[int | None]) -> int | None:
    """The turn (other than 0) that most of the checks call for, or None."""
    found = Counter(turn for turn in turns if turn is not None)
    if not found:
        return None
    turn, count = found.most_common(1)[0]
    return turn if turn != 0 and 2 * count > found.total() else None


_FACE_LOW = (Landmark.MOUTH_LEFT, Landmark.MOUTH_RIGHT)
_FACE_HIGH = (Landmark.LEFT_EYE, Landmark.RIGHT_EYE)
_EARS = (Landmark.LEFT_EAR, Landmark.RIGHT_EAR)
_SHOULDERS = (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER)
_HIPS = (Landmark.LEFT_HIP, Landmark.RIGHT_HIP)


def _up(pose: Pose, low: tuple[Landmark, ...], high: tuple[Landmark, ...], least: float) -> float | None:
    """The direction from one pair of landmarks to another, degrees from the picture's vertical, positive to the right."""
    start, end = _center(pose, low, least), _center(pose, high, least)
    if start is None or end is None:
        return None
    angle = from_vertical(start, end)
    return angle if angle is not None and math.isfinite(angle) else None


def _center(pose: Pose, pair: tuple[Landmark, ...], least: float) -> Place | None:
    """The midpoint of two landmarks, or the one of them that is seen."""
    seen: list[Place] = [pose.points[landmark].tolist() for landmark in pair if pose.sees(landmark, least)]
    if not seen:
        return None
    return between(seen[0], seen[-1])
