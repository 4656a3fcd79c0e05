"""The history's database: one SQLite file that survives a kill, a full disk, an update and damage.

Every change is one transaction in write-ahead mode, on the disk before the call returns: killing the program loses nothing
that was recorded. The schema's number is `PRAGMA user_version`; before a newer program changes an older file it makes a copy
beside it. A damaged file is renamed, never deleted; another program's database is refused and left as it is. The file, its log and its copies are for their owner alone. It holds
stretch sessions, and the minutes and events of sitting.
"""

from __future__ import annotations

import errno
import glob
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from posturecam.config.files import NO_HOME, free_name, kept_file, make_private, private_home, tighten
from posturecam.config.reading import explained, is_folder, is_in_use, is_ordinary, reason, remedy
from posturecam.errors import HistoryError, HistoryTooNew
from posturecam.i18n.message import Message
from posturecam.i18n.words import mark

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
    """
    -- Reasons become codes. Words that were kept in a language stay as they are, under "said".
    UPDATE sitting_events SET details = json_set(details, '$.reason', CASE json_extract(details, '$.reason')
        WHEN 'as you wished' THEN 'user' ELSE 'schedule' END)
        WHERE kind = 'paused' AND json_valid(details)
        AND json_extract(details, '$.reason') IN ('as you wished', 'outside the hours you set');
    UPDATE sitting_events SET details = json_set(details, '$.reason',
        json_object('code', 'camera_moved', 'text', json_extract(details, '$.reason')))
        WHERE kind = 'baseline_outdated' AND json_valid(details) AND json_type(details, '$.reason') = 'text';
    UPDATE sitting_events SET details = json_remove(json_set(details, '$.said', json_extract(details, '$.reason')), '$.reason')
        WHERE kind = 'break_offered' AND json_valid(details) AND json_type(details, '$.reason') = 'text';
    UPDATE stretch_reps SET lacking = CASE lacking
        WHEN 'the pose was left before the time was full' THEN 'left_early'
        WHEN 'it ended before the time was full' THEN 'ended_early'
        WHEN 'the release was not seen' THEN 'release_unseen' END
        WHERE lacking IS NOT NULL;
    """,
    """
    -- How far down the leg the fingertips were kept: 1 is the knee, 2 the ankle; null where it is not told, or was not kept yet.
    ALTER TABLE stretch_reps ADD COLUMN reach REAL;
    """,
)
"""The schema, step by step: step n brings a file of version n to version n + 1. Steps are never changed, only added."""

BUSY_SECONDS = 5.0
"""How long to wait for another process that is writing."""
_PARTS = ("", "-wal", "-shm")
"""Suffixes of a database's files: the file itself, its write-ahead log, and that log's index."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An open database, and any problem in opening it."""

    connection: sqlite3.Connection
    complaint: Message | None = None
    """A damaged file was renamed; one line for the user."""


def history_path() -> Path:
    """The history's file; it need not exist."""
    return kept_file("history.sqlite3")


def open_database(
    path: Path | None = None, migrations: tuple[str, ...] = MIGRATIONS, *, to_read: bool = False
) -> Opened:
    """Open the history, create it, or bring it up to date.

    Args:
        path: The file; None takes the user's own.
        migrations: The schema.
        to_read: Open for reading only, which also works where the file cannot be written (read-only, full, locked).

    Raises:
        HistoryTooNew: if a newer posturecam made it.
        HistoryError: if it cannot be opened, or written, or is another program's database.
    """
    chosen = path or history_path()
    with explained(lambda problem: _cannot_be_opened(chosen, problem)):
        try:
            return _open(chosen, migrations, own=path is None, check=not to_read)
        except (sqlite3.Error, OSError):
            connection = _open_to_read(chosen, migrations) if to_read and is_ordinary(chosen) else None
            if connection is None:
                raise
            return Opened(connection)


def _open(path: Path, migrations: tuple[str, ...], *, own: bool, check: bool) -> Opened:
    if own:
        private_home()
    make_private(path.parent)
    _make_private_file(path)
    try:
        return Opened(_ready(path, migrations, check=check))
    except (sqlite3.DatabaseError, UnicodeDecodeError) as damage:
        if not is_damage(damage):
            raise
        why = reason(damage)
    aside = put_aside(path)
    _make_private_file(path)
    complaint = Message(
        "The history was damaged ({problem}) and was renamed to {path}; a new one was started", problem=why, path=aside
    )
    return Opened(_ready(path, migrations), complaint)


def _cannot_be_opened(path: Path, problem: Exception) -> HistoryError:
    if NO_HOME in path.parents:
        return HistoryError(
            "There is no history because you have no home folder (HOME is not set); choose a folder with POSTURECAM_HOME"
        )
    if is_folder(path):
        return HistoryError(
            "The history {path} cannot be opened: a folder is in its place; move or rename it", path=path
        )
    if is_in_use(problem):
        return HistoryError(
            "The history {path} cannot be opened because another program is using it; close that program", path=path
        )
    cause = cause_of(path, problem)
    return HistoryError(
        "The history {path} cannot be opened ({problem}); {remedy}, or choose another folder with POSTURECAM_HOME",
        path=path,
        problem=reason(cause),
        remedy=remedy(cause),
    )


_SMALLEST_GROWTH = 4096
"""By how much the history grows at least: a page of SQLite, bytes."""
_INDEX_OF_LOG = 32768
"""The file beside the log that all who have the history open share; SQLite makes it whole when it opens the history, bytes."""


def cause_of(path: Path, problem: Exception) -> Exception:
    """The system's own error, such as a full disk or a limit on the size of files, where SQLite only says that a file failed."""
    if (getattr(problem, "sqlite_errorcode", None) or 0) & 0xFF not in (
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
    ):
        return problem
    try:
        os.close(os.open(path, os.O_RDWR))
        with tempfile.TemporaryFile(dir=path.parent) as file:  # as SQLite does for its log
            file.write(bytes(_INDEX_OF_LOG))  # bytes that are there, as a longer file without contents takes no room
            file.truncate(path.stat().st_size + _SMALLEST_GROWTH)
    except OSError as cause:
        return cause
    return problem


def _make_private_file(path: Path) -> None:
    """Make the file, empty, before SQLite does, which would leave it to the umask; its log is then made alike.

    The permissions of files that 0.1.0 made, copies included, are tightened.
    """
    if is_folder(path):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not path.exists():
        with suppress(FileExistsError):  # a link that leads to a file yet to be made
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    for part in [path, *path.parent.glob(f"{glob.escape(path.name)}[.-]*")]:
        tighten(part)


def _open_to_read(path: Path, migrations: tuple[str, ...]) -> sqlite3.Connection | None:
    """Open the history for reading where nothing can be written; None if that fails.

    SQLite needs write access to the folder of the log, or an existing log. Otherwise, a file with an empty log is opened
    as immutable, and one with entries in its log is copied with the log to the system's temporary folder.
    """
    place = path.absolute().as_uri()
    log = path.with_name(f"{path.name}-wal")
    with suppress(OSError):
        for question in ("mode=ro", "mode=ro&immutable=1"):
            if "immutable" in question and log.exists() and log.stat().st_size > 0:
                break
            connection = _readable(path, f"{place}?{question}", migrations)
            if connection is not None:
                return connection
        with tempfile.TemporaryDirectory(prefix="posturecam-") as folder:
            for part in (path, log):
                if part.exists():
                    shutil.copyfile(part, Path(folder) / part.name)
            copied = _readable(path, (Path(folder) / path.name).as_uri(), migrations)
            if copied is None:
                return None
            with closing(copied):
                return _in_memory(copied)
    return None


def _in_memory(connection: sqlite3.Connection) -> sqlite3.Connection:
    """A copy of the whole history in memory."""
    whole = sqlite3.connect(":memory:", isolation_level=None)
    whole.text_factory = _text
    connection.backup(whole)
    return whole


def _readable(path: Path, uri: str, migrations: tuple[str, ...]) -> sqlite3.Connection | None:
    try:
        connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    except sqlite3.Error:
        return None
    try:
        connection.text_factory = _text
        _refuse_foreign(connection, path, migrations)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == len(migrations):
            return connection
        if 0 < version < len(migrations):
            # Made by an older posturecam: brought up to date in memory, since the file cannot be.
            with closing(connection):
                whole = _in_memory(connection)
            _advance(whole, version, migrations)
            return whole
    except (sqlite3.Error, UnicodeDecodeError):
        pass
    connection.close()
    return None


def _ready(path: Path, migrations: tuple[str, ...], *, check: bool = True) -> sqlite3.Connection:
    """Open it, whole and up to date; a full check of five years takes half a second, too long for some readers."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        connection.text_factory = _text
        _refuse_foreign(connection, path, migrations)
        connection.execute("PRAGMA journal_mode = WAL").fetchone()  # refused on some network drives, which is harmless
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        if check and connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise _damage(mark("parts of it cannot be read"))
        _migrate(connection, path, migrations)
        lacking = _expected(migrations) - _columns(connection)
        if lacking:
            raise _damage(mark("parts of it are missing"))
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_foreign(connection: sqlite3.Connection, path: Path, migrations: tuple[str, ...]) -> None:
    """Refuse another program's database before anything in it is changed.

    A database is foreign if fewer than half of its columns are a history's. The version cannot tell, as it is 0 in most databases,
    and any number in the others; nor can the names of tables, as many programs have one called `sessions`.

    Raises:
        HistoryError: if it is another program's.
        sqlite3.DatabaseError: if it is a history without its version.
    """
    columns = _columns(connection)
    if 2 * len(columns & _expected(migrations)) < len(columns):
        raise HistoryError(
            "The history {path} cannot be opened: another program's database is in its place; move or rename it",
            path=path,
        )
    # Read after the columns: another process that is creating the history commits both at once.
    if columns and connection.execute("PRAGMA user_version").fetchone()[0] == 0:
        raise _damage(mark("parts of it are missing"))


def _columns(connection: sqlite3.Connection) -> frozenset[tuple[str, str]]:
    """Every column in the file, with its table."""
    return frozenset(
        connection.execute(
            "SELECT tables.name, columns.name FROM sqlite_schema AS tables JOIN pragma_table_info(tables.name) AS columns "
            "WHERE tables.type = 'table'"
        )
    )


@lru_cache(maxsize=8)
def _expected(migrations: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    """Every column that a history must have. A damaged byte in the schema is not found by SQLite's own checks."""
    with closing(sqlite3.connect(":memory:")) as fresh:
        for step in migrations:
            fresh.executescript(step)
        return _columns(fresh)


def _text(content: bytes) -> str:
    """Decode a text, replacing damaged bytes, so that one damaged text does not hide the other rows."""
    return content.decode("utf-8", "replace")


def _migrate(connection: sqlite3.Connection, path: Path, migrations: tuple[str, ...]) -> None:
    if _version(connection, path, migrations) == len(migrations):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection, path, migrations)  # check again: another process may have migrated it meanwhile
        if 0 < version < len(migrations):
            _back_up(path, version)
        _advance(connection, version, migrations)
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _advance(connection: sqlite3.Connection, version: int, migrations: tuple[str, ...]) -> None:
    """Apply the migrations from this version of the schema on."""
    for number, step in enumerate(migrations[version:], version + 1):
        for statement in _statements(step):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")


def _version(connection: sqlite3.Connection, path: Path, migrations: tuple[str, ...]) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(migrations):
        raise HistoryTooNew(
            "The history {path} was made by a newer posturecam (history version {version}; this one reads {known}); "
            "install the newer one",
            path=path,
            version=version,
            known=len(migrations),
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
    descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.copying-", dir=path.parent)
    os.close(descriptor)
    half = Path(name)
    try:
        # The connection that is about to write cannot be copied from itself; another one sees the file as it was.
        with closing(sqlite3.connect(path)) as before, closing(sqlite3.connect(half)) as target:
            before.backup(target)
        half.replace(path.with_name(f"{path.name}.version-{version}"))
    finally:
        for ending in (*_PARTS, "-journal"):  # SQLite leaves its journal behind if the disk was full
            half.with_name(half.name + ending).unlink(missing_ok=True)


def put_aside(path: Path) -> Path:
    """Rename the history and its log to an unused name beside them, which is returned.

    Raises:
        OSError: if that cannot be done.
    """
    aside = free_name(path, "damaged")
    for ending in _PARTS:  # what was not yet in the file itself belongs to it
        part = path.with_name(path.name + ending)
        if part.exists():
            part.replace(aside.with_name(aside.name + ending))
    return aside


def _damage(what: str) -> sqlite3.DatabaseError:
    """An error for damage that was found here, as SQLite itself reports it, in words for people."""
    error = sqlite3.DatabaseError(Message(what))
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def is_damage(problem: Exception) -> bool:
    """Whether the file itself is damaged, as opposed to a temporary problem: locked, full, read-only."""
    if isinstance(problem, UnicodeDecodeError):  # a name in the schema
        return True
    code = getattr(problem, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    damaged = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    return primary in damaged or any(one in str(problem) for one in ("malformed", "decode to UTF-8"))
