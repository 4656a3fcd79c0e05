"""What the terminal shows: a live view where there is a terminal, plain lines where there is none.

Pure from tick to text and renderables; `LiveView` and `PlainView` do the printing.
"""

from __future__ import annotations

import contextlib
import json
import math
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from posturecam.alerts.policy import Outlook
from posturecam.config.settings import Settings
from posturecam.i18n.translate import hours_and_minutes, joined, mark, own_number, quantity, tr
from posturecam.i18n.words import BRACKETED, CLAUSES, STATEMENTS
from posturecam.posture.baseline import Baseline
from posturecam.posture.front.thresholds import thresholds
from posturecam.posture.geometric.angles import bounds
from posturecam.posture.loop import Tick, pick
from posturecam.posture.measures import CENTIMETERS, DEGREES, UNITS, Measure, Name
from posturecam.posture.monitor import (
    BaselineOutdated,
    CameBack,
    Event,
    Grade,
    LeftDesk,
    Phase,
    SlouchEnded,
    SlouchSustained,
    grade,
)
from posturecam.posture.reading import Reading
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.records.serialize import tick_record
from posturecam.posture.view import View
from posturecam.session.protocol.messages import NOTHING_TO_TELL, Snapshot
from posturecam.session.protocol.mode import Mode
from posturecam.terminal.fitting import Framed, HighestThatFits, WidestThatFits
from posturecam.terminal.keyboard import Keyboard
from posturecam.terminal.suspending import cursor_back_while_suspended, redo_in_foreground
from posturecam.vision.frame import SourceInfo

LOOKS: Mapping[Phase, tuple[str, str]] = {
    Phase.UPRIGHT: ("●", "green"),
    Phase.DRIFTING: ("◐", "yellow"),
    Phase.SLOUCHING: ("▼", "bold red"),
    Phase.RECOVERING: ("◔", "cyan"),
    Phase.AWAY: ("○", "dim"),
    Phase.UNKNOWN: ("?", "magenta"),
}
"""Shape and color of each phase: the shape alone is enough without the color."""

PHASE_WORDS: Mapping[Phase, str] = {
    Phase.UPRIGHT: mark("upright"),
    Phase.DRIFTING: mark("drifting"),
    Phase.SLOUCHING: mark("slouching"),
    Phase.RECOVERING: mark("sitting up"),
    Phase.AWAY: mark("away"),
    Phase.UNKNOWN: mark("unknown"),
}
_SEVERITIES: Mapping[Grade, str] = {
    Grade.MILD: mark("mild"),
    Grade.MODERATE: mark("moderate"),
    Grade.SEVERE: mark("severe"),
}

_FROM_SIDE = (
    Name.NECK_INCLINATION,
    Name.TRUNK_INCLINATION,
    Name.NECK_FLEXION,
    Name.HEAD_TILT,
    Name.CRANIOVERTEBRAL_ANGLE,
)
_INDICES = (Name.SLUMP_INDEX, Name.SHOULDER_HEIGHT, Name.HEAD_FORWARD_INDEX, Name.APPROACH, Name.HEAD_YAW)
_FROM_FRONT = (*_INDICES, Name.HEAD_ROLL, Name.SHOULDER_TILT)
_BY_FACE = (Name.NECK_HEIGHT, Name.HEAD_DISTANCE, Name.HEAD_PITCH, Name.HEAD_ROLL, Name.HEAD_OFFSET, Name.HEAD_YAW)
_OBLIQUELY = (Name.NECK_INCLINATION, *_INDICES)
_BARS = (40, 30, 20, 10)
"""Columns of the bar, from which the terminal's width picks one."""


def duration(seconds: float) -> str:
    """A duration as text in the user's language: "40 s", "3 min 20 s", "1 h 05 min"."""
    whole = max(0, round(seconds))
    minutes, left = divmod(whole, 60)
    if not minutes:
        return tr("{seconds} s").format(seconds=left)
    if minutes < 10:
        return tr("{minutes} min {seconds} s").format(minutes=minutes, seconds=f"{left:02d}")
    return hours_and_minutes(minutes)


def file_time(seconds: float) -> str:
    """A moment of a file: "03:20", "1:03:20"."""
    whole = int(seconds)
    hours = f"{whole // 3600}:" if whole >= 3600 else ""
    return f"{hours}{whole % 3600 // 60:02d}:{whole % 60:02d}"


def describe(event: Event) -> str:
    """One line for one event."""
    match event:
        case SlouchSustained():
            severity, lasting = _SEVERITIES[event.severity], duration(event.t - event.since)
            return tr("slouching ({severity}) for {lasting}").format(severity=tr(severity), lasting=lasting)
        case SlouchEnded():
            return tr("slouch over, {lasting} after it began").format(lasting=duration(event.t - event.since))
        case LeftDesk():
            return tr("nobody there")
        case CameBack():
            return tr("somebody is back")
        case BaselineOutdated():
            message = tr("the baseline no longer fits: {why}; run: posturecam calibrate")
            return message.format(why=tr(event.reason.text))


def _because(reason: Reason) -> str:
    """The reason, with the command that fixes it, if there is one."""
    return f"{tr(reason.text)} (posturecam calibrate)" if reason.code is Why.NO_BASELINE else tr(reason.text)


def value_text(measure: Measure) -> str:
    """A measure's value with its unit and uncertainty, or "unknown"."""
    if measure.value is None:
        return tr("unknown")
    spread = f" ±{measure.uncertainty:.0f}°" if measure.unit == DEGREES and measure.uncertainty else ""
    if measure.unit == CENTIMETERS and measure.uncertainty:
        spread = f" ±{own_number(f'{measure.uncertainty:.1f}')}"
    return f"{number_text(measure.value, measure.unit)}{spread}"


def number_text(value: float, unit: str) -> str:
    """A number of a measure: whole degrees, or a ratio to two places; never a zero with a minus."""
    if unit in (DEGREES, CENTIMETERS):
        return quantity(value, unit, 0)
    return own_number(f"{round(value, 2) + 0.0:.2f}")


def _shown(reading: Reading) -> tuple[Name, ...]:
    """The measures that this view is judged by."""
    view = reading.view
    if view.is_side:
        return _FROM_SIDE
    if reading.measures[Name.HEAD_DISTANCE].value is not None:
        return _BY_FACE
    return _OBLIQUELY if view.is_oblique else _FROM_FRONT


_FIGURES_IN_A_LINE = 3


def reading_text(reading: Reading, settings: Settings) -> str:
    """A picture by itself in one line: the posture, where it was seen from, and the first figures; or why it is unknown."""
    deviation = reading.deviation
    if deviation.value is None:
        said = (
            tr("unknown, because {why}").format(why=_because(deviation.reason)) if deviation.reason else tr("unknown")
        )
    else:
        severity = _SEVERITIES.get(grade(deviation.value, settings.monitor))
        said = tr(PHASE_WORDS[Phase.UPRIGHT if severity is None else Phase.SLOUCHING])
        said = joined(BRACKETED, [said, tr(severity)] if severity is not None else [said])
    if reading.view is not View.UNKNOWN and deviation.value is not None:
        said = joined(CLAUSES, (said, tr("seen from {view}").format(view=tr(reading.view.spoken))))
    known = [name for name in _shown(reading) if reading.measures[name].value is not None][:_FIGURES_IN_A_LINE]
    figures = joined(CLAUSES, [f"{tr(name.spoken)} {value_text(reading.measures[name])}" for name in known])
    return joined(STATEMENTS, [said, figures] if figures else [said])


def band_text(name: Name, baseline: Baseline | None, settings: Settings) -> str:
    """Where a measure begins to count as slouching, if it can do so alone."""
    limits_by_face = thresholds(settings)
    if name is Name.NECK_HEIGHT:
        own = None if baseline is None else baseline.values.get(name)
        least = limits_by_face.absolute if own is None else own - limits_by_face.sinking
        return _below(least, CENTIMETERS)
    if name is Name.HEAD_DISTANCE and baseline is not None and name in baseline.values:
        return _below(baseline.values[name] * math.exp(-limits_by_face.near), CENTIMETERS)
    if baseline is None or baseline.by_angle:
        limits = {judged: limit for judged, _, limit in bounds(baseline, settings)}
        return tr("from {limit}").format(limit=number_text(limits[name], DEGREES)) if name in limits else ""
    if name is Name.SLUMP_INDEX and name in baseline.values:
        return _below(baseline.values[name] * (1 - settings.front.slump), UNITS[name])
    if name in (Name.HEAD_ROLL, Name.SHOULDER_TILT) and name in baseline.values:
        return tr("{limit}° to either side").format(limit=f"{settings.front.lateral:.0f}")
    return ""


def _below(limit: float, unit: str) -> str:
    return tr("below {limit}").format(limit=number_text(limit, unit))


def status(tick: Tick, outlook: Outlook) -> Text:
    """The phase, its duration, and what comes next."""
    state = tick.state
    shape, style = LOOKS[state.phase]
    text = Text(f" {shape} {tr(PHASE_WORDS[state.phase]).upper()}", style=style)
    lasting = tr("for {lasting}").format(lasting=duration(state.phase_seconds))
    text.append(f"   {lasting}", style="default")
    if state.phase is Phase.UNKNOWN and tick.reading.deviation.reason:
        because = tr("because {why}").format(why=_because(tick.reading.deviation.reason))
        text.append(f"\n   {because}", style="default")
    if outlook.silent is not None:
        text.append(f"\n   {tr('silent: {why}').format(why=tr(outlook.silent))}", style="default")
    elif outlook.seconds is not None:
        promise = tr("reminder in {lasting} unless you sit up").format(lasting=duration(outlook.seconds))
        text.append(f"\n   {promise}", style="default")
    return text


def deviation_bar(value: float | None, settings: Settings, width: int) -> Text:
    """A bar from upright to severe, with the threshold marked; empty where unknown."""
    severe = max(settings.monitor.severe, 1.1)
    threshold = round(width / severe)
    filled = 0 if value is None else max(0, min(width, round(value / severe * width)))
    bar = Text("   ")
    for cell in range(width):
        style = "green" if cell < threshold * settings.monitor.exit else "yellow" if cell < threshold else "red"
        bar.append("█" if cell < filled else "░", style=style if cell < filled else "dim")
        if cell == threshold - 1:
            bar.append("┃", style="bold")
    message = tr("unknown")
    if value is not None:
        message = tr("{value} × threshold").format(value=own_number(f"{max(value, 0):.1f}"))
    bar.append(f"  {message}", style="default")
    return bar


def measures_table(reading: Reading, baseline: Baseline | None, settings: Settings) -> RenderableType:
    """The measures of this view, or why they are unknown, with the baseline and the limit; in a narrow terminal a line for each."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim")
    lines = []
    for heading in (f"   {tr('measure')}", tr("now"), tr("upright"), tr("slouching")):
        table.add_column(heading)
    for name in _shown(reading):
        measure = reading.measures[name]
        upright = baseline.values.get(name) if baseline else None
        then = "" if upright is None else number_text(upright, measure.unit)
        now = Text(value_text(measure), style="magenta" if measure.value is None else "default")
        band = band_text(name, baseline, settings)
        table.add_row(f"   {tr(name.spoken)}", now, then, band)
        against = [(tr("upright"), then), (tr("slouching"), band)]
        named = "".join(f" · {heading} {value}" for heading, value in against if value)
        lines.append(Padding(Text.assemble(f"{tr(name.spoken)}  ", now, named), (0, 0, 0, 3)))
    return WidestThatFits(table, Group(*lines))


def panel(
    tick: Tick,
    info: SourceInfo,
    baselines: Mapping[View, Baseline],
    settings: Settings,
    notes: list[str],
    outlook: Outlook = NOTHING_TO_TELL,
) -> RenderableType:
    """The whole live view of one tick. A low terminal shows the last notes instead of measures, below which they would be cut off."""
    reading = tick.reading
    phase = status(tick, outlook)
    bar = WidestThatFits(*(deviation_bar(reading.deviation.value, settings, width) for width in _BARS))
    reason = reading.deviation.reason
    measures: list[RenderableType] = []
    if reason is not None and reason.code in (Why.NO_PERSON, Why.NO_PICTURE):
        measures.append(Text(f"   {_because(reason)}", style="magenta"))
    else:
        upright, pose = pick(baselines, reading.view), tick.pose
        if upright is not None and pose is not None:
            upright = upright.seen_in(pose.width, pose.height)
        measures.append(measures_table(reading, upright, settings))
        if reason is not None and tick.state.phase is not Phase.UNKNOWN:
            unknown = tr("unknown at the moment, because {why}").format(why=_because(reason))
            measures.append(Text(f"   {unknown}", style="magenta"))
    view = ""
    if reading.view is not View.UNKNOWN:
        view = f" · {tr('from {view}').format(view=tr(reading.view.spoken))}"
    name = f"{tr(info.name)}{view}"
    whole: list[RenderableType] = [phase, Text(), bar, Text(), *measures]
    told: list[RenderableType] = [Padding(Text(note), (0, 0, 0, 3)) for note in notes[-3:]]
    if not told:
        return framed(whole, name)
    return HighestThatFits(
        *(framed([*whole, Text(), *told[first:]], name) for first in range(len(told))),
        framed([phase, Text(), bar, Text(), *told], name),
        framed([phase, *reversed(told)], name),
    )


def rest_text(snapshot: Snapshot) -> str | None:
    """Why nothing is watched, in a line; None if watching is about to start."""
    why = tr(snapshot.why or "")
    match snapshot.mode:
        case Mode.OFF:
            return tr("Paused: {why}").format(why=why)
        case Mode.PAUSED:
            return tr("Paused")
        case Mode.CAMERA_LOST if snapshot.camera_works:
            return tr("Not watching: {why}").format(why=why)
        case Mode.CAMERA_LOST:
            return tr("No camera: {why}").format(why=why)
        case Mode.ENDED if why:
            return tr("Ended: {why}").format(why=why)
        case _:
            return None


def framed(parts: list[RenderableType], name: str) -> RenderableType:
    """A panel framed with posturecam's notes on privacy."""
    note = tr("Ctrl-C ends · no picture is kept, nothing leaves this computer")
    return Framed(parts, f"posturecam · {name}", note)


class Screen(Protocol):
    """Something that shows ticks and notes."""

    console: Console
    """The console to print on without disturbing the view."""

    def show(self, tick: Tick, outlook: Outlook) -> None:
        """Show one tick, and what comes next."""

    def rest(self, snapshot: Snapshot) -> None:
        """Show that nothing is watched now, and why."""

    def note(self, text: str) -> None:
        """Show a line that stays, such as an alert."""

    def follow(self, settings: Settings, baseline: Baseline | None = None) -> None:
        """Use other settings from now on, and a new baseline if there is one."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...


class LiveView:
    """Repaints one panel in place."""

    def __init__(
        self, info: SourceInfo, baselines: Mapping[View, Baseline], settings: Settings, console: Console
    ) -> None:
        self._info, self._baselines, self._settings = info, baselines, settings
        self.console = console
        self._live = Live(console=self.console, auto_refresh=False, transient=False)
        self._opened = contextlib.ExitStack()
        self._notes: list[str] = []

    def show(self, tick: Tick, outlook: Outlook) -> None:
        """Repaint the panel."""
        redo_in_foreground()
        when = _clock() if self._info.live else file_time(tick.reading.t)
        self._notes += [f"{when}  {describe(event)}" for event in tick.events]
        shown = panel(tick, self._info, self._baselines, self._settings, self._notes, outlook)
        self._live.update(shown, refresh=True)

    def rest(self, snapshot: Snapshot) -> None:
        """Say in the panel why nothing is watched."""
        redo_in_foreground()
        if (message := rest_text(snapshot)) is not None:
            self._live.update(framed([Text(f"   {message}")], tr(self._info.name)), refresh=True)

    def note(self, text: str) -> None:
        """Add a line to the panel's last lines."""
        self._notes.append(text)

    def follow(self, settings: Settings, baseline: Baseline | None = None) -> None:
        """Compare with these settings from now on, and with a new baseline if there is one."""
        self._settings = settings
        if baseline is not None:
            self._baselines = {**self._baselines, baseline.view: baseline}

    def __enter__(self) -> Self:
        self._opened.enter_context(Keyboard())  # typed keys and "^C" would push the panel down a line
        self._opened.callback(self._live.stop)
        self._live.start()
        self._opened.enter_context(cursor_back_while_suspended(self.console))
        return self

    def __exit__(self, *exception: object) -> None:
        self._opened.close()


class PlainView:
    """Prints a line when the phase changes or something happens; for logs, pipes and dumb terminals."""

    def __init__(self, info: SourceInfo) -> None:
        self.console = Console()
        self._live = info.live
        self._t = 0.0
        self._said: tuple[Phase, str | None] | None = None
        """The phase last printed and, where that is unknown, the problem with the picture."""
        self._resting: str | None = None

    def show(self, tick: Tick, outlook: Outlook) -> None:
        """Print what happened, or else how the phase changed, or what the camera's new problem is."""
        self._t, phase, self._resting = tick.reading.t, tick.state.phase, None
        now = phase, tick.frame.problem if phase is Phase.UNKNOWN else None
        changed, self._said = now != self._said, now
        for event in tick.events:
            self.note(describe(event))
        if changed and not tick.events:
            reason = tick.reading.deviation.reason
            if reason and phase is Phase.UNKNOWN:
                because = tr("because {why}").format(why=_because(reason))
                self.note(joined(CLAUSES, (tr(PHASE_WORDS[phase]), because)))
            else:
                self.note(tr(PHASE_WORDS[phase]))

    def rest(self, snapshot: Snapshot) -> None:
        """Print why nothing is watched, once."""
        message = rest_text(snapshot)
        if message is not None and message != self._resting:
            self.note(message)
        self._resting, self._said = message, None

    def note(self, text: str) -> None:
        """Print one line with the time: of day for a camera, of the file for a file."""
        print(f"{_clock() if self._live else file_time(self._t)}  {text}", flush=True)

    def follow(self, settings: Settings, baseline: Baseline | None = None) -> None:
        """Do nothing: neither is printed."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        pass


class JsonView:
    """Prints every tick as one line of JSON on standard output; notes go to standard error."""

    def __init__(self) -> None:
        self.console = Console(stderr=True)
        self._resting: str | None = None

    def show(self, tick: Tick, outlook: Outlook) -> None:
        """Print one record."""
        self._resting = None
        print(json.dumps(tick_record(tick)), flush=True)

    def rest(self, snapshot: Snapshot) -> None:
        """Say why there are no records now, once."""
        message = rest_text(snapshot)
        if message is not None and message != self._resting:
            self.note(message)
        self._resting = message

    def note(self, text: str) -> None:
        """Print a line for people on standard error, so that programs can read standard output."""
        print(text, file=sys.stderr, flush=True)

    def follow(self, settings: Settings, baseline: Baseline | None = None) -> None:
        """Do nothing: neither is printed."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        pass


def screen(info: SourceInfo, baselines: Mapping[View, Baseline], settings: Settings, *, as_json: bool) -> Screen:
    """The view that fits the output: terminal, pipe or JSON."""
    if as_json:
        return JsonView()
    console = Console()
    return (
        LiveView(info, baselines, settings, console)
        if console.is_terminal and not console.is_dumb_terminal
        else PlainView(info)
    )


def _clock() -> str:
    return datetime.now().strftime("%H:%M:%S")
