"""The few calls of the Windows API that are needed, and nothing else, so that all the rest can be tested elsewhere."""

from __future__ import annotations

import ctypes
import importlib
from typing import Any, Protocol

_CLIENT_AREA_ANIMATION = 0x1042
"""SPI_GETCLIENTAREAANIMATION: https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-systemparametersinfow."""
_LONGEST_FAMILY_NAME = 64
"""PACKAGE_FAMILY_NAME_MAX_LENGTH: https://learn.microsoft.com/windows/win32/api/appmodel/nf-appmodel-getcurrentpackagefamilyname."""


class LastInput(ctypes.Structure):
    """LASTINPUTINFO: https://learn.microsoft.com/windows/win32/api/winuser/ns-winuser-lastinputinfo."""

    _fields_ = (("size", ctypes.c_uint32), ("ticks", ctypes.c_uint32))


class PowerStatus(ctypes.Structure):
    """SYSTEM_POWER_STATUS: https://learn.microsoft.com/windows/win32/api/winbase/ns-winbase-system_power_status."""

    _fields_ = (
        ("plugged", ctypes.c_uint8),
        ("flags", ctypes.c_uint8),
        ("percent", ctypes.c_uint8),
        ("saver", ctypes.c_uint8),
        ("seconds_left", ctypes.c_uint32),
        ("seconds_full", ctypes.c_uint32),
    )


class Api(Protocol):
    """What is asked of Windows. Each method raises OSError where Windows refuses."""

    def last_input(self) -> int:
        """When the last input was, in ticks of a millisecond, 32 bits."""

    def ticks(self) -> int:
        """Milliseconds since the start of the system, 64 bits."""

    def power(self) -> tuple[int, int, int]:
        """ACLineStatus, BatteryFlag and BatteryLifePercent."""

    def desktop_is_ours(self) -> bool:
        """Whether the desktop that takes the input may be opened by us; the one of the lock screen may not."""

    def notification_state(self) -> int:
        """QUERY_USER_NOTIFICATION_STATE."""

    def animates(self) -> bool:
        """Whether "Animation effects" are on, in the settings for accessibility."""

    def own_package(self) -> str:
        """The family name of the package that this process runs in, as with the Python of the Microsoft Store; "" for none."""


class WindowsApi:
    """Windows itself, through ctypes."""

    def __init__(self) -> None:
        """Load the libraries.

        Raises:
            OSError: if this is not Windows.
        """
        native: Any = ctypes
        try:
            self._user, self._kernel, self._shell = (
                native.WinDLL(name, use_last_error=True) for name in ("user32", "kernel32", "shell32")
            )
        except AttributeError:
            raise OSError("this is not Windows") from None
        self._kernel.GetTickCount64.restype = ctypes.c_uint64
        self._user.OpenInputDesktop.restype = ctypes.c_void_p
        self._user.CloseDesktop.argtypes = (ctypes.c_void_p,)

    def last_input(self) -> int:
        """GetLastInputInfo."""
        info = LastInput(size=ctypes.sizeof(LastInput))
        _need(self._user.GetLastInputInfo(ctypes.byref(info)), "GetLastInputInfo")
        return int(info.ticks)

    def ticks(self) -> int:
        """GetTickCount64."""
        return int(self._kernel.GetTickCount64())

    def power(self) -> tuple[int, int, int]:
        """GetSystemPowerStatus."""
        status = PowerStatus()
        _need(self._kernel.GetSystemPowerStatus(ctypes.byref(status)), "GetSystemPowerStatus")
        return int(status.plugged), int(status.flags), int(status.percent)

    def desktop_is_ours(self) -> bool:
        """OpenInputDesktop."""
        desktop = self._user.OpenInputDesktop(0, False, 0x0001)  # DESKTOP_READOBJECTS
        if not desktop:
            return False
        self._user.CloseDesktop(desktop)
        return True

    def notification_state(self) -> int:
        """SHQueryUserNotificationState."""
        state = ctypes.c_int()
        _need(self._shell.SHQueryUserNotificationState(ctypes.byref(state)) == 0, "SHQueryUserNotificationState")
        return state.value

    def animates(self) -> bool:
        """SystemParametersInfo with SPI_GETCLIENTAREAANIMATION."""
        on = ctypes.c_int()
        _need(self._user.SystemParametersInfoW(_CLIENT_AREA_ANIMATION, 0, ctypes.byref(on), 0), "SystemParametersInfo")
        return bool(on.value)

    def own_package(self) -> str:
        """GetCurrentPackageFamilyName."""
        size = ctypes.c_uint32(_LONGEST_FAMILY_NAME + 1)
        name = ctypes.create_unicode_buffer(size.value)
        # It returns its error; outside a package that is APPMODEL_ERROR_NO_PACKAGE.
        return "" if self._kernel.GetCurrentPackageFamilyName(ctypes.byref(size), name) else name.value


def open_registry() -> Any:
    """The module `winreg`.

    Raises:
        ImportError: if this is not Windows.
    """
    return importlib.import_module("winreg")


def _need(done: object, name: str) -> None:
    if not done:
        raise OSError(f"{name} failed")
