"""The real models, loaded once for many tests: loading costs several times as much as using them."""

from contextlib import contextmanager

import pytest

from posturecam.config import resources
from posturecam.vision import estimator as module
from posturecam.vision.estimator import FaceLandmarks, Landmarker


class _KeptSearcher(Landmarker):
    def close(self):
        pass


class _KeptFaces(FaceLandmarks):
    def close(self):
        pass


@contextmanager
def kept_models():
    """Within this context, models that process each picture independently are loaded once, and freed at the end.

    Not those that track somebody: the visibility they report depends on whom they saw before, even after an empty
    picture.
    """
    kept = {}

    def once(key, make):
        if key not in kept:
            kept[key] = make()
        return kept[key]

    def landmarker(settings, *, video, people=1):
        if video:
            return Landmarker(settings, video=True, people=people)
        key = settings.model_dump_json(), resources.model_path(settings.model), people
        return once(key, lambda: _KeptSearcher(settings, video=False, people=people))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "Landmarker", landmarker)
        patch.setattr(module, "FaceLandmarks", lambda: once(resources.face_model_path(), _KeptFaces))
        yield
    for one in kept.values():
        super(type(one), one).close()
