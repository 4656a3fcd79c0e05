"""Numbers, dates and times of day in the user's locale."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from posturecam.i18n.translate import tr

if TYPE_CHECKING:
    from PySide6.QtCore import QLocale


def figure(value: float, digits: int = 4) -> str:
    """A number with this many significant digits, without trailing zeros: "0,75", "12", "86400"."""
    if abs(value) >= 10**digits:
        return _own().toString(float(value), "f", 0)
    return _own().toString(float(value), "g", digits)


def fixed(value: float, decimals: int) -> str:
    """A number with fixed decimals, for figures that change while being read."""
    return _own().toString(float(value), "f", decimals)


_SPACES = " \u2009\u00a0\u202f'’"
"""What separates thousands wherever people live, besides their own sign for it."""


def typed_number(text: str) -> float | None:
    """A number as people type it: "1500", "1 500", "0.75"; in German also "0,75", and "1.500" is 1500. None if it is not a number.

    A point or comma that cannot separate thousands is a decimal point in every language.
    """
    own, bare = _own(), text.strip().replace("−", "-")
    for point, thousands in ((own.decimalPoint(), own.groupSeparator() + _SPACES), (".", ""), (",", "")):
        separators = f"[{re.escape(thousands)}]" if thousands else "(?!)"
        whole = rf"[1-9]\d{{0,2}}(?P<between>{separators})\d{{3}}(?:(?P=between)\d{{3}})*|\d+"
        found = re.fullmatch(rf"(?P<sign>[+-]?)(?P<whole>{whole})?(?:{re.escape(point)}(?P<part>\d*))?", bare)
        if found is not None and (found["whole"] or found["part"]):
            digits = "".join(filter(str.isdecimal, found["whole"] or ""))
            return float(f"{found['sign']}{digits}.{found['part'] or ''}")
    return None


def duration(seconds: float) -> str:
    """A duration in seconds as "50 min", "1 h 30 min" or "0,5 s"."""
    minutes, left = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    parts = []
    if hours:
        parts.append(tr("{hours} h").format(hours=hours))
    if minutes:
        parts.append(tr("{minutes} min").format(minutes=minutes))
    if left or not parts:
        parts.append(tr("{seconds} s").format(seconds=figure(left)))
    return " ".join(parts)


def duration_units() -> dict[str, float]:
    """The units that `duration` writes in the user's language, and the seconds in each."""
    return {
        tr("{hours} h").format(hours="").strip(): 3600.0,
        tr("{minutes} min").format(minutes="").strip(): 60.0,
        tr("{seconds} s").format(seconds="").strip(): 1.0,
    }


def clock_time(at: datetime | time) -> str:
    """A time of day as the user's clock shows it: "14:05", "2:05 PM"."""
    from PySide6.QtCore import QLocale, QTime

    return QLocale().toString(QTime(at.hour, at.minute), QLocale.FormatType.ShortFormat)


def spoken_date(day: date, today: date | None = None) -> str:
    """A date as "Tue, Nov 17", in the user's language and order; with its year if that is not the year of `today`."""
    from PySide6.QtCore import QDate, QLocale

    dated = tr("ddd, MMM d") if today is None or day.year == today.year else tr("ddd, MMM d, yyyy")
    return QLocale().toString(QDate(day.year, day.month, day.day), dated)


def _own() -> QLocale:
    from PySide6.QtCore import QLocale  # the settings' words are shown in terminals too, where Qt may not load

    own = QLocale()
    own.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
    return own
