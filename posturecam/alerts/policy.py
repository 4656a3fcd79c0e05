"""When a slouch raises an alert: a pure step from (state, monitor, time) to (new state, alert or none).

Each slouch raises at most one alert, as soon as nothing holds it back. Two things delay it while the slouch lasts:

- the cool-down after an alert. A second slouch that begins within it and still lasts at its end raises an alert then: the user
  is alerted seldom, but is not left slouching for an hour because two slouches came close together;
- a snooze, quiet hours, or another reason given by the caller (a meeting). The alert comes when that ends if
  `catch_up` is set, and never otherwise.

A slouch that ends meanwhile raises no alert, and neither does one whose person is sitting up, looking away or out of sight.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum

from posturecam.config.settings import AlertSettings, Settings
from posturecam.i18n.message import Message
from posturecam.posture.monitor import MonitorState, Phase, SlouchSustained, next_alert


class Response(StrEnum):
    """The user's answer to an alert."""

    STRETCH = "stretch"
    """Start a stretch. The alert was welcome, so a lengthened cool-down is reset to its usual length."""
    SNOOZE = "snooze"
    """Stay silent for a while, then alert again if this slouch still lasts."""
    FINE = "fine"
    """The user is fine: the next alert may take longer to come."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A slouch to alert the user to now."""

    t: float
    """Time of the alert, in seconds, by the clock of the readings."""
    slouch: SlouchSustained
    maybe_somebody_else: bool = False
    """Whether the person who came back last has not sat upright since, and so may not be the user."""
    no_stretching: bool = False
    """Whether the user wants no stretching today."""

    @property
    def late(self) -> bool:
        """Whether the alert was held back, so that the amount measured then may no longer be true."""
        return self.t > self.slouch.t

    @property
    def seconds(self) -> float:
        """How long the slouch has lasted: the time measured until it was sustained, and all time since."""
        return self.slouch.seconds + self.t - self.slouch.t


@dataclass(frozen=True, slots=True)
class Outlook:
    """What comes next: an alert, silence, or (both None) nothing, because there is no slouch."""

    seconds: float | None = None
    """Seconds until the next alert, if the posture does not change."""
    silent: str | None = None
    """Why none is given now, to complete "silent: …"."""


@dataclass(frozen=True, slots=True)
class PolicyState:
    """Everything the policy remembers; start with `PolicyState()`. Times are seconds by the clock of the readings."""

    t: float | None = None
    slouch: SlouchSustained | None = None
    """The current slouch."""
    settled: bool = False
    """Whether that slouch has raised its alert already, or must not raise one."""
    alerted_at: float | None = None
    """When the last alert was given."""
    alerted_slouch: SlouchSustained | None = None
    """The slouch of the last alert, which the user's answer refers to."""
    snoozed: float | None = None
    """When the user last asked for a snooze."""
    fine: int = 0
    """How many times in a row the user answered "I'm fine"."""


def decide(
    state: PolicyState,
    monitor: MonitorState,
    t: float,
    wall: datetime,
    settings: AlertSettings,
    *,
    held: str | None = None,
) -> tuple[PolicyState, Alert | None]:
    """Process one sample: the new state, and the alert to give now, if any. Call it for every tick, not only for events.

    Args:
        state: The state returned by the last call.
        monitor: The monitor's state after this sample.
        t: The time of this sample in seconds, by the clock of the readings. It may jump forward (suspend) and back.
        wall: Local wall time, for the quiet hours.
        settings: When alerts are given.
        held: Another reason to be silent now, such as a meeting; None if there is none.
    """
    state = replace(_rewound(state, t), t=t)
    if state.alerted_at is not None and t - state.alerted_at >= settings.dismissed_forgotten:
        state = replace(state, fine=0)
    if monitor.slouch != state.slouch:
        state = replace(state, slouch=monitor.slouch, settled=False)
    if state.slouch is None or state.settled or not _goes_on(monitor):
        return state, None
    # The phase lasts through a few unknown seconds, those after somebody left among them.
    if monitor.reason is not None:
        return state, None
    if silence(state, t, wall, settings, held=held) is not None:
        return replace(state, settled=not settings.catch_up), None
    if cool_down_left(state, t, settings) > 0:
        return state, None
    return replace(state, alerted_at=t, alerted_slouch=state.slouch, settled=True), Alert(t, state.slouch)


def respond(state: PolicyState, response: Response, t: float) -> PolicyState:
    """Take the user's answer, given at `t` seconds.

    The answer refers to the slouch of the last alert. By then another slouch may have begun and be waiting for the cool-down
    to end: an answer to the old notification does not settle that one.
    """
    settled = state.settled or state.slouch == state.alerted_slouch
    match response:
        case Response.SNOOZE:
            return replace(state, snoozed=t, settled=False)
        case Response.FINE:
            return replace(state, fine=state.fine + 1, settled=settled)
        case Response.STRETCH:
            return replace(state, fine=0, settled=settled)


def outlook(
    state: PolicyState,
    monitor: MonitorState,
    t: float,
    wall: datetime,
    settings: Settings,
    *,
    held: str | None = None,
) -> Outlook:
    """What comes next after this sample. Takes the state returned by `decide`, and otherwise the same arguments."""
    silent = silence(state, t, wall, settings.alerts, held=held)
    if silent is not None:
        return Outlook(silent=silent)
    if monitor.slouch is None:
        wait = next_alert(monitor, settings.monitor)
    else:
        wait = None if state.settled or not _goes_on(monitor) else 0.0
    return Outlook(None if wait is None else max(wait, cool_down_left(state, t, settings.alerts)))


def silence(
    state: PolicyState, t: float, wall: datetime, settings: AlertSettings, *, held: str | None = None
) -> str | None:
    """Why no alert may be given now, to complete "silent: …", or None. The cool-down is not among the reasons."""
    if held is not None:
        return held
    snooze_left = 0.0 if state.snoozed is None else state.snoozed + settings.snooze - t
    if snooze_left > 0:
        ends = (wall + timedelta(seconds=snooze_left)).astimezone()  # the clocks may change before then
        return Message("snoozed until {time}", time=ends.time().replace(second=0, microsecond=0))
    start, end = settings.quiet_from, settings.quiet_until
    if start is not None and end is not None and within(wall.time(), start, end):
        return Message("quiet hours until {time}", time=end)
    return None


def within(now: time, start: time, end: time) -> bool:
    """Whether a time of day lies in hours that may cross midnight; hours that end when they begin last all day.

    Only the time shown by the wall clock is compared, and nothing is added to it, so that a change of daylight saving
    time needs no special case: the hours end when the clock first shows their end.
    """
    return start <= now < end if start < end else now >= start or now < end


def _goes_on(monitor: MonitorState) -> bool:
    """Whether the person is seen over the threshold now, or as near it as somebody who slouches around it, so that an alert would be true."""
    return monitor.phase is Phase.SLOUCHING and monitor.near


def cool_down_left(state: PolicyState, t: float, settings: AlertSettings) -> float:
    """Seconds until the next alert may be given; 0 if one may be given now."""
    if state.alerted_at is None:
        return 0.0
    # The slouch of the last alert is reported again only after a snooze: earlier answers "I'm fine" must not delay that.
    times = 0 if state.slouch == state.alerted_slouch else min(state.fine, 64)  # 64 keeps the power finite
    grown = min(settings.cool_down * settings.dismissed_factor**times, settings.longest_cool_down)
    return max(state.alerted_at + max(settings.cool_down, grown) - t, 0.0)


def _rewound(state: PolicyState, t: float) -> PolicyState:
    """If the clock was set back or a clip starts again, shift the remembered times with it, so that no wait gets longer."""
    if state.t is None or t >= state.t:
        return state
    back = state.t - t
    return replace(
        state,
        alerted_at=None if state.alerted_at is None else state.alerted_at - back,
        snoozed=None if state.snoozed is None else state.snoozed - back,
    )
