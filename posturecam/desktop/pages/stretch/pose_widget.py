"""The drawn pose of an exercise in the windows' own colors: the figures of `posturecam.drawing.exercise_poses`, on a QPainter."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from posturecam.desktop.widgets.qt_canvas import QtCanvas, rgb
from posturecam.desktop.widgets.theme import Theme, current
from posturecam.drawing import exercise_poses as pictures
from posturecam.drawing.canvas import Color
from posturecam.drawing.exercise_poses import has_picture
from posturecam.drawing.limbs import Tone
from posturecam.session.protocol.sign import Sign

_EYE: Color = (70, 76, 86)


def draw_pose(
    painter: QPainter, area: QRectF, exercise: str, theme: Theme, ground: QColor, share: float | None = None
) -> None:
    """Draw the pose of an exercise into an area; nothing for an exercise of the user's own, which has no picture.

    Args:
        painter: The painter.
        area: Device-independent pixels.
        exercise: Its id.
        theme: Provides the colors.
        ground: The area's background; limbs in front of others are rimmed in this color.
        share: How far on its way from the start pose (0) to the pose (1); None is the pose, with its arrow.
    """
    if not has_picture(exercise) or area.width() < 8 or area.height() < 8:
        return
    quiet, full = theme.color("quiet"), theme.color("text")
    inks = {
        Tone.PROP.value: mixed(quiet, ground, 0.45),
        Tone.FAR.value: mixed(quiet, ground, 0.6),
        Tone.NEAR.value: mixed(full, ground, 0.92) if theme.dark else mixed(full, ground, 0.6),
        Tone.STRETCHED.value: theme.sign(Sign.DRIFTING),
        Tone.ARROW.value: theme.color("accent"),
        _EYE: ground,
    }
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(area)
    painter.translate(area.topLeft())
    pictures.draw(QtCanvas(painter, area.width(), area.height(), inks), exercise, rgb(ground), share)
    painter.restore()


def mixed(color: QColor, ground: QColor, share: float) -> QColor:
    """An opaque color between two: `share` of the first, the rest of the second."""
    rest = 1 - share
    return QColor(
        round(share * color.red() + rest * ground.red()),
        round(share * color.green() + rest * ground.green()),
        round(share * color.blue() + rest * ground.blue()),
    )


class PoseView(QWidget):
    """The drawn pose of one exercise."""

    def __init__(self, exercise: str, least: QSize) -> None:
        super().__init__()
        self._exercise = exercise
        self.setMinimumSize(least)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if not has_picture(exercise):
            self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it on a raised ground with round corners."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.color("raised"))
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(QRectF(self.rect()), 10, 10)
        inner = QRectF(self.rect()).adjusted(10, 10, -10, -10)
        draw_pose(painter, inner, self._exercise, theme, theme.color("raised"))
        painter.end()
