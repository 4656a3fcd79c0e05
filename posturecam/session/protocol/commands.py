"""What a session may be told to do, from any thread: frozen values, obeyed in the order in which they came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from posturecam.alerts.policy import Response
from posturecam.coach.exercise import Exercise
from posturecam.coach.safety import Answers
from posturecam.session.protocol.messages import AlertRaised
from posturecam.session.rules.breaks import BreakAnswer


@dataclass(frozen=True, slots=True)
class Pause:
    """Release the camera until then, or until `Resume`."""

    until: datetime | None = None
    """When it ends by itself, local time with its offset."""
    ends: float | None = None
    """The same by the session's clock, seconds, which is never set: what decides."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on watching."""


@dataclass(frozen=True, slots=True)
class Calibrate:
    """Learn the upright posture."""

    slouch: bool = False
    """Then ask for a slouch as well."""


@dataclass(frozen=True, slots=True)
class StopCalibrating:
    """Leave the calibration; the old baseline stays."""


@dataclass(frozen=True, slots=True)
class TakeUpright:
    """Learn the upright posture that was offered (`messages.UprightOffered`)."""


@dataclass(frozen=True, slots=True)
class StartStretch:
    """Lead through exercises."""

    title: str
    """Of the routine or exercise, for the history."""
    exercises: tuple[Exercise, ...]
    answers: Answers | None = None
    """What the user said before; None where nothing was asked."""
    skipped: tuple[str, ...] = ()
    """Keys of the exercises left out for an answer."""
    paced: bool = False
    """Whether it is a break at the desk, which keeps its time and needs no camera."""


@dataclass(frozen=True, slots=True)
class KeepAnswers:
    """Keep what the user said after a stretch session."""

    session: int
    """Its number in the history."""
    answers: Answers


@dataclass(frozen=True, slots=True)
class AnswerAlert:
    """The user's answer to an alert."""

    response: Response
    alert: AlertRaised


@dataclass(frozen=True, slots=True)
class AnswerBreak:
    """The user's answer to the break that was offered, or announced, last."""

    given: BreakAnswer


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again now what keeps it from watching."""


@dataclass(frozen=True, slots=True)
class UsePlace:
    """The computer stands at another desk, or it is told at which one for the first time."""

    place: str
    """Its key, told by the screens there."""


@dataclass(frozen=True, slots=True)
class KeepHere:
    """What was calibrated at another desk fits here too."""


@dataclass(frozen=True, slots=True)
class TryAlert:
    """Show a test alert."""


@dataclass(frozen=True, slots=True)
class Preview:
    """Somebody looks at the picture, or no longer does."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class UseSettings:
    """Settings were changed."""

    groups: frozenset[str]
    """Groups of which some setting changed."""
    camera: bool = False
    """Another camera was chosen."""


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
