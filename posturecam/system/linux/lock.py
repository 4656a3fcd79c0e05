"""Whether the screen is locked, according to logind and the desktop's screen saver.

logind's LockedHint is set by GNOME and KDE, but not by every locker, so only "locked" is trusted from it;
"not locked" must come from a screen saver that would know.
https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.login1.html
"""

from __future__ import annotations

from collections.abc import Mapping

from posturecam.system.bus import Bus, Question, Refused, property_of
from posturecam.system.reader import Reader, Unreadable
from posturecam.system.state import Value

_SESSION = "/org/freedesktop/login1/session/auto"
_HINT = property_of("system", "org.freedesktop.login1", _SESSION, "org.freedesktop.login1.Session", "LockedHint")


def _active(name: str, path: str) -> Question:
    return Question("session", name, path, name, "GetActive")


_SCREEN_SAVERS = (
    _active("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
    _active("org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver"),
    _active("org.mate.ScreenSaver", "/org/mate/ScreenSaver"),
    _active("org.xfce.ScreenSaver", "/org/xfce/ScreenSaver"),
    # KDE's comes last: on GNOME something else has that name, and refuses.
    _active("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
)


class LockReader(Reader):
    """Asks logind and the screen saver."""

    fields = ("locked",)

    def __init__(self, bus: Bus) -> None:
        """Create a reader that asks over this bus."""
        self._bus = bus
        self._savers: tuple[Question, ...] = _SCREEN_SAVERS

    def read(self) -> Mapping[str, Value]:
        """Whether it is locked.

        Raises:
            Unreadable: if no screen saver answers and logind knows of no lock.
        """
        try:
            hint: object = self._bus.ask(_HINT)
        except Unreadable as problem:
            hint = problem
        if hint is True:
            return {"locked": True}
        for saver in self._savers:
            try:
                active = self._bus.ask(saver)
            except Refused:
                continue
            # The one that answered is asked first from now on.
            self._savers = (saver, *(other for other in self._savers if other is not saver))
            return {"locked": active}
        logind = (
            f"logind: {hint}" if isinstance(hint, Unreadable) else "logind knows of no lock, but not every one tells it"
        )
        raise Unreadable(f"no screen saver answers on D-Bus; {logind}")
