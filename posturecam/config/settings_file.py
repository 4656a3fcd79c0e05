"""The settings file: TOML that people may edit by hand; only what differs from the defaults is in it."""

from __future__ import annotations

import contextlib
import copy
import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any, get_origin

import tomlkit
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from tomlkit.exceptions import TOMLKitError

from posturecam.config.declarations import entries
from posturecam.config.files import MOST_SETTINGS_BYTES, home, one_at_a_time, put, set_aside, settings_path
from posturecam.config.reading import (
    LONGEST_QUOTE,
    SAVE_AS_UTF_8,
    TooLarge,
    explained,
    is_missing,
    quoted,
    read_limited,
    reason,
    remedy,
    why_not_toml,
)
from posturecam.config.settings import Settings, SettingsMisfit
from posturecam.errors import SettingsError
from posturecam.i18n.message import Message, Verbatim
from posturecam.i18n.words import BRACKETED, STATEMENTS, mark

_ENCODING = "utf-8-sig"
"""UTF-8, with or without the byte-order mark that Windows' editors begin a file with."""


@dataclass(frozen=True, slots=True)
class SettingsRead:
    """The settings in the file, and what in it cannot be used."""

    settings: Settings
    ignored: Message | None = None
    """The values that cannot be used, for the user. Their defaults are among the settings, and they stay in the file."""


def read_settings() -> SettingsRead:
    """The user's settings, the defaults without a file; a value that cannot be used, such as one of a newer version, loses only itself.

    Raises:
        SettingsError: if the file cannot be read, or is not TOML.
    """
    path = settings_path()
    settings, problems = _usable(_document(path).unwrap())
    return SettingsRead(settings, _ignored(path, problems) if problems else _misnamed(path))


def load_settings() -> Settings:
    """The same for callers that need not say what is ignored.

    Raises:
        SettingsError: if the file cannot be read, or is not TOML.
    """
    return read_settings().settings


_Key = tuple[str, ...]
"""A group, or a group and a name."""


@dataclass(frozen=True, slots=True)
class _Problem:
    """Something in the file that cannot be used."""

    keys: frozenset[_Key]
    """One, or several that do not fit together."""
    detail: ErrorDetails

    @property
    def text(self) -> Message:
        """What is wrong; finding out what was meant by thousands of unknown names would take long."""
        misfit = self.detail.get("ctx", {}).get("error")
        return misfit.why if isinstance(misfit, SettingsMisfit) else _wrong(self.detail)


def _usable(document: dict[str, Any]) -> tuple[Settings, list[_Problem]]:
    """The settings without the values that cannot be used, and what is wrong with those."""
    document = copy.deepcopy(document)
    problems: list[_Problem] = []
    while True:
        try:
            return Settings.model_validate(document), problems
        except ValidationError as error:  # of several rounds: settings are compared only once each is allowed by itself
            found = {problem.keys: problem for problem in reversed([_problem(one) for one in error.errors()])}
            problems += reversed(found.values())
            for key in frozenset().union(*found):
                _remove(document, key)


def _remove(document: dict[str, Any], key: _Key) -> None:
    inside = document if len(key) == 1 else document.get(key[0], {})
    inside.pop(key[-1], None)


def _problem(detail: ErrorDetails) -> _Problem:
    place = tuple(str(part) for part in detail["loc"][:2])  # what follows is a place in a list
    misfit = detail.get("ctx", {}).get("error")
    if not isinstance(misfit, SettingsMisfit):
        return _Problem(frozenset({place}), detail)
    return _Problem(frozenset((*place, *key.split(".")) for key in misfit.keys), detail)


_MOST_NAMED = 3
"""How many values that cannot be used a message names: the file of a newer version may have many."""


def _ignored(path: Path, problems: Sequence[_Problem]) -> Message:
    named = [problem.text for problem in problems[: _MOST_NAMED + 1]]
    if len(problems) > len(named):
        named[_MOST_NAMED:] = [Message("and {number} more", number=len(problems) - _MOST_NAMED)]
    return Message(
        "Part of the settings file {path} is ignored: {problem}; correct it there, or start over with: "
        "posturecam settings --reset",
        path=path,
        problem=Message.joined(STATEMENTS, named),
    )


def _misnamed(path: Path) -> Message | None:
    """That there is a settings file whose name has capital letters, which most systems take for another file; None if there is not."""
    if not is_missing(path):
        return None
    with contextlib.suppress(OSError):
        for one in sorted(home().iterdir()):
            if one.name != path.name and one.name.lower() == path.name:
                template = mark("The settings file {path} is ignored, because its name must be {name}; rename it")
                return Message(template, path=one, name=path.name)
    return None


class _Unusable(SettingsError):
    """The settings file cannot be used: what is wrong, and what to do about it."""

    def __init__(self, what: Message, advice: str) -> None:
        super().__init__("{what}; {advice}", what=what, advice=advice)
        self.what = what


def _document(path: Path) -> tomlkit.TOMLDocument:
    """The contents of the file, with the user's own comments; empty if there is none."""
    try:
        text = read_limited(path, MOST_SETTINGS_BYTES).decode(_ENCODING)
    except (FileNotFoundError, NotADirectoryError):  # the latter if there is no home
        return tomlkit.document()
    except (OSError, TooLarge, UnicodeDecodeError) as error:
        what = Message("The settings file {path} cannot be read ({problem})", path=path, problem=reason(error))
        advice = SAVE_AS_UTF_8 if isinstance(error, UnicodeDecodeError) else mark("fix or delete it")
        raise _Unusable(what, remedy(error, advice)) from error
    with explained(
        lambda _: _Unusable(
            Message("The settings file {path} is damaged ({problem})", path=path, problem=why_not_toml(text)),
            mark("fix it, or start over with: posturecam settings --reset"),
        )
    ):
        return tomlkit.parse(text)


def load_or_begin_afresh() -> tuple[Settings, Message | None]:
    """The user's settings and any problem with them: a file that cannot be read or is not TOML is renamed, and the defaults apply."""
    try:
        read = read_settings()
        return read.settings, read.ignored
    except _Unusable as problem:
        try:
            aside = set_aside(settings_path(), "damaged")
        except SettingsError as second:
            return Settings(), Message("{problem}. {second}.", problem=problem.what, second=second.text)
        return Settings(), Message(
            "{problem}. It was renamed to {path}, and the defaults apply. To use your settings again, fix them there and "
            "rename the file back.",
            problem=problem.what,
            path=aside,
        )


def change_settings(changes: Mapping[str, str]) -> Settings:
    """Set settings, each given as `group.name`, in the file, all or none; returns the new settings.

    The user's own comments are kept, as is what else in the file cannot be used. An empty value restores the default.

    Raises:
        SettingsError: if there is no such setting, a value is not allowed, or the file cannot be read or written.
    """
    kinds = {key: type_of(key) for key in changes}
    load_settings()
    with one_at_a_time(home()):
        return _changed(changes, kinds)


def _changed(changes: Mapping[str, str], kinds: Mapping[str, Any]) -> Settings:
    path = settings_path()
    document = _document(path)
    before = {problem.keys: problem for problem in _usable(document.unwrap())[1]}
    for key, value in changes.items():
        group, _, name = key.partition(".")
        if (no_group := before.get(frozenset({(group,)}))) is not None:
            raise SettingsError("Nothing was changed: {problem}", problem=no_group.text)
        table: Any = document.setdefault(group, tomlkit.table())
        if value:
            table[name] = _parsed(value, kinds[key])
        else:
            table.pop(name, None)
    settings, problems = _usable(document.unwrap())
    changed = {tuple(key.split(".")) for key in changes}
    for problem in problems:
        if problem.keys not in before or not problem.keys.isdisjoint(changed):
            raise SettingsError("Nothing was changed: {problem}", problem=problem.text)
    with explained(
        lambda error: SettingsError(
            "Nothing was changed: a value cannot be saved ({problem}); type it again", problem=reason(error)
        )
    ):
        text = tomlkit.dumps(document)
        if "\r\n" in text:  # written by an editor of Windows: what was added ends its lines in the same way
            text = re.sub("\r?\n", "\r\n", text)
        text.encode()  # fails for characters that the terminal gave in another encoding
    put(path, text)
    return settings


def type_of(key: str) -> Any:
    """The type of a setting, given as `group.name`.

    Raises:
        SettingsError: if there is no such setting.
    """
    group, _, name = key.partition(".")
    fields = Settings.model_fields
    if group not in fields or name not in fields[group].annotation.model_fields:  # type: ignore[union-attr]
        raise SettingsError("{problem}; see them all with: posturecam settings --all", problem=_unknown(key))
    return fields[group].annotation.model_fields[name].annotation  # type: ignore[union-attr]


def reset_settings() -> Path | None:
    """Reset to the defaults; the old file is renamed, and its new path returned."""
    return set_aside(settings_path(), "old")


def _parsed(value: str, kind: Any) -> Any:
    """A value typed by the user: for a text the text itself, even "0"; otherwise TOML if it is TOML (5, true, ["sound"]).

    A list may be typed without brackets and quotes: sound,terminal.
    """
    if kind is str:
        return value
    parsed: Any = value
    with contextlib.suppress(TOMLKitError):
        parsed = tomlkit.value(value)
    if isinstance(parsed, time):  # saved with its seconds, without which other readers of TOML do not know it as a time
        return time.fromisoformat(parsed.isoformat())
    if get_origin(kind) is tuple and isinstance(parsed, str):
        return [part.strip() for part in parsed.split(",")]
    return parsed


def _wrong(detail: ErrorDetails) -> Message:
    """What is wrong with one value: its name, what was expected, and what it is."""
    key = ".".join(part for part in detail["loc"] if isinstance(part, str))  # a number is an index in a list
    if detail["type"] == "extra_forbidden":
        return _unknown(key)
    wrong = wanted(detail, key) or Message(
        "{key} must be {wanted}, got {value}",
        key=Verbatim(key),
        wanted=mark("something else"),
        value=quoted(repr(detail["input"])),
    )
    unit = next((entry.unit_for_people for entry in entries(Settings()) if entry.key == key), "")
    return Message(BRACKETED, told=wrong, more=Message("unit: {unit}", unit=unit)) if unit else wrong


def _unknown(key: str) -> Message:
    """That there is no such setting, and which one was probably meant."""
    groups = Settings.model_fields
    known = [f"{group}.{name}" for group, one in groups.items() for name in one.annotation.model_fields]  # type: ignore[union-attr]
    if key in groups:
        first = next(one for one in known if one.startswith(f"{key}."))
        return Message(
            "'{key}' is a group of settings; name one of them, such as {name}", key=Verbatim(key), name=first
        )
    typed = key[:LONGEST_QUOTE].lower()
    same = [typed] if typed in groups else [one for one in known if one.partition(".")[2] == typed.rpartition(".")[2]]
    near = same or difflib.get_close_matches(typed, known if "." in typed else [*known, *groups], 1)
    if not near:
        return Message("there is no setting '{key}'", key=quoted(key))
    return Message("there is no setting '{key}' (similar: {names})", key=quoted(key), names=Verbatim(", ".join(near)))


_KINDS = {
    "int": mark("a whole number"),
    "float": mark("a number"),
    "finite": mark("a number"),
    "bool": mark("true or false"),
    "time": mark("a time such as 22:00"),
    "tuple": mark("a list"),
    "list": mark("a list"),
    "string": mark("text"),
}
"""The expected value, by the prefix of pydantic's error name."""
_WITH_COMMA = re.compile(r"[+-]?\d+,\d+")
"""A number with a decimal comma, which many languages write. It is not guessed: 1,800 is eighteen hundred in others."""
_BOUNDS = {
    "greater_than_equal": ("ge", "least", mark("{key} must be at least {least}, got {value}")),
    "less_than_equal": ("le", "most", mark("{key} must be at most {most}, got {value}")),
    "greater_than": ("gt", "than", mark("{key} must be more than {than}, got {value}")),
    "less_than": ("lt", "than", mark("{key} must be less than {than}, got {value}")),
}
"""The message for a number out of bounds, by pydantic's error name: the bound's name in pydantic and in the template, and the template."""


def wanted(detail: ErrorDetails, key: str) -> Message | None:
    """What a value should have been and what it is, in our own words; None for rare errors. Pydantic's own words are in English."""
    key, limits, given = Verbatim(key), detail.get("ctx", {}), detail["input"]
    value = quoted(str(given) if isinstance(given, date | time) else repr(given))
    match detail["type"]:
        case kind if kind in _BOUNDS:
            bound, name, template = _BOUNDS[kind]
            return Message(template, **{"key": key, name: f"{limits[bound]:g}", "value": value})
        case "literal_error" | "enum":
            allowed = str(limits["expected"]).replace(" or ", ", ").replace("'", "").split(", ")
            named = Verbatim(", ".join(filter(None, allowed)))
            if "" in allowed:
                return Message(
                    "{key} must be one of: {choices}, or empty; got {value}", key=key, choices=named, value=value
                )
            return Message("{key} must be one of: {choices}; got {value}", key=key, choices=named, value=value)
        case "too_short" | "string_too_short" if limits["min_length"] == 1:
            return Message("{key} must not be empty", key=key)
        case "string_pattern_mismatch":
            expected: str = mark("lowercase letters, digits and underscores, beginning with a letter")
        case "model_type" | "dict_type" | "model_attributes_type":
            in_list = key.endswith("]")
            group = Message("a group of settings, as in [{key}]", key=key)
            expected = mark("a group of keys and values in braces") if in_list else group
        case "float_parsing" if _WITH_COMMA.fullmatch(str(given)):
            expected = mark("a number with a decimal point, such as 0.5")
        case kind:
            expected = "" if kind.startswith("string_too") else _KINDS.get(kind.partition("_")[0], "")
    if not expected:
        return None
    return Message("{key} must be {wanted}, got {value}", key=key, wanted=expected, value=value)
