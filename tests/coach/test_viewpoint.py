"""The camera angle by shoulders, trunk and legs, each by itself and together."""

from dataclasses import replace

import pytest
from stretch_figures import ALL_FOURS, CHAIR, FACING, FOLD, LONG_SIT, pose_of, posture

from posturecam.coach.judging.viewpoint import Viewpoint, foreshortening, shortening, viewpoint
from posturecam.posture.view import View
from posturecam.vision.pose import Landmark

SHOULDERS = (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER)
LEGS = tuple(one for one in Landmark if one >= Landmark.LEFT_KNEE)


def seen(angles, *hidden, view=View.UNKNOWN):
    pose = pose_of(angles)
    visibility = pose.visibility.copy()
    visibility[[*hidden]] = 0.0
    return viewpoint(replace(pose, visibility=visibility), view, 0.3)


@pytest.mark.parametrize(
    ("view", "left", "off"),
    [
        (View.SIDE_RIGHT, False, 0.0),
        (View.SIDE_LEFT, True, 0.0),
        (View.OBLIQUE_RIGHT, False, None),
        (View.OBLIQUE_LEFT, True, None),
        (View.FRONT, True, None),
        (View.UNKNOWN, True, None),
    ],
)
def test_where_nothing_shows_it_the_view_so_far_counts(view, left, off):
    assert seen(CHAIR, *Landmark, view=view) == Viewpoint(left, off)


@pytest.mark.parametrize("view", [View.SIDE_RIGHT, View.FRONT, View.UNKNOWN])
@pytest.mark.parametrize(("yaw", "left", "off"), [(75, False, 15), (-60, True, 30), (40, False, 50)])
def test_an_upright_trunk_shows_it_by_the_shoulders_whatever_the_view_was(view, yaw, left, off):
    found = seen(posture(CHAIR, yaw=yaw), *LEGS, view=view)
    assert (found.near_left, found.is_upright) == (left, True)
    assert found.off_side == pytest.approx(off, abs=1)


@pytest.mark.parametrize(("yaw", "off"), [(80, 10), (48, 42), (30, 60), (-48, 42)])
def test_straight_legs_show_it_by_themselves(yaw, off):
    view = View.OBLIQUE_RIGHT if yaw > 0 else View.OBLIQUE_LEFT
    found = seen(posture(LONG_SIT, yaw=yaw), *SHOULDERS, view=view)
    assert (found.near_left, found.is_upright) == (yaw < 0, False)
    assert found.off_side == pytest.approx(off, abs=0.5)


def test_the_near_leg_is_enough_and_the_far_one_is_not():
    angles = posture(LONG_SIT, yaw=48)
    near_alone = seen(angles, *SHOULDERS, Landmark.LEFT_KNEE, view=View.OBLIQUE_RIGHT)
    assert near_alone.off_side == pytest.approx(42, abs=0.5)
    assert seen(angles, *SHOULDERS, Landmark.RIGHT_KNEE, view=View.OBLIQUE_RIGHT).off_side is None


def test_bent_or_standing_legs_show_nothing():
    bent = posture(LONG_SIT, thigh=30, shank=-40)
    for angles in (bent, CHAIR, posture(yaw=48)):
        assert seen(angles, *SHOULDERS, view=View.OBLIQUE_RIGHT).off_side is None


@pytest.mark.parametrize("yaw", [80, -80])
def test_a_trunk_bent_low_shows_how_far_off_the_camera_is(yaw):
    found = seen(posture(FOLD, yaw=yaw), *LEGS)
    assert (found.near_left, found.is_upright) == (yaw < 0, False)
    assert found.off_side == pytest.approx(10, abs=1)


@pytest.mark.parametrize("yaw", [80, -80])
@pytest.mark.parametrize("hidden", [(), (Landmark.LEFT_SHOULDER,), (Landmark.RIGHT_SHOULDER,), (Landmark.RIGHT_HIP,)])
def test_a_flat_trunk_shows_which_side_is_near_by_either_side_of_it_whatever_the_view_was(yaw, hidden):
    for view in (View.UNKNOWN, View.SIDE_LEFT, View.SIDE_RIGHT):
        assert seen(posture(ALL_FOURS, yaw=yaw), *LEGS, *hidden, view=view).near_left is (yaw < 0)


def test_of_a_trunk_that_is_seen_on_no_whole_side_nothing_is_known():
    angles = posture(ALL_FOURS, yaw=80)
    assert seen(angles, *LEGS, Landmark.LEFT_SHOULDER, Landmark.RIGHT_HIP) == Viewpoint(True, None)


@pytest.mark.parametrize(
    ("off", "between", "named"),
    [
        (0.0, False, View.SIDE_LEFT),
        (16.9, False, View.SIDE_LEFT),
        (17.0, True, View.SIDE_LEFT),
        (29.0, True, View.SIDE_LEFT),
        (29.1, True, View.OBLIQUE_LEFT),
        (33.0, True, View.OBLIQUE_LEFT),
        (33.1, False, View.OBLIQUE_LEFT),
        (None, False, View.UNKNOWN),
    ],
)
def test_a_view_is_named_with_room_for_the_previous_name(off, between, named):
    found = Viewpoint(True, off)
    assert (found.is_between, found.view) == (between, named)


@pytest.mark.parametrize(("off", "length", "angle"), [(0, 0, 0), (25, 0.094, 2.8), (45, 0.293, 9.9)])
def test_what_an_angle_hides_of_lengths_and_slopes(off, length, angle):
    assert shortening(off) == pytest.approx(length, abs=0.001)
    assert foreshortening(off) == pytest.approx(angle, abs=0.1)


def test_from_the_front_it_is_far_off_the_side():
    assert seen(FACING).off_side == pytest.approx(90, abs=1)
