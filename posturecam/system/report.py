"""The state of the system in words, for `posturecam doctor` and `python -m posturecam.system`."""

from __future__ import annotations

from dataclasses import dataclass

from posturecam.i18n.words import mark
from posturecam.system.state import FIELDS, SystemState

LABELS = {
    "locked": mark("screen locked"),
    "asleep": mark("about to sleep"),
    "lid_closed": mark("lid closed"),
    "idle_seconds": mark("last key or mouse"),
    "do_not_disturb": mark("do not disturb"),
    "camera_held_by": mark("camera in use by others"),
    "microphone_held_by": mark("microphone in use by others"),
    "on_battery": mark("on battery"),
    "battery_percent": mark("battery"),
}


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One thing that is or is not known."""

    label: str
    known: bool
    text: str
    """The value, or why there is none."""


def lines(state: SystemState) -> list[ReportLine]:
    """The state, thing by thing."""
    return [_line(name, getattr(state, name), state.unreadable.get(name, "not read")) for name in FIELDS]


def _line(name: str, value: bool | float | tuple[str, ...] | None, reason: str) -> ReportLine:
    if value is None:
        return ReportLine(LABELS[name], False, reason)
    if isinstance(value, bool):
        text = "yes" if value else "no"
    elif isinstance(value, tuple):
        text = ", ".join(value) or "nobody"
    elif name == "battery_percent":
        text = f"{value:.0f}%"
    else:
        text = f"{value:.1f} s ago"
    return ReportLine(LABELS[name], True, text)
