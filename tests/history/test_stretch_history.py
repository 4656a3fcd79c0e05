"""What is saved about stretch sessions: through kills, full disks, damage and updates."""

import csv
import io
import itertools
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from history_file import HistoryFile
from stretch_rows import BEND, DAY, FOLD, MONDAY, Clock, rep

from posturecam.coach.exercise import Side
from posturecam.coach.safety import Answers
from posturecam.coach.session_summary import DepthKey, Lacking
from posturecam.errors import HistoryError, OutputError
from posturecam.history.database import MIGRATIONS, history_path, open_database
from posturecam.history.stretch_export import COLUMNS, as_csv, as_json, export, local_time
from posturecam.history.stretches import StretchHistory
from posturecam.posture.view import View


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def disk(monkeypatch):
    return HistoryFile(monkeypatch)


@pytest.fixture
def history(clock, disk):
    with StretchHistory(now=clock) as opened:
        yield opened


@pytest.mark.smoke
def test_a_session_is_kept_as_it_was(history):
    session = history.begin("Thoracic stretch", "Desk camera")
    whole = rep(faults=("knees_up", "bouncing"), unseen=2.5, pieces=2)
    partial = rep(2, None, counted=False, level=None, lacking=Lacking.LEFT_EARLY)
    history.add(session, FOLD, whole)
    history.add(session, FOLD, partial)
    history.answer(session, Answers(True, 1))
    history.answer(session, Answers(True, 1, 3), skipped=["cobra"])
    history.end(session)
    (kept,) = history.sessions()
    assert [one.result for one in kept.reps] == [whole, partial]
    assert {one.exercise for one in kept.reps} == {"thoracic_stretch"}
    assert (kept.title, kept.source, kept.began, kept.ended) == ("Thoracic stretch", "Desk camera", MONDAY, MONDAY)
    assert (kept.answers, kept.skipped) == (Answers(True, 1, 3), ("cobra",))
    assert history.answers() == [kept.answers]
    assert kept.counted == 1
    assert kept.reps[0].depth_measure == FOLD.depth.measure


def test_how_it_felt_afterwards_does_not_forget_what_was_left_out(history):
    """The app saves only the answers then."""
    session = history.begin("one", "camera")
    history.add(session, FOLD, rep())
    history.answer(session, Answers(True, 3), skipped=["cobra", "cat_cow"])
    history.answer(session, Answers(True, 3, 4))
    (kept,) = history.sessions()
    assert (kept.answers, kept.skipped) == (Answers(True, 3, 4), ("cobra", "cat_cow"))


def test_a_partial_repetition_is_replaced_when_it_is_counted_after_all(history):
    session = history.begin("one", "camera")
    history.add(session, FOLD, rep(1, seen=6.0, counted=False, lacking=Lacking.LEFT_EARLY))
    history.add(session, FOLD, rep(1, seen=15.0, pieces=2))
    history.add(session, BEND, rep(1, side=Side.LEFT), step=1)
    history.add(session, BEND, rep(1, side=Side.RIGHT), step=1)
    history.add(session, FOLD, rep(1, seen=14.0), step=2)  # the same exercise again
    assert [one.result.seen for one in history.sessions()[0].reps] == [15.0] * 3 + [14.0]


def test_sessions_come_newest_first(history, clock):
    for title in ("first", "second", "third"):
        history.begin(title, "camera")
        clock.now += DAY
    assert [one.title for one in history.sessions()] == ["third", "second", "first"]
    assert [one.title for one in history.sessions(most=1)] == ["third"]
    days = [date.fromtimestamp(clock.now - back * DAY) for back in (3, 2)]
    assert [one.title for one in history.sessions_of(*days)] == ["second", "first"]


@pytest.mark.smoke
def test_it_is_all_there_after_closing(history, clock):
    history.add(history.begin("one", "camera"), FOLD, rep())
    with StretchHistory(now=clock) as again:
        assert again.sessions()[0].counted == 1


# Depths to compare with.


def test_no_history_is_no_past(history):
    assert history.past([FOLD, BEND]) == {}


def test_the_past_is_the_best_of_like_views_and_sides(history):
    session = history.begin("one", "camera")
    for number, depth in enumerate((62.0, 51.0, 58.0), 1):
        history.add(session, FOLD, rep(number, depth))
    history.add(session, FOLD, rep(4, 40.0, view=View.SIDE_LEFT))
    history.add(session, FOLD, rep(5, None))
    past = history.past([FOLD])
    assert past[DepthKey("thoracic_stretch", None, View.SIDE_RIGHT)].best == 51.0
    assert past[DepthKey("thoracic_stretch", None, View.SIDE_LEFT)].best == 40.0


def test_more_is_better_where_the_exercise_says_so(history):
    session = history.begin("one", "camera")
    assert BEND.depth.better == "higher"
    for number, depth, side in ((1, 20.0, Side.LEFT), (2, 30.0, Side.LEFT), (1, 25.0, Side.RIGHT)):
        history.add(session, BEND, rep(number, depth, side, View.FRONT))
    past = history.past([BEND])
    assert past[DepthKey("side_bend", Side.LEFT, View.FRONT)].best == 30.0
    assert past[DepthKey("side_bend", Side.RIGHT, View.FRONT)].best == 25.0


def test_the_best_of_a_week_ago_is_kept_apart(history, clock):
    history.add(history.begin("one", "camera"), FOLD, rep(depth=60.0))
    clock.now += 8 * DAY
    history.add(history.begin("two", "camera"), FOLD, rep(depth=52.0))
    (past,) = history.past([FOLD]).values()
    assert (past.best, past.week_ago, past.frozen) == (52.0, 60.0, False)
    (past,) = history.past([FOLD], frozen=True).values()
    assert past.frozen


def test_a_variants_depths_are_its_own(history):
    variant = FOLD.as_variant(next(iter(FOLD.variants)))
    history.add(history.begin("one", "camera"), variant, rep(depth=50.0))
    assert history.past([FOLD]) == {}
    assert len(history.past([variant])) == 1


def test_what_was_done_is_listed_with_the_latest_first_variants_and_all(history, clock):
    variant = FOLD.as_variant(next(iter(FOLD.variants)))
    for exercise in (FOLD, BEND, variant):
        history.add(history.begin("a session", "camera"), exercise, rep())
        clock.now += DAY
    assert history.done_last() == (FOLD.id, BEND.id)


# Kills, full disks, damage.

KILLED = """
import sys, time
sys.path.insert(0, sys.argv[1])
from posturecam.history.stretches import StretchHistory
from posturecam.coach.safety import Answers
from posturecam.coach.session_summary import RepResult
from posturecam.posture.view import View
from stretch_rows import FOLD as fold
history = StretchHistory()
session = history.begin("killed", "camera")
for number in range(1, 100):
    history.add(session, fold, RepResult(number, None, View.SIDE_LEFT, 1.0, 15.0, 0.0, True, 60.0 - number / 10, 1))
    print(number, flush=True)
    time.sleep(0.02)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9 on Windows")
def test_a_kill_loses_nothing_that_was_counted(history):
    running = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(Path(__file__).parents[1])], stdout=subprocess.PIPE, text=True
    )
    seen = 0
    for line in running.stdout:
        seen = int(line)
        if seen == 7:
            os.kill(running.pid, signal.SIGKILL)
            break
    running.wait()
    running.stdout.close()
    (kept,) = history.sessions()
    assert len(kept.reps) in (seen, seen + 1)
    assert kept.ended is None
    assert [one.result.rep for one in kept.reps] == list(range(1, len(kept.reps) + 1))


def test_a_full_disk_is_reported_once_and_nothing_is_lost_when_there_is_room_again(history, disk):
    session = history.begin("full", "camera")
    disk.fill()
    for number in range(1, 400):
        history.add(session, FOLD, rep(number, lacking=Lacking.LEFT_EARLY))
    told = history.complaints()
    assert len(told) == 1
    assert "full" in told[0]
    assert "the session continues" in told[0]
    assert history.unsaved > 0
    assert history.complaints() == []
    disk.make_room()
    history.add(session, FOLD, rep(400))
    assert history.unsaved == 0
    assert history.complaints() == ["The history is being saved again, including everything from the meantime"]
    assert [one.result.rep for one in history.sessions()[0].reps] == list(range(1, 401))


def test_closing_tries_once_more(clock, disk):
    with StretchHistory(now=clock) as history:
        session = history.begin("full", "camera")
        disk.fill()
        for number in range(1, 400):
            history.add(session, FOLD, rep(number, lacking=Lacking.LEFT_EARLY))
        disk.make_room()
    with StretchHistory(now=clock) as history:
        assert len(history.sessions()[0].reps) == 399


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("mount"), reason="needs a small disk"
)
def test_a_disk_that_is_really_full(tmp_path, clock):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip("no disk may be mounted here")
    try:
        with StretchHistory(disk / "history.sqlite3", now=clock) as history:
            session = history.begin("full", "camera")
            numbers, said = iter(range(1, 1000)), []
            while not said:
                history.add(session, FOLD, rep(next(numbers), lacking=Lacking.LEFT_EARLY))
                said += history.complaints()
            for number in itertools.islice(numbers, 5):  # exercising can continue
                history.add(session, FOLD, rep(number, lacking=Lacking.LEFT_EARLY))
            assert "cannot be saved" in " ".join(said)
            assert history.sessions()  # still readable
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("content", [b"this is no database, though it is long enough to be one" * 10, None])
def test_a_damaged_file_is_set_aside_and_reported(clock, content):
    with StretchHistory(now=clock) as history:
        session = history.begin("old", "camera")
        for number in range(1, 200):
            history.add(session, FOLD, rep(number))
    path = history_path()
    if content is None:  # a page in the middle overwritten
        whole = bytearray(path.read_bytes())
        whole[4096 * 2 : 4096 * 6] = b"\x00\xff" * (2 * 4096)
        content = bytes(whole)
    path.write_bytes(content)
    with StretchHistory(now=clock) as history:
        (told,) = history.complaints()
        assert history.sessions() == []
        history.begin("new", "camera")
        assert history.complaints() == []
    aside = path.with_name("history.sqlite3.damaged-1")
    assert str(aside) in told
    assert aside.read_bytes() == content
    path.write_bytes(content)
    with StretchHistory(now=clock):
        pass
    assert path.with_name("history.sqlite3.damaged-2").exists()


def test_an_empty_file_is_a_new_history(clock):
    history_path().parent.mkdir(parents=True)
    history_path().touch()
    with StretchHistory(now=clock) as history:
        assert history.complaints() == []
        assert history.sessions() == []


def test_a_folder_that_cannot_be_written_is_an_error_with_a_way_out(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(HistoryError, match="POSTURECAM_HOME"):
        open_database(tmp_path / "file" / "history.sqlite3")


def test_two_sessions_at_once_do_not_disturb_each_other(history, clock):
    clock.now += 1
    with StretchHistory(now=Clock(MONDAY + 5)) as other:
        mine, theirs = history.begin("mine", "a"), other.begin("theirs", "b")
        for number in range(1, 20):
            history.add(mine, FOLD, rep(number))
            other.add(theirs, FOLD, rep(number))
    assert [len(one.reps) for one in history.sessions()] == [19, 19]


# Updates.


def test_an_older_file_is_copied_before_it_is_changed(tmp_path):
    path = tmp_path / "history.sqlite3"
    old = open_database(path, MIGRATIONS[:1])
    old.connection.execute(
        "INSERT INTO sessions (id, kind, began, utc_offset, source, title, version) VALUES (1, 'stretch', 0, 0, '', 'old', '')"
    )
    old.connection.close()
    newer = (*MIGRATIONS[:1], "ALTER TABLE sessions ADD COLUMN mood TEXT")
    opened = open_database(path, newer).connection
    assert opened.execute("SELECT title, mood FROM sessions").fetchall() == [("old", None)]
    assert opened.execute("PRAGMA user_version").fetchone() == (2,)
    opened.close()
    copy = sqlite3.connect(tmp_path / "history.sqlite3.version-1")
    assert copy.execute("SELECT title FROM sessions").fetchall() == [("old",)]
    assert copy.execute("PRAGMA user_version").fetchone() == (1,)
    copy.close()
    assert not (tmp_path / "history.sqlite3.copying").exists()


def test_an_update_that_fails_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "history.sqlite3"
    open_database(path, MIGRATIONS[:1]).connection.close()
    broken = (*MIGRATIONS[:1], "ALTER TABLE sessions ADD COLUMN mood TEXT; ALTER TABLE nowhere ADD COLUMN x TEXT")
    with pytest.raises(HistoryError, match="nowhere"):
        open_database(path, broken)
    opened = open_database(path, MIGRATIONS[:1]).connection
    assert "mood" not in [row[1] for row in opened.execute("PRAGMA table_info(sessions)")]
    opened.close()


@pytest.mark.skipif(sys.platform == "win32", reason="sizes of files cannot be limited")
def test_an_update_that_finds_no_room_for_its_copy_leaves_no_part_of_it(tmp_path):
    """It is tried again every minute, and each part would take from the little room there is."""
    import resource

    path = tmp_path / "history.sqlite3"
    old = open_database(path, MIGRATIONS[:1])
    old.connection.execute("CREATE TABLE filler (content BLOB)")
    old.connection.execute("INSERT INTO filler VALUES (zeroblob(3000000))")  # more than SQLite keeps in memory
    old.connection.close()
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, most[1]))
    try:
        for _ in range(2):
            with pytest.raises(HistoryError):
                open_database(path, (*MIGRATIONS[:1], "ALTER TABLE sessions ADD COLUMN mood TEXT"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    assert {one.name for one in tmp_path.iterdir()} <= {"history.sqlite3", "history.sqlite3-wal", "history.sqlite3-shm"}


def test_a_file_of_a_newer_posturecam_is_left_alone(tmp_path):
    path = tmp_path / "history.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(HistoryError, match="newer posturecam") as told:
        StretchHistory(path)
    assert told.value.exit_code == 6
    assert path.exists()


# Export.


@pytest.fixture
def kept(history):
    session = history.begin("Thoracic stretch", "Desk camera, left")
    history.add(session, FOLD, rep(faults=("knees_up", "bouncing")))
    history.add(session, FOLD, rep(2, None, counted=False, level=None, lacking=Lacking.RELEASE_UNSEEN))
    history.answer(session, Answers(False, 0, 2))
    return history.sessions()


def test_csv_has_a_row_per_repetition_and_empty_cells_for_the_unknown(kept):
    rows = list(csv.DictReader(io.StringIO(as_csv(kept))))
    assert tuple(rows[0]) == COLUMNS
    assert [row["depth"] for row in rows] == ["60.0", ""]
    assert rows[0]["faults"] == "knees_up bouncing"
    assert [row["counted"] for row in rows] == ["1", "0"]
    assert rows[0]["depth_unit"] == "°"
    assert rows[0]["source"] == "Desk camera, left"


def test_json_has_null_for_the_unknown(kept):
    (session,) = json.loads(as_json(kept))
    assert session["reps"][1]["depth"] is None
    assert session["reps"][1]["lacking"] == "the camera did not see you come out of the pose"
    assert (session["before"], session["after"], session["ended"]) == (0, 2, None)


def test_times_are_those_of_the_clock_on_the_wall():
    assert local_time(MONDAY, 3600) == "2026-11-23T10:00:00+01:00"


@pytest.mark.parametrize("name", ["out.csv", "out.json", "OUT.CSV"])
def test_export_replaces_a_file_as_a_whole(kept, tmp_path, name):
    path = tmp_path / name
    path.write_text("old")
    export(kept, path)
    assert "thoracic_stretch" in path.read_text(encoding="utf-8")
    assert list(tmp_path.glob(f"{name}?*")) == []


def test_export_names_what_is_wrong(kept, tmp_path):
    with pytest.raises(OutputError, match=r"\.csv or \.json file, not to out\.xlsx"):
        export(kept, tmp_path / "out.xlsx")
    with pytest.raises(OutputError, match="cannot be written"):
        export(kept, tmp_path / "nowhere" / "out.csv")


def test_recording_is_quick(history):
    session = history.begin("one", "camera")
    began = time.perf_counter()
    for number in range(50):
        history.add(session, FOLD, rep(number))
    assert time.perf_counter() - began < 5
