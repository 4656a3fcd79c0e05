"""Windows: a handful of calls of its API, and the registry's list of who uses camera and microphone."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from posturecam.system.reader import NullReader, Reader, ReadersSystem, Unreadable
from posturecam.system.state import UnknownField, Value
from posturecam.system.windows_api import Api, WindowsApi, open_registry


def open_windows() -> ReadersSystem:
    """The system, read by all that is here.

    Raises:
        OSError: if this is not Windows.
        ImportError: likewise.
    """
    return windows_system(WindowsApi(), open_registry())


def windows_system(api: Api, registry: Any) -> ReadersSystem:
    """The system, read through this API and this registry (the module `winreg`)."""
    return ReadersSystem(
        (
            WindowsLockReader(api),
            WindowsIdleReader(api),
            WindowsBatteryReader(api),
            WindowsDoNotDisturbReader(api),
            HolderReader("camera_held_by", "webcam", api, registry),
            HolderReader("microphone_held_by", "microphone", api, registry),
            NullReader(("asleep",), "Windows tells it only to windows that it can call back; the clock shows a sleep"),
            NullReader(("lid_closed",), "Windows tells it only to windows that it can call back"),
        )
    )


class WindowsLockReader(Reader):
    """Asks whether the visible desktop is the user's. A User Account Control prompt looks like a lock."""

    fields = ("locked",)

    def __init__(self, api: Api) -> None:
        """Create a reader that asks this API."""
        self._api = api

    def read(self) -> Mapping[str, Value]:
        """Whether the screen is locked."""
        return {"locked": not self._api.desktop_is_ours()}


class WindowsIdleReader(Reader):
    """Asks for the time of the last input."""

    fields = ("idle_seconds",)

    def __init__(self, api: Api) -> None:
        """Create a reader that asks this API."""
        self._api = api

    def read(self) -> Mapping[str, Value]:
        """How long ago the last input was; the ticks of 32 bits begin anew every 49.7 days."""
        last = self._api.last_input()  # before the ticks, or an input in between would lie in the future
        return {"idle_seconds": ((self._api.ticks() - last) % 2**32) / 1000}


class WindowsBatteryReader(Reader):
    """Asks for the status of the power supply."""

    fields = ("on_battery", "battery_percent")
    every = 10.0

    def __init__(self, api: Api) -> None:
        """Create a reader that asks this API."""
        self._api = api

    def read(self) -> Mapping[str, Value]:
        """The source of power and the charge."""
        plugged, flags, percent = self._api.power()
        on_battery: Value = plugged == 0 if plugged in (0, 1) else UnknownField("Windows does not know it")
        if flags != 255 and flags & 128:  # 255 is unknown, 128 is no battery
            return {"on_battery": False, "battery_percent": UnknownField("there is no battery")}
        charge: Value = float(percent) if percent <= 100 else UnknownField("Windows does not know the charge")
        return {"on_battery": on_battery, "battery_percent": charge}


_QUIET_STATES = {
    2: "a program fills the screen",
    3: "a game fills the screen",
    4: "a presentation is shown",
    6: "the quiet hours after an installation",
}
"""QUERY_USER_NOTIFICATION_STATE in which Windows wants no notifications.

https://learn.microsoft.com/windows/win32/api/shellapi/ne-shellapi-query_user_notification_state
"""


class WindowsDoNotDisturbReader(Reader):
    """Asks whether Windows allows notifications. It reports full screens and presentations, not the user's Focus mode."""

    fields = ("do_not_disturb",)

    def __init__(self, api: Api) -> None:
        """Create a reader that asks this API."""
        self._api = api

    def read(self) -> Mapping[str, Value]:
        """True where Windows wants none.

        Raises:
            Unreadable: if Windows reports no reason; the user may still have set "do not disturb".
        """
        if self._api.notification_state() in _QUIET_STATES:
            return {"do_not_disturb": True}
        raise Unreadable("Windows tells programs of presentations and full screens (none now), but not of its Focus")


_STORE = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
_TICKS_1970 = 116_444_736_000_000_000
"""1970 as a FILETIME: units of 100 ns since 1601."""


class HolderReader(Reader):
    """Looks in the registry for the programs whose use of a device has begun and not ended.

    Windows 10 (1903) and later keep it for the privacy settings: `LastUsedTimeStop` is 0 during use.
    """

    every = 4.0

    def __init__(self, field: str, device: str, api: Api, registry: Any, now: Callable[[], float] = time.time) -> None:
        """Look for the holders of one device.

        Args:
            field: Of `SystemState`.
            device: The key under the ConsentStore.
            api: Tells how long the system runs, and in which package this process does.
            registry: The module `winreg`.
            now: Seconds since 1970.
        """
        self.fields = (field,)
        self._device = device
        self._api = api
        self._registry = registry
        self._now = now
        own = (sys.executable, getattr(sys, "_base_executable", ""), api.own_package())
        self._own = {path.replace("\\", "#").lower() for path in own if path}

    def read(self) -> Mapping[str, Value]:
        """The names of the programs.

        Raises:
            Unreadable: if Windows keeps no such list.
        """
        try:
            held = {_package(key) for key in self._users("")}
        except FileNotFoundError:
            raise Unreadable(f"this Windows keeps no list of who uses the {self._device}") from None
        with suppress(FileNotFoundError):  # no program of the older kind ever asked
            held |= {_program(key) for key in self._users(r"\NonPackaged")}
        return {self.fields[0]: tuple(sorted(held))}

    def _users(self, part: str) -> list[str]:
        """The keys of the other programs that use it now."""
        registry, path = self._registry, rf"{_STORE}\{self._device}{part}"
        with registry.OpenKey(registry.HKEY_CURRENT_USER, path) as folder:
            others = (name for name in self._keys(folder) if name != "NonPackaged" and name.lower() not in self._own)
            return [name for name in others if self._in_use(folder, name)]

    def _keys(self, folder: Any) -> Iterator[str]:
        for number in range(10_000):
            try:
                yield self._registry.EnumKey(folder, number)
            except OSError:  # there are no more
                return

    def _in_use(self, folder: Any, name: str) -> bool:
        with suppress(OSError), self._registry.OpenKey(folder, name) as key:
            started, _ = self._registry.QueryValueEx(key, "LastUsedTimeStart")
            stopped, _ = self._registry.QueryValueEx(key, "LastUsedTimeStop")
            # If a power cut ended the use, its end was never recorded.
            booted = (self._now() - self._api.ticks() / 1000) * 1e7 + _TICKS_1970
            return bool(stopped == 0 and started > booted)
        return False


def _package(key: str) -> str:
    """`Microsoft.WindowsCamera_8wekyb3d8bbwe` is called Microsoft.WindowsCamera."""
    return key.partition("_")[0]


def _program(key: str) -> str:
    r"""`C:#Program Files#Zoom#bin#Zoom.exe` is called Zoom."""
    name = key.rpartition("#")[2]
    return name[:-4] if name.lower().endswith(".exe") else name
