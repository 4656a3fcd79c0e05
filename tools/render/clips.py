"""The sample videos: who does what when, in front of which camera. `film.py` renders them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from tools.render.body import Body, Posed
from tools.render.motion import Glance, Key, Life, Timeline, eased, held
from tools.render.posture import POSTURES, Posture, build
from tools.render.rotation import about_z
from tools.render.solve import solve

Acting = Callable[[float], Posed | None]
"""A body's posture at a time in seconds; None while it is not in the room."""


@dataclass(frozen=True)
class Clip:
    """One sample video."""

    title: str
    """A line about what happens."""
    person: str
    """By name in `people.PEOPLE`."""
    act: Callable[[Body], Acting]
    """The person's actions, given their body."""
    seconds: float
    placement: str
    """By name in `cameras.PLACEMENTS`."""
    room: str
    light: str = "day"
    sensor: str = "good webcam"
    barefoot: bool = False
    passer: str = ""
    """The person walking past in the background, or empty."""
    quality: int = 24
    """H.264's constant rate factor: lower is better and larger. A dark clip is nearly all noise."""


# What a person at the desk does ---------------------------------------------------------------------------------------

SLUMP = POSTURES["slouch_deep"]


@dataclass(frozen=True)
class DeskPostures:
    """The four postures of the desk clips, solved for exact angles."""

    upright: Posture
    look_down: Posture
    lean_in: Posture
    slump: Posture


def desk_postures(body: Body) -> DeskPostures:
    """Upright trunk 0°, neck 12°; a look at a phone beside the keys; leaning in by 18°; a slump with the neck at 40°."""
    upright = solve(body, {"trunk_inclination": 0, "neck_inclination": 12, "head_pitch": 2}, POSTURES["upright"])
    look_down = solve(body, {"neck_inclination": 24, "head_pitch": 42}, upright.plus(thorax=2))
    lean_in = solve(
        body, {"trunk_inclination": 18, "head_pitch": 3}, upright.plus(low_neck=-3, left_ahead=0.05, right_ahead=0.05)
    )
    slump = solve(body, {"trunk_inclination": 14, "neck_inclination": 40, "head_pitch": 12}, SLUMP)
    return DeskPostures(upright, look_down, lean_in, slump)


SMALL_LOOKS = (
    Glance(1.8, 6, 0.35), Glance(4.6, -7, 0.4), Glance(5.9, 3, 0.3), Glance(10.6, 4, 0.3), Glance(15.1, -4, 0.3),
    Glance(18, 3, 0.4), Glance(22.3, -7, 0.4), Glance(25.8, 6, 0.45), Glance(28.9, -5, 0.35), Glance(36.8, -4, 0.3),
)  # fmt: skip
"""Where the eyes of somebody at work go."""
LOOK_ASIDE = (34.2, 35.8, 30.0)
"""From, to (seconds), and how far to the person's left (degrees)."""


def at_the_desk(body: Body) -> Acting:
    """Ten minutes of work in 38 seconds: a look down, a lean towards the screen, a slump held and left, a look aside."""
    p = desk_postures(body)
    keys = held(
        (7, p.upright), (1, p.look_down), (0.7, p.look_down), (0.8, p.upright), (2.5, p.upright), (0.7, p.lean_in),
        (0.8, p.lean_in), (0.7, p.upright), (1.8, p.upright), (4, p.slump), (11, p.slump), (2, p.upright), (5, p.upright),
    )  # fmt: skip
    timeline = Timeline((replace(keys[0], posture=p.upright), *keys[1:]), SMALL_LOOKS)
    begins, ends, turn = LOOK_ASIDE

    def act(t: float) -> Posed:
        aside = turn * eased((t - begins) / 0.4) * eased((ends - t) / 0.4)
        return build(body, timeline.posture(t).plus(neck_turn=aside))

    return act


def with_company(body: Body) -> Acting:
    """Twenty seconds of upright work with one look down, while somebody walks past behind."""
    p = desk_postures(body)
    keys = held((13.5, p.upright), (0.8, p.look_down), (0.7, p.look_down), (0.8, p.upright), (4.2, p.upright))
    looks = (Glance(2.0, 5, 0.35), Glance(6.5, -4), Glance(10.8, 5), Glance(17.5, -6))
    timeline = Timeline((Key(0, p.upright), *keys[1:]), looks)
    return lambda t: build(body, timeline.posture(t))


PASSES = (4.9, 12.1)
"""From and to, seconds."""
STRIDE = 0.26
"""How far a walking foot goes forward and back of the hips, meters; two steps cover four times that."""
BEHIND_THE_CHAIR = 0.72
"""y of the passer-by, meters."""


def walking_past(body: Body) -> Acting:
    """Somebody walks through the room behind the chair, from the person's right to the left, and leaves."""

    def act(t: float) -> Posed | None:
        share = (t - PASSES[0]) / (PASSES[1] - PASSES[0])
        if not -0.05 <= share <= 1.05:
            return None
        x = -1.5 + 3.0 * share
        walking = replace(POSTURES["walking"], walk=360 * x / (4 * STRIDE), stride=STRIDE, neck_turn=6 * np.sin(t))
        return build(body, walking).moved(about_z(90), np.array([x, BEHIND_THE_CHAIR, 0.0]))

    return act


GETS_UP, GONE, RETURNS, SEATED = 6.0, 9.5, 14.5, 18.0
"""Seconds: begins to rise, out of the picture, back in the picture, seated."""


def leaving(body: Body) -> Acting:
    """Works upright, gets up and steps aside, is away for some seconds, comes back and sits down."""
    upright = desk_postures(body).upright
    standing = replace(POSTURES["upright_hands_on_legs"], pelvis=upright.pelvis)
    timeline = Timeline((Key(0, upright), Key(24, upright)), (Glance(2.5, 5, 0.35), Glance(21, -5, 0.35)))

    def act(t: float) -> Posed | None:
        away = (
            eased((t - GETS_UP) / (GONE - GETS_UP))
            if t < (GONE + RETURNS) / 2
            else 1 - eased((t - RETURNS) / (SEATED - RETURNS))
        )
        if away >= 1:
            return None
        rising = float(np.sin(np.pi * min(1.0, 1.25 * away)))
        posture = timeline.posture(t, typing=0.0 if away else 1.0).towards(standing, eased(2 * away))
        posture = posture.plus(pelvis=30 * rising, trunk_lean=-8 * eased(2 * away), hips_z=0.36 * eased(1.6 * away))
        return build(body, posture).moved(np.eye(3), np.array([1.75 * away**1.5, 0.08 * away, 0.0]))

    return act


# Stretches -----------------------------------------------------------------------------------------------------------

STILL = Life(seed=3, sway=0.45)
"""Somebody who holds a stretch: breathing and a little sway."""
HOLD = 15.0
"""Seconds: "count to fifteen"."""


def _stretching(body: Body, *steps: tuple[float, Posture]) -> Acting:
    timeline = Timeline(held(*steps), life=STILL)
    return lambda t: build(body, timeline.posture(t, typing=0.0))


def thoracic_stretch(body: Body) -> Acting:
    """Down three times for fifteen seconds: a good one, a shallow one, and one with the knees up."""
    return _folding(body, "thoracic_stretch_full", "thoracic_stretch_shallow", "thoracic_stretch_knees_bent")


def one_thoracic_stretch(body: Body) -> Acting:
    """Down once for fifteen seconds, well done."""
    return _folding(body, "thoracic_stretch_full")


def _folding(body: Body, *names: str) -> Acting:
    up = POSTURES["long_sit"]
    steps: list[tuple[float, Posture]] = [(3, up)]
    for name in names:
        down = POSTURES[name]
        steps += [(4, down), (HOLD, down), (3, up), (3, up)]
    return _stretching(body, *steps)


def childs_pose(body: Body) -> Acting:
    """From kneeling down into child's pose, held for more than fifteen seconds, and up again."""
    up, down = POSTURES["kneeling"], POSTURES["childs_pose"]
    return _stretching(body, (3, up), (4, down), (HOLD + 2, down), (4, up), (3, up))


def neck_side_bends(body: Body) -> Acting:
    """The ear to the right shoulder, back, to the left, and back; fifteen seconds each."""
    up = POSTURES["upright_hands_on_legs"]
    steps: list[tuple[float, Posture]] = [(2, up)]
    for name in ("neck_side_bend_right", "neck_side_bend_left"):
        steps += [(1.5, POSTURES[name]), (HOLD, POSTURES[name]), (1.5, up), (1, up)]
    return _stretching(body, *steps)


CLIPS: Mapping[str, Clip] = {
    "desk_front": Clip("At the desk, from the top edge of a monitor", "max", at_the_desk, 38, "monitor", "study"),
    "desk_side": Clip("The same from the left side", "sana", at_the_desk, 38, "side left", "study"),
    "desk_oblique": Clip(
        "The same from the front right", "kwame", at_the_desk, 38, "oblique right", "kitchen", "overcast"
    ),
    "two_people": Clip(
        "Somebody walks past behind", "max", with_company, 20, "monitor", "study", "evening", passer="ines"
    ),
    "leaves": Clip("Gets up, is away, comes back", "lena", leaving, 24, "laptop", "bedroom", "overcast"),
    "low_light": Clip(
        "The same as desk_front, by one dim lamp", "raj", at_the_desk, 38, "monitor", "white wall", "dim lamp", "low light",
        quality=31,
    ),
    "thoracic_stretch": Clip(
        "Three times fifteen seconds: well done, shallow, and with the knees up", "kwame", thoracic_stretch, 78,
        "floor side left", "yoga room", barefoot=True,
    ),
    "thoracic_stretch_far": Clip(
        "Once fifteen seconds, well done, from 2.5 m away", "kwame", one_thoracic_stretch, 28, "floor across left",
        "yoga room", barefoot=True,
    ),
    "childs_pose_far": Clip(
        "Child's pose, held, from 2.5 m away", "ines", childs_pose, 31, "floor across left", "yoga room", barefoot=True
    ),
    "childs_pose": Clip("Child's pose, held", "ines", childs_pose, 31, "floor side right", "yoga room", barefoot=True),
    "neck_side_bend": Clip("The ear to each shoulder, held", "mei", neck_side_bends, 40, "monitor", "bedroom"),
}  # fmt: skip
"""By the name of the file."""
