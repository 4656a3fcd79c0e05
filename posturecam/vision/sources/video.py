"""Frames of a video file, at the times given by the file itself."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from posturecam.config.limits import require_threads
from posturecam.config.reading import TooLarge, reason
from posturecam.errors import SourceError
from posturecam.i18n.message import Message
from posturecam.i18n.words import mark
from posturecam.vision.frame import Frame, Image, Source, SourceInfo
from posturecam.vision.sources.clock import Clock, SystemClock
from posturecam.vision.sources.files import name_of, require_file
from posturecam.vision.sources.kinds import is_matroska
from posturecam.vision.sources.opencv import MOST_PIXELS, codec_of, frame_of, path_for_opencv, to_bgr
from posturecam.vision.sources.sizes import Size, StatedSizes, count_packets
from posturecam.vision.sources.stills import require_pixels

_DECODERS = 4
"""Threads without which a decoder may give up on an intact file, with the same error as for a damaged one."""
_USUAL_RATE = 25.0
"""Frames per second assumed if the header has no plausible rate."""
_FASTEST = 1000.0
"""Highest plausible frames per second; FFmpeg reports 90 000 for the cover picture of an audio file, which has a single
frame."""
_ASPECTS = 0.25, 4.0
"""Plausible range of a pixel's width ÷ height: formats in use lie between 0.9 (NTSC) and 2 (old anamorphic film)."""
_SQUARE = 0.005
"""Pixels closer to square than this are not rescaled, an error of less than 0.2° in any angle."""
_PROMISED_SHARE = 0.9
"""A file that ends before this fraction of the length in its header, and at least a second early, was truncated."""
_MOST_DAMAGED = 1000
"""Pictures in a row that cannot be decoded, as in a bad sector, after which sound ones are looked for, while the header promises more: 40 s of film.
At the end of a file each try takes at most 0.15 ms."""
_THEORA = b"theo"
"""OpenCV's four characters for the codec in which a picture that repeats the one before it is an empty packet: OpenCV reports that as one
that cannot be decoded."""
_LEAST_LOST = 1.0
"""Seconds of damaged pictures from which they are reported."""
_MOST_INDEX = 64_000_000
"""Largest index of an MP4 file that is read, bytes: a whole day at 60 pictures a second has 40 million."""


class VideoSource(Source):
    """A video file; it may be iterated more than once, and starts over each time.

    Phone videos are rotated upright according to their metadata, and a picture whose pixels are not square is stretched
    until they are. Times are the file's own timestamps, shifted to begin at 0, so a variable frame rate is preserved;
    timestamps that do not increase are corrected (see `Stamps`).

    Args:
        path: Any file that FFmpeg decodes.
        rate: Most frames, approximately, per second of the yielded times; None yields all. Frames in between are
            decoded but not converted, which is most of the cost.
        realtime: Yield frames when they are due, as a camera would, and drop those that come too late.
        time_scale: Multiplies the yielded times. Use 15 for a time-lapse in which each second shows 15 s.
        start: Frames before this are left out; seconds of the clip as it plays, whatever `time_scale` is.
        end: Frames from here on are left out, in the same unit; None for no limit.
        clock: For `realtime` only.

    Raises:
        SourceError: if the file is missing, empty or not a video (the cover of an audio file does not count), or its
            pictures are too large; while iterating, if no frame can be decoded or none lies between `start` and `end`,
            or they become too large.
        ValueError: if an argument is invalid.

    Example:
        >>> from posturecam import VideoSource
        >>> with VideoSource("desk_side.mp4", rate=2, end=2) as video:
        ...     [frame.t for frame in video]
        [0.0, 0.5, 1.0, 1.5]
    """

    truncated: Message | None = None
    """Set by iterating: one line if the file ended well before the length in its header, or is damaged in between. All
    other frames are valid."""

    def __init__(
        self,
        path: Path | str,
        *,
        rate: float | None = None,
        realtime: bool = False,
        time_scale: float = 1.0,
        start: float = 0.0,
        end: float | None = None,
        clock: Clock | None = None,
    ) -> None:
        if rate is not None and not rate > 0:
            raise ValueError(f"rate must be positive, got {rate}")
        if not 0 < time_scale < math.inf:
            raise ValueError(f"time_scale must be positive, got {time_scale}")
        if not 0 <= start < (math.inf if end is None else end):
            raise ValueError(f"start must be at least 0 and before end, got {start} and {end}")
        self._path = Path(path)
        self._rate, self._realtime, self._time_scale = rate, realtime, time_scale
        self._start, self._end = start, end
        self._clock = clock or SystemClock()
        self._closed = False
        self._lost = 0
        """Pictures so far that could not be decoded, or only repeat another one, and were followed by others."""
        capture = self._open()
        self._square, self._mirrored = _Square(capture), _is_mirrored(self._path)
        self._repeats = codec_of(capture) == _THEORA
        self._require_pixels(capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
        rate = capture.get(cv2.CAP_PROP_FPS)
        self._interval = 1 / _believable_rate(rate)
        self._promised = max(0.0, capture.get(cv2.CAP_PROP_FRAME_COUNT))
        if rate > _FASTEST:
            # OpenCV counts by the length and this rate: pictures of raw camcorder tapes (DV) by 60 000 a second.
            self._promised /= rate * self._interval
        if is_matroska(self._path):
            self._promised -= _counted_before(capture, self._promised)
        if rate > _FASTEST and capture.grab() and not capture.grab():
            capture.release()
            raise SourceError(
                "{path} is an audio file with a cover picture, not a video; name a video", path=self._path
            )
        capture.release()
        self.info = SourceInfo(name_of(self._path), name_of(self._path), live=False, duration=self._duration())

    def __iter__(self) -> Iterator[Frame]:
        self._closed, self.truncated, self._lost = False, None, 0
        capture, sizes = self._open(), StatedSizes(self._path)
        try:
            yield from self._frames(capture, sizes)
        finally:
            capture.release()
            sizes.close()

    def close(self) -> None:
        """End the current iteration; the file is released when its iterator is next advanced or discarded."""
        self._closed = True

    def _open(self) -> cv2.VideoCapture:
        require_file(self._path)
        # FFmpeg is named because OpenCV's other backends give different timestamps, and one takes "clip01.mp4" for a
        # series of pictures.
        capture = cv2.VideoCapture(path_for_opencv(self._path), cv2.CAP_FFMPEG)
        if not capture.isOpened():
            if self._path.suffix.lower() == ".npz":
                raise SourceError(
                    "{path} is a recording of landmarks, which has no pictures; use a video here, or see the recording with: "
                    "posturecam watch FILE",
                    path=self._path,
                )
            require_threads(_DECODERS)
            raise SourceError(
                "{path} cannot be read as a video: it is another kind of file, or was cut short while being written or "
                "copied; check whether a video player can play it",
                path=self._path,
            )
        return capture

    def _require_pixels(self, width: float, height: float) -> None:
        try:
            require_pixels(*self._square.size(width, height), MOST_PIXELS)
        except TooLarge as error:
            raise SourceError(
                "The pictures of {path} are too large ({problem}); save them smaller",
                path=self._path,
                problem=reason(error),
            ) from error

    def _duration(self) -> float | None:
        if not self._promised:
            return None
        length = self._promised * self._interval
        return max(0.0, min(length, self._end or length) - self._start) * self._time_scale

    def _frames(self, capture: cv2.VideoCapture, sizes: StatedSizes) -> Iterator[Frame]:
        stamps, sampler = Stamps(self._interval), _Sampler(self._rate)
        pacer = _Pacer(self._clock, self._interval) if self._realtime else None
        decoded, clip, none_yet = 0, 0.0, True
        while self._grabs(capture, decoded):
            sizes.advance(decoded + self._lost)
            decoded += 1
            clip = stamps.mend(capture.get(cv2.CAP_PROP_POS_MSEC) / 1000)
            if self._end is not None and clip >= self._end:
                break
            t = clip * self._time_scale
            if clip < self._start or not sampler.takes(t) or (pacer and not pacer.shows(clip)):
                continue
            found, picture = capture.retrieve()
            if found:
                none_yet = False
                yield frame_of(t, self._mended(self._unmirrored(to_bgr(picture)), sizes.first, sizes.now))
                if self._closed:
                    return
        else:
            self.truncated = self._shortfall(decoded, clip + self._interval)
        if none_yet:
            require_threads(_DECODERS)
            raise SourceError(self._nothing(decoded, clip + self._interval))

    def _unmirrored(self, picture: Image) -> Image:
        """The picture as its file wants it shown: OpenCV rotates pictures as the file says, but also where it says to mirror them."""
        if not self._mirrored:
            return picture
        return np.asarray(cv2.flip(picture, 1 if self._square.on_its_side else 0), np.uint8)

    def _mended(self, picture: Image, first: Size | None, now: Size | None) -> Image:
        """The picture in its own shape and with square pixels; `first` and `now` are the sizes stated for the first one and for this one."""
        width, height = self._square.unsqueezed(picture, first, now)
        self._require_pixels(width, height)
        return self._square(picture, (width, height))

    def _grabs(self, capture: cv2.VideoCapture, decoded: int) -> bool:
        """Whether there is one more picture; damaged ones before it are skipped."""
        if capture.grab():
            return True
        left = self._promised - decoded - self._lost
        for lost in range(1, round(left if self._repeats else min(_MOST_DAMAGED, left))):
            if capture.grab():
                self._lost += lost
                return True
        return False

    def _shortfall(self, decoded: int, length: float) -> Message | None:
        promised, whole = self._promised * self._interval, _PROMISED_SHARE * self._promised
        early = length < _PROMISED_SHARE * promised and promised - length >= 1
        lost, found = self._lost * self._interval, decoded + self._lost
        if self._repeats:
            lost, found = 0.0, count_packets(self._path) if early else found
        # The time alone does not show it: the last picture of a screen recording may stand still for minutes.
        if not early or found >= whole or _explains(self._path, length, promised):
            return (
                Message(
                    mark("{path} is damaged: {lost:.0f} s within it cannot be shown; copy or record it again"),
                    path=self._path,
                    lost=lost,
                )
                if lost >= _LEAST_LOST
                else None
            )
        return Message(
            "{path} ends after {length:.1f} s of the {promised:.1f} s that its header promises; what follows is "
            "damaged or was not copied",
            path=self._path,
            length=length,
            promised=promised,
        )

    def _nothing(self, decoded: int, length: float) -> Message:
        if not decoded:
            return Message(
                "{path} is a video without a single picture that can be decoded; copy or record it again",
                path=self._path,
            )
        until = mark("its end") if self._end is None else Message("{end:g} s", end=self._end)
        return Message(
            "{path} has no picture between {start:g} s and {until}: {length:.1f} s were read; choose another start",
            path=self._path,
            start=self._start,
            until=until,
            length=length,
        )


class Stamps:
    """Makes a file's timestamps strictly increasing, leaving increasing ones unchanged.

    A timestamp that is not later than all previous ones is replaced: by the previous time plus the step between the two
    timestamps if that step is positive (a clock that restarted, as in joined recordings), else plus the usual interval
    (timestamps that repeat or go back; raw streams have only zeros).
    """

    def __init__(self, interval: float) -> None:
        """Take the usual time between two frames, seconds."""
        self._interval = interval
        self._stamp = self._last = -interval

    def mend(self, stamp: float) -> float:
        """The time of the next frame, seconds; `stamp` is the file's own."""
        step = stamp - self._stamp if stamp > self._stamp else self._interval
        self._last = stamp if stamp > self._last else self._last + step
        self._stamp = stamp
        return self._last


class _Sampler:
    """Takes a limited number of frames per second, by time: on an even grid, so that 30 a second thinned to 20 give 20, not 15."""

    def __init__(self, rate: float | None) -> None:
        self._period = 0.0 if rate is None else 1 / rate
        self._due = -math.inf

    def takes(self, t: float) -> bool:
        if t < self._due - 0.01 * self._period:  # a frame on the grid must not be missed because of rounding
            return False
        on_grid = t - self._due < self._period
        self._due = (self._due if on_grid else t) + self._period
        return True


class _Pacer:
    """Holds frames back until they are due by the clock, and reports those that are too late."""

    def __init__(self, clock: Clock, interval: float) -> None:
        self._clock = clock
        self._interval = interval
        self._begun: float | None = None
        """Clock time at second 0 of the clip."""
        self._shown = -math.inf

    def shows(self, clip: float) -> bool:
        now = self._clock.time()
        if self._begun is None:
            self._begun = now - clip
        early = self._begun + clip - now
        # One picture a second is shown even if decoding alone cannot keep up; otherwise none would be.
        if early < -self._interval and now - self._shown < 1:
            return False
        if early > 0:
            self._clock.sleep(early)
        self._shown = self._clock.time()
        return True


class _Square:
    """Makes a picture's pixels square. An angle between landmarks is right only if both axes have the same unit."""

    def __init__(self, capture: cv2.VideoCapture) -> None:
        """Read the pixels' shape from the file; if it is missing or implausible, assume square pixels."""
        width, height = capture.get(cv2.CAP_PROP_SAR_NUM), capture.get(cv2.CAP_PROP_SAR_DEN)
        aspect = width / height if width > 0 and height > 0 else 1.0
        self.on_its_side = bool(capture.get(cv2.CAP_PROP_ORIENTATION_META) % 180)
        if self.on_its_side:  # the picture was rotated, the file's metadata was not
            aspect = 1 / aspect
        self._aspect = aspect if _ASPECTS[0] <= aspect <= _ASPECTS[1] else 1.0

    def size(self, width: float, height: float) -> tuple[int, int]:
        """Width and height of a picture once its pixels are square: enlarged in one direction, so that no detail is lost."""
        return round(width * max(self._aspect, 1.0)), round(height / min(self._aspect, 1.0))

    def unsqueezed(self, picture: Image, first: Size | None, now: Size | None) -> Size:
        """The size of a picture without the squeezing into the shape of the first, which OpenCV does if a file's size changes."""
        height, width = picture.shape[:2]
        if first is None or now is None or abs(first[0] * now[1] / (first[1] * now[0]) - 1) < _SQUARE:
            return width, height
        across, down = now[0] / first[0], now[1] / first[1]
        if self.on_its_side:
            across, down = down, across
        return max(round(width * across), 1), max(round(height * down), 1)

    def __call__(self, picture: Image, shape: Size) -> Image:
        """The picture in this shape and with square pixels, stretched so that nothing of it is lost."""
        size = shape if abs(self._aspect - 1) < _SQUARE else self.size(*shape)
        if size == picture.shape[1::-1]:
            return picture
        return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _counted_before(capture: cv2.VideoCapture, promised: float) -> float:
    """Frames that a Matroska header counts for the time before its first one; reads that frame.

    Its duration is the time of its end, which is not its length if the timestamps do not begin at 0, as in an excerpt
    from a live stream. OpenCV counts frames by that duration. The rate it uses for that is also the unit of the
    timestamps it reports.
    """
    if not capture.grab():
        return 0.0
    before = capture.get(cv2.CAP_PROP_PTS)
    return before if 0 < before < promised else 0.0


def _believable_rate(rate: float) -> float:
    return rate if 0.01 <= rate <= _FASTEST else _USUAL_RATE


def _explains(path: Path, length: float, promised: float) -> bool:
    """Whether the file itself explains why its video is only `length` seconds long, shorter than the `promised` seconds of its header.

    An MP4 or QuickTime file that was trimmed may have only an edit list: the header still counts the pictures that are
    no longer shown. Matroska's header gives the length of the longest stream, which may be the sound; tags give the length of each.
    """
    if is_matroska(path):
        return any(abs(stated - length) < max(1.0, (1 - _PROMISED_SHARE) * length) for stated in _tagged_lengths(path))
    index = _index_of_mp4(path, whole=True)
    if index is None:
        return False
    shown = _shown_by_edit_list(index)
    return shown is not None and shown < _PROMISED_SHARE * promised


_LENGTH_TAG = re.compile(rb"DURATION\x44\x87.{1,8}?(\d\d):(\d\d):(\d\d\.\d+)", re.DOTALL)
"""The tag's name, the element of its value (RFC 9559, TagString), its size, and the time: 00:01:30.500000000."""
_TAGS_WITHIN = 1_000_000
"""Bytes from a Matroska file's beginning or end in which its tags are looked for."""


def _tagged_lengths(path: Path) -> list[float]:
    """How long each stream of a Matroska file is, seconds, as most programs that write them say."""
    with path.open("rb") as file:
        told = file.read(_TAGS_WITHIN)
        file.seek(max(file.tell(), path.stat().st_size - _TAGS_WITHIN))
        told += file.read(_TAGS_WITHIN)
    return [
        3600 * int(hours) + 60 * int(minutes) + float(seconds) for hours, minutes, seconds in _LENGTH_TAG.findall(told)
    ]


def _index_of_mp4(path: Path, *, whole: bool = False) -> bytes | None:
    """The index (moov) of an MP4 or QuickTime file; None if the file is of another kind or ends too early: within the index, or anywhere with `whole`."""
    size, at, index = path.stat().st_size, 0, b""
    with path.open("rb") as file:
        if file.read(8)[4:] != b"ftyp":
            return None
        while at < size:
            file.seek(at)
            kind, header, length = _box(file.read(16), size - at)
            if kind == b"moov":
                file.seek(at + header)
                index = file.read(min(length - header, _MOST_INDEX))
                if not whole:
                    return index
            at += length
    return index if at == size else None


def _box(header: bytes, left: int) -> tuple[bytes, int, int]:
    """Kind, length of the header and length of an MP4 box (ISO/IEC 14496-12, section 4.2), of which `left` bytes are there at most."""
    length, kind = int.from_bytes(header[:4], "big"), header[4:8]
    if length == 1:  # the true length follows
        return kind, 16, max(int.from_bytes(header[8:16], "big"), 16)
    if length == 0:  # "to the end of the file"
        return kind, 8, left
    return kind, 8, max(length, 8)


def _boxes(data: bytes) -> dict[bytes, list[bytes]]:
    """The contents of the boxes in a box, by kind."""
    found: dict[bytes, list[bytes]] = {}
    at = 0
    while at + 8 <= len(data):
        kind, header, length = _box(data[at : at + 16], len(data) - at)
        found.setdefault(kind, []).append(data[at + header : at + length])
        at += length
    return found


def _video_tracks(boxes: dict[bytes, list[bytes]]) -> list[dict[bytes, list[bytes]]]:
    """The boxes of each video track, from those of an MP4 file's index."""

    def handlers(track: dict[bytes, list[bytes]]) -> list[bytes]:
        return [one[8:12] for media in track.get(b"mdia", []) for one in _boxes(media).get(b"hdlr", [])]

    return [track for track in map(_boxes, boxes.get(b"trak", [])) if b"vide" in handlers(track)]


def _shown_by_edit_list(index: bytes) -> float | None:
    """Seconds of the video that an MP4 file's edit list shows; None if it has no list."""
    boxes = _boxes(index)
    for head in boxes.get(b"mvhd", []):
        scale = int.from_bytes(head[20:24] if head[:1] == b"\1" else head[12:16], "big")
        for track in _video_tracks(boxes):
            edits = [one for edit in track.get(b"edts", []) for one in _boxes(edit).get(b"elst", [])]
            if edits and scale:
                return sum(map(_edited, edits)) / scale
    return None


def _is_mirrored(path: Path) -> bool:
    """Whether an MP4 or QuickTime file wants its video shown mirrored, as some phones record with the front camera."""
    boxes = _boxes(_index_of_mp4(path) or b"")
    heads = [(head, 48 if head[:1] == b"\1" else 36) for head in boxes.get(b"mvhd", [])[:1]]
    heads += [
        (head, 52 if head[:1] == b"\1" else 40) for track in _video_tracks(boxes)[:1] for head in track.get(b"tkhd", [])
    ]
    return math.prod(_turning(head[at : at + 20]) for head, at in heads) < 0


def _turning(matrix: bytes) -> int:
    """The determinant of a matrix in an MP4 file (ISO/IEC 14496-12, section 8.2.2): negative if the matrix mirrors; 1 if there is none."""
    if len(matrix) < 20:
        return 1
    across_x, down_x, _, across_y, down_y = struct.unpack(">5i", matrix)
    return int(across_x * down_y - down_x * across_y)


def _edited(edits: bytes) -> int:
    """Total length of the segments of an edit list, in its units (ISO/IEC 14496-12, section 8.6.6)."""
    wide = 8 if edits[:1] == b"\1" else 4
    each, count = 2 * wide + 4, int.from_bytes(edits[4:8], "big")
    return sum(int.from_bytes(edits[at : at + wide], "big") for at in range(8, min(len(edits), 8 + count * each), each))
