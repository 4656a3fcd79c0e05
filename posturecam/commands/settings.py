"""`posturecam settings`: every threshold with its unit, its limits and where it comes from."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from posturecam.config.declared import SettingDeclaration, entries
from posturecam.config.files import settings_path
from posturecam.config.settings import Settings
from posturecam.config.settings_file import change_settings, load_settings, reset_settings
from posturecam.errors import SettingsError


def show_or_change(changes: Sequence[str], *, reset: bool, as_json: bool) -> None:
    """Show all settings, set some (`group.name=value`, all of them or none), or go back to the defaults.

    Raises:
        SettingsError: if there is no such setting, a value is not allowed, or the file cannot be used.
    """
    if reset:
        aside = reset_settings()
        print("The defaults hold." if aside is None else f"The defaults hold; your old settings are in {aside}.")
        return
    if changes:
        wanted = dict(_key_and_value(change) for change in changes)
        changed = change_settings(wanted)
        for entry in entries(changed):
            if entry.key in wanted:
                print(f"{entry.key} is {_shown(entry)} now, in {settings_path()}")
        return
    settings = load_settings()
    if as_json:
        print(json.dumps([asdict(entry) for entry in entries(settings)], default=str))
        return
    Console().print(Group(*_lines(settings)))
    print(f"\n{settings_path()}")


def _key_and_value(change: str) -> tuple[str, str]:
    key, equals, value = change.partition("=")
    if not equals:
        raise SettingsError(
            "'{change}' is not a setting; write group.name=value, such as alerts.cool_down=900", change=change
        )
    return key.strip(), value.strip()


def _lines(settings: Settings) -> Iterator[RenderableType]:
    """A heading for each group, and for each setting its value, what it does and where it comes from.

    What differs from the default is bold. Nothing is in columns, so that narrow terminals cut nothing off.
    """
    for group, listed in groupby(entries(settings), key=lambda entry: entry.key.partition(".")[0]):
        yield Text(f"\n[{group}]  {inspect.getdoc(getattr(settings, group))}\n", style="bold cyan")
        for entry in listed:
            limits = "" if entry.low is None else f"   ({entry.low:g} to {entry.high:g})"
            style = "bold" if entry.value != entry.default else ""
            yield Text.assemble((f"{entry.key} = {_shown(entry)}", style), (limits, "dim"))
            yield Padding(Text(f"{entry.text}\nsource: {entry.source}", style="dim"), (0, 0, 0, 4))


def _shown(entry: SettingDeclaration) -> str:
    """The value as it may be typed, with its unit where it has one."""
    if entry.value in (None, ""):
        return "—"
    value = f"{entry.value:g}" if isinstance(entry.value, float) else _plain(entry.value)
    if isinstance(entry.value, bool):
        value = value.lower()
    if entry.unit in _KINDS:
        return value
    return f"{value}{entry.unit}" if entry.unit.startswith("°") else f"{value} {entry.unit}"


def markdown(settings: Settings) -> str:
    """All settings as the page `docs/settings.md`, which `docs/build.py` writes."""
    lines = [
        "# Settings",
        "",
        "Made by `python docs/build.py` from the one declaration in `posturecam/config/settings.py`; do not edit.",
        "",
        "Change one with `posturecam settings group.name=value`, see them all with `posturecam settings`, or edit",
        "`settings.toml` in the folder that it prints. Only what differs from the default needs to be in the file.",
    ]
    for group, listed in groupby(entries(settings), key=lambda entry: entry.key.partition(".")[0]):
        lines += ["", f"## {group}", "", inspect.getdoc(getattr(settings, group)) or "", ""]
        lines += [
            "| setting | default | unit | limits | what it does | where the figure comes from |",
            "|---|---|---|---|---|---|",
        ]
        for entry in listed:
            default = "—" if entry.default in (None, "") else _plain(entry.default)
            limits = "" if entry.low is None else f"{entry.low:g} to {entry.high:g}"
            cells = (f"`{entry.key.partition('.')[2]}`", default, entry.unit, limits, entry.text, entry.source)
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


_KINDS = ("name", "size", "list", "yes/no", "0–1", "ratio", "share", "time of day")
"""Units in the declaration that say what kind of value it is; nobody says them after it."""


def _plain(value: Any) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
