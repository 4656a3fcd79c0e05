"""Pictures on their way to a screen: a part of one is the same as the whole has there."""

from __future__ import annotations

import numpy as np
import pytest

from posturecam.drawing.canvas import ScreenMemory, for_screen

PICTURE = np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("size", [(64, 48), (40, 30), (177, 133)])
def test_a_part_has_the_pixels_of_the_whole(size, mirrored):
    memory = ScreenMemory()
    whole = for_screen(PICTURE, *size, mirrored=mirrored).astype(int)
    for left, top, right, bottom in ((0, 0, 7, 9), (11, 5, 38, 23), (size[0] - 9, size[1] - 6, *size)):
        part = for_screen(PICTURE, *size, mirrored=mirrored, part=(left, top, right, bottom), memory=memory)
        assert np.abs(part - whole[top:bottom, left:right]).max() <= 1


def test_at_its_own_size_a_picture_stays_as_it_is_and_is_opaque():
    shown = for_screen(PICTURE, 64, 48, mirrored=True)
    assert (shown[:, :, :3] == PICTURE[:, ::-1]).all()
    assert (shown[:, :, 3] == 255).all()
