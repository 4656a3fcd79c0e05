"""Options of several commands, imported with the command line; those of a single command stand beside it."""

from __future__ import annotations

import contextlib
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
    str, typer.Argument(metavar="NAME", help="An exercise, exercise/variant or routine; see `posturecam stretch list`.")
]


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
