"""From estimated changes to how far somebody is from upright: by the probability of being over the threshold.

The geometric rule stays as the fallback, where there is no estimate, and as a cross-check: where both know and one of them
says upright while the other is far over the threshold, nobody knows. Obliquely an estimate that is sure stands by itself: there the line
from shoulder to ear, good to 10° only, shows nothing of a neck that bends over a trunk that slid down.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

from posturecam.config.settings import Settings
from posturecam.i18n.words import mark
from posturecam.posture.assess import Deviation
from posturecam.posture.baseline import Baseline
from posturecam.posture.learned.features import KeptPose, from_kept
from posturecam.posture.learned.model import FLEXION_SHARE, Angle, Estimates, PostureModel, Upright
from posturecam.posture.measures import Name
from posturecam.posture.reasons import Reason, Why
from posturecam.vision.pose import Pose

_LEAST_BEGIN = 0.5
"""However uncertain the estimate, slouching never begins below this share of the threshold."""
_SURE_ALONE = 0.75
"""Probability from which an oblique estimate of a slouch stands though geometry sees none: odds of three to one. Of rendered *tune* people
it keeps four of five who slid down and both who slouch, and neither of two relaxed ones nor one who leans aside."""
LEFT_TO_THE_ESTIMATE = (Why.HEAD_BENT, Why.HEAD_TURNED, Why.WRONG_VIEW)
"""Reasons that stop geometry, but not the estimate."""
_DOUBTS = (Why.HEAD_BENT, Why.UNCERTAIN)
"""Reasons of the estimate that make the posture unknown; for other reasons, such as a pose unlike the training set, geometry judges."""
_SIDEWAYS = (Name.HEAD_ROLL, Name.SHOULDER_TILT)
_CAUSES = {
    Angle.NECK_INCLINATION: Name.NECK_INCLINATION,
    Angle.TRUNK_INCLINATION: Name.TRUNK_INCLINATION,
    Angle.NECK_FLEXION: Name.NECK_FLEXION,
}


@dataclass(frozen=True, slots=True)
class LearnedJudge:
    """A `posturecam.posture.assess.Judge` that asks the learned estimator."""

    model: PostureModel

    def __call__(self, pose: Pose, baseline: Baseline, geometric: Deviation, settings: Settings) -> Deviation:
        """The estimate's judgment, or that of geometry if the estimate has none or the cause is a sideways lean.

        From the side geometry judges: there it measures the angles themselves, and on photographs of a man in profile it
        tells leaning far back from slouching, which the estimate does not.
        """
        reason = geometric.reason
        if baseline.landmarks is None or baseline.view.is_side:
            return geometric
        if reason is not None and reason.code not in LEFT_TO_THE_ESTIMATE:
            return geometric
        estimated = judge(self.model.changes(pose, _upright(self.model, baseline.landmarks)), settings)
        return reconcile(estimated, geometric, settings, oblique=baseline.view.is_oblique)


@lru_cache(maxsize=8)
def _upright(model: PostureModel, landmarks: KeptPose) -> Upright:
    return model.upright(from_kept(landmarks))


def judge(changes: Estimates, settings: Settings) -> Deviation:
    """The deviation that results from the estimated changes.

    Somebody looking down counts as slouching only if that is nearly certain: a glance must not count, and looking
    at a phone for long is not a slouch of the back. The deviation is 1 where the probability of being over the threshold is
    `settings.learned.probability`, and one more for as many degrees as `severe_change` is over `neck_change`.
    """
    found, learned = changes[Angle.SLOUCH], settings.learned
    probability = found.probability_over(learned.neck_change)
    if found.value is None or found.low is None or found.high is None or probability is None:
        return Deviation(None, found.reason)
    if found.high - found.low > learned.widest:
        return Deviation(None, Reason(Why.UNCERTAIN))
    sure = NormalDist().inv_cdf(learned.probability)
    # For more than 50 % certainty, the lower end must be over the threshold; intervals are not symmetric.
    reach = found.value - found.low if sure > 0 else found.high - found.value
    begins = learned.neck_change + sure * reach / NormalDist().inv_cdf(0.95)
    begins = max(begins, _LEAST_BEGIN * learned.neck_change)
    value, bent = found.value, changes[Angle.HEAD_PITCH].value or 0.0
    if value >= begins and bent >= learned.head_bent and probability < learned.bent_probability:
        return Deviation(None, Reason(Why.HEAD_BENT))
    over = value / begins if value <= begins else 1 + (value - begins) / (learned.severe_change - learned.neck_change)
    over /= settings.sensitivity.scale
    cause, change = _cause(changes, settings)
    return Deviation(over, None, cause, change, probability)


def _cause(changes: Estimates, settings: Settings) -> tuple[Name, float]:
    """The angle that is furthest over its threshold, and its change, degrees."""
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


def reconcile(estimated: Deviation, geometric: Deviation, settings: Settings, *, oblique: bool = False) -> Deviation:
    """Combine the estimate with what geometry says about the same check."""
    if estimated.value is None:
        # Geometry usually takes a head bent over a phone for a slouch, so it must not decide where the estimate is in doubt.
        doubted = estimated.reason is not None and estimated.reason.code in _DOUBTS
        return estimated if doubted else geometric
    if geometric.value is None:
        return estimated
    if geometric.cause in _SIDEWAYS and geometric.value >= max(1.0, estimated.value):
        return geometric
    alone = estimated.value >= 1 and geometric.value < settings.learned.agreement
    if oblique and (estimated.probability or 0.0) >= _SURE_ALONE:
        alone = False
    against = estimated.value < settings.monitor.exit and geometric.value >= 1 + settings.learned.contradiction
    if alone or against:
        return Deviation(None, Reason(Why.CONTRADICTORY))
    return estimated


def caution(angles: Estimates, settings: Settings) -> str | None:
    """A caution that a posture learned as upright may have been a slouch, if its estimated angles cannot rule that out; otherwise None.

    They never lead to a refusal, and no figure is shown: on photographs of one man before a webcam, sitting upright, the neck
    was estimated at 33–37°.
    """
    neck = angles[Angle.NECK_INCLINATION]
    if neck.high is None or neck.high <= settings.side.neck_absolute:
        return None
    return mark("From here I cannot tell how upright that was: if you were slouching, calibrate again.")
