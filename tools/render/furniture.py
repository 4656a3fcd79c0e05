"""Pieces of furniture, each built against a wall: what stands behind and beside the person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from tools.render import shapes
from tools.render.gl import Canvas, Part, Surface
from tools.render.makehuman import Floats
from tools.render.rotation import Rotation, Vector, about_z
from tools.render.shapes import Mesh, Point

Color = tuple[float, float, float]
"""Linear RGB."""

DARK = Surface((0.02, 0.02, 0.024), roughness=0.4)
WHITE = Surface((0.62, 0.61, 0.58), roughness=0.6)
METAL = Surface((0.24, 0.25, 0.27), roughness=0.35, gloss=0.6)
LEAF = Surface((0.045, 0.13, 0.04), roughness=0.5)
PAPER = Surface((0.66, 0.64, 0.58), roughness=0.9)
SCREEN_OFF = Surface((0.012, 0.012, 0.014), roughness=0.2, gloss=0.8)
BOOK_COLORS: tuple[Color, ...] = (
    (0.30, 0.06, 0.045),
    (0.05, 0.10, 0.20),
    (0.42, 0.34, 0.20),
    (0.06, 0.14, 0.10),
    (0.55, 0.51, 0.44),
    (0.10, 0.09, 0.09),
    (0.45, 0.22, 0.06),
    (0.16, 0.22, 0.26),
    (0.26, 0.10, 0.14),
)
"""Colors of book spines: on a real shelf they are mostly muted."""


@dataclass(frozen=True)
class Workshop:
    """Puts pieces into a canvas: knows the room's materials and where the current piece stands.

    A piece's own axes: x along its wall, −y into the room from the wall at y = 0, z up.
    """

    canvas: Canvas
    random: np.random.Generator
    wood: Surface
    fabric: Surface
    """Material of upholstery."""
    accent: Color
    """Color of accessories: cushions, curtains, mugs."""
    rotation: Rotation
    origin: Vector

    def at(self, x: float, y: float, turn: float = 0.0) -> Workshop:
        """The same workshop for a piece elsewhere in this one's axes, rotated by degrees about the vertical."""
        origin = self.origin + self.rotation @ np.array([x, y, 0.0])
        return replace(self, rotation=self.rotation @ about_z(turn), origin=origin)

    def put(self, mesh: Mesh, surface: Surface, *, smooth: bool = True, colors: Floats | None = None) -> Part:
        """Add a mesh given in the piece's axes."""
        vertices, faces = mesh
        placed = vertices @ self.rotation.T + self.origin
        return self.canvas.add(placed, faces, surface, colors=colors, smooth=smooth)

    def box(self, low: Point, high: Point, surface: Surface, edge: float = 0.0) -> Part:
        """A box whose edges have a radius of `edge` meters."""
        if edge:
            return self.put(shapes.rounded_box(low, high, edge), surface)
        return self.put(shapes.box(low, high), surface, smooth=False)

    def stained(self, color: Color) -> Surface:
        """The room's wood in another color."""
        return replace(self.wood, color=color)

    def tinted(self, color: Color, spread: float = 0.15) -> Color:
        """A color made slightly lighter or darker."""
        r, g, b = np.array(color) * self.random.uniform(1 - spread, 1 + spread)
        return float(r), float(g), float(b)


def faded(color: Color, share: float, gray: float = 0.0) -> Color:
    """This fraction of a color, plus some gray."""
    r, g, b = color
    return share * r + gray, share * g + gray, share * b + gray


def books(shop: Workshop, left: float, right: float, height: float, depth: float = 0.26, fill: float = 0.9) -> None:
    """A row of books on a board at `height`, from x = left to right; `fill` is the fraction of places taken."""
    x = left
    while x < right - 0.05:
        thick, tall = shop.random.uniform(0.016, 0.045), shop.random.uniform(0.18, 0.29)
        if shop.random.random() < fill:
            color = shop.tinted(BOOK_COLORS[shop.random.integers(len(BOOK_COLORS))], 0.3)
            front = -depth + shop.random.uniform(0.0, 0.03)
            shop.box((x, front, height), (x + thick, -0.05, height + tall), Surface(color, roughness=0.6))
        x += thick + 0.0015


def bookshelf(shop: Workshop) -> None:
    """A full bookcase, 1.2 m wide and 2.05 m high."""
    for height in (0.05, 0.42, 0.82, 1.22, 1.62, 2.02):
        shop.box((-0.58, -0.30, height), (0.58, 0, height + 0.025), shop.wood, 0.003)
    for x in (-0.6, 0.58):
        shop.box((x, -0.305, 0), (x + 0.025, 0, 2.05), shop.wood, 0.003)
    shop.box((-0.58, -0.015, 0.05), (0.58, -0.005, 2.02), shop.wood)
    for height in (0.445, 0.845, 1.245, 1.645):
        split = shop.random.uniform(-0.1, 0.35)
        books(shop, -0.57, split, height)
        if shop.random.random() < 0.5:
            _ornament(shop, split + 0.13, height)
            books(shop, split + 0.28, 0.57, height)
        else:
            books(shop, split, 0.57, height, fill=0.8)


def _ornament(shop: Workshop, x: float, height: float) -> None:
    """A vase or a box on a board."""
    if shop.random.random() < 0.6:
        color = shop.tinted(shop.accent, 0.3)
        profile = [(0.001, 0), (0.035, 0), (0.055, 0.06), (0.045, 0.12), (0.02, 0.16), (0.026, 0.18), (0.02, 0.175)]
        shop.put(shapes.turned(profile, (x, -0.15, height)), Surface(color, roughness=0.3, gloss=0.6))
    else:
        shop.box((x - 0.09, -0.25, height), (x + 0.09, -0.05, height + 0.15), Surface((0.40, 0.33, 0.24)), 0.006)


def low_cabinet(shop: Workshop) -> None:
    """A sideboard, 1.6 m wide and 0.75 m high, with books and a bowl on it."""
    shop.box((-0.8, -0.42, 0.08), (0.8, 0, 0.75), shop.wood, 0.004)
    for x in (-0.78, -0.255, 0.27):
        shop.box((x, -0.435, 0.10), (x + 0.51, -0.42, 0.72), shop.wood, 0.004)
        shop.box((x + 0.22, -0.45, 0.66), (x + 0.29, -0.435, 0.672), METAL)
    books(shop, -0.7, -0.25, 0.75, 0.24)
    bowl = [(0.001, 0.0), (0.05, 0.0), (0.13, 0.07), (0.125, 0.07), (0.05, 0.012), (0.001, 0.01)]
    shop.put(shapes.turned(bowl, (0.1, -0.2, 0.75)), Surface(shop.accent, roughness=0.35, gloss=0.6))
    _lamp(shop, (0.58, -0.2, 0.75), 0.24)


def floor_lamp(shop: Workshop) -> None:
    """A lamp with a shade on a stem, 1.5 m high."""
    _lamp(shop, (0, -0.25, 0), 1.3)


def _lamp(shop: Workshop, foot: Point, stem: float) -> None:
    """A foot, a stem of this height in meters, and a shade."""
    shop.put(shapes.turned([(0.1, 0), (0.1, 0.015), (0.001, 0.02)], foot), METAL)
    shop.put(shapes.turned([(0.011, 0.015), (0.011, stem + 0.1)], foot, 10), METAL)
    glowing = Surface((0.9, 0.72, 0.46), glows=True, source="ceiling")
    shop.put(shapes.turned([(0.15, stem), (0.105, stem + 0.21)], foot), glowing)


def picture(shop: Workshop) -> None:
    """A framed landscape, 0.8 m wide."""
    shop.box((-0.4, -0.03, 1.22), (0.4, 0, 1.78), shop.stained((0.05, 0.04, 0.035)), 0.004)
    shop.box((-0.375, -0.034, 1.245), (0.375, -0.03, 1.755), PAPER)
    _painting(shop, (-0.30, -0.036, 1.31), (0.30, -0.036, 1.69))


def small_pictures(shop: Workshop) -> None:
    """Three frames of different sizes."""
    for x, z, wide, high in ((-0.34, 1.42, 0.34, 0.44), (0.1, 1.54, 0.30, 0.22), (0.1, 1.22, 0.24, 0.24)):
        frame = shop.wood if x < 0 else WHITE
        shop.box((x - wide / 2, -0.025, z), (x + wide / 2, 0, z + high), frame, 0.003)
        _painting(shop, (x - wide / 2 + 0.03, -0.027, z + 0.03), (x + wide / 2 - 0.03, -0.027, z + high - 0.03))


def _painting(shop: Workshop, low: Point, high: Point) -> None:
    """Hills under a sky, painted in vertex colors."""
    columns, rows = 80, 60
    across, up = np.meshgrid(np.linspace(0, 1, columns + 1), np.linspace(0, 1, rows + 1))
    sky_low, sky_high = np.array([0.62, 0.50, 0.36]), np.array(shop.tinted((0.20, 0.34, 0.42), 0.3))
    colors = sky_low + (sky_high - sky_low) * up[..., None]
    for level, color in ((0.55, (0.20, 0.27, 0.28)), (0.4, (0.12, 0.20, 0.15)), (0.22, (0.17, 0.17, 0.07))):
        phase, waves = shop.random.uniform(0, 6), shop.random.uniform(3, 7)
        ridge = level + 0.07 * np.sin(waves * across + phase) + 0.03 * np.sin(2.7 * waves * across)
        colors = np.where((up < ridge)[..., None], np.array(color), colors)
    surface = Surface((1, 1, 1), roughness=0.9)
    shop.put(shapes.sheet(low, high, columns, rows), surface, colors=colors.reshape(-1, 3))


def door(shop: Workshop) -> None:
    """A closed door in its frame."""
    leaf = Surface((0.55, 0.52, 0.46), roughness=0.5)
    shop.box((-0.46, -0.02, 0), (0.46, 0, 2.08), WHITE, 0.003)
    shop.box((-0.40, -0.04, 0), (0.40, -0.005, 2.02), leaf, 0.003)
    for low, high in ((0.18, 0.92), (1.08, 1.86)):
        for x in (-0.30, 0.04):
            shop.box((x, -0.048, low), (x + 0.26, -0.03, high), leaf, 0.006)
    shop.box((-0.34, -0.09, 1.0), (-0.22, -0.075, 1.02), METAL, 0.006)
    shop.box((-0.335, -0.08, 1.0), (-0.315, -0.03, 1.02), METAL)


def plant(shop: Workshop) -> None:
    """A pot plant with long arching leaves, 1 m high."""
    pot = [(0.001, 0), (0.11, 0), (0.15, 0.28), (0.16, 0.30), (0.14, 0.30), (0.13, 0.27), (0.001, 0.27)]
    shop.put(shapes.turned(pot, (0, -0.3, 0)), Surface((0.40, 0.22, 0.14), roughness=0.85, grain=0.2))
    for _ in range(24):
        turn, reach = shop.random.uniform(0, 2 * np.pi), shop.random.uniform(0.08, 0.26)
        height, wide = shop.random.uniform(0.35, 0.75), shop.random.uniform(0.022, 0.036)
        out, side = np.array([np.cos(turn), np.sin(turn), 0]), np.array([-np.sin(turn), np.cos(turn), 0])
        along = np.linspace(0, 1, 9)
        spine = np.array([0, -0.3, 0.26]) + np.outer(reach * along**1.6, out)
        spine[:, 2] += height * (along - 0.32 * along**3)
        width = (wide * np.sin(np.pi * np.clip(along * 0.93 + 0.07, 0, 1)) ** 0.7)[:, None] * side
        leaf = np.stack([spine - width, spine, spine + width], axis=1)
        leaf[:, 1, 2] -= 0.008
        surface = replace(LEAF, color=shop.tinted(LEAF.color, 0.35))
        shop.put((leaf.reshape(-1, 3), shapes.grid_faces(9, 3, closed=False)), surface)


def window(shop: Workshop) -> None:
    """A window 1.7 m wide, with sky behind it, a sill and curtains."""
    low, high, half = 0.88, 2.18, 0.85
    sky = shapes.sheet((-half, -0.004, low), (half, -0.004, high), 1, 12)
    share = (sky[0][:, 2:] - low) / (high - low)
    colors = np.array([0.72, 0.80, 0.74]) * (1 - share) + np.array([0.70, 0.86, 1.0]) * share
    shop.put(sky, Surface((1, 1, 1), glows=True, source="window"), smooth=False, colors=colors)
    for x in (-half, -0.03, half - 0.06):
        shop.box((x, -0.05, low), (x + 0.06, 0, high), WHITE, 0.004)
    for z in (low, high - 0.06):
        shop.box((-half, -0.05, z), (half, 0, z + 0.06), WHITE, 0.004)
    shop.box((-half - 0.05, -0.16, low - 0.04), (half + 0.05, 0, low), WHITE, 0.006)
    for side in (-1, 1):
        curtain(shop, side * (half + 0.12))
    shop.box((-half - 0.35, -0.11, high + 0.12), (half + 0.35, -0.09, high + 0.14), METAL)


def curtain(shop: Workshop, x: float) -> None:
    """One half of a pair, hanging in folds from above a window to the floor."""
    cloth, faces = shapes.sheet((x - 0.2, -0.10, 0.03), (x + 0.2, -0.10, 2.32), 60, 6)
    drop = 1 - (cloth[:, 2] - 0.03) / 2.29
    phase = shop.random.uniform(0, 6)
    cloth[:, 1] += (0.013 + 0.010 * drop) * np.sin((cloth[:, 0] - x) * 75 + phase + 0.6 * drop)
    color = shop.tinted(faded(shop.accent, 0.45, 0.30))
    shop.put((cloth, faces), Surface(color, roughness=0.9, grain=0.25, grain_scale=120))


def kitchen(shop: Workshop) -> None:
    """A kitchen counter 2.6 m wide with tiles, cupboards above, a kettle, jars and a refrigerator."""
    front, top = Surface((0.52, 0.53, 0.50), roughness=0.45), shop.wood
    shop.box((-1.0, -0.58, 0.1), (1.6, 0, 0.87), front, 0.003)
    for x in np.arange(-1.0, 1.6, 0.52):
        shop.box((x + 0.006, -0.60, 0.12), (x + 0.514, -0.58, 0.85), front, 0.005)
        shop.box((x + 0.18, -0.625, 0.79), (x + 0.34, -0.615, 0.80), METAL)
        shop.box((x + 0.006, -0.35, 1.45), (x + 0.514, -0.33, 2.13), front, 0.005)
        shop.box((x + 0.40, -0.37, 1.5), (x + 0.41, -0.35, 1.64), METAL)
    shop.box((-1.0, -0.33, 1.45), (1.6, 0, 2.13), front)
    shop.box((-1.02, -0.62, 0.87), (1.62, 0, 0.905), top, 0.004)
    for row in range(5):
        for column in range(26):
            x, z = -1.0 + column * 0.1, 0.91 + row * 0.108
            tile = Surface(shop.tinted((0.55, 0.57, 0.55), 0.07), roughness=0.2, gloss=0.6)
            shop.box((x + 0.002, -0.008, z), (x + 0.098, 0, z + 0.104), tile)
    shop.box((-1.65, -0.66, 0), (-1.03, 0, 1.95), Surface((0.50, 0.51, 0.52), roughness=0.35, gloss=0.5), 0.02)
    shop.box((-1.63, -0.675, 1.3), (-1.05, -0.66, 1.31), DARK)
    shop.box((-1.09, -0.70, 0.8), (-1.07, -0.68, 1.25), METAL, 0.008)
    kettle = [(0.001, 0), (0.085, 0), (0.09, 0.03), (0.07, 0.17), (0.03, 0.2), (0.001, 0.205)]
    shop.put(shapes.turned(kettle, (-0.4, -0.3, 0.905)), METAL)
    for i, x in enumerate((0.3, 0.44, 0.58)):
        jar = [(0.001, 0), (0.05, 0), (0.05, 0.16 - 0.03 * i), (0.001, 0.16 - 0.03 * i)]
        shop.put(shapes.turned(jar, (x, -0.2, 0.905)), Surface(shop.tinted(shop.accent, 0.4), roughness=0.4))
    board = shop.stained((0.36, 0.23, 0.12))
    shop.box((0.95, -0.06, 0.91), (1.25, -0.035, 1.32), board, 0.008)


def bed(shop: Workshop) -> None:
    """A bed along the wall, 2 m × 0.95 m, with pillow and duvet."""
    linen = Surface((0.55, 0.54, 0.51), roughness=0.9, grain=0.15, grain_scale=12, bump=0.5)
    cover = Surface(faded(shop.accent, 0.6, 0.12), roughness=0.9, grain=0.3, grain_scale=10, bump=0.7)
    shop.box((-1.03, -0.98, 0.1), (1.03, -0.02, 0.30), shop.wood, 0.01)
    shop.box((-1.07, -0.98, 0.1), (-1.02, -0.02, 0.92), shop.wood, 0.01)
    shop.put(shapes.cushion((-1.01, -0.96, 0.26), (1.01, -0.03, 0.48), 0.2), linen)
    shop.put(shapes.cushion((-0.45, -1.0, 0.30), (1.03, -0.02, 0.56), 0.25), cover)
    shop.put(shapes.cushion((-0.98, -0.8, 0.45), (-0.55, -0.15, 0.66), 0.5), linen)
    shop.put(shapes.cushion((-0.85, -0.35, 0.50), (-0.50, -0.10, 0.84), 0.5), Surface(shop.accent, roughness=0.9))


def wardrobe(shop: Workshop) -> None:
    """Two doors, 1.2 m wide and 2.1 m high."""
    shop.box((-0.6, -0.58, 0), (0.6, 0, 2.1), shop.wood, 0.004)
    for x in (-0.595, 0.005):
        shop.box((x, -0.60, 0.08), (x + 0.59, -0.575, 2.08), shop.wood, 0.004)
    for x in (-0.05, 0.035):
        shop.box((x, -0.63, 1.0), (x + 0.014, -0.60, 1.16), METAL, 0.004)


def chest(shop: Workshop) -> None:
    """A chest of drawers with a mirror above."""
    shop.box((-0.45, -0.42, 0.06), (0.45, 0, 0.85), shop.wood, 0.004)
    for z in (0.09, 0.35, 0.61):
        shop.box((-0.43, -0.44, z), (0.43, -0.42, z + 0.235), shop.wood, 0.006)
        shop.box((-0.06, -0.46, z + 0.12), (0.06, -0.445, z + 0.132), METAL)
    for i, color in enumerate(((0.5, 0.42, 0.32), shop.accent)):
        shop.box((-0.35, -0.33, 0.85 + 0.05 * i), (-0.05, -0.12, 0.90 + 0.05 * i), Surface(shop.tinted(color)), 0.004)
    _lamp(shop, (0.28, -0.2, 0.85), 0.24)


def sofa(shop: Workshop) -> None:
    """A sofa for two with cushions."""
    shop.box((-0.85, -0.82, 0.12), (0.85, -0.05, 0.32), shop.fabric, 0.03)
    for x in (-0.66, 0.0):
        shop.put(shapes.cushion((x, -0.85, 0.28), (x + 0.66, -0.18, 0.47), 0.25), shop.fabric)
        shop.put(shapes.cushion((x, -0.36, 0.40), (x + 0.66, -0.08, 0.84), 0.3), shop.fabric)
    for x in (-0.88, 0.66):
        shop.put(shapes.cushion((x, -0.86, 0.1), (x + 0.22, -0.04, 0.62), 0.25), shop.fabric)
    shop.put(shapes.cushion((-0.62, -0.48, 0.46), (-0.22, -0.30, 0.80), 0.5), Surface(shop.accent, roughness=0.9))


def partition(shop: Workshop) -> None:
    """An office partition with another workplace in front of it: desk, two screens, an empty chair."""
    cloth = replace(shop.fabric, color=(0.20, 0.24, 0.26))
    shop.box((-1.3, -0.06, 0.1), (1.3, 0, 1.35), cloth, 0.01)
    shop.box((-1.32, -0.07, 1.35), (1.32, 0.01, 1.38), METAL, 0.004)
    shop.box((-0.8, -0.75, 0.70), (0.8, -0.08, 0.73), WHITE, 0.004)
    for x in (-0.78, 0.74):
        shop.box((x, -0.72, 0), (x + 0.04, -0.12, 0.70), METAL)
    for x in (-0.3, 0.3):
        shop.box((x - 0.27, -0.25, 0.86), (x + 0.27, -0.22, 1.20), DARK, 0.005)
        shop.box((x - 0.03, -0.22, 0.73), (x + 0.03, -0.20, 0.95), METAL)
        shop.put(shapes.sheet((x - 0.26, -0.2505, 0.875), (x + 0.26, -0.2505, 1.19), 1, 1), SCREEN_OFF, smooth=False)
    for x, z, color in (
        (-1.05, 0.95, (0.62, 0.55, 0.20)),
        (-0.92, 1.05, (0.5, 0.3, 0.3)),
        (0.9, 1.0, (0.6, 0.6, 0.55)),
    ):
        shop.box((x, -0.065, z), (x + 0.1, -0.06, z + 0.1), Surface(color, roughness=0.9))


def whiteboard(shop: Workshop) -> None:
    """A board 1.3 m wide with a drawing on it."""
    shop.box((-0.65, -0.03, 1.0), (0.65, 0, 1.85), METAL, 0.004)
    shop.box((-0.63, -0.035, 1.02), (0.63, -0.03, 1.83), Surface((0.72, 0.72, 0.72), roughness=0.3, gloss=0.5))
    for i, high in enumerate(shop.random.uniform(0.08, 0.4, 7)):
        x = -0.5 + i * 0.09
        shop.box((x, -0.037, 1.2), (x + 0.06, -0.035, 1.2 + high), Surface((0.05, 0.12, 0.35)))
    for i in range(4):
        shop.box((0.25, -0.037, 1.65 - i * 0.1), (0.25 + shop.random.uniform(0.15, 0.3), -0.035, 1.66 - i * 0.1), DARK)


def clock(shop: Workshop) -> None:
    """A round clock."""
    for radius, depth, surface in ((0.16, 0.03, DARK), (0.145, 0.034, PAPER)):
        disc, faces = shapes.turned([(radius, 0), (radius, depth), (0.001, depth)], (0, 0, 0), 32)
        upright = np.stack([disc[:, 0], -disc[:, 2], disc[:, 1] + 1.85], axis=-1)
        shop.put((upright, faces), surface, smooth=False)
    shop.box((-0.006, -0.038, 1.85), (0.006, -0.035, 1.95), DARK)
    shop.box((-0.006, -0.038, 1.844), (0.075, -0.035, 1.856), DARK)


def wall_shelves(shop: Workshop) -> None:
    """Two boards on the wall with a few books and ornaments."""
    for z, left in ((1.25, -0.5), (1.62, -0.3)):
        shop.box((left, -0.2, z), (left + 0.9, 0, z + 0.028), shop.wood, 0.004)
        books(shop, left + 0.05, left + 0.42, z + 0.028, 0.18)
        _ornament(shop, left + 0.66, z + 0.028)


PIECES: Mapping[str, Callable[[Workshop], None]] = MappingProxyType(
    {
        piece.__name__: piece
        for piece in (
            *(bookshelf, low_cabinet, floor_lamp, picture, small_pictures, door, plant, window, kitchen, bed, wardrobe),
            *(chest, sofa, partition, whiteboard, clock, wall_shelves),
        )
    }
)
"""Pieces that can stand at or hang on a wall, by the name of their function."""
