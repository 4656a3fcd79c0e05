"""Pictures of stretches from across the room: every floor pose, from the side, at 1.2 to 3.5 m, anywhere in the picture.

`plan(split)` says what is rendered, from seeds alone. The person lies, sits or kneels along the back wall, so that the
camera, which has the 70° field of view of many webcams, has room to stand 3.5 m away; furniture and walls are those of
the rooms.
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
"""Environment variable with the folder for these pictures, if not in the user's cache."""
TRUTH, FILM_TRUTH, SESSION_TRUTH = "truth.json", "films.json", "sessions.json"
"""The ground truth of a group's pictures; written last, so that a group that has it is complete."""

DISTANCES = (1.2, 1.5, 2.0, 2.5, 3.0, 3.5)
"""Horizontal distance from the lens to the middle of the body, meters."""
POSES = (
    "long_sit", "thoracic_stretch_half", "thoracic_stretch_full", "kneeling", "childs_pose", "all_fours", "cat", "cow",
    "prone", "cobra", "standing_fold", "standing",
)  # fmt: skip
"""The poses of the exercises on the floor and of the standing fold, with their start poses."""
FILMS = (
    ("long_sit", "thoracic_stretch_full"), ("kneeling", "childs_pose"), ("all_fours", "childs_pose"), ("all_fours", "cat"),
    ("prone", "cobra"), ("standing", "standing_fold"),
)  # fmt: skip
"""Start and end pose of each film."""
FILM_DISTANCES = (2.0, 3.0)
SESSION_DISTANCE = 2.5
"""Distance of the films of whole sessions, meters: the middle of what the coach asks for."""
STEPS = 7
"""Pictures of a film, the first in the start pose and the last in the end pose."""
FIELD_OF_VIEW = 70.0
"""Horizontal, degrees."""
CAMERA_HEIGHTS = (0.35, 1.05)
"""Lowest and highest lens above the floor, meters: a phone on a stool, a laptop on a desk."""
TURNED_BY = 15.0
"""Largest deviation from an exact side view, degrees: nobody kneels square to a camera."""
LIGHTS_USED = ("day", "overcast", "evening", "day", "window behind", "evening", "dim lamp")
SENSORS_USED = ("good webcam", "laptop webcam", "old 480p")
DARK = ("dim lamp",)
"""Lights under which a webcam shows its noise."""
PLACE = (0.0, 0.35)
"""x and y of the middle of the body, meters: along the back wall."""
MARGIN = 0.03
"""Distance of the body from the picture's edges if it fits, as a fraction of the picture's size."""
ROOMS_USED: dict[Split, Sequence[str]] = {
    "tune": ("study", "yoga room", "kitchen", "bedroom", "white wall"),
    "test": ("living room floor", "attic", "dark wall", "green room", "living room", "office"),
}
JPEG_QUALITY = 90
CENTERINGS = 3
"""Most times that a camera is turned to get a cut-off body wholly into its picture."""


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
    """Pictures to take from one camera: of one pose, or of a movement between two."""

    pose: str
    distance: float
    start: str = ""

    @property
    def files(self) -> list[str]:
        """Their names in the group's folder."""
        if not self.start:
            return [f"{self.pose}-{self.distance:g}.jpg"]
        return [f"{self.start}-{self.pose}-{self.distance:g}-{step}.jpg" for step in range(STEPS)]


def plan(split: Split, people: int = 6) -> list[Group]:
    """The groups of a split: this many people, alternating between a 640×480 and a 1280×720 webcam."""
    names = tuple(TUNE_PEOPLE if split == "tune" else TEST_PEOPLE)[:people]
    rooms = ROOMS_USED[split]
    groups = []
    for index, person in enumerate(names):
        light = LIGHTS_USED[index % len(LIGHTS_USED)]
        sensor = "low light" if light in DARK else SENSORS_USED[index % len(SENSORS_USED)]
        groups.append(Group(split, person, rooms[index % len(rooms)], light, sensor, SIZES[index % 2]))
    return groups


def views() -> Iterator[View]:
    """The stills taken of each group."""
    for pose in POSES:
        for distance in DISTANCES:
            yield View(pose, distance)


def films() -> Iterator[View]:
    """The films taken of each group."""
    for start, pose in FILMS:
        for distance in FILM_DISTANCES:
            yield View(pose, distance, start)


def sessions() -> Iterator[View]:
    """The films of whole sessions; each group has all of them."""
    for start, pose in FILMS:
        yield View(pose, SESSION_DISTANCE, start)


def cache() -> Path:
    """The folder of the pictures, outside the repository."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named) if named else assets.folder().parent.parent / "posturecam-render-coach"


def photograph(group: Group, pictures: Path, wanted: Sequence[View], truths: str = TRUTH) -> None:
    """Render a group, once: the pictures and, last, their ground truth, into its folder; resumes after an interruption."""
    folder = pictures / group.name
    if (folder / truths).exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    room = replace(ROOMS[group.room], desk="none", chair="none", mat=False)
    told = {}
    with Scene(room, group.light, [PEOPLE[group.person]], *group.size, barefoot=True) as scene:
        (body,) = scene.bodies
        for index, view in enumerate(wanted):
            random = np.random.default_rng([zlib.crc32(group.name.encode()), index])
            steps = _placed(body, view, random)
            camera = _camera([steps[0], steps[-1]], view.distance, group.size, random)
            for file, posed in zip(view.files, steps, strict=True):
                told[file] = {"pose": view.pose, "distance": view.distance, "start": view.start, **truth(posed, camera)}
                seed = int(random.integers(1 << 30))
                if not (folder / file).exists():
                    rgb = scene.picture([posed], camera, SENSORS[group.sensor], seed)
                    written = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
                    (folder / file).write_bytes(written.tobytes())
    (folder / truths).write_text(json.dumps(told), encoding="utf-8")


def _placed(body: Body, view: View, random: np.random.Generator) -> list[Posed]:
    """The body in its pose or on the way into it, along the wall, facing either way."""
    life = Life(seed=int(random.integers(1 << 30)), sway=0.5)
    end, t = POSTURES[view.pose], float(random.uniform(0, 60))
    start = POSTURES[view.start or view.pose]
    turned = float(random.choice((-90.0, 90.0)) + random.uniform(-TURNED_BY, TURNED_BY))
    steps = []
    for share in np.linspace(0, 1, len(view.files)) if view.start else (1.0,):
        posed = build(body, life.added_to(start.towards(end, float(share)), t, typing=0.0))
        steps.append(posed.moved(about_z(turned), np.zeros(3)))
    low, high = steps[-1].vertices.min(axis=0), steps[-1].vertices.max(axis=0)
    middle = (low + high) / 2
    by = np.array([PLACE[0] - middle[0], PLACE[1] - middle[1], 0.0])
    return [posed.moved(np.eye(3), by) for posed in steps]


def _camera(bodies: Sequence[Posed], distance: float, size: tuple[int, int], random: np.random.Generator) -> Camera:
    """A camera at this distance with the body anywhere in its picture, in all of its poses, wholly in it if it fits."""
    skin = np.concatenate([posed.vertices for posed in bodies])
    low, high = skin.min(axis=0), skin.max(axis=0)
    middle = (low + high) / 2
    position = np.array([middle[0], middle[1] - distance, random.uniform(*CAMERA_HEIGHTS)])
    aimed = Camera(tuple(position), tuple(middle), FIELD_OF_VIEW, *size, roll=float(random.uniform(-1, 1)))
    chance = random.uniform(-1, 1, 2)
    for _ in range(CENTERINGS):
        low, high = _rooms(aimed, skin)
        if min(low.min(), high.min()) >= 0:
            break
        aimed = _moved(aimed, (high - low) / 2)
    return _moved(aimed, chance * np.maximum(np.minimum(*_rooms(aimed, skin)), 0))


def _rooms(camera: Camera, skin: Floats) -> tuple[Floats, Floats]:
    """Free space left of and above the body in the picture, and right of and below it, minus the margin; pixels."""
    seen, picture = camera.project(skin), np.array([camera.width, camera.height])
    return seen.min(axis=0) - MARGIN * picture, picture * (1 - MARGIN) - seen.max(axis=0)


def _moved(camera: Camera, by: Floats) -> Camera:
    """The camera turned so that what was in the center moves right and down by this many pixels."""
    across, down = by / camera.focal_length
    right, below, ahead = camera.axes
    away = ahead - across * right - down * below
    position = np.array(camera.position)
    distance = float(np.linalg.norm(np.array(camera.target) - position))
    x, y, z = (float(value) for value in position + distance * away)
    return replace(camera, target=(x, y, z))
