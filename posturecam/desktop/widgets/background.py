"""Reads files in a thread of its own, so that the window stays responsive."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from functools import cache, partial
from queue import SimpleQueue
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from posturecam.errors import PosturecamError

Found = TypeVar("Found")
Call = Callable[[], None]


class Messenger(QObject):
    """Brings calls into the GUI thread; there is a single one, which outlives every window."""

    _arrived = Signal()
    """There is one more call. The signal carries nothing: while one for exports carried Python's objects, 2 of 11 runs of the tests crashed within
    Qt's event loop as an export ended."""

    def __init__(self) -> None:
        """Create it; see `messenger`."""
        super().__init__()
        self._calls = SimpleQueue[Call]()
        self._arrived.connect(self._call)

    def bring(self, call: Call) -> None:
        """Have this called in the GUI thread, unless the app has ended by then; may be called in any thread."""
        self._calls.put(call)
        with contextlib.suppress(RuntimeError):  # the app has ended meanwhile
            self._arrived.emit()

    def _call(self) -> None:
        """Call whatever has been brought: a signal from the GUI thread itself overtakes those that are on their way from others."""
        while not self._calls.empty():
            self._calls.get_nowait()()


@cache
def messenger() -> Messenger:
    """The only one, created at the first call, which must come from the GUI thread."""
    return Messenger()


def start_thread(work: Call) -> None:
    """Run this in a new thread, which ends with the process at the latest. Replaced in tests."""
    threading.Thread(target=work, name="posturecam reading", daemon=True).start()


class Background(QObject):
    """Runs one task at a time in the background; of several requested meanwhile only the last, since nobody is waiting for the others.

    Requests from a widget that no longer exists are dropped.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._messenger = messenger()  # created here, in the GUI thread, where its calls must arrive
        self._work: Call | None = None
        """What is being read; kept until its thread has ended, so that whatever it refers to, such as a page, is freed in the GUI thread."""
        self._next: Call | None = None
        self._asked = 0

    @property
    def is_busy(self) -> bool:
        """Whether a result is pending."""
        return self._work is not None

    def ask(
        self,
        read: Callable[[], Found],
        done: Callable[[Found], None],
        failed: Callable[[PosturecamError], None] | None = None,
    ) -> None:
        """Read something in the background and deliver the result.

        Args:
            read: Called in a thread of its own.
            done: Called with its result in the GUI thread, unless something else was requested meanwhile.
            failed: Called instead with an error of the project; without it, such an error is reported like any other
                exception.
        """
        self._asked += 1
        number = self._asked

        def arrived(call: Call, thread: threading.Thread) -> None:
            if thread is not threading.current_thread():
                thread.join()  # bringing this was the last that it did
            self._work = None
            if not isValid(self):
                return
            if number == self._asked:
                call()
            elif self._next is not None:
                self._start(self._next)

        def work() -> None:
            call: Call
            try:
                call = partial(done, read())
            except PosturecamError as problem:
                call = partial(failed or _report, problem)
            except Exception as mistake:
                call = partial(_report, mistake)
            self._messenger.bring(partial(arrived, call, threading.current_thread()))

        if self.is_busy:
            self._next = work
        else:
            self._start(work)

    def forget(self) -> None:
        """Drop the pending request: its result is no longer wanted."""
        self._asked += 1
        self._next = None

    def _start(self, work: Call) -> None:
        self._work, self._next = work, None
        start_thread(work)


def _report(mistake: Exception) -> None:
    """Report it as if it had happened in the GUI thread."""
    raise mistake
