"""Plots of the accuracy benchmark: error against camera yaw, and the alerts along one scripted hour."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from pathlib import Path

import estimates
import numpy as np
import popular
from estimates import BODY_YAW, OURS, Estimates
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator
from scores import fold, true_angle
from scripts_of_work import LOOKS_A_SECOND
from stills import ON_MAT, Floats, Stills
from working_hours import Hour, false_alerts, wait_for

from posturecam.config.settings import Settings
from posturecam.posture.measures import Name

_DPI = 100
_INK = {OURS: "#1b4f72", "any view": "#a04000", "normalized": "#8e44ad", "world z": "#5b5b5b"}
_LINES = {OURS: "-", "any view": "--", "normalized": "-.", "world z": ":"}
"""Line styles, so that the methods can be distinguished without colors."""
_YAW_BINS = np.arange(-7.5, 113, 15)
_LEAST_IN_BIN = 4
_LOWEST, _HIGHEST = -1.0, 4.0
"""Range of deviations drawn; lines are clipped to it."""
_HARMLESS, _SLOUCH = "#dfe6e9", "#f5b7b1"


def draw_all(
    stills: Stills, models: Sequence[str], hours: Sequence[Hour], settings: Settings, folder: Path
) -> list[Path]:
    """Draw every plot for the first of the models; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    model = models[0]
    at_desk = stills.where(stills.families() != ON_MAT)
    drawn = [_save(error_against_yaw(at_desk, model, settings), folder / "accuracy_yaw.png")]
    hour = _typical(hour for hour in hours if hour.model == model)
    if hour is not None:
        drawn.append(_save(timeline(hour), folder / "accuracy_hour.png"))
    return drawn


def _typical(hours: Iterable[Hour]) -> Hour | None:
    """The hour, among those in front of a frontal camera at eye level, with the median share of slouches found."""
    front = [hour for hour in hours if hour.family == "front, eye level"]
    ordered = sorted(front, key=lambda hour: (_found(hour), hour.group))
    return ordered[len(ordered) // 2] if ordered else None


def _found(hour: Hour) -> float:
    alerts, slouches = hour.results[OURS].alerts, hour.script.slouches
    return sum(wait_for(slouch, alerts) is not None for slouch in slouches) / max(len(slouches), 1)


def error_against_yaw(stills: Stills, model: str, settings: Settings) -> Figure:
    """Absolute error of neck and trunk inclination against how far the body is turned from the camera."""
    found = [*estimates.ours(stills, model, settings), *popular.angles(stills, model)]
    figure = _figure((10.0, 6.4))
    panels = figure.subplots(2, 1, sharex=True)
    for axis, name in zip(panels, (Name.NECK_INCLINATION, Name.TRUNK_INCLINATION), strict=True):
        for one in found:
            if one.measure == name:
                _draw_errors(axis, stills, one)
        axis.set_ylabel(f"{name.spoken}\nabsolute error, °")
        axis.set_ylim(0, 40)
        axis.grid(axis="y", color="#e5e5e5", linewidth=0.8)
        _tidy(axis)
    panels[0].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, fontsize="small")
    _title(figure, f"Error against the camera's angle (model {model}; lines: median, dots: single pictures)")
    panels[1].set_xlabel("true body yaw: 0° faces the camera, 90° is profile")
    panels[1].xaxis.set_major_locator(MultipleLocator(15))
    return figure


def _draw_errors(axis: Axes, stills: Stills, found: Estimates) -> None:
    turned = np.abs(fold(stills.angle(BODY_YAW)))
    errors = np.abs(fold(found.values - true_angle(stills, found.measure)))
    color = _INK[found.method]
    if found.method == OURS:
        axis.plot(turned, errors, ".", color=color, markersize=3, alpha=0.35)
    centers, medians = _binned(turned, errors)
    axis.plot(centers, medians, _LINES[found.method], color=color, linewidth=2.0, label=found.method)


def _binned(turned: Floats, errors: Floats) -> tuple[Floats, Floats]:
    """Median error in each bin of the yaw; NaN, which leaves a gap, if too little was answered."""
    medians = []
    for low, high in itertools.pairwise(_YAW_BINS):
        here = errors[(turned >= low) & (turned < high) & np.isfinite(errors)]
        medians.append(np.median(here) if len(here) >= _LEAST_IN_BIN else np.nan)
    return (_YAW_BINS[:-1] + _YAW_BINS[1:]) / 2, np.array(medians)


def timeline(hour: Hour) -> Figure:
    """What happened, how far from upright posturecam saw the person, and when each program raised an alert."""
    figure = _figure((12.0, 4.6))
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1.4])
    _draw_script(above, hour)
    _draw_deviation(above, hour)
    _draw_script(below, hour, named=False)
    _draw_alerts(below, hour)
    _title(figure, f"One scripted hour ({hour.family}, model {hour.model})")
    return figure


def _draw_script(axis: Axes, hour: Hour, named: bool = True) -> None:
    for part in hour.script.parts:
        if part.activity != "types":
            axis.axvspan(part.start / 60, part.end / 60, color=_HARMLESS, linewidth=0, zorder=0)
    for slouch in hour.script.slouches:
        axis.axvspan(slouch.start / 60, slouch.end / 60, color=_SLOUCH, linewidth=0, zorder=1)
        if named:
            middle = (slouch.start + slouch.end) / 120
            axis.text(middle, _HIGHEST * 0.97, slouch.depth, ha="center", va="top", fontsize="small", color="#78281f")


def _draw_deviation(axis: Axes, hour: Hour) -> None:
    deviation = next(result.deviation for result in hour.results.values() if result.deviation is not None)
    minutes = np.arange(len(deviation)) / LOOKS_A_SECOND / 60
    axis.plot(minutes, np.clip(deviation, _LOWEST, _HIGHEST), color="black", linewidth=0.7, zorder=3)
    axis.axhline(1.0, color="#333333", linewidth=1.2, zorder=2)
    axis.set_ylim(_LOWEST, _HIGHEST)
    axis.set_ylabel("deviation\n(× threshold)")
    _tidy(axis)


def _draw_alerts(axis: Axes, hour: Hour) -> None:
    names = list(hour.results)
    for row, name in enumerate(names):
        alerts = hour.results[name].alerts
        false = set(false_alerts(hour.script, alerts))
        for times, marker, color in (
            ([t for t in alerts if t not in false], "v", "#1e8449"),
            (sorted(false), "x", "#b03a2e"),
        ):
            axis.plot(np.array(times) / 60, [row] * len(times), marker, color=color, markersize=7, zorder=3)
    axis.set_yticks(range(len(names)), names)
    axis.set_ylim(len(names) - 0.4, -0.6)
    axis.set_xlim(0, hour.script.seconds / 60)
    axis.set_xlabel(
        "minutes   (red: slouching, gray: something harmless; no line: unknown; ▼ alert in a slouch, × false alert)"
    )
    axis.xaxis.set_major_formatter(FuncFormatter(lambda minutes, _: f"{minutes:.0f}"))
    _tidy(axis)


def _figure(size: tuple[float, float]) -> Figure:
    figure = Figure(figsize=size, dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _title(figure: Figure, text: str) -> None:
    figure.suptitle(text, x=0.01, ha="left", fontweight="bold")


def _tidy(axis: Axes) -> None:
    axis.spines[["top", "right"]].set_visible(False)
    axis.margins(x=0)


def _save(figure: Figure, path: Path) -> Path:
    figure.savefig(path, format="png")
    return path
