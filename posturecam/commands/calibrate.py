"""`posturecam calibrate`: learn the upright posture, with live feedback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Column
from rich.text import Text

from posturecam.baseline import Baseline
from posturecam.calibration import Sample, learn, sample
from posturecam.commands.shared import prepare
from posturecam.frame import Source
from posturecam.lazy import LazyEstimator
from posturecam.learned.decision import caution
from posturecam.learned.features import from_kept
from posturecam.learned.weights import load_learned
from posturecam.loop import Estimator
from posturecam.measures import measure
from posturecam.settings import Settings
from posturecam.sources import require_pictures
from posturecam.store import save_baseline
from posturecam.view import ViewState, body_yaw, follow_view

_READY_SECONDS = 3.0
"""Time to sit down, and later to sink, before a live camera's looks count."""
_LOOK_EVERY = 0.1
"""Seconds between two looks of a live camera: as often as it can, for these few seconds."""


class _Look(NamedTuple):
    """What one frame showed for the calibration."""

    t: float
    sample: Sample | None = None
    """None where it showed nobody, or nothing."""
    problem: str | None = None
    """Why there was no picture, or None."""

    @property
    def trouble(self) -> str | None:
        """Why it cannot be learned from, or None."""
        return self.problem or ("I see nobody" if self.sample is None else self.sample.missing)


@dataclass(slots=True)
class _Part:
    """One stretch of the calibration: what the user is asked to do, and what was seen."""

    ask: str
    seconds: float
    counts: bool = True
    """False for the time to get ready."""
    looks: list[_Look] = field(default_factory=list)


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
    Console().print(Text(verdict(baseline, settings)))


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
    if source.info.live:
        console.print(_HOW)
    with Progress(*_columns(), console=console) as progress:
        for part in parts:
            task = progress.add_task(part.ask, total=part.seconds, feedback="")
            _watch_part(part, looks, progress, task)
    counted = [part.looks for part in parts if part.counts]
    for looked in (counted[0], *filter(None, counted[1:])):  # a file that ends before the slouch has none of it
        require_pictures([look.problem for look in looked], source.info)
    upright, *slouched = ([look.sample for look in part if look.problem is None] for part in counted)
    made = datetime.now().astimezone().isoformat(timespec="seconds")
    return learn(upright, source.info.key, source.info.name, made, settings, slouched[0] if slouch else None)


def verdict(baseline: Baseline, settings: Settings | None = None) -> str:
    """What was learned, in words; with the settings, also whether it may have been a slouch."""
    apart = (
        ""
        if baseline.separation is None
        else f" Your slouch is {baseline.separation:.0f} standard deviations away: the camera can tell."
    )
    return f"Learned how you sit upright, seen from {baseline.view.spoken}: {baseline.quality} ({baseline.samples} looks, spread {baseline.spread:.2f} of the slouching threshold).{apart}{_caution(baseline, settings)}"


def _caution(baseline: Baseline, settings: Settings | None) -> str:
    learned = None if settings is None else load_learned(settings)
    if settings is None or learned is None or baseline.landmarks is None or baseline.view.is_side:
        return ""
    said = caution(learned.read_one(from_kept(baseline.landmarks)), settings)
    return "" if said is None else f" {said}"


def _plan(live: bool, seconds: float, slouch: bool) -> list[_Part]:
    ready = [_Part("Get ready", _READY_SECONDS, counts=False)] if live else []
    parts = [*ready, _Part("Stay like this, look at the screen", seconds)]
    if slouch:
        parts += [
            _Part("Now slouch, as when you are tired", _READY_SECONDS, counts=False),
            _Part("Stay slouched, look at the screen", seconds),
        ]
    return parts


_HOW = Text("Sit comfortably upright, back supported, the way you could sit for half an hour.")
_ASK_WIDTH, _BAR_WIDTH = 34, 12
"""Characters, so that 80 columns hold all and leave a third to the feedback."""


def _columns() -> tuple[ProgressColumn, ...]:
    return (
        TextColumn("{task.description}", table_column=Column(width=_ASK_WIDTH)),
        BarColumn(_BAR_WIDTH),
        TimeRemainingColumn(),
        TextColumn("{task.fields[feedback]}", markup=False, table_column=Column(ratio=1)),
    )


def _watch_part(part: _Part, looks: Iterator[_Look], progress: Progress, task: TaskID) -> None:
    began: float | None = None
    for look in looks:
        began = look.t if began is None else began
        part.looks.append(look)
        progress.update(task, completed=min(look.t - began, part.seconds), feedback=look.trouble or "good")
        if look.t - began >= part.seconds:
            return
    progress.update(task, completed=part.seconds)  # the last picture of a file is not quite at its end


def _looks(source: Source, estimator: Estimator, settings: Settings) -> Iterator[_Look]:
    """What each frame shows for the calibration."""
    source.pace(_LOOK_EVERY)
    view = ViewState()
    for frame in source:
        pose = frame.pose if frame.recorded else estimator(frame)
        if pose is None:
            yield _Look(frame.t, problem=frame.problem)
            continue
        view = follow_view(view, body_yaw(pose, settings), frame.t, settings.view)
        yield _Look(frame.t, sample(pose, view.view, measure(pose, view.view, settings)))
