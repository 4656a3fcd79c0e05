"""Where Python looks for garbage: in Qt's thread alone."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY = 1000
"""Milliseconds between two looks at how much has gathered: a microsecond's work, and little gathers in a second."""


class GarbageCollector(QObject):
    """Frees what refers to itself in a circle, as a window and what it does when it is clicked do; create it in Qt's thread.

    Left to itself, Python looks for such circles in whichever thread makes the object that is one too many, and frees them
    there. What belongs to Qt must not be freed in another thread than its own: while that one styles or paints, the process
    crashes, or both threads wait for each other for ever. So Python's own search is off from now on, and this one goes by
    the same thresholds (https://docs.python.org/3/library/gc.html#gc.set_threshold).
    """

    def __init__(self, parent: QObject, start_after: float = 0.0) -> None:
        """Begin after so many seconds; it ends with its parent, after which nothing looks for garbage any more."""
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=_EVERY)
        self._timer.timeout.connect(self.collect)
        if start_after > 0:
            QTimer.singleShot(round(1000 * start_after), self, self._begin)
        else:
            self._begin()

    def _begin(self) -> None:
        gc.freeze()  # what the start has made stays to the end, and to look through it takes a tenth of a second
        self._timer.start()

    def collect(self) -> None:
        """Free what is garbage, if so much may have gathered that Python would look for it."""
        due = [
            number
            for number, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
            if count > most > 0
        ]
        if due:
            gc.collect(due[-1])
