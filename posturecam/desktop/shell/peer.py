"""Checks who is at the other end of a local socket, and finds a folder for it that no other user can write to."""

from __future__ import annotations

import ctypes
import getpass
import hashlib
import os
import stat
import struct
import sys
import tempfile
from pathlib import Path

from posturecam.config.files import home, make_private
from posturecam.config.reading import is_folder

_LONGEST_NAME = 100
"""Of a socket's path, bytes: Linux takes 107, macOS 103."""
_SOL_SOCKET, _SO_PEERCRED = 1, 17
"""Linux, `asm-generic/socket.h`: the credentials of the process that connected or listens, a `struct ucred`."""
_UCRED = struct.Struct("=iII")
"""Its process, user and group."""


def socket_name() -> str:
    """Where the app listens: one for each folder of settings, in a folder that is this user's alone.

    That is the session's own folder for such things (`XDG_RUNTIME_DIR`), else the folder of settings, else a private one in the
    system's temporary folder, where the others' path is too long for a socket. On Windows it is a pipe's name.

    Raises:
        OSError: if no folder is this user's alone.
    """
    if sys.platform == "win32":
        return f"posturecam-{_digest(f'{getpass.getuser()} {home().absolute()}')}"
    name = f"posturecam-{_digest(str(home().absolute()))}.socket"
    refused = OSError(0, "no folder for its socket is this user's alone")
    for folder in _folders():
        if len(os.fsencode(folder / name)) > _LONGEST_NAME:
            continue
        try:
            make_private(folder)
            require_own(folder)
        except OSError as problem:
            refused = problem
            continue
        return str(folder / name)
    raise refused


def _folders() -> list[Path]:
    session = os.environ.get("XDG_RUNTIME_DIR", "")
    temporary = Path(tempfile.gettempdir()) / f"posturecam-{os.getuid()}"
    return [
        *([Path(session)] if session.startswith("/") and is_folder(Path(session)) else []),
        home().absolute(),
        temporary,
    ]


def require_own(folder: Path) -> None:
    """Require that a folder belongs to this user, and that nobody else can write to it.

    Raises:
        OSError: if it is not.
    """
    found = folder.stat(follow_symlinks=False)
    if stat.S_ISLNK(found.st_mode):
        found = folder.stat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise OSError(0, f"{folder} can be written by others")


def is_own_user(descriptor: int) -> bool:
    """Whether the process at the other end of a connected local socket is of this user; on Windows the pipe sees to it."""
    if sys.platform == "win32":
        return True
    return user_of_peer(descriptor) == os.getuid()


def user_of_peer(descriptor: int) -> int | None:
    """The user of the process at the other end; None if the system does not report it."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform.startswith("linux"):
            told, size = ctypes.create_string_buffer(_UCRED.size), ctypes.c_uint(_UCRED.size)
            failed = library.getsockopt(descriptor, _SOL_SOCKET, _SO_PEERCRED, told, ctypes.byref(size))
            return None if failed else int(_UCRED.unpack(told.raw)[1])
        user, group = ctypes.c_uint(), ctypes.c_uint()
        return None if library.getpeereid(descriptor, ctypes.byref(user), ctypes.byref(group)) else user.value
    except (OSError, AttributeError):
        return None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:16]
