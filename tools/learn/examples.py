"""The examples to learn from: rendered people's landmarks with their exact angles, each with the person's own upright pose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from stills import MODELS, ON_MAT, UPRIGHT, Detections, Stills, load

from posturecam.posture.learned.features import HIPS, NEEDED, FigureArrays, Floats, joined, sizes
from posturecam.posture.learned.model import ANGLES, ODD, Angle, slouch
from posturecam.vision.pose import Landmark

Mask = NDArray[np.bool_]
Texts = NDArray[np.str_]

_WRONG_PERSON = 60 / 640
"""A nose farther than this from the true one, picture widths, belongs to somebody else."""
_LEAST_UPRIGHT = 2
"""Upright stills without which a group has no baseline."""
_TRUTH = {Angle.HEAD_YAW: "head_yaw_to_camera"}
"""Angles with another name in the ground truth."""
_REPROJECTION = 3.0
"""Most pixels by which reprojected true points may be off when the camera's pose is recovered from them."""

JITTER: Mapping[str, tuple[slice, float]] = {
    "head": (slice(Landmark.NOSE, Landmark.LEFT_SHOULDER), 0.02),
    "shoulders": (slice(Landmark.LEFT_SHOULDER, Landmark.LEFT_ELBOW), 0.028),
    "hips": (slice(Landmark.LEFT_HIP, Landmark.LEFT_KNEE), 0.06),
}
"""Landmarks, and the standard deviation of their jitter in sizes (`features.sizes`): on photographs of people slightly
cropped and brightened, 0.009–0.012, 0.012–0.016 and 0.026–0.036 ear–shoulder lengths (`benchmarks/domain_gap.py`),
which are 1.5–2.2 sizes."""
_RIGID = 0.5
"""Fraction of it by which head and shoulders also move as rigid wholes."""
OWN_NOISE = 0.02
"""Standard deviation of a person's constant landmark offsets, in sizes: hair, clothes and skin that renders lack."""
_VISIBILITY_JITTER = 0.02
_WORLD_JITTER = 0.004
"""Standard deviation of the world landmarks' jitter, meters."""
_HIPS_HIDDEN = 0.25
"""Fraction of the copies whose hips are not seen: with real webcams they seldom are."""
CHAIR_SCALE, CHAIR_ACROSS, CHAIR_HEIGHT = 0.30, 0.10, 0.02
"""A moved chair: largest change of scale, and of position as fractions of the picture's width, besides rolling on the floor."""
CHAIR_SHARE = 0.6
"""Fraction of the copies whose chair was moved since the baseline."""
PLACED_SHARE = 0.5
"""Fraction of the copies whose position in the picture may be compared with the upright one's; the others are learned
without it, for when the camera was moved."""


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """n checks, by any pose model on any still, one row each."""

    figures: FigureArrays
    truth: Floats
    """Shape (n, angles), with the distance as the logarithm of meters."""
    upright: FigureArrays
    """The median upright pose of the same person and camera; meaningless if `has_upright` is false."""
    upright_truth: Floats
    has_upright: Mask
    person: Texts
    group: Texts
    posture: Texts
    family: Texts
    model: Texts
    """The pose model: "lite" or "full"."""
    on_mat: Mask
    focal: Floats
    """Shape (n,): the camera's focal length, picture widths."""
    placed: Mask
    """Whether the position in the picture may be compared with the upright one's."""

    def __len__(self) -> int:
        return len(self.person)

    @property
    def change(self) -> Floats:
        """Shape (n, angles): the true changes from upright."""
        return self.truth - self.upright_truth

    def where(self, mask: Mask) -> Examples:
        """The examples that a mask of shape (n,) keeps."""
        kept: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            kept[field.name] = only(value, mask) if isinstance(value, FigureArrays) else value[mask]
        return Examples(**kept)

    def mirrored(self) -> Examples:
        """The same examples in a mirror."""
        sign = np.where(ODD, -1.0, 1.0)
        kept = {field.name: getattr(self, field.name) for field in fields(self)}
        kept |= {"figures": self.figures.mirrored(), "upright": self.upright.mirrored()}
        return Examples(**{**kept, "truth": self.truth * sign, "upright_truth": self.upright_truth * sign})

    def shaken(self, random: np.random.Generator) -> Examples:
        """A copy with different jitter, hair and clothes, and in some cases with hidden hips, the chair moved since the baseline, or a position that may not be compared."""
        kept = {field.name: getattr(self, field.name) for field in fields(self)}
        own = random.normal(0, OWN_NOISE, self.figures.points.shape)
        hidden = random.random((len(self), 1)) < _HIPS_HIDDEN
        now, then = (_with_own(one, own, hidden) for one in (self.figures, self.upright))
        pitch = self.truth[:, ANGLES.index(Angle.CAMERA_PITCH)]
        moved, scale = _chair_moved(_jittered(now, random, 1.0), random, self.focal * np.tan(np.radians(pitch)))
        kept["figures"] = moved
        kept["placed"] = random.random(len(self)) < PLACED_SHARE
        kept["upright"] = _jittered(then, random, 0.5)  # a median of many checks
        truth = self.truth.copy()
        truth[:, ANGLES.index(Angle.DISTANCE)] -= np.log(scale)
        return Examples(**{**kept, "truth": truth})


def together(parts: Sequence[Examples]) -> Examples:
    """Several sets of examples joined into one."""
    kept: dict[str, Any] = {}
    for field in fields(Examples):
        values = [getattr(part, field.name) for part in parts]
        kept[field.name] = joined(values) if isinstance(values[0], FigureArrays) else np.concatenate(values)
    return Examples(**kept)


def read_examples(files: Sequence[Path]) -> Examples:
    """The examples from several files of stills; groups of different files are kept apart.

    Raises:
        OSError: if a file cannot be read.
    """
    parts = []
    for number, file in enumerate(files):
        stills = load(file)
        truth = _truth(stills)
        parts += [_of_model(stills, truth, model, f"{number}:") for model in MODELS]
    return together(parts)


def _truth(stills: Stills) -> Floats:
    columns = {angle: stills.angle(_TRUTH.get(angle, angle.value)) for angle in ANGLES}
    columns[Angle.CAMERA_PITCH] = stills.camera_pitch
    # For changes from upright, the floor does not matter.
    columns[Angle.SLUMP] = -100 * stills.point("mid_shoulder")[1][:, 2]
    columns[Angle.SLOUCH] = np.zeros(len(stills))  # computed once the upright angles are known
    columns[Angle.DISTANCE] = np.log(camera_distance(stills))
    return np.stack([columns[angle] for angle in ANGLES], axis=1)


def camera_distance(stills: Stills) -> Floats:
    """From the camera to the midpoint of the ears, shape (n,), meters; NaN if too few points are in the picture."""
    _, heads = stills.point("mid_tragus")
    return np.array([_distance(stills, index, heads[index]) for index in range(len(stills))])


def _distance(stills: Stills, index: int, head: Floats) -> float:
    picture, space = stills.points_picture[index], stills.points_space[index]
    there = np.isfinite(picture).all(axis=1) & np.isfinite(space).all(axis=1)
    if there.sum() < 6:
        return float("nan")
    half = stills.width[index] / 2
    focal = half / np.tan(np.radians(stills.field_of_view[index]) / 2)
    lens = np.array([[focal, 0, half], [0, focal, stills.height[index] / 2], [0, 0, 1]])
    _, turn, shift = cv2.solvePnP(space[there], picture[there], lens, None, flags=cv2.SOLVEPNP_SQPNP)
    rotation = cv2.Rodrigues(turn)[0]
    again, _ = cv2.projectPoints(space[there], turn, shift, lens, None)
    if np.abs(again[:, 0] - picture[there]).max() > _REPROJECTION:
        return float("nan")
    return float(np.linalg.norm(rotation @ head + shift[:, 0]))


def _of_model(stills: Stills, truth: Floats, model: str, prefix: str) -> Examples:
    seen = stills.detections[model]
    nose, _ = stills.point("nose")
    off = np.linalg.norm(seen.points[:, Landmark.NOSE] - nose, axis=1) / stills.width
    complete = np.isfinite(seen.world[:, NEEDED]).all(axis=(1, 2)) & np.isfinite(seen.points[:, NEEDED]).all(
        axis=(1, 2)
    )
    kept = seen.found & complete & (off < _WRONG_PERSON) & np.isfinite(truth).all(axis=1)
    stills, truth, figures = stills.where(kept), truth[kept], _figures(stills, seen, kept)
    upright, upright_truth, has = _uprights(stills, figures, truth)
    neck, flexion, pitch = (
        (truth - upright_truth)[:, ANGLES.index(name)]
        for name in (Angle.NECK_INCLINATION, Angle.NECK_FLEXION, Angle.HEAD_PITCH)
    )
    truth[:, ANGLES.index(Angle.SLOUCH)] = slouch(neck, flexion, pitch)
    families = stills.families()
    return Examples(
        figures,
        truth,
        upright,
        upright_truth,
        has,
        person=stills.person,
        group=np.char.add(prefix, stills.group),
        posture=stills.posture,
        family=families,
        model=np.full(len(stills), model),
        on_mat=families == ON_MAT,
        focal=0.5 / np.tan(np.radians(stills.field_of_view.astype(np.float64)) / 2),
        placed=np.ones(len(stills), np.bool_),
    )


def _figures(stills: Stills, seen: Detections, kept: Mask) -> FigureArrays:
    size = np.stack([stills.width, stills.height], axis=1).astype(np.float64)[kept]
    points = seen.points[kept].astype(np.float64)
    inside = ((points >= 0) & (points < size[:, None])).all(axis=2)  # as in `Pose`
    visibility = np.where(inside, seen.visibility[kept], 0).astype(np.float64)
    return FigureArrays(
        (points - size[:, None] / 2) / size[:, None, :1], visibility, seen.world[kept].astype(np.float64)
    )


def _uprights(stills: Stills, figures: FigureArrays, truth: Floats) -> tuple[FigureArrays, Floats, Mask]:
    """For every still the median upright figure of its group, its angles, and whether there is one."""
    kept = [figures.points.copy(), figures.visibility.copy(), figures.world.copy(), truth.copy()]
    has = np.zeros(len(stills), np.bool_)
    for group in stills.groups():
        upright = group[stills.posture[group] == UPRIGHT]
        if len(upright) >= _LEAST_UPRIGHT:
            has[group] = True
            for array in kept:
                array[group] = np.median(array[upright], axis=0)
    return FigureArrays(*kept[:3]), kept[3], has


def only(figures: FigureArrays, rows: NDArray[Any]) -> FigureArrays:
    """Some of the figures, selected by a mask or by indices."""
    return FigureArrays(figures.points[rows], figures.visibility[rows], figures.world[rows])


def _with_own(figures: FigureArrays, own: Floats, hidden: Mask) -> FigureArrays:
    points = figures.points + own * sizes(figures)[:, None, None]
    visibility = figures.visibility.copy()
    visibility[:, HIPS] = np.where(hidden, 0.0, visibility[:, HIPS])
    return FigureArrays(points, visibility, figures.world)


def _jittered(figures: FigureArrays, random: np.random.Generator, share: float) -> FigureArrays:
    n, size = len(figures), sizes(figures)[:, None, None]
    points = figures.points.copy()
    for part, deviation in JITTER.values():
        sigma = share * deviation * size
        points[:, part] += sigma * (random.normal(0, 1, points[:, part].shape) + random.normal(0, _RIGID, (n, 1, 2)))
    visibility = figures.visibility + random.normal(0, share * _VISIBILITY_JITTER, figures.visibility.shape)
    world = figures.world + random.normal(0, share * _WORLD_JITTER, figures.world.shape)
    return FigureArrays(points, np.where(figures.visibility > 0, np.clip(visibility, 0, 1), 0), world)


def _chair_moved(figures: FigureArrays, random: np.random.Generator, horizon: Floats) -> tuple[FigureArrays, Floats]:
    """The figures with some chairs moved, and the change of scale of each, shape (n,).

    A chair rolls on the floor, towards a point at the level of the lens: `horizon`, shape (n,), is how far above the
    picture's center that is, picture widths.
    """
    n = len(figures)
    here = random.random(n) < CHAIR_SHARE
    scale = np.where(here, 1 + random.uniform(-CHAIR_SCALE, CHAIR_SCALE, n), 1.0)
    most = np.array([CHAIR_ACROSS, CHAIR_HEIGHT])
    shift = np.where(here[:, None], random.uniform(-most, most, (n, 2)), 0.0)
    shift[:, 1] += horizon * (scale - 1)
    points = figures.points * scale[:, None, None] + shift[:, None]
    return FigureArrays(points, figures.visibility, figures.world), scale
