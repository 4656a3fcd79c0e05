"""Clothes: shells over MakeHuman's helper suit, cut at collar, sleeves, hem and ankles; a hood; a collar; shoes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tools.render.gl import Surface
from tools.render.makehuman import SKIN_VERTICES, Floats
from tools.render.parts import Mesh, Patch, grid_quads, joined, noise, tube
from tools.render.regions import Regions

Color = tuple[float, float, float]
"""Linear RGB, 0 to 1."""
Sleeves = Literal["none", "short", "long"]
Pattern = Literal["plain", "stripes", "two-tone", "check", "band"]


@dataclass(frozen=True)
class Cut:
    """How a top is cut. Lengths in meters."""

    thickness: float
    """How far cloth lies from the skin."""
    folds: float
    """Height of its folds."""
    slack: int
    """How loosely it hangs: rounds of smoothing over the body's hollows."""
    hem: float
    """How far it reaches below the trousers' band."""
    neckline: float = 0.0
    """How far the neckline lies further out than a crew neck's."""
    depth: float = 0.0
    """Depth of a V-neck."""
    rib: float = 0.0
    """Width of a ribbed band at neck, cuffs and hem."""
    sleeve_end: float = 0.72
    """Where short sleeves end, as a fraction of the upper arm."""


CUTS: Mapping[str, Cut] = {
    "t-shirt": Cut(0.0085, 0.0020, 6, 0.075, rib=0.014, sleeve_end=0.70),
    "tight top": Cut(0.0040, 0.0004, 1, 0.050, neckline=0.012, sleeve_end=0.55),
    "vest": Cut(0.0045, 0.0006, 1, 0.050, neckline=0.022, depth=0.02, sleeve_end=0.12),
    "jumper": Cut(0.0125, 0.0026, 8, 0.070, rib=0.028),
    "hoodie": Cut(0.0170, 0.0045, 14, 0.085, rib=0.035),
    "loose shirt": Cut(0.0150, 0.0048, 16, 0.095, neckline=0.006, depth=0.035, sleeve_end=0.80),
    "collared shirt": Cut(0.0095, 0.0032, 8, 0.080, neckline=-0.010, depth=0.045, sleeve_end=0.80),
    "turtleneck": Cut(0.0075, 0.0012, 4, 0.060, neckline=-0.05),
}
"""Tops by name."""
CLOTH = Surface((0.2, 0.2, 0.2), roughness=0.92, grain=0.20, grain_scale=190, bump=0.18, gloss=0.12)
KNIT = Surface((0.2, 0.2, 0.2), roughness=0.95, grain=0.42, grain_scale=240, bump=0.42, gloss=0.08)
SMOOTH = Surface((0.2, 0.2, 0.2), roughness=0.75, grain=0.14, grain_scale=260, bump=0.12, gloss=0.25)
LEATHER = Surface((0.05, 0.05, 0.05), roughness=0.5, grain=0.2, grain_scale=120, bump=0.1, gloss=0.4)
CLOTHS: Mapping[str, Surface] = {"jumper": KNIT, "turtleneck": KNIT, "tight top": SMOOTH, "vest": SMOOTH}
"""Materials of tops other than `CLOTH`."""
SUIT_DISTANCE = 0.0065
"""How far cloth is drawn in at the neck, meters."""
DRAWN_IN_TO = -0.0015
"""Limit for that relative to the suit, or skin would show through."""
UNDER_TOP = -0.003
"""Offset of trousers from the suit where the top covers them, meters."""
STRIPE_WIDTH = 0.030
"""Meters."""
BAND_WIDTH = 0.055
"""Width of a band across the chest, meters."""


class Top:
    """The edges of a top on one body, as fields that can be evaluated at any points."""

    def __init__(self, regions: Regions, name: str, sleeves: Sleeves) -> None:
        self.regions, self.cut, self.sleeves = regions, CUTS[name], sleeves
        ends = {"none": 0.10, "short": self.cut.sleeve_end, "long": 2.0}
        self.sleeve_end = ends[sleeves]
        """Where the sleeves end, in units of `along_arm`."""

    def from_neckline(self, points: Floats) -> Floats:
        """How far points are below the neckline, meters (negative: bare)."""
        return self.regions.from_neck(points, depth=self.cut.depth) - self.cut.neckline

    def from_cuff(self, along_arm: Floats) -> Floats:
        """How far points are above the ends of the sleeves, meters; a large value off the arms."""
        length = self.regions.arm_length
        return np.where(along_arm < 0, 0.2, (self.sleeve_end - along_arm) * length)

    def from_hem(self, points: Floats) -> Floats:
        """How far points are above the hem, meters."""
        return np.asarray(points[:, 2] - (self.regions.waist - self.cut.hem))

    def covered(self, points: Floats, along_arm: Floats) -> Floats:
        """How far points are under the top, meters, from its neckline and sleeves (negative: bare)."""
        return np.minimum(self.from_neckline(points), self.from_cuff(along_arm))


def suit_faces(regions: Regions, kind: Literal["top", "trousers", "shoes"]) -> list[list[int]]:
    """Faces of the helper suit that a piece of clothing is cut from."""
    suit = regions.faces("helper-tights")
    feet = regions.feet
    legs = regions.moved_by(("upperleg", "lowerleg", "pelvis", "root", "spine05", "foot", "toe"))
    if kind == "shoes":
        return [face for face in suit if all(feet[i] for i in face)]
    if kind == "trousers":
        low = regions.waist + 0.05
        return [f for f in suit if all(legs[i] for i in f) and regions.z[f].min() < low and not all(feet[i] for i in f)]
    high = regions.waist - 0.20
    arms = regions.along_arm >= 0
    return [f for f in suit if all(regions.z[i] > high or arms[i] for i in f) and not all(feet[i] for i in f)]


def top_patch(regions: Regions, top: Top, fine: bool = False) -> tuple[Patch, Floats]:
    """The top's cloth; `fine` if a pattern needs more vertices.

    Returns:
        The patch with its offsets, and its cut field (negative: cut away), meters.
    """
    under = top.covered(regions.body.rest, regions.along_arm)
    slack = np.clip((under - 0.01) / 0.06, 0, 1)  # cloth lies close at its edges
    patch = Patch(
        regions.body,
        suit_faces(regions, "top"),
        subdivided=2 if fine else 1,
        relaxed=top.cut.slack,
        slack=slack,
    )
    points, along = patch.rest, patch.values(regions.along_arm)
    edge = top.covered(points, along)
    hem = top.from_hem(points)
    cut = np.minimum(edge, hem)
    # Cloth lies close at the neck and the cuffs, hangs free elsewhere, and folds at elbows, waist and armpits.
    close = np.clip(edge / 0.035, 0.45, 1)
    at_elbow = np.exp(-(((along - 1) / 0.25) ** 2))
    at_waist = np.exp(-(((points[:, 2] - regions.waist - 0.05) / 0.09) ** 2)) * (along < 0)
    creases = 0.6 + 0.9 * at_elbow + 0.8 * at_waist
    long_waves = noise(points * [1.0, 1.0, 1.7], 0.075, 21) + 0.5 * noise(points, 0.035, 22)
    folds = top.cut.folds * creases * long_waves * np.clip(edge / 0.05, 0, 1)
    # The suit is some 8 mm off the skin by itself: too far for a neckline.
    drawn_in = SUIT_DISTANCE * np.exp(-np.clip(top.from_neckline(points), 0, 1) / 0.02)
    patch.offset = np.maximum(np.maximum(top.cut.thickness * close + folds, 0.0025) - drawn_in, DRAWN_IN_TO)
    if top.sleeves == "short" and top.cut.slack > 3:  # short sleeves stand off the arm
        patch.offset = patch.offset + 0.010 * np.clip((along - 0.15) / 0.5, 0, 1)
    return patch, cut


def top_colors(regions: Regions, top: Top, patch: Patch, color: Color, second: Color, pattern: Pattern) -> Floats:
    """Colors of the top's vertices, shape (n, 3): its pattern, and darker bands where it is ribbed."""
    points, along = patch.rest, patch.values(regions.along_arm)
    colors = np.tile(np.array(color), (len(points), 1))
    # Stripes run around the body and the arms.
    way = np.where(along > 0.2, along * regions.arm_length, points[:, 2])
    if pattern == "stripes":
        mixed = np.clip(0.5 + 1.6 * np.sin(way * np.pi / STRIPE_WIDTH), 0, 1)
    elif pattern == "two-tone":
        mixed = np.clip((along - 0.12) / 0.03, 0, 1) if top.cut.rib else (points[:, 2] > regions.neck[2] - 0.16) * 1.0
    elif pattern == "check":
        around = points[:, 0] + points[:, 1]
        bands = [np.clip(0.4 + 1.4 * np.sin(place * 2 * np.pi / 0.07), 0, 1) for place in (way, around)]
        mixed = 0.45 * bands[0] + 0.45 * bands[1]
    elif pattern == "band":
        middle = regions.neck[2] - 0.155
        mixed = np.clip((BAND_WIDTH / 2 - np.abs(points[:, 2] - middle)) / 0.004, 0, 1) * (along < 0.35)
    else:
        mixed = np.zeros(len(points))
    colors = colors * (1 - mixed[:, None]) + np.array(second) * mixed[:, None]
    if top.cut.rib:
        edge = np.minimum(top.covered(points, along), top.from_hem(points))
        band = np.clip((top.cut.rib - edge) / 0.004, 0, 1) * 0.22
        seam = np.exp(-(((edge - top.cut.rib) / 0.003) ** 2)) * 0.3
        colors *= 1 - np.clip(band + seam, 0, 0.5)[:, None]
    if top.cut.depth > 0.04:  # the button placket of a shirt
        front = points[:, 1] < regions.neck[1]
        strip = np.exp(-(((np.abs(points[:, 0]) - 0.014) / 0.003) ** 2)) * front * (along < 0)
        colors *= 1 - 0.25 * strip[:, None]
    shaded = 1 + 0.05 * noise(points, 0.12, 31)[:, None]
    return np.asarray(np.clip(colors * shaded, 0.002, 1))


def trousers_patch(regions: Regions, top: Top, loose: bool, barefoot: bool) -> tuple[Patch, Floats]:
    """Trousers from the waist to the ankles: the patch, and its cut field, meters."""
    under_top = np.clip((top.from_hem(regions.body.rest) + 0.03) / 0.03, 0, 1)
    faces = suit_faces(regions, "trousers")
    patch = Patch(regions.body, faces, relaxed=10 if loose else 2, slack=1 - under_top)
    points = patch.rest
    ankle = float(regions.body.joint("foot.L")[2])
    cut = np.minimum(regions.waist + 0.012 - points[:, 2], points[:, 2] - (ankle + (0.03 if barefoot else -0.002)))
    waves = noise(points * [1, 1, 1.8], 0.10, 41)
    at_knee = np.exp(-(((points[:, 2] - regions.body.joint("lowerleg01.L")[2]) / 0.10) ** 2))
    thickness, folds = (0.0095, 0.0032) if loose else (0.0045, 0.0012)
    offset = thickness + folds * (0.5 + at_knee) * waves
    # Under the top they lie close, or they would show through it.
    patch.offset = np.maximum(offset, 0.002) * (1 - patch.values(under_top)) + UNDER_TOP * patch.values(under_top)
    return patch, cut


def shoes_patch(regions: Regions, color: Color, sole: Color) -> tuple[Patch, Floats]:
    """Shoes: the patch, and the colors of its vertices."""
    patch = Patch(regions.body, suit_faces(regions, "shoes"), relaxed=4)
    points = patch.rest
    low = points[:, 2].min()
    on_sole = np.clip((low + 0.022 - points[:, 2]) / 0.004, 0, 1)
    patch.offset = 0.008 + 0.004 * on_sole
    return patch, np.array(color) * (1 - on_sole[:, None]) + np.array(sole) * on_sole[:, None]


def shoulder_weights(regions: Regions, points: Floats) -> dict[str, Floats]:
    """How strongly points of a hood or collar follow the chest, each collarbone, and the base of the neck."""
    across = points[:, 0] / 0.16
    left, right = np.clip(across, 0, 0.6), np.clip(-across, 0, 0.6)
    neck = 0.35 * np.clip((points[:, 2] - regions.neck[2] + 0.01) / 0.05, 0, 1) * (1 - left - right)
    return {"spine01": 1 - left - right - neck, "clavicle.L": left, "clavicle.R": right, "neck01": neck}


def hood(regions: Regions, thickness: float) -> Mesh:
    """A hood lying down: a thick roll from the throat around the neck, falling over the upper back."""
    wide = regions.neck_width + 0.030 + thickness
    angles = np.linspace(-2.65, 2.65, 41)  # 0 at the back
    back = (1 + np.cos(angles)) / 2
    x = wide * 1.12 * np.sin(angles)
    y = regions.neck[1] + 0.005 + (wide + 0.020 * back) * np.cos(angles) * np.where(np.cos(angles) < 0, 0.95, 0.95)
    z = regions.neck[2] + 0.022 + 0.022 * back - 0.030 * (1 - back)
    path = np.stack([x, y, z], axis=1)
    radius = 0.012 + 0.020 * back + 0.004 * np.sin(angles * 5) * back
    radius[[0, -1]] = 0.002
    points, quads = tube(path, radius, sides=14)
    center = np.repeat(path, 14, axis=0)
    away = points - center
    behind = np.repeat(back, 14)
    # The roll sags: its outer side hangs lower down the back than the roll is thick.
    outer = np.clip(away @ np.array([0, 0.8, -0.6]) / 0.03, -0.3, 1.5) * (points[:, 1] > regions.neck[1])
    points = points + np.stack([0 * outer, 0.010 * outer, -0.055 * outer * behind], axis=1)
    points = points + 0.0035 * noise(points, 0.05, 51)[:, None] * away / (np.linalg.norm(away, axis=1)[:, None] + 1e-9)
    return points, quads


def cords(regions: Regions, thickness: float) -> Mesh:
    """The two cords of a hood, on the chest."""
    pieces = []
    for side in (-1, 1):
        drop = np.linspace(0, 1, 14)
        z = regions.neck[2] - 0.035 - 0.13 * drop
        x = side * (0.034 + 0.010 * drop)
        skin = regions.body.rest[:SKIN_VERTICES]
        front = [
            skin[(np.abs(skin[:, 0] - a) < 0.02) & (np.abs(skin[:, 2] - c) < 0.02), 1].min(initial=0.5)
            for a, c in zip(x, z, strict=True)
        ]
        y = np.convolve(np.pad(front, 4, mode="edge"), np.full(9, 1 / 9), "valid") - thickness - 0.013
        pieces.append(tube(np.stack([x, y, z], axis=1), 0.0028, sides=6))
    return joined(pieces)


def collar(regions: Regions, depth: float) -> Mesh:
    """A shirt's collar: a band standing around the neck and folded over, open at the front, with two points."""
    wide = regions.neck_width + 0.012
    angles = np.linspace(-2.78, 2.78, 49)  # 0 at the back
    front = np.clip((np.abs(angles) - 1.5) / 1.28, 0, 1)
    around = np.stack([np.sin(angles), np.cos(angles)], axis=1)
    middle = np.array([0.0, regions.neck[1] - 0.010])
    rows = []
    # From the stand's foot up inside, over the fold, and down outside to the leaf's edge.
    for out, high, tip in (
        (0.006, -0.030, 0.0),
        (0.002, 0.020, 0.0),
        (0.006, 0.026, 0.0),
        (0.011, 0.020, 0.0),
        (0.030, -0.020, 1.0),
    ):
        reach = wide + out + (0.014 if out < 0.01 else 0.016) * front
        flat = middle + around * np.stack([reach * 1.02, reach * 1.0], axis=1)
        z = regions.neck[2] + 0.016 + high - (0.048 + depth * 0.35) * front**1.4 - 0.030 * tip * front**2
        rows.append(
            np.stack(
                [flat[:, 0] + 0.012 * tip * np.sign(flat[:, 0]) * front**2, flat[:, 1] - 0.004 * tip * front, z], axis=1
            )
        )
    points = np.stack(rows)
    return points.reshape(-1, 3), grid_quads(len(rows), len(angles))
