"""The picture size that a video states in its stream, read packet by packet without decoding, since OpenCV hides a change.

A recording of a call, or of a phone that was turned, may change its size halfway, and joined files do. OpenCV then squeezes
every later picture into the size of the first without a sign, which falsifies every angle. The stream itself states the size
wherever decoding can begin, and OpenCV can hand it out undecoded.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path

import cv2
import numpy as np

from posturecam.vision.sources.opencv import codec_of, path_for_opencv

Size = tuple[int, int]
"""Width and height, pixels, as they are stored: before rotation, and before pixels are made square."""


_LARGEST = 65_536
"""Largest width or height that is believed, pixels: what AV1, VP9 and JPEG can state at most. A damaged Exp-Golomb code may have any number
of digits."""


class StatedSizes:
    """Reads a video beside its decoder, packet by packet, and tells the size of each picture.

    Knows H.264, H.265, AV1, VP8, VP9 and Motion JPEG; of anything else the size stays unknown.
    """

    def __init__(self, path: Path) -> None:
        self._capture: cv2.VideoCapture | None = None
        capture = _undecoded(path)
        self._codec = codec_of(capture)
        if capture.isOpened() and self._codec in _PARSERS:
            self._capture = capture
        else:
            capture.release()
        self._shown = 0
        """Pictures in the packets read so far."""
        self._changes: deque[tuple[int, Size]] = deque()
        """Sizes stated ahead of the decoder: from which picture on, and the size."""
        self.first: Size | None = None
        """The size stated first; None if none has been."""
        self.now: Size | None = None
        """The size of the picture advanced to last."""

    def advance(self, picture: int) -> None:
        """Go on to a picture, counted from 0 in the order in which they are shown."""
        while self._capture is not None and self._shown <= picture:
            self._read(self._capture)
        while self._changes and self._changes[0][0] <= picture:
            self.now = self._changes.popleft()[1]
            self.first = self.first or self.now

    def _read(self, capture: cv2.VideoCapture) -> None:
        if not capture.grab():
            self.close()
            return
        found, packet = capture.retrieve()
        data = np.asarray(packet, np.uint8).tobytes() if found else b""
        size = stated_size(self._codec, data)
        if size is not None:
            self._changes.append((self._shown, size))
        self._shown += self._codec != _VP8 or _is_shown_vp8(data)

    def close(self) -> None:
        """Release the file. Safe to call twice."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None


def count_packets(path: Path) -> int:
    """How many packets a video has: its pictures, and in some codecs packets that only repeat one."""
    capture, count = _undecoded(path), 0
    while capture.grab():
        count += 1
    capture.release()
    return count


def _undecoded(path: Path) -> cv2.VideoCapture:
    return cv2.VideoCapture(path_for_opencv(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_FORMAT, -1])


def stated_size(codec: bytes, packet: bytes) -> Size | None:
    """The size stated in a packet of a video's stream; None if it states none, is damaged, or of an unknown codec.

    Args:
        codec: OpenCV's four characters for it (`codec_of`).
        packet: As OpenCV gives it undecoded: of H.264 and H.265, with start codes (their annexes B).
    """
    parse = _PARSERS.get(codec)
    try:
        size = None if parse is None else parse(packet)
    except IndexError:  # cut off or damaged; the decoder judges that
        return None
    return size if size is not None and min(size) > 0 and max(size) <= _LARGEST else None


def _of_vp8(packet: bytes) -> Size | None:
    """The size in the header of a key frame (RFC 6386, section 9.1)."""
    if packet[0] & 1 or packet[3:6] != b"\x9d\x01\x2a":
        return None
    return int.from_bytes(packet[6:8], "little") & 0x3FFF, int.from_bytes(packet[8:10], "little") & 0x3FFF


def _is_shown_vp8(packet: bytes) -> bool:
    """Whether a packet gives a picture to show, and not only one to predict others from (RFC 6386, section 9.1)."""
    return bool(packet[:1]) and bool(packet[0] & 0x10)


def _of_vp9(packet: bytes) -> Size | None:
    """The size in the uncompressed header of a key frame (VP9 Bitstream Specification, sections 6.2 and 7.2)."""
    bits = _Bits(packet[:32])
    bits.take(2)
    profile = bits.take(1) + 2 * bits.take(1)
    if profile == 3:
        bits.take(1)
    shows_another, predicted = bits.take(1), bits.take(1)
    bits.take(2)
    if shows_another or predicted or bits.take(24) != 0x498342:
        return None
    if profile >= 2:
        bits.take(1)
    if bits.take(3) != _VP9_RGB:
        bits.take(4 if profile in (1, 3) else 1)
    elif profile in (1, 3):
        bits.take(1)
    return bits.take(16) + 1, bits.take(16) + 1


_VP9_RGB = 7


def _of_jpeg(packet: bytes) -> Size | None:
    """The size in a JPEG's frame header (ISO/IEC 10918-1, section B.2.2)."""
    at = 2
    while packet[at] == 0xFF:
        marker = packet[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(packet[at + 7 : at + 9], "big"), int.from_bytes(packet[at + 5 : at + 7], "big")
        at += 2 + int.from_bytes(packet[at + 2 : at + 4], "big")
    return None


_PARAMETER_SET = 7
"""The kind of the unit that states the size (ISO/IEC 14496-10, table 7-1)."""
_MOST_OF_A_SET = 1000
"""Bytes of it that are read; it has some twenty, or a few hundred with quantization tables."""


def _of_h264(packet: bytes) -> Size | None:
    """The size in a sequence parameter set (ISO/IEC 14496-10, section 7.3.2.1.1)."""
    at = packet.find(b"\0\0\1")
    while 0 <= at < len(packet) - 4:
        if packet[at + 3] & 0x1F == _PARAMETER_SET:
            return _of_parameter_set(packet[at + 4 : at + _MOST_OF_A_SET].replace(b"\0\0\3", b"\0\0"))
        if packet[at + 3] & 0x1F in (1, 5):  # the picture itself, which parameter sets precede
            return None
        at = packet.find(b"\0\0\1", at + 3)
    return None


_WITH_CHROMA = (44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244)
"""Profiles whose parameter sets describe the color format."""


def _of_parameter_set(data: bytes) -> Size:
    bits = _Bits(data)
    profile = bits.take(8)
    bits.take(16)
    bits.number()
    chroma, separate = 1, 0
    if profile in _WITH_CHROMA:
        chroma = bits.number()
        separate = bits.take(1) if chroma == 3 else 0
        bits.number(), bits.number(), bits.take(1)
        if bits.take(1):
            for index in range(12 if chroma == 3 else 8):
                if bits.take(1):
                    _skip_scaling_list(bits, 16 if index < 6 else 64)
    bits.number()
    order = bits.number()
    if order == 0:
        bits.number()
    elif order == 1:
        bits.take(1), bits.number(), bits.number()
        for _ in range(bits.number()):
            bits.number()
    bits.number(), bits.take(1)
    width, height = 16 * (bits.number() + 1), bits.number() + 1
    fields = 2 - bits.take(1)
    if fields == 2:
        bits.take(1)
    bits.take(1)
    height *= 16 * fields
    if bits.take(1):
        across, down = (1, 1) if chroma == 0 or separate else (1 if chroma == 3 else 2, 2 if chroma == 1 else 1)
        left, right, top, bottom = (bits.number() for _ in range(4))
        width -= across * (left + right)
        height -= down * fields * (top + bottom)
    return width, height


def _skip_scaling_list(bits: _Bits, length: int) -> None:
    last = step = 8
    for _ in range(length):
        if step:
            code = bits.number()
            step = (last + (code + 1) // 2 * (1 if code % 2 else -1)) % 256
        last = step or last


_MOST_UNITS = 20
"""Units of a packet that are looked at; the size is in one of the first few."""
_H265_PARAMETER_SET = 33
"""The kind of the unit that states the size (ISO/IEC 23008-2, table 7-1); kinds below 32 are pictures."""


def _of_h265(packet: bytes) -> Size | None:
    """The size in the last sequence parameter set before the picture (ISO/IEC 23008-2, section 7.3.2.2.1).

    The last one counts, since OpenCV puts the file header's sets before those of the stream. Other layers, such as that of a second eye, are
    described in another way and never shown.
    """
    size, at = None, packet.find(b"\0\0\1")
    for _ in range(_MOST_UNITS):
        if not 0 <= at < len(packet) - 5:
            break
        kind, layer = packet[at + 3] >> 1 & 0x3F, packet[at + 3] << 5 & 0x20 | packet[at + 4] >> 3
        if kind == _H265_PARAMETER_SET and layer == 0:
            size = _of_h265_parameter_set(packet[at + 5 : at + _MOST_OF_A_SET].replace(b"\0\0\3", b"\0\0"))
        if kind < 32:
            break
        at = packet.find(b"\0\0\1", at + 3)
    return size


def _of_h265_parameter_set(data: bytes) -> Size:
    bits = _Bits(data)
    bits.take(4)
    layers = bits.take(3)
    bits.take(1 + 88 + 8)  # nesting; the profile and level of all layers
    described = [(bits.take(1), bits.take(1)) for _ in range(layers)]
    bits.take(2 * (8 - layers) if layers else 0)
    for profile, level in described:
        bits.take(88 * profile + 8 * level)
    bits.number()
    chroma = bits.number()
    if chroma == 3:
        bits.take(1)
    width, height = bits.number(), bits.number()
    if bits.take(1):
        left, right, top, bottom = (bits.number() for _ in range(4))
        width -= (2 if chroma in (1, 2) else 1) * (left + right)
        height -= (2 if chroma == 1 else 1) * (top + bottom)
    return width, height


_SEQUENCE_HEADER = 1
"""The kind of the unit that states the size (AV1 Bitstream Specification, section 6.2.2)."""


def _of_av1(packet: bytes) -> Size | None:
    """The maximum size in the sequence header (AV1 Bitstream Specification, sections 5.3 and 5.5); pictures are hardly ever smaller."""
    at = 0
    for _ in range(_MOST_UNITS):
        head, at = packet[at], at + (2 if packet[at] & 4 else 1)
        length = len(packet) - at
        if head & 2:
            length = 0
            for part in range(8):
                byte, at = packet[at], at + 1
                length |= (byte & 0x7F) << 7 * part
                if not byte & 0x80:
                    break
        if head >> 3 & 0xF == _SEQUENCE_HEADER:
            return _of_sequence_header(packet[at : at + min(length, _MOST_OF_A_SET)])
        at += length
    return None


def _of_sequence_header(data: bytes) -> Size:
    bits = _Bits(data)
    bits.take(4)
    if bits.take(1):  # the reduced header of a still picture
        bits.take(5)
    else:
        delay = 0
        if bits.take(1):
            bits.take(64)
            if bits.take(1):
                bits.number()
            if bits.take(1):
                delay = bits.take(5) + 1
                bits.take(42)
        waits = bits.take(1)
        for _ in range(bits.take(5) + 1):
            bits.take(12)
            if bits.take(5) > 7:
                bits.take(1)
            if delay and bits.take(1):
                bits.take(2 * delay + 1)
            if waits and bits.take(1):
                bits.take(4)
    across, down = bits.take(4) + 1, bits.take(4) + 1
    return bits.take(across) + 1, bits.take(down) + 1


class _Bits:
    """Reads bits from the front; IndexError beyond the end, and for a number that is none."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, count: int) -> int:
        """An unsigned number of this many bits."""
        value = 0
        for at in range(self._at, self._at + count):
            value = 2 * value + (self._data[at // 8] >> (7 - at % 8) & 1)
        self._at += count
        return value

    def number(self) -> int:
        """An Exp-Golomb code (ISO/IEC 14496-10, section 9.1)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 32:
                raise IndexError("longer than any standard allows")
        return (1 << zeros) - 1 + self.take(zeros)


_VP8 = b"VP80"
_PARSERS = {
    **dict.fromkeys((b"h264", b"avc1", b"H264"), _of_h264),
    **dict.fromkeys((b"hevc", b"hvc1", b"hev1", b"HEVC"), _of_h265),
    b"AV01": _of_av1,
    b"av01": _of_av1,
    _VP8: _of_vp8,
    b"VP90": _of_vp9,
    b"MJPG": _of_jpeg,
}
