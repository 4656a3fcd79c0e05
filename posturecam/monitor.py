"""How long is too long: a pure step from (state, reading) to (new state, events).

Time is the reading's; nothing here reads a clock. A sample stands for the time since the sample before it, so that 2 and
30 pictures a second give the same answer. Unmeasured time counts neither as good nor as bad.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum

from posturecam.assess import Reading
from posturecam.measures import Name, Reason, Why
from posturecam.settings import MonitorSettings


class Phase(StrEnum):
    """What the person is doing, as far as it can be told."""

    UPRIGHT = "upright"
    DRIFTING = "drifting"
    """Over the threshold, not yet for long."""
    SLOUCHING = "slouching"
    """Over it for long enough to be told."""
    RECOVERING = "recovering"
    """Told, and upright again since a moment."""
    AWAY = "away"
    UNKNOWN = "unknown"


class Grade(IntEnum):
    """One sample, by its deviation in thresholds."""

    UPRIGHT = 0
    BETWEEN = 1
    """Between upright and the threshold."""
    MILD = 2
    MODERATE = 3
    SEVERE = 4


def grade(deviation: float, settings: MonitorSettings) -> Grade:
    """The grade of a deviation (in thresholds)."""
    if deviation < settings.exit:
        return Grade.UPRIGHT
    if deviation < 1:
        return Grade.BETWEEN
    if deviation < settings.moderate:
        return Grade.MILD
    return Grade.MODERATE if deviation < settings.severe else Grade.SEVERE


@dataclass(frozen=True, slots=True)
class SlouchSustained:
    """A slouch has lasted long enough to be told; once for each slouch."""

    t: float
    since: float
    severity: Grade
    seconds: float
    """Time measured over the threshold since then."""
    cause: Name | None
    change: float | None
    """How far the cause was from the baseline at that moment, in its own unit."""
    compared: bool


@dataclass(frozen=True, slots=True)
class SlouchEnded:
    """The slouch is over: the person sat up, eased, left, or was lost for long."""

    t: float
    since: float


@dataclass(frozen=True, slots=True)
class LeftDesk:
    """Nobody has been there for a while."""

    t: float


@dataclass(frozen=True, slots=True)
class CameBack:
    """Somebody is there again."""

    t: float


@dataclass(frozen=True, slots=True)
class BaselineOutdated:
    """The picture has not fitted the baseline for a while: the camera was evidently moved; calibrate again."""

    t: float
    reason: str


Event = SlouchSustained | SlouchEnded | LeftDesk | CameBack | BaselineOutdated


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time of one grade (None: unmeasured)."""

    start: float
    end: float
    grade: Grade | None


@dataclass(frozen=True, slots=True)
class Watch:
    """A condition that must hold for most of some time: when it began, and for how long it has failed since."""

    onset: float | None = None
    against: float = 0.0


@dataclass(frozen=True, slots=True)
class MonitorState:
    """Everything the monitor remembers; start with `MonitorState()`."""

    t: float | None = None
    phase: Phase = Phase.UNKNOWN
    phase_since: float = 0.0
    raw: float | None = None
    """The last sample's deviation, in thresholds."""
    deviation: float | None = None
    """The last deviation that could be told, lightly smoothed."""
    grade: Grade | None = None
    """Its grade."""
    spans: tuple[Span, ...] = ()
    watches: tuple[Watch, Watch, Watch, Watch, Watch] = field(default_factory=lambda: (Watch(),) * 5)
    """Mild, moderate, severe; then upright again and eased, which matter only while slouching."""
    slouch: SlouchSustained | None = None
    unknown_for: float = 0.0
    away_for: float = 0.0
    misfit_for: float = 0.0
    reason: Reason | None = None
    """Why the last sample could not be told."""

    @property
    def phase_seconds(self) -> float:
        """How long the phase has lasted; a slouch counts from its beginning, not from when it was told."""
        if self.t is None:
            return 0.0
        since = self.slouch.since if self.slouch is not None and self.phase is Phase.SLOUCHING else self.phase_since
        return self.t - since


_MISFIT = (Why.CAMERA_MOVED, Why.TOO_FAR, Why.TOO_NEAR)


def step(state: MonitorState, reading: Reading, settings: MonitorSettings) -> tuple[MonitorState, tuple[Event, ...]]:
    """One sample: the new state, and what happened.

    A reading older than the last one (a clock set back, a clip that starts again) begins afresh.
    """
    t = reading.t
    if state.t is not None and t < state.t:
        state = MonitorState()
    first = state.t is None
    elapsed = 0.0 if state.t is None else t - state.t
    gap = elapsed > settings.longest_gap
    smooth = _smooth(state, reading.deviation.value, elapsed, settings)
    now = None if reading.deviation.value is None or smooth is None else grade(smooth, settings)
    events: list[Event] = []

    away = reading.present is False
    code = reading.deviation.reason.code if reading.deviation.reason else None
    state = replace(
        state,
        t=t,
        raw=reading.deviation.value,
        deviation=smooth,
        grade=state.grade if now is None else now,
        reason=reading.deviation.reason,
        unknown_for=state.unknown_for + elapsed if gap or now is None else 0.0,
        away_for=(0.0 if gap else state.away_for + elapsed) if away else 0.0,
        misfit_for=(0.0 if gap else state.misfit_for + elapsed)
        if code in _MISFIT
        else (state.misfit_for if now is None else 0.0),
    )
    state = _remember(state, t - elapsed, t, None if gap else now, settings)
    if state.unknown_for > settings.unknown_seconds:
        state = _forget(state)
        if gap or away:
            state = _end(state, events)
    if now is not None and gap:
        state = replace(state, unknown_for=0.0)

    state, sustained = _watch(state, t, 0.0 if gap else elapsed, now, settings)
    if state.slouch is None:
        severity = next(
            (level for level in (Grade.SEVERE, Grade.MODERATE, Grade.MILD) if sustained[level - Grade.MILD]), None
        )
        if severity is not None:
            onset = state.watches[severity - Grade.MILD].onset
            assert onset is not None
            over = _time(state.spans, onset, severity, Grade.SEVERE)
            slouch = SlouchSustained(
                t, onset, severity, over, reading.deviation.cause, reading.deviation.change, reading.compared
            )
            state = replace(state, slouch=slouch, watches=(*state.watches[:3], Watch(), Watch()))
            events.append(slouch)
    elif sustained[3] or sustained[4]:
        state = _forget(_end(state, events))

    phase = _phase(state, now, settings)
    if phase is Phase.AWAY and state.phase is not Phase.AWAY:
        state = _forget(_end(state, events))
        events.append(LeftDesk(t))
    if state.phase is Phase.AWAY and phase is not Phase.AWAY and reading.present:
        events.append(CameBack(t))
    if (
        reading.deviation.reason
        and code in _MISFIT
        and state.misfit_for >= settings.outdated_after > state.misfit_for - elapsed
    ):
        events.append(BaselineOutdated(t, reading.deviation.reason.text))
    if phase is not state.phase or first:
        state = replace(state, phase=phase, phase_since=t)
    return state, tuple(events)


def _smooth(state: MonitorState, value: float | None, elapsed: float, settings: MonitorSettings) -> float | None:
    """Exponential smoothing in continuous time, so that jitter of single pictures does not count at any frame rate.

    Between two samples the deviation is taken to change evenly; holding it instead would make a slow rate run ahead.
    """
    if value is None or state.deviation is None or settings.smoothing == 0:
        return state.deviation if value is None else value
    if elapsed > settings.longest_gap or state.unknown_for >= settings.unknown_shown:
        return value  # after a blind moment the old posture says nothing about the new one
    if elapsed == 0:
        return state.deviation
    before = value if state.raw is None else state.raw
    lag = (value - before) / elapsed * settings.smoothing
    return value - lag + (state.deviation - before + lag) * math.exp(-elapsed / settings.smoothing)


def next_alert(state: MonitorState, settings: MonitorSettings) -> float | None:
    """Seconds until a slouch would be told if the posture stays as it is, or None where nothing is under way."""
    if state.t is None or state.slouch is not None or state.grade is None or state.grade < Grade.MILD:
        return None
    waits = [
        watch.onset + seconds - state.t
        for level, watch, seconds in zip(
            (Grade.MILD, Grade.MODERATE, Grade.SEVERE), state.watches[:3], _durations(settings), strict=True
        )
        if watch.onset is not None and state.grade >= level
    ]
    return max(0.0, min(waits)) if waits else None


def _durations(settings: MonitorSettings) -> tuple[float, float, float]:
    return settings.mild_seconds, settings.moderate_seconds, settings.severe_seconds


def _remember(
    state: MonitorState, start: float, end: float, now: Grade | None, settings: MonitorSettings
) -> MonitorState:
    """Add a span, joined to the last one where the grade is the same, and drop what no window reaches any more."""
    oldest = end - max(*_durations(settings), settings.ease_seconds)
    spans = tuple(span for span in state.spans if span.end > oldest)
    if spans and spans[-1].grade is now and spans[-1].end == start:
        spans = (*spans[:-1], replace(spans[-1], end=end))
    elif end > start:
        spans = (*spans, Span(start, end, now))
    return replace(state, spans=spans)


def _forget(state: MonitorState) -> MonitorState:
    """Start every count afresh; a slouch that was told stays told."""
    return replace(state, spans=(), watches=(Watch(),) * 5)


def _end(state: MonitorState, events: list[Event]) -> MonitorState:
    if state.slouch is None or state.t is None:
        return state
    events.append(SlouchEnded(state.t, state.slouch.since))
    return replace(state, slouch=None)


def _time(spans: tuple[Span, ...], since: float, low: Grade, high: Grade) -> float:
    """Seconds since then that were measured from one grade to another."""
    return sum(
        span.end - max(span.start, since)
        for span in spans
        if span.end > since and span.grade is not None and low <= span.grade <= high
    )


def _watch(
    state: MonitorState, t: float, elapsed: float, now: Grade | None, settings: MonitorSettings
) -> tuple[MonitorState, tuple[bool, ...]]:
    """Advance every watch; for each, whether its condition has held for most of its time.

    A watch begins with the first sample that meets its condition, is given up once the condition has failed for the share
    of its time that the majority allows, and is sustained when its whole time has passed, the condition held for the
    majority of the measured part, and enough of it was measured.
    """
    conditions = (
        (settings.mild_seconds, Grade.MILD, Grade.SEVERE),
        (settings.moderate_seconds, Grade.MODERATE, Grade.SEVERE),
        (settings.severe_seconds, Grade.SEVERE, Grade.SEVERE),
        (settings.recover_seconds, Grade.UPRIGHT, Grade.UPRIGHT),
        (settings.ease_seconds, Grade.UPRIGHT, Grade.BETWEEN),
    )
    if now is None:
        return state, (False,) * len(conditions)
    watches, sustained = [], []
    for watch, (seconds, low, high) in zip(state.watches, conditions, strict=True):
        held = False
        if low <= now <= high:
            watch = Watch(t - elapsed if watch.onset is None else watch.onset)
            if watch.onset is not None and t - watch.onset >= seconds:
                measured = _time(state.spans, t - seconds, Grade.UPRIGHT, Grade.SEVERE)
                met = _time(state.spans, t - seconds, low, high)
                held = measured >= settings.coverage * seconds and met >= settings.majority * measured
        elif watch.onset is not None:
            against = watch.against + elapsed
            watch = Watch() if against >= (1 - settings.majority) * seconds else replace(watch, against=against)
        watches.append(watch)
        sustained.append(held)
    first, second, third, fourth, fifth = watches
    return replace(state, watches=(first, second, third, fourth, fifth)), tuple(sustained)


def _phase(state: MonitorState, now: Grade | None, settings: MonitorSettings) -> Phase:
    if state.away_for >= settings.away_seconds:
        return Phase.AWAY
    if now is None:
        flicker = state.unknown_for < settings.unknown_shown and state.grade is not None
        return state.phase if flicker or state.away_for > 0 else Phase.UNKNOWN
    if state.slouch is not None:
        return Phase.RECOVERING if now is Grade.UPRIGHT else Phase.SLOUCHING
    if now >= Grade.MILD or (now is Grade.BETWEEN and state.phase is Phase.DRIFTING):
        return Phase.DRIFTING
    return Phase.UPRIGHT
