"""Where slouching begins in the picture, by the judge of the session: worked out once for a pose, however often it is shown."""

from __future__ import annotations

from posturecam.config.settings import Settings
from posturecam.posture.assess import Judge
from posturecam.posture.baseline import Baseline
from posturecam.posture.boundary import Boundary, boundary_of
from posturecam.posture.loop import Tick

_NEVER = 10.0
"""Thresholds, the most that the setting allows."""


class SlouchLine:
    """The line for the pose of each tick; it remembers the last one, as landmarks hold while nobody moves."""

    def __init__(self, settings: Settings, judge: Judge | None) -> None:
        """For one run of watching.

        A head that is moved by itself looks different to the estimate and to geometry, which on a real posture is a reason to
        know nothing; here only the estimate's line is looked for.
        """
        learned = settings.learned.model_copy(update={"agreement": 0.0, "contradiction": _NEVER})
        self._settings, self._judge = settings.model_copy(update={"learned": learned}), judge
        self._last: tuple[Tick, Baseline | None] | None = None
        self._line: Boundary | None = None

    def __call__(self, tick: Tick, baseline: Baseline | None) -> Boundary | None:
        """Where slouching begins; None where the posture is unknown, and where no move of the head or trunk decides."""
        if tick.reading.deviation.value is None:
            return None
        if self._last is None or not _same_pose(tick, self._last[0]) or self._last[1] is not baseline:
            self._line = boundary_of(tick, baseline, self._settings, self._judge)
        self._last = tick, baseline
        return self._line


def _same_pose(one: Tick, other: Tick) -> bool:
    """Whether the landmarks are the same ones, held, and judged from the same view."""
    a, b = one.pose, other.pose
    return a is not None and b is not None and a.points is b.points and one.reading.view is other.reading.view
