"""The camera angle."""

import numpy as np
import pytest
from figures import mirrored, person

from posturecam.config.settings import Settings
from posturecam.posture.view import View, ViewState, body_yaw, classify, follow_view
from posturecam.vision.pose import LANDMARK_COUNT, Pose

SETTINGS = Settings()


def without_depth(pose: Pose) -> Pose:
    return Pose(
        pose.t, pose.width, pose.height, pose.points, pose.visibility, np.full((LANDMARK_COUNT, 3), np.nan, np.float32)
    )


@pytest.mark.parametrize("yaw", [-170, -135, -90, -45, -10, 0, 10, 45, 90, 135, 170])
def test_body_yaw_is_that_of_the_shoulders(yaw):
    assert body_yaw(person(yaw=yaw, distance=1.5), SETTINGS) == pytest.approx(yaw, abs=0.1)


@pytest.mark.parametrize("yaw", [-90, -60, -45, 45, 60, 90])
def test_without_depth_the_yaw_is_still_about_right(yaw):
    assert body_yaw(without_depth(person(yaw=yaw, distance=4, focal=2)), SETTINGS) == pytest.approx(yaw, abs=15)


def test_unseen_shoulders_have_no_yaw():
    assert body_yaw(person(visibility=0.1), SETTINGS) is None


@pytest.mark.parametrize(
    ("yaw", "view"),
    [
        (0, View.FRONT), (15, View.FRONT), (-15, View.FRONT), (45, View.OBLIQUE_RIGHT), (-45, View.OBLIQUE_LEFT),
        (90, View.SIDE_RIGHT), (-90, View.SIDE_LEFT), (105, View.SIDE_RIGHT), (180, View.UNKNOWN), (-150, View.UNKNOWN),
        (None, View.UNKNOWN),
    ],
)  # fmt: skip
def test_each_yaw_has_its_view(yaw, view):
    assert classify(yaw, SETTINGS.view) is view


def test_a_mirror_swaps_the_sides():
    assert body_yaw(mirrored(person(yaw=60)), SETTINGS) == pytest.approx(-60, abs=0.5)


def views_at_a_bound(bound, settings, first=-3):
    """The accepted views while the yaw stays ten seconds on either side of a bound in turn."""
    state, seen = ViewState(), set()
    for step in range(200):
        state = follow_view(state, bound + (first if step // 20 % 2 == 0 else -first), step * 0.5, settings)
        seen.add(state.view)
    return seen


@pytest.mark.parametrize("bound", [25, 65])
@pytest.mark.parametrize("first", [-3, 3])
def test_a_yaw_at_the_bound_does_not_flicker_and_would_without_a_margin(bound, first):
    assert len(views_at_a_bound(bound, SETTINGS.view, first)) == 1
    assert len(views_at_a_bound(bound, SETTINGS.view.model_copy(update={"margin": 0.0}), first)) == 2


@pytest.mark.parametrize("direction", [1, -1])
def test_a_yaw_beyond_the_margin_changes_the_view(direction):
    margin = SETTINGS.view.margin
    for bound in (25, 65):
        before = classify(direction * (bound - margin - 1), SETTINGS.view)
        after = classify(direction * (bound + margin + 1), SETTINGS.view)
        assert classify(direction * (bound + margin + 1), SETTINGS.view, before) is after is not before
        assert classify(direction * (bound - margin - 1), SETTINGS.view, after) is before


def test_a_new_view_must_last_before_it_is_accepted():
    state = follow_view(ViewState(), 0, 0.0, SETTINGS.view)
    assert state.view is View.FRONT  # the first is accepted at once
    for t in (1.0, 2.0, 3.0, 3.9):
        state = follow_view(state, 90, t, SETTINGS.view)
        assert state.view is View.FRONT
    assert follow_view(state, 90, 4.1, SETTINGS.view).view is View.SIDE_RIGHT


def test_a_glance_aside_does_not_change_the_view():
    state = ViewState()
    for step in range(100):
        state = follow_view(state, 70 if step % 10 >= 6 else 0, step * 0.5, SETTINGS.view)
    assert state.view is View.FRONT


def test_bending_out_of_sight_does_not_move_the_camera():
    state = follow_view(ViewState(), 0, 0.0, SETTINGS.view)
    for t in range(1, 60):
        state = follow_view(state, None, float(t), SETTINGS.view)
    assert state.view is View.FRONT


def test_two_other_views_in_turn_do_not_keep_a_wrong_one_alive():
    state = follow_view(ViewState(), 0, 0.0, SETTINGS.view)
    for step in range(1, 20):
        state = follow_view(state, 58 if step % 2 else 75, step * 0.5, SETTINGS.view)
    assert state.view in (View.OBLIQUE_RIGHT, View.SIDE_RIGHT)


def test_time_unseen_does_not_count_for_another_view():
    state = follow_view(ViewState(), 0, 0.0, SETTINGS.view)
    state = follow_view(state, 90, 1.0, SETTINGS.view)
    for t in range(2, 60):
        state = follow_view(state, None, float(t), SETTINGS.view)
    assert follow_view(state, 90, 60.0, SETTINGS.view).view is View.FRONT
