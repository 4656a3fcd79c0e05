"""Which checks need less work, or none, while a live view makes ten a second. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posturecam.vision.pose import same_landmarks
from posturecam.vision.scene import visibly_changed

if TYPE_CHECKING:
    from posturecam.posture.loop import Tick

SHOWN_FOR = 0.25
"""Seconds for which a picture stays current while landmarks are reused and little of it changes: of ten a second every third one is
shown."""
NOTICED = 24
"""Cells of a glance, of 768, from which a change is shown at once. Somebody who sits still at a desk and types changes 3 in 0.1 s, and
21 or fewer nineteen times of twenty."""
DECIDED_FOR = 0.45
"""Seconds for which the decisions about alerts and breaks hold while nothing happens that they depend on but time: of ten checks a second
they use every fifth one. Without a live view there is a check every one to two seconds."""


def repeats(before: Tick | None, now: Tick) -> bool:
    """Whether a check adds nothing to the last one shown: it is hardly later, its picture is nearly the same, and nothing happened.

    While somebody moves, every check brings new landmarks and is shown.
    """
    return (
        before is not None
        and _same_state(before, now, SHOWN_FOR)
        and same_landmarks(before.pose, now.pose)
        and before.reading.deviation == now.reading.deviation
        and not _stirs(before, now)
    )


def decides_nothing(before: Tick | None, now: Tick) -> bool:
    """Whether a check cannot change what was decided with an earlier one: it is little later, and the state of the posture is the same."""
    return before is not None and _same_state(before, now, DECIDED_FOR)


def _stirs(before: Tick, now: Tick) -> bool:
    shown, glance = before.frame.glance, now.frame.glance
    if shown is None or glance is None:
        return False
    return bool(visibly_changed(shown.cells, glance.cells).sum() >= NOTICED)


def _same_state(before: Tick, now: Tick, seconds: float) -> bool:
    """Whether a check is less than this later, nothing happened in it, and the state of the posture is the same."""
    return not now.events and 0 < now.frame.t - before.frame.t < seconds and _state(before) == _state(now)


def _state(tick: Tick) -> tuple[object, ...]:
    state, reading = tick.state, tick.reading
    return (
        reading.view,
        reading.present,
        state.phase,
        state.grade,
        tick.frame.problem,
        tick.known.moved,
        tick.known.tilt,
    )
