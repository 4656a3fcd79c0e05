"""`posturecam stretch`: a guided session before a camera, or a recorded video judged; the list of exercises; the history."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Self

import cv2
from rich.console import Console
from rich.text import Text

from posturecam.coach.exercise import Exercise
from posturecam.coach.library import load_exercise, load_library, load_routine, resolve
from posturecam.coach.loop import CoachTick, Controls, coach, for_stretching
from posturecam.coach.presentation.coach_picture import coach_picture, summary_picture
from posturecam.coach.presentation.coach_view import CoachView
from posturecam.coach.presentation.session_record import exercise_record, routine_record
from posturecam.coach.safety import STOP, Answers
from posturecam.coach.session_summary import DepthKey, PastDepth, SessionSummary
from posturecam.commands.display import has_display
from posturecam.commands.questions import ask_after, ask_before
from posturecam.commands.shared import log, log_to_stderr, prepare
from posturecam.config.settings import Settings
from posturecam.errors import EXIT_PARTIAL
from posturecam.i18n.translate import tr
from posturecam.posture.loop import Estimator
from posturecam.session.stretching.guided import GuidedSession
from posturecam.session.stretching.recorder import SessionRecorder, earlier, open_history
from posturecam.terminal.keyboard import Keyboard
from posturecam.terminal.stretching import CoachDisplay, coach_view, exercise_card, exercise_list
from posturecam.vision.frame import Image, Source
from posturecam.vision.lazy_estimator import LazyEstimator
from posturecam.voice import Silence, Voice, open_voice

VIDEO_RATE = 10.0
"""Pictures a second of a recorded video that are looked at: bouncing once a second needs several looks a bounce."""
DEFAULT_ROUTINE = "upper_back"
"""What is done where nothing is named."""
_HISTORY_HINT = "Kept on this computer only; see it with: posturecam stretch history"


# Looking up.


def list_all(*, as_json: bool) -> None:
    """Print every exercise and routine; of the user's own, those that cannot be used are named on standard error."""
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
        print(json.dumps(records, ensure_ascii=False))
        return
    console = Console()
    console.print(exercise_list(exercises, routines, console.width))


def show_exercise(name: str, *, as_json: bool) -> None:
    """Print one exercise: how it goes, where the camera stands, what it can judge, and cautions.

    Raises:
        PosturecamError: if there is none of that name, or its file cannot be used.
    """
    exercise = load_exercise(name)
    if as_json:
        print(json.dumps(exercise_record(exercise), ensure_ascii=False))
        return
    console = Console()
    colours = console.is_terminal and console.color_system == "truecolor"
    console.print(exercise_card(exercise, console.width, colours))


# A session.


def stretch(
    name: str,
    *,
    routine: str = "",
    source: str = "",
    rate: float = VIDEO_RATE,
    rotate: int | None = None,
    as_json: bool = False,
    voice: bool = True,
    window: bool | None = None,
) -> None:
    """Coach an exercise or a routine before a camera, or judge a recorded video.

    Raises:
        PosturecamError: if the exercise, the source, the settings or the model cannot be used.
    """
    title, exercises = _chosen(name, routine)
    settings, opened, _ = prepare(source, rate=rate, rotate=rotate)
    with opened:
        if opened.info.live:
            _guide(title, exercises, opened, settings, as_json=as_json, voice=voice, window=window)
        else:
            _judge(exercises, opened, settings, as_json=as_json, window=bool(window))


def _chosen(name: str, routine: str) -> tuple[str, list[Exercise]]:
    if name and not routine:
        exercise = load_exercise(name)
        return exercise.title, [exercise]
    chosen = load_routine(routine or DEFAULT_ROUTINE)
    return chosen.title, resolve(chosen)


def _judge(exercises: Sequence[Exercise], source: Source, settings: Settings, *, as_json: bool, window: bool) -> None:
    """Judge a recorded video at its own time: no voice, no questions, nothing kept."""
    with LazyEstimator(for_stretching(settings)) as estimator, contextlib.ExitStack() as stack:
        views: list[CoachDisplay] = [coach_view(source.info.name, as_json=as_json, live=False)]
        if window and has_display():
            views.append(_Window(Controls(), settings, mirrored=False))
        for view in views:
            stack.enter_context(view)
        run = CoachRun(exercises, settings, views)
        run.through(source, estimator)
        for view in views:
            view.finish(run.summary)
    cut_short = getattr(source, "truncated", None)
    if cut_short:
        print(f"posturecam: {tr(cut_short)}", file=sys.stderr)
        sys.exit(EXIT_PARTIAL)


def _guide(
    title: str,
    exercises: list[Exercise],
    source: Source,
    settings: Settings,
    *,
    as_json: bool,
    voice: bool,
    window: bool | None,
) -> None:
    """A session before a camera, with its questions, voice and history."""
    console = Console(stderr=as_json)
    history = open_history(partial(log.warning, "%s"))
    with contextlib.ExitStack() as stack:
        if history is not None:
            stack.enter_context(history)
        asked = sys.stdin is not None and sys.stdin.isatty() and not as_json
        answers, going = ask_before(console, title, exercises) if asked else (None, exercises)
        if not asked:
            console.print(Text(STOP), soft_wrap=True)
        if not going:
            if history is not None:
                session = history.begin(title, source.info.name)
                history.answer(session, answers or Answers(True), [one.key for one in exercises])
                history.end(session)
            return
        past, frozen = earlier(history, going)
        skipped = [one.key for one in exercises if one not in going]
        kept = stack.enter_context(
            contextlib.closing(SessionRecorder(history, title, source.info.name, answers, skipped))
        )
        controls = Controls(muted=not voice)
        views: list[CoachDisplay] = [coach_view(source.info.name, as_json=as_json, live=True)]
        if has_display() if window is None else window:
            views.append(_Window(controls, settings, mirrored=True))
        if frozen:
            views[0].note("Your pain went up recently, so your depth targets stay the same.")
        run = CoachRun(going, settings, views, controls, kept)
        with contextlib.ExitStack() as during:
            for view in views:
                during.enter_context(view)
            run.voice = during.enter_context(open_voice(settings.voice) if voice else Silence())
            run.keyboard = during.enter_context(Keyboard())
            estimator = during.enter_context(LazyEstimator(for_stretching(settings)))
            run.through(source, estimator, past, pain=bool(answers and answers.troubled))
            notes = [_HISTORY_HINT] if history is not None and run.begun else []
            with contextlib.suppress(OSError):  # nobody reads it where the terminal was closed; all is kept by now
                for view in views:
                    view.finish(run.summary, notes)
        if asked and answers is not None and run.begun:
            with contextlib.suppress(OSError):
                kept.answered(ask_after(console, answers))
        kept.close()
        for line in history.complaints() if history is not None else []:
            log.warning("%s", line)


@dataclass
class CoachRun:
    """The loop with everything around it: what is shown, said, obeyed and kept."""

    exercises: Sequence[Exercise]
    settings: Settings
    views: Sequence[CoachDisplay]
    controls: Controls | None = None
    kept: SessionRecorder | None = None
    voice: Voice | Silence | None = None
    keyboard: Keyboard | None = None
    summary: SessionSummary = field(default_factory=lambda: SessionSummary(()))

    @property
    def begun(self) -> bool:
        """Whether anything was held at all."""
        return any(one.results for one in self.summary.sets)

    def through(
        self,
        source: Source,
        estimator: Estimator,
        past: Mapping[DepthKey, PastDepth] | None = None,
        *,
        pain: bool = False,
    ) -> None:
        """Run to the end: of the exercises, of the source, or of the user's patience (q, Ctrl-C). Nothing done is lost."""
        controls, led = self.controls or Controls(), GuidedSession(self.settings, self.voice, self.kept)
        try:
            for tick in coach(source, estimator, self.exercises, self.settings, controls, past, pain=pain):
                self._one(tick, led, controls)
        except KeyboardInterrupt:
            if not source.info.live:
                raise
            last = led.stopped()
            if last is not None:
                self._one(last, led, controls)
        self.summary = led.summary

    def _one(self, tick: CoachTick, led: GuidedSession, controls: Controls) -> None:
        shown, told = led.take(tick)
        for view in self.views:
            for line in told:
                view.note(line)
            view.show(tick, shown)
        for key in self.keyboard.pressed() if self.keyboard is not None else "":
            controls.press(key)


class _Window:
    """The coach's window; its keys are those of the terminal."""

    _TITLE = "posturecam stretch"
    _CARD_SECONDS = 20

    def __init__(self, controls: Controls, settings: Settings, *, mirrored: bool) -> None:
        self._controls, self._settings, self._mirrored = controls, settings, mirrored
        self._notes: list[str] = []

    def show(self, tick: CoachTick, shown: CoachView) -> None:
        """Draw one moment, and obey keys; a closed window ends the session."""
        self._draw(coach_picture(tick, shown, self._settings, mirrored=self._mirrored))
        key = cv2.waitKey(1)
        if key >= 0:
            self._controls.press(chr(key & 0xFF))
        elif cv2.getWindowProperty(self._TITLE, cv2.WND_PROP_VISIBLE) < 1:
            self._controls.end()

    def note(self, text: str) -> None:
        """Keep a line for the card at the end."""
        self._notes.append(text)

    def finish(self, summary: SessionSummary, notes: Sequence[str] = ()) -> None:
        """Show the card until a key is pressed, or for a while."""
        if not any(one.results for one in summary.sets):
            return
        self._draw(summary_picture(summary, [*dict.fromkeys(self._notes), *notes, "Press any key to close"]))
        cv2.waitKey(1000 * self._CARD_SECONDS)

    def _draw(self, image: Image) -> None:
        cv2.imshow(self._TITLE, image)

    def __enter__(self) -> Self:
        cv2.namedWindow(self._TITLE, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
        cv2.resizeWindow(self._TITLE, 1280, 720)
        return self

    def __exit__(self, *exception: object) -> None:
        cv2.destroyAllWindows()
