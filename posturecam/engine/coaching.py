"""A stretch session as the engine leads it: the coach's loop, its voice and its history."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from posturecam.engine.messages import Coached, Coaching
from posturecam.engine.outlet import Outlet
from posturecam.engine.wishes import StretchWish
from posturecam.errors import HistoryError
from posturecam.frame import Source
from posturecam.history import StretchHistory
from posturecam.lazy import LazyEstimator
from posturecam.settings import Settings
from posturecam.stretch.cues import phrases
from posturecam.stretch.keeping import Kept
from posturecam.stretch.safety import is_frozen
from posturecam.stretch.session import CoachTick, Controls, coach, for_stretching, stop, summarize
from posturecam.stretch.showing import ShowState, show
from posturecam.stretch.speaking import speak
from posturecam.stretch.summary import SessionSummary
from posturecam.voice import Silence, Voice

OpenVoice = Callable[[], Voice | Silence]


def lead(
    wish: StretchWish,
    source: Source,
    settings: Settings,
    controls: Controls,
    outlet: Outlet,
    open_voice: OpenVoice,
    left: Callable[[], bool],
) -> None:
    """Lead through a session, to its end or until it is left; nothing done is lost."""
    with contextlib.ExitStack() as stack:
        history = open_history(outlet)
        if history is not None:
            stack.enter_context(history)
        frozen = history is not None and is_frozen(history.answers())
        past = history.past(wish.exercises, frozen=frozen) if history is not None else {}
        kept = Kept(history, wish.title, source.info.name, wish.answers, wish.skipped)
        stack.callback(kept.close)
        voice = stack.enter_context(open_voice())
        estimator = stack.enter_context(LazyEstimator(for_stretching(settings)))
        run = _Run(wish.title, settings, outlet, voice, kept)
        troubled = bool(wish.answers and wish.answers.troubled)
        try:
            for tick in coach(source, estimator, wish.exercises, settings, controls, past, pain=troubled):
                run.take(tick)
                if left():
                    break
        finally:  # whatever ends it, what was done is summed up
            session, summary = run.close()
            outlet.tell(Coached(outlet.now(), wish.title, summary, session))


class _Run:
    """One session under way."""

    def __init__(self, title: str, settings: Settings, outlet: Outlet, voice: Voice | Silence, kept: Kept) -> None:
        self._title, self._settings, self._outlet = title, settings, outlet
        self._voice, self._kept = voice, kept
        self._shown = ShowState()
        self._prepared = -1
        self._ended: list[CoachTick] = []
        self._last: CoachTick | None = None

    def take(self, tick: CoachTick) -> None:
        """One moment: shown, said and kept."""
        self._last = tick
        if tick.state.summary is not None:
            self._ended.append(tick)
        if tick.index != self._prepared:
            self._prepared = tick.index
            self._voice.prepare(phrases(tick.exercise))
        speak(tick, self._voice, self._settings.voice)
        self._shown, shown = show(self._shown, tick)
        for line in (*self._voice.news(), *self._kept.tick(tick)):
            self._outlet.complain(line)
        self._outlet.show(coaching=Coaching(self._title, tick, shown))

    def close(self) -> tuple[int | None, SessionSummary]:
        """End what is under way; the session's number in the history, and what came of it."""
        if self._last is not None and self._last.state.summary is None:
            self.take(stop(self._last, self._settings))
        return self._kept.session, summarize(self._ended)


def open_history(outlet: Outlet) -> StretchHistory | None:
    """The history of stretches; without it a session goes on, and that is said."""
    try:
        history = StretchHistory()
    except HistoryError as problem:
        outlet.complain(f"{str(problem).rstrip('.')}. The session goes on, but nothing of it is kept.")
        return None
    for line in history.complaints():
        outlet.complain(line)
    return history
