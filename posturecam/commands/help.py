"""The help of the command line in the user's language, and in plain words: `<list[str]>` means nothing to most people.

The English texts are those in `posturecam.cli`. They are replaced only if help is requested, so that no other run pays
for it, and nothing heavy is imported. Words of typer's own between ours are replaced in the finished page.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from typing import Any

from posturecam.config.files import settings_path
from posturecam.config.stdout import encoding
from posturecam.i18n.translate import choose_language, mark, system_language, tr

FRAME = (
    mark("Usage:"),
    mark("Options:"),
    mark("Arguments:"),
    mark("Commands:"),
    mark("default:"),
    mark("required"),
    mark("Show this message and exit."),
    mark("Install completion for the current shell."),
    mark("Show completion for the current shell, to copy it or customize the installation."),
)
"""What typer itself writes around the texts of `posturecam.cli`."""
_HEADING = re.compile(r"^(Usage:|Options:|Arguments:|Commands:)", re.MULTILINE)
_KINDS = {"str": mark("TEXT"), "path": mark("FILE"), "int": mark("NUM"), "float": mark("NUM")}
"""The kinds of values in our own words, none longer than typer's `<str>`, since columns stand to the right of it."""
_KIND = re.compile(r"<(?:(str|path|int|float)(?: range)?|list\[\w+\])>")
_USAGE = (mark("[OPTIONS]"), mark("COMMAND [ARGS]..."))
_REQUIRED = re.compile(r"\{(\w+)\}")
"""An argument that must be given, as some versions of typer write it. Without brackets at all it says the same to more people."""
_LIMITS = re.compile(r"(?:([\d.]+)<=)?x(<=|>=)([\d.]+)")
_IN_BRACKETS = re.compile(r"(?<=[\[ ])(default:|required)(?=\s[^\]]*\]|\])")


def wanted_language() -> str:
    """The language in the settings, or the system's; read without the settings' own checks, which would load much more."""
    try:
        language = _parsed(settings_path().read_text(encoding="utf-8-sig"))["desktop"]["language"]
    except Exception:  # no file, no such setting, or a damaged one, which the next command reports
        language = ""
    return str(language or system_language())


def _parsed(text: str) -> dict[str, Any]:
    """What is in the settings file."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:  # as of a time without seconds, which the settings take
        import tomlkit

        return tomlkit.parse(text).unwrap()


def texts(command: Any) -> Iterator[str]:
    """Every text of a command, its options and its subcommands, in English."""
    for one in _commands(command):
        yield from (text for text in (one.help, one.epilog) if text)
        yield from (parameter.help for parameter in one.params if getattr(parameter, "help", None))


def translate(command: Any) -> None:
    """Replace the texts of a command and of all its subcommands by those in the wanted language.

    `command` comes from `typer.main.get_command`.
    """
    choose_language(wanted_language(), encoding())
    for one in _commands(command):
        one.help, one.epilog = tr(one.help or ""), tr(one.epilog or "")
        for parameter in one.params:
            if getattr(parameter, "help", None):
                parameter.help = tr(parameter.help)
        one.get_help = _translating(one)


def usage(line: str) -> str:
    """The first line of a help page, or all of it, with the placeholders of its first line in the user's language."""
    first, newline, rest = line.partition("\n")
    for one in _USAGE:
        first = first.replace(one, tr(one))
    return _REQUIRED.sub(r"\1", first) + newline + rest


def _wide(word: str, columns: int) -> str:
    """The word, and spaces up to this many columns of a terminal, of which Chinese characters take two."""
    return word + " " * (columns - sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in word))


def _limits(found: re.Match[str]) -> str:
    low, sign, limit = found.groups()
    return f"{low}–{limit}" if low else f"{'≥' if sign == '>=' else '≤'} {limit}"


def _commands(command: Any) -> Iterator[Any]:
    yield command
    for inner in getattr(command, "commands", {}).values():
        yield from _commands(inner)


def _translating(command: Any) -> Any:
    """The command's `get_help`, with typer's own words replaced too."""
    english = command.get_help

    def get_help(context: Any) -> str:
        option = command.get_help_option(context)
        if option is not None:
            option.help = tr(option.help)
        page = _HEADING.sub(lambda found: tr(found[0]), usage(english(context)))
        page = _KIND.sub(lambda found: _wide(tr(_KINDS.get(found[1], "")), len(found[0])), page)
        page = _LIMITS.sub(_limits, page)
        return _IN_BRACKETS.sub(lambda found: tr(found[0]), page)

    return get_help
