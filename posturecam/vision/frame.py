"""The frames of a source: a picture, or a moment without one, and its time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from posturecam.vision.pose import Pose
from posturecam.vision.scene import Glance

Image = NDArray[np.uint8]
"""A picture of shape (height, width, 3), BGR, 8 bits per channel, as in OpenCV."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One moment of a source.

    A frame without an image is not an error: either the landmarks were recorded (`recorded` is set, and `pose` may be
    None if nobody was there), or the source has nothing to show at this moment and `problem` says why.
    """

    t: float
    """Seconds on the source's own clock: the file's timestamps, or a clock that keeps running during sleep."""
    image: Image | None = None
    recorded: bool = False
    """True if `pose` was recorded earlier, so no model is needed."""
    pose: Pose | None = None
    problem: str | None = None
    """Why there is no usable picture ("the camera was unplugged"), or None."""
    glance: Glance | None = None
    """The glance of the picture, if the source has made one already."""
    closely: bool = False
    """Whether to run the model even if little has changed since the last frame."""


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What is known about a source before its first frame."""

    name: str
    """Display name: a camera's or a file's; may be a `Message`."""
    key: str
    """Stable identity under which a baseline is saved: a camera's device path or USB identity, or a file's name."""
    live: bool
    """True for a camera: its time is real time, and it never ends on its own."""
    duration: float | None = None
    """Seconds, where known."""
    former_keys: tuple[str, ...] = ()
    """Identities under which posturecam 0.1.0 may have saved baselines of this camera, and of no other camera
    present."""
    notice: str | None = None
    """What people should know before, such as which files of a folder are not read; may be a `Message`."""
    single_pictures: bool = False
    """Whether its frames are pictures by themselves, in which nothing lasts or moves."""
    recorded: bool = False
    """Whether its frames are recorded landmarks, without pictures that could be turned."""
    rotated: int = 0
    """Clockwise degrees by which its pictures were rotated before use: 0, 90, 180 or 270."""
    mirrored: bool = False
    """Whether they were mirrored after that."""

    def rotation_for(self, turn: int) -> int:
        """By how many degrees to rotate its pictures in all, so that they come out turned clockwise by `turn` more."""
        return (self.rotated + (-turn if self.mirrored else turn)) % 360

    @property
    def keys(self) -> tuple[str, ...]:
        """The key, followed by the former ones."""
        return (self.key, *self.former_keys)


class Source(Protocol):
    """An iterable of frames, closed by leaving its `with` block.

    Sources that inherit from it get a `pace` without effect, a `close` with nothing to release, no wait, and nothing missing.
    """

    info: SourceInfo
    wait: float = 0.0
    """Seconds to wait before the next frame; 0 if iterating does the waiting."""

    @property
    def truncated(self) -> str | None:
        """Once iterated: what part of a file could not be read, to be shown to people; None if nothing is missing."""
        return None

    def __iter__(self) -> Iterator[Frame]: ...

    def pace(self, seconds: float) -> None:
        """Request one frame every `seconds`; only live sources use it."""
        return

    def close(self) -> None:
        """Release the camera or file. Safe to call twice."""
        return

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
