"""Records sitting in the history while posturecam watches: seconds of each category, minute by minute, and events."""

from __future__ import annotations

import json
import math
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from posturecam.alerts.policy import Alert
from posturecam.history.models import DAY, INDEX, LAST_MOMENT, MINUTE, Detail, EventKind, KeptEvent, TimeCategory, Times
from posturecam.history.repository import Repository
from posturecam.i18n.words import mark
from posturecam.posture.records.evidence import Evidence, to_json

MOST_MINUTES = DAY // MINUTE
"""Most minutes held in memory while nothing can be saved: a day, after which the oldest are dropped."""
MOST_EVENTS = 1000
"""Most events held in memory while nothing can be saved; far more than happen in a day."""
_FIRST_MOMENT = float(DAY)
"""Earliest valid moment, seconds since 1970: earlier times, and those after `LAST_MOMENT`, are wrong."""

_COLUMNS = tuple(what.value for what in TimeCategory)
_READ = f"SELECT {', '.join(_COLUMNS)} FROM sitting_minutes WHERE minute = ?"
_WRITE = (
    f"INSERT INTO sitting_minutes (minute, utc_offset, {', '.join(_COLUMNS)}) VALUES (?, ?{', ?' * len(_COLUMNS)}) "
    f"ON CONFLICT (minute) DO UPDATE SET {', '.join(f'{column} = excluded.{column}' for column in _COLUMNS)}"
)
_HAPPENED = "INSERT INTO sitting_events (at, utc_offset, kind, details, evidence) VALUES (?, ?, ?, ?, ?)"


class SittingHistory(Repository):
    """Records how time was spent. Created and used in one thread; readers open `SittingRecords`.

    Recording never raises. Time is summed in memory and saved when a minute is over (and with every event), so that a kill
    loses at most the current minute. What cannot be saved is held in memory, at most a day of it, and retried every minute.

    Minutes are in UTC, and none holds more than 60 seconds: if the clock is set back over minutes that are full,
    nothing is counted twice. What was recorded before the user deleted everything is not saved after it.
    """

    TRIED_AGAIN = mark("watching continues, and posturecam tries again every minute")
    OPENED_LATER = mark(
        "{problem}. Watching continues; posturecam retries every minute and keeps everything in memory until then."
    )

    def __init__(
        self, path: Path | None = None, *, patient: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Open the history, or create it.

        Args:
            path: the file; None takes the user's own.
            patient: if it cannot be opened, report a complaint and retry every minute.
            clock: seconds, never decreasing; replaced in tests.

        Raises:
            HistoryTooNew: if a newer posturecam made it.
            HistoryError: if it cannot be opened.
        """
        super().__init__(path, patient=patient, clock=clock)
        self._minutes: dict[int, list[float]] = {}
        self._offsets: dict[int, float] = {}
        """UTC offset of the local clock in each of these minutes; by the time they are saved the user may be in another time zone."""
        self._events: deque[KeptEvent] = deque(maxlen=MOST_EVENTS)
        self._minute: int | None = None
        self._deletions = self._ask("SELECT times FROM deletions")

    def add(self, at: float, what: TimeCategory, seconds: float) -> None:
        """Record a span of time.

        Args:
            at: when it ended, seconds since 1970 by the wall clock; nothing is recorded if that is impossible.
            what: how it was spent.
            seconds: its length; spread over its minutes, and only the last day of a longer span is kept.
        """
        if not (0 < seconds < math.inf and _FIRST_MOMENT <= at <= LAST_MOMENT):
            return
        minute, index = int(at // MINUTE), INDEX[what]
        if at - seconds >= minute * MINUTE:  # nearly every piece
            self._of(minute)[index] += seconds
        else:
            for part, its_seconds in _spread(at, min(seconds, DAY)):
                self._of(part)[index] += its_seconds
        if minute != self._minute:
            self._minute, first = minute, self._minute is None
            if not first:
                self.flush()

    def event(self, at: float, kind: EventKind, *, evidence: Evidence | None = None, **details: Detail) -> None:
        """Record an event at once.

        Args:
            at: when, seconds since 1970 by the wall clock.
            kind: its kind; `posturecam.history.models.DETAILS` lists the details it may have.
            evidence: the evidence of an alert.
            details: its details; a number that is not finite counts as unknown.

        Raises:
            TypeError: for a detail that the kind does not have, an error in the program.
        """
        known = {name: _finite(value) for name, value in details.items()}
        at = min(at, LAST_MOMENT) if at >= _FIRST_MOMENT else _FIRST_MOMENT  # NaN too
        self._events.append(KeptEvent(at, _utc_offset(at), kind, known, evidence))
        self.flush()

    def alerted(self, at: float, alert: Alert, evidence: Evidence | None = None) -> None:
        """Record an alert with its evidence."""
        slouch = alert.slouch
        self.event(
            at,
            EventKind.SLOUCH_TOLD,
            evidence=evidence,
            severity=slouch.severity.name.lower(),
            cause=None if slouch.cause is None else slouch.cause.value,
            change=slouch.change,
            seconds=alert.seconds,
        )

    def flush(self) -> None:
        """Save what is in memory, if that is possible now."""
        if (self._minutes or self._events) and self._in_one(self._write):
            self._forget()
        while len(self._minutes) > MOST_MINUTES:
            oldest = min(self._minutes)
            del self._minutes[oldest], self._offsets[oldest]

    @property
    def unsaved(self) -> int:
        """Number of minutes and events not on the disk yet; normally just the current minute."""
        return len(self._minutes) + len(self._events)

    def close(self) -> None:
        """Save what is left, if that is possible now, and close the file."""
        self._try_at_once()
        self.flush()
        super().close()

    def _begin_anew(self) -> None:
        self._deletions = []  # those of the previous file; what is in memory is newer than this file's

    def _of(self, minute: int) -> list[float]:
        """The seconds of a minute that are in memory."""
        if minute not in self._minutes:
            self._minutes[minute], self._offsets[minute] = [0.0] * len(_COLUMNS), _utc_offset(minute * MINUTE)
        return self._minutes[minute]

    def _forget(self) -> None:
        self._minutes, self._offsets = {}, {}
        self._events.clear()

    def _write(self, connection: sqlite3.Connection) -> None:
        deletions = connection.execute("SELECT times FROM deletions").fetchall()
        if deletions != self._deletions:
            if self._deletions:  # what is in memory was presumably recorded before the deletion
                self._forget()
            self._deletions = deletions
        for minute, seconds in self._minutes.items():
            kept = Times(*(connection.execute(_READ, (minute,)).fetchone() or ()))
            whole = kept + _fitting(Times(*seconds), MINUTE - kept.total)
            connection.execute(_WRITE, (minute, self._offsets[minute], *whole.parts))
        connection.executemany(_HAPPENED, map(_row, self._events))


def _fitting(added: Times, room: float) -> Times:
    """As many of these seconds as there is room for, each category by its share."""
    return added if added.total <= room else added.scaled(max(room, 0.0) / added.total)


def _spread(at: float, seconds: float) -> Iterator[tuple[int, float]]:
    """The minutes of a piece of time that ended then, and its seconds in each."""
    start = max(at - seconds, 0.0)
    for minute in range(int(start // MINUTE), int(at // MINUTE) + 1):
        its_seconds = min(at, (minute + 1) * MINUTE) - max(start, minute * MINUTE)
        if its_seconds > 0:
            yield minute, its_seconds


def _utc_offset(at: float) -> float:
    """UTC offset of the local clock at a moment, seconds."""
    return float(time.localtime(at).tm_gmtoff)


def _row(event: KeptEvent) -> tuple[float | str | None, ...]:
    details = json.dumps(
        {name: value for name, value in event.details.items() if value is not None}, ensure_ascii=False
    )
    return event.at, event.utc_offset, event.kind.value, details, to_json(event.evidence) if event.evidence else None


def _finite(value: Detail) -> Detail:
    if value is None or isinstance(value, str | dict):
        return value
    return float(value) if math.isfinite(value) else None
