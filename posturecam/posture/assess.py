"""Judges one check: pose and baseline in, reading out. A reading says how far from upright the posture is, or why that is unknown.

`deviation` is in thresholds: 0 is the baseline (or what counts as upright without one), 1 is where slouching begins, 2
is a severe slouch. Reclining, sitting taller than the baseline and leaning back give at most 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from posturecam.config.settings import FrontSettings, Settings
from posturecam.posture.baseline import Baseline, needed
from posturecam.posture.front.judge import FrontUpright, Held, Kind
from posturecam.posture.front.judge import judge as judge_front
from posturecam.posture.front.measures import FrontMeasures, front_measures, measures_of_face, with_face
from posturecam.posture.front.thresholds import thresholds
from posturecam.posture.measures import Measure, Measures, MeasuresOnDemand, Name, measure
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View
from posturecam.vision.camera_place import as_before
from posturecam.vision.orientation import turn_needed
from posturecam.vision.pose import Pose


@dataclass(frozen=True, slots=True)
class Deviation:
    """Distance from upright, in thresholds, or None with the reason."""

    value: float | None
    reason: Reason | None = None
    cause: Name | None = None
    """The measure that exceeds its threshold the most."""
    change: float | None = None
    """How far that measure is from the baseline. In degrees from the side (from zero without a baseline) and for an
    estimate (`probability` is known). If geometry judges from the front, a fraction of the baseline's value, negative
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
    """Whether the head is bent down farther than in a slouch. That hides one: below the threshold, it is no sign of sitting up."""


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


def _nothing(t: float, view: View, reason: Reason) -> Reading:
    return Reading(t, view, {name: Measure(name, None, reason) for name in Name}, Deviation(None, reason))


def no_person(t: float, view: View = View.UNKNOWN) -> Reading:
    """The reading of a picture without the user."""
    return _nothing(t, view, Reason(Why.NO_PERSON))


def no_picture(t: float, problem: str, view: View = View.UNKNOWN) -> Reading:
    """The reading of a moment without a usable picture; `problem` says why ("the camera was unplugged")."""
    return _nothing(t, view, Reason(Why.NO_PICTURE, problem=problem))


def turn_of(pose: Pose, settings: Settings) -> int | None:
    """Clockwise degrees by which the picture must be rotated for this person to be upright; None if that is unclear."""
    return turn_needed(pose, settings.measures.head_visibility, settings.measures.hip_visibility)


def turned(turn: int) -> Reason:
    """The reason for a rotated picture; rotating it clockwise by `turn` degrees would correct it."""
    return Reason(Why.TURNED, "upside_down" if turn == 180 else "aside")


@dataclass(frozen=True, slots=True)
class Geometry:
    """What geometry says about a check in which no face is seen."""

    deviation: Deviation
    sinking: float | None = None
    """How far ears and shoulders came down, as the body sank, in thresholds; None if that cannot be measured."""


Judge = Callable[[Pose, View, Baseline, Geometry, Settings, bool | None], Deviation]
"""A second opinion on a pose, given its view, the baseline, the result of geometry, the settings, and whether the
camera was moved."""


def assess(
    pose: Pose,
    view: View,
    baseline: Baseline | None,
    settings: Settings,
    judge: Judge | None = None,
    moved: bool | None = None,
    tallest: Held | None = None,
    tilt: float | None = None,
    seat: float | None = None,
) -> Reading:
    """Judge one pose seen from one view, against the baseline if there is one.

    With a camera in front, the face decides, with or without a baseline; if it is unknown whether the camera was moved,
    geometry is consulted as well. Without a visible face, and from the side, `judge` decides together with geometry if
    there is a baseline, otherwise geometry alone. `moved` says whether the camera was moved since the calibration, None
    if unknown; `tallest` is the user's tallest posture lately, for judging without a baseline. `tilt` is by how
    many degrees the camera was tilted up since the calibration, if that was measured: it is undone, and the rest is
    judged as if nothing else were known of the camera. `seat` is how far away they have lately sat upright, if known.
    """
    seen = _seen(pose, view, baseline, settings, tilt)
    if isinstance(seen, Reason):
        return _nothing(pose.t, view, seen)
    pose, front = seen
    moved = None if pose.beyond else moved
    measures = with_face(measure(pose, view, settings), front)
    found, compared = _judged(pose, view, measures, front, baseline, settings, judge, moved, tallest, seat)
    return Reading(pose.t, view, measures, found, compared, seat)


def deviation_of(
    pose: Pose,
    view: View,
    baseline: Baseline | None,
    settings: Settings,
    judge: Judge | None = None,
    tilt: float | None = None,
) -> Deviation:
    """Only the deviation that `assess` would give, for many poses in a row: only what decides is measured."""
    seen = _seen(pose, view, baseline, settings, tilt)
    if isinstance(seen, Reason):
        return Deviation(None, seen)
    pose, front = seen
    measures = MeasuresOnDemand(pose, view, settings, {} if front is None else measures_of_face(front))
    return _judged(pose, view, measures, front, baseline, settings, judge, None, None, None)[0]


def _seen(
    pose: Pose, view: View, baseline: Baseline | None, settings: Settings, tilt: float | None
) -> tuple[Pose, FrontMeasures | None] | Reason:
    """The pose without the camera's tilt, and what its face gives if it is seen from the front; the reason if the picture lies on its side."""
    turn = turn_of(pose, settings)
    if turn:
        return turned(turn)
    pose = _untilted(pose, view, baseline, settings, tilt)
    return pose, None if view.is_side else front_measures(pose, pose.head, settings)


def _untilted(pose: Pose, view: View, baseline: Baseline | None, settings: Settings, tilt: float | None) -> Pose:
    """The pose as seen without the tilt of the camera, if that is known and there is something to compare with."""
    if tilt is None or baseline is None or view.is_side:
        return pose
    return as_before(pose, tilt, settings.camera.field_of_view)


def _judged(
    pose: Pose,
    view: View,
    measures: Measures,
    front: FrontMeasures | None,
    baseline: Baseline | None,
    settings: Settings,
    judge: Judge | None,
    moved: bool | None,
    tallest: Held | None,
    seat: float | None,
) -> tuple[Deviation, View | None]:
    """How far from upright, and the view of the baseline that this was compared with; as for `assess`."""
    if baseline is not None and baseline.other_shape(pose.width, pose.height) is not None:
        baseline, moved, seat = baseline.without_distance, True, None
    if front is not None:
        by_face = _by_face(front, view, baseline, settings, moved, tallest, seat, undone=pose.beyond)
        if by_face is not None:
            if baseline is None or baseline.front is None:
                return by_face, None
            if moved is None:
                by_face = _with_geometry(by_face, pose, view, measures, baseline, settings)
            return by_face, baseline.view
    if baseline is None:
        return deviation(measures, view, None, settings), None
    if moved is None and _elsewhere(measures, baseline, settings):
        moved = True
    misfit = _misfit(pose, view, measures, baseline, settings)
    found = deviation(measures, view, baseline, settings, moved) if misfit is None else Deviation(None, misfit)
    if judge is not None:
        sinking = None if misfit is not None else _sinking(measures, baseline, settings, moved)
        found = judge(pose, view, baseline, Geometry(found, sinking), settings, moved)
    return found, baseline.view


_CAUSES: Mapping[Kind, Name] = {
    Kind.FORWARD: Name.NECK_HEIGHT,
    Kind.DOWN: Name.NECK_HEIGHT,
    Kind.SIDEWAYS: Name.HEAD_OFFSET,
    Kind.NEAR: Name.HEAD_DISTANCE,
    Kind.TWISTED: Name.BODY_YAW,
}
"""The measure that stands for each kind of bad posture."""


def _by_face(
    front: FrontMeasures,
    view: View,
    baseline: Baseline | None,
    settings: Settings,
    moved: bool | None,
    tallest: Held | None,
    seat: float | None,
    *,
    undone: bool,
) -> Deviation | None:
    """The deviation judged by the face; None if that is impossible and geometry has to judge.

    Obliquely only changes are known: the apparent neck height depends on how far the body is turned.
    """
    upright = None if baseline is None else baseline.front
    if front.distance.value is None or (upright is None and view.is_oblique):
        return None
    limits = thresholds(settings)
    verdict = judge_front(front, upright, limits, moved=moved, tallest=tallest, undone=undone, seat=seat)
    if verdict.value is None:
        return None
    changes = _changes_by_face(front, upright)
    cause = None if verdict.kind is None else _CAUSES[verdict.kind]
    rolled, aside = (abs(verdict.changes.get(name, 0.0)) for name in ("rolled", "aside"))
    if verdict.kind is Kind.SIDEWAYS and rolled / limits.roll >= aside / limits.offset:
        cause = Name.HEAD_ROLL
    change = None if cause is None else changes.get(cause)
    looking_down = changes.get(Name.HEAD_PITCH, 0.0) > limits.glance_free
    return Deviation(verdict.value, None, cause, change, verdict.probability, verdict.kind, changes, looking_down)


BY_GEOMETRY_ALONE = (Name.HEAD_ROLL, Name.SHOULDER_TILT, Name.HEAD_DISTANCE)
"""Causes that geometry can detect by itself: leaning sideways, and sitting too near."""
_WENT_BACK = 0.1
"""Least relative increase of the head's distance from the camera for a head that may have slid down and back: rendered
people who slide down reach 4–9 % on average, the man on the photographs 27 %. Below that, neck height alone is
enough."""


def _with_geometry(
    by_face: Deviation, pose: Pose, view: View, measures: Measures, baseline: Baseline, settings: Settings
) -> Deviation:
    """The result by face; if the head moved back, halfway to the result by geometry when that is farther from upright.

    While it is unknown whether the camera was moved, the head's position hardly counts, and somebody who slides down
    and back with head and shoulders together (the man on the 65 photographs of `docs/accuracy.md`) shows little else: a
    neck that leans back is as high as before. Geometry sees the shoulders sink, but it mistakes a bent head for a
    slouch, so it is not consulted about that.
    """
    if by_face.value is None or by_face.probability is None or baseline.by_angle or baseline.by_face_alone:
        return by_face
    further, away = by_face.changes.get(Name.HEAD_DISTANCE, 0.0), measures[Name.HEAD_DISTANCE].value
    if by_face.looking_down or away is None or further < _WENT_BACK * away:
        return by_face
    if _misfit(pose, view, measures, baseline, settings) is not None or _elsewhere(measures, baseline, settings):
        return by_face
    geometry = deviation(measures, view, baseline, settings)
    if geometry.value is None or geometry.value <= by_face.value or geometry.cause in BY_GEOMETRY_ALONE:
        return by_face
    value, probability = (by_face.value + geometry.value) / 2, (by_face.probability + (geometry.value >= 1)) / 2
    if by_face.kind in (Kind.FORWARD, Kind.DOWN):
        return replace(by_face, value=value, probability=probability)
    return replace(
        by_face, value=value, probability=probability, kind=Kind.DOWN, cause=geometry.cause, change=geometry.change
    )


def _changes_by_face(front: FrontMeasures, upright: FrontUpright | None) -> dict[Name, float]:
    """Differences of the face measures from the user's own upright posture, each in its unit, if both are known."""
    if upright is None:
        return {}
    pairs = {
        Name.NECK_HEIGHT: (front.neck_height.value, upright.neck_height),
        Name.HEAD_DISTANCE: (front.distance.value, upright.distance),
        Name.HEAD_PITCH: (front.head_pitch.value, upright.head_pitch),
        Name.HEAD_ROLL: (front.head_roll.value, upright.head_roll),
        Name.HEAD_OFFSET: (front.head_offset.value, upright.head_offset),
        Name.BODY_YAW: (front.body_yaw.value, upright.body_yaw),
    }
    return {name: now - then for name, (now, then) in pairs.items() if now is not None and then is not None}


def deviation(
    measures: Measures, view: View, baseline: Baseline | None, settings: Settings, moved: bool | None = None
) -> Deviation:
    """How far from upright these measures are, seen from this view.

    If the camera was `moved`, the position of the shoulders in the picture is ignored from the front.
    """
    if view is View.UNKNOWN:
        return Deviation(None, Reason(Why.VIEW_UNKNOWN))
    if baseline is None and not view.is_side:
        return Deviation(None, Reason(Why.NO_BASELINE, view=view))
    by_angle = baseline is None or baseline.by_angle
    if baseline is not None and baseline.by_face_alone:
        if measures[Name.HEAD_DISTANCE].value is None:
            return Deviation(None, Reason(Why.NOT_SEEN, "face_learned"))
        return Deviation(None, measures[Name.NECK_HEIGHT].reason or Reason(Why.NO_BASELINE, view=view))
    reason = next((one for name in needed(by_angle) if (one := measures[name].reason) is not None), None)
    if reason is not None:
        return Deviation(None, reason)
    if baseline is None or by_angle:
        return _by_angle(measures, baseline, settings)
    return _by_indices(measures, baseline, settings, moved)


def _by_angle(measures: Measures, baseline: Baseline | None, settings: Settings) -> Deviation:
    """The worst of: neck forward, trunk forward, and the neck bent against a trunk that slid down."""
    found = []
    for name, reference, limit in bounds(baseline, settings):
        value = measures[name].value  # unknown hips rule out the trunk but not the neck
        if value is not None and not (name is Name.NECK_FLEXION and _reclined(measures, baseline, settings)):
            change = value if baseline is None else value - reference
            found.append(((value - reference) / (limit - reference), name, change))
    value, cause, change = max(found)
    return Deviation(value, None, cause, change)


def _reclined(measures: Measures, baseline: Baseline | None, settings: Settings) -> bool:
    """Whether the head moved back with the trunk, as in leaning back; when sliding down it stays where it was."""
    if baseline is None:
        return False
    change = _change(measures, baseline, Name.NECK_INCLINATION)
    return change is not None and change < -settings.side.recline


def bounds(baseline: Baseline | None, settings: Settings) -> list[tuple[Name, float, float]]:
    """The judged sagittal angles, each with its upright value and the value where slouching begins, degrees.

    With a baseline, slouching begins at a change from it; but somebody whose upright posture is already near a
    published limit is allowed only half of that change, so that a poor baseline does not excuse a poor posture. (Not
    obliquely, where the angle itself is accurate only to 10°.)
    """
    side, scale = settings.side, settings.sensitivity.scale
    judged = (
        (Name.NECK_INCLINATION, side.neck_upright, side.neck_absolute, side.neck_change),
        (Name.TRUNK_INCLINATION, 0.0, side.trunk_absolute, side.trunk_change),
        (Name.NECK_FLEXION, side.neck_upright, side.flexion_absolute, side.flexion_change),
    )
    if baseline is None:
        return [(name, upright, upright + scale * (absolute - upright)) for name, upright, absolute, _ in judged]
    personal = []
    for name, _, absolute, change in judged:
        upright = baseline.values.get(name)
        if upright is not None:
            near_limit = upright + change if baseline.view.is_oblique else max(absolute, upright + change / 2)
            personal.append((name, upright, upright + scale * (min(upright + change, near_limit) - upright)))
    return personal


@dataclass(frozen=True, slots=True)
class _Changes:
    """How the frontal indices changed from the baseline."""

    fall: float
    """Drop of the ear line, as a fraction."""
    sink: float
    """Drop of the shoulders, shoulder widths; 0 if the camera was moved."""
    grown: float
    """Growth of the head relative to the shoulders, as a fraction."""
    bent: float
    """Drop of the nose, ear distances."""
    nearer: float
    """Growth of the distance between the eyes in the picture, as a fraction."""


def _changes_of_indices(measures: Measures, baseline: Baseline, moved: bool | None) -> _Changes | None:
    """The changes of the frontal indices, or None if one of them is missing."""
    names, then = needed(by_angle=False), baseline.values
    now = {name: value for name in names if (value := measures[name].value) is not None}
    if len(now) < len(names) or any(name not in then for name in names):
        return None
    return _Changes(
        fall=1 - now[Name.SLUMP_INDEX] / then[Name.SLUMP_INDEX],
        sink=0.0 if moved else then[Name.SHOULDER_HEIGHT] - now[Name.SHOULDER_HEIGHT],
        grown=now[Name.HEAD_FORWARD_INDEX] / then[Name.HEAD_FORWARD_INDEX] - 1,
        bent=now[Name.NOSE_DROP] - then[Name.NOSE_DROP],
        nearer=now[Name.APPROACH] / then[Name.APPROACH] - 1,
    )


def _sinking(measures: Measures, baseline: Baseline, settings: Settings, moved: bool | None) -> float | None:
    """How far the body sank by the frontal indices, in thresholds; also obliquely, if they are measured there."""
    changed = _changes_of_indices(measures, baseline, moved)
    return None if changed is None else _by_sinking(changed, settings.front)


def _by_indices(measures: Measures, baseline: Baseline, settings: Settings, moved: bool | None) -> Deviation:
    front, scale, tilts = settings.front, settings.sensitivity.scale, _tilts(measures, baseline)
    changed = _changes_of_indices(measures, baseline, moved)
    assert changed is not None  # `needed` was checked
    sunk = _by_sinking(changed, front)
    slump = _unless_glancing(max(_neck_came_forward(changed, front), sunk), changed, front) / scale
    most, tilted = max(((abs(change), name) for name, change in tilts), default=(0.0, None))
    sideways, near = most / front.lateral / scale, math.log1p(max(changed.nearer, -0.9)) / thresholds(settings).near
    # Everybody tilts a little all the time: a tilt counts only once it is a lean, and must not hide a slump in front of
    # it. A tilt that a turned camera may cause is never a lean sooner than at the default sensitivity (`_misfit`).
    lean = max(1.0, 1.0 / scale) if _tilted_alike(tilts, settings) else 1.0
    if sideways >= max(slump, near, lean):
        return Deviation(sideways, None, tilted, most)
    if near >= max(1.0, _neck_came_forward(replace(changed, nearer=0.0), front) / scale, sunk / scale):
        return Deviation(max(slump, near), None, Name.HEAD_DISTANCE)
    if front.forward_share * changed.grown > changed.fall:
        return Deviation(slump, None, Name.HEAD_FORWARD_INDEX, changed.grown)
    return Deviation(slump, None, Name.SLUMP_INDEX, -changed.fall)


def _unless_glancing(slump: float, changed: _Changes, front: FrontSettings) -> float:
    """The deviation, with a bent head counting only as far as the shoulders sank: when somebody glances down, only the head drops.

    From three quarters of `front.head_bent` on this applies gradually, so that there is no jump.
    """
    bent = min(max(4 * changed.bent / front.head_bent - 3, 0.0), 1.0)
    return (1 - bent) * slump + bent * min(slump, changed.sink / max(front.bent_sink, 0.01))


def _neck_came_forward(changed: _Changes, front: FrontSettings) -> float:
    """Deviation in thresholds, from an estimate, based on three changes, of how much farther the neck is inclined."""
    neck = (
        front.neck_by_fall * changed.fall + front.neck_by_approach * changed.nearer + front.neck_by_nose * changed.bent
    )
    return neck / front.neck_change


def _by_sinking(changed: _Changes, front: FrontSettings) -> float:
    """Deviation in thresholds from ears that came down to shoulders that sank too, as in sliding down."""
    sink = min(changed.sink, front.sink_share * max(changed.fall, 0.0))
    evidence = changed.fall + sink + front.forward_share * max(changed.grown, 0.0)
    over = (evidence - front.slump) / (front.deep_slump - front.slump)
    return evidence / front.slump if over <= 0 else 1 + over


def _tilts(measures: Measures, baseline: Baseline) -> list[tuple[Name, float]]:
    """Sideways tilt of head and shoulders relative to the baseline, degrees, as far as both are known."""
    changes = ((name, _change(measures, baseline, name)) for name in (Name.HEAD_ROLL, Name.SHOULDER_TILT))
    return [(name, change) for name, change in changes if change is not None]


def _tilted_alike(tilts: list[tuple[Name, float]], settings: Settings) -> bool:
    """Whether head and shoulders are tilted by about the same angle, as when the camera was turned."""
    return len(tilts) == 2 and abs(tilts[0][1] - tilts[1][1]) <= settings.fit.tilted_together


def _beside(view: View, baseline: Baseline) -> bool:
    """Whether an oblique baseline compared by the frontal indices serves the front too: a slouch brings the shoulders forward, which looks so."""
    return view is View.FRONT and baseline.view.is_oblique and not baseline.by_angle


def _misfit(pose: Pose, view: View, measures: Measures, baseline: Baseline, settings: Settings) -> Reason | None:
    """Why geometry cannot compare this check with the baseline at all, or None."""
    if (another := baseline.other_shape(pose.width, pose.height)) is not None:
        return another
    if view is not baseline.view and not _beside(view, baseline):
        return (
            Reason(Why.VIEW_UNKNOWN) if view is View.UNKNOWN else Reason(Why.OTHER_VIEW, view=view, then=baseline.view)
        )
    tilts = _tilts(measures, baseline) if view is View.FRONT else []
    if _tilted_alike(tilts, settings) and min(abs(change) for _, change in tilts) > settings.front.lateral:
        return Reason(Why.TILTED)
    return None


def _elsewhere(measures: Measures, baseline: Baseline, settings: Settings) -> bool:
    """Whether the shoulders are elsewhere in the picture though the ears did not come down to them: the camera, or the chair, was moved."""
    fit = settings.fit
    sunk, fallen = _change(measures, baseline, Name.SHOULDER_HEIGHT), measures[Name.SLUMP_INDEX].value
    if sunk is None or fallen is None or Name.SLUMP_INDEX not in baseline.values:
        return False
    fall = 1 - fallen / baseline.values[Name.SLUMP_INDEX]
    return abs(sunk) > fit.sunk and fall < fit.sunk_fall


def _change(measures: Measures, baseline: Baseline, name: Name) -> float | None:
    now = measures[name].value
    return None if now is None or name not in baseline.values else now - baseline.values[name]
