"""`posturecam stretch history`: what was done before, shown or exported."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from posturecam.coach.library import load_exercise
from posturecam.coach.safety import Answers
from posturecam.commands.shared import log, log_to_stderr
from posturecam.config.reading import is_missing
from posturecam.errors import PosturecamError
from posturecam.history import KeptSession, StretchHistory, history_path
from posturecam.history.export import as_json as json_of
from posturecam.history.export import export, local_time
from posturecam.i18n.message import printable
from posturecam.i18n.translate import joined, own_number, tr, trn
from posturecam.i18n.words import CLAUSES
from posturecam.terminal.watching import duration


def show_history(*, as_json: bool, to: Path | None, most: int, decimal_comma: bool = False) -> None:
    """Print the saved sessions, newest first, or write them all to a file, optionally as a table with decimal commas.

    Raises:
        PosturecamError: if the history cannot be read, or the file not written.
    """
    log_to_stderr()
    nothing = tr("No stretching was recorded yet; start with: posturecam stretch")
    if is_missing(history_path()) and to is None and not as_json:
        Console().print(nothing)
        return
    with StretchHistory(to_read=True) as history:
        sessions = history.sessions(None if to is not None or as_json else most)
        for line in history.complaints():
            log.warning("%s", line)
    if to is not None:
        export(sessions, to, decimal_comma=decimal_comma)
        if as_json:
            print(json.dumps({"files": [str(to)], "sessions": len(sessions)}))
            return
        print(f"{printable(str(to))}: {trn('{number} session', '{number} sessions', len(sessions))}")
    elif as_json:
        print(json_of(sessions), end="")
    else:
        Console().print(_history_table(sessions) if sessions else nothing)


def _history_table(sessions: Sequence[KeptSession]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim")
    for heading in (tr("when"), tr("session"), tr("counted"), tr("held"), tr("deepest"), tr("pain")):
        table.add_column(heading)
    for one in sessions:
        seen = sum(rep.result.seen + rep.result.unseen for rep in one.reps)
        table.add_row(
            local_time(one.began, one.utc_offset)[:16].replace("T", " "),
            Text(tr(one.title)),
            tr("{counted} of {all}").format(counted=one.counted, all=len(one.reps)),
            duration(seen),
            Text(_deepest(one)),
            _pain(one.answers),
        )
    return table


def _deepest(session: KeptSession) -> str:
    """The deepest of each exercise, side and view, if its exercise is still known."""
    depths = []
    for key in dict.fromkeys(rep.exercise for rep in session.reps):
        try:
            depth = load_exercise(key).depth
        except PosturecamError:  # a user's own, removed since
            continue
        best = None
        for rep in session.reps:
            if depth is not None and rep.exercise == key:
                best = depth.better_of(best, rep.result.depth)
        unit = next((rep.depth_unit for rep in session.reps if rep.exercise == key and rep.depth_unit), None)
        if best is not None and unit is not None:
            name = "" if len({rep.exercise for rep in session.reps}) == 1 else f"{key.replace('_', ' ')} "
            depths.append(f"{name}{best:.0f}°" if unit == "°" else f"{name}{own_number(f'{best:.2f}')} {tr(unit)}")
    return joined(CLAUSES, depths)


def _pain(answers: Answers | None) -> str:
    if answers is None or (answers.before is None and answers.after is None):
        return ""
    return f"{'?' if answers.before is None else answers.before} → {'?' if answers.after is None else answers.after}"
