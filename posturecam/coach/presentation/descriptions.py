"""Exercises, repetitions and summaries in words, for terminal and window alike; each text keeps its template. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from posturecam.coach.exercise import Exercise, Side, Sides, Trust
from posturecam.coach.session_summary import RepResult, SetSummary
from posturecam.coach.stretch_measures import MEASURES, unit_text
from posturecam.i18n.message import Message
from posturecam.i18n.words import CLAUSES, STATEMENTS, THINGS, mark
from posturecam.posture.measures import DEGREES

TRUST_WORDS = {
    Trust.HIGH: mark("judged well by a camera"),
    Trust.MEDIUM: mark("judged roughly by a camera"),
    Trust.LOW: mark("guided and timed; a camera cannot judge much of it"),
    Trust.TIME: mark("timed only; the camera judges nothing"),
}
POSITION: Mapping[str, str] = {
    "floor": mark("On the floor"),
    "chair": mark("Sitting"),
    "standing": mark("Standing"),
}
"""Where an exercise is done."""
AT_DESK = mark("At the desk")
_SIDES = {Side.LEFT: mark("left"), Side.RIGHT: mark("right")}
_WHOLE_SIDES = {Side.LEFT: mark("left side"), Side.RIGHT: mark("right side")}
_IN_TURN = {Side.LEFT: mark("first side"), Side.RIGHT: mark("second side")}


def side_text(exercise: Exercise | None, side: Side, *, brief: bool = False) -> str:
    """A side in words, or which of the two it is if the camera cannot tell; a `brief` one is only "left".

    The exercise is None if it was the user's own and has been removed.
    """
    if exercise is not None and not exercise.names_sides:
        return _IN_TURN[side]
    return (_SIDES if brief else _WHOLE_SIDES)[side]


def seconds(value: float) -> str:
    """Seconds as people read them: "15 s", "6.4 s"."""
    if abs(value - round(value)) < 0.05:
        return Message("{number:.0f} s", number=value)
    return Message("{number:.1f} s", number=value)


def depth_text(value: float, unit: str) -> str:
    """A depth with its unit: whole degrees, or a ratio to two places; zero never has a minus."""
    if unit == DEGREES:
        return Message("{number:.0f}°", number=round(value) + 0.0)
    return Message("{number:.2f} {unit}", number=round(value, 2) + 0.0, unit=unit_text(unit))


def is_told(gain: float, unit: str) -> bool:
    """Whether a depth beats every earlier one by more than is rounded to zero."""
    return round(gain, 0 if unit == DEGREES else 2) > 0


def dose_text(exercise: Exercise) -> str:
    """How long and how often: "15 s × 3 per side", "10 s × 10 alternating"."""
    reps = exercise.dose.reps
    often: str = Message("{number}", number=reps)
    if exercise.sides is Sides.EACH:
        often = Message("{number} per side", number=reps)
    elif exercise.sides is Sides.ALTERNATE:
        often = Message("{number} alternating", number=reps)
    if exercise.dose.hold <= 1:
        return often
    return Message("{hold} s × {often}", hold=Message("{number:g}", number=exercise.dose.hold), often=often)


def set_lines(summary: SetSummary) -> list[str]:
    """One exercise of a session: repetitions, seconds, depth. Counting and grading are separate."""
    if summary.skipped and not summary.results:
        return [mark("skipped")]
    if summary.is_only_timed:
        return [timed_text(summary)]
    done = counted_text(summary)
    if summary.unseen:
        seen = Message("{seen} seen and {unseen} unseen", seen=seconds(summary.seen), unseen=seconds(summary.unseen))
    else:
        seen = Message("{seen} seen", seen=seconds(summary.seen))
    done = Message.joined(CLAUSES, (done, seen))
    if summary.skipped:
        done = Message.joined(STATEMENTS, (done, mark("skipped before its end")))
    elif summary.ended_early:
        done = Message.joined(STATEMENTS, (done, mark("ended early")))
    if not summary.counted:
        return [done, *depth_lines(summary)]
    return [done, _graded(summary), *depth_lines(summary)]


def counted_text(summary: SetSummary) -> str:
    """How many repetitions were counted, and how many the clock took over from the camera."""
    counted: str = Message("{counted} of {all} counted", counted=summary.counted, all=summary.exercise.holds)
    if not summary.timed:
        return counted
    return Message.joined(CLAUSES, (counted, Message("{number} timed only", number=summary.timed)))


def timed_text(summary: SetSummary) -> str:
    """For timed exercises: that they were timed, and not judged."""
    return Message("{counted} of {all} done, timed only", counted=summary.done, all=summary.exercise.holds)


def not_clean_texts(summary: SetSummary) -> list[str]:
    """What else keeps a repetition from being clean: a hold that was left for a moment, or not seen throughout."""
    told: list[str] = []
    if summary.interrupted:
        told.append(Message("{number} not held in one go", number=summary.interrupted))
    if summary.partly_unseen:
        told.append(Message("{number} not seen throughout", number=summary.partly_unseen))
    return told


def _graded(summary: SetSummary) -> str:
    if summary.clean == summary.counted:
        graded: str = mark("graded strictly: all of them without a mistake")
    elif summary.clean:
        graded = Message("graded strictly: {number} of them without a mistake", number=summary.clean)
    else:
        graded = mark("graded strictly: none of them without a mistake")
    graded = Message.joined(CLAUSES, (graded, *not_clean_texts(summary)))
    depth, best = summary.exercise.depth, summary.best
    if depth is None or not depth.levels or best is None:
        return graded
    level = Message("depth level {level} of {all}", level=depth.level(best), all=len(depth.levels))
    return Message.joined(CLAUSES, (graded, level))


def depth_lines(summary: SetSummary) -> list[str]:
    """The best depth of each side and view, compared with its own history."""
    exercise, lines = summary.exercise, list[str]()
    measured = exercise.depth
    if measured is None:
        return []
    unit = MEASURES[measured.measure].unit
    for key, best in summary.bests.items():
        gain, past = summary.gains.get(key), summary.past.get(key)
        against: str = mark("the first from this view")
        if gain is not None and past is not None:
            if is_told(gain, unit):
                against = Message("{gain} further than ever before", gain=depth_text(gain, unit))
            else:
                against = Message("best so far {best}", best=depth_text(measured.told(summary.best_ever(key)), unit))
        depth = depth_text(measured.told(best), unit)
        wrong = [one.uncertainty for one in summary.results if one.view is key.view and one.uncertainty is not None]
        if wrong:
            depth = Message("{depth} ± {wrong}", depth=depth, wrong=depth_text(max(wrong), unit))
        if key.side:
            lines.append(
                Message(
                    "depth, {side}: {depth}, {against}",
                    side=side_text(exercise, key.side, brief=True),
                    depth=depth,
                    against=against,
                )
            )
        else:
            lines.append(Message("depth {depth}, {against}", depth=depth, against=against))
        bars = chart(summary.courses[key], measured.better, unit)
        if bars:
            lines.append(Message("the latest sessions: {chart}", chart=bars))
    if summary.reach is not None:
        lines.append(reach_against(summary.reach, summary.earlier_reach))
    return lines


_BARS = "▁▂▃▄▅▆▇█"
_LEAST_SPAN = {DEGREES: 10.0}
"""A chart's height spans at least this much, so that a degree more or less does not look dramatic."""


def chart(course: Sequence[float], better: str, unit: str) -> str:
    """A depth from session to session as a row of bars, higher if deeper; empty with fewer than two."""
    if len(course) < 2:
        return ""
    return "".join(_BARS[round(share * (len(_BARS) - 1))] for share in heights(course, better, unit))


def heights(course: Sequence[float], better: str, unit: str) -> list[float]:
    """Bar heights for a depth from session to session, 0 to 1: higher if deeper."""
    up = [-depth if better == "lower" else depth for depth in course]
    low, high = min(up, default=0.0), max(up, default=0.0)
    span = max(high - low, _LEAST_SPAN.get(unit, 0.1))
    low = (low + high - span) / 2
    return [(height - low) / span for height in up]


_REACHES: tuple[tuple[float, str], ...] = (
    (0.85, mark("fingertips on the thigh")),
    (1.2, mark("fingertips to the knee")),
    (1.75, mark("fingertips to the shin")),
    (2.1, mark("fingertips to the ankle")),
    (math.inf, mark("fingertips to the foot")),
)
"""Below which reach, as in `RepResult.reach` (1 is the knee, 2 the ankle), the fingertips are where. Choice: a hand's width around each joint."""


def reach_text(reach: float) -> str:
    """How far the fingertips reach, in words."""
    return next(words for below, words in _REACHES if reach < below)


_FURTHER = 0.08
"""Units of leg length by which one reach must exceed another to count as farther: three centimeters of a lower leg,
twice the wandering of a still hand."""


def reach_against(reach: float, before: float | None) -> str:
    """How far the fingertips reach, in words, compared with the user's own history."""
    now = reach_text(reach)
    if before is None:
        return now
    if reach > before + _FURTHER:
        return Message("{reach}, further than ever before", reach=now)
    if reach < before - _FURTHER:
        return Message("{reach}; best so far: {best}", reach=now, best=reach_text(before))
    return Message("{reach}, as far as your best", reach=now)


def rep_line(exercise: Exercise, result: RepResult) -> str:
    """One repetition: "rep 1, left: counted, 15 s seen, depth 54°, faults: knees popping up"."""
    parts: list[str] = [mark("not counted")]
    if (exercise.is_timed or not result.counted) and result.done:
        parts = [mark("done, timed only")]
    elif result.counted:
        parts = [mark("counted")]
    elif result.lacking:
        parts = [Message("not counted ({why})", why=result.lacking.spoken)]
    if not exercise.is_timed:
        parts.append(Message("{seen} seen", seen=seconds(result.seen)))
    if result.unseen and not exercise.is_timed:
        parts.append(Message("{unseen} unseen", unseen=seconds(result.unseen)))
    if exercise.depth is not None and result.depth is not None:
        depth = depth_text(exercise.depth.told(result.depth), MEASURES[exercise.depth.measure].unit)
        if result.level is None:
            parts.append(Message("depth {depth}", depth=depth))
        else:
            parts.append(Message("depth {depth} (level {level})", depth=depth, level=result.level))
    texts = {fault.id: fault.text for fault in exercise.faults}
    if result.faults:
        faults = Message.joined(THINGS, (texts.get(fault, fault) for fault in result.faults))
        parts.append(Message("mistakes: {faults}", faults=faults))
    told = Message.joined(CLAUSES, parts)
    if result.side:
        return Message(
            "rep {number}, {side}: {told}",
            number=result.rep,
            side=side_text(exercise, result.side, brief=True),
            told=told,
        )
    return Message("rep {number}: {told}", number=result.rep, told=told)
