"""Whether the user is too far away or too near to be judged, by when they were last seen, so that they can be told what to do. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from posturecam.config.settings import StretchSettings
from posturecam.i18n.words import mark
from posturecam.posture.reasons import TEXTS, Reason, Why
from posturecam.vision.pose import Landmark, Pose
from posturecam.vision.search.likeness import bones_of

REMEMBERED = 60.0
"""Seconds for which the last sighting of somebody out of sight is used."""
TOO_NEAR_FOR = 10.0
"""Seconds for which somebody out of sight is taken to be too near. Choice: the search looks everywhere once a second, and finds
somebody too near now and then, so somebody who is not found for longer has left."""
TRAIL = 1.0
"""Seconds of the last sightings that show whether somebody walked out of the picture."""
NEAR_EDGE = 0.1
"""Fraction of the picture's width from its left or right edge: somebody last seen this near to it can leave with one step."""
WALKED = 0.15
"""How far head and shoulders moved towards the edge in that time, as a fraction of the picture's width. Measured: somebody who gets up
from a desk and leaves moves by 0.4, a chin tuck or a reach by less than 0.05."""
EDGE = 0.01
"""A landmark this near to the picture's edge, as a fraction of its width and height, counts as cut off: models put the
landmarks of a head outside the picture on its edge."""
LARGE = 0.75
"""Somebody who takes up this fraction of the picture's shorter side, and is cut off, is too near; a smaller person is
walking out of it."""
_UPPER = np.array([Landmark.NOSE, Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER])
_ENDS: Mapping[str, tuple[Landmark, ...]] = {
    "head": (Landmark.NOSE, Landmark.LEFT_EAR, Landmark.RIGHT_EAR),
    "hands": (Landmark.LEFT_WRIST, Landmark.RIGHT_WRIST),
    "feet": (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE),
}
"""The landmarks that are cut off first, by the part of the body that an exercise may need."""


class Nearness(StrEnum):
    """How large somebody is in the picture."""

    UNKNOWN = "unknown"
    """Nobody was seen, or the size is fine."""
    FAR = "far"
    CUT_OFF = "cut_off"
    """Too near: head, hands or feet are outside."""


_CASES: Mapping[Nearness, str] = {Nearness.UNKNOWN: "coach", Nearness.FAR: "far", Nearness.CUT_OFF: "cut_off"}
"""The case of `Why.NO_PERSON` for somebody who cannot be seen."""
HINTS: Mapping[Nearness, str] = {near: TEXTS[Why.NO_PERSON, case] for near, case in _CASES.items()}
"""Words for somebody who cannot be seen."""
SHOW = mark("Let the camera see {what}")
"""Used for a part of the body that is hidden, in the dark, or behind the body itself."""
SHOW_FACE = mark("Let the camera see your face")
SHOW_ALL = mark("Let the camera see all of you")


@dataclass(frozen=True, slots=True)
class LastSeen:
    """How somebody was last seen."""

    nearness: Nearness = Nearness.UNKNOWN
    t: float = 0.0
    trail: tuple[tuple[float, float], ...] = ()
    """Times and places of head and shoulders in the last second; a place is a fraction of the picture's width, from the left."""


def last_seen(
    state: LastSeen, t: float, pose: Pose | None, settings: StretchSettings, needs: Collection[str] = _ENDS
) -> LastSeen:
    """The state after this picture; `needs` are the parts of the body that the exercise's placement requires.

    Somebody who walks out of the picture is cut off by its edge too, but is not too near.
    """
    if pose is not None:
        across = sum(pose.points[:, 0].take(_UPPER).tolist()) / len(_UPPER) / pose.width
        trail = (*(one for one in state.trail if t - one[0] <= TRAIL), (t, across))
        near = nearness(pose, settings, needs)
        if near is Nearness.CUT_OFF and _walks_out(pose, trail):
            near = Nearness.UNKNOWN
        return LastSeen(near, t, trail)
    remembered = TOO_NEAR_FOR if state.nearness is Nearness.CUT_OFF else REMEMBERED
    return state if t - state.t <= remembered else LastSeen()


def _walks_out(pose: Pose, trail: tuple[tuple[float, float], ...]) -> bool:
    """Whether head or shoulders are at the left or the right edge, towards which they have been moving."""
    moved = trail[-1][1] - trail[0][1]
    across = pose.points[:, 0].take(_UPPER) / pose.width
    at_edge = across.max() >= 1 - NEAR_EDGE if moved > 0 else across.min() < NEAR_EDGE
    return abs(moved) >= WALKED and bool(at_edge)


def nearness(pose: Pose, settings: StretchSettings, needs: Collection[str] = _ENDS) -> Nearness:
    """Whether somebody is too far away, or too near for the parts that are needed: at a desk, legs are never in the picture."""
    if bones_of(pose).longest < settings.smallest * pose.height:
        return Nearness.FAR
    points = pose.points.tolist()
    ends = [points[end] for part, ends in _ENDS.items() if part in needs for end in ends]
    if not any(_is_cut_off(x, y, pose) for x, y in ends):
        return Nearness.UNKNOWN
    size = float(np.max(np.ptp(pose.points, axis=0)))
    return Nearness.CUT_OFF if size >= LARGE * min(pose.width, pose.height) else Nearness.UNKNOWN


def is_cut_off(pose: Pose, landmark: Landmark) -> bool:
    """Whether a landmark lies outside the picture, or on its edge."""
    x, y = pose.points[landmark].tolist()
    return _is_cut_off(x, y, pose)


def _is_cut_off(x: float, y: float, pose: Pose) -> bool:
    x, y = x / pose.width, y / pose.height
    return math.isfinite(x + y) and not (EDGE <= x < 1 - EDGE and EDGE <= y < 1 - EDGE)


def not_there(near: Nearness) -> Reason:
    """Why nothing is known about somebody who is not seen."""
    return Reason(Why.NO_PERSON, _CASES[near])
