"""Runs a session step by step in the terminal's main thread."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

from posturecam.session.protocol.mailbox import Mailbox
from posturecam.session.protocol.messages import Happened, Snapshot
from posturecam.session.runner import Session

News = tuple[Snapshot | None, list[Happened]]
"""A new snapshot, if there is one, and what happened since the last moment."""


def moments(session: Session, mailbox: Mailbox) -> Generator[News]:
    """Run a session to its end; the last messages of a closed or interrupted session stay in the mailbox.

    Raises:
        Exception: as `posturecam.session.runner.Session.steps` does.
    """
    with contextlib.closing(session.steps()) as steps:
        for seconds in steps:
            yield mailbox.take()
            if seconds:
                session.commands.wait(seconds)
    yield mailbox.take()
