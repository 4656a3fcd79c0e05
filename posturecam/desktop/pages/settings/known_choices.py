"""Current choices for a setting that holds a name: read in the background, as listing cameras or somebody's routines takes a while."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from posturecam.desktop.pages.settings.words import SettingChoice
from posturecam.desktop.widgets.background import Background

Choices = Callable[[], Sequence[SettingChoice]]
"""Current choices for a name, such as the connected cameras; read in a separate thread each time the list is shown or
opened."""


class KnownChoices(QObject):
    """The choices as last read."""

    changed = Signal()
    """The choices have changed."""

    def __init__(self, read: Choices, parent: QObject) -> None:
        super().__init__(parent)
        self._read, self._reading = read, Background(self)
        self.last: Sequence[SettingChoice] | None = None
        """None until they have been read for the first time."""

    def renew(self) -> None:
        """Read them again."""
        self._reading.ask(lambda: list(self._read()), self._take)

    def _take(self, read: list[SettingChoice]) -> None:
        if read != self.last:
            self.last = read
            self.changed.emit()
