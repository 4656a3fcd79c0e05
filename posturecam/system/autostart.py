"""Start at login: an entry in a folder on Linux, a launch agent on macOS, a value in the registry on Windows.

start_at_login(open_autostart(), wanted=True)
"""

from __future__ import annotations

import plistlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from posturecam.config.reading import TooLarge, read_limited, reason
from posturecam.errors import SettingsError
from posturecam.system.launcher import config_home, desktop_entry, launch_command, program_of, put, take_away
from posturecam.system.windows_api import open_registry

_MOST_BYTES = 100_000
"""Largest entry or agent that is read, bytes."""


class Autostart(Protocol):
    """Controls whether posturecam starts at login."""

    @property
    def where(self) -> str:
        """Where the entry is stored, for people."""

    def program(self) -> str | None:
        """What the entry starts, empty if it does not say; None if there is no entry, it is switched off, or it cannot be read."""

    def enabled(self) -> bool:
        """Whether posturecam starts at login: there is an entry, and its program is not gone."""
        program = self.program()
        return program is not None and not _is_gone(program)

    def orphaned(self) -> bool:
        """Whether there is an entry but its program is gone, as after posturecam was installed in another folder."""
        program = self.program()
        return program is not None and _is_gone(program)

    def enable(self, command: Sequence[str]) -> None:
        """Start this command at login from now on.

        Raises:
            SettingsError: if the entry cannot be written.
        """

    def disable(self) -> None:
        """Remove the entry; does nothing if there is none.

        Raises:
            SettingsError: if the entry cannot be removed.
        """


def start_at_login(autostart: Autostart, *, wanted: bool) -> None:
    """Start this installation of posturecam at login, without a window, or no longer.

    Raises:
        SettingsError: if the entry cannot be written or removed.
    """
    if wanted:
        autostart.enable(launch_command(minimized=True))
    else:
        autostart.disable()


def open_autostart(platform: str = sys.platform) -> Autostart:
    """The implementation for this system; on unknown systems, one that does nothing."""
    if platform.startswith(("linux", "freebsd")):
        return LinuxAutostart()
    if platform == "darwin":
        return MacAutostart()
    if platform == "win32":
        with suppress(ImportError):
            return WindowsAutostart(open_registry())
    return NullAutostart()


def _is_gone(program: str) -> bool:
    """Whether a program is missing. One without its folder is looked up at login, so it counts as there."""
    path = Path(program)
    try:
        return path.is_absolute() and not path.exists()
    except OSError:  # it is in a folder that may not be entered, so it cannot be started either
        return True


class NullAutostart(Autostart):
    """For systems on which posturecam cannot start at login."""

    where = "nowhere"

    def program(self) -> None:
        """Always None."""
        return

    def enable(self, command: Sequence[str]) -> None:
        """Refuse.

        Raises:
            SettingsError: always.
        """
        del command
        raise SettingsError(
            "posturecam cannot start automatically on this system; add it to your startup programs yourself"
        )

    def disable(self) -> None:
        """Do nothing: there is nothing to remove."""


class LinuxAutostart(Autostart):
    """The file `posturecam.desktop` in the session's autostart folder.

    https://specifications.freedesktop.org/autostart-spec/latest/
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Use this folder; by default the user's own."""
        self._path = (folder or config_home() / "autostart") / "posturecam.desktop"

    @property
    def where(self) -> str:
        """Path of the desktop entry."""
        return str(self._path)

    def program(self) -> str | None:
        """What the entry starts; None also if KDE's or GNOME's settings have switched it off."""
        try:
            lines = read_limited(self._path, _MOST_BYTES).decode(errors="surrogateescape").splitlines()
        except (OSError, TooLarge):
            return None
        keys = {key.strip(): value.strip() for key, sign, value in (line.partition("=") for line in lines) if sign}
        if keys.get("Hidden", "").lower() == "true" or keys.get("X-GNOME-Autostart-enabled", "").lower() == "false":
            return None
        return program_of(keys.get("Exec", ""))

    def enable(self, command: Sequence[str]) -> None:
        """Write the entry."""
        put(self._path, desktop_entry(command, autostart=True))

    def disable(self) -> None:
        """Remove the entry."""
        take_away(self._path)


_LABEL = "posturecam"


class MacAutostart(Autostart):
    """A launch agent in the user's library: `man launchd.plist`."""

    def __init__(self, folder: Path | None = None) -> None:
        """Use this folder; by default the user's own."""
        self._path = (folder or Path.home() / "Library/LaunchAgents") / f"{_LABEL}.plist"

    @property
    def where(self) -> str:
        """Path of the property list."""
        return str(self._path)

    def program(self) -> str | None:
        """What the agent starts; None also if it is marked as disabled. The switch in the system's settings is not seen."""
        try:
            agent = plistlib.loads(read_limited(self._path, _MOST_BYTES))
        except Exception:  # damaged in any of the ways that plistlib does not catch
            return None
        if not isinstance(agent, dict) or not agent.get("RunAtLoad") or agent.get("Disabled", False):
            return None
        command = agent.get("ProgramArguments")
        return str(command[0]) if isinstance(command, list) and command else ""

    def enable(self, command: Sequence[str]) -> None:
        """Write the agent; it starts with the next login."""
        agent = {
            "Label": _LABEL,
            "ProgramArguments": list(command),
            "RunAtLoad": True,
            "LimitLoadToSessionType": "Aqua",
            "ProcessType": "Interactive",
        }
        put(self._path, plistlib.dumps(agent).decode())

    def disable(self) -> None:
        """Remove the agent."""
        take_away(self._path)


def _program_of_command_line(line: str) -> str:
    """The program of a Windows command line. Empty if it has a folder with spaces but no quotes: its end is a guess."""
    if line.startswith('"'):
        return line[1:].partition('"')[0]
    program, _, arguments = line.partition(" ")
    return "" if "\\" in arguments else program


_RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
_APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"


class WindowsAutostart(Autostart):
    """A value of the key Run, which the task manager shows and can switch off."""

    def __init__(self, registry: Any) -> None:
        """Use this registry (the module `winreg`)."""
        self._registry = registry

    @property
    def where(self) -> str:
        """The registry key and the name of the value."""
        return rf"HKEY_CURRENT_USER\{_RUN}\{_LABEL}"

    def program(self) -> str | None:
        """What the value starts; None also if the task manager has switched it off (an odd first byte)."""
        command, approved = self._value(_RUN), self._value(_APPROVED)
        if not command or (isinstance(approved, bytes) and approved and approved[0] % 2):
            return None
        return _program_of_command_line(str(command))

    def enable(self, command: Sequence[str]) -> None:
        """Write the value, and clear the mark that it was switched off."""
        registry = self._registry
        with self._explained("written"):
            with registry.CreateKeyEx(registry.HKEY_CURRENT_USER, _RUN, 0, registry.KEY_SET_VALUE) as key:
                registry.SetValueEx(key, _LABEL, 0, registry.REG_SZ, subprocess.list2cmdline(command))
            self._remove(_APPROVED)

    def disable(self) -> None:
        """Remove the value."""
        with self._explained("removed"):
            self._remove(_RUN)
            self._remove(_APPROVED)

    def _value(self, path: str) -> object:
        with suppress(OSError), self._registry.OpenKey(self._registry.HKEY_CURRENT_USER, path) as key:
            return self._registry.QueryValueEx(key, _LABEL)[0]
        return None

    def _remove(self, path: str) -> None:
        registry = self._registry
        with (
            suppress(FileNotFoundError),
            registry.OpenKey(registry.HKEY_CURRENT_USER, path, 0, registry.KEY_SET_VALUE) as key,
        ):
            registry.DeleteValue(key, _LABEL)

    @contextmanager
    def _explained(self, done: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise SettingsError(
                "{where} cannot be {done} ({problem}); change it in the task manager",
                where=self.where,
                done=done,
                problem=reason(error),
            ) from error
