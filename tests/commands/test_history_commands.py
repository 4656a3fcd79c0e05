"""`posturecam history` as a user meets it."""

import contextlib
import json
import re
import sqlite3
import time
from datetime import date, timedelta

import pytest
from command_line import assert_one_line
from rich.cells import cell_len
from stretch_rows import FOLD, Clock, rep

from posturecam.alerts.policy import Response
from posturecam.coach.library import load_exercise
from posturecam.config.settings_file import change_settings
from posturecam.history.database import history_path
from posturecam.history.models import EventKind, TimeCategory
from posturecam.history.records import SittingRecords
from posturecam.history.sitting import SittingHistory
from posturecam.history.stretches import StretchHistory

HOUR = 3600.0


@pytest.fixture
def kept():
    """Yesterday three hours, half of one hour slouched, and a stretch; the day before yesterday, nothing."""
    noon = time.mktime((*time.localtime(time.time() - 86400)[:3], 12, 0, 0, 0, 0, -1))
    with SittingHistory() as history:
        history.add(noon + HOUR, TimeCategory.UPRIGHT, HOUR)
        history.add(noon + 1.5 * HOUR, TimeCategory.SLOUCHING, HOUR / 2)
        history.add(noon + 2 * HOUR, TimeCategory.DRIFTING, HOUR / 2)
        history.add(noon + 2.5 * HOUR, TimeCategory.UNKNOWN, HOUR / 2)
        history.add(noon + 3 * HOUR, TimeCategory.AWAY, HOUR / 2)
        history.event(noon + HOUR, EventKind.SLOUCH_TOLD, severity="mild")
        history.event(noon + HOUR, EventKind.ANSWER, answer=Response.STRETCH)
        history.event(noon + HOUR, EventKind.BREAK_OFFERED)
    with StretchHistory(now=Clock(noon)) as stretches:
        stretches.add(stretches.begin("Fold", "camera"), FOLD, rep())
    return noon


def test_an_empty_history_is_reported_and_nothing_is_created(run):
    code, out, _ = run("history")
    assert (code, out) == (0, "Nothing has been recorded yet; start with: posturecam\n")
    assert not history_path().exists()


def test_the_last_days_are_shown_with_shapes_that_differ_without_color(run, kept, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = run("history", "--days", 3)
    assert code == 0
    lines = out.splitlines()
    assert max(map(len, lines)) <= 80
    today, yesterday, before = lines[1:4]
    day = time.localtime(kept)
    assert re.match(rf"{time.strftime('%a, %b', day)} {day.tm_mday}(, {day.tm_year})? ", yesterday)
    assert re.search(r" █+▒+▼+\?+·+ +2 h 00 min +50% +25% +1 +1 *$", yesterday)
    assert today.startswith(time.strftime("%a, ", time.localtime(kept + 86400))), "the newest first"
    assert "not watched" in today
    assert "not watched" in before
    assert lines[4].startswith("all")
    assert "Longest upright run: 1 h 00 min." in out
    assert "Watched for 3 h 00 min: away 17%, unknown 17%" in " ".join(out.split())
    assert "1 reminder: stretched 1." in out
    assert "Breaks: 1 offered, 0 taken." in out
    assert "1 stretch session, 1 repetition counted" in out


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", r"\w+, \w+ {day}(, \d+)? "),
        ("de", r"\w+, {day}\. \w+\.?( \d+)? "),
        ("es", r"\w+ {day} \w+( \d+)? "),
        ("zh", r"(\d+年)?\d+月{day}日 周\w "),
    ],
)
def test_a_day_is_written_in_the_order_of_the_language(run, kept, monkeypatch, language, written):
    run("settings", f"desktop.language={language}")
    monkeypatch.setenv("COLUMNS", "100")
    yesterday = run("history", "--days", 2)[1].splitlines()[2]
    assert re.match(written.format(day=time.localtime(kept).tm_mday), yesterday), yesterday


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "{day}, {year}"),
        ("de", r"{day}\. \w+\.? {year}"),
        ("es", r"{day} \w+ {year}"),
        ("zh", "{year}年.*月{day}日"),
    ],
)
@pytest.mark.parametrize("columns", [40, 100])
def test_a_day_of_another_year_is_written_with_its_year(run, kept, monkeypatch, columns, language, written):
    run("settings", f"desktop.language={language}")
    monkeypatch.setenv("COLUMNS", str(columns))
    out = run("history", "--days", 366)[1]
    a_year_ago = date.today() - timedelta(days=365)
    assert re.search(written.format(day=a_year_ago.day, year=a_year_ago.year), out)
    assert str(date.today().year) not in out


@pytest.mark.parametrize("language", ["en", "de", "es", "zh"])
@pytest.mark.parametrize("columns", [20, 40, 60, 80, 100])
def test_no_figure_is_cut_off_however_narrow_the_terminal(run, kept, monkeypatch, columns, language):
    run("settings", f"desktop.language={language}")
    monkeypatch.setenv("COLUMNS", str(columns))
    for command in (("history", "--days", 2), ("stretch", "history")):
        code, out, _ = run(*command)
        assert code == 0
        assert "…" not in out
        assert max(map(cell_len, map(str.rstrip, out.splitlines()))) <= columns
    figures = " ".join(run("history", "--days", 2)[1].split())
    watched = "2 小时 00 分" if language == "zh" else "2 h 00 min"
    sign = " %" if language in ("de", "es") else "%"
    assert all(figure in figures for figure in (watched, f"50{sign}", f"25{sign}"))


@pytest.mark.parametrize("columns", [76, 77, 78, 79])
def test_no_word_of_a_stretch_is_broken_in_two(run, monkeypatch, columns):
    with StretchHistory() as stretches:
        stretches.add(stretches.begin("Thoracic stretch", "camera"), FOLD, rep())
    run("settings", "desktop.language=de")
    monkeypatch.setenv("COLUMNS", str(columns))
    assert "Brustwirbeldehnung" in run("stretch", "history")[1]


def test_the_depths_of_a_session_stand_beside_the_titles_of_its_exercises(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    with StretchHistory() as stretches:
        session = stretches.begin("Upper back", "camera")
        stretches.add(session, FOLD, rep())
        stretches.add(session, load_exercise("childs_pose"), rep(depth=50.0), step=1)
    run("settings", "desktop.language=de")
    assert "Brustwirbeldehnung 60°, Kindhaltung 50°" in run("stretch", "history")[1]


def test_a_day_on_which_nothing_could_be_told_has_no_share_and_no_reminder(run):
    with SittingHistory() as history:
        history.add(time.time(), TimeCategory.UNKNOWN, 60.0)
    today = run("history", "--days", 1)[1].splitlines()[1]
    assert re.search(r"\? +0 +0 *$", today)
    assert "%" not in today


def test_days_without_anything_have_no_figures(run, kept):
    _, out, _ = run("history", "--days", 1)
    assert "%" not in out
    assert "Longest" not in out
    assert next(line for line in out.splitlines() if "not watched" in line).rstrip().endswith("not watched")


def test_a_stretch_on_a_day_without_watching_is_counted(run):
    with StretchHistory() as stretches:
        stretches.add(stretches.begin("Fold", "camera"), FOLD, rep())
    _, out, _ = run("history", "--days", 1)
    assert re.search(r"not watched +1\n", re.sub(" +\n", "\n", out))


def test_json_is_for_programs(run, kept):
    code, out, _ = run("history", "--json", "-d", 2)
    found = json.loads(out)
    assert code == 0
    assert [day["measured"] for day in found["days"]] == [7200.0, 0.0]
    assert found["shares"] == {
        "upright": 0.5, "drifting": 0.25, "slouching": 0.25, "unknown": 0.1667, "away": 0.1667,
    }  # fmt: skip
    assert found["days"][1]["shares"]["upright"] is None
    assert (found["longest_good"], found["answers"]["stretch"], found["stretches"]) == (3600.0, 1, 1)


def test_json_of_nothing_is_json(run):
    code, out, _ = run("history", "--json")
    assert code == 0
    assert len(json.loads(out)["days"]) == 7


def test_everything_is_exported(run, kept, tmp_path):
    code, out, _ = run("history", "--export", tmp_path / "all.csv")
    assert code == 0
    assert "180 minutes, 3 events, 1 stretch session" in out
    assert sorted(file.name for file in tmp_path.glob("*.csv")) == ["all-events.csv", "all-stretches.csv", "all.csv"]
    code, _, err = run("history", "--export", tmp_path / "all.xls")
    assert code == 7
    assert_one_line(err, ".csv or .json")


def test_spreadsheets_that_write_a_comma_get_semicolons(run, kept, tmp_path):
    assert run("history", "--export", tmp_path / "all.csv", "--decimal-comma")[0] == 0
    header, *rows = (tmp_path / "all.csv").read_text().splitlines()
    assert header.startswith("minute;upright;")
    assert rows[0].split(";")[1] == "60,0"
    assert run("stretch", "history", "--export", tmp_path / "reps.csv", "--decimal-comma")[0] == 0
    assert (tmp_path / "reps.csv").read_text().startswith("session;began;title;")


@pytest.mark.parametrize("arguments", [("--decimal-comma",), ("--export", "all.json", "--decimal-comma")])
def test_a_decimal_comma_without_a_table_is_refused(run, arguments):
    code, _, err = run("history", *arguments)
    assert code == 2
    assert "--export FILE.csv" in err


def left():
    with SittingRecords() as records:
        return records.begun()


class Keyboard:
    def __init__(self, terminal):
        self._terminal = terminal

    def isatty(self):
        return self._terminal


def test_nothing_is_deleted_without_being_asked_or_sure(run, kept, monkeypatch):
    monkeypatch.setattr("sys.stdin", Keyboard(False))
    code, _, err = run("history", "--delete-everything")
    assert code == 1
    assert_one_line(err, "--yes")
    assert left() is not None


@pytest.mark.parametrize(
    ("language", "typed", "deleted"),
    [
        ("en", ["y"], True),
        ("en", [""], False),
        ("en", ["perhaps", "n"], False),
        ("en", [], False),
        ("de", ["j"], True),
        ("de", ["nein"], False),
        ("es", ["Si"], True),
        ("es", ["sí"], True),
        ("zh", ["是"], True),
        ("zh", ["ｙ"], True),
        ("zh", ["Ｎ"], False),
        ("zh", ["是。"], True),
        ("de", ["Ja!"], True),
    ],
)
def test_the_user_is_asked_before_deleting_in_their_language(run, kept, monkeypatch, language, typed, deleted):
    def answered():
        if not typed:
            raise EOFError
        return typed.pop(0)

    change_settings({"desktop.language": language})
    monkeypatch.setattr("sys.stdin", Keyboard(True))
    monkeypatch.setattr("builtins.input", answered)
    code, out, err = run("history", "--delete-everything")
    assert (code, err) == (0 if deleted else 1, "")
    assert str(history_path()) in "".join(out.split("\n"))
    assert (left() is None) == deleted
    said = {"en": ("Deleted: 180", "Nothing was deleted."), "de": ("Gelöscht: 180", "Es wurde nichts gelöscht.")}
    assert language not in said or said[language][not deleted] in out


def test_without_a_standard_input_nothing_is_deleted(run, kept, monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    code, _, err = run("history", "--delete-everything")
    assert code == 1
    assert_one_line(err, "--yes")
    assert left() is not None


def test_only_json_is_on_the_output_for_programs_while_asking(run, kept, monkeypatch):
    monkeypatch.setattr("sys.stdin", Keyboard(True))
    monkeypatch.setattr("builtins.input", lambda: "y")
    code, out, err = run("history", "--delete-everything", "--json")
    assert code == 0
    assert json.loads(out)["minutes"] == 180
    assert "[y/N]" in err


def test_somebody_who_is_sure_is_not_asked(run, kept):
    code, out, _ = run("history", "--delete-everything", "--yes")
    assert (code, out) == (0, "Deleted: 180 minutes, 3 events, 1 stretch session, 1 repetition.\n")
    assert left() is None
    assert run("history", "--delete-everything", "--yes")[1] == "There was nothing to delete.\n"


def test_only_what_is_known_of_a_deleted_history_of_a_newer_posturecam_is_counted(run, kept):
    with contextlib.closing(sqlite3.connect(history_path())) as newer:
        newer.execute("PRAGMA user_version = 99")
    assert run("history", "--delete-everything", "--yes") == (0, "Deleted: 1 file.\n", "")


def test_as_many_stretches_as_asked_for_are_told_to_a_program_and_all_otherwise(run, kept):
    with StretchHistory(now=Clock(kept + HOUR)) as stretches:
        stretches.add(stretches.begin("Cobra", "camera"), FOLD, rep())
    assert [one["title"] for one in json.loads(run("stretch", "history", "--json", "-n", 1)[1])] == ["Cobra"]
    assert len(json.loads(run("stretch", "history", "--json")[1])) == 2


@pytest.mark.parametrize("arguments", [("--yes",), ("--delete-everything", "--yes", "--export", "x.csv"), ("-d", "0")])
def test_a_wrong_command_line_changes_nothing(run, kept, arguments):
    assert run("history", *arguments)[0] == 2
    assert left() is not None


def test_a_damaged_history_is_set_aside_and_said(run, kept, caplog):
    history_path().write_bytes(b"no database, certainly not" * 100)
    code, out, _ = run("history")
    assert (code, out) == (0, "Nothing has been recorded yet; start with: posturecam\n")
    assert "damaged-1" in caplog.text


@pytest.mark.parametrize(
    "arguments", [("-d", 366), ("--json", "-d", 366), ("--export", "all.csv"), ("--export", "all.json", "--json")]
)
def test_a_history_of_which_a_part_cannot_be_read_is_not_taken_for_all_of_it(
    run, monkeypatch, tmp_path, arguments, caplog
):
    monkeypatch.chdir(tmp_path)
    noon = time.time() - 20 * 86400
    with SittingHistory() as history:
        for minute in range(2000):
            history.add(noon + 60 * minute, TimeCategory.UPRIGHT, 60)
    content, page = bytearray(history_path().read_bytes()), 4096
    content[12 * page : 13 * page] = b"\xff" * page
    history_path().write_bytes(content)
    code, out, _ = run("history", *arguments)
    assert code == 9
    assert out
    assert re.search(r"Part of the history .* cannot be read \(its contents are damaged\)", caplog.text)


def test_what_is_done_for_a_program_is_told_as_json(run, kept, tmp_path):
    code, out, err = run("history", "--export", tmp_path / "all.json", "--json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert told["files"] == [str(tmp_path / "all.json")]
    assert told["sessions"] == 1
    assert told["minutes"] > 100
    _, out, _ = run("stretch", "history", "--export", tmp_path / "all.csv", "--json")
    assert json.loads(out) == {"files": [str(tmp_path / "all.csv")], "sessions": 1}
    _, out, _ = run("history", "--delete-everything", "--yes", "--json")
    assert json.loads(out)["minutes"] == told["minutes"]
