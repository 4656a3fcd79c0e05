"""All windows and their connections; recreated when the language changes, while the engine keeps running."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QWidget

from posturecam.coach.library import usable_routines
from posturecam.config.files import home, put
from posturecam.config.reading import is_missing
from posturecam.desktop.alerts.presenter import AlertPresenter
from posturecam.desktop.alerts.toast import Toast, ToastButton
from posturecam.desktop.alerts.why import EvidenceDialog, WhyDialog
from posturecam.desktop.pages.history.page import HistoryPage
from posturecam.desktop.pages.now.page import LivePage
from posturecam.desktop.pages.settings.page import SettingsPage
from posturecam.desktop.pages.settings.words import SettingChoice
from posturecam.desktop.pages.stretch.page import StretchPage
from posturecam.desktop.pages.welcome.calibration import CalibrationPage
from posturecam.desktop.pages.welcome.page import FirstRun
from posturecam.desktop.shell.main_window import MainWindow, Page
from posturecam.desktop.shell.places import PlaceWatcher
from posturecam.desktop.shell.status_window import StatusIndicator
from posturecam.desktop.widgets.menu import Navigation
from posturecam.desktop.widgets.problems import Notes
from posturecam.desktop.widgets.theme import less_motion
from posturecam.errors import CameraError, SettingsError
from posturecam.history.baselines import load_baselines
from posturecam.history.models import KeptEvent
from posturecam.i18n.translate import tr
from posturecam.posture.baseline import Baseline
from posturecam.session.protocol.client import SessionClient
from posturecam.session.protocol.messages import AlertRaised, Complaint, Happened, Snapshot
from posturecam.session.rules.breaks import BreakAnswer
from posturecam.system.autostart import Autostart, open_autostart
from posturecam.system.launcher import launch_command
from posturecam.vision.sources.camera import Camera, list_cameras
from posturecam.vision.sources.network import is_address, without_secrets

_CLOSED_ONCE = "window-closed-once"
"""An empty file in the user's folder: the note on where a closed window goes was shown."""

ListCameras = Callable[[], Sequence[Camera]]


class Windows(QObject):
    """The main window, the tray icon or small window, alerts, and the dialogs."""

    def __init__(
        self,
        engine: SessionClient,
        *,
        quit_app: Callable[[], None],
        look: Callable[[], None] = lambda: None,
        language: Callable[[], None] = lambda: None,
        cameras: ListCameras = list_cameras,
        autostart: Autostart | None = None,
        notes: Notes | None = None,
    ) -> None:
        """Create the windows; the main window is not shown yet.

        Args:
            engine: Receives the commands.
            quit_app: Ends the app.
            look: Called when the user chose another theme.
            language: Called when the user chose another language.
            cameras: Lists them.
            autostart: Starts the app at login; None uses the system's mechanism.
            notes: Problems the user has not seen yet; None starts empty.
        """
        super().__init__()
        self._autostart = autostart or open_autostart()
        self._engine, self._quit, self._cameras = engine, quit_app, cameras
        self.notes = notes or Notes()
        """Problems the user has not seen yet; passed on when the windows are recreated."""
        self._baseline: Baseline | None = None
        self._told: AlertRaised | None = None
        """The last alert."""
        self.first_run: FirstRun | None = None
        """The welcome, while it is open."""
        self._left_at: int | None = None
        self.farewell: Toast | None = None
        """The note on where the window went, shown the first time it is closed."""
        self.doors = Navigation(
            open=self.show,
            calibrate=self.calibrate,
            stretch=self.stretch,
            why=self.why,
            quit=self.quit,
            later=lambda: self._answer_break(BreakAnswer.POSTPONE),
            skip=lambda: self._answer_break(BreakAnswer.SKIP),
            rested=lambda: self._answer_break(BreakAnswer.DONE),
            fits_here=engine.keep_here,
            review=lambda: self.window.open("history"),
            complain=self.complain,
            choose_camera=self.choose_camera,
        )
        self.live = LivePage(engine, self.doors, notes=self.notes)
        self.stretches = StretchPage(engine, done=self._go_to_now, choose_camera=self.choose_camera)
        self.history = HistoryPage(self._open_seen, goal=lambda: engine.settings.goal)
        self._places = PlaceWatcher(engine, self)
        self.settings = SettingsPage(
            engine,
            names={
                "camera.device": self._camera_choices,
                "breaks.routine": _routine_choices,
                "plan.routine": _routine_choices,
            },
            followers={
                "desktop.language": language,
                "desktop.theme": look,
                "desktop.tray": self._settle,
                "desktop.autostart": self._set_autostart,
            },
            notes=self.notes,
            desk=self._places,
            lacking=lambda way: self.teller.glow.lacking(way),
        )
        self._places.moved.connect(self.settings.show_desk)
        self.calibration = CalibrationPage(engine)
        self.calibration.kept.connect(self._go_to_now)
        self.calibration.left.connect(self._go_to_now)
        self.window: MainWindow = MainWindow(
            (
                Page("now", tr("Now"), self.live),
                Page("stretch", tr("Stretch"), self.stretches),
                Page("history", tr("History"), self.history),
                Page("settings", tr("Settings"), self.settings),
                Page("calibration", tr("Calibration"), self.calibration, listed=False),
            ),
            closed=self._put_away,
            set_up=self.welcome,
        )
        self.presence = StatusIndicator(engine, self.doors, self)
        self.teller = AlertPresenter(
            engine,
            open_stretch=self.stretch,
            open_why=self.why,
            in_sight=self._sees_now,
            say=self.complain,
            parent=self,
        )

    # What the app and the menus ask.

    def begin(self, *, minimized: bool = False) -> None:
        """Show the first window: the first-run setup, the main window, or only the tray icon."""
        self._heed_the_session()
        baselines = load_baselines()
        if minimized:
            self.left_setup = None if baselines.kept else 0
            return
        if baselines.complaint:
            self.complain(baselines.complaint)
        if baselines.kept:
            self.window.open()
        else:
            self.welcome()

    @property
    def left_setup(self) -> int | None:
        """The step, from 0, at which the first-run setup was left; None if the setup is finished."""
        return self._left_at

    @left_setup.setter
    def left_setup(self, step: int | None) -> None:
        """Remember the step, and show the way back to it."""
        self._left_at = step
        self.window.unfinished.setVisible(step is not None)

    def welcome(self) -> None:
        """Open the first-run setup where it was left."""
        if self.first_run is None:
            tray = self.presence.tray is not None
            self.first_run = FirstRun(
                self._engine, self._cameras, tray=tray, begin=self._left_at or 0, lacking=self.teller.glow.lacking
            )
            self.first_run.finished.connect(self._welcomed)
        self.window.hide()
        self.first_run.show()

    @property
    def place(self) -> tuple[str, bool]:
        """The page the main window is at, and whether it is shown."""
        return self.window.page, self.window.isVisible()

    @property
    def shows_picture(self) -> bool:
        """Whether some window shows what the camera sees."""
        if self.first_run is not None:
            return self.first_run.shows_picture
        return self.live.isVisible() or self.calibration.isVisible()

    @property
    def welcoming(self) -> bool:
        """Whether the first-run setup is open, which comes before everything else."""
        return self.first_run is not None

    def show(self) -> None:
        """Show the main window, or the first-run setup if it is open."""
        if self.first_run is None:
            self.window.open()
        else:
            self.first_run.raise_()
            self.first_run.activateWindow()

    def calibrate(self) -> None:
        """Open the calibration, and start it at once."""
        if self.first_run is None:
            self.window.open("calibration")
            self.calibration.begin()
        else:
            self.show()

    def choose_camera(self) -> None:
        """Where the camera is chosen."""
        self.window.open("settings")
        self.settings.show_setting("camera.device").editor.take_focus()

    def stretch(self, routine: str = "", minutes: int | None = None) -> None:
        """Open the coach at this routine; empty means the one suggested in breaks. A desk break takes so many minutes."""
        if self.first_run is not None:
            self.show()
            return
        self._put_off_break()
        self.window.open("stretch")
        self.stretches.open_routine(routine or self._engine.settings.breaks.routine, minutes)

    def why(self, told: AlertRaised) -> None:
        """Show why an alert was given."""

        def is_last() -> bool:
            return self._told is None or self._told == told

        self._show_dialog(WhyDialog(told, self._engine, self._baseline, self._shown(), is_last=is_last))

    def quit(self) -> None:
        """End the app."""
        self._quit()

    def complain(self, words: str) -> None:
        """Show a problem where the user finds it."""
        self.notes.say(words)

    def close(self) -> None:
        """Close all windows."""
        self.history.close_down()
        self.teller.close()
        self.presence.close()
        for window in (self.first_run, self.window, self.farewell):
            if window is not None:
                window.hide()
                window.deleteLater()

    # What the engine tells.

    def take(self, snapshot: Snapshot) -> None:
        """Pass a snapshot to everything that shows it."""
        self._baseline = snapshot.baseline
        self._told = self._told or snapshot.alert
        if self.first_run is not None:
            self.first_run.take(snapshot)
        else:
            self.teller.take(snapshot)
        self._show_offer()
        for shows in (self.presence, self.window, self.live, self.stretches, self.settings, self.history):
            shows.take(snapshot)
        self.calibration.take(snapshot)

    def _sees_now(self) -> bool:
        """Whether the user looks at the page that shows alerts and offers itself."""
        return self.live.isVisible() and self.window.isActiveWindow()

    def happened(self, what: Happened) -> None:
        """Pass an event to everything that shows it."""
        if isinstance(what, Complaint):
            self.complain(what.text)
        trial = isinstance(what, AlertRaised) and what.trial
        if isinstance(what, AlertRaised) and not trial:
            self._told = what
        if self.first_run is None or trial:  # during the welcome nothing is told but what is asked for
            self.teller.happened(what)
        for hears in (self.live, self.stretches, self.history, self.settings):
            hears.happened(what)
        self.calibration.happened(what)
        if self.first_run is not None:
            self.first_run.happened(what)
        self._show_offer()

    def _show_offer(self) -> None:
        offered = self.teller.offered
        self.presence.offer(offered)
        self.live.offer(offered)
        self.live.shown_elsewhere = self.teller.shows

    def _put_off_break(self) -> None:
        self._answer_break(None)

    def _answer_break(self, given: BreakAnswer | None) -> None:
        self.teller.put_off(given)
        self._show_offer()

    def _put_away(self) -> None:
        """The main window was closed: stop guided activities, which must not continue unseen."""
        self.stretches.end_session()
        self.calibration.leave_off()
        self._say_where_it_went()

    def _say_where_it_went(self) -> None:
        """The first time the window is closed, tell the user that the app keeps running, and where."""
        marker = home() / _CLOSED_ONCE
        if not is_missing(marker):
            return
        with contextlib.suppress(SettingsError):
            put(marker, "")
        words = (
            tr("Its icon is in the system tray. Click it to come back; quit from its menu.")
            if self.presence.tray is not None
            else tr("The small window stays. Open posturecam from it, or quit from its menu.")
        )
        self.farewell = Toast(
            tr("posturecam keeps running"),
            words,
            (ToastButton(tr("Got it"), lambda: None, "primary"), ToastButton(tr("Quit"), self.quit)),
            None,
            still=less_motion(self._engine.settings.desktop),
        )
        self.farewell.destroyed.connect(self._forget_farewell)
        self.farewell.show_up()

    def _forget_farewell(self) -> None:
        self.farewell = None

    def _go_to_now(self) -> None:
        self.window.open("now")

    def _settle(self) -> None:
        self.presence.settle()

    def _set_autostart(self) -> None:
        try:
            if self._engine.settings.desktop.autostart:
                self._autostart.enable(launch_command(minimized=True))
            else:
                self._autostart.disable()
        except SettingsError as problem:
            self.complain(problem.text)

    def _heed_the_session(self) -> None:
        """Update the setting from the desktop's autostart switch, which takes precedence."""
        enabled = self._autostart.enabled()
        if self._engine.settings.desktop.autostart != enabled:
            with contextlib.suppress(SettingsError):
                self._engine.change_settings({"desktop.autostart": "true" if enabled else ""})

    def _welcomed(self, done: bool) -> None:
        first_run, self.first_run = self.first_run, None
        if first_run is not None:
            self.left_setup = None if done else first_run.step
            first_run.hide()
            first_run.deleteLater()
            self.window.open("now")

    def _open_seen(self, event: KeptEvent) -> None:
        if event.evidence is not None:
            self._show_dialog(EvidenceDialog(event, self._engine, self._shown()))

    def _show_dialog(self, dialog: QDialog) -> None:
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def _shown(self) -> QWidget | None:
        return self.window if self.window.isVisible() else None

    def _camera_choices(self) -> list[SettingChoice]:
        """Camera choices: by name if names are unique, which keeps the settings file readable; plus the current value of the file."""
        try:
            found = self._cameras()
        except CameraError:
            return []
        names = [camera.name for camera in found]
        kept = self._engine.settings.camera.device
        typed = [SettingChoice(kept, without_secrets(kept))] if is_address(kept) else []
        return typed + [
            SettingChoice(kept if kept in (*camera.keys, str(camera.index)) else camera.name, camera.name)
            if names.count(camera.name) == 1
            else SettingChoice(camera.key, f"{camera.name} ({camera.key})")
            for camera in found
        ]


def _routine_choices() -> list[SettingChoice]:
    return [SettingChoice(one.id, tr(one.title)) for one, _ in usable_routines([])]
