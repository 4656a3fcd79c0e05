"""Judges conditions, faults and depth from the measures: yes, no, or unknown."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from posturecam.coach.condition import START_VALUES, BoundKind, Condition
from posturecam.coach.exercise import Depth, Exercise, FormFault
from posturecam.coach.judging.viewpoint import foreshortening, shortening
from posturecam.coach.stretch_measures import MEASURES, StretchMeasure
from posturecam.config.settings import StretchSettings
from posturecam.posture.measures import DEGREES
from posturecam.posture.reasons import Reason

Sample = tuple[float, Mapping[str, float]]
"""A time in seconds, and the measures that were known then."""
SETTLED_WINDOW = 0.7
"""Seconds for which a pose must not have changed before form is judged: on the way up the head leaves the floor by 0.3
T0 per second."""
SETTLED_FROM = 4.0
"""Seconds; in shorter holds form is judged in motion, since there is no time to settle."""
MOVING = 0.25
"""Share of the way into the pose that counts as moving, if it was covered between the two halves of half a second. Choice: the
whole way in a second; a head at rest varies by a tenth of this share."""
ROUNDING = 1e-6
"""By how much sums of seconds may miss a duration that they add up to."""


@dataclass(frozen=True, slots=True, eq=False)
class ConditionInputs:
    """The inputs of a condition."""

    measures: Mapping[str, StretchMeasure]
    start: Mapping[str, float]
    """Values of the start pose; empty before it."""
    best: float | None = None
    """The user's own best depth in earlier repetitions, for shares."""
    samples: tuple[Sample, ...] = ()
    """Oldest first, the current one last."""
    returned: float | None = None
    """How far the depth has come back from the deepest of this hold, in its own unit; None if unknown."""
    off_side: float | None = None
    """How far the camera is off the exact side view, degrees; None from the front, or if unknown."""

    def applicable(self, condition: Condition) -> Condition:
        """The condition, or its substitute if the start pose it compares with is unknown."""
        return condition if condition.measure in self.start else condition.unstarted or condition

    def value(self, condition: Condition | Depth) -> float | None:
        """The quantity compared with the bounds, or None if it is unknown."""
        if condition.kind is BoundKind.RETURN:
            return self.returned
        now = self.measures.get(condition.measure)
        if now is None or now.value is None:
            return None
        if condition.kind is BoundKind.VALUE:
            return now.value
        if condition.kind in (BoundKind.CHANGE, BoundKind.RATIO):
            then = self.start.get(condition.measure)
            if then is None or (condition.kind is BoundKind.RATIO and abs(then) < ROUNDING):
                return None
            return now.value - then if condition.kind is BoundKind.CHANGE else now.value / then
        if condition.kind is BoundKind.SHARE:
            return None if not self.best else now.value / self.best
        assert isinstance(condition, Condition)
        assert condition.window is not None
        series = series_of(self.samples, condition.measure, condition.window)
        return swing(series) if condition.kind is BoundKind.SWING else speed(series, condition.window)


def is_wrong(conditions: Iterable[Condition], evidence: ConditionInputs, *, already: bool = False) -> bool | None:
    """Whether a mistake is present whatever the camera angle hides; None if part of it is unknown.

    Off the exact side view, lines towards the camera are foreshortened, so the true value may be anywhere within its
    uncertainty. It is a mistake only if all these values are wrong: otherwise the coach might be correcting the camera
    angle.
    """
    held = verdict(conditions, evidence, already=already)
    if not held or evidence.off_side is None:
        return held
    for condition in map(evidence.applicable, conditions):
        value = evidence.value(condition)
        if value is None or condition.measure in TELLING_THE_VIEW:
            continue
        doubt = uncertainty(condition, value, evidence.off_side)
        if not all(condition.holds(one, already) for one in (value - doubt, value + doubt)):
            return False
    return True


def uncertainty(condition: Condition, value: float, off_side: float) -> float:
    """The largest error of a value caused by a camera off the exact side view, in the value's own unit."""
    measure = MEASURES[condition.measure]
    if measure.unit == DEGREES and not condition.kind.windowed:
        lines = max(len(measure.joint) - 1, 1)  # a joint's angle is between two
        return lines * foreshortening(off_side)
    return abs(value) * shortening(off_side)


TELLING_THE_VIEW = frozenset({"shoulder_width"})
"""Measures that reveal the camera angle, and are therefore not made uncertain by it."""

Series = list[tuple[float, float]]
"""Times in seconds and values, oldest first."""


def series_of(samples: Sequence[Sample], measure: str, window: float) -> Series:
    """One measure over the last `window` seconds, including the sample at or just before their beginning."""
    series: Series = []
    for t, values in reversed(samples):
        if measure in values:
            series.append((t, values[measure]))
            if t < series[0][0] - window + ROUNDING:
                break
    series.reverse()
    return series


def swing(series: Series) -> float:
    """Movement there and back: the smaller of the largest rise and the largest fall. A steady drift has only one of them."""
    rise = fall = 0.0
    if series:
        low = high = series[0][1]
        for _, value in series:
            rise, fall = max(rise, value - low), max(fall, high - value)
            low, high = min(low, value), max(high, value)
    return min(rise, fall)


def spread(series: Series) -> float:
    """The largest value minus the smallest."""
    values = [value for _, value in series]
    return max(values) - min(values) if values else 0.0


def speed(series: Series, window: float) -> float | None:
    """Absolute change per second, averaged over the window; None while the series is shorter than the window.

    The value at the window's beginning is interpolated between the two samples around it, so that it does not depend on
    the rate.
    """
    if not series or series[-1][0] - series[0][0] < window - ROUNDING:
        return None
    end, last = series[-1]
    begin = end - window
    (t0, v0), (t1, v1) = series[0], series[1]
    first = v0 if t1 - t0 < ROUNDING else v0 + (v1 - v0) * min(max((begin - t0) / (t1 - t0), 0.0), 1.0)
    return abs(last - first) / window


def verdict(
    conditions: Iterable[Condition], evidence: ConditionInputs, *, already: bool = False, advisory: bool = True
) -> bool | None:
    """Whether all conditions hold: False as soon as one is known not to; None if none is, but something is unknown.

    Args:
        conditions: What must hold.
        evidence: The inputs.
        already: Judge by the exit bounds.
        advisory: Whether to include advisory conditions.
    """
    unknown = False
    for condition in conditions:
        if condition.advisory and not advisory:
            continue
        condition = evidence.applicable(condition)
        value = evidence.value(condition)
        if value is None:
            unknown |= not (
                condition.advisory or condition.if_seen or (condition.kind is BoundKind.SHARE and not evidence.best)
            )
        elif not condition.holds(value, already):
            return False
    return None if unknown else True


def unmet(conditions: Iterable[Condition], evidence: ConditionInputs) -> Condition | None:
    """The first condition that is known not to hold."""
    return next(_all_unmet(conditions, evidence), None)


def hint_into(conditions: Iterable[Condition], evidence: ConditionInputs) -> str | None:
    """What to correct to get into a pose, if nothing is missing but what has a hint: whoever has not begun needs no correction."""
    hints = [condition.hint for condition in _all_unmet(conditions, evidence)]
    return hints[0] if hints and all(hints) else None


def _all_unmet(conditions: Iterable[Condition], evidence: ConditionInputs) -> Iterator[Condition]:
    """The conditions that are known not to hold, in their order."""
    for condition in conditions:
        applied = evidence.applicable(condition)
        value = evidence.value(applied)
        if value is not None and not applied.holds(value):
            yield condition


def is_part_way(conditions: Iterable[Condition], evidence: ConditionInputs, least: float) -> bool:
    """Whether all that is still missing has come at least this share of the way from the start pose to its bound."""
    ways = _ways(conditions, evidence)
    return bool(ways) and all(least <= way <= 1.0 for way in ways)


def is_on_far_side(conditions: Iterable[Condition], evidence: ConditionInputs, least: float) -> bool:
    """Whether a condition not yet met is further from its bound than the start pose is, by at least this share of the way."""
    return any(way <= -least for way in _ways(conditions, evidence))


def has_turned(conditions: Iterable[Condition], evidence: ConditionInputs) -> bool:
    """Whether a measure that should stay as in the start pose, and is known, is past either of its bounds, as when the user has turned since."""
    stays = [one for one in conditions if one.if_seen and one.is_relative and None not in (one.at_least, one.at_most)]
    values = [(one, evidence.value(one)) for one in stays if one.measure in evidence.start]
    return any(value is not None and not one.holds(value) for one, value in values)


def _ways(conditions: Iterable[Condition], evidence: ConditionInputs) -> list[float]:
    """For each condition known not to hold yet, how far it has come from the start pose (0) to its bound (1); empty if that is unknown for one of them."""
    ways = []
    for condition in map(evidence.applicable, conditions):
        value = evidence.value(condition)
        if value is None or condition.holds(value):
            continue
        start = evidence.start.get(condition.measure)
        share = None if start is None or not evidence.best else start / evidence.best
        begin = {
            BoundKind.VALUE: start,
            **START_VALUES,
            BoundKind.SHARE: share,
        }.get(condition.kind)
        low = condition.at_least is not None and value < condition.at_least
        bound = condition.at_least if low else condition.at_most
        if begin is None or bound is None or abs(bound - begin) < ROUNDING:
            return []
        ways.append((value - begin) / (bound - begin))
    return ways


def why_unknown(conditions: Iterable[Condition], measures: Mapping[str, StretchMeasure]) -> Reason | None:
    """Why the first unknown measure of these conditions is unknown."""
    for condition in conditions:
        measure = measures.get(condition.measure)
        waived = condition.advisory or condition.if_seen
        if not waived and measure is not None and measure.reason is not None:
            return measure.reason
    return None


@dataclass(frozen=True, slots=True)
class FaultWatch:
    """One fault being watched."""

    present_for: float = 0.0
    """Seconds since it was last clearly absent."""
    absent_for: float = 0.0
    unknown_for: float = 0.0
    """Seconds for which part of it has not been seen."""
    told: bool = False
    """Whether it has lasted, and is not over yet."""


def watch_fault(
    watch: FaultWatch, fault: FormFault, present: bool | None, elapsed: float, settings: StretchSettings
) -> FaultWatch:
    """One step of watching a fault; while it is unknown for a moment (None), it is neither present nor gone."""
    if present is None:
        unknown_for = watch.unknown_for + elapsed
        return FaultWatch() if unknown_for >= settings.lost_after else replace(watch, unknown_for=unknown_for)
    if not present:
        gone = watch.absent_for + elapsed
        if gone >= settings.fault_clearing or not watch.told:
            return FaultWatch()
        return replace(watch, absent_for=gone, unknown_for=0.0)
    # Its first check has no known duration.
    lasted = watch.present_for + elapsed if watch.present_for else ROUNDING
    lasting = settings.fault_lasting if fault.lasting is None else fault.lasting
    return FaultWatch(lasted, told=watch.told or lasted >= lasting - ROUNDING)


def kept_depth(samples: Sequence[Sample], depth: Depth, seconds: float, since: float) -> float | None:
    """The depth kept throughout the last `seconds`, which is the worst of them; None before that much time has passed.

    The samples hold the depth under the name "depth".
    """
    values = _throughout(samples, DEPTH, seconds, since)
    return (max(values) if depth.better == "lower" else min(values)) if values else None


def kept_reach(samples: Sequence[Sample], seconds: float, since: float) -> float | None:
    """The same for how far the fingertips reached throughout, from the hip: 1 is the knee, 2 the ankle."""
    return min(_throughout(samples, REACH, seconds, since), default=None)


def _throughout(samples: Sequence[Sample], name: str, seconds: float, since: float) -> list[float]:
    """The values of the last `seconds`; none before that much time has passed."""
    series = [pair for pair in series_of(samples, name, seconds) if pair[0] >= since - ROUNDING]
    whole = series and series[-1][0] - series[0][0] >= seconds - ROUNDING
    return [value for _, value in series] if whole else []


REACH = "reach"
"""The measure of how far the fingertips reach."""
DEPTH = "depth"
"""The name under which a sample holds the depth, as its own kind of quantity."""


def watched(exercise: Exercise) -> frozenset[str]:
    """The measures whose samples are kept: those of mistakes, those used for stillness, and those compared with the start pose."""
    conditions = [condition for fault in exercise.faults for condition in fault.when]
    conditions += [one for one in exercise.enter.conditions if one.is_relative]
    reach = {REACH} if exercise.depth and exercise.depth.reach else set()
    return frozenset({one.measure for one in conditions} | {still_measure(exercise)} | reach)


def still_measure(exercise: Exercise) -> str:
    """The measure by which stillness is judged."""
    return exercise.depth.measure if exercise.depth else exercise.enter.conditions[0].measure


def is_still(samples: Sequence[Sample], exercise: Exercise, settings: StretchSettings, since: float) -> bool:
    """Whether the pose hardly changed in the last moments before it was lost, since `since` at the earliest."""
    return _varies_little(samples, still_measure(exercise), settings.still_window, since, settings)


def is_moving(exercise: Exercise, samples: Sequence[Sample], seconds: float) -> bool:
    """Whether the user moved in the last `seconds`: by a share of the way into the pose, in a measure compared with the start pose."""
    for condition in exercise.enter.conditions:
        values = [value for _, value in series_of(samples, condition.measure, seconds)]
        half = len(values) // 2
        if not condition.is_relative or condition.advisory or condition.if_seen or not half:
            continue
        before, after = statistics.median(values[:half]), statistics.median(values[-half:])
        bounds = [bound for bound in (condition.at_least, condition.at_most) if bound is not None]
        if condition.kind is BoundKind.RATIO:
            bounds = [(bound - 1.0) * before for bound in bounds]
        if abs(after - before) > MOVING * min(map(abs, bounds)):
            return True
    return False


def is_settled(
    samples: tuple[Sample, ...], exercise: Exercise, fault: FormFault, settings: StretchSettings, since: float
) -> bool:
    """Whether the pose and the measures of this fault have stopped moving: on the way in and out nothing is a mistake of form.

    Coming up, the forehead leaves the floor first; going down, the hips are high at first. Faults judged by swing or
    speed are judged in motion, and holds of a few seconds have no time to settle.
    """
    if exercise.dose.hold < SETTLED_FROM or any(one.kind.windowed for one in fault.when):
        return True
    names = {still_measure(exercise), *(one.measure for one in fault.when)}
    return all(_varies_little(samples, name, SETTLED_WINDOW, since, settings) for name in names)


def _varies_little(
    samples: Sequence[Sample], name: str, window: float, since: float, settings: StretchSettings
) -> bool:
    series = [pair for pair in series_of(samples, name, window) if pair[0] >= since - ROUNDING]
    limit = settings.still_degrees if MEASURES[name].unit == DEGREES else settings.still_ratio
    return len(series) > 1 and series[-1][0] - series[0][0] >= window / 2 and spread(series) <= limit
