"""A group of expert settings that is opened by its title."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton

from posturecam.desktop.widgets.parts import wrapped
from posturecam.desktop.widgets.theme import fit_text, scaled
from posturecam.i18n.translate import joined, trn
from posturecam.i18n.words import HEADED


class Fold(QToolButton):
    """A group of expert settings by its title; pressing it opens it."""

    opened = Signal(bool)

    def __init__(self, words: str, number: int) -> None:
        super().__init__()
        self.setCheckable(True)
        self._words = f"{words}  ·  {number}".replace("  ·", "\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}·")
        self.setText(self._words)
        counted = trn("{number} setting", "{number} settings", number)
        self.setAccessibleName(joined(HEADED, (words, counted)))  # else it sounds like a switch of that name
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setArrowType(Qt.ArrowType.RightArrow)
        self.setProperty("kind", "fold")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # its words wrap
        fit_text(self, lambda: self.setMinimumHeight(scaled(40)))
        self.toggled.connect(self._turn)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the words into lines."""
        super().resizeEvent(event)
        around = self.sizeHint().width() - self._width(self.text())
        words = wrapped(self._words, self.width() - around, self._width)
        if words != self.text():
            self.setText(words)

    def _width(self, words: str) -> int:
        return self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, words).width()

    def _turn(self, on: bool) -> None:
        self.setArrowType(Qt.ArrowType.DownArrow if on else Qt.ArrowType.RightArrow)
        self.opened.emit(on)
