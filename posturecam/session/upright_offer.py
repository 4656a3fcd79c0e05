"""Suggests a new baseline to a user who sits upright in a new place, and learns it if they accept."""

from __future__ import annotations

from posturecam.config.settings import Settings
from posturecam.posture.baseline import Baseline
from posturecam.posture.calibration import learn, sample
from posturecam.posture.front.new_upright import NewUpright, follow_new_upright, in_new_place
from posturecam.posture.loop import Tick
from posturecam.vision.camera_place import CameraPlace, follow_camera
from posturecam.vision.frame import SourceInfo

_APART = 1.0
"""Minimum seconds between two remembered checks: in the background, checks are farther apart, and a live view
makes ten a second."""


class UprightOffer:
    """Watches the ticks of one source for a new baseline; nothing changes before `learn` is called."""

    def __init__(self) -> None:
        self._state = NewUpright()
        self._taken: float | None = None
        """Time of the last remembered check, seconds of the source."""

    @property
    def stands(self) -> bool:
        """Whether a baseline is suggested and can be accepted."""
        return self._state.offered

    def follow(self, tick: Tick, baseline: Baseline | None, settings: Settings) -> bool:
        """Process one tick and the baseline used for it; returns whether to suggest a new one now, which happens once per place."""
        pose, view = tick.pose, tick.reading.view
        if pose is None or baseline is None or view is not baseline.view:
            return False
        if self._taken is not None and 0 <= pose.t - self._taken < _APART:
            return False
        self._taken = pose.t
        look, moved = sample(pose, view, tick.reading.measures, settings), tick.known.moved
        if in_new_place(look, baseline.front, moved):  # only then is the background needed, which takes longest
            look = sample(pose, view, tick.reading.measures, settings, tick.frame.glance)
        self._state, now = follow_new_upright(self._state, look, baseline.front, moved, settings)
        return now

    def learn(self, source: SourceInfo, made: str, settings: Settings) -> Baseline:
        """The new baseline, from the upright checks of the last minutes; this ends the suggestion.

        Args:
            source: The source that was watched.
            made: When, as ISO 8601 local time with offset.
            settings: The user's settings.

        Raises:
            CalibrationRefused: with the reason, if the checks are not good enough after all.
        """
        samples, self._state = self._state.samples, NewUpright()
        return learn(samples, source.key, source.name, made, settings, source=source)


class ReplacedUpright:
    """A baseline that an accepted suggestion replaced: whoever moved to the sofa for an hour comes back to the desk."""

    def __init__(self, baseline: Baseline) -> None:
        self.baseline = baseline
        self._place = CameraPlace()

    def fits_again(self, tick: Tick) -> bool:
        """Process one tick; returns whether the camera is surely back where this was learned, and surely not where the one in use was."""
        self._place = follow_camera(self._place, self.baseline.background, tick.frame.glance, tick.pose)
        return bool(tick.known.moved) and self._place.moved is False
