"""What to say after a calibration that may have been of a slouch, or of leaning back; it never leads to a refusal. Pure.

From the side the angles tell, with a camera in front the face, and otherwise the learned estimator.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from posturecam.config.settings import Settings
from posturecam.i18n.words import mark
from posturecam.posture.baseline import Baseline
from posturecam.posture.front.judge import seen_level
from posturecam.posture.front.thresholds import thresholds
from posturecam.posture.learned.features import from_kept
from posturecam.posture.learned.model import Angle, Estimates, PostureModel
from posturecam.posture.measures import Name
from posturecam.posture.view import View


def caution_about(
    baseline: Baseline, settings: Settings, load: Callable[[Settings], PostureModel | None]
) -> str | None:
    """A caution that a baseline may be of a slouch, or None; seen from the side, that it may be of leaning back.

    Args:
        baseline: What was learned.
        settings: Every threshold.
        load: Gives the estimator, or None if geometry judges (`posturecam.posture.learned.weights.load_learned`); called
            only where neither the angles nor a face can tell.

    Raises:
        ModelError: from `load`, if the weights are missing or damaged.
    """
    if baseline.view.is_side:
        return _by_angles(baseline, settings)
    if baseline.view is View.FRONT and baseline.front is not None and baseline.front.neck_height is not None:
        return _by_face(baseline.front.neck_height, baseline.front.head_pitch or 0.0, settings)
    model = load(settings)
    if model is None or baseline.landmarks is None:
        return None
    return by_estimate(model.read_one(from_kept(baseline.landmarks)), settings)


def _by_angles(baseline: Baseline, settings: Settings) -> str | None:
    """Leaning back, if sitting straight is a slouch compared with it."""
    side, nothing = settings.side, math.inf
    neck, trunk = (baseline.values.get(name, nothing) for name in (Name.NECK_INCLINATION, Name.TRUNK_INCLINATION))
    if neck > side.neck_upright - side.neck_change and trunk > -side.trunk_change:
        return None
    return mark(
        "You leaned back, so sitting straight may count as slouching: if you sometimes sit straight, calibrate again that way."
    )


def _by_face(neck_height: float, head_pitch: float, settings: Settings) -> str | None:
    """A slouch, if it would count as one without a calibration; centimeters and degrees."""
    limits = thresholds(settings)
    if seen_level(neck_height, head_pitch, limits) > limits.absolute:
        return None
    return mark("That looked like a slouch: if it was one, sit up and calibrate again.")


def by_estimate(angles: Estimates, settings: Settings) -> str | None:
    """A slouch, if the estimated angles cannot rule it out.

    From the front they never can: on photographs of one man sitting upright before a webcam, the neck was estimated at
    28–35°. So no figure is shown either.
    """
    neck = angles[Angle.NECK_INCLINATION]
    if neck.high is None or neck.high <= settings.side.neck_absolute:
        return None
    return mark("From here I cannot tell how upright that was: if you were slouching, calibrate again.")
