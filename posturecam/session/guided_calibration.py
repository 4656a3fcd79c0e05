"""The calibration as one loop: what the user is asked to do, the result of each check, and at the end what was learned."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from posturecam.alerts.learning import between
from posturecam.config.settings import Settings
from posturecam.i18n.message import Message
from posturecam.i18n.words import SENTENCES, mark
from posturecam.posture.baseline import Baseline
from posturecam.posture.calibration import Sample, learn, sample
from posturecam.posture.loop import Estimator, Tick, read
from posturecam.posture.measures import measure
from posturecam.posture.monitor import MonitorState
from posturecam.posture.view import View, ViewState, apparent_yaw, follow_view
from posturecam.session.protocol.messages import Calibrating
from posturecam.vision.frame import Frame, Source
from posturecam.vision.pose import Pose
from posturecam.vision.sources import require_pictures

HOW = mark("Sit comfortably upright, back supported, the way you could sit for half an hour.")
READY_SECONDS = 3.0
"""Seconds to sit down, and later to slouch, before a live camera's checks count."""
_HARMLESS_SECONDS = 5.0
"""Seconds of the look down, and of the lean-in: nobody does either for long, and the median is steady by then."""
_LOOK_EVERY = 0.1
"""Seconds between two checks of a live camera: as often as possible for these few seconds."""


@dataclass(frozen=True, slots=True)
class Part:
    """One phase of the calibration."""

    ask: str
    """What the user is asked to do."""
    seconds: float
    counts: bool = True
    """False for the time to get ready."""


@dataclass(frozen=True, slots=True)
class CalibrationTick:
    """One check during the calibration."""

    frame: Frame
    pose: Pose | None
    view: View
    sample: Sample | None
    """None if the check showed nobody, or nothing."""
    part: Part
    index: int
    """Number of the part, from 0."""
    passed: float
    """Seconds elapsed in this part, at most its length."""

    @property
    def trouble(self) -> str | None:
        """Why this check cannot be used, or None."""
        if self.frame.problem is not None:
            return self.frame.problem
        return mark("I see nobody") if self.sample is None else self.sample.missing


class Calibration:
    """One calibration of a source: iterate it to its end, then call `learn`."""

    def __init__(
        self,
        source: Source,
        estimator: Estimator,
        settings: Settings,
        *,
        slouch: bool = False,
        seconds: float | None = None,
    ) -> None:
        """Prepare a calibration.

        Args:
            source: A camera or a video.
            estimator: Finds the user.
            settings: The current settings.
            slouch: Also ask for a slouch, to check that the camera can distinguish it, and for a look down and a lean-in, so that
                the threshold can be placed between them.
            seconds: How long to watch each posture; None uses the settings.
        """
        if seconds is not None:  # a refusal names it too
            lasting = settings.calibration.model_copy(update={"seconds": seconds})
            settings = settings.model_copy(update={"calibration": lasting})
        self._source, self._estimator, self._settings, self._slouch = source, estimator, settings, slouch
        self.parts = _plan(source.info.live, settings.calibration.seconds, slouch)
        self._looks: list[list[tuple[Sample | None, str | None]]] = [[] for _ in self.parts]
        """For each part, the sample and the problem of every check."""

    def __iter__(self) -> Iterator[CalibrationTick]:
        self._source.pace(_LOOK_EVERY)
        view, index, began = ViewState(), 0, None
        for frame in self._source:
            # Every check must be independent: reused landmarks would make the posture seem steadier than it was.
            pose = frame.pose if frame.recorded else self._estimator(replace(frame, closely=True))
            found = None
            if pose is not None:
                view = follow_view(view, apparent_yaw(pose, self._settings), frame.t, self._settings.view)
                found = sample(pose, view.view, measure(pose, view.view, self._settings), self._settings, frame.glance)
            began = frame.t if began is None else began
            part, passed = self.parts[index], frame.t - began
            self._looks[index].append((found, frame.problem))
            yield CalibrationTick(frame, pose, view.view, found, part, index, min(passed, part.seconds))
            if passed >= part.seconds:
                index, began = index + 1, None
                if index == len(self.parts):
                    return

    def learn(self, made: str) -> Baseline:
        """The upright posture, from the checks made.

        Args:
            made: When, as ISO 8601 local time with offset.

        Raises:
            CalibrationRefused: with the reason.
            SourceError: if a file ended before anything was seen.
            CameraError: if the camera gave no pictures.
        """
        info = self._source.info
        counted = [looks for part, looks in zip(self.parts, self._looks, strict=True) if part.counts]
        for looks in (counted[0], *filter(None, counted[1:])):  # a file that ends before the slouch has no checks of it
            require_pictures([problem for _, problem in looks], info)
        upright, *slouched = ([found for found, problem in looks if problem is None] for looks in counted)
        slouch, *harmless = slouched if self._slouch else [None]
        others = [looks for looks in harmless if looks]
        return learn(upright, info.key, info.name, made, self._settings, slouch, others, info)


def calibrate(
    source: Source,
    estimator: Estimator,
    settings: Settings | None = None,
    *,
    seconds: float | None = None,
    slouch: bool = False,
) -> Baseline:
    """Learn the upright posture of whoever sits in front of a camera, or in a video that begins with it.

    Args:
        source: Watched from its beginning for as long as needed.
        estimator: Finds the user.
        settings: Every threshold; the defaults if omitted.
        seconds: How long to watch; the setting if omitted.
        slouch: Also watch a deliberate slouch, and refuse if the camera cannot distinguish it from upright; then a look
            down and a lean-in.

    Returns:
        The baseline; `watch` takes it as `{baseline.view: baseline}`.

    Raises:
        CalibrationRefused: with the reason, and what to change.
        SourceError: if a file cannot be read, or shows nothing to learn from.
        CameraError: if the camera gives no pictures.
        ValueError: if `seconds` is not positive and finite.

    Example:
        >>> from posturecam import PoseEstimator, VideoSource, calibrate
        >>> with VideoSource("desk_side.mp4", rate=5) as video, PoseEstimator() as estimator:
        ...     upright = calibrate(video, estimator, seconds=6)
        >>> print(upright.view, upright.quality)
        side left good
    """
    if seconds is not None and not 0 < seconds < math.inf:
        raise ValueError(f"seconds must be positive and finite, got {seconds}")
    calibration = Calibration(source, estimator, settings or Settings(), slouch=slouch, seconds=seconds)
    for _ in calibration:
        pass
    return calibration.learn(datetime.now().astimezone().isoformat(timespec="seconds"))


def verdict(baseline: Baseline) -> Message:
    """The result of the calibration in words."""
    learned = Message("Learned how you sit upright, seen from {view}.", view=baseline.view)
    good = mark("Good: you sat still, so small changes will show.")
    fair = mark("Fair: you moved a little. This will work; for better results, sit still and calibrate again.")
    parts = [learned, good if baseline.good else fair]
    if baseline.slouch is not None and baseline.slouch < between(baseline.slouch, baseline.harmless or 0.0):
        parts.append(
            mark(
                "Your slouch is clearly different, but too slight to count at normal sensitivity: calibrate again and "
                "slouch more, or set the sensitivity to Strict."
            )
        )
    elif baseline.separation is not None:
        parts.append(mark("Your slouch is clearly different: this camera can tell."))
    return Message.joined(SENTENCES, parts)


def _plan(live: bool, seconds: float, slouch: bool) -> tuple[Part, ...]:
    ready = (Part(mark("Get ready"), READY_SECONDS, counts=False),) if live else ()
    parts = (*ready, Part(mark("Stay like this, look at the screen"), seconds))
    if not slouch:
        return parts
    return (
        *parts,
        Part(mark("Now slouch, the way you do when you are tired"), READY_SECONDS, counts=False),
        Part(mark("Stay slouched, look at the screen"), seconds),
        Part(mark("Sit upright, and look down at your keyboard"), READY_SECONDS, counts=False),
        Part(mark("Keep looking down"), min(seconds, _HARMLESS_SECONDS)),
        Part(mark("Sit upright, then lean in as if to read"), READY_SECONDS, counts=False),
        Part(mark("Stay leaned in"), min(seconds, _HARMLESS_SECONDS)),
    )


def shown(look: CalibrationTick, settings: Settings) -> Calibrating:
    """One check of the calibration, in the form that windows show."""
    known: Mapping[View, Baseline] = {}
    reading = read(look.frame, look.pose, look.view, known, settings)
    tick = Tick(look.frame, look.pose, reading, MonitorState(), ())
    part = look.part
    return Calibrating(
        part.ask, part.counts, look.passed / part.seconds, part.seconds - look.passed, look.trouble, tick
    )
