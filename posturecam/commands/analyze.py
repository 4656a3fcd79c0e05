"""`posturecam analyze`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from posturecam.analyze import AnalyzeOptions, Summary, analyze_many, summary_record
from posturecam.errors import EXIT_PARTIAL, PosturecamError
from posturecam.monitor import Phase, SlouchSustained
from posturecam.store import load_settings


def analyze_files(
    files: list[Path],
    out: Path,
    *,
    upright: float | None,
    rate: float,
    jobs: int,
    video: bool,
    plot: bool,
    time_scale: float,
    as_json: bool,
) -> None:
    """Judge files and write the results; one bad file does not stop the others.

    Leaves with the exit code of the first file that failed, or with that of partial results where one was cut short.

    Raises:
        PosturecamError: if the settings cannot be used.
    """
    settings = load_settings()
    options = AnalyzeOptions(rate=rate, upright_seconds=upright, video=video, plot=plot, time_scale=time_scale)
    console = Console(stderr=as_json)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"{len(files)} file{'s' if len(files) > 1 else ''}", total=1.0)
        results = analyze_many(
            files, out, options, settings, jobs, lambda share: progress.update(task, completed=share)
        )
    if as_json:
        print(
            json.dumps(
                [
                    summary_record(result) if isinstance(result, Summary) else {"file": str(file), "error": str(result)}
                    for file, result in zip(files, results, strict=True)
                ],
                ensure_ascii=False,
            )
        )
    else:
        _print(console, files, results)
    _leave(results)


def _print(console: Console, files: list[Path], results: list[Summary | PosturecamError]) -> None:
    table = Table("file", "seconds", "slouches", *(phase.value for phase in Phase), "results")
    for file, result in zip(files, results, strict=True):
        if isinstance(result, Summary):
            slouches = sum(isinstance(event, SlouchSustained) for event in result.events)
            shares = (f"{result.shares.get(phase, 0):.0%}" for phase in Phase)
            table.add_row(file.name, f"{result.seconds:.0f}", str(slouches), *shares, str(result.folder))
    if table.row_count:
        console.print(table)
    for result in results:
        if isinstance(result, Summary) and result.unknown_mostly is not None:
            console.print(f"{result.file.name}: mostly unknown because {result.unknown_mostly}")


def _leave(results: list[Summary | PosturecamError]) -> None:
    failures = [result for result in results if isinstance(result, PosturecamError)]
    cut_short = [result.truncated for result in results if isinstance(result, Summary) and result.truncated]
    for message in (*failures, *cut_short):
        print(f"posturecam: {message}", file=sys.stderr)
    if failures:
        sys.exit(failures[0].exit_code)
    if cut_short:
        sys.exit(EXIT_PARTIAL)
