"""The base of all charts: a cursor for mouse and keyboard, patterns for the states, and their legend.

Nothing depends on color alone: patterns or heights show the same, and so do words on request. The arrow keys move a
cursor along a chart; its description appears above, for screen readers, and in a tooltip under the mouse.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from posturecam.desktop.widgets.confirm import announce
from posturecam.desktop.widgets.theme import Theme, current, fit_text, scaled, sized
from posturecam.i18n.translate import joined, tr
from posturecam.i18n.words import THINGS
from posturecam.session.protocol.sign import Sign

_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 24.0, 30.0, 26.0
"""Margins around the plot: for figures, nothing, the cursor's description, and labels; device-independent pixels at the
default text size."""
SMALL = 12
"""Size of all text in charts, in the same unit."""
_LABEL = 18
"""Height of a label, in the same unit."""


class Chart(QWidget):
    """The base of all charts: a cursor for mouse and keyboard, and a description of its position."""

    moved = Signal(int)
    """The cursor moved."""
    chosen = Signal(int)
    """Something was clicked, or Enter was pressed on it."""

    def __init__(self, name: str, height: int) -> None:
        super().__init__()
        self.cursor_at: int | None = None
        self._hovered = False
        self.setAccessibleName(name)
        fit_text(self, lambda: self.setFixedHeight(height + scaled(_TOP + _BOTTOM) - round(_TOP + _BOTTOM)))
        self.setMinimumWidth(280)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    # To be implemented by each chart.

    def count(self) -> int:
        """Number of cursor positions."""
        raise NotImplementedError

    def words(self, number: int) -> str:
        """Description of a cursor position."""
        raise NotImplementedError

    def place(self, number: int) -> QRectF:
        """The position's area in the widget."""
        raise NotImplementedError

    def draw(self, painter: QPainter, theme: Theme) -> None:
        """Paint everything except the cursor."""
        raise NotImplementedError

    # The cursor.

    @property
    def plot(self) -> QRectF:
        """The area inside the axes."""
        left, right, top, bottom = (scaled(one) for one in (_LEFT, _RIGHT, _TOP, _BOTTOM))
        return QRectF(left, top, max(self.width() - left - right, 1.0), self.height() - top - bottom)

    def move_to(self, number: int | None) -> None:
        """Move the cursor there, or remove it."""
        number = None if number is None or not self.count() else min(max(number, 0), self.count() - 1)
        if number == self.cursor_at:
            return
        self.cursor_at = number
        self.setAccessibleDescription(self._newest() if number is None else self.words(number))
        self.update()
        if number is not None:
            self.moved.emit(number)

    def changed(self) -> None:
        """Update after the data changed; the cursor stays if what it points at is still in the same place."""
        here, told = self.cursor_at, self.accessibleDescription()
        self.cursor_at = None
        self.setAccessibleDescription(self._newest())
        self.update()
        if here is not None and here < self.count() and self.words(here) == told:
            self.move_to(here)

    def _newest(self) -> str:
        return self.words(self.count() - 1) if self.count() else tr("No data yet")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End move the cursor; Enter and Space choose."""
        here = self.count() - 1 if self.cursor_at is None else self.cursor_at
        goals = {
            Qt.Key.Key_Left: here - 1,
            Qt.Key.Key_Right: here + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: self.count() - 1,
        }
        if event.key() in goals:
            self.move_to(goals[Qt.Key(event.key())])
            if self.cursor_at is not None:
                announce(self, self.words(self.cursor_at))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.cursor_at is not None:
            self.chosen.emit(self.cursor_at)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the cursor to the mouse, and describe what is there."""
        self._hovered = True
        number = self._at(event.position())
        self.move_to(number)
        if number is None:
            QToolTip.hideText()
        else:
            QToolTip.showText(event.globalPosition().toPoint(), self.words(number), self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what was clicked."""
        number = self._at(event.position())
        if number is not None:
            self.move_to(number)
            self.chosen.emit(number)

    def leaveEvent(self, event: QEvent) -> None:
        """Without the mouse, show the cursor only to keyboard users."""
        self._hovered = False
        if not self.hasFocus():
            self.move_to(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Put the cursor on the latest position."""
        super().focusInEvent(event)
        if self.cursor_at is None:
            self.move_to(self.count() - 1)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Remove the cursor."""
        super().focusOutEvent(event)
        if not self._hovered:
            self.move_to(None)

    def _at(self, point: QPointF) -> int | None:
        return next((number for number in range(self.count()) if self.place(number).contains(point)), None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The data, the cursor, and its description."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(sized(self.font(), scaled(SMALL)))
        self.draw(painter, theme)
        if self.cursor_at is not None and self.cursor_at < self.count():
            place = self.place(self.cursor_at)
            painter.setBrush(theme.color("accent", 0.12))
            painter.setPen(QPen(theme.color("accent"), 1.5))
            painter.drawRoundedRect(place.adjusted(0.75, 0.75, -0.75, -0.75), 4, 4)
            painter.setPen(theme.color("text"))
            line = QRectF(0, 0, self.width(), scaled(_TOP) - 8)
            metrics = QFontMetricsF(painter.font())
            words = metrics.elidedText(self.words(self.cursor_at), Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        painter.end()


class Legend(QWidget):
    """What the patterns mean, each with its label; it wraps."""

    _SWATCH, _LINE, _WORDS = 22.0, 24.0, 13

    def __init__(self) -> None:
        super().__init__()
        self._parts: tuple[tuple[Sign, str], ...] = ()
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(tr("Legend"))

    def show_parts(self, parts: Sequence[tuple[Sign, str]]) -> None:
        """Show these states with these labels."""
        self._parts = tuple(parts)
        self.setAccessibleDescription(joined(THINGS, [words for _, words in parts]))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """All in one line."""
        return QSize(400, self.heightForWidth(max(self.width(), 400)))

    def heightForWidth(self, width: int) -> int:
        """As many lines as needed."""
        places = self._places(width)
        return round(places[-1].bottom()) if places else scaled(self._LINE)

    def _places(self, width: float) -> list[QRectF]:
        metrics = QFontMetricsF(sized(self.font(), scaled(self._WORDS)))
        x, y, line, found = 0.0, 0.0, scaled(self._LINE), []
        for _, words in self._parts:
            needed = self._SWATCH + 8 + metrics.horizontalAdvance(words)
            if x > 0 and x + needed > width:
                x, y = 0.0, y + line
            found.append(QRectF(x, y, needed + 2, line))
            x += needed + 22
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        """Swatches and labels."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(sized(self.font(), scaled(self._WORDS)))
        for place, (sign, words) in zip(self._places(self.width()), self._parts, strict=True):
            fill(painter, QRectF(place.left(), place.center().y() - 7, self._SWATCH, 14), sign, theme)
            painter.setPen(theme.color("text"))
            painter.drawText(
                place.adjusted(self._SWATCH + 8, 0, 0, 0),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                words,
            )
        painter.end()


def fill(painter: QPainter, area: QRectF, sign: Sign, theme: Theme) -> None:
    """Fill an area with a state's color and pattern."""
    solid = {Sign.UPRIGHT: 0.9, Sign.DRIFTING: 0.3, Sign.SLOUCHING: 1.0, Sign.UNKNOWN: 0.14}.get(sign, 0.0)
    painter.save()
    painter.fillRect(area, theme.sign(sign, solid))
    painter.setClipRect(area)
    if sign is Sign.DRIFTING:
        _stripes(painter, area, QPen(theme.sign(sign), 1.6), 6.0)
    elif sign is Sign.SLOUCHING:
        _stripes(painter, area, QPen(theme.color("surface", 0.55), 1.2), 7.0)
        _stripes(painter, area, QPen(theme.color("surface", 0.55), 1.2), 7.0, falling=True)
    elif sign is Sign.UNKNOWN:
        _dots(painter, area, theme)
    if sign in (Sign.AWAY, Sign.UNKNOWN, Sign.PAUSED):
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(
            QPen(theme.sign(sign), 1, Qt.PenStyle.DashLine if sign is Sign.PAUSED else Qt.PenStyle.SolidLine)
        )
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
    painter.restore()


def _stripes(painter: QPainter, area: QRectF, pen: QPen, every: float, *, falling: bool = False) -> None:
    """Diagonal lines, aligned across the whole widget so that neighboring areas match."""
    painter.setPen(pen)
    height = area.height()
    first = math.floor((area.left() - height) / every) * every
    for number in range(math.ceil((area.width() + 2 * height) / every) + 1):
        x = first + number * every
        ends = (area.top(), area.bottom()) if falling else (area.bottom(), area.top())
        painter.drawLine(QPointF(x, ends[0]), QPointF(x + height, ends[1]))


def _dots(painter: QPainter, area: QRectF, theme: Theme) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.sign(Sign.UNKNOWN))
    for row in range(int(area.height() / 6) + 1):
        for column in range(int(area.width() / 6) + 1):
            painter.drawEllipse(QPointF(area.left() + 3 + 6 * column, area.bottom() - 3 - 6 * row), 1.1, 1.1)


def label_beside(plot: QRectF, y: float) -> QRectF:
    """The area of an axis label, left of the plot at a height."""
    tall = scaled(_LABEL)
    return QRectF(0, y - tall / 2, plot.left() - 8, tall)


def label_below(plot: QRectF, x: float) -> QRectF:
    """The area of a label below the plot, centered on x."""
    half = scaled(40)
    return QRectF(x - half, plot.bottom() + 4, 2 * half, scaled(_LABEL))


def write(painter: QPainter, theme: Theme, area: QRectF, words: str, align: Qt.AlignmentFlag) -> None:
    """Write a subdued label within an area."""
    painter.setPen(theme.color("quiet"))
    painter.drawText(area, align | Qt.AlignmentFlag.AlignVCenter, words)
