"""`posturecam ctl`: its commands and options, imported with the command line; what they do is in `posturecam.commands.ctl`."""

from __future__ import annotations

from typing import Annotated

import typer

from posturecam.commands.options import BreakMinutes, Json, Stretch, wanted_stretch
from posturecam.commands.usage import SpeakingGroup

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


@ctl.command("calibrate", help="Calibrate in the app's window.")
def ctl_calibrate(as_json: Json = False) -> None:
    _control("calibrate", as_json)


@ctl.command("stretch", help="Open the coach, by default with the routine suggested for breaks.")
def ctl_stretch(
    name: Stretch = "",
    minutes: BreakMinutes = None,
    as_json: Json = False,
) -> None:
    _control(f"stretch {wanted_stretch(name, minutes)} {minutes or ''}".strip(), as_json)


@ctl.command("skip", help="Skip to the next exercise of the current session.")
def ctl_skip(as_json: Json = False) -> None:
    _control("skip", as_json)


@ctl.command("repeat", help="Repeat the current exercise.")
def ctl_repeat(as_json: Json = False) -> None:
    _control("repeat", as_json)


@ctl.command("show", help="Show the app's window.")
def ctl_show(as_json: Json = False) -> None:
    _control("show", as_json)


@ctl.command("quit", help="Quit the app.")
def ctl_quit(as_json: Json = False) -> None:
    _control("quit", as_json)
