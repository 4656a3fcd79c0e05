"""The windows of the glow, of the dimming and of the blur, and how the glow is painted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum, auto
from typing import cast

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QLinearGradient, QPainter, QPaintEvent, QPolygonF, QRegion, QScreen
from PySide6.QtWidgets import QWidget

from posturecam.desktop.alerts.x11 import ask_for_blur
from posturecam.desktop.widgets.theme import DARK, LIGHT
from posturecam.session.protocol.sign import Sign

THINNEST, THICKEST = 14.0, 84.0
"""How far the glow reaches into a screen at the lowest and at full strength, device-independent pixels."""
LINE_THINNEST, LINE_THICKEST = 2.0, 12.0
"""The same if nothing can be translucent, for the solid line at the very edge, which is a third as thick."""

_FROST = 0.12
"""Opacity of frosted glass by itself."""
_OUTSIDE = QRect(-1, -1, 1, 1)
"""A mask that leaves nothing of a window: to Qt, an empty one is none."""


class Edge(Enum):
    """One side of a screen."""

    TOP = auto()
    BOTTOM = auto()
    LEFT = auto()
    RIGHT = auto()


class Over(QWidget):
    """A window over everything that nobody can touch."""

    way = "glow"
    """The way of being reminded that it belongs to, as in the setting."""

    def __init__(self, screen: QScreen, place: QRect, *, translucent: bool) -> None:
        flags = (
            Qt.WindowType.Tool
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.WindowTransparentForInput
            | Qt.WindowType.WindowDoesNotAcceptFocus
            | Qt.WindowType.NoDropShadowWindowHint
        )
        if QGuiApplication.platformName() == "xcb":  # else it is kept under fullscreen windows
            flags |= Qt.WindowType.BypassWindowManagerHint
        super().__init__(None, flags)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, translucent)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setScreen(screen)
        self.setGeometry(place)
        self._strength = 0.0
        self._spared: Sequence[QRect] = ()

    def show_strength(self, strength: float) -> None:
        """Set the strength, 0 to 1."""
        if strength != self._strength:
            self._strength = strength
            self._follow()
        self.setVisible(strength > 0)

    def spare(self, areas: Sequence[QRect]) -> None:
        """Leave these parts of the screen uncovered; in the coordinates of all screens."""
        self._spared = areas
        mine = self.geometry()
        within = [area.translated(-mine.topLeft()) for area in areas if area.intersects(mine)]
        if not within:
            self.clearMask()
            return
        left = QRegion(self.rect())
        for area in within:
            left -= QRegion(area)
        self.setMask(QRegion(_OUTSIDE) if left.isEmpty() else left)

    def _follow(self) -> None:
        self.update()


class Strip(Over):
    """The glow along one edge of a screen."""

    def __init__(self, screen: QScreen, edge: Edge, translucent: bool) -> None:
        self._screen = QRectF(screen.geometry())
        self._edge, self._is_translucent = edge, translucent
        self._place = _along(edge, self._screen, THICKEST, THICKEST if translucent else 0.0)
        super().__init__(screen, self._place.toRect(), translucent=translucent)

    def _follow(self) -> None:
        if self._is_translucent:
            self.update()
        else:  # as thick as it is strong
            deep = thickness(self._strength, translucent=False)
            self.setGeometry(_along(self._edge, self._screen, deep).toAlignedRect())
            self.spare(self._spared)  # which is left out relative to the window

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint this edge's part of the whole screen's glow."""
        painter = QPainter(self)
        if self._is_translucent:
            painter.translate(-self._place.topLeft())
            paint_glow(painter, self._screen, self._strength)
        else:
            painter.fillRect(self.rect(), _color(1.0))
        painter.end()


class Shade(Over):
    """A dark veil over one screen."""

    way = "dim"

    def __init__(self, screen: QScreen) -> None:
        super().__init__(screen, screen.geometry(), translucent=False)

    def _follow(self) -> None:
        self.setWindowOpacity(self._strength)
        self.update()  # some compositing managers notice the new opacity only then

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint it black."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        painter.end()


class Frost(Over):
    """Frosted glass over one screen, behind which the compositing manager blurs.

    It blurs fully or not at all, whatever the window's opacity. So a weak blur leaves a clear middle, which a stronger
    blur closes.
    """

    way = "blur"

    def __init__(self, screen: QScreen) -> None:
        super().__init__(screen, screen.geometry(), translucent=True)

    def spare(self, areas: Sequence[QRect]) -> None:
        """Leave these parts of the screen sharp too; in the coordinates of all screens."""
        super().spare(areas)
        self._follow()

    def _follow(self) -> None:
        dots, rects = self.devicePixelRatio(), frosted(self.geometry(), self._strength, self._spared)
        ask_for_blur(
            int(self.winId()),
            [tuple(round(dots * one) for one in (rect.x(), rect.y(), rect.width(), rect.height())) for rect in rects],
        )
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the frosted part slightly gray, so that its edge is visible."""
        painter = QPainter(self)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.fillRect(self.rect(), Qt.GlobalColor.transparent)
        for rect in frosted(self.geometry(), self._strength, self._spared):
            painter.fillRect(rect, QColor.fromRgbF(0.5, 0.5, 0.5, _FROST))
        painter.end()


def frosted(screen: QRect, strength: float, spared: Sequence[QRect] = ()) -> list[QRect]:
    """The blurred part of a screen: a frame that reaches farther in the stronger it is.

    Args:
        screen: Its place among all screens, device-independent pixels.
        strength: 0 to 1, which is the whole screen.
        spared: What stays sharp, in the coordinates of all screens.

    Returns:
        Rectangles that do not overlap, in the coordinates of the screen.
    """
    left = QRegion(QRect(QPoint(0, 0), screen.size()))
    share = 1 - min(max(strength, 0.0), 1.0)
    wide, tall = round(share * screen.width()), round(share * screen.height())
    left -= QRegion(QRect((screen.width() - wide) // 2, (screen.height() - tall) // 2, wide, tall))
    for area in spared:
        left -= QRegion(area.translated(-screen.topLeft()))
    return list(cast(Iterable[QRect], left))  # Qt's stubs do not know this


# Shapes and colors.


def thickness(strength: float, *, translucent: bool = True) -> float:
    """How far a glow of this strength (0 to 1) reaches into the screen, device-independent pixels."""
    least, most = (THINNEST, THICKEST) if translucent else (LINE_THINNEST, LINE_THICKEST)
    return least + (most - least) * min(max(strength, 0.0), 1.0)


def paint_glow(painter: QPainter, screen: QRectF, strength: float) -> None:
    """Paint the glow along the inside of a rectangle, strongest at its edges.

    Args:
        painter: The painter.
        screen: The rectangle.
        strength: 0 to 1.
    """
    deep = min(thickness(strength), screen.width() / 4, screen.height() / 4)
    inner = screen.adjusted(deep, deep, -deep, -deep)
    line = thickness(strength, translucent=False) / 3
    for edge in Edge:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_gradient(edge, screen, deep, strength))
        painter.drawPolygon(_mitred(edge, screen, inner))
        painter.fillRect(_along(edge, screen, line, line), _color(min(1.4 * strength, 1.0)))


def _along(edge: Edge, screen: QRectF, deep: float, corner: float = 0.0) -> QRectF:
    """The strip of a rectangle along one edge; vertical ones leave this much at both ends to the horizontal ones."""
    match edge:
        case Edge.TOP:
            return QRectF(screen.left(), screen.top(), screen.width(), deep)
        case Edge.BOTTOM:
            return QRectF(screen.left(), screen.bottom() - deep, screen.width(), deep)
        case Edge.LEFT:
            return QRectF(screen.left(), screen.top() + corner, deep, screen.height() - 2 * corner)
        case Edge.RIGHT:
            return QRectF(screen.right() - deep, screen.top() + corner, deep, screen.height() - 2 * corner)


def _mitred(edge: Edge, outer: QRectF, inner: QRectF) -> QPolygonF:
    """The part of a frame that belongs to one edge, cut like a picture frame's corners."""
    corners = {
        Edge.TOP: (QRectF.topLeft, QRectF.topRight),
        Edge.BOTTOM: (QRectF.bottomLeft, QRectF.bottomRight),
        Edge.LEFT: (QRectF.topLeft, QRectF.bottomLeft),
        Edge.RIGHT: (QRectF.topRight, QRectF.bottomRight),
    }
    first, last = corners[edge]
    return QPolygonF([first(outer), last(outer), last(inner), first(inner)])


def _gradient(edge: Edge, screen: QRectF, deep: float, strength: float) -> QLinearGradient:
    ends = {
        Edge.TOP: (QPointF(0, screen.top()), QPointF(0, screen.top() + deep)),
        Edge.BOTTOM: (QPointF(0, screen.bottom()), QPointF(0, screen.bottom() - deep)),
        Edge.LEFT: (QPointF(screen.left(), 0), QPointF(screen.left() + deep, 0)),
        Edge.RIGHT: (QPointF(screen.right(), 0), QPointF(screen.right() - deep, 0)),
    }
    gradient = QLinearGradient(*ends[edge])
    for place in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        gradient.setColorAt(place, _color(strength * (1 - place) ** 2.2))
    return gradient


def _color(alpha: float) -> QColor:
    """The slouching color, between light and dark: the glow lies over windows of any color."""
    light, dark = LIGHT.sign(Sign.SLOUCHING), DARK.sign(Sign.SLOUCHING)
    return QColor.fromRgbF(
        (light.redF() + dark.redF()) / 2,
        (light.greenF() + dark.greenF()) / 2,
        (light.blueF() + dark.blueF()) / 2,
        min(max(alpha, 0.0), 1.0),
    )
