"""Reads files in a thread of its own, so that the window answers meanwhile."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from posturecam.errors import PosturecamError

Found = TypeVar("Found")
Call = Callable[[], None]


class _Messenger(QObject):
    """Brings calls into the windows' thread; there is one, which outlives every window."""

    arrived = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.arrived.connect(self._call)

    def _call(self, call: Call) -> None:
        call()


@cache
def _messenger() -> _Messenger:
    return _Messenger()


def start_thread(work: Call) -> None:
    """Do this in a thread of its own, which ends with the process at the latest. Tests put something in its place."""
    threading.Thread(target=work, name="posturecam reading", daemon=True).start()


class Background(QObject):
    """Does one thing after the other in the background; of several that are asked for meanwhile, only the last, as nobody waits for the others.

    What was asked for by a widget that is gone is forgotten.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._messenger = _messenger()  # made here, in the windows' thread, where its calls are to arrive
        self._busy = False
        self._next: Call | None = None
        self._asked = 0

    @property
    def is_busy(self) -> bool:
        """Whether something is awaited."""
        return self._busy

    def ask(
        self,
        read: Callable[[], Found],
        done: Callable[[Found], None],
        failed: Callable[[PosturecamError], None] | None = None,
    ) -> None:
        """Read something, and be told.

        Args:
            read: Called in a thread of its own.
            done: Called with what it gives, in the windows' thread, unless something else was asked for meanwhile.
            failed: Called instead with an error of the project; without it, one is reported as any other mistake is.
        """
        self._asked += 1
        number = self._asked

        def arrived(call: Call) -> None:
            if not isValid(self):
                return
            self._busy = False
            if number == self._asked:
                call()
            elif self._next is not None:
                self._start(self._next)

        def work() -> None:
            try:
                found = read()
            except PosturecamError as problem:
                told = problem  # the name of an exception is gone after its block
                call = (lambda: failed(told)) if failed is not None else (lambda: _report(told))
            except Exception as mistake:
                unexpected = mistake
                call = lambda: _report(unexpected)  # noqa: E731
            else:
                call = lambda: done(found)  # noqa: E731
            with contextlib.suppress(RuntimeError):  # the app has ended meanwhile
                self._messenger.arrived.emit(lambda: arrived(call))

        if self._busy:
            self._next = work
        else:
            self._start(work)

    def forget(self) -> None:
        """Tell nobody of what was asked for: something else is wanted now."""
        self._asked += 1
        self._next = None

    def _start(self, work: Call) -> None:
        self._busy, self._next = True, None
        start_thread(work)


def _report(mistake: Exception) -> None:
    """As if it had happened in the windows' thread."""
    raise mistake
