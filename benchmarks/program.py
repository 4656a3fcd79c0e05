"""What the benchmarks' command lines share: arguments that are checked before anything runs, and one-line errors."""

from __future__ import annotations

import argparse
import math
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn


class Unreadable(Exception):
    """A file that is not what a benchmark needs."""

    exit_code = 3


def number(text: str) -> float:
    """A number of 0 or more."""
    value = float(text)
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"must be 0 or more, got {text}")
    return value


def above_zero(text: str) -> float:
    """A number above 0."""
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"must be above 0, got {text}")
    return value


def count(text: str) -> int:
    """A whole number of 0 or more."""
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"must be 0 or more, got {text}")
    return value


def at_least_one(text: str) -> int:
    """A whole number of 1 or more."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, got {text}")
    return value


def existing_file(text: str) -> Path:
    """The path of a file that is there."""
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {text}")
    return path


def existing_folder(text: str) -> Path:
    """The path of a folder that is there."""
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {text}")
    return path


def new_file(text: str) -> Path:
    """The path of a file to write, in a folder that is there, so that a long run does not fail at its end."""
    path = Path(text)
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is a folder; name a file")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {path.parent}")
    return path


def new_folder(text: str) -> Path:
    """The path of a folder, which is created if it is missing."""
    path = Path(text)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise argparse.ArgumentTypeError(f"the folder {text} cannot be created ({error.strerror})") from error
    return path


@contextmanager
def reading(path: Path, what: str) -> Iterator[None]:
    """Report a file that is missing, damaged, or something else than `what`, instead of what NumPy raises for it.

    Raises:
        Unreadable: with the path and what was expected there.
    """
    try:
        yield
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        problem = " ".join(str(error).split())
        raise Unreadable(f"{path} cannot be read as {what} ({problem[:120]}); see benchmarks/README.md") from error


def run(main: Callable[[], int | None]) -> NoReturn:
    """Run a benchmark and exit with its code; what a person can fix, and Ctrl-C, is one line without a traceback.

    posturecam's own errors are recognized by their exit code: importing them here would load this checkout's posturecam, and
    `faults.py` tries those of others.
    """
    name = Path(sys.argv[0]).name
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        sys.exit(130)
    except Exception as error:
        code = getattr(error, "exit_code", None)
        if code is None:
            raise
        print(f"{name}: {error}", file=sys.stderr)
        sys.exit(code)
