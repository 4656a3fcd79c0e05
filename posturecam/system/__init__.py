"""The state of the system for the desktop app: locked, asleep, idle, do-not-disturb, meetings, battery.

    with contextlib.closing(open_system()) as system:
        state = system.look()          # every two seconds or so, in a thread of its own

Each platform has readers (`linux/`, `macos.py`, `windows.py`), each of one group of fields; `reader.py` combines them into
one state. None in a state means "cannot be read here", with the reason alongside. Nothing here needs Qt, and nothing is changed.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Protocol

from posturecam.config.settings import DesktopSettings
from posturecam.system.reader import Unreadable
from posturecam.system.state import FIELDS, SystemState

__all__ = ["FIELDS", "NullSystem", "System", "SystemState", "less_motion", "open_system", "wants_less_motion"]


class System(Protocol):
    """Reads the state of the system."""

    def look(self) -> SystemState:
        """The state now.

        Meant to be called about every two seconds from a thread of its own: it usually takes a few milliseconds, up to
        50 ms with the platform's tools, and a few seconds at most while services hang. Never raises.
        """

    def close(self) -> None:
        """Close connections and threads; later readings know nothing."""


class NullSystem:
    """Knows nothing, for a stated reason."""

    def __init__(self, reason: str) -> None:
        """Create it with one reason for every field."""
        self._state = SystemState(unreadable=dict.fromkeys(FIELDS, reason))

    def look(self) -> SystemState:
        """A state that knows nothing, with the reason."""
        return self._state

    def close(self) -> None:
        """Do nothing: there is nothing to release."""


def open_system(platform: str = sys.platform) -> System:
    """The system that this program runs on; never raises, and reads nothing yet."""
    try:
        if platform.startswith("linux"):
            from posturecam.system.linux import open_linux

            return open_linux()
        if platform == "darwin":
            from posturecam.system.macos import open_macos

            return open_macos()
        if platform == "win32":
            from posturecam.system.windows import open_windows

            return open_windows()
    except (ImportError, OSError, AttributeError) as problem:
        return NullSystem(f"the part of posturecam for this system cannot be used ({problem})")
    return NullSystem(f"posturecam reads nothing of a system of this kind ({platform})")


def less_motion(settings: DesktopSettings) -> bool:
    """Whether nothing should move unnecessarily: the user's choice, here or in the system."""
    return settings.reduced_motion or wants_less_motion()


@cache
def wants_less_motion(platform: str = sys.platform) -> bool:
    """Whether the user has asked the system for less motion; False where that cannot be read. Never raises.

    It is read once, in up to a second, and holds until the program ends.
    """
    try:
        if platform.startswith("linux"):
            from posturecam.system.linux.motion import animations_are_off

            return animations_are_off()
        if platform == "darwin":
            from posturecam.system.macos import reduces_motion

            return reduces_motion()
        if platform == "win32":
            from posturecam.system.windows_api import WindowsApi

            return not WindowsApi().animates()
    except (ImportError, OSError, AttributeError, Unreadable):
        return False
    return False
