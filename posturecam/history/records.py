"""Reads the history of sitting and stretching while another thread or process is recording.

Invalid rows (`posturecam.history.valid_rows`) are skipped, and counted in the complaints.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from posturecam.alerts.policy import Response
from posturecam.coach.exercise import Side
from posturecam.coach.session_summary import Lacking
from posturecam.history.models import DAY, EPOCH, EventKind, KeptEvent, Minute, TimeCategory, Times, local_date
from posturecam.history.periods import Day, Period, StretchTotals, summarize
from posturecam.history.repository import WITHIN_DAYS, Repository, day_bounds
from posturecam.history.valid_rows import GOOD_EVENT, GOOD_MINUTE, GOOD_REP, GOOD_SESSION, known_details
from posturecam.posture.records.evidence import from_json
from posturecam.posture.view import View

_EVENT = "at, utc_offset, kind, details"
_MINUTE = f"minute, utc_offset, {', '.join(TimeCategory)}"
_THAT_MINUTE = "minute BETWEEN ? / 60 AND ? / 60 AND minute * 60 + utc_offset >= ? AND minute * 60 + utc_offset < ?"


@dataclass(frozen=True, slots=True)
class ToldAlert:
    """A slouch that raised an alert, and the user's answer."""

    event: KeptEvent
    """The event with its evidence, if it was saved and can be read."""
    answer: Response | None
    """The first answer before the next alert; None where there was none."""


@dataclass(frozen=True, slots=True)
class DepthPoint:
    """How deep one repetition was."""

    at: float
    """When its session began, seconds since 1970, UTC."""
    utc_offset: float
    depth: float
    """In the unit of its series."""


@dataclass(frozen=True, slots=True)
class DepthSeries:
    """Depths that may be compared: of one exercise, side, view and measure, the oldest first."""

    exercise: str
    """`posturecam.coach.exercise.Exercise.key`."""
    side: Side | None
    view: View
    unit: str
    points: tuple[DepthPoint, ...]


class SittingRecords(Repository):
    """Read-only access to the history. What cannot be read is reported as a complaint and left out.

    It sees saved records only: what `SittingHistory` still holds in memory, at most the last minute, comes later.
    """

    def __init__(self, path: Path | None = None, now: Callable[[], float] = time.time) -> None:
        """Open the history; one that is missing is created, and an older one brought up to date.

        Args:
            path: the file; None takes the user's own.
            now: the wall clock, seconds since 1970; replaced in tests.

        Raises:
            HistoryTooNew: if a newer posturecam made it.
            HistoryError: if it cannot be opened.
        """
        super().__init__(path, to_read=True)
        self._now = now
        self._ask("PRAGMA query_only = ON")

    # Periods.

    @property
    def current_date(self) -> date:
        """Today, by the local clock."""
        now = self._now()
        return local_date(now, float(time.localtime(now).tm_gmtoff))

    def day(self, day: date) -> Day:
        """One local day."""
        return self.period(day, day).days[0]

    def days(self, first: date, last: date) -> tuple[Day, ...]:
        """Every local day from the first to the last, empty ones too."""
        return self.period(first, last).days

    def period(self, first: date, last: date) -> Period:
        """The local days from the first to the last, added up."""
        return summarize(first, last, self.minutes(first, last), self.events(first, last), self._stretched(first, last))

    def begun(self) -> date | None:
        """The first day with records; None if there are none."""
        firsts = [  # one query for each, so that its index is used and five years are not scanned
            *self._ask(
                f"SELECT minute * 60, utc_offset FROM sitting_minutes WHERE {GOOD_MINUTE} ORDER BY minute LIMIT 1"
            ),
            *self._ask(f"SELECT at, utc_offset FROM sitting_events WHERE {GOOD_EVENT} ORDER BY at LIMIT 1"),
            *self._ask(f"SELECT began, utc_offset FROM sessions WHERE {GOOD_SESSION} ORDER BY began LIMIT 1"),
        ]
        return local_date(*min(firsts)) if firsts else None

    # The records.

    def minutes(self, first: date, last: date) -> tuple[Minute, ...]:
        """Every recorded minute of these local days, in order; those in which posturecam did not run are missing."""
        bounds = day_bounds(first, last)
        self._leave_out("sitting_minutes", "minute", GOOD_MINUTE, _THAT_MINUTE, bounds)
        rows = self._ask(
            f"SELECT {_MINUTE} FROM sitting_minutes WHERE {_THAT_MINUTE} AND {GOOD_MINUTE} ORDER BY minute", bounds
        )
        return tuple(map(_minute, rows))

    def times_by_day(self, first: date, last: date) -> dict[date, Times]:
        """The times of these local days that have any, by day; many times faster than `days`, which knows hours and runs too."""
        rows = self._ask(
            f"SELECT CAST((minute * 60 + utc_offset) / {DAY} AS INTEGER) AS day, {', '.join(f'sum({what})' for what in TimeCategory)} "
            f"FROM sitting_minutes WHERE {_THAT_MINUTE} AND {GOOD_MINUTE} GROUP BY day ORDER BY day",
            day_bounds(first, last),
        )
        return {EPOCH + timedelta(days=day): Times(*seconds) for day, *seconds in rows}

    def events(self, first: date, last: date, *, evidence: bool = False) -> tuple[KeptEvent, ...]:
        """What happened on these local days, in order; alerts have their evidence only on request."""
        bounds = day_bounds(first, last)
        self._leave_out("sitting_events", "id", GOOD_EVENT, WITHIN_DAYS.format("at"), bounds)
        rows = self._ask(
            f"SELECT {_EVENT}{', evidence' if evidence else ''} FROM sitting_events "
            f"WHERE {WITHIN_DAYS.format('at')} AND {GOOD_EVENT} ORDER BY id",
            bounds,
        )
        return tuple(event for row in rows if (event := _event(*row)) is not None)

    def every_minute(self) -> Iterator[Minute]:
        """Every recorded minute, in order, one at a time."""
        self._leave_out("sitting_minutes", "minute", GOOD_MINUTE)
        return map(_minute, self._each(f"SELECT {_MINUTE} FROM sitting_minutes WHERE {GOOD_MINUTE} ORDER BY minute"))

    def every_event(self) -> Iterator[KeptEvent]:
        """Every recorded event, in order, one at a time; alerts with their evidence."""
        self._leave_out("sitting_events", "id", GOOD_EVENT)
        rows = self._each(f"SELECT {_EVENT}, evidence FROM sitting_events WHERE {GOOD_EVENT} ORDER BY id")
        return (event for row in rows if (event := _event(*row)) is not None)

    def check_rows(self) -> None:
        """Count the invalid rows of every table; the complaints then say how many there are."""
        for table, key, good in (
            ("sitting_minutes", "minute", GOOD_MINUTE),
            ("sitting_events", "id", GOOD_EVENT),
            ("sessions", "id", GOOD_SESSION),
            ("stretch_reps", "id", GOOD_REP),
        ):
            self._leave_out(table, key, good)

    def count(self) -> int:
        """The number of minutes and events, including skipped ones."""
        rows = self._ask("SELECT (SELECT count(*) FROM sitting_minutes) + (SELECT count(*) FROM sitting_events)")
        return sum(number for (number,) in rows)

    def alerts(self, first: date, last: date, most: int | None = None) -> tuple[ToldAlert, ...]:
        """The alerts of these local days, newest first, with their evidence and the answer that followed."""
        rows = self._ask(
            f"SELECT id, {_EVENT}, evidence FROM sitting_events WHERE kind = ? AND {WITHIN_DAYS.format('at')} "
            f"AND {GOOD_EVENT} ORDER BY at DESC, id DESC LIMIT ?",
            (EventKind.SLOUCH_TOLD.value, *day_bounds(first, last), -1 if most is None else most),
        )
        return tuple(
            ToldAlert(event, self._answer(number)) for number, *row in rows if (event := _event(*row)) is not None
        )

    def _answer(self, alert: int) -> Response | None:
        rows = self._ask(
            f"SELECT {_EVENT} FROM sitting_events WHERE id > ? AND kind IN (?, ?) AND {GOOD_EVENT} ORDER BY id LIMIT 1",
            (alert, EventKind.ANSWER.value, EventKind.SLOUCH_TOLD.value),
        )
        answer = next((event.details.get("answer") for row in rows if (event := _event(*row)) is not None), None)
        return next((response for response in Response if response.value == answer), None)

    def _stretched(self, first: date, last: date) -> tuple[StretchTotals, ...]:
        bounds, begun = day_bounds(first, last), WITHIN_DAYS.format("began")
        self._leave_out("sessions", "id", GOOD_SESSION, begun, bounds)
        self._leave_out("stretch_reps", "id", GOOD_REP, f"session IN (SELECT id FROM sessions WHERE {begun})", bounds)
        rows = self._ask(
            "SELECT began, utc_offset, sum(counted) FROM sessions JOIN stretch_reps ON session = sessions.id "
            f"WHERE {begun} AND (counted OR lacking = ?) AND {GOOD_SESSION} AND {GOOD_REP} GROUP BY sessions.id ORDER BY began",
            (*bounds, Lacking.BY_TIME.value),
        )
        return tuple(StretchTotals(*row) for row in rows)

    def depths(self, exercise: str | None = None) -> tuple[DepthSeries, ...]:
        """How deep the repetitions were over time, of one exercise (its key) or of all."""
        rows = self._ask(
            "SELECT exercise, side, view, depth_measure, depth_unit, began, utc_offset, depth FROM stretch_reps "
            "JOIN sessions ON sessions.id = session WHERE depth IS NOT NULL AND typeof(depth_measure) = 'text' "
            f"AND typeof(depth_unit) = 'text' AND {GOOD_SESSION} AND {GOOD_REP} AND exercise = COALESCE(?, exercise) ORDER BY exercise, side, view, depth_measure, began, stretch_reps.id",
            (exercise,),
        )
        series = dict[tuple[Any, ...], list[DepthPoint]]()
        for *key, began, offset, depth in rows:
            series.setdefault(tuple(key), []).append(DepthPoint(began, offset, depth))
        return tuple(
            DepthSeries(key, None if side is None else Side(side), View(view), unit, tuple(points))
            for (key, side, view, _measure, unit), points in series.items()
        )


def _minute(row: tuple[Any, ...]) -> Minute:
    minute, utc_offset, *seconds = row
    return Minute(minute, utc_offset, Times(*seconds))


def _event(at: float, utc_offset: float, kind: str, details: str, evidence: str | None = None) -> KeptEvent | None:
    """An event as it was kept; None if a newer posturecam, since removed, saved a kind that this one does not know."""
    if kind not in tuple(EventKind):
        return None
    found = known_details(EventKind(kind), _object(details))
    seen = from_json(evidence) if isinstance(evidence, str) else None
    return KeptEvent(at, utc_offset, EventKind(kind), found, seen)


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
