"""The help of the command line in the user's language, and in plain words: `<list[str]>` means nothing to most people.

The English texts are those in `posturecam.cli`. They are replaced only if help is requested, so that no other run pays
for it, and nothing heavy is imported. Words of typer's own between ours are replaced while the page is written (`_page_of`).
"""

from __future__ import annotations

import re
import shutil
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from posturecam.config.files import MOST_SETTINGS_BYTES, settings_path
from posturecam.config.reading import read_limited
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
_NARROW = 52
"""Columns of a terminal below which typer would write lines that are wider than it."""
_NARROWEST = 30
"""Columns below which the page gets no narrower, since words would be split."""
_NARROW_FIRST_COLUMN = 12
"""Widest first column of a list in a narrow terminal; what is longer stands above its text."""
_HALF = "\ue000"
"""Stands before each letter that takes two columns of a terminal, as Chinese ones do, while typer counts letters to wrap lines."""
_IN_BRACKETS = re.compile(r"(?<=[\[ ])(default:|required)(?=\s[^\]]*\]|\])")


def wanted_language() -> str:
    """The language in the settings, or the system's; read without the settings' own checks, which would load much more."""
    try:
        text = read_limited(settings_path(), MOST_SETTINGS_BYTES).decode("utf-8-sig")  # a pipe would never end
        language = _parsed(text)["desktop"]["language"]
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
        one.short_help = one.help.partition("\n\n")[0]  # without one, typer cuts the help off in the list of commands
        for parameter in one.params:
            if getattr(parameter, "help", None):
                parameter.help = tr(parameter.help)
            if parameter.param_type_name == "argument" and parameter.metavar is None:
                parameter.metavar = parameter.name.upper()  # as the usage and the errors name it
        one.get_help = _translating(one)


def usage(line: str) -> str:
    """What a command takes, with its placeholders in the user's language, and arguments in capitals, as the errors name them."""
    line = line.upper()
    for one in _USAGE:
        line = line.replace(one, tr(one))
    return _REQUIRED.sub(r"\1", line)


def _wide(word: str, columns: int) -> str:
    """The word, and spaces up to this many columns of a terminal, of which Chinese characters take two."""
    return word + " " * (columns - len(_counted(word)))


def _counted(text: str) -> str:
    """The text with as many letters as it takes columns."""
    return "".join(_HALF + one if unicodedata.east_asian_width(one) in "WF" else one for one in text)


def _limits(found: re.Match[str]) -> str:
    low, sign, limit = found.groups()
    return f"{low}–{limit}" if low else f"{'≥' if sign == '>=' else '≤'}\N{NO-BREAK SPACE}{limit}"


def _commands(command: Any) -> Iterator[Any]:
    yield command
    for inner in getattr(command, "commands", {}).values():
        yield from _commands(inner)


def _translating(command: Any) -> Any:
    """The command's `get_help`, with typer's own words replaced too, and as narrow as the terminal."""
    english = command.get_help

    def get_help(context: Any) -> str:
        columns = shutil.get_terminal_size().columns
        if columns < _NARROW:
            context.terminal_width = max(columns, _NARROWEST) - 2
        context.formatter_class = _page_of(context.formatter_class)
        option = command.get_help_option(context)
        if option is not None:
            option.help = tr(option.help)
        return str(english(context))

    return get_help


def _page_of(formatter: Any) -> Any:
    """The class that writes a help page: typer's formatter, with its own words replaced."""

    class HelpPage(formatter):  # type: ignore[misc]
        """Writes a help page."""

        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            """What a command takes, before it is wrapped at the terminal's width."""
            indent = len(_counted(tr("Usage:"))) + 1
            if indent + len(prog) > self.width:
                prog = f"\n{' ' * indent}".join(prog.rsplit(maxsplit=1))
            super().write_usage(prog, _counted(usage(args)), prefix)

        def write_text(self, text: str) -> None:
            """A paragraph, or several."""
            super().write_text(_counted(text))

        def write_dl(self, rows: Sequence[tuple[str, str]], **widths: int) -> None:
            """A list of what can be typed and what each means."""
            if self.width < _NARROW - 2:
                widths["col_max"] = _NARROW_FIRST_COLUMN
                rows = [(self._in_lines(typed), text) for typed, text in rows]
            super().write_dl([(typed, _counted(_in_plain_words(text))) for typed, text in rows], **widths)

        def _in_lines(self, typed: str) -> str:
            """What can be typed; two options go on a line each if they do not fit on one."""
            indent = " " * self.current_indent
            return typed if len(indent + typed) <= self.width else typed.replace(" / ", f" /\n{indent}")

        def getvalue(self) -> str:
            """The finished page; what is replaced here has the same width, or stands at the end of a line."""
            page = _HEADING.sub(lambda found: tr(found[0]), super().getvalue().replace(_HALF, ""))
            return _KIND.sub(lambda found: _wide(tr(_KINDS.get(found[1], "")), len(found[0])), page)

    return HelpPage


def _in_plain_words(text: str) -> str:
    """What something typed means, with typer's own words about limits, defaults and what is required replaced."""
    return _IN_BRACKETS.sub(lambda found: tr(found[0]), _LIMITS.sub(_limits, text))
