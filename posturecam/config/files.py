"""Where the user's files lie, and how they survive damage.

A file is written to a temporary one first and then put in its place, so that a crash or a full disk leaves the old one. A
damaged file is set aside, never deleted. `POSTURECAM_HOME` replaces the system's own folder.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import platformdirs

from posturecam.errors import SettingsError


def home() -> Path:
    """The folder of settings and baselines; it need not exist yet."""
    chosen = os.environ.get("POSTURECAM_HOME")
    return Path(chosen) if chosen else of_system(platformdirs.user_config_path)


NO_HOME = Path(os.devnull, "no-home")
"""Stands for the user's folder where there is none, as in a container under a number without a name: nothing is in it, and nothing can be written there."""


def of_system(folder: Callable[..., Path]) -> Path:
    """The system's folder for posturecam, as `platformdirs` tells it by one of its functions; `NO_HOME` where the user has no home."""
    try:
        found = folder("posturecam", appauthor=False)
    except RuntimeError:  # from platformdirs 4.5 on; older ones give "~/…" as it is
        return NO_HOME
    return found if found.is_absolute() else NO_HOME


def set_aside(path: Path, why: str) -> Path | None:
    """Rename a file that cannot be used (`NAME.damaged-1`); its new place, or None where there is no such file.

    Raises:
        SettingsError: if it cannot be renamed.
    """
    if not path.exists():
        return None
    numbered = (path.with_name(f"{path.name}.{why}-{number}") for number in range(1, 1000))
    aside = next(candidate for candidate in numbered if not candidate.exists())
    with _explained(path):
        path.replace(aside)
    return aside


def put(path: Path, text: str) -> None:
    """Write one of the program's own files whole, and its folder where that is missing.

    Raises:
        SettingsError: if it cannot be written.
    """
    with _explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)


def write_whole(path: Path, text: str, *, newline: str | None = None, mode: int | None = None) -> None:
    """Write a file so that it is either whole or what it was before, and leave nothing else behind.

    Args:
        path: The file; its folder must be there.
        text: Written as UTF-8.
        newline: As `open` takes it.
        mode: Permissions; only the user's own where not given.

    Raises:
        OSError: if it cannot be written.
    """
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, prefix=path.name, delete=False, encoding="utf-8", newline=newline
    ) as file:
        temporary = Path(file.name)
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
    if mode is not None:
        temporary.chmod(mode)
    temporary.replace(path)


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if NO_HOME in path.parents:
            raise SettingsError(
                "Nothing can be kept, because you have no home folder here (HOME is not set); choose a folder with POSTURECAM_HOME"
            ) from error
        raise SettingsError(
            f"{path} cannot be written ({short(error)}); free some room, or choose another folder with POSTURECAM_HOME"
        ) from error


def short(error: Exception) -> str:
    """The reason an exception gives, in one line."""
    return getattr(error, "strerror", None) or str(error).splitlines()[0]
