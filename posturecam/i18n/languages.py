"""The languages of the program, each with all that the code must know of it besides its catalog. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """A language, apart from its texts."""

    name: str
    """Its own name, as people find it in a list of languages."""
    menu_comment: str
    """The line under the program's entry in the menus of Linux; the system reads it from a file, not from the catalog."""
    letters_a_second: float = 14.0
    """Letters, spaces and digits that its voices say per second, at 160 words a minute."""
    decimal_comma: bool = False
    """Whether one and a half is written 1,5."""
    own_letters: str = ""
    """Some frequent characters, if it cannot be written in Latin letters: outputs and fonts may lack them."""
    system_name: str = ""
    """What Qt's catalogs and desktop entries call it, if not by its code, such as "zh_CN"."""
    other_codes: tuple[str, ...] = ()
    """What voices call it, besides its code: eSpeak calls Chinese by the code of Mandarin."""


LANGUAGES: Mapping[str, Language] = {
    "en": Language(
        "English",
        "Watches how you sit, and says once, kindly, when you have been slouching",
        letters_a_second=15.0,  # a word with its space has 5.7 of them
    ),
    "de": Language(
        "Deutsch",
        "Achtet darauf, wie du sitzt, und sagt einmal freundlich Bescheid, wenn du länger krumm sitzt",
        letters_a_second=14.0,  # choice, as for Spanish: slightly slower, so that nothing is cut off
        decimal_comma=True,
    ),
    "es": Language(
        "Español",
        "Observa cómo te sientas y te avisa una vez, con amabilidad, si llevas un rato encorvado",
        letters_a_second=14.0,
        decimal_comma=True,
    ),
    "zh": Language(
        "中文",
        "观察你的坐姿，久坐弯腰时温和地提醒一次",
        own_letters="中文这个设为时",
        system_name="zh_CN",
        other_codes=("cmn",),
    ),
}
"""By code, in the order in which they are offered. Also in the choices of `desktop.language` (`posturecam.config.settings`)."""

SLOWEST_LETTERS_A_SECOND = min(language.letters_a_second for language in LANGUAGES.values())
"""For a language that is not among them."""
