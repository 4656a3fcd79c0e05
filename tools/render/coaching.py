"""The stills of the coach's benchmark: every exercise at four depths, done well and badly, and postures that resemble it.

`groups(split)` says who is photographed from where, `shown(camera)` in which postures; both from seeds alone. There are
six people each in `tune` (bounds are chosen on them) and `test` (only reported). Pictures are stored outside the
repository, and only their landmarks are kept; `benchmarks/coach.py` makes sessions of these.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from posturecam.config.settings import EstimatorSettings
from tools.render.cameras import PLACEMENTS, Placement, place
from tools.render.landmarks import Arrays, stacked
from tools.render.motion import Life
from tools.render.parameters import Place, Posture
from tools.render.people import PEOPLE, TEST_PEOPLE, TUNE_PEOPLE, Split
from tools.render.posture import POSTURES, build, eye_height
from tools.render.rooms import ROOMS, Room
from tools.render.rotation import about_z
from tools.render.scene import Scene
from tools.render.sensor import SENSORS
from tools.still_estimator import StillEstimator

START, FAULT, OTHER = "start", "fault", "other"
"""Roles of a still: the start pose, the pose with a fault, and other postures. The pose well done has the roles "1" to "4"."""
DEPTHS = (0.5, 0.68, 0.84, 1.0)
"""Fractions of the whole way into the pose."""
CACHE_VARIABLE = "POSTURECAM_RENDER_COACH_CACHE"
"""Environment variable with the folder of the pictures, if not in the user's cache."""
SIZE = (640, 480)
JPEG_QUALITY = 90


@dataclass(frozen=True)
class Shown:
    """One posture of an exercise."""

    exercise: str
    role: str
    name: str
    """The fault's id, or the other posture's name; empty otherwise."""
    posture: Posture
    turn: float = 0.0
    """Rotation of the whole body to its left, degrees."""

    @property
    def key(self) -> str:
        """Its name in the file, unique per camera."""
        return "-".join(part for part in (self.exercise, self.role, self.name) if part)


@dataclass(frozen=True)
class CoachGroup:
    """One person in front of one camera."""

    split: Split
    person: str
    camera: str

    @property
    def name(self) -> str:
        """Unique among all groups, and the name of its folder."""
        return f"{self.split}_{self.person}_{self.camera}"

    @property
    def seed(self) -> int:
        """Seed of everything random in it."""
        return zlib.crc32(self.name.encode())


_LEG, _FLOOR, _HANGING = {Place.LEG: 1.0}, {Place.FLOOR: 1.0}, {Place.HANGING: 1.0}
_UP, _HEAD = {Place.OVERHEAD: 1.0}, {Place.HEAD: 1.0}


def _hands(posture: Posture, where: Mapping[Place, float], **places: float) -> Posture:
    """Both hands at a place; `ahead`, `across` and `up` as in `Posture`."""
    both: dict[str, Any] = {
        f"{side}_{name}": places.get(name, 0.0) for side in ("left", "right") for name in ("ahead", "across", "up")
    }
    return replace(posture, left_hand=where, right_hand=where, **both)


def _deeper(exercise: str, start: Posture, full: Posture, depths: Sequence[float] = DEPTHS) -> list[Shown]:
    """The start pose and the pose at four depths."""
    found = [Shown(exercise, START, "", start)]
    return found + [
        Shown(exercise, str(index + 1), "", start.towards(full, share)) for index, share in enumerate(depths)
    ]


def _faulty(exercise: str, **postures: Posture) -> list[Shown]:
    return [Shown(exercise, FAULT, name, posture) for name, posture in postures.items()]


def _on_mat() -> list[Shown]:
    sit, fold = POSTURES["long_sit"], POSTURES["thoracic_stretch_full"]
    kneel, child, fours = POSTURES["kneeling"], POSTURES["childs_pose"], POSTURES["all_fours"]
    cat, cow, prone, cobra = POSTURES["cat"], POSTURES["cow"], POSTURES["prone"], POSTURES["cobra"]
    cobra = cobra.plus(pelvis=-12, lumbar=-8, thorax=-4)
    return [
        *_deeper("thoracic_stretch", sit, fold),
        Shown("thoracic_stretch", OTHER, "holding the feet", fold.plus(left_ahead=0.3, right_ahead=0.3)),
        *_faulty(
            "thoracic_stretch",
            knees_up=POSTURES["thoracic_stretch_knees_bent"],
            head_up=POSTURES["thoracic_stretch_head_up"],
            hands_off=_hands(fold.plus(pelvis=-6), _UP, ahead=0.1, up=-0.1),
        ),
        *_deeper("childs_pose", kneel, child),
        Shown("childs_pose", OTHER, "arms at the sides", _hands(child, _FLOOR, ahead=-0.55)),
        *_faulty(
            "childs_pose",
            hips_high=POSTURES["childs_pose_hips_high"],
            head_up=child.plus(low_neck=-24, high_neck=-42),
            arms_bent=_hands(child, _FLOOR, ahead=0.16, across=0.1),
        ),
        *_deeper("cat_cow", fours, cat),
        Shown("cat_cow", OTHER, "cow", cow),
        *_faulty("cat_cow", rocking=cat.plus(thigh_rise=-16), arms_bent=cat.plus(pelvis=34, lumbar=-8)),
        Shown("cat_cow", OTHER, "puppy", POSTURES["puppy_pose"]),
        *_deeper("cobra", prone, cobra),
        *_faulty("cobra", hips_lift=replace(cobra, hips_z=0.16), shrug=cobra.plus(left_elevation=18, right_elevation=18)),
    ]  # fmt: skip


def _half_kneeling() -> list[Shown]:
    half, lunge = POSTURES["half_kneeling"], POSTURES["lunge"]
    return [
        *_deeper("hip_flexor_lunge", half, lunge),
        *_faulty("hip_flexor_lunge", leaning=lunge.plus(pelvis=34, lumbar=6)),
        Shown("hip_flexor_lunge", OTHER, "other leg", lunge.mirrored()),
        Shown("hip_flexor_lunge", OTHER, "both knees", POSTURES["kneeling"].plus(thigh_rise=66, left_ahead=-0.05)),
        Shown("hip_flexor_lunge", OTHER, "childs pose", POSTURES["childs_pose"]),
        Shown("hip_flexor_lunge", OTHER, "all fours", POSTURES["all_fours"]),
    ]


def _hamstring() -> list[Shown]:
    edge = replace(POSTURES["upright_hands_on_legs"], hips_y=-0.1, left_foot_ahead=0.4)
    fold = edge.plus(pelvis=38, lumbar=12, left_ahead=0.3, right_ahead=0.12)
    return [
        *_deeper("seated_hamstring", edge, fold),
        Shown("seated_hamstring", OTHER, "knee bent", replace(fold, left_foot_ahead=0.13)),
        Shown("seated_hamstring", OTHER, "other leg", replace(fold, left_foot_ahead=0.0, right_foot_ahead=0.4)),
    ]


def _lateral() -> list[Shown]:
    stand = POSTURES["standing"]
    up = replace(stand, right_hand=_UP, right_elevation=16)
    bend = up.plus(trunk_lean=-34, neck_lean=-4)
    deeper = _deeper("standing_side_bend", up, bend)
    return [
        replace(deeper[0], posture=stand),
        *deeper[1:],
        *_faulty("standing_side_bend", turning=bend.plus(trunk_turn=-34)),
        Shown("standing_side_bend", OTHER, "arm up", up),
        Shown("standing_side_bend", OTHER, "arms down", stand.plus(trunk_lean=-30)),
        Shown("standing_side_bend", OTHER, "other side", bend.mirrored()),
    ]


def _standing_aside() -> list[Shown]:
    stand, fold = POSTURES["standing"], POSTURES["standing_fold"]
    return [
        *_deeper("standing_forward_fold", stand, fold),
        Shown("standing_forward_fold", FAULT, "knees_bent", fold.plus(hips_z=-0.16)),
        Shown("standing_forward_fold", OTHER, "squat", stand.plus(hips_z=-0.42, pelvis=40, hips_y=0.12)),
    ]


def _sitting_aside() -> list[Shown]:
    sit = POSTURES["upright_hands_on_legs"]
    tuck = replace(POSTURES["chin_tuck"], left_hand=_LEG, right_hand=_LEG)
    up = replace(sit, left_hand=_HEAD, right_hand=_HEAD, left_elevation=8, right_elevation=8)
    back = up.plus(pelvis=-12, lumbar=-10, thorax=-18)
    return [
        *_deeper("chin_tuck", sit, tuck),
        *_faulty("chin_tuck", nodding=tuck.plus(high_neck=26), leaning_back=tuck.plus(pelvis=-12)),
        *_deeper("thoracic_extension", up, back),
        *_faulty(
            "thoracic_extension", hips_slide=back.plus(hips_y=-0.14), too_far=back.plus(pelvis=-16, lumbar=-10, thorax=-4)
        ),
        Shown("thoracic_stretch", OTHER, "leaning on a chair", sit.plus(pelvis=45, lumbar=12)),
        *_hamstring(),
    ]  # fmt: skip


def _standing_in_front() -> list[Shown]:
    stand = POSTURES["standing"]
    reach = POSTURES["standing_overhead_reach"]
    frame = _hands(stand, _UP, across=0.27, up=-0.24)
    w, v = _hands(stand, _UP, across=0.2, up=-0.45), _hands(stand, _UP, across=0.24, up=-0.05)
    return [
        *_deeper("overhead_reach", stand, reach, (0.82, 0.88, 0.94, 1.0)),
        *_faulty(
            "overhead_reach",
            leaning=reach.plus(trunk_lean=14),
            uneven=replace(reach, right_across=0.35, right_up=-0.16),
            elbows_bent=_hands(reach, _UP, across=0.1, up=-0.16),
        ),
        Shown("doorway_pec", START, "", stand),
        *(
            Shown("doorway_pec", str(n + 1), "", _hands(stand, _UP, across=0.27 + shift, up=-0.24 - shift / 2))
            for n, shift in enumerate((-0.04, -0.02, 0.02, 0.0))
        ),
        *_faulty(
            "doorway_pec",
            shrug=frame.plus(left_elevation=20, right_elevation=20),
            elbows_low=_hands(stand, _UP, across=0.24, up=-0.44),
            elbows_high=_hands(stand, _UP, across=0.16, up=-0.12),
        ),
        *_deeper("wall_angels", w, v),
        Shown("wall_angels", FAULT, "uneven", replace(v, right_across=0.24, right_up=-0.3)),
        *_lateral(),
    ]


def _sitting_in_front() -> list[Shown]:
    sit = POSTURES["upright_hands_on_legs"]
    forearms = _hands(sit, _HANGING, ahead=0.2, across=-0.02, up=0.26)
    open_ = _hands(sit.plus(left_protraction=-8, right_protraction=-8), _HANGING, ahead=0.1, across=0.18, up=0.26)
    twist = POSTURES["seated_twist_left"]
    nose = sit.plus(neck_turn=34, low_neck=22, high_neck=22, neck_lean=-12)
    return [
        *_deeper("upper_trapezius", sit, sit.plus(neck_lean=-38)),
        *_faulty(
            "upper_trapezius",
            shrug=sit.plus(neck_lean=-30, right_elevation=16),
            trunk_leans=sit.plus(neck_lean=-24, trunk_lean=-14),
        ),
        *_deeper("neck_rotation", sit, sit.plus(neck_turn=68)),
        Shown("neck_rotation", FAULT, "trunk_turns", sit.plus(neck_turn=40, trunk_turn=32)),
        *_deeper("levator_scapulae", sit, nose),
        *_faulty(
            "levator_scapulae", shrug=nose.plus(right_elevation=16), trunk_leans=nose.plus(trunk_lean=-14)
        ),
        *_deeper("scapular_squeeze", forearms, open_),
        Shown("scapular_squeeze", FAULT, "shrug", open_.plus(left_elevation=18, right_elevation=18)),
        *_deeper("seated_twist", sit, twist),
        Shown("seated_twist", FAULT, "hips_turn", sit.plus(trunk_turn=12), turn=30),
        Shown("seated_twist", FAULT, "leaning", twist.plus(trunk_lean=20)),
    ]  # fmt: skip


def _oblique() -> list[Shown]:
    fours = POSTURES["all_fours"]
    under = replace(
        fours.plus(trunk_turn=-48, trunk_lean=16, neck_turn=-20, pelvis=16), left_across=-0.9, left_ahead=0.1
    )
    kept = ("kneeling", "childs_pose", "long_sit", "thoracic_stretch_half", "thoracic_stretch_full")
    return [
        *_deeper("thread_the_needle", fours, under),
        Shown("thread_the_needle", FAULT, "hips_back", under.plus(thigh_rise=-34)),
        *(Shown("oblique", OTHER, name, POSTURES[name]) for name in kept),
    ]


_CHAIR_ASIDE = Placement(
    "floor", 90, 2.0, 0.95, around=(0.0, -0.25), look=0.72, fields_of_view=(58, 70),
    azimuth_jitter=8, distance_jitter=0.12, height_jitter=0.15,
)  # fmt: skip
_CHAIR_IN_FRONT = Placement(
    "floor", 0, 1.5, 1.15, around=(0.0, -0.15), look=0.95, fields_of_view=(58, 72),
    azimuth_jitter=6, distance_jitter=0.12, height_jitter=0.1,
)  # fmt: skip
_AT_DESK = Placement(
    "floor", 90, 1.0, 1.2, around=(0.0, -0.12), look=1.15, fields_of_view=(58, 66), azimuth_jitter=8, height_jitter=0.06
)
_HALF_KNEELING = replace(
    PLACEMENTS["floor side left"], distance=2.02, distance_jitter=0.06, height=0.75, look=0.62, fields_of_view=(74, 82)
)
"""No farther away, since some rooms have a cupboard there, and with a wider view: the head of somebody half kneeling is
high."""
_OBLIQUE = replace(PLACEMENTS["floor oblique left"], azimuth=46, azimuth_jitter=9)

CAMERAS: Mapping[str, tuple[Placement, list[Shown]]] = {
    "mat": (PLACEMENTS["floor side left"], _on_mat()),
    "standing_aside": (PLACEMENTS["floor standing side left"], _standing_aside()),
    "sitting_aside": (_CHAIR_ASIDE, _sitting_aside()),
    "standing_in_front": (PLACEMENTS["floor standing front"], _standing_in_front()),
    "sitting_in_front": (_CHAIR_IN_FRONT, _sitting_in_front()),
    "oblique": (_OBLIQUE, _oblique()),
    "half_kneeling_aside": (_HALF_KNEELING, _half_kneeling()),
    "at_desk": (_AT_DESK, [one for one in _sitting_aside() if one.exercise == "chin_tuck"]),
}
"""Camera placements, given for the person's left, and what each is shown."""
_ROOMS: Mapping[Split, tuple[str, ...]] = {"tune": ("yoga room",), "test": ("living room floor",)}
_LIGHTS = ("day", "overcast", "evening")
_PEOPLE: Mapping[Split, Sequence[str]] = {"tune": tuple(TUNE_PEOPLE)[::2], "test": tuple(TEST_PEOPLE)[1::2]}


def groups(split: Split) -> list[CoachGroup]:
    """All groups of `tune` or `test`."""
    return [CoachGroup(split, person, camera) for camera in CAMERAS for person in _PEOPLE[split]]


def cache() -> Path:
    """The folder of the pictures, outside the repository."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named) if named else Path.home() / ".cache" / "posturecam-render-coach" / "exercises"


def photograph(group: CoachGroup, pictures: Path) -> Iterator[tuple[Shown, Path]]:
    """The stills of a group; existing ones are not rendered again."""
    folder = pictures / group.name
    folder.mkdir(parents=True, exist_ok=True)
    kept = [(one, folder / f"{one.key}.jpg".replace(" ", "_")) for one in CAMERAS[group.camera][1]]
    if any(not file.exists() for _, file in kept):
        _render(group, kept)
    yield from kept


def _render(group: CoachGroup, kept: Sequence[tuple[Shown, Path]]) -> None:
    chance = np.random.default_rng([group.seed, 1])
    placement = CAMERAS[group.camera][0]
    if group.seed % 2:
        x, y = placement.around
        placement = replace(placement, azimuth=-placement.azimuth, around=(-x, y))
    light = _LIGHTS[group.seed % len(_LIGHTS)]
    with Scene(_furnished(group), light, [PEOPLE[group.person]], *SIZE, barefoot=True) as scene:
        (body,) = scene.bodies
        camera = place(placement, eye_height(body), chance, SIZE)
        for index, (one, file) in enumerate(kept):
            life = Life(seed=int(chance.integers(1 << 30)), sway=0.5)
            posed = build(body, life.added_to(one.posture, t=float(chance.uniform(0, 60)), typing=0.0))
            if one.turn:
                posed = posed.moved(about_z(one.turn), np.zeros(3))
            if file.exists():
                continue
            picture = scene.picture([posed], camera, SENSORS["good webcam"], seed=index)
            written = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
            file.write_bytes(written.tobytes())


def _furnished(group: CoachGroup) -> Room:
    """A room with a mat, or with a chair instead of it."""
    room = ROOMS[_ROOMS[group.split][group.seed % len(_ROOMS[group.split])]]
    if group.camera.startswith(("sitting", "at_desk")):
        return replace(room, chair="kitchen", desk="none", mat=False)
    return room


def landmarks(group: CoachGroup, pictures: Path) -> Arrays:
    """The poses that the coach's model finds in a group's stills, each on its own, with what they show."""
    rows = list(photograph(group, pictures))
    images = [np.asarray(cv2.imread(str(file)), np.uint8) for _, file in rows]
    with StillEstimator(EstimatorSettings(model="full", detection_confidence=0.3)) as estimator:
        poses = [estimator(image, None) for image in images]
    told = {
        "split": [group.split] * len(rows),
        "person": [group.person] * len(rows),
        "camera": [group.camera] * len(rows),
        "exercise": [one.exercise for one, _ in rows],
        "role": [one.role for one, _ in rows],
        "name": [one.name for one, _ in rows],
        "width": [image.shape[1] for image in images],
        "height": [image.shape[0] for image in images],
    }
    return {name: np.array(column) for name, column in told.items()} | stacked(poses)
