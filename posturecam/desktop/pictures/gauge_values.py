"""What the gauges show: values against the upright posture and the limits, in numbers and in words. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from posturecam.config.settings import Settings
from posturecam.i18n.translate import joined, mark, quantity, tr
from posturecam.i18n.words import CLAUSES
from posturecam.posture.baseline import Baseline
from posturecam.posture.front.thresholds import thresholds
from posturecam.posture.geometric.angles import bounds
from posturecam.posture.learned.decision import change_limits
from posturecam.posture.measures import CENTIMETERS, DEGREES, Measure, Name
from posturecam.posture.reading import Deviation, Reading
from posturecam.posture.view import View

PERCENT = "%"
_CHANGE_RANGE = (-10, 40)
"""Range of the scale for an estimated change, degrees."""

_SIDE = (Name.NECK_INCLINATION, Name.TRUNK_INCLINATION, Name.NECK_FLEXION, Name.CRANIOVERTEBRAL_ANGLE)
_BY_ANGLE = (Name.NECK_INCLINATION, Name.TRUNK_INCLINATION)
_BY_INDICES = (Name.SLUMP_INDEX, Name.HEAD_FORWARD_INDEX)
_FRONT = (*_BY_INDICES, Name.HEAD_ROLL, Name.SHOULDER_TILT)
_BY_FACE = (Name.NECK_HEIGHT, Name.HEAD_DISTANCE, Name.HEAD_ROLL, Name.HEAD_PITCH)

_TITLES: Mapping[Name, str] = {
    Name.NECK_INCLINATION: mark("Neck inclination"),
    Name.TRUNK_INCLINATION: mark("Trunk inclination"),
    Name.NECK_FLEXION: mark("Neck flexion"),
    Name.CRANIOVERTEBRAL_ANGLE: mark("Craniovertebral angle (estimate)"),
    Name.SLUMP_INDEX: mark("Ears above shoulders"),
    Name.HEAD_FORWARD_INDEX: mark("Head against shoulders"),
    Name.HEAD_ROLL: mark("Head tilted sideways"),
    Name.SHOULDER_TILT: mark("Shoulders tilted"),
    Name.NECK_HEIGHT: mark("Head above shoulders"),
    Name.HEAD_DISTANCE: mark("Distance from the screen"),
    Name.HEAD_PITCH: mark("Looking down"),
    Name.HEAD_OFFSET: mark("Head off the middle"),
    Name.BODY_YAW: mark("Turned away from the screen"),
}
_CHANGES: Mapping[Name, str] = {
    Name.NECK_INCLINATION: mark("Neck, further forward (estimate)"),
    Name.TRUNK_INCLINATION: mark("Trunk, further forward (estimate)"),
    Name.NECK_FLEXION: mark("Neck, further bent (estimate)"),
}
_RANGES: Mapping[Name, tuple[float, float]] = {
    Name.NECK_INCLINATION: (-10, 60),
    Name.TRUNK_INCLINATION: (-30, 60),
    Name.NECK_FLEXION: (-20, 60),
    Name.CRANIOVERTEBRAL_ANGLE: (25, 75),
    Name.SLUMP_INDEX: (50, 120),
    Name.HEAD_FORWARD_INDEX: (70, 150),
    Name.HEAD_ROLL: (-30, 30),
    Name.SHOULDER_TILT: (-30, 30),
    Name.NECK_HEIGHT: (8, 26),
    Name.HEAD_DISTANCE: (20, 120),
    Name.HEAD_PITCH: (-20, 50),
    Name.HEAD_OFFSET: (-25, 25),
    Name.BODY_YAW: (-90, 90),
}
"""Range of each gauge's scale, degrees, centimeters or percent of upright: the usual range at a desk; values beyond it
are shown at its end."""


@dataclass(frozen=True, slots=True)
class Dial:
    """What one gauge shows."""

    title: str
    low: float
    high: float
    """Lowest and highest value of the scale."""
    unit: str
    value: float | None = None
    reason: str | None = None
    """Why there is no value, completing "unknown, because …"."""
    spread: float = 0.0
    """One standard deviation, 0 if unknown."""
    upright: float | None = None
    """Value of the baseline; None without one."""
    beyond: tuple[tuple[float, float], ...] = ()
    """The parts of the scale that count as slouching by themselves."""
    name: Name | None = None
    """The measure, for its explanation."""
    judged: bool = True
    """False while the posture as a whole is unknown: then no single measure is good or bad either."""

    @property
    def out(self) -> bool:
        """Whether the value lies where it counts as slouching."""
        if not self.judged or self.value is None:
            return False
        shown = min(max(self.value, self.low), self.high)
        return any(start <= shown <= end for start, end in self.beyond)

    @property
    def value_text(self) -> str:
        """The value with its unit and uncertainty, or "unknown"."""
        if self.value is None:
            return tr("unknown")
        written = self._number(self.value)
        return f"{written} ±{self._number(self.spread)}" if self.spread else written

    @property
    def spoken(self) -> str:
        """The gauge in words, for screen readers."""
        if self.value is None:
            return tr("unknown, because {why}").format(why=tr(self.reason or ""))
        said = [self.value_text]
        if self.upright is not None:
            said.append(tr("upright {value}").format(value=self._number(self.upright)))
        said += [self._limit(start, end) for start, end in self.beyond]
        if self.out:
            said.append(tr("beyond the limit"))
        return joined(CLAUSES, said)

    def _limit(self, start: float, end: float) -> str:
        if start <= self.low:
            return tr("slouching below {value}").format(value=self._number(end))
        return tr("slouching from {value}").format(value=self._number(start))

    def _number(self, value: float) -> str:
        return quantity(value, self.unit, 0).replace("-", "−")  # a true minus sign


def dials(reading: Reading, baseline: Baseline | None, settings: Settings) -> tuple[Dial, ...]:
    """The measures known from this view, against the baseline if there is one; none while the view is unknown."""
    if reading.view is View.UNKNOWN:
        return ()
    fitting = baseline if baseline is not None and baseline.view is reading.view else None
    judged = reading.deviation.value is not None
    names = _BY_FACE if _by_face(reading) else _names(reading.view, fitting)
    cause = reading.deviation.cause
    if cause is not None and cause in _TITLES and cause not in names:  # whatever an alert mentions has its gauge
        names = (cause, *names)
    found = [_dial(reading.measures[name], fitting, settings) for name in names]
    # Where an estimate judges, the ratios mean nothing by themselves.
    if reading.deviation.probability is not None and not _by_face(reading):
        found = [_estimated(reading.deviation, settings)] + [
            replace(dial, beyond=() if dial.unit == PERCENT else dial.beyond) for dial in found
        ]
    return tuple(replace(dial, judged=judged) for dial in found)


def _estimated(deviation: Deviation, settings: Settings) -> Dial:
    """The estimated change that is nearest to its limit, or farthest beyond it."""
    low, high = _CHANGE_RANGE
    cause = deviation.cause or Name.NECK_INCLINATION
    beyond = ((change_limits(settings)[cause], high),)
    return Dial(tr(_CHANGES[cause]), low, high, DEGREES, deviation.change, None, 0.0, 0.0, beyond, cause)


def _by_face(reading: Reading) -> bool:
    """Whether the face judges, or would if it could."""
    return not reading.view.is_side and reading.measures[Name.HEAD_DISTANCE].value is not None


def _names(view: View, baseline: Baseline | None) -> tuple[Name, ...]:
    """The measures judged from this view; obliquely that depends on the calibration."""
    if view.is_side:
        return _SIDE
    if view.is_oblique:
        return _BY_ANGLE if baseline is None or baseline.by_angle else _BY_INDICES
    return _FRONT


def _dial(measure: Measure, baseline: Baseline | None, settings: Settings) -> Dial:
    name, title = measure.name, tr(_TITLES[measure.name])
    low, high = _RANGES[name]
    upright = None if baseline is None else baseline.values.get(name)
    reason: str | None = None if measure.reason is None else measure.reason.text
    if measure.unit in (DEGREES, CENTIMETERS):
        beyond = _beyond(name, upright, baseline, settings)
        return Dial(
            title, low, high, measure.unit, measure.value, reason, measure.uncertainty or 0.0, upright, beyond, name
        )
    if upright is None:
        reason = reason or mark("I can only compare it with your upright posture: calibrate first")
        return Dial(title, low, high, PERCENT, None, reason, name=name)
    value = None if measure.value is None else 100 * measure.value / upright
    limit = ((low, 100 * (1 - settings.front.slump)),) if name is Name.SLUMP_INDEX else ()
    return Dial(title, low, high, PERCENT, value, reason, 0.0, 100.0, limit, name)


def _beyond(
    name: Name, upright: float | None, baseline: Baseline | None, settings: Settings
) -> tuple[tuple[float, float], ...]:
    low, high = _RANGES[name]
    limits = thresholds(settings)
    if name is Name.NECK_HEIGHT:
        return ((low, limits.absolute if upright is None else upright - limits.sinking),)
    if name is Name.HEAD_DISTANCE:
        return () if upright is None else ((low, upright * math.exp(-limits.near)),)
    if name is Name.HEAD_PITCH:  # looking down is not a slouch in itself
        return ()
    either_way = {
        Name.HEAD_ROLL: settings.front.lateral,
        Name.SHOULDER_TILT: settings.front.lateral,
        Name.HEAD_OFFSET: limits.offset,
        Name.BODY_YAW: limits.twist,
    }
    if name in either_way:
        by = either_way[name]
        return () if upright is None else ((low, upright - by), (upright + by, high))
    limit = next((limit for judged, _, limit in bounds(baseline, settings) if judged is name), None)
    return () if limit is None or limit >= high else ((limit, high),)
