"""Passes the words of a stretch session to the voice."""

from __future__ import annotations

from posturecam.coach import events as on
from posturecam.coach.cues import SayKind
from posturecam.coach.loop import CoachTick
from posturecam.config.settings import VoiceSettings
from posturecam.voice.speech import Voice


def speak(tick: CoachTick, voice: Voice, settings: VoiceSettings) -> None:
    """Speak the words of this tick and play its chimes; counted numbers tolerate less delay than other words."""
    if voice.muted != tick.muted:
        voice.mute(tick.muted)
    if any(isinstance(event, on.PausedByUser) for event in tick.events):
        voice.hush()
    for chime in tick.chimes:
        voice.chime(chime)
    if tick.say is not None:
        late = settings.count_lateness if tick.say.kind is SayKind.COUNT else settings.lateness
        voice.say(tick.say.text, interrupts=tick.say.interrupts, lateness=late)
