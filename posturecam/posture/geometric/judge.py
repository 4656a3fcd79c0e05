"""What geometry says of one check: by sagittal angles or by the indices of the picture, whichever the baseline has. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from posturecam.config.settings import Settings
from posturecam.posture.baseline import Baseline, needed
from posturecam.posture.geometric.angles import by_angle
from posturecam.posture.geometric.indices import by_indices
from posturecam.posture.measures import Measures, Name
from posturecam.posture.reading import Deviation
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View

BY_GEOMETRY_ALONE = (Name.HEAD_ROLL, Name.SHOULDER_TILT, Name.HEAD_DISTANCE)
"""Causes that geometry can detect by itself: leaning sideways, and sitting too near."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """What geometry says about a check in which no face is seen."""

    deviation: Deviation
    sinking: float | None = None
    """How far ears and shoulders came down, as the body sank, in thresholds; None if that cannot be measured."""


def judge_by_geometry(
    measures: Measures, view: View, baseline: Baseline | None, settings: Settings, moved: bool | None = None
) -> Deviation:
    """How far from upright these measures are, seen from this view.

    If the camera was `moved`, the position of the shoulders in the picture is ignored from the front.
    """
    if view is View.UNKNOWN:
        return Deviation(None, Reason(Why.VIEW_UNKNOWN))
    if baseline is None and not view.is_side:
        return Deviation(None, Reason(Why.NO_BASELINE, view=view))
    angles = baseline is None or baseline.by_angle
    if baseline is not None and baseline.by_face_alone:
        if measures[Name.HEAD_DISTANCE].value is None:
            return Deviation(None, Reason(Why.NOT_SEEN, "face_learned"))
        return Deviation(None, measures[Name.NECK_HEIGHT].reason or Reason(Why.NO_BASELINE, view=view))
    reason = next((one for name in needed(angles) if (one := measures[name].reason) is not None), None)
    if reason is not None:
        return Deviation(None, reason)
    if baseline is None or angles:
        return by_angle(measures, baseline, settings)
    return by_indices(measures, baseline, settings, moved)
