"""Hair and beards: a few thousand flat locks grown from the scalp, each combed as its style says.

A lock starts at a random place on the scalp, follows the head in the style's direction, and is kept outside the head
(and, for long hair, the neck and back). A painted scalp and a thin shell under the locks leave no gaps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from tools.render.gl import Surface
from tools.render.makehuman import SKIN_VERTICES, Floats, Indices
from tools.render.parts import Patch, ball, noise, tube, vertex_normals
from tools.render.regions import Regions

HAIR = Surface((0.03, 0.02, 0.012), roughness=0.42, grain=0.35, grain_scale=260, bump=0.0, gloss=0.5)
SCALP_GRID = (24, 48)
"""Rows (down) and columns (around) of the map of the head's radius."""


@dataclass(frozen=True)
class Style:
    """A hairstyle. Lengths in meters."""

    comb: str = "down"
    """One of `COMBS`: which way locks lie."""
    length: float = 0.05
    """Length of locks on top of the head."""
    side_length: float | None = None
    """Length at the sides and the nape; as on top if omitted."""
    volume: tuple[float, float] = (0.003, 0.012)
    """Height of locks over the head, from the lowest to the highest."""
    width: float = 0.006
    """Width of a lock."""
    locks: int = 1500
    curl: float = 0.0
    """Radius of the locks' curls."""
    lift: float = 0.25
    """How steeply locks leave the skin, 0 flat to 1 upright."""
    recession: float = 0.0
    """How far the hairline has receded, 0 to 1; 1 leaves a rim around the head."""
    over_ears: bool = False
    knot: str = ""
    """`bun` or `tail`: how the hair is gathered behind the head."""
    falls_to: float | None = None
    """Lowest point of the hair below the ears, meters."""


STYLES: Mapping[str, Style] = {
    "short": Style("side", 0.060, 0.015, (0.003, 0.015), lift=0.22, locks=2200),
    "brushed": Style("back", 0.075, 0.016, (0.003, 0.019), lift=0.3, locks=2200),
    "crop": Style("forward", 0.026, 0.010, (0.0015, 0.006), width=0.0045, locks=2600, lift=0.3),
    "tousled": Style("tousled", 0.055, 0.028, (0.004, 0.020), lift=0.4, locks=2200, curl=0.004),
    "receding": Style("back", 0.040, 0.014, (0.003, 0.009), recession=0.35, locks=1500, lift=0.2),
    "bald": Style(locks=0),
    "rim": Style("down", 0.022, 0.018, (0.002, 0.008), recession=1.0, locks=900, lift=0.2),
    "bob": Style("center", 0.26, None, (0.006, 0.026), over_ears=True, falls_to=0.065, locks=2200, width=0.008),
    "long": Style("center", 0.42, None, (0.006, 0.026), over_ears=True, falls_to=0.17, locks=2400, width=0.009),
    "wavy": Style(
        "parted", 0.40, None, (0.008, 0.034), over_ears=True, falls_to=0.16, locks=2400, width=0.009, curl=0.007
    ),
    "bun": Style("down", 0.30, None, (0.003, 0.010), knot="bun", locks=1800, lift=0.1),
    "ponytail": Style("down", 0.30, None, (0.003, 0.011), knot="tail", locks=1800, lift=0.1),
    "curly": Style("out", 0.052, 0.042, (0.004, 0.060), curl=0.009, width=0.007, locks=3600, lift=0.9),
    "afro": Style("out", 0.075, 0.065, (0.004, 0.090), curl=0.008, width=0.007, locks=3400, lift=1.0),
    "long curly": Style(
        "center", 0.32, None, (0.010, 0.050), over_ears=True, falls_to=0.13, locks=2600, width=0.008, curl=0.014
    ),
}
"""Hair styles by name."""


class Head:
    """A head as hair sees it: a radius in every direction from its center, and the neck and back below."""

    def __init__(self, regions: Regions, with_ears: bool) -> None:
        self.regions = regions
        points = regions.body.rest[:SKIN_VERTICES]
        chosen = regions.head[:SKIN_VERTICES] & (points[:, 2] > regions.ear[2] - 0.09)
        if not with_ears:
            chosen &= ~regions.ears[:SKIN_VERTICES]
        self.middle = np.array([0.0, regions.ear[1] - 0.005, regions.ear[2] + 0.045])
        self._map = self._radii(points[chosen] - self.middle)
        self._behind = self._profile(points)

    @staticmethod
    def _cell(away: Floats) -> tuple[Floats, Floats, Floats]:
        far = np.linalg.norm(away, axis=-1)
        row = np.arccos(np.clip(away[..., 2] / (far + 1e-9), -1, 1)) / np.pi * (SCALP_GRID[0] - 1)
        column = (np.arctan2(away[..., 0], -away[..., 1]) / (2 * np.pi) % 1.0) * SCALP_GRID[1]
        return far, row, column

    def _radii(self, away: Floats) -> Floats:
        far, row, column = self._cell(away)
        radii = np.zeros(SCALP_GRID)
        np.maximum.at(radii, (row.round().astype(int), column.round().astype(int) % SCALP_GRID[1]), far)
        radii[0], radii[-1] = radii[0].max(), radii[-1].max()  # a single value at each pole, whatever the column
        for _ in range(12):  # fill cells without vertices
            tall = np.pad(radii, ((1, 1), (0, 0)), mode="edge")
            near = np.stack([np.roll(tall, j, 1)[1 + i : len(tall) - 1 + i] for i in (-1, 0, 1) for j in (-1, 0, 1)])
            mean = near.sum(axis=0) / np.maximum((near > 0).sum(axis=0), 1)
            radii = np.where(radii > 0, radii, mean)
        padded = np.pad(radii, ((1, 1), (0, 0)), mode="edge")
        soft = np.stack([np.roll(padded, j, axis=1) for j in (-1, 0, 1)]).mean(axis=0)
        return np.asarray(np.maximum(radii, (soft[:-2] + soft[1:-1] + soft[2:]) / 3))

    def _profile(self, points: Floats) -> tuple[Floats, Floats]:
        """The outline of neck and torso from behind, by height: how far they extend to the back."""
        heights = np.arange(self.regions.neck[2] - 0.35, self.regions.ear[2], 0.01)
        near_middle = np.abs(points[:, 0]) < 0.06
        back = [points[near_middle & (np.abs(points[:, 2] - z) < 0.012), 1].max(initial=-0.1) for z in heights]
        return heights, np.array(back)

    def outside(self, points: Floats, over: Floats, hanging: bool) -> Floats:
        """Points moved out of the head, at least `over` meters from it; `hanging` hair also off the neck and back."""
        away = points - self.middle
        far, row, column = self._cell(away)
        top, left = np.floor(row).astype(int), np.floor(column).astype(int)
        down, right = row - top, column - left
        below = np.minimum(top + 1, SCALP_GRID[0] - 1)
        left, beside = left % SCALP_GRID[1], (left + 1) % SCALP_GRID[1]
        radius = (1 - down) * ((1 - right) * self._map[top, left] + right * self._map[top, beside]) + down * (
            (1 - right) * self._map[below, left] + right * self._map[below, beside]
        )
        scale = np.maximum(1.0, (radius + over) / (far + 1e-9))
        if not hanging:
            return np.asarray(self.middle + away * scale[:, None])
        # Hanging hair lies on the head down to the ears and falls from there; below, neck and back hold it off.
        lies = np.clip((points[:, 2] - self.regions.ear[2] + 0.005) / 0.04, 0, 1)
        scale = lies * (radius + over) / (far + 1e-9) + (1 - lies)
        moved = self.middle + away * scale[:, None]
        low = np.clip((self.regions.ear[2] - 0.015 - moved[:, 2]) / 0.08, 0, 1)
        behind = np.interp(moved[:, 2], *self._behind) + 0.006 + over
        at_back = np.clip((moved[:, 1] - self.regions.ear[1] - 0.015) / 0.02, 0, 1)
        moved[:, 1] += low * at_back * np.maximum(behind - moved[:, 1], 0)
        clear = self.regions.neck_width + 0.008 + over
        too_near = low * (1 - at_back) * np.maximum(clear - np.abs(moved[:, 0]), 0)
        moved[:, 0] += np.where(moved[:, 0] < 0, -1, 1) * too_near
        return np.asarray(moved)


Comb = Callable[[Floats, Floats, Head], Floats]
"""Takes points, normals and the head; gives directions, all of shape (n, 3)."""


def _down(points: Floats, normals: Floats, head: Head) -> Floats:
    return np.tile([0.0, 0.25, -1.0], (len(points), 1))


def _with_sides(points: Floats, head: Head, on_top: Floats) -> Floats:
    """`on_top` above the temples; downwards and slightly back at the sides."""
    height = np.clip((points[:, 2] - head.middle[2] - 0.035) / 0.035, 0, 1)[:, None]
    return np.asarray(height * on_top + (1 - height) * np.array([0.0, 0.30, -1.0]))


PARTING = -0.030
"""Position of the side parting: x, meters (the person's right)."""


def _side(points: Floats, normals: Floats, head: Head) -> Floats:
    across = np.where(points[:, 0] > PARTING, 1.0, -1.0)
    front = np.clip((head.middle[1] - 0.03 - points[:, 1]) / 0.06, 0, 1)
    on_top = np.stack([across * 0.9, 0.45 - 0.55 * front, np.zeros(len(points))], axis=1)
    return _with_sides(points, head, on_top)


def _back(points: Floats, normals: Floats, head: Head) -> Floats:
    return _with_sides(points, head, np.stack([0.2 * np.sign(points[:, 0]), np.ones(len(points)), 0 * points[:, 0]], 1))


def _forward(points: Floats, normals: Floats, head: Head) -> Floats:
    return _with_sides(points, head, np.tile([0.1, -1.0, -0.2], (len(points), 1)))


def _tousled(points: Floats, normals: Floats, head: Head) -> Floats:
    swirl = np.stack([noise(points, 0.05, 11), noise(points, 0.05, 12) - 0.4, noise(points, 0.05, 13)], axis=1)
    return _with_sides(points, head, _forward(points, normals, head) * 0.6 + swirl)


def _center(points: Floats, normals: Floats, head: Head, parting: float = 0.0) -> Floats:
    away = points[:, 0] - parting
    side = np.where(away >= 0, 1.0, -1.0)
    front = np.clip((head.middle[1] - points[:, 1]) / 0.08, -1, 1)
    low = np.clip((head.middle[2] + 0.03 - points[:, 2]) / 0.05, 0, 1)
    return np.stack([side * (1 - 0.9 * low), 0.32 * front + 0.12, -0.35 - 1.2 * low], axis=1)


def _parted(points: Floats, normals: Floats, head: Head) -> Floats:
    return _center(points, normals, head, PARTING * 0.7)


FLAT = 0.0028
"""Minimum height of hair combed flat to a knot, meters."""
BUN_RISE = 60.0
"""Elevation of a bun behind the head, seen from the center of the skull, degrees."""


def knot_place(regions: Regions, knot: str) -> Floats:
    """The point where hair is gathered, meters."""
    if knot == "tail":
        return np.array([0.0, regions.back_of_head + 0.008, regions.ear[2] + 0.070])
    # A bun sits high, so that it is visible above the head from the front too.
    middle = np.array([0.0, regions.ear[1] + 0.012, regions.ear[2] + 0.045])
    up = np.array([0.0, np.cos(np.radians(BUN_RISE)), np.sin(np.radians(BUN_RISE))])
    return np.asarray(middle + up * (regions.top - middle[2] + 0.020))


def _out(points: Floats, normals: Floats, head: Head) -> Floats:
    return np.asarray(normals + 0.25 * np.array([0, 0.1, -0.3]))


COMBS: Mapping[str, Comb] = {
    "down": _down,
    "side": _side,
    "back": _back,
    "forward": _forward,
    "tousled": _tousled,
    "center": _center,
    "parted": _parted,
    "out": _out,
}
"""Which way locks lie, by name."""
HAIRLINE_DEPTH = 0.022
"""Depth inside the hairline, meters, at which locks are full."""
STEPS = 9
"""Points along a lock, minus one."""


@dataclass(frozen=True)
class Locks:
    """Flat locks as a mesh."""

    vertices: Floats
    """Meters, at rest."""
    quads: Indices
    shades: Floats
    """Brightness of each vertex relative to the hair's color, shape (n,)."""


def scalp_faces(regions: Regions) -> list[list[int]]:
    """Faces of the head that hair may grow from."""
    grows = regions.head & regions.is_skin & (regions.z > regions.ear[2] - 0.12) & ~regions.ears
    return [face for face in regions.faces("body") if all(grows[i] for i in face)]


def _roots(patch: Patch, field: Floats, count: int, random: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Random points of a patch where `field` is positive: points, normals, and the field there."""
    corners = patch.rest[patch.quads]
    areas = np.linalg.norm(np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]), axis=1)
    inside = field[patch.quads].mean(axis=1) > 0
    chosen = random.choice(len(areas), count, p=areas * inside / (areas * inside).sum())
    u, v = random.random((2, count, 1))
    shares = np.concatenate([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], axis=1)[..., None]
    normals = vertex_normals(patch.rest, patch.quads)[patch.quads[chosen]]
    return (
        (corners[chosen] * shares).sum(axis=1),
        (normals * shares).sum(axis=1),
        (field[patch.quads[chosen]] * shares[..., 0]).sum(axis=1),
    )


def grow(regions: Regions, style: Style, patch: Patch, field: Floats, seed: int = 0) -> Locks:
    """Grow locks of a style from a patch of scalp.

    Args:
        regions: of the body.
        style: length, height and direction.
        patch: the scalp.
        field: how far inside the hairline each of its vertices is, meters.
        seed: for the random places; the same seed gives the same hair.
    """
    random = np.random.default_rng(seed)
    head = Head(regions, with_ears=style.over_ears)
    roots, normals, inside = _roots(patch, field, style.locks, random)
    on_top = np.clip((roots[:, 2] - head.middle[2] - 0.02) / 0.045, 0, 1)
    # Locks at the hairline are low and thin, or they would end in an edge like a cap's.
    edge = np.clip(inside / HAIRLINE_DEPTH, 0.25, 1)
    low, high = style.volume
    over = low + (high - low) * random.random(len(roots)) * edge
    if style.side_length is not None:  # cut shorter at the sides, which then lie closer too
        over = low + (over - low) * (0.35 + 0.65 * on_top)
    if style.knot:
        ear = regions.ear
        kept = (roots[:, 1] > ear[1] + 0.012) | (roots[:, 2] > ear[2] + 0.040)  # none across the ears
        paths = _drawn_together(roots[kept], over[kept], head, style)
        return _ribbons(paths, head, style, edge[kept], random)
    lengths = _lengths(style, on_top, inside) * random.uniform(0.7, 1.1, len(roots))
    paths = _combed(roots, normals, lengths, over, head, style, random)
    return _ribbons(paths, head, style, edge, random)


def _lengths(style: Style, on_top: Floats, inside: Floats) -> Floats:
    """How long locks are, meters, from how far they grow on top of the head (0 to 1) and inside the hairline."""
    side = style.length if style.side_length is None else style.side_length
    lengths = side + (style.length - side) * on_top
    if style.comb == "out":
        return np.asarray(lengths * np.clip(inside / 0.04, 0.25, 1))  # rounded off towards the hairline
    if style.side_length is not None:
        lengths = lengths * np.where(on_top < 0.3, np.clip(inside / 0.03, 0.3, 1), 1)  # shorter towards the nape
    return lengths


def _combed(
    roots: Floats,
    normals: Floats,
    lengths: Floats,
    over: Floats,
    head: Head,
    style: Style,
    random: np.random.Generator,
) -> Floats:
    """Paths from roots the way the style combs them, shape (locks, points, 3), meters."""
    hanging = style.falls_to is not None
    untidiness = random.normal(size=roots.shape) * (0.06 if hanging else 0.12)
    ear_height = head.regions.ear[2]
    pace = (lengths / STEPS)[:, None]
    point, path = roots, [roots - normals * 0.002]
    for step in range(STEPS):
        share = step / STEPS
        way = COMBS[style.comb](point, normals, head)
        way = way / (np.linalg.norm(way, axis=1, keepdims=True) + 1e-9) + untidiness
        outwards = point - head.middle
        outwards /= np.linalg.norm(outwards, axis=1, keepdims=True)
        below_ears = (point[:, 2] < ear_height - 0.03)[:, None]
        away = np.where(below_ears, 0, (way * outwards).sum(axis=1, keepdims=True))
        way = way - outwards * away * (1 - style.lift * 0.5) + outwards * style.lift * (1 - share) ** 2
        if hanging:
            way = np.where(below_ears, np.array([0.0, 0.0, -1.0]) + 0.5 * untidiness, way)
        stepped = point + pace * way / (np.linalg.norm(way, axis=1, keepdims=True) + 1e-9)
        if style.falls_to is not None:
            end = ear_height - style.falls_to * random.uniform(0.93, 1.03, len(point))
            stepped[:, 2] = np.where(stepped[:, 2] < end, np.minimum(point[:, 2], end + 0.004), stepped[:, 2])
        if style.comb != "out":
            stepped = head.outside(stepped, over * np.minimum(1, (share + 1 / STEPS) * 2.5), hanging)
        point = stepped
        path.append(point)
    return np.stack(path, axis=1)


def _drawn_together(roots: Floats, over: Floats, head: Head, style: Style) -> Floats:
    """Paths from roots along the head to the knot, shape (locks, points, 3)."""
    place = knot_place(head.regions, style.knot)
    path = [roots]
    for share in np.linspace(0, 1, STEPS + 1)[1:]:
        point = roots + (place - roots) * share
        path.append(head.outside(point, np.maximum(over * np.minimum(1, share * 2.5), FLAT), hanging=False))
    path[-1] = np.tile(place, (len(roots), 1)) + 0.012 * (path[-2] - place)
    return np.stack(path, axis=1)


def _ribbons(paths: Floats, head: Head, style: Style, edge: Floats, random: np.random.Generator) -> Locks:
    """Paths, shape (locks, points, 3), widened into ribbons that lie on the head, curled and shaded."""
    count, points = paths.shape[:2]
    share = np.linspace(0, 1, points)
    outwards = paths - head.middle
    outwards /= np.linalg.norm(outwards, axis=2, keepdims=True)
    ahead = np.gradient(paths, axis=1)
    ahead /= np.linalg.norm(ahead, axis=2, keepdims=True) + 1e-9
    if style.comb == "out":
        outwards = np.cross(ahead, np.array([0.3, 0.5, 0.8]))
    across = np.cross(ahead, outwards)
    across /= np.linalg.norm(across, axis=2, keepdims=True) + 1e-9
    if style.curl:
        phase = random.uniform(0, 2 * np.pi, (count, 1))
        turns = np.clip(np.linalg.norm(np.diff(paths, axis=1), axis=2).sum(axis=1) / 0.045, 0.6, 2.2)[:, None]
        angle = phase + 2 * np.pi * turns * share
        radius = style.curl * random.uniform(0.6, 1.3, (count, 1)) * np.minimum(1, share * 3)
        other = np.cross(across, ahead)
        paths = paths + (radius * np.cos(angle))[..., None] * across
        paths = paths + (radius * np.abs(np.sin(angle)))[..., None] * other
    roll = random.normal(0, 0.35, (count, 1, 1))
    across = across * np.cos(roll) + np.cross(ahead, across) * np.sin(roll)
    profile = np.minimum(1, 0.35 + 3 * share) * np.sqrt(np.clip(1.02 - share**2.2, 0, 1))
    half = 0.5 * style.width * random.uniform(0.5, 1.2, (count, 1)) * profile * (0.35 + 0.65 * edge[:, None])
    sides = np.stack([paths - across * half[..., None], paths + across * half[..., None]], axis=2)
    one = np.arange(points - 1)[:, None] * 2 + np.array([[0, 1, 3, 2]])
    quads = (np.arange(count)[:, None, None] * points * 2 + one).reshape(-1, 4)
    shade = random.lognormal(0, 0.22, (count, 1)) * (0.62 + 0.5 * share)
    return Locks(sides.reshape(-1, 3), quads, np.repeat(shade.ravel(), 2))


def knot(regions: Regions, style: Style) -> Locks:
    """A bun or a pony-tail: a few strands wound or hanging behind the head."""
    random = np.random.default_rng(0)
    place = knot_place(regions, style.knot)
    if style.knot == "bun":
        pieces = []
        for strand in range(9):
            tilt = random.uniform(-0.5, 0.5, 2)
            angle = np.linspace(0, 2 * np.pi, 25)[:-1] + random.uniform(0, 6)
            ring = np.stack([np.cos(angle), tilt[0] * np.cos(angle) + tilt[1] * np.sin(angle), np.sin(angle)], axis=1)
            radius = 0.027 - 0.0022 * strand
            pieces.append(tube(ring * radius + place + [0, 0.012 + 0.0022 * strand, 0], 0.0135, sides=8, closed=True))
        pieces.append(ball(place + np.array([0, 0.010, 0]), (0.034, 0.028, 0.034)))
    else:
        pieces = []
        for _ in range(60):
            spread = random.normal(0, 1, 3) * [0.010, 0.006, 0.004]
            share = np.linspace(0, 1, 12)[:, None]
            fall = np.array([0, 0.035, 0]) * np.sin(share * 2.6) + np.array([0, 0.012, -0.20]) * share**1.3
            path = place + fall + spread * (0.6 + 2.2 * np.sin(share * 2.2)) + [0, 0.004, 0]
            thick = 0.006 * np.sin(np.linspace(0.35, np.pi - 0.02, 12)) * random.uniform(0.6, 1.2)
            pieces.append(tube(path, thick, sides=6))
    vertices, quads, shades, first = [], [], [], 0
    for points, faces in pieces:
        vertices.append(points)
        quads.append(faces + first)
        wave = 0.75 + 0.3 * random.random() + 0.10 * noise(points, 0.01, 3)
        shades.append(wave)
        first += len(points)
    return Locks(np.concatenate(vertices), np.concatenate(quads), np.concatenate(shades))


def mouth_height(points: Floats, lips: Floats) -> float:
    """Height of the center of the mouth, meters, from the points that are lips."""
    return float(np.average(points[:, 2], weights=lips**2 + 1e-9))


def beard_field(points: Floats, regions: Regions, lips: Floats) -> Floats:
    """How far inside a full beard points of the face are, meters; `lips` is 1 on the lips."""
    x, y, z = np.abs(points[:, 0]), points[:, 1], points[:, 2]
    eye, ear = regions.eye, regions.ear
    mouth = mouth_height(points, lips)
    cheek = np.interp(y, [eye[1] - 0.02, eye[1] + 0.02, ear[1] - 0.012], [mouth - 0.004, mouth + 0.004, eye[2] - 0.02])
    jaw = np.minimum(cheek - z, ear[1] - 0.010 - y)
    mustache = np.minimum(
        np.minimum(z - mouth + 0.5 * np.clip(x - 0.016, 0, 1), mouth + 0.021 - 0.30 * x - z), 0.036 - x
    )
    mustache = np.where(y < eye[1] + 0.02, mustache, -1)
    throat = z - (regions.body.joint("jaw")[2] - 0.095)
    field = np.minimum(np.maximum(jaw, mustache), throat)
    return np.asarray(np.where(lips > 0.25, -0.004, field))


BEARD = Style("down", 0.016, None, (0.0015, 0.006), width=0.0035, locks=3000, lift=0.35)
"""How a full beard grows."""


def beard(regions: Regions, patch: Patch, field: Floats, mouth: float, length: float) -> Locks:
    """A full beard on a patch of the face, around a `mouth` at that height; `length` of its hairs in meters."""
    random = np.random.default_rng(0)
    style = replace(BEARD, length=length)
    head = Head(regions, with_ears=False)
    roots, normals, inside = _roots(patch, field, style.locks, random)
    edge = np.clip(inside / 0.007, 0.25, 1)
    way = np.array([0.0, -0.1, -1.0]) + random.normal(size=roots.shape) * 0.18
    above = (
        np.clip((roots[:, 2] - mouth) / 0.004, 0, 1) * (np.abs(roots[:, 0]) < 0.035) * (roots[:, 1] < regions.eye[1])
    )
    way[:, 0] += above * np.clip(roots[:, 0] / 0.012, -1.2, 1.2)  # the mustache is combed off the mouth
    way -= normals * (way * normals).sum(axis=1, keepdims=True) * 0.9
    share = np.linspace(0, 1, 5)[:, None, None]
    reach = (length * (1 - 0.55 * above) * edge * random.uniform(0.7, 1.1, len(roots)))[:, None]
    lifted = normals * (length * 0.38 * edge[:, None])
    paths = roots + way * reach * share + lifted * np.sqrt(share) - normals * 0.001
    return _ribbons(paths.transpose(1, 0, 2), head, style, edge, random)
