"""A daily goal, a gentle streak, and how a week went. Pure.

The goal is a share of the measured time, not a number of hours, because sitting longer is no goal. A day with little measured
time is a day off, which neither reaches the goal nor breaks the streak.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from posturecam.config.settings import GoalSettings
from posturecam.history.models import Times, total
from posturecam.history.periods import Day, Period, week_of

_LEAST_OF_AN_HOUR = 1800.0
"""Seconds measured from which an hour of the day says something: half of one, of a week or more together."""


@dataclass(frozen=True, slots=True)
class GoalDay:
    """A day compared with the goal."""

    date: date
    upright: float
    """Seconds sat upright."""
    measured: float
    """Seconds in which the posture was known."""
    share: float | None
    """Upright fraction of the measured time, 0 to 1; None on a day off."""
    reached: bool

    @property
    def off(self) -> bool:
        """Whether too little was measured for the day to count."""
        return self.share is None


_ROUNDING = 1e-9
"""By how much a share may be off because its seconds were added up, which Python 3.12 does more exactly."""


def reaches(share: float, goal: float) -> bool:
    """Whether an upright share reaches a goal, both 0 to 1.

    They are compared as they are shown, in whole percent: nobody understands that 70% misses a goal of 70%. Only everything reaches 100%.
    """
    return share >= goal - _ROUNDING or (goal < 1 and round(100 * share) >= round(100 * goal))


def goal_day(day: Day, settings: GoalSettings) -> GoalDay:
    """A day compared with the goal."""
    return against_goal(day.date, day.times, settings)


def against_goal(day: date, times: Times, settings: GoalSettings) -> GoalDay:
    """The times of a day compared with the goal."""
    counts = times.measured >= 60 * settings.least_minutes
    share = times.upright_share if counts else None
    return GoalDay(day, times.sat_up, times.measured, share, share is not None and reaches(share, settings.upright))


def _change(now: Times, then: Times, settings: GoalSettings) -> float | None:
    """The change of the upright share; None where either was measured for less than a day needs to count: ten minutes on a Monday are no week."""
    share, before = now.upright_share, then.upright_share
    if share is None or before is None or min(now.measured, then.measured) < 60 * settings.least_minutes:
        return None
    return share - before


def streak(days: Iterable[GoalDay], today: date, earlier: Iterable[GoalDay] = ()) -> int:
    """How many days in a row reached the goal up to today, days off not counted and breaking nothing.

    Args:
        days: In any order; days that are missing are days off.
        today: The current day, which does not break the streak either.
        earlier: The days before these, newest first; taken only for as long as the streak goes on.
    """
    number = 0
    latest = sorted((one for one in days if one.date <= today), key=lambda one: one.date, reverse=True)
    for day in chain(latest, earlier):
        if day.reached:
            number += 1
        elif not day.off and day.date != today:
            break
    return number


@dataclass(frozen=True, slots=True)
class BestHour:
    """An hour of the day, over several days."""

    hour: int
    """0 to 23, local."""
    share: float
    """Upright fraction of the time measured in it, 0 to 1."""


def best_and_worst_hour(days: Iterable[Day]) -> tuple[BestHour, BestHour] | None:
    """The hours of the day sat most and least upright.

    None where fewer than two hours were measured for long enough, or where all of them look equally upright, in whole percent.
    """
    by_hour = [total(hours) for hours in zip(*(day.hours for day in days), strict=True)]
    measured_hours = [
        BestHour(hour, times.upright_share)
        for hour, times in enumerate(by_hour)
        if times.measured >= _LEAST_OF_AN_HOUR and times.upright_share is not None
    ]
    if not measured_hours:
        return None
    best, worst = (pick(measured_hours, key=lambda one: one.share) for pick in (max, min))
    return None if round(100 * best.share) == round(100 * worst.share) else (best, worst)


@dataclass(frozen=True, slots=True)
class WeekReview:
    """A week as a whole, compared with the one before."""

    times: Times
    reached: int
    """Days that reached the goal, of `counted`."""
    counted: int
    change: float | None
    """Change of the upright share from the week before, −1 to 1; None if one of the two was measured for too short a time."""
    hours: tuple[BestHour, BestHour] | None
    longest_good: float | None
    """Seconds of the longest upright run."""


def review(week: Period, before: Period, settings: GoalSettings) -> WeekReview:
    """How a week went."""
    days = [goal_day(day, settings) for day in week.days]
    return WeekReview(
        week.times,
        sum(day.reached for day in days),
        sum(not day.off for day in days),
        _change(week.times, before.times, settings),
        best_and_worst_hour(week.days),
        week.longest_good,
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the user stands today."""

    today: GoalDay
    goal: float
    """The goal as a share, 0 to 1."""
    streak: int
    week: tuple[GoalDay, ...]
    """From this Monday to Sunday."""
    change: float | None
    """Change of this week's upright share so far from last week's, −1 to 1; None if one of the two was measured for too short a time."""
    last_week: WeekReview | None
    """None where nothing was measured in it."""
    hours: tuple[BestHour, BestHour] | None
    """Best and worst hour of the last four weeks."""


def progress(
    days: Sequence[Day],
    weeks: Sequence[Period],
    today: date,
    settings: GoalSettings,
    earlier: Iterable[GoalDay] = (),
) -> Progress:
    """Where the user stands.

    Args:
        days: Every day of the last four weeks or more, today the last.
        weeks: This week, the last one, and the one before, in this order.
        today: The local day.
        settings: The user's goal.
        earlier: The days before these, newest first; taken only for as long as the streak goes on.
    """
    this, last, before = weeks
    against = [goal_day(day, settings) for day in days]
    recent = [day for day in days if day.date > today - timedelta(days=28)]
    return Progress(
        next((one for one in against if one.date == today), GoalDay(today, 0.0, 0.0, None, False)),
        settings.upright,
        streak(against, today, earlier),
        tuple(goal_day(day, settings) for day in this.days),
        _change(this.times, last.times, settings),
        review(last, before, settings) if last.times.measured > 0 else None,
        best_and_worst_hour(recent),
    )


def weeks_back(today: date, number: int) -> tuple[date, date]:
    """The Monday and the Sunday of the week this many weeks ago; 0 is this one."""
    return week_of(today - timedelta(weeks=number))
