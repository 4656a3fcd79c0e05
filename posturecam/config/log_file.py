"""The log file: it takes what native libraries write to standard error, so that posturecam's own messages stand there alone.

MediaPipe, Qt, OpenCV, libpng and ALSA write to file descriptor 2: when their objects are created, used or freed, in
child processes, and after the interpreter has ended. None has a setting that stops all of it. So the descriptor itself
becomes the log, from the start of a command to the very end of its process, and only `sys.stderr` continues to the real
standard error. Child processes inherit the log.

`sys.__stderr__`, which Python itself falls back to while it tears modules down at the end, stays on the descriptor:
complaints of objects that are freed that late belong in the log.
"""

from __future__ import annotations

import contextlib
import errno
import faulthandler
import io
import os
import signal
import stat
import sys
import threading
from pathlib import Path
from typing import Any, TextIO

import platformdirs

from posturecam.config.files import chosen_home, of_system
from posturecam.config.reading import require_ordinary

MOST_BYTES = 1_000_000
"""A larger log loses its older part, bytes. A run of `demo` with MediaPipe 1.2.3 writes 16 kB, so that at least some
thirty runs are kept, and it is small enough to attach to a report."""
KEPT_BYTES = 500_000
"""The size then kept, bytes."""
_OF_A_RUN = 16_000
"""What a run may write, bytes: that of `demo`, as above."""
_LOOK_SECONDS = 60.0
"""Seconds between checks of the log's size in a run that lasts for weeks."""
_DESCRIPTOR = 2

_redirected = False
_problem: OSError | None = None
"""Why the log could not be opened."""


def log_path() -> Path:
    """The log file, in the system's folder for state or in `POSTURECAM_HOME`; it need not exist."""
    folder = chosen_home() or of_system(platformdirs.user_state_path)
    return folder / "posturecam.log"


def redirect_stderr() -> None:
    """Make descriptor 2 the log, and `sys.stderr` a stream of the same kind on the original descriptor. Once per process.

    Crashes of the interpreter are written to the log, including those of Python child processes. If the log cannot be
    written, the null device replaces it. In a program without a console, `sys.stderr` writes to the log.

    Nothing is changed if `sys.stderr` is not on descriptor 2: a program that calls the command line (a test, a
    notebook) has put its own stream there, and the descriptor is its own.
    """
    global _redirected
    stream: TextIO | None = sys.stderr
    if _redirected or (stream is not None and _descriptor_of(stream) != _DESCRIPTOR):
        return
    if stream is None and _is_open():
        return  # closed at startup, and reused by somebody else since
    try:
        log = _open_log()
        if stream is not None:
            stream.flush()
            sys.stderr = _text_stream(os.dup(_DESCRIPTOR), like=stream)
        _become_standard_error(log)
    except OSError:  # not even a null device, or no descriptor left
        return
    if stream is None:
        sys.stderr = _log_stream()
    faulthandler.enable(_DESCRIPTOR)
    os.environ["PYTHONFAULTHANDLER"] = "1"
    with contextlib.suppress(RuntimeError):  # no thread is left; this run then writes little
        threading.Thread(target=_keep_small, name="posturecam-log", daemon=True).start()
    _redirected = True


def takes_stderr() -> bool:
    """Whether descriptor 2 of this process is the log."""
    return _redirected


def open_log() -> TextIO | None:
    """A text stream that appends to the log, in UTF-8; None if standard error was not redirected."""
    return _log_stream() if _redirected else None


def is_kept() -> bool:
    """Whether what is written to descriptor 2 now reaches the log file."""
    try:
        return os.path.samestat(os.fstat(_DESCRIPTOR), log_path().stat())
    except OSError:
        return False


def problem_of_log() -> OSError | None:
    """Why the log could not be opened when this run began; None if it was opened, or if there is no folder for it."""
    return _problem


def problem_of_writing() -> OSError | None:
    """Why the log could take nothing more now, as on a full disk; None if it could, or if that cannot be found out.

    The last block of the log may still have room for a line on a disk that is full, so a file beside it is tried.
    """
    import tempfile  # in here, as every command imports this module

    try:
        with tempfile.TemporaryFile(dir=log_path().parent) as probe:
            probe.write(bytes(_OF_A_RUN))
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as problem:
        # A folder that takes no new files may well hold a log that can be written.
        return problem if problem.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None)) else None
    return None


def shorten(log: int, most: int = MOST_BYTES, kept: int = KEPT_BYTES) -> None:
    """Keep the last whole lines of a log that has grown too large; a log that cannot be shortened stays as it is.

    Others that have it open for appending continue at its new end.

    Args:
        log: A descriptor that can read and append.
        most: The size up to which the log is left as it is, bytes.
        kept: Most bytes that are left of a larger one.
    """
    with contextlib.suppress(OSError):
        if os.fstat(log).st_size <= most:
            return
        os.lseek(log, -kept, os.SEEK_END)
        last = os.read(log, kept)
        os.ftruncate(log, 0)
        os.write(log, last[last.find(b"\n") + 1 :])


def _open_log() -> int:
    global _problem
    path = log_path()
    if path.is_absolute() or chosen_home() is not None:  # "~/…" is what remains if nobody has a home
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            log = os.open(path, flags, 0o600)
            if not stat.S_ISREG(os.fstat(log).st_mode):  # a pipe that nobody reads would stop whoever writes to it
                os.close(log)
                require_ordinary(path)
            if sys.platform != "win32":
                with contextlib.suppress(OSError):
                    os.fchmod(log, 0o600)  # 0.1.0 left it to the umask
            shorten(log)
            return log
        except OSError as problem:
            _problem = problem
    return os.open(os.devnull, os.O_RDWR)


def _become_standard_error(log: int) -> None:
    if log == _DESCRIPTOR:  # it was free
        os.set_inheritable(log, True)
        return
    os.dup2(log, _DESCRIPTOR)
    os.close(log)


def _text_stream(descriptor: int, like: TextIO) -> TextIO:
    # Left open to the end: the interpreter frees the stream before it is done with it.
    buffer = io.BufferedWriter(_LostWhereFull(descriptor, "w", closefd=False))
    stream = io.TextIOWrapper(buffer, encoding=like.encoding, errors=like.errors, line_buffering=True)
    if isinstance(like, io.TextIOWrapper) and like.write_through:
        stream.reconfigure(write_through=True)
    return stream


class _LostWhereFull(io.FileIO):
    """Drops what cannot be written: there is nowhere else to report it, and the exit code still shows what happened.

    Python's own stream would raise in the middle of telling an error, keep the text, fail again at the end of the interpreter, and turn the
    exit code into 120.
    """

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data) or 0
        except OSError:
            return memoryview(data).nbytes


def _log_stream() -> TextIO:
    return open(_DESCRIPTOR, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)


def _keep_small() -> None:
    if hasattr(signal, "pthread_sigmask"):  # signals are for the main thread, which sometimes blocks them
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    never = threading.Event()
    while not never.wait(_LOOK_SECONDS):
        shorten(_DESCRIPTOR)


def _descriptor_of(stream: TextIO) -> int | None:
    try:
        return stream.fileno()
    except (AttributeError, OSError, ValueError):  # none at all, or closed
        return None


def _is_open() -> bool:
    try:
        os.fstat(_DESCRIPTOR)
    except OSError:
        return False
    return True
