"""The page "Stretch" as a whole: choose, questions, session, summary, one after the other in the same window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from posturecam.coach.exercise import Exercise
from posturecam.coach.library import pick
from posturecam.coach.safety import Answers
from posturecam.desktop.pages.stretch.chooser import ChoosePage, DetailPage, load_choice
from posturecam.desktop.pages.stretch.questions import QuestionsPage
from posturecam.desktop.pages.stretch.session import SessionPage
from posturecam.desktop.pages.stretch.summary import SummaryPage
from posturecam.desktop.pages.stretch.words import StretchChoice
from posturecam.desktop.pages.unfinished import StretchStep, Unfinished
from posturecam.desktop.widgets.background import Background
from posturecam.desktop.widgets.layouts import FlowLayout, PageStack, SideBySide
from posturecam.desktop.widgets.parts import Sheet, as_sentence, button, text
from posturecam.desktop.widgets.theme import GAP
from posturecam.errors import PosturecamError
from posturecam.i18n.translate import chosen_language, joined, tr
from posturecam.i18n.words import HEADED
from posturecam.session.protocol.client import SessionClient
from posturecam.session.protocol.commands import StartStretch
from posturecam.session.protocol.messages import Complaint, Happened, ModeChanged, Snapshot, StretchEnded, view_of
from posturecam.session.protocol.mode import Mode
from posturecam.session.stretching.recorder import done_last
from posturecam.voice.speaking_time import speaking_time


class StretchPage(PageStack):
    """From choosing a stretch to its summary.

    Args:
        client: Receives the commands: stretch, pause, mute, skip and end.
        done: Called once the user is done, to go back to where they came from.
        choose_camera: Called if the camera cannot be used and the user wants another one.
        unfinished: Where the user was before the windows were recreated; None starts with the choices.
    """

    full_screen = Signal(bool)
    """Whether the session fills the screen; everything beside this page must be hidden then."""

    def __init__(
        self,
        client: SessionClient,
        done: Callable[[], None],
        *,
        choose_camera: Callable[[], None] = lambda: None,
        unfinished: Unfinished | None = None,
    ) -> None:
        super().__init__()
        self._client, self._done, self._choose_camera = client, done, choose_camera
        self._at = unfinished or Unfinished()
        self._notes: list[str] = []
        self._stretched = self._cut_short = False
        self._lost = self._at.without_camera
        """Whether there is no camera."""
        self._view = self._at.view
        self._loading = Background(self)
        self.choose = ChoosePage(self._show_details)
        self.detail = DetailPage(self._ask, self._show_choices)
        self.questions = QuestionsPage(self._begin, self._show_choices, self._ask, client.no_stretching_today)
        self.session = SessionPage(client)
        self.summary = SummaryPage(client, self._finish, self._again, answered=self._felt)
        self.trouble = Sheet()
        for page in (self.choose, self.detail, self.questions, self.session, self.summary, self.trouble):
            self.addWidget(page)
        self.session.full_screen.connect(self.full_screen)
        self._goes_on = self._at.step is not StretchStep.CHOOSING
        """Whether this is where the user was when the windows were recreated, not shown yet."""
        self._continue()

    @property
    def is_running(self) -> bool:
        """Whether a session is running or was requested."""
        return self.currentWidget() is self.session

    def showEvent(self, event: QShowEvent) -> None:
        """Read the routines and exercises when the page is first shown."""
        super().showEvent(event)
        self.choose.fill()
        if self._goes_on:  # a page that is in no window yet cannot keep the focus
            self._goes_on = False
            self._focus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back to the choices; in a session it has its own meaning."""
        if event.key() == Qt.Key.Key_Escape and self.currentWidget() in (self.detail, self.questions, self.trouble):
            self._show_choices()
        else:
            super().keyPressEvent(event)

    def open_stretch(self, name: str, minutes: int | None = None) -> None:
        """Open this routine, as suggested by an alert or a break, or this exercise; a running session continues."""
        if self.is_running:
            return

        def failed(problem: PosturecamError) -> None:
            self._show_choices()
            self.choose.say(tr(problem.text))

        self._load(lambda: load_choice(name), minutes, failed)

    def end_session(self) -> None:
        """End the running or requested session, keeping what was done."""
        if self.is_running:
            self.session.end()

    # Messages from the engine.

    def take(self, snapshot: Snapshot) -> None:
        """Show this moment of a session, also of one that was started elsewhere."""
        self._view, self._lost = view_of(snapshot, self._view), snapshot.mode is Mode.CAMERA_LOST
        if snapshot.coaching is not None and self.currentWidget() in (self.choose, self.detail):
            self._start_session()
        if self.is_running:
            self._stretched |= snapshot.mode is Mode.STRETCHING
            if self.isVisible() or self.session.is_ending:
                self.session.take(snapshot)

    def happened(self, what: Happened) -> None:
        """Show a session's end, or what went wrong with it."""
        match what:
            case StretchEnded():
                self._show_summary(what)
            case Complaint() if self.is_running:
                self._notes.append(tr(what.text))
                self.session.note(tr(what.text))
            case ModeChanged():
                self._mode_changed(what)
            case _:
                pass

    def _mode_changed(self, what: ModeChanged) -> None:
        camera = what.after is Mode.CAMERA_LOST and not what.camera_works
        title = tr("The camera cannot be used") if camera else tr("The session was stopped")
        stopped = what.after in (Mode.CAMERA_LOST, Mode.PAUSED, Mode.OFF)
        if not self.is_running:
            # Why a session ended arrives after its summary; whoever paused knows already, or was paused before.
            known = what.after is Mode.PAUSED or (camera and self._at.without_camera)
            if stopped and not known and self._cut_short and what.why is not None:
                self.summary.note(joined(HEADED, [title, tr(what.why)]))
            self._cut_short = False
        elif stopped:
            self._show_trouble(title, what.why, camera=camera)
        elif what.after is Mode.WATCHING and self._stretched:
            self._show_trouble(tr("The session is over"), what.why)
        else:
            self._stretched |= what.after is Mode.STRETCHING

    # Background reads.

    def _load(
        self,
        read: Callable[[], StretchChoice],
        minutes: int | None,
        failed: Callable[[PosturecamError], None] | None = None,
    ) -> None:
        """Ask about a choice read in the background; a break is picked there too, for the camera and what was done before."""
        view, settings = self._view, self._client.settings
        lasting, speaking = minutes or settings.breaks.minutes, speaking_time(settings.voice, chosen_language(), tr)

        def loaded() -> StretchChoice:
            choice = read()
            if not choice.is_break:
                return choice
            return replace(choice, exercises=pick(view, lasting, done_last(), speaking), minutes=lasting)

        def done(choice: StretchChoice) -> None:
            if not self.is_running:
                self._at.choice, self._at.view = choice, view
                self.questions.ask(choice, view)
                self._lead_to(self.questions)

        self._loading.ask(loaded, done, failed)

    # The steps.

    def _continue(self) -> None:
        """Go on where the user was when the windows were recreated."""
        match self._at.step:
            case StretchStep.ASKED if self._at.choice is not None:
                self.questions.ask(self._at.choice, self._view)
                self._lead_to(self.questions)
            case StretchStep.RUNNING:
                self._start_session()
            case StretchStep.OVER if self._at.ended is not None:
                self.summary.show_summary(*self._at.ended)
                self._lead_to(self.summary)
            case _:
                pass

    def _lead_to(self, page: QWidget) -> None:
        """Show a step, and focus the widget it was prepared for: Qt would leave the focus where it was, for example at the navigation."""
        steps = {self.questions: StretchStep.ASKED, self.session: StretchStep.RUNNING, self.summary: StretchStep.OVER}
        self._at.step = steps.get(page, StretchStep.CHOOSING)
        self.setCurrentWidget(page)
        self._focus()

    def _focus(self) -> None:
        page = self.currentWidget()
        if page is self.session:
            self.session.stage.setFocus()
        elif isinstance(page, Sheet) and page.ready is not None:
            page.ready.setFocus()

    def _show_choices(self) -> None:
        self._loading.forget()
        self.choose.fill()
        self._lead_to(self.choose)

    def _show_details(self, choice: StretchChoice) -> None:
        self._loading.forget()
        self.choose.say("")
        self.detail.show_choice(choice)
        self._lead_to(self.detail)

    def _ask(self, choice: StretchChoice, minutes: int | None = None) -> None:
        self._load(lambda: choice, minutes)

    def _begin(self, choice: StretchChoice, going: list[Exercise], answers: Answers, skipped: list[Exercise]) -> None:
        self._at.choice, self._at.answers, self._at.skipped = choice, answers, skipped
        self._start_session()
        request = StartStretch(
            choice.title, tuple(going), answers, tuple(one.key for one in skipped), paced=choice.is_break
        )
        self._client.stretch(request)

    def _start_session(self) -> None:
        self._notes, self._stretched, self._at.without_camera = [], False, self._lost
        self._lead_to(self.session)
        self.session.wait()

    def _show_summary(self, coached: StretchEnded) -> None:
        if self.currentWidget() is self.questions:
            return  # the end of an older session must not hide the question
        self._cut_short = self.is_running and any(one.ended_early for one in coached.summary.sets)
        self._at.ended = coached, self._at.answers, self._at.skipped
        self.summary.show_summary(*self._at.ended, self._notes)
        self._at.answers, self._at.skipped = None, ()
        self._lead_to(self.summary)

    def _felt(self, answers: Answers) -> None:
        if self._at.ended is not None:
            coached, _before, skipped = self._at.ended
            self._at.ended = coached, answers, skipped

    def _show_trouble(self, title: str, why: str | None, *, camera: bool = False) -> None:
        """Show what ended the session, and what to do, until the session's summary arrives."""
        problems = list(dict.fromkeys([*([tr(why)] if why else []), *self._notes]))
        self._notes = [joined(HEADED, [title, *problems[:1]]), *problems[1:]]
        page = self.trouble
        page.empty()
        page.body.addStretch(1)
        page.body.addWidget(text(title, "title"))
        for note in problems:
            page.body.addWidget(text(as_sentence(note)))
        page.body.addStretch(2)
        answers = FlowLayout(GAP, at_end=True)
        if camera:
            answers.addWidget(button(tr("Choose camera…"), self._choose_camera))
        again = button(tr("Try again"), self._again, "primary")
        answers.addWidget(again)
        ways = SideBySide(GAP)
        ways.add_part(button(tr("Back to the stretches"), self._show_choices))
        ways.add_part(answers, stretch=1)
        page.foot.addLayout(ways)
        page.hand_to(again, title, *problems)
        self._lead_to(page)

    def _again(self) -> None:
        choice = self._at.choice
        if choice is not None:
            self._ask(choice, round(choice.minutes))
        else:
            self._show_choices()

    def _finish(self) -> None:
        self._show_choices()
        self._done()
