"""Rooms by name, and how they are built: walls, floor, furniture along the walls, and the person's own place."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from tools.render import workstation
from tools.render.furniture import PIECES, WHITE, Color, Workshop, faded
from tools.render.gl import Canvas, Surface

LEFT, RIGHT = 2.6, -2.6
"""x of the walls at the person's left and right, meters."""
BACK, FRONT = 1.6, -3.9
"""y of the walls behind and in front of the person, meters."""
CEILING = 2.7
"""z of the ceiling, meters."""
CEILING_PAINT = Surface((0.85, 0.84, 0.81), roughness=0.95)
BOARD_WIDTH = 0.16
"""Width of the floorboards, meters."""
WINDOW_BEHIND = ("window", 0.35)
"""The window for light from behind."""

OAK, WALNUT, BIRCH = (0.30, 0.19, 0.10), (0.12, 0.065, 0.04), (0.46, 0.35, 0.22)
PAINTED_WHITE = (0.48, 0.465, 0.43)
GRAY, NAVY, RUST, OLIVE = (0.06, 0.065, 0.07), (0.035, 0.06, 0.12), (0.30, 0.10, 0.05), (0.10, 0.12, 0.05)

Placed = tuple[str, float]
"""A piece of furniture by name (`furniture.PIECES`), and its distance from the middle of its wall, meters."""


@dataclass(frozen=True)
class Room:
    """What a room looks like."""

    name: str
    """Also the seed of everything random in it, so that a room is the same every time."""
    wall: Color = (0.55, 0.52, 0.46)
    """Linear RGB."""
    floor: str = "boards"
    """"boards", "carpet" or "tiles"."""
    floor_color: Color = (0.24, 0.145, 0.08)
    wood: Color = OAK
    """Of desk, shelves and cupboards."""
    wood_grain: float = 0.4
    """How pronounced the grain is, 0 (painted) to 1."""
    fabric: Color = GRAY
    """Of chair and sofa."""
    accent: Color = RUST
    """Of mug, cushions, curtains and mat."""
    behind: tuple[Placed, ...] = ()
    """Along the wall behind the person; positions increase to the person's left."""
    left: tuple[Placed, ...] = ()
    """Along the wall at the person's left; positions increase to the person's front."""
    right: tuple[Placed, ...] = ()
    """Along the wall at the person's right; positions increase to the person's back."""
    desk: str = "laptop"
    """"laptop", "monitor" or "none"."""
    chair: str = "low"
    """"low", "high", "headrest", "kitchen" or "none"."""
    clutter: float = 0.5
    """How much lies on the desk, 0 to 1."""
    mat: bool = False
    """Whether a yoga mat lies on the floor."""
    rug: bool = False
    """Whether a rug lies under the person's place."""
    window_side: str = "left"
    """The side of the person with the window, "left" or "right": the light comes from there."""


def build(canvas: Canvas, room: Room, *, window_behind: bool = False) -> None:
    """Put a room into a canvas.

    Args:
        canvas: receives the room.
        room: what it looks like.
        window_behind: whether a window replaces what hangs on the wall behind the person.
    """
    shop = Workshop(
        canvas=canvas,
        random=np.random.default_rng(zlib.crc32(room.name.encode())),
        wood=Surface(room.wood, roughness=0.45, grain=room.wood_grain, grain_scale=9, grain_stretch=(0.18, 1.0, 1.0)),
        fabric=Surface(room.fabric, roughness=0.9, grain=0.5, grain_scale=130, bump=0.3),
        accent=room.accent,
        rotation=np.eye(3),
        origin=np.zeros(3),
    )
    canvas.room_low, canvas.room_high = (RIGHT, FRONT, 0.0), (LEFT, BACK, CEILING)
    canvas.has_screen = False
    _shell(shop, room)
    behind = room.behind
    if window_behind:
        behind = (*(one for one in behind if not _in_the_way(one)), WINDOW_BEHIND)
    walls = {
        "behind": (shop.at(0, BACK), behind),
        "left": (shop.at(LEFT, -0.7, -90), room.left),
        "right": (shop.at(RIGHT, -0.7, 90), room.right),
    }
    for wall, pieces in walls.values():
        for name, along in pieces:
            PIECES[name](wall.at(along, 0))
    if room.rug:
        _rug(shop)
    if room.desk != "none":
        workstation.desk(shop, room.desk, room.clutter)
    if room.chair != "none":
        workstation.chair(shop, room.chair)
    if room.mat:
        workstation.mat(shop)


def _in_the_way(placed: Placed) -> bool:
    """Whether a piece hangs or stands where the window behind the person is."""
    name, along = placed
    return abs(along - WINDOW_BEHIND[1]) < 1.45 and name not in ("plant", "floor_lamp", "sofa", "bed", "low_cabinet")


def _shell(shop: Workshop, room: Room) -> None:
    """Walls, ceiling, skirting and floor; they cast no shadow, since the lights are outside them."""
    wall = Surface(room.wall, roughness=0.95, grain=0.06, grain_scale=3, gloss=0.1)
    thick = 0.1
    for low, high, surface in (
        ((RIGHT, BACK, 0), (LEFT, BACK + thick, CEILING), wall),
        ((LEFT, FRONT, 0), (LEFT + thick, BACK, CEILING), wall),
        ((RIGHT - thick, FRONT, 0), (RIGHT, BACK, CEILING), wall),
        ((RIGHT, FRONT - thick, 0), (LEFT, FRONT, CEILING), wall),
        ((RIGHT, FRONT, CEILING), (LEFT, BACK, CEILING + thick), CEILING_PAINT),
        ((RIGHT, BACK - 0.015, 0), (LEFT, BACK, 0.09), WHITE),
        ((LEFT - 0.015, FRONT, 0), (LEFT, BACK, 0.09), WHITE),
        ((RIGHT, FRONT, 0), (RIGHT + 0.015, BACK, 0.09), WHITE),
    ):
        shop.box(low, high, surface).casts_shadow = False
    {"boards": _boards, "carpet": _carpet, "tiles": _tiles}[room.floor](shop, room.floor_color)


def _flat(shop: Workshop, low: tuple[float, float], high: tuple[float, float], surface: Surface) -> None:
    corners = np.array([(x, y, 0.0) for x, y in (low, (high[0], low[1]), high, (low[0], high[1]))])
    shop.put((corners, np.array([(0, 1, 2, 3)])), surface, smooth=False).casts_shadow = False


def _boards(shop: Workshop, color: Color) -> None:
    for x in np.arange(RIGHT, LEFT, BOARD_WIDTH):
        y = FRONT - shop.random.uniform(0, 1.1)
        while y < BACK:
            long = shop.random.uniform(1.2, 2.0)
            surface = Surface(
                shop.tinted(color, 0.16), 0.5, grain=0.55, grain_scale=14, gloss=0.4, grain_stretch=(1.0, 0.1, 1.0)
            )
            _flat(shop, (x, max(y, FRONT)), (min(x + BOARD_WIDTH - 0.003, LEFT), min(y + long - 0.003, BACK)), surface)
            y += long
    gap = Surface(faded(color, 0.25))
    shop.box((RIGHT, FRONT, -0.1), (LEFT, BACK, -0.002), gap).casts_shadow = False


def _carpet(shop: Workshop, color: Color) -> None:
    _flat(shop, (RIGHT, FRONT), (LEFT, BACK), Surface(color, roughness=1.0, grain=0.5, grain_scale=90, bump=0.3))


def _tiles(shop: Workshop, color: Color) -> None:
    side = 0.4  # of one tile, meters
    joint = Surface((0.25, 0.24, 0.22), roughness=0.95)
    shop.box((RIGHT, FRONT, -0.1), (LEFT, BACK, -0.002), joint).casts_shadow = False
    for x in np.arange(RIGHT, LEFT, side):
        for y in np.arange(FRONT, BACK, side):
            surface = Surface(shop.tinted(color, 0.06), roughness=0.3, grain=0.2, grain_scale=6, gloss=0.6)
            _flat(shop, (x, y), (min(x + side - 0.005, LEFT), min(y + side - 0.005, BACK)), surface)


def _rug(shop: Workshop) -> None:
    light = faded(shop.accent, 0.5, 0.16)
    for inset, lift, color in ((0.0, 0.006, light), (0.09, 0.008, shop.accent), (0.13, 0.010, light)):
        surface = Surface(color, roughness=1.0, grain=0.5, grain_scale=70, bump=0.3)
        shop.box((-1.1 + inset, -1.4 + inset, 0), (1.1 - inset, 0.75 - inset, lift), surface)


_DESK_ROOMS = (
    Room(
        "study",
        behind=(("bookshelf", -1.3), ("picture", 0.7), ("plant", 0.75), ("door", 1.95)),
        left=(("window", 0.1), ("low_cabinet", 0.1)),
        right=(("low_cabinet", -0.4), ("small_pictures", -0.4), ("floor_lamp", 0.95)),
        rug=True,
        clutter=0.7,
    ),
    Room(
        "white wall",
        wall=(0.66, 0.65, 0.63),
        floor_color=(0.36, 0.26, 0.16),
        wood=BIRCH,
        fabric=(0.20, 0.21, 0.21),
        accent=(0.10, 0.20, 0.22),
        left=(("window", 0.0),),
        desk="monitor",
        chair="high",
        clutter=0.15,
    ),
    Room(
        "kitchen",
        wall=(0.60, 0.56, 0.46),
        floor="tiles",
        floor_color=(0.34, 0.30, 0.26),
        wood=(0.34, 0.24, 0.14),
        accent=(0.42, 0.26, 0.06),
        behind=(("kitchen", -0.2), ("door", 2.05)),
        left=(("window", 0.2), ("plant", -1.3)),
        right=(("wall_shelves", -0.2), ("small_pictures", 1.0)),
        chair="kitchen",
        clutter=0.4,
    ),
    Room(
        "bedroom",
        wall=(0.40, 0.44, 0.45),
        floor="carpet",
        floor_color=(0.30, 0.27, 0.23),
        wood=BIRCH,
        fabric=NAVY,
        accent=(0.10, 0.16, 0.26),
        behind=(("bed", -0.7), ("small_pictures", -0.5), ("wardrobe", 1.5)),
        left=(("chest", -0.5), ("clock", -0.5), ("door", 1.2)),
        right=(("window", 0.3), ("floor_lamp", -1.2)),
        desk="monitor",
        chair="low",
        clutter=0.6,
        window_side="right",
    ),
    Room(
        "office",
        wall=(0.56, 0.58, 0.58),
        floor="carpet",
        floor_color=(0.10, 0.115, 0.13),
        wood=PAINTED_WHITE,
        wood_grain=0.05,
        fabric=(0.03, 0.03, 0.034),
        accent=(0.05, 0.17, 0.30),
        behind=(("partition", -0.4), ("whiteboard", 1.6), ("clock", 0.4)),
        left=(("window", -0.6), ("window", 1.6)),
        right=(("partition", 0.2), ("plant", 1.9)),
        desk="monitor",
        chair="headrest",
        clutter=0.5,
    ),
    Room(
        "dark wall",
        wall=(0.055, 0.075, 0.085),
        floor_color=(0.14, 0.08, 0.045),
        wood=WALNUT,
        fabric=(0.14, 0.075, 0.04),
        accent=(0.45, 0.30, 0.10),
        behind=(("wall_shelves", -1.1), ("floor_lamp", 1.2), ("picture", 0.35)),
        left=(("window", 0.2), ("plant", -1.3)),
        right=(("bookshelf", 0.3), ("small_pictures", -0.9)),
        chair="high",
        clutter=0.4,
    ),
    Room(
        "living room",
        wall=(0.52, 0.42, 0.33),
        wood=WALNUT,
        fabric=(0.16, 0.17, 0.13),
        accent=(0.34, 0.13, 0.06),
        behind=(("sofa", -0.9), ("picture", -0.9), ("floor_lamp", 0.45), ("bookshelf", 1.5)),
        left=(("door", -0.8), ("wall_shelves", 0.6)),
        right=(("window", 0.0), ("plant", 1.5), ("plant", -1.3)),
        rug=True,
        clutter=0.8,
        window_side="right",
    ),
    Room(
        "green room",
        wall=(0.24, 0.30, 0.22),
        floor_color=(0.38, 0.28, 0.18),
        wood=OAK,
        fabric=(0.30, 0.28, 0.23),
        accent=(0.50, 0.36, 0.14),
        behind=(("plant", -1.6), ("small_pictures", -0.9), ("low_cabinet", 1.0), ("clock", 0.9)),
        left=(("window", 0.0), ("plant", -1.4)),
        right=(("wardrobe", -0.9), ("plant", 0.1), ("picture", 0.5)),
        desk="monitor",
        chair="kitchen",
        clutter=0.3,
    ),
    Room(
        "attic",
        wall=(0.62, 0.58, 0.53),
        floor_color=(0.17, 0.09, 0.05),
        wood=PAINTED_WHITE,
        wood_grain=0.05,
        fabric=(0.25, 0.09, 0.10),
        accent=(0.30, 0.08, 0.10),
        behind=(("chest", -1.4), ("wall_shelves", 0.9), ("small_pictures", -0.4)),
        left=(("bookshelf", -0.9), ("bookshelf", 0.35), ("floor_lamp", 1.3)),
        right=(("window", 0.2), ("low_cabinet", 0.2)),
        chair="headrest",
        clutter=0.9,
        rug=True,
        window_side="right",
    ),
)
_FLOOR_ROOMS = (
    Room(
        "yoga room",
        wall=(0.60, 0.57, 0.51),
        floor_color=(0.36, 0.25, 0.15),
        wood=BIRCH,
        accent=(0.06, 0.15, 0.24),
        behind=(("plant", -1.7), ("picture", -0.4), ("door", 1.9)),
        left=(("window", 0.2),),
        right=(("low_cabinet", 0.3), ("small_pictures", 0.1), ("plant", 1.7)),
        desk="none",
        chair="none",
        mat=True,
    ),
    Room(
        "living room floor",
        wall=(0.36, 0.40, 0.42),
        floor="carpet",
        floor_color=(0.32, 0.29, 0.24),
        wood=OAK,
        fabric=(0.20, 0.17, 0.14),
        accent=(0.32, 0.10, 0.16),
        behind=(("sofa", -0.9), ("picture", -0.9), ("bookshelf", 1.4)),
        left=(("door", -0.8), ("floor_lamp", 0.4)),
        right=(("bookshelf", 1.0), ("window", -0.7)),
        desk="none",
        chair="none",
        mat=True,
        window_side="right",
    ),
)
DESK_ROOMS: Mapping[str, Room] = MappingProxyType({room.name: room for room in _DESK_ROOMS})
"""Rooms with a workplace."""
FLOOR_ROOMS: Mapping[str, Room] = MappingProxyType({room.name: room for room in _FLOOR_ROOMS})
"""Rooms with a mat for stretches."""
ROOMS: Mapping[str, Room] = MappingProxyType({**DESK_ROOMS, **FLOOR_ROOMS})
