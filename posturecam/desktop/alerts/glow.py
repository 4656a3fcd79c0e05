"""A glow at the edges of every screen, and darkened screens, that come and go with the posture.

The windows cannot be clicked or take the keyboard: they lie above everything, including fullscreen windows, and let every
click through. At strength 0 there are no windows at all. A stronger glow is also thicker, so that it does not depend on
color alone.

`Glow.lacking` reports what a system cannot do:

- under Wayland no program may place windows on other windows' edges but through protocols that Qt does not speak;
- X11 without a compositing manager has no translucent windows: there the glow is a plain line along the edges, as thick as
  the glow is strong, and darkening is impossible.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import math
import sys
from collections.abc import Sequence

from PySide6.QtCore import QObject, QRect, QTimer
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from posturecam.desktop.alerts.glow_windows import Edge, Over, Shade, Strip
from posturecam.desktop.widgets.theme import less_motion
from posturecam.i18n.translate import mark
from posturecam.session.protocol.client import SessionClient
from posturecam.session.protocol.messages import Snapshot

DIMMED = 0.5
"""How dark screens become at most, of black, at full strength of the setting."""
STEPS = 4
"""Number of distinct strengths when motion is reduced."""

_FRAME_MILLISECONDS = 50
_FADE_SECONDS = 0.5
"""Time constant of growing and fading."""
_INVISIBLE = 0.01

NO_WAYLAND = mark("Wayland lets no program draw over the edges of the screen")
NO_COMPOSITOR = mark("screens cannot be dimmed without a compositing manager")


class Glow(QObject):
    """The glow and the dimming, as far as the settings ask for them and the system can do them."""

    def __init__(
        self, engine: SessionClient, parent: QObject | None = None, *, translucent: bool | None = None
    ) -> None:
        """Create it; nothing is shown yet.

        Args:
            engine: Its settings choose the effects and their strength.
            parent: The Qt object that owns it.
            translucent: Whether windows can be translucent; None checks each time the glow begins.
        """
        super().__init__(parent)
        self._engine = engine
        self._translucent_given = translucent
        self._translucent_found: bool | None = None
        """Cached while something is shown, because checking takes milliseconds."""
        self._covered: tuple[str, ...] = ()
        """What the windows are for."""
        self._glow = self._dim = self._wanted_glow = self._wanted_dim = 0.0
        self._trial = 0.0
        self._snapshot = 0.0
        self._windows: list[Over] = []
        self._spared: tuple[QRect, ...] = ()
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
        """Current strength of the glow, 0 to 1."""
        return self._glow

    @property
    def darkness(self) -> float:
        """Current strength of the dimming, 0 to 1."""
        return self._dim

    @property
    def windows(self) -> list[QWidget]:
        """The windows over the screens; empty at strength 0."""
        return list(self._windows)

    def lacking(self, wish: str) -> str | None:
        """Why "glow" or "dim" cannot be shown on this system, or None if it can."""
        platform = QGuiApplication.platformName()
        if platform.startswith("wayland"):
            return NO_WAYLAND
        return NO_COMPOSITOR if wish == "dim" and not self._can_be_translucent() else None

    def take(self, snapshot: Snapshot) -> None:
        """Follow the posture; show nothing while alerts are held back."""
        self._snapshot = snapshot.glow if snapshot.outlook.silent is None else 0.0
        self._aim()

    def spare(self, areas: Sequence[QRect]) -> None:
        """Leave these parts of the screens uncovered: what the user must read or press is never dimmed.

        Args:
            areas: In the coordinates of all screens, device-independent pixels.
        """
        if tuple(areas) != self._spared:
            self._spared = tuple(areas)
            for window in self._windows:
                window.spare(self._spared)

    def try_it(self, seconds: float) -> None:
        """Show it at full strength for a moment, as a demonstration."""
        self._trial = 1.0
        self._trial_end.start(round(1000 * seconds))
        self._aim()

    def close(self) -> None:
        """Close all windows."""
        self._timer.stop()
        self._trial_end.stop()
        self._glow = self._dim = self._wanted_glow = self._wanted_dim = 0.0
        self._remove()

    def _end_trial(self) -> None:
        self._trial = 0.0
        self._aim()

    def _aim(self) -> None:
        strength = max(min(self._snapshot, 1.0), self._trial)
        if strength <= 0 and not any((self._glow, self._dim, self._wanted_glow, self._wanted_dim)):
            return  # as nearly always; what follows asks the system
        settings = self._engine.settings.desktop
        still = less_motion(settings)
        strength = (_stepped(strength) if still else strength) * settings.glow
        if strength <= 0:
            self._translucent_found = None
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
        if strength <= 0 or QGuiApplication.platformName().startswith("wayland"):
            return False
        return wish != "dim" or self._translucent

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
        wished = tuple(wish for wish in ("glow", "dim") if wish in self._engine.settings.desktop.alerts)
        if wished != self._covered:  # other settings
            self._remove()
        if not self._windows:
            self._cover(wished)
        for window in self._windows:
            window.show_strength(self._dim if isinstance(window, Shade) else self._glow)

    def _cover(self, wished: tuple[str, ...]) -> None:
        self._covered = wished
        for screen in QGuiApplication.screens():
            if "dim" in wished and self._translucent:
                self._windows.append(Shade(screen))
            if "glow" in wished:
                self._windows += [Strip(screen, edge, self._translucent) for edge in Edge]
        for window in self._windows:
            window.spare(self._spared)

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

    @property
    def _translucent(self) -> bool:
        if self._translucent_found is None:
            self._translucent_found = self._can_be_translucent()
        return self._translucent_found

    def _can_be_translucent(self) -> bool:
        if self._translucent_given is not None:
            return self._translucent_given
        return can_be_translucent()


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


def _nearer(now: float, wanted: float, share: float) -> float:
    moved = now + (wanted - now) * share
    return wanted if abs(wanted - moved) < _INVISIBLE else moved


def _stepped(strength: float) -> float:
    return math.ceil(strength * STEPS) / STEPS
