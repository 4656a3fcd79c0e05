"""Analyzes one file: a video or recording through the loop, or each picture separately."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from posturecam.analysis.results import (
    ANNOTATED_VIDEO,
    EVENTS_JSON,
    PLOT_PNG,
    READINGS_JSONL,
    AnnotatedVideo,
    Readings,
    annotated_names,
    appearing,
    records,
    to_json,
    write_picture,
    write_text,
)
from posturecam.analysis.summary import AnalyzeOptions, Progress, Summary, Tally
from posturecam.config.reading import is_folder, is_ordinary, resolved
from posturecam.config.settings import Settings
from posturecam.drawing.annotate import annotate
from posturecam.errors import CalibrationRefused, SourceError
from posturecam.history.baselines import Baselines
from posturecam.i18n.message import Message
from posturecam.posture.baseline import Baseline
from posturecam.posture.calibration import learn, sample
from posturecam.posture.learned.weights import judge_or_geometry
from posturecam.posture.loop import Tick, read, watch
from posturecam.posture.monitor import MonitorState
from posturecam.posture.records.serialize import (
    CSV_COLUMNS,
    READING_COLUMNS,
    csv_row,
    event_record,
    reading_cells,
    reading_record,
    text_cell,
    tick_record,
)
from posturecam.posture.view import View, ViewState, apparent_yaw, follow_view
from posturecam.vision.frame import Frame
from posturecam.vision.lazy_estimator import LazyEstimator
from posturecam.vision.pose import Pose
from posturecam.vision.sources import open_source, require_pictures, usable_rate
from posturecam.vision.sources.files import name_of
from posturecam.vision.sources.kinds import READ_SUFFIXES, holds_single_pictures
from posturecam.vision.sources.stills import StillsSource, pictures_of
from posturecam.vision.sources.turned import TurnedSource


def analyze(
    path: Path | str,
    out: Path | str,
    options: AnalyzeOptions | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    name: str | None = None,
) -> Summary:
    """Judge a video, a recording, a picture or a folder of pictures, and write the results into a folder.

    Pictures are judged each by itself: they have readings, but no phases, no events and no plot.

    Args:
        path: what to judge.
        out: the results go into a folder in this one; if the run fails nothing appears there, and an earlier run's
            results stay.
        options: what to produce.
        settings: every threshold.
        progress: receives the finished share, as far as the length of the file is known.
        name: the name of the folder in `out`; by default the file's name without its suffix.

    Raises:
        ValueError: if `name` is a path.
        SourceError: if the file cannot be read, or none of the pictures; or if it shows nothing while the upright posture
            is to be learned.
        CalibrationRefused: if `upright_seconds` was given and no upright posture could be learned from them.
        OutputError: if the results cannot be written.
        ModelError: if the pose model is missing or damaged.

    Example:
        >>> from posturecam import AnalyzeOptions, analyze
        >>> options = AnalyzeOptions(upright_seconds=6.5, video=False, plot=False)
        >>> summary = analyze("desk_front.npz", "results", options)
        >>> print(f"{summary.samples} samples in {summary.seconds:.0f} s")
        380 samples in 38 s
        >>> [path.name for path in summary.outputs]
        ['events.json', 'readings.csv', 'readings.jsonl']
    """
    options, settings, progress = options or AnalyzeOptions(), settings or Settings(), progress or (lambda share: None)
    path = Path(path)
    if name is not None and (name in ("", "..") or Path(name).name != name):
        raise ValueError(f"name must be the name of a folder, not a path, got {name!r}")
    # Every picture is measured, without reused landmarks.
    settings = settings.model_copy(update={"estimator": settings.estimator.model_copy(update={"hold": 0.0})})
    folder = Path(out) / (name or result_name(path))
    pictures = pictures_of(path) if holds_single_pictures(path) else None
    tally = Tally(settings, options.rotate)
    if pictures is not None and pictures.left_out is not None:
        tally.warn(pictures.left_out)
    with appearing(folder, instead_of=path) as partial:
        if pictures is None:
            truncated = _judge_run(path, partial, tally, options, settings, progress)
        else:
            truncated = _judge_pictures(pictures.pictures, partial, tally, options, settings, progress)
        written = sorted(file.name for file in partial.iterdir())
    progress(1.0)
    return tally.summary(path, folder, truncated, tuple(folder / file for file in written))


def result_name(path: Path) -> str:
    """The name of the folder for a file's results; includes the ending only if another file beside it differs in nothing else."""
    place = resolved(path) if path.name in ("", "..") else path  # a link keeps its own name
    if is_folder(place):
        return place.name or "results"
    if not place.stem.strip("."):
        return place.name or "results"  # without its suffix, "...mp4" would be the folder above
    others = (place.with_suffix(suffix) for suffix in READ_SUFFIXES if suffix != place.suffix.lower())
    return f"{place.stem}-{place.suffix[1:]}" if place.suffix and any(map(is_ordinary, others)) else place.stem


def _judge_run(
    path: Path, partial: Path, tally: Tally, options: AnalyzeOptions, settings: Settings, progress: Progress
) -> str | None:
    """Run the loop over a video or a recording and write its results; returns what could not be read."""
    # For a time-lapse the rate would soon be too low.
    rate = usable_rate(options.rate / options.time_scale, settings.monitor.longest_gap)
    source = open_source(path, settings, options.rotate, rate=rate, time_scale=options.time_scale)
    baselines = Baselines(options.baselines).of(*source.info.keys)
    if not source.info.recorded:
        baselines = {view: one.with_lens(settings.camera.field_of_view) for view, one in baselines.items()}
    if options.upright_seconds is not None:
        baseline = _learn_upright(path, options.upright_seconds, options, settings, progress, tally.warn)
        baselines[baseline.view] = baseline
    with contextlib.ExitStack() as open_:
        open_.enter_context(source)
        estimator = open_.enter_context(LazyEstimator(settings, complain=tally.warn))
        readings = open_.enter_context(Readings(partial, CSV_COLUMNS))
        video = (
            open_.enter_context(AnnotatedVideo(partial / ANNOTATED_VIDEO, rate, options.time_scale, settings))
            if options.video
            else None
        )
        for tick in watch(source, estimator, baselines, settings, judge_or_geometry(settings, tally.warn)):
            tally.add(tick)
            readings.add(csv_row(tick), tick_record(tick))
            if video is not None:
                video.add(tick)
            progress(min(tally.seconds / source.info.duration, 1.0) if source.info.duration else 0.0)
    write_text(partial / EVENTS_JSON, to_json([event_record(event) for event in tally.events], indent=2))
    if options.plot:
        from posturecam.drawing.plot import plot_run  # matplotlib takes a while to load

        plot_run(records(partial / READINGS_JSONL), partial / PLOT_PNG, settings, name_of(path))
    return source.truncated


def _learn_upright(
    path: Path,
    seconds: float,
    options: AnalyzeOptions,
    settings: Settings,
    progress: Progress,
    warn: Callable[[str], None],
) -> Baseline:
    """The baseline from the first seconds of a video or recording, checked often enough for a calibration."""
    rate = max(options.rate, 1.5 * settings.calibration.least_samples / seconds)
    looks, problems, start = [], list[str | None](), None
    source = open_source(path, settings, options.rotate, rate=rate)
    with source, LazyEstimator(settings, complain=warn) as estimator:
        for tick in watch(source, estimator, settings=settings):
            start = tick.frame.t if start is None else start
            if tick.frame.t - start >= seconds:
                break
            problems.append(tick.frame.problem)
            if tick.frame.problem is None:
                pose, reading = tick.pose, tick.reading
                looks.append(sample(pose, reading.view, reading.measures) if pose is not None else None)
            progress(0.0)
    require_pictures(problems, source.info)
    least = settings.calibration.least_samples
    if len(looks) < least:
        raise CalibrationRefused(
            "Learning your upright posture takes at least {least} pictures, and the first {seconds:g} s of {path} have "
            "only {number}; use more seconds (--upright), or a longer video",
            least=least,
            seconds=seconds,
            path=path,
            number=len(looks),
        )
    lasting = settings.calibration.model_copy(update={"seconds": seconds})  # so that a refusal names these seconds
    settings = settings.model_copy(update={"calibration": lasting})
    made = datetime.now().astimezone().isoformat(timespec="seconds")
    return learn(looks, source.info.key, source.info.name, made, settings, source=source.info)


def _judge_pictures(
    pictures: Sequence[Path],
    partial: Path,
    tally: Tally,
    options: AnalyzeOptions,
    settings: Settings,
    progress: Progress,
) -> str | None:
    """Judge each picture by itself and write the results; returns which of them could not be read."""
    if options.upright_seconds is not None:
        raise CalibrationRefused(
            "Your upright posture can only be learned from the start of a video, not from pictures; use a video"
        )
    failures: list[SourceError] = []
    names = annotated_names(picture.name for picture in pictures)
    with Readings(partial, ("file", *READING_COLUMNS)) as readings:
        for done, (picture, name) in enumerate(zip(pictures, names, strict=True)):
            try:
                frame = _frame(picture, options.rotate)
            except SourceError as error:
                failures.append(error)
                frame = Frame(0.0, problem=error.text)
            file = name_of(picture)
            tick = _look(frame, Baselines(options.baselines).of(file), settings, tally.warn)
            tally.add_picture(file, tick)
            readings.add(
                [text_cell(file), *reading_cells(tick.reading)], {"file": file, **reading_record(tick.reading)}
            )
            if options.video and frame.image is not None:
                write_picture(partial / name, annotate(frame.image, tick, settings))
            progress((done + 1) / len(pictures))
    if len(failures) == len(pictures):
        raise failures[0]
    if not failures:
        return None
    return Message(
        "{number} of {all} pictures cannot be read; the first: {problem}",
        number=len(failures),
        all=len(pictures),
        problem=failures[0].text,
    )


def _frame(picture: Path, rotate: int) -> Frame:
    with TurnedSource(StillsSource([picture]), rotate) as source:
        return next(iter(source))


_NEXT_PICTURE = 0.5
"""Time between the two looks at a single picture, seconds: the model takes pictures only in the order of time."""


def _found(estimator: LazyEstimator, frame: Frame) -> Pose | None:
    """Find the person in the picture; if the whole of it shows nobody, search its middle too, as in a camera's next picture."""
    pose = estimator(frame)
    if pose is not None:
        return pose
    again = estimator(replace(frame, t=frame.t + _NEXT_PICTURE))
    return again and replace(again, t=frame.t)


def _look(frame: Frame, baselines: Mapping[View, Baseline], settings: Settings, warn: Callable[[str], None]) -> Tick:
    """Judge one picture by itself, without memory of the previous picture or of the monitor."""
    pose = None
    if frame.image is not None:
        with LazyEstimator(settings, complain=warn) as estimator:
            pose = _found(estimator, frame)
    yaw = apparent_yaw(pose, settings) if pose is not None else None
    view = follow_view(ViewState(), yaw, frame.t, settings.view).view
    return Tick(
        frame, pose, read(frame, pose, view, baselines, settings, judge_or_geometry(settings, warn)), MonitorState(), ()
    )
