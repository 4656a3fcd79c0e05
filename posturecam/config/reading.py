"""Reads untrusted files: limits are checked first, and every failure becomes one of the project's own errors.

A decoder's exceptions cannot be listed: a damaged file makes numpy, zipfile, tomllib and pydantic raise exceptions that
their documentation does not name (`RecursionError`, `OverflowError`, `LZMAError` …). So whatever is raised while a file
is read becomes the reader's one error.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from posturecam.errors import PosturecamError
from posturecam.i18n.message import Message, Verbatim, printable
from posturecam.i18n.words import mark

LONGEST_QUOTE = 80
"""Most characters of an untrusted text that a message quotes."""
_SECRETS = re.compile(r"""(\w://)(?:[^\s'"]*@)?([^\s'"?]*)(?:\?[^\s'"]*)?""")
"""An address, which may hold a user name with a password before its host, and a key after its question mark."""
_PLACE_IN_TOML = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)$")
"""How `tomllib` ends its messages; before Python 3.14 it states the place nowhere else."""

_NOT_ORDINARY = 0
"""Stands in for an error number: there is something, but no regular file."""
_REMEDIES = {
    mark("free some disk space"): ("ENOSPC", "EDQUOT"),
    mark("raise the file size limit (ulimit -f), or use a disk that allows larger files"): ("EFBIG",),
    mark("check its permissions"): ("EACCES", "EPERM"),
    mark("make the disk writable"): ("EROFS",),
    mark("check the name and the folder"): ("ENOENT",),
    mark("move or rename the file that is where a folder should be"): ("EEXIST", "ENOTDIR"),
    mark("move or rename the folder that is in its place"): ("EISDIR", "ENOTEMPTY"),
    mark("use a shorter name"): ("ENAMETOOLONG",),
    mark("use another name"): ("EINVAL", "EILSEQ"),
    mark("delete the symbolic link that points back to itself"): ("ELOOP",),
    mark("close the program that is using it"): ("EBUSY", "ETXTBSY", "EAGAIN", "EDEADLK"),
    mark("check that the disk is connected and working"): (
        "EIO", "ENXIO", "ENODEV", "ENOMEDIUM", "ESTALE", "ENOTCONN", "EHOSTDOWN", "ETIMEDOUT",
    ),
    mark("close other programs, or raise the limit on open files (ulimit -n)"): ("EMFILE", "ENFILE"),
}  # fmt: skip
"""What to do, and the names of the system errors it is for; no system has all of them."""
_BY_NUMBER = {
    getattr(errno, name): text for text, names in _REMEDIES.items() for name in names if hasattr(errno, name)
} | {_NOT_ORDINARY: mark("move or rename it")}
_CAUSES = {
    mark("the disk is full"): ("ENOSPC",),
    mark("your disk quota is used up"): ("EDQUOT",),
    mark("the file would become too large"): ("EFBIG",),
    mark("permission denied"): ("EACCES", "EPERM"),
    mark("the disk is read-only"): ("EROFS",),
    mark("no such file or folder"): ("ENOENT",),
    mark("a file of that name is already there"): ("EEXIST",),
    mark("a file is where a folder should be"): ("ENOTDIR",),
    mark("it is a folder"): ("EISDIR",),
    mark("the folder is not empty"): ("ENOTEMPTY",),
    mark("the name is too long"): ("ENAMETOOLONG",),
    mark("the name has characters that are not allowed"): ("EILSEQ",),
    mark("invalid argument"): ("EINVAL",),
    mark("a symbolic link points back to itself"): ("ELOOP",),
    mark("another program is using it"): ("EBUSY", "ETXTBSY", "EAGAIN", "EDEADLK"),
    mark("a disk or device failed"): ("EIO",),
    mark("the disk or device is not connected"): ("ENXIO", "ENODEV", "ENOMEDIUM"),
    mark("the network drive does not answer"): ("ESTALE", "ENOTCONN", "EHOSTDOWN", "ETIMEDOUT"),
    mark("too many files are open"): ("EMFILE", "ENFILE"),
    mark("not enough memory"): ("ENOMEM",),
}  # fmt: skip
"""Our words for what the system reports, with the names of its errors. Its own texts are in English, or on Windows in the language of
Windows, and often jargon."""
_CAUSE_BY_NUMBER = {
    getattr(errno, name): text for text, names in _CAUSES.items() for name in names if hasattr(errno, name)
}
_NO_TEXT = mark("it is not text in UTF-8")
SAVE_AS_UTF_8 = mark("save it as UTF-8 in a text editor, or delete it")
"""What to do about a file that people write themselves if it is in another encoding: fixing it by looking at it would change nothing."""
_NO_TEMPORARY_FOLDER_LEFT = mark("no folder for temporary files is writable")
_NO_TEMPORARY_FOLDER = mark("free some disk space, or name a folder for temporary files with TMPDIR")
_OTHERWISE = mark("check its permissions and the free disk space")
_OF_SQLITE = {
    3: errno.EACCES,  # SQLITE_PERM
    5: errno.EBUSY,  # SQLITE_BUSY
    6: errno.EBUSY,  # SQLITE_LOCKED
    8: errno.EACCES,  # SQLITE_READONLY
    10: errno.EIO,  # SQLITE_IOERR
    13: errno.ENOSPC,  # SQLITE_FULL
}
"""SQLite's primary result codes (https://www.sqlite.org/rescode.html), with the system's error number for the same cause.
Written as numbers, so that `posturecam --help` need not import `sqlite3`."""
_DAMAGED = mark("its contents are damaged")
_OF_UNPACKING = (("zlib", "error"), ("zipfile", "BadZipFile"), ("_lzma", "LZMAError"))
"""Modules and names of the errors of unpacking, whose own words are jargon. Not imported, as above."""
_CAUSES_OF_SQLITE = {
    11: _DAMAGED,  # SQLITE_CORRUPT
    14: mark("the file cannot be opened"),  # SQLITE_CANTOPEN
    26: mark("it is not a database"),  # SQLITE_NOTADB
}
_OF_WINDOWS = {
    19: errno.EROFS,  # ERROR_WRITE_PROTECT
    32: errno.EBUSY,  # ERROR_SHARING_VIOLATION
    33: errno.EBUSY,  # ERROR_LOCK_VIOLATION
    123: errno.EINVAL,  # ERROR_INVALID_NAME
    161: errno.EINVAL,  # ERROR_BAD_PATHNAME
    206: errno.ENAMETOOLONG,  # ERROR_FILENAME_EXCED_RANGE
    1117: errno.EIO,  # ERROR_IO_DEVICE
}
"""Errors of Windows (https://learn.microsoft.com/en-us/windows/win32/debug/system-error-codes) of which Python keeps too little: it
reports the first three as missing permission, and whatever it does not know as an invalid argument."""

_NOTHING_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP)


class TooLarge(ValueError):
    """Something is too large to read; the message gives its size and the limit."""


@contextlib.contextmanager
def explained(error: Callable[[Exception], PosturecamError]) -> Iterator[None]:
    """Turn any failure while reading into an error of the project; errors of the project pass unchanged.

    Args:
        error: Creates the error from the failure; `reason` and `remedy` describe that for a user.
    """
    try:
        yield
    except PosturecamError:
        raise
    except Exception as problem:
        raise error(problem) from problem


def reason(problem: BaseException) -> str:
    """Why it failed, in one short printable line: in our own words where the cause is common, so that it can be translated."""
    text = getattr(problem, "strerror", None)
    if is_without_temporary_folder(problem):
        return _NO_TEMPORARY_FOLDER_LEFT
    if problem.args and isinstance(problem.args[0], Message):  # one of our own
        return problem.args[0]
    known = _CAUSE_BY_NUMBER.get(_number_of(problem) or 0)
    if known is not None:
        return known
    of_sqlite = _CAUSES_OF_SQLITE.get((getattr(problem, "sqlite_errorcode", None) or 0) & 0xFF)
    if of_sqlite is not None:
        return of_sqlite
    if isinstance(problem, UnicodeDecodeError):
        return _NO_TEXT
    if (type(problem).__module__, type(problem).__name__) in _OF_UNPACKING:
        return _DAMAGED
    try:
        return str(quoted(str(text or problem).strip() or type(problem).__name__))  # it may be one of our own texts
    except Exception:  # an exception whose own message fails, such as a truncated UnicodeDecodeError
        return type(problem).__name__


def remedy(problem: BaseException, otherwise: str = _OTHERWISE) -> str:
    """What to do about a file that cannot be read or written: the end of a sentence, yet to be translated.

    Advice for the wrong cause misleads people, such as to free disk space when a permission is missing.

    Args:
        problem: An error of the system or of SQLite.
        otherwise: The advice if its cause is not among the known ones.
    """
    if is_without_temporary_folder(problem):
        return _NO_TEMPORARY_FOLDER
    number = _number_of(problem)
    return otherwise if number is None else _BY_NUMBER.get(number, otherwise)


def _number_of(problem: BaseException) -> int | None:
    """The number of the system error behind an error of the system or of SQLite; None if there is none."""
    code = getattr(problem, "sqlite_errorcode", None)
    number = getattr(problem, "errno", None) if code is None else _OF_SQLITE.get(code & 0xFF)
    on_windows = getattr(problem, "winerror", None)
    if on_windows is not None:
        number = _OF_WINDOWS.get(on_windows, None if number == errno.EINVAL else number)
    return number if isinstance(number, int) else None


def why_not_toml(text: str) -> str:
    """Where a text is not TOML: the number of the line, and the line itself; the parsers' own words are in English."""
    import tomllib

    import tomlkit
    from tomlkit.exceptions import KeyAlreadyPresent, ParseError

    problems: list[Exception] = []
    for parse in (tomlkit.parse, tomllib.loads):  # they differ in what they accept, and where they see the error
        try:
            parse(text)
        except Exception as problem:
            problems.append(problem)
    lines = text.split("\n")
    is_twice = any(isinstance(one, KeyAlreadyPresent) for problem in problems for one in (problem, problem.__cause__))
    if is_twice:  # tomlkit notices it only where the group ends
        problems.reverse()
    line, column = next(filter(None, (_place(one, ParseError, len(lines)) for one in problems)), (0, 0))
    if not line:
        return reason(problems[0]) if problems else mark("it is not valid")
    found = lines[min(line, len(lines)) - 1]
    if is_twice:
        return Message("line {line} sets what is already set: {text}", line=line, text=quoted(found.strip()))
    if not 1 < column <= len(found) + 1:  # at 1, it does not know where in the line
        return Message("at line {line}: {text}", line=line, text=quoted(found.strip()))
    return Message("at line {line}, column {column}: {text}", line=line, column=column, text=quoted(found.strip()))


def _place(problem: Exception, with_place: type[Any], last: int) -> tuple[int, int] | None:
    """The line and column of a parser's error, from 1, if it states them."""
    if isinstance(problem, with_place):
        return problem.line, problem.col + 1
    found = _PLACE_IN_TOML.search(str(problem))
    if found is None:
        return None
    return (int(found[1]), int(found[2])) if found[1] else (last, 0)


def is_in_use(problem: BaseException) -> bool:
    """Whether it failed because another program is using the file."""
    return _number_of(problem) == errno.EBUSY


def is_without_temporary_folder(problem: BaseException) -> bool:
    """Whether Python found no writable folder for temporary files, as on a full disk; it reports that as a missing file."""
    return isinstance(problem, FileNotFoundError) and "temporary directory" in str(problem)


def quoted(value: object) -> Verbatim:
    """An untrusted value made safe for a message: one line without control characters and the secrets of addresses, shortened if long."""
    text = hide_secrets(printable(value if isinstance(value, str) else repr(value)))
    return Verbatim(text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1].rstrip()}…")


def hide_secrets(text: str) -> str:
    """Any text, with the addresses in it as they may be shown: without user name, password, and what follows a question mark."""
    return _SECRETS.sub(r"\1\2", text)


def read_limited(path: Path, most: int) -> bytes:
    """Read a whole file of at most `most` bytes.

    Raises:
        OSError: if it cannot be read, or is not a regular file: a pipe or a device may never end.
        TooLarge: if it is larger.
    """
    require_ordinary(path)
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise TooLarge(Message("it has more than {most} bytes", most=f"{most:,}".replace(",", " ")))
    return data


def is_missing(path: Path) -> bool:
    """Whether nothing can be there. If the system does not say, opening the file will; `Path.exists` would raise."""
    try:
        path.stat()
    except OSError as problem:
        return problem.errno in _NOTHING_THERE
    return False


def is_folder(path: Path) -> bool:
    """Whether a folder is there, if the system says so."""
    with contextlib.suppress(OSError):
        return path.is_dir()
    return False


def is_ordinary(path: Path) -> bool:
    """Whether a regular file is there, as far as the system reports."""
    with contextlib.suppress(OSError):
        require_ordinary(path)
        return True
    return False


def resolved(path: Path) -> Path:
    """The absolute path without symbolic links; one that loops stays as it is, where `Path.resolve` would raise."""
    return Path(os.path.realpath(path))


def require_ordinary(path: Path) -> None:
    """Require that a path is a regular file, before it is opened.

    Raises:
        OSError: if it does not exist, or is something else.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(_NOT_ORDINARY, mark("it is not a regular file"))
