"""Times of day, written in the whole app as the user's clock shows them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from fakes.session import FakeClient
from moments import NOON, moment
from PySide6.QtCore import QLocale

from posturecam.alerts.policy import PolicyState, silence
from posturecam.config.settings import AlertSettings, DesktopSettings
from posturecam.desktop.pages.history.goal_card import hours_line
from posturecam.desktop.pictures.timeline import TimelineSegment
from posturecam.desktop.shell.control import Control
from posturecam.desktop.shell.qt_startup import use_own_language
from posturecam.desktop.widgets.numbers import clock_time
from posturecam.desktop.widgets.status_line import status_line
from posturecam.history.progress.goal import BestHour
from posturecam.i18n.translate import choose_language, tr
from posturecam.session.protocol.mode import Mode
from posturecam.session.protocol.sign import Sign

QUIET = AlertSettings(quiet_from=time(11), quiet_until=time(14, 30))


@pytest.fixture
def clock(qapp):
    """Shows times as in this country, from now on."""
    before = QLocale()

    def choose(locale):
        use_own_language(qapp, DesktopSettings(language=locale[:2]))
        QLocale.setDefault(QLocale(locale))

    yield choose
    QLocale.setDefault(before)


def shown(text):
    """What Qt writes before AM and PM is a narrow space that does not break."""
    return text.replace("\u202f", " ")


@pytest.mark.parametrize(
    ("locale", "morning", "afternoon"),
    [("en_US", "9:05 AM", "2:05 PM"), ("en_GB", "09:05", "14:05"), ("de_DE", "09:05", "14:05"), ("zh_CN", "09:05", "14:05")],
)  # fmt: skip
def test_times_are_written_as_the_users_clock_shows_them(clock, locale, morning, afternoon):
    clock(locale)
    assert [shown(clock_time(time(hour, 5))) for hour in (9, 14)] == [morning, afternoon]


@pytest.mark.parametrize(("system", "told"), [("de_DE", "14:05"), ("en_GB", "14:05"), ("en_US", "2:05 PM")])
def test_choosing_a_language_does_not_change_the_clock(clock, qapp, monkeypatch, system, told):
    """Somebody who reads English beside a clock of 24 hours."""
    monkeypatch.setattr(QLocale, "system", lambda: QLocale(system))
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LC_TIME", "")
    use_own_language(qapp, DesktopSettings(language="en"))
    assert shown(clock_time(time(14, 5))) == told


def test_a_pause_ends_at_a_time_of_the_users_clock(clock):
    clock("en_US")
    ends = [NOON + timedelta(minutes=30), NOON + timedelta(hours=17), NOON + timedelta(days=3)]
    told = [shown(status_line(moment(mode=Mode.PAUSED, until=one))) for one in ends]
    assert told[:2] == ["Paused until 12:30 PM", "Paused until tomorrow, 5:00 AM"]
    day = ends[2]
    assert told[2] == f"Paused until {day:%a, %b} {day.day}, 12:00 PM"


def test_a_pause_of_days_ends_on_a_day_in_spanish_too(clock):
    clock("es_ES")
    assert status_line(moment(mode=Mode.PAUSED, until=NOON + timedelta(days=3))).startswith("En pausa hasta el vie")


@pytest.mark.parametrize(
    ("minutes", "told"),
    [("30", "Paused until 12:30 PM."), ("1020", "Paused until tomorrow, 5:00 AM."), ("", "Paused until you resume.")],
)
def test_a_pause_from_outside_is_confirmed_as_its_status_is_told(clock, minutes, told):
    clock("en_US")
    noon = datetime(2026, 3, 3, 12).astimezone()  # a pause ends in this computer's time
    asleep = replace(moment(), at=noon - timedelta(hours=3))
    control = Control(FakeClient(at=noon), lambda: None, lambda: asleep)
    assert shown(control(f"pause {minutes}")["said"]) == told


def test_the_hour_and_the_best_hours_are_written_as_the_users_clock_shows_them(clock):
    clock("en_US")
    span = TimelineSegment(NOON, NOON + timedelta(minutes=5), Sign.UPRIGHT)
    assert "12:00 PM to 12:05 PM" in shown(span.spoken)
    assert shown(hours_line((BestHour(9, 0.9), BestHour(23, 0.2)))) == (
        "Best hour 9:00 AM–10:00 AM, hardest 11:00 PM–12:00 AM"
    )


@pytest.mark.parametrize(
    ("locale", "told"),
    [("en_US", "No reminders: quiet hours until 2:30 PM"), ("en_GB", "No reminders: quiet hours until 14:30"),
     ("de_DE", "14:30")],
)  # fmt: skip
def test_quiet_hours_end_at_a_time_of_the_users_clock(clock, locale, told):
    clock(locale)
    silent = silence(PolicyState(), 0.0, datetime(2026, 11, 30, 12, 0), QUIET)
    assert silent == "quiet hours until 14:30", "in files and for other programs it stays as it is"
    assert told in shown(tr("No reminders: {why}").format(why=tr(silent)))


def test_a_snooze_ends_at_a_time_of_the_users_clock(clock):
    clock("en_US")
    snoozed = silence(PolicyState(snoozed=0.0), 60.0, datetime(2026, 11, 30, 14, 16), QUIET)
    assert snoozed == "snoozed until 14:30"
    assert "No reminders: snoozed until 2:30 PM" in shown(tr("No reminders: {why}").format(why=tr(snoozed)))


def test_a_terminal_writes_times_on_24_hours():
    choose_language("en")
    assert tr(silence(PolicyState(), 0.0, datetime(2026, 11, 30, 12, 0), QUIET)) == "quiet hours until 14:30"
