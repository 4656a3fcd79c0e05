"""Figures made of limbs that get thinner towards their ends, and how they are drawn. Lengths are shares of the body's height."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from posturecam.drawing.canvas import Canvas, Color

Vector = NDArray[np.float64]
"""Shape (2,): x to the right, y up, body heights."""


class Tone(Enum):
    """What a part of the picture is, which decides its color."""

    PROP = (102, 110, 122)
    FAR = (134, 141, 152)
    NEAR = (232, 234, 238)
    STRETCHED = (240, 178, 92)
    ARROW = (120, 190, 245)


@dataclass(frozen=True, slots=True, eq=False)
class Limb:
    """A limb that gets thinner from one end to the other."""

    start: Vector
    end: Vector
    start_radius: float
    end_radius: float
    tone: Tone
    chain: int
    """Limbs of one chain have no rim between them."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrow:
    """Where something moves to."""

    path: NDArray[np.float64]
    """Shape (n, 2)."""


@dataclass(slots=True)
class PoseFigure:
    """Limbs, arrows and joints, to be drawn."""

    limbs: list[Limb] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    joints: dict[str, Vector] = field(default_factory=dict)
    chains: int = 0
    rims: set[int] = field(default_factory=set)
    """Chains in front of others, shown by a rim."""
    cut: float | None = None
    """Nothing below this is shown, for exercises of the upper body; there is then no floor."""
    face: tuple[Vector, Vector] | None = None
    """Two eyes, if the figure faces the viewer."""

    def limb(self, points: Sequence[Vector], radii: Sequence[float], tone: Tone) -> None:
        """A chain of limbs through points, with a radius at each."""
        self.chains += 1
        for index in range(len(points) - 1):
            self.limbs.append(Limb(points[index], points[index + 1], radii[index], radii[index + 1], tone, self.chains))

    def prop(self, *corners: tuple[float, float], thickness: float = 0.018) -> None:
        """A line of furniture."""
        self.limb([np.array(corner) for corner in corners], [thickness] * len(corners), Tone.PROP)

    def arrow(self, joint: str, *path: tuple[float, float]) -> None:
        """An arrow along a path given from a joint."""
        self.arrows.append(Arrow(np.array([self.joints[joint] + np.array(step) for step in path])))

    def turn(self, joint: str, radius: float, begin: float, end: float) -> None:
        """A bent arrow about a joint, from one direction to another."""
        turns = np.radians(np.linspace(begin, end, 24))
        self.arrows.append(Arrow(self.joints[joint] + radius * np.stack([np.cos(turns), np.sin(turns)], axis=1)))


Extent = tuple[Vector, Vector]
"""The lowest and the highest x and y."""


def draw_figure(pen: Canvas, figure: PoseFigure, ground: Color, within: Extent | None = None) -> None:
    """Draw a figure so that it fills the picture, or, for one that moves, so that this extent does.

    Args:
        pen: The pen.
        figure: The figure.
        ground: The background color; limbs in front of others have a rim of it.
        within: The extent to show; by default the figure's.
    """
    width, height = pen.width, pen.height
    low, high = extent(figure) if within is None else within
    margin = 0.05 * min(width, height)
    size = high - low
    bottom = height - (margin if figure.cut is None else 0)
    scale = min((width - 2 * margin) / size[0], (bottom - margin) / size[1])
    middle = (low + high) / 2
    lowest = bottom + scale * low[1] if figure.cut is not None else (margin + bottom) / 2 + scale * middle[1]
    origin = np.array([width / 2 - scale * middle[0], lowest])

    def at(point: Vector) -> Vector:
        return np.array([origin[0] + scale * point[0], origin[1] - scale * point[1]])

    if figure.cut is None:
        floor = at(np.array([0.0, low[1]]))[1]
        ends = np.array([margin, floor]), np.array([width - margin, floor])
        pen.line(*ends, Tone.PROP.value, max(round(0.012 * scale), 1))

    def draw(limb: Limb, color: Color, wider: float = 0.0) -> None:
        radii = scale * (limb.start_radius + wider), scale * (limb.end_radius + wider)
        _capsule(pen, at(limb.start), at(limb.end), *radii, color)

    for _, chain in groupby(figure.limbs, lambda limb: limb.chain):
        limbs = list(chain)
        if limbs[0].chain in figure.rims:
            for limb in limbs:
                draw(limb, ground, 0.01)
        for limb in limbs:
            draw(limb, limb.tone.value)
    for eye in figure.face or ():
        pen.disc(at(eye), 0.009 * scale, (70, 76, 86))
    for arrow in figure.arrows:
        _arrow(pen, [at(point) for point in arrow.path], scale)


def extent(figure: PoseFigure) -> Extent:
    """The lowest and highest x and y of anything in it; the floor is at the lowest."""
    around = [
        (end, radius)
        for limb in figure.limbs
        for end, radius in ((limb.start, limb.start_radius), (limb.end, limb.end_radius))
    ]
    around += [(point, 0.02) for arrow in figure.arrows for point in arrow.path]
    low = np.min([point - radius for point, radius in around], axis=0)
    high = np.max([point + radius for point, radius in around], axis=0)
    if figure.cut is not None:
        low[1] = max(low[1], figure.cut)
    return low, high


def _capsule(pen: Canvas, start: Vector, end: Vector, start_radius: float, end_radius: float, color: Color) -> None:
    (x, y), (u, v) = start.tolist(), end.tolist()  # NumPy is slow on two numbers
    length = math.hypot(u - x, v - y)
    if length > 1e-6:
        across, down = (y - v) / length, (u - x) / length
        corners = [
            (x + start_radius * across, y + start_radius * down),
            (u + end_radius * across, v + end_radius * down),
            (u - end_radius * across, v - end_radius * down),
            (x - start_radius * across, y - start_radius * down),
        ]
        pen.polygon(np.array(corners), color)
    pen.disc(start, start_radius, color)
    pen.disc(end, end_radius, color)


def _arrow(pen: Canvas, path: Sequence[Vector], scale: float) -> None:
    thickness, size = max(round(0.016 * scale), 1), 0.045 * scale
    for start, end in pairwise(path):
        pen.line(start, end, Tone.ARROW.value, thickness)
    tip, before = path[-1], path[-2]
    along = (tip - before) / max(float(np.hypot(*(tip - before))), 1e-6)
    normal = np.array([-along[1], along[0]])
    corners = [tip + 0.6 * size * along, tip - 0.4 * size * along + 0.55 * size * normal]
    corners += [tip - 0.4 * size * along - 0.55 * size * normal]
    pen.polygon(np.array(corners), Tone.ARROW.value)
