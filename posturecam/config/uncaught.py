"""Handles uncaught exceptions, in any thread: the traceback goes to the log, one line to the user.

By default, Python prints them on standard error, and the program does not notice when a thread dies of one.
While `logged` is active, they go to the log of `posturecam.config.log_file`, and listeners receive one line.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from datetime import datetime
from types import TracebackType

from posturecam.config import log_file
from posturecam.config.reading import reason
from posturecam.i18n.message import Message, printable

Listener = Callable[[str], None]

_listeners: list[Listener] = []


@contextlib.contextmanager
def logged() -> Iterator[None]:
    """Log every uncaught exception, in any thread, and tell the listeners, until the end of the block."""
    threads, whole = threading.excepthook, sys.excepthook
    threading.excepthook = _in_thread
    sys.excepthook = _uncaught
    try:
        yield
    finally:
        threading.excepthook, sys.excepthook = threads, whole


@contextlib.contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Also call this listener, in the thread of the exception; it must return at once."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def words(problem: BaseException) -> Message:
    """An uncaught exception as the end of a sentence: "an error in posturecam (KeyError: 'name')"."""
    return Message("an error in posturecam ({problem})", problem=f"{type(problem).__name__}: {reason(problem)}")


def log(problem: BaseException, where: str = "") -> None:
    """Write a traceback to the log, or to standard error if there is none, as in a program that uses posturecam as a library."""
    lines = "".join(traceback.format_exception(problem))
    head = f"{datetime.now():%Y-%m-%d %H:%M:%S} ERROR {words(problem)}{where and f' in {where}'}\n"
    to = log_file.open_log() or sys.stderr
    if to is not None:
        with contextlib.suppress(OSError, ValueError):  # full, or closed at the end
            to.write(printable_lines(head + lines))
            to.flush()


def printable_lines(text: str) -> str:
    """The lines without control characters, except line ends."""
    return "\n".join(map(printable, text.split("\n")))


def _in_thread(hook: threading.ExceptHookArgs) -> None:
    if hook.exc_value is not None and not isinstance(hook.exc_value, SystemExit):
        _tell(hook.exc_value, "" if hook.thread is None else f"the thread {hook.thread.name}")


def _uncaught(_kind: type[BaseException], problem: BaseException, _trace: TracebackType | None) -> None:
    _tell(problem, "")


def _tell(problem: BaseException, where: str) -> None:
    log(problem, where)
    for listener in tuple(_listeners):
        with contextlib.suppress(Exception):  # the listener itself may be broken
            listener(words(problem))
