"""How long is too long: a pure step from (state, reading) to (new state, events).

Time comes from the readings; nothing here reads a clock. A sample stands for the time since the previous one, so that 2
and 30 pictures a second give the same answer; so does one in which the face is found in every other picture. Time unmeasured for
longer counts as neither good nor bad; nor does looking down for some minutes, unless a slouch shows anyway: somebody
who drops the chin in a slouch has not sat up.

A slouch is sustained once most of some time was over the threshold. A mild one that is hard to see wavers around the
threshold instead, so its average over a longer time counts too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from typing import NamedTuple

from posturecam.config.settings import MonitorSettings
from posturecam.posture.measures import Name
from posturecam.posture.reading import NO_CAUSE_YET, Reading, UsualCause
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View


class Phase(StrEnum):
    """What the person is doing, as far as it is known."""

    UPRIGHT = "upright"
    DRIFTING = "drifting"
    """Over the threshold, but not for long yet."""
    SLOUCHING = "slouching"
    """Over it for long enough for an alert."""
    RECOVERING = "recovering"
    """Alerted; just upright again."""
    AWAY = "away"
    UNKNOWN = "unknown"


class Grade(IntEnum):
    """One sample, graded by its deviation in thresholds."""

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
    """A slouch has lasted long enough for an alert; emitted once per slouch."""

    t: float
    since: float
    severity: Grade
    seconds: float
    """Time measured over the threshold since then, or around it if that was what lasted."""
    cause: Name | None
    change: float | None
    """How far the cause was from the baseline at that moment, in its own unit."""
    compared: bool
    nearer: float | None = None
    """Centimeters by which the head was nearer at that moment than while upright lately, or else in the baseline, if the face
    shows it; negative if farther."""


@dataclass(frozen=True, slots=True)
class SlouchEnded:
    """The slouch is over: the person sat up, improved enough, left, or was lost for long."""

    t: float
    """When that was noticed; if the computer went to sleep during the slouch, the last moment before."""
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
    """The picture has not matched the baseline for a while: a new calibration is needed unless the camera is put back."""

    t: float
    reason: Reason
    view: View
    """The view of that baseline."""


Event = SlouchSustained | SlouchEnded | LeftDesk | CameBack | BaselineOutdated


@dataclass(frozen=True, slots=True)
class GradeSpan:
    """A period of a single grade (None: unmeasured)."""

    start: float
    end: float
    grade: Grade | None
    mean: float = 0.0
    """The mean deviation, in thresholds, counted from 0 up to 1."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A condition that must hold for most of some period: when it began, and for how long it has failed since."""

    onset: float | None = None
    against: float = 0.0


class Watches(NamedTuple):
    """The watches: for a slouch of each severity and, while slouching, for its end."""

    mild: Watch = Watch()
    moderate: Watch = Watch()
    severe: Watch = Watch()
    around: Watch = Watch()
    upright: Watch = Watch()
    eased: Watch = Watch()


NOTHING_WATCHED = Watches()


@dataclass(frozen=True, slots=True)
class MonitorState:
    """Everything the monitor remembers; start with `MonitorState()`."""

    t: float | None = None
    phase: Phase = Phase.UNKNOWN
    phase_since: float = 0.0
    raw: float | None = None
    """The last sample's deviation, in thresholds."""
    deviation: float | None = None
    """The last known deviation, lightly smoothed."""
    grade: Grade | None = None
    """Grade of the slouch."""
    spans: tuple[GradeSpan, ...] = ()
    watches: Watches = NOTHING_WATCHED
    slouch: SlouchSustained | None = None
    away: bool = False
    """Whether `LeftDesk` was emitted, and `CameBack` was not yet."""
    unknown_for: float = 0.0
    away_for: float = 0.0
    misfit_for: float = 0.0
    reason: Reason | None = None
    """Why the last sample is unknown."""
    down_for: float = 0.0
    """For how many seconds the person has lately looked down more than up; at most `longest_look_down`."""
    usual: UsualCause = NO_CAUSE_YET
    near: bool = False
    """Whether the person is over the threshold, or too near it for a slouch to ease; False at a moment in which they sit up."""

    @property
    def phase_seconds(self) -> float:
        """How long the phase has lasted; a slouch counts from its beginning, not from the alert."""
        if self.t is None:
            return 0.0
        since = self.slouch.since if self.slouch is not None and self.phase is Phase.SLOUCHING else self.phase_since
        return self.t - since


def step(state: MonitorState, reading: Reading, settings: MonitorSettings) -> tuple[MonitorState, tuple[Event, ...]]:
    """Process one sample: the new state, and what happened.

    A reading older than the last one (the clock was set back, a clip restarted) resets the state.
    """
    if state.t is not None and reading.t < state.t:
        state = MonitorState()
    t, found = reading.t, reading.deviation
    if found.value is not None and not math.isfinite(found.value):
        found = replace(found, value=None)  # averaged and smoothed, it would never pass again
    elapsed = 0.0 if state.t is None else t - state.t
    gap = elapsed > settings.longest_gap
    suspended = gap and elapsed > settings.unknown_seconds
    smooth = _smooth(state, found.value, elapsed, settings)
    now = None if found.value is None or smooth is None else grade(smooth, settings)
    sits_up = found.value is not None and found.value < settings.exit
    down_for = 0.0 if gap else _looked_down(state.down_for, found.looking_down, elapsed, settings)
    hidden = found.looking_down and down_for < settings.longest_look_down
    shown = None if now is None or (hidden and now < Grade.MILD) else now
    usual = state.usual if now is None or sits_up else state.usual.after(found, 0.0 if gap else elapsed)
    events = list[Event]()
    unknown_for, away_for, misfit_for = _count(state, reading, elapsed, gap, now)
    missed = _missed(state, shown, settings)
    latest = GradeSpan(t - elapsed - missed, t, None if gap else shown, min(max(smooth or 0.0, 0.0), 1.0))
    spans = _remember(_until(state.spans, latest.start) if missed else state.spans, latest, settings)
    watches, slouch, away = state.watches, state.slouch, state.away
    if unknown_for > settings.unknown_seconds:
        spans, watches = (), NOTHING_WATCHED
        # Somebody who is merely hidden for a while has not sat up, though the camera stalls too. After a suspend, or as much time as a
        # slouch takes, nobody knows.
        if suspended or unknown_for >= settings.mild_seconds:
            _end(slouch, state.t if suspended and state.t is not None else t, events)
            slouch = None
    if shown is not None:
        watches, held = _watch(watches, slouch is not None, spans, t, 0.0 if gap else elapsed + missed, shown, settings)
        if held is not None and slouch is not None:
            _end(slouch, t, events)
            slouch, spans, watches = None, (), NOTHING_WATCHED
        elif held is not None and not sits_up and usual.is_that_of(found):  # a reminder shows no passing moment
            slouch = _begin(held, spans, reading, events)
            watches = NOTHING_WATCHED
    if not away and away_for >= settings.away_seconds:
        _end(slouch, t, events)
        slouch, spans, watches, away = None, (), NOTHING_WATCHED, True
        events.append(LeftDesk(t))
    elif away and reading.present:
        away = False
        events.append(CameBack(t))
    if misfit_for >= settings.outdated_after > state.misfit_for and found.reason:
        events.append(BaselineOutdated(t, found.reason, reading.baseline_view or reading.view))
    after = MonitorState(
        t, state.phase, state.phase_since, found.value, smooth, state.grade if now is None else now, spans, watches,
        slouch, away, unknown_for if now is None else 0.0, away_for, misfit_for, found.reason, down_for, usual,
        smooth is not None and smooth >= settings.eased and not sits_up,
    )  # fmt: skip
    phase = _phase(after, now, settings, hidden=shown is None)
    # Nobody knows how they sat during a suspend; a chair that was empty before and after it was empty.
    if phase is not state.phase or state.t is None or (suspended and phase is not Phase.AWAY):
        after = replace(after, phase=phase, phase_since=t)
    return after, tuple(events)


def _missed(state: MonitorState, shown: Grade | None, settings: MonitorSettings) -> float:
    """For how many seconds before this sample the posture was unknown, if the sample stands for them too.

    A face found in every other check, as behind glasses that reflect the screen, shows as much as half as many checks; a time away, nothing.
    """
    most = 0.0 if shown is None or state.away else min(settings.longest_gap, settings.unknown_seconds)
    return state.unknown_for if state.unknown_for < most else 0.0


def _until(spans: tuple[GradeSpan, ...], end: float) -> tuple[GradeSpan, ...]:
    """The periods up to a moment."""
    return tuple(replace(span, end=min(span.end, end)) for span in spans if span.start < end)


def _looked_down(before: float, down: bool, elapsed: float, settings: MonitorSettings) -> float:
    """For how much longer somebody has lately looked down than up: glances up from a book do not restart it."""
    return min(before + elapsed, settings.longest_look_down) if down else max(before - elapsed, 0.0)


def _count(
    state: MonitorState, reading: Reading, elapsed: float, gap: bool, now: Grade | None
) -> tuple[float, float, float]:
    """For how many seconds each has lasted: an unknown posture, nobody there, a picture that does not match the baseline."""
    reason = reading.deviation.reason
    absent = reading.present is False
    seen = 0.0 if gap else elapsed
    if reason is not None and reason.code is Why.CAMERA_MOVED:
        misfit = state.misfit_for + seen
    else:  # other unknown moments neither confirm nor refute it; somebody who left may come back to another picture
        misfit = state.misfit_for if now is None and not absent and not gap else 0.0
    unknown = state.unknown_for + elapsed if gap or now is None else 0.0
    return unknown, (0.0 if gap else state.away_for) + seen if absent else 0.0, misfit


def _begin(held: _Held, spans: tuple[GradeSpan, ...], reading: Reading, events: list[Event]) -> SlouchSustained:
    """Report that a slouch has lasted long enough."""
    found, over = reading.deviation, _time(spans, held.since, held.least, Grade.SEVERE)
    slouch = SlouchSustained(
        reading.t, held.since, max(held.least, Grade.MILD), over, found.cause, found.change, reading.compared, _nearer(reading)
    )  # fmt: skip
    events.append(slouch)
    return slouch


def _nearer(reading: Reading) -> float | None:
    """How much nearer the head is, in the chair as it stands now: one that was pulled up has brought the head nearer too."""
    change = reading.deviation.changes.get(Name.HEAD_DISTANCE)
    if change is None or reading.seat is None:
        return None if change is None else -change
    away = reading.measures[Name.HEAD_DISTANCE].value
    return None if away is None else reading.seat - away


def _smooth(state: MonitorState, value: float | None, elapsed: float, settings: MonitorSettings) -> float | None:
    """Exponential smoothing in continuous time, so that the jitter of single pictures has no effect at any frame rate.

    Between two samples the deviation is taken to change linearly; holding it constant would make a low rate run ahead.
    """
    if value is None or state.deviation is None or settings.smoothing == 0:
        return state.deviation if value is None else value
    if elapsed > settings.longest_gap or (state.unknown_for > 0 and state.unknown_for >= settings.unknown_shown):
        return value  # after a gap the old posture says nothing about the new one
    if elapsed == 0:
        return state.deviation
    before = value if state.raw is None else state.raw
    lag = (value - before) / elapsed * settings.smoothing
    return value - lag + (state.deviation - before + lag) * math.exp(-elapsed / settings.smoothing)


def next_alert(state: MonitorState, settings: MonitorSettings) -> float | None:
    """Seconds until an alert if the posture stays as it is, or None if no slouch is building up."""
    if state.t is None or state.slouch is not None or state.grade is None or state.grade < Grade.BETWEEN:
        return None
    if state.raw is not None and state.spans and state.spans[-1].grade is None:
        return None  # looks down: for as long as that hides the posture, nothing builds up
    severities = (
        (Grade.MILD, state.watches.mild, settings.mild_seconds),
        (Grade.MODERATE, state.watches.moderate, settings.moderate_seconds),
        (Grade.SEVERE, state.watches.severe, settings.severe_seconds),
    )
    waits = [
        _wait(state, watch.onset, seconds, level, settings)
        for level, watch, seconds in severities
        if watch.onset is not None and state.grade >= level
    ]
    around = state.watches.around.onset
    since = state.t - settings.around_seconds
    if around is not None and _wavers(state, settings) and _mean(state.spans, max(around, since)) >= settings.around:
        waits.append(_wait(state, around, settings.around_seconds, Grade.BETWEEN, settings))
    return max(0.0, min(waits)) if waits else None


def _wait(state: MonitorState, onset: float, seconds: float, level: Grade, settings: MonitorSettings) -> float:
    """Seconds until a slouch that began at `onset` has lasted, if every sample from now on is at least of this grade."""
    assert state.t is not None
    since = max(onset, state.t - seconds)
    measured = _time(state.spans, since, Grade.UPRIGHT, Grade.SEVERE)
    missing = settings.majority * measured - _time(state.spans, since, level, Grade.SEVERE)
    majority = missing / (1 - settings.majority) if settings.majority < 1 else seconds
    unmeasured = settings.coverage * seconds - _time(state.spans, state.t - seconds, Grade.UPRIGHT, Grade.SEVERE)
    return max(onset + seconds - state.t, min(majority, seconds), unmeasured)


def _remember(spans: tuple[GradeSpan, ...], latest: GradeSpan, settings: MonitorSettings) -> tuple[GradeSpan, ...]:
    """Add a period, merged with the previous one if nothing is lost by it; drop what no watch reaches back to."""
    oldest = latest.end - max(
        settings.mild_seconds, settings.around_seconds, settings.ease_seconds, settings.recover_seconds
    )
    if spans and spans[0].end <= oldest:
        spans = tuple(span for span in spans if span.end > oldest)
    if spans and _merge(before := spans[-1], latest, settings):
        return *spans[:-1], GradeSpan(before.start, latest.end, latest.grade, _mean((before, latest), before.start))
    return (*spans, latest) if latest.end > latest.start else spans


def _merge(before: GradeSpan, latest: GradeSpan, settings: MonitorSettings) -> bool:
    """Whether two periods may become one.

    If deviations differ, only short ones: the whole has a single mean, and part of it may be older than what is watched.
    """
    if before.grade is not latest.grade or before.end != latest.start:
        return False
    longest = max(settings.ease_seconds / 20, settings.around_seconds / 1000)
    return latest.grade is None or latest.grade >= Grade.MILD or latest.end - before.start <= longest


def _end(slouch: SlouchSustained | None, t: float, events: list[Event]) -> None:
    """Report that the slouch is over, if one was reported."""
    if slouch is not None:
        events.append(SlouchEnded(t, slouch.since))


def _time(spans: tuple[GradeSpan, ...], since: float, low: Grade, high: Grade) -> float:
    """Seconds since `since` that were measured between two grades."""
    return sum(
        span.end - max(span.start, since)
        for span in spans
        if span.end > since and span.grade is not None and low <= span.grade <= high
    )


def _mean(spans: tuple[GradeSpan, ...], since: float) -> float:
    """The mean deviation measured since `since`, in thresholds, counted from 0 up to 1; 0 if nothing was."""
    measured, total = 0.0, 0.0
    for span in spans:
        if span.end > since and span.grade is not None:
            seconds = span.end - max(span.start, since)
            measured, total = measured + seconds, total + seconds * span.mean
    return total / measured if measured > 0 else 0.0


class _Held(NamedTuple):
    """A watched condition has held."""

    least: Grade
    """The least grade that meets it."""
    since: float


class _Condition(NamedTuple):
    """What has to last for how long."""

    name: str
    """Its watch in `Watches`."""
    seconds: float
    low: Grade
    high: Grade
    """The grades that meet it."""
    least_mean: float = 0.0
    """The average deviation must be at least this, in thresholds, counted from 0 up to 1 (`_mean`)."""
    below_mean: float = math.inf
    """And below this."""


def _watch(
    watches: Watches,
    slouching: bool,
    spans: tuple[GradeSpan, ...],
    t: float,
    elapsed: float,
    now: Grade,
    settings: MonitorSettings,
) -> tuple[Watches, _Held | None]:
    """Advance the watches for a slouch, or while slouching those for its end; return the first whose condition has held, severest first."""
    held: _Held | None = None
    for name, seconds, low, high, least_mean, below_mean in _conditions(settings, slouching=slouching):
        before: Watch = getattr(watches, name)
        watch = _advance(before, t, elapsed, low <= now <= high, (1 - settings.majority) * seconds)
        if watch is not before:
            watches = watches._replace(**{name: watch})
        if held is None and watch.onset is not None and low <= now <= high and t - watch.onset >= seconds:
            measured = _time(spans, t - seconds, Grade.UPRIGHT, Grade.SEVERE)
            met = _time(spans, t - seconds, low, high)
            enough = measured >= settings.coverage * seconds and met >= settings.majority * measured
            if enough and least_mean <= _mean(spans, t - seconds) < below_mean:
                # An average says nothing of what was before the time that it covers.
                held = _Held(low, max(watch.onset, t - seconds) if least_mean > 0 else watch.onset)
    return watches, held


def _conditions(settings: MonitorSettings, *, slouching: bool) -> tuple[_Condition, ...]:
    """What begins a slouch, or while slouching what ends it; the severest first."""
    if slouching:
        return (
            _Condition("upright", settings.recover_seconds, Grade.UPRIGHT, Grade.UPRIGHT),
            _Condition("eased", settings.ease_seconds, Grade.UPRIGHT, Grade.BETWEEN, below_mean=settings.eased),
        )
    return (
        _Condition("severe", settings.severe_seconds, Grade.SEVERE, Grade.SEVERE),
        _Condition("moderate", settings.moderate_seconds, Grade.MODERATE, Grade.SEVERE),
        _Condition("mild", settings.mild_seconds, Grade.MILD, Grade.SEVERE),
        _Condition("around", settings.around_seconds, Grade.BETWEEN, Grade.SEVERE, least_mean=settings.around),
    )


def _advance(watch: Watch, t: float, elapsed: float, met: bool, patience: float) -> Watch:
    """The watch after one more sample, which met its condition or did not.

    A watch begins with the first sample that meets its condition, and is abandoned once the condition has failed for as
    long as the majority allows. It has held when its whole time has passed, the condition was met for the majority of
    the measured part, and enough of it was measured.
    """
    if met:
        if watch.onset is None:
            return Watch(t - elapsed)
        return watch if watch.against == 0 else Watch(watch.onset)
    if watch.onset is None:
        return watch
    against = watch.against + elapsed
    return Watch() if against >= patience else Watch(watch.onset, against)


def _phase(state: MonitorState, now: Grade | None, settings: MonitorSettings, *, hidden: bool) -> Phase:
    if state.away:
        return Phase.AWAY
    if now is None:
        flicker = state.unknown_for < settings.unknown_shown and state.grade is not None
        return state.phase if flicker or state.away_for > 0 else Phase.UNKNOWN
    if state.slouch is not None:  # looking down is neither sitting up nor sinking back
        sat_up = state.phase is Phase.RECOVERING if hidden else now is Grade.UPRIGHT
        return Phase.RECOVERING if sat_up else Phase.SLOUCHING
    if now is Grade.BETWEEN:
        still = state.phase is Phase.DRIFTING and state.watches.mild.onset is not None
        return Phase.DRIFTING if still or _wavers(state, settings) else Phase.UPRIGHT
    return Phase.DRIFTING if now >= Grade.MILD else Phase.UPRIGHT


def _wavers(state: MonitorState, settings: MonitorSettings) -> bool:
    """Whether the average has been around the threshold for as long as it takes for a slouch to ease, or at least for half of the wait."""
    lasting = min(settings.ease_seconds, settings.around_seconds / 2)
    onset, since = state.watches.around.onset, (state.t or 0.0) - lasting
    return onset is not None and onset <= since and _mean(state.spans, since) >= settings.around
