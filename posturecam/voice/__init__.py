"""The coach's voice: the operating system's own, offline, beside chimes of our own; `posturecam.voice.speech` shows how."""

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
