"""A thread that looks at the system now and then, as a look may hang for seconds where a service hangs."""

from __future__ import annotations

import threading
from collections.abc import Callable

from posturecam.system import System, SystemState

_EVERY = 5.0
"""Seconds between two looks: a lock or a call is noticed soon enough, and it costs nothing to speak of."""


class SystemMonitor:
    """Keeps the latest state of the system."""

    def __init__(self, system: System, changed: Callable[[], None], every: float = _EVERY) -> None:
        """Create it; the thread is not started yet.

        Args:
            system: What is looked at, in this thread only; closed at the end.
            changed: Called in its thread when a look differs from the one before.
            every: Seconds between two looks.
        """
        self._system, self._changed, self._every = system, changed, every
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="posturecam system", daemon=True)
        self.state = SystemState()

    def start(self) -> None:
        """Start the thread."""
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
