"""The help of the command line in the user's language.

The English texts are those in `posturecam.cli`. They are replaced only if help is requested, so that no other run pays
for it, and nothing heavy is imported. Words of typer's own between ours are replaced in the finished page.
"""

from __future__ import annotations

import re
import tomllib
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
_IN_BRACKETS = re.compile(r"(?<=[\[ ])(default:|required)(?=\s[^\]]*\]|\])")


def wanted_language() -> str:
    """The language in the settings, or the system's; read without the settings' own checks, which would load much more."""
    try:
        language = tomllib.loads(settings_path().read_text(encoding="utf-8-sig"))["desktop"]["language"]
    except Exception:  # no file, no such setting, or a damaged one, which the next command reports
        language = ""
    return str(language or system_language())


def texts(command: Any) -> Iterator[str]:
    """Every text of a command, its options and its subcommands, in English."""
    for one in _commands(command):
        yield from (text for text in (one.help, one.epilog) if text)
        yield from (parameter.help for parameter in one.params if getattr(parameter, "help", None))


def translate(command: Any) -> None:
    """Replace the texts of a command and of all its subcommands by those in the wanted language.

    `command` comes from `typer.main.get_command`.
    """
    if choose_language(wanted_language(), encoding()) == "en":
        return
    for one in _commands(command):
        one.help, one.epilog = tr(one.help or ""), tr(one.epilog or "")
        for parameter in one.params:
            if getattr(parameter, "help", None):
                parameter.help = tr(parameter.help)
        one.get_help = _translating(one)


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
        page = _HEADING.sub(lambda found: tr(found[0]), english(context))
        return _IN_BRACKETS.sub(lambda found: tr(found[0]), page)

    return get_help
