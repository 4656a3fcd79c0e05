"""Ticks as plain data: records for JSON, rows for CSV. Pure; `docs/formats.md` describes the output.

Nothing unknown becomes a number: in a record it is null beside its reason, in a row the cell is empty. Times,
deviations and changes are rounded to 3 decimals, angles to 2 and ratios to 4, which is far finer than any picture can
show but keeps files small.
"""

from __future__ import annotations

import re
from dataclasses import fields
from enum import Enum
from typing import Any

from posturecam.posture.loop import Tick
from posturecam.posture.measures import DEGREES, UNITS, Measure, Name
from posturecam.posture.monitor import Event, Grade
from posturecam.posture.reading import Reading
from posturecam.posture.reasons import Reason, reason_record

JsonRecord = dict[str, Any]
"""Data for `json.dumps`; keys always in the same order."""

_DECIMALS = 3
_ANGLE_DECIMALS = 2
_RATIO_DECIMALS = 4

_FORMULA = ("=", "+", "-", "@")
"""What a formula begins with in a spreadsheet."""

READING_COLUMNS: tuple[str, ...] = (
    "view",
    "deviation",
    "deviation_reason",
    "deviation_cause",
    "deviation_change",
    *(name.value for name in Name),
)
"""The columns of one reading, on its own or within a run."""

CSV_COLUMNS: tuple[str, ...] = ("t", "phase", *READING_COLUMNS, "events")
"""The columns of `csv_row`."""


def text_cell(text: str) -> str:
    """A text, such as a file's name, as a cell of a table: with an apostrophe where a spreadsheet would run it as a formula.

    >>> text_cell("=1+1.png")
    "'=1+1.png"
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def tick_record(tick: Tick) -> JsonRecord:
    """One sample of a run: its time in seconds, the phase, everything measured, and what happened at that moment."""
    return {
        "t": rounded(tick.reading.t),
        "phase": tick.state.phase.value,
        "phase_since": rounded(tick.state.phase_since),
        **reading_record(tick.reading),
        "events": [event_record(event) for event in tick.events],
    }


def reading_record(reading: Reading) -> JsonRecord:
    """One reading by itself: view, deviation in thresholds, and every measure with its unit."""
    found = reading.deviation
    return {
        "view": reading.view.value,
        "deviation": {
            "value": rounded(found.value),
            "reason": _reason(found.reason),
            "cause": _plain(found.cause),
            "change": rounded(found.change),
            "probability": rounded(found.probability),
            "kind": _plain(found.kind),
            "changes": {name.value: rounded(change) for name, change in found.changes.items()},
            "looking_down": found.looking_down,
            "compared": reading.compared,
        },
        "measures": {name.value: _measure_record(measure) for name, measure in reading.measures.items()},
    }


def event_record(event: Event) -> JsonRecord:
    """One event: its type in snake_case, then its fields under their own names; a reason as its text, with its code next to it."""
    record = {"type": event_type(event), **{field.name: _plain(getattr(event, field.name)) for field in fields(event)}}
    reason = getattr(event, "reason", None)
    return {**record, "code": reason.code.value} if isinstance(reason, Reason) else record


def event_type(event: object) -> str:
    """The name of an event's type in files, such as "slouch_sustained"."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()


def csv_row(tick: Tick) -> list[str]:
    """One sample as the cells of `CSV_COLUMNS`; what is unknown is an empty cell."""
    return [
        str(rounded(tick.reading.t)),
        tick.state.phase.value,
        *reading_cells(tick.reading),
        " ".join(event_type(event) for event in tick.events),
    ]


def reading_cells(reading: Reading) -> list[str]:
    """One reading as the cells of `READING_COLUMNS`; what is unknown is an empty cell."""
    found = reading.deviation
    return [
        reading.view.value,
        _cell(rounded(found.value)),
        text_cell(str(found.reason.text)) if found.reason else "",
        _cell(_plain(found.cause)),
        _cell(rounded(found.change)),
        *(_cell(_value(reading.measures[name]) if name in reading.measures else None) for name in Name),
    ]


def _measure_record(measure: Measure) -> JsonRecord:
    return {
        "value": _value(measure),
        "unit": measure.unit,
        "uncertainty": rounded(measure.uncertainty),
        "reason": _reason(measure.reason),
    }


def _reason(reason: Reason | None) -> JsonRecord | None:
    """Why something is unknown; null if it is known."""
    return None if reason is None else {**reason_record(reason)}


def _value(measure: Measure) -> float | None:
    return rounded(measure.value, _ANGLE_DECIMALS if UNITS[measure.name] == DEGREES else _RATIO_DECIMALS)


def _plain(value: object) -> object:
    """A field of an event as plain JSON: grades and measures by name, numbers rounded."""
    if isinstance(value, Grade):
        return value.name.lower()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Reason):
        return str(value.text)
    return rounded(value) if isinstance(value, float) else value


def rounded(value: float | None, decimals: int = _DECIMALS) -> float | None:
    """A number rounded to this many decimals; unknown stays unknown."""
    return None if value is None else round(float(value), decimals) + 0.0  # + 0.0 turns -0.0 into 0.0


def _cell(value: object) -> str:
    return "" if value is None else str(value)
