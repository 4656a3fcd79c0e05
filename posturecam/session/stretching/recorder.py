"""Records a stretch session in the history while it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from posturecam.coach import events as on
from posturecam.coach.exercise import Exercise
from posturecam.coach.loop import CoachTick
from posturecam.coach.safety import Answers, is_frozen
from posturecam.coach.session_summary import DepthKey, PastDepth
from posturecam.config.settings import StretchSettings
from posturecam.errors import HistoryError
from posturecam.history.stretches import StretchHistory
from posturecam.i18n.message import Message


def open_history(say: Callable[[str], None]) -> StretchHistory | None:
    """Open the history of stretches; if that fails, the session continues and the failure is reported."""
    try:
        history = StretchHistory(patient=True)
    except HistoryError as problem:
        say(Message("{problem}. The session continues, but nothing is saved.", problem=problem.text))
        return None
    for line in history.complaints():
        say(line)
    return history


def done_last() -> tuple[str, ...]:
    """Ids of the exercises done before, most recent first, so that the next break has different ones; empty if that is not known."""
    try:
        with StretchHistory(to_read=True) as history:
            return history.done_last()
    except HistoryError:
        return ()


def earlier(
    history: StretchHistory | None, exercises: Sequence[Exercise], settings: StretchSettings
) -> tuple[Mapping[DepthKey, PastDepth], bool]:
    """Earlier results, and whether the targets stay unchanged because of more pain recently."""
    if history is None:
        return {}, False
    frozen = is_frozen(history.answers(), settings)
    return history.past(exercises, frozen=frozen), frozen


class SessionRecorder:
    """Records a session from its first repetition on; without a history it accepts everything and saves nothing."""

    def __init__(
        self, history: StretchHistory | None, title: str, source: str, answers: Answers | None, skipped: Sequence[str]
    ) -> None:
        """Create a recorder; nothing is stored before the first repetition.

        Args:
            history: Where to save it.
            title: Title of the routine or exercise.
            source: The camera's name.
            answers: The answers given before the session; None if there were no questions.
            skipped: Keys of the exercises left out because of an answer.
        """
        self._history, self._title, self._source = history, title, source
        self._answers, self._skipped = answers, skipped
        self.session: int | None = None
        """Its number in the history, once it has a repetition; whether it is on the disk is a separate question (`saved`)."""

    @property
    def saved(self) -> int | None:
        """Its number in the history if it is on the disk; None if there is nothing to save, or nothing can be."""
        if self._history is None or self.session is None or not self._history.is_saved(self.session):
            return None
        return self.session

    def tick(self, tick: CoachTick) -> Iterator[str]:
        """Record the repetitions of this tick; returns problems to report."""
        for event in tick.events:
            if isinstance(event, on.RepCounted | on.RepPartial | on.RepTimed) and self._history is not None:
                self._history.add(self._begun(), tick.exercise, event.result, tick.turn)
        return iter(self._history.complaints() if self._history is not None else ())

    def close(self) -> None:
        """End the session in the history."""
        if self._history is not None and self.session is not None:
            self._history.end(self.session)
        self.session = None

    def _begun(self) -> int:
        assert self._history is not None
        if self.session is None:
            self.session = self._history.begin(self._title, self._source)
            if self._answers is not None:
                self._history.answer(self.session, self._answers, self._skipped)
        return self.session
