"""The features of a pose for the learned estimator, independent of the picture's size and of the position within it.

Everything here takes arrays of several poses at once, so that training and watching run the same code. The mirror image
of a pose is another pose: `mirrored` makes it, and the estimator always reads both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posturecam.vision.pose import LANDMARK_COUNT, Landmark, Pose

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_HEAD = np.array(
    [
        Landmark.NOSE, Landmark.LEFT_EYE_INNER, Landmark.RIGHT_EYE_INNER, Landmark.LEFT_EYE_OUTER, Landmark.RIGHT_EYE_OUTER,
        Landmark.LEFT_EAR, Landmark.RIGHT_EAR, Landmark.MOUTH_LEFT, Landmark.MOUTH_RIGHT,
    ]
)  # fmt: skip
_UPPER = np.array([*_HEAD, Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER])
_EARS = np.array([Landmark.LEFT_EAR, Landmark.RIGHT_EAR])
_SHOULDERS = np.array([Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER])
HIPS = np.array([Landmark.LEFT_HIP, Landmark.RIGHT_HIP])
_HIP_SURE = 0.5
"""Visibility (0 to 1) up to which a hip is ignored; above it, its weight grows."""
NEEDED = _UPPER
"""Landmarks that must be present: those of head and shoulders. BlazePose guesses the far side of a profile, well enough
to be learned from."""


def _mirror_partners() -> NDArray[np.int64]:
    partners = np.arange(LANDMARK_COUNT)
    for landmark in Landmark:
        other = landmark.name.replace("LEFT", "rIGHT").replace("RIGHT", "LEFT").replace("rIGHT", "RIGHT")
        partners[landmark] = Landmark[other]
    return partners


MIRROR_PARTNERS = _mirror_partners()
"""Shape (33,): which landmark each one becomes in a mirror."""


@dataclass(frozen=True, slots=True, eq=False)
class FigureArrays:
    """The landmarks of n poses in picture widths, independent of the picture's size."""

    points: Floats
    """Shape (n, 33, 2): x to the right and y down from the picture's center, picture widths."""
    visibility: Floats
    """Shape (n, 33), 0 to 1."""
    world: Floats
    """Shape (n, 33, 3), meters, as `Pose.world`."""

    def __len__(self) -> int:
        return len(self.points)

    def mirrored(self) -> FigureArrays:
        """The same people in a mirror."""
        points, world = self.points[:, MIRROR_PARTNERS], self.world[:, MIRROR_PARTNERS]
        flip = np.array([-1.0, 1.0, 1.0])
        return FigureArrays(points * flip[:2], self.visibility[:, MIRROR_PARTNERS], world * flip)

    def with_mirrored(self) -> FigureArrays:
        """First all as they are, then all in a mirror: 2n figures."""
        return joined([self, self.mirrored()])


def joined(parts: list[FigureArrays]) -> FigureArrays:
    """Several sets of figures one after another."""
    return FigureArrays(
        np.concatenate([part.points for part in parts]),
        np.concatenate([part.visibility for part in parts]),
        np.concatenate([part.world for part in parts]),
    )


def figure(pose: Pose) -> FigureArrays:
    """The arrays of one pose; check `is_complete` first."""
    center = np.array([pose.width / 2, pose.height / 2])
    points = (np.asarray(pose.points, np.float64) - center) / pose.width
    return FigureArrays(
        points[None], np.asarray(pose.visibility, np.float64)[None], np.asarray(pose.world, np.float64)[None]
    )


def is_complete(pose: Pose) -> bool:
    """Whether head, shoulders and the model's depth are present, seen or guessed, and not all at one point."""
    upper = pose.points[NEEDED]
    return bool(
        np.isfinite(upper).all()
        and np.isfinite(pose.world[NEEDED]).all()
        and np.isfinite(pose.world[HIPS]).all()
        and np.ptp(upper, axis=0).max() > 1.0
    )


KEPT_LANDMARKS = np.array([*NEEDED, *HIPS])
"""The landmarks used by the features, and so the only ones saved of an upright pose."""
KeptPose = tuple[tuple[float, ...], ...]
"""One row for each of `KEPT_LANDMARKS`: x and y in picture widths from the picture's center, visibility, and x, y, z in the model's
world, meters."""


def kept(figures: FigureArrays) -> KeptPose:
    """The median of several figures, as saved in a baseline."""
    rows = np.concatenate([figures.points, figures.visibility[:, :, None], figures.world], axis=2)
    return tuple(tuple(round(float(value), 5) for value in row) for row in np.median(rows, axis=0)[KEPT_LANDMARKS])


def from_kept(rows: KeptPose) -> FigureArrays:
    """The saved figure; landmarks that are not used are 0."""
    everything = np.zeros((LANDMARK_COUNT, 6))
    everything[KEPT_LANDMARKS] = rows
    return FigureArrays(everything[None, :, :2], everything[None, :, 2], everything[None, :, 3:])


def sizes(figures: FigureArrays) -> Floats:
    """Root mean square distance of head and shoulder landmarks from their center, shape (n,), picture widths."""
    upper = figures.points[:, _UPPER]
    off = upper - upper.sum(axis=1, keepdims=True) / len(_UPPER)
    return np.asarray(np.sqrt((off * off).sum(axis=(1, 2)) / len(_UPPER)), np.float64)


def _between(points: Floats, pair: NDArray[np.int64]) -> Floats:
    """The midpoint of two landmarks."""
    return (points[:, pair[0]] + points[:, pair[1]]) / 2


def features(figures: FigureArrays) -> Floats:
    """The features of each pose by itself, shape (n, len(FEATURE_NAMES)); see there."""
    points, world, visibility = figures.points, figures.world, figures.visibility
    n = len(points)
    size = sizes(figures)
    shoulders = _between(points, _SHOULDERS)
    head = ((points[:, _HEAD] - shoulders[:, None]) / size[:, None, None]).reshape(n, 2 * len(_HEAD))
    across = (points[:, Landmark.LEFT_SHOULDER] - shoulders) / size[:, None]
    hips_seen = np.clip((visibility[:, HIPS].min(axis=1) - _HIP_SURE) / (1 - _HIP_SURE), 0, 1)
    trunk = (_between(points, HIPS) - shoulders) / size[:, None] * hips_seen[:, None]
    trunk = np.where(hips_seen[:, None] > 0, trunk, 0.0)
    ears_3d, shoulders_3d = _between(world, _EARS), _between(world, _SHOULDERS)
    return np.concatenate(
        [
            head,
            across,
            trunk,
            hips_seen[:, None],
            ears_3d - shoulders_3d,
            world[:, Landmark.NOSE] - ears_3d,
            world[:, Landmark.LEFT_SHOULDER] - world[:, Landmark.RIGHT_SHOULDER],
            world[:, Landmark.LEFT_EAR] - world[:, Landmark.RIGHT_EAR],
            shoulders_3d,
            visibility[:, _EARS],
            np.log(size)[:, None],
        ],
        axis=1,
    )


def _names() -> tuple[str, ...]:
    def each(names: list[str], axes: str) -> list[str]:
        return [f"{name} {axis}" for name in names for axis in axes]

    head = [Landmark(int(which)).name.lower() for which in _HEAD]
    depth = ["ears over shoulders", "nose before ears", "shoulder line", "ear line", "shoulders over hips"]
    return (
        *each(head, "xy"),
        *each(["left shoulder", "hips"], "xy"),
        "hips seen",
        *each([f"world {name}" for name in depth], "xyz"),
        *(f"visible {side} ear" for side in ("left", "right")),
        "size",
    )


FEATURE_NAMES = _names()
"""Head, shoulder and hip landmarks relative to the midpoint of the shoulders, in sizes (`sizes`); the model's own
estimate of depth, in meters; its visibility of the ears; and the logarithm of the size in picture widths."""
CHANGE_NAMES = ("place known", "shift x", "shift y", *(f"change of {name}" for name in FEATURE_NAMES))


def changes(figures: FigureArrays, upright: FigureArrays, placed: Flags) -> Floats:
    """How each pose differs from an upright one, shape (n, len(CHANGE_NAMES)).

    Whether the position in the picture may be compared (`placed`, shape (n,)), how far the shoulders moved in it then, in
    sizes of the upright pose, and the change of every feature.
    """
    return changes_between(figures, features(figures), upright, features(upright), placed)


def changes_between(
    figures: FigureArrays, seen: Floats, upright: FigureArrays, seen_upright: Floats, placed: Flags
) -> Floats:
    """Like `changes`, with the features of both already known."""
    offset = _between(figures.points, _SHOULDERS) - _between(upright.points, _SHOULDERS)
    shift = np.where(placed[:, None], offset / np.exp(seen_upright[:, -1:]), 0.0)
    return np.concatenate([placed[:, None], shift, seen - seen_upright], axis=1)
