"""Every screen of the app around a client that does nothing: for the tests of its layout, and for the contact sheet of the docs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache

from fakes.frames import FramesInMemory
from fakes.session import FakeClient
from moments import BASELINE, NOON, moment, raised_alert, tick
from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from stretch_figures import FACING, FOLD, LONG_SIT, frames, run

from posturecam.coach.judging.state import CoachPhase
from posturecam.coach.library import load_exercise
from posturecam.coach.loop import CoachTick, coach, summarize
from posturecam.coach.presentation.coach_view import ShowState, show
from posturecam.coach.safety import Answers
from posturecam.coach.session_summary import SessionSummary
from posturecam.config.settings import Settings
from posturecam.desktop.alerts.why import WhyDialog
from posturecam.desktop.pages.stretch.words import alone
from posturecam.desktop.shell.qt_startup import use_own_language
from posturecam.desktop.shell.status_window import SmallWindow
from posturecam.desktop.shell.tray import LiveMenu
from posturecam.desktop.shell.window_manager import Windows
from posturecam.i18n import languages
from posturecam.i18n.message import Message
from posturecam.i18n.translate import choose_language, tr
from posturecam.posture.monitor import Phase
from posturecam.session.protocol.messages import (
    Calibrated,
    Calibrating,
    CalibrationFailed,
    Coaching,
    ModeChanged,
    Snapshot,
    StretchEnded,
    TimelineSpan,
)
from posturecam.session.protocol.mode import Mode
from posturecam.session.protocol.sign import Sign
from posturecam.session.upright_postures import NEVER_CALIBRATED
from posturecam.system.autostart import NullAutostart
from posturecam.vision.sources.camera import Camera

_OWN_SIZE = ("menu", "small window")
"""Screens that determine their own size."""
TITLE_BAR = 32
SIZES: Mapping[str, tuple[QSize, float]] = {
    "1366×768, 200 %": (QSize(683, 384 - TITLE_BAR), 2.0),
    "1920×1080, 100 %": (QSize(1080, 720), 1.0),
    "3840×2160, 200 %": (QSize(1080, 720), 2.0),
}
"""Size of the window in device-independent pixels, and the scale."""
LANGUAGES = tuple(languages.LANGUAGES)
CAMERAS = (
    Camera(0, "Integrated Camera", "usb-1", 200),
    Camera(2, "Logitech BRIO Ultra HD Pro Business Webcam (046d:085e)", "usb-2", 200),
)


NO_CAMERA = "No camera was found on this computer; connect one, and check that it is switched on"


def _at(after: float) -> datetime:
    return NOON + timedelta(seconds=after)


HOUR = tuple(
    TimelineSpan(_at(60 * begin), _at(60 * end), sign)
    for begin, end, sign in (
        (-58, -31, Sign.UPRIGHT),
        (-31, -25, Sign.SLOUCHING),
        (-25, -14, Sign.AWAY),
        (-14, -13, Sign.UNKNOWN),
        (-13, 0, Sign.UPRIGHT),
    )
)
"""The past hour."""


def coached(title: str, ticks: Iterable[CoachTick]) -> list[Coaching]:
    """The snapshots that windows get during a session."""
    state, found = ShowState(), []
    for one in ticks:
        state, shown = show(state, one)
        found.append(Coaching(title, one, shown))
    return found


def _moment_of(shown: Sequence[Coaching], phase: CoachPhase, number: int) -> Coaching:
    return [one for one in shown if one.shown.phase is phase][number]


@cache
def _stretched(language: str) -> tuple[list[Coaching], SessionSummary, list[Coaching]]:
    """A stretch, the summary of one, and a break at the desk; in a language, as some of their words are made on the way."""
    held = ((2.0, LONG_SIT), (2.5, FOLD), (17.0, FOLD))
    ticks = run("thoracic_stretch", *held, (2.5, LONG_SIT), (4.0, LONG_SIT), rate=5.0)
    at_desk = [load_exercise(name).at_desk() for name in ("chin_tuck", "overhead_reach")]
    break_ticks = coach(FramesInMemory(frames((40, FACING), rate=2.0), live=True), lambda _: None, at_desk, paced=True)
    return (
        coached("Thoracic stretch", ticks),
        summarize(run("thoracic_stretch", *held, rate=5.0)),
        coached("Desk break", break_ticks),
    )


class Screens:
    """All windows in one language; each screen, by name, brings itself up and returns its window."""

    def __init__(self, application: QApplication, language: str) -> None:
        self.application = application
        settings = Settings()
        settings = settings.model_copy(update={"desktop": settings.desktop.model_copy(update={"language": language})})
        self.client = FakeClient(settings)
        use_own_language(application, settings.desktop)
        choose_language(language)  # whichever fonts are installed
        self.windows = Windows(
            self.client, quit_app=lambda: None, cameras=lambda: list(CAMERAS), autostart=NullAutostart()
        )
        self.windows.indicator.close()
        self.windows.begin(set_up=False)
        self.first = self.windows.first_run
        self.small, self.menu = SmallWindow(), LiveMenu()
        self.small.connect_to(self.client, self.windows.navigation)
        self.menu.connect_to(self.client, self.windows.navigation)
        self.coached, self.summary, self.at_desk = _stretched(language)
        self.dialog: WhyDialog | None = None

    @property
    def all(self) -> Mapping[str, Callable[[], QWidget]]:
        """Each screen by its name, the welcome first, since it precedes the others."""
        assert self.first is not None
        steps = {
            f"welcome {number + 1}": lambda number=number: self._step(number) for number in range(len(self.first.steps))
        }
        return {
            **steps,
            "welcome learning": self._learning,
            "welcome learned": self._learned,
            "welcome refused": self._refused,
            "now": lambda: self._now(moment(hour=HOUR, sitting=2400.0)),
            "now slouching": lambda: self._now(moment(tick=tick(Phase.SLOUCHING), alert=raised_alert(), hour=HOUR)),
            "now uncalibrated": lambda: self._now(moment(baseline=None, uncalibrated=NEVER_CALIBRATED, hour=HOUR)),
            "now paused": lambda: self._now(moment(mode=Mode.PAUSED, tick=None)),
            "now without a camera": lambda: self._now(moment(mode=Mode.CAMERA_LOST, tick=None, why=NO_CAMERA)),
            "now details": self._now_details,
            "now with problems": self._problems,
            "why": self._why,
            "why details": lambda: self._why(details=True),
            "why answered": self._answered,
            "stretch": lambda: self._stretch(self.windows.stretches.choose),
            "stretch details": self._details,
            "stretch questions": self._questions,
            "stretch better not": lambda: self._asked(tr("Yes")),
            "stretch not today": lambda: self._asked(tr("Yes"), tr("No stretching today")),
            "stretch demonstration": lambda: self._session(self.coached[0]),
            "stretch session": lambda: self._session(_moment_of(self.coached, CoachPhase.HOLDING, 40)),
            "stretch rest": lambda: self._session(_moment_of(self.coached, CoachPhase.REST, 5)),
            "stretch announcement": lambda: self._session(_moment_of(self.at_desk, CoachPhase.LEAD_IN, 3)),
            "stretch break": lambda: self._session(_moment_of(self.at_desk, CoachPhase.HOLDING, 5)),
            "stretch trouble": self._trouble,
            "stretch summary": self._summary,
            "history": lambda: self._page("history"),
            **{f"settings {name}": lambda name=name: self._settings(name) for name in self.windows.settings.places},
            "settings search": self._search,
            "calibration": lambda: self._page("calibration"),
            "small window": self._small,
            "menu": self._menu,
        }

    def laid_out(self, name: str, size: QSize) -> QWidget:
        """The window of a screen at this size, unless it has a size of its own, after all pending events."""
        window = self.all[name]()
        if name not in _OWN_SIZE:
            window.resize(size)
        for _ in range(8):  # heights depend on widths, and scroll bars on both
            QApplication.processEvents()
        return window

    def close(self) -> None:
        """Delete all windows."""
        self.small.leave()
        for one in (self.small, self.menu, self.dialog):
            if one is not None:
                one.close()
                one.deleteLater()
        self.windows.close()
        self.windows.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # a new theme would repaint them all

    def _step(self, number: int) -> QWidget:
        first = self.first
        assert first is not None
        first.show()
        self.windows.window.hide()
        while first.step > number:
            first.back.click()
        while first.step < number:
            first.next.click()
        first.take(moment(number))
        return first

    def _calibrating(self) -> QWidget:
        first = self._step(2)
        assert self.first is not None
        self.first.calibration.start.click()
        look = Calibrating("Stay like this, look at the screen", True, 0.4, 7, None, tick())
        self.first.take(moment(5, mode=Mode.CALIBRATING, tick=None, calibration=look))
        return first

    def _learning(self) -> QWidget:
        return self._calibrating()

    def _learned(self) -> QWidget:
        first = self._calibrating()
        assert self.first is not None
        self.first.happened(Calibrated(_at(13), BASELINE))
        self.first.take(moment(14, tick=tick(Phase.SLOUCHING)))
        return first

    def _refused(self) -> QWidget:
        first = self._calibrating()
        assert self.first is not None
        self.first.happened(
            CalibrationFailed(
                _at(13),
                Message("Most of the time, {trouble}. Fix that first.", trouble="I cannot see your head and shoulders"),
            )
        )
        self.first.take(moment(14))
        return first

    def _page(self, name: str) -> QWidget:
        if self.windows.first_run is not None and self.first is not None:
            self.first.hide()
        self.windows.window.open(name)
        return self.windows.window

    def _now(self, snapshot: Snapshot) -> QWidget:
        window = self._page("now")
        self.windows.window.take(snapshot)
        self.windows.live.take(snapshot)
        return window

    def _problems(self) -> QWidget:
        """What could not be done, above the page; the next screen closes it."""
        window = self._now(moment(hour=HOUR))
        self.windows.notes.say("The history cannot be written: no space is left on the disk.")
        return window

    def _now_details(self) -> QWidget:
        window = self._now(moment(tick=tick(Phase.SLOUCHING), hour=HOUR))
        self.windows.live.details.click()
        return window

    def _answered(self) -> QWidget:
        window = self._why()
        assert self.dialog is not None
        assert self.dialog.wrong is not None
        self.dialog.wrong.click()
        return window

    def _why(self, *, details: bool = False) -> QWidget:
        self.windows.notes.dismiss()
        if self.dialog is not None:
            self.dialog.close()
        if self.windows.live.details.isChecked():
            self.windows.live.details.click()
        self.dialog = WhyDialog(raised_alert(), self.client, BASELINE)
        self.dialog.show()
        if details:
            self.dialog.more.click()
        return self.dialog

    def _stretch(self, page: QWidget) -> QWidget:
        window = self._page("stretch")
        self.windows.stretches.setCurrentWidget(page)
        return window

    def _details(self) -> QWidget:
        self.windows.stretches.detail.show_choice(alone(load_exercise("upper_trapezius")))
        return self._stretch(self.windows.stretches.detail)

    def _questions(self) -> QWidget:
        window = self._stretch(self.windows.stretches.choose)
        self.windows.stretches.open_stretch("desk_break", 1)
        return window

    def _asked(self, *answers: str) -> QWidget:
        """The questions, answered by these buttons."""
        window = self._questions()
        for words in answers:
            QApplication.processEvents()
            shown = self.windows.stretches.questions.findChildren(QPushButton)
            next(one for one in shown if one.text() == words and one.isVisible()).click()
        return window

    def _session(self, coaching: Coaching) -> QWidget:
        window = self._stretch(self.windows.stretches.session)
        self.windows.stretches.session.take(moment(mode=Mode.STRETCHING, tick=None, coaching=coaching))
        return window

    def _trouble(self) -> QWidget:
        """A session whose camera was lost."""
        window = self._session(self.coached[0])
        self.windows.stretches.happened(ModeChanged(NOON, Mode.STRETCHING, Mode.CAMERA_LOST, NO_CAMERA))
        return window

    def _summary(self) -> QWidget:
        ended = StretchEnded(NOON, "Thoracic stretch", self.summary, 7)
        self.windows.stretches.summary.show_summary(ended, Answers(False, 0))
        return self._stretch(self.windows.stretches.summary)

    def _settings(self, name: str) -> QWidget:
        window = self._page("settings")
        self.windows.settings.show_place(name)
        self.windows.settings.take(moment())
        return window

    def _search(self) -> QWidget:
        window = self._page("settings")
        self.windows.settings.search.setText("camera")
        return window

    def _small(self) -> QWidget:
        self.small.take(moment(mode=Mode.CAMERA_LOST, tick=None, why=NO_CAMERA))
        self.small.show()
        return self.small

    def _menu(self) -> QWidget:
        self.menu.take(moment(tick=tick(Phase.SLOUCHING), alert=raised_alert()))
        self.menu.ensurePolished()
        self.menu.adjustSize()
        return self.menu
