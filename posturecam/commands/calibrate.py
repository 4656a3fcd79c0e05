"""`posturecam calibrate`: learn the upright posture, with live feedback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from posturecam.baseline import Baseline
from posturecam.calibration import Sample, learn, sample
from posturecam.commands.shared import prepare
from posturecam.errors import CameraError, SourceError
from posturecam.frame import Source
from posturecam.lazy import LazyEstimator
from posturecam.loop import Estimator
from posturecam.measures import measure
from posturecam.settings import Settings
from posturecam.store import save_baseline
from posturecam.view import View, ViewState, body_yaw, follow_view

_READY_SECONDS = 3.0
"""Time to sit down, and later to sink, before a live camera's looks count."""
_LOOK_EVERY = 0.1
"""Seconds between two looks of a live camera: as often as it can, for these few seconds."""


@dataclass(slots=True)
class _Part:
    """One stretch of the calibration: what the user is asked to do, and what was seen."""

    ask: str
    seconds: float
    looks: list[Sample | None] | None = field(default_factory=list)
    """None where looks do not count: the time to get ready."""


def calibrate_source(what: str, *, slouch: bool, seconds: float | None, as_json: bool) -> None:
    """Learn the upright posture from a camera or a video, and keep it.

    Raises:
        CalibrationRefused: with the reason.
        PosturecamError: if the source, the settings or the model cannot be used.
    """
    settings, source, _ = prepare(what)
    with source, LazyEstimator(settings) as estimator:
        baseline = guide(source, estimator, settings, Console(stderr=as_json), slouch=slouch, seconds=seconds)
    save_baseline(baseline)
    if as_json:
        print(
            json.dumps(
                {
                    "view": baseline.view.value,
                    "camera": baseline.camera,
                    "samples": baseline.samples,
                    "spread": round(baseline.spread, 3),
                    "separation": baseline.separation,
                    "quality": baseline.quality,
                    "values": {name.value: round(value, 3) for name, value in baseline.values.items()},
                }
            )
        )
        return
    Console().print(verdict(baseline))


def guide(
    source: Source,
    estimator: Estimator,
    settings: Settings,
    console: Console,
    *,
    slouch: bool = False,
    seconds: float | None = None,
) -> Baseline:
    """Lead through the calibration with a progress bar and live feedback, and learn from it.

    Raises:
        CalibrationRefused: with the reason.
        SourceError: if a file ends before anything was seen.
        CameraError: if the camera gives no pictures.
    """
    parts = _plan(source.info.live, seconds or settings.calibration.seconds, slouch)
    looks = _looks(source, estimator, settings)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[feedback]}"),
    )
    with Progress(*columns, console=console, transient=False) as progress:
        for part in parts:
            task = progress.add_task(part.ask, total=part.seconds, feedback="")
            _watch_part(part, looks, progress, task)
    watched = [part.looks for part in parts if part.looks is not None]
    if not watched[0]:
        kind = CameraError if source.info.live else SourceError
        raise kind(f"{source.info.name} gave no pictures to learn from; see: posturecam doctor")
    made = datetime.now().astimezone().isoformat(timespec="seconds")
    return learn(watched[0], source.info.key, source.info.name, made, settings, watched[1] if slouch else ())


def verdict(baseline: Baseline) -> str:
    """What was learned, in words."""
    apart = (
        ""
        if baseline.separation is None
        else f" Your slouch is {baseline.separation:.0f} standard deviations away: the camera can tell."
    )
    view = "the front" if baseline.view is View.FRONT else baseline.view.value
    return f"Learned how you sit upright, seen from {view}: {baseline.quality} ({baseline.samples} looks, spread {baseline.spread:.2f} of the slouching threshold).{apart}"


def _plan(live: bool, seconds: float, slouch: bool) -> list[_Part]:
    ready = [_Part("Sit upright, the way you want to work", _READY_SECONDS, None)] if live else []
    parts = [*ready, _Part("Stay upright, look at the screen   ", seconds)]
    if slouch:
        parts += [
            _Part("Now slouch, the way you do when tired", _READY_SECONDS, None),
            _Part("Stay slouched                        ", seconds),
        ]
    return parts


def _watch_part(part: _Part, looks: Iterator[tuple[float, Sample | None]], progress: Progress, task: TaskID) -> None:
    began: float | None = None
    for t, look in looks:
        began = t if began is None else began
        if part.looks is not None:
            part.looks.append(look)
        trouble = "I see nobody" if look is None else look.missing
        progress.update(task, completed=min(t - began, part.seconds), feedback=trouble or "good")
        if t - began >= part.seconds:
            return


def _looks(source: Source, estimator: Estimator, settings: Settings) -> Iterator[tuple[float, Sample | None]]:
    """The time of each frame, and what it shows for the calibration; None where it shows nobody."""
    source.pace(_LOOK_EVERY)
    view = ViewState()
    for frame in source:
        pose = frame.pose if frame.recorded else estimator(frame)
        if pose is None:
            yield frame.t, None
            continue
        view = follow_view(view, body_yaw(pose, settings), frame.t, settings.view)
        yield frame.t, sample(pose, view.view, measure(pose, view.view, settings))
