"""The modes of the program, and one table of the allowed transitions."""

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
    """Paused by the user. The camera is released and its light is off, as in the two modes below."""
    OFF = "off"
    """Off because of the system or the schedule: locked, asleep, lid closed, or idle and nobody there."""
    CAMERA_LOST = "camera_lost"
    """The camera cannot be opened, or something else failed; retried from time to time."""
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
"""The modes that may follow each mode; a test covers the table."""


def follow(before: Mode, after: Mode) -> Mode:
    """The next mode.

    Raises:
        ValueError: if the transition is not allowed, which is a bug in the program.
    """
    if after is not before and after not in FOLLOWS[before]:
        raise ValueError(f"{after.value} cannot follow {before.value}")
    return after
