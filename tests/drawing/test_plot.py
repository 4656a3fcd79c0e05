"""The plot of a run."""

import cv2
import numpy as np
import pytest

from posturecam.config.settings import Settings
from posturecam.drawing.plot import plot_run


@pytest.fixture
def plotted(tmp_path):
    """The picture of a run of ten minutes with one reminder, whose clock showed this many seconds at its beginning."""

    def plot(began: float) -> np.ndarray:
        records = [
            {
                "t": began + second,
                "phase": "slouching" if second > 240 else "upright",
                "deviation": {"value": 1.5 if second > 240 else 0.2},
                "measures": {"neck_inclination": {"value": 12.0 + second / 60}},
                "events": [{"type": "slouch_sustained"}] if second == 360 else [],
            }
            for second in range(0, 600, 5)
        ]
        path = tmp_path / f"{began:g}.png"
        plot_run(records, path, Settings(), "a run")
        return cv2.imread(str(path))

    return plot


def test_the_time_axis_begins_with_the_run_whatever_the_clock_showed(plotted):
    assert np.array_equal(plotted(0.0), plotted(100_000.0))


def test_a_long_pause_is_drawn_as_unknown_and_not_as_the_phase_after_it(tmp_path):
    def shade_in_the_middle(later: str) -> list[int]:
        seconds = [*range(60), *range(600, 660)]
        records = [
            {
                "t": float(second),
                "phase": "upright" if second < 600 else later,
                "deviation": {"value": None},
                "measures": {},
                "events": [],
            }
            for second in seconds
        ]
        path = tmp_path / f"{later}.png"
        plot_run(records, path, Settings(), "a run")
        picture = cv2.imread(str(path))
        return picture[100:200, 400:450].reshape(-1, 3).max(axis=0).tolist()

    assert shade_in_the_middle("upright") == shade_in_the_middle("slouching") == shade_in_the_middle("unknown")
