"""The command line as a user meets it: what it prints, what it writes, and its exit codes."""

import contextlib
import io
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from command_line import assert_one_line, assert_shows_the_demo
from fakes.camera import CameraFault, FakeCapture, SteppedClock
from moments import tick
from one_process import in_one_process
from places import ROOT
from rich.cells import cell_len

from posturecam import __version__, errors
from posturecam.alerts.policy import Outlook
from posturecam.analysis.summary import Summary, UnknownShare
from posturecam.commands import camera_check, doctor
from posturecam.commands import cameras as cameras_command
from posturecam.commands import watch as watch_command
from posturecam.commands.demo import Window
from posturecam.config import resources, settings_file
from posturecam.config.log_file import log_path
from posturecam.config.settings import Settings
from posturecam.errors import CalibrationRefused, CameraError, OutputError, PosturecamError, SourceError
from posturecam.history import baselines
from posturecam.history.database import history_path, open_database
from posturecam.history.sitting import SittingHistory
from posturecam.posture.baseline import Baseline, needed
from posturecam.posture.learned.weights import load_model
from posturecam.posture.loop import Tick
from posturecam.posture.monitor import CameBack, LeftDesk, MonitorState, Phase
from posturecam.posture.reading import no_person
from posturecam.posture.reasons import SAID, Reason, Why
from posturecam.posture.view import View
from posturecam.vision.frame import Frame, SourceInfo
from posturecam.vision.sources.camera import PLUGGED_IN, Camera
from posturecam.vision.sources.recording import RecordingSource, RecordingWriter

pytestmark = pytest.mark.usefixtures("kept_models", "no_workers")

CLIP = ROOT / "sample_videos" / "desk_front.mp4"
RECORDING = ROOT / "tests" / "data" / "recordings" / "desk_front.npz"
FACELESS = ROOT / "tests" / "data" / "recordings" / "desk_front_low.npz"  # made by 0.1.0
SIDE_RECORDING = ROOT / "tests" / "data" / "recordings" / "desk_side.npz"


@pytest.fixture
def no_camera(monkeypatch):
    # At its origin, for those who import it when they run. Who imports it once is imported above: imported meanwhile,
    # they would keep the replacement for all later tests.
    monkeypatch.setattr("posturecam.vision.sources.camera.list_cameras", list)


@pytest.mark.smoke
def test_version(run):
    assert run("--version") == (0, f"posturecam {__version__}\n", "")


@pytest.mark.parametrize("command", ["watch", "calibrate", "analyze", "cameras", "doctor", "demo", "settings"])
def test_every_command_has_help(run, command):
    code, out, _ = run(command, "--help")
    assert code == 0
    assert "Usage: posturecam" in out


@pytest.mark.parametrize(("command", "takes_cameras"), [("watch", True), ("calibrate", True), ("analyze", False)])
def test_the_help_of_turning_speaks_of_a_camera_only_where_one_can_be_watched(run, command, takes_cameras):
    _, out, _ = run(command, "--help")
    about_turning = " ".join(out.partition("Turn the pictures")[2].partition("--")[0].split())
    assert ("for a camera" in about_turning) is takes_cameras


def test_the_exit_codes_in_help_are_those_of_the_errors(run):
    _, out, _ = run("--help")
    told = " ".join(out.split())
    for kind, word in (
        (errors.SourceError, "file"), (errors.CameraError, "camera"), (errors.CalibrationRefused, "calibration refused"),
        (errors.PosturecamError, "anything else"), (errors.SettingsError, "settings"), (errors.OutputError, "output"), (errors.ModelError, "model"),
    ):  # fmt: skip
        assert f"{kind.exit_code} {word}" in told


def test_an_unknown_command_is_a_wrong_command_line(run):
    code, _, err = run("wach")
    assert code == 2
    assert "wach" in err


# Demo.


@pytest.mark.smoke
def test_the_demo_needs_no_camera_and_no_display(run, recorded_model):
    code, out, err = run("demo", "--fast", "--no-window")
    assert code == 0, err
    assert_shows_the_demo(out)


def test_closing_the_demos_window_is_a_normal_end(run, monkeypatch, recorded_model):
    drawn = []
    window = SimpleNamespace(
        WINDOW_AUTOSIZE=0, WINDOW_GUI_NORMAL=0, WND_PROP_VISIBLE=0,
        namedWindow=lambda *_: None, imshow=lambda *_: drawn.append(1), destroyAllWindows=lambda: None,
        waitKey=lambda _: ord("q") if len(drawn) == 3 else -1, getWindowProperty=lambda *_: 1,
    )  # fmt: skip
    monkeypatch.setattr("posturecam.commands.demo.cv2", window)
    monkeypatch.setattr("posturecam.commands.demo.opens_window", bool)
    code, out, err = run("demo", "--fast", "--window")
    assert (code, err) == (0, "")
    assert len(drawn) == 3
    assert out.endswith("That was the demo. With a camera: posturecam\n")
    assert re.search(r"Stay like this, look at the screen +━━━━━━━━━━━━ 0:00:00 good", out)  # the bar is full


def test_what_happened_stays_in_the_demos_window_until_something_else_does(monkeypatch):
    notes = []
    window = SimpleNamespace(
        WND_PROP_VISIBLE=0, imshow=lambda *_: None, waitKey=lambda _: -1, getWindowProperty=lambda *_: 1
    )
    monkeypatch.setattr("posturecam.commands.demo.cv2", window)
    monkeypatch.setattr("posturecam.commands.demo.annotate", lambda *_, note: notes.append(note))
    shown = Window(SimpleNamespace(console=None, show=lambda *_: None), Settings())
    seen = tick()
    seen = replace(seen, frame=replace(seen.frame, image=np.zeros((4, 4, 3), np.uint8)))
    for events in ((), (LeftDesk(1.0),), (), (CameBack(2.0),), ()):
        shown.show(replace(seen, events=events), Outlook())
    assert notes == [None, "nobody there", "nobody there", "somebody is back", "somebody is back"]


def test_the_demo_speaks_json_on_standard_output_alone(run, recorded_model):
    code, out, _ = run("demo", "--fast", "--no-window", "--json")
    assert code == 0
    records = [json.loads(line) for line in out.splitlines()]
    assert [event["type"] for record in records for event in record["events"]] == ["slouch_sustained", "slouch_ended"]


# Calibrate and watch.


def test_calibrating_on_a_clip_keeps_a_baseline_that_watching_uses(run, recorded_model):
    code, out, err = run("calibrate", CLIP, "--seconds", "6.5")
    assert code == 0, err
    assert "good" in out
    assert [one.camera for one in baselines.load_baselines().kept] == ["desk_front.mp4"]
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
    # The clip sits upright, glances and leans in: not a slouch that is distinct the whole time.
    code, _, err = run("calibrate", RECORDING, "--seconds", "6", "--slouch")
    assert code == 5
    assert_one_line(err, "slouch")
    assert baselines.load_baselines().kept == ()


def test_a_slouch_in_a_file_leaves_the_users_own_line_where_it_is(run, tmp_path):
    """Reminders at the desk are no business of a clip, which may show anybody."""
    parts = [((0.0, 6.0), 0.0), ((22.0, 31.0), 6.2), ((22.0, 31.0), 15.4)]  # upright, then slumped, seconds of the clip
    with RecordingSource(RECORDING) as clip, RecordingWriter(tmp_path / "slumped.npz", clip.info, "full") as written:
        frames = list(clip)
        for (begin, end), shift in parts:
            for frame in frames:
                if begin <= frame.t <= end:
                    t = frame.t - begin + shift
                    written.add(t, frame.pose and replace(frame.pose, t=t), frame.problem)
    code, out, err = run("calibrate", str(tmp_path / "slumped.npz"), "--seconds", "6", "--slouch", "--json")
    assert code == 0, err
    (kept,) = baselines.load_baselines().kept
    assert kept.slouch > 1
    assert settings_file.load_settings() == Settings()
    told = json.loads(out)
    assert told["separation"] == round(kept.separation, 3)


def test_a_refused_calibration_keeps_nothing_and_says_why(run):
    code, _, err = run("calibrate", RECORDING, "--seconds", "30")
    assert code == 5
    assert_one_line(err, "moved too much")
    assert "hold still for 30 seconds" in err
    assert baselines.load_baselines().kept == ()


def test_a_front_view_without_a_baseline_and_a_face_offers_one(run):
    code, out, _ = run("watch", FACELESS)
    assert code == 0
    assert "calibrate your upright posture first" in out
    assert "posturecam calibrate" in out


def test_a_side_view_is_judged_without_one(run):
    code, out, _ = run("watch", SIDE_RECORDING, "--json")
    records = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert max(record["deviation"]["value"] or 0 for record in records) > 1.5
    assert {record["view"] for record in records} == {"side left"}


@pytest.mark.smoke
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
def test_bad_files_are_reported_in_one_line(run, tmp_path, command, name, content, said):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    code, _, err = run(command, path, *(["-o", tmp_path / "out"] if command == "analyze" else []))
    assert code == 3
    assert_one_line(err, said, name)


def test_everything_in_a_folder_can_be_analyzed_again(run, monkeypatch, tmp_path):
    """A shell's `*` then names the folder with the results, too."""
    shutil.copy(SIDE_RECORDING, tmp_path / "a.npz")
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        names = sorted(one.name for one in tmp_path.iterdir())
        code, out, err = run("analyze", *names, "--no-video", "--no-plot", "--json")
        assert (code, err) == (0, "")
        assert [one["file"] for one in json.loads(out)] == ["a.npz"]
    assert names == ["a.npz", "posturecam-out"]
    assert run("analyze", "posturecam-out")[0] == 3, "alone, it was meant"


def test_a_truncated_clip_is_analyzed_as_far_as_it_goes(run, tmp_path):
    whole = CLIP.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: int(0.6 * len(whole))])
    code, out, err = run("analyze", tmp_path / "cut.mp4", "-o", tmp_path / "out", "--no-video", "--rate", "0.5")
    assert code == 9
    assert "cut.mp4" in out
    assert_one_line(err, "cut.mp4")
    assert (tmp_path / "out" / "cut" / "readings.csv").exists()


def test_files_are_in_the_home_that_the_shell_left_unnamed(run, tmp_path, monkeypatch):
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path / "me"))
    (tmp_path / "me").mkdir()
    monkeypatch.chdir(tmp_path)
    assert run("analyze", SIDE_RECORDING, "--out=~/results", "--no-video", "--no-plot")[0] == 0
    assert run("watch", SIDE_RECORDING, "--record=~/run.npz")[0] == 0
    assert run("stretch", "chin_tuck", "--source=~/run.npz", "--json")[0] == 0
    assert run("history", "--export=~/history.json")[0] == 0
    assert run("stretch", "history", "--export=~/stretches.json")[0] == 0
    assert {one.name for one in (tmp_path / "me").iterdir()} >= {"results", "run.npz", "history.json", "stretches.json"}
    assert not (tmp_path / "~").exists()


def test_a_truncated_clip_is_watched_as_far_as_it_goes(run, tmp_path, recorded_model):
    whole = CLIP.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: int(0.6 * len(whole))])
    code, out, err = run("watch", tmp_path / "cut.mp4", "--json", "--rate", "0.5")
    assert code == 9
    assert len(out.splitlines()) > 5
    assert_one_line(err, "cut.mp4", "that its header promises")


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


def test_results_that_cannot_be_written_are_reported(run, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, err = run("analyze", SIDE_RECORDING, "-o", tmp_path / "file", "--no-video", "--no-plot")
    assert code == 7
    assert_one_line(err, "cannot be written")


def test_a_recording_that_cannot_be_written_is_reported_before_the_run(run, tmp_path):
    code, out, err = run("watch", SIDE_RECORDING, "--record", tmp_path / "no folder" / "run.npz")
    assert code == 7
    assert out == ""
    assert_one_line(err, "run.npz")


@pytest.mark.parametrize("arguments", [(), ("watch",), ("watch", "7"), ("calibrate",), ("watch", "no such camera")])
def test_a_camera_that_does_not_exist_is_reported(run, no_camera, arguments):
    code, _, err = run(*arguments)
    assert code == 4
    assert_one_line(err, "camera")


@pytest.mark.parametrize("scale", ["inf", "nan", "1e300", "1e7", "-1", "0"])
def test_a_time_scale_that_makes_no_sense_is_a_wrong_command_line(run, scale):
    code, _, err = run("analyze", ROOT / "sample_videos" / "leaves.mp4", "--time-scale", scale)
    assert code == 2
    assert "--time-scale" in err


def test_damaged_settings_are_reported_and_kept(run):
    path = settings_file.settings_path()
    path.parent.mkdir(parents=True)
    path.write_text("[alerts\n")
    code, _, err = run("watch", SIDE_RECORDING)
    assert code == 6
    assert_one_line(err, "settings.toml", "--reset")
    assert path.read_text() == "[alerts\n"
    assert run("settings", "--reset")[0] == 0
    assert run("watch", SIDE_RECORDING)[0] == 0
    assert [file.read_text() for file in path.parent.glob("settings.toml.old-*")] == ["[alerts\n"]


def test_a_setting_that_cannot_be_used_is_reported_and_the_run_continues(run, caplog):
    path = settings_file.settings_path()
    path.parent.mkdir(parents=True)
    path.write_text("[alerts]\ncool_down = -5\nsnooze = 700\n")
    for command in (("watch",), ("analyze", "--no-video", "--no-plot")):
        caplog.clear()
        assert run(*command, SIDE_RECORDING)[0] == 0
        assert ["alerts.cool_down must be at least 0, got -5" in text for text in caplog.messages] == [True]
    code, out, err = run("settings", "--json")
    assert {one["key"]: one["value"] for one in json.loads(out)}["alerts.snooze"] == 700
    assert_one_line(err, "alerts.cool_down")
    finding = json.loads(run("doctor", "--json")[1])[0]
    assert not finding["ok"]
    assert "alerts.cool_down" in finding["detail"]
    code, _, err = run("settings", "alerts.cool_down=600")
    assert (code, err) == (0, "")
    assert path.read_text() == "[alerts]\ncool_down = 600\nsnooze = 700\n"


def test_damaged_baselines_are_set_aside_and_the_run_continues(run):
    path = baselines.baselines_path()
    path.parent.mkdir(parents=True)
    path.write_text("{")
    code, _, _ = run("watch", SIDE_RECORDING)
    assert code == 0
    assert list(path.parent.glob("baselines.json.damaged-*"))


def test_a_recording_without_its_ending_is_a_wrong_command_line(run, tmp_path):
    code, out, err = run("watch", SIDE_RECORDING, "--record", tmp_path / "session")
    assert (code, out) == (2, "")
    assert "must end in .npz" in err


def test_a_camera_named_before_the_command_is_a_wrong_command_line(run):
    code, _, err = run("--camera", "X", "cameras")
    assert code == 2
    assert "after the command" in " ".join(err.split())


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [((1, 1, 3), np.uint8), ((4320, 7680, 3), np.uint8), ((480, 640), np.uint8), ((480, 640, 3), np.uint16)],
    ids=["1 pixel", "8K", "gray", "16 bit"],
)
def test_pictures_of_any_size_and_kind_are_analyzed(run, tmp_path, shape, dtype):
    cv2.imwrite(str(tmp_path / "picture.png"), np.full(shape, 100, dtype))
    code, out, err = run("analyze", tmp_path / "picture.png", "-o", tmp_path / "out", "--no-video")
    assert (code, err) == (0, "")
    assert "1 picture" in out
    assert "unknown, because I see nobody" in out
    assert "I see nobody" in (tmp_path / "out" / "picture" / "readings.csv").read_text("utf-8")


@pytest.mark.parametrize("command", ["watch", "calibrate", "analyze"])
def test_a_video_without_pictures_is_reported(run, tmp_path, command):
    video = tmp_path / "none.avi"
    cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48)).release()
    code, _, err = run(command, video, *(["-o", tmp_path / "out"] if command == "analyze" else []))
    assert code == 3
    assert_one_line(err, "without a single picture", "none.avi")


def test_a_file_calibrated_before_is_analyzed_against_its_baseline(run, tmp_path):
    """Without a baseline nothing could be judged: there is no face."""
    told_after = ("mild_seconds", "moderate_seconds", "severe_seconds")
    settings_file.change_settings({f"monitor.{name}": "5" for name in told_after})
    arguments = ("-o", tmp_path / "out", "--no-video", "--no-plot")
    assert "1 slouch;" not in run("analyze", FACELESS, *arguments)[1]
    run("calibrate", FACELESS, "--seconds", "6.5")
    code, out, err = run("analyze", FACELESS, *arguments)
    assert code == 0, err
    assert "1 slouch;" in out


@pytest.mark.parametrize("columns", [24, 40, 60, 80])
def test_however_narrow_the_terminal_a_calibration_says_how_it_goes(run, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    code, out, _ = run("calibrate", FACELESS, "--seconds", "6.5")
    assert code == 0
    assert re.search(r"(·|\d:\d\d) good", out), "apart from the words before it"
    assert "…" not in out


def test_a_calibration_can_be_for_a_desk_that_has_a_name(run, recorded_model):
    code, _, err = run("calibrate", CLIP, "--place", "office")
    assert code == 6
    assert_one_line(err, "No desk has a name yet")
    baselines.name_place("screens", "Office")
    assert_one_line(run("calibrate", CLIP, "--place", "Home")[2], "there are: Office")
    assert run("calibrate", CLIP, "--seconds", "6.5", "--place", "office")[0] == 0
    assert [one.place for one in baselines.load_baselines().kept] == ["screens"]


def test_a_calibration_is_for_no_desk_if_several_have_the_name(run, recorded_model):
    for screens in ("one", "two"):
        baselines.name_place(screens, "Office")
    code, _, err = run("calibrate", CLIP, "--place", "office")
    assert code == 6
    assert_one_line(err, "2 desks are called office; give each its own name in the app")
    assert baselines.load_baselines().kept == ()


def test_a_bug_is_reported_with_the_log_to_report_which_has_the_traceback(run, tmp_path, monkeypatch):
    log = io.StringIO()
    monkeypatch.setattr("posturecam.config.log_file.takes_stderr", lambda: True)
    monkeypatch.setattr("posturecam.config.log_file.open_log", lambda: log)
    failure = PosturecamError("a.mp4: KeyError: 1; please report this")
    failure.add_note("Traceback of it")
    monkeypatch.setattr("posturecam.commands.analyze.analyze_many", lambda *_: [failure])
    code, _, err = run("analyze", tmp_path / "a.mp4")
    assert code == 1
    assert err.splitlines() == [
        "posturecam: a.mp4: KeyError: 1; please report this",
        f"posturecam: Details for the report are in the log {log_path()}",
    ]
    assert "Traceback of it" in log.getvalue()


@pytest.mark.parametrize(
    ("turn", "advice"),
    [(90, "turn it with --rotate 90)"), (0, "leave --rotate out)"), (None, "turn it with --rotate)")],
    ids=["turned", "turned by the option", "turned this way and that"],
)
def test_of_a_turned_video_the_option_that_mends_it_is_named(run, monkeypatch, turn, advice):
    unknown = (UnknownShare(Reason(Why.TURNED, "aside"), 6.0, 30, in_phase=6.0),)
    turned = Summary(
        Path("a.mp4"), Path("out"), 6.0, 30, {Phase.UNKNOWN: 1.0}, events=(), unknown=unknown, truncated=None, outputs=(), turn=turn
    )  # fmt: skip
    monkeypatch.setattr("posturecam.commands.analyze.analyze_many", lambda *_: [turned])
    told = run("analyze", "a.mp4")[1]
    assert advice in told
    assert "6 s, nothing could be judged; unknown 100% (mostly because" in told
    run("settings", "desktop.language=zh")
    assert "未知 100%（主要原因：" in run("analyze", "a.mp4")[1]


def test_nobody_is_told_to_turn_recorded_landmarks_which_would_be_refused(run, tmp_path):
    lying, angle = tmp_path / "lying.npz", 90
    with RecordingSource(FACELESS) as clip, RecordingWriter(lying, clip.info, "full") as written:
        for frame in itertools.islice(clip, 60):
            x, y = frame.pose.points.T
            aside = replace(
                frame.pose,
                width=frame.pose.height,
                height=frame.pose.width,
                points=np.stack((y, frame.pose.width - x), 1),
            )
            written.add(frame.t, aside, None)
    assert f"record it again with --rotate {angle})" in run("analyze", lying, "-o", tmp_path / "out", "--no-video")[1]
    code, _, err = run("calibrate", lying)
    assert code == 5
    assert_one_line(err, f"Recorded landmarks cannot be turned: record again with --rotate {angle}")
    for command in ("watch", "calibrate"):
        code, _, err = run(command, lying, "--rotate", str(angle))
        assert code == 3
        assert_one_line(err, "no pictures to turn")


def test_of_several_files_that_failed_the_first_gives_the_exit_code(run, tmp_path, monkeypatch):
    failures = [SourceError("a.mp4 is empty"), OutputError("b cannot be written")]
    monkeypatch.setattr("posturecam.commands.analyze.analyze_many", lambda *_: failures)
    code, _, err = run("analyze", tmp_path / "a.mp4", tmp_path / "b.mp4")
    assert code == SourceError.exit_code
    assert err == "posturecam: a.mp4 is empty\nposturecam: b cannot be written\n"


def test_a_rate_too_slow_to_judge_by_is_raised(run):
    code, out, _ = run("watch", CLIP, "--rate", "0.1", "--json")
    times = [json.loads(line)["t"] for line in out.splitlines()]
    assert code == 0
    assert max(np.diff(times)) < Settings().monitor.longest_gap


# Cameras, doctor, settings.


def test_no_camera_is_an_answer(run, no_camera, monkeypatch):
    monkeypatch.setattr(cameras_command, "list_cameras", list)
    code, out, _ = run("cameras")
    assert code == 0
    assert "posturecam doctor" in " ".join(out.split())
    assert run("cameras", "--json")[1] == "[]\n"


def test_cameras_are_listed_by_name_with_their_stable_key(run, monkeypatch):
    found = [Camera(0, "Integrated Camera", "usb-1234", 200), Camera(2, "Logitech C920", "usb-5678", 200)]
    monkeypatch.setattr(cameras_command, "list_cameras", lambda: found)
    _, out, _ = run("cameras")
    assert "Logitech C920" in out
    assert [one["key"] for one in json.loads(run("cameras", "--json")[1])] == ["usb-1234", "usb-5678"]


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_names_and_keys_of_cameras_are_not_cut_off_however_narrow_the_terminal(run, monkeypatch, columns):
    key = "usb-046d:0825:1234567-0-0:3:1.0"
    found = [Camera(0, "Integrated Camera", key, 200), Camera(2, "Logitech, Inc. HD Pro Webcam C920", "5678", 200)]
    monkeypatch.setattr(cameras_command, "list_cameras", lambda: found)
    monkeypatch.setenv("COLUMNS", str(columns))
    _, out, _ = run("cameras")
    for typed in ("Integrated Camera", key, "Logitech, Inc. HD Pro Webcam C920", "5678"):
        assert typed in out
    assert max(map(cell_len, out.splitlines())) <= columns


def test_the_doctor_says_what_works_and_what_does_not(run, no_camera):
    code, out, _ = run("doctor")
    assert code == 4  # no camera here
    assert "✓ pose model" in out
    assert "✗ camera" in out
    findings = {one["what"]: one for one in json.loads(run("doctor", "--json")[1])}
    assert findings["notifications"]["ok"] or "reminders are lines in the terminal" in out
    assert not findings["notifications"]["technical"] or findings["notifications"]["technical"] not in out
    assert findings["pose model"]["ok"]
    assert not findings["camera"]["ok"]
    assert findings["baseline"]["detail"].endswith("posturecam calibrate")
    assert findings["log"]["detail"] == str(log_path())


@pytest.mark.parametrize(
    "detail",
    [
        "No camera was found on this computer; connect one, and check that it is switched on",
        "这台电脑上没有找到摄像头；请连接一个，并确认已打开；提醒改为终端里的文字",
    ],
)
@pytest.mark.parametrize("columns", [40, 60, 80])
def test_the_doctor_indents_what_needs_several_lines_but_breaks_no_path_for_that(run, monkeypatch, columns, detail):
    path = "/home/somebody/long.log"
    findings = [doctor.Finding("camera", False, detail), doctor.Finding("log", True, path)]
    monkeypatch.setattr(doctor, "checks", lambda: findings)
    monkeypatch.setenv("COLUMNS", str(columns))
    *lines, log = run("doctor")[1].splitlines()
    assert max(map(cell_len, lines)) <= columns
    assert [line[:17].strip() for line in lines if line.startswith("–")] == ["– camera"]
    indented = [line for line in lines if line.startswith(" " * 17)]
    assert indented or cell_len(detail) + 17 <= columns
    assert log.endswith(path)


def test_the_doctor_names_a_missing_system_library_and_checks_what_does_not_need_it(run, monkeypatch):
    class Lacking:
        """Finds OpenCV, which then cannot be loaded."""

        def find_spec(self, name, path=None, target=None):
            if name == "cv2":
                raise ImportError("libGL.so.1: cannot open shared object file: No such file or directory")

    monkeypatch.delitem(sys.modules, "cv2")
    monkeypatch.setattr(sys, "meta_path", [Lacking(), *sys.meta_path])
    code, out, _ = run("doctor", "--json")
    found = {one["what"]: one for one in json.loads(out)}
    assert code == found["pose model"]["exit_code"] != 0
    assert found["pose model"]["detail"].endswith("run: sudo apt install libegl1 libgles2 libgl1 libglib2.0-0")
    assert "camera" not in found
    assert {"settings", "history", "voice", "display", "log"} <= set(found)


def test_the_doctor_says_whether_the_history_can_be_recorded():
    assert doctor.check_history().detail == "none yet"
    SittingHistory().close()
    assert doctor.check_history().detail == "in order"
    history_path().write_bytes(b"no database" * 100)
    damaged = doctor.check_history()
    assert "was damaged" in damaged.detail
    history_path().unlink()
    history_path().mkdir()
    blocked = doctor.check_history()
    assert "a folder is in its place" in blocked.detail
    assert [(one.ok, one.exit_code) for one in (damaged, blocked)] == [(False, 0)] * 2, "watching works without it"


def test_the_doctor_says_how_many_entries_of_the_history_make_no_sense():
    SittingHistory().close()
    with contextlib.closing(open_database().connection) as history:
        history.execute("INSERT INTO sitting_minutes VALUES (-5, 0, 60, 0, 0, 0, 0, 0, 0, 0)")
        history.execute("INSERT INTO sessions VALUES (1, 'stretch', -1, 0, NULL, '', '', '')")
    found = doctor.check_history()
    assert (found.ok, found.exit_code) == (False, 0)
    assert found.detail == "2 entries of the history make no sense and were left out"


def test_the_doctor_names_damaged_files_beside_what_a_link_leads_to(own_home, tmp_path):
    """People keep their settings among their dotfiles; a damaged file is renamed there."""
    own_home.mkdir(parents=True, exist_ok=True)
    there = tmp_path / "dotfiles"
    there.mkdir()
    (there / "posture.toml").write_text("[")
    (there / "vimrc.damaged-1").touch()  # of another program
    try:
        (own_home / "settings.toml").symlink_to(there / "posture.toml")
    except OSError:
        pytest.skip("no links can be made here")
    settings_file.load_or_begin_afresh()
    (own_home / "places.json.damaged-1").touch()
    here, beside = doctor.check_renamed()
    assert f"places.json.damaged-1, in {own_home};" in here.detail
    assert f": posture.toml.damaged-1, in {there.resolve()};" in beside.detail


def test_the_doctor_names_files_that_were_renamed_and_says_how_to_use_them_again(own_home):
    assert list(doctor.check_renamed()) == []
    own_home.mkdir(parents=True, exist_ok=True)
    for name in (
        "settings.toml.damaged-1",
        "baselines.json.damaged-2",
        "history.sqlite3.damaged-1-wal",
        "settings.toml",
    ):
        (own_home / name).touch()
    (renamed,) = doctor.check_renamed()
    assert (renamed.ok, renamed.exit_code) == (False, 0)
    assert f"baselines.json.damaged-2, settings.toml.damaged-1, in {own_home}; to use one again" in renamed.detail


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_the_doctor_says_that_the_disk_of_the_log_is_full(own_home, monkeypatch):
    from posturecam.commands.doctor import check_log

    own_home.mkdir()
    assert check_log().ok
    with Path("/dev/full").open("wb", buffering=0) as full:
        monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: full)
        finding = check_log()
    assert not finding.ok
    assert str(finding.detail) == f"cannot be written: {log_path()}; free some disk space"


def test_the_doctor_counts_baselines_only_of_cameras_that_are_there(run, monkeypatch):
    def found():
        return finding("baseline")

    run("calibrate", RECORDING, "--seconds", "6")
    (kept,) = baselines.load_baselines().kept
    monkeypatch.setattr("posturecam.vision.sources.camera.list_cameras", list)
    assert not found().ok
    assert "none yet for a camera that is here" in found().detail
    monkeypatch.setattr("posturecam.vision.sources.camera.list_cameras", lambda: [Camera(0, "Cam", kept.camera, 0)])
    assert found().ok
    assert "from the front" in found().detail


def test_brackets_in_names_are_printed_as_they_are(run, monkeypatch, tmp_path):
    name = "Cam [front] [bold]b[/bold] [/cam]"
    monkeypatch.setattr(cameras_command, "list_cameras", lambda: [Camera(0, name, "[key]", 0)])
    monkeypatch.setenv("COLUMNS", "200")
    code, out, _ = run("cameras")
    assert (code, name in out, "[key]" in out) == (0, True, True)
    home = tmp_path / name
    monkeypatch.setenv("POSTURECAM_HOME", str(home))
    for arguments in (("settings", "alerts.snooze=600"), ("settings",), ("settings", "--reset")):
        code, out, err = run(*arguments)
        assert code == 0, err
        assert str(home) in out
    home.joinpath("settings.toml").write_text("[")
    assert str(home) in run("doctor")[1]


def test_settings_are_shown_with_unit_and_limits_and_can_be_changed(run):
    _, out, _ = run("settings")
    assert "alerts.cool_down" in out
    assert "Every 20 min at the screen" in " ".join(out.split())
    run("settings", "breaks.eyes_every=310")
    assert "Every 5 min at the screen" in " ".join(run("settings")[1].split())
    code, out, _ = run("settings", "alerts.cool_down=900")
    assert code == 0
    assert "900" in out
    changed = {one["key"]: one for one in json.loads(run("settings", "--json")[1])}["alerts.cool_down"]
    assert (changed["value"], changed["default"], changed["unit"]) == (900, 600, "s")


def test_a_number_that_may_be_meant_as_thousands_is_refused_where_people_write_so(run):
    assert run("settings", "monitor.longest_gap=2.500")[0] == 0
    run("settings", "desktop.language=de", "monitor.longest_gap=")
    code, _, err = run("settings", "monitor.longest_gap=2.500")
    assert (code, "2500" in err, "2.5 " in err) == (6, True, True)
    for typed in ("2.5", "2.55", "10.0"):
        assert run("settings", f"monitor.longest_gap={typed}")[0] == 0


def test_settings_begin_with_those_of_the_settings_page_and_all_names_the_rest(run):
    _, out, _ = run("settings")
    assert out.index("desktop.alerts = notification") < out.index(
        "sensitivity.level = normal   (relaxed, normal, strict)"
    )
    assert "Time between reminders: You are never reminded more often than this." in out
    assert "front.neck_change" not in out
    assert "posturecam settings --all" in out
    assert "front.neck_change" in run("settings", "--all")[1]
    assert run("settings", "front.neck_change=14")[0] == 0


def test_settings_are_shown_in_the_users_language(run):
    settings_file.change_settings({"desktop.language": "de"})
    assert "alerts.cool_down = 600 s   (0–86400)\n    Zeit zwischen" in run("settings")[1]


def test_several_settings_are_changed_at_once(run):
    code, out, _ = run("settings", "alerts.quiet_from=22:00", "alerts.quiet_until=07:00", "alerts.delivery=sound")
    assert code == 0
    assert "alerts.delivery is now sound" in out
    alerts = settings_file.load_settings().alerts
    assert (alerts.quiet_from.hour, alerts.quiet_until.hour, alerts.delivery) == (22, 7, ("sound",))


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_no_setting_is_cut_off_however_narrow_the_terminal(run, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    _, out, _ = run("settings", "--all")
    lines = out.splitlines()
    told = json.loads(run("settings", "--json")[1])
    for one in told:
        assert any(line.startswith(f"{one['key']} =") for line in lines), one["key"]
    assert out.count("    Source: ") == len(told)
    assert "alerts.cool_down = 600 s" in out
    assert max(map(len, lines[:-1])) <= columns  # the last is the file, to be copied in one piece


@pytest.mark.parametrize("change", ["alerts.nothing", "alerts.nothing=1", "alerts.cool_down=-1"])
def test_a_wrong_setting_is_reported(run, change):
    code, _, err = run("settings", change)
    assert code == 6
    assert_one_line(err)


# What the system does to a program.


def started(*arguments, **environment):
    """`posturecam` in a separate process."""
    return subprocess.Popen(
        [sys.executable, "-m", "posturecam", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, **environment},
    )


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_recording_is_written_however_the_run_is_ended(tmp_path, name):
    recording = tmp_path / "run.npz"
    with started("watch", RECORDING, "--realtime", "--record", recording) as process:
        process.stdout.readline()  # it is running
        process.send_signal(getattr(signal, name))
        if name != "SIGINT":
            process.send_signal(signal.SIGHUP)  # a shell sends it a second time, and the end of a session sends both
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, b"")
    assert len(list(RecordingSource(recording))) >= 1


INTERRUPTED_AGAIN = """
import signal, sys, posturecam.__main__ as program
from posturecam.vision.sources.recording import RecordingSource

def frames(_source):
    signal.raise_signal(signal.SIGINT)
    yield

def close(_source):
    signal.raise_signal(signal.SIGINT)
    print("closed")

RecordingSource.__iter__, RecordingSource.close = frames, close
program.IMPATIENT_SECONDS = float(sys.argv.pop(1))
program.main()
"""


@pytest.mark.parametrize(("patience", "closed"), [(600, True), (0, False)], ids=["at once", "after a while"])
def test_a_second_ctrl_c_interrupts_the_end_only_after_a_while(patience, closed, own_home):
    """At once, as from somebody who is impatient, it printed a traceback, and a recording might not have been written."""
    command = [sys.executable, "-c", INTERRUPTED_AGAIN, str(patience), "watch", str(RECORDING)]
    done = subprocess.run(command, capture_output=True, check=False, cwd=ROOT, timeout=60)
    assert (done.returncode, b"closed" in done.stdout, done.stderr) == (130, closed, b"")


def test_ctrl_c_while_the_program_is_still_imported_ends_it_without_a_traceback():
    code = (
        "import sys, posturecam.__main__ as program\n"
        "def hear(event, arguments):\n"
        "    if event == 'import' and arguments[0] == 'typer': raise KeyboardInterrupt\n"
        "sys.addaudithook(hear)\n"
        "program.main()"
    )
    done = subprocess.run([sys.executable, "-c", code, "settings"], capture_output=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("arguments", [("ctl", "status"), ("desktop", "--minimized")])
def test_a_request_to_end_while_pyside_is_imported_ends_the_program_as_ever(arguments, own_home):
    """PySide itself would end the process by SIGABRT."""
    pytest.importorskip("PySide6")
    code = (
        "import signal, sys, posturecam.__main__ as program\n"
        "def hear(event, arguments):\n"
        "    if event == 'import' and arguments[0] == 'shibokensupport': signal.raise_signal(signal.SIGTERM)\n"
        "sys.addaudithook(hear)\n"
        "program.main()"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


WHILE_QT_IS_IMPORTED = """
import signal, sys, posturecam.__main__ as program

def hear(event, arguments):
    if event == "import" and arguments[0] == "posturecam.desktop.shell.status_window":
        signal.raise_signal(signal.SIGTERM)
        print("gone on")

sys.addaudithook(hear)
program.main()
"""
WHILE_A_WINDOW_IS_MADE = """
import signal, posturecam.__main__ as program
from posturecam.desktop.shell.status_window import SmallWindow
heard = SmallWindow.event

def event(*given):
    signal.raise_signal(signal.SIGTERM)
    print("gone on")
    return heard(*given)

SmallWindow.event = event
program.main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("code", [WHILE_QT_IS_IMPORTED, WHILE_A_WINDOW_IS_MADE])
def test_a_request_to_end_during_the_start_of_the_app_waits_until_it_cannot_get_lost(code, own_home):
    """PySide and Qt often lose an exception in the Python code that they call, and the app would go on."""
    pytest.importorskip("PySide6")
    command = [sys.executable, "-c", code, "desktop", "--minimized"]
    done = subprocess.run(command, capture_output=True, check=False, cwd=ROOT, timeout=60)
    assert done.returncode == 130
    assert b"gone on" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGHUP"])
def test_a_signal_that_the_parent_ignores_ends_nothing(tmp_path, name):
    """As in a background job of a script, or under nohup; a request to terminate still ends it."""
    recording, number = tmp_path / "run.npz", getattr(signal, name)
    before = signal.signal(number, signal.SIG_IGN)
    try:
        process = started("watch", RECORDING, "--json", "--realtime", "--record", recording)
    finally:
        signal.signal(number, before)
    with process:
        process.stdout.readline()  # it is running
        process.send_signal(number)
        process.stdout.readline()  # and continues
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, b"")
    assert len(list(RecordingSource(recording))) >= 1


def read_until(terminal, told):
    read = b""
    while told not in read:
        read += os.read(terminal, 10_000)
    return read


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
def test_what_is_typed_does_not_disturb_the_live_view():
    """The "^C" echoed by a terminal below the panel used to push it down and leave its upper edge behind."""
    import pty

    terminal, end = pty.openpty()

    command = [sys.executable, "-m", "posturecam", "watch", str(SIDE_RECORDING), "--realtime"]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(command, stdin=end, stdout=end, stderr=end, cwd=ROOT, env=environment) as process:
        os.close(end)
        shown = read_until(terminal, b"nothing leaves this computer")
        os.write(terminal, b"\x03")
        shown += read_until(terminal, b"nothing leaves this computer")  # repainted
        process.send_signal(signal.SIGINT)
        while True:
            try:
                shown += os.read(terminal, 10_000)
            except OSError:  # nobody has it open any more
                break
        process.wait(20)
    os.close(terminal)
    assert process.returncode == 130
    assert b"^C" not in shown


JOB_CONTROL = """
import os, signal, sys, termios
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
own = termios.tcgetattr(0)
job = os.fork()
if not job:
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.setpgid(0, 0)
    while os.tcgetpgrp(0) != os.getpid():
        pass
    os.execv(sys.argv[1], sys.argv[1:])
os.setpgid(job, job)
os.tcsetpgrp(0, job)
while os.WIFSTOPPED(os.waitpid(job, os.WUNTRACED)[1]):
    os.tcsetpgrp(0, os.getpgrp())
    termios.tcsetattr(0, termios.TCSADRAIN, own)
    print("stopped", flush=True)
    in_background = sys.stdin.readline() == "bg\\n"
    if in_background:
        os.killpg(job, signal.SIGCONT)
        print("in the background", flush=True)
        sys.stdin.readline()
    os.tcsetpgrp(0, job)
    if not in_background:
        os.killpg(job, signal.SIGCONT)
"""
"""What a shell does with a program in the foreground, and after `fg` or `bg` and `fg` with one that was suspended. It does not tell a
running program that it was brought to the foreground."""


@pytest.mark.parametrize("commands", [["fg"], ["bg", "fg"]])
@pytest.mark.skipif(sys.platform == "win32", reason="job control")
def test_the_terminal_is_usable_while_the_live_view_is_suspended_and_reads_keys_again_afterwards(commands):
    import pty

    shell, terminal = pty.fork()
    if not shell:
        os.environ |= {"TERM": "xterm", "COLUMNS": "100"}
        os.chdir(ROOT)
        command = [sys.executable, "-m", "posturecam", "watch", str(SIDE_RECORDING), "--realtime"]
        os.execv(sys.executable, [sys.executable, "-c", JOB_CONTROL, *command])

    read_until(terminal, b"nothing leaves this computer")
    os.write(terminal, b"\x1a")
    shown = read_until(terminal, b"stopped")
    assert b"\x1b[?25h" in shown  # the cursor is back
    for command in commands:
        os.write(terminal, f"{command}\n".encode())
        read_until(terminal, b"in the background" if command == "bg" else b"\x1b[?25l")
    os.write(terminal, b"zzz\x03")
    shown = b""
    with contextlib.suppress(OSError):  # nobody has it open any more
        while read := os.read(terminal, 10_000):
            shown += read
    os.waitpid(shell, 0)
    os.close(terminal)
    assert b"zzz" not in shown
    assert b"^C" not in shown


@pytest.mark.skipif(sys.platform == "win32", reason="shell")
def test_a_reader_that_has_seen_enough_is_not_an_error():
    with started("watch", SIDE_RECORDING, "--json") as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_names_that_the_terminal_cannot_print_stop_nothing(tmp_path):
    """Under a code page that lacks those characters."""
    (tmp_path / "日本.npz").write_bytes(SIDE_RECORDING.read_bytes())
    analyze = ("analyze", tmp_path / "日本.npz", "--rate", "2", "-o", tmp_path / "out", "--no-video", "--no-plot")
    table, listed, doctor = in_one_process(
        analyze, (*analyze, "--json"), ("doctor",), PYTHONIOENCODING="cp1252", PYTHONUTF8="0"
    )
    for done, code in ((table, 0), (listed, 0), (doctor, 4)):
        assert done.code == code, done.err
        assert b"Traceback" not in done.err
    assert json.loads(listed.out.decode("ascii"))[0]["file"].endswith("日本.npz")


# A camera, scripted.


class Scene:
    """What a scripted camera shows: the clip's upright person, so that the whole path from the lens is exercised.

    `fault` is called with the time; its result is shown instead, unless it is None.
    """

    def __init__(self):
        capture = cv2.VideoCapture(str(CLIP))
        self.pictures = [capture.read()[1] for _ in range(60)]
        self.fault = lambda t: None
        self.noise = np.random.default_rng(0)

    def __call__(self, t: float) -> np.ndarray | CameraFault:
        shown = self.fault(t)
        if shown is not None:
            return shown
        picture = self.pictures[int(t * 10) % 60]
        return picture ^ self.noise.integers(0, 2, (len(picture), 1, 1), np.uint8)  # or it would be a loop


BLACK = np.zeros((480, 640, 3), np.uint8)


@pytest.fixture
def scripted_camera(monkeypatch):
    """The only camera shows an upright person; there is no real waiting for its pictures."""
    scene = Scene()
    script_cameras(monkeypatch, {"Scripted camera": scene})
    return scene


@pytest.fixture
def two_cameras(monkeypatch):
    """Two cameras by name, both of which show that person."""
    scenes = {"OBS Virtual Camera": Scene(), "HD Webcam": Scene()}
    script_cameras(monkeypatch, scenes)
    return scenes


def script_cameras(monkeypatch, scenes):
    from posturecam.vision.sources import camera

    clock = SteppedClock(threads="posturecam camera")
    found = [Camera(index, name, f"scripted-{index + 1}", 0) for index, name in enumerate(scenes)]
    real = camera.CameraSource

    def opened(device, settings):
        began = clock.time()
        capture = lambda one: FakeCapture(clock, lambda t: scenes[one.name](t - began), 30)  # noqa: E731
        return real(device, settings, open_capture=capture, cameras=lambda: found, clock=clock)

    monkeypatch.setattr(camera, "CameraSource", opened)
    for module in (camera, camera_check):
        monkeypatch.setattr(module, "list_cameras", lambda: found)
    monkeypatch.setattr("posturecam.session.guided_calibration.READY_SECONDS", 0.2)
    settings_file.change_settings({"calibration.seconds": "5", "calibration.least_samples": "10"})


@pytest.fixture
def ended_after(monkeypatch):
    """Press Ctrl-C after this many ticks; returns them."""

    def ending(count):
        from posturecam.terminal.watching import PlainView

        ticks, shown = [], PlainView.show

        def until_enough(self, tick, outlook):
            shown(self, tick, outlook)
            ticks.append(tick)
            if len(ticks) == count:
                raise KeyboardInterrupt

        monkeypatch.setattr(PlainView, "show", until_enough)
        return ticks

    return ending


def test_the_first_run_calibrates_and_then_watches(run, scripted_camera, ended_after, recorded_model):
    ticks = ended_after(4)
    code, out, err = run()
    assert code == 0, err  # Ctrl-C is the normal end of watching a camera
    assert "First I'll learn how you sit upright in front of Scripted camera" in " ".join(out.split())
    assert [one.camera for one in baselines.load_baselines().kept] == ["scripted-1"]
    assert ticks[-1].state.phase is Phase.UPRIGHT
    assert ticks[-1].frame.t - ticks[-2].frame.t == pytest.approx(1.5, abs=0.5)  # the steady pace
    ticks.clear()
    _, out, _ = run()
    assert "First I'll learn" not in out  # the second time it is calibrated


def test_after_a_baseline_no_longer_fits_the_first_run_says_why_it_learns_again(
    run, scripted_camera, monkeypatch, recorded_model
):
    def refuse(*_):
        raise CalibrationRefused("for once")

    monkeypatch.setattr(watch_command, "guide", refuse)
    moved = Reason(Why.CAMERA_MOVED, SAID, text="the camera was turned")
    baselines.save_baseline(replace(baseline("scripted-1"), outdated=moved))
    code, out, _ = run()
    assert code == 5
    assert "because the last calibration no longer fits: the camera was turned" in " ".join(out.split())
    assert "Hello" not in out


def test_somebody_who_does_not_try_a_refused_calibration_again_is_told_its_reason(run, scripted_camera, monkeypatch):
    def refuse(*_):
        raise CalibrationRefused("for once")

    def ended():
        raise EOFError

    monkeypatch.setattr(watch_command, "guide", refuse)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("builtins.input", ended)
    code, _, err = run()
    assert code == 5
    assert_one_line(err, "for once")


def baseline(camera, view=View.FRONT):
    values = dict.fromkeys(needed(by_angle=False), 0.5)
    return Baseline(view, camera, "Cam", "2026-11-22T10:00:00+00:00", 640, 480, 60, 0.1, values)


@pytest.mark.parametrize(
    ("model", "how", "what", "code"),
    [
        ("pose_landmarker_lite.task", "truncated", "pose model", 8),
        ("pose_landmarker_full.task", "garbage", "pose model", 8),
        ("pose_landmarker_lite.task", "missing", "pose model", 8),
        ("face_landmarker.task", "truncated", "face model", 0),
        ("face_landmarker.task", "empty", "face model", 0),
        ("posture_estimator.npz", "garbage", "estimator", 0),
        ("posture_estimator.npz", "missing", "estimator", 0),
    ],
)
def test_the_doctor_says_which_model_is_damaged_and_what_to_do(monkeypatch, tmp_path, model, how, what, code):
    (tmp_path / "models").mkdir()
    for one in sorted((ROOT / "models").glob("*.*")):
        if one.name != model:
            (tmp_path / "models" / one.name).symlink_to(one)
    (tmp_path / "sample_videos").symlink_to(ROOT / "sample_videos")
    if how != "missing":
        content = (ROOT / "models" / model).read_bytes()[:50_000]
        damaged = {"truncated": content, "garbage": content[::-1], "empty": b""}[how]
        (tmp_path / "models" / model).write_bytes(damaged)
    monkeypatch.setattr("posturecam.config.resources.PLACES", (tmp_path,))
    load_model.cache_clear()
    settings_file.change_settings({"estimator.model": "full" if "full" in model else "lite"})
    found = {}
    for one in doctor.checks():
        found[one.what] = one
        if one.what == what:
            break
    assert (found[what].ok, found[what].exit_code) == (False, code)
    assert "install" in found[what].detail


def finding(what):
    """What doctor says of this, without its later checks and without trying the model on the clip: each takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resources, "demo_video", lambda: Path("no clip.mp4"))
        return next(one for one in doctor.checks() if one.what == what)


def camera_finding():
    return asdict(finding("camera"))


def test_the_doctor_says_that_it_sees_somebody(scripted_camera):
    found = camera_finding()
    assert found["ok"]
    assert found["detail"] == "Scripted camera sends 640×480 and shows somebody"


LOGO = np.zeros((480, 640, 3), np.uint8)
LOGO[180:300, 260:380] = 255


def test_a_virtual_cameras_logo_is_not_a_user_and_the_camera_that_shows_one_is_offered(two_cameras):
    two_cameras["OBS Virtual Camera"].fault = lambda t: LOGO
    found = camera_finding()
    assert (found["ok"], found["exit_code"]) == (False, 4)
    assert "OBS Virtual Camera sends 640×480: its picture is frozen" in found["detail"]
    # In double quotes, which every shell takes for quotes; on Windows, cmd takes no others.
    assert 'HD Webcam shows somebody; use it with: posturecam settings camera.device="HD Webcam"' in found["detail"]


def test_where_the_first_run_sees_nobody_the_camera_that_shows_somebody_is_offered(run, two_cameras):
    two_cameras["OBS Virtual Camera"].fault = lambda t: LOGO
    code, out, err = run()
    assert code in (4, 5), err
    said = " ".join(out.split())
    assert "I see nobody in the picture of OBS Virtual Camera; HD Webcam shows somebody; use it with" in said


def test_watching_where_nobody_is_other_cameras_are_looked_at_once(monkeypatch):
    asked, looks = threading.Event(), []

    def others_than(sight, _settings):
        looks.append(sight)
        asked.set()
        return f"not {sight.name}"

    monkeypatch.setattr(camera_check, "others_than", others_than)
    others = camera_check.OtherCameras(SourceInfo("Cam", "key", live=True), Settings())

    def tick(t, pose=None):
        return Tick(Frame(t), pose, no_person(t), MonitorState(), ())

    assert [others.hint(tick(t)) for t in range(100, 120, 2)] == [None] * 10
    assert not asked.is_set()
    said = [others.hint(tick(120.0))]
    assert asked.wait(5)
    ends = time.monotonic() + 5
    while not any(said) and time.monotonic() < ends:
        said.append(others.hint(tick(122.0)))
    assert [one for one in said if one] == ["I see nobody in the picture of Cam; not Cam"]
    assert others.hint(tick(200.0)) is None
    assert len(looks) == 1


def test_a_camera_that_cannot_be_opened_does_not_hide_the_next_that_shows_somebody(monkeypatch):
    cameras = [Camera(index, name, f"key{index}", 0) for index, name in enumerate(("This", "Broken", "Frozen", "Good"))]
    sights = {
        "key2": camera_check.CameraSight("Frozen", person=True, problem="its picture is frozen"),
        "key3": camera_check.CameraSight("Good", person=True),
    }

    def look_through(key, _settings):
        if key not in sights:
            raise CameraError("Broken cannot be opened")
        return sights[key]

    def said():
        return camera_check.hint_of_others(SourceInfo("This", "key0", live=True), Settings())

    monkeypatch.setattr(camera_check, "list_cameras", lambda: cameras)
    monkeypatch.setattr(camera_check, "look_through", look_through)
    assert said().endswith('; Good shows somebody; use it with: posturecam settings camera.device="Good"')
    del cameras[3]
    assert said().endswith("; there is also Broken, Frozen; choose with: posturecam settings camera.device=NAME")
    del cameras[1:]
    assert said() is None


def test_somebody_who_was_seen_once_is_not_sent_to_another_camera(monkeypatch):
    monkeypatch.setattr(camera_check, "others_than", lambda *_: pytest.fail("they were looked at"))
    others = camera_check.OtherCameras(SourceInfo("Cam", "key", live=True), Settings())
    for t, pose in ((0.0, None), (1.0, "somebody"), (100.0, None), (200.0, None)):
        assert others.hint(Tick(Frame(t), pose, no_person(t), MonitorState(), ())) is None


def test_where_no_camera_shows_anybody_the_others_are_named(two_cameras):
    empty = np.random.default_rng(0).integers(60, 90, (12, 480, 640, 3), np.uint8)
    empty[:, :, 320:] += 60  # two plain walls
    for scene in two_cameras.values():
        scene.fault = lambda t: empty[int(t * 10) % 12]
    found = camera_finding()
    assert (found["ok"], found["exit_code"]) == (False, 0)
    assert "nobody is in the picture" in found["detail"]
    assert "there is also HD Webcam" in found["detail"]


def test_the_doctor_sees_that_a_picture_is_turned(scripted_camera):
    scripted_camera.pictures = [cv2.rotate(picture, cv2.ROTATE_90_CLOCKWISE) for picture in scripted_camera.pictures]
    said = camera_finding()["detail"]
    assert "the picture seems turned by 90°" in said
    assert "posturecam settings camera.rotate=270" in said
    settings_file.change_settings({"camera.rotate": "270"})
    assert camera_finding()["detail"] == "Scripted camera sends 640×480 and shows somebody"


def test_a_silent_camera_is_reported(run, scripted_camera):
    settings_file.change_settings({"camera.first_frame_timeout": "1"})
    scripted_camera.fault = lambda t: CameraFault.SILENT
    code, _, err = run("calibrate")
    assert code == 4
    assert_one_line(err, "Scripted camera was opened but sent no picture within 1 s")


@pytest.mark.parametrize(("shown", "said"), [(BLACK, "is black"), (CameraFault.GONE, "was unplugged")])
def test_a_camera_that_shows_nothing_while_calibrating_is_a_camera_error(
    run, scripted_camera, shown, said, recorded_model
):
    scripted_camera.fault = lambda t: shown if t > 1.5 else None
    code, out, err = run("calibrate")
    assert code == 4
    assert_one_line(err, "Scripted camera", said)
    assert "back supported" in out
    assert baselines.load_baselines().kept == ()


def test_a_camera_that_goes_black_and_dies_is_unknown_and_watching_continues(
    run, scripted_camera, ended_after, recorded_model
):
    settings_file.change_settings({"monitor.unknown_shown": "0.2", "pace.alert": "0.1", "pace.steady": "0.2"})
    scripted_camera.fault = lambda t: None if t < 1 else BLACK if t < 3 else CameraFault.GONE
    ticks = ended_after(60)
    code, out, err = run("watch")
    assert code == 0, err
    assert "unknown, because the camera's picture is black" in out
    assert {tick.frame.problem for tick in ticks} >= {None, PLUGGED_IN.lost}
    assert "Traceback" not in out + err


def test_a_home_that_cannot_be_written_to_is_reported_after_calibrating(run, monkeypatch):
    def forbidden(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", forbidden)
    code, _, err = run("calibrate", RECORDING, "--seconds", "6")
    assert code == 6
    assert_one_line(err, "POSTURECAM_HOME")


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_ends_a_file_run_at_once_and_without_a_traceback(tmp_path):
    command = [sys.executable, "-m", "posturecam", "watch", str(CLIP), "--realtime"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        process.stdout.readline()  # it is running
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
    assert process.returncode == 130
    assert err == ""


def test_every_command_and_exit_code_is_on_its_page():
    from typer.main import get_command

    from posturecam.cli import app

    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for name in get_command(app).commands:
        assert f"| `posturecam {name}" in page, name
    codes = {kind.exit_code for kind in vars(errors).values() if hasattr(kind, "exit_code")}
    for code in sorted({0, 2, 130, errors.EXIT_PARTIAL} | codes):
        assert f"\n| {code} | " in page, code


@pytest.mark.parametrize(("page", "most"), [("README.md", 800), ("docs/accuracy.md", 1500)])
def test_pages_for_users_stay_short(page, most):
    assert len((ROOT / page).read_text(encoding="utf-8").split()) <= most


def test_every_link_between_the_pages_leads_somewhere():
    folders = ("docs", "benchmarks", "models", "sample_videos", "tools", "tests")
    pages = [*ROOT.glob("*.md"), *(page for folder in folders for page in (ROOT / folder).rglob("*.md"))]
    dead = []
    for page in pages:
        for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            path, _, anchor = link.partition("#")
            target = page.parent / path if path else page
            if "://" in link or link.startswith("mailto:"):
                continue
            if not target.exists():
                dead.append(f"{page.relative_to(ROOT)}: {link}")
            elif anchor:
                headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
                if anchor not in {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}:
                    dead.append(f"{page.relative_to(ROOT)}: {link}")
    assert not dead


@pytest.mark.parametrize(
    ("key", "default", "limits"),
    [
        ("sensitivity.level", "normal", "relaxed, normal, strict"),
        ("desktop.language", "—", "en, de, es, zh"),
        ("camera.rotate", "0", "0, 90, 180, 270"),
        ("camera.flip", "false", ""),
        ("plan.days", "—", "mon, tue, wed, thu, fri, sat, sun"),
        ("monitor.mild_seconds", "120", "5 to 3600"),
    ],
)
def test_the_page_of_settings_has_defaults_as_they_are_typed_and_every_choice(key, default, limits):
    from posturecam.commands.settings import markdown
    from posturecam.config.settings import Settings

    group, _, name = key.partition(".")
    section = markdown(Settings()).partition(f"\n## {group}\n")[2].partition("\n## ")[0]
    (row,) = (line for line in section.splitlines() if line.startswith(f"| `{name}` |"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]

    assert (cells[1], cells[3]) == (default, limits)


def test_the_pages_made_from_the_code_are_up_to_date():
    from posturecam.commands.settings import markdown
    from posturecam.config.settings import Settings

    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == markdown(Settings()), (
        "run: python docs/build.py --no-pictures"
    )


@pytest.mark.parametrize(
    "page",
    [*sorted(ROOT.glob("docs/*.md")), *sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("benchmarks/**/*.md"))],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_links_and_named_files_in_the_docs_exist(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (page.parent / target).exists(), target
    for named in re.findall(r"`((?:posturecam|models|benchmarks|docs|tests|tools|requirements)/[\w/.-]+\.\w+)`", text):
        assert (ROOT / named).exists(), named


def test_no_private_path_is_left_anywhere():
    for path in [*ROOT.glob("docs/*.md"), ROOT / "README.md", *Path(ROOT / "posturecam").rglob("*.py")]:
        assert "/tmp/" not in path.read_text(encoding="utf-8"), path


def test_changed_settings_are_reported_as_json_to_a_program(run):
    code, out, _ = run("settings", "alerts.cool_down=900", "--json")
    (changed,) = json.loads(out)
    assert (code, changed["key"], changed["value"]) == (0, "alerts.cool_down", 900)
    _, out, _ = run("settings", "--reset", "--json")
    assert json.loads(out) == {"reset": True, "old": f"{settings_file.settings_path()}.old-1"}


def test_a_reset_with_changes_is_refused_and_resets_nothing(run):
    run("settings", "alerts.cool_down=900")
    code, _, err = run("settings", "--reset", "alerts.snooze=600")
    assert code == 2
    assert "reset first, then change" in err
    assert settings_file.load_settings().alerts.cool_down == 900


@pytest.mark.parametrize("address", ["udp://192.168.0.7:1234", "rtmp://phone/live", "file:///etc/passwd", "rtsp://"])
def test_an_address_of_another_kind_is_no_missing_file(run, address):
    code, _, err = run("watch", address)
    assert code == 4
    assert_one_line(
        err, address, "those begin with rtsp://, rtsps://, http://, https:// and continue with the camera's name"
    )
    assert_one_line(err, "name a file by its path")
