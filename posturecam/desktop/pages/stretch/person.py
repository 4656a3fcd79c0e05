"""The person on the stage: the dimmed picture, the skeleton, and the angle that is judged."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath

from posturecam.coach.presentation.coach_picture import CoachFigure
from posturecam.coach.presentation.coach_view import CoachView, Mood
from posturecam.config.settings import Settings
from posturecam.desktop.widgets.qt_canvas import QtCanvas, qt_image, rgb
from posturecam.desktop.widgets.theme import DARK, ROUND, Theme
from posturecam.session.protocol.messages import Coaching
from posturecam.session.protocol.sign import Sign

MOODS: Mapping[Mood, Sign] = {
    Mood.GUIDE: Sign.RECOVERING,
    Mood.HOLD: Sign.UPRIGHT,
    Mood.MISTAKE: Sign.DRIFTING,
    Mood.LOST: Sign.UNKNOWN,
}
"""Whose colors are taken; the words say it too."""

_DIMMED = 0.4
"""How much of the camera's picture is taken away, so that the skeleton stands out."""


def color_of(shown: CoachView, look: Theme) -> QColor:
    """The color of ring and angle: a mistake is shown by its cue, while the seconds continue to count."""
    return look.sign(MOODS[Mood.HOLD if shown.mood is Mood.MISTAKE else shown.mood])


def rounded(area: QRectF) -> QPainterPath:
    """The outline of the area in which the person is drawn."""
    outline = QPainterPath()
    outline.addRoundedRect(area, ROUND, ROUND)
    return outline


def draw_person(painter: QPainter, area: QRectF, coaching: Coaching, settings: Settings) -> None:
    """The person, mirrored: the dimmed picture unless the user wants none, the skeleton, and the angle that is judged.

    The area is dark in either theme, as a picture is: the skeleton and the labels are designed for it.
    """
    tick = coaching.tick
    painter.save()
    painter.fillPath(rounded(area), DARK.color("surface"))
    painter.setClipPath(rounded(area))
    painter.translate(area.topLeft())
    if settings.desktop.picture and tick.frame.image is not None:
        image = qt_image(tick.frame.image)
        scale = min(area.width() / image.width(), area.height() / image.height())
        across, down = image.width() * scale, image.height() * scale
        place = QRectF((area.width() - across) / 2, (area.height() - down) / 2, across, down)
        painter.drawImage(place, image.flipped(Qt.Orientation.Horizontal))
        painter.fillRect(place, QColor(0, 0, 0, round(255 * _DIMMED)))
    if tick.pose is not None and area.width() > 20 and area.height() > 20:
        body = CoachFigure(QtCanvas(painter, area.width(), area.height()), tick, settings, mirrored=True)
        body.skeleton()
        if coaching.shown.judged is not None:
            body.angle(coaching.shown.judged, rgb(color_of(coaching.shown, DARK)))
    painter.restore()
