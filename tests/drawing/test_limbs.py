"""Figures made of limbs."""

import numpy as np
import pytest

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


def drawn(figure, width=200, height=300):
    """Where each tone is drawn, by its exact color: rows and columns."""
    image = blank(width, height, GROUND)
    draw_figure(Canvas(image), figure, GROUND)
    return {tone: np.argwhere((image == tone.value[::-1]).all(axis=2)) for tone in Tone}


def straight(*ends, radius=0.05):
    figure = PoseFigure()
    figure.limb([np.array(end) for end in ends], [radius] * len(ends), Tone.NEAR)
    return figure


@pytest.mark.parametrize(("width", "height"), [(200, 300), (300, 200)])
def test_a_figure_fills_the_picture_up_to_a_margin_and_stands_on_a_floor_in_its_middle(width, height):
    found = drawn(straight((0.3, 0.2), (0.3, 1.2), radius=0.1), width, height)
    (top, left), (bottom, right) = found[Tone.NEAR].min(axis=0), found[Tone.NEAR].max(axis=0)
    margin = 0.05 * min(width, height)
    assert (top, height - bottom) == pytest.approx((margin, margin), abs=4)
    assert left + right == pytest.approx(width, abs=3)
    floor = found[Tone.PROP]
    assert floor[:, 0].mean() == pytest.approx(bottom, abs=3)
    assert (floor[:, 1].min(), width - floor[:, 1].max()) == pytest.approx((margin, margin), abs=4)


@pytest.mark.parametrize("end", [(1.0, 0.0), (0.0, 1.0), (0.8, 0.6), (-0.6, 0.8)])
def test_a_limb_is_as_thick_between_its_ends_as_at_them(end):
    found = drawn(straight((0.0, 0.0), end), 300, 300)[Tone.NEAR]
    scale = max(np.ptp(found, axis=0)) / (max(np.abs(end)) + 0.1)
    assert len(found) == pytest.approx((0.1 + np.pi * 0.05**2) * scale**2, rel=0.12)


def test_of_a_figure_that_is_cut_off_only_what_lies_above_is_shown_without_a_floor():
    figure = straight((0.0, -1.0), (0.0, 1.0))
    figure.limb([np.array([-0.2, 0.3]), np.array([0.2, 0.3])], [0.05, 0.05], Tone.FAR)
    figure.cut = 0.0
    found = drawn(figure)
    top, scale = found[Tone.NEAR][:, 0].min(), 290 / 1.05
    assert top == pytest.approx(10, abs=2)
    assert found[Tone.NEAR][:, 0].max() == 299
    assert found[Tone.FAR][:, 0].mean() == pytest.approx(300 - 0.3 * scale, abs=2), (
        "the cut is the picture's lower edge"
    )
    assert not len(found[Tone.PROP])


def test_a_limb_in_front_of_another_has_a_rim_and_furniture_is_drawn_too():
    figure = straight((0.0, 0.0), (0.0, 1.0))
    figure.prop((0.3, 0.0), (0.3, 1.0))
    figure.limb([np.array([-0.2, 0.5]), np.array([0.2, 0.5])], [0.05, 0.05], Tone.FAR)
    before = drawn(figure)
    figure.rims.add(figure.chains)
    after = drawn(figure)
    assert len(after[Tone.FAR]) == len(before[Tone.FAR])
    assert len(after[Tone.NEAR]) < 0.99 * len(before[Tone.NEAR])
    beside = before[Tone.PROP][before[Tone.PROP][:, 1] > before[Tone.FAR][:, 1].max()]
    assert np.ptp(beside[:, 0]) > 0.9 * np.ptp(before[Tone.NEAR][:, 0])


def test_an_arrow_leads_from_a_joint_along_its_path_and_is_thickest_near_its_tip():
    figure = straight((0.0, 0.0), (0.0, 1.0))
    figure.joints["hand"] = np.array([0.1, 0.5])
    figure.arrow("hand", (0.0, 0.0), (0.3, 0.0))
    rows, columns = drawn(figure)[Tone.ARROW].T
    limb = drawn(figure)[Tone.NEAR]
    scale = np.ptp(limb[:, 0]) / 1.1
    middle = limb[:, 1].mean()
    assert (columns.min() - middle) / scale == pytest.approx(0.1, abs=0.02)
    assert 0.4 < (columns.max() - middle) / scale < 0.45
    assert np.ptp(rows[columns > middle + 0.35 * scale]) > 2 * np.ptp(rows[columns < middle + 0.35 * scale])
    assert rows.mean() == pytest.approx(limb[:, 0].mean(), abs=2)


def test_a_bent_arrow_goes_about_its_joint():
    figure = straight((0.0, 0.0), (0.0, 1.0))
    figure.joints["shoulder"] = np.array([0.0, 0.8])
    figure.turn("shoulder", 0.4, 0.0, 90.0)
    found = drawn(figure)
    scale = np.ptp(found[Tone.NEAR][:, 0]) / 1.1
    joint = np.array([found[Tone.NEAR][:, 0].max() - 0.85 * scale, found[Tone.NEAR][:, 1].mean()])
    away = np.hypot(*(found[Tone.ARROW] - joint).T) / scale
    assert ((away > 0.36) & (away < 0.44)).mean() > 0.95
    up, right = (joint[0] - found[Tone.ARROW][:, 0]) / scale, (found[Tone.ARROW][:, 1] - joint[1]) / scale
    assert up.min() == pytest.approx(0, abs=0.03)
    assert right.max() == pytest.approx(0.4, abs=0.03)
    assert right.min() < 0, "its tip lies beyond"
