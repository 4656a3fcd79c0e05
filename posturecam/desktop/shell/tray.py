"""The icon in the system tray: how the user sits, at a glance, and a menu of the most frequent actions."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QSystemTrayIcon

from posturecam.desktop.widgets.icons import app_icon, sign_icon
from posturecam.desktop.widgets.menu import LiveMenu, Navigation
from posturecam.desktop.widgets.status_line import status_line
from posturecam.i18n.translate import tr
from posturecam.session.protocol.client import SessionClient
from posturecam.session.protocol.messages import Sign, Snapshot


class Tray(QObject):
    """The icon in the tray. It is updated only when its content changes."""

    def __init__(self, engine: SessionClient, navigation: Navigation, parent: QObject | None = None) -> None:
        """Show the icon.

        Args:
            engine: Receives the commands.
            navigation: Where the menu leads; a click opens the window.
            parent: The Qt object that owns it.
        """
        super().__init__(parent)
        self._navigation = navigation
        self._sign: Sign | None = None
        self._tip = ""
        self.menu = LiveMenu(engine, navigation)
        self.icon = QSystemTrayIcon(app_icon(), self)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._activated)
        self.icon.show()

    def take(self, snapshot: Snapshot) -> None:
        """Show the state of this snapshot."""
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
        if reason in clicks and sys.platform != "darwin":  # where a click shows the menu
            self._navigation.open()
