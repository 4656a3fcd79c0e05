"""The person's own place: desk with everything on it, chair, or mat. In the room's axes, sized by workplace.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tools.render import shapes
from tools.render.furniture import BOOK_COLORS, DARK, METAL, PAPER, SCREEN_OFF, Workshop
from tools.render.gl import Surface
from tools.render.rotation import about_x
from tools.render.shapes import Mesh
from tools.render.workplace import DESK_BACK, DESK_EDGE, DESK_HEIGHT, DESK_WIDTH, SEAT_HEIGHT

HINGE = -0.84
"""y of the laptop's hinge, meters: at arm's length, behind a separate keyboard."""
LID_TILT = 18.0
"""Tilt of the laptop's lid behind the vertical, degrees."""
MONITOR = -0.90
"""y of the monitor's front, meters."""
MONITOR_TOP = 1.21
"""Meters above the floor."""
KEY_PITCH = 0.0298
"""Distance between keys, meters; larger than real, so that few boxes make a keyboard."""

KEYS = Surface((0.07, 0.07, 0.075), roughness=0.5)
LIT = Surface((1.0, 1.0, 1.0), glows=True, source="screen")


def desk(shop: Workshop, kind: str, clutter: float) -> None:
    """The desk and everything on it.

    Args:
        shop: of the room, with the room's own axes.
        kind: "laptop", or "monitor": a screen with a computer elsewhere.
        clutter: 0 to 1, how much lies about.
    """
    half, z = DESK_WIDTH / 2, DESK_HEIGHT
    shop.box((-half, DESK_BACK, z - 0.03), (half, DESK_EDGE, z), shop.wood, 0.004)
    for x in (-half + 0.05, half - 0.10):
        for y in (DESK_BACK + 0.05, DESK_EDGE - 0.10):
            shop.box((x, y, 0), (x + 0.05, y + 0.05, z - 0.03), METAL, 0.004)
    shop.box((-half + 0.08, DESK_BACK + 0.05, z - 0.10), (half - 0.08, DESK_BACK + 0.07, z - 0.03), METAL)
    {"laptop": _laptop, "monitor": _monitor}[kind](shop)
    _keyboard(shop)
    _clutter(shop, clutter)
    shop.canvas.has_screen = True


def _laptop(shop: Workshop) -> None:
    z = DESK_HEIGHT
    shop.box((-0.165, HINGE, z), (0.165, HINGE + 0.24, z + 0.016), METAL, 0.004)
    shop.box((-0.15, HINGE + 0.03, z + 0.016), (0.15, HINGE + 0.13, z + 0.018), DARK)
    shop.box((-0.05, HINGE + 0.15, z + 0.016), (0.05, HINGE + 0.22, z + 0.0165), KEYS)
    hinge = np.array([0, HINGE, z + 0.01])

    def leaning(mesh: Mesh) -> Mesh:
        return (mesh[0] - hinge) @ about_x(LID_TILT).T + hinge, mesh[1]

    lid = shapes.rounded_box((-0.165, HINGE - 0.005, z + 0.01), (0.165, HINGE + 0.003, z + 0.225), 0.003)
    shop.put(leaning(lid), DARK)
    front = shapes.sheet((-0.155, HINGE + 0.0035, z + 0.022), (0.155, HINGE + 0.0035, z + 0.213), 24, 16)
    shop.put(leaning(front), LIT, smooth=False, colors=_window_on_screen(24, 16))


def _monitor(shop: Workshop) -> None:
    z, y = DESK_HEIGHT, MONITOR
    shop.box((-0.28, y - 0.03, MONITOR_TOP - 0.36), (0.28, y, MONITOR_TOP), DARK, 0.006)
    front = shapes.sheet((-0.27, y + 0.001, MONITOR_TOP - 0.345), (0.27, y + 0.001, MONITOR_TOP - 0.012), 24, 16)
    shop.put(front, LIT, smooth=False, colors=_window_on_screen(24, 16))
    shop.box((-0.025, y - 0.05, z), (0.025, y - 0.03, MONITOR_TOP - 0.1), METAL)
    shop.box((-0.12, y - 0.11, z), (0.12, y + 0.06, z + 0.012), METAL, 0.005)


def _window_on_screen(columns: int, rows: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Colors of a screen with a bar on top, a column at the side and a page of text; row after row from below."""
    across, up = np.meshgrid(np.linspace(0, 1, columns + 1), np.linspace(0, 1, rows + 1))
    colors = np.full((*across.shape, 3), (0.72, 0.78, 0.86))
    colors[across < 0.2] = (0.30, 0.36, 0.45)
    colors[up > 0.92] = (0.18, 0.22, 0.30)
    lines = (across > 0.28) & (across < 0.85) & (up < 0.85) & (np.arange(rows + 1)[:, None] % 2 == 0)
    colors[lines] = (0.55, 0.60, 0.68)
    return colors.reshape(-1, 3)


def _keyboard(shop: Workshop) -> None:
    z = DESK_HEIGHT
    shop.box((-0.215, -0.585, z), (0.215, -0.445, z + 0.014), DARK, 0.004)
    for row in range(5):
        for column in range(14):
            x, y = -0.207 + column * KEY_PITCH, -0.58 + row * 0.0265
            shop.box((x, y, z + 0.014), (x + 0.026, y + 0.023, z + 0.018), KEYS)
    shop.put(shapes.cushion((0.265, -0.545, z), (0.325, -0.44, z + 0.034), 0.6), DARK)


def _clutter(shop: Workshop, clutter: float) -> None:
    """Small objects on the desk: the first of them are there on a tidy desk too."""
    z, random = DESK_HEIGHT, shop.random
    mug(shop, 0.42, -0.60)
    # Nothing tall near the corners, where oblique cameras stand, nor between a camera at the side and the person.
    things: list[Callable[[], object]] = [
        lambda: shop.box((-0.52, -0.62, z), (-0.33, -0.36, z + 0.012), Surface((0.10, 0.14, 0.20)), 0.003),
        lambda: _papers(shop),
        lambda: _pens(shop, -0.3, -0.93),
        lambda: shop.box((0.40, -0.42, z), (0.47, -0.28, z + 0.009), SCREEN_OFF, 0.004),
        lambda: _pile_of_books(shop, 0.31, -0.93),
        lambda: _bottle(shop, -0.22, -0.96),
    ]
    for i, thing in enumerate(things):
        if random.random() < clutter * 1.3 - 0.08 * i:
            thing()


def mug(shop: Workshop, x: float, y: float) -> None:
    """A mug with a handle on the desk."""
    surface = Surface(shop.tinted(shop.accent), roughness=0.3, gloss=0.6)
    profile = [(0.001, 0), (0.036, 0), (0.040, 0.092), (0.037, 0.092), (0.034, 0.06), (0.001, 0.06)]
    shop.put(shapes.turned(profile, (x, y, DESK_HEIGHT)), surface)
    around, across = np.meshgrid(np.linspace(-1.7, 1.7, 11), np.linspace(0, 2 * np.pi, 9)[:-1], indexing="ij")
    far = 0.026 + 0.005 * np.cos(across)
    ring = [0.032 + far * np.cos(around), 0.005 * np.sin(across), 0.046 + far * np.sin(around)]
    handle = np.stack(ring, axis=-1).reshape(-1, 3) + np.array([x, y, DESK_HEIGHT])
    shop.put((handle, shapes.grid_faces(11, 8, closed=True)), surface)


def _papers(shop: Workshop) -> None:
    for i in range(5):
        sheet = shop.at(-0.52 + 0.01 * shop.random.normal(), -0.78, float(shop.random.uniform(-8, 8)))
        z = DESK_HEIGHT + 0.0015 * i
        sheet.box((-0.105, -0.148, z), (0.105, 0.148, z + 0.001), PAPER)


def _pile_of_books(shop: Workshop, x: float, y: float) -> None:
    z = DESK_HEIGHT
    for wide, deep in ((0.22, 0.15), (0.19, 0.13), (0.17, 0.11)):
        pile, thick = shop.at(x, y, float(shop.random.uniform(-12, 12))), float(shop.random.uniform(0.015, 0.03))
        cover = Surface(shop.tinted(BOOK_COLORS[shop.random.integers(len(BOOK_COLORS))]), roughness=0.5)
        pile.box((-wide / 2, -deep / 2, z), (wide / 2, deep / 2, z + thick), cover, 0.003)
        z += thick


def _pens(shop: Workshop, x: float, y: float) -> None:
    z = DESK_HEIGHT
    cup = [(0.001, 0), (0.035, 0), (0.035, 0.1), (0.032, 0.1), (0.032, 0.01), (0.001, 0.01)]
    shop.put(shapes.turned(cup, (x, y, z)), METAL)
    for i, color in enumerate(((0.4, 0.05, 0.05), (0.04, 0.1, 0.3), (0.5, 0.38, 0.05), (0.03, 0.03, 0.03))):
        dx, dy = 0.018 * np.cos(1.7 * i), 0.018 * np.sin(1.7 * i)
        pen = (x + dx - 0.004, y + dy - 0.004, z + 0.01), (x + dx + 0.004, y + dy + 0.004, z + 0.14 + 0.01 * i)
        shop.box(*pen, Surface(color, roughness=0.4))


def _bottle(shop: Workshop, x: float, y: float) -> None:
    profile = [(0.001, 0), (0.034, 0), (0.034, 0.16), (0.018, 0.195), (0.018, 0.225), (0.001, 0.225)]
    shop.put(shapes.turned(profile, (x, y, DESK_HEIGHT)), Surface((0.16, 0.24, 0.25), roughness=0.25, gloss=0.8))


def chair(shop: Workshop, kind: str) -> None:
    """The person's chair.

    Args:
        shop: of the room, with the room's own axes.
        kind: "low" ends below the shoulder blades; "high" reaches the shoulders; "headrest" has one behind the head
            too; "kitchen" is of wood, without castors.
    """
    if kind == "kitchen":
        _kitchen_chair(shop)
        return
    seat, padding = SEAT_HEIGHT, replace(shop.fabric, roughness=0.9)
    shop.put(shapes.cushion((-0.25, -0.27, seat - 0.09), (0.25, 0.22, seat), 0.28), padding)
    low, high = {"low": (0.14, 0.50), "high": (0.10, 0.72), "headrest": (0.10, 0.61)}[kind]
    shop.put(shapes.cushion((-0.23, 0.150, seat + low), (0.23, 0.215, seat + high), 0.3, bow=0.035), padding)
    if kind == "headrest":
        shop.box((-0.03, 0.19, seat + high - 0.05), (0.03, 0.21, seat + high + 0.08), DARK)
        shop.put(shapes.cushion((-0.14, 0.155, seat + 0.66), (0.14, 0.205, seat + 0.82), 0.4, bow=0.02), padding)
    shop.box((-0.035, 0.205, seat - 0.05), (0.035, 0.235, seat + high - 0.1), DARK, 0.008)
    shop.box((-0.035, 0.0, seat - 0.10), (0.035, 0.235, seat - 0.06), DARK, 0.008)
    column = [(0.03, 0.08), (0.03, 0.24), (0.02, 0.24), (0.02, seat - 0.08)]
    shop.put(shapes.turned(column, (0, 0, 0), 14), METAL)
    for i in range(5):
        leg = shop.at(0, 0, 72.0 * i + 18)
        leg.box((0, -0.022, 0.065), (0.30, 0.022, 0.095), DARK, 0.01)
        disc, faces = shapes.turned([(0.001, -0.02), (0.03, -0.02), (0.03, 0.02), (0.001, 0.02)], (0, 0, 0), 14)
        leg.put((disc[:, [0, 2, 1]] + (0.29, 0, 0.032), faces), DARK, smooth=False)


def _kitchen_chair(shop: Workshop) -> None:
    seat = SEAT_HEIGHT
    shop.box((-0.22, -0.24, seat - 0.035), (0.22, 0.20, seat), shop.wood, 0.012)
    for x in (-0.21, 0.17):
        shop.box((x, -0.22, 0), (x + 0.04, -0.18, seat - 0.035), shop.wood, 0.006)
        shop.box((x, 0.165, 0), (x + 0.04, 0.20, seat + 0.44), shop.wood, 0.006)
    for z in (0.16, 0.27, 0.38):
        shop.box((-0.18, 0.170, seat + z), (0.18, 0.190, seat + z + 0.06), shop.wood, 0.008)


def mat(shop: Workshop) -> None:
    """A yoga mat on the floor, along y."""
    surface = Surface(shop.accent, roughness=0.95, grain=0.3, grain_scale=80)
    shop.box((-0.32, -1.35, 0), (0.32, 0.55, 0.008), surface, 0.003)
