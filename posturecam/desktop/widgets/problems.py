"""Problems the user should know about: kept until they have been seen, and shown on more than one page."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from posturecam.desktop.widgets.confirm import announce
from posturecam.desktop.widgets.layouts import FlowLayout, SideBySide
from posturecam.desktop.widgets.parts import MAY_BREAK, as_sentence, button, card, text
from posturecam.i18n.translate import tr

_MOST = 4
"""Most notes at a time; a longer list would not be read."""


class Notes(QObject):
    """The notes not seen yet, in English, since the language may change meanwhile."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Create it without notes."""
        super().__init__(parent)
        self.texts: tuple[str, ...] = ()
        """In order of arrival."""

    def say(self, words: str) -> None:
        """Add a note; a repeated one moves to the end."""
        self.texts = (*(one for one in self.texts if one != words), words)[-_MOST:]
        self.changed.emit()

    def dismiss(self) -> None:
        """Drop all notes: the user has seen them."""
        self.texts = ()
        self.changed.emit()


_NARROWEST = 160
"""Width that the words need to stand beside the button, device-independent pixels at the default text size."""


class NotesBanner(QWidget):
    """The notes, with a button that dismisses them everywhere; hidden while there are none."""

    def __init__(self, notes: Notes) -> None:
        """Show these notes, now and as they change."""
        super().__init__()
        self._notes = notes
        frame, inside = card()
        line = SideBySide(8)
        self.words = text("")
        line.add_part(self.words, _NARROWEST, 1)
        close = button(tr("Got it"), notes.dismiss, said=tr("Close this message"))
        at_end = FlowLayout(8, at_end=True)  # at the top, where the words are long
        at_end.addWidget(close)
        line.add_part(at_end)
        inside.addLayout(line)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(frame)
        self._fill()
        if not notes.texts:  # never shown here: without a parent it would become a window of its own
            self.hide()
        notes.changed.connect(self._show)

    def _fill(self) -> None:
        self.words.setText("\n".join(as_sentence(tr(one)).replace("/", f"/{MAY_BREAK}") for one in self._notes.texts))

    def _show(self) -> None:
        self._fill()
        self.setVisible(bool(self._notes.texts))
        if self.isVisible():
            announce(self, as_sentence(tr(self._notes.texts[-1])))
