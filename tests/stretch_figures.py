"""A stick figure in every stretch, from joint angles, and scripts of it in time: landmarks without a model.

Scene axes: l to the person's left, f forward, u up, meters. Angles in the sagittal plane are directions: 0 points
forward, 90 up, 180 backward, -90 down; so ∠(shoulder, hip, knee) is the trunk's direction minus the thigh's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from fakes.frames import FramesInMemory, no_model
from figures import mirrored

from posturecam.coach.events import Event
from posturecam.coach.exercise import Exercise
from posturecam.coach.library import load_exercise
from posturecam.coach.loop import CoachTick, coach
from posturecam.coach.presentation.controls import Controls
from posturecam.config.settings import Settings
from posturecam.vision.frame import Frame
from posturecam.vision.pose import LANDMARK_COUNT, Landmark, Pose

TRUNK, NECK, THIGH, SHANK, UPPER, FORE = 0.48, 0.20, 0.42, 0.42, 0.30, 0.26
SHOULDER, HIP, EAR = 0.18, 0.10, 0.075
WIDTH, HEIGHT = 1280, 720
L = Landmark

Angles = Mapping[str, float]
"""A posture: every number that describes it, so that two can be blended."""

BASE: Angles = {
    "yaw": 90.0, "hip_f": 0.0, "hip_u": 0.0,
    # Sagittal directions.
    "trunk": 90.0, "thigh": -90.0, "shank": -90.0, "neck": 80.0,
    # The wrist in the sagittal plane: its direction and distance from the shoulder; the elbow lies between, bent.
    "reach": -90.0, "reach_length": 0.52,
    # Frontal: upper arm from hanging, elbow angle, of the left and the right arm; used where `frontal` is 1.
    "frontal": 0.0, "arm_l": 10.0, "arm_r": 10.0, "elbow_l": 170.0, "elbow_r": 170.0, "spread": 0.0,
    "tilt": 0.0, "turn": 0.0, "nod": 0.0, "shrug": 0.0, "shrug_l": 0.0, "lean": 0.0, "twist": 0.0, "hip_twist": 0.0,
    "drop": 0.0, "head_back": 0.0,
    # Offsets of the right leg's directions.
    "thigh_r": 0.0, "shank_r": 0.0,
}  # fmt: skip


def posture(base: Angles | None = None, **changes: float) -> Angles:
    """A posture that differs from another (or from standing in profile) in some numbers."""
    unknown = set(changes) - set(BASE)
    assert not unknown, unknown
    return {**(base or BASE), **changes}


def blend(a: Angles, b: Angles, share: float) -> Angles:
    """The posture at this fraction of the way from the first to the second."""
    return {name: a[name] + share * (b[name] - a[name]) for name in BASE}


def _direction(degrees: float) -> np.ndarray:
    return np.array([0.0, math.cos(math.radians(degrees)), math.sin(math.radians(degrees))])


def _turned(vector: np.ndarray, yaw: float) -> np.ndarray:
    """Rotate about the vertical, to the person's left."""
    c, s = math.cos(math.radians(yaw)), math.sin(math.radians(yaw))
    left, forward, up = vector
    return np.array([left * c + forward * s, forward * c - left * s, up])


def landmarks(angles: Angles) -> np.ndarray:
    """The posture's landmarks in scene axes, shape (33, 3)."""
    a = angles
    points = np.full((LANDMARK_COUNT, 3), np.nan)

    def pair(left: Landmark, middle: np.ndarray, half: np.ndarray) -> None:
        points[left], points[left + 1] = middle + half, middle - half

    hip = np.array([0.0, a["hip_f"], a["hip_u"]])
    across = np.array([1.0, 0.0, 0.0])
    pair(L.LEFT_HIP, hip, _turned(HIP * across, a["hip_twist"]))
    for right, sign in ((0, 1.0), (1, -1.0)):
        knee = hip + THIGH * _direction(a["thigh"] + right * a["thigh_r"]) + sign * HIP * across
        ankle = knee + SHANK * _direction(a["shank"] + right * a["shank_r"])
        points[L.LEFT_KNEE + right], points[L.LEFT_ANKLE + right] = knee, ankle
        points[L.LEFT_HEEL + right] = ankle - 0.05 * _direction(0)
        points[L.LEFT_FOOT_INDEX + right] = ankle + 0.12 * _direction(0)
    lean = math.radians(a["lean"])
    trunk = _direction(a["trunk"])
    trunk = np.array([-math.sin(lean), trunk[1] * math.cos(lean), trunk[2] * math.cos(lean)])
    shoulder = hip + TRUNK * trunk
    half = _turned(SHOULDER * across, a["twist"]) + np.array([0, 0, -a["drop"] * TRUNK / 2])
    pair(L.LEFT_SHOULDER, shoulder, half)
    points[L.LEFT_SHOULDER] += [0, 0, a["shrug"] + a["shrug_l"]]
    points[L.RIGHT_SHOULDER] += [0, 0, a["shrug"]]
    _head(points, shoulder, a)
    for side, sign in ((0, 1.0), (1, -1.0)):
        start = points[L.LEFT_SHOULDER + side]
        if a["frontal"]:
            arm, elbow = (a["arm_l"], a["elbow_l"]) if side == 0 else (a["arm_r"], a["elbow_r"])
            out = math.radians(arm)
            upper = np.array([sign * math.sin(out), 0.0, -math.cos(out)])
            # The forearm continues the upper arm, turned up by the elbow's flexion; `spread` swings it outwards
            # instead.
            bend = math.radians(arm + 180 - elbow)
            fore = np.array([sign * math.sin(bend), 0.0, -math.cos(bend)])
            if a["spread"]:
                swing = math.radians(a["spread"])
                fore = np.array([sign * math.sin(swing), math.cos(swing), 0.05])
            points[L.LEFT_ELBOW + side] = start + UPPER * upper
            points[L.LEFT_WRIST + side] = points[L.LEFT_ELBOW + side] + FORE * fore
        else:
            wrist = start + a["reach_length"] * _direction(a["reach"])
            slack = max((UPPER + FORE) / 2 * (UPPER + FORE) / 2 - (a["reach_length"] / 2) ** 2, 0.0)
            points[L.LEFT_ELBOW + side] = (start + wrist) / 2 + math.sqrt(slack) * _direction(a["reach"] - 90)
            points[L.LEFT_WRIST + side] = wrist
    for finger in (L.LEFT_PINKY, L.LEFT_INDEX, L.LEFT_THUMB):
        points[finger], points[finger + 1] = points[L.LEFT_WRIST], points[L.RIGHT_WRIST]
    return points


def _head(points: np.ndarray, shoulder: np.ndarray, a: Angles) -> None:
    """Ears on the neck; the nose in front of them, with the head turned, nodded and tilted (to the person's left)."""
    tilt, lean = math.radians(a["tilt"]), math.radians(a["lean"])
    neck = _direction(a["neck"])
    up = np.array([math.sin(tilt) - math.sin(lean), neck[1], neck[2] * math.cos(tilt)])
    ears = shoulder + NECK * up / np.linalg.norm(up) - a["head_back"] * TRUNK * _direction(0)
    axis = _turned(np.array([math.cos(tilt), 0.0, -math.sin(tilt)]), a["turn"] + a["twist"])
    facing = _turned(_direction(a["neck"] - 80 - a["nod"]), a["turn"] + a["twist"])
    points[L.LEFT_EAR], points[L.RIGHT_EAR] = ears + EAR * axis, ears - EAR * axis
    points[L.NOSE] = ears + 1.4 * EAR * facing
    for left, out in ((L.LEFT_EYE_INNER, 0.02), (L.LEFT_EYE, 0.03), (L.LEFT_EYE_OUTER, 0.045)):
        center = ears + 0.08 * facing + [0, 0, 0.03]
        points[left], points[left + 3] = center + out * axis, center - out * axis
    center = ears + 0.09 * facing - [0, 0, 0.05]
    points[L.MOUTH_LEFT], points[L.MOUTH_RIGHT] = center + 0.025 * axis, center - 0.025 * axis


def pose_of(angles: Angles, t: float = 0.0, *, noise: float = 0.0, scale: float = 300.0) -> Pose:
    """The figure through a long lens, `scale` pixels per meter; `noise` is a standard deviation in pixels."""
    pixels, world = _projected(tuple(angles[name] for name in BASE), scale)
    if noise:
        pixels = pixels + noise * _noise(round(t * 1000))
    return Pose(t, WIDTH, HEIGHT, pixels.astype(np.float32), np.ones(LANDMARK_COUNT, np.float32), world.copy())


@lru_cache(4096)  # most of the time a posture is held
def _projected(angles: tuple[float, ...], scale: float) -> tuple[np.ndarray, np.ndarray]:
    """The landmarks in the picture, pixels, and relative to the hips, meters; for the numbers of a posture, in the order of `BASE`."""
    named = dict(zip(BASE, angles, strict=True))
    points, a = landmarks(named), math.radians(named["yaw"])
    x = points[:, 0] * math.cos(a) + points[:, 1] * math.sin(a)
    z = points[:, 0] * math.sin(a) - points[:, 1] * math.cos(a)
    y = -points[:, 2]
    pixels = np.stack([WIDTH / 2 + scale * x, HEIGHT / 2 + scale * y], 1)
    return pixels, np.stack([x, y, z], 1).astype(np.float32)


@lru_cache(4096)  # every script begins at 0
def _noise(seed: int) -> np.ndarray:
    """Shape (33, 2): noise with a standard deviation of 1, always the same for a seed."""
    return np.random.default_rng(seed).normal(0, 1, (LANDMARK_COUNT, 2))


LOST = "lost"
"""Instead of a posture: nobody is found."""
Part = tuple[float, "Angles | str"]
"""Seconds, and the posture reached at their end (moving linearly from the previous one; the same again stays)."""


def frames(
    *parts: Part, rate: float = 10.0, noise: float = 0.5, mirror: bool = False, start: float = 0.0
) -> Iterator[Frame]:
    """Recorded landmarks of the parts, one after another, at a rate."""
    ends, total, before = [], 0.0, next(angles for _, angles in parts if not isinstance(angles, str))
    for seconds, angles in parts:
        after = before if isinstance(angles, str) else angles
        ends.append((total, total + seconds, before, after, isinstance(angles, str)))
        total, before = total + seconds, after
    for index in range(math.floor(total * rate + 1e-6) + 1):
        t = index / rate
        begun, end, a, b, lost = next((one for one in ends if t <= one[1] + 1e-9), ends[-1])
        share = 1.0 if end <= begun else min((t - begun) / (end - begun), 1.0)
        pose = None if lost else pose_of(a if a is b else blend(a, b, share), start + t, noise=noise)
        if pose is not None and mirror:
            pose = mirrored(pose)
        yield Frame(start + t, recorded=True, pose=pose)


def run(name_or_exercise, *parts: Part, settings: Settings | None = None, controls: Controls | None = None, past=None,
        pain=False, live=False, **options) -> list[CoachTick]:  # fmt: skip
    """Coach one exercise through the parts; returns all ticks."""
    exercise = load_exercise(name_or_exercise) if isinstance(name_or_exercise, str) else name_or_exercise
    source = FramesInMemory(frames(*parts, **options), live)
    return list(coach(source, no_model, [exercise], settings, controls, past, pain=pain))


def events_of(ticks: list[CoachTick], kind: type[Event] | None = None) -> list[Event]:
    """All events, or those of a kind."""
    return [event for tick in ticks for event in tick.events if kind is None or isinstance(event, kind)]


def bounced(a: Angles, b: Angles, seconds: float, period: float = 1.0) -> list[Part]:
    """Back and forth between two postures."""
    parts: list[Part] = []
    for _ in range(round(seconds / period)):
        parts += [(period / 2, b), (period / 2, a)]
    return parts


# Postures of the floor and the chair, from the side.
LONG_SIT = posture(trunk=88, thigh=0, shank=-2, neck=52, reach=-52, reach_length=0.50)
FOLD = posture(LONG_SIT, trunk=36, neck=-26, reach=-33, reach_length=0.50)
SHALLOW_FOLD = posture(LONG_SIT, trunk=56, neck=-4, reach=-45, reach_length=0.52)
STAND = posture()
STANDING_FOLD = posture(STAND, trunk=-25, thigh=-88, neck=-60, reach=-90, reach_length=0.5)
SHALLOW_STANDING_FOLD = posture(STAND, trunk=22, thigh=-88, neck=0, reach=-90, reach_length=0.5)
KNEEL = posture(trunk=87, thigh=-17, shank=181, neck=80, reach=-70, reach_length=0.5)
CHILD = posture(KNEEL, trunk=5, thigh=-22, shank=181, neck=-20, reach=-8, reach_length=0.54)
SHALLOW_CHILD = posture(KNEEL, trunk=14, thigh=-36, shank=181, neck=-35, reach=-25, reach_length=0.54)
ALL_FOURS = posture(trunk=6, thigh=-90, shank=180, neck=-29, reach=-90, reach_length=0.54)
PUPPY = posture(ALL_FOURS, trunk=-28, neck=-30, reach=-5, reach_length=0.54)
CAT = posture(ALL_FOURS, neck=-91)
SHALLOW_CAT = posture(ALL_FOURS, neck=-41)
COW = posture(ALL_FOURS, neck=1)
CHAIR = posture(trunk=88, thigh=0, shank=-90, neck=78, reach=-70, reach_length=0.5)
CHAIR_HANDS_UP = posture(CHAIR, reach=70, reach_length=0.12)
PRONE = posture(trunk=4, thigh=180, shank=180, neck=20, reach=-60, reach_length=0.3)
COBRA = posture(PRONE, trunk=38, neck=60, reach=-95, reach_length=0.4)
HALF_KNEEL = posture(trunk=90, thigh=-90, shank=180, thigh_r=92, shank_r=-270, reach=-70, reach_length=0.5)
LUNGE = posture(HALF_KNEEL, thigh=-124, thigh_r=112)
LEG_OUT = posture(CHAIR, thigh=-12, shank=-18, thigh_r=12, shank_r=-72)
LEG_FOLD = posture(LEG_OUT, trunk=44, neck=40, reach=-40)
# From the front.
FACING = posture(yaw=0, frontal=1, thigh=-20, neck=85)
ARMS_90 = posture(FACING, arm_l=92, arm_r=92, elbow_l=95, elbow_r=95)
W_ARMS = posture(FACING, arm_l=65, arm_r=65, elbow_l=70, elbow_r=70)
V_ARMS = posture(FACING, arm_l=150, arm_r=150, elbow_l=165, elbow_r=165)
REACH = posture(FACING, arm_l=165, arm_r=165, elbow_l=172, elbow_r=172)
FOREARMS = posture(FACING, arm_l=8, arm_r=8, spread=2)
OBLIQUE_FOURS = posture(ALL_FOURS, yaw=45)


@dataclass(frozen=True)
class Case:
    """What one exercise looks like, done well and otherwise."""

    name: str
    start: Angles
    pose: Angles
    shallow: Angles
    """Counted, but graded below the good one; if the exercise has no depth, not enough to be counted."""
    wrong: tuple[Angles, ...]
    """Look-alikes that must count nothing."""
    bounce: Angles
    """The pose at the other end of a bounce."""
    between: Angles | None = None
    """The pose between two repetitions, if that is not the start."""
    turn: float = 0.0
    """Seconds to turn around for the other side."""
    move: float = 2.5
    """Seconds from start to pose."""
    bounce_period: float = 1.0
    fault: str = "bouncing"
    other: Mapping[str, float] = field(default_factory=dict)
    """Changes for the other side, for exercises with sides."""

    @property
    def other_pose(self) -> Angles:
        return posture(self.pose, **self.other)

    def reps(self, n: int, hold: float, pose: Angles | None = None, rest: float = 2.0) -> list[Part]:
        """This many repetitions, from the start pose and back."""
        pose, back = pose or self.pose, self.between or self.start
        return [part for _ in range(n) for part in ((self.move, pose), (hold, pose), (self.move, back), (rest, back))]


CASES: dict[str, Case] = {
    case.name: case
    for case in (
        Case("thoracic_stretch", LONG_SIT, FOLD, SHALLOW_FOLD, (STANDING_FOLD, CHAIR, LONG_SIT, CHILD), posture(FOLD, trunk=52)),
        Case("childs_pose", KNEEL, CHILD, SHALLOW_CHILD, (ALL_FOURS, PUPPY, KNEEL, FOLD), posture(CHILD, trunk=17)),
        Case("upper_trapezius", FACING, posture(FACING, tilt=32), posture(FACING, tilt=17), (posture(FACING, lean=25), posture(FACING, turn=45), posture(FACING, shrug_l=0.05)), posture(FACING, tilt=20), other={"tilt": -32}),
        Case("levator_scapulae", FACING, posture(FACING, turn=35, neck=40, nod=30, tilt=15), posture(FACING, turn=10, neck=80), (posture(FACING, turn=45), posture(FACING, tilt=25), posture(FACING, neck=30, nod=30)), posture(FACING, turn=35, neck=68, nod=5, tilt=10), other={"turn": -35, "tilt": -15}),
        Case("chin_tuck", CHAIR, posture(CHAIR, head_back=0.085), posture(CHAIR, head_back=0.05), (posture(CHAIR, neck=60, nod=30), posture(CHAIR, trunk=50)), posture(CHAIR, head_back=0.045), move=1.0),
        Case("neck_rotation", FACING, posture(FACING, turn=62), posture(FACING, turn=36), (posture(FACING, tilt=35), posture(FACING, neck=40, nod=40)), posture(FACING, turn=46), other={"turn": -62}),
        Case("thoracic_extension", CHAIR_HANDS_UP, posture(CHAIR_HANDS_UP, trunk=107, neck=110), posture(CHAIR_HANDS_UP, trunk=101, neck=104), (posture(CHAIR, trunk=107), posture(CHAIR_HANDS_UP, trunk=60), CHAIR_HANDS_UP), posture(CHAIR_HANDS_UP, trunk=90), bounce_period=0.6),
        Case("cat_cow", ALL_FOURS, CAT, SHALLOW_CAT, (CHILD, COW, STANDING_FOLD, posture(PRONE, trunk=30)), posture(ALL_FOURS, neck=-43), between=COW),
        Case("doorway_pec", FACING, ARMS_90, posture(FACING, arm_l=45, arm_r=45, elbow_l=95, elbow_r=95), (REACH, FACING, posture(FACING, arm_l=90, arm_r=90)), posture(ARMS_90, arm_l=78, arm_r=78)),
        Case("scapular_squeeze", FOREARMS, posture(FOREARMS, spread=30), posture(FOREARMS, spread=5), (REACH, ARMS_90, posture(FOREARMS, shrug=0.05)), posture(FOREARMS, spread=16), move=1.0),
        Case("wall_angels", W_ARMS, V_ARMS, posture(V_ARMS, arm_l=133, arm_r=133), (ARMS_90, FACING), posture(V_ARMS, arm_l=90, arm_r=90), bounce_period=1.0),
        Case("seated_twist", FACING, posture(FACING, twist=38), posture(FACING, twist=22), (posture(FACING, twist=45, hip_twist=55), posture(FACING, turn=50), posture(FACING, lean=25)), posture(FACING, twist=20), other={"twist": -38}),
        Case("overhead_reach", FACING, REACH, posture(REACH, arm_l=146, arm_r=146), (ARMS_90, posture(REACH, arm_r=20), FACING), posture(REACH, arm_l=145, arm_r=145)),
        Case("standing_forward_fold", STAND, STANDING_FOLD, SHALLOW_STANDING_FOLD, (FOLD, CHAIR, CHILD, STAND), posture(STANDING_FOLD, trunk=-10), move=3.5),
        Case("standing_side_bend", FACING, posture(FACING, lean=20, arm_l=165, arm_r=8), posture(FACING, lean=10, arm_l=160, arm_r=8), (posture(FACING, lean=20), posture(FACING, arm_r=165), posture(FACING, lean=20, arm_l=8, arm_r=165), posture(REACH, lean=14), ARMS_90), posture(FACING, lean=12, arm_l=165, arm_r=8), other={"lean": -20, "arm_l": 8, "arm_r": 165}),
        Case("hip_flexor_lunge", HALF_KNEEL, LUNGE, posture(HALF_KNEEL, thigh=-108, thigh_r=104), (KNEEL, ALL_FOURS, CHILD, STAND, HALF_KNEEL), posture(LUNGE, thigh=-112), turn=9),
        Case("seated_hamstring", LEG_OUT, LEG_FOLD, posture(LEG_OUT, trunk=66), (posture(CHAIR, trunk=45), FOLD, STANDING_FOLD, LEG_OUT), posture(LEG_FOLD, trunk=56), turn=9),
        Case("cobra", PRONE, COBRA, posture(PRONE, trunk=24, neck=40), (ALL_FOURS, STAND, LONG_SIT), posture(COBRA, trunk=24)),
        Case("thread_the_needle", OBLIQUE_FOURS, posture(OBLIQUE_FOURS, drop=0.45), posture(OBLIQUE_FOURS, drop=0.24), (posture(CHILD, yaw=45), posture(OBLIQUE_FOURS, neck=-40), posture(STAND, yaw=45)), posture(OBLIQUE_FOURS, drop=0.30), other={"drop": -0.45}),
    )
}  # fmt: skip
"""Every exercise of the package that is judged."""


LONGEST_HOLD = 8.0
"""Seconds: longer holds have no rules of their own, and twenty seconds of them only take time."""


@lru_cache
def short(name: str) -> Exercise:
    """An exercise with its hold shortened where it is long."""
    exercise = load_exercise(name)
    return exercise.with_dose(hold=min(exercise.dose.hold, LONGEST_HOLD))


def scripted(case: Case, reps: int | None = None, extra: float = 1.5) -> list[Part]:
    """All repetitions of an exercise done well, each held a little longer than required; long holds are shortened (`short`)."""
    exercise = short(case.name)
    hold = exercise.dose.hold + extra
    parts: list[Part] = [(2.0, case.start)]
    if exercise.sides == "none":
        return parts + case.reps(reps or exercise.dose.reps, hold)
    other = replace(case, pose=case.other_pose)
    if exercise.sides == "each":
        turn: list[Part] = [(case.turn, case.start)] if case.turn else []
        return parts + case.reps(reps or exercise.dose.reps, hold) + turn + other.reps(reps or exercise.dose.reps, hold)
    return parts + [
        part for n in range(reps or exercise.dose.reps) for part in (other if n % 2 else case).reps(1, hold)
    ]
