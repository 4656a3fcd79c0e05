"""Records and replays landmarks: a session without its pictures, suitable for attaching to a bug report.

A recording is a compressed `.npz` file of plain arrays, no pickled objects. For n frames, m of which show a person:

    version      int      1
    name, key    text     from the source's `SourceInfo`
    model        text     the pose model that found the landmarks
    t            n        float64, seconds
    shown        n        bool, whether a person was found
    size         m × 2    int32, width and height of the picture, pixels
    landmarks    m × 33 × 6   float32: x and y in pixels, visibility, world x, y and z in meters
    head         m × 13   float64: position of the head by the face, with the columns of `posturecam.vision.head.HEAD_COLUMNS`
    head_code    m        text: "" where there is a head, else why there is none; recordings of 0.1.0 have neither
    problem      n        int32, which of the problems there was, or -1
    problems     k        text
"""

from __future__ import annotations

import contextlib
import math
from array import array
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posturecam.config.arrays import read_arrays, texts
from posturecam.config.files import put_in_place
from posturecam.config.reading import TooLarge, reason, remedy
from posturecam.errors import OutputError, PosturecamError, SourceError
from posturecam.vision.frame import Frame, Source, SourceInfo
from posturecam.vision.head import HEAD_COLUMNS, Head, HeadLook, NoHead
from posturecam.vision.pose import LANDMARK_COUNT, Pose
from posturecam.vision.sources.clock import Clock, SystemClock
from posturecam.vision.sources.files import require_file

VERSION = 1
"""Version of the format; a reader refuses any other."""
_COLUMNS = 6
_NO_PROBLEM = -1
_NO_HEAD = (0.0,) * len(HEAD_COLUMNS)
_NAMES = ("version", "name", "key", "model", "t", "shown", "size", "landmarks", "problem", "problems")
_NAMES_SINCE = ("head", "head_code")
"""Arrays missing from recordings of 0.1.0."""
MOST_BYTES = 400_000_000
"""Limit for a recording's unpacked arrays, bytes: a whole day at five checks a second. A compressed file of 14 MB could
take up 3 GB."""
_LONGEST_TEXT = 1000
"""Most characters of a source's name or key."""
_LATEST = 1e10
"""Largest absolute time, seconds; computer clocks begin in 1970 at the earliest."""
_FURTHEST, _LEAST = 1e6, 1e-6
"""Largest absolute value of any number of a head or a landmark, and least of what must be positive in a head: centimeters, degrees,
meters and pixels are all far within, and nothing that is computed from them becomes infinite."""
_MOST_PROBLEM_BYTES = 4_000_000
"""Most bytes of all the problems' texts: there are about a dozen, one line each."""


class RecordingWriter:
    """Collects landmarks, about 850 bytes a frame, and writes them when it is closed.

    The file appears complete or not at all: it is written next to its destination and then moved there. Only its owner
    can read it.

    Args:
        path: Destination; an existing file is replaced.
        info: The source being recorded; its name and key are stored, so that its baseline applies to the recording.
        model: The pose model's name.

    Raises:
        OutputError: if the folder is not writable; raised at once, not after hours of recording.
    """

    def __init__(self, path: Path | str, info: SourceInfo, model: str) -> None:
        self._path = Path(path)
        self._info = info
        self._model = model
        self._t = array("d")
        self._shown = array("b")
        self._size = array("i")
        self._landmarks = bytearray()
        self._heads = bytearray()
        self._head_codes: list[str] = []
        self._problem = array("i")
        self._problems: dict[str, int] = {}
        self._closed = False
        self._opened = contextlib.ExitStack()
        try:
            self._file = self._opened.enter_context(put_in_place(self._path))
        except OSError as error:
            raise self._failure(error) from error

    def add(self, t: float, pose: Pose | None, problem: str | None = None) -> None:
        """Record one frame: its time in seconds, the pose found in it, and why there was no picture."""
        self._t.append(t)
        self._shown.append(pose is not None)
        self._problem.append(
            _NO_PROBLEM if problem is None else self._problems.setdefault(problem, len(self._problems))
        )
        if pose is not None:
            self._size.extend((pose.width, pose.height))
            row = np.column_stack((pose.points, pose.visibility, pose.world))
            self._landmarks += row.astype(np.float32).tobytes()
            known = isinstance(pose.head, Head)
            self._heads += np.array(astuple(pose.head) if known else _NO_HEAD, np.float64).tobytes()  # type: ignore[arg-type]
            self._head_codes.append("" if isinstance(pose.head, Head) else pose.head.value)

    def close(self) -> None:
        """Write the file. Safe to call twice.

        Raises:
            OutputError: if the disk is full or the destination is not writable; no partial file is left behind.
        """
        if self._closed:
            return
        self._closed = True
        try:
            with self._opened:
                np.savez_compressed(self._file, **self._arrays())
        except OSError as error:
            raise self._failure(error) from error

    def __enter__(self) -> RecordingWriter:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _arrays(self) -> dict[str, Any]:
        return {
            "version": np.array(VERSION),
            "name": np.array(self._info.name),
            "key": np.array(self._info.key),
            "model": np.array(self._model),
            "t": np.array(self._t, np.float64),
            "shown": np.array(self._shown, np.bool_),
            "size": np.array(self._size, np.int32).reshape(-1, 2),
            "landmarks": np.frombuffer(self._landmarks, np.float32).reshape(-1, LANDMARK_COUNT, _COLUMNS),
            "head": np.frombuffer(self._heads, np.float64).reshape(-1, len(HEAD_COLUMNS)),
            "head_code": np.array(self._head_codes, np.str_),
            "problem": np.array(self._problem, np.int32),
            "problems": np.array(list(self._problems), np.str_),
        }

    def _failure(self, error: OSError) -> OutputError:
        return OutputError(
            "The recording {path} cannot be written ({problem}); {remedy}, or choose another folder",
            path=self._path,
            problem=reason(error),
            remedy=remedy(error),
        )


class RecordingSource(Source):
    """A recording, replayed: every frame has `recorded` set and exactly the pose and the problem that were recorded.

    Args:
        path: The recording.
        time_scale: Multiplies the times.
        realtime: Yield frames when they are due by their recorded times.
        clock: For `realtime` only.

    Raises:
        SourceError: if the file is missing, empty, damaged, too large, of another version or without frames.
        ValueError: if `time_scale` is not positive.

    Example:
        >>> from posturecam import RecordingSource, watch
        >>> with RecordingSource("leaves.npz") as recording:  # its landmarks need no model
        ...     for tick in watch(recording, lambda frame: None):
        ...         for event in tick.events:
        ...             print(type(event).__name__)
        LeftDesk
        CameBack
    """

    model: str
    """The pose model's name."""

    def __init__(
        self, path: Path | str, *, time_scale: float = 1.0, realtime: bool = False, clock: Clock | None = None
    ) -> None:
        if not 0 < time_scale < math.inf:
            raise ValueError(f"time_scale must be positive, got {time_scale}")
        path = Path(path)
        self._time_scale, self._clock = time_scale, (clock or SystemClock()) if realtime else None
        require_file(path)
        try:
            self._arrays = _load(path)
            name, key, self.model = texts(self._arrays, ("name", "key", "model"), longest=_LONGEST_TEXT)
        except PosturecamError:
            raise
        except TooLarge as error:
            raise SourceError(
                "The recording {path} is too large ({problem}); record for a shorter time",
                path=path,
                problem=reason(error),
            ) from error
        except Exception as error:  # whatever numpy and zipfile make of a damaged file
            raise SourceError(
                "{path} is not a recording, or is damaged ({problem}); copy or record it again",
                path=path,
                problem=reason(error),
            ) from error
        t = self._arrays["t"]
        if not len(t):
            raise SourceError("The recording {path} has no frames; record for longer", path=path)
        self.info = SourceInfo(name, key, live=False, duration=float(t[-1] - t[0]) * time_scale, recorded=True)

    def __iter__(self) -> Iterator[Frame]:
        arrays = self._arrays
        poses = zip(arrays["size"], arrays["landmarks"], arrays["head"], arrays["head_code"], strict=True)
        began = None if self._clock is None else self._clock.time() - float(arrays["t"][0])
        for recorded, shown, problem in zip(arrays["t"].tolist(), arrays["shown"], arrays["problem"], strict=True):
            if self._clock is not None and began is not None:
                self._clock.sleep(max(began + recorded - self._clock.time(), 0.0))
            t = recorded * self._time_scale
            yield Frame(
                t,
                recorded=True,
                pose=_pose(t, *next(poses)) if shown else None,
                problem=None if problem == _NO_PROBLEM else str(arrays["problems"][problem]),
            )


def _load(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of a recording, checked so that replaying them cannot fail."""
    arrays = read_arrays(path, _NAMES, most_bytes=MOST_BYTES, optional=_NAMES_SINCE)
    version = arrays["version"]
    if version.shape != () or version.dtype.kind not in "iu":
        raise ValueError("its version is no number")
    if version != VERSION:
        raise SourceError(
            "{path} is a recording of version {version}, and this program reads version {known}; "
            "use the posturecam that made it",
            path=path,
            version=int(version),
            known=VERSION,
        )
    problems = arrays["problems"]
    if problems.ndim != 1 or problems.dtype.kind != "U" or problems.nbytes > _MOST_PROBLEM_BYTES:
        raise ValueError("its problems are no short texts")
    frames, people = arrays["t"].size, int(arrays["shown"].sum())
    if not all(name in arrays for name in _NAMES_SINCE):  # recorded by 0.1.0, which did not measure faces
        arrays["head"] = np.zeros((people, len(HEAD_COLUMNS)), np.float64)
        arrays["head_code"] = np.full(people, NoHead.NOT_LOOKED.value)
    for name, shape, dtype in (
        ("t", (frames,), np.float64),
        ("shown", (frames,), np.bool_),
        ("problem", (frames,), np.int32),
        ("size", (people, 2), np.int32),
        ("landmarks", (people, LANDMARK_COUNT, _COLUMNS), np.float32),
        ("head", (people, len(HEAD_COLUMNS)), np.float64),
    ):
        if arrays[name].shape != shape or arrays[name].dtype != dtype:
            raise ValueError(f"{name} is {arrays[name].dtype} {arrays[name].shape}, not {np.dtype(dtype)} {shape}")
    codes = {"", *(why.value for why in NoHead)}
    if arrays["head_code"].shape != (people,) or arrays["head_code"].dtype.kind != "U":
        raise ValueError("its reasons for a missing head are no short texts")
    if not set(arrays["head_code"].tolist()) <= codes:
        raise ValueError("a head is missing for a reason that nobody knows")
    heads = arrays["head"][arrays["head_code"] == ""]
    positive = [HEAD_COLUMNS.index(name) for name in ("z", "scale", "field_of_view")]
    if not (np.abs(heads) <= _FURTHEST).all() or (heads[:, positive] < _LEAST).any():
        raise ValueError("a head makes no sense")
    if not (np.abs(arrays["t"]) <= _LATEST).all() or (arrays["size"] < 1).any():
        raise ValueError("a time or size makes no sense")
    if (np.diff(arrays["t"]) < 0).any():
        raise ValueError("its times go back")
    if not ((arrays["problem"] >= _NO_PROBLEM) & (arrays["problem"] < arrays["problems"].size)).all():
        raise ValueError("a problem is named that is not there")
    return arrays


def _pose(
    t: float, size: NDArray[np.int32], landmarks: NDArray[np.float32], head: NDArray[np.float64], code: str
) -> Pose:
    """One recorded pose. A landmark with a number that makes no sense is unknown, as the model leaves one that it does not find."""
    found: HeadLook = NoHead(str(code)) if code else Head(*head.tolist())
    landmarks = np.where(np.abs(landmarks) <= _FURTHEST, landmarks, np.float32(np.nan))
    return Pose(t, int(size[0]), int(size[1]), landmarks[:, :2], landmarks[:, 2], landmarks[:, 3:], found)
