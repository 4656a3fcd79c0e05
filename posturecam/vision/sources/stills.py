"""Single pictures as a source."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from posturecam.config.reading import TooLarge, is_folder, read_limited, reason, remedy, resolved
from posturecam.errors import PosturecamError, SourceError
from posturecam.i18n.message import Message
from posturecam.i18n.words import STATEMENTS
from posturecam.vision.frame import Frame, Image, Source, SourceInfo
from posturecam.vision.sources.files import name_of, require_file
from posturecam.vision.sources.kinds import PICTURE_SUFFIXES, Content, InFolder, content_of, role_of, unread_kind
from posturecam.vision.sources.opencv import frame_of, to_bgr, too_large

_FORMATS = ("JPEG", "PNG", "BMP", "WEBP", "TIFF", "AVIF")
"""The formats those suffixes stand for, as pillow names them."""
MOST_BYTES = 200_000_000
"""Size of the largest picture file, bytes."""
MOST_PIXELS = 64_000_000
"""Most pixels of a picture: twice what webcams and most phones take. Decoding takes up to 12 bytes a pixel (a
progressive JPEG)."""
_SPACING = 1.0
"""Seconds between pictures. They need not belong together, but a source's times must increase."""


class StillsSource(Source):
    """Pictures one after another, 1 s apart.

    Photographs are rotated upright as their files say; gray, 16-bit and transparent ones become 8-bit color.

    Raises:
        SourceError: if there are none, or, while iterating, if one cannot be read.
    """

    def __init__(self, paths: Sequence[Path | str], notice: str | None = None) -> None:
        """Name the pictures, and what people should know about the folder they are from."""
        self._paths = [Path(path) for path in paths]
        if not self._paths:
            raise SourceError("No picture was given; name at least one file")
        first = self._paths[0]
        name = name_of(first)
        if len(paths) > 1:
            folder = name_of(resolved(first).parent)
            name = Message("{number} pictures in {folder}", number=len(paths), folder=folder)
        duration = len(paths) * _SPACING
        self.info = SourceInfo(name, name_of(first), live=False, duration=duration, notice=notice, single_pictures=True)

    def __iter__(self) -> Iterator[Frame]:
        for index, path in enumerate(self._paths):
            yield frame_of(index * _SPACING, read_picture(path))


@dataclass(frozen=True, slots=True)
class Pictures:
    """A picture, or those of a folder without its subfolders."""

    pictures: list[Path]
    """Sorted by name; at least one."""
    left_out: Message | None
    """What in it is not read although people may expect it, and what to do about it; None if there is nothing."""


def pictures_of(path: Path) -> Pictures:
    """What is to be judged of a picture or a folder of pictures.

    Raises:
        SourceError: if there are no pictures, or the picture cannot be opened.
    """
    if is_folder(path):
        return _picture_folder(path)
    require_file(path)
    return Pictures([path], None)


def _picture_folder(folder: Path) -> Pictures:
    """The pictures in a folder, if there are any."""
    found = _files_in(folder)
    others = _left_out(found[InFolder.UNREAD], found[InFolder.VIDEO])
    if found[InFolder.PICTURE]:
        named = others and Message("{folder}: {others}", folder=name_of(folder), others=others)
        return Pictures(found[InFolder.PICTURE], named)
    if others is not None:
        raise SourceError(
            "The folder {folder} has no pictures that can be read: {others}", folder=folder, others=others
        )
    kinds = ", ".join(sorted(PICTURE_SUFFIXES))
    raise SourceError(
        "The folder {folder} has no pictures ({kinds}); name a folder that has, or a file",
        folder=folder,
        kinds=kinds,
    )


def _left_out(unread: Sequence[Path], videos: Sequence[Path]) -> Message | None:
    parts = []
    if unread:
        parts.append(
            Message.counted(
                "{number} picture is left out ({kinds}): save a copy as JPEG or PNG",
                "{number} pictures are left out ({kinds}): save copies as JPEG or PNG",
                number=len(unread),
                kinds=", ".join(sorted({path.suffix[1:].upper() for path in unread})),
            )
        )
    if videos:
        parts.append(
            Message.counted(
                "{number} video or animation is left out: name the file to read it",
                "{number} videos or animations are left out: name a file to read it",
                number=len(videos),
            )
        )
    return Message.joined(STATEMENTS, parts) if parts else None


def _files_in(folder: Path) -> dict[InFolder, list[Path]]:
    found: dict[InFolder, list[Path]] = {kind: [] for kind in InFolder}
    try:
        for path in sorted(folder.iterdir()):
            found[role_of(path)].append(path)
    except OSError as error:
        raise SourceError(
            "The folder {path} cannot be read ({problem}); {remedy}",
            path=folder,
            problem=reason(error),
            remedy=remedy(error),
        ) from error
    return found


def read_picture(path: Path) -> Image:
    """One picture file, upright, as 8-bit BGR.

    Raises:
        SourceError: if it is missing, empty, damaged, too large, not a picture, or an animation.
    """
    require_file(path)
    if content_of(path) is Content.MOVING:
        raise SourceError(
            "{path} is an animation or a video, not a single picture; give it by itself, as a video", path=path
        )
    unread = unread_kind(path)
    if unread is not None:
        raise SourceError(
            "{path} is in a picture format that posturecam cannot read ({kind}); save a copy as JPEG or PNG",
            path=path,
            kind=unread,
        )
    try:
        return to_bgr(_decoded(read_limited(path, MOST_BYTES), path))
    except PosturecamError:
        raise
    except TooLarge as error:
        raise SourceError(
            "The picture {path} is too large ({problem}); save a smaller copy", path=path, problem=reason(error)
        ) from error
    except Exception as error:  # whatever a decoder makes of a damaged file
        raise SourceError(
            "{path} cannot be read as a picture ({problem}): it is damaged or another kind of file; copy or save it again",
            path=path,
            problem=reason(error),
        ) from error


def require_pixels(width: int, height: int, most: int) -> None:
    """Require that a picture is not too large to read.

    Raises:
        TooLarge: if it has more than `most` pixels.
    """
    if size := too_large(width, height, most):
        raise TooLarge(size)


def _decoded(encoded: bytes, path: Path) -> Image:
    """Decode the content of a picture file after checking its header: a small file may claim gigabytes."""
    import PIL.Image  # only pictures need it, and importing it takes a while

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pillow's warnings about oddities in the file
        try:
            with PIL.Image.open(io.BytesIO(encoded), formats=_FORMATS) as header:
                width, height = header.size
                pages = getattr(header, "n_frames", 1) if header.format == "TIFF" else 1
                by_pillow = header.format == "AVIF"
        except PIL.UnidentifiedImageError:
            raise ValueError(
                Message("it is in none of these formats: {formats}", formats=", ".join(_FORMATS))
            ) from None
        except PIL.Image.DecompressionBombError as error:  # pillow has its own limit, three times as large
            raise TooLarge(Message("the limit is {most} million pixels", most=MOST_PIXELS // 1_000_000)) from error
    require_pixels(width, height, MOST_PIXELS)
    if pages > 1:
        raise SourceError("The picture {path} has {pages} pages; save each as a picture", path=path, pages=pages)
    if by_pillow:  # OpenCV does not turn these upright
        import PIL.ImageOps

        with PIL.Image.open(io.BytesIO(encoded), formats=("AVIF",)) as stored:
            return np.ascontiguousarray(np.asarray(PIL.ImageOps.exif_transpose(stored).convert("RGB"))[..., ::-1])
    # Decoded from memory, because on Windows cv2.imread cannot open names outside the system's code page.
    picture = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError(Message("it cannot be decoded"))
    return np.asarray(picture, np.uint8)
