"""A text that remembers its template and parameters, so that it can be translated later. Pure.

    >>> text = Message("your head is turned by about {angle:.0f}°", angle=31.7)
    >>> text
    'your head is turned by about 32°'
    >>> text.template, text.parameters
    ('your head is turned by about {angle:.0f}°', {'angle': 31.7})

It is the English text, which logs, files and programs use unchanged. To show it to a person, pass it to
`posturecam.i18n.translate.tr`, which translates the template and fills it in again.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import time
from typing import Any, Self

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
"""Control characters, which a terminal acts on, and characters that change the writing direction."""

_UNDECODED, _LONE = re.compile("[\udc80-\udcff]+"), re.compile("[\ud800-\udfff]")
"""Bytes of a file's name that Python could not decode, as in a broken locale, and halves of characters; no encoder accepts either."""


_BEFORE_UNIT = re.compile(
    r"(?<=\d) (?=(?:%|(?:s|ms|min|h|mm|cm|m|km|ft|MB|GB|Hz)\b|秒|毫秒|分|小时|厘米|毫米|米))|(?<=[<>]) (?=\d)"
)
"""The space between a number and its unit, or a sign that belongs to it."""


def unbroken(text: str) -> str:
    """The text with no-break spaces between numbers and their units, for windows, where lines break anywhere."""
    return _BEFORE_UNIT.sub("\N{NO-BREAK SPACE}", text)


def printable(text: str) -> str:
    """The text as it can be shown and written anywhere.

    Each run of control characters, which a terminal would act on, becomes a space, and what is not valid text becomes “�”.
    """
    decoded = _UNDECODED.sub(lambda found: found[0].encode(errors="surrogateescape").decode(errors="replace"), text)
    return _UNPRINTABLE.sub(" ", _LONE.sub("\ufffd", decoded))


def without_accents(text: str) -> str:
    """The text without the accents that many people leave out when they type; full-width letters become ordinary ones."""
    return "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))


class Verbatim(str):
    """A text that is the same in every language, although a catalog may have a word like it: what the user typed, or has to type.

    A command, such as `history`, is typed in English; a message in German that named `Verlauf` would lead nowhere.
    """


class Message(str):
    """An English text, its template and its parameters.

    A parameter is a number, which the template formats (`{ratio:.1f}`) and the language writes in its own way; a time of day,
    which has no format in the template, since some people's clocks show 22:00 and others' 10:00 PM; a text, which is looked
    up too and stays as it is where nobody translated it (a path, a camera's name), except that control characters in it
    become spaces; a `Verbatim`, which is not looked up; another message; or a value with a name in plain words (`View.FRONT.spoken`).

    Raises:
        KeyError: if a placeholder has no parameter.
    """

    template: str
    many: str | None
    """The template for another number than 1, where the text counts something."""
    parameters: dict[str, object]

    def __new__(cls, template: str, /, **parameters: object) -> Self:
        """The template filled in; without parameters it is the text, braces and all."""
        return cls._made(template, None, parameters)

    @classmethod
    def counted(cls, one: str, many: str, /, *, number: int, **parameters: object) -> Self:
        """A text about a number of things, with the plural forms of each language; `{number}` is the number."""
        return cls._made(one, many, {"number": number, **parameters})

    @classmethod
    def joined(cls, how: str, parts: Iterable[str]) -> Self:
        """Several texts in a row, each translated separately, and put together as the language does it.

        `how` is a template with two placeholders, such as `posturecam.i18n.words.THINGS`; its translation sets the
        punctuation, since a Chinese text has no comma followed by a space.
        """
        first, second = names_in(how)
        texts = list(parts)
        if not texts:
            return cls("")
        told = cls._made("{part}", None, {"part": texts[0]})
        for text in texts[1:]:
            told = cls._made(how, None, {first: told, second: text})
        return told

    @classmethod
    def _made(cls, template: str, many: str | None, parameters: Mapping[str, object]) -> Self:
        if isinstance(template, cls) and not parameters:
            return template
        chosen = template if many is None or parameters["number"] == 1 else many
        made = super().__new__(cls, fill(chosen, parameters, str, str))
        made.template, made.many, made.parameters = str(template), many, dict(parameters)
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self)._made, (self.template, self.many, self.parameters)


def names_in(template: str) -> tuple[str, ...]:
    """The names of a template's placeholders, in their order."""
    return tuple(name for _, name, _, _ in string.Formatter().parse(template) if name)


def on_24_hours(at: time) -> str:
    """A time of day as "22:00"."""
    return f"{at:%H:%M}"


class _Filler(string.Formatter):
    def __init__(self, word: Callable[[str], str], number: Callable[[str], str], clock: Callable[[time], str]) -> None:
        self._word, self._number, self._clock = word, number, clock

    def format_field(self, value: Any, format_spec: str) -> str:
        value = getattr(value, "spoken", value)
        if isinstance(value, Message):
            return format(self._word(value), format_spec)
        if isinstance(value, int | float):
            return self._number(format(value, format_spec))
        if isinstance(value, time):
            return self._clock(value)
        is_looked_up = isinstance(value, str) and not isinstance(value, Verbatim)
        return printable(format(self._word(value) if is_looked_up else value, format_spec))


def fill(
    template: str,
    parameters: Mapping[str, object],
    word: Callable[[str], str],
    number: Callable[[str], str],
    clock: Callable[[time], str] = on_24_hours,
) -> str:
    """The template with its placeholders filled; braces in the parameters mean nothing.

    Args:
        template: Such as "{ratio:.1f} times nearer"; taken as it is where there are no parameters.
        parameters: By the names of the placeholders.
        word: Looks up what is a text.
        number: Rewrites a number that is formatted, such as "1.6".
        clock: Writes a time of day.

    Raises:
        KeyError: if a placeholder has no parameter.
    """
    return _Filler(word, number, clock).vformat(template, (), parameters) if parameters else str(template)
