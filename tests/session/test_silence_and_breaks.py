"""When alerts are held back and the camera is released, when breaks are suggested, and what an hour looks like."""

from datetime import datetime, time, timedelta
from itertools import pairwise

import pytest
from fakes.system import FakeSystem

from posturecam.config.settings import BreakSettings, QuietSettings
from posturecam.session.protocol.sign import Sign
from posturecam.session.rules.breaks import (
    Because,
    BreakAnswer,
    BreakState,
    announce,
    answer,
    due,
    make_room,
    step,
    taken,
)
from posturecam.session.rules.silence import held, off, typing
from posturecam.session.timeline import extended
from posturecam.system.state import SystemState

MONDAY = datetime(2026, 11, 23, 10, 0).astimezone()
QUIET = QuietSettings()


def state(**values):
    return FakeSystem(**values).state


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({}, None),
        ({"microphone_held_by": ("Meet",)}, "in a meeting"),
        ({"camera_held_by": ("Zoom",)}, "in a meeting"),
        ({"do_not_disturb": True}, "do not disturb"),
        ({"do_not_disturb": None, "microphone_held_by": None, "camera_held_by": None}, None),
    ],
)
def test_meetings_and_do_not_disturb_hold_alerts_back_and_what_cannot_be_read_does_not(values, why):
    assert held(state(**values), QUIET) == why


def test_neither_holds_anything_back_where_the_user_does_not_want_it():
    loud = QuietSettings(meeting=False, do_not_disturb=False)
    assert held(state(microphone_held_by=("Meet",), do_not_disturb=True), loud) is None


def test_a_program_that_listens_all_day_is_not_a_meeting_where_the_user_says_so():
    used = QuietSettings(ignored_programs=("assistant",))
    assert held(state(microphone_held_by=("Voice Assistant",)), used) is None
    assert held(state(microphone_held_by=("Voice Assistant", "Meet")), used) == "in a meeting"


def test_an_empty_name_among_the_ignored_programs_ignores_nothing():
    assert held(state(microphone_held_by=("Meet",)), QuietSettings(ignored_programs=("",))) == "in a meeting"


@pytest.mark.parametrize("name", ["locked", "asleep"])
def test_locked_or_asleep_releases_the_camera(name):
    assert off(state(**{name: True}), QUIET, MONDAY, 0.0)
    assert off(state(**{name: None}), QUIET, MONDAY, 0.0) is None
    assert off(state(**{name: True}), QuietSettings(when_locked=False), MONDAY, 0.0) is None


def test_a_docked_laptop_with_its_lid_closed_is_watched_while_somebody_is_there():
    closed = state(lid_closed=True, idle_seconds=300.0)
    assert off(closed, QUIET, MONDAY, 5.0) is None
    assert off(closed, QUIET, MONDAY, 61.0) == "the lid is closed"
    assert off(state(lid_closed=True, idle_seconds=1.0), QUIET, MONDAY, 300.0) is None


def test_no_key_pressed_is_not_away_and_neither_is_being_out_of_the_picture():
    assert off(state(idle_seconds=5000.0), QUIET, MONDAY, 3.0) is None  # reads without touching anything
    assert off(state(idle_seconds=3.0), QUIET, MONDAY, 5000.0) is None  # types outside the picture
    assert off(state(idle_seconds=601.0), QUIET, MONDAY, 601.0) == "nobody is there"
    assert off(state(idle_seconds=None), QUIET, MONDAY, 5000.0) is None


@pytest.mark.parametrize(
    ("hour", "days", "watched"),
    [((10, 0), ("mon",), True), ((8, 59), ("mon",), False), ((17, 0), ("mon",), False), ((10, 0), ("tue",), False)],
)
def test_the_schedule_is_kept(hour, days, watched):
    settings = QuietSettings(watch_from=time(9), watch_until=time(17), days=days)
    assert (off(state(), settings, MONDAY.replace(hour=hour[0], minute=hour[1]), 0.0) is None) is watched


def test_hours_past_midnight_belong_to_the_day_they_began_on():
    settings = QuietSettings(watch_from=time(20), watch_until=time(2), days=("mon",))
    assert off(state(), settings, MONDAY.replace(hour=1), 0.0)  # still Sunday's evening
    assert off(state(), settings, MONDAY.replace(hour=21), 0.0) is None
    assert off(state(), settings, MONDAY.replace(hour=1) + timedelta(days=1), 0.0) is None


# Breaks.

BREAKS = BreakSettings()


def sit(state, seconds, present=True, alerted_at=(), start=0.0, each=10.0, silent=False):
    """Sit for this long; every suggestion with its time."""
    offers, t = [], start
    while t < start + seconds:
        t += each
        state, offer = step(state, t, each, present, BREAKS, alerted=t in alerted_at, silent=silent)
        if offer:
            offers.append((t, offer))
    return state, offers


def test_a_break_is_offered_after_fifty_minutes_of_sitting_and_not_again_at_once():
    _, offers = sit(BreakState(), 3600)
    assert offers == [(3000.0, Because.SITTING)]


def test_a_walk_counts_as_a_break_and_a_glass_of_water_does_not():
    state, _ = sit(BreakState(), 2900)
    briefly, _ = sit(state, 60, present=False, start=2900)
    long, _ = sit(state, 300, present=False, start=2900)
    assert sit(briefly, 200, start=3000)[1]
    assert not sit(long, 200, start=3200)[1]


def test_time_that_could_not_be_seen_is_neither_sitting_nor_a_break():
    state, _ = sit(BreakState(), 2000)
    state, offers = sit(state, 5000, present=None, start=2000)
    assert (state.sitting, offers) == (2000.0, [])


def test_three_slouches_offer_a_break():
    _, offers = sit(BreakState(), 1500, alerted_at=(600.0, 900.0, 1200.0))
    assert offers == [(1210.0, Because.SLOUCHES)]


def test_slouches_from_before_the_clock_was_set_back_do_not_count():
    state, _ = step(BreakState(alerts=(9000.0, 9001.0)), 10.0, 10.0, True, BREAKS, alerted=True)
    assert state.alerts == (10.0,)
    assert sit(state, 60, start=10.0)[1] == []


def test_an_offer_waits_for_the_end_of_a_meeting():
    state, offers = sit(BreakState(), 3300, silent=True)
    assert offers == []
    assert sit(state, 20, start=3300)[1] == [(3310.0, Because.SITTING)]


def test_stretching_is_a_break():
    state, _ = sit(BreakState(), 2990)
    assert not sit(taken(state), 600, start=2990)[1]


def test_the_moment_something_was_suggested_the_next_break_is_its_whole_distance_away():
    sitting, _ = sit(BreakState(), 49 * 60.0)
    assert due(make_room(sitting, 2940.0), 2940.0, BREAKS) == BREAKS.again


def test_a_break_is_announced_once_shortly_before_it_comes():
    state, _ = sit(BreakState(), 2930)
    assert announce(state, 2930, BREAKS) == (state, None)
    state, _ = sit(state, 20, start=2930)
    state, seconds = announce(state, 2950, BREAKS)
    assert seconds == due(state, 2950, BREAKS) == 50
    assert announce(state, 2950, BREAKS)[1] is None
    skipped = answer(state, BreakAnswer.SKIP, 2950, BREAKS, Because.SITTING)
    skipped, _ = sit(skipped, BREAKS.sitting - 50, start=2950)
    assert announce(skipped, 2900 + BREAKS.sitting, BREAKS)[1] == 50, "the one after a skipped one is announced too"


def test_a_postponed_break_comes_after_five_minutes_and_is_not_announced_again():
    state, _ = sit(BreakState(), 3000)
    state = answer(state, BreakAnswer.POSTPONE, 3000, BREAKS, Because.SITTING)
    assert due(state, 3000, BREAKS) == 300
    state, offers = sit(state, 300, start=3000)
    assert offers == [(3300.0, Because.SITTING)]


def test_a_break_postponed_after_slouches_comes_after_five_minutes_too():
    state, offers = sit(BreakState(), 1210, alerted_at=(600.0, 900.0, 1200.0))
    assert offers == [(1210.0, Because.SLOUCHES)]
    state = answer(state, BreakAnswer.POSTPONE, 1210, BREAKS, Because.SLOUCHES)
    assert due(state, 1210, BREAKS) == 300
    assert sit(state, 1500, start=1210)[1] == [(1510.0, Because.SLOUCHES)]


def test_a_break_postponed_when_it_was_announced_comes_five_minutes_after_that():
    state, _ = sit(BreakState(), 2940)
    state = answer(state, BreakAnswer.POSTPONE, 2940, BREAKS, Because.SITTING)
    assert sit(state, 600, start=2940)[1] == [(3240.0, Because.SITTING)]


@pytest.mark.parametrize("ends", ["skipped", "stretched", "away"])
def test_a_postponed_break_is_forgotten_once_it_was_skipped_or_taken(ends):
    state, _ = sit(BreakState(), 1210, alerted_at=(600.0, 900.0, 1200.0))
    state = answer(state, BreakAnswer.POSTPONE, 1210, BREAKS, Because.SLOUCHES)
    match ends:
        case "skipped":
            state = answer(state, BreakAnswer.SKIP, 1220, BREAKS, Because.SLOUCHES)
        case "stretched":
            state = taken(state)
        case "away":
            state, _ = sit(state, BREAKS.away, present=False, start=1210)
    assert sit(state, 1200, start=1500)[1] == []


def test_after_a_stretch_in_place_of_a_postponed_break_the_next_one_keeps_its_distance():
    often = BREAKS.model_copy(update={"sitting": 300.0})  # less than `again`
    state, offer = step(BreakState(sitting=300.0), 3000.0, 1.0, True, often)
    assert offer is Because.SITTING
    state = taken(answer(state, BreakAnswer.POSTPONE, 3010.0, often, Because.SITTING))
    assert due(state, 3100.0, often) == often.again - 100


def test_a_clock_set_back_does_not_postpone_a_break_further():
    state, _ = sit(BreakState(), 3000)
    state = answer(state, BreakAnswer.POSTPONE, 3000, BREAKS, Because.SITTING)
    assert due(state, 100, BREAKS) == BREAKS.postpone


def test_a_break_that_gives_way_to_a_planned_stretch_is_announced_anew():
    state = make_room(BreakState(sitting=2990.0, announced=True), 3000.0)
    state, seconds = announce(state, 3000.0 + BREAKS.again - 30, BREAKS)
    assert (state.announced, seconds) == (True, 30)


def test_a_skipped_break_leaves_the_sitting_counted_and_the_next_one_full_time_away():
    state, _ = sit(BreakState(), 2950)
    state = answer(state, BreakAnswer.SKIP, 2950, BREAKS, Because.SITTING)
    assert state.sitting == 2950
    assert due(state, 2950, BREAKS) == BREAKS.sitting
    assert sit(state, 2990, start=2950)[1] == []


def test_slouches_from_before_a_skipped_break_suggest_no_other_one():
    state, _ = sit(BreakState(), 2950, alerted_at=(2800.0, 2900.0))
    state = answer(state, BreakAnswer.SKIP, 2950, BREAKS, Because.SITTING)
    assert sit(state, 60, start=2950, alerted_at=(2960.0,))[1] == []


def test_after_a_stretch_nothing_suggests_another_one_at_once():
    state, offers = sit(BreakState(), 3000)
    assert offers == [(3000.0, Because.SITTING)]
    _, offers = sit(taken(state), BREAKS.again, start=3000, alerted_at=(3100.0, 3200.0, 3300.0))
    assert offers == [(3000.0 + BREAKS.again, Because.SLOUCHES)]


def test_no_break_is_due_where_none_is_wanted():
    assert due(BreakState(), 0.0, BreakSettings(offer=False)) is None


def small(seconds, **wishes):
    settings, state, offers, t = BreakSettings(**wishes), BreakState(), [], 0.0
    while t < seconds:
        t += 10.0
        state, offer = step(state, t, 10.0, True, settings)
        if offer:
            offers.append((t, offer))
    return offers


def test_eyes_are_rested_every_twenty_minutes_but_not_just_before_a_break():
    offers = small(3600, eyes=True)
    assert offers == [(1200.0, Because.EYES), (2400.0, Because.EYES), (3000.0, Because.SITTING)]


def test_a_suggested_break_takes_the_place_of_standing_up():
    offers = small(5000, stand=True, again=7200)
    assert offers == [(1800.0, Because.STAND), (3000.0, Because.SITTING), (4800.0, Because.STAND)]


def test_standing_up_is_suggested_by_measured_sitting():
    assert small(4000, stand=True, offer=False) == [(1800.0, Because.STAND), (3600.0, Because.STAND)]
    state, _ = sit(BreakState(), 1700)
    walked, _ = sit(state, 200, present=False, start=1700)
    assert walked.standing == 0
    assert answer(state, BreakAnswer.DONE, 1700, BREAKS, Because.STAND).sitting == 0


def test_somebody_who_is_asked_to_stand_up_is_not_asked_to_rest_their_eyes_at_once():
    offers = small(3600, stand=True, eyes=True, offer=False)
    assert offers == [(1200.0, Because.EYES), (1800.0, Because.STAND), (3000.0, Because.EYES), (3600.0, Because.STAND)]


def test_nor_is_somebody_who_rests_their_eyes_asked_to_stand_up_at_once():
    offers = small(1900, stand=True, stand_every=1210, eyes=True, offer=False)
    assert offers == [(1200.0, Because.EYES), (1380.0, Because.STAND)]


@pytest.mark.parametrize("postpone", [60.0, 300.0])
@pytest.mark.parametrize("because", [Because.EYES, Because.STAND])
def test_a_smaller_reminder_that_is_postponed_comes_again_when_the_user_wants_it(because, postpone):
    settings = BreakSettings(
        offer=False, postpone=postpone, eyes=because is Because.EYES, stand=because is Because.STAND
    )
    state, t, offers = BreakState(eyes=1195.0, standing=1795.0), 0.0, []
    while t < 5 + postpone:
        t += 5.0
        state, offer = step(state, t, 5.0, True, settings)
        if offer:
            offers.append((t, offer))
            state = answer(state, BreakAnswer.POSTPONE, t, settings, offer)
    assert offers == [(5.0, because), (5.0 + postpone, because)]


def test_looking_up_from_the_screen_for_twenty_seconds_rests_the_eyes():
    state, _ = sit(BreakState(), 1100)
    assert sit(state, 20, present=False, start=1100)[0].eyes == 0
    assert sit(state, 10, present=False, start=1100)[0].eyes == 1100


@pytest.mark.parametrize(
    ("idle", "pause", "types"), [(0.5, 2.0, True), (3.0, 2.0, False), (0.5, 0.0, False), (None, 2.0, False)]
)
def test_typing_is_recognized_by_the_idle_time_where_the_system_knows_it(idle, pause, types):
    assert typing(SystemState(idle_seconds=idle), pause) is types


# The last hour.


def test_the_hour_holds_one_span_for_each_state_and_forgets_what_is_older():
    hour = ()
    for second in range(0, 5400, 2):
        sign = Sign.UPRIGHT if second % 600 < 500 else Sign.SLOUCHING
        hour = extended(hour, MONDAY + timedelta(seconds=second), sign)
    assert hour[0].end > MONDAY + timedelta(seconds=5398 - 3600)
    assert {one.sign for one in hour} == {Sign.UPRIGHT, Sign.SLOUCHING}
    assert len(hour) in (12, 13)
    assert all(before.end == after.start for before, after in pairwise(hour))


def test_a_flicker_leaves_no_trace_in_the_hour_and_a_pause_of_the_program_a_gap():
    hour = ()
    for second in range(60):
        hour = extended(hour, MONDAY + timedelta(seconds=second), Sign.UNKNOWN if second == 30 else Sign.UPRIGHT)
    assert [one.sign for one in hour] == [Sign.UPRIGHT]
    later = extended(hour, MONDAY + timedelta(minutes=10), Sign.UPRIGHT)
    assert len(later) == 2
    assert later[1].start - later[0].end > timedelta(minutes=8)


def spans(*moments):
    """The hour after these moments: a second and a sign each."""
    hour = ()
    for second, sign in moments:
        hour = extended(hour, MONDAY + timedelta(seconds=second), sign)
    return [((one.start - MONDAY).seconds, (one.end - MONDAY).seconds, one.sign) for one in hour]


def test_no_span_of_the_hour_reaches_over_a_gap():
    before = [(second, Sign.UPRIGHT) for second in range(0, 61, 2)]
    after = [(300, Sign.UNKNOWN), (302, Sign.UNKNOWN), (304, Sign.UPRIGHT), (306, Sign.UPRIGHT)]
    assert spans(*before, *after) == [(0, 60, Sign.UPRIGHT), (300, 306, Sign.UPRIGHT)]


def test_a_clock_set_back_by_a_second_leaves_the_last_hour_as_it_was():
    """As network time does, again and again."""
    before = [(second, Sign.UPRIGHT) for second in range(0, 1801, 2)]
    assert spans(*before, (1799, Sign.UPRIGHT), (1801, Sign.UPRIGHT)) == [(0, 1801, Sign.UPRIGHT)]
    slouching = [(1799, Sign.SLOUCHING), (1801, Sign.SLOUCHING)]
    assert spans(*before, *slouching) == [(0, 1799, Sign.UPRIGHT), (1799, 1801, Sign.SLOUCHING)]
    assert spans(*before, (600, Sign.AWAY), (602, Sign.AWAY)) == [(0, 600, Sign.UPRIGHT), (600, 602, Sign.AWAY)]


def test_a_clock_set_back_leaves_no_spans_that_overlap():
    before = [(second, Sign.UPRIGHT) for second in range(0, 61, 2)] + [(120, Sign.AWAY), (130, Sign.AWAY)]
    assert spans(*before, (90, Sign.UPRIGHT), (92, Sign.UPRIGHT)) == [(0, 60, Sign.UPRIGHT), (90, 92, Sign.UPRIGHT)]
