"""A camera that a break at the desk does not depend on: if it gives no pictures, the break continues without them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from posturecam.errors import CameraError, PosturecamError
from posturecam.vision.frame import Frame, Source, SourceInfo

_PERIOD = 0.2
"""Seconds between two moments without a picture: often enough for a countdown."""
_NO_CAMERA = SourceInfo("", "", live=True)


class SteadySource(Source):
    """The frames of a source; after its end, or without one, moments that say why there is no picture."""

    def __init__(self, source: Source | None, why: str, clock: Callable[[], float]) -> None:
        """Take over a source; its opener still has to close it.

        Args:
            source: The camera; None if it could not be opened.
            why: Why it could not be opened.
            clock: Seconds of a clock that keeps running while the computer sleeps.
        """
        self._source, self._why, self._clock = source, why, clock
        self.info = _NO_CAMERA if source is None else source.info

    def __iter__(self) -> Iterator[Frame]:
        """Yield frames without end."""
        begin = 0.0
        if self._source is not None:
            try:
                for frame in self._source:
                    begin = frame.t
                    yield frame
                raise CameraError("{camera} stopped sending pictures", camera=self._source.info.name)
            except PosturecamError as problem:
                self._why = problem.text
        self.wait, since = _PERIOD, self._clock()
        while True:
            yield Frame(begin + self._clock() - since, problem=self._why)

    def pace(self, seconds: float) -> None:
        """Pace the camera, if there is one."""
        if self._source is not None:
            self._source.pace(seconds)
