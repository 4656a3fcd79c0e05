"""What the engine publishes to shells: snapshots of the current state, which may be skipped, and events, which may not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from posturecam.alerts.policy import Alert, Outlook
from posturecam.alerts.text import TRIAL, BreakOffer, Words, break_ahead, describe
from posturecam.posture.monitor import Phase
from posturecam.posture.view import View
from posturecam.session.protocol.mode import Mode
from posturecam.session.protocol.sign import Sign

if TYPE_CHECKING:  # the coach is imported when somebody stretches, so that the app's tray icon does not wait for it
    from posturecam.coach.loop import CoachTick
    from posturecam.coach.presentation.coach_view import CoachView
    from posturecam.coach.session_summary import SessionSummary
    from posturecam.posture.baseline import Baseline
    from posturecam.posture.boundary import Boundary
    from posturecam.posture.loop import Tick
    from posturecam.posture.monitor import Event
    from posturecam.posture.records.evidence import Evidence
    from posturecam.vision.frame import Frame, SourceInfo

NOTHING_TO_TELL = Outlook()


@dataclass(frozen=True, slots=True)
class TimelineSpan:
    """A span of the last hour, for the timeline."""

    start: datetime
    end: datetime
    sign: Sign


@dataclass(frozen=True, slots=True)
class Calibrating:
    """The state of a running calibration."""

    ask: str
    """What the user is asked to do now."""
    counts: bool
    """False while getting ready."""
    share: float
    """Elapsed fraction of this part, 0 to 1."""
    seconds_left: float
    """Seconds left of this part."""
    trouble: str | None
    """Why this check cannot be used, or None."""
    tick: Tick
    """The picture and the pose; its reading uses no baseline."""


@dataclass(frozen=True, slots=True)
class Coaching:
    """The state of a running stretch session."""

    title: str
    tick: CoachTick
    shown: CoachView
    frozen: bool = False
    """Whether the targets stay unchanged because of more pain recently."""


_LATE = timedelta(seconds=10)
"""How much older than an event a snapshot that arrives after it may be."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything there is to show for one moment."""

    at: datetime
    """Local time, with its offset."""
    mode: Mode
    why: str | None = None
    """Why it is paused, off, without a camera or has ended, to complete "paused: …"; None otherwise."""
    camera_works: bool = False
    """In the mode `CAMERA_LOST`: the cause is something other than the camera, such as a damaged model."""
    until: datetime | None = None
    """When a pause ends automatically; None: only the user ends it."""
    source: SourceInfo | None = None
    tick: Tick | None = None
    """While watching; None before the first picture was judged and in other modes."""
    picture: Frame | None = None
    """The first picture, while a live view is shown and the model is still loading; None otherwise."""
    baseline: Baseline | None = None
    """The baseline used for the comparison."""
    uncalibrated: str | None = None
    """Why there is no baseline to compare with ("no baseline yet", or why the last one no longer fits)."""
    boundary: Boundary | None = None
    """Where slouching begins in the picture; computed only while a live view is shown."""
    elsewhere: bool = False
    """Whether the baseline was calibrated at another desk and the user has not confirmed that it fits here."""
    outlook: Outlook = NOTHING_TO_TELL
    alert: AlertRaised | None = None
    """The open alert: its slouch is not over and the user has not answered."""
    glow: float = 0.0
    """Strength of the glow at the screen's edge, 0 to 1: grows with the deviation after an alert, fades as the user
    sits up."""
    sitting: float = 0.0
    """Seconds the user has been sitting without a break, as seen by the camera."""
    break_in: float | None = None
    """Seconds until a break is suggested if the user stays seated; None if none is due or nothing is watched."""
    planned: str = ""
    """English title of the routine planned for today and not done yet; empty if there is none."""
    no_stretching: bool = False
    """Whether the user wants no stretching today, as far as the last check knew."""
    hour: tuple[TimelineSpan, ...] = ()
    upright_offered: bool = False
    """A new upright posture is suggested; `take_upright` would learn it."""
    calibration: Calibrating | None = None
    coaching: Coaching | None = None

    @property
    def sign(self) -> Sign:
        """The state that the tray icon shows."""
        return sign_of(self.mode, self.tick)

    def comes_late_after(self, at: datetime) -> bool:
        """Whether it arrives after an event of this time, though it is from before. One that seems far older is not: the clock was set back."""
        return timedelta() <= at - self.at <= _LATE


def sign_of(mode: Mode, tick: Tick | None) -> Sign:
    """The state that the tray icon shows in a mode; after this check, while watching."""
    if mode is not Mode.WATCHING:
        return _SIGNS_OF_MODES[mode]
    if tick is None:
        return Sign.BUSY
    phase = tick.state.phase
    return Sign.CAMERA_LOST if tick.frame.problem is not None and phase is Phase.UNKNOWN else _SIGNS_OF_PHASES[phase]


_SIGNS_OF_MODES = {
    **dict.fromkeys((Mode.PAUSED, Mode.OFF, Mode.ENDED), Sign.PAUSED),
    **dict.fromkeys((Mode.STARTING, Mode.CALIBRATING, Mode.STRETCHING), Sign.BUSY),
    Mode.CAMERA_LOST: Sign.CAMERA_LOST,
}
_SIGNS_OF_PHASES = {phase: Sign(phase.value) for phase in Phase}


def view_of(snapshot: Snapshot, before: View = View.UNKNOWN) -> View:
    """The camera angle, as far as this moment shows: the view of the user, or otherwise the view of the baseline."""
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
    """A test alert: it shows what an alert looks like and says nothing about the user."""

    @property
    def words(self) -> Words:
        """What it says, in English."""
        return TRIAL if self.trial else describe(self.alert)

    def is_same_as(self, other: AlertRaised) -> bool:
        """Whether both tell of the same slouch, also if one was reworded since."""
        return (self.at, self.alert.t) == (other.at, other.alert.t)


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
    """A caution that the posture may have been a slouch, if the camera cannot rule it out, or that the user leaned back."""


@dataclass(frozen=True, slots=True)
class UprightOffered:
    """The user has sat upright for minutes after the camera or the chair was moved; `take_upright` makes that posture the baseline."""

    at: datetime


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
    """Number of the session in the history, for the questions afterwards; None if nothing was saved."""


@dataclass(frozen=True, slots=True)
class BreakOffered:
    """A break is suggested, after long sitting or several slouches."""

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
    """Seconds until then, if the user stays seated."""

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
class SettingsChanged:
    """Another program has changed settings, and they are used from now on."""

    at: datetime
    keys: frozenset[str]
    """Each as `group.name`."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """A problem that the user should know about; each is published once."""

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
    | SettingsChanged
    | Complaint
)
