"""Cameras without a camera: a scripted capture and a stepped clock; only the last test takes real time, a fraction of a second."""

import gc
import itertools
import threading
from dataclasses import replace
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from fakes.camera import CameraFault, FakeCapture, SteppedClock

from posturecam.config.settings import CameraSettings
from posturecam.errors import CameraError
from posturecam.vision.scene import PictureTrouble
from posturecam.vision.sources import camera as module
from posturecam.vision.sources.camera import PLUGGED_IN, Camera, CameraSource, find_camera, list_cameras
from posturecam.vision.sources.clock import SystemClock
from posturecam.vision.sources.opencv import CameraPictures

SETTINGS = CameraSettings()
DESK = Camera(0, "HD Webcam", "/dev/v4l/by-id/usb-webcam", cv2.CAP_V4L2)
LAPTOP = Camera(2, "Integrated Camera", "04f2:b6d9", cv2.CAP_V4L2)
RATE = 30.0


def bright(t):
    """A picture that encodes its time in its first pixel, to the millisecond, and has a sensor's noise."""
    picture = np.random.default_rng(round(t * 1000)).integers(124, 133, (48, 64, 3), np.uint8)
    picture[:, 32:] += 32  # two-colored, since a uniform picture would be rejected
    picture[0, 0] = np.frombuffer(round(t * 1000).to_bytes(3, "big"), np.uint8)
    return picture


def seen_at(image):
    return int.from_bytes(image[0, 0].tobytes(), "big") / 1000


def black(_t):
    return np.full((48, 64, 3), 2, np.uint8)


def between(start, end, other, usual=bright):
    """A scene that is replaced by another for a while."""

    def scene(t):
        if start <= t < end:
            return other if isinstance(other, CameraFault) else other(t)
        return usual(t)

    return scene


class Bench:
    """A computer with cameras, its clock, and a record of what was done to it."""

    def __init__(self, scene=bright, cameras=(DESK, LAPTOP)):
        self.clock = SteppedClock(100.0)
        self.scene = scene
        self.cameras = list(cameras)
        self.opened = []
        self.captures = []

    def open_capture(self, camera):
        self.opened.append((self.clock.time(), camera.index))
        self.captures.append(FakeCapture(self.clock, self.scene, RATE))
        return self.captures[-1]

    def source(self, device="", settings=SETTINGS):
        return CameraSource(
            device, settings, open_capture=self.open_capture, cameras=lambda: self.cameras, clock=self.clock
        )


def frames_until(source, bench, t):
    return list(itertools.takewhile(lambda _: bench.clock.time() < t, source))


def camera_threads():
    return [thread for thread in threading.enumerate() if thread.name == "posturecam camera"]


@pytest.fixture(autouse=True)
def no_thread_is_left():
    yield
    assert not camera_threads()


@pytest.mark.parametrize(
    ("device", "found"),
    [
        ("", DESK),
        ("2", LAPTOP),
        ("/dev/video2", LAPTOP),
        ("integrated", LAPTOP),
        ("WEBCAM", DESK),
        ("04f2:b6d9", LAPTOP),
        (DESK.key, DESK),
    ],
)
def test_camera_is_found_by_index_name_or_stable_key(device, found):
    assert find_camera(device, [DESK, LAPTOP]) is found


def test_a_camera_is_found_by_its_name_although_that_is_part_of_another_ones():
    longer, shorter = replace(DESK, name="HD Webcam Pro"), replace(LAPTOP, name="HD Webcam")
    for device in ("HD Webcam", "hd webcam"):
        assert find_camera(device, [longer, shorter]) is shorter
    assert find_camera("webcam", [longer, shorter]) is longer
    assert find_camera("", [longer, shorter]) is longer


def test_a_camera_may_be_given_by_its_number_as_to_opencv():
    bench = Bench(cameras=[DESK, LAPTOP])
    with bench.source(2):
        assert [index for _, index in bench.opened] == [2]


@pytest.mark.parametrize("device", ["1", "/dev/video7", "Logitech"])
def test_camera_that_does_not_exist_is_refused_with_those_that_do(device):
    with pytest.raises(CameraError, match="0: HD Webcam, 2: Integrated Camera"):
        find_camera(device, [DESK, LAPTOP])


def test_computer_without_cameras_says_so():
    with pytest.raises(CameraError, match="No camera was found"):
        find_camera("", [])


def test_index_is_taken_at_its_word_where_the_system_lists_nothing():
    assert find_camera("3", []).index == 3


def test_list_of_cameras_is_sorted_and_has_stable_keys(monkeypatch):
    found = [
        SimpleNamespace(index=2, name="B", path="/dev/video2", vid=0x4F2, pid=0xB6D9),
        SimpleNamespace(index=1, name="A", path="unique-identifier", vid=None, pid=None),
        SimpleNamespace(index=3, name="C", path=None, vid=None, pid=None),
    ]
    monkeypatch.setattr(module.cv2_enumerate_cameras, "enumerate_cameras", lambda _backend: found)
    assert [(it.index, it.key) for it in list_cameras()] == [(1, "unique-identifier"), (2, "04f2:b6d9"), (3, "3")]


def test_list_of_cameras_is_empty_where_the_system_will_not_tell(monkeypatch):
    def fail(_backend):
        raise OSError("no such interface")

    monkeypatch.setattr(module.cv2_enumerate_cameras, "enumerate_cameras", fail)
    assert list_cameras() == []


def test_camera_in_use_elsewhere_is_refused_and_let_go():
    bench = Bench(between(0, 1e9, CameraFault.GONE))
    with pytest.raises(CameraError, match="HD Webcam cannot be opened"):
        bench.source()
    assert bench.captures[0].released


def test_camera_that_opens_and_gives_no_frames_is_refused_in_time():
    bench = Bench(between(0, 1e9, CameraFault.SILENT))
    with pytest.raises(CameraError, match="no picture within 8 s"):
        bench.source()
    assert bench.captures[0].released
    assert bench.clock.time() < 100 + SETTINGS.first_frame_timeout + 2 * FakeCapture.DRIVER_TIMEOUT + 0.2


def test_camera_that_is_slow_to_start_is_waited_for():
    bench = Bench(between(0, 105, CameraFault.SILENT))
    with bench.source() as source:
        assert next(iter(source)).problem is None


def test_camera_is_asked_for_its_size_rate_and_shortest_queue():
    bench = Bench()
    with bench.source():
        pass
    assert bench.captures[0].properties == {
        cv2.CAP_PROP_FRAME_WIDTH: 640,
        cv2.CAP_PROP_FRAME_HEIGHT: 480,
        cv2.CAP_PROP_FPS: 5,
        cv2.CAP_PROP_BUFFERSIZE: 1,
    }


def test_camera_tells_its_name_and_stable_key():
    with Bench().source("integrated") as source:
        assert (source.info.name, source.info.key, source.info.live) == (LAPTOP.name, LAPTOP.key, True)


def test_frames_come_at_the_pace_asked_for():
    bench = Bench()
    with bench.source() as source:
        frames = iter(source)
        usual = [next(frames).t for _ in range(6)]
        source.pace(1.5)
        slow = [next(frames).t for _ in range(4)]
    assert np.diff(usual) == pytest.approx(1 / SETTINGS.frame_rate, abs=1 / RATE)
    assert np.diff(slow) == pytest.approx(1.5, abs=1 / RATE)


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_pace_that_makes_no_sense_is_refused(seconds):
    with Bench().source() as source, pytest.raises(ValueError, match="pace must be positive"):
        source.pace(seconds)


def test_stale_buffered_frames_are_never_shown_as_now():
    bench = Bench()
    with bench.source() as source:
        source.pace(2.0)
        for frame in itertools.islice(source, 5):
            assert frame.t - seen_at(frame.image) < 1 / RATE
            assert bench.clock.time() - frame.t < 1 / RATE
            bench.clock.sleep(0.7)  # a slow consumer


@pytest.mark.parametrize("rate", [5.0, 30.0])
def test_between_looks_far_apart_the_camera_is_left_alone_and_the_next_picture_is_fresh_all_the_same(rate, monkeypatch):
    bench, grabs = Bench(), []
    monkeypatch.setitem(globals(), "RATE", rate)
    grab = FakeCapture.grab
    monkeypatch.setattr(FakeCapture, "grab", lambda self: grabs.append(bench.clock.time()) or grab(self))
    with bench.source() as source:
        source.pace(1.5)
        frames = iter(source)
        next(frames)
        grabs.clear()
        seen = [next(frames) for _ in range(6)]
        assert max(frame.t - seen_at(frame.image) for frame in seen) < 1 / rate
        assert np.diff([frame.t for frame in seen]) == pytest.approx(1.5, abs=1 / rate)
        assert len(grabs) < 6 * 1.5 * 30 / 3  # a third of those that continuous reading takes at 30 a second
        begun = bench.clock.time()
    assert bench.clock.time() - begun < 0.5


def test_pictures_queued_before_the_computer_slept_are_not_shown_after_it():
    bench = Bench()
    with bench.source() as source:
        frames = iter(source)
        before = next(frames)
        bench.clock.skip(3600)
        after = next(frames)
    assert after.t - before.t >= 3600
    assert after.t - seen_at(after.image) < 1 / RATE


def test_black_picture_is_a_problem_and_no_image():
    bench = Bench(between(103, 106, black))
    with bench.source() as source:
        frames = frames_until(source, bench, 108)
    dark = [frame for frame in frames if 103.2 < frame.t < 106]
    assert dark
    assert all(frame.image is None and frame.problem == PLUGGED_IN.pictures[PictureTrouble.BLACK] for frame in dark)
    assert all(frame.problem is None for frame in frames if frame.t < 103 or frame.t > 106.2)


@pytest.mark.parametrize("color", [(0, 135, 0), (128, 128, 128), (255, 255, 255)])  # the first is YUV of zeros
def test_a_picture_of_one_color_is_a_problem(color):
    def one_color(t):
        return np.full((48, 64, 3), color, np.uint8)

    with Bench(between(103, 106, one_color)).source() as source:
        frames = [frame for frame in itertools.islice(source, 25) if frame.t > 103.2]
    assert {frame.problem for frame in frames if frame.t < 105.9} == {PLUGGED_IN.pictures[PictureTrouble.UNIFORM]}


def noisy(t):
    """A picture in which only the sensor's noise changes."""
    noise = np.random.default_rng(round(t * 1000)).normal(0, 2, (48, 64, 1))
    return np.clip(bright(0).astype(float) + noise, 0, 255).astype(np.uint8)


def frozen(_t):
    return bright(103)


@pytest.mark.parametrize("pace", [0.2, 1.5])
def test_a_picture_that_stands_still_for_ten_seconds_is_a_problem_until_it_moves_again(pace):
    bench = Bench(between(103, 160, frozen))
    with bench.source() as source:
        source.pace(pace)
        frames = frames_until(source, bench, 170)
    told = [frame.t for frame in frames if frame.problem == PLUGGED_IN.pictures[PictureTrouble.STILL]]
    assert told[0] == pytest.approx(113, abs=pace + 0.3)
    assert all(
        frame.problem == PLUGGED_IN.pictures[PictureTrouble.STILL] and frame.image is None
        for frame in frames
        if told[0] < frame.t < 160
    )
    assert all(frame.problem is None for frame in frames if frame.t < 112 or frame.t > 160 + pace)


def test_a_scene_in_which_nothing_moves_but_noise_is_live():
    bench = Bench(noisy)
    with bench.source() as source:
        source.pace(1.0)
        assert {frame.problem for frame in frames_until(source, bench, 140)} == {None}


def test_a_camera_that_repeats_a_picture_for_some_seconds_is_live():
    """As a camera that compresses may do in a dim room, between key frames."""
    bench = Bench(lambda t: bright(t // 4 * 4))
    with bench.source() as source:
        assert {frame.problem for frame in frames_until(source, bench, 140)} == {None}


@pytest.mark.parametrize("dark", [2, 40])
@pytest.mark.parametrize("pattern", [(1, 0), (1, 1, 0, 0)])
def test_of_an_infrared_camera_whose_light_flickers_the_light_pictures_are_taken(dark, pattern):
    def flickering(t):
        number = round(t * RATE)
        lit = pattern[number % len(pattern)]
        return noisy(t) if lit else np.clip(noisy(t) // 4, 0, 50) if dark > 6 else np.full((48, 64, 3), dark, np.uint8)

    bench = Bench(flickering)
    with bench.source() as source:
        source.pace(0.5)
        frames = list(itertools.islice(source, 30))
    assert {frame.problem for frame in frames} == {None}
    assert all(frame.image.mean() > 100 for frame in frames[3:])


def test_a_light_that_is_switched_off_leaves_a_dark_picture_and_no_problem():
    bench = Bench(between(103, 1e9, lambda t: noisy(t) // 4, noisy))
    with bench.source() as source:
        frames = frames_until(source, bench, 108)
    assert {frame.problem for frame in frames} == {None}
    assert frames[-1].image.mean() < 50


@pytest.mark.parametrize("nothing", [None, np.zeros((0, 0, 3), np.uint8)])
def test_a_driver_that_succeeds_and_gives_nothing_has_given_no_picture(nothing, monkeypatch):
    bench = Bench()
    with bench.source() as source:
        frames = iter(source)
        next(frames)
        monkeypatch.setattr(FakeCapture, "retrieve", lambda _self: (True, nothing))
        frame = next(frames)
        assert (frame.image, frame.problem) == (None, PLUGGED_IN.lost)
        assert bench.clock.time() < 100 + SETTINGS.frame_timeout + 2


def test_dark_room_with_a_lamp_is_not_black():
    def lamp(_t):
        picture = np.full((48, 64, 3), 2, np.uint8)
        picture[:8, :16] = 90
        return picture

    with Bench(lamp).source() as source:
        assert next(iter(source)).problem is None


def test_camera_that_dies_and_returns_resumes_by_its_stable_identity():
    bench = Bench(between(103, 109, CameraFault.GONE))
    with bench.source() as source:
        frames = iter(source)
        before = [next(frames) for _ in range(5)]
        bench.cameras = [LAPTOP, Camera(4, DESK.name, DESK.key, DESK.backend)]
        after = frames_until(frames, bench, 120)
    assert all(frame.image is not None for frame in before)
    lost = [frame for frame in after if frame.problem == PLUGGED_IN.lost]
    assert lost[0].t == pytest.approx(103, abs=0.3)
    assert lost[-1].t < 109 + 8.5
    assert np.diff([frame.t for frame in lost]) == pytest.approx(0.2, abs=0.05)
    assert after[-1].problem is None
    assert {index for _, index in bench.opened[1:]} == {4}
    assert all(capture.released for capture in bench.captures)


def test_camera_that_is_unplugged_is_not_opened_until_it_is_listed_again():
    bench = Bench(between(103, 110, CameraFault.GONE))
    with bench.source() as source:
        frames = iter(source)
        next(frames)
        bench.cameras = [LAPTOP]
        lost = frames_until(frames, bench, 140)
        assert lost[-1].problem == PLUGGED_IN.lost
        assert len(bench.opened) == 1
        assert all(frame.image is None for frame in lost if frame.t > 104)


def test_camera_that_returns_to_the_list_is_used_again():
    bench = Bench(between(103, 104, CameraFault.GONE))
    with bench.source() as source:
        for frame in source:
            if frame.t > 103 and frame.problem is None:
                break
            bench.cameras = [DESK] if frame.t > 130 else [LAPTOP]
    assert 130 < frame.t < 165


SOCKETS = "/dev/v4l/by-path/usb-1", "/dev/v4l/by-path/usb-2"
OLD, NEW = (Camera(0, name, f"{SOCKETS[0]},{usb}", cv2.CAP_V4L2) for name, usb in (("Old", "1:1"), ("New", "2:2")))


@pytest.mark.parametrize("device", ["", "0", OLD.key])
def test_a_source_fails_once_another_camera_is_plugged_in_in_place_of_its_own(device):
    bench = Bench(between(103, 1e9, CameraFault.GONE), cameras=[OLD, LAPTOP])
    frames = []

    def swap(source):
        for frame in source:
            frames.append(frame)
            assert frame.t < 140
            bench.cameras = [NEW, LAPTOP] if frame.t > 115 else [LAPTOP] if frame.t > 103 else [OLD, LAPTOP]

    with (
        bench.source(device) as source,
        pytest.raises(CameraError, match=r"^Old was unplugged, and another camera is in its place$"),
    ):
        swap(source)
    assert 115 < frames[-1].t < 135
    assert frames[-1].problem == PLUGGED_IN.lost
    assert {index for _, index in bench.opened} == {OLD.index}
    assert find_camera(device, bench.cameras) is NEW, "which opens instead"


@pytest.mark.parametrize(
    ("device", "others"), [("", [LAPTOP]), ("Old", [NEW]), (OLD.key, [Camera(0, "Elsewhere", SOCKETS[1], 0)])]
)
def test_a_lost_camera_is_waited_for_while_no_other_one_was_plugged_in_in_its_place(device, others):
    bench = Bench(between(103, 150, CameraFault.GONE), cameras=[OLD, LAPTOP])
    with bench.source(device) as source:
        for frame in source:
            bench.cameras = [OLD, LAPTOP] if not 103 < frame.t < 160 else others
            if frame.t > 103 and frame.problem is None:
                break
    assert frame.problem is None
    assert frame.t > 160


@pytest.mark.parametrize("device", ["0", "/dev/video0"])
def test_no_other_camera_is_in_the_place_of_the_only_one_that_was_unplugged(device):
    bench = Bench(between(103, 150, CameraFault.GONE), cameras=[DESK])
    with bench.source(device) as source:
        for frame in source:
            bench.cameras = [] if 103 < frame.t < 150 else [DESK]
            if frame.t > 103 and frame.problem is None:
                break
    assert frame.problem is None
    assert 150 < frame.t < 190


def test_a_camera_taken_at_its_word_where_the_system_lists_nothing_is_used_again_after_it_stalled():
    bench = Bench(between(103, 108, CameraFault.SILENT), cameras=[])
    with bench.source("0") as source:
        frames = frames_until(source, bench, 125)
    assert PLUGGED_IN.lost in [frame.problem for frame in frames]
    assert frames[-1].problem is None
    assert {index for _, index in bench.opened} == {0}


def test_camera_that_falls_silent_is_lost_after_the_frame_timeout_and_resumes():
    bench = Bench(between(103, 108, CameraFault.SILENT))
    with bench.source() as source:
        frames = frames_until(source, bench, 125)
    lost = [frame for frame in frames if frame.problem]
    assert lost[0].t <= 103 + SETTINGS.frame_timeout + 0.3
    assert frames[-1].problem is None
    assert all(capture.released for capture in bench.captures)


def test_pauses_between_attempts_double_up_to_half_a_minute():
    bench = Bench(between(103, 1e9, CameraFault.GONE))
    with bench.source() as source:
        source.pace(1.0)
        frames_until(source, bench, 260)
    pauses = np.diff([t for t, _ in bench.opened[1:]])
    assert pauses == pytest.approx([4, 8, 16, 30, 30, 30, 30], abs=2.1)


def test_times_increase_through_every_fault():
    def scene(t):
        return between(103, 106, CameraFault.GONE, between(120, 124, CameraFault.SILENT, between(135, 137, black)))(t)

    bench = Bench(scene)
    with bench.source() as source:
        times = [frame.t for frame in frames_until(source, bench, 150)]
    assert (np.diff(times) > 0).all()


def test_driver_that_fails_is_a_camera_that_is_gone(monkeypatch):
    bench = Bench()
    with bench.source() as source:
        frames = iter(source)
        next(frames)

        def fail(_self):
            raise cv2.error("the driver failed")

        monkeypatch.setattr(FakeCapture, "grab", fail)
        assert PLUGGED_IN.lost in [next(frames).problem for _ in range(3)]


def test_close_stops_the_thread_and_releases_the_camera():
    bench = Bench()
    source = bench.source()
    assert [thread.daemon for thread in camera_threads()] == [True]
    source.close()
    source.close()
    assert not camera_threads()
    assert bench.captures[0].released
    assert list(source) == []


def test_a_second_iteration_goes_on_with_the_same_open_camera():
    bench = Bench()
    with bench.source() as source:
        first = [frame.t for frame in itertools.islice(source, 3)]  # as a calibration does
        second = [frame.t for frame in itertools.islice(source, 3)]
        assert len(bench.captures) == 1
    assert second[0] >= first[-1]
    assert bench.captures[0].released


def look_and_fail(source):
    for _ in source:
        raise RuntimeError("the consumer failed")


def test_failing_consumer_releases_the_camera():
    bench = Bench()
    with pytest.raises(RuntimeError, match="the consumer failed"), bench.source() as source:
        look_and_fail(source)
    assert bench.captures[0].released


def test_close_while_the_camera_is_lost_leaves_nothing_behind():
    bench = Bench(between(103, 1e9, CameraFault.SILENT))
    with bench.source() as source:
        frames_until(source, bench, 112)
    assert all(capture.released for capture in bench.captures)


def hanging_driver(monkeypatch, bench, until):
    """From now on whatever asks the driver for anything hangs until then."""
    grab, open_capture = FakeCapture.grab, bench.open_capture

    def waits(then):
        def asks(*given):
            bench.clock.sleep(max(until - bench.clock.time(), 0.0))
            return then(*given)

        return asks

    monkeypatch.setattr(FakeCapture, "grab", waits(grab))
    monkeypatch.setattr(bench, "open_capture", waits(open_capture))


def test_closing_waits_once_for_a_driver_that_has_hung_for_an_hour_and_no_heap_of_threads_waits_for_it(monkeypatch):
    bench = Bench()
    source = CameraSource(
        "", SETTINGS, open_capture=lambda camera: bench.open_capture(camera), cameras=lambda: [DESK], clock=bench.clock
    )
    next(iter(source))
    hanging_driver(monkeypatch, bench, until=4000)
    frames_until(source, bench, 3700)
    assert len(camera_threads()) < 6
    began = bench.clock.time()
    source.close()
    assert bench.clock.time() - began < 5
    bench.clock.sleep(500)


def test_a_camera_whose_driver_hung_for_minutes_is_used_again_once_it_has_returned(monkeypatch):
    bench = Bench()
    source = CameraSource(
        "", SETTINGS, open_capture=lambda camera: bench.open_capture(camera), cameras=lambda: [DESK], clock=bench.clock
    )
    with source:
        next(iter(source))
        hanging_driver(monkeypatch, bench, until=1000)
        assert frames_until(source, bench, 990)[-1].problem == PLUGGED_IN.lost
        assert frames_until(source, bench, 1060)[-1].problem is None
    assert all(capture.released for capture in bench.captures)


def test_real_clock_and_threads_work_together():
    clock = SystemClock()

    def open_capture(_camera):
        return FakeCapture(clock, lambda _t: np.full((48, 64, 3), 128, np.uint8), 500.0)

    with CameraSource("", SETTINGS, open_capture=open_capture, cameras=lambda: [DESK]) as source:
        source.pace(0.02)
        times = [frame.t for frame in itertools.islice(source, 4)]
        threading.Timer(0.05, source.close).start()
        list(source)
    assert (np.diff(times) > 0).all()


@pytest.fixture
def dying_threads(monkeypatch):
    """Threads that died of an exception that nobody caught."""
    died = []
    monkeypatch.setattr(threading, "excepthook", died.append)
    return died


@pytest.mark.parametrize(
    "picture",
    [np.zeros((48, 64), np.int32), np.zeros((48, 64, 5), np.uint8), np.zeros((48, 64, 2, 2), np.uint8), np.zeros(99, np.uint8), "none", np.broadcast_to(np.uint8(9), (9000, 9000, 3))],
    ids=["32 bits", "5 channels", "4 axes", "one row of numbers", "text", "huge"],
)  # fmt: skip
def test_a_camera_whose_pictures_cannot_be_used_says_what_it_sends(picture, monkeypatch, dying_threads):
    monkeypatch.setattr(FakeCapture, "retrieve", lambda _self: (True, picture))
    bench = Bench()
    with pytest.raises(CameraError, match=r"sends pictures that cannot be used \(.*\); choose another camera"):
        bench.source()
    assert bench.clock.time() < 101
    assert dying_threads == []


SHADES = np.tile(np.linspace(0, 200, 64, dtype=np.uint8), (48, 1))


@pytest.mark.parametrize(
    "sent",
    [
        SHADES / 255,
        SHADES.astype(np.float32),
        np.where(SHADES == 0, np.nan, SHADES).astype(np.float64),
        np.dstack((SHADES, np.full_like(SHADES, 128))),
        np.dstack((SHADES, np.full_like(SHADES, 128)))[:, :63],
        SHADES.astype(np.uint16) << 2,
        SHADES.astype(np.uint16) << 4,
        SHADES.astype(np.uint16) << 8,
    ],
    ids=["shares", "numbers", "a number missing", "YUYV", "of odd width", "10 of 16 bits", "12 of 16 bits", "16 bits"],
)
def test_pictures_in_an_unusual_format_are_seen_as_they_are(sent, monkeypatch):
    monkeypatch.setattr(FakeCapture, "retrieve", lambda _self: (True, sent))
    with Bench().source() as source:
        frame = next(iter(source))
    assert frame.problem is None
    width = frame.image.shape[1]
    # YUV has fewer levels: 16 is black and 235 is white.
    wanted = np.clip((SHADES[:, :width] - 16.0) * 255 / 219, 0, 255) if sent.ndim == 3 else SHADES
    assert np.abs(frame.image.mean(axis=2) - wanted).max() <= 2


def test_a_16_bit_camera_keeps_its_scale_when_the_light_falls(monkeypatch):
    shown = SHADES.astype(np.uint16) << 4
    monkeypatch.setattr(FakeCapture, "retrieve", lambda _self: (True, shown))
    with Bench().source() as source:
        frames = iter(source)
        bright_one = next(frames).image.mean()
        shown = shown // 4
        darker_one = next(frames).image.mean()
    assert darker_one == pytest.approx(bright_one / 4, abs=1)


def test_a_16_bit_camera_that_begins_in_the_dark_saturates_nothing():
    convert = CameraPictures()
    shown = [convert((SHADES.astype(np.uint16) << 4) // dimmed) for dimmed in (64, 16, 1, 2, 1)]
    assert max(image.max() for image in shown) < 255
    for bright in (2, 4):
        assert np.abs(shown[bright][..., 0].astype(float) - SHADES).max() <= 1
    assert shown[3].mean() == pytest.approx(shown[2].mean() / 2, abs=1)


@pytest.mark.parametrize("kind", ["broken pixels", "a damaged picture"])
def test_a_16_bit_camera_is_not_darkened_for_good_by(kind):
    shown = np.tile(SHADES.astype(np.uint16) << 2, (10, 10))
    odd = shown.copy()
    odd[:: 64 if kind == "broken pixels" else 1, ::64] = 65535
    convert = CameraPictures()
    before, _, after = (convert(one).mean() for one in (shown, odd, shown))
    assert after == pytest.approx(before, abs=1)


@pytest.mark.parametrize("problem", [SystemError("returned NULL"), MemoryError(), OSError("device")])
def test_whatever_a_driver_fails_with_the_camera_is_gone_and_nobody_waits_for_it(problem, monkeypatch, dying_threads):
    def fail(_self):
        raise problem

    monkeypatch.setattr(FakeCapture, "grab", fail)
    monkeypatch.setattr(FakeCapture, "release", fail)
    bench = Bench()
    with pytest.raises(CameraError, match="sent no picture"):
        bench.source()
    assert bench.clock.time() < 101
    assert dying_threads == []


def test_a_lost_camera_that_is_due_to_be_tried_again_stays_closed_once_it_is_closed():
    bench = Bench(between(103, 106, CameraFault.GONE))
    source = bench.source()
    frames = iter(source)
    while next(frames).problem is None:
        pass
    bench.clock.skip(SETTINGS.reopen_after + 1)
    source.close()
    assert next(frames, None) is None
    assert len(bench.opened) == 1
    assert not camera_threads()


@pytest.mark.parametrize("lost_before", [False, True])
def test_a_camera_that_is_dropped_without_being_closed_is_released(lost_before):
    bench = Bench(between(103, 106, CameraFault.GONE) if lost_before else bright)
    source = bench.source()
    for frame in source:
        if not lost_before or (frame.t > 106 and frame.problem is None):
            break
    del source, frame
    gc.collect()
    bench.clock.sleep(5)
    assert all(capture.released for capture in bench.captures)
