"""What a measure is: a small drawing, what it means, and what to do when it is off."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from posturecam.alerts.explanation import tip_for
from posturecam.desktop.widgets import theme
from posturecam.desktop.widgets.parts import text
from posturecam.i18n.translate import mark, tr
from posturecam.posture.measures import Name
from posturecam.session.protocol.sign import Sign

_WIDTH = 420
_DRAWING = 132
"""Side of the square drawing, device-independent pixels."""

_MEANINGS: Mapping[Name, str] = {
    Name.NECK_INCLINATION: mark(
        "The angle between the vertical and the line from your shoulder to your ear. The further your head comes forward, the larger it is."
    ),
    Name.TRUNK_INCLINATION: mark(
        "The angle between the vertical and the line from your hip to your shoulder. It grows as you lean forward."
    ),
    Name.NECK_FLEXION: mark("How far your head is bent against your trunk. It grows as you slide down in the chair."),
    Name.CRANIOVERTEBRAL_ANGLE: mark(
        "The angle physiotherapists use for the forward head: the smaller, the further forward. From a webcam it is a rough estimate."
    ),
    Name.SLUMP_INDEX: mark("How high your ears are above your shoulders, compared with how you sit upright."),
    Name.HEAD_FORWARD_INDEX: mark(
        "How large your head looks against your shoulders, compared with how you sit upright. It grows as your head comes forward."
    ),
    Name.HEAD_ROLL: mark("How far your head is tilted toward one shoulder."),
    Name.SHOULDER_TILT: mark("How far one shoulder is higher than the other."),
    Name.NECK_HEIGHT: mark(
        "How many centimeters your head is above your shoulders. It falls as you sink down or your head comes forward."
    ),
    Name.HEAD_DISTANCE: mark("How far your face is from the camera, which sits at your screen."),
    Name.HEAD_PITCH: mark("How far you are looking down. Looking at the keyboard is not a slouch by itself."),
    Name.HEAD_OFFSET: mark("How far your head is to one side of the middle of your shoulders."),
    Name.BODY_YAW: mark("How far your shoulders are turned away from the camera."),
}


def is_explained(name: Name | None) -> bool:
    """Whether there is an explanation for a measure."""
    return name in _MEANINGS


class MeasureDrawing(QWidget):
    """A measure as a drawing: somebody upright, pale; somebody whose measure is off; and the difference between them."""

    def __init__(self, name: Name) -> None:
        super().__init__()
        self._name = name
        self.setFixedSize(_DRAWING, _DRAWING)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it in the theme's colors."""
        painter = QPainter(self)
        paint_measure(painter, QRectF(self.rect()), self._name)
        painter.end()


class MeasureHelp(QFrame):
    """A small card next to a gauge; a click elsewhere or Escape closes it."""

    def __init__(self, name: Name, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("kind", "card")
        self.setAccessibleName(title)
        meaning, tip = tr(_MEANINGS[name]), tr(tip_for(name))
        self.setAccessibleDescription(f"{meaning} {tip}")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 14, 16, 14)
        row.setSpacing(theme.GAP)
        row.addWidget(MeasureDrawing(name), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(6)
        words.addWidget(text(title, "heading"))
        words.addWidget(text(meaning))
        if name is not Name.HEAD_PITCH:
            words.addWidget(text(tr("Try this"), "quiet"))
            words.addWidget(text(tip))
        words.addStretch(1)
        row.addLayout(words, 1)

    def show_beside(self, button: QWidget) -> None:
        """Show it below the button, within the screen."""
        free = button.screen().availableGeometry()
        wide = min(theme.enlarged(_WIDTH), free.width())
        self.setFixedWidth(wide)
        self.adjustSize()
        self.setFixedHeight(max(self.heightForWidth(wide), _DRAWING + 28))
        at = button.mapToGlobal(QPoint(button.width() - wide, button.height() + 4))
        x = min(max(at.x(), free.left()), max(free.right() - wide, free.left()))
        y = min(at.y(), free.bottom() - self.height())
        self.move(x, max(y, free.top()))
        self.show()


# The drawings, in a square of 100 by 100.


def paint_measure(painter: QPainter, area: QRectF, name: Name) -> None:
    """Paint the drawing of a measure into a square area."""
    now = theme.current()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(now.color("raised"))
    painter.drawRoundedRect(area, theme.ROUND, theme.ROUND)
    painter.translate(area.topLeft())
    painter.scale(area.width() / 100, area.height() / 100)
    _DRAWINGS[name](_MeasurePen(painter))
    painter.restore()


class _MeasurePen:
    """Draws people and what is measured on them."""

    def __init__(self, painter: QPainter) -> None:
        self._painter, self._theme = painter, theme.current()

    def _ink(self, *, ghost: bool, wide: float = 2.6) -> None:
        color = self._theme.sign(Sign.UPRIGHT, 0.8) if ghost else self._theme.color("text")
        line = Qt.PenStyle.DashLine if ghost else Qt.PenStyle.SolidLine
        self._painter.setPen(QPen(color, 1.8 if ghost else wide, line, Qt.PenCapStyle.RoundCap))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)

    def side(self, hip: QPointF, shoulder: QPointF, head: QPointF, *, ghost: bool = False) -> None:
        """Somebody from the side, facing right."""
        self._ink(ghost=ghost)
        self._painter.drawLine(hip, shoulder)
        self._painter.drawLine(shoulder, head)
        self._painter.drawEllipse(head, 9, 10.5)
        if not ghost:
            self._painter.drawLine(hip, hip + QPointF(24, 2))

    def front(
        self, head: QPointF, left: QPointF, right: QPointF, *, tilt: float = 0.0, size: float = 1.0, ghost: bool = False
    ) -> None:
        """Somebody from the front."""
        self._ink(ghost=ghost)
        self._painter.drawLine(left, right)
        for end in (left, right):
            self._painter.drawLine(end, QPointF(end.x(), 96))
        self._painter.save()
        self._painter.translate(head)
        self._painter.rotate(tilt)
        self._painter.drawEllipse(QPointF(0, 0), 13 * size, 16 * size)
        self._painter.drawLine(QPointF(-13 * size, 0), QPointF(13 * size, 0))
        self._painter.restore()

    def arrow(self, start: QPointF, end: QPointF) -> None:
        """A measured distance, as an arrow."""
        color = self._theme.sign(Sign.SLOUCHING)
        way = end - start
        length = max((way.x() ** 2 + way.y() ** 2) ** 0.5, 1e-6)
        along = way / length
        across = QPointF(-along.y(), along.x())
        self._painter.setPen(QPen(color, 3))
        self._painter.drawLine(start, end - along * 5)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(color)
        self._painter.drawPolygon(QPolygonF([end, end - along * 8 + across * 5, end - along * 8 - across * 5]))

    def angle(self, foot: QPointF, degrees: float, length: float, begin: float = 0.0) -> None:
        """A measured angle, clockwise from the vertical, or from another direction."""
        color = self._theme.sign(Sign.SLOUCHING)
        self._painter.setPen(QPen(color, 2.4))
        box = QRectF(foot.x() - length, foot.y() - length, 2 * length, 2 * length)
        self._painter.drawArc(box, round(16 * (90 - begin)), round(-16 * degrees))
        self._painter.setPen(QPen(self._theme.color("quiet"), 1.4, Qt.PenStyle.DotLine))
        self._painter.drawLine(foot, foot - QPointF(0, length + 8))

    def screen(self) -> None:
        """A screen on the right."""
        self._ink(ghost=False, wide=3.4)
        self._painter.drawLine(QPointF(90, 22), QPointF(90, 58))


def _neck(pen: _MeasurePen) -> None:
    pen.side(QPointF(34, 90), QPointF(34, 54), QPointF(37, 27), ghost=True)
    pen.side(QPointF(34, 90), QPointF(38, 55), QPointF(60, 36))
    pen.angle(QPointF(38, 55), 49, 26)


def _trunk(pen: _MeasurePen) -> None:
    pen.side(QPointF(28, 90), QPointF(28, 54), QPointF(31, 27), ghost=True)
    pen.side(QPointF(28, 90), QPointF(50, 60), QPointF(60, 36))
    pen.angle(QPointF(28, 90), 36, 30)


def _flexion(pen: _MeasurePen) -> None:
    pen.side(QPointF(34, 90), QPointF(34, 54), QPointF(37, 27), ghost=True)
    pen.side(QPointF(46, 90), QPointF(30, 60), QPointF(46, 38))
    pen.angle(QPointF(30, 60), 70, 24, begin=-28)


def _cva(pen: _MeasurePen) -> None:
    pen.side(QPointF(34, 90), QPointF(36, 56), QPointF(58, 36))
    pen.angle(QPointF(36, 56), 42, 28, begin=48)


def _height(pen: _MeasurePen) -> None:
    pen.front(QPointF(50, 24), QPointF(22, 64), QPointF(78, 64), ghost=True)
    pen.front(QPointF(50, 40), QPointF(22, 64), QPointF(78, 64))
    pen.arrow(QPointF(50, 22), QPointF(50, 42))


def _larger(pen: _MeasurePen) -> None:
    pen.front(QPointF(50, 32), QPointF(22, 64), QPointF(78, 64), ghost=True)
    pen.front(QPointF(50, 36), QPointF(22, 64), QPointF(78, 64), size=1.4)
    pen.arrow(QPointF(50, 34), QPointF(69, 34))


def _roll(pen: _MeasurePen) -> None:
    pen.front(QPointF(50, 34), QPointF(22, 64), QPointF(78, 64), ghost=True)
    pen.front(QPointF(56, 35), QPointF(22, 64), QPointF(78, 64), tilt=24)
    pen.angle(QPointF(50, 60), 22, 40)


def _shoulders(pen: _MeasurePen) -> None:
    pen.front(QPointF(50, 34), QPointF(22, 64), QPointF(78, 64), ghost=True)
    pen.front(QPointF(50, 34), QPointF(22, 56), QPointF(78, 72))
    pen.arrow(QPointF(78, 58), QPointF(78, 74))


def _distance(pen: _MeasurePen) -> None:
    pen.side(QPointF(24, 90), QPointF(24, 56), QPointF(28, 32), ghost=True)
    pen.side(QPointF(28, 90), QPointF(44, 60), QPointF(58, 38))
    pen.screen()
    pen.arrow(QPointF(88, 38), QPointF(69, 38))


def _pitch(pen: _MeasurePen) -> None:
    pen.side(QPointF(34, 90), QPointF(34, 56), QPointF(40, 32))
    pen.screen()
    pen.arrow(QPointF(46, 36), QPointF(74, 66))


def _offset(pen: _MeasurePen) -> None:
    pen.front(QPointF(50, 32), QPointF(22, 64), QPointF(78, 64), ghost=True)
    pen.front(QPointF(68, 33), QPointF(22, 64), QPointF(78, 64))
    pen.arrow(QPointF(50, 32), QPointF(68, 32))


def _yaw(pen: _MeasurePen) -> None:
    pen.front(QPointF(50, 32), QPointF(22, 64), QPointF(78, 64), ghost=True)
    pen.front(QPointF(52, 32), QPointF(38, 62), QPointF(70, 66))
    pen.arrow(QPointF(22, 80), QPointF(38, 80))


_DRAWINGS: Mapping[Name, Callable[[_MeasurePen], None]] = {
    Name.NECK_INCLINATION: _neck,
    Name.TRUNK_INCLINATION: _trunk,
    Name.NECK_FLEXION: _flexion,
    Name.CRANIOVERTEBRAL_ANGLE: _cva,
    Name.SLUMP_INDEX: _height,
    Name.HEAD_FORWARD_INDEX: _larger,
    Name.HEAD_ROLL: _roll,
    Name.SHOULDER_TILT: _shoulders,
    Name.NECK_HEIGHT: _height,
    Name.HEAD_DISTANCE: _distance,
    Name.HEAD_PITCH: _pitch,
    Name.HEAD_OFFSET: _offset,
    Name.BODY_YAW: _yaw,
}
