"""Is it a slouch? Still by still, against the person's own upright stills: posturecam next to popular scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice

import numpy as np
from activities import harmless, slouched
from estimates import LEARNED, OURS, against_upright, held_views
from popular import SCORES
from scores import separation
from stills import ON_MAT, UPRIGHT, Floats, Mask, Stills, family

from posturecam.config.settings import Settings
from posturecam.errors import CalibrationRefused
from posturecam.posture.assess import Judge, assess
from posturecam.posture.baseline import Baseline
from posturecam.posture.calibration import learn, sample
from posturecam.posture.loop import pick
from posturecam.posture.measures import measure
from posturecam.posture.view import View
from posturecam.vision.pose import Pose

_FOUND = 0.9
"""Fraction of slouches that must be found when methods are compared by their false alarms."""


@dataclass(frozen=True, slots=True)
class Decision:
    """How well one method separates slouched stills from the others, for one camera family."""

    method: str
    model: str
    family: str
    n: int
    """Stills that are slouched or harmless; the upright ones from which baselines were learned are left out."""
    answered: float
    """Fraction answered, 0 to 1."""
    separation: float | None
    """How often a slouched still scores higher than a harmless one; 0.5 is chance."""
    false_at_best: float | None
    """Fraction of harmless stills over the threshold at which nine out of ten slouched ones are found, chosen in
    hindsight."""
    found: float | None
    """Fraction of slouched stills judged as such at the method's own threshold; unanswered ones count as missed."""
    false: float | None
    """Fraction of harmless stills judged slouched at that threshold."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """posturecam's result for one posture, for one camera family."""

    model: str
    family: str
    posture: str
    n: int
    slouching: float
    """Fraction, 0 to 1; the rest is upright or unknown."""
    unknown: float
    median: float | None
    """Median deviation, in thresholds."""


def decide(
    stills: Stills, model: str, settings: Settings, judge: Judge | None = None
) -> tuple[list[Decision], list[Verdict]]:
    """Compare the methods by camera family; and posturecam's result for each posture, with the learned estimator if given."""
    geometric = deviations(stills, model, settings)
    scores = {OURS: geometric}
    if judge is not None:
        scores[LEARNED] = deviations(stills, model, settings, judge)
    ours = scores.get(LEARNED, geometric)
    scores |= {**{name: popular_scores(stills, model, name) for name in SCORES}}
    decisions, verdicts = [], []
    families = stills.families()
    for name in np.unique(families[families != ON_MAT]):
        seen = families == name
        decisions += [_decision(stills, method, model, str(name), values, seen) for method, values in scores.items()]
        verdicts += _verdicts(stills, model, str(name), ours, seen)
    return decisions, verdicts


def deviations(stills: Stills, model: str, settings: Settings, judge: Judge | None = None) -> Floats:
    """The program's deviation of every still from its group's baseline, shape (n,), in thresholds; NaN for unknown."""
    poses, views = stills.poses(model), held_views(stills, model, settings)
    values = np.full(len(stills), np.nan)
    for group in stills.groups():
        upright = [index for index in group if stills.posture[index] == UPRIGHT]
        baseline = learn_from([poses[index] for index in upright], [views[index] for index in upright], settings)
        baselines = {} if baseline is None else {baseline.view: baseline}
        on_mat = family(str(stills.camera[group[0]])) == ON_MAT
        for index in group:
            pose, view = poses[index], views[index]
            if pose is None:
                continue
            value = assess(pose, view, pick(baselines, view), settings, None if on_mat else judge).deviation.value
            values[index] = np.nan if value is None else value
    return values


def learn_from(poses: Sequence[Pose | None], views: Sequence[View], settings: Settings) -> Baseline | None:
    """A baseline from a few upright stills, each shown repeatedly; None if it is refused."""
    looks = [
        None if pose is None else sample(pose, view, measure(pose, view, settings))
        for pose, view in zip(poses, views, strict=True)
    ]
    if not looks:
        return None
    times = max(settings.calibration.least_samples, len(looks))
    times = -(-times // len(looks)) * len(looks)
    again = [look and replace(look, t=float(number)) for number, look in enumerate(islice(cycle(looks), times))]
    try:
        return learn(again, "stills", "stills", "", settings)
    except CalibrationRefused:
        return None


def popular_scores(stills: Stills, model: str, name: str) -> Floats:
    """A popular score of every still minus its median when upright, shape (n,); NaN if nobody was found, and for upright stills."""
    poses = stills.poses(model)
    raw = np.array([np.nan if pose is None or (value := SCORES[name](pose)) is None else value for pose in poses])
    return against_upright(stills, raw)


def _decision(stills: Stills, method: str, model: str, name: str, values: Floats, seen: Mask) -> Decision:
    bad = seen & slouched(stills.posture)
    fine = seen & harmless(stills.posture) & (stills.posture != UPRIGHT)
    known = np.isfinite(values)
    apart = separation(values[bad & known], values[fine & known])
    best = None
    if apart is not None:
        # Chosen on the stills of this very table: lenient, but equally so to every method.
        threshold = np.quantile(values[bad & known], 1 - _FOUND)
        best = float((values[fine & known] >= threshold).mean())
    own = method in (OURS, LEARNED)
    total = int((bad | fine).sum())
    return Decision(
        method,
        model,
        name,
        n=total,
        answered=float(((bad | fine) & known).sum() / max(total, 1)),
        separation=apart,
        false_at_best=best,
        found=_share(values[bad] >= 1) if own else None,
        false=_share(values[fine] >= 1) if own else None,
    )


def _share(mask: Mask) -> float | None:
    return float(mask.mean()) if len(mask) else None


def _verdicts(stills: Stills, model: str, name: str, values: Floats, seen: Mask) -> list[Verdict]:
    verdicts = []
    for posture in np.unique(stills.posture[seen]):
        shown = values[seen & (stills.posture == posture)]
        known = shown[np.isfinite(shown)]
        median = float(np.median(known)) if len(known) else None
        share = float((shown >= 1).mean())
        verdicts.append(Verdict(model, name, str(posture), len(shown), share, 1 - len(known) / len(shown), median))
    return verdicts
