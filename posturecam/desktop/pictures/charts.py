"""Small painted charts: how the days were spent, one day minute by minute, how deep stretches went; and tiles."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QVBoxLayout

from posturecam.desktop.pictures.chart_base import SMALL, Chart, fill, label_below, label_beside, write
from posturecam.desktop.widgets.numbers import clock_time, figure, fixed
from posturecam.desktop.widgets.parts import text
from posturecam.desktop.widgets.theme import GAP, Theme, scaled, sized
from posturecam.i18n.translate import in_percent, joined
from posturecam.i18n.words import HEADED
from posturecam.session.protocol.sign import Sign

JUDGED = (Sign.UPRIGHT, Sign.DRIFTING, Sign.SLOUCHING)
"""Judged time, bottom of a bar first."""
APART = (Sign.UNKNOWN, Sign.AWAY)
"""Neither good nor bad; drawn apart from the rest."""
_HEIGHTS: Mapping[Sign, float] = {
    Sign.UPRIGHT: 0.4,
    Sign.DRIFTING: 0.7,
    Sign.SLOUCHING: 1.0,
    Sign.UNKNOWN: 0.2,
    Sign.AWAY: 0.08,
    Sign.PAUSED: 0.03,
}
"""Heights in the timeline of a day, as a fraction: the taller, the farther from upright."""
_APART_GAP = 4.0
_WIDEST_BAR = 56.0


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of one day."""

    label: str
    """Short label below the bar."""
    seconds: Mapping[Sign, float]
    """Seconds for each of `JUDGED` and `APART`."""
    words: str
    """Description for screen readers and tooltips."""

    @property
    def measured(self) -> float:
        """Seconds for which the posture was known."""
        return sum(self.seconds.get(sign, 0.0) for sign in JUDGED)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a day spent in one state; hours of local time."""

    start: float
    end: float
    sign: Sign
    words: str


@dataclass(frozen=True, slots=True)
class AxisTick:
    """An event, marked above the timeline."""

    at: float
    """Hours of local time."""
    alert: bool
    """An alert (a triangle pointing down); otherwise a stretch (a diamond)."""
    words: str


class DayBars(Chart):
    """A stacked bar per day: shares of the judged time, or hours of everything, with unjudged time apart at the top."""

    def __init__(self, name: str) -> None:
        super().__init__(name, 220)
        self._bars: tuple[Bar, ...] = ()
        self._hours = False
        self.selected: int | None = None
        """The day shown in detail elsewhere; it is marked below."""

    def show_bars(self, bars: Sequence[Bar], *, hours: bool, selected: int | None = None) -> None:
        """Show these days."""
        same = len(bars) == len(self._bars)
        here = self.cursor_at if same else None
        self._bars, self._hours, self.selected = tuple(bars), hours, selected
        self.changed()
        self.move_to(here)

    def count(self) -> int:
        """Number of days."""
        return len(self._bars)

    def words(self, number: int) -> str:
        """The day in words."""
        return self._bars[number].words

    def place(self, number: int) -> QRectF:
        """The day's column."""
        plot = self.plot
        width = plot.width() / max(len(self._bars), 1)
        return QRectF(plot.left() + number * width, plot.top(), width, self.height() - plot.top())

    def draw(self, painter: QPainter, theme: Theme) -> None:
        """Grid, bars, and as many labels as fit."""
        plot = self.plot
        top = _ceiling(max((sum(bar.seconds.values()) for bar in self._bars), default=0.0) / 3600)
        for step in range(5):
            y = plot.bottom() - plot.height() * step / 4
            painter.setPen(QPen(theme.color("line"), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            told = f"{figure(top * step / 4)} h" if self._hours else in_percent(25 * step)
            write(painter, theme, label_beside(plot, y), told, Qt.AlignmentFlag.AlignRight)
        words = QFontMetricsF(sized(painter.font(), scaled(SMALL)))
        widest = max((words.horizontalAdvance(bar.label) for bar in self._bars), default=0) + scaled(6)
        every = max(math.ceil(max(widest, scaled(34)) / self.place(0).width()), 1) if self._bars else 1
        for number, bar in enumerate(self._bars):
            column = self.place(number)
            width = min(column.width() * 0.66, _WIDEST_BAR)
            self._bar(
                painter, theme, bar, QRectF(column.center().x() - width / 2, plot.top(), width, plot.height()), top
            )
            if number % every == 0:
                below = label_below(plot, column.center().x())
                write(painter, theme, below, bar.label, Qt.AlignmentFlag.AlignHCenter)
            if number == self.selected:
                painter.fillRect(
                    QRectF(column.center().x() - width / 2, self.height() - 3, width, 3), theme.color("accent")
                )

    def _bar(self, painter: QPainter, theme: Theme, bar: Bar, room: QRectF, hours: float) -> None:
        whole = hours * 3600 if self._hours else bar.measured
        if not sum(bar.seconds.values()) or whole <= 0:
            return
        y = room.bottom()
        for sign in (*JUDGED, *APART) if self._hours else JUDGED:
            height = (room.height() - (_APART_GAP if self._hours else 0)) * bar.seconds.get(sign, 0.0) / whole
            if sign is APART[0] and bar.measured:
                y -= _APART_GAP
            if height >= 0.5:
                fill(painter, QRectF(room.left(), y - height, room.width(), height), sign, theme)
            y -= height


class DayTimeline(Chart):
    """One day minute by minute: the taller, the farther from upright; events are marked above."""

    def __init__(self, name: str) -> None:
        super().__init__(name, 150)
        self._pieces: tuple[Piece, ...] = ()
        self._ticks: tuple[AxisTick, ...] = ()
        self._first, self._last = 8.0, 18.0

    def show_day(self, pieces: Sequence[Piece], ticks: Sequence[AxisTick]) -> None:
        """Show this day, from its first hour with data or an event to its last; at least four hours."""
        self._pieces, self._ticks = tuple(pieces), tuple(ticks)
        marks = [tick.at for tick in ticks]  # a stretch may be far from the hours at the desk
        first = math.floor(min([*(piece.start for piece in pieces), *marks], default=9.0))
        last = math.ceil(max([*(piece.end for piece in pieces), *marks], default=17.0))
        self._first, self._last = float(min(first, 20)), float(max(last, min(first, 20) + 4))
        self.changed()

    def count(self) -> int:
        """Number of pieces."""
        return len(self._pieces)

    def words(self, number: int) -> str:
        """The piece, and what happened during it, in words."""
        piece = self._pieces[number]
        within = [tick.words for tick in self._ticks if piece.start <= tick.at < piece.end]
        return " · ".join([piece.words, *within])

    def place(self, number: int) -> QRectF:
        """The piece, at full height and never too narrow to hit."""
        piece = self._pieces[number]
        left, right = self._x(piece.start), self._x(piece.end)
        return QRectF(left, self.plot.top(), max(right - left, 2.0), self.plot.height())

    def _x(self, hour: float) -> float:
        return self.plot.left() + self.plot.width() * (hour - self._first) / (self._last - self._first)

    def draw(self, painter: QPainter, theme: Theme) -> None:
        """Hours, pieces and marks."""
        plot = self.plot
        hours = int(self._last - self._first)
        widest = max(QFontMetricsF(painter.font()).horizontalAdvance(clock_time(time(hour))) for hour in (0, 12))
        every = max(math.ceil((widest + scaled(20)) * hours / plot.width()), 1)
        for hour in range(0, hours + 1, every):
            x = self._x(self._first + hour)
            painter.setPen(QPen(theme.color("line"), 1))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            label = clock_time(time(int(self._first + hour) % 24))
            write(painter, theme, label_below(plot, x), label, Qt.AlignmentFlag.AlignHCenter)
        room = plot.height() - 18
        for number, piece in enumerate(self._pieces):
            height = max(room * _HEIGHTS.get(piece.sign, 0.1), 3.0)
            place = self.place(number)
            fill(painter, QRectF(place.left(), plot.bottom() - height, place.width(), height), piece.sign, theme)
        painter.setPen(QPen(theme.color("surface"), 1))
        for tick in self._ticks:
            painter.setBrush(theme.sign(Sign.SLOUCHING) if tick.alert else theme.color("accent"))
            corners = _ALERT if tick.alert else _DIAMOND
            painter.drawPolygon(_polygon(QPointF(self._x(tick.at), plot.top() + 7), corners))


_Corners = tuple[tuple[float, float], ...]
_ALERT: _Corners = ((-6, -5), (6, -5), (0, 6))
_DIAMOND: _Corners = ((0, -6), (6, 0), (0, 6), (-6, 0))
_TRIANGLE: _Corners = ((-5.5, 4.5), (5.5, 4.5), (0, -5.5))
_SQUARE: _Corners = ((-4.5, -4.5), (4.5, -4.5), (4.5, 4.5), (-4.5, 4.5))
_CORNERS = {"◇": _DIAMOND, "▲": _TRIANGLE, "△": _TRIANGLE, "■": _SQUARE, "□": _SQUARE}
"""The corners around a point, by the sign for it; the others are circles."""


def _polygon(at: QPointF, corners: _Corners) -> QPolygonF:
    return QPolygonF([at + QPointF(x, y) for x, y in corners])


def _ceiling(hours: float) -> float:
    """The next round number of hours for an axis in quarters."""
    return next((float(top) for top in (1, 2, 4, 8, 12, 16) if hours <= top), 24.0)


@dataclass(frozen=True, slots=True)
class ChartDot:
    """One session's depth."""

    day: float
    """Days since an arbitrary date."""
    depth: float
    words: str


@dataclass(frozen=True, slots=True)
class ChartLine:
    """Comparable depths, oldest first."""

    name: str
    dots: tuple[ChartDot, ...]


class DepthLines(Chart):
    """Depth over time, a line for each side and view, distinguished by dashes and by the shape of the points.

    Two sides seen from five directions, or from an unknown one, are twelve lines at most.
    """

    MARKS = ("●─", "◇╌", "●┈", "◇┄", "▲─", "△╌", "▲┈", "△┄", "■─", "□╌", "■┈", "□┄")
    """How the lines are drawn, in their order, for the key below the chart."""
    _DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
    _INKS = ("accent", "text", "quiet", "text")

    def __init__(self, name: str) -> None:
        super().__init__(name, 220)
        self._lines: tuple[ChartLine, ...] = ()
        self._dots: list[tuple[int, ChartDot]] = []
        self._ends = ("", "")
        self._lower_is_deeper = False

    def show_lines(self, lines: Sequence[ChartLine], ends: tuple[str, str], *, lower_is_deeper: bool = False) -> None:
        """Show these lines; deeper stretches are higher.

        Args:
            lines: Comparable depths.
            ends: The first and the last date, for the axis.
            lower_is_deeper: Whether a smaller number is deeper, which inverts the axis.
        """
        self._lines, self._ends, self._lower_is_deeper = tuple(lines), ends, lower_is_deeper
        self._dots = sorted(
            ((number, dot) for number, line in enumerate(lines) for dot in line.dots), key=lambda one: one[1].day
        )
        self.changed()

    def count(self) -> int:
        """One position per point, in order of time."""
        return len(self._dots)

    def words(self, number: int) -> str:
        """The point in words."""
        line, dot = self._dots[number]
        name = self._lines[line].name
        return joined(HEADED, (name, dot.words)) if name else dot.words

    def place(self, number: int) -> QRectF:
        """A square around the point."""
        at = self._point(self._dots[number][1])
        return QRectF(at.x() - 8, at.y() - 8, 16, 16)

    def _range(self) -> tuple[float, float]:
        """Range of the depths, with a margin; degrees or fractions."""
        depths = [dot.depth for _, dot in self._dots]
        low, high = min(depths, default=0.0), max(depths, default=1.0)
        room = max(0.12 * (high - low), 0.02 * abs(high), 1e-3)
        return low - room, high + room

    def _point(self, dot: ChartDot) -> QPointF:
        plot, (low, high) = self.plot, self._range()
        first, last = self._dots[0][1].day, self._dots[-1][1].day
        share = (dot.day - first) / (last - first) if last > first else 0.5
        up = (dot.depth - low) / (high - low)
        up = 1 - up if self._lower_is_deeper else up
        return QPointF(plot.left() + 12 + (plot.width() - 24) * share, plot.bottom() - plot.height() * up)

    def draw(self, painter: QPainter, theme: Theme) -> None:
        """Grid, lines, points, and the name of each line at its end."""
        plot, (low, high) = self.plot, self._range()
        for step in range(3):
            y = plot.bottom() - plot.height() * step / 2
            painter.setPen(QPen(theme.color("line"), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            value = low + (high - low) * (2 - step if self._lower_is_deeper else step) / 2
            words = fixed(value, 0 if high - low > 4 else 2)
            write(painter, theme, label_beside(plot, y), words, Qt.AlignmentFlag.AlignRight)
        dates = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
        for words, align in zip(self._ends, dates, strict=True):
            below = label_below(plot, plot.left())
            below.setLeft(plot.left())
            below.setRight(plot.right())
            write(painter, theme, below, words, align)
        for number, line in enumerate(self._lines):
            points = [self._point(dot) for dot in line.dots]
            ink = theme.color(self._INKS[number % 4])
            painter.setPen(QPen(ink, 1.8, self._DASHES[number % 4]))
            painter.drawPolyline(QPolygonF(points))
            painter.setPen(QPen(ink, 1.8))
            painter.setBrush(theme.color("surface") if number % 2 else ink)
            corners = _CORNERS.get(self.MARKS[number % len(self.MARKS)][0])
            for point in points:
                if corners is None:
                    painter.drawEllipse(point, 4.5, 4.5)
                else:
                    painter.drawPolygon(_polygon(point, corners))


class Tile(QFrame):
    """A big number, its label, and a subdued line below."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP + 4, GAP, GAP + 4, GAP)
        column.setSpacing(2)
        self._number, self._what, self._more = text("", "title"), text(""), text("", "quiet")
        for label in (self._number, self._what, self._more):
            column.addWidget(label)
        column.addStretch()

    def show_figure(self, number: str, what: str, more: str = "") -> None:
        """Show this number."""
        for label, words in ((self._number, number), (self._what, what), (self._more, more)):
            label.setText(words)
        self.setAccessibleName(" ".join(part for part in (number, what, more) if part))
