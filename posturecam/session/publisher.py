"""What leaves the engine's thread: snapshots, events and complaints, each kept in the history where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from posturecam.alerts.policy import Response
from posturecam.config import unheard
from posturecam.i18n.message import Message
from posturecam.session.history_recorder import HistoryRecorder
from posturecam.session.protocol.mailbox import Mailbox
from posturecam.session.protocol.messages import Complaint, Happened, ModeChanged, Snapshot, TimelineSpan
from posturecam.session.protocol.mode import Mode, follow
from posturecam.session.timeline import lived


class Publisher:
    """The mode, and the way out for everything there is to show, tell and keep."""

    def __init__(
        self,
        mailbox: Mailbox,
        record: HistoryRecorder | None,
        now: Callable[[], datetime],
        clock: Callable[[], float],
        longest_gap: Callable[[], float],
    ) -> None:
        """Starting.

        Args:
            mailbox: Where it goes.
            record: Of the history; None keeps nothing.
            now: Local time with its offset.
            clock: Seconds that go on while the computer sleeps, and are never set.
            longest_gap: Seconds between two snapshots beyond which nobody can say how they were spent.
        """
        self._mailbox, self._record, self.now, self._longest_gap = mailbox, record, now, longest_gap
        self._hour: tuple[TimelineSpan, ...] = ()
        self.mode = Mode.STARTING
        self._why: str | None = None
        self._until: datetime | None = None
        self._clock, self._last = clock, clock()
        self._camera_works = False
        self._complained: set[str] = set()

    def become(
        self, mode: Mode, why: str | None = None, until: datetime | None = None, *, camera_works: bool = False
    ) -> None:
        """Another mode, or another reason for the same one."""
        before, self.mode = self.mode, follow(self.mode, mode)
        changed = mode is not before or why != self._why
        self._why, self._until, self._camera_works = why, until, camera_works
        if changed:
            self.tell(ModeChanged(self.now(), before, mode, why, camera_works))
        self.show()

    def show(self, **parts: Any) -> None:
        """A snapshot of now, with these of its fields; the time since the one before is kept as spent like it."""
        at, clock = self.now(), self._clock()
        seconds, self._last = clock - self._last, clock
        if not 0 < seconds <= self._longest_gap():
            seconds = 0.0  # the computer slept
        snapshot = Snapshot(at, self.mode, self._why, self._camera_works, self._until, **parts)
        self._keep(lambda record: record.spend(at, self.mode, snapshot.sign, seconds))
        self._hour = lived(self._hour, at, snapshot.sign)
        self._mailbox.show(replace(snapshot, hour=self._hour))

    def tell(self, what: Happened) -> None:
        """Publish an event."""
        self._keep(lambda record: record.happened(what))
        self._mailbox.tell(what)

    def answered(self, response: Response) -> None:
        """Keep the user's answer to an alert."""
        self._keep(lambda record: record.answered(self.now(), response))

    def break_taken(self) -> None:
        """Keep that a stretch that was offered was begun."""
        self._keep(lambda record: record.break_taken(self.now()))

    def close(self) -> None:
        """Write what is not written yet."""
        self._keep(lambda record: record.close())

    def complain(self, text: str) -> None:
        """Something went wrong; the same is said once."""
        if text not in self._complained:
            self._complained.add(text)
            self._mailbox.tell(Complaint(self.now(), text))

    def _keep(self, write: Callable[[HistoryRecorder], None]) -> None:
        """Write to the history, if one is kept; whatever becomes of that, the session goes on and says it."""
        if self._record is None:
            return
        try:
            write(self._record)
            for text in self._record.complaints():
                self.complain(text)
        except Exception as problem:
            unheard.keep(problem, "the history")
            self._record = None
            self.complain(
                Message("{problem}. Watching continues, but nothing is saved.", problem=unheard.words(problem))
            )
