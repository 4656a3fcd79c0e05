"""Disks: full, locked, read-only, and odd things in a file's place."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

from fault_cases import case, part
from fault_cases.history import NINE, make, read_all

_NOBODY = 65534


@contextlib.contextmanager
def _full() -> Iterator[None]:
    """No file may grow, as on a full disk."""
    import resource

    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, most[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("CREATE TABLE IF NOT EXISTS held (x)")
        yield
        other.execute("ROLLBACK")


@contextlib.contextmanager
def _read_only(folder: Path) -> Iterator[None]:
    """For a user subject to permissions, so not root."""
    folder.mkdir(parents=True, exist_ok=True)
    root = os.getuid() == 0
    for one in (folder.parent, folder, *folder.iterdir()):
        one.chmod(0o555 if one.is_dir() else 0o444)
    if root:
        os.seteuid(_NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        for one in (folder.parent, folder, *folder.iterdir()):
            one.chmod(0o755 if one.is_dir() else 0o644)


@case("disks", "started while it cannot be written, and then it can", seeds=4)
def reopened(folder: Path, seed: int) -> str | None:
    path = folder / "home" / "history.sqlite3"
    if seed == 3:
        path.mkdir(parents=True)
    hindrance = (_full, lambda: _locked(path), lambda: _read_only(path.parent), contextlib.nullcontext)[seed]
    now = [0.0]
    spent = part("TimeCategory", "history.models")
    with hindrance():
        history = part("SittingHistory", "history.sitting")(path, patient=True, clock=lambda: now[0])
        complaints = history.complaints()
        for minute in range(5):
            history.add(NINE + 60 * minute + 55, spent("upright"), 50.0)
    if len(complaints) != 1 or "every minute" not in complaints[0]:
        return f"said: {complaints}"
    if seed == 3:
        path.rmdir()
    now[0] += 61
    history.add(NINE + 60 * 5 + 55, spent("upright"), 50.0)
    complaints = history.complaints()
    history.close()
    with part("SittingRecords", "history.records")(path, lambda: NINE) as records:
        kept = len(list(records.every_minute()))
    return (
        None
        if kept == 6 and any("saved again" in one for one in complaints)
        else f"{kept} of 6 minutes; said: {complaints}"
    )


@case("disks", "a history that can only be read, looked at and exported", seeds=4)
def looked_at(folder: Path, seed: int) -> str | None:
    path = folder / "home" / "history.sqlite3"
    make(path)
    out = folder / "out"
    out.mkdir(mode=0o777)
    out.chmod(0o777)
    if seed == 3:  # with the log of a killed program still next to it
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("UPDATE sitting_minutes SET upright = 1")
            connection.commit()
            held = {one.name: one.read_bytes() for one in path.parent.iterdir()}
        for name, content in held.items():
            if not name.endswith("-shm"):
                (path.parent / name).write_bytes(content)
    hindrances: tuple[Callable[[], AbstractContextManager[None]], ...] = (
        lambda: _read_only(path.parent),
        lambda: _locked(path),
        _full,
        lambda: _read_only(path.parent),
    )
    hindrance = hindrances[seed]
    with hindrance():
        if seed == 2:  # nothing can be written there, so it is only read
            with part("SittingRecords", "history.records")(path, lambda: NINE) as records:
                return None if len(list(records.every_minute())) == 200 else "not all minutes"
        why = read_all(path, out / "out.csv")
    if why is None and len((out / "out.csv").read_text().splitlines()) != 201:
        why = f"{len((out / 'out.csv').read_text().splitlines())} lines"
    return why


@case("disks", "a thousand damaged files set aside before")
def many_aside(folder: Path, seed: int) -> str | None:
    path = folder / "history.sqlite3"
    for number in range(1, 1100):
        (folder / f"history.sqlite3.damaged-{number}").touch()
    path.write_bytes(b"no database at all" * 1000)
    return read_all(path, folder / "out.json")


@case("disks", "a link laid out where a recording is written")
def links(folder: Path, seed: int) -> str | None:
    victim = folder / "victim"
    victim.write_text("precious")
    for name in (".mine.npz.part", "mine.npz.part"):
        (folder / name).symlink_to(victim)
    info = part("SourceInfo", "vision.frame", "frame")("a", "a", live=True)
    with part("RecordingWriter", "vision.sources.recording", "sources.recording")(
        folder / "mine.npz", info, "lite"
    ) as writer:
        writer.add(0.0, None)
    return None if victim.read_text() == "precious" else "it was followed"
