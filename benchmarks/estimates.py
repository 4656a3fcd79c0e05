"""A method's results for every still: one column of values per measure, and the reliability it reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from stills import ON_MAT, UPRIGHT, Floats, Integers, Stills

from posturecam.config.settings import Settings
from posturecam.posture.learned.features import FigureArrays, figure, from_kept, is_complete, joined, kept
from posturecam.posture.learned.model import Angle, PostureModel
from posturecam.posture.learned.model import Estimates as AngleEstimates
from posturecam.posture.measures import Name, measure
from posturecam.posture.view import View, body_yaw, classify
from posturecam.vision.pose import Landmark, Pose

OURS = "geometry"
"""The program's measures, and judging by them alone: its geometry."""
LEARNED = "learned"
"""The program's learned estimator, and judging with it."""
BODY_YAW = "body_yaw"
HEAD_PITCH = "head_pitch"
MEASURED = (
    Name.NECK_INCLINATION,
    Name.TRUNK_INCLINATION,
    Name.NECK_FLEXION,
    Name.CRANIOVERTEBRAL_ANGLE,
    Name.HEAD_TILT,
    Name.HEAD_ROLL,
    Name.SHOULDER_TILT,
    Name.LATERAL_TRUNK_LEAN,
    Name.HEAD_YAW,
)
"""The program's measures that have a true angle; the others are ratios, which are assessed by the decisions."""

_EAR, _EYE, _SHOULDER, _HIP = Landmark.LEFT_EAR, Landmark.LEFT_EYE_OUTER, Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP
_ONE_SIDE: Mapping[Name, tuple[Landmark, ...]] = {
    Name.NECK_INCLINATION: (_EAR, _SHOULDER),
    Name.TRUNK_INCLINATION: (_SHOULDER, _HIP),
    Name.NECK_FLEXION: (_EAR, _SHOULDER, _HIP),
    Name.CRANIOVERTEBRAL_ANGLE: (_EAR, _SHOULDER),
    Name.HEAD_TILT: (_EAR, _EYE),
}
"""Left landmarks behind each sagittal measure; they stand for those of the near side."""
_BOTH_SIDES: Mapping[Name, tuple[Landmark, ...]] = {
    Name.HEAD_ROLL: (_EAR,),
    Name.SHOULDER_TILT: (_SHOULDER,),
    Name.LATERAL_TRUNK_LEAN: (_SHOULDER, _HIP),
    Name.HEAD_YAW: (_EAR,),
}


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """One method's values of one measure, one per still; NaN if it gives no answer."""

    method: str
    measure: str
    values: Floats
    """Shape (n,), degrees."""
    visibility: Floats
    """Shape (n,): least visibility of the landmarks behind the value, 0 to 1; NaN if the method ignores it."""
    uncertainty: Floats
    """Shape (n,): standard deviation reported with the value, degrees; NaN if there is none."""
    changes: Floats | None = None
    """Shape (n,): the change from upright if the method estimates it directly; None uses the difference of its
    values."""


def ours(stills: Stills, model: str, settings: Settings) -> list[Estimates]:
    """The program's result for every still by itself, without a baseline; and the body yaw by which it judges the view."""
    poses, views = stills.poses(model), held_views(stills, model, settings)
    columns = {name: np.full((3, len(stills)), np.nan) for name in (*MEASURED, BODY_YAW)}
    for index, (pose, view) in enumerate(zip(poses, views, strict=True)):
        if pose is None:
            continue
        yaw = body_yaw(pose, settings)
        columns[BODY_YAW][0, index] = np.nan if yaw is None else yaw
        measures = measure(pose, view, settings)
        for name in MEASURED:
            found = measures[name]
            if found.value is not None:
                uncertainty = np.nan if found.uncertainty is None else found.uncertainty
                columns[name][:, index] = found.value, least_visible(pose, name, yaw), uncertainty
    return [Estimates(OURS, name, *column) for name, column in columns.items()]


_LEARNED_ANGLES = (
    Angle.NECK_INCLINATION,
    Angle.TRUNK_INCLINATION,
    Angle.NECK_FLEXION,
    Angle.CRANIOVERTEBRAL_ANGLE,
    Angle.HEAD_PITCH,
    Angle.HEAD_ROLL,
    Angle.HEAD_YAW,
    Angle.BODY_YAW,
)


def learned(stills: Stills, model: str, estimator: PostureModel) -> list[Estimates]:
    """The learned estimator's result for every still at a desk: the angles by themselves, and their change from upright."""
    n = len(stills)
    columns = {angle: np.full((3, n), np.nan) for angle in _LEARNED_ANGLES}
    at_desk = stills.families() != ON_MAT
    for group in stills.groups():
        if not at_desk[group].all():
            continue
        kept_figure = upright_figure(stills, model, group)
        upright = None if kept_figure is None else estimator.upright(kept_figure)
        for index in group:
            pose = stills.pose(index, model)
            if pose is None:
                continue
            _fill(columns, index, 0, estimator.angles(pose))
            if upright is not None and stills.posture[index] != UPRIGHT:
                _fill(columns, index, 2, estimator.changes(pose, upright)[0])
    nothing = np.full(n, np.nan)
    return [
        Estimates(LEARNED, angle.value, values, nothing, uncertainty, changes)
        for angle, (values, uncertainty, changes) in columns.items()
    ]


def _fill(columns: Mapping[Angle, Floats], index: int, row: int, found: AngleEstimates) -> None:
    for angle, column in columns.items():
        value, deviation = found[angle].value, found[angle].deviation
        if value is not None and deviation is not None:
            column[row, index] = value
            if row == 0:
                column[1, index] = deviation


def upright_figure(stills: Stills, model: str, group: Integers) -> FigureArrays | None:
    """The median upright landmarks of a group, as saved in a baseline; None if nobody was found upright."""
    poses = [stills.pose(index, model) for index in group if stills.posture[index] == UPRIGHT]
    complete = [figure(pose) for pose in poses if pose is not None and is_complete(pose)]
    return from_kept(kept(joined(complete))) if complete else None


def held_views(stills: Stills, model: str, settings: Settings) -> list[View]:
    """The view the program would hold for each still: that of the group's upright stills, changed only beyond the margin."""
    poses = stills.poses(model)
    yaws = [None if pose is None else body_yaw(pose, settings) for pose in poses]
    views = [View.UNKNOWN] * len(stills)
    for group in stills.groups():
        upright = [classify(yaws[index], settings.view) for index in group if stills.posture[index] == UPRIGHT]
        usual = Counter(upright).most_common(1)[0][0] if upright else View.UNKNOWN
        for index in group:
            views[index] = classify(yaws[index], settings.view, usual)
    return views


def least_visible(pose: Pose, name: Name, yaw: float | None) -> float:
    """The least visibility of the landmarks behind a measure, 0 to 1."""
    near_right = (yaw or 0.0) > 0
    used = [Landmark(left + near_right) for left in _ONE_SIDE.get(name, ())]
    used += [Landmark(left + side) for left in _BOTH_SIDES.get(name, ()) for side in (0, 1)]
    return min(float(pose.visibility[landmark]) for landmark in used)


def against_upright(stills: Stills, values: Floats) -> Floats:
    """The change of each value from the median of its group's upright stills, shape (n,).

    NaN for the upright stills themselves, and where none of them has a value.
    """
    change = np.full(len(stills), np.nan)
    upright = stills.posture == UPRIGHT
    for group in stills.groups():
        reference = values[group][upright[group]]
        if np.isfinite(reference).any():
            others = group[~upright[group]]
            change[others] = values[others] - np.nanmedian(reference)
    return change


def column(method: str, measure_name: str, values: Sequence[float | None]) -> Estimates:
    """The values of a method that reports no reliability."""
    nothing = np.full(len(values), np.nan)
    return Estimates(
        method, measure_name, np.array([np.nan if value is None else value for value in values]), nothing, nothing
    )
