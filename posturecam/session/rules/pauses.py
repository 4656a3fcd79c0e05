"""When a pause is over. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from posturecam.session.protocol.commands import Pause

CLOCK_WAS_SET = timedelta(seconds=2)
"""A larger jump means that the clock was set; network time adjustments are smaller."""


def continued(pause: Pause, wall: datetime, clock: float) -> Pause | None:
    """The pause with its end recomputed in local time, since the clock may have been set or the time zone changed; None if it is over.

    Args:
        pause: A pause that lasts so far.
        wall: Local time.
        clock: Seconds of the session's clock.
    """
    if pause.until is None:
        return pause
    if pause.ends is None:
        return replace(pause, until=pause.until.astimezone()) if wall < pause.until else None
    left = pause.ends - clock
    if left <= 0:
        return None
    until = wall + timedelta(seconds=left)
    return replace(pause, until=(pause.until if abs(until - pause.until) <= CLOCK_WAS_SET else until).astimezone())
