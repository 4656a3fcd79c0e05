"""Network cameras, such as a phone's. The only module that opens an address, and only one the user has typed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import cv2
import numpy as np

from posturecam.config.reading import is_missing, quoted, reason
from posturecam.config.settings import CameraSettings
from posturecam.errors import CameraError
from posturecam.i18n.words import mark
from posturecam.vision.frame import Source
from posturecam.vision.scene import PictureTrouble
from posturecam.vision.sources.camera import Advice, Camera, CameraSource
from posturecam.vision.sources.opencv import Capture, codec_of, too_large
from posturecam.vision.sources.sizes import stated_size

AT_AN_ADDRESS = Advice(
    lost=mark("the camera's address no longer answers"),
    silent=mark(
        "{camera} answered but sent no picture within {seconds:g} s; start the camera or the phone app again, and check "
        "that it shows the picture itself"
    ),
    pictures={
        PictureTrouble.BLACK: mark(
            "the camera's picture is black: uncover its lens, or start the camera or the phone app again"
        ),
        PictureTrouble.UNIFORM: mark(
            "the camera's picture is all one color: uncover its lens, or start the camera or the phone app again"
        ),
        PictureTrouble.STILL: mark(
            "the picture is frozen: start the camera or the phone app again, and check the connection to the network"
        ),
    },
)

SCHEMES = ("rtsp", "rtsps", "http", "https")
"""What cameras and phones offer. FFmpeg supports many more, some of which listen or send."""
_LONGEST_WAIT = 3.0
"""Most seconds a read may take, whatever the settings say: closing has to wait slightly longer than that."""

# The first option keeps RTSP on one connection, which is OpenCV's own default and would be lost by setting the second.
# The second is there because the MediaPipe library is kept off the network by a proxy that does not exist
# (`posturecam.vision.landmarkers`), and cameras must not be routed through it.
_OPTIONS = "rtsp_flags;prefer_tcp|http_proxy;none"


def is_address(what: str) -> bool:
    """Whether a text is the address of a network camera, and not a file name that looks like one."""
    scheme, separator, rest = what.partition("://")
    return bool(separator and rest) and scheme.lower() in SCHEMES and is_missing(Path(what))


def without_secrets(address: str) -> str:
    """The address as it may be shown and saved: without user name and password, and without anything after a question mark.

    Raises:
        ValueError: if it is not a valid address.
    """
    parts = urlsplit(address)
    try:
        _ = parts.port
    except ValueError:  # the beginning of a password with a /, ? or #, which should have been written as %2F, %3F, %23
        if "@" in address:
            parts = urlsplit(f"{parts.scheme}://{address.rpartition('@')[2]}")
    return urlunsplit((parts.scheme.lower(), parts.netloc.rpartition("@")[2], parts.path, "", ""))


def open_address(address: str, settings: CameraSettings) -> Source:
    """Open the camera at an address; it is read, lost and reopened like a plugged-in camera.

    Its baselines are saved under the address without its secrets; two cameras at one address are distinguished by the
    part after the question mark, of which only an irreversible hash is saved.

    Raises:
        CameraError: if nothing answers there, or the answer is not a live picture.
    """
    try:
        shown, query = without_secrets(address), urlsplit(address).query
    except ValueError as problem:
        raise CameraError(
            "{address} is not a valid address ({problem}); use the one that the camera or the phone app shows",
            address=quoted(address.rpartition("@")[2]),
            problem=reason(problem),
        ) from problem
    key = f"{shown}#{hashlib.sha256(query.encode()).hexdigest()[:4]}" if query else shown
    camera = Camera(0, shown, key, cv2.CAP_FFMPEG)
    opened = False

    def open_capture(_camera: Camera) -> Capture:
        nonlocal opened
        capture = _open(address, settings)
        if not opened:  # later failures are retried and not raised
            try:
                _require_live(capture, shown)
            except CameraError:
                capture.release()
                raise
            opened = True
        return _Jpegs(capture) if codec_of(capture) == _JPEG else capture

    return CameraSource(key, settings, open_capture=open_capture, cameras=lambda: [camera], advice=AT_AN_ADDRESS)


def _open(address: str, settings: CameraSettings) -> cv2.VideoCapture:
    os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", _OPTIONS)
    wait = min(settings.frame_timeout, _LONGEST_WAIT)
    return cv2.VideoCapture(
        address,
        cv2.CAP_FFMPEG,
        [
            *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, round(1000 * settings.first_frame_timeout)),
            *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, round(1000 * wait)),
        ],
    )


_JPEG = b"MJPG"
_BEGINNING = b"\xff\xd8\xff"
"""First bytes of a JPEG; some cameras send a line break before it."""


class _Jpegs:
    """A camera that sends JPEGs, as most phones do, decoded here: once it is turned, OpenCV would squeeze them into the size of the first."""

    def __init__(self, capture: cv2.VideoCapture) -> None:
        self._capture = capture
        self._capture.set(cv2.CAP_PROP_FORMAT, -1)  # hands them out as they come
        self.isOpened, self.grab, self.set, self.release = capture.isOpened, capture.grab, capture.set, capture.release

    def retrieve(self) -> tuple[bool, Any]:
        """The grabbed picture, without decoding one that would take gigabytes."""
        found, packet = self._capture.retrieve()
        encoded = np.asarray(packet, np.uint8).tobytes() if found else b""
        encoded = encoded[max(encoded.find(_BEGINNING), 0) :]
        size = stated_size(_JPEG, encoded)
        if not encoded or (size is not None and too_large(*size)):
            return False, None
        picture = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR)
        return picture is not None, picture


def _require_live(capture: cv2.VideoCapture, shown: str) -> None:
    if not capture.isOpened():
        raise CameraError(
            "No camera shows its picture at {address}; check the address, the user name and the password if the camera "
            "asks for them ({example}), that the camera or the phone app is running, and that both devices are on the "
            "same network",
            address=shown,
            example=f"{urlsplit(shown).scheme}://name:password@…",
        )
    size = too_large(*(int(capture.get(one)) for one in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)))
    if size is not None:  # known before the first is decoded, which takes gigabytes
        raise CameraError(
            "{address} sends pictures that are too large ({problem}); choose a smaller size in the camera or the phone app",
            address=shown,
            problem=size,
        )
    if capture.get(cv2.CAP_PROP_FRAME_COUNT) > 0:
        raise CameraError("{address} is a file, not a live camera; download it and name the file", address=shown)
