"""Where slouching begins, by the same judge as the engine's."""

from __future__ import annotations

from posturecam.config.settings import Settings
from posturecam.posture.baseline import Baseline
from posturecam.posture.boundary import Boundary, boundary_of
from posturecam.posture.learned.weights import judge_or_geometry
from posturecam.posture.loop import Tick

_NEVER = 10.0
"""Thresholds, the most that the setting allows."""


def judged_boundary(tick: Tick, baseline: Baseline | None, settings: Settings) -> Boundary | None:
    """The boundary for the pose of a tick; None where it has none. Where the judge cannot be had, that of geometry, as the session says.

    A head that is moved by itself looks different to the estimate and to geometry, which on a real posture is a reason to
    know nothing; here only the estimate's line is looked for.
    """
    if tick.reading.deviation.value is None:
        return None
    learned = settings.learned.model_copy(update={"agreement": 0.0, "contradiction": _NEVER})
    judge = judge_or_geometry(settings, lambda _: None)
    return boundary_of(tick, baseline, settings.model_copy(update={"learned": learned}), judge)
