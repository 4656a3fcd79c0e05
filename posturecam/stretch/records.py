"""A stretch session as plain data for JSON, in the manner of `posturecam.serialize`. Pure; `docs/formats.md` describes it.

Nothing unknown becomes a number: it is null, beside its reason where there is one.
"""

from __future__ import annotations

from dataclasses import fields
from enum import Enum
from typing import Any

from posturecam.stretch.cues import SayKind
from posturecam.stretch.events import Event
from posturecam.stretch.exercise import Exercise, Routine
from posturecam.stretch.measures import MEASURES, StretchMeasure
from posturecam.stretch.session import CoachTick
from posturecam.stretch.summary import DepthKey, RepResult, SessionSummary, SetSummary

Record = dict[str, Any]
"""What `json.dumps` takes as it is; keys always in the same order."""

_SECONDS, _DEGREES, _RATIO = 3, 2, 4
"""Decimals."""


def tick_record(tick: CoachTick) -> Record:
    """One moment: where the exercise stands, everything measured, what happened, and what is said."""
    state, exercise = tick.state, tick.exercise
    return {
        "t": _rounded(tick.frame.t),
        "exercise": exercise.key,
        "step": tick.index,
        "phase": state.phase.value,
        "side": _value(state.side),
        "rep": state.rep,
        "view": tick.view.value,
        "seen": _rounded(state.seen),
        "unseen": _rounded(state.unseen + state.pending),
        "depth": None if exercise.depth is None else _measured(state.depth_now, exercise.depth.measure),
        "faults": list(state.faults),
        "measures": {name: _measure_record(measure) for name, measure in tick.look.measures.items()},
        "say": None if tick.say is None else {"text": tick.say.text, "kind": SayKind(tick.say.kind).name.lower()},
        "chimes": [chime.kind.value for chime in tick.chimes],
        "events": [event_record(event, exercise) for event in tick.events],
    }


def event_record(event: Event, exercise: Exercise) -> Record:
    """One event: its type in snake_case, then its fields by their own names."""
    name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in type(event).__name__)[1:]
    record: Record = {"type": name}
    for field in fields(event):
        value = getattr(event, field.name)
        if isinstance(value, RepResult):
            record[field.name] = rep_record(value, exercise)
        elif isinstance(value, SetSummary):
            record[field.name] = set_record(value)
        else:
            record[field.name] = _value(value)
    return record


def rep_record(result: RepResult, exercise: Exercise | None = None) -> Record:
    """One repetition, whole or partial; with its exercise, the depth's measure and unit too."""
    measure = exercise.depth.measure if exercise is not None and exercise.depth is not None else None
    return {
        "rep": result.rep,
        "side": _value(result.side),
        "view": result.view.value,
        "t": _rounded(result.t),
        "seen": _rounded(result.seen),
        "unseen": _rounded(result.unseen),
        "counted": result.counted,
        "clean": result.clean,
        "depth": _rounded(result.depth, _RATIO) if measure is None else _measured(result.depth, measure),
        "depth_measure": measure,
        "depth_unit": None if measure is None else MEASURES[measure].unit,
        "level": result.level,
        "faults": list(result.faults),
        "pieces": result.pieces,
        "lacking": result.lacking,
    }


def set_record(summary: SetSummary) -> Record:
    """One exercise of a session."""
    return {
        "exercise": summary.exercise.key,
        "title": summary.exercise.title,
        "counted": summary.counted,
        "clean": summary.clean,
        "of": summary.exercise.holds,
        "seen": _rounded(summary.seen),
        "unseen": _rounded(summary.unseen),
        "ended_early": summary.ended_early,
        "skipped": summary.skipped,
        "to_fix": summary.to_fix,
        "best": [
            {**_key(key), "depth": _rounded(best, _RATIO), "gain": _rounded(summary.gains.get(key), _RATIO)}
            for key, best in summary.bests.items()
        ],
        "reps": [rep_record(result, summary.exercise) for result in summary.results],
    }


def session_record(summary: SessionSummary) -> Record:
    """A whole session."""
    return {
        "counted": summary.counted,
        "seen": _rounded(summary.seen),
        "unseen": _rounded(summary.unseen),
        "to_fix": summary.to_fix,
        "exercises": [set_record(one) for one in summary.sets],
    }


def exercise_record(exercise: Exercise) -> Record:
    """One exercise as its file says it."""
    return exercise.model_dump(mode="json", by_alias=True)


def routine_record(routine: Routine) -> Record:
    """One routine as its file says it."""
    return routine.model_dump(mode="json", by_alias=True)


def _key(key: DepthKey) -> Record:
    return {"side": _value(key.side), "view": key.view.value}


def _measure_record(measure: StretchMeasure) -> Record:
    return {
        "value": _measured(measure.value, measure.name),
        "unit": MEASURES[measure.name].unit,
        "reason": None if measure.reason is None else {"code": measure.reason.code.value, "text": measure.reason.text},
    }


def _measured(value: float | None, measure: str) -> float | None:
    return _rounded(value, _DEGREES if MEASURES[measure].unit == "°" else _RATIO)


def _value(value: object) -> Any:
    if isinstance(value, Enum):
        return value.value
    return _rounded(value) if isinstance(value, float) else value


def _rounded(value: float | None, decimals: int = _SECONDS) -> float | None:
    return None if value is None else round(float(value), decimals) + 0.0  # + 0.0 makes -0.0 an ordinary 0.0
