"""The pen of a figure: its colors on a picture or on a plain background, and texts on their own background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from posturecam.desktop.pictures import stamps
from posturecam.desktop.widgets import theme
from posturecam.desktop.widgets.qt_canvas import RIM, Ends, QtCanvas, rgb
from posturecam.desktop.widgets.theme import sized
from posturecam.drawing.canvas import DARK, GRAY, WHITE, Color, Stroke
from posturecam.session.protocol.sign import Sign
from posturecam.vision.geometry import Point, distance

_LEAST_CHIP = 0.6
"""Smallest scale of a label; below it, the label is truncated."""


@dataclass(frozen=True, slots=True)
class FigureStyle:
    """Colors for one kind of background."""

    ground: QColor
    bone: QColor
    faint: QColor
    rim: QColor
    label: QColor
    theme: theme.Theme
    """Source of the states' colors: on a picture the dark theme's, since they are bright."""

    @classmethod
    @lru_cache(maxsize=1)
    def on_picture(cls) -> FigureStyle:
        """On the camera's picture, in either theme."""
        rim = QColor(*DARK)
        label = QColor(*DARK, 190)
        return cls(rim, QColor(*WHITE), QColor(*GRAY), rim, label, theme.DARK)

    @classmethod
    def plain(cls) -> FigureStyle:
        """On a plain background in the current theme."""
        now = theme.current()
        ground = now.color("raised")
        return cls(ground, now.color("text"), now.color("quiet", 0.6), ground, now.color("surface", 0.92), now)

    def as_ghost(self) -> FigureStyle:
        """The same for an upright posture shown only for comparison."""
        color = self.theme.sign(Sign.UPRIGHT, 0.75)
        return replace(
            self, bone=color, faint=self.theme.sign(Sign.UPRIGHT, 0.4), label=self.theme.sign(Sign.UPRIGHT, 0.14)
        )

    def sign(self, sign: Sign) -> Color:
        """The color of a state, in the form that drawings use."""
        return rgb(self.theme.sign(sign))

    @property
    def text(self) -> QColor:
        """The color of texts."""
        return QColor(*WHITE) if self.theme is theme.DARK else self.bone


class FigureInk(QtCanvas):
    """The pen of the annotated pictures with the figure's colors; coordinates start at the figure's corner."""

    def __init__(self, painter: QPainter, place: QRectF, look: FigureStyle) -> None:
        super().__init__(painter, place.width(), place.height(), {WHITE: look.bone, GRAY: look.faint, DARK: look.rim})
        self.look = look
        self._chips: list[QRectF] = []
        """The texts so far, which later ones must not cover."""
        self._reach: tuple[float, float, float, float] | None = None
        world = painter.worldTransform()
        self._origin, self._scale = (world.dx(), world.dy()), world.m11()
        unturned = not world.isRotating() and world.m22() == self._scale
        self._stamps = unturned and painter.device().devicePixelRatio() == 1
        """Whether one of the painter's units is `_scale` screen pixels, so that pictures of parts can be copied."""

    @property
    def drawn(self) -> QRectF:
        """Where something has been drawn."""
        if self._reach is None:
            return QRectF()
        left, top, right, bottom = self._reach
        return QRectF(left, top, right - left, bottom - top)

    def _mark(self, left: float, top: float, right: float, bottom: float) -> None:
        """Remember that something is drawn there."""
        if self._reach is not None:
            known = self._reach
            left, top, right, bottom = (
                *(min(left, known[0]), min(top, known[1])),
                *(max(right, known[2]), max(bottom, known[3])),
            )
        self._reach = left, top, right, bottom

    def _mark_around(self, points: Sequence[Sequence[float]], around: float) -> None:
        x, y = zip(*points, strict=True)
        self._mark(min(x) - around, min(y) - around, max(x) + around, max(y) + around)

    def lines(
        self,
        ends: Sequence[Ends],
        color: Color,
        thickness: float,
        cap: Qt.PenCapStyle = Qt.PenCapStyle.RoundCap,
    ) -> None:
        """Plain lines of this thickness in pixels."""
        if ends:
            self._mark_around([place for one in ends for place in (one[:2], one[2:])], thickness)
            super().lines(ends, color, thickness, cap)

    def dashes(self, start: Point, end: Point, color: Color, thickness: float = 1.5) -> None:
        """A dashed line with a rim."""
        self._mark_around((start.tolist(), end.tolist()), self.thick(thickness) + self.thick(2))
        super().dashes(start, end, color, thickness)

    def dots(self, centers: Sequence[Point], color: Color, radius: float) -> None:
        """Filled circles with dark rims."""
        if not centers:
            return
        size, places = radius * self.unit + 0.5 * RIM, [center.tolist() for center in centers]
        self._mark_around(places, size + RIM)
        if not self._stamps:
            super().dots(centers, color, radius)
            return
        scale, (left, top), phases = self._scale, self._origin, stamps.PHASES
        looks = size * scale, RIM * scale, self._ink(color).rgba(), self._ink(DARK).rgba()
        copies = []
        for x, y in places:
            column, across = divmod(round((left + scale * x) * phases), phases)
            row, down = divmod(round((top + scale * y) * phases), phases)
            image, middle = stamps.dot(*looks, across, down)
            copies.append((QPoint(column - middle, row - middle), image))
        self._put_stamps(copies)

    def arc(self, center: Point, radius: float, begin: float, end: float, color: Color, thickness: float) -> None:
        """An arc from one direction to another: degrees clockwise from the right."""
        self._mark_around((center.tolist(),), radius + thickness)
        super().arc(center, radius, begin, end, color, thickness)

    def polygon(self, corners: NDArray[np.float64], color: Color) -> None:
        """A filled shape, corners of shape (n, 2)."""
        self._mark_around(corners.tolist(), 1)
        super().polygon(corners, color)

    def oval(self, center: Point, wide: float, tall: float, *, filled: bool) -> None:
        """A soft outline around a center; a dashed one that is not filled."""
        line = Qt.PenStyle.SolidLine if filled else Qt.PenStyle.DashLine
        self.painter.setPen(QPen(self.look.faint if filled else self.look.bone, 1.5 * self.unit, line))
        self.painter.setBrush(self.look.label)
        self._mark_around((center.tolist(),), max(wide, tall) / 2 + 2 * self.unit)
        self.painter.drawEllipse(QPointF(*center.tolist()), wide / 2, tall / 2)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)

    def level(self, start: Point, end: Point, color: Color, *, dashed: bool) -> None:
        """A level line from left to right, dashed or solid, with ticks below it."""
        steps = int(float(end[0] - start[0]) / (stamps.STEP * self.unit))
        if not (steps and self._stamps):
            self.ticked(start, end, np.array([0.0, 1.0]), color, dashed=dashed)
            return
        image, x, y = stamps.level(steps, self.unit, color, self._ink(DARK).rgba(), dashed, self._scale)
        left, top = self._pixel(*start.tolist())
        self._put_stamps([(QPoint(left - x, top - y), image)])
        if not dashed:
            self._solid(start, end, color)
        elif steps % 2 == 0:  # the beginning of another dash
            begins = start + np.array([steps * stamps.STEP * self.unit, 0.0])
            self.strokes([Stroke(begins, end, color, stamps.DASH)])

    def ticked(self, start: Point, end: Point, side: Point, color: Color, *, dashed: bool) -> None:
        """A line, dashed or solid, with ticks on one side of it, whose direction has length 1."""
        length = distance(start, end)
        along, steps = (end - start) / max(length, 1e-6), int(length / (stamps.STEP * self.unit))
        stamps.draw_ticks(self, start, along, side, steps, color)
        if dashed:
            self.dashes(start, end, color, stamps.DASH)
        else:
            self._solid(start, end, color)

    def _solid(self, start: Point, end: Point, color: Color) -> None:
        self.strokes([Stroke(start, end, color, 4)])

    def chip(self, text: str, beside: Point, side: int, *, bold: bool = False) -> None:
        """A text on its own background, right (1) or left (-1) of a point, kept within the figure."""
        weight = 700 if bold else 400
        font, text_width, line = _measured(text, self._font_name, self._chip_size, weight)
        share = self.width / max(text_width + 2 * line, 1)
        if share < 1:  # a small figure, or large text
            smaller = max(share, _LEAST_CHIP) * self._chip_size
            font, text_width, line = _measured(text, self._font_name, smaller, weight)
        gap = 0.45 * line
        wide = min(text_width + 2 * gap, self.width - 2 * gap)
        tall = line + 0.5 * gap
        left = float(beside[0]) + (gap if side > 0 else -gap - wide)
        box = QRectF(
            min(max(left, gap), self.width - wide - gap),
            min(max(float(beside[1]) - tall / 2, gap), self.height - tall - gap),
            wide,
            tall,
        )
        for other in self._chips:  # a later text goes below an earlier one
            if box.intersects(other) and other.bottom() + 1 + tall <= self.height:
                box.moveTop(other.bottom() + 1)
        self._chips.append(box)
        if text_width > wide - gap:
            text = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, wide - gap)
        ground, color = self.look.label, self.look.text
        self._mark(box.left(), box.top(), box.right(), box.bottom())
        if self._stamps:
            image = stamps.label(text, font, wide, tall, ground.rgba(), color.rgba(), self._scale)
            x, y = self._pixel(box.left(), box.top())
            self._put_stamps([(QPoint(x - stamps.BORDER, y - stamps.BORDER), image)])
        else:
            stamps.paint_label(self.painter, box, text, font, ground, color)

    def _pixel(self, x: float, y: float) -> tuple[int, int]:
        """The screen pixel nearest to a place."""
        left, top = self._origin
        return round(left + self._scale * x), round(top + self._scale * y)

    def _put_stamps(self, copies: Sequence[tuple[QPoint, QImage]]) -> None:
        """Copy pictures to these screen pixels."""
        painter = self.painter
        painter.setWorldMatrixEnabled(False)
        for at, image in copies:
            painter.drawImage(at, image)
        painter.setWorldMatrixEnabled(True)

    def chip_width(self, text: str) -> float:
        """The room a chip needs beside its point."""
        _, wide, tall = _measured(text, self._font_name, self._chip_size, 400)
        return wide + 1.8 * tall

    @cached_property
    def _font_name(self) -> str:
        return self.painter.font().toString()

    @cached_property
    def _chip_size(self) -> float:
        return theme.scaled(min(max(15 * self.unit, 11), 18))


@lru_cache(maxsize=32)
def _measured(text: str, font: str, size: float, weight: int) -> tuple[QFont, float, float]:
    """This font (`QFont.toString()`) at this size, and the width and height of a text in it; cached: finding a font takes longer than writing."""
    chosen = QFont()
    chosen.fromString(font)
    chosen = sized(chosen, size, weight)
    metrics = QFontMetricsF(chosen)
    return chosen, metrics.horizontalAdvance(text), metrics.height()
