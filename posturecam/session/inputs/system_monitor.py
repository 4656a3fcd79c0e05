"""What a session knows of the system: a thread looks now and then, as a look may hang for seconds where a service hangs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from posturecam.system import System, SystemState

_EVERY = 5.0
"""Seconds between two looks: a lock or a call is noticed soon enough, and it costs nothing to speak of."""


class Monitored(Protocol):
    """Something that knows the latest state of the system."""

    @property
    def state(self) -> SystemState:
        """As it was last seen."""

    def start(self, changed: Callable[[], None]) -> None:
        """Begin to look; `changed` is called, from any thread, when a look differs from the one before."""

    def stop(self) -> None:
        """Look no more; returns at once."""


class Unmonitored:
    """Nothing is known of the system, as where a file is watched: no lock stops it, and no meeting silences it."""

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
            system: What is looked at, in this thread only; closed at the end.
            every: Seconds between two looks.
        """
        self._system, self._every = system, every
        self._changed: Callable[[], None] = lambda: None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="posturecam system", daemon=True)
        self.state = SystemState()

    def start(self, changed: Callable[[], None]) -> None:
        """Start the thread; `changed` is called in it when a look differs from the one before."""
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
