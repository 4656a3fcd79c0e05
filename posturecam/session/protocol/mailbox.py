"""Passes the latest snapshot and all events, in order, from the engine's thread to the thread of the shell."""

from __future__ import annotations

import threading
from collections.abc import Callable

from posturecam.session.protocol.messages import Happened, Snapshot


class Mailbox:
    """One slot for a snapshot, which a newer one replaces, and a queue of events, from which nothing is dropped."""

    def __init__(self, notify: Callable[[], None] = lambda: None) -> None:
        """Create an empty mailbox.

        Args:
            notify: Called in the engine's thread, at most once between two calls of `take`, when there is something to take;
                must return at once.
        """
        self._notify = notify
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._happened: list[Happened] = []
        self._notified = False

    def show(self, snapshot: Snapshot) -> None:
        """Replace the snapshot."""
        with self._lock:
            self._snapshot = snapshot
            notified, self._notified = self._notified, True
        if not notified:
            self._notify()

    def tell(self, what: Happened) -> None:
        """Add an event."""
        with self._lock:
            self._happened.append(what)
            notified, self._notified = self._notified, True
        if not notified:
            self._notify()

    def take(self) -> tuple[Snapshot | None, list[Happened]]:
        """Take the snapshot, unless it was taken already, and all events since the last call."""
        with self._lock:
            snapshot, happened = self._snapshot, self._happened
            self._snapshot, self._happened, self._notified = None, [], False
        return snapshot, happened
