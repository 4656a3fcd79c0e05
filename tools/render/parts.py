"""The parts of a figure: pieces of the base mesh that follow the posed vertices, and loose ones that follow bones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from tools.render.body import Body, Posed
from tools.render.makehuman import Floats, Indices

Mesh = tuple[Floats, Indices]
"""Vertices, shape (n, 3), meters, and quads, shape (faces, 4)."""


def vertex_normals(vertices: Floats, quads: Indices) -> Floats:
    """Unit normals of the vertices of a mesh of quads, weighted by area; shapes (n, 3) and (faces, 4)."""
    across = np.cross(vertices[quads[:, 2]] - vertices[quads[:, 0]], vertices[quads[:, 3]] - vertices[quads[:, 1]])
    summed = scatter(np.repeat(across, 4, axis=0), quads.ravel(), len(vertices))
    return np.asarray(summed / (np.linalg.norm(summed, axis=1, keepdims=True) + 1e-12))


def scatter(values: Floats, where: Indices, count: int) -> Floats:
    """Sum rows of `values`, shape (m, k), into `count` rows by index."""
    columns = [np.bincount(where, column, count) for column in values.T]
    return np.stack(columns, axis=1)


def edges(quads: Indices) -> Indices:
    """The edges of a mesh of quads, each once, shape (edges, 2)."""
    return _edges_and_uses(quads)[0]


def _edges_and_uses(quads: Indices) -> tuple[Indices, Indices, Indices]:
    """The edges; which of them each side of every face is, shape (4 × faces,); and how many faces each belongs to.

    Both ends of an edge are compared as one number, which takes a tenth of the time that NumPy needs for rows.
    """
    sides = np.sort(np.stack([quads, np.roll(quads, -1, axis=1)], axis=2).reshape(-1, 2), axis=1)
    beyond = int(sides.max()) + 1
    both = sides[:, 0].astype(np.int64) * beyond + sides[:, 1]
    found, edge_of, uses = np.unique(both, return_inverse=True, return_counts=True)
    return np.stack(np.divmod(found, beyond), axis=1).astype(sides.dtype), edge_of, uses


class Subdivision:
    """One step of Catmull-Clark subdivision on quads: four faces from each, smoothed.

    The MakeHuman mesh is made for it; unsubdivided, eyelids and lips have visible corners.
    """

    def __init__(self, quads: Indices, count: int) -> None:
        """Take `quads`, shape (faces, 4), over `count` vertices."""
        self._quads, self._count = quads, count
        self._edges, self._edge_of, uses = _edges_and_uses(quads)
        inner = uses > 1
        self._inner = inner[:, None]
        self._faces_at = np.bincount(quads.ravel(), minlength=count)[:, None]
        self._edges_at = np.bincount(self._edges.ravel(), minlength=count)[:, None]
        self._rim_edges = self._edges[~inner]
        self._rim = np.bincount(self._rim_edges.ravel(), minlength=count)[:, None] > 0
        first_edge, first_face = count, count + len(self._edges)
        edges = first_edge + self._edge_of.reshape(-1, 4)
        faces = first_face + np.arange(len(quads))
        self.quads: Indices = np.concatenate(
            [np.stack([quads[:, k], edges[:, k], faces, edges[:, k - 1]], axis=1) for k in range(4)]
        )
        """The finer mesh's faces, shape (4 × faces, 4)."""
        self.count = first_face + len(quads)
        """How many vertices the finer mesh has."""

    def __call__(self, values: Floats) -> Floats:
        """Positions, or any other values at the vertices with shape (count, k), at the finer mesh's vertices."""
        faces = values[self._quads].mean(axis=1)
        ends = values[self._edges]
        middles = ends.mean(axis=1)
        beside = scatter(np.repeat(faces, 4, axis=0), self._edge_of, len(self._edges)) / 2
        edges = np.where(self._inner, (middles + beside) / 2, middles)
        around = scatter(np.repeat(faces, 4, axis=0), self._quads.ravel(), self._count) / np.maximum(self._faces_at, 1)
        between = scatter(np.repeat(middles, 2, axis=0), self._edges.ravel(), self._count) / np.maximum(
            self._edges_at, 1
        )
        valence = np.maximum(self._edges_at, 3)
        moved = (around + 2 * between + (valence - 3) * values) / valence
        rim = self._rim_edges
        along = scatter(values[rim[:, ::-1].ravel()], rim.ravel(), self._count)
        moved = np.where(self._rim, 0.75 * values + 0.125 * along, moved)
        return np.concatenate([moved, edges, faces])


class Patch:
    """Some faces of the base mesh (or its helper suit), with offsets along the normals; follows the posed vertices."""

    def __init__(
        self,
        body: Body,
        faces: Sequence[Sequence[int]],
        *,
        subdivided: int = 1,
        relaxed: int = 0,
        slack: Floats | None = None,
    ) -> None:
        """Cut `faces` (vertex indices of quads) out of the mesh.

        Args:
            body: the owner of the mesh.
            faces: at least one.
            subdivided: number of subdivisions; each makes four faces from one.
            relaxed: rounds of smoothing that stretch cloth over hollows; it never moves inwards.
            slack: how much of that is applied at each base-mesh vertex, 0 to 1; all of it if omitted.
        """
        quads = np.array([list(face) for face in faces], np.int64)
        self.used: Indices = np.unique(quads)
        """Indices into the base mesh."""
        places = np.zeros(len(body.rest), np.int64)
        places[self.used] = np.arange(len(self.used))
        self._coarse: Indices = places[quads]
        self.quads: Indices = self._coarse
        self._subdivisions: list[Subdivision] = []
        count = len(self.used)
        for _ in range(subdivided):
            self._subdivisions.append(Subdivision(self.quads, count))
            self.quads, count = self._subdivisions[-1].quads, self._subdivisions[-1].count
        self._relaxed = relaxed
        self._slack: Floats = np.ones((len(self.used), 1)) if slack is None else slack[self.used, None]
        self._ends = edges(self._coarse)
        self.offset: Floats | float = 0.0
        """Along the normals, meters: one value for all, or one per vertex of the patch."""
        self.rest: Floats = self.placed(body.rest)
        """At rest without the offset, shape (n, 3), meters."""

    def values(self, values: ArrayLike) -> Floats:
        """Values given at every base-mesh vertex, at the patch's vertices; shape (n,) or (n, k)."""
        given = np.asarray(values, float)[self.used]
        flat = given.reshape(len(given), -1)
        finer = self._finer(flat)
        return finer.reshape((len(finer), *given.shape[1:]))

    def placed(self, vertices: Floats) -> Floats:
        """The patch's vertices for a base mesh at `vertices`, shape (n, 3), meters."""
        coarse = vertices[self.used]
        if self._relaxed:
            coarse = self._stretched(coarse)
        points = self._finer(coarse)
        if np.ndim(self.offset) or self.offset:
            points = points + vertex_normals(points, self.quads) * np.reshape(self.offset, (-1, 1))
        return np.asarray(points)

    def _finer(self, values: Floats) -> Floats:
        for step in self._subdivisions:
            values = step(values)
        return values

    def _stretched(self, points: Floats) -> Floats:
        """Cloth over a body: drawn straight across hollows, never into the body."""
        normals = vertex_normals(points, self._coarse)
        each = np.bincount(self._ends.ravel(), minlength=len(points))[:, None]
        smooth = points
        for _ in range(self._relaxed):
            near = scatter(smooth[self._ends[:, ::-1].ravel()], self._ends.ravel(), len(points)) / np.maximum(each, 1)
            outwards = np.maximum(((near - points) * normals).sum(axis=1, keepdims=True), 0)
            smooth = points + normals * outwards * self._slack
        return smooth


class Attached:
    """Separate vertices that follow the bones: hair, glasses, headphones, a hood."""

    def __init__(self, body: Body, rest: Floats, weights: dict[str, ArrayLike]) -> None:
        """Place `rest`, shape (n, 3), meters, relative to the resting body; `weights` are by bone, one value or one per vertex."""
        self.rest = rest
        self._bones = [body.index[name] for name in weights]
        shares = np.stack([np.broadcast_to(np.asarray(share, float), (len(rest),)) for share in weights.values()])
        self._shares: Floats = shares / shares.sum(axis=0)

    def placed(self, posed: Posed) -> Floats:
        """The vertices in a posture, shape (n, 3), meters."""
        points = np.zeros_like(self.rest)
        for bone, share in zip(self._bones, self._shares, strict=True):
            matrix = posed.bones[bone]
            points += share[:, None] * (self.rest @ matrix[:3, :3].T + matrix[:3, 3])
        return points


def tube(path: Floats, radius: ArrayLike, *, sides: int = 8, closed: bool = False) -> Mesh:
    """A round tube along `path`, shape (n, 3), meters; one radius for all points or one for each.

    Returns:
        Vertices (n × sides, 3) and quads. To close an open end to a point, pass a radius of 0 there.
    """
    ahead = np.roll(path, -1, axis=0) - np.roll(path, 1, axis=0)
    if not closed:
        ahead[0], ahead[-1] = path[1] - path[0], path[-1] - path[-2]
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True) + 1e-12
    aside = np.zeros_like(path)
    start = np.eye(3)[int(np.argmin(np.abs(ahead[0])))]
    for i, way in enumerate(ahead):  # transported along, so that the tube does not twist
        start = start - way * (start @ way)
        start /= np.linalg.norm(start) + 1e-12
        aside[i] = start
    up = np.cross(ahead, aside)
    angles = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    ring = aside[:, None] * np.cos(angles)[:, None] + up[:, None] * np.sin(angles)[:, None]
    vertices = path[:, None] + ring * np.broadcast_to(np.asarray(radius, float), (len(path),))[:, None, None]
    return vertices.reshape(-1, 3), grid_quads(len(path), sides, closed_rows=closed, closed_columns=True)


def grid_quads(rows: int, columns: int, *, closed_rows: bool = False, closed_columns: bool = False) -> Indices:
    """Faces of a grid of vertices numbered row by row, shape (faces, 4)."""
    row = np.arange(rows if closed_rows else rows - 1)[:, None]
    column = np.arange(columns if closed_columns else columns - 1)[None]
    below, right = (row + 1) % rows, (column + 1) % columns
    corners = [row * columns + column, row * columns + right, below * columns + right, below * columns + column]
    return np.stack([np.broadcast_to(c, (len(row), column.shape[1])).ravel() for c in corners], axis=1)


def ball(center: ArrayLike, radius: ArrayLike, *, rows: int = 12, columns: int = 20) -> Mesh:
    """An ellipsoid with its pole forward (−y); `radius` is one or three (x, y, z), meters."""
    polar, around = np.meshgrid(
        np.linspace(0, np.pi, rows), np.linspace(0, 2 * np.pi, columns, endpoint=False), indexing="ij"
    )
    sphere = np.stack([np.sin(polar) * np.cos(around), -np.cos(polar), np.sin(polar) * np.sin(around)], axis=-1)
    quads = grid_quads(rows, columns, closed_columns=True)
    return np.asarray(sphere.reshape(-1, 3) * np.asarray(radius, float) + np.asarray(center, float)), quads


def joined(pieces: Sequence[Mesh]) -> Mesh:
    """Several meshes as one."""
    firsts = np.cumsum([0, *(len(vertices) for vertices, _ in pieces)])
    quads = [faces + first for (_, faces), first in zip(pieces, firsts, strict=False)]
    return np.concatenate([vertices for vertices, _ in pieces]), np.concatenate(quads)


def noise(points: Floats, period: float, seed: int = 0) -> Floats:
    """Smooth random values of about ±1 at points, shape (n, 3): a sum of waves of about `period` meters."""
    random = np.random.default_rng(seed)
    directions = random.normal(size=(12, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    frequencies = 2 * np.pi / period * random.uniform(0.6, 1.8, 12)
    phases = random.uniform(0, 2 * np.pi, 12)
    return np.asarray(np.sin(points @ (directions * frequencies[:, None]).T + phases).sum(axis=1) / np.sqrt(12))
