"""Whether the camera is still where it was, judged by the background."""

import numpy as np
import pytest
from figures import person

from posturecam.vision.camera_place import CameraPlace, background, follow_camera, usual_background
from posturecam.vision.scene import CELLS, Glance


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


def test_the_user_is_no_part_of_it(kept):
    """Whoever sits down in front of the same shelves, what is compared does not change."""
    glance = room(seed=3)
    covered = glance.cells.copy()
    pose = person()
    column = int(pose.points[0, 0] / pose.width * CELLS[1])
    covered[12:, column - 1 : column + 2] = 90.0
    other = Glance(0.0, covered, 255.0, 99)
    assert background(glance, pose) == background(other, pose)
