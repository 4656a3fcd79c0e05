"""The events of a session: immutable, each with its time `t` in seconds on the source's clock."""

from __future__ import annotations

from dataclasses import dataclass

from posturecam.coach.exercise import Side
from posturecam.coach.session_summary import RepResult, SetSummary
from posturecam.posture.reasons import Reason
from posturecam.posture.view import View


@dataclass(frozen=True, slots=True)
class ExerciseStarted:
    """An exercise of the session begins; its set-up follows."""

    t: float
    exercise: str
    """`Exercise.id`."""


@dataclass(frozen=True, slots=True)
class Instructed:
    """Instructions are spoken, in a break, before anything is judged."""

    t: float


@dataclass(frozen=True, slots=True)
class LedByTime:
    """The camera cannot judge the exercise: from now on it follows the clock."""

    t: float


@dataclass(frozen=True, slots=True)
class SetupHint:
    """What still prevents the start, changed or repeated; at most seven words."""

    t: float
    text: str


@dataclass(frozen=True, slots=True)
class PoseAwaited:
    """What still keeps the hold from starting, or the repetition from being completed, after a while; at most seven words."""

    t: float
    text: str


@dataclass(frozen=True, slots=True)
class CountIn:
    """The camera sees what it needs; n seconds to go."""

    t: float
    n: int


@dataclass(frozen=True, slots=True)
class Ready:
    """The start pose was held and is now the personal baseline; the stretch may begin."""

    t: float
    side: Side | None
    view: View


@dataclass(frozen=True, slots=True)
class Entered:
    """The pose was reached: the hold counts from now. Seconds of an earlier attempt are included."""

    t: float
    rep: int
    side: Side | None
    seconds: float
    """Seconds already held."""


@dataclass(frozen=True, slots=True)
class HoldSecond:
    """A whole second of the hold is over: the spoken count."""

    t: float
    n: int
    of: int
    """The whole hold, seconds."""


@dataclass(frozen=True, slots=True)
class HoldPaused:
    """Out of the pose for longer than a wobble: the count waits."""

    t: float
    seconds: float
    """Seconds held so far."""


@dataclass(frozen=True, slots=True)
class HoldResumed:
    """Back in the pose: the count continues."""

    t: float
    seconds: float


@dataclass(frozen=True, slots=True)
class HoldReached:
    """The hold's time is full; the repetition counts once it is released."""

    t: float
    rep: int


@dataclass(frozen=True, slots=True)
class FaultSeen:
    """A mistake has lasted."""

    t: float
    fault: str
    """`FormFault.id`."""


@dataclass(frozen=True, slots=True)
class FaultCleared:
    """That mistake is over."""

    t: float
    fault: str


@dataclass(frozen=True, slots=True)
class CouldGoDeeper:
    """Held steadily, clearly short of the personal target; spoken only if the cue rules allow it."""

    t: float


@dataclass(frozen=True, slots=True)
class NewBest:
    """The best depth ever seen on this side from this view, clearly better than the one before."""

    t: float
    depth: float


@dataclass(frozen=True, slots=True)
class Released:
    """Out of the pose after a full hold."""

    t: float


@dataclass(frozen=True, slots=True)
class RepCounted:
    """A repetition is complete: hold and release."""

    t: float
    result: RepResult


@dataclass(frozen=True, slots=True)
class RepPartial:
    """An attempt ended before its hold was full, or without its release; its seconds are kept for the next attempt."""

    t: float
    result: RepResult
    to_hold: float | None = None
    """Seconds for which the next attempt has to be held; None if no attempt follows."""


@dataclass(frozen=True, slots=True)
class RepTimed:
    """A timed repetition is over; nothing judged it."""

    t: float
    result: RepResult


@dataclass(frozen=True, slots=True)
class RestStarted:
    """A pause before the next hold."""

    t: float
    seconds: float


@dataclass(frozen=True, slots=True)
class RestOver:
    """The next hold may begin."""

    t: float
    side: Side | None = None
    """The side, if it is the same one again where one side is done after the other."""


@dataclass(frozen=True, slots=True)
class SwitchSide:
    """The other side is next."""

    t: float
    side: Side
    asked: bool = True
    """False: the user began with this side, and the coach follows. True: it is this side's turn, or the user has changed to it."""
    reminder: bool = False
    """True: this side was already due, and the user did the other one."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The user, or what must be seen of them, has not been seen for a moment."""

    t: float
    reason: Reason
    """Completes "I cannot tell, because …"."""
    holding: bool
    """Whether it happened in a still hold, which for a while is assumed to continue."""


@dataclass(frozen=True, slots=True)
class Found:
    """The user is seen again."""

    t: float
    after: float
    """Seconds for which the user was not seen."""


@dataclass(frozen=True, slots=True)
class PausedByUser:
    """The user asked for a pause, or is away."""

    t: float
    away: bool = False
    """Whether the pause is automatic because nobody is there, in a break."""


@dataclass(frozen=True, slots=True)
class ResumedByUser:
    """The user resumed."""

    t: float


@dataclass(frozen=True, slots=True)
class ExerciseDone:
    """All repetitions are done, or the exercise was skipped, or the session ended; what was done is kept."""

    t: float
    summary: SetSummary


Event = (
    ExerciseStarted
    | Instructed
    | LedByTime
    | SetupHint
    | PoseAwaited
    | CountIn
    | Ready
    | Entered
    | HoldSecond
    | HoldPaused
    | HoldResumed
    | HoldReached
    | FaultSeen
    | FaultCleared
    | CouldGoDeeper
    | NewBest
    | Released
    | RepCounted
    | RepPartial
    | RepTimed
    | RestStarted
    | RestOver
    | SwitchSide
    | Lost
    | Found
    | PausedByUser
    | ResumedByUser
    | ExerciseDone
)
