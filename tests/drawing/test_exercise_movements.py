"""The movement of an exercise: from its start pose into the pose, held, and back, calmly and without a jump."""

from itertools import pairwise

import numpy as np
import pytest

from posturecam.coach.library import exercise_names, load_exercise
from posturecam.drawing.exercise_poses import moves, picture, share_at

MOVING = [name for name in exercise_names() if moves(name)]


def test_every_exercise_of_a_desk_break_can_be_shown_moving():
    only_the_eyes_move = {"eye_rest"}
    assert {name for name in exercise_names() if load_exercise(name).desk} == set(MOVING) | only_the_eyes_move


def test_a_demonstration_begins_at_the_start_holds_the_pose_and_comes_back():
    shares = [share_at(tenth / 10) for tenth in range(80)]
    assert shares[0] == 0
    assert max(shares) == 1
    assert sum(share == 1 for share in shares) >= 15, "the pose is held for a moment"
    assert max(abs(b - a) for a, b in pairwise(shares)) < 0.15, "and nothing jumps"


@pytest.mark.parametrize("name", MOVING)
def test_a_movement_ends_elsewhere_than_it_begins_and_shows_the_whole_way(name):
    first, middle, last = (picture(name, 96, 96, share=share).astype(int) for share in (0.0, 0.5, 1.0))
    assert np.abs(first - last).max() > 50
    assert np.abs(first - middle).max() > 50


@pytest.mark.parametrize("name", ["upper_trapezius", "levator_scapulae"])
@pytest.mark.parametrize("share", [0.0, 1.0])
def test_no_hand_pulls_at_a_head_that_is_to_sink_by_its_own_weight(name, share):
    assert any("pull" in caution for caution in load_exercise(name).cautions)
    image = picture(name, 160, 160, share=share).astype(int)
    drawn = np.abs(image - image[0, 0]).max(axis=2) > 40
    rows = np.flatnonzero(drawn.any(axis=1))
    beside_the_head = drawn[rows[0] : rows[0] + len(rows) // 5]
    assert np.ptp(np.flatnonzero(beside_the_head.any(axis=0))) < 0.3 * len(rows), "there is only the head"
