"""Which checks of somebody who sits still need no further work, while a live view makes ten a second. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posturecam.vision.pose import same_landmarks

if TYPE_CHECKING:
    from posturecam.posture.loop import Tick

SHOWN_FOR = 0.15
"""Seconds for which a picture stays current while landmarks are reused: of ten a second every other one is shown, so that anything
that moves appears within 0.2 s. Alerts and breaks, which are decided with the same checks, come later by less than that."""


def repeats(before: Tick | None, now: Tick) -> bool:
    """Whether a check adds nothing to the last one shown: it is hardly later, its landmarks are reused, and nothing happened.

    While somebody moves, every check brings new landmarks and is shown.
    """
    if before is None or now.events or not 0 < now.frame.t - before.frame.t < SHOWN_FOR:
        return False
    return same_landmarks(before.pose, now.pose) and _judged(before) == _judged(now)


def _judged(tick: Tick) -> tuple[object, ...]:
    reading, state = tick.reading, tick.state
    return reading.view, reading.deviation, state.phase, state.grade, tick.frame.problem, tick.moved, tick.tilt
