"""The stretch sessions as files for spreadsheets and programs, and how any export is written.

What is unknown is an empty cell or null, never 0.
"""

from __future__ import annotations

import contextlib
import csv
import errno
import io
import itertools
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import IO, Any

from posturecam.config.files import put_in_place
from posturecam.config.reading import is_folder, reason, remedy
from posturecam.errors import OutputError
from posturecam.history.stretches import KeptRep, KeptSession
from posturecam.i18n.message import Verbatim
from posturecam.posture.records.serialize import text_cell

COLUMNS: tuple[str, ...] = (
    "session",
    "began",
    "title",
    "exercise",
    "side",
    "view",
    "rep",
    "t",
    "seen",
    "unseen",
    "counted",
    "depth",
    "depth_measure",
    "depth_unit",
    "level",
    "faults",
    "pieces",
    "lacking",
    "reach",
    "troubled",
    "before",
    "after",
    "source",
)
"""Columns of the CSV, one row per repetition: seconds, and the depth in the unit beside it."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def session_record(session: KeptSession) -> dict[str, Any]:
    """A session as plain data, with its repetitions."""
    answers = session.answers
    return {
        "session": session.id,
        "began": local_time(session.began, session.utc_offset),
        "ended": None if session.ended is None else local_time(session.ended, session.utc_offset),
        "title": session.title,
        "source": session.source,
        "troubled": None if answers is None else answers.troubled,
        "before": None if answers is None else answers.before,
        "after": None if answers is None else answers.after,
        "skipped": list(session.skipped),
        "reps": [_rep_record(rep) for rep in session.reps],
    }


def local_time(moment: float, utc_offset: float) -> str:
    """A moment as the clock on the wall showed it: "2026-11-22T13:55:02+01:00"."""
    zone = timezone(timedelta(seconds=round(utc_offset)))
    return (_EPOCH + timedelta(seconds=moment)).astimezone(zone).isoformat(timespec="seconds")


def as_json(sessions: Iterable[KeptSession]) -> str:
    """All sessions as one JSON array."""
    return json.dumps([session_record(session) for session in sessions], indent=1) + "\n"


def as_csv(sessions: Iterable[KeptSession], *, decimal_comma: bool = False) -> str:
    """All repetitions as CSV with a header; a session without repetitions has no row."""
    rows = (row for session in sessions for row in rep_rows(session))
    return "".join(csv_lines(COLUMNS, rows, decimal_comma=decimal_comma))


def csv_lines(
    columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, decimal_comma: bool = False
) -> Iterator[str]:
    """These columns of the rows as CSV with a header, a line at a time: yes and no as 1 and 0, and what is unknown as an empty cell.

    With a decimal comma, cells are separated by semicolons, as spreadsheets of such countries read it.
    """
    line = io.StringIO()
    writer = csv.writer(line, delimiter=";" if decimal_comma else ",", lineterminator="\n")
    cell = _comma_cell if decimal_comma else _cell
    for cells in itertools.chain([columns], ([cell(row[column]) for column in columns] for row in rows)):
        writer.writerow(cells)
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def rep_rows(session: KeptSession) -> Iterator[dict[str, Any]]:
    """A session's repetitions with `COLUMNS`."""
    whole = session_record(session)
    for rep in whole["reps"]:
        yield {"reach": None, **whole, **rep, "faults": " ".join(rep["faults"])}


def export(sessions: Iterable[KeptSession], path: Path, *, decimal_comma: bool = False) -> None:
    """Write the history to a file, by the ending of its name: .csv or .json. An earlier file is replaced once all is written.

    Args:
        sessions: All of them.
        path: Where to write.
        decimal_comma: In a table, write "1,5" and put semicolons between the cells.

    Raises:
        OutputError: for another ending, or if it cannot be written.
    """
    text = as_json(sessions) if ending_of(path) == ".json" else as_csv(sessions, decimal_comma=decimal_comma)
    with writing(path) as file:
        file.write(text.encode())


def ending_of(path: Path) -> str:
    """The suffix that decides the format, ".csv" or ".json".

    Raises:
        OutputError: for another one.
    """
    ending = path.suffix.lower()
    if ending not in (".csv", ".json"):
        raise OutputError(
            "The history can only be exported to a .csv or .json file, not to {name}", name=Verbatim(path.name or path)
        )
    return ending


@contextlib.contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """An exported file to write to, which takes the place of an earlier one at the end, for its owner alone to read.

    Raises:
        OutputError: if it cannot be written.
    """
    try:
        if is_folder(path):  # before any of several files takes its place
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        with put_in_place(path) as file:
            yield file
    except OSError as problem:
        raise OutputError(
            "{path} cannot be written ({problem}); {remedy}, or choose another place",
            path=path,
            problem=reason(problem),
            remedy=remedy(problem),
        ) from problem


def _rep_record(rep: KeptRep) -> dict[str, Any]:
    result = rep.result
    return {
        "exercise": rep.exercise,
        "side": None if result.side is None else result.side.value,
        "view": result.view.value,
        "rep": result.rep,
        "t": round(result.t, 3),
        "seen": round(result.seen, 3),
        "unseen": round(result.unseen, 3),
        "counted": result.counted,
        "depth": None if result.depth is None else round(result.depth, 4),
        "depth_measure": rep.depth_measure,
        "depth_unit": rep.depth_unit,
        "level": result.level,
        "faults": list(result.faults),
        "pieces": result.pieces,
        "lacking": result.lacking.spoken if result.lacking else None,
        # A file of a version that did not know it is exported as that version did.
        **({} if result.reach is None else {"reach": round(result.reach, 2)}),
    }


def _comma_cell(value: Any) -> Any:
    return str(value).replace(".", ",") if isinstance(value, float) else _cell(value)


def _cell(value: Any) -> Any:
    """Yes and no as 1 and 0; what is unknown as an empty cell; a text so that no spreadsheet runs it."""
    if isinstance(value, str):
        return text_cell(value)
    return int(value) if isinstance(value, bool) else value
