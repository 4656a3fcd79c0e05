"""What people do at a desk, by the postures of the stills: what counts as slouching, and what must not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from stills import UPRIGHT, Mask, Texts

SLOUCHES: Mapping[str, tuple[str, ...]] = {
    "mild": ("slouch_mild",),
    "middle": ("slouch_mid",),
    "deep": ("slouch_deep", "slouch_looking_up"),
    "head forward": ("forward_head_deep",),
    "slid down": ("sliding_down",),
}
"""Real slouches by depth. A name also stands for every longer name that starts with it: "head_turn" for
"head_turn_left"."""
BORDERLINE = ("upright_relaxed", "forward_head_mild", "forward_head_mid", "slouch_looking_down")
"""Counted neither way: about 5° of change, which is the drift of every working day; and a slouch combined with a
glance."""


@dataclass(frozen=True, slots=True)
class Activity:
    """Something harmless, with the postures that show it and its duration, seconds."""

    name: str
    postures: tuple[str, ...]
    shortest: float
    longest: float


AWAY = Activity("away", (), 20, 60)
"""Nobody in front of the camera; also how a program must treat a passer-by it does not follow."""
CHAIR = Activity("chair moved", (UPRIGHT,), 2, 5)
"""From here on everything is somewhat nearer or farther, and shifted left or right."""
HARMLESS: tuple[Activity, ...] = (
    Activity("looks at the keys", ("look_at_keys",), 3, 25),
    Activity("looks at the phone", ("look_at_phone",), 3, 25),
    Activity("drinks", ("drinking",), 4, 12),
    Activity("chin in hand", ("chin_in_hand",), 10, 60),
    Activity("uses the mouse", ("using_mouse",), 5, 30),
    Activity("reaches", ("reach_ahead", "reach_aside"), 2, 6),
    Activity("looks up", ("look_up",), 2, 8),
    Activity("leans in to read", ("lean_in",), 10, 60),
    Activity("turns aside", ("head_turn", "trunk_turn"), 3, 15),
    Activity("tilts the head", ("head_tilt",), 3, 20),
    Activity("leans aside", ("trunk_lean",), 5, 40),
    Activity("leans back", ("recline",), 30, 120),
    Activity("shrugs", ("shrug",), 2, 6),
    AWAY,
    CHAIR,
)
LID = Activity("lid tilted", (UPRIGHT,), 2, 5)
"""From here on everything is somewhat higher or lower in the picture, heads are seen from another angle, and shoulders
may be outside."""
LEANS = Activity("leans aside for minutes", ("trunk_lean",), 60, 240)
"""By 9° of the trunk, which is less than what is reported as leaning where a face is seen."""
AS_PEOPLE_WORK: tuple[Activity, ...] = (LEANS, LID, LID)
"""What else happens in long working hours."""
PHONE = Activity("twenty minutes of phone", ("look_at_phone",), 1200, 1200)
CHIN_DOWN = Activity("slouches, chin dropped", ("slouch_looking_down",), 10, 60)
"""Within a slouch: the chin sinks too."""
GLANCES = ("looks at the keys", "looks at the phone", "turns aside", "shrugs")
"""Activities that also interrupt a slouch now and then."""


def shows(posture: str, names: Collection[str]) -> bool:
    """Whether a still's posture is one of these names, or a variant of one."""
    return any(posture == name or posture.startswith(f"{name}_") for name in names)


def showing(postures: Texts, names: Collection[str]) -> Mask:
    """Which stills show one of these postures, shape (n,)."""
    return np.array([shows(str(posture), names) for posture in postures], np.bool_)


def slouched(postures: Texts) -> Mask:
    """Which stills show a real slouch of any depth."""
    return showing(postures, [name for names in SLOUCHES.values() for name in names])


def harmless(postures: Texts) -> Mask:
    """Which stills show something that must not count as slouching, upright sitting included."""
    return ~slouched(postures) & ~showing(postures, BORDERLINE)
