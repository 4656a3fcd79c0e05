"""Options of several commands, imported with the command line; those of a single command stand beside it."""

from __future__ import annotations

import contextlib
from enum import StrEnum
from typing import Annotated

import typer

from posturecam.errors import SettingsError, UnknownExercise
from posturecam.i18n.message import Message
from posturecam.i18n.words import mark

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]
BreakMinutes = Annotated[
    int | None,
    typer.Option("--minutes", help="Length of desk_break: 1, 3 or 5 minutes; by default as in the settings."),
]
Stretch = Annotated[
    str, typer.Argument(help="An exercise, exercise/variant or routine; see `posturecam stretch list`.")
]


class Turn(StrEnum):
    """Clockwise degrees by which pictures are rotated."""

    NONE = "0"
    RIGHT = "90"
    OVER = "180"
    LEFT = "270"

    @property
    def degrees(self) -> int:
        """The value as a number."""
        return int(self.value)


RotateOption = Annotated[
    Turn | None,
    typer.Option(
        "--rotate",
        help="Turn the pictures clockwise by this many degrees; by default 0, and for a camera as in the settings.",
    ),
]


def degrees(turn: Turn | None) -> int | None:
    """The clockwise degrees of `--rotate`; None if it was not given."""
    return None if turn is None else turn.degrees


def is_typed(context: typer.Context, name: str) -> bool:
    """Whether the user gave the parameter of this name, and it is not just its default."""
    source = context.get_parameter_source(name)
    return source is not None and source.name != "DEFAULT"


def not_with(option: str) -> Message:
    """That an option would have no effect beside another one, so that nobody believes it had one."""
    return Message(mark("it does not work with {option}, which takes everything"), option=option)


def wanted_stretch(name: str, minutes: int | None) -> str:
    """The requested stretch: the one named, else a break if minutes were given; empty if neither was.

    Raises:
        typer.BadParameter: if a break cannot have that length, or if minutes were given for something else.
    """
    if minutes is None:
        return name
    from posturecam.coach.breaks.choice import DESK_BREAK, LENGTHS, no_such_length

    if minutes not in LENGTHS:
        raise typer.BadParameter(no_such_length(minutes), param_hint="--minutes")
    if name and name != DESK_BREAK:
        from posturecam.coach.library import find

        with contextlib.suppress(UnknownExercise, SettingsError):  # reported where it is used
            if not find(name).is_break:
                said = Message(mark("it only works with {option}"), option=DESK_BREAK)
                raise typer.BadParameter(said, param_hint="--minutes")
    return name or DESK_BREAK
