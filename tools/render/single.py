"""One picture of one person, with its ground truth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tools.render.cameras import PLACEMENTS, place
from tools.render.lights import LIGHTS
from tools.render.people import PEOPLE
from tools.render.posture import POSTURES, build, eye_height
from tools.render.rooms import ROOMS
from tools.render.scene import Scene
from tools.render.sensor import SENSORS, Pixels
from tools.render.truth import truth


class UnknownName(ValueError):
    """There is no person, posture, camera, room, light or sensor of that name."""


def _named(what: str, name: str, among: Mapping[str, Any]) -> Any:
    if name not in among:
        raise UnknownName(f"there is no {what} {name!r}; there are: {', '.join(among)}")
    return among[name]


def photograph(
    person: str, posture: str, camera: str, room: str, light: str, sensor: str, size: tuple[int, int], seed: int
) -> tuple[Pixels, dict[str, Any]]:
    """The picture (RGB) and its ground truth; everything is given by name, and the room defaults to one that suits the camera.

    Raises:
        UnknownName: if a name is unknown.
    """
    placement = _named("camera", camera, PLACEMENTS)
    on_mat = placement.kind == "floor"
    chosen = _named("room", room or ("yoga room" if on_mat else "study"), ROOMS)
    who, taken = _named("person", person, PEOPLE), _named("posture", posture, POSTURES)
    lit, seen = _named("light", light, LIGHTS), _named("sensor", sensor, SENSORS)
    with Scene(chosen, lit, [who], *size, barefoot=on_mat) as scene:
        (body,) = scene.bodies
        seen_from = place(camera, eye_height(body), None if seed == 0 else np.random.default_rng(seed), size)
        posed = build(body, taken)
        picture = scene.picture([posed], seen_from, seen, seed)
    return picture, truth(posed, seen_from)
