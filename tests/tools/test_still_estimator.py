"""Unrelated pictures, with the real model."""

import cv2
import numpy as np
import pytest
from places import ROOT

from tools.still_estimator import Before, StillEstimator

pytestmark = pytest.mark.usefixtures("kept_models")


@pytest.fixture(scope="module")
def front():
    return cv2.imread(str(ROOT / "tests" / "data" / "golden" / "desk_m_upright_front_eye.jpg"))


def test_a_picture_by_itself_does_not_remember_the_one_before(front):
    mirrored = np.ascontiguousarray(front[:, ::-1])
    with StillEstimator() as fresh, StillEstimator() as used:
        used(mirrored)
        np.testing.assert_allclose(used(front).points, fresh(front).points, atol=1e-3)
        assert used(np.full_like(front, 90)) is None


def test_an_upside_down_person_is_only_accepted_if_tracking_from_an_earlier_picture_fails(front):
    overhead = np.ascontiguousarray(front[::-1])
    with StillEstimator() as estimator:
        found = estimator(overhead)
        assert not estimator.is_upright(found)
        assert not estimator.is_upright(estimator(overhead, before=Before(overhead)))
        assert estimator.is_upright(estimator(front, before=Before(front)))
