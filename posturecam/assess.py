"""One look judged: pose and baseline in, reading out. A reading says how far from upright, or why it cannot tell.

`deviation` is measured in thresholds: 0 is the baseline (or what counts as upright without one), 1 is where slouching
begins, 2 is a severe slouch. Reclining, sitting taller than the baseline and leaning back are at most 0.
"""

from __future__ import annotations

from dataclasses import dataclass

from posturecam.baseline import Baseline, needed
from posturecam.measures import Measure, Measures, Name, Reason, Why, measure
from posturecam.pose import Pose
from posturecam.settings import Settings
from posturecam.view import View


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far from upright, in thresholds, or None with the reason."""

    value: float | None
    reason: Reason | None = None
    cause: Name | None = None
    """The measure that is furthest over its threshold."""
    change: float | None = None
    """How far that measure is from the baseline: degrees from the side (from zero without a baseline), a share of the
    baseline's value from the front, where sinking is negative. Small, even of the other sign, where another bound was
    crossed: the absolute one of the trunk, or sunken shoulders."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything known about one moment."""

    t: float
    view: View
    measures: Measures
    deviation: Deviation
    compared: bool = False
    """Whether a baseline was used; without one only a side view can be judged."""

    @property
    def present(self) -> bool | None:
        """Whether somebody was there; None where there was no picture to tell from."""
        reason = self.deviation.reason
        if reason is not None and reason.code is Why.NO_PICTURE:
            return None
        return reason is None or reason.code is not Why.NO_PERSON


def _nothing(t: float, view: View, reason: Reason) -> Reading:
    return Reading(t, view, {name: Measure(name, None, reason) for name in Name}, Deviation(None, reason))


def no_person(t: float, view: View = View.UNKNOWN) -> Reading:
    """The reading of a picture without the user."""
    return _nothing(t, view, Reason(Why.NO_PERSON, "I see nobody"))


def no_picture(t: float, problem: str, view: View = View.UNKNOWN) -> Reading:
    """The reading of a moment without a usable picture; `problem` says why ("the camera was unplugged")."""
    return _nothing(t, view, Reason(Why.NO_PICTURE, problem))


def assess(pose: Pose, view: View, baseline: Baseline | None, settings: Settings) -> Reading:
    """Judge one pose seen from one view, against the baseline where there is one."""
    measures = measure(pose, view, settings)
    if baseline is not None:
        misfit = _misfit(pose, view, measures, baseline, settings)
        if misfit is not None:
            return Reading(pose.t, view, measures, Deviation(None, misfit), compared=True)
    return Reading(pose.t, view, measures, deviation(measures, view, baseline, settings), compared=baseline is not None)


def deviation(
    measures: Measures, view: View, baseline: Baseline | None, settings: Settings, *, gates: bool = True
) -> Deviation:
    """How far from upright these measures are, seen from this view.

    `gates=False` leaves out the comparability gates of the front view, for the calibration itself.
    """
    if view is View.UNKNOWN:
        return Deviation(None, Reason(Why.VIEW_UNKNOWN, "I cannot tell yet from where the camera looks"))
    if baseline is None and not view.is_side:
        text = f"from {_whence(view)} I can only compare: calibrate your upright posture first (posturecam calibrate)"
        return Deviation(None, Reason(Why.NO_BASELINE, text))
    by_angle = baseline is None or baseline.by_angle
    for name in needed(by_angle):
        reason = measures[name].reason
        if reason is not None:
            return Deviation(None, reason)
    if baseline is None or by_angle:
        return _by_angle(measures, baseline, settings)
    return _by_indices(measures, baseline, settings, gates)


def _whence(view: View) -> str:
    return "the front" if view is View.FRONT else "an oblique view"


def _by_angle(measures: Measures, baseline: Baseline | None, settings: Settings) -> Deviation:
    side = settings.side
    neck = _value(measures, Name.NECK_INCLINATION)
    assert neck is not None  # `needed` was checked
    if baseline is None:
        neck_change, found = (
            neck,
            [((neck - side.neck_upright) / (side.neck_absolute - side.neck_upright), Name.NECK_INCLINATION, neck)],
        )
    else:
        neck_change = neck - baseline.values[Name.NECK_INCLINATION]
        found = [(neck_change / side.neck_change, Name.NECK_INCLINATION, neck_change)]
    trunk = _value(measures, Name.TRUNK_INCLINATION)  # unknown hips leave the trunk out and the neck in
    if trunk is not None:
        upright = baseline.values.get(Name.TRUNK_INCLINATION) if baseline is not None else None
        found.append(
            (trunk / side.trunk_absolute, Name.TRUNK_INCLINATION, trunk if upright is None else trunk - upright)
        )
        if upright is not None:
            found.append(((trunk - upright) / side.trunk_change, Name.TRUNK_INCLINATION, trunk - upright))
    value, cause, change = max(found)
    return Deviation(value, None, cause, change)


def _by_indices(measures: Measures, baseline: Baseline, settings: Settings, gates: bool) -> Deviation:
    front, then = settings.front, baseline.values
    now = {name: measures[name].value or 0.0 for name in needed(by_angle=False)}  # none is None: `needed` was checked
    fall = 1 - now[Name.SLUMP_INDEX] / then[Name.SLUMP_INDEX]
    sink = then[Name.SHOULDER_HEIGHT] - now[Name.SHOULDER_HEIGHT]
    grown = now[Name.HEAD_FORWARD_INDEX] / then[Name.HEAD_FORWARD_INDEX] - 1
    bent = now[Name.NOSE_DROP] - then[Name.NOSE_DROP]
    if gates and bent >= front.head_bent and sink < front.bent_sink:
        return Deviation(None, Reason(Why.HEAD_BENT, "your head is bent down, which from here looks like slouching"))
    evidence = fall + min(sink, front.sink_share * max(fall, 0.0)) + front.forward_share * max(grown, 0.0)
    cause = Name.HEAD_FORWARD_INDEX if front.forward_share * grown > max(fall, sink) else Name.SLUMP_INDEX
    change = grown if cause is Name.HEAD_FORWARD_INDEX else -fall
    if evidence <= front.slump:
        return Deviation(evidence / front.slump, None, cause, change)
    return Deviation(1 + (evidence - front.slump) / (front.deep_slump - front.slump), None, cause, change)


def _value(measures: Measures, name: Name) -> float | None:
    return measures[name].value


def _misfit(pose: Pose, view: View, measures: Measures, baseline: Baseline, settings: Settings) -> Reason | None:
    """Why this look cannot be compared with the baseline at all, or None."""
    if abs(pose.width / pose.height - baseline.width / baseline.height) > 0.01:
        return Reason(
            Why.CAMERA_MOVED,
            f"the picture is {pose.width}×{pose.height} now and was {baseline.width}×{baseline.height} when you calibrated",
        )
    if view is not baseline.view:
        if view is View.UNKNOWN:
            return Reason(Why.VIEW_UNKNOWN, "I cannot tell yet from where the camera looks")
        return Reason(
            Why.CAMERA_MOVED, f"you are seen from {_spoken(view)}, and were calibrated from {_spoken(baseline.view)}"
        )
    if view is View.FRONT:  # obliquely, leaning forward tilts both lines as well
        rolls = [_change(measures, baseline, name) for name in (Name.HEAD_ROLL, Name.SHOULDER_TILT)]
        together = [roll for roll in rolls if roll is not None]
        if len(together) == 2 and min(map(abs, together)) > settings.fit.rolled and together[0] * together[1] > 0:
            return Reason(Why.CAMERA_MOVED, "head and shoulders are tilted together: the camera seems turned")
    return None if baseline.by_angle else _moved(measures, baseline, settings)


def _moved(measures: Measures, baseline: Baseline, settings: Settings) -> Reason | None:
    """Why the frontal indices cannot be compared, or None: they need about the same distance and camera."""
    fit = settings.fit
    nearer = _value(measures, Name.APPROACH)
    if nearer is not None and Name.APPROACH in baseline.values:
        ratio = nearer / baseline.values[Name.APPROACH]
        if ratio > settings.front.approach_high:
            return Reason(Why.TOO_NEAR, f"you are {ratio:.1f} times nearer to the camera than when you calibrated")
        if ratio < settings.front.approach_low:
            return Reason(
                Why.TOO_FAR, f"you are {1 / ratio:.1f} times further from the camera than when you calibrated"
            )
    sunk, fallen = _change(measures, baseline, Name.SHOULDER_HEIGHT), _value(measures, Name.SLUMP_INDEX)
    if sunk is not None and fallen is not None and Name.SLUMP_INDEX in baseline.values:
        fall = 1 - fallen / baseline.values[Name.SLUMP_INDEX]
        if abs(sunk) > fit.sunk and fall < fit.sunk_fall:
            return Reason(
                Why.CAMERA_MOVED, "your shoulders are elsewhere in the picture: the camera or the chair was moved"
            )
    return None


def _change(measures: Measures, baseline: Baseline, name: Name) -> float | None:
    now = measures[name].value
    return None if now is None or name not in baseline.values else now - baseline.values[name]


def _spoken(view: View) -> str:
    return {
        View.FRONT: "the front",
        View.OBLIQUE_LEFT: "your front left",
        View.OBLIQUE_RIGHT: "your front right",
        View.SIDE_LEFT: "your left side",
        View.SIDE_RIGHT: "your right side",
        View.UNKNOWN: "somewhere",
    }[view]
