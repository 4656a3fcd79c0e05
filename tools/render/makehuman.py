"""Reads the MakeHuman data: base mesh, shape targets, rig and weights, in this package's meters and axes."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.render import assets

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

SKIN_VERTICES = 13380
"""The first vertices of the base mesh are the body; the rest are helpers (a suit like tights, eyes, joint cubes)."""


@dataclass(frozen=True)
class BaseMesh:
    """The neutral mesh, its texture coordinates, and its faces by group."""

    vertices: Floats
    """Shape (n, 3), meters."""
    texture: Floats
    """Shape (m, 2)."""
    faces: dict[str, list[list[tuple[int, int]]]]
    """Group name → faces, each a list of (vertex, texture vertex)."""


@dataclass(frozen=True)
class Rig:
    """The skeleton: bones with parents first, and how much each moves each vertex."""

    bones: dict[str, Any]
    names: tuple[str, ...]
    weights: Floats
    """Shape (vertices, bones); rows sum to 1."""

    @cached_property
    def moved_by(self) -> list[tuple[Indices, Floats]]:
        """For each bone the vertices that it moves, shape (n,), and their weights, shape (n, 1)."""
        return [(np.flatnonzero(column), column[column > 0, None]) for column in self.weights.T]


def meters(coordinates: Floats) -> Floats:
    """MakeHuman's decimeters (y up, z to the front) in meters (z up, −y to the front)."""
    c = np.asarray(coordinates, float)
    return np.stack([c[..., 0], -c[..., 2], c[..., 1]], axis=-1) * 0.1


@cache
def base_mesh() -> BaseMesh:
    """The neutral mesh; read once."""
    vertices: list[list[float]] = []
    texture: list[list[float]] = []
    faces: dict[str, list[list[tuple[int, int]]]] = {}
    group = faces.setdefault("", [])
    with assets.path("3dobjs/base.obj").open(encoding="utf-8") as lines:
        for line in lines:
            kind, *rest = line.split() or [""]
            if kind == "v":
                vertices.append([float(x) for x in rest[:3]])
            elif kind == "vt":
                texture.append([float(x) for x in rest[:2]])
            elif kind == "g":
                group = faces.setdefault(rest[0], [])
            elif kind == "f":
                corners = [[*one.split("/"), "0"][:2] for one in rest]
                group.append([(int(v) - 1, int(t or 0) - 1) for v, t in corners])
    return BaseMesh(meters(np.array(vertices)), np.array(texture), faces)


@cache
def target(name: str) -> tuple[Indices, Floats] | None:
    """A shape target: which vertices it moves and by how much, meters; None if the data has no such target."""
    file = assets.path(f"targets/{name}.target.gz")
    if not file.exists():
        return None
    lines = gzip.decompress(file.read_bytes()).decode("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("#", '"'))]
    rows = np.fromstring(" ".join(kept), sep=" ").reshape(-1, 4)
    return rows[:, 0].astype(np.int64), meters(rows[:, 1:])


@cache
def rig() -> Rig:
    """The default skeleton with its weights; read once."""
    read = json.loads(assets.path("rigs/standard/rig.default.json").read_text(encoding="utf-8"))
    bones: dict[str, Any] = read.get("bones", read)
    names: list[str] = []
    waiting = list(bones)
    while waiting:  # parents first
        ready = [name for name in waiting if not bones[name]["parent"] or bones[name]["parent"] in names]
        names += ready
        waiting = [name for name in waiting if name not in ready]
    listed = json.loads(assets.path("rigs/standard/weights.default.json").read_text(encoding="utf-8"))["weights"]
    weights = np.zeros((len(base_mesh().vertices), len(names)))
    for name, pairs in listed.items():
        for vertex, weight in pairs:
            weights[vertex, names.index(name)] = weight
    return Rig(bones, tuple(names), weights / weights.sum(axis=1, keepdims=True))


@cache
def vertex_groups() -> dict[str, Indices]:
    """Named sets of vertices: joint cubes, helpers and parts of the body."""
    read = json.loads(assets.path("mesh_metadata/basemesh_vertex_groups.json").read_text(encoding="utf-8"))
    return {name: np.concatenate([np.arange(a, z + 1) for a, z in ranges]) for name, ranges in read.items()}
