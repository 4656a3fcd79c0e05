"""The app's icon, and the marks of the states: each has its own shape, so that color is not needed.

The shapes are those of the terminal and the annotated pictures: a disc, half a disc, a triangle, a quarter of a disc, a
ring, a question mark; and two bars, a crossed-out camera and three dots for states that exist only in the desktop app.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QIcon,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPaintEvent,
    QPen,
    QPixmap,
    QTransform,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from posturecam.desktop.widgets.theme import LIGHT, current
from posturecam.i18n.translate import mark, tr
from posturecam.session.protocol.sign import Sign

APP_ICON = Path(__file__).parents[1] / "icons" / "posturecam.svg"
"""The app's icon as a file, for notifications and the `.desktop` file."""

SIZES = (16, 22, 24, 32, 44, 48, 64, 96, 128)
"""Pixels: the sizes that panels request, at single and double scale."""

NAMES: Mapping[Sign, str] = {
    Sign.UPRIGHT: mark("Upright"),
    Sign.DRIFTING: mark("Drifting"),
    Sign.SLOUCHING: mark("Slouching"),
    Sign.RECOVERING: mark("Sitting up"),
    Sign.AWAY: mark("Away"),
    Sign.UNKNOWN: mark("Unknown"),
    Sign.PAUSED: mark("Paused"),
    Sign.CAMERA_LOST: mark("No camera"),
    Sign.BUSY: mark("Calibrating or stretching"),
}
"""The meaning of each mark in a word."""


def app_icon() -> QIcon:
    """The app's icon in every size."""
    renderer = QSvgRenderer(str(APP_ICON))
    return _icon((*SIZES, 256), lambda painter, box: renderer.render(painter, box))


@cache
def sign_icon(sign: Sign) -> QIcon:
    """The badge of a state for the system's panel, whose background color is unknown."""
    return _icon(SIZES, lambda painter, box: paint_badge(painter, sign, box))


def paint_badge(painter: QPainter, sign: Sign, box: QRectF) -> None:
    """Paint a state so that it is legible at 16 pixels on any background: a filled shape with a white sign in it, and a light rim around it."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = min(box.width(), box.height())
    wide = max(side / 20, 1.0)
    unit = (side / 2 - wide) / _FULL
    painter.translate(box.center())
    scale = QTransform.fromScale(unit, unit)
    ground, glyph = (scale.map(path) for path in _badge(sign))
    rim, white = QColor(255, 255, 255, 235), QColor(255, 255, 255)
    join = Qt.PenJoinStyle.RoundJoin
    painter.strokePath(ground, QPen(rim, 2 * wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, join))
    painter.fillPath(ground, LIGHT.sign(sign))
    painter.fillPath(glyph, white)
    painter.restore()


def paint_sign(painter: QPainter, sign: Sign, box: QRectF, color: QColor) -> None:
    """Paint the mark into a square box, without a rim, for windows."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    side = min(box.width(), box.height())
    unit = side / 2 / _FULL
    painter.translate(box.center())
    painter.fillPath(QTransform.fromScale(unit, unit).map(_shape(sign)), color)
    painter.restore()


class SignMark(QWidget):
    """The mark of a state in a window."""

    def __init__(self, size: int = 32) -> None:
        """Create an empty mark, `size` device-independent pixels wide and high."""
        super().__init__()
        self._sign: Sign | None = None
        self.setFixedSize(size, size)

    @property
    def sign(self) -> Sign | None:
        """The state it shows; None before the first."""
        return self._sign

    def show_sign(self, sign: Sign, words: str = "") -> None:
        """Show this state; `words` name it more exactly if several states share its mark."""
        if sign is not self._sign:
            self._sign = sign
            self.update()
        words = words or tr(NAMES[sign])
        if words != self.toolTip():
            self.setAccessibleName(words)
            self.setToolTip(words)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the mark in the theme's colors."""
        if self._sign is not None:
            painter = QPainter(self)
            paint_sign(painter, self._sign, QRectF(self.rect()), current().sign(self._sign))
            painter.end()


class AppMark(QWidget):
    """The app's icon in a window."""

    def __init__(self, size: int = 32) -> None:
        """Create it, `size` device-independent pixels wide and high."""
        super().__init__()
        self._renderer = QSvgRenderer(str(APP_ICON))
        self.setAccessibleName(tr("posturecam"))
        self.setFixedSize(size, size)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the icon."""
        painter = QPainter(self)
        self._renderer.render(painter, QRectF(self.rect()))
        painter.end()


# Pixmaps at every size.


def _icon(sizes: tuple[int, ...], paint: Callable[[QPainter, QRectF], None]) -> QIcon:
    icon = QIcon()
    for size in sizes:
        icon.addPixmap(_pixmap(size, paint))
    return icon


def _pixmap(size: int, paint: Callable[[QPainter, QRectF], None]) -> QPixmap:
    pixmap = QPixmap(QSize(size, size))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint(painter, QRectF(pixmap.rect()))
    painter.end()
    return pixmap


# The shapes, in a square from -100 to 100, y down: uniting and subtracting paths is accurate to about a tenth of a
# unit.

_FULL = 100.0


def _circle(radius: float, x: float = 0.0, y: float = 0.0) -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(x, y), radius, radius)
    return path


def _rounded(left: float, top: float, width: float, height: float, radius: float) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(left, top, width, height), radius, radius)
    return path


def _line(*points: tuple[float, float], closed: bool = False) -> QPainterPath:
    path = QPainterPath(QPointF(*points[0]))
    for point in points[1:]:
        path.lineTo(*point)
    if closed:
        path.closeSubpath()
    return path


def _stroked(path: QPainterPath, width: float) -> QPainterPath:
    stroker = QPainterPathStroker()
    stroker.setWidth(width)
    stroker.setCapStyle(Qt.PenCapStyle.RoundCap)
    stroker.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return stroker.createStroke(path).simplified()


def _ring(thick: float = 26) -> QPainterPath:
    return _circle(94).subtracted(_circle(94 - thick))


def _ring_filled(degrees: float) -> QPainterPath:
    """A ring whose inside is filled clockwise from the top by this many degrees."""
    wedge = QPainterPath()
    wedge.arcTo(QRectF(-84, -84, 168, 168), 90, -degrees)
    wedge.closeSubpath()
    return _ring(20).united(wedge)


def _triangle() -> QPainterPath:
    path = _line((-76, -60), (76, -60), (0, 72), closed=True)
    return _stroked(path, 40).united(path)


def _question() -> QPainterPath:
    hook = QPainterPath()
    box = QRectF(-48, -84, 96, 92)
    hook.arcMoveTo(box, 185)
    hook.arcTo(box, 185, -225)
    hook.cubicTo(22, 6, 0, 14, 0, 38)
    return _stroked(hook, 33).united(_circle(21, 0, 79))


def _bars() -> QPainterPath:
    return _rounded(-74, -86, 52, 172, 12).united(_rounded(22, -86, 52, 172, 12))


def _lost_camera() -> QPainterPath:
    lens = _line((30, -6), (94, -48), (94, 48), (30, 6), closed=True)
    camera = _rounded(-96, -58, 128, 116, 22).united(lens)
    line = _line((-78, -84), (78, 84))
    return camera.subtracted(_stroked(line, 60)).united(_stroked(line, 24))


def _dots() -> QPainterPath:
    return _circle(28, -70).united(_circle(28)).united(_circle(28, 70))


def _half() -> QPainterPath:
    """The left half of a disc, within the ring around it."""
    half = QPainterPath()
    half.arcTo(QRectF(-66, -66, 132, 132), 90, 180)
    half.closeSubpath()
    return half


def _arrow_up() -> QPainterPath:
    return _stroked(_line((0, 52), (0, -48)), 30).united(_stroked(_line((-42, -8), (0, -50), (42, -8)), 30))


def _cross() -> QPainterPath:
    return _stroked(_line((-42, -42), (42, 42)), 32).united(_stroked(_line((-42, 42), (42, -42)), 32))


def _smaller(path: QPainterPath, share: float) -> QPainterPath:
    return QTransform.fromScale(share, share).map(path)


_BADGES: Mapping[Sign, tuple[Callable[[], QPainterPath], Callable[[], QPainterPath]]] = {
    Sign.UPRIGHT: (lambda: _circle(94), QPainterPath),
    Sign.DRIFTING: (lambda: _circle(94), _half),
    Sign.SLOUCHING: (_triangle, QPainterPath),
    Sign.RECOVERING: (lambda: _circle(94), _arrow_up),
    Sign.AWAY: (lambda: _circle(94), lambda: _circle(54)),
    Sign.UNKNOWN: (lambda: _circle(94), lambda: _smaller(_question(), 0.62)),
    Sign.PAUSED: (lambda: _circle(94), lambda: _smaller(_bars(), 0.56)),
    Sign.CAMERA_LOST: (lambda: _rounded(-94, -94, 188, 188, 34), _cross),
    Sign.BUSY: (lambda: _circle(94), lambda: _smaller(_dots(), 0.66)),
}
"""For the panel: the filled shape, and the white sign in it."""


@cache
def _badge(sign: Sign) -> tuple[QPainterPath, QPainterPath]:
    ground, glyph = _BADGES[sign]
    return ground(), glyph()


_SHAPES: Mapping[Sign, Callable[[], QPainterPath]] = {
    Sign.UPRIGHT: lambda: _circle(94),
    Sign.DRIFTING: lambda: _ring_filled(180),
    Sign.SLOUCHING: _triangle,
    Sign.RECOVERING: lambda: _ring_filled(90),
    Sign.AWAY: _ring,
    Sign.UNKNOWN: _question,
    Sign.PAUSED: _bars,
    Sign.CAMERA_LOST: _lost_camera,
    Sign.BUSY: _dots,
}


@cache
def _shape(sign: Sign) -> QPainterPath:
    return _SHAPES[sign]()
