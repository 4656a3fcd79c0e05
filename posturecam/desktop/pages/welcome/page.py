"""The first-run setup: what posturecam does, the camera, the calibration, and how to be reminded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from posturecam.desktop.pages.welcome.calibration import CalibrationPage, CalibrationStep
from posturecam.desktop.pages.welcome.memory import has_agreed, remember_agreement, remember_setup
from posturecam.desktop.pages.welcome.steps import CameraStep, DoneStep, TellingStep, WelcomeStep
from posturecam.desktop.widgets import theme
from posturecam.desktop.widgets.confirm import announce
from posturecam.desktop.widgets.icons import app_icon
from posturecam.desktop.widgets.layouts import FlowLayout, ScrollingPage, bring_up, fit_to_screen, keep_on_screen
from posturecam.desktop.widgets.parts import OneClick, button, text
from posturecam.i18n.translate import joined, tr
from posturecam.i18n.words import SHORT_SENTENCES
from posturecam.session.protocol.client import SessionClient
from posturecam.session.protocol.messages import Happened, SettingsChanged, Snapshot

if TYPE_CHECKING:
    from posturecam.vision.sources.camera import Camera


_WANTED = QSize(900, 680)


class FirstRun(QWidget):
    """Five steps; the user may leave at any of them, and earlier choices are kept.

    The camera is off until its step is reached for the first time: nothing is watched before the user knows of it.
    """

    finished = Signal(bool)
    """Emitted when the user finishes (true) or leaves before the end."""

    def __init__(
        self,
        client: SessionClient,
        cameras: Callable[[], Sequence[Camera]],
        *,
        tray: Callable[[], bool] = lambda: True,
        begin: int = 0,
        resumes: bool = True,
        lacking: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        """Open the welcome.

        Args:
            client: Receives the commands.
            cameras: Lists the cameras; may raise a `PosturecamError`.
            tray: Whether there is a tray now; otherwise the texts mention a small window.
            begin: The first step to show, from 0: where the setup was left before.
            resumes: Whether it ends a pause if it begins at the camera's step or later, which the user then has opened again.
            lacking: Why a way of being reminded cannot be shown on this system now; None if it can.
        """
        super().__init__()
        self.setWindowTitle(tr("Welcome to posturecam"))
        self.setWindowIcon(app_icon())
        fit_to_screen(self, _WANTED)
        self._client, self._over, self._done = client, False, False
        self._turned_on = False
        """Whether it has turned the camera on."""
        self.welcome = WelcomeStep()
        self.camera = CameraStep(client, cameras)
        self.calibration = CalibrationPage(client, leavable=False)
        self.telling = TellingStep(client, lacking)
        self.last = DoneStep(tray)
        self.steps: tuple[QWidget, ...] = (self.welcome, self.camera, self.calibration, self.telling, self.last)
        self._stack = QStackedWidget()
        self._pages = [ScrollingPage(step) for step in self.steps]
        for page in self._pages:
            self._stack.addWidget(page)
        self.count = text("", "quiet")
        self.count.setWordWrap(False)
        self.back = button(tr("Back"), lambda: self._go(-1))
        self.leave = button(tr("Finish later"), self.close, "plain")
        self.next = OneClick()
        self.next.clicked.connect(lambda: self._go(1))
        self.calibration.kept.connect(lambda: self._go(1))
        self._lay_out()
        theme.fit_text(self, self._fit_foot)
        self._stack.setCurrentIndex(begin)
        if resumes:
            self._agree()
        if self.step < self.steps.index(self.camera) and not has_agreed():
            client.pause(setup=True)
        self._show_step()

    def open(self) -> None:
        """Show the window in front."""
        bring_up(self)

    @property
    def step(self) -> int:
        """Which step is shown, from 0."""
        return self._stack.currentIndex()

    @property
    def shows_picture(self) -> bool:
        """Whether the current step shows the camera's picture."""
        return self.camera.isVisible() or self.calibration.isVisible()

    def take(self, snapshot: Snapshot) -> None:
        """Show a snapshot in the step that shows one."""
        if not self.isVisible():
            return
        self.camera.take(snapshot)
        self.calibration.take(snapshot)
        self._name_next()

    def happened(self, what: Happened) -> None:
        """Pass events on to the calibration, and show settings that another program has changed."""
        self.calibration.happened(what)
        if isinstance(what, SettingsChanged):
            for step in (self.camera, self.telling):
                if step.isVisible():
                    step.refresh()
        self._name_next()

    def showEvent(self, event: QShowEvent) -> None:
        """Bring the window to where it can be reached."""
        super().showEvent(event)
        keep_on_screen(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Adapt the foot, so that nothing is cut off in a narrow window."""
        super().resizeEvent(event)
        self._fit_foot()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leaving early is harmless; before the camera's step the camera stays off."""
        self.calibration.leave_off()
        event.accept()
        self._finish()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape stops the calibration, or else leaves; Return presses the focused button, or else continues."""
        focused = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape and self.calibration.stage is CalibrationStep.RUNNING:
            self.calibration.leave_off()
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            chosen = focused if isinstance(focused, QPushButton) else self.next
            if chosen.isVisible():
                chosen.click()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        bar = QFrame()
        bar.setProperty("kind", "foot")
        buttons = FlowLayout(theme.GAP, at_end=True)
        for one in (self.leave, self.back, self.next):
            buttons.addWidget(one)
        foot = QHBoxLayout(bar)
        foot.setContentsMargins(theme.MARGIN, theme.GAP, theme.MARGIN, theme.GAP)
        foot.setSpacing(theme.GAP)
        foot.addWidget(self.count)
        foot.addLayout(buttons, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack, 1)
        whole.setSpacing(0)
        whole.addWidget(bar)

    def _go(self, by: int) -> None:
        self.calibration.leave_off()
        if self.step + by == len(self.steps):
            self._done = True
            remember_setup()
            self.close()
            return
        self._stack.setCurrentIndex(max(self.step + by, 0))
        self._agree()
        self._show_step()

    def _agree(self) -> None:
        """Turn the camera on from its step onwards."""
        if self.step >= self.steps.index(self.camera) and not self._turned_on:
            self._turned_on = True
            remember_agreement()
            self._client.resume()

    def _show_step(self) -> None:
        last = len(self.steps) - 1
        self.back.setVisible(self.step > 0)
        self.leave.setVisible(self.step < last)
        self.count.setText(tr("Step {number} of {all}").format(number=self.step + 1, all=last + 1))
        self._name_next()
        at_calibration = self.steps[self.step] is self.calibration
        self._pages[self.step].verticalScrollBar().setValue(0)  # Qt scrolls to the first control, which it focuses
        (self.calibration.start if at_calibration else self.next).setFocus()
        if self.isVisible():
            announce(self, joined(SHORT_SENTENCES, (self.count.text(), self.steps[self.step].accessibleName())))

    def _name_next(self) -> None:
        """Label the button with what it does; if the step has its own primary action, make the button secondary."""
        at_calibration = self.steps[self.step] is self.calibration
        words = tr("Next")
        if self.step == 0:
            words = tr("Let's go")
        elif at_calibration:
            words = tr("Skip for now")
        elif self.step == len(self.steps) - 1:
            words = tr("Done")
        kind = "" if at_calibration else "primary"
        if self.next.text() != words or self.next.property("kind") != kind:
            self.next.setText(words)
            self.next.setAccessibleName(words)
            self.next.setProperty("kind", kind)
            self.next.style().unpolish(self.next)
            self.next.style().polish(self.next)
        self.next.setVisible(not (at_calibration and self.calibration.stage is CalibrationStep.LEARNED))

        self._fit_foot()

    def _fit_foot(self) -> None:
        """Hide the number of the step if the buttons need the whole width."""
        shown = [one for one in (self.leave, self.back, self.next) if not one.isHidden()]
        needed = sum(one.sizeHint().width() + theme.GAP for one in (self.count, *shown)) + 2 * theme.MARGIN
        self.count.setVisible(needed <= self.width())

    def _finish(self) -> None:
        if not self._over:
            self._over = True
            self.finished.emit(self._done)
