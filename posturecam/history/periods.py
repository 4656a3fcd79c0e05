"""Days, weeks and months of sitting, added up from the records. Pure; days are local days at the time of recording."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from posturecam.alerts.policy import Response
from posturecam.history.models import MINUTE, EventKind, KeptEvent, Minute, Times, local_date, total

BRIDGED = 5
"""Minutes in a row that may be mostly unmeasured within a good stretch; our choice: a phone call, a word with a colleague."""
_ENDS_STRETCH = 1.0
"""Seconds of slouching, away, paused or off in a minute from which it ends a good stretch: less is a sample at its edge."""
_HOURS = 24


@dataclass(frozen=True, slots=True)
class StretchTotals:
    """A stretch session with at least one repetition that counted, or was timed to its end."""

    began: float
    """Seconds since 1970, UTC."""
    utc_offset: float
    counted: int
    """Repetitions counted; 0 if all were only timed."""

    @property
    def date(self) -> date:
        """The local day."""
        return local_date(self.began, self.utc_offset)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodFigures:
    """The figures of one or several days."""

    times: Times
    longest_good: float | None
    """Seconds sat upright in the longest good stretch, see `longest_good`; None where nothing was measured."""
    alerts: int
    """Number of alerts."""
    answers: Mapping[Response, int]
    """How often each answer was given; has every kind of answer."""
    breaks_offered: int
    breaks_taken: int
    stretches: int
    """Sessions with at least one repetition that counted, or was timed to its end."""
    repetitions: int
    """Repetitions counted in these sessions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(PeriodFigures):
    """One local day."""

    date: date
    hours: tuple[Times, ...] = field(repr=False)
    """By local hour, 24 of them. Where the clock is set back, one hour has two hours' time; where forward, one has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period(PeriodFigures):
    """Several days in a row."""

    first: date
    last: date
    days: tuple[Day, ...] = field(repr=False)
    """Every day from the first to the last, with or without records."""


def week_of(day: date) -> tuple[date, date]:
    """The Monday and the Sunday of a day's week."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of a day's month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def longest_good(minutes: Iterable[Minute]) -> float | None:
    """The longest good stretch in seconds sat upright, of minutes in order; None where nothing was measured.

    A good stretch is a run of minutes, each sat upright for at least as long as drifting. It ends with a minute that has any
    slouching, is partly away, paused or off, is mostly spent drifting, or in which posturecam did not run.
    It continues over at most `BRIDGED` minutes in a row that are mostly unmeasured. Only the seconds seen upright are counted, and
    none of the minute that ends it: it is never overstated.
    """
    longest: float | None = None
    run, unmeasured, before = 0.0, 0, -1
    for one in minutes:
        times = one.times
        if times.measured > 0:
            longest = longest or 0.0
        if one.minute != before + 1 or _ends(times):
            run, unmeasured = 0.0, 0
        before = one.minute
        if _ends(times):
            continue
        unmeasured = unmeasured + 1 if times.measured < MINUTE / 2 else 0
        run = 0.0 if unmeasured > BRIDGED else run + times.sat_up
        if longest is not None:
            longest = max(longest, run)
    return longest


def _ends(times: Times) -> bool:
    gone = times.slouching + times.away + times.paused + times.off
    return gone >= _ENDS_STRETCH or times.drifting > times.sat_up


def summarize(
    first: date, last: date, minutes: Iterable[Minute], events: Iterable[KeptEvent], stretched: Iterable[StretchTotals]
) -> Period:
    """Add up a period; what lies outside it is left out.

    Args:
        first: local day.
        last: local day, itself included; before the first, there are no days.
        minutes: in order.
        events: in any order.
        stretched: in any order.
    """
    by_day = _by_date(first, last, minutes), _by_date(first, last, events), _by_date(first, last, stretched)
    dates = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    days = tuple(_day(date_, *(kept.get(date_, ()) for kept in by_day)) for date_ in dates)
    whole = ([one for date_ in dates for one in kept.get(date_, ())] for kept in by_day)
    return Period(first=first, last=last, days=days, **_figures(*whole))


def _by_date(first: date, last: date, many: Iterable[Any]) -> Mapping[date, Sequence[Any]]:
    found = defaultdict(list)
    for one in many:
        date_ = one.date
        if first <= date_ <= last:
            found[date_].append(one)
    return found


def _day(
    date_: date, minutes: Sequence[Minute], events: Sequence[KeptEvent], stretched: Sequence[StretchTotals]
) -> Day:
    hours = defaultdict[int, list[Times]](list)
    for one in minutes:
        hours[one.hour].append(one.times)
    by_hour = tuple(total(hours[hour]) for hour in range(_HOURS))
    return Day(date=date_, hours=by_hour, **_figures(minutes, events, stretched))


def _figures(
    minutes: Sequence[Minute], events: Sequence[KeptEvent], stretched: Sequence[StretchTotals]
) -> dict[str, Any]:
    happened = Counter(event.kind for event in events)
    answered = Counter(event.details.get("answer") for event in events if event.kind is EventKind.ANSWER)
    return {
        "times": total(one.times for one in minutes),
        "longest_good": longest_good(minutes),
        "alerts": happened[EventKind.SLOUCH_TOLD],
        "answers": {response: answered[response.value] for response in Response},
        "breaks_offered": happened[EventKind.BREAK_OFFERED],
        "breaks_taken": happened[EventKind.BREAK_TAKEN],
        "stretches": len(stretched),
        "repetitions": sum(one.counted for one in stretched),
    }
