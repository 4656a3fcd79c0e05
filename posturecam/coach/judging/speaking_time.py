"""How long a voice needs for a text, by its language: as long is an exercise of a break at the desk announced. Pure."""

from __future__ import annotations

from collections.abc import Callable

SpeakingTime = Callable[[str], float]
"""Seconds that a text, given in English, takes to be said to this user, in whatever language the voice says it."""

USUAL_WORDS_A_MINUTE = 160.0
"""The speed for which the figures below hold."""
_LETTERS_A_SECOND = {"en": 15.0, "de": 14.0, "es": 14.0}
"""Letters, spaces and digits, at the usual speed: an English word and its space are 5.7 of them. Choice for German
and Spanish: a little slower, so that nothing is cut off."""
_IDEOGRAPHS_A_SECOND = 4.5
"""Each is a syllable, of which Mandarin has about five a second (Pellegrino et al. 2011, Language 87(3)), without the pauses."""
_IDEOGRAPHS = (0x3400, 0x9FFF)
_BREATH = 0.3
"""Seconds of a pause after a sentence, and after the words."""
_ENDS = ".!?:;。！？：；"


def speaking_seconds(text: str, language: str = "en", words_a_minute: float = USUAL_WORDS_A_MINUTE) -> float:
    """About how long a text takes to be said.

    Args:
        text: In that language.
        language: Such as "de"; an unknown one is taken for one as slow as German.
        words_a_minute: The voice's speed, as in `voice.words_a_minute`.

    Returns:
        Seconds, with a breath after it; 0 for no text.
    """
    if not text:
        return 0.0
    ideographs = sum(_IDEOGRAPHS[0] <= ord(one) <= _IDEOGRAPHS[1] for one in text)
    letters = (len(text) - ideographs) / _LETTERS_A_SECOND.get(language, min(_LETTERS_A_SECOND.values()))
    said = (letters + ideographs / _IDEOGRAPHS_A_SECOND) * USUAL_WORDS_A_MINUTE / words_a_minute
    return said + _BREATH * max(sum(one in _ENDS for one in text), 1)
