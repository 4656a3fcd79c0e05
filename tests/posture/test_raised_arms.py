"""Raised arms lift the shoulders, as with the hands behind the head: that looks as if the head had sunk by as much."""

from dataclasses import replace

import pytest
from fakes.frames import FramesInMemory, no_model
from figures import from_side, person

from posturecam.config.settings import Settings
from posturecam.errors import CalibrationRefused
from posturecam.posture.assess import assess
from posturecam.posture.calibration import learn, sample
from posturecam.posture.loop import watch
from posturecam.posture.measures import Name, measure
from posturecam.posture.reading import Circumstances
from posturecam.posture.reasons import Why
from posturecam.posture.view import View
from posturecam.vision.frame import Frame
from posturecam.vision.head import Head, NoHead
from posturecam.vision.pose import Landmark

SETTINGS = Settings()
PIXEL = 0.1  # centimeters


def sitting():
    pose = person(neck=10, distance=0.75)
    x, y = (pose.at(Landmark.LEFT_SHOULDER) + pose.at(Landmark.RIGHT_SHOULDER)) / 2 - (0, 20.0 / PIXEL)
    return replace(
        pose, head=Head(0.0, 0.0, 70.0, 5.0, 0.0, 0.0, float(x), float(y), float(x), float(y) + 80, PIXEL, 0.3, 65.0)
    )


def lifted(left=0.5, right=0.4, seen=0.9):
    """The same with shoulders 6 cm higher, and the elbows this many shoulder widths above them."""
    pose = sitting()
    points, visibility = pose.points.copy(), pose.visibility.copy()
    points[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER], 1] -= 6.0 / PIXEL
    across = abs(float(points[Landmark.LEFT_SHOULDER, 0] - points[Landmark.RIGHT_SHOULDER, 0]))
    arms = {Landmark.LEFT_ELBOW: left, Landmark.RIGHT_ELBOW: right}
    for elbow, above in arms.items():
        points[elbow] = points[elbow - 2] - (0, above * across)
        visibility[elbow] = seen
    return replace(pose, points=points, visibility=visibility)


def looks_of(pose):
    return [sample(pose, View.FRONT, measure(pose, View.FRONT, SETTINGS), SETTINGS)] * 40


@pytest.fixture(scope="module")
def baseline():
    return learn(looks_of(sitting()), "cam", "Camera", "2026-11-28T10:00:00+00:00", SETTINGS)


@pytest.mark.parametrize("moved", [None, True, False])
@pytest.mark.parametrize("face", [True, False])
@pytest.mark.parametrize("elbows", [(0.5, 0.4), (0.4, -0.3), (-0.3, 0.4)])
def test_with_raised_arms_nobody_knows_how_far_the_head_has_sunk(baseline, elbows, face, moved):
    pose = lifted(*elbows)
    pose = pose if face else replace(pose, head=NoHead.NOT_FOUND)
    for upright in (baseline, None):
        reading = assess(pose, View.FRONT, upright, SETTINGS, known=Circumstances(moved=moved))
        assert (reading.deviation.value, reading.deviation.reason.code) == (None, Why.ARMS_RAISED)
        assert reading.compared is (upright is not None)
        assert not face or reading.measures[Name.NECK_HEIGHT].reason.code is Why.ARMS_RAISED


@pytest.mark.parametrize("pose", [lifted(-0.3, -0.3), lifted(0.05, 0.05), lifted(seen=0.3)])
def test_elbows_no_higher_than_the_shoulders_or_unseen_hide_no_slouch(baseline, pose):
    assert assess(pose, View.FRONT, baseline, SETTINGS).deviation.value > 1


def test_leaning_back_with_the_hands_behind_the_head_is_no_slouch(baseline):
    frames = [Frame(i / 2, recorded=True, pose=replace(sitting() if i < 40 else lifted(), t=i / 2)) for i in range(400)]
    ticks = watch(FramesInMemory(frames), no_model, {View.FRONT: baseline}, SETTINGS)
    assert not [event for tick in ticks for event in tick.events]


def test_an_upright_posture_is_not_learned_with_raised_arms():
    with pytest.raises(CalibrationRefused, match="your arms are raised"):
        learn(looks_of(lifted()), "cam", "Camera", "2026-11-28T10:00:00+00:00", SETTINGS)


@pytest.mark.parametrize("right", [True, False])
def test_a_raised_arm_inclines_no_neck_seen_from_the_side(right):
    """The shoulder moves up and back under the ear, as if the head had come forward."""
    view = View.SIDE_RIGHT if right else View.SIDE_LEFT
    shoulder = Landmark.RIGHT_SHOULDER if right else Landmark.LEFT_SHOULDER
    pose = from_side(neck=38.0, right=right)
    assert assess(pose, view, None, SETTINGS).deviation.value > 1
    points, visibility = pose.points.copy(), pose.visibility.copy()
    points[shoulder + 2], visibility[shoulder + 2] = points[shoulder] - (0, 60.0), 0.9
    raised = replace(pose, points=points, visibility=visibility)
    assert assess(raised, view, None, SETTINGS).deviation.reason.code is Why.ARMS_RAISED
    looks = [sample(raised, view, measure(raised, view, SETTINGS), SETTINGS)] * 40
    with pytest.raises(CalibrationRefused, match="your arms are raised"):
        learn(looks, "cam", "Camera", "2026-11-28T10:00:00+00:00", SETTINGS)
