"""A camera of which a break at the desk does not depend: where it gives no pictures, the time goes by without them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from posturecam.errors import CameraError, PosturecamError
from posturecam.vision.frame import Frame, Source, SourceInfo

_PERIOD = 0.2
"""Seconds between two moments without a picture: often enough for a count."""
_NO_CAMERA = SourceInfo("", "", live=True)


class SteadySource(Source):
    """Frames of a source, and after its end, or without one, moments that say why there is no picture."""

    def __init__(self, source: Source | None, why: str, clock: Callable[[], float]) -> None:
        """Take over a source; whoever opened it closes it.

        Args:
            source: The camera; None where it could not be opened.
            why: Why it could not.
            clock: Seconds that go on while the computer sleeps.
        """
        self._source, self._why, self._clock = source, why, clock
        self.info = _NO_CAMERA if source is None else source.info

    def __iter__(self) -> Iterator[Frame]:
        """Without end."""
        begin = 0.0
        if self._source is not None:
            try:
                for frame in self._source:
                    begin = frame.t
                    yield frame
                raise CameraError("{camera} gives no more pictures", camera=self._source.info.name)
            except PosturecamError as problem:
                self._why = problem.text
        self.wait, since = _PERIOD, self._clock()
        while True:
            yield Frame(begin + self._clock() - since, problem=self._why)

    def pace(self, seconds: float) -> None:
        """As the camera's."""
        if self._source is not None:
            self._source.pace(seconds)
