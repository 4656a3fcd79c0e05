"""What the engine tells whoever shows it: a snapshot of now, which may be skipped, and what happened, which may not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from posturecam.alerts.policy import Alert, Outlook
from posturecam.alerts.text import TRIAL, BreakOffer, Words, break_ahead, describe
from posturecam.coach.loop import CoachTick
from posturecam.coach.presentation.coach_view import CoachView
from posturecam.coach.session_summary import SessionSummary
from posturecam.posture.baseline import Baseline
from posturecam.posture.boundary import Boundary
from posturecam.posture.evidence import Evidence
from posturecam.posture.loop import Tick
from posturecam.posture.monitor import Event, Phase
from posturecam.posture.view import View
from posturecam.session.protocol.mode import Mode
from posturecam.vision.frame import SourceInfo

NOTHING_TO_TELL = Outlook()


class Sign(StrEnum):
    """What the tray's icon tells, each by its own shape and colour."""

    UPRIGHT = "upright"
    DRIFTING = "drifting"
    SLOUCHING = "slouching"
    RECOVERING = "recovering"
    AWAY = "away"
    UNKNOWN = "unknown"
    PAUSED = "paused"
    """By the user, the system or the schedule: the camera is off."""
    CAMERA_LOST = "camera_lost"
    BUSY = "busy"
    """Starting, calibrating or stretching."""


@dataclass(frozen=True, slots=True)
class TimelineSpan:
    """A stretch of the last hour, for the timeline."""

    start: datetime
    end: datetime
    sign: Sign


@dataclass(frozen=True, slots=True)
class Calibrating:
    """A moment of the calibration."""

    ask: str
    """What the user is asked to do now."""
    counts: bool
    """False while getting ready."""
    share: float
    """Of this part that is over, 0 to 1."""
    seconds_left: float
    """Seconds left of this part."""
    trouble: str | None
    """Why this look cannot be learned from, or None."""
    tick: Tick
    """The picture and the pose; its reading is without a baseline."""


@dataclass(frozen=True, slots=True)
class Coaching:
    """A moment of a stretch session."""

    title: str
    tick: CoachTick
    shown: CoachView
    frozen: bool = False
    """Whether the aims stay where they are, as pain rose lately."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything there is to show of this moment."""

    at: datetime
    """Local time, with its offset."""
    mode: Mode
    why: str | None = None
    """Why it is paused, off or without a camera, or has ended by itself, to complete "paused: …"; None elsewhere."""
    camera_works: bool = False
    """In the mode `CAMERA_LOST`: something else keeps it from watching, such as a damaged model."""
    until: datetime | None = None
    """When a pause ends by itself; None: only by the user."""
    source: SourceInfo | None = None
    tick: Tick | None = None
    """While watching; None before the first picture and in other modes."""
    baseline: Baseline | None = None
    """What the posture is compared with."""
    uncalibrated: str | None = None
    """Why there is no baseline to compare with ("no baseline yet", or why the last one no longer fits)."""
    boundary: Boundary | None = None
    """Where slouching begins in the picture; worked out only while a live view is shown."""
    elsewhere: bool = False
    """Whether that was calibrated at another desk, and it was not said yet that it fits here too."""
    outlook: Outlook = NOTHING_TO_TELL
    alert: AlertRaised | None = None
    """The alert that stands: its slouch is not over and the user has not answered."""
    glow: float = 0.0
    """How strongly the screen's edge is to glow, 0 to 1: grows with the posture once it was told, fades as the user sits up."""
    sitting: float = 0.0
    """Seconds somebody has been sitting there without a break, as the camera saw it."""
    break_in: float | None = None
    """Seconds until a break is offered, if the user goes on sitting; None where none is, or nothing is watched."""
    planned: str = ""
    """The title, in English, of what the weekly plan has for today and was not done yet; empty where there is nothing."""
    hour: tuple[TimelineSpan, ...] = ()
    upright_offered: bool = False
    """A new upright posture is offered, and `take_upright` would learn it."""
    calibration: Calibrating | None = None
    coaching: Coaching | None = None

    @property
    def sign(self) -> Sign:
        """The state that the tray icon shows."""
        match self.mode:
            case Mode.PAUSED | Mode.OFF | Mode.ENDED:
                return Sign.PAUSED
            case Mode.CAMERA_LOST:
                return Sign.CAMERA_LOST
            case Mode.STARTING | Mode.CALIBRATING | Mode.STRETCHING:
                return Sign.BUSY
        if self.tick is None:
            return Sign.BUSY
        if self.tick.frame.problem is not None and self.tick.state.phase is Phase.UNKNOWN:
            return Sign.CAMERA_LOST
        return Sign(self.tick.state.phase.value)


def view_of(snapshot: Snapshot, before: View = View.UNKNOWN) -> View:
    """From where the camera looks, as far as this moment tells: as it sees the user, or did when the upright posture was learned."""
    seen = View.UNKNOWN if snapshot.tick is None else snapshot.tick.reading.view
    if seen is not View.UNKNOWN:
        return seen
    return before if snapshot.baseline is None else snapshot.baseline.view


# What happened.


@dataclass(frozen=True, slots=True)
class AlertRaised:
    """The user is alerted to a slouch."""

    at: datetime
    alert: Alert
    evidence: Evidence | None
    trial: bool = False
    """Made by "test alert": it says what an alert looks like, and nothing of the user."""

    @property
    def words(self) -> Words:
        """What it says, in English."""
        return TRIAL if self.trial else describe(self.alert)


@dataclass(frozen=True, slots=True)
class MonitorEvent:
    """An event of the monitor."""

    at: datetime
    event: Event


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The upright posture was learned."""

    at: datetime
    baseline: Baseline
    caution: str | None = None
    """That it may have been a slouch, where the camera cannot tell."""


@dataclass(frozen=True, slots=True)
class UprightOffered:
    """The user has sat upright for minutes where the camera or the chair is not where it was; `take_upright` makes it the baseline."""

    at: datetime
    view: View


@dataclass(frozen=True, slots=True)
class CalibrationFailed:
    """The calibration failed, and why."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class StretchEnded:
    """A stretch session is over."""

    at: datetime
    title: str
    summary: SessionSummary
    session: int | None
    """Its number in the history, for the question afterwards; None where nothing was kept."""


@dataclass(frozen=True, slots=True)
class BreakOffered:
    """A stretch is offered: after long sitting, or several slouches."""

    at: datetime
    offer: BreakOffer
    routine: str

    @property
    def words(self) -> Words:
        """What it says, in English."""
        return self.offer.words


@dataclass(frozen=True, slots=True)
class BreakAhead:
    """A break comes soon."""

    at: datetime
    seconds: float
    """Until then, if the user goes on sitting."""

    @property
    def words(self) -> Words:
        """What it says, in English."""
        return break_ahead(self.seconds)


@dataclass(frozen=True, slots=True)
class ModeChanged:
    """The mode changed."""

    at: datetime
    before: Mode
    after: Mode
    why: str | None
    camera_works: bool = False
    """As in the snapshot."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that went wrong and the user should know, said once."""

    at: datetime
    text: str


Happened = (
    AlertRaised
    | MonitorEvent
    | Calibrated
    | UprightOffered
    | CalibrationFailed
    | StretchEnded
    | BreakAhead
    | BreakOffered
    | ModeChanged
    | Complaint
)
