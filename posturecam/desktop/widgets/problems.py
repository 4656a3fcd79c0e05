"""What went wrong and the user should know: kept until they have seen it, and shown on more than one page."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from posturecam.desktop.widgets.confirm import announce
from posturecam.desktop.widgets.parts import button, card, text
from posturecam.i18n.translate import tr

_MOST = 4
"""Older ones go: a longer list would not be read."""


class Notes(QObject):
    """The notes that were not seen yet, in English, as the language may change meanwhile."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Begin without notes."""
        super().__init__(parent)
        self.texts: tuple[str, ...] = ()
        """In the order in which they came."""

    def say(self, words: str) -> None:
        """Add one; said again, it becomes the last."""
        self.texts = (*(one for one in self.texts if one != words), words)[-_MOST:]
        self.changed.emit()

    def dismiss(self) -> None:
        """The user has seen them."""
        self.texts = ()
        self.changed.emit()


class NotesBanner(QWidget):
    """The notes, and a button that takes them away from wherever they are shown; hidden while there are none."""

    def __init__(self, notes: Notes, parent: QWidget | None = None) -> None:
        """Show these notes, now and as they change."""
        super().__init__(parent)
        self._notes = notes
        frame, inside = card()
        line = QHBoxLayout()
        self.words = text("")
        line.addWidget(self.words, 1)
        close = button(tr("Got it"), notes.dismiss, said=tr("Close this message"))
        line.addWidget(close, alignment=Qt.AlignmentFlag.AlignTop)
        inside.addLayout(line)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(frame)
        self._fill()
        if not notes.texts:  # never shown here: without a parent it would be a window of its own
            self.hide()
        notes.changed.connect(self._show)

    def _fill(self) -> None:
        self.words.setText("\n".join(tr(one) for one in self._notes.texts))

    def _show(self) -> None:
        self._fill()
        self.setVisible(bool(self._notes.texts))
        if self.isVisible():
            announce(self, tr(self._notes.texts[-1]))
