"""The coach's voice: words and chimes, without ever blocking the loop, and silent without a sound output.

    voice = open_voice(settings.voice)
    voice.prepare(["One", "Two", "Stay still and breathe"])   # so that they come at once
    voice.chime(ChimeKind.START)
    voice.say("Stay still and breathe")                       # returns at once
    for line in voice.news():                                 # "There is no voice: …", once
        print(line)

One utterance at a time, and the newest wins: waiting words are replaced by newer ones, and words that waited too long are
skipped. Speech is synthesized and played in one separate thread.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from posturecam.coach.cues import ChimeKind
from posturecam.config.settings import VoiceSettings
from posturecam.errors import in_a_line
from posturecam.i18n.message import Message
from posturecam.i18n.words import mark
from posturecam.voice.chimes import chime_sound
from posturecam.voice.mixer import Mixer
from posturecam.voice.player import Loudspeaker, Player
from posturecam.voice.sound import Sound
from posturecam.voice.synthesis import Synthesizer, VoiceProblem, open_synthesizer

_CLOSING_SECONDS = 3.0
_LOOK_SECONDS = 0.02
"""Seconds between checks of whether the current words are finished."""
_MOST_FAILURES = 2
"""The system's speech is restarted this many times; then the session continues without it."""


class Voice(Protocol):
    """Something that speaks. No method blocks or raises."""

    @property
    def muted(self) -> bool:
        """Whether it is muted."""

    def say(self, text: str, *, interrupts: bool = False, lateness: float | None = None) -> None:
        """Say this next, replacing words that wait.

        Args:
            text: the words.
            interrupts: cut off the current words.
            lateness: seconds of delay after which it is skipped; None uses the setting.
        """

    def chime(self, chime: ChimeKind) -> None:
        """Play a chime now."""

    def prepare(self, texts: Iterable[str]) -> None:
        """Synthesize these in the background, in this order, so that they can be played at once."""

    def mute(self, muted: bool) -> None:
        """Mute at once, or unmute."""

    def hush(self) -> None:
        """Stop the current words and drop the waiting ones."""

    def news(self) -> Iterator[str]:
        """Messages for the user about the voice, such as that there is none; each once."""

    def close(self, *, finish: bool = False) -> None:
        """Close everything; `finish` first says the waiting words."""


class Silence:
    """No voice at all, as with --no-voice: accepts every call and does nothing."""

    def __init__(self) -> None:
        self.muted = True

    def say(self, text: str, *, interrupts: bool = False, lateness: float | None = None) -> None:
        """Say nothing."""

    def chime(self, chime: ChimeKind) -> None:
        """Play nothing."""

    def prepare(self, texts: Iterable[str]) -> None:
        """There is nothing to prepare."""

    def mute(self, muted: bool) -> None:
        """Do nothing: it is always silent."""

    def hush(self) -> None:
        """Do nothing: it is always silent."""

    def news(self) -> Iterator[str]:
        """There is never anything to say."""
        return iter(())

    def close(self, *, finish: bool = False) -> None:
        """Do nothing: there is nothing to release."""


@dataclass(frozen=True, slots=True)
class _Utterance:
    text: str
    until: float
    """By the monotonic clock: when it is too late."""
    interrupts: bool


class SystemVoice:
    """The system's own voice and its loudspeaker, in a thread of their own."""

    def __init__(
        self,
        settings: VoiceSettings,
        *,
        synthesizer: Callable[[VoiceSettings], Synthesizer] = open_synthesizer,
        language: str = "en",
        translate: Callable[[str], str] = str,
        player: Callable[[Mixer], Player] = Loudspeaker,
    ) -> None:
        """Start the thread; it opens the loudspeaker and the system's speech by itself.

        Args:
            settings: volume, speed, and whether to speak and chime at all.
            synthesizer: opens the synthesizer; replaced in tests.
            language: what `translate` translates into, such as "de".
            translate: translates from English, the language of all calls; used if the speech has that language.
            player: opens the player; replaced in tests.
        """
        self._settings = settings
        self._open_synthesizer, self._open_player = synthesizer, player
        self._language, self._translate = language, translate
        self.mixer = Mixer(settings.volume)
        self._next: _Utterance | None = None
        self._to_prepare: deque[str] = deque()
        self._sounds: dict[str, Sound] = {}
        self._news: deque[str] = deque()
        self._muted = self._closing = self._finish = False
        self._able = True
        """False once there is no loudspeaker."""
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="posturecam-voice", daemon=True)
        self._thread.start()

    # Called by the loop: nothing here blocks.

    @property
    def muted(self) -> bool:
        """Whether it is muted."""
        return self._muted

    def say(self, text: str, *, interrupts: bool = False, lateness: float | None = None) -> None:
        """Say this next, replacing words that wait."""
        if self._muted or not text or not self._settings.speech:
            return
        late = self._settings.lateness if lateness is None else lateness
        with self._wake:
            self._next = _Utterance(text, time.monotonic() + late, interrupts)
            self._wake.notify()

    def chime(self, chime: ChimeKind) -> None:
        """Play a chime now."""
        if self._settings.chimes and self._able and not self._muted:
            self.mixer.ring(chime_sound(chime))

    def prepare(self, texts: Iterable[str]) -> None:
        """Synthesize these in the background, in this order."""
        if not self._settings.speech:
            return
        with self._wake:
            self._to_prepare.extend(text for text in texts if text)
            self._wake.notify()

    def mute(self, muted: bool) -> None:
        """Mute at once, or unmute."""
        self._muted = muted
        if muted:
            self.hush()

    def hush(self) -> None:
        """Stop the current words and drop the waiting ones."""
        with self._wake:
            self._next = None
        self.mixer.hush()

    def news(self) -> Iterator[str]:
        """Messages for the user about the voice; each once."""
        while self._news:
            yield self._news.popleft()

    def close(self, *, finish: bool = False) -> None:
        """Close everything; `finish` first says the waiting words, for a few seconds at most."""
        with self._wake:
            self._closing, self._finish = True, finish and not self._muted
            self._wake.notify()
        self._thread.join(timeout=_CLOSING_SECONDS if not finish else self._settings.patience)

    # What the thread does.

    def _run(self) -> None:
        try:
            player = self._open_player(self.mixer)
        except Exception as problem:  # a driver may raise anything; a missing sound must not end a session
            self._able = False
            silent = mark("There is no sound: {problem}. Everything is shown on the screen instead.")
            self._news.append(Message(silent, problem=in_a_line(problem)))
            return
        speech: Synthesizer | None = None
        try:
            speech = self._opened() if self._settings.speech else None
            failures = 0
            while (work := self._work()) is not None:
                if speech is None:
                    continue  # only chimes
                try:
                    self._do(work, speech)
                except VoiceProblem as problem:
                    speech.close()
                    failures += 1
                    speech = self._opened() if failures < _MOST_FAILURES else None
                    if failures == _MOST_FAILURES:
                        self._tell_no_voice(problem)
            self._let_end()
        finally:
            if speech is not None:
                speech.close()
            player.close()

    def _opened(self) -> Synthesizer | None:
        try:
            return self._open_synthesizer(self._settings)
        except Exception as problem:
            self._tell_no_voice(problem)
            return None

    def _work(self) -> _Utterance | str | None:
        """Wait for the next work: words to say, words to prepare, or None to end."""
        with self._wake:
            while True:
                if self._next is not None and not (self._closing and not self._finish):
                    utterance, self._next = self._next, None
                    return utterance
                if self._closing:
                    return None
                if self._to_prepare:
                    return self._to_prepare.popleft()
                self._wake.wait()

    def _do(self, work: _Utterance | str, speech: Synthesizer) -> None:
        text = work if isinstance(work, str) else work.text
        if text not in self._sounds:
            self._sounds[text] = speech(self._translate(text) if speech.language == self._language else text)
        if isinstance(work, str):
            return
        with self._wake:
            while (
                not work.interrupts and self.mixer.speaking > 0 and self._next is None and time.monotonic() < work.until
            ):
                if self._closing and not self._finish:
                    return
                self._wake.wait(_LOOK_SECONDS)
            if self._next is None and not self._muted and time.monotonic() < work.until:
                self.mixer.speak(self._sounds[text])

    def _let_end(self) -> None:
        if self._finish:
            give_up = time.monotonic() + _CLOSING_SECONDS
            while self.mixer.speaking > 0 and time.monotonic() < give_up:
                time.sleep(_LOOK_SECONDS)
            time.sleep(0.2)  # what the device has taken but not yet played

    def _tell_no_voice(self, problem: Exception) -> None:
        said = mark("There is no voice: {problem}. The instructions stay on the screen.")
        if self._settings.chimes:
            said = mark("There is no voice: {problem}. Chimes and the instructions on the screen continue.")
        self._news.append(Message(said, problem=in_a_line(problem)))


def open_voice(settings: VoiceSettings, language: str = "en", translate: Callable[[str], str] = str) -> Voice:
    """Open the voice that the settings ask for; `Silence` if they ask for none.

    Args:
        settings: The current settings.
        language: The user's language, such as "de"; English if the system has no voice for it.
        translate: From English into it.
    """
    if not (settings.speech or settings.chimes) or settings.volume <= 0:
        return Silence()
    return SystemVoice(
        settings, synthesizer=lambda own: open_synthesizer(own, language), language=language, translate=translate
    )
