"""Too few open files or too little memory are reported as such."""

import ctypes
import errno
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from places import ROOT

from posturecam.config import limits
from posturecam.errors import LimitReached

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")


def test_no_descriptor_left_is_reported_with_the_limit_and_what_to_do(monkeypatch):
    monkeypatch.setattr(limits, "open_files", lambda: 12)
    told = limits.as_limit(OSError(errno.EMFILE, "Too many open files"))
    assert told is not None
    assert str(told) == "The limit on open files is too low (12); raise it first: ulimit -n 256"


@pytest.mark.parametrize("problem", [MemoryError(), ImportError("failed to map"), OSError(errno.ENOMEM, "no memory")])
def test_what_fails_for_want_of_address_space_is_reported_with_the_limit(monkeypatch, problem):
    monkeypatch.setattr(limits, "address_space", lambda: 600_000_000)
    assert "The memory limit is too low (600 MB)" in str(limits.as_limit(problem))


def test_an_error_with_another_reason_is_none_of_a_limit(monkeypatch):
    monkeypatch.setattr(limits, "address_space", lambda: None)
    for other in (ImportError("no module"), OSError(errno.ENOENT, "not there"), ValueError("12")):
        assert limits.as_limit(other) is None
    assert "not enough memory" in str(limits.as_limit(MemoryError()))


@pytest.mark.parametrize("kind", [ImportError, OSError])
def test_a_missing_system_library_is_named_with_the_command_that_installs_it(monkeypatch, kind):
    monkeypatch.setattr(limits, "address_space", lambda: None)
    told = limits.as_limit(kind("libGL.so.1: cannot open shared object file: No such file or directory"))
    assert str(told) == (
        "The system library libGL.so.1 is missing; on Debian or Ubuntu run: "
        "sudo apt install libegl1 libgles2 libgl1 libglib2.0-0"
    )


@pytest.mark.parametrize(
    ("python", "path", "begins"),
    [
        (".venv/bin/python", ".venv/bin", "pip"),
        (".venv/bin/python", "usr/bin", "{home}/.venv/bin/python -m pip"),
        ("Jo Müller/.venv/bin/python", "usr/bin", "'{home}/Jo Müller/.venv/bin/python' -m pip"),
    ],
)
def test_windows_are_installed_into_the_environment_that_runs_even_if_it_is_not_activated(
    monkeypatch, tmp_path, python, path, begins
):
    for program in (python, ".venv/bin/pip", "usr/bin/pip"):
        (tmp_path / program).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / program).write_text("")
        (tmp_path / program).chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / python))
    monkeypatch.setenv("PATH", str(tmp_path / path))
    assert limits.install_desktop_command() == begins.format(home=tmp_path) + ' install "posturecam[desktop]"'


@pytest.mark.parametrize("page", ["README.md", "docs/platforms.md"])
def test_the_pages_name_every_system_library_that_the_hints_do(page):
    assert limits.INSTALL_LIBRARIES in (ROOT / page).read_text(encoding="utf-8")


def test_the_page_about_platforms_also_names_the_libraries_for_windows():
    text = (ROOT / "docs" / "platforms.md").read_text(encoding="utf-8")
    assert f"sudo apt install {limits.WINDOW_PACKAGES}" in text


def test_the_model_is_not_loaded_with_too_little_memory(monkeypatch):
    from posturecam.vision.estimator import PoseEstimator

    monkeypatch.setattr(limits, "address_space", lambda: 1_500_000_000)
    with pytest.raises(LimitReached, match="1500 MB"):
        PoseEstimator()


@pytest.mark.parametrize("limit", ["-v 100000", "-v 300000"])
def test_a_command_ends_with_one_line_and_no_traceback(limit):
    """With so little memory that no thread can start, or OpenCV cannot be loaded."""
    command = f"ulimit {limit} && exec {sys.executable} -m posturecam stretch list"
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith("posturecam: The memory limit is too low (")
    assert len(ended.stderr.splitlines()) == 1


def test_the_limit_of_open_files_is_raised_where_that_is_allowed():
    code = (
        "import resource as r; from posturecam.config import limits;"
        "hard = r.getrlimit(r.RLIMIT_NOFILE)[1]; r.setrlimit(r.RLIMIT_NOFILE, (20, hard)); limits.allow_more_files();"
        "print(limits.open_files() == min(256, hard if hard > 0 else 256))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "True"


def test_a_higher_limit_of_open_files_stays():
    code = (
        "import resource as r; from posturecam.config import limits;"
        "hard = r.getrlimit(r.RLIMIT_NOFILE)[1]; most = 300 if hard < 0 else min(300, hard);"
        "r.setrlimit(r.RLIMIT_NOFILE, (most, hard)); limits.allow_more_files(); print(limits.open_files() == most)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "True"


COUNT_POOLS = """
import ctypes, sys, threading
from posturecam.__main__ import main
sys.argv[1:] = ["--version"]
try:
    main()
except SystemExit:
    pass
c = ctypes.CDLL(None)
for name in ("malloc", "fopen"):
    getattr(c, name).restype = ctypes.c_void_p
def allocate():
    c.malloc(1000)
    ready.wait()
ready = threading.Barrier(4)
for _ in range(3):
    threading.Thread(target=allocate).start()
ready.wait()
file = ctypes.c_void_p(c.fopen(b"/dev/stdout", b"w"))
c.malloc_info(0, file)
c.fclose(file)
"""
"""Allocates in three threads after a command, and prints what pools of freed memory the C library has."""


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_info"), reason="another C library than GNU's"
)
def test_freed_memory_is_kept_for_all_threads_together():
    """With one pool for each thread, the app took 5 to 8 MB more."""
    told = subprocess.run([sys.executable, "-c", COUNT_POOLS], capture_output=True, text=True).stdout
    assert told.count("<heap nr=") == 1


@pytest.fixture
def no_more_threads(monkeypatch):
    """Two more threads can be started, and then no more."""
    left, start = iter((1, 1)), threading.Thread.start

    def started(thread):
        if next(left, None) is None:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", started)


def test_a_model_or_several_files_need_threads_and_say_so(no_more_threads):
    from posturecam.analysis.batch import analyze_many
    from posturecam.vision.estimator import PoseEstimator

    before = threading.active_count()
    with pytest.raises(LimitReached, match="raise the limit \\(ulimit -u unlimited\\)"):
        PoseEstimator()
    with pytest.raises(LimitReached, match="No more processes or threads"):
        analyze_many([], Path("out"))
    assert threading.active_count() == before


@pytest.mark.parametrize(
    "problem",
    [RuntimeError("can't start new thread"), BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")],
)
def test_a_thread_or_process_that_cannot_be_started_is_told_as_a_limit(problem):
    assert "No more processes or threads" in str(limits.as_limit(problem))


@pytest.mark.parametrize(
    ("problem", "advice"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "written (the disk is full); free some disk space"),
        (
            OSError(errno.EIO, "Input/output error"),
            "A file cannot be read or written (a disk or device failed); check that",
        ),
        (OSError(errno.EIO, "Input/output error", "/x/clip.mp4"), "/x/clip.mp4 cannot be read or written"),
        (FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']"), "with TMPDIR"),
    ],
)
def test_a_full_disk_is_reported_as_one_wherever_it_is_noticed(problem, advice):
    """Such as by multiprocessing, whose shared memory is a file."""
    assert advice in str(limits.as_limit(problem))


def test_a_missing_file_is_not_reported_as_a_full_disk():
    assert limits.as_limit(FileNotFoundError(errno.ENOENT, "No such file or directory", "/x")) is None


LEAVE_GARBAGE = """
import os, sys
from posturecam.__main__ import main
class Circle:
    def __del__(self, write=os.write):
        write(1, b"searched")
one = Circle()
one.itself = one
sys.argv[1:] = ["--version"]
"""


@pytest.mark.parametrize(("last", "searched"), [("main()", False), ("", True)], ids=["a command", "an import of it"])
def test_only_a_command_ends_without_searching_what_was_imported_for_garbage(last, searched):
    program = [sys.executable, "-c", LEAVE_GARBAGE + last]
    done = subprocess.run(program, capture_output=True, encoding="utf-8", check=True)
    assert ("searched" in done.stdout) is searched
