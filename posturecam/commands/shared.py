"""Shared by several commands: loading the user's settings and baselines, and opening the named source."""

from __future__ import annotations

import contextlib
import copy
import logging
import sys
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from posturecam.commands.language import use_own_language
from posturecam.config.settings import Settings
from posturecam.config.settings_file import read_settings
from posturecam.errors import EXIT_PARTIAL
from posturecam.history.baselines import Baselines, load_baselines
from posturecam.i18n.message import Message
from posturecam.i18n.translate import tr
from posturecam.vision.frame import Source
from posturecam.vision.sources import open_source, usable_rate

log = logging.getLogger("posturecam")

_ANY_WIDTH = 1000
"""Columns of a terminal that has room for every table."""
INDENT = 2
"""Columns by which the lines below a heading are indented."""


def prepare(
    what: str,
    *,
    rate: float | None = None,
    realtime: bool = False,
    rotate: int | None = None,
    stretching: bool = False,
) -> tuple[Settings, Source, Baselines]:
    """The user's settings and baselines, and the named source ("" is the default camera).

    `rate` and `realtime` apply to a video; without a rate every picture is used, and one too low to judge by is raised:
    `stretching` needs more pictures than sitting.
    `rotate` rotates its pictures clockwise, degrees; None uses the camera's setting.

    Raises:
        PosturecamError: if any of them cannot be used.
    """
    settings, baselines = kept_settings(), kept_baselines()
    longest_gap = settings.stretch.longest_gap if stretching else settings.monitor.longest_gap
    wanted = None if rate is None else usable_rate(rate, longest_gap)
    source = open_source(what, settings, rotate, rate=wanted, realtime=realtime)
    if source.info.notice is not None:
        log.warning("%s", source.info.notice)
    return settings, source, baselines


class PatientConsole(Console):
    """A console for work that has to be finished even if the reader of its output has left: from then on it prints nothing.

    Rich's own ends the program, before the calibration is saved or the reason for refusing it is given.
    """

    def on_broken_pipe(self) -> None:
        """Print nothing from now on."""
        self.quiet = True


def leave_if_cut_short(source: Source) -> None:
    """Leave with the exit code of partial results if a video ended early or is damaged, and say so."""
    if source.truncated:
        print(f"posturecam: {tr(source.truncated)}", file=sys.stderr)
        sys.exit(EXIT_PARTIAL)


def kept_settings() -> Settings:
    """Load the user's settings; report on standard error what in their file cannot be used.

    Raises:
        SettingsError: if the file cannot be read, or is not TOML.
    """
    log_to_stderr()
    read = read_settings()
    if read.ignored:
        log.warning("%s", read.ignored)
    return read.settings


def kept_baselines() -> Baselines:
    """Load the saved baselines; problems with their file are reported on standard error."""
    log_to_stderr()
    baselines = load_baselines()
    if baselines.complaint:
        log.warning("%s", baselines.complaint)
    return baselines


class _InTheUsersLanguage(logging.Formatter):
    """Translates logged messages; other log lines stay unchanged."""

    def format(self, record: logging.LogRecord) -> str:
        """Format one line."""
        if isinstance(record.args, tuple):
            said = copy.copy(record)
            said.args = tuple(tr(one) if isinstance(one, Message) else one for one in record.args)
            return super().format(said)
        return super().format(record)


class _StandardError(logging.Handler):
    """Writes to the current standard error, which a live view replaces so that lines appear above it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one line."""
        with contextlib.suppress(OSError, ValueError):
            print(self.format(record), file=sys.stderr, flush=True)


def log_to_stderr() -> None:
    """Print warnings on standard error, one line each, like errors."""
    use_own_language()
    handler = _StandardError()
    handler.setFormatter(_InTheUsersLanguage("posturecam: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def left_beside(table: Table, console: Console) -> int:
    """How many columns a terminal has left beside a table; negative if something in it would be cut off."""
    return console.width - console.measure(table, options=console.options.update(width=_ANY_WIDTH)).maximum


def named_cells(cells: Mapping[str, str]) -> Iterator[RenderableType]:
    """The cells of a table's row by their headings, in one line that wraps; nothing if all are empty."""
    named = [f"{heading} {cell}" for heading, cell in cells.items() if cell]
    if named:
        yield Padding(Text(" · ".join(named)), (0, 0, 0, INDENT))


def narrow_list(rows: Sequence[Mapping[str, str]]) -> Iterator[RenderableType]:
    """A table's rows as a list, for a narrow terminal: of each row the first two cells, then the others with their headings."""
    for cells in rows:
        (_, first), (_, name), *others = cells.items()
        yield Text.assemble(first, "  ", (name, "bold"))
        yield from named_cells(dict(others))
