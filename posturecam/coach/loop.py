"""The coach in one loop: the same source, estimator, pose and view as the monitor's (`posturecam.posture.loop`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from posturecam.coach.breaks.pacing import PaceAsk, Pacing, pass_time, time_left
from posturecam.coach.cues import ChimeKind, CueState, Say, arbitrate
from posturecam.coach.events import Event
from posturecam.coach.exercise import Exercise
from posturecam.coach.judging.by_time import lasting, lead_in, of_each
from posturecam.coach.judging.speaking_time import SpeakingTime, speaking_seconds
from posturecam.coach.judging.state import CoachPhase, CoachState
from posturecam.coach.judging.step import begin, finish, look_at, pause, resume, step
from posturecam.coach.judging.viewpoint import near_left
from posturecam.coach.nearness import LastSeen, last_seen
from posturecam.coach.presentation.controls import Controls
from posturecam.coach.session_summary import DepthKey, PastDepth, SessionSummary, SetSummary
from posturecam.coach.stretch_measures import OF_FACE, CoachLook
from posturecam.config.settings import Settings, StretchSettings
from posturecam.posture.loop import Estimator
from posturecam.posture.view import View, ViewState, body_yaw, follow_view
from posturecam.vision.frame import Frame, Source
from posturecam.vision.pose import Pose


@dataclass(frozen=True, slots=True)
class CoachTick:
    """One step of the coach's loop."""

    frame: Frame
    pose: Pose | None
    view: View
    look: CoachLook
    exercise: Exercise
    index: int
    """Of the exercise in the session, from 0."""
    of: int
    """How many exercises there are."""
    state: CoachState
    events: tuple[Event, ...]
    say: Say | None
    """What to say now; only shown while muted."""
    chimes: tuple[ChimeKind, ...]
    muted: bool
    turn: int = 0
    """How many exercises were begun before it, including repeated ones."""
    time_left: float | None = None
    """Seconds left of a break, if it goes as planned; None outside a break."""
    up_next: Exercise | None = None
    """The next exercise of the session; None for the last one."""

    @property
    def near(self) -> int:
        """Which side of the person is nearer to the camera: 0 is the left one, 1 the right one."""
        left = near_left(self.view) if self.state.start is None else self.state.start.near_left
        return 0 if left else 1


def for_stretching(settings: Settings, exercises: Iterable[Exercise] = ()) -> Settings:
    """The settings with which to create the coach's own estimator, and to run its loop.

    On the floor the head hides and the shoulders travel: the tracker must keep track for longer than at a desk, and the
    user may be farther from the seat, and appear larger or smaller, than somebody leaning in a chair. Faces are searched
    for only if an exercise is judged by the face, and then in every check that may: a chin moves by two centimeters.
    """
    by_face = any(OF_FACE.intersection(one.measures) for one in exercises)
    chosen = settings.stretch
    estimator = settings.estimator.model_copy(
        update={
            "model": chosen.model,
            "face": by_face and settings.estimator.face,  # other stretches are judged by the body
            "face_hold": 0.0,
            "detection_confidence": chosen.detection_confidence,
            "tracking_confidence": chosen.tracking_confidence,
            "hold": 0.0,  # a stretch is judged by small changes
        }
    )
    follow = settings.follow.model_copy(update={"seat_radius": chosen.seat_radius, "size_factor": chosen.size_factor})
    return settings.model_copy(update={"estimator": estimator, "follow": follow})


SLEPT_SECONDS = 300.0
"""Seconds without a picture from the camera, as while the computer sleeps, after which a session is over: somebody who opens their
laptop in the morning is no longer in last night's stretch."""


def coach(
    source: Source,
    estimator: Estimator,
    exercises: Sequence[Exercise],
    settings: Settings | None = None,
    controls: Controls | None = None,
    past: Mapping[DepthKey, PastDepth] | None = None,
    *,
    pain: bool = False,
    paced: bool = False,
    speaking: SpeakingTime = speaking_seconds,
) -> Iterator[CoachTick]:
    """Coach these exercises, one after the other, until they are done, the source ends, or the computer has slept; one tick per frame.

    The last tick's state always has the summary of the last exercise: anything begun is kept as a partial repetition. A
    caller that stops iterating earlier (Ctrl-C) gets the same from `stop`.

    Args:
        source: A camera, a video, recorded landmarks.
        estimator: Create the real one with `for_stretching(settings)`.
        exercises: In order.
        settings: The user's settings.
        controls: Pause, skip, mute, end.
        past: Depths of earlier sessions.
        pain: Whether the user reported pain, numbness or dizziness and still wants to continue.
        paced: Whether it is a break at the desk, which keeps its time: each exercise is announced, and timed if the
            camera cannot judge it (`posturecam.coach.breaks`).
        speaking: How long words take to say; by default for an English voice at the usual speed.

    Raises:
        ValueError: if there is no exercise.
    """
    if not exercises:
        raise ValueError("a session needs at least one exercise")
    settings, controls = settings or Settings(), controls or Controls()
    rules = _rules(settings.stretch, live=source.info.live)
    planned = [lasting(one, speaking) for one in exercises]
    session = _Session(exercises, planned, settings, rules, dict(past or {}), pain, paced, speaking)
    progress = _Progress(session.begin(0))
    last: CoachTick | None = None
    source.pace(settings.stretch.period)
    for frame in source:
        if last is not None and source.info.live and frame.t - last.frame.t >= SLEPT_SECONDS:
            break
        pose = frame.pose if frame.recorded or (paced and frame.image is None) else estimator(frame)
        progress, last = _check(session, progress, frame, pose, controls)
        yield last
        if progress.state.phase is CoachPhase.DONE:
            if progress.following >= len(exercises):
                return
            progress = _go_on(session, progress)
    if last is not None and progress.state.phase is not CoachPhase.DONE:
        yield stop(last, settings)


def _rules(settings: StretchSettings, *, live: bool) -> StretchSettings:
    """The settings to judge by: a recording has begun already, and pictures taken seldom on purpose do not each follow a gap."""
    longest_gap = max(settings.longest_gap, 2 * settings.period)
    return settings.model_copy(update={"longest_gap": longest_gap, "count_in": settings.count_in if live else 0.0})


@dataclass(frozen=True, slots=True)
class _Session:
    """What does not change during a session."""

    exercises: Sequence[Exercise]
    planned: Sequence[float]
    """Seconds that each exercise takes in a break that goes as planned."""
    settings: Settings
    rules: StretchSettings
    """What exercises are judged by."""
    past: Mapping[DepthKey, PastDepth]
    pain: bool
    paced: bool
    speaking: SpeakingTime

    def begin(self, index: int) -> CoachState:
        """The state in which this exercise begins."""
        exercise = self.exercises[index]
        if not self.paced:
            return begin(exercise, self.past, pain=self.pain)
        title = self.speaking(exercise.title)
        announced = lead_in(exercise, self.speaking)
        return begin(exercise, self.past, pain=self.pain, lead_in=announced, title_seconds=title)


@dataclass(frozen=True, slots=True)
class _Progress:
    """How far a session has come."""

    state: CoachState
    """Of the current exercise."""
    index: int = 0
    """Which exercise that is."""
    following: int = 1
    """The one to go on with once it is done; past the last one ends the session."""
    turn: int = 0
    """How many were begun before it, including repeated ones."""
    view: ViewState = field(default_factory=ViewState)
    cues: CueState = field(default_factory=CueState)
    seen: LastSeen = field(default_factory=LastSeen)
    pacing: Pacing = field(default_factory=Pacing)


def _check(
    session: _Session, progress: _Progress, frame: Frame, pose: Pose | None, controls: Controls
) -> tuple[_Progress, CoachTick]:
    """One check: judge the pose, do what the user and the time of a break ask for, and choose the words."""
    settings, rules, index = session.settings, session.rules, progress.index
    exercise, t = session.exercises[index], frame.t
    view = follow_view(progress.view, body_yaw(pose, settings) if pose else None, t, settings.view)
    seen = last_seen(progress.seen, t, pose, rules, exercise.placement.needs)
    look = look_at(t, pose, view.view, progress.state, exercise, rules, frame.problem, seen.nearness)
    state, events = step(progress.state, look, exercise, rules)
    asked, pacing = controls.take(), progress.pacing
    if session.paced:
        present = None if frame.problem else pose is not None
        pacing, wanted = pass_time(pacing, t, present, state, session.planned[index], rules, of_each(exercise))
        asked += [] if wanted is None else [wanted]
    following = index + 1
    for one in asked:
        if one == "repeat":
            following = max(index - 1, 0) if state.phase is CoachPhase.LEAD_IN else index
        elif one in ("end", PaceAsk.END):
            following = len(session.exercises)
        state, more = _obey(one, state, t, exercise, settings)
        events += more
    follows = following < len(session.exercises)
    cues, say, chimes = arbitrate(progress.cues, events, t, exercise, rules, more=follows, speaking=session.speaking)
    tick = CoachTick(
        frame, pose, view.view, look, exercise, index, len(session.exercises), state, events, say, chimes, controls.muted,
        progress.turn, time_left(pacing, session.planned, index) if session.paced else None,
        next(iter(session.exercises[index + 1 :]), None),
    )  # fmt: skip
    return _Progress(state, index, following, progress.turn, view, cues, seen, pacing), tick


def _go_on(session: _Session, progress: _Progress) -> _Progress:
    """Begin the exercise that follows a finished one."""
    return replace(
        progress,
        state=session.begin(progress.following),
        index=progress.following,
        turn=progress.turn + 1,
        pacing=replace(progress.pacing, used=0.0),
    )


def _obey(
    asked: str, state: CoachState, t: float, exercise: Exercise, settings: Settings
) -> tuple[CoachState, tuple[Event, ...]]:
    rules = settings.stretch
    match asked:
        case PaceAsk.GO_ON:
            return resume(state, t, exercise, rules)
        case "toggle":
            return resume(state, t, exercise, rules) if state.phase is CoachPhase.PAUSED else pause(state, t)
        case PaceAsk.WAIT:
            return pause(state, t, away=True)
        case "skip":
            return finish(state, t, exercise, rules, skipped=True)
        case "repeat" | PaceAsk.NEXT:
            return finish(state, t, exercise, rules, in_time=True)
        case _:
            return finish(state, t, exercise, rules)


def stop(last: CoachTick, settings: Settings) -> CoachTick:
    """The tick that closes a session after its last tick; the same tick if it was closed already."""
    state, events = finish(last.state, last.frame.t, last.exercise, settings.stretch)
    return replace(last, state=state, events=events, say=None, chimes=()) if events else last


def summarize(ticks: Sequence[CoachTick]) -> SessionSummary:
    """The results of a session, from its ticks; only those that end an exercise are needed.

    An exercise that was restarted before anything was done is listed once.
    """
    sets = [tick.state.summary for tick in ticks if tick.state.summary is not None]
    kept = [one for number, one in enumerate(sets) if one.results or _is_last(sets, number)]
    return SessionSummary(tuple(kept))


def _is_last(sets: Sequence[SetSummary], number: int) -> bool:
    """Whether the exercise was not restarted afterwards."""
    return all(other.exercise is not sets[number].exercise for other in sets[number + 1 :])
