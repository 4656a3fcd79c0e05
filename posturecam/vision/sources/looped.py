"""A video played in a loop as if it were a camera, to try the app without one, for screenshots and for long runs."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from posturecam.vision.frame import Frame, Source, SourceInfo
from posturecam.vision.sources.clock import Clock, SystemClock
from posturecam.vision.sources.files import name_of
from posturecam.vision.sources.video import VideoSource

_ROUNDING = 0.01
"""Of the pace, by which a frame may come early: ten pictures a second of a video of ten are all of them, whatever the sums are rounded to."""

_RATE = 15.0
"""Most pictures per second of the video's own time."""


class LoopedSource(Source):
    """A video played in a loop; its time never jumps back, and it never ends on its own."""

    def __init__(
        self,
        path: str | Path,
        *,
        speed: float = 1.0,
        time_scale: float = 1.0,
        begin: float = 0.0,
        clock: Clock | None = None,
    ) -> None:
        """Open the video to be looped.

        Args:
            path: A video.
            speed: Playback speed relative to its own time; infinity plays as fast as frames are taken.
            time_scale: Seconds of the frames' time per second of the video.
            begin: The time of the first frame, seconds.
            clock: Replaced in tests.

        Raises:
            SourceError: if it is missing, empty or not a video.
            ValueError: if a number that must be positive is not.
        """
        if not speed > 0:
            raise ValueError(f"speed must be positive, got {speed}")
        self._path, self._speed, self._scale = Path(path), speed, time_scale
        self._clock = clock or SystemClock()
        self._video = VideoSource(self._path, rate=_RATE / time_scale, time_scale=time_scale)
        self._seconds = time_scale / _RATE
        self._closing = threading.Condition()
        self.closed = False
        """Whether it yields no more frames."""
        self.t = begin
        """Time of the last frame, seconds; a second iteration continues from there."""
        self.info = SourceInfo(name_of(self._path), name_of(self._path), live=True)

    def __iter__(self) -> Iterator[Frame]:
        began, first = self._clock.time(), self.t
        base = due = self.t
        while not self.closed:
            at = base
            for frame in self._video:
                at = base + frame.t
                if at < due - _ROUNDING * self._seconds:
                    continue
                if self._wait(began + (at - first) / (self._speed * self._scale)):
                    return
                self.t = at
                glance = None if frame.glance is None else replace(frame.glance, t=at)
                yield Frame(at, frame.image, problem=frame.problem, glance=glance)
                if self.closed:
                    return
                due = max(at + self._seconds, self._now(began, first, at))
            base = at + self._scale / _RATE

    def pace(self, seconds: float) -> None:
        """Yield one frame every `seconds` of the frames' time from now on."""
        self._seconds = seconds

    def close(self) -> None:
        """End the iteration; safe to call from any thread."""
        with self._closing:
            self.closed = True
            self._closing.notify_all()

    def _now(self, began: float, first: float, at: float) -> float:
        """The frames' time by the clock; a slow consumer misses frames, as with a camera."""
        if math.isinf(self._speed):
            return at
        return first + (self._clock.time() - began) * self._speed * self._scale

    def _wait(self, until: float) -> bool:
        """Wait until a clock time; returns whether the source was closed meanwhile."""
        with self._closing:
            self._clock.wait_for(self._closing, lambda: self.closed, max(until - self._clock.time(), 0.0))
        return self.closed
