"""All windows and their connections; recreated when the language changes, while the engine keeps running.

The tray icon, or the small window, is shown before them (`posturecam.desktop.start`), and the alerts are made at once. The main window and its
pages are imported and made when they are first needed: started at login, the app may never need them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from posturecam.desktop.alerts.farewell import say_farewell
from posturecam.desktop.alerts.presenter import AlertPresenter
from posturecam.desktop.pages.settings.choices import ListCameras, camera_choices, list_cameras, routine_choices
from posturecam.desktop.pages.unfinished import Unfinished
from posturecam.desktop.shell.status_window import StatusIndicator
from posturecam.desktop.widgets.actions import Navigation
from posturecam.desktop.widgets.problems import Notes
from posturecam.desktop.widgets.status_line import Unhurried
from posturecam.errors import SettingsError
from posturecam.i18n.translate import tr
from posturecam.session.protocol.client import SessionClient
from posturecam.session.protocol.messages import AlertRaised, Complaint, SettingsChanged, StretchEnded
from posturecam.session.protocol.mode import Mode
from posturecam.session.rules.breaks import BreakAnswer
from posturecam.system import less_motion

if TYPE_CHECKING:
    from posturecam.desktop.alerts.toast import Toast
    from posturecam.desktop.pages.history.page import HistoryPage
    from posturecam.desktop.pages.now.page import LivePage
    from posturecam.desktop.pages.settings.page import SettingsPage
    from posturecam.desktop.pages.stretch.page import StretchPage
    from posturecam.desktop.pages.welcome.calibration import CalibrationPage
    from posturecam.desktop.pages.welcome.page import FirstRun
    from posturecam.desktop.shell.main_window import MainWindow
    from posturecam.desktop.shell.places import PlaceWatcher
    from posturecam.history.models import KeptEvent
    from posturecam.posture.baseline import Baseline
    from posturecam.session.protocol.messages import Happened, Snapshot
    from posturecam.system.autostart import Autostart


class Follows(Protocol):
    """A window or page that shows the engine's messages."""

    def take(self, snapshot: Snapshot) -> None:
        """Show this moment."""

    def happened(self, what: Happened) -> None:
        """Show this event."""


_Follower = TypeVar("_Follower", bound=Follows)


class Windows(QObject):
    """The main window, the tray icon or small window, alerts, and the dialogs."""

    def __init__(
        self,
        client: SessionClient,
        *,
        quit_app: Callable[[], None],
        look: Callable[[], None] = lambda: None,
        language: Callable[[], None] = lambda: None,
        cameras: ListCameras = list_cameras,
        autostart: Autostart | None = None,
        notes: Notes | None = None,
        unfinished: Unfinished | None = None,
        indicator: StatusIndicator | None = None,
    ) -> None:
        """Create the windows; the main window is not shown yet.

        Args:
            client: Receives the commands.
            quit_app: Ends the app.
            look: Called when the user chose another theme.
            language: Called when the user chose another language.
            cameras: Lists them.
            autostart: Starts the app at login; None uses the system's mechanism.
            notes: Problems the user has not seen yet; None starts empty.
            unfinished: What the user was in the middle of; None is nothing.
            indicator: The tray icon or small window if it is shown already; None shows it now.
        """
        super().__init__()
        self._own_autostart = autostart
        self._client, self.quit, self._cameras = client, quit_app, cameras
        self._followers: list[Follows] = []
        """The pages created so far."""
        self._snapshot: Snapshot | None = None
        self.notes = notes or Notes()
        """Problems the user has not seen yet; passed on when the windows are recreated, as is the following."""
        self.unfinished = unfinished or Unfinished()
        self._words = Unhurried()
        self._before = False, 0.0
        """Whether the main window was shown with the last snapshot, and how strong the glow was."""
        self._baseline: Baseline | None = None
        self._last_alert: AlertRaised | None = None
        """The last alert."""
        self.first_run: FirstRun | None = None
        """The welcome, while it is open."""
        self._left_at: int | None = None
        self.farewell: Toast | None = None
        """The note on where the window went, shown the first time it is closed."""
        self.navigation = Navigation(
            open=self.show,
            calibrate=self.calibrate,
            stretch=self.stretch,
            why=self.why,
            quit=quit_app,
            later=lambda: self._answer_break(BreakAnswer.POSTPONE),
            skip=lambda: self._answer_break(BreakAnswer.SKIP),
            rested=lambda: self._answer_break(BreakAnswer.DONE),
            fits_here=client.keep_here,
            review=lambda: self.window.open("history"),
            complain=self.complain,
            choose_camera=self.choose_camera,
            choose=self._show_setting,
            go_back=self._go_back,
        )
        self.indicator = indicator or StatusIndicator(client.settings.desktop.tray)
        self.indicator.setParent(self)
        self.indicator.connect_to(client, self.navigation)
        self._at_once: Mapping[str, Callable[[], None]] = {
            "desktop.theme": look,
            "desktop.tray": self.indicator.settle,
            "desktop.autostart": self._set_autostart,
            "desktop.language": language,
        }
        """What to do at once when these settings change."""
        self.presenter = AlertPresenter(
            client,
            open_stretch=self.stretch,
            open_why=self.why,
            in_sight=self._sees_now,
            say=self.complain,
            parent=self,
        )

    # The main window and its pages, each made when it is first needed.

    @cached_property
    def window(self) -> MainWindow:
        """The main window, at the page "Now"."""
        from posturecam.desktop.shell.main_window import MainWindow, Page

        made = MainWindow(
            (
                Page("now", tr("Now"), lambda: self.live),
                Page("stretch", tr("Stretch"), lambda: self.stretches),
                Page("history", tr("History"), lambda: self.history),
                Page("settings", tr("Settings"), lambda: self.settings),
                Page("calibration", tr("Calibration"), lambda: self.calibration, listed=False),
            ),
            closed=self._put_away,
            set_up=self.welcome,
        )
        made.unfinished.setVisible(self._left_at is not None)
        return made

    @cached_property
    def live(self) -> LivePage:
        """The page "Now"."""
        from posturecam.desktop.pages.now.page import LivePage

        made = LivePage(self._client, self.navigation, notes=self.notes)
        made.offer(self.presenter.offered)
        made.shown_elsewhere = self.presenter.shows
        return self._following(made)

    @cached_property
    def stretches(self) -> StretchPage:
        """The page "Stretch"."""
        from posturecam.desktop.pages.stretch.page import StretchPage

        choose = self.choose_camera
        return self._following(
            StretchPage(self._client, done=self._go_to_now, choose_camera=choose, unfinished=self.unfinished)
        )

    @cached_property
    def history(self) -> HistoryPage:
        """The page "History"."""
        from posturecam.desktop.pages.history.page import HistoryPage

        return self._following(HistoryPage(self.open_seen, goal=lambda: self._client.settings.goal))

    @cached_property
    def settings(self) -> SettingsPage:
        """The page "Settings"."""
        from posturecam.desktop.pages.settings.page import SettingsPage

        made = SettingsPage(
            self._client,
            names={
                "camera.device": lambda: camera_choices(self._cameras, self._client.settings.camera.device),
                "breaks.routine": routine_choices,
                "plan.routine": routine_choices,
            },
            followers=self._at_once,
            notes=self.notes,
            desk=self._places,
            lacking=lambda way: self.presenter.glow.lacking(way),
            unfinished=self.unfinished,
        )
        self._places.moved.connect(made.show_desk)
        return self._following(made)

    @cached_property
    def calibration(self) -> CalibrationPage:
        """The page "Calibration"."""
        from posturecam.desktop.pages.welcome.calibration import CalibrationPage

        made = CalibrationPage(self._client)
        made.kept.connect(self._go_to_now)
        made.left.connect(self._go_to_now)
        made.unseen.connect(self.complain)
        return self._following(made)

    @cached_property
    def _places(self) -> PlaceWatcher:
        from posturecam.desktop.shell.places import PlaceWatcher

        return PlaceWatcher(self._client, self)

    @cached_property
    def _autostart(self) -> Autostart:
        from posturecam.system.autostart import open_autostart

        return self._own_autostart or open_autostart()

    def _following(self, page: _Follower) -> _Follower:
        """Give a newly created page the current state, and from now on the engine's messages."""
        self._followers.append(page)
        if self._snapshot is not None:
            page.take(self._snapshot)
        return page

    def has_made(self, name: str) -> bool:
        """Whether the main window ("window") or this page ("live", "history" …) was made already."""
        return name in self.__dict__

    # Requests from the app and the menus.

    def begin(self, *, set_up: bool, minimized: bool = False, agreed: bool = True) -> None:
        """Show the setup unless it was finished, the main window, or only the tray icon; until `agreed`, a hidden setup keeps the camera off."""
        self._heed_the_session()
        self.recognize_desk()
        if not set_up and not (minimized and agreed):
            self.welcome(shown=not minimized)
        elif minimized:
            self.left_setup = None if set_up else 0
        else:
            self.window.open()

    def recognize_desk(self) -> None:
        """Recognize the desk now, and from now on whenever screens come and go."""
        self._places.look()

    @property
    def left_setup(self) -> int | None:
        """The step, from 0, at which the first-run setup was left; None if the setup is finished."""
        return self._left_at

    @left_setup.setter
    def left_setup(self, step: int | None) -> None:
        """Remember the step, and show the way back to it."""
        self._left_at = step
        if self.has_made("window"):
            self.window.unfinished.setVisible(step is not None)

    def welcome(self, *, shown: bool = True, resumes: bool = True) -> None:
        """Open the first-run setup where it was left, hidden unless it is `shown`; past the camera's step it `resumes` watching."""
        if self.first_run is None:
            from posturecam.desktop.pages.welcome.page import FirstRun

            begin, lacking = self._left_at or 0, self.presenter.glow.lacking
            self.first_run = FirstRun(
                self._client, self._cameras, tray=self._has_tray, begin=begin, resumes=resumes, lacking=lacking
            )
            self.first_run.finished.connect(self._welcomed)
        self.presenter.stop_showing()
        if self.has_made("window"):
            self.window.hide()
        if shown:
            self.first_run.open()

    def _has_tray(self) -> bool:
        return self.indicator.tray is not None

    @property
    def place(self) -> tuple[str, bool]:
        """The page the main window is at, and whether it is shown."""
        return (self.window.page, self.window.isVisible()) if self.has_made("window") else ("now", False)

    @property
    def shows_picture(self) -> bool:
        """Whether some window shows what the camera sees."""
        if self.first_run is not None:
            return self.first_run.shows_picture
        shown = (
            self.live if self.has_made("live") else None,
            self.calibration if self.has_made("calibration") else None,
        )
        return any(page is not None and page.isVisible() for page in shown)

    @property
    def welcoming(self) -> bool:
        """Whether the first-run setup is open, which comes before everything else."""
        return self.first_run is not None

    @property
    def stretching(self) -> bool:
        """Whether a stretch is running or was requested."""
        return self.has_made("stretches") and self.stretches.is_running

    def show(self) -> None:
        """Show the main window, or the first-run setup if it is open."""
        if self.first_run is None:
            self.window.open()
        else:
            self.first_run.open()

    def calibrate(self) -> None:
        """Open the calibration, and start it at once."""
        if self.first_run is None:
            self.window.open("calibration")
            self.calibration.begin()
        else:
            self.show()

    def choose_camera(self) -> None:
        """Show where to choose the camera."""
        self._show_setting("camera.device")

    def _show_setting(self, key: str) -> None:
        self.window.open("settings")
        self.settings.show_setting(key).editor.take_focus()

    def _go_back(self) -> None:
        calibrating = self._snapshot is not None and self._snapshot.mode is Mode.CALIBRATING
        self.window.open("calibration" if calibrating else "stretch")

    def stretch(self, name: str = "", minutes: int | None = None) -> None:
        """Open the coach at this routine or exercise; empty means the routine suggested in breaks. `minutes` is the length of a desk break."""
        if self.first_run is not None:
            self.show()
            return
        self._answer_break(None)  # it is taken
        self.window.open("stretch")
        self.stretches.open_stretch(name or self._client.settings.breaks.routine, minutes)

    def why(self, raised: AlertRaised, *, answered: bool = False) -> None:
        """Show why an alert was given, to which the user has `answered` already that it was wrong or not yet."""
        from posturecam.desktop.alerts.why import WhyDialog

        def is_last() -> bool:
            return self._last_alert is None or self._last_alert.is_same_as(raised)

        WhyDialog(raised, self._client, self._baseline, self._shown(), is_last=is_last, answered=answered).come_up()

    def complain(self, words: str) -> None:
        """Show a problem where the user finds it."""
        self.notes.say(words)

    def close(self) -> None:
        """Close all windows, and delete the pages that were made for later and never opened in the main window."""
        if self.has_made("history"):
            self.history.close_down()
        self.presenter.close()
        self.indicator.close()
        made = self.window if self.has_made("window") else None
        # A page that was never opened is not in the window, and would stay behind.
        for window in (self.first_run, made, self.farewell, *self._followers):
            if isinstance(window, QWidget):
                window.hide()
                window.deleteLater()

    # Messages from the engine.

    def take(self, snapshot: Snapshot) -> None:
        """Pass a snapshot to everything that shows it; where only the picture is another, to the pages alone."""
        self._snapshot, self._baseline = snapshot, snapshot.baseline
        self._last_alert = self._last_alert or snapshot.alert
        shown = self.has_made("window") and self.window.isVisible()
        before, self._before = self._before, (shown, snapshot.glow)
        more = self._words.due(snapshot) or self._before != before
        if self.first_run is not None:
            self.first_run.take(snapshot)
        elif more:
            self.presenter.take(snapshot)
        if more:
            self._show_offer()
            self.indicator.take(snapshot)
            if self.has_made("window"):
                self.window.take(snapshot)
        for page in self._followers:
            page.take(snapshot)

    def _sees_now(self) -> bool:
        """Whether the user is looking at the page that shows alerts and suggestions itself."""
        return self.has_made("window") and self.live.isVisible() and self.window.isActiveWindow()

    def happened(self, what: Happened) -> None:
        """Pass an event to everything that shows it."""
        if isinstance(what, Complaint):
            self.complain(what.text)
        trial = isinstance(what, AlertRaised) and what.trial
        if isinstance(what, AlertRaised) and not trial:
            self._last_alert = what
        if self.first_run is None or trial:  # during the welcome no alert is shown unless it was requested
            self.presenter.happened(what)
        self._show_offer()  # before the pages hear of it: where it is shown decides who reads it out
        if isinstance(what, StretchEnded):
            _ = self.stretches  # it shows the result, wherever the session was started
        for page in self._followers:
            page.happened(what)
        if self.first_run is not None:
            self.first_run.happened(what)
        if isinstance(what, SettingsChanged):
            for key, do in self._at_once.items():
                if key in what.keys:
                    do()

    def _show_offer(self) -> None:
        offered = self.presenter.offered
        self.indicator.offer(offered)
        if self.has_made("live"):
            self.live.shown_elsewhere = self.presenter.shows
            self.live.offer(offered)

    def _answer_break(self, given: BreakAnswer | None) -> None:
        self.presenter.put_off(given)
        self._show_offer()

    def _put_away(self) -> None:
        """The main window was closed: stop guided activities, which must not continue unseen."""
        if self.has_made("stretches"):
            self.stretches.end_session()
        if self.has_made("calibration"):
            self.calibration.leave_off()
        self.say_where_it_went()

    def say_where_it_went(self, *, again: bool = False) -> None:
        """The first time the window is closed, or `again`, tell the user that the app keeps running, and where."""
        still = less_motion(self._client.settings.desktop)
        note = say_farewell(self.quit, tray=self._has_tray(), still=still, again=again)
        if note is not None:  # otherwise the first one may still be shown
            self.farewell = note
            note.destroyed.connect(self._forget_farewell)
            note.show_up()

    def _forget_farewell(self) -> None:
        self.farewell = None

    def _go_to_now(self) -> None:
        self.window.open("now")

    def _set_autostart(self) -> None:
        from posturecam.system.autostart import start_at_login

        try:
            start_at_login(self._autostart, wanted=self._client.settings.desktop.autostart)
        except SettingsError as problem:
            self.complain(problem.text)

    def _heed_the_session(self) -> None:
        """Update the setting from the desktop's autostart switch, which takes precedence."""
        if self._autostart.orphaned():  # posturecam was moved or installed anew, and starts from there from now on
            self._set_autostart()
        enabled = self._autostart.enabled()
        if self._client.settings.desktop.autostart != enabled:
            with contextlib.suppress(SettingsError):
                self._client.change_settings({"desktop.autostart": "true" if enabled else ""})

    def _welcomed(self, done: bool) -> None:
        first_run, self.first_run = self.first_run, None
        if first_run is not None:
            self.left_setup = None if done else first_run.step
            first_run.hide()
            first_run.deleteLater()
            self.window.open("now")

    def open_seen(self, event: KeptEvent) -> None:
        """Show why an alert in the history was given."""
        from posturecam.desktop.alerts.why import EvidenceDialog

        if event.evidence is not None:
            EvidenceDialog(event, self._client, self._shown()).come_up()

    def _shown(self) -> QWidget | None:
        seen = self.has_made("window") and self.window.isVisible() and not self.window.isMinimized()
        return self.window if seen else None  # a minimized window hides its dialogs
