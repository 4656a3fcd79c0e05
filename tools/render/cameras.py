"""Named camera placements, from a laptop's lid to a phone on the floor, with individual variation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from tools.render.camera import Camera

SIZES: tuple[tuple[int, int], ...] = ((640, 480), (1280, 720))
"""Width and height of webcam pictures, pixels."""
LAPTOP_LENS = 0.965
"""Height of the laptop camera on the desk, meters above the floor: above its lid (workstation.py), the usual place."""


@dataclass(frozen=True)
class Placement:
    """Where a camera stands: distance, direction and height relative to the person."""

    kind: str
    """"desk" or "floor": for a seated person, or for one on a mat."""
    azimuth: float
    """Direction from the person, degrees: 0 in front, 90 at the person's left, −90 at the right."""
    distance: float
    """Level distance from `around`, meters."""
    height: float
    """Height of the lens, meters: above the floor, or above the eyes if `above_eyes` says so."""
    above_eyes: bool = False
    around: tuple[float, float] = (0.0, -0.10)
    """x and y of the point looked at, meters; a seated person's head is over the origin, or in front of it."""
    look: float = 0.0
    """Height of the point looked at, meters: above the floor (floor), or relative to the eyes (desk)."""
    fields_of_view: tuple[float, float] = (62.0, 62.0)
    """Narrowest and widest, horizontal, degrees; the mean of both if nothing is random."""
    azimuth_jitter: float = 0.0
    """Largest deviation in direction, degrees."""
    distance_jitter: float = 0.0
    """Largest deviation, meters."""
    height_jitter: float = 0.0
    """Largest deviation, meters; a third of it for the point looked at."""
    roll_jitter: float = 1.0
    """Largest deviation from level, degrees."""


def _both_sides(name: str, placement: Placement) -> dict[str, Placement]:
    """A placement at the person's left, and its mirror image."""
    x, y = placement.around
    values = {**placement.__dict__, "azimuth": -placement.azimuth, "around": (-x, y)}
    return {f"{name} left": placement, f"{name} right": Placement(**values)}


PLACEMENTS: Mapping[str, Placement] = MappingProxyType(
    {
        # In front, at the screen. The jitter is limited so that lid or monitor do not come in front of the lens.
        "laptop": Placement(
            "desk", 0, 0.74, LAPTOP_LENS, around=(0.0, -0.08), look=-0.06, fields_of_view=(60, 74),
            azimuth_jitter=6, distance_jitter=0.05, height_jitter=0.02,
        ),
        "monitor": Placement(
            "desk", 0, 0.80, 1.25, around=(0.0, -0.06), look=-0.13, fields_of_view=(60, 76),
            azimuth_jitter=5, distance_jitter=0.02, height_jitter=0.02,
        ),
        "high webcam": Placement(
            "desk", 5, 0.90, 0.30, True, around=(0.0, -0.05), look=-0.16, fields_of_view=(64, 82),
            azimuth_jitter=10, distance_jitter=0.08, height_jitter=0.08,
        ),
        "phone on a stand": Placement(
            "desk", 20, 0.74, 0.90, around=(0.0, -0.10), look=-0.10, fields_of_view=(66, 82),
            azimuth_jitter=4, distance_jitter=0.04, height_jitter=0.03, roll_jitter=2,
        ),
        **_both_sides(
            "oblique",
            Placement(
                "desk", 45, 1.25, -0.10, True, around=(0.0, -0.10), look=-0.26, fields_of_view=(60, 80),
                azimuth_jitter=15, distance_jitter=0.15, height_jitter=0.12,
            ),
        ),
        **_both_sides(
            "side",
            Placement(
                "desk", 90, 1.80, -0.20, True, around=(0.0, -0.16), look=-0.32, fields_of_view=(55, 68),
                azimuth_jitter=8, distance_jitter=0.20, height_jitter=0.12,
            ),
        ),
        # On the floor or a low table, the whole mat in view. y = −0.42 is the middle of a person sitting on it.
        **_both_sides(
            "floor side",
            Placement(
                "floor", 90, 1.95, 0.62, around=(0.0, -0.42), look=0.40, fields_of_view=(58, 70),
                azimuth_jitter=8, distance_jitter=0.12, height_jitter=0.15,
            ),
        ),
        # As far away as the exercises' own text allows, with a wide field of view for a webcam. Some rooms have a
        # cupboard at the right one.
        **_both_sides(
            "floor across",
            Placement(
                "floor", 90, 2.5, 0.62, around=(0.0, -0.42), look=0.40, fields_of_view=(70, 70), azimuth_jitter=8,
                height_jitter=0.15,
            ),
        ),
        **_both_sides(
            "floor oblique",
            Placement(
                "floor", 45, 2.0, 0.85, around=(0.0, -0.40), look=0.36, fields_of_view=(56, 68),
                azimuth_jitter=12, distance_jitter=0.12, height_jitter=0.15,
            ),
        ),
        "floor front": Placement(
            "floor", 0, 2.0, 0.80, around=(0.0, -0.30), look=0.36, fields_of_view=(55, 66),
            azimuth_jitter=8, distance_jitter=0.12, height_jitter=0.15,
        ),
        # A standing person from head to toe, with room for the arms overhead. Limited by the walls.
        **_both_sides(
            "floor standing side",
            Placement(
                "floor", 90, 2.30, 0.95, around=(0.0, -0.15), look=0.98, fields_of_view=(76, 84),
                azimuth_jitter=8, distance_jitter=0.08, height_jitter=0.15,
            ),
        ),
        "floor standing front": Placement(
            "floor", 0, 2.75, 0.95, around=(0.0, -0.10), look=0.98, fields_of_view=(66, 76),
            azimuth_jitter=10, distance_jitter=0.15, height_jitter=0.15,
        ),
    }
)  # fmt: skip
"""By name; those for stretches begin with "floor"."""


def place(
    placement: Placement | str,
    eye_height: float,
    random: np.random.Generator | None = None,
    size: tuple[int, int] = SIZES[0],
) -> Camera:
    """A camera at a placement.

    Args:
        placement: one of `PLACEMENTS`, or its name.
        eye_height: of the upright seated person, meters above the floor; unused for floor placements.
        random: for individual variation; exactly as described if omitted.
        size: width and height of the picture, pixels.

    Returns:
        The camera, named after the placement if that was given by name.
    """
    name = placement if isinstance(placement, str) else ""
    told = PLACEMENTS[placement] if isinstance(placement, str) else placement

    def about(middle: float, deviation: float) -> float:
        return middle if random is None else float(random.uniform(middle - deviation, middle + deviation))

    azimuth = np.radians(about(told.azimuth, told.azimuth_jitter))
    distance = about(told.distance, told.distance_jitter)
    height = about(told.height, told.height_jitter) + (eye_height if told.above_eyes else 0.0)
    look = about(told.look, told.height_jitter / 3) + (eye_height if told.kind == "desk" else 0.0)
    narrow, wide = told.fields_of_view
    x, y = told.around
    return Camera(
        position=(float(x + distance * np.sin(azimuth)), float(y - distance * np.cos(azimuth)), float(height)),
        target=(x, y, float(look)),
        field_of_view=about((narrow + wide) / 2, (wide - narrow) / 2),
        width=size[0],
        height=size[1],
        roll=about(0.0, told.roll_jitter),
        name=name,
    )
