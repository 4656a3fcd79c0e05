"""One connection to the history whose failures are said once, and not raised."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from posturecam.history.database import open_database


class Repository:
    """Reads and writes the history; what goes wrong is a complaint, and not the end of what is being recorded.

    Used by the thread that made it; others open their own.
    """

    TRIED_AGAIN: ClassVar[str] = "it is tried again"
    """Completes what is said where nothing can be saved: what goes on meanwhile, and when it is tried again."""

    def __init__(self, path: Path | None = None) -> None:
        """Open the history, or create it.

        Args:
            path: the file; None takes the user's own.

        Raises:
            HistoryError: if it cannot be opened, or a newer posturecam made it.

        """
        opened = open_database(path)
        self.path = opened.path
        self._connection = opened.connection
        self._complaints = [opened.complaint] if opened.complaint else []
        self._troubled = False

    def complaints(self) -> list[str]:
        """What the user should know, such as that nothing can be saved; each once."""
        told, self._complaints = self._complaints, []
        return told

    def _in_one(self, work: Callable[[sqlite3.Connection], None]) -> bool:
        """Do all of it in one transaction or nothing; whether it is on the disk now."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            work(self._connection)
            self._connection.execute("COMMIT")
        except sqlite3.Error as problem:
            self._roll_back()
            if not self._troubled:
                self._troubled = True
                self._complaints.append(f"The history cannot be saved at the moment ({problem}); {self.TRIED_AGAIN}")
            return False
        if self._troubled:
            self._troubled = False
            self._complaints.append("The history is saved again, with everything since")
        return True

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            try:
                self._connection.execute("ROLLBACK")
            except sqlite3.Error:  # it was rolled back already, as on a full disk
                return

    def _ask(self, question: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """Rows; none where the file cannot be read any more, which is a complaint and not an end."""
        try:
            return self._connection.execute(question, values).fetchall()
        except sqlite3.Error as problem:
            complaint = f"The history {self.path} cannot be read ({problem})"
            if complaint not in self._complaints:
                self._complaints.append(complaint)
            return []

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
