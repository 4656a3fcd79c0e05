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

HIPS = (Landmark.LEFT_HIP, Landmark.RIGHT_HIP)


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
    hips = list(HIPS)
    assert found.upright.points[hips].mean(axis=0) == pytest.approx(found.now.points[hips].mean(axis=0), abs=1)


def test_in_front_the_ghost_has_the_size_of_somebody_who_has_moved_nearer_within_limits():
    shoulders = [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]
    here = person(distance=1.5)
    found = compare(evidence(here, person(neck=30, distance=1.3), View.FRONT))
    assert found.upright.points[shoulders] == pytest.approx(found.now.points[shoulders], abs=1)
    far_nearer = compare(evidence(here, person(neck=30, distance=0.75), View.FRONT))
    wide, usual = (np.ptp(pose.points[shoulders, 0]) for pose in (far_nearer.upright, here))
    assert wide == pytest.approx(1.35 * usual, abs=1), "a misread shoulder makes no giant"


def without(kept, *landmarks):
    """The same moment, with these landmarks hidden."""
    return replace(
        kept, visibility=tuple(0.0 if one in landmarks else seen for one, seen in enumerate(kept.visibility))
    )


def test_the_ghost_needs_both_shoulders_in_front_and_one_hip_or_shoulder_from_the_side():
    in_front = evidence(person(distance=1.5), person(neck=30, distance=1.5), View.FRONT)
    assert compare(in_front) is not None
    assert compare(without(in_front, Landmark.LEFT_SHOULDER)) is None
    beside = evidence(from_side(neck=8), from_side(neck=40), View.SIDE_RIGHT)
    way = compare(beside).end - compare(beside).start
    for hidden in ([Landmark.LEFT_HIP], [*HIPS, Landmark.LEFT_SHOULDER]):
        found = compare(without(beside, *hidden))
        assert found.end - found.start == pytest.approx(way, abs=3)
    assert compare(without(beside, *HIPS, Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER)) is None


def test_angles_alone_give_the_ghost_that_the_landmarks_give():
    upright, slouched = from_side(neck=8), from_side(neck=40, trunk=25)
    one, other = (compare(evidence(upright, slouched, View.SIDE_RIGHT, landmarks=kept)) for kept in (True, False))
    for landmark in (Landmark.RIGHT_EAR, Landmark.RIGHT_SHOULDER, Landmark.RIGHT_HIP):
        places = (found.upright.points[landmark] - found.now.points[Landmark.RIGHT_HIP] for found in (one, other))
        assert next(places) == pytest.approx(next(places), abs=2), landmark


def test_angles_alone_give_a_ghost_where_the_neck_was_known_then_and_is_seen_now():
    kept = evidence(from_side(neck=8), from_side(neck=40), View.SIDE_RIGHT, landmarks=False)
    found = compare(without(kept, *HIPS))
    assert found.end - found.start == pytest.approx(compare(kept).end - compare(kept).start, abs=3)
    assert compare(without(kept, Landmark.RIGHT_SHOULDER)) is None
    assert compare(without(kept, Landmark.RIGHT_EAR)) is None
    of_another_measure = {name: value for name, value in kept.upright.values.items() if "neck" not in name}
    assert compare(replace(kept, upright=replace(kept.upright, values=of_another_measure))) is None


def test_a_head_of_which_nothing_is_seen_has_no_arrow():
    kept = evidence(from_side(neck=8), from_side(neck=40), View.SIDE_RIGHT)
    assert compare(without(kept, *range(Landmark.RIGHT_EAR + 1))) is None


def test_a_baseline_of_another_view_gives_no_ghost():
    kept = evidence(from_side(neck=8), from_side(neck=40), View.SIDE_RIGHT)
    assert compare(replace(kept, view=View.OBLIQUE_RIGHT)) is None


def test_both_figures_lie_within_the_part_that_is_shown():
    found = compare(evidence(from_side(neck=8), from_side(neck=40, trunk=25), View.SIDE_RIGHT))
    for pose in (found.now, found.upright):
        seen = pose.points[[Landmark.NOSE, Landmark.RIGHT_EAR, Landmark.RIGHT_SHOULDER]]
        assert (seen > 0).all()
        assert (seen < [pose.width, pose.height]).all()
    seen = np.concatenate([pose.points[[Landmark.RIGHT_EYE_OUTER, *HIPS]] for pose in (found.now, found.upright)])
    size = np.ptp(seen, axis=0).max()
    assert found.now.height - seen[:, 1].max() == pytest.approx(0.16 * size, rel=0.1), "room below"
    assert 0.25 * size < seen[:, 1].min() < 0.4 * size, "more above, for the head and hair"
    assert found.now.width == pytest.approx(4 / 3 * found.now.height, abs=1)
    assert found.now.width - seen[:, 0].max() == pytest.approx(seen[:, 0].min(), rel=0.3), "with both in the middle"


def test_without_a_baseline_there_is_no_ghost():
    pose = person(1.0)
    reading = assess(pose, View.FRONT, None, SETTINGS)
    assert compare(evidence_of(Tick(Frame(1.0), pose, reading, MonitorState(), ()))) is None
