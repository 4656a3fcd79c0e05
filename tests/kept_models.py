"""The real models, loaded once for many tests: loading costs several times as much as using them."""

from contextlib import contextmanager

import pytest

from posturecam.config import resources
from posturecam.vision import estimator
from posturecam.vision.landmarkers import FaceLandmarks, Landmarker
from posturecam.vision.search import room_estimator


class _KeptSearcher(Landmarker):
    def close(self):
        pass


class _KeptFaces(FaceLandmarks):
    def close(self):
        pass


class KeptModels:
    """Models that process each picture independently, loaded once and freed at the end.

    Not those that track somebody: the visibility they report depends on whom they saw before, even after an empty
    picture. Nor copies that a test has damaged.
    """

    def __init__(self):
        self._kept = {}

    @contextmanager
    def used(self):
        """Within this context, the program uses them."""
        with pytest.MonkeyPatch.context() as patch:
            for module in (estimator, room_estimator):
                patch.setattr(module, "Landmarker", self._landmarker)
            patch.setattr(estimator, "FaceLandmarks", self._faces)
            yield

    def close(self):
        for one in self._kept.values():
            super(type(one), one).close()
        self._kept.clear()

    def _landmarker(self, settings, *, video, people=1):
        path = resources.model_path(settings.model)
        if video or not _shipped(path):
            return Landmarker(settings, video=video, people=people)
        key = settings.model_dump_json(), people
        return self._once(key, lambda: _KeptSearcher(settings, video=False, people=people))

    def _faces(self):
        return self._once("face", _KeptFaces) if _shipped(resources.face_model_path()) else FaceLandmarks()

    def _once(self, key, make):
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]


_PLACES = resources.PLACES


def _shipped(path):
    return any(path.resolve().is_relative_to(place) for place in _PLACES)
