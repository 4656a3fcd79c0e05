"""The locations of the user's files, and how they survive damage.

A file is written to a temporary one first and then moved into place, so that a crash or a full disk leaves the old one.
A damaged file is renamed, never deleted. `POSTURECAM_HOME` replaces the system's own folder.

Saved files are only for their owner: folders are created 0700 and files 0600, whatever the umask, and those of 0.1.0,
which left it to the umask, are tightened when they are opened. Windows protects a user's folder from others by itself.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import platformdirs

from posturecam.config.reading import is_missing, is_ordinary, reason, remedy, resolved
from posturecam.errors import SettingsError


def home() -> Path:
    """The folder of settings and baselines; it need not exist yet."""
    return chosen_home() or of_system(platformdirs.user_config_path)


def chosen_home() -> Path | None:
    """The folder that the user chose with `POSTURECAM_HOME`, or None."""
    chosen = os.environ.get("POSTURECAM_HOME")
    return with_home(Path(chosen)) if chosen else None


def with_home(path: Path) -> Path:
    """A path from a user, with "~" expanded: shells leave it alone in quotes and after "--out=", and variables may be set elsewhere."""
    with contextlib.suppress(RuntimeError):  # there is no such user, or no home
        return path.expanduser()
    return path


MOST_SETTINGS_BYTES = 1_000_000
"""Largest size of the settings file: all settings with their explanations take 60 kB."""


def settings_path() -> Path:
    """The settings file; it need not exist."""
    return kept_file("settings.toml")


def rest_path() -> Path:
    """The file that says on which day the user wants no stretching; it need not exist."""
    return kept_file("no-stretching")


def kept_file(name: str) -> Path:
    """The path of one of the program's own files. If the user has put a symbolic link in its place, this is the link's target.

    People link to another disk, or to their dotfiles. Writing a file replaces it, and would replace the link.
    """
    path = home() / name
    with contextlib.suppress(OSError):
        found = path.lstat()
        if stat.S_ISLNK(found.st_mode) and found.st_uid == getattr(os, "geteuid", lambda: found.st_uid)():
            place = resolved(path)
            return place if is_missing(place) or is_ordinary(place) else path  # a link to a device is wrong
    return path


LOCK = "posturecam.lock"
"""Name of the file, in the folder of settings, that the running app holds."""
_DAMAGED = re.compile(r"\.damaged-\d+$")
NO_HOME = Path(os.devnull, "no-home")
"""Stands in for the user's folder if there is none, as in a container run under a numeric user: it is empty, and cannot be written to."""
_PATIENCE_SECONDS, _LOOK_SECONDS = 3.0, 0.01
"""How long to wait while another process changes a file, and how often to check whether it is done; a change takes some
20 ms."""


def of_system(folder: Callable[..., Path]) -> Path:
    """The system's folder for posturecam, from one of `platformdirs`' functions; `NO_HOME` if the user has no home."""
    try:
        found = folder("posturecam", appauthor=False)
    except RuntimeError:  # from platformdirs 4.5 on; older ones give "~/…" as it is
        return NO_HOME
    return found if found.is_absolute() else NO_HOME


def private_home() -> Path:
    """The folder of settings and baselines, created if missing, for its owner alone.

    A folder that the user chose (`POSTURECAM_HOME`) and created keeps its permissions, as it may be anything; the files
    in it do not.

    Raises:
        OSError: if it cannot be made.
    """
    folder = home()
    make_private(folder)
    if chosen_home() is None:
        tighten(folder)
    return folder


def make_private(folder: Path) -> None:
    """Make a folder that only its owner may enter, and those above it; an existing one is left as it is.

    Raises:
        OSError: if it cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def tighten(path: Path) -> None:
    """Remove other users' permissions from a file or folder of this user, if possible."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        mode = path.lstat().st_mode
        # A link has no permissions of its own, and Linux refuses to change them.
        if mode & 0o077 and not stat.S_ISLNK(mode):
            path.chmod(mode & 0o7700, follow_symlinks=False)


@contextlib.contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Make other processes and threads that change a file of this folder wait meanwhile, so that no change is lost.

    Nobody waits longer than a few seconds, and nothing is locked if the system cannot (Windows) or the folder does not
    exist. Must not be nested.
    """
    with contextlib.ExitStack() as held:
        if sys.platform != "win32":
            import fcntl

            with contextlib.suppress(OSError):
                opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)  # opening a pipe would wait for its other end
                held.callback(os.close, opened)
                until = time.monotonic() + _PATIENCE_SECONDS
                while time.monotonic() < until:
                    with contextlib.suppress(BlockingIOError):
                        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        break
                    time.sleep(_LOOK_SECONDS)
        yield


@contextlib.contextmanager
def put_in_place(path: Path) -> Iterator[IO[bytes]]:
    """A temporary file that replaces `path` at the end, complete and for its owner alone; a failure leaves nothing behind.

    It is created next to `path` under an unguessable name, so that links planted there by others are not followed.

    Raises:
        OSError: if it cannot be written.
    """
    with tempfile.NamedTemporaryFile(
        "w+b", dir=path.parent, prefix=f".{beginning_of(path.name)}-", delete=False
    ) as file:
        temporary = Path(file.name)
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            with contextlib.suppress(OSError):  # flushing its buffer may fail too
                file.close()  # Windows cannot remove an open file
            temporary.unlink(missing_ok=True)
            raise
    try:
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def free_name(path: Path, why: str) -> Path:
    """An unused name next to a file, `NAME.damaged-1`."""
    numbered = (path.with_name(f"{path.name}.{why}-{number}") for number in itertools.count(1))
    return next(candidate for candidate in numbered if not candidate.exists())


def set_aside(path: Path, why: str) -> Path | None:
    """Rename a file that cannot be used (`NAME.damaged-1`); returns its new path, or None if there is no such file.

    Raises:
        SettingsError: if it cannot be renamed.
    """
    with _explained(path):
        try:
            path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        aside = free_name(path, why)
        path.replace(aside)
    return aside


def copy_aside(path: Path, why: str) -> Path:
    """Copy a file of which a part cannot be used (`NAME.damaged-1`); returns the copy's path.

    Raises:
        SettingsError: if it cannot be copied.
    """
    with _explained(path):
        aside = free_name(path, why)
        with put_in_place(aside) as file:
            file.write(path.read_bytes())
    return aside


def damaged_files() -> tuple[Path, ...]:
    """What `set_aside` and `copy_aside` have left, of this version and of others, folder by folder.

    They lie in the folder of settings and, where one of our files is a symbolic link, beside what that leads to.
    """
    with contextlib.suppress(OSError):
        ours = sorted(home().iterdir())
        found = [one for one in ours if _DAMAGED.search(one.name)]
        for place in sorted({kept_file(one.name) for one in ours if one.is_symlink()}):
            if place.parent != resolved(home()):
                with contextlib.suppress(OSError):
                    found += sorted(
                        one for one in place.parent.iterdir() if _DAMAGED.sub("", one.name) == place.name != one.name
                    )
        return tuple(found)
    return ()


def put(path: Path, text: str) -> None:
    """Write one of the program's own files atomically, creating its folder if missing.

    Raises:
        SettingsError: if it cannot be written.
    """
    with _explained(path):
        make_private(path.parent)
        write_whole(path, text)


def is_noted(name: str) -> bool:
    """Whether `note` was called with this name, in this run or an earlier one."""
    return not is_missing(home() / name)


def note(name: str) -> None:
    """Remember something that happens once, by an empty file of this name; where that fails, it happens again at the next start."""
    with contextlib.suppress(SettingsError):
        put(home() / name, "")


def write_whole(path: Path, text: str, *, mode: int | None = None) -> None:
    """Write a file atomically: it is either complete or unchanged, and nothing else is left behind.

    Args:
        path: The file; its folder must exist.
        text: Written as UTF-8, with its line ends unchanged.
        mode: Permissions; by default only the user's own.

    Raises:
        OSError: if it cannot be written.
    """
    with put_in_place(path) as file:
        file.write(text.encode())
        if mode is not None:
            Path(file.name).chmod(mode)


def beginning_of(name: str, most: int = 100) -> str:
    """The beginning of a file's name, at most this many bytes long, so that something can be added to it.

    A name may have 255 bytes, and a Chinese character takes three.
    """
    while len(os.fsencode(name)) > most:
        name = name[:-1]
    return name


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if NO_HOME in path.parents:
            raise SettingsError(
                "Nothing can be saved because you have no home folder (HOME is not set); choose a folder "
                "with POSTURECAM_HOME"
            ) from error
        raise SettingsError(
            "{path} cannot be written ({problem}); {remedy}, or choose another folder with POSTURECAM_HOME",
            path=path,
            problem=reason(error),
            remedy=remedy(error),
        ) from error
