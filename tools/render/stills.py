"""The stills of the accuracy benchmark: which people, places, lights and postures, and their landmarks and ground truth.

`plan(split)` says what is rendered, from seeds alone: the same call gives the same pictures. `tune` and `test` share no
person, no room and no camera; `validation` has other people, drawn at random, in the rooms of `tune`, with cameras that
may see a face, and `covered` has some of them there in masks, scarves, veils and hats; the last set, `train`, is drawn at random by `training.py`. Each group (one person in
front of one camera) is one job with one file, so that an interrupted run resumes where it stopped.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

import cv2
import numpy as np

from posturecam.config import resources
from posturecam.config.settings import EstimatorSettings
from posturecam.vision.face.finder import find_head
from posturecam.vision.frame import Image
from posturecam.vision.head import HeadLook, NoHead
from posturecam.vision.landmarkers import FaceLandmarks
from posturecam.vision.pose import Pose
from tools.render import assets, coverings
from tools.render.body import Body, Posed
from tools.render.camera import Camera
from tools.render.cameras import SIZES, place
from tools.render.crowd import COVERING_COLORS, covered, person
from tools.render.landmarks import Arrays, stacked, stacked_heads, to_subpixel, unstacked
from tools.render.motion import Life
from tools.render.people import PEOPLE, TEST_PEOPLE, TUNE_PEOPLE, Person, Split
from tools.render.posture import POSTURES, Posture, build, eye_height
from tools.render.rooms import ROOMS, Room
from tools.render.scene import Scene
from tools.render.sensor import SENSORS, Pixels, Sensor
from tools.render.truth import truth
from tools.still_estimator import Before, StillEstimator

MODELS: tuple[Literal["lite", "full"], ...] = ("lite", "full")
NOT_PER_STILL = ("angle_names", "point_names")
CACHE_VARIABLE = "POSTURECAM_RENDER_CACHE"
"""Environment variable with the folder for pictures, if not in the user's cache."""
TRUTH = "truth.npz"
"""The ground truth of a group's pictures; written last, so that a group that has it is complete."""
FIELD_OF_VIEW = 65.0
"""Horizontal degrees assumed for the face sensor, as in the program when the camera's field of view is unknown."""


_TUNE_ROOMS = ("study", "white wall", "kitchen", "bedroom")
SPLITS: Mapping[str, tuple[Sequence[str], Sequence[str], Sequence[str]]] = {
    "tune": (tuple(TUNE_PEOPLE), _TUNE_ROOMS, ("yoga room",)),
    "validation": (tuple(f"v{number:02d}" for number in range(16)), _TUNE_ROOMS, ()),
    "test": (tuple(TEST_PEOPLE), ("office", "dark wall", "living room", "green room", "attic"), ("living room floor",)),
}
"""People, desk rooms and floor rooms of each split; without a floor room nobody is seen from the side or on a mat."""
FAMILIES: Sequence[Sequence[str]] = (
    ("monitor", "high webcam"),
    ("laptop", "phone on a stand"),
    ("oblique left", "oblique right"),
    ("side left", "side right"),
)
"""Each person is seen by one camera of each family."""
LIGHTS_USED = ("day", "overcast", "evening", "day", "window behind", "overcast", "dim lamp", "evening", "screen only")
SENSORS_USED = ("good webcam", "laptop webcam", "old 480p")
WIDE = 0.25
"""Fraction of the cameras that take 1280×720 pictures; the others take 640×480, as the program requests."""
JPEG_QUALITY = 90
"""Landmarks are found in the picture after this compression, so that the stored pictures give the same ones."""
DARK = ("dim lamp", "screen only")
"""Lights under which a webcam shows its noise."""

REPEATS: Mapping[str, int] = {
    "upright": 6,
    "upright_relaxed": 1,
    "slouch_mild": 2, "slouch_mid": 2, "slouch_deep": 2, "slouch_looking_up": 1, "slouch_looking_down": 1,
    "forward_head_mild": 1, "forward_head_mid": 1, "forward_head_deep": 2, "sliding_down": 2,
    "look_at_keys": 2, "look_at_phone": 2, "look_up": 1,
    "lean_in": 2, "recline": 1, "recline_typing": 1, "shrug": 1,
    "head_tilt": 1, "trunk_lean": 1, "head_turn": 2, "trunk_turn": 1, "chin_in_hand": 1, "drinking": 1,
    "reach_ahead": 1, "reach_aside": 1, "using_mouse": 1,
}  # fmt: skip
"""Stills of each posture in a group; left and right variants take turns."""
LESS = 0.2
"""Each still except the upright ones is up to this fraction nearer to upright than its named posture, to cover the
whole range."""
SEAT_SHIFT = 0.02
"""The chair of each still is up to this far from its place, meters, except for the upright ones."""
ON_THE_MAT = (
    "long_sit", "thoracic_stretch_shallow", "thoracic_stretch_half", "thoracic_stretch_full",
    "thoracic_stretch_knees_bent", "kneeling", "childs_pose_half", "childs_pose", "childs_pose_hips_high", "puppy_pose",
    "all_fours", "cat", "cow", "cobra", "standing_fold", "standing_overhead_reach",
)  # fmt: skip
FLOOR_CAMERAS = ("floor side left", "floor side right")
BACKGROUND_PLACES = ((-0.75, 0.95), (0.8, 1.05))
"""Where somebody else stands in every sixth group, x and y, meters."""


@dataclass(frozen=True)
class Group:
    """One person in front of one camera in one room and light."""

    split: Split
    person: str
    placement: str
    room: str
    light: str
    sensor: str
    company: str = ""
    """The person in the background, or empty."""
    covering: coverings.Kind = "none"
    """What covers the person's head."""

    @property
    def name(self) -> str:
        """Unique among all groups, and the name of its file."""
        return self._named(self.split)

    def _named(self, split: Split) -> str:
        return f"{split} {self.person} {self.placement}".replace(" ", "_")

    @property
    def seed(self) -> int:
        """Seed of everything random in it; people of `covered` sit as they do uncovered, in `validation`."""
        return zlib.crc32(self._named("validation" if self.split == "covered" else self.split).encode())

    @property
    def on_mat(self) -> bool:
        """Whether it shows stretches on the floor."""
        return self.placement.startswith("floor")

    @property
    def shows_face(self) -> bool:
        """Whether the program searches for a face from there: not from the side, nor on a mat."""
        return not self.placement.startswith(("side", "floor"))

    @property
    def cast(self) -> list[Person]:
        """The people in the pictures, the main person first."""
        names = [name for name in (self.person, self.company) if name]
        cast = [PEOPLE[name] if name in PEOPLE else person(name, self.split) for name in names]
        return [covered(cast[0], self.covering), *cast[1:]]

    @property
    def furnished(self) -> Room:
        """The room as furnished for these pictures."""
        return ROOMS[self.room]

    def put_up(self, eyes: float, random: np.random.Generator, size: tuple[int, int]) -> Camera:
        """The camera, for somebody with this eye height (meters) when upright."""
        return place(self.placement, eyes, random, size)

    def stills(self) -> Iterator[Still]:
        """The stills to take."""
        return postures(self)


@dataclass(frozen=True)
class Still:
    """One picture's posture."""

    name: str
    """Name of the posture."""
    variant: int
    posture: Posture


def plan(split: Split) -> list[Group]:
    """All groups of a split but `train`, alternating between camera families, so that any part is a fair sample."""
    if split == "covered":
        return _covered()
    people, rooms, floor_rooms = SPLITS[split]
    groups = []
    for turn, family in enumerate(FAMILIES if floor_rooms else FAMILIES[:-1]):
        for index, name in enumerate(people):
            light = LIGHTS_USED[(index + 2 * turn) % len(LIGHTS_USED)]
            sensor = "low light" if light in DARK else SENSORS_USED[(index + turn) % len(SENSORS_USED)]
            company = people[(index + 5) % len(people)] if (index + turn) % 6 == 3 else ""
            room = rooms[(index + turn) % len(rooms)]
            groups.append(Group(split, name, family[(index + turn) % len(family)], room, light, sensor, company))
    for index, name in enumerate(people[::2] if floor_rooms else ()):
        light = ("day", "overcast", "evening")[index % 3]
        camera = FLOOR_CAMERAS[index % len(FLOOR_CAMERAS)]
        groups.append(Group(split, name, camera, floor_rooms[0], light, SENSORS_USED[index % len(SENSORS_USED)]))
    return groups


def _covered() -> list[Group]:
    """People of `validation` with something on their heads, in their places: each covering twice, for each kind of camera that looks for a face."""
    plain, count = plan("validation"), len(SPLITS["validation"][0])
    eye_level, low, oblique = (plain[turn * count : (turn + 1) * count] for turn in range(3))
    kinds = 2 * list(COVERING_COLORS)
    chosen = [*eye_level[: len(kinds)], *low[-len(kinds) :], *oblique[: len(kinds)]]
    return [replace(group, split="covered", covering=kind) for group, kind in zip(chosen, 3 * kinds, strict=True)]


def postures(group: Group) -> Iterator[Still]:
    """The postures of a group, each with small movements of its own."""
    random = np.random.default_rng([group.seed, 1])
    repeats = dict.fromkeys(ON_THE_MAT, 1) if group.on_mat else REPEATS
    for name, count in repeats.items():
        for variant in range(count):
            yield Still(name, variant, _varied(name, variant, group, random))


def _varied(name: str, variant: int, group: Group, random: np.random.Generator) -> Posture:
    if name not in POSTURES:
        name = f"{name}_{('left', 'right')[(group.seed + variant) % 2]}"
    posture = POSTURES[name]
    if not group.on_mat and not name.startswith("upright"):
        posture = posture.towards(POSTURES["upright"], float(random.uniform(0, LESS)))
        posture = posture.plus(
            **{axis: float(random.uniform(-SEAT_SHIFT, SEAT_SHIFT)) for axis in ("hips_x", "hips_y")}
        )
    life = Life(seed=int(random.integers(1 << 30)), sway=0.5 if group.on_mat else 1.0)
    return life.added_to(posture, t=float(random.uniform(0, 60)), typing=0.0 if group.on_mat else 1.0)


class Studio:
    """Renders the stills of one group."""

    def __init__(self, group: Group) -> None:
        self.group = group
        chance = np.random.default_rng([group.seed, 2])
        size = SIZES[int(chance.random() < WIDE)]
        self._scene = Scene(group.furnished, group.light, group.cast, *size, barefoot=group.on_mat)
        self.body, *others = self._scene.bodies
        self.camera = group.put_up(eye_height(self.body), chance, size)
        self._others = [self._standing(body, index) for index, body in enumerate(others)]
        self._random = np.random.default_rng([group.seed, 3])

    def _standing(self, body: Body, index: int) -> Posed:
        x, y = BACKGROUND_PLACES[(self.group.seed + index) % len(BACKGROUND_PLACES)]
        return build(body, POSTURES["standing"]).moved(np.eye(3), np.array([x, y, 0.0]))

    def take(self, still: Still) -> tuple[Posed, Pixels]:
        """The body in the posture, and the picture of it (RGB)."""
        posed = build(self.body, still.posture)
        seed = int(self._random.integers(1 << 30))
        return posed, self._scene.picture([posed, *self._others], self.camera, self._sensor(), seed)

    def _sensor(self) -> Sensor:
        """A sensor with motion blur: people at work move a little during the exposure."""
        blur, direction = float(self._random.gamma(1.0, 0.7)), float(self._random.uniform(0, 180))
        return replace(SENSORS[self.group.sensor], motion_blur=blur, motion_direction=direction)

    def close(self) -> None:
        """Free the renderer."""
        self._scene.close()


def cache() -> Path:
    """The folder of the pictures, outside the repository: landmarks can be detected again without rendering."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named) if named else assets.folder().parent / "pictures"


def photograph(group: Group, pictures: Path) -> None:
    """Render the stills of a group, once: the pictures and, last, their ground truth, into its folder in `pictures`."""
    folder = pictures / group.name
    if (folder / TRUTH).exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    studio = Studio(group)
    shown: list[tuple[Still, dict[str, Any]]] = []
    try:
        for still in group.stills():
            posed, rgb = studio.take(still)
            written = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
            (folder / _file_name(still.name, still.variant)).write_bytes(written.tobytes())
            shown.append((still, truth(posed, studio.camera)))
    finally:
        studio.close()
    half = folder / f"half {TRUTH}"
    np.savez_compressed(half, allow_pickle=False, **_described(group, studio.camera, shown))
    half.rename(folder / TRUTH)


def _file_name(posture: str, variant: int) -> str:
    return f"{posture}-{variant}.jpg"


def _kept(group: Group, pictures: Path) -> tuple[Arrays, list[Image]]:
    """The ground truth of a rendered group, and its pictures (BGR).

    Raises:
        FileNotFoundError: if it was not rendered, or a picture is missing.
    """
    folder = pictures / group.name
    with np.load(folder / TRUTH) as kept:
        told = dict(kept)
    images = []
    for posture, variant in zip(told["posture"], told["variant"], strict=True):
        file = folder / _file_name(str(posture), int(variant))
        images.append(np.asarray(cv2.imdecode(np.frombuffer(file.read_bytes(), np.uint8), cv2.IMREAD_COLOR), np.uint8))
    return told, images


def make_group(group: Group, pictures: Path) -> Arrays:
    """Render a group unless that was done, and find the landmarks and faces in its pictures.

    The arrays are those of `benchmarks/stills.py`.
    """
    photograph(group, pictures)
    arrays, images = _kept(group, pictures)
    for model in MODELS:
        poses = _poses(group, arrays, images, model)
        arrays |= {f"{model}_{name}": array for name, array in stacked(poses).items()}
        arrays |= _heads(model, arrays, images, group.shows_face)
    return arrays


def _poses(group: Group, arrays: Arrays, images: Sequence[Image], model: str) -> list[Pose | None]:
    """The poses that a model finds in a group's pictures.

    Somebody who is not found in one, or upside down, is tracked into it from another in which they are found, as people
    at work are tracked all the time: from the first one that shows them upright, or else from the first of all.
    """
    nose = list(arrays["point_names"]).index("nose")
    seats = [points[nose].astype(np.float64) if group.company else None for points in arrays["points_picture"]]
    with StillEstimator(EstimatorSettings(model=model)) as estimator:
        at_once = [estimator.at_once(image, seat) for image, seat in zip(images, seats, strict=True)]
        found = [index for index, pose in enumerate(at_once) if estimator.is_upright(pose)]
        first = next((index for index in found if arrays["posture"][index] == "upright"), found[0] if found else None)
        before = None if first is None else Before(images[first], seats[first])
        return [
            pose if estimator.is_upright(pose) else estimator(image, seat, before)
            for pose, image, seat in zip(at_once, images, seats, strict=True)
        ]


def _heads(model: str, arrays: Arrays, images: Sequence[Image], shows_face: bool) -> Arrays:
    """The face sensor's results for the heads that a pose model found, as stored in the arrays of one group."""
    looks: list[HeadLook] = [NoHead.NOT_LOOKED] * len(images)
    poses = unstacked(arrays, model) if shows_face else []
    with FaceLandmarks() as faces:
        for index, pose in enumerate(poses):
            if pose is not None:
                looks[index] = find_head(images[index], pose, faces, FIELD_OF_VIEW)
    return {f"{model}_{name}": array for name, array in stacked_heads(looks).items()}


def take_again(groups: Sequence[Group], pictures: Path, file: Path) -> int:
    """Find landmarks and faces again in the stored pictures, and put them into a file of stills.

    Groups without pictures stay as they are; returns the number of stills with pictures.

    Raises:
        OSError: if the file cannot be read or written.
    """
    with np.load(file) as kept:
        arrays = dict(kept)
    count = 0
    for group in groups:
        if (pictures / group.name / TRUTH).exists():
            rows = np.flatnonzero(arrays["group"] == group.name)
            for name, found in make_group(group, pictures).items():
                if name.startswith(MODELS):
                    arrays[name][rows] = found
            count += len(rows)
    arrays["versions"] = np.array(
        json.dumps({**json.loads(str(arrays["versions"])), **_face_version()}, sort_keys=True)
    )
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return count


def _described(group: Group, camera: Camera, shown: list[tuple[Still, dict[str, Any]]]) -> Arrays:
    """Everything except the landmarks, one row per still."""
    count = len(shown)
    told = {
        "person": group.person,
        "camera": group.placement.replace(" ", "_"),
        "room": group.room,
        "light": group.light,
        "group": group.name,
        "width": camera.width,
        "height": camera.height,
        "camera_pitch": np.float32(camera.pitch),
        "field_of_view": np.float32(camera.field_of_view),
    }
    arrays = {name: np.full(count, value) for name, value in told.items()}
    angles = [_angles(still_truth) for _, still_truth in shown]
    places = [still_truth["points"] for _, still_truth in shown]
    return arrays | {
        "posture": np.array([still.name for still, _ in shown]),
        "variant": np.array([still.variant for still, _ in shown]),
        "angle_names": np.array(list(angles[0])),
        "angles": np.array([[np.nan if a is None else a for a in row.values()] for row in angles], np.float32),
        "point_names": np.array(list(places[0])),
        "points_picture": to_subpixel([[p["picture"] or (np.nan, np.nan) for p in row.values()] for row in places]),
        "points_space": np.array([[p["space"] for p in row.values()] for row in places], np.float32),
    }


def _angles(told: dict[str, Any]) -> dict[str, float | None]:
    """The body's own angles, and those relative to the camera that a measure reads."""
    against_camera = {"body_yaw": told["camera"]["body_yaw"], "head_yaw_to_camera": told["camera_plane"]["head_yaw"]}
    return {**told["angles"], **against_camera}


def versions() -> str:
    """The versions behind the landmarks, as JSON."""
    models = {size: f"{zlib.crc32(resources.model_path(size).read_bytes()):08x}" for size in MODELS}
    told = {"mediapipe": importlib.metadata.version("mediapipe"), "models_crc32": models}
    return json.dumps({**told, **_face_version()}, sort_keys=True)


def _face_version() -> dict[str, str]:
    checksum = zlib.crc32(resources.face_model_path().read_bytes())
    return {"face_mediapipe": importlib.metadata.version("mediapipe"), "face_model_crc32": f"{checksum:08x}"}


def make_groups(groups: Sequence[Group], work: Path, pictures: Path, part: tuple[int, int] = (0, 1)) -> None:
    """Make every group that has no file in `work` yet; `part` (k, n) takes each n-th, from the k-th.

    Pictures that exist in the folder `pictures` are not rendered again.
    """
    work.mkdir(parents=True, exist_ok=True)
    for group in groups[part[0] :: part[1]]:
        file = work / f"{group.name}.npz"
        if not file.exists():
            half = work / f"{group.name}.part.npz"
            np.savez_compressed(half, allow_pickle=False, **make_group(group, pictures))
            half.rename(file)


def collect(groups: Sequence[Group], work: Path, out: Path) -> int:
    """Join the files of groups into one, for `benchmarks/stills.py` to read; returns the number of stills in it.

    Raises:
        FileNotFoundError: if a group has not been rendered yet.
    """
    pieces = []
    for group in groups:
        with np.load(work / f"{group.name}.npz") as piece:
            pieces.append(dict(piece))
    arrays = {
        name: pieces[0][name] if name in NOT_PER_STILL else np.concatenate([piece[name] for piece in pieces])
        for name in pieces[0]
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(out, allow_pickle=False, **arrays, versions=np.array(versions()))
    return len(arrays["person"])


def split_named(name: str) -> Split:
    """A split by its name.

    Raises:
        ValueError: if there is none with that name.
    """
    names: tuple[Split, ...] = get_args(Split)
    for split in names:
        if split == name:
            return split
    raise ValueError(f"there is no split {name!r}; there are: {', '.join(names)}")
