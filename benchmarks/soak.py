"""Hours of the whole desktop app in minutes: whether its memory stays flat and whether any event gets lost.

A sample video plays over and over, as fast as it can be watched, each of its seconds standing for fifteen; the engine,
the pose model, the windows and the history are the app's own. `benchmarks/README.md` says what the figures mean. Exits
with 1 if an aim is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import math
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import program

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil  # type: ignore[import-untyped]
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from posturecam.config.limits import pool_freed_memory
from posturecam.config.settings import Settings
from posturecam.desktop.shell.app import App
from posturecam.desktop.shell.bridge import Bridge
from posturecam.desktop.shell.qt_startup import make_application
from posturecam.history.models import EventKind
from posturecam.history.records import SittingRecords
from posturecam.posture.monitor import SlouchEnded, SlouchSustained
from posturecam.session.engine import Engine
from posturecam.session.guided_calibration import verdict
from posturecam.session.inputs.video_camera import VideoCamera
from posturecam.session.protocol.messages import (
    AlertRaised,
    BreakOffered,
    Calibrated,
    Happened,
    ModeChanged,
    MonitorEvent,
    Snapshot,
)
from posturecam.session.protocol.mode import Mode
from posturecam.session.runner import Options

pool_freed_memory()  # as `posturecam` does

AIM = 0.05
"""Memory may differ from that of the first half hour after the warm-up by this fraction, up or down."""
_TIME_AIM = 0.001
"""The history's minutes may miss this fraction of the time watched: the pieces at a change of mode."""

_CLIP = Path(__file__).parents[1] / "sample_videos" / "desk_front.mp4"
_TIME_SCALE = 15.0
"""As in `sample_videos/README.md`."""
_WINDOW = 1800.0
"""Memory is the median over this many seconds of the app's time."""
_TURN = 600.0
"""The main window is shown and hidden again after this many seconds of the app's time, each time with its next page."""
_PAGES = ("now", "history", "stretch", "settings")
_LOOK_MILLISECONDS = 250
_SYSTEM_ASIDE = {"when_locked": False, "idle_after": 0.0, "meeting": False, "do_not_disturb": False}
"""Other use of the computer must not affect the result."""

_KEPT = {
    "told": EventKind.SLOUCH_TOLD,
    "slouch ended": EventKind.SLOUCH_ENDED,
    "break offered": EventKind.BREAK_OFFERED,
}


@dataclasses.dataclass(frozen=True, slots=True)
class Soaked:
    """The results."""

    hours: float
    """Hours of the app's time."""
    wall_minutes: float
    looks: int
    """Pictures watched."""
    shown: int
    """Snapshots that reached the windows; the others were replaced by newer ones."""
    memory: tuple[float, ...]
    """Resident MB, median of each half hour after the warm-up."""
    warm: float
    """Resident MB at the end of the warm-up."""
    drift: float
    """The largest relative difference between a half hour and the first one."""
    counted: dict[str, int]
    """Events as published in the engine's thread."""
    arrived: dict[str, int]
    """Events as received by the windows."""
    kept: dict[str, int]
    """Events as saved in the history, for the kinds saved there."""
    watched_seconds: float
    """Time in which the app was watching, according to its events."""
    minutes_seconds: float
    """The sum of the history's minutes."""

    @property
    def flat(self) -> bool:
        """Whether memory stayed within the aim."""
        return self.drift <= AIM

    @property
    def complete(self) -> bool:
        """Whether nothing was lost and the time adds up."""
        missing = abs(self.minutes_seconds - self.watched_seconds) / max(self.watched_seconds, 1.0)
        kept = all(self.kept[name] == self.counted.get(name, 0) for name in _KEPT)
        return self.counted == self.arrived and kept and missing <= _TIME_AIM


def kind(what: Happened) -> str | None:
    """The name under which an event is counted; None if it is not."""
    match what:
        case AlertRaised():
            return "told"
        case BreakOffered():
            return "break offered"
        case MonitorEvent(event=SlouchSustained()):
            return "slouch sustained"
        case MonitorEvent(event=SlouchEnded()):
            return "slouch ended"
    return None


class Soak(QObject):
    """Runs the app and observes it from the GUI thread."""

    def __init__(self, application: QApplication, video: Path, hours: float, warm_up: float) -> None:
        super().__init__()
        self._until, self._warm_up = timedelta(hours=hours), warm_up
        self._bridge = Bridge()
        self.counted, self.arrived = Counter[str](), Counter[str]()
        self.looks = self.shown = 0
        self._count_at_the_source()
        film = VideoCamera(video, speed=math.inf, time_scale=_TIME_SCALE)
        settings = Settings.model_validate({"quiet": _SYSTEM_ASIDE, "desktop": {"tray": False}})
        engine = Engine(
            settings,
            self._bridge.mailbox,
            open_camera=film.open,
            now=film.now,
            clock=film.clock,
            adapt=film.adapt,
            options=Options(heeds_files=False),
        )
        self.app = App(application, self._bridge, engine, real_camera=False)
        self._bridge.happened.connect(self._happened)
        self._bridge.snapshot.connect(self._take)
        self._process = psutil.Process()
        self._began: datetime | None = None
        self._last: datetime | None = None
        self._watching: datetime | None = None
        self.watched = 0.0
        self.memory: list[tuple[float, float]] = []
        self._turn = -1
        self._wall = time.monotonic()
        self._reported_at = 0.0
        self._timer = QTimer(self, interval=_LOOK_MILLISECONDS)
        self._timer.timeout.connect(self._look)

    def run(self) -> int:
        """Run until the hours are over; returns the app's exit code."""
        self._timer.start()
        QTimer.singleShot(0, self.app.engine.calibrate)
        return self.app.run(minimized=True)

    @property
    def is_over(self) -> bool:
        """Whether the hours are over."""
        return not self._timer.isActive()

    @property
    def wall(self) -> float:
        """Seconds of wall-clock time so far."""
        return time.monotonic() - self._wall

    def _count_at_the_source(self) -> None:
        """Count events in the engine's thread, before any can get lost."""
        mailbox = self._bridge.mailbox
        tell, show = mailbox.tell, mailbox.show

        def counting_tell(what: Happened) -> None:
            if (name := kind(what)) is not None:
                self.counted[name] += 1
            tell(what)

        def counting_show(snapshot: Snapshot) -> None:
            self.looks += snapshot.tick is not None
            show(snapshot)

        mailbox.tell, mailbox.show = counting_tell, counting_show  # type: ignore[method-assign]

    def _happened(self, what: Happened) -> None:
        if (name := kind(what)) is not None:
            self.arrived[name] += 1
        if isinstance(what, Calibrated):
            print(f"calibrated: {verdict(what.baseline)}", file=sys.stderr)
        if isinstance(what, ModeChanged):
            if self._watching is not None:
                self.watched += (what.at - self._watching).total_seconds()
            self._watching = what.at if what.after is Mode.WATCHING else None

    def _take(self, snapshot: Snapshot) -> None:
        self.shown += 1
        self._began = self._began or snapshot.at
        self._last = snapshot.at

    def _look(self) -> None:
        if self._began is None or self._last is None:
            return
        passed = self._last - self._began
        seconds = passed.total_seconds()
        self.memory.append((seconds, self._process.memory_info().rss / 1e6))
        self._show_or_hide(int(seconds // _TURN))
        if seconds - self._reported_at >= _WINDOW:
            self._reported_at = seconds
            now = dict(self.counted)
            print(
                f"{seconds / 3600:4.1f} h  {self.wall / 60:5.1f} min  {self.memory[-1][1]:6.1f} MB  {now}",
                file=sys.stderr,
                flush=True,
            )
        if passed >= self._until:
            self._timer.stop()
            self.app.quit()

    def _show_or_hide(self, turn: int) -> None:
        if turn == self._turn:
            return
        self._turn = turn
        window = self.app.windows.window
        if turn % 2:
            window.close()
        else:
            window.open(_PAGES[turn // 2 % len(_PAGES)])

    def of_each_window(self) -> Iterator[float]:
        """The median of each complete, or nearly complete, half hour after the warm-up."""
        number = 0
        while True:
            start = self._warm_up + number * _WINDOW
            found = [mb for seconds, mb in self.memory if start <= seconds < start + _WINDOW]
            if self.memory[-1][0] < start + 0.9 * _WINDOW or not found:
                return
            yield statistics.median(found)
            number += 1


def soak(video: Path, hours: float, warm_up: float) -> Soaked:
    """Run the app for this many hours of its time, with a home folder of its own."""
    with own_home():
        run = Soak(make_application(Settings().desktop), video, hours, warm_up)
        code = run.run()
        if code:
            raise RuntimeError(f"the app ended with {code}")
        if not run.is_over:  # the app takes Ctrl-C as a wish to quit
            raise KeyboardInterrupt
        kept, seconds = _read()
    memory = tuple(run.of_each_window())
    warm = [mb for at, mb in run.memory if at <= warm_up][-1]
    return Soaked(
        run.memory[-1][0] / 3600,
        run.wall / 60,
        run.looks,
        run.shown,
        memory,
        warm,
        max((abs(one / memory[0] - 1) for one in memory), default=math.nan),
        dict(sorted(run.counted.items())),
        dict(sorted(run.arrived.items())),
        kept,
        run.watched,
        seconds,
    )


@contextlib.contextmanager
def own_home() -> Iterator[Path]:
    """Settings, baselines and history in a temporary folder."""
    before = os.environ.get("POSTURECAM_HOME")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["POSTURECAM_HOME"] = folder
        try:
            yield Path(folder)
        finally:
            if before is None:
                del os.environ["POSTURECAM_HOME"]
            else:
                os.environ["POSTURECAM_HOME"] = before


def _read() -> tuple[dict[str, int], float]:
    """The history's events and time."""
    with SittingRecords() as records:
        first = records.begun()
        if first is None:
            return dict.fromkeys(_KEPT, 0), 0.0
        last = first + timedelta(days=3)
        events = Counter(event.kind for event in records.events(first, last))
        minutes = records.minutes(first, last)
    return {name: events[one] for name, one in _KEPT.items()}, sum(minute.times.total for minute in minutes)


def _lines(found: Soaked) -> Iterator[str]:
    yield f"{found.hours:.2f} h of the app's time in {found.wall_minutes:.1f} min: {found.looks} looks, {found.shown} of them shown"
    yield f"resident MB: {found.warm:.0f} after the warm-up, then by the half hour " + " ".join(
        f"{one:.0f}" for one in found.memory
    )
    yield f"drift {found.drift:.1%}; aim: at most {AIM:.0%}: {_verdict(found.flat)}"
    for name in sorted(found.counted):
        kept = f", in the history {found.kept[name]}" if name in found.kept else ""
        yield f"{name}: published by the engine {found.counted[name]}, at the windows {found.arrived.get(name, 0)}{kept}"
    yield f"watched {found.watched_seconds:.1f} s; the history's minutes add up to {found.minutes_seconds:.1f} s"
    yield f"nothing lost: {_verdict(found.complete)}"


def _verdict(met: bool) -> str:
    return "met" if met else "MISSED"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--video", type=program.existing_file, default=_CLIP, help="a sample clip of the desk (default %(default)s)"
    )
    parser.add_argument("--hours", type=program.above_zero, default=8.0, help="of the app's time (default %(default)s)")
    parser.add_argument(
        "--warm-up", type=program.number, default=1800.0, help="seconds of it that do not count (default %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
    arguments = parser.parse_args()
    found = soak(arguments.video, arguments.hours, arguments.warm_up)
    if arguments.json:
        print(json.dumps(dataclasses.asdict(found), indent=2))
    else:
        print("\n".join(_lines(found)))
    return 0 if found.flat and found.complete else 1


if __name__ == "__main__":
    program.run(main)
