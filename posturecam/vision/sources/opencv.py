"""Silences OpenCV, says what of it a camera needs, and converts pictures to the one format that the program uses.

Importing this module silences OpenCV and the FFmpeg inside it: problems are reported by the program's own errors. To
see their messages, set `OPENCV_LOG_LEVEL` and `OPENCV_FFMPEG_LOGLEVEL` as described in OpenCV's documentation. It also
limits OpenCV to the calling thread: with one picture at a time its worker threads spend more time waiting for each
other than the work takes (a glance: 0.43 ms on two cores instead of 0.22 on one), and would keep every core of an
otherwise idle computer awake.
"""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import Any, Protocol, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from posturecam.config.settings import CameraSettings
from posturecam.i18n.message import Message
from posturecam.vision.frame import Frame, Image
from posturecam.vision.scene import CELLS, Cells, Glance

os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # AV_LOG_QUIET; read when the first video is opened
if "OPENCV_LOG_LEVEL" not in os.environ:
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
cv2.setNumThreads(1)


class Capture(Protocol):
    """The part of `cv2.VideoCapture` in use; tests have `fakes.camera.FakeCapture`."""

    def isOpened(self) -> bool:
        """Whether the camera could be opened."""

    def grab(self) -> bool:
        """Wait for the next picture; False if none comes."""

    def retrieve(self) -> tuple[bool, Any]:
        """Decode the grabbed picture; returns whether there is one, and the picture."""

    def set(self, propId: int, value: float) -> bool:
        """Request a property; returns whether the driver accepted it."""

    def release(self) -> None:
        """Release the camera."""


def configure(capture: Capture, settings: CameraSettings) -> None:
    """Request the size, the rate and the shortest queue; a camera may decline, and any size and rate will do."""
    for name, value in (
        (cv2.CAP_PROP_FRAME_WIDTH, settings.width),
        (cv2.CAP_PROP_FRAME_HEIGHT, settings.height),
        (cv2.CAP_PROP_FPS, settings.frame_rate),
        (cv2.CAP_PROP_BUFFERSIZE, 1),
    ):
        capture.set(name, value)


def path_for_opencv(path: Path) -> str:
    """A file's path in a form that makes OpenCV open exactly that file.

    It is absolute, because FFmpeg takes whatever precedes a colon ("2026-11-28T10:30:00.mp4") for a protocol. On
    systems where paths are bytes it is bytes, which OpenCV accepts too: OpenCV crashes on text that is not valid
    Unicode, which names are under a broken locale.
    """
    whole = path.absolute()
    return str(whole) if os.name == "nt" else cast(str, os.fsencode(whole))


_CONVERSIONS = {
    1: cv2.COLOR_GRAY2BGR,
    2: cv2.COLOR_YUV2BGR_YUYV,  # what webcams send uncompressed; some drivers leave the conversion to the program
    4: cv2.COLOR_BGRA2BGR,
}
"""By the number of channels."""


def codec_of(capture: cv2.VideoCapture) -> bytes:
    """OpenCV's four characters for the codec of an open source, such as `b"MJPG"`."""
    return int(capture.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little", signed=True)


def to_bgr(picture: NDArray[Any], bits: int = 16) -> Image:
    """A picture as 8-bit BGR, unchanged if it is that already.

    Accepts 8 or 16 bits per channel or floating-point numbers (up to 1 or up to 255), and gray (with or without a channel
    axis), YUYV, BGR, or BGRA. Most decoders give 8-bit BGR; infrared, depth and industrial cameras and a few drivers do
    not.

    Args:
        picture: As it came from a decoder or a driver.
        bits: How many of 16 bits are in use; many cameras fill only 10 or 12.

    Raises:
        ValueError: if the array is of another kind, with a message for people.
    """
    if picture.ndim not in (2, 3) or picture.dtype.kind not in "uf" or picture.itemsize > 8:
        raise ValueError(Message("an array of {kind}, {shape}", kind=str(picture.dtype), shape=str(picture.shape)))
    channels = 1 if picture.ndim == 2 else picture.shape[2]
    if channels != 3 and channels not in _CONVERSIONS:
        raise ValueError(Message("{number} color channels", number=channels))
    small = _in_8_bits(picture, bits)
    if channels == 3:
        return small
    if channels == 2:
        small = np.ascontiguousarray(small[:, : small.shape[1] // 2 * 2])  # two pixels share a color
    return np.asarray(cv2.cvtColor(small, _CONVERSIONS[channels]), np.uint8)


def _in_8_bits(picture: NDArray[Any], bits: int) -> NDArray[np.uint8]:
    if picture.dtype == np.uint8:
        return picture
    if picture.dtype.kind == "u" and picture.itemsize == 2:
        return np.asarray(np.minimum(picture >> (bits - 8), 255), np.uint8)
    if picture.dtype.kind == "f":
        numbers = np.nan_to_num(picture.astype(np.float32), posinf=0.0, neginf=0.0)
        shares = numbers.max(initial=0.0) <= 1.0
        return np.asarray(np.clip(numbers * (255 if shares else 1), 0, 255), np.uint8)
    raise ValueError(Message("{bits}-bit numbers", bits=8 * picture.itemsize))


_DEPTHS = (8, 10, 12, 14, 16)
"""Bits that cameras fill of 16: sensors have 10, 12 or 14, and a few drivers put 8 into 16."""
MOST_PIXELS = 40_000_000
"""Most pixels of a video's or camera's pictures; 8K film has 33 million. A decoder holds several at once: 67 million took 1.3 GB,
256 million 4.5 GB."""
_SPECKS = 0.001
"""Share of a picture's numbers that may be beyond its scale: broken pixels of a sensor are always at full scale."""


def too_large(width: int, height: int, most: int = MOST_PIXELS) -> Message | None:
    """What is wrong with a picture of this size, if it has more than `most` pixels."""
    if width * height <= most:
        return None
    return Message(
        "{width} × {height} pixels; the limit is {most} million",
        width=width,
        height=height,
        most=most // 1_000_000,
    )


class CameraPictures:
    """Converts the pictures of one camera as `to_bgr` does, with one scale for all: judged one by one, the light would seem to change.

    Which bits of 16 a camera fills is not announced, so the scale is the smallest depth that holds the brightest picture
    so far. It only grows, and after the first picture only if two in a row need it: one damaged picture must not darken
    all that follow. A picture that needs more is converted by its own scale, so that none is saturated.
    """

    def __init__(self) -> None:
        self._bits = 0
        """The depth kept so far; 0 before the first 16-bit picture."""
        self._last = 16
        """What the last picture needed."""

    def __call__(self, picture: Any) -> Image:
        """Convert the next picture, or whatever a driver returned in its place.

        Raises:
            ValueError: if it cannot be used, with a message for people.
        """
        array = np.asarray(picture)
        if array.ndim > 1 and (size := too_large(array.shape[1], array.shape[0])):
            raise ValueError(size)
        if array.dtype != np.uint16:
            return to_bgr(array)
        needed = _depth_of(array)
        self._bits = max(self._bits, min(needed, self._last))
        self._last = needed
        return to_bgr(array, max(self._bits, needed))


def _depth_of(picture: NDArray[np.uint16]) -> int:
    """The smallest depth that holds nearly all of a picture."""
    some = picture[::4, ::4].ravel()
    if some.size == 0:
        return _DEPTHS[0]
    place = min(int((1 - _SPECKS) * some.size), some.size - 1)
    used = int(np.partition(some, place)[place]).bit_length()
    return next(depth for depth in _DEPTHS if depth >= used)


def frame_of(t: float, image: Image) -> Frame:
    """A picture that does not come from a camera as a frame, with its glance, so that its background is known."""
    return Frame(t, image, glance=glance_at(t, image))


def glance_at(t: float, image: Image) -> Glance:
    """The glance of a picture; takes about 0.15 ms for 640 × 480 pixels, the model 20."""
    gray = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    some = np.ascontiguousarray(gray[::4, ::4])  # says as much about the brightest 1%, and about noise
    darker = np.cumsum(cv2.calcHist([some], [0], None, [256], [0, 256]))
    brightest = float(np.searchsorted(darker, 0.99 * some.size))
    return Glance(t, _cells_of(gray), brightest, zlib.crc32(some.tobytes()))


_MOST_SUMMED = 257
"""Gray levels whose sum always fits into 16 bits."""


def _cells_of(gray: NDArray[np.uint8]) -> Cells:
    """The mean gray level of each cell."""
    high, left_over = divmod(gray.shape[0], CELLS[0])
    if left_over or high > _MOST_SUMMED:
        rows = gray.astype(np.float32)
    else:  # as with most cameras: summing integers first is three times as fast, and exact
        summed = np.add.reduce(gray.reshape(CELLS[0], high, -1), axis=1, dtype=np.uint16)
        rows = np.divide(summed, high, dtype=np.float32)
    return np.asarray(cv2.resize(rows, CELLS[::-1], interpolation=cv2.INTER_AREA), np.float32)


_SOFTENING = 1.0
"""Standard deviation, pixels, of the blur applied before a second attempt on a picture in which nobody was found.

The networks shrink a picture without averaging, so a webcam's noise in a dark room hides people: with the blur, 91%
instead of 60% of rendered people in dark rooms are found, and 98% instead of 97% in light ones. Blurring every
picture would cost accuracy on clean ones: up to 6° of neck angle on photographs."""


def softened(image: Image) -> Image:
    """The picture blurred slightly, so that noise hides nobody."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), _SOFTENING), np.uint8)


_WELL_LIT = 200.0
"""Gray level to which the brightest 1% of a dark picture is raised; where it is brighter already, nothing changes."""


def brightened(image: Image) -> Image:
    """A dark picture as it would look in more light.

    In the dark (the brightest 1% at a gray level of 14 to 23) the pose model finds a man on photographs upside down in every
    other picture, and in this one upright.
    """
    brightest = max(glance_at(0.0, image).brightest, 1.0)
    if brightest >= _WELL_LIT:
        return image
    return np.asarray(cv2.convertScaleAbs(image, alpha=_WELL_LIT / brightest), np.uint8)
