"""On battery or not, and its charge, from the kernel's files under /sys/class/power_supply.

https://docs.kernel.org/power/power_supply_class.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from posturecam.system.reader import Reader, Unreadable
from posturecam.system.state import UnknownField, Value


class BatteryReader(Reader):
    """Reads the kernel's files."""

    fields = ("on_battery", "battery_percent")
    every = 10.0

    def __init__(self, root: Path = Path("/sys/class/power_supply")) -> None:
        """Create a reader of the files under this folder."""
        self._root = root

    def read(self) -> Mapping[str, Value]:
        """The source of power, and the charge.

        Raises:
            Unreadable: if the kernel shows no supplies at all.
        """
        try:
            supplies = [_Supply(path) for path in sorted(self._root.iterdir())]
        except OSError:
            raise Unreadable(f"the kernel does not tell ({self._root} is missing)") from None
        batteries = [one for one in supplies if one["type"] == "Battery" and one["scope"] != "Device"]
        if not batteries:
            return {"on_battery": False, "battery_percent": UnknownField("there is no battery")}
        return {"on_battery": _on_battery(supplies, batteries), "battery_percent": _percent(batteries)}


class _Supply:
    """The files of one supply, each read when it is asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __getitem__(self, name: str) -> str:
        """What the file says; nothing where it is missing or cannot be read, as while a battery is taken out."""
        try:
            return (self._path / name).read_text(errors="replace").strip()
        except OSError:
            return ""

    def number(self, *names: str) -> float | None:
        """The first of these files that holds a number that is not negative."""
        for name in names:
            text = self[name]
            if text.isascii() and text.isdigit():
                return float(text[:18])
        return None


def _on_battery(supplies: Sequence[_Supply], batteries: Sequence[_Supply]) -> Value:
    # A plug that is in counts first: a battery may discharge a little at a weak charger.
    plugs = [one["online"] for one in supplies if one["type"] in ("Mains", "USB", "Wireless", "UPS")]
    if any(state in ("1", "2") for state in plugs):
        return False
    states = [one["status"] for one in batteries]
    if "Discharging" in states:
        return True
    if any(state in ("Charging", "Full", "Not charging") for state in states):
        return False
    return bool(plugs) or UnknownField("the kernel does not know whether the battery discharges")


def _percent(batteries: Sequence[_Supply]) -> Value:
    """Their charge together, weighted by capacity if the kernel reports it."""
    held = [(one.number("energy_now", "charge_now"), one.number("energy_full", "charge_full")) for one in batteries]
    whole = [(now, full) for now, full in held if now is not None and full]
    if len(batteries) > 1 and len(whole) == len(batteries):
        return min(100.0, 100 * sum(now for now, _ in whole) / sum(full for _, full in whole))
    charges = [one.number("capacity") for one in batteries]
    known = [value for value in charges if value is not None and value <= 100]
    return sum(known) / len(known) if known else UnknownField("the kernel does not tell the charge")
