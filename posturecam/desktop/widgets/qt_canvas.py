"""The pen of `posturecam.drawing.canvas` on a QPainter: drawings made for OpenCV's pictures are sharp on any screen too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPen,
    QPolygonF,
    QTextLayout,
    QTextOption,
)

from posturecam.desktop.widgets.theme import sized
from posturecam.drawing.canvas import DARK, Canvas, Color, Stroke
from posturecam.vision.frame import Image
from posturecam.vision.geometry import Point

RIM = 1.2
"""Width of the rim of a dot, as on `posturecam.drawing.canvas`'s pictures."""
_DARKENED = 0.7
"""Opacity of a label's background."""
_OPAQUE = 255
_ROUND, _FLAT = Qt.PenCapStyle.RoundCap, Qt.PenCapStyle.FlatCap
_STUB = 0.01
"""Length of a line that looks like a dot of its pen, device-independent pixels."""

Ends = tuple[float, float, float, float]
"""Where a line begins and where it ends: x, y, x and y, device-independent pixels."""


class QtCanvas(Canvas):
    """Draws with a painter on an area of this size, in device-independent pixels, whose top left is the painter's origin.

    `inks` replaces colors that a drawing names, so that a drawing made for a dark background suits a light one too.
    """

    def __init__(
        self, painter: QPainter, width: float, height: float, inks: Mapping[Color, QColor] | None = None
    ) -> None:
        self.painter, self.width, self.height = painter, int(width), int(height)
        self.unit = max(min(width, height) / 480, 0.5)
        self.text_size = max(round(16 * self.unit), 11)
        self.pad = max(round(10 * self.unit), 5)
        self._inks = dict(inks or {})
        self._font = QFont(painter.font())

    def strokes(self, strokes: Sequence[Stroke]) -> None:
        """Rimmed lines, all lines of one pen at once: drawn one by one, a dashed line takes longer than the picture behind it."""
        for is_rim in (True, False):
            alike: dict[tuple[Color, float, Qt.PenCapStyle], list[Ends]] = {}
            for stroke in strokes:
                thick, cap = self.thick(stroke.thickness), _FLAT if stroke.covered else _ROUND
                pen = (DARK, thick + self.thick(2), cap) if is_rim else (stroke.color, thick, cap)
                alike.setdefault(pen, []).append((*stroke.start.tolist(), *stroke.end.tolist()))
            for (color, thickness, cap), ends in alike.items():
                self.lines(ends, color, thickness, cap)

    def lines(
        self,
        ends: Sequence[Ends],
        color: Color,
        thickness: float,
        cap: Qt.PenCapStyle = Qt.PenCapStyle.RoundCap,
    ) -> None:
        """Plain lines of this thickness in pixels.

        Qt draws lines with flat or square ends in a tenth of the time that round ends take. So an opaque line is drawn with flat ends,
        and a dot on each of them.
        """
        lines = [QLineF(*one) for one in ends]
        if cap is _ROUND and self._ink(color).alpha() == _OPAQUE:
            self.painter.setPen(self._pen(color, thickness, _FLAT))
            self.painter.drawLines(lines)
            lines = [QLineF(x, y, x + _STUB, y) for one in ends for x, y in (one[:2], one[2:])]
        self.painter.setPen(self._pen(color, thickness, cap))
        self.painter.drawLines(lines)

    def dashes(self, start: Point, end: Point, color: Color, thickness: float = 1.5) -> None:
        """A dashed line with a rim, dashed by Qt."""
        dash, thick, line = 4 * thickness * self.unit, self.thick(thickness), QLineF(*start.tolist(), *end.tolist())
        for ink, width in ((DARK, thick + self.thick(2)), (color, thick)):
            self.painter.setPen(_pen(self._ink(ink).rgba(), width, _ROUND, dash / width))
            self.painter.drawLine(line)

    def dot(self, center: Point, color: Color, radius: float) -> None:
        """A filled circle with a dark rim."""
        self.dots([center], color, radius)

    def dots(self, centers: Sequence[Point], color: Color, radius: float) -> None:
        """Filled circles with dark rims."""
        size, draw = radius * self.unit + 0.5 * RIM, self.painter.drawEllipse
        self.painter.setPen(self._pen(DARK, RIM, _ROUND))
        self.painter.setBrush(self._ink(color))
        for center in centers:
            draw(_point(center), size, size)

    def line(self, start: Point, end: Point, color: Color, thickness: float) -> None:
        """A plain line with round ends, of this thickness in pixels."""
        self._outline(color, thickness)
        self.painter.drawLine(_point(start), _point(end))

    def arc(self, center: Point, radius: float, begin: float, end: float, color: Color, thickness: float) -> None:
        """An arc from one direction to another: degrees clockwise from the right."""
        self._outline(color, thickness, Qt.PenCapStyle.FlatCap)
        self.painter.drawArc(_square(center, radius), round(-16 * begin), round(-16 * (end - begin)))

    def disc(self, center: Point, radius: float, color: Color) -> None:
        """A filled circle."""
        self._fill(color)
        self.painter.drawEllipse(_point(center), radius, radius)

    def wedge(self, center: Point, radius: float, begin: float, end: float, color: Color) -> None:
        """A filled sector, with the angles of `arc`."""
        self._fill(color)
        self.painter.drawPie(_square(center, radius), round(-16 * begin), round(-16 * (end - begin)))

    def polygon(self, corners: NDArray[np.float64], color: Color) -> None:
        """A filled shape, corners of shape (n, 2)."""
        self._fill(color)
        self.painter.drawPolygon(QPolygonF([_point(corner) for corner in corners]))

    def shade_area(self, left: int, top: int, right: int, bottom: int, keep: float) -> None:
        """Darken an area with rounded corners; `keep` is the fraction of its brightness that is left."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(QColor(*DARK, round(255 * max(1 - keep, _DARKENED))))
        self.painter.drawRoundedRect(QRectF(left, top, right - left, bottom - top), self.pad / 2, self.pad / 2)

    def text_width(self, text: str, size: int | None = None, weight: int = 400) -> int:
        """Width of a line of text, pixels."""
        return round(QFontMetricsF(self._sized(size, weight)).horizontalAdvance(text))

    def put(self, text: str, start: tuple[int, int], color: Color, size: int, weight: int = 400) -> None:
        """Write one line of text of this size, starting at the left end of its baseline."""
        self.painter.setFont(self._sized(size, weight))
        self.painter.setPen(self._ink(color))
        self.painter.drawText(QPointF(*start), text)

    def _sized(self, size: int | None, weight: int) -> QFont:
        return sized(self._font, size or self.text_size, weight)

    def _ink(self, color: Color) -> QColor:
        return self._inks.get(color) or QColor(*color)

    def _outline(self, color: Color, thickness: float, cap: Qt.PenCapStyle = Qt.PenCapStyle.RoundCap) -> None:
        self.painter.setPen(self._pen(color, thickness, cap))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)

    def _pen(self, color: Color, thickness: float, cap: Qt.PenCapStyle) -> QPen:
        return _pen(self._ink(color).rgba(), thickness, cap)

    def _fill(self, color: Color) -> None:
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(QBrush(self._ink(color)))


@lru_cache(maxsize=64)
def _pen(color: int, thickness: float, cap: Qt.PenCapStyle, dash: float = 0.0) -> QPen:
    """A pen of this color (`QColor.rgba()`), cached: making one takes about as long as drawing a line with it.

    It draws dashes of this length, in thicknesses, and gaps as long; 0 draws whole lines.
    """
    pen = QPen(QColor.fromRgba(color), thickness, Qt.PenStyle.SolidLine, cap)
    if dash:
        pen.setDashPattern([dash, dash])
    return pen


def rgb(color: QColor) -> Color:
    """A color in the form that drawings use."""
    return color.red(), color.green(), color.blue()


def qt_image(image: Image) -> QImage:
    """The picture for Qt; it may share the array's memory, so keep the array for as long."""
    height, width = image.shape[:2]
    dense = np.ascontiguousarray(image)
    made = QImage(dense.data, width, height, dense.strides[0], QImage.Format.Format_BGR888)
    return made if dense is image else made.copy()


@lru_cache(maxsize=2048)  # the page of stretches alone asks for a hundred texts at each of some widths
def fitted(
    text: str, font: str, width: int, most: int, size: int, weight: int = 400, least: int | None = None
) -> tuple[tuple[str, ...], int]:
    """The text in at most `most` lines, smaller if necessary; and the resulting size.

    Lines are broken by the rules of the text's language, including Chinese. Text that does not fit at the smallest size
    ends in "…".

    Args:
        text: One paragraph.
        font: `QFont.toString()`.
        width: Width of the lines, pixels.
        most: Most lines.
        size: Largest size, pixels.
        weight: 400 is regular, 700 bold.
        least: Smallest size, pixels; half of `size` if omitted, but at least 9 unless `size` is smaller.
    """
    chosen = QFont()
    chosen.fromString(font)
    least = min(max(size // 2, 9), size) if least is None else least
    for tried in range(size, least - 1, -1):
        made = sized(chosen, tried, weight)
        lines = _lines(text, made, width)
        measured = QFontMetricsF(made)
        if len(lines) <= most and all(measured.horizontalAdvance(line) <= width for line in lines):
            return tuple(lines), tried
    made = sized(chosen, least, weight)
    lines = _lines(text, made, width)
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    measured = QFontMetricsF(made)
    return tuple(measured.elidedText(line, Qt.TextElideMode.ElideRight, width) for line in lines), least


def write(
    painter: QPainter,
    area: QRectF,
    text: str,
    color: QColor,
    size: float,
    weight: int = 400,
    most: int = 1,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    least: int | None = None,
) -> float:
    """Write a text from the top of an area, as large as fits; returns the bottom of its last line, pixels from the top."""
    if not text or area.width() < 10:
        return area.top()
    lines, chosen = fitted(text, painter.font().toString(), int(area.width()), most, round(size), weight, least)
    font = sized(painter.font(), chosen, weight)
    before = painter.font()
    painter.setFont(font)
    painter.setPen(color)
    step, y = 1.25 * chosen, area.top()
    for line in lines:
        painter.drawText(QRectF(area.left(), y, area.width(), step), align | Qt.AlignmentFlag.AlignVCenter, line)
        y += step
    painter.setFont(before)
    return y


def _lines(text: str, font: QFont, width: float) -> list[str]:
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    layout.setTextOption(option)
    layout.beginLayout()
    lines = []
    while True:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
        lines.append(text[line.textStart() : line.textStart() + line.textLength()].rstrip())
    layout.endLayout()
    return lines


def _point(point: Point) -> QPointF:
    return QPointF(*point.tolist())


def _square(center: Point, radius: float) -> QRectF:
    return QRectF(float(center[0]) - radius, float(center[1]) - radius, 2 * radius, 2 * radius)
