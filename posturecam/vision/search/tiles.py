"""Which parts of a picture are searched for somebody, and in which part somebody found is followed. Pure.

The detector looks at whatever it is given as a square of 224 pixels: somebody who fills a quarter of the picture's width
is found by chance. In a part of the picture they are as large as somebody near. The networks know upright people best, so
a part may also be looked at on its side.
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
"""Sides of the squares that are searched, in shares of the picture's shorter side. At 3.5 m and 70° across, somebody in child's
pose is a quarter of the picture's width, which is half the smaller square."""
STEP = 0.5
"""Neighbouring squares are at most this share of their side apart, so that somebody half as large is wholly in one of them."""
ROOMY, WIDE = 2.2, 3.0
"""Sides of a square about somebody, in the larger side of the box about their landmarks. On rendered people all joints of the near side
are right in 0.95 of these squares, and in 0.68 where the square is but 1.5 boxes wide."""
SMALLEST = 96
"""Side of the smallest part that is looked at, pixels."""
STILL_ROOMY = (1.7, 3.2)
"""A square is left as it is while its side is within these many box sizes."""
DEAD_ZONE = 0.12
"""And while the middle of the box is within this share of the side of the square's middle."""
GLIDE = 0.05
"""How far a square that follows goes in one picture at most, in its own side: the tracker within must not lose who is in it."""
NEVER_TURNED, LEFT_TURN, RIGHT_TURN = 0, 1, 3
"""Quarter turns against the clock before a part is looked at."""


@dataclass(frozen=True, slots=True)
class Box:
    """The rectangle about somebody's landmarks, pixels of the picture."""

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
        """Of the rectangle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


def box_of(pose: Pose) -> Box:
    """The rectangle about all landmarks, guessed ones too, as far as it is in the picture."""
    points = np.clip(pose.points, 0, (pose.width, pose.height))
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return Box(left, top, right, bottom)


@dataclass(frozen=True, slots=True)
class SearchTile:
    """One part of a picture, which may be looked at turned."""

    left: int
    top: int
    width: int
    height: int
    turns: int = NEVER_TURNED

    @classmethod
    def square(cls, middle: tuple[float, float], side: float, picture: tuple[int, int], turns: int = 0) -> Self:
        """A square about a point, shifted into a picture of this width and height; cut to it where it is larger."""
        width, height = (round(min(max(side, SMALLEST), most)) for most in picture)
        left = round(min(max(middle[0] - width / 2, 0), picture[0] - width))
        top = round(min(max(middle[1] - height / 2, 0), picture[1] - height))
        return cls(left, top, width, height, turns)

    @classmethod
    def whole(cls, picture: tuple[int, int], turns: int = 0) -> Self:
        """All of a picture of this width and height."""
        return cls(0, 0, *picture, turns)

    @property
    def middle(self) -> tuple[float, float]:
        """Of the part, pixels of the picture."""
        return self.left + self.width / 2, self.top + self.height / 2

    @property
    def side(self) -> int:
        """The larger of width and height."""
        return max(self.width, self.height)

    def cut_from(self, image: Image) -> Image:
        """This part of a picture, turned."""
        part = image[self.top : self.top + self.height, self.left : self.left + self.width]
        return np.rot90(part, self.turns) if self.turns else part

    def back(self, found: Pose, picture: tuple[int, int]) -> Pose:
        """What was found in this part, in pixels of the picture of this width and height."""
        return replace(
            found,
            width=picture[0],
            height=picture[1],
            points=self._points_back(found.points) + np.array([self.left, self.top], np.float32),
            world=self._directions_back(found.world),
        )

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
    """All parts of a picture of this width and height that are searched, the likeliest first.

    Where somebody was last comes first, then the whole picture, then squares from the largest on: whoever is near is found
    first. Squares of one size go from the last place outwards, or else from the middle of the picture.
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
    """Middles of squares that cover a length, evenly, no further apart than `STEP`."""
    free = length - side
    count = math.ceil(free / (STEP * side)) + 1 if free > 0 else 1
    return [side / 2 + free * index / max(count - 1, 1) for index in range(count)]


def follow(tile: SearchTile, box: Box, picture: tuple[int, int]) -> SearchTile:
    """The part of the next picture: glides after somebody, and grows or shrinks with them, a little at a time."""
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
