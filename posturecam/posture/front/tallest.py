"""How tall somebody was seen to sit lately, for judging before there is a baseline. Pure.

Nobody sits taller than upright for long, so the greatest neck height held for some seconds is a lower bound for the
person's own. It makes the default threshold stricter for people with long necks, but never stricter than a calibration
would. After an absence of some minutes somebody else may sit there, so everything is forgotten. Learning the same person again
takes seconds; a shorter person judged by it would be called slouching the whole time.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass, replace
from itertools import pairwise

from posturecam.posture.front.judge import Held, seen_level
from posturecam.posture.front.thresholds import FrontThresholds

HELD_SECONDS = 10.0
"""How long a height has to be held. Choice: stretching or looking around is over sooner."""
_LEAST_LOOKS, _SPANNED = 5, 0.8
"""How many checks there must be in that time, and the fraction of it between the first and the last of them."""
_SLOWEST = 10.0
"""Longest gap (s) between checks at which that many count even if they span more than that time: on battery there is one check every three
seconds, and behind glasses that reflect the screen the face is found in half of them."""
_APART = 0.2
"""Least seconds between two checks that count: more would add nothing, and all would be sorted with every picture."""
_HELD_SHARE = 0.2
"""The height exceeded in all but this fraction of the checks counts as held."""
_LEVEL = 8.0
"""Degrees of head pitch from its median within which a check counts: looking up by 25° makes the neck look 4 to 5 cm
longer (rendered people)."""


_REMEMBERED = 120.0
"""Seconds without anybody after which it is forgotten. Choice: somebody who fetches a coffee is still known afterwards."""


@dataclass(frozen=True, slots=True)
class Tallest:
    """The neck heights seen so far; begin with `Tallest()`."""

    looks: tuple[tuple[float, float, float], ...] = ()
    """Time (s), neck height (cm) and head pitch (°) of the last seconds, or of a few more if checks are far apart."""
    held: Held | None = None
    """The greatest neck height that was held, with the head pitch at that time."""
    seen: float | None = None
    """When somebody was seen last, s."""


def follow_tallest(
    state: Tallest, t: float, neck_height: float | None, head_pitch: float | None, *, present: bool | None = True
) -> Tallest:
    """The state after one more check.

    Args:
        state: The state returned by the last call.
        t: Time of the check, s.
        neck_height: Centimeters; None if unknown.
        head_pitch: Degrees; None if unknown.
        present: Whether somebody was there; None if there was no picture.
    """
    if not present:
        return state
    gone = state.seen is not None and t - state.seen > _REMEMBERED
    state = Tallest(seen=t) if gone else replace(state, seen=t)
    if neck_height is None or head_pitch is None:
        return state
    if state.looks and 0 <= t - state.looks[-1][0] < _APART:
        return state
    looks = (*_lately(state.looks, t), (t, neck_height, head_pitch))
    if len(looks) < _LEAST_LOOKS or t - looks[0][0] < _SPANNED * HELD_SECONDS:
        return replace(state, looks=looks)
    pitch = statistics.median(look[2] for look in looks)
    level = sorted((look[1], look[2]) for look in looks if abs(look[2] - pitch) <= _LEVEL)
    if 2 * len(level) < len(looks):  # the head moves up and down all the time
        return replace(state, looks=looks)
    height, _ = level[int(_HELD_SHARE * len(level))]
    now = Held(height, statistics.median(turned for _, turned in level))
    taller = state.held is None or _is_taller(now, state.held)
    return replace(state, looks=looks, held=now if taller else state.held)


def _lately(looks: tuple[tuple[float, float, float], ...], t: float) -> tuple[tuple[float, float, float], ...]:
    """The checks before this one that count."""
    latest = tuple(look for look in looks[1 - _LEAST_LOOKS :] if look[0] < t)
    if all(after - before <= _SLOWEST for before, after in pairwise([*(look[0] for look in latest), t])):
        since = min([t - HELD_SECONDS, *(look[0] for look in latest)])
    else:
        since = t - HELD_SECONDS
    return tuple(look for look in looks if since <= look[0] < t)


def _is_taller(now: Held, before: Held) -> bool:
    """Whether somebody sits taller than before: heights are compared as seen level, but those of a bent and an upright head as they look.

    A look at a phone (35–51° for *tune* people) shortens the neck by less than a camera that shows the head from as far above.
    """
    limits = FrontThresholds()
    if abs(now.head_pitch - before.head_pitch) > limits.glance_free:
        return now.neck_height > before.neck_height
    levels = [seen_level(one.neck_height, one.head_pitch, limits) for one in (now, before)]
    return levels[0] > levels[1]
