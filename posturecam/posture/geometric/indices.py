"""Judging by the indices of a picture from the front, where no face is seen. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from posturecam.config.settings import FrontSettings, Settings
from posturecam.posture.baseline import Baseline, needed
from posturecam.posture.front.thresholds import thresholds
from posturecam.posture.geometric.fit import tilted_alike, tilts_of
from posturecam.posture.measures import Measures, Name
from posturecam.posture.reading import Deviation


@dataclass(frozen=True, slots=True)
class _Changes:
    """How the frontal indices changed from the baseline."""

    fall: float
    """Drop of the ear line, as a fraction."""
    sink: float
    """Drop of the shoulders, shoulder widths; 0 if the position in the picture does not count."""
    grown: float
    """Growth of the head relative to the shoulders, as a fraction."""
    bent: float
    """Drop of the nose, ear distances."""
    nearer: float
    """Growth of the distance between the eyes in the picture, as a fraction."""


def _changes_of_indices(measures: Measures, baseline: Baseline, place: float) -> _Changes | None:
    """The changes of the frontal indices, or None if one of them is missing."""
    names, then = needed(by_angle=False), baseline.values
    now = {name: value for name in names if (value := measures[name].value) is not None}
    if len(now) < len(names) or any(name not in then for name in names):
        return None
    return _Changes(
        fall=1 - now[Name.SLUMP_INDEX] / then[Name.SLUMP_INDEX],
        sink=place * (then[Name.SHOULDER_HEIGHT] - now[Name.SHOULDER_HEIGHT]),
        grown=now[Name.HEAD_FORWARD_INDEX] / then[Name.HEAD_FORWARD_INDEX] - 1,
        bent=now[Name.NOSE_DROP] - then[Name.NOSE_DROP],
        nearer=now[Name.APPROACH] / then[Name.APPROACH] - 1,
    )


def sinking_of(measures: Measures, baseline: Baseline, settings: Settings, place: float) -> float | None:
    """How far the body sank by the frontal indices, in thresholds; also obliquely, if they are measured there."""
    changed = _changes_of_indices(measures, baseline, place)
    return None if changed is None else _by_sinking(changed, settings.front)


def by_indices(measures: Measures, baseline: Baseline, settings: Settings, place: float) -> Deviation:
    """The worst of: sinking with the neck coming forward, leaning to a side, and nearness to the screen."""
    front, scale, tilts = settings.front, settings.sensitivity.scale, tilts_of(measures, baseline)
    changed = _changes_of_indices(measures, baseline, place)
    assert changed is not None  # `needed` was checked
    sunk = _by_sinking(changed, front)
    slump = _unless_glancing(max(_neck_came_forward(changed, front), sunk), changed, front) / scale
    most, tilted = max(((abs(change), name) for name, change in tilts), default=(0.0, None))
    sideways, near = most / front.lateral / scale, math.log1p(max(changed.nearer, -0.9)) / thresholds(settings).near
    # Everybody tilts a little all the time: a tilt counts only once it is a lean, and must not hide a slump in front of
    # it. A tilt that a turned camera may cause (`fit.misfit_of`) is never a lean sooner than at the default sensitivity.
    lean = max(1.0, 1.0 / scale) if tilted_alike(tilts, settings) else 1.0
    if sideways >= max(slump, near, lean):
        return Deviation(sideways, None, tilted, most)
    if near >= max(1.0, _neck_came_forward(replace(changed, nearer=0.0), front) / scale, sunk / scale):
        return Deviation(max(slump, near), None, Name.HEAD_DISTANCE)
    if front.forward_share * changed.grown > changed.fall:
        return Deviation(slump, None, Name.HEAD_FORWARD_INDEX, changed.grown)
    return Deviation(slump, None, Name.SLUMP_INDEX, -changed.fall)


def _unless_glancing(slump: float, changed: _Changes, front: FrontSettings) -> float:
    """The deviation, with a bent head counting only as far as the shoulders sank: when somebody glances down, only the head drops.

    From three quarters of `front.head_bent` on this applies gradually, so that there is no jump.
    """
    bent = min(max(4 * changed.bent / front.head_bent - 3, 0.0), 1.0)
    return (1 - bent) * slump + bent * min(slump, changed.sink / max(front.bent_sink, 0.01))


def _neck_came_forward(changed: _Changes, front: FrontSettings) -> float:
    """Deviation in thresholds, from an estimate, based on three changes, of how much farther the neck is inclined."""
    neck = (
        front.neck_by_fall * changed.fall + front.neck_by_approach * changed.nearer + front.neck_by_nose * changed.bent
    )
    return neck / front.neck_change


def _by_sinking(changed: _Changes, front: FrontSettings) -> float:
    """Deviation in thresholds from ears that came down to shoulders that sank too, as in sliding down."""
    sink = min(changed.sink, front.sink_share * max(changed.fall, 0.0))
    evidence = changed.fall + sink + front.forward_share * max(changed.grown, 0.0)
    over = (evidence - front.slump) / (front.deep_slump - front.slump)
    return evidence / front.slump if over <= 0 else 1 + over
