"""The choices of settings that hold a name: the connected cameras, and the routines. Their listing code is imported on use."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from posturecam.config.reading import hide_secrets
from posturecam.errors import CameraError
from posturecam.i18n.translate import tr

if TYPE_CHECKING:
    from posturecam.desktop.pages.settings.words import SettingChoice
    from posturecam.vision.sources.camera import Camera

ListCameras = Callable[[], "Sequence[Camera]"]


def list_cameras() -> Sequence[Camera]:
    """The connected cameras, from `posturecam.vision.sources.camera.list_cameras`, which is imported now."""
    from posturecam.vision.sources import camera

    return camera.list_cameras()


def camera_choices(cameras: ListCameras, kept: str) -> list[SettingChoice]:
    """Camera choices: by name if that means no other one, which keeps the settings file readable; plus the current value of the file.

    Args:
        cameras: Lists them.
        kept: The current value in the file.
    """
    from posturecam.desktop.pages.settings.words import SettingChoice
    from posturecam.vision.sources.network import is_address

    try:
        found = cameras()
    except CameraError:
        return []
    names = Counter(camera.name for camera in found)
    typed = [SettingChoice(kept, hide_secrets(kept))] if is_address(kept) else []
    return typed + [
        SettingChoice(
            value_for(camera, found, kept),
            camera.name if names[camera.name] == 1 else f"{camera.name} ({camera.key})",
        )
        for camera in found
    ]


def value_for(camera: Camera, cameras: Sequence[Camera], kept: str = "") -> str:
    """What the setting has to say to mean one of these cameras: what is `kept` there if that does, else its name, or its key if the name means another one."""
    from posturecam.vision.sources.camera import find_camera  # listing the cameras has imported it

    alone = sum(one.name == camera.name for one in cameras) == 1
    for value in (kept, camera.name if alone else ""):
        with contextlib.suppress(CameraError):
            if value and find_camera(value, cameras) is camera:
                return value
    return camera.key


def routine_choices() -> list[SettingChoice]:
    """The routines, by their titles; those that cannot be read are left out."""
    from posturecam.coach.library import usable_routines
    from posturecam.desktop.pages.settings.words import SettingChoice

    return [SettingChoice(one.id, tr(one.title)) for one, _ in usable_routines([])]
