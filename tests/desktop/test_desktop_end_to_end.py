"""The app as a user meets it on a small screen at 200 %: a separate display (Xvfb), with only a keyboard and a mouse (xdotool)."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import cv2
import pytest
from fakes.x_server import x_server
from one_process import asking
from places import ROOT

from posturecam.alerts.policy import Response
from posturecam.desktop.pages.history.queries import PeriodLength, read
from posturecam.desktop.shell.single_instance import ask
from posturecam.history.baselines import baselines_path
from posturecam.history.records import SittingRecords
from posturecam.history.stretches import StretchHistory

SHOTS = os.environ.get("POSTURECAM_SHOTS")
"""A folder for a picture of each step, if wanted."""
PATIENCE = 90.0
"""Seconds for any one step: many times what it takes, for busy machines."""

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or shutil.which("Xvfb") is None,
    reason="Xvfb, which stands in for a screen, is only on Linux and not installed here (apt install xvfb)",
)

IMPORTS = {"cv2 first": "import cv2, PySide6.QtWidgets", "PySide6 first": "import PySide6.QtWidgets, cv2"}
SMOKE = """
{imports}
from PySide6.QtWidgets import QLabel
from posturecam.desktop.shell.qt_startup import make_application
from posturecam.config.settings import Settings
application = make_application(Settings().desktop)
label = QLabel("upright")
label.show()
application.processEvents()
print(application.platformName(), not label.grab().toImage().isNull())
"""

NECK = """
id = "neck"
title = "Neck"
why = "Short, for a test."
minutes = 1
steps = [{ exercise = "upper_trapezius", hold = 6, reps = 1 }]
"""
SETTINGS = """
[calibration]
seconds = 5.0
least_samples = 5
[monitor]
mild_seconds = 5.0
moderate_seconds = 5.0
severe_seconds = 5.0
longest_gap = 30.0
[alerts]
cool_down = 0.0
[stretch]
model = "lite"
period = 0.4
longest_gap = 5.0
count_in = 0.0
[voice]
speech = false
chimes = false
[breaks]
routine = "neck"
[quiet]
meeting = false
do_not_disturb = false
when_locked = false
idle_after = 0.0
[desktop]
language = "en"
"""
"""Everything that lasts minutes lasts seconds here, and few checks are enough, as a busy machine may check rarely."""
SPEED = 2.0
SCALE = 2
"""Screen pixels per device-independent pixel: a laptop of 1366×768 at 200 %, where every window is as small as it
gets."""
CARD = r"Time to change position\?"
"""The alert card's title; nothing else shows notifications here."""


def until(holds, what, said=()):
    """Wait until it holds; returns what held. `said` is reported if it never does."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if found := holds():
            return found
        time.sleep(0.25)  # each question starts a process, which takes processor time from the app
    raise AssertionError(f"it did not happen in {PATIENCE:.0f} s: {what}; {said}")


@pytest.fixture
def display():
    """A separate screen; gives its name."""
    with x_server("1366x768x24") as name:
        yield name


def surroundings(display, folder):
    """The environment of a user who has just logged in, without notifications, tray or window manager."""
    kept = {
        name: os.environ[name] for name in ("PATH", "LANG", "POSTURECAM_HOME", "LD_LIBRARY_PATH") if name in os.environ
    }
    return kept | {
        "DISPLAY": display, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "PYTHONPATH": str(ROOT),
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder}/none", "QT_SCALE_FACTOR": str(SCALE),
    }  # fmt: skip


@pytest.mark.parametrize("order", IMPORTS)
def test_qt_shows_windows_whichever_of_opencv_and_qt_is_imported_first(display, tmp_path, order):
    done = subprocess.run(
        [sys.executable, "-c", SMOKE.format(imports=IMPORTS[order])],
        env=surroundings(display, tmp_path), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.stdout.split(), done.returncode) == (["xcb", "True"], 0), done.stderr


def film(path):
    """Somebody sits upright for nine seconds and slumps for ten; somebody else bends the head to one side, and sits up again.

    Five pictures a second, as each of them costs the app time to draw; more are not checked anyway.
    """
    desk, neck = (ROOT / "sample_videos" / name for name in ("desk_front.mp4", "neck_side_bend.mp4"))
    upright, slump, bend = (
        pictures(desk, 0, 6.5),
        pictures(desk, 20, 30),
        pictures(neck, 2.5, 13) + pictures(neck, 17.5, 21),
    )
    scenes = upright + upright[:-26:-1] + slump + bend
    height, width = scenes[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 5.0, (width, height))
    assert writer.isOpened()
    for picture in scenes[::2]:
        writer.write(picture)
    writer.release()


def pictures(path, start, end):
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    found = []
    while capture.grab() and (t := capture.get(cv2.CAP_PROP_POS_MSEC) / 1000) < end:
        if t >= start:
            found.append(capture.retrieve()[1])
    capture.release()
    return found


class Hand:
    """A user at the keyboard, and what can be observed from outside."""

    def __init__(self, environment, status):
        self.environment, self.status, self.shots = environment, status, 0
        self.told = []
        """The app's last status, for whoever reads why a step failed."""

    def type(self, title, *keys):
        """Press keys in the window with this title."""
        window = self.window(title)
        self._xdotool("windowfocus", "--sync", window)
        self._xdotool("key", "--delay", "60", *keys)

    def click(self, title, x, y):
        """Click at this position of a window; negative values count from its right and bottom edge."""
        place = self._xdotool("getwindowgeometry", "--shell", self.window(title))
        size = dict(line.split("=") for line in place.split())
        x, y = (at % int(size[name]) for at, name in ((x, "WIDTH"), (y, "HEIGHT")))
        self._xdotool("mousemove", "--sync", str(int(size["X"]) + x), str(int(size["Y"]) + y), "click", "1")

    def stretch_now(self):
        """Press the first button of an alert's card, if one is shown: it goes when the slouch ends, and comes with the next."""
        if self._visible(CARD):
            with suppress(subprocess.CalledProcessError):
                self.click(CARD, 70 * SCALE, -34 * SCALE)
        return True

    def begins(self, title):
        """Answer that nothing hurts; on a busy machine the key may come before the question, so it is repeated."""
        self.type(title, "Return")
        ends = time.monotonic() + 15
        while time.monotonic() < ends:
            self.told[:] = [ask("status")]
            if (self.told[0] or {}).get("mode") == "stretching":
                return True
            time.sleep(0.2)
        return False

    def learns(self, title):
        """Wait for a baseline; where a busy machine saw too little, or the film had gone on to the slump, try again."""
        ends = time.monotonic() + 10
        while time.monotonic() < ends:
            if baselines_path().exists():
                return True
            time.sleep(0.2)
        self.type(title, "Return")
        return False

    def window(self, title):
        """The visible window with this title; waits until it exists."""
        return until(lambda: self._visible(title), f"a window '{title}' is shown")

    def _visible(self, title):
        return self._xdotool("search", "--onlyvisible", "--name", f"^{title}$", check=False).split("\n")[0]

    def mode(self, mode):
        said = []

        def holds():
            said[:] = [self.status()]
            return said[0].get("mode") == mode

        # `posturecam ctl` is started once, and asked when the answer is due: otherwise it would take up a core that the app needs.
        until(lambda: (ask("status") or {}).get("mode") == mode, f"the app is {mode}")
        until(holds, f"posturecam ctl says that the app is {mode}", said)

    def quit(self):
        assert self._posturecam("ctl", "quit").returncode == 0

    def shoot(self, name):
        """Take a picture of the screen, if wanted."""
        if SHOTS:
            from PIL import ImageGrab

            self.shots += 1
            time.sleep(0.5)
            ImageGrab.grab(xdisplay=self.environment["DISPLAY"]).save(Path(SHOTS) / f"{self.shots:02}-{name}.png")

    def _posturecam(self, *arguments):
        return subprocess.run(
            [sys.executable, "-m", "posturecam", *arguments], env=self.environment, capture_output=True, text=True, timeout=PATIENCE
        )  # fmt: skip

    def _xdotool(self, *arguments, check=True):
        done = subprocess.run(
            ["xdotool", *arguments], env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=check
        )
        return done.stdout.strip()


@contextmanager
def started(environment, *arguments):
    """`posturecam …` in a separate process; it is ended whatever happens."""
    with (Path(environment["HOME"]) / "said.txt").open("w+") as said:
        app = subprocess.Popen(
            [sys.executable, "-m", "posturecam", *arguments], env=environment, stdout=said, stderr=said
        )
        try:
            yield app
        except AssertionError as failure:
            said.seek(0)
            failure.add_note(said.read()[-3000:])
            raise
        finally:
            if app.poll() is None:
                app.send_signal(signal.SIGKILL)
            app.wait(20)


def answers():
    with SittingRecords() as records:
        today = records.current_date  # or a moment ago, before midnight
        return [alert.answer for alert in records.alerts(today - timedelta(days=1), today)]


def counted():
    with StretchHistory() as history:
        return sum(session.counted for session in history.sessions())


@pytest.mark.timeout(600)
@pytest.mark.skipif(
    shutil.which("xdotool") is None, reason="xdotool, which presses the keys, is not installed (apt install xdotool)"
)
def test_from_the_first_start_over_a_slouch_and_a_stretch_to_the_history(display, tmp_path, own_home, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))  # where the app listens too
    own_home.mkdir()
    (own_home / "settings.toml").write_text(SETTINGS)
    (own_home / "routines").mkdir()
    (own_home / "routines" / "neck.toml").write_text(NECK)
    began = time.time()
    video = tmp_path / "film.mp4"
    film(video)
    environment = surroundings(display, tmp_path)
    welcome, main = "Welcome to posturecam", "posturecam"
    with asking(environment) as status, started(environment, "desktop", str(video), "--speed", str(SPEED)) as app:
        hand = Hand(environment, status)
        hand.window(welcome)
        hand.mode("paused")  # nothing is watched before the user knows about it
        hand.shoot("welcome")
        hand.type(welcome, "Return")
        hand.shoot("camera")
        hand.type(welcome, "Return")
        hand.shoot("before")
        hand.type(welcome, "Return")  # how do you sit upright: start
        hand.shoot("calibrating")
        until(lambda: hand.learns(welcome), "it was learned")
        hand.mode("watching")
        hand.shoot("learned")
        hand.type(welcome, "Return")  # keep
        hand.shoot("telling")
        hand.type(welcome, "Return")
        hand.shoot("done")
        hand.type(welcome, "Return")
        hand.window(main)
        hand.shoot("now")
        hand.type(main, "ctrl+3")  # on the page Now the alert would be shown there, and not on a card
        hand.window(CARD)
        hand.shoot("alert")
        until(lambda: hand.stretch_now() and Response.STRETCH in answers(), "the alert is answered")
        hand.shoot("questions")
        until(lambda: hand.begins(main), "the stretch begins", hand.told)
        hand.mode("stretching")
        hand.shoot("session")
        until(counted, "a repetition was counted")
        hand.shoot("held")
        hand.type(main, "q")
        hand.mode("watching")
        hand.shoot("summary")
        hand.type(main, "Return")  # done
        hand.type(main, "ctrl+3")
        hand.shoot("history")
        days = [read(now, PeriodLength.DAY, None, None) for now in (time.time, lambda: began)]  # as the page does
        assert Response.STRETCH in [alert.answer for day in days for alert in day.alerts]
        assert {session.title for day in days for session in day.sessions} == {"Neck"}
        hand.quit()
        assert app.wait(PATIENCE) == 0
