"""The engine of the app: a session that runs in a thread of its own."""

from __future__ import annotations

import threading
from datetime import datetime

from posturecam.session.runner import Session


class Engine(Session):
    """A session in a thread."""

    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self._run, name="posturecam engine", daemon=True)
        self._thread.start()

    def join(self, seconds: float | None = None) -> bool:
        """Wait at most this many seconds for the end; returns whether the thread has ended or never started.

        Raises:
            RuntimeError: if it was not started.
        """
        if self._thread is None:
            raise RuntimeError("the engine was not started")
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def pause(self, until: datetime | None = None, *, setup: bool = False, kept: bool = False) -> None:
        """Release the camera until then, or until `resume`."""
        super().pause(until, setup=setup, kept=kept)
        self._let_camera_go()

    def quit(self) -> None:
        """Release everything and end."""
        super().quit()
        self._let_camera_go()

    def _run(self) -> None:
        for seconds in self.steps():
            if seconds:
                self.commands.wait(seconds)

    def _let_camera_go(self) -> None:
        """Release the camera now, not with its next picture; in a separate thread, since a driver may be slow."""
        source = self._source
        if source is not None and threading.current_thread() is not self._thread:
            threading.Thread(target=source.close, name="posturecam release", daemon=True).start()
