"""Other kinds of estimators, fewer features and fewer people: each trained on `train` and evaluated on other people."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge
from stills import UPRIGHT

from posturecam.posture.learned.features import CHANGE_NAMES, FEATURE_NAMES, Floats
from posturecam.posture.learned.model import ANGLES, ODD, Angle, Network
from tools.learn import fit
from tools.learn.examples import Examples, together
from tools.learn.network import fitted
from tools.learn.report import FAMILIES

_SHOWN = (Angle.NECK_INCLINATION, Angle.TRUNK_INCLINATION, Angle.SLOUCH)
Predict = Callable[[Floats], Floats]
Maker = Callable[[list[Floats], list[Floats]], Predict]
"""Takes the inputs and the angles of several jittered copies of the same examples."""
_PARTS: dict[str, Callable[[str], bool]] = {
    "everything": lambda name: True,
    "without the world landmarks": lambda name: "world" not in name,
    "without the ears' visibility": lambda name: "visible" not in name,
    "without the place in the picture": lambda name: "shift" not in name,
    "without the size": lambda name: not name.endswith("size"),
    "without the hips": lambda name: not any(name.endswith(end) for end in ("hips x", "hips y", "hips seen")),
    "without the face (nose, eyes, mouth)": lambda name: (
        not any(part in name for part in ("nose x", "nose y", "eye", "mouth"))
    ),
}
_PEOPLE = (10, 25, 50, 75)


def _errors(
    training: Examples, others: Examples, change: bool, make: Maker, keep: Callable[[str], bool] = lambda name: True
) -> Floats:
    """Mean absolute errors for the other people, model lite, by family of cameras and angle."""
    if change:
        training, others = training.where(training.has_upright), others.where(others.has_upright)
        others = others.where(others.posture != UPRIGHT)
    others = others.where(others.model == "lite")
    mask = np.array([keep(name) for name in (*FEATURE_NAMES, *CHANGE_NAMES)][: None if change else len(FEATURE_NAMES)])
    random = np.random.default_rng(fit.SEED)
    shaken = [training.shaken(random) for _ in range(fit.PLANS[change].copies)]
    shown = [together([one, one.mirrored()]) for one in shaken]
    predict = make(
        [fit.inputs_of(one, change) * mask for one in shown], [one.change if change else one.truth for one in shown]
    )
    sides = [predict(fit.inputs_of(one, change) * mask) for one in (others, others.mirrored())]
    found = (sides[0] + np.where(ODD, -1.0, 1.0) * sides[1]) / 2
    off = np.abs(found - (others.change if change else others.truth))
    return np.stack([off[others.family == family].mean(axis=0) for family in FAMILIES])


def network(inputs: list[Floats], wanted: list[Floats]) -> Predict:
    """One network of the shipped shape."""
    everything = np.concatenate(inputs)
    start = Network(everything.mean(axis=0), np.maximum(everything.std(axis=0), 1e-6), (), np.ones(len(ANGLES)))
    center, scale = wanted[0].mean(axis=0), np.maximum(wanted[0].std(axis=0), 1e-3)
    rounds = [
        (start.scaled(seen).astype(np.float32), ((told - center) / scale).astype(np.float32))
        for seen, told in zip(inputs, wanted, strict=True)
    ]
    plan = fit.PLANS[inputs[0].shape[1] > len(FEATURE_NAMES)]
    layers = tuple((w[None].astype(float), b[None].astype(float)) for w, b in fitted(rounds, fit.SEED, plan))
    made = Network(start.mean, start.spread, layers, start.scale)
    return lambda seen: made(made.scaled(seen))[0, :, : len(ANGLES)] * scale + center


def ridge(inputs: list[Floats], wanted: list[Floats]) -> Predict:
    """Ridge regression on the scaled inputs."""
    everything = np.concatenate(inputs)
    start = Network(everything.mean(axis=0), np.maximum(everything.std(axis=0), 1e-6), (), np.ones(len(ANGLES)))
    made = Ridge(30.0).fit(start.scaled(everything), np.concatenate(wanted))
    return lambda seen: np.asarray(made.predict(start.scaled(seen)), np.float64)


def boosting(inputs: list[Floats], wanted: list[Floats]) -> Predict:
    """Gradient boosting, one model for each angle shown; time allows for two copies only."""
    seen, told = np.concatenate(inputs[:2]), np.concatenate(wanted[:2])
    made = {
        ANGLES.index(angle): HistGradientBoostingRegressor(
            max_iter=150, learning_rate=0.1, max_leaf_nodes=15, random_state=0
        ).fit(seen, told[:, ANGLES.index(angle)])
        for angle in _SHOWN
    }

    def predict(asked: Floats) -> Floats:
        found = np.zeros((len(asked), len(ANGLES)))
        for index, one in made.items():
            found[:, index] = one.predict(asked)
        return found

    return predict


def kinds(training: Examples, others: Examples) -> list[str]:
    """Ridge regression, gradient boosting and a network, on the same examples."""
    makers: dict[str, Maker] = {"ridge": ridge, "gradient boosting": boosting, "network": network}
    rows = [
        (f"{name}, {'change' if change else 'angle'}", _errors(training, others, change, make))
        for change in (False, True)
        for name, make in makers.items()
    ]
    return _table("Kinds of estimators", rows)


def features_left_out(training: Examples, others: Examples) -> list[str]:
    """Estimation of changes without some of the features."""
    rows = [(name, _errors(training, others, True, network, keep)) for name, keep in _PARTS.items()]
    return _table("Without some features (changes, one network)", rows)


def fewer_people(training: Examples, others: Examples) -> list[str]:
    """Estimation of changes after learning from fewer people: does more data still help?"""
    people = np.random.default_rng(fit.SEED).permutation(np.unique(training.person))
    sizes = sorted({*(size for size in _PEOPLE if size < len(people)), len(people)})
    rows = [
        (f"{size} people", _errors(training.where(np.isin(training.person, people[:size])), others, True, network))
        for size in sizes
    ]
    return _table("With fewer people (changes, one network)", rows)


def _table(title: str, rows: Iterable[tuple[str, Floats]]) -> list[str]:
    heads = [f"{family}: {angle.value.replace('_', ' ')}" for family in FAMILIES for angle in _SHOWN]
    lines = ["", f"## {title}", "", "| | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    for name, errors in rows:
        cells = [f"{errors[family, ANGLES.index(angle)]:.2f}" for family in range(len(FAMILIES)) for angle in _SHOWN]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines
