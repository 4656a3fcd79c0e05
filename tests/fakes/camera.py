"""Fakes of the outside world, for tests: a camera that is a function of time, and a clock that is stepped."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from enum import Enum, auto

from posturecam.vision.frame import Image
from posturecam.vision.sources.clock import Clock


class CameraFault(Enum):
    """What a camera can show instead of a picture."""

    GONE = auto()
    """Absent, or held by another program: it cannot be opened, and a grab fails at once."""
    SILENT = auto()
    """Present, but without pictures: a grab fails after the driver's timeout."""


Scene = Callable[[float], Image | CameraFault]
"""What the camera sees at a given time."""


class SteppedClock:
    """A clock on which waiting takes no time: the time advances as soon as all threads wait.

    The thread that creates the clock drives it. Threads started later take part until they end; others are ignored.
    With `threads`, only those with this name take part: a whole program has others that wait for things outside it.
    """

    def __init__(self, now: float = 0.0, threads: str | None = None) -> None:
        self._now, self._name = now, threads
        self._driver = threading.current_thread()
        self._ignored = {*threading.enumerate()}
        self._moved = threading.Condition()
        self._alarms: dict[threading.Thread, float] = {}

    def time(self) -> float:
        """Seconds."""
        return self._now

    def skip(self, seconds: float) -> None:
        """Let the time jump while nothing runs, as when the computer sleeps."""
        self._now += seconds

    def sleep(self, seconds: float) -> None:
        """Wait for this many seconds."""
        if threading.current_thread() is self._driver:
            with self._moved:
                self.wait_for(self._moved, lambda: False, seconds)
            return
        with self._moved:
            self._alarms[threading.current_thread()] = self._now + seconds
            self._moved.wait_for(lambda: threading.current_thread() not in self._alarms)

    def wait_for(self, condition: threading.Condition, predicate: Callable[[], bool], seconds: float) -> bool:
        """Wait on a held condition until the predicate is true, at most this many seconds; for the driving thread only."""
        deadline = self._now + seconds
        while not predicate() and self._now < deadline:
            if not self._move(deadline):
                condition.wait(0.0005)  # real time, for the running threads to come to rest
        return predicate()

    def _move(self, limit: float) -> bool:
        """Advance to the next alarm, at most to the limit; False while a thread still runs."""
        with self._moved:
            running = {*threading.enumerate()} - self._ignored - self._alarms.keys()
            if any(self._name in (None, thread.name) for thread in running):
                return False
            self._now = max(self._now, min([limit, *self._alarms.values()]))
            self._alarms = {thread: alarm for thread, alarm in self._alarms.items() if alarm > self._now}
            self._moved.notify_all()
            return True


class FakeCapture:
    """A camera with `cv2.VideoCapture`'s methods and a driver's queue, in which pictures grow stale while nobody grabs."""

    QUEUE = 4
    DRIVER_TIMEOUT = 2.0

    def __init__(self, clock: Clock, scene: Scene, rate: float = 30.0) -> None:
        self.released = False
        self.properties: dict[int, float] = {}
        self._clock, self._scene, self._interval = clock, scene, 1 / rate
        self._opened = scene(clock.time()) is not CameraFault.GONE
        self._due = clock.time() + self._interval
        self._queue: deque[Image] = deque()
        self._grabbed: Image | None = None

    def isOpened(self) -> bool:
        """Whether the camera was present when it was opened, and has not been released."""
        return self._opened and not self.released

    def grab(self) -> bool:
        """Take the oldest picture from the queue, or wait for one; False after a fault."""
        self._grabbed = None
        deadline = self._clock.time() + self.DRIVER_TIMEOUT
        while self._grabbed is None and self._clock.time() < deadline:
            if self._scene(self._clock.time()) is CameraFault.GONE:
                return False
            if not self._queue:
                self._clock.sleep(max(0.0, self._due - self._clock.time()))
            self._fill()
            self._grabbed = self._queue.popleft() if self._queue else None
        return self._grabbed is not None

    def retrieve(self) -> tuple[bool, Image | None]:
        """The grabbed picture."""
        return self._grabbed is not None, self._grabbed

    def get(self, propId: int) -> float:
        """What was set."""
        return self.properties.get(propId, 0.0)

    def set(self, propId: int, value: float) -> bool:
        """Record what is requested."""
        self.properties[propId] = value
        return True

    def release(self) -> None:
        """Record that the camera was released."""
        self.released = True

    def _fill(self) -> None:
        now = self._clock.time()
        while self._due <= now + 1e-9 and len(self._queue) < self.QUEUE:
            picture = self._scene(self._due)
            if not isinstance(picture, CameraFault):
                self._queue.append(picture)
            self._due += self._interval
        self._due = max(self._due, now)  # a full queue stops the sensor
