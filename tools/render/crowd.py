"""People drawn at random, for training and validation: bodies and looks over the same ranges as in `people.py`, but none of the same people.

The posture estimator learns from many different bodies, and a formula is checked on many; the people listed in
`people.py` are kept apart, for tuning and testing.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from tools.render import coverings, garments, hair
from tools.render.body import Shape
from tools.render.people import CLOTHES, EYES, FEMALE, HAIRS, Person, Split, look_of, shape_of
from tools.render.wardrobe import Color, Look

ANCESTRIES = {
    "african": ("dark", "brown"),
    "asian": ("fair", "olive"),
    "european": ("pale", "fair"),
    "indian": ("tan", "brown"),
    "mixed": ("tan", "brown"),
    "latin": ("olive", "tan"),
}
"""Skins matching the ancestries."""
AGES = (0.33, 0.9)
"""As in `Shape`: teenager to old."""
WEIGHTS = (0.1, 1.0)
HEIGHTS_OF_WOMEN, HEIGHTS_OF_MEN = (0.42, 0.68), (0.44, 0.70)
"""As in `Shape`: about 1.5 to 2.0 m."""
MUSCLES = (0.35, 0.75)
STOUT_FROM = 0.6
"""The weight above which belly and chin are added."""
GRAY_FROM = 0.65
"""The age above which hair is gray or white."""
COVERING_COLORS: Mapping[coverings.Kind, Sequence[Color]] = {
    "mask": ((0.35, 0.52, 0.62), (0.62, 0.62, 0.60), (0.012, 0.012, 0.013)),
    "headscarf": ((0.20, 0.05, 0.06), (0.45, 0.38, 0.30), (0.013, 0.013, 0.015), (0.05, 0.11, 0.22)),
    "veil": ((0.012, 0.012, 0.013), (0.05, 0.05, 0.06)),
    "cap": ((0.02, 0.03, 0.08), (0.35, 0.03, 0.03), (0.5, 0.5, 0.48)),
    "woolly hat": ((0.19, 0.19, 0.19), (0.10, 0.02, 0.02), (0.40, 0.235, 0.035)),
}
"""Colors of each covering, linear RGB."""
BALDING = ("bald", "rim", "receding")


def person(name: str, split: Split = "train") -> Person:
    """The person with a given name: the same name always gives the same person."""
    random = np.random.default_rng([zlib.crc32(name.encode()), 7])
    woman = bool(random.random() < 0.5)
    ancestry = str(random.choice(list(ANCESTRIES)))
    shape = _shape(woman, ancestry, random)
    return Person(name, shape, _look(woman, ancestry, shape.age, random), split)


def covered(who: Person, kind: coverings.Kind) -> Person:
    """The same person with something on the head, in one of its colors, always the same for a name."""
    if kind == "none":
        return who
    colors = COVERING_COLORS[kind]
    return replace(
        who, look=replace(who.look, covering=kind, covering_color=colors[zlib.crc32(who.name.encode()) % len(colors)])
    )


def _shape(woman: bool, ancestry: str, random: np.random.Generator) -> Shape:
    weight = float(random.uniform(*WEIGHTS))
    return shape_of(
        woman,
        float(random.uniform(*AGES)),
        weight,
        float(random.uniform(*(HEIGHTS_OF_WOMEN if woman else HEIGHTS_OF_MEN))),
        ancestry,
        muscle=float(random.uniform(*MUSCLES)),
        stout=float(random.uniform(0, 1)) if weight > STOUT_FROM else 0.0,
        smile=str(random.choice(["slight", "warm", "open"])),
        head__head_round=float(random.uniform(0, 0.5)),
        chin__chin_prominent_incr=float(random.uniform(0, 0.4)),
        nose__nose_scale_vert_incr=float(random.uniform(0, 0.4)),
    )


def _look(woman: bool, ancestry: str, age: float, random: np.random.Generator) -> Look:
    styles = [style for style in hair.STYLES if not (woman and style in BALDING)]
    colors = ["gray", "white"] if age > GRAY_FROM else [name for name in HAIRS if name not in ("gray", "white")]
    more: dict[str, object] = dict(FEMALE) if woman else {"brows": float(random.uniform(0.9, 1.3))}
    more["beard"] = "none" if woman else str(random.choice(["none", "none", "stubble", "full"]))
    more["glasses"] = str(random.choice(["none", "none", "thin", "thick"]))
    more["headphones"] = bool(random.random() < 0.08)
    more["pattern"] = str(random.choice(["plain", "plain", "plain", "stripes", "two-tone", "check", "band"]))
    more["sleeves"] = str(random.choice(["long", "long", "short"]))
    for piece in ("second_color", "trousers"):
        more[piece] = str(random.choice(list(CLOTHES)))
    return look_of(
        str(random.choice(ANCESTRIES[ancestry])),
        str(random.choice(colors)),
        str(random.choice(styles)),
        str(random.choice(list(EYES))),
        str(random.choice(list(garments.CUTS))),
        str(random.choice(list(CLOTHES))),
        **more,
    )
