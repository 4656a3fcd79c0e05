"""Learns the upright posture from a few seconds of checks, or refuses with a reason."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from posturecam.config.settings import SensitivitySettings, Settings
from posturecam.errors import CalibrationRefused
from posturecam.i18n.message import Message
from posturecam.i18n.words import IN_PERCENT, mark
from posturecam.posture.assess import MISREAD, vote_of
from posturecam.posture.baseline import KEPT, Baseline, needed, same_shape
from posturecam.posture.front.judge import FrontUpright, judge, upright_of
from posturecam.posture.front.measures import FrontMeasures, front_measures, with_face
from posturecam.posture.front.thresholds import thresholds
from posturecam.posture.geometric.arms import raised_arm
from posturecam.posture.geometric.judge import judge_by_geometry
from posturecam.posture.learned.features import KeptPose, figure, is_complete, joined, kept
from posturecam.posture.measures import Measures, Name
from posturecam.posture.reasons import Reason
from posturecam.posture.view import View, body_yaw
from posturecam.vision.camera_place import background, usual_background
from posturecam.vision.frame import SourceInfo
from posturecam.vision.head import Head
from posturecam.vision.orientation import is_misread, usual_turn
from posturecam.vision.pose import Landmark, Pose
from posturecam.vision.scene import Glance, Signature


@dataclass(frozen=True, slots=True)
class Sample:
    """One check during the calibration."""

    t: float
    view: View
    measures: Measures
    width: int
    height: int
    pose: Pose | None = None
    front: FrontMeasures | None = None
    """Face measures, unless the camera is at the side."""
    background: Signature | None = None
    """The background, if the picture was available."""
    raised_arm: Reason | None = None
    """The reason that a raised arm gives not to use this sample, if there is one."""

    @property
    def shows_face(self) -> bool:
        """Whether the face alone can be compared."""
        return self.front is not None and self.front.distance.value is not None

    @property
    def missing(self) -> str | None:
        """Why this sample cannot be used, or None."""
        if self.pose is not None and is_misread(self.pose):
            return MISREAD.text
        if self.raised_arm is not None:
            return self.raised_arm.text
        if self.view is View.UNKNOWN:
            hidden = None if self.front is None else self.front.body_yaw.reason
            return mark("I cannot tell the camera angle") if hidden is None else hidden.text
        if self.shows_face:
            return None
        if self.view.is_oblique and self.lacks(by_angle=True) is None:
            return None
        return self.lacks(by_angle=self.view.is_side)

    def lacks(self, by_angle: bool) -> str | None:
        """Why this sample cannot be compared by its angles, or by the indices, or None."""
        return next((reason.text for name in needed(by_angle) if (reason := self.measures[name].reason)), None)


def sample(
    pose: Pose, view: View, measures: Measures, settings: Settings | None = None, glance: Glance | None = None
) -> Sample:
    """What the calibration needs from one pose, and from its picture if there is one."""
    settings = settings or Settings()
    front = None if view.is_side else front_measures(pose, pose.head, settings)
    behind, raised = None if glance is None else background(glance, pose), raised_arm(pose, settings)
    return Sample(pose.t, view, with_face(measures, front), pose.width, pose.height, pose, front, behind, raised)


def learn(
    looks: Sequence[Sample | None],
    camera: str,
    camera_name: str,
    made: str,
    settings: Settings,
    slouched: Sequence[Sample | None] | None = None,
    harmless: Sequence[Sequence[Sample | None]] = (),
    source: SourceInfo | None = None,
) -> Baseline:
    """Learn the upright posture from the checks of one calibration; None stands for a check that found nobody.

    `slouched` are the checks of a deliberate slouch; None if there was none. `harmless` are the checks of postures that
    are not slouches, each separate: a look down, a lean-in. They are never a reason to refuse. `source` is where the checks
    come from, so that a refusal says how to rotate its pictures; None means a camera whose pictures are used as they are.

    Raises:
        CalibrationRefused: with the reason: too few usable checks, too much movement, a view or a picture's shape that changed, a head as
            low as the shoulders, an upright posture that is already a slouch by ISO 11226, numbers that no posture can have,
            or a deliberate slouch that the camera cannot distinguish from it.
    """
    _require_upright_picture(looks, settings, source)
    usable, by_angle = _of_one_view(_of_one_shape(looks, settings), settings)
    values = _medians(usable)
    if values.get(Name.SLUMP_INDEX, 1.0) <= 0:  # nothing could be compared with it as a ratio
        raise CalibrationRefused(
            "Your head was no higher than your shoulders. Sit comfortably upright, look at the screen, and try again."
        )
    if not by_angle:
        values.pop(Name.NECK_INCLINATION, None)  # measured too rarely to be used
    view, width, height = usable[0].view, usable[0].width, usable[0].height
    draft = _possible(
        lambda: Baseline(
            view,
            camera,
            camera_name,
            made,
            width,
            height,
            len(usable),
            0.0,
            values,
            landmarks=_landmarks(usable, settings),
            front=_upright_face(usable, settings),
            background=usual_background([look.background for look in usable if look.background is not None]),
            live=source is None or source.live,
            field_of_view=_field_of_view(usable),
        )
    )
    spread = _spread(_deviations(usable, draft, settings))
    if spread > settings.calibration.largest_spread and view.is_oblique and not draft.by_face_alone:
        # The face model ends at 45–60°: near there, the size that it gives a head changes without any movement.
        faceless = replace(draft, front=None)
        others = _deviations(usable, faceless, settings)
        if len(others) >= settings.calibration.least_share * len(usable):
            draft, spread = faceless, _spread(others)
    _require_still_and_upright(usable, draft, spread, settings)
    separation = shown = beside = None
    if slouched is not None:
        alike = _of_one_shape(slouched, settings, (width, height))
        separation, shown = _separation(usable, alike, draft, settings)
        beside = _furthest_harmless(harmless, shown, draft, settings)
    good = spread <= settings.calibration.good_spread
    return _possible(
        lambda: replace(draft, spread=spread, separation=separation, slouch=shown, harmless=beside, good=good)
    )


def _possible(make: Callable[[], Baseline]) -> Baseline:
    """Make a baseline, or refuse numbers that no posture can have, such as those of a damaged recording."""
    try:
        return make()
    except ValueError as problem:
        raise CalibrationRefused(
            "These measurements cannot be right: nobody sits like that. If they come from a recording, it is damaged; if not, try again."
        ) from problem


def _require_upright_picture(looks: Sequence[Sample | None], settings: Settings, source: SourceInfo | None) -> None:
    poses = [look.pose for look in looks if look is not None and look.pose is not None]
    turn = usual_turn(vote_of(pose, settings) for pose in poses)
    if turn is None:
        return
    seems = mark("The picture seems to be upside down") if turn == 180 else mark("The picture seems turned by 90°")
    angle = turn if source is None else source.rotation_for(turn)
    if source is not None and not source.live:  # no setting applies to a file
        remedy = mark("{turned}. Correct it with --rotate {angle}.")
        if source.recorded:
            remedy = mark("{turned}. Recorded landmarks cannot be turned: record again with --rotate {angle}.")
        raise CalibrationRefused(remedy, turned=seems, angle=angle)
    raise CalibrationRefused(
        "{turned}. Turn the camera, or correct its picture: once with --rotate {angle}, or permanently with the setting "
        "camera.rotate={angle}.",
        turned=seems,
        angle=angle,
    )


def _of_one_shape(
    looks: Sequence[Sample | None], settings: Settings, size: tuple[int, int] | None = None
) -> list[Sample | None]:
    """The checks in pictures of one shape, that of this size in pixels or else the most frequent one, and those that found nobody.

    Neither places nor distances can be compared between pictures of different shapes (`posturecam.posture.baseline`).
    """
    sizes = [(look.width, look.height) for look in looks if look is not None]
    if not sizes:
        return list(looks)
    usual = Counter(sizes).most_common(1)[0][0] if size is None else size
    others = [one for one in sizes if not same_shape(one, usual)]
    if len(sizes) - len(others) < settings.calibration.one_view * len(sizes):
        then = size or sizes[0]
        now = next(one for one in sizes if not same_shape(one, then))
        raise CalibrationRefused(
            "The picture changed from {then} to {now} while I was learning your upright posture. Leave the camera and its settings "
            "as they are, and try again.",
            then=f"{then[0]}×{then[1]}",
            now=f"{now[0]}×{now[1]}",
        )
    return [look for look in looks if look is None or _has_shape(look, *usual)]


def _has_shape(look: Sample, width: int, height: int) -> bool:
    return same_shape((look.width, look.height), (width, height))


def _of_one_view(looks: Sequence[Sample | None], settings: Settings) -> tuple[list[Sample], bool]:
    """The usable checks from the most frequent view, and whether to compare them by their angles."""
    usable = _usable(looks)
    _require_enough(usable, looks, settings)
    view, count = Counter(look.view for look in usable).most_common(1)[0]
    if count < settings.calibration.one_view * len(usable) and not _between_two_views(usable, settings):
        raise CalibrationRefused(
            "You turned while I was learning your upright posture. Sit the way you work, and try again."
        )
    usable = [look for look in usable if look.view is view]
    angled = [look for look in usable if look.lacks(by_angle=True) is None]
    by_angle = view.is_side or (view.is_oblique and len(angled) >= settings.calibration.mostly * len(usable))
    faces = [look for look in usable if look.shows_face]
    if len(faces) >= settings.calibration.mostly * len(usable):
        return faces, by_angle
    usable = angled if by_angle else [look for look in usable if look.lacks(by_angle=False) is None]
    _require_enough(usable, looks, settings)
    return usable, by_angle


_STILL_YAW = 8.0
"""Standard deviation of the body yaw, degrees, up to which somebody did not turn: a *tune* person who sat still at 58°, near
the view from the side, was read at 56–73°, with 5.4; others vary by 0.2–5.9. Turning from one view's middle to
the next one's varies it by 20."""


def _between_two_views(looks: Sequence[Sample], settings: Settings) -> bool:
    """Whether checks of different views show somebody who sat still on the border between two views."""
    yaws = [yaw for look in looks if look.pose is not None and (yaw := body_yaw(look.pose, settings)) is not None]
    return len(yaws) == len(looks) and statistics.pstdev(yaws) <= _STILL_YAW


_HELD: Final = [Landmark.NOSE, Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]
_STILL_PLACE = 0.1
"""How far three quarters of the checks may be from the usual place of the nose and the shoulders, in distances between nose and
shoulders, to be of somebody who held still: 0.02 to 0.11 for *tune* and *validation* people, more than 0.1 in nine of ten
calibrations that were refused because they took another posture for the last third."""


def _held_still(looks: Sequence[Sample]) -> bool:
    """Whether the landmarks stayed in place, however much the measures varied.

    Obliquely, in the dark or in front of a window, angles and indices vary without any movement, more than the learned estimator
    does, which is what judges there. In front they are steadier, and a head that bends forward hardly moves in the picture.
    """
    places = np.array([look.pose.points[_HELD] for look in looks if look.pose is not None])
    if len(places) < len(looks):
        return False
    usual = np.median(places, axis=0)
    moved = np.linalg.norm(places - usual, axis=2).max(axis=1)
    return float(np.quantile(moved, 0.75)) <= _STILL_PLACE * float(np.linalg.norm(usual[0] - usual[1:].mean(axis=0)))


def _require_still_and_upright(looks: Sequence[Sample], draft: Baseline, spread: float, settings: Settings) -> None:
    by_landmarks = draft.view.is_oblique and draft.front is None and draft.landmarks is not None
    most = settings.calibration.front_spread if draft.view is View.FRONT else settings.calibration.largest_spread
    if spread > most and not (by_landmarks and _held_still(looks)):
        raise CalibrationRefused(
            "You moved too much, or I could not see you well. Try again: sit comfortably upright, look at the screen and "
            "hold still for {seconds:.0f} seconds. Light from the front helps.",
            seconds=settings.calibration.seconds,
        )
    if not draft.view.is_side:
        return  # only from the side are angles accurate enough to call a posture a slouch
    for name, most, what in (
        (Name.NECK_INCLINATION, settings.side.neck_absolute, mark("head was")),
        (Name.TRUNK_INCLINATION, settings.side.trunk_absolute, mark("trunk leaned")),
    ):
        angle = draft.values.get(name)
        if angle is not None and angle > most:
            raise CalibrationRefused(
                "Your {what} {angle:.0f}° forward, past the {most:.0f}° where slouching begins. Sit comfortably "
                "upright with your back supported and your ears roughly over your shoulders, and try again.",
                what=what,
                angle=angle,
                most=most,
            )


def _require_enough(usable: Sequence[Sample], looks: Sequence[Sample | None], settings: Settings) -> None:
    wanted = settings.calibration
    if len(usable) < max(wanted.least_samples, wanted.least_share * len(looks)):
        raise CalibrationRefused(
            "I could measure you in {seen} of {all} checks (at least {least} and {share} are needed). "
            "{trouble} Then try again.",
            seen=len(usable),
            all=len(looks),
            least=wanted.least_samples,
            share=Message(IN_PERCENT, number=round(100 * wanted.least_share)),
            trouble=_commonest_trouble(looks),
        )


def _usable(looks: Sequence[Sample | None]) -> list[Sample]:
    return [look for look in looks if look is not None and look.missing is None]


def _commonest_trouble(looks: Sequence[Sample | None]) -> str:
    """What most often prevented a measurement, and what to do about it."""
    troubles = [None if look is None else look.missing for look in looks if look is None or look.missing is not None]
    if not troubles:
        return mark(
            "There were too few pictures: calibrate for longer (the setting calibration.seconds, or --seconds), ask the "
            "camera for more (camera.frame_rate), or use a longer video."
        )
    # Count by template: a turning head has another angle in each check, but is one trouble.
    kinds = Counter(trouble and Message(trouble).template for trouble in troubles)
    kind = kinds.most_common(1)[0][0]
    if kind is None:
        return mark("Most of the time I saw nobody: sit so that the camera sees your head and shoulders.")
    trouble = Counter(one for one in troubles if one and Message(one).template == kind).most_common(1)[0][0]
    return Message("Most of the time, {trouble}. Fix that first.", trouble=trouble)


def _medians(looks: Sequence[Sample]) -> dict[Name, float]:
    found = {name: [value for look in looks if (value := look.measures[name].value) is not None] for name in KEPT}
    return {name: statistics.median(values) for name, values in found.items() if len(values) >= 0.5 * len(looks)}


_FACES_IN_FRONT, _FEWEST_FACES = 0.15, 5
"""Share and number of the checks that must show the face for it to be learned, if somebody is in front of the camera. In the
dark it is found in only some pictures (of a *validation* person in half of the upright ones, and in nearly all of the
slouches); with low cameras, 20 of 399 more slouches are found this way. Obliquely, if faces are few, they are misread
(12 of 405 fewer slouches are found)."""


def _upright_face(looks: Sequence[Sample], settings: Settings) -> FrontUpright | None:
    """The face measures, if the face was seen in enough checks.

    They are medians over the checks that show it. Without them, every later check with a face would be judged by what
    is usual among people, as if nothing had been learned.
    """
    found = [look.front for look in looks if look.front is not None and look.shows_face]
    share = settings.calibration.least_share if looks and looks[0].view.is_oblique else _FACES_IN_FRONT
    return upright_of(found) if len(found) >= max(_FEWEST_FACES, share * len(looks)) else None


def _field_of_view(looks: Sequence[Sample]) -> float | None:
    """The field of view with which the faces were measured, degrees; None without a face."""
    heads = (look.pose.head for look in looks if look.pose is not None)
    return next((head.field_of_view for head in heads if isinstance(head, Head)), None)


def _landmarks(looks: Sequence[Sample], settings: Settings) -> KeptPose | None:
    """The median landmarks of the checks that have everything the learned estimator needs, if that is most of them."""
    poses = [look.pose for look in looks if look.pose is not None and is_complete(look.pose)]
    enough = poses and len(poses) >= settings.calibration.mostly * len(looks)
    return kept(joined([figure(pose) for pose in poses])) if enough else None


def _spread(values: Sequence[float]) -> float:
    """The standard deviation, or half of the range of the middle 68% where a few values far away widen it.

    The baseline is made of medians, which a glance aside, or a body misread in every tenth check, does not change.
    """
    low, high = np.quantile(values, (0.16, 0.84))
    return min(statistics.pstdev(values), float(high - low) / 2)


def _deviations(looks: Sequence[Sample], baseline: Baseline, settings: Settings) -> list[float]:
    found = [_deviation(look, baseline, settings) for look in looks]
    return [value for value in found if value is not None]


def _deviation(look: Sample, baseline: Baseline, settings: Settings) -> float | None:
    if look.front is not None and baseline.front is not None and look.shows_face:
        return judge(look.front, baseline.front, thresholds(settings)).value
    return judge_by_geometry(look.measures, look.view, baseline, settings).value


_LEAST_SCATTER = 0.02
"""Least scatter assumed for the checks, in thresholds: in a recording that stands still, any difference would seem infinitely clear."""


def _separation(
    upright: Sequence[Sample], slouched: Sequence[Sample | None], draft: Baseline, settings: Settings
) -> tuple[float, float]:
    """How many standard deviations the slouch is from upright, and how far that is in default thresholds."""
    wanted = settings.calibration
    usable = [look for look in _usable(slouched) if look.view is draft.view]
    low, high = _deviations(upright, draft, settings), _deviations(usable, draft, settings)
    if len(high) < wanted.least_samples / 2:
        raise CalibrationRefused(
            "I could measure your slouch in only {number} checks. {trouble} Then try again, or calibrate without a slouch.",
            number=len(high),
            trouble=_commonest_trouble(slouched),
        )
    scatter = math.sqrt((statistics.pvariance(low) + statistics.pvariance(high)) / 2)
    apart = (statistics.fmean(high) - statistics.fmean(low)) / max(scatter, _LEAST_SCATTER)
    if apart < wanted.least_separation:
        raise CalibrationRefused(
            "From here the camera cannot tell your slouch from your upright posture: they are {number:.1f} "
            "standard deviations apart, {least:g} are needed. Move the camera to eye level or to your side, and "
            "try again.",
            number=apart,
            least=wanted.least_separation,
        )
    return apart, _in_default_thresholds(usable, draft, settings)


def _in_default_thresholds(looks: Sequence[Sample], draft: Baseline, settings: Settings) -> float:
    """The median deviation at the default sensitivity: beyond the threshold, that of the face is not proportional to the sensitivity."""
    usual = settings.model_copy(update={"sensitivity": SensitivitySettings()})
    return statistics.median(_deviations(looks, draft, usual))


_TELLABLE = 0.8
"""A harmless posture can be distinguished from the slouch up to this fraction of its deviation. Choice: the threshold
between them must be clear of both."""


def _furthest_harmless(
    shown: Sequence[Sequence[Sample | None]], slouch: float, draft: Baseline, settings: Settings
) -> float | None:
    """Largest deviation, in default thresholds, of the harmless postures that are clearly nearer to upright than the slouch.

    A posture that looks just like the slouch is ignored, as when the face is bent out of sight.
    """
    found = []
    for looks in shown:
        usable = [
            look for look in _usable(looks) if look.view is draft.view and _has_shape(look, draft.width, draft.height)
        ]
        if len(_deviations(usable, draft, settings)) >= settings.calibration.least_samples / 2:
            found.append(_in_default_thresholds(usable, draft, settings))
    return max((value for value in found if value <= _TELLABLE * slouch), default=None)
