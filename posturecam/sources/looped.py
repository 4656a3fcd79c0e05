"""A video that plays over and over as if it were a camera: to try the app without one, for screenshots and long runs."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from pathlib import Path

from posturecam.frame import Frame, Source, SourceInfo
from posturecam.sources.clock import Clock, SystemClock
from posturecam.sources.video import VideoSource


class LoopedSource(Source):
    """A video played over and over; its time goes on and never jumps back, and it never ends by itself."""

    def __init__(
        self, path: str | Path, *, speed: float = 1.0, rate: float = 15.0, clock: Clock | None = None
    ) -> None:
        """Open the video.

        Args:
            path: A video.
            speed: Of its time against the clock's; infinity plays as fast as it is taken.
            rate: Most pictures a second of the video's time.
            clock: Another one for tests.

        Raises:
            SourceError: if it is missing, empty or no video.
            ValueError: if speed or rate is not positive.
        """
        if not speed > 0:
            raise ValueError(f"speed must be positive, got {speed}")
        self._path, self._speed, self._rate = Path(path), speed, rate
        self._clock = clock or SystemClock()
        self._video = VideoSource(self._path, rate=rate)
        self._seconds = 1 / rate
        self._closing = threading.Condition()
        self._closed = False
        self._t = 0.0
        """Of the last picture, so that a second iteration goes on from there."""
        self.info = SourceInfo(self._path.name, self._path.name, live=True)

    def __iter__(self) -> Iterator[Frame]:
        began, first = self._clock.time(), self._t
        base, due = self._t, self._t
        while not self._closed:
            at = base
            for frame in self._video:
                at = base + frame.t
                if at < due:
                    continue
                if self._wait(began + (at - first) / self._speed):
                    return
                self._t = at
                yield Frame(at, frame.image, problem=frame.problem)
                if self._closed:
                    return
                now = at if math.isinf(self._speed) else first + (self._clock.time() - began) * self._speed
                due = max(at + self._seconds, now)
            base = at + 1 / self._rate

    def pace(self, seconds: float) -> None:
        """Yield one frame every so many seconds of the video from now on."""
        self._seconds = seconds

    def close(self) -> None:
        """End the iteration; may be called from any thread."""
        with self._closing:
            self._closed = True
            self._closing.notify_all()

    def _wait(self, until: float) -> bool:
        """Wait for a moment of the clock; whether it was closed meanwhile."""
        with self._closing:
            self._clock.wait_for(self._closing, lambda: self._closed, max(until - self._clock.time(), 0.0))
        return self._closed
