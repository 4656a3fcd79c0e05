"""Detects what a file contains by its first bytes, not by its name: phones and chat apps give files wrong suffixes."""

from __future__ import annotations

import contextlib
from enum import Enum, auto
from pathlib import Path

from posturecam.config.reading import is_folder, require_ordinary

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".avif"})
"""Suffixes taken to be pictures if the content is inconclusive, in lower case."""
_JPEG_STREAM_SUFFIXES = frozenset({".mjpg", ".mjpeg"})
"""Suffixes of pictures one after another without a container; the first bytes look like those of a single
photograph."""
_HEAD = 32
"""First bytes needed to detect every kind except an animated PNG."""
_MOST_CHUNKS = 100
"""Most chunks of a PNG to search for the one that marks it as animated; it comes before the picture, after a few of
text and color."""
_EXTENDED, _ANIMATED = b"VP8X", 0x02
"""The WebP chunk that holds the file's flags, and the flag of an animation (RFC 9649, section 2.7)."""

_UNREAD_SUFFIXES = frozenset({
    ".heic", ".heif", ".hif", ".jxl", ".psd", ".svg",
    ".dng", ".raw", ".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw", ".srf", ".sr2", ".orf",
    ".raf", ".rw2", ".pef", ".srw", ".x3f", ".3fr", ".iiq", ".rwl", ".erf", ".kdc", ".dcr", ".mrw", ".gpr",
})  # fmt: skip
"""Suffixes of pictures that are not read. Most raw formats begin like a TIFF file, and what other programs find in them is a thumbnail."""
_LEFT_OUT_SUFFIXES = _UNREAD_SUFFIXES | {".pdf", ".jp2"}
"""Suffixes of what people may take for pictures in a folder. Some PDF and JPEG 2000 files are read when they are named themselves."""
_VIDEO_SUFFIXES = frozenset({
    ".mov", ".mp4", ".m4v", ".avi", ".mkv", ".webm", ".mts", ".m2ts", ".3gp", ".wmv", ".mpg", ".mpeg", ".gif",
})  # fmt: skip
"""Suffixes of videos, which phones put next to their pictures."""

READ_SUFFIXES = PICTURE_SUFFIXES | _VIDEO_SUFFIXES | {".npz"}
"""Suffixes of most files that are read."""

_HEIF = (b"heic", b"heix", b"mif1")
"""Brands of single pictures from phones (ISO/IEC 23008-12, annex B); they are refused, naming the formats that are read."""


_ICONS = (b"\0\0\1\0", b"\0\0\2\0", b"icns")
"""First bytes of icons and mouse pointers; they are refused likewise, and not as the cover picture that they look like to a video decoder."""


class Content(Enum):
    """What a file shows."""

    PICTURE = auto()
    MOVING = auto()
    """A video or an animation."""
    UNKNOWN = auto()
    """It cannot be opened, or its first bytes are not recognized; a decoder may still know it."""


def content_of(path: Path) -> Content:
    """What the file contains, by its content, or by its name if the content is inconclusive."""
    content = Content.UNKNOWN
    with contextlib.suppress(OSError):
        content = _content_by_bytes(path)
    if content is Content.UNKNOWN:
        return Content.PICTURE if path.suffix.lower() in PICTURE_SUFFIXES | _UNREAD_SUFFIXES else Content.UNKNOWN
    return content


def is_recording(path: Path) -> bool:
    """Whether it is taken to be a recording of landmarks, by its name."""
    return path.suffix.lower() == ".npz"


def holds_single_pictures(path: Path) -> bool:
    """Whether it is a picture or a folder of them, each to be judged by itself, and not a video, an animation or a recording."""
    return is_folder(path) or (not is_recording(path) and content_of(path) is Content.PICTURE)


class InFolder(Enum):
    """What a file is among the pictures of a folder."""

    PICTURE = auto()
    UNREAD = auto()
    """A picture of a kind that is not read."""
    VIDEO = auto()
    OTHER = auto()
    """Something else, a folder, or hidden: macOS and Android keep notes about pictures, and deleted pictures, in hidden files with the same suffix."""


def role_of(path: Path) -> InFolder:
    """What a file is in a folder of pictures: by its name, or by its content if the name is inconclusive."""
    suffix = path.suffix.lower()
    if path.name.startswith(".") or is_folder(path):
        return InFolder.OTHER
    if suffix in PICTURE_SUFFIXES:
        return InFolder.PICTURE
    if suffix in _LEFT_OUT_SUFFIXES:
        return InFolder.UNREAD
    if suffix in _VIDEO_SUFFIXES:
        return InFolder.VIDEO
    with contextlib.suppress(OSError):
        require_ordinary(path)
        with path.open("rb") as file:
            if file.read(_HEAD).startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):  # such as .jfif
                return InFolder.PICTURE
    return InFolder.OTHER


def unread_kind(path: Path) -> str | None:
    """The kind of a picture that is not read, such as "HEIC", by its name or its content; None if it may be read."""
    if path.suffix.lower() in _UNREAD_SUFFIXES:
        return path.suffix[1:].upper()
    with contextlib.suppress(OSError):
        require_ordinary(path)
        with path.open("rb") as file:
            head = file.read(_HEAD)
        return "HEIC" if head[4:8] == b"ftyp" and head[8:12] in _HEIF else None
    return None


def is_matroska(path: Path) -> bool:
    """Whether it is a Matroska or WebM file (its first four bytes: RFC 8794, section 11.2.1)."""
    with path.open("rb") as file:
        return file.read(4) == b"\x1a\x45\xdf\xa3"


def _content_by_bytes(path: Path) -> Content:
    require_ordinary(path)  # opening a pipe may block forever
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Content.MOVING if _is_animated_png(path) else Content.PICTURE
    if head.startswith(b"\xff\xd8\xff"):
        return Content.MOVING if path.suffix.lower() in _JPEG_STREAM_SUFFIXES else Content.PICTURE
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        moves = head[12:16] == _EXTENDED and len(head) > 20 and head[20] & _ANIMATED
        return Content.MOVING if moves else Content.PICTURE
    if head.startswith((b"II*\0", b"MM\0*", *_ICONS)):
        return Content.PICTURE
    if head.startswith((b"GIF87a", b"GIF89a", b"\x1a\x45\xdf\xa3")) or (head[:4] == b"RIFF" and head[8:12] == b"AVI "):
        return Content.MOVING
    if head[4:8] == b"ftyp":
        # Of a HEIC file, a video decoder would return only the first of its tiles.
        return Content.PICTURE if head[8:12] in (*_HEIF, b"avif") else Content.MOVING
    return Content.UNKNOWN


def _is_animated_png(path: Path) -> bool:
    """Whether a chunk acTL comes before the picture, as specified (PNG, third edition, section 11.3.6)."""
    with path.open("rb") as file:
        file.seek(8)
        for _ in range(_MOST_CHUNKS):
            header = file.read(8)
            if len(header) < 8 or header[4:] == b"IDAT":
                return False
            if header[4:] == b"acTL":
                return True
            file.seek(int.from_bytes(header[:4], "big") + 4, 1)
    return False
