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
from posturecam.desktop.icons import NAMES, app_icon, sign_icon
from posturecam.engine.asks import Asks
from posturecam.engine.messages import Sign, Snapshot, Told
from posturecam.engine.mode import Mode
from posturecam.texts import tr

MORNING = time(5)
""""Until tomorrow" ends then, by the clock on the wall: before most people sit down, and after most have gone to bed."""


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


class Act(StrEnum):
    """What an entry of the menu does."""

    ALERT_STRETCH = "alert_stretch"
    SNOOZE = "snooze"
    FINE = "fine"
    WHY = "why"
    PAUSE_15 = "pause_15"
    PAUSE_30 = "pause_30"
    PAUSE_60 = "pause_60"
    PAUSE_TOMORROW = "pause_tomorrow"
    PAUSE = "pause"
    RESUME = "resume"
    CALIBRATE = "calibrate"
    STRETCH = "stretch"
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


def menu_model(snapshot: Snapshot) -> tuple[Entry, ...]:
    """The menu at this moment."""
    busy = snapshot.mode in (Mode.CALIBRATING, Mode.STRETCHING)
    silent, alert = snapshot.outlook.silent, snapshot.alert
    says = [Entry(status_line(snapshot))]
    if silent and snapshot.mode is Mode.WATCHING:
        says.append(Entry(tr("No alerts: {why}").format(why=tr(silent))))
    return (
        *says,
        *(_answers(alert) if alert is not None else ()),
        _LINE,
        *((Entry(tr("Resume"), Act.RESUME),) if snapshot.mode is Mode.PAUSED else ()),
        Entry(tr("Pause"), entries=_pauses()),
        Entry(tr("Recalibrate"), Act.CALIBRATE, enabled=not busy),
        *((Entry(tr("Stretch now"), Act.STRETCH, enabled=not busy),) if alert is None else ()),
        _LINE,
        Entry(tr("Open posturecam"), Act.OPEN),
        Entry(tr("Quit"), Act.QUIT),
    )


def _answers(alert: Told) -> tuple[Entry, ...]:
    return (
        _LINE,
        Entry(alert.words.title),
        Entry(tr("Stretch now"), Act.ALERT_STRETCH),
        Entry(tr("Snooze"), Act.SNOOZE),
        Entry(tr("I'm fine"), Act.FINE),
        Entry(tr("Why?"), Act.WHY),
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
        alert: The alert that stands.
    """
    match act:
        case Act.ALERT_STRETCH | Act.SNOOZE | Act.FINE:
            engine.answer(_RESPONSES[act])
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
        case Act.OPEN:
            doors.open()
        case Act.QUIT:
            doors.quit()


def next_morning(now: datetime) -> datetime:
    """`MORNING` of the next day of the calendar, local time with the offset that holds then: a night may change the clocks."""
    return datetime.combine(now.date() + timedelta(days=1), MORNING).astimezone()


# The status in a line.


def status_line(snapshot: Snapshot) -> str:
    """How the user sits, or why that is not known, in a line."""
    match snapshot.mode:
        case Mode.PAUSED | Mode.OFF:
            return _paused(snapshot)
        case Mode.ENDED:
            return tr("Ended")
        case Mode.CALIBRATING:
            return tr("Calibrating …")
        case Mode.STRETCHING:
            title = snapshot.coaching.title if snapshot.coaching is not None else ""
            return tr("Stretching: {title}").format(title=tr(title)) if title else tr("Stretching")
        case Mode.CAMERA_LOST:
            return tr("No camera: {why}").format(why=tr(snapshot.why)) if snapshot.why else tr("No camera")
    if snapshot.mode is Mode.STARTING or snapshot.tick is None:
        return tr("Starting the camera …")
    return _posture(snapshot)


def _posture(snapshot: Snapshot) -> str:
    tick, sign = snapshot.tick, snapshot.sign
    assert tick is not None
    reason = tick.reading.deviation.reason or tick.state.reason
    if sign is Sign.CAMERA_LOST:
        return tr("No picture: {why}").format(why=tr(tick.frame.problem or ""))
    if sign is Sign.UNKNOWN:
        return tr("Unknown, because {why}").format(why=tr(reason.text)) if reason else tr("Unknown")
    return tr("{state} for {time}").format(state=tr(NAMES[sign]), time=lasting(tick.state.phase_seconds))


def _paused(snapshot: Snapshot) -> str:
    until = snapshot.until
    if until is not None and until.date() == snapshot.at.date():
        return tr("Paused until {time}").format(time=f"{until:%H:%M}")
    if until is not None and until.date() == snapshot.at.date() + timedelta(days=1):
        return tr("Paused until tomorrow, {time}").format(time=f"{until:%H:%M}")
    if until is not None:
        return tr("Paused until {time}").format(time=f"{until:%Y-%m-%d %H:%M}")
    return tr("Paused: {why}").format(why=tr(snapshot.why)) if snapshot.why else tr("Paused")


def lasting(seconds: float) -> str:
    """A length of time in whole minutes, which does not change all the time: "under 1 min", "12 min", "1 h 05 min"."""
    minutes = max(int(seconds), 0) // 60
    if minutes < 1:
        return tr("under 1 min")
    if minutes < 60:
        return tr("{minutes} min").format(minutes=minutes)
    return tr("{hours} h {minutes} min").format(hours=minutes // 60, minutes=f"{minutes % 60:02d}")


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
        self._actions: list[tuple[QAction, Entry]] = []
        self._submenus: list[QMenu] = []
        self.setAccessibleName(tr("posturecam"))
        # Not within the signal: what was clicked is still to be triggered.
        self.aboutToHide.connect(lambda: QTimer.singleShot(0, self, self._catch_up))

    def take(self, snapshot: Snapshot) -> None:
        """Show what can be done now."""
        self._alert = snapshot.alert
        self._wanted = menu_model(snapshot)
        self._catch_up()

    def act(self, entry: Entry) -> None:
        """Do what an entry says, now."""
        if entry.act is not None:
            perform(entry.act, self._engine, self._doors, datetime.now().astimezone(), self._alert)

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
