"""The parts of a guided session that every shell shares: words, voice and records."""

from __future__ import annotations

from collections.abc import Iterator

from posturecam.coach.cues import phrases
from posturecam.coach.loop import CoachTick, stop, summarize
from posturecam.coach.presentation.coach_view import CoachView, ShowState, show
from posturecam.coach.session_summary import SessionSummary
from posturecam.config import uncaught
from posturecam.config.settings import Settings, VoiceSettings
from posturecam.i18n.message import Message
from posturecam.session.stretching.recorder import SessionRecorder
from posturecam.session.stretching.speaking import speak
from posturecam.voice.speech import Voice


def without_voice(problem: Exception) -> Message:
    """Log what broke the voice; returns what to tell the user, who continues with texts."""
    uncaught.log(problem, "the voice")
    return Message(
        "There is no voice: {problem}. The instructions stay on the screen.", problem=uncaught.words(problem)
    )


class GuidedSession:
    """One session as it runs."""

    def __init__(self, settings: Settings, voice: Voice | None = None, recorder: SessionRecorder | None = None) -> None:
        """Create an empty session.

        Args:
            settings: The current settings.
            voice: Speaks the cues; None for a recorded video.
            recorder: Records repetitions; None for a recorded video.
        """
        self._settings, self._voice, self._recorder = settings, voice, recorder
        self._voice_settings = settings.voice
        self._shown = ShowState()
        self._prepared = -1
        self._ended: list[CoachTick] = []
        self._last: CoachTick | None = None

    def use_voice(self, voice: Voice, settings: VoiceSettings) -> None:
        """Speak with another voice, or as late as another setting allows, from now on."""
        self._voice, self._voice_settings, self._prepared = voice, settings, -1

    def take(self, tick: CoachTick) -> tuple[CoachView, list[str]]:
        """Speak and record one tick; returns what to show, and any problems the user should know."""
        self._last = tick
        if tick.state.summary is not None:
            self._ended.append(tick)
        self._shown, shown = show(self._shown, tick)
        problems: list[str] = []
        if self._voice is not None:
            try:
                problems += self._speak(tick, self._voice)
            except Exception as problem:  # the session continues, as it does without a loudspeaker
                self._voice = None
                problems.append(without_voice(problem))
        if self._recorder is not None:
            try:
                problems += self._recorder.tick(tick)
            except Exception as problem:
                uncaught.log(problem, "the history")
                self._recorder = None
                problems.append(
                    Message("{problem}. The session continues, but nothing is saved.", problem=uncaught.words(problem))
                )
        return shown, problems

    def _speak(self, tick: CoachTick, voice: Voice) -> Iterator[str]:
        if tick.turn != self._prepared:
            self._prepared = tick.turn
            voice.prepare(phrases(tick.exercise))
        speak(tick, voice, self._voice_settings)
        return voice.news()

    def stopped(self) -> CoachTick | None:
        """The tick that closes an unfinished exercise, to be passed to `take`; None if there is none."""
        if self._last is None or self._last.state.summary is not None:
            return None
        return stop(self._last, self._settings)

    @property
    def summary(self) -> SessionSummary:
        """The summary of what was done so far."""
        return summarize(self._ended)
