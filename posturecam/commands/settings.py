"""`posturecam settings`: the settings of the app's settings page in its words; with --all every one, with unit, limits and source."""

from __future__ import annotations

import contextlib
import inspect
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from posturecam.commands.language import use_own_language
from posturecam.config.declarations import SettingDeclaration, entries
from posturecam.config.files import settings_path
from posturecam.config.reading import hide_secrets, quoted
from posturecam.config.settings import Settings
from posturecam.config.settings_file import change_settings, load_settings, read_settings, reset_settings, type_of
from posturecam.desktop.pages.settings.everyday import PLACES, help_of, rows_at
from posturecam.errors import CameraError, SettingsError
from posturecam.i18n.languages import LANGUAGES
from posturecam.i18n.message import Message, Verbatim, printable
from posturecam.i18n.translate import chosen_language, joined, mark, tr
from posturecam.i18n.weekdays import WEEKDAYS
from posturecam.i18n.words import HEADED


def show_or_change(changes: Sequence[str], *, reset: bool, as_json: bool, everything: bool = False) -> None:
    """Show all settings or some (`group.name`, or `group`), set some (`group.name=value`, all of them or none), or reset all to the defaults.

    Args:
        changes: What to show or to set.
        reset: Go back to the defaults.
        as_json: Print all of them as JSON, or those that were named.
        everything: Show expert settings too, with limits and sources; otherwise those of the app's settings page.

    Raises:
        SettingsError: if there is no such setting, a value is not allowed, or the file cannot be used.
    """
    if reset:
        with contextlib.suppress(SettingsError):  # damaged; then nothing is known of the start at login
            if load_settings().desktop.autostart:
                _start_at_login(wanted=False)
        aside = reset_settings()
        use_own_language()
        if as_json:
            print(json.dumps({"reset": True, "old": aside}, default=str))
        elif aside is None:
            print(tr("All settings are back to their defaults."))
        else:
            print(tr(Message("All settings are back to their defaults; your old ones are in {path}.", path=aside)))
        return
    if changes and not any("=" in change for change in changes):
        _show_named(changes, as_json=as_json)
        return
    if changes:
        use_own_language()
        wanted = {key: _meant(key, value) for key, value in map(_key_and_value, changes)}
        changed = change_settings(wanted)
        use_own_language()  # which may be another language now
        if _AUTOSTART in wanted:
            _start_at_login(wanted=changed.desktop.autostart)
        now = [entry for entry in entries(changed) if entry.key in wanted]
        if as_json:
            print(json.dumps([asdict(entry) for entry in now], default=str))
        else:
            told = mark("{setting} is now {value}, in {path}")
            for entry in now:
                print(tr(Message(told, setting=entry.key, value=_shown(entry), path=settings_path())))
        if wanted.get("camera.device"):
            _say_if_missing(wanted["camera.device"])
        _say_ignored()
        return
    settings = _say_ignored()
    if as_json:
        print(json.dumps([asdict(entry) for entry in entries(settings)], default=str))
        return
    console = Console()
    console.print(Group(*(_lines(settings) if everything else _lines_for_people(settings))))
    if not everything:
        console.print(
            f"\n{tr('All other settings, with limits and sources: posturecam settings --all')}", highlight=False
        )
    print(f"\n{printable(str(settings_path()))}")


def _show_named(names: Sequence[str], *, as_json: bool) -> None:
    """Show these settings and groups of settings, with limits and sources.

    Raises:
        SettingsError: if there is no such setting.
    """
    use_own_language()
    for name in names:
        if name not in Settings.model_fields:
            if not _WITH_GROUP.fullmatch(name) and name is not names[0]:
                _key_and_value(names[0])  # that there is no "=" between a setting and its value
            type_of(name)
    settings = _say_ignored()
    named = [entry for entry in entries(settings) if not {entry.key, entry.key.partition(".")[0]}.isdisjoint(names)]
    if as_json:
        print(json.dumps([asdict(entry) for entry in named], default=str))
        return
    Console().print(Group(*(line for entry in named for line in _lines_of(entry))))


def _start_at_login(*, wanted: bool) -> None:
    """Add posturecam to what the system starts at login, or remove it. What the system has takes precedence over the setting when the app starts.

    Raises:
        SettingsError: if that fails.
    """
    from posturecam.system.autostart import open_autostart, start_at_login

    start_at_login(open_autostart(), wanted=wanted)


def _say_ignored() -> Settings:
    """The settings; what in their file cannot be used is reported on standard error first."""
    read = read_settings()
    use_own_language()
    if read.ignored:
        print(f"posturecam: {tr(read.ignored)}", file=sys.stderr)
    return read.settings


_AUTOSTART = "desktop.autostart"
_WITH_GROUP = re.compile(r"\w+\.[a-z_]\w*")
"""What may be meant as the name of a setting, and not as its value."""
_THOUSANDS_OR_NOT = re.compile(r"[1-9]\d{0,2}\.\d\d0")
"""What may be meant as 1500 or as 1.5."""


def _key_and_value(change: str) -> tuple[str, str]:
    key, equals, value = change.partition("=")
    if not equals:
        raise SettingsError(
            "'{change}' has no value; write group.name=value, such as alerts.cool_down=900", change=Verbatim(change)
        )
    return key.strip(), value.strip()


def _meant(key: str, value: str) -> str:
    """The value as it will be saved.

    Raises:
        SettingsError: if it names a routine that does not exist, or whose file cannot be used, or if it is a number
            such as 1.500, which means 1500 to people who write a decimal comma.
    """
    if LANGUAGES[chosen_language()].decimal_comma and _THOUSANDS_OR_NOT.fullmatch(value):
        template = mark("{value} can be read as {many} or as {few}; write one of these")
        problem = Message(template, value=value, many=value.replace(".", ""), few=f"{float(value):g}")
        raise SettingsError("Nothing was changed: {problem}", problem=problem)
    if key.endswith(".days"):  # in the user's language, or in English, which the settings understand by themselves
        days = {tr(name).casefold(): day for day, names in WEEKDAYS.items() for name in names}
        parts = [part.strip(" []\"'") for part in value.split(",")]
        return ",".join(days.get(part.rstrip(".").casefold(), part) for part in parts)
    if key.endswith(".routine") and value:
        from posturecam.coach.library import routine_names  # only here, as importing it takes a while

        if value not in routine_names():
            template = mark("{key} must be one of: {choices}; got {value}")
            known = Verbatim(", ".join(routine_names()))
            problem = Message(template, key=key, choices=known, value=quoted(repr(value)))
            raise SettingsError("Nothing was changed: {problem}", problem=problem)
    return value


def _say_if_missing(camera: str) -> None:
    """Report a missing camera; it is still saved, since it may be plugged in later."""
    from posturecam.commands.shared import log, log_to_stderr
    from posturecam.vision.sources.camera import find_camera, list_cameras
    from posturecam.vision.sources.network import is_address

    if not is_address(camera):
        try:
            find_camera(camera, list_cameras())
        except CameraError as problem:
            log_to_stderr()
            log.warning("%s", problem.text)


def _lines(settings: Settings) -> Iterator[RenderableType]:
    """A heading for each group, and for each setting its value, what it does and where it comes from.

    What differs from the default is bold. Nothing is in columns, so that narrow terminals cut nothing off.
    """
    for group, listed in groupby(entries(settings), key=lambda entry: entry.key.partition(".")[0]):
        yield Text(f"\n[{group}]  {tr(inspect.getdoc(getattr(settings, group)) or '')}\n", style="bold cyan")
        for entry in listed:
            yield from _lines_of(entry)


def _lines_of(entry: SettingDeclaration) -> Iterator[RenderableType]:
    """A setting's value and limits, what it does and where it comes from."""
    yield _value_line(entry)
    yield _small_print(f"{tr(entry.text)}\n{tr('Source: {source}.').format(source=tr(entry.source))}")


def _lines_for_people(settings: Settings) -> Iterator[RenderableType]:
    """The settings of the app's settings page in its order and words, under the names by which they are set here."""
    declared = {entry.key: entry for entry in entries(settings)}
    for place in PLACES:
        rows = rows_at(place)
        if rows:
            yield Text(f"\n{tr(PLACES[place])}\n", style="bold cyan")
        for keys, alike in groupby(rows, key=lambda row: row.keys):
            yield from (_value_line(declared[key]) for key in keys)
            yield _small_print(
                "\n".join(joined(HEADED, list(filter(None, (tr(row.label), help_of(row, settings))))) for row in alike)
            )


def _value_line(entry: SettingDeclaration) -> Text:
    between = f"{entry.low:g}–{entry.high:g}" if entry.low is not None else ", ".join(entry.choices)
    style = "bold" if entry.value != entry.default else ""
    return Text.assemble((f"{entry.key} = {_shown(entry)}", style), (f"   ({between})" if between else "", "dim"))


def _small_print(words: str) -> Padding:
    return Padding(Text(words, style="dim"), (0, 0, 0, 4), expand=False)  # no spaces up to the margin


def _shown(entry: SettingDeclaration) -> str:
    """The value as it may be typed, with its unit if it has one; of an address without its password, as people post such lists."""
    value = hide_secrets(printable(_typed(entry.value)))
    unit = entry.unit_for_people
    if entry.value in (None, "", ()) or not unit:
        return value
    return f"{value}{tr(unit)}" if unit.startswith("°") else f"{value} {tr(unit)}"


def markdown(settings: Settings) -> str:
    """All settings as the page `docs/settings.md`, which `docs/build.py` writes."""
    lines = [
        "# Settings",
        "",
        "Made by `python docs/build.py` from the one declaration in `posturecam/config/settings.py`; do not edit.",
        "",
        "Change one with `posturecam settings group.name=value`, see it with `posturecam settings group.name` and all with",
        "`posturecam settings --all`, or edit `settings.toml` in the folder that `posturecam settings` prints. Only what differs from the",
        "default needs to be in the file.",
    ]
    for group, listed in groupby(entries(settings), key=lambda entry: entry.key.partition(".")[0]):
        lines += ["", f"## {group}", "", inspect.getdoc(getattr(settings, group)) or "", ""]
        lines += [
            "| setting | default | unit | limits or choices | what it does | where the figure comes from |",
            "|---|---|---|---|---|---|",
        ]
        for entry in listed:
            limits = ", ".join(entry.choices) if entry.low is None else f"{entry.low:g} to {entry.high:g}"
            name, default = f"`{entry.key.partition('.')[2]}`", _typed(entry.default)
            cells = (name, default, entry.unit, limits, entry.text, entry.source)
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _typed(value: Any) -> str:
    """A value as it may be typed; a dash if there is none."""
    if value in (None, "", ()):
        return "—"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    return ", ".join(value) if isinstance(value, tuple) else str(value)
