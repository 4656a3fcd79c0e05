"""Offering what was seen of somebody who sits upright in another place as a new baseline, and learning it where they take it."""

from __future__ import annotations

from posturecam.config.settings import Settings
from posturecam.posture.baseline import Baseline
from posturecam.posture.calibration import learn, sample
from posturecam.posture.front.new_upright import NewUpright, follow_new_upright
from posturecam.posture.loop import Tick
from posturecam.vision.frame import SourceInfo


class UprightOffer:
    """Watches the ticks of one source for it; nothing changes before `learn` is called."""

    def __init__(self) -> None:
        self._state = NewUpright()

    @property
    def stands(self) -> bool:
        """Whether it was offered, and can be taken."""
        return self._state.offered

    def follow(self, tick: Tick, baseline: Baseline | None, settings: Settings) -> bool:
        """Take one tick and the baseline it was compared with; whether to offer a new one now, which is once in a place."""
        pose, view = tick.pose, tick.reading.view
        if pose is None or baseline is None or view is not baseline.view:
            return False
        look = sample(pose, view, tick.reading.measures, settings, tick.frame.glance)
        self._state, now = follow_new_upright(self._state, look, baseline.front, tick.moved, settings)
        return now

    def learn(self, source: SourceInfo, made: str, settings: Settings) -> Baseline:
        """The new baseline, from the upright looks of the last minutes; the offer ends with it.

        Args:
            source: What was watched.
            made: When, as ISO 8601 local time with offset.
            settings: The user's.

        Raises:
            CalibrationRefused: with the reason, if they do not make one after all.
        """
        samples, self._state = self._state.samples, NewUpright()
        return learn(samples, source.key, source.name, made, settings)
