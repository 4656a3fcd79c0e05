"""Formulas of measures of one leg of two, from the side, where one is before the other.

Which leg it is goes by the pose and not by the model's left and right: of two legs that cross in the picture it names one in ten wrongly
(rendered people in a lunge). So the leg on the floor is the one with the lower knee, and the straight one that with the larger angle.
"""

from __future__ import annotations

import math
from contextlib import suppress

from posturecam.coach.pose_geometry import PoseGeometry, Unmeasurable, angle_at
from posturecam.i18n.words import mark
from posturecam.posture.reasons import Why
from posturecam.vision.geometry import from_vertical
from posturecam.vision.pose import Landmark as L

_LEVEL = 0.5
"""Pixels by which knees that are level may differ."""


def _on_floor(seen: PoseGeometry) -> int:
    """0 where the left knee is the lower one, 1 where it is the right; the nearer one where they are level."""
    left, right = seen.both(L.LEFT_KNEE)
    if abs(left[1] - right[1]) < _LEVEL:
        return seen.near
    return 0 if left[1] > right[1] else 1


def _knee(seen: PoseGeometry, side: int) -> float:
    hip, knee, ankle = (seen.at(L(one + side)) for one in (L.LEFT_HIP, L.LEFT_KNEE, L.LEFT_ANKLE))
    return angle_at(knee, hip, ankle)


def _straight(seen: PoseGeometry) -> tuple[int, float]:
    """The straighter leg, 0 the left one, and its knee's angle; of one that is seen alone, that one's."""
    known = {}
    for side in (seen.near, 1 - seen.near):
        with suppress(Unmeasurable):
            known[side] = _knee(seen, side)
    if not known:
        raise Unmeasurable(Why.NOT_SEEN, what=mark("your knees"))
    # Of two alike, it is the nearer one.
    side = max(known, key=lambda one: round(known[one], 1))
    return side, known[side]


def thigh_back(seen: PoseGeometry) -> float:
    """Of the leg on the floor: the knee behind the hip, degrees from the vertical."""
    side = _on_floor(seen)
    hip, knee = seen.at(L(L.LEFT_HIP + side)), seen.at(L(L.LEFT_KNEE + side))
    return math.degrees(math.atan2(seen.forward * float(hip[0] - knee[0]), float(knee[1] - hip[1])))


def hip_extension(seen: PoseGeometry) -> float:
    """Of the leg on the floor: its thigh behind the line of the trunk, degrees; 0 is straight, negative is bent."""
    forward = from_vertical(seen.close(L.LEFT_HIP), seen.close(L.LEFT_SHOULDER))
    if forward is None:
        raise Unmeasurable(Why.COINCIDENT, "hip_and_shoulder")
    return thigh_back(seen) - seen.forward * forward


def front_foot(seen: PoseGeometry) -> float:
    """The other ankle before the knee on the floor, level, T0."""
    side = _on_floor(seen)
    knee, foot = seen.at(L(L.LEFT_KNEE + side)), seen.at(L(L.LEFT_ANKLE + 1 - side))
    return seen.forward * float(foot[0] - knee[0]) / seen.trunk


def knees_apart(seen: PoseGeometry) -> float:
    """One knee above the other, T0."""
    left, right = seen.both(L.LEFT_KNEE)
    return abs(float(left[1] - right[1])) / seen.trunk


def straight_knee(seen: PoseGeometry) -> float:
    """Of the straighter leg: hip, knee, ankle, degrees."""
    return _straight(seen)[1]


def straight_hip(seen: PoseGeometry) -> float:
    """Of the straighter leg: shoulder, hip, knee, degrees."""
    side = _straight(seen)[0]
    return angle_at(seen.close(L.LEFT_HIP), seen.close(L.LEFT_SHOULDER), seen.at(L(L.LEFT_KNEE + side)))


def straight_ahead(seen: PoseGeometry) -> float:
    """How far the ankle of the straighter leg is before the hip, level, T0."""
    ankle = seen.at(L(L.LEFT_ANKLE + _straight(seen)[0]))
    return seen.forward * float(ankle[0] - seen.close(L.LEFT_HIP)[0]) / seen.trunk
