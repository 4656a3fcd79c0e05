"""When a slouch raises an alert, in which words, and that a failing delivery never stops the loop."""

from __future__ import annotations

import asyncio
import dataclasses
import io
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from datetime import time as time_of_day
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from fakes.alerts import FakeDelivery
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from rich.console import Console
from scripts import run, script

from posturecam.alerts.delivery import Deliveries, SoundDelivery, TerminalDelivery, open_deliveries
from posturecam.alerts.notification import Notice, NotificationDelivery, check_notifications
from posturecam.alerts.policy import Alert, Outlook, PolicyState, Response, decide, outlook, respond, silence, within
from posturecam.alerts.text import describe, spoken_duration
from posturecam.config.settings import AlertSettings, Settings
from posturecam.i18n.translate import choose_language, tr
from posturecam.posture.measures import Name
from posturecam.posture.monitor import Grade, MonitorState, Phase, SlouchSustained, Watch, Watches
from posturecam.posture.reasons import Reason, Why

NOON = datetime(2025, 3, 3, 12)
MINUTE, HOUR = 60.0, 3600.0
NIGHT = AlertSettings(quiet_from=time_of_day(22), quiet_until=time_of_day(7))


def slouch(
    t: float = 120.0, cause: Name | None = Name.NECK_INCLINATION, change: float | None = 12.3, compared: bool = True
) -> SlouchSustained:
    return SlouchSustained(t, t - 120, Grade.MILD, 118.0, cause, change, compared)


def slouching(under_way: SlouchSustained) -> MonitorState:
    return MonitorState(phase=Phase.SLOUCHING, slouch=under_way, near=True)


UPRIGHT = MonitorState(phase=Phase.UPRIGHT, grade=Grade.UPRIGHT)


@dataclass
class Desk:
    """Steps the policy through time; `wall` is the local time at t = 0."""

    settings: AlertSettings = field(default_factory=AlertSettings)
    wall: datetime = NOON
    state: PolicyState = field(default_factory=PolicyState)

    def at(self, t: float, monitor: MonitorState, *, held: str | None = None) -> Alert | None:
        wall = self.wall + timedelta(seconds=t)
        self.state, alert = decide(self.state, monitor, t, wall, self.settings, held=held)
        return alert

    def between(self, start: float, end: float, monitor: MonitorState, *, held: str | None = None) -> list[float]:
        """Times of the alerts, checking every 10 seconds from start up to, but not including, end."""
        times = [start + 10 * i for i in range(int((end - start) / 10))]
        return [t for t in times if self.at(t, monitor, held=held) is not None]

    def answer(self, response: Response, t: float) -> None:
        self.state = respond(self.state, response, t)


# Policy


def test_a_slouch_raises_an_alert_at_once_when_nothing_speaks_against_it() -> None:
    assert Desk().at(120, slouching(slouch(120))) == Alert(120, slouch(120))


def test_one_slouch_raises_one_alert() -> None:
    assert Desk().between(120, 10 * HOUR, slouching(slouch(120))) == [120]


def test_a_slouch_that_stays_just_under_the_threshold_raises_its_alert() -> None:
    desk, times = Desk(), []

    def check(state: MonitorState) -> None:
        if desk.at(state.t or 0.0, state) is not None:
            times.append(state.t)

    run(script((60, 0.1), (600, 0.97), rate=2), each=check)
    assert times == [pytest.approx(240, abs=3)]


def test_an_alert_that_was_held_back_is_not_given_in_the_moment_in_which_the_person_sits_up() -> None:
    desk, upright_at = Desk(), 90.1

    def check(state: MonitorState) -> None:
        t = state.t or 0.0
        assert desk.at(t, state, held=None if t > upright_at else "in a meeting") is None

    assert len(run(script((upright_at, 2.5), (30, 0.1)), each=check)[1]) == 2, "it is raised, and then ends"


def test_good_posture_never_raises_an_alert() -> None:
    assert Desk().between(0, HOUR, UPRIGHT) == []


def test_a_second_slouch_within_the_cool_down_raises_an_alert_at_its_end_if_it_still_lasts() -> None:
    desk = Desk()
    desk.at(120, slouching(slouch(120)))
    desk.at(200, UPRIGHT)
    assert desk.between(400, HOUR, slouching(slouch(400))) == [720]


def test_a_second_slouch_that_ends_within_the_cool_down_never_raises_an_alert() -> None:
    desk = Desk()
    desk.at(120, slouching(slouch(120)))
    desk.at(200, UPRIGHT)
    assert desk.between(400, 700, slouching(slouch(400))) == []
    assert desk.between(700, HOUR, UPRIGHT) == []


def test_a_slouch_that_outlasts_quiet_hours_raises_an_alert_when_they_end() -> None:
    desk = Desk(NIGHT, wall=datetime(2025, 3, 3, 6))
    assert desk.between(120, 2 * HOUR, slouching(slouch(120))) == [HOUR]


def test_without_catch_up_no_alert_comes_when_they_end() -> None:
    desk = Desk(NIGHT.model_copy(update={"catch_up": False}), wall=datetime(2025, 3, 3, 6))
    assert desk.between(120, 2 * HOUR, slouching(slouch(120))) == []
    desk.at(2 * HOUR, UPRIGHT)
    assert desk.between(3 * HOUR, 4 * HOUR, slouching(slouch(3 * HOUR))) == [3 * HOUR]


def test_a_slouch_that_ends_in_quiet_hours_never_raises_an_alert() -> None:
    desk = Desk(NIGHT, wall=datetime(2025, 3, 3, 6))
    desk.between(120, 1800, slouching(slouch(120)))
    assert desk.between(1800, 2 * HOUR, UPRIGHT) == []


def test_a_slouch_in_a_meeting_raises_its_alert_afterwards() -> None:
    desk = Desk()
    assert desk.between(120, 1800, slouching(slouch(120)), held="the microphone is in use") == []
    assert desk.between(1800, HOUR, slouching(slouch(120))) == [1800]


def test_no_alert_comes_while_the_person_is_just_sitting_up_or_not_seen() -> None:
    for phase, near in ((Phase.RECOVERING, False), (Phase.SLOUCHING, False), (Phase.UNKNOWN, True)):
        desk = Desk()
        desk.at(120, slouching(slouch(120)), held="a meeting")
        assert desk.at(300, MonitorState(phase=phase, slouch=slouch(120), near=near)) is None
        assert desk.at(310, slouching(slouch(120))) is not None, f"after {phase}"


def test_no_alert_comes_in_the_seconds_after_the_person_went_out_of_sight() -> None:
    """Until nobody has been there for long enough to be away, the slouch is still shown."""
    desk = Desk()
    desk.at(0, slouching(slouch(0)))
    gone = dataclasses.replace(slouching(slouch(300)), reason=Reason(Why.NO_PERSON))
    assert desk.at(599, slouching(slouch(300))) is None
    assert desk.at(601, gone) is None
    assert desk.at(604, slouching(slouch(300))) is not None


def test_a_snooze_silences_and_then_alerts_to_the_same_slouch_again() -> None:
    desk = Desk()
    desk.at(120, slouching(slouch(120)))
    desk.answer(Response.SNOOZE, 130)
    assert desk.between(130, HOUR, slouching(slouch(120))) == [130 + 900]


def test_a_snooze_is_as_long_as_promised_though_the_user_was_fine_before() -> None:
    desk = Desk(state=PolicyState(fine=3))
    desk.at(120, slouching(slouch(120)))
    desk.answer(Response.SNOOZE, 130)
    assert desk.between(130, 2000, slouching(slouch(120))) == [130 + 900]
    desk.at(2000, UPRIGHT)
    assert desk.between(2100, 3 * HOUR, slouching(slouch(2100))) == [130 + 900 + 4800], "which is another slouch"


def test_a_snooze_without_catch_up_only_silences() -> None:
    desk = Desk(AlertSettings(catch_up=False))
    desk.at(120, slouching(slouch(120)))
    desk.answer(Response.SNOOZE, 130)
    assert desk.between(130, HOUR, slouching(slouch(120))) == []


def second_alert_after(desk: Desk, *answers: Response) -> float:
    """Seconds from an alert with these answers to the next alert, with a new slouch in progress by then."""
    first = 1000.0 if desk.state.t is None else desk.state.t + 1000
    assert desk.at(first, slouching(slouch(first))) is not None
    for answer in answers:
        desk.answer(answer, first + 5)
    desk.at(first + 10, UPRIGHT)
    (then,) = desk.between(first + 100, first + 10 * HOUR, slouching(slouch(first + 100)))
    return then - first


def test_im_fine_makes_the_cool_down_longer() -> None:
    assert second_alert_after(Desk()) == 600
    assert second_alert_after(Desk(), Response.FINE) == 1200
    assert second_alert_after(Desk(), Response.FINE, Response.FINE) == 2400
    assert second_alert_after(Desk(), Response.FINE, Response.FINE, Response.FINE) == 4800


@pytest.mark.parametrize("answer", [Response.FINE, Response.STRETCH])
def test_an_answer_to_an_old_notification_does_not_silence_a_new_slouch(answer: Response) -> None:
    desk = Desk()
    desk.at(120, slouching(slouch(120)))
    desk.at(200, UPRIGHT)
    assert desk.between(400, 500, slouching(slouch(400))) == []  # held back by the cool-down
    desk.answer(answer, 500)
    assert len(desk.between(500, HOUR, slouching(slouch(400)))) == 1


@pytest.mark.parametrize("answer", [Response.FINE, Response.STRETCH])
def test_an_answer_to_an_old_notification_does_not_bring_back_a_slouch_that_silence_let_pass(answer: Response) -> None:
    desk = Desk(AlertSettings(catch_up=False))
    desk.at(120, slouching(slouch(120)))
    desk.at(200, UPRIGHT)
    assert desk.at(1000, slouching(slouch(1000)), held="in a meeting") is None
    desk.answer(answer, 1010)
    assert desk.between(1020, 5 * HOUR, slouching(slouch(1000))) == []


@pytest.mark.parametrize("answer", [Response.FINE, Response.STRETCH])
def test_an_answer_after_a_snooze_settles_the_slouch_of_the_alert(answer: Response) -> None:
    desk = Desk()
    desk.at(120, slouching(slouch(120)))
    desk.answer(Response.SNOOZE, 130)
    desk.answer(answer, 140)
    assert desk.between(150, 3 * HOUR, slouching(slouch(120))) == []


def test_the_cool_down_never_grows_beyond_its_longest() -> None:
    assert second_alert_after(Desk(), *[Response.FINE] * 5000) == 7200
    settings = AlertSettings(longest_cool_down=60)
    assert second_alert_after(Desk(settings), Response.FINE) == 600, "nor does being fine make it shorter"


@pytest.mark.parametrize("answer", [Response.FINE, Response.STRETCH])
def test_an_answer_settles_the_slouch_of_the_alert(answer: Response) -> None:
    desk = Desk()
    desk.at(120, slouching(slouch(120)))
    desk.answer(answer, 130)
    assert desk.between(140, 3 * HOUR, slouching(slouch(120))) == []


def test_fine_after_a_stretch_backs_off_once() -> None:
    assert second_alert_after(Desk(), Response.STRETCH) == 600
    assert second_alert_after(Desk(), Response.STRETCH, Response.FINE) == 1200


def test_a_stretch_makes_the_cool_down_usual_again() -> None:
    assert second_alert_after(Desk(), Response.FINE, Response.FINE, Response.STRETCH) == 600


def test_hours_without_an_alert_make_the_cool_down_usual_again() -> None:
    desk = Desk()
    desk.at(120, slouching(slouch(120)))
    desk.answer(Response.FINE, 130)
    desk.at(120 + 3.9 * HOUR, UPRIGHT)
    assert desk.state.fine == 1
    desk.at(120 + 4 * HOUR, UPRIGHT)
    assert second_alert_after(desk) == 600


def test_quiet_hours_may_lie_within_a_day() -> None:
    lunch = AlertSettings(quiet_from=time_of_day(12), quiet_until=time_of_day(13))
    assert [hour for hour in range(24) if quiet(lunch, datetime(2025, 3, 3, hour))] == [12]


def test_quiet_hours_may_cross_midnight() -> None:
    assert [hour for hour in range(24) if quiet(NIGHT, datetime(2025, 3, 3, hour))] == [*range(7), 22, 23]


def quiet(settings: AlertSettings, wall: datetime) -> bool:
    return silence(PolicyState(), 0.0, wall, settings) is not None


@pytest.mark.parametrize("day", [datetime(2025, 3, 30), datetime(2025, 10, 26)], ids=["hour skipped", "hour repeated"])
def test_quiet_hours_end_by_the_clock_on_the_wall_when_the_clocks_change(day: datetime) -> None:
    zone = ZoneInfo("Europe/Berlin")
    start = (day - timedelta(hours=2)).replace(tzinfo=zone).timestamp()
    seen = [datetime.fromtimestamp(start + 600 * i, zone) for i in range(15 * 6)]
    first_loud = next(wall for wall in seen if not quiet(NIGHT, wall))
    assert (first_loud.hour, first_loud.minute) == (7, 0)
    assert not any(quiet(NIGHT, wall) for wall in seen if wall > first_loud)


def test_hours_that_end_when_they_begin_last_all_day() -> None:
    ten = time_of_day(22)
    assert all(within(time_of_day(hour), ten, ten) for hour in range(24))


def test_quiet_hours_of_no_or_every_length_are_refused() -> None:
    with pytest.raises(ValidationError, match="must differ, got 22:00:00"):
        AlertSettings(quiet_from=time_of_day(22), quiet_until=time_of_day(22))


def test_the_reason_for_silence_can_be_shown() -> None:
    late = datetime(2025, 3, 3, 23)
    assert silence(PolicyState(), 0, late, NIGHT) == "quiet hours until 07:00"
    assert silence(PolicyState(snoozed=0), 899, NOON, NIGHT) == "snoozed until 12:00"
    assert silence(PolicyState(snoozed=0), 900, NOON, NIGHT) is None
    assert silence(PolicyState(), 0, NOON, NIGHT, held="a meeting") == "a meeting"


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be changed on this system")
@pytest.mark.parametrize(
    ("wall", "ends"),
    [("2026-03-29T01:55+01:00", "03:10"), ("2026-10-25T02:50+02:00", "02:05")],
    ids=["clocks go forward", "clocks go back"],
)
def test_a_snooze_ends_at_the_time_that_the_clock_on_the_wall_shows_then(
    monkeypatch: pytest.MonkeyPatch, wall: str, ends: str
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        now = datetime.fromisoformat(wall)
        assert silence(PolicyState(snoozed=0), 0, now, AlertSettings(snooze=900)) == f"snoozed until {ends}"
    finally:
        monkeypatch.undo()
        time.tzset()


def drifting(t: float, since: float) -> MonitorState:
    """Over the threshold since then, mildly: the alert is due after 120 s."""
    return MonitorState(t=t, phase=Phase.DRIFTING, grade=Grade.MILD, watches=Watches(mild=Watch(since)))


def promised(desk: Desk, t: float, monitor: MonitorState, held: str | None = None) -> Outlook:
    """The outlook right after this sample."""
    desk.at(t, monitor, held=held)
    wall = desk.wall + timedelta(seconds=t)
    return outlook(desk.state, monitor, t, wall, Settings(alerts=desk.settings), held=held)


def test_an_alert_is_promised_when_the_slouch_will_have_lasted_long_enough() -> None:
    assert promised(Desk(), 50, drifting(50, since=10)) == Outlook(80)
    assert promised(Desk(), 50, UPRIGHT) == Outlook()


def test_no_alert_is_promised_before_the_cool_down_ends() -> None:
    desk = Desk()
    assert promised(desk, 120, slouching(slouch(120))) == Outlook(), "it was told just now"
    assert promised(desk, 320, drifting(320, since=310)) == Outlook(400)
    assert promised(desk, 420, slouching(slouch(420))) == Outlook(300), "already slouching, and the alert is delayed"
    assert promised(desk, 660, drifting(660, since=650)) == Outlook(110)


def test_no_alert_is_promised_to_somebody_who_is_sitting_up_or_out_of_sight() -> None:
    desk = Desk()
    desk.at(120, slouching(slouch(120)))
    assert promised(desk, 420, dataclasses.replace(slouching(slouch(420)), near=False)) == Outlook()


@pytest.mark.parametrize("monitor", [UPRIGHT, drifting(50, since=10), slouching(slouch(40))])
def test_silence_is_promised_with_its_reason(monitor: MonitorState) -> None:
    assert promised(Desk(), 50, monitor, held="a meeting") == Outlook(silent="a meeting")
    night = Desk(NIGHT, wall=datetime(2025, 3, 3, 23))
    assert promised(night, 50, monitor) == Outlook(silent="quiet hours until 07:00")
    assert promised(Desk(state=PolicyState(snoozed=0.0)), 50, monitor) == Outlook(silent="snoozed until 12:15")


def test_a_clock_set_back_does_not_lengthen_any_wait() -> None:
    desk = Desk()
    desk.at(1e6, slouching(slouch(1e6)))
    desk.at(100, UPRIGHT)  # the first sample after the clock was set
    assert desk.between(400, HOUR, slouching(slouch(400))) == [700]
    desk.answer(Response.SNOOZE, 5000)
    desk.at(5000, UPRIGHT)
    desk.at(0, UPRIGHT)
    assert desk.between(10, HOUR, slouching(slouch(10))) == [900]


def test_a_suspend_ends_waits_but_raises_no_alert_for_a_slouch_that_ended_in_it() -> None:
    desk = Desk()
    desk.at(120, slouching(slouch(120)))
    desk.answer(Response.SNOOZE, 130)
    assert desk.at(9 * HOUR, UPRIGHT) is None
    assert desk.at(9 * HOUR + 200, slouching(slouch(9 * HOUR + 200))) is not None


moments = st.lists(
    st.tuples(
        st.floats(-100, 2000),
        st.sampled_from([None, 0, 1, 2]),
        st.sampled_from([None, None, *Response]),
        st.booleans(),
    ),
    max_size=60,
)


@given(moments)
def test_alerts_keep_their_distance_whatever_happens(
    steps: list[tuple[float, int | None, Response | None, bool]],
) -> None:
    desk, t, since_last = Desk(), 0.0, float("inf")
    for elapsed, which, response, held in steps:
        t += elapsed
        since_last += max(elapsed, 0.0)
        under_way = None if which is None else slouch(1000.0 * which)
        alert = desk.at(t, UPRIGHT if under_way is None else slouching(under_way), held="a meeting" if held else None)
        if alert is not None:
            assert not held
            assert since_last >= 600 or since_last == pytest.approx(600)
            since_last = 0.0
        if response is not None:
            desk.answer(response, t)


# Words


def said(cause: Name | None, change: float | None, compared: bool = True, late_by: float = 0.0) -> str:
    words = describe(Alert(120 + late_by, slouch(120, cause, change, compared)))
    assert words.title == "Time to change position?"
    finding, offer = words.body.split(". ")
    assert offer == "How about a short stretch?"
    return finding


@pytest.mark.parametrize(
    ("cause", "change", "compared", "finding"),
    [
        (Name.NECK_INCLINATION, 12.3, True,
         "You have been slouching for about 2 minutes: your head is about 12° further forward than in your upright posture"),
        (Name.NECK_INCLINATION, 31.2, False,
         "You have been slouching for about 2 minutes: your head is about 31° forward of your shoulders"),
        (Name.TRUNK_INCLINATION, 13.6, True,
         "You have been leaning forward for about 2 minutes, right now by about 14° more than when you sit upright"),
        (Name.TRUNK_INCLINATION, 24.0, False, "You have been leaning forward for about 2 minutes, right now by about 24°"),
        (Name.NECK_FLEXION, 21.0, True,
         "You have been slumped in your chair for about 2 minutes: your neck is bent about 21° further than when you "
         "sit upright"),
        (Name.NECK_FLEXION, 42.0, False,
         "You have been slumped in your chair for about 2 minutes: your neck is bent by about 42°"),
        (Name.HEAD_ROLL, 14.2, True, "Your head has been tilted to one side for about 2 minutes, right now by about 14°"),
        (Name.SHOULDER_TILT, 11.0, True, "You have been leaning to one side for about 2 minutes, right now by about 11°"),
        (Name.SLUMP_INDEX, -0.18, True,
         "You have been slouching for about 2 minutes: your ears are about 18% closer to your shoulders than when you "
         "calibrated"),
        (Name.HEAD_FORWARD_INDEX, 0.12, True,
         "You have been slouching for about 2 minutes: your head looks about 12% larger against your shoulders than when "
         "you calibrated"),
        (Name.NECK_HEIGHT, -8.7, True,
         "You have been slouching for about 2 minutes: your head is about 9 cm lower than when you sit upright"),
        (Name.NECK_HEIGHT, -8.7, False, "You have been slouching for about 2 minutes"),
        (Name.HEAD_DISTANCE, -21.0, True,
         "You have been very close to the screen for about 2 minutes, about 21 cm closer than when you sit upright"),
        (Name.HEAD_OFFSET, -11.0, True, "You have been leaning to one side for about 2 minutes, right now by about 11 cm"),
        (Name.BODY_YAW, -44.0, True, "You have been sitting twisted for about 2 minutes, right now by about 44°"),
    ],
)  # fmt: skip
def test_the_cause_is_said_with_its_amount(cause: Name, change: float, compared: bool, finding: str) -> None:
    assert said(cause, change, compared) == finding


def test_a_head_that_came_nearer_as_well_is_said_in_one_sentence() -> None:
    both = dataclasses.replace(slouch(120.0, Name.NECK_HEIGHT, -8.7), nearer=7.2)
    body = describe(Alert(120.0, both)).body
    assert "your head is about 9 cm lower and 7 cm closer than when you sit upright" in body
    just = dataclasses.replace(both, nearer=3.0)
    assert "9 cm lower and 3 cm closer" in describe(Alert(120.0, just)).body
    for hardly in (2.4, 0.0, -4.0, None):
        barely = dataclasses.replace(both, nearer=hardly)
        assert "closer" not in describe(Alert(120.0, barely)).body


@pytest.mark.parametrize(
    ("cause", "change", "finding"),
    [
        (Name.TRUNK_INCLINATION, -4.0, "You have been leaning forward for about 2 minutes"),
        (Name.NECK_INCLINATION, 0.4, "You have been slouching for about 2 minutes"),
        (Name.SLUMP_INDEX, 0.02, "You have been slouching for about 2 minutes"),
        (Name.HEAD_TILT, 12.0, "You have been slouching for about 2 minutes"),
        (None, None, "You have been slouching for about 2 minutes"),
    ],
)
def test_an_amount_too_small_to_matter_is_left_out(cause: Name | None, change: float | None, finding: str) -> None:
    assert said(cause, change) == finding


def test_an_alert_that_was_held_back_says_how_long_but_not_how_much() -> None:
    assert said(Name.NECK_INCLINATION, 12.3, late_by=HOUR) == "You have been slouching for about 60 minutes"
    assert said(Name.HEAD_ROLL, 14.0, late_by=2 * HOUR) == "Your head has been tilted to one side for about 2 hours"


@given(st.sampled_from([None, *Name]), st.none() | st.floats(-90, 90), st.booleans(), st.floats(0, 1e6))
def test_no_alert_says_what_was_not_measured(
    cause: Name | None, change: float | None, compared: bool, late_by: float
) -> None:
    finding = said(cause, change, compared, late_by)
    assert len(finding) < 150
    assert not re.search(r"pain|injur|health|spine|bad|wrong|-\d|\{|  ", finding)
    if cause not in (Name.NECK_HEIGHT, Name.HEAD_DISTANCE, Name.HEAD_OFFSET):  # the face alone gives a scale
        assert not re.search(r"\bcm\b|centimet", finding)


@pytest.mark.parametrize(
    ("seconds", "spoken"),
    [
        (0.0, "5 seconds"), (31, "30 seconds"), (40, "40 seconds"), (57, "55 seconds"), (58, "1 minute"),
        (118, "2 minutes"), (9 * MINUTE, "9 minutes"), (9.6 * MINUTE, "10 minutes"), (24 * MINUTE, "25 minutes"),
        (87 * MINUTE, "85 minutes"), (89 * MINUTE, "1.5 hours"), (2 * HOUR, "2 hours"), (26 * HOUR, "26 hours"),
    ],
)  # fmt: skip
def test_durations_are_said_as_people_say_them(seconds: float, spoken: str) -> None:
    assert spoken_duration(seconds) == spoken


def test_even_an_impossible_duration_from_a_damaged_history_is_put_into_words() -> None:
    assert spoken_duration(1.7e308).endswith(" hours")


@given(st.floats(10, 1e6))
def test_a_spoken_duration_is_never_far_off(seconds: float) -> None:
    number, unit = spoken_duration(seconds).split()
    told = float(number) * {"second": 1.0, "minute": MINUTE, "hour": HOUR}[unit.rstrip("s")]
    assert told == pytest.approx(seconds, rel=0.35)


# Delivery

ALERT = Alert(120, slouch(120))


def test_the_terminal_prints_the_alert_in_words() -> None:
    out = io.StringIO()
    TerminalDelivery(Console(file=out, width=200)).deliver(ALERT)
    assert out.getvalue().startswith("Time to change position? You have been slouching for about 2 minutes: ")


@pytest.mark.parametrize("cause", [None, *Name])
def test_a_minute_is_one_in_spanish_too_whatever_the_reminder_is_about(cause: Name | None) -> None:
    choose_language("es")
    said = tr(describe(Alert(62.0, dataclasses.replace(slouch(62.0, cause, 1.0), since=0.0, seconds=62.0))).body)
    assert "1 minuto" in said
    assert not re.search(r"\bun[oa]s 1 m", said)


def test_an_alert_speaks_the_users_language() -> None:
    out = io.StringIO()
    choose_language("de")
    TerminalDelivery(Console(file=out, width=200)).deliver(ALERT)
    assert out.getvalue().startswith("Zeit für eine andere Haltung?")
    assert "etwa 2 Minuten" in out.getvalue()
    assert not re.search(r"\b(you|your|about|stretch)\b", out.getvalue())


def test_the_sound_is_the_terminals_bell() -> None:
    out = io.StringIO()
    SoundDelivery(Console(file=out, force_terminal=True)).deliver(ALERT)
    assert out.getvalue() == "\a"


def test_a_sound_that_nobody_can_hear_is_said(caplog: pytest.LogCaptureFixture) -> None:
    out = io.StringIO()
    Deliveries([SoundDelivery(Console(file=out))]).deliver(ALERT)
    assert "not a terminal" in caplog.text
    assert out.getvalue() == ""


def test_a_failing_delivery_never_stops_the_loop(caplog: pytest.LogCaptureFixture) -> None:
    broken, good = FakeDelivery(OSError("no\nroom.")), FakeDelivery()
    deliveries = Deliveries([broken, good])
    for _ in range(3):
        deliveries.deliver(ALERT)
    deliveries.close()
    assert good.alerts == [ALERT] * 3
    assert good.closed
    assert caplog.messages == [
        "Reminders by fake do not work: no room. Watching continues; run `posturecam doctor`, or remove fake from "
        "alerts.delivery."
    ]


def test_each_failing_delivery_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    Deliveries([FakeDelivery(OSError("a"), "one"), FakeDelivery(ValueError(), "two")]).deliver(ALERT)
    assert [re.sub(r"\. .*", "", message) for message in caplog.messages] == [
        "Reminders by one do not work: a",
        "Reminders by two do not work: ValueError",
    ]


def test_an_unknown_delivery_is_refused() -> None:
    with pytest.raises(ValueError, match="no delivery is named pigeon"):
        open_deliveries(["terminal", "pigeon"])


@pytest.mark.parametrize(
    ("names", "rung", "rung_by_notification"),
    [
        (["sound"], 1, None),
        (["notification"], 0, 0),
        (["notification", "sound"], 0, 1),
        (["sound", "notification", "sound"], 0, 1),
    ],
)
def test_the_sound_belongs_to_the_notification_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, names: list[str], rung: int, rung_by_notification: int | None
) -> None:
    out, bells = io.StringIO(), []

    def notification(_: Any, bell: Callable[[Alert], None] | None) -> FakeDelivery:
        bells.append(bell)
        return FakeDelivery()

    monkeypatch.setattr("posturecam.alerts.delivery.NotificationDelivery", notification)
    open_deliveries(names, Console(file=out, force_terminal=True)).deliver(ALERT)
    assert out.getvalue() == rung * "\a"
    assert len(bells) == (0 if rung_by_notification is None else 1)
    for bell in filter(None, bells):
        bell(ALERT)
    assert out.getvalue() == (rung or rung_by_notification or 0) * "\a"


class Notifier:
    """Replaces desktop-notifier; `capabilities` may fail, hang, or block its whole thread."""

    def __init__(
        self, capabilities: Callable[[], Any], *, takes: bool = True, service: Sequence[str] | None = None
    ) -> None:
        self.capabilities, self.takes = capabilities, takes
        if service is not None:  # the names by which a service on Linux says what it can do

            async def named() -> Sequence[str]:
                return service

            self._backend = SimpleNamespace(interface=SimpleNamespace(call_get_capabilities=named), bus=None)
        self.sent: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self.standing: list[str] = []

    async def get_capabilities(self) -> frozenset[Any]:
        result = self.capabilities()
        return frozenset(await result if asyncio.iscoroutine(result) else result)

    async def clear_all(self) -> None:
        self.standing.clear()

    async def send(self, title: str, message: str, **options: Any) -> None:
        if self.takes:
            self.standing.append(message)
            options["on_dispatched"]()
        self.sent.put({"title": title, "message": message, **options})


def able(*names: str) -> Callable[[], frozenset[Any]]:
    from desktop_notifier import Capability

    return lambda: frozenset(Capability[name] for name in ("TITLE", "BUTTONS", *names))


@pytest.fixture
def notifications() -> Iterator[Callable[..., NotificationDelivery]]:
    opened = []

    def open_one(notifier: Any, bell: Any = None, **options: Any) -> NotificationDelivery:
        opened.append(NotificationDelivery(SimpleQueue(), bell, connect=lambda: notifier, **options))
        return opened[-1]

    yield open_one
    for delivery in opened:
        delivery.close()


def wait_for(condition: Callable[[], Any], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.002)


def test_a_notification_has_the_words_and_a_button_for_each_answer(notifications: Any) -> None:
    notifier = Notifier(able())
    delivery = notifications(notifier)
    delivery.deliver(ALERT)
    sent = notifier.sent.get(timeout=5)
    assert sent["title"] == "Time to change position?"
    assert sent["message"] == describe(ALERT).body
    assert sent["sound"] is None
    assert [button.title for button in sent["buttons"]] == ["Stretch now", "Snooze", "I'm fine"]
    delivery.deliver(replace(ALERT, no_stretching=True))
    assert [button.title for button in notifier.sent.get(timeout=5)["buttons"]] == ["Snooze", "I'm fine"]


@pytest.mark.parametrize(
    ("service", "sent"),
    [
        (("body", "actions", "body-markup"), "Hips &lt;b&gt; &amp; legs aren't done today."),
        (("body", "actions"), "Hips <b> & legs aren't done today."),
        (None, "Hips <b> & legs aren't done today."),
    ],
    ids=["interprets markup", "plain text", "not Linux"],
)
def test_names_with_markup_in_a_notification_are_shown_as_they_are_written(
    notifications: Any, service: Any, sent: str
) -> None:
    notifier = Notifier(able(), service=service)
    notifications(notifier).tell(Notice("Now: <b> & more?", "Hips <b> & legs aren't done today."))
    shown = notifier.sent.get(timeout=5)
    assert (shown["title"], shown["message"]) == ("Now: <b> & more?", sent)


def test_of_notices_that_wait_for_a_slow_service_only_the_last_is_shown_and_nothing_rings(notifications: Any) -> None:
    asked, awake = threading.Event(), threading.Event()

    async def slow() -> frozenset[Any]:
        asked.set()
        while not awake.is_set():
            await asyncio.sleep(0.001)
        return able()()

    notifier, rang = Notifier(slow), []
    delivery = notifications(notifier, bell=rang.append)
    delivery.deliver(ALERT)
    assert asked.wait(5)
    delivery.deliver(ALERT)
    delivery.tell(Notice("Now", "last"))
    awake.set()
    shown = []
    wait_for(lambda: shown.append(notifier.sent.get(timeout=5)["message"]) or shown[-1] == "last")
    assert shown == ["last"]
    assert rang == []


def test_the_answers_come_back_to_the_loop() -> None:
    notifier, answers = Notifier(able()), SimpleQueue[Response]()
    deliveries = Deliveries([NotificationDelivery(answers, connect=lambda: notifier)], answers)
    deliveries.deliver(ALERT)
    buttons = notifier.sent.get(timeout=5)["buttons"]
    assert list(deliveries.responses()) == []
    for button in buttons:
        button.on_pressed()
    assert list(deliveries.responses()) == [Response.STRETCH, Response.SNOOZE, Response.FINE]
    assert list(deliveries.responses()) == []
    deliveries.close()


def test_one_notification_stands_at_a_time_and_none_after_the_end(notifications: Any) -> None:
    notifier = Notifier(able())
    delivery = notifications(notifier)
    for _ in range(2):
        delivery.deliver(ALERT)
        notifier.sent.get(timeout=5)
    assert len(notifier.standing) == 1
    delivery.close()
    assert notifier.standing == []
    delivery.close()  # closing twice is harmless


def test_the_sound_is_the_notifications_own_where_there_is_one(notifications: Any) -> None:
    rung: list[Alert] = []
    notifier = Notifier(able("SOUND"))
    delivery = notifications(notifier, rung.append)
    delivery.deliver(ALERT)
    assert notifier.sent.get(timeout=5)["sound"] is not None
    delivery.close()
    assert rung == []


def fail() -> None:
    raise ConnectionError("no bus")


@pytest.mark.parametrize("notifier", [Notifier(able()), Notifier(fail)], ids=["silent service", "no service"])
def test_otherwise_the_bell_rings(notifications: Any, notifier: Notifier) -> None:
    rung: list[Alert] = []
    notifications(notifier, rung.append).deliver(ALERT)
    wait_for(lambda: rung == [ALERT])


@pytest.mark.parametrize(
    ("notifier", "problem"),
    [
        (Notifier(fail), "no notification service answers in this session (no bus)"),
        (Notifier(frozenset), "this system shows no notifications from programs started this way"),
        (Notifier(able(), takes=False), "the notification service did not accept it"),
        (Notifier(lambda: asyncio.sleep(3600)), "the notification service did not answer within 0.05 s"),
    ],
    ids=["missing", "pretended", "refused", "hanging"],
)
def test_notifications_that_cannot_be_shown_are_logged_once(
    notifications: Any, caplog: pytest.LogCaptureFixture, notifier: Notifier, problem: str
) -> None:
    rung: list[Alert] = []  # the bell rings after the failure was handled
    delivery = notifications(notifier, rung.append, patience=0.05)
    for count in (1, 2):
        delivery.deliver(ALERT)
        wait_for(lambda count=count: len(rung) == count)
    assert [f"by notification do not work: {problem}. " in message for message in caplog.messages] == [True]


def test_why_notifications_cannot_be_shown_is_said_in_the_users_language(
    notifications: Any, caplog: pytest.LogCaptureFixture
) -> None:
    notifications(Notifier(fail)).deliver(ALERT)
    wait_for(lambda: caplog.records)
    choose_language("de")
    (said,) = cast(tuple[str], caplog.records[0].args)
    assert "kein Benachrichtigungsdienst" in tr(said)


def test_they_are_logged_without_a_sound_too(notifications: Any, caplog: pytest.LogCaptureFixture) -> None:
    notifications(Notifier(frozenset)).deliver(ALERT)
    wait_for(lambda: "this system shows no notifications" in caplog.text)


def test_a_service_that_starts_later_is_used(notifications: Any) -> None:
    available: list[Callable[[], Any]] = [able(), fail]
    notifier = Notifier(lambda: available.pop()())
    delivery = notifications(notifier)
    delivery.deliver(ALERT)
    wait_for(lambda: len(available) == 1)
    delivery.deliver(ALERT)
    assert notifier.sent.get(timeout=5)["message"] == describe(ALERT).body


@pytest.mark.parametrize("how", ["waiting", "blocking its thread"])
def test_a_hanging_notification_service_does_not_block(notifications: Any, how: str) -> None:
    release = threading.Event()
    notifier = Notifier(release.wait if how.startswith("blocking") else lambda: asyncio.sleep(3600))
    started = time.monotonic()
    delivery = notifications(notifier)
    for _ in range(100):
        delivery.deliver(ALERT)
    assert time.monotonic() - started < 2
    delivery.close()
    assert time.monotonic() - started < 3
    release.set()


def notice(**parts: Any) -> Notice:
    return Notice(**{"title": "A break?", "body": "You have been sitting for an hour.", **parts})


def test_a_notice_of_any_kind_has_its_own_words_and_buttons(notifications: Any) -> None:
    pressed: list[str] = []
    notifier = Notifier(able("SOUND"))
    buttons = tuple((name, partial(pressed.append, name)) for name in ("Stretch now", "Later"))
    notifications(notifier).tell(notice(buttons=buttons, clicked=partial(pressed.append, "itself")))
    sent = notifier.sent.get(timeout=5)
    assert (sent["title"], sent["message"]) == ("A break?", "You have been sitting for an hour.")
    assert sent["sound"] is None
    for button in sent["buttons"]:
        button.on_pressed()
    sent["on_clicked"]()
    assert pressed == ["Stretch now", "Later", "itself"]


def test_a_failed_notice_is_reported_to_its_sender(notifications: Any, caplog: pytest.LogCaptureFixture) -> None:
    failures: list[Exception] = []
    delivery = notifications(Notifier(fail))
    for count in (1, 2):
        delivery.tell(notice(failed=failures.append))
        wait_for(lambda count=count: len(failures) == count)
    assert "no bus" in str(failures[0])
    assert caplog.messages == []


def test_a_notice_that_needs_its_buttons_is_not_shown_without_them(notifications: Any) -> None:
    failures: list[Exception] = []
    notifier = Notifier(lambda: {"TITLE"})
    notifications(notifier).tell(notice(needs_buttons=True, failed=failures.append))
    wait_for(lambda: failures)
    assert str(failures[0]) == "this system shows no buttons on notifications"
    assert notifier.sent.empty()


def test_a_notice_can_be_taken_back_and_another_be_shown(notifications: Any) -> None:
    notifier = Notifier(able())
    delivery = notifications(notifier)
    delivery.take_back()  # nothing is shown: harmless
    delivery.tell(notice())
    notifier.sent.get(timeout=5)
    delivery.take_back()
    wait_for(lambda: notifier.standing == [])
    delivery.tell(notice())
    notifier.sent.get(timeout=5)
    assert len(notifier.standing) == 1


# The check of `posturecam doctor`


def test_what_was_taken_back_before_the_service_answered_is_never_shown(notifications: Any) -> None:
    asked, answers = threading.Event(), threading.Event()

    async def slowly() -> frozenset[Any]:
        asked.set()
        await asyncio.to_thread(answers.wait)
        return able()()

    notifier = Notifier(slowly)
    delivery = notifications(notifier)
    delivery.tell(Notice("Time to change position?", "You have been slouching."))
    assert asked.wait(5)
    delivery.take_back()
    delivery.tell(Notice("Rest your eyes", "Look far away."))
    delivery.tell(Notice("Time to stand up?", "Stand for a few minutes."))
    answers.set()
    assert notifier.sent.get(timeout=5)["title"] == "Time to stand up?"
    assert notifier.sent.empty()
    assert notifier.standing == ["Stand for a few minutes."]


def test_the_check_says_what_notifications_can_do() -> None:
    assert check_notifications(lambda: Notifier(able("SOUND"))) == (True, "with buttons, with sound")
    assert check_notifications(lambda: Notifier(lambda: {"TITLE"})) == (
        True,
        "without buttons, so they cannot be answered, without sound",
    )


def test_the_check_sends_nothing() -> None:
    notifier = Notifier(able())
    check_notifications(lambda: notifier)
    assert notifier.sent.empty()


@pytest.mark.parametrize("address", [None, "unix:path=/nonexistent"], ids=["unset", "dead"])
def test_the_check_finds_that_there_is_no_session_bus(monkeypatch: pytest.MonkeyPatch, address: str | None) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    if address is not None:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    monkeypatch.setattr("platform.system", lambda: "Linux")
    started = time.monotonic()
    ok, detail = check_notifications()
    assert not ok
    assert detail.startswith("no notification service answers in this session (")
    assert time.monotonic() - started < 3


def test_the_check_gives_a_hanging_service_up_within_3_seconds() -> None:
    release, started = threading.Event(), time.monotonic()
    ok, detail = check_notifications(lambda: Notifier(release.wait))
    assert (ok, detail) == (False, "the notification service did not answer within 2.5 s")
    assert time.monotonic() - started < 3
    release.set()


# A real session bus, with a small notification service on it


@pytest.fixture
def session_bus(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    program = shutil.which("dbus-daemon")
    if program is None:
        pytest.skip("needs dbus-daemon")
    daemon = subprocess.Popen(
        [program, "--session", "--nofork", "--print-address", f"--address=unix:path={tmp_path}/bus"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert daemon.stdout is not None
    address = daemon.stdout.readline().strip()
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    yield address
    daemon.stdout.close()
    daemon.terminate()
    daemon.wait(5)


NOTIFICATIONS = """<node><interface name="org.freedesktop.Notifications">
  <method name="GetCapabilities"><arg type="as" direction="out"/></method>
  <method name="GetServerInformation">
    <arg type="s" direction="out"/><arg type="s" direction="out"/>
    <arg type="s" direction="out"/><arg type="s" direction="out"/>
  </method>
  <method name="Notify">
    <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
    <arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/>
  </method>
  <method name="CloseNotification"><arg type="u" direction="in"/></method>
  <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
  <signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
</interface></node>"""


class Service:
    """A notification service that shows nothing, and presses a button of each notification by its label."""

    def __init__(self, press: str | None = None) -> None:
        self.press = press
        self.shown: list[list[Any]] = []
        self.closed: list[int] = []
        self._ready, self._done = threading.Event(), asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Service:
        self._thread.start()
        assert self._ready.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join(5)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        from dbus_fast.aio import MessageBus

        self._bus = await MessageBus().connect()
        self._bus.add_message_handler(self._answer)
        await self._bus.request_name("org.freedesktop.Notifications")
        self._ready.set()
        await self._done.wait()
        self._bus.disconnect()
        await self._bus.wait_for_disconnect()

    def _answer(self, message: Any) -> Any:
        from dbus_fast import Message

        match message.member:
            case "Introspect":
                return Message.new_method_return(message, "s", [NOTIFICATIONS])
            case "GetCapabilities":
                return Message.new_method_return(message, "as", [["body", "actions", "sound"]])
            case "GetServerInformation":
                return Message.new_method_return(message, "ssss", ["test", "posturecam", "1", "1.2"])
            case "CloseNotification":
                self.closed.append(message.body[0])
                return Message.new_method_return(message)
            case "Notify":
                self.shown.append(message.body)
                actions = message.body[5]
                if self.press is not None:
                    key = actions[actions.index(self.press) - 1]
                    # Not immediately: desktop-notifier misses what is pressed before it has handled the reply below.
                    self._loop.call_later(0.1, self._invoke, message.path, message.interface, key)
                return Message.new_method_return(message, "u", [len(self.shown)])
        return None

    def _invoke(self, path: str, interface: str, key: str) -> None:
        from dbus_fast import Message

        self._bus.send(Message.new_signal(path, interface, "ActionInvoked", "us", [len(self.shown), key]))


@pytest.mark.parametrize(
    ("label", "response"),
    [("Stretch now", Response.STRETCH), ("Snooze", Response.SNOOZE), ("I'm fine", Response.FINE)],
)
def test_a_button_pressed_on_a_real_bus_comes_back(session_bus: str, label: str, response: Response) -> None:
    with Service(press=label) as service:
        deliveries = open_deliveries(["notification", "sound"])
        deliveries.deliver(ALERT)
        answers: list[Response] = []
        wait_for(lambda: answers.extend(deliveries.responses()) or answers)
        deliveries.close()
    assert answers == [response]
    ((app, _, _, title, body, _, hints, _),) = service.shown
    assert (app, title, body) == ("posturecam", "Time to change position?", describe(ALERT).body)
    assert hints["sound-name"].value == "message-new-instant"


def test_closing_takes_a_notification_back_from_a_real_bus(session_bus: str) -> None:
    with Service() as service:
        deliveries = open_deliveries(["notification"])
        deliveries.deliver(ALERT)
        wait_for(lambda: service.shown)
        time.sleep(0.1)  # its number is still on the way back
        deliveries.close()
    assert service.closed == [1]


def test_a_notice_shows_the_programs_icon_on_a_real_bus(session_bus: str, tmp_path: Path) -> None:
    icon = tmp_path / "icon.svg"
    icon.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    pressed: list[str] = []
    with Service(press="Later") as service:
        delivery = NotificationDelivery(SimpleQueue(), icon=icon)
        delivery.tell(notice(buttons=(("Later", partial(pressed.append, "later")),), needs_buttons=True))
        wait_for(lambda: pressed == ["later"])
        delivery.close()
    assert service.shown[0][2] == icon.as_uri()


def test_the_check_on_a_real_bus(session_bus: str) -> None:
    assert check_notifications()[0] is False
    with Service() as service:
        assert check_notifications() == (True, "with buttons, with sound")
    assert service.shown == []
