"""When a slouch raises an alert, when it is over, and what never counts."""

import dataclasses
import math
import random
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripts import AWAY, BENT, DARK, LOOKING_DOWN, MOVED, TURNED, reading, run, script

from posturecam.config.settings import MonitorSettings
from posturecam.posture.measures import Name
from posturecam.posture.monitor import (
    BaselineOutdated,
    CameBack,
    Grade,
    LeftDesk,
    MonitorState,
    Phase,
    SlouchEnded,
    SlouchSustained,
    next_alert,
    step,
)
from posturecam.posture.reading import Deviation
from posturecam.posture.view import View

MILD, MODERATE, SEVERE, UPRIGHT, NEARLY = 1.2, 1.7, 2.5, 0.1, 0.8
JUST_OVER, JUST_UNDER = 1.05, 0.94
WAVERING = [part for _ in range(100) for part in ((10, JUST_OVER), (10, JUST_UNDER))]
"""A slouch that is measured around the threshold, over it for half of the time."""


def told(events):
    return [event for event in events if isinstance(event, SlouchSustained)]


def over(events):
    return [event for event in events if isinstance(event, SlouchEnded)]


@pytest.mark.parametrize(
    ("what", "seconds", "severity"),
    [(MILD, 120, Grade.MILD), (MODERATE, 90, Grade.MODERATE), (SEVERE, 60, Grade.SEVERE)],
)
def test_the_worse_the_slouch_the_sooner_the_alert(what, seconds, severity):
    _, events = run(script((60, UPRIGHT), (300, what)))
    (slouch,) = told(events)
    assert slouch.t == pytest.approx(60 + seconds, abs=2.5)
    assert slouch.severity is severity


@pytest.mark.parametrize("delay", [10, 30, 120, 300])
@pytest.mark.parametrize("what", [MILD, MODERATE, SEVERE])
def test_one_long_slouch_raises_one_alert_whatever_the_delay(delay, what):
    config = MonitorSettings(mild_seconds=delay, moderate_seconds=delay, severe_seconds=delay)
    _, events = run(script((60, UPRIGHT), (600, what), (60, UPRIGHT)), config)
    assert len(told(events)) == 1
    assert len(over(events)) == 1


def test_the_event_says_since_when_how_long_and_how_badly():
    _, events = run(script((60, UPRIGHT), (200, MILD)))
    (slouch,) = told(events)
    assert slouch.since == pytest.approx(60, abs=2)
    assert slouch.seconds == pytest.approx(120, abs=1)
    assert slouch.severity is Grade.MILD
    assert slouch.change == pytest.approx(-0.144)


def test_the_event_says_how_much_nearer_the_head_came():
    near = Deviation(MILD, None, Name.NECK_HEIGHT, -5.0, changes={Name.NECK_HEIGHT: -5.0, Name.HEAD_DISTANCE: -6.0})
    looks = (dataclasses.replace(reading(t / 5, MILD), deviation=near) for t in range(700))
    assert [slouch.nearer for slouch in told(run(looks)[1])] == [6.0]
    (slouch,) = told(run(script((200, MILD)))[1])
    assert slouch.nearer is None  # no face shows it


@pytest.mark.parametrize(
    "glance",
    [(10, SEVERE), (15, SEVERE), (15, BENT), (25, MILD), (20, AWAY)],
    ids=["reads for 10 s", "leans in for 15 s", "looks at the phone", "turns to somebody", "gets water"],
)
def test_glances_do_not_alarm(glance):
    _, events = run(script((100, UPRIGHT), glance, (100, UPRIGHT), glance, (100, UPRIGHT)))
    assert told(events) == []


def test_glances_all_day_do_not_add_up():
    day = [part for _ in range(30) for part in ((40, UPRIGHT), (8, SEVERE), (20, UPRIGHT), (10, MILD))]
    _, events = run(script(*day, rate=2))
    assert told(events) == []


def test_short_dips_do_not_restart_a_slouch():
    _, events = run(script((60, UPRIGHT), *[part for _ in range(10) for part in ((25, MILD), (4, UPRIGHT))]))
    assert [event.t for event in told(events)] == [pytest.approx(180, abs=5)]


def test_a_slouch_that_wavers_around_the_threshold_is_reported_once():
    state, events = run(script((60, UPRIGHT), *WAVERING, rate=2))
    (slouch,) = events
    assert slouch.t == pytest.approx(60 + 180, abs=12)
    assert slouch.since == pytest.approx(60, abs=12)
    assert slouch.seconds == pytest.approx(180, abs=12)
    assert slouch.severity is Grade.MILD
    assert state.phase is Phase.SLOUCHING


def test_a_slouch_just_under_the_threshold_is_drifting_before_it_is_reported():
    waits = []
    each = lambda s: waits.append((s.phase, next_alert(s, MonitorSettings())))  # noqa: E731
    _, events = run(script((60, UPRIGHT), (185, 0.97), rate=2), each=each)
    assert [event.t for event in events] == [pytest.approx(60 + 180, abs=3)]
    phase, wait = waits[2 * (60 + 140)]
    assert phase is Phase.DRIFTING
    assert wait == pytest.approx(40, abs=3)


@pytest.mark.parametrize(
    "what",
    [((10, JUST_OVER), (10, NEARLY)), ((50, JUST_OVER), (14, UPRIGHT))],
    ids=["nearly upright for half of the time", "upright now and then"],
)
def test_what_is_well_under_the_threshold_for_long_enough_is_no_slouch(what):
    _, events = run(script((60, UPRIGHT), *[part for _ in range(30) for part in what], rate=2))
    assert events == []


def test_whoever_wants_to_be_told_later_is_told_later_of_a_wavering_slouch_too():
    _, events = run(script((60, UPRIGHT), *WAVERING, rate=2), MonitorSettings(mild_seconds=300))
    assert [event.t for event in events] == [pytest.approx(60 + 450, abs=12)]


def test_a_wavering_slouch_is_over_soon_after_sitting_up():
    _, events = run(script((60, UPRIGHT), *WAVERING[:20], (60, UPRIGHT), rate=2))
    (ended,) = over(events)
    assert ended.t == pytest.approx(260 + 8, abs=2)


def test_a_posture_counts_as_it_is_now_however_long_another_one_of_the_same_grade_lasted():
    _, events = run(script((60, UPRIGHT), (1800, 0.97), (60, 0.7), rate=2))
    assert [type(event) for event in events] == [SlouchSustained, SlouchEnded]
    _, events = run(script((60, UPRIGHT), (600, 0.7), (185, 0.97), rate=2))
    assert [type(event) for event in events] == [SlouchSustained]


def test_a_short_wait_around_the_threshold_is_shown_as_drifting_too():
    phases, soon = [], MonitorSettings(mild_seconds=10, moderate_seconds=10, severe_seconds=10)
    run(script((60, UPRIGHT), (20, 0.97), rate=2), soon, each=lambda s: phases.append(s.phase))
    assert phases[phases.index(Phase.SLOUCHING) - 1] is Phase.DRIFTING


def test_looking_down_or_away_for_long_is_not_a_slouch_around_the_threshold():
    for what in (LOOKING_DOWN, BENT, AWAY):
        _, events = run(script((60, UPRIGHT), (100, JUST_UNDER), (300, what), (20, JUST_UNDER), rate=2))
        assert told(events) == []


@pytest.mark.parametrize("rate", [2, 5, 15])
def test_a_wavering_slouch_is_reported_at_the_same_moment_at_any_frame_rate(rate):
    full = list(script((60, UPRIGHT), *WAVERING[:30], rate=30))
    moments = [told(run(full[:: 30 // one])[1])[0].t for one in (30, rate)]
    assert moments[0] == pytest.approx(moments[1], abs=1 / rate + 1 / 30 + 1e-6)


def test_it_clears_quickly_after_sitting_up():
    _, events = run(script((60, UPRIGHT), (200, MILD), (60, UPRIGHT)))
    (ended,) = over(events)
    assert ended.t == pytest.approx(260 + 8, abs=1.5)


def test_recovering_is_shown_at_once():
    phases = []
    run(script((60, UPRIGHT), (200, MILD), (4, UPRIGHT), (10, MILD)), each=lambda s: phases.append(s.phase))
    assert phases[-60 - 1] is Phase.RECOVERING  # 2 s after sitting up
    assert phases[-1] is Phase.SLOUCHING  # sank again: the same slouch


def test_an_alert_does_not_stick_between_upright_and_the_threshold():
    _, events = run(script((60, UPRIGHT), (200, MILD), (100, NEARLY)))
    (ended,) = over(events)
    assert ended.t == pytest.approx(260 + 30, abs=3)


def test_sinking_back_within_seconds_is_the_same_slouch():
    _, events = run(script((60, UPRIGHT), (200, MILD), (5, UPRIGHT), (200, MILD), (5, UPRIGHT), (200, MILD)))
    assert len(told(events)) == 1


def test_two_slouches_apart_are_two_events():
    _, events = run(script((200, MILD), (60, UPRIGHT), (200, MILD)))
    assert len(told(events)) == 2


def test_unknown_posture_counts_neither_as_good_nor_as_bad():
    # 80 s of slouch, interrupted by 40 s of unknown posture in pieces of 10: not 120 s of slouch, but not a fresh start
    # either.
    parts = [part for _ in range(4) for part in ((20, MILD), (10, BENT))]
    _, events = run(script((60, UPRIGHT), *parts, (60, MILD)))
    (slouch,) = told(events)
    assert slouch.seconds == pytest.approx(slouch.t - slouch.since - 40, abs=1)


def test_dropping_the_chin_in_a_slouch_is_not_sitting_up():
    chin_drops = [(40, MILD), (20, LOOKING_DOWN)] * 3
    _, events = run(script((60, UPRIGHT), *chin_drops, (10, MILD)))
    assert [event.t for event in told(events)] == [pytest.approx(60 + 120, abs=25)]
    assert over(events) == []
    sits_up = [(40, MILD), (30, UPRIGHT)] * 3
    assert told(run(script((60, UPRIGHT), *sits_up, (10, MILD)))[1]) == []


@pytest.mark.parametrize(("last", "causes"), [(59.9, []), (60.1, [Name.SLUMP_INDEX])])
def test_whoever_sits_up_at_the_very_moment_of_the_reminder_is_not_told_what_that_moment_shows(last, causes):
    """The deviation is smoothed; what is told, and shown under *Why?*, is the moment itself."""
    found = list(script((last, SEVERE), (30, UPRIGHT)))
    upright = [dataclasses.replace(one.deviation, cause=Name.HEAD_ROLL) for one in found if one.t > last]
    slouched = [one.deviation for one in found if one.t <= last]
    _, events = run(
        dataclasses.replace(one, deviation=deviation) for one, deviation in zip(found, slouched + upright, strict=True)
    )
    assert [event.cause for event in told(events)] == causes


def test_looking_down_alone_is_not_a_slouch():
    state, events = run(script((60, UPRIGHT), (1200, LOOKING_DOWN), (60, UPRIGHT)))
    assert events == []
    assert state.phase is Phase.UPRIGHT


def test_a_slouch_seen_while_looking_down_counts():
    down = (reading(t / 5, MODERATE) for t in range(600))
    found = ((one, dataclasses.replace(one.deviation, looking_down=True)) for one in down)
    _, events = run(dataclasses.replace(one, deviation=deviation) for one, deviation in found)
    assert [event.t for event in told(events)] == [pytest.approx(90, abs=2)]


def test_a_reported_slouch_lasts_through_a_look_down_and_ends_after_minutes_of_it():
    slouched = (60, UPRIGHT), (200, MILD)
    assert over(run(script(*slouched, (280, LOOKING_DOWN)))[1]) == []
    (ended,) = over(run(script(*slouched, (400, LOOKING_DOWN)))[1])
    assert ended.t > 260 + 300


def test_dropping_the_chin_in_a_slouch_is_not_shown_as_sitting_up():
    phases = []
    each = lambda s: phases.append(s.phase)  # noqa: E731
    run(script((60, UPRIGHT), (200, MILD), (240, LOOKING_DOWN)), each=each)
    assert set(phases[-5 * 240 :]) == {Phase.SLOUCHING}
    phases.clear()
    run(script((60, UPRIGHT), (200, MILD), (5, UPRIGHT), (60, LOOKING_DOWN)), each=each)
    assert set(phases[-5 * 60 :]) == {Phase.RECOVERING}  # had sat up before
    phases.clear()
    run(script((60, UPRIGHT), (200, MILD), (400, LOOKING_DOWN)), each=each)
    assert phases[-1] is Phase.UPRIGHT  # it does not hide a slouch for ever


def test_glances_up_from_a_book_neither_end_a_slouch_nor_prolong_it_for_ever():
    glancing_up = [(20, LOOKING_DOWN), (2, UPRIGHT)] * 40
    (ended,) = over(run(script((60, UPRIGHT), (200, MILD), *glancing_up))[1])
    assert ended.t > 260 + 300


def test_two_readings_of_one_moment_are_no_clock_set_back():
    twice = [one for one in script((60, UPRIGHT), (200, MILD)) for _ in range(2)]
    state, events = run(twice)
    assert [event.t for event in told(events)] == [pytest.approx(180, abs=2)]
    assert state.phase is Phase.SLOUCHING


def test_mostly_unseen_never_raises_an_alert():
    _, events = run(script((60, UPRIGHT), *[part for _ in range(40) for part in ((5, MILD), (10, BENT))]))
    assert told(events) == []


@pytest.mark.parametrize("seen", [2, 3, 5])
def test_a_face_found_in_one_check_of_a_few_tells_as_much_as_fewer_checks(seen):
    parts = (60, UPRIGHT), (300, MILD), (60, UPRIGHT)
    all_seen = run(script(*parts, rate=1))[1]
    (whole,), (ended,) = told(all_seen), over(all_seen)
    flickering = [reading(one.t, BENT) if one.t % seen else one for one in script(*parts, rate=1)]
    events = run(flickering)[1]
    (slouch,), (end,) = told(events), over(events)
    assert slouch.t == pytest.approx(whole.t, abs=seen)
    assert slouch.seconds == pytest.approx(whole.seconds, abs=seen)
    assert end.t == pytest.approx(ended.t, abs=2 * seen)


@pytest.mark.parametrize("apart", [3, 4.5])
def test_a_face_found_in_every_other_check_tells_of_a_slouch_on_battery_too(apart):
    looks = list(script((60, UPRIGHT), (300, MILD), (60, UPRIGHT), rate=1 / apart))
    (whole,) = told(run(looks)[1])
    events = run([reading(one.t, BENT) if number % 2 else one for number, one in enumerate(looks)])[1]
    (slouch,), (end,) = told(events), over(events)
    assert slouch.t == pytest.approx(whole.t, abs=2 * apart)
    assert slouch.seconds == pytest.approx(whole.seconds, abs=2 * apart)
    assert end.t == pytest.approx(360, abs=10 + 4 * apart)


@pytest.mark.parametrize(
    ("lost", "config"),
    [
        (AWAY, MonitorSettings(longest_gap=60)),
        (BENT, MonitorSettings(longest_gap=60)),
        (AWAY, MonitorSettings(away_seconds=2)),
    ],
    ids=["away", "unknown until the count restarts", "away sooner"],
)
def test_what_is_seen_next_says_nothing_of_a_time_that_counts_as_away_or_restarts_the_count(lost, config):
    seconds = 40 if config.longest_gap > 5 else 4
    _, events = run(script((60, UPRIGHT), (seconds, lost), (200, MILD), rate=2), config)
    (slouch,) = told(events)
    assert slouch.since == pytest.approx(60 + seconds, abs=1)
    assert slouch.seconds == pytest.approx(120, abs=1)


def test_a_moment_too_long_for_what_is_seen_next_stays_unmeasured():
    apart = [reading(one.t, BENT) if one.t % 6 else one for one in script((60, UPRIGHT), (900, MILD), rate=1)]
    assert told(run(apart)[1]) == []


def test_a_look_down_is_not_taken_for_what_is_seen_after_it():
    parts = [part for _ in range(100) for part in ((1, MILD), (3, LOOKING_DOWN))]
    assert told(run(script((60, UPRIGHT), *parts, rate=1))[1]) == []
    hidden = [part for _ in range(100) for part in ((1, MILD), (2, LOOKING_DOWN), (1, BENT))]
    assert told(run(script((60, UPRIGHT), *hidden, rate=1))[1]) == []


def test_a_long_unknown_time_restarts_the_count():
    _, events = run(script((60, UPRIGHT), (100, MILD), (21, BENT), (100, MILD)))
    assert told(events) == []


def test_a_reported_slouch_is_not_reported_again_after_a_blind_moment():
    _, events = run(script((200, MILD), (60, BENT), (200, MILD)))
    assert len(told(events)) == 1


def test_a_slouch_ends_once_nothing_has_been_known_for_as_long_as_one_takes_and_the_next_is_reported():
    state, events = run(script((200, MILD), (300, BENT), (5, UPRIGHT), (200, MILD)))
    first, second = told(events)
    (ended,) = over(events)
    assert ended.t == pytest.approx(200 + 120, abs=2)
    assert second.since == pytest.approx(505, abs=2)
    assert state.phase_seconds == pytest.approx(200, abs=2), (
        "not counting the minutes in which nobody knows how they sat"
    )
    assert first.since < 1


@pytest.mark.parametrize("stall", [6, 19])
def test_a_short_stall_of_the_camera_after_a_blind_minute_does_not_end_a_reported_slouch(stall):
    state, events = run(script((200, MILD), (60, BENT)))
    for one in script((200, MILD), start=260 + stall):
        state, new = step(state, one, MonitorSettings())
        events += new
    assert [type(event) for event in events] == [SlouchSustained]


def test_leaving_ends_the_slouch_and_returning_starts_over():
    state, events = run(script((200, MILD), (60, AWAY), (60, MILD)))
    assert [type(event) for event in events] == [SlouchSustained, SlouchEnded, LeftDesk, CameBack]
    assert state.phase is Phase.DRIFTING


@pytest.mark.parametrize("between", [DARK, BENT])
def test_everybody_who_leaves_returns_once(between):
    _, events = run(script((60, UPRIGHT), (60, AWAY), (30, between), (60, UPRIGHT)))
    assert [type(event) for event in events] == [LeftDesk, CameBack]


def test_a_night_away_with_the_computer_asleep_counts_as_leaving_once():
    state, events = run(script((60, UPRIGHT), (60, AWAY)))
    for one in [*script((60, AWAY), start=4000), *script((60, UPRIGHT), start=4061)]:
        state, new = step(state, one, MonitorSettings())
        events += new
    assert [type(event) for event in events] == [LeftDesk, CameBack]


def test_nearly_slouching_for_an_hour_is_not_drifting():
    state, events = run(script((60, UPRIGHT), (10, MILD), (3600, NEARLY), rate=1))
    assert state.phase is Phase.UPRIGHT
    assert events == []


def test_between_upright_and_the_threshold_is_drifting_only_straight_after_drifting():
    drifting = (60, UPRIGHT), (30, MILD)
    assert run(script(*drifting, (5, NEARLY)))[0].phase is Phase.DRIFTING
    assert run(script(*drifting, (5, UPRIGHT), (5, NEARLY)))[0].phase is Phase.UPRIGHT


def test_no_picture_is_unknown_and_not_away():
    state, events = run(script((60, UPRIGHT), (60, DARK)))
    assert state.phase is Phase.UNKNOWN
    assert events == []
    assert state.reason.text == "the camera's picture is black"


def test_a_flicker_of_nobody_is_not_away():
    phases = set()
    run(script((60, UPRIGHT), (2, AWAY), (60, UPRIGHT)), each=lambda s: phases.add(s.phase))
    assert phases == {Phase.UPRIGHT}


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_deviation_that_is_no_number_is_an_unknown_moment(value):
    state, events = run(script((60, UPRIGHT), (10, value), (200, UPRIGHT)))
    assert events == []
    assert state.phase is Phase.UPRIGHT


def test_nothing_is_known_before_the_first_measurement():
    state, _ = run(script((10, BENT)))
    assert state.phase is Phase.UNKNOWN
    assert state.grade is None


@pytest.mark.parametrize("before", [20, 100, 115])
def test_an_hour_of_suspend_adds_no_slouch_time(before):
    config = MonitorSettings()
    state, events = run(script((60, UPRIGHT), (before, MILD)))
    assert events == []
    t = 60 + before + 3600
    for one in script((100, MILD), start=t):
        state, new = step(state, one, config)
        assert new == ()  # 100 s after waking: not yet 120
    for one in script((30, MILD), start=t + 100.2):
        state, new = step(state, one, config)
        events += new
    (slouch,) = told(events)
    assert slouch.since >= t - 0.01
    assert slouch.seconds <= 121


@pytest.mark.parametrize("seconds", [60, 3600])
def test_a_suspend_during_a_slouch_ends_it(seconds):
    state, _ = run(script((200, MILD)))
    state, new = step(state, reading(200 + seconds, MILD), MonitorSettings())
    assert [type(event) for event in new] == [SlouchEnded]
    assert state.slouch is None


def test_a_slouch_has_not_lasted_through_the_night_in_which_the_computer_slept():
    state, _ = run(script((200, MILD)))
    _, (ended,) = step(state, reading(40_000, MILD), MonitorSettings())
    assert ended.t - ended.since == pytest.approx(200, abs=1)


def test_a_short_stall_of_the_camera_is_bridged():
    state, _ = run(script((60, UPRIGHT), (60, MILD)))
    events = []
    for one in script((80, MILD), start=130):  # 10 s without a sample
        state, new = step(state, one, MonitorSettings())
        events += new
    (slouch,) = told(events)
    assert slouch.since == pytest.approx(60, abs=2)
    assert slouch.seconds == pytest.approx(110, abs=2)  # 120 s less the 10 unseen


def test_a_clock_set_back_starts_over_without_an_error():
    state, _ = run(script((100, MILD)))
    state, events = step(state, reading(5.0, MILD), MonitorSettings())
    assert events == ()
    assert state.t == 5.0


@cache
def recorded(seed):
    """A recording at 30 a second, with the slow drift left by MediaPipe's own smoothing; and its events."""
    noise, wander = random.Random(seed), 0.0
    full = []
    for one in script(
        (60, UPRIGHT),
        (150, MILD),
        (40, NEARLY),
        (80, SEVERE),
        (12, BENT),
        (60, UPRIGHT),
        (30, AWAY),
        (90, MODERATE),
        rate=30,
    ):
        value = one.deviation.value
        wander += -wander / 30 + noise.gauss(0, 0.08) * math.sqrt(2 / 30)
        full.append(one if value is None else reading(one.t, value + wander))
    return full, run(full)[1]


@pytest.mark.parametrize("rate", [2, 5, 15, 30])
@pytest.mark.parametrize("seed", range(2))
def test_the_same_recording_gives_the_same_events_at_any_frame_rate(rate, seed):
    full, expected = recorded(seed)
    _, events = run(full[:: 30 // rate])
    assert [type(event) for event in events] == [type(event) for event in expected]
    for event, other in zip(events, expected, strict=True):
        assert event.t == pytest.approx(other.t, abs=1 / rate + 1 / 30 + 1e-6)


@settings(max_examples=40, deadline=None)
@given(
    parts=st.lists(
        st.tuples(st.floats(1, 90), st.sampled_from([UPRIGHT, NEARLY, MILD, SEVERE, BENT, AWAY, DARK])),
        min_size=1,
        max_size=8,
    ),
    rate=st.sampled_from([1, 2, 5]),
)
def test_slouch_time_is_never_more_than_the_time_over_or_around_the_threshold(parts, rate):
    readings = list(script(*parts, rate=rate))
    state, events = run(readings)
    over_it, around_it = (
        sum(1 / rate for one in readings if (one.deviation.value or 0) >= least) for least in (1, NEARLY)
    )
    smoothed = 3 * len(parts)  # the smoothing may extend each part slightly
    for event in told(events):
        most = around_it if event.severity is Grade.MILD else over_it
        assert event.seconds <= most + smoothed + 1e-6
    assert len(over(events)) in (len(told(events)), len(told(events)) - 1)
    assert (state.slouch is not None) == (len(told(events)) > len(over(events)))


def test_the_wait_for_the_next_alert_counts_down():
    waits = []
    run(script((60, UPRIGHT), (125, MILD)), each=lambda s: waits.append(next_alert(s, MonitorSettings())))
    assert waits[299] is None  # upright
    assert waits[-325] == pytest.approx(60, abs=2)
    assert waits[-1] is None  # alerted
    waits.clear()
    run(script((60, UPRIGHT), *WAVERING[:17]), each=lambda s: waits.append(next_alert(s, MonitorSettings())))
    assert waits[-1] == pytest.approx(10, abs=3)


@pytest.mark.parametrize("what", [0.97, MILD])
def test_the_wait_for_the_next_alert_never_says_now_for_long(what):
    def none_due(state):
        wait = next_alert(state, MonitorSettings())
        assert wait is None or state.raw is None or wait > 0

    _, events = run(script(*[part for _ in range(60) for part in ((7, what), (9, BENT))], rate=2), each=none_due)
    assert events == []


def test_nothing_builds_up_while_looking_down_hides_the_posture():
    state, _ = run(script((60, UPRIGHT), (150, 0.97), rate=2))
    assert next_alert(state, MonitorSettings()) is not None
    down = dataclasses.replace(reading(state.t + 0.5, 0.97), deviation=Deviation(0.97, looking_down=True))
    state, _ = step(state, down, MonitorSettings())
    assert next_alert(state, MonitorSettings()) is None


def test_the_next_alert_is_that_of_the_severest_slouch_that_lasts():
    waits = []
    run(script((60, UPRIGHT), (40, MODERATE)), each=lambda s: waits.append(next_alert(s, MonitorSettings())))
    assert waits[-1] == pytest.approx(90 - 40, abs=2)
    waits.clear()  # a slouch that has eased since takes as long as the milder one
    run(script((60, UPRIGHT), (60, MODERATE), (5, MILD)), each=lambda s: waits.append(next_alert(s, MonitorSettings())))
    assert waits[-1] == pytest.approx(120 - 65, abs=2)


def test_what_is_seen_after_a_blind_moment_is_not_smoothed_with_what_was_before():
    state, _ = run(script((60, UPRIGHT), (30, SEVERE), (10, BENT)))
    state, _ = step(state, reading(state.t + 0.2, UPRIGHT), MonitorSettings())
    assert state.deviation == UPRIGHT


def test_the_deviation_is_smoothed_even_where_unknown_is_shown_at_once():
    config = MonitorSettings(unknown_shown=0)
    state, _ = run(script((60, UPRIGHT)), config)
    state, _ = step(state, reading(state.t + 0.2, SEVERE), config)
    assert state.deviation < 1


def test_a_slouch_is_said_to_last_since_it_began_and_not_since_its_alert():
    state, _ = run(script((60, UPRIGHT), (200, MILD)))
    assert state.phase is Phase.SLOUCHING
    assert state.phase_seconds == pytest.approx(200, abs=2)
    state, _ = run(script((60, UPRIGHT), (200, MILD), (4, UPRIGHT)))
    assert state.phase is Phase.RECOVERING
    assert state.phase_seconds == pytest.approx(4, abs=2)


@pytest.mark.parametrize(("what", "phase"), [(UPRIGHT, Phase.UPRIGHT), (MILD, Phase.DRIFTING)])
def test_no_phase_lasts_through_a_suspend(what, phase):
    state, _ = run([*script((60, UPRIGHT), (20, what)), *script((30, what), start=28_800)])
    assert state.phase is phase
    assert state.phase_seconds == pytest.approx(30, abs=1)


def test_a_short_stall_of_the_camera_does_not_restart_the_phase():
    state, _ = run([*script((60, UPRIGHT)), *script((30, UPRIGHT), start=70.0)])
    assert state.phase_seconds == pytest.approx(100, abs=1)


def test_an_empty_chair_was_empty_while_the_computer_slept():
    state, _ = run([*script((60, UPRIGHT), (60, AWAY)), *script((30, AWAY), start=28_800)])
    assert state.phase is Phase.AWAY
    assert state.phase_seconds > 25_000


def test_a_moved_camera_is_reported_once_and_for_the_view_of_its_baseline():
    _, events = run(script((60, UPRIGHT), (40, MOVED), (60, UPRIGHT), (300, MOVED)))
    assert [type(event) for event in events] == [BaselineOutdated]
    assert events[0].t == pytest.approx(160 + 60, abs=0.5)
    assert events[0].view is View.FRONT


def test_turning_to_another_screen_for_long_does_not_outdate_the_baseline():
    _, events = run(script((60, UPRIGHT), (600, TURNED), (60, UPRIGHT)))
    assert events == []


def test_a_misfit_before_leaving_does_not_add_to_one_after():
    _, events = run(script((60, UPRIGHT), (35, MOVED), (600, AWAY), (35, MOVED)))
    assert BaselineOutdated not in {type(event) for event in events}


def test_the_memory_stays_small():
    state, _ = run(script(*[part for _ in range(200) for part in ((3, UPRIGHT), (2, MILD), (1, BENT))], rate=2))
    assert len(state.spans) < 200
    assert MonitorState().spans == ()
