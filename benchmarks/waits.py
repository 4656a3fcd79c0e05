"""How long the app's window keeps a user waiting, with many custom exercises and years of history.

    python benchmarks/waits.py                         # 200 exercises, 200 routines, five years: a minute
    python benchmarks/waits.py --exercises 0 --years 0.1

Every window is built in this process off-screen, and does what a click or a timer asks of it. "longest" is the longest
time for which Qt's event loop was blocked, "work" the same in processor time of that thread: on an idle machine both
are alike. Exits with 1 if the work misses the aim.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import program

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

AIM = 0.1
"""Seconds within which the window must respond."""
_QUIET = 0.25
"""Seconds without any activity after which a step is over."""
_READERS = ("posturecam reading", "posturecam export")
"""Threads that work for the window."""
_ROUTINE = """title = "My routine {number}"
why = "Number {number}."
minutes = 5
[[steps]]
exercise = "mine_{one}"
[[steps]]
exercise = "chin_tuck"
[[steps]]
exercise = "mine_{other}"
"""
_HOME = """[quiet]
when_locked = false
[desktop]
tray = false
"""


@dataclass(frozen=True, slots=True)
class Wait:
    """What one click costs."""

    what: str
    longest: float
    """The longest time, seconds, for which the event loop was blocked until everything was shown."""
    work: float
    """The same in processor time of the GUI thread: what it would be on an idle machine."""
    whole: float
    """Seconds until everything was shown."""


def furnish(home: Path, exercises: int, routines: int, years: float) -> None:
    """A home folder with that much in it."""
    from importlib.resources import files

    from fault_cases.history import NINE, fill

    (home / "exercises").mkdir(parents=True)
    (home / "routines").mkdir()
    (home / "settings.toml").write_text(_HOME)
    template = (files("posturecam.coach") / "exercises" / "chin_tuck.toml").read_text(encoding="utf-8")
    for number in range(exercises):
        own = f"# {number}\n{template}".replace('"chin_tuck"', f'"mine_{number}"')
        (home / "exercises" / f"mine_{number}.toml").write_text(own, encoding="utf-8")
    for number in range(routines if exercises else 0):
        text = _ROUTINE.format(number=number, one=number % exercises, other=(7 * number + 1) % exercises)
        (home / "routines" / f"routine_{number}.toml").write_text(text, encoding="utf-8")
    path = home / "history.sqlite3"
    fill(path, years)
    move = time.time() - NINE  # shift it to end now
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE sitting_minutes SET minute = -minute - ?", (int(move // 60),))
        connection.execute("UPDATE sitting_minutes SET minute = -minute")
        connection.execute("UPDATE sitting_events SET at = at + ?", (move,))
        connection.commit()


class _Clicks:
    """Does one thing after the other and measures how long the event loop is blocked."""

    def __init__(self) -> None:
        from PySide6.QtWidgets import QApplication

        application = QApplication.instance()
        assert application is not None
        self._application = application

    def __call__(self, what: str, does: Callable[[], object]) -> Wait:
        """Do it, and process everything that follows."""
        began = time.monotonic()
        longest, work = _timed(does)
        last = time.monotonic()
        while time.monotonic() - last < _QUIET:
            took, worked = _timed(self._application.processEvents)
            longest, work = max(longest, took), max(work, worked)
            if took > 0.002 or any(one.name in _READERS for one in threading.enumerate()):
                last = time.monotonic()
            time.sleep(0.001)
        return Wait(what, longest, work, last - began)


def _timed(does: Callable[[], object]) -> tuple[float, float]:
    wall, work = time.monotonic(), time.thread_time()
    does()
    return time.monotonic() - wall, time.thread_time() - work


def measure(folder: Path) -> Iterator[Wait]:
    """Every click that involves files."""
    from posturecam.config.settings_file import load_settings
    from posturecam.desktop.pages.history.queries import PeriodLength
    from posturecam.desktop.shell.app import App
    from posturecam.desktop.shell.bridge import Bridge
    from posturecam.desktop.shell.control import Control
    from posturecam.desktop.shell.qt_startup import make_application
    from posturecam.session.engine import Engine

    settings, bridge = load_settings(), Bridge()
    application = make_application(settings.desktop)
    engine = Engine(settings, bridge.mailbox)
    click = _Clicks()
    app = App(application, bridge, engine)
    windows = app.windows
    yield click("the main window", windows.window.open)
    yield click("a break at the desk", lambda: windows.stretch("desk_break", 3))
    yield click("its length", lambda: _length(windows))
    yield click("back to the stretches", windows.stretches.choose.fill)
    yield click("the stretches", lambda: windows.stretches.setCurrentWidget(windows.stretches.choose))
    yield click("at the desk only", lambda: _place(windows, 1))
    yield click("all of them", lambda: _place(windows, 0))
    yield click("a routine of one's own", lambda: windows.stretch("routine_7"))
    control = Control(engine, lambda: windows, lambda: None)
    yield click("ctl stretch", lambda: control("stretch routine_9"))
    yield click("settings", lambda: windows.window.open("settings"))
    yield click("settings: breaks", lambda: windows.settings.show_place("breaks"))
    yield click("settings: routine", lambda: windows.settings.show_setting("breaks.routine"))
    yield click("settings: plan", lambda: windows.settings.show_setting("plan.routine"))
    yield click("settings: camera", lambda: windows.settings.show_setting("camera.device"))
    yield click("a setting changed", lambda: _change(windows))
    yield click("history", lambda: windows.window.open("history"))
    yield click("history: week", lambda: windows.history.show_span(PeriodLength.WEEK))
    yield click("history: month", lambda: windows.history.show_span(PeriodLength.MONTH))
    yield click("history: another day", lambda: windows.history.days.chosen.emit(3))
    yield click("history: earlier", lambda: windows.history.before.click())
    yield click("history: a report", lambda: windows.history.save_report(folder / "report.html"))
    yield click("history: a picture", lambda: windows.history.save_picture(folder / "picture.png"))
    yield click("history: exported", lambda: windows.history.export_to(folder / "all.json"))
    yield click("history: deleted", windows.history._delete)
    yield click("another language", lambda: _speak_german(app))
    app.end()


def _speak_german(app: Any) -> None:
    app.engine.change_settings({"desktop.language": "de"})
    app._relanguage()


def _length(windows: Any) -> None:
    from PySide6.QtWidgets import QAbstractButton

    chips = [one for one in windows.stretches.questions.findChildren(QAbstractButton) if one.text().startswith("5")]
    chips[0].click()


def _place(windows: Any, number: int) -> None:
    from PySide6.QtWidgets import QButtonGroup

    windows.stretches.choose.findChildren(QButtonGroup)[0].button(number).setChecked(True)


def _change(windows: Any) -> None:
    row = windows.settings.show_setting("breaks.minutes")
    row.editor.edited.emit({"breaks.minutes": "5"})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exercises", type=program.count, default=200, help="of one's own (default %(default)s)")
    parser.add_argument("--routines", type=program.count, default=200, help="of one's own (default %(default)s)")
    parser.add_argument("--years", type=program.number, default=5.0, help="of history (default %(default)s)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        os.environ["POSTURECAM_HOME"] = str(home)
        furnish(home, chosen.exercises, chosen.routines, chosen.years)
        worst = 0.0
        print(f"{'':28} longest   work  whole, s")
        for wait in measure(Path(folder)):
            worst = max(worst, wait.work)
            print(f"{wait.what:28} {wait.longest:7.3f}  {wait.work:5.3f}  {wait.whole:8.2f}", flush=True)
    print(f"at most {worst:.3f} s of work; aim: {AIM} s: {'met' if worst <= AIM else 'MISSED'}")
    return 0 if worst <= AIM else 1


if __name__ == "__main__":
    program.run(main)
