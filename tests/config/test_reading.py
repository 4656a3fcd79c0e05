"""Arbitrary input: limits, every failure as one of the project's own errors, and uncaught exceptions."""

import errno
import os
import sqlite3
import threading

import numpy as np
import pytest

from posturecam.config import files, uncaught
from posturecam.config.arrays import read_arrays
from posturecam.config.reading import (
    LONGEST_QUOTE,
    TooLarge,
    explained,
    quoted,
    read_limited,
    reason,
    remedy,
)
from posturecam.errors import PosturecamError, SettingsError
from posturecam.i18n.message import Message, printable
from posturecam.i18n.translate import choose_language, tr

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows keeps a user's folder from others by itself")


@pytest.mark.parametrize(
    "problem", [KeyError("x"), RecursionError("deep"), OverflowError(), MemoryError(), OSError(28, "full")]
)
def test_whatever_a_reader_raises_is_the_projects_error(problem):
    with (
        pytest.raises(SettingsError, match="mine is broken") as raised,
        explained(lambda error: SettingsError(f"mine is broken ({error})")),
    ):
        raise problem
    assert raised.value.__cause__ is problem


def test_the_projects_own_errors_pass_unchanged():
    with pytest.raises(SettingsError, match=r"^as it is$"), explained(lambda error: PosturecamError(str(error))):
        raise SettingsError("as it is")


def test_a_foreign_value_is_quoted_short_and_without_what_a_terminal_obeys():
    assert len(quoted("x" * 200_000)) == LONGEST_QUOTE
    assert quoted("\x1b[2Jgone\r\n") == " [2Jgone "
    assert printable("plain, 中文 – ok") == "plain, 中文 – ok"


def test_a_name_that_is_no_text_can_be_shown_and_written():
    assert printable("\udcc3\udc9cbung.mp4") == "Übung.mp4"  # as Python reads it in a broken locale
    assert printable("bad\udcff\udcfe.jpg \ud83d") == "bad\ufffd\ufffd.jpg \ufffd"
    assert printable("gone\udcc2\udc9b2J") == "gone 2J"  # a control character in UTF-8


def _of_windows(code, number):
    """As Python gives it there: with the system's code, and a number that often says less."""
    problem = OSError(number, "")
    problem.winerror = code
    return problem


def _of_sqlite(code):
    problem = sqlite3.OperationalError("it does not work")
    problem.sqlite_errorcode = code
    return problem


@pytest.mark.parametrize(
    ("problem", "advice"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "free some disk space"),
        (PermissionError(errno.EACCES, "Permission denied"), "check its permissions"),
        (FileExistsError(errno.EEXIST, "File exists"), "the file that is where a folder should be"),
        (NotADirectoryError(errno.ENOTDIR, "Not a directory"), "the file that is where a folder should be"),
        (IsADirectoryError(errno.EISDIR, "Is a directory"), "the folder that is in its place"),
        (OSError(errno.EROFS, "Read-only file system"), "make the disk writable"),
        (OSError(errno.ENAMETOOLONG, "File name too long"), "use a shorter name"),
        (_of_sqlite(sqlite3.SQLITE_FULL), "free some disk space"),
        (_of_sqlite(sqlite3.SQLITE_IOERR | 3 << 8), "check that the disk"),
        (_of_sqlite(sqlite3.SQLITE_READONLY), "check its permissions"),
        (_of_sqlite(sqlite3.SQLITE_CANTOPEN), "check its permissions and the free disk space"),
        (OSError("an unknown cause"), "check its permissions and the free disk space"),
        (_of_windows(32, errno.EACCES), "close the program that is using it"),
        (_of_windows(19, errno.EACCES), "make the disk writable"),
        (_of_windows(5, errno.EACCES), "check its permissions"),
        (_of_windows(112, errno.ENOSPC), "free some disk space"),
        (_of_windows(206, errno.ENOENT), "use a shorter name"),
        (_of_windows(123, errno.EINVAL), "use another name"),
        (_of_windows(1117, errno.EINVAL), "check that the disk is connected"),
        (_of_windows(59, errno.EINVAL), "check its permissions and the free disk space"),  # a network that is gone
    ],
)
def test_the_advice_fits_the_cause(problem, advice):
    assert advice in remedy(problem)
    assert ("disk space" in remedy(problem)) is ("disk space" in advice)


@pytest.mark.parametrize(
    "problem",
    [
        *(
            OSError(getattr(errno, name), os.strerror(getattr(errno, name)))
            for name in ("ENOENT", "EACCES", "ENOSPC", "EROFS", "EISDIR", "ENOTDIR", "EEXIST", "EIO", "ENAMETOOLONG", "EBUSY")
        ),
        _of_windows(32, errno.EACCES),
        _of_sqlite(sqlite3.SQLITE_BUSY),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
        TooLarge(Message("it has more than {most} bytes", most="10")),
    ],
    ids=repr,
)  # fmt: skip
def test_system_errors_are_described_in_the_users_language(problem):
    english = reason(problem)
    assert english != getattr(problem, "strerror", "")
    for language in ("de", "es", "zh"):
        choose_language(language)
        assert tr(english) != str(english)


@POSIX
@pytest.mark.parametrize("lay", [lambda place: place.write_text(""), lambda place: place.symlink_to(place.name)])
def test_a_file_in_the_place_of_the_home_is_to_be_moved_and_no_disk_space_freed(tmp_path, lay):
    lay(tmp_path / "home")
    with pytest.raises(SettingsError, match="move or rename the file") as refused:
        files.put(tmp_path / "home" / "settings.toml", "")
    assert "disk space" not in str(refused.value)


def test_a_file_that_is_too_large_or_no_file_is_not_read(tmp_path):
    (tmp_path / "large").write_bytes(b"x" * 11)
    with pytest.raises(TooLarge, match="more than 10 bytes"):
        read_limited(tmp_path / "large", 10)
    with pytest.raises(OSError, match="not a regular file"):
        read_limited(tmp_path, 10)


def test_only_the_arrays_that_are_named_are_read_and_only_within_the_limit(tmp_path):
    path = tmp_path / "arrays.npz"
    np.savez_compressed(path, mine=np.arange(6).reshape(2, 3).T, other=np.zeros(1_000_000))
    arrays = read_arrays(path, ["mine"], most_bytes=1000)
    assert list(arrays) == ["mine"]
    assert arrays["mine"].tolist() == [[0, 3], [1, 4], [2, 5]]
    with pytest.raises(TooLarge, match="8 MB"):
        read_arrays(path, None, most_bytes=1000)


@POSIX
def test_what_is_written_is_for_its_owner_alone_whatever_the_umask(own_home):
    before = os.umask(0)
    try:
        files.put(own_home / "mine.toml", "x = 1\n")
        assert own_home.stat().st_mode & 0o077 == 0
        assert (own_home / "mine.toml").stat().st_mode & 0o077 == 0
    finally:
        os.umask(before)


@POSIX
def test_links_in_the_way_are_not_followed(tmp_path):
    (tmp_path / "victim").write_text("precious")
    for name in (".mine.part", "mine.part", "mine"):
        (tmp_path / name).symlink_to(tmp_path / "victim")
    files.write_whole(tmp_path / "mine", "new")
    assert (tmp_path / "victim").read_text() == "precious"
    assert (tmp_path / "mine").read_text() == "new"


@POSIX
def test_nothing_is_left_of_a_file_for_which_there_was_no_room(tmp_path):
    import resource

    (tmp_path / "mine").write_text("before")
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, most[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            files.write_whole(tmp_path / "mine", "after")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("mine", "before")]


def test_more_than_a_thousand_damaged_files_can_be_set_aside(tmp_path):
    for number in range(1, 1001):
        (tmp_path / f"mine.damaged-{number}").touch()
    (tmp_path / "mine").touch()
    assert files.set_aside(tmp_path / "mine", "damaged").name == "mine.damaged-1001"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_exception_that_ends_a_thread_is_reported(capsys):
    heard = []

    def dies():
        raise ZeroDivisionError("division by zero")

    with uncaught.logged(), uncaught.listening(heard.append):
        thread = threading.Thread(target=dies, name="worker")
        thread.start()
        thread.join()
    assert heard == ["an error in posturecam (ZeroDivisionError: division by zero)"]
    assert "in the thread worker" in capsys.readouterr().err


def test_an_error_is_one_line_for_the_user(run, monkeypatch):
    monkeypatch.setattr("posturecam.cli.app", lambda **_: 1 / 0)
    code, out, err = run("settings")
    assert (code, out) == (1, "")
    assert err.splitlines()[-1].startswith("posturecam: an error in posturecam (ZeroDivisionError: division by zero)")
