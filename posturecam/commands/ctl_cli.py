"""`posturecam ctl`: its commands and options, imported with the command line; what they do is in `posturecam.commands.ctl`."""

from __future__ import annotations

import contextlib
from typing import Annotated

import typer

from posturecam.commands.usage import SpeakingGroup
from posturecam.errors import SettingsError, UnknownExercise
from posturecam.i18n.message import Message
from posturecam.i18n.words import mark

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]
BreakMinutes = Annotated[
    int | None,
    typer.Option("--minutes", help="How long desk_break takes: 1, 3 or 5; by default what the settings say."),
]
Stretch = Annotated[
    str, typer.Argument(help="An exercise, exercise/variant or routine; see `posturecam stretch list`.")
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


ctl = typer.Typer(
    cls=SpeakingGroup,
    help="Control the running app from a script or a keyboard shortcut.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _control(request: str, as_json: bool) -> None:
    from posturecam.commands.ctl import control

    control(request, as_json=as_json)


@ctl.command("status", help="Say how you sit, or why that is unknown.")
def ctl_status(as_json: Json = False) -> None:
    _control("status", as_json)


@ctl.command("pause", help="Pause watching and release the camera.")
def ctl_pause(
    minutes: Annotated[float, typer.Argument(min=0, help="For how long; 0 means until you resume.")] = 0.0,
    as_json: Json = False,
) -> None:
    _control(f"pause {minutes:g}", as_json)


@ctl.command("resume", help="Resume watching.")
def ctl_resume(as_json: Json = False) -> None:
    _control("resume", as_json)


@ctl.command("calibrate", help="Learn how you sit upright, in the app's window.")
def ctl_calibrate(as_json: Json = False) -> None:
    _control("calibrate", as_json)


@ctl.command("stretch", help="Open the coach, by default at the routine suggested for breaks.")
def ctl_stretch(
    name: Stretch = "",
    minutes: BreakMinutes = None,
    as_json: Json = False,
) -> None:
    _control(f"stretch {wanted_stretch(name, minutes)} {minutes or ''}".strip(), as_json)


@ctl.command("skip", help="Go to the next exercise of the stretch that is running.")
def ctl_skip(as_json: Json = False) -> None:
    _control("skip", as_json)


@ctl.command("repeat", help="Do the exercise that is running again.")
def ctl_repeat(as_json: Json = False) -> None:
    _control("repeat", as_json)


@ctl.command("show", help="Show the app's window.")
def ctl_show(as_json: Json = False) -> None:
    _control("show", as_json)


@ctl.command("quit", help="End the app.")
def ctl_quit(as_json: Json = False) -> None:
    _control("quit", as_json)
