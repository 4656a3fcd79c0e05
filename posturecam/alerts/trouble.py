"""Reports a failing delivery."""

from __future__ import annotations

import logging

from posturecam.errors import in_a_line
from posturecam.i18n.message import Message

_log = logging.getLogger(__name__)


class Trouble:
    """Logs that a delivery fails, in one line and only once."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._reported = False

    def report(self, problem: Exception) -> None:
        """Log the problem, unless one was logged before."""
        if self._reported:
            return
        self._reported = True
        _log.warning(
            "%s",
            Message(
                "Reminders by {name} do not work: {problem}. Watching continues; run `posturecam doctor`, or remove {name} "
                "from alerts.delivery.",
                name=self._name,
                problem=in_a_line(problem),
            ),
        )
