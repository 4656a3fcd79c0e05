"""The desktop app while it runs: the engine's thread, the windows, and the way out. Its start: `posturecam.desktop.start`."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QApplication

from posturecam.config import uncaught
from posturecam.desktop.garbage import GarbageCollector
from posturecam.desktop.kept_pause import PauseKeeper
from posturecam.desktop.pages.settings.choices import ListCameras, list_cameras
from posturecam.desktop.pages.unfinished import Unfinished
from posturecam.desktop.shell.bridge import Bridge
from posturecam.desktop.shell.control import Control
from posturecam.desktop.shell.qt_startup import PosturecamApplication, unwritable, use_own_language
from posturecam.desktop.shell.single_instance import Server
from posturecam.desktop.shell.status_window import StatusIndicator
from posturecam.desktop.shell.window_manager import Windows
from posturecam.desktop.widgets.background import messenger
from posturecam.desktop.widgets.layouts import keep_all_on_screen
from posturecam.desktop.widgets.problems import Notes
from posturecam.desktop.widgets.theme import apply, contrast_hints, theme_for
from posturecam.i18n.translate import tr
from posturecam.session.engine import Engine
from posturecam.session.protocol.messages import Complaint, Happened, ModeChanged, Snapshot
from posturecam.session.protocol.mode import Mode

log = logging.getLogger("posturecam")

_BREATH_SECONDS = 0.03
"""When started at login, the app responds before the session imports what it needs: its hundreds of modules keep the
interpreter busy for half a second."""
_STARTED_SECONDS = 3.0
"""When garbage collection starts."""
_SETTLED_SECONDS = 0.5
"""When the desktop has moved the windows of a screen that was disconnected or became smaller, if it does."""
END_SECONDS = 10.0
"""Longest wait for a hanging camera or disk at exit."""


class App(QObject):
    """Everything that lives as long as the app."""

    def __init__(
        self,
        application: QApplication,
        bridge: Bridge,
        engine: Engine,
        *,
        cameras: ListCameras = list_cameras,
        indicator: StatusIndicator | None = None,
        real_camera: bool = True,
    ) -> None:
        """Create the windows; nothing runs yet.

        Args:
            application: Qt's application.
            bridge: Delivers the engine's values.
            engine: The engine, not started.
            cameras: Lists them.
            indicator: The tray icon or small window if it is shown already; None shows it now.
            real_camera: Whether it watches somebody real, and so waits for the setup and for the end of a pause from before its start; not a video.
        """
        super().__init__()
        # First, since the windows are full of reference cycles, which Python may otherwise collect in any thread at any time.
        GarbageCollector(self, _STARTED_SECONDS)
        self._application, self._bridge, self.engine, self._cameras = application, bridge, engine, cameras
        self.windows = self._make_windows(indicator=indicator)
        self.snapshot: Snapshot | None = None
        """The newest snapshot; None before the first."""
        self._pause = PauseKeeper() if real_camera else None
        self._mistakes: set[str] = set()
        self._died = self._quitting = False
        self._server = Server(Control(engine, lambda: self.windows, lambda: self.snapshot), self)
        self._patience = QTimer(self, singleShot=True)  # whatever hangs, the user wants to leave
        self._patience.timeout.connect(lambda: application.exit(0))
        bridge.snapshot.connect(self._take)
        bridge.happened.connect(self._happened)
        self._styles = application.styleHints()
        self._styles.colorSchemeChanged.connect(self._look)
        self._hints = contrast_hints(self._styles)
        if self._hints is not None:
            self._hints.contrastPreferenceChanged.connect(self._look)
        if isinstance(application, PosturecamApplication):
            application.asked_to_quit.connect(self.quit)
        application.aboutToQuit.connect(self._save_everything)
        application.applicationStateChanged.connect(self._watched)
        application.fontChanged.connect(self._look)
        application.primaryScreenChanged.connect(self._measure_text)
        application.screenRemoved.connect(self._stay_reachable)
        application.screenAdded.connect(self._follow_screen)
        for screen in application.screens():
            self._follow_screen(screen)
        self._screen: QScreen | None = None
        self._measure_text(application.primaryScreen())

    def run(self, *, minimized: bool = False) -> int:
        """Run until the user quits; returns the exit code."""
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
                signal.signal(number, lambda *_: self.quit())
        bring = messenger().bring  # an exception may be uncaught in any thread

        def mistaken(words: str) -> None:
            bring(partial(self._complain_of_mistake, words))

        with _signals_heard(self), uncaught.listening(mistaken):
            self.begin(minimized=minimized, breath=round(1000 * _BREATH_SECONDS) if minimized else 0)
            if isinstance(self._application, PosturecamApplication) and self._application.quits_early:
                QTimer.singleShot(0, self, self.quit)
            code = self._application.exec()
        self.end()
        return code

    def begin(self, *, minimized: bool = False, breath: int | None = None) -> None:
        """Respond, show and watch; everything else is events.

        Args:
            minimized: Show no window at first.
            breath: Milliseconds for answering requests before the rest begins; None begins now.
        """
        if not self._server.listen():
            log.warning("posturecam cannot be controlled from outside: its local socket cannot be made")
        if breath is None:
            self._show_and_watch(minimized)
        else:
            QTimer.singleShot(breath, self, lambda: self._show_and_watch(minimized))

    def _show_and_watch(self, minimized: bool) -> None:
        from posturecam.desktop.pages.welcome.memory import setup_state

        self._say_unwritable()
        setup = setup_state()
        if setup.complaint:
            self.windows.complain(setup.complaint)
        kept = None if self._pause is None else self._pause.kept
        left_before_camera = kept is not None and kept.setup
        if kept is not None and not left_before_camera:
            self.engine.pause(kept.until, kept=True)
        # A setup that comes keeps the camera off until it has mentioned it.
        agreed = setup.agreed or (setup.used and not left_before_camera)
        if not agreed:  # before a history is made, which at the next start would look like that of an older version
            (self._pause or PauseKeeper()).wait_for_setup()
        self.windows.begin(set_up=setup.finished, minimized=minimized, agreed=agreed or self._pause is None)
        self.engine.start()

    def end(self) -> None:
        """Close the windows, and stop listening to the system, whose signals would reach deleted windows."""
        self._styles.colorSchemeChanged.disconnect(self._look)
        if self._hints is not None:
            self._hints.contrastPreferenceChanged.disconnect(self._look)
        if isinstance(self._application, PosturecamApplication):
            self._application.asked_to_quit.disconnect(self.quit)
        self._application.aboutToQuit.disconnect(self._save_everything)
        self._application.applicationStateChanged.disconnect(self._watched)
        self._application.fontChanged.disconnect(self._look)
        self._application.primaryScreenChanged.disconnect(self._measure_text)
        if self._screen is not None:
            self._screen.logicalDotsPerInchChanged.disconnect(self._look)
        self._application.screenRemoved.disconnect(self._stay_reachable)
        self._application.screenAdded.disconnect(self._follow_screen)
        for screen in self._application.screens():
            screen.geometryChanged.disconnect(self._stay_reachable)
        self._patience.stop()
        self._server.close()
        self.windows.close()

    def quit(self) -> None:
        """Release the camera, save everything, and end."""
        if self._died:
            self._application.exit(0)
        self._quitting = True
        self.engine.quit()
        self._patience.start(round(1000 * END_SECONDS))

    def _save_everything(self) -> None:
        """Wait for what is saved if the system ends the app without asking: Windows kills the process right after this."""
        if not self._quitting:
            self._quitting = True
            self.engine.quit()
            with contextlib.suppress(RuntimeError):  # it was not even started
                self.engine.join(END_SECONDS)
            if self.windows.has_made("history"):
                self.windows.history.close_down()

    def _make_windows(
        self,
        notes: Notes | None = None,
        indicator: StatusIndicator | None = None,
        unfinished: Unfinished | None = None,
    ) -> Windows:
        return Windows(
            self.engine,
            quit_app=self.quit,
            look=self._look,
            language=self._relanguage,
            cameras=self._cameras,
            notes=notes,
            unfinished=unfinished,
            indicator=indicator,
        )

    def _take(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        if self._pause is not None:
            self._pause.take(snapshot)
        self.windows.take(snapshot)

    def _happened(self, what: Happened) -> None:
        if isinstance(what, ModeChanged) and what.after is Mode.ENDED:
            if what.why is not None:  # nobody requested it: the windows stay, and say so
                self._died = True
                self.windows.complain(
                    tr("posturecam has stopped watching: {why}. Quit it and start it again.").format(why=tr(what.why))
                )
                self.windows.show()
                return
            self.engine.join(1.0)
            self._application.exit(0)  # `quit` asks every window first, and ours only hide
            return
        if isinstance(what, Complaint):
            log.warning("%s", what.text)
        self.windows.happened(what)

    def _complain_of_mistake(self, words: str) -> None:
        """Report an uncaught exception once, since one in a periodic task would repeat every second."""
        if words not in self._mistakes:
            self._mistakes.add(words)
            self.windows.complain(tr(words))

    def _watched(self, state: Qt.ApplicationState) -> None:
        """Use the preview pace only while a window is really visible, not when it is left open behind others all day."""
        self.engine.preview(state is Qt.ApplicationState.ApplicationActive and self.windows.shows_picture)

    def _look(self, _changed: object = None) -> None:
        """Apply the theme and the text size that the user or the system chose."""
        apply(self._application, theme_for(self.engine.settings.desktop))

    def _measure_text(self, screen: QScreen | None) -> None:
        """Follow the dots per inch of the main screen, which some systems use to enlarge text."""
        if self._screen is not None:
            self._screen.logicalDotsPerInchChanged.disconnect(self._look)
        if self._screen is not None and screen is not None:
            self._look()
        self._screen = screen
        if screen is not None:
            screen.logicalDotsPerInchChanged.connect(self._look)

    def _follow_screen(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._stay_reachable)

    def _stay_reachable(self, _changed: object) -> None:
        """Bring back windows from a screen that was disconnected, or became smaller, as with another resolution."""
        QTimer.singleShot(round(1000 * _SETTLED_SECONDS), self, keep_all_on_screen)

    def _say_unwritable(self) -> None:
        why = unwritable(self.engine.settings.desktop)
        if why is not None:
            self.windows.complain(why)

    def _relanguage(self) -> None:
        """Recreate every window in another language, in the same place."""
        from posturecam.desktop.alerts.why import EvidenceDialog, WhyDialog, open_moments

        use_own_language(self._application, self.engine.settings.desktop)
        page, shown = self.windows.place
        old = self.windows
        self.windows = self._make_windows(old.notes, unfinished=old.unfinished)
        welcome, presented = old.first_run, old.presenter.presented
        welcome_shown = welcome is not None and welcome.isVisible()
        self.windows.left_setup = old.left_setup if welcome is None else welcome.step
        if old.has_made("history"):
            self.windows.history.go_on_from(old.history)
        moments = open_moments()
        for one in moments:
            one.close()
        old.close()
        self.windows.recognize_desk()  # as the old ones did
        self._say_unwritable()
        if presented is not None:  # its card went with the old windows
            self.windows.presenter.go_on_with(presented)
        if self.snapshot is not None:
            self.windows.take(self.snapshot)
        if welcome is not None:
            self.windows.welcome(shown=welcome_shown, resumes=False)
        elif shown:
            self.windows.window.open(page)
        for one in moments:
            if isinstance(one, WhyDialog):
                self.windows.why(one.raised, answered=one.answered)
            elif isinstance(one, EvidenceDialog):
                self.windows.open_seen(one.event_kept)
        if old.farewell is not None:
            self.windows.say_where_it_went(again=True)


@contextlib.contextmanager
def _signals_heard(parent: QObject) -> Iterator[None]:
    """Let Python handle Ctrl-C, which Qt's loop would delay: the signal itself wakes it, or on Windows a timer."""
    if sys.platform == "win32":
        heartbeat = QTimer(parent, interval=500)
        heartbeat.timeout.connect(lambda: None)
        heartbeat.start()
        yield
        return
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    notifier = QSocketNotifier(reading, QSocketNotifier.Type.Read, parent)
    notifier.activated.connect(lambda: os.read(reading, 64))
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        notifier.setEnabled(False)
        os.close(reading)
        os.close(writing)
