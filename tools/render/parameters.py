"""What a posture is: bone angles, hand placements, and blending into another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, Self

Number = float | tuple[float, ...] | dict["Place", float]


class Kind(StrEnum):
    """What the body rests on; only postures of one kind blend into each other."""

    SEATED = "seated"
    """On a chair, at a desk or without one, feet on the floor."""
    STANDING = "standing"
    """Standing or walking."""
    LONG_SIT = "long sit"
    """On the floor with the legs in front."""
    KNEELING = "kneeling"
    """Knees and shins on the floor: on the heels, in child's pose, or on all fours."""
    HALF_KNEELING = "half kneeling"
    """One knee and shin on the floor, the other foot flat in front: the one with the larger `foot_ahead`."""
    PRONE = "prone"
    """On the belly."""


class Place(StrEnum):
    """Where a hand can be. Its `ahead`, `across` and `up` (meters) are offsets from there."""

    KEYBOARD = "keyboard"
    """Palm down over the desk."""
    PHONE = "phone"
    """Palm up in front of the belly, as when both hands hold a phone."""
    LEG = "leg"
    """Resting on the leg; `ahead` goes along it towards the foot, from the middle of the thigh."""
    CHIN = "chin"
    """A fist under the chin, the elbow down in front; lean forward for it to rest on the desk."""
    MOUTH = "mouth"
    """Holding a cup at the lips."""
    HEAD = "head"
    """Over the top of the head, the fingers at the other ear."""
    OVERHEAD = "overhead"
    """The arm stretched in line with the trunk."""
    HANGING = "hanging"
    """From the shoulder, swinging when walking, never below the floor."""
    FLOOR = "floor"
    """Palm on the floor below the shoulder; `ahead` is the distance from there to the front."""


FIELDS_WITH_SIDES = ("foot_ahead", "protraction", "elevation", "hand", "ahead", "across", "up", "curl", "fingers")
"""Parameters of one side: each has a field `left_…` and a field `right_…`."""
MIRRORED_IN_SIGN = ("trunk_lean", "trunk_turn", "neck_lean", "neck_turn", "hips_x")


@dataclass(frozen=True)
class Posture:
    """Bone angles relative to the neutral posture of its kind (degrees) and positions (meters).

    Flexion is positive forward and extension negative, for every part of the spine. Leaning is positive to the person's
    right, which raises the left side, and turning is positive to the person's left: the signs of
    `posturecam.posture.measures`. Each angle rotates the bone within its parent, so the head's inclination is the sum
    of all below it.
    """

    kind: Kind = Kind.SEATED

    pelvis: float = 0.0
    """Forward rotation of the pelvis about the hip joints; 0 sits or stands upright, about 80 lies on the belly."""
    lumbar: float = 0.0
    """Flexion of the lower back, shared by three bones."""
    thorax: float = 0.0
    """Flexion of the upper back, shared by two bones."""
    low_neck: float = 0.0
    """Flexion at the base of the neck, which brings the head forward."""
    high_neck: float = 0.0
    """Flexion of the head on the neck, which makes the face look down."""
    trunk_lean: float = 0.0
    """Lean of the trunk to the right, most of it in the spine."""
    trunk_turn: float = 0.0
    """Turn of the shoulders relative to the hips, to the left."""
    neck_lean: float = 0.0
    """Lean of the head to the right."""
    neck_turn: float = 0.0
    """Turn of the head to the left."""

    hips_x: float = 0.0
    """Position of the hips relative to their usual place, meters, to the person's left."""
    hips_y: float = 0.0
    """The same towards the person's back: negative slides forward on the seat."""
    hips_z: float = 0.0
    """The same upwards: getting up from the chair."""
    feet_ahead: float = 0.0
    """How far the feet are forward of their usual place, meters (seated and standing)."""
    left_foot_ahead: float = 0.0
    """The same for one foot (seated; half kneeling: from below the hips); a seated person's foot far ahead is on its
    heel."""
    right_foot_ahead: float = 0.0
    knee_bend: float = 2.0
    """Flexion of the knees in the long sit, degrees; 0 is straight."""
    knees_apart: float = 0.0
    """How far each knee is to the side of its usual place, meters."""
    thigh_rise: float = 0.0
    """Kneeling: how far the thighs are raised from sitting on the heels, degrees; about 65 makes them vertical.

    Half kneeling: how far the hips are in front of the knee on the floor, degrees; at 0 the thigh is vertical.
    """
    walk: float = 0.0
    """Phase of the walk, degrees: 360 is two steps; the left foot is on the floor from 0 to 180."""
    stride: float = 0.0
    """How far a foot goes forward and back of the hips in walking, meters; 0 stands still."""

    left_protraction: float = 0.0
    """Protraction of the shoulder, degrees at the collarbone."""
    right_protraction: float = 0.0
    left_elevation: float = 0.0
    """Elevation of the shoulder, degrees at the collarbone."""
    right_elevation: float = 0.0
    left_hand: Mapping[Place, float] = field(default_factory=lambda: {Place.KEYBOARD: 1.0})
    """Weights of the places the hand is at or between; they sum to 1."""
    right_hand: Mapping[Place, float] = field(default_factory=lambda: {Place.KEYBOARD: 1.0})
    left_ahead: float = 0.0
    """Offset of the hand from its place, forward, meters."""
    right_ahead: float = 0.0
    left_across: float = 0.0
    """Offset of the hand from its place, outwards, meters."""
    right_across: float = 0.0
    left_up: float = 0.0
    """Offset of the hand from its place, upwards, meters."""
    right_up: float = 0.0
    left_curl: float = 12.0
    """Bending of every finger joint, degrees: 0 flat, 12 relaxed, 60 a fist."""
    right_curl: float = 12.0
    left_fingers: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    """Bending of index, middle, ring and little finger beyond the curl, degrees per joint: typing."""
    right_fingers: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)

    def towards(self, other: Posture, share: float) -> Self:
        """The posture at a fraction (0 to 1) of the way to another of the same kind.

        Raises:
            ValueError: if the other is of another kind: a body does not blend from a chair to the floor.
        """
        if other.kind is not self.kind:
            raise ValueError(f"a {self.kind} posture does not blend into a {other.kind} one")
        own, its = self._numbers(), other._numbers()
        blended: dict[str, Any] = {name: _sum(own[name], 1 - share, its[name], share) for name in own}
        return replace(self, **blended)

    def plus(self, **changes: float | tuple[float, float, float, float]) -> Self:
        """The posture with numbers added to some of its parameters; hands stay at their places.

        Raises:
            TypeError: if there is no such parameter, or it is not a number.
        """
        numbers = self._numbers()
        changed: dict[str, Any] = {}
        for name, by in changes.items():
            if name not in numbers or isinstance(numbers[name], dict):
                raise TypeError(f"a posture has no number {name!r} to add to")
            changed[name] = _sum(numbers[name], 1.0, by, 1.0)
        return replace(self, **changed)

    def mirrored(self) -> Self:
        """The same posture with left and right swapped; the phase of a walk is shifted by half a cycle."""
        changes: dict[str, Any] = {name: -getattr(self, name) for name in MIRRORED_IN_SIGN}
        for name in FIELDS_WITH_SIDES:
            changes[f"left_{name}"] = getattr(self, f"right_{name}")
            changes[f"right_{name}"] = getattr(self, f"left_{name}")
        return replace(self, **changes, walk=self.walk + (180 if self.stride else 0))

    def _numbers(self) -> dict[str, Number]:
        """Every field except the kind."""
        read = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "kind"}
        return {name: dict(value) if isinstance(value, Mapping) else value for name, value in read.items()}


def _sum(a: Number, share_of_a: float, b: Number, share_of_b: float) -> Number:
    """A weighted sum of two numbers, of two tuples, or of two hands' places."""
    if isinstance(a, dict) and isinstance(b, dict):
        shares = {place: share_of_a * a.get(place, 0.0) + share_of_b * b.get(place, 0.0) for place in {**a, **b}}
        return {place: share for place, share in shares.items() if share > 0}
    if isinstance(a, tuple) and isinstance(b, tuple):
        return tuple(share_of_a * x + share_of_b * y for x, y in zip(a, b, strict=True))
    assert isinstance(a, int | float), a
    assert isinstance(b, int | float), b
    return share_of_a * a + share_of_b * b
