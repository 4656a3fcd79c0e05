"""What is saved about sitting: at any frame rate, through kills, full disks, set clocks, updates and deletion."""

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime, timedelta

import pytest
from figures import from_side
from history_file import HistoryFile
from places import ROOT
from stretch_rows import BEND, FOLD, Clock, rep

from posturecam.alerts.policy import Alert, Response
from posturecam.coach.exercise import Side
from posturecam.config.settings import Settings
from posturecam.errors import HistoryError, OutputError
from posturecam.history.database import MIGRATIONS, history_path, open_database
from posturecam.history.export import EVENT_COLUMNS, MINUTE_COLUMNS, REP_COLUMNS, export_everything, export_from
from posturecam.history.models import DETAILS, EventKind, Minute, TimeCategory, Times
from posturecam.history.periods import BRIDGED, longest_good, month_of, week_of
from posturecam.history.records import SittingRecords
from posturecam.history.removal import delete_everything
from posturecam.history.sitting import MOST_EVENTS, MOST_MINUTES, SittingHistory
from posturecam.history.stretches import StretchHistory
from posturecam.posture.assess import assess
from posturecam.posture.loop import Tick
from posturecam.posture.measures import Name
from posturecam.posture.monitor import Grade, MonitorState, SlouchSustained
from posturecam.posture.records.evidence import evidence_of
from posturecam.posture.view import View
from posturecam.vision.frame import Frame

MONDAY = date(2026, 11, 23)
NINE = datetime(2026, 11, 23, 9).timestamp()
"""By the local clock, wherever this runs."""
HOUR = 3600.0


def change(path, statement):
    """Change the file as another program would."""
    with closing(sqlite3.connect(path)) as other, other:
        other.execute(statement)


@pytest.fixture(autouse=True)
def disk(monkeypatch):
    return HistoryFile(monkeypatch)


@pytest.fixture
def history(disk):
    with SittingHistory() as recording:
        yield recording


@pytest.fixture
def records(history):
    with SittingRecords(now=lambda: NINE) as reading:
        yield reading


@pytest.fixture
def berlin():
    """A time zone where clocks go back on the last Sunday of October and forward on that of March."""
    if not hasattr(time, "tzset"):
        pytest.skip("the time zone cannot be set here")
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Europe/Berlin"
    time.tzset()
    yield
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


def sit(history, what, seconds, start=NINE, rate=2.0):
    """Add pieces at this rate; returns when they end."""
    for number in range(1, round(seconds * rate) + 1):
        history.add(start + number / rate, what, 1 / rate)
    return start + seconds


def kept_minutes(records, first=MONDAY, last=MONDAY):
    return [one.times for one in records.minutes(first, last)]


# Counting.


@pytest.mark.parametrize("rate", [2.0, 5.0, 15.0, 30.0])
def test_the_minutes_are_the_same_at_every_rate(history, records, rate):
    at = sit(history, TimeCategory.UPRIGHT, 90, rate=rate)
    at = sit(history, TimeCategory.SLOUCHING, 45, at, rate)
    sit(history, TimeCategory.UNKNOWN, 45, at, rate)
    history.flush()
    expected = [Times(upright=60), Times(upright=30, slouching=30), Times(slouching=15, unknown=45)]
    for got, wanted in zip(kept_minutes(records), expected, strict=True):
        assert got.parts == pytest.approx(wanted.parts, abs=1e-3)


def test_a_long_piece_is_spread_over_its_minutes(history, records):
    history.add(NINE + 150, TimeCategory.AWAY, 140)
    history.flush()
    assert [one.away for one in kept_minutes(records)] == [50, 60, 30]


def test_of_more_than_a_day_the_last_day_is_kept(history, records):
    history.add(NINE, TimeCategory.OFF, 10 * 86400)
    history.flush()
    assert records.period(MONDAY - timedelta(days=20), MONDAY).times.off == 86400


@pytest.mark.parametrize(
    ("at", "seconds"),
    [
        (NINE, 0.0),
        (NINE, -1.0),
        (NINE, float("nan")),
        (NINE, float("inf")),
        (float("nan"), 1.0),
        (-5.0, 1.0),
        (1e18, 1.0),
    ],
)
def test_a_clock_that_is_wrong_altogether_counts_nothing_and_raises_nothing(history, records, at, seconds):
    history.add(at, TimeCategory.UPRIGHT, seconds)
    history.flush()
    history.event(at, EventKind.RESUMED)
    assert records.begun() in (None, *(event.date for event in records.events(date(1970, 1, 1), date(2989, 1, 1))))
    assert history.complaints() == []


def test_a_minute_is_saved_when_it_is_over(history, records):
    sit(history, TimeCategory.UPRIGHT, 59.5)
    assert kept_minutes(records) == []
    sit(history, TimeCategory.UPRIGHT, 1, NINE + 59.5)
    assert kept_minutes(records)[0].upright == 60
    assert history.unsaved == 1


def test_a_minute_begun_before_a_restart_is_carried_on(records, history):
    sit(history, TimeCategory.UPRIGHT, 20)
    history.flush()
    with SittingHistory() as again:
        sit(again, TimeCategory.DRIFTING, 30, NINE + 30)
    assert kept_minutes(records) == [Times(upright=20, drifting=30)]


def test_a_clock_set_back_counts_nothing_twice(history, records):
    end = sit(history, TimeCategory.UPRIGHT, 600)
    sit(history, TimeCategory.SLOUCHING, 900, end - 600)  # the same ten minutes again, and five new ones
    history.flush()
    whole = records.day(MONDAY).times
    assert (whole.upright, whole.slouching) == pytest.approx((600, 300), abs=1)
    assert max(one.total for one in kept_minutes(records)) <= 60 + 1e-6


def test_a_clock_set_forward_leaves_a_gap(history, records):
    sit(history, TimeCategory.UPRIGHT, 60)
    sit(history, TimeCategory.UPRIGHT, 60, NINE + 2 * HOUR)
    history.flush()
    day = records.day(MONDAY)
    assert day.times.upright == 120
    assert [hour for hour, times in enumerate(day.hours) if times.total] == [9, 11]


# Daylight saving: 24 hours by the sun, 25 or 23 by the calendar.


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 10, 25), 25), (date(2026, 3, 29), 23)])
def test_a_day_on_which_the_clock_changes_has_its_hours(berlin, history, records, day, hours):
    start = datetime(day.year, day.month, day.day).timestamp()
    before, after = start - HOUR, start + (hours + 1) * HOUR
    for number in range(1, round((after - before) / 60) + 1):
        history.add(before + number * 60, TimeCategory.UPRIGHT, 60)
    history.flush()
    days = records.days(day - timedelta(days=1), day + timedelta(days=1))
    assert [one.times.upright / HOUR for one in days] == [1, hours, 1]
    by_hour = [times.total / HOUR for times in days[1].hours]
    assert by_hour[2] == (2 if hours == 25 else 0)
    assert by_hour[:2] + by_hour[3:] == [1] * 23
    assert max(one.total for one in kept_minutes(records, day, day)) <= 60


def test_a_traveler_keeps_the_days_of_where_they_were(history, records):
    sit(history, TimeCategory.UPRIGHT, 60)
    history.flush()
    change(history.path, "UPDATE sitting_minutes SET utc_offset = utc_offset + 14 * 3600 + 3600 * 2")
    assert records.day(MONDAY).times.total == 0
    assert records.day(MONDAY + timedelta(days=1)).times.total == 60


# What happened.


def slouch(**more):
    facts = {
        "t": 100.0, "since": 40.0, "severity": Grade.MODERATE, "seconds": 60.0, "cause": Name.NECK_INCLINATION,
        "change": 14.5, "compared": True, **more,
    }  # fmt: skip
    return SlouchSustained(**facts)


def evidence():
    pose = from_side(1.0, neck=30)
    judged = assess(pose, View.SIDE_RIGHT, None, Settings())
    return evidence_of(Tick(Frame(1.0), pose, judged, MonitorState(), ()))


def test_an_event_is_there_at_once_with_the_minute_under_way(history, records):
    sit(history, TimeCategory.UPRIGHT, 30)
    history.event(NINE + 30, EventKind.CALIBRATED, view=View.FRONT, quality="good")
    (event,) = records.events(MONDAY, MONDAY)
    assert (event.at, event.kind, event.details) == (
        NINE + 30,
        EventKind.CALIBRATED,
        {"view": "front", "quality": "good"},
    )
    assert kept_minutes(records) == [Times(upright=30)]


def test_a_detail_that_a_kind_does_not_have_is_an_error_in_the_program(history):
    with pytest.raises(TypeError, match="away_since"):
        history.event(NINE, EventKind.LEFT_DESK, away_since=3.0)


def test_a_number_that_is_not_finite_is_not_known(history, records):
    history.alerted(NINE, Alert(110.0, slouch(change=float("nan"), cause=None)))
    assert records.events(MONDAY, MONDAY)[0].details == {"severity": "moderate", "seconds": 70.0}
    with closing(sqlite3.connect(history.path)) as other:
        ((details,),) = other.execute("SELECT details FROM sitting_events").fetchall()
    assert "NaN" not in details, "which is no JSON, and would keep other programs from reading it"


def test_the_history_begins_with_whatever_came_first(history, records):
    history.add(NINE, TimeCategory.UPRIGHT, 30)
    history.event(NINE - 3 * 86400, EventKind.LEFT_DESK)
    assert records.begun() == MONDAY - timedelta(days=3)
    history.add(NINE - 5 * 86400, TimeCategory.UPRIGHT, 30)
    history.flush()
    assert records.begun() == MONDAY - timedelta(days=5)


def test_a_minute_that_is_too_full_already_gets_nothing_more(history, records):
    history.add(NINE + 20, TimeCategory.UPRIGHT, 20)
    history.flush()
    change(history.path, "UPDATE sitting_minutes SET upright = 60.9")  # as rounding may leave it
    history.add(NINE + 50, TimeCategory.SLOUCHING, 5)
    history.flush()
    assert kept_minutes(records) == [Times(upright=60.9)]


def test_alerts_come_newest_first_with_their_evidence_and_the_answer_that_followed(history, records):
    seen = evidence()
    history.alerted(NINE, Alert(100.0, slouch()), seen)
    history.event(NINE + 1, EventKind.LEFT_DESK)
    history.event(NINE + 5, EventKind.ANSWER, answer=Response.SNOOZE)
    history.event(NINE + 6, EventKind.ANSWER, answer=Response.FINE)
    history.alerted(NINE + HOUR, Alert(100.0, slouch()))
    history.alerted(NINE + 2 * HOUR, Alert(100.0, slouch()))
    history.event(NINE + 2 * HOUR - 50, EventKind.ANSWER, answer=Response.FINE)  # the clock was set back meanwhile
    alerts = records.alerts(MONDAY, MONDAY)
    assert [one.answer for one in alerts] == [Response.FINE, None, Response.SNOOZE]
    assert [one.event.at for one in alerts] == [NINE + 2 * HOUR, NINE + HOUR, NINE]
    assert alerts[2].event.evidence == seen
    assert alerts[2].event.details["cause"] == "neck_inclination"
    assert records.alerts(MONDAY, MONDAY, most=1) == alerts[:1]
    assert records.alerts(MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)) == ()


def test_a_damaged_answer_is_none_and_the_day_is_still_added_up(history, records):
    history.alerted(NINE, Alert(100.0, slouch()), evidence())
    history.event(NINE + 5, EventKind.ANSWER, answer=Response.FINE)
    change(history.path, """UPDATE sitting_events SET details = '{"answer": {"code": "fine"}}' WHERE kind = 'answer'""")
    day = records.day(MONDAY)
    assert (day.alerts, set(day.answers.values())) == (1, {0})
    assert records.alerts(MONDAY, MONDAY)[0].answer is None


def test_what_a_later_posturecam_or_damage_left_is_read_as_far_as_it_goes(history, records):
    history.alerted(NINE, Alert(100.0, slouch()), evidence())
    change(history.path, "UPDATE sitting_events SET evidence = '{\"version\": 7}', details = '[broken'")
    change(
        history.path,
        "INSERT INTO sitting_events (at, utc_offset, kind, details) SELECT at, utc_offset, 'danced', '{}' FROM sitting_events",
    )
    (event,) = records.events(MONDAY, MONDAY, evidence=True)
    assert (event.kind, event.details, event.evidence) == (EventKind.SLOUCH_TOLD, {}, None)


# Kills, full disks, other programs.

KILLED = """
import sys
from posturecam.history.models import TimeCategory
from posturecam.history.sitting import SittingHistory
start = float(sys.argv[1])
history = SittingHistory()
for number in range(1, 100000):
    history.add(start + number / 2, TimeCategory.UPRIGHT, 0.5)
    print(number / 2, flush=True)
    if number == 700:
        sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9 on Windows")
def test_a_kill_loses_at_most_a_minute(records):
    running = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(NINE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    counted = 0.0
    for line in running.stdout:
        counted = float(line)
        if counted == 350:
            os.kill(running.pid, signal.SIGKILL)
            break
    running.wait()
    running.stdin.close()
    running.stdout.close()
    assert counted == 350, "it was killed in the middle"
    assert 290 <= records.day(MONDAY).times.upright <= 350


def test_a_full_disk_is_reported_once_and_all_is_there_when_there_is_room_again(history, records, disk):
    disk.fill()
    at = sit(history, TimeCategory.UPRIGHT, 3 * HOUR, rate=1 / 2)
    for number in range(200):
        history.event(at + number, EventKind.BASELINE_OUTDATED, view="front", reason="x" * 200)
    (told,) = history.complaints()
    assert "full" in told
    assert "watching continues" in told
    assert history.unsaved > 0
    assert history.complaints() == []
    disk.make_room()
    sit(history, TimeCategory.UPRIGHT, 120, at)
    assert history.complaints() == ["The history is being saved again, including everything from the meantime"]
    history.flush()
    assert records.day(MONDAY).times.upright == 3 * HOUR + 120
    assert len(records.events(MONDAY, MONDAY)) == 200


def test_of_what_cannot_be_saved_the_last_day_is_kept(records, monkeypatch):
    monkeypatch.setattr("posturecam.history.database.BUSY_SECONDS", 0.0)
    history = SittingHistory()
    blocker = sqlite3.connect(history.path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    for day in range(3):
        history.add(NINE + (day + 1) * 86400, TimeCategory.AWAY, 86400)
    for _ in range(MOST_EVENTS + 10):
        history.event(NINE, EventKind.LEFT_DESK)
    assert history.unsaved == MOST_MINUTES + MOST_EVENTS
    blocker.execute("ROLLBACK")
    blocker.close()
    history.close()
    assert records.period(MONDAY, MONDAY + timedelta(days=9)).times.away == pytest.approx(86400, abs=60)
    assert records.period(MONDAY, MONDAY + timedelta(days=1)).times.away == 0, "the oldest goes first"
    assert len(records.events(MONDAY, MONDAY)) == MOST_EVENTS


def test_a_history_that_cannot_be_read_any_more_is_reported_once(history, records):
    change(history.path, "DROP TABLE sitting_events")
    assert records.events(MONDAY, MONDAY) == ()
    (told,) = records.complaints()
    assert str(history.path) in told
    assert "cannot be read" in told
    assert records.complaints() == []


def test_closing_saves_the_minute_under_way(records):
    with SittingHistory() as history:
        sit(history, TimeCategory.UPRIGHT, 30)
    assert kept_minutes(records) == [Times(upright=30)]


def test_a_window_reads_while_it_is_recorded_and_changes_nothing(history, records, disk):
    for minute in range(5):
        sit(history, TimeCategory.UPRIGHT, 60, NINE + minute * 60)
        assert len(kept_minutes(records)) == minute + 1
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        disk.connections[-1].execute("DELETE FROM sitting_minutes")  # the recording history's connection


def test_eight_hours_of_15_pictures_a_second_take_little_time_and_no_memory(history, records):
    sit(history, TimeCategory.UPRIGHT, 600, rate=15.0)
    tracemalloc.start()
    sit(history, TimeCategory.UPRIGHT, 300, NINE + 600, 15.0)
    before = tracemalloc.get_traced_memory()[0]
    sit(history, TimeCategory.UPRIGHT, 1800, NINE + 900, 15.0)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    began = time.process_time()
    sit(history, TimeCategory.UPRIGHT, 8 * HOUR - 2700, NINE + 2700, 15.0)
    assert time.process_time() - began < 3
    assert grown < 20_000
    history.flush()
    assert records.day(MONDAY).times.upright == pytest.approx(8 * HOUR, abs=0.1)


# Figures.


def minutes(*parts, start=1000):
    """Consecutive minutes, each given by its seconds; None is one in which posturecam did not run."""
    return [Minute(start + number, 0.0, times) for number, times in enumerate(parts) if times is not None]


UP, UNSEEN, SLOUCHED = Times(upright=60), Times(unknown=60), Times(upright=50, slouching=10)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([], None),
        ([UNSEEN, Times(away=60)], None),
        ([UP] * 10, 600),
        ([UP] * 3 + [Times(recovering=60)] * 2, 300),
        ([UP] * 3 + [SLOUCHED] + [UP] * 4, 240),
        ([UP] * 3 + [Times(upright=50, away=10)] + [UP] * 2, 180),
        ([UP] * 3 + [Times(upright=40, paused=20)] + [UP] * 2, 180),
        ([UP] * 3 + [Times(upright=40, off=20)] + [UP] * 2, 180),
        ([UP] * 3 + [None] + [UP] * 2, 180),
        ([UP] * 3 + [Times(upright=20, drifting=40)] + [UP] * 2, 180),
        ([UP] * 3 + [Times(upright=40, drifting=20)] + [UP] * 2, 340),
        ([UP] * 3 + [UNSEEN] * BRIDGED + [UP] * 2, 300),  # the bridge itself is not counted
        ([UP] * 3 + [UNSEEN] * (BRIDGED + 1) + [UP] * 2, 180),
        ([UP] * 3 + [Times(upright=59.1, away=0.9)] + [UP] * 2, 359.1),  # the sample at whose edge somebody got up
        ([UP] * 3 + [Times(upright=59, slouching=0.5, away=0.5)] + [UP] * 2, 180),
        ([UP] * 3 + [Times(upright=30, drifting=30)] + [UP] * 2, 330),
        ([UP] * 3 + [Times(upright=29, unknown=31)] * (BRIDGED + 1) + [UP] * 2, 180 + 29 * BRIDGED),
        ([UP] * 3 + [Times(upright=30, unknown=30)] * (BRIDGED + 1) + [UP] * 2, 480),
        ([UP] * 3 + [UNSEEN] * BRIDGED + [UP] + [UNSEEN] * BRIDGED + [UP] * 2, 360),  # each gap by itself
        ([SLOUCHED] * 3, 0),
        ([Times(upright=0.5, unknown=59)], 0.5),
        ([UNSEEN] * 30, None),
    ],
)
def test_the_longest_good_stretch(parts, expected):
    assert longest_good(minutes(*parts)) == expected


def test_unknown_counts_neither_as_good_nor_as_bad(history, records):
    at = sit(history, TimeCategory.UPRIGHT, 300)
    at = sit(history, TimeCategory.SLOUCHING, 100, at)
    before = records_after_flush(history, records)
    at = sit(history, TimeCategory.UNKNOWN, 3000, at)
    sit(history, TimeCategory.AWAY, 600, at)
    after = records_after_flush(history, records)
    assert (before.upright_share, before.slouching_share) == (0.75, 0.25)
    assert (after.upright_share, after.slouching_share) == (0.75, 0.25)
    assert (after.unknown_share, after.away_share) == (0.75, 0.15)
    assert Times(upright=20, drifting=30, slouching=50, unknown=100).drifting_share == 0.3


def records_after_flush(history, records):
    history.flush()
    return records.day(MONDAY).times


def test_nothing_watched_has_no_shares_rather_than_zero(records):
    day = records.day(MONDAY)
    assert day.times.upright_share is None
    assert day.times.away_share is None
    assert day.longest_good is None
    assert (day.alerts, len(day.hours)) == (0, 24)


def test_paused_and_off_are_not_watched(history, records):
    at = sit(history, TimeCategory.PAUSED, 300)
    sit(history, TimeCategory.OFF, 300, at)
    times = records_after_flush(history, records)
    assert (times.watched, times.total, times.unknown_share) == (0, 600, None)


def test_a_period_adds_up_everything_of_its_days_and_nothing_else(history, records):
    for day in (-1, 0, 2, 7):
        at = NINE + day * 86400
        sit(history, TimeCategory.UPRIGHT, 120, at)
        sit(history, TimeCategory.RECOVERING, 60, at + 120)
        for kind, more in (
            (EventKind.SLOUCH_TOLD, {}), (EventKind.ANSWER, {"answer": "fine"}), (EventKind.ANSWER, {"answer": "stretch"}),
            (EventKind.BREAK_OFFERED, {}), (EventKind.BREAK_OFFERED, {}), (EventKind.BREAK_TAKEN, {}),
        ):  # fmt: skip
            history.event(at + 180, kind, **more)
        with StretchHistory(now=Clock(at)) as stretches:
            session = stretches.begin("one", "camera")
            stretches.add(session, FOLD, rep(1))
            stretches.add(session, FOLD, rep(2))
            stretches.add(session, FOLD, rep(3, counted=False))
        with StretchHistory(now=Clock(at + 60)) as stretches:
            stretches.add(stretches.begin("nothing counted", "camera"), FOLD, rep(1, counted=False))
    week = records.period(*week_of(records.current_date))
    assert (week.first, week.last) == (MONDAY, MONDAY + timedelta(days=6))
    assert [day.times.sat_up for day in week.days] == [180, 0, 180, 0, 0, 0, 0]
    assert [day.stretches for day in week.days] == [1, 0, 1, 0, 0, 0, 0]
    assert (week.times.upright, week.times.recovering, week.longest_good) == (240, 120, 180)
    assert (week.alerts, week.breaks_offered, week.breaks_taken) == (2, 4, 2)
    assert week.answers == {Response.FINE: 2, Response.STRETCH: 2, Response.SNOOZE: 0}
    assert (week.stretches, week.repetitions) == (2, 4)
    assert records.day(records.current_date) == week.days[0]
    assert records.period(*month_of(records.current_date)).times.sat_up == 720
    assert records.begun() == MONDAY - timedelta(days=1)


def test_weeks_begin_on_monday_and_months_end_on_their_last_day():
    assert week_of(date(2026, 3, 1)) == (date(2026, 2, 23), date(2026, 3, 1))
    assert month_of(date(2024, 2, 10)) == (date(2024, 2, 1), date(2024, 2, 29))
    assert month_of(date(2026, 12, 31)) == (date(2026, 12, 1), date(2026, 12, 31))


def test_a_good_stretch_may_go_on_past_midnight_within_a_period(history, records):
    midnight = datetime(2026, 11, 24).timestamp()
    sit(history, TimeCategory.UPRIGHT, 600, midnight - 300)
    history.flush()
    both = records.period(MONDAY, MONDAY + timedelta(days=1))
    assert both.longest_good == 600
    assert [day.longest_good for day in both.days] == [300, 300]


def test_depths_are_kept_apart_by_exercise_side_and_view(records):
    for number, depth in enumerate((62.0, 55.0)):
        with StretchHistory(now=Clock(NINE + number * 86400)) as stretches:
            session = stretches.begin("one", "camera")
            stretches.add(session, FOLD, rep(1, depth))
            stretches.add(session, FOLD, rep(2, None))
            stretches.add(session, BEND, rep(1, 20.0, Side.LEFT, View.FRONT), step=1)
            stretches.add(session, BEND, rep(1, 25.0, Side.RIGHT, View.FRONT), step=1)
    bend_left, bend_right, fold = records.depths()
    assert (bend_left.exercise, bend_left.side, bend_right.side) == ("side_bend", Side.LEFT, Side.RIGHT)
    assert (fold.view, fold.unit, [one.depth for one in fold.points]) == (View.SIDE_RIGHT, "°", [62.0, 55.0])
    assert [one.at for one in fold.points] == [NINE, NINE + 86400]
    assert records.depths("thoracic_stretch") == (fold,)
    assert records.depths("unheard_of") == ()


# Updates.


def test_a_file_of_stretches_only_is_copied_and_keeps_them():
    path = history_path()
    path.parent.mkdir(parents=True)
    open_database(path, MIGRATIONS[:1]).connection.close()
    old = sqlite3.connect(path)
    old.execute(
        "INSERT INTO sessions (id, kind, began, utc_offset, source, title, version) VALUES (1, 'stretch', 5, 0, '', 'old', '')"
    )
    old.commit()
    old.close()
    with SittingHistory() as history, StretchHistory() as stretches, SittingRecords() as records:
        sit(history, TimeCategory.UPRIGHT, 60)
        history.flush()
        assert [one.title for one in stretches.sessions()] == ["old"]
        assert records.day(MONDAY).times.upright == 60
    copy = sqlite3.connect(path.with_name("history.sqlite3.version-1"))
    assert copy.execute("SELECT title FROM sessions").fetchall() == [("old",)]
    copy.close()


def test_an_update_by_several_programs_at_once_is_done_once(tmp_path):
    path = tmp_path / "history.sqlite3"
    open_database(path, MIGRATIONS[:1]).connection.close()

    def start(_number):
        with closing(open_database(path).connection) as connection:
            return connection.execute("SELECT times FROM deletions").fetchall()

    with ThreadPoolExecutor(8) as programs:
        assert list(programs.map(start, range(8))) == [[(0,)]] * 8
    with SittingRecords(path) as records:
        assert records.begun() is None
        assert records.complaints() == []
    assert path.with_name("history.sqlite3.version-1").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be deleted there")
@pytest.mark.parametrize("follows", [False, True], ids=["nothing", "a new history"])
def test_after_the_file_was_deleted_by_hand_recording_goes_on_in_a_new_one(history, follows):
    delete_everything()
    sit(history, TimeCategory.UPRIGHT, 120)
    history.flush()
    for part in history_path().parent.glob("history.sqlite3*"):
        part.unlink()
    if follows:
        SittingHistory().close()
    history.add(NINE + 600, TimeCategory.SLOUCHING, 30)
    history.flush()
    assert history.unsaved == 0
    assert list(history.complaints()) == []
    with SittingRecords() as records:
        assert [one.times.slouching for one in records.every_minute()] == [30]


# Export.


@pytest.fixture
def everything(history, records):
    sit(history, TimeCategory.UPRIGHT, 90)
    history.alerted(NINE + 90, Alert(100.0, slouch()), evidence())
    history.event(NINE + 95, EventKind.ANSWER, answer=Response.FINE)
    with StretchHistory(now=Clock(NINE)) as stretches:
        stretches.add(stretches.begin("Fold", "Logitech"), FOLD, rep())
        yield records, stretches


def test_csv_has_a_table_each_for_minutes_events_and_stretches(everything, tmp_path):
    files = export_everything(*everything, tmp_path / "out.csv").files
    assert [file.name for file in files] == ["out.csv", "out-events.csv", "out-stretches.csv"]
    tables = [list(csv.DictReader(file.read_text(encoding="utf-8").splitlines())) for file in files]
    assert [tuple(table[0]) for table in tables] == [MINUTE_COLUMNS, EVENT_COLUMNS, REP_COLUMNS]
    assert [row["upright"] for row in tables[0]] == ["60.0", "30.0"]
    assert tables[0][0]["minute"] == datetime.fromtimestamp(NINE).astimezone().isoformat()
    assert [(row["kind"], row["change"], row["answer"]) for row in tables[1]] == [
        ("slouch_told", "14.5", ""), ("answer", "", "fine"),
    ]  # fmt: skip
    assert tables[2][0]["exercise"] == "thoracic_stretch"


@pytest.mark.parametrize("taken", ["out.csv", "out-events.csv", "out-stretches.csv"])
def test_where_a_folder_is_in_the_place_of_one_table_none_is_written(everything, tmp_path, taken):
    (tmp_path / taken).mkdir()
    with pytest.raises(OutputError, match=rf"{taken} cannot be written \(it is a folder\)"):
        export_everything(*everything, tmp_path / "out.csv")
    assert [one.name for one in tmp_path.iterdir()] == [taken]


def test_json_has_everything_in_one_file(everything, tmp_path):
    (file,) = export_everything(*everything, tmp_path / "out.json").files
    found = json.loads(file.read_text(encoding="utf-8"))
    assert list(found) == ["format", "minutes", "events", "stretches"]
    assert [one["upright"] for one in found["minutes"]] == [60.0, 30.0]
    assert found["events"][0]["evidence"]["view"] == "side right"
    assert "evidence" not in found["events"][1]
    assert found["stretches"][0]["reps"][0]["depth"] == 60.0


def test_an_offset_of_a_whole_day_is_left_out_of_an_export(everything, tmp_path):
    change(
        everything[0].path,
        "UPDATE sitting_minutes SET utc_offset = 86399.7 WHERE minute = (SELECT max(minute) FROM sitting_minutes)",
    )
    written = export_everything(*everything, tmp_path / "out.json")
    assert written.minutes == 1
    assert written.complaints == ("1 entry of the history makes no sense and was left out",)


def test_nothing_kept_is_exported_as_nothing(records, tmp_path):
    (file,) = export_from(tmp_path / "out.json").files
    assert json.loads(file.read_text()) == {"format": 1, "minutes": [], "events": [], "stretches": []}
    with pytest.raises(OutputError, match=r"not to out\.xlsx"):
        export_from(tmp_path / "out.xlsx")


def test_the_exports_are_documented():
    text = (ROOT / "docs" / "formats.md").read_text("utf-8")
    section = text[text.index("## The history") :]
    assert {column for column in (*MINUTE_COLUMNS, *EVENT_COLUMNS) if f"`{column}`" not in section} == set()
    assert {kind for kind in DETAILS if f"`{kind.value}`" not in section} == set()


# Deletion.


@pytest.mark.skipif(os.name == "nt", reason="links without rights")
def test_deleting_finds_the_copies_beside_a_history_that_a_link_leads_to_whatever_it_is_called(tmp_path):
    link, target = history_path(), tmp_path / "sitting [2026].sqlite3"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(target)
    SittingHistory().close()
    copy = target.with_name(f"{target.name}.version-2")
    copy.write_text("old")
    assert delete_everything().files == (copy,)
    assert not copy.exists()


def test_deleting_leaves_nothing_behind_while_others_have_it_open(history, records, everything):
    path = history_path()
    for ending in ("version-1", "damaged-1", "damaged-1-wal", "copying"):
        path.with_name(f"{path.name}.{ending}").write_text("old")
    sit(history, TimeCategory.UPRIGHT, 30, NINE + 600)  # most of it not saved yet
    deleted = delete_everything()
    assert (deleted.minutes, deleted.events, deleted.sessions, deleted.repetitions) == (3, 2, 1, 1)
    assert len(deleted.files) == 4
    assert sorted(file.name for file in path.parent.iterdir() if file.stat().st_size) == sorted(
        name for name in (path.name, f"{path.name}-shm") if path.with_name(name).exists()
    )
    assert b"Logitech" not in path.read_bytes()
    assert b"neck_inclination" not in path.read_bytes()
    assert records.begun() is None
    sit(history, TimeCategory.UPRIGHT, 61, NINE + 660)  # continues, and has forgotten what came before
    sit(history, TimeCategory.SLOUCHING, 60, NINE + 721)
    history.flush()
    kept = records.minutes(MONDAY, MONDAY)
    assert min(one.at for one in kept) >= NINE + 660
    assert sum(one.times.slouching for one in kept) == 60


def test_a_running_stretch_session_continues_without_a_complaint_when_everything_is_deleted():
    with StretchHistory(now=Clock(NINE)) as stretches:
        session = stretches.begin("one", "camera")
        stretches.add(session, FOLD, rep(1))
        delete_everything()
        stretches.add(session, FOLD, rep(2))
        stretches.end(session)
        assert (stretches.complaints(), stretches.unsaved, stretches.sessions()) == ([], 0, [])


def test_traces_that_stay_because_another_program_is_reading_are_reported(everything, records, monkeypatch):
    monkeypatch.setattr("posturecam.history.database.BUSY_SECONDS", 0.05)
    reader = sqlite3.connect(history_path(), isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM sitting_minutes").fetchone() > (0,)
    with pytest.raises(HistoryError, match="close posturecam everywhere and try again"):
        delete_everything()
    reader.execute("COMMIT")
    reader.close()
    assert records.begun() is None
    assert not delete_everything().anything
    assert b"Logitech" not in history_path().read_bytes()


def test_deleting_what_is_not_there_creates_nothing():
    assert not delete_everything().anything
    assert not history_path().exists()
