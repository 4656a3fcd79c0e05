"""Progress bars without echo of what is typed: an echoed "^C" would push a bar that is redrawn in place down a line."""

from __future__ import annotations

import contextlib
from typing import Any

from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

from posturecam.i18n.translate import percent
from posturecam.terminal.keyboard import Keyboard
from posturecam.terminal.suspending import cursor_back_while_suspended, redo_in_foreground


class ProgressBars(Progress):
    """Rich's progress bars, without echo of what is typed; while suspended by Ctrl-Z, they leave the terminal as it was."""

    def __init__(self, *columns: str | ProgressColumn, **options: Any) -> None:
        """Take the arguments of `rich.progress.Progress`."""
        super().__init__(*columns, **options)
        self._opened = contextlib.ExitStack()

    def start(self) -> None:
        """Show the bars."""
        painted = self.console.is_terminal and not self.disable
        if painted:
            self._opened.enter_context(Keyboard())
        super().start()
        if painted:
            self._opened.enter_context(cursor_back_while_suspended(self.console))

    def stop(self) -> None:
        """Leave the bars as they are, and turn the echo on again."""
        super().stop()
        self._opened.close()

    def update(self, task_id: TaskID, **changes: Any) -> None:
        """Change a bar; the arguments are those of `rich.progress.Progress.update`."""
        redo_in_foreground()
        super().update(task_id, **changes)


class _PercentColumn(ProgressColumn):
    """The finished share as the language writes it."""

    def render(self, task: Task) -> Text:
        """Its text."""
        return Text(percent(task.percentage / 100))


def share_columns() -> tuple[ProgressColumn, ...]:
    """Columns of a bar that shows how much of some work is done, and how long the rest will take."""
    return TextColumn("{task.description}", markup=False), BarColumn(), _PercentColumn(), TimeRemainingColumn()
