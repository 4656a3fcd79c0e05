"""The picture of each exercise, drawn by us: a figure built from the directions of its limbs, with what it stretches tinted.

Directions are in degrees, 0 to the right and 90 up; lengths are shares of the body's height. Figures seen from the side
face the right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np

from posturecam.drawing.canvas import GROUND, Canvas, Color, blank, resized
from posturecam.drawing.limbs import Extent, PoseFigure, Tone, Vector, draw_figure, extent
from posturecam.vision.frame import Image


def _to(start: Vector, direction: float, length: float) -> Vector:
    turn = math.radians(direction)
    return start + length * np.array([math.cos(turn), math.sin(turn)])


_BACK, _NECK, _SKULL, _UPPER_ARM, _FOREARM, _THIGH, _SHANK, _FOOT = 0.1, 0.055, 0.05, 0.165, 0.155, 0.245, 0.24, 0.1
_HEAD_RADIUS = 0.066
_ARM_RADII, _LEG_RADII = (0.033, 0.027, 0.021, 0.016), (0.056, 0.042, 0.027)


def _side(
    spine: tuple[float, float, float],
    neck: float,
    arm: tuple[float, float],
    leg: tuple[float, float, float],
    *,
    far_arm: tuple[float, float] | None = None,
    far_leg: tuple[float, float, float] | None = None,
    stretched: tuple[str, ...] = (),
    face: float = -90,
) -> PoseFigure:
    """A figure seen from its right side, its hip at the origin.

    `spine` are the directions of three parts of the back from the hip upwards, `leg` those of thigh, lower leg and foot,
    `face` the direction it looks in, relative to the neck.
    """
    figure, hip = PoseFigure(), np.zeros(2)
    back = [hip]
    for direction in spine:
        back.append(_to(back[-1], direction, _BACK))
    shoulder = back[-1]
    figure.joints.update(hip=hip, shoulder=shoulder, waist=back[1], chest=back[2])

    def one_arm(directions: tuple[float, float], tone: Tone) -> Vector:
        elbow = _to(shoulder, directions[0], _UPPER_ARM)
        wrist = _to(elbow, directions[1], _FOREARM)
        hand = _to(wrist, directions[1], 0.045)
        figure.limb([shoulder, elbow, wrist, hand], _ARM_RADII, tone)
        figure.rims.add(figure.chains)
        return wrist

    def one_leg(directions: tuple[float, float, float], tone: Tone) -> None:
        knee = _to(hip, directions[0], _THIGH)
        ankle = _to(knee, directions[1], _SHANK)
        figure.limb(
            [hip, knee, ankle], _LEG_RADII, Tone.STRETCHED if tone is Tone.NEAR and "legs" in stretched else tone
        )
        figure.limb([ankle, _to(ankle, directions[2], _FOOT)], (0.026, 0.018), tone)
        figure.joints.setdefault("knee", knee)

    if far_arm:
        one_arm(far_arm, Tone.FAR)
    if far_leg:
        one_leg(far_leg, Tone.FAR)
    throat = _to(shoulder, neck, _NECK)
    head = _to(throat, neck, _SKULL)
    figure.joints.update(head=head)
    one_leg(leg, Tone.NEAR)
    tones = [Tone.STRETCHED if part in stretched else Tone.NEAR for part in ("low_back", "mid_back", "upper_back")]
    for index, tone in enumerate(tones):
        radii = (0.07, 0.067, 0.066, 0.058)
        figure.limb(back[index : index + 2], radii[index : index + 2], tone)
    figure.limb([shoulder, throat], (0.034, 0.032), Tone.STRETCHED if "neck" in stretched else Tone.NEAR)
    figure.limb([head, _to(head, neck, 0.022)], (_HEAD_RADIUS, _HEAD_RADIUS), Tone.NEAR)
    figure.limb([_to(head, neck + face, 0.05), _to(head, neck + face, 0.078)], (0.022, 0.013), Tone.NEAR)
    figure.joints["hand"] = one_arm(arm, Tone.NEAR)
    return figure


def _front(
    arms: tuple[tuple[float, float], tuple[float, float]],
    *,
    tilt: float = 0,
    turn: float = 0,
    nod: float = 0,
    lean: float = 0,
    twist: float = 0,
    seated: bool = True,
    stretched: tuple[str, ...] = (),
    ghost: tuple[tuple[float, float], tuple[float, float]] | None = None,
) -> PoseFigure:
    """A figure that faces the viewer, its hips at the origin: `arms` are upper arm and forearm of the left and right in the picture.

    `tilt` bends the head to the right of the picture, `turn` (-1 to 1) turns it there, `nod` (0 to 1) lowers it.
    """
    figure, hips = PoseFigure(), np.zeros(2)
    trunk = _to(hips, 90 - lean, 0.3)
    across = np.array([math.cos(math.radians(lean)), -math.sin(math.radians(lean))])
    half = 0.11 * math.cos(math.radians(twist))
    shoulders = [trunk - half * across, trunk + half * across]
    ends = [hips + np.array([-0.068, 0.0]), hips + np.array([0.068, 0.0])]
    for sign, end in zip((-1, 1), ends, strict=True):
        if seated:
            knee = end + np.array([0.045 * sign, -0.085])
            figure.limb([end, knee], (0.06, 0.052), Tone.NEAR)
            ankle = knee + np.array([0.0, -_SHANK])
        else:
            knee = end + np.array([0.01 * sign, -_THIGH])
            ankle = knee + np.array([0.005 * sign, -_SHANK])
            figure.limb([end, knee], (0.058, 0.042), Tone.NEAR)
        figure.limb([knee, ankle], (0.042, 0.027), Tone.NEAR)
        figure.limb([ankle, ankle + np.array([0.02 * sign, -0.035])], (0.028, 0.03), Tone.NEAR)
    chest = Tone.STRETCHED if "chest" in stretched else Tone.NEAR
    middle = (shoulders[0] + shoulders[1]) / 2
    for start, end in zip(shoulders, ends, strict=True):
        figure.limb([start, end], (0.045, 0.05), Tone.STRETCHED if "sides" in stretched else Tone.NEAR)
    figure.limb([middle, hips], (0.085, 0.075), Tone.STRETCHED if "trunk" in stretched else Tone.NEAR)
    figure.limb(shoulders, (0.045, 0.045), chest)
    throat = _to(middle, 90 - 0.5 * tilt, 0.065)
    head = _to(throat, 90 - tilt, 0.06 - 0.02 * nod)
    figure.limb([middle, throat], (0.04, 0.034), Tone.STRETCHED if "neck" in stretched else Tone.NEAR)
    up, aside = _to(np.zeros(2), 90 - tilt, 1.0), _to(np.zeros(2), -tilt, 1.0)
    figure.limb([head, head + 0.026 * up], (_HEAD_RADIUS, _HEAD_RADIUS), Tone.NEAR)
    eyes = head + (0.018 - 0.03 * nod) * up + 0.034 * turn * aside
    spread = 0.024 * math.cos(turn)
    figure.face = (eyes - spread * aside, eyes + spread * aside)
    figure.cut = -0.12
    figure.joints.update(head=head, hip=hips, shoulder=shoulders[1], other_shoulder=shoulders[0], chest=middle)
    for tone, pair in ((Tone.FAR, ghost), (Tone.NEAR, arms)):
        for shoulder, directions in zip(shoulders, pair or (), strict=False):
            elbow = _to(shoulder, directions[0], _UPPER_ARM)
            wrist = _to(elbow, directions[1], _FOREARM)
            figure.limb([shoulder, elbow, wrist, _to(wrist, directions[1], 0.045)], _ARM_RADII, tone)
            figure.rims.add(figure.chains)
    return figure


_ON_CHAIR = (0.0, -90.0, 0.0)
_ON_THIGHS = ((-106.0, -72.0), (-74.0, -108.0))
_HANGING = ((-100.0, -80.0), (-80.0, -100.0))


def _chair_from_side(figure: PoseFigure, back: float = 0.34) -> PoseFigure:
    """A chair under a figure seen from the side."""
    chair = PoseFigure(chains=1000)
    chair.prop((-0.09, -0.085), (0.2, -0.085))
    chair.prop((-0.09, back), (-0.09, -0.32))
    chair.prop((0.17, -0.085), (0.17, -0.32))
    figure.limbs[:0] = chair.limbs
    return figure


def _stool_from_front(figure: PoseFigure) -> PoseFigure:
    stool = PoseFigure(chains=1000)
    stool.prop((-0.15, -0.075), (0.15, -0.075))
    stool.prop((-0.13, -0.075), (-0.13, -0.34))
    stool.prop((0.13, -0.075), (0.13, -0.34))
    figure.limbs[:0] = stool.limbs
    return figure


def _between(start: tuple[float, ...], end: tuple[float, ...], share: float) -> tuple[float, float]:
    """The directions of an arm partway from one pose to another."""
    first, second = (a + share * (b - a) for a, b in zip(start, end, strict=True))
    return first, second


def _thoracic_stretch() -> PoseFigure:
    return _side((82, 48, 12), -48, (-64, 2), (2, -1, 75), stretched=("mid_back", "upper_back"))


def _childs_pose() -> PoseFigure:
    return _side((22, 8, -10), -22, (-16, -2), (-14, 180, 176), stretched=("low_back", "mid_back", "upper_back"))


def _upper_trapezius(share: float = 1.0) -> PoseFigure:
    figure = _front(_HANGING, tilt=27 * share, stretched=("neck",))
    figure.turn("head", 0.13, 130, 70)
    return _stool_from_front(figure)


def _levator_scapulae(share: float = 1.0) -> PoseFigure:
    turned, sunk = min(2 * share, 1.0), max(2 * share - 1, 0.0)  # first it turns, then the nose sinks
    figure = _front(_HANGING, tilt=20 * sunk, turn=0.9 * turned, nod=0.9 * sunk, stretched=("neck",))
    return _stool_from_front(figure)


def _chin_tuck(share: float = 1.0) -> PoseFigure:
    figure = _side((92, 90, 90), 70 + 26 * share, (-80, -12), _ON_CHAIR, stretched=("neck",), face=-64 - 26 * share)
    figure.arrow("head", (0.22, 0.0), (0.11, 0.0))
    return _chair_from_side(figure)


def _neck_rotation(share: float = 1.0) -> PoseFigure:
    figure = _front(_ON_THIGHS, turn=0.95 * share, stretched=("neck",))
    figure.turn("head", 0.12, 125, 55)
    return _stool_from_front(figure)


def _thoracic_extension(share: float = 1.0) -> PoseFigure:
    back = (92 + 5 * share, 92 + 24 * share, 92 + 40 * share)
    figure = _side(
        back, 92 + 36 * share, (30 + 32 * share, 158 + 32 * share), _ON_CHAIR, stretched=("mid_back", "upper_back")
    )
    figure.turn("waist", 0.3, 84, 112)
    return _chair_from_side(figure, back=0.16)


def _cat_cow() -> PoseFigure:
    figure = _side((52, 4, -46), -74, (-122, -62), (-90, 180, 176), stretched=("low_back", "mid_back", "upper_back"))
    figure.arrow("waist", (0.05, 0.11), (0.05, 0.2))
    return figure


def _doorway_pec() -> PoseFigure:
    figure = _front(((180, 90), (0, 90)), seated=False, stretched=("chest",))
    frame = PoseFigure(chains=1000)
    for x in (-0.3, 0.3):
        frame.prop((x, 0.62), (x, -0.53), thickness=0.024)
    frame.prop((-0.3, 0.62), (0.3, 0.62), thickness=0.024)
    figure.limbs[:0] = frame.limbs
    return figure


def _scapular_squeeze(share: float = 1.0) -> PoseFigure:
    left, right = _between((-98, -58), (-104, -155), share), _between((-82, -122), (-76, -25), share)
    figure = _front((left, right), stretched=("chest",))
    figure.arrow("other_shoulder", (-0.14, -0.06), (-0.07, -0.06))
    figure.arrow("shoulder", (0.14, -0.06), (0.07, -0.06))
    return _stool_from_front(figure)


def _wall_angels() -> PoseFigure:
    figure = _front(((195, 95), (-15, 85)), seated=False, stretched=("chest",), ghost=((125, 105), (55, 75)))
    wall = PoseFigure(chains=1000)
    wall.prop((-0.36, 0.7), (-0.36, -0.53), thickness=0.006)
    wall.prop((0.36, 0.7), (0.36, -0.53), thickness=0.006)
    figure.limbs[:0] = wall.limbs
    return figure


def _seated_twist(share: float = 1.0) -> PoseFigure:
    figure = _front(((-60, 10), (-120, 172)), turn=0.7 * share, twist=42 * share, stretched=("trunk",))
    figure.turn("chest", 0.2, 205, 160)
    figure.turn("chest", 0.2, 25, -20)
    return _stool_from_front(figure)


def _overhead_reach(share: float = 1.0) -> PoseFigure:
    arms = _between((254, 288), (97, 88), share), _between((-74, -108), (83, 92), share)
    return _stool_from_front(_front(arms, stretched=("sides",)))


def _standing_forward_fold() -> PoseFigure:
    return _side((-24, -54, -78), -92, (-140, -62), (-91, -91, 0), stretched=("legs", "low_back"))


def _cobra() -> PoseFigure:
    return _side((14, 48, 70), 84, (-84, -2), (180, 180, 180), stretched=("low_back", "mid_back"))


def _thread_the_needle() -> PoseFigure:
    return _side(
        (-8, -22, -34), -28, (-150, -176), (-90, 180, 176), far_arm=(-26, -4), stretched=("upper_back", "mid_back")
    )


def _standing_side_bend() -> PoseFigure:
    return _front(((112, 62), (-72, -88)), lean=20, tilt=24, seated=False, stretched=("sides",))


def _hip_flexor_lunge() -> PoseFigure:
    figure = _side((93, 92, 90), 94, (-66, -22), (-122, 180, 176), far_leg=(-8, -94, 0), stretched=("legs",))
    figure.arrow("hip", (0.1, 0.06), (0.22, 0.06))
    return figure


def _seated_hamstring() -> PoseFigure:
    figure = _side((62, 50, 44), 40, (-58, -34), (-27, -27, 58), far_leg=(0, -96, 0), stretched=("legs",))
    return _chair_from_side(figure)


def _eye_rest() -> PoseFigure:
    figure = _side((92, 90, 90), 92, (-84, -20), _ON_CHAIR)
    figure.arrow("head", (0.14, 0.02), (0.42, 0.06))
    return _chair_from_side(figure)


def _wrist_rest(share: float = 1.0) -> PoseFigure:
    arm, other = _between((-84, -20), (-8, 2), share), _between((-84, -20), (-40, 30), share)
    figure = _side((92, 90, 90), 92, arm, _ON_CHAIR, far_arm=other)
    hand = figure.joints["hand"]
    figure.limb([hand, _to(hand, -20 + share * 104, 0.075)], (0.02, 0.012), Tone.STRETCHED)
    return _chair_from_side(figure)


_FIGURES: Mapping[str, Callable[[], PoseFigure]] = {
    "thoracic_stretch": _thoracic_stretch,
    "childs_pose": _childs_pose,
    "upper_trapezius": _upper_trapezius,
    "levator_scapulae": _levator_scapulae,
    "chin_tuck": _chin_tuck,
    "neck_rotation": _neck_rotation,
    "thoracic_extension": _thoracic_extension,
    "cat_cow": _cat_cow,
    "doorway_pec": _doorway_pec,
    "scapular_squeeze": _scapular_squeeze,
    "wall_angels": _wall_angels,
    "seated_twist": _seated_twist,
    "overhead_reach": _overhead_reach,
    "standing_forward_fold": _standing_forward_fold,
    "cobra": _cobra,
    "thread_the_needle": _thread_the_needle,
    "standing_side_bend": _standing_side_bend,
    "hip_flexor_lunge": _hip_flexor_lunge,
    "seated_hamstring": _seated_hamstring,
    "eye_rest": _eye_rest,
    "wrist_rest": _wrist_rest,
}


_MOVING: Mapping[str, Callable[[float], PoseFigure]] = {
    "upper_trapezius": _upper_trapezius,
    "levator_scapulae": _levator_scapulae,
    "chin_tuck": _chin_tuck,
    "neck_rotation": _neck_rotation,
    "thoracic_extension": _thoracic_extension,
    "scapular_squeeze": _scapular_squeeze,
    "seated_twist": _seated_twist,
    "overhead_reach": _overhead_reach,
    "wrist_rest": _wrist_rest,
}
"""Exercises that can be shown moving: from the start pose, at 0, to the pose itself, at 1."""
_RESTS, _GOES, _HOLDS = 0.9, 1.8, 2.0
"""Seconds of a demonstration at the start, on the way, and in the pose: as calm as the stretch itself should be."""
_STEPS = 48
"""Pictures on the way from the start to the pose, so that the same one is not drawn twice."""


def moves(exercise: str) -> bool:
    """Whether the exercise of that id can be shown moving."""
    return exercise in _MOVING


def share_at(seconds: float) -> float:
    """How far a demonstration is on its way into the pose after this many seconds: there, held, back, and again."""
    t = seconds % (_RESTS + 2 * _GOES + _HOLDS)
    way = min((t - _RESTS) / _GOES, (_RESTS + 2 * _GOES + _HOLDS - t) / _GOES)
    way = min(max(way, 0.0), 1.0)
    return round(_STEPS * way * way * (3 - 2 * way)) / _STEPS  # ease out of one pose and into the other


def _moved(exercise: str, share: float) -> PoseFigure:
    """The figure partway; a moving one needs no arrow."""
    figure = _MOVING[exercise](share)
    figure.arrows.clear()
    return figure


@lru_cache(maxsize=32)
def _room(exercise: str) -> Extent:
    """The extent of an exercise's figure on the whole way from its start to the pose."""
    parts = [extent(_moved(exercise, step / 4)) for step in range(5)]
    return np.min([low for low, _ in parts], axis=0), np.max([high for _, high in parts], axis=0)


def has_picture(exercise: str) -> bool:
    """Whether there is a picture of the exercise of that id; users' own exercises have none."""
    return exercise in _FIGURES


def picture(exercise: str, width: int, height: int, ground: Color = GROUND, share: float | None = None) -> Image:
    """The picture of an exercise, of this size in pixels; with a `share`, of its movement (see `draw`).

    Raises:
        KeyError: if there is none of that id.
    """
    fine = blank(2 * width, 2 * height, ground)  # drawn twice as large and halved, which smooths the edges
    draw(Canvas(fine), exercise, ground, share)
    return resized(fine, width, height)


def draw(pen: Canvas, exercise: str, ground: Color = GROUND, share: float | None = None) -> None:
    """Draw the picture of an exercise with a pen, on this ground.

    Args:
        pen: The pen.
        exercise: Its id.
        ground: The background color.
        share: How far on the way from the start pose (0) to the pose (1), for those that move; None is the pose by itself.

    Raises:
        KeyError: if there is none of that id.
    """
    if share is None or exercise not in _MOVING:
        draw_figure(pen, _FIGURES[exercise](), ground)
    else:
        draw_figure(pen, _moved(exercise, share), ground, _room(exercise))
