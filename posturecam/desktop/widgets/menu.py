"""The menu of the tray icon and of the small window that replaces it: a pure function of the snapshot, and what its entries do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from posturecam.alerts.policy import Response
from posturecam.alerts.text import BUTTONS
from posturecam.desktop.widgets.status_line import lasting, status_line
from posturecam.errors import PosturecamError
from posturecam.i18n.translate import mark, tr
from posturecam.session.protocol.client import SessionClient
from posturecam.session.protocol.messages import AlertRaised, BreakOffered, Snapshot
from posturecam.session.protocol.mode import Mode
from posturecam.session.protocol.sign import Sign

MORNING = time(5)
""""Until tomorrow" ends at this local time: before most people sit down, and after most have gone to bed."""
_SOON = 60.0
"""Within this many seconds before a break, the remaining time is not shown."""
_SHORTEST_NIGHT = timedelta(hours=1)
"""If the next morning is nearer than this, the morning after is meant: nobody needs "until tomorrow" for so short a
pause."""


@dataclass(frozen=True, slots=True)
class Navigation:
    """The menu's actions outside the engine."""

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
    """What an entry of the menu does."""

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
"""By value of the setting `sensitivity.level`: its menu action and its label."""
_RESPONSES: Mapping[MenuAction, Response] = {
    MenuAction.ALERT_STRETCH: Response.STRETCH,
    MenuAction.SNOOZE: Response.SNOOZE,
    MenuAction.FINE: Response.FINE,
}


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A line of the menu: without an action and a submenu it is only information, without a text a separator."""

    text: str = ""
    act: MenuAction | None = None
    enabled: bool = True
    entries: tuple[MenuEntry, ...] = ()
    """Entries of its submenu; empty if there is none."""
    chosen: bool | None = None
    """Whether it is the current one of several choices; None if it is not a choice."""

    @property
    def is_line(self) -> bool:
        """Whether it is a separator."""
        return self == _LINE


_LINE = MenuEntry()


def menu_model(
    snapshot: Snapshot, offered: BreakOffered | None = None, sensitivity: str | None = None
) -> tuple[MenuEntry, ...]:
    """The menu for a snapshot.

    Args:
        snapshot: The current snapshot.
        offered: The break that is suggested and not answered yet; an open alert takes precedence.
        sensitivity: The setting `sensitivity.level`; None leaves out that choice.
    """
    stretching = snapshot.mode is Mode.STRETCHING
    ended = snapshot.mode is Mode.ENDED  # nothing would respond any more
    busy = stretching or ended or snapshot.mode is Mode.CALIBRATING
    silent, alert = snapshot.outlook.silent, snapshot.alert
    offer = offered if alert is None and not busy else None
    says = [MenuEntry(status_line(snapshot))]
    if silent and snapshot.mode is Mode.WATCHING:
        says.append(MenuEntry(tr("No reminders: {why}").format(why=tr(silent))))
    if ended and snapshot.why:
        says.append(MenuEntry(tr("Quit and start posturecam again")))
    if offer is None and alert is None:
        says += [MenuEntry(line) for line in (next_break(snapshot), planned_today(snapshot)) if line]
    return (
        *says,
        *(_answers(alert) if alert is not None else ()),
        *(_offer(offer) if offer is not None else ()),
        _LINE,
        *((MenuEntry(tr("End the session"), MenuAction.END_SESSION),) if stretching else ()),
        *((MenuEntry(tr("Resume"), MenuAction.RESUME),) if snapshot.mode is Mode.PAUSED else ()),
        MenuEntry(tr("Pause"), enabled=not ended, entries=_pauses()),
        *((MenuEntry(tr("Sensitivity"), entries=_sensitivities(sensitivity)),) if sensitivity else ()),
        MenuEntry(tr("Recalibrate"), MenuAction.CALIBRATE, enabled=not busy),
        *(
            (MenuEntry(tr("Stretch now"), MenuAction.STRETCH, enabled=not busy),)
            if alert is None and offer is None
            else ()
        ),
        _LINE,
        MenuEntry(tr("Open posturecam"), MenuAction.OPEN),
        MenuEntry(tr("Quit"), MenuAction.QUIT),
    )


def _answers(alert: AlertRaised) -> tuple[MenuEntry, ...]:
    return (
        _LINE,
        MenuEntry(tr(alert.words.title)),
        *(MenuEntry(tr(BUTTONS[response]), act) for act, response in _RESPONSES.items()),
        MenuEntry(tr("Why?"), MenuAction.WHY),
    )


def _offer(offered: BreakOffered) -> tuple[MenuEntry, ...]:
    stretches = offered.offer.because.stretches
    take = MenuEntry(tr("Stretch now"), MenuAction.STRETCH) if stretches else MenuEntry(tr("Done"), MenuAction.RESTED)
    return (
        _LINE,
        MenuEntry(tr(offered.words.title)),
        take,
        MenuEntry(tr(POSTPONE), MenuAction.LATER),
        MenuEntry(tr(SKIP), MenuAction.SKIP),
    )


def _sensitivities(now: str) -> tuple[MenuEntry, ...]:
    return tuple(MenuEntry(tr(name), act, chosen=level == now) for level, (act, name) in SENSITIVITIES.items())


def next_break(snapshot: Snapshot) -> str:
    """When the next break is suggested, in words; empty if none is, if nobody sits there, or if it is due and held back."""
    if snapshot.break_in is None or snapshot.mode is not Mode.WATCHING or snapshot.sign is Sign.AWAY:
        return ""
    if snapshot.break_in < _SOON:
        return tr("Break coming up") if snapshot.outlook.silent is None else ""
    return tr("Next break in {time}").format(time=lasting(snapshot.break_in + _SOON / 2))


def planned_today(snapshot: Snapshot) -> str:
    """What the weekly plan has for today and is not done yet, in words; empty if there is nothing, or if nobody sits there."""
    if not snapshot.planned or snapshot.mode is not Mode.WATCHING or snapshot.sign is Sign.AWAY:
        return ""
    return tr("Planned today: {routine}").format(routine=tr(snapshot.planned))


def _pauses() -> tuple[MenuEntry, ...]:
    lasting = [MenuEntry(tr("for {minutes} min").format(minutes=minutes), act) for act, minutes in _MINUTES.items()]
    return (
        *lasting,
        MenuEntry(tr("until tomorrow"), MenuAction.PAUSE_TOMORROW),
        MenuEntry(tr("until I resume"), MenuAction.PAUSE),
    )


def perform(
    act: MenuAction,
    engine: SessionClient,
    navigation: Navigation,
    now: datetime,
    alert: AlertRaised | None = None,
    offered: BreakOffered | None = None,
) -> None:
    """Carry out an entry of the menu.

    Args:
        act: The action.
        engine: Receives the request.
        navigation: Opens windows.
        now: Local time, with its offset.
        alert: The alert that is answered or asked about.
        offered: The suggested break; a stretch begun from the menu then takes it.
    """
    match act:
        case MenuAction.ALERT_STRETCH | MenuAction.SNOOZE | MenuAction.FINE:
            if alert is not None:
                engine.answer(_RESPONSES[act], alert)
            if act is MenuAction.ALERT_STRETCH:
                navigation.stretch(engine.settings.breaks.routine)
        case MenuAction.WHY:
            if alert is not None:
                navigation.why(alert)
        case MenuAction.PAUSE_15 | MenuAction.PAUSE_30 | MenuAction.PAUSE_60:
            engine.pause(now + timedelta(minutes=_MINUTES[act]))
        case MenuAction.PAUSE_TOMORROW:
            engine.pause(next_morning(now))
        case MenuAction.PAUSE:
            engine.pause()
        case MenuAction.RESUME:
            engine.resume()
        case MenuAction.CALIBRATE:
            navigation.calibrate()
        case MenuAction.STRETCH:
            navigation.stretch(engine.settings.breaks.routine if offered is None else offered.routine)
        case MenuAction.LATER:
            navigation.later()
        case MenuAction.SKIP:
            navigation.skip()
        case MenuAction.RESTED:
            navigation.rested()
        case MenuAction.FITS_HERE:
            navigation.fits_here()
        case MenuAction.TAKE_UPRIGHT:
            engine.take_upright()
        case MenuAction.RELAXED | MenuAction.NORMAL | MenuAction.STRICT:
            try:
                engine.change_settings({"sensitivity.level": act.value})
            except PosturecamError as problem:
                navigation.complain(problem.text)
        case MenuAction.END_SESSION:
            engine.controls.end()
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
