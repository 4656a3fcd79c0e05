"""Shared by all tests: nobody's own settings are read or written, and no window is opened."""

import os
import sys
from pathlib import Path

import pytest

from posturecam.__main__ import main

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("MPLBACKEND", "Agg")

ROOT = Path(__file__).parents[1]
FOOTAGE = ROOT.parent / "shared" / "footage"


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    """Settings and baselines go to a folder of the test's own."""
    monkeypatch.setenv("POSTURECAM_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def footage():
    """Real photographs, where the checkout has them beside it; they are not part of the project."""
    if not FOOTAGE.is_dir():
        pytest.skip(f"no real photographs at {FOOTAGE}")
    return FOOTAGE


@pytest.fixture
def run(monkeypatch, capsys):
    """Run `posturecam` with arguments in this process: exit code, output, errors."""

    def running(*arguments):
        monkeypatch.setattr(sys, "argv", ["posturecam", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as left:
            code = left.code or 0
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return running
