"""Decides what the coach says now: one voice, the newest words win, and not too many. Pure: events and time in, words out.

Corrections (form and depth) are rationed: a mistake must last before it is mentioned, the same words are rarely repeated, any
two corrections are some seconds apart, and each hold has only a few. A correction replaces a number of the count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum

from posturecam.coach import events as on
from posturecam.coach.condition import MOST_WORDS
from posturecam.coach.exercise import Exercise, FaultKind, FormFault, Side, Sides
from posturecam.coach.judging.conditions import ROUNDING
from posturecam.coach.judging.repetitions import LEAST_REMAINING
from posturecam.coach.judging.setup import NOT_YET, SKIP_IT, STAY
from posturecam.coach.judging.sideways import SIDEWAYS
from posturecam.coach.judging.speaking_time import BREATH, SpeakingTime, speaking_seconds
from posturecam.coach.nearness import HINTS, SHOW, SHOW_ALL, SHOW_FACE, Nearness
from posturecam.config.settings import StretchSettings
from posturecam.i18n.message import Message
from posturecam.i18n.words import mark
from posturecam.posture.reasons import Reason, Why


class SayKind(IntEnum):
    """What words are about; the smaller number has priority."""

    SAFETY = 1
    LOST = 2
    """The camera cannot see."""
    START = 3
    """Set-up, start pose, and back into the pose."""
    GUIDE = 4
    """What comes next."""
    FORM = 5
    DEPTH = 6
    PRAISE = 7
    COUNT = 8
    """A number."""


@dataclass(frozen=True, slots=True)
class Say:
    """Words to be spoken now."""

    t: float
    text: str
    kind: SayKind
    interrupts: bool = False
    """Whether they cut off the current words; otherwise they wait until the voice is free."""
    reminds: bool = False
    """Whether they repeat something known, or follow a title, and so can wait until the voice is free."""


class ChimeKind(StrEnum):
    """What a sound without words means; `posturecam.voice` plays it."""

    START = "start"
    """The hold counts from now."""
    REACHED = "reached"
    """The hold is long enough: come back slowly."""
    RELEASED = "released"
    """The repetition counts."""
    END = "end"
    """The exercise, or the session, is over."""
    LOST = "lost"
    """The camera no longer sees what it must."""
    TICK = "tick"
    """A second of a count without words."""


@dataclass(frozen=True, slots=True)
class CueState:
    """What was said, and when; start with `CueState()`."""

    said: Mapping[str, float] = field(default_factory=dict)
    """When each text was last said."""
    corrected: float | None = None
    """When the last correction was said."""
    corrections: int = 0
    """Number of corrections in this hold."""
    faults: tuple[str, ...] = ()
    """Current mistakes, the newest last."""
    speaking: Say | None = None
    until: float = 0.0
    """Estimated end of the current words."""
    waiting: Say | None = None
    """The next words, held back by something more urgent."""


_WAITS = 4.0
"""Seconds after which a held-back instruction is stale."""

KEEP_HOLDING = mark("Keep holding, I cannot see you")
TOO_LONG = mark("I cannot see you, come back slowly")
NO_PICTURE = mark("I cannot see anything, check the camera")
MOVE_BACK = HINTS[Nearness.CUT_OFF]
FOUND = mark("I see you again")
BACK_IN = mark("Count paused, go back in")
KEPT = mark("Your seconds are saved, go again")
A_FEW_SECONDS = mark("Go back in for a few seconds")
GOOD = mark("Good")
BEST = mark("Your best so far")
REST = mark("Rest and breathe")
DONE = mark("Well done")
PAUSED, RESUMED = mark("Paused"), mark("Resuming")
AWAY = mark("Paused until you are back")
OTHER_SIDE, SAME_SIDE, EITHER_SIDE = (
    mark("Now the other side"),
    mark("The same side again"),
    mark("Start with either side"),
)
"""For exercises whose sides the camera cannot tell apart; otherwise they are named."""

_CHIMES: Mapping[type, ChimeKind] = {
    on.Ready: ChimeKind.TICK,
    on.Entered: ChimeKind.START,
    on.HoldReached: ChimeKind.REACHED,
    on.Released: ChimeKind.RELEASED,
    on.Lost: ChimeKind.LOST,
    on.ExerciseDone: ChimeKind.END,
}


DONE_AS_ASKED = (on.CountIn, on.Ready, on.Entered, on.HoldResumed)
"""Events after which cues to get that far (`SayKind.START`) are neither said nor shown: the user has done it."""


def switch_text(exercise: Exercise, side: Side, asked: bool) -> str:
    """The words before a side: the other one, if the user is asked to change."""
    if exercise.names_sides:
        return f"Now your {side.value} side" if asked else f"Your {side.value} side first"
    return OTHER_SIDE if asked else EITHER_SIDE


def again_text(exercise: Exercise, side: Side) -> str:
    """The words for one more repetition of the same side."""
    return f"Your {side.value} side again" if exercise.names_sides else SAME_SIDE


def side_texts(exercise: Exercise) -> list[str]:
    """All texts about the sides of an exercise."""
    if exercise.sides is Sides.NONE:
        return []
    return [
        text
        for side in Side
        for text in (switch_text(exercise, side, True), switch_text(exercise, side, False), again_text(exercise, side))
    ]


def phrases(exercise: Exercise) -> list[str]:
    """All phrases of an exercise, numbers first, so that a voice can prepare them."""
    numbers = [str(n) for n in range(1, int(exercise.dose.hold) + 1)]
    own = [
        exercise.title,
        exercise.desk.say if exercise.desk else None,
        exercise.enter.cue,
        exercise.start.cue,
        exercise.release_cue,
    ]
    own += [condition.hint for condition in (*exercise.start.conditions, *exercise.enter.conditions)]
    own += [fault.cue for fault in exercise.faults] + ([exercise.depth.cue] if exercise.depth else [])
    fixed = [
        KEEP_HOLDING,
        TOO_LONG,
        NO_PICTURE,
        NOT_YET,
        SIDEWAYS,
        SKIP_IT,
        STAY,
        *HINTS.values(),
        SHOW_ALL,
        SHOW_FACE,
        FOUND,
        BACK_IN,
        KEPT,
        A_FEW_SECONDS,
        GOOD,
        BEST,
        REST,
        DONE,
        PAUSED,
        RESUMED,
        AWAY,
    ]
    return list(dict.fromkeys([*numbers, *(text for text in own if text), *side_texts(exercise), *fixed]))


def arbitrate(
    state: CueState,
    events: Iterable[on.Event],
    t: float,
    exercise: Exercise,
    settings: StretchSettings,
    *,
    more: bool = False,
    speaking: SpeakingTime = speaking_seconds,
) -> tuple[CueState, Say | None, tuple[ChimeKind, ...]]:
    """What to say and play now. Call it for every check, not only for events: a mistake may become due without one.

    Args:
        state: The state returned by the last call.
        events: What happened in this check.
        t: Its time in seconds.
        exercise: The current exercise.
        settings: The user's settings.
        more: Whether another exercise follows at once; its title then implies that this one is over.
        speaking: How long words take to say.
    """
    events = tuple(events)
    chimes = tuple(_CHIMES[type(event)] for event in events if type(event) in _CHIMES)
    state = _follow(state, events)
    candidates = _candidates(state, events, t, exercise, speaking)
    if more and any(isinstance(event, on.ExerciseDone) for event in events):
        candidates = []  # the next title comes at once, and would cut them off
    if state.waiting is not None:
        if t - state.waiting.t <= _WAITS:
            candidates.insert(0, state.waiting)
        state = replace(state, waiting=None)
    allowed = [one for one in candidates if _is_allowed(state, one, t, settings)]
    if not allowed:
        return state, None, chimes
    # Within one kind the newest wins.
    say = min(reversed(allowed), key=lambda one: one.kind)
    if _is_busy(state, say, t):
        kept = next((one for one in reversed(allowed) if one.kind is SayKind.GUIDE or one.reminds), None)
        return replace(state, waiting=kept), None, chimes
    # The last words of a session have no later moment, and nothing follows for which to cut off others.
    say = replace(say, t=t, interrupts=say.kind is not SayKind.COUNT and say.text != DONE)
    later = [one for one in allowed if one.kind is SayKind.GUIDE and one.text != say.text]
    state = replace(state, waiting=later[-1] if later and say.kind < SayKind.GUIDE else None)
    return _spoken(state, say, speaking), say, chimes


def _follow(state: CueState, events: tuple[on.Event, ...]) -> CueState:
    """Remember which mistakes are present, and when a hold begins."""
    for event in events:
        if isinstance(event, DONE_AS_ASKED) and state.waiting is not None and state.waiting.kind is SayKind.START:
            state = replace(state, waiting=None)
        if isinstance(event, on.FaultSeen):
            others = tuple(name for name in state.faults if name != event.fault)
            state = replace(state, faults=(*others, event.fault))
        elif isinstance(event, on.FaultCleared):
            state = replace(state, faults=tuple(name for name in state.faults if name != event.fault))
        elif isinstance(event, on.Entered) and event.seconds == 0:
            state = replace(state, corrections=0)
        elif isinstance(event, on.ExerciseStarted | on.ExerciseDone):
            state = replace(state, faults=(), corrections=0)
        elif isinstance(event, on.PausedByUser):  # the voice breaks off
            state = replace(state, speaking=None, waiting=None)
    return state


def _candidates(
    state: CueState, events: tuple[on.Event, ...], t: float, exercise: Exercise, speaking: SpeakingTime
) -> list[Say]:
    if not events and not state.faults:  # as in most checks
        return []
    if events and isinstance(events[-1], on.PausedByUser):  # nothing else that just happened needs saying
        events = events[-1:]
    found = [
        Say(event.t, text, kind, reminds=isinstance(event, on.PoseAwaited | on.SetupHint))
        for event in events
        for text, kind in _words(event, exercise)
    ]
    too_short = any(isinstance(event, on.RestStarted) and event.seconds < speaking(REST) for event in events)
    if too_short or any(isinstance(event, on.SwitchSide) for event in events):
        found = [one for one in found if one.text != REST]
    # FaultCleared in the same check means that the mistake was over before it could be mentioned.
    there = [fault for fault in exercise.faults if fault.id in state.faults]
    there.sort(key=lambda fault: (-fault.priority, state.faults.index(fault.id)))
    return found + [Say(t, fault.cue, _kind(fault)) for fault in there]


def _kind(fault: FormFault) -> SayKind:
    return SayKind.SAFETY if fault.kind is FaultKind.SAFETY else SayKind.FORM


def _words(event: on.Event, exercise: Exercise) -> list[tuple[str, SayKind]]:
    """The words for an event."""
    match event:
        case on.ExerciseStarted():
            return [(exercise.title, SayKind.GUIDE)]
        case on.SetupHint(text=text) | on.PoseAwaited(text=text):
            return [(text, SayKind.START)]
        case on.CountIn(n=n) | on.HoldSecond(n=n):
            return [(str(n), SayKind.COUNT)]
        case on.RestOver(side=Side() as side):
            return [(again_text(exercise, side), SayKind.GUIDE)]
        case on.Ready() | on.RestOver():
            return [(exercise.enter.cue or exercise.title, SayKind.GUIDE)]
        case on.HoldPaused():
            return [(BACK_IN, SayKind.START)]
        case on.HoldReached():
            return [(exercise.release_cue, SayKind.GUIDE)]
        case on.CouldGoDeeper():
            return [(exercise.depth.cue, SayKind.DEPTH)] if exercise.depth else []
        case on.NewBest():
            return [(BEST, SayKind.PRAISE)]
        case on.RepCounted(result=result):
            return [(GOOD, SayKind.PRAISE)] if result.clean else []
        case on.RepPartial(to_hold=float() as to_hold):
            return [(A_FEW_SECONDS if to_hold <= LEAST_REMAINING + ROUNDING else KEPT, SayKind.GUIDE)]
        case on.RestStarted():
            return [(REST, SayKind.GUIDE)]
        case on.SwitchSide(side=side, asked=asked):
            return [(switch_text(exercise, side, asked), SayKind.GUIDE)]
        case on.Lost(reason=reason, holding=holding):
            return [(_lost_text(reason, holding), SayKind.LOST)]
        case on.Found():
            return [(FOUND, SayKind.PRAISE)]
        case on.Instructed():
            return [(exercise.desk.say, SayKind.GUIDE)] if exercise.desk else []
        case on.PausedByUser(away=True):
            return [(AWAY, SayKind.GUIDE)]
        case on.PausedByUser():
            return [(PAUSED, SayKind.GUIDE)]
        case on.ResumedByUser():
            return [(RESUMED, SayKind.GUIDE)]
        case on.ExerciseDone(summary=summary):
            return [(DONE, SayKind.GUIDE)] if summary.done and not summary.skipped else []
        case _:
            return []


def _lost_text(reason: Reason, holding: bool) -> str:
    if holding:
        return KEEP_HOLDING
    if (reason.code, reason.case) == (Why.NOT_SEEN, "too_long"):
        return TOO_LONG
    if reason.code is Why.NO_PICTURE:  # showing themselves would not help
        return NO_PICTURE
    if (reason.code, reason.case) == (Why.NOT_SEEN, ""):
        text: str = Message(SHOW, **dict(reason.parameters))
    elif reason.code is Why.NOT_SEEN and reason.case.startswith("face_"):
        text = SHOW_FACE
    elif reason.code is Why.NO_PERSON or (reason.code, reason.case) == (Why.NOT_SEEN, "cut_off"):
        text = reason.text
    else:
        return SHOW_ALL
    if len(text.split()) <= MOST_WORDS:
        return text
    return MOVE_BACK if reason.case == "cut_off" else SHOW_ALL


def _is_allowed(state: CueState, say: Say, t: float, settings: StretchSettings) -> bool:
    if say.kind in (SayKind.GUIDE, SayKind.COUNT, SayKind.PRAISE) and say.text != FOUND:
        return True
    if t - state.said.get(say.text, -float("inf")) < settings.same_cue:
        return False
    if say.kind not in (SayKind.FORM, SayKind.DEPTH):
        return True
    apart = state.corrected is None or t - state.corrected >= settings.any_cue
    return apart and state.corrections < settings.most_corrections


def _is_busy(state: CueState, say: Say, t: float) -> bool:
    """Whether the voice must not be cut off: something more urgent is being said. A number never cuts off words, and a reminder waits for all of them."""
    until = state.until - (BREATH if say.kind is SayKind.COUNT else 0.0)  # a number needs no pause before it
    if state.speaking is None or t >= until:
        return False
    return state.speaking.kind < say.kind or say.reminds


def _spoken(state: CueState, say: Say, speaking: SpeakingTime) -> CueState:
    correction = say.kind in (SayKind.SAFETY, SayKind.FORM, SayKind.DEPTH)
    return replace(
        state,
        said={**state.said, say.text: say.t},
        corrected=say.t if correction else state.corrected,
        corrections=state.corrections + correction,
        speaking=say,
        until=say.t + speaking(say.text),
    )
