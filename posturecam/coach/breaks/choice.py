"""What a break at the desk consists of, depending on the camera, the time available, and what was done before. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from posturecam.coach.exercise import Exercise, Trust
from posturecam.coach.judging.by_time import lasting
from posturecam.coach.judging.speaking_time import SpeakingTime, speaking_seconds
from posturecam.config.settings import BreakMinutes
from posturecam.i18n.message import Message
from posturecam.posture.view import View

DESK_BREAK = "desk_break"
"""The id of its routine."""
LENGTHS: tuple[int, ...] = get_args(BreakMinutes)
"""Minutes that a break can take; `no_such_length` names them."""
LONGEST_STRETCHED = 2.0
"""How much longer than in its file a hold may be, so that the break fills its time: the files state the shorter end of
the usual range."""
MOST_LEFT_OVER = 20.0
"""Seconds by which a break may be shorter than requested, before one of its exercises gets another repetition."""
ENOUGH_OF_A_PART = 3
"""Exercises for one part of the body, after which another one alternates with the timed ones."""
_TRUSTED = tuple(Trust)
_ORDER = ("neck", "shoulders", "back", "arms", "eyes")
"""From small to large, so that a break ends with a good stretch, and with the eyes before they return to the screen."""


def no_such_length(minutes: int | str) -> Message:
    """What to say of a length that no break has, to complete a refusal."""
    return Message("a break takes 1, 3 or 5 minutes, got '{minutes}'", minutes=minutes)


def is_judged_from(exercise: Exercise, view: View) -> bool:
    """Whether a camera at this angle can judge it; for a view that is not known yet, whether it can be judged from the front.

    Timed exercises are not judged from any view.

    Most cameras at a desk belong to laptops and are in front of the user.
    """
    return not exercise.is_timed and exercise.placement.facing.allows(View.FRONT if view is View.UNKNOWN else view)


def choose(
    exercises: Sequence[Exercise],
    view: View,
    minutes: float,
    last: Sequence[str] = (),
    speaking: SpeakingTime = speaking_seconds,
) -> tuple[Exercise, ...]:
    """The exercises of one break, each in its form for the desk, in order.

    What the camera can judge comes first: exercises for a part of the body not covered yet, then those not done for
    longest, then those it judges best. If time is left, timed exercises follow, in turn with a fourth exercise for one
    part: those not done for longest, then those for another part of the body. Nothing is left out because of the view,
    and a break never consists only of rests if there is anything else.

    Args:
        exercises: All available ones; those without a form for the desk are skipped.
        view: The camera angle, if known.
        minutes: How long the break is to take.
        last: Ids of the exercises done before, most recent first.
        speaking: How long their announcements take to say.

    Returns:
        At least one, unless none is for the desk; together they last about as long as requested, and never clearly
        longer.
    """
    left = [one.at_desk(view) for one in exercises if one.desk is not None]
    picked: list[Exercise] = []
    room = 60.0 * minutes
    while left:
        used = [_part(one) for one in picked]

        def rank(one: Exercise, used: list[str] = used) -> tuple[bool, bool, int, int, int]:
            again, lately = used.count(_part(one)), _how_lately(one.id, last)
            judged = is_judged_from(one, view) and again < ENOUGH_OF_A_PART
            in_turn = (again, lately) if judged else (lately, again)
            return not judged, one.is_timed and not used, *in_turn, _TRUSTED.index(one.trust.level)

        best = min(left, key=rank)
        left.remove(best)
        if not picked or lasting(best, speaking) <= room:
            picked.append(best)
            room -= lasting(best, speaking)
    while room - (LONGEST_STRETCHED - 1) * _holding(picked) > MOST_LEFT_OVER:
        again = _once_more(picked, room, speaking)
        if again is None:
            break
        picked, room = again
    picked.sort(key=lambda one: _ORDER.index(_part(one)))
    return _filling(picked, max(room, 0.0))


def _how_lately(id_: str, last: Sequence[str]) -> int:
    """The larger, the more recently it was done; 0 if never."""
    return len(last) - last.index(id_) if id_ in last else 0


def _part(exercise: Exercise) -> str:
    assert exercise.desk is not None
    return exercise.desk.part


def _holding(exercises: Sequence[Exercise]) -> float:
    """Total seconds of all holds."""
    return sum(one.holds * one.dose.hold for one in exercises)


def _once_more(picked: Sequence[Exercise], room: float, speaking: SpeakingTime) -> tuple[list[Exercise], float] | None:
    """The same with one more repetition, for the exercise with the fewest, and the remaining time; None if none fits."""
    for one in sorted(picked, key=lambda each: each.dose.reps):
        more = one.with_dose(reps=one.dose.reps + 1)
        left = room - (lasting(more, speaking) - lasting(one, speaking))
        if left >= 0:
            return [more if each is one else each for each in picked], left
    return None


def _filling(exercises: Sequence[Exercise], seconds: float) -> tuple[Exercise, ...]:
    """The same, with longer holds if time is left over."""
    holding = _holding(exercises)
    if not holding:
        return ()
    longer = min(1.0 + seconds / holding, LONGEST_STRETCHED)
    return tuple(one.with_dose(hold=float(int(longer * one.dose.hold))) for one in exercises)
