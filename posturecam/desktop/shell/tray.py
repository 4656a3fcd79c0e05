"""The icon in the system tray: how the user sits, at a glance, and a menu of the most frequent actions.

Which entries the menu has is in `posturecam.desktop.shell.tray_menu`, what they do in `posturecam.desktop.widgets.actions`.

The icon is shown before the session and its messages are imported, which takes as long again; so they are imported in functions here.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from posturecam.desktop.widgets.icons import app_icon, sign_icon
from posturecam.desktop.widgets.parts import literal
from posturecam.i18n.translate import tr
from posturecam.session.protocol.sign import Sign

if TYPE_CHECKING:
    from posturecam.desktop.shell.tray_menu import MenuEntry
    from posturecam.desktop.widgets.actions import Navigation
    from posturecam.session.protocol.client import SessionClient
    from posturecam.session.protocol.messages import AlertRaised, BreakOffered, Snapshot

_LONGEST = 64
"""Most letters of an entry; a long reason is shown in full on the page Now and in the icon's tooltip."""


class LiveMenu(QMenu):
    """The menu, kept up to date; while it is open, only its texts change, so that nobody clicks the wrong entry."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty menu; it is filled with the first snapshot."""
        super().__init__(parent)
        self._client: SessionClient | None = None
        self._navigation: Navigation | None = None
        self._entries: tuple[MenuEntry, ...] = ()
        self._wanted: tuple[MenuEntry, ...] = ()
        self._alert: AlertRaised | None = None
        self._offered: BreakOffered | None = None
        self._snapshot: Snapshot | None = None
        self._actions: list[tuple[QAction, MenuEntry]] = []
        self._submenus: list[QMenu] = []
        self.setAccessibleName(tr("posturecam"))
        # Not within the signal: the clicked action is still to be triggered.
        self.aboutToHide.connect(lambda: QTimer.singleShot(0, self, self._catch_up))

    def connect_to(self, client: SessionClient, navigation: Navigation) -> None:
        """Send what is chosen through this client, and open windows with this navigation."""
        self._client, self._navigation = client, navigation
        self._want()

    def take(self, snapshot: Snapshot) -> None:
        """Show what can be done now."""
        self._snapshot = snapshot
        self._alert = snapshot.alert or self._alert  # an open menu still offers the answers to an alert that is over
        self._want()

    def offer(self, offered: BreakOffered | None) -> None:
        """Show the suggested break, or none."""
        if offered is not self._offered:
            self._offered = offered
            self._want()

    def act(self, entry: MenuEntry) -> None:
        """Carry out an entry."""
        if entry.act is None or self._snapshot is None or self._client is None or self._navigation is None:
            return
        from posturecam.desktop.widgets.actions import perform

        perform(entry.act, self._client, self._navigation, self._alert, self._offered)

    def _want(self) -> None:
        if self._snapshot is None or self._client is None:
            return
        from posturecam.desktop.shell.tray_menu import menu_model

        self._wanted = menu_model(self._snapshot, self._offered, self._client.settings.sensitivity.level)
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
            action.setChecked(bool(entry.chosen))

    def _rebuild(self) -> None:
        self._entries = self._wanted
        self.clear()
        for submenu in self._submenus:
            submenu.deleteLater()
        self._actions, self._submenus = [], []
        self._fill(self, self._entries)

    def _fill(self, menu: QMenu, entries: tuple[MenuEntry, ...]) -> None:
        for entry in entries:
            if entry.is_line:
                menu.addSeparator()
                continue
            if entry.entries:
                submenu = QMenu(_escaped(entry.text), menu)
                submenu.setAccessibleName(entry.text)
                self._submenus.append(submenu)
                opening = menu.addMenu(submenu)
                opening.setEnabled(_can(entry))
                self._actions.append((opening, entry))
                self._fill(submenu, entry.entries)
                continue
            action = menu.addAction(_escaped(entry.text))
            action.setEnabled(_can(entry))
            action.setCheckable(entry.chosen is not None)
            action.setChecked(bool(entry.chosen))
            place = len(self._actions)
            self._actions.append((action, entry))
            action.triggered.connect(lambda _=False, place=place: self.act(self._actions[place][1]))


def _flat(entries: tuple[MenuEntry, ...]) -> list[MenuEntry]:
    found = []
    for entry in entries:
        if not entry.is_line:
            found += [entry, *_flat(entry.entries)]
    return found


def _shape(entries: tuple[MenuEntry, ...]) -> tuple[object, ...]:
    """What does not change when only texts change."""
    return tuple((entry.act, entry.is_line, _shape(entry.entries)) for entry in entries)


def _can(entry: MenuEntry) -> bool:
    return entry.enabled and (entry.act is not None or bool(entry.entries))


def _escaped(text: str) -> str:
    """A text without "&" shortcuts, and short enough for a small screen."""
    if len(text) > _LONGEST:
        begun = text[: _LONGEST - 1]
        text = f"{begun.rpartition(' ')[0] or begun} …"  # after a whole word, where there are words
    return literal(text)


class Tray(QObject):
    """The icon in the tray. It is updated only when its content changes."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Show the icon, with an empty menu: some panels ask only once whether there is a menu."""
        super().__init__(parent)
        self._navigation: Navigation | None = None
        self._sign: Sign | None = None
        self._tip = ""
        self.menu = LiveMenu()
        self.icon = QSystemTrayIcon(app_icon(), self)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._activated)
        self.icon.show()

    def connect_to(self, client: SessionClient, navigation: Navigation) -> None:
        """Send what is chosen in the menu through this client; a click opens the window of this navigation."""
        self._navigation = navigation
        self.menu.connect_to(client, navigation)

    def take(self, snapshot: Snapshot) -> None:
        """Show the state of this snapshot."""
        from posturecam.desktop.widgets.status_line import status_line

        if snapshot.sign is not self._sign:
            self._sign = snapshot.sign
            self.icon.setIcon(sign_icon(snapshot.sign))
        tip = tr("posturecam – {status}").format(status=status_line(snapshot))
        if tip != self._tip:
            self._tip = tip
            self.icon.setToolTip(tip)
        self.menu.take(snapshot)

    def close(self) -> None:
        """Remove the icon."""
        self.icon.hide()
        self.menu.deleteLater()
        self.deleteLater()

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        clicks = (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick)
        opens = reason in clicks and sys.platform != "darwin"  # where a click shows the menu
        if opens and self._navigation is not None:
            self._navigation.open()
