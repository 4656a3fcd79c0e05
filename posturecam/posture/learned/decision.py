"""Without a visible face: one probability of a slouch, from the learned estimate and geometry. Nothing becomes unknown because the two differ.

Both are counted in thresholds: the estimate as a multiple of its threshold, geometry by how far the body sank
(`posturecam.posture.geometric.judge.Geometry`). They are averaged, and a head bent farther than in a slouch is subtracted:
looking at keys or a phone inclines the neck too, but neither head nor shoulders come down. The uncertainty of the
estimate enters the probability.

The weights are logistic regressions on the *tune* people of `docs/accuracy.md` seen without their faces, in front of
frontal and oblique cameras, with the chair moved and the lid tilted, with both pose models, cross-validated by leaving
people out, and rounded to what both kinds of camera have in common.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from posturecam.config.settings import Settings
from posturecam.posture.baseline import Baseline
from posturecam.posture.front.thresholds import FrontThresholds
from posturecam.posture.geometric.judge import BY_GEOMETRY_ALONE, Geometry
from posturecam.posture.learned.features import Floats, KeptPose, from_kept
from posturecam.posture.learned.model import FLEXION_SHARE, Angle, Estimate, Estimates, PostureModel, Upright
from posturecam.posture.measures import Name
from posturecam.posture.reading import Deviation
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View
from posturecam.vision.pose import Landmark, Pose

ESTIMATE_SHARE, GEOMETRY_SHARE = 0.85, 0.15
"""Weights of the estimate and of geometry: regressions give 0.70 to 0.85 and 0.15 to 0.35 of the whole."""
GLANCE_FREE = FrontThresholds().glance_free
"""Degrees that the head bends down in a slouch itself: 4 to 13 if nobody looks down, as when the face judges."""
BY_BENDING = 0.07
"""Thresholds subtracted for each further degree. Looks at keys and phone are estimated at 30–48° and 0–2 thresholds;
slouches with the chin down at 31–46° and four thresholds or more."""
MOST_BY_BENDING = 1.5
"""Most thresholds subtracted: of 69 checks of slouches with the chin down 95% are detected, and no more looks at keys
or phone than without a limit."""
BY_LEANING = 0.1
"""Thresholds subtracted for each degree by which the shoulder line is tilted beyond `LEAN_FREE`: the estimator takes part of a
lean to a side for an inclined neck. *Tune* people leaning by 9° of the trunk show 10° from the front and 12° obliquely."""
LEAN_FREE = 4.0
"""Degrees of such a tilt that go with slouching itself: 1–2, in a deep slouch up to 5; obliquely 6, with values far over the
threshold (*tune* people)."""
MOST_BY_LEANING = 1.0
"""Most thresholds subtracted: half of a mild slouch seen obliquely, which is estimated at two."""
PLACE_SHARE: Mapping[bool | None, tuple[float, float]] = {False: (0.8, 0.8), None: (0.2, 0.1), True: (0.0, 0.0)}
"""Weight of the estimate that compares the position in the picture, relative to the one that does not; by whether the
camera was moved (None if unknown); from the front and obliquely. A tilted lid moves the shoulders just as a slouch does."""
TILT_SEEN = 10.0
"""Degrees of looking up from which the position no longer counts if it is unknown whether the camera was moved: tilting
it up lowers everything in the picture and makes heads appear to look up by as much, which no slouch does. Twice the mean
error of that angle (its change on the *tune* people: 4.4–5.1°)."""
SEVERE_SEEN = 0.7
"""Fraction of the way from a slouch to a severe one that the average shows: with it middle and deep slouches come out
as severe as by the face (2.1 and 2.8 against 2.2 and 3.0 from the front, 2.5 and 3.1 against 2.1 and 2.7 obliquely)."""
GEOMETRY_SCATTER = 1.3
"""Standard deviation of geometry alone, thresholds: from its own logistic regression."""
SCATTER = 0.4
"""Standard deviation of the average, in addition to the estimate's interval."""
_LEAST_BEGIN = 0.5
"""However uncertain the result, slouching never begins below this fraction of the threshold."""
_NOT_COMPARABLE = (Why.CAMERA_MOVED, Why.TILTED, Why.NO_BASELINE, Why.IMPLAUSIBLE)
"""Reasons of geometry for which an estimate is pointless as well: a different picture, a rotated camera, an impossible
pose."""
_TOUCHING = (
    {View.FRONT, View.OBLIQUE_LEFT},
    {View.FRONT, View.OBLIQUE_RIGHT},
    {View.OBLIQUE_LEFT, View.SIDE_LEFT},
    {View.OBLIQUE_RIGHT, View.SIDE_RIGHT},
)
"""Adjacent views. Estimates need none."""
_CAUSES = {
    Angle.NECK_INCLINATION: Name.NECK_INCLINATION,
    Angle.TRUNK_INCLINATION: Name.TRUNK_INCLINATION,
    Angle.NECK_FLEXION: Name.NECK_FLEXION,
}


@dataclass(frozen=True, slots=True)
class LearnedJudge:
    """A `posturecam.posture.assess.Judge` that uses the learned estimator."""

    model: PostureModel

    def __call__(
        self, pose: Pose, view: View, baseline: Baseline, geometry: Geometry, settings: Settings, moved: bool | None
    ) -> Deviation:
        """The combined result of the estimate and geometry; either alone if the other has no answer.

        From the side geometry judges: there it measures the angles themselves, and on photographs of a man in profile
        it distinguishes leaning far back from slouching, which the estimate does not.
        """
        reason = geometry.deviation.reason
        if view.is_side or baseline.landmarks is None or baseline.by_face_alone:
            return geometry.deviation
        if reason is not None and not _asked(reason, view, baseline.view):
            return geometry.deviation
        oblique = view.is_oblique or baseline.view.is_oblique
        upright = _upright(self.model, baseline.landmarks)
        placed, free = self.model.changes(pose, upright)
        if moved is None and pose.beyond:  # it was tilted, and seen as if it had not been
            moved = False
        share = PLACE_SHARE[moved][oblique]
        if moved is None:
            share *= geometry.place * min(max(1 + (free[Angle.HEAD_PITCH].value or 0.0) / TILT_SEEN, 0.0), 1.0)
        leaning = abs(_shoulder_tilt(pose.points.astype(np.float64)) - _shoulder_tilt(upright.figures.points[0]))
        found = judge(_mixed(placed, free, share) if share > 0 else free, geometry, settings, leaning)
        unclear = reason is not None and reason.code is Why.VIEW_UNKNOWN
        return geometry.deviation if unclear and (found.value or 0.0) < 1 else found


def _asked(reason: Reason, view: View, upright_view: View) -> bool:
    """Whether the estimate may answer although geometry does not.

    For another view only if the two are adjacent, since turning the body is misread by that much. If the view is unclear, as where the
    shoulders of somebody bent down seem to be seen from behind, only a slouch that shows anyway counts.
    """
    if reason.code is Why.OTHER_VIEW:
        return {view, upright_view} in _TOUCHING
    if reason.code is Why.VIEW_UNKNOWN:
        return not upright_view.is_side
    return reason.code not in _NOT_COMPARABLE


@lru_cache(maxsize=8)
def _upright(model: PostureModel, landmarks: KeptPose) -> Upright:
    return model.upright(from_kept(landmarks)).repeated(2)  # a pose is read twice


def _shoulder_tilt(points: Floats) -> float:
    """The angle of the shoulder line in the picture, degrees, from landmarks in any unit."""
    across, down = points[Landmark.LEFT_SHOULDER] - points[Landmark.RIGHT_SHOULDER]
    return math.degrees(math.atan2(down, abs(across)))


def _mixed(placed: Estimates, free: Estimates, share: float) -> Estimates:
    """The weighted average of both; if one has no answer, the other."""
    if any(one.value is None for one in placed.values()):
        return free
    if any(one.value is None for one in free.values()):
        return placed

    def mean(one: float | None, other: float | None) -> float:
        return share * (one or 0.0) + (1 - share) * (other or 0.0)

    return {
        angle: Estimate(angle, mean(one.value, free[angle].value), mean(one.low, free[angle].low), mean(one.high, free[angle].high))
        for angle, one in placed.items()
    }  # fmt: skip


def judge(changes: Estimates, geometry: Geometry, settings: Settings, leaning: float = 0.0) -> Deviation:
    """The deviation that results from the estimated changes and geometry.

    It is 1 if the probability of being over the threshold is `settings.learned.probability`, and about 2 if both see a
    severe slouch, `severe_change` and two thresholds.
    """
    found, learned, scale = changes[Angle.SLOUCH], settings.learned, settings.sensitivity.scale
    by_geometry, scatter = geometry.deviation, found.deviation
    if found.value is None or scatter is None:
        if by_geometry.value is None:
            return by_geometry if by_geometry.reason is not None else Deviation(None, found.reason)
        return _with_probability(by_geometry)
    estimate, sunk = found.value / learned.neck_change, geometry.sinking
    bent = max((changes[Angle.HEAD_PITCH].value or 0.0) - GLANCE_FREE, 0.0)
    glance = min(BY_BENDING * bent, MOST_BY_BENDING)
    lean = min(BY_LEANING * max(leaning - LEAN_FREE, 0.0), MOST_BY_LEANING)
    # What geometry cannot measure adds nothing: the estimate alone has to show more.
    whole = ESTIMATE_SHARE * estimate + GEOMETRY_SHARE * (sunk or 0.0) - glance - lean
    scatter = math.hypot(ESTIMATE_SHARE * scatter / learned.neck_change, SCATTER)
    begins = scale * max(1 + NormalDist().inv_cdf(learned.probability) * scatter, _LEAST_BEGIN)
    severe = SEVERE_SEEN * (ESTIMATE_SHARE * (learned.severe_change / learned.neck_change - 1) + GEOMETRY_SHARE)
    value = whole / begins if whole <= begins else 1 + (whole - begins) / (scale * severe)
    if (
        by_geometry.value is not None
        and by_geometry.cause in BY_GEOMETRY_ALONE
        and by_geometry.value >= max(1.0, value)
    ):
        return _with_probability(by_geometry)
    cause, change = _cause(changes, settings)
    probability = NormalDist().cdf((whole / scale - 1) / scatter)
    # Unlike by the face, also if the body has not sunk: its estimate is too uncertain, and 5 of 528 slouches of *validation* people were lost.
    return Deviation(value, None, cause, change, probability, looking_down=bent > 0)


def _with_probability(found: Deviation) -> Deviation:
    """The result of geometry alone, with its probability."""
    assert found.value is not None
    return replace(found, probability=NormalDist().cdf((found.value - 1) / GEOMETRY_SCATTER))


def _cause(changes: Estimates, settings: Settings) -> tuple[Name, float]:
    """The angle that exceeds its threshold the most, and its change, degrees."""
    limits = change_limits(settings)
    worst = max(_CAUSES, key=lambda angle: (changes[angle].value or 0.0) / limits[_CAUSES[angle]])
    return _CAUSES[worst], changes[worst].value or 0.0


def change_limits(settings: Settings) -> dict[Name, float]:
    """For each angle, the estimated change in degrees from which it counts as the cause of a slouch."""
    return {
        Name.NECK_INCLINATION: settings.learned.neck_change,
        Name.TRUNK_INCLINATION: settings.side.trunk_change,
        Name.NECK_FLEXION: settings.learned.neck_change / FLEXION_SHARE,
    }
