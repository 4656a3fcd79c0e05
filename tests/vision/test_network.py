"""Cameras at an address: a stream of JPEGs over HTTP, as phones send it, from a thread on this computer."""

import contextlib
import itertools
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import MagicMock

import cv2
import numpy as np
import pytest

from posturecam.commands import camera_check
from posturecam.config.reading import quoted
from posturecam.config.settings import CameraSettings, Settings
from posturecam.errors import CameraError, SourceError
from posturecam.vision.sources import open_source
from posturecam.vision.sources.network import AT_AN_ADDRESS, is_address, open_address, without_secrets

SETTINGS = Settings(camera=CameraSettings(frame_rate=20, first_frame_timeout=5, frame_timeout=1, reopen_after=0.1))


@contextlib.contextmanager
def phone(port=0, file=None, grays=(60, 180), refuses=None, turned_after=None, before=b""):
    """A phone's camera at http://127.0.0.1:…/video, whose pictures go from one gray to another.

    With `file`, a server of that file instead; with `refuses`, one that answers with that status; with `turned_after`, one that is turned
    after that many pictures; with `before`, these bytes come before each. Yields it; `asked` holds the requested paths.
    """
    picture = np.tile(np.linspace(*grays, 64, dtype=np.uint8)[None, :, None], (48, 1, 3))
    jpegs = [before + cv2.imencode(".jpg", one)[1].tobytes() for one in (picture, np.rot90(picture))]
    asked, ending = [], threading.Event()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            if refuses is not None:
                self.send_error(refuses)
                return
            self.send_response(200)
            if file is not None:
                self.send_header("Content-Type", "video/mp4")
                self.send_header("Content-Length", str(len(file)))
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(file)
                return
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=picture")
            self.end_headers()
            with contextlib.suppress(OSError):
                for number in itertools.count():
                    if ending.wait(0.02):
                        break
                    jpeg = jpegs[turned_after is not None and number >= turned_after]
                    self.wfile.write(
                        b"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%b\r\n" % (len(jpeg), jpeg)
                    )

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Answer)
    server.daemon_threads = True
    server.asked, server.address = asked, f"http://127.0.0.1:{server.server_port}/video"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        ending.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("what", ["rtsp://phone:8554/live", "RTSPS://10.0.0.2/a", "http://192.168.1.7:8080/video"])
def test_an_address_is_distinguished_from_a_file(what):
    assert is_address(what)


@pytest.mark.parametrize(
    "what", ["rtsp:/cam", "clip.mp4", "2026-11-28T10:30:00.mp4", "file:///etc/passwd", "udp://:5000", "http://"]
)
def test_what_is_not_the_address_of_a_camera_is_refused(what):
    assert not is_address(what)


def test_a_file_that_looks_like_an_address_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "http:" / "phone" / "clip.mp4"
    path.parent.mkdir(parents=True)
    path.touch()
    assert not is_address("http://phone/clip.mp4")


def test_the_camera_of_a_phone_is_watched_as_one_that_is_plugged_in():
    with phone() as there, open_source(there.address, SETTINGS) as source:
        assert (source.info.live, source.info.name) == (True, there.address)
        frames = iter(source)
        seen = [next(frames) for _ in range(3)]
        assert all(frame.problem is None and frame.image.shape == (48, 64, 3) for frame in seen)
        assert seen[0].t < seen[1].t < seen[2].t
        frames.close()
    assert there.asked == ["/video"]


@pytest.mark.parametrize("before", [b"\r\n", b"\0" * 7])
def test_what_a_camera_sends_before_its_pictures_is_no_obstacle(before):
    with phone(before=before) as there, open_source(there.address, SETTINGS) as source:
        assert next(iter(source)).image.shape == (48, 64, 3)


def test_a_phone_that_is_turned_shows_the_room_as_it_is_and_not_squeezed():
    with phone(turned_after=10) as there, open_source(there.address, SETTINGS) as source:
        shapes = [frame.image.shape for frame in itertools.islice(source, 20)]
    assert shapes[0] == (48, 64, 3)
    assert shapes[-1] == (64, 48, 3)


def test_the_address_may_stand_in_the_settings():
    with phone() as there:
        camera = SETTINGS.camera.model_copy(update={"device": there.address})
        with open_source("", SETTINGS.model_copy(update={"camera": camera})) as source:
            assert next(iter(source)).problem is None


def test_a_phone_that_leaves_is_lost_and_found_again():
    with phone() as there:
        source = open_source(there.address, SETTINGS)
        frames = iter(source)
        assert next(frames).problem is None
    problem = next(frame.problem for frame in frames if frame.problem)
    assert problem == AT_AN_ADDRESS.lost
    with source, phone(there.server_port):
        assert next(frame for frame in frames if frame.problem is None).image is not None
        frames.close()


def test_an_address_at_which_nothing_answers_is_an_error_without_its_password():
    with phone() as there:
        address = there.address.replace("127.0.0.1", "me:secret@127.0.0.1") + "?key=hidden"
    with pytest.raises(CameraError, match="No camera shows its picture at http://127") as caught:
        open_address(address, SETTINGS.camera)
    assert "secret" not in str(caught.value)
    assert "hidden" not in str(caught.value)
    assert without_secrets(address) == there.address


def test_a_camera_that_refuses_the_password_is_reported_with_how_to_write_it():
    with phone(refuses=401) as there:
        address = there.address.replace("127.0.0.1", "me:secret@127.0.0.1")
        with pytest.raises(CameraError, match="the user name and the password") as caught:
            open_address(address, SETTINGS.camera)
    assert "(http://name:password@…)" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_camera_at_an_address_that_sends_nothing_is_not_to_be_plugged_in_again(monkeypatch):
    capture = MagicMock(**{"isOpened.return_value": True, "get.return_value": 0.0, "grab.return_value": False})
    monkeypatch.setattr(cv2, "VideoCapture", lambda *_: capture)
    hasty = SETTINGS.camera.model_copy(update={"first_frame_timeout": 1.0})
    with pytest.raises(CameraError, match=r"answered but sent no picture within 1 s; start .* the phone app") as caught:
        open_address("rtsp://phone/live", hasty)
    assert "plug" not in str(caught.value)


@pytest.mark.parametrize(("grays", "told"), [((0, 0), "black"), ((128, 128), "all one color")])
def test_what_helps_against_a_picture_without_anything_fits_a_camera_at_an_address(grays, told):
    with phone(grays=grays) as there, open_source(there.address, SETTINGS) as source:
        problem = next(frame.problem for frame in source if frame.problem)
    assert f"is {told}: uncover its lens, or start the camera or the phone app again" in problem


def test_a_frozen_picture_from_an_address_is_not_blamed_on_another_program(monkeypatch):
    nobody = MagicMock(**{"__enter__.return_value": lambda frame: None})
    monkeypatch.setattr(camera_check, "PoseEstimator", lambda *_: nobody)
    with phone() as there:
        problem = camera_check.look_through(there.address, SETTINGS).problem
    assert problem.startswith("the picture is frozen: start the camera or the phone app again")


@pytest.mark.parametrize("password", ["se/cret", "se#cret", "se?cret", "se@cret", "s:e/c@r#e?t", "12/secret"])
def test_no_part_of_a_password_is_shown_even_if_it_has_characters_that_addresses_do_not_allow(password):
    address = f"rtsp://me:{password}@cam:554/live"
    assert quoted(address) == "rtsp://cam:554/live"
    if not password[0].isdigit():  # which is how a port looks
        assert without_secrets(address) == "rtsp://cam:554/live"


def test_what_follows_a_host_is_no_password():
    assert without_secrets("http://cam:8080/user@home?to=you@there") == "http://cam:8080/user@home"


def test_pictures_that_would_take_gigabytes_are_refused_before_they_are_decoded(monkeypatch):
    sizes = {cv2.CAP_PROP_FRAME_WIDTH: 12000.0, cv2.CAP_PROP_FRAME_HEIGHT: 9000.0}
    capture = MagicMock(**{"isOpened.return_value": True, "get.side_effect": lambda asked: sizes.get(asked, 0.0)})
    monkeypatch.setattr(cv2, "VideoCapture", lambda *_: capture)
    with pytest.raises(CameraError, match=r"too large \(12000 × 9000 pixels; the limit is 40 million\)"):
        open_address("http://phone/video", SETTINGS.camera)
    capture.retrieve.assert_not_called()
    capture.release.assert_called_once_with()


@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_an_address_at_which_somebody_listens_and_says_nothing_is_given_up(scheme):
    hasty = SETTINGS.camera.model_copy(update={"first_frame_timeout": 1.0})
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(CameraError, match=f"picture at {scheme}://127"),
    ):
        open_address(f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/live", hasty)


def test_cameras_that_differ_after_the_question_mark_only_have_baselines_of_their_own():
    keys = set()
    with phone() as there:
        for query in ("?channel=1", "?channel=2"):
            with open_address(there.address + query, SETTINGS.camera) as source:
                keys.add(source.info.key)
    assert len(keys) == 2
    assert not any("channel" in key for key in keys)


def test_a_file_at_an_address_is_not_a_live_picture(tmp_path):
    clip = tmp_path / "clip.mp4"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"mp4v"), 10.0, (64, 48))
    for _ in range(5):
        writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.release()
    with phone(file=clip.read_bytes()) as there, pytest.raises(CameraError, match="is a file, not a live camera"):
        open_source(there.address, SETTINGS)


def test_the_proxy_that_keeps_the_model_from_the_network_does_not_keep_the_camera_from_the_user(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    with phone() as there, open_source(there.address, SETTINGS) as source:
        assert next(iter(source)).problem is None


def test_a_file_cannot_lead_to_an_address(tmp_path):
    with phone() as there:
        for name in ("list.m3u8", "list.mp4", "list.mkv"):
            (tmp_path / name).write_text(
                f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{there.address}\n#EXT-X-ENDLIST\n"
            )
            with pytest.raises(SourceError):
                list(open_source(tmp_path / name, SETTINGS))
        time.sleep(0.05)
        assert there.asked == []
