"""Whether somebody raises an arm, which lifts the shoulder: then nothing shows how far the head has come down or forward. Pure."""

from __future__ import annotations

from typing import Final

from posturecam.config.settings import Settings
from posturecam.posture.reasons import Reason, Why
from posturecam.vision.geometry import distance, middle
from posturecam.vision.pose import WIDTH_OVER_EAR_HEIGHT, Landmark, Pose

_HIGHER: Final = 0.1
"""Shoulder widths by which an elbow is higher than its shoulder, from which that arm is raised, as with the hands behind the head. On
photographs of stretches it makes necks look 6 to 11 cm shorter from the front, and inclined by 10 to 15° more from the side. At a desk
elbows are lower: where a face is seen, those of none of the real people and in one of 4032 stills of *tune* and *validation* people are
that high."""
_RAISED: Final = Reason(Why.ARMS_RAISED)
_ARMS: Final = (
    (Landmark.LEFT_SHOULDER, Landmark.LEFT_ELBOW),
    (Landmark.RIGHT_SHOULDER, Landmark.RIGHT_ELBOW),
)


def raised_arm(pose: Pose, settings: Settings) -> Reason | None:
    """The reason that a raised arm gives to know nothing; None if no elbow is seen to be higher than its shoulder."""
    least = settings.measures.head_visibility
    above = [
        float(pose.points[shoulder, 1] - pose.points[elbow, 1])
        for shoulder, elbow in _ARMS
        if pose.sees(shoulder, least) and pose.sees(elbow, least)
    ]
    if not above or max(above) <= 0:
        return None
    left, right = pose.at(Landmark.LEFT_SHOULDER), pose.at(Landmark.RIGHT_SHOULDER)
    ears = middle(pose.at(Landmark.LEFT_EAR), pose.at(Landmark.RIGHT_EAR))
    width = max(distance(left, right), WIDTH_OVER_EAR_HEIGHT * distance(middle(left, right), ears))
    return _RAISED if max(above) > _HIGHER * width else None
