"""The screen of a running session: the stage, and buttons with the same keys as in the terminal."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from posturecam.coach.judging.state import CoachPhase
from posturecam.desktop.pages.stretch.stage import StageWidget
from posturecam.desktop.widgets.layouts import FlowLayout
from posturecam.desktop.widgets.parts import button
from posturecam.desktop.widgets.theme import GAP
from posturecam.i18n.translate import tr
from posturecam.session.protocol.client import SessionClient
from posturecam.session.protocol.messages import Snapshot
from posturecam.session.protocol.mode import Mode


class SessionPage(QWidget):
    """The coach's view and words, optionally full screen.

    Keys: Space or P pauses and resumes, M mutes, S skips, R repeats, Q ends, F or F11 fills the screen; Escape leaves
        the full screen first, and then ends, keeping what was done.
    """

    full_screen = Signal(bool)
    """Whether the stage fills the screen; everything beside this page must be hidden then."""

    def __init__(self, client: SessionClient) -> None:
        super().__init__()
        self._client = client
        self._ending = False
        self._with_keys = True
        """Whether the buttons name their keys, for which a narrow window has no room."""
        self.stage = StageWidget()
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(GAP, GAP, GAP, GAP)
        self._whole.setSpacing(GAP)
        self._whole.addWidget(self.stage, 1)
        self._bar = bar = FlowLayout(8)
        # Looked up each time: every session may have its own controls.
        self._pause = self._key_button(bar, lambda: client.controls.toggle_pause())
        self._mute = self._key_button(bar, lambda: client.controls.toggle_mute())
        self._skip = self._key_button(bar, lambda: client.controls.skip())
        self._repeat = self._key_button(bar, lambda: client.controls.repeat())
        self._full = self._key_button(bar, self.toggle_full_screen)
        self._end = self._key_button(bar, self.end)
        self._whole.addLayout(bar)
        self._name_buttons()

    def _key_button(self, bar: FlowLayout, pressed: Callable[[], object]) -> QPushButton:
        made = button("", pressed, once=True)  # a second click would resume, or skip another exercise
        # A click leaves the keyboard focus with the stage, so that Space still pauses; Tab reaches the buttons all the
        # same.
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bar.addWidget(made)
        return made

    @property
    def is_ending(self) -> bool:
        """Whether a requested session must end as soon as it starts."""
        return self._ending

    def wait(self) -> None:
        """A session was requested: say so until the first picture arrives."""
        self._ending = False
        self.stage.wait(tr("Opening the camera…"))
        self._name_buttons()
        self.stage.setFocus()

    def note(self, words: str) -> None:
        """Show a problem that does not end the session."""
        self.stage.show_note(words)

    def take(self, snapshot: Snapshot) -> None:
        """Show the state of this snapshot."""
        coaching = snapshot.coaching
        if coaching is not None:
            if self._ending:  # requested before there was a session to end
                self._ending = False
                self._client.controls.end()
            self.stage.show_moment(coaching, self._client.settings)
            self._name_buttons()
        elif self.stage.coaching is None and snapshot.mode is Mode.STRETCHING and not self._ending:
            self.stage.wait(tr("Looking for you…"))

    def _name_buttons(self) -> None:
        coaching = self.stage.coaching
        paused = coaching is not None and coaching.tick.state.phase is CoachPhase.PAUSED
        muted = coaching.shown.muted if coaching is not None else self._client.controls.muted
        several = coaching is not None and coaching.tick.index + 1 < coaching.tick.of
        for made, words, key in (
            (self._pause, tr("Continue") if paused else tr("Pause"), tr("Space")),
            (self._mute, tr("Voice on") if muted else tr("Mute"), "M"),
            (self._skip, tr("Next exercise") if several else tr("Skip"), "S"),
            (self._repeat, tr("Repeat"), "R"),
            (self._full, tr("Leave full screen") if self.is_full_screen else tr("Full screen"), "F"),
            (self._end, tr("End"), "Q"),
        ):
            shown = f"{words}  ·  {key}" if self._with_keys else words
            if made.text() != shown:
                made.setText(shown)
                made.setToolTip("" if self._with_keys else key)
                made.setAccessibleName(tr("{action}, key {key}").format(action=words, key=key))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the keys out of the buttons if these would take up more rows with them."""
        super().resizeEvent(event)
        tall = {}
        for with_keys in (False, True):
            self._with_keys = with_keys
            self._name_buttons()
            tall[with_keys] = self._bar.heightForWidth(self.width() - 2 * GAP)
        if tall[True] > tall[False]:
            self._with_keys = False
            self._name_buttons()

    # Keys.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle the same keys as the terminal does."""
        if event.isAutoRepeat() or event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        ):
            super().keyPressEvent(event)
            return
        controls = self._client.controls
        match event.key():
            case Qt.Key.Key_Space | Qt.Key.Key_P:
                controls.toggle_pause()
            case Qt.Key.Key_M:
                controls.toggle_mute()
            case Qt.Key.Key_S:
                controls.skip()
            case Qt.Key.Key_R:
                controls.repeat()
            case Qt.Key.Key_Q:
                self.end()
            case Qt.Key.Key_F | Qt.Key.Key_F11:
                self.toggle_full_screen()
            case Qt.Key.Key_Escape:
                if self.is_full_screen:
                    self.toggle_full_screen()
                else:
                    self.end()
            case _:
                super().keyPressEvent(event)

    def end(self) -> None:
        """End the session, keeping what was done; a requested session ends as soon as it starts."""
        self._client.controls.end()
        if self.stage.coaching is None:
            self._ending = True
            self.stage.wait(tr("Ending…"))

    # The full screen.

    @property
    def is_full_screen(self) -> bool:
        """Whether the window fills the screen."""
        return self.window().isFullScreen()

    def toggle_full_screen(self) -> None:
        """Fill the screen, or go back to the window as it was."""
        window, filled = self.window(), not self.is_full_screen
        state = window.windowState()
        full = Qt.WindowState.WindowFullScreen
        window.setWindowState(state | full if filled else state & ~full)
        self._name_buttons()
        self.full_screen.emit(filled)

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave full screen when another page is shown."""
        super().hideEvent(event)
        if not event.spontaneous() and self.is_full_screen:
            self.toggle_full_screen()
