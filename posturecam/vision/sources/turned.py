"""A source whose pictures are rotated or mirrored before use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np

from posturecam.vision.frame import Frame, Image, Source
from posturecam.vision.orientation import TURNS
from posturecam.vision.sources.opencv import glance_at

_ROTATIONS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


class TurnedSource(Source):
    """Another source with its pictures rotated, then mirrored; closing it closes that source."""

    def __init__(self, source: Source, rotate: int, *, flip: bool = False) -> None:
        """Wrap a source.

        Args:
            source: The source of the frames.
            rotate: Degrees clockwise: 0, 90, 180 or 270.
            flip: Whether to swap left and right.

        Raises:
            ValueError: if it is any other angle.
        """
        if rotate not in TURNS:
            raise ValueError(f"rotate must be 0, 90, 180 or 270, got {rotate}")
        self._source, self._rotate, self._flip = source, rotate, flip
        self.info = replace(source.info, rotated=rotate, mirrored=flip)

    def __iter__(self) -> Iterator[Frame]:
        for frame in self._source:
            if frame.image is None:
                yield frame
                continue
            image = self._turned(frame.image)
            yield replace(frame, image=image, glance=glance_at(frame.t, image))

    @property
    def truncated(self) -> str | None:
        """What the wrapped source says."""
        return self._source.truncated

    def pace(self, seconds: float) -> None:
        """Request one frame per this many seconds."""
        self._source.pace(seconds)

    def close(self) -> None:
        """Release the camera or file."""
        self._source.close()

    def _turned(self, image: Image) -> Image:
        turned = cv2.rotate(image, _ROTATIONS[self._rotate]) if self._rotate else image
        return np.asarray(cv2.flip(turned, 1) if self._flip else turned, np.uint8)
