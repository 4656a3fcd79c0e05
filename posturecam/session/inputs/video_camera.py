"""A video in place of the camera, and a clock to match: to try the app, for screenshots and for long runs."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

from posturecam.config.settings import Settings
from posturecam.errors import SourceError
from posturecam.vision.frame import Source
from posturecam.vision.sources.camera import Camera
from posturecam.vision.sources.clock import local_now
from posturecam.vision.sources.looped import LoopedSource

_LONG_CALIBRATION = 60.0
"""Seconds: the longest that the setting allows; at a time scale of 15 it is 4 s of the video."""
_SLOW_LOOK = 0.25
"""Seconds of real time that a check may take on a busy computer without counting as a gap; 0.03 to 0.1 is usual."""
_LONGEST_GAP, _LONGEST_STRETCH_GAP = 60.0, 5.0
"""Seconds: the longest that the settings allow, at the desk and in a stretch."""
MOST_TIME_SCALE = _LONGEST_GAP / _SLOW_LOOK
"""Highest time scale of a video: beyond it, every check would come after a gap."""


class VideoCamera:
    """Gives the engine `open`, `now` and `clock` for one video, which is reopened whenever the camera would be and whose time only moves forward."""

    def __init__(self, path: str | Path, *, speed: float = 1.0, time_scale: float = 1.0) -> None:
        """Open the video once, to check that it works.

        Args:
            path: A video.
            speed: How fast it plays; infinity plays as fast as it can be watched.
            time_scale: Seconds that each second of the video stands for.

        Raises:
            SourceError: if it is missing, empty or not a video, or the time scale is too high.
        """
        if time_scale > MOST_TIME_SCALE:
            raise SourceError(
                "A video cannot be watched {scale:g} times as fast: its checks would be too far apart to "
                "judge; choose a time scale of at most {most:g}",
                scale=time_scale,
                most=MOST_TIME_SCALE,
            )
        self._path, self._speed, self._scale = path, speed, time_scale
        self._source = LoopedSource(path, speed=speed, time_scale=time_scale)
        self._began, self._lock = local_now(), threading.Lock()
        self._passed, self._t, self._real = 0.0, 0.0, time.monotonic()

    def open(self, _camera: str, _settings: Settings) -> Source:
        """Open the video from its beginning, with time continuing."""
        self._source = LoopedSource(
            self._path, speed=self._speed, time_scale=self._scale, begin=self._source.t + self._scale
        )
        return self._source

    def cameras(self) -> list[Camera]:
        """The video, as the only camera there is."""
        info = self._source.info
        return [Camera(0, info.name, info.key, 0)]

    def adapt(self, settings: Settings) -> Settings:
        """The settings with a longer calibration and longer allowed gaps, because a scaled second holds few pictures.

        The checks of a time-lapse are far apart in its own time: each would count as following a gap, and nothing would
        be recorded, and a stretch would stand still.
        """
        if self._scale == 1:
            return settings
        slow = _SLOW_LOOK * self._scale
        gap = min(max(settings.monitor.longest_gap, slow), _LONGEST_GAP)
        stretch_gap = min(max(settings.stretch.longest_gap, slow), _LONGEST_STRETCH_GAP)
        calibration = settings.calibration.model_copy(update={"seconds": _LONG_CALIBRATION})
        monitor = settings.monitor.model_copy(update={"longest_gap": gap})
        stretch = settings.stretch.model_copy(update={"longest_gap": stretch_gap})
        return settings.model_copy(update={"calibration": calibration, "monitor": monitor, "stretch": stretch})

    def now(self) -> datetime:
        """Local time by `clock`."""
        return self._began + timedelta(seconds=self.clock())

    def clock(self) -> float:
        """Seconds since it was opened: frame time while it plays; otherwise real time, scaled in the same way."""
        with self._lock:
            real, t = time.monotonic(), self._source.t
            self._passed += max(t - self._t, 0.0)
            if self._source.closed:
                self._passed += (real - self._real) * self._scale * min(self._speed, 1.0)
            self._real, self._t = real, t
            return self._passed
