"""Why an alert was given, in one figure, one sentence and one tip. Pure.

The figure and the words are from the moment of the alert; a late alert, which states no amount, shows the figure from
the moment it came.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from posturecam.alerts.text import amount_of
from posturecam.i18n.message import Message
from posturecam.i18n.words import mark
from posturecam.posture.measures import Name

_FIGURES: Mapping[tuple[Name, bool], str] = {
    (Name.NECK_INCLINATION, True): mark("head {amount} further forward"),
    (Name.NECK_INCLINATION, False): mark("head {amount} forward"),
    (Name.TRUNK_INCLINATION, True): mark("leaning {amount} further forward"),
    (Name.TRUNK_INCLINATION, False): mark("leaning {amount} forward"),
    (Name.NECK_FLEXION, True): mark("neck bent {amount} further"),
    (Name.NECK_FLEXION, False): mark("neck bent {amount}"),
    (Name.HEAD_ROLL, True): mark("head tilted {amount}"),
    (Name.SHOULDER_TILT, True): mark("shoulders tilted {amount}"),
    (Name.NECK_HEIGHT, True): mark("head {amount} lower"),
    (Name.HEAD_DISTANCE, True): mark("{amount} closer"),
    (Name.HEAD_OFFSET, True): mark("leaning {amount} to the side"),
    (Name.BODY_YAW, True): mark("turned {amount} away"),
    (Name.SLUMP_INDEX, True): mark("ears {amount} closer to the shoulders"),
    (Name.HEAD_FORWARD_INDEX, True): mark("head {amount} larger in the picture"),
}
_SENTENCES: Mapping[Name, tuple[str, str]] = {
    Name.NECK_INCLINATION: (
        mark("Your head was further forward than when you sit upright."),
        mark("Your head was far forward of your shoulders."),
    ),
    Name.TRUNK_INCLINATION: (
        mark("You leaned further forward than when you sit upright."),
        mark("You leaned far forward."),
    ),
    Name.NECK_FLEXION: (
        mark("You had slid down in your chair, so your neck was bent more than when you sit upright."),
        mark("You had slid down in your chair, so your neck was bent."),
    ),
    Name.HEAD_ROLL: (mark("Your head was tilted to one side."),) * 2,
    Name.SHOULDER_TILT: (mark("You leaned to one side."),) * 2,
    Name.HEAD_OFFSET: (mark("You leaned to one side."),) * 2,
    Name.NECK_HEIGHT: (
        mark("Your head had sunk toward your shoulders, compared with how you sit upright."),
        mark("Your head had sunk toward your shoulders."),
    ),
    Name.SLUMP_INDEX: (
        mark("Your head had sunk toward your shoulders, compared with how you sit upright."),
        mark("Your head had sunk toward your shoulders."),
    ),
    Name.HEAD_DISTANCE: (mark("Your face was much closer to the screen than when you sit upright."),) * 2,
    Name.HEAD_FORWARD_INDEX: (
        mark("Your head was further forward than when you sit upright."),
        mark("Your head was far forward of your shoulders."),
    ),
    Name.BODY_YAW: (mark("You sat twisted, turned away from the screen."),) * 2,
}
"""One pair for each cause: the sentence with a baseline, and without one."""
_UNKNOWN_CAUSE = mark("You were past your slouch line."), mark("You were slouching.")

_TIPS: Mapping[Name, str] = {
    Name.NECK_INCLINATION: mark("Move the screen closer, or make the text larger."),
    Name.HEAD_FORWARD_INDEX: mark("Move the screen closer, or make the text larger."),
    Name.TRUNK_INCLINATION: mark("Slide back until the backrest supports your back."),
    Name.NECK_FLEXION: mark("Slide your hips all the way to the back of the chair."),
    Name.NECK_HEIGHT: mark("Raise your screen by a hand's width."),
    Name.SLUMP_INDEX: mark("Raise your screen by a hand's width."),
    Name.HEAD_DISTANCE: mark("Push back to an arm's length from the screen, or make the text larger."),
    Name.HEAD_ROLL: mark("Put what you look at most straight in front of you."),
    Name.BODY_YAW: mark("Put what you look at most straight in front of you."),
    Name.SHOULDER_TILT: mark("Rest both forearms on the desk, at the same height."),
    Name.HEAD_OFFSET: mark("Rest both forearms on the desk, at the same height."),
}
"""Causes for which the usual workplace advice has a remedy (screen at eye height and arm's length, back supported,
forearms supported: ISO 9241-5, OSHA's workstation checklist)."""
_ANY_TIP = mark("Slide back until the backrest supports your back.")


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an alert was given: all in English, to be translated when shown."""

    sentence: str
    figure: str | None
    """One amount, such as "head 9 cm lower"; None if unknown."""
    tip: str


def explain(cause: Name | None, change: float | None, *, compared: bool) -> Explanation:
    """Explain an alert.

    Args:
        cause: The measure that exceeded its threshold the most; None if unknown.
        change: Difference of that measure from upright, in its own unit.
        compared: True if measured from the user's own baseline, False if from the general default.
    """
    sentences = _UNKNOWN_CAUSE if cause is None else _SENTENCES.get(cause, _UNKNOWN_CAUSE)
    return Explanation(sentences[0 if compared else 1], _figure(cause, change, compared), tip_for(cause))


def tip_for(cause: Name | None) -> str:
    """A tip for this measure; for None, a tip on slouching in general."""
    return _ANY_TIP if cause is None else _TIPS.get(cause, _ANY_TIP)


def _figure(cause: Name | None, change: float | None, compared: bool) -> str | None:
    template = None if cause is None else _FIGURES.get((cause, compared))
    amount = None if cause is None or change is None else amount_of(cause, change)
    return None if template is None or amount is None else Message(template, amount=amount)
