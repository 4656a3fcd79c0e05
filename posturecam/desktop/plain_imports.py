"""Imports PySide so that neither a signal meanwhile nor a module imported later does harm."""

from __future__ import annotations

import builtins
import contextlib
import signal
import threading
from collections.abc import Iterator


def import_plainly() -> None:
    """Import PySide, and everything later as if PySide were not there; call it before anything large is imported.

    PySide replaces Python's import function to offer `from __feature__ import snake_case`, which is not used here. Its own function
    searches each module imported afterwards for the word "PySide6" and keeps the source it has read: 15 MB, and 0.1 s of a
    processor.
    """
    with signals_wait():
        import PySide6.QtCore  # noqa: F401  # replaces the import function
    before = getattr(builtins, "__orig_import__", None)  # PySide's name for the function that it replaced
    if before is not None:
        builtins.__import__ = before


@contextlib.contextmanager
def signals_wait() -> Iterator[None]:
    """Let the signals that Python code handles, such as Ctrl-C and requests to end, wait until the end of the block.

    PySide runs Python code while it is loaded, and ends the whole process by SIGABRT if that raises KeyboardInterrupt.
    """
    if threading.current_thread() is not threading.main_thread():  # only the main one may set handlers, and runs them
        yield
        return
    before = {number: handler for number in signal.valid_signals() if callable(handler := signal.getsignal(number))}
    came: list[int] = []
    try:
        for number in before:
            signal.signal(number, lambda number, _frame: came.append(number))
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if came:
        signal.raise_signal(came[0])
