"""The days of the week. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from posturecam.i18n.words import mark

WEEKDAYS: Mapping[str, tuple[str, str]] = {
    "mon": (mark("Mon"), mark("Monday")),
    "tue": (mark("Tue"), mark("Tuesday")),
    "wed": (mark("Wed"), mark("Wednesday")),
    "thu": (mark("Thu"), mark("Thursday")),
    "fri": (mark("Fri"), mark("Friday")),
    "sat": (mark("Sat"), mark("Saturday")),
    "sun": (mark("Sun"), mark("Sunday")),
}
"""Short and whole names by those in the settings, in the order of a week."""
