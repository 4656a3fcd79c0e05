"""Watches the state of the system for a session, in a thread, since reading it may hang for seconds when a service hangs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from posturecam.system import System, SystemState

_EVERY = 5.0
"""Seconds between two readings: often enough to notice a lock or a call, at negligible cost."""


class Monitored(Protocol):
    """Something that knows the latest state of the system."""

    @property
    def state(self) -> SystemState:
        """The latest state."""

    def start(self, changed: Callable[[], None]) -> None:
        """Start reading; `changed` is called, from any thread, when a reading differs from the one before."""

    def stop(self) -> None:
        """Stop reading; returns at once."""


class Unmonitored:
    """Knows nothing of the system. Used for files: no lock stops them, and no meeting silences them."""

    state = SystemState()

    def start(self, changed: Callable[[], None]) -> None:
        """Do nothing."""

    def stop(self) -> None:
        """Do nothing."""


class SystemMonitor:
    """Keeps the latest state of the system."""

    def __init__(self, system: System, every: float = _EVERY) -> None:
        """Create it; the thread is not started yet.

        Args:
            system: The system to read, in this thread only; closed at the end.
            every: Seconds between two readings.
        """
        self._system, self._every = system, every
        self._changed: Callable[[], None] = lambda: None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="posturecam system", daemon=True)
        self.state = SystemState()

    def start(self, changed: Callable[[], None]) -> None:
        """Start the thread; it calls `changed` when a reading differs from the one before."""
        self._changed = changed
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end, without waiting for a reading that hangs."""
        self._ending.set()

    def _run(self) -> None:
        while not self._ending.is_set():
            before, self.state = self.state, self._system.look()
            if self.state != before:
                self._changed()
            self._ending.wait(self._every)
        self._system.close()
