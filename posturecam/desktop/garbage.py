"""Runs Python's garbage collection in Qt's thread only."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY = 1000
"""Milliseconds between two checks of how much has accumulated: they take a microsecond, and little accumulates in a
second."""


class GarbageCollector(QObject):
    """Frees reference cycles, such as those between a window and its click handlers; create it in Qt's thread.

    By default, Python collects cycles in whichever thread allocates one object too many, and frees them there. Qt's
    objects must not be freed in a thread other than their own: while that thread styles or paints, the process crashes,
    or both threads wait for each other forever. So Python's own collection is off from now on, and this one uses the
    same thresholds (https://docs.python.org/3/library/gc.html#gc.set_threshold).
    """

    def __init__(self, parent: QObject, start_after: float = 0.0) -> None:
        """Begin after this many seconds; it ends with its parent, after which no garbage is collected any more."""
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=_EVERY)
        self._timer.timeout.connect(self.collect)
        if start_after > 0:
            QTimer.singleShot(round(1000 * start_after), self, self._begin)
        else:
            self._begin()

    def _begin(self) -> None:
        gc.freeze()  # what the start has created stays to the end, and scanning it takes a tenth of a second
        self._timer.start()

    def collect(self) -> None:
        """Free garbage, if so much may have accumulated that Python would collect it."""
        due = [
            number
            for number, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
            if count > most > 0
        ]
        if due:
            gc.collect(due[-1])
