"""Speech and chimes mixed into one stream of samples; what plays it is `posturecam.voice.player`."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from posturecam.voice.sound import RATE, Samples, Sound

_FADE_SECONDS = 0.02
"""Speech that is cut short fades out over this, so that it does not click."""


class Mixer:
    """Mixes one voice and any number of chimes on demand; safe to use from several threads."""

    def __init__(self, volume: float = 1.0) -> None:
        """Create a silent mixer with this volume, 0 to 1."""
        self.volume = volume
        self._speech: Samples = np.zeros(0, np.float32)
        self._chimes: list[Samples] = []
        self._lock = threading.Lock()

    def speak(self, sound: Sound) -> None:
        """Speak this now, replacing the current speech."""
        samples = sound.at(RATE).samples
        with self._lock:
            left = self._faded()
            joined = samples.copy()
            joined[: len(left)] += left[: len(joined)]
            self._speech = joined

    def ring(self, sound: Sound) -> None:
        """Play a chime in addition."""
        with self._lock:
            self._chimes.append(sound.at(RATE).samples)

    def hush(self) -> None:
        """Stop all speech and chimes."""
        with self._lock:
            self._speech, self._chimes = self._faded(), []

    @property
    def speaking(self) -> float:
        """Remaining seconds of speech; 0 in silence."""
        return len(self._speech) / RATE

    def pull(self, count: int) -> NDArray[np.int16]:
        """The next samples, shape (count,): silence if there is nothing to play."""
        mixed = np.zeros(count, np.float32)
        with self._lock:
            said, self._speech = self._speech[:count], self._speech[count:]
            mixed[: len(said)] += said
            for chime in self._chimes:
                mixed[: len(chime[:count])] += chime[:count]
            self._chimes = [chime[count:] for chime in self._chimes if len(chime) > count]
        played: NDArray[np.int16] = (np.clip(mixed * self.volume, -1, 1) * 32767).astype(np.int16)
        return played

    def _faded(self) -> Samples:
        """The fade-out of speech that is cut short."""
        left = self._speech[: round(_FADE_SECONDS * RATE)]
        return left * np.linspace(1, 0, len(left), dtype=np.float32) if len(left) else left
