"""`posturecam analyze`."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from posturecam.analysis.batch import analyze_many
from posturecam.analysis.summary import WORTH_A_REASON, AnalyzeOptions, Summary, summary_record
from posturecam.commands.language import use_own_language
from posturecam.commands.shared import kept_baselines, kept_settings
from posturecam.config import log_file, stdout, uncaught
from posturecam.config.reading import resolved
from posturecam.config.settings import Settings
from posturecam.errors import EXIT_PARTIAL, PosturecamError
from posturecam.i18n.message import printable
from posturecam.i18n.translate import joined, percent, tr, trn
from posturecam.i18n.words import BRACKETED, CLAUSES, STATEMENTS
from posturecam.posture.monitor import Phase, SlouchSustained
from posturecam.posture.reasons import Why
from posturecam.terminal.bars import ProgressBars, share_columns
from posturecam.terminal.watching import PHASE_WORDS, duration, reading_text
from posturecam.vision.sources.files import name_of
from posturecam.vision.sources.kinds import is_recording


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
    rotate: int,
) -> None:
    """Judge files and write the results; one bad file does not stop the others.

    Leaves with the exit code of the first file that failed, or with that of partial results if one was truncated.

    Raises:
        PosturecamError: if the settings cannot be used.
    """
    files = [one for one in files if not _are_results(one, out)] or files
    settings = kept_settings()
    options = AnalyzeOptions(
        rate=rate,
        upright_seconds=upright,
        baselines=kept_baselines().kept,
        video=video,
        plot=plot,
        time_scale=time_scale,
        rotate=rotate,
    )
    console = Console(stderr=as_json)
    shown = console.is_terminal
    with ProgressBars(*share_columns(), console=console, transient=True, disable=not shown) as progress:
        task = progress.add_task(trn("{number} file", "{number} files", len(files)), total=1.0)
        results = analyze_many(
            files, out, options, settings, jobs, lambda share: progress.update(task, completed=share)
        )
    with stdout.even_without_reader():
        if as_json:
            print(
                json.dumps(
                    [
                        summary_record(result)
                        if isinstance(result, Summary)
                        else {"file": str(file), "error": str(result)}
                        for file, result in zip(files, results, strict=True)
                    ]
                )
            )
        else:
            _print(console, results, settings)
    _leave(results)


def _are_results(folder: Path, out: Path) -> bool:
    """Whether this is the folder for the results, with nothing but folders in it: from the second time on, a shell names it for `analyze *` too."""
    with contextlib.suppress(OSError):
        return resolved(folder) == resolved(out) and all(one.is_dir() for one in folder.iterdir())
    return False


_MOST_PICTURES = 20
"""Pictures of a folder that are listed in the terminal; all of them are in the results."""


def _print(console: Console, results: list[Summary | PosturecamError], settings: Settings) -> None:
    for result in results:
        if isinstance(result, Summary):
            line = Text.assemble(
                (name_of(result.file), "bold"),
                f"  {_outcome(result)}\n{_seen(result, settings)}  {tr('results in {folder}').format(folder=printable(str(result.folder)))}",
            )
            console.print(line, soft_wrap=True)


def _seen(result: Summary, settings: Settings) -> str:
    """What was seen in each picture, a line for each."""
    listed = result.pictures[:_MOST_PICTURES]
    named = len(result.pictures) > 1
    lines = [f"{one.file}  " * named + reading_text(one.reading, settings) for one in listed]
    left = len(result.pictures) - len(listed)
    if left:
        lines.append(trn("and {number} more", "and {number} more", left))
    return "".join(f"  {line}\n" for line in lines)


def _outcome(result: Summary) -> str:
    """One line: how long, how many slouches, and how the time was spent."""
    if not result.shares:
        told = [trn("{number} picture", "{number} pictures", result.samples)]
        if result.turn is not None:
            told.append(_with_remedy(tr(result.unknown_mostly or ""), result))
        return joined(BRACKETED, told)
    slouches = sum(isinstance(event, SlouchSustained) for event in result.events)
    if slouches:
        verdict = trn("{number} slouch", "{number} slouches", slouches)
    else:
        judged = any(share > 0 for phase, share in result.shares.items() if phase not in (Phase.UNKNOWN, Phase.AWAY))
        verdict = tr("no slouch") if judged else tr("nothing could be judged")
    shares = sorted(result.shares.items(), key=lambda item: item[0] is Phase.UNKNOWN)  # last, before its reason
    spent = joined(CLAUSES, [f"{tr(PHASE_WORDS[phase])} {percent(share)}" for phase, share in shares if share >= 0.005])
    unknown = result.shares.get(Phase.UNKNOWN, 0.0) >= WORTH_A_REASON
    told = [spent]
    if unknown and result.unknown_mostly:
        told.append(_with_remedy(tr("mostly because {why}").format(why=tr(result.unknown_mostly)), result))
    lasted = joined(CLAUSES, (duration(result.seconds), verdict))
    return joined(STATEMENTS, (lasted, joined(BRACKETED, told)))


def _with_remedy(why: str, result: Summary) -> str:
    """The reason, followed by the option that helps, if there is one."""
    if result.main_reason is None or result.main_reason.code is not Why.TURNED:
        return why
    remedy = tr("record it again with {option}") if is_recording(result.file) else tr("turn it with {option}")
    option = f"--rotate {result.turn}" if result.turn else "--rotate"
    if result.turn == 0:
        remedy, option = tr("leave {option} out"), "--rotate"
    return joined(STATEMENTS, (why, remedy.format(option=option)))


def _leave(results: list[Summary | PosturecamError]) -> None:
    use_own_language()
    failures = [result for result in results if isinstance(result, PosturecamError)]
    cut_short = [result.truncated for result in results if isinstance(result, Summary) and result.truncated]
    warned = dict.fromkeys(text for result in results if isinstance(result, Summary) for text in result.warnings)
    for message in (*(failure.text for failure in failures), *cut_short, *warned):
        print(f"posturecam: {tr(message)}", file=sys.stderr)
    bugs = [failure for failure in failures if hasattr(failure, "__notes__")]  # with the traceback, for the bug report
    for bug in bugs:
        uncaught.log(bug)
    if bugs and log_file.takes_stderr():
        said = tr("Details for the report are in the log {path}").format(path=printable(str(log_file.log_path())))
        print(f"posturecam: {said}", file=sys.stderr)
    if failures:
        sys.exit(failures[0].exit_code)
    if cut_short:
        sys.exit(EXIT_PARTIAL)
