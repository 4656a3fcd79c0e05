"""Lines and texts on a picture."""

import numpy as np
import pytest

from posturecam.drawing.canvas import WHITE, Canvas, blank, resized

GRAY = (128, 128, 128)


def changed(image):
    """The columns and rows that are no longer gray: the first, and that after the last."""
    rows, columns = np.nonzero((image != 128).any(axis=2))
    return columns.min(), columns.max() + 1, rows.min(), rows.max() + 1


@pytest.mark.parametrize("to_the_right", [True, False])
def test_a_label_stands_beside_its_point_and_can_be_read(to_the_right):
    image = blank(640, 480, GRAY)
    Canvas(image).label("neck 12°", np.array([320.0, 240.0]), to_the_right)
    left, right, top, bottom = changed(image)
    assert left > 320 if to_the_right else right < 320
    assert abs(left - 320 if to_the_right else right - 320) < 20
    assert top < 240 < bottom
    assert (image.min(axis=2) > 200).sum() > 100, "the text itself, on a dark ground"


@pytest.mark.parametrize("x", [0.0, 639.0])
@pytest.mark.parametrize("y", [0.0, 479.0])
def test_a_label_at_an_edge_is_moved_into_the_picture_as_a_whole(x, y):
    inside, at_the_edge = blank(640, 480, GRAY), blank(640, 480, GRAY)
    Canvas(inside).label("neck 12°", np.array([320.0, 240.0]), True)
    Canvas(at_the_edge).label("neck 12°", np.array([x, y]), x > 320)
    usual, moved = changed(inside), changed(at_the_edge)
    assert np.diff(usual).tolist()[::2] == np.diff(moved).tolist()[::2]
    assert min(moved[0], moved[2], 640 - moved[1], 480 - moved[3]) > 0


def test_a_text_is_wrapped_at_words_and_ends_in_an_ellipsis_where_it_does_not_fit():
    pen = Canvas(blank(640, 480))
    width = pen.text_width("sit upright")
    assert pen.wrapped("sit upright and look", width, 9) == ["sit upright", "and look"]
    assert pen.wrapped("sit upright and look up", pen.text_width("sit upright …"), 1) == ["sit upright…"]
    assert pen.wrapped("incomprehensibilities", width, 9) == [pen.wrapped("incomprehensibilities", width, 1)[0]]
    assert pen.wrapped("incomprehensibilities", width, 9)[0].startswith("incomp")


def test_a_picture_is_resized_to_this_width_and_height():
    assert resized(blank(64, 48), 32, 12).shape == (12, 32, 3)
    assert resized(blank(64, 48), 90, 70).shape == (70, 90, 3)


def test_a_dashed_line_has_gaps_as_long_as_its_dashes_and_ends_where_it_should():
    image = blank(480, 480, (0, 0, 0))
    Canvas(image).dashes(np.array([40.0, 240.0]), np.array([440.0, 240.0]), WHITE, 2.0)
    bright = (image[240] > 200).all(axis=1)
    assert 0.4 < bright[40:440].mean() < 0.8, "the ends of dashes are round, or blurred"
    assert np.diff(bright.astype(int)).clip(0).sum() > 10
    assert not image[240, 460:].any()
