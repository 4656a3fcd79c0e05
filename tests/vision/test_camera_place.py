"""Whether the camera is still where it was, judged by the background."""

from dataclasses import replace

import numpy as np
import pytest
from fakes.walls import LENS, wall
from figures import person

from posturecam.vision.camera_place import (
    Backdrop,
    CameraPlace,
    as_before,
    background,
    follow_camera,
    measured,
    measured_near,
    usual_background,
)
from posturecam.vision.head import Head
from posturecam.vision.pose import Landmark
from posturecam.vision.scene import CELLS, MOVED, Glance


def room(shift=0, light=1.0, seed=0):
    """The glance of a bookcase beside blinds, shifted by this many cells."""
    rows, columns = np.mgrid[0 : CELLS[0], 0 : CELLS[1]]
    columns = columns - shift
    shelves, blinds = 60 + 50 * (columns // 2 % 2), 150 + 60 * (rows // 2 % 2)
    cells = np.where(columns % 16 < 8, shelves, blinds) * light
    noise = np.random.default_rng(seed).normal(0, 0.5, CELLS)
    return Glance(1.5 * seed, (cells + noise).astype(np.float32), 255.0, seed)


@pytest.fixture(scope="module")
def kept():
    return usual_background([background(room(seed=seed), person()) for seed in range(10)])


def after(kept, glances):
    state = CameraPlace()
    for glance in glances:
        state = follow_camera(state, kept, glance, person())
    return state.moved


def test_a_camera_that_stayed_is_known_to_have_stayed_in_other_light_too(kept):
    assert after(kept, [room(seed=seed) for seed in range(20, 30)]) is False
    assert after(kept, [room(seed=seed, light=0.6) for seed in range(20, 30)]) is False


def test_a_camera_that_was_moved_is_known_to_have_moved(kept):
    assert after(kept, [room(shift=5, seed=seed) for seed in range(20, 30)]) is True


def test_a_few_looks_or_no_background_tell_nothing(kept):
    assert after(kept, [room(seed=seed) for seed in range(20, 23)]) is None
    assert after(None, [room(seed=seed) for seed in range(20, 30)]) is None
    assert usual_background([]) is None


def in_front_of_a_picture(seed):
    """A glance of somebody with a virtual background: only where they are does anything change."""
    before = room(seed=0).cells.copy()
    before[12:, 8:24] = room(seed=seed).cells[12:, 8:24]
    return Glance(1.5 * seed, before, 255.0, seed)


def test_a_virtual_background_does_not_tell_whether_the_camera_was_moved(kept):
    state, known = CameraPlace(), []
    for seed in range(20, 40):
        state = follow_camera(state, kept, in_front_of_a_picture(seed), person())
        known.append(state.moved)
    assert known[5:] == [None] * 15
    for seed in range(40, 50):  # switched off again
        state = follow_camera(state, kept, room(seed=seed), person())
    assert state.moved is False


def test_parts_too_light_or_too_dark_for_noise_are_no_virtual_background(kept):
    def overexposed(seed):
        seen = room(seed=seed)
        seen.cells[:8] = 255.0
        return seen

    kept = usual_background([background(overexposed(seed), person()) for seed in range(10)])
    assert after(kept, [overexposed(seed) for seed in range(20, 30)]) is False


def test_a_camera_between_moved_and_unmoved_is_unknown():
    assert CameraPlace(distances=(MOVED,) * 15).moved is None


def test_looks_within_half_a_second_count_once_unless_the_clock_was_set_back(kept):
    first = follow_camera(CameraPlace(), kept, room(seed=20), person())
    assert follow_camera(first, kept, replace(room(seed=21), t=first.checked_at + 0.4), person()) is first
    for t in (first.checked_at + 0.5, first.checked_at - 600):
        assert follow_camera(first, kept, replace(room(seed=21), t=t), person()).checked_at == t


def test_a_tilt_is_known_once_three_measurements_agree_within_a_degree():
    assert CameraPlace(tilts=(5.1, 5.2, 6.0)).tilt == 5
    assert CameraPlace(tilts=(5.1, 5.2)).tilt is None
    assert CameraPlace(tilts=(5.1, 5.2, 6.3)).tilt is None
    assert CameraPlace(tilts=(0.9, 0.9, 1.2)).tilt is None, "within the error of the measurement"


def test_the_user_is_no_part_of_it(kept):
    """What is compared stays the same, whoever sits down in front of the same shelves."""
    glance = room(seed=3)
    covered = glance.cells.copy()
    pose = person()
    shares = pose.points / (pose.width, pose.height)
    nose = int(shares[Landmark.NOSE, 0] * CELLS[1])
    covered[12:, nose - 1 : nose + 2] = 90.0
    shoulders = shares[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]]
    left, right = sorted(int(share * CELLS[1]) for share in shoulders[:, 0])
    line = int(shoulders[:, 1].min() * CELLS[0])
    covered[line:, left : right + 1] = 90.0
    other = Glance(0.0, covered, 255.0, 99)
    assert background(glance, pose) == background(other, pose)
    wider = max(1, round(0.2 * (right - left)))
    covered[line - 1 :, left - wider : right + wider + 1] = 90.0
    assert background(glance, pose) == background(Glance(0.0, covered, 255.0, 99), pose), "arms and raised shoulders"


SOMEBODY = person(distance=1.5)
"""Far enough away for the wall to be seen on both sides."""


def behind(glance):
    return Backdrop.of(glance, SOMEBODY, LENS)


@pytest.mark.parametrize("up", [-15, -6.3, -2, 0, 3, 7.6, 15])
def test_a_tilt_is_measured_from_what_lies_behind_the_user_in_other_light_too(up):
    assert measured(behind(wall()), behind(wall(up, light=0.7))) == pytest.approx(up, abs=0.6)


@pytest.mark.parametrize("up", [-2.75, -1.75, 2.25, 4.75])
def test_a_tilt_between_two_of_those_tried_is_measured_more_finely(up):
    before, now = behind(wall()), behind(wall(up, light=0.7))
    assert measured(before, now) == pytest.approx(up, abs=0.2)
    assert measured_near(before, now, up + 0.25) == pytest.approx(up, abs=0.2)


def test_a_landmark_that_is_no_number_does_not_hide_the_room_or_show_the_user():
    broken = SOMEBODY.points.copy()
    broken[Landmark.LEFT_EAR] = np.nan
    seen = Backdrop.of(room(), replace(SOMEBODY, points=broken), LENS).seen
    assert seen.any()
    assert (seen == behind(room()).seen).mean() > 0.95


def test_what_is_not_a_tilt_is_not_measured():
    before = behind(wall())
    plain = Glance(0.0, np.full(CELLS, 120, np.float32), 255.0, 0)
    assert measured(before, behind(wall(seed=2))) is None, "another room"
    assert measured(before, behind(wall(up=4, turned=7))) is None, "turned as well"
    assert measured(behind(plain), behind(plain)) is None, "a plain wall"
    assert measured_near(behind(plain), behind(plain), 0.0) is None, "nor as that of before"
    assert measured(before, replace(before, seen=np.zeros(CELLS, bool))) is None, "somebody who fills the picture"
    assert measured(before, behind(wall(up=40))) is None, "too far"


def follow(state, saved, glances):
    for glance in glances:
        state = follow_camera(state, saved, glance, SOMEBODY, LENS)
    return state


def test_a_lid_that_is_tilted_while_watching_is_known_and_forgotten_once_it_is_back_or_a_new_posture_is_learned():
    saved = usual_background([background(wall(t=t), SOMEBODY) for t in range(10)])
    state = follow(CameraPlace(), saved, [wall(t=t) for t in range(10)])
    assert (state.moved, state.tilt) == (False, None)
    tilted = follow(state, saved, [wall(8, t=t) for t in range(10, 30)])
    assert tilted.tilt == pytest.approx(8, abs=0.5)
    assert follow(tilted, saved, [wall(t=t) for t in range(30, 50)]).tilt is None
    other = usual_background([background(wall(8, t=t), SOMEBODY) for t in range(10)])
    assert follow(tilted, other, [wall(8, t=t) for t in range(30, 50)]).tilt is None


def test_a_camera_that_was_moved_before_it_was_first_watched_has_no_known_tilt():
    saved = usual_background([background(wall(t=t), SOMEBODY) for t in range(10)])
    assert follow(CameraPlace(), saved, [wall(8, t=t) for t in range(20)]).tilt is None


@pytest.mark.parametrize(("width", "height"), [(640, 480), (480, 640)])
def test_a_tilt_moves_the_picture_as_much_if_the_camera_stands_on_its_side(width, height):
    points = np.full_like(SOMEBODY.points, (width / 2, height / 2))
    seen = as_before(replace(SOMEBODY, points=points, width=width, height=height), 10.0, LENS)
    focal = 320 / np.tan(np.radians(LENS) / 2)
    assert seen.points[0] == pytest.approx((width / 2, height / 2 - focal * np.tan(np.radians(10.0))), abs=0.1)


@pytest.mark.parametrize("up", [-12, 5, 12])
def test_landmarks_are_turned_back_to_where_an_untilted_camera_saw_them(up):
    untilted, tilted = person(), person(camera_pitch=up)
    found = as_before(tilted, up, LENS)
    known = np.isfinite(untilted.points).all(axis=1)
    assert found.points[known] == pytest.approx(untilted.points[known], abs=0.5)
    assert (found.visibility == tilted.visibility).all(), "what was seen stays seen, where nothing else was guessed"


@pytest.mark.parametrize("up", [-12, 5, 12])
def test_a_head_is_turned_back_to_where_an_untilted_camera_measured_it(up):
    """The same head in front of both cameras: placed by hand in centimeters, and projected through each lens."""
    angle, focal = np.radians(up), SOMEBODY.width / 2 / np.tan(np.radians(LENS) / 2)
    center = np.array([SOMEBODY.width, SOMEBODY.height]) / 2

    def seen(place, chin, pitch):
        (center_x, center_y), (chin_x, chin_y) = (point[:2] / point[2] * focal + center for point in (place, chin))
        return Head(*place, pitch, 0, 0, center_x, center_y, chin_x, chin_y, place[2] / focal, 0.3, LENS)

    def from_tilted(point):
        """Tilted up, the camera sees everything lower in its picture, and at another depth."""
        x, y, z = point
        return np.array([x, y * np.cos(angle) + z * np.sin(angle), z * np.cos(angle) - y * np.sin(angle)])

    place, chin = np.array([5.0, 4.0, 60.0]), np.array([4.0, 12.0, 58.0])
    before = seen(place, chin, 10.0)
    found = as_before(replace(SOMEBODY, head=seen(from_tilted(place), from_tilted(chin), 10.0 - up)), up, LENS).head
    for name in ("x", "y", "z", "pitch", "center_x", "center_y", "chin_x", "chin_y", "scale"):
        assert getattr(found, name) == pytest.approx(getattr(before, name), rel=1e-3), name
