"""Writes results: each file complete or not at all, and every disk error in plain words."""

from __future__ import annotations

import contextlib
import csv
import glob
import json
import os
import platform
import shutil
import sys
import tempfile
import zlib
from collections.abc import Generator, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np

from posturecam.config.files import beginning_of
from posturecam.config.reading import is_missing, reason, remedy, resolved
from posturecam.config.settings import Settings
from posturecam.drawing.annotate import annotate, skeleton_picture
from posturecam.errors import OutputError
from posturecam.posture.loop import Tick
from posturecam.posture.records.serialize import JsonRecord
from posturecam.vision.frame import Image
from posturecam.vision.sources.opencv import path_for_opencv

READINGS_CSV, READINGS_JSONL, EVENTS_JSON = "readings.csv", "readings.jsonl", "events.json"
PLOT_PNG, ANNOTATED_VIDEO, ANNOTATED_PNG = "plot.png", "annotated.webm", ".annotated.png"
_NAMES = READINGS_CSV, READINGS_JSONL, EVENTS_JSON, PLOT_PNG, ANNOTATED_VIDEO
_COMPUTER = f"{zlib.crc32(os.fsencode(platform.node())):08x}"
"""Part of the names of hidden folders, because a process number means nothing on another computer that shares the disk."""
_partial: set[Path] = set()
"""Hidden folders that this process is writing into."""


@contextlib.contextmanager
def _explained(what: Path | str) -> Iterator[None]:
    """Report in plain words that something cannot be written: the results folder, or a file by its name.

    Raises:
        OutputError: for any `OSError` within the block.
    """
    try:
        yield
    except OSError as error:
        raise OutputError(
            "{what} cannot be written ({problem}); {remedy}, or choose another folder with --out",
            what=what,
            problem=reason(error),
            remedy=remedy(error),
        ) from error


@contextlib.contextmanager
def appearing(folder: Path, instead_of: Path) -> Iterator[Path]:
    """A hidden folder to write into, whose files move to `folder` on success; a failure leaves nothing behind.

    Raises:
        OutputError: if nothing can be written there, or if it is the folder of the pictures that are analyzed.
    """
    if resolved(folder) == resolved(instead_of):
        raise OutputError(
            "The results would be mixed in with the pictures in {folder}; choose another folder with --out",
            folder=instead_of,
        )
    _spare_others(folder, instead_of)
    with leaving_no_empty_folder(folder.parent):
        with _explained(folder):
            try:
                partial = _hidden_folder(folder)
            except FileNotFoundError:  # another process, which failed, has just removed the folder that both go into
                partial = _hidden_folder(folder)
        _partial.add(partial)
        try:
            yield partial
            with _explained(folder):
                _replace(folder, partial)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
            _partial.discard(partial)


@contextlib.contextmanager
def leaving_no_empty_folder(folder: Path) -> Iterator[None]:
    """Remove this folder and those above it at the end, if they are new and empty."""
    new = [one for one in (folder, *folder.parents) if is_missing(one)]
    try:
        yield
    finally:
        for one in new:
            with contextlib.suppress(OSError):  # it is not empty, as after a success
                one.rmdir()


def _hidden_folder(folder: Path) -> Path:
    """Create a hidden folder whose files will move into this one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(folder)
    return Path(tempfile.mkdtemp(prefix=f"{_hidden(folder)}{os.getpid()}-", dir=folder.parent))


def _spare_others(folder: Path, analyzed: Path) -> None:
    """Refuse a folder in which the results would replace another file, or remove it as a result of an earlier run.

    Raises:
        OutputError: if they would.
    """
    there = [name for name in _NAMES if not is_missing(folder / name)]
    earlier = READINGS_CSV in there or READINGS_JSONL in there
    own = [name for name in there if not earlier or resolved(folder / name) == resolved(analyzed)]
    if own:
        raise OutputError(
            "The results would replace {file}, which is not from an earlier run; choose another folder with --out",
            file=folder / own[0],
        )


def discard_partial() -> None:
    """Remove unfinished results of this process before it ends."""
    for partial in tuple(_partial):
        shutil.rmtree(partial, ignore_errors=True)


def _hidden(folder: Path) -> str:
    """The beginning of the names of the hidden folders whose files will move into this one."""
    return f".{beginning_of(folder.name)}-{_COMPUTER}-"


def _remove_abandoned(folder: Path) -> None:
    """Remove the hidden folders left by killed runs for the same results: those whose process no longer exists."""
    if sys.platform == "win32":  # on Windows, querying a process may end it
        return
    for left in folder.parent.glob(f"{glob.escape(_hidden(folder))}*-*"):
        process = left.name.removeprefix(_hidden(folder)).partition("-")[0]
        with contextlib.suppress(PermissionError, ValueError, OverflowError):  # somebody else's, or not ours at all
            try:
                os.kill(int(process), 0)
            except ProcessLookupError:
                shutil.rmtree(left, ignore_errors=True)


def _replace(folder: Path, partial: Path) -> None:
    """Move the new results into place, and remove results of an earlier run that were not replaced."""
    folder.mkdir(exist_ok=True)
    for name in (*_NAMES, *_earlier_pictures(folder)):
        if not (partial / name).exists():
            (folder / name).unlink(missing_ok=True)
    for file in partial.iterdir():
        file.replace(folder / file.name)


def _earlier_pictures(folder: Path) -> list[str]:
    """The names of an earlier run's annotated pictures, found by the pictures that its readings name."""
    # The readings may be missing, damaged, or those of a video. They are closed here because Windows cannot replace an open file.
    with (
        contextlib.suppress(OSError, ValueError, LookupError, TypeError),
        contextlib.closing(records(folder / READINGS_JSONL)) as earlier,
    ):
        return annotated_names([str(record["file"]) for record in earlier])
    return []


_MOST_OF_NAME = 200
"""Most bytes of a picture's name that the name of its result begins with; the ending needs the rest."""


def annotated_names(pictures: Iterable[str]) -> list[str]:
    """The names of the annotated pictures that belong to pictures of these names."""
    return [
        stem + ANNOTATED_PNG for stem in distinct(beginning_of(Path(name).stem, _MOST_OF_NAME) for name in pictures)
    ]


def distinct(names: Iterable[str]) -> list[str]:
    """The names in order, repeated ones with a number: a, b, a-2. Case is ignored."""
    taken: set[str] = set()
    distinct = []
    for name in names:
        number, candidate = 1, name
        while candidate.casefold() in taken:
            number += 1
            candidate = f"{name}-{number}"
        taken.add(candidate.casefold())
        distinct.append(candidate)
    return distinct


class Readings:
    """readings.csv and readings.jsonl, written line by line."""

    def __init__(self, folder: Path, columns: Sequence[str]) -> None:
        with _explained(READINGS_CSV), contextlib.ExitStack() as opened:
            csv_file = opened.enter_context((folder / READINGS_CSV).open("w", encoding="utf-8", newline=""))
            self._lines = opened.enter_context((folder / READINGS_JSONL).open("w", encoding="utf-8"))
            self._rows = csv.writer(csv_file)
            self._rows.writerow(columns)
            self._files = opened.pop_all()

    def add(self, row: Sequence[str], record: JsonRecord) -> None:
        """Write one sample to both files."""
        with _explained(READINGS_CSV):
            self._rows.writerow(row)
            self._lines.write(to_json(record) + "\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        with _explained(READINGS_CSV):
            self._files.close()


def records(path: Path) -> Generator[JsonRecord]:
    """The records of a readings.jsonl, one at a time."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def to_json(value: object, indent: int | None = None) -> str:
    """A value as JSON text; raises ValueError for a number that is not finite, which JSON does not support."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)


def write_text(path: Path, text: str) -> None:
    """Write a small text file."""
    with _explained(path.name):
        path.write_text(text + "\n", encoding="utf-8")


def write_picture(path: Path, picture: Image) -> None:
    """Write a picture as PNG."""
    _, encoded = cv2.imencode(".png", picture)  # encode in memory, because cv2.imwrite hides why it failed
    with _explained(path.name):
        path.write_bytes(encoded.tobytes())


_CODEC = "VP80"
"""VP8 in WebM plays in every browser. VP9 is no smaller here and costs seven times as much (0.17 s per picture), and
OpenCV's wheels have no encoder for H.264."""
_LONGEST_SIDE = 960
"""Larger pictures are shrunk to this for the annotated video, pixels: encoding them costs far more than judging
them."""
_SHORTEST_SIDE = 16
"""Smaller pictures are enlarged to this, pixels: from 2 × 2, the encoder makes a file in which OpenCV finds no
picture."""
_WITHOUT_PICTURE = (640, 480)
"""Size of the picture that stands for frames without one, pixels."""
_MOST_PER_SECOND = 60.0
"""Most pictures of the annotated video per second, however often the file is sampled: screens show no more."""
_SAME_SHAPE = 0.05
"""Relative difference of width ÷ height from the first picture's up to which one fills the video."""


class AnnotatedVideo:
    """The run as a video that plays at the file's own speed, at a constant rate, whatever the rate of the samples."""

    def __init__(self, path: Path, rate: float, time_scale: float, settings: Settings) -> None:
        self._path, self._settings, self._time_scale = path, settings, time_scale
        self._rate = min(rate * time_scale, _MOST_PER_SECOND)
        self._longest_still = max(round(settings.monitor.longest_gap * self._rate / time_scale), 1)
        self._writer: cv2.VideoWriter | None = None
        self._size, self._aspect = _WITHOUT_PICTURE, 1.0
        """Width and height of the video, pixels, and width ÷ height of its first picture."""
        self._begin = 0.0
        """Time of the sample that the video's first picture would show if there had been no long pause."""
        self._written = 0
        self._last: Image | None = None

    def add(self, tick: Tick) -> None:
        """Show a sample, and the previous one until then; pauses are shortened to what the monitor calls a gap."""
        if self._writer is None:
            self._open(tick)
        place = round((tick.frame.t - self._begin) / self._time_scale * self._rate)
        too_long = place - self._written - self._longest_still
        if too_long > 0:
            self._begin += too_long / self._rate * self._time_scale
            place -= too_long
        while self._last is not None and self._written < place:
            self._write(self._last)
        self._last = self._picture(tick)
        if self._written == place:
            self._write(self._last)

    def _open(self, tick: Tick) -> None:
        height, width = _height_and_width(tick)
        shrink = min(_LONGEST_SIDE / max(height, width), 1.0)
        # Video codecs halve the color's resolution, so sizes must be even.
        even = (max(round(shrink * side) // 2 * 2, _SHORTEST_SIDE) for side in (width, height))
        self._size, self._aspect = (next(even), next(even)), width / height
        self._begin = tick.frame.t
        # FFmpeg is named, because another backend takes a number in the path for a series of pictures.
        writer = cv2.VideoWriter(
            path_for_opencv(self._path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*_CODEC), self._rate, self._size
        )
        if not writer.isOpened():
            raise OutputError(
                "{name} cannot be written: this OpenCV has no codec for it; use --no-video", name=self._path.name
            )
        self._writer = writer

    def _picture(self, tick: Tick) -> Image:
        if tick.frame.image is None:
            return skeleton_picture(tick, *self._size, self._settings)
        width, height = self._size
        own_height, own_width = tick.frame.image.shape[:2]
        size = self._size
        if abs(own_width / own_height / self._aspect - 1) >= _SAME_SHAPE:
            scale = min(width / own_width, height / own_height)
            size = max(round(scale * own_width), 1), max(round(scale * own_height), 1)
        resized = cv2.resize(tick.frame.image, size, interpolation=cv2.INTER_AREA)
        annotated = annotate(np.asarray(resized, np.uint8), tick, self._settings)
        if size == self._size:
            return annotated
        # A picture of another shape than the video's is put between bars, so that its angles stay right.
        whole = np.zeros((height, width, 3), np.uint8)
        left, top = (width - size[0]) // 2, (height - size[1]) // 2
        whole[top : top + size[1], left : left + size[0]] = annotated
        return whole

    def _write(self, picture: Image) -> None:
        assert self._writer is not None
        self._writer.write(picture)
        self._written += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is None:
            return
        self._writer.release()
        if kind is None and not _reaches(self._path, self._written):  # OpenCV does not report when the disk is full
            raise OutputError(
                "{name} could not be written completely; free some disk space, choose another folder with "
                "--out, or use --no-video",
                name=self._path.name,
            )


def _height_and_width(tick: Tick) -> tuple[int, int]:
    if tick.frame.image is not None:
        height, width = tick.frame.image.shape[:2]
        return height, width
    return (tick.pose.height, tick.pose.width) if tick.pose is not None else _WITHOUT_PICTURE[::-1]


def _reaches(path: Path, pictures: int) -> bool:
    """Whether the last of this many pictures can be read from a video."""
    capture = cv2.VideoCapture(path_for_opencv(path), cv2.CAP_FFMPEG)
    capture.set(cv2.CAP_PROP_POS_FRAMES, pictures - 1)
    reached = capture.isOpened() and capture.grab()
    capture.release()
    return reached
