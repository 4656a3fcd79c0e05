"""Searching a room for somebody, and tracking them: tiles, plausibility and the pursuit, with scripted detections."""

import itertools
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from stretch_figures import blend, pose_of, posture

from posturecam.coach.loop import for_stretching
from posturecam.config.settings import Settings
from posturecam.vision.frame import Frame
from posturecam.vision.pose import Landmark
from posturecam.vision.search import pursuit
from posturecam.vision.search.likeness import fits, is_body, remember, unlike
from posturecam.vision.search.pursuit import LOOKS, PATIENCE, TURNS, Pursuit, Sighting
from posturecam.vision.search.room_estimator import RoomEstimator
from posturecam.vision.search.tiles import (
    GLIDE,
    LEFT_TURN,
    RIGHT_TURN,
    SIDES,
    Box,
    SearchTile,
    box_of,
    follow,
    search_order,
)

pytestmark = pytest.mark.usefixtures("kept_models")

GOLDEN = Path(__file__).parents[1] / "data" / "golden"
PICTURE = (1280, 720)
SETTINGS = for_stretching(Settings())
FOLLOWING = SETTINGS.follow
STANDING = posture()
SITTING = posture(thigh=0.0, shank=0.0, reach=-30.0)
FOLDED = posture(SITTING, trunk=25.0, neck=0.0, reach=-10.0)


# Parts of the picture.


@pytest.mark.parametrize("picture", [(640, 480), (1280, 720), (480, 640), (1920, 1080)])
def test_somebody_half_as_large_as_the_smallest_squares_is_wholly_in_one_of_them_anywhere(picture):
    size = SIDES[-1] * min(picture) / 2
    tiles = search_order(picture, None)
    for left, top in itertools.product(*(np.linspace(0, most - size, 23) for most in picture)):
        assert any(
            tile.left <= left
            and tile.top <= top
            and tile.left + tile.width >= left + size
            and tile.top + tile.height >= top + size
            for tile in tiles
            if tile.side <= 1.05 * 2 * size
        )


def test_the_search_begins_where_somebody_was_last_and_goes_on_with_the_whole_picture():
    last = Box(100, 500, 300, 600)
    first, second, third, *_ = search_order(PICTURE, last)
    for tile in (first, second):
        assert tile.left <= 100
        assert tile.left + tile.width >= 300
        assert tile.side < 720
    assert third == SearchTile.whole(PICTURE)


@pytest.mark.parametrize("turns", [0, LEFT_TURN, RIGHT_TURN])
@pytest.mark.parametrize(
    "tile", [SearchTile(200, 100, 300, 200), SearchTile(0, 0, 1280, 720), SearchTile(980, 420, 300, 300)]
)
def test_what_is_found_in_a_turned_part_lies_where_it_is_in_the_picture(tile, turns):
    tile = replace(tile, turns=turns)
    x, y = tile.left + 70, tile.top + 30
    image = np.zeros((720, 1280, 3), np.uint8)
    image[y, x] = 255
    part = tile.cut_from(image)
    row, column = np.argwhere(part[..., 0])[0]
    pose = pose_of(STANDING)
    height, width = part.shape[:2]
    points = np.full((33, 2), (column + 0.5, row + 0.5), np.float32)
    inside = replace(pose, width=width, height=height, points=points)
    outside = tile.back(inside, PICTURE)
    np.testing.assert_allclose(outside.points, np.full((33, 2), (x + 0.5, y + 0.5)), atol=1e-3)
    if turns == 0:
        again = tile.forth(outside)
        assert (again.width, again.height) == (width, height)
        np.testing.assert_allclose(again.points, points, atol=1e-3)


def test_the_world_landmarks_of_a_turned_part_turn_back_with_it():
    upright = pose_of(STANDING)
    x, y, z = upright.world.T
    lying = replace(upright, world=np.stack([y, -x, z], axis=1))  # as they look after a quarter turn counter-clockwise
    back = SearchTile(0, 0, *PICTURE, LEFT_TURN).back(lying, PICTURE)
    np.testing.assert_allclose(back.world, upright.world, atol=1e-6)


def test_a_part_glides_after_somebody_never_far_at_once_and_never_out_of_the_picture():
    tile = SearchTile.square((640, 360), 300, PICTURE)
    box = Box(1100, 560, 1270, 700)
    for _ in range(60):
        after = follow(tile, box, PICTURE)
        assert abs(after.middle[0] - tile.middle[0]) <= GLIDE * tile.side + 2
        assert abs(after.side - tile.side) <= GLIDE * tile.side + 1
        assert after.left >= 0
        assert after.left + after.width <= 1280
        assert after.top + after.height <= 720
        tile = after
    assert tile.left <= box.left
    assert tile.top <= box.top


def test_a_part_stays_as_it_is_while_somebody_only_sways():
    tile = SearchTile.square((640, 360), 400, PICTURE)
    assert follow(tile, Box(560, 270, 740, 450), PICTURE) == tile


# What can be a body.


def test_a_stick_figure_in_any_pose_is_a_body():
    assert all(is_body(pose_of(angles)) for angles in (STANDING, SITTING, FOLDED))


def test_a_shoulder_on_a_hip_with_long_legs_is_not_a_body():
    pose = pose_of(STANDING)
    points = pose.points.copy()
    points[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]] = points[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]] + 2
    assert not is_body(replace(pose, points=points))


def test_a_body_without_a_visible_trunk_is_rejected():
    pose = pose_of(STANDING)
    assert not is_body(replace(pose, visibility=np.full(33, 0.1, np.float32)))


def test_left_and_right_may_be_exchanged():
    pose = pose_of(SITTING)
    order = [0, *(one + 1 if one % 2 else one - 1 for one in range(1, 33))]
    assert unlike(pose, replace(pose, points=pose.points[order])) == pytest.approx(0, abs=0.02)
    assert unlike(pose, pose_of(FOLDED)) > pursuit.AGREES


def test_a_body_does_not_grow_or_shrink_at_once_but_may_come_nearer():
    memory = remember(None, pose_of(STANDING))
    assert fits(memory, pose_of(SITTING))
    assert not fits(memory, pose_of(STANDING, scale=600.0))
    assert not fits(memory, pose_of(STANDING, scale=100.0))
    for index in range(50):
        nearer = pose_of(STANDING, index / 10, scale=300.0 * 1.02**index)
        assert fits(memory, nearer)
        memory = remember(memory, nearer)


def test_somebody_who_has_moved_away_is_expected_to_be_smaller_after_a_minute_and_not_at_once():
    near, away = pose_of(STANDING), pose_of(STANDING, 60.0, scale=150.0)
    memory = remember(None, near)
    assert remember(memory, replace(away, t=0.1)).longest == pytest.approx(memory.longest, rel=0.01)
    assert remember(memory, away).longest == pytest.approx(memory.longest / 2, rel=0.01)


# The pursuit.


def sighting(angles, t=0.0, scale=300.0):
    pose = pose_of(angles, t, scale=scale)
    return Sighting(SearchTile.square(box_of(pose).middle, 500, PICTURE), pose)


def found(angles, t=0.0, scale=300.0):
    state, pose = pursuit.sought(Pursuit(), t, PICTURE, [sighting(angles, t, scale)], FOLLOWING)
    assert pose is not None
    return state


def test_an_empty_room_is_searched_a_few_parts_at_a_time_in_every_orientation():
    state, looked = Pursuit(), []
    for index in range(200):
        tiles = pursuit.to_search(state, PICTURE)
        assert 1 <= len(tiles) <= LOOKS
        looked += [(tile, state.softens) for tile in tiles]
        state, pose = pursuit.sought(state, index / 10, PICTURE, [], FOLLOWING)
        assert pose is None
    for turns in set(TURNS):
        assert set(search_order(PICTURE, None, turns)) <= {tile for tile, _ in looked}
    assert set(search_order(PICTURE, None)) <= {tile for tile, softened in looked if softened}


def test_every_part_is_looked_at_within_a_second():
    pictures = -(-len(search_order(PICTURE, Box(0, 0, 100, 100))) // LOOKS)
    assert pictures <= 10  # at ten pictures a second


def test_a_picture_of_another_size_is_searched_again():
    state = found(STANDING)
    assert pursuit.seen_in(state, PICTURE) is state
    turned = pursuit.seen_in(state, (720, 1280))
    assert turned.tile is None
    assert pursuit.seen_in(turned, (720, 1280)) is turned


def test_somebody_who_is_found_is_followed_where_they_were_found():
    state = found(STANDING)
    state, pose = pursuit.followed(state, 0.1, PICTURE, pose_of(STANDING, 0.1))
    assert pose is not None
    assert state.tile is not None


def test_somebody_missed_for_less_than_a_second_is_followed_on_however_long_they_were_there():
    state = found(STANDING)
    for t in (0.5, 1.0, 1.5):
        state, _ = pursuit.followed(state, t, PICTURE, pose_of(STANDING, t))
    for t in (2.0, 2.4):
        state, pose = pursuit.followed(state, t, PICTURE, None)
        assert (state.tile is not None, pose) == (True, None)
    state, _ = pursuit.followed(state, 1.5 + PATIENCE, PICTURE, None)
    assert state.tile is None


def test_of_two_people_the_larger_is_found_first_and_then_the_one_in_the_same_place():
    near, far = sighting(STANDING), sighting(STANDING)
    far = Sighting(far.tile, pose_of(STANDING, scale=120.0))
    _, pose = pursuit.sought(Pursuit(), 0.0, PICTURE, [far, near], FOLLOWING)
    assert pose is near.pose
    away = replace(near.pose, points=near.pose.points - np.float32([500, 0]))
    _, pose = pursuit.sought(
        Pursuit(last=box_of(far.pose), seen_at=-9.0), 0.0, PICTURE, [Sighting(near.tile, away), far], FOLLOWING
    )
    assert pose is far.pose


def test_an_implausible_pose_is_rejected_and_given_up_after_a_second():
    state = found(STANDING)
    collapsed = pose_of(STANDING, scale=60.0)
    for index in range(1, 30):
        state, pose = pursuit.followed(state, index / 10, PICTURE, collapsed)
        assert pose is None
        if state.tile is None:
            break
    assert index / 10 == pytest.approx(PATIENCE)
    middle = pursuit.to_search(state, PICTURE)[0].middle
    assert np.hypot(*np.subtract(middle, state.last.middle)) < 50  # from where they were last


def test_a_tracker_that_reads_something_else_in_every_picture_is_let_go_and_the_next_search_begins_turned():
    state, believed = found(SITTING), 0
    for index in range(1, 40):
        angles = (SITTING, FOLDED, posture(SITTING, trunk=140.0))[index % 3]
        state, pose = pursuit.followed(state, index / 10, PICTURE, pose_of(angles, index / 10))
        believed += pose is not None
        if state.tile is None:
            break
    assert state.tile is None
    assert believed <= 8  # of ten pictures a second
    assert {tile.turns for tile in pursuit.to_search(state, PICTURE)} == {LEFT_TURN}


def test_somebody_who_walks_or_folds_quickly_is_accepted():
    state = found(SITTING)
    for index in range(1, 11):  # within a second
        angles = blend(SITTING, FOLDED, index / 10)
        state, pose = pursuit.followed(state, index / 10, PICTURE, pose_of(angles, index / 10, noise=2.0))
        assert pose is not None
    state = found(STANDING, 2.0)
    for index in range(21, 33):
        t, step = index / 10, np.sin(2 * np.pi * index / 10)
        walking = pose_of(posture(thigh=-90 + 25 * step, shank=-90 - 10 * step), t, noise=2.0)
        state, pose = pursuit.followed(state, t, PICTURE, at(walking, 40.0 * (index - 21)))
        assert pose is not None


def confirm_all(state, angles_followed, angles_read, until, t=0.0):
    """Track one pose while independent detections give other ones (in turn); the state, when it restarted, and how many detections it took."""
    readings, looks = itertools.cycle(angles_read), 0
    while t < until:
        t = round(t + 0.1, 3)
        state, pose = pursuit.followed(state, t, PICTURE, pose_of(angles_followed, t, noise=1.0))
        assert pose is not None
        if pursuit.to_confirm(state, t, PICTURE, pose) is None:
            continue
        looks += 1
        reading = next(readings)
        other = None if reading is None else sighting(reading, t)
        state, pose, anew = pursuit.confirmed(state, t, pose, other)
        if anew:
            return state, pose, t, looks
    return state, None, None, looks


def test_checks_that_agree_overturn_a_tracker_stuck_in_a_wrong_pose():
    state, pose, t, _ = confirm_all(found(SITTING), SITTING, [FOLDED], 10)
    assert unlike(pose, pose_of(FOLDED)) < 0.05
    assert t <= 1.0
    assert state.confirmed is pose


def test_one_odd_check_overturns_nothing():
    _, pose, _, _ = confirm_all(found(SITTING), SITTING, [SITTING, SITTING, FOLDED], 30)
    assert pose is None


def test_checks_that_do_not_agree_overturn_nothing():
    other = posture(trunk=-10.0, thigh=80.0, shank=-80.0)
    _, pose, _, _ = confirm_all(found(SITTING), SITTING, [FOLDED, other, STANDING], 20)
    assert pose is None


def test_checks_that_find_nobody_change_nothing():
    _, pose, _, looks = confirm_all(found(SITTING), SITTING, [None], 20)
    assert pose is None
    assert looks <= 10


def test_somebody_lost_and_found_all_the_time_is_checked_all_the_same():
    state, due = found(SITTING), 0
    for index in range(1, 20):
        t = index / 10
        state, pose = pursuit.followed(state, t, PICTURE, pose_of(SITTING, t) if index % 3 else None)
        if pose is None:
            state, pose = pursuit.sought(state, t, PICTURE, [sighting(SITTING, t)], FOLLOWING)
        elif pursuit.to_confirm(state, t, PICTURE, pose) is not None:
            due += 1
            state, _, _ = pursuit.confirmed(state, t, pose, None)
    assert due >= 3


def test_at_rest_independent_checks_are_rare_so_that_they_cost_little():
    _, _, _, looks = confirm_all(found(SITTING), SITTING, [SITTING], 60)
    assert looks <= 2 + 60 / 5  # of 600 pictures


def test_after_a_movement_independent_checks_come_soon():
    state = found(SITTING)
    state, _, _, before = confirm_all(state, SITTING, [SITTING], 10)
    state, _, _, during = confirm_all(state, blend(SITTING, FOLDED, 0.9), [FOLDED], 13, t=10.0)
    assert before <= 4
    assert during >= 2


# Others.


def at(pose, across):
    return replace(pose, points=pose.points + np.float32([across, 0]))


def test_a_passer_by_while_somebody_is_lost_is_somebody_else():
    state = replace(found(STANDING), tile=None)
    passer = sighting(STANDING, 1.5)
    passer = Sighting(passer.tile, at(pose_of(STANDING, 1.5, scale=150.0), -580))
    after, pose = pursuit.sought(state, 1.5, PICTURE, [passer], FOLLOWING)
    assert pose is None
    _, pose = pursuit.sought(after, 5.0, PICTURE, [passer], FOLLOWING)
    assert pose is passer.pose


def compare(state, followed_pose, other_at, until):
    """Track somebody while others are searched for; to whom the pursuit switched, and when."""
    for index in range(1, round(10 * until)):
        t = index / 10
        state, pose = pursuit.followed(state, t, PICTURE, replace(followed_pose(t), t=t))
        tiles = pursuit.to_compare(state, t, PICTURE)
        if not tiles:
            continue
        other = other_at(t)
        inside = [
            tile for tile in tiles if tile.left <= box_of(other).left and tile.left + tile.width >= box_of(other).right
        ]
        state, pose, anew = pursuit.compared(state, t, pose, [Sighting(tile, other) for tile in inside])
        if anew:
            return pose, t
    return None, None


def photograph(t):
    return pose_of(STANDING, t, noise=1.0, scale=150.0)


def test_a_photograph_that_was_found_first_gives_way_to_somebody_who_moves():
    def user(t):
        return at(pose_of(blend(SITTING, FOLDED, min(t / 8, 1.0)), t, scale=150.0), 350)

    pose, t = compare(found(STANDING, scale=150.0), photograph, user, 20)
    assert pose is not None
    assert t <= 12


def test_somebody_who_moved_is_not_given_up_for_somebody_else_who_moves():
    def user(t):
        return pose_of(blend(STANDING, SITTING, min(t, 1.0)), t, scale=150.0)

    def other(t):
        return at(pose_of(blend(SITTING, FOLDED, min(t / 8, 1.0)), t, scale=150.0), 350)

    assert compare(found(STANDING, scale=150.0), user, other, 20) == (None, None)


def test_two_photographs_do_not_take_turns():
    assert compare(found(STANDING, scale=150.0), photograph, lambda t: at(photograph(t), 350), 30) == (None, None)


# With the real model.


@pytest.mark.smoke
def test_somebody_small_in_a_corner_is_found_and_kept_while_nobody_is_blank():
    front = cv2.imread(str(GOLDEN / "desk_m_upright_front_eye.jpg"))
    small = cv2.resize(front, None, fx=0.28, fy=0.28, interpolation=cv2.INTER_AREA)
    empty = np.full((720, 1280, 3), 120, np.uint8)
    corner = empty.copy()
    corner[-small.shape[0] :, -small.shape[1] :] = small
    with RoomEstimator(SETTINGS.estimator, FOLLOWING) as estimator:
        assert estimator(Frame(0.0, empty)) is None
        poses = [estimator(Frame((1 + index) / 10, corner)) for index in range(8)]
    first = next(index for index, pose in enumerate(poses) if pose is not None)
    assert None not in poses[first:]
    nose = (poses[-1].at(Landmark.NOSE) - (1280 - small.shape[1], 720 - small.shape[0])) / 0.28
    assert 250 < nose[0] < 390
    assert 50 < nose[1] < 300
