"""A small network that estimates from face and shoulders how far somebody slouches, and a judge that uses it.

It gives degrees of neck inclination beyond upright (`posturecam.posture.learned.model.slouch`) with a 90 % interval,
scaled until it holds for people who were left out of the training. It replaces the explainable judge's result for a
sinking head; leaning, nearness and twisting stay as measured, and are combined as in that judge.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from unittest import mock

import numpy as np

from posturecam.posture import assess, calibration
from posturecam.posture.front.judge import (
    Departure,
    FrontUpright,
    Held,
    Kind,
    Verdict,
    judge,
    upright_of,
)
from posturecam.posture.front.measures import FrontMeasures, front_measures
from posturecam.posture.front.thresholds import FrontThresholds
from posturecam.posture.learned.features import Floats, KeptPose, from_kept
from posturecam.posture.learned.model import reaches
from posturecam.vision.head import HeadLook
from posturecam.vision.pose import Pose
from tools.learn.front_looks import SINKING, FrontLooks, inputs_of, kept_of, pose_inputs
from tools.learn.network import Layers, Plan, fitted

SEED = 11
MEMBERS = 2
FOLDS = 4
PLAN = Plan(hidden=(48, 24), epochs=40)
_FURTHEST = 4.0
"""Inputs are clipped to this many standard deviations."""
_UNIT = 8.0
"""Degrees that count as one unit in the networks."""
_WITHIN = -6.0, 25.0
"""Degrees to which the truth is clipped: how far beyond does not matter."""
_TAIL = 0.05
_NORMAL_95 = 1.6449
MOST = 3.0
"""Most thresholds that the explainable judge contributes to a mean."""
SEVERE = 12.0
"""Degrees beyond the threshold that count as one more threshold, as in `learned.severe_change`."""


@dataclass(frozen=True, slots=True, eq=False)
class FrontNetwork:
    """Networks of the same shape whose outputs are averaged."""

    mean: Floats
    spread: Floats
    members: Sequence[Layers]
    stretch: tuple[float, float] = (1.0, 1.0)
    """Scaling of the distances below and above."""

    def __call__(self, inputs: Floats) -> tuple[Floats, Floats, Floats]:
        """The degrees, and the ends of their 90 % intervals, each of shape (n,)."""
        told = []
        for layers in self.members:
            seen = np.clip((inputs - self.mean) / self.spread, -_FURTHEST, _FURTHEST)
            for weights, offsets in layers[:-1]:
                seen = np.maximum(seen @ weights + offsets, 0)
            told.append(seen @ layers[-1][0] + layers[-1][1])
        value, below, above = np.mean(told, axis=0).T * 1.0
        low, high = (stretch * reaches(raw) for stretch, raw in zip(self.stretch, (below, above), strict=True))
        return _UNIT * value, _UNIT * (value - low), _UNIT * (value + high)


def seen_by(looks: FrontLooks, with_pose: bool) -> Floats:
    """A network's inputs for some checks: face and shoulders, and optionally the pose's own landmarks."""
    return np.concatenate([looks.inputs, looks.pose_inputs], axis=1) if with_pose else looks.inputs


def fit(looks: FrontLooks, *, with_pose: bool) -> FrontNetwork:
    """Train on these people, with intervals that hold for those left out in turn."""
    people = np.unique(looks.person)
    below, above = [], []
    for fold in range(FOLDS):
        out = np.isin(looks.person, people[fold::FOLDS])
        rest = looks.where(out)
        value, low, high = _fit(looks.where(~out), with_pose, members=1)(seen_by(rest, with_pose))
        off = np.clip(rest.slouch, *_WITHIN) - value
        below.append(-off / (value - low))
        above.append(off / (high - value))
    stretch = tuple(max(float(np.quantile(np.concatenate(side), 1 - _TAIL)), 0.2) for side in (below, above))
    return replace(_fit(looks, with_pose, MEMBERS), stretch=(stretch[0], stretch[1]))


def _fit(looks: FrontLooks, with_pose: bool, members: int) -> FrontNetwork:
    inputs = seen_by(looks, with_pose)
    mean, spread = inputs.mean(axis=0), np.maximum(inputs.std(axis=0), 1e-6)
    scaled = np.clip((inputs - mean) / spread, -_FURTHEST, _FURTHEST).astype(np.float32)
    wanted = (np.clip(looks.slouch, *_WITHIN)[:, None] / _UNIT).astype(np.float32)
    return FrontNetwork(mean, spread, [fitted([(scaled, wanted)], SEED + one, PLAN) for one in range(members)])


def probability_over(begins: float, told: tuple[Floats, Floats, Floats]) -> Floats:
    """The probability of slouching by more than `begins` degrees, shape (n,): normal on each side of the value."""
    value, low, high = told
    reach = np.where(begins > value, high - value, value - low)
    apart = (value - begins) / np.maximum(reach / _NORMAL_95, 1e-6)
    return np.array([0.5 * (1 + math.erf(one / math.sqrt(2))) for one in apart])


@dataclass(frozen=True, slots=True)
class _PosedMeasures(FrontMeasures):
    """The measures of one check, with its pose."""

    pose: Pose | None = None


@dataclass(frozen=True, slots=True)
class _PosedUpright(FrontUpright):
    """An upright posture with its median landmarks."""

    landmarks: KeptPose | None = None


def _shallow(value: FrontMeasures | FrontUpright) -> dict[str, object]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _posed(pose: Pose, head: HeadLook, settings: object) -> _PosedMeasures:
    return _PosedMeasures(**_shallow(front_measures(pose, head, settings)), pose=pose)  # type: ignore[arg-type]


def _posed_upright(looks: Sequence[FrontMeasures]) -> _PosedUpright:
    poses = [look.pose for look in looks if isinstance(look, _PosedMeasures) and look.pose is not None]
    return _PosedUpright(**_shallow(upright_of(looks)), landmarks=kept_of(poses))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class NetworkJudge:
    """Replaces `posturecam.posture.front.judge.judge`; without a baseline it uses that judge."""

    network: FrontNetwork
    begins: float
    """Degrees from which it is a slouch."""
    with_pose: bool
    halfway: bool = False
    """Whether it returns the mean of its answer and the explainable judge's."""

    def __call__(
        self,
        now: FrontMeasures,
        upright: FrontUpright | None,
        thresholds: FrontThresholds | None = None,
        *,
        moved: bool | None = None,
        tallest: Held | None = None,
        undone: bool = False,
        seat: float | None = None,
    ) -> Verdict:
        """The verdict for one check; the explainable judge gets the arguments that the network does not use."""
        explained = judge(now, upright, thresholds, moved=moved, tallest=tallest, undone=undone, seat=seat)
        if upright is None or now.distance.value is None or now.head_low.value is None:
            return explained
        inputs = [inputs_of(now, upright, moved)]
        if self.with_pose:
            before = upright.landmarks if isinstance(upright, _PosedUpright) else None
            if not isinstance(now, _PosedMeasures) or now.pose is None or before is None:
                return explained
            inputs[0] += list(pose_inputs(now.pose, from_kept(before)))
        told = self.network(np.array(inputs))
        degrees, deviation = float(told[0][0]), float((told[2] - told[1])[0]) / 2 / _NORMAL_95
        over = degrees / self.begins if degrees <= self.begins else 1 + (degrees - self.begins) / SEVERE
        usual = next((part for part in explained.parts if part.kind in SINKING), None)
        if self.halfway and usual is not None:
            over = (over + min(usual.value, MOST)) / 2
        kind = Kind.DOWN if usual is None else usual.kind
        return _together(Departure(kind, over, deviation / self.begins), explained)


def _together(sinking: Departure, explained: Verdict) -> Verdict:
    """The verdict with a different sinking, combined as in the explainable judge."""
    leaning = [part for part in explained.parts if part.kind is Kind.SIDEWAYS]
    alone = [part for part in explained.parts if part.kind in (Kind.NEAR, Kind.TWISTED)]
    most = max([sinking, *leaning], key=lambda part: part.value)
    value = math.hypot(*(max(part.value, 0.0) for part in (sinking, *leaning))) if most.value > 0 else most.value
    for part in alone:
        if part.value > max(value, 1.0):
            value, most = part.value, part
    probability = 0.5 * (1 + math.erf((value - 1) / max(most.deviation, 1e-6) / math.sqrt(2)))
    return Verdict(
        value, probability, most.kind if most.value > 0 else None, (sinking, *leaning, *alone), explained.changes
    )


@contextmanager
def judging(judge_: NetworkJudge | None) -> Iterator[None]:
    """Let a network judge in place of the program's judge for a while; None leaves the program as it is."""
    if judge_ is None:
        yield
        return
    with (
        mock.patch.object(assess, "judge_by_face", judge_),
        mock.patch.object(assess, "front_measures", _posed),
        mock.patch.object(calibration, "front_measures", _posed),
        mock.patch.object(calibration, "upright_of", _posed_upright),
    ):
        yield
