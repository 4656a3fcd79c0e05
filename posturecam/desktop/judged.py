"""Where slouching begins, by the same judge as the engine's."""

from __future__ import annotations

from posturecam.baseline import Baseline
from posturecam.boundary import Boundary, boundary_of
from posturecam.errors import ModelError
from posturecam.learned.weights import load_judge
from posturecam.loop import Tick
from posturecam.settings import Settings


def judged_boundary(tick: Tick, baseline: Baseline | None, settings: Settings) -> Boundary | None:
    """The boundary for the pose of a tick; None where it has none, and where the judge cannot be had (the engine says so)."""
    try:
        return boundary_of(tick, baseline, settings, load_judge(settings))
    except ModelError:
        return None
