"""`posturecam doctor`: what works here, what does not, and what to do about it."""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.text import Text

from posturecam import __version__
from posturecam.commands.display import has_display
from posturecam.config import stderr
from posturecam.config.settings import Settings
from posturecam.errors import CameraError, ModelError, PosturecamError


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check."""

    what: str
    ok: bool
    detail: str
    """What was found and, where it is not in order, what to do."""
    exit_code: int = 0
    """Not 0 where posturecam cannot work without it."""
    technical: str = ""
    """What the system itself said, for whoever looks into it; in JSON only."""


def check_all(*, as_json: bool) -> None:
    """Run every check; leaves with the exit code of the first that posturecam cannot do without."""
    console = Console()
    findings = []
    for finding in checks():
        findings.append(finding)
        if not as_json:
            mark, style = ("✓", "green") if finding.ok else ("✗", "bold red") if finding.exit_code else ("–", "yellow")
            console.print(Text.assemble((mark, style), f" {finding.what:14s} {finding.detail}"))
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings]))
    sys.exit(next((finding.exit_code for finding in findings if finding.exit_code), 0))


def checks() -> Iterator[Finding]:
    """The checks one after another; each is made when it is asked for, for some take seconds."""
    from posturecam.config.settings_file import load_settings

    settings = Settings()
    try:
        settings = load_settings()
        yield Finding("settings", True, "in order")
    except PosturecamError as error:
        yield Finding("settings", False, str(error), error.exit_code)
    yield Finding("version", True, f"posturecam {__version__}, Python {sys.version.split()[0]}, {sys.platform}")
    yield _model(settings)
    yield _face(settings)
    yield _weights(settings)
    yield _camera(settings)
    yield _baseline()
    yield _notifications(settings)
    yield _voice(settings)
    yield _display()
    yield _desktop()
    yield _system()
    yield _log()


def _model(settings: Settings) -> Finding:
    from posturecam.config.resources import demo_video
    from posturecam.vision.estimator import PoseEstimator
    from posturecam.vision.sources import VideoSource

    try:
        with PoseEstimator(settings.estimator) as estimator, VideoSource(demo_video(), end=1.0) as clip:
            poses, spent = [], []
            for frame in clip:
                began = time.perf_counter()
                poses.append(estimator(frame))
                spent.append(time.perf_counter() - began)
    except PosturecamError as error:
        return Finding("pose model", False, str(error), error.exit_code)
    if not all(poses):
        return Finding("pose model", False, "does not find the person in the demo clip; install posturecam again", 8)
    middle = sorted(spent)[len(spent) // 2]
    return Finding("pose model", True, f"{settings.estimator.model}, {1000 * middle:.0f} ms a picture")


def _face(settings: Settings) -> Finding:
    """Of the model of the face, without which everything works but what only the face tells."""
    from posturecam.vision.estimator import FaceLandmarks

    if not settings.estimator.face:
        return Finding("face model", True, "not used, as the settings say")
    try:
        FaceLandmarks().close()
    except ModelError as error:
        return Finding("face model", False, f"{error}; until then your face is not used")
    return Finding("face model", True, "in order")


def _weights(settings: Settings) -> Finding:
    """Of the learned estimator."""
    from posturecam.config.resources import posture_estimator
    from posturecam.posture.learned.weights import load_model

    try:
        load_model(posture_estimator())
    except ModelError as error:
        return Finding("estimator", False, str(error), error.exit_code)
    return Finding("estimator", True, "in order" if settings.learned.enabled else "not used, as the settings say")


def _camera(settings: Settings) -> Finding:
    """Whether the camera that is used shows somebody, and which one does where it does not."""
    from posturecam.commands.camera_check import CameraSight, look_through, others_than

    try:
        sight = look_through("", settings)
    except CameraError as error:
        if settings.camera.device:
            others = others_than(CameraSight(settings.camera.device), settings)
            return Finding("camera", False, "; ".join(filter(None, (str(error), others))), error.exit_code)
        return Finding("camera", False, str(error), error.exit_code)
    except ModelError as error:  # told by the check of the model
        return Finding("camera", False, str(error), error.exit_code)
    gives = f"{sight.name} gives {sight.size[0]}×{sight.size[1]}" if sight.size else sight.name
    if sight.problem is None and sight.person:
        return Finding("camera", True, f"{gives} and shows somebody")
    trouble = sight.problem or "I see nobody in it; sit down before it and ask again"
    told = "; ".join(filter(None, (f"{gives}: {trouble}", others_than(sight, settings))))
    return Finding("camera", False, told, CameraError.exit_code if sight.problem else 0)


def _baseline() -> Finding:
    from posturecam.history.baselines import load_baselines
    from posturecam.vision.sources.camera import list_cameras

    kept = load_baselines()
    if kept.complaint:
        return Finding("baseline", False, kept.complaint)
    usable = [baseline for camera in list_cameras() for baseline in kept.of(*camera.keys).values()]
    if not usable:
        here = "none yet for a camera that is here" if kept.kept else "none yet"
        return Finding("baseline", False, f"{here}; learn your upright posture with: posturecam calibrate")
    told = (f"{one.camera_name} from {one.view.spoken}, {one.made[:10]}, {one.quality}" for one in usable)
    return Finding("baseline", True, "; ".join(told))


def _notifications(settings: Settings) -> Finding:
    from posturecam.alerts import check_notifications

    ok, said = check_notifications()
    if ok:
        return Finding("notifications", True, said)
    if "terminal" in settings.alerts.delivery:
        instead = "alerts are lines in the terminal instead"
    else:
        instead = "get alerts in the terminal with: posturecam settings alerts.delivery=terminal"
    return Finding("notifications", False, f"cannot be shown here; {instead}", technical=said)


def _voice(settings: Settings) -> Finding:
    """Of the stretch coach: whether words can be made, and whether they can be heard."""
    from posturecam.voice import Mixer, VoiceProblem, open_synthesiser
    from posturecam.voice.player import Loudspeaker

    try:
        speech = open_synthesiser(settings.voice)
        try:
            speech("One")
        finally:
            speech.close()
        loudspeaker = Loudspeaker(Mixer(0.0))
        through = loudspeaker.backend
        loudspeaker.close()
    except VoiceProblem as problem:
        return Finding("voice", False, f"{problem}; the stretch coach shows everything instead")
    return Finding("voice", True, f"the system's own, through {through}")


def _display() -> Finding:
    if has_display():
        return Finding("display", True, "there is one")
    return Finding("display", False, "none; posturecam works in the terminal, without windows")


def _desktop() -> Finding:
    """Whether the windows of the desktop app can be made; none is."""
    try:
        importlib.import_module("PySide6.QtWidgets")  # which needs the system's graphics libraries too
    except ImportError as missing:
        wanted = "pip install 'posturecam[desktop]'"
        if missing.name != "PySide6":
            wanted = "apt install libegl1 libxkbcommon0 libxcb-cursor0 (or what your system calls them)"
        return Finding("desktop app", False, f"cannot be shown; run: {wanted}", technical=str(missing))
    return Finding("desktop app", True, f"PySide6 {importlib.metadata.version('PySide6-Essentials')}")


def _system() -> Finding:
    """What the desktop app can read, to keep silent and let the camera go."""
    from posturecam.system import open_system
    from posturecam.system.report import LABELS

    system = open_system()
    try:
        unreadable = system.look().unreadable
    finally:
        system.close()
    if not unreadable:
        return Finding("system", True, "everything can be read that the desktop app heeds")
    lacking = ", ".join(LABELS[name] for name in unreadable)
    why = "; ".join(f"{LABELS[name]}: {reason}" for name, reason in unreadable.items())
    return Finding("system", len(unreadable) < len(LABELS), f"cannot be read here: {lacking}", technical=why)


def _log() -> Finding:
    """Where native libraries' messages and crashes are; `doctor` keeps them from the terminal like every command."""
    path = stderr.log_path()
    if stderr.redirected() and not stderr.is_kept():
        return Finding("log", False, f"cannot be written: {path}; free some room, or see who may write there")
    return Finding("log", True, f"{path}")
