"""People drawn at random, for training and validation: bodies and looks over the same ranges as in `people.py`, but none of the same people.

The posture estimator learns from many different bodies, and a formula is checked on many; the people listed in
`people.py` are kept apart, for tuning and testing.
"""

from __future__ import annotations

import zlib

import numpy as np

from tools.render import garments, hair
from tools.render.body import Shape
from tools.render.people import CLOTHES, EYES, FEMALE, HAIRS, Person, Split, look_of, shape_of
from tools.render.wardrobe import Look

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
BALDING = ("bald", "rim", "receding")


def person(name: str, split: Split = "train") -> Person:
    """The person with a given name: the same name always gives the same person."""
    random = np.random.default_rng([zlib.crc32(name.encode()), 7])
    woman = bool(random.random() < 0.5)
    ancestry = str(random.choice(list(ANCESTRIES)))
    shape = _shape(woman, ancestry, random)
    return Person(name, shape, _look(woman, ancestry, shape.age, random), split)


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
