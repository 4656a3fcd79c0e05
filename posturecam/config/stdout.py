"""Standard output whose failure is the program's own error: a full disk behind `posturecam watch --json > FILE`.

Its encoding may lack characters: that of an old locale, or of a pipe on Windows.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import select
import sys
import unicodedata
from collections.abc import Iterator
from typing import IO, Any

from posturecam.config.reading import reason, remedy
from posturecam.errors import OutputError

_PLAIN = str.maketrans(
    {
        "„": '"', "“": '"', "”": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'",
        "–": "-", "—": "-", "−": "-", "━": "-", "─": "-", "·": "-", "•": "*", "→": "->", "↑": "^", "…": "...",
        "×": "x", "°": " deg", "≤": "<=", "≥": ">=", "±": "+-", "≈": "~", "✓": "+", "✗": "x", "¿": "", "¡": "",
        "█": "#", "▒": "+", "░": ".", "┃": "|", "●": "*", "◐": "%", "▼": "v", "◔": "^", "○": "o", "◉": "@", "▸": ">", "▲": "^",
        "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss",
        "，": ",", "。": ".", "：": ":", "；": ";",
    }
)  # fmt: skip
"""ASCII for the characters of our texts that many encodings lack."""
_LOSSY = "posturecam-plain"


def print_anything() -> None:
    """Print the most similar ASCII for characters that the terminal's encoding lacks, or a question mark, instead of failing."""
    codecs.register_error(_LOSSY, _in_ascii)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a program without a console has none
            stream.reconfigure(errors=_LOSSY)


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(plain, error.object[error.start : error.end])), error.end


def plain(character: str) -> str:
    """The most similar ASCII for a character; a question mark if there is nothing similar."""
    own = character.translate(_PLAIN)
    if own.isascii():
        return own
    return unicodedata.normalize("NFKD", own).encode("ascii", "ignore").decode() or "?"


def guard() -> None:
    """Make printing raise `OutputError` if standard output cannot be written; a closed pipe remains a broken pipe.

    Only the interpreter's own stream is guarded: a caller's own stream (a test, a notebook) has its own errors.
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


def encoding() -> str:
    """The encoding of standard output; UTF-8 if there is none."""
    return getattr(sys.stdout, "encoding", None) or "utf-8"


def write_out() -> None:
    """Flush before the interpreter does at exit, when it could only complain; a reader that has left is no error.

    Raises:
        OutputError: if that is impossible, or failed before.
    """
    if type(sys.stdout) is not io.TextIOWrapper:
        return
    guarded = sys.stdout.buffer
    try:
        sys.stdout.flush()
        if isinstance(guarded, _Guarded) and guarded.failure is not None:  # the printing code continued regardless
            raise guarded.failure
    except BrokenPipeError:
        discard()
    except OutputError:
        discard()
        raise


@contextlib.contextmanager
def even_without_reader() -> Iterator[None]:
    """Let the program continue after this block if its reader has left, where something is still to be reported elsewhere."""
    try:
        yield
    except BrokenPipeError:
        discard()
    except SystemExit as left:  # rich's answer, which has discarded the rest
        if not isinstance(left.__context__, BrokenPipeError):
            raise


def discard() -> None:
    """Discard what is left of an output that nobody reads any more, so that its buffers can be flushed without failing, at the interpreter's exit at the latest."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


_LAST_WAIT = 1.0
"""Longest wait (s) for a reader that takes nothing once the program was asked to end. Choice: one that still reads does so sooner."""


def wait_no_longer() -> None:
    """The program was asked to end: from now on a reader that takes nothing keeps it only for a moment, and what is left is discarded."""
    guarded = sys.stdout.buffer if type(sys.stdout) is io.TextIOWrapper else None
    if isinstance(guarded, _Guarded):
        guarded.longest_wait = _LAST_WAIT


class _Guarded(io.BufferedIOBase):
    """Passes everything on to the real stream."""

    def __init__(self, to: IO[bytes]) -> None:
        self._to = to
        self.failure: OutputError | None = None
        """The first failure."""
        self.longest_wait: float | None = None
        """Seconds to wait for a reader that takes nothing; None waits for as long as it takes."""

    def write(self, data: Any) -> int:
        rest = memoryview(data).cast("B")
        with self._watched():
            while rest:  # some callers write nothing, to test whether a stream takes bytes
                rest = rest[self._taken(rest) :]
        return len(data)

    def _taken(self, data: memoryview) -> int:
        """Write what the stream takes at once, in bytes; if it takes nothing, wait until it does.

        A stream without a buffer (PYTHONUNBUFFERED) takes less than everything where a pipe does not wait for its reader, or a disk is almost full,
        and `io.TextIOWrapper` would lose the rest without an error.
        """
        try:
            taken = self._to.write(data) or 0  # None: nothing, as the pipe is full
        except BlockingIOError as full:
            taken = full.characters_written
        if taken == 0:
            self._wait()
        return taken

    def flush(self) -> None:
        with self._watched():
            while True:
                try:
                    return self._to.flush()
                except BlockingIOError:
                    self._wait()

    def _wait(self) -> None:
        """Wait until a pipe that its other end keeps from blocking, as Node.js does, has room again."""
        _, has_room, _ = select.select((), (self._to,), (), self.longest_wait)
        if not has_room:
            discard()

    def fileno(self) -> int:
        return self._to.fileno()

    def isatty(self) -> bool:
        return self._to.isatty()

    def writable(self) -> bool:
        return True

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            failure = OutputError(
                "Standard output cannot be written ({problem}); {remedy}, or redirect it elsewhere",
                problem=reason(error),
                remedy=remedy(error),
            )
            self.failure = self.failure or failure
            raise failure from error
