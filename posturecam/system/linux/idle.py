"""Seconds since the last key or movement of the mouse.

GNOME reports it over D-Bus on X11 and Wayland, X11 by its screen saver extension (libXss), and KDE on X11 over D-Bus in
milliseconds. KDE and others do not report it on Wayland: https://invent.kde.org/plasma/kscreenlocker, interface.cpp.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Mapping
from typing import Any

from posturecam.system.bus import Bus, Question, Refused
from posturecam.system.reader import Reader, Unreadable
from posturecam.system.state import Value

_GNOME = Question(
    "session",
    "org.gnome.Mutter.IdleMonitor",
    "/org/gnome/Mutter/IdleMonitor/Core",
    "org.gnome.Mutter.IdleMonitor",
    "GetIdletime",
)
_KDE = Question(
    "session",
    "org.freedesktop.ScreenSaver",
    "/org/freedesktop/ScreenSaver",
    "org.freedesktop.ScreenSaver",
    "GetSessionIdleTime",
)


class IdleReader(Reader):
    """Asks GNOME, then the X server, then KDE."""

    fields = ("idle_seconds",)

    def __init__(
        self,
        bus: Bus,
        environment: Mapping[str, str] = os.environ,
        x_idle: Callable[[], float] | None = None,
    ) -> None:
        """Ask over this bus.

        Args:
            bus: Where GNOME and KDE answer.
            environment: Tells X11 from Wayland.
            x_idle: Seconds, from the X server; another one for tests. Raises Unreadable.
        """
        self._bus = bus
        self._environment = environment
        self._x_idle = x_idle or _XScreenSaver()

    def read(self) -> Mapping[str, Value]:
        """How long ago the last input was.

        Raises:
            Unreadable: if nothing reports it.
        """
        try:
            return {"idle_seconds": self._bus.ask(_GNOME) / 1000}
        except Refused as problem:
            reason = str(problem)
        except Unreadable as problem:
            if not self._is_x11():
                raise
            reason = str(problem)
        if not self._is_x11():
            raise Unreadable(f"on Wayland only GNOME tells it; {reason}")
        try:
            return {"idle_seconds": self._x_idle()}
        except Unreadable as problem:
            reason = str(problem)
        try:
            return {"idle_seconds": self._bus.ask(_KDE) / 1000}
        except Unreadable:
            raise Unreadable(reason) from None

    def _is_x11(self) -> bool:
        """Whether the session is X11 itself: on Wayland, the X server sees only what is done in X programs."""
        wayland = self._environment.get("WAYLAND_DISPLAY") or self._environment.get("XDG_SESSION_TYPE") == "wayland"
        return bool(self._environment.get("DISPLAY")) and not wayland


class _ScreenSaverInfo(ctypes.Structure):
    """XScreenSaverInfo of X11/extensions/scrnsaver.h."""

    _fields_ = (
        ("window", ctypes.c_ulong),
        ("state", ctypes.c_int),
        ("kind", ctypes.c_int),
        ("til_or_since", ctypes.c_ulong),
        ("idle", ctypes.c_ulong),
        ("event_mask", ctypes.c_ulong),
    )


class _XScreenSaver:
    """The X server's own count, through libX11 and libXss.

    The connection is made anew for each question: Xlib ends the whole program when it loses one.
    """

    def __init__(self) -> None:
        self._libraries: tuple[Any, Any] | None = None

    def __call__(self) -> float:
        x11, xss = self._libraries = self._libraries or _load_x()
        display = x11.XOpenDisplay(None)
        if not display:
            raise Unreadable("the X server does not answer")
        try:
            event, error, info = ctypes.c_int(), ctypes.c_int(), _ScreenSaverInfo()
            there = xss.XScreenSaverQueryExtension(display, ctypes.byref(event), ctypes.byref(error))
            if not there or not xss.XScreenSaverQueryInfo(display, x11.XDefaultRootWindow(display), ctypes.byref(info)):
                raise Unreadable("the X server has no screen saver extension")
        finally:
            x11.XCloseDisplay(display)
        return float(info.idle) / 1000


def _load_x() -> tuple[Any, Any]:
    loaded = []
    for name in ("libX11.so.6", "libXss.so.1"):
        try:
            loaded.append(ctypes.CDLL(name))
        except OSError:
            raise Unreadable(f"{name} is not installed") from None
    x11, xss = loaded
    pointer = ctypes.c_void_p
    x11.XOpenDisplay.restype, x11.XOpenDisplay.argtypes = pointer, (ctypes.c_char_p,)
    x11.XDefaultRootWindow.restype, x11.XDefaultRootWindow.argtypes = ctypes.c_ulong, (pointer,)
    x11.XCloseDisplay.argtypes = (pointer,)
    xss.XScreenSaverQueryExtension.argtypes = (pointer, pointer, pointer)
    xss.XScreenSaverQueryInfo.argtypes = (pointer, ctypes.c_ulong, pointer)
    return x11, xss
