"""Things worn on the head: glasses and headphones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tools.render.gl import Surface
from tools.render.makehuman import SKIN_VERTICES, Floats
from tools.render.parts import Mesh, grid_quads, joined, tube
from tools.render.regions import Regions

METAL = Surface((0.10, 0.10, 0.11), roughness=0.3, gloss=0.8)
PLASTIC = Surface((0.015, 0.012, 0.010), roughness=0.3, gloss=0.7)
CUSHION = Surface((0.02, 0.02, 0.022), roughness=0.8, gloss=0.2)


@dataclass(frozen=True)
class Frame:
    """A pair of glasses. Lengths in meters."""

    thickness: float
    """Radius of the frame's tube."""
    width: float
    """Half of a lens's width."""
    height: float
    """Half of a lens's height."""
    squareness: float
    """2 is an ellipse, more is squarer."""
    surface: Surface


FRAMES: Mapping[str, Frame] = {
    "thin": Frame(0.0009, 0.0265, 0.0200, 2.4, METAL),
    "thick": Frame(0.0022, 0.0270, 0.0200, 3.6, PLASTIC),
}
"""Glasses by name."""


def _front(regions: Regions, x: float, z: float) -> float:
    """How far forward the face extends within 6 mm of (x, z): y, meters."""
    skin = regions.body.rest[:SKIN_VERTICES]
    near = regions.head[:SKIN_VERTICES] & (np.hypot(np.abs(skin[:, 0]) - x, skin[:, 2] - z) < 0.006)
    return float(skin[near, 1].min())


def glasses(regions: Regions, frame: Frame) -> Mesh:
    """Rims in front of the eyes, a bridge over the nose, and temples to the ears."""
    eye_x, eye_z = float(regions.body.joint("eye.L")[0]), float(regions.eye[2]) - 0.003
    center_x = eye_x + 0.0030
    spots = [
        (center_x + a * frame.width, eye_z + b * frame.height) for a in (-0.4, 0, 0.5, 0.9) for b in (-0.9, 0, 0.9)
    ]
    plane = min(_front(regions, x, z) for x, z in spots) - 0.003
    angle = np.linspace(0, 2 * np.pi, 41)[:-1]
    power = 2 / frame.squareness
    across = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** power * frame.width
    up = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** power * frame.height
    up = np.where(up < 0, up * (1 - 0.06 * across / frame.width), up)
    pieces = []
    ears = regions.body.rest[regions.ears]
    left_ear = ears[ears[:, 0] > 0]
    ear_top = np.array([left_ear[:, 0].min() + 0.006, regions.ear[1] + 0.004, float(regions.ear[2]) + 0.034])
    for side in (-1, 1):
        curve = 0.35 * (center_x + across - 0.02).clip(0) ** 2 / 0.06  # rims follow the curve of the face
        rim = np.stack([side * (center_x + across), plane + curve, eye_z + up], axis=1)
        pieces.append(tube(rim, frame.thickness, sides=8, closed=True))
        hinge = np.array([center_x + frame.width * 0.98, plane + 0.006, eye_z + 0.5 * frame.height])
        out = np.array([center_x + frame.width + 0.005, plane + 0.014, hinge[2]])
        end = ear_top + np.array([0.004, 0.020, -0.022])
        temple = np.array([hinge, out, (out + ear_top) / 2 + [0.003, 0, 0], ear_top, end]) * [side, 1, 1]
        pieces.append(tube(_smooth(temple), max(frame.thickness * 0.9, 0.0010), sides=6))
    inner = center_x - frame.width
    nose = min(_front(regions, 0.0, eye_z + 0.004), plane) - 0.003
    height = eye_z + 0.25 * frame.height
    bridge = np.array(
        [[-inner, plane, height], [-inner * 0.5, nose, height + 0.004], [0, nose - 0.001, height + 0.005]]
    )
    bridge = np.concatenate([bridge, bridge[1::-1] * [-1, 1, 1]])
    pieces.append(tube(_smooth(bridge), frame.thickness, sides=8))
    return joined(pieces)


def _smooth(corners: Floats, count: int = 24) -> Floats:
    """A path through corners, rounded (Catmull-Rom), shape (count, 3)."""
    padded = np.concatenate([2 * corners[:1] - corners[1:2], corners, 2 * corners[-1:] - corners[-2:-1]])
    where = np.linspace(0, len(corners) - 1 - 1e-6, count)
    i, t = where.astype(int), (where % 1)[:, None]
    a, b, c, d = (padded[i + k] for k in range(4))
    return np.asarray(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))


def headphones(regions: Regions, hair: float) -> tuple[Mesh, Mesh]:
    """Headphones that cover the ears, over hair of this height (meters).

    Returns:
        Band with shells, and cushions.
    """
    ears = regions.body.rest[regions.ears]
    left = ears[ears[:, 0] > 0]
    middle = (left.min(axis=0) + left.max(axis=0)) / 2
    skull = left[:, 0].min()
    inside = skull + 0.006
    shells, cushions = [], []
    radius_y, radius_z = 0.038, 0.045
    angle = np.linspace(0, 2 * np.pi, 33)[:-1]
    for side in (-1, 1):

        def ring(out: float, size: float, side: int = side) -> Floats:
            return np.stack(
                [
                    np.full(32, side * out),
                    middle[1] + radius_y * size * np.cos(angle),
                    middle[2] + radius_z * size * np.sin(angle),
                ],
                axis=1,
            )

        outer = [(inside + 0.018, 0.98), (inside + 0.034, 0.95), (inside + 0.042, 0.78), (inside + 0.044, 0.01)]
        shells.append((np.concatenate([ring(*one) for one in outer]), grid_quads(4, 32, closed_columns=True)))
        inner = [(inside - 0.004, 0.62), (inside - 0.002, 0.92), (inside + 0.008, 1.03), (inside + 0.018, 1.0)]
        cushions.append((np.concatenate([ring(*one) for one in inner]), grid_quads(4, 32, closed_columns=True)))
    turn = np.linspace(0, np.pi, 33)
    top = regions.top + 0.008 + hair - middle[2]
    wide = inside + 0.026
    reach = np.abs(np.cos(turn)) ** 0.8 * np.sign(np.cos(turn)) * wide
    path = np.stack(
        [reach, np.full(33, middle[1] + 0.004), middle[2] + 0.01 + (top - 0.01) * np.sin(turn) ** 0.85], axis=1
    )
    band, quads = tube(path, 0.006, sides=10)
    center = np.repeat(path, 10, axis=0)
    band = center + (band - center) * [1.0, 2.4, 1.0]  # flat and wide
    shells.append((band, quads))
    return joined(shells), joined(cushions)
