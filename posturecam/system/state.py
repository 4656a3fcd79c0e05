"""The state of the system, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields


@dataclass(frozen=True, slots=True)
class UnknownField:
    """Takes the place of a value that cannot be read here, with the reason."""

    reason: str
    """One line, for `python -m posturecam.system`."""


Value = bool | float | tuple[str, ...] | UnknownField
"""What a reader may say of one field of `SystemState`."""


@dataclass(frozen=True, slots=True)
class SystemState:
    """The state at one moment. None always means "cannot be read here", never "no"."""

    locked: bool | None = None
    """The screen is locked or blanked by the screen saver."""
    asleep: bool | None = None
    """The system is about to sleep."""
    lid_closed: bool | None = None
    """The lid of the laptop is closed; False also where there is no lid."""
    idle_seconds: float | None = None
    """Seconds since the last key or movement of the mouse."""
    do_not_disturb: bool | None = None
    """The user has asked the system to show no notifications."""
    camera_held_by: tuple[str, ...] | None = None
    """The other programs that hold a camera open, by name; () is nobody."""
    microphone_held_by: tuple[str, ...] | None = None
    """The other programs that record from a microphone, by name; () is nobody."""
    on_battery: bool | None = None
    """The computer runs on its battery; False also where there is none."""
    battery_percent: float | None = None
    """Charge of all batteries of the computer together, 0 to 100."""
    unreadable: Mapping[str, str] = field(default_factory=dict)
    """For each field that is None, why, in one line."""


FIELDS = tuple(one.name for one in fields(SystemState) if one.name != "unreadable")
"""The names of what can be read, in the order in which they are shown."""

_NUMBERS = ("idle_seconds", "battery_percent")
_NAMES = ("camera_held_by", "microphone_held_by")


def state_of(values: Mapping[str, Value]) -> SystemState:
    """The state from single values. Missing or invalid values count as unreadable; never raises."""
    known: dict[str, bool | float | tuple[str, ...]] = {}
    unreadable: dict[str, str] = {}
    for name in FIELDS:
        value = values.get(name, UnknownField("nothing here reads it"))
        if isinstance(value, UnknownField):
            unreadable[name] = value.reason
        elif _fits(name, value):
            known[name] = value
        else:
            unreadable[name] = f"the system gave {str(value)[:60]!r}, which cannot be"
    return SystemState(**known, unreadable=unreadable)  # type: ignore[arg-type]  # `_fits` has seen to the types


def _fits(name: str, value: object) -> bool:
    if name in _NAMES:
        return isinstance(value, tuple) and all(isinstance(one, str) for one in value)
    if name in _NUMBERS:
        top = 100.0 if name == "battery_percent" else float("inf")
        return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= top and value < 1e12
    return isinstance(value, bool)
