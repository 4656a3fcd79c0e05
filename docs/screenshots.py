"""Takes the pictures of the desktop app.

    python docs/screenshots.py [FOLDER]            those of README and docs/desktop.md; about two minutes
    python docs/screenshots.py --sheet [FOLDER]    every screen at every size, light and dark, in four languages, on one contact sheet

For the first, the real app runs offscreen on a sample video through the real model, with settings and history in a folder of
its own; only the month in the history is made up (`docs/made_up_month.py`). The contact sheet (`docs/contact_sheet.py`) goes to a
folder outside of the repository where none is named, and the command fails where anything is cut off.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["POSTURECAM_HOME"] = tempfile.mkdtemp(prefix="posturecam-screenshots-")
ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs"), str(ROOT / "tests")]

from contact_sheet import contact_sheets, small_sheet
from made_up_month import write_month
from PySide6.QtCore import QEventLoop, QPoint
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from posturecam.coach.judging.state import CoachPhase
from posturecam.coach.library import load_exercise
from posturecam.coach.safety import Answers
from posturecam.config.settings import Settings
from posturecam.desktop.pages.history.queries import PeriodLength
from posturecam.desktop.shell.app import App
from posturecam.desktop.shell.bridge import Bridge
from posturecam.desktop.shell.main_window import MainWindow
from posturecam.desktop.shell.qt_startup import make_application
from posturecam.desktop.shell.tray import LiveMenu
from posturecam.desktop.widgets.theme import DARK, LIGHT, apply, current
from posturecam.session.engine import Engine
from posturecam.session.inputs.system_monitor import Unmonitored
from posturecam.session.inputs.video_camera import VideoCamera
from posturecam.session.protocol.commands import StartStretch
from posturecam.session.protocol.messages import Snapshot
from posturecam.session.protocol.mode import Mode
from posturecam.session.protocol.sign import Sign
from posturecam.voice.speech import Silence

IMAGES = ROOT / "docs" / "images"
WIDTH, HEIGHT = 1080, 720
TIME_SCALE = 15.0
_ENOUGH_OF_A_WEEK = 3
"""Weekday from which a week has enough days for the picture: Thursday."""
_PATIENCE = 120.0
"""Seconds to wait for a moment."""


class Studio:
    """An app on a video, and the way to the moment that is wanted."""

    def __init__(self, application: QApplication, video: str, time_scale: float) -> None:
        film = VideoCamera(ROOT / "sample_videos" / video, time_scale=time_scale)
        bridge = Bridge()
        self.engine = Engine(
            Settings(), bridge.mailbox, open_camera=film.open, now=film.now, clock=film.clock, adapt=film.adapt,
            system=Unmonitored(), voice=Silence,
        )  # fmt: skip
        self.application, self.last = application, Snapshot(datetime.now().astimezone(), Mode.STARTING)
        bridge.snapshot.connect(self._keep)
        self.app = App(application, bridge, self.engine)
        self.windows = self.app.windows
        self.windows.window.resize(WIDTH, HEIGHT)

    def _keep(self, snapshot: Snapshot) -> None:
        self.last = snapshot

    def until(self, holds: Callable[[Snapshot], object], then: float = 0.0) -> None:
        """Let the app run until this holds, and this many seconds longer."""
        ends, held = time.monotonic() + _PATIENCE, None
        while held is None or time.monotonic() < held + then:
            self.application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            if held is None and holds(self.last):
                held = time.monotonic()
            if held is None and time.monotonic() > ends:
                raise SystemExit(f"the moment never came; last: {self.last.mode} {self.last.sign}")

    def wait(self, seconds: float) -> None:
        """Let it run for a moment."""
        self.until(lambda _: True, seconds)

    def close(self) -> None:
        """End it."""
        self.engine.quit()
        self.until(lambda snapshot: snapshot.mode is Mode.ENDED)
        self.windows.close()


def shoot(widget: QWidget, name: str, folder: Path) -> None:
    """Keep what a window shows; the main window at the size of the pictures, whatever screen there is."""
    if isinstance(widget, MainWindow):
        widget.resize(WIDTH, HEIGHT)
        QApplication.processEvents()
    widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888).save(str(folder / f"{name}.jpg"), "JPG", 88)
    print(folder / f"{name}.jpg")


def on_a_desktop(menu: QWidget) -> QImage:
    """A menu with some ground around it."""
    picture = menu.grab().toImage()
    ground = QImage(picture.width() + 60, picture.height() + 60, QImage.Format.Format_RGB888)
    ground.fill(QColor(current().raised))
    painter = QPainter(ground)
    painter.drawImage(QPoint(30, 30), picture)
    painter.end()
    return ground


def at_the_desk(application: QApplication, folder: Path) -> None:
    """Welcome, calibration, the live view in light and dark, an alert, history and settings."""
    studio = Studio(application, "desk_front.mp4", TIME_SCALE)
    windows = studio.windows
    windows.begin(set_up=False)
    studio.engine.start()
    assert windows.first_run is not None
    studio.until(lambda snapshot: snapshot.mode is Mode.PAUSED, 0.3)
    shoot(windows.first_run, "desktop_welcome", folder)
    while windows.first_run.steps[windows.first_run.step] is not windows.first_run.telling:
        windows.first_run.next.click()
    studio.wait(0.3)
    shoot(windows.first_run, "desktop_reminders", folder)
    windows.first_run.close()
    windows.left_setup = None
    windows.calibrate()
    studio.until(
        lambda snapshot: snapshot.calibration and snapshot.calibration.counts and snapshot.calibration.share > 0.4
    )
    shoot(windows.window, "desktop_calibrating", folder)
    studio.until(lambda snapshot: snapshot.baseline and snapshot.sign is Sign.UPRIGHT, 0.3)
    shoot(windows.window, "desktop_boundary", folder)
    windows.window.open("stretch")  # alerts are shown on the page Now while it is open
    studio.until(lambda snapshot: snapshot.alert and windows.presenter.toast, 0.5)
    assert windows.presenter.toast is not None
    shoot(windows.presenter.toast, "desktop_card", folder)
    windows.window.open("now")
    studio.wait(0.5)
    shoot(windows.window, "desktop_alert", folder)
    menu = LiveMenu()
    menu.connect_to(studio.engine, windows.navigation)
    menu.take(studio.last)
    menu.ensurePolished()
    menu.adjustSize()
    on_a_desktop(menu).save(str(folder / "desktop_menu.jpg"), "JPG", 90)
    apply(application, DARK)
    studio.until(lambda snapshot: snapshot.sign is Sign.UPRIGHT and snapshot.tick.state.phase_seconds > 20)
    shoot(windows.window, "desktop_now", folder)
    apply(application, LIGHT)
    evidence = None if studio.last.alert is None else studio.last.alert.evidence
    write_month(datetime.now().astimezone(), evidence)
    windows.window.open("history")
    windows.history.show_span(PeriodLength.WEEK)
    studio.wait(0.5)
    if datetime.now().weekday() < _ENOUGH_OF_A_WEEK:  # the week before shows more
        windows.history.before.click()
        studio.wait(0.5)
    shoot(windows.window, "desktop_history", folder)
    windows.window.open("settings")
    windows.settings.show_place("reminders")
    studio.wait(0.5)
    shoot(windows.window, "desktop_settings", folder)
    row = windows.settings.show_setting("front.neck_change")
    studio.wait(1.0)
    assert row.isVisible()
    shoot(windows.window, "desktop_advanced", folder)
    studio.close()


def on_the_floor(application: QApplication, folder: Path) -> None:
    """The coach in the middle of a hold."""
    studio = Studio(application, "thoracic_stretch.mp4", 1.0)
    windows = studio.windows
    studio.engine.start()
    windows.window.open("stretch")
    studio.wait(0.5)
    shoot(windows.window, "desktop_stretches", folder)
    studio.engine.stretch(StartStretch("Thoracic stretch", (load_exercise("thoracic_stretch"),), Answers(False)))
    studio.until(
        lambda snapshot: (
            snapshot.coaching
            and snapshot.coaching.tick.state.phase is CoachPhase.HOLDING
            and snapshot.coaching.tick.state.seen > 4
        )
    )
    shoot(windows.window, "desktop_coach", folder)
    studio.close()


def main() -> None:
    """Take all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", metavar="FOLDER", help="where to; docs/images by default")
    parser.add_argument("--sheet", action="store_true", help="every screen on one contact sheet instead")
    chosen = parser.parse_args()
    application = make_application(Settings().desktop.model_copy(update={"language": "en", "theme": "light"}))
    if chosen.sheet:
        write_month(datetime.now().astimezone())
        folder = chosen.folder or Path(tempfile.mkdtemp(prefix="posturecam-screens-"))
        sys.exit(1 if contact_sheets(application, folder) else 0)
    folder = chosen.folder or IMAGES
    folder.mkdir(parents=True, exist_ok=True)
    at_the_desk(application, folder)
    on_the_floor(application, folder)
    small_sheet(application, folder / "desktop_screens.jpg")


if __name__ == "__main__":
    main()
