"""Turns the contents of the engine's mailbox into signals in Qt's thread."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from posturecam.session.protocol.mailbox import Mailbox


class Bridge(QObject):
    """Has the mailbox for the engine. A slow window gets fewer snapshots, but every event."""

    snapshot = Signal(object)
    """A `posturecam.session.protocol.messages.Snapshot`."""
    happened = Signal(object)
    """A `posturecam.session.protocol.messages.Happened`; events from before a snapshot come before it."""
    _rung = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mailbox = Mailbox(self._rung.emit)
        self._rung.connect(self._take)  # queued, as it is emitted in another thread

    @Slot()
    def _take(self) -> None:
        snapshot, happened = self.mailbox.take()
        for what in happened:
            self.happened.emit(what)
        if snapshot is not None:
            self.snapshot.emit(snapshot)
