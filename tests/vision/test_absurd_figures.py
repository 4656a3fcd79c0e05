"""Files with nonsensical header values: rates, lengths, sizes, timestamps, tracks. AVI files are written here byte by byte."""

import itertools
import struct
import threading

import cv2
import numpy as np
import pytest
from fakes.camera import SteppedClock
from places import ROOT
from vision.test_files_as_they_are import stamped
from vision.test_sources import INFO, times, write_video

from posturecam.config.settings import Settings
from posturecam.errors import SourceError
from posturecam.i18n.translate import choose_language, tr
from posturecam.vision.head import HEAD_COLUMNS
from posturecam.vision.sources import open_source
from posturecam.vision.sources.clock import SystemClock
from posturecam.vision.sources.looped import LoopedSource
from posturecam.vision.sources.recording import RecordingSource, RecordingWriter
from posturecam.vision.sources.sizes import stated_size
from posturecam.vision.sources.video import VideoSource

MOST = 2**32 - 1
PICTURES = [np.full((48, 64, 3), 10 * index, np.uint8) for index in range(10)]


def chunk(kind, *content):
    body = b"".join(content)
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def write_avi(path, pictures=PICTURES, scale=1, rate=10, *, promised=None, size=(64, 48), sounds=0):
    """Motion JPEG in AVI, following Microsoft's "AVI RIFF File Reference"; this many audio tracks of a second each precede it."""
    count = len(pictures) if promised is None else promised
    tracks = []
    for _ in range(sounds):
        described = struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8)
        head = struct.pack("<4sIIHHIIIIIIII8x", b"auds", 0, 0, 0, 0, 0, 1, 8000, 0, 8000, 8000, MOST, 1)
        tracks.append(chunk(b"LIST", b"strl", chunk(b"strh", b"", head), chunk(b"strf", described)))
    head = struct.pack(
        "<4s4sIHHIIIIIIIIHHHH", b"vids", b"MJPG", 0, 0, 0, 0, scale, rate, 0, count, 0, MOST, 0, 0, 0, *size
    )
    described = struct.pack("<IiiHH4sIiiII", 40, *size, 1, 24, b"MJPG", 0, 0, 0, 0, 0)
    tracks.append(chunk(b"LIST", b"strl", chunk(b"strh", head), chunk(b"strf", described)))
    whole = struct.pack("<14I", 100_000, 0, 0, 0, count, 0, len(tracks), 0, *size, 0, 0, 0, 0)
    frames = [chunk(b"%02dwb" % one, b"\x80" * 8000) for one in range(sounds)]
    frames += [chunk(b"%02ddc" % sounds, cv2.imencode(".jpg", picture)[1].tobytes()) for picture in pictures]
    path.write_bytes(
        chunk(
            b"RIFF", b"AVI ", chunk(b"LIST", b"hdrl", chunk(b"avih", whole), *tracks), chunk(b"LIST", b"movi", *frames)
        )
    )
    return path


def increasing(source):
    found = times(source)
    assert len(found) == len(PICTURES)
    assert all(after > before for before, after in itertools.pairwise(found))
    return found


@pytest.mark.parametrize(
    ("scale", "rate"),
    [(1, 0), (0, 10), (0, 0), (1, 1_000_000), (1, MOST - 9), (MOST, MOST), (1, MOST), (MOST, 1), (1000, 1)],
)
def test_a_rate_that_makes_no_sense_costs_no_picture_and_times_continue(tmp_path, scale, rate):
    source = VideoSource(write_avi(tmp_path / "clip.avi", scale=scale, rate=rate))
    found = increasing(source)
    assert found[0] == 0
    assert np.isfinite(found).all()


@pytest.mark.parametrize("promised", [0, 1, 10_000_000, MOST])
def test_a_length_that_makes_no_sense_costs_no_picture(tmp_path, promised):
    source = VideoSource(write_avi(tmp_path / "clip.avi", promised=promised))
    assert increasing(source) == pytest.approx(np.arange(10) / 10)
    assert (source.truncated is not None) == (promised > 100)


def test_sound_before_the_pictures_in_ten_tracks_is_not_an_obstacle(tmp_path):
    assert increasing(VideoSource(write_avi(tmp_path / "clip.avi", sounds=10))) == pytest.approx(np.arange(10) / 10)


def test_a_video_that_promises_pictures_and_holds_none_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"clip.avi (cannot be read as a video|is a video without a single picture)"):
        times(VideoSource(write_avi(tmp_path / "clip.avi", [], promised=10)))


def test_a_picture_of_another_shape_is_not_squeezed_into_that_of_the_first(tmp_path):
    def ring(height, width):
        picture = np.full((height, width, 3), 90, np.uint8)
        return cv2.circle(picture, (width // 2, height // 2), min(height, width) // 3, (255, 255, 255), -1)

    path = write_avi(tmp_path / "clip.avi", [ring(*size) for size in ((48, 64), (96, 128), (64, 48), (48, 64))])
    found = [frame.image for frame in VideoSource(path)]
    assert [picture.shape[:2] for picture in found] == [(48, 64), (48, 64), (64, 48), (48, 64)]
    for picture in found:
        rows, columns = np.nonzero(picture[..., 0] > 170)
        assert np.ptp(rows) == pytest.approx(np.ptp(columns), abs=2)


@pytest.mark.parametrize(
    ("codec", "packet"),
    [
        (b"h264", "0000000109f00000000167f4000c919b28283f6022000003000200000300281e28532c0000000168ebe3c44844"),
        (
            b"hevc",
            "0000000142010101600000030090000003000003003ca00a080f16592a4932b9a02000000300200000030321000000014401c172b462400000012801af1d20b8",
        ),
        (b"AV01", "12000a0b000000043cffbc4af9004032912a1000"),
        (b"AV01", "1600000e000b000000043cffbc4af9004032912a1000"),  # the same with the header's extension
        (b"VP80", "b05a009d012a4001f00000070885858885848802"),
        (b"VP90", "a2498342e013f00ef60a38241c184a00"),
    ],
)
def test_a_stream_states_its_size(codec, packet):
    packet = bytes.fromhex(packet)
    assert stated_size(codec, packet) == (320, 240)
    assert {stated_size(codec, packet[:length]) for length in range(len(packet))} <= {None, (320, 240)}
    assert stated_size(b"WMV3", packet) is None


def test_a_damaged_size_of_a_thousand_digits_is_none():
    begin = b"\0\0\1\x42\1" + b"\1" * 13 + b"\xa0"
    assert stated_size(b"hevc", begin + b"\0\0\3" * 150 + b"\xff" * 300 + b"\xf8\x08\0\0\0") is None


def test_what_describes_a_second_eye_does_not_change_the_size():
    unit = bytes.fromhex("42010101600000030090000003000003003ca00a080f16592a4932b9a02000000300200000030321")
    other = bytes.fromhex("420901") + unit[3:20] + b"\x37" + unit[21:]
    assert stated_size(b"hevc", b"\0\0\1" + unit + b"\0\0\1" + other) == (320, 240)


@pytest.mark.parametrize("size", [(1, 1), (2, 500), (500, 2)])
def test_a_picture_of_a_few_pixels_is_one(tmp_path, size):
    path = write_avi(tmp_path / "clip.avi", [np.full((*size[::-1], 3), 90, np.uint8)] * 3, size=size)
    assert [frame.image.shape[1::-1] for frame in VideoSource(path)] == [size] * 3


def test_pictures_that_would_take_gigabytes_are_refused_before_they_are_decoded(tmp_path):
    path = write_avi(tmp_path / "clip.avi", [np.zeros((6400, 6400, 3), np.uint8)], size=(6400, 6400))
    with pytest.raises(
        SourceError,
        match=r"The pictures of .*clip.avi are too large \(6400 × 6400 pixels; the limit is 40 million\); save them smaller",
    ):
        open_source(path, Settings())
    choose_language("de")
    with pytest.raises(SourceError) as refusal:
        open_source(path, Settings())
    assert "höchstens 40 Millionen" in tr(refusal.value.text)


def test_a_picture_beyond_the_decoders_own_limit_is_too_large_and_not_damaged(tmp_path):
    path = tmp_path / "large.bmp"  # just its header
    path.write_bytes(b"BM" + struct.pack("<IIIIiiHHIIiiII", 54, 0, 54, 40, 50_000, 50_000, 1, 24, 0, 0, 0, 0, 0, 0))
    with pytest.raises(
        SourceError, match=r"large.bmp is too large \(the limit is 64 million pixels\); save a smaller copy"
    ):
        list(open_source(path, Settings()))


def test_stamps_that_jump_by_days_and_years_are_kept(tmp_path):
    days = [0.0, 0.1, 3 * 86_400.0, 3 * 86_400.1, 365 * 86_400.0]
    assert times(VideoSource(stamped(tmp_path, days))) == pytest.approx(days)


def test_a_clip_of_one_picture_can_be_played_over_and_over(tmp_path):
    path, clock = write_video(tmp_path / "one.mp4", 1), SteppedClock()
    source = iter(LoopedSource(path, clock=clock))
    found = [next(source).t for _ in range(3)]
    assert found == sorted(set(found))


def test_ten_pictures_a_second_of_a_clip_of_ten_are_all_of_them(tmp_path):
    source = LoopedSource(write_video(tmp_path / "ten.mp4", 10, rate=10), clock=SteppedClock())
    source.pace(0.1)
    frames = iter(source)
    found = [next(frames).t for _ in range(10)]
    assert found == pytest.approx([0.1 * number for number in range(10)])


def test_a_wait_of_centuries_is_cut_to_what_the_system_supports():
    condition = threading.Condition()
    with condition:
        assert SystemClock().wait_for(condition, lambda: True, 1e300)


@pytest.mark.parametrize("latest", [1e308, -1e11, float("nan")])
def test_a_recording_with_impossible_times_is_refused(tmp_path, latest):
    with RecordingWriter(tmp_path / "run.npz", INFO, "lite") as writer:
        for t in (0.0, latest):
            writer.add(t, None)
    with pytest.raises(SourceError, match="a time or size makes no sense"):
        RecordingSource(tmp_path / "run.npz")


def test_a_recording_whose_times_go_back_is_refused(tmp_path):
    with RecordingWriter(tmp_path / "run.npz", INFO, "lite") as writer:
        for t in (0.0, 5.0, 4.0):
            writer.add(t, None)
    with pytest.raises(SourceError, match="its times go back"):
        RecordingSource(tmp_path / "run.npz")


@pytest.mark.parametrize(
    ("name", "number"),
    [("x", float("nan")), ("z", 1e30), ("z", 0.0), ("pitch", -1e300), ("center_y", 1e9), ("scale", 1e-300)],
)
def test_a_recording_with_an_impossible_head_is_refused(tmp_path, name, number):
    arrays = dict(np.load(ROOT / "tests" / "data" / "recordings" / "desk_front.npz"))
    arrays["head"][7, HEAD_COLUMNS.index(name)] = number
    np.savez(tmp_path / "run.npz", **arrays)
    with pytest.raises(SourceError, match="a head makes no sense"):
        RecordingSource(tmp_path / "run.npz")


def test_a_recording_plays_at_its_own_speed_and_in_another_time_where_that_is_asked(tmp_path):
    with RecordingWriter(tmp_path / "run.npz", INFO, "lite") as writer:
        for t in (100.0, 101.5, 104.0):
            writer.add(t, None)
    clock = SteppedClock(7.0)
    source = RecordingSource(tmp_path / "run.npz", time_scale=10.0, realtime=True, clock=clock)
    assert source.info.duration == 40.0
    assert [(frame.t, clock.time()) for frame in source] == [(1000.0, 7.0), (1015.0, 8.5), (1040.0, 11.0)]
    with pytest.raises(ValueError, match="time_scale must be positive"):
        open_source(tmp_path / "run.npz", Settings(), time_scale=0.0)
