"""How far away somebody sits while upright, as seen lately: a chair that was moved is not a head that came nearer. Pure.

People come nearer to the screen when they slouch, so nearness counts as a sign of it. But chairs are moved all day: in
one that was pushed back, a slouch does not look nearer than the calibration did, and in one that was pulled up,
everything does. So nearness is measured from the distance at which somebody has lately been upright by the height of
the neck, which no chair changes, and while nothing said that they slouch. Only the distance follows, never the neck
height: a drifting posture must not become what it is compared with.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from posturecam.posture.front.judge import FrontUpright
from posturecam.posture.front.thresholds import FrontThresholds
from posturecam.posture.measures import Name
from posturecam.posture.reading import Reading

_SECONDS = 60.0
"""Seconds of sitting upright, not necessarily without a break, that are needed and that count: the latest ones. Choice."""
_APART, _STANDS_FOR = 0.5, 5.0
"""Least seconds between two checks that count, and the most that one stands for: a calm posture is checked every few seconds."""
_REMEMBERED = 300.0
"""Seconds after which a check no longer counts. Choice: somebody who was upright only now and then may have moved since."""
_FARTHER = 1 / 3
"""The distance exceeded in this fraction of the checks is where they sit. Choice: people lean forward for a while, to read or
to rest the chin in a hand, more often than they lean back."""
_UNNOTICED = 0.03
"""Relative change of the distance that is not followed: twice the scatter between checks."""


@dataclass(frozen=True, slots=True)
class UprightSeat:
    """The distances at which somebody sat upright lately; begin with `UprightSeat()`."""

    upright: FrontUpright | None = None
    """The calibration that these are compared with; another calibration starts over."""
    looks: tuple[tuple[float, float, float], ...] = ()
    """The last upright checks: time (s), distance (cm), and for how long each stands (s)."""
    distance: float | None = None
    """How far away they sit now, centimeters; None while only the distance of the calibration is known."""


def follow_seat(
    state: UprightSeat, reading: Reading, upright: FrontUpright | None, limits: FrontThresholds
) -> UprightSeat:
    """The state after one more check, given the calibration's face measures; unchanged if the check shows too little."""
    if upright is None:  # turned aside, for example, to where nothing was learned: the chair stays where it was
        return state
    if upright is not state.upright:
        state = UprightSeat(upright)
    if upright.neck_height is None or not _sits_upright(reading, upright, limits):
        return state
    t, distance = reading.t, reading.measures[Name.HEAD_DISTANCE].value
    if distance is None or (state.looks and 0 <= t - state.looks[-1][0] < _APART):
        return state
    stands_for = min(max(t - state.looks[-1][0], 0.0), _STANDS_FOR) if state.looks else 0.0
    looks = tuple(look for look in state.looks if t - _REMEMBERED <= look[0] < t)
    upright_for = stands_for + sum(seconds for _, _, seconds in looks)
    while looks and upright_for - looks[0][2] >= _SECONDS:
        upright_for, looks = upright_for - looks[0][2], looks[1:]
    looks = (*looks, (t, distance, stands_for))
    state = replace(state, looks=looks)
    if upright_for < _SECONDS:
        return state
    usual = sorted(away for _, away, _ in looks)[-max(round(_FARTHER * len(looks)), 1)]
    before = state.distance or upright.distance
    if before is not None and abs(math.log(usual / before)) < _UNNOTICED:
        return state
    return replace(state, distance=usual)


def _sits_upright(reading: Reading, upright: FrontUpright, limits: FrontThresholds) -> bool:
    """Whether the neck is as long as in the calibration, within its scatter, the head is not bent, and nothing else says slouching.

    Before a low camera a mild slouch hardly shortens the neck; there the head's position shows it.
    """
    height, pitch = (reading.measures[name].value for name in (Name.NECK_HEIGHT, Name.HEAD_PITCH))
    value, own = reading.deviation.value, upright.neck_height
    if height is None or pitch is None or value is None or own is None:
        return False
    bent = pitch - (upright.head_pitch or 0.0) > limits.glance_free
    return value < 1 and not bent and height >= own - upright.neck_height_spread
