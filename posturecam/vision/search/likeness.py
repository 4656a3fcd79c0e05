"""Whether the model's output can be a body, the body tracked before, and the same as another result for it. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from posturecam.vision.pose import Landmark, Pose

_TRUNK = (Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP)
_LIMBS = ((Landmark.LEFT_HIP, Landmark.LEFT_KNEE), (Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE))
"""Thigh and lower leg."""
_BOTH = tuple((a, b, a + 1, b + 1) for a, b in (_TRUNK, *_LIMBS))
"""The ends of each of these on the left side, and on the right one."""
_COMPARED = (Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP, Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE)
_SMALLEST_TRUNK = 8.0
"""Least trunk length, pixels: anything shorter is noise. At 3.5 m a trunk has 65 of 640 pixels across."""
_LEAST_SEEN = 0.3
"""Mean visibility of shoulders and hips, on the better side, below which nobody is taken to be there."""
_LONGEST_LIMB = 2.5
"""A thigh or lower leg is 0.8 to 0.9 of a trunk's length; in a picture a bent trunk may look a third as long."""
_LONGER = 1.6
"""A bone longer than the longest so far by this factor belongs to something else; nobody comes nearer in one leap."""
_COLLAPSED = 0.45
"""If all bones are this much shorter than the longest was, it is no longer a body."""
_FORGETS = 0.05
"""How fast the remembered length adapts to what is seen, per second: people come nearer and move away."""


@dataclass(frozen=True, slots=True)
class Bones:
    """Apparent lengths of a body's bones: trunk, thigh and lower leg, the longer side of each; pixels."""

    trunk: float
    thigh: float
    shank: float

    @property
    def longest(self) -> float:
        """The longest of the three."""
        return max(self.trunk, self.thigh, self.shank)


def bones_of(pose: Pose) -> Bones:
    """The bones of one pose, including guessed ends."""
    points = pose.points.tolist()
    trunk, thigh, shank = (
        max(math.dist(points[a], points[b]), math.dist(points[c], points[d])) for a, b, c, d in _BOTH
    )
    return Bones(trunk, thigh, shank)


def is_body(pose: Pose) -> bool:
    """Whether a pose can be a person: seen at all, large enough, and with limbs no longer than real limbs."""
    if not np.isfinite(pose.points).all():
        return False
    seen = max(float(pose.visibility[[one + side for one in _TRUNK]].mean()) for side in (0, 1))
    bones = bones_of(pose)
    return (
        seen >= _LEAST_SEEN
        and bones.longest >= _SMALLEST_TRUNK
        and max(bones.thigh, bones.shank) <= _LONGEST_LIMB * max(bones.trunk, _SMALLEST_TRUNK)
    )


@dataclass(frozen=True, slots=True)
class BodyMemory:
    """What is remembered of the tracked body."""

    longest: float
    """Its longest bone, pixels."""
    t: float
    """When that was last updated, seconds."""


def remember(memory: BodyMemory | None, pose: Pose) -> BodyMemory:
    """The memory after this pose of the same body."""
    longest = bones_of(pose).longest
    if memory is None:
        return BodyMemory(longest, pose.t)
    faded = memory.longest * (1 - _FORGETS) ** max(pose.t - memory.t, 0.0)
    return BodyMemory(max(longest, faded), pose.t)


def fits(memory: BodyMemory | None, pose: Pose) -> bool:
    """Whether a pose can belong to the remembered body."""
    if not is_body(pose):
        return False
    return memory is None or _COLLAPSED <= bones_of(pose).longest / memory.longest <= _LONGER


def centered(pose: Pose) -> Pose:
    """The pose moved so that its shoulders, hips, knees and ankles are centered on the origin: its shape, wherever it is."""
    return replace(pose, points=pose.points - pose.points[_both_sides()].mean(axis=0))


def unlike(a: Pose, b: Pose) -> float:
    """The distance between two poses of one body: root mean square over shoulders, hips, knees and ankles, in units of the longest bone of both.

    Left and right may be swapped: from the side, networks do that, and nothing judged depends on it.
    """
    scale = max(bones_of(a).longest, bones_of(b).longest, 1.0)
    same = np.mean([_gap(a, b, one, one) ** 2 for one in _both_sides()])
    crossed = np.mean([_gap(a, b, one, _other(one)) ** 2 for one in _both_sides()])
    return math.sqrt(min(same, crossed)) / scale


def _both_sides() -> list[Landmark]:
    return [Landmark(one + side) for one in _COMPARED for side in (0, 1)]


def _other(landmark: Landmark) -> Landmark:
    """The same landmark on the other side: left landmarks have odd numbers, and their right counterparts follow."""
    return Landmark(landmark + 1 if landmark % 2 else landmark - 1)


def _gap(a: Pose, b: Pose, here: Landmark, there: Landmark) -> float:
    difference: NDArray[np.float32] = a.points[here] - b.points[there]
    return float(np.linalg.norm(difference))
