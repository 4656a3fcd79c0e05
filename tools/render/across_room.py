"""Pictures of stretches from across the room: every floor pose, from the side, at 1.2 to 3.5 m, anywhere in the picture.

`plan(split)` says what is rendered, from seeds alone. The person lies, sits or kneels along the back wall, so that the
camera, which sees 70° across as many webcams do, has room to stand 3.5 m away; furniture and walls are those of the rooms.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from tools.render import assets
from tools.render.body import Body, Posed
from tools.render.camera import Camera
from tools.render.cameras import SIZES
from tools.render.makehuman import Floats
from tools.render.motion import Life
from tools.render.people import PEOPLE, TEST_PEOPLE, TUNE_PEOPLE, Split
from tools.render.posture import POSTURES, build
from tools.render.rooms import ROOMS
from tools.render.rotation import about_z
from tools.render.scene import Scene
from tools.render.sensor import SENSORS
from tools.render.truth import truth

CACHE_VARIABLE = "POSTURECAM_RENDER_COACH_CACHE"
"""Environment variable with the folder for these pictures, where they are not to be kept in the user's cache."""
TRUTH = "truth.json"
"""What is true of a group's pictures; written last, so that a group with it is complete."""

DISTANCES = (1.2, 1.5, 2.0, 2.5, 3.0, 3.5)
"""Level, from the lens to the middle of the body, metres."""
POSES = (
    "long_sit", "thoracic_stretch_half", "thoracic_stretch_full", "kneeling", "childs_pose", "all_fours", "cat", "cow",
    "prone", "cobra", "standing_fold", "standing",
)  # fmt: skip
"""The poses of the exercises on the floor and of the standing fold, with those they begin from."""
FIELD_OF_VIEW = 70.0
"""Degrees across."""
CAMERA_HEIGHTS = (0.35, 1.05)
"""Lowest and highest lens above the floor, metres: a phone on a stool, a laptop on a desk."""
TURNED_BY = 15.0
"""So far from an exact side view at most, degrees: nobody kneels square to a camera."""
LIGHTS_USED = ("day", "overcast", "evening", "day", "window behind", "evening", "dim lamp")
SENSORS_USED = ("good webcam", "laptop webcam", "old 480p")
DARK = ("dim lamp",)
"""Lights in which a webcam shows its noise."""
PLACE = (0.0, 0.35)
"""x and y of the middle of the body, metres: along the wall behind."""
MARGIN = 0.03
"""The body stays so far within the picture's edges where it fits, in shares of the picture's size."""
ROOMS_USED: dict[Split, Sequence[str]] = {
    "tune": ("study", "yoga room", "kitchen", "bedroom", "white wall"),
    "test": ("living room floor", "attic", "dark wall", "green room", "living room", "office"),
}
JPEG_QUALITY = 90
CENTRINGS = 3
"""So often a camera is turned to have a body wholly in its picture that it would cut."""


@dataclass(frozen=True)
class Group:
    """One person in one room and light, seen by one webcam from each distance."""

    split: Split
    person: str
    room: str
    light: str
    sensor: str
    size: tuple[int, int]

    @property
    def name(self) -> str:
        """Unique among all groups, and the name of its folder."""
        return f"{self.split}_{self.person}_{self.size[0]}"


@dataclass(frozen=True)
class View:
    """One picture to be taken."""

    pose: str
    distance: float

    @property
    def file(self) -> str:
        """Its name in the group's folder."""
        return f"{self.pose}-{self.distance:g}.jpg"


def plan(split: Split, people: int = 6) -> list[Group]:
    """The groups of a split: so many people, in turn before a 640×480 and a 1280×720 webcam."""
    names = tuple(TUNE_PEOPLE if split == "tune" else TEST_PEOPLE)[:people]
    rooms = ROOMS_USED[split]
    groups = []
    for index, person in enumerate(names):
        light = LIGHTS_USED[index % len(LIGHTS_USED)]
        sensor = "low light" if light in DARK else SENSORS_USED[index % len(SENSORS_USED)]
        groups.append(Group(split, person, rooms[index % len(rooms)], light, sensor, SIZES[index % 2]))
    return groups


def views() -> Iterator[View]:
    """What is taken of each group."""
    for pose in POSES:
        for distance in DISTANCES:
            yield View(pose, distance)


def cache() -> Path:
    """Where the pictures are kept, outside the repository."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named) if named else assets.folder().parent.parent / "posturecam-render-coach"


def photograph(group: Group, pictures: Path) -> None:
    """Render a group, once: the pictures and, last, what is true of them, into its folder; goes on where it was interrupted."""
    folder = pictures / group.name
    if (folder / TRUTH).exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    room = replace(ROOMS[group.room], desk="none", chair="none", mat=False)
    told = {}
    with Scene(room, group.light, [PEOPLE[group.person]], *group.size, barefoot=True) as scene:
        (body,) = scene.bodies
        for index, view in enumerate(views()):
            random = np.random.default_rng([zlib.crc32(group.name.encode()), index])
            posed = _placed(body, view.pose, random)
            camera = _camera(posed, view.distance, group.size, random)
            told[view.file] = {"pose": view.pose, "distance": view.distance, **truth(posed, camera)}
            if not (folder / view.file).exists():
                rgb = scene.picture([posed], camera, SENSORS[group.sensor], int(random.integers(1 << 30)))
                written = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
                (folder / view.file).write_bytes(written.tobytes())
    (folder / TRUTH).write_text(json.dumps(told), encoding="utf-8")


def _placed(body: Body, pose: str, random: np.random.Generator) -> Posed:
    """The body in a pose, along the wall, facing either way."""
    life = Life(seed=int(random.integers(1 << 30)), sway=0.5)
    posed = build(body, life.added_to(POSTURES[pose], t=float(random.uniform(0, 60)), typing=0.0))
    turned = float(random.choice((-90.0, 90.0)) + random.uniform(-TURNED_BY, TURNED_BY))
    posed = posed.moved(about_z(turned), np.zeros(3))
    low, high = posed.vertices.min(axis=0), posed.vertices.max(axis=0)
    middle = (low + high) / 2
    return posed.moved(np.eye(3), np.array([PLACE[0] - middle[0], PLACE[1] - middle[1], 0.0]))


def _camera(posed: Posed, distance: float, size: tuple[int, int], random: np.random.Generator) -> Camera:
    """A camera so far away that has the body anywhere in its picture, wholly in it where it fits."""
    low, high = posed.vertices.min(axis=0), posed.vertices.max(axis=0)
    middle = (low + high) / 2
    position = np.array([middle[0], middle[1] - distance, random.uniform(*CAMERA_HEIGHTS)])
    aimed = Camera(tuple(position), tuple(middle), FIELD_OF_VIEW, *size, roll=float(random.uniform(-1, 1)))
    chance = random.uniform(-1, 1, 2)
    for _ in range(CENTRINGS):
        low, high = _rooms(aimed, posed)
        if min(low.min(), high.min()) >= 0:
            break
        aimed = _moved(aimed, (high - low) / 2)
    return _moved(aimed, chance * np.maximum(np.minimum(*_rooms(aimed, posed)), 0))


def _rooms(camera: Camera, posed: Posed) -> tuple[Floats, Floats]:
    """How much room is left and above of the body in the picture, and right and below, less the margin; pixels."""
    seen, picture = camera.project(posed.vertices), np.array([camera.width, camera.height])
    return seen.min(axis=0) - MARGIN * picture, picture * (1 - MARGIN) - seen.max(axis=0)


def _moved(camera: Camera, by: Floats) -> Camera:
    """The camera turned so that what was in the middle is so many pixels to the right and down."""
    across, down = by / camera.focal_length
    right, below, ahead = camera.axes
    away = ahead - across * right - down * below
    position = np.array(camera.position)
    distance = float(np.linalg.norm(np.array(camera.target) - position))
    return replace(camera, target=tuple(float(value) for value in position + distance * away))
