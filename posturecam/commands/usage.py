"""Errors in a command line in plain words and in the user's language; typer's are English, and in part those of the library it checks values with.

They are distinguished by their classes and attributes, never by their words.
"""

from __future__ import annotations

import enum
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from posturecam.commands.help import usage, wanted_language
from posturecam.config.stdout import encoding
from posturecam.i18n.message import Message, Verbatim
from posturecam.i18n.translate import choose_language, mark, tr
from posturecam.i18n.words import THINGS

_BASES: Mapping[str, type[Exception]] = {one.__name__: one for one in typer.BadParameter.__mro__}
UsageError = _BASES["UsageError"]
"""Typer's base class, whether it comes from typer's own module or from click's."""

_BEGINS_NEGATIVE = re.compile(r"-[\d.]")
"""The beginning of a negative number, which is all that is reported of it: "-3" of "-30"."""
_OF_FILES = ("analyze",)
"""Commands that take nothing but files: an empty name would mean the current folder, and nobody writes that so."""


class SpeakingGroup(TyperGroup):
    """Commands that report command-line errors in the user's language."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Parse the command line."""
        try:
            return super().make_context(info_name, args, parent, **extra)
        except UsageError as problem:
            _say(problem, self)

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except UsageError as problem:
            _say(problem, self.get_command(ctx, ctx.invoked_subcommand or "") or self)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command with a name; an unknown one is refused with similar names."""
        name = args[0] if args else ""
        if args and self.get_command(ctx, name) is None and not name.startswith("-"):
            import difflib

            near = difflib.get_close_matches(name, self.list_commands(ctx), 3)
            template = mark("There is no command '{name}'")
            said = Message(template, name=Verbatim(name))
            if near:
                said = Message(
                    mark("There is no command '{name}'; did you mean {names}?"),
                    name=Verbatim(name),
                    names=_as_typed(near),
                )
            raise UsageError(said, ctx)
        if name in _OF_FILES and "" in args:
            raise UsageError(Message(mark("A name is empty, as that of a variable without a value; fill it in")), ctx)
        return super().resolve_command(ctx, args)


def _say(problem: Any, command: Any) -> NoReturn:
    """Report what is wrong with this command's arguments, and exit."""
    choose_language(wanted_language(), encoding())
    ctx = problem.ctx
    if ctx is not None:
        pieces = usage(" ".join(ctx.command.collect_usage_pieces(ctx)))
        print(f"{tr('Usage:')} {ctx.command_path} {pieces}", file=sys.stderr)
        hint = tr("Help: {command}").format(command=f"{ctx.command_path} --help")
        print(f"{hint}\n", file=sys.stderr)
    print(f"posturecam: {tr(words(problem, command))}", file=sys.stderr)
    sys.exit(problem.exit_code)


def words(problem: Any, command: Any) -> Message | str:
    """One of typer's errors about this command in our own words, in English."""
    kinds = {one.__name__ for one in type(problem).__mro__}
    if "NoSuchOption" in kinds:
        number = _number_taken(command) if _BEGINS_NEGATIVE.match(problem.option_name) else None
        if number is not None:
            return _not_taken(number, _name(number, None))
        if problem.possibilities:
            names = _as_typed(sorted(problem.possibilities))
            return Message(
                mark("There is no option {name}; did you mean {names}?"), name=problem.option_name, names=names
            )
        return Message(mark("There is no option {name}"), name=problem.option_name)
    if "MissingParameter" in kinds:
        return Message(mark("{name} is missing"), name=_name(problem.param, problem.param_hint))
    if "BadOptionUsage" in kinds:
        takes = any(
            problem.option_name in (*one.opts, *one.secondary_opts) and not getattr(one, "is_flag", False)
            for one in command.params
        )
        template = mark("{name} needs a value") if takes else mark("{name} takes no value")
        return Message(template, name=problem.option_name)
    if "BadParameter" in kinds:
        return _bad_value(problem)
    if isinstance(problem.message, Message):
        return problem.message
    if hasattr(problem.ctx and problem.ctx.command, "commands"):
        names = _as_typed(problem.ctx.command.list_commands(problem.ctx))
        return Message(mark("Name a command: {names}"), names=names)
    return mark("This command does not take that many arguments; put a name with spaces in quotes")


def _as_typed(names: Iterable[str]) -> Message:
    """Names of commands, options or choices in a row, in English, as they have to be typed in every language."""
    return Message.joined(THINGS, map(Verbatim, names))


def _bad_value(problem: Any) -> Message:
    param = problem.param
    name = _name(param, problem.param_hint)
    if isinstance(problem.message, Message):
        return Message(mark("{name}: {problem}"), name=name, problem=problem.message)
    return _not_taken(param, name)


def _number_taken(command: Any) -> Any:
    """The command's argument that is a number, or None. "-5" may have been meant for it, although it looks like an option."""
    given = (one for one in getattr(command, "params", ()) if one.param_type_name == "argument")
    return next((one for one in given if _limit(one, "min") is not None), None)


def _limit(param: Any, side: str) -> float | None:
    """The least or largest value of a parameter: click keeps it in the type, newer versions of typer in the parameter."""
    limit: float | None = getattr(param, side, getattr(getattr(param, "type", None), side, None))
    return limit


def _not_taken(param: Any, name: str) -> Message:
    """Say which values a parameter takes, for one that it refused."""
    kind = getattr(param, "type", None)
    # The limits are written with a point in every language, as the values have to be typed.
    low, high = (_limit(param, side) for side in ("min", "max"))
    annotation = getattr(getattr(param, "type_descriptor", None), "annotation", None)
    whole = annotation is int or str(getattr(kind, "name", "")).startswith("integer")
    if low is not None and high is not None:
        between = mark("{name} must be a number from {low} to {high}")
        if whole:
            between = mark("{name} must be a whole number from {low} to {high}")
        return Message(between, name=name, low=f"{low:g}", high=f"{high:g}")
    if low is not None:
        at_least = mark("{name} must be a number, at least {low}")
        if whole:
            at_least = mark("{name} must be a whole number, at least {low}")
        return Message(at_least, name=name, low=f"{low:g}")
    members: Any = annotation if isinstance(annotation, enum.EnumMeta) else ()
    choices = getattr(kind, "choices", None) or [member.value for member in members]
    if choices:
        return Message(mark("{name} must be one of: {choices}"), name=name, choices=_as_typed(map(str, choices)))
    if whole:
        return Message(mark("{name} must be a whole number"), name=name)
    if annotation is float or getattr(kind, "name", "") == "float":
        return Message(mark("{name} must be a number"), name=name)
    return Message(mark("{name} cannot be used like this"), name=name)


def _name(param: Any, hint: Any) -> str:
    """The parameter as it is typed: "--rate", or FILES."""
    if isinstance(hint, str):
        return hint
    if param is None:
        return "?"
    if param.param_type_name == "option":
        return " / ".join(param.opts)
    return str(getattr(param, "metavar", None) or param.name).upper()
