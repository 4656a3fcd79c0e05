"""`posturecam doctor`: what works here, what does not, and what to do about it."""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from posturecam import __version__
from posturecam.commands.display import display_name, has_display
from posturecam.commands.language import use_own_language
from posturecam.config import log_file, stdout
from posturecam.config.files import NO_HOME, damaged_files
from posturecam.config.limits import INSTALL_WINDOW_LIBRARIES, as_limit, install_desktop_command
from posturecam.config.reading import is_missing, remedy
from posturecam.config.settings import Settings
from posturecam.errors import CameraError, HistoryError, ModelError, PosturecamError, SettingsError
from posturecam.i18n.message import Message, Verbatim
from posturecam.i18n.translate import mark, tr
from posturecam.i18n.words import STATEMENTS, THINGS


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check."""

    what: str
    ok: bool
    detail: str
    """What was found and, if there is a problem, what to do."""
    exit_code: int = 0
    """Nonzero if posturecam cannot work without it."""
    technical: str = ""
    """The system's own message, for troubleshooting; in JSON only."""


_SETTINGS, _VERSION, _MODEL, _ESTIMATOR = mark("settings"), mark("version"), mark("pose model"), mark("estimator")
_FACE = mark("face model")
_CAMERA, _BASELINE, _NOTIFICATIONS, _VOICE = mark("camera"), mark("baseline"), mark("notifications"), mark("voice")
_HISTORY, _RENAMED = mark("history"), mark("renamed files")
_DISPLAY, _DESKTOP, _SYSTEM, _LOG = mark("display"), mark("desktop app"), mark("system"), mark("log")
_NAMES = (
    _SETTINGS, _VERSION, _MODEL, _FACE, _ESTIMATOR, _CAMERA, _BASELINE, _HISTORY, _RENAMED, _NOTIFICATIONS, _VOICE, _DISPLAY,
    _DESKTOP, _SYSTEM, _LOG,
)  # fmt: skip
"""The checks, in order; programs read these names."""
_WORD = re.compile(r"[^\s\u2e80-\uffef]+")
"""What is not broken into two lines: Chinese may be, anywhere."""
_WIDTH = 14
"""Least width of the names, columns."""


def check_all(*, as_json: bool) -> None:
    """Run every check; leaves with the exit code of the first that posturecam cannot do without."""
    use_own_language()
    console, width = Console(), max(_WIDTH, *(cell_len(tr(name)) for name in _NAMES))
    findings = []
    for finding in checks():
        findings.append(finding)
        if not as_json:
            sign, style = ("✓", "green") if finding.ok else ("✗", "bold red") if finding.exit_code else ("–", "yellow")
            what = Text(tr(finding.what))
            what.pad_right(max(width - what.cell_len, 0))
            with stdout.even_without_reader():
                console.print(_hanging(console, Text.assemble((sign, style), " ", what, " "), tr(finding.detail)))
    if as_json:
        with stdout.even_without_reader():
            print(json.dumps([asdict(finding) for finding in findings]))
    sys.exit(next((finding.exit_code for finding in findings if finding.exit_code), 0))


def _hanging(console: Console, head: Text, detail: str) -> Text:
    """The detail beside the head, all lines indented like the first, unless that would break a word, such as a path."""
    room = console.width - head.cell_len
    if room < max(map(cell_len, _WORD.findall(detail)), default=0):
        return Text.assemble(head, detail)
    lines = Text(detail).wrap(console, room)
    for line in lines:
        line.rstrip()
    return Text.assemble(head, Text("\n" + head.cell_len * " ").join(lines))


def checks() -> Iterator[Finding]:
    """The checks one after another, each run lazily because some take seconds."""
    from posturecam.config.settings_file import read_settings

    settings = Settings()
    try:
        read = read_settings()
        settings = read.settings
        if read.ignored:
            yield Finding(_SETTINGS, False, read.ignored, SettingsError.exit_code)
        else:
            yield Finding(_SETTINGS, True, mark("in order"))
    except PosturecamError as error:
        yield Finding(_SETTINGS, False, error.text, error.exit_code)
    yield Finding(_VERSION, True, f"posturecam {__version__}, Python {sys.version.split()[0]}, {sys.platform}")
    lacking = _missing_library()
    if lacking is not None:
        yield lacking
    else:
        yield _model(settings)
        yield _face(settings)
        yield _estimator(settings)
        yield _camera(settings)
        yield _baseline()
    yield check_history()
    yield from check_renamed()
    yield _notifications(settings)
    yield _voice(settings)
    yield check_display()
    yield _desktop()
    yield _system()
    yield check_log()


def _missing_library() -> Finding | None:
    """Check whether OpenCV lacks a system library: then nothing that reads pictures can be checked.

    This is the first import of OpenCV; a second one would fail for another reason.
    """
    try:
        importlib.import_module("cv2")
    except ImportError as problem:
        missing = as_limit(problem)
        if missing is None:
            raise
        return Finding(_MODEL, False, missing.text, missing.exit_code)
    return None


def _model(settings: Settings) -> Finding:
    from posturecam.config.resources import demo_video
    from posturecam.vision.estimator import PoseEstimator
    from posturecam.vision.sources.video import VideoSource

    try:
        with PoseEstimator(settings.estimator) as estimator, VideoSource(demo_video(), rate=10, end=1.0) as clip:
            poses, spent = [], []
            for frame in clip:
                began = time.perf_counter()
                poses.append(estimator(frame))
                spent.append(time.perf_counter() - began)
    except PosturecamError as error:
        return Finding(_MODEL, False, error.text, error.exit_code)
    if not all(poses):
        return Finding(
            _MODEL,
            False,
            mark("does not find the person in the demo clip; install posturecam again"),
            ModelError.exit_code,
        )
    middle = sorted(spent)[len(spent) // 2]
    return Finding(
        _MODEL,
        True,
        Message("{model}, {number:.0f} ms per picture", model=settings.estimator.model, number=1000 * middle),
    )


def _estimator(settings: Settings) -> Finding:
    from posturecam.posture.learned.weights import load_judge

    try:
        judge = load_judge(settings)
    except ModelError as error:  # geometry judges instead
        return Finding(_ESTIMATOR, False, error.text)
    return Finding(_ESTIMATOR, True, mark("turned off in the settings") if judge is None else mark("in order"))


def _face(settings: Settings) -> Finding:
    """Check the face model, without which only judging by the face is missing."""
    from posturecam.vision.landmarkers import FaceLandmarks

    if not settings.estimator.face:
        return Finding(_FACE, True, mark("turned off in the settings"))
    try:
        FaceLandmarks().close()
    except ModelError as error:
        return Finding(_FACE, False, error.text)
    return Finding(_FACE, True, mark("in order"))


def _camera(settings: Settings) -> Finding:
    """Check whether the chosen camera shows somebody, and if not, which one does."""
    from posturecam.commands.camera_check import CameraSight, look_through, others_than

    try:
        sight = look_through("", settings)
    except CameraError as error:
        if settings.camera.device:
            others = others_than(CameraSight(settings.camera.device), settings)
            text = Message.joined(STATEMENTS, filter(None, (error.text, others)))
            return Finding(_CAMERA, False, text, error.exit_code)
        return Finding(_CAMERA, False, error.text, error.exit_code)
    except ModelError as error:  # reported by the check of the model
        return Finding(_CAMERA, False, error.text, error.exit_code)
    gives: str = sight.name
    if sight.size:
        width, height = sight.size
        gives = Message("{camera} sends {width}×{height}", camera=sight.name, width=str(width), height=str(height))
    if sight.problem is None and sight.person:
        return Finding(_CAMERA, True, Message("{camera} and shows somebody", camera=gives))
    trouble = sight.problem or mark("nobody is in the picture; sit down in front of it and run this again")
    shown = Message("{camera}: {problem}", camera=gives, problem=trouble)
    text = Message.joined(STATEMENTS, filter(None, (shown, others_than(sight, settings))))
    return Finding(_CAMERA, False, text, CameraError.exit_code if sight.problem else 0)


def _baseline() -> Finding:
    from posturecam.history.baselines import load_baselines
    from posturecam.vision.sources.camera import list_cameras

    kept = load_baselines()
    if kept.complaint:
        return Finding(_BASELINE, False, kept.complaint)
    usable = [baseline for camera in list_cameras() for baseline in kept.of(*camera.keys).values()]
    if not usable:
        none = mark("none yet; learn your upright posture with: posturecam calibrate")
        if kept.kept:
            none = mark("none yet for a camera that is here; learn your upright posture with: posturecam calibrate")
        return Finding(_BASELINE, False, none)
    descriptions = (
        Message(
            "{camera} from {view}, {day}, {quality}",
            camera=one.camera_name,
            view=one.view.spoken,
            day=one.made[:10],
            quality=mark("good") if one.good else mark("fair"),
        )
        for one in usable
    )
    return Finding(_BASELINE, True, Message.joined(STATEMENTS, descriptions))


def check_history() -> Finding:
    """Whether the history can be recorded, and all of it read; it is opened as for recording, which also renames a damaged one."""
    from posturecam.history.database import history_path, open_database
    from posturecam.history.records import SittingRecords

    if is_missing(history_path()):
        return Finding(_HISTORY, True, mark("none yet"))
    try:
        opened = open_database()
    except HistoryError as error:  # watching works without it
        return Finding(_HISTORY, False, error.text)
    opened.connection.close()
    if opened.complaint:
        return Finding(_HISTORY, False, opened.complaint)
    with SittingRecords() as records:
        records.check_rows()
        complaints = records.complaints()
    return Finding(_HISTORY, not complaints, Message.joined(STATEMENTS, complaints or [mark("in order")]))


def check_renamed() -> Iterator[Finding]:
    """Files that could not be used and were renamed, if there are any: whoever missed that message learns here where their settings are.

    They need not be damaged: 0.1.0 renames what a newer version has saved.
    """
    text = mark(
        "could not be used: {names}, in {folder}; to use one again, fix it if need be and give it back its old name; "
        "otherwise delete it"
    )
    for folder, renamed in groupby(damaged_files(), key=lambda one: one.parent):
        names = Message.joined(THINGS, (Verbatim(one.name) for one in renamed))
        yield Finding(_RENAMED, False, Message(text, names=names, folder=folder))


def _notifications(settings: Settings) -> Finding:
    from posturecam.alerts.notification import check_notifications

    ok, said = check_notifications()
    if ok:
        return Finding(_NOTIFICATIONS, True, said)
    instead = mark(
        "cannot be shown here; get reminders in the terminal with: posturecam settings alerts.delivery=terminal"
    )
    if "terminal" in settings.alerts.delivery:
        instead = mark("cannot be shown here; reminders are lines in the terminal instead")
    return Finding(_NOTIFICATIONS, False, instead, technical=said)


def _voice(settings: Settings) -> Finding:
    """Check the coach's voice: whether speech can be synthesized and played."""
    from posturecam.voice.mixer import Mixer
    from posturecam.voice.player import Loudspeaker
    from posturecam.voice.synthesis import VoiceProblem, open_synthesizer

    try:
        speech = open_synthesizer(settings.voice)
        try:
            speech("One")
        finally:
            speech.close()
        loudspeaker = Loudspeaker(Mixer(0.0))
        through = loudspeaker.backend
        loudspeaker.close()
    except VoiceProblem as problem:
        return Finding(
            _VOICE, False, Message("{problem}; the stretch coach shows everything instead", problem=problem.text)
        )
    return Finding(_VOICE, True, Message("the system's own, through {backend}", backend=through))


def check_display() -> Finding:
    """Check whether windows can be shown."""
    if has_display():
        return Finding(_DISPLAY, True, mark("available"))
    if display_name():
        return Finding(
            _DISPLAY,
            False,
            Message("{name} does not answer; posturecam works in the terminal, without windows", name=display_name()),
        )
    return Finding(_DISPLAY, False, mark("none; posturecam works in the terminal, without windows"))


def _desktop() -> Finding:
    """Check whether the windows of the desktop app could be created, without creating one."""
    try:
        importlib.import_module("PySide6.QtWidgets")  # which needs the system's graphics libraries too
    except ImportError as missing:
        wanted = Message("cannot be shown; run: {command}", command=install_desktop_command())
        if missing.name != "PySide6":
            wanted = Message("cannot be shown; on Debian or Ubuntu run: {command}", command=INSTALL_WINDOW_LIBRARIES)
        return Finding(_DESKTOP, False, wanted, technical=str(missing))
    return Finding(_DESKTOP, True, f"PySide6 {importlib.metadata.version('PySide6-Essentials')}")


def _system() -> Finding:
    """Check which states of the system can be read, for staying silent and releasing the camera."""
    from posturecam.system import open_system
    from posturecam.system.report import LABELS

    system = open_system()
    try:
        unreadable = system.look().unreadable
    finally:
        system.close()
    if not unreadable:
        return Finding(_SYSTEM, True, mark("posturecam can read everything it needs from the system"))
    lacking = Message.joined(THINGS, (LABELS[name] for name in unreadable))
    why = "; ".join(f"{LABELS[name]}: {reason}" for name, reason in unreadable.items())
    text = Message("cannot be read here and is ignored: {names}", names=lacking)
    return Finding(_SYSTEM, len(unreadable) < len(LABELS), text, technical=why)


def check_log() -> Finding:
    """The log of native libraries' messages and crashes, which `doctor`, like every command, keeps off the terminal."""
    path = log_file.log_path()
    if log_file.takes_stderr() and not log_file.is_kept():
        problem = log_file.problem_of_log()
        what_to_do = mark("start posturecam again") if problem is None else remedy(problem)
        if NO_HOME in path.parents:
            text = mark(
                "cannot be written, as you have no home folder; set HOME, or choose a folder with POSTURECAM_HOME"
            )
            return Finding(_LOG, False, text)
        return Finding(_LOG, False, Message("cannot be written: {path}; {remedy}", path=str(path), remedy=what_to_do))
    full = log_file.problem_of_writing()
    if full is not None:
        return Finding(_LOG, False, Message("cannot be written: {path}; {remedy}", path=str(path), remedy=remedy(full)))
    return Finding(_LOG, True, f"{path}")
