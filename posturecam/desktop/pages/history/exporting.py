"""Exports the history in a thread of its own, with progress and a way to stop it; and what else takes a while, such as a report.

What is under way when the windows are recreated in another language is taken over by the new page, which reports the result.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget
from shiboken6 import isValid

from posturecam.config import uncaught
from posturecam.desktop.widgets.background import Background, messenger
from posturecam.desktop.widgets.parts import button
from posturecam.desktop.widgets.theme import GAP
from posturecam.errors import PosturecamError
from posturecam.history.export import Exported, ExportStopped, export_from
from posturecam.i18n.message import Message, Verbatim
from posturecam.i18n.translate import mark, tr
from posturecam.i18n.words import THINGS

_END_SECONDS = 5.0
"""Seconds to wait for an export that was asked to stop; it checks every few milliseconds."""
_FINISH_SECONDS = 10.0
"""Longest wait for a task when the app ends: deleting five years takes a second."""
_STEPS = 1000


class ExportThread(QObject):
    """One export; its signals come from the GUI thread, so that whoever follows it by then hears them."""

    progressed = Signal(float)
    """How much is done, 0 to 1."""
    done = Signal(object)
    """What was written, an `Exported`."""
    failed = Signal(object)
    """Why nothing was written, as a `Message` (an `object`, since Qt would convert it to plain text); empty if the user stopped it."""

    def __init__(self, file: Path, parent: QObject, *, decimal_comma: bool) -> None:
        """Create it without starting.

        Args:
            file: Where to write, in the format of its suffix.
            parent: Parent object.
            decimal_comma: For tables: decimal commas, and semicolons between the cells.
        """
        super().__init__(parent)
        self._file, self._decimal_comma = file, decimal_comma
        self._stop = threading.Event()
        self._shown = -1
        self._messenger = messenger()  # created here, in the GUI thread, where its calls must arrive
        self._thread = threading.Thread(target=self._run, name="posturecam export", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the export; existing files stay unchanged."""
        self._stop.set()

    def join(self) -> None:
        """Wait for the end."""
        self._thread.join(_END_SECONDS)

    def _run(self) -> None:
        try:
            written = export_from(
                self._file, progress=self._go_on, decimal_comma=self._decimal_comma, byte_order_mark=True
            )
        except ExportStopped:
            self._tell(lambda: self.failed.emit(""))
        except PosturecamError as problem:
            why = problem.text
            self._tell(lambda: self.failed.emit(why))
        except Exception as mistake:
            uncaught.log(mistake, "the export")
            words = uncaught.words(mistake)
            self._tell(lambda: self.failed.emit(words))
        else:
            self._tell(lambda: self.done.emit(written))

    def _go_on(self, share: float) -> bool:
        step = int(share * _STEPS)
        if step != self._shown:  # the windows need not be notified every few rows
            self._shown = step
            self._tell(lambda: self.progressed.emit(share))
        return not self._stop.is_set()

    def _tell(self, emit: Callable[[], None]) -> None:
        """Have one of the signals above emitted in the GUI thread, unless the window is gone by then."""
        self._messenger.bring(lambda: emit() if isValid(self) else None)


class ExportLine(QWidget):
    """An export as the page shows it: a bar and a button to stop it; hidden while there is none."""

    ended = Signal(object)
    """The result: a tuple of texts in English."""

    def __init__(self) -> None:
        """Create it with nothing being exported."""
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GAP)
        self.bar = QProgressBar()
        self.bar.setRange(0, _STEPS)
        self.bar.setAccessibleName(tr("Exporting the history"))
        self.cancel = button(tr("Cancel"), self.stop, said=tr("Stop the export"))
        line.addWidget(self.bar, 1)
        line.addWidget(self.cancel)
        self._running: ExportThread | None = None
        self.hide()

    @property
    def is_running(self) -> bool:
        """Whether something is being exported."""
        return self._running is not None

    def begin(self, file: Path, *, decimal_comma: bool) -> None:
        """Export to this file, optionally with decimal commas in tables; does nothing while another export is running."""
        if self._running is not None:
            return
        running = ExportThread(file, self, decimal_comma=decimal_comma)
        self._follow(running)
        running.start()

    def take_over(self, other: ExportLine) -> None:
        """Go on with the export that another line shows, which is then free of it."""
        running = other._running
        if running is not None:
            running.progressed.disconnect(other._show)
            running.done.disconnect(other._done)
            running.failed.disconnect(other._failed)
            other._running = None
            running.setParent(self)
            self._follow(running)

    def _follow(self, running: ExportThread) -> None:
        self._running = running
        running.progressed.connect(self._show)
        running.done.connect(self._done)
        running.failed.connect(self._failed)
        self.bar.setValue(0)
        self.show()

    def stop(self) -> None:
        """Stop it."""
        if self._running is not None:
            self._running.stop()

    def close_down(self) -> None:
        """Stop it and wait, because the window is closing."""
        if self._running is not None:
            self._running.stop()
            self._running.join()

    def _show(self, share: float) -> None:
        self.bar.setValue(round(share * _STEPS))

    def _done(self, written: Exported) -> None:
        files = Message.joined(THINGS, [Verbatim(one) for one in written.files])
        self._end(Message("Exported to {files}", files=files), *written.complaints)

    def _failed(self, why: str) -> None:
        self._end(why or mark("The export was stopped; nothing was written"))

    def _end(self, *words: str) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.join()
            running.deleteLater()
        self.hide()
        self.ended.emit(words)


class HistoryTasks(QObject):
    """What takes a while without being an export: saving a report, and deleting everything. Each one reports its result."""

    ended = Signal(object, bool)
    """The result, a tuple of texts in English; and whether the history may have changed."""

    def __init__(self, parent: QObject) -> None:
        """Create it without tasks."""
        super().__init__(parent)
        self._finished: list[threading.Event] = []
        """For each task that is under way, whether its work is done."""

    def begin(self, work: Callable[[], Sequence[str]], *, changes: bool = False) -> None:
        """Start a task in the background, beside those that are under way.

        Args:
            work: Does it, and returns the result.
            changes: Whether it changes the history.
        """
        task, finished = Background(self), threading.Event()
        self._finished = [*(one for one in self._finished if not one.is_set()), finished]

        def do() -> Sequence[str]:
            try:
                return work()
            finally:
                finished.set()

        def over(words: Sequence[str]) -> None:
            task.deleteLater()
            self.ended.emit(tuple(words), changes)

        task.ask(do, over, lambda problem: over((problem.text,)))

    def finish(self) -> None:
        """Wait for what is under way, because the app ends: nothing that was to be deleted may stay behind."""
        until = time.monotonic() + _FINISH_SECONDS
        for one in self._finished:
            one.wait(max(until - time.monotonic(), 0.0))
