"""Local time, and the clock for durations, which tests can replace and step."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol


def local_now() -> datetime:
    """Local time with its offset, in the computer's present time zone.

    C libraries look up the zone once and cache it: on Linux and macOS they are made to look it up again, which takes a
    microsecond. On Windows a change of zone takes effect when the program is next started.
    """
    if hasattr(time, "tzset"):
        time.tzset()
    return datetime.now().astimezone()


class Clock(Protocol):
    """The clock functions that a source needs; tests have `fakes.camera.SteppedClock`."""

    def time(self) -> float:
        """Seconds since some fixed moment, never decreasing."""

    def sleep(self, seconds: float) -> None:
        """Wait for this many seconds."""

    def wait_for(self, condition: threading.Condition, predicate: Callable[[], bool], seconds: float) -> bool:
        """Wait on a held condition until the predicate is true, at most this many seconds; returns whether it is."""


class SystemClock:
    """The computer's own clock, which keeps running while the computer sleeps.

    An hour of suspend must count as an hour without measurements, not as an hour in the last posture. Linux has
    CLOCK_BOOTTIME for that; on macOS CLOCK_MONOTONIC keeps running in sleep (`time.monotonic` there does not); on
    Windows `time.monotonic` does.

    Waits, on the other hand, count only the time awake: a camera is not unresponsive while the computer sleeps. Waits
    are capped at the longest that Python supports, 292 years, since damaged files may have their next picture even
    later.
    """

    def time(self) -> float:
        """Seconds since the computer was started, or since some other fixed moment."""
        return time.monotonic() if _SLEEPLESS is None else time.clock_gettime(_SLEEPLESS)

    def sleep(self, seconds: float) -> None:
        """Wait for this many seconds."""
        time.sleep(min(seconds, threading.TIMEOUT_MAX))

    def wait_for(self, condition: threading.Condition, predicate: Callable[[], bool], seconds: float) -> bool:
        """Wait on a held condition until the predicate is true, at most this many seconds; returns whether it is."""
        return condition.wait_for(predicate, min(seconds, threading.TIMEOUT_MAX))


_SLEEPLESS: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
