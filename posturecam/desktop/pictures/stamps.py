"""Small parts of a figure, drawn once and kept: a dot, a label, and the level line where slouching begins.

A live view draws the same few again and again, ten times a second. Copying one takes a fraction of the time of drawing it: laying out a
text, rounding the ends of dashes and circles.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen

from posturecam.desktop.widgets.qt_canvas import Ends, QtCanvas
from posturecam.drawing.canvas import DARK, Color
from posturecam.vision.geometry import Point

STEP, _TICK, _LEAN, _TICK_WIDTH = 12.0, 9.0, 0.6, 1.4
"""The ticks beside a line: how far apart they are, their length across the line, how far they lean back along it, as a fraction of that
length, and their width; in units of the drawing. The dashes of the line are as long as the ticks are apart, and so are the gaps."""
DASH = STEP / 4
"""Thickness of the line, since a dash is four times as long."""
PHASES = 4
"""Places within a pixel, across and down, at which a dot is kept: its center is at most an eighth of a pixel off."""
BORDER = 2
"""Transparent pixels around what is drawn, since its soft edges reach beyond it."""


@lru_cache(maxsize=128)
def dot(radius: float, rim: float, fill_color: int, rim_color: int, across: int, down: int) -> tuple[QImage, int]:
    """A filled circle with a rim, and its middle pixel, counted from the left and from the top.

    Args:
        radius: To the middle of the rim, screen pixels.
        rim: Width of the rim, screen pixels.
        fill_color: Its color (`QColor.rgba()`).
        rim_color: That of the rim.
        across: Where in the middle pixel its center lies, in parts of which `PHASES` make a pixel.
        down: The same, from the top.
    """
    middle = math.ceil(radius + rim / 2) + BORDER
    image, painter = _blank(2 * middle + 1, 2 * middle + 1)
    painter.setPen(QPen(QColor.fromRgba(rim_color), rim))
    painter.setBrush(QColor.fromRgba(fill_color))
    painter.drawEllipse(QPointF(middle + across / PHASES, middle + down / PHASES), radius, radius)
    painter.end()
    return image, middle


@lru_cache(maxsize=16)
def label(text: str, font: QFont, wide: float, tall: float, ground: int, color: int, scale: float) -> QImage:
    """A text on a background with rounded corners; its top left lies `BORDER` screen pixels from the image's.

    Args:
        text: The text, which fits.
        font: Its font.
        wide: Width of the background, device-independent pixels.
        tall: Height of the background.
        ground: Color of the background (`QColor.rgba()`).
        color: Color of the text.
        scale: Screen pixels per device-independent pixel.
    """
    image, painter = _blank(math.ceil(wide * scale) + 2 * BORDER, math.ceil(tall * scale) + 2 * BORDER)
    painter.translate(BORDER, BORDER)
    painter.scale(scale, scale)
    paint_label(painter, QRectF(0, 0, wide, tall), text, font, QColor.fromRgba(ground), QColor.fromRgba(color))
    painter.end()
    return image


@lru_cache(maxsize=32)
def level(steps: int, unit: float, color: Color, rim: int, dashed: bool, scale: float) -> tuple[QImage, int, int]:
    """A level line from left to right with ticks below it, and the pixels from the left and from the top to where it starts.

    Args:
        steps: Its length, in `STEP`.
        unit: Device-independent pixels per unit of the drawing.
        color: Its color.
        rim: Color of its rim (`QColor.rgba()`).
        dashed: Whether to draw the line, dashed; otherwise only the ticks.
        scale: Screen pixels per device-independent pixel.
    """
    step, above = STEP * unit * scale, math.ceil(2 * DASH * unit * scale) + BORDER
    image, painter = _blank(math.ceil(steps * step) + 2 * above, math.ceil(_TICK * unit * scale) + 2 * above)
    painter.translate(above, above)
    painter.scale(scale, scale)
    pen = QtCanvas(painter, image.width(), image.height(), {DARK: QColor.fromRgba(rim)})
    pen.unit = unit
    start, along = np.zeros(2), np.array([1.0, 0.0])
    draw_ticks(pen, start, along, np.array([0.0, 1.0]), steps, color)
    if dashed:
        # Up to the middle of the last gap, or else there might be a dot behind it.
        length = steps if steps % 2 else steps - 0.5
        pen.dashes(start, length * STEP * unit * along, color, DASH)
    painter.end()
    return image, above, above


def draw_ticks(pen: QtCanvas, start: Point, along: Point, side: Point, steps: int, color: Color) -> None:
    """Draw the ticks on one side of a line that is `steps` long; both directions have length 1."""
    feet = start + np.outer(np.arange(1, steps) * STEP * pen.unit, along)
    ends: list[Ends] = np.hstack([feet, feet + _TICK * pen.unit * (side - _LEAN * along)]).tolist()
    pen.lines(ends, color, _TICK_WIDTH * pen.unit, Qt.PenCapStyle.SquareCap)  # too thin for its ends to show


def paint_label(painter: QPainter, box: QRectF, text: str, font: QFont, ground: QColor, color: QColor) -> None:
    """Paint a text on a background with rounded corners."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 0.3 * box.height(), 0.3 * box.height())
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _blank(width: int, height: int) -> tuple[QImage, QPainter]:
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return image, painter
