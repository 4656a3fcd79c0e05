"""What the benchmark of real photographs says of each method; skipped where the photographs are missing."""

import pytest
from photographs import CAMERA_STAYED, LEARNED, OURS, front
from places import FOOTAGE

from posturecam.posture.learned.weights import load_model

pytestmark = pytest.mark.usefixtures("kept_models")


def test_geometry_and_the_estimator_are_measured_without_the_face_that_would_judge_in_their_place():
    if not FOOTAGE.is_dir():
        pytest.skip(f"no real photographs at {FOOTAGE}")
    cells = [line.strip("| ").split(" | ") for line in front(FOOTAGE / "front" / "middle", "lite", load_model())]
    slouched = {method: found for _, _, method, _, _, found, _ in cells}
    assert (slouched[OURS], slouched[LEARNED], slouched[CAMERA_STAYED]) == ("100%", "100%", "100%")
