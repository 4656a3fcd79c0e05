"""Processor time of the loop against that of MediaPipe alone: the same pictures, in turns, in one process.

"Alone" means the pose and the face model, each called only for the pictures for which the loop called it: with reused
landmarks neither is, and the face model gets the same crops. So what the loop saves by its schedule is in both figures,
and its overhead in one.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bare import BareFaces, BareMediaPipe, Picture, decode
from clips import MemorySource, learn_upright, load, look_at
from numpy.typing import NDArray

from posturecam.config.settings import Settings
from posturecam.posture.baseline import Baseline
from posturecam.posture.loop import watch
from posturecam.posture.view import View
from posturecam.vision.estimator import PoseEstimator
from posturecam.vision.face.finder import square_about
from posturecam.vision.frame import Frame, Source
from posturecam.vision.head import Head
from posturecam.vision.pose import Pose
from posturecam.vision.sources.video import VideoSource

AIM = 1.10
"""The loop may cost this many times as much as MediaPipe alone."""

Timed = list[tuple[float, float]]
"""For each frame its time and the processor seconds (of all threads) spent on it."""


@dataclass(frozen=True, slots=True, eq=False)
class Called:
    """Which models the loop called for a picture."""

    pose: bool
    face: NDArray[Any] | None
    """The crop in which a face was searched for and found."""


@dataclass(frozen=True, slots=True)
class Cost:
    """One comparison: medians over the turns."""

    clip: str
    what: str
    frames: int
    ours_ms: float
    """Milliseconds of processor time per frame."""
    bare_ms: float
    ratio: float
    """Median of each turn's own ratio; then the lowest and the highest."""
    lowest: float
    highest: float


def compare(path: Path, settings: Settings, repeat: int) -> list[Cost]:
    """Watch a clip both ways, from memory and from its file; the first turn, which warms everything up, does not count."""
    turns = [[way() for way in _ways(path, settings)] for _ in range(repeat + 1)][1:]
    settled = settings.follow.settle_after + settings.follow.search_interval
    return [
        _cost(path.stem, f"{where}, {which}", turns, first, since)
        for first, where in ((0, "in memory"), (2, "decoding included"))
        for since, which in ((0.0, "whole clip"), (settled, f"after {settled:g} s"))
    ]


def _ways(path: Path, settings: Settings) -> Sequence[Callable[[], Timed]]:
    """The loop and MediaPipe alone on frames in memory, then both on the file; baseline and schedule are made beforehand."""
    frames = load(path)
    baselines = learn_upright(frames, settings)
    schedule = calls(frames, settings, baselines)

    def ours(source: Source) -> Iterator[float]:
        with source, PoseEstimator(settings.estimator, settings.follow) as estimator:
            yield from (tick.frame.t for tick in watch(source, estimator, baselines, settings))

    def bare(pictures: Iterable[Picture]) -> Iterator[float]:
        with BareMediaPipe(settings.estimator.model) as landmarker, BareFaces() as faces:
            yield from _look(landmarker, faces, pictures, schedule)

    return (
        lambda: _timed(ours(MemorySource(frames))),
        lambda: _timed(bare((frame.image, frame.t) for frame in frames if frame.image is not None)),
        lambda: _timed(ours(VideoSource(path))),
        lambda: _timed(bare(decode(path))),
    )


def calls(frames: Sequence[Frame], settings: Settings, baselines: dict[View, Baseline]) -> list[Called]:
    """Which models the loop calls for each picture: reused landmarks are the same array, a reused head is only shifted."""
    found, last = [], None
    for tick in look_at(frames, settings, baselines):
        pose = tick.pose
        looked = pose is None or last is None or pose.points is not last.points
        found.append(Called(looked, _crop(tick.frame, pose) if looked and pose and _fresh(pose, last) else None))
        last = pose
    return found


def _fresh(pose: Pose, last: Pose | None) -> bool:
    """Whether the head was found in this picture; a reused one keeps its angles."""
    if not isinstance(pose.head, Head):
        return False
    return last is None or not isinstance(last.head, Head) or pose.head.pitch != last.head.pitch


def _crop(frame: Frame, pose: Pose) -> NDArray[Any] | None:
    square = square_about(pose)
    return None if square is None or frame.image is None else square.cut(frame.image)


def _look(
    landmarker: BareMediaPipe, faces: BareFaces, pictures: Iterable[Picture], schedule: Sequence[Called]
) -> Iterator[float]:
    for (image, t), called in zip(pictures, schedule, strict=False):
        if called.pose:
            landmarker(image, t)
        if called.face is not None:
            faces(called.face)
        yield t


def _timed(moments: Iterable[float]) -> Timed:
    """The first frame's time includes loading the models, which the loop does when the first picture comes."""
    spent, before = [], time.process_time()
    for t in moments:
        now = time.process_time()
        spent.append((t, now - before))
        before = now
    return spent


def _cost(clip: str, what: str, turns: Sequence[Sequence[Timed]], first: int, since: float) -> Cost:
    """Compare way number `first` with the next one, on the frames from time `since` on."""
    sums = [[sum(seconds for t, seconds in way if t >= since) for way in turn[first : first + 2]] for turn in turns]
    ratios = [ours / bare for ours, bare in sums]
    frames = sum(t >= since for t, _ in turns[0][first])
    ours_ms, bare_ms = (1000 * statistics.median(way) / frames for way in zip(*sums, strict=True))
    return Cost(clip, what, frames, ours_ms, bare_ms, statistics.median(ratios), min(ratios), max(ratios))
