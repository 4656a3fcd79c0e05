"""Whether a check can be compared with the baseline by geometry at all, and how single measures changed from it. Pure."""

from __future__ import annotations

from posturecam.config.settings import Settings
from posturecam.posture.baseline import Baseline
from posturecam.posture.measures import Measures, Name
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View
from posturecam.vision.pose import Pose


def misfit_of(pose: Pose, view: View, measures: Measures, baseline: Baseline, settings: Settings) -> Reason | None:
    """Why geometry cannot compare this check with the baseline at all, or None."""
    if (another := baseline.other_shape(pose.width, pose.height)) is not None:
        return another
    if view is not baseline.view and not _beside(view, baseline):
        unclear = view is View.UNKNOWN
        return Reason(Why.VIEW_UNKNOWN) if unclear else Reason(Why.OTHER_VIEW, view=view, then=baseline.view)
    tilts = tilts_of(measures, baseline) if view is View.FRONT else []
    if tilted_alike(tilts, settings) and min(abs(change) for _, change in tilts) > settings.front.lateral:
        return Reason(Why.TILTED)
    return None


def _beside(view: View, baseline: Baseline) -> bool:
    """Whether an oblique baseline that is compared by the frontal indices, so one from near the front, can be used from the front as well.

    Slouching looks somewhat more frontal: the shoulders come forward.
    """
    return view is View.FRONT and baseline.view.is_oblique and not baseline.by_angle


def elsewhere(measures: Measures, baseline: Baseline, settings: Settings) -> float:
    """How much suggests that the camera or chair was moved, 0 to 1: the shoulders are elsewhere, but the ears did not come down to them.

    It is 0.5 at the limits of `settings.fit` and changes gradually around them, so that verdicts do not jump.
    """
    fit = settings.fit
    sunk, fallen = change_of(measures, baseline, Name.SHOULDER_HEIGHT), measures[Name.SLUMP_INDEX].value
    if sunk is None or fallen is None or Name.SLUMP_INDEX not in baseline.values:
        return 0.0
    fall = 1 - fallen / baseline.values[Name.SLUMP_INDEX]
    return _beyond(abs(sunk) / fit.sunk - 1) * _beyond((fit.sunk_fall - fall) / max(fit.sunk_fall, 0.01))


def _beyond(by: float) -> float:
    """How far a limit is exceeded, 0 to 1 and 0.5 at the limit; `by` is the excess as a multiple of the limit."""
    return min(max(0.5 + by, 0.0), 1.0)


def tilts_of(measures: Measures, baseline: Baseline) -> list[tuple[Name, float]]:
    """Sideways tilt of head and shoulders relative to the baseline, degrees, as far as both are known."""
    changes = ((name, change_of(measures, baseline, name)) for name in (Name.HEAD_ROLL, Name.SHOULDER_TILT))
    return [(name, change) for name, change in changes if change is not None]


def tilted_alike(tilts: list[tuple[Name, float]], settings: Settings) -> bool:
    """Whether head and shoulders are tilted by about the same angle, as when the camera was turned."""
    return len(tilts) == 2 and abs(tilts[0][1] - tilts[1][1]) <= settings.fit.tilted_together


def change_of(measures: Measures, baseline: Baseline, name: Name) -> float | None:
    """How far a measure is from the baseline, in its own unit; None if it is unknown now or in the baseline."""
    now = measures[name].value
    return None if now is None or name not in baseline.values else now - baseline.values[name]
