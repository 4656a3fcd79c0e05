"""The settings file: TOML that people may edit by hand; only what differs from the defaults is in it."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_origin

import tomlkit
from pydantic import ValidationError
from tomlkit.exceptions import TOMLKitError

from posturecam.config.files import home, put, set_aside, short
from posturecam.config.reading import quoted
from posturecam.config.settings import Settings
from posturecam.errors import SettingsError

_ENCODING = "utf-8-sig"
"""UTF-8, with or without the byte-order mark that Windows' editors begin a file with."""


def settings_path() -> Path:
    """The settings file; it need not exist."""
    return home() / "settings.toml"


def load_settings() -> Settings:
    """The user's settings; the defaults where there is no file.

    Raises:
        SettingsError: if the file cannot be read, is not TOML, or a value is unknown or outside its limits.
    """
    path = settings_path()
    try:
        text = path.read_text(encoding=_ENCODING)
    except (FileNotFoundError, NotADirectoryError):  # the latter in no home
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {path} cannot be read ({short(error)}); mend or remove it") from error
    try:
        return Settings.model_validate(tomlkit.parse(text).unwrap())
    except TOMLKitError as error:
        raise SettingsError(
            f"The settings file {path} is damaged ({short(error)}); mend it, or start afresh with: posturecam settings --reset"
        ) from error
    except ValidationError as error:
        raise SettingsError(f"The settings file {path} cannot be used: {_first(error)}") from error


def load_or_begin_afresh() -> tuple[Settings, str | None]:
    """The user's settings, or the defaults and what to say: a file that cannot be used is kept aside, never overwritten."""
    try:
        return load_settings(), None
    except SettingsError as problem:
        try:
            aside = set_aside(settings_path(), "damaged")
        except SettingsError as second:
            return Settings(), f"{problem}. {second}."
        return Settings(), f"{problem}. It is now {aside}; the defaults hold meanwhile."


def change_settings(changes: Mapping[str, str]) -> Settings:
    """Set settings, each given as `group.name`, in the file, all or none; returns the new settings.

    The user's own comments are kept. An empty value takes the default again.

    Raises:
        SettingsError: if there is no such setting, a value is not allowed, or the file cannot be read or written.
    """
    kinds = {key: _kind(key) for key in changes}
    load_settings()
    path = settings_path()
    document = tomlkit.parse(path.read_text(encoding=_ENCODING)) if path.exists() else tomlkit.document()
    for key, value in changes.items():
        group, _, name = key.partition(".")
        table: Any = document.setdefault(group, tomlkit.table())
        if value:
            table[name] = _parsed(value, kinds[key])
        else:
            table.pop(name, None)
    try:
        settings = Settings.model_validate(document.unwrap())
    except ValidationError as error:
        raise SettingsError(f"Nothing was changed: {_first(error)}") from error
    put(path, tomlkit.dumps(document))
    return settings


def _kind(key: str) -> Any:
    """The type of a setting, given as `group.name`."""
    group, _, name = key.partition(".")
    fields = Settings.model_fields
    if group not in fields or name not in fields[group].annotation.model_fields:  # type: ignore[union-attr]
        raise SettingsError(f"There is no setting '{key}'; see them all with: posturecam settings")
    return fields[group].annotation.model_fields[name].annotation  # type: ignore[union-attr]


def reset_settings() -> Path | None:
    """Go back to the defaults; the old file is kept aside, and its new place returned."""
    return set_aside(settings_path(), "old")


def _parsed(value: str, kind: Any) -> Any:
    """A value typed by the user: the text itself for a text, even "0"; else TOML where it is TOML (5, true, ["sound"]).

    A list may be typed without brackets and quotes: sound,terminal.
    """
    if kind is str:
        return value
    parsed: Any = value
    with contextlib.suppress(TOMLKitError):
        parsed = tomlkit.value(value)
    if get_origin(kind) is tuple and isinstance(parsed, str):
        return [part.strip() for part in parsed.split(",")]
    return parsed


def _first(error: ValidationError) -> str:
    """The first complaint, as `group.name: what was expected, got what`."""
    detail = error.errors()[0]
    key = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return f"there is no setting '{key}'; see them all with: posturecam settings"
    expected = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "value_error":  # several settings that do not fit together; it names what it got
        return expected
    return f"{key}: {expected[0].lower()}{expected[1:]}, got {quoted(repr(detail['input']))}"
