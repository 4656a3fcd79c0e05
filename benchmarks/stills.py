"""Stills of rendered people: the exact angles, and what the pose models found in each picture.

`benchmarks/data/stills_tune.npz` and `stills_test.npz` hold no pictures, so that the accuracy benchmark runs in a minute
and without a renderer. `benchmarks/data/README.md` describes the format, `docs/accuracy.md` how the two sets are kept apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import program
from numpy.typing import NDArray

from posturecam.vision.head import HEAD_COLUMNS, Head, HeadLook, NoHead
from posturecam.vision.pose import LANDMARK_COUNT, Pose

DATA = Path(__file__).parent / "data"
MODELS = ("lite", "full")
UPRIGHT = "upright"
"""The posture that baselines are learned from."""
ON_MAT = "mat"
"""The family of cameras that show stretches on the floor, where nobody has an upright posture to compare with."""

Texts = NDArray[np.str_]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """What one pose model found in every still."""

    found: Mask
    """Shape (n,): whether it found anybody."""
    points: NDArray[np.float32]
    """Shape (n, 33, 2), pixels."""
    visibility: NDArray[np.float32]
    """Shape (n, 33), 0 to 1."""
    world: NDArray[np.float32]
    """Shape (n, 33, 3), meters around the hips' center, as `posturecam.vision.pose.Pose.world`."""
    head: NDArray[np.float32]
    """Shape (n, 13), as `posturecam.vision.head.HEAD_COLUMNS`; NaN where there is none."""
    no_head: Texts
    """Shape (n,): why there is no head, a code of `posturecam.vision.head.NoHead`; empty if there is one."""


@dataclass(frozen=True, slots=True, eq=False)
class Stills:
    """Stills with their ground truth and their landmarks; every array has one row per still.

    Raises:
        ValueError: if the arrays differ in their number of stills, or angles and points in the number of their names.
    """

    person: Texts
    camera: Texts
    """Placement, such as "monitor", "phone_on_a_stand", "oblique_left", "side_right"."""
    room: Texts
    light: Texts
    posture: Texts
    group: Texts
    """One calibration unit: same person, camera, room and light."""
    width: Integers
    """Width of the picture, pixels."""
    height: Integers
    variant: Integers
    """Repetition of the posture, with different sway."""
    camera_pitch: Floats
    """How far the camera looks down, degrees."""
    field_of_view: Floats
    """Horizontal, degrees."""
    angle_names: tuple[str, ...]
    angles: Floats
    """Shape (n, names), degrees, with the names and signs of `posturecam.posture.measures.Name` for those that exist
    there."""
    point_names: tuple[str, ...]
    points_picture: Floats
    """Shape (n, names, 2), pixels."""
    points_space: Floats
    """Shape (n, names, 3), meters."""
    detections: Mapping[str, Detections]
    """By model size."""
    versions: str = "{}"
    """JSON: versions of model, library and renderer, and the seed."""

    def __post_init__(self) -> None:
        if self.angles.shape != (len(self), len(self.angle_names)):
            raise ValueError(f"angles must have shape {(len(self), len(self.angle_names))}, got {self.angles.shape}")
        for name, size in (("points_picture", 2), ("points_space", 3)):
            wanted = (len(self), len(self.point_names), size)
            if getattr(self, name).shape != wanted:
                raise ValueError(f"{name} must have shape {wanted}, got {getattr(self, name).shape}")
        for name in _PER_STILL:
            if len(getattr(self, name)) != len(self):
                raise ValueError(f"{name} must have {len(self)} rows, got {len(getattr(self, name))}")
        for model, seen in self.detections.items():
            if seen.points.shape != (len(self), LANDMARK_COUNT, 2):
                raise ValueError(f"{model} points must have shape {(len(self), LANDMARK_COUNT, 2)}")

    def __len__(self) -> int:
        return len(self.person)

    def pose(self, index: int, model: str) -> Pose | None:
        """What a model found in a still, as the program would see it; None if it found nobody."""
        seen = self.detections[model]
        if not seen.found[index]:
            return None
        size = int(self.width[index]), int(self.height[index])
        found = seen.points[index], seen.visibility[index], seen.world[index]
        return Pose(0.0, *size, *found, head=self.head(index, model))

    def poses(self, model: str) -> list[Pose | None]:
        """What a model found, still by still."""
        return [self.pose(index, model) for index in range(len(self))]

    def head(self, index: int, model: str) -> HeadLook:
        """The face sensor's result for the head that a model found in a still."""
        seen = self.detections[model]
        why = str(seen.no_head[index])
        return NoHead(why) if why else Head(*map(float, seen.head[index]))

    def angle(self, name: str) -> Floats:
        """True angles of all stills, shape (n,), degrees; all NaN if the ground truth has no such angle."""
        if name not in self.angle_names:
            return np.full(len(self), np.nan)
        return self.angles[:, self.angle_names.index(name)]

    def point(self, name: str) -> tuple[Floats, Floats]:
        """A true point of all stills: in the picture, shape (n, 2), pixels, and in space, shape (n, 3), meters.

        Raises:
            ValueError: if the ground truth has no such point.
        """
        index = self.point_names.index(name)
        return self.points_picture[:, index], self.points_space[:, index]

    def families(self) -> Texts:
        """The family of each still's camera; see `family`."""
        return np.array([family(str(camera)) for camera in self.camera])

    def groups(self) -> list[Integers]:
        """The stills of each calibration unit, in the order of the units' names."""
        return [np.flatnonzero(self.group == name) for name in np.unique(self.group)]

    def without_faces(self) -> Stills:
        """The same stills, as if no face had been searched for."""
        seen = {
            model: replace(
                found, head=np.full_like(found.head, np.nan), no_head=np.full(len(self), str(NoHead.NOT_LOOKED))
            )
            for model, found in self.detections.items()
        }
        return replace(self, detections=seen)

    def where(self, mask: Mask) -> Stills:
        """The stills that a mask of shape (n,) keeps."""
        kept: dict[str, Any] = {name: getattr(self, name)[mask] for name in _PER_STILL}
        seen = {model: _only(found, mask) for model, found in self.detections.items()}
        return replace(self, **kept, detections=seen)


_PER_STILL = tuple(
    field.name for field in fields(Stills) if field.name not in ("angle_names", "point_names", "detections", "versions")
)
_PER_MODEL = tuple(field.name for field in fields(Detections))


def _only(seen: Detections, mask: Mask) -> Detections:
    return Detections(**{name: getattr(seen, name)[mask] for name in _PER_MODEL})


_FAMILIES = {
    "monitor": "front, eye level",
    "high": "front, eye level",
    "laptop": "front, low",
    "phone": "front, low",
    "oblique": "oblique",
    "side": "side",
    "floor": ON_MAT,
}
"""By the first word of a placement."""


SPLITS = ("tune", "validation", "covered", "test")
"""The sets that a benchmark of the program may judge; `train` is only for training."""


def family(camera: str) -> str:
    """A camera's placement in a few words: "front, eye level", "front, low", "oblique", "side", "mat", or its own name."""
    return _FAMILIES.get(camera.split("_")[0], camera)


def data_path(split: str) -> Path:
    """The file with the stills of a split (one of `SPLITS`, or "train")."""
    return DATA / f"stills_{split}.npz"


def load(path: Path) -> Stills:
    """Read stills as written by `tools/render/stills.py`.

    Raises:
        program.Unreadable: if the file cannot be read, or an array is missing or does not match the others.
    """
    with program.reading(path, "stills"), np.load(path, allow_pickle=False) as kept:
        models = [name.removesuffix("_found") for name in kept.files if name.endswith("_found")]
        return Stills(
            **{name: _as_working(kept[name]) for name in _PER_STILL},
            angle_names=tuple(map(str, kept["angle_names"])),
            point_names=tuple(map(str, kept["point_names"])),
            detections={model: _detections(kept, model) for model in models},
            versions=str(kept["versions"]),
        )


def _detections(kept: Mapping[str, NDArray[Any]], model: str) -> Detections:
    points, visibility, world = (
        kept[f"{model}_{name}"].astype(np.float32) for name in ("points", "visibility", "world")
    )
    head = kept.get(f"{model}_head", np.full((len(points), len(HEAD_COLUMNS)), np.nan, np.float32))
    no_head = kept.get(f"{model}_no_head", np.full(len(points), str(NoHead.NOT_LOOKED)))
    return Detections(kept[f"{model}_found"].astype(np.bool_), points, visibility, world, head, no_head)


def _as_working(array: NDArray[Any]) -> NDArray[Any]:
    if array.dtype.kind == "f":
        return array.astype(np.float64)
    return array.astype(np.int64) if array.dtype.kind in "iu" else array
