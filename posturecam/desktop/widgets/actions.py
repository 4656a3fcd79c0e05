"""What the user can choose in the tray's menu and on the page Now, and how it is carried out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from posturecam.alerts.policy import Response
from posturecam.errors import PosturecamError
from posturecam.i18n.translate import mark, tr
from posturecam.session.protocol.client import SessionClient
from posturecam.session.protocol.messages import AlertRaised, BreakOffered

MORNING = time(5)
""""Until tomorrow" ends at this local time: before most people sit down, and after most have gone to bed."""
_SHORTEST_NIGHT = timedelta(hours=1)
"""If the next morning is nearer than this, the morning after is meant: nobody needs "until tomorrow" for so short a
pause."""


@dataclass(frozen=True, slots=True)
class Navigation:
    """Actions that windows carry out, not the session."""

    open: Callable[[], None]
    """Shows the main window."""
    calibrate: Callable[[], None]
    """Shows the calibration and begins it."""
    stretch: Callable[[str], None]
    """Shows the coach with the routine of this id."""
    why: Callable[[AlertRaised], None]
    """Shows why this alert was given."""
    quit: Callable[[], None]
    """Ends the app."""
    later: Callable[[], None] = lambda: None
    """Postpones the suggested break."""
    skip: Callable[[], None] = lambda: None
    """Skips the suggested break."""
    rested: Callable[[], None] = lambda: None
    """Confirms that the eyes were rested, or that the user stood up, as suggested."""
    fits_here: Callable[[], None] = lambda: None
    """Confirms that a calibration from another desk fits here too."""
    review: Callable[[], None] = lambda: None
    """Shows how the last week went."""
    complain: Callable[[str], None] = lambda _: None
    """Shows a problem."""
    choose_camera: Callable[[], None] = lambda: None
    """Shows where to choose the camera."""
    choose: Callable[[str], None] = lambda _: None
    """Shows where this setting (`group.name`) is changed."""
    go_back: Callable[[], None] = lambda: None
    """Shows the calibration or the stretch that is running."""


class MenuAction(StrEnum):
    """What the user can choose."""

    ALERT_STRETCH = "alert_stretch"
    SNOOZE = "snooze"
    FINE = "fine"
    WHY = "why"
    LATER = "later"
    SKIP = "skip"
    RESTED = "rested"
    FITS_HERE = "fits_here"
    TAKE_UPRIGHT = "take_upright"
    RELAXED = "relaxed"
    NORMAL = "normal"
    STRICT = "strict"
    PAUSE_15 = "pause_15"
    PAUSE_30 = "pause_30"
    PAUSE_60 = "pause_60"
    PAUSE_TOMORROW = "pause_tomorrow"
    PAUSE = "pause"
    RESUME = "resume"
    CALIBRATE = "calibrate"
    STRETCH = "stretch"
    END_SESSION = "end_session"
    OPEN = "open"
    QUIT = "quit"


_MINUTES: Mapping[MenuAction, int] = {MenuAction.PAUSE_15: 15, MenuAction.PAUSE_30: 30, MenuAction.PAUSE_60: 60}
POSTPONE, SKIP = mark("In a few minutes"), mark("Skip this one")
"""Answers to a break."""
SENSITIVITIES: Mapping[str, tuple[MenuAction, str]] = {
    "relaxed": (MenuAction.RELAXED, mark("Relaxed")),
    "normal": (MenuAction.NORMAL, mark("Normal")),
    "strict": (MenuAction.STRICT, mark("Strict")),
}
"""By value of the setting `sensitivity.level`: its action and its label."""
RESPONSES: Mapping[MenuAction, Response] = {
    MenuAction.ALERT_STRETCH: Response.STRETCH,
    MenuAction.SNOOZE: Response.SNOOZE,
    MenuAction.FINE: Response.FINE,
}
"""The actions that answer a reminder, in the order in which they are offered."""


def pauses() -> tuple[tuple[MenuAction, str], ...]:
    """The pauses to choose from, each with its label."""
    return (
        *((act, tr("for {minutes} min").format(minutes=minutes)) for act, minutes in _MINUTES.items()),
        (MenuAction.PAUSE_TOMORROW, tr("until tomorrow")),
        (MenuAction.PAUSE, tr("until I resume")),
    )


def perform(
    act: MenuAction,
    client: SessionClient,
    navigation: Navigation,
    alert: AlertRaised | None = None,
    offered: BreakOffered | None = None,
) -> None:
    """Carry out an action.

    Args:
        act: The action.
        client: Receives the request, and says what time it is.
        navigation: Opens windows.
        alert: The alert that is answered or asked about.
        offered: The suggested break; a stretch begun from the menu then takes it.
    """
    match act:
        case MenuAction.ALERT_STRETCH | MenuAction.SNOOZE | MenuAction.FINE:
            if alert is not None:
                client.answer(RESPONSES[act], alert)
            if act is MenuAction.ALERT_STRETCH:
                navigation.stretch(client.settings.breaks.routine)
        case MenuAction.WHY:
            if alert is not None:
                navigation.why(alert)
        case MenuAction.PAUSE_15 | MenuAction.PAUSE_30 | MenuAction.PAUSE_60:
            client.pause(client.now() + timedelta(minutes=_MINUTES[act]))
        case MenuAction.PAUSE_TOMORROW:
            client.pause(next_morning(client.now()))
        case MenuAction.PAUSE:
            client.pause()
        case MenuAction.RESUME:
            client.resume()
        case MenuAction.CALIBRATE:
            navigation.calibrate()
        case MenuAction.STRETCH:
            navigation.stretch(client.settings.breaks.routine if offered is None else offered.routine)
        case MenuAction.LATER:
            navigation.later()
        case MenuAction.SKIP:
            navigation.skip()
        case MenuAction.RESTED:
            navigation.rested()
        case MenuAction.FITS_HERE:
            navigation.fits_here()
        case MenuAction.TAKE_UPRIGHT:
            client.take_upright()
        case MenuAction.RELAXED | MenuAction.NORMAL | MenuAction.STRICT:
            try:
                client.change_settings({"sensitivity.level": act.value})
            except PosturecamError as problem:
                navigation.complain(problem.text)
        case MenuAction.END_SESSION:
            client.controls.end()
        case MenuAction.OPEN:
            navigation.open()
        case MenuAction.QUIT:
            navigation.quit()


def next_morning(now: datetime) -> datetime:
    """The next `MORNING` with a night before it, local time with the offset in force then: the clocks may change overnight."""
    morning = datetime.combine(now.date(), MORNING)
    if morning - now.replace(tzinfo=None) < _SHORTEST_NIGHT:  # today's is past, or nearly
        morning += timedelta(days=1)
    return morning.astimezone()
