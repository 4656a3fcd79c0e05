"""The app as a whole: single instance, its windows around a real engine, control from outside, and quitting."""

import errno
import io
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from fakes.voice import FakeVoice
from moments import BASELINE, moment, raised_alert
from one_process import in_one_process
from places import ROOT
from PySide6.QtCore import QEvent, QLocale, QObject, Qt, QTimer, QTranslator, Signal
from PySide6.QtNetwork import QLocalServer
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMessageBox, QSystemTrayIcon
from session_world import UPRIGHT_UNTIL, World, saved

from posturecam.coach.library import load_routine
from posturecam.config.files import settings_path
from posturecam.config.limits import install_desktop_command
from posturecam.config.settings import Settings
from posturecam.config.settings_file import change_settings, load_settings
from posturecam.desktop.alerts.why import open_moments
from posturecam.desktop.pages.history.queries import PeriodLength
from posturecam.desktop.shell.app import App
from posturecam.desktop.shell.bridge import Bridge
from posturecam.desktop.shell.control import Control
from posturecam.desktop.shell.peer import socket_name
from posturecam.desktop.shell.single_instance import Server, ask, claim
from posturecam.desktop.shell.status_window import SmallWindow
from posturecam.desktop.start import run
from posturecam.desktop.widgets import background, theme
from posturecam.desktop.widgets.problems import NotesBanner
from posturecam.errors import DesktopUnavailable, NotRunning, SourceError
from posturecam.history.baselines import baselines_path, save_baseline
from posturecam.history.export import Exported, ExportStopped
from posturecam.history.models import PAUSES, TimeCategory
from posturecam.history.sitting import SittingHistory
from posturecam.i18n.translate import choose_language
from posturecam.session.engine import Engine
from posturecam.session.inputs.system_monitor import SystemMonitor
from posturecam.session.protocol.mode import Mode

CLIP = ROOT / "sample_videos" / "desk_front.mp4"
PATIENCE = 30_000
"""Milliseconds, for a busy machine."""


@pytest.fixture(autouse=True)
def nothing_of_the_users(monkeypatch, tmp_path):
    """The user's own autostart entry is not read, and no notification is shown."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")


@pytest.fixture
def left_as_found(qapp):
    """Restore signals, language, theme and log."""
    log = logging.getLogger("posturecam")
    signals = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
    handlers, locale, dark = list(log.handlers), QLocale(), qapp.property("posturecam_dark")
    yield
    for name, handler in signals.items():
        signal.signal(name, handler)
    for handler in set(log.handlers) - set(handlers):
        log.removeHandler(handler)
        handler.close()
    choose_language("en")
    QLocale.setDefault(locale)
    for translator in qapp.findChildren(QTranslator):
        qapp.removeTranslator(translator)
    if qapp.property("posturecam_dark") != bool(dark):
        theme.apply(qapp, theme.DARK if dark else theme.LIGHT)


@pytest.fixture
def world():
    return World(rest=0.001)


@pytest.fixture
def make(qapp, world, left_as_found, monkeypatch):
    """Make an app around a real engine; it is ended afterwards, and must exit with 0."""
    apps = []
    monkeypatch.setattr("posturecam.desktop.shell.app.END_SECONDS", 60.0)

    def made(settings=None):
        bridge = Bridge()
        engine = Engine(
            saved(settings or Settings()), bridge.mailbox, open_camera=world.open, system=SystemMonitor(world.system), now=world.now,
            clock=world.clock, voice=FakeVoice
        )  # fmt: skip
        apps.append(App(qapp, bridge, engine, cameras=list))
        return apps[-1]

    yield made
    for app in apps:
        QTimer.singleShot(0, (lambda: qapp.exit(0)) if app.engine.join(0) else app.quit)
        assert qapp.exec() == 0  # otherwise Qt would stay half ended for the following tests
        assert app.engine.join(5)
        app.end()
        app.deleteLater()


def wait_for(qtbot, app, mode):
    qtbot.waitUntil(lambda: app.snapshot is not None and app.snapshot.mode is mode, timeout=PATIENCE)


@pytest.fixture
def begin(make, qtbot):
    """The same, started, and watching somebody whose upright posture was learned before."""

    def begun(*, minimized=False, settings=None):
        save_baseline(BASELINE)
        app = make(settings)
        app.begin(minimized=minimized)
        wait_for(qtbot, app, Mode.WATCHING)
        return app

    return begun


@pytest.fixture
def in_setup(make, qtbot):
    """An app for somebody new, who has agreed to the camera and is at the second step of the setup."""
    app = make()
    app.begin()
    app.windows.first_run.next.click()
    wait_for(qtbot, app, Mode.WATCHING)
    return app


COMMANDS = """
import json, os, sys
from typer.testing import CliRunner
from posturecam import cli
for line in sys.stdin:
    os.environ["POSTURECAM_HOME"], *arguments = json.loads(line)
    result = CliRunner().invoke(cli.app, ["ctl", *arguments])
    code = getattr(result.exception, "exit_code", result.exit_code)
    print(json.dumps([code, result.output.strip() or str(result.exception)]), flush=True)
"""


@pytest.fixture(scope="module")
def another_process():
    """A process that runs `posturecam ctl` commands: starting a new one for each would take a second."""
    with subprocess.Popen(
        [sys.executable, "-c", COMMANDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment("")
    ) as process:
        yield process
        process.stdin.close()


@pytest.fixture
def ctl(another_process, qtbot, own_home):
    """`posturecam ctl …`: its exit code and its output."""

    def asked(*arguments):
        answers = []
        another_process.stdin.write(json.dumps([str(own_home), *arguments]) + "\n")
        another_process.stdin.flush()
        thread = threading.Thread(target=lambda: answers.append(another_process.stdout.readline()))
        thread.start()
        qtbot.waitUntil(lambda: not thread.is_alive(), timeout=PATIENCE)
        return tuple(json.loads(answers[0]))

    return asked


def environment(home, **more):
    return os.environ | {"POSTURECAM_HOME": str(home), "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"} | more


def posturecam(*arguments, **named):
    return subprocess.Popen(
        [sys.executable, "-m", "posturecam", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **named,
    )


# Staying, and quitting.


@pytest.mark.smoke
def test_closing_the_window_leaves_the_app_watching(begin, qtbot):
    app = begin()
    window = app.windows.window
    assert window.isVisible()
    window.close()
    assert not window.isVisible()
    at = app.snapshot.at
    qtbot.waitUntil(lambda: app.snapshot.at > at, timeout=PATIENCE)
    app.windows.indicator.small.close()  # closing its last sign only moves it aside
    assert app.windows.indicator.small.isVisible()
    app.windows.show()
    assert window.isVisible()


@pytest.mark.parametrize("leave", ["close", "showMinimized"])
def test_a_maximized_window_comes_back_maximized(begin, leave):
    windows = begin().windows
    windows.window.showMaximized()
    getattr(windows.window, leave)()
    windows.show()
    assert windows.window.isVisible()
    assert windows.window.isMaximized()
    assert not windows.window.isMinimized()


PAGES = "live", "stretches", "history", "settings", "calibration"


def test_a_page_is_made_when_it_is_first_opened(begin):
    windows = begin().windows
    assert [name for name in PAGES if windows.has_made(name)] == ["live"]
    windows.window.open("history")
    assert [name for name in PAGES if windows.has_made(name)] == ["live", "history"]
    assert windows.window.page == "history"
    assert windows.history.isVisible()


def test_started_at_login_the_app_makes_no_window_before_one_is_opened(begin, qtbot):
    app = begin(minimized=True)
    qtbot.waitUntil(lambda: app.snapshot.tick is not None, timeout=PATIENCE)
    assert not app.windows.has_made("window")
    assert [name for name in PAGES if app.windows.has_made(name)] == []
    app.windows.show()
    assert app.windows.live.mark.sign is app.snapshot.sign  # it knows at once what was published before it was made


@pytest.mark.parametrize("tray", [True, False], ids=["with a tray", "without a tray"])
@pytest.mark.usefixtures("agreed")
def test_quitting_ends_it_at_once_and_releases_the_camera(make, world, monkeypatch, tray):
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: tray))
    app = make()
    assert (app.windows.indicator.tray is not None) is tray

    def quit_once_watching():
        if app.snapshot is not None and app.snapshot.mode is Mode.WATCHING:
            app.windows.navigation.quit()
        else:
            QTimer.singleShot(10, quit_once_watching)

    QTimer.singleShot(0, quit_once_watching)
    began = time.monotonic()
    monkeypatch.setattr(app, "end", lambda: None)  # the fixture does that
    assert app.run(minimized=True) == 0
    assert time.monotonic() - began < 8
    assert world.opened
    assert all(camera.closed for camera in world.opened)


@pytest.mark.parametrize("opened", [True, False], ids=["with a window", "without a window"])
def test_when_the_system_asks_it_to_quit_it_ends_as_if_the_user_had_quit(begin, qapp, world, opened):
    app = begin(minimized=not opened)
    QTimer.singleShot(0, qapp.quit)  # as for Cmd+Q, a dock's Quit, and at the end of the desktop's session
    assert qapp.exec() == 0
    assert app.engine.join(0)
    assert all(camera.closed for camera in world.opened)
    assert app.windows.farewell is None  # it does not keep running
    assert app.windows.place == ("now", opened)  # the window is not put away, and a stretch in it not taken for left


@pytest.mark.usefixtures("agreed")
def test_asked_to_quit_while_it_starts_it_quits_once_it_can(make, qapp, monkeypatch):
    QApplication.sendEvent(qapp, QEvent(QEvent.Type.Quit))
    app = make()
    monkeypatch.setattr(app, "end", lambda: None)  # the fixture does that
    stays_open = QTimer(app, singleShot=True, interval=20_000)
    stays_open.timeout.connect(lambda: qapp.exit(3))
    stays_open.start()
    try:
        assert app.run(minimized=True) == 0
    finally:
        qapp.quits_early = False


def test_a_system_that_ends_without_waiting_finds_everything_saved(begin, qapp, world):
    app = begin(minimized=True)
    qapp.aboutToQuit.emit()  # Windows kills the process right after this
    assert app.engine.join(0)
    assert all(camera.closed for camera in world.opened)


@pytest.mark.usefixtures("agreed")
def test_a_camera_that_hangs_does_not_keep_the_user(make, world, monkeypatch, qtbot):
    monkeypatch.setattr("posturecam.desktop.shell.app.END_SECONDS", 0.3)
    app = make()
    app.begin(minimized=True)
    wait_for(qtbot, app, Mode.WATCHING)
    hangs, frame = threading.Event(), world.frame

    def hanging(*named):
        hangs.set()
        return frame(*named)

    world.go.clear()  # the next picture does not come
    world.frame = hanging
    qtbot.waitUntil(hangs.is_set, timeout=PATIENCE)
    QTimer.singleShot(0, app.quit)
    try:
        assert QApplication.exec() == 0
        assert not app.engine.join(0)
    finally:
        world.go.set()
        assert app.engine.join(20)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(number, own_home):
    with posturecam("desktop", str(CLIP), "--minimized", env=environment(own_home)) as app:
        try:
            ends = time.monotonic() + 60
            while (answer := ask("status")) is None and time.monotonic() < ends:
                time.sleep(0.05)
            assert answer["ok"]
            app.send_signal(number)
            _, errors = app.communicate(timeout=30)
        finally:
            app.kill()
    assert (app.returncode, "Traceback" in errors) == (0, False)


def test_without_any_screen_it_says_so_and_qt_does_not_abort(own_home, tmp_path):
    (tmp_path / "none.json").write_text('{"screens": []}')
    platform = f"offscreen:configfile={tmp_path / 'none.json'}"
    with posturecam("desktop", str(CLIP), env=environment(own_home, QT_QPA_PLATFORM=platform)) as app:
        _, errors = app.communicate(timeout=60)
    assert app.returncode == 10
    assert "There is no screen here" in errors


def test_a_log_on_a_full_disk_prints_no_traceback(qapp, left_as_found, own_home, monkeypatch, capsys):
    class Full(io.StringIO):
        def write(self, _):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("posturecam.config.log_file.open_log", Full)
    with pytest.raises(SourceError):
        run(video=str(own_home / "no-such-video.mp4"), minimized=True)
    logging.getLogger("posturecam").warning("The history cannot be saved (the disk is full).")
    assert capsys.readouterr().err == ""


def test_a_video_that_cannot_be_used_is_reported_and_leaves_no_icon_behind(qapp, left_as_found, own_home):
    def shown():
        return {one for one in QApplication.topLevelWidgets() if isinstance(one, SmallWindow) and one.isVisible()}

    before = shown()
    with pytest.raises(SourceError, match="no-such-video"):
        run(video=str(own_home / "no-such-video.mp4"), minimized=True)
    assert shown() <= before


# One instance.


def test_a_second_start_raises_the_first_and_ends(begin, own_home, qtbot):
    app = begin(minimized=True)
    only = claim()
    assert not app.windows.window.isVisible()
    with posturecam("desktop", env=environment(own_home)) as second:
        qtbot.waitUntil(app.windows.window.isVisible, timeout=PATIENCE)
        qtbot.waitUntil(lambda: second.poll() is not None, timeout=PATIENCE)
        said = second.communicate()
    assert (second.returncode, *said) == (0, "", "")
    only.unlock()


def test_a_second_start_with_the_session_raises_nothing(begin, own_home, qtbot):
    app = begin(minimized=True)
    only = claim()
    with posturecam("desktop", "--minimized", env=environment(own_home)) as second:
        qtbot.waitUntil(lambda: second.poll() is not None, timeout=PATIENCE)
        second.communicate()
    assert (second.returncode, app.windows.window.isVisible()) == (0, False)
    only.unlock()


def test_of_two_that_start_together_one_is_the_first(own_home):
    first = claim()
    assert first is not None
    assert claim() is None
    first.unlock()
    assert claim() is not None


def test_an_instance_that_does_not_answer_is_said(own_home, monkeypatch):
    monkeypatch.setattr("posturecam.desktop.shell.single_instance.STARTS_SECONDS", 0.2)
    only = claim()
    with pytest.raises(NotRunning, match="does not answer; try again, or quit it"):
        run()
    only.unlock()


@pytest.mark.skipif(sys.platform == "win32", reason="on Windows a pipe goes with its process")
def test_what_a_killed_instance_left_behind_is_no_obstacle(qtbot, own_home):
    code = "from posturecam.desktop.shell.single_instance import claim; import os, signal; kept = claim(); os.kill(os.getpid(), signal.SIGKILL)"
    subprocess.run([sys.executable, "-c", code], env=environment(own_home), check=False)
    assert (own_home / "posturecam.lock").exists()
    own_home.chmod(0o700)
    server = QLocalServer()
    assert server.listen(socket_name())
    path = server.fullServerName()
    server.close()
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(path)
    assert Path(path).exists()
    only, new = claim(), Server(lambda request: {"ok": True, "said": request})
    assert only is not None
    assert new.listen()
    new.close()


# Control from outside.


def test_status_is_reported_to_people_and_to_programs(begin, ctl):
    app = begin(minimized=True)
    code, said = ctl("status", "--json")
    answer = json.loads(said)
    assert (code, answer["mode"], answer["sign"]) == (0, "watching", app.snapshot.sign.value)
    code, said = ctl("status")
    assert (code, said.partition(" for ")[0]) == (0, answer["said"].partition(" for ")[0])  # the minutes go on


def test_a_session_that_died_is_said_everywhere_and_nothing_is_promised_any_more(make, ctl, qtbot, monkeypatch):
    def breaks(*_):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("posturecam.session.history_recorder.HistoryRecorder", breaks)
    save_baseline(BASELINE)
    app = make()
    app.begin(minimized=True)
    wait_for(qtbot, app, Mode.ENDED)
    said = " ".join(label.text() for label in app.windows.window.findChildren(QLabel) if label.isVisible())
    assert app.windows.window.isVisible()
    assert "ZeroDivisionError" in said
    code, answer = ctl("status", "--json")
    assert (code, json.loads(answer)["mode"]) == (0, "ended")
    assert "ZeroDivisionError" in json.loads(answer)["said"]
    for request in ("pause", "resume", "calibrate", "stretch"):
        code, answer = ctl(request)
        assert code != 0
        assert "ZeroDivisionError" in answer


def test_a_pause_from_outside_ends_by_itself_or_is_ended(begin, ctl, qtbot):
    app = begin(minimized=True)
    code, said = ctl("pause", "15")
    assert (code, said[:13]) == (0, "Paused until ")
    wait_for(qtbot, app, Mode.PAUSED)
    assert 14 < (app.snapshot.until - app.snapshot.at).total_seconds() / 60 <= 15
    assert json.loads(ctl("status", "--json")[1])["until"] is not None
    assert ctl("resume")[0] == 0
    wait_for(qtbot, app, Mode.WATCHING)
    assert ctl("pause") == (0, "Paused until you resume.")


def test_a_pause_right_after_the_computer_slept_is_as_long_as_it_was_asked_for(begin, ctl, world, qtbot):
    app = begin(minimized=True)
    qtbot.waitUntil(lambda: app.snapshot is not None and app.snapshot.tick is not None, timeout=PATIENCE)
    world.go.clear()  # no picture has come since
    qtbot.wait(50)
    world.passes(hours=3)
    assert ctl("pause", "15")[0] == 0
    world.go.set()
    wait_for(qtbot, app, Mode.PAUSED)
    assert app.snapshot.until - app.snapshot.at > timedelta(minutes=14)


@pytest.fixture
def again(make, qapp, world):
    """Quit an app, and start it again after this many minutes, with the clock behind by this many days."""

    def started(app, after=0, behind=0, minimized=True):
        QTimer.singleShot(0, app.quit)
        assert qapp.exec() == 0
        world.passes(minutes=after)
        world.wall = -timedelta(days=behind)
        another = make()
        another.begin(minimized=minimized)
        return another

    return started


@pytest.mark.parametrize("lasting", [timedelta(hours=12), None], ids=["until tomorrow", "until resumed"])
def test_a_pause_continues_when_the_app_is_started_again_until_it_is_ended(begin, again, world, qtbot, lasting):
    app = begin(minimized=True)
    app.engine.pause(None if lasting is None else world.now() + lasting)
    wait_for(qtbot, app, Mode.PAUSED)
    until, opened = app.snapshot.until, len(world.opened)
    second = again(app)
    wait_for(qtbot, second, Mode.PAUSED)
    assert second.snapshot.until == until
    assert len(world.opened) == opened, "the camera stays off"
    second.engine.resume()
    wait_for(qtbot, second, Mode.WATCHING)
    third = again(second)
    wait_for(qtbot, third, Mode.WATCHING)


def test_a_pause_that_is_over_when_the_app_is_started_again_turns_the_camera_on(begin, again, world, qtbot):
    app = begin(minimized=True)
    app.engine.pause(world.now() + timedelta(minutes=15))
    wait_for(qtbot, app, Mode.PAUSED)
    second = again(app, after=16)
    wait_for(qtbot, second, Mode.WATCHING)


def test_a_pause_until_tomorrow_ends_then_though_the_clock_was_behind_when_the_app_was_started_again(
    begin, again, world, qtbot
):
    app = begin(minimized=True)
    until = world.now() + timedelta(hours=12)
    app.engine.pause(until)
    wait_for(qtbot, app, Mode.PAUSED)
    second = again(app, after=11 * 60, behind=9)
    wait_for(qtbot, second, Mode.PAUSED)
    world.wall = timedelta()  # a minute later the clock is set
    shown = second.snapshot
    qtbot.waitUntil(lambda: second.snapshot.at - shown.at > timedelta(days=1), timeout=PATIENCE)
    assert (second.snapshot.mode, second.snapshot.until) == (Mode.PAUSED, until)
    world.passes(hours=1)
    wait_for(qtbot, second, Mode.WATCHING)


def test_the_camera_stays_off_at_the_next_start_too_if_the_setup_was_left_before_it_was_mentioned(
    make, again, world, qtbot
):
    app = make()
    app.begin()
    assert app.windows.welcoming
    wait_for(qtbot, app, Mode.PAUSED)
    second = again(app)  # as at login, where no window is shown
    wait_for(qtbot, second, Mode.PAUSED)
    assert second.snapshot.why == PAUSES["setup"]
    assert world.opened == []


def waits_for_setup(app):
    return app.snapshot is not None and app.snapshot.why == PAUSES["setup"]


def test_started_without_a_window_for_the_first_time_the_camera_waits_for_the_setup(make, again, world, qtbot, ctl):
    app = make()
    app.begin(minimized=True)
    qtbot.waitUntil(lambda: waits_for_setup(app), timeout=PATIENCE)
    assert not app.windows.first_run.isVisible()
    assert ctl("resume") == (10, "the setup is open; finish or close it first")
    assert app.windows.first_run.isVisible()
    second = again(app)
    qtbot.waitUntil(lambda: waits_for_setup(second), timeout=PATIENCE)
    assert world.opened == []
    second.windows.show()
    second.windows.first_run.next.click()
    wait_for(qtbot, second, Mode.WATCHING)
    third = again(second)  # although the setup is not finished yet
    wait_for(qtbot, third, Mode.WATCHING)


def test_a_first_start_that_is_quit_at_once_leaves_the_camera_off_at_login(make, again, world, qapp, qtbot):
    app = make()
    app.begin()
    second = again(app)  # before any snapshot came
    qtbot.waitUntil(lambda: waits_for_setup(second), timeout=PATIENCE)
    assert world.opened == []


def test_who_has_only_tried_a_video_finds_the_camera_off_at_login(make, own_home, world, qtbot):
    with posturecam("desktop", str(CLIP), "--minimized", env=environment(own_home)) as video:
        qtbot.waitUntil((own_home / "history.sqlite3").exists, timeout=PATIENCE)
        video.send_signal(signal.SIGTERM)
        assert video.wait(60) == 0
    app = make()
    app.begin(minimized=True)
    qtbot.waitUntil(lambda: waits_for_setup(app), timeout=PATIENCE)
    assert world.opened == []


def test_another_language_ends_no_pause_that_was_made_during_the_setup(in_setup, world, qtbot):
    app, before = in_setup, in_setup.windows
    app.engine.pause()
    wait_for(qtbot, app, Mode.PAUSED)
    opened = list(world.opened)
    change_settings({"desktop.language": "de"})

    def made_anew():
        world.passes(seconds=1)  # the camera, which is off, does not move its clock
        return app.windows is not before and app.snapshot.at > at

    at = app.snapshot.at
    qtbot.waitUntil(made_anew, timeout=PATIENCE)
    at = app.snapshot.at
    qtbot.waitUntil(made_anew, timeout=PATIENCE)
    assert app.windows.welcoming
    assert (app.snapshot.mode, app.snapshot.why, world.opened) == (Mode.PAUSED, PAUSES["user"], opened)


def test_a_setup_that_comes_back_leaves_the_camera_on_for_who_had_agreed(in_setup, again, world, qtbot):
    app = in_setup
    second = again(app, minimized=False)
    assert second.windows.first_run.step == 0
    wait_for(qtbot, second, Mode.WATCHING)
    second.windows.first_run.close()
    third = again(second)  # at login it stayed off, since the setup was left at its first step
    wait_for(qtbot, third, Mode.WATCHING)


def test_a_pause_continues_although_the_setup_comes_back(in_setup, again, world, qtbot):
    app = in_setup
    until = world.now() + timedelta(hours=12)
    app.engine.pause(until)
    wait_for(qtbot, app, Mode.PAUSED)
    second = again(app, minimized=False)
    assert second.windows.welcoming
    qtbot.waitUntil(lambda: second.snapshot is not None and second.snapshot.until is not None, timeout=PATIENCE)
    assert (second.snapshot.mode, second.snapshot.why) == (Mode.PAUSED, PAUSES["user"])


def test_a_setup_that_waits_without_a_window_stays_so_in_another_language(make, world, qtbot):
    app = make()
    app.begin(minimized=True)
    qtbot.waitUntil(lambda: waits_for_setup(app), timeout=PATIENCE)
    before = app.windows
    change_settings({"desktop.language": "de"})

    def made_anew():
        world.passes(seconds=1)  # the camera, which is off, does not move its clock
        return app.windows is not before

    qtbot.waitUntil(made_anew, timeout=PATIENCE)
    assert app.windows.welcoming
    assert not app.windows.first_run.isVisible()


@pytest.mark.parametrize(
    "used",
    [
        lambda: change_settings({"voice.volume": "0.3"}),
        lambda: save_baseline(BASELINE),
        lambda: baselines_path().write_text("{", encoding="utf-8"),
        lambda: SittingHistory().close(),
    ],
    ids=["settings", "a calibration", "damaged calibrations", "a history"],
)
def test_who_has_used_an_older_version_is_not_asked_again_at_login(make, own_home, qtbot, used):
    own_home.mkdir()
    used()
    app = make()
    app.begin(minimized=True)
    wait_for(qtbot, app, Mode.WATCHING)
    assert not app.windows.welcoming


def test_a_setup_that_was_left_keeps_the_camera_off_no_longer_once_a_terminal_has_calibrated(make, again, world, qtbot):
    app = make()
    app.begin()
    wait_for(qtbot, app, Mode.PAUSED)
    save_baseline(BASELINE)
    second = again(app)
    wait_for(qtbot, second, Mode.WATCHING)
    assert second.windows.left_setup is None


@pytest.mark.parametrize("content", [b"soon", b"\xff\xfe", b"9" * 1000, b"9999-12-31T23:59:59+00:00"])
def test_a_damaged_note_of_a_pause_leaves_the_camera_off(make, own_home, world, qtbot, content):
    save_baseline(BASELINE)
    (own_home / "paused").write_bytes(content)
    app = make()
    app.begin(minimized=True)
    wait_for(qtbot, app, Mode.PAUSED)
    assert world.opened == []


@pytest.mark.parametrize("minimized", [False, True], ids=["with a window", "as at login"])
@pytest.mark.parametrize("left", [False, True], ids=["set up", "setup left"])
def test_damaged_calibrations_are_said_once_however_the_app_starts(make, own_home, left, minimized):
    own_home.mkdir(parents=True, exist_ok=True)
    (own_home / "baselines.json").write_text("{", encoding="utf-8")
    (own_home / ("paused" if left else "setup-finished")).write_text("setup" if left else "", encoding="utf-8")
    app = make()
    app.begin(minimized=minimized)
    assert ["baselines file was damaged" in text for text in app.windows.notes.texts] == [True]


def test_calibrating_from_outside_opens_the_window_and_learns(begin, world, ctl, qtbot):
    world.show(0.0, UPRIGHT_UNTIL)
    app = begin(minimized=True)
    assert ctl("calibrate") == (0, "The calibration is open.")
    assert app.windows.place == ("calibration", True)
    qtbot.waitUntil(lambda: app.windows.calibration.keep.isVisible(), timeout=PATIENCE)
    qtbot.waitUntil(lambda: app.snapshot.baseline is not None, timeout=PATIENCE)


def test_the_coach_and_the_window_are_opened_from_outside(begin, ctl):
    app = begin(minimized=True)
    assert ctl("stretch", "upper_back")[0] == 0
    assert app.windows.place == ("stretch", True)
    texts = [one.text() for one in app.windows.stretches.questions.findChildren(QLabel)]
    assert load_routine("upper_back").title in texts
    app.windows.window.close()
    assert ctl("show")[0] == 0
    assert app.windows.window.isVisible()


def test_quitting_from_outside(begin, ctl, world):
    app = begin(minimized=True)
    assert ctl("quit") == (0, "posturecam is quitting.")
    assert app.engine.join(10)
    assert all(camera.closed for camera in world.opened)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["pause", "100000"], "a pause must last 0 to 10080 minutes, got '100000'"),
        (["stretch", "juggling"], "juggling"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(begin, ctl, arguments, why):
    begin(minimized=True)
    code, said = ctl(*arguments)
    assert (code, why in said) == (10, True), said


@pytest.mark.parametrize(
    "request_",
    ["", "juggle", "pause soon", "pause -1", "pause inf", "pause nan", "skip", "repeat", "stretch desk_break 2"],
)
def test_a_nonsensical_request_is_refused_and_changes_nothing(begin, qtbot, request_):
    app = begin(minimized=True)
    answer = Control(app.engine, lambda: app.windows, lambda: app.snapshot)(request_)
    assert answer["ok"] is False
    assert answer["error"]
    at = app.snapshot.at
    qtbot.waitUntil(lambda: app.snapshot.at > at, timeout=PATIENCE)
    assert app.snapshot.mode is Mode.WATCHING


def test_where_nothing_runs_that_is_said(ctl):
    assert ctl("status") == (10, "The desktop app is not running; start it with: posturecam")


def test_a_wrong_number_is_a_wrong_command_line(ctl):
    code, said = ctl("pause", "soon")
    assert (code, "Usage" in said or "soon" in said) == (2, True)


# Windows.


@pytest.mark.usefixtures("agreed")
def test_minimized_shows_nothing_but_its_sign(make, qtbot):
    app = make()
    app.begin(minimized=True)
    assert app.windows.first_run is None
    assert not app.windows.window.isVisible()
    assert app.windows.indicator.small.isVisible()


def test_the_first_time_it_welcomes(make):
    app = make()
    app.begin()
    assert app.windows.first_run.isVisible()
    assert not app.windows.window.isVisible()
    app.windows.first_run.close()
    assert app.windows.place == ("now", True)


def test_a_damaged_settings_file_is_kept_aside_and_said(left_as_found, monkeypatch, own_home):
    own_home.mkdir()
    settings_path().write_text("[monitor\nmild = 5")
    begin, said = App.begin, []

    def begun(app, **named):
        begin(app, **named)
        (banner,) = app.windows.settings.findChildren(NotesBanner)
        said.append((banner.isHidden(), banner.words.text()))
        QTimer.singleShot(0, app.quit)

    monkeypatch.setattr(App, "begin", begun)
    assert run(video=str(CLIP), minimized=True) == 0
    ((hidden, words),) = said
    assert not hidden
    assert "damaged" in words
    assert [path.read_text() for path in own_home.glob("settings.toml.damaged-*")] == ["[monitor\nmild = 5"]
    assert claim() is not None  # the claim was released


def test_another_language_makes_the_windows_anew_at_the_same_place(begin, qtbot):
    app = begin()
    app.windows.window.open("settings")
    app.windows.complain("Some trouble.")
    before = app.windows
    page = before.settings
    row = page.show_setting("desktop.language")
    row.editor.edited.emit({"desktop.language": "de"})
    assert app.windows is not before
    assert app.windows.place == ("settings", True)
    assert not before.window.isVisible()
    titles = [one.accessibleName() for one in app.windows.window.findChildren(QAbstractButton)]
    assert "Jetzt" in titles
    (banner,) = app.windows.settings.findChildren(NotesBanner)
    assert banner.words.text() == "Some trouble."  # which has not been dismissed yet
    page = app.windows.settings
    assert page.group.currentData() == "general"
    assert page.undo_button.isVisible()  # so that who cannot read this language comes back with one click
    page.undo_button.click()
    assert app.engine.settings.desktop.language == ""
    at = app.snapshot.at
    qtbot.waitUntil(lambda: app.snapshot.at > at, timeout=PATIENCE)
    assert app.windows.indicator.small.isVisible()


def test_an_app_that_has_ended_follows_neither_the_fonts_nor_the_dots_of_the_screen(qapp, world, left_as_found):
    bridge = Bridge()
    app = App(qapp, bridge, Engine(saved(Settings()), bridge.mailbox, open_camera=world.open), cameras=list)
    app.end()
    before = qapp.styleSheet()
    try:
        qapp.setStyleSheet("")
        qapp.fontChanged.emit(qapp.font())
        for screen in qapp.screens():
            screen.logicalDotsPerInchChanged.emit(144.0)
        assert qapp.styleSheet() == ""
    finally:
        qapp.setStyleSheet(before)
        app.deleteLater()


def test_what_another_program_changes_takes_effect_soon_at_the_same_place(begin, qtbot):
    app = begin()
    app.windows.window.open("settings")
    before = app.windows
    change_settings({"desktop.language": "de", "desktop.theme": "dark", "voice.volume": "0.3"})
    qtbot.waitUntil(lambda: app.windows is not before, timeout=PATIENCE)
    assert app.windows.place == ("settings", True)
    assert theme.current() is theme.DARK
    assert app.engine.settings == load_settings()


def test_another_language_from_outside_leaves_the_desk_recognized_although_no_window_is_open(begin, qtbot, monkeypatch):
    app = begin(minimized=True)
    before, told = app.windows, []
    monkeypatch.setattr(app.engine, "use_place", told.append)
    change_settings({"desktop.language": "de"})
    qtbot.waitUntil(lambda: app.windows is not before, timeout=PATIENCE)
    assert len(told) == 1


def test_another_language_from_outside_keeps_the_setup_open_where_it_was(in_setup, qtbot):
    app, before = in_setup, in_setup.windows
    change_settings({"desktop.language": "de"})
    qtbot.waitUntil(lambda: app.windows is not before, timeout=PATIENCE)
    assert app.windows.first_run.isVisible()
    assert app.windows.first_run.count.text() == "Schritt 2 von 5"


def test_an_open_reminder_is_shown_again_in_another_language_without_ringing_again(begin, world, qtbot, monkeypatch):
    rung = []
    monkeypatch.setattr("posturecam.desktop.alerts.presenter.ring", rung.append)
    settings = Settings.model_validate({"desktop": {"alerts": ["notification", "sound"], "language": "en"}})
    app = begin(minimized=True, settings=settings)
    world.show(22.0, 30.0)  # slumped
    qtbot.waitUntil(lambda: app.windows.presenter.toast is not None, timeout=PATIENCE)
    before = app.windows
    change_settings({"desktop.language": "de"})
    qtbot.waitUntil(lambda: app.windows is not before, timeout=PATIENCE)
    qtbot.waitUntil(lambda: app.windows.presenter.toast is not None, timeout=PATIENCE)
    assert "Jetzt dehnen" in [one.text() for one in app.windows.presenter.toast.buttons]
    assert len(rung) == 1


def in_german(app, qtbot):
    """The app's windows, made anew in German because another program chose it."""
    before = app.windows
    change_settings({"desktop.language": "de"})
    qtbot.waitUntil(lambda: app.windows is not before, timeout=PATIENCE)
    return app.windows


@pytest.mark.parametrize("answered", [False, True])
def test_why_stays_open_in_another_language_and_is_not_answered_twice(begin, world, qtbot, monkeypatch, answered):
    app = begin(minimized=True)
    world.show(22.0, 30.0)  # slumped
    qtbot.waitUntil(lambda: app.snapshot.alert is not None, timeout=PATIENCE)
    told = []
    monkeypatch.setattr(app.engine, "answer", lambda *given: told.append(given))
    app.windows.why(app.snapshot.alert)
    (dialog,) = open_moments()
    if answered:
        dialog.wrong.click()
    in_german(app, qtbot)
    (dialog,) = open_moments()
    assert dialog.windowTitle() == "Warum dieser Hinweis?"
    assert dialog.wrong.isEnabled() is not answered
    thanks = [label.text() for label in dialog.findChildren(QLabel) if label.text().startswith("Danke")]
    assert len(thanks) == len(told) == int(answered)
    dialog.close()


def test_the_note_on_where_the_window_went_stays_in_another_language(begin, qtbot):
    app = begin()
    app.windows.window.close()
    assert app.windows.farewell is not None
    windows = in_german(app, qtbot)
    assert windows.farewell.isVisible()
    assert [one.text() for one in windows.farewell.buttons] == ["Verstanden", "Beenden"]
    windows.farewell.go(still=True)


@pytest.mark.parametrize("stopped", [False, True])
def test_an_export_goes_on_in_another_language_at_the_same_place(begin, qtbot, monkeypatch, tmp_path, stopped):
    begun, go = threading.Event(), threading.Event()

    def slow(file, *, progress, **_format):
        assert progress(0.25)
        begun.set()
        assert go.wait(20)
        if not progress(0.5):
            raise ExportStopped
        return Exported((file,), 0, 0, 0)

    monkeypatch.setattr("posturecam.desktop.pages.history.exporting.export_from", slow)
    app = begin()
    app.windows.window.open("history")
    app.windows.history.show_span(PeriodLength.WEEK)
    app.windows.history.export_to(tmp_path / "history.json")
    assert begun.wait(20)
    app.windows.window.open("settings")
    history = in_german(app, qtbot).history
    assert history.exporting.is_running
    assert not history.export_button.isEnabled()
    assert history.spans[PeriodLength.WEEK].isChecked()
    if stopped:
        history.exporting.cancel.click()
    go.set()
    qtbot.waitUntil(lambda: not history.exporting.is_running, timeout=PATIENCE)
    assert history.said.text().startswith("Der Export wurde abgebrochen" if stopped else "Exportiert nach")


def test_an_export_that_ends_while_the_windows_are_recreated_is_over_in_them_too(begin, monkeypatch, tmp_path, qtbot):
    """Its result was on the way to the old page, and the new one showed an endless export that could not be canceled."""
    monkeypatch.setattr(
        "posturecam.desktop.pages.history.exporting.export_from", lambda file, **_format: Exported((file,), 0, 0, 0)
    )
    app = begin()
    app.windows.window.open("settings")
    row = app.windows.settings.show_setting("desktop.language")
    app.windows.history.export_to(tmp_path / "history.json")
    for thread in threading.enumerate():
        if thread.name == "posturecam export":
            thread.join(20)
    row.editor.edited.emit({"desktop.language": "de"})  # before anything could arrive
    history = app.windows.history
    qtbot.waitUntil(lambda: not history.exporting.is_running, timeout=PATIENCE)
    assert history.said.text().startswith("Exportiert nach")


@pytest.mark.parametrize("minimized", [False, True], ids=["with a window", "without a window"])
def test_pages_go_with_their_windows_when_the_language_changes_opened_or_not(begin, qtbot, qapp, minimized):
    app, gone = begin(minimized=minimized), []
    if not minimized:
        app.windows.window.open("settings")
    pages = [app.windows.settings, app.windows.history, app.windows.live]
    for page in pages:
        page.destroyed.connect(lambda: gone.append(True))
    in_german(app, qtbot)
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert len(gone) == len(pages)


@pytest.mark.parametrize("when", ["under way", "over, and not seen yet", "on screen"])
@pytest.mark.parametrize("task", ["a report", "a deletion"])
def test_a_report_or_deletion_tells_its_result_in_another_language_too(begin, qtbot, monkeypatch, tmp_path, task, when):
    with SittingHistory() as history:
        history.add(time.time(), TimeCategory.UPRIGHT, 3600)
    app = begin()
    app.windows.window.open("history")
    app.windows.history.show_span(PeriodLength.WEEK)
    begun = []
    monkeypatch.setattr(background, "start_thread", begun.append)
    if task == "a report":
        app.windows.history.save_report(tmp_path / "report.html")
    else:
        app.windows.history.delete_button.click()
        (box,) = app.windows.history.findChildren(QMessageBox)
        next(one for one in box.buttons() if one.text() == "Delete everything").click()
    monkeypatch.setattr(background, "start_thread", lambda work: work())
    if when != "on screen":
        app.windows.window.open("settings")
    if when != "under way":
        begun.pop()()
    windows = in_german(app, qtbot)
    if when == "under way":
        begun.pop()()
    windows.window.open("history")
    said = windows.history.said
    assert said.isVisible()
    assert said.text().startswith("Gespeichert als" if task == "a report" else "Der Verlauf wurde gelöscht")


def test_an_upright_posture_learned_by_another_program_is_shown_and_used(begin, world, qtbot):
    app = begin(minimized=True)
    qtbot.waitUntil(lambda: app.snapshot.source is not None, timeout=PATIENCE)
    app.engine.calibrate()
    qtbot.waitUntil(lambda: app.snapshot.baseline is not None, timeout=PATIENCE)
    outside = replace(app.snapshot.baseline, made="2026-11-24T08:00:00+01:00", place="")
    save_baseline(outside)
    qtbot.waitUntil(
        lambda: app.snapshot.baseline is not None and app.snapshot.baseline.made == outside.made, timeout=PATIENCE
    )
    assert len(world.opened) == 1


def test_without_chinese_letters_it_stays_in_english_and_says_why(begin, monkeypatch):
    app = begin()
    monkeypatch.setattr("posturecam.desktop.shell.qt_startup.QFontDatabase.families", lambda *_: [])
    app.windows.settings.show_setting("desktop.language").editor.edited.emit({"desktop.language": "zh"})
    titles = [one.accessibleName() for one in app.windows.window.findChildren(QAbstractButton)]
    assert "Now" in titles
    assert "no installed font supports it" in app.windows.notes.texts[-1]


def test_without_the_icon_in_the_tray_the_small_window_shows_the_state_at_once_and_back(begin, monkeypatch):
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    windows = begin().windows
    assert windows.indicator.small is None
    windows.settings.show_setting("desktop.tray").editor.edited.emit({"desktop.tray": "false"})
    small = windows.indicator.small
    assert small.isVisible()
    assert windows.indicator.tray is None
    assert small.status.text() != "Starting"
    windows.settings.undo()
    assert windows.indicator.tray is not None
    assert windows.indicator.small is None


@pytest.mark.parametrize(
    "change",
    [
        lambda qapp: qapp.screenRemoved.emit(qapp.primaryScreen()),
        lambda qapp: qapp.primaryScreen().geometryChanged.emit(qapp.primaryScreen().geometry()),
    ],
    ids=["disconnected", "another resolution"],
)
def test_windows_of_a_screen_that_was_disconnected_or_became_smaller_come_back_into_reach(begin, qapp, qtbot, change):
    windows = begin().windows
    shown = windows.window, windows.indicator.small
    for one in shown:
        one.move(9000, 9000)
    room = qapp.primaryScreen().availableGeometry()
    assert not any(room.contains(one.frameGeometry().topLeft()) for one in shown)
    change(qapp)
    qtbot.waitUntil(lambda: all(room.contains(one.frameGeometry().topLeft()) for one in shown), timeout=PATIENCE)


def test_another_theme_holds_at_once(begin):
    app = begin()
    page = app.windows.settings
    row = page.show_setting("desktop.theme")
    row.editor.edited.emit({"desktop.theme": "dark"})
    assert theme.current() is theme.DARK
    row.editor.edited.emit({"desktop.theme": "light"})
    assert theme.current() is theme.LIGHT


class ContrastHints(QObject):
    """What the system says about contrast."""

    contrastPreferenceChanged = Signal(object)
    preference = Qt.ContrastPreference.NoPreference

    def contrastPreference(self):
        return self.preference

    def prefer(self, preference):
        self.preference = preference
        self.contrastPreferenceChanged.emit(preference)


@pytest.mark.parametrize(
    ("chosen", "usual", "high"),
    [("light", theme.LIGHT, theme.LIGHT_CONTRAST), ("dark", theme.DARK, theme.DARK_CONTRAST)],
)
def test_high_contrast_of_the_system_is_followed_at_once_and_back(begin, monkeypatch, chosen, usual, high):
    hints = ContrastHints()
    for place in ("posturecam.desktop.widgets.theme", "posturecam.desktop.shell.app"):
        monkeypatch.setattr(f"{place}.contrast_hints", lambda _: hints)
    app = begin(settings=Settings.model_validate({"desktop": {"theme": chosen}}))
    app.windows.settings.show_setting("desktop.theme")
    hints.prefer(Qt.ContrastPreference.HighContrast)
    assert theme.current() is high
    hints.prefer(Qt.ContrastPreference.NoPreference)
    assert theme.current() is usual


def test_a_slow_window_gets_fewer_snapshots_and_every_event_in_order(qtbot):
    bridge, seen, heard = Bridge(), [], []
    bridge.happened.connect(lambda what: heard.append(what.at))
    bridge.snapshot.connect(lambda snapshot: (seen.append(snapshot.at), time.sleep(0.02)))
    snapshots, events = [moment(n / 5) for n in range(400)], [raised_alert(n) for n in range(40)]

    def engine():
        for number, snapshot in enumerate(snapshots):
            bridge.mailbox.show(snapshot)
            if number % 10 == 0:
                bridge.mailbox.tell(events[number // 10])
            time.sleep(0.0005)

    thread = threading.Thread(target=engine)
    thread.start()
    qtbot.waitUntil(lambda: seen[-1:] == [snapshots[-1].at], timeout=PATIENCE)
    thread.join()
    assert heard == [one.at for one in events]
    assert len(seen) < len(snapshots) / 2
    assert all(after > before for before, after in pairwise(seen))


def test_a_mistake_with_one_event_keeps_neither_the_next_nor_the_snapshot_away(qtbot):
    bridge, seen, heard = Bridge(), [], []

    def hear(what):
        heard.append(what.at)
        if len(heard) == 1:
            raise RuntimeError("a mistake of a window")

    bridge.happened.connect(hear)
    bridge.snapshot.connect(lambda snapshot: seen.append(snapshot.at))
    events, shown = [raised_alert(n) for n in range(3)], moment(1.0)
    with qtbot.captureExceptions() as mistakes:
        for event in events:
            bridge.mailbox.tell(event)
        bridge.mailbox.show(shown)
        qtbot.waitUntil(lambda: seen == [shown.at], timeout=PATIENCE)
    assert heard == [one.at for one in events]
    assert [str(one[1]) for one in mistakes] == ["a mistake of a window"]


# Without Qt.

WITHOUT_QT = "import sys; sys.modules['PySide6'] = None; from posturecam.commands import display; display.has_display = lambda: True"
"""Where windows could be shown if Qt was installed."""


def test_without_qt_it_watches_in_the_terminal_and_says_how_to_get_windows(own_home):
    to_get_them = install_desktop_command()
    expected = (
        (("--camera", "none such"), 4, f"watching in the terminal. For windows and a tray icon run: {to_get_them}"),
        (("desktop",), DesktopUnavailable.exit_code, to_get_them),
        (("ctl", "status"), NotRunning.exit_code, to_get_them),
    )
    ran = in_one_process(
        *(arguments for arguments, _, _ in expected),
        before=WITHOUT_QT, without=("QT_QPA_PLATFORM",), POSTURECAM_HOME=str(own_home),
    )  # fmt: skip
    for done, (_, code, said) in zip(ran, expected, strict=True):
        assert done.code == code, done.err
        assert said in done.err.decode()
        assert b"Traceback" not in done.err


def test_the_commands_that_open_no_window_do_without_qt(own_home):
    """As installed by the README's first command, which brings no windows."""
    expected = {
        ("settings",): 0, ("settings", "--all"): 0, ("settings", "--json"): 0, ("settings", "plan.remind_from=8"): 0,
        ("history",): 0, ("stretch", "list"): 0, ("stretch", "show", "childs_pose"): 0,
        ("calibrate", ROOT / "tests" / "data" / "recordings" / "desk_front.npz"): 0, ("settings", "--reset"): 0,
    }  # fmt: skip
    ran = in_one_process(*expected, before="import sys; sys.modules['PySide6'] = None", POSTURECAM_HOME=str(own_home))
    assert [(done.code, done.err) for done in ran] == [(code, b"") for code in expected.values()]
    assert all(done.out for done in ran)


def test_the_core_does_without_qt(own_home, tmp_path):
    recording = ROOT / "tests" / "data" / "recordings" / "two_people.npz"
    code = f"""
import sys
from posturecam.__main__ import main
for arguments in (["watch", {str(recording)!r}, "--json", "--no-alerts"], ["analyze", {str(recording)!r}, "--no-video", "--no-plot",
                  "--out", {str(tmp_path / "out")!r}], ["stretch", "upper_trapezius", "--source", {str(recording)!r}, "--no-voice", "--json"]):
    sys.argv[1:] = arguments
    try:
        main()
    except SystemExit as left:
        assert not left.code, (arguments, left.code)
print([name for name in sys.modules if name.startswith(("PySide6", "shiboken6", "posturecam.desktop", "posturecam.session.engine"))], file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(own_home), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip().splitlines()[-1] == "[]"
