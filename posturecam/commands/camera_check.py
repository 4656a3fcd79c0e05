"""Checks cameras: whether there is a picture, whether it is live, and whether somebody is in it."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from posturecam.config.settings import Settings
from posturecam.errors import CameraError, PosturecamError
from posturecam.i18n.message import Message
from posturecam.i18n.translate import tr
from posturecam.i18n.words import THINGS, mark
from posturecam.posture.assess import picture_turned, vote_of
from posturecam.posture.loop import Tick
from posturecam.vision.estimator import PoseEstimator
from posturecam.vision.frame import SourceInfo
from posturecam.vision.orientation import usual_turn
from posturecam.vision.scene import PictureTrouble
from posturecam.vision.sources.camera import Camera, list_cameras
from posturecam.vision.sources.network import AT_AN_ADDRESS, is_address
from posturecam.vision.sources.opencv import glance_at

_LOOKS, _PACE = 6, 0.4
"""Number of checks of each camera and seconds between them: most virtual cameras repeat one picture for longer, no
sensor does."""
_NOBODY_SECONDS = 20.0
"""Seconds without anybody after which other cameras are checked: long enough to sit down."""

log = logging.getLogger("posturecam")


@dataclass(frozen=True, slots=True)
class CameraSight:
    """The result of checking a camera."""

    name: str
    key: str = ""
    size: tuple[int, int] | None = None
    """Width and height of its pictures, pixels."""
    person: bool = False
    """Whether somebody was seen."""
    problem: str | None = None
    """Why its pictures cannot be used, or None."""


def look_through(device: str, settings: Settings) -> CameraSight:
    """Open a camera for some seconds, as `posturecam.vision.sources.open_source` takes it, and return what it shows.

    Raises:
        CameraError: if it cannot be used.
        ModelError: if the pose model is missing or damaged.
    """
    from posturecam.vision.sources import open_source

    with open_source(device, settings) as source, PoseEstimator(settings.estimator, settings.follow) as estimator:
        source.pace(_PACE)
        frames = list(itertools.islice(source, _LOOKS))
        info, name, key = source.info, source.info.name, source.info.key
        images = [frame.image for frame in frames if frame.image is not None]
        poses = [pose for frame in frames if (pose := estimator(frame)) is not None]
    if not images:
        return CameraSight(name, key, problem=frames[-1].problem if frames else mark("it sends no pictures"))
    height, width = images[0].shape[:2]
    problem: str | None = None
    if len({glance_at(0.0, image).checksum for image in images}) == 1 < len(images):
        problem = mark("its picture is frozen: it is a virtual camera, or another program is using it")
        if is_address(device or settings.camera.device):
            problem = AT_AN_ADDRESS.pictures[PictureTrouble.STILL]
    turn = usual_turn(vote_of(pose, settings) for pose in poses)
    if turn is not None:
        problem = Message(
            "{problem}: correct it with: posturecam settings camera.rotate={degrees}",
            problem=picture_turned(turn).text,
            degrees=str(info.rotation_for(turn)),
        )
    return CameraSight(name, key, (width, height), bool(poses), problem)


def others_than(sight: CameraSight, settings: Settings) -> str:
    """The other cameras by name, and the one that shows somebody, as a sentence; empty if there are none."""
    others = [camera for camera in list_cameras() if sight.key not in (camera.key, str(camera.index))]
    if not others:
        return ""
    shows = _that_shows_somebody(others, settings)
    if shows is not None:
        return Message(
            '{camera} shows somebody; use it with: posturecam settings camera.device="{camera}"', camera=shows.name
        )
    names = Message.joined(THINGS, (camera.name for camera in others))
    return Message("there is also {names}; choose with: posturecam settings camera.device=NAME", names=names)


class OtherCameras:
    """Checks once whether another camera shows the user, if the watched one has never shown anybody.

    It takes some seconds per camera, so it runs in a thread of its own.
    """

    def __init__(self, info: SourceInfo, settings: Settings) -> None:
        self._info, self._settings = info, settings
        self._began: float | None = None
        self._looked = not info.live
        self._found: str | None = None

    def hint(self, tick: Tick) -> str | None:
        """What to say now, in the user's language, or None; at most once."""
        found, self._found = self._found, None
        if tick.pose is not None:
            self._looked = True
            return None
        if self._began is None:
            self._began = tick.frame.t
        if not self._looked and tick.frame.t - self._began >= _NOBODY_SECONDS:
            self._looked = True
            threading.Thread(target=self._look, name="posturecam other cameras", daemon=True).start()
        return found

    def _look(self) -> None:
        self._found = hint_of_others(self._info, self._settings)


def hint_of_others(info: SourceInfo, settings: Settings) -> str | None:
    """A hint that nobody is in this camera's picture, naming the others, in the user's language; None if there are no others."""
    try:
        others = others_than(CameraSight(info.name, info.key), settings)
    except PosturecamError as problem:  # the model was damaged meanwhile: a hint must not end watching
        log.info("%s", problem)
        return None
    return (
        tr(Message("I see nobody in the picture of {camera}; {others}", camera=info.name, others=others))
        if others
        else None
    )


def _that_shows_somebody(cameras: Sequence[Camera], settings: Settings) -> Camera | None:
    for camera in cameras:
        try:
            sight = look_through(camera.key, settings)
        except CameraError:
            continue
        if sight.person and sight.problem is None:
            return camera
    return None
