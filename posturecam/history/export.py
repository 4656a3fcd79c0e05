"""Exports the whole history, sitting and stretching, as files for spreadsheets and programs; see `docs/formats.md`.

Years of history are a million minutes, so rows are written as they are read and never held in memory together.
"""

from __future__ import annotations

import codecs
import contextlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from posturecam.errors import OutputError
from posturecam.history.models import DETAILS, Detail, KeptEvent, Minute, TimeCategory
from posturecam.history.periods import PeriodFigures
from posturecam.history.records import SittingRecords
from posturecam.history.stretch_export import COLUMNS as REP_COLUMNS
from posturecam.history.stretch_export import csv_lines, ending_of, local_time, rep_rows, session_record, writing
from posturecam.history.stretches import KeptSession, StretchHistory
from posturecam.posture.records.evidence import evidence_record

FORMAT = 1
"""Version of the JSON format; a higher number means a change that is not just an addition."""
MINUTE_COLUMNS: tuple[str, ...] = ("minute", *(what.value for what in TimeCategory))
_DETAILS = tuple(dict.fromkeys(name for names in DETAILS.values() for name in names if name != "said"))
EVENT_COLUMNS: tuple[str, ...] = ("at", "kind", *_DETAILS, "code")
_AT_ONCE = 100
"""Records between two progress reports, at which the export can be stopped: some 2 ms. On a machine with six times the work it could do, a window
during the export of five years answered within 107 to 119 ms at worst with 500 records, and within 72 ms with 100."""
_REST_SECONDS = 0.001
"""Pause after each report, so that the windows' thread does not have to wait for Python's lock."""

__all__ = ["EVENT_COLUMNS", "FORMAT", "MINUTE_COLUMNS", "REP_COLUMNS", "Exported", "export_everything", "export_from"]

Record = TypeVar("Record")
ExportProgress = Callable[[float], bool]
"""Receives the finished share, 0 to 1, in the exporting thread; returns whether to continue."""


class ExportStopped(OutputError):
    """The export was stopped on request; nothing was written."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    files: tuple[Path, ...]
    minutes: int
    events: int
    sessions: int
    """Number of stretch sessions."""
    complaints: tuple[str, ...] = ()
    """Messages for the user, such as that damaged entries were skipped."""
    cut_short: bool = False
    """Whether reading ended early, so that not everything was written."""


@dataclass
class _Counting:
    """Counts the exported records for the progress."""

    all: int
    """Number of records of every kind, if known."""
    progress: ExportProgress
    found: Counter[str] = field(default_factory=Counter)
    passed: int = 0

    def each(self, records: Iterable[Record], kind: str) -> Iterator[Record]:
        for record in records:
            yield record
            self.found[kind] += 1
            self.passed += 1
            if self.passed % _AT_ONCE == 0:
                self._look()

    def _look(self) -> None:
        if not self.progress(min(self.passed / max(self.all, 1), 1.0)):
            raise ExportStopped("The export was stopped; nothing was written")
        time.sleep(_REST_SECONDS)


def export_from(
    path: Path,
    history: Path | None = None,
    progress: ExportProgress = lambda share: True,
    *,
    decimal_comma: bool = False,
    byte_order_mark: bool = False,
) -> Exported:
    """Write everything in the history to files; see `export_everything`. To be called from any thread.

    Args:
        path: Where to write.
        history: The history's file; None takes the user's own.
        progress: Receives the finished share; returning False stops the export.
        decimal_comma: In tables, write "1,5" and put semicolons between the cells, as spreadsheets expect in countries with a decimal comma.
        byte_order_mark: Begin tables with the mark by which Excel recognizes UTF-8; without it, "°" becomes "Â°".

    Raises:
        HistoryError: if the history cannot be opened.
        ExportStopped: if it was stopped.
        OutputError: for another ending, or if a file cannot be written.
    """
    ending_of(path)
    with SittingRecords(history) as records, StretchHistory(history, to_read=True) as stretches:
        return export_everything(
            records, stretches, path, progress, decimal_comma=decimal_comma, byte_order_mark=byte_order_mark
        )


def export_everything(
    records: SittingRecords,
    stretches: StretchHistory,
    path: Path,
    progress: ExportProgress = lambda share: True,
    *,
    decimal_comma: bool = False,
    byte_order_mark: bool = False,
) -> Exported:
    """Write everything to files, by the ending of the name.

    A .json file has it all. A .csv file has the minutes; two more beside it, "-events" and "-stretches", have the rest. Earlier
    files are replaced, all together once all of it is written.

    Raises:
        ExportStopped: if `progress` returned False.
        OutputError: for another ending, or if a file cannot be written.
    """
    ending, begin = ending_of(path), b""
    counting = _Counting(records.count() + stretches.count(), progress)
    minutes = counting.each(records.every_minute(), "minutes")
    events = counting.each(records.every_event(), "events")
    sessions = counting.each(stretches.every_session(), "sessions")
    if ending == ".json":
        files = {path: _json_lines(minutes, events, sessions)}
    else:
        begin = codecs.BOM_UTF8 if byte_order_mark else b""
        lines = partial(csv_lines, decimal_comma=decimal_comma)
        tables = (
            lines(MINUTE_COLUMNS, map(_minute_record, minutes)),
            lines(EVENT_COLUMNS, map(_event_row, events)),
            lines(REP_COLUMNS, (row for one in sessions for row in rep_rows(one))),
        )
        files = dict(zip(files_of(path), tables, strict=True))
    with contextlib.ExitStack() as stack:
        for file, written in files.items():
            opened = stack.enter_context(writing(file))
            opened.write(begin)
            opened.writelines(line.encode() for line in written)
    found, complaints = counting.found, dict.fromkeys([*records.complaints(), *stretches.complaints()])
    cut_short = records.cut_short or stretches.cut_short
    return Exported(tuple(files), found["minutes"], found["events"], found["sessions"], tuple(complaints), cut_short)


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


def files_of(path: Path) -> tuple[Path, ...]:
    """The files that an export to this one writes, itself first: tables have others beside it."""
    if path.suffix.lower() != ".csv":
        return (path,)
    return path, *(path.with_name(f"{path.stem}-{what}{path.suffix}") for what in ("events", "stretches"))


def _json_lines(
    minutes: Iterable[Minute], events: Iterable[KeptEvent], sessions: Iterable[KeptSession]
) -> Iterator[str]:
    """One JSON object, with a line for each minute, since there are many."""
    yield f'{{\n"format": {FORMAT}'
    yield from _list("minutes", map(_minute_record, minutes))
    yield from _list("events", map(_event_record, events))
    yield from _list("stretches", map(session_record, sessions))
    yield "\n}\n"


def _list(name: str, records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    yield f',\n"{name}": ['
    number = 0
    for number, record in enumerate(records, 1):
        yield f"{',' if number > 1 else ''}\n {_line(record)}"
    yield "\n]" if number else "]"


def _line(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, allow_nan=False)


def _minute_record(one: Minute) -> dict[str, Any]:
    return {"minute": local_time(one.at, one.utc_offset), **_seconds_record(one.times.parts)}


def _seconds_record(parts: Sequence[float]) -> dict[str, float]:
    return {what.value: round(part, 3) for what, part in zip(TimeCategory, parts, strict=True)}


def _event_record(event: KeptEvent) -> dict[str, Any]:
    details = {name: _rounded(event.details.get(name)) for name in DETAILS[event.kind] if name in _DETAILS}
    record = {"at": local_time(event.at, event.utc_offset), "kind": event.kind.value, **details}
    if "reason" in record:
        why, code = event.why, event.details.get("reason")
        record |= {"reason": why and str(why), "code": code["code"] if isinstance(code, dict) else code}
    if event.evidence is not None:
        record["evidence"] = evidence_record(event.evidence)
    return record


def _event_row(event: KeptEvent) -> dict[str, Any]:
    return {**dict.fromkeys(EVENT_COLUMNS), **_event_record(event)}


def _rounded(value: Detail) -> Detail:
    return round(value, 4) if isinstance(value, float) else value
