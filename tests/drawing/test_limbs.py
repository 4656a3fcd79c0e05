"""Figures made of limbs."""

import numpy as np

from posturecam.drawing.canvas import Canvas, blank
from posturecam.drawing.limbs import PoseFigure, Tone, draw_figure

GROUND = (0, 0, 0)


def test_a_limb_gets_thinner_towards_its_end():
    figure, image = PoseFigure(cut=-0.2), blank(200, 300, GROUND)
    figure.limb([np.array([0.0, 0.0]), np.array([0.0, 1.0])], [0.2, 0.05], Tone.NEAR)
    draw_figure(Canvas(image), figure, GROUND)
    widths = image.any(axis=2).sum(axis=1)
    rows = np.flatnonzero(widths)
    upper, lower = (widths[some].max() for some in np.array_split(rows, 6)[::5])
    assert 0 < upper < lower / 2
