"""Where slouching begins, drawn for stick figures whose angles are known."""

from dataclasses import replace

import numpy as np
import pytest
from figures import from_side, mirrored, person

from posturecam.config.settings import Settings
from posturecam.posture.assess import assess
from posturecam.posture.boundary import BoundaryKind, boundary
from posturecam.posture.calibration import learn, sample
from posturecam.posture.geometric.angles import bounds
from posturecam.posture.measures import Name, measure
from posturecam.posture.view import View
from posturecam.vision.geometry import from_vertical
from posturecam.vision.pose import Landmark

SETTINGS = Settings()
HEAD = slice(Landmark.NOSE, Landmark.MOUTH_RIGHT + 1)


def baseline(view, make):
    looks = [sample(pose, view, measure(pose, view, SETTINGS)) for pose in (make(t=i / 5) for i in range(60))]
    return learn(looks, "camera", "camera", "2026-01-01T00:00:00+00:00", SETTINGS)


def oblique(t=0.0, **options):
    return person(t, yaw=45, **options)


FRONT, SIDE = baseline(View.FRONT, person), baseline(View.SIDE_RIGHT, from_side)


def with_head_moved(pose, x, y):
    points = pose.points.copy()
    points[HEAD] += np.array([x, y], np.float32)
    return replace(pose, points=points)


def ear_height(pose):
    return float(pose.points[[Landmark.LEFT_EAR, Landmark.RIGHT_EAR], 1].mean())


@pytest.mark.parametrize("neck", [0, 10, 20, 25, 30, 40])
def test_from_the_front_ears_on_the_line_are_just_a_slouch(neck):
    pose = person(neck=neck)
    found = boundary(pose, View.FRONT, FRONT, SETTINGS)
    (left, height), (right, same) = found.line
    assert found.kind is BoundaryKind.EARS
    assert height == same
    assert left < right
    on_it = with_head_moved(pose, 0, height - ear_height(pose))
    assert assess(on_it, View.FRONT, FRONT, SETTINGS).deviation.value == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("neck", [0, 20, 27, 28, 40])
@pytest.mark.parametrize("times", [0.2, 1.0, 5.0])
def test_the_line_is_the_same_where_the_search_begins_at_the_last_one_however_wrong_that_is(neck, times):
    pose, last = person(neck=neck), boundary(person(neck=5), View.FRONT, FRONT, SETTINGS)
    found = boundary(pose, View.FRONT, FRONT, SETTINGS, last=replace(last, reach=times * last.reach))
    anew = boundary(pose, View.FRONT, FRONT, SETTINGS)
    assert found.line == pytest.approx(np.array(anew.line), abs=0.05 * last.reach)
    turned = boundary(from_side(), View.SIDE_RIGHT, SIDE, SETTINGS, last=last)
    assert turned == boundary(from_side(), View.SIDE_RIGHT, SIDE, SETTINGS), "another kind of line tells nothing"


def test_somebody_upright_has_the_ears_above_the_line_and_somebody_slouching_below_it():
    upright, slouched = person(), person(neck=45)
    assert ear_height(upright) < boundary(upright, View.FRONT, FRONT, SETTINGS).line[0][1]
    assert ear_height(slouched) > boundary(slouched, View.FRONT, FRONT, SETTINGS).line[0][1]


def test_the_level_line_reaches_past_the_head_on_both_sides_but_not_past_the_shoulders():
    pose = person()
    (left, _), (right, _) = boundary(pose, View.FRONT, FRONT, SETTINGS).line
    ears, shoulders = (
        sorted(pose.points[[Landmark[f"LEFT_{name}"], Landmark[f"RIGHT_{name}"]], 0]) for name in ("EAR", "SHOULDER")
    )
    assert shoulders[0] - 1 <= left < ears[0] < ears[1] < right <= shoulders[1] + 1
    assert ears[0] - left == pytest.approx(right - ears[1], abs=1)


def test_the_line_follows_when_the_chair_rolls_aside():
    here, there = (boundary(person(aside=x), View.FRONT, FRONT, SETTINGS).line for x in (0.0, 0.06))
    assert there[0][0] > here[0][0] + 20
    assert there[0][1] == pytest.approx(here[0][1], abs=3)


@pytest.mark.parametrize("right", [True, False])
@pytest.mark.parametrize("neck", [0, 10, 25, 40])
def test_from_the_side_the_line_leans_forward_by_the_limit_of_the_neck(right, neck):
    view = View.SIDE_RIGHT if right else View.SIDE_LEFT
    learned = baseline(view, lambda t=0.0: from_side(t, right=right))
    pose = from_side(right=right, neck=neck)
    found = boundary(pose, view, learned, SETTINGS)
    shoulder, above = map(np.array, found.line)
    forward = from_vertical(shoulder, above) * (1 if right else -1) - SETTINGS.side.neck_bias
    limit = learned.values[Name.NECK_INCLINATION] + SETTINGS.side.neck_change
    assert found.kind is BoundaryKind.HEAD
    assert shoulder == pytest.approx(pose.at(Landmark.RIGHT_SHOULDER if right else Landmark.LEFT_SHOULDER))
    assert forward <= limit + 0.5  # the neck's flexion may be stricter
    assert forward > learned.values[Name.NECK_INCLINATION] + 3


def test_from_the_side_the_published_limits_make_a_line_without_a_baseline():
    assert boundary(from_side(), View.SIDE_RIGHT, None, SETTINGS).kind is BoundaryKind.HEAD


def test_obliquely_the_line_is_of_the_kind_that_the_baseline_compares():
    view = View.OBLIQUE_RIGHT
    by_angle = baseline(view, oblique)
    assert by_angle.by_angle
    assert boundary(oblique(), view, by_angle, SETTINGS).kind is BoundaryKind.HEAD
    values = {name: value for name, value in by_angle.values.items() if name is not Name.NECK_INCLINATION}
    assert boundary(oblique(), view, replace(by_angle, values=values), SETTINGS).kind is BoundaryKind.EARS


@pytest.mark.parametrize(
    ("pose", "view", "learned"),
    [
        (person(), View.UNKNOWN, FRONT),
        (person(), View.FRONT, None),
        (person(visibility=0.1), View.FRONT, FRONT),
        (person(head_yaw=60), View.FRONT, FRONT),
        (from_side(visibility=0.1), View.SIDE_RIGHT, SIDE),
        (mirrored(from_side()), View.SIDE_LEFT, SIDE),
    ],
    ids=["view unknown", "no baseline", "not seen", "head turned", "not seen from the side", "another view"],
)
def test_there_is_no_line_where_the_posture_cannot_be_judged(pose, view, learned):
    assert boundary(pose, view, learned, SETTINGS) is None


def test_a_trunk_that_leans_too_far_has_its_own_line_from_the_hip():
    pose = from_side(trunk=35, neck=5)
    (hip, above) = map(np.array, boundary(pose, View.SIDE_RIGHT, SIDE, SETTINGS).line)
    assert boundary(pose, View.SIDE_RIGHT, SIDE, SETTINGS).kind is BoundaryKind.TRUNK
    assert hip == pytest.approx(pose.at(Landmark.RIGHT_HIP))
    limit = {name: end for name, _, end in bounds(SIDE, SETTINGS)}[Name.TRUNK_INCLINATION]
    assert from_vertical(hip, above) - SETTINGS.side.trunk_bias == pytest.approx(limit, abs=0.5)


def test_somebody_who_leans_and_bends_the_neck_has_the_line_of_the_neck_over_an_upright_trunk():
    both = boundary(from_side(trunk=30, neck=50), View.SIDE_RIGHT, SIDE, SETTINGS)
    upright = boundary(from_side(), View.SIDE_RIGHT, SIDE, SETTINGS)
    leans = [from_vertical(*map(np.array, found.line)) for found in (both, upright)]
    assert both.kind is BoundaryKind.HEAD
    assert leans[0] == pytest.approx(leans[1], abs=1)


def test_there_is_no_line_if_no_height_of_the_head_decides():
    assert boundary(person(roll=30), View.FRONT, FRONT, SETTINGS) is None


def test_the_line_does_not_change_the_pose():
    pose = person(neck=20)
    before = pose.points.copy()
    boundary(pose, View.FRONT, FRONT, SETTINGS)
    assert np.array_equal(pose.points, before, equal_nan=True)


def test_the_line_follows_the_threshold_that_the_user_sets():
    strict = Settings.model_validate({"front": {"slump": 0.06, "neck_change": SETTINGS.front.neck_change / 2}})
    usual, sooner = (boundary(person(), View.FRONT, FRONT, settings).line[0][1] for settings in (SETTINGS, strict))
    assert sooner < usual - 5
