"""Measures recorded landmarks once that are shown many times, and lets the learned estimator compare many of them at once."""

from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields

import numpy as np
import pytest

from posturecam.posture import assess
from posturecam.posture.learned.features import FigureArrays, Flags, figure, joined
from posturecam.posture.learned.model import PostureModel, Predictions, Upright
from posturecam.vision.pose import Pose


def _once(function, key):
    kept = {}

    def remembered(*given):
        known = key(*given)
        if known not in kept:
            kept[known] = given, function(*given)  # what was given is kept so that nothing else gets its id
        return kept[known][1]

    return remembered


@contextmanager
def measured_once():
    """Within this context each measure is computed once: it depends only on landmarks, view, face and settings."""
    with pytest.MonkeyPatch.context() as patch:
        measure = _once(assess.measure, lambda pose, view, settings: (id(pose.points), view, id(settings)))
        turn_of = _once(assess.turn_of, lambda pose, settings: (id(pose.points), id(settings)))
        front = _once(assess.front_measures, lambda pose, head, settings: (id(pose.points), id(head), id(settings)))
        patch.setattr(assess, "measure", measure)
        patch.setattr(assess, "turn_of", turn_of)
        patch.setattr(assess, "front_measures", front)
        yield


AT_ONCE = 500
"""Poses that are compared at once; more would only take more memory."""


@dataclass(frozen=True, slots=True, eq=False)
class ComparingAtOnce(PostureModel):
    """A model that compares these poses with an upright one at once, as soon as it is asked about the first.

    Its formulas are made for many poses; with a single one, most of the time goes into calling NumPy.
    """

    poses: Sequence[Pose]
    found: dict[bytes, Predictions] = field(default_factory=dict)

    def compare(self, figures: FigureArrays, upright: Upright, placed: Flags | None = None) -> Predictions:
        if not self.found:
            for first in range(0, len(self.poses), AT_ONCE):
                self._compare_all(self.poses[first : first + AT_ONCE], upright)
        return self.found[figures.points.tobytes()]

    def _compare_all(self, poses: Sequence[Pose], upright: Upright) -> None:
        seen = joined([figure(pose) for pose in poses])
        both = joined([seen, seen])  # as for a single pose
        placed = np.arange(len(both)) < len(poses)
        found = super(ComparingAtOnce, self).compare(both, self.upright(_first(upright.figures)), placed)
        for number in range(len(poses)):
            rows = [number, number + len(poses)]
            answer = Predictions(*(getattr(found, part.name)[rows] for part in fields(Predictions)))
            self.found[both.points[rows].tobytes()] = answer


def _first(figures: FigureArrays) -> FigureArrays:
    return FigureArrays(figures.points[:1], figures.visibility[:1], figures.world[:1])
