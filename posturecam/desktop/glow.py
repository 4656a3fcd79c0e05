"""A glow at the edges of every screen, and darkened screens, that come and go with the posture.

Nothing of it can be clicked or takes the keyboard: the windows lie over everything, fullscreen windows too, and let every
click through. At no strength there are no windows at all. The glow grows thicker as it grows stronger, so that nobody
needs to see its colour.

What a system cannot do is said by `Glow.lacking`:

- under Wayland no program may place windows on other windows' edges but through protocols that Qt does not speak;
- X11 without a compositing manager has no translucent windows: there the glow is a plain line along the edges, as thick as
  the glow is strong, and darkening is impossible.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import math
import sys
from enum import Enum, auto

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QLinearGradient,
    QPainter,
    QPaintEvent,
    QPolygonF,
    QScreen,
)
from PySide6.QtWidgets import QWidget

from posturecam.desktop.theme import DARK, LIGHT, less_motion
from posturecam.engine.asks import Asks
from posturecam.engine.messages import Sign, Snapshot
from posturecam.texts import mark

THINNEST, THICKEST = 14.0, 84.0
"""How far the glow reaches into a screen at next to no strength and at full strength, device-independent pixels."""
LINE_THINNEST, LINE_THICKEST = 2.0, 12.0
"""The same where nothing can be translucent, and of the solid line at the very edge, which is a third as thick."""
DIMMED = 0.5
"""How dark screens become at most, of black, at full strength of the setting."""
STEPS = 4
"""Strengths that are shown where nothing should move."""

_FRAME_MILLISECONDS = 50
_FADE_SECONDS = 0.5
"""Time constant of growing and fading."""
_INVISIBLE = 0.01

NO_WAYLAND = mark("Wayland lets no program draw over the edges of the screen")
NO_COMPOSITOR = mark("screens cannot be dimmed without a compositing manager")


class Edge(Enum):
    """One side of a screen."""

    TOP = auto()
    BOTTOM = auto()
    LEFT = auto()
    RIGHT = auto()


class Glow(QObject):
    """The glow and the dimming, as far as the settings ask for them and the system can do them."""

    def __init__(self, engine: Asks, parent: QObject | None = None, *, translucent: bool | None = None) -> None:
        """Nothing is shown yet.

        Args:
            engine: Its settings say what is wanted and how strongly.
            parent: As usual.
            translucent: Whether windows can be; None finds out each time the glow begins.
        """
        super().__init__(parent)
        self._engine = engine
        self._translucent_given = translucent
        self._translucent = True
        self._glow = self._dim = self._wanted_glow = self._wanted_dim = 0.0
        self._trial = 0.0
        self._snapshot = 0.0
        self._windows: list[_Over] = []
        self._timer = QTimer(self, interval=_FRAME_MILLISECONDS)
        self._timer.timeout.connect(self._step)
        self._trial_end = QTimer(self, singleShot=True)
        self._trial_end.timeout.connect(self._end_trial)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.screenAdded.connect(self._follow_screen)
        application.screenRemoved.connect(self._screens_changed)
        for screen in QGuiApplication.screens():
            self._follow_screen(screen)

    @property
    def strength(self) -> float:
        """Of the glow, as it is shown now, 0 to 1."""
        return self._glow

    @property
    def darkness(self) -> float:
        """Of the dimming, as it is shown now, 0 to 1."""
        return self._dim

    @property
    def windows(self) -> list[QWidget]:
        """What lies over the screens now; empty at no strength."""
        return list(self._windows)

    def lacking(self, wish: str) -> str | None:
        """Why "glow" or "dim" cannot be shown on this system, or None where it can."""
        platform = QGuiApplication.platformName()
        if platform.startswith("wayland"):
            return NO_WAYLAND
        return NO_COMPOSITOR if wish == "dim" and not self._can_be_translucent() else None

    def take(self, snapshot: Snapshot) -> None:
        """Follow the posture."""
        self._snapshot = snapshot.glow
        self._aim()

    def try_it(self, seconds: float) -> None:
        """Show it at full strength for a moment, to be looked at."""
        self._trial = 1.0
        self._trial_end.start(round(1000 * seconds))
        self._aim()

    def close(self) -> None:
        """Take everything away."""
        self._timer.stop()
        self._trial_end.stop()
        self._glow = self._dim = self._wanted_glow = self._wanted_dim = 0.0
        self._remove()

    def _end_trial(self) -> None:
        self._trial = 0.0
        self._aim()

    def _aim(self) -> None:
        settings = self._engine.settings.desktop
        still = less_motion(settings)
        strength = max(min(self._snapshot, 1.0), self._trial)
        strength = (_stepped(strength) if still else strength) * settings.glow
        self._wanted_glow = strength if "glow" in settings.alerts and self._may("glow", strength) else 0.0
        self._wanted_dim = DIMMED * strength if "dim" in settings.alerts and self._may("dim", strength) else 0.0
        if still:
            self._glow, self._dim = self._wanted_glow, self._wanted_dim
            self._timer.stop()
            self._show()
        elif (self._glow, self._dim) != (self._wanted_glow, self._wanted_dim) and not self._timer.isActive():
            self._timer.start()

    def _may(self, wish: str, strength: float) -> bool:
        """Whether it can be shown; asked only where there is something to show."""
        return strength > 0 and self.lacking(wish) is None

    def _step(self) -> None:
        share = 1 - math.exp(-_FRAME_MILLISECONDS / 1000 / _FADE_SECONDS)
        self._glow = _nearer(self._glow, self._wanted_glow, share)
        self._dim = _nearer(self._dim, self._wanted_dim, share)
        if (self._glow, self._dim) == (self._wanted_glow, self._wanted_dim):
            self._timer.stop()
        self._show()

    def _show(self) -> None:
        if self._glow <= 0 and self._dim <= 0:
            self._remove()
            return
        if not self._windows:
            self._translucent = self._can_be_translucent()
            self._cover()
        for window in self._windows:
            window.show_strength(self._dim if isinstance(window, _Shade) else self._glow)

    def _cover(self) -> None:
        settings = self._engine.settings.desktop
        for screen in QGuiApplication.screens():
            if "dim" in settings.alerts and self._translucent:
                self._windows.append(_Shade(screen))
            if "glow" in settings.alerts:
                self._windows += [_Strip(screen, edge, self._translucent) for edge in Edge]

    def _remove(self) -> None:
        for window in self._windows:
            window.hide()
            window.deleteLater()
        self._windows = []

    def _follow_screen(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._screens_changed)
        self._screens_changed()

    def _screens_changed(self, *_: object) -> None:
        if self._windows:
            self._remove()
            QTimer.singleShot(0, self, self._show)

    def _can_be_translucent(self) -> bool:
        if self._translucent_given is not None:
            return self._translucent_given
        return can_be_translucent()


def thickness(strength: float, *, translucent: bool = True) -> float:
    """How far a glow of this strength (0 to 1) reaches into the screen, device-independent pixels."""
    least, most = (THINNEST, THICKEST) if translucent else (LINE_THINNEST, LINE_THICKEST)
    return least + (most - least) * min(max(strength, 0.0), 1.0)


def paint_glow(painter: QPainter, screen: QRectF, strength: float) -> None:
    """Paint the glow along the inside of a rectangle, strongest at its edges.

    Args:
        painter: Where to.
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
        painter.fillRect(_along(edge, screen, line, line), _colour(min(1.4 * strength, 1.0)))


def can_be_translucent() -> bool:
    """Whether windows can be translucent on this system now."""
    return QGuiApplication.platformName() != "xcb" or composited()


def composited() -> bool:
    """Whether the X server has a compositing manager, which makes translucent windows so."""
    name = ctypes.util.find_library("X11")
    if name is None or not sys.platform.startswith("linux"):
        return False
    x11 = ctypes.CDLL(name)
    x11.XOpenDisplay.restype = x11.XGetSelectionOwner.restype = x11.XInternAtom.restype = ctypes.c_void_p
    display = x11.XOpenDisplay(None)
    if not display:
        return False
    handle = ctypes.c_void_p(display)
    atom = x11.XInternAtom(handle, f"_NET_WM_CM_S{x11.XDefaultScreen(handle)}".encode(), 0)
    owner = x11.XGetSelectionOwner(handle, ctypes.c_void_p(atom))
    x11.XCloseDisplay(handle)
    return bool(owner)


# The windows.


class _Over(QWidget):
    """A window over everything that nobody can touch."""

    def __init__(self, screen: QScreen, place: QRect, *, translucent: bool) -> None:
        flags = (
            Qt.WindowType.Tool
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.WindowTransparentForInput
            | Qt.WindowType.WindowDoesNotAcceptFocus
            | Qt.WindowType.NoDropShadowWindowHint
        )
        if QGuiApplication.platformName() == "xcb":  # or the window manager would keep it under fullscreen windows
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

    def show_strength(self, strength: float) -> None:
        """Be as strong as this from now on, 0 to 1."""
        if strength != self._strength:
            self._strength = strength
            self._follow()
        self.setVisible(strength > 0)

    def _follow(self) -> None:
        self.update()


class _Strip(_Over):
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

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint this edge's part of the whole screen's glow."""
        painter = QPainter(self)
        if self._is_translucent:
            painter.translate(-self._place.topLeft())
            paint_glow(painter, self._screen, self._strength)
        else:
            painter.fillRect(self.rect(), _colour(1.0))
        painter.end()


class _Shade(_Over):
    """A dark veil over one screen."""

    def __init__(self, screen: QScreen) -> None:
        super().__init__(screen, screen.geometry(), translucent=False)

    def _follow(self) -> None:
        self.setWindowOpacity(self._strength)
        self.update()  # some compositing managers see the new opacity only then

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint it black."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        painter.end()


# Shapes and colours.


def _along(edge: Edge, screen: QRectF, deep: float, corner: float = 0.0) -> QRectF:
    """The strip of a rectangle along one edge; the upright ones leave this much at both ends to the level ones."""
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
        gradient.setColorAt(place, _colour(strength * (1 - place) ** 2.2))
    return gradient


def _colour(alpha: float) -> QColor:
    """That of slouching, between light and dark: the glow lies over windows of any colour."""
    light, dark = LIGHT.sign(Sign.SLOUCHING), DARK.sign(Sign.SLOUCHING)
    return QColor.fromRgbF(
        (light.redF() + dark.redF()) / 2,
        (light.greenF() + dark.greenF()) / 2,
        (light.blueF() + dark.blueF()) / 2,
        min(max(alpha, 0.0), 1.0),
    )


def _nearer(now: float, wanted: float, share: float) -> float:
    moved = now + (wanted - now) * share
    return wanted if abs(wanted - moved) < _INVISIBLE else moved


def _stepped(strength: float) -> float:
    return math.ceil(strength * STEPS) / STEPS
