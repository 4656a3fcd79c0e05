"""The pen of a figure: its colors on a picture or on a plain background, and texts on their own background."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from posturecam.desktop.widgets import theme
from posturecam.desktop.widgets.qt_canvas import QtCanvas
from posturecam.desktop.widgets.theme import sized
from posturecam.drawing.canvas import DARK, GRAY, WHITE, Color
from posturecam.session.protocol.messages import Sign
from posturecam.vision.geometry import Point

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
        """The color of a state, in the form that `posturecam.drawing.annotate` uses."""
        color = self.theme.sign(sign)
        return color.red(), color.green(), color.blue()

    @property
    def text(self) -> QColor:
        """The color of texts."""
        return QColor(*WHITE) if self.theme is theme.DARK else self.bone


class FigureInk(QtCanvas):
    """The pen of the annotated pictures with the figure's colors; coordinates start at the figure's corner."""

    def __init__(self, painter: QPainter, place: QRectF, look: FigureStyle) -> None:
        super().__init__(painter, place.width(), place.height(), {WHITE: look.bone, GRAY: look.faint, DARK: look.rim})
        self.look = look
        self._font_name = painter.font().toString()
        self._chips: list[QRectF] = []
        """The texts so far, which later ones must not cover."""

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
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(self.look.label)
        self.painter.drawRoundedRect(box, 0.3 * tall, 0.3 * tall)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.setFont(font)
        self.painter.setPen(self.look.text)
        if text_width > box.width() - gap:
            text = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width() - gap)
        self.painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def chip_width(self, text: str) -> float:
        """The room a chip needs beside its point."""
        _, wide, tall = _measured(text, self._font_name, self._chip_size, 400)
        return wide + 1.8 * tall

    @property
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
