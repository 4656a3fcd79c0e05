"""The command line as a user meets it: what it prints, what it writes, and with which code it leaves."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT

from posturecam import __version__, store
from posturecam.__main__ import main
from posturecam.camera import Camera
from posturecam.fakes import FakeCapture
from posturecam.monitor import Phase
from posturecam.sources.clock import SystemClock

CLIP = ROOT / "sample_videos" / "desk_front.mp4"
RECORDING = ROOT / "tests" / "data" / "recordings" / "desk_front.npz"
SIDE_RECORDING = ROOT / "tests" / "data" / "recordings" / "desk_side.npz"


@pytest.fixture
def run(monkeypatch, capsys):
    """Run `posturecam` with arguments in this process: exit code, output, errors."""

    def running(*arguments):
        monkeypatch.setattr(sys, "argv", ["posturecam", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as left:
            code = left.code or 0
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return running


@pytest.fixture
def no_camera(monkeypatch):
    monkeypatch.setattr("posturecam.camera.list_cameras", list)


def assert_one_line(text, *parts):
    assert text.startswith("posturecam: ")
    assert text.count("\n") == 1
    assert "Traceback" not in text
    for part in parts:
        assert part in text


def test_version(run):
    assert run("--version") == (0, f"posturecam {__version__}\n", "")


@pytest.mark.parametrize("command", ["watch", "calibrate", "analyze", "cameras", "doctor", "demo", "settings"])
def test_every_command_has_help(run, command):
    code, out, _ = run(command, "--help")
    assert code == 0
    assert "Usage: posturecam" in out


def test_the_exit_codes_in_help_are_those_of_the_errors(run):
    from posturecam import errors

    _, out, _ = run("--help")
    told = " ".join(out.split())
    for kind, word in (
        (errors.SourceError, "file"), (errors.CameraError, "camera"), (errors.CalibrationRefused, "calibration refused"),
        (errors.SettingsError, "settings"), (errors.OutputError, "output"), (errors.ModelError, "model"),
    ):  # fmt: skip
        assert f"{kind.exit_code} {word}" in told


def test_an_unknown_command_is_a_wrong_command_line(run):
    code, _, err = run("wach")
    assert code == 2
    assert "wach" in err


# Demo.


def test_the_demo_needs_no_camera_and_no_display(run):
    code, out, err = run("demo", "--fast", "--no-window")
    assert code == 0, err
    assert "Learned how you sit upright, seen from the front" in out
    assert re.search(r"05:\d\d  slouching \(severe\)", out)
    assert "slouch over" in out
    assert out.count("Time to sit up?") == 1  # told once
    assert "your head is bent down" in out  # the glance at the phone is unknown, not a slouch


def test_the_demo_speaks_json_on_standard_output_alone(run):
    code, out, _ = run("demo", "--fast", "--no-window", "--json")
    assert code == 0
    records = [json.loads(line) for line in out.splitlines()]
    assert [event["type"] for record in records for event in record["events"]] == ["slouch_sustained", "slouch_ended"]


# Calibrate and watch.


def test_calibrating_on_a_clip_keeps_a_baseline_that_watching_uses(run):
    code, out, err = run("calibrate", CLIP, "--seconds", "6.5")
    assert code == 0, err
    assert "good" in out
    assert [one.camera for one in store.load_baselines().kept] == ["desk_front.mp4"]
    code, out, _ = run("watch", RECORDING)
    assert code == 0
    assert "00:00  upright" in out
    assert "drifting" in out


def test_calibrating_speaks_json(run):
    code, out, _ = run("calibrate", RECORDING, "--seconds", "6", "--json")
    assert code == 0
    told = json.loads(out)
    assert told["view"] == "front"
    assert told["quality"] == "good"
    assert told["values"]["slump_index"] == pytest.approx(0.58, abs=0.03)


def test_a_deliberate_slouch_is_compared(run, tmp_path):
    # The clip sits upright, glances and leans in: not a slouch that stands apart for all of the time.
    code, _, err = run("calibrate", RECORDING, "--seconds", "6", "--slouch")
    assert code == 5
    assert_one_line(err, "slouch")
    assert store.load_baselines().kept == ()


def test_a_refused_calibration_keeps_nothing_and_says_why(run):
    code, _, err = run("calibrate", RECORDING, "--seconds", "30")
    assert code == 5
    assert_one_line(err, "moved too much")
    assert store.load_baselines().kept == ()


def test_a_front_view_without_a_baseline_offers_one(run):
    code, out, _ = run("watch", RECORDING)
    assert code == 0
    assert "calibrate your upright posture first (posturecam calibrate)" in out


def test_a_side_view_is_judged_without_one(run):
    code, out, _ = run("watch", SIDE_RECORDING, "--json")
    records = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert max(record["deviation"]["value"] or 0 for record in records) > 1.5
    assert {record["view"] for record in records} == {"side left"}


def test_a_recorded_run_replays_exactly(run, tmp_path):
    recording = tmp_path / "run.npz"
    _, live, _ = run("watch", CLIP, "--json", "--record", recording, "--rate", "2")
    code, replayed, _ = run("watch", recording, "--json")
    assert code == 0
    assert replayed == live


# Bad input: one line, the right code, no traceback.


@pytest.mark.parametrize("command", ["watch", "calibrate", "analyze"])
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.mp4", None, "There is no file"),
        ("empty.mp4", b"", "empty"),
        ("text.mp4", b"This is no video.\n" * 50, "cannot be read as a video"),
        ("damaged.npz", b"PK\x03\x04 not really", "recording"),
    ],
)
def test_bad_files_are_said_in_one_line(run, tmp_path, command, name, content, said):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    code, _, err = run(command, path, *(["-o", tmp_path / "out"] if command == "analyze" else []))
    assert code == 3
    assert_one_line(err, said, name)


def test_a_truncated_clip_is_analysed_as_far_as_it_goes(run, tmp_path):
    whole = CLIP.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: int(0.6 * len(whole))])
    code, out, err = run("analyze", tmp_path / "cut.mp4", "-o", tmp_path / "out", "--no-video", "--rate", "2")
    assert code == 9
    assert "cut.mp4" in out
    assert_one_line(err, "cut.mp4")
    assert (tmp_path / "out" / "cut" / "readings.csv").exists()


def test_one_bad_file_does_not_stop_the_others(run, tmp_path):
    code, out, err = run(
        "analyze", tmp_path / "missing.mp4", SIDE_RECORDING, "-o", tmp_path / "out", "--no-video", "--no-plot"
    )
    assert code == 3
    assert_one_line(err, "missing.mp4")
    assert "desk_side.npz" in out
    assert (tmp_path / "out" / "desk_side" / "events.json").exists()


def test_analysis_speaks_json(run, tmp_path):
    code, out, _ = run("analyze", SIDE_RECORDING, "-o", tmp_path / "out", "--no-video", "--no-plot", "--json")
    assert code == 0
    (summary,) = json.loads(out)
    assert summary["samples"] == 380
    assert sum(summary["shares"].values()) == pytest.approx(1, abs=0.01)


def test_results_that_cannot_be_written_are_said(run, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, err = run("analyze", SIDE_RECORDING, "-o", tmp_path / "file", "--no-video", "--no-plot")
    assert code == 7
    assert_one_line(err, "cannot be written")


def test_a_recording_that_cannot_be_written_is_said_before_the_run(run, tmp_path):
    code, out, err = run("watch", SIDE_RECORDING, "--record", tmp_path / "no folder" / "run.npz")
    assert code == 7
    assert out == ""
    assert_one_line(err, "run.npz")


@pytest.mark.parametrize("arguments", [(), ("watch",), ("watch", "7"), ("calibrate",), ("watch", "no such camera")])
def test_a_camera_that_does_not_exist_is_said(run, no_camera, arguments):
    code, _, err = run(*arguments)
    assert code == 4
    assert_one_line(err, "camera")


def test_damaged_settings_are_said_and_kept(run):
    path = store.settings_path()
    path.parent.mkdir(parents=True)
    path.write_text("[alerts\n")
    code, _, err = run("watch", SIDE_RECORDING)
    assert code == 6
    assert_one_line(err, "settings.toml", "--reset")
    assert path.read_text() == "[alerts\n"
    assert run("settings", "--reset")[0] == 0
    assert run("watch", SIDE_RECORDING)[0] == 0
    assert [file.read_text() for file in path.parent.glob("settings.toml.old-*")] == ["[alerts\n"]


def test_damaged_baselines_are_set_aside_and_the_run_goes_on(run):
    path = store.baselines_path()
    path.parent.mkdir(parents=True)
    path.write_text("{")
    code, _, _ = run("watch", SIDE_RECORDING)
    assert code == 0
    assert list(path.parent.glob("baselines.json.damaged-*"))


# Cameras, doctor, settings.


def test_no_camera_is_an_answer(run, no_camera, monkeypatch):
    monkeypatch.setattr("posturecam.commands.cameras.list_cameras", list)
    code, out, _ = run("cameras")
    assert code == 0
    assert "posturecam doctor" in " ".join(out.split())
    assert run("cameras", "--json")[1] == "[]\n"


def test_cameras_are_listed_by_name_with_their_stable_key(run, monkeypatch):
    found = [Camera(0, "Integrated Camera", "usb-1234", 200), Camera(2, "Logitech C920", "usb-5678", 200)]
    monkeypatch.setattr("posturecam.commands.cameras.list_cameras", lambda: found)
    _, out, _ = run("cameras")
    assert "Logitech C920" in out
    assert [one["key"] for one in json.loads(run("cameras", "--json")[1])] == ["usb-1234", "usb-5678"]


def test_the_doctor_says_what_works_and_what_does_not(run, no_camera):
    code, out, _ = run("doctor")
    assert code == 4  # no camera here
    assert "✓ pose model" in out
    assert "✗ camera" in out
    findings = {one["what"]: one for one in json.loads(run("doctor", "--json")[1])}
    assert findings["pose model"]["ok"]
    assert not findings["camera"]["ok"]
    assert findings["baseline"]["detail"].endswith("posturecam calibrate")


def test_settings_are_shown_with_unit_and_limits_and_can_be_changed(run):
    _, out, _ = run("settings")
    assert "alerts.cool_down" in out
    code, out, _ = run("settings", "alerts.cool_down=900")
    assert code == 0
    assert "900" in out
    changed = {one["key"]: one for one in json.loads(run("settings", "--json")[1])}["alerts.cool_down"]
    assert (changed["value"], changed["default"], changed["unit"]) == (900, 600, "s")


@pytest.mark.parametrize("change", ["alerts.cool_down", "alerts.nothing=1", "alerts.cool_down=-1"])
def test_a_wrong_setting_is_said(run, change):
    code, _, err = run("settings", change)
    assert code == 6
    assert_one_line(err)


# A camera, scripted.


class Scene:
    """What a scripted camera shows: the clip's upright person, so that the whole way from the lens is used."""

    def __init__(self):
        import cv2

        capture = cv2.VideoCapture(str(CLIP))
        self.pictures = [capture.read()[1] for _ in range(60)]

    def __call__(self, t: float) -> np.ndarray:
        return self.pictures[int(t * 10) % 60]


@pytest.fixture
def scripted_camera(monkeypatch):
    """The only camera there is shows an upright person, in real time."""
    from posturecam import camera

    clock, scene = SystemClock(), Scene()
    found = [Camera(0, "Scripted camera", "scripted-1", 0)]
    real = camera.CameraSource

    def opened(device, settings):
        began = clock.time()
        capture = lambda _: FakeCapture(clock, lambda t: scene(t - began), 30)  # noqa: E731
        return real(device, settings, open_capture=capture, cameras=lambda: found, clock=clock)

    monkeypatch.setattr(camera, "CameraSource", opened)
    monkeypatch.setattr("posturecam.commands.calibrate._READY_SECONDS", 0.2)
    store.change_setting("calibration.seconds", "5")
    store.change_setting("calibration.least_samples", "10")


def test_the_first_run_calibrates_and_then_watches(run, scripted_camera, monkeypatch):
    from posturecam.terminal import PlainView

    ticks, shown = [], PlainView.show

    def until_enough(self, tick):
        shown(self, tick)
        ticks.append(tick)
        if len(ticks) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(PlainView, "show", until_enough)
    code, out, err = run()
    assert code == 0, err  # Ctrl-C is the normal end of watching a camera
    assert "First I learn how you sit upright before Scripted camera" in " ".join(out.split())
    assert [one.camera for one in store.load_baselines().kept] == ["scripted-1"]
    assert ticks[-1].state.phase is Phase.UPRIGHT
    assert ticks[-1].frame.t - ticks[-2].frame.t == pytest.approx(1.5, abs=0.5)  # the steady pace
    ticks.clear()
    _, out, _ = run()
    assert "First I learn" not in out  # the second time it knows


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_ends_a_file_run_at_once_and_without_a_traceback(tmp_path):
    command = [sys.executable, "-m", "posturecam", "watch", str(CLIP), "--realtime"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        process.stdout.readline()  # it runs
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
    assert process.returncode == 130
    assert err == ""


def test_every_command_is_in_the_readme():
    from typer.main import get_command

    from posturecam.cli import app

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in get_command(app).commands:
        assert f"`posturecam {name}" in readme or f"posturecam {name}" in readme, name


def test_the_pages_made_from_the_code_are_up_to_date():
    from posturecam.commands.settings import markdown
    from posturecam.settings import Settings

    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == markdown(Settings()), (
        "run: python docs/build.py"
    )


@pytest.mark.parametrize("page", sorted(ROOT.glob("docs/*.md")) + [ROOT / "README.md"], ids=lambda path: path.name)
def test_links_and_named_files_in_the_docs_exist(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (page.parent / target).exists(), target
    for named in re.findall(r"`((?:posturecam|models|benchmarks|docs|tests)/[\w/.-]+\.\w+)`", text):
        assert (ROOT / named).exists(), named


def test_no_private_path_is_left_anywhere():
    for path in [*ROOT.glob("docs/*.md"), ROOT / "README.md", *Path(ROOT / "posturecam").rglob("*.py")]:
        assert "/tmp/" not in path.read_text(encoding="utf-8"), path
