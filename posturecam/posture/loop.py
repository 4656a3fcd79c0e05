"""The whole program in one loop; everything else feeds it or consumes its ticks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from posturecam.config.settings import Settings
from posturecam.posture.assess import Judge, assess
from posturecam.posture.baseline import Baseline
from posturecam.posture.front.seat import UprightSeat, follow_seat
from posturecam.posture.front.tallest import Tallest, follow_tallest
from posturecam.posture.front.thresholds import thresholds
from posturecam.posture.measures import Name
from posturecam.posture.monitor import Event, Grade, MonitorState, Phase, step
from posturecam.posture.pace import pace
from posturecam.posture.reading import NOTHING_KNOWN, Circumstances, Reading, no_person, no_picture
from posturecam.posture.view import View, ViewState, apparent_yaw, follow_view
from posturecam.vision.camera_place import CameraPlace, follow_camera
from posturecam.vision.frame import Frame, Source
from posturecam.vision.pose import Pose

Estimator = Callable[[Frame], Pose | None]
"""Finds the user in a frame; `posturecam.vision.estimator.PoseEstimator` is the real one."""


@dataclass(frozen=True, slots=True)
class Tick:
    """One step of the loop: a frame and everything found in it."""

    frame: Frame
    pose: Pose | None
    """None if the user is not in the picture."""
    reading: Reading
    state: MonitorState
    events: tuple[Event, ...]
    known: Circumstances = NOTHING_KNOWN
    """What was known beside the picture when it was judged."""


def watch(
    source: Source,
    estimator: Estimator,
    baselines: Mapping[View, Baseline] | None = None,
    settings: Settings | None = None,
    judge: Judge | None = None,
) -> Iterator[Tick]:
    """Watch a source to its end, yielding one tick per frame.

    Args:
        source: A camera, a video or a recording.
        estimator: Finds the user in each frame; not called for recorded landmarks.
        baselines: Baselines of this source's camera, by view. The mapping may be changed while the loop runs.
        settings: Every threshold; the defaults if omitted.
        judge: The judge of the learned estimator, from `posturecam.load_judge`; without it geometry decides.

    Raises:
        SourceError: while iterating, if the source cannot be read.

    Example:
        >>> from posturecam import PoseEstimator, VideoSource, watch
        >>> with VideoSource("desk_side.mp4", rate=1, end=3) as video, PoseEstimator() as estimator:
        ...     for tick in watch(video, estimator):
        ...         print(f"{tick.frame.t:.1f} s, {tick.reading.view}: {tick.state.phase}")
        0.0 s, side left: upright
        1.0 s, side left: upright
        2.0 s, side left: upright
    """
    settings = settings or Settings()
    baselines = {} if baselines is None else baselines
    view, state, tallest, place, seat = ViewState(), MonitorState(), Tallest(), CameraPlace(), UprightSeat()
    judged: _Judged | None = None
    limits = thresholds(settings)
    for frame in source:
        pose = frame.pose if frame.recorded else estimator(_as_needed(frame, state))
        view = follow_view(view, apparent_yaw(pose, settings) if pose else None, frame.t, settings.view)
        learned = pick(baselines, view.view)
        background = None if learned is None else learned.background
        place = follow_camera(place, background, frame.glance, pose, settings.camera.field_of_view)
        known = Circumstances(place.moved, place.tilt, tallest.held, seat.distance)
        if (
            judged is not None
            and pose is not None
            and frame.problem is None
            and judged.holds(pose, view.view, learned, known)
        ):
            reading = replace(judged.reading, t=frame.t)
        else:
            reading = read(frame, pose, view.view, baselines, settings, judge, known)
        judged = None if pose is None else _Judged(pose, view.view, learned, known, reading)
        neck, pitch = (reading.measures[name].value for name in (Name.NECK_HEIGHT, Name.HEAD_PITCH))
        tallest = follow_tallest(tallest, frame.t, neck, pitch, present=reading.present)
        if learned is not None and pose is not None and learned.other_shape(pose.width, pose.height) is None:
            seat = follow_seat(seat, reading, learned.front, limits)
        state, events = step(state, reading, settings.monitor)
        source.pace(pace(state, settings.pace))
        yield Tick(frame, pose, reading, state, events, known)


@dataclass(frozen=True, slots=True)
class _Judged:
    """The result of the last check, so that reused landmarks are not judged again."""

    pose: Pose
    view: View
    baseline: Baseline | None
    known: Circumstances
    reading: Reading

    def holds(self, pose: Pose, view: View, baseline: Baseline | None, known: Circumstances) -> bool:
        """Whether judging this pose would give the same reading."""
        held = pose.points is self.pose.points and pose.world is self.pose.world and pose.head == self.pose.head
        return (
            held
            and (pose.width, pose.height) == (self.pose.width, self.pose.height)
            and (view, baseline, known) == (self.view, self.baseline, self.known)
        )


def _as_needed(frame: Frame, state: MonitorState) -> Frame:
    """The frame, marked for a full check if the posture is about to matter, so that reused landmarks do not delay an alert."""
    clear = state.phase in (Phase.SLOUCHING, Phase.AWAY) or (
        state.phase is Phase.UPRIGHT and state.grade is Grade.UPRIGHT
    )
    return frame if clear or frame.image is None else replace(frame, closely=True)


def read(
    frame: Frame,
    pose: Pose | None,
    view: View,
    baselines: Mapping[View, Baseline],
    settings: Settings,
    judge: Judge | None = None,
    known: Circumstances = NOTHING_KNOWN,
) -> Reading:
    """Judge one frame and the pose found in it, as `posturecam.posture.assess.assess` does."""
    if frame.problem is not None:
        return no_picture(frame.t, frame.problem, view)
    if pose is None:
        return no_person(frame.t, view)
    return assess(pose, view, pick(baselines, view), settings, judge, known)


_DIRECTIONS: Mapping[View, int] = {
    View.SIDE_LEFT: -2,
    View.OBLIQUE_LEFT: -1,
    View.FRONT: 0,
    View.OBLIQUE_RIGHT: 1,
    View.SIDE_RIGHT: 2,
}
"""The views from one side of the person to the other."""


def pick(baselines: Mapping[View, Baseline], view: View) -> Baseline | None:
    """The baseline for a view: its own, or none if absolute limits apply, or else that of the nearest view.

    A view can still be compared with an adjacent one; any other baseline serves to report the mismatch. Of two that are equally near, the
    one that is not from the side is taken. An unclear view counts as the front, so that a slouch that is visible still counts.
    """
    if view in baselines or view.is_side:
        return baselines.get(view)
    seen_from = _DIRECTIONS.get(view, 0)

    def distance(one: Baseline) -> tuple[int, bool]:
        return abs(_DIRECTIONS.get(one.view, 0) - seen_from), one.view.is_side

    return min(baselines.values(), key=distance, default=None)
