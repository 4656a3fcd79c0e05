"""How accurate a method is: errors of its answers against exact angles, and whether the reliability it reports predicts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from estimates import BODY_YAW, Estimates, against_upright
from stills import ON_MAT, UPRIGHT, Floats, Mask, Stills

from posturecam.posture.measures import Name

EVERY_VIEW = "every"
_HEAD_YAW_TO_CAMERA = "head_yaw_to_camera"
_FRONT_WITHIN, _SIDE_WITHIN = 25.0, 25.0
"""Degrees from facing the camera and from profile: the program's default bounds, fixed here whatever its settings
are."""
_LEAST_RANKED = 10
"""Fewer errors than this say nothing about their order."""


@dataclass(frozen=True, slots=True)
class Score:
    """How one method did on one measure in one view."""

    method: str
    model: str
    view: str
    measure: str
    against: str
    """"truth" for the angle itself, "upright" for its change from the same person's upright stills."""
    n: int
    """Stills with a true angle, answered or not."""
    answered: float
    """Fraction, 0 to 1."""
    bias: float | None
    """Mean error, degrees, positive if the method reads too high; None if nothing was answered."""
    mae: float | None
    """Mean absolute error, degrees."""
    p90: float | None
    """90th percentile of the absolute error, degrees."""
    visibility_rank: float | None
    """Spearman's rank correlation between the least visibility and the absolute error: informative if clearly below
    0."""
    mae_least_visible: float | None
    """Mean absolute error of the third with the least visibility, degrees."""
    mae_most_visible: float | None
    uncertainty_rank: float | None
    """Spearman's rank correlation between the reported standard deviation and the absolute error: informative if above
    0."""
    within_one: float | None
    """Fraction of errors within the reported standard deviation: 0.68 if it is right, more if it is too cautious."""
    within_two: float | None
    """Fraction of errors within twice the reported standard deviation: 0.95 if it is right."""


def true_views(stills: Stills) -> dict[str, Mask]:
    """Which stills show a person at a desk from the front, obliquely and from the side, by the true yaw; and on the mat."""
    turned = np.abs(fold(stills.angle(BODY_YAW)))
    on_mat = stills.families() == ON_MAT
    front, side = ~on_mat & (turned <= _FRONT_WITHIN), ~on_mat & (np.abs(turned - 90) <= _SIDE_WITHIN)
    oblique = ~on_mat & (turned < 90 - _SIDE_WITHIN) & ~front
    return {"front": front, "oblique": oblique, "side": side, EVERY_VIEW: front | oblique | side, ON_MAT: on_mat}


def true_angle(stills: Stills, measure: str) -> Floats:
    """The exact angle that a measure should read, shape (n,), degrees; NaN if the ground truth has none.

    The ground truth's head yaw is relative to the body; a camera measures the head relative to itself.
    """
    return stills.angle(_HEAD_YAW_TO_CAMERA if measure == Name.HEAD_YAW else measure)


def score_all(stills: Stills, model: str, estimates: Sequence[Estimates]) -> list[Score]:
    """Every measure in every view, as the angle itself and as its change from upright."""
    scores = []
    views = true_views(stills)
    moved = stills.posture != UPRIGHT
    for found in estimates:
        truth = true_angle(stills, found.measure)
        changed = against_upright(stills, found.values) if found.changes is None else found.changes
        true_change = against_upright(stills, truth)
        for view, seen in views.items():
            scores.append(score(found, model, view, "truth", found.values, truth, seen))
            if found.measure != BODY_YAW:
                scores.append(score(found, model, view, "upright", changed, true_change, seen & moved))
    return [one for one in scores if one.n]


def score(found: Estimates, model: str, view: str, against: str, values: Floats, truth: Floats, seen: Mask) -> Score:
    """One row of the table: the stills selected by `seen` that have a true value."""
    counted = seen & np.isfinite(truth)
    answered = counted & np.isfinite(values)
    errors = fold(values[answered] - truth[answered])
    size = np.abs(errors)
    uncertainty, visibility = found.uncertainty[answered], found.visibility[answered]
    order = np.argsort(visibility) if np.isfinite(visibility).all() else np.array([], np.int64)
    stated = against == "truth" and len(errors) > 0 and bool(np.isfinite(uncertainty).all())
    return Score(
        found.method,
        model,
        view,
        found.measure,
        against,
        n=int(counted.sum()),
        answered=float(answered.sum() / max(counted.sum(), 1)),
        bias=_mean_of(errors),
        mae=_mean_of(size),
        p90=float(np.percentile(size, 90)) if len(errors) else None,
        visibility_rank=rank_correlation(visibility, size),
        mae_least_visible=_mean_of(size[order[: len(order) // 3]]),
        mae_most_visible=_mean_of(size[order[len(order) - len(order) // 3 :]]),
        uncertainty_rank=rank_correlation(uncertainty, size) if stated else None,
        within_one=float((size <= uncertainty).mean()) if stated else None,
        within_two=float((size <= 2 * uncertainty).mean()) if stated else None,
    )


def _mean_of(values: Floats) -> float | None:
    return float(values.mean()) if len(values) else None


def fold(degrees: Floats) -> Floats:
    """Bring angles to -180 (included) to 180 (excluded) degrees."""
    return np.asarray((degrees + 180) % 360 - 180, np.float64)


def ranks(values: Floats) -> Floats:
    """Ranks from 0; ties share their mean rank."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts + 1) / 2)[which], np.float64)


def rank_correlation(a: Floats, b: Floats) -> float | None:
    """Spearman's rank correlation; None for too few values, unknown values, or constant ones."""
    if len(a) < _LEAST_RANKED or not (np.isfinite(a).all() and np.isfinite(b).all()):
        return None
    first, second = ranks(a), ranks(b)
    if first.std() == 0 or second.std() == 0:
        return None
    return float(np.corrcoef(first, second)[0, 1])


def separation(slouched: Floats, upright: Floats) -> float | None:
    """How often a slouched still scores higher than one that is not (the area under the ROC curve): 0.5 is chance."""
    if not len(slouched) or not len(upright):
        return None
    together = ranks(np.concatenate([slouched, upright]))[: len(slouched)]
    return float((together.mean() - (len(slouched) - 1) / 2) / len(upright))
