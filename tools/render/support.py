"""What a posture rests on: the hips over the seat or floor, and the feet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from tools.render.body import SIDES, Body, Reach
from tools.render.makehuman import SKIN_VERTICES, Indices
from tools.render.parameters import Kind, Posture
from tools.render.rotation import Rotation, Vector, about_x, about_z
from tools.render.workplace import SEAT_HEIGHT

PRESSED_MAT = 0.004
"""Height of the lower body over the floor, meters: an 8 mm mat compressed to half of that."""
HEEL_SEAT = 0.125
"""How high the heels carry the buttocks when kneeling on them, meters."""
LONGEST_LEG = 0.995
"""A standing leg reaches at most this fraction of its length, so that the knee stays soft."""
WALKING_LIFT = 0.09
"""How high the ankle is lifted in a step of the usual length, meters."""
USUAL_STRIDE = 0.26
"""Typical `Posture.stride` of a calm walk, meters."""
HEAD_BONES = ("head", "jaw", "oris", "levator", "risorius", "special", "temporalis")
"""Prefixes of the names of the bones that move the head's skin."""
SOLE_UP = 168.0
"""Rotation of a foot lying on its back behind the knee, degrees."""
ON_HEEL_AHEAD = 0.2
"""How far ahead a seated person's foot is when it is on its heel, meters."""
TOES_UP = -75.0
"""Rotation of a foot on its heel in the long sit, degrees."""


def outwards(side: str) -> float:
    """The sign of x towards the person's own side."""
    return 1.0 if side == "L" else -1.0


@dataclass(frozen=True)
class Lengths:
    """Lengths of one body needed for its support, meters."""

    hip_aside: float
    """Half the distance of the hip joints."""
    seat_depth: float
    """From the hip joints down to the buttocks, seated."""
    belly_depth: float
    """From the hip joints to the front of the pelvis and thighs."""
    thigh: float
    """From hip to knee."""
    shank: float
    """From knee to ankle."""
    ankle_height: float
    """Height of the ankle joint over the sole."""
    heel: float
    """Height of the ankle joint over the floor when the heel rests on it, toes up."""
    knee_radius: float
    """Height of the knee joint over the floor when kneeling on it."""
    instep: float
    """Height of the ankle joint over the floor when the foot lies on its back."""
    standing: float
    """Height of the hip joints over the soles."""

    @property
    def leg(self) -> float:
        """From hip to ankle, straight."""
        return self.thigh + self.shank


@lru_cache(maxsize=256)
def dominant(body: Body, *prefixes: str) -> Indices:
    """Vertices of the skin moved most by bones with these name prefixes."""
    chosen = [name.startswith(prefixes) for name in body.names]
    return np.flatnonzero(np.array(chosen)[body.weights[:SKIN_VERTICES].argmax(axis=1)])


@lru_cache(maxsize=32)
def lengths_of(body: Body) -> Lengths:
    """The lengths of a body, measured in its rest posture."""
    hip = hip_middle(body)
    ankle = body.joint("foot.L")
    sole = body.rest[:SKIN_VERTICES, 2].min()
    foot = body.rest[dominant(body, "foot", "toe")] - [0, *ankle[1:]]
    pelvis = body.rest[dominant(body, "root", "pelvis", "upperleg01", "spine05")] - hip
    buttocks = pelvis[(np.abs(pelvis[:, 2]) < 0.12) & (np.abs(pelvis[:, 0]) < 0.15)]
    # Seated, the thighs swing forward by about a right angle and bring what was behind them under the hips.
    behind = float(np.percentile(buttocks[:, 1], 97))
    knee = body.joint("lowerleg01.L")
    shin = body.rest[dominant(body, "lowerleg")]
    kneecap = shin[np.abs(shin[:, 2] - knee[2]) < 0.05]
    return Lengths(
        hip_aside=abs(float(body.joint("upperleg01.L")[0])),
        seat_depth=0.85 * behind,
        belly_depth=float(-np.percentile(buttocks[:, 1], 2)),
        thigh=body.length("upperleg01.L", "lowerleg01.L"),
        shank=body.length("lowerleg01.L", "foot.L"),
        ankle_height=float(ankle[2] - sole),
        heel=float(-(foot @ about_x(TOES_UP).T)[:, 2].min()),
        knee_radius=float(knee[1] - kneecap[:, 1].min()),
        instep=float(-(foot @ about_x(SOLE_UP).T)[:, 2].min()),
        standing=float(hip[2] - sole),
    )


def hip_middle(body: Body) -> Vector:
    """The midpoint of the hip joints at rest, meters."""
    return np.asarray((body.joint("upperleg01.L") + body.joint("upperleg01.R")) / 2)


@dataclass(frozen=True)
class Support:
    """What carries a posture."""

    hips: Vector
    """The midpoint of the hip joints, meters."""
    legs: dict[str, Reach]
    """By side."""

    def lifted(self, by: float) -> Support:
        """The same support, raised by some meters."""
        up = np.array([0, 0, by])
        legs = {side: replace(leg, target=leg.target + up) for side, leg in self.legs.items()}
        return Support(self.hips + up, legs)


def lower_body(body: Body) -> Indices:
    """The skin that a body rests on when it sits, kneels or lies on the floor."""
    return dominant(body, "root", "pelvis", "spine05", "spine04", "upperleg", "lowerleg", "foot", "toe")


def support(body: Body, posture: Posture) -> Support:
    """The support of a posture's hips and feet."""
    lengths = lengths_of(body)
    shift = np.array([posture.hips_x, posture.hips_y, posture.hips_z])
    return {
        Kind.SEATED: _seated,
        Kind.STANDING: _standing,
        Kind.LONG_SIT: _long_sit,
        Kind.KNEELING: _kneeling,
        Kind.HALF_KNEELING: _half_kneeling,
        Kind.PRONE: _prone,
    }[posture.kind](lengths, posture, shift)


def _seated(lengths: Lengths, posture: Posture, shift: Vector) -> Support:
    hips = shift + np.array([0, 0, SEAT_HEIGHT + lengths.seat_depth])
    legs = {}
    for side in SIDES:
        out = outwards(side)
        foot = np.array(
            [
                out * (lengths.hip_aside + 0.06 + posture.knees_apart),
                -0.95 * lengths.thigh - posture.feet_ahead,
                lengths.ankle_height,
            ]
        )
        ahead, turn = _foot_ahead(posture, side), about_z(out * 8)
        if ahead > 0:
            on_heel = min(ahead / ON_HEEL_AHEAD, 1.0)
            foot[1:] += -ahead, on_heel * (lengths.heel - lengths.ankle_height)
            turn = turn @ about_x(0.8 * TOES_UP * on_heel)
            aside, down = foot[0] - out * lengths.hip_aside, hips[2] - foot[2]
            farthest = np.sqrt((LONGEST_LEG * lengths.leg) ** 2 - down**2 - aside**2)
            foot[1] = max(foot[1], shift[1] - farthest)
        pole = np.array([out * (0.12 + posture.knees_apart), -1.0, 0.6 + ahead])
        legs[side] = Reach(foot, pole, foot=np.asarray(turn))
    return Support(hips, legs)


def _foot_ahead(posture: Posture, side: str) -> float:
    return posture.left_foot_ahead if side == "L" else posture.right_foot_ahead


def _standing(lengths: Lengths, posture: Posture, shift: Vector) -> Support:
    legs, highest = {}, [lengths.standing]
    for side in SIDES:
        out = outwards(side)
        foot, turn = _step(posture.walk + (0 if side == "L" else 180), posture.stride)
        aside = out * (lengths.hip_aside - 0.02 + posture.knees_apart)
        foot = foot + np.array([aside, -posture.feet_ahead, lengths.ankle_height])
        legs[side] = Reach(foot, np.array([out * 0.05, -1.0, 0.1]), foot=turn)
        way = np.hypot(foot[0] - out * lengths.hip_aside - shift[0], foot[1] - shift[1])
        highest.append(foot[2] + np.sqrt(max((LONGEST_LEG * lengths.leg) ** 2 - way**2, 0.01)))
    return Support(shift + np.array([0, 0, min(highest)]), legs)


def _step(phase: float, stride: float) -> tuple[Vector, Rotation]:
    """A foot's position relative to standing, meters, and its rotation, at a phase of the walk (degrees).

    On the floor it moves back at a steady speed, 2 strides in half a cycle, so that it does not slide under a body that
    walks forward 4 strides per cycle.
    """
    phase = phase % 360
    if phase < 180:
        return np.array([0, stride * (phase / 90 - 1), 0]), np.eye(3)
    swing = (phase - 180) / 180
    ahead = stride * np.cos(np.pi * swing)
    lift = WALKING_LIFT * stride / USUAL_STRIDE * np.sin(np.pi * swing) ** 1.2
    toes_down = 10 * stride / USUAL_STRIDE * np.sin(2 * np.pi * swing)
    return np.array([0, ahead, lift]), about_x(float(toes_down))


def _long_sit(lengths: Lengths, posture: Posture, shift: Vector) -> Support:
    hips = shift + np.array([0, 0, lengths.seat_depth])
    straight = np.radians(180 - max(posture.knee_bend, 2.0))  # a straight leg has no plane to bend in
    reach = np.sqrt(lengths.thigh**2 + lengths.shank**2 - 2 * lengths.thigh * lengths.shank * np.cos(straight))
    legs = {}
    for side in SIDES:
        out = outwards(side)
        down = hips[2] - lengths.heel
        foot = np.array(
            [
                out * (lengths.hip_aside + 0.05 + posture.knees_apart),
                shift[1] - np.sqrt(reach**2 - down**2),
                lengths.heel,
            ]
        )
        legs[side] = Reach(foot, np.array([out * (0.1 + posture.knees_apart), 0, 1.0]), foot=about_x(TOES_UP))
    return Support(hips, legs)


def _kneeling(lengths: Lengths, posture: Posture, shift: Vector) -> Support:
    on_heels = HEEL_SEAT + lengths.seat_depth
    lowest = np.degrees(np.arcsin((on_heels - lengths.knee_radius) / lengths.thigh))
    rise = np.radians(lowest + posture.thigh_rise)
    knees_y = -lengths.thigh * np.cos(np.radians(lowest))  # the hips are over the origin when on the heels
    over_knees = lengths.thigh * np.array([0, np.cos(rise), np.sin(rise)])
    hips = shift + np.array([0, knees_y, lengths.knee_radius]) + over_knees
    legs = {}
    for side in SIDES:
        out = outwards(side)
        knee = np.array([out * (lengths.hip_aside + posture.knees_apart), knees_y + shift[1], lengths.knee_radius])
        foot = np.array([out * 0.7 * lengths.hip_aside, knees_y + shift[1] + lengths.shank, lengths.instep])
        hip = hips + np.array([out * lengths.hip_aside, 0, 0])
        legs[side] = Reach(foot, knee - (hip + foot) / 2, foot=about_x(SOLE_UP))
    return Support(hips, legs)


def _half_kneeling(lengths: Lengths, posture: Posture, shift: Vector) -> Support:
    lean = np.radians(posture.thigh_rise)
    knee_y = shift[1]
    hips = shift + np.array([0, -lengths.thigh * np.sin(lean), lengths.knee_radius + lengths.thigh * np.cos(lean)])
    front = "L" if posture.left_foot_ahead > posture.right_foot_ahead else "R"
    legs = {}
    for side in SIDES:
        out = outwards(side)
        if side == front:
            foot = np.array([out * lengths.hip_aside, knee_y - _foot_ahead(posture, side), lengths.ankle_height])
            legs[side] = Reach(foot, np.array([out * 0.05, -1.0, 0.6]))
            continue
        knee = np.array([out * lengths.hip_aside, knee_y, lengths.knee_radius])
        foot = np.array([out * 0.9 * lengths.hip_aside, knee_y + lengths.shank, lengths.instep])
        hip = hips + np.array([out * lengths.hip_aside, 0, 0])
        legs[side] = Reach(foot, knee - (hip + foot) / 2, foot=about_x(SOLE_UP))
    return Support(hips, legs)


def _prone(lengths: Lengths, posture: Posture, shift: Vector) -> Support:
    hips = shift + np.array([0, 0, lengths.belly_depth])
    legs = {}
    for side in SIDES:
        out = outwards(side)
        foot = np.array([out * lengths.hip_aside, shift[1] + LONGEST_LEG * lengths.leg, lengths.instep])
        legs[side] = Reach(foot, np.array([out * 0.1, 0, -1.0]), foot=about_x(SOLE_UP))
    return Support(hips, legs)
