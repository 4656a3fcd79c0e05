"""Which parts of a picture to search for somebody, and in which part to track them. Pure.

The detector shrinks whatever it is given to a square of 224 pixels, so it finds somebody who fills a quarter of the
picture's width only by chance. In a part of the picture they are as large as somebody nearby. The networks handle
upright people best, so a part may also be rotated by 90°.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from posturecam.vision.frame import Image
from posturecam.vision.pose import Pose

SIDES = (1.0, 0.65)
"""Sides of the squares that are searched, as fractions of the picture's shorter side. At 3.5 m and a field of view of
70°, somebody in child's pose takes up a quarter of the picture's width, which is half the smaller square."""
STEP = 0.5
"""Neighboring squares are at most this fraction of their side apart, so that somebody half as large lies wholly within
one of them."""
ROOMY, WIDE = 2.2, 3.0
"""Sides of a square around somebody, in units of the larger side of their landmarks' box. On rendered people all joints
of the near side are right in 95% of these squares, and in 68% if the square is only 1.5 boxes wide."""
SMALLEST = 96
"""Side of the smallest part that is processed, pixels."""
STILL_ROOMY = (1.7, 3.2)
"""A square keeps its size while its side is within this range, in box sizes."""
DEAD_ZONE = 0.12
"""A square keeps its place while the box's center is within this fraction of its side from its own center."""
GLIDE = 0.05
"""The most a square moves per picture, as a fraction of its side: the tracker must not lose the person in it."""
NEVER_TURNED, LEFT_TURN, RIGHT_TURN = 0, 1, 3
"""Counter-clockwise quarter turns applied to a part before it is processed."""


@dataclass(frozen=True, slots=True)
class Box:
    """The bounding rectangle of somebody's landmarks, pixels of the picture."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def size(self) -> float:
        """The larger of width and height."""
        return max(self.right - self.left, self.bottom - self.top, 1.0)

    @property
    def middle(self) -> tuple[float, float]:
        """The rectangle's center."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


def box_of(pose: Pose) -> Box:
    """The bounding rectangle of all landmarks, guessed ones included, clipped to the picture."""
    points = np.clip(pose.points, 0, (pose.width, pose.height))
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return Box(left, top, right, bottom)


@dataclass(frozen=True, slots=True)
class SearchTile:
    """One part of a picture, which may be rotated before it is processed."""

    left: int
    top: int
    width: int
    height: int
    turns: int = NEVER_TURNED

    @classmethod
    def square(cls, middle: tuple[float, float], side: float, picture: tuple[int, int], turns: int = 0) -> Self:
        """A square around a point, shifted to lie within a picture of this width and height, and clipped if it is larger."""
        width, height = (round(min(max(side, SMALLEST), most)) for most in picture)
        left = round(min(max(middle[0] - width / 2, 0), picture[0] - width))
        top = round(min(max(middle[1] - height / 2, 0), picture[1] - height))
        return cls(left, top, width, height, turns)

    @classmethod
    def whole(cls, picture: tuple[int, int], turns: int = 0) -> Self:
        """The whole of a picture of this width and height."""
        return cls(0, 0, *picture, turns)

    @property
    def middle(self) -> tuple[float, float]:
        """The part's center, pixels of the picture."""
        return self.left + self.width / 2, self.top + self.height / 2

    @property
    def side(self) -> int:
        """The larger of width and height."""
        return max(self.width, self.height)

    def contains(self, point: Sequence[float]) -> bool:
        """Whether a point of the picture lies in this part."""
        x, y = point
        return self.left <= x < self.left + self.width and self.top <= y < self.top + self.height

    def cut_from(self, image: Image) -> Image:
        """This part of a picture, rotated."""
        part = image[self.top : self.top + self.height, self.left : self.left + self.width]
        return np.rot90(part, self.turns) if self.turns else part

    def back(self, found: Pose, picture: tuple[int, int]) -> Pose:
        """A pose found in this part, in pixels of the picture, which has this width and height."""
        return replace(
            found,
            width=picture[0],
            height=picture[1],
            points=self._points_back(found.points) + np.array([self.left, self.top], np.float32),
            world=self._directions_back(found.world),
        )

    def forth(self, pose: Pose) -> Pose:
        """A pose of the picture, in pixels of this part, which must not be rotated."""
        away = np.array([self.left, self.top], np.float32)
        return replace(pose, width=self.width, height=self.height, points=pose.points - away)

    def _points_back(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        x, y = points.T
        if self.turns == LEFT_TURN:
            x, y = self.width - y, x
        elif self.turns == RIGHT_TURN:
            x, y = y, self.height - x
        return np.stack([x, y], axis=1)

    def _directions_back(self, world: NDArray[np.float32]) -> NDArray[np.float32]:
        x, y, z = world.T
        if self.turns == LEFT_TURN:
            x, y = -y, x
        elif self.turns == RIGHT_TURN:
            x, y = y, -x
        return np.stack([x, y, z], axis=1)


def search_order(picture: tuple[int, int], last: Box | None, turns: int = 0) -> Sequence[SearchTile]:
    """All parts to search in a picture of this width and height, the likeliest first.

    The last known place comes first, then the whole picture, then squares from the largest down: somebody nearby is
    found first. Squares of one size proceed outwards from the last known place, or else from the center of the picture.
    """
    middle = last.middle if last is not None else (picture[0] / 2, picture[1] / 2)
    about = [SearchTile.square(middle, factor * last.size, picture, turns) for factor in (ROOMY, WIDE)] if last else []
    squares = [square for share in SIDES for square in _grid(picture, share * min(picture), middle, turns)]
    return tuple(dict.fromkeys([*about, SearchTile.whole(picture, turns), *squares]))


def _grid(picture: tuple[int, int], side: float, middle: tuple[float, float], turns: int) -> list[SearchTile]:
    places = [_spread(length, side) for length in picture]
    tiles = [SearchTile.square((x, y), side, picture, turns) for x in places[0] for y in places[1]]
    return sorted(tiles, key=lambda tile: math.dist(tile.middle, middle))


def _spread(length: int, side: float) -> list[float]:
    """Centers of squares that cover a length evenly, no farther apart than `STEP`."""
    free = length - side
    count = math.ceil(free / (STEP * side)) + 1 if free > 0 else 1
    return [side / 2 + free * index / max(count - 1, 1) for index in range(count)]


def follow(tile: SearchTile, box: Box, picture: tuple[int, int]) -> SearchTile:
    """The part to use in the next picture: it follows the person, and grows or shrinks with them, a little at a time."""
    roomy = ROOMY * box.size
    if STILL_ROOMY[0] * box.size <= tile.side <= STILL_ROOMY[1] * box.size:
        roomy = tile.side
    most = GLIDE * tile.side
    side = min(max(roomy, tile.side - most), tile.side + most)
    away = [there - here for there, here in zip(box.middle, tile.middle, strict=True)]
    if all(abs(way) <= DEAD_ZONE * tile.side for way in away):
        away = [0.0, 0.0]
    moved = [here + min(max(way, -most), most) for here, way in zip(tile.middle, away, strict=True)]
    return SearchTile.square((moved[0], moved[1]), side, picture, tile.turns)
