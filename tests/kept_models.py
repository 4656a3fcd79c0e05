"""The real models, made once for many tests: making them costs several times what a look with them does."""

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
    """Within this, models that look at each picture by itself are made once, and freed in the end.

    Not those that follow somebody: what they show of a person's visibility depends on whom they saw before, even after an
    empty picture.
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
