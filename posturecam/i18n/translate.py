"""The words of the program in the user's language: one gettext catalog for everything, in `posturecam/i18n/locale`.

The code contains English. Modules that know nothing of languages mark their texts (`mark`) or make messages of them
(`posturecam.i18n.message.Message`); where these are shown, `tr` looks them up. `docs/translating.md` explains how to add a language.
"""

from __future__ import annotations

import ctypes
import gettext
import locale
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import time
from functools import reduce
from pathlib import Path

from posturecam.i18n.languages import LANGUAGES
from posturecam.i18n.message import Message, fill, names_in, on_24_hours
from posturecam.i18n.words import IN_PERCENT, mark

__all__ = [
    "choose_language",
    "chosen_language",
    "first_available",
    "in_percent",
    "joined",
    "mark",
    "percent",
    "quantity",
    "system_language",
    "tr",
    "trn",
    "write_times_with",
]

FOLDER = Path(__file__).parent / "locale"
"""Folder of the catalogs: `<language>/LC_MESSAGES/posturecam.mo`, made by `python -m tools.texts update`."""
_catalog: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"
_clock: Callable[[time], str] = on_24_hours


def choose_language(wanted: str, encoding: str = "utf-8") -> str:
    """Use this language from now on; returns the language in use, "en" if the wanted one is missing.

    Args:
        wanted: Such as "de" or "de_AT".
        encoding: Of the output. English is used where it lacks the letters of the language and there is nothing similar to them:
            in Big5, half of a simplified Chinese text would be question marks.
    """
    global _catalog, _language, _clock
    code = _code_of(wanted)
    _catalog, _language, _clock = gettext.NullTranslations(), "en", on_24_hours
    if code in LANGUAGES and code != "en" and _can_be_encoded(LANGUAGES[code].own_letters, encoding):
        try:
            _catalog, _language = gettext.translation("posturecam", FOLDER, [code]), code
        except Exception:  # not installed, or damaged in whatever way: English is always there
            _catalog = gettext.NullTranslations()
    return _language


def _can_be_encoded(letters: str, encoding: str) -> bool:
    return letters.encode(encoding, "ignore").decode(encoding) == letters


def write_times_with(clock: Callable[[time], str]) -> None:
    """Set how times of day are written within texts. `choose_language` sets it back to "22:00", as terminals write them."""
    global _clock
    _clock = clock


def chosen_language() -> str:
    """The language in use, such as "de"."""
    return _language


def system_language() -> str:
    """The language of the environment or of Windows, such as "de_DE"; empty if unknown.

    Of the languages in LANGUAGE, which people list by preference, it is the first that is available. As in gettext, the
    list counts only if a language is set at all.
    """
    set_ = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "").partition(".")[0]
    if set_ and set_ not in ("C", "POSIX"):
        return first_available(os.environ.get("LANGUAGE", "").split(":")) or set_
    if not set_ and sys.platform == "win32":
        return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    return set_


def first_available(preferred: Iterable[str]) -> str:
    """The first of these languages, such as "de_AT" or "de-AT", that is available; empty if none is."""
    return next((one for one in preferred if _code_of(one) in LANGUAGES), "")


def _code_of(language: str) -> str:
    return re.split("[-_.@]", language)[0].lower()


def tr(text: str) -> str:
    """The text in the chosen language; the text itself where it has no translation."""
    if not text or (_language == "en" and _clock is on_24_hours):
        return str(text)
    if not isinstance(text, Message) or not text.parameters:
        return _catalog.gettext(str(text))
    if text.many is None:
        template = _catalog.gettext(text.template)
    else:
        template = _catalog.ngettext(text.template, text.many, int(str(text.parameters["number"])))
    return fill(template, text.parameters, tr, own_number, _clock)


def trn(one: str, many: str, number: int) -> str:
    """The text for this number of things, with `{number}` filled in."""
    return _catalog.ngettext(one, many, number).format(number=number)


def joined(how: str, parts: Sequence[str]) -> str:
    """Texts that are in the chosen language already, put together as the language does it.

    `how` is a template with two placeholders, such as `posturecam.i18n.words.THINGS`.
    """
    first, second = names_in(how)
    template = _catalog.gettext(how)
    return reduce(lambda told, text: template.format(**{first: told, second: text}), parts) if parts else ""


def own_number(written: str) -> str:
    """A number written with a decimal point, as the language writes it."""
    return written.replace(".", ",") if LANGUAGES[_language].decimal_comma else written


def quantity(value: float, unit: str, decimals: int) -> str:
    """A number with its unit: "4.5 s", in German "4,5 s", in Chinese "4.5 秒"; degrees follow without a space.

    Zero never has a minus: "-0.2" is written "0".
    """
    written = own_number(f"{round(value, decimals) + 0.0:.{decimals}f}")
    if unit == "%":
        return in_percent(written)
    return f"{written}°" if unit == "°" else f"{written} {tr(unit)}"


def hours_and_minutes(minutes: int) -> str:
    """A duration in whole minutes: "40 min", "2 h 05 min"."""
    if minutes < 60:
        return tr("{minutes} min").format(minutes=minutes)
    return tr("{hours} h {minutes} min").format(hours=minutes // 60, minutes=f"{minutes % 60:02d}")


def length(seconds: float) -> str:
    """A duration to the minute: "3 h 05 min"; a few seconds are "under 1 min", not 0."""
    minutes = round(seconds / 60)
    return tr("under 1 min") if minutes == 0 < seconds else hours_and_minutes(minutes)


def in_percent(number: object) -> str:
    """A number of percent, or a range such as "84–99", with the sign as the language writes it: "12%", in German "12 %"."""
    return tr(IN_PERCENT).format(number=number)


def percent(share: float | None) -> str:
    """A share from 0 to 1 in percent, "72%"; "< 1%" and "> 99%" where 0 or 100 would say that there was none, or nothing else.

    A dash if it is undefined.
    """
    if share is None:
        return "–"
    whole = round(100 * share)
    number = "< 1" if whole == 0 < share else "> 99" if share < 1 and whole == 100 else str(whole)
    return in_percent(number)
