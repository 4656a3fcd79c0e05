"""Plots of the estimator's accuracy: predicted against true by view, and error against interval."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from posturecam.posture.learned.model import ANGLES, Angle, PostureModel
from tools.learn.examples import Examples
from tools.learn.report import FAMILIES, judge

_INK = "#1b4f72"
_BINS = 8


def draw(examples: Examples, model: PostureModel, folder: Path) -> list[Path]:
    """Draw both plots for changes of the neck inclination; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    found = judge(examples.where(examples.model == "lite"), model, change=True)
    index = ANGLES.index(Angle.NECK_INCLINATION)
    true, said = found.rows.change[:, index], found.values[:, index]
    size, half = np.abs(found.errors[:, index]), found.half[:, index]
    against, wide = _panels("Estimated against true, °"), _panels("Error against the interval, °")
    for place, family in enumerate(FAMILIES):
        here = found.rows.family == family
        axis = against.axes[place]
        axis.plot(true[here], said[here], ".", color=_INK, alpha=0.4)
        axis.plot([-20, 45], [-20, 45], color="#888888", linewidth=0.8)
        axis.set(title=family, xlabel="true change of the neck inclination, °", ylabel="estimated, °")
        axis = wide.axes[place]
        axis.plot(half[here], size[here], ".", color=_INK, alpha=0.3)
        for part in np.array_split(np.argsort(half[here]), _BINS):
            if len(part):
                axis.plot(np.median(half[here][part]), np.quantile(size[here][part], 0.9), "o", color="#a04000")
        most = float(np.nanmax(half[here], initial=1.0))
        axis.plot([0, most], [0, most], color="#888888", linewidth=0.8)
        axis.set(
            title=f"{family} (large: 90 % of the errors)", xlabel="half of the 90 % interval, °", ylabel="error, °"
        )
    files = folder / "estimator_against_truth.png", folder / "estimator_intervals.png"
    for figure, file in zip((against, wide), files, strict=True):
        figure.savefig(file, format="png")
    return list(files)


def _panels(title: str) -> Figure:
    figure = Figure(figsize=(10, 8), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    figure.subplots(2, 2)
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold")
    return figure
