"""The engine's view of its camera: the same source, looked at more often while somebody watches, more seldom on battery."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from posturecam.vision.frame import Frame, Source

PREVIEW_SECONDS = 0.1
"""Between two looks while a window shows the picture."""


class PacedSource(Source):
    """A source whose pace is what the program wishes, as changed by the moment."""

    def __init__(self, source: Source, adjust: Callable[[float], float]) -> None:
        """Wrap a source.

        Args:
            source: What gives the frames.
            adjust: From the wished pause between two looks to the one that is right now, seconds.
        """
        self._source, self._adjust = source, adjust
        self.info = source.info

    def __iter__(self) -> Iterator[Frame]:
        yield from self._source

    def pace(self, seconds: float) -> None:
        """Ask for one frame every so many seconds, as adjusted."""
        self._source.pace(self._adjust(seconds))

    def close(self) -> None:
        """Release the source."""
        self._source.close()
