"""The history: damaged files, nonsensical values, and very large ones."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import stat
import threading
import time
from contextlib import closing, suppress
from datetime import date
from pathlib import Path

from fault_cases import case, part, refused_well
from fault_cases.damage import damaged

NINE = 1_795_000_020.0
"""A moment in November 2026, seconds since 1970."""
_STRANGE = (
    -9e9,
    9e18,
    float("inf"),
    float("-inf"),
    float("nan"),
    -1,
    1e-300,
    86_400 * 400,
    "text",
    b"\xff\xfe",
    None,
    2**62,
)


def make(path: Path, minutes: int = 200) -> None:
    """A small history with something in every table."""
    sitting, stretches = part("SittingHistory", "history.sitting"), part("StretchHistory", "history.stretches")
    models = ("history.models", "history.kept")
    kind, spent = (
        part("EventKind", *models),
        part("TimeCategory", "history.models") if _new() else part("Spent", *models),
    )
    with sitting(path) as history:
        for minute in range(minutes):
            history.add(NINE + 60 * minute + 55, spent("upright"), 50.0)
        for number in range(10):
            history.event(NINE + 60 * number, kind("answer"), answer="fine")
    with stretches(path, lambda: NINE) as history:
        session = history.begin("Fold", "Logitech")
        history.end(session)


def _new() -> bool:
    try:
        part("export_from", "history.export", "history.everything")
    except ImportError:
        return False
    return True


def read_all(path: Path, out: Path) -> str | None:
    """Read all of it as the history page and the export do; returns what failed."""
    records_of, stretches_of = part("SittingRecords", "history.records"), part("StretchHistory", "history.stretches")
    to_read = {"to_read": True} if _new() else {}
    try:
        with records_of(path, lambda: NINE) as records, stretches_of(path, lambda: NINE, **to_read) as stretches:
            records.begun()
            records.period(date(2026, 11, 1), date(2026, 11, 30))
            records.alerts(date(2026, 11, 1), date(2026, 11, 30))
            records.depths()
            stretches.answers()
            sessions = stretches.sessions()
            complaints = [*records.complaints(), *stretches.complaints()]
            if _new():
                part("export_everything", "history.export", "history.everything")(records, stretches, out)
            else:
                everything = part("read_everything", "history.export", "history.everything")(records, stretches)
                part("export_everything", "history.export", "history.everything")(everything, out)
            part("as_csv", "history.stretch_export", "history.export")(sessions)
    except Exception as problem:
        return refused_well(problem)
    return next((f"a complaint of {len(one)} characters" for one in complaints if len(one) > 700), None)


_template: dict[str, bytes] = {}


def _made(path: Path) -> None:
    if not _template:
        make(path)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("PRAGMA journal_mode = DELETE")
        _template["history"] = path.read_bytes()
    path.write_bytes(_template["history"])


@case("history", "files, fuzzed", fuzzed=True)
def fuzzed_files(folder: Path, seed: int) -> str | None:
    path = folder / "history.sqlite3"
    _made(path)
    content = path.read_bytes()
    if seed % 3 == 0:  # within the schema
        content = damaged(content[:4096], seed)[:4096].ljust(4096, b"\0") + content[4096:]
    else:
        content = damaged(content, seed)
    path.write_bytes(content)
    return read_all(path, folder / ("out.json" if seed % 2 else "out.csv"))


@case("history", "a byte in the schema that is no text", seeds=40)
def no_text_in_schema(folder: Path, seed: int) -> str | None:
    path = folder / "history.sqlite3"
    _made(path)
    content = bytearray(path.read_bytes())
    names = [at for at in range(100, 4096) if content[at : at + 1].isalpha()]
    content[random.Random(seed).choice(names)] = 0xFF
    path.write_bytes(content)
    return read_all(path, folder / "out.json")


@case("history", "values that make no sense", fuzzed=True)
def strange_values(folder: Path, seed: int) -> str | None:
    random_ = random.Random(seed)
    path = folder / "history.sqlite3"
    _made(path)
    with closing(sqlite3.connect(path)) as connection:
        if seed % 2:  # as from another program, whose tables check no types
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute("UPDATE sqlite_schema SET sql = replace(replace(sql, ') STRICT', ')'), 'NOT NULL', '')")
            connection.commit()
            connection.execute("PRAGMA writable_schema = RESET")
        for _ in range(random_.choice((1, 3))):
            table = random_.choice(("sitting_minutes", "sitting_events", "sessions", "stretch_answers"))
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            with suppress(sqlite3.Error, OverflowError):
                connection.execute(
                    f"UPDATE OR IGNORE {table} SET {random_.choice(columns)} = ? "
                    f"WHERE rowid IN (SELECT rowid FROM {table} ORDER BY rowid LIMIT 1 OFFSET {random_.randrange(3)})",
                    (random_.choice(_STRANGE),),
                )
            with suppress(sqlite3.Error):
                details = random_.choice(
                    ('{"answer": 1e999}', '{"answer": [1]}', "[" * 5000, '{"answer": "\\ud800"}', "no JSON")
                )
                connection.execute("UPDATE sitting_events SET details = ? WHERE id = 1", (details,))
            with suppress(sqlite3.Error):
                values = random_.choice(
                    (("up", "front", 1.0, 1.0), ("left", "above", 1.0, 1.0), (None, "front", float("inf"), -5.0))
                )
                connection.execute(
                    "INSERT INTO stretch_reps (session, step, exercise, side, view, rep, t, seen, unseen, counted, depth, depth_measure, "
                    "depth_unit, faults, pieces) SELECT id, 0, 'fold', ?, ?, 1, ?, ?, 0, 1, 9e99, 'x', '°', '', 1 FROM sessions",
                    values,
                )
        connection.commit()
    return read_all(path, folder / ("out.csv" if seed % 2 else "out.json"))


def fill(path: Path, years: float) -> int:
    """Eight hours of minutes a day and a few events, for this long; returns the number of minutes."""
    make(path, 10)
    evidence = json.dumps({"version": 1, "filler": "x" * 1500})
    minutes = 0
    with closing(sqlite3.connect(path)) as connection:
        for day in range(round(365 * years)):
            first = int(NINE // 60) - 1440 * (day + 1)
            rows = [(first + minute, 3600.0, 40.0, 5.0, 5.0, 1.0, 2.0, 3.0, 0.0, 0.0) for minute in range(480)]
            connection.executemany(f"INSERT OR REPLACE INTO sitting_minutes VALUES ({', '.join('?' * 10)})", rows)
            events = [
                (60.0 * (first + 40 * number), 3600.0, "answer", '{"answer": "fine"}', evidence) for number in range(10)
            ]
            connection.executemany(
                "INSERT INTO sitting_events (at, utc_offset, kind, details, evidence) VALUES (?, ?, ?, ?, ?)", events
            )
            minutes += len(rows)
        connection.commit()
    return minutes


@case("history", "five years exported", seeds=2, most_bytes=300_000_000)
def five_years(folder: Path, seed: int) -> str | None:
    """Alongside, a thread wants to run every 5 ms: its delay stands for a window's response time.

    The worst one in a hundred is left out: on a busy machine any thread has to wait at times.
    """
    path, out = folder / "history.sqlite3", folder / ("out.json", "out.csv")[seed]
    minutes = fill(path, 5)
    late, over = list[float](), threading.Event()

    def tick() -> None:
        while not over.is_set():
            began = time.monotonic()
            time.sleep(0.005)
            late.append(time.monotonic() - began - 0.005)

    shares: list[float] = []

    def progress(share: float) -> bool:
        shares.append(share)
        return True

    ticking = threading.Thread(target=tick)
    ticking.start()
    try:
        exported = part("export_from", "history.export", "history.everything")(out, path, progress)
    finally:
        over.set()
        ticking.join()
    if exported.minutes < minutes:
        return f"{exported.minutes} of {minutes} minutes"
    if shares != sorted(shares) or len(shares) < 100:
        return f"{len(shares)} steps of progress, from {shares[:1]} to {shares[-1:]}"
    late.sort()
    usually = late[int(0.99 * len(late))]
    return None if usually <= 0.1 else f"another thread waited {usually:.3f} s, {late[-1]:.3f} s at most"


@case("history", "five years looked at", most_bytes=300_000_000)
def five_years_looked_at(folder: Path, seed: int) -> str | None:
    os.environ["POSTURECAM_HOME"] = str(folder)
    fill(folder / "history.sqlite3", 5)
    read = part("read", "desktop.pages.history.queries")
    span = part("PeriodLength", "desktop.pages.history.queries").MONTH
    began = time.monotonic()
    read(lambda: NINE, span, None, None)
    taken = time.monotonic() - began
    return None if taken < 1.0 else f"it took {taken:.2f} s"


@case("history", "who can read what is kept")
def private(folder: Path, seed: int) -> str | None:
    """With a umask that allows everything, and files that 0.1.0 left open."""
    if os.name == "nt":
        return None
    home = folder / "home"
    os.environ["POSTURECAM_HOME"] = str(home)
    before = os.umask(0)
    try:
        path = home / "history.sqlite3"
        for round_ in range(2):
            make(None)  # type: ignore[arg-type]
            part("export_from", "history.export", "history.everything")(home / "out.csv")
            part("change_settings", "config.settings_file")({"desktop.theme": "dark"})
            writer = part("RecordingWriter", "vision.sources.recording")
            with writer(
                home / "mine.npz", part("SourceInfo", "vision.frame")("a", "a", live=True), "lite"
            ) as recording:
                recording.add(0.0, None)
                open_now = [one for one in home.iterdir() if one.stat().st_mode & 0o077]
            open_now += [one for one in (home, *home.iterdir()) if stat.S_IMODE(one.stat().st_mode) & 0o077]
            if open_now:
                return f"round {round_}: others may read {', '.join(sorted({one.name for one in open_now}))}"
            for one in (path, path.with_name("history.sqlite3.damaged-1"), path.with_name("history.sqlite3.version-1")):
                one.touch()
                one.chmod(0o644)
    finally:
        os.umask(before)
    return None
