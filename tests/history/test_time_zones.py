"""Days, hours and totals across time zones and daylight saving; the zone is read again while the program runs."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest

from posturecam.history.models import TimeCategory
from posturecam.history.records import SittingRecords
from posturecam.history.sitting import SittingHistory
from posturecam.vision.sources.clock import local_now

pytestmark = pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone cannot be set here")

UPRIGHT = TimeCategory.UPRIGHT
DAY = date(2026, 11, 23)


@pytest.fixture
def travel(monkeypatch):
    """Move to a time zone, as the system sees it; the program itself has to notice."""

    def to(zone):
        monkeypatch.setenv("TZ", zone)

    yield to
    monkeypatch.undo()
    time.tzset()


def at(*moment):
    return datetime(*moment, tzinfo=UTC).timestamp()


def spend(history, end, minutes):
    """Sit upright for this many minutes, ending then."""
    for left in range(minutes - 1, -1, -1):
        local_now()  # as the engine does with every check
        history.add(end - 60 * left, UPRIGHT, 60.0)


def test_another_zone_is_seen_while_the_program_runs(travel):
    travel("UTC")
    assert local_now().utcoffset() == timedelta(0)
    travel("Asia/Tokyo")
    assert local_now().utcoffset() == timedelta(hours=9)
    travel("America/New_York")
    assert local_now().utcoffset() in (timedelta(hours=-5), timedelta(hours=-4))


def test_each_minute_is_kept_in_the_zone_in_which_it_was_lived(travel):
    with SittingHistory() as history:
        travel("Europe/Berlin")
        spend(history, at(2026, 11, 23, 9), 60)  # 9:00 to 10:00 there
        travel("America/New_York")
        spend(history, at(2026, 11, 23, 18), 30)  # 12:30 to 13:00 there
    with SittingRecords() as records:
        day = records.day(DAY)
    assert day.times.of(UPRIGHT) == 90 * 60
    assert day.hours[9].of(UPRIGHT) == 60 * 60
    assert day.hours[12].of(UPRIGHT) == 30 * 60


def test_what_could_not_be_saved_before_a_flight_is_kept_in_the_zone_in_which_it_was_lived(travel):
    travel("Europe/Berlin")
    with SittingHistory() as history:
        with pytest.MonkeyPatch.context() as disk:
            disk.setattr(history, "flush", lambda: None)  # as if the disk were full
            spend(history, at(2026, 11, 23, 9), 10)
        travel("Asia/Tokyo")
        local_now()
    with SittingRecords() as records:
        assert records.day(DAY).hours[9].of(UPRIGHT) == 10 * 60


@pytest.mark.parametrize(
    ("day", "length", "empty"),
    [(date(2026, 3, 29), 23, 2), (date(2026, 10, 25), 25, None), (date(2026, 6, 1), 24, None)],
)
def test_a_day_on_which_the_clocks_change_has_all_its_hours_once(travel, day, length, empty):
    travel("Europe/Berlin")
    local_now()
    midnight = datetime(day.year, day.month, day.day).astimezone().timestamp()
    with SittingHistory() as history:
        spend(history, midnight + length * 3600, length * 60)
    with SittingRecords() as records:
        found = records.day(day)
        around = records.period(day - timedelta(days=1), day + timedelta(days=1))
    assert found.times.of(UPRIGHT) == pytest.approx(length * 3600, abs=60)  # the last minute ends with the day
    assert around.times.of(UPRIGHT) == length * 3600
    assert [hour for hour in range(24) if found.hours[hour].of(UPRIGHT) == 0] == ([] if empty is None else [empty])
