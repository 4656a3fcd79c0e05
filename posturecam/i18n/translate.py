"""The words of the program in the user's language: one gettext catalogue, `posturecam/locale`, for everything.

English is what stands in the code. Pure modules go on speaking English; where their words are shown, they are looked up here:
whole, or by the pattern (`posturecam.i18n.patterns`) where they are put together from words and numbers. `docs/translating.md` tells
how to add a language.
"""

from __future__ import annotations

import functools
import gettext
import re
from collections.abc import Mapping
from pathlib import Path

from posturecam.i18n.patterns import MessagePattern, patterns, translated
from posturecam.i18n.words import mark

__all__ = ["LANGUAGES", "choose_language", "chosen_language", "mark", "tr", "trn"]

LANGUAGES: Mapping[str, str] = {"en": "English", "de": "Deutsch", "es": "Español", "zh": "中文"}
"""What can be chosen, each by its own name."""

FOLDER = Path(__file__).parent / "locale"
"""Of the catalogues: `<language>/LC_MESSAGES/posturecam.mo`, made by `python -m tools.texts update`."""
_DECIMAL_COMMA = ("de", "es")
_NUMBER = re.compile(r"([−-]?\d+(?:\.\d+)?)(?: (\D+))?")
_KEPT_UNITS = ("s", "min", "h", "T0", "%")
"""Called alike in most languages; any other word after a number must have a translation to be taken for a unit."""
_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def choose_language(wanted: str) -> str:
    """Speak this language from now on ("de", "de_AT"); returns the one that is spoken, "en" where there is no other."""
    global _catalogue, _language
    code = wanted.replace("-", "_").partition("_")[0].lower()
    _catalogue, _language = gettext.NullTranslations(), "en"
    if code in LANGUAGES and code != "en":
        try:
            _catalogue, _language = gettext.translation("posturecam", FOLDER, [code]), code
        except Exception:  # not installed, or damaged in whatever way: English is always there
            _catalogue = gettext.NullTranslations()
    _composed.cache_clear()
    return _language


def chosen_language() -> str:
    """The language that is spoken, such as "de"."""
    return _language


def tr(text: str) -> str:
    """The text in the chosen language; the text itself where it has no translation."""
    if not text or _language == "en":
        return text
    found = _catalogue.gettext(text)
    return found if found != text else _composed(text)


def trn(one: str, many: str, number: int) -> str:
    """The text for this number of things, with `{number}` filled in."""
    return _catalogue.ngettext(one, many, number).format(number=number)


@functools.lru_cache(maxsize=1000)
def _composed(text: str) -> str:
    """A text of words and numbers by its pattern; a number, with its unit, as the language writes it; else itself."""
    number = _NUMBER.fullmatch(text)
    if number is not None:
        return _figure(*number.groups()) or text
    return translated(text, _patterns(), _catalogue.gettext, tr) or text


def _figure(number: str, unit: str | None) -> str | None:
    written = number.replace(".", ",") if _language in _DECIMAL_COMMA else number
    if unit is None:
        return written
    named = _catalogue.gettext(unit)
    return f"{written} {named}" if named != unit or unit in _KEPT_UNITS else None


@functools.cache
def _patterns() -> tuple[MessagePattern, ...]:
    return patterns()
