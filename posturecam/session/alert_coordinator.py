"""What is made of each tick at the desk: alerts, the glow, breaks and the last hour. No clock, no camera, no files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

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
from posturecam.posture.baseline import Baseline
from posturecam.posture.evidence import evidence_of
from posturecam.posture.loop import Tick
from posturecam.posture.measures import Name
from posturecam.posture.monitor import Grade, MonitorState, Phase, SlouchSustained
from posturecam.session.protocol.messages import (
    AlertRaised,
    BreakAhead,
    BreakOffered,
    Happened,
    MonitorEvent,
    Sign,
    TimelineSpan,
)
from posturecam.session.rules import breaks, weekly_plan
from posturecam.session.rules.breaks import BreakAnswer, BreakState
from posturecam.session.rules.weekly_plan import PlannedDay, PlanState
from posturecam.session.timeline import lived

_LONGEST_WAIT = 120.0
"""Seconds that an alert waits for a pause in typing at most: who types all day would never hear of it."""


Recall = Callable[[datetime, str], PlannedDay | None]
"""What is known of a routine, by its id, on the day of a local time."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What there is to show and to tell of one tick."""

    outlook: Outlook
    alert: AlertRaised | None
    """The alert that stands."""
    glow: float
    sitting: float
    happened: tuple[Happened, ...]
    break_in: float | None = None
    """Seconds until a break is offered, if the user goes on sitting; None where none is."""
    planned: str = ""
    """What the weekly plan has for today and was not done yet, in English; empty where there is nothing."""

    @property
    def shown(self) -> dict[str, Any]:
        """What of it is in the snapshot, by its name there."""
        names = ("outlook", "alert", "glow", "sitting", "break_in", "planned")
        return {name: getattr(self, name) for name in names}


class AlertCoordinator:
    """Somebody at the desk, from one camera or several: it goes on when the camera is opened again."""

    def __init__(self, settings: Callable[[], Settings], recall: Recall = lambda _at, _routine: None) -> None:
        """Nothing seen yet.

        Args:
            settings: Gives the user's as they are at that moment.
            recall: What is known of a routine on the day of a local time; None where it is not planned after all.
        """
        self._settings, self._recall = settings, recall
        self._plan = PlanState()
        self.hour: tuple[TimelineSpan, ...] = ()
        self._policy, self._breaks = PolicyState(), BreakState()
        self._last: AlertRaised | None = None
        """The last alert that was told."""
        self._standing: AlertRaised | None = None
        """The same, while it stands."""
        self._taken: float | None = None
        """The offer that was taken last, by its time."""
        self._t: float | None = None
        self._offer = Because.SITTING
        """What the last break was offered, or announced, for."""
        self._waiting_since: float | None = None
        """Since when something waits for the end of typing."""

    @property
    def settings(self) -> Settings:
        """The user's, as they are now."""
        return self._settings()

    def take(
        self, tick: Tick, at: datetime, held: str | None, *, baseline: Baseline | None = None, typing: bool = False
    ) -> Moment:
        """One tick, at this local time.

        Args:
            tick: The moment.
            at: Local time, with its offset.
            held: Why no alert may be given now, or None.
            baseline: What the posture is compared with, to be kept with an alert.
            typing: Whether the user is typing, for whose end an alert or a break waits a little.
        """
        t, monitor, settings = tick.frame.t, tick.state, self.settings
        before = self._policy
        self._policy, alert = decide(before, monitor, t, at, settings.alerts, held=held)
        if alert is not None and self._waits(t, typing):
            self._policy, alert = before, None
        happened: list[Happened] = [MonitorEvent(at, event) for event in tick.events]
        if monitor.slouch is None:
            self._standing = None
        if alert is not None:
            self._last = self._standing = told(alert, tick, at, baseline)
            happened.append(self._standing)
        offer = self._rest_from_sitting(tick, alert is not None, at, held, typing)
        if alert is not None or offer is not None or not typing:
            self._waiting_since = None
        if offer is not None:
            self._offer = offer
            happened.append(
                BreakOffered(at, BreakOffer(offer, self._breaks.sitting, self._breaks.lately), settings.breaks.routine)
            )
        elif self._reminds_of_plan(tick, at, held or (self._standing and "alert"), typing):
            self._offer = Because.PLAN
            title = self._plan.to_do
            happened.append(
                BreakOffered(at, BreakOffer(Because.PLAN, self._breaks.sitting, title=title), settings.plan.routine)
            )
        elif not (held or self._silent(t, at, held)):
            self._breaks, ahead = breaks.announce(self._breaks, t, settings.breaks)
            if ahead is not None:
                self._offer = Because.SITTING
                happened.append(BreakAhead(at, ahead))
        return Moment(
            outlook(self._policy, monitor, t, at, settings, held=held),
            self._standing,
            0.0 if self._standing is None or held else glow(monitor, settings.monitor),
            self._breaks.sitting,
            tuple(happened),
            breaks.due(self._breaks, t, settings.breaks),
            self._plan.to_do,
        )

    def answer_break(self, given: BreakAnswer) -> None:
        """The user's answer to the break that was offered or announced last."""
        if self._t is None:
            return
        if self._offer is Because.PLAN:
            self._plan = weekly_plan.answer(self._plan, given, self._t, self.settings.breaks.postpone)
        else:
            self._breaks = breaks.answer(self._breaks, given, self._t, self.settings.breaks, self._offer)

    def _waits(self, t: float, typing: bool) -> bool:
        """Whether what is to be told waits for the end of typing; not for ever."""
        if not typing:
            return False
        if self._waiting_since is None or t < self._waiting_since:
            self._waiting_since = t
        return t - self._waiting_since < _LONGEST_WAIT

    def pass_time(self, at: datetime, sign: Sign) -> None:
        """Time goes by, for the last hour."""
        self.hour = lived(self.hour, at, sign)

    def answer(self, response: Response, told: AlertRaised) -> bool:
        """The user's answer to an alert; whether it was the last one, and so whether it holds."""
        if self._t is None or told != self._last:
            return False
        self._policy = respond(self._policy, response, self._t)
        self._standing = None
        return True

    def stretch(self) -> bool:
        """The user stretches: sitting counts from zero. Whether that was offered not long ago, and not taken yet."""
        offered, t = self._breaks.offered, self._t
        self._breaks, self._standing = breaks.taken(self._breaks), None
        self._plan = replace(self._plan, day=None)  # it may be done afterwards
        taken = (
            offered is not None
            and t is not None
            and offered != self._taken
            and t - offered < self.settings.breaks.again
        )
        self._taken = offered
        return taken

    def _rest_from_sitting(
        self, tick: Tick, alerted: bool, at: datetime, held: str | None, typing: bool
    ) -> Because | None:
        t = tick.frame.t
        gap = 0.0 if self._t is None else t - self._t
        elapsed = gap if 0 < gap <= self.settings.monitor.longest_gap else 0.0
        if gap >= self.settings.breaks.away:  # a night, a pause: nobody can say that the user sat all the while
            self._breaks = breaks.taken(self._breaks)
        self._t = t
        present = False if tick.state.away else tick.reading.present

        def step(silent: bool) -> tuple[BreakState, Because | None]:
            return breaks.step(self._breaks, t, elapsed, present, self.settings.breaks, told=alerted, silent=silent)

        after, offer = step(self._silent(t, at, held))
        if offer is not None and self._waits(t, typing):
            after, offer = step(silent=True)  # time goes on, and the offer comes again
        self._breaks = after
        return offer

    def _reminds_of_plan(self, tick: Tick, at: datetime, held: str | None, typing: bool) -> bool:
        """Whether the weekly plan's stretch is reminded of now: it keeps to the rules of breaks, and comes once a day."""
        t, settings = tick.frame.t, self.settings
        if not self._plan.is_of(at, settings.plan):
            later = self._plan.later if self._plan.day in (None, at.date()) else None
            self._plan = replace(self._known_of(at), later=later)
        present = bool(tick.reading.present) and not tick.state.away
        if not present or not weekly_plan.is_due(self._plan, t, at, self._breaks.sitting, settings.plan):
            return False
        room = breaks.leaves_room(self._breaks, t, settings.breaks)
        if held or self._silent(t, at, held) or not (room or self._plan.later is not None) or self._waits(t, typing):
            return False
        if self._plan.later is None:
            self._plan = self._known_of(at)  # another program may have led through it meanwhile
            if not weekly_plan.is_due(self._plan, t, at, self._breaks.sitting, settings.plan):
                return False
        self._plan, self._breaks = weekly_plan.reminded(self._plan), breaks.make_room(self._breaks, t)
        return True

    def _known_of(self, at: datetime) -> PlanState:
        plan = self.settings.plan
        known = self._recall(at, plan.routine) if weekly_plan.is_planned(at, plan) else None
        return weekly_plan.begin(at, plan, known)

    def _silent(self, t: float, at: datetime, held: str | None) -> bool:
        """Whether no break may be offered now; an alert offers one too."""
        alerts = self.settings.alerts
        silent = silence(self._policy, t, at, alerts, held=held) is not None
        return silent or self._standing is not None or cool_down_left(self._policy, t, alerts) > 0


def told(alert: Alert, tick: Tick, at: datetime, baseline: Baseline | None = None) -> AlertRaised:
    """An alert, and what spoke for it."""
    return AlertRaised(at, alert, evidence_of(tick, baseline))


def trial(at: datetime, t: float, tick: Tick | None) -> AlertRaised:
    """An alert that shows what alerts look like."""
    slouch = SlouchSustained(t, t - 120.0, Grade.MILD, 120.0, Name.NECK_INCLINATION, None, True)
    return AlertRaised(at, Alert(t, slouch), None if tick is None else evidence_of(tick), trial=True)


def glow(monitor: MonitorState, settings: MonitorSettings) -> float:
    """How strongly the screens' edges glow while an alert stands, 0 to 1: none upright or unknown, all of it from severe on."""
    if monitor.phase is not Phase.SLOUCHING or monitor.deviation is None:
        return 0.0
    share = (monitor.deviation - settings.exit) / (settings.severe - settings.exit)
    return min(max(share, 0.0), 1.0)
