"""Whether the user has asked for no notifications, from whatever shows notifications on this desktop.

KDE has the property Inhibited, dunst `paused`, Xfce, SwayNC and mako their own; GNOME, Cinnamon, Budgie and MATE keep it in
their settings.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from posturecam.system.bus import Bus, Question, Refused, property_of
from posturecam.system.reader import Reader, Unreadable
from posturecam.system.state import Value
from posturecam.system.tools import Run, run_tool

_NOTIFICATIONS = ("session", "org.freedesktop.Notifications", "/org/freedesktop/Notifications")


@dataclass(frozen=True, slots=True)
class _Daemon:
    """A notification service that reports it on D-Bus."""

    question: Question
    quiet: Callable[[Any], bool] = bool


_DAEMONS = (
    _Daemon(property_of(*_NOTIFICATIONS, "org.freedesktop.Notifications", "Inhibited")),  # type: ignore[arg-type]
    _Daemon(property_of(*_NOTIFICATIONS, "org.dunstproject.cmd0", "paused")),  # type: ignore[arg-type]
    _Daemon(
        Question(
            "session",
            "org.erikreider.swaync.cc",
            "/org/erikreider/swaync/cc",
            "org.erikreider.swaync.cc",
            "GetDnd",
        )
    ),
    _Daemon(
        Question("session", "org.freedesktop.Notifications", "/fr/emersion/Mako", "fr.emersion.Mako", "ListModes"),
        lambda modes: not {"do-not-disturb", "dnd"}.isdisjoint(modes),
    ),
    _Daemon(
        Question(
            "session",
            "org.xfce.Xfconf",
            "/org/xfce/Xfconf",
            "org.xfce.Xfconf",
            "GetProperty",
            "ss",
            ("xfce4-notifyd", "/do-not-disturb"),
        )
    ),
)


@dataclass(frozen=True, slots=True)
class _Setting:
    """A desktop that stores it in its settings."""

    desktop: str
    """In $XDG_CURRENT_DESKTOP."""
    schema: str
    key: str
    quiet: str
    """What `gsettings` prints in do-not-disturb mode."""


_SETTINGS = (
    _Setting("GNOME", "org.gnome.desktop.notifications", "show-banners", "false"),
    _Setting("BUDGIE", "org.gnome.desktop.notifications", "show-banners", "false"),
    _Setting("X-CINNAMON", "org.cinnamon.desktop.notifications", "display-notifications", "false"),
    _Setting("MATE", "org.mate.NotificationDaemon", "do-not-disturb", "true"),
)


def parse_gsettings(text: str, quiet: str) -> bool:
    """Whether it is quiet, from what `gsettings get` printed.

    Raises:
        Unreadable: if that is neither true nor false.
    """
    said = text.strip()
    if said not in ("true", "false"):
        raise Unreadable(f"gsettings gave {said[:40]!r}")
    return said == quiet


class DoNotDisturbReader(Reader):
    """Asks the desktop's settings, or the notification service."""

    fields = ("do_not_disturb",)
    every = 4.0

    def __init__(self, bus: Bus, run: Run = run_tool, environment: Mapping[str, str] = os.environ) -> None:
        """Ask over this bus, with this way to run tools; the environment names the desktop."""
        self._bus = bus
        self._run = run
        names = environment.get("XDG_CURRENT_DESKTOP", "").upper().split(":")
        self._setting = next((one for one in _SETTINGS if one.desktop in names), None)
        self._daemons: tuple[_Daemon, ...] = _DAEMONS

    def read(self) -> Mapping[str, Value]:
        """Whether notifications are off.

        Raises:
            Unreadable: if nothing reports it.
        """
        if self._setting is not None:
            said = self._run(("gsettings", "get", self._setting.schema, self._setting.key))
            return {"do_not_disturb": parse_gsettings(said, self._setting.quiet)}
        for daemon in self._daemons:
            try:
                quiet = daemon.quiet(self._bus.ask(daemon.question))
            except (Refused, TypeError):
                continue
            # The one that answered is asked first from now on.
            self._daemons = (daemon, *(other for other in self._daemons if other is not daemon))
            return {"do_not_disturb": quiet}
        raise Unreadable("no notification service of this session tells it")
