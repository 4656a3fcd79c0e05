"""The estimator's accuracy on people it has not learned from: errors, intervals, and what they depend on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from activities import BORDERLINE, SLOUCHES, shows
from stills import UPRIGHT

from posturecam.config.settings import Settings
from posturecam.posture.caution import by_estimate
from posturecam.posture.learned.features import FigureArrays, Floats
from posturecam.posture.learned.model import ANGLES, Angle, PostureModel
from tools.learn.examples import Examples, Mask, Texts, only
from tools.learn.fit import errors_of, judged

FAMILIES = ("front, eye level", "front, low", "oblique", "side")
GROUPS: Mapping[str, tuple[str, ...]] = {
    "upright": (UPRIGHT, "upright_relaxed", "using_mouse"),
    "slouched": (
        *(name for names in SLOUCHES.values() for name in names if name.startswith("slouch")),
        *BORDERLINE[3:],
    ),
    "head forward": ("forward_head",),
    "slid down": ("sliding_down",),
    "looks down": ("look_at_keys", "look_at_phone"),
    "looks up, drinks": ("look_up", "drinking"),
    "leans in": ("lean_in", "reach_ahead", "chin_in_hand"),
    "leans back": ("recline",),
    "turned or tilted": ("head_turn", "trunk_turn", "head_tilt", "trunk_lean", "reach_aside", "shrug"),
}
"""Groups of postures whose intervals must each hold; a name stands for every posture that begins with it."""
MAIN_ANGLES = (Angle.NECK_INCLINATION, Angle.TRUNK_INCLINATION)
MAIN_CHANGES = (*MAIN_ANGLES, Angle.SLOUCH)
_CALIBRATED = (
    "upright", "upright_relaxed", "slouch_mild", "slouch_mid", "slouch_deep", "forward_head_deep", "sliding_down",
)  # fmt: skip
LEAST = 12
"""Checks from which a view and group of postures counts in "how many groups keep their promise"."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A model's results for examples."""

    rows: Examples
    errors: Floats
    """Shape (n, angles)."""
    values: Floats
    below: Floats
    above: Floats
    inside: Mask

    @property
    def contained(self) -> Mask:
        """Which true values lie within their intervals, shape (n, angles)."""
        return np.asarray((self.errors <= self.below) & (self.errors >= -self.above))

    @property
    def half(self) -> Floats:
        """Half the width of the intervals, shape (n, angles)."""
        return (self.below + self.above) / 2


def judge(examples: Examples, model: PostureModel, *, change: bool) -> Found:
    """A model's results for the examples; for their changes, examples need an upright pose and must not show it themselves."""
    rows = examples.where(examples.has_upright & (examples.posture != UPRIGHT)) if change else examples
    told = judged(rows, model, change=change)
    return Found(rows, errors_of(rows, told, change=change), told.values, told.below, told.above, told.inside)


def group_of(posture: str) -> str:
    """The group that a posture belongs to."""
    return next((name for name, names in GROUPS.items() if shows(posture, names)), "other")


def groups_of(postures: Texts) -> Texts:
    """The groups of many postures."""
    return np.array([group_of(str(posture)) for posture in postures])


def errors(found: Found) -> list[str]:
    """Mean absolute error of every angle by camera family."""
    lines = ["| camera | n | " + " | ".join(_spoken(angle) for angle in ANGLES) + " | answered |"]
    lines.append("|---" * (len(ANGLES) + 3) + "|")
    for family in FAMILIES:
        here = found.rows.family == family
        inside = here & found.inside
        if not inside.any():
            continue
        cells = [
            f"{100 * error:.1f} %" if angle is Angle.DISTANCE else f"{error:.1f}"
            for angle, error in zip(ANGLES, np.abs(found.errors[inside]).mean(axis=0), strict=True)
        ]
        lines.append(f"| {family} | {here.sum()} | {' | '.join(cells)} | {inside.sum() / here.sum():.0%} |")
    return lines


def coverage(found: Found, angle: Angle) -> list[str]:
    """Fraction of errors within the 90 % interval, by camera family and group of postures, with its median half width."""
    index = ANGLES.index(angle)
    groups = groups_of(found.rows.posture)
    within, half = found.contained[:, index], found.half[:, index]
    lines = ["| " + " | ".join([_spoken(angle), *FAMILIES]) + " |", "|---" * (len(FAMILIES) + 1) + "|"]
    kept, counted = 0, 0
    for name in ["all", *GROUPS]:
        cells = []
        for family in FAMILIES:
            here = found.inside & (found.rows.family == family) & ((groups == name) | (name == "all"))
            cells.append(
                f"{within[here].mean():.0%} ±{np.median(half[here]):.0f} ({here.sum()})" if here.any() else "–"
            )
            if name != "all" and here.sum() >= LEAST:
                counted += 1
                kept += bool(within[here].mean() >= 0.85)
        lines.append("| " + " | ".join([name, *cells]) + " |")
    return [*lines, "", f"{within[found.inside].mean():.0%} over all; at least 85 % in {kept} of {counted} groups."]


def overall(found: Found) -> str:
    """Fraction of true values within the interval, for every angle, over all views and postures."""
    within = found.contained[found.inside].mean(axis=0)
    return ", ".join(f"{_spoken(angle)} {share:.0%}" for angle, share in zip(ANGLES, within, strict=True))


def calibration_buys(examples: Examples, model: PostureModel) -> list[str]:
    """Errors and intervals of the change, estimated directly and as the difference of two absolute answers."""
    rows = examples.where(examples.has_upright & (examples.posture != UPRIGHT))
    told = judged(rows, model, change=True)
    now, then = model.read(rows.figures), model.read(rows.upright)
    ways = {
        "the angle itself, without a baseline": (now.values - rows.truth, now.below + now.above),
        "difference of two angles": (now.values - then.values - rows.change, None),
        "change from the baseline": (told.values - rows.change, told.below + told.above),
    }
    heads = [f"{family}: {_spoken(angle)}" for family in FAMILIES for angle in MAIN_ANGLES]
    lines = ["| | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    for name, (off, width) in ways.items():
        cells = []
        for family in FAMILIES:
            here = rows.family == family
            for angle in MAIN_ANGLES:
                index = ANGLES.index(angle)
                reach = "" if width is None else f" ±{width[here, index].mean() / 2:.0f}"
                cells.append(f"{np.abs(off[here, index]).mean():.1f}{reach}")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def domain(examples: Examples, on_mat: Examples, model: PostureModel) -> str:
    """How many poses are out of the domain: at the desk, on the mat, and upside down."""
    figures = examples.figures
    over = FigureArrays(-figures.points, figures.visibility, figures.world * np.array([-1.0, -1.0, 1.0]))
    out = [1 - model.read(one).inside.mean() if len(one) else 0.0 for one in (figures, on_mat.figures, over)]
    return f"Out of the domain: {out[0]:.1%} at the desk, {out[1]:.1%} on the mat, {out[2]:.1%} of pictures upside down"


def calibrations(examples: Examples, model: PostureModel) -> list[str]:
    """For each posture, learned as an upright one, how often there would be a caution that it may have been a slouch."""
    settings = Settings()
    lines = ["| posture | " + " | ".join(FAMILIES) + " |", "|---" * (len(FAMILIES) + 1) + "|"]
    for posture in _CALIBRATED:
        cells = []
        for family in FAMILIES:
            rows = np.flatnonzero((examples.posture == posture) & (examples.family == family))
            said = [by_estimate(model.read_one(only(examples.figures, np.array([row]))), settings) for row in rows]
            cells.append(f"{np.mean([one is not None for one in said]):.0%}" if said else "–")
        lines.append(f"| {posture.replace('_', ' ')} | {' | '.join(cells)} |")
    return lines


def _spoken(angle: Angle) -> str:
    return angle.value.replace("_", " ")
