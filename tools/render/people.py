"""The people in the pictures, one by one: bodies and looks across sex, age, build, height, skin, hair and clothes.

Twelve are for tuning and twelve for testing; nothing is ever tuned on the test people. `max` and `nia` appear in the
sample videos. They are a table, not random, so that every property is deliberately present in both sets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from tools.render.body import Shape
from tools.render.wardrobe import Color, Look

Split = Literal["tune", "validation", "covered", "test", "train"]

SKINS: Mapping[str, Color] = {
    "pale": (0.56, 0.37, 0.29),
    "fair": (0.47, 0.285, 0.20),
    "olive": (0.37, 0.215, 0.135),
    "tan": (0.28, 0.155, 0.090),
    "brown": (0.185, 0.095, 0.052),
    "dark": (0.095, 0.048, 0.028),
}
"""Colors of skin, linear RGB."""
HAIRS: Mapping[str, Color] = {
    "black": (0.010, 0.009, 0.009),
    "dark brown": (0.022, 0.014, 0.009),
    "brown": (0.055, 0.031, 0.017),
    "light brown": (0.13, 0.078, 0.040),
    "blond": (0.34, 0.22, 0.10),
    "red": (0.22, 0.065, 0.020),
    "gray": (0.23, 0.22, 0.21),
    "white": (0.52, 0.51, 0.49),
}
EYES: Mapping[str, Color] = {
    "dark": (0.035, 0.018, 0.010),
    "brown": (0.075, 0.040, 0.018),
    "hazel": (0.12, 0.085, 0.035),
    "green": (0.10, 0.14, 0.07),
    "blue": (0.10, 0.155, 0.21),
    "gray": (0.15, 0.18, 0.19),
}
CLOTHES: Mapping[str, Color] = {
    "white": (0.52, 0.51, 0.48),
    "cream": (0.48, 0.41, 0.29),
    "gray": (0.19, 0.19, 0.19),
    "charcoal": (0.045, 0.047, 0.052),
    "black": (0.014, 0.014, 0.015),
    "navy": (0.018, 0.030, 0.075),
    "blue": (0.045, 0.105, 0.225),
    "sky": (0.23, 0.36, 0.50),
    "teal": (0.020, 0.130, 0.135),
    "green": (0.040, 0.120, 0.045),
    "olive": (0.105, 0.105, 0.045),
    "mustard": (0.40, 0.235, 0.035),
    "rust": (0.29, 0.085, 0.030),
    "coral": (0.42, 0.100, 0.075),
    "red": (0.26, 0.022, 0.024),
    "wine": (0.095, 0.015, 0.028),
    "rose": (0.44, 0.20, 0.22),
    "lilac": (0.27, 0.21, 0.38),
    "denim": (0.050, 0.075, 0.130),
    "sand": (0.30, 0.235, 0.155),
}
SMILES: Mapping[str, tuple[float, float]] = {
    "slight": (0.32, 0.20),
    "warm": (0.48, 0.12),
    "open": (0.28, 0.27),
}
"""Friendly expressions: how far the corners of the mouth are raised, and how wide the eyes are open, 0 to 1."""


@dataclass(frozen=True)
class Person:
    """Someone in the pictures."""

    name: str
    shape: Shape
    look: Look
    split: Split


def shape_of(
    woman: bool,
    age: float,
    weight: float,
    height: float,
    ancestry: str,
    *,
    muscle: float = 0.5,
    stout: float = 0.0,
    smile: str = "slight",
    **details: float,
) -> Shape:
    """A shape from a row of the table.

    Args:
        woman: True for a woman, False for a man.
        age: as in `Shape`, like the following two.
        weight: as in `Shape`; see also `stout`.
        height: as in `Shape`; chosen for statures of 1.54 to 1.95 m.
        ancestry: name of a mixture of features.
        muscle: as in `Shape`.
        stout: adds to belly, waist, cheeks and chin, 0 to 1; even the largest weight alone leaves a flat belly.
        smile: one of `SMILES`.
        **details: further targets by name, with `__` for the slash and `_` for dashes.
    """
    shares = {
        "african": {"african": 0.85, "caucasian": 0.15},
        "asian": {"asian": 0.85, "caucasian": 0.15},
        "european": {"caucasian": 0.9, "asian": 0.1},
        "indian": {"caucasian": 0.65, "african": 0.25, "asian": 0.1},
        "mixed": {"african": 0.55, "caucasian": 0.45},
        "latin": {"caucasian": 0.6, "asian": 0.3, "african": 0.1},
    }[ancestry]
    corners, eyes = SMILES[smile]
    face = {"mouth-corner-puller": corners, "eye-left-opened-up": eyes, "eye-right-opened-up": eyes}
    expression = {f"expression/units/caucasian/{name}": share for name, share in face.items()}
    heavy = {
        "stomach/stomach-pregnant-incr": 0.38 * stout,
        "torso/measure-waist-circ-incr": 0.5 * stout,
        "head/head-fat-incr": 0.6 * stout,
        "neck/neck-double-incr": 0.5 * stout,
    }
    named = {name.replace("__", "/").replace("_", "-"): share for name, share in details.items()}
    return Shape(
        gender=0.0 if woman else 1.0,
        age=age,
        muscle=muscle,
        weight=weight,
        height=height,
        cup=0.4,
        proportions=0.6,
        ancestry=shares,
        details={**expression, **{k: v for k, v in heavy.items() if v}, **named},
    )


WOMAN, MAN = True, False
FEMALE = {"lashes": True, "brows": 0.75, "lips": 0.62}


def look_of(skin: str, hair: str, style: str, eyes: str, top: str, color: str, **more: object) -> Look:
    """A look from the names of its colors."""
    for key in ("second_color", "trousers", "shoes", "soles"):
        if isinstance(more.get(key), str):
            more[key] = CLOTHES[str(more[key])]
    return Look(
        SKINS[skin],
        HAIRS[hair],
        style,
        EYES[eyes],
        top=top,
        top_color=CLOTHES[color],
        **more,  # type: ignore[arg-type]
    )


_TABLE = (
    # For tuning. --------------------------------------------------------------------------------------------------
    Person(
        "max",
        shape_of(MAN, 0.45, 0.52, 0.58, "european", muscle=0.55, chin__chin_prominent_incr=0.3, smile="open"),
        look_of("fair", "brown", "short", "blue", "jumper", "blue", trousers="charcoal", shoes="white", brows=1.1),
        "tune",
    ),
    Person(
        "olga",
        shape_of(WOMAN, 0.72, 0.75, 0.51, "european", stout=0.3, head__head_round=0.4),
        look_of("pale", "gray", "bob", "gray", "collared shirt", "lilac", glasses="thin", trousers="navy", **FEMALE),
        "tune",
    ),
    Person(
        "kwame",
        shape_of(MAN, 0.50, 0.45, 0.55, "african", muscle=0.68),
        look_of(
            "dark", "black", "crop", "dark", "hoodie", "gray", beard="stubble", trousers="black", second_color="white"
        ),
        "tune",
    ),
    Person(
        "mei",
        shape_of(WOMAN, 0.42, 0.28, 0.62, "asian", smile="warm"),
        look_of(
            "fair", "black", "long", "dark", "tight top", "green", trousers="denim", loose_trousers=False, **FEMALE
        ),
        "tune",
    ),
    Person(
        "raj",
        shape_of(MAN, 0.58, 0.66, 0.46, "indian", nose__nose_hump_incr=0.3),
        look_of(
            "tan",
            "black",
            "brushed",
            "dark",
            "collared shirt",
            "sky",
            beard="full",
            glasses="thick",
            trousers="charcoal",
            brows=1.3,
        ),
        "tune",
    ),
    Person(
        "ines",
        shape_of(WOMAN, 0.50, 0.55, 0.54, "latin"),
        look_of(
            "olive",
            "dark brown",
            "long curly",
            "brown",
            "t-shirt",
            "white",
            sleeves="short",
            pattern="stripes",
            second_color="navy",
            trousers="denim",
            **FEMALE,
        ),
        "tune",
    ),
    Person(
        "karl",
        shape_of(MAN, 0.86, 0.58, 0.52, "european", nose__nose_scale_vert_incr=0.3),
        look_of("pale", "white", "rim", "blue", "jumper", "wine", glasses="thin", trousers="sand", brows=1.2),
        "tune",
    ),
    Person(
        "amara",
        shape_of(WOMAN, 0.36, 0.40, 0.65, "african"),
        look_of(
            "dark",
            "black",
            "afro",
            "dark",
            "loose shirt",
            "mustard",
            trousers="black",
            loose_trousers=False,
            **FEMALE,
        ),
        "tune",
    ),
    Person(
        "tim",
        shape_of(MAN, 0.33, 0.15, 0.62, "european", muscle=0.35),
        look_of(
            "pale",
            "blond",
            "tousled",
            "green",
            "t-shirt",
            "teal",
            sleeves="short",
            headphones=True,
            pattern="band",
            second_color="cream",
            trousers="denim",
        ),
        "tune",
    ),
    Person(
        "lena",
        shape_of(WOMAN, 0.55, 0.97, 0.56, "european", stout=0.6, smile="warm"),
        look_of(
            "pale", "red", "ponytail", "green", "hoodie", "teal", second_color="cream", trousers="charcoal", **FEMALE
        ),
        "tune",
    ),
    Person(
        "diego",
        shape_of(MAN, 0.48, 0.99, 0.51, "latin", stout=0.9, muscle=0.45, head__head_round=0.5),
        look_of(
            "olive",
            "dark brown",
            "bald",
            "brown",
            "loose shirt",
            "rust",
            sleeves="short",
            beard="full",
            trousers="sand",
        ),
        "tune",
    ),
    Person(
        "sana",
        shape_of(WOMAN, 0.62, 0.50, 0.46, "indian"),
        look_of("brown", "black", "bun", "dark", "turtleneck", "charcoal", trousers="wine", **FEMALE),
        "tune",
    ),
    # For testing. -------------------------------------------------------------------------------------------------
    Person(
        "nia",
        shape_of(WOMAN, 0.45, 0.46, 0.57, "mixed", smile="warm"),
        look_of("brown", "black", "bun", "dark", "t-shirt", "coral", sleeves="short", trousers="denim", **FEMALE),
        "test",
    ),
    Person(
        "bjarne",
        shape_of(MAN, 0.60, 0.55, 0.65, "european", muscle=0.6, chin__chin_width_incr=0.4),
        look_of("pale", "light brown", "receding", "blue", "collared shirt", "white", beard="full", trousers="navy"),
        "test",
    ),
    Person(
        "yuki",
        shape_of(WOMAN, 0.52, 0.42, 0.54, "asian", head__head_round=0.3),
        look_of("fair", "black", "bob", "dark", "jumper", "cream", glasses="thick", trousers="charcoal", **FEMALE),
        "test",
    ),
    Person(
        "omar",
        shape_of(MAN, 0.54, 0.96, 0.53, "african", stout=0.7, muscle=0.55),
        look_of("brown", "black", "bald", "dark", "t-shirt", "navy", sleeves="short", beard="stubble", trousers="gray"),
        "test",
    ),
    Person(
        "greta",
        shape_of(WOMAN, 0.88, 0.48, 0.45, "european", cheek__l_cheek_volume_decr=0.3, cheek__r_cheek_volume_decr=0.3),
        look_of("pale", "white", "curly", "gray", "jumper", "rose", glasses="thin", trousers="gray", **FEMALE),
        "test",
    ),
    Person(
        "jin",
        shape_of(MAN, 0.40, 0.40, 0.63, "asian", smile="open"),
        look_of(
            "fair",
            "black",
            "tousled",
            "dark",
            "hoodie",
            "olive",
            headphones=True,
            trousers="black",
            second_color="cream",
        ),
        "test",
    ),
    Person(
        "lucia",
        shape_of(WOMAN, 0.48, 0.66, 0.53, "latin", smile="warm"),
        look_of("tan", "dark brown", "wavy", "hazel", "loose shirt", "sky", trousers="sand", **FEMALE),
        "test",
    ),
    Person(
        "tom",
        shape_of(MAN, 0.70, 0.82, 0.48, "european", stout=0.4, neck__neck_double_incr=0.4),
        look_of(
            "fair",
            "gray",
            "short",
            "hazel",
            "collared shirt",
            "cream",
            glasses="thick",
            pattern="check",
            second_color="rust",
            trousers="olive",
        ),
        "test",
    ),
    Person(
        "zuri",
        shape_of(WOMAN, 0.40, 0.97, 0.58, "african", stout=0.6, smile="warm"),
        look_of(
            "dark", "black", "long curly", "dark", "t-shirt", "mustard", sleeves="short", trousers="navy", **FEMALE
        ),
        "test",
    ),
    Person(
        "emil",
        shape_of(MAN, 0.34, 0.18, 0.67, "european", muscle=0.4, smile="open"),
        look_of(
            "fair",
            "red",
            "curly",
            "green",
            "t-shirt",
            "white",
            sleeves="short",
            pattern="two-tone",
            second_color="red",
            trousers="denim",
        ),
        "test",
    ),
    Person(
        "priya",
        shape_of(WOMAN, 0.34, 0.30, 0.58, "indian"),
        look_of(
            "tan",
            "black",
            "ponytail",
            "dark",
            "vest",
            "wine",
            sleeves="none",
            trousers="charcoal",
            loose_trousers=False,
            **FEMALE,
        ),
        "test",
    ),
    Person(
        "samuel",
        shape_of(MAN, 0.52, 0.48, 0.56, "mixed", muscle=0.7),
        look_of("brown", "black", "crop", "brown", "tight top", "charcoal", beard="stubble", trousers="gray"),
        "test",
    ),
)

PEOPLE: Mapping[str, Person] = MappingProxyType({person.name: person for person in _TABLE})
"""Everyone, by name."""
TUNE_PEOPLE: Mapping[str, Person] = MappingProxyType({n: p for n, p in PEOPLE.items() if p.split == "tune"})
"""The people on whom formulas and thresholds may be tuned."""
TEST_PEOPLE: Mapping[str, Person] = MappingProxyType({n: p for n, p in PEOPLE.items() if p.split == "test"})
"""The people used only for testing."""
