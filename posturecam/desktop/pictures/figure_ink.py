"""The pen of a figure: its colours on a picture or on a plain ground, and texts on a ground of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from posturecam.desktop.widgets import theme
from posturecam.desktop.widgets.qt_canvas import QtCanvas
from posturecam.desktop.widgets.theme import sized
from posturecam.drawing.canvas import DARK, GREY, WHITE, Colour
from posturecam.session.protocol.messages import Sign
from posturecam.vision.geometry import Point

_LEAST_CHIP = 0.6
"""How much smaller than usual a label may be before it is cut short."""


@dataclass(frozen=True, slots=True)
class FigureStyle:
    """Colours on one ground."""

    ground: QColor
    bone: QColor
    faint: QColor
    rim: QColor
    label: QColor
    theme: theme.Theme
    """Whose colours of states are used: the dark one's on a picture, for they are bright."""

    @classmethod
    def on_picture(cls) -> FigureStyle:
        """On the camera's picture, in either theme."""
        rim = QColor(*DARK)
        label = QColor(*DARK, 190)
        return cls(rim, QColor(*WHITE), QColor(*GREY), rim, label, theme.DARK)

    @classmethod
    def plain(cls) -> FigureStyle:
        """On one colour of the theme in use."""
        now = theme.current()
        ground = now.colour("raised")
        return cls(ground, now.colour("text"), now.colour("quiet", 0.6), ground, now.colour("surface", 0.92), now)

    def as_ghost(self) -> FigureStyle:
        """The same for an upright posture that is only compared with."""
        colour = self.theme.sign(Sign.UPRIGHT, 0.75)
        return replace(
            self, bone=colour, faint=self.theme.sign(Sign.UPRIGHT, 0.4), label=self.theme.sign(Sign.UPRIGHT, 0.14)
        )

    def sign(self, sign: Sign) -> Colour:
        """The colour of a state, as `posturecam.drawing.annotate` takes it."""
        colour = self.theme.sign(sign)
        return colour.red(), colour.green(), colour.blue()

    @property
    def text(self) -> QColor:
        """The colour of texts."""
        return QColor(*WHITE) if self.theme is theme.DARK else self.bone


class FigureInk(QtCanvas):
    """The pen of the pictures with the figure's colours; coordinates start at the figure's corner."""

    def __init__(self, painter: QPainter, place: QRectF, look: FigureStyle) -> None:
        super().__init__(painter, place.width(), place.height(), {WHITE: look.bone, GREY: look.faint, DARK: look.rim})
        self.look = look
        self._chips: list[QRectF] = []
        """The texts so far, which later ones do not cover."""

    def chip(self, text: str, beside: Point, side: int, *, bold: bool = False) -> None:
        """A text on a ground of its own to the right (1) or the left (-1) of a point, kept within the figure."""
        weight = 700 if bold else 400
        font = sized(self.painter.font(), self._chip_size, weight)
        share = self.width / max(QFontMetricsF(font).horizontalAdvance(text) + 2 * QFontMetricsF(font).height(), 1)
        if share < 1:  # a small figure, or large text
            font = sized(self.painter.font(), max(share, _LEAST_CHIP) * self._chip_size, weight)
        metrics = QFontMetricsF(font)
        gap = 0.45 * metrics.height()
        wide = min(metrics.horizontalAdvance(text) + 2 * gap, self.width - 2 * gap)
        tall = metrics.height() + 0.5 * gap
        left = float(beside[0]) + (gap if side > 0 else -gap - wide)
        box = QRectF(
            min(max(left, gap), self.width - wide - gap),
            min(max(float(beside[1]) - tall / 2, gap), self.height - tall - gap),
            wide,
            tall,
        )
        for other in self._chips:  # of which the later stands below the earlier
            if box.intersects(other) and other.bottom() + 1 + tall <= self.height:
                box.moveTop(other.bottom() + 1)
        self._chips.append(box)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(self.look.label)
        self.painter.drawRoundedRect(box, 0.3 * tall, 0.3 * tall)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.setFont(font)
        self.painter.setPen(self.look.text)
        fitting = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width() - gap)
        self.painter.drawText(box, Qt.AlignmentFlag.AlignCenter, fitting)

    def chip_width(self, text: str) -> float:
        """How much room a chip needs beside its point."""
        metrics = QFontMetricsF(sized(self.painter.font(), self._chip_size))
        return metrics.horizontalAdvance(text) + 1.8 * metrics.height()

    @property
    def _chip_size(self) -> float:
        return theme.scaled(min(max(15 * self.unit, 11), 18))
