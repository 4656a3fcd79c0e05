"""`posturecam ctl`: its commands and options, imported with the command line; what they do is in `posturecam.commands.ctl`."""

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


def _offer(request: str, help_: str) -> None:
    """Add a command that needs nothing but its name."""

    @ctl.command(request, help=help_)
    def send(as_json: Json = False) -> None:
        _control(request, as_json)


_offer("status", "Say how you sit, or why that is unknown.")


@ctl.command("pause", help="Pause watching and release the camera.")
def ctl_pause(
    minutes: Annotated[float, typer.Argument(min=0, help="For how long; 0 means until you resume.")] = 0.0,
    as_json: Json = False,
) -> None:
    _control(f"pause {minutes:g}", as_json)


_offer("resume", "Resume watching.")
_offer("calibrate", "Calibrate in the app's window.")


@ctl.command("stretch", help="Open the coach, by default with the routine for breaks.")
def ctl_stretch(
    name: Stretch = "",
    minutes: BreakMinutes = None,
    as_json: Json = False,
) -> None:
    _control(f"stretch {wanted_stretch(name, minutes)} {minutes or ''}".strip(), as_json)


_offer("skip", "Skip to the next exercise of the current session.")
_offer("repeat", "Repeat the current exercise.")
_offer("show", "Show the app's window.")
_offer("quit", "Quit the app.")
