"""The duration of a slouch as a bar, compared with the time after which a reminder comes."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from posturecam.alerts.text import spoken_duration
from posturecam.desktop.pictures.gauges import paint_bar, paint_tick
from posturecam.desktop.widgets import theme
from posturecam.desktop.widgets.qt_canvas import write
from posturecam.i18n.translate import tr
from posturecam.session.protocol.sign import Sign


class LastingBar(QWidget):
    """A bar as long as the slouch, and a mark where the reminder was due."""

    _ROW, _BAR = 20.0, 12.0

    def __init__(self, seconds: float, limit: float | None) -> None:
        """Create it.

        Args:
            seconds: How long the slouch had lasted.
            limit: Seconds of such a slouch after which a reminder comes; None if unknown.
        """
        super().__init__()
        self._seconds, self._limit = seconds, limit
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.fit_text(self, lambda: self.setFixedHeight(2 * theme.scaled(self._ROW) + round(self._BAR) + 8))
        self.said = tr("You sat like this for about {time}").format(time=tr(spoken_duration(seconds)))
        self.limit_said = "" if limit is None else tr("reminder after {time}").format(time=tr(spoken_duration(limit)))
        self.setAccessibleName(self.said)
        self.setAccessibleDescription(self.limit_said)

    def sizeHint(self) -> QSize:
        """Wide enough for its words."""
        return QSize(300, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The words above the bar, the mark, and its words below."""
        painter, now = QPainter(self), theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tall = theme.scaled(self._ROW)
        write(painter, QRectF(0, 0, self.width(), tall), self.said, now.color("text"), theme.scaled(14), 600)
        bar = QRectF(1, tall + 2, self.width() - 2, self._BAR)
        full = 1.12 * max(self._seconds, self._limit or 0.0, 1.0)
        paint_bar(painter, bar, now.color("raised"))
        lasted = QRectF(bar.left(), bar.top(), max(bar.width() * self._seconds / full, 4.0), bar.height())
        paint_bar(painter, lasted, now.sign(Sign.SLOUCHING))
        if self._limit is not None:
            x = bar.left() + bar.width() * self._limit / full
            paint_tick(painter, bar, x, now.color("text"))
            row = QRectF(0, bar.bottom() + 7, self.width(), tall - 4)
            left_half = x < self.width() / 2
            room = row.adjusted(x - 6, 0, 0, 0) if left_half else row.adjusted(0, 0, x + 6 - self.width(), 0)
            side = Qt.AlignmentFlag.AlignLeft if left_half else Qt.AlignmentFlag.AlignRight
            write(painter, room, self.limit_said, now.color("quiet"), theme.scaled(12), align=side)
        painter.end()
