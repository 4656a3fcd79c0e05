"""Lists of events: the alerts, each with a link to its explanation, and the stretch sessions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from posturecam.desktop.pages.history.view_model import PeriodView, alert_line, session_line
from posturecam.desktop.widgets.layouts import SideBySide, tab_in_place
from posturecam.desktop.widgets.parts import button, clear, text
from posturecam.history.models import KeptEvent
from posturecam.history.records import ToldAlert
from posturecam.history.stretches import KeptSession
from posturecam.i18n.translate import tr, trn

_FIRST = 6
"""Number of lines shown before "Show more"."""
_ROW = 32
"""Least height of a line, device-independent pixels."""
_COLUMNS = (110, 3), (170, 6), (110, 4)
"""Least width of when, what and the answer side by side, and their shares of the rest; device-independent pixels."""


class Happenings(QWidget):
    """A list of events, newest first; more than a few only on request."""

    def __init__(self, nothing: str) -> None:
        """Create an empty list; `nothing` is its placeholder text."""
        super().__init__()
        self._nothing = nothing
        self._lines: tuple[tuple[PeriodView, Callable[[], None] | None], ...] = ()
        self._all = False
        """Whether the user asked for all of them."""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._fill()

    def show_lines(self, lines: Sequence[tuple[PeriodView, Callable[[], None] | None]]) -> None:
        """Show these lines, each with a link to its reason, if there is one.

        Unchanged lines are left alone, so that none loses the focus; where lines were only added, a list shown in full stays so.
        """
        before, self._lines = self._lines, tuple(lines)
        if _texts(before) == _texts(self._lines):
            return
        known, now = ([(line.when, line.what) for line, _ in some] for some in (before, self._lines))
        self._all = self._all and now[-len(known) :] == known
        self._fill()

    def _fill(self) -> None:
        most = len(self._lines) if self._all else _FIRST
        clear(self._column)
        if not self._lines:
            self._column.addWidget(text(self._nothing, "quiet"))
        for number, (line, why) in enumerate(self._lines[:most]):
            self._column.addWidget(_row(line, None if why is None else partial(self._explain, number)))
        more = len(self._lines) - most
        if more > 0:
            words = trn("Show {number} more", "Show {number} more", more)
            self._column.addWidget(button(words, self._show_all, "plain"), 0, Qt.AlignmentFlag.AlignLeft)
        tab_in_place(self)

    def _explain(self, number: int) -> None:
        why = self._lines[number][1]
        if why is not None:
            why()

    def _show_all(self) -> None:
        """Move the focus from the button, which disappears, to the first new link; Qt would move it to the top of the page."""
        self._all = True
        self._fill()
        came = [
            item.widget() for number in range(_FIRST, self._column.count()) if (item := self._column.itemAt(number))
        ]
        links = [link for row in came if row is not None for link in row.findChildren(QPushButton)]
        (links[0] if links else self).setFocus()


class AlertsSeen(Happenings):
    """The alerts, and the user's answers."""

    def __init__(self, open_why: Callable[[KeptEvent], None]) -> None:
        """Create an empty list; `open_why` is called with an alert that has evidence."""
        super().__init__(tr("No reminders in this period."))
        self._open_why = open_why

    def show_alerts(self, alerts: Sequence[ToldAlert], *, dated: bool) -> None:
        """Show these, with dates if they span several days."""
        self.show_lines([(alert_line(one, dated=dated), self._why(one.event)) for one in alerts])

    def _why(self, event: KeptEvent) -> Callable[[], None] | None:
        return None if event.evidence is None else lambda: self._open_why(event)


class StretchesDone(Happenings):
    """The stretch sessions."""

    def __init__(self) -> None:
        super().__init__(tr("No stretches in this period."))

    def show_sessions(self, sessions: Sequence[KeptSession], *, dated: bool) -> None:
        """Show these, with dates if they span several days."""
        self.show_lines([(session_line(one, dated=dated), None) for one in sessions])


def _texts(lines: Sequence[tuple[PeriodView, Callable[[], None] | None]]) -> list[tuple[PeriodView, bool]]:
    """What lines show: their texts, and whether there is a link."""
    return [(line, why is not None) for line, why in lines]


def _row(line: PeriodView, why: Callable[[], None] | None) -> QWidget:
    row = QWidget()
    inside = SideBySide(12)
    row.setLayout(inside)
    for (least, share), part in zip(
        _COLUMNS, (text(line.when, "quiet"), text(line.what), text(line.then, "quiet")), strict=True
    ):
        inside.add_part(part, least, share)
    if why is not None:
        said = tr("Why: {when}, {what}").format(when=line.when, what=line.what)
        inside.add_part(button(tr("Why?"), why, "plain", said))
    row.setMinimumHeight(_ROW)
    return row
