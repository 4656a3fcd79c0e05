"""Everything that was kept, sitting and stretching, as files for spreadsheets and programs; `docs/formats.md` describes them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from posturecam.history.export import COLUMNS as REP_COLUMNS
from posturecam.history.export import as_csv as reps_csv
from posturecam.history.export import csv_text, ending_of, local_time, session_record, write_export
from posturecam.history.models import DETAILS, KeptEvent, Minute, TimeCategory
from posturecam.history.periods import PeriodFigures
from posturecam.history.records import SittingRecords
from posturecam.history.stretches import KeptSession, StretchHistory
from posturecam.posture.evidence import to_json

FORMAT = 1
"""Of the JSON; a higher number means that something was changed and not only added."""
MINUTE_COLUMNS: tuple[str, ...] = ("minute", *(what.value for what in TimeCategory))
_DETAILS = tuple(dict.fromkeys(name for names in DETAILS.values() for name in names))
EVENT_COLUMNS: tuple[str, ...] = ("at", "kind", *_DETAILS)

__all__ = ["EVENT_COLUMNS", "FORMAT", "MINUTE_COLUMNS", "REP_COLUMNS", "Everything", "export_everything"]


@dataclass(frozen=True, slots=True)
class Everything:
    """All there is in the history."""

    minutes: Sequence[Minute]
    events: Sequence[KeptEvent]
    """Events with their evidence."""
    sessions: Sequence[KeptSession]
    """Of stretching, newest first."""


def read_everything(records: SittingRecords, stretches: StretchHistory) -> Everything:
    """Everything, of whatever day."""
    first, last = date.min.replace(year=1970), date.max.replace(year=9990)
    return Everything(records.minutes(first, last), records.events(first, last, evidence=True), stretches.sessions())


def export_everything(everything: Everything, path: Path) -> tuple[Path, ...]:
    """Write everything to files, by the ending of the name; returns what was written.

    A .json file has it all. A .csv file has the minutes; two more beside it, "-events" and "-stretches", have the rest. Earlier
    files are replaced, each once all of it is written.

    Raises:
        OutputError: for another ending, or if a file cannot be written.
    """
    if ending_of(path) == ".json":
        texts = {path: _as_json(everything)}
    else:
        texts = {
            path: csv_text(MINUTE_COLUMNS, map(_minute_record, everything.minutes)),
            _beside(path, "events"): csv_text(EVENT_COLUMNS, map(_event_row, everything.events)),
            _beside(path, "stretches"): reps_csv(everything.sessions),
        }
    for file, text in texts.items():
        write_export(file, text)
    return tuple(texts)


def figures_record(figures: PeriodFigures) -> dict[str, Any]:
    """A day's or a period's figures as plain data: seconds, and shares from 0 to 1, null where there is nothing to share."""
    times = figures.times
    shares = {
        "upright": times.upright_share,
        "drifting": times.drifting_share,
        "slouching": times.slouching_share,
        "unknown": times.unknown_share,
        "away": times.away_share,
    }
    return {
        "seconds": _seconds_record(times.parts),
        "measured": round(times.measured, 3),
        "watched": round(times.watched, 3),
        "shares": {name: None if share is None else round(share, 4) for name, share in shares.items()},
        "longest_good": None if figures.longest_good is None else round(figures.longest_good, 3),
        "alerts": figures.alerts,
        "answers": {response.value: count for response, count in figures.answers.items()},
        "breaks_offered": figures.breaks_offered,
        "breaks_taken": figures.breaks_taken,
        "stretches": figures.stretches,
        "repetitions": figures.repetitions,
    }


def _beside(path: Path, what: str) -> Path:
    return path.with_name(f"{path.stem}-{what}{path.suffix}")


def _as_json(everything: Everything) -> str:
    """One object; a minute a line, for there are many."""
    lists: Mapping[str, list[str]] = {
        "minutes": [_line(_minute_record(one)) for one in everything.minutes],
        "events": [_line(_event_record(one)) for one in everything.events],
        "stretches": [_line(session_record(one)) for one in everything.sessions],
    }
    parts = [f'"format": {FORMAT}', *(_list(name, lines) for name, lines in lists.items())]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _list(name: str, lines: Sequence[str]) -> str:
    within = "\n " + ",\n ".join(lines) + "\n" if lines else ""
    return f'"{name}": [{within}]'


def _line(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, allow_nan=False)


def _minute_record(one: Minute) -> dict[str, Any]:
    return {"minute": local_time(one.at, one.utc_offset), **_seconds_record(one.times.parts)}


def _seconds_record(parts: Sequence[float]) -> dict[str, float]:
    return {what.value: round(part, 3) for what, part in zip(TimeCategory, parts, strict=True)}


def _event_record(event: KeptEvent) -> dict[str, Any]:
    details = {name: _rounded(event.details.get(name)) for name in DETAILS[event.kind]}
    record = {"at": local_time(event.at, event.utc_offset), "kind": event.kind.value, **details}
    if event.evidence is not None:
        record["evidence"] = json.loads(to_json(event.evidence))
    return record


def _event_row(event: KeptEvent) -> dict[str, Any]:
    return {**dict.fromkeys(EVENT_COLUMNS), **_event_record(event)}


def _rounded(value: float | str | None) -> float | str | None:
    return round(value, 4) if isinstance(value, float) else value
