"""Standard output whose failure is the program's own error: a full disk behind `posturecam watch --json > FILE`."""

from __future__ import annotations

import io
import os
import sys
from typing import IO, Any

from posturecam.errors import OutputError


def guard() -> None:
    """Let whatever prints raise `OutputError` where standard output cannot be written; a reader that went away stays a broken pipe.

    Only the interpreter's own stream is guarded: whoever put one of their own there (a test, a notebook) has their own errors.
    """
    stream = sys.stdout
    if type(stream) is not io.TextIOWrapper:
        return
    stream.flush()
    sys.stdout = io.TextIOWrapper(
        _Guarded(stream.buffer),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def write_out() -> None:
    """Write what is left, before the interpreter does at its end, which could only complain.

    Raises:
        OutputError: if that cannot be.
    """
    if type(sys.stdout) is io.TextIOWrapper:
        sys.stdout.flush()


class _Guarded(io.BufferedIOBase):
    """Passes everything on."""

    def __init__(self, to: IO[bytes]) -> None:
        self._to = to

    def write(self, data: Any) -> int:
        try:
            return self._to.write(data)
        except OSError as error:
            raise self._failure(error) from error

    def flush(self) -> None:
        try:
            self._to.flush()
        except OSError as error:
            raise self._failure(error) from error

    def fileno(self) -> int:
        return self._to.fileno()

    def isatty(self) -> bool:
        return self._to.isatty()

    def writable(self) -> bool:
        return True

    def _failure(self, error: OSError) -> Exception:
        if isinstance(error, BrokenPipeError):
            return error
        # What is left in the buffers is written once more by the interpreter at its end, which must not fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), self._to.fileno())
        return OutputError(
            f"Standard output cannot be written ({error.strerror}); free some room, or write it elsewhere"
        )
