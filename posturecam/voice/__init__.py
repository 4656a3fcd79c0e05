"""The coach's voice: the operating system's own, offline, beside chimes of our own; `posturecam.voice.speech` shows how.

Each is imported when it is first used: the process that speaks (`posturecam.voice.worker`) needs none of it, nor NumPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from posturecam.config.lazy_imports import imported_when_used

if TYPE_CHECKING:
    from posturecam.coach.cues import ChimeKind
    from posturecam.voice.chimes import chime_sound
    from posturecam.voice.mixer import Mixer
    from posturecam.voice.sound import Sound
    from posturecam.voice.speech import Silence, SystemVoice, Voice, open_voice
    from posturecam.voice.synthesis import VoiceProblem, open_synthesizer

__all__ = [
    "ChimeKind",
    "Mixer",
    "Silence",
    "Sound",
    "SystemVoice",
    "Voice",
    "VoiceProblem",
    "chime_sound",
    "open_synthesizer",
    "open_voice",
]

_HOMES = {
    "ChimeKind": "chimes",
    "Mixer": "mixer",
    "Silence": "speech",
    "Sound": "sound",
    "SystemVoice": "speech",
    "Voice": "speech",
    "VoiceProblem": "synthesis",
    "chime_sound": "chimes",
    "open_synthesizer": "synthesis",
    "open_voice": "speech",
}


__getattr__ = imported_when_used(__name__, _HOMES)
