"""Where slouching begins in the picture, according to the session's judge; computed once per pose, however often it is shown."""

from __future__ import annotations

from posturecam.config.settings import Settings
from posturecam.posture.assess import Judge
from posturecam.posture.baseline import Baseline
from posturecam.posture.boundary import Boundary, boundary_of
from posturecam.posture.loop import Tick
from posturecam.vision.pose import same_landmarks


class SlouchLine:
    """Computes the line for the pose of each tick; caches the last one, since landmarks are reused while nobody moves."""

    def __init__(self, settings: Settings, judge: Judge | None) -> None:
        self._settings, self._judge = settings, judge
        self._last: tuple[Tick, Baseline | None] | None = None
        self._line: Boundary | None = None

    def __call__(self, tick: Tick, baseline: Baseline | None) -> Boundary | None:
        """Where slouching begins; None if the posture is unknown, or no movement of head or trunk decides."""
        if tick.reading.deviation.value is None:
            return None
        if self._last is None or not _same_pose(tick, self._last[0]) or self._last[1] is not baseline:
            self._line = boundary_of(tick, baseline, self._settings, self._judge, self._line)
        self._last = tick, baseline
        return self._line


def _same_pose(one: Tick, other: Tick) -> bool:
    """Whether both ticks share reused landmarks and are judged from the same view."""
    return same_landmarks(one.pose, other.pose) and (one.reading.view, one.tilt) == (other.reading.view, other.tilt)
