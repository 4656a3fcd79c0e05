"""Shared by all tests: nobody's own settings are read or written, and no window is opened."""

import os
import signal
import sys
from pathlib import Path

import pytest

from posturecam.__main__ import main

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("MPLBACKEND", "Agg")

ROOT = Path(__file__).parents[1]
FOOTAGE = ROOT.parent / "shared" / "footage"

_ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGHUP", "SIGTERM") if hasattr(signal, name)]

# What `nohup` or a background job ignores is ignored by every process that is started too, and nothing could end those under
# test. A handler that does nothing ignores it just as well here, and is not inherited.
for _number in _ENDING:
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, lambda *_: None)


@pytest.fixture(autouse=True)
def own_signals():
    """What a command that runs within a test does on a signal holds for that test only."""
    before = {number: signal.getsignal(number) for number in _ENDING}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


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
