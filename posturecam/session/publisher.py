"""Publishes snapshots, events and complaints from the engine's thread, and records in the history what belongs there."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from posturecam.alerts.policy import Response
from posturecam.config import uncaught
from posturecam.errors import SettingsError
from posturecam.i18n.message import Message
from posturecam.session.protocol.mailbox import Mailbox
from posturecam.session.protocol.messages import Complaint, Happened, ModeChanged, Snapshot, TimelineSpan, sign_of
from posturecam.session.protocol.mode import Mode, follow
from posturecam.session.timeline import extended

if TYPE_CHECKING:
    from posturecam.session.history_recorder import HistoryRecorder


class Publisher:
    """Holds the mode, and publishes and records everything."""

    def __init__(
        self,
        mailbox: Mailbox,
        record: HistoryRecorder | None,
        now: Callable[[], datetime],
        clock: Callable[[], float],
        longest_gap: Callable[[], float],
    ) -> None:
        """Create it in the mode `STARTING`.

        Args:
            mailbox: Where messages are delivered.
            record: Writes the history; None records nothing.
            now: Local time with its offset.
            clock: Seconds of a clock that is never adjusted and keeps running during sleep.
            longest_gap: Seconds between two snapshots beyond which the time between them is not recorded.
        """
        self._mailbox, self._record, self.now, self._longest_gap = mailbox, record, now, longest_gap
        self._hour: tuple[TimelineSpan, ...] = ()
        self.mode = Mode.STARTING
        self._why: str | None = None
        self._until: datetime | None = None
        self._clock, self._last = clock, clock()
        self._camera_works = False
        self._complained: set[str] = set()
        self._unusable: dict[str, set[str]] = {}
        """The problems reported for each changed file since it was last usable."""

    def become(
        self, mode: Mode, why: str | None = None, until: datetime | None = None, *, camera_works: bool = False
    ) -> None:
        """Change the mode, or the reason for the same mode."""
        before, self.mode = self.mode, follow(self.mode, mode)
        changed = mode is not before or why != self._why
        self._why, self._until, self._camera_works = why, until, camera_works
        if changed:
            self.tell(ModeChanged(self.now(), before, mode, why, camera_works))
        self.show()

    def show(self, **parts: Any) -> None:
        """Publish a snapshot with these fields, and record the time since the previous one."""
        at, clock = self.now(), self._clock()
        seconds, self._last = clock - self._last, clock
        if not 0 < seconds <= self._longest_gap():
            seconds = 0.0  # the computer slept
        sign = sign_of(self.mode, parts.get("tick"))
        self._keep(lambda record: record.spend(at, self.mode, sign, seconds))
        self._hour = extended(self._hour, at, sign)
        self._mailbox.show(
            Snapshot(at, self.mode, self._why, self._camera_works, self._until, hour=self._hour, **parts)
        )

    def tell(self, what: Happened) -> None:
        """Publish an event."""
        self._keep(lambda record: record.happened(what))
        self._mailbox.tell(what)

    def answered(self, response: Response) -> None:
        """Record the user's answer to an alert."""
        self._keep(lambda record: record.answered(self.now(), response))

    def break_taken(self) -> None:
        """Record that the user began a suggested stretch."""
        self._keep(lambda record: record.break_taken(self.now()))

    def close(self) -> None:
        """Write everything that is still pending."""
        self._keep(lambda record: record.close())

    def complain(self, text: str) -> None:
        """Report a problem; the same problem is reported once."""
        if text not in self._complained:
            self._complained.add(text)
            self._mailbox.tell(Complaint(self.now(), text))

    def complain_of(self, file: str, text: str | None) -> None:
        """Report a problem, if any, with a file that another program has changed; report the same problem again only after the file could be used."""
        if text is not None:
            self._unusable.setdefault(file, set()).add(text)
            self.complain(text)

    @contextlib.contextmanager
    def taking_changes(self, file: str) -> Iterator[None]:
        """Report a file that another program has changed and that cannot be used; the same problem again only after the file could be used."""
        before, self._unusable[file] = self._unusable.get(file, set()), set()
        try:
            yield
        except SettingsError as problem:
            text = Message(
                "{problem}; until that is fixed, posturecam keeps using what it loaded before", problem=problem.text
            )
            self.complain_of(file, text)
            self._unusable[file] |= before
        else:
            self._complained -= before - self._unusable[file]

    def _keep(self, write: Callable[[HistoryRecorder], None]) -> None:
        """Write to the history, if there is one; if that fails, report it and continue."""
        if self._record is None:
            return
        try:
            write(self._record)
            for text in self._record.complaints():
                self.complain(text)
        except Exception as problem:
            uncaught.log(problem, "the history")
            self._record = None
            self.complain(
                Message("{problem}. Watching continues, but nothing is saved.", problem=uncaught.words(problem))
            )
