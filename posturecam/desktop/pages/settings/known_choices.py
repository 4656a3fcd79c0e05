"""What a setting that holds a name may be now: read in the background, as a list of cameras or of somebody's routines takes its time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from posturecam.desktop.pages.settings.words import SettingChoice
from posturecam.desktop.widgets.background import Background

Choices = Callable[[], Sequence[SettingChoice]]
"""What a name may be now, such as the cameras there are; asked in a thread of its own, each time the list is shown or opened."""


class KnownChoices(QObject):
    """The choices as they were read last."""

    changed = Signal()
    """There are others than before."""

    def __init__(self, read: Choices, parent: QObject) -> None:
        super().__init__(parent)
        self._read, self._reading = read, Background(self)
        self.last: Sequence[SettingChoice] | None = None
        """None until they were read for the first time."""

    def renew(self) -> None:
        """Read them again."""
        self._reading.ask(lambda: list(self._read()), self._take)

    def _take(self, read: list[SettingChoice]) -> None:
        if read != self.last:
            self.last = read
            self.changed.emit()
