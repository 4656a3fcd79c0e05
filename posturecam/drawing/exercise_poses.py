"""The picture of each exercise, drawn by us: a figure built from the directions of its limbs, with what it stretches tinted.

Directions are in degrees, 0 to the right and 90 up; lengths are shares of the body's height. Figures seen from the side
face the right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from posturecam.drawing.canvas import GROUND, Canvas, Colour, blank, resized
from posturecam.vision.frame import Image

Vector = NDArray[np.float64]
"""Shape (2,): x to the right, y up, body heights."""


class Tone(Enum):
    """What a part of the picture is, which decides its colour."""

    PROP = (102, 110, 122)
    FAR = (134, 141, 152)
    NEAR = (232, 234, 238)
    STRETCHED = (240, 178, 92)
    ARROW = (120, 190, 245)


@dataclass(frozen=True, slots=True, eq=False)
class _Limb:
    """A limb that gets thinner from one end to the other."""

    start: Vector
    end: Vector
    start_radius: float
    end_radius: float
    tone: Tone
    chain: int
    """Limbs of one chain have no rim between them."""


@dataclass(frozen=True, slots=True, eq=False)
class _Arrow:
    path: NDArray[np.float64]
    """Shape (n, 2)."""


@dataclass(slots=True)
class _Figure:
    limbs: list[_Limb] = field(default_factory=list)
    arrows: list[_Arrow] = field(default_factory=list)
    joints: dict[str, Vector] = field(default_factory=dict)
    chains: int = 0
    rims: set[int] = field(default_factory=set)
    """Chains that lie before others, and show it by a rim."""
    cut: float | None = None
    """Nothing below this is shown, as the exercise is one of the upper body; there is no floor then."""
    face: tuple[Vector, Vector] | None = None
    """Two eyes, where the figure faces the viewer."""

    def limb(self, points: Sequence[Vector], radii: Sequence[float], tone: Tone) -> None:
        """A chain of limbs through points, with a radius at each."""
        self.chains += 1
        for index in range(len(points) - 1):
            self.limbs.append(
                _Limb(points[index], points[index + 1], radii[index], radii[index + 1], tone, self.chains)
            )

    def prop(self, *corners: tuple[float, float], thickness: float = 0.018) -> None:
        """A line of furniture."""
        self.limb([np.array(corner) for corner in corners], [thickness] * len(corners), Tone.PROP)

    def arrow(self, joint: str, *path: tuple[float, float]) -> None:
        """An arrow along a path given from a joint."""
        self.arrows.append(_Arrow(np.array([self.joints[joint] + np.array(step) for step in path])))

    def turn(self, joint: str, radius: float, begin: float, end: float) -> None:
        """A bent arrow about a joint, from one direction to another."""
        turns = np.radians(np.linspace(begin, end, 24))
        self.arrows.append(_Arrow(self.joints[joint] + radius * np.stack([np.cos(turns), np.sin(turns)], axis=1)))


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
) -> _Figure:
    """A figure seen from its right side, its hip at the origin.

    `spine` are the directions of three parts of the back from the hip upwards, `leg` those of thigh, lower leg and foot,
    `face` is where it looks against the neck.
    """
    figure, hip = _Figure(), np.zeros(2)
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
) -> _Figure:
    """A figure that faces the viewer, its hips at the origin: `arms` are upper arm and forearm of the left and right in the picture.

    `tilt` bends the head to the right of the picture, `turn` (-1 to 1) turns it there, `nod` (0 to 1) lowers it.
    """
    figure, hips = _Figure(), np.zeros(2)
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


def _chair_from_side(figure: _Figure, back: float = 0.34) -> _Figure:
    """A chair under a figure seen from the side."""
    chair = _Figure(chains=1000)
    chair.prop((-0.09, -0.085), (0.2, -0.085))
    chair.prop((-0.09, back), (-0.09, -0.32))
    chair.prop((0.17, -0.085), (0.17, -0.32))
    figure.limbs[:0] = chair.limbs
    return figure


def _stool_from_front(figure: _Figure) -> _Figure:
    stool = _Figure(chains=1000)
    stool.prop((-0.15, -0.075), (0.15, -0.075))
    stool.prop((-0.13, -0.075), (-0.13, -0.34))
    stool.prop((0.13, -0.075), (0.13, -0.34))
    figure.limbs[:0] = stool.limbs
    return figure


def _thoracic_stretch() -> _Figure:
    return _side((82, 48, 12), -48, (-64, 2), (2, -1, 75), stretched=("mid_back", "upper_back"))


def _childs_pose() -> _Figure:
    return _side((22, 8, -10), -22, (-16, -2), (-14, 180, 176), stretched=("low_back", "mid_back", "upper_back"))


def _upper_trapezius() -> _Figure:
    figure = _front(((-100, -80), (40, 155)), tilt=27, stretched=("neck",))
    figure.turn("head", 0.13, 130, 70)
    return _stool_from_front(figure)


def _levator_scapulae() -> _Figure:
    figure = _front(((-100, -80), (42, 160)), tilt=20, turn=0.9, nod=0.9, stretched=("neck",))
    return _stool_from_front(figure)


def _chin_tuck() -> _Figure:
    figure = _side((92, 90, 90), 96, (-80, -12), _ON_CHAIR, stretched=("neck",))
    figure.arrow("head", (0.22, 0.0), (0.11, 0.0))
    return _chair_from_side(figure)


def _neck_rotation() -> _Figure:
    figure = _front(_ON_THIGHS, turn=0.95, stretched=("neck",))
    figure.turn("head", 0.12, 125, 55)
    return _stool_from_front(figure)


def _thoracic_extension() -> _Figure:
    figure = _side((97, 116, 132), 128, (62, 190), _ON_CHAIR, stretched=("mid_back", "upper_back"))
    figure.turn("waist", 0.3, 84, 112)
    return _chair_from_side(figure, back=0.16)


def _cat_cow() -> _Figure:
    figure = _side((52, 4, -46), -74, (-122, -62), (-90, 180, 176), stretched=("low_back", "mid_back", "upper_back"))
    figure.arrow("waist", (0.05, 0.11), (0.05, 0.2))
    return figure


def _doorway_pec() -> _Figure:
    figure = _front(((180, 90), (0, 90)), seated=False, stretched=("chest",))
    frame = _Figure(chains=1000)
    for x in (-0.3, 0.3):
        frame.prop((x, 0.62), (x, -0.53), thickness=0.024)
    frame.prop((-0.3, 0.62), (0.3, 0.62), thickness=0.024)
    figure.limbs[:0] = frame.limbs
    return figure


def _scapular_squeeze() -> _Figure:
    figure = _front(((-128, -52), (-52, -128)), stretched=("chest",))
    figure.arrow("other_shoulder", (-0.14, -0.06), (-0.07, -0.06))
    figure.arrow("shoulder", (0.14, -0.06), (0.07, -0.06))
    return _stool_from_front(figure)


def _wall_angels() -> _Figure:
    figure = _front(((195, 95), (-15, 85)), seated=False, stretched=("chest",), ghost=((125, 105), (55, 75)))
    wall = _Figure(chains=1000)
    wall.prop((-0.36, 0.7), (-0.36, -0.53), thickness=0.006)
    wall.prop((0.36, 0.7), (0.36, -0.53), thickness=0.006)
    figure.limbs[:0] = wall.limbs
    return figure


def _seated_twist() -> _Figure:
    figure = _front(((-60, 10), (-120, 172)), turn=0.7, twist=42, stretched=("trunk",))
    figure.turn("chest", 0.2, 205, 160)
    figure.turn("chest", 0.2, 25, -20)
    return _stool_from_front(figure)


def _overhead_reach() -> _Figure:
    return _stool_from_front(_front(((97, 88), (83, 92)), stretched=("sides",)))


def _standing_forward_fold() -> _Figure:
    return _side((-24, -54, -78), -92, (-140, -62), (-91, -91, 0), stretched=("legs", "low_back"))


def _cobra() -> _Figure:
    return _side((14, 48, 70), 84, (-84, -2), (180, 180, 180), stretched=("low_back", "mid_back"))


def _thread_the_needle() -> _Figure:
    return _side(
        (-8, -22, -34), -28, (-150, -176), (-90, 180, 176), far_arm=(-26, -4), stretched=("upper_back", "mid_back")
    )


def _standing_side_bend() -> _Figure:
    return _front(((112, 62), (-72, -88)), lean=20, tilt=24, seated=False, stretched=("sides",))


def _hip_flexor_lunge() -> _Figure:
    figure = _side((93, 92, 90), 94, (-66, -22), (-122, 180, 176), far_leg=(-8, -94, 0), stretched=("legs",))
    figure.arrow("hip", (0.1, 0.06), (0.22, 0.06))
    return figure


def _seated_hamstring() -> _Figure:
    figure = _side((62, 50, 44), 40, (-58, -34), (-27, -27, 58), far_leg=(0, -96, 0), stretched=("legs",))
    return _chair_from_side(figure)


def _eye_rest() -> _Figure:
    figure = _side((92, 90, 90), 92, (-84, -20), _ON_CHAIR)
    figure.arrow("head", (0.14, 0.02), (0.42, 0.06))
    return _chair_from_side(figure)


def _wrist_rest() -> _Figure:
    figure = _side((92, 90, 90), 92, (-8, 2), _ON_CHAIR, far_arm=(-40, 30))
    hand = figure.joints["hand"]
    figure.limb([hand, _to(hand, 84, 0.075)], (0.02, 0.012), Tone.STRETCHED)
    return _chair_from_side(figure)


_FIGURES: Mapping[str, Callable[[], _Figure]] = {
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


def has_picture(exercise: str) -> bool:
    """Whether there is a picture of the exercise of that id; users' own exercises have none."""
    return exercise in _FIGURES


def picture(exercise: str, width: int, height: int, ground: Colour = GROUND) -> Image:
    """The picture of an exercise, of this size in pixels.

    Raises:
        KeyError: if there is none of that id.
    """
    fine = blank(2 * width, 2 * height, ground)  # drawn twice as large and halved, which smooths the edges
    draw(Canvas(fine), exercise, ground)
    return resized(fine, width, height)


def draw(pen: Canvas, exercise: str, ground: Colour = GROUND) -> None:
    """Draw the picture of an exercise with a pen, on this ground.

    Raises:
        KeyError: if there is none of that id.
    """
    _draw(pen, _FIGURES[exercise](), ground)


def _draw(pen: Canvas, figure: _Figure, ground: Colour) -> None:
    width, height = pen.width, pen.height
    low, high = _extent(figure)
    margin = 0.05 * min(width, height)
    size = high - low
    bottom = height - (margin if figure.cut is None else 0)
    scale = min((width - 2 * margin) / size[0], (bottom - margin) / size[1])
    middle = (low + high) / 2
    lowest = bottom + scale * low[1] if figure.cut is not None else (margin + bottom) / 2 + scale * middle[1]
    origin = np.array([width / 2 - scale * middle[0], lowest])

    def at(point: Vector) -> Vector:
        return np.array([origin[0] + scale * point[0], origin[1] - scale * point[1]])

    if figure.cut is None:
        floor = at(np.array([0.0, low[1]]))[1]
        ends = np.array([margin, floor]), np.array([width - margin, floor])
        pen.line(*ends, Tone.PROP.value, max(round(0.012 * scale), 1))

    def draw(limb: _Limb, colour: Colour, wider: float = 0.0) -> None:
        radii = scale * (limb.start_radius + wider), scale * (limb.end_radius + wider)
        _capsule(pen, at(limb.start), at(limb.end), *radii, colour)

    for _, chain in groupby(figure.limbs, lambda limb: limb.chain):
        limbs = list(chain)
        if limbs[0].chain in figure.rims:
            for limb in limbs:
                draw(limb, ground, 0.01)
        for limb in limbs:
            draw(limb, limb.tone.value)
    for eye in figure.face or ():
        pen.disc(at(eye), 0.009 * scale, (70, 76, 86))
    for arrow in figure.arrows:
        _arrow(pen, [at(point) for point in arrow.path], scale)


def _extent(figure: _Figure) -> tuple[Vector, Vector]:
    """The lowest and highest x and y of anything in it; the floor is at the lowest."""
    around = [
        (end, radius)
        for limb in figure.limbs
        for end, radius in ((limb.start, limb.start_radius), (limb.end, limb.end_radius))
    ]
    around += [(point, 0.02) for arrow in figure.arrows for point in arrow.path]
    low = np.min([point - radius for point, radius in around], axis=0)
    high = np.max([point + radius for point, radius in around], axis=0)
    if figure.cut is not None:
        low[1] = max(low[1], figure.cut)
    return low, high


def _capsule(pen: Canvas, start: Vector, end: Vector, start_radius: float, end_radius: float, colour: Colour) -> None:
    along = end - start
    length = float(np.hypot(*along))
    if length > 1e-6:
        normal = np.array([-along[1], along[0]]) / length
        corners = [start + start_radius * normal, end + end_radius * normal]
        corners += [end - end_radius * normal, start - start_radius * normal]
        pen.polygon(np.array(corners), colour)
    pen.disc(start, start_radius, colour)
    pen.disc(end, end_radius, colour)


def _arrow(pen: Canvas, path: Sequence[Vector], scale: float) -> None:
    thickness, size = max(round(0.016 * scale), 1), 0.045 * scale
    for start, end in pairwise(path):
        pen.line(start, end, Tone.ARROW.value, thickness)
    tip, before = path[-1], path[-2]
    along = (tip - before) / max(float(np.hypot(*(tip - before))), 1e-6)
    normal = np.array([-along[1], along[0]])
    corners = [tip + 0.6 * size * along, tip - 0.4 * size * along + 0.55 * size * normal]
    corners += [tip - 0.4 * size * along - 0.55 * size * normal]
    pen.polygon(np.array(corners), Tone.ARROW.value)
