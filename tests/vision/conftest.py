"""Shared by the tests of vision."""

import pytest


@pytest.fixture
def use_landmarker(monkeypatch):
    """Makes estimators use this landmarker in place of the model."""

    def use(landmarker):
        monkeypatch.setattr("posturecam.vision.estimator.Landmarker", lambda *_, **__: landmarker)

    return use
