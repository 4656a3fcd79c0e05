"""Silences OpenCV, and converts pictures to the one format that the program uses.

Importing this module silences OpenCV and the FFmpeg inside it: problems are reported by the program's own errors. To see
their messages, set `OPENCV_LOG_LEVEL` and `OPENCV_FFMPEG_LOGLEVEL` as OpenCV's documentation says. It also keeps OpenCV to the
thread that calls it: on one picture at a time its helpers spend more in waiting for each other than the work takes (a glance: 0.43 ms of
two cores instead of 0.22 of one), and would keep every core of a computer awake that has nothing else to do.
"""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from posturecam.vision.frame import Frame, Image
from posturecam.vision.scene import CELLS, Cells, Glance

os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # AV_LOG_QUIET; read when the first video is opened
if "OPENCV_LOG_LEVEL" not in os.environ:
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
cv2.setNumThreads(1)


def path_for_opencv(path: Path) -> str:
    """A file's path as OpenCV opens that very file.

    It is from the root on, because FFmpeg takes what comes before a colon ("2026-11-28T10:30:00.mp4") for a protocol. Where paths are bytes
    it is bytes, which OpenCV takes too: on a text that is no Unicode, as names are where the locale is broken, it crashes.
    """
    whole = path.absolute()
    return str(whole) if os.name == "nt" else cast(str, os.fsencode(whole))


def to_bgr(picture: NDArray[Any]) -> Image:
    """A picture as 8-bit blue-green-red; itself where it is that already.

    Takes 8 or 16 bits a channel, and grey (with or without an axis for it), blue-green-red, or that with an alpha channel.
    Most decoders give 8-bit blue-green-red; infrared and depth cameras and a few drivers do not.

    Raises:
        ValueError: if it is of another kind; also `cv2.error`, which is no `ValueError`, if it has other channels.
    """
    if picture.dtype == np.uint16:
        picture = (picture >> 8).astype(np.uint8)
    if picture.dtype != np.uint8 or picture.ndim not in (2, 3):
        raise ValueError(f"a picture of {picture.dtype} {picture.shape} cannot be used")
    channels = 1 if picture.ndim == 2 else picture.shape[2]
    if channels == 3:
        return picture
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR if channels == 1 else cv2.COLOR_BGRA2BGR), np.uint8)


def frame_of(t: float, image: Image) -> Frame:
    """A picture of no camera as a frame, looked at, so that it is known what lies behind the user."""
    return Frame(t, image, glance=glance_at(t, image))


def glance_at(t: float, image: Image) -> Glance:
    """A picture at a glance; about 0.15 ms for 640 × 480 pixels, where the model takes 20."""
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    some = np.ascontiguousarray(grey[::4, ::4])  # tells as much of the brightest percent, and of noise
    darker = np.cumsum(cv2.calcHist([some], [0], None, [256], [0, 256]))
    brightest = float(np.searchsorted(darker, 0.99 * some.size))
    return Glance(t, _cells_of(grey), brightest, zlib.crc32(some.tobytes()))


_MOST_SUMMED = 257
"""Grey levels of which the sum fits into 16 bits whatever they are."""


def _cells_of(grey: NDArray[np.uint8]) -> Cells:
    """The mean grey level of each cell."""
    high, left_over = divmod(grey.shape[0], CELLS[0])
    if left_over or high > _MOST_SUMMED:
        rows = grey.astype(np.float32)
    else:  # as with most cameras: summing whole numbers first is three times as fast, and exact
        summed = np.add.reduce(grey.reshape(CELLS[0], high, -1), axis=1, dtype=np.uint16)
        rows = np.divide(summed, high, dtype=np.float32)
    return np.asarray(cv2.resize(rows, CELLS[::-1], interpolation=cv2.INTER_AREA), np.float32)
