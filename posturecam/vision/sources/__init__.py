"""Where frames come from: a camera, a video, pictures, or recorded landmarks. Each kind is imported on first use."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict, Unpack

from posturecam.config.reading import is_missing, quoted
from posturecam.config.settings import Settings
from posturecam.errors import CameraError, SourceError
from posturecam.i18n.words import mark
from posturecam.vision.frame import Source, SourceInfo
from posturecam.vision.sources.kinds import holds_single_pictures, is_recording


class VideoOptions(TypedDict, total=False):
    """The options of `VideoSource`, under the same names."""

    rate: float | None
    realtime: bool
    time_scale: float
    start: float
    end: float | None


def open_source(
    what: str | Path, settings: Settings, rotate: int | None = None, **options: Unpack[VideoOptions]
) -> Source:
    """Open a source by name: a file, a folder of pictures, or a camera.

    Pictures are rotated clockwise by `rotate` degrees; if that is None, a camera's are rotated as its settings say.

    A number, an empty text, a camera's device file, and any text that is neither a file nor looks like a file name
    means a camera, as described at `posturecam.vision.sources.camera.CameraSource`; an empty text means the one in the
    settings. So does a text that looks like a file name if a connected camera has that name, and an address (rtsp,
    rtsps, http, https). Whether a file is a picture or a video is decided by its content. The options apply to videos.
    A recording uses only `time_scale` and `realtime`; other sources ignore the options.

    Raises:
        SourceError: if a file or folder is missing, empty, damaged or of the wrong kind, or a recording is to be rotated.
        CameraError: if a camera does not exist or cannot be used.
        ValueError: if an option is invalid.
    """
    if isinstance(what, str):
        named = what or settings.camera.device
        if "://" in named:  # a file needs neither the camera modules nor their enumerator
            from posturecam.vision.sources.network import SCHEMES, is_address, open_address

            camera = settings.camera
            if is_address(named):
                return _turned(
                    open_address(named, camera), camera.rotate if rotate is None else rotate, flip=camera.flip
                )
            if re.match(r"\w+://", named) and is_missing(Path(named)):
                raise CameraError(
                    "{address} is not a camera address that posturecam can open: those begin with {schemes} and continue "
                    "with the camera's name or number on the network; name a file by its path",
                    address=quoted(named),
                    schemes=", ".join(f"{one}://" for one in SCHEMES),
                )
        if _names_camera(what):
            from posturecam.vision.sources.camera import CameraSource

            camera = settings.camera
            return _turned(CameraSource(named, camera), camera.rotate if rotate is None else rotate, flip=camera.flip)
    source = _open_file(what, options)
    if rotate and source.info.recorded:
        raise SourceError("{name} holds landmarks and no pictures to turn; leave --rotate out", name=what)
    return _turned(source, rotate or 0)


def _turned(source: Source, rotate: int, *, flip: bool = False) -> Source:
    if not (rotate or flip):
        return source
    from posturecam.vision.sources.turned import TurnedSource

    return TurnedSource(source, rotate, flip=flip)


def _open_file(what: str | Path, options: VideoOptions) -> Source:
    path = Path(what)
    if holds_single_pictures(path):
        from posturecam.vision.sources.stills import StillsSource, pictures_of

        found = pictures_of(path)
        return StillsSource(found.pictures, found.left_out)
    if is_recording(path):
        from posturecam.vision.sources.recording import RecordingSource

        return RecordingSource(path, time_scale=options.get("time_scale", 1.0), realtime=options.get("realtime", False))
    from posturecam.vision.sources.video import VideoSource

    return VideoSource(path, **options)


_CAMERAS = ("/dev/video", "/dev/v4l/", "\\\\?\\")
"""How the paths of cameras begin, on Linux and on Windows; other devices are no cameras."""


def _names_camera(what: str) -> bool:
    if not what or what.isdecimal() or what.startswith(_CAMERAS):
        return True
    if not is_missing(Path(what)):
        return False
    looks_like_file = "/" in what or "\\" in what or re.search(r"\.\w{2,5}$", what) is not None
    return not looks_like_file or _is_camera(what)


def _is_camera(name: str) -> bool:
    """Whether a camera of this computer has that name, such as "USB Camera 2.10" or "Cam A/B"."""
    from posturecam.vision.sources.camera import find_camera, list_cameras

    try:
        find_camera(name, list_cameras())
    except CameraError:
        return False
    return True


def usable_rate(rate: float, longest_gap: float) -> float:
    """The rate in samples per second, raised if necessary so that not every interval is taken for a gap, which is longer than `longest_gap` seconds."""
    return max(rate, 1.25 / longest_gap)


def require_pictures(problems: Sequence[str | None], info: SourceInfo) -> None:
    """Refuse to calibrate from a source that showed nothing, or mostly had a problem; `problems` has one entry per frame.

    Raises:
        CameraError: for a camera, with the most common problem.
        SourceError: for anything else, likewise.
    """
    kind = CameraError if info.live else SourceError
    if not problems:
        raise kind(mark("{camera} sent no pictures to learn from; see: posturecam doctor"), camera=info.name)
    found = Counter(problem for problem in problems if problem is not None)
    if 2 * found.total() > len(problems):
        raise kind(
            mark("{camera} sent no usable pictures: {problem}; then try again"),
            camera=info.name,
            problem=found.most_common(1)[0][0],
        )
