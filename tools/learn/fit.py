"""Fitting: small networks, and intervals that hold for people who were left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from posturecam.posture.learned.features import Floats, changes, features
from posturecam.posture.learned.model import (
    ANGLES,
    CELLS,
    ODD,
    REGION_BOUNDS,
    Network,
    PostureModel,
    Predictions,
    Regression,
)
from tools.learn.examples import Examples, together
from tools.learn.network import Plan, fitted

COVERAGE = 0.9
"""Fraction of the true values that an interval should cover."""
SEED = 4
FOLDS = 5
"""Parts into which the people are divided for the intervals, each predicted by networks trained on the others."""
PLANS = {False: Plan(), True: Plan(hidden=(96, 48), epochs=240, copies=24, members=4)}
"""How the networks for single poses (False) and for changes from an upright pose (True) are trained. Changes take more:
each comes with and without a position in the picture."""
_COVARIANCE_RIDGE = 0.02
_LEAST_IN_CELL = 200
"""Errors from which a view and region gets a scaling of its own; below, it uses that of the view with all its
regions."""
_LEAST_STRETCH = 0.2
_DOMAIN = 0.99
_DOMAIN_MARGIN = 1.2
"""Beyond this multiple of the 99th percentile of left-out people's distances, a pose is out of the domain."""


def train(examples: Examples, *, change: bool) -> Regression:
    """An estimator whose intervals are not scaled yet."""
    plan = PLANS[change]
    examples = examples.where(examples.has_upright) if change else examples
    random = np.random.default_rng(SEED)
    shown = [together([one, one.mirrored()]) for one in (examples.shaken(random) for _ in range(plan.copies))]
    inputs = [inputs_of(one, change) for one in shown]
    wanted = [one.change if change else one.truth for one in shown]
    everything = np.concatenate(inputs)
    scale = np.maximum(np.concatenate(wanted).std(axis=0), 1e-3)
    center = np.zeros(len(scale)) if change else np.concatenate(wanted).mean(axis=0)
    network = Network(everything.mean(axis=0), np.maximum(everything.std(axis=0), 1e-6), (), scale)
    rounds = [
        (network.scaled(seen).astype(np.float32), ((told - center) / scale).astype(np.float32))
        for seen, told in zip(inputs, wanted, strict=True)
    ]
    each = [fitted(rounds, SEED + member, plan) for member in range(plan.members)]
    layers = [tuple(np.stack([one[k][part] for one in each]).astype(np.float64) for part in (0, 1)) for k in range(3)]
    weights, offsets = layers[-1]
    count = len(ANGLES)
    weights[:, :, :count] *= scale
    offsets[:, :, :count] = offsets[:, :, :count] * scale + center
    scaled = network.scaled(everything)
    covariance = np.cov(scaled.T) + _COVARIANCE_RIDGE * np.eye(scaled.shape[1])
    unlikeness = np.linalg.inv(np.linalg.cholesky(covariance)).T
    network = replace(network, layers=tuple((w, b) for w, b in layers))
    return Regression(network, unlikeness, np.inf, np.ones((CELLS, 2, count)))


def inputs_of(examples: Examples, change: bool) -> Floats:
    """The estimator's inputs for the examples."""
    if change:
        differences = changes(examples.figures, examples.upright, examples.placed)
        return np.concatenate([features(examples.upright), differences], axis=1)
    return features(examples.figures)


def judged(examples: Examples, model: PostureModel, *, change: bool) -> Predictions:
    """A model's predictions for the examples, all of which have an upright pose if changes are requested."""
    if change:
        return model.compare(examples.figures, model.upright(examples.upright), examples.placed)
    return model.read(examples.figures)


def errors_of(examples: Examples, told: Predictions, *, change: bool) -> Floats:
    """Estimate minus truth, shape (n, angles)."""
    return told.values - (examples.change if change else examples.truth)


def train_both(examples: Examples) -> PostureModel:
    """Both estimators, with intervals not scaled yet."""
    return PostureModel(*(train(examples, change=change) for change in (False, True)))


def train_all(examples: Examples) -> PostureModel:
    """The estimator trained on everybody, with intervals that hold for people who were left out in turn."""
    people = np.unique(examples.person)
    left_out = []
    for fold in range(FOLDS):
        out = np.isin(examples.person, people[fold::FOLDS])
        left_out.append((examples.where(out), train_both(examples.where(~out))))
    everybody = train_both(examples)
    return PostureModel(
        *(
            with_intervals(bare, left_out, change=bare is everybody.change)
            for bare in (everybody.absolute, everybody.change)
        )
    )


def with_intervals(bare: Regression, left_out: list[tuple[Examples, PostureModel]], *, change: bool) -> Regression:
    """The estimator with intervals scaled to cover the errors for left-out people, both unchanged and jittered."""
    parts = []
    for examples, model in left_out:
        some = examples.where(examples.has_upright) if change else examples
        rows = together([some, some.shaken(np.random.default_rng(SEED + 1))])
        told = judged(rows, model, change=change)
        parts.append((told, errors_of(rows, told, change=change)))
    errors = np.concatenate([found for _, found in parts])
    below, above, cells, unlike = (
        np.concatenate([getattr(told, name) for told, _ in parts]) for name in ("below", "above", "cells", "unlike")
    )
    limit = _DOMAIN_MARGIN * float(np.quantile(unlike, _DOMAIN))
    return replace(bare, stretch=_stretches(errors, below, above, cells), most_unlike=limit)


def _stretches(errors: Floats, below: Floats, above: Floats, cells: NDArray[np.int64]) -> Floats:
    """The scaling of the distances in each cell, shape (CELLS, 2, angles)."""
    stretch = np.ones((CELLS, 2, errors.shape[1]))
    regions = len(REGION_BOUNDS) + 1
    tail = (1 - COVERAGE) / 2
    for cell in range(CELLS):
        here = cells == cell
        if here.sum() < _LEAST_IN_CELL:
            here = cells // regions == cell // regions
        if not here.any():
            continue
        over, under = errors[here] / below[here], -errors[here] / above[here]
        for side, scores in enumerate((over, under)):
            stretch[cell, side] = np.quantile(scores, 1 - tail, axis=0)
        both = np.quantile(np.maximum(over, under)[:, ODD], COVERAGE, axis=0)  # left is as likely as right
        stretch[cell][:, ODD] = both
    return np.maximum(stretch, _LEAST_STRETCH)
