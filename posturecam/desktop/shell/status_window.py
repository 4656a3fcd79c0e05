"""A small window for systems without a tray, and the choice between the two.

One of them is shown before the session and its messages are imported, which takes as long again; so they are imported in functions here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSystemTrayIcon, QVBoxLayout, QWidget

from posturecam.desktop.shell.tray import LiveMenu, Tray
from posturecam.desktop.widgets.icons import SignMark, app_icon, sign_icon
from posturecam.desktop.widgets.parts import button, text
from posturecam.desktop.widgets.theme import GAP
from posturecam.i18n.translate import tr

if TYPE_CHECKING:
    from posturecam.desktop.widgets.actions import Navigation
    from posturecam.desktop.widgets.status_line import Unhurried
    from posturecam.session.protocol.client import SessionClient
    from posturecam.session.protocol.messages import BreakOffered, Snapshot

WIDTH = 340
"""Device-independent pixels."""
_AROUND = 16
_LOOK_MILLISECONDS, _LOOK_LATER_MILLISECONDS = 3000, 60000
"""How often to look for a tray: at first, because panels start late at login, and later, because some come and go."""
_FIRST_LOOKS = 60


class SmallWindow(QWidget):
    """How the user sits, the tray's menu, and the way to the main window; closing it only minimizes it."""

    def __init__(self) -> None:
        """Create it without showing it."""
        super().__init__(None, Qt.WindowType.Window)
        self._leaving = False
        self._navigation: Navigation | None = None
        self.setWindowTitle(tr("posturecam"))
        self.setWindowIcon(app_icon())
        self.setAccessibleName(tr("posturecam"))
        self.mark = SignMark(36)
        self.status = text(tr("Starting"))
        self.status.setAccessibleName(tr("Status"))
        self.menu = LiveMenu(self)
        self.open_button = button(tr("Open"), self._open, "primary", tr("Open posturecam"))
        self.menu_button = QPushButton(tr("Menu"))
        self.menu_button.setAccessibleName(tr("Menu"))
        self.menu_button.setMenu(self.menu)
        self._lay_out()

    def connect_to(self, client: SessionClient, navigation: Navigation) -> None:
        """Send what is chosen in the menu through this client, and open windows with this navigation."""
        self._navigation = navigation
        self.menu.connect_to(client, navigation)

    def take(self, snapshot: Snapshot) -> None:
        """Show the state of this snapshot."""
        from posturecam.desktop.widgets.status_line import state_words, status_line

        if snapshot.sign is not self.mark.sign:
            self.setWindowIcon(sign_icon(snapshot.sign))  # it is all that is seen of it while minimized
        self.mark.show_sign(snapshot.sign, state_words(snapshot))
        said = status_line(snapshot)
        if said != self.status.text():
            self.status.setText(said)
            self.setWindowTitle(tr("posturecam – {status}").format(status=said))
            self._fit()
        self.menu.take(snapshot)

    def leave(self) -> None:
        """Close for good from now on."""
        self._leaving = True

    def closeEvent(self, event: QCloseEvent) -> None:
        """Only minimize it: it is the only visible part of the app."""
        if self._leaving:
            event.accept()
        else:
            event.ignore()
            self.showMinimized()

    def event(self, event: QEvent) -> bool:
        """Follow the size of the text too: the words then need another height."""
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def _open(self) -> None:
        if self._navigation is not None:
            self._navigation.open()

    def _fit(self) -> None:
        """As tall as the status needs: a reason may take several lines."""
        wide = WIDTH - 2 * _AROUND - self.mark.width() - GAP
        self.status.setFixedHeight(max(self.status.heightForWidth(wide), self.mark.height()))
        self._inside.activate()
        self.setFixedHeight(self.sizeHint().height())

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.status, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.open_button, 1)
        buttons.addWidget(self.menu_button, 1)
        self._inside = QVBoxLayout(self)
        self._inside.setContentsMargins(_AROUND, _AROUND, _AROUND, _AROUND)
        self._inside.setSpacing(GAP)
        self._inside.addLayout(row)
        self._inside.addLayout(buttons)
        self.setFixedWidth(WIDTH)
        self._fit()


class StatusIndicator(QObject):
    """The app's indicator on the desktop: the tray icon if there is a tray and the settings want it, otherwise the small window."""

    def __init__(self, tray_wanted: bool) -> None:
        """Show the tray icon, or the small window; clicks do nothing before `connect_to`.

        Args:
            tray_wanted: Whether the settings want the tray icon.
        """
        super().__init__()
        self._tray_wanted = tray_wanted
        self._connected: tuple[SessionClient, Navigation] | None = None
        self.tray: Tray | None = None
        self.small: SmallWindow | None = None
        self._snapshot: Snapshot | None = None
        self._words: Unhurried | None = None
        self._offered: BreakOffered | None = None
        self._looks = 0
        self._timer = QTimer(self, interval=_LOOK_MILLISECONDS)
        self._timer.timeout.connect(self._look_again)
        self._timer.start()
        self.settle()

    def connect_to(self, client: SessionClient, navigation: Navigation) -> None:
        """Send what is chosen in the menu through this client, and open windows with this navigation."""
        from posturecam.desktop.widgets.status_line import Unhurried

        self._connected, self._words = (client, navigation), Unhurried()
        shown = self.tray or self.small
        if shown is not None:
            shown.connect_to(client, navigation)

    def take(self, snapshot: Snapshot) -> None:
        """Show the state of this snapshot."""
        self._snapshot = snapshot
        if self._words is not None and self._words.due(snapshot):
            self._show(snapshot)

    def offer(self, offered: BreakOffered | None) -> None:
        """Show the suggested break in the menu, or none."""
        self._offered = offered
        shown = self.tray or self.small
        if shown is not None:
            shown.menu.offer(offered)

    def settle(self) -> None:
        """Choose between tray and window, now; call it when the settings were changed."""
        if self._connected is not None:
            self._tray_wanted = self._connected[0].settings.desktop.tray
        wanted = self._tray_wanted and QSystemTrayIcon.isSystemTrayAvailable()
        shown: Tray | SmallWindow
        if wanted and self.tray is None:
            self._close_small()
            shown = self.tray = Tray(self)
        elif not wanted and self.small is None:
            self._close_tray()
            shown = self.small = SmallWindow()
            shown.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
            shown.show()
        else:
            return
        if self._connected is not None:
            shown.connect_to(*self._connected)
        if self._snapshot is not None:
            self._show(self._snapshot)
        self.offer(self._offered)

    def _show(self, snapshot: Snapshot) -> None:
        shown = self.tray or self.small
        if shown is not None:
            shown.take(snapshot)

    def close(self) -> None:
        """Close it."""
        self._timer.stop()
        self._close_tray()
        self._close_small()

    def _look_again(self) -> None:
        self._looks += 1
        if self._looks == _FIRST_LOOKS:
            self._timer.setInterval(_LOOK_LATER_MILLISECONDS)
        shown = self.tray or self.small
        if shown is None or not shown.menu.isVisible():  # an open menu would close under the pointer
            self.settle()

    def _close_tray(self) -> None:
        if self.tray is not None:
            self.tray.close()
            self.tray = None

    def _close_small(self) -> None:
        if self.small is not None:
            self.small.leave()
            self.small.close()
            self.small.deleteLater()
            self.small = None
