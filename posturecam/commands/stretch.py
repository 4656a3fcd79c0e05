"""`posturecam stretch`: a guided session with a camera, or a recorded video judged; the list of exercises; the history."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Self

import cv2
from rich.console import Console
from rich.text import Text

from posturecam.coach.breaks.choice import DESK_BREAK
from posturecam.coach.exercise import Exercise
from posturecam.coach.library import find, load_library, load_routine, pick, resolve
from posturecam.coach.loop import CoachTick
from posturecam.coach.presentation.coach_picture import HEIGHT, WIDTH, coach_picture, summary_picture
from posturecam.coach.presentation.coach_view import CoachView
from posturecam.coach.presentation.controls import Controls
from posturecam.coach.presentation.session_record import exercise_record, routine_record
from posturecam.coach.routine import Routine
from posturecam.coach.safety import STOP, Answers
from posturecam.coach.session_summary import SessionSummary
from posturecam.commands.display import opens_window
from posturecam.commands.language import use_own_language
from posturecam.commands.questions import Unanswered, ask_after, ask_before, ask_which, can_ask
from posturecam.commands.shared import leave_if_cut_short, log, log_to_stderr, prepare
from posturecam.config.reading import is_ordinary
from posturecam.config.settings import Settings, VoiceSettings
from posturecam.config.settings_file import load_settings
from posturecam.errors import CameraError, SourceError, UnknownExercise
from posturecam.history.baselines import Baselines
from posturecam.i18n.translate import chosen_language, mark, tr
from posturecam.posture.view import View
from posturecam.session.inputs.steady_source import SteadySource
from posturecam.session.inputs.system_monitor import SystemMonitor, Unmonitored
from posturecam.session.protocol.commands import StartStretch
from posturecam.session.protocol.mailbox import Mailbox
from posturecam.session.protocol.messages import Complaint, StretchEnded
from posturecam.session.runner import Options, Session
from posturecam.session.stretching.recorder import done_last, open_history
from posturecam.session.stretching.rest_day import keep_rest_day
from posturecam.session.stretching.run import OpenVoice
from posturecam.system import less_motion, open_system
from posturecam.terminal.keyboard import Keyboard
from posturecam.terminal.moments import News, moments
from posturecam.terminal.stretching import CoachDisplay, coach_view, exercise_card, exercise_list, routine_card
from posturecam.vision.frame import Image, Source
from posturecam.vision.sources.clock import SystemClock
from posturecam.voice.speaking_time import speaking_time
from posturecam.voice.speech import Silence, open_voice

VIDEO_RATE = 10.0
"""Pictures per second of a recorded video that are checked: bouncing once a second needs several checks per bounce."""
_UNNAMED = mark("Name the exercise to judge in {source}; posturecam stretch list shows them")
_SINGLE_PICTURES = mark(
    "{path} holds single pictures, and a stretch is judged as it moves; name a video or a recording"
)
_HISTORY_HINT = mark("Saved on this computer only; see it with: posturecam stretch history")


# Lists.


def list_all(*, as_json: bool) -> None:
    """Print every exercise and routine; unusable ones of the user's own are named on standard error."""
    library = load_library()
    log_to_stderr()
    for problem in library.problems:
        log.warning("%s", problem)
    exercises, routines = library.exercises, library.routines
    if as_json:
        records = {
            "exercises": [exercise_record(one) for one in exercises],
            "routines": [routine_record(one) for one in routines],
        }
        print(json.dumps(records))
        return
    console = Console()
    console.print(exercise_list(exercises, routines, console.width))


def show(name: str, *, as_json: bool) -> None:
    """Print one exercise (how to do it, where the camera stands, what it can judge, and cautions), or one routine with its exercises.

    Raises:
        PosturecamError: if there is none with that name, or its file cannot be used.
    """
    shown = find(name)
    if as_json:
        print(json.dumps(exercise_record(shown) if isinstance(shown, Exercise) else routine_record(shown)))
        return
    use_own_language()
    console = Console()
    if isinstance(shown, Routine):
        console.print(routine_card(shown, () if shown.is_break else resolve(shown)))
        return
    colors = console.is_terminal and console.color_system == "truecolor"
    console.print(exercise_card(shown, console.width, colors))


# A session.


def stretch(
    name: str,
    *,
    routine: str = "",
    minutes: int | None = None,
    source: str = "",
    rate: float = VIDEO_RATE,
    rotate: int | None = None,
    as_json: bool = False,
    voice: bool = True,
    window: bool | None = None,
) -> None:
    """Coach an exercise or a routine with a camera, or judge a recorded video; a routine may be given by its name alone.

    Without a name the user is asked which; where nobody can answer, it is a break at the desk.

    Raises:
        PosturecamError: if the exercise, the source, the settings or the model cannot be used.
    """
    if window:
        opens_window(window)  # refused here, before any question
    if not (name or routine):
        if is_ordinary(Path(source)):
            raise UnknownExercise(_UNNAMED, source=source)
        name = _asked() if can_ask() and not as_json else DESK_BREAK
        if not name:
            return
    what = find(name) if name and not routine else load_routine(routine)
    settings, opened, view = _opened(what, source, rate, rotate)
    chosen = _chosen(what, view, minutes or settings.breaks.minutes, settings.voice)
    with opened, contextlib.suppress(Unanswered):
        if opened.info.live:
            _guide(chosen, opened, settings, as_json=as_json, voice=voice, window=window)
        else:
            if opened.info.single_pictures:
                raise SourceError(_SINGLE_PICTURES, path=Path(source))
            _judge(chosen, opened, settings, as_json=as_json, window=bool(window))


def _asked() -> str:
    """What the user wants to do, asked in their language; empty to leave."""
    use_own_language()
    return ask_which(Console(), offered()) or ""


def offered() -> list[Routine]:
    """The routines, the break at the desk first, then from short to long."""
    return sorted(load_library().routines, key=lambda one: (not one.is_break, one.minutes))


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The exercises to do."""

    title: str
    exercises: list[Exercise]
    paced: bool
    """Whether it is a break at the desk, which keeps its time and needs no camera."""

    def request(self, going: Sequence[Exercise], answers: Answers | None) -> StartStretch:
        """To do these of them, after these answers to the questions."""
        skipped = tuple(one.key for one in self.exercises if one not in going)
        return StartStretch(self.title, tuple(going), answers, skipped, self.paced)


def _chosen(what: Exercise | Routine, view: View, minutes: int, settings: VoiceSettings) -> _Chosen:
    if isinstance(what, Exercise):
        return _Chosen(what.title, [what], False)
    if not what.is_break:
        return _Chosen(what.title, resolve(what), False)
    speaking = speaking_time(settings, chosen_language(), tr)
    return _Chosen(what.title, list(pick(view, minutes, done_last(), speaking)), True)


def _opened(what: Exercise | Routine, source: str, rate: float, rotate: int | None) -> tuple[Settings, Source, View]:
    """The settings, the source, and its view if a baseline shows it.

    A break continues without a camera, and timed exercises never needed one.
    """
    try:
        settings, opened, baselines = prepare(source, rate=rate, rotate=rotate, stretching=True)
    except CameraError as problem:
        timed = all(one.is_timed for one in ([what] if isinstance(what, Exercise) else resolve(what)))
        if not timed and not what.is_break:
            raise
        if not timed or source:
            log.warning("%s", problem.text)
        return load_settings(), SteadySource(None, problem.text, SystemClock().time), View.UNKNOWN
    return settings, opened, next(iter(baselines.of(*opened.info.keys)), View.UNKNOWN)


def stretch_within(session: Session, mailbox: Mailbox, steps: Generator[News], routine: str, view: View) -> None:
    """Run a routine within a watching session, on its camera and for its view, and return to watching.

    Raises:
        PosturecamError: if the routine cannot be used.
    """
    chosen = _chosen(load_routine(routine), view, session.settings.breaks.minutes, session.settings.voice)
    console = Console()
    asked = can_ask()
    try:
        answers, going = _ask(console, chosen.title, chosen.exercises, asked=asked)
    except Unanswered:
        return
    if not going:
        session.no_stretching_today()
    else:
        session.stretch(chosen.request(going, answers))
        over = _lead(session, mailbox, steps, _views("", session, as_json=False, live=True, window=None), live=True)
        if over is not None and asked and answers is not None and over.session is not None:
            session.stretched(over.session, ask_after(console, answers, session.settings.stretch))


def _judge(chosen: _Chosen, source: Source, settings: Settings, *, as_json: bool, window: bool) -> None:
    """Judge a recorded video on its own timeline: no voice, no questions, nothing saved."""
    session, mailbox = _session(source, settings, Silence)
    session.stretch(StartStretch("", tuple(chosen.exercises), paced=chosen.paced))
    views = _views(source.info.name, session, as_json=as_json, live=False, window=window)
    with contextlib.closing(moments(session, mailbox)) as steps:
        _lead(session, mailbox, steps, views, live=False)
    leave_if_cut_short(source)


def _guide(
    chosen: _Chosen,
    source: Source,
    settings: Settings,
    *,
    as_json: bool,
    voice: bool,
    window: bool | None,
) -> None:
    """A session with a camera, with its questions, voice and history."""
    console = Console(stderr=as_json)
    asked = can_ask() and not as_json
    answers, going = _ask(console, chosen.title, chosen.exercises, asked=asked)
    if not going:
        keep_rest_day(datetime.now().date())  # which a running app or `watch` takes over
        _keep_that_nothing_was_done(chosen.title, source, answers or Answers(True), chosen.exercises)
        return
    opens: OpenVoice = (lambda: open_voice(settings.voice, chosen_language(), tr)) if voice else Silence
    session, mailbox = _session(source, settings, opens)
    request = chosen.request(going, answers)
    session.stretch(request)
    session.controls.muted |= not voice
    views = _views(source.info.name, session, as_json=as_json, live=True, window=window)
    with contextlib.closing(moments(session, mailbox)) as steps:
        over = _lead(session, mailbox, steps, views, live=True)
    if over is not None and asked and answers is not None and over.session is not None:
        with contextlib.suppress(OSError):
            _keep_answers(over.session, ask_after(console, answers, settings.stretch), request.skipped)


def _session(source: Source, settings: Settings, voice: OpenVoice) -> tuple[Session, Mailbox]:
    """A session only for stretching: its time does not count as time at the desk, and any failure ends it."""
    mailbox = Mailbox()
    session = Session(
        settings,
        mailbox,
        open_camera=lambda *_: source,
        baselines=Baselines,
        system=SystemMonitor(open_system()) if source.info.live else Unmonitored(),
        voice=voice,
        options=Options(history=False, ends_on=(Exception,)),
    )
    return session, mailbox


def _ask(
    console: Console, title: str, exercises: list[Exercise], *, asked: bool
) -> tuple[Answers | None, list[Exercise]]:
    """The user's answers before the session, and the exercises to do; without a terminal, only show the warning."""
    if asked:
        return ask_before(console, title, exercises)
    console.print(Text(tr(STOP)), soft_wrap=True)
    return None, exercises


def _views(name: str, session: Session, *, as_json: bool, live: bool, window: bool | None) -> list[CoachDisplay]:
    views: list[CoachDisplay] = [coach_view(name, as_json=as_json, live=live)]
    if opens_window(window):
        views.append(_Window(session.controls, session.settings, mirrored=live))
    return views


def _lead(
    session: Session, mailbox: Mailbox, steps: Generator[News], views: Sequence[CoachDisplay], *, live: bool
) -> StretchEnded | None:
    """Show a stretch and pass on the keys until the exercises or the source end, or the user quits (q, Ctrl-C).

    What was done is saved in any case.

    Raises:
        CameraError: if the camera was lost for good; what was done is shown before.
    """
    shell, lost = _CoachShell(views), None
    with contextlib.ExitStack() as during:
        for view in views:
            during.enter_context(view)
        keyboard = during.enter_context(Keyboard()) if live else None
        try:
            for news in steps:
                shell.take(news)
                if shell.over is not None:
                    break
                for key in keyboard.pressed() if keyboard is not None else "":
                    session.controls.press(key)
        except (KeyboardInterrupt, CameraError) as end:
            if not live:
                raise
            lost = end if isinstance(end, CameraError) else None
            steps.close()
            shell.take(mailbox.take())
        if shell.over is not None:
            with contextlib.suppress(OSError):  # nobody reads it if the terminal was closed; everything is saved by now
                shell.finish(hint=live)
    if lost is not None:
        raise lost
    return shell.over


class _CoachShell:
    """Shows the messages of a stretch session."""

    def __init__(self, views: Sequence[CoachDisplay]) -> None:
        self._views = views
        self._frozen = False
        self.over: StretchEnded | None = None

    def take(self, news: News) -> None:
        snapshot, happened = news
        for what in happened:
            if isinstance(what, Complaint):
                self._note(tr(what.text))
            elif isinstance(what, StretchEnded):
                self.over = what
        coaching = None if snapshot is None else snapshot.coaching
        if coaching is None:
            return
        if coaching.frozen and not self._frozen:
            self._frozen = True
            self._note(tr("Your pain went up recently, so your depth targets stay the same."))
        for view in self._views:
            view.show(coaching.tick, coaching.shown)

    def finish(self, *, hint: bool) -> None:
        assert self.over is not None
        notes = [tr(_HISTORY_HINT)] if hint and self.over.session is not None else []
        for view in self._views:
            view.finish(self.over.summary, notes)

    def _note(self, text: str) -> None:
        for view in self._views:
            view.note(text)


def _keep_that_nothing_was_done(title: str, source: Source, answers: Answers, exercises: Sequence[Exercise]) -> None:
    history = open_history(partial(log.warning, "%s"))
    if history is not None:
        with history:
            number = history.begin(title, source.info.name)
            history.answer(number, answers, [one.key for one in exercises])
            history.end(number)


def _keep_answers(session: int, answers: Answers, skipped: Sequence[str]) -> None:
    history = open_history(partial(log.warning, "%s"))
    if history is not None:
        with history:
            history.answer(session, answers, skipped)


_WITHOUT_MODIFIERS, _LAST_LETTER = 0xFFFF, 0xFF
"""The bits of OpenCV's key code without modifiers, and the highest code of a letter; arrow and function keys have higher ones."""


class _Window:
    """The coach's window; its keys are those of the terminal."""

    _TITLE = "posturecam stretch"
    _CARD_SECONDS = 20
    """Seconds for which the card stays."""

    def __init__(self, controls: Controls, settings: Settings, *, mirrored: bool) -> None:
        desktop = settings.desktop.model_copy(update={"reduced_motion": less_motion(settings.desktop)})
        self._settings = settings.model_copy(update={"desktop": desktop})
        self._controls, self._mirrored = controls, mirrored
        self._notes: list[str] = []

    def show(self, tick: CoachTick, shown: CoachView) -> None:
        """Draw one moment, and obey keys; a closed window ends the session."""
        self._draw(coach_picture(tick, shown, self._settings, mirrored=self._mirrored))
        key = cv2.waitKeyEx(1)
        if key >= 0:
            typed = key & _WITHOUT_MODIFIERS
            if typed <= _LAST_LETTER:  # `waitKey` reports the left arrow as a Q
                self._controls.press(chr(typed))
        elif cv2.getWindowProperty(self._TITLE, cv2.WND_PROP_VISIBLE) < 1:
            self._controls.end()

    def note(self, text: str) -> None:
        """Keep a line for the card at the end."""
        self._notes.append(text)

    def finish(self, summary: SessionSummary, notes: Sequence[str] = ()) -> None:
        """Show the card until a key is pressed, or for a while."""
        if not any(one.results for one in summary.sets):
            return
        self._draw(summary_picture(summary, [*dict.fromkeys(self._notes), *notes, tr("Press any key to close")]))
        cv2.waitKey(1000 * self._CARD_SECONDS)

    def _draw(self, image: Image) -> None:
        cv2.imshow(self._TITLE, image)

    def __enter__(self) -> Self:
        cv2.namedWindow(self._TITLE, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
        cv2.resizeWindow(self._TITLE, WIDTH, HEIGHT)
        return self

    def __exit__(self, *exception: object) -> None:
        cv2.destroyAllWindows()
