"""Frames from memory in place of a camera or a file."""

from collections.abc import Iterable, Iterator

from posturecam.vision.frame import Frame, Source, SourceInfo
from posturecam.vision.pose import Pose


class FramesInMemory(Source):
    """Gives the frames it was made with."""

    def __init__(self, frames: Iterable[Frame], live: bool = False) -> None:
        self.info = SourceInfo("memory", "memory", live=live)
        self._frames = list(frames)

    def __iter__(self) -> Iterator[Frame]:
        return iter(self._frames)


def no_model(frame: Frame) -> Pose | None:
    """Stands in for the estimator where landmarks were recorded."""
    raise AssertionError("recorded landmarks need no model")
