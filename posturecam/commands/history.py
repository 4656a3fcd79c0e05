"""`posturecam history`: posture on recent days, shown, exported or deleted."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import typer
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from posturecam.alerts.policy import Response
from posturecam.commands.questions import Unanswered, can_ask, is_yes
from posturecam.commands.shared import INDENT, left_beside, log, log_to_stderr, named_cells
from posturecam.config.reading import is_missing
from posturecam.errors import EXIT_PARTIAL
from posturecam.history.database import history_path
from posturecam.history.export import export_from, figures_record
from posturecam.history.models import Times
from posturecam.history.periods import Period, PeriodFigures
from posturecam.history.records import SittingRecords
from posturecam.history.removal import Deleted, delete_everything
from posturecam.i18n.dates import day_of_week
from posturecam.i18n.message import Message, printable
from posturecam.i18n.translate import joined, mark, percent, tr, trn
from posturecam.i18n.words import FULL_STOP, HEADED, THINGS
from posturecam.terminal.bars import ProgressBars, share_columns
from posturecam.terminal.watching import duration

_NOTHING = mark("Nothing has been recorded yet; start with: posturecam")
_BARS = 14, 40
"""The narrowest and the widest bar of the table, in columns."""


@dataclass(frozen=True, slots=True)
class _Look:
    name: str
    shape: str
    style: str


_LOOKS = (
    _Look(mark("upright"), "█", "green"),
    _Look(mark("drifting"), "▒", "yellow"),
    _Look(mark("slouching"), "▼", "bold red"),
    _Look(mark("unknown"), "?", "magenta"),
    _Look(mark("away"), "·", "dim"),
)
"""What the bars are made of, in this order; the shape alone is enough for people who do not see the color."""


def show_days(*, days: int, as_json: bool) -> None:
    """Print the most recent days, including today.

    Raises:
        HistoryError: if the history cannot be read.
        SystemExit: if only part of it can be read.
    """
    log_to_stderr()
    if is_missing(history_path()) and not as_json:
        Console().print(tr(_NOTHING))
        return
    with SittingRecords() as records:
        today = records.current_date
        period, begun = records.period(today - timedelta(days=days - 1), today), records.begun()
        _say(records.complaints())
        cut_short = records.cut_short
    if as_json:
        print(json.dumps(_period_record(period), indent=1))
    else:
        console = Console()
        console.print(tr(_NOTHING) if begun is None else _shown(period, console))
    if cut_short:
        sys.exit(EXIT_PARTIAL)


def export_to(path: Path, *, decimal_comma: bool = False, as_json: bool = False) -> None:
    """Write everything to a .csv or .json file; tables with decimal commas and semicolons if the user wants that.

    Raises:
        HistoryError: if the history cannot be read.
        OutputError: if the file cannot be written.
        SystemExit: if only part of it can be read; that part is written.
    """
    log_to_stderr()
    console = Console(stderr=True)
    shown = console.is_terminal
    with ProgressBars(*share_columns(), console=console, transient=True, disable=not shown) as bar:
        task = bar.add_task(path.name, total=1.0)

        def show(share: float) -> bool:
            bar.update(task, completed=share)
            return True

        done = export_from(path, progress=show, decimal_comma=decimal_comma)
    _say(done.complaints)
    if as_json:
        counts = {"minutes": done.minutes, "events": done.events, "sessions": done.sessions}
        print(json.dumps({"files": list(map(str, done.files)), **counts}))
    else:
        for file in done.files:
            print(printable(str(file)))
        print(joined(THINGS, (_minutes(done.minutes), _events(done.events), _sessions(done.sessions))))
    if done.cut_short:
        sys.exit(EXIT_PARTIAL)


def check_decimal_comma(wanted: bool, to: Path | None) -> None:
    """Refuse decimal commas if no table is written, so that nobody believes they had an effect.

    Raises:
        typer.BadParameter: if they are requested without a file, or for JSON.
    """
    if wanted and (to is None or to.suffix.lower() == ".json"):
        raise typer.BadParameter(
            Message(mark("it only works with {option}"), option="--export FILE.csv"), param_hint="--decimal-comma"
        )


def delete(*, sure: bool, as_json: bool = False) -> None:
    """Delete everything, once the user said so.

    Raises:
        HistoryError: if not everything could be deleted.
        typer.Exit: with 1, if the user said no, or cannot be asked.
    """
    log_to_stderr()
    if not sure:
        if not can_ask():
            print(
                f"posturecam: {tr('Nothing was deleted, because there is no terminal to ask you in; add --yes if you are sure')}",
                file=sys.stderr,
            )
            raise typer.Exit(1)
        console = Console(stderr=as_json)
        asked = tr(Message("Delete everything recorded about sitting and stretching in {path}?", path=history_path()))
        try:
            sure = is_yes(console, f"{printable(asked)} {tr('[y/N]')} ")
        except Unanswered:
            sure = False
        if not sure:
            console.print(Text(tr("Nothing was deleted.")))
            raise typer.Exit(1)
    deleted = delete_everything()
    print(json.dumps(asdict(deleted), default=str) if as_json else _deleted_text(deleted))


def _deleted_text(deleted: Deleted) -> str:
    if not deleted.anything:
        return tr("There was nothing to delete.")
    counts = (
        _minutes(deleted.minutes) if deleted.minutes else "",
        _events(deleted.events) if deleted.events else "",
        _sessions(deleted.sessions) if deleted.sessions else "",
        _repetitions(deleted.repetitions) if deleted.repetitions else "",
        trn("{number} file", "{number} files", len(deleted.files)) if deleted.files else "",
    )
    return tr("Deleted: {counts}.").format(counts=joined(THINGS, list(filter(None, counts))))


def _minutes(count: int) -> str:
    return trn("{number} minute", "{number} minutes", count)


def _events(count: int) -> str:
    return trn("{number} event", "{number} events", count)


def _sessions(count: int) -> str:
    return trn("{number} stretch session", "{number} stretch sessions", count)


def _repetitions(count: int) -> str:
    return trn("{number} repetition", "{number} repetitions", count)


def _say(complaints: Iterable[str]) -> None:
    for line in complaints:
        log.warning("%s", line)


def _period_record(period: Period) -> dict[str, object]:
    return {
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        **figures_record(period),
        "days": [{"date": day.date.isoformat(), **figures_record(day)} for day in period.days],
    }


# The table.


def _shown(period: Period, console: Console) -> RenderableType:
    """The whole period: a table, or a few lines for each day where the terminal is too narrow for one."""
    least, most = _BARS
    left = left_beside(_table(period, least), console)
    if left >= 0:
        days: RenderableType = _table(period, min(least + left, most))
    else:
        days = Group(*_narrow_list(period, max(min(console.width - INDENT, most), 1)))
    return Group(days, Text(), _legend(), *_sentences(period))


def _table(period: Period, width: int) -> Table:
    """A row for each day, with bars of at most `width` columns."""
    table = Table(box=None, padding=(0, 1, 0, 0), show_edge=False, header_style="dim", show_footer=True)
    longest = max(day.times.watched for day in period.days)
    table.add_column(tr("day"), tr("all"), no_wrap=True)
    table.add_column("", no_wrap=True)
    for heading, whole in _cells(period).items():
        table.add_column(heading, whole, justify="right", no_wrap=True)
    for day in reversed(period.days):
        table.add_row(day_of_week(day.date, period.last), _bar(day.times, longest, width), *_cells(day).values())
    return table


def _narrow_list(period: Period, width: int) -> Iterator[RenderableType]:
    """The same, each figure with its name."""
    longest = max(day.times.watched for day in period.days)
    for day in reversed(period.days):
        yield Text(day_of_week(day.date, period.last), style="bold")
        yield Padding(_bar(day.times, longest, width), (0, 0, 0, INDENT))
        yield from named_cells(_cells(day))
    yield Text(tr("all"), style="bold")
    yield from named_cells(_cells(period))


def _cells(figures: PeriodFigures) -> Mapping[str, str]:
    """The figures of one row, by heading; empty if there is no figure, which is not zero."""
    times = figures.times
    return {
        tr("seen"): duration(times.measured) if times.measured else "",
        tr("upright"): _percent(times.upright_share),
        tr("slouching"): _percent(times.slouching_share),
        tr("reminders"): str(figures.alerts) if times.watched else "",
        tr("stretches"): str(figures.stretches) if times.watched or figures.stretches else "",
    }


def _bar(times: Times, longest: float, width: int) -> Text:
    """A bar as long as the day was watched, made of the kinds' shapes."""
    if not times.watched:
        return Text(tr("not watched"), style="dim")
    kinds = times.sat_up, times.drifting, times.slouching, times.unknown, times.away
    shown, seconds, cells = Text(), 0.0, 0
    for look, kind in zip(_LOOKS, kinds, strict=True):
        seconds += kind
        end = round(seconds / longest * width)  # the end is rounded, so that the total length is right
        shown.append(look.shape * (end - cells), style=look.style)
        cells = end
    return shown


def _legend() -> Text:
    legend = Text()
    for look in _LOOKS:
        legend.append(look.shape, style=look.style)
        legend.append(f" {tr(look.name)}   ", style="dim")
    return legend


def _sentences(period: Period) -> list[Text]:
    """Whatever the columns have no room for; shares are of the time in which the user was seen."""
    times, lines = period.times, list[str]()
    if period.longest_good is not None:
        lines.append(tr("Longest upright run: {lasting}.").format(lasting=duration(period.longest_good)))
    if times.unknown_share is not None and times.away_share is not None:
        lines.append(
            tr(
                "Watched for {watched}: away {away}, unknown {unknown}. Upright and slouching are shares of the rest."
            ).format(
                watched=duration(times.watched),
                unknown=_percent(times.unknown_share),
                away=_percent(times.away_share),
            )
        )
    if period.alerts:
        answers = [f"{tr(said)} {period.answers[response]}" for response, said in _SAID if period.answers[response]]
        reminders = trn("{number} reminder", "{number} reminders", period.alerts)
        told = joined(HEADED, [reminders, joined(THINGS, answers)] if answers else [reminders])
        lines.append(tr(FULL_STOP).format(told=told))
    if period.breaks_offered:
        lines.append(
            tr("Breaks: {offered} offered, {taken} taken.").format(
                offered=period.breaks_offered, taken=period.breaks_taken
            )
        )
    if period.stretches:
        lines.append(
            tr("{sessions}, {repetitions} counted; see: posturecam stretch history").format(
                sessions=_sessions(period.stretches), repetitions=_repetitions(period.repetitions)
            )
        )
    return [Text(), *map(Text, lines)] if lines else []


_SAID = ((Response.STRETCH, mark("stretched")), (Response.SNOOZE, mark("snoozed")), (Response.FINE, mark("“I'm fine”")))


def _percent(share: float | None) -> str:
    """A share of time; empty if there is none, which is not zero."""
    return "" if share is None else percent(share)
