"""Checks applied to every file before it is passed to a decoder."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from posturecam.config.reading import quoted, reason, remedy, resolved
from posturecam.errors import SourceError
from posturecam.i18n.message import printable

_ADDRESS = re.compile(r"(rtsps?|https?):[/\\]+", re.IGNORECASE)
"""The beginning of an address that was mistaken for a path."""


def name_of(path: Path) -> str:
    """The file's name as text that can be shown and written anywhere.

    It is one line without control sequences that a terminal would act on. For the folders "." and ".." it is
    their real name, for the root its path.
    """
    return printable(path.name if path.name not in ("", "..") else resolved(path).name or str(path))


def require_file(path: Path) -> None:
    """Check a file, and report in plain words what a decoder would only call unreadable.

    Raises:
        SourceError: if there is no such file, it is a folder, a pipe or a device, it cannot be opened, or it is empty.
    """
    try:
        kind = path.stat().st_mode
        if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):  # opening a pipe may block forever
            raise SourceError("{path} is not a regular file; copy its content into one first", path=path)
        with path.open("rb") as file:
            empty = not file.read(1)
    except FileNotFoundError as error:
        if _ADDRESS.match(str(path)):
            raise SourceError(
                "{address} is an address, but a file is needed here; watch a network camera with: "
                "posturecam watch ADDRESS",
                address=quoted(_ADDRESS.sub(r"\1://", path.as_posix())),
            ) from error
        raise SourceError("There is no file {path}; check the name and the folder", path=path) from error
    except IsADirectoryError as error:
        raise SourceError("{path} is a folder; name a file in it", path=path) from error
    except OSError as error:
        raise SourceError(
            "{path} cannot be opened ({problem}); {remedy}", path=path, problem=reason(error), remedy=remedy(error)
        ) from error
    if empty:
        raise SourceError("{path} is empty (0 bytes); copy or record it again", path=path)
