"""The learned estimator: from landmarks to angles with 90% intervals, or no answer with the reason. Pure; the weights are arguments.

Two small networks. The first reads a pose by itself and gives angles. The second reads how a pose differs from the
user's own upright one and gives changes of these angles; for the upright pose itself it gives exactly 0. A pose and its
mirror image are always both read and the answers averaged, which treats left and right alike by construction.

For each angle, each network gives a value and how far the true one may lie below and above it (quantile regression).
These distances are then scaled, for each view and each region of answers, until they cover 90% of the errors for
people left out of the training (conformalized quantile regression: Romano, Patterson and Candès 2019, here by scaling).
`tools/train_estimator.py` makes the weights; `models/posture_estimator.md` reports their accuracy.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from posturecam.posture.learned.features import (
    FigureArrays,
    Flags,
    Floats,
    changes_between,
    features,
    figure,
    is_complete,
    joined,
)
from posturecam.posture.reasons import Reason, Why
from posturecam.vision.pose import Pose


class Angle(StrEnum):
    """The estimated quantities: degrees with the names and signs of `posturecam.posture.measures`, and a few more."""

    NECK_INCLINATION = "neck_inclination"
    TRUNK_INCLINATION = "trunk_inclination"
    NECK_FLEXION = "neck_flexion"
    """Neck relative to trunk."""
    SLUMP = "slump"
    """How far the shoulders came down, centimeters: sliding down in the chair, rounding the back. Only as a change."""
    CRANIOVERTEBRAL_ANGLE = "craniovertebral_angle"
    HEAD_PITCH = "head_pitch"
    """Positive if the head looks down."""
    HEAD_ROLL = "head_roll"
    HEAD_YAW = "head_yaw"
    """Head yaw relative to the camera."""
    BODY_YAW = "body_yaw"
    CAMERA_PITCH = "camera_pitch"
    """How far the camera looks down."""
    SLOUCH = "slouch"
    """How far from upright the person is by exact angles, degrees of neck inclination; see `slouch`. Only as a
    change."""
    DISTANCE = "distance"
    """From the camera to the head, meters; as a change, the ratio to the upright distance."""


ANGLES = tuple(Angle)
ODD = np.array([angle in (Angle.HEAD_ROLL, Angle.HEAD_YAW, Angle.BODY_YAW) for angle in ANGLES])
"""The angles whose sign flips in a mirror."""
_LOGARITHMIC = ANGLES.index(Angle.DISTANCE)
_ONLY_CHANGES = (Angle.SLUMP, Angle.SLOUCH)
_ONLY_ITSELF = (Angle.CAMERA_PITCH,)
"""Angles without a change: if the camera moves, a new baseline is needed."""
VIEW_BOUNDS = (25.0, 65.0)
"""Degrees of estimated body yaw between which a view counts as oblique; intervals are scaled by view."""
REGION_BOUNDS = (-5.0, 5.0)
"""Degrees of estimated trunk inclination (or of its change) between which the trunk counts as neither back nor forward;
intervals are scaled by that too, as leaning back and sliding down are the hardest to distinguish."""
CELLS = (len(VIEW_BOUNDS) + 1) * (len(REGION_BOUNDS) + 1)
_FURTHEST = 6.0
"""Features are clipped to this many standard deviations of the training set."""
_NORMAL_95 = 1.6449
"""Standard deviations from the center of a normal distribution to the end of its 90% interval."""

NECK_BY_BENDING = 0.3
"""Degrees by which the neck inclines for each degree that the head bends down, as in looking at keys or a phone (exact
angles): that much of an inclination is due to the glance and not to a slouch."""
FLEXION_SHARE = 0.5
"""A degree of neck flexion counts half as much as one of neck inclination: in exact angles, sliding down adds 22 ± 2°
of flexion and leaning back with support 3.5°."""


def slouch(neck: Floats, flexion: Floats, pitch: Floats) -> Floats:
    """The deviation from upright, in degrees of neck inclination, for exact changes of the angles.

    The neck came forward by more than bending the head explains, or it is bent against a trunk that slid down.
    """
    glance = NECK_BY_BENDING * np.maximum(pitch, 0)
    return np.asarray(np.maximum(neck - glance, FLEXION_SHARE * (flexion - glance)), np.float64)


@dataclass(frozen=True, slots=True)
class Estimate:
    """One estimated angle with its 90% interval, or None with the reason.

    Raises:
        ValueError: if it has neither a value nor a reason, or both.
    """

    angle: Angle
    value: float | None
    low: float | None = None
    high: float | None = None
    reason: Reason | None = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.reason is None):
            raise ValueError(f"{self.angle} needs either a value or a reason, got {self.value!r} and {self.reason!r}")

    @property
    def deviation(self) -> float | None:
        """One standard deviation that matches the interval, assuming normally distributed errors."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2 / _NORMAL_95


Estimates = Mapping[Angle, Estimate]
"""Estimates by angle. Angles without a change are missing from changes, and those that exist only as a change from
single poses."""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """m small networks of the same shape, each with two hidden layers of rectified linear units, whose outputs are averaged."""

    mean: Floats
    """Shape (d,): means of the inputs."""
    spread: Floats
    """Shape (d,): standard deviations of the inputs."""
    layers: tuple[tuple[Floats, Floats], ...]
    """For each layer the weights, shape (m, from, to), and the biases, shape (m, 1, to); the last gives three numbers
    per angle: the value, and the raw distances below and above it (`reaches`)."""
    scale: Floats
    """Shape (angles,): the unit of those distances."""

    def scaled(self, inputs: Floats) -> Floats:
        """Inputs in standard deviations of the training set."""
        return np.clip((inputs - self.mean) / self.spread, -_FURTHEST, _FURTHEST)

    def __call__(self, scaled: Floats) -> Floats:
        """From shape (n, d) to (m, n, 3 * angles)."""
        seen = scaled
        for weights, offsets in self.layers[:-1]:
            seen = np.maximum(seen @ weights + offsets, 0)
        weights, offsets = self.layers[-1]
        return np.asarray(seen @ weights + offsets, np.float64)


def reaches(raw: Floats) -> Floats:
    """Distances, always positive, from the raw outputs of a network (softplus)."""
    return np.logaddexp(0, raw)


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """One of the two estimators."""

    network: Network
    unlikeness: Floats
    """Shape (d, d): transforms scaled inputs so that their mean square is the squared Mahalanobis distance from the training
    set, divided by d: 1 on average."""
    most_unlike: float
    """The distance beyond which a pose is out of the domain."""
    stretch: Floats
    """Shape (CELLS, 2, angles): for each view and region, the factor for the distances below and above."""


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """The output of a regression for n poses."""

    values: Floats
    """Shape (n, angles); the distance as a logarithm."""
    below: Floats
    """Shape (n, angles): how far below the value the 90% interval reaches."""
    above: Floats
    unlike: Floats
    """Shape (n,): distance from the training set, 1 on average."""
    cells: NDArray[np.int64]
    """Shape (n,): which scaling was used."""
    inside: NDArray[np.bool_]
    """Shape (n,): whether the pose is within the training domain."""


@dataclass(frozen=True, slots=True, eq=False)
class Upright:
    """n upright poses, then their mirror images, with precomputed values for comparisons."""

    figures: FigureArrays
    seen: Floats
    """Shape (2n, features)."""
    unchanged: Floats
    """Shape (2, m, 2n, angles): output of the m networks for the upright pose compared with itself, which is subtracted from
    every answer; first where its position in the picture is not compared, then where it is."""
    yaw: Floats
    """Shape (n,): estimated body yaw of the upright pose, degrees."""

    def repeated(self, times: int) -> Upright:
        """Repeat a single upright pose `times` times."""

        def many(array: Floats, axis: int = 0) -> Floats:
            return np.repeat(array, times, axis=axis)

        one = self.figures
        figures = FigureArrays(many(one.points), many(one.visibility), many(one.world))
        return Upright(figures, many(self.seen), many(self.unchanged, 2), many(self.yaw))


@dataclass(frozen=True, slots=True, eq=False)
class PostureModel:
    """Both regressions, as described at the top of the module."""

    absolute: Regression
    change: Regression

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.float32]]) -> PostureModel:
        """Build the model from the arrays of the weights file.

        Raises:
            KeyError: if an array is missing.
        """
        return cls(_regression(arrays, "absolute"), _regression(arrays, "change"))

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """The arrays that `from_arrays` takes."""
        return {**_arrays(self.absolute, "absolute"), **_arrays(self.change, "change")}

    def read(self, figures: FigureArrays) -> Predictions:
        """The angles of n poses, each by itself."""
        network = self.absolute.network
        scaled = network.scaled(features(figures.with_mirrored()))
        values, below, above = _averaged(network(scaled), network.scale)
        return _answers(self.absolute, scaled, (values, below, above), values[:, ANGLES.index(Angle.BODY_YAW)])

    def upright(self, figures: FigureArrays) -> Upright:
        """Precompute what comparisons with n upright poses need."""
        both = figures.with_mirrored()
        seen = features(both)
        network = self.change.network

        def compared_with_itself(placed: bool) -> Floats:
            flags = np.full(len(seen), placed)
            nothing = changes_between(both, seen, both, seen, flags)
            outputs = network(network.scaled(np.concatenate([seen, nothing], axis=1)))
            return outputs[:, :, : len(ANGLES)]

        unchanged = np.stack([compared_with_itself(placed) for placed in (False, True)])
        return Upright(both, seen, unchanged, self.read(figures).values[:, ANGLES.index(Angle.BODY_YAW)])

    def compare(self, figures: FigureArrays, upright: Upright, placed: Flags | None = None) -> Predictions:
        """The changes of n poses from n upright ones, or from a single one.

        `placed`, shape (n,), says for which of them the position in the picture may be compared; None for all.
        """
        both = figures.with_mirrored()
        known = np.tile(np.ones(len(figures), np.bool_) if placed is None else placed, 2)
        seen = features(both)
        then = upright if len(upright.seen) == len(seen) else upright.repeated(len(figures))
        moved = changes_between(both, seen, then.figures, then.seen, known)
        network = self.change.network
        scaled = network.scaled(np.concatenate([then.seen, moved], axis=1))
        outputs = network(scaled)
        outputs[:, :, : len(ANGLES)] -= np.where(known[:, None], then.unchanged[1], then.unchanged[0])
        values, below, above = _averaged(outputs, network.scale)
        yaw = then.yaw + values[:, ANGLES.index(Angle.BODY_YAW)]
        return _answers(self.change, scaled, (values, below, above), yaw)

    def read_one(self, one: FigureArrays) -> Estimates:
        """The angles of one figure."""
        return _estimates(self.read(one), change=False)

    def angles(self, pose: Pose) -> Estimates:
        """The angles of one pose, each with its interval, or without an answer."""
        return self.read_one(figure(pose)) if is_complete(pose) else _nothing(_INCOMPLETE)

    def changes(self, pose: Pose, upright: Upright) -> tuple[Estimates, Estimates]:
        """How its angles changed from the upright pose, each with its interval, or without an answer.

        Two readings are returned: with the position of the shoulders in the picture, and without it, since it means
        nothing once the camera was moved.
        """
        if not is_complete(pose):
            return _nothing(_INCOMPLETE), _nothing(_INCOMPLETE)
        seen = figure(pose)
        found = self.compare(joined([seen, seen]), upright, np.array([True, False]))
        return _estimates(found, change=True), _estimates(found, change=True, index=1)


def _averaged(each: Floats, scale: Floats) -> tuple[Floats, Floats, Floats]:
    """Average the answers of m networks for n poses and their mirror images: value, and distances below and above."""
    half, count = each.shape[1] // 2, len(ANGLES)
    value, below, above = (each[:, :, part * count : (part + 1) * count] for part in range(3))
    below, above = reaches(below), reaches(above)
    mirrored_below, mirrored_above = (
        np.where(ODD, other, one)[:, half:] for one, other in ((below, above), (above, below))
    )
    sign = np.where(ODD, -1.0, 1.0)
    values = (value[:, :half] + value[:, half:] * sign).mean(axis=0) / 2
    return (
        values,
        (below[:, :half] + mirrored_below).mean(axis=0) / 2 * scale,
        (above[:, :half] + mirrored_above).mean(axis=0) / 2 * scale,
    )


def _answers(used: Regression, scaled: Floats, averaged: tuple[Floats, Floats, Floats], yaw: Floats) -> Predictions:
    values, below, above = averaged
    unlike = unlikenesses(used.unlikeness, scaled)
    cells = cell_of(yaw, values[:, ANGLES.index(Angle.TRUNK_INCLINATION)])
    # Far from the training set there was little to learn from, so intervals are widened there.
    stretch = used.stretch[cells] * np.maximum(unlike, 1)[:, None, None]
    return Predictions(values, below * stretch[:, 0], above * stretch[:, 1], unlike, cells, unlike <= used.most_unlike)


def cell_of(body_yaw: Floats, trunk: Floats) -> NDArray[np.int64]:
    """Which view and region estimates fall into, 0 to CELLS - 1; both in degrees, shape (n,)."""
    views = np.digitize(np.abs(body_yaw), VIEW_BOUNDS)
    return np.asarray(views * (len(REGION_BOUNDS) + 1) + np.digitize(trunk, REGION_BOUNDS), np.int64)


def unlikenesses(unlikeness: Floats, scaled: Floats) -> Floats:
    """How unlike the training set n poses are, from their scaled inputs and those of their mirror images, whichever is larger.

    The root mean square Mahalanobis distance: about 1 for the training set itself.
    """
    turned = scaled @ unlikeness
    both = np.sqrt((turned * turned).mean(axis=1))
    half = len(both) // 2
    return np.asarray(np.maximum(both[:half], both[half:]), np.float64)


_INCOMPLETE = Reason(Why.NOT_SEEN, "head_and_shoulders")
OUT_OF_DOMAIN = Reason(Why.UNLIKE)


def _nothing(reason: Reason) -> Estimates:
    return {angle: Estimate(angle, None, reason=reason) for angle in ANGLES}


def _estimates(answers: Predictions, *, change: bool, index: int = 0) -> Estimates:
    """The estimates of the pose with that index."""
    if not answers.inside[index]:
        return _nothing(OUT_OF_DOMAIN)
    estimates = {}
    values, below, above = (part[index].tolist() for part in (answers.values, answers.below, answers.above))
    for which, angle in enumerate(ANGLES):
        if angle in (_ONLY_ITSELF if change else _ONLY_CHANGES):
            continue
        value = values[which]
        ends = value, value - below[which], value + above[which]
        estimates[angle] = Estimate(angle, *(map(math.exp, ends) if which == _LOGARITHMIC else ends))
    return estimates


def _arrays(used: Regression, name: str) -> dict[str, NDArray[np.float32]]:
    parts = {
        "mean": used.network.mean,
        "spread": used.network.spread,
        "scale": used.network.scale,
        "unlikeness": used.unlikeness,
        "most_unlike": np.array(used.most_unlike),
        "stretch": used.stretch,
    }
    for number, (weights, offsets) in enumerate(used.network.layers):
        parts |= {f"weights{number}": weights, f"offsets{number}": offsets}
    return {f"{name}_{part}": np.asarray(array, np.float32) for part, array in parts.items()}


_LAYERS = 3


def _regression(arrays: Mapping[str, NDArray[np.float32]], name: str) -> Regression:
    def part(which: str) -> Floats:
        return np.asarray(arrays[f"{name}_{which}"], np.float64)

    layers = tuple((part(f"weights{number}"), part(f"offsets{number}")) for number in range(_LAYERS))
    network = Network(part("mean"), part("spread"), layers, part("scale"))
    return Regression(network, part("unlikeness"), float(part("most_unlike")), part("stretch"))
