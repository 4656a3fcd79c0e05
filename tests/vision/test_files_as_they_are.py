"""Files as cameras, phones and editors make them: non-square pixels, late starts, odd names, wrong suffixes."""

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from places import ROOT
from vision.test_sources import edit_mp4, times, write_video

from posturecam.analysis.single import analyze
from posturecam.analysis.summary import AnalyzeOptions
from posturecam.config.settings import Settings
from posturecam.errors import SourceError
from posturecam.posture.loop import watch
from posturecam.posture.measures import Name
from posturecam.vision.lazy_estimator import LazyEstimator
from posturecam.vision.sources import open_source
from posturecam.vision.sources.stills import StillsSource, pictures_of
from posturecam.vision.sources.video import VideoSource

pytestmark = pytest.mark.usefixtures("kept_models")

SETTINGS = Settings()


def write_pictures(path, pictures, rate=10.0):
    height, width = pictures[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), rate, (width, height))
    assert writer.isOpened()
    for picture in pictures:
        writer.write(picture)
    writer.release()
    return path


def with_pixel_aspect(path, wide, high):
    """Declare a pixel's width and height in an MP4 file, as cameras do (box pasp, ISO/IEC 14496-12)."""

    def describe(body):
        size = struct.unpack(">I", body[8:12])[0]
        fixed, boxes = body[12:94], body[94 : 8 + size]  # a visual sample entry has 78 bytes before its boxes
        kept = b""
        while boxes:
            length = struct.unpack(">I", boxes[:4])[0]
            kept, boxes = kept + (boxes[:length] if boxes[4:8] != b"pasp" else b""), boxes[length:]
        entry = fixed + kept + struct.pack(">I4sII", 16, b"pasp", wide, high)
        return body[:8] + struct.pack(">I", 4 + len(entry)) + entry

    return edit_mp4(path, stsd=describe)


def shapes(path):
    return {frame.image.shape[:2] for frame in VideoSource(path)}


# Pixels that are not square


def test_wide_pixels_are_made_square(tmp_path):
    assert shapes(with_pixel_aspect(write_video(tmp_path / "hdv.mp4", 3), 4, 3)) == {(48, 85)}


def test_narrow_pixels_are_made_square_without_losing_any(tmp_path):
    assert shapes(with_pixel_aspect(write_video(tmp_path / "ntsc.mp4", 3), 8, 9)) == {(54, 64)}


@pytest.mark.parametrize(("wide", "high"), [(0, 0), (1, 1), (1000, 999), (100, 1), (1, 4_000_000_000)])
def test_pixels_that_are_square_or_of_no_believable_shape_are_left_alone(tmp_path, wide, high):
    assert shapes(with_pixel_aspect(write_video(tmp_path / "clip.mp4", 3), wide, high)) == {(48, 64)}


def test_one_scene_gives_one_answer_whatever_the_shape_of_its_pixels(tmp_path):
    """The same pictures, once unchanged and once as stored by a camera with 4:3 pixels; without the correction they are 4° off."""
    with VideoSource(ROOT / "sample_videos" / "desk_side.mp4", rate=4, start=8, end=10) as source:
        pictures = [frame.image for frame in source]
    height, width = pictures[0].shape[:2]
    squeezed = [cv2.resize(one, (round(width * 3 / 4), height), interpolation=cv2.INTER_AREA) for one in pictures]
    square = write_pictures(tmp_path / "square.mp4", pictures)
    wide = with_pixel_aspect(write_pictures(tmp_path / "wide.mp4", squeezed), 4, 3)
    assert neck_of(square) == pytest.approx(neck_of(wide), abs=2.0)


def neck_of(path):
    with VideoSource(path) as source, LazyEstimator(SETTINGS) as estimator:
        measures = [tick.reading.measures for tick in watch(source, estimator, settings=SETTINGS)]
    return float(np.median([one[Name.NECK_INCLINATION].value for one in measures]))


# When it begins


def test_a_recording_that_starts_late_is_whole_and_as_long_as_it_plays(tmp_path):
    path = starting_at(tmp_path, 95_000.0)
    source = VideoSource(path)
    assert source.info.duration == pytest.approx(2.0)
    assert times(source) == pytest.approx(np.arange(20) / 10)
    assert source.truncated is None
    assert times(VideoSource(path, start=1.0)) == pytest.approx(np.arange(10, 20) / 10)


def starting_at(folder, seconds, rate=10.0):
    """A Matroska file whose first timestamp is that late, like an excerpt from a live stream."""
    return stamped(folder, [seconds + index / rate for index in range(20)], rate)


def stamped(folder, seconds, rate=10.0):
    """A Matroska file whose pictures have these timestamps."""
    reader = cv2.VideoCapture(str(write_video(folder / "clip.mp4", len(seconds), rate)), cv2.CAP_FFMPEG)
    reader.set(cv2.CAP_PROP_FORMAT, -1)  # raw packets
    path = folder / "stamped.mkv"
    size = tuple(int(reader.get(one)) for one in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    raw = [cv2.VIDEOWRITER_PROP_RAW_VIDEO, 1]
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"mp4v"), rate, size, raw)
    assert writer.isOpened()
    for stamp in seconds:
        found, packet = reader.read()
        assert found
        writer.set(cv2.VIDEOWRITER_PROP_PTS, round(stamp * rate))
        writer.write(packet)
    writer.release()
    return path


# Names


@pytest.mark.parametrize(
    "name", ["2026-11-28T10:30:00.mp4", "http:clip.mp4", "rtsp:clip", "concat:a|b.mp4", "clip%03d.mp4"]
)
def test_a_name_that_looks_like_an_address_opens_the_file(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    try:
        (tmp_path / name).touch()
    except OSError:
        pytest.skip("this file system has no such names")
    write_video(tmp_path / "clip.mp4", 3).replace(tmp_path / name)
    assert len(times(open_source(name, SETTINGS))) == 3


def test_an_address_in_a_files_place_is_distinguished_from_a_missing_file(tmp_path):
    for address in ("rtsp://phone/live", "rtsp://me:secret@phone/live?key=secret"):
        with pytest.raises(SourceError, match=r"^rtsp://phone/live is an address, but a file is needed here"):
            analyze(Path(address), tmp_path)
        with pytest.raises(SourceError, match=r"^rtsp://phone/live is an address, but a file is needed here"):
            VideoSource(address)


def test_a_recording_in_a_videos_place_is_called_a_recording():
    with pytest.raises(SourceError, match=r"desk_side.npz is a recording of landmarks.*see the recording with"):
        VideoSource(ROOT / "tests" / "data" / "recordings" / "desk_side.npz")


# Contents


@pytest.mark.parametrize("suffix", ["webp", "png", "gif"])
@pytest.mark.parametrize("named", [None, "jpg", "mp4", "dat"])
def test_every_picture_of_an_animation_is_seen_at_its_time(tmp_path, suffix, named):
    animation = cv2.Animation()
    animation.frames = [np.full((48, 64, 3), 36 * index, np.uint8) for index in range(7)]  # levels that GIF has
    animation.durations = np.full(7, 200)
    path = tmp_path / f"animated.{suffix}"
    assert cv2.imwriteanimation(str(path), animation)
    if named:
        path = path.rename(path.with_suffix(f".{named}"))
    with open_source(path, SETTINGS) as source:
        frames = list(source)
    assert [frame.t for frame in frames] == pytest.approx([0.2 * index for index in range(7)])
    assert [int(np.median(frame.image)) for frame in frames] == pytest.approx([36 * n for n in range(7)], abs=4)


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tiff"])
def test_a_picture_is_a_picture_whatever_its_ending(tmp_path, suffix):
    path = tmp_path / "phone.mp4"
    path.write_bytes(cv2.imencode(f".{suffix}", np.full((48, 64, 3), 90, np.uint8))[1].tobytes())
    source = open_source(path, SETTINGS)
    assert type(source) is StillsSource
    assert len(list(source)) == 1


def test_a_video_is_a_video_whatever_its_ending(tmp_path):
    path = write_video(tmp_path / "clip.mp4", 3).rename(tmp_path / "clip.jpg")
    assert len(times(open_source(path, SETTINGS))) == 3


def test_an_animation_among_pictures_is_reported_and_not_cut_to_its_first(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("a.png", "c.png"):
        cv2.imwrite(str(folder / name), np.zeros((48, 64, 3), np.uint8))
    write_video(tmp_path / "clip.mp4", 3).replace(folder / "b.png")
    found = analyze(folder, tmp_path / "out", AnalyzeOptions(video=False, plot=False))
    assert found.truncated is not None
    assert "b.png is an animation or a video, not a single picture" in found.truncated


def test_subfolders_of_a_folder_of_pictures_are_left_alone_whatever_their_names(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((48, 64, 3), np.uint8))
    for name in ("album.jpg", "clips.mp4", "originals.heic"):
        (tmp_path / name).mkdir()
    found = analyze(tmp_path, tmp_path / "out", AnalyzeOptions(video=False, plot=False))
    assert (found.samples, found.truncated, found.warnings) == (1, None, ())


def test_the_cover_of_a_song_is_not_a_video(tmp_path):
    cover = cv2.imencode(".jpg", np.full((48, 64, 3), 90, np.uint8))[1].tobytes()
    picture = b"\0image/jpeg\0\3\0" + cover
    frame = b"APIC" + struct.pack(">IH", len(picture), 0) + picture
    size = bytes(len(frame) >> shift & 0x7F for shift in (21, 14, 7, 0))
    silence = b"\xff\xfb\x90\x64".ljust(417, b"\0")  # one frame of MPEG layer 3 at 128 kbit/s and 44.1 kHz
    path = tmp_path / "song.mp3"
    path.write_bytes(b"ID3\3\0\0" + size + frame + silence * 40)
    with pytest.raises(SourceError, match=r"song.mp3 is an audio file with a cover picture, not a video; name a video"):
        open_source(path, SETTINGS)


def test_a_video_of_one_picture_is_a_video(tmp_path):
    assert times(open_source(write_video(tmp_path / "one.mp4", 1), SETTINGS)) == [0.0]


# What is damaged within, and what a header counts otherwise


def spoil(path, start, share):
    """Overwrite a part of the pictures, from and as large as these shares of them, as a bad sector does."""
    data = bytearray(path.read_bytes())
    pictures = data.index(b"mdat") + 4
    size = struct.unpack(">I", data[pictures - 8 : pictures - 4])[0]
    begin, length = pictures + int(start * size), int(share * size)
    data[begin : begin + length] = bytes(length)
    path.write_bytes(data)
    return path


def test_what_follows_a_damaged_part_is_seen_and_the_damage_is_told(tmp_path):
    """It was taken for the end of the video, and nothing was said."""
    source = VideoSource(spoil(write_video(tmp_path / "bad_sector.mp4", 60, noise=True), 0.3, 0.3))
    seen = times(source)
    assert len(seen) < 50
    assert seen[-1] == pytest.approx(5.9)
    assert "is damaged: 2 s within it cannot be shown" in source.truncated


def test_a_video_whose_second_half_is_damaged_ends_early_and_says_so(tmp_path):
    source = VideoSource(spoil(write_video(tmp_path / "bad_end.mp4", 60, noise=True), 0.5, 0.49))
    assert 10 < len(times(source)) < 40
    assert "of the 6.0 s that its header promises" in source.truncated


def test_a_matroska_file_with_longer_sound_is_not_called_damaged(tmp_path):
    """Its header tells the length of the longest stream."""
    path = starting_at(tmp_path, 0.0)
    data = path.read_bytes()
    duration = data.index(b"\x44\x89\x88") + 3  # Duration, as a double
    long = data[:duration] + struct.pack(">d", 30_000.0) + data[duration + 8 :]
    path.write_bytes(long)
    explained = VideoSource(path)
    assert len(times(explained)) == 20
    assert explained.truncated is None
    path.write_bytes(long.replace(b"DURATION", b"WHATEVER"))  # which tells the length of each stream
    unexplained = VideoSource(path)
    assert len(times(unexplained)) == 20
    assert "of the 30.0 s that its header promises" in unexplained.truncated


def test_pixels_that_make_a_picture_too_large_are_refused(tmp_path):
    path = with_pixel_aspect(write_video(tmp_path / "huge.mp4", 1, size=(6000, 4000)), 4, 1)
    with pytest.raises(SourceError, match="24000 × 4000 pixels"):
        VideoSource(path)


def test_what_is_not_a_single_picture_is_named_for_what_it_is(tmp_path):
    from PIL import Image

    page = Image.new("RGB", (64, 48), "gray")
    page.save(tmp_path / "scan.tiff", save_all=True, append_images=[page, page])
    with pytest.raises(SourceError, match=r"^The picture .* has 3 pages; save each as a picture$"):
        list(StillsSource([tmp_path / "scan.tiff"]))
    for name in ("phone.heic", "phone.jpg"):
        (tmp_path / name).write_bytes(struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"heic", 0, b"mif1", b"heic") + bytes(99))
        with pytest.raises(SourceError, match=r"cannot read \(HEIC\); save a copy as JPEG or PNG"):
            list(open_source(tmp_path / name, SETTINGS))
    (tmp_path / "other.jpg").write_bytes(bytes(99))
    with pytest.raises(SourceError, match=r"\(it is in none of these formats: JPEG, PNG, BMP, WEBP, TIFF, AVIF\)"):
        list(open_source(tmp_path / "other.jpg", SETTINGS))
    page.save(tmp_path / "raw.nef", "TIFF")  # as a raw picture's thumbnail looks
    with pytest.raises(SourceError, match=r"cannot read \(NEF\)"):
        list(open_source(tmp_path / "raw.nef", SETTINGS))


def test_what_is_left_out_of_a_folder_of_pictures_is_reported(tmp_path):
    picture = cv2.imencode(".jpg", np.full((20, 30, 3), 90, np.uint8))[1].tobytes()
    for name in ("a.jpg", "saved.jfif", "without_suffix", "._a.jpg", ".trashed-1-a.jpg"):
        (tmp_path / name).write_bytes(picture)
    assert [path.name for path in pictures_of(tmp_path).pictures] == ["a.jpg", "saved.jfif", "without_suffix"]
    (tmp_path / "notes.txt").write_text("neither")
    assert open_source(tmp_path, SETTINGS).info.notice is None
    for name in ("IMG_1.HEIC", "IMG_1.MOV", "DSC_2.NEF"):
        (tmp_path / name).write_bytes(b"anything")
    said = str(pictures_of(tmp_path).left_out)
    assert said.startswith(f"{tmp_path.name}: 2 pictures are left out (HEIC, NEF): save copies as JPEG or PNG; 1 video")
    assert open_source(tmp_path, SETTINGS).info.notice == said
    assert open_source(tmp_path, SETTINGS, 90).info.notice == said


def test_a_folder_of_unread_pictures_alone_says_what_to_do(tmp_path):
    (tmp_path / "IMG_1.HEIC").write_bytes(b"anything")
    with pytest.raises(SourceError, match=r"1 picture is left out \(HEIC\): save a copy as JPEG or PNG"):
        open_source(tmp_path, SETTINGS)
