"""A reminder names, and shows, what the bad posture has been, and not what somebody happens to do when it is due."""

from dataclasses import replace

import pytest
from scripts import reading, run

from posturecam.posture.measures import Name
from posturecam.posture.monitor import SlouchSustained
from posturecam.posture.reading import Deviation, UsualCause

SINKS, LEANS, NEAR = Name.NECK_HEIGHT, Name.HEAD_ROLL, Name.HEAD_DISTANCE


def reminder(*parts, rate=2.0, what=1.4):
    """The first reminder while these causes follow one another, each for some seconds."""
    looks, begins = [], 0.0
    for seconds, cause in parts:
        for i in range(round(seconds * rate)):
            look = reading(begins + i / rate, what)
            looks.append(replace(look, deviation=replace(look.deviation, cause=cause)))
        begins += seconds
    return next(event for event in run(looks)[1] if isinstance(event, SlouchSustained))


@pytest.mark.parametrize("rate", [0.4, 2.0, 10.0])
@pytest.mark.parametrize(("mostly", "now"), [(SINKS, LEANS), (LEANS, SINKS), (SINKS, NEAR), (NEAR, SINKS)])
def test_a_movement_at_the_moment_at_which_a_reminder_is_due_does_not_name_it(rate, mostly, now):
    """Reaching for a cup after two minutes of slouching is not leaning to one side for two minutes."""
    told = reminder((115, mostly), (12, now), (60, mostly), rate=rate)
    assert told.cause is mostly
    assert told.t == pytest.approx(127, abs=3)


def test_a_reminder_does_not_wait_for_another_word_for_the_same():
    told = reminder((115, SINKS), (60, Name.NECK_INCLINATION))
    assert told.t == pytest.approx(120, abs=1)
    assert reminder((115, LEANS), (60, Name.HEAD_OFFSET)).t == pytest.approx(120, abs=1)


def test_a_posture_that_became_another_bad_one_is_reported_as_what_it_is_within_half_a_minute():
    told = reminder((115, SINKS), (120, LEANS))
    assert told.cause is LEANS
    assert told.t <= 150


def test_causes_that_take_turns_delay_no_reminder_by_much():
    turns = [part for _ in range(60) for part in ((3, SINKS), (3, LEANS), (3, NEAR))]
    assert reminder(*turns).t <= 130


def test_sitting_upright_says_nothing_of_what_the_bad_posture_is():
    usual = UsualCause().after(Deviation(1.4, None, SINKS), 20.0)
    assert usual.is_that_of(Deviation(1.4, None, SINKS))
    assert not usual.is_that_of(Deviation(1.4, None, LEANS))
    upright = [(20, SINKS, 1.4), (60, LEANS, 0.2), (105, SINKS, 1.4)]
    looks, begins = [], 0.0
    for seconds, cause, value in upright:
        for i in range(round(2 * seconds)):
            look = reading(begins + i / 2, value)
            looks.append(replace(look, deviation=replace(look.deviation, cause=cause)))
        begins += seconds
    state, _ = run(looks)
    assert state.usual.is_that_of(Deviation(1.4, None, SINKS))
