"""Modules that MediaPipe would import needlessly are skipped, and still there when needed."""

from __future__ import annotations

import subprocess
import sys

from posturecam.config.lazy_imports import UNUSED, deferred

_LOADED = """
import sys
import posturecam.vision.estimator
print(*(name for name in sys.argv[1:] if name in sys.modules))
"""


def test_the_estimator_loads_nothing_that_mediapipe_needs_only_for_plots_and_sound() -> None:
    done = subprocess.run([sys.executable, "-c", _LOADED, *UNUSED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_spared_module_is_loaded_on_its_first_use() -> None:
    sys.modules.pop("colorsys", None)
    with deferred(("colorsys",)):
        import colorsys
    assert "colorsys" not in sys.modules
    assert colorsys.rgb_to_hsv(0, 0, 0) == (0, 0, 0)
    assert "colorsys" in sys.modules


def test_a_module_that_was_imported_before_stays_as_it_is() -> None:
    import colorsys

    with deferred(("colorsys",)):
        assert sys.modules["colorsys"] is colorsys
    assert sys.modules["colorsys"] is colorsys
