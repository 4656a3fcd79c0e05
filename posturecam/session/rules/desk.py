"""Decides after each check at the desk: alerts, the glow and breaks.

Pure: a state, a check and the moment give a new state and what to show and publish.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from posturecam.alerts.policy import (
    Alert,
    Outlook,
    PolicyState,
    Response,
    cool_down_left,
    decide,
    outlook,
    respond,
    silence,
)
from posturecam.alerts.text import Because, BreakOffer
from posturecam.config.settings import MonitorSettings, Settings
from posturecam.posture.measures import Name
from posturecam.posture.monitor import CameBack, Grade, MonitorState, Phase, SlouchSustained
from posturecam.session.protocol.messages import (
    NOTHING_TO_TELL,
    AlertRaised,
    BreakAhead,
    BreakOffered,
    Happened,
    MonitorEvent,
)
from posturecam.session.rules import breaks, weekly_plan
from posturecam.session.rules.breaks import BreakAnswer, BreakState
from posturecam.session.rules.weekly_plan import PlannedDay, PlanState

if TYPE_CHECKING:
    from posturecam.posture.baseline import Baseline
    from posturecam.posture.loop import Tick

_LONGEST_WAIT = 120.0
"""Longest wait, in seconds, of an alert for a pause in typing: somebody who types all day would never get it
otherwise. The texts of `alerts.typing_pause` (`config/settings.py`, `desktop/pages/settings/everyday.py`) name it."""
_FORGOTTEN = 10.0
"""Seconds after which a wait is over if nothing is due any more. A slouch that flickers around its threshold does not restart the wait."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What to show and publish for one tick."""

    outlook: Outlook = NOTHING_TO_TELL
    alert: AlertRaised | None = None
    """The open alert, or None."""
    glow: float = 0.0
    sitting: float = 0.0
    happened: tuple[Happened, ...] = ()
    break_in: float | None = None
    """Seconds until a break is suggested if the user stays seated; None if none is due."""
    planned: str = ""
    """English title of the routine planned for today and not done yet; empty if there is none."""
    no_stretching: bool = False
    """Whether the user wants no stretching today."""
    routine_to_look_up: str = ""
    """The planned routine to look up in the history; empty if no lookup is needed."""

    @property
    def shown(self) -> dict[str, Any]:
        """The fields for the snapshot, by name."""
        names = ("outlook", "alert", "glow", "sitting", "break_in", "planned", "no_stretching")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class DeskState:
    """State of the rules at the desk; it survives reopening or changing the camera."""

    policy: PolicyState = field(default_factory=PolicyState)
    breaks: BreakState = field(default_factory=BreakState)
    t: float | None = None
    """Time of the last check."""
    last: AlertRaised | None = None
    """The last alert."""
    standing: AlertRaised | None = None
    """The last alert, while it is open."""
    answered: Response | None = None
    """The last answer to the last alert."""
    taken: float | None = None
    """Time of the break suggestion that was taken last."""
    offer: Because = Because.SITTING
    """Reason of the last break that was suggested or announced."""
    waiting_since: float | None = None
    """Since when an alert or a break has been waiting for a pause in typing."""
    waited_at: float | None = None
    """Time of the last check at which one did."""
    not_upright_since_return: bool = False
    """Whether somebody came back who has not sat upright yet."""
    plan: PlanState = field(default_factory=PlanState)
    """State of today's weekly plan."""
    no_stretching_on: date | None = None
    """The local day on which the user last wanted no more stretching, because something hurt; None if they stretched after all."""

    def is_without_stretching(self, at: datetime) -> bool:
        """Whether the user wants no stretching on the day of this local time."""
        return self.no_stretching_on == at.date()


def step(
    state: DeskState,
    tick: Tick,
    at: datetime,
    settings: Settings,
    *,
    held: str | None = None,
    baseline: Baseline | None = None,
    typing: bool = False,
) -> tuple[DeskState, Moment]:
    """Process one check.

    Args:
        state: The state returned by the last call.
        tick: The result of the check.
        at: Local time, with its offset.
        settings: The current settings.
        held: Why no alert may be given now, or None.
        baseline: The baseline used for the comparison; it is saved with an alert.
        typing: Whether the user is typing; alerts and breaks wait a little for a pause.

    Returns:
        The new state, and what to show and publish.
    """
    t = tick.frame.t
    no_stretching = state.is_without_stretching(at)
    if no_stretching:
        settings = _without_stretches(settings)
    state, raised = _alert(state, tick, at, settings, held=held, baseline=baseline, typing=typing)
    state, offered = _sit(state, tick, at, settings, held=held, alerted=raised is not None, typing=typing)
    over = state.waited_at is not None and t - state.waited_at > _FORGOTTEN  # the user sat up, or took a break
    if state.waiting_since is not None and (raised is not None or offered is not None or not typing or over):
        state = replace(state, waiting_since=None)
    suggested: list[Happened] = []
    if offered is not None:
        state = replace(state, offer=offered)
        reason = BreakOffer(offered, state.breaks.sitting, state.breaks.lately)
        suggested.append(BreakOffered(at, reason, settings.breaks.routine))
    state, due, routine_to_look_up = _follow_plan(state, tick, at, settings, held=held, typing=typing)
    if due:
        reason = BreakOffer(Because.PLAN, state.breaks.sitting, title=state.plan.to_do)
        suggested.append(BreakOffered(at, reason, settings.plan.routine))
    elif offered is None and not _silent(state, t, at, settings, held):
        announced, ahead = breaks.announce(state.breaks, t, settings.breaks)
        if ahead is not None:
            state = replace(state, breaks=announced, offer=Because.SITTING)
            suggested.append(BreakAhead(at, ahead))
    return state, Moment(
        outlook(state.policy, tick.state, t, at, settings, held=held),
        state.standing,
        0.0 if state.standing is None or held else glow(tick.state, settings.monitor),
        state.breaks.sitting,
        (*(MonitorEvent(at, event) for event in tick.events), *([raised] if raised else []), *suggested),
        _break_in(state, t, settings),
        state.plan.to_do,
        no_stretching,
        routine_to_look_up,
    )


def _alert(
    state: DeskState,
    tick: Tick,
    at: datetime,
    settings: Settings,
    *,
    held: str | None,
    baseline: Baseline | None,
    typing: bool,
) -> tuple[DeskState, AlertRaised | None]:
    """Close an alert whose slouch is over; also the alert to raise now, if any."""
    t, monitor = tick.frame.t, tick.state
    not_upright = _not_upright_since_return(state.not_upright_since_return, tick, settings.monitor)
    standing = None if monitor.slouch is None else state.standing
    if standing is not None and state.is_without_stretching(at):  # said since the alert
        standing = replace(standing, alert=replace(standing.alert, no_stretching=True))
    state = replace(state, standing=standing, not_upright_since_return=not_upright)
    policy, alert = decide(state.policy, monitor, t, at, settings.alerts, held=held)
    if alert is None:
        return replace(state, policy=policy), None
    state, waits = _wait_for_typing(state, t, typing)
    if waits:  # as if nobody had asked: the policy decides again at the next check
        return state, None
    somebody_else = not_upright and alert.slouch.compared
    alert = replace(alert, maybe_somebody_else=somebody_else, no_stretching=state.is_without_stretching(at))
    raised = with_evidence(alert, tick, at, baseline)
    return replace(state, policy=policy, last=raised, standing=raised, answered=None), raised


def _not_upright_since_return(before: bool, tick: Tick, settings: MonitorSettings) -> bool:
    """Whether somebody who came back has not sat upright since."""
    deviation = tick.reading.deviation.value
    if deviation is not None and deviation < settings.exit:
        return False
    return before or any(isinstance(event, CameBack) for event in tick.events)


def answer_alert(
    state: DeskState, response: Response, alert: AlertRaised, elapsed: float = 0.0
) -> tuple[DeskState, bool]:
    """Take the user's answer to an alert, given this many seconds after the last check.

    Also whether it is valid: only for the last alert, and not twice, as by a double click.
    """
    if state.t is None or state.last is None or not alert.is_same_as(state.last) or response is state.answered:
        return state, False
    policy = respond(state.policy, response, state.t + elapsed)
    return replace(state, policy=policy, standing=None, answered=response), True


def answer_break(state: DeskState, given: BreakAnswer, settings: Settings, elapsed: float = 0.0) -> DeskState:
    """Take the user's answer to the break that was suggested or announced last, given this many seconds after the last check."""
    if state.t is None:
        return state
    t = state.t + elapsed
    if state.offer is Because.PLAN:
        return replace(state, plan=weekly_plan.answer(state.plan, given, t, settings.breaks.postpone))
    return replace(state, breaks=breaks.answer(state.breaks, given, t, settings.breaks, state.offer))


def begin_stretch(state: DeskState, settings: Settings, elapsed: float = 0.0) -> tuple[DeskState, bool]:
    """The user stretches, so sitting time starts again from zero. Also whether this follows a recent suggestion."""
    offered = state.breaks.offered
    taken = (
        offered is not None
        and state.t is not None
        and offered != state.taken
        and state.t + elapsed - offered < settings.breaks.again
    )
    plan = replace(state.plan, unsure=True)  # the routine may be done afterwards
    return replace(
        state, breaks=breaks.taken(state.breaks), standing=None, taken=offered, plan=plan, no_stretching_on=None
    ), taken


def leave_out_stretching(state: DeskState, day: date | None) -> DeskState:
    """The user wants no more stretching on this local day: nothing suggests it then, unless they stretch after all (None)."""
    return replace(state, no_stretching_on=day)


def _without_stretches(settings: Settings) -> Settings:
    """The settings with which neither a break nor the weekly plan suggests a stretch."""
    breaks_, plan = settings.breaks.model_copy(update={"offer": False}), settings.plan.model_copy(update={"days": ()})
    return settings.model_copy(update={"breaks": breaks_, "plan": plan})


def recall_plan(state: DeskState, known: PlannedDay | None) -> DeskState:
    """Take what the history knows of today's planned routine; None if there is no such routine."""
    return replace(state, plan=weekly_plan.recalled(state.plan, state.t, known))


def _wait_for_typing(state: DeskState, t: float, typing: bool) -> tuple[DeskState, bool]:
    """Whether what is due waits for a pause in typing, up to a limit; the state remembers since when it does."""
    if not typing:
        return state, False
    since = state.waiting_since
    if since is None or t < since:
        since = t
    return replace(state, waiting_since=since, waited_at=t), t - since < _LONGEST_WAIT


def _sit(
    state: DeskState,
    tick: Tick,
    at: datetime,
    settings: Settings,
    *,
    held: str | None,
    alerted: bool,
    typing: bool,
) -> tuple[DeskState, Because | None]:
    """Count sitting time; also the reason to suggest a break now, if any."""
    t, before = tick.frame.t, state.breaks
    gap = 0.0 if state.t is None else t - state.t
    elapsed = gap if 0 < gap <= settings.monitor.longest_gap else 0.0
    if gap >= settings.breaks.away:  # after a night or a pause, nothing is known about sitting in between
        before = breaks.taken(before)
    present = False if tick.state.away else tick.reading.present

    def sat(silent: bool) -> tuple[BreakState, Because | None]:
        return breaks.step(before, t, elapsed, present, settings.breaks, alerted=alerted, silent=silent)

    after, offer = sat(_silent(state, t, at, settings, held))
    if offer is not None:
        state, waits = _wait_for_typing(state, t, typing)
        if waits:
            after, offer = sat(silent=True)  # time passes, and the suggestion comes later
    return replace(state, t=t, breaks=after), offer


def _follow_plan(
    state: DeskState, tick: Tick, at: datetime, settings: Settings, *, held: str | None, typing: bool
) -> tuple[DeskState, bool, str]:
    """The weekly plan: whether to remind of it now, under the rules of breaks, and which routine to look up in the history."""
    t, plan = tick.frame.t, settings.plan
    if not state.plan.is_of(at, plan):
        state = replace(state, plan=weekly_plan.begin(state.plan, at, plan))
        return state, False, state.plan.routine
    present = bool(tick.reading.present) and not tick.state.away
    if not present or not weekly_plan.is_due(state.plan, t, at, state.breaks.sitting, plan):
        return state, False, ""
    if state.plan.later is None:
        room = breaks.leaves_room(state.breaks, t, settings.breaks)
    else:  # the user has said when it is to come again
        room = not breaks.just_suggested(state.breaks, t, settings.breaks)
    if not room or _silent(state, t, at, settings, held):
        return state, False, ""
    state, waits = _wait_for_typing(state, t, typing)
    if waits:
        return state, False, ""
    if not weekly_plan.is_fresh(state.plan, t):
        return state, False, state.plan.routine
    made = breaks.make_room(state.breaks, t)
    return replace(state, plan=weekly_plan.reminded(state.plan), breaks=made, offer=Because.PLAN), True, ""


def _silent(state: DeskState, t: float, at: datetime, settings: Settings, held: str | None) -> bool:
    """Whether no break may be suggested now: an alert suggests a stretch itself."""
    silent = silence(state.policy, t, at, settings.alerts, held=held) is not None
    return silent or state.standing is not None or _alert_holds_for(state, t, settings) > 0


def _alert_holds_for(state: DeskState, t: float, settings: Settings) -> float:
    """Seconds for which the last alert holds breaks back; "I'm fine" makes alerts rarer, not breaks."""
    return cool_down_left(replace(state.policy, fine=0), t, settings.alerts)


def _break_in(state: DeskState, t: float, settings: Settings) -> float | None:
    """Seconds until a break is suggested if the user stays seated and upright; None if breaks are switched off."""
    due = breaks.due(state.breaks, t, settings.breaks)
    return None if due is None else max(due, _alert_holds_for(state, t, settings))


def with_evidence(alert: Alert, tick: Tick, at: datetime, baseline: Baseline | None) -> AlertRaised:
    """Add the evidence to an alert."""
    from posturecam.posture.records.evidence import evidence_of  # imported at the first alert, not at startup

    return AlertRaised(at, alert, evidence_of(tick, baseline))


def trial(at: datetime, t: float, tick: Tick | None) -> AlertRaised:
    """A test alert that shows what alerts look like."""
    from posturecam.posture.records.evidence import evidence_of

    slouch = SlouchSustained(t, t - 120.0, Grade.MILD, 120.0, Name.NECK_INCLINATION, None, True)
    return AlertRaised(at, Alert(t, slouch), None if tick is None else evidence_of(tick), trial=True)


def glow(monitor: MonitorState, settings: MonitorSettings) -> float:
    """Strength of the glow while an alert is open, 0 to 1: 0 while upright or unknown, 1 from a severe slouch on."""
    if monitor.phase is not Phase.SLOUCHING or monitor.deviation is None:
        return 0.0
    share = (monitor.deviation - settings.exit) / max(settings.severe - settings.exit, 1e-6)  # both may be set to 1
    return min(max(share, 0.0), 1.0)
