"""How long a voice needs for a text, by its language: for how long it is busy, and an exercise in a break announced. Pure."""

from __future__ import annotations

from collections.abc import Callable

SpeakingTime = Callable[[str], float]
"""Seconds that a text, given in English, takes to say to this user, in whichever language the voice speaks."""

USUAL_WORDS_A_MINUTE = 160.0
"""The speed for which the figures below apply."""
_LETTERS_A_SECOND = {"en": 15.0, "de": 14.0, "es": 14.0}
"""Letters, spaces and digits per second, at that speed: an English word with its space has 5.7 of them. Choice for
German and Spanish: slightly slower, so that nothing is cut off."""
_IDEOGRAPHS_A_SECOND = 4.5
"""Each is a syllable; Mandarin has about five a second (Pellegrino et al. 2011, Language 87(3)), without pauses."""
_IDEOGRAPHS = (0x3400, 0x9FFF)
BREATH = 0.3
"""Seconds of pause after a sentence, and at the end."""
_ENDS = ".!?:;。！？：；"


def speaking_seconds(text: str, language: str = "en", words_a_minute: float = USUAL_WORDS_A_MINUTE) -> float:
    """About how long a text takes to say.

    Args:
        text: The text, in that language.
        language: Such as "de"; an unknown one is assumed to be as slow as German.
        words_a_minute: The voice's speed, as in `voice.words_a_minute`.

    Returns:
        Seconds, including a breath at the end; 0 for an empty text.
    """
    if not text:
        return 0.0
    ideographs = sum(_IDEOGRAPHS[0] <= ord(one) <= _IDEOGRAPHS[1] for one in text)
    letters = (len(text) - ideographs) / _LETTERS_A_SECOND.get(language, min(_LETTERS_A_SECOND.values()))
    said = (letters + ideographs / _IDEOGRAPHS_A_SECOND) * USUAL_WORDS_A_MINUTE / words_a_minute
    return said + BREATH * max(sum(one in _ENDS for one in text), 1)
