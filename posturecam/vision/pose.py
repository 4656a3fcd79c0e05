"""One person's landmarks in one picture, in pixels."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from posturecam.vision.head import HeadLook, NoHead


class Landmark(IntEnum):
    """The 33 BlazePose landmarks; left and right are the person's own."""

    NOSE = 0
    LEFT_EYE_INNER = 1
    LEFT_EYE = 2
    LEFT_EYE_OUTER = 3
    RIGHT_EYE_INNER = 4
    RIGHT_EYE = 5
    RIGHT_EYE_OUTER = 6
    LEFT_EAR = 7
    RIGHT_EAR = 8
    MOUTH_LEFT = 9
    MOUTH_RIGHT = 10
    LEFT_SHOULDER = 11
    RIGHT_SHOULDER = 12
    LEFT_ELBOW = 13
    RIGHT_ELBOW = 14
    LEFT_WRIST = 15
    RIGHT_WRIST = 16
    LEFT_PINKY = 17
    RIGHT_PINKY = 18
    LEFT_INDEX = 19
    RIGHT_INDEX = 20
    LEFT_THUMB = 21
    RIGHT_THUMB = 22
    LEFT_HIP = 23
    RIGHT_HIP = 24
    LEFT_KNEE = 25
    RIGHT_KNEE = 26
    LEFT_ANKLE = 27
    RIGHT_ANKLE = 28
    LEFT_HEEL = 29
    RIGHT_HEEL = 30
    LEFT_FOOT_INDEX = 31
    RIGHT_FOOT_INDEX = 32

    @property
    def spoken(self) -> str:
        """The landmark's name as used in a sentence, such as "left ear"."""
        return _SPOKEN.get(self.name) or self.name.lower().replace("_", " ")


_SPOKEN = {
    f"{side}_{part}": f"{side.lower()} {words}"
    for side in ("LEFT", "RIGHT")
    for part, words in (
        ("EYE_INNER", "eye's inner corner"),
        ("EYE_OUTER", "eye's outer corner"),
        ("PINKY", "little finger"),
        ("INDEX", "index finger"),
        ("FOOT_INDEX", "toes"),
    )
} | {f"MOUTH_{side}": f"{side.lower()} corner of the mouth" for side in ("LEFT", "RIGHT")}
"""Landmarks whose own names mean little to people."""


LANDMARKS = tuple(Landmark)
"""Indexed by number: a look-up through the enum class takes several times as long."""
LANDMARK_COUNT = len(LANDMARKS)
HEAD = slice(Landmark.NOSE, Landmark.MOUTH_RIGHT + 1)
"""The head landmarks within a pose's points."""

_SHAPES = (("points", (LANDMARK_COUNT, 2)), ("visibility", (LANDMARK_COUNT,)), ("world", (LANDMARK_COUNT, 3)))

WIDTH_OVER_EAR_HEIGHT = 1.75
"""Shoulder width ÷ height of the ears above the shoulders, sitting upright and facing the camera: 1.6–1.9 on
photographs and renders."""


@lru_cache(16)
def _edges(width: int, height: int) -> NDArray[np.float32]:
    """Where pictures of this size end, pixels: making it takes a quarter of the time that a pose takes."""
    return np.array((width, height), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """One person's landmarks at one moment.

    Landmarks outside the image, and landmarks that are not finite, count as unseen whatever visibility the model
    reports: at a desk BlazePose invents hips below the frame with fair visibility. Their visibility is set to 0 on
    construction.

    Raises:
        ValueError: if an array has the wrong shape or the image size is not positive.
    """

    t: float
    """Seconds, the frame's time."""
    width: int
    """Image width, pixels."""
    height: int
    points: NDArray[np.float32]
    """Shape (33, 2): x to the right and y down, pixels."""
    visibility: NDArray[np.float32]
    """Shape (33,): 0 to 1."""
    world: NDArray[np.float32] = field(
        default_factory=lambda: np.full((LANDMARK_COUNT, 3), np.nan, np.float32), repr=False
    )
    """Shape (33, 3): the model's own estimate in meters around the hips' center (x right, y down, z away from the
    camera)."""
    head: HeadLook = NoHead.NOT_LOOKED
    """The head as measured from the face, or why there is no measurement."""
    beyond: bool = False
    """Whether landmarks outside the picture may have been seen: this pose was computed from that of a camera that looked
    elsewhere."""

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"image size must be positive, got {self.width}x{self.height}")
        for name, shape in _SHAPES:
            got = getattr(self, name).shape
            if got != shape:
                raise ValueError(f"{name} must have shape {shape}, got {got}")
        # What is not finite is not within the picture either.
        points, edges = self.points, _edges(self.width, self.height)
        inside = np.isfinite(points) if self.beyond else (points >= 0) & (points < edges)
        trusted = np.zeros(LANDMARK_COUNT, np.float32)
        seen = inside[:, 0] & inside[:, 1] & np.isfinite(self.visibility)
        np.copyto(trusted, self.visibility, casting="same_kind", where=seen)
        object.__setattr__(self, "visibility", trusted)

    def sees(self, landmark: Landmark, at_least: float) -> bool:
        """Whether the landmark lies in the image and its visibility (0 to 1) is at least this."""
        seen = self.visibility.item(landmark)
        return seen > 0 and seen >= at_least

    def at(self, landmark: Landmark) -> NDArray[np.float64]:
        """The landmark's position, shape (2,), pixels; check `sees` first."""
        return np.asarray(self.points[landmark], dtype=np.float64)


def same_landmarks(one: Pose | None, other: Pose | None) -> bool:
    """Whether both poses share the same, reused landmarks; also true if both are None."""
    return one is other or (one is not None and other is not None and one.points is other.points)
