"""Shared by all tests: nobody's own settings are read or written, and no window is opened."""

import gc
import itertools
import os
import signal
import sys

import pytest
from places import FOOTAGE

from posturecam.__main__ import main
from posturecam.i18n.translate import choose_language

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("MPLBACKEND", "Agg")
# Else each of some hundred processes compiles the program anew, and each run and worker rewrites every test module's assertions.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in `posturecam.__main__`


def pytest_xdist_auto_num_workers(config):
    """One worker more than there are cores: of every seven seconds of a worker one goes by waiting, for a process or a clock."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1


LONGEST = (
    "test_desktop_end_to_end", "test_package", "test_stretch_clips", "test_photographs", "test_loop", "test_cli", "test_analyze",
)  # fmt: skip
"""Files with tests that last seconds each. They come first, so that the many short ones keep every worker busy to the end."""


def pytest_collection_modifyitems(config, items):
    if hasattr(config, "workerinput"):  # one process alone has nothing to balance
        items.sort(key=lambda item: LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST))


def pytest_ignore_collect(collection_path, config):
    """With `-m smoke`, files without such a test are not even imported: that would take longer than the tests."""
    if config.option.markexpr == "smoke" and collection_path.suffix == ".py":
        return "@pytest.mark.smoke" not in collection_path.read_text("utf-8") or None
    return None


# Python looks for garbage in whichever thread makes the object that is one too many. Windows that earlier tests left behind must not be
# freed in a thread of a later one (`posturecam.desktop.garbage` says why), so it is done here, between tests.
gc.disable()
_MUCH = 20_000
"""Objects that may gather before garbage is looked for; a test makes some hundreds."""


def pytest_collection_finish():
    """What is there now stays to the end: to look through it again and again was a tenth of the suite."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown():
    yield
    if gc.get_count()[0] > _MUCH:
        gc.collect()
        gc.freeze()  # what is left is mostly kept for later tests; to look through all of it each time took a second


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


_numbers = itertools.count()


@pytest.fixture(scope="session")
def homes(tmp_path_factory):
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(autouse=True)
def own_home(homes, monkeypatch):
    """Settings and baselines go to a folder of the test's own, which is made when something is kept; few tests do."""
    home = homes / f"home{next(_numbers)}"
    monkeypatch.setenv("POSTURECAM_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def own_language(monkeypatch):
    """English, whatever this computer speaks and whatever a test has chosen."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    yield
    choose_language("en")


@pytest.fixture(autouse=True)
def own_desktop(monkeypatch):
    """No desktop whose settings are asked, such as for animations, whatever this computer has."""
    monkeypatch.delenv("XDG_CURRENT_DESKTOP", raising=False)


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


@pytest.fixture
def recorded_model():
    """The model is not the point here: for the pictures of `desk_front` its answers of before serve."""
    from recorded import recorded_landmarks

    with recorded_landmarks():
        yield


@pytest.fixture(scope="module")
def kept_models():
    """The real models are made once for the module, as far as they look at each picture by itself."""
    import kept_models

    with kept_models.kept_models():
        yield


@pytest.fixture(autouse=True)
def own_look(request):
    """A look that a test gives the whole application ends with the test."""
    yield
    if "qapp" in request.fixturenames and request.getfixturevalue("qapp").styleSheet():
        request.getfixturevalue("qapp").setStyleSheet("")
