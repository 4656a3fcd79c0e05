"""The command line: options and help only; each command's work is in `posturecam.commands`, imported when it runs.

The options of `ctl` are in `posturecam.commands.ctl_cli`, so that this module stays small enough to read.

`posturecam --help` must not pay for MediaPipe, OpenCV or numpy, so nothing of them is imported here.
"""

# Not `from __future__ import annotations`, here and in `ctl_cli`: typer would compile each annotation twice whenever a command starts.

from pathlib import Path
from typing import Annotated, Any

import typer

from posturecam.commands.ctl_cli import ctl
from posturecam.commands.options import (
    BreakMinutes,
    Json,
    RotateOption,
    Stretch,
    Turn,
    degrees,
    is_typed,
    not_with,
    wanted_stretch,
)
from posturecam.commands.usage import SpeakingGroup
from posturecam.config.files import with_home
from posturecam.i18n.message import Message, Verbatim
from posturecam.i18n.words import mark

# Paths are declared with `readable=False`, so that typer leaves it to the commands to say what is wrong with a file.
app = typer.Typer(
    cls=SpeakingGroup,
    name="posturecam",
    help="Watch how you sit through a webcam, and remind you once, kindly, when you have been slouching.",
    epilog="Exit codes: 0 done, 1 anything else, 2 wrong command line, 3 file, 4 camera, 5 calibration refused, 6 settings, 7 output, "
    "8 model, 9 done but the input was cut short, 10 no desktop, 130 interrupted. No picture is kept and nothing leaves this computer.",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

DecimalComma = Annotated[
    bool, typer.Option("--decimal-comma", help="Write 1,5 in an exported .csv, with semicolons between the cells.")
]
Camera = Annotated[
    str, typer.Option("--camera", "-c", help="Camera by name, stable key or index (see `posturecam cameras`).")
]
NoAlerts = Annotated[bool, typer.Option("--no-alerts", help="Show everything, but send no reminders.")]

NoHistory = Annotated[
    bool,
    typer.Option("--no-history", help="Do not save this session in the history; sessions from files are never saved."),
]


def _recording(path: Path | None) -> Path | None:
    if path is not None and path.suffix.lower() != ".npz":
        said = Message(
            mark("the name of a recording must end in .npz, for example {name}.npz"), name=Verbatim(path.name)
        )
        raise typer.BadParameter(said)
    return _written(path)


def _written(path: Path | None) -> Path | None:
    return None if path is None else with_home(path)


def _read(source: str) -> str:
    return str(with_home(Path(source))) if source.startswith("~") else source


RecordOption = Annotated[
    Path | None,
    typer.Option(
        "--record",
        callback=_recording,
        readable=False,
        help="Record the landmarks (no pictures) to this .npz file, to replay or attach to a bug report.",
    ),
]


ExportOption = Annotated[
    Path | None,
    typer.Option(
        "--export",
        "-e",
        callback=_written,
        readable=False,
        help="Write everything to this .csv or .json file instead.",
    ),
]


Rate = Annotated[
    float,
    typer.Option(
        "--rate", min=0.1, max=60, help="Check this many pictures per second of a file; a recording is checked whole."
    ),
]


def _version(wanted: bool) -> None:
    if wanted:
        from posturecam import __version__

        print(f"posturecam {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def default(
    context: typer.Context,
    camera: Camera = "",
    minimized: Annotated[bool, typer.Option("--minimized", help="Start in the tray, without a window.")] = False,
    terminal: Annotated[bool, typer.Option("--terminal", help="Watch in this terminal, without windows.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Start the desktop app; without a display, watch in the terminal. The first time, it learns how you sit upright."""
    if context.invoked_subcommand is not None:
        if camera:
            said = mark(
                "it only works without a command; if the command takes a camera, name it after the command: {command}"
            )
            raise typer.BadParameter(Message(said, command=f'posturecam watch "{camera}"'), param_hint="--camera")
        for option, wanted in (("--minimized", minimized), ("--terminal", terminal)):
            if wanted:
                raise typer.BadParameter(Message(mark("it only works without a command")), param_hint=option)
        return
    from posturecam.commands.desktop import start

    start(camera, minimized=minimized, terminal=terminal)


@app.command(help="Start the desktop app, or bring the running one to the front.")
def desktop(
    context: typer.Context,
    video: Annotated[str, typer.Argument(help="A video to play in a loop instead of the camera, to try the app.")] = "",
    speed: Annotated[
        float, typer.Option("--speed", min=0, max=1000, help="Speed of that video; 0 plays it as fast as possible.")
    ] = 1.0,
    time_scale: Annotated[
        float,
        typer.Option(
            min=0.01, max=240, help="Each second of the video stands for this many seconds; use 15 for the samples."
        ),
    ] = 1.0,
    minimized: Annotated[bool, typer.Option("--minimized", help="Start in the tray, without a window.")] = False,
    menu_entry: Annotated[
        bool | None,
        typer.Option(
            "--menu-entry/--no-menu-entry",
            help="Add posturecam to the desktop's menus or remove it from them, then exit (Linux).",
        ),
    ] = None,
) -> None:
    from posturecam.commands.desktop import change_menu, open_app

    if menu_entry is not None:
        change_menu(wanted=menu_entry)
        return
    for name in ("speed", "time_scale"):
        if not video and is_typed(context, name):
            raise typer.BadParameter(
                Message(mark("it only works with {option}"), option="VIDEO"), param_hint=f"--{name.replace('_', '-')}"
            )
    open_app(minimized=minimized, video=video, speed=speed, time_scale=time_scale)


app.add_typer(ctl, name="ctl")


@app.command(help="Watch a camera, a video or a recording.")
def watch(
    source: Annotated[
        str, typer.Argument(help="A video, a recording (.npz) or a camera; by default the default camera.")
    ] = "",
    as_json: Json = False,
    record: RecordOption = None,
    no_alerts: NoAlerts = False,
    no_history: NoHistory = False,
    rate: Rate = 5.0,
    realtime: Annotated[bool, typer.Option("--realtime", help="Play a file at its own speed.")] = False,
    rotate: RotateOption = None,
) -> None:
    from posturecam.commands.watch import watch_source

    watch_source(
        source,
        as_json=as_json,
        record=record,
        alerts=not no_alerts,
        history=not no_history,
        rate=rate,
        realtime=realtime,
        rotate=degrees(rotate),
    )


@app.command(help="Learn your upright posture in front of this camera.")
def calibrate(
    source: Annotated[str, typer.Argument(help="A camera or a video; by default the default camera.")] = "",
    slouch: Annotated[
        bool,
        typer.Option(
            "--slouch", help="After that, slouch, look down and lean in on request, to set where slouching begins."
        ),
    ] = False,
    seconds: Annotated[
        float | None, typer.Option(min=5, max=60, help="How many seconds to watch; by default as in the settings.")
    ] = None,
    place: Annotated[
        str,
        typer.Option(
            "--place", metavar="NAME", help="Calibrate for the desk with this name, as in the app's settings."
        ),
    ] = "",
    rotate: RotateOption = None,
    as_json: Json = False,
) -> None:
    from posturecam.commands.calibrate import calibrate_source

    calibrate_source(source, slouch=slouch, seconds=seconds, rotate=degrees(rotate), as_json=as_json, place=place)


@app.command(
    help=(
        "Analyze videos and pictures, and write the results.\n\n"
        "Each file gets its own folder with readings, events, a plot and an annotated video."
    )
)
def analyze(
    files: Annotated[
        list[Path], typer.Argument(readable=False, help="Videos, pictures, folders of pictures, or recordings.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", callback=_written, readable=False, help="Folder for the results, with one folder per file."
        ),
    ] = Path("posturecam-out"),
    upright: Annotated[
        float | None,
        typer.Option(
            "--upright", min=1, max=86_400, help="Learn the upright posture from this many seconds at the start."
        ),
    ] = None,
    rate: Rate = 5.0,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="How many files at once.")] = 1,
    video: Annotated[bool, typer.Option("--video/--no-video", help="Write an annotated video or pictures.")] = True,
    plot: Annotated[bool, typer.Option("--plot/--no-plot", help="Write a plot.")] = True,
    time_scale: Annotated[
        float, typer.Option(min=0.01, max=3600, help="Each second of the file stands for this many seconds.")
    ] = 1.0,
    rotate: Annotated[
        Turn | None, typer.Option("--rotate", help="Turn the pictures clockwise by this many degrees.")
    ] = None,
    as_json: Json = False,
) -> None:
    from posturecam.commands.analyze import analyze_files

    analyze_files(
        files,
        out,
        upright=upright,
        rate=rate,
        jobs=jobs,
        video=video,
        plot=plot,
        time_scale=time_scale,
        rotate=degrees(rotate) or 0,
        as_json=as_json,
    )


@app.command(help="List the cameras of this computer.")
def cameras(as_json: Json = False) -> None:
    from posturecam.commands.cameras import list_all

    list_all(as_json=as_json)


@app.command(
    help=(
        "Check what works on this computer, and how to fix the rest.\n\n"
        "Checks the settings, models, camera, calibration, notifications and display."
    )
)
def doctor(as_json: Json = False) -> None:
    from posturecam.commands.doctor import check_all

    check_all(as_json=as_json)


@app.command(help="See posturecam at work on a sample video, without a camera.")
def demo(
    window: Annotated[
        bool | None, typer.Option("--window/--no-window", help="Show a window (default if there is a display).")
    ] = None,
    fast: Annotated[
        bool | None, typer.Option("--fast/--realtime", help="As fast as possible (default without a terminal).")
    ] = None,
    as_json: Json = False,
) -> None:
    from posturecam.commands.demo import play

    play(window=window, fast=fast, as_json=as_json)


@app.command(help="Show, export or delete your sitting and stretching history.")
def history(
    context: typer.Context,
    days: Annotated[
        int, typer.Option("--days", "-d", min=1, max=366, help="Show this many days, including today.")
    ] = 7,
    to: ExportOption = None,
    decimal_comma: DecimalComma = False,
    delete_everything: Annotated[
        bool, typer.Option("--delete-everything", help="Delete everything recorded about sitting and stretching.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before deleting.")] = False,
    as_json: Json = False,
) -> None:
    if delete_everything and to is not None:
        raise typer.BadParameter(Message(mark("export first, then delete")), param_hint="--delete-everything")
    if yes and not delete_everything:
        raise typer.BadParameter(
            Message(mark("it only works with {option}"), option="--delete-everything"), param_hint="--yes"
        )
    for option, wanted in (("--export", to is not None), ("--delete-everything", delete_everything)):
        if wanted and is_typed(context, "days"):
            raise typer.BadParameter(not_with(option), param_hint="--days")
    from posturecam.commands.history import check_decimal_comma, delete, export_to, show_days

    check_decimal_comma(decimal_comma, to)
    if delete_everything:
        delete(sure=yes, as_json=as_json)
    elif to is not None:
        export_to(to, decimal_comma=decimal_comma, as_json=as_json)
    else:
        show_days(days=days, as_json=as_json)


@app.command(help="Show or change the settings.")
def settings(
    changes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="GROUP.NAME[=VALUE]",
            help="Settings to change, all or none of them; GROUP.NAME= resets one, and GROUP.NAME shows one. Without "
            "arguments, show the settings.",
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", "-a", help="Show the expert settings too, each with its source.")
    ] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Reset all settings; the old file is kept as a copy.")] = False,
    as_json: Json = False,
) -> None:
    if reset and changes:
        raise typer.BadParameter(Message(mark("reset first, then change")), param_hint="--reset")
    from posturecam.commands.settings import show_or_change

    show_or_change(changes or [], reset=reset, as_json=as_json, everything=everything)


class _ExerciseFirst(SpeakingGroup):
    """Reads `stretch thoracic_stretch` as `stretch do thoracic_stretch`: any word that is not a command."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Insert the command if it was left out."""
        completing_first_word = ctx.resilient_parsing and not args
        if args[:1] != ["--help"] and not (args and args[0] in self.commands) and not completing_first_word:
            args = ["do", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: typer.Context, incomplete: str) -> list[Any]:  # type: ignore[override]
        """Complete the first word: a command, or what may follow the command that was left out."""
        left_out = self.commands["do"]
        with left_out.make_context("do", [], parent=ctx, resilient_parsing=True) as context:
            return [*super().shell_complete(ctx, incomplete), *left_out.shell_complete(context, incomplete)]


stretching = typer.Typer(
    cls=_ExerciseFirst,
    help="Lead you through stretches by voice and check your form.",
    epilog="The word do may be left out: posturecam stretch thoracic_stretch. For its options: posturecam stretch do "
    "--help. Not medical advice.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(stretching, name="stretch")


@stretching.command(
    "do",
    help=(
        "Do an exercise or a routine (the word `do` may be left out).\n\n"
        "Without a name, you choose from the routines; in a script or with --json, it runs desk_break.\n\n"
        "Keys: space pauses, m mutes, s skips, r repeats, q ends. What you have done is saved."
    ),
)
def stretch_do(
    exercise: Stretch = "",
    routine: Annotated[
        str,
        typer.Option("--routine", "-r", help="Several exercises in order, such as upper_back."),
    ] = "",
    minutes: BreakMinutes = None,
    source: Annotated[
        str,
        typer.Option(
            "--source",
            "-s",
            callback=_read,
            help="A camera, or a video or recording to judge; by default the default camera.",
        ),
    ] = "",
    rate: Annotated[
        float, typer.Option("--rate", min=1, max=60, help="Check this many pictures per second of a video.")
    ] = 10.0,
    no_voice: Annotated[bool, typer.Option("--no-voice", help="Show everything, but do not speak.")] = False,
    window: Annotated[
        bool | None,
        typer.Option("--window/--no-window", help="Show a window (default for a camera if there is a display)."),
    ] = None,
    rotate: RotateOption = None,
    as_json: Json = False,
) -> None:
    if exercise and routine:
        said = Message(
            mark("give either {exercise} or {routine}, not both"),
            exercise=Verbatim(exercise),
            routine=Verbatim(routine),
        )
        raise typer.BadParameter(said, param_hint="--routine")
    from posturecam.commands.stretch import stretch

    stretch(
        exercise if routine else wanted_stretch(exercise, minutes),
        routine=wanted_stretch(routine, minutes) if routine else "",
        minutes=minutes,
        source=source,
        rate=rate,
        rotate=degrees(rotate),
        as_json=as_json,
        voice=not no_voice,
        window=window,
    )


@stretching.command("list", help="List the exercises and routines.")
def stretch_list(as_json: Json = False) -> None:
    from posturecam.commands.stretch import list_all

    list_all(as_json=as_json)


@stretching.command(
    "show",
    help=(
        "Show one exercise or routine.\n\nOf an exercise: how to do it, where to put the camera, what the camera can and "
        "cannot judge, and cautions. Of a routine: its exercises."
    ),
)
def stretch_show(
    name: Annotated[str, typer.Argument(help="An exercise, exercise/variant or routine.")], as_json: Json = False
) -> None:
    from posturecam.commands.stretch import show

    show(name, as_json=as_json)


@stretching.command("history", help="Show or export your past sessions.")
def stretch_history(
    context: typer.Context,
    to: ExportOption = None,
    decimal_comma: DecimalComma = False,
    most: Annotated[int, typer.Option("--most", "-n", min=1, help="Show at most this many sessions.")] = 20,
    as_json: Json = False,
) -> None:
    from posturecam.commands.history import check_decimal_comma
    from posturecam.commands.stretch_history import show_history

    check_decimal_comma(decimal_comma, to)
    if to is not None and is_typed(context, "most"):
        raise typer.BadParameter(not_with("--export"), param_hint="--most")
    all_of_them = to is not None or (as_json and not is_typed(context, "most"))
    show_history(as_json=as_json, to=to, most=None if all_of_them else most, decimal_comma=decimal_comma)
