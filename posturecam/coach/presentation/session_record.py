"""A stretch session as plain data for JSON, in the manner of `posturecam.posture.records.serialize`. Pure; `docs/formats.md` describes it.

Nothing unknown becomes a number: it is null, with its reason next to it if there is one.
"""

from __future__ import annotations

from dataclasses import fields
from enum import Enum
from typing import Any

from posturecam.coach.cues import SayKind
from posturecam.coach.events import Event
from posturecam.coach.exercise import Exercise
from posturecam.coach.loop import CoachTick
from posturecam.coach.routine import Routine
from posturecam.coach.session_summary import DepthKey, RepResult, SessionSummary, SetSummary
from posturecam.coach.stretch_measures import MEASURES, StretchMeasure
from posturecam.posture.measures import DEGREES
from posturecam.posture.reasons import Reason, reason_record
from posturecam.posture.records.serialize import JsonRecord, event_type, rounded

_DEGREES, _RATIO = 2, 4
"""Decimals."""


def tick_record(tick: CoachTick) -> JsonRecord:
    """One moment: the exercise's progress, everything judged, what happened, and what is said."""
    state, exercise = tick.state, tick.exercise
    measures = {} if state.by_time else tick.look.measures
    return {
        "t": rounded(tick.frame.t),
        "exercise": exercise.key,
        "step": tick.index,
        "time_left": rounded(tick.time_left),
        "by_time": state.by_time,
        "phase": state.phase.value,
        "side": _value(state.side),
        "rep": state.rep,
        "view": tick.view.value,
        "seen": rounded(state.seen),
        "unseen": rounded(state.unseen + state.pending),
        "depth": _depth(state.depth_now, exercise),
        "faults": list(state.faults),
        "measures": {name: _measure_record(measure) for name, measure in measures.items()},
        "say": None if tick.say is None else {"text": tick.say.text, "kind": SayKind(tick.say.kind).name.lower()},
        "chimes": [chime.value for chime in tick.chimes],
        "events": [event_record(event, exercise) for event in tick.events],
    }


def event_record(event: Event, exercise: Exercise) -> JsonRecord:
    """One event: its type in snake_case, then its fields under their own names; a reason as its text, with its code next to it."""
    record: JsonRecord = {"type": event_type(event)}
    for field in fields(event):
        value = getattr(event, field.name)
        if isinstance(value, RepResult):
            record[field.name] = rep_record(value, exercise)
        elif isinstance(value, SetSummary):
            record[field.name] = set_record(value)
        elif isinstance(value, Reason):
            record |= {field.name: str(value.text), "code": value.code.value}
        elif field.name == "depth":
            record[field.name] = _depth(value, exercise)
        else:
            record[field.name] = _value(value)
    return record


def rep_record(result: RepResult, exercise: Exercise) -> JsonRecord:
    """One repetition of an exercise, whole or partial."""
    measure = None if exercise.depth is None else exercise.depth.measure
    return {
        "rep": result.rep,
        "side": _value(result.side),
        "view": result.view.value,
        "t": rounded(result.t),
        "seen": rounded(result.seen),
        "unseen": rounded(result.unseen),
        "counted": result.counted,
        "clean": result.clean,
        "depth": _depth(result.depth, exercise),
        "depth_measure": measure,
        "depth_unit": None if measure is None else MEASURES[measure].unit,
        "level": result.level,
        "faults": list(result.faults),
        "uncertainty": rounded(result.uncertainty, _DEGREES),
        "reach": rounded(result.reach, _DEGREES),
        "pieces": result.pieces,
        "lacking": result.lacking.spoken if result.lacking else None,
    }


def set_record(summary: SetSummary) -> JsonRecord:
    """One exercise of a session."""
    return {
        "exercise": summary.exercise.key,
        "title": summary.exercise.title,
        "counted": summary.counted,
        "clean": summary.clean,
        "of": summary.exercise.holds,
        "seen": rounded(summary.seen),
        "unseen": rounded(summary.unseen),
        "timed": summary.timed,
        "ended_early": summary.ended_early,
        "skipped": summary.skipped,
        "to_fix": summary.to_fix,
        "best": [
            {
                **_key(key),
                "depth": _depth(best, summary.exercise),
                "gain": _depth(summary.gains.get(key), summary.exercise),
                "course": [_depth(one, summary.exercise) for one in summary.courses[key]],
            }
            for key, best in summary.bests.items()
        ],
        "reps": [rep_record(result, summary.exercise) for result in summary.results],
    }


def session_record(summary: SessionSummary) -> JsonRecord:
    """A whole session."""
    return {
        "counted": summary.counted,
        "seen": rounded(summary.seen),
        "unseen": rounded(summary.unseen),
        "to_fix": summary.to_fix,
        "exercises": [set_record(one) for one in summary.sets],
    }


def exercise_record(exercise: Exercise) -> JsonRecord:
    """One exercise as defined by its file."""
    return exercise.model_dump(mode="json", by_alias=True)


def routine_record(routine: Routine) -> JsonRecord:
    """One routine as defined by its file."""
    return routine.model_dump(mode="json", by_alias=True)


def _key(key: DepthKey) -> JsonRecord:
    return {"side": _value(key.side), "view": key.view.value}


def _measure_record(measure: StretchMeasure) -> JsonRecord:
    return {
        "value": _measured(measure.value, measure.name),
        "unit": MEASURES[measure.name].unit,
        "reason": None if measure.reason is None else reason_record(measure.reason),
    }


def _depth(depth: float | None, exercise: Exercise) -> float | None:
    """A depth of the exercise, rounded as the measure that it is."""
    return rounded(depth, _RATIO) if exercise.depth is None else _measured(depth, exercise.depth.measure)


def _measured(value: float | None, measure: str) -> float | None:
    return rounded(value, _DEGREES if MEASURES[measure].unit == DEGREES else _RATIO)


def _value(value: object) -> Any:
    if isinstance(value, Enum):
        return value.value
    return rounded(value) if isinstance(value, float) else value
