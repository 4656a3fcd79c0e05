"""The file of the history under a test's control: its connections behave as on a full or slow disk."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from posturecam.history import repository


class HistoryFile:
    """Tracks every connection that the history opens from now on; another one can be opened at any time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.connections: list[sqlite3.Connection] = []
        real = repository.open_database

        def opened(path: Path | None = None, **options: bool):
            found = real(path, **options)
            found.connection.execute("PRAGMA synchronous = OFF")  # do not wait for the disk
            self.connections.append(found.connection)
            return found

        monkeypatch.setattr(repository, "open_database", opened)

    def fill(self) -> None:
        """Simulate a full disk: the file may not grow by a page."""
        for connection in self.connections:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages}")

    def make_room(self) -> None:
        """Simulate a disk that has space again."""
        for connection in self.connections:
            connection.execute("PRAGMA max_page_count = 1000000")
