"""Shared by the tests of the app."""

import pytest


@pytest.fixture(autouse=True)
def read_at_once(request, monkeypatch):
    """What is read in the background is there at once, so that no test need wait; but those of the background itself."""
    if "real_threads" not in request.keywords:
        background = pytest.importorskip("posturecam.desktop.widgets.background")
        monkeypatch.setattr(background, "start_thread", lambda work: work())
