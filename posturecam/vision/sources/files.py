"""The checks that every file undergoes before a decoder sees it."""

from __future__ import annotations

import stat
from pathlib import Path

from posturecam.errors import SourceError


def require_file(path: Path) -> None:
    """Say in plain words what a decoder would only call unreadable.

    Raises:
        SourceError: if there is no such file, it is a folder, a pipe or a device, it cannot be opened, or it is empty.
    """
    try:
        kind = path.stat().st_mode
        if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):  # opening a pipe may take for ever
            raise SourceError(f"{path} is no ordinary file; copy what it gives into one first")
        with path.open("rb") as file:
            empty = not file.read(1)
    except FileNotFoundError as error:
        raise SourceError(f"There is no file {path}; check the name and the folder") from error
    except IsADirectoryError as error:
        raise SourceError(f"{path} is a folder; name a file in it") from error
    except OSError as error:
        raise SourceError(f"{path} cannot be opened ({error.strerror}); check who may read it") from error
    if empty:
        raise SourceError(f"{path} is empty (0 bytes); copy or record it again")
