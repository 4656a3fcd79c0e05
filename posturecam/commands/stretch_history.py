"""`posturecam stretch history`: what was done before, shown or exported."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from posturecam.coach.library import load_exercise
from posturecam.coach.presentation.descriptions import depth_text
from posturecam.coach.safety import Answers
from posturecam.commands.shared import left_beside, log, log_to_stderr, narrow_list
from posturecam.config.reading import is_missing
from posturecam.errors import EXIT_PARTIAL, PosturecamError
from posturecam.history.database import history_path
from posturecam.history.stretch_export import as_json as json_of
from posturecam.history.stretch_export import export, local_time
from posturecam.history.stretches import KeptSession, StretchHistory
from posturecam.i18n.message import printable
from posturecam.i18n.translate import joined, tr, trn
from posturecam.i18n.words import CLAUSES
from posturecam.terminal.watching import duration

_NARROWEST = 14
"""Least columns for a text that wraps; a longer word has as many as it needs."""


def show_history(*, as_json: bool, to: Path | None, most: int | None, decimal_comma: bool) -> None:
    """Print the saved sessions, newest first, or write them to a file, optionally as a table with decimal commas.

    Args:
        as_json: Print JSON.
        to: The file; None prints.
        most: How many, at most; None for all.
        decimal_comma: Write decimal commas.

    Raises:
        PosturecamError: if the history cannot be read, or the file not written.
        SystemExit: if only part of the history can be read; that part is printed or written.
    """
    log_to_stderr()
    nothing = tr("No stretching was recorded yet; start with: posturecam stretch")
    if is_missing(history_path()) and to is None and not as_json:
        Console().print(nothing)
        return
    with StretchHistory(to_read=True) as history:
        sessions = history.sessions(most)
        for line in history.complaints():
            log.warning("%s", line)
        cut_short = history.cut_short
    if to is not None:
        export(sessions, to, decimal_comma=decimal_comma)
        if as_json:
            print(json.dumps({"files": [str(to)], "sessions": len(sessions)}))
        else:
            print(f"{printable(str(to))}: {trn('{number} session', '{number} sessions', len(sessions))}")
    elif as_json:
        print(json_of(sessions), end="")
    else:
        console = Console()
        console.print(_shown(sessions, console) if sessions else nothing)
    if cut_short:
        sys.exit(EXIT_PARTIAL)


def _shown(sessions: Sequence[KeptSession], console: Console) -> RenderableType:
    """A table, or a few lines for each session where the terminal is too narrow for one."""
    rows = [_cells(one) for one in sessions]
    words = (word for cells in rows for heading in _wrapping() for word in cells[heading].split())
    if left_beside(_table(rows, max(_NARROWEST, *map(cell_len, words))), console) >= 0:
        return _table(rows)
    return Group(*narrow_list(rows))


def _table(rows: Sequence[Mapping[str, str]], widest: int | None = None) -> Table:
    """A row for each session; long texts wrap, at most so wide, and nothing is cut off."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim")
    for heading in rows[0]:
        if heading in _wrapping():
            table.add_column(heading, overflow="fold", max_width=widest)
        else:
            table.add_column(heading, no_wrap=True)
    for cells in rows:
        table.add_row(*map(Text, cells.values()))
    return table


def _wrapping() -> tuple[str, ...]:
    """The headings of the columns whose texts wrap."""
    return tr("session"), tr("deepest")


def _cells(session: KeptSession) -> Mapping[str, str]:
    """What is shown of a session, by heading; when and which session first."""
    seen = sum(rep.result.seen + rep.result.unseen for rep in session.reps)
    return {
        tr("when"): local_time(session.began, session.utc_offset)[:16].replace("T", " "),
        tr("session"): tr(session.title),
        tr("counted"): _counted(session),
        tr("held"): duration(seen),
        tr("deepest"): _deepest(session),
        tr("pain"): _pain(session.answers),
    }


def _counted(session: KeptSession) -> str:
    """How many repetitions counted, of those that were judged, and how many were timed to their end instead."""
    judged, parts = len(session.reps) - session.timed, []
    if judged or not session.timed:
        parts.append(tr("{counted} of {all}").format(counted=session.counted, all=judged))
    if session.timed:
        parts.append(tr("{number} timed only").format(number=session.timed))
    return joined(CLAUSES, parts)


def _deepest(session: KeptSession) -> str:
    """The deepest of each exercise, side and view, if its exercise is still known."""
    depths = []
    for key in dict.fromkeys(rep.exercise for rep in session.reps):
        try:
            exercise = load_exercise(key)
        except PosturecamError:  # a user's own, removed since
            continue
        best = None
        for rep in session.reps:
            if exercise.depth is not None and rep.exercise == key:
                best = exercise.depth.better_of(best, rep.result.depth)
        unit = next((rep.depth_unit for rep in session.reps if rep.exercise == key and rep.depth_unit), None)
        if best is not None and unit is not None and exercise.depth is not None:
            name = "" if len({rep.exercise for rep in session.reps}) == 1 else f"{tr(exercise.title)} "
            depths.append(f"{name}{tr(depth_text(exercise.depth.told(best), unit))}")
    return joined(CLAUSES, depths)


def _pain(answers: Answers | None) -> str:
    if answers is None or (answers.before is None and answers.after is None):
        return ""
    return f"{'?' if answers.before is None else answers.before} → {'?' if answers.after is None else answers.after}"
