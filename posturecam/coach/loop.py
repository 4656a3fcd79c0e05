"""The coach in one loop: the same source, estimator, pose and view as the monitor's (`posturecam.posture.loop`)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from posturecam.coach.cues import Chime, CueState, Say, arbitrate
from posturecam.coach.events import Event
from posturecam.coach.exercise import Exercise
from posturecam.coach.judging.state import CoachPhase, CoachState
from posturecam.coach.judging.step import begin, finish, look_at, pause, resume, step
from posturecam.coach.nearness import LastSeen, last_seen
from posturecam.coach.session_summary import DepthKey, PastDepth, SessionSummary
from posturecam.coach.stretch_measures import CoachLook
from posturecam.config.settings import Settings
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
    chimes: tuple[Chime, ...]
    muted: bool


@dataclass
class Controls:
    """The user's controls of a running session; may be called from any thread."""

    muted: bool = False
    _asked: list[str] = field(default_factory=list, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _paused: bool = field(default=False, repr=False)

    def pause(self) -> None:
        """Nothing counts until `resume`."""
        self._ask("pause")

    def resume(self) -> None:
        """Resume counting."""
        self._ask("resume")

    def toggle_pause(self) -> None:
        """Pause, or resume."""
        self._ask("resume" if self._paused else "pause")

    def skip(self) -> None:
        """Leave this exercise, keeping what was done, and begin the next one."""
        self._ask("skip")

    def toggle_mute(self) -> None:
        """Silence, or the voice again."""
        with self._lock:
            self.muted = not self.muted

    def end(self) -> None:
        """End the session with the next look, keeping what was done."""
        self._ask("end")

    def press(self, key: str) -> None:
        """Do what a key asks for; other keys do nothing."""
        match key.lower():
            case " " | "p":
                self.toggle_pause()
            case "m":
                self.toggle_mute()
            case "s":
                self.skip()
            case "q" | "\x1b":
                self.end()
            case _:
                pass

    def _ask(self, what: str) -> None:
        with self._lock:
            self._asked.append(what)
            self._paused = what == "pause" if what in ("pause", "resume") else self._paused and what != "skip"

    def take(self) -> list[str]:
        """The requests since the last call; for the loop."""
        with self._lock:
            asked, self._asked = self._asked, []
        return asked


def for_stretching(settings: Settings) -> Settings:
    """The settings with which the coach's own estimator is made, and its loop run.

    On the floor the head hides and the shoulders travel: the tracker must let go later than at a desk, and the user may be
    further from the seat, and seem of another size, than somebody who leans in a chair.
    """
    chosen = settings.stretch
    estimator = settings.estimator.model_copy(
        update={
            "model": chosen.model,
            "face": False,  # stretches are judged by the body
            "detection_confidence": chosen.detection_confidence,
            "tracking_confidence": chosen.tracking_confidence,
            "hold": 0.0,  # a stretch is judged by small changes
        }
    )
    follow = settings.follow.model_copy(update={"seat_radius": chosen.seat_radius, "size_factor": chosen.size_factor})
    return settings.model_copy(update={"estimator": estimator, "follow": follow})


def coach(
    source: Source,
    estimator: Estimator,
    exercises: Sequence[Exercise],
    settings: Settings | None = None,
    controls: Controls | None = None,
    past: Mapping[DepthKey, PastDepth] | None = None,
    *,
    pain: bool = False,
) -> Iterator[CoachTick]:
    """Coach these exercises, one after the other, until they are done or the source ends; one tick a frame.

    The last tick's state always has the summary of the last exercise: what was begun is kept as a partial repetition. A
    caller that stops iterating before (Ctrl-C) gets the same from `stop`.

    Args:
        source: A camera, a video, recorded landmarks.
        estimator: Make the real one with `for_stretching(settings)`.
        exercises: In order.
        settings: The user's.
        controls: Pause, skip, mute, end.
        past: Depths of earlier sessions.
        pain: Whether the user reported pain, numbness or dizziness and goes on all the same.

    Raises:
        ValueError: if there is no exercise.
    """
    if not exercises:
        raise ValueError("a session needs at least one exercise")
    settings, controls = settings or Settings(), controls or Controls()
    rules = settings.stretch if source.info.live else settings.stretch.model_copy(update={"count_in": 0.0})
    known = dict(past or {})
    view, cues, index, state = ViewState(), CueState(), 0, begin(exercises[0], known, pain=pain)
    seen = LastSeen()
    last: CoachTick | None = None
    source.pace(settings.stretch.period)
    for frame in source:
        exercise = exercises[index]
        pose = frame.pose if frame.recorded else estimator(frame)
        view = follow_view(view, body_yaw(pose, settings) if pose else None, frame.t, settings.view)
        seen = last_seen(seen, frame.t, pose, rules)
        look = replace(look_at(frame.t, pose, view.view, state, exercise, rules, frame.problem), nearness=seen.nearness)
        state, events = step(state, look, exercise, rules)
        ending = False
        for asked in controls.take():
            state, more = _obey(asked, state, frame.t, exercise, settings)
            events += more
            ending |= asked == "end"
        cues, say, chimes = arbitrate(cues, events, frame.t, exercise, rules)
        last = CoachTick(
            frame, pose, view.view, look, exercise, index, len(exercises), state, events, say, chimes, controls.muted
        )
        yield last
        if state.phase is CoachPhase.DONE:
            index += 1
            if ending or index == len(exercises):
                return
            state = begin(exercises[index], known, pain=pain)
    if last is not None and state.phase is not CoachPhase.DONE:
        yield stop(last, settings)


def _obey(
    asked: str, state: CoachState, t: float, exercise: Exercise, settings: Settings
) -> tuple[CoachState, tuple[Event, ...]]:
    does: Mapping[str, Callable[[], tuple[CoachState, tuple[Event, ...]]]] = {
        "pause": lambda: pause(state, t),
        "resume": lambda: resume(state, t),
        "skip": lambda: finish(state, t, exercise, settings.stretch, skipped=True),
        "end": lambda: finish(state, t, exercise, settings.stretch),
    }
    return does[asked]()


def stop(last: CoachTick, settings: Settings) -> CoachTick:
    """The tick that closes a session after its last tick; the same tick where it was closed already."""
    state, events = finish(last.state, last.frame.t, last.exercise, settings.stretch)
    return replace(last, state=state, events=events, say=None, chimes=()) if events else last


def summarize(ticks: Sequence[CoachTick]) -> SessionSummary:
    """The summary of a session, from its ticks; only those that end an exercise are needed."""
    return SessionSummary(tuple(tick.state.summary for tick in ticks if tick.state.summary is not None))
