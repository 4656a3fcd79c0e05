"""The only module that opens cameras.

A camera is read by a thread of its own, because drivers queue pictures: reading only now and then would return pictures
that are seconds old. If checks are far apart the thread sleeps in between, and discards what was queued before it takes
the next picture. Pictures are decoded only on request, by the same thread, and from the grab in progress or the next
one, so a picture is never older than its timestamp and never touched by two threads.

No pixel format is requested. At the small size requested, cameras send uncompressed pictures, which are cheap to convert;
Motion-JPEG would have to be decompressed, and libjpeg prints warnings about many cameras to standard error.
"""

from __future__ import annotations

import contextlib
import math
import os
import sys
import threading
import weakref
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import cv2_enumerate_cameras

from posturecam.config import uncaught
from posturecam.config.reading import quoted, reason
from posturecam.config.settings import CameraSettings
from posturecam.errors import CameraError
from posturecam.i18n.message import printable
from posturecam.i18n.words import mark
from posturecam.vision.frame import Frame, Image, Source, SourceInfo
from posturecam.vision.scene import Glance, PictureState, PictureTrouble, brightness, is_darker, judge_picture
from posturecam.vision.sources.clock import Clock, SystemClock
from posturecam.vision.sources.opencv import CameraPictures, Capture, configure, glance_at

# By default Video4Linux waits 10 s for a picture, and a stalled camera could not be released for that long.
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")


@dataclass(frozen=True, slots=True)
class Advice:
    """What is said about a camera without a usable picture. What helps depends on how the camera is connected."""

    lost: str
    silent: str
    """A template, with {camera} and {seconds}."""
    pictures: Mapping[PictureTrouble, str]


PLUGGED_IN = Advice(
    lost=mark("the camera was unplugged or taken by another program"),
    silent=mark(
        "{camera} was opened but sent no picture within {seconds:g} s; close other programs that use it, or "
        "unplug it and plug it in again"
    ),
    pictures={
        PictureTrouble.BLACK: mark(
            "the camera's picture is black: open its shutter, or close the program that is using it"
        ),
        PictureTrouble.UNIFORM: mark(
            "the camera's picture is all one color: uncover it, or unplug it and plug it in again"
        ),
        PictureTrouble.STILL: mark(
            "the picture is frozen: another program may be using the camera; close it, or choose another camera"
        ),
    },
)

_BACKENDS = {"linux": cv2.CAP_V4L2, "darwin": cv2.CAP_AVFOUNDATION, "win32": cv2.CAP_DSHOW}
"""One per system, or every camera would be listed twice. Media Foundation, the other one on Windows, can take 20 s to open."""
_PERMISSION = {
    "darwin": mark("allow it under System Settings > Privacy & Security > Camera"),
    "win32": mark("allow it under Settings > Privacy & security > Camera"),
}
_PERMISSION_ELSEWHERE = mark("add your user to the group that owns /dev/video*, often called video")
_REPLACED = mark("{camera} was unplugged, and another camera is in its place")
_LONGEST_INDEX = 5
"""Digits of a camera index: OpenCV adds the number of the backend, up to 3000, and fails beyond a 32-bit number."""
_LONGEST_PAUSE = 30.0
"""Most seconds between two attempts to reopen a lost camera."""
_QUEUE = 4
"""Pictures that a driver may have queued since the last read: Video4Linux's default."""
_REST = 0.5
"""If the next check is at least this many seconds away, the thread sleeps until then: reading 30 pictures a second would
be a fifth of the whole cost of watching somebody who sits still."""
_NAP = 0.25
"""Seconds of one sleep, so that closing, or an earlier check, is not delayed."""
_UP_BEFORE = 0.1
"""Seconds before a check when the thread wakes: enough to discard the queue and get most cameras' next picture."""
_WAITED = 0.01
"""A grab that takes at least this many seconds waited for a new picture; a queued one returns at once."""
_LEAST_GRAB = 0.005
"""Least seconds between two grabs: DirectShow's return at once and would keep a core busy."""
_RETRY = 0.1
"""Seconds until a grab is retried on a camera that has not sent anything yet."""
_MORE_SHOTS = 3
"""More pictures taken after a dark one: infrared cameras light every other picture, some two in four."""
_RELEASE_TIMEOUT = 4.0
"""Seconds that closing waits for hanging drivers, however many attempts hang: twice the driver's own timeout."""
_MOST_HANGING = 4
"""Attempts that may hang at once: one more would hang too, and take another thread. Unplugging the camera usually ends them."""


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera known to the system."""

    index: int
    """OpenCV's number for it, which changes when cameras come and go."""
    name: str
    key: str
    """Stable identity: the socket it is plugged into and its model, the system's unique identifier, or else USB's "vendor:product"."""
    backend: int
    """OpenCV's number for the backend that the index refers to."""
    former_keys: tuple[str, ...] = ()
    """Its keys in 0.1.0: manufacturer and serial number, which two cameras of one model may share. Empty if two do."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The key, followed by the former ones."""
        return (self.key, *self.former_keys)

    def __str__(self) -> str:
        return f"{self.index}: {self.name}"


def list_cameras() -> list[Camera]:
    """The cameras of this computer, by index; empty if there are none or the system does not list them. Opens none."""
    backend = _BACKENDS.get(sys.platform, cv2.CAP_ANY)
    try:
        found = cv2_enumerate_cameras.enumerate_cameras(backend)
    except Exception:  # whatever the system's interfaces raise, a list of cameras is not worth a crash
        return []
    kinds = Counter(_kind(one) for one in found)
    cameras = []
    for one in found:
        key, *former = _keys(one, kinds[_kind(one)] == 1)
        cameras.append(Camera(one.index, printable(one.name) or key, key, backend, tuple(former)))
    return sorted(cameras, key=lambda camera: camera.index)


def find_camera(device: str, cameras: Sequence[Camera]) -> Camera:
    """The camera given by an index (or Linux's /dev/video0), a stable key, its name or part of it; "" is the first.

    If the system lists no cameras at all, an index is accepted unchecked.

    Raises:
        CameraError: if there is none; the message lists the existing ones.
    """
    number = device.removeprefix("/dev/video")
    if number.isdecimal() and len(number) <= _LONGEST_INDEX:
        meant = [camera for camera in cameras if camera.index == int(number)]
        if not cameras:
            return Camera(int(number), f"camera {number}", number, cv2.CAP_ANY)
    else:
        meant = [camera for camera in cameras if device in camera.keys]
        meant += [camera for camera in cameras if device.partition(",")[0] == camera.key.partition(",")[0]]
        named = [camera for camera in cameras if device.casefold() in camera.name.casefold()]
        meant += sorted(named, key=lambda camera: camera.name.casefold() != device.casefold())
    if meant:
        return meant[0]
    if not cameras:
        raise CameraError("No camera was found on this computer; connect one, and check that it is switched on")
    raise CameraError(
        "There is no camera {device}; found: {cameras}. Choose one by number or name",
        device=quoted(repr(device)),
        cameras=", ".join(map(str, cameras)),
    )


def open_capture(camera: Camera) -> Capture:
    """Open a camera through OpenCV; check `isOpened` for success."""
    return cv2.VideoCapture(camera.index, camera.backend)


class CameraSource(Source):
    """A camera, opened on construction and held until it is closed; it may be iterated again, such as after a calibration.

    One frame is yielded every `pace` seconds, initially at the frame rate requested from the camera. If the camera
    fails, frames with a problem are yielded at the same pace while the source tries to reopen it by its stable
    identity, at growing intervals. A picture that is black, uniform or frozen is a problem too
    (`posturecam.vision.scene`); from a camera whose infrared light flickers, only the lit pictures are used. Frame
    times continue while the computer sleeps.

    The calling thread opens the camera the first time: macOS asks for permission only on the main thread.

    Args:
        device: An index, a stable key or a part of the name; "" is the first camera (`find_camera` has the details).
        settings: The `camera` of `Settings`; its defaults if omitted.
        open_capture: Opens a camera; replaced in tests.
        cameras: Lists the cameras; replaced in tests.
        clock: The clock; replaced in tests.
        advice: What is said while it has no usable picture.

    Raises:
        CameraError: if the camera does not exist, cannot be opened, or sends no picture within `first_frame_timeout`;
            later, from iterating, once another camera was plugged in in its place.

    Example:
        >>> from posturecam import CameraSource
        >>> with CameraSource() as camera:  # the first one; CameraSource("Logitech") opens the one of that name
        ...     frame = next(iter(camera))
        >>> frame.problem is None, frame.image.shape
        (True, (480, 640, 3))
    """

    def __init__(
        self,
        device: str | int = "",
        settings: CameraSettings | None = None,
        *,
        open_capture: Callable[[Camera], Capture] = open_capture,
        cameras: Callable[[], Sequence[Camera]] = list_cameras,
        clock: Clock | None = None,
        advice: Advice = PLUGGED_IN,
    ) -> None:
        self._settings = settings = settings or CameraSettings()
        self._open_capture, self._cameras = open_capture, cameras
        self._advice, self._clock = advice, clock or SystemClock()
        self._seconds, self._pause = 1 / settings.frame_rate, settings.reopen_after
        self._closed, self._closing = False, threading.Condition()
        self._readers: list[_Reader] = []
        """All readers whose thread may still run, including those abandoned because of a hanging driver."""
        weakref.finalize(self, lambda all_: list(map(_Reader.stop, all_)), self._readers)  # if it is never closed
        self._reader: _Reader | None = None
        """The reader in use; None between two attempts to reopen."""
        self._act_at = 0.0
        """Clock time at which the next attempt is made or the current one is abandoned."""
        self._picture = PictureState()
        self._light: float | None = None
        """The mean gray level of the last picture, by which a dark picture from a flickering camera is recognized."""
        self._device, there = str(device), cameras()
        self._camera = find_camera(self._device, there)
        self._beside = {one.key for one in there} - {self._camera.key}
        """Keys of the cameras beside which it was opened: while it is lost, none of them takes its place."""
        self._unlisted = () if there else (self._camera,)
        """The camera itself, if it was opened unchecked because the system lists none."""
        self.info = SourceInfo(self._camera.name, self._camera.key, live=True, former_keys=self._camera.former_keys)
        with contextlib.ExitStack() as on_failure:
            on_failure.callback(self.close)
            self._open_first()
            on_failure.pop_all()

    def __iter__(self) -> Iterator[Frame]:
        due = self._clock.time()
        while True:
            frame = self._look()
            if self._closed:
                return
            if frame.image is None:
                due = frame.t  # even after a long wait, the next attempt is a full pace away
            yield frame
            now = self._clock.time()
            due = max(due + self._seconds, now)
            if self._reader is not None and due - now >= _REST:
                self._reader.rest(due)
            with self._closing:
                self._clock.wait_for(self._closing, lambda: self._closed, due - now)

    def pace(self, seconds: float) -> None:
        """Yield one frame every `seconds` from now on.

        Raises:
            ValueError: if it is not positive.
        """
        if not seconds > 0:
            raise ValueError(f"pace must be positive, got {seconds}")
        self._seconds = seconds

    def close(self) -> None:
        """Release the camera, so that its light goes out. Safe to call twice, and from any thread."""
        with self._closing:
            self._closed = True
            self._closing.notify_all()
        for reader in self._readers:
            reader.stop()
        until = self._clock.time() + _RELEASE_TIMEOUT
        for reader in self._readers:
            reader.join(until - self._clock.time())

    def _open_first(self) -> None:
        capture = self._open_capture(self._camera)
        if not capture.isOpened():
            capture.release()
            raise CameraError(
                "{camera} cannot be opened: it is not connected, another program is using it, or "
                "posturecam has no permission; connect it, close the other program, or {permission}",
                camera=self._camera.name,
                permission=_PERMISSION.get(sys.platform, _PERMISSION_ELSEWHERE),
            )
        reader = self._start(lambda: capture)
        timeout = self._settings.first_frame_timeout
        shot = reader.shoot(timeout)
        if reader.unusable is not None:
            raise CameraError(
                "{camera} sends pictures that cannot be used ({kind}); choose another camera, or another picture format "
                "in the camera's own program",
                camera=self._camera.name,
                kind=reader.unusable,
            )
        if shot is None:
            raise CameraError(self._advice.silent, camera=self._camera.name, seconds=timeout)

    def _start(self, open_: Callable[[], Capture]) -> _Reader:
        self._reader = _Reader(open_, self._settings, self._clock)
        self._readers[:] = [*(reader for reader in self._readers if not reader.ended), self._reader]
        return self._reader

    def _look(self) -> Frame:
        """The current picture, or the problem; never waits for a camera that is being opened."""
        if self._reader is None:
            if self._clock.time() >= self._act_at:
                self._reopen()
        elif self._reader.delivered:
            shot = self._reader.shoot(self._settings.frame_timeout)
            if shot is not None:
                self._pause = self._settings.reopen_after
                return self._judged(*self._lightest(self._reader, *shot))
            self._give_up()
        elif self._reader.ended or self._clock.time() >= self._act_at:
            self._give_up()
        return Frame(self._clock.time(), problem=self._advice.lost)

    def _lightest(self, reader: _Reader, t: float, image: Image) -> tuple[Image, Glance]:
        """The picture, or the brightest of the next few if it may be a dark one from a flickering camera."""
        glance = glance_at(t, image)
        for _ in range(_MORE_SHOTS):
            if not (glance.brightest < self._settings.black_below or is_darker(glance, self._light)):
                break
            if (shot := reader.shoot(self._settings.frame_timeout)) is None:
                break
            later = glance_at(*shot)
            if brightness(later) >= brightness(glance):
                image, glance = shot[1], later
        self._light = brightness(glance)
        return image, glance

    def _judged(self, image: Image, glance: Glance) -> Frame:
        self._picture, trouble = judge_picture(
            self._picture, glance, black_below=self._settings.black_below, still_after=self._settings.still_after
        )
        if trouble is not None:
            return Frame(glance.t, problem=self._advice.pictures[trouble])
        return Frame(glance.t, image, glance=glance)

    def _reopen(self) -> None:
        # By its former keys too, and therefore in another socket, as long as it is the only one of its kind.
        there, open_ = self._cameras() or self._unlisted, self._open_capture
        camera = next((one for key in self._camera.keys for one in there if key in one.keys), None)
        hanging = sum(not reader.ended for reader in self._readers)
        if camera is None or hanging >= _MOST_HANGING:
            self._give_up()
            if camera is None and self._is_replaced(there):
                raise CameraError(_REPLACED, camera=self._camera.name)
            return
        with self._closing:  # another thread may have closed it meanwhile, and waits only for readers that it knows
            if not self._closed:
                self._start(lambda: open_(camera))
        self._act_at = self._clock.time() + self._settings.first_frame_timeout

    def _is_replaced(self, there: Sequence[Camera]) -> bool:
        try:
            return bool(there) and find_camera(self._device, there).key not in self._beside
        except CameraError:
            return False

    def _give_up(self) -> None:
        if self._reader is not None:
            self._reader.stop()
            self._reader = None
        self._act_at = self._clock.time() + self._pause
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)


class _Reader:
    """A thread that holds one opened camera: it opens, reads and releases it, and then ends."""

    def __init__(self, open_: Callable[[], Capture], settings: CameraSettings, clock: Clock) -> None:
        self.delivered = False
        """Whether a picture has come."""
        self.ended = False
        """Whether the camera is released."""
        self.unusable: str | None = None
        """What the camera sends, if it cannot be used."""
        self._converted = CameraPictures()
        self._open, self._settings, self._clock = open_, settings, clock
        self._stopping, self._wanted = False, True
        self._resting_until = -math.inf
        self._shot: tuple[float, Image] | None = None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="posturecam camera", daemon=True)
        self._thread.start()

    def shoot(self, seconds: float) -> tuple[float, Image] | None:
        """The next picture from now on and its time; None if none comes within `seconds` or the camera is gone."""
        with self._changed:
            self._shot, self._wanted = None, True
            self._clock.wait_for(self._changed, lambda: self._shot is not None or self.ended, seconds)
            return self._shot

    def rest(self, until: float) -> None:
        """Announce that probably no picture will be needed before this clock time."""
        self._resting_until = until - _UP_BEFORE

    def stop(self) -> None:
        """Ask the thread to release the camera as soon as the driver returns."""
        self._stopping = True

    def join(self, seconds: float) -> None:
        """Wait until the camera is released, at most this many seconds."""
        with self._changed:
            released = self._clock.wait_for(self._changed, lambda: self.ended, seconds)
        if released:
            self._thread.join()

    def _run(self) -> None:
        capture = None
        try:
            capture = self._open()
            if capture.isOpened():
                self._read(capture)
        except cv2.error:
            pass  # if the driver fails, the camera is gone
        except Exception as problem:  # drivers raise anything: SystemError, MemoryError, or return no valid picture
            uncaught.log(problem, "a camera's driver")
        finally:
            if capture is not None:
                with contextlib.suppress(Exception):  # a thread waiting for the release must not wait forever
                    capture.release()
            with self._changed:
                self.ended = True
                self._changed.notify_all()

    def _read(self, capture: Capture) -> None:
        configure(capture, self._settings)
        stale, rested, last = _QUEUE, False, self._clock.time()
        while not self._stopping and self.unusable is None:
            begun = self._clock.time()
            if not self._wanted and begun < self._resting_until:
                self._clock.sleep(min(_NAP, self._resting_until - begun))
                stale, rested = _QUEUE, True
                continue
            if not capture.grab():
                if self.delivered:
                    return
                self._clock.sleep(_RETRY)
                continue
            now = self._clock.time()
            if now - last > self._settings.frame_timeout:
                stale, rested = _QUEUE, False  # after suspend, the first pictures are those queued before it
            last = now
            if stale and not (rested and now - begun > _WAITED):
                stale -= 1
                if not rested:
                    capture.retrieve()
            elif self._wanted:
                stale = 0
                self._deliver(now, *capture.retrieve())
            if now - begun < _LEAST_GRAB:
                self._clock.sleep(_LEAST_GRAB)

    def _deliver(self, now: float, found: bool, picture: Any) -> None:
        if not found or picture is None or getattr(picture, "size", 1) == 0:
            return  # some drivers report success without a picture
        try:
            image = self._converted(picture)
        except ValueError as problem:
            self.unusable = reason(problem)
            return
        with self._changed:
            self._shot, self._wanted, self.delivered = (now, image), False, True
            self._changed.notify_all()


BY_ID, BY_PATH = Path("/dev/v4l/by-id"), Path("/dev/v4l/by-path")
"""Links created by udev: by manufacturer, model and serial number, and by socket. Of two cameras of one model (many
have no serial number or share one), only one gets the first kind of link, and which one changes with every start."""


def _keys(info: cv2_enumerate_cameras.CameraInfo, only: bool) -> list[str]:
    """The key, followed by the former ones if the camera is the only one of its kind."""
    if info.path and not info.path.startswith("/dev/video"):
        return [str(info.path)]
    device = Path(info.path or "").resolve()
    by_id, by_path = (
        [str(link) for link in sorted(folder.glob("*")) if link.resolve() == device] for folder in (BY_ID, BY_PATH)
    )
    usb = [f"{info.vid:04x}:{info.pid:04x}"] if info.vid is not None and info.pid is not None else []
    sockets = [",".join((link, *usb)) for link in by_path]  # another model in this socket needs its own calibration
    former = [*by_id, *usb] if only else []
    return list(dict.fromkeys(([*sockets, *former, str(info.path or info.index)][0], *former)))


def _kind(info: cv2_enumerate_cameras.CameraInfo) -> tuple[object, ...]:
    """The identity shared by two cameras of one model."""
    return (info.vid, info.pid) if info.vid is not None else (info.name,)
