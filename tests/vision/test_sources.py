"""Videos, pictures and recordings; every file is created here, in the test's own folder."""

import contextlib
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest
from fakes.camera import SteppedClock
from fakes.frames import no_model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from places import ROOT
from stretch_figures import CHAIR, pose_of

from posturecam.coach.library import load_exercise
from posturecam.coach.loop import coach
from posturecam.config.reading import reason
from posturecam.config.settings import Settings
from posturecam.errors import CameraError, OutputError, SourceError
from posturecam.posture.loop import watch
from posturecam.vision.frame import SourceInfo
from posturecam.vision.pose import Pose
from posturecam.vision.sources import open_source, require_pictures, usable_rate
from posturecam.vision.sources.camera import Camera
from posturecam.vision.sources.clock import SystemClock
from posturecam.vision.sources.opencv import to_bgr
from posturecam.vision.sources.recording import RecordingSource, RecordingWriter
from posturecam.vision.sources.stills import StillsSource
from posturecam.vision.sources.video import Stamps, VideoSource

SIZE = (64, 48)
INFO = SourceInfo("HD Webcam", "usb-webcam", live=True)


def write_video(path, frames=20, rate=10.0, size=SIZE, codec="mp4v", noise=False):
    """A clip with increasingly light frames; noise makes them large, so that the file can be truncated between two of them."""
    path.write_bytes(video(path.suffix, frames, rate, size, codec, noise))
    return path


@cache
def video(kind, frames, rate, size, codec, noise):
    """The content of such a file: many tests want the same one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"clip{kind}"
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), rate, size)
        assert writer.isOpened()
        random = np.random.default_rng(0)
        for index in range(frames):
            picture = np.full((size[1], size[0], 3), 5 * index % 256, np.uint8)
            writer.write(random.integers(0, 256, picture.shape, np.uint8) if noise else picture)
        writer.release()
        return path.read_bytes()


def edit_mp4(path, **edits):
    """Rewrite boxes of an MP4 file by name, each with a function of its content."""

    def walk(data):
        out = b""
        while data:
            size, kind = struct.unpack(">I4s", data[:8])
            body, data = data[8:size], data[size:]
            if kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
                body = walk(body)
            elif kind.decode() in edits:
                body = edits[kind.decode()](body)
            out += struct.pack(">I4s", 8 + len(body), kind) + body
        return out

    path.write_bytes(walk(path.read_bytes()))
    return path


def moov_first(path):
    """Move the index of an MP4 file from its end to its front, as for streaming."""
    data = path.read_bytes()
    at = data.index(b"moov") - 4
    length = struct.unpack(">I", data[at : at + 4])[0]

    def shift(body):
        count = struct.unpack(">I", body[4:8])[0]
        offsets = struct.unpack(f">{count}I", body[8:])
        return body[:8] + struct.pack(f">{count}I", *(offset + length for offset in offsets))

    edit_mp4(path, stco=shift)
    data = path.read_bytes()
    start = data.index(b"mdat") - 4
    path.write_bytes(data[:start] + data[at : at + length] + data[start:at] + data[at + length :])
    return path


def with_steps(path, steps, keep_edits=False):
    """Give the frames of an MP4 file with 10 frames a second different durations, in tenths of a second; show all by default."""

    def entries(body):
        tenth = struct.unpack(">I", body[12:16])[0]
        return (
            body[:4] + struct.pack(">I", len(steps)) + b"".join(struct.pack(">II", 1, step * tenth) for step in steps)
        )

    return edit_mp4(path, stts=entries, edts=lambda body: body if keep_edits else struct.pack(">I4sQ", 16, b"elst", 0))


def cut(path, share):
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def times(source):
    return [frame.t for frame in source]


# Videos


def test_video_has_the_times_of_the_file(tmp_path):
    source = VideoSource(write_video(tmp_path / "clip.mp4"))
    assert times(source) == pytest.approx(np.arange(20) / 10)
    assert source.truncated is None
    assert (source.info.name, source.info.live, source.info.duration) == ("clip.mp4", False, pytest.approx(2.0))


def test_video_frames_are_8_bit_color(tmp_path):
    for frame in VideoSource(write_video(tmp_path / "clip.mp4", 3)):
        assert (frame.image.shape, frame.image.dtype) == ((48, 64, 3), np.uint8)


def test_video_can_be_iterated_twice(tmp_path):
    source = VideoSource(write_video(tmp_path / "clip.mp4"))
    assert times(source) == times(source)


def test_closed_video_ends_its_iteration(tmp_path):
    with VideoSource(write_video(tmp_path / "clip.mp4")) as source:
        frames = iter(source)
        next(frames)
    assert list(frames) == []


def test_variable_frame_rate_keeps_its_time_stamps(tmp_path):
    steps = [1, 1, 5, 2, 7, 1, 1, 1, 3, 1]
    path = with_steps(write_video(tmp_path / "phone.mp4", len(steps)), steps)
    assert times(VideoSource(path)) == pytest.approx(np.cumsum([0, *steps[:-1]]) / 10)


def test_repeated_time_stamps_are_mended(tmp_path):
    path = with_steps(write_video(tmp_path / "odd.mp4", 6), [1, 0, 0, 1, 1, 1])
    got = times(VideoSource(path))
    assert len(got) == 6
    assert (np.diff(got) > 0).all()


@pytest.mark.parametrize(
    ("stamps", "mended"),
    [
        ([0, 0.04, 0.08], [0, 0.04, 0.08]),
        ([0, 0, 0], [0, 0.1, 0.2]),
        ([3, 3.1, 3.1, 3.3], [3, 3.1, 3.2, 3.3]),
        ([1, 1.1, 0, 1.3], [1, 1.1, 1.2, 1.3]),
        ([9.9, 10, 0, 0.3, 0.4], [9.9, 10, 10.1, 10.4, 10.5]),
        ([-5, -4.9], [0, 0.1]),
    ],
    ids=["good", "all zero", "repeated", "one back", "clock started afresh", "before zero"],
)
def test_time_stamps_that_do_not_increase_are_mended(stamps, mended):
    mend = Stamps(0.1).mend
    assert [mend(stamp) for stamp in stamps] == pytest.approx(mended)


@given(st.lists(st.integers(-(10**6), 10**8), min_size=2))
def test_mended_time_stamps_always_increase(milliseconds):
    mend = Stamps(0.1).mend
    assert (np.diff([mend(stamp / 1000) for stamp in milliseconds]) > 0).all()


@pytest.mark.parametrize(("rate", "count"), [(30, 60), (20, 40), (10, 20), (4, 8), (0.5, 1), (100, 60)])
def test_rate_is_met_in_seconds(tmp_path, rate, count):
    got = times(VideoSource(write_video(tmp_path / "clip.mp4", 60, 30), rate=rate))
    assert abs(len(got) - count) <= 1
    assert np.diff(got).min(initial=9) >= 1 / rate - 1 / 30


def test_rate_is_met_by_time_where_the_frame_rate_varies(tmp_path):
    steps = [1] * 10 + [10] * 3 + [1] * 10
    path = with_steps(write_video(tmp_path / "phone.mp4", len(steps)), steps)
    assert times(VideoSource(path, rate=2)) == pytest.approx([0, 0.5, 1, 2, 3, 4, 4.5])


def test_time_lapse_stands_for_longer_times(tmp_path):
    source = VideoSource(write_video(tmp_path / "lapse.mp4"), time_scale=15)
    assert times(source) == pytest.approx(np.arange(20) * 1.5)
    assert source.info.duration == pytest.approx(30)


def test_start_and_end_are_seconds_of_the_clip(tmp_path):
    source = VideoSource(write_video(tmp_path / "clip.mp4"), start=0.5, end=1.0, time_scale=2)
    assert times(source) == pytest.approx([1.0, 1.2, 1.4, 1.6, 1.8])
    assert source.info.duration == pytest.approx(1.0)
    assert source.truncated is None


def test_start_after_the_end_of_the_clip_is_an_error(tmp_path):
    with pytest.raises(SourceError, match=r"no picture between 5 s and its end: 2\.0 s were read"):
        list(VideoSource(write_video(tmp_path / "clip.mp4"), start=5))


@pytest.mark.parametrize(
    "options",
    [{"rate": 0}, {"rate": -1}, {"time_scale": 0}, {"start": -1}, {"start": 2, "end": 1}, {"time_scale": float("nan")}],
)
def test_options_that_make_no_sense_are_refused(tmp_path, options):
    with pytest.raises(ValueError, match=next(iter(options))):
        VideoSource(tmp_path / "clip.mp4", **options)


def test_realtime_is_paced_by_the_clock(tmp_path):
    clock = SteppedClock(1000)
    for frame in VideoSource(write_video(tmp_path / "clip.mp4"), realtime=True, time_scale=15, clock=clock):
        assert clock.time() - 1000 == pytest.approx(frame.t / 15)


def test_realtime_drops_the_frames_that_come_too_late(tmp_path):
    clock = SteppedClock()
    shown = []
    for frame in VideoSource(write_video(tmp_path / "clip.mp4"), realtime=True, clock=clock):
        shown.append(frame.t)
        if len(shown) == 3:
            clock.sleep(0.75)  # a slow consumer, once
    assert shown == pytest.approx([0, 0.1, 0.2, *np.arange(9, 20) / 10])


def test_realtime_shows_something_where_everything_is_late(tmp_path):
    clock = SteppedClock()
    shown = 0
    for _ in VideoSource(write_video(tmp_path / "clip.mp4"), realtime=True, clock=clock):
        clock.sleep(60)
        shown += 1
    assert shown > 1


def test_phone_video_is_turned_upright(tmp_path):
    quarter = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    path = edit_mp4(write_video(tmp_path / "phone.mp4"), tkhd=lambda body: body[:40] + quarter + body[76:])
    assert next(iter(VideoSource(path))).image.shape == (64, 48, 3)


@pytest.mark.parametrize(
    ("matrix", "shown"),
    [
        ((1, 0, 0, 1), "12/34"),
        ((-1, 0, 0, -1), "43/21"),
        ((0, 1, -1, 0), "31/42"),
        ((0, -1, 1, 0), "24/13"),
        ((-1, 0, 0, 1), "21/43"),
        ((1, 0, 0, -1), "34/12"),
        ((0, 1, 1, 0), "13/24"),
        ((0, -1, -1, 0), "42/31"),
    ],
)
@pytest.mark.parametrize("level", ["tkhd", "mvhd"])
def test_a_video_is_shown_rotated_and_mirrored_as_its_file_says(tmp_path, level, matrix, shown):
    grays = np.kron([[60, 120], [180, 240]], np.ones((24, 32))).astype(np.uint8)
    writer = cv2.VideoWriter(str(tmp_path / "phone.mp4"), cv2.VideoWriter.fourcc(*"mp4v"), 10, SIZE)
    writer.write(cv2.cvtColor(grays, cv2.COLOR_GRAY2BGR))
    writer.release()
    a, b, c, d = (0x10000 * one for one in matrix)
    whole, at = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 0x40000000), {"tkhd": 40, "mvhd": 36}[level]
    path = edit_mp4(tmp_path / "phone.mp4", **{level: lambda body: body[:at] + whole + body[at + 36 :]})
    image = next(iter(VideoSource(path))).image
    high, wide = (size // 4 for size in image.shape[:2])
    corners = image[[high, 3 * high]][:, [wide, 3 * wide], 0]
    assert "/".join("".join(str(round(gray / 60)) for gray in row) for row in corners.tolist()) == shown


def test_pictures_that_repeat_another_one_are_not_called_damaged():
    """Nine pictures of Theora, each followed by four empty packets, the last by eighteen."""
    source = VideoSource(ROOT / "tests" / "data" / "repeated_pictures.ogv")
    assert times(source) == pytest.approx(np.arange(9) / 2)
    assert source.truncated is None
    assert source.info.duration == pytest.approx(5.9)


def test_name_with_digits_is_not_a_series_of_pictures(tmp_path):
    assert len(times(VideoSource(write_video(tmp_path / "clip01.mp4")))) == 20


def test_cut_video_with_its_index_first_gives_what_it_has_and_says_so(tmp_path):
    path = cut(moov_first(write_video(tmp_path / "cut.mp4", 60, noise=True)), 0.6)
    source = VideoSource(path)
    got = times(source)
    assert 15 < len(got) < 45
    assert "of the 6.0 s that its header promises" in source.truncated
    assert "\n" not in source.truncated


def test_cut_video_without_its_index_is_an_error(tmp_path):
    with pytest.raises(SourceError, match="was cut short"):
        VideoSource(cut(write_video(tmp_path / "cut.mp4", 60), 0.6))


def test_whole_video_whose_last_picture_stands_still_is_not_called_cut(tmp_path):
    source = VideoSource(with_steps(write_video(tmp_path / "screen.mp4", 5), [1, 1, 1, 1, 100]))
    assert len(times(source)) == 5
    assert source.truncated is None


def test_video_trimmed_by_an_edit_list_is_not_called_cut(tmp_path):
    path = with_steps(write_video(tmp_path / "trimmed.mp4", 10), [10] * 10, keep_edits=True)
    source = VideoSource(path)
    assert len(times(source)) < 5
    assert source.truncated is None


@pytest.mark.parametrize(
    "last",
    [struct.pack(">I4s", 8, b"free"), struct.pack(">I4sQ", 1, b"free", 16), struct.pack(">I4s", 0, b"free") + bytes(9)],
    ids=["empty", "empty, with a long header", "to the end of the file"],
)
def test_a_trimmed_video_is_whole_whatever_box_its_file_ends_with(tmp_path, last):
    path = with_steps(write_video(tmp_path / "trimmed.mp4", 10), [10] * 10, keep_edits=True)
    path.write_bytes(path.read_bytes() + last)
    source = VideoSource(path)
    assert len(times(source)) < 5
    assert source.truncated is None


def test_a_trimmed_video_whose_last_box_was_begun_only_is_called_cut(tmp_path):
    path = with_steps(write_video(tmp_path / "trimmed.mp4", 10), [10] * 10, keep_edits=True)
    path.write_bytes(path.read_bytes() + struct.pack(">I4s", 9, b"free"))
    source = VideoSource(path)
    assert len(times(source)) < 5
    assert source.truncated is not None


def test_video_without_frames_is_an_error(tmp_path):
    with pytest.raises(SourceError, match="without a single picture"):
        list(VideoSource(write_video(tmp_path / "none.avi", 0, codec="MJPG")))
    with pytest.raises(SourceError, match="cannot be read as a video"):
        VideoSource(write_video(tmp_path / "none.mp4", 0))


def test_video_of_one_pixel(tmp_path):
    frames = list(VideoSource(write_video(tmp_path / "dot.avi", 3, size=(1, 1), codec="MJPG")))
    assert [frame.image.shape for frame in frames] == [(1, 1, 3)] * 3


def test_video_in_8k(tmp_path):
    frames = list(VideoSource(write_video(tmp_path / "large.avi", 2, size=(7680, 4320), codec="MJPG")))
    assert [frame.image.shape for frame in frames] == [(4320, 7680, 3)] * 2


# Pictures


@pytest.mark.parametrize("suffix", ["jpg", "png", "bmp", "webp", "tiff"])
@pytest.mark.parametrize("name", ["photo", "Büro Straße 写真"])
def test_picture_of_every_kind_is_read_whatever_its_name(tmp_path, suffix, name):
    picture = np.full((20, 30, 3), 90, np.uint8)
    path = tmp_path / f"{name}.{suffix}"
    path.write_bytes(cv2.imencode(f".{suffix}", picture)[1].tobytes())
    (frame,) = StillsSource([path])
    assert (frame.image.shape, frame.image.dtype) == ((20, 30, 3), np.uint8)
    assert abs(frame.image.astype(int) - 90).max() <= 3


@pytest.mark.parametrize("shape", [(20, 30), (20, 30, 3), (20, 30, 4)], ids=["gray", "color", "transparent"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_gray_16_bit_and_transparent_pictures_become_8_bit_color(tmp_path, shape, dtype):
    value = 90 if dtype == np.uint8 else 90 * 256
    picture = np.full(shape, value, dtype)
    path = tmp_path / "picture.png"
    cv2.imwrite(str(path), picture)
    (frame,) = StillsSource([path])
    for image in (frame.image, to_bgr(picture)):
        assert (image.shape, image.dtype) == ((20, 30, 3), np.uint8)
        assert (image == 90).all()


def test_photograph_is_turned_upright_by_its_exif_data(tmp_path):
    tiff = b"MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) + b"\0\0\0\0"
    exif = b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff
    jpeg = cv2.imencode(".jpg", np.zeros((20, 30, 3), np.uint8))[1].tobytes()
    path = tmp_path / "phone.jpg"
    path.write_bytes(jpeg[:2] + exif + jpeg[2:])
    (frame,) = StillsSource([path])
    assert frame.image.shape == (30, 20, 3)


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tiff", "avif"])
def test_a_picture_of_every_kind_is_turned_as_its_file_says(tmp_path, suffix):
    upright = np.zeros((40, 60, 3), np.uint8)
    upright[:20] = 40, 120, 200
    exif = PIL.Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    PIL.Image.fromarray(np.rot90(upright)[..., ::-1]).save(tmp_path / f"phone.{suffix}", exif=exif)
    (frame,) = StillsSource([tmp_path / f"phone.{suffix}"])
    assert frame.image.shape == upright.shape
    assert abs(frame.image.astype(int) - upright).mean() < 5


@pytest.mark.parametrize("size", [(1, 1), (7680, 4320)], ids=["1 pixel", "8K"])
def test_smallest_and_largest_picture(tmp_path, size):
    path = tmp_path / "picture.png"
    cv2.imwrite(str(path), np.zeros((size[1], size[0], 3), np.uint8))
    (frame,) = StillsSource([path])
    assert frame.image.shape == (size[1], size[0], 3)


def test_pictures_are_one_second_apart(tmp_path):
    paths = [tmp_path / f"{letter}.png" for letter in "abc"]
    for path in paths:
        cv2.imwrite(str(path), np.zeros((4, 4, 3), np.uint8))
    source = StillsSource(paths)
    assert times(source) == [0, 1, 2]
    assert source.info.duration == 3


def test_folder_gives_its_pictures_sorted(tmp_path):
    for index, name in enumerate(["c.png", "a.JPG", "b.bmp"]):
        (tmp_path / name).write_bytes(cv2.imencode(".png", np.full((4, 4, 3), index, np.uint8))[1].tobytes())
    (tmp_path / "notes.txt").write_text("no picture")
    source = open_source(tmp_path, Settings())
    assert [int(frame.image[0, 0, 0]) for frame in source] == [1, 2, 0]


def test_unreadable_picture_is_named(tmp_path):
    good, bad = tmp_path / "a.png", tmp_path / "b.png"
    cv2.imwrite(str(good), np.zeros((40, 40, 3), np.uint8))
    bad.write_bytes(good.read_bytes()[:60])
    frames = iter(StillsSource([good, bad]))
    next(frames)
    with pytest.raises(SourceError, match=r"b\.png cannot be read as a picture"):
        next(frames)


def test_no_pictures_at_all_is_an_error():
    with pytest.raises(SourceError, match="No picture was given"):
        StillsSource([])


# Recordings

SENSIBLE_OR_NOT_KNOWN = st.floats(-1e6, 1e6, width=32) | st.just(np.nan)


@st.composite
def poses(draw):
    numbers = np.array(draw(st.lists(SENSIBLE_OR_NOT_KNOWN, min_size=6, max_size=6)), np.float32)
    table = np.resize(np.concatenate((numbers, np.linspace(0, 500, 190, dtype=np.float32))), (33, 6))
    width, height = draw(st.tuples(st.integers(1, 8000), st.integers(1, 8000)))
    return Pose(0.0, width, height, table[:, :2], table[:, 2], table[:, 3:])


def record(path, frames, info=INFO):
    with RecordingWriter(path, info, "lite") as writer:
        for t, pose, problem in frames:
            writer.add(t, pose, problem)
    return path


def a_pose():
    return Pose(0.0, 640, 480, np.full((33, 2), 100, np.float32), np.full(33, 0.9, np.float32))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.none() | poses(), st.none() | st.text(min_size=1)), min_size=1, max_size=6))
def test_recording_replays_exactly(tmp_path, moments):
    frames = [(index / 3, pose, problem) for index, (pose, problem) in enumerate(moments)]
    problems = [None if problem is None else problem.rstrip("\0") for _, _, problem in frames]
    source = RecordingSource(record(tmp_path / "session.npz", frames))
    for _ in range(2):
        replayed = list(source)
        assert [frame.t for frame in replayed] == [t for t, _, _ in frames]
        assert [frame.problem for frame in replayed] == problems
        assert all(frame.recorded and frame.image is None for frame in replayed)
        for frame, (t, pose, _) in zip(replayed, frames, strict=True):
            assert (frame.pose is None) == (pose is None)
            if pose is not None:
                assert (frame.pose.t, frame.pose.width, frame.pose.height) == (t, pose.width, pose.height)
                for name in ("points", "visibility", "world"):
                    assert getattr(frame.pose, name).tobytes() == getattr(pose, name).tobytes()


@pytest.mark.parametrize("nonsense", [np.inf, -np.inf, np.finfo(np.float32).max, 1e20])
@pytest.mark.parametrize("what", ["points", "world"])
def test_landmarks_of_a_recording_that_make_no_sense_are_unknown(tmp_path, nonsense, what):
    """Differences of infinite ones made NumPy print warnings over the live view."""
    told = replace(pose_of(CHAIR), **{what: np.full_like(getattr(pose_of(CHAIR), what), nonsense)})
    path = record(tmp_path / "session.npz", [(index / 10, told, None) for index in range(40)])
    ticks = list(watch(RecordingSource(path), no_model))
    coached = list(coach(RecordingSource(path), no_model, [load_exercise("neck_rotation")]))
    assert len(ticks) == 40
    assert coached[-1].state.summary.counted == 0
    for frame in RecordingSource(path):
        assert np.isnan(getattr(frame.pose, what)).all()


def test_recording_keeps_the_source_and_the_model(tmp_path):
    source = RecordingSource(record(tmp_path / "session.npz", [(5.0, None, None), (7.5, a_pose(), None)]))
    assert source.info == SourceInfo(INFO.name, INFO.key, live=False, duration=2.5, recorded=True)
    assert source.model == "lite"


def test_long_recording_is_small_in_memory(tmp_path):
    writer = RecordingWriter(tmp_path / "long.npz", INFO, "lite")
    for index in range(2000):
        writer.add(index / 2, a_pose())
    held = sum(sys.getsizeof(value) for value in vars(writer).values())
    assert held / 2000 < 1100
    writer.close()


def test_recording_replaces_an_older_one_and_leaves_nothing_else(tmp_path):
    for _ in range(2):
        record(tmp_path / "session.npz", [(0.0, None, None)])
    assert [path.name for path in tmp_path.iterdir()] == ["session.npz"]


def test_recording_that_is_broken_off_keeps_what_was_added(tmp_path):
    path = tmp_path / "session.npz"
    with contextlib.suppress(KeyboardInterrupt), RecordingWriter(path, INFO, "lite") as writer:
        writer.add(0.0, a_pose())
        raise KeyboardInterrupt
    assert len(list(RecordingSource(path))) == 1


def test_recording_without_frames_is_an_error(tmp_path):
    with pytest.raises(SourceError, match="has no frames"):
        RecordingSource(record(tmp_path / "session.npz", []))


def test_recording_into_a_missing_folder_is_refused_at_once(tmp_path):
    with pytest.raises(OutputError, match="no such file or folder"):
        RecordingWriter(tmp_path / "nowhere" / "session.npz", INFO, "lite")


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(28, "No space left on device")])
def test_recording_that_cannot_be_written_says_why_and_leaves_the_old_one(tmp_path, monkeypatch, error):
    path = record(tmp_path / "session.npz", [(0.0, None, None)])
    old = path.read_bytes()

    def refuse(*_args):
        raise error

    monkeypatch.setattr("pathlib.Path.replace", refuse)
    with pytest.raises(OutputError, match=reason(error)):
        record(path, [(1.0, None, None)])
    assert path.read_bytes() == old
    assert [left.name for left in tmp_path.iterdir()] == ["session.npz"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_recording_is_refused_or_replays_unchanged(tmp_path, data):
    frames = [(0.0, a_pose(), None), (0.5, None, "the camera was unplugged")]
    path = record(tmp_path / "session.npz", frames)
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    with contextlib.suppress(SourceError):
        assert [frame.problem for frame in RecordingSource(path)] == [None, "the camera was unplugged"]


@pytest.mark.parametrize(
    "change",
    [
        {"t": np.array([0.0, np.nan])},
        {"t": np.array([0.0])},
        {"shown": np.array([True, True])},
        {"size": np.zeros((1, 2), np.int32)},
        {"problem": np.array([-1, 3], np.int32)},
        {"landmarks": np.zeros((1, 33, 5), np.float32)},
        {"landmarks": np.zeros((1, 33, 6), np.float64)},
        {"t": np.array(0.0)},
        {"t": np.array([{"an": "object"}, None], object)},
        {"shown": None},
    ],
)
def test_recording_whose_arrays_do_not_fit_is_refused(tmp_path, change):
    path = record(tmp_path / "session.npz", [(0.0, a_pose(), None), (0.5, None, None)])
    with np.load(path) as loaded:
        arrays = {**loaded, **change}
    np.savez(path, **{name: value for name, value in arrays.items() if value is not None})
    with pytest.raises(SourceError, match="not a recording, or is damaged"):
        RecordingSource(path)


def test_recording_of_a_later_version_is_refused_by_its_number(tmp_path):
    path = record(tmp_path / "session.npz", [(0.0, None, None)])
    with np.load(path) as loaded:
        arrays = dict(loaded)
    np.savez(path, **{**arrays, "version": np.array(2)})
    with pytest.raises(SourceError, match="version 2, and this program reads version 1"):
        RecordingSource(path)


# Opening by name


def test_open_source_decides_by_what_is_there(tmp_path):
    cv2.imwrite(str(tmp_path / "a.PNG"), np.zeros((4, 4, 3), np.uint8))
    record(tmp_path / "session.npz", [(0.0, None, None)])
    write_video(tmp_path / "clip.mp4", 3)
    for name, kind in (("a.PNG", StillsSource), ("session.npz", RecordingSource), ("clip.mp4", VideoSource)):
        with open_source(str(tmp_path / name), Settings()) as source:
            assert type(source) is kind
            source.pace(1)  # only live sources use it
            assert len(list(source)) >= 1
    assert type(open_source(tmp_path, Settings())) is StillsSource


def test_open_source_hands_the_options_to_the_video(tmp_path):
    path = write_video(tmp_path / "clip.mp4")
    assert times(open_source(path, Settings(), rate=2, time_scale=2, start=1.0)) == pytest.approx([2, 2.6, 3, 3.6])


@pytest.mark.parametrize("what", ["", "0", "Logitech BRIO", "/dev/video0", "\\\\?\\usb#vid_046d", "HP 5.0 Camera"])
def test_open_source_takes_everything_else_for_a_camera(monkeypatch, what):
    def refuse(device, _settings):
        raise CameraError(f"asked for {device!r}")

    monkeypatch.setattr("posturecam.vision.sources.camera.CameraSource", refuse)
    with pytest.raises(CameraError, match="asked for"):
        open_source(what, Settings())


@pytest.mark.parametrize("name", ["USB Camera 2.10", "Cam A/B", "C:\\Cam"])
def test_a_cameras_name_that_looks_like_a_files_opens_the_camera(monkeypatch, name):
    opened = []
    monkeypatch.setattr("posturecam.vision.sources.camera.list_cameras", lambda: [Camera(0, name, "usb-1", 0)])
    monkeypatch.setattr(
        "posturecam.vision.sources.camera.CameraSource", lambda device, _settings: opened.append(device)
    )
    open_source(name, Settings())
    assert opened == [name]
    with pytest.raises(SourceError, match="There is no file"):
        open_source("USB Camera 3.10", Settings())


def test_a_rate_too_low_to_judge_by_is_raised():
    longest_gap = Settings().monitor.longest_gap
    assert usable_rate(5, longest_gap) == 5
    assert usable_rate(0.01, longest_gap) * longest_gap > 1


@pytest.mark.parametrize(("live", "kind"), [(True, CameraError), (False, SourceError)])
def test_a_source_that_showed_nothing_is_not_a_source_to_learn_from(live, kind):
    info = SourceInfo("Cam", "key", live=live)
    with pytest.raises(kind, match="sent no pictures"):
        require_pictures([], info)
    with pytest.raises(kind, match=r"Cam sent no usable pictures: it is black"):
        require_pictures(["it is black"] * 3 + ["it is gone"] + [None] * 3, info)
    require_pictures(["it is black"] * 3 + [None] * 3, info)


def make_missing(path):
    pass


def make_empty(path):
    path.touch()


def make_text(path):
    path.write_text("this is a shopping list, not a video\n" * 50)


def make_folder(path):
    path.mkdir()


@pytest.mark.parametrize("suffix", ["mp4", "png", "npz"])
@pytest.mark.parametrize(
    ("make", "said"),
    [(make_missing, "There is no file"), (make_empty, "is empty"), (make_text, "not a recording|cannot be read as a")],
)
def test_file_that_cannot_be_used_is_reported_in_one_line_with_its_name(tmp_path, suffix, make, said):
    path = tmp_path / f"holiday.{suffix}"
    make(path)
    with pytest.raises(SourceError, match=said) as caught:
        list(open_source(path, Settings()))
    assert "\n" not in str(caught.value)
    assert path.name in str(caught.value)


def test_folder_without_pictures_is_an_error(tmp_path):
    with pytest.raises(SourceError, match=r"has no pictures \(.avif, .bmp, .jpeg"):
        open_source(tmp_path, Settings())


def test_folder_in_the_place_of_a_file_is_an_error(tmp_path):
    make_folder(tmp_path / "clip.mp4")
    with pytest.raises(SourceError, match="is a folder"):
        VideoSource(tmp_path / "clip.mp4")


def test_file_that_may_not_be_read_is_an_error(tmp_path, monkeypatch):
    path = write_video(tmp_path / "clip.mp4", 2)

    def refuse(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(SourceError, match="permission denied"):
        VideoSource(path)


def test_what_decoders_complain_of_never_reaches_the_user_of_a_command(tmp_path):
    cut(moov_first(write_video(tmp_path / "first.mp4", 60, noise=True)), 0.6)
    cut(write_video(tmp_path / "last.mp4"), 0.6)
    cut(write_video(tmp_path / "cut.avi", 60, noise=True, codec="MJPG"), 0.6)
    make_text(tmp_path / "text.mp4")
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8)
    for suffix in ("png", "jpg", "bmp", "webp", "tiff"):
        path = tmp_path / f"cut.{suffix}"
        path.write_bytes(cv2.imencode(f".{suffix}", noise)[1].tobytes())
        cut(path, 0.7)
    program = """
import pathlib, sys
from posturecam.config import log_file
log_file.redirect_stderr()  # as every command does first
from posturecam.config.reading import reason
from posturecam.errors import PosturecamError
from posturecam.config.settings import Settings
from posturecam.vision.sources import open_source
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    try:
        print(path.name, len(list(open_source(path, Settings()))))
    except PosturecamError as error:
        print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == len(list(tmp_path.iterdir()))


def test_system_clock_continues_and_ends_its_waits():
    clock, condition = SystemClock(), threading.Condition()
    before = clock.time()
    with condition:
        assert not clock.wait_for(condition, lambda: False, 0.01)
        assert clock.wait_for(condition, lambda: True, 60)
    clock.sleep(0.001)
    assert clock.time() > before


def test_a_video_that_was_deleted_meanwhile_is_missing_and_not_of_another_kind(tmp_path):
    """As on a memory stick that was pulled out."""
    shutil.copy(ROOT / "sample_videos" / "desk_side.mp4", tmp_path / "clip.mp4")
    with VideoSource(tmp_path / "clip.mp4") as video:
        (tmp_path / "clip.mp4").unlink()
        with pytest.raises(SourceError, match=r"There is no file .*clip\.mp4"):
            next(iter(video))
