"""The texts of alerts: what was measured, in plain and kind words, and a suggestion to stretch.

They claim nothing that a webcam cannot measure: no diagnosis, and centimeters only if the face gives their scale. An
alert that was held back says that the slouch continues and for how long, but no amount: the measured amount belongs to
the moment at which it was held back. For the same reason an amount is stated as the present one, and never for the
whole time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from posturecam.alerts.policy import Alert, Response
from posturecam.i18n.message import Message
from posturecam.i18n.words import IN_PERCENT, mark
from posturecam.posture.measures import Name
from posturecam.posture.monitor import SlouchSustained

BUTTONS: Mapping[Response, str] = {
    Response.STRETCH: mark("Stretch now"),
    Response.SNOOZE: mark("Snooze"),
    Response.FINE: mark("I'm fine"),
}
"""The answers to an alert, in the order in which they are shown."""

_TITLE = mark("Time to change position?")
_BREAK_TITLE = mark("Time for a short break?")
_STAND_TITLE = mark("Time to stand up?")
_STAND_OFFER = mark("Stand for a few minutes, or raise your desk.")
_OFFER = mark("How about a short stretch?")
_NO_STRETCH = mark("How about sitting up?")
_SOMEBODY_ELSE = mark("If somebody else sits here now, pause posturecam or calibrate again.")
"""Nobody is recognized, so whoever sits down is compared with the user's own upright posture."""
_PLAN_TITLE = mark("Your stretch for today?")
_PLANNED = mark("Your plan for today: {routine}.")
_PLANNED_SOMETHING = mark("Your plan has a stretch for today.")
_PLAN_OFFER = mark("Whenever it suits you.")
_SENTENCES = mark("{said}. {offer}")
_SLOUCHING = mark("You have been slouching for about {lasting}")
_BEGINNINGS: Mapping[Name, str] = {
    Name.TRUNK_INCLINATION: mark("You have been leaning forward for about {lasting}"),
    Name.NECK_FLEXION: mark("You have been slumped in your chair for about {lasting}"),
    Name.HEAD_ROLL: mark("Your head has been tilted to one side for about {lasting}"),
    Name.SHOULDER_TILT: mark("You have been leaning to one side for about {lasting}"),
    Name.HEAD_OFFSET: mark("You have been leaning to one side for about {lasting}"),
    Name.HEAD_DISTANCE: mark("You have been very close to the screen for about {lasting}"),
    Name.BODY_YAW: mark("You have been sitting twisted for about {lasting}"),
}
"""By cause: what is true of the whole duration."""
_DETAILS: Mapping[tuple[Name, bool], str] = {
    (Name.NECK_INCLINATION, True): mark(": your head is about {amount} further forward than in your upright posture"),
    (Name.NECK_INCLINATION, False): mark(": your head is about {amount} forward of your shoulders"),
    (Name.TRUNK_INCLINATION, True): mark(", right now by about {amount} more than when you sit upright"),
    (Name.TRUNK_INCLINATION, False): mark(", right now by about {amount}"),
    (Name.NECK_FLEXION, True): mark(": your neck is bent about {amount} further than when you sit upright"),
    (Name.NECK_FLEXION, False): mark(": your neck is bent by about {amount}"),
    (Name.HEAD_ROLL, True): mark(", right now by about {amount}"),
    (Name.SHOULDER_TILT, True): mark(", right now by about {amount}"),
    (Name.NECK_HEIGHT, True): mark(": your head is about {amount} lower than when you sit upright"),
    (Name.HEAD_DISTANCE, True): mark(", about {amount} closer than when you sit upright"),
    (Name.HEAD_OFFSET, True): mark(", right now by about {amount}"),
    (Name.BODY_YAW, True): mark(", right now by about {amount}"),
    (Name.SLUMP_INDEX, True): mark(": your ears are about {amount} closer to your shoulders than when you calibrated"),
    (Name.HEAD_FORWARD_INDEX, True): mark(
        ": your head looks about {amount} larger against your shoulders than when you calibrated"
    ),
}
"""What was measured at the moment of the alert, by cause and whether it was compared with a baseline."""

_LOWER_AND_NEARER = mark(": your head is about {amount} lower and {nearer} closer than when you sit upright")
_WORTH_SAYING = 3
"""From this many centimeters on, coming nearer is mentioned besides the neck height; leaning in a little is not."""

_CENTIMETERS = mark("{number} cm")
_SAID: Mapping[Name, tuple[float, str]] = {
    Name.NECK_INCLINATION: (1, "{number}°"),
    Name.TRUNK_INCLINATION: (1, "{number}°"),
    Name.NECK_FLEXION: (1, "{number}°"),
    Name.HEAD_ROLL: (1, "{number}°"),
    Name.SHOULDER_TILT: (1, "{number}°"),
    Name.NECK_HEIGHT: (-1, _CENTIMETERS),  # a smaller neck height and a smaller distance are bad
    Name.HEAD_DISTANCE: (-1, _CENTIMETERS),
    Name.HEAD_OFFSET: (1, _CENTIMETERS),
    Name.BODY_YAW: (1, "{number}°"),
    # Changes of the indices are fractions of the calibrated value; sinking is negative.
    Name.SLUMP_INDEX: (-100, IN_PERCENT),
    Name.HEAD_FORWARD_INDEX: (100, IN_PERCENT),
}
"""By measure: the factor from its own unit to the unit used in texts, and how a number with that unit is written."""

_EITHER_WAY = (Name.HEAD_ROLL, Name.SHOULDER_TILT, Name.HEAD_OFFSET, Name.BODY_YAW)
"""Measures for which left and right count alike."""

_MINUTE, _HOUR = 60.0, 3600.0


@dataclass(frozen=True, slots=True)
class Words:
    """An alert in words: in English, to be shown in the user's language (`posturecam.i18n.translate.tr`)."""

    title: str
    body: str


TRIAL = Words(
    mark("This is what a reminder looks like"), mark("You get it once, after you have been slouching for a while.")
)
"""The text of a test alert."""


def describe(alert: Alert) -> Words:
    """The alert in words: a title, and a body of two short sentences."""
    slouch = alert.slouch
    beginning = _SLOUCHING if slouch.cause is None else _BEGINNINGS.get(slouch.cause, _SLOUCHING)
    detail = "" if alert.late else _detail(slouch)
    began = Message(beginning, lasting=spoken_duration(alert.seconds))
    said = Message("{began}{detail}", began=began, detail=detail)
    offer = _NO_STRETCH if alert.no_stretching else _OFFER
    return Words(_TITLE, Message(_SENTENCES, said=said, offer=_SOMEBODY_ELSE if alert.maybe_somebody_else else offer))


def answers(alert: Alert) -> dict[Response, str]:
    """The answers that an alert offers, each with its label in English: no stretch on a day on which the user wants none."""
    left_out = Response.STRETCH if alert.no_stretching else None
    return {response: title for response, title in BUTTONS.items() if response is not left_out}


_EYES = Words(
    mark("Rest your eyes"), mark("Look at something at least 6 m (20 ft) away for 20 seconds, and blink a few times.")
)


def break_ahead(seconds: float) -> Words:
    """The announcement of a break."""
    title = Message("Break in {lasting}", lasting=spoken_duration(seconds))
    return Words(title, mark("Finish what you are doing. You can postpone it, or skip it."))


class Because(StrEnum):
    """Why a break is suggested."""

    SITTING = "sitting"
    SLOUCHES = "slouches"
    EYES = "eyes"
    """To rest the eyes for a moment, not to stretch."""
    STAND = "stand"
    """To stand up for a while, not to stretch."""
    PLAN = "plan"
    """The weekly plan has a stretch for today."""

    @property
    def stretches(self) -> bool:
        """Whether it suggests a stretch."""
        return self in (Because.SITTING, Because.SLOUCHES, Because.PLAN)


@dataclass(frozen=True, slots=True)
class BreakOffer:
    """A suggested break, and the reason for it."""

    because: Because
    sitting: float
    """Seconds the user has been sitting."""
    slouches: int = 0
    """Number of recent slouches that raised an alert."""
    title: str = ""
    """Title of the planned routine."""

    @property
    def words(self) -> Words:
        """The offer in words."""
        if self.because is Because.EYES:
            return _EYES
        if self.because is Because.STAND:
            sat = Message("You have been sitting for {lasting}.", lasting=spoken_duration(self.sitting))
            return Words(_STAND_TITLE, Message("{said} {offer}", said=sat, offer=_STAND_OFFER))
        if self.because is Because.PLAN:
            planned = Message(_PLANNED, routine=Message(self.title)) if self.title else _PLANNED_SOMETHING
            return Words(_PLAN_TITLE, Message("{said} {offer}", said=planned, offer=_PLAN_OFFER))
        if self.because is Because.SLOUCHES:
            said = Message.counted(
                "You slouched {number} time recently.",
                "You slouched {number} times recently.",
                number=self.slouches,
            )
        else:
            said = Message("You have been sitting for {lasting}.", lasting=spoken_duration(self.sitting))
        return Words(_BREAK_TITLE, Message("{said} {offer}", said=said, offer=_OFFER))


_ONE_MINUTE = mark("1 minute")
_SECONDS, _MINUTES, _HOURS = mark("{number:g} seconds"), mark("{number:g} minutes"), mark("{number:g} hours")


def spoken_duration(seconds: float) -> str:
    """A duration in seconds as people say it: "40 seconds", "1 minute", "25 minutes", "1.5 hours".

    Rounded to 5 s and never to zero, to minutes from 1 minute on, to 5 minutes from 10 on, to half hours from 1.5 on.
    """
    if seconds < 57.5:
        return Message(_SECONDS, number=max(5, 5 * round(seconds / 5)))
    if seconds < 87.5 * _MINUTE:
        minutes = round(seconds / _MINUTE) if seconds < 9.5 * _MINUTE else 5 * round(seconds / _MINUTE / 5)
        return _ONE_MINUTE if minutes == 1 else Message(_MINUTES, number=minutes)
    return Message(_HOURS, number=round(seconds / (_HOUR / 2)) / 2)


def _detail(slouch: SlouchSustained) -> str:
    """How far the cause was off at the alert, rounded and with its unit; empty if the cause does not show the slouch.

    That happens if a limit other than the one relative to the baseline was crossed (a trunk that leaned nearly as much
    when calibrated), or if the shoulders sank and took the ears along.
    """
    if slouch.cause is None or slouch.change is None:
        return ""
    amount, detail = amount_of(slouch.cause, slouch.change), _DETAILS.get((slouch.cause, slouch.compared), "")
    nearer = round(slouch.nearer or 0.0)
    if not detail or amount is None:
        return ""
    if slouch.cause is Name.NECK_HEIGHT and nearer >= _WORTH_SAYING:
        return Message(_LOWER_AND_NEARER, amount=amount, nearer=Message(_CENTIMETERS, number=nearer))
    return Message(detail, amount=amount)


def amount_of(cause: Name, change: float) -> Message | None:
    """A change in the measure's own unit, as text: "9 cm", "26°"; None if it is too small to mention."""
    if cause not in _SAID:
        return None
    factor, written = _SAID[cause]
    amount = round(abs(change) if cause in _EITHER_WAY else factor * change)
    return Message(written, number=amount) if amount >= 1 else None
