"""Where slouching begins in the picture, according to the session's judge; computed once per pose, however often that is shown."""

from __future__ import annotations

from posturecam.config.settings import Settings
from posturecam.posture.assess import Judge
from posturecam.posture.baseline import Baseline
from posturecam.posture.boundary import Boundary, boundary_of
from posturecam.posture.loop import Tick
from posturecam.vision.pose import same_landmarks

SEARCHED_FOR = 1.0
"""Seconds for which a reach found by judging poses is reused: how far the head would have to sink changes with
the posture, but no faster than people move."""
_ALIKE = 0.1
"""Largest difference, in thresholds, from the posture for which it was found: about the jitter of somebody who sits still."""


class SlouchLine:
    """Computes the line for the pose of each tick; caches the last one, since landmarks are reused while nobody moves."""

    def __init__(self, settings: Settings, judge: Judge | None) -> None:
        self._settings, self._judge = settings, judge
        self._last: tuple[Tick, Baseline | None] | None = None
        self._line: Boundary | None = None
        self._searched: tuple[Tick, Baseline | None, Boundary] | None = None
        """The last tick for which poses were judged, and what was found."""

    def __call__(self, tick: Tick, baseline: Baseline | None) -> Boundary | None:
        """Where slouching begins; None if the posture is unknown, or no movement of head or trunk decides."""
        if tick.reading.deviation.value is None:
            return None
        if self._last is None or not _same_pose(tick, self._last[0]) or self._last[1] is not baseline:
            excess = self._excess(tick, baseline)
            self._line = boundary_of(tick, baseline, self._settings, self._judge, self._line, excess)
            if excess is None:
                self._searched = None if self._line is None else (tick, baseline, self._line)
        self._last = tick, baseline
        return self._line

    def _excess(self, tick: Tick, baseline: Baseline | None) -> float | None:
        """How far past the line the posture is, in thresholds, if it hardly differs from the last posture for which the reach was found; otherwise None."""
        if self._searched is None:
            return None
        before, its_baseline, found = self._searched
        value, then = tick.reading.deviation.value, before.reading.deviation.value
        if value is None or then is None or its_baseline is not baseline or _seen_as(tick) != _seen_as(before):
            return None
        if not 0 <= tick.frame.t - before.frame.t < SEARCHED_FOR or abs(value - then) > _ALIKE:
            return None
        return found.excess + value - then


def _same_pose(one: Tick, other: Tick) -> bool:
    """Whether both ticks share reused landmarks, and are judged from the same view with the same knowledge."""
    return same_landmarks(one.pose, other.pose) and _seen_as(one) == _seen_as(other)


def _seen_as(tick: Tick) -> tuple[object, ...]:
    return tick.reading.view, tick.known
