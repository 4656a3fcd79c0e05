"""One connection to the history, whose failures are reported once and not raised."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Self

from posturecam.config.reading import reason
from posturecam.errors import HistoryError, HistoryTooNew
from posturecam.history.database import cause_of, history_path, is_damage, open_database
from posturecam.history.models import DAY, EPOCH
from posturecam.i18n.message import Message
from posturecam.i18n.words import mark

REOPEN_SECONDS = 60.0
"""Seconds between attempts to open a history: a full disk is cleaned up, and a lock released, within minutes."""
WITHIN_DAYS = "{0} >= ? AND {0} < ? AND {0} + utc_offset >= ? AND {0} + utc_offset < ?"
"""SQL condition for rows of some local days: fill in the column with their moment, and bind the values of `day_bounds`."""
_MOST_LEFT_OUT = 10_000
"""Most invalid rows that are counted in each table."""


class Repository:
    """Reads and writes the history; a failure becomes a complaint and does not stop the recording.

    Use it only in the thread that created it; other threads open their own.
    """

    TRIED_AGAIN: ClassVar[str] = mark("posturecam will try again")
    """Completes the message that nothing can be saved: what continues meanwhile, and when saving is retried."""
    OPENED_LATER: ClassVar[str] = mark(
        "{problem}. posturecam retries every minute and keeps everything in memory until then."
    )
    """The message when the history cannot be opened; a template for the problem."""

    def __init__(
        self,
        path: Path | None = None,
        *,
        to_read: bool = False,
        patient: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the history, or create it.

        Args:
            path: the file; None takes the user's own.
            to_read: read only, which also works where nothing can be written.
            patient: if it cannot be opened, report a complaint and retry every minute.
            clock: seconds, never decreasing; replaced in tests.

        Raises:
            HistoryTooNew: if a newer posturecam made it.
            HistoryError: if it cannot be opened.
        """
        self._chosen, self._to_read, self._clock = path, to_read, clock
        self.path = path or history_path()
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        """The device and the inode of the open file."""
        self._complaints: list[str] = []
        self._left_out: set[tuple[str, Any]] = set()
        self._said_left_out = 0
        self._troubled = False
        self._cut_short = False
        try:
            self._open()
        except HistoryTooNew:
            raise
        except HistoryError as problem:
            if not patient:
                raise
            self._say_opened_later(problem)
        self._tried = clock()

    def complaints(self) -> list[str]:
        """Messages for the user, such as that nothing can be saved; each once."""
        complaints, self._complaints = self._complaints, []
        number = len(self._left_out)
        if number > self._said_left_out:
            self._said_left_out = number
            complaints.append(
                Message.counted(
                    "{number} entry of the history makes no sense and was left out",
                    "{number} entries of the history make no sense and were left out",
                    number=number,
                )
            )
        return complaints

    @property
    def cut_short(self) -> bool:
        """Whether reading ended early because of damage or a failure, so that what was returned is not everything."""
        return self._cut_short

    def _open(self) -> None:
        opened = open_database(self._chosen, to_read=self._to_read)
        self._connection, self._file = opened.connection, self._file_there()
        if opened.complaint:
            self._complaints.append(opened.complaint)

    def _ready(self) -> sqlite3.Connection | None:
        """The connection; None if the history could not be opened, which is retried from time to time."""
        if self._connection is None and self._clock() - self._tried >= REOPEN_SECONDS:
            try:
                self._open()
                self._begin_anew()
            except HistoryError as problem:
                if not self._troubled:  # otherwise it was already reported
                    self._say_opened_later(problem)
            self._tried = self._clock()
        return self._connection

    def _say_opened_later(self, problem: HistoryError) -> None:
        self._complaints.append(Message(self.OPENED_LATER, problem=problem.text))
        self._troubled = True

    def _file_there(self) -> tuple[int, int] | None:
        """The device and the inode of the file in the history's place; None if there is none."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        except OSError:  # nobody knows
            return self._file
        return found.st_dev, found.st_ino

    def _begin_anew(self) -> None:
        """Called when the file is opened later than this object was created, and may be a different file."""

    def _try_at_once(self) -> None:
        """Retry opening without waiting any longer."""
        self._tried = -REOPEN_SECONDS + self._clock()

    def _in_one(self, work: Callable[[sqlite3.Connection], None]) -> bool:
        """Do all of it in one transaction, or nothing; returns whether it is on the disk."""
        if self._connection is not None and self._file_there() != self._file:
            # Somebody deleted or renamed the file; what is written into it now would be gone with it.
            self._close()
            self._try_at_once()
        connection = self._ready()
        if connection is None:
            return False
        try:
            connection.execute("BEGIN IMMEDIATE")
            work(connection)
            connection.execute("COMMIT")
        except (sqlite3.Error, UnicodeDecodeError) as problem:
            self._roll_back(connection)
            if not self._troubled:
                self._troubled = True
                self._complaints.append(
                    Message(
                        "The history cannot be saved at the moment ({problem}); {meanwhile}",
                        problem=reason(cause_of(self.path, problem)),
                        meanwhile=self.TRIED_AGAIN,
                    )
                )
            if is_damage(problem):  # opening it again sets it aside
                self._close()
                self._try_at_once()
            return False
        if self._troubled:
            self._troubled = False
            self._complaints.append(mark("The history is being saved again, including everything from the meantime"))
        return True

    def _roll_back(self, connection: sqlite3.Connection) -> None:
        if connection.in_transaction:
            with contextlib.suppress(sqlite3.Error):  # it was rolled back already, as on a full disk
                connection.execute("ROLLBACK")

    def _ask(self, question: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """The rows of a query; none if the file cannot be read any more, which becomes a complaint."""
        return list(self._each(question, values))

    def _each(self, question: str, values: tuple[Any, ...] = ()) -> Iterator[Any]:
        """Like `_ask`, but one row at a time, so that years of records are never in memory together."""
        connection = self._ready()
        if connection is None:
            return
        try:
            yield from connection.execute(question, values)
        except (sqlite3.Error, UnicodeDecodeError) as problem:
            self._cut_short = True
            complaint = Message(
                "Part of the history {path} cannot be read ({problem})",
                path=self.path,
                problem=reason(cause_of(self.path, problem)),
            )
            if complaint not in self._complaints:
                self._complaints.append(complaint)

    def _leave_out(self, table: str, key: str, good: str, within: str = "1", values: tuple[Any, ...] = ()) -> None:
        """Count the invalid rows of a table within a range; queries for rows return valid ones only."""
        rows = self._ask(
            f"SELECT {key} FROM {table} WHERE {within} AND NOT COALESCE({good}, 0) LIMIT {_MOST_LEFT_OUT}", values
        )
        self._left_out.update((table, number) for (number,) in rows)

    def close(self) -> None:
        """Close the file."""
        self._close()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def day_bounds(first: date, last: date) -> tuple[float, float, float, float]:
    """The values of `WITHIN_DAYS`, seconds since 1970: first the days in UTC, one more on either side, for the index, then the local days."""
    start, end = ((day - EPOCH).days * DAY for day in (first, last))
    return start - DAY, end + 2 * DAY, start, end + DAY
