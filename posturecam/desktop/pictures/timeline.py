"""The last hour as a band: each state by its color, its height and its pattern."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from posturecam.desktop.widgets import theme
from posturecam.desktop.widgets.confirm import announce
from posturecam.desktop.widgets.icons import NAMES, paint_sign
from posturecam.desktop.widgets.numbers import clock_time
from posturecam.desktop.widgets.qt_canvas import write
from posturecam.desktop.widgets.status_line import lasting
from posturecam.desktop.widgets.theme import sized
from posturecam.i18n.translate import tr
from posturecam.session.protocol.messages import TimelineSpan
from posturecam.session.protocol.sign import Sign

HOUR = timedelta(hours=1)
_MINUTES_APART = 10
"""Minutes between the marks of the time of day."""


class HatchPattern(Enum):
    """How a part of the band is filled."""

    FULL = "full"
    STEEP = "steep"
    """Lines that rise steeply to the right, on a tint."""
    DENSE = "dense"
    """The same, denser."""
    UPRIGHT = "upright"
    """Vertical lines."""
    DOTS = "dots"
    LINE = "line"
    """A line at the bottom only."""
    BROKEN = "broken"
    """A broken line at the bottom."""
    CROSSES = "crosses"


LOOKS: Mapping[Sign, tuple[float, HatchPattern]] = {
    Sign.UPRIGHT: (0.34, HatchPattern.FULL),
    Sign.RECOVERING: (0.5, HatchPattern.UPRIGHT),
    Sign.DRIFTING: (0.66, HatchPattern.STEEP),
    Sign.SLOUCHING: (1.0, HatchPattern.DENSE),
    Sign.UNKNOWN: (0.34, HatchPattern.DOTS),
    Sign.AWAY: (0.06, HatchPattern.LINE),
    Sign.PAUSED: (0.06, HatchPattern.BROKEN),
    Sign.CAMERA_LOST: (0.34, HatchPattern.CROSSES),
    Sign.BUSY: (0.06, HatchPattern.BROKEN),
}
"""Height, as a fraction of the band's, and pattern of each state: the farther from upright, the higher."""


@dataclass(frozen=True, slots=True)
class TimelineSegment:
    """A part of the hour in one state, without a gap."""

    start: datetime
    end: datetime
    sign: Sign

    @property
    def spoken(self) -> str:
        """From when to when it was by the clock of then, in words."""
        return tr("{state}, {start} to {end}, {time}").format(
            state=tr(NAMES[self.sign]),
            start=clock_time(self.start.astimezone()),
            end=clock_time(self.end.astimezone()),
            time=lasting((self.end - self.start).total_seconds()),
        )


def spans_of(hour: Sequence[TimelineSpan], now: datetime) -> tuple[TimelineSegment, ...]:
    """The part within the last hour, in order, with neighbors of one state joined."""
    found: list[TimelineSegment] = []
    for one in hour:
        start = max(one.start, now - HOUR)
        if one.end <= start:
            continue
        if found and found[-1].sign is one.sign and (start - found[-1].end) < timedelta(seconds=1):
            found[-1] = TimelineSegment(found[-1].start, one.end, one.sign)
        else:
            found.append(TimelineSegment(start, one.end, one.sign))
    return tuple(found)


class Timeline(QWidget):
    """The band. When it has the focus, the arrow keys move from state to state, and a screen reader reads them."""

    _BAND, _TIMES, _LEGEND = 44.0, 20.0, 24.0
    _BEFORE_WORDS, _BETWEEN = 40, 18
    """In the legend: room for a state's mark and pattern, and between two states."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)  # taller than its hint if narrow
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("The last hour"))
        self._spans: tuple[TimelineSegment, ...] = ()
        self._hour: tuple[TimelineSpan, ...] = ()
        self._now = datetime.now().astimezone()
        self._chosen: datetime | None = None
        """The start of the part being read out."""
        self._describe()

    def sizeHint(self) -> QSize:
        """The band, its times and its legend."""
        return QSize(480, self.heightForWidth(480))

    def minimumSizeHint(self) -> QSize:
        """The same height, and half the width."""
        return QSize(240, self.sizeHint().height())

    def heightForWidth(self, width: int) -> int:
        """As many lines as the legend needs."""
        lines = max((line for _, _, line in self._legend(width)), default=0) + 1
        return round(self._BAND + theme.scaled(self._TIMES) + lines * theme.scaled(self._LEGEND) + 8)

    @property
    def spans(self) -> tuple[TimelineSegment, ...]:
        """The segments shown."""
        return self._spans

    @property
    def chosen(self) -> TimelineSegment | None:
        """The part being read out, or None."""
        if self._chosen is None:
            return None
        return next((span for span in self._spans if span.start <= self._chosen < span.end), None)

    def show_hour(self, hour: tuple[TimelineSpan, ...], now: datetime) -> None:
        """Show the last hour before `now`, local time; does nothing unless it would look different."""
        moved = abs(now - self._now) >= HOUR / max(self.width(), 1)
        if not moved and self._spans and len(hour) == len(self._hour):
            return
        self._hour, self._now = hour, now
        before, self._spans = self._there, spans_of(hour, now)
        if self.chosen is None:
            self._chosen = None
            self._describe()
        if self._there != before:  # layouts cache the heights of several widths
            self.updateGeometry()
        self.update()

    # Reading it.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with left and right, Home and End."""
        index = self._spans.index(self.chosen) if self.chosen is not None else len(self._spans)
        last = len(self._spans) - 1
        goals = {
            Qt.Key.Key_Left: index - 1,
            Qt.Key.Key_Right: index + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        goal = goals.get(Qt.Key(event.key()))
        if goal is None or not self._spans:
            super().keyPressEvent(event)
            return
        self._choose(self._spans[min(max(goal, 0), last)])

    def _choose(self, span: TimelineSegment) -> None:
        self._chosen = span.start
        self._describe()
        announce(self, span.spoken)
        self.update()

    def _describe(self) -> None:
        chosen = self.chosen
        how = tr("Use the left and right arrow keys to move from state to state.")
        self.setAccessibleDescription(how if chosen is None else chosen.spoken)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is clicked."""
        span = self._at(event.position().x())
        if span is not None:
            self._choose(span)

    def event(self, event: QEvent) -> bool:
        """Show a tooltip for the part under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            span = self._at(event.pos().x())
            if span is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), span.spoken, self)
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the focus is."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide it again."""
        super().focusOutEvent(event)
        self.update()

    def _at(self, x: float) -> TimelineSegment | None:
        return next((span for span in self._spans if self._x(span.start) <= x < self._x(span.end)), None)

    def _x(self, time: datetime) -> float:
        return 2 + (self.width() - 4) * (1 - (self._now - time) / HOUR)

    # Painting it.

    def paintEvent(self, event: QPaintEvent) -> None:
        """Band, times and legend."""
        painter, now = QPainter(self), theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        band = QRectF(2, 2, self.width() - 4, self._BAND)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(now.color("raised", 0.6))
        painter.drawRoundedRect(band, 4, 4)
        for span in self._spans:
            left, right = self._x(span.start), self._x(span.end)
            paint_span(painter, span.sign, QRectF(left, band.top(), max(right - left, 1.0), band.height()))
        self._paint_times(painter, band)
        self._paint_legend(painter, band.bottom() + theme.scaled(self._TIMES) + 2)
        self._paint_focus(painter, band)
        painter.end()

    def _paint_times(self, painter: QPainter, band: QRectF) -> None:
        now = theme.current()
        minute = self._now.replace(second=0, microsecond=0)
        time = minute - timedelta(minutes=minute.minute % _MINUTES_APART)
        painter.setFont(sized(painter.font(), theme.scaled(12)))
        told = QFontMetricsF(painter.font()).horizontalAdvance(clock_time(time))  # "12:45 PM" is wider than "12:45"
        half, tall = max(theme.scaled(25), told / 2 + 4), theme.scaled(self._TIMES)
        every = 1 + int(2 * half * 60 / _MINUTES_APART > self.width())  # with large words, only every second one
        while time > self._now - HOUR:
            x = self._x(time)
            painter.setPen(QPen(now.color("line"), 1))
            painter.drawLine(QPointF(x, band.bottom()), QPointF(x, band.bottom() + 4))
            if half - 5 < x < self.width() - half + 5 and time.minute % (every * _MINUTES_APART) == 0:
                painter.setPen(now.color("quiet"))
                words = QRectF(x - half, band.bottom() + 4, 2 * half, tall - 4)
                said = clock_time(time.astimezone())  # as it was shown then: the clocks may have changed since
                painter.drawText(words, Qt.AlignmentFlag.AlignCenter, said)
            time -= timedelta(minutes=_MINUTES_APART)

    def _paint_legend(self, painter: QPainter, top: float) -> None:
        """The states that occur; or in their place the chosen part."""
        now, chosen = theme.current(), self.chosen
        if chosen is not None:
            line = QRectF(2, top + 2, self.width() - 4, theme.scaled(18))
            write(painter, line, chosen.spoken, now.color("text"), theme.scaled(13))
            return
        painter.setFont(self._small)
        tall = theme.scaled(self._LEGEND)
        for sign, left, row in self._legend(self.width()):
            middle = top + row * tall + tall / 2 - 1
            paint_sign(painter, sign, QRectF(left, middle - 6, 12, 12), now.sign(sign))
            paint_span(painter, sign, QRectF(left + 17, middle - 8, 18, 15))
            painter.setPen(now.color("quiet"))
            painter.drawText(
                QRectF(left + self._BEFORE_WORDS, top + row * tall, self.width(), tall - 2),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                tr(NAMES[sign]),
            )

    @property
    def _there(self) -> frozenset[Sign]:
        return frozenset(span.sign for span in self._spans)

    @property
    def _small(self) -> QFont:
        return sized(self.font(), theme.scaled(12))

    def _legend(self, width: int) -> list[tuple[Sign, float, int]]:
        """Each state that occurs, how far from the left it stands, and in which line."""
        there, metrics = self._there, QFontMetricsF(self._small)
        left, line, found = 2.0, 0, []
        for sign in (sign for sign in LOOKS if sign in there):
            wide = self._BEFORE_WORDS + metrics.horizontalAdvance(tr(NAMES[sign]))
            if left > 2 and left + wide > width:
                left, line = 2.0, line + 1
            found.append((sign, left, line))
            left += wide + self._BETWEEN
        return found

    def _paint_focus(self, painter: QPainter, band: QRectF) -> None:
        now, chosen = theme.current(), self.chosen
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if chosen is not None:
            painter.setPen(QPen(now.color("text"), 1.5))
            left = self._x(chosen.start)
            wide = max(self._x(chosen.end) - left, 3.0)
            painter.drawRect(QRectF(left, band.top(), wide, band.height()))
        if self.hasFocus():
            painter.setPen(QPen(now.color("accent"), now.ring))
            painter.drawRoundedRect(band.adjusted(-1, -1, 1, 1), 5, 5)


def paint_span(painter: QPainter, sign: Sign, area: QRectF) -> None:
    """Paint one state into its part of the band; the area has the band's full height."""
    color = theme.current().sign(sign)
    share, pattern = LOOKS[sign]
    tall = max(share * area.height(), 2.5)
    part = QRectF(area.left(), area.bottom() - tall, area.width(), tall)
    painter.save()
    painter.setClipRect(part)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, pattern is not HatchPattern.FULL)
    _PAINT[pattern](painter, part, color)
    painter.restore()


def _full(painter: QPainter, part: QRectF, color: QColor) -> None:
    painter.fillRect(part, color)


def _lines(painter: QPainter, part: QRectF, color: QColor, apart: float, lean: float, tint: float) -> None:
    pale = QColor(color)
    pale.setAlphaF(tint)
    painter.fillRect(part, pale)
    painter.fillRect(QRectF(part.left(), part.top(), part.width(), 2), color)
    painter.setPen(QPen(color, 1.8))
    rise = lean * part.height()
    at = apart * ((part.left() - rise) // apart)  # the pattern continues from one part to the next
    while at < part.right():
        painter.drawLine(QPointF(at, part.bottom()), QPointF(at + rise, part.top()))
        at += apart


def _dots(painter: QPainter, part: QRectF, color: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    at = 6 * (part.left() // 6)
    while at < part.right():
        painter.drawEllipse(QPointF(at + 3, part.bottom() - 4), 1.6, 1.6)
        painter.drawEllipse(QPointF(at, part.bottom() - 10), 1.6, 1.6)
        at += 6


def _broken(painter: QPainter, part: QRectF, color: QColor) -> None:
    at = 8 * (part.left() // 8)
    while at < part.right():
        painter.fillRect(QRectF(at, part.top(), 5, part.height()), color)
        at += 8


def _crosses(painter: QPainter, part: QRectF, color: QColor) -> None:
    painter.setPen(QPen(color, 1.5))
    at, middle = 12 * (part.left() // 12), part.bottom() - 7
    while at < part.right():
        painter.drawLine(QPointF(at + 3, middle - 3), QPointF(at + 9, middle + 3))
        painter.drawLine(QPointF(at + 3, middle + 3), QPointF(at + 9, middle - 3))
        at += 12


_PAINT = {
    HatchPattern.FULL: _full,
    HatchPattern.STEEP: lambda painter, part, color: _lines(painter, part, color, 9, 0.4, 0.25),
    HatchPattern.DENSE: lambda painter, part, color: _lines(painter, part, color, 6, 0.5, 0.55),
    HatchPattern.UPRIGHT: lambda painter, part, color: _lines(painter, part, color, 5, 0.0, 0.2),
    HatchPattern.DOTS: _dots,
    HatchPattern.LINE: _full,
    HatchPattern.BROKEN: _broken,
    HatchPattern.CROSSES: _crosses,
}
