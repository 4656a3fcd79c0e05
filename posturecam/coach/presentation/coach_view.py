"""What to show of one tick, for window and terminal alike. Pure: ticks in, words and numbers out.

One cue at a time: the last one spoken, while it is relevant, or else the cue of the phase.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from posturecam.coach.condition import BoundKind, Condition
from posturecam.coach.cues import DONE_AS_ASKED, REST, Say, SayKind
from posturecam.coach.exercise import Exercise, Sides
from posturecam.coach.judging.state import CoachPhase, CoachState
from posturecam.coach.loop import CoachTick
from posturecam.coach.presentation.descriptions import depth_text, side_text
from posturecam.coach.stretch_measures import MEASURES
from posturecam.i18n.message import Message
from posturecam.i18n.words import CLAUSES, mark
from posturecam.posture.measures import DEGREES
from posturecam.vision.pose import Landmark

_PHASE_WORDS: Mapping[CoachPhase, str] = {
    CoachPhase.LEAD_IN: mark("Coming up"),
    CoachPhase.SETUP: mark("Set up"),
    CoachPhase.COUNT_IN: mark("Get ready"),
    CoachPhase.START: mark("Start pose"),
    CoachPhase.ENTERING: mark("Move into the pose"),
    CoachPhase.HOLDING: mark("Hold"),
    CoachPhase.RELEASE: mark("Come back"),
    CoachPhase.REST: mark("Rest"),
    CoachPhase.SWITCH: mark("Switch sides"),
    CoachPhase.PAUSED: mark("Paused"),
    CoachPhase.DONE: mark("Done"),
}

_IN_THE_POSE = (CoachPhase.ENTERING, CoachPhase.HOLDING, CoachPhase.RELEASE)
_SHOWN_AT_LEAST, _SHOWN_A_WORD = 3.0, 0.6
"""Seconds for which a cue stays: at least, and per word."""


class Mood(Enum):
    """The mood of the moment, which the window shows by color and the terminal by style, in addition to words."""

    GUIDE = "guide"
    HOLD = "hold"
    MISTAKE = "mistake"
    LOST = "lost"


class RepetitionMark(Enum):
    """The state of one repetition in the row."""

    COUNTED = "counted"
    NOW = "now"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Judged:
    """The angle that is being judged."""

    name: str
    joint: tuple[Landmark, ...]
    """Landmarks of the judged side: three with the angle at the middle one, or the two ends of a line."""
    value: float
    """Degrees."""
    target: float | None
    """Degrees; where the user should get to."""


@dataclass(frozen=True, slots=True)
class CoachView:
    """One moment in words and numbers."""

    title: str
    progress: str
    """ "2 of 3 · left side · exercise 1 of 4"."""
    phase: CoachPhase
    word: str
    mood: Mood
    cue: str | None
    number: str
    """The large number: seconds held, or left to wait; empty if there is none."""
    below: str
    """Caption of the number."""
    seen: float
    """Fraction of the ring for seconds seen, or for the wait that has passed; 0 to 1."""
    unseen: float
    """Fraction for unseen seconds."""
    dots: tuple[RepetitionMark, ...]
    judged: Judged | None
    depth: str
    """"depth 54°, best 60°"; empty if there is none."""
    help: str
    """Where the camera must stand, until that is right; otherwise empty."""
    muted: bool
    by_time: bool = False
    """Whether it is timed, and nothing is judged."""
    time_left: str = ""
    """Time left of a break, "2:10"; empty outside one."""
    up_next: str = ""
    """The title of the next exercise; empty for the last one."""
    demonstrates: bool = False
    """Whether to show the movement, because the user is about to begin it."""


@dataclass(frozen=True, slots=True)
class ShowState:
    """What stays on the screen; start with `ShowState()`."""

    said: Say | None = None
    until: float = 0.0
    turn: int = 0


def show(state: ShowState, tick: CoachTick) -> tuple[ShowState, CoachView]:
    """What the coach shows at one moment."""
    t, exercise, coach = tick.frame.t, tick.exercise, tick.state
    if tick.turn != state.turn:
        state = ShowState(turn=tick.turn)
    if (
        state.said is not None
        and state.said.kind is SayKind.START
        and any(isinstance(e, DONE_AS_ASKED) for e in tick.events)
    ):
        state = ShowState(turn=tick.turn)
    if tick.say is not None and tick.say.kind is not SayKind.COUNT:
        stays = max(_SHOWN_AT_LEAST, _SHOWN_A_WORD * len(tick.say.text.split()))
        state = ShowState(tick.say, t + stays, tick.turn)
    cue, kind = _cue(state, tick)
    number, below, seen, unseen = _ring(coach, exercise, t)
    return state, CoachView(
        title=exercise.title,
        progress=_progress(tick),
        phase=coach.phase,
        word=_PHASE_WORDS[coach.phase],
        mood=_mood(coach, kind),
        cue=cue,
        number=number,
        below=below,
        seen=seen,
        unseen=unseen,
        dots=_dots(coach, exercise),
        judged=judged(tick),
        depth=_depth(coach, exercise),
        help=_help(tick),
        muted=tick.muted,
        by_time=coach.by_time,
        time_left="" if tick.time_left is None else clock_text(tick.time_left),
        up_next="" if tick.up_next is None else tick.up_next.title,
        demonstrates=coach.phase in DEMONSTRATED,
    )


WITHOUT_PICTURE = mark("Timed only: there is no picture to judge.")
BY_TIME = mark("Timed only: the camera cannot judge this from where it stands.")
NOT_RECOGNIZED = mark("Timed only: the camera does not recognize the pose right now.")
ONLY_TIMED = mark("Timed only; the camera judges nothing.")
DEMONSTRATED = frozenset({CoachPhase.LEAD_IN, CoachPhase.SETUP, CoachPhase.START, CoachPhase.ENTERING})


def clock_text(seconds: float) -> str:
    """Minutes and seconds, as a clock shows them: "2:10"."""
    whole = math.ceil(seconds - 0.5)
    return f"{whole // 60}:{whole % 60:02}"


def why_by_time(tick: CoachTick) -> str:
    """Why it is only timed."""
    if tick.frame.problem is not None:
        return WITHOUT_PICTURE
    return BY_TIME if tick.state.start is None else NOT_RECOGNIZED


def _help(tick: CoachTick) -> str:
    """The text below the cue: where the camera must stand until that is right, or that nothing is judged."""
    coach, exercise = tick.state, tick.exercise
    if coach.by_time and coach.phase not in (CoachPhase.PAUSED, CoachPhase.DONE):
        return why_by_time(tick)
    if exercise.is_timed and coach.lead_in and coach.phase not in (CoachPhase.LEAD_IN, CoachPhase.DONE):
        return ONLY_TIMED
    return exercise.placement.text if coach.phase is CoachPhase.SETUP and not coach.lead_in else ""


def _cue(state: ShowState, tick: CoachTick) -> tuple[str | None, SayKind | None]:
    coach, exercise = tick.state, tick.exercise
    if coach.away:
        return mark("Paused until you are back. Press Space to continue, timed only"), None
    if coach.phase is CoachPhase.LEAD_IN and exercise.desk is not None:
        return exercise.desk.say, None
    if coach.phase is CoachPhase.PAUSED:
        return mark("Paused. Press Space to continue"), None
    said = state.said
    if said is not None and (tick.frame.t < state.until or _still_there(said, coach, exercise)):
        return said.text, said.kind
    match coach.phase:
        case CoachPhase.SETUP | CoachPhase.START if coach.hint.text:
            return coach.hint.text, SayKind.START
        case CoachPhase.START:
            return exercise.start.cue, None
        case CoachPhase.ENTERING:
            return exercise.enter.cue, None
        case CoachPhase.RELEASE:
            return exercise.release_cue, None
        case CoachPhase.REST:
            return REST, None
        case _:
            return None, None


def _still_there(said: Say, coach: CoachState, exercise: Exercise) -> bool:
    """Whether it names a mistake that is still present."""
    return any(fault.cue == said.text for fault in exercise.faults if fault.id in coach.faults)


def _mood(coach: CoachState, kind: SayKind | None) -> Mood:
    if coach.lost_told or kind is SayKind.LOST:
        return Mood.LOST
    if kind in (SayKind.SAFETY, SayKind.FORM) and coach.faults:
        return Mood.MISTAKE
    return Mood.HOLD if coach.phase in (CoachPhase.HOLDING, CoachPhase.RELEASE) else Mood.GUIDE


def _ring(coach: CoachState, exercise: Exercise, t: float) -> tuple[str, str, float, float]:
    """The large number, its caption, and how the ring is filled."""
    hold, waited = exercise.dose.hold, t - coach.phase_since
    match coach.phase:
        case CoachPhase.LEAD_IN:
            n = math.ceil(max(coach.lead_in - waited, 0.0) - 1e-6)
            below = Message.counted("second to get ready", "seconds to get ready", number=n)
            return str(n), below, min(waited / coach.lead_in, 1.0), 0.0
        case CoachPhase.COUNT_IN:
            return str(coach.counted_in or ""), "", 0.0, 0.0
        case CoachPhase.REST | CoachPhase.SWITCH:
            n = round(max(exercise.dose.rest - waited, 0.0))
            share = min(waited / exercise.dose.rest, 1.0) if exercise.dose.rest else 1.0
            return str(n), Message.counted("second of rest", "seconds of rest", number=n), share, 0.0
        case CoachPhase.SETUP | CoachPhase.START:
            return "", "", 0.0, 0.0
        case CoachPhase.ENTERING if exercise.is_timed:
            n = round(max(exercise.enter.seconds - waited, 0.0))
            below = Message.counted("second to get into position", "seconds to get into position", number=n)
            return str(n), below, min(waited / max(exercise.enter.seconds, 1e-6), 1.0), 0.0
        case _:
            all_of_it = min(coach.held / hold, 1.0)
            unseen = 0.0 if exercise.is_timed else min((coach.unseen + coach.pending) / hold, all_of_it)
            seen = all_of_it - unseen
            of = Message("{number:g}", number=hold)
            below = Message.counted("of {hold} second", "of {hold} seconds", number=math.ceil(hold), hold=of)
            return str(int(min(coach.held, hold) + 1e-6)), below, seen, unseen


def _dots(coach: CoachState, exercise: Exercise) -> tuple[RepetitionMark, ...]:
    each = exercise.sides is Sides.EACH
    counted = sum(one.done for one in coach.results if not each or one.side is coach.side)
    counted = min(counted, exercise.dose.reps)
    now = (RepetitionMark.NOW,) if counted < exercise.dose.reps and coach.phase is not CoachPhase.DONE else ()
    return ((RepetitionMark.COUNTED,) * counted + now + (RepetitionMark.OPEN,) * exercise.dose.reps)[
        : exercise.dose.reps
    ]


def _progress(tick: CoachTick) -> str:
    coach, exercise = tick.state, tick.exercise
    dots = _dots(coach, exercise)
    number = min(dots.count(RepetitionMark.COUNTED) + 1, len(dots))
    parts: list[str] = [Message("{number} of {all}", number=number, all=len(dots))]
    if coach.side is not None:
        parts.append(side_text(exercise, coach.side))
    if tick.of > 1:
        parts.append(Message("exercise {number} of {all}", number=tick.index + 1, all=tick.of))
    return Message.joined("{told} · {more}", parts)


def _depth(coach: CoachState, exercise: Exercise) -> str:
    if exercise.depth is None or coach.by_time or coach.phase not in _IN_THE_POSE:
        return ""
    depth = exercise.depth
    unit = MEASURES[depth.measure].unit
    told = [(mark("now"), coach.depth_now), (mark("this hold"), coach.depth_best), (mark("target"), coach.target)]
    known = [
        Message("{name} {value}", name=name, value=depth_text(depth.told(value), unit))
        for name, value in told
        if value is not None
    ]
    return Message("depth: {told}", told=Message.joined(CLAUSES, known)) if known else ""


def judged(tick: CoachTick) -> Judged | None:
    """The angle judged now, and its target: that of the depth, or else of the pose itself; None while it is only timed."""
    coach, exercise = tick.state, tick.exercise
    if tick.pose is None or coach.by_time or coach.phase not in (CoachPhase.START, *_IN_THE_POSE):
        return None
    stage = exercise.start if coach.phase is CoachPhase.START else exercise.enter
    names = [condition.measure for condition in stage.conditions]
    if exercise.depth is not None and coach.phase is not CoachPhase.START:
        names.insert(0, exercise.depth.measure)
    for name in names:
        joint, value = MEASURES[name].joint, tick.look.value(name)
        if joint and value is not None and MEASURES[name].unit == DEGREES:
            near = tuple(Landmark(one + tick.near) for one in joint)
            return Judged(name, near, value, _target(name, value, stage.conditions, tick))
    return None


def _target(name: str, value: float, conditions: tuple[Condition, ...], tick: CoachTick) -> float | None:
    """Target in degrees of the measure itself: the personal target, or else, on the way into the pose, where the pose begins; None once there."""
    coach, depth = tick.state, tick.exercise.depth
    if depth is not None and depth.measure == name and coach.target is not None and coach.phase is not CoachPhase.START:
        return _absolute(coach.target, depth.kind, name, coach)
    if coach.phase not in (CoachPhase.START, CoachPhase.ENTERING):
        return None
    for condition in conditions:
        if condition.measure == name and condition.kind in (BoundKind.VALUE, BoundKind.CHANGE, BoundKind.RATIO):
            low = _absolute(condition.at_least, condition.kind, name, coach)
            high = _absolute(condition.at_most, condition.kind, name, coach)
            return low if low is not None and value < low else high if high is not None and value > high else None
    return None


def _absolute(value: float | None, kind: BoundKind, name: str, coach: CoachState) -> float | None:
    """Convert a value, a change or a ratio relative to the start pose to a value."""
    if kind is BoundKind.VALUE or value is None:
        return value
    if coach.start is None:
        return None
    values = (
        coach.start.values.get(coach.side) if coach.side is not None else next(iter(coach.start.values.values()), None)
    )
    before = None if values is None else values.get(name)
    if before is None:
        return None
    return before + value if kind is BoundKind.CHANGE else before * value
