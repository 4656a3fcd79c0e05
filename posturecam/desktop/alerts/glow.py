"""A glow at the edges of every screen, and darkened or blurred screens, that come and go with the posture.

The windows cannot be clicked or take the keyboard: they lie above everything, including fullscreen windows, and let every
click through. At strength 0 there are no windows at all. A stronger glow is also thicker, so that it does not depend on
color alone.

`Glow.lacking` reports what a system cannot do:

- under Wayland no program may place windows on other windows' edges but through protocols that Qt does not speak;
- X11 without a compositing manager has no translucent windows: there the glow is a plain line along the edges, as thick as
  the glow is strong, and darkening is impossible;
- what is behind a window is blurred by the compositing manager alone, and only by some (`posturecam.desktop.alerts.x11`).
  Elsewhere screens darken in place of a blur that was chosen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, QRect, QTimer
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from posturecam.desktop.alerts.glow_windows import Edge, Frost, Over, Shade, Strip
from posturecam.desktop.alerts.x11 import blurs, composited
from posturecam.i18n.translate import mark
from posturecam.session.protocol.client import SessionClient
from posturecam.session.protocol.messages import Snapshot
from posturecam.system import less_motion

WAYS = ("glow", "dim", "blur")
"""The setting's words for what is shown over the screens."""
DIMMED = 0.5
"""How dark screens become at full strength of the setting, as a fraction of black."""
STEPS = 4
"""Number of distinct strengths when motion is reduced."""

_MOST: Mapping[str, float] = {"dim": DIMMED}
"""The greatest strength of a way, if it is not 1."""
_FRAME_MILLISECONDS = 50
FADE_SECONDS = 0.5
"""Time constant of growing and fading."""
_INVISIBLE = 0.01

NO_WAYLAND = mark("Wayland lets no program draw over the edges of the screen.")
NO_COMPOSITOR = mark("Screens cannot be dimmed without a compositing manager.")
NO_BLUR = mark("Blurring the screen needs KDE Plasma on X11, with its blur effect switched on.")


class Glow(QObject):
    """The glow, the dimming and the blur, if the settings ask for them and the system supports them."""

    def __init__(
        self,
        client: SessionClient,
        parent: QObject | None = None,
        *,
        translucent: bool | None = None,
        blurring: bool | None = None,
    ) -> None:
        """Create it; nothing is shown yet.

        Args:
            client: Its settings choose the effects and their strength.
            parent: The Qt object that owns it.
            translucent: Whether windows can be translucent; None checks each time the glow begins.
            blurring: Whether what is behind windows can be blurred; None checks likewise.
        """
        super().__init__(parent)
        self._client = client
        self._translucent_given, self._blurring_given = translucent, blurring
        self._found: dict[str, bool] = {}
        """What the system can do; cached while something is shown, because checking takes milliseconds."""
        self._covered: tuple[str, ...] = ()
        """The ways that the windows are for."""
        self._now, self._wanted = _nothing(), _nothing()
        """The strength of each way."""
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
        return self._now["glow"]

    @property
    def darkness(self) -> float:
        """Current strength of the dimming, 0 to 1."""
        return self._now["dim"]

    @property
    def blur(self) -> float:
        """Current strength of the blur, 0 to 1."""
        return self._now["blur"]

    @property
    def windows(self) -> list[QWidget]:
        """The windows over the screens; empty at strength 0."""
        return list(self._windows)

    def lacking(self, way: str) -> str | None:
        """Why a way of being reminded ("glow", "dim", "blur") cannot be shown on this system now; None if it can."""
        return _lacking(way, self._can)

    def shown_for(self, way: str) -> str | None:
        """What is shown if "glow", "dim" or "blur" is chosen: dimming if blurring is impossible; None for nothing."""
        return _shown_for(way, self._can)

    def take(self, snapshot: Snapshot) -> None:
        """Follow the posture; show nothing while alerts are held back."""
        self._snapshot = snapshot.glow if snapshot.outlook.silent is None else 0.0
        self._aim()

    def rest(self) -> None:
        """Fade out until a snapshot asks for the glow again."""
        self._snapshot = 0.0
        self._aim()

    def spare(self, areas: Sequence[QRect]) -> None:
        """Leave these parts of the screens uncovered: what the user has to read or press is never dimmed.

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
        self._now, self._wanted = _nothing(), _nothing()
        self._remove()

    def _end_trial(self) -> None:
        self._trial = 0.0
        self._aim()

    def _aim(self) -> None:
        strength = max(min(self._snapshot, 1.0), self._trial)
        if strength <= 0 and not any((*self._now.values(), *self._wanted.values())):
            return  # the usual case; what follows queries the system
        settings = self._client.settings.desktop
        still = less_motion(settings)
        strength = (_stepped(strength) if still else strength) * settings.glow
        ways = self._ways() if strength > 0 else ()
        self._wanted = {way: _MOST.get(way, 1.0) * strength if way in ways else 0.0 for way in WAYS}
        if still:
            self._now = dict(self._wanted)
            self._timer.stop()
            self._show()
        elif self._now != self._wanted and not self._timer.isActive():
            self._timer.start()

    def _ways(self) -> tuple[str, ...]:
        """The ways to show, from those in the settings, without duplicates."""
        shown = {_shown_for(way, self._known) for way in self._client.settings.desktop.alerts}
        return tuple(way for way in WAYS if way in shown)

    def _step(self) -> None:
        share = 1 - math.exp(-_FRAME_MILLISECONDS / 1000 / FADE_SECONDS)
        self._now = {way: _nearer(self._now[way], self._wanted[way], share) for way in WAYS}
        if self._now == self._wanted:
            self._timer.stop()
        self._show()

    def _show(self) -> None:
        if not any(self._now.values()):
            self._remove()
            self._found.clear()
            return
        ways = self._ways()
        if ways != self._covered:  # the settings changed
            self._remove()
        if not self._windows:
            self._cover(ways)
        for window in self._windows:
            window.show_strength(self._now[window.way])

    def _cover(self, ways: tuple[str, ...]) -> None:
        self._covered = ways
        for screen in QGuiApplication.screens():
            if "blur" in ways:
                self._windows.append(Frost(screen))
            if "dim" in ways:
                self._windows.append(Shade(screen))
            if "glow" in ways:
                self._windows += [Strip(screen, edge, self._known("translucent")) for edge in Edge]
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

    def _known(self, what: str) -> bool:
        """The same as `_can`, asked once for as long as something is shown."""
        if what not in self._found:
            self._found[what] = self._can(what)
        return self._found[what]

    def _can(self, what: str) -> bool:
        """Whether the system can do it now: "translucent" windows, or "blur"."""
        if what == "blur":
            return blurs() if self._blurring_given is None else self._blurring_given
        return can_be_translucent() if self._translucent_given is None else self._translucent_given


def _lacking(way: str, can: Callable[[str], bool]) -> str | None:
    """Why a way of being reminded cannot be shown on a system that `can` do this; None if it can."""
    if way in WAYS and QGuiApplication.platformName().startswith("wayland"):
        return NO_WAYLAND
    if way == "dim" and not can("translucent"):
        return NO_COMPOSITOR
    return NO_BLUR if way == "blur" and not can("blur") else None


def _shown_for(way: str, can: Callable[[str], bool]) -> str | None:
    """What is shown for a way on a system that `can` do this; None for nothing."""
    if _lacking(way, can) is None:
        return way
    return "dim" if way == "blur" and _lacking("dim", can) is None else None


def can_be_translucent() -> bool:
    """Whether windows can be translucent on this system now."""
    return QGuiApplication.platformName() != "xcb" or composited()


def _nothing() -> dict[str, float]:
    return dict.fromkeys(WAYS, 0.0)


def _nearer(now: float, wanted: float, share: float) -> float:
    moved = now + (wanted - now) * share
    return wanted if abs(wanted - moved) < _INVISIBLE else moved


def _stepped(strength: float) -> float:
    return math.ceil(strength * STEPS) / STEPS
