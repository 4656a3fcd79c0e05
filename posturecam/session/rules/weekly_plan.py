"""When to remind of a planned stretch: at most once on a planned day. A pure step; what the history knows of the day is an argument."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from posturecam.config.settings import DAYS, PlanSettings
from posturecam.session.rules.breaks import BreakAnswer

SETTLED = 300.0
"""Seconds of sitting before the reminder, so that it does not come on arrival."""

FRESH = 30.0
"""Seconds for which the history's answer counts as current before a reminder."""


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """What is known of a routine on one day."""

    title: str
    """Title of the routine, in English."""
    done: bool = False
    """Whether it was done that day."""
    reminded: bool = False


@dataclass(frozen=True, slots=True)
class PlanState:
    """State of today's plan; start with `PlanState()`."""

    day: date | None = None
    """The day this state is for; None before the first check."""
    unsure: bool = False
    """Whether the routine may have been done since the history was last queried, as after a stretch."""
    recalled: float | None = None
    """When the history was last queried, seconds by the clock of the readings; None while its answer is pending."""
    routine: str = ""
    known: PlannedDay | None = None
    """None if no routine is planned for that day, or none has that name."""
    later: float | None = None
    """When a postponed reminder comes again, seconds by the clock of the readings."""

    @property
    def to_do(self) -> str:
        """Title of the routine planned today and not done yet; empty if there is none."""
        return "" if self.known is None or self.known.done else self.known.title

    def is_of(self, at: datetime, settings: PlanSettings) -> bool:
        """Whether this state is for this day and the current plan, and nothing may have changed since."""
        return (
            not self.unsure
            and self.day == at.date()
            and self.routine == (settings.routine if is_planned(at, settings) else "")
        )


def is_planned(at: datetime, settings: PlanSettings) -> bool:
    """Whether the routine is planned for the day of this local time."""
    return DAYS[at.weekday()] in settings.days


def begin(state: PlanState, at: datetime, settings: PlanSettings) -> PlanState:
    """Start a day, or refresh its state; a postponed reminder of that day is kept."""
    later = state.later if state.day == at.date() else None
    routine = settings.routine if is_planned(at, settings) else ""
    return PlanState(at.date(), routine=routine, known=state.known if state.routine == routine else None, later=later)


def recalled(state: PlanState, t: float | None, known: PlannedDay | None) -> PlanState:
    """Take what the history knows of the day; None if there is no such routine."""
    return replace(state, recalled=t, known=known if state.routine else None)


def is_fresh(state: PlanState, t: float) -> bool:
    """Whether the history's answer is current; the routine may have been done in another program since then."""
    return state.recalled is not None and 0 <= t - state.recalled <= FRESH


def is_due(state: PlanState, t: float, at: datetime, sitting: float, settings: PlanSettings) -> bool:
    """Whether a reminder is due now, if nothing holds it back.

    Args:
        state: Today's state.
        t: Seconds by the clock of the readings.
        at: Local time.
        sitting: Seconds the user has been sitting.
        settings: The current settings.
    """
    if not state.to_do or state.known is None or sitting < SETTLED:
        return False
    if state.later is not None:
        return t >= state.later
    return not state.known.reminded and at.hour >= settings.remind_from


def reminded(state: PlanState) -> PlanState:
    """Note that the user was reminded: no more reminders that day, unless postponed."""
    return replace(state, known=None if state.known is None else replace(state.known, reminded=True), later=None)


def answer(state: PlanState, given: BreakAnswer, t: float, postpone: float) -> PlanState:
    """Take the user's answer to the reminder."""
    return replace(state, later=t + postpone if given is BreakAnswer.POSTPONE else None)
