"""What an alert says: what was measured, in plain and kind words, and the offer of a stretch.

Nothing is said that a webcam cannot tell: no centimetres, no diagnosis. An alert that was held back says that the slouch
goes on and for how long, but no amount: the one that was measured belongs to the moment when it was held back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from posturecam.alerts.policy import Alert, Response
from posturecam.measures import Name
from posturecam.monitor import SlouchSustained

BUTTONS: Mapping[Response, str] = {
    Response.STRETCH: "Stretch now",
    Response.SNOOZE: "Snooze",
    Response.FINE: "I'm fine",
}
"""The answers an alert offers, in the order in which they are shown."""

_TITLE = "Time to sit up?"
_OFFER = "How about a short stretch?"
_SLOUCHING = "You have been slouching {lasting}."
_LEANING = "You have been leaning {about}forward {lasting}."
_SENTENCES: Mapping[tuple[Name, bool], str] = {
    (Name.NECK_INCLINATION, True): "Your head has been {about}further forward than in your upright posture {lasting}.",
    (Name.NECK_INCLINATION, False): "Your head has been {about}forward of your shoulders {lasting}.",
    (Name.TRUNK_INCLINATION, True): "You have been leaning {about}further forward than when you sat upright {lasting}.",
    (Name.TRUNK_INCLINATION, False): _LEANING,
    (Name.SLUMP_INDEX, True): (
        "You have sunk: {lasting} your ears have been {about}closer to your shoulders than when you calibrated."
    ),
    (Name.HEAD_FORWARD_INDEX, True): (
        "Your head has come forward: {lasting} it has looked {about}larger against your shoulders than when you calibrated."
    ),
}
"""By cause, and whether it was compared with a baseline."""

_SAID: Mapping[Name, tuple[float, str]] = {
    Name.NECK_INCLINATION: (1, "°"),
    Name.TRUNK_INCLINATION: (1, "°"),
    Name.SLUMP_INDEX: (-100, " %"),  # the front's changes are shares of the calibrated value; sinking is negative
    Name.HEAD_FORWARD_INDEX: (100, " %"),
}
"""What a change is multiplied by to be said, and the unit it is then said in."""

_MINUTE, _HOUR = 60.0, 3600.0


@dataclass(frozen=True, slots=True)
class Words:
    """An alert in words."""

    title: str
    body: str


def describe(alert: Alert) -> Words:
    """The alert in words: a title, and a body of two short sentences."""
    amount = _amount(alert.slouch)
    finding = _sentence(alert.slouch, amount).format(
        about="" if amount is None or alert.late else f"about {amount} ",
        lasting=f"for about {spoken_duration(alert.seconds)}",
    )
    return Words(_TITLE, f"{finding} {_OFFER}")


def spoken_duration(seconds: float) -> str:
    """A duration in seconds as people say it: "40 seconds", "1 minute", "25 minutes", "1.5 hours".

    Rounded to 5 s and never to none, to minutes from 1 minute on, to 5 minutes from 10 on, to half hours from 1.5 on.
    """
    if seconds < 57.5:
        return _counted(max(5, 5 * round(seconds / 5)), "second")
    if seconds < 9.5 * _MINUTE:
        return _counted(round(seconds / _MINUTE), "minute")
    if seconds < 87.5 * _MINUTE:
        return _counted(5 * round(seconds / _MINUTE / 5), "minute")
    return _counted(round(2 * seconds / _HOUR) / 2, "hour")


def _counted(number: float, unit: str) -> str:
    return f"{number:g} {unit}" if number == 1 else f"{number:g} {unit}s"


def _amount(slouch: SlouchSustained) -> str | None:
    """The change, rounded and with its unit, or None where the slouch does not show in it.

    It does not where a bound other than the one to the baseline was crossed (a trunk that leans by over 20°, and leaned
    nearly as much when calibrated), or where the shoulders sank and took the ears along.
    """
    if slouch.cause is None or slouch.cause not in _SAID or slouch.change is None:
        return None
    factor, unit = _SAID[slouch.cause]
    amount = round(factor * slouch.change)
    return f"{amount}{unit}" if amount >= 1 else None


def _sentence(slouch: SlouchSustained, amount: str | None) -> str:
    if slouch.cause is not None and amount is not None:
        return _SENTENCES.get((slouch.cause, slouch.compared), _SLOUCHING)
    return _LEANING if slouch.cause is Name.TRUNK_INCLINATION else _SLOUCHING
