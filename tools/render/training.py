"""The stills that the posture estimator learns from: people, cameras and postures drawn at random, from seeds alone.

`tune` and `test` (stills.py) have few people in named postures; here every group has a camera of its own, nobody sits
upright in exactly the same way, and postures are mixed from their parts in any proportion: leaning back while looking
at the phone, a slouch with raised shoulders, half slid down and turned. None of the people, and none of the rooms of
`test`, are used here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from tools.render.camera import Camera
from tools.render.cameras import Placement, place
from tools.render.desk_postures import ON_LEG, PHONE
from tools.render.motion import Life
from tools.render.parameters import Place, Posture
from tools.render.posture import POSTURES
from tools.render.rooms import ROOMS, Room
from tools.render.stills import DARK, SENSORS_USED, SPLITS, Group, Still

GROUPS = 168
PEOPLE = 100
"""Training people; most are seen by two cameras."""
UPRIGHTS = 4
"""Stills of upright sitting in a group, for its baseline."""
MIXTURES = 20
"""Stills of other postures in a group."""
LIGHTS = ("day", "overcast", "evening", "day", "window behind", "overcast", "evening", "day", "dim lamp", "overcast")
CHAIRS = ("low", "high", "headrest", "kitchen", "none")

# Cameras are drawn uniformly within these bounds. They stay in front of the laptop's lid, or above it.
KINDS: dict[str, Placement] = {
    "monitor": Placement(
        "desk", 0, 0.82, 0.07, True, around=(0.0, -0.06), look=-0.13, fields_of_view=(56, 84),
        azimuth_jitter=22, distance_jitter=0.20, height_jitter=0.15, roll_jitter=3,
    ),
    "high webcam": Placement(
        "desk", 0, 0.95, 0.33, True, around=(0.0, -0.05), look=-0.16, fields_of_view=(60, 86),
        azimuth_jitter=25, distance_jitter=0.20, height_jitter=0.18, roll_jitter=3,
    ),
    "laptop": Placement(
        "desk", 0, 0.66, 0.97, around=(0.0, -0.08), look=-0.07, fields_of_view=(58, 80),
        azimuth_jitter=18, distance_jitter=0.10, height_jitter=0.09, roll_jitter=3,
    ),
    "phone on a stand": Placement(
        "desk", 20, 0.70, 0.92, around=(0.0, -0.10), look=-0.08, fields_of_view=(60, 84),
        azimuth_jitter=18, distance_jitter=0.12, height_jitter=0.08, roll_jitter=4,
    ),
    "oblique": Placement(
        "desk", 47, 1.25, -0.08, True, around=(0.0, -0.12), look=-0.25, fields_of_view=(56, 82),
        azimuth_jitter=21, distance_jitter=0.35, height_jitter=0.25, roll_jitter=3,
    ),
    "side": Placement(
        "desk", 87, 1.70, -0.15, True, around=(0.0, -0.16), look=-0.30, fields_of_view=(52, 74),
        azimuth_jitter=18, distance_jitter=0.45, height_jitter=0.28, roll_jitter=3,
    ),
}  # fmt: skip
"""The first word is the family in `benchmarks/stills.py`."""
TURNS = (
    "monitor", "laptop", "oblique", "side", "high webcam", "phone on a stand", "monitor", "laptop", "side", "oblique",
)  # fmt: skip
"""Which kind of camera each group gets: most people's cameras are in front."""

PARTS = {
    "slouch": (POSTURES["slouch_deep"], 0.17),
    "forward head": (POSTURES["forward_head_deep"], 0.13),
    "sliding down": (POSTURES["sliding_down"], 0.14),
    "recline": (POSTURES["recline"], 0.13),
    "lean in": (POSTURES["lean_in"], 0.13),
    "look down": (POSTURES["look_at_keys"], 0.16),
    "look up": (POSTURES["look_up"], 0.04),
    "shrug": (POSTURES["shrug"], 0.04),
    "nothing": (POSTURES["upright"], 0.06),
}
"""The main component of a still, at full strength, and how often it occurs."""
SECONDS = ("slouch", "forward head", "sliding down", "recline", "lean in")
"""Components that may be mixed in."""
SHARED_AXES = (
    "pelvis", "lumbar", "thorax", "low_neck", "high_neck", "hips_y", "hips_z", "feet_ahead",
    "left_protraction", "right_protraction", "left_elevation", "right_elevation", "left_ahead", "right_ahead",
)  # fmt: skip
LIMITS = {
    "pelvis": (-42, 30), "lumbar": (-6, 34), "thorax": (-8, 36), "low_neck": (-18, 46), "high_neck": (-58, 44),
    "hips_y": (-0.2, 0.14),
}  # fmt: skip
"""Degrees and meters: ranges of what people do at a desk."""
SEAT_MOVED = 0.12
"""Largest displacement of a moved chair, meters."""


@dataclass(frozen=True)
class TrainingGroup(Group):
    """A training person in front of a camera drawn for this group."""

    @property
    def furnished(self) -> Room:
        """The room with a random chair."""
        random = np.random.default_rng([self.seed, 4])
        return replace(ROOMS[self.room], chair=str(random.choice(CHAIRS)), desk="laptop")

    def put_up(self, eyes: float, random: np.random.Generator, size: tuple[int, int]) -> Camera:
        """A camera of the group's kind, at either side."""
        told = KINDS[self.placement]
        x, y = told.around
        side = float(random.choice([-1, 1]))
        return place(replace(told, azimuth=side * told.azimuth, around=(side * x, y)), eyes, random, size)

    def stills(self) -> Iterator[Still]:
        """Upright stills as this person sits, and mixtures of everything else."""
        random = np.random.default_rng([self.seed, 1])
        own = _own_upright(random)
        for variant in range(UPRIGHTS):
            nod = POSTURES["upright"].plus(high_neck=float(random.normal(0, 1.5)))
            yield Still("upright", variant, _alive(_added(own, nod, 1.0), random))
        for variant in range(MIXTURES):
            name, posture = _mixture(own, random)
            yield Still(name, variant, _alive(posture, random))


def plan() -> list[TrainingGroup]:
    """All groups, ordered so that any part of them is a fair sample."""
    rooms = SPLITS["tune"][1]
    groups = []
    for index in range(GROUPS):
        light = LIGHTS[(index + index // len(LIGHTS)) % len(LIGHTS)]
        sensor = "low light" if light in DARK else SENSORS_USED[index % len(SENSORS_USED)]
        kind = TURNS[(index + index // PEOPLE) % len(TURNS)]
        groups.append(TrainingGroup("train", f"t{index % PEOPLE:03d}", kind, rooms[index % len(rooms)], light, sensor))
    return groups


def _own_upright(random: np.random.Generator) -> Posture:
    """How somebody sits when upright: no two people do it alike, degrees."""
    ways = {"pelvis": (-6, 4), "lumbar": (-2, 6), "thorax": (-2, 6), "low_neck": (-4, 6), "high_neck": (-7, 6)}
    return POSTURES["upright"].plus(**{axis: float(random.uniform(*bounds)) for axis, bounds in ways.items()})


def _mixture(own: Posture, random: np.random.Generator) -> tuple[str, Posture]:
    """A posture with one main component, and that component's name."""
    lead = str(random.choice(list(PARTS), p=[share for _, share in PARTS.values()]))
    posture = _added(own, PARTS[lead][0], float(random.uniform(0.1, 1.1)))
    if random.random() < 0.4:
        second = str(random.choice([name for name in SECONDS if name != lead]))
        posture = _added(posture, PARTS[second][0], float(random.uniform(0, 0.7)))
    if random.random() < 0.5:
        posture = posture.plus(high_neck=float(random.uniform(-22, 34)), low_neck=float(random.uniform(-5, 10)))
    posture = _turned(posture, random)
    far = SEAT_MOVED if random.random() < 0.2 else 0.03
    posture = posture.plus(hips_x=float(random.uniform(-far, far)), hips_y=float(random.uniform(-far, far)))
    posture = _busy(posture, random)
    now = {axis: float(getattr(posture, axis)) for axis in LIMITS}
    return lead, posture.plus(**{axis: float(np.clip(now[axis], *LIMITS[axis])) - now[axis] for axis in LIMITS})


def _added(posture: Posture, part: Posture, amount: float) -> Posture:
    return posture.plus(**{axis: amount * getattr(part, axis) for axis in SHARED_AXES})


def _turned(posture: Posture, random: np.random.Generator) -> Posture:
    """The posture, sometimes turned, tilted or with raised shoulders."""
    for axis, share, most in (
        ("trunk_turn", 0.15, 25), ("trunk_lean", 0.15, 14), ("neck_turn", 0.25, 40), ("neck_lean", 0.18, 20),
    ):  # fmt: skip
        if random.random() < share:
            posture = posture.plus(**{axis: float(random.uniform(-most, most))})
    if random.random() < 0.12:
        up = float(random.uniform(0, 16))
        posture = posture.plus(left_elevation=up, right_elevation=up)
    return posture


def _busy(posture: Posture, random: np.random.Generator) -> Posture:
    """The posture with the hands doing something."""
    doing = str(
        random.choice(["type", "mouse", "phone", "rest", "chin", "drink"], p=[0.58, 0.12, 0.1, 0.12, 0.05, 0.03])
    )
    if doing == "mouse":
        posture = posture.plus(right_across=float(random.uniform(0.05, 0.2)))
    elif doing == "phone":
        posture = replace(posture, left_hand=PHONE, right_hand=PHONE, left_curl=35.0, right_curl=35.0)
    elif doing == "rest":
        posture = replace(posture, left_hand=ON_LEG, right_hand=ON_LEG)
    elif doing == "chin":
        posture = replace(posture.plus(hips_y=-0.04, pelvis=6), right_hand={Place.CHIN: 1.0}, right_curl=52.0)
    elif doing == "drink":
        posture = replace(posture, right_hand={Place.MOUTH: 1.0}, right_curl=42.0)
    return posture.mirrored() if random.random() < 0.5 else posture


def _alive(posture: Posture, random: np.random.Generator) -> Posture:
    return Life(seed=int(random.integers(1 << 30))).added_to(posture, t=float(random.uniform(0, 60)), typing=1.0)
