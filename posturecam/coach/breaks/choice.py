"""What a break at the desk consists of: for the camera that is there, the time there is, and what was done before. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from posturecam.coach.exercise import Exercise, Trust
from posturecam.coach.judging.by_time import lasting
from posturecam.coach.judging.speaking_time import SpeakingTime, speaking_seconds
from posturecam.config.settings import BreakMinutes
from posturecam.posture.view import View

DESK_BREAK = "desk_break"
"""The routine of it."""
LENGTHS: tuple[int, ...] = get_args(BreakMinutes)
"""Minutes that a break may take."""
LONGEST_STRETCHED = 2.0
"""By how much a hold may be made longer than its file says, so that the break fills its time: the files take the shorter end of what is usual."""
MOST_LEFT_OVER = 20.0
"""Seconds by which a break may be shorter than asked for, before something in it is done once more."""
ENOUGH_OF_A_PART = 3
"""Exercises for one part of the body, after which another one for it takes its turn with what is led by time."""
_TRUSTED = tuple(Trust)
_ORDER = ("neck", "shoulders", "back", "arms", "eyes")
"""From what is small to what is large, so that a break ends with a good stretch, and with the eyes before they go back to the screen."""


def is_judged_from(exercise: Exercise, view: View) -> bool:
    """Whether the camera can judge it from there; from a view that is not known yet, what can be judged from the front.

    What is only timed is judged from nowhere.

    Most cameras at a desk are those of laptops and stand before the user.
    """
    return not exercise.is_timed and exercise.placement.facing.allows(View.FRONT if view is View.UNKNOWN else view)


def choose(
    exercises: Sequence[Exercise],
    view: View,
    minutes: float,
    last: Sequence[str] = (),
    speaking: SpeakingTime = speaking_seconds,
) -> tuple[Exercise, ...]:
    """The exercises of one break, each in its form for the desk, in the order in which they are done.

    What the camera can judge comes first: what does something for another part of the body, then what was not done for longest,
    then what it judges best.
    Where time is left, what is led by time follows, in turn with a fourth exercise for one part: what was not done for longest.
    Nothing is left out for the view, and a break never consists only of rests where there is anything else.

    Args:
        exercises: All that there are; those without a form for the desk are not taken.
        view: From where the camera looks, as far as it is known.
        minutes: How long the break is to take.
        last: Ids of the exercises that were done before, the latest first.
        speaking: How long their announcements take to be said.

    Returns:
        At least one, unless there is none for the desk; all together last about as long as asked for, and never clearly longer.
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
    """The larger, the more lately it was done; 0 where it never was."""
    return len(last) - last.index(id_) if id_ in last else 0


def _part(exercise: Exercise) -> str:
    assert exercise.desk is not None
    return exercise.desk.part


def _holding(exercises: Sequence[Exercise]) -> float:
    """Seconds of all holds."""
    return sum(one.holds * one.dose.hold for one in exercises)


def _once_more(picked: Sequence[Exercise], room: float, speaking: SpeakingTime) -> tuple[list[Exercise], float] | None:
    """The same with one repetition more, of what has the fewest, and the room that is left; None where none fits."""
    for one in sorted(picked, key=lambda each: each.dose.reps):
        more = one.with_dose(reps=one.dose.reps + 1)
        left = room - (lasting(more, speaking) - lasting(one, speaking))
        if left >= 0:
            return [more if each is one else each for each in picked], left
    return None


def _filling(exercises: Sequence[Exercise], seconds: float) -> tuple[Exercise, ...]:
    """The same, with longer holds where time is left over."""
    holding = _holding(exercises)
    if not holding:
        return ()
    longer = min(1.0 + seconds / holding, LONGEST_STRETCHED)
    return tuple(one.with_dose(hold=float(int(longer * one.dose.hold))) for one in exercises)
