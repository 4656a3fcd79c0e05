"""Lines on a picture."""

import numpy as np

from posturecam.drawing.canvas import WHITE, Canvas, blank


def test_a_dashed_line_has_gaps_as_long_as_its_dashes_and_ends_where_it_should():
    image = blank(480, 480, (0, 0, 0))
    Canvas(image).dashes(np.array([40.0, 240.0]), np.array([440.0, 240.0]), WHITE, 2.0)
    bright = (image[240] > 200).all(axis=1)
    assert 0.4 < bright[40:440].mean() < 0.8, "the ends of dashes are round, or blurred"
    assert np.diff(bright.astype(int)).clip(0).sum() > 10
    assert not image[240, 460:].any()
