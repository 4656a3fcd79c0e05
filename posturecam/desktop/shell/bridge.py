"""Takes what the engine put into its mailbox, in Qt's thread."""

from __future__ import annotations

import contextlib
import os
import sys
import weakref
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot

from posturecam.session.protocol.mailbox import Mailbox
from posturecam.session.protocol.messages import Happened, Snapshot

_What = TypeVar("_What")
_MOST_RINGS = 64
"""Bytes read at once; the mailbox rings once until it is emptied, so a pipe never fills."""


class Bridge(QObject):
    """Give `mailbox` to the engine; a slow window then gets fewer snapshots, but every event.

    A live view passes ten snapshots a second. So the engine's thread wakes Qt's with a byte through a pipe, and what is taken is
    passed on by plain calls: Qt's signals take several times as long, above all between threads.
    """

    _rung = Signal()
    """Wakes Qt's thread on Windows, where Qt does not listen to pipes."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._show: list[Callable[[Snapshot], None]] = []
        self._tell: list[Callable[[Happened], None]] = []
        self._pipe: tuple[int, int] | None = None
        if sys.platform == "win32":
            self.mailbox = Mailbox(self._rung.emit)
            self._rung.connect(self._take)  # queued, as it is emitted in another thread
        else:
            self._pipe = os.pipe()
            for end in self._pipe:
                os.set_blocking(end, False)
                weakref.finalize(self, os.close, end).atexit = False  # until then the engine's thread may ring
            self.mailbox = Mailbox(self._ring)  # so the pipe stays open for as long as anybody can ring

    def deliver_to(self, show: Callable[[Snapshot], None], tell: Callable[[Happened], None]) -> None:
        """Call these too from now on, in Qt's thread; events from before a snapshot come before it. Needs a Qt application."""
        if self._pipe is not None and not self._show:
            QSocketNotifier(self._pipe[0], QSocketNotifier.Type.Read, self).activated.connect(self._hear)
        self._show.append(show)
        self._tell.append(tell)

    def _ring(self) -> None:
        assert self._pipe is not None
        os.write(self._pipe[1], b"\0")

    def _hear(self) -> None:
        assert self._pipe is not None
        with contextlib.suppress(BlockingIOError):
            os.read(self._pipe[0], _MOST_RINGS)
        self._take()

    @Slot()
    def _take(self) -> None:
        snapshot, happened = self.mailbox.take()
        for what in happened:
            for tell in self._tell:
                _pass_on(tell, what)
        if snapshot is not None:
            for show in self._show:
                _pass_on(show, snapshot)


def _pass_on(call: Callable[[_What], None], what: _What) -> None:
    """A mistake with one event must not keep the next ones away; it is reported like any other in Qt's thread."""
    try:
        call(what)
    except Exception:
        sys.excepthook(*sys.exc_info())
