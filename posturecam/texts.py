"""The words of the program in the user's language: one gettext catalogue, `posturecam/locale`, for everything.

English is what stands in the code. Pure modules go on speaking English; where their words are shown, they are looked up here.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from pathlib import Path

from posturecam.words import mark

__all__ = ["LANGUAGES", "choose_language", "mark", "tr", "trn"]

LANGUAGES: Mapping[str, str] = {"en": "English", "de": "Deutsch", "es": "Español", "zh": "中文"}
"""What can be chosen, each by its own name."""

_FOLDER = Path(__file__).parent / "locale"
_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def choose_language(wanted: str) -> str:
    """Speak this language from now on ("de", "de_AT"); returns the one that is spoken, "en" where there is no other."""
    global _catalogue
    code = wanted.replace("-", "_").partition("_")[0].lower()
    if code in LANGUAGES and code != "en":
        try:
            _catalogue = gettext.translation("posturecam", _FOLDER, [code])
        except (OSError, UnicodeDecodeError):  # an installation without this catalogue
            code = "en"
    if code not in LANGUAGES or code == "en":
        _catalogue, code = gettext.NullTranslations(), "en"
    return code


def tr(text: str) -> str:
    """The text in the chosen language; the text itself where it has no translation."""
    return _catalogue.gettext(text) if text else ""


def trn(one: str, many: str, number: int) -> str:
    """The text for this number of things, with `{number}` filled in."""
    return _catalogue.ngettext(one, many, number).format(number=number)
