"""A person's body: shaped from the MakeHuman targets, and posed by rotating its bones (linear blend skinning, numpy)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from tools.render.makehuman import Floats, Indices, base_mesh, rig, target, vertex_groups
from tools.render.rotation import Rotation, Vector, about, axes, cross, unit

SIDES = ("L", "R")
ALMOST_STRAIGHT = 0.999
"""A limb reaches at most this fraction of its length: a fully straight one has no plane to bend in."""


@dataclass(frozen=True)
class Shape:
    """What a body looks like, as MakeHuman's macro parameters: each 0 to 1 with 0.5 average."""

    gender: float = 0.5
    """0 female, 1 male."""
    age: float = 0.5
    """0.1875 a child, 0.5 a young adult, 1 old."""
    muscle: float = 0.5
    weight: float = 0.5
    height: float = 0.5
    proportions: float = 0.5
    cup: float = 0.5
    firmness: float = 0.5
    ancestry: Mapping[str, float] = field(default_factory=lambda: {"caucasian": 1.0})
    """Fractions of african, asian and caucasian features; they sum to 1."""
    details: Mapping[str, float] = field(default_factory=dict)
    """Further targets by name, such as `nose/nose-hump-incr`, with their weights."""


@dataclass(frozen=True)
class Reach:
    """Where a hand or foot should be, and which way the elbow or knee points."""

    target: Vector
    """Position of the wrist or ankle joint, meters."""
    pole: Vector
    """Direction in which the elbow or knee leaves the straight line."""
    palm: Vector | None = None
    """Direction the palm faces (arms)."""
    fingers: Vector | None = None
    """Direction the fingers point (arms)."""
    foot: Rotation | None = None
    """The foot's rotation from rest (legs); flat on the floor if omitted."""


@dataclass(frozen=True)
class Posed:
    """A body in a posture."""

    body: Body
    bones: Floats
    """Shape (bones, 4, 4): each bone's transform from rest to posed."""

    @cached_property
    def vertices(self) -> Floats:
        """Shape (n, 3), meters; worked out when first asked for, as it takes several times as long as the bones."""
        return self.body.skinned(self.bones)

    def vertex(self, number: int) -> Vector:
        """Where one vertex is, meters, without working out the others."""
        share = self.body.weights[number]
        by = np.flatnonzero(share > 0)
        each = self.bones[by, :3, :3] @ self.body.rest[number] + self.bones[by, :3, 3]
        return np.asarray(share[by] @ each)

    def joint(self, name: str) -> Vector:
        """The position of a bone's head, meters."""
        matrix = self.bones[self.body.index[name]]
        return np.asarray(matrix[:3, :3] @ self.body.joint(name) + matrix[:3, 3])

    def moved(self, rotation: Rotation, by: Vector) -> Posed:
        """The same posture rotated about the origin and then shifted."""
        whole = np.eye(4)
        whole[:3, :3], whole[:3, 3] = rotation, by
        return Posed(self.body, whole @ self.bones)


def _shares(anchors: list[str], value: float) -> dict[str, float]:
    """The weight of each anchor for a parameter: linear between neighbors, at least a millionth."""
    # MakeHuman's ages: baby, child, young and old are not evenly spaced.
    places = np.array([0, 0.1875, 0.5, 1]) if len(anchors) == 4 else np.linspace(0, 1, len(anchors))
    shares = [float(np.interp(value, places, one)) for one in np.eye(len(anchors))]
    return {anchor: share for anchor, share in zip(anchors, shares, strict=True) if share > 1e-6}


def shaped(shape: Shape) -> Floats:
    """The vertices of a body of this shape at rest, shape (n, 3), meters."""
    vertices = base_mesh().vertices.copy()

    def add(name: str, share: float) -> None:
        found = target(name)
        if found is not None:  # not every combination has a target of its own
            vertices[found[0]] += share * found[1]

    genders = _shares(["female", "male"], shape.gender)
    ages = _shares(["baby", "child", "young", "old"], shape.age)
    builds = [
        _shares(["minmuscle", "averagemuscle", "maxmuscle"], shape.muscle),
        _shares(["minweight", "averageweight", "maxweight"], shape.weight),
    ]
    extra = {
        "height": _shares(["minheight", "", "maxheight"], shape.height),
        "proportions": _shares(["uncommonproportions", "", "idealproportions"], shape.proportions),
    }
    cups = _shares(["mincup", "averagecup", "maxcup"], shape.cup)
    firm = _shares(["minfirmness", "averagefirmness", "maxfirmness"], shape.firmness)
    for (gender, g), (age, a) in itertools.product(genders.items(), ages.items()):
        for ancestry, share in shape.ancestry.items():
            add(f"macrodetails/{ancestry}-{gender}-{age}", g * a * share)
        for (muscle, m), (weight, w) in itertools.product(*(build.items() for build in builds)):
            whole, base = g * a * m * w, f"{gender}-{age}-{muscle}-{weight}"
            add(f"macrodetails/universal-{base}", whole)
            for kind, shares in extra.items():
                for anchor, share in shares.items():
                    add(f"macrodetails/{kind}/{base}-{anchor}", whole * share)
            for (cup, c), (firmness, f) in itertools.product(cups.items(), firm.items()):
                add(f"breast/{base}-{cup}-{firmness}", whole * c * f)
    for name, share in shape.details.items():
        add(name, share)
    return vertices


class Body:
    """A body of some shape at rest, with its skeleton."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.rest: Floats = shaped(shape)
        """Shape (n, 3), meters: standing, arms out, at the origin."""
        self.names = rig().names
        self.weights = rig().weights
        self.groups: dict[str, Indices] = vertex_groups()
        self.index = {name: i for i, name in enumerate(self.names)}
        parents = [rig().bones[name]["parent"] for name in self.names]
        self._parents = [self.index[parent] if parent else -1 for parent in parents]
        self._heads = np.array([self._place(rig().bones[name]["head"]) for name in self.names])

    def _place(self, told: Mapping[str, Any]) -> Vector:
        """Where a bone begins: the rig names a cube of helper vertices, one vertex, or several."""
        strategy = told.get("strategy")
        if strategy == "CUBE":
            return np.asarray(self.rest[self.groups[told["cube_name"]]].mean(axis=0))
        if strategy == "VERTEX":
            return np.asarray(self.rest[told["vertex_index"]])
        if strategy == "MEAN":
            return np.asarray(self.rest[told["vertex_indices"]].mean(axis=0))
        return np.array(told["default_position"], float)

    def joint(self, name: str) -> Vector:
        """The position of a bone's head at rest, meters."""
        return np.asarray(self._heads[self.index[name]])

    def length(self, *names: str) -> float:
        """The distance along joints at rest, meters: the length of a limb."""
        return float(sum(np.linalg.norm(self.joint(a) - self.joint(b)) for a, b in itertools.pairwise(names)))

    def pose(
        self,
        rotations: Mapping[str, Rotation],
        root: Vector | None = None,
        arms: Mapping[str, Reach] | None = None,
        legs: Mapping[str, Reach] | None = None,
    ) -> Posed:
        """Rotate bones, each in its parent's frame, move the whole by `root`, and let hands and feet reach.

        `arms` and `legs` are keyed by side, "L" and "R"; a limb without a `Reach` keeps its given rotations.
        """
        count = len(self.names)
        bones = np.zeros((count, 4, 4))
        wanted: dict[str, Rotation] = {}  # bone → rotation in the world
        for i, name in enumerate(self.names):
            if self._parents[i] < 0:
                parent = np.eye(4)
                parent[:3, 3] = np.zeros(3) if root is None else root
            else:
                parent = bones[self._parents[i]]
            side = name[-1]
            if name.startswith("upperarm01.") and arms and side in arms:
                wanted |= self._arm(side, parent, arms[side])
            if name.startswith("upperleg01.") and legs and side in legs:
                wanted |= self._leg(side, parent, legs[side])
            rotation = parent[:3, :3].T @ wanted[name] if name in wanted else rotations.get(name)
            if rotation is None:
                bones[i] = parent
                continue
            local = np.eye(4)
            local[:3, :3] = rotation
            local[:3, 3] = self._heads[i] - rotation @ self._heads[i]
            bones[i] = parent @ local
        return Posed(self, bones)

    def skinned(self, bones: Floats) -> Floats:
        """Where each vertex is, shape (n, 3), meters, with the bones' transforms from rest, shape (bones, 4, 4)."""
        posed = np.zeros_like(self.rest)
        for matrix, (moved, weight) in zip(bones, rig().moved_by, strict=True):
            if len(moved):
                posed[moved] += weight * (self.rest[moved] @ matrix[:3, :3].T + matrix[:3, 3])
        return posed

    def _bend(self, joints: tuple[str, str, str], parent: Floats, reach: Reach) -> tuple[Vector, Vector, Vector]:
        """Directions of the upper and lower limb, and the direction of the middle joint, by the law of cosines."""
        first, second, third = (self.joint(name) for name in joints)
        start = parent[:3, :3] @ first + parent[:3, 3]
        upper, lower = np.linalg.norm(second - first), np.linalg.norm(third - second)
        way = np.asarray(reach.target, float) - start
        far = np.clip(np.linalg.norm(way), abs(upper - lower) + 0.01, (upper + lower) * ALMOST_STRAIGHT)
        way = unit(way)
        along = (upper**2 + far**2 - lower**2) / (2 * far)
        aside = np.sqrt(max(0.0, upper**2 - along**2))
        pole = unit(np.asarray(reach.pole, float) - way * (np.asarray(reach.pole, float) @ way))
        elbow = start + way * along + pole * aside
        return unit(elbow - start), unit(start + way * far - elbow), cross(pole, way)

    def _arm(self, side: str, parent: Floats, reach: Reach) -> dict[str, Rotation]:
        names = (f"upperarm01.{side}", f"lowerarm01.{side}", f"wrist.{side}")
        upper, lower, _ = self._bend(names, parent, reach)
        shoulder, elbow, wrist = (self.joint(name) for name in names)
        at_rest = unit(elbow - shoulder), unit(wrist - elbow)
        rest_normal, normal = cross(*at_rest), cross(upper, lower)
        upper_turn = axes(upper, normal) @ axes(at_rest[0], rest_normal).T
        lower_turn = axes(lower, normal) @ axes(at_rest[1], rest_normal).T
        index, little = self.joint(f"finger2-1.{side}"), self.joint(f"finger5-1.{side}")
        palm = unit(cross(index - wrist, little - wrist) * (-1 if side == "L" else 1))
        fingers = unit((index + little) / 2 - wrist)

        def across(direction: Vector) -> Vector:
            return unit(direction - lower * (direction @ lower))

        now, then = across(lower_turn @ palm), across(np.array([0, 0, -1.0]) if reach.palm is None else reach.palm)
        turned = float(np.degrees(np.arctan2(cross(now, then) @ lower, now @ then)))
        twist = min(max(turned, -150.0), 150.0)
        hand = about(lower, twist) @ lower_turn
        if reach.fingers is not None:
            now, then = hand @ fingers, unit(reach.fingers)
            axis = cross(now, then)
            sine = float(np.linalg.norm(axis))
            if sine > 1e-6:
                hand = about(axis, float(np.degrees(np.arctan2(sine, now @ then)))) @ hand
        return {
            f"upperarm01.{side}": upper_turn,
            f"upperarm02.{side}": upper_turn,
            # The forearm's two bones share the twist, as radius and ulna do.
            f"lowerarm01.{side}": about(lower, 0.25 * twist) @ lower_turn,
            f"lowerarm02.{side}": about(lower, 0.65 * twist) @ lower_turn,
            f"wrist.{side}": hand,
        }

    def _leg(self, side: str, parent: Floats, reach: Reach) -> dict[str, Rotation]:
        names = (f"upperleg01.{side}", f"lowerleg01.{side}", f"foot.{side}")
        upper, lower, hinge = self._bend(names, parent, reach)
        if hinge @ parent[:3, 0] < 0:
            hinge = -hinge  # a knee's axis points to the person's left
        hip, knee, ankle = (self.joint(name) for name in names)
        left = np.array([1.0, 0, 0])
        upper_turn = axes(upper, hinge) @ axes(knee - hip, left).T
        lower_turn = axes(lower, hinge) @ axes(ankle - knee, left).T
        return {
            f"upperleg01.{side}": upper_turn,
            f"upperleg02.{side}": upper_turn,
            f"lowerleg01.{side}": lower_turn,
            f"lowerleg02.{side}": lower_turn,
            f"foot.{side}": np.eye(3) if reach.foot is None else reach.foot,
        }
