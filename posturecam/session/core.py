"""What a session does next, as a pure step: a state, a command or fact, and the current moment give a new state and effects.

    state, effects = step(state, command, now, settings)    # or a fact: Watched(…), Attending(), Begun(…), Failed(…) …
    plan = plan_of(state, system, settings.quiet, now)      # what to do at this moment

`posturecam.session.runner` carries plans and effects out; it decides nothing. Posture is judged elsewhere
(`posturecam.posture.monitor`); alerts and breaks are decided by `posturecam.session.rules.desk` as part of this step.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from posturecam.config.settings import QuietSettings, Settings
from posturecam.history.models import PAUSES
from posturecam.i18n.words import mark
from posturecam.session.protocol.commands import (
    AnswerAlert,
    AnswerBreak,
    Calibrate,
    Command,
    KeepAnswers,
    KeepHere,
    NoStretching,
    Pause,
    Preview,
    Quit,
    Resume,
    Retry,
    StartStretch,
    StopCalibrating,
    TakeUpright,
    TryAlert,
    UsePlace,
    UseSettings,
)
from posturecam.session.protocol.messages import AlertRaised, Happened, SettingsChanged
from posturecam.session.protocol.mode import Mode
from posturecam.session.rules import desk, pauses, silence
from posturecam.session.rules.desk import DeskState, Moment
from posturecam.session.rules.weekly_plan import PlannedDay
from posturecam.system.state import SystemState

if TYPE_CHECKING:
    from posturecam.alerts.policy import Response
    from posturecam.coach.safety import Answers
    from posturecam.posture.baseline import Baseline
    from posturecam.posture.loop import Tick

RETRY_SECONDS = (5.0, 10.0, 20.0, 30.0)
"""Seconds before each retry of a camera that cannot be opened; the last value repeats."""
_UNTOUCHED = frozenset({"alerts", "stretch", "voice", "quiet", "breaks", "plan", "goal", "desktop", "camera"})
"""Groups of settings that the watching loop does not read, so it need not restart when they change."""
STRETCHING = mark("you are stretching; finish or end that first")
"""Why no calibration can begin or go on."""


@dataclass(frozen=True, slots=True)
class Now:
    """A moment."""

    wall: datetime
    """Local time with its offset, for display."""
    clock: float
    """Seconds of a clock that is never adjusted and keeps running during sleep, for decisions."""


# Facts: results of the runner's work.


@dataclass(frozen=True, slots=True)
class Attending:
    """Somebody is calibrating or stretching, so they do not count as away."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One check of somebody at the desk."""

    tick: Tick
    baseline: Baseline | None = None
    """The baseline used for the comparison; it is saved with an alert."""
    held: str | None = None
    """Why no alert may be given now, or None."""
    typing: bool = False
    """Whether the user is typing; alerts and breaks wait a little for a pause."""


@dataclass(frozen=True, slots=True)
class PlanRecalled:
    """What the history knows of today's planned routine."""

    known: PlannedDay | None
    """None if there is no such routine."""


@dataclass(frozen=True, slots=True)
class Waited:
    """The session waited for the camera, so this time does not count as away."""


@dataclass(frozen=True, slots=True)
class CameraOpened:
    """The camera is open."""


@dataclass(frozen=True, slots=True)
class Begun:
    """The runner has begun to watch, calibrate or stretch."""

    mode: Mode


@dataclass(frozen=True, slots=True)
class Finished:
    """The calibration or the stretch that had begun is over."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Something keeps the session from continuing."""

    why: str
    camera_works: bool
    """True if the cause is something other than the camera."""


@dataclass(frozen=True, slots=True)
class UprightsChanged:
    """Another program has saved an upright posture that is used from now on."""


Fact = Attending | Watched | PlanRecalled | Waited | CameraOpened | Begun | Finished | Failed | UprightsChanged


# Effects: what the runner must do at once.


@dataclass(frozen=True, slots=True)
class ShowTrial:
    """Show a test alert."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Publish what happened, and record it."""

    what: Happened


@dataclass(frozen=True, slots=True)
class TakeAnswer:
    """Record an answer to an alert, and learn from it."""

    response: Response
    alert: AlertRaised


@dataclass(frozen=True, slots=True)
class KeepBreakTaken:
    """Record that the user began a suggested stretch."""


@dataclass(frozen=True, slots=True)
class Relocate:
    """Switch to the baselines of this desk."""

    place: str


@dataclass(frozen=True, slots=True)
class KeepBaselinesHere:
    """Save the baselines in use as those of this desk."""


@dataclass(frozen=True, slots=True)
class LearnOffered:
    """Learn the suggested upright posture."""


@dataclass(frozen=True, slots=True)
class StoreAnswers:
    """Record the answers given after a stretch session."""

    session: int
    answers: Answers


@dataclass(frozen=True, slots=True)
class ForgetCamera:
    """Use the camera of the settings instead of the one named at the start."""


@dataclass(frozen=True, slots=True)
class RecallPlan:
    """Ask the history what it knows of a routine today; `PlanRecalled` answers."""

    routine: str


@dataclass(frozen=True, slots=True)
class RefuseCalibration:
    """The requested or running calibration fails."""

    why: str


Effect = (
    ShowTrial
    | Tell
    | TakeAnswer
    | KeepBreakTaken
    | Relocate
    | KeepBaselinesHere
    | LearnOffered
    | StoreAnswers
    | ForgetCamera
    | RecallPlan
    | RefuseCalibration
)


@dataclass(frozen=True, slots=True)
class SessionState:
    """The state of a session; start with `SessionState(seen=clock)`."""

    seen: float
    """Clock time at which somebody was last seen, or the camera was last off."""
    checked: float | None = None
    """Clock time of the last check at the desk: answers may come long after it, as when the computer was locked meanwhile."""
    quitting: bool = False
    pause: Pause | None = None
    interrupted: Pause | None = None
    """The pause during which the user asked for a calibration or a stretch; it continues afterwards."""
    over: Pause | None = None
    """The pause from before a restart that ended by local time. It continues if the clock, which may have been ahead, is then set back."""
    calibrate: Calibrate | None = None
    """A calibration that was requested and has not begun yet."""
    stretch: StartStretch | None = None
    """A stretch session that was requested and has not begun yet."""
    calibrating: bool = False
    """A calibration is running."""
    stretching: bool = False
    """A stretch session is running."""
    canceled: bool = False
    """The running calibration must be canceled."""
    restart: bool = False
    """Watching must restart, because settings it depends on have changed."""
    reopen: bool = False
    """Watching must restart with another camera, or with the same one opened differently."""
    previewed: bool = False
    place: str = ""
    """The desk that the computer is at; empty if it is not known."""
    resting: tuple[Mode, str | None] | None = None
    """While the camera is off: the mode, and why."""
    failures: int = 0
    """How often the camera was lost since it was last open."""
    lost: Failed | None = None
    """The failure that stopped the session, until the next retry."""
    retry: float = 0.0
    """Clock time of the next retry."""
    desk: DeskState = field(default_factory=DeskState)
    """Alerts and breaks."""
    moment: Moment = field(default_factory=Moment)
    """What to show for the last check at the desk."""

    @property
    def interrupts(self) -> bool:
        """Whether watching must be interrupted for something else."""
        return self.interrupts_calibration or self.restart

    @property
    def interrupts_calibration(self) -> bool:
        """Whether a calibration must be interrupted too; what only requires watching to restart waits until it ends."""
        requested = self.calibrate is not None or self.stretch is not None
        return self.quitting or self.pause is not None or requested or self.reopen

    @property
    def interrupts_stretch(self) -> bool:
        """Whether a stretch must end early, also because another one was requested, which has taken over the user's controls."""
        return self.quitting or self.pause is not None or self.stretch is not None

    def since_check(self, now: Now) -> float:
        """Seconds since the last check at the desk; 0 before the first one."""
        return 0.0 if self.checked is None else max(now.clock - self.checked, 0.0)

    @property
    def retry_seconds(self) -> float:
        """How long to wait after the last failure."""
        return RETRY_SECONDS[min(max(self.failures - 1, 0), len(RETRY_SECONDS) - 1)]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do now."""

    mode: Mode
    """`WATCHING`, `CALIBRATING` and `STRETCHING` need the camera; the others do not."""
    why: str | None = None
    until: datetime | None = None
    camera_works: bool = False


def step(
    state: SessionState, what: Command | Fact, now: Now, settings: Settings
) -> tuple[SessionState, tuple[Effect, ...]]:
    """Process one command or fact.

    Args:
        state: The state returned by the last call.
        what: The command or fact.
        now: The moment.
        settings: The current settings.

    Returns:
        The new state, and the effects to carry out at once.
    """
    match what:
        case Attending() | Waited():
            return replace(state, seen=now.clock), ()
        case Watched():
            return _watched(state, what, now, settings)
        case PlanRecalled(known=known):
            return replace(state, desk=desk.recall_plan(state.desk, known)), ()
        case CameraOpened():
            return replace(state, restart=False, reopen=False, lost=None, failures=0), ()
        case Begun(mode=Mode.STRETCHING):
            at_the_desk, taken = desk.begin_stretch(state.desk, settings, state.since_check(now))
            state = replace(state, stretch=None, calibrating=False, stretching=True, desk=at_the_desk)
            return state, (KeepBreakTaken(),) if taken else ()
        case Begun(mode=mode):
            calibrating = mode is Mode.CALIBRATING
            calibrate = None if calibrating else state.calibrate
            return replace(state, calibrate=calibrate, calibrating=calibrating, stretching=False), ()
        case Finished():
            return replace(state, calibrating=False, stretching=False), ()
        case Failed():
            return _failed(state, what, now)
        case UprightsChanged():
            return replace(state, restart=True), ()
        case _:
            return _obey(state, what, now, settings)


def plan_of(state: SessionState, system: SystemState, quiet: QuietSettings, now: Now) -> tuple[SessionState, Plan]:
    """What to do at this moment. A pause that is over ends; otherwise its end is updated in local time.

    Args:
        state: The state after the last step.
        system: The state of the system.
        quiet: The settings for when to release the camera.
        now: The moment.
    """
    requested = state.stretch is not None or state.calibrate is not None
    if state.interrupted is not None and not requested:  # the stretch or the calibration is over
        state = replace(state, pause=state.interrupted, interrupted=None)
    state = _heed_clocks(state, now)
    plan = _plan(state, system, quiet, now)
    if state.resting not in (None, (plan.mode, plan.why)):  # the camera was off, so nobody counts as away
        state = replace(state, seen=now.clock)
        plan = _plan(state, system, quiet, now)
    if plan.mode not in (Mode.PAUSED, Mode.OFF):
        return state if state.resting is None else replace(state, resting=None), plan
    return replace(state, resting=(plan.mode, plan.why), calibrating=False, lost=None), plan


def _plan(state: SessionState, system: SystemState, quiet: QuietSettings, now: Now) -> Plan:
    if state.quitting:
        return Plan(Mode.ENDED)
    if state.pause is not None:
        return Plan(Mode.PAUSED, PAUSES[state.pause.why], state.pause.until)
    if state.stretch is not None:  # just requested, so somebody is there
        return Plan(Mode.STRETCHING)
    if state.calibrate is not None:
        return Plan(Mode.CALIBRATING)
    why = silence.off(system, quiet, now.wall, now.clock - state.seen)
    if why is not None:
        return Plan(Mode.OFF, why)
    if state.lost is not None and not state.interrupts and now.clock < state.retry:
        return Plan(Mode.CAMERA_LOST, state.lost.why, camera_works=state.lost.camera_works)
    return Plan(Mode.WATCHING)


def _watched(
    state: SessionState, look: Watched, now: Now, settings: Settings
) -> tuple[SessionState, tuple[Effect, ...]]:
    at_the_desk, moment = desk.step(
        state.desk, look.tick, now.wall, settings, held=look.held, baseline=look.baseline, typing=look.typing
    )
    asks = (RecallPlan(moment.routine_to_look_up),) if moment.routine_to_look_up else ()
    seen = now.clock if look.tick.reading.present else state.seen
    return replace(state, seen=seen, checked=now.clock, desk=at_the_desk, moment=moment), (
        *(Tell(what) for what in moment.happened),
        *asks,
    )


def _obey(
    state: SessionState, command: Command, now: Now, settings: Settings
) -> tuple[SessionState, tuple[Effect, ...]]:
    match command:
        case Pause():  # earlier requests must not start on their own when the pause ends
            # The wait for the setup stays: the end of another pause would turn the camera on before the setup has mentioned it.
            pause = _waits_for_setup(state) or command
            refused = _give_up_calibrating(state, PAUSES[pause.why])
            return replace(
                state,
                pause=pause,
                interrupted=None,
                over=None,
                calibrate=None,
                calibrating=False,
                stretch=None,
                reopen=True,
            ), refused
        case Resume():
            waiting = None if state.pause else _waits_for_setup(state)
            return replace(state, pause=None, interrupted=waiting, over=None), ()
        case Calibrate():
            if state.stretching or state.stretch is not None:  # it would begin unexpectedly after the session
                return state, (RefuseCalibration(STRETCHING),)
            waiting = state.pause or state.interrupted
            return replace(state, pause=None, interrupted=waiting, calibrate=command, canceled=False), ()
        case StopCalibrating():
            return replace(state, calibrate=None, canceled=True), ()
        case TakeUpright():
            return state, (LearnOffered(),)
        case StartStretch():
            waiting, refused = state.pause or state.interrupted, _give_up_calibrating(state, STRETCHING)
            return replace(
                state, pause=None, interrupted=waiting, calibrate=None, calibrating=False, stretch=command
            ), refused
        case KeepAnswers(session=session, answers=answers):
            return state, (StoreAnswers(session, answers),)
        case NoStretching(day=day):
            return replace(state, desk=desk.leave_out_stretching(state.desk, day)), ()
        case AnswerAlert(response=response, alert=alert):
            at_the_desk, holds = desk.answer_alert(state.desk, response, alert, state.since_check(now))
            return replace(state, desk=at_the_desk), (TakeAnswer(response, alert),) if holds else ()
        case AnswerBreak(given=given):
            at_the_desk = desk.answer_break(state.desk, given, settings, state.since_check(now))
            return replace(state, desk=at_the_desk), ()
        case UsePlace(place=place):
            if place == state.place:  # watching would begin anew, and report a slouch twice
                return state, ()
            return replace(state, place=place, restart=True), (Relocate(place),)
        case KeepHere():
            return replace(state, restart=True), (KeepBaselinesHere(),)
        case Retry():
            return state if state.lost is None else replace(state, lost=None, reopen=True), ()
        case TryAlert():
            return state, (ShowTrial(),)
        case Preview(wanted=wanted):
            return replace(state, previewed=wanted), ()
        case UseSettings(groups=groups, camera=chosen, outside=outside):
            reopen, restart = chosen or "camera" in groups, bool(groups - _UNTOUCHED)
            effects: tuple[Effect, ...] = (Tell(SettingsChanged(now.wall, outside)),) if outside else ()
            if reopen and state.calibrating:
                effects = (*effects, RefuseCalibration(mark("the camera or its settings were changed")))
            calibrating = state.calibrating and not reopen
            restart, reopen = state.restart or restart, state.reopen or reopen
            state = replace(state, restart=restart, reopen=reopen, calibrating=calibrating)
            return state, (ForgetCamera(), *effects) if chosen else effects
        case Quit():
            return replace(state, quitting=True), ()


def _waits_for_setup(state: SessionState) -> Pause | None:
    """The pause until the setup has mentioned the camera, if there is one, also during a stretch."""
    pause = state.pause or state.interrupted
    return pause if pause is not None and pause.why == "setup" else None


def _give_up_calibrating(state: SessionState, why: str) -> tuple[Effect, ...]:
    """Say why the requested or running calibration, if there is one, does not come to its end."""
    return (RefuseCalibration(why),) if state.calibrating or state.calibrate is not None else ()


def _failed(state: SessionState, lost: Failed, now: Now) -> tuple[SessionState, tuple[Effect, ...]]:
    refused = _give_up_calibrating(state, lost.why)
    state = replace(state, lost=lost, failures=state.failures + 1, seen=now.clock)
    state = replace(state, calibrate=None, calibrating=False, stretch=None, stretching=False)
    # The next attempt opens the camera anew, with the settings of that time. What requested a restart must not request one attempt after
    # another meanwhile.
    state = replace(state, retry=now.clock + state.retry_seconds, restart=False, reopen=False)
    return state, refused


def _heed_clocks(state: SessionState, now: Now) -> SessionState:
    """End a pause that is over, or continue one that ended because the clock was ahead; recompute its end in local time."""
    if state.pause is not None:
        pause = pauses.continued(state.pause, now.wall, now.clock)
        return replace(state, pause=pause, over=state.pause if pause is None and state.pause.ends is None else None)
    if state.over is None or state.calibrate or state.calibrating or state.stretch or state.stretching:
        return state
    return replace(state, pause=pauses.continued(state.over, now.wall + pauses.CLOCK_WAS_SET, now.clock))
