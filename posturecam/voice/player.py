"""Plays sound through miniaudio: one device, open as long as the session, fed by a `Mixer`.

The device stays open in between, because many headsets and televisions swallow the first half second after a silence.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Protocol

from posturecam.voice.mixer import Mixer
from posturecam.voice.sound import RATE
from posturecam.voice.synthesis import VoiceProblem

_BUFFER_MILLISECONDS = 100
"""Three of them are filled ahead, so that a busy computer does not break words up; a chime comes at most 0.3 s late."""


class Player(Protocol):
    """Plays the samples of a mixer until it is closed."""

    def close(self) -> None:
        """Stop playing."""


class Loudspeaker:
    """The system's default output, at 44.1 kHz in one channel; the system converts."""

    def __init__(self, mixer: Mixer) -> None:
        """Open the device and begin to play.

        Raises:
            VoiceProblem: if there is no sound output.
        """
        import miniaudio  # a compiled library, loaded only where something is to be heard

        try:
            self._device = miniaudio.PlaybackDevice(
                output_format=miniaudio.SampleFormat.SIGNED16,
                nchannels=1,
                sample_rate=RATE,
                buffersize_msec=_BUFFER_MILLISECONDS,
                app_name="posturecam",
            )
        except miniaudio.MiniaudioError as problem:
            raise VoiceProblem(
                "no loudspeaker can be opened; connect a loudspeaker or headphones, and check the system's sound settings"
            ) from problem
        if self._device.backend.lower() == "null":  # miniaudio silently falls back to this
            self._device.close()
            raise VoiceProblem(
                "this computer has no sound output; connect a loudspeaker or headphones, and check the system's "
                "sound settings"
            )
        feed = _feed(mixer)
        next(feed)
        self._device.start(feed)

    @property
    def backend(self) -> str:
        """The sound system in use, such as "PulseAudio" or "Core Audio"."""
        return str(self._device.backend)

    def close(self) -> None:
        """Stop playing and close the device."""
        self._device.close()


def _feed(mixer: Mixer) -> Generator[bytes, int, None]:
    wanted = yield b""
    while True:
        wanted = yield mixer.pull(wanted).tobytes()
