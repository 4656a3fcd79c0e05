"""The upright posture next to a slouch: its position, and where the arrow points."""

from dataclasses import replace

import numpy as np
import pytest
from baselines import SETTINGS, baseline_of
from figures import from_side, person

from posturecam.drawing.comparison import compare
from posturecam.posture.assess import assess
from posturecam.posture.loop import Tick
from posturecam.posture.monitor import MonitorState
from posturecam.posture.records.evidence import evidence_of
from posturecam.posture.view import View
from posturecam.vision.frame import Frame
from posturecam.vision.pose import Landmark


def evidence(upright, slouched, view, *, landmarks=True):
    baseline = baseline_of(upright, view)
    baseline = baseline if landmarks else replace(baseline, landmarks=None)
    reading = assess(slouched, view, baseline, SETTINGS)
    return evidence_of(Tick(Frame(1.0), slouched, reading, MonitorState(), ()), baseline)


@pytest.mark.parametrize("right", [True, False], ids=["faces right", "faces left"])
@pytest.mark.parametrize("landmarks", [True, False], ids=["landmarks kept", "angles alone"])
def test_the_arrow_leads_from_the_upright_head_forward_and_down(right, landmarks):
    view = View.SIDE_RIGHT if right else View.SIDE_LEFT
    kept = evidence(from_side(neck=8, right=right), from_side(neck=40, right=right), view, landmarks=landmarks)
    found = compare(kept)
    forward = np.sign(found.now.points[Landmark.NOSE, 0] - found.now.points[Landmark.RIGHT_EAR, 0])
    assert forward * (found.end[0] - found.start[0]) > 5
    assert found.end[1] > found.start[1]


def test_the_ghost_stands_where_the_chair_is_now():
    here, there = from_side(neck=10), from_side(neck=35)
    there = replace(there, points=there.points + np.float32([60, 0]))
    found = compare(evidence(here, there, View.SIDE_RIGHT))
    hips = [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]
    assert found.upright.points[hips].mean(axis=0) == pytest.approx(found.now.points[hips].mean(axis=0), abs=1)


def test_both_figures_lie_within_the_part_that_is_shown():
    found = compare(evidence(from_side(neck=8), from_side(neck=40, trunk=25), View.SIDE_RIGHT))
    for pose in (found.now, found.upright):
        seen = pose.points[[Landmark.NOSE, Landmark.RIGHT_EAR, Landmark.RIGHT_SHOULDER]]
        assert (seen > 0).all()
        assert (seen < [pose.width, pose.height]).all()


def test_without_a_baseline_there_is_no_ghost():
    pose = person(1.0)
    reading = assess(pose, View.FRONT, None, SETTINGS)
    assert compare(evidence_of(Tick(Frame(1.0), pose, reading, MonitorState(), ()))) is None
