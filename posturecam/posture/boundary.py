"""Where slouching begins, as a line in the picture: for the current posture with only the head or the trunk moved.

It works with any judge: the head, or the trunk, is moved in the pose until it counts as a slouch. So the
line is valid for the current shoulders, distance and turn of the head, and moves along with them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from posturecam.config.settings import Settings
from posturecam.posture.assess import Judge, deviation_of
from posturecam.posture.baseline import Baseline
from posturecam.posture.loop import Tick
from posturecam.posture.measures import Name, least_visibility
from posturecam.posture.reading import NOTHING_KNOWN, Circumstances, Deviation
from posturecam.posture.view import View
from posturecam.vision.geometry import Place, Point, distance, middle
from posturecam.vision.head import Head, moved
from posturecam.vision.pose import HEAD, Landmark, Pose

HEAD_OVER_EARS, HEAD_OVER_SHOULDERS = 1.5, 0.6
"""A head's height ÷ the distance of the ears, and of the shoulders: 22 to 23 cm against 15 cm in the norms cited at
`measures.NOSE_PROTRUSION`, and against 36 to 40 cm. Turning the body shortens both in the picture."""
FURTHEST_TURN, FURTHEST_TRUNK = 1.0, 0.5
"""The farthest the head is rotated about the shoulder, and the trunk about the hip, radians. The ear lies about one
head height above the shoulder, and the shoulder two above the hip: either way the head moves by about its own
height."""
LEVEL_OVER_EARS, LEVEL_OVER_SHOULDERS = 2.2, 1.0
"""Length of the level line, in distances between the ears or the shoulders: it extends past the head so that it can be
seen."""
RISE = 1.9
"""Length of a line from the shoulder, in distances from shoulder to ear; it extends past the head too."""
TRUNK_RISE = 1.25
"""Length of a line from the hip, in distances from hip to shoulder."""

_UPPER_BODY = slice(Landmark.NOSE, Landmark.LEFT_HIP)
_NECK, _TRUNK = (Landmark.LEFT_SHOULDER, Landmark.LEFT_EAR), (Landmark.LEFT_HIP, Landmark.LEFT_SHOULDER)
_SHARES = (0.25, 0.5, 1.0)
"""Fractions of the farthest movement to try first: beyond them there may be the edge of the picture, or an unknown
posture."""
_SHARES_OF_REACH = (1.0, 1.2)
"""What to try first where the reach is known from the last boundary: usually the first is right, or else a little short."""
_CLEAR = 0.1
"""Thresholds from which the distance to the line is clear enough to tell the reach."""
_TRIES = 8
"""Most poses judged between the two ends; the rules are nearly linear, so three are usually enough."""
_NEAR_ENOUGH = 0.02
"""Precision in thresholds, far below the jitter of a still person, 0.1."""


class BoundaryKind(StrEnum):
    """What the line bounds."""

    EARS = "ears"
    """The ears, from above: they should stay above a level line."""
    HEAD = "head"
    """The head, from the front: it should stay behind a line that rises from the shoulder."""
    TRUNK = "trunk"
    """The same for the trunk and a line that rises from the hip."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """The line on which slouching begins."""

    line: tuple[Place, Place]
    """From left to right, or from the shoulder upwards; pixels of the pose's picture."""
    kind: BoundaryKind
    reach: float = 0.0
    """How far the part moves for one threshold of deviation: pixels down, or radians forward; 0 if that is unknown."""
    excess: float = 0.0
    """How far past the line the posture is, in thresholds; negative before it."""


def boundary(
    pose: Pose,
    view: View,
    baseline: Baseline | None,
    settings: Settings,
    judge: Judge | None = None,
    known: Circumstances = NOTHING_KNOWN,
    last: Boundary | None = None,
    excess: float | None = None,
) -> Boundary | None:
    """Where slouching begins for this posture.

    From the front the head is moved straight down. From the side, and obliquely if angles are compared, it is rotated
    about the shoulder; if the trunk is the cause, everything above the hip is rotated about the hip. For somebody
    already over the threshold, the line shows how far up, or back, they have to move. `judge` and `known` are those of the reading
    (`posturecam.posture.assess.assess`), so that the line agrees with it. The reach of the `last` boundary found hardly changes from one picture to the
    next, so with it fewer poses have to be judged. From the front, none has to be if it is known how far past the line the posture is
    (`excess`, in thresholds): the closer they are to the line, the less an error of the reach moves it.

    Returns:
        None if the posture cannot be judged, or if no such movement decides, as with tilted shoulders.
    """
    if view is View.UNKNOWN:
        return None
    movable = _Movable(pose, view, baseline, settings, judge, known, last, excess)
    return movable.risen() if view.is_side or (baseline is not None and baseline.by_angle) else movable.lowered()


def boundary_of(
    tick: Tick,
    baseline: Baseline | None,
    settings: Settings,
    judge: Judge | None = None,
    last: Boundary | None = None,
    excess: float | None = None,
) -> Boundary | None:
    """The boundary for the pose of a tick, or None if it has none; `last` and `excess` as in `boundary`."""
    if tick.pose is None:
        return None
    return boundary(tick.pose, tick.reading.view, baseline, settings, judge, tick.known, last, excess)


class _Movable:
    """One pose with a movable part."""

    def __init__(
        self,
        pose: Pose,
        view: View,
        baseline: Baseline | None,
        settings: Settings,
        judge: Judge | None,
        known: Circumstances,
        last: Boundary | None,
        excess: float | None,
    ) -> None:
        self.pose, self.view, self.baseline, self.settings, self.judge = pose, view, baseline, settings, judge
        self.known, self.last, self.excess = known, last, excess
        self.meters_per_pixel = _meters_per_pixel(pose)
        self.near = 0 if view in (View.SIDE_LEFT, View.OBLIQUE_LEFT) else 1
        self.forward = 1 if self.near else -1
        """A person showing the right side faces the picture's right."""

    def lowered(self) -> Boundary | None:
        """The level line to which the ears may sink."""
        left, right = self._seen(Landmark.LEFT_EAR), self._seen(Landmark.RIGHT_EAR)
        if left is None or right is None:
            return None
        ears = distance(left, right)
        shoulders = distance(self.pose.at(Landmark.LEFT_SHOULDER), self.pose.at(Landmark.RIGHT_SHOULDER))
        furthest = max(HEAD_OVER_EARS * ears, HEAD_OVER_SHOULDERS * shoulders)
        found = self._by_reach(furthest) or self._search(
            self.pose, HEAD, lambda by: np.array([0.0, by]), furthest, BoundaryKind.EARS
        )
        if found is None:
            return None
        sunk, per_threshold, excess = found
        x, y = (float(value) for value in middle(left, right))
        reach = max(LEVEL_OVER_EARS * ears, LEVEL_OVER_SHOULDERS * shoulders) / 2
        return Boundary(((x - reach, y + sunk), (x + reach, y + sunk)), BoundaryKind.EARS, per_threshold, excess)

    def _by_reach(self, furthest: float) -> tuple[float, float, float] | None:
        """How far the ears may sink if that is known without judging any pose; as from `_search`."""
        reach = self.last.reach if self.last is not None and self.last.kind is BoundaryKind.EARS else 0.0
        if self.excess is None or not reach or reach * abs(self.excess) > furthest:
            return None
        return -reach * self.excess, reach, self.excess

    def risen(self) -> Boundary | None:
        """The line, rising from a joint, up to which the part above it may come forward."""
        head = self._turned(BoundaryKind.HEAD, self.pose)
        if head is not None:
            return head
        cause = self._judged(self.pose).cause
        if cause is Name.TRUNK_INCLINATION:
            return self._turned(BoundaryKind.TRUNK, self.pose)
        # Both are too far forward: the neck's limit is drawn as it would be over an upright trunk.
        straight = self._straightened()
        return None if straight is None else self._turned(BoundaryKind.HEAD, straight)

    def _turned(self, kind: BoundaryKind, pose: Pose) -> Boundary | None:
        """The line for a part of this pose, drawn from the joint's actual position."""
        joints, part, furthest, rise = (
            (_NECK, HEAD, FURTHEST_TURN, RISE)
            if kind is BoundaryKind.HEAD
            else (_TRUNK, _UPPER_BODY, FURTHEST_TRUNK, TRUNK_RISE)
        )
        ends = self._near(joints, pose)
        if ends is None or (length := distance(*ends)) < 1:
            return None
        pivot, lean = ends[0], _lean(*ends)

        def shift(turn: float) -> NDArray[np.float64]:
            """The head moves without rotating, so that only the measured line changes."""
            if kind is BoundaryKind.HEAD:
                return length * (_upwards(lean + self.forward * turn) - _upwards(lean))
            return _turn(pose.points[part], pivot, self.forward * turn)

        found = self._search(pose, part, shift, furthest, kind)
        if found is None:
            return None
        turn, reach, excess = found
        start = self.pose.at(Landmark(joints[0] + self.near))
        x, y = start + rise * length * _upwards(lean + self.forward * turn)
        return Boundary(((float(start[0]), float(start[1])), (float(x), float(y))), kind, reach, excess)

    def _straightened(self) -> Pose | None:
        """The pose with the trunk rotated upright and everything above it moved along; None if the hip is not seen."""
        ends = self._near(_TRUNK, self.pose)
        if ends is None or distance(*ends) < 1:
            return None
        return self._moved(self.pose, _UPPER_BODY, _turn(self.pose.points[_UPPER_BODY], ends[0], -_lean(*ends)))

    def _near(self, joints: tuple[Landmark, Landmark], pose: Pose) -> tuple[Point, Point] | None:
        """The positions of two joints on the near side, given by the left ones; None if they are not seen."""
        low, high = (Landmark(joint + self.near) for joint in joints)
        unseen = self._seen(low) is None or self._seen(high) is None
        return None if unseen else (pose.at(low), pose.at(high))

    def _seen(self, landmark: Landmark) -> Point | None:
        least = least_visibility(landmark, self.settings.measures)
        return self.pose.at(landmark) if self.pose.sees(landmark, least) else None

    def _search(
        self,
        pose: Pose,
        part: slice,
        shift: Callable[[float], NDArray[np.float64]],
        furthest: float,
        kind: BoundaryKind,
    ) -> tuple[float, float, float] | None:
        """How far to move a part, either way, until the deviation is 1, its reach, and the excess; `shift` converts that to pixels."""

        def excess(far: float) -> float | None:
            value = self._judged(self._moved(pose, part, shift(far))).value
            return None if value is None else value - 1

        here = excess(0.0)
        if here is None:
            return None
        reach = self.last.reach if self.last is not None and self.last.kind is kind else 0.0
        likely = (share * reach * abs(here) for share in _SHARES_OF_REACH if reach)
        far = _across(excess, here, (far for far in likely if far <= furthest))
        if far is None:
            far = _across(excess, here, (share * furthest for share in _SHARES))
        if far is None:
            return None
        return far, abs(far / here) if abs(here) >= _CLEAR else reach, here

    def _judged(self, pose: Pose) -> Deviation:
        return deviation_of(pose, self.view, self.baseline, self.settings, self.judge, self.known)

    def _moved(self, pose: Pose, part: slice, by: NDArray[np.float64]) -> Pose:
        """The pose with a part moved, including the model's metric landmarks, which some judges use."""
        points, world = pose.points.copy(), pose.world.copy()
        points[part] += by
        world[part, :2] += by * self.meters_per_pixel
        head = pose.head
        if isinstance(head, Head):
            nose = by if by.ndim == 1 else by[0]
            head = moved(head, float(nose[0]), float(nose[1]))
        return replace(pose, points=points, world=world, head=head)


def _turn(points: NDArray[np.float32], pivot: Point, by: float) -> NDArray[np.float64]:
    """Displacements of points rotated about a pivot, by radians towards the picture's right."""
    sine, cosine = math.sin(by), math.cos(by)
    offset = np.asarray(points, np.float64) - pivot
    turned: NDArray[np.float64] = offset @ np.array([[cosine, sine], [-sine, cosine]])
    return turned - offset


def _lean(low: Point, high: Point) -> float:
    """The lean of the line from `low` up to `high` towards the picture's right, radians."""
    return math.atan2(high[0] - low[0], low[1] - high[1])


def _upwards(lean: float) -> Point:
    """The unit vector that leans this many radians towards the picture's right."""
    return np.array([math.sin(lean), -math.cos(lean)])


def _meters_per_pixel(pose: Pose) -> float:
    """Meters per pixel, from the distance between shoulders and nose, which is never foreshortened to zero."""
    ends = []
    for points in (pose.points, pose.world[:, :2]):
        shoulders = middle(points[Landmark.LEFT_SHOULDER], points[Landmark.RIGHT_SHOULDER])
        ends.append(distance(shoulders, points[Landmark.NOSE]))
    pixels, meters = ends
    return meters / pixels if pixels > 0 else 0.0


def _across(excess: Callable[[float], float | None], here: float, sizes: Iterable[float]) -> float | None:
    """The zero of an increasing function that is `here` at 0, if one of these ever larger steps reaches or passes it; else None."""
    before = (0.0, here)
    for size in sizes:
        end = math.copysign(size, -here)
        there = excess(end)
        if there is None:
            return None
        if abs(there) < _NEAR_ENOUGH:
            return end
        if (there >= 0) is not (here >= 0):
            return _root(excess, before, (end, there))
        before = (end, there)
    return None


def _root(
    excess: Callable[[float], float | None], one: tuple[float, float], other: tuple[float, float]
) -> float | None:
    """The zero of an increasing function, by regula falsi with the Illinois correction; None if it is unknown."""
    (a, at_a), (b, at_b) = one, other
    for _ in range(_TRIES):
        far = b - at_b * (b - a) / (at_b - at_a)
        found = excess(far)
        if found is None or abs(found) < _NEAR_ENOUGH:
            return None if found is None else far
        if (found >= 0) is not (at_b >= 0):
            a, at_a = b, at_b
        else:
            at_a /= 2
        b, at_b = far, found
    return b
