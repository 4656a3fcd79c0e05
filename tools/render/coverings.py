"""What covers a head: a medical mask, a headscarf, a veil, a cap, a woolly hat.

All are cloth hung around the head: a grid of points around its axis, as far out as the body there and, from the chin or the nose
down, at least as far out as above, since cloth falls straight down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tools.render import garments, hair, skin
from tools.render.gl import Surface
from tools.render.makehuman import SKIN_VERTICES, Floats
from tools.render.parts import Mesh, grid_quads, joined, noise, tube
from tools.render.regions import Regions

Kind = Literal["none", "mask", "headscarf", "veil", "cap", "woolly hat"]
PAPER = Surface((0.5, 0.5, 0.5), roughness=0.9, grain=0.03, gloss=0.05)
CLOTH = Surface((0.5, 0.5, 0.5), roughness=0.95, grain=0.06, grain_scale=220, bump=0.15, gloss=0.05)
COLUMNS, ROWS, MASK_COLUMNS, MASK_ROWS = 96, 72, 61, 30
"""Points of the grids, around the head and from its top down."""
ALL_AROUND = np.linspace(-np.pi, np.pi, COLUMNS, endpoint=False)
"""The angles of the columns; 0 is ahead, π/2 the left."""
SCARF_THICKNESS, CAP_THICKNESS, HAT_THICKNESS, MASK_DISTANCE = 0.010, 0.012, 0.014, 0.0035
"""How far cloth is off the head, meters; flat hair is under it."""
OVER_COLLAR = 0.014
"""How much farther out a scarf is below the chin, over a collar, meters."""
BRIDGE_BELOW_EYES, CHIN_BELOW_MOUTH = 0.010, 0.052
"""Where the bridge of the nose and the chin are, meters."""
WIDEST = 0.19
"""Cloth over the shoulders lies at most this far from the neck, meters."""


@dataclass(frozen=True)
class Covering:
    """A covering's mesh at rest, and what it is made of."""

    mesh: Mesh
    surface: Surface
    weights: Mapping[str, Floats]
    """How strongly its points follow bones, shape (n,) for each."""
    cut: Floats
    """Per point, meters: it is cut away where this is negative."""


@dataclass(frozen=True)
class _Hung:
    """Cloth as a grid: heights and distances from the axis of the head, shape (rows, columns), meters."""

    angles: Floats
    heights: Floats
    radius: Floats


class _Outline:
    """How far out the body is around the axis of the head."""

    def __init__(self, regions: Regions) -> None:
        self.regions = regions
        points = regions.body.rest[:SKIN_VERTICES]
        near = points[(regions.along_arm[:SKIN_VERTICES] < 0.05) & (points[:, 2] > regions.neck[2] - 0.25)]
        self._axis = np.array([0.0, float(regions.ear[1]) - 0.01])
        flat = near[:, :2] - self._axis
        self._angle, self._radius, self._z = np.arctan2(flat[:, 0], -flat[:, 1]), np.hypot(*flat.T), near[:, 2]
        self.mouth = hair.mouth_height(points, skin.painted_mask("mpfb_lips.jpg")[:SKIN_VERTICES])
        self.chin = self.mouth - CHIN_BELOW_MOUTH
        self.eyes, self.ears = float(regions.eye[2]), float(regions.ear[2])
        self.bridge = self.eyes - BRIDGE_BELOW_EYES

    def radius(self, angles: Floats, heights: Floats) -> Floats:
        """At each point of a grid, shape (rows, columns), meters: the farthest that the body reaches near it."""
        found = np.zeros(heights.shape)
        for column, angle in enumerate(angles):
            near = np.abs((self._angle - angle + np.pi) % (2 * np.pi) - np.pi) < 0.11
            level = np.abs(self._z[near] - heights[:, column, None]) < 0.012
            found[:, column] = np.where(level, self._radius[near], 0.0).max(axis=1, initial=0.0)
        return found

    def points(self, hung: _Hung) -> Floats:
        """A grid's points, shape (rows × columns, 3)."""
        x = self._axis[0] + hung.radius * np.sin(hung.angles)
        y = self._axis[1] - hung.radius * np.cos(hung.angles)
        return np.stack([x, y, hung.heights], axis=-1).reshape(-1, 3)


def hides_hair(kind: Kind) -> bool:
    """Whether it covers the hair, which would come through the cloth if it were drawn."""
    return kind not in ("none", "mask")


def hides_ears(kind: Kind) -> bool:
    """Whether it covers the ears."""
    return kind in ("headscarf", "veil", "woolly hat")


def covering(regions: Regions, kind: Kind) -> Covering:
    """A covering for a head.

    Raises:
        KeyError: for "none".
    """
    made = {"mask": _mask, "headscarf": _headscarf, "veil": _veil, "cap": _cap, "woolly hat": _hat}[kind]
    return made(_Outline(regions))


def _headscarf(outline: _Outline) -> Covering:
    scarf = _draped(outline, falls_from=outline.chin + 0.006, front=0.11)
    top, bottom = outline.eyes + 0.055, outline.chin - 0.004
    middle, half = (top + bottom) / 2, (top - bottom) / 2
    outside = np.hypot(scarf.angles[None] / 0.80, (scarf.heights - middle) / half) - 1
    return _cloth(outline, scarf, outside * half * 0.6)


def _veil(outline: _Outline) -> Covering:
    veil = _draped(outline, falls_from=outline.bridge, front=0.16)
    high, half, wide = outline.eyes + 0.004, 0.019, 0.72
    outside = np.maximum(np.abs(veil.heights - high) / half, np.abs(veil.angles[None]) / wide) - 1
    return _cloth(outline, veil, outside * half)


def _hat(outline: _Outline) -> Covering:
    eyes, ears = outline.eyes, outline.ears
    low = np.interp(np.abs(ALL_AROUND), [0, 0.6, 1.3, np.pi], [eyes + 0.036, eyes + 0.030, ears + 0.006, ears - 0.020])
    hat = _hung(outline, low, -np.inf, HAT_THICKNESS)
    turned_up = 0.006 * (hat.heights < low + 0.05)
    knitted = 0.001 * np.sin(hat.angles * 48)
    return _cloth(outline, _Hung(hat.angles, hat.heights, hat.radius + turned_up + knitted))


def _cap(outline: _Outline) -> Covering:
    eyes, ears = outline.eyes, outline.ears
    low = np.interp(np.abs(ALL_AROUND), [0, 0.7, 1.5, np.pi], [eyes + 0.050, eyes + 0.046, ears + 0.040, ears + 0.015])
    crown = _cloth(outline, _hung(outline, low, -np.inf, CAP_THICKNESS))
    ahead = np.flatnonzero(np.abs(ALL_AROUND) < 1.05)
    edge = crown.mesh[0].reshape(ROWS, COLUMNS, 3)[-1, ahead]
    out = np.linspace(0, 1, 9)[:, None]
    reach = 0.072 * np.cos(ALL_AROUND[ahead] * 1.35).clip(0) ** 0.5
    drop = -0.016 * out**1.5 * np.ones_like(reach)
    visor = edge + np.stack([0.25 * out * reach * np.sin(ALL_AROUND[ahead]), -out * reach, drop], axis=-1)
    layers = [(layer.reshape(-1, 3), grid_quads(*layer.shape[:2])) for layer in (visor, visor - [0, 0, 0.003])]
    return _rigid(joined([crown.mesh, *layers]), CLOTH)


def _mask(outline: _Outline) -> Covering:
    bridge, mouth, chin = outline.bridge, outline.mouth, outline.chin
    angles = np.linspace(-1.15, 1.15, MASK_COLUMNS)
    top = np.interp(
        np.abs(angles), [0, 0.25, 0.6, 1.15], [bridge - 0.012, bridge - 0.020, bridge - 0.030, mouth + 0.012]
    )
    bottom = np.interp(np.abs(angles), [0, 0.5, 1.15], [chin - 0.010, chin - 0.006, mouth - 0.030])
    share = np.linspace(0, 1, MASK_ROWS)[:, None]
    heights = top - share * (top - bottom)
    radius = outline.radius(angles, heights)
    for row in range(1, MASK_ROWS):  # falls straight down from the nose, then curves in under the chin
        inwards = 0.0 if share[row, 0] < 0.72 else 0.0045
        radius[row] = np.maximum(radius[row], radius[row - 1] - inwards)
    pleats = 0.0008 * np.sin(share * 40)
    radius = np.maximum(_smoothed(radius, 5, "edge"), radius - 0.001) + MASK_DISTANCE + pleats
    points = outline.points(_Hung(angles, heights, radius))
    pieces: list[Mesh] = [(points, grid_quads(MASK_ROWS, MASK_COLUMNS))]
    corners = points.reshape(MASK_ROWS, MASK_COLUMNS, 3)
    ear = outline.regions.ear * [np.sign(outline.regions.ear[0]), 1, 1] + [0.006, 0.012, 0]
    for side, column in ((-1, 0), (1, -1)):
        for row, up in ((0, 0.022), (-1, -0.012)):
            start, end = corners[row, column], (ear + np.array([0, 0, up])) * [side, 1, 1]
            loop = start + np.linspace(0, 1, 6)[:, None] * (end - start) + [side * 0.002, 0, 0]
            pieces.append(tube(loop, 0.0013, sides=6))
    return _rigid(joined(pieces), PAPER)


def _draped(outline: _Outline, falls_from: float, front: float) -> _Hung:
    """A scarf from the top of the head to the shoulders, and by `front` (meters) lower on the chest, with folds."""
    ahead = np.cos(ALL_AROUND).clip(0)
    hung = _hung(outline, outline.regions.neck[2] - 0.015 - front * ahead**2, falls_from, SCARF_THICKNESS)
    below = ((outline.chin - hung.heights) / 0.06).clip(0, 1)
    smooth = _Hung(hung.angles, hung.heights, hung.radius + OVER_COLLAR * below)
    waves = noise(outline.points(smooth) * [1, 1, 0.35], 0.045, 81).reshape(below.shape)
    waves[0] = 0  # the top is one point
    return _Hung(hung.angles, hung.heights, smooth.radius + (0.0015 + 0.006 * below) * waves)


def _hung(outline: _Outline, low: Floats, falls_from: float, thickness: float) -> _Hung:
    """Cloth from the top of the head down to `low`, a height for each column; below `falls_from` it falls straight down."""
    top = outline.regions.top
    share = np.concatenate([[0.0], np.linspace(0.02, 1, ROWS - 1) ** 1.35])[:, None]
    heights = top - share * (top - low)
    radius = outline.radius(ALL_AROUND, heights)
    radius[0] = 0.0
    for row in range(1, ROWS):
        # Higher up the limit only bridges gaps where the body has no point nearby.
        least = np.where(heights[row] < falls_from, 1.0, 0.6)
        radius[row] = np.maximum(radius[row], least * radius[row - 1])
    radius = np.minimum(radius, WIDEST)
    radius = _smoothed(np.maximum(_smoothed(radius, 6, "wrap"), radius - 0.003), 2, "wrap")
    radius = radius + thickness * (share / 0.05).clip(0.3, 1)
    radius[0] = 0.0
    return _Hung(ALL_AROUND, heights + thickness * (1 - share / 0.15).clip(0, 1), radius)


def _smoothed(grid: Floats, times: int, sideways: Literal["edge", "wrap"]) -> Floats:
    for _ in range(times):
        tall = np.pad(grid, ((1, 1), (0, 0)), mode="edge")
        grid = (tall[:-2] + 2 * tall[1:-1] + tall[2:]) / 4
        wide = np.pad(grid, ((0, 0), (1, 1)), mode=sideways)
        grid = (wide[:, :-2] + 2 * wide[:, 1:-1] + wide[:, 2:]) / 4
    return grid


def _cloth(outline: _Outline, hung: _Hung, cut: Floats | None = None) -> Covering:
    """A covering closed around the head; it moves with the head and, further below the chin, more and more with the shoulders."""
    points = outline.points(hung)
    high, low = outline.chin + 0.005, float(outline.regions.neck[2]) + 0.02
    head = ((points[:, 2] - low) / (high - low)).clip(0, 1)
    shoulders = garments.shoulder_weights(outline.regions, points)
    weights = {"head": head} | {bone: (1 - head) * share for bone, share in shoulders.items()}
    quads = grid_quads(len(hung.heights), len(hung.angles), closed_columns=True)
    return Covering((points, quads), CLOTH, weights, np.ones(len(points)) if cut is None else cut.ravel())


def _rigid(mesh: Mesh, surface: Surface) -> Covering:
    """A covering that moves with the head alone."""
    whole = np.ones(len(mesh[0]))
    return Covering(mesh, surface, {"head": whole}, whole)
