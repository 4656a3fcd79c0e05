"""Turns the contents of the engine's mailbox into signals in Qt's thread."""

from __future__ import annotations

import contextlib
import os
import sys
import weakref

from PySide6.QtCore import QCoreApplication, QObject, QSocketNotifier, Signal, Slot

from posturecam.session.protocol.mailbox import Mailbox

_AT_ONCE = 64
"""Most bytes read from the pipe at once; there is hardly ever more than one."""


class Bridge(QObject):
    """Has the mailbox for the engine. A slow window gets fewer snapshots, but every event.

    The engine wakes Qt's thread through a pipe, which takes both threads half of the time of a signal from one to the other; where Qt
    cannot wait for a pipe, on Windows and before there is an application, by a signal.
    """

    snapshot = Signal(object)
    """A `posturecam.session.protocol.messages.Snapshot`."""
    happened = Signal(object)
    """A `posturecam.session.protocol.messages.Happened`; events from before a snapshot come before it."""
    _rung = Signal()

    def __init__(self) -> None:
        super().__init__()
        if sys.platform == "win32" or QCoreApplication.instance() is None:
            self.mailbox = Mailbox(self._rung.emit)
            self._rung.connect(self._take)  # queued, as it is emitted in another thread
            return
        pipe = reading, writing = os.pipe()
        for end in pipe:
            os.set_blocking(end, False)
        self._reading = reading
        self._notifier = QSocketNotifier(reading, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._answer)

        def ring() -> None:
            with contextlib.suppress(BlockingIOError):  # so many unread bytes wake Qt's thread too
                os.write(writing, b"!")

        self.mailbox = Mailbox(ring)
        weakref.finalize(self.mailbox, _close, pipe)  # the engine's thread may outlive this object, but has the mailbox

    @Slot()
    def _answer(self) -> None:
        """Take what has come; the byte is read first, so that what comes meanwhile wakes this thread again."""
        with contextlib.suppress(BlockingIOError):
            os.read(self._reading, _AT_ONCE)
        self._take()

    @Slot()
    def _take(self) -> None:
        snapshot, happened = self.mailbox.take()
        for what in happened:
            self.happened.emit(what)
        if snapshot is not None:
            self.snapshot.emit(snapshot)


def _close(pipe: tuple[int, int]) -> None:
    for end in pipe:
        with contextlib.suppress(OSError):
            os.close(end)
