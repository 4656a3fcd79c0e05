"""Ctrl-Z: while the program is suspended, the terminal is as it was before; what was changed about it is changed again when it continues.

A shell puts the modes of the terminal back for itself, but neither the cursor nor, after `fg`, the modes that the program had set.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType

from rich.console import Console

_SHOW_CURSOR, _HIDE_CURSOR = b"\x1b[?25h", b"\x1b[?25l"


class _Change:
    """A change of the terminal, and whether it is in effect now."""

    def __init__(self, undo: Callable[[], None], redo: Callable[[], None], *, made: bool) -> None:
        self._undo, self._redo, self._made = undo, redo, made

    def undo(self) -> None:
        if self._made:
            self._made = False
            self._undo()

    def redo(self) -> None:
        if not self._made:
            self._made = True
            self._redo()


_changes: list[_Change] = []
"""In the order in which they were made."""


@contextlib.contextmanager
def undone_while_suspended(undo: Callable[[], None], redo: Callable[[], None], *, made: bool = True) -> Iterator[None]:
    """A change of the terminal within this block: undo it before Ctrl-Z takes effect, and redo it afterwards.

    Args:
        undo: Called in a signal handler.
        redo: Called there too, unless the program continues in the background; then `redo_in_foreground` calls it.
        made: Whether the change is in effect already; otherwise `redo_in_foreground` makes it.
    """
    if sys.platform == "win32":  # no job control
        yield
        return
    change = _Change(undo, redo, made=made)
    _changes.append(change)
    if signal.getsignal(signal.SIGTSTP) == signal.SIG_DFL:  # it may be ignored
        signal.signal(signal.SIGTSTP, _suspend)
    try:
        yield
    finally:
        _changes.remove(change)
        if not _changes and signal.getsignal(signal.SIGTSTP) == _suspend:
            signal.signal(signal.SIGTSTP, signal.SIG_DFL)


def redo_in_foreground() -> None:
    """Redo the changes that wait for the foreground. Call it often: no signal tells a program that runs after `bg` of an `fg`."""
    if in_the_foreground():
        for change in _changes:
            change.redo()


def cursor_back_while_suspended(console: Console) -> contextlib.AbstractContextManager[None]:
    """The same for the cursor, which a live view on this console hides."""

    def write(code: bytes) -> None:
        with contextlib.suppress(OSError, ValueError):  # the terminal was closed
            os.write(console.file.fileno(), code)  # the console may be in the middle of printing

    return undone_while_suspended(lambda: write(_SHOW_CURSOR), lambda: write(_HIDE_CURSOR))


def in_the_foreground() -> bool:
    """Whether this job is in the foreground: the system stops a background job that reads the terminal or changes its modes."""
    if sys.platform == "win32":
        return True
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError, AttributeError):  # no job control, or no standard input
        return True


def _suspend(number: int, _frame: FrameType | None) -> None:
    if in_the_foreground():
        for change in reversed(_changes):
            change.undo()
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)  # the program stops here
    signal.signal(number, _suspend)
    redo_in_foreground()  # does nothing if `bg` continued it
