"""When a planned stretch is reminded of: once a planned day at most, a pure step. What the history knows of the day is an argument."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from posturecam.config.settings import PlanSettings
from posturecam.session.rules.breaks import BreakAnswer
from posturecam.session.rules.silence import DAYS

SETTLED = 300.0
"""Seconds somebody has been sitting there before they are reminded: not on arriving."""

FRESH = 30.0
"""Seconds for which what the history said is believed when it comes to a reminder."""


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """What is known of a routine on one day."""

    title: str
    """Of the routine, in English."""
    done: bool = False
    """Whether it was stretched that day."""
    reminded: bool = False


@dataclass(frozen=True, slots=True)
class PlanState:
    """What is remembered of today; begin with `PlanState()`."""

    day: date | None = None
    """Of which this is; None before the first look, and once something new may be known of it."""
    recalled: float | None = None
    """When the history was asked last, seconds by the clock of the readings; None while its answer is awaited."""
    routine: str = ""
    known: PlannedDay | None = None
    """None where no routine is planned for that day, or there is none of that name."""
    later: float | None = None
    """When a reminder that was postponed comes again, seconds by the clock of the readings."""

    @property
    def to_do(self) -> str:
        """The title of what is planned today and not done yet; empty where there is none."""
        return "" if self.known is None or self.known.done else self.known.title

    def is_of(self, at: datetime, settings: PlanSettings) -> bool:
        """Whether it tells of this day and what is planned now."""
        return self.day == at.date() and self.routine == (settings.routine if is_planned(at, settings) else "")


def is_planned(at: datetime, settings: PlanSettings) -> bool:
    """Whether the routine is planned for the day of this local time."""
    return DAYS[at.weekday()] in settings.days


def begin(state: PlanState, at: datetime, settings: PlanSettings) -> PlanState:
    """A day begins, or something new may be known of it; what the user postponed that day stays."""
    later = state.later if state.day in (None, at.date()) else None
    routine = settings.routine if is_planned(at, settings) else ""
    return PlanState(at.date(), routine=routine, known=state.known if state.routine == routine else None, later=later)


def recalled(state: PlanState, t: float | None, known: PlannedDay | None) -> PlanState:
    """What the history knows of the day; None where there is no such routine."""
    return replace(state, recalled=t, known=known if state.routine else None)


def is_fresh(state: PlanState, t: float) -> bool:
    """Whether the history was asked just now: another program may have led through the routine since it was asked before."""
    return state.recalled is not None and 0 <= t - state.recalled <= FRESH


def is_due(state: PlanState, t: float, at: datetime, sitting: float, settings: PlanSettings) -> bool:
    """Whether it is to be reminded of now, if nothing speaks against it.

    Args:
        state: Of today.
        t: Seconds by the clock of the readings.
        at: Local time.
        sitting: Seconds somebody has been sitting there.
        settings: The user's.
    """
    if not state.to_do or state.known is None or sitting < SETTLED:
        return False
    if state.later is not None:
        return t >= state.later
    return not state.known.reminded and at.time() >= (settings.remind_from or time.min)


def reminded(state: PlanState) -> PlanState:
    """It was reminded of: nothing more is said of it that day, unless the user postponed it."""
    return replace(state, known=None if state.known is None else replace(state.known, reminded=True), later=None)


def answer(state: PlanState, given: BreakAnswer, t: float, postpone: float) -> PlanState:
    """Take the user's answer to the reminder."""
    return replace(state, later=t + postpone if given is BreakAnswer.POSTPONE else None)
