"""Dates in the user's language and order, without Qt."""

from __future__ import annotations

from datetime import date

from posturecam.i18n.translate import mark, tr
from posturecam.i18n.weekdays import WEEKDAYS

_MONTHS = (
    *(mark("Jan"), mark("Feb"), mark("Mar"), mark("Apr"), mark("May"), mark("Jun")),
    *(mark("Jul"), mark("Aug"), mark("Sep"), mark("Oct"), mark("Nov"), mark("Dec")),
)


def short_date(day: date) -> str:
    """A day of one year, such as "Nov 23"."""
    return tr("{month} {day}").format(month=_month(day), day=day.day)


def day_of_week(day: date, today: date) -> str:
    """A day with its day of the week, such as "Mon, Nov 23"; with its year if that is not the year of `today`."""
    weekday = tr(tuple(WEEKDAYS.values())[day.weekday()][0])
    dated = tr("{weekday}, {month} {day}") if day.year == today.year else tr("{weekday}, {month} {day}, {year}")
    return dated.format(weekday=weekday, month=_month(day), day=day.day, year=day.year)


def whole_date(day: date) -> str:
    """A day of any year, such as "Nov 23, 2026"."""
    return tr("{month} {day}, {year}").format(month=_month(day), day=day.day, year=day.year)


def _month(day: date) -> str:
    return tr(_MONTHS[day.month - 1])
