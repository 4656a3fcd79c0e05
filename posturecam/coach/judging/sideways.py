"""Whether the picture lies on its side, as with a phone on the floor: then nothing that the user does would look right. Pure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from posturecam.coach.exercise import Exercise, Facing
from posturecam.coach.judging.conditions import ConditionInputs, verdict
from posturecam.coach.stretch_measures import measure
from posturecam.i18n.words import mark
from posturecam.vision.orientation import turn_needed
from posturecam.vision.pose import Landmark, Pose

SIDEWAYS = mark("The picture is sideways, turn the camera")
UPRIGHT = 45.0
"""Degrees above the horizontal from which a start pose counts as upright: only such a one can be told from lying down."""
_SHOULDERS = np.array([Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER])
_HIPS = np.array([Landmark.LEFT_HIP, Landmark.RIGHT_HIP])


def lies_sideways(pose: Pose, exercise: Exercise, least: float) -> bool:
    """Whether turning the picture would put this person into the start pose, or, in front of the camera, upright.

    Args:
        pose: Somebody who is not in the start pose.
        exercise: The exercise, for its start pose.
        least: Visibility from which a landmark is trusted, 0 to 1.
    """
    if exercise.placement.facing is Facing.FRONT:
        return turn_needed(pose, least, least) not in (None, 0)
    if not _is_trunk_level(pose):  # it would not be upright in the turned picture; this settles most poses
        return False
    conditions = exercise.start.conditions
    if not any(one.measure == "trunk_elevation" and (one.at_least or 0.0) >= UPRIGHT for one in conditions):
        return False
    names = {one.measure for one in conditions}
    found = (
        measure(turned, names, near_left=near, least_visibility=least)
        for turned in _quarter_turns(pose)
        for near in (True, False)
    )
    # Without the hips nothing is known about the trunk: its conditions are waived, and would be met in any picture.
    return any(
        one["trunk_elevation"].value is not None and verdict(conditions, ConditionInputs(one, {})) is True
        for one in found
    )


def _is_trunk_level(pose: Pose) -> bool:
    """Whether the trunk, on either side, is nearer to level than to upright; guessed landmarks count too."""
    shoulders, hips = pose.points.take(_SHOULDERS, 0).tolist(), pose.points.take(_HIPS, 0).tolist()
    return any(abs(x - u) >= abs(y - v) for (x, y), (u, v) in zip(shoulders, hips, strict=True))


def _quarter_turns(pose: Pose) -> tuple[Pose, Pose]:
    """The pose as the picture turned to either side shows it."""
    x, y = pose.points[:, 0], pose.points[:, 1]
    clockwise, back = pose.points.copy(), pose.points.copy()
    clockwise[:, 0], clockwise[:, 1] = pose.height - y, x
    back[:, 0], back[:, 1] = y, pose.width - x
    return (
        replace(pose, points=clockwise, width=pose.height, height=pose.width),
        replace(pose, points=back, width=pose.height, height=pose.width),
    )
