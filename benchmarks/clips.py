"""Clips for the benchmarks: frames held in memory, a steady scene made from a few seconds, and its upright posture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from posturecam.config.settings import Settings
from posturecam.posture.baseline import Baseline
from posturecam.posture.calibration import learn, sample
from posturecam.posture.loop import Tick, watch
from posturecam.posture.view import View
from posturecam.vision.estimator import PoseEstimator
from posturecam.vision.frame import Frame, Source, SourceInfo
from posturecam.vision.sources.video import VideoSource

UPRIGHT_UNTIL = 6.0
"""Seconds for which the person of every sample clip sits upright and steady."""


class MemorySource(Source):
    """Frames decoded beforehand."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        self.info = SourceInfo("memory", "memory", live=False)
        self._frames = frames

    def __iter__(self) -> Iterator[Frame]:
        return iter(self._frames)


def load(path: Path, until: float | None = None) -> list[Frame]:
    """All frames of a clip, or those before a given time."""
    with VideoSource(path, end=until) as source:
        return list(source)


def look_at(frames: Sequence[Frame], settings: Settings, baselines: dict[View, Baseline] | None = None) -> list[Tick]:
    """Run the loop on frames in memory."""
    with PoseEstimator(settings.estimator, settings.follow) as estimator:
        return list(watch(MemorySource(frames), estimator, baselines, settings))


def learn_upright(frames: Sequence[Frame], settings: Settings) -> dict[View, Baseline]:
    """The baseline of the person in a clip, by view, as the loop takes it."""
    upright = [frame for frame in frames if frame.t < UPRIGHT_UNTIL]
    looks = [
        sample(tick.pose, tick.reading.view, tick.reading.measures) if tick.pose else None
        for tick in look_at(upright, settings)
    ]
    baseline = learn(looks, "memory", "memory", "", settings)
    return {baseline.view: baseline}


def ping_pong(t: float, length: float) -> float:
    """The position at a given time in a clip of this length that plays back and forth forever."""
    t %= 2 * length
    return min(t, 2 * length - t)
