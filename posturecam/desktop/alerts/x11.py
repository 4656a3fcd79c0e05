"""What the X server can do for windows over the screens: translucent ones, and ones that blur what is behind them.

Both are the work of a compositing manager. It owns the selection `_NET_WM_CM_S0` (Extended Window Manager Hints 1.5). One that
blurs on request announces that by a property of the root window, and blurs behind each window that has the same property:
KWin's, which other compositing managers have adopted, and which KDE's own `KWindowEffects` uses in the same way. picom
blurs by its own settings only and announces nothing, so it cannot be relied on.
"""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication

_BLUR = b"_KDE_NET_WM_BLUR_BEHIND_REGION"
_CARDINAL, _REPLACE, _WORD = 6, 0, 32
"""X protocol constants: the type of numbers, how a property is changed, and the bits of one of its values."""


def composited() -> bool:
    """Whether the X server has a compositing manager, which makes translucent windows possible."""
    with _server() as (x11, display):
        return bool(display) and _is_composited(x11, display)


def _is_composited(x11: Any, display: ctypes.c_void_p) -> bool:
    atom = x11.XInternAtom(display, f"_NET_WM_CM_S{x11.XDefaultScreen(display)}".encode(), 0)
    return bool(x11.XGetSelectionOwner(display, ctypes.c_void_p(atom)))


def blurs() -> bool:
    """Whether the compositing manager blurs what is behind windows that ask for it."""
    if QGuiApplication.platformName() != "xcb":
        return False
    with _server() as (x11, display):
        if not display or not _is_composited(x11, display):
            return False
        number = ctypes.c_int()
        wanted = x11.XInternAtom(display, _BLUR, 1)  # if nobody has named it, there is none
        root = ctypes.c_void_p(x11.XDefaultRootWindow(display))
        listed = x11.XListProperties(display, root, ctypes.byref(number))
        found = bool(wanted) and bool(listed) and wanted in listed[: number.value]
        if listed:
            x11.XFree(listed)
        return found


def ask_for_blur(window: int, areas: Sequence[tuple[int, ...]]) -> None:
    """Let the compositing manager blur what is behind parts of a window; does nothing if Qt is not running on an X server.

    It uses Qt's own connection, so that it comes after the window was created.

    Args:
        window: Its number, from `QWidget.winId`.
        areas: Left, top, width and height of each part, in screen pixels from the window's corner; none blurs nothing.
    """
    connection = _connection()
    xcb = None if connection is None else _xcb()
    if xcb is None:
        return
    asked = xcb.xcb_intern_atom(connection, ctypes.c_uint8(0), ctypes.c_uint16(len(_BLUR)), _BLUR)
    reply = xcb.xcb_intern_atom_reply(connection, asked, None)
    if not reply:
        return
    atom, whole = ctypes.c_uint32(reply.contents.atom), ctypes.c_uint32(window)
    ctypes.CDLL(None).free(reply)
    if areas:
        numbers = [number for area in areas for number in area]
        xcb.xcb_change_property(
            connection, ctypes.c_uint8(_REPLACE), whole, atom, ctypes.c_uint32(_CARDINAL), ctypes.c_uint8(_WORD),
            ctypes.c_uint32(len(numbers)), (ctypes.c_uint32 * len(numbers))(*numbers),
        )  # fmt: skip
    else:  # an empty property would mean all of the window
        xcb.xcb_delete_property(connection, whole, atom)
    xcb.xcb_flush(connection)


class _Cookie(ctypes.Structure):
    """`xcb_void_cookie_t`, and every other."""

    _fields_ = (("sequence", ctypes.c_uint),)


class _AtomReply(ctypes.Structure):
    """`xcb_intern_atom_reply_t`."""

    _fields_ = (
        ("response_type", ctypes.c_uint8),
        ("pad0", ctypes.c_uint8),
        ("sequence", ctypes.c_uint16),
        ("length", ctypes.c_uint32),
        ("atom", ctypes.c_uint32),
    )


def _connection() -> ctypes.c_void_p | None:
    """Qt's own connection to the X server, or None."""
    application = QCoreApplication.instance()
    if not isinstance(application, QGuiApplication) or QGuiApplication.platformName() != "xcb":
        return None
    native: Any = application.nativeInterface()
    found = native.connection() if native is not None else 0
    return ctypes.c_void_p(found) if found else None


@cache
def _xcb() -> Any:
    """The library with which Qt draws, with the types of the functions used, or None."""
    name = ctypes.util.find_library("xcb")
    if name is None:
        return None
    xcb = ctypes.CDLL(name)
    xcb.xcb_intern_atom.restype = xcb.xcb_change_property.restype = xcb.xcb_delete_property.restype = _Cookie
    xcb.xcb_intern_atom_reply.restype = ctypes.POINTER(_AtomReply)
    return xcb


@contextlib.contextmanager
def _server() -> Iterator[tuple[Any, ctypes.c_void_p]]:
    """The library, and a separate connection to the X server, which is NULL if there is none."""
    x11 = _x11()
    display = ctypes.c_void_p(x11.XOpenDisplay(None) if x11 else None)
    try:
        yield x11, display
    finally:
        if display:
            x11.XCloseDisplay(display)


@cache
def _x11() -> Any:
    """The library, with the types of the functions used, or None."""
    name = ctypes.util.find_library("X11") if sys.platform.startswith("linux") else None
    if name is None:
        return None
    x11 = ctypes.CDLL(name)
    x11.XOpenDisplay.restype = x11.XGetSelectionOwner.restype = x11.XDefaultRootWindow.restype = ctypes.c_void_p
    x11.XInternAtom.restype = ctypes.c_ulong
    x11.XListProperties.restype = ctypes.POINTER(ctypes.c_ulong)
    return x11
