"""The engine's view of its camera: the same source, checked more often while a window shows it, less often on battery."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from posturecam.vision.frame import Frame, Source

PREVIEW_SECONDS = 0.1
"""Seconds between two checks while a window shows the picture."""


class PacedSource(Source):
    """A source whose pace is the requested one, adjusted to the current situation."""

    def __init__(
        self, source: Source, adjust: Callable[[float], float], seen: Callable[[Frame], None] = lambda _: None
    ) -> None:
        """Wrap a source.

        Args:
            source: The source of the frames.
            adjust: Maps the requested seconds between two checks to the seconds to use now.
            seen: Called with each frame before it is searched for people.
        """
        self._source, self._adjust, self._seen = source, adjust, seen
        self.info = source.info

    def __iter__(self) -> Iterator[Frame]:
        for frame in self._source:
            self._seen(frame)
            yield frame

    def pace(self, seconds: float) -> None:
        """Request one frame every `seconds`, before adjustment."""
        self._source.pace(self._adjust(seconds))

    def close(self) -> None:
        """Release the source."""
        self._source.close()
