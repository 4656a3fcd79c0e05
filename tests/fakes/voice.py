"""A voice, a synthesizer and a player for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from posturecam.coach.cues import ChimeKind
from posturecam.voice.mixer import Mixer
from posturecam.voice.sound import Sound
from posturecam.voice.synthesis import VoiceProblem


class FakeVoice:
    """Records what it was asked to say and chime, unless it is muted."""

    def __init__(self, news: Iterable[str] = ()) -> None:
        self.said: list[str] = []
        self.lateness: set[float | None] = set()
        self.rung: list[ChimeKind] = []
        self.prepared: list[str] = []
        self.muted = False
        self.closed = False
        self._news = list(news)

    def say(self, text: str, *, interrupts: bool = False, lateness: float | None = None) -> None:
        """Record the words."""
        if not self.muted:
            self.said.append(text)
            self.lateness.add(lateness)

    def chime(self, chime: ChimeKind) -> None:
        """Record the chime."""
        if not self.muted:
            self.rung.append(chime)

    def prepare(self, texts: Iterable[str]) -> None:
        """Record what should be prepared."""
        self.prepared.extend(texts)

    def mute(self, muted: bool) -> None:
        """Stop recording, or resume."""
        self.muted = muted

    def hush(self) -> None:
        """Do nothing: nothing is being said."""

    def news(self) -> Iterator[str]:
        """The lines given on creation, once."""
        news, self._news = self._news, []
        return iter(news)

    def close(self, *, finish: bool = False) -> None:
        """Record that it was closed."""
        self.closed = True


class FakeSynthesizer:
    """Turns each text into a hum of a tenth of a second per letter; fails on the texts named."""

    def __init__(self, fails_on: Callable[[str], bool] = lambda text: False) -> None:
        self.spoken: list[str] = []
        self.language = "en"
        self.closed = False
        self._fails_on = fails_on

    def __call__(self, text: str) -> Sound:
        """The hum.

        Raises:
            VoiceProblem: for a text that it should fail on.
        """
        if self._fails_on(text):
            raise VoiceProblem("the fake speech was told to fail")
        self.spoken.append(text)
        return Sound(np.full(2205 * len(text), 0.5, np.float32), 22050)

    def close(self) -> None:
        """Record that it was closed."""
        self.closed = True


class FakePlayer:
    """Plays to nobody: a test pulls from the mixer as it likes."""

    def __init__(self, mixer: Mixer) -> None:
        self.mixer = mixer
        self.closed = False

    def close(self) -> None:
        """Record that it was closed."""
        self.closed = True
