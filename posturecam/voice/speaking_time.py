"""How long the user's voice needs for a text of the coach."""

from __future__ import annotations

from collections.abc import Callable

from posturecam.coach.judging.speaking_time import SpeakingTime, speaking_seconds
from posturecam.config.settings import VoiceSettings


def speaking_time(settings: VoiceSettings, language: str = "en", translate: Callable[[str], str] = str) -> SpeakingTime:
    """How long a text takes in this language, or in English where that takes longer: a system may have no voice for the language.

    Args:
        settings: The voice's speed.
        language: The user's, such as "de".
        translate: From English into it.
    """

    def seconds(text: str) -> float:
        said = ((translate(text), language), (text, "en"))
        return max(speaking_seconds(words, spoken, settings.words_a_minute) for words, spoken in said)

    return seconds
