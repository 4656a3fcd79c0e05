"""Unusual computers: no home, no user name, no space, a broken locale, two cameras of one kind."""

import io
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from command_line import assert_one_line
from one_process import asking, in_one_process
from places import ROOT

from posturecam import cli
from posturecam.coach.library import exercise_folder, load_exercise, load_routine, routine_folder
from posturecam.commands.doctor import Finding
from posturecam.config.files import NO_HOME, home, settings_path
from posturecam.config.log_file import log_path
from posturecam.config.settings_file import change_settings, load_settings
from posturecam.errors import SettingsError
from posturecam.history.baselines import baselines_path, load_baselines
from posturecam.i18n.translate import choose_language
from posturecam.vision.sources import camera
from posturecam.vision.sources.video import VideoSource

RECORDING = ROOT / "tests" / "data" / "recordings" / "desk_side.npz"
CLIP = ROOT / "sample_videos" / "desk_side.mp4"
unix = pytest.mark.skipif(sys.platform == "win32", reason="not so on Windows")


def posturecam(*arguments, program=("-m", "posturecam"), stdout=subprocess.PIPE, **environment):
    """Run it in a separate process, with these changes to the environment."""
    return subprocess.run(
        [sys.executable, *program, *map(str, arguments)], stdout=stdout, stderr=subprocess.PIPE, check=False,
        cwd=ROOT, timeout=120, env={**os.environ, **environment},
    )  # fmt: skip


# A byte-order mark, as Windows' editors begin a text with


def test_settings_with_a_byte_order_mark_are_read_and_changed():
    settings_path().parent.mkdir(parents=True)
    settings_path().write_bytes(b"\xef\xbb\xbf[alerts]\r\ncool_down = 900 # mine\r\n")
    assert load_settings().alerts.cool_down == 900
    change_settings({"alerts.snooze": "600"})
    assert (load_settings().alerts.cool_down, load_settings().alerts.snooze) == (900, 600)
    assert "# mine" in settings_path().read_text(encoding="utf-8")
    assert [path.name for path in home().iterdir()] == ["settings.toml"]  # nothing was set aside


def test_exercises_and_routines_with_a_byte_order_mark_are_read():
    own = {
        exercise_folder() / "mine.toml": (ROOT / "posturecam/coach/exercises/upper_trapezius.toml").read_text("utf-8").replace('id = "upper_trapezius"', 'id = "mine"'),
        routine_folder() / "ours.toml": 'id = "ours"\ntitle = "Ours"\nwhy = "A test."\nminutes = 1\nsteps = [{ exercise = "mine", hold = 6, reps = 1 }]\n',
    }  # fmt: skip
    for path, text in own.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8-sig")
    assert load_exercise("mine").id == "mine"
    assert load_routine("ours").title == "Ours"


# Two cameras of one model


@pytest.fixture
def plugged(monkeypatch, tmp_path):
    """Plug cameras in, each with its number, its serial number and its socket, linked as udev does."""
    by_id, by_path = tmp_path / "by-id", tmp_path / "by-path"
    monkeypatch.setattr(camera, "BY_ID", by_id)
    monkeypatch.setattr(camera, "BY_PATH", by_path)
    monkeypatch.setattr(camera.sys, "platform", "linux")

    def plug(*them):
        for folder in (by_id, by_path):
            folder.mkdir(exist_ok=True)
            for link in folder.iterdir():
                link.unlink()
        listed = []
        for number, name, socket in them:
            path = f"/dev/video{number}"
            with suppress(FileExistsError):  # of two with the same name, the first has the link
                (by_id / f"usb-{name}").symlink_to(path)
            (by_path / f"pci-usb-0:{socket}").symlink_to(path)
            listed.append(SimpleNamespace(index=number, name=name, path=path, vid=0x46D, pid=len(name)))
        monkeypatch.setattr(camera.cv2_enumerate_cameras, "enumerate_cameras", lambda _backend: listed)
        return {one.index: one for one in camera.list_cameras()}

    plug.by_id, plug.by_path = by_id, by_path
    return plug


@unix
def test_two_cameras_of_one_model_are_distinguished_by_where_they_are_plugged_in(plugged):
    before = plugged((0, "C920", "1"), (2, "C920", "2"))
    after = plugged((0, "C920", "2"), (2, "C920", "1"))  # found in the other order after a restart
    assert before[0].key != before[2].key
    assert (before[0].key, before[2].key) == (after[2].key, after[0].key)
    assert before[0].former_keys == before[2].former_keys == ()


@unix
def test_another_camera_in_the_socket_of_one_is_another_camera(plugged):
    (old,) = plugged((0, "C920", "1")).values()
    keep_baseline(old.key)
    (new,) = plugged((0, "Brio 4K", "1")).values()
    assert load_baselines().of(*new.keys) == {}, "it was learned through another lens"
    assert camera.find_camera(old.key, [new]) is new, "but it is used in the place of the one that was chosen"
    assert camera.find_camera(str(plugged.by_path / "pci-usb-0:1"), [new]) is new
    (back,) = plugged((0, "C920", "1")).values()
    assert load_baselines().of(*back.keys)


@unix
def test_the_name_that_a_device_gives_itself_is_one_line_and_no_command_for_the_terminal(plugged):
    assert plugged((0, "C920", "1"), (1, "Evil\x1b[31m\nCam", "2"))[1].name == "Evil [31m Cam"


@unix
def test_a_baseline_of_an_older_posturecam_continues_with_its_only_camera(plugged):
    keep_baseline(str(plugged.by_id / "usb-C920"))
    (one,) = plugged((0, "C920", "1")).values()
    assert load_baselines().of(*one.keys)
    assert camera.find_camera(str(plugged.by_id / "usb-C920"), [one]) is one  # as saved in the settings by 0.1.0
    for twin in plugged((0, "C920", "1"), (2, "C920", "2")).values():
        assert load_baselines().of(*twin.keys) == {}  # nobody can tell whose it is


@unix
def test_a_new_baseline_comes_before_one_of_an_older_posturecam(plugged):
    keep_baseline(str(plugged.by_id / "usb-C920"), "2026-01-01")
    (one,) = plugged((0, "C920", "1")).values()
    keep_baseline(one.key, "2026-11-28")
    assert [kept.made for kept in load_baselines().of(*one.keys).values()] == ["2026-11-28"]


@unix
def test_two_cameras_of_one_model_without_links_are_two(plugged):
    plugged((0, "C920", "1"), (2, "C920", "2"))
    for folder in (plugged.by_id, plugged.by_path):
        for link in folder.iterdir():
            link.unlink()
    keys = {one.key for one in camera.list_cameras()}
    assert len(keys) == 2


def keep_baseline(key, made="2026-11-22"):
    """A baseline as stored in the file, with a byte-order mark as if edited by hand."""
    kept = json.loads(baselines_path().read_bytes().decode("utf-8-sig")) if baselines_path().exists() else []
    values = dict.fromkeys(("slump_index", "head_forward_index", "shoulder_height", "nose_drop", "approach"), 1.0)
    one = {
        "view": "front", "camera": key, "camera_name": "C920", "made": made, "width": 640, "height": 480, "samples": 50,
        "spread": 0.1, "values": values,
    }  # fmt: skip
    baselines_path().parent.mkdir(parents=True, exist_ok=True)
    baselines_path().write_text(json.dumps([*kept, one]), encoding="utf-8-sig")


# No home, no name

NOBODY = """
import os, pwd
def unknown(*_):
    raise KeyError("getpwuid(): uid not found: 54321")
pwd.getpwuid = pwd.getpwnam = unknown
"""
NAMES = ("HOME", "USER", "LOGNAME", "USERNAME", "LNAME", "POSTURECAM_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")


def as_nobody(folder, *commands, **environment):
    return in_one_process(
        *commands, before=NOBODY, without=NAMES, PYTHONPATH=str(ROOT), MPLCONFIGDIR=str(folder), **environment
    )


@unix
def test_without_a_home_or_a_name_it_works_with_the_defaults(tmp_path):
    commands = ("watch", RECORDING, "--json"), ("settings", "--json"), ("stretch", "list")
    for done in as_nobody(tmp_path, *commands):
        assert (done.code, done.err) == (0, b"")
        assert len(done.out) > 1000


@unix
def test_without_a_home_what_cannot_be_kept_is_reported(tmp_path):
    commands = ("settings", "alerts.cool_down=900"), ("history", "--json"), ("desktop", "--menu-entry")
    for done in as_nobody(tmp_path, *commands):
        assert done.code == 6
        assert b"no home folder" in done.err
        assert b"Traceback" not in done.err
        assert done.err.count(b"\n") == 1
    assert not list(tmp_path.glob("~*"))


@unix
def test_without_a_name_the_users_home_is_used(tmp_path):
    (done,) = as_nobody(tmp_path, ("settings", "alerts.cool_down=900"), HOME=str(tmp_path))
    assert (done.code, done.err) == (0, b"")
    assert list(tmp_path.rglob("settings.toml"))


def test_nothing_can_be_kept_where_there_is_no_home(monkeypatch):
    def without(*_args, **_named):
        raise RuntimeError("could not determine the home directory")

    monkeypatch.delenv("POSTURECAM_HOME")
    monkeypatch.setattr("posturecam.config.files.platformdirs.user_config_path", without)
    assert home() == NO_HOME
    assert load_settings() == type(load_settings())()
    with pytest.raises(SettingsError, match="you have no home folder"):
        change_settings({"alerts.cool_down": "900"})


@unix
def test_a_tilde_in_the_chosen_home_is_the_users_home(monkeypatch, tmp_path):
    """As from a desktop entry or systemd, or in quotes; a folder named "~" used to be made in the current one."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("POSTURECAM_HOME", "~/mine")
    assert home() == tmp_path / "mine"
    assert log_path() == tmp_path / "mine" / "posturecam.log"
    monkeypatch.setenv("POSTURECAM_HOME", "~nobody-has-this-name/mine")
    assert home() == Path("~nobody-has-this-name/mine")


@unix
@pytest.mark.parametrize(
    "lay", [os.mkfifo, lambda place: place.symlink_to(place.name), lambda place: place.write_text("")]
)
def test_something_else_in_the_place_of_the_home_is_reported_at_once(run, monkeypatch, tmp_path, lay):
    """A pipe would be waited for, which nobody ever writes to."""
    lay(tmp_path / "home")
    monkeypatch.setenv("POSTURECAM_HOME", str(tmp_path / "home"))
    for arguments in (("settings", "alerts.cool_down=900"), ("history", "--json")):
        code, _, err = run(*arguments)
        assert code == 6
        assert_one_line(err)


@unix
def test_a_home_whose_name_or_folder_lets_nobody_in_is_reported(run, monkeypatch, tmp_path):
    monkeypatch.setenv("POSTURECAM_HOME", str(tmp_path / ("long" * 80)))
    code, _, err = run("history", "--json")
    assert code == 6
    assert_one_line(err, "cannot be opened (the name is too long)")
    if os.getuid() != 0:  # root may write anywhere
        (tmp_path / "shut").mkdir(mode=0)
        monkeypatch.setenv("POSTURECAM_HOME", str(tmp_path / "shut"))
        assert run("history", "--json")[0] == 6


@unix
def test_a_zone_that_no_place_on_earth_has_is_taken_for_universal_time():
    done = posturecam("watch", RECORDING, TZ="XXX-167:59:59")
    assert (done.returncode, done.stderr) == (0, b"")


# A full device behind standard output


FULL = Path("/dev/full")


IT_IS_FULL = "Standard output cannot be written (the disk is full)"
needs_full = pytest.mark.skipif(not FULL.exists(), reason="there is no full device here")


@needs_full
@pytest.mark.parametrize("arguments", [("--version",), ("watch", RECORDING)])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_device_behind_standard_output_is_reported_in_one_line(arguments, unbuffered):
    with FULL.open("wb") as full:
        done = posturecam(*arguments, stdout=full, PYTHONUNBUFFERED=unbuffered)
    assert done.returncode == 7
    assert_one_line(done.stderr.decode(), IT_IS_FULL)


@needs_full
@pytest.mark.parametrize(
    ("arguments", "code"), [(("watch", "/nowhere.mp4"), 3), (("settings", "x.y=1"), 6), (("watch", "--rate", "x"), 2)]
)
def test_an_exit_code_stands_where_nothing_can_be_said(arguments, code):
    """The interpreter would end with 120 for the words that standard error did not take."""
    with FULL.open("wb") as full:
        command = [sys.executable, "-m", "posturecam", *arguments]
        assert subprocess.run(command, stdout=full, stderr=full, check=False, cwd=ROOT).returncode == code


@needs_full
@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",), ("settings",), ("settings", "alerts.cool_down=900"), ("stretch", "list"), ("history", "--json"),
        ("watch", RECORDING, "--json"), ("cameras",),
    ],
)  # fmt: skip
@pytest.mark.parametrize("buffering", [0, -1])
def test_every_command_says_that_standard_output_is_full(run, monkeypatch, arguments, buffering):
    """In this process, with a stream like the interpreter's own."""
    stream = io.TextIOWrapper(FULL.open("wb", buffering=buffering), "utf-8", write_through=not buffering)
    with stream, monkeypatch.context() as for_now:  # undone at once, since `capsys` ends before `monkeypatch` does
        for_now.setattr(sys, "stdout", stream)
        code, _, err = run(*arguments)
    assert code == 7
    assert_one_line(err, IT_IS_FULL)


@unix
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_nothing_is_lost_in_a_pipe_that_does_not_wait_for_its_reader(unbuffered):
    """Node.js gives its children such pipes; without a buffer, what did not fit at once used to be lost without an error."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    program = "from posturecam.config import stdout; stdout.guard(); print('x' * 1_000_000); stdout.write_out()"
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with (
        os.fdopen(reading, "rb") as reader,
        subprocess.Popen([sys.executable, "-c", program], stdout=writing, cwd=ROOT, env=environment) as printing,
    ):
        os.close(writing)
        assert len(reader.read()) == 1_000_001
    assert printing.returncode == 0


INTERRUPTED_WHILE_WAITING = """
import select, signal
from posturecam import __main__ as program
waits = select.select
def interrupted(*arguments):
    select.select = waits
    signal.raise_signal(signal.SIGTERM)
    return waits(*arguments)
select.select = interrupted
program.main()
"""


@unix
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_request_to_end_is_heeded_while_nobody_reads_a_pipe_that_does_not_wait(unbuffered):
    """Node.js stops reading when it has enough for now, and then ends its child."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writing, b" ")
    command = [sys.executable, "-c", INTERRUPTED_WHILE_WAITING, "settings", "--json"]
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with (
        os.fdopen(reading, "rb"),
        subprocess.Popen(command, stdout=writing, stderr=subprocess.PIPE, cwd=ROOT, env=environment) as printing,
    ):
        os.close(writing)
        try:
            _, err = printing.communicate(timeout=30)
        finally:
            printing.kill()
    assert (printing.returncode, err) == (130, b"")


def test_a_reader_that_has_enough_is_not_an_error():
    program = f"import subprocess, sys; reader = subprocess.Popen([sys.executable, '-c', ''], stdin=subprocess.PIPE); reader.wait(); sys.exit(subprocess.run([sys.executable, '-m', 'posturecam', 'watch', {str(RECORDING)!r}, '--json'], stdout=reader.stdin).returncode)"
    done = posturecam(program=("-c", program))
    assert (done.returncode, done.stderr) == (0, b"")


@unix
@pytest.mark.parametrize(
    "arguments",
    [("--version",), ("--help",), ("settings", "alerts.cool_down=900"), ("history", "--json"), ("watch", RECORDING)],
)
@pytest.mark.parametrize("buffering", [0, -1])
def test_a_reader_that_left_at_once_is_not_an_error_in_any_command(run, monkeypatch, arguments, buffering):
    assert without_reader(run, monkeypatch, arguments, buffering) == (0, "")


def without_reader(run, monkeypatch, arguments, buffering):
    """The exit code, and what was said on standard error."""
    reading, writing = os.pipe()
    os.close(reading)
    stream = io.TextIOWrapper(os.fdopen(writing, "wb", buffering), "utf-8", write_through=not buffering)
    with monkeypatch.context() as for_now:
        for_now.setattr(sys, "stdout", stream)
        code, _, err = run(*arguments)
    with suppress(BrokenPipeError):
        stream.close()
    return code, err


@unix
@pytest.mark.parametrize("buffering", [0, -1])
@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "JSON"])
def test_what_failed_is_reported_even_if_the_reader_of_the_rest_has_left(
    run, monkeypatch, no_workers, tmp_path, form, buffering
):
    analyze = ("analyze", RECORDING, "nowhere.mp4", "--no-video", "--no-plot", "--out", tmp_path, *form)
    code, err = without_reader(run, monkeypatch, analyze, buffering)
    assert code == 3
    assert_one_line(err, "There is no file nowhere.mp4")
    no_camera = [Finding("camera", False, "No camera was found", 4)]
    monkeypatch.setattr("posturecam.commands.doctor.checks", lambda: iter(no_camera))
    assert without_reader(run, monkeypatch, ("doctor", *form), buffering) == (4, "")


@unix
@pytest.mark.parametrize("buffering", [0, -1])
@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "JSON"])
def test_a_calibration_is_saved_or_refused_with_the_reason_even_if_its_reader_has_left(
    run, monkeypatch, form, buffering
):
    calibrate = ("calibrate", RECORDING, "--seconds", "6", *form)
    assert without_reader(run, monkeypatch, calibrate, buffering)[0] == 0
    (saved,) = load_baselines().kept
    assert saved.camera_name == "desk_side.mp4"
    code, err = without_reader(
        run, monkeypatch, ("calibrate", RECORDING.with_name("stretch_childs_pose.npz"), *form), buffering
    )
    assert code == 5
    assert "posturecam: The picture seems turned by 90°" in err
    assert load_baselines().kept == (saved,)


@unix
def test_analyzing_from_a_deleted_folder_is_refused_with_a_message(tmp_path):
    """In a process that imports nothing from the current folder (-P), as the installed program does not: otherwise Python 3.13.0 itself fails there."""
    (tmp_path / "gone").mkdir()
    program = (
        "import os, sys; os.chdir(sys.argv.pop(1)); os.rmdir(os.getcwd()); from posturecam.__main__ import main; main()"
    )
    done = posturecam(
        tmp_path / "gone", "analyze", RECORDING, "--out", tmp_path, program=("-P", "-c", program), PYTHONPATH=str(ROOT)
    )
    assert done.returncode == 7
    assert_one_line(done.stderr.decode(), "The current folder was deleted")


# Optimized Python, a terminal without columns, an output without the letters of a language


def test_every_command_states_its_help_since_optimization_removes_docstrings():
    groups = [cli.app, *(one.typer_instance for one in cli.app.registered_groups)]
    for command in itertools.chain.from_iterable(one.registered_commands for one in groups):
        assert command.help, command.callback.__name__


@pytest.mark.parametrize("columns", ["0", "00", ""])
def test_a_terminal_that_reports_zero_columns_gets_its_output(run, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    code, out, _ = run("history")
    assert code == 0
    assert "Nothing has been recorded yet" in " ".join(out.split())


@pytest.mark.parametrize(
    ("encoding", "spoken"), [("ascii", "en"), ("cp1252", "en"), ("big5", "en"), ("gbk", "zh"), ("utf-8", "zh")]
)
def test_a_language_whose_letters_cannot_be_printed_is_not_used(encoding, spoken):
    assert choose_language("zh_CN", encoding) == spoken
    assert choose_language("de_AT", encoding) == "de"
    choose_language("en")


# A broken locale

BROKEN = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@unix
def test_videos_and_pictures_of_any_name_are_read_and_judged_where_the_locale_is_broken(tmp_path):
    clip, videos = short_clip(tmp_path), []
    for name in ("Übung ä.mp4".encode(), "写真.mp4".encode(), b"\xdcbung.mp4"):
        with suppress(OSError):  # this file system has no such names
            videos.append(tmp_path / os.fsdecode(name))
            videos[-1].write_bytes(clip)
    videos = [video for video in videos if video.exists()]
    assert videos
    picture = tmp_path / os.fsdecode("Übung.png".encode())
    picture.write_bytes(cv2.imencode(".png", np.zeros((48, 64, 3), np.uint8))[1].tobytes())
    out = tmp_path / "out"
    of_videos, of_picture = in_one_process(
        ("analyze", *videos, "--rate", "2", "--jobs", "1", "--out", out, "--json"),
        ("analyze", picture, "--out", tmp_path / "picture"), **BROKEN,
    )  # fmt: skip
    assert of_videos.code == 0, of_videos.err
    assert [one["samples"] for one in json.loads(of_videos.out)] == [2] * len(videos)
    assert all(len(list((out / video.stem).iterdir())) >= 4 for video in videos)
    assert (of_picture.code, of_picture.err) == (0, b"")
    (readings,) = (tmp_path / "picture").rglob("readings.csv")
    assert "Übung.png" in readings.read_text(encoding="utf-8")


def short_clip(folder):
    path = folder / "clip.mp4"
    with VideoSource(CLIP, rate=5, end=1.0) as source:
        pictures = [frame.image for frame in source]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 5.0, pictures[0].shape[1::-1])
    for picture in pictures:
        writer.write(picture)
    writer.release()
    return path.read_bytes()


# Permissions


@unix
def test_what_is_kept_can_be_read_by_its_owner_whatever_the_umask(run, own_home):
    before = os.umask(0o777)
    try:
        assert run("settings", "camera.rotate=90")[0] == 0
    finally:
        os.umask(before)
    kept = [own_home, *own_home.rglob("*")]
    assert settings_path() in kept
    assert all(path.stat().st_mode & 0o600 == 0o600 for path in kept)


# The app that plays a video


@unix
def test_the_app_that_plays_a_video_answers_from_outside(tmp_path):
    pytest.importorskip("PySide6.QtNetwork")
    environment = os.environ | {
        "POSTURECAM_HOME": "",  # counts as not set
        "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_STATE_HOME": str(tmp_path / "state"),
        "QT_QPA_PLATFORM": "offscreen", "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/none",
    }  # fmt: skip

    def ctl(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "posturecam", "ctl", *arguments], capture_output=True, text=True, check=False, env=environment, cwd=ROOT
        )  # fmt: skip

    assert ctl("status").returncode == 10
    command = [sys.executable, "-m", "posturecam", "desktop", str(CLIP), "--minimized"]
    with (
        asking(environment) as status,
        subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.PIPE) as app,
    ):
        try:
            ends = time.monotonic() + 60
            while not (found := status()) and time.monotonic() < ends and app.poll() is None:
                time.sleep(0.1)
            assert found.get("ok"), app.poll()
            assert ctl("quit").returncode == 0
            assert app.wait(60) == 0
        finally:
            if app.poll() is None:
                app.send_signal(signal.SIGKILL)
    assert ctl("status").returncode == 10
    assert not list((tmp_path / "config").rglob("*trial*"))
    assert not list(tmp_path.rglob("history.sqlite3"))  # none of it is the user's own
