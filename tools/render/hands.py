"""Hand placements of postures: each gives the wrist, the elbow's direction and the hand's rotation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np

from tools.render.body import ALMOST_STRAIGHT, Body, Posed, Reach
from tools.render.makehuman import Floats
from tools.render.parameters import Kind, Place, Posture
from tools.render.rotation import Rotation, Vector, about, cross, unit
from tools.render.support import HEAD_BONES, dominant, outwards
from tools.render.workplace import DESK_EDGE, DESK_HEIGHT

WRIST_OVER_DESK = 0.055
"""Height of the wrist joint over the desk when typing, meters: the hand slopes down to the keys."""
FOREARM_OVER_DESK = 0.045
"""The least height of the middle of a forearm over the desk, meters."""
TYPING_AHEAD = 0.7
"""How far the hands are in front of the hips when typing, in arm lengths: people move the chair to where they reach."""
WRIST_OVER_FLOOR = 0.06
"""Height of the wrist joint over the floor when the palm is on it, meters."""
WRIST_OVER_LEG = 0.045
"""Distance of the wrist joint from the skin of the leg when the hand rests on it, meters."""
FINGERS_BELOW_WRIST = 0.20
"""How far straight fingers reach beyond the wrist, meters."""
LEAST_FINGER_HEIGHT = 0.05
"""Minimum height of fingers that would otherwise point into the floor, meters."""
ROUND_THE_SHOULDER = 0.55
"""How far in front of the shoulder a hand passes on its way overhead, in arm lengths."""
EASY_REACH = 0.97
"""A resting or supporting arm is straight up to this fraction of its length."""
MIDDLE_OF_THIGH = 0.22
"""From the hip joint to where a hand rests by default, meters."""
LARGEST_SWIVEL = 100.0
"""How far an elbow turns outwards from hanging to clear the desk, degrees."""


class Arm:
    """One arm of a body whose trunk and legs are already posed."""

    def __init__(self, posture: Posture, trunk: Posed, side: str) -> None:
        self.posture, self.trunk, self.side = posture, trunk, side
        self.body = trunk.body
        self.out = outwards(side)
        self.shoulder = trunk.joint(f"upperarm01.{side}")
        self.upper = self.body.length(f"upperarm01.{side}", f"lowerarm01.{side}")
        self.lower = self.body.length(f"lowerarm01.{side}", f"wrist.{side}")
        which = "left" if side == "L" else "right"
        self.ahead: float = getattr(posture, f"{which}_ahead")
        self.across: float = getattr(posture, f"{which}_across")
        self.up: float = getattr(posture, f"{which}_up")
        self.places: Mapping[Place, float] = getattr(posture, f"{which}_hand")

    @property
    def length(self) -> float:
        """From shoulder to wrist, meters."""
        return self.upper + self.lower

    @property
    def shift(self) -> Vector:
        """The posture's displacement of the hand, meters."""
        return np.array([self.out * self.across, -self.ahead, self.up])

    def sideways(self, out: float, y: float, z: float) -> Vector:
        """A vector given with outwards as its first component, instead of to the left."""
        return np.array([self.out * out, y, z])

    def bone(self, name: str) -> Rotation:
        """A bone's rotation from rest."""
        return np.asarray(self.trunk.bones[self.body.index[name]][:3, :3])

    def on(self, name: str, rest: Vector) -> Vector:
        """A point at rest, moved along with a bone."""
        matrix = self.trunk.bones[self.body.index[name]]
        return np.asarray(matrix[:3, :3] @ rest + matrix[:3, 3])

    def reach(self) -> Reach:
        """The mean of the hand's places weighted by their shares: a straight path between two, except around the shoulder on the way overhead."""
        total = sum(self.places.values())
        if not self.places or total <= 0:
            raise ValueError("a hand must be somewhere: its places' shares are empty")
        reaches = [(share / total, PLACES[place](self)) for place, share in self.places.items()]

        def mean(name: str) -> Vector:
            return np.asarray(sum(share * getattr(one, name) for share, one in reaches))

        wrist, pole, palm, fingers = (mean(name) for name in ("target", "pole", "palm", "fingers"))
        raised = self.places.get(Place.OVERHEAD, 0.0) / total
        front = np.array([0, -4 * raised * (1 - raised), 0])
        wrist = wrist + front * ROUND_THE_SHOULDER * self.length
        fingers = fingers + front  # from down to up by way of the front
        fingers = unit(fingers)
        fingers[2] = max(fingers[2], -max(wrist[2] - LEAST_FINGER_HEIGHT, 0) / FINGERS_BELOW_WRIST)
        return Reach(wrist, pole, self._palm_before_wrist(wrist, pole, palm, fingers), fingers)

    def elbow(self, wrist: Vector, pole: Vector) -> Vector:
        """The elbow's position for a wrist and a pole direction, as `Body.pose` computes it, meters."""
        way = wrist - self.shoulder
        far = min(float(np.linalg.norm(way)), ALMOST_STRAIGHT * self.length)
        way = unit(way)
        along = (self.upper**2 + far**2 - self.lower**2) / (2 * far)
        aside = np.sqrt(max(0.0, self.upper**2 - along**2))
        return np.asarray(self.shoulder + way * along + unit(pole - way * (pole @ way)) * aside)

    def _palm_before_wrist(self, wrist: Vector, pole: Vector, palm: Vector, fingers: Vector) -> Vector:
        """The palm's direction before the wrist bends, such that it faces `palm` once the fingers point along `fingers`.

        `Body.pose` twists the forearm until the palm faces the given way, and only then bends the wrist, which turns
        the palm too: on all fours, by a right angle.
        """
        elbow = self.elbow(wrist, pole)
        forearm = unit(self.shoulder + _at_most(wrist - self.shoulder, ALMOST_STRAIGHT * self.length) - elbow)
        fingers = unit(fingers)
        axis = cross(fingers, forearm)
        sine = float(np.linalg.norm(axis))
        if sine < 1e-6:
            return palm
        return np.asarray(about(axis, float(np.degrees(np.arctan2(sine, fingers @ forearm)))) @ palm)


def _at_most(vector: Vector, length: float) -> Vector:
    """A vector, shortened if it exceeds a length."""
    return np.asarray(vector * min(1.0, length / max(float(np.linalg.norm(vector)), 1e-9)))


def reach(posture: Posture, trunk: Posed, side: str) -> Reach:
    """Where a hand should be, for a body whose trunk is already posed."""
    return Arm(posture, trunk, side).reach()


def curled(body: Body, posture: Posture) -> dict[str, Rotation]:
    """The rotations of the finger bones."""
    rotations = {}
    for side, curl, extra in (
        ("L", posture.left_curl, posture.left_fingers),
        ("R", posture.right_curl, posture.right_fingers),
    ):
        palm = _palm(body, side)
        for finger, more in zip(range(1, 6), (0.0, *extra), strict=True):
            share = 0.5 if finger == 1 else 1.0  # the thumb closes less
            for joint in (1, 2, 3):
                along = body.joint(f"finger{finger}-3.{side}") - body.joint(f"finger{finger}-1.{side}")
                if finger == 1 and joint == 1:
                    continue
                rotations[f"finger{finger}-{joint}.{side}"] = about(cross(along, palm), share * curl + more)
    return rotations


def _palm(body: Body, side: str) -> Vector:
    """The direction a palm faces at rest."""
    wrist, index, little = (body.joint(f"{name}.{side}") for name in ("wrist", "finger2-1", "finger5-1"))
    return unit(cross(index - wrist, little - wrist) * -outwards(side))


# At the desk.


def _keyboard(arm: Arm) -> Reach:
    wrist = (
        arm.sideways(0.14, -max(TYPING_AHEAD * arm.length, 0.065 - DESK_EDGE), DESK_HEIGHT + WRIST_OVER_DESK)
        + arm.shift
    )
    return Reach(wrist, _clear_of_desk(arm, wrist), np.array([0, 0, -1.0]), arm.sideways(-0.15, -1, -0.12))


def _phone(arm: Arm) -> Reach:
    wrist = arm.sideways(0.075, -0.33, DESK_HEIGHT + 0.11) + arm.shift
    return Reach(wrist, _clear_of_desk(arm, wrist), arm.sideways(-0.5, 0.5, 0.8), arm.sideways(-0.35, -1, 0.45))


def _chin(arm: Arm) -> Reach:
    chin = arm.on("head", _landmarks(arm.body)["chin"])
    wrist = chin + arm.sideways(0.05, 0.005, -0.075) + arm.shift
    return Reach(wrist, arm.sideways(1, -0.4, -0.9), arm.sideways(-0.7, 0.6, 0.2), arm.sideways(-0.25, 0.1, 1))


def _mouth(arm: Arm) -> Reach:
    mouth = arm.on("head", _landmarks(arm.body)["mouth"])
    wrist = mouth + arm.bone("head") @ arm.sideways(0.085, -0.075, -0.055) + arm.shift
    return Reach(wrist, arm.sideways(0.7, 0.1, -1), arm.sideways(-1, -0.2, 0), arm.sideways(-0.75, -0.35, 0.4))


def _clear_of_desk(arm: Arm, wrist: Vector) -> Vector:
    """The elbow's direction: hanging if the forearm clears the desk, else turned outwards just enough."""
    way = unit(wrist - arm.shoulder)
    hanging = arm.sideways(0.5, 0.4, -1)
    hanging = unit(hanging - way * (hanging @ way))
    outward = unit(cross(way, hanging))
    outward = outward * np.sign(outward[0] * arm.out)

    def pole(degrees: float) -> Vector:
        return np.asarray(hanging * np.cos(np.radians(degrees)) + outward * np.sin(np.radians(degrees)))

    def clearance(degrees: float) -> float:
        """Height over the desk of the forearm's lower end, or of where it crosses the edge, minus the required height."""
        elbow = arm.elbow(wrist, pole(degrees))
        if elbow[1] <= DESK_EDGE or wrist[1] >= elbow[1]:
            lowest = elbow
        else:
            crossing = min((elbow[1] - DESK_EDGE) / (elbow[1] - wrist[1]), 1.0)
            lowest = elbow + crossing * (wrist - elbow)
        return float(lowest[2] - DESK_HEIGHT - FOREARM_OVER_DESK) if lowest[1] <= DESK_EDGE + 1e-9 else 1.0

    steps = np.arange(0, LARGEST_SWIVEL + 1, 2.0)
    blocked: list[float] = []
    for step in steps:
        above = clearance(step)
        if above >= 0:
            if not blocked:
                return pole(0)
            low, below = steps[len(blocked) - 1], blocked[-1]
            return pole(low + (step - low) * -below / (above - below))
        blocked.append(above)
    return pole(float(steps[int(np.argmax(blocked))]))


# Anywhere.


def _leg(arm: Arm) -> Reach:
    places = np.stack([_with_leg(arm, share, point) for share, point in _points_on_leg(arm)])
    normals = _leg_normals(arm)
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(places, axis=0), axis=1))])

    def at(way: float, rows: Floats) -> Vector:
        return np.array([np.interp(way, along, rows[:, axis]) for axis in range(3)])

    way = _within_reach(arm, MIDDLE_OF_THIGH + arm.ahead, np.linspace(0, along[-1], 200), lambda one: at(one, places))
    away = unit(at(way, normals))
    downwards = unit(at(way + 0.06, places) - at(way - 0.06, places))
    wrist = at(way, places) + arm.sideways(arm.across, 0, 0) + away * arm.up
    fingers = downwards - 0.12 * away + arm.sideways(-0.1, 0, 0)
    return Reach(wrist, arm.sideways(1, 0.5, 0.1), -away, fingers)


def _within_reach(arm: Arm, wanted: float, ways: Floats, at: Callable[[float], Vector]) -> float:
    """How far along a limb the hand gets: as far as wanted, or as the arm reaches, or as near to it as possible."""
    limit = EASY_REACH * arm.length
    far = np.array([np.linalg.norm(at(way) - arm.shoulder) for way in ways])
    reachable = np.flatnonzero(far <= limit)
    if not len(reachable):
        return float(ways[np.argmin(far)])
    first, last = reachable[0], reachable[-1]
    farthest = ways[last]
    if last + 1 < len(ways):  # between two of the ways, so that the hand slides smoothly
        farthest += (ways[last + 1] - ways[last]) * (limit - far[last]) / (far[last + 1] - far[last])
    return float(np.clip(wanted, ways[first], farthest))


def _points_on_leg(arm: Arm) -> list[tuple[float, Vector]]:
    """Those of `_front_of_leg` that a hand can rest on: a shin below a bent knee is not one of them."""
    whole = arm.posture.kind in (Kind.LONG_SIT, Kind.STANDING)
    return [one for one in _front_of_leg(arm.body, arm.side) if whole or one[0] < 0.4]


def _leg_normals(arm: Arm) -> Floats:
    """The direction away from the front of the leg, for the points of `_points_on_leg`."""
    front = np.array([0.0, -1.0, 0.0])
    rows = []
    for share, _ in _points_on_leg(arm):
        upper, lower = (arm.bone(f"{name}.{arm.side}") @ front for name in ("upperleg01", "lowerleg01"))
        rows.append(unit((1 - share) * upper + share * lower))
    return np.stack(rows)


def _with_leg(arm: Arm, share: float, rest: Vector) -> Vector:
    """A point that moves with the thigh, the shank, or near the knee with a mix of both."""
    thigh, shank = (arm.on(f"{name}.{arm.side}", rest) for name in ("upperleg01", "lowerleg01"))
    return np.asarray((1 - share) * thigh + share * shank)


@lru_cache(maxsize=64)
def _front_of_leg(body: Body, side: str) -> tuple[tuple[float, Vector], ...]:
    """Points from hip to ankle where a wrist rests on the leg, at rest, each with the shank's share in moving it."""
    hip, knee, ankle = (body.joint(f"{name}.{side}") for name in ("upperleg01", "lowerleg01", "foot"))
    skin = body.rest[
        dominant(body, *(f"{bone}.{side}" for bone in ("upperleg01", "upperleg02", "lowerleg01", "lowerleg02")))
    ]
    points = []
    for start, end, shares in ((hip, knee, np.linspace(0.1, 0.9, 9)), (knee, ankle, np.linspace(0.1, 0.95, 9))):
        for share in shares:
            middle = start + share * (end - start)
            around = skin[np.abs(skin[:, 2] - middle[2]) < 0.03]
            front = float(np.percentile(middle[1] - around[:, 1], 96))
            shank = float(np.clip(0.5 + (knee[2] - middle[2]) / 0.12, 0, 1))
            points.append((shank, middle - np.array([0, front + WRIST_OVER_LEG, 0])))
    return tuple(points)


def _head(arm: Arm) -> Reach:
    top, head = _landmarks(arm.body)["top"], arm.bone("head")
    wrist = arm.on("head", top + arm.sideways(0.03, 0, 0.035)) + arm.shift
    return Reach(wrist, arm.sideways(1, 0, 0.4), head @ arm.sideways(-0.4, 0, -1), head @ arm.sideways(-1, -0.1, -0.5))


def _overhead(arm: Arm) -> Reach:
    up = arm.bone("spine01") @ arm.sideways(0.04, -0.03, 1)
    wrist = arm.shoulder + unit(up) * 0.995 * arm.length + arm.shift
    return Reach(wrist, arm.sideways(1, -0.6, 0), arm.sideways(-1, 0, 0), up)


def _hanging(arm: Arm) -> Reach:
    own_foot = np.radians(arm.posture.walk + (0 if arm.side == "L" else 180))
    swing = -0.5 * arm.posture.stride * np.cos(own_foot)  # arms swing opposite to the legs
    wrist = arm.shoulder + arm.sideways(0.05, -0.05 - swing, 0) + arm.shift
    down = np.sqrt((0.985 * arm.length) ** 2 - np.sum((wrist - arm.shoulder)[:2] ** 2))
    wrist[2] += max(-down, FINGERS_BELOW_WRIST - wrist[2])
    return Reach(wrist, arm.sideways(0.5, 1, 0), arm.sideways(-1, 0, 0), arm.sideways(0, -0.2, -1))


def _floor(arm: Arm) -> Reach:
    height = max(arm.shoulder[2] - WRIST_OVER_FLOOR - arm.up, 0.0)
    farthest = np.sqrt(max((EASY_REACH * arm.length) ** 2 - height**2, 1e-4))
    level = np.array([arm.across, -arm.ahead])
    level = level * min(1.0, farthest / max(float(np.linalg.norm(level)), 1e-6))
    wrist = np.array([arm.shoulder[0] + arm.out * level[0], arm.shoulder[1] + level[1], WRIST_OVER_FLOOR + arm.up])
    return Reach(wrist, arm.sideways(0.8, 0.6, 0.35), np.array([0, 0, -1.0]), arm.sideways(-0.05, -1, 0.1))


@lru_cache(maxsize=32)
def _landmarks(body: Body) -> dict[str, Vector]:
    """Chin, mouth and crown at rest, meters."""
    head = body.rest[dominant(body, *HEAD_BONES)]
    middle = head[np.abs(head[:, 0]) < 0.004]
    eyes = (body.joint("eye.L") + body.joint("eye.R")) / 2
    face = middle[middle[:, 1] < eyes[1]]
    chin = face[np.argmin(face[:, 2] + 0.5 * face[:, 1])]
    nose = face[np.argmin(face[:, 1])]
    top = middle[np.argmax(middle[:, 2])]
    return {"chin": chin, "mouth": np.array([0, chin[1], 0.45 * nose[2] + 0.55 * chin[2]]), "top": top}


PLACES: Mapping[Place, Callable[[Arm], Reach]] = {
    Place.KEYBOARD: _keyboard,
    Place.PHONE: _phone,
    Place.LEG: _leg,
    Place.CHIN: _chin,
    Place.MOUTH: _mouth,
    Place.HEAD: _head,
    Place.OVERHEAD: _overhead,
    Place.HANGING: _hanging,
    Place.FLOOR: _floor,
}
