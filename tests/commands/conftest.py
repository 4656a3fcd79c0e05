"""Shared by the tests of the commands."""

import pytest
from fakes.executor import SameProcess


@pytest.fixture
def no_workers(monkeypatch):
    """Run `analyze` without workers: these, and what they survive, are tested with `analyze_many`, and here in whole processes."""
    monkeypatch.setattr("posturecam.analysis.batch.ProcessPoolExecutor", SameProcess)
