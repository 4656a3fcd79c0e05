"""A run as one picture: the deviation over time with its thresholds, the phases, the events, and the angles below.

Drawn on matplotlib's own canvas; `pyplot` and its global state are never touched. Whatever is unknown is a gap.
"""

from __future__ import annotations

import contextlib
import io
import math
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MultipleLocator
from numpy.typing import NDArray

from posturecam.config.reading import reason, remedy
from posturecam.config.settings import MonitorSettings, Settings
from posturecam.drawing.annotate import PHASE_COLORS
from posturecam.errors import OutputError
from posturecam.i18n.message import Verbatim
from posturecam.posture.measures import DEGREES, SHOULDER_WIDTHS, UNITS, Name
from posturecam.posture.monitor import Phase
from posturecam.posture.records.serialize import JsonRecord

_HATCHES: Mapping[Phase, str] = {
    Phase.UPRIGHT: "",
    Phase.DRIFTING: "/",
    Phase.SLOUCHING: "x",
    Phase.RECOVERING: "\\",
    Phase.AWAY: ".",
    Phase.UNKNOWN: "-",
}
"""So that the phases can be distinguished without colors."""
_EVENTS: Mapping[str, tuple[str, str]] = {
    "slouch_sustained": ("v", "reminder"),
    "slouch_ended": ("^", "slouch over"),
    "left_desk": ("<", "left the desk"),
    "came_back": (">", "came back"),
    "baseline_outdated": ("X", "baseline outdated"),
}
"""Marker and legend of each type of event."""
_LINES: Mapping[Name, str] = {
    Name.NECK_INCLINATION: "-",
    Name.TRUNK_INCLINATION: "--",
    Name.HEAD_TILT: ":",
    Name.SLUMP_INDEX: "-",
    Name.HEAD_FORWARD_INDEX: "--",
    Name.SHOULDER_HEIGHT: ":",
}
"""The measures that are shown, and their line styles; those of the side view first."""
_INK = ("#1b4f72", "#a04000", "#5b5b5b")
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
"""Seconds between two marks of the time axis."""
_MOST_MARKS = 10
_SIZE, _DPI = (10.0, 5.6), 100


@dataclass(slots=True)
class _Run:
    """What the plot needs of a run, as columns; NaN is unknown here, for matplotlib leaves it out."""

    t: list[float] = field(default_factory=list)
    """Seconds since the first sample."""
    phase: list[Phase] = field(default_factory=list)
    deviation: list[float] = field(default_factory=list)
    measures: dict[Name, list[float]] = field(default_factory=lambda: {name: [] for name in _LINES})
    events: list[tuple[float, str]] = field(default_factory=list)
    """Seconds since the first sample, and the event's type."""

    def known(self, unit: str) -> list[Name]:
        """The measures of that unit that were ever known."""
        return [name for name, values in self.measures.items() if UNITS[name] == unit and not np.isnan(values).all()]


def plot_run(records: Iterable[JsonRecord], path: Path, settings: Settings, title: str) -> None:
    """Plot a run to a PNG file.

    Args:
        records: of the samples in their order, as `posturecam.posture.records.serialize.tick_record` makes them or as they are read back
            from readings.jsonl; only a few numbers of each are kept.
        path: where the picture goes; a file there is replaced.
        settings: the thresholds to draw.
        title: written above the plot, as it is.

    Raises:
        OutputError: if the picture cannot be written.
    """
    run = _columns(records)
    panels = [unit for unit in (DEGREES, SHOULDER_WIDTHS) if run.known(unit)]
    figure = Figure(figsize=_SIZE, dpi=_DPI, layout="constrained")
    axes = figure.subplots(1 + len(panels), 1, sharex=True, squeeze=False, height_ratios=[3] + [2] * len(panels))[:, 0]
    FigureCanvasAgg(figure)
    figure.suptitle(title, parse_math=False, x=0.01, ha="left", fontweight="bold")
    _draw_deviation(axes[0], run, settings.monitor)
    for axis, unit in zip(axes[1:], panels, strict=True):
        _draw_measures(axis, run, unit, settings.monitor)
    _time_axis(axes[-1], run)
    _save(figure, path)


def _columns(records: Iterable[JsonRecord]) -> _Run:
    run, start = _Run(), None
    for record in records:
        start = record["t"] if start is None else start
        t = record["t"] - start
        run.t.append(t)
        run.phase.append(Phase(record["phase"]))
        run.deviation.append(_number(record["deviation"]["value"]))
        for name, values in run.measures.items():
            values.append(_number(record["measures"].get(name.value, {}).get("value")))
        run.events += [(t, event["type"]) for event in record["events"]]
    return run


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _draw_deviation(axis: Axes, run: _Run, settings: MonitorSettings) -> None:
    shown = [value for value in run.deviation if not math.isnan(value)]
    top = max(settings.severe, *shown, 0.0) * 1.2 if shown else settings.severe * 1.2
    bottom = min(-0.25, *shown, 0.0) * 1.1
    axis.set_ylim(bottom, top)
    _shade_phases(axis, run, settings.longest_gap)
    axis.axhline(1.0, color="#333333", linewidth=1.2, label="threshold")
    axis.axhline(settings.exit, color="#333333", linewidth=1.0, linestyle=(0, (5, 4)), label="upright again below")
    _line(axis, run, run.deviation, settings, color="black", linewidth=1.6, label="deviation")
    for kind, (marker, text) in _EVENTS.items():
        times = [t for t, happened in run.events if happened == kind]
        if times:
            height = bottom + 0.93 * (top - bottom)
            axis.plot(times, [height] * len(times), marker, color="black", markersize=9, label=text, zorder=4)
            for t in times:
                axis.axvline(t, color="black", linewidth=0.8, linestyle=":", zorder=2)
    if not shown:
        axis.text(0.5, 0.5, "nothing could be judged", transform=axis.transAxes, ha="center", color="#555555")
    axis.set_ylabel("deviation (× threshold)")
    _legend(axis)


def _shade_phases(axis: Axes, run: _Run, longest_gap: float) -> None:
    """Fill the time of each phase; a sample stands for the time since the sample before it, which is unknown after a longer pause."""
    begin, named = 0, set[Phase]()
    paused = np.diff(run.t, prepend=run.t[:1]) > longest_gap
    phases = [Phase.UNKNOWN if gap else phase for gap, phase in zip(paused, run.phase, strict=True)]
    for index in range(1, len(run.t)):
        phase = phases[index]
        if index + 1 < len(run.t) and phases[index + 1] is phase:
            continue
        axis.axvspan(
            run.t[begin],
            run.t[index],
            facecolor=_tint(phase, 0.18),
            edgecolor=_tint(phase, 0.5),
            hatch=_HATCHES[phase],
            linewidth=0.0,
            zorder=0,
            label=None if phase in named else phase.value,
        )
        begin = index
        named.add(phase)


def _tint(phase: Phase, alpha: float) -> tuple[float, float, float, float]:
    red, green, blue = PHASE_COLORS[phase]
    return red / 255, green / 255, blue / 255, alpha


def _draw_measures(axis: Axes, run: _Run, unit: str, settings: MonitorSettings) -> None:
    for name, color in zip(run.known(unit), _INK, strict=False):
        label = name.value.replace("_", " ")
        _line(axis, run, run.measures[name], settings, color=color, linestyle=_LINES[name], linewidth=1.4, label=label)
    axis.set_ylabel("degrees" if unit == DEGREES else unit)
    _legend(axis)


def _line(axis: Axes, run: _Run, values: list[float], settings: MonitorSettings, **style: str | float) -> None:
    """One curve, broken wherever a sample is unknown or the samples pause; a lone known sample is a dot."""
    t, y = np.array(run.t), np.array(values)
    pauses = np.flatnonzero(np.diff(t) > settings.longest_gap) + 1
    t, y = np.insert(t, pauses, t[pauses]), np.insert(y, pauses, math.nan)
    axis.plot(t, y, zorder=3, **style)  # type: ignore[arg-type]
    lone = _lone(y)
    axis.plot(t[lone], y[lone], ".", color=style["color"], markersize=4, zorder=3)


def _lone(y: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which values stand between unknown ones, where a line would draw nothing."""
    known = np.concatenate([[False], ~np.isnan(y), [False]])
    lone: NDArray[np.bool_] = known[1:-1] & ~known[:-2] & ~known[2:]
    return lone


def _legend(axis: Axes) -> None:
    """Name the curves and marks, then the phases, beside the plot."""
    handles = sorted(axis.get_legend_handles_labels()[0], key=lambda handle: isinstance(handle, Patch))
    axis.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, fontsize="small")
    axis.spines[["top", "right"]].set_visible(False)
    axis.margins(x=0)


def _time_axis(axis: Axes, run: _Run) -> None:
    length = run.t[-1] if run.t else 0.0
    step = next((step for step in _STEPS if length / step <= _MOST_MARKS), length / _MOST_MARKS)
    axis.set_xlim(0, max(length, 1.0))
    axis.xaxis.set_major_locator(MultipleLocator(step))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _: _clock(seconds)))
    axis.set_xlabel(
        "time since the first sample (h:min:s)" if length >= 3600 else "time since the first sample (min:s)"
    )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def _save(figure: Figure, path: Path) -> None:
    drawn = io.BytesIO()
    with _without_glyph_warnings():
        figure.savefig(drawn, format="png")
    try:
        path.write_bytes(drawn.getvalue())
    except OSError as error:
        raise OutputError(
            "{name} cannot be written ({problem}); {remedy}, or choose another folder with --out",
            name=Verbatim(path.name),
            problem=reason(error),
            remedy=remedy(error),
        ) from error


@contextlib.contextmanager
def _without_glyph_warnings() -> Iterator[None]:
    """A title in a script that matplotlib's font lacks shows boxes; that is no reason to print warnings."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield
