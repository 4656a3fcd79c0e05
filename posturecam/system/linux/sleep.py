"""Whether the system is about to sleep, and whether the lid is closed: logind, else UPower or the kernel's ACPI files.

https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.login1.html
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from posturecam.system.bus import Bus, property_of
from posturecam.system.reader import Reader, Unreadable
from posturecam.system.state import Value

_LOGIN = ("system", "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager")
_PREPARING = property_of(*_LOGIN, "PreparingForSleep")  # type: ignore[arg-type]
_LID = property_of(*_LOGIN, "LidClosed")  # type: ignore[arg-type]
_UPOWER_LID = property_of(
    "system", "org.freedesktop.UPower", "/org/freedesktop/UPower", "org.freedesktop.UPower", "LidIsClosed"
)


class SleepReader(Reader):
    """Asks logind.

    The moment before sleep is short and can be missed; the sleep itself shows in the clock, which keeps running.
    """

    fields = ("asleep",)

    def __init__(self, bus: Bus) -> None:
        """Create a reader that asks over this bus."""
        self._bus = bus

    def read(self) -> Mapping[str, Value]:
        """Whether the system prepares for sleep."""
        return {"asleep": self._bus.ask(_PREPARING)}


class LidReader(Reader):
    """Asks logind, then UPower, then the kernel."""

    fields = ("lid_closed",)

    def __init__(self, bus: Bus, root: Path = Path("/proc/acpi/button/lid")) -> None:
        """Ask over this bus; `root` is the kernel's folder of lids."""
        self._bus = bus
        self._root = root

    def read(self) -> Mapping[str, Value]:
        """Whether the lid is closed."""
        try:
            return {"lid_closed": self._bus.ask(_LID)}
        except Unreadable as problem:
            first = problem
        try:
            return {"lid_closed": self._bus.ask(_UPOWER_LID)}
        except Unreadable:
            states = [path.read_text(errors="replace").split() for path in self._root.glob("*/state")]
            if not states:
                raise first from None
            return {"lid_closed": any("closed" in words for words in states)}
