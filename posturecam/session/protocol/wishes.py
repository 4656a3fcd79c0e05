"""The user's pending commands, collected from any thread until the engine runs them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from posturecam.alerts.policy import Response
from posturecam.coach.exercise import Exercise
from posturecam.coach.safety import Answers
from posturecam.session.protocol.messages import AlertRaised
from posturecam.session.rules.breaks import BreakAnswer


@dataclass(frozen=True, slots=True)
class StretchWish:
    """A session with the coach."""

    title: str
    exercises: tuple[Exercise, ...]
    answers: Answers | None
    skipped: tuple[str, ...]


@dataclass
class Wishes:
    """Guarded by `lock`; `asked` is set whenever one changes."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    asked: threading.Event = field(default_factory=threading.Event)
    quit: bool = False
    paused: bool = False
    until: datetime | None = None
    """When a pause ends by itself, local time: what is shown of `ends`."""
    ends: float | None = None
    """The same by the clock that is never set: what decides."""
    calibrate: bool = False
    slouch: bool = False
    """Whether the calibration asks for a slouch too."""
    stop_calibrating: bool = False
    stretch: StretchWish | None = None
    reopen: bool = False
    """Another camera, or the same one in another way."""
    restart: bool = False
    """Other settings of what is watched."""
    trial: bool = False
    answers: list[tuple[Response, AlertRaised]] = field(default_factory=list)
    break_answers: list[BreakAnswer] = field(default_factory=list)
    afterwards: list[tuple[int, Answers]] = field(default_factory=list)
    """What was said after a session, with its number."""

    def change(self, change: Callable[[Wishes], None]) -> None:
        """Change something, and wake the engine."""
        with self.lock:
            change(self)
        self.asked.set()

    @property
    def interrupts(self) -> bool:
        """Whether watching is to be left for something else."""
        return self.quit or self.paused or self.calibrate or self.stretch is not None or self.reopen or self.restart
