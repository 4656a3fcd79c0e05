"""A history that cannot be opened, that can only be read, or that contains nonsense."""

import errno
import json
import os
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta

import pytest

from posturecam.config.settings_file import change_settings
from posturecam.errors import HistoryError
from posturecam.history.database import history_path
from posturecam.history.export import ExportStopped, export_from
from posturecam.history.models import EventKind, TimeCategory
from posturecam.history.records import SittingRecords
from posturecam.history.removal import delete_everything
from posturecam.history.sitting import SittingHistory
from posturecam.history.stretches import StretchHistory

NINE = 1_795_000_020.0
POSIX = pytest.mark.skipif(os.name == "nt", reason="permissions as POSIX has them")


def record(minutes=5, **named):
    with SittingHistory(**named) as history:
        for minute in range(minutes):
            history.add(NINE + 60 * minute + 55, TimeCategory.UPRIGHT, 50.0)
        history.event(NINE, EventKind.ANSWER, answer="fine")


def minutes_kept():
    with SittingRecords(now=lambda: NINE) as records:
        return len(list(records.every_minute()))


@pytest.fixture
def held():
    """Another program that locks the history until it is released."""
    record(1)
    with closing(sqlite3.connect(history_path(), isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("CREATE TABLE held (x)")
        yield other


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr("posturecam.history.database.BUSY_SECONDS", 0.05)


def test_what_happens_while_it_is_locked_is_saved_once_it_is_not(held):
    now = [0.0]
    history = SittingHistory(patient=True, clock=lambda: now[0])
    (said,) = history.complaints()
    assert "another program is using it" in said
    assert "retries every minute" in said
    for minute in range(5):
        history.add(NINE + 60 * minute + 55, TimeCategory.UPRIGHT, 50.0)
        now[0] += 16
    assert history.complaints() == []  # it was retried in vain, which was already said
    held.execute("ROLLBACK")
    held.close()
    history.add(NINE + 60 * 5 + 55, TimeCategory.UPRIGHT, 50.0)
    assert history.complaints() == []  # a minute has not passed since then
    now[0] += 60
    history.add(NINE + 60 * 6 + 55, TimeCategory.UPRIGHT, 50.0)
    assert history.complaints() == ["The history is being saved again, including everything from the meantime"]
    history.close()
    assert minutes_kept() == 7


def test_what_is_left_at_the_end_is_tried_once_more(own_home):
    own_home.mkdir()
    history_path().mkdir()
    history = SittingHistory(patient=True)
    assert "a folder is in its place; move or rename it" in history.complaints()[0]
    history.add(NINE + 55, TimeCategory.UPRIGHT, 50.0)
    history_path().rmdir()
    history.close()
    assert minutes_kept() == 1


def test_a_history_that_is_locked_can_still_be_looked_at_and_exported(held, tmp_path):
    assert minutes_kept() == 1
    assert export_from(tmp_path / "out.csv").minutes == 1
    with pytest.raises(HistoryError, match="another program is using it"):
        StretchHistory()


def test_a_byte_in_the_schema_that_is_no_text_is_damage():
    record()
    with closing(sqlite3.connect(history_path())) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = history_path().read_bytes()
    history_path().write_bytes(content.replace(b"sitting_minutes", b"sitting_\xffinutes"))
    with SittingHistory() as history:
        assert "damaged" in history.complaints()[0]
    record()
    assert minutes_kept() == 5


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("PRAGMA user_version = 0", "parts of it are missing"),
        ("DROP TABLE stretch_answers", "parts of it are missing"),
        ("", "parts of it cannot be read"),
    ],
    ids=["no version", "no table", "zeros in the middle"],
)
def test_damage_is_said_in_words_for_people(damage, said):
    record()
    with closing(sqlite3.connect(history_path())) as connection:
        connection.execute(damage)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if not damage:
        content = history_path().read_bytes()
        history_path().write_bytes(content[:8192] + bytes(4096) + content[12288:])
    with SittingHistory() as history:
        (complaint,) = history.complaints()
    assert complaint.startswith(f"The history was damaged ({said}) and was renamed to ")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sitting_minutes SET minute = -9000000000 WHERE minute = (SELECT min(minute) FROM sitting_minutes)",
        "UPDATE sitting_minutes SET upright = 9e999 WHERE minute = (SELECT min(minute) FROM sitting_minutes)",
        "UPDATE sitting_minutes SET away = -1 WHERE minute = (SELECT min(minute) FROM sitting_minutes)",
        "UPDATE sitting_minutes SET utc_offset = 90000 WHERE minute = (SELECT min(minute) FROM sitting_minutes)",
    ],
)
def test_a_row_that_makes_no_sense_is_left_out_and_counted(change, tmp_path):
    record()
    with closing(sqlite3.connect(history_path())) as connection, connection:
        connection.execute(change)
    with SittingRecords(now=lambda: NINE) as records:
        assert records.begun() is not None
        assert records.day(records.current_date).times.upright == pytest.approx(200.0)
    done = export_from(tmp_path / "out.json")
    assert done.minutes == 4
    assert done.complaints == ("1 entry of the history makes no sense and was left out",)
    assert len(json.loads((tmp_path / "out.json").read_text())["minutes"]) == 4


@pytest.mark.parametrize(("change", "rows"), [
    ("UPDATE sitting_minutes SET away = -1 WHERE minute = (SELECT min(minute) FROM sitting_minutes)", (4, 1)),
    ("UPDATE sitting_events SET utc_offset = 86399.7", (5, 0)),
])  # fmt: skip
def test_whatever_is_left_out_of_days_or_an_export_is_said(change, rows, tmp_path):
    record()
    with closing(sqlite3.connect(history_path())) as connection, connection:
        connection.execute(change)
    left_out = "1 entry of the history makes no sense and was left out"
    with SittingRecords(now=lambda: NINE) as records:
        records.days(records.current_date, records.current_date + timedelta(days=1))  # the event moves to that one
        assert records.complaints() == [left_out]
    done = export_from(tmp_path / "out.json")
    assert (done.minutes, done.events) == rows
    assert done.complaints == (left_out,)


@pytest.mark.parametrize(
    "details", ['{"answer": 1e999}', '{"answer": ["fine"]}', "[" * 5000, '{"answer": "\\ud800"}', "no JSON"]
)
def test_an_event_with_strange_details_is_an_event(details, tmp_path):
    record()
    with closing(sqlite3.connect(history_path())) as connection, connection:
        connection.execute("UPDATE sitting_events SET details = ?", (details,))
    assert export_from(tmp_path / "out.json").events == 1
    assert json.loads((tmp_path / "out.json").read_text())["events"][0]["answer"] in (None, "?")


def test_an_export_that_is_stopped_leaves_the_old_file_and_nothing_else(tmp_path):
    record(1200)
    (tmp_path / "out.json").write_text("old")
    with pytest.raises(ExportStopped, match="nothing was written"):
        export_from(tmp_path / "out.json", progress=lambda share: share < 0.5)
    assert (tmp_path / "out.json").read_text() == "old"
    assert [one.name for one in tmp_path.glob("*out*")] == ["out.json"]


def test_an_export_tells_how_far_it_is_and_may_run_in_any_thread(tmp_path):
    record(1200)
    shares = []
    thread = threading.Thread(
        target=lambda: export_from(tmp_path / "out.csv", progress=lambda share: shares.append(share) or True)
    )
    thread.start()
    thread.join(20)
    assert shares == sorted(shares)
    assert 0 < shares[0] < 1
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 1201


@POSIX
def test_the_history_its_log_and_its_exports_are_for_their_owner_alone(own_home, tmp_path):
    before = os.umask(0)
    try:
        with SittingHistory() as history:
            history.event(NINE, EventKind.ANSWER, answer="fine")
            written = export_from(tmp_path / "out.csv").files
            kept = [own_home, *own_home.iterdir(), *written]
            assert len(kept) > 5
            assert [one.name for one in kept if one.stat().st_mode & 0o077] == []
    finally:
        os.umask(before)


@POSIX
def test_what_an_older_posturecam_left_open_is_tightened(own_home):
    record()
    for name in ("history.sqlite3", "history.sqlite3.version-1", "history.sqlite3.damaged-1"):
        (own_home / name).touch()
        (own_home / name).chmod(0o644)
    record()
    assert [one.name for one in own_home.iterdir() if one.stat().st_mode & 0o077] == []


@POSIX
@pytest.mark.parametrize("exists", [True, False], ids=["there", "yet to be made"])
def test_a_history_behind_a_symbolic_link_is_kept_and_deleted_where_it_is(own_home, tmp_path, exists):
    own_home.mkdir()
    kept = tmp_path / "other disk" / "mine.sqlite3"
    if exists:
        record(2)
        kept.parent.mkdir()
        (own_home / "history.sqlite3").replace(kept)
    (own_home / "history.sqlite3").symlink_to(kept)
    record(5)
    assert minutes_kept() == 5
    assert kept.stat().st_mode & 0o077 == 0
    assert delete_everything().minutes == 5
    assert (own_home / "history.sqlite3").is_symlink()
    assert b"fine" not in kept.read_bytes()


@POSIX
def test_a_folder_and_settings_behind_symbolic_links_are_used_and_the_links_stay(monkeypatch, tmp_path):
    (tmp_path / "dotfiles").mkdir()
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "posturecam").symlink_to(tmp_path / "dotfiles")
    (tmp_path / "dotfiles" / "settings.toml").symlink_to(tmp_path / "mine.toml")
    monkeypatch.delenv("POSTURECAM_HOME")
    monkeypatch.setattr("platformdirs.user_config_path", lambda *_, **__: tmp_path / "config" / "posturecam")
    record()
    assert minutes_kept() == 5
    change_settings({"alerts.cool_down": "900"})
    assert "cool_down = 900" in (tmp_path / "mine.toml").read_text()


def test_a_history_of_a_newer_posturecam_can_be_deleted(own_home):
    record()
    with closing(sqlite3.connect(history_path())) as newer:
        newer.execute("PRAGMA user_version = 99")
    assert delete_everything().anything
    assert not list(own_home.glob("history*"))


def test_where_a_history_cannot_be_written_the_cause_that_the_system_knows_is_named(monkeypatch):
    """SQLite itself only says that it cannot open a file."""
    record()
    log = history_path().with_name(f"{history_path().name}-wal")
    log.unlink(missing_ok=True)
    log.mkdir()
    opens = os.open

    def read_only(path, flags, *more, **named):
        if os.fspath(path) == os.fspath(history_path()) and flags & os.O_RDWR:
            raise OSError(errno.EROFS, "Read-only file system", path)
        return opens(path, flags, *more, **named)

    monkeypatch.setattr(os, "open", read_only)
    with pytest.raises(HistoryError, match=r"cannot be opened \(the disk is read-only\); make the disk writable, or"):
        SittingHistory()


@POSIX
@pytest.mark.parametrize("most_bytes", [0, 1000, 10_000, 30_000])
def test_where_files_may_not_grow_that_limit_is_named_and_not_the_disk(own_home, most_bytes):
    import resource

    history_path().parent.mkdir(parents=True, exist_ok=True)
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most[1]))
    try:
        with pytest.raises(HistoryError, match=r"would become too large\); raise the file size limit"):
            SittingHistory()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)


@pytest.mark.parametrize("version", [0, 2, 4, 70])
def test_another_programs_database_is_refused_and_left_as_it_is(own_home, version):
    own_home.mkdir()
    with closing(sqlite3.connect(history_path())) as other, other:
        other.execute("CREATE TABLE sessions (id INTEGER PRIMARY KEY, token TEXT, expires REAL)")
        other.execute("INSERT INTO sessions (token) VALUES ('theirs')")
        other.execute(f"PRAGMA user_version = {version}")
    before = history_path().read_bytes()
    for use in (record, minutes_kept, StretchHistory, delete_everything):
        with pytest.raises(HistoryError, match="another program's database is in its place; move or rename it"):
            use()
    assert [path.name for path in own_home.iterdir()] == [history_path().name]
    assert history_path().read_bytes() == before


@pytest.mark.parametrize("content", [None, "PRAGMA user_version = 0"])
def test_an_empty_file_in_the_historys_place_becomes_the_history(own_home, content):
    own_home.mkdir()
    history_path().touch()
    if content:
        with closing(sqlite3.connect(history_path())) as empty, empty:
            empty.execute("CREATE TABLE gone (x)")
            empty.execute("DROP TABLE gone")
            empty.execute(content)
    record()
    assert minutes_kept() == 5
