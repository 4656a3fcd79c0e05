"""Formulas of measures of one of two legs, from the side, with one leg in front of the other.

The leg is identified by the pose and not by the model's left and right: it mislabels one in ten of two legs that cross
in the picture (rendered people in a lunge). So the leg on the floor is the one with the lower knee, and the straight
one that with the larger knee angle.

T0 is the length of the trunk in the start pose, pixels (`posturecam.coach.pose_geometry.Reference`). Each formula raises `Unmeasurable`
where something that it needs is not seen, or points coincide.
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
"""Pixels by which knees at the same height may differ."""


_LEGS = ((L.LEFT_HIP, L.LEFT_KNEE, L.LEFT_ANKLE), (L.RIGHT_HIP, L.RIGHT_KNEE, L.RIGHT_ANKLE))
"""Hip, knee and ankle of the left leg, and of the right one."""


def _on_floor(seen: PoseGeometry) -> int:
    """0 if the left knee is the lower one, 1 if the right one is; the nearer one if they are level."""
    left, right = seen.both(L.LEFT_KNEE)
    if abs(left[1] - right[1]) < _LEVEL:
        return seen.near
    return 0 if left[1] > right[1] else 1


def _knee(seen: PoseGeometry, side: int) -> float:
    hip, knee, ankle = (seen.at(one) for one in _LEGS[side])
    return angle_at(knee, hip, ankle)


def _straight(seen: PoseGeometry) -> tuple[int, float]:
    """The straighter leg (0 for the left one), and its knee angle; if only one is seen, that one's."""
    known = {}
    for side in (seen.near, 1 - seen.near):
        with suppress(Unmeasurable):
            known[side] = _knee(seen, side)
    if not known:
        raise Unmeasurable(Why.NOT_SEEN, what=mark("your knees"))
    # If both are alike, the nearer one.
    side = max(known, key=lambda one: round(known[one], 1))
    return side, known[side]


def thigh_back(seen: PoseGeometry) -> float:
    """For the leg on the floor: the knee behind the hip, degrees from the vertical."""
    hip, knee = (seen.at(one) for one in _LEGS[_on_floor(seen)][:2])
    return math.degrees(math.atan2(seen.forward * (hip[0] - knee[0]), knee[1] - hip[1]))


def hip_extension(seen: PoseGeometry) -> float:
    """For the leg on the floor: its thigh behind the line of the trunk, degrees; 0 is straight, negative is bent."""
    forward = from_vertical(seen.close(L.LEFT_HIP), seen.close(L.LEFT_SHOULDER))
    if forward is None:
        raise Unmeasurable(Why.COINCIDENT, "hip_and_shoulder")
    return thigh_back(seen) - seen.forward * forward


def front_foot(seen: PoseGeometry) -> float:
    """Horizontal distance of the other ankle in front of the knee on the floor, T0."""
    side = _on_floor(seen)
    knee, foot = seen.at(_LEGS[side][1]), seen.at(_LEGS[1 - side][2])
    return seen.forward * (foot[0] - knee[0]) / seen.trunk


def knees_apart(seen: PoseGeometry) -> float:
    """Height of one knee above the other, T0."""
    left, right = seen.both(L.LEFT_KNEE)
    return abs(left[1] - right[1]) / seen.trunk


def straight_knee(seen: PoseGeometry) -> float:
    """For the straighter leg: hip, knee, ankle, degrees."""
    return _straight(seen)[1]


def straight_hip(seen: PoseGeometry) -> float:
    """For the straighter leg: shoulder, hip, knee, degrees."""
    side = _straight(seen)[0]
    return angle_at(seen.close(L.LEFT_HIP), seen.close(L.LEFT_SHOULDER), seen.at(_LEGS[side][1]))


def straight_ahead(seen: PoseGeometry) -> float:
    """Horizontal distance of the straighter leg's ankle in front of the hip, T0."""
    ankle = seen.at(_LEGS[_straight(seen)[0]][2])
    return seen.forward * (ankle[0] - seen.close(L.LEFT_HIP)[0]) / seen.trunk
