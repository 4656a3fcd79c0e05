"""Recognizes the desk (docked, at home, on the lap) by the connected screens."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QScreen

from posturecam.history.baselines import name_place, place_key, place_names
from posturecam.session.protocol.client import SessionClient

_SETTLE_MILLISECONDS = 3000
"""Screens come one after the other while docking."""


def key_of(screens: list[QScreen]) -> str:
    """The key of the place with these screens, in any order; empty without screens."""
    said = sorted(
        f"{one.manufacturer()}|{one.model()}|{one.serialNumber()}|{one.physicalSize().width():.0f}" for one in screens
    )
    return place_key("\n".join(said)) if said else ""


class PlaceWatcher(QObject):
    """Tells the engine the current desk, now and whenever screens come and go, and knows the names of desks."""

    moved = Signal()
    """The computer stands at another desk."""

    def __init__(self, client: SessionClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client, self._place = client, ""
        self._timer = QTimer(self, singleShot=True, interval=_SETTLE_MILLISECONDS)
        self._timer.timeout.connect(self.look)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.screenAdded.connect(self._timer.start)
        application.screenRemoved.connect(self._timer.start)
        self.look()

    def look(self) -> None:
        """Check the screens now."""
        place = key_of(QGuiApplication.screens())
        if place and place != self._place:
            self._place = place
            self._client.use_place(place)
            self.moved.emit()

    @property
    def name(self) -> str:
        """The user's name for this desk; empty if it has none."""
        return place_names().get(self._place, "")

    @property
    def others(self) -> tuple[str, ...]:
        """The names of the other desks."""
        return tuple(called for key, called in place_names().items() if key != self._place)

    def rename(self, name: str) -> str:
        """Name this desk; returns the name as it was saved.

        Raises:
            SettingsError: if it cannot be written.
        """
        return name_place(self._place, name)
