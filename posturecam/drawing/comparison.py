"""A slouch and the upright posture side by side, as landmarks: where the ghost (the upright figure) is drawn, and the arrow between them. Pure.

The ghost is the upright posture of the calibration if its landmarks were saved; if only the angles of a profile were saved,
it is the slouch rotated back by the difference. It is aligned with the slouch at parts that a slouch does not move: the hips from the side, and the middle of the shoulders
from the front, as the chair may stand elsewhere by now.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posturecam.posture.measures import Name
from posturecam.posture.records.evidence import ComparedUpright, Evidence
from posturecam.posture.view import View
from posturecam.vision.geometry import Point
from posturecam.vision.pose import LANDMARK_COUNT, Landmark, Pose

_SEEN = 0.3
"""Visibility from which a landmark of either figure is drawn or used for alignment; below it the model only guesses."""
_ROOM = 0.16
"""Margin around both figures, as a fraction of their size."""
_SHAPE = 4 / 3
"""Smallest width ÷ height of the part shown."""
_LEAST, _MOST = 0.75, 1.35
"""Limits of the ghost's scale: the chair may have moved by that much; more means a misread shoulder."""
_HEAD = (Landmark.NOSE, Landmark.LEFT_EYE, Landmark.RIGHT_EYE, Landmark.LEFT_EAR, Landmark.RIGHT_EAR)
_UPPER = (*_HEAD, Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER)
_TRUNK = (Name.TRUNK_INCLINATION, Name.SHOULDER_TILT, Name.BODY_YAW)
"""Measures shown at the shoulders; all others are shown at the head."""

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SlouchComparison:
    """Both figures in one picture, and the way from one to the other."""

    now: Pose
    upright: Pose
    start: Point
    """Where the arrow begins, at the upright figure; pixels of both poses."""
    end: Point
    """Where it ends."""


def compare(evidence: Evidence) -> SlouchComparison | None:
    """Both figures of a moment; None if the upright posture was not saved, or cannot be aligned with the moment."""
    now, upright = evidence.pose(), evidence.upright
    if now is None or upright is None or upright.view is not evidence.view:
        return None
    then = _laid_over(now, upright) if upright.points else _turned_back(now, evidence.view, upright, evidence)
    if then is None:
        return None
    points = np.asarray(now.points, np.float64)
    cause = evidence.deviation.cause
    places = (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER) if cause in _TRUNK else _HEAD
    both = [one for one in places if np.isfinite(then[one]).all() and _is_seen(now, one)]
    if not both:
        return None
    start, end = then[both].mean(axis=0), points[both].mean(axis=0)
    corner, width, height = _frame(now, then)
    visible = np.where(np.isfinite(then).all(axis=1), 1.0, 0.0).astype(np.float32)
    return SlouchComparison(
        Pose(0.0, width, height, (points - corner).astype(np.float32), now.visibility.copy()),
        Pose(0.0, width, height, (then - corner).astype(np.float32), visible),
        start - corner,
        end - corner,
    )


def _is_seen(pose: Pose, landmark: Landmark) -> bool:
    return bool(np.isfinite(pose.points[landmark]).all() and pose.visibility[landmark] >= _SEEN)


def _laid_over(now: Pose, upright: ComparedUpright) -> Points | None:
    then = np.array([point or (np.nan, np.nan) for point in upright.points])
    then = then * now.width + np.array([now.width / 2, now.height / 2])
    pairs = (Landmark.LEFT_HIP, Landmark.RIGHT_HIP), (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER)
    points = np.asarray(now.points, np.float64)
    scale = 1.0
    for pair in pairs if upright.view.is_side else pairs[1:]:
        anchors = [one for one in pair if _is_seen(now, one) and np.isfinite(then[one]).all()]
        if not anchors or (len(anchors) < len(pair) and not upright.view.is_side):
            continue
        if not upright.view.is_side:
            was, is_ = (abs(figure[pair[0], 0] - figure[pair[1], 0]) for figure in (then, points))
            scale = float(np.clip(is_ / was, _LEAST, _MOST)) if was > 1 else 1.0
        return np.asarray((then - then[anchors].mean(axis=0)) * scale + points[anchors].mean(axis=0), np.float64)
    return None


def _turned_back(now: Pose, view: View, upright: ComparedUpright, evidence: Evidence) -> Points | None:
    """A profile with the trunk and the neck turned back to the angles of the calibration."""
    if not view.is_side:
        return None
    near = 0 if view is View.SIDE_LEFT else 1
    hip, shoulder = Landmark(Landmark.LEFT_HIP + near), Landmark(Landmark.LEFT_SHOULDER + near)
    ear = Landmark(Landmark.LEFT_EAR + near)
    points = np.asarray(now.points, np.float64)
    if not (_is_seen(now, shoulder) and _is_seen(now, ear)):
        return None
    then = np.full((LANDMARK_COUNT, 2), np.nan)
    upper = [one for one in _UPPER if _is_seen(now, one)]
    then[upper] = points[upper]
    forward = float(np.sign(points[Landmark.NOSE, 0] - points[ear, 0])) or 1.0
    neck = _change(Name.NECK_INCLINATION, upright, evidence)
    trunk = _change(Name.TRUNK_INCLINATION, upright, evidence)
    if neck is None:
        return None
    head = [one for one in upper if one in _HEAD]
    then[head] = _rotated(then[head], points[shoulder], forward * neck)
    if trunk is not None and _is_seen(now, hip):
        then[upper] = _rotated(then[upper], points[hip], forward * trunk)
        then[head] = _rotated(then[head], then[shoulder], -forward * trunk)  # the neck's angle is its own
        then[hip] = points[hip]
    return then


def _change(name: Name, upright: ComparedUpright, evidence: Evidence) -> float | None:
    now = evidence.measure(name)
    if now is None or now.value is None or name not in upright.values:
        return None
    return now.value - upright.values[name]


def _rotated(points: Points, about: Point, degrees: float) -> Points:
    """Turned against the way in which a person who faces the picture's right leans forward; y points down."""
    turn = np.radians(-degrees)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.asarray((points - about) @ matrix.T + about, np.float64)


def _frame(now: Pose, then: Points) -> tuple[Point, int, int]:
    """The part of the picture around both figures: its corner, width and height, pixels."""
    shown = [now.points[one] for one in (*_UPPER, Landmark.LEFT_HIP, Landmark.RIGHT_HIP) if _is_seen(now, one)]
    shown += [then[one] for one in _UPPER if np.isfinite(then[one]).all()]
    low, high = np.min(shown, axis=0), np.max(shown, axis=0)
    room = _ROOM * float(np.max(high - low)) + 1
    head = 0.35 * float(np.max(high - low))
    """The head reaches above its landmarks."""
    low, high = low - np.array([room, room + 0.5 * head]), high + np.array([room, room])
    width, height = high - low
    wider = max(height * _SHAPE - width, 0.0)
    low, high = low - np.array([wider / 2, 0.0]), high + np.array([wider / 2, 0.0])
    width, height = high - low
    return np.asarray(low, np.float64), max(round(float(width)), 1), max(round(float(height)), 1)
