"""Meshes of the simple shapes that furniture is made of: boxes, cushions, turned shapes, and cloth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tools.render.makehuman import Floats, Indices

Mesh = tuple[Floats, Indices]
"""Vertices, shape (n, 3), meters, and faces, shape (m, 4)."""
Point = tuple[float, float, float]
"""Meters."""

BOX_FACES = np.array([(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)])


def box(low: Point, high: Point) -> Mesh:
    """A box with sharp edges, between two of its corners."""
    corners = np.array([low, high], float)
    picks = np.array([(i, j, k) for i in (0, 1) for j in (0, 1) for k in (0, 1)])
    return corners[picks, [0, 1, 2]], BOX_FACES


def rounded_box(low: Point, high: Point, radius: float) -> Mesh:
    """A box with round edges; draw it smooth.

    Args:
        low: one corner, meters.
        high: the opposite corner, meters.
        radius: of the edges, meters; at most half the shortest side.
    """
    steps = 2  # faces around a quarter of an edge
    start, end = np.array(low, float), np.array(high, float)
    radius = min(radius, 0.499 * float((end - start).min()))
    half, middle = (end - start) / 2 - radius, (start + end) / 2
    quarter = np.linspace(0, np.pi / 2, steps + 1)
    # A sphere cut into octants, each moved into a corner; the faces between them are the flat sides.
    around = np.concatenate([quarter + i * np.pi / 2 for i in range(4)])
    up = np.concatenate([quarter - np.pi / 2, quarter])
    middle_around = np.repeat((np.arange(4) + 0.5) * np.pi / 2, steps + 1)
    corner = np.sign(np.stack([np.cos(middle_around), np.sin(middle_around)], axis=-1))
    rows = []
    for i, angle in enumerate(up):
        upper = 1.0 if i > steps else -1.0
        ball = np.stack([np.cos(angle) * np.cos(around), np.cos(angle) * np.sin(around)], axis=-1)
        flat = corner * half[:2] + radius * ball
        height = np.full((len(around), 1), upper * half[2] + radius * np.sin(angle))
        rows.append(np.concatenate([flat, height], axis=1))
    count = len(around)
    faces = grid_faces(len(up), count, closed=True)
    ends = np.arange(4) * (steps + 1)
    caps = np.array([ends[::-1], (len(up) - 1) * count + ends])
    return np.concatenate(rows) + middle, np.concatenate([faces, caps])


def cushion(low: Point, high: Point, squareness: float = 0.3, bow: float = 0.0) -> Mesh:
    """A padded block (a superellipsoid); draw it smooth.

    Args:
        low: one corner, meters.
        high: the opposite corner, meters.
        squareness: 0 a box, 1 an ellipsoid.
        bow: how far the sides at ±x come forward (−y), meters: a chair's back wraps around the person.
    """
    start, end = np.array(low, float), np.array(high, float)
    up, around = np.linspace(-np.pi / 2, np.pi / 2, 17), np.linspace(0, 2 * np.pi, 33)[:-1]

    def power(value: Floats) -> Floats:
        return np.asarray(np.sign(value) * np.abs(value) ** squareness)

    level, turn = np.meshgrid(up, around, indexing="ij")
    ball = np.stack([power(np.cos(level)) * power(np.cos(turn)), power(np.cos(level)) * power(np.sin(turn))], axis=-1)
    unit_cube = np.concatenate([ball, power(np.sin(level))[..., None]], axis=-1).reshape(-1, 3)
    vertices = (start + end) / 2 + unit_cube * (end - start) / 2
    vertices[:, 1] -= bow * unit_cube[:, 0] ** 2
    return vertices, grid_faces(17, 32, closed=True)


def turned(profile: Sequence[tuple[float, float]], foot: Point, sides: int = 24) -> Mesh:
    """A turned shape: (radius, height) pairs revolved about the vertical through `foot`, meters."""
    angle = np.linspace(0, 2 * np.pi, sides + 1)[:-1]
    rows = [
        np.stack([radius * np.cos(angle), radius * np.sin(angle), np.full(sides, height)], -1)
        for radius, height in profile
    ]
    return np.concatenate(rows) + foot, grid_faces(len(profile), sides, closed=True)


def sheet(low: Point, high: Point, columns: int, rows: int) -> Mesh:
    """An upright rectangle from one corner to the opposite one, divided into columns and rows; row by row from below."""
    start, end = np.array(low, float), np.array(high, float)
    across, up = np.meshgrid(np.linspace(0, 1, columns + 1), np.linspace(0, 1, rows + 1))
    share = np.stack([across, across, up], axis=-1).reshape(-1, 3)
    return start + share * (end - start), grid_faces(rows + 1, columns + 1, closed=False)


def grid_faces(rows: int, columns: int, *, closed: bool) -> Indices:
    """Faces between the vertices of a grid, numbered row by row; `closed` joins the last column to the first."""
    row, column = np.meshgrid(np.arange(rows - 1), np.arange(columns if closed else columns - 1), indexing="ij")
    near, beside = row * columns + column, row * columns + (column + 1) % columns
    return np.stack([near, beside, beside + columns, near + columns], axis=-1).reshape(-1, 4)
