"""The icon in the system's tray: how the user sits, at a glance, and a menu for what is wanted most.

The menu is a pure function of the snapshot; the small window that takes the tray's place shows the same one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from posturecam.alerts.policy import Response
from posturecam.alerts.text import BUTTONS
from posturecam.desktop.icons import app_icon, sign_icon
from posturecam.desktop.status import status_line
from posturecam.engine.asks import Asks
from posturecam.engine.messages import BreakOffered, Sign, Snapshot, Told
from posturecam.engine.mode import Mode
from posturecam.texts import tr

MORNING = time(5)
""""Until tomorrow" ends then, by the clock on the wall: before most people sit down, and after most have gone to bed."""
_SHORTEST_NIGHT = timedelta(hours=1)
"""Where the morning is nearer than this, that of the next day is meant: nobody needs "until tomorrow" for so short a pause."""


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the menu leads, besides the engine."""

    open: Callable[[], None]
    """Shows the main window."""
    calibrate: Callable[[], None]
    """Shows the calibration and begins it."""
    stretch: Callable[[str], None]
    """Shows the coach with the routine of this id."""
    why: Callable[[Told], None]
    """Shows why this alert was told."""
    quit: Callable[[], None]
    """Ends the app."""
    later: Callable[[], None] = lambda: None
    """Puts off the break that is offered."""


class Act(StrEnum):
    """What an entry of the menu does."""

    ALERT_STRETCH = "alert_stretch"
    SNOOZE = "snooze"
    FINE = "fine"
    WHY = "why"
    LATER = "later"
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


_MINUTES: Mapping[Act, int] = {Act.PAUSE_15: 15, Act.PAUSE_30: 30, Act.PAUSE_60: 60}
_RESPONSES: Mapping[Act, Response] = {
    Act.ALERT_STRETCH: Response.STRETCH,
    Act.SNOOZE: Response.SNOOZE,
    Act.FINE: Response.FINE,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu; without an act and entries of its own it only says something, without a text it is a line."""

    text: str = ""
    act: Act | None = None
    enabled: bool = True
    entries: tuple[Entry, ...] = ()
    """Of its submenu."""


_LINE = Entry()


def menu_model(snapshot: Snapshot, offered: BreakOffered | None = None) -> tuple[Entry, ...]:
    """The menu at this moment.

    Args:
        snapshot: The moment.
        offered: The break that is offered and was not answered yet; an alert that stands goes before it.
    """
    stretching = snapshot.mode is Mode.STRETCHING
    busy = stretching or snapshot.mode is Mode.CALIBRATING
    silent, alert = snapshot.outlook.silent, snapshot.alert
    offer = offered if alert is None and not busy else None
    says = [Entry(status_line(snapshot))]
    if silent and snapshot.mode is Mode.WATCHING:
        says.append(Entry(tr("No alerts: {why}").format(why=tr(silent))))
    return (
        *says,
        *(_answers(alert) if alert is not None else ()),
        *(_offer(offer) if offer is not None else ()),
        _LINE,
        *((Entry(tr("End the session"), Act.END_SESSION),) if stretching else ()),
        *((Entry(tr("Resume"), Act.RESUME),) if snapshot.mode is Mode.PAUSED else ()),
        Entry(tr("Pause"), entries=_pauses()),
        Entry(tr("Recalibrate"), Act.CALIBRATE, enabled=not busy),
        *((Entry(tr("Stretch now"), Act.STRETCH, enabled=not busy),) if alert is None and offer is None else ()),
        _LINE,
        Entry(tr("Open posturecam"), Act.OPEN),
        Entry(tr("Quit"), Act.QUIT),
    )


def _answers(alert: Told) -> tuple[Entry, ...]:
    return (
        _LINE,
        Entry(alert.words.title),
        *(Entry(tr(BUTTONS[response]), act) for act, response in _RESPONSES.items()),
        Entry(tr("Why?"), Act.WHY),
    )


def _offer(offered: BreakOffered) -> tuple[Entry, ...]:
    return (
        _LINE,
        Entry(offered.words.title),
        Entry(tr("Stretch now"), Act.STRETCH),
        Entry(tr("Later"), Act.LATER),
    )


def _pauses() -> tuple[Entry, ...]:
    lasting = [Entry(tr("for {minutes} min").format(minutes=minutes), act) for act, minutes in _MINUTES.items()]
    return (
        *lasting,
        Entry(tr("until tomorrow"), Act.PAUSE_TOMORROW),
        Entry(tr("until I resume"), Act.PAUSE),
    )


def perform(act: Act, engine: Asks, doors: Doors, now: datetime, alert: Told | None = None) -> None:
    """Do what an entry says.

    Args:
        act: What.
        engine: Who is asked for it.
        doors: Where it leads.
        now: Local time, with its offset.
        alert: The alert that is answered or asked about.
    """
    match act:
        case Act.ALERT_STRETCH | Act.SNOOZE | Act.FINE:
            if alert is not None:
                engine.answer(_RESPONSES[act], alert)
            if act is Act.ALERT_STRETCH:
                doors.stretch(engine.settings.breaks.routine)
        case Act.WHY:
            if alert is not None:
                doors.why(alert)
        case Act.PAUSE_15 | Act.PAUSE_30 | Act.PAUSE_60:
            engine.pause(now + timedelta(minutes=_MINUTES[act]))
        case Act.PAUSE_TOMORROW:
            engine.pause(next_morning(now))
        case Act.PAUSE:
            engine.pause()
        case Act.RESUME:
            engine.resume()
        case Act.CALIBRATE:
            doors.calibrate()
        case Act.STRETCH:
            doors.stretch(engine.settings.breaks.routine)
        case Act.LATER:
            doors.later()
        case Act.END_SESSION:
            engine.controls.end()
        case Act.OPEN:
            doors.open()
        case Act.QUIT:
            doors.quit()


def next_morning(now: datetime) -> datetime:
    """The next `MORNING` that a night lies before, local time with the offset that holds then: a night may change the clocks."""
    morning = datetime.combine(now.date(), MORNING)
    if morning - now.replace(tzinfo=None) < _SHORTEST_NIGHT:  # over for today, or all but
        morning += timedelta(days=1)
    return morning.astimezone()


# The menu and the tray with Qt.


class LiveMenu(QMenu):
    """The menu, kept up to date; while somebody looks at it, only its texts change, so that nobody hits the wrong entry."""

    def __init__(self, engine: Asks, doors: Doors, parent: QWidget | None = None) -> None:
        """An empty menu.

        Args:
            engine: Who is asked for what is chosen.
            doors: Where entries lead.
            parent: As usual.
        """
        super().__init__(parent)
        self._engine, self._doors = engine, doors
        self._entries: tuple[Entry, ...] = ()
        self._wanted: tuple[Entry, ...] = ()
        self._alert: Told | None = None
        self._offered: BreakOffered | None = None
        self._snapshot: Snapshot | None = None
        self._actions: list[tuple[QAction, Entry]] = []
        self._submenus: list[QMenu] = []
        self.setAccessibleName(tr("posturecam"))
        # Not within the signal: what was clicked is still to be triggered.
        self.aboutToHide.connect(lambda: QTimer.singleShot(0, self, self._catch_up))

    def take(self, snapshot: Snapshot) -> None:
        """Show what can be done now."""
        self._snapshot = snapshot
        self._alert = snapshot.alert or self._alert  # an open menu still has the answers to one that is over
        self._want()

    def offer(self, offered: BreakOffered | None) -> None:
        """Show the break that is offered, or none."""
        if offered is not self._offered:
            self._offered = offered
            self._want()

    def act(self, entry: Entry) -> None:
        """Do what an entry says, at the time of the moment that is shown."""
        if entry.act is not None and self._snapshot is not None:
            perform(entry.act, self._engine, self._doors, self._snapshot.at, self._alert)

    def _want(self) -> None:
        if self._snapshot is not None:
            self._wanted = menu_model(self._snapshot, self._offered)
            self._catch_up()

    def _catch_up(self) -> None:
        if self._wanted == self._entries:
            return
        if _shape(self._wanted) == _shape(self._entries):
            self._retitle()
        elif not self.isVisible():
            self._rebuild()

    def _retitle(self) -> None:
        self._entries = self._wanted
        flat = _flat(self._entries)
        for index, entry in enumerate(flat):
            action = self._actions[index][0]
            self._actions[index] = action, entry
            if action.text() != _escaped(entry.text):
                action.setText(_escaped(entry.text))
            action.setEnabled(_can(entry))

    def _rebuild(self) -> None:
        self._entries = self._wanted
        self.clear()
        for submenu in self._submenus:
            submenu.deleteLater()
        self._actions, self._submenus = [], []
        self._fill(self, self._entries)

    def _fill(self, menu: QMenu, entries: tuple[Entry, ...]) -> None:
        for entry in entries:
            if entry == _LINE:
                menu.addSeparator()
                continue
            if entry.entries:
                submenu = QMenu(_escaped(entry.text), menu)
                submenu.setAccessibleName(entry.text)
                self._submenus.append(submenu)
                self._actions.append((menu.addMenu(submenu), entry))
                self._fill(submenu, entry.entries)
                continue
            action = menu.addAction(_escaped(entry.text))
            action.setEnabled(_can(entry))
            place = len(self._actions)
            self._actions.append((action, entry))
            action.triggered.connect(lambda _=False, place=place: self.act(self._actions[place][1]))


def _flat(entries: tuple[Entry, ...]) -> list[Entry]:
    found = []
    for entry in entries:
        if entry != _LINE:
            found += [entry, *_flat(entry.entries)]
    return found


def _shape(entries: tuple[Entry, ...]) -> tuple[object, ...]:
    """What stays the same while only texts change."""
    return tuple((entry.act, entry == _LINE, _shape(entry.entries)) for entry in entries)


def _can(entry: Entry) -> bool:
    return entry.enabled and (entry.act is not None or bool(entry.entries))


def _escaped(text: str) -> str:
    """A text whose "&" are no keys to press."""
    return text.replace("&", "&&")


class Tray(QObject):
    """The icon in the tray. It is changed only when what it tells has changed."""

    def __init__(self, engine: Asks, doors: Doors, parent: QObject | None = None) -> None:
        """Show the icon.

        Args:
            engine: Who is asked for what is chosen.
            doors: Where the menu leads; a click opens the window.
            parent: As usual.
        """
        super().__init__(parent)
        self._doors = doors
        self._sign: Sign | None = None
        self._tip = ""
        self.menu = LiveMenu(engine, doors)
        self.icon = QSystemTrayIcon(app_icon(), self)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._activated)
        self.icon.show()

    def take(self, snapshot: Snapshot) -> None:
        """Tell this moment."""
        if snapshot.sign is not self._sign:
            self._sign = snapshot.sign
            self.icon.setIcon(sign_icon(snapshot.sign))
        tip = tr("posturecam – {status}").format(status=status_line(snapshot))
        if tip != self._tip:
            self._tip = tip
            self.icon.setToolTip(tip)
        self.menu.take(snapshot)

    def close(self) -> None:
        """Take the icon away."""
        self.icon.hide()
        self.menu.deleteLater()
        self.deleteLater()

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        clicks = (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick)
        if reason in clicks and sys.platform != "darwin":  # where a click shows the menu
            self._doors.open()
