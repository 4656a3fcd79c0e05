"""Judging by sagittal angles: from the side, and obliquely from near the side. Pure."""

from __future__ import annotations

from posturecam.config.settings import Settings
from posturecam.posture.baseline import Baseline
from posturecam.posture.geometric.fit import change_of
from posturecam.posture.measures import Measures, Name
from posturecam.posture.reading import Deviation


def by_angle(measures: Measures, baseline: Baseline | None, settings: Settings) -> Deviation:
    """The worst of: neck forward, trunk forward, and the neck bent against a trunk that slid down."""
    found = []
    for name, reference, limit in bounds(baseline, settings):
        value = measures[name].value  # unknown hips rule out the trunk but not the neck
        if value is not None and not (name is Name.NECK_FLEXION and _reclined(measures, baseline, settings)):
            change = value if baseline is None else value - reference
            found.append(((value - reference) / (limit - reference), name, change))
    value, cause, change = max(found)
    return Deviation(value, None, cause, change)


def _reclined(measures: Measures, baseline: Baseline | None, settings: Settings) -> bool:
    """Whether the head moved back with the trunk, as in leaning back; when sliding down it stays where it was."""
    if baseline is None:
        return False
    change = change_of(measures, baseline, Name.NECK_INCLINATION)
    return change is not None and change < -settings.side.recline


def bounds(baseline: Baseline | None, settings: Settings) -> list[tuple[Name, float, float]]:
    """The judged sagittal angles, each with its upright value and the value where slouching begins, degrees.

    With a baseline, slouching begins at a change from it; but somebody whose upright posture is already near a
    published limit is allowed only half of that change, so that a poor baseline does not excuse a poor posture. (Not
    obliquely, where the angle itself is accurate only to 10°.)
    """
    side, scale = settings.side, settings.sensitivity.scale
    judged = (
        (Name.NECK_INCLINATION, side.neck_upright, side.neck_absolute, side.neck_change),
        (Name.TRUNK_INCLINATION, 0.0, side.trunk_absolute, side.trunk_change),
        (Name.NECK_FLEXION, side.neck_upright, side.flexion_absolute, side.flexion_change),
    )
    if baseline is None:
        return [(name, upright, upright + scale * (absolute - upright)) for name, upright, absolute, _ in judged]
    personal = []
    for name, _, absolute, change in judged:
        upright = baseline.values.get(name)
        if upright is not None:
            near_limit = upright + change if baseline.view.is_oblique else max(absolute, upright + change / 2)
            personal.append((name, upright, upright + scale * (min(upright + change, near_limit) - upright)))
    return personal
