"""A video in place of the camera, and a clock that goes with it: to try the app, for screenshots and for long runs."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

from posturecam.config.settings import Settings
from posturecam.vision.frame import Source
from posturecam.vision.sources.camera import Camera
from posturecam.vision.sources.clock import local_now
from posturecam.vision.sources.looped import LoopedSource

_LONG_CALIBRATION = 60.0
"""Seconds: the longest that the setting allows; at 15 s for each second of a video it is 4 s of it."""


class VideoCamera:
    """Give `open`, `now` and `clock` to the engine: one video, opened anew whenever the camera would be, whose time only goes on."""

    def __init__(self, path: str | Path, *, speed: float = 1.0, time_scale: float = 1.0) -> None:
        """Open the video once, to see that it can be.

        Args:
            path: A video.
            speed: How fast it plays; infinity plays as fast as it can be watched.
            time_scale: Each of its seconds stands for so many.

        Raises:
            SourceError: if it is missing, empty or no video.
        """
        self._path, self._speed, self._scale = path, speed, time_scale
        self._source = LoopedSource(path, speed=speed, time_scale=time_scale)
        self._began, self._lock = local_now(), threading.Lock()
        self._passed, self._t, self._real = 0.0, 0.0, time.monotonic()

    def open(self, _camera: str, _settings: Settings) -> Source:
        """The video, from its beginning, at a time that goes on."""
        self._source = LoopedSource(
            self._path, speed=self._speed, time_scale=self._scale, begin=self._source.t + self._scale
        )
        return self._source

    def cameras(self) -> list[Camera]:
        """The video, as the only camera there is."""
        info = self._source.info
        return [Camera(0, info.name, info.key, 0)]

    def adapt(self, settings: Settings) -> Settings:
        """The settings with a longer calibration, as a second of its time holds few pictures."""
        if self._scale == 1:
            return settings
        calibration = settings.calibration.model_copy(update={"seconds": _LONG_CALIBRATION})
        return settings.model_copy(update={"calibration": calibration})

    def now(self) -> datetime:
        """Local time by `clock`."""
        return self._began + timedelta(seconds=self.clock())

    def clock(self) -> float:
        """Seconds since it was opened: those of the frames while it plays, and as fast as that by the clock while it does not."""
        with self._lock:
            real, t = time.monotonic(), self._source.t
            self._passed += max(t - self._t, 0.0)
            if self._source.closed:
                self._passed += (real - self._real) * self._scale * min(self._speed, 1.0)
            self._real, self._t = real, t
            return self._passed
