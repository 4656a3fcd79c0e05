"""macOS: its own tools `ioreg`, `pmset` and `ps`. Whatever only private interfaces provide is not read."""

from __future__ import annotations

import os
import plistlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from posturecam.system.reader import NullReader, Reader, ReadersSystem, Unreadable
from posturecam.system.state import UnknownField, Value
from posturecam.system.tools import Run, run_tool


def open_macos(run: Run = run_tool) -> ReadersSystem:
    """The system, read by all that is here; another way to run tools for tests."""
    return ReadersSystem(
        (
            MacLockReader(run),
            MacIdleReader(run),
            MacLidReader(run),
            MacBatteryReader(run),
            MacMicrophoneReader(run),
            NullReader(("asleep",), "macOS tells it only to programs that it can call back; the clock shows a sleep"),
            NullReader(
                ("do_not_disturb",), "macOS keeps the Focus in a file that only programs with full disk access read"
            ),
            NullReader(("camera_held_by",), "macOS tells no program by name which other one uses the camera"),
        )
    )


def reduces_motion(run: Run = run_tool) -> bool:
    """Whether "Reduce motion" is on, in the settings for accessibility.

    Raises:
        Unreadable: if it was never set, which `defaults` reports as a failure, or cannot be read.
    """
    return run(("defaults", "read", "com.apple.universalaccess", "reduceMotion")).strip() == "1"


def parse_registry(text: str, key: str) -> list[Any]:
    """Every value of a key, anywhere in what `ioreg -a` printed (a property list).

    Raises:
        Unreadable: if it is no property list.
    """
    try:
        return list(_values(plistlib.loads(text.encode()), key)) if text.strip() else []
    except Exception as problem:  # plistlib lets many kinds of exceptions through
        raise Unreadable(f"ioreg gave something unexpected ({type(problem).__name__})") from problem


def _values(tree: Any, key: str) -> Iterator[Any]:
    if isinstance(tree, dict):
        if key in tree:
            yield tree[key]
        for branch in tree.values():
            yield from _values(branch, key)
    elif isinstance(tree, list):
        for branch in tree:
            yield from _values(branch, key)


def parse_lock(text: str, user: int) -> bool:
    """Whether the user's session is locked or not at the screen, from `ioreg -n Root -d1 -a`.

    A session is marked only while it is locked. One that was switched away from is not at the screen.

    Raises:
        Unreadable: if there is no session of this user.
    """
    sessions = [one for users in parse_registry(text, "IOConsoleUsers") if isinstance(users, list) for one in users]
    own = [one for one in sessions if isinstance(one, dict) and one.get("kCGSSessionUserIDKey", user) == user]
    if not own:
        raise Unreadable("ioreg knows of no session of this user")
    away = all(one.get("kCGSSessionOnConsoleKey", True) is False for one in own)
    locked = any(one.get("CGSSessionScreenIsLocked") in (True, 1) for one in own)
    return away or locked or True in parse_registry(text, "IOConsoleLocked")


class MacLockReader(Reader):
    """Asks the registry's root for the sessions at the screen."""

    fields = ("locked",)

    def __init__(self, run: Run) -> None:
        """Ask with this way to run tools."""
        self._run = run

    def read(self) -> Mapping[str, Value]:
        """Whether the screen is locked."""
        return {"locked": parse_lock(self._run(("ioreg", "-n", "Root", "-d1", "-a")), os.getuid())}


class MacIdleReader(Reader):
    """Asks the input system for its count, in nanoseconds."""

    fields = ("idle_seconds",)

    def __init__(self, run: Run) -> None:
        """Ask with this way to run tools."""
        self._run = run

    def read(self) -> Mapping[str, Value]:
        """How long ago the last input was.

        Raises:
            Unreadable: if the input system does not report it.
        """
        found = parse_registry(self._run(("ioreg", "-r", "-c", "IOHIDSystem", "-d1", "-a")), "HIDIdleTime")
        numbers = [one for one in found if isinstance(one, int)]
        if not numbers:
            raise Unreadable("ioreg does not tell HIDIdleTime")
        return {"idle_seconds": min(numbers) / 1e9}


class MacLidReader(Reader):
    """Asks the power management root."""

    fields = ("lid_closed",)
    every = 4.0

    def __init__(self, run: Run) -> None:
        """Ask with this way to run tools."""
        self._run = run

    def read(self) -> Mapping[str, Value]:
        """Whether the lid is closed; a Mac without a lid has no such key.

        Raises:
            Unreadable: if power management is not mentioned at all.
        """
        # By its name: asked by the key alone, newer systems print nothing.
        text = self._run(("ioreg", "-r", "-n", "IOPMrootDomain", "-d1", "-a"))
        if not text.strip():
            raise Unreadable("ioreg tells nothing of the power management")
        return {"lid_closed": any(one is True for one in parse_registry(text, "AppleClamshellState"))}


_CHARGE = re.compile(r"\t(\d{1,3})%")


def parse_battery(text: str) -> Mapping[str, Value]:
    """The source of power and the charge, from `pmset -g batt`.

    Raises:
        Unreadable: if it says nothing of the source.
    """
    source = re.search(r"Now drawing from '([^']+)'", text)
    if source is None:
        raise Unreadable("pmset gave something unexpected")
    charges = [
        float(found[1]) for line in text.splitlines() if "InternalBattery" in line and (found := _CHARGE.search(line))
    ]
    percent: Value = sum(charges) / len(charges) if charges else UnknownField("there is no battery")
    return {"on_battery": source[1] == "Battery Power", "battery_percent": percent}


class MacBatteryReader(Reader):
    """Asks pmset."""

    fields = ("on_battery", "battery_percent")
    every = 10.0

    def __init__(self, run: Run) -> None:
        """Ask with this way to run tools."""
        self._run = run

    def read(self) -> Mapping[str, Value]:
        """The source of power and the charge."""
        return parse_battery(self._run(("pmset", "-g", "batt")))


_LISTENERS = frozenset({"corespeechd", "coreaudiod", "avconferenced"})
"""Parts of macOS that listen for "Siri" all day; `avconferenced` appears beside the program of the call."""


def parse_recorders(text: str) -> tuple[int, ...]:
    """The processes for which the sound system records, from `pmset -g assertions`.

    It keeps the computer awake for each of them, and says so with the resource `audio-in`.

    Raises:
        Unreadable: if it is no list of assertions.
    """
    if "Assertion status system-wide" not in text:
        raise Unreadable("pmset gave something unexpected")
    found, owner = set(), 0
    for line in text.splitlines():
        if re.match(r"\s+pid \d+\(", line):
            owner = 0
        elif created := re.search(r"Created for PID:\s*(\d{1,9})", line):
            owner = int(created[1])
        elif re.search(r"Resources:.*\baudio-in\b", line):
            found.add(owner)
    return tuple(sorted(found))


class MacMicrophoneReader(Reader):
    """Asks pmset for whom the sound system records, and ps for their names."""

    fields = ("microphone_held_by",)
    every = 4.0

    def __init__(self, run: Run, own: Callable[[], int] = os.getpid) -> None:
        """Ask with this way to run tools; `own` is our process."""
        self._run = run
        self._own = own

    def read(self) -> Mapping[str, Value]:
        """The names of the programs."""
        recorders = parse_recorders(self._run(("pmset", "-g", "assertions")))
        others = [one for one in recorders if one != self._own()]
        names = {self._name(one) for one in others}
        return {"microphone_held_by": tuple(sorted(names - _LISTENERS))}

    def _name(self, process: int) -> str:
        if not process:
            return "a program"
        try:
            path = self._run(("ps", "-p", str(process), "-o", "comm=")).strip()
        except Unreadable:
            path = ""
        return path.rpartition("/")[2] or f"process {process}"
