"""Whether windows can be shown here: whether a display answers, not only whether one is named.

A name outlives its display: in a `screen` or `tmux` session of an earlier login, or once an `ssh -X` has ended. OpenCV and
Qt end the whole process then.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable

from posturecam.errors import DesktopUnavailable

_XCB, _WAYLAND = "libxcb.so.1", "libwayland-client.so.0"
"""The libraries with which OpenCV's Qt and our own connect to a display."""
_ALWAYS = sys.platform in ("darwin", "win32")
"""Whether this system has a display whatever the environment names."""


def has_display() -> bool:
    """Whether the desktop app's windows can be shown."""
    return not _offscreen() and (_ALWAYS or _wayland_answers() or _x_answers())


def display_name() -> str:
    """The display that the environment names, or an empty text."""
    return os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or ""


def opens_window(wanted: bool | None) -> bool:
    """Whether to open a window of OpenCV, which on Linux needs an X server: as the user wants, by default where there is one.

    Raises:
        DesktopUnavailable: if a window is wanted that cannot be shown.
    """
    if wanted is False:
        return False
    possible = not _offscreen() and (_ALWAYS or _x_answers())
    if wanted and not possible:
        name = os.environ.get("DISPLAY", "")
        raise (
            DesktopUnavailable("The display {name} does not answer; run it with: --no-window", name=name)
            if name
            else DesktopUnavailable("There is no display here for a window; run it with: --no-window")
        )
    if possible and not _ALWAYS:
        os.environ["QT_QPA_PLATFORM"] = "xcb"  # OpenCV has no other, and ends the process if it is to use another
    return possible


def _offscreen() -> bool:
    return os.environ.get("QT_QPA_PLATFORM") == "offscreen"


def _wayland_answers() -> bool:
    return _answers("WAYLAND_DISPLAY", _WAYLAND, _connects_to_wayland)


def _x_answers() -> bool:
    return _answers("DISPLAY", _XCB, _connects_to_x)


def _answers(variable: str, library: str, connects: Callable[[ctypes.CDLL], bool]) -> bool:
    if not os.environ.get(variable):
        return False
    try:
        loaded = ctypes.CDLL(library)
    except OSError:  # it may be where only Qt looks for it: then trust the name
        return True
    return connects(loaded)


def _connects_to_wayland(wayland: ctypes.CDLL) -> bool:
    wayland.wl_display_connect.restype = ctypes.c_void_p
    wayland.wl_display_disconnect.argtypes = [ctypes.c_void_p]
    connection = wayland.wl_display_connect(None)
    if connection is not None:
        wayland.wl_display_disconnect(connection)
    return connection is not None


def _connects_to_x(xcb: ctypes.CDLL) -> bool:
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not failed
