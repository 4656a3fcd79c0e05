"""The clock for durations, separate so that tests can step it, and local time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol


def local_now() -> datetime:
    """Local time with its offset, in the zone in which the computer is now.

    C libraries look up the zone once and keep it: on Linux and macOS they are told to look again, which costs a microsecond. On
    Windows a zone that changes while the program runs is seen with its next start.
    """
    if hasattr(time, "tzset"):
        time.tzset()
    return datetime.now().astimezone()


class Clock(Protocol):
    """The clock functions that a source needs; `fakes.camera.SteppedClock` is the one for tests."""

    def time(self) -> float:
        """Seconds since some fixed moment, never decreasing."""

    def sleep(self, seconds: float) -> None:
        """Let so many seconds pass."""

    def wait_for(self, condition: threading.Condition, predicate: Callable[[], bool], seconds: float) -> bool:
        """Wait on a held condition until the predicate is true, at most so many seconds; whether it is."""


class SystemClock:
    """The computer's own clock, which goes on while the computer sleeps.

    An hour in suspend must count as an hour without measurements, not as an hour of the last posture. Linux has
    CLOCK_BOOTTIME for that; on macOS CLOCK_MONOTONIC goes on in sleep (`time.monotonic` there does not); on Windows
    `time.monotonic` does.

    Waits, on the other hand, count only the time awake: a camera is not silent while the computer sleeps. The longest that Python can wait
    is 292 years; damaged files have their next picture later.
    """

    def time(self) -> float:
        """Seconds since the computer was started, or since some other fixed moment."""
        return time.monotonic() if _SLEEPLESS is None else time.clock_gettime(_SLEEPLESS)

    def sleep(self, seconds: float) -> None:
        """Let so many seconds pass."""
        time.sleep(min(seconds, threading.TIMEOUT_MAX))

    def wait_for(self, condition: threading.Condition, predicate: Callable[[], bool], seconds: float) -> bool:
        """Wait on a held condition until the predicate is true, at most so many seconds; whether it is."""
        return condition.wait_for(predicate, min(seconds, threading.TIMEOUT_MAX))


_SLEEPLESS: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
