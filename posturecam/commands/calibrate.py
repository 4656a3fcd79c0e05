"""`posturecam calibrate`: learn the upright posture, with live feedback."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from rich.console import Console
from rich.progress import BarColumn, ProgressColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Column
from rich.text import Text

from posturecam.alerts.learning import between
from posturecam.commands.shared import PatientConsole, log, prepare
from posturecam.config.settings import Settings
from posturecam.config.settings_file import change_settings
from posturecam.errors import ModelError, SettingsError
from posturecam.history.baselines import place_called, place_names, save_baseline
from posturecam.i18n.message import Verbatim
from posturecam.i18n.translate import mark, tr
from posturecam.posture.baseline import Baseline
from posturecam.posture.caution import caution_about
from posturecam.posture.learned.weights import load_learned
from posturecam.posture.loop import Estimator
from posturecam.session.guided_calibration import HOW, Calibration, verdict
from posturecam.terminal.bars import ProgressBars
from posturecam.vision.frame import Source
from posturecam.vision.lazy_estimator import LazyEstimator


def calibrate_source(
    what: str, *, slouch: bool, seconds: float | None, as_json: bool, rotate: int | None, place: str
) -> None:
    """Learn the upright posture from a camera or a video, and save it, for the desk with this name if one is given.

    Raises:
        CalibrationRefused: with the reason.
        SettingsError: if no desk has this name.
        PosturecamError: if the source, the settings or the model cannot be used.
    """
    desk = _desk_called(place) if place else ""
    settings, source, _ = prepare(what, rotate=rotate)
    with source, LazyEstimator(settings) as estimator:
        console = PatientConsole(stderr=as_json)
        baseline = guide(source, estimator, settings, console, slouch=slouch, seconds=seconds)
    save_baseline(replace(baseline, place=desk))
    # A file may show anybody, so it must not move the user's own line.
    if baseline.slouch is not None and source.info.live:
        change_settings({"sensitivity.personal": f"{between(baseline.slouch, baseline.harmless or 0.0):.3f}"})
    if as_json:
        print(
            json.dumps(
                {
                    "view": baseline.view.value,
                    "camera": baseline.camera,
                    "samples": baseline.samples,
                    "spread": round(baseline.spread, 3),
                    "separation": None if baseline.separation is None else round(baseline.separation, 3),
                    "quality": baseline.quality,
                    "values": {name.value: round(value, 3) for name, value in baseline.values.items()},
                }
            )
        )
        return
    console.print(Text(tr(verdict(baseline))))
    print_caution(console, baseline, settings)


def _desk_called(name: str) -> str:
    """The key of a desk; a terminal cannot tell desks by their screens."""
    key = place_called(name)
    if key is not None:
        return key
    known = Verbatim(", ".join(place_names().values()))
    if not known:
        raise SettingsError("No desk has a name yet; give it one in the app: Settings, Camera, This desk")
    raise SettingsError("No desk is called {name}; there are: {names}", name=Verbatim(name), names=known)


def guide(
    source: Source,
    estimator: Estimator,
    settings: Settings,
    console: Console,
    *,
    slouch: bool = False,
    seconds: float | None = None,
) -> Baseline:
    """Guide through the calibration with a progress bar and live feedback, and learn from it.

    Raises:
        CalibrationRefused: with the reason.
        SourceError: if a file ends before anything was seen.
        CameraError: if the camera gives no pictures.
    """
    calibration = Calibration(source, estimator, settings, slouch=slouch, seconds=seconds)
    if source.info.live:
        console.print(Text(tr(HOW)))
    with ProgressBars(*_columns(console.width), console=console) as progress:
        tasks: list[TaskID] = []
        somebody = False
        for tick in calibration:
            if tick.index == len(tasks):
                _finish(progress, tasks, calibration)
                tasks.append(progress.add_task(tr(tick.part.ask), total=tick.part.seconds, feedback=""))
            somebody = somebody or tick.pose is not None
            progress.update(tasks[-1], completed=tick.passed, feedback=tr(tick.trouble or mark("good")))
        _finish(progress, tasks, calibration)
    if source.info.live and not somebody:
        from posturecam.commands.camera_check import hint_of_others

        hint = hint_of_others(source.info, settings)
        if hint is not None:
            console.print(Text(hint))
    return calibration.learn(datetime.now().astimezone().isoformat(timespec="seconds"))


def print_caution(console: Console, baseline: Baseline, settings: Settings) -> None:
    """Print a caution if the learned posture may have been a slouch, or the user leaned back."""
    try:
        said = caution_about(baseline, settings, load_learned)
    except ModelError as problem:  # the baseline is already saved, and is still good for geometry
        log.warning("%s", problem.text)
        return
    if said is not None:
        console.print(Text(tr(said)))


def _finish(progress: ProgressBars, tasks: list[TaskID], calibration: Calibration) -> None:
    """Fill the bar of the part that is over: the last picture of a file is not quite at its end."""
    if tasks:
        progress.update(tasks[-1], completed=calibration.parts[len(tasks) - 1].seconds)


_ASK_WIDTH, _BAR_WIDTH = 34, 12
"""Characters, so that everything fits into 80 columns, with a third left for the feedback."""
_NARROW = 72
"""Columns below which the feedback, which says what is wrong, needs the room of the bar."""


def _columns(width: int) -> tuple[ProgressColumn, ...]:
    feedback = TextColumn("{task.fields[feedback]}", markup=False, table_column=Column(ratio=1))
    if width < _NARROW:
        return TextColumn("{task.description}", table_column=Column(ratio=1)), TextColumn("·"), feedback
    return (
        TextColumn("{task.description}", table_column=Column(width=_ASK_WIDTH)),
        BarColumn(_BAR_WIDTH),
        TimeRemainingColumn(),
        feedback,
    )
