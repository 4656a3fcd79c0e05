"""What can be shown about the moment of an alert, later and without an image."""

import json
from dataclasses import replace

import numpy as np
import pytest
from baselines import baseline_of
from figures import from_side, person

from posturecam.config.settings import Settings
from posturecam.drawing.annotate import skeleton_picture
from posturecam.posture.assess import assess
from posturecam.posture.loop import Tick
from posturecam.posture.measures import Name
from posturecam.posture.monitor import MonitorState
from posturecam.posture.reading import no_person
from posturecam.posture.reasons import Why
from posturecam.posture.records.evidence import evidence_of, from_json, to_json
from posturecam.posture.view import View
from posturecam.vision.frame import Frame
from posturecam.vision.pose import LANDMARK_COUNT, Landmark, Pose


def tick(pose, view=View.SIDE_RIGHT):
    judged = no_person(1.0, view) if pose is None else assess(pose, view, None, Settings())
    return Tick(Frame(1.0), pose, judged, MonitorState(), ())


SIDE = tick(from_side(1.0, neck=30))
FRONT = tick(person(1.0), View.FRONT)
ABSENT = tick(None)


@pytest.mark.parametrize("made", [SIDE, FRONT, ABSENT], ids=["side", "front", "absent"])
def test_it_comes_back_as_it_was_written(made):
    kept = evidence_of(made)
    assert from_json(to_json(kept)) == kept
    assert len(to_json(kept)) < 6000
    assert "\n" not in to_json(kept)


def test_it_has_the_figures_that_spoke_for_the_alert():
    kept = evidence_of(SIDE)
    assert kept.deviation.cause is Name.NECK_INCLINATION
    assert kept.deviation.value == pytest.approx(SIDE.reading.deviation.value, abs=0.001)
    neck = kept.measure(Name.NECK_INCLINATION)
    was = SIDE.reading.measures[Name.NECK_INCLINATION]
    assert (neck.value, neck.uncertainty) == pytest.approx((was.value, was.uncertainty), abs=0.001)
    assert neck.unit == "°"
    assert kept.measure(Name.HEAD_ROLL).reason.code is Why.WRONG_VIEW
    assert (kept.view, kept.compared) == (View.SIDE_RIGHT, False)


def test_the_baseline_of_the_moment_comes_back_too():
    upright = baseline_of(from_side(1.0, neck=10), View.SIDE_RIGHT)
    pose = from_side(1.0, neck=34)
    seen = Tick(Frame(1.0), pose, assess(pose, View.SIDE_RIGHT, upright, Settings()), MonitorState(), ())
    kept = from_json(to_json(evidence_of(seen, upright)))
    assert kept.upright.view is View.SIDE_RIGHT
    again = kept.upright.as_baseline()
    assert again.values[Name.NECK_INCLINATION] == pytest.approx(upright.values[Name.NECK_INCLINATION], abs=1e-3)
    assert len(to_json(kept)) < 8000


def test_what_was_not_compared_keeps_no_baseline():
    assert evidence_of(SIDE, baseline_of(from_side(1.0, neck=10), View.SIDE_RIGHT)).upright is None


def test_the_skeleton_can_be_drawn_again():
    kept = from_json(to_json(evidence_of(SIDE)))
    pose, was = kept.pose(), SIDE.pose
    seen = was.visibility > 0
    assert np.array_equal(pose.visibility > 0, seen)
    assert np.abs(pose.points - was.points)[seen].max() < 0.11
    assert not np.isfinite(pose.world).any()
    again = Tick(Frame(1.0), pose, SIDE.reading, MonitorState(), ())
    drawn, without = (
        skeleton_picture(one, pose.width, pose.height, Settings()) for one in (again, replace(again, pose=None))
    )
    assert (drawn != without).any()


def test_a_landmark_at_the_very_edge_is_still_seen():
    points = np.full((LANDMARK_COUNT, 2), 100.0, np.float32)
    points[Landmark.NOSE] = 639.98, 479.99
    pose = Pose(0.0, 640, 480, points, np.ones(LANDMARK_COUNT, np.float32))
    assert pose.visibility[Landmark.NOSE] == 1
    assert evidence_of(tick(pose)).pose().visibility[Landmark.NOSE] == 1


def test_nobody_has_no_skeleton():
    assert evidence_of(ABSENT).pose() is None


def damaged():
    whole = json.loads(to_json(evidence_of(SIDE)))
    yield from ("", "{", "null", "[]", "{}", "1e999", "\x00")
    for key in whole:
        yield json.dumps({name: value for name, value in whole.items() if name != key})
        yield json.dumps({**whole, key: "?"})
    yield json.dumps({**whole, "version": 2})
    yield json.dumps({**whole, "points": whole["points"][:-1]})
    yield json.dumps({**whole, "width": 0})
    yield json.dumps({**whole, "visibility": [float("nan")] * LANDMARK_COUNT})
    yield json.dumps({**whole, "measures": [{"name": "neck_inclination", "value": None, "reason": None}]})
    for reason in ({"code": "not_seen", "case": ["head"]}, {"code": "head_turned", "angle": None}):
        yield json.dumps({**whole, "deviation": {**whole["deviation"], "value": None, "reason": reason}})
    yield "[" * 100_000


@pytest.mark.parametrize("text", list(damaged()), ids=lambda text: text[:20] + text[-20:])
def test_damage_is_no_evidence_and_no_error(text):
    assert from_json(text) is None


def test_of_a_baseline_from_a_picture_of_another_shape_it_keeps_neither_the_distance_nor_where_the_landmarks_lay():
    """After a phone was turned, *Why?* compared the distance all the same, and drew the upright figure too large."""
    learned = person(1.0, neck=10)
    upright = baseline_of(learned, View.FRONT)
    upright = replace(upright, values={**upright.values, Name.HEAD_DISTANCE: 70.0})
    seen = replace(tick(learned, View.FRONT), reading=assess(learned, View.FRONT, upright, Settings()))
    turned = replace(seen, pose=replace(learned, width=learned.height, height=learned.width))
    same, other = evidence_of(seen, upright).upright, evidence_of(turned, upright).upright
    assert same.values[Name.HEAD_DISTANCE] == 70.0
    assert same.points
    assert Name.HEAD_DISTANCE not in other.values
    assert not other.points
    assert other.values[Name.SHOULDER_TILT] == same.values[Name.SHOULDER_TILT]
