"""Exercises, repetitions and summaries in words, for the terminal and the window alike. Pure."""

from __future__ import annotations

from posturecam.coach.exercise import Exercise, Sides, Trust
from posturecam.coach.session_summary import RepResult, SetSummary
from posturecam.coach.stretch_measures import MEASURES

TRUST_WORDS = {
    Trust.HIGH: "judged well by a camera",
    Trust.MEDIUM: "judged roughly by a camera",
    Trust.LOW: "guided and timed; a camera cannot judge much of it",
}


def seconds(value: float) -> str:
    """Seconds as people read them: "15 s", "6.4 s"."""
    return f"{value:.0f} s" if abs(value - round(value)) < 0.05 else f"{value:.1f} s"


def depth_text(value: float, unit: str) -> str:
    """A depth with its unit: whole degrees, or a ratio to two places."""
    return f"{round(value) + 0.0:.0f}°" if unit == "°" else f"{value:.2f} {unit}"


def dose_text(exercise: Exercise) -> str:
    """How long and how often: "15 s × 3 a side", "10 s × 10 in turn"."""
    side = {Sides.EACH: " a side", Sides.ALTERNATE: " in turn", Sides.NONE: ""}[exercise.sides]
    hold = f"{exercise.dose.hold:g} s × " if exercise.dose.hold > 1 else ""
    return f"{hold}{exercise.dose.reps}{side}"


def set_lines(summary: SetSummary) -> list[str]:
    """One exercise of a session: repetitions, seconds, depth. Counting and grading are told apart."""
    exercise = summary.exercise
    if summary.skipped and not summary.results:
        return ["skipped"]
    unseen = f" and {seconds(summary.unseen)} unseen" if summary.unseen else ""
    early = "; skipped before its end" if summary.skipped else "; ended early" if summary.ended_early else ""
    done = f"{summary.counted} of {exercise.holds} counted, {seconds(summary.seen)} seen{unseen}{early}"
    if not summary.counted:
        return [done, *depth_lines(summary)]
    clean = "all" if summary.clean == summary.counted else str(summary.clean or "none")
    return [done, f"graded strictly: {clean} of them without a mistake{_level(summary)}", *depth_lines(summary)]


def depth_lines(summary: SetSummary) -> list[str]:
    """The best depth of each side and view against its own history."""
    exercise, told = summary.exercise, []
    if exercise.depth is None:
        return []
    unit = MEASURES[exercise.depth.measure].unit
    for key, best in summary.bests.items():
        side = f" {key.side.value}" if key.side else ""
        gain, past = summary.gains.get(key), summary.past.get(key)
        if gain is None or past is None:
            against = "the first from this view"
        elif gain > 0:
            against = f"{depth_text(gain, unit)} further than ever before"
        else:
            against = f"best so far {depth_text(past.best, unit)}"
        told.append(f"depth{side} {depth_text(best, unit)}, {against}")
    return told


def _level(summary: SetSummary) -> str:
    depth, best = summary.exercise.depth, summary.best()
    if depth is None or not depth.levels or best is None:
        return ""
    return f", depth level {depth.level(best)} of {len(depth.levels)}"


def rep_line(exercise: Exercise, result: RepResult) -> str:
    """One repetition: "rep 1 left: counted, 15 s seen, depth 54°, faults: knees popping up"."""
    side = f" {result.side.value}" if result.side else ""
    parts = [
        "counted" if result.counted else f"not counted ({result.lacking.spoken})" if result.lacking else "not counted",
        f"{seconds(result.seen)} seen",
    ]
    if result.unseen:
        parts.append(f"{seconds(result.unseen)} unseen")
    if exercise.depth is not None and result.depth is not None:
        unit = MEASURES[exercise.depth.measure].unit
        level = f" (level {result.level})" if result.level is not None else ""
        parts.append(f"depth {depth_text(result.depth, unit)}{level}")
    texts = {fault.id: fault.text for fault in exercise.faults}
    if result.faults:
        parts.append("mistakes: " + ", ".join(texts.get(fault, fault) for fault in result.faults))
    return f"rep {result.rep}{side}: {', '.join(parts)}"
