"""Judges one check: pose and baseline in, reading out. It decides who judges: the face, the learned estimator, or geometry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from posturecam.config.settings import Settings
from posturecam.posture.baseline import Baseline
from posturecam.posture.front.judge import FrontUpright, Held, Kind, Verdict
from posturecam.posture.front.judge import judge as judge_by_face
from posturecam.posture.front.measures import FrontMeasures, front_measures, measures_of_face, with_face
from posturecam.posture.front.thresholds import FrontThresholds, thresholds
from posturecam.posture.geometric.arms import raised_arm
from posturecam.posture.geometric.fit import elsewhere, misfit_of
from posturecam.posture.geometric.indices import sinking_of
from posturecam.posture.geometric.judge import BY_GEOMETRY_ALONE, Geometry, judge_by_geometry
from posturecam.posture.measures import Measures, MeasuresOnDemand, Name, measure
from posturecam.posture.reading import NOTHING_KNOWN, Circumstances, Deviation, Reading, nothing
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View
from posturecam.vision.camera_place import as_before
from posturecam.vision.orientation import is_misread, turn_needed
from posturecam.vision.pose import Pose


def turn_of(pose: Pose, settings: Settings) -> int | None:
    """Clockwise degrees by which the picture must be rotated for this person to be upright; None if that is unclear."""
    return turn_needed(pose, settings.measures.head_visibility, settings.measures.hip_visibility)


def vote_of(pose: Pose, settings: Settings) -> int | None:
    """The same where several checks decide (`posturecam.vision.orientation.usual_turn`): a body that was misread has no vote."""
    return None if is_misread(pose) else turn_of(pose, settings)


def picture_turned(turn: int) -> Reason:
    """The reason for a rotated picture; rotating it clockwise by `turn` degrees would correct it."""
    return Reason(Why.TURNED, "upside_down" if turn == 180 else "aside")


MISREAD = Reason(Why.IMPLAUSIBLE, "body")
"""The reason for a body that was found the wrong way up (`posturecam.vision.orientation.is_misread`)."""


Judge = Callable[[Pose, View, Baseline, Geometry, Settings, bool | None], Deviation]
"""A second opinion on a pose, given its view, the baseline, the result of geometry, the settings, and whether the
camera was moved."""


def assess(
    pose: Pose,
    view: View,
    baseline: Baseline | None,
    settings: Settings,
    judge: Judge | None = None,
    known: Circumstances = NOTHING_KNOWN,
) -> Reading:
    """Judge one pose seen from one view, against the baseline if there is one.

    With a camera in front, the face decides, with or without a baseline; if it is unknown whether the camera was moved,
    geometry is consulted as well. Without a visible face, and from the side, `judge` decides together with geometry if
    there is a baseline, otherwise geometry alone. A known tilt of the camera is undone, and the rest is judged as if
    nothing else were known of the camera.
    """
    seen = _seen(pose, view, baseline, settings, known.tilt)
    if isinstance(seen, Reason):
        return nothing(pose.t, view, seen)
    pose, front = seen
    measures = with_face(measure(pose, view, settings), front)
    found, compared = _judged(pose, view, measures, front, baseline, settings, judge, known)
    return Reading(pose.t, view, measures, found, compared, known.seat)


def deviation_of(
    pose: Pose,
    view: View,
    baseline: Baseline | None,
    settings: Settings,
    judge: Judge | None,
    known: Circumstances,
) -> Deviation:
    """Only the deviation that `assess` would give, for many poses in a row: only what decides is measured."""
    seen = _seen(pose, view, baseline, settings, known.tilt)
    if isinstance(seen, Reason):
        return Deviation(None, seen)
    pose, front = seen
    measures = MeasuresOnDemand(pose, view, settings, {} if front is None else measures_of_face(front))
    return _judged(pose, view, measures, front, baseline, settings, judge, known)[0]


def _seen(
    pose: Pose, view: View, baseline: Baseline | None, settings: Settings, tilt: float | None
) -> tuple[Pose, FrontMeasures | None] | Reason:
    """The pose without the camera's tilt, and what its face gives if it is seen from the front; the reason if one of them is the wrong way up."""
    turn = turn_of(pose, settings)
    if turn:  # a face that contradicts it is misread itself in a quarter of the pictures that really are upside down
        return picture_turned(turn)
    if is_misread(pose):
        return MISREAD
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
    known: Circumstances,
) -> tuple[Deviation, View | None]:
    """How far from upright, and the view of the baseline that this was compared with; as for `assess`."""
    if pose.beyond:
        known = replace(known, moved=None)
    if baseline is not None and (seen := baseline.seen_in(pose.width, pose.height)) is not baseline:
        baseline, known = seen, replace(known, moved=True, seat=None)
    moved = known.moved
    if (raised := raised_arm(pose, settings)) is not None:
        return Deviation(None, raised), None if baseline is None else baseline.view
    if front is not None:
        by_face = _by_face(front, view, baseline, settings, known, undone=pose.beyond)
        if by_face is not None:
            if baseline is None or baseline.front is None:
                return by_face, None
            if moved is None:
                by_face = _with_geometry(by_face, pose, view, measures, baseline, settings)
            return by_face, baseline.view
    if baseline is None:
        return _alone(front, view, measures, settings), None
    place = 1 - elsewhere(measures, baseline, settings) if moved is None else 0.0 if moved else 1.0
    misfit = misfit_of(pose, view, measures, baseline, settings)
    found = judge_by_geometry(measures, view, baseline, settings, place) if misfit is None else Deviation(None, misfit)
    if judge is not None:
        sinking = None if misfit is not None else sinking_of(measures, baseline, settings, place)
        found = judge(pose, view, baseline, Geometry(found, sinking, place), settings, moved)
    return _explained(found, front, measures, baseline), baseline.view


def _alone(front: FrontMeasures | None, view: View, measures: Measures, settings: Settings) -> Deviation:
    """The deviation without a baseline where the face did not judge.

    A face in front needs no calibration, only shoulders: then a calibration is not what is missing.
    """
    if view is View.FRONT and front is not None and front.distance.value is not None:
        return Deviation(None, front.neck_height.reason)
    return _explained(judge_by_geometry(measures, view, None, settings), front, measures, None)


def _explained(
    found: Deviation, front: FrontMeasures | None, measures: Measures, baseline: Baseline | None
) -> Deviation:
    """The same deviation; if the camera angle is unknown, its reason becomes what is not seen, which the user can change."""
    if found.reason is None or found.reason.code is not Why.VIEW_UNKNOWN:
        return found
    if baseline is not None and baseline.by_face_alone and front is not None and front.distance.value is None:
        return replace(found, reason=Reason(Why.NOT_SEEN, "face_learned"))
    return replace(found, reason=measures[Name.BODY_YAW].reason or found.reason)


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
    known: Circumstances,
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

    def verdict_with(limits: FrontThresholds) -> Verdict:
        return judge_by_face(
            front, upright, limits, moved=known.moved, tallest=known.tallest, undone=undone, seat=known.seat
        )

    verdict = verdict_with(limits)
    if verdict.value is None:
        return None
    changes = _changes_by_face(front, upright)
    cause = None if verdict.kind is None else _CAUSES[verdict.kind]
    rolled, aside = (abs(verdict.changes.get(name, 0.0)) for name in ("rolled", "aside"))
    if verdict.kind is Kind.SIDEWAYS and rolled / limits.roll >= aside / limits.offset:
        cause = Name.HEAD_ROLL
    change = None if cause is None else changes.get(cause)
    looking_down = _bent(front, upright, known.tallest, limits) > limits.glance_free
    if looking_down:  # a head as high above the shoulders as when upright, however bent, hides no slouch
        unexcused = verdict_with(replace(limits, glance_share=0.0, lower_by_glance=0.0, far_most=0.0)).value
        looking_down = unexcused is None or unexcused >= settings.monitor.exit
    return Deviation(verdict.value, None, cause, change, verdict.probability, verdict.kind, changes, looking_down)


def _bent(front: FrontMeasures, upright: FrontUpright | None, tallest: Held | None, limits: FrontThresholds) -> float:
    """How far the head is bent down from upright, degrees; 0 if that is unknown.

    Before a calibration, compared with the tallest posture that was held, or with a level head if the chin was up in it.
    """
    if upright is not None:
        level = upright.head_pitch
    else:
        level = None if tallest is None else max(tallest.head_pitch, limits.level_pitch)
    pitch = front.head_pitch.value
    return 0.0 if pitch is None or level is None else pitch - level


_WENT_BACK, _FAR_BACK = 0.1, 0.15
"""Relative increase of the head's distance from the camera from which a head may have slid down and back, and from which
geometry counts in full: rendered people who slide down reach 4–9% on average, the man on the photographs 27%. Below
that, neck height alone is enough."""


def _with_geometry(
    by_face: Deviation, pose: Pose, view: View, measures: Measures, baseline: Baseline, settings: Settings
) -> Deviation:
    """The result by face; if the head moved back, up to halfway to that of geometry when it is farther from upright.

    While it is unknown whether the camera was moved, the head's position hardly counts, and somebody who slides down
    and back with head and shoulders together (the man on the 65 photographs of `docs/accuracy.md`) shows little else: a
    neck that leans back is as high as before. Geometry sees the shoulders sink, but it mistakes a bent head for a
    slouch, so it is not consulted about that.
    """
    if by_face.value is None or by_face.probability is None or baseline.by_angle or baseline.by_face_alone:
        return by_face
    further, away = by_face.changes.get(Name.HEAD_DISTANCE, 0.0), measures[Name.HEAD_DISTANCE].value
    bent = by_face.changes.get(Name.HEAD_PITCH, 0.0)
    if bent > thresholds(settings).glance_free or away is None or further < _WENT_BACK * away:
        return by_face
    if misfit_of(pose, view, measures, baseline, settings) is not None:
        return by_face
    geometry = judge_by_geometry(measures, view, baseline, settings)
    if geometry.value is None or geometry.value <= by_face.value or geometry.cause in BY_GEOMETRY_ALONE:
        return by_face
    place = 1 - elsewhere(measures, baseline, settings)
    share = 0.5 * place * min((further / away - _WENT_BACK) / (_FAR_BACK - _WENT_BACK), 1.0)
    value = (1 - share) * by_face.value + share * geometry.value
    probability = (1 - share) * by_face.probability + share * (geometry.value >= 1)
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
