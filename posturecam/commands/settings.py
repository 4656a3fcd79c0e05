"""`posturecam settings`: every threshold with its unit, its limits and where it comes from."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from annotated_types import Ge, Le
from pydantic.fields import FieldInfo
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from posturecam.errors import SettingsError
from posturecam.settings import Settings
from posturecam.store import change_setting, load_settings, reset_settings, settings_path


@dataclass(frozen=True, slots=True)
class Entry:
    """One setting as it is declared, and its value now."""

    key: str
    value: Any
    default: Any
    unit: str
    low: float | None
    high: float | None
    text: str
    source: str


def entries(settings: Settings) -> Iterator[Entry]:
    """Every setting, in the order of the declaration."""
    for group_name in type(settings).model_fields:
        group = getattr(settings, group_name)
        for name, field in type(group).model_fields.items():
            yield _entry(f"{group_name}.{name}", getattr(group, name), field)


def _entry(key: str, value: Any, field: FieldInfo) -> Entry:
    extra: Any = field.json_schema_extra
    low = next((limit.ge for limit in field.metadata if isinstance(limit, Ge)), None)
    high = next((limit.le for limit in field.metadata if isinstance(limit, Le)), None)
    return Entry(key, value, field.default, extra["unit"], low, high, field.description or "", extra["source"])  # type: ignore[arg-type]


def show_or_change(change: str | None, *, reset: bool, as_json: bool) -> None:
    """Show all settings, set one (`group.name=value`), or go back to the defaults.

    Raises:
        SettingsError: if there is no such setting, its value is not allowed, or the file cannot be used.
    """
    console = Console()
    if reset:
        aside = reset_settings()
        console.print(
            "The defaults hold." if aside is None else f"The defaults hold; your old settings are in {aside}."
        )
        return
    if change is None:
        settings = load_settings()
        if as_json:
            print(json.dumps([asdict(entry) for entry in entries(settings)], default=str))
        else:
            console.print(*_groups(settings), "", str(settings_path()), sep="\n")
        return
    key, equals, value = change.partition("=")
    if not equals:
        raise SettingsError(f"'{change}' sets nothing; write it as group.name=value, such as alerts.cool_down=900")
    change_setting(key.strip(), value.strip())
    console.print(f"{key.strip()} is {value.strip()} now, in {settings_path()}")


def _groups(settings: Settings) -> Iterator[RenderableType]:
    """One heading and one table for each group; what differs from the default is bold."""
    for group, listed in groupby(entries(settings), key=lambda entry: entry.key.partition(".")[0]):
        yield Text(f"\n[{group}]  {inspect.getdoc(getattr(settings, group))}", style="bold cyan")
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        for width in (24, 14, 12, None):
            table.add_column(width=width)
        for entry in listed:
            changed = "bold" if entry.value != entry.default else ""
            value = "—" if entry.value in (None, "") else f"{_plain(entry.value)} {_SHORT_UNITS.get(entry.unit, '')}"
            limits = "" if entry.low is None else f"{entry.low:g} to {entry.high:g}"
            table.add_row(Text(entry.key, changed), Text(value, changed), Text(limits, "dim"), entry.text)
        yield table


def markdown(settings: Settings) -> str:
    """All settings as the page `docs/settings.md`, which `docs/build.py` writes."""
    lines = [
        "# Settings",
        "",
        "Made by `python docs/build.py` from the one declaration in `posturecam/settings.py`; do not edit.",
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


_SHORT_UNITS = {"s": "s", "°": "°", "pixels": "px", "frames a second": "/s"}


def _plain(value: Any) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
