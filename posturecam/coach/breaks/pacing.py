"""How the time of a break passes: what is left of it, when the next exercise comes, and what happens if nobody is there. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from posturecam.coach.judging.by_time import GET_IN, resume_into
from posturecam.coach.judging.state import CoachPhase, CoachState
from posturecam.config.settings import StretchSettings

OVERRUN = 6.0
"""Seconds by which a hold in progress may exceed the time of its exercise: nobody is called out of a stretch
halfway."""
AWAY_AFTER = 8.0
"""Seconds without anybody after which a break waits: longer than two raised arms hide a head."""
BACK_AFTER = 1.0
"""Seconds for which somebody must be back before it continues."""
GIVEN_UP_AFTER = 120.0
"""Seconds after which a waiting break is over: somebody away for that long is having a break anyway."""


class PaceAsk(StrEnum):
    """What a break requests by itself."""

    WAIT = "wait"
    GO_ON = "go_on"
    NEXT = "next"
    """The exercise's time is over."""
    END = "end"


@dataclass(frozen=True, slots=True)
class Pacing:
    """A break in progress; begin with `Pacing()`. Times are seconds on the source's clock."""

    t: float | None = None
    used: float = 0.0
    """Seconds spent on the present exercise, without pauses."""
    somebody: float | None = None
    """When somebody was last seen; None before anybody was."""
    here_since: float | None = None
    """Since when somebody has been back."""
    waiting: bool = False
    """Whether it waits for somebody to come back."""
    insists: bool = False
    """Whether the user resumed although nobody is seen: then it no longer waits for anybody."""


def pass_time(
    pacing: Pacing,
    t: float,
    present: bool | None,
    state: CoachState,
    planned: float,
    settings: StretchSettings,
    each: float = 0.0,
) -> tuple[Pacing, PaceAsk | None]:
    """Process one check.

    Args:
        pacing: The state returned by the last call.
        t: Its time in seconds.
        present: Whether somebody is seen; None if there is no picture, which counts as neither present nor away.
        state: The present exercise after this check.
        planned: Seconds that it takes; see `posturecam.coach.judging.by_time.lasting`.
        settings: The user's settings.
        each: Seconds that one of its repetitions takes.

    Returns:
        The new state, and what it requests now, if anything.
    """
    elapsed = 0.0 if pacing.t is None else max(t - pacing.t, 0.0)
    elapsed = elapsed if elapsed <= settings.longest_gap else 0.0
    paused = state.phase is CoachPhase.PAUSED
    here_since = pacing.here_since if pacing.here_since is not None else t
    unknown = pacing.somebody is not None and (present is None or (paused and not state.away))
    pacing = Pacing(
        t=t,
        used=pacing.used + (0.0 if paused else elapsed),
        somebody=t if present or unknown else pacing.somebody,
        here_since=here_since if present else None,
        waiting=state.away,
        insists=pacing.insists or (pacing.waiting and not state.away and not present),
    )
    asked = _asked(pacing, t, state, planned, each)
    if asked is PaceAsk.GO_ON:
        pacing = replace(pacing, used=max(pacing.used - _repeated(state), 0.0))
    return pacing, asked


def _repeated(state: CoachState) -> float:
    """Seconds that repeating something after an absence takes; the exercise gets them in addition."""
    if state.before_pause in (CoachPhase.ENTERING, CoachPhase.HOLDING):
        return GET_IN
    return state.paused_into - resume_into(state) if state.before_pause is CoachPhase.LEAD_IN else 0.0


def _asked(pacing: Pacing, t: float, state: CoachState, planned: float, each: float) -> PaceAsk | None:
    gone = 0.0 if pacing.somebody is None else t - pacing.somebody
    if state.away:
        if pacing.here_since is not None and t - pacing.here_since >= BACK_AFTER:
            return PaceAsk.GO_ON
        return PaceAsk.END if gone >= GIVEN_UP_AFTER else None
    if state.phase in (CoachPhase.PAUSED, CoachPhase.DONE):
        return None
    if gone >= AWAY_AFTER and not pacing.insists:
        return PaceAsk.WAIT
    over = pacing.used - planned
    if state.phase in (CoachPhase.REST, CoachPhase.SWITCH):
        return PaceAsk.NEXT if over + each > OVERRUN else None  # never ask for a pose that there is no time for
    in_a_hold = state.phase in (CoachPhase.HOLDING, CoachPhase.RELEASE)
    return PaceAsk.NEXT if over >= (OVERRUN if in_a_hold else 0.0) else None


def time_left(pacing: Pacing, planned: Sequence[float], index: int) -> float:
    """Seconds of the break that are left if it goes as planned; `planned` are those of each of its exercises."""
    return max(planned[index] - pacing.used, 0.0) + sum(planned[index + 1 :])
