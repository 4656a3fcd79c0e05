import csv
import json
import math
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from figures import from_side, person
from places import ROOT
from recorded import recorded_landmarks
from vision.test_absurd_figures import write_avi

from posturecam.analysis import batch
from posturecam.analysis.batch import analyze_many
from posturecam.analysis.results import AnnotatedVideo
from posturecam.analysis.single import analyze
from posturecam.analysis.summary import AnalyzeOptions, Summary, summary_record
from posturecam.config.settings import LearnedSettings, MeasureSettings, Settings
from posturecam.errors import CalibrationRefused, LimitReached, OutputError, PosturecamError, SourceError
from posturecam.posture.calibration import learn, sample
from posturecam.posture.loop import watch
from posturecam.posture.measures import measure
from posturecam.posture.monitor import Phase, SlouchEnded, SlouchSustained
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.records.serialize import CSV_COLUMNS
from posturecam.posture.view import View
from posturecam.vision.estimator import PoseEstimator
from posturecam.vision.frame import Frame, SourceInfo
from posturecam.vision.sources.recording import RecordingSource, RecordingWriter

pytestmark = pytest.mark.usefixtures("kept_models")

SAMPLE = ROOT / "sample_videos" / "desk_front.mp4"
GOLDEN = ROOT / "tests" / "data" / "golden"
QUICK = AnalyzeOptions(video=False, plot=False)

needs_permissions = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
needs_limits = pytest.mark.skipif(sys.platform == "win32", reason="the size of files can be limited on POSIX only")


def record(path, poses, step=0.5, start=0.0):
    """A recording of these poses (None: nobody) at this interval in seconds."""
    with RecordingWriter(path, SourceInfo("a camera", "key", live=True), "lite") as writer:
        for index, pose in enumerate(poses):
            writer.add(start + index * step, pose)
    return path


@pytest.mark.parametrize("name", ["../mine", "mine/too", "/mine", "..", ""])
def test_the_results_stay_in_the_folder_that_was_given(tmp_path, name):
    what = record(tmp_path / "what.npz", [from_side(neck=5)] * 10)
    with pytest.raises(ValueError, match="name must be the name of a folder"):
        analyze(what, tmp_path / "out", QUICK, name=name)
    assert [one.name for one in tmp_path.iterdir()] == ["what.npz"]


def upright_then_slouched(seconds=100):
    return [from_side(neck=5)] * (2 * seconds) + [from_side(neck=60)] * (2 * seconds)


def rows(folder):
    with (folder / "readings.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def records(folder):
    return [json.loads(line) for line in (folder / "readings.jsonl").read_text("utf-8").splitlines()]


def events(folder):
    return json.loads((folder / "events.json").read_text("utf-8"))


def pictures_of(video):
    capture = cv2.VideoCapture(str(video), cv2.CAP_FFMPEG)
    count, size = 0, None
    while True:
        found, picture = capture.read()
        if not found:
            break
        count, size = count + 1, picture.shape
    rate = capture.get(cv2.CAP_PROP_FPS)
    capture.release()
    return count, size, rate


def clip(path, seconds=2.0):
    """The beginning of the sample as a separate video."""
    capture = cv2.VideoCapture(str(SAMPLE), cv2.CAP_FFMPEG)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10, (640, 480))
    for _ in range(round(10 * seconds)):
        writer.write(capture.read()[1])
    writer.release()
    capture.release()
    return path


@pytest.fixture(scope="module")
def sample_run(tmp_path_factory):
    """The whole sample as the ten minutes that it stands for, calibrated on its beginning.

    Judged by geometry that trusts ears only if the model is nearly certain of them: some moments are unknown, and the
    outputs must show that too.
    """
    shares = []
    out = tmp_path_factory.mktemp("out")
    options = AnalyzeOptions(rate=2, upright_seconds=6.5, video=False, time_scale=15)
    by_geometry = Settings(learned=LearnedSettings(enabled=False), measures=MeasureSettings(head_visibility=0.999))
    with recorded_landmarks():
        return analyze(SAMPLE, out, options, by_geometry, shares.append), shares


# Runs.


def test_the_sample_gives_one_slouch_and_its_end(sample_run):
    summary, _ = sample_run
    assert [type(event) for event in summary.events] == [SlouchSustained, SlouchEnded]
    assert [event["type"] for event in events(summary.folder)] == ["slouch_sustained", "slouch_ended"]
    assert 16 * 15 < summary.events[0].since < 20 * 15


def test_the_summary_weighs_phases_by_time(sample_run):
    summary, _ = sample_run
    assert summary.seconds == pytest.approx(37.9 * 15, abs=5)
    assert sum(summary.shares.values()) == pytest.approx(1)
    assert 0.2 < summary.shares[Phase.SLOUCHING] < 0.45
    assert "cannot see your right ear" in summary.unknown_mostly
    assert json.loads(json.dumps(summary_record(summary), allow_nan=False))["samples"] == summary.samples


def test_readings_have_a_row_per_sample_and_empty_cells_where_unknown(sample_run):
    summary, _ = sample_run
    table, lines = rows(summary.folder), records(summary.folder)
    assert len(table) == len(lines) == summary.samples > 100
    assert tuple(table[0]) == CSV_COLUMNS
    assert all(row["neck_inclination"] == "" for row in table)
    unknown = [row for row in table if row["deviation"] == ""]
    assert unknown
    assert all(row["deviation_reason"] for row in unknown)
    assert all(float(row["deviation"]) < 10 for row in table if row not in unknown)


def test_there_are_the_outputs_and_nothing_else(sample_run):
    summary, shares = sample_run
    assert {path.name for path in summary.outputs} == {"readings.csv", "readings.jsonl", "events.json", "plot.png"}
    assert set(summary.outputs) == set(summary.folder.iterdir())
    assert list(summary.folder.parent.iterdir()) == [summary.folder]
    assert cv2.imread(str(summary.folder / "plot.png")).shape[1] == 1000
    assert shares == sorted(shares)
    assert shares[-1] == 1


@pytest.mark.parametrize("name", ["plot.png", "annotated.webm"])
def test_what_is_analyzed_is_neither_replaced_nor_removed_by_its_results(tmp_path, name):
    analyzed = tmp_path / Path(name).stem / name
    analyzed.parent.mkdir()
    analyzed.write_bytes(cv2.imencode(".png", np.full((20, 30, 3), 90, np.uint8))[1].tobytes())
    with pytest.raises(OutputError, match=rf"would replace .*{name}, which is not from an earlier run; choose another"):
        analyze(analyzed, tmp_path, QUICK)
    assert [one.name for one in analyzed.parent.iterdir()] == [name]


def test_a_file_that_is_not_a_result_is_neither_replaced_nor_removed(tmp_path):
    recording = record(tmp_path / "desk.npz", [None] * 20)
    mine = tmp_path / "desk" / "plot.png"
    mine.parent.mkdir()
    mine.write_text("mine")
    with pytest.raises(OutputError, match=r"would replace .*plot\.png"):
        analyze(recording, tmp_path, QUICK)
    assert mine.read_text() == "mine"


@pytest.mark.parametrize("name", ["...npz", "..npz"])
def test_a_file_named_with_nothing_but_dots_has_its_results_inside_the_folder_for_results(tmp_path, name):
    (tmp_path / "in").mkdir()
    summary = analyze(record(tmp_path / "in" / name, [None]), tmp_path / "out", QUICK)
    assert summary.folder == tmp_path / "out" / name
    assert {one.name for one in tmp_path.iterdir()} == {"in", "out"}


def test_results_of_an_earlier_run_are_replaced_and_other_files_beside_them_stay(tmp_path):
    recording = record(tmp_path / "desk.npz", [None] * 20)
    analyze(recording, tmp_path, AnalyzeOptions(video=False))
    (tmp_path / "desk" / "notes.txt").write_text("mine")
    analyze(recording, tmp_path, QUICK)
    names = {one.name for one in (tmp_path / "desk").iterdir()}
    assert names == {"events.json", "readings.csv", "readings.jsonl", "notes.txt"}


def test_annotated_video_plays_at_the_clips_own_speed(tmp_path):
    summary = analyze(clip(tmp_path / "clip.mp4"), tmp_path / "out", AnalyzeOptions(rate=5, plot=False))
    assert pictures_of(summary.folder / "annotated.webm") == (10, (480, 640, 3), 5)
    assert (tmp_path / "out" / "clip" / "readings.csv").exists()


def test_importing_it_loads_neither_mediapipe_nor_matplotlib():
    code = "import sys, posturecam.analysis; sys.exit(bool({'mediapipe', 'matplotlib'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_recording_without_pictures_gets_a_drawn_video_and_a_plot(tmp_path):
    path = record(tmp_path / "run.npz", [from_side(neck=5)] * 6 + [None] * 3 + [person()] * 3, start=1e5)
    summary = analyze(path, tmp_path / "out", AnalyzeOptions(rate=2))
    assert pictures_of(summary.folder / "annotated.webm") == (12, (480, 640, 3), 2)
    assert summary.seconds == 5.5
    assert summary.samples == 12
    assert (summary.folder / "plot.png").stat().st_size > 10_000


def test_upright_seconds_of_a_recording_make_its_baseline(tmp_path):
    path = record(tmp_path / "run.npz", upright_then_slouched())
    options = AnalyzeOptions(upright_seconds=20, video=False, plot=False)
    summary = analyze(path, tmp_path / "out", options)
    assert all(line["deviation"]["compared"] for line in records(summary.folder))
    assert summary.events[0].compared


def test_upright_seconds_without_anybody_are_refused(tmp_path):
    path = record(tmp_path / "run.npz", [None] * 100)
    with pytest.raises(CalibrationRefused):
        analyze(path, tmp_path / "out" / "deep", AnalyzeOptions(upright_seconds=20))
    assert not (tmp_path / "out").exists()


def test_folders_that_were_there_stay_where_a_file_cannot_be_analyzed(tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(SourceError):
        analyze(tmp_path / "none.mp4", tmp_path / "out", QUICK)
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="other systems share memory in other ways")
def test_a_system_without_shared_memory_is_reported_with_the_remedy(monkeypatch, tmp_path):
    monkeypatch.setattr(batch, "SHARED_MEMORY", tmp_path / "shm")
    with pytest.raises(
        LimitReached, match=r"cannot share memory because .*shm is missing .*; run: sudo mkdir -p .*shm &&"
    ):
        analyze_many([tmp_path / "clip.mp4"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_refusal_to_learn_from_the_start_of_a_file_names_its_own_seconds_and_option(tmp_path):
    moving = record(tmp_path / "moving.npz", [from_side(neck=5), from_side(neck=40)] * 40)
    with pytest.raises(CalibrationRefused, match="hold still for 40 seconds"):
        analyze(moving, tmp_path / "out", replace(QUICK, upright_seconds=40))
    with pytest.raises(
        CalibrationRefused, match=r"at least 30 pictures, and the first 5 s of .*moving.npz have only 10; .*--upright"
    ):
        analyze(moving, tmp_path / "out", replace(QUICK, upright_seconds=5))


def test_upright_seconds_without_pictures_say_what_was_wrong(tmp_path):
    path = tmp_path / "run.npz"
    with RecordingWriter(path, SourceInfo("a camera", "key", live=True), "lite") as writer:
        for index in range(100):
            writer.add(index / 5, None, "the camera's picture is black")
    with pytest.raises(SourceError, match="the camera's picture is black"):
        analyze(path, tmp_path / "out", AnalyzeOptions(upright_seconds=10))


def test_a_kept_baseline_is_used_for_its_own_camera_while_it_fits(tmp_path):
    path = record(tmp_path / "run.npz", [from_side(neck=5)] * 100)
    looks = [
        sample(pose, View.SIDE_RIGHT, measure(pose, View.SIDE_RIGHT, Settings())) for pose in [from_side(neck=5)] * 40
    ]
    own = learn(looks, "key", "a camera", "2026-11-22T10:00:00+00:00", Settings())
    for kept, used in (
        (own, True),
        (replace(own, camera="other"), False),
        (replace(own, outdated=Reason(Why.CAMERA_MOVED, "shoulders")), False),
    ):
        summary = analyze(path, tmp_path / "out", replace(QUICK, baselines=(kept,)))
        assert {line["deviation"]["compared"] for line in records(summary.folder)} == {used}


def test_a_long_pause_is_unknown_time_and_does_not_fill_the_video(tmp_path):
    path = tmp_path / "run.npz"
    with RecordingWriter(path, SourceInfo("a camera", "key", live=True), "lite") as writer:
        for t in (*np.arange(0, 10, 0.5), *np.arange(3600, 3610, 0.5)):
            writer.add(float(t), from_side(neck=5))
    summary = analyze(path, tmp_path / "out", AnalyzeOptions(rate=2, plot=False))
    assert summary.shares[Phase.UNKNOWN] > 0.99
    count, _, _ = pictures_of(summary.folder / "annotated.webm")
    assert count == 40 + Settings().monitor.longest_gap * 2
    assert summary.warnings == (
        "run.npz: for 99% of the time, the pictures are more than 5 s apart (monitor.longest_gap), so the posture in between is unknown",
    )


def test_unknown_time_has_its_own_reason_and_not_that_of_an_empty_chair(tmp_path):
    poses = [person()] * 40 + [None] * 120
    summary = analyze(record(tmp_path / "run.npz", poses), tmp_path / "out", QUICK)
    assert summary.shares[Phase.AWAY] > summary.shares[Phase.UNKNOWN] > 0.2
    assert [one.reason.code for one in summary.unknown] == [Why.NO_PERSON, Why.NO_BASELINE]
    assert "calibrate" in summary.unknown_mostly


def test_time_that_is_unknown_because_of_pauses_has_no_other_reason(tmp_path):
    path = tmp_path / "run.npz"
    with RecordingWriter(path, SourceInfo("a camera", "key", live=True), "lite") as writer:
        for t in (*np.arange(0, 70, 0.5), *np.arange(100, 170, 0.5)):
            writer.add(float(t), from_side(neck=5) if t < 160 else person())
    summary = analyze(path, tmp_path / "out", QUICK)
    assert summary.shares[Phase.UNKNOWN] > 0.2
    assert summary.unknown_mostly is None
    (warning,) = summary.warnings
    assert "for 17% of the time, the pictures are more than 5 s apart" in warning


@needs_permissions
def test_all_results_have_the_permissions_of_ordinary_files(tmp_path):
    path = record(tmp_path / "run.npz", [from_side(neck=5)] * 10)
    summary = analyze(path, tmp_path / "out", AnalyzeOptions(rate=2))
    (tmp_path / "ordinary").touch()
    assert {one.stat().st_mode for one in summary.outputs} == {(tmp_path / "ordinary").stat().st_mode}


def test_the_time_of_a_recording_is_scaled_like_that_of_a_video(tmp_path):
    path = record(tmp_path / "run.npz", upright_then_slouched(5))
    plain, slow = (analyze(path, tmp_path / str(scale), replace(QUICK, time_scale=scale)) for scale in (1.0, 4.0))
    assert slow.seconds == pytest.approx(4 * plain.seconds)
    assert [one["t"] for one in records(slow.folder)] == [4 * one["t"] for one in records(plain.folder)]


@pytest.mark.parametrize("size", [(2, 2), (2, 1000), (1000, 2)])
def test_the_annotated_video_of_a_picture_of_a_few_pixels_can_be_played(tmp_path, size):
    writer = cv2.VideoWriter(str(tmp_path / "tiny.avi"), cv2.VideoWriter.fourcc(*"FFV1"), 10, size)
    for _ in range(5):
        writer.write(np.zeros((size[1], size[0], 3), np.uint8))
    writer.release()
    summary = analyze(tmp_path / "tiny.avi", tmp_path / "out", replace(QUICK, video=True, rate=10.0))
    assert pictures_of(summary.folder / "annotated.webm")[0] == 5


def test_a_picture_of_another_shape_is_shown_between_bars_and_not_squeezed(tmp_path):
    shapes = [(96, 128), (128, 96)]
    pictures = [np.full((*shape, 3), 200, np.uint8) for shape in shapes]
    path = write_avi(tmp_path / "turned.avi", pictures, size=(128, 96))
    summary = analyze(path, tmp_path / "out", replace(QUICK, video=True, rate=10.0))
    shown = cv2.VideoCapture(str(summary.folder / "annotated.webm"))
    first, second = ((shown.read()[1][:40].mean(axis=(0, 2)) > 100).sum() for _ in shapes)
    assert first == 128
    assert second == pytest.approx(72, abs=2)


def test_an_earlier_runs_results_are_replaced_or_taken_away(tmp_path):
    path = record(tmp_path / "run.npz", upright_then_slouched(5))
    first = analyze(path, tmp_path / "out", AnalyzeOptions(video=False))
    (first.folder / "my notes.txt").write_text("keep")
    analyze(path, tmp_path / "out", QUICK)
    assert {file.name for file in first.folder.iterdir()} == {
        "readings.csv",
        "readings.jsonl",
        "events.json",
        "my notes.txt",
    }


@pytest.mark.parametrize("name", ["run.avi", "run.jpg"])
def test_the_results_of_files_that_differ_only_in_their_ending_have_folders_of_their_own(tmp_path, name):
    path = record(tmp_path / "run.npz", upright_then_slouched(5))
    (tmp_path / "run.csv").touch()
    assert analyze(path, tmp_path / "out", QUICK).folder.name == "run"
    (tmp_path / name).touch()
    assert analyze(path, tmp_path / "out", QUICK).folder.name == "run-npz"


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_the_results_of_a_link_have_its_own_name(tmp_path):
    for name in ("monday", "tuesday"):
        (tmp_path / name).mkdir()
        (tmp_path / f"{name}.npz").symlink_to(record(tmp_path / name / "run.npz", [from_side(neck=5)] * 10))
        assert analyze(tmp_path / f"{name}.npz", tmp_path / "out", QUICK).folder == tmp_path / "out" / name


# Pictures.


def test_pictures_are_judged_each_by_itself(tmp_path):
    pictures = tmp_path / "photos"
    pictures.mkdir()
    for source in GOLDEN.glob("*.jpg"):
        (pictures / source.name).write_bytes(source.read_bytes())
    (pictures / "a_damaged.jpg").write_bytes(b"\xff\xd8 not really")
    summary = analyze(pictures, tmp_path / "out")
    damaged, side, front = rows(summary.folder)
    assert "cannot be read" in damaged["deviation_reason"]
    assert float(side["neck_inclination"]) > 30
    assert 10 < float(front["neck_height"]) < 30  # the face gives the scale, and a verdict without any calibration
    assert front["deviation"] != ""
    assert "phase" not in side
    assert (summary.events, summary.shares, summary.seconds) == ((), {}, 0)
    assert summary.truncated.startswith("1 of 3 pictures cannot be read")
    annotated = sorted(summary.folder.glob("*.annotated.png"))
    assert [cv2.imread(str(path)).shape for path in annotated] == [(480, 640, 3)] * 2


def test_who_shows_only_in_the_middle_of_a_picture_is_found_there_as_before_a_camera(tmp_path):
    picture = cv2.imread(str(GOLDEN / "desk_m_upright_front_eye.jpg"))
    margin = picture.shape[1]
    dark_room = (cv2.copyMakeBorder(picture, 0, 0, margin, margin, cv2.BORDER_REPLICATE) * 0.12).astype(np.uint8)
    cv2.imwrite(str(tmp_path / "dark.png"), dark_room)
    frames = [Frame(t, dark_room) for t in (0.0, 0.5)]
    with PoseEstimator() as estimator:
        assert [estimator(frame) is not None for frame in frames] == [False, True]
    summary = analyze(tmp_path / "dark.png", tmp_path / "out")
    (row,) = rows(summary.folder)
    assert row["view"] != View.UNKNOWN
    assert all(one.reason.code is not Why.NO_PERSON for one in summary.unknown)


def test_annotated_pictures_of_an_earlier_run_are_taken_away_and_other_pictures_stay(tmp_path):
    pictures = tmp_path / "photos"
    pictures.mkdir()
    for name in ("a.png", "a.jpg", "b.png"):
        (pictures / name).write_bytes(cv2.imencode(name[1:], np.full((20, 30, 3), 90, np.uint8))[1].tobytes())
    first = analyze(pictures, tmp_path / "out")
    assert len(list(first.folder.glob("*.png"))) == 3
    (first.folder / "mine.annotated.png").touch()
    (pictures / "a.png").unlink()
    second = analyze(pictures, tmp_path / "out")
    assert {one.name for one in second.folder.glob("*.png")} == {
        "a.annotated.png",
        "b.annotated.png",
        "mine.annotated.png",
    }
    third = analyze(pictures, tmp_path / "out", QUICK)
    assert [one.name for one in third.folder.glob("*.png")] == ["mine.annotated.png"]


def test_no_spreadsheet_runs_the_name_of_a_picture_as_a_formula(tmp_path, monkeypatch):
    (tmp_path / "=cmd").mkdir()
    for name in ("=1+1.png", "+1.png", "-1.png", "@1.png", "a=1.png"):
        (tmp_path / "=cmd" / name).write_bytes(cv2.imencode(".png", np.full((20, 30, 3), 90, np.uint8))[1].tobytes())
    (tmp_path / "=cmd" / "z.png").write_bytes(b"\x89PNG nothing")
    monkeypatch.chdir(tmp_path)
    folder = analyze("=cmd", "out", replace(QUICK, upright_seconds=None)).folder
    assert [one["file"] for one in rows(folder)] == ["'+1.png", "'-1.png", "'=1+1.png", "'@1.png", "a=1.png", "z.png"]
    assert rows(folder)[-1]["deviation_reason"].startswith("'=cmd")
    assert [one["file"] for one in records(folder)][2] == "=1+1.png"


@pytest.mark.skipif(sys.platform != "linux", reason="names are Unicode there")
def test_a_damaged_picture_whose_name_is_no_text_costs_no_other(tmp_path):
    good, damaged = tmp_path / "a.png", tmp_path / os.fsdecode(b"b\xff.png")
    good.write_bytes(cv2.imencode(".png", np.full((20, 30, 3), 90, np.uint8))[1].tobytes())
    damaged.write_bytes(b"\x89PNG nothing")
    summary = analyze(tmp_path, tmp_path / "out", QUICK)
    assert summary.truncated.startswith("1 of 2 pictures")
    assert [one["file"] for one in rows(summary.folder)] == ["a.png", "b\ufffd.png"]
    (failed,) = analyze_many([damaged], tmp_path / "out", QUICK)
    assert str(failed).count("b\ufffd.png") == 1


def test_a_single_damaged_picture_is_an_error(tmp_path):
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG nothing")
    with pytest.raises(SourceError):
        analyze(picture, tmp_path / "out")


def test_pictures_have_no_upright_seconds(tmp_path):
    with pytest.raises(CalibrationRefused, match="start of a video"):
        analyze(GOLDEN, tmp_path / "out", AnalyzeOptions(upright_seconds=5))


def test_results_do_not_go_among_the_pictures(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.png").write_bytes(b"x")
    with pytest.raises(OutputError, match="choose another folder"):
        analyze(tmp_path / "photos", tmp_path)


# What goes wrong.


@pytest.fixture
def full_disk():
    """Limits every file to a number of bytes, like a nearly full disk; call it with the number."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@needs_limits
@pytest.mark.parametrize(
    ("size", "options", "complaint"),
    [
        (20_000, QUICK, "readings.csv cannot be written"),
        (30_000, AnalyzeOptions(video=False), "plot.png cannot be written"),
        (30_000, AnalyzeOptions(rate=10, plot=False), "annotated.webm could not be written completely"),
    ],
    ids=["readings", "plot", "video"],
)
def test_a_full_disk_leaves_the_earlier_results_and_nothing_half_written(tmp_path, full_disk, size, options, complaint):
    few = [from_side(neck=5 + index % 40, aside=0.5 * np.sin(index)) for index in range(4 if options.rate == 10 else 8)]
    path = record(tmp_path / "run.npz", few * 10 if options is QUICK else few, step=3.0)
    out = tmp_path / "out"
    earlier = analyze(path, out, QUICK)
    before = {file.name: file.read_bytes() for file in earlier.folder.iterdir()}
    full_disk(size)
    with pytest.raises(OutputError, match=complaint):
        analyze(path, out, options)
    assert {file.name: file.read_bytes() for file in earlier.folder.iterdir()} == before
    assert list(out.iterdir()) == [earlier.folder]


@pytest.mark.skipif(sys.platform == "win32" or not hasattr(os, "geteuid"), reason="needs POSIX files")
def test_a_folder_that_cannot_be_made_is_an_output_error(tmp_path):
    (tmp_path / "out").write_text("a file, not a folder")
    with pytest.raises(OutputError, match="--out"):
        analyze(record(tmp_path / "run.npz", [None]), tmp_path / "out", QUICK)


def test_what_the_progress_raises_ends_the_work_and_leaves_nothing(tmp_path):
    def interrupt(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        analyze(record(tmp_path / "run.npz", [None] * 3), tmp_path / "out", QUICK, progress=interrupt)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": 0},
        {"rate": math.inf},
        {"rate": None},
        {"time_scale": -1},
        {"time_scale": None},
        {"upright_seconds": math.nan},
        {"rotate": 45},
    ],
    ids=str,
)
def test_numbers_that_make_no_sense_are_refused(wrong):
    ((name, value),) = wrong.items()
    with pytest.raises(ValueError, match=f"{name} must be .*, got {value}"):
        AnalyzeOptions(**wrong)


# Several files.


class Crasher(type(Path())):
    """A path that kills the process that takes it from the queue, as a crash in a decoder would."""

    def __reduce__(self):
        return os._exit, (11,)


def test_one_bad_file_does_not_stop_the_others(tmp_path):
    (tmp_path / "other").mkdir()
    good = record(tmp_path / "run.npz", upright_then_slouched(5))
    same_name = record(tmp_path / "other" / "run.npz", [None])
    paths = [good, tmp_path / "missing.mp4", Crasher(tmp_path / "crash.mp4"), same_name]
    shares = []
    results = analyze_many(paths, tmp_path / "out", QUICK, Settings(), jobs=2, progress=shares.append)
    assert [type(result) for result in results] == [Summary, SourceError, PosturecamError, Summary]
    assert [result.folder.name for result in (results[0], results[3])] == ["run", "run-2"]
    assert results[0].samples == 20
    assert "crashed" in str(results[2])
    # A crash that takes the other process down too may leave its hidden folder (docs/formats.md).
    assert sorted(path.name for path in (tmp_path / "out").glob("[!.]*")) == ["run", "run-2"]
    assert shares[-1] <= 1


@pytest.mark.skipif(sys.platform == "win32", reason="there, asking for a process may end it")
def test_what_a_killed_run_left_behind_is_removed_by_the_next_one(tmp_path):
    path, out = record(tmp_path / "run.npz", [from_side(neck=5)] * 10), tmp_path / "out"
    killed = "import os, sys; from pathlib import Path; from posturecam.analysis.results import appearing\n"
    killed += "with appearing(Path(sys.argv[1]), Path(sys.argv[2])) as folder: (folder / 'half').touch(); os._exit(9)"
    assert subprocess.run([sys.executable, "-c", killed, out / "run", path], cwd=ROOT, check=False).returncode == 9
    (left,) = out.iterdir()
    assert (left / "half").exists()
    analyze(path, out, QUICK)
    assert [one.name for one in out.iterdir()] == ["run"]


def test_a_failure_in_the_middle_of_the_video_is_reported_and_not_that_the_video_is_short(tmp_path):
    run, path = record(tmp_path / "run.npz", [from_side(neck=5)] * 4), tmp_path / "video.webm"

    def break_off():
        with AnnotatedVideo(path, 2.0, 1.0, Settings()) as video:
            for seen in watch(RecordingSource(run), lambda _: None):
                video.add(seen)
            path.unlink()
            raise SourceError("damaged")

    with pytest.raises(SourceError, match="damaged"):
        break_off()


def test_the_error_of_a_file_among_several_names_it(tmp_path):
    path = record(tmp_path / "run.npz", [None] * 100)
    (refused,) = analyze_many([path], tmp_path / "out", AnalyzeOptions(upright_seconds=20))
    assert isinstance(refused, CalibrationRefused)
    assert str(refused).startswith(f"{path}: I could measure you in 0 of")


def test_a_bug_comes_with_its_traceback(tmp_path, monkeypatch):
    (tmp_path / "select.py").write_text("raise SystemExit('a file of the user is no module of a worker')")
    monkeypatch.chdir(tmp_path)
    (failure,) = analyze_many([record(tmp_path / "run.npz", [None])], tmp_path / "out", QUICK, settings="no settings")
    assert "please report this" in str(failure)
    assert "Traceback" in failure.__notes__[0]


@pytest.mark.parametrize("name", ["字" * 80, "x" * 250], ids=["240 bytes in 80 letters", "250 letters"])
def test_a_name_as_long_as_the_disk_allows_leaves_room_for_the_results(tmp_path, name):
    summary = analyze(record(tmp_path / f"{name}.npz", [None]), tmp_path / "out", QUICK)
    assert summary.folder.name == name
    picture = tmp_path / f"{name}.png"
    picture.write_bytes(cv2.imencode(".png", np.full((40, 60, 3), 90, np.uint8))[1].tobytes())
    summary = analyze(picture, tmp_path / "pictures", AnalyzeOptions(plot=False))
    assert {one.suffix for one in summary.outputs} == {".png", ".csv", ".jsonl"}


def test_without_files_there_are_no_results(tmp_path):
    assert analyze_many([], tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_ctrl_c_ends_every_process_and_leaves_nothing(tmp_path):
    path = record(tmp_path / "run.npz", upright_then_slouched(2000))
    code = (
        "from pathlib import Path; from posturecam.analysis.batch import AnalyzeOptions, analyze_many\n"
        "if __name__ == '__main__':\n"
        f"    analyze_many([Path({str(path)!r})] * 2, Path({str(tmp_path / 'out')!r}), AnalyzeOptions(plot=False), jobs=2)"
    )
    script = tmp_path / "run.py"
    script.write_text(code)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, str(script)], env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    deadline = time.monotonic() + 20
    while not list(tmp_path.glob("out/.*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of them
    _, complaints = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGINT
    assert complaints.count("Traceback") == 1  # its own; none from the workers
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_a_worker_that_is_killed_is_reported_and_the_other_files_are_judged(tmp_path):
    good, other = record(tmp_path / "good.npz", upright_then_slouched(30)), record(tmp_path / "other.npz", [None] * 9)
    killer = threading.Thread(target=_kill_first_child, daemon=True)
    killer.start()
    results = analyze_many([good, other], tmp_path / "out", AnalyzeOptions(plot=False, video=False), jobs=2)
    killer.join(30)
    assert all(isinstance(one, Summary | PosturecamError) for one in results)
    assert isinstance(results[1], Summary)  # unfinished files are retried, each on its own
    assert not list((tmp_path / "out").glob(".*"))


def _kill_first_child():
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        children = multiprocessing.active_children()
        if len(children) >= 2:
            os.kill(children[0].pid, signal.SIGKILL)
            return
        time.sleep(0.01)


@pytest.mark.parametrize("options", [{"rate": 600.0}, {"time_scale": 3600.0}], ids=str)
def test_an_annotated_video_has_no_more_pictures_a_second_than_a_screen_shows(tmp_path, options):
    """With a rate that stands for every picture, such as a million, the program would have written forever."""
    summary = analyze(clip(tmp_path / "clip.mp4", 0.5), tmp_path / "out", AnalyzeOptions(plot=False, **options))
    video = cv2.VideoCapture(str(summary.folder / "annotated.webm"), cv2.CAP_FFMPEG)
    assert video.get(cv2.CAP_PROP_FPS) == 60
    video.release()


@pytest.mark.parametrize("picture", [True, False])
def test_a_missing_model_is_reported_with_the_results(tmp_path, monkeypatch, picture):
    class WithoutFaces:
        def __init__(self, settings, following, field_of_view, complain):
            complain("The face model is damaged")

        def __call__(self, frame):
            return replace(person(), t=frame.t)

        def close(self):
            pass

    monkeypatch.setattr("posturecam.vision.estimator.PoseEstimator", WithoutFaces)
    path = clip(tmp_path / "clip.mp4", 0.5)
    if picture:
        path = tmp_path / "one.png"
        cv2.imwrite(str(path), np.zeros((480, 640, 3), np.uint8))
    summary = analyze(path, tmp_path / "out", QUICK)
    assert summary.warnings == ("The face model is damaged",)
    assert summary_record(summary)["warnings"] == ["The face model is damaged"]


def test_a_picture_on_its_side_is_unknown_and_the_remedy_is_reported_and_works(tmp_path):
    picture = cv2.imread(str(GOLDEN / "desk_f_slouch_deep_side.jpg"))
    cv2.imwrite(str(tmp_path / "sideways.png"), cv2.rotate(picture, cv2.ROTATE_90_CLOCKWISE))
    seen = analyze(tmp_path / "sideways.png", tmp_path / "out", QUICK)
    assert (seen.turn, seen.unknown[0].reason.code) == (270, Why.TURNED)
    right = analyze(tmp_path / "sideways.png", tmp_path / "out", replace(QUICK, rotate=seen.turn))
    assert (right.turn, right.unknown) == (None, ())
