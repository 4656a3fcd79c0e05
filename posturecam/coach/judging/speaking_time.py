"""How long a voice needs for a text, by its language: for how long it is busy, and an exercise in a break announced. Pure."""

from __future__ import annotations

from collections.abc import Callable

from posturecam.i18n.languages import LANGUAGES, SLOWEST_LETTERS_A_SECOND

SpeakingTime = Callable[[str], float]
"""Seconds that a text, given in English, takes to say to this user, in whichever language the voice speaks."""

USUAL_WORDS_A_MINUTE = 160.0
"""The speed to which the letters a second of each language, and the figure below, apply."""
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
        language: Such as "de"; an unknown one is assumed to be as slow as the slowest.
        words_a_minute: The voice's speed, as in `voice.words_a_minute`.

    Returns:
        Seconds, including a breath at the end; 0 for an empty text.
    """
    if not text:
        return 0.0
    ideographs = sum(_IDEOGRAPHS[0] <= ord(one) <= _IDEOGRAPHS[1] for one in text)
    known = LANGUAGES.get(language)
    letters_a_second = SLOWEST_LETTERS_A_SECOND if known is None else known.letters_a_second
    letters = (len(text) - ideographs) / letters_a_second
    said = (letters + ideographs / _IDEOGRAPHS_A_SECOND) * USUAL_WORDS_A_MINUTE / words_a_minute
    return said + BREATH * max(sum(one in _ENDS for one in text), 1)
