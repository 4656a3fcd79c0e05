"""What is known about one moment: the measures, how far from upright that is, or why that is unknown. Values only; pure.

`deviation` is in thresholds: 0 is the baseline (or what counts as upright without one), 1 is where slouching begins, 2
is a severe slouch. Reclining, sitting taller than the baseline and leaning back give at most 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from posturecam.posture.front.judge import Held, Kind
from posturecam.posture.measures import Measure, Measures, Name
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View


@dataclass(frozen=True, slots=True)
class Deviation:
    """Distance from upright, in thresholds, or None with the reason."""

    value: float | None
    reason: Reason | None = None
    cause: Name | None = None
    """The measure that exceeds its threshold the most."""
    change: float | None = None
    """How far that measure is from the baseline. In degrees from the side (from zero without a baseline) and for an
    estimate by the learned estimator; in the measure's own unit, centimeters or degrees, if judged by the face. If geometry judges from the front, a fraction of the baseline's value, negative
    for sinking; it is small, or even of the opposite sign, if only the shoulders sank."""
    probability: float | None = None
    """Probability that the posture is over the threshold, 0 to 1, if an estimate judges: from the face or by the
    learned estimator."""
    kind: Kind | None = None
    """The kind of bad posture that contributes most, if judged by the face."""
    changes: Mapping[Name, float] = field(default_factory=dict)
    """If judged by the face: difference of each measure from the user's own upright posture, in its unit; empty without
    a baseline."""
    looking_down: bool = False
    """Whether the head is bent down farther than in a slouch, and lower than when upright. That hides one: below the threshold, it is no
    sign of sitting up."""


_SIDEWAYS, _ALONE = (Name.HEAD_ROLL, Name.SHOULDER_TILT, Name.HEAD_OFFSET), (Name.HEAD_DISTANCE, Name.BODY_YAW)
_LASTING = 30.0
"""Most seconds for which another cause has to be seen until it is the usual one. Choice: reaching for something, or drinking, is over sooner."""


def _said_alike(one: Name | None, other: Name | None) -> bool:
    """Whether both causes say the same of somebody: that they slouch, lean to a side, are too near, or sit twisted."""
    if one in _SIDEWAYS or other in _SIDEWAYS:
        return one in _SIDEWAYS and other in _SIDEWAYS
    return one == other or (one not in _ALONE and other not in _ALONE)


@dataclass(frozen=True, slots=True)
class UsualCause:
    """What the bad posture of the last seconds mostly was; begin with `UsualCause()`."""

    cause: Name | None = None
    seconds: float = 0.0
    """For how much longer it has lately been seen than others; at most `_LASTING`."""

    def after(self, found: Deviation, seconds: float) -> UsualCause:
        """What it is after a check that stands for these seconds."""
        if self.is_that_of(found):
            return UsualCause(self.cause, min(self.seconds + seconds, _LASTING))
        left = self.seconds - seconds
        return UsualCause(self.cause, left) if left > 0 else UsualCause(found.cause, -left)

    def is_that_of(self, found: Deviation) -> bool:
        """Whether the deviation of a check has about the same cause."""
        return _said_alike(self.cause, found.cause)


NO_CAUSE_YET = UsualCause()


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything known about one moment."""

    t: float
    view: View
    measures: Measures
    deviation: Deviation
    baseline_view: View | None = None
    """The view of the baseline used for the comparison; None without a baseline."""
    seat: float | None = None
    """How far away they have lately sat upright, centimeters; None if only the distance of the baseline is known."""

    @property
    def compared(self) -> bool:
        """Whether a baseline was used."""
        return self.baseline_view is not None

    @property
    def present(self) -> bool | None:
        """Whether somebody was there; None if there was no picture."""
        code = None if self.deviation.reason is None else self.deviation.reason.code
        return None if code is Why.NO_PICTURE else code is not Why.NO_PERSON


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What earlier moments tell about this one besides its picture; by default nothing."""

    moved: bool | None = None
    """Whether the camera was moved since the calibration, judged by the background; None if unknown."""
    tilt: float | None = None
    """Degrees by which it was tilted up since then, if the background shows a tilt; readings are without it."""
    tallest: Held | None = None
    """The user's tallest posture lately, for judging without a baseline."""
    seat: float | None = None
    """How far away they have lately sat upright, centimeters; None if only the distance of the baseline is known."""


NOTHING_KNOWN = Circumstances()


def nothing(t: float, view: View, reason: Reason) -> Reading:
    """The reading of a moment in which nothing can be measured, for one reason."""
    return Reading(t, view, {name: Measure(name, None, reason) for name in Name}, Deviation(None, reason))


def no_person(t: float, view: View = View.UNKNOWN) -> Reading:
    """The reading of a picture without the user."""
    return nothing(t, view, Reason(Why.NO_PERSON))


def no_picture(t: float, problem: str, view: View = View.UNKNOWN) -> Reading:
    """The reading of a moment without a usable picture; `problem` says why ("the camera was unplugged")."""
    return nothing(t, view, Reason(Why.NO_PICTURE, problem=problem))
