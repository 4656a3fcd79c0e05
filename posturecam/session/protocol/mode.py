"""What the program is about, apart from how the user sits: one table of what may follow what."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Mode(StrEnum):
    """What the engine is doing."""

    STARTING = "starting"
    """The camera is being opened."""
    WATCHING = "watching"
    CALIBRATING = "calibrating"
    STRETCHING = "stretching"
    PAUSED = "paused"
    """By the user. The camera is released and its light is out, as in the two below."""
    OFF = "off"
    """By the system or the schedule: locked, asleep, lid closed, idle and nobody there."""
    CAMERA_LOST = "camera_lost"
    """It cannot be opened, or something else went wrong; it is tried again now and then."""
    ENDED = "ended"


_RESTING = frozenset({Mode.PAUSED, Mode.OFF, Mode.ENDED})

FOLLOWS: Mapping[Mode, frozenset[Mode]] = {
    Mode.STARTING: _RESTING | {Mode.WATCHING, Mode.CALIBRATING, Mode.STRETCHING, Mode.CAMERA_LOST},
    Mode.WATCHING: _RESTING | {Mode.STARTING, Mode.CALIBRATING, Mode.STRETCHING, Mode.CAMERA_LOST},
    Mode.CALIBRATING: _RESTING | {Mode.STARTING, Mode.WATCHING, Mode.STRETCHING, Mode.CAMERA_LOST},
    Mode.STRETCHING: _RESTING | {Mode.STARTING, Mode.WATCHING, Mode.CALIBRATING, Mode.CAMERA_LOST},
    Mode.PAUSED: frozenset({Mode.STARTING, Mode.OFF, Mode.CAMERA_LOST, Mode.ENDED}),
    Mode.OFF: frozenset({Mode.STARTING, Mode.PAUSED, Mode.CAMERA_LOST, Mode.ENDED}),
    Mode.CAMERA_LOST: _RESTING | {Mode.STARTING, Mode.WATCHING, Mode.CALIBRATING, Mode.STRETCHING},
    Mode.ENDED: frozenset(),
}
"""What each mode may be followed by; a test walks through it."""


def follow(before: Mode, after: Mode) -> Mode:
    """The next mode.

    Raises:
        ValueError: if it cannot follow, which is a mistake in the program.
    """
    if after is not before and after not in FOLLOWS[before]:
        raise ValueError(f"{after.value} cannot follow {before.value}")
    return after
