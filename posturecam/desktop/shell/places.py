"""Recognizes the desk (docked, at home, on the lap) by the connected screens."""

from __future__ import annotations

import hashlib

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication, QScreen

from posturecam.session.protocol.client import SessionClient

_SETTLE_MILLISECONDS = 3000
"""Screens come one after the other while docking."""
_LETTERS = 12
"""Of the key: enough to tell the desks of a life apart, and nothing to be recognized by, as serial numbers would be."""


def place_key(screens: list[QScreen]) -> str:
    """The key of the place with these screens, in any order; empty without screens."""
    said = sorted(
        f"{one.manufacturer()}|{one.model()}|{one.serialNumber()}|{one.physicalSize().width():.0f}" for one in screens
    )
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:_LETTERS] if said else ""


class PlaceWatcher(QObject):
    """Tells the engine the current desk, now and whenever screens come and go."""

    def __init__(self, engine: SessionClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine, self._place = engine, ""
        self._timer = QTimer(self, singleShot=True, interval=_SETTLE_MILLISECONDS)
        self._timer.timeout.connect(self.look)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.screenAdded.connect(self._timer.start)
        application.screenRemoved.connect(self._timer.start)

    def look(self) -> None:
        """Check the screens now."""
        place = place_key(QGuiApplication.screens())
        if place and place != self._place:
            self._place = place
            self._engine.use_place(place)
