"""Several files at once, each in a process of its own."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import wait as wait_for_handles
from pathlib import Path
from types import FrameType
from typing import Any

from posturecam.analysis.results import discard_partial, distinct, leaving_no_empty_folder
from posturecam.analysis.single import analyze, result_name
from posturecam.analysis.summary import AnalyzeOptions, Progress, Summary
from posturecam.config.limits import as_limit, require_threads
from posturecam.config.resources import importing_only_what_is_installed
from posturecam.config.settings import Settings
from posturecam.errors import LimitReached, OutputError, PosturecamError
from posturecam.vision.sources.files import name_of

_POLL_SECONDS = 0.1
SHARED_MEMORY = Path("/dev/shm")
"""The only place where the GNU C library keeps locks that processes share."""
_MOST_PROCESSES = 61
"""Windows can wait for at most 63 handles at once, two of which are Python's own."""


@dataclass(frozen=True, slots=True)
class _Task:
    index: int
    path: Path
    name: str
    out: Path
    options: AnalyzeOptions
    settings: Settings


@dataclass(frozen=True, slots=True)
class _Board:
    """Memory shared with the workers, without a lock that a crashing worker could leave locked."""

    shares: Any
    """Array of float, shape (tasks,): how much of each is done, 0 to 1; written by the workers."""
    stop: Any
    """Value of int: nonzero makes the workers end; written by this process."""

    @staticmethod
    def of(tasks: int) -> _Board:
        context = multiprocessing.get_context("spawn")
        return _Board(context.RawArray("d", tasks), context.RawValue("i", 0))


def analyze_many(
    paths: Sequence[Path],
    out: Path,
    options: AnalyzeOptions | None = None,
    settings: Settings | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
) -> list[Summary | PosturecamError]:
    """Judge several files, some at a time, each in a process of its own; see `analyze`.

    A file that cannot be judged does not stop the others: its error takes the place of its result. Files of the same name get folders
    that differ by a number. When this raises (Ctrl-C), every process has ended and no half result is left.

    Args:
        paths: what to judge; the results are in this order.
        out: the folder of the folders of results.
        options: what to produce for each file.
        settings: every threshold.
        jobs: how many processes at most.
        progress: receives the finished share of the whole, in this thread.

    Raises:
        ValueError: if `jobs` is less than 1.
        LimitReached: if not enough processes or threads can be started, or they cannot share memory.
        OutputError: if the current folder was deleted.
    """
    if jobs < 1:
        raise ValueError(f"jobs must be at least 1, got {jobs}")
    _require_current_folder()
    _require_shared_memory()
    require_threads()  # the process pool would wait forever for a thread that could not start
    options, settings, progress = options or AnalyzeOptions(), settings or Settings(), progress or (lambda share: None)
    names = distinct(result_name(path) for path in paths)
    tasks = [
        _Task(index, path, name, out, options, settings)
        for index, (path, name) in enumerate(zip(paths, names, strict=True))
    ]
    with leaving_no_empty_folder(out), importing_only_what_is_installed():
        board = _Board.of(len(tasks))
        results = _work_off(tasks, jobs, board, progress)
        # A crash in a decoder takes all processes with it. Unfinished files are retried, each in a process of its own.
        for task in tasks:
            if task.index not in results:
                results |= _work_off([task], 1, board, progress)
    return [results.get(task.index, _crashed(task.path)) for task in tasks]


def _require_current_folder() -> None:
    """Require that the current folder exists: no process can be started from one that was deleted."""
    try:
        Path.cwd()
    except OSError as error:
        raise OutputError("The current folder was deleted; change to another one first: cd") from error


def _require_shared_memory() -> None:
    """Require the shared memory that locks between processes need; a sandbox or a chroot may lack it."""
    if sys.platform == "linux" and not os.access(SHARED_MEMORY, os.W_OK):
        raise LimitReached(
            "Processes cannot share memory because {folder} is missing or not writable; run: {command}",
            folder=SHARED_MEMORY,
            command=f"sudo mkdir -p {SHARED_MEMORY} && sudo mount -t tmpfs tmpfs {SHARED_MEMORY}",
        )


def _crashed(path: Path) -> PosturecamError:
    return PosturecamError(
        "{path}: the process that analyzed it crashed, because of a damaged file or too little memory; try "
        "it with --no-video",
        path=path,
    )


def _work_off(
    tasks: Sequence[_Task], jobs: int, board: _Board, progress: Progress
) -> dict[int, Summary | PosturecamError]:
    """The results by index, without those whose process crashed."""
    processes = max(min(jobs, len(tasks), _MOST_PROCESSES), 1)
    context = multiprocessing.get_context("spawn")
    futures: dict[int, Future[Summary | PosturecamError]] = {}
    with ProcessPoolExecutor(processes, context, _begin_worker, (board,)) as executor:
        try:
            with _interrupts_wait(), contextlib.suppress(BrokenProcessPool):
                for task in tasks:
                    futures[task.index] = executor.submit(_work, task)
            undone = set(futures.values())
            while undone:
                _, undone = wait(undone, _POLL_SECONDS)
                progress(sum(board.shares) / len(board.shares))
        except BaseException:
            board.stop.value = 1
            executor.shutdown(cancel_futures=True)
            raise
    done = {}
    for index, future in futures.items():
        with contextlib.suppress(BrokenProcessPool):
            done[index] = future.result()
    return done


@contextlib.contextmanager
def _interrupts_wait() -> Iterator[None]:
    """Block Ctrl-C while processes start: until they ignore it themselves, each would print its own traceback."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_board: _Board | None = None
"""In a worker, the memory shared with the parent process."""


def _begin_worker(board: _Board) -> None:
    global _board
    _board = board
    for name in ("SIGINT", "SIGHUP"):  # Ctrl-C and a closed terminal reach every process; only the parent decides
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _leave(_number: int, _frame: FrameType | None) -> None:
    """End at once, and leave nothing half done: a program that ends a process group may not wait."""
    discard_partial()
    os._exit(1)


def _end_with_parent() -> None:
    """End this process when its parent is gone, however it ended."""
    parent = multiprocessing.parent_process()
    if parent is None:  # the program itself, in which tests start no workers
        return
    wait_for_handles([parent.sentinel])
    discard_partial()
    os._exit(1)


def _naming(path: Path, error: PosturecamError) -> PosturecamError:
    """The error, with the file that it is about."""
    return error if name_of(path) in str(error) else type(error)("{path}: {problem}", path=path, problem=error.text)


def _work(task: _Task) -> Summary | PosturecamError:
    """Judge one file in a worker."""

    def report(share: float) -> None:
        assert _board is not None
        _board.shares[task.index] = share
        if _board.stop.value:
            raise KeyboardInterrupt

    try:
        return analyze(task.path, task.out, task.options, task.settings, report, task.name)
    except PosturecamError as error:
        return _naming(task.path, error)
    except Exception as error:  # a bug must not cost the user the other files
        limit = as_limit(error)
        if limit is not None:
            return _naming(task.path, limit)
        failure = PosturecamError(
            "{path}: {kind}: {problem}; please report this",
            path=task.path,
            kind=type(error).__name__,
            problem=str(error),
        )
        failure.add_note(traceback.format_exc())
        return failure
    finally:
        report(1.0)
