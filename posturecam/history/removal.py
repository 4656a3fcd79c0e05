"""Deletes the whole history, with every copy and renamed file of it."""

from __future__ import annotations

import glob
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from posturecam.config.reading import reason, remedy
from posturecam.errors import HistoryError, HistoryTooNew
from posturecam.history.database import cause_of, history_path, open_database, put_aside
from posturecam.i18n.words import mark

_TABLES = ("sitting_minutes", "sitting_events", "stretch_reps", "stretch_answers", "sessions")
_COPIES = ("version-*", "damaged-*", "copying*")


@dataclass(frozen=True, slots=True)
class Deleted:
    """What was deleted."""

    minutes: int = 0
    events: int = 0
    sessions: int = 0
    """Number of stretch sessions."""
    repetitions: int = 0
    files: tuple[Path, ...] = ()
    """Copies made before updates, renamed damaged files, and the history of a newer version, whose contents are not known here."""

    @property
    def anything(self) -> bool:
        """Whether anything was deleted."""
        return any((self.minutes, self.events, self.sessions, self.repetitions, self.files))


def delete_everything(path: Path | None = None) -> Deleted:
    """Delete all minutes, events and stretch sessions, and the copies beside the file, so that nothing can be recovered from it.

    It may be called while others have the history open, from any thread; a `SittingHistory` that is recording drops what it
    has not saved yet, and continues. The empty file stays.

    Raises:
        HistoryError: if not everything could be deleted; the message says what is left.
    """
    path = path or history_path()
    deleted = Deleted()
    try:
        if path.exists():
            try:
                opened = open_database(path)  # a damaged file is set aside, and so one of the files below
            except HistoryTooNew:  # its tables are not known here
                put_aside(path)
            else:
                with closing(opened.connection):
                    deleted = _emptied(opened.connection, path)
        files = tuple(
            sorted(found for ending in _COPIES for found in path.parent.glob(f"{glob.escape(path.name)}.{ending}"))
        )
        for file in files:
            file.unlink(missing_ok=True)
    except (sqlite3.Error, OSError) as problem:
        cause = cause_of(path, problem)
        raise HistoryError(
            "Part of the history {path} could not be deleted ({problem}); {remedy}, and try again",
            path=path,
            problem=reason(cause),
            remedy=remedy(cause, mark("close posturecam everywhere")),
        ) from problem
    return Deleted(deleted.minutes, deleted.events, deleted.sessions, deleted.repetitions, files)


def _emptied(connection: sqlite3.Connection, path: Path) -> Deleted:
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("BEGIN IMMEDIATE")
    counted = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in _TABLES}
    for name in _TABLES:
        connection.execute(f"DELETE FROM {name}")
    connection.execute("UPDATE deletions SET times = times + 1")
    connection.execute("COMMIT")
    connection.execute("VACUUM")
    # What was deleted is still in the write-ahead log until that is written back and cut off.
    if connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        raise HistoryError(
            "The history {path} is empty, but traces stay in its log while another program reads it; close "
            "posturecam everywhere and try again",
            path=path,
        )
    return Deleted(counted["sitting_minutes"], counted["sitting_events"], counted["sessions"], counted["stretch_reps"])
