"""The history's database: one SQLite file that survives a kill, a full disk, an update and damage.

Every change is one transaction in write-ahead mode, on the disk before the call returns: killing the program loses nothing
that was recorded. The schema's number is `PRAGMA user_version`; before a newer program changes an older file it makes a copy
beside it. A damaged file is set aside, never deleted. Stretching has its sessions, sitting its minutes and events.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from posturecam.config.files import home
from posturecam.errors import HistoryError

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE sessions (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,                -- 'stretch'; monitoring will have its own
        began REAL NOT NULL,               -- seconds since 1970, UTC
        utc_offset REAL NOT NULL,          -- of the local clock when it began, seconds: which day it was
        ended REAL,                        -- likewise; null while it runs, and after a kill
        source TEXT NOT NULL,              -- the camera's name
        title TEXT NOT NULL,               -- the routine or the exercise
        version TEXT NOT NULL              -- of posturecam
    ) STRICT;
    CREATE INDEX sessions_by_time ON sessions (kind, began);
    CREATE TABLE stretch_reps (
        id INTEGER PRIMARY KEY,
        session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
        step INTEGER NOT NULL,             -- which exercise of the session, from 0
        exercise TEXT NOT NULL,            -- with its variant: 'thoracic_stretch/bent_knees'
        side TEXT,                         -- 'left', 'right' or null
        view TEXT NOT NULL,
        rep INTEGER NOT NULL,
        t REAL NOT NULL,                   -- when its hold began, seconds on the source's clock
        seen REAL NOT NULL,                -- seconds
        unseen REAL NOT NULL,
        counted INTEGER NOT NULL,
        depth REAL,
        depth_measure TEXT,
        depth_unit TEXT,
        level INTEGER,
        faults TEXT NOT NULL,              -- separated by spaces, in order
        pieces INTEGER NOT NULL,
        lacking TEXT
    ) STRICT;
    CREATE INDEX stretch_reps_by_exercise ON stretch_reps (exercise, side, view);
    CREATE UNIQUE INDEX stretch_reps_once ON stretch_reps (session, step, COALESCE(side, ''), rep);
    CREATE TABLE stretch_answers (
        session INTEGER PRIMARY KEY REFERENCES sessions ON DELETE CASCADE,
        troubled INTEGER NOT NULL,         -- pain, numbness or dizziness before
        before INTEGER,                    -- pain, 0 to 10
        after INTEGER,                     -- 0 to 10
        skipped TEXT NOT NULL              -- exercises left out for an answer, separated by spaces
    ) STRICT;
    """,
    """
    CREATE TABLE sitting_minutes (
        minute INTEGER PRIMARY KEY,        -- since 1970, UTC
        utc_offset REAL NOT NULL,          -- of the local clock then, seconds: which day and hour it was
        upright REAL NOT NULL,             -- seconds of each kind, together at most 60
        drifting REAL NOT NULL,
        slouching REAL NOT NULL,
        recovering REAL NOT NULL,
        unknown REAL NOT NULL,
        away REAL NOT NULL,
        paused REAL NOT NULL,
        off REAL NOT NULL
    ) STRICT;
    CREATE TABLE sitting_events (
        id INTEGER PRIMARY KEY,            -- in the order in which they happened, whatever the clock said
        at REAL NOT NULL,                  -- seconds since 1970, UTC
        utc_offset REAL NOT NULL,
        kind TEXT NOT NULL,
        details TEXT NOT NULL,             -- a JSON object, by kind
        evidence TEXT                      -- JSON: what an alert saw, no picture
    ) STRICT;
    CREATE INDEX sitting_events_by_time ON sitting_events (at);
    CREATE TABLE deletions (
        times INTEGER NOT NULL             -- how often everything was deleted: who recorded before then forgets it too
    ) STRICT;
    INSERT INTO deletions (times) VALUES (0);
    """,
)
"""The schema, step by step: step n brings a file of version n to version n + 1. Steps are never changed, only added."""

_BUSY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Opened:
    """An open database, and what there is to say about opening it."""

    connection: sqlite3.Connection
    path: Path
    complaint: str | None = None
    """A damaged file was set aside; one line for the user."""


def history_path() -> Path:
    """The history's file; it need not exist."""
    return home() / "history.sqlite3"


def open_database(path: Path | None = None, migrations: tuple[str, ...] = MIGRATIONS) -> Opened:
    """Open the history, create it, or bring it up to date.

    Raises:
        HistoryError: if it cannot be opened or written, or a newer posturecam made it.
    """
    path = path or history_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return Opened(_ready(path, migrations), path)
        except sqlite3.DatabaseError as damage:
            if not _is_damage(damage):
                raise
            aside = _set_aside(path)
            complaint = f"The history was damaged ({_short(damage)}) and is now {aside}; a new one was begun"
            return Opened(_ready(path, migrations), path, complaint)
    except (sqlite3.Error, OSError) as problem:
        raise HistoryError(
            f"The history {path} cannot be opened ({_short(problem)}); free some room, or choose another folder with POSTURECAM_HOME"
        ) from problem


def _ready(path: Path, migrations: tuple[str, ...]) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL").fetchone()  # refused on some network drives, which is no harm
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        checked = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if checked != "ok":
            raise sqlite3.DatabaseError(f"malformed: {checked}")
        _migrate(connection, path, migrations)
    except BaseException:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection, path: Path, migrations: tuple[str, ...]) -> None:
    if _version(connection, path, migrations) == len(migrations):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection, path, migrations)  # once more: another process may just have done it
        if 0 < version < len(migrations):
            _back_up(path, version)
        for number, step in enumerate(migrations[version:], version + 1):
            for statement in _statements(step):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection, path: Path, migrations: tuple[str, ...]) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(migrations):
        raise HistoryError(
            f"The history {path} was made by a newer posturecam (version {version}, this one knows {len(migrations)}); "
            "run: pip install --upgrade posturecam"
        )
    return version


def _statements(script: str) -> Iterator[str]:
    """A script's statements: `executescript` would end the transaction that all of them share."""
    statement = ""
    for piece in re.split("(?<=;)", script):
        statement += piece
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement


def _back_up(path: Path, version: int) -> None:
    """A copy of the whole file as it was, beside it; an earlier copy of that version is replaced."""
    copy, half = path.with_name(f"{path.name}.version-{version}"), path.with_name(f"{path.name}.copying")
    half.unlink(missing_ok=True)
    # The connection that is about to write cannot be copied from itself; another one sees the file as it was.
    with closing(sqlite3.connect(path)) as before, closing(sqlite3.connect(half)) as target:
        before.backup(target)
    half.replace(copy)


def _set_aside(path: Path) -> Path:
    numbered = (path.with_name(f"{path.name}.damaged-{number}") for number in range(1, 1000))
    aside = next(candidate for candidate in numbered if not candidate.exists())
    for ending in ("", "-wal", "-shm"):  # what was not yet in the file itself belongs to it
        part = path.with_name(path.name + ending)
        if part.exists():
            part.replace(aside.with_name(aside.name + ending))
    return aside


def _is_damage(problem: sqlite3.DatabaseError) -> bool:
    code = getattr(problem, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    return primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or "malformed" in str(problem)


def _short(problem: Exception) -> str:
    return getattr(problem, "strerror", None) or " ".join(str(problem).split()) or type(problem).__name__
