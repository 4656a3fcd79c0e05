"""What the system lacks: limits that are too low (`ulimit -n`, `-v`, `-u`) and missing libraries; and returning memory to it.

Native libraries end the process or hang if they get no memory or no descriptor, so whatever needs much of them checks
first.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shlex
import shutil
import sys
import threading
from pathlib import Path

from posturecam.config.reading import is_without_temporary_folder, quoted, reason, remedy
from posturecam.errors import LimitReached, OutputError, PosturecamError
from posturecam.i18n.words import mark

MOST_OPEN = 256
"""Limit of open files to which the process raises its own, if allowed: macOS starts with 256, and the app with a camera
needs some 60."""
LEAST_OPEN = 64
"""Open files without which the app cannot start: Qt ends the process if it gets no pipe."""
LEAST_BYTES = 2_000_000_000
"""Address space without which the model is not loaded. Watching takes 1.8 GB of it on two cores, of which 0.3 GB are ever used; with
1.5 GB MediaPipe ends the process, with 1 GB it waits forever for a thread that could not start."""
LEAST_THREADS = 8
"""Threads without which a model is not loaded, besides one for each core: with fewer MediaPipe ends the process, or waits forever."""
LEAST_BYTES_AT_ALL = 250_000_000
"""Address space without which not even Python's own threads start."""
_MOST_ARENAS, _OWN_PAGES_FROM = -8, -3
"""The GNU C library's numbers for the most pools of freed memory, and for the size from which a block has pages of its own, which it returns
at once (`M_ARENA_MAX` and `M_MMAP_THRESHOLD` in malloc.h)."""
_LARGE_BYTES = 256 * 1024
"""Blocks from this size on have pages of their own. Choice: pictures and tensors are larger, and little else is."""
INSTALL_LIBRARIES = "sudo apt install libegl1 libgles2 libgl1 libglib2.0-0"
"""Installs Debian's packages of the system libraries that MediaPipe and OpenCV load even without a display. OpenCV needs the last two
for the Qt 5 in its wheel."""
WINDOW_PACKAGES = (
    "libdbus-1-3 libfontconfig1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0"
)
"""Those that the desktop app's Qt needs besides; apt installs what they depend on."""
INSTALL_WINDOW_LIBRARIES = f"{INSTALL_LIBRARIES} {WINDOW_PACKAGES}"
_WITH_WINDOWS = '"posturecam[desktop]"'
"""What pip installs for the windows; double quotes also work in the Windows Command Prompt."""
_MISSING_LIBRARY = re.compile(r"(lib[^\s:/]+\.so[.\d]*): cannot open shared object file")
"""How the GNU C library reports it."""
_NO_DESCRIPTOR = (errno.EMFILE, errno.ENFILE)
_OF_THE_DISK = tuple(getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG", "EROFS") if hasattr(errno, name))
"""Only writing fails with these; with a failed disk (EIO), reading fails too."""
_TOO_FEW_FILES = mark("The limit on open files is too low ({number}); raise it first: ulimit -n {enough}")
_TOO_LITTLE_MEMORY = mark(
    "The memory limit is too low ({megabytes:.0f} MB); raise it first (ulimit -v unlimited), or give the container more"
)
_TOO_FEW_THREADS = mark(
    "No more processes or threads can be started; close other programs, raise the limit (ulimit -u unlimited), or give the container more"
)
_NO_MEMORY = mark("There is not enough memory left; close other programs, or give the container more")


def install_desktop_command() -> str:
    """The command that installs the windows into the environment that runs this process.

    `pip` alone does so only in an activated environment; from one started by its path, such as `.venv/bin/posturecam`, it
    would be the system's, which does not know posturecam.
    """
    pip, python = shutil.which("pip"), sys.executable
    if pip is not None and Path(pip).parent.resolve() == Path(python).parent.resolve():
        return f"pip install {_WITH_WINDOWS}"
    if sys.platform != "win32":
        python = shlex.quote(python)
    elif " " in python:
        python = f'"{python}"'
    return f"{python} -m pip install {_WITH_WINDOWS}"


def allow_more_files() -> None:
    """Raise the limit of open files as far as this process may, up to `MOST_OPEN`; a higher one stays."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = MOST_OPEN if hard == resource.RLIM_INFINITY else min(MOST_OPEN, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def open_files() -> int | None:
    """How many files may be open; None if there is no limit."""
    return _limit("RLIMIT_NOFILE")


def address_space() -> int | None:
    """How many bytes of address space may be used; None if there is no limit."""
    return _limit("RLIMIT_AS")


def _limit(name: str) -> int | None:
    if sys.platform == "win32":
        return None
    import resource

    soft, _ = resource.getrlimit(getattr(resource, name))
    return None if soft == resource.RLIM_INFINITY else soft


def require_files() -> None:
    """Require that as many files may be open as the app needs.

    Raises:
        LimitReached: if not.
    """
    allowed = open_files()
    if allowed is not None and allowed < LEAST_OPEN:
        raise LimitReached(_TOO_FEW_FILES, number=allowed, enough=MOST_OPEN)


def require_memory(number: int = LEAST_BYTES) -> None:
    """Require that this many bytes of address space may be used.

    Raises:
        LimitReached: if not.
    """
    allowed = address_space()
    if allowed is not None and allowed < number:
        raise LimitReached(_TOO_LITTLE_MEMORY, megabytes=allowed / 1e6)


def require_threads(number: int | None = None) -> None:
    """Require that this many more threads can be started; by default those of a model.

    No system reports how many are left, so they are started, which takes some milliseconds.

    Raises:
        LimitReached: if not.
    """
    wanted = LEAST_THREADS + (os.cpu_count() or 1) if number is None else number
    tried, over = [], threading.Event()
    try:
        for _ in range(wanted):
            thread = threading.Thread(target=over.wait, daemon=True)
            thread.start()
            tried.append(thread)
    except RuntimeError as error:
        raise LimitReached(_TOO_FEW_THREADS) from error
    finally:
        over.set()
        for thread in tried:
            thread.join()


def as_limit(problem: BaseException) -> PosturecamError | None:
    """The limit, the missing library, or the full or failing disk behind an unexpected exception; None if it has another cause."""
    number = getattr(problem, "errno", None)
    if number in _NO_DESCRIPTOR:
        allowed = open_files()
        return LimitReached(_TOO_FEW_FILES, number=allowed or 0, enough=MOST_OPEN)
    if isinstance(problem, RuntimeError) and "start new thread" in str(problem):
        return LimitReached(_TOO_FEW_THREADS)
    if isinstance(problem, BlockingIOError) and problem.filename is None:  # a process could not be started
        return LimitReached(_TOO_FEW_THREADS)
    # A library that cannot be mapped raises an ImportError, a thread that cannot start a RuntimeError.
    if isinstance(problem, MemoryError | ImportError | RuntimeError) or number == errno.ENOMEM:
        allowed = address_space()
        if allowed is not None and allowed < LEAST_BYTES:
            return LimitReached(_TOO_LITTLE_MEMORY, megabytes=allowed / 1e6)
    missing = _MISSING_LIBRARY.search(str(problem)) if isinstance(problem, ImportError | OSError) else None
    if missing is not None:
        return PosturecamError(
            "The system library {library} is missing; on Debian or Ubuntu run: {command}",
            library=missing[1],
            command=INSTALL_LIBRARIES,
        )
    if isinstance(problem, MemoryError) or number == errno.ENOMEM:
        return LimitReached(_NO_MEMORY)
    if number in _OF_THE_DISK or is_without_temporary_folder(problem):
        return OutputError(
            "A file cannot be written ({problem}); {remedy}", problem=reason(problem), remedy=remedy(problem)
        )
    if number == errno.EIO and isinstance(problem, OSError):
        named = problem.filename
        return OutputError(
            "{path} cannot be read or written ({problem}); {remedy}",
            path=mark("A file") if named is None else quoted(os.fsdecode(named)),
            problem=reason(problem),
            remedy=remedy(problem),
        )
    return None


def pool_freed_memory() -> None:
    """Let memory that one thread frees be used by all; call it before threads are started, and only in a process of our own.

    The GNU C library gives each thread a pool ("arena") that no other thread can use. MediaPipe and Qt start many threads, which hardly
    ever allocate at the same moment: with one pool for all, the app takes 5 to 8 MB less, at the same processor time
    (`benchmarks/results/cost.md`). Other systems' libraries do not have such pools.

    Large blocks are returned to the system at once. By default, the library comes to keep ever larger ones (up to 32 MB) among the small
    ones, where pictures and tensors leave gaps: that takes 16 to 19 MB more, at the same processor time.
    """
    _ask_allocator("mallopt", _MOST_ARENAS, 1)
    _ask_allocator("mallopt", _OWN_PAGES_FROM, _LARGE_BYTES)


def give_back() -> None:
    """Return freed memory; call it after freeing a lot, such as a model.

    The GNU C library keeps freed memory between blocks still in use for later; after loading a model, that is some 40
    MB that are never needed again. Other systems' libraries return it on their own, and there this does nothing.
    """
    _ask_allocator("malloc_trim", 0)


def _ask_allocator(function: str, *numbers: int) -> None:
    """Call this function of the GNU C library; does nothing where there is another library."""
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            getattr(ctypes.CDLL(None), function)(*numbers)
