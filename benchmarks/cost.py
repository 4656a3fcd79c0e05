"""Processor time of the loop against that of MediaPipe alone: the same pictures, in turns, in one process."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bare import BareMediaPipe, Picture, decode
from clips import MemorySource, learn_upright, load

from posturecam.config.settings import Settings
from posturecam.posture.loop import watch
from posturecam.vision.estimator import PoseEstimator
from posturecam.vision.frame import Source
from posturecam.vision.sources import VideoSource

AIM = 1.10
"""The loop may cost this many times MediaPipe alone."""

Timed = list[tuple[float, float]]
"""For each frame its time and the processor seconds (of all threads) that were spent on it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """One comparison: medians over the turns."""

    clip: str
    what: str
    frames: int
    ours_ms: float
    """Milliseconds of processor time a frame."""
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
    """Ours and MediaPipe alone on frames in memory, then both on the file; models and baseline are made beforehand."""
    frames = load(path)
    baselines = learn_upright(frames, settings)

    def ours(source: Source) -> Timed:
        with source, PoseEstimator(settings.estimator, settings.follow) as estimator:
            return _timed(tick.frame.t for tick in watch(source, estimator, baselines, settings))

    def bare(pictures: Iterable[Picture]) -> Timed:
        with BareMediaPipe(settings.estimator.model) as landmarker:
            return _timed(_look(landmarker, pictures))

    return (
        lambda: ours(MemorySource(frames)),
        lambda: bare((frame.image, frame.t) for frame in frames if frame.image is not None),
        lambda: ours(VideoSource(path)),
        lambda: bare(decode(path)),
    )


def _look(landmarker: BareMediaPipe, pictures: Iterable[Picture]) -> Iterator[float]:
    for image, t in pictures:
        landmarker(image, t)
        yield t


def _timed(moments: Iterable[float]) -> Timed:
    spent, before = [], time.process_time()
    for t in moments:
        now = time.process_time()
        spent.append((t, now - before))
        before = now
    return spent


def _cost(clip: str, what: str, turns: Sequence[Sequence[Timed]], first: int, since: float) -> Cost:
    """Compare the ways number `first` and the next, on the frames from some time on."""
    sums = [[sum(seconds for t, seconds in way if t >= since) for way in turn[first : first + 2]] for turn in turns]
    ratios = [ours / bare for ours, bare in sums]
    frames = sum(t >= since for t, _ in turns[0][first])
    ours_ms, bare_ms = (1000 * statistics.median(way) / frames for way in zip(*sums, strict=True))
    return Cost(clip, what, frames, ours_ms, bare_ms, statistics.median(ratios), min(ratios), max(ratios))
