"""Skin and eyes: the skin that clothes leave visible, painted vertex by vertex."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from tools.render import assets
from tools.render.gl import Surface
from tools.render.makehuman import SKIN_VERTICES, Floats, Indices, base_mesh, target, vertex_groups
from tools.render.parts import Patch, ball, edges, noise, scatter, vertex_normals
from tools.render.regions import Regions

Color = tuple[float, float, float]
"""Linear RGB, 0 to 1."""
SKIN = Surface((0.45, 0.26, 0.18), roughness=0.62, grain=0.10, grain_scale=140, bump=0.10, gloss=0.28, translucency=0.5)
EYE = Surface((0.6, 0.57, 0.54), roughness=0.08, gloss=0.9)
LASH = Surface((0.02, 0.015, 0.012), roughness=0.9, gloss=0.0)
UNDER_CLOTHES = 0.035
"""How far skin continues under the edge of clothes, meters, so that bending shows no gap."""
BROW_SHADE = np.array([0.72, 0.66, 0.68])
"""Eyebrows are darker than the hair of the head, and less yellow."""
IRIS, PUPIL = 26.0, 10.0
"""Radii on the eyeball, degrees."""


@cache
def painted_mask(name: str) -> Floats:
    """A gray texture of the body data (such as `mpfb_lips.jpg`) sampled at the mesh's vertices, 0 to 1, shape (n,)."""
    picture = cv2.imread(str(assets.path(f"textures/{name}")), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise assets.AssetsMissing(f"The texture {name} cannot be read")
    mesh = base_mesh()
    corners = np.array([corner for face in mesh.faces["body"] for corner in face])
    across, up = mesh.texture[corners[:, 1]].T
    height, width = picture.shape
    rows = np.clip((1 - up) * (height - 1), 0, height - 1).astype(int)
    columns = np.clip(across * (width - 1), 0, width - 1).astype(int)
    values = np.zeros(len(mesh.vertices))
    values[corners[:, 0]] = picture[rows, columns] / 255
    return values


def hollows(patch: Patch) -> Floats:
    """How concave the surface is at each vertex, −1 (ridge) to 1: nostrils, eyelid creases, ear folds."""
    points = patch.rest
    ends = edges(patch.quads)
    each = np.maximum(np.bincount(ends.ravel(), minlength=len(points)), 1)[:, None]
    normals = vertex_normals(points, patch.quads)
    near = scatter(points[ends[:, ::-1].ravel()], ends.ravel(), len(points)) / each
    lengths = np.linalg.norm(points[ends[:, 0]] - points[ends[:, 1]], axis=1)
    sizes = scatter(np.repeat(lengths, 2)[:, None], ends.ravel(), len(points)) / each
    depth = ((near - points) * normals).sum(axis=1, keepdims=True) / (sizes + 1e-9)
    for _ in range(2):
        depth = 0.5 * depth + 0.5 * scatter(depth[ends[:, ::-1].ravel()], ends.ravel(), len(points)) / each
    return np.asarray(np.clip(depth[:, 0] / 0.25, -1, 1))


def _spot(points: Floats, center: tuple[float, float, float], size: tuple[float, float, float]) -> Floats:
    """A soft spot on both sides of the face, 0 to 1; `center` and `size` in meters, x away from the midline."""
    away = (np.stack([np.abs(points[:, 0]), points[:, 1], points[:, 2]], axis=1) - center) / size
    return np.asarray(np.exp(-(away**2).sum(axis=1)))


def paint(
    patch: Patch, regions: Regions, color: Color, hair: Color, *, age: float, brows: float, lips: float
) -> Floats:
    """Colors of skin at a patch's vertices, shape (n, 3).

    Args:
        patch: faces of the body.
        regions: of the body.
        color: of the skin.
        hair: of the eyebrows.
        age: 0 to 1 as in `Shape`: darker under the eyes, more spots.
        brows: how thick the eyebrows are, 1 average.
        lips: how much redder the lips are than skin, 0.5 average.
    """
    points = patch.rest
    base = np.array(color)
    dark = 1 - float(base.mean()) / 0.45  # redness is less visible in dark skin
    eye_x = float(regions.body.joint("eye.L")[0])
    eye = regions.eye
    on_head = patch.values(regions.head.astype(float))
    painted = np.tile(base, (len(points), 1))
    blotches = noise(points, 0.035, 1)[:, None] * [0.02, 0.045, 0.05] + noise(points, 0.012, 2)[:, None] * 0.018
    painted *= 1 + blotches * (0.6 + 0.8 * age)
    red = (
        0.9 * _spot(points, (0.040, eye[1] + 0.02, eye[2] - 0.038), (0.022, 0.06, 0.020))
        + 0.8 * _spot(points, (0.0, eye[1] - 0.045, eye[2] - 0.042), (0.020, 0.03, 0.016))
        + 0.35 * _spot(points, (0.0, eye[1], eye[2] - 0.105), (0.03, 0.05, 0.014))
        + 0.8 * patch.values(regions.ears.astype(float))
    )
    painted *= 1 - np.clip(red, 0, 1)[:, None] * np.array([0.02, 0.20, 0.17]) * (1 - 0.5 * max(dark, 0))
    lids = 0.8 * _spot(points, (eye_x, eye[1] - 0.01, eye[2] + 0.006), (0.018, 0.03, 0.008))
    lids += (0.3 + 0.5 * age) * _spot(points, (eye_x - 0.004, eye[1], eye[2] - 0.017), (0.016, 0.03, 0.007))
    painted *= 1 - np.clip(lids, 0, 1)[:, None] * np.array([0.20, 0.26, 0.22])
    lip = patch.values(painted_mask("mpfb_lips.jpg"))[:, None] * lips
    painted = painted * (1 - lip) + base * np.array([0.86, 0.46, 0.46]) * lip
    hollow = hollows(patch)[:, None]
    painted *= 1 - on_head[:, None] * (np.clip(hollow, 0, 1) * [0.45, 0.55, 0.55] + np.clip(hollow, -1, 0) * 0.06)
    nails = patch.values(painted_mask("mpfb_fingernails.jpg"))[:, None]
    painted = painted * (1 - 0.5 * nails) + 0.5 * nails * (0.6 * base + 0.4 * np.array([0.6, 0.36, 0.32]))
    brow = _brow(points, eye, eye_x, brows) * on_head
    strength = np.clip(1.15 * brow, 0, 1)[:, None]
    return np.asarray(np.clip(painted * (1 - strength) + np.array(hair) * BROW_SHADE * strength, 0.002, 1))


def _brow(points: Floats, eye: Floats, eye_x: float, thick: float) -> Floats:
    """How much of each vertex is eyebrow, 0 to 1: an arch, thick at the nose and thin at the temple."""
    along = (np.abs(points[:, 0]) - (eye_x - 0.018)) / 0.044  # 0 at the nose, 1 at the temple
    arch = eye[2] + 0.0215 + 0.0055 * np.sin(np.clip(along, 0, 1) * 2.6) - 0.002
    half = 0.0056 * thick * (1 - 0.55 * np.clip(along, 0, 1) ** 2)
    inside = np.exp(-(((points[:, 2] - arch) / half) ** 2))
    ends = np.clip((along + 0.06) / 0.12, 0, 1) * np.clip((1.06 - along) / 0.2, 0, 1)
    return np.asarray(inside * ends * (points[:, 1] < eye[1] + 0.02) * (0.85 + 0.15 * noise(points, 0.004, 5)))


def skin_cut(regions: Regions, covered: Floats) -> Floats:
    """The cut field of the skin at the base mesh's vertices, meters: positive where bare or just under the edge of clothes.

    Args:
        regions: of the body.
        covered: how far under the top's edge each vertex is, meters (negative outside it).
    """
    return np.where(regions.face | regions.hands, 1.0, UNDER_CLOTHES - covered)


def eyeball(regions: Regions, side: str, iris: Color) -> tuple[Floats, Indices, Floats]:
    """One eye.

    Returns:
        Vertices at rest (meters), quads, and colors (linear RGB).
    """
    body = regions.body
    shell = body.rest[body.groups[f"helper-{side.lower()}-eye"]]
    center = (shell.min(axis=0) + shell.max(axis=0)) / 2
    radius = (shell.max(axis=0) - shell.min(axis=0)) / 2
    vertices, quads = ball(center, radius, rows=37, columns=36)
    way = (vertices - center) / radius
    away = np.degrees(np.arccos(np.clip(-way[:, 1], -1, 1)))
    spokes = 0.8 + 0.25 * np.sin(np.arctan2(way[:, 2], way[:, 0]) * 17) * np.sin(np.arctan2(way[:, 2], way[:, 0]) * 7)
    white = np.array([0.44, 0.41, 0.395]) * (1 - 0.35 * np.clip((away - 25) / 50, 0, 1))[:, None]
    colored = np.array(iris) * (spokes * (1 + 0.5 * np.clip((18 - away) / 8, -1, 1)))[:, None]
    colored *= (1 - 0.75 * np.clip((away - IRIS + 5) / 4, 0, 1))[:, None]  # the dark ring around the iris
    edge = np.clip((away - IRIS) / 3 + 0.5, 0, 1)[:, None]
    colors = colored * (1 - edge) + white * edge
    pupil = np.clip((PUPIL + 1 - away) / 2, 0, 1)[:, None]
    colors = colors * (1 - pupil) + 0.004 * pupil
    # The cornea bulges slightly; the lids rest on it and it catches light.
    vertices = vertices + way * radius * (0.04 * np.clip((IRIS - away) / IRIS, 0, 1))[:, None]
    return vertices, quads, colors


def eyelid_moves(count: int) -> tuple[Indices, Floats]:
    """Which of the `count` vertices of the base mesh move when both eyes close, and by how much, meters."""
    moves = np.zeros((count, 3))
    for side in ("left", "right"):
        found = target(f"expression/units/caucasian/eye-{side}-closure")
        if found is not None:
            moves[found[0]] += found[1]
    moved = np.flatnonzero(np.linalg.norm(moves, axis=1) > 1e-6)
    lashes = moved >= SKIN_VERTICES
    keep = ~lashes | np.isin(moved, lash_vertices())
    return moved[keep], moves[moved[keep]]


@cache
def lash_vertices() -> Indices:
    """The helper vertices of all eyelashes."""
    groups = vertex_groups()
    return np.concatenate([groups[f"helper-{side}-eyelashes-{row}"] for side in "lr" for row in (1, 2)])
