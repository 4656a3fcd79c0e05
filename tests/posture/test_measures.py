"""Measures, against geometry computed by hand."""

import dataclasses
import math
from dataclasses import replace

import numpy as np
import pytest
from figures import from_side, mirrored, person
from hypothesis import given, settings
from hypothesis import strategies as st

from posturecam.config.settings import Settings, SideSettings
from posturecam.posture.measures import Measure, Name, measure
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View, body_yaw, classify
from posturecam.vision.pose import LANDMARK_COUNT, Landmark, Pose

UNBIASED = Settings(side=SideSettings(neck_bias=0, trunk_bias=0))
POSITIONS = (Name.SHOULDER_HEIGHT, Name.APPROACH)
"""Measures of where the person is in the picture: they are supposed to change when the person moves."""


def measured(pose, view=None, config=UNBIASED):
    view = view or classify(body_yaw(pose, config), config.view)
    return measure(pose, view, config)


def value(pose, name, **options):
    return measured(pose, **options)[name].value


def points_at(**pixels) -> Pose:
    """A pose with just these landmarks, in a 1000×1000 picture, showing the right side."""
    points = np.full((LANDMARK_COUNT, 2), np.nan, np.float32)
    visibility = np.zeros(LANDMARK_COUNT, np.float32)
    for name, xy in pixels.items():
        points[Landmark[name]], visibility[Landmark[name]] = xy, 1
    world = np.zeros((LANDMARK_COUNT, 3), np.float32)
    world[Landmark.LEFT_SHOULDER, 2] = 0.36
    return Pose(0.0, 1000, 1000, points, visibility, world)


def test_neck_inclination_of_points_placed_by_hand():
    # 100 to the right and 100·√3 up: 30° from the vertical, forward for somebody who faces right.
    pose = points_at(RIGHT_SHOULDER=(400, 600), LEFT_SHOULDER=(400, 600), RIGHT_EAR=(500, 600 - 100 * math.sqrt(3)))
    assert value(pose, Name.NECK_INCLINATION) == pytest.approx(30, abs=0.01)


def test_trunk_and_head_tilt_of_points_placed_by_hand():
    pose = points_at(
        RIGHT_HIP=(400, 800), LEFT_HIP=(400, 800), RIGHT_SHOULDER=(300, 700), LEFT_SHOULDER=(300, 700),
        RIGHT_EAR=(320, 500), RIGHT_EYE_OUTER=(370, 450),
    )  # fmt: skip
    assert value(pose, Name.TRUNK_INCLINATION) == pytest.approx(-45, abs=0.01)  # leaning back
    assert value(pose, Name.HEAD_TILT) == pytest.approx(45, abs=0.01)  # looking up


@pytest.mark.parametrize("right", [True, False])
@pytest.mark.parametrize(("neck", "trunk"), [(0, 0), (12, -5), (35, 20), (-10, -30), (60, 45)])
def test_side_view_reads_the_true_angles(right, neck, trunk):
    pose = from_side(neck=neck, trunk=trunk, right=right)
    assert value(pose, Name.NECK_INCLINATION) == pytest.approx(neck, abs=1)
    assert value(pose, Name.TRUNK_INCLINATION) == pytest.approx(trunk, abs=1)


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (720, 1280), (224, 224)])
def test_a_true_20_degrees_reads_20_on_every_picture_shape(size):
    width, height = size
    pose = from_side(neck=20, width=width, height=height, focal=4.0 * min(1, height / width))
    assert value(pose, Name.NECK_INCLINATION) == pytest.approx(20, abs=0.7)


@pytest.mark.parametrize("yaw", [48, 55, 65, 115, 130, -48, -65, -125])
def test_foreshortening_of_an_oblique_view_is_undone(yaw):
    view = View.OBLIQUE_RIGHT if yaw > 0 else View.OBLIQUE_LEFT
    pose = from_side(neck=25, yaw=yaw)
    apparent = math.degrees(math.atan(math.tan(math.radians(25)) * abs(math.sin(math.radians(yaw)))))
    assert apparent < 23.5  # what a formula without the correction would give
    assert value(pose, Name.NECK_INCLINATION, view=view) == pytest.approx(25, abs=0.5)


@pytest.mark.parametrize("yaw", [70, 80, 100, 110, -80, -110])
def test_near_profile_the_displaced_near_shoulder_costs_at_most_6_degrees(yaw):
    # Known and accepted: the yaw itself is only good to 10°, see _NEAR_SIDE_WITHIN.
    assert value(from_side(neck=25, yaw=yaw), Name.NECK_INCLINATION) == pytest.approx(25, abs=6)


def test_the_measured_bias_of_the_model_is_taken_off():
    pose, biased = from_side(neck=25), Settings()
    expected = value(pose, Name.NECK_INCLINATION) - biased.side.neck_bias
    assert value(pose, Name.NECK_INCLINATION, config=biased) == pytest.approx(expected)


def test_from_the_front_no_sagittal_degrees_are_reported():
    measures = measured(person(neck=30, roll=15))
    for name in (Name.NECK_INCLINATION, Name.TRUNK_INCLINATION, Name.HEAD_TILT, Name.CRANIOVERTEBRAL_ANGLE):
        assert measures[name].value is None
        assert measures[name].reason.code is Why.WRONG_VIEW
        assert "front" in measures[name].reason.text


def test_from_the_side_no_frontal_measures_are_reported():
    measures = measured(from_side())
    for name in (Name.HEAD_ROLL, Name.SHOULDER_TILT, Name.HEAD_YAW, Name.SLUMP_INDEX, Name.HEAD_FORWARD_INDEX):
        assert measures[name].reason.code is Why.WRONG_VIEW


def test_the_craniovertebral_angle_comes_with_its_uncertainty_and_only_from_the_side():
    cva = measured(from_side(neck=20))[Name.CRANIOVERTEBRAL_ANGLE]
    assert cva.value == pytest.approx(63.9 - 1.25 * 20, abs=0.7)
    assert cva.uncertainty == 8
    assert measured(from_side(neck=20), View.OBLIQUE_RIGHT)[Name.CRANIOVERTEBRAL_ANGLE].value is None


def test_the_craniovertebral_angle_is_not_extended_beyond_its_fit():
    reclined = measured(from_side(neck=-12))[Name.CRANIOVERTEBRAL_ANGLE]
    assert reclined.value is None
    assert "only known" in reclined.reason.text


def test_neck_flexion_is_the_neck_against_the_trunk():
    assert value(from_side(neck=20, trunk=-30), Name.NECK_FLEXION) == pytest.approx(50, abs=2)


@pytest.mark.parametrize("name", [Name.HEAD_ROLL, Name.SHOULDER_TILT, Name.LATERAL_TRUNK_LEAN, Name.HEAD_TILT])
def test_an_oblique_view_reports_no_angle_that_leaning_forward_would_change(name):
    assert measured(person(neck=30, yaw=45), View.OBLIQUE_RIGHT)[name].value is None


def test_nothing_frontal_is_reported_from_an_unknown_view():
    found = measured(person(yaw=170), View.UNKNOWN)
    assert {found[name].reason.code for name in (Name.HEAD_ROLL, Name.SHOULDER_TILT)} == {Why.VIEW_UNKNOWN}


def test_head_roll_is_positive_when_the_left_side_is_higher():
    assert value(person(roll=10), Name.HEAD_ROLL) == pytest.approx(10, abs=0.5)


@pytest.mark.parametrize("yaw", [-20, -10, 0, 10, 20])
def test_head_yaw_reads_the_turn_of_the_head(yaw):
    assert value(person(head_yaw=yaw, distance=3, focal=2), Name.HEAD_YAW) == pytest.approx(yaw, abs=2)


def test_a_head_turned_far_cannot_be_compared():
    slump = measured(person(head_yaw=40))[Name.SLUMP_INDEX]
    assert slump.value is None
    assert slump.reason.code is Why.HEAD_TURNED


def test_a_turn_within_the_limit_hardly_changes_the_head_forward_index():
    straight, turned = (value(person(head_yaw=yaw, distance=3, focal=2), Name.HEAD_FORWARD_INDEX) for yaw in (0, 20))
    assert turned == pytest.approx(straight, rel=0.02)


def test_a_head_that_comes_forward_grows_against_the_shoulders_and_nears_them():
    upright, forward = measured(person(neck=10)), measured(person(neck=35))
    assert forward[Name.HEAD_FORWARD_INDEX].value > 1.08 * upright[Name.HEAD_FORWARD_INDEX].value
    assert forward[Name.SLUMP_INDEX].value < 0.9 * upright[Name.SLUMP_INDEX].value


def test_a_chair_that_rolls_nearer_changes_the_approach_but_not_the_indices():
    far, near = measured(person(distance=0.8, eye_level=0.68)), measured(person(distance=0.7, eye_level=0.68))
    assert near[Name.APPROACH].value > 1.1 * far[Name.APPROACH].value
    assert near[Name.SLUMP_INDEX].value == pytest.approx(far[Name.SLUMP_INDEX].value, rel=0.03)
    assert near[Name.HEAD_FORWARD_INDEX].value == pytest.approx(far[Name.HEAD_FORWARD_INDEX].value, rel=0.02)


def test_looking_down_lowers_the_nose_but_not_the_ear_line():
    ahead, down = measured(person()), measured(person(pitch=30))
    assert down[Name.NOSE_DROP].value > ahead[Name.NOSE_DROP].value + 0.2
    assert down[Name.SLUMP_INDEX].value == pytest.approx(ahead[Name.SLUMP_INDEX].value, rel=0.01)


def test_each_measure_is_gated_on_its_own_landmarks():
    pose = from_side(neck=20, trunk=5)
    visibility = pose.visibility.copy()
    visibility[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]] = 0.1  # five other landmarks at 1.0 must not hide this
    pose = dataclasses.replace(pose, visibility=visibility)
    assert measured(pose)[Name.NECK_INCLINATION].value is not None
    trunk = measured(pose)[Name.TRUNK_INCLINATION]
    assert trunk.value is None
    assert trunk.reason == Reason(Why.NOT_SEEN, what="your right hip")


def test_landmarks_outside_the_picture_are_unseen_whatever_their_visibility():
    pose = person(eye_level=0.62, distance=0.6)  # a laptop camera: the hips are below the frame
    assert pose.points[Landmark.LEFT_HIP, 1] > pose.height
    assert pose.visibility[Landmark.LEFT_HIP] == 0
    assert measured(pose)[Name.LATERAL_TRUNK_LEAN].reason.code is Why.NOT_SEEN


def test_clipped_shoulders_are_reported():
    out, at_the_edge = (
        measured(person(aside=aside, distance=1.0), View.FRONT)[Name.SLUMP_INDEX] for aside in (0.35, 0.317)
    )
    assert out.reason == Reason(Why.NOT_SEEN, what="your left shoulder")
    assert at_the_edge.reason.code is Why.CLIPPED


def test_a_measure_has_a_value_or_a_reason_never_both_or_neither():
    with pytest.raises(ValueError, match="either"):
        Measure(Name.HEAD_ROLL, None)
    with pytest.raises(ValueError, match="either"):
        Measure(Name.HEAD_ROLL, 1.0, Reason(Why.NOT_SEEN, what="x"))
    with pytest.raises(ValueError, match="finite"):
        Measure(Name.HEAD_ROLL, math.nan)


# Properties.

POSTURES = {
    "neck": st.floats(-20, 60), "trunk": st.floats(-30, 40), "pitch": st.floats(-30, 50),
    "head_yaw": st.floats(-60, 60), "roll": st.floats(-25, 25), "yaw": st.floats(-179, 179),
}  # fmt: skip
FEW = settings(max_examples=60, deadline=None)


def comparable(measures, *, without=()):
    return {name: m.value for name, m in measures.items() if name not in without}


def assert_alike(first, second, tolerance):
    for name in first:
        if first[name] is None or second[name] is None:
            assert first[name] == second[name], name
        else:
            assert first[name] == pytest.approx(second[name], abs=tolerance), name


@FEW
@given(scale=st.floats(0.3, 4), **POSTURES)
def test_scaling_the_picture_changes_nothing(scale, **posture):
    pose = person(distance=1.5, **posture)
    larger = Pose(
        0.0, round(640 * scale), round(480 * scale), pose.points * np.float32(scale), pose.visibility, pose.world
    )
    view = classify(posture["yaw"], UNBIASED.view)
    seen_alike = (pose.visibility > 0).tolist() == (larger.visibility > 0).tolist()
    if seen_alike:  # rounding the size may put a landmark across the edge
        assert_alike(comparable(measured(pose, view)), comparable(measured(larger, view)), 0.05)


@FEW
@given(dx=st.floats(-40, 40), dy=st.floats(-30, 30), **POSTURES)
def test_moving_within_the_picture_changes_no_angle_and_no_index(dx, dy, **posture):
    pose = person(distance=2.5, **posture)
    moved = dataclasses.replace(pose, points=pose.points + np.array([dx, dy], np.float32))
    view = classify(posture["yaw"], UNBIASED.view)
    if (pose.visibility > 0).tolist() == (moved.visibility > 0).tolist():
        assert_alike(
            comparable(measured(pose, view), without=POSITIONS),
            comparable(measured(moved, view), without=POSITIONS),
            0.05,
        )


MIRRORED_VIEW = {
    View.OBLIQUE_LEFT: View.OBLIQUE_RIGHT, View.OBLIQUE_RIGHT: View.OBLIQUE_LEFT,
    View.SIDE_LEFT: View.SIDE_RIGHT, View.SIDE_RIGHT: View.SIDE_LEFT,
}  # fmt: skip
SIGNED = (Name.HEAD_ROLL, Name.SHOULDER_TILT, Name.LATERAL_TRUNK_LEAN, Name.HEAD_YAW)


@FEW
@given(**POSTURES)
def test_a_mirror_changes_only_the_sign_of_sideways_angles(**posture):
    pose = person(distance=1.5, **posture)
    view = classify(posture["yaw"], UNBIASED.view)
    straight, reflected = measured(pose, view), measured(mirrored(pose), MIRRORED_VIEW.get(view, view))
    wanted = {name: -v if name in SIGNED and v is not None else v for name, v in comparable(straight).items()}
    assert_alike(wanted, comparable(reflected), 0.05)


@settings(max_examples=150, deadline=None)
@given(
    missing=st.sets(st.sampled_from(list(Landmark))),
    not_a_number=st.sets(st.sampled_from(list(Landmark))),
    size=st.tuples(st.integers(1, 8000), st.integers(1, 5000)),
    view=st.sampled_from(list(View)),
    **POSTURES,
)
def test_nothing_raises_and_nothing_turns_into_zero(missing, not_a_number, size, view, **posture):
    pose = person(**posture)
    points, visibility, world = pose.points.copy(), pose.visibility.copy(), pose.world.copy()
    visibility[list(missing)] = 0
    points[list(not_a_number)] = np.nan
    world[list(not_a_number)] = np.nan
    pose = Pose(0.0, *size, points, visibility, world)
    for name, found in measure(pose, view, UNBIASED).items():
        assert found.value is None or math.isfinite(found.value)
        assert (found.value is None) == (found.reason is not None), name


@pytest.mark.parametrize("lost", ["visibility", "points"])
@pytest.mark.parametrize("view", View)
def test_nothing_is_known_of_somebody_of_whom_nothing_is_seen(lost, view):
    pose = person()
    nothing = np.full_like(getattr(pose, lost), 0 if lost == "visibility" else np.nan)
    found = measure(dataclasses.replace(pose, **{lost: nothing}), view, UNBIASED)
    assert {name: one.value for name, one in found.items()} == dict.fromkeys(found)


@pytest.mark.parametrize("pixel", [(0, 0), (320, 240)])
def test_coinciding_points_are_unknown_not_zero(pixel):
    points = np.full((LANDMARK_COUNT, 2), pixel, np.float32)
    pose = Pose(0.0, 640, 480, points, np.ones(LANDMARK_COUNT, np.float32), np.zeros((LANDMARK_COUNT, 3), np.float32))
    for view in View:
        assert [m.name for m in measure(pose, view, UNBIASED).values() if m.value is not None] == []


@pytest.mark.parametrize("field", ["points", "visibility", "world"])
def test_a_pose_of_the_wrong_shape_is_refused_with_both_shapes(field):
    pose = person()
    with pytest.raises(ValueError, match=r"must have shape \(33"):
        dataclasses.replace(pose, **{field: getattr(pose, field)[:17]})


@pytest.mark.parametrize(("width", "height"), [(0, 480), (640, 0), (640, -1)])
def test_landmarks_of_a_picture_without_an_area_are_refused(width, height):
    with pytest.raises(ValueError, match="image size must be positive"):
        replace(person(), width=width, height=height)
