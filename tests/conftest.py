"""Shared by all tests: no real settings are read or written, and no window is opened."""

import compileall
import faulthandler
import functools
import gc
import itertools
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import pytest
import typer.main
from places import FOOTAGE, ROOT

from posturecam.__main__ import main
from posturecam.i18n.translate import choose_language

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("MPLBACKEND", "Agg")
# Otherwise each of some hundred processes would recompile the program, and each run and worker would rewrite every test
# module's assertions.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in `posturecam.__main__`
os.environ["LC_ALL"] = "C.UTF-8"  # English, whatever this computer's language is
os.environ.pop("LANGUAGE", None)
os.environ.pop("XDG_CURRENT_DESKTOP", None)  # no desktop whose settings are queried, such as for animations

_MEMORY = Path("/dev/shm")
_ENOUGH_BYTES = 2**31
"""Free space from which folders of tests may lie in memory; they need some hundred megabytes."""


def _is_roomy(folder):
    """Whether files of tests fit there, scripts that they start included."""
    if not os.access(folder, os.W_OK):
        return False
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize >= _ENOUGH_BYTES and not found.f_flag & os.ST_NOEXEC


# The program waits for the disk after everything that it saves, so that a power failure loses nothing. In a folder in memory
# nothing waits: the tests of the history take a fifth of the time, and two thirds of the processor time.
if sys.platform == "linux" and "TMPDIR" not in os.environ and _is_roomy(_MEMORY):
    os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)


def pytest_xdist_auto_num_workers(config):
    """One worker more than there are cores: workers spend one second in seven waiting for a process or a clock."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1


def pytest_configure(config):
    """Compile the program before the workers start: in a fresh checkout each of them would compile all of it."""
    if not hasattr(config, "workerinput"):
        compileall.compile_dir(str(ROOT / "posturecam"), quiet=2, workers=0)


STUCK = 660.0
"""Seconds after which a process whose test can be neither finished nor interrupted is ended, with the stacks of all threads."""


class Watchdog:
    """Ends a process that is stuck. Pytest's own starts and ends a thread for each test, which took 1 % of the suite's time."""

    def __init__(self):
        self._stderr = os.dup(2)  # the real one: tests have others
        self._set = -STUCK

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self):
        """Restart the countdown at each test; once a minute is enough."""
        now = time.monotonic()
        if now - self._set > 60:
            self._set = now
            faulthandler.dump_traceback_later(STUCK + 60, exit=True, file=self._stderr)

    def pytest_unconfigure(self):
        faulthandler.cancel_dump_traceback_later()
        os.close(self._stderr)


def tell_less(config):
    """Let this worker tell the main process only what it shows: of six messages for each test that passes, two.

    A message costs both processes 0.3 ms together, and the other four were a hundredth of the suite's time. Left out are that a test began and ended, and that
    its set-up and its teardown passed; these are told where somebody asked for more than dots.
    """
    if config.option.verbose > 0 or config.option.durations is not None or config.option.xmlpath:
        return
    (worker,) = [plugin for plugin in config.pluginmanager.get_plugins() if hasattr(plugin, "sendevent")]
    send = worker.sendevent

    def send_what_is_shown(name, **what):
        passed_beside = name == "testreport" and what["data"]["when"] != "call" and what["data"]["outcome"] == "passed"
        if name not in ("logstart", "logfinish") and not passed_beside:
            send(name, **what)

    worker.sendevent = send_what_is_shown


def pytest_sessionstart(session):
    for one in (Watchdog(), Isolation()):
        session.config.pluginmanager.register(one)
    if hasattr(session.config, "workerinput"):
        tell_less(session.config)


LONGEST = (
    "test_desktop_end_to_end", "test_package", "test_stretch_clips", "test_photographs", "test_loop", "test_cli", "test_analyze",
)  # fmt: skip
"""Files with tests that take seconds each. They come first, so that the many short ones keep every worker busy to the
end."""


def rank(item):
    """Where a test comes in the order of all tests."""
    return LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST), item.path


def pytest_collection_modifyitems(config, items):
    if hasattr(config, "workerinput"):  # a single process has nothing to balance
        items.sort(key=rank)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """Let each worker begin with a different file of each folder.

    In a fresh checkout the assertions of every test module are rewritten, which takes longer than the rest of collecting; a worker
    that comes to a file after another worker finds it already rewritten. All workers need the same order of tests, which sorting gives them.
    """
    report = yield
    if hasattr(collector.config, "workerinput") and isinstance(collector, pytest.Directory) and report.passed:
        number = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
        first = len(report.result) * number // int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
        report.result = report.result[first:] + report.result[:first]
    return report


def pytest_ignore_collect(collection_path, config):
    """With `-m smoke`, do not even import files without such a test: that would take longer than the tests."""
    if config.option.markexpr == "smoke" and collection_path.suffix == ".py":
        return "@pytest.mark.smoke" not in collection_path.read_text("utf-8") or None
    return None


# Python collects garbage in whichever thread happens to allocate one object too many. Windows left over from earlier
# tests must not be freed in a thread of a later one (`posturecam.desktop.garbage` says why), so it is done here,
# between tests.
gc.disable()
_MUCH = 20_000
"""Objects that may accumulate before a garbage collection; a test creates some hundreds."""


def pytest_collection_finish():
    """Freeze everything that exists now: collecting it again and again took a tenth of the suite's time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown():
    yield
    if gc.get_count()[0] > _MUCH:
        gc.collect()
        gc.freeze()  # what is left is mostly kept for later tests; scanning all of it each time took a second


_ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGHUP", "SIGTERM") if hasattr(signal, name)]

# Signals that `nohup` or a background job ignores are inherited as ignored by child processes, and then nothing could
# end those under test. A handler that does nothing has the same effect here, and is not inherited.
for _number in _ENDING:
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, lambda *_: None)


class Isolation:
    """Gives each test its own home, and undoes what it changed: signal handlers, the language, and the look of the app.

    As fixtures of all tests these took more than a third of the time that pytest itself takes for a test.
    """

    def __init__(self):
        self._homes = Path(tempfile.mkdtemp(prefix="posturecam-homes-"))
        self._numbers = itertools.count()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item):
        """Settings and baselines go to the test's own folder, which is created when something is saved; few tests do that."""
        os.environ["POSTURECAM_HOME"] = str(self._homes / f"home{next(self._numbers)}")
        before = [(number, signal.getsignal(number)) for number in _ENDING]
        try:
            return (yield)
        finally:
            for number, handler in before:
                if signal.getsignal(number) is not handler:
                    signal.signal(number, handler)
            choose_language("en")
            if "qapp" in item.fixturenames:
                self._leave_qt()

    @staticmethod
    def _leave_qt():
        """Delete the windows that the test closed, which Qt puts off while no event loop runs, and undo the theme.

        Otherwise the next theme would be applied to every window of the tests before, which takes a fifth of the time of the tests of the app.
        """
        from PySide6.QtCore import QEvent
        from PySide6.QtWidgets import QApplication

        application = QApplication.instance()
        if application is not None:
            application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            if application.styleSheet():
                application.setStyleSheet("")

    def pytest_unconfigure(self):
        shutil.rmtree(self._homes, ignore_errors=True)


@pytest.fixture
def own_home():
    """The test's own home."""
    return Path(os.environ["POSTURECAM_HOME"])


@pytest.fixture
def footage():
    """Real photographs, if they are next to the checkout; they are not part of the project."""
    if not FOOTAGE.is_dir():
        pytest.skip(f"no real photographs at {FOOTAGE}")
    return FOOTAGE


make_command = typer.main.get_command
command_of = functools.cache(make_command)
"""The commands of a command line. Making all of them takes 20 ms, which is nothing for one process."""


@pytest.fixture
def run(monkeypatch, capsys):
    """Run `posturecam` with arguments in this process: exit code, output, errors."""

    def running(*arguments):
        monkeypatch.setattr(sys, "argv", ["posturecam", *map(str, arguments)])
        depends_on_the_language = "--help" in arguments
        monkeypatch.setattr(typer.main, "get_command", make_command if depends_on_the_language else command_of)
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
    """Recorded landmarks for the pictures of `desk_front`, for tests in which the model does not matter."""
    from recorded import recorded_landmarks

    with recorded_landmarks():
        yield


@pytest.fixture(scope="session")
def models_of_this_session():
    from kept_models import KeptModels

    models = KeptModels()
    yield models
    models.close()


@pytest.fixture(scope="module")
def kept_models(models_of_this_session):
    """Load the real models once, for those that process each picture independently."""
    with models_of_this_session.used():
        yield
