"""Gauges: the current measures, compared with the upright posture and the limits; or why they are unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from posturecam.config.settings import MonitorSettings, Settings
from posturecam.desktop.pictures.gauge_values import Dial, dials
from posturecam.desktop.pictures.measure_help import MeasureHelp, is_explained
from posturecam.desktop.widgets import theme
from posturecam.desktop.widgets.layouts import tab_in_place
from posturecam.desktop.widgets.qt_canvas import write
from posturecam.desktop.widgets.theme import sized
from posturecam.i18n.translate import in_percent, tr
from posturecam.posture.baseline import Baseline
from posturecam.posture.reading import Reading
from posturecam.session.protocol.sign import Sign

_AS_CALIBRATED = 0.05
"""In thresholds; a smaller deviation is not worth a number, since a still person varies by more."""
_WELL_PAST = 1.5
"""In thresholds: from here on a slouch is "well past" its line; between 1 and this it is "past" it."""


class Gauge(QWidget):
    """One measure on a horizontal scale."""

    _ROW, _BAR, _BELOW = 21.0, 10.0, 19
    """Heights of the words (which follow the system's text size), of the scale, and of the space around it."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.fit_text(self, lambda: self.setFixedHeight(theme.scaled(self._ROW) + round(self._BAR) + self._BELOW))
        self._dial: Dial | None = None

    def sizeHint(self) -> QSize:
        """Wide enough for a title and a value."""
        return QSize(300, self.height())

    @property
    def dial(self) -> Dial | None:
        """The value shown."""
        return self._dial

    def show_dial(self, dial: Dial) -> None:
        """Show it from now on."""
        if dial == self._dial:
            return
        if self._dial is None or dial.spoken != self._dial.spoken:
            self.setAccessibleName(dial.title)
            self.setAccessibleDescription(dial.spoken)
            self.setToolTip(dial.spoken)
        self._dial = dial
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Title and value above the scale; words in place of the scale if there is no value."""
        if self._dial is None:
            return
        painter, now, dial = QPainter(self), theme.current(), self._dial
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row, size = QRectF(0, 0, self.width(), theme.scaled(self._ROW)), theme.scaled(14)
        if dial.value is None:
            write(painter, row, dial.title, now.color("quiet"), size)
            below = row.translated(0, row.height() - 3)
            write(painter, below, dial.spoken, now.color("quiet"), theme.scaled(13), most=2)
            painter.end()
            return
        value = f"▼ {dial.value_text}" if dial.out else dial.value_text
        color = now.sign(Sign.SLOUCHING) if dial.out else now.color("text")
        write(painter, row, value, color, size, 600, align=Qt.AlignmentFlag.AlignRight)
        room = QFontMetricsF(sized(painter.font(), size, 600)).horizontalAdvance(value) + theme.GAP
        write(painter, row.adjusted(0, 0, -room, 0), dial.title, now.color("quiet"), size)
        self._paint_scale(painter, dial, QRectF(1, row.bottom() + 5, self.width() - 2, self._BAR))
        painter.end()

    def _paint_scale(self, painter: QPainter, dial: Dial, bar: QRectF) -> None:
        now = theme.current()

        def x(value: float) -> float:
            share = (value - dial.low) / (dial.high - dial.low)
            return bar.left() + bar.width() * min(max(share, 0.0), 1.0)

        paint_bar(painter, bar, now.sign(Sign.UPRIGHT, 0.28) if dial.beyond else now.color("raised"))
        for start, end in dial.beyond:
            paint_hatched(painter, bar, x(start), x(end), now.sign(Sign.SLOUCHING))
        if dial.upright is not None:
            paint_tick(painter, bar, x(dial.upright), now.color("quiet"))
        assert dial.value is not None
        if dial.spread:
            left, right = x(dial.value - dial.spread), x(dial.value + dial.spread)
            painter.fillRect(QRectF(left, bar.top() - 2, right - left, bar.height() + 4), now.color("text", 0.16))
        paint_needle(painter, bar, x(dial.value), now.sign(Sign.SLOUCHING) if dial.out else now.color("text"))


class DeviationGauge(QWidget):
    """The headline: how far from upright, up to where slouching begins and on to a severe slouch."""

    _BAR, _WORDS, _AROUND = 14.0, 16, 20

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.fit_text(self, lambda: self.setFixedHeight(round(self._BAR) + theme.scaled(self._WORDS) + self._AROUND))
        self.setMinimumWidth(220)
        self.setAccessibleName(tr("How far from upright"))
        self._value: float | None = None
        self._settings = MonitorSettings()
        self._said = ""

    @property
    def value(self) -> float | None:
        """The deviation it shows, in thresholds; None if unknown."""
        return self._value

    def show_deviation(self, value: float | None, reason: str | None, settings: MonitorSettings) -> None:
        """Show this deviation.

        Args:
            value: The deviation in thresholds.
            reason: Why there is none.
            settings: Where a slouch ends, and where a severe one begins.
        """
        said = deviation_text(value, reason)
        if value == self._value and settings == self._settings and said == self._said:
            return
        self._value, self._settings = value, settings
        if said != self._said:
            self._said = said
            self.setAccessibleDescription(said)
            self.setToolTip(said)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bar with its three parts, named below it, and the needle; no needle if the deviation is unknown."""
        painter, now = QPainter(self), theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(1, 8, self.width() - 2, self._BAR)
        full = max(self._settings.severe, 1.2) * 1.15

        def x(value: float) -> float:
            return bar.left() + bar.width() * min(max(value / full, 0.0), 1.0)

        paint_bar(painter, bar, now.sign(Sign.UPRIGHT, 0.34))
        between = QRectF(x(self._settings.exit), bar.top(), x(1) - x(self._settings.exit), bar.height())
        painter.fillRect(between, now.sign(Sign.DRIFTING, 0.34))
        paint_hatched(painter, bar, x(1), bar.right(), now.sign(Sign.SLOUCHING))
        self._name_parts(painter, bar, x(1))
        paint_tick(painter, bar, x(1), now.color("text"))
        if self._value is not None:
            out = self._value >= 1
            paint_needle(painter, bar, x(self._value), now.sign(Sign.SLOUCHING) if out else now.color("text"), 3.5)
        painter.end()

    def _name_parts(self, painter: QPainter, bar: QRectF, line: float) -> None:
        """Write below the bar what its ends are, and below the line where slouching begins, or beside it where the ends need the room."""
        size, quiet = theme.scaled(12), theme.current().color("quiet")
        font = QFontMetricsF(sized(painter.font(), size))
        below = QRectF(bar.left(), bar.bottom() + 7, bar.width(), theme.scaled(self._WORDS))
        upright, begins, severe = tr("upright"), tr("slouching begins"), tr("severe")
        write(painter, below, upright, quiet, size)
        write(painter, below, severe, quiet, size, align=Qt.AlignmentFlag.AlignRight)
        left = bar.left() + font.horizontalAdvance(upright) + size
        right = bar.right() - font.horizontalAdvance(severe) - size
        wide = min(font.horizontalAdvance(begins) + 2, right - left)
        middle = QRectF(min(max(line - wide / 2, left), right - wide), below.top(), wide, below.height())
        write(painter, middle, begins, quiet, size, align=Qt.AlignmentFlag.AlignHCenter)


def deviation_text(value: float | None, reason: str | None) -> str:
    """A deviation in words."""
    if value is None:
        return tr("unknown, because {why}").format(why=tr(reason or ""))
    if value <= _AS_CALIBRATED:
        return tr("Right at your upright posture")
    if value < 1:
        return tr("{share} of the way to slouching").format(share=in_percent(round(100 * max(value, 0.0))))
    return tr("Past your slouch line") if value < _WELL_PAST else tr("Well past your slouch line")


class Gauges(QWidget):
    """All gauges of a view, one below the other; a single sentence if none of them has a value, all for the same reason."""

    def __init__(self, *, only_known: bool = False) -> None:
        """Create it without gauges.

        Args:
            only_known: Show the plain numbers and leave out unknown ones: what they were compared with is no longer
                known.
        """
        super().__init__()
        self._only_known = only_known
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._why = QLabel()
        self._why.setWordWrap(True)
        self._why.setTextFormat(Qt.TextFormat.PlainText)
        self._why.setProperty("kind", "quiet")
        self._column.addWidget(self._why)
        self._gauges: list[_GaugeRow] = []
        self._column.addStretch()

    @property
    def shown(self) -> tuple[Gauge, ...]:
        """The gauges in use, from the top."""
        return tuple(row.gauge for row in self._gauges if not row.isHidden())

    @property
    def why(self) -> str:
        """The sentence in place of the gauges, or an empty text."""
        return "" if self._why.isHidden() else self._why.text()

    def show_reading(self, reading: Reading, baseline: Baseline | None, settings: Settings) -> None:
        """Show the gauges of a reading."""
        found = dials(reading, baseline, settings)
        if self._only_known:
            found = tuple(replace(dial, beyond=()) for dial in found if dial.value is not None)
        why = _one_reason(found, reading)
        self._why.setVisible(why is not None)
        if why is not None:
            self._why.setText(tr("The angles are unknown, because {why}.").format(why=tr(why)))
            found = ()
        missing = range(len(self._gauges), len(found))
        for number in missing:
            self._gauges.append(_GaugeRow())
            self._column.insertWidget(number + 1, self._gauges[number])
        if missing:
            tab_in_place(self)
        for index, row in enumerate(self._gauges):
            row.setVisible(index < len(found))
            if index < len(found):
                row.show_dial(found[index])


class _AboutButton(QAbstractButton):
    """A small "i" in a ring."""

    _SIZE = 24

    def __init__(self) -> None:
        super().__init__()
        theme.fit_text(self, lambda: self.setFixedSize(theme.scaled(self._SIZE), theme.scaled(self._SIZE)))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ring and the letter, in the accent color; a second ring when focused."""
        painter, now = QPainter(self), theme.current()
        ink = now.color("accent")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(ink, 1.4))
        painter.drawEllipse(QRectF(self.rect()).adjusted(4, 4, -4, -4))
        painter.setFont(sized(self.font(), theme.scaled(12), 700))
        painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, "i")
        if self.hasFocus():
            painter.setPen(QPen(ink, now.ring))
            painter.drawEllipse(now.framed(self.rect()))
        painter.end()


class _GaugeRow(QWidget):
    """A gauge, and a button that explains its measure."""

    def __init__(self) -> None:
        super().__init__()
        self.gauge = Gauge()
        self.about = _AboutButton()
        self.about.clicked.connect(self._explain)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.gauge, 1)
        row.addWidget(self.about, 0, Qt.AlignmentFlag.AlignTop)

    def show_dial(self, dial: Dial) -> None:
        """Show it from now on."""
        before = self.gauge.dial
        self.gauge.show_dial(dial)
        if before is None or before.title != dial.title:
            self.about.setAccessibleName(tr("About: {measure}").format(measure=dial.title))
            self.about.setToolTip(self.about.accessibleName())
            self.about.setVisible(is_explained(dial.name))

    def _explain(self) -> None:
        dial = self.gauge.dial
        if dial is not None and dial.name is not None:
            MeasureHelp(dial.name, dial.title, self).show_beside(self.about)


def _one_reason(found: Sequence[Dial], reading: Reading) -> str | None:
    """The reason that all gauges share, if none has a value."""
    if not found:
        return reading.deviation.reason.text if reading.deviation.reason else ""
    reasons = {dial.reason for dial in found}
    return next(iter(reasons)) if len(reasons) == 1 and all(dial.value is None for dial in found) else None


# The parts of a scale; each can be recognized by its shape alone.


def paint_bar(painter: QPainter, bar: QRectF, color: QColor) -> None:
    """Paint the scale."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(bar, 3, 3)


def paint_hatched(painter: QPainter, bar: QRectF, left: float, right: float, color: QColor) -> None:
    """A part of the scale that counts as slouching: tinted and hatched."""
    if right - left < 1:
        return
    area = QRectF(left, bar.top(), right - left, bar.height())
    outline, inside = QPainterPath(), QPainterPath()
    outline.addRoundedRect(bar, 3, 3)
    inside.addRect(area)
    painter.save()
    painter.setClipPath(outline.intersected(inside))
    painter.fillRect(area, theme.current().color("surface"))
    tint = QColor(color)
    tint.setAlphaF(0.3)
    painter.fillRect(area, tint)
    painter.setPen(QPen(color, 1.6))
    at = left - bar.height()
    while at < right:
        painter.drawLine(QPointF(at, bar.bottom()), QPointF(at + bar.height(), bar.top()))
        at += 7
    painter.restore()


def paint_tick(painter: QPainter, bar: QRectF, x: float, color: QColor) -> None:
    """A line across the scale with a small triangle under it: the user's upright posture, or a limit."""
    painter.setPen(QPen(color, 1.5))
    painter.drawLine(QPointF(x, bar.top() - 1), QPointF(x, bar.bottom() + 1))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(color))
    tip = bar.bottom() + 1
    painter.drawPolygon(QPolygonF([QPointF(x, tip), QPointF(x - 4.5, tip + 6), QPointF(x + 4.5, tip + 6)]))


def paint_needle(painter: QPainter, bar: QRectF, x: float, color: QColor, half: float = 2.5) -> None:
    """Paint the needle of the current value."""
    x = min(max(x, bar.left() + half), bar.right() - half)
    painter.setPen(QPen(theme.current().color("surface"), 1.5))
    painter.setBrush(color)
    painter.drawRoundedRect(QRectF(x - half, bar.top() - 5, 2 * half, bar.height() + 10), half, half)
