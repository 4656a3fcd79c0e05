"""Where frames come from: a camera, a video, pictures, or recorded landmarks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TypedDict, Unpack

from posturecam.frame import Source
from posturecam.settings import Settings
from posturecam.sources.recording import RecordingSource, RecordingWriter
from posturecam.sources.stills import PICTURE_SUFFIXES, StillsSource, pictures_in
from posturecam.sources.video import VideoSource

__all__ = ["RecordingSource", "RecordingWriter", "StillsSource", "VideoOptions", "VideoSource", "open_source"]


class VideoOptions(TypedDict, total=False):
    """What `VideoSource` may be told, by the same names."""

    rate: float | None
    realtime: bool
    time_scale: float
    start: float
    end: float | None


def open_source(what: str | Path, settings: Settings, **options: Unpack[VideoOptions]) -> Source:
    """Open whatever is named: a file, a folder of pictures, or a camera.

    A number, an empty text, a camera's device file, and any text that is neither a file nor looks like the name of one is
    a camera, as `posturecam.camera.CameraSource` takes it; an empty text is the one in the settings. The options are a
    video's; other sources have no use for them.

    Raises:
        SourceError: if a file or folder is missing, empty, damaged or of the wrong kind.
        CameraError: if a camera does not exist or cannot be used.
        ValueError: if an option makes no sense.
    """
    if isinstance(what, str) and _names_camera(what):
        from posturecam.camera import CameraSource  # a file needs neither the camera module nor its enumerator

        return CameraSource(what or settings.camera.device, settings.camera)
    path = Path(what)
    if path.is_dir():
        return StillsSource(pictures_in(path))
    suffix = path.suffix.lower()
    if suffix == ".npz":
        return RecordingSource(path)
    if suffix in PICTURE_SUFFIXES:
        return StillsSource([path])
    return VideoSource(path, **options)


def _names_camera(what: str) -> bool:
    if not what or what.isdecimal() or what.startswith(("/dev/", "\\\\?\\")):  # the latter are devices on Windows
        return True
    looks_like_file = "/" in what or "\\" in what or re.search(r"\.\w{2,5}$", what) is not None
    return not looks_like_file and not Path(what).exists()
