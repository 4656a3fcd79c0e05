"""Clocks that are set, time zones that change, and computers that sleep: a minute must still last a minute."""

from __future__ import annotations

import inspect
import os
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from fault_cases import case, part

_FASTER = 30.0
"""Seconds of the program's time per second."""
_BEGAN = datetime(2026, 11, 23, 9, 0).astimezone()


class _World:
    """An engine whose time runs faster, with clocks to set, and a camera that shows nothing but works."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self.wall, self.slept = timedelta(), 0.0
        self.opens = list[float]()
        self.fails = 0
        taken: dict[str, Any] = {"open_camera": self._open, "now": self.now}
        engine = part("Engine", "session.engine", "engine.engine")
        if "clock" in inspect.signature(engine).parameters:  # 0.1.0 knew only the wall clock
            taken["clock"] = self.clock
        self.mailbox = part("Mailbox", "session.protocol.mailbox", "engine.mailbox")()
        settings = part("Settings", "config.settings", "settings").model_validate(
            {"quiet": {"when_locked": False, "idle_after": 0.0, "meeting": False, "do_not_disturb": False}}
        )
        self.engine = engine(settings, self.mailbox, **taken)
        self.engine.start()

    def clock(self) -> float:
        return _FASTER * (time.monotonic() - self._began) + self.slept

    def now(self) -> datetime:
        return _BEGAN + timedelta(seconds=self.clock()) + self.wall

    def _open(self, camera: str, settings: Any) -> Any:
        self.opens.append(self.clock())
        if self.fails:
            self.fails -= 1
            raise part("CameraError", "errors")("HD Webcam cannot be opened")
        world = self

        class Shown(part("Source", "vision.frame", "frame")):  # type: ignore[misc]
            info = part("SourceInfo", "vision.frame", "frame")("HD Webcam", "usb-1", live=True)
            closed = False

            def __iter__(self) -> Iterator[Any]:
                while not self.closed:
                    time.sleep(0.01)
                    yield part("Frame", "vision.frame", "frame")(world.clock(), recorded=True)

            def close(self) -> None:
                self.closed = True

        return Shown()

    def mode(self, *wanted: str, within: float) -> float | None:
        """Seconds until one of these modes is shown; None if that takes too long."""
        began = self.clock()
        while self.clock() - began < within:
            snapshot, _ = self.mailbox.take()
            if snapshot is not None and snapshot.mode.value in wanted:
                return self.clock() - began
            time.sleep(0.005)
        return None

    def end(self) -> None:
        self.engine.quit()
        self.engine.join(10)


def _paused(seconds: float, meanwhile: Callable[[_World], None], least: float, most: float) -> str | None:
    world = _World()
    try:
        if world.mode("watching", within=120) is None:
            return "it does not watch"
        world.engine.pause(world.now() + timedelta(seconds=seconds))
        if world.mode("paused", within=60) is None:
            return "it is not paused"
        meanwhile(world)
        lasted = world.mode("watching", "starting", within=most + 60)
    finally:
        world.end()
    if lasted is None:
        return f"a pause of {seconds:g} s still goes on after {most + 60:g} s"
    return None if least <= lasted <= most else f"a pause of {seconds:g} s ended after {lasted:.0f} s"


@case("clocks", "set back and forth during a pause", seeds=4)
def clock_set(folder: Path, seed: int) -> str | None:
    hours = (-2.0, 2.0, -24.0 * 365, 24.0 * 365)[seed]

    def set_(world: _World) -> None:
        world.wall += timedelta(hours=hours)

    return _paused(90, set_, 60, 150)


@case("clocks", "a computer that sleeps beyond the end of a pause")
def suspend(folder: Path, seed: int) -> str | None:
    def sleep(world: _World) -> None:
        world.slept += 3600

    return _paused(600, sleep, 0, 60)


@case("clocks", "another time zone while the program runs")
def zone(folder: Path, seed: int) -> str | None:
    if not hasattr(time, "tzset"):
        return None
    now = part("local_now", "vision.sources.clock", "engine.asked", "engine.engine", "engine.hour")
    before = os.environ.get("TZ")
    try:
        os.environ["TZ"] = "Europe/Berlin"
        time.tzset()
        now()
        os.environ["TZ"] = "Asia/Tokyo"
        offset = now().utcoffset()
    finally:
        os.environ.pop("TZ", None)
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()
    return None if offset == timedelta(hours=9) else f"it is still at {offset}"


@case("clocks", "daylight saving begins and ends in the night", seeds=2)
def daylight_saving(folder: Path, seed: int) -> str | None:
    """Four hours across the change must count as four hours of that day."""
    if not hasattr(time, "tzset"):
        return None
    os.environ["TZ"] = "Europe/Berlin"
    time.tzset()
    day = (date(2026, 3, 29), date(2026, 10, 25))[seed]
    path = folder / "history.sqlite3"
    first = datetime(day.year, day.month, day.day).timestamp()
    spent = part("TimeCategory", "history.models") if _new() else part("Spent", "history.kept")
    with part("SittingHistory", "history.sitting")(path) as history:
        for minute in range(240):
            history.add(first + 60 * minute + 59, spent("upright"), 60.0)
    with part("SittingRecords", "history.records")(path, lambda: first + 5 * 3600) as records:
        found = records.day(day)
        total = found.times.total
    return None if abs(total - 240 * 60) < 61 else f"{total / 3600:.2f} hours are kept of 4"


def _new() -> bool:
    try:
        part("TimeCategory", "history.models")
    except ImportError:
        return False
    return True


@case("cameras", "one whose opening fails once")
def fails_once(folder: Path, seed: int) -> str | None:
    world = _World()
    try:
        if world.mode("watching", within=120) is None:
            return "it does not watch"
        world.fails = 1
        world.engine.pause(world.now() + timedelta(seconds=30))
        if world.mode("camera_lost", within=200) is None:
            return "nothing was said"
        return None if world.mode("watching", within=300) is not None else "it was not tried again"
    finally:
        world.end()
