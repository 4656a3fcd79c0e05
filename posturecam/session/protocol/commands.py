"""The commands of a session: immutable values, sent from any thread and run in order of arrival."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from posturecam.alerts.policy import Response
    from posturecam.coach.exercise import Exercise
    from posturecam.coach.safety import Answers
    from posturecam.session.protocol.messages import AlertRaised
    from posturecam.session.rules.breaks import BreakAnswer


@dataclass(frozen=True, slots=True)
class Pause:
    """Release the camera until then, or until `Resume`."""

    until: datetime | None = None
    """When it ends automatically, local time with its offset."""
    ends: float | None = None
    """The same in seconds of the session's clock, which is never adjusted; this one decides. None for a pause that began before a
    restart, which ends by local time."""
    why: str = "user"
    """Its reason, a code of `posturecam.history.models.PAUSES`."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Resume watching."""


@dataclass(frozen=True, slots=True)
class Calibrate:
    """Learn the upright posture."""

    slouch: bool = False
    """Also ask for a slouch."""


@dataclass(frozen=True, slots=True)
class StopCalibrating:
    """Cancel the calibration; keep the old baseline."""


@dataclass(frozen=True, slots=True)
class TakeUpright:
    """Learn the suggested upright posture (`messages.UprightOffered`)."""


@dataclass(frozen=True, slots=True)
class StartStretch:
    """Guide the user through exercises."""

    title: str
    """Title of the routine or exercise, for the history."""
    exercises: tuple[Exercise, ...]
    answers: Answers | None = None
    """The answers given before the session; None if there were no questions."""
    skipped: tuple[str, ...] = ()
    """Keys of the exercises left out because of an answer."""
    paced: bool = False
    """Whether it is a break at the desk, which runs by time and needs no camera."""


@dataclass(frozen=True, slots=True)
class KeepAnswers:
    """Record the answers given after a stretch session."""

    session: int
    """Number of the session in the history."""
    answers: Answers


@dataclass(frozen=True, slots=True)
class NoStretching:
    """The user does not want to stretch on a day, because something hurts."""

    day: date | None
    """The local day; None: they stretch after all."""


@dataclass(frozen=True, slots=True)
class AnswerAlert:
    """The user's answer to an alert."""

    response: Response
    alert: AlertRaised


@dataclass(frozen=True, slots=True)
class AnswerBreak:
    """The user's answer to the break that was suggested or announced last."""

    given: BreakAnswer


@dataclass(frozen=True, slots=True)
class Retry:
    """Retry now whatever failed."""


@dataclass(frozen=True, slots=True)
class UsePlace:
    """The computer is at another desk, or its desk is known for the first time."""

    place: str
    """Key of the desk, derived from its screens."""


@dataclass(frozen=True, slots=True)
class KeepHere:
    """The baseline from another desk fits here too."""


@dataclass(frozen=True, slots=True)
class TryAlert:
    """Show a test alert."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A window shows the picture, or no longer does."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class UseSettings:
    """Settings were changed."""

    groups: frozenset[str]
    """Groups with a changed setting."""
    camera: bool = False
    """Another camera was chosen."""
    outside: frozenset[str] = frozenset()
    """Those changed by another program, as `group.name`."""


@dataclass(frozen=True, slots=True)
class Quit:
    """Release everything and end."""


Command = (
    Pause
    | Resume
    | Calibrate
    | StopCalibrating
    | TakeUpright
    | StartStretch
    | KeepAnswers
    | NoStretching
    | AnswerAlert
    | AnswerBreak
    | Retry
    | UsePlace
    | KeepHere
    | TryAlert
    | Preview
    | UseSettings
    | Quit
)
