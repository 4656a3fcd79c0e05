"""What answers to alerts teach about where this person's slouch begins, and what they cannot teach."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posturecam.alerts.learning import HIGHEST, LOWEST, between, taught
from posturecam.alerts.policy import Response
from posturecam.config.settings import LEVELS, Settings
from posturecam.posture.monitor import Grade

ANSWERS = st.lists(st.tuples(st.sampled_from(Response), st.sampled_from((Grade.MILD, Grade.MODERATE, Grade.SEVERE))))


@given(answers=ANSWERS, begin=st.floats(LOWEST, HIGHEST))
def test_no_sequence_of_answers_silences_a_severe_slouch(answers, begin):
    factor = begin
    for response, severity in answers:
        factor = taught(factor, response, severity, 3600.0)
    severe = Settings().monitor.severe
    assert severe / (max(LEVELS.values()) * factor) >= 1
    assert LOWEST <= factor <= HIGHEST


def test_fine_makes_it_a_little_more_patient_and_an_accepted_stretch_takes_some_of_that_back():
    patient = taught(1.0, Response.FINE, Grade.MILD, None)
    assert 1 < patient < 1.1
    assert 1 < taught(patient, Response.STRETCH, Grade.MILD, 3600.0) < patient
    assert taught(patient, Response.FINE, Grade.MILD, 65.0) > patient


def test_five_fines_in_a_row_cover_about_half_of_what_is_left():
    factor = 1.0
    for _ in range(5):
        factor = taught(factor, Response.FINE, Grade.MILD, 3600.0)
    assert factor == pytest.approx((1 + HIGHEST) / 2, abs=0.1 * (HIGHEST - 1))


@pytest.mark.parametrize("factor", [LOWEST, 1.0, HIGHEST])
def test_a_snooze_says_nothing_about_where_slouching_begins(factor):
    assert taught(factor, Response.SNOOZE, Grade.MILD, 3600.0) == factor


@given(st.floats(LOWEST, HIGHEST))
def test_an_accepted_stretch_never_makes_reminders_rarer(factor):
    """Somebody who showed a slight slouch in the calibration, and welcomes each reminder of it, goes on being reminded of it."""
    after = taught(factor, Response.STRETCH, Grade.MILD, None)
    assert 1 <= after <= factor if factor > 1 else after == factor


@pytest.mark.parametrize(("severity", "since"), [(Grade.SEVERE, None), (Grade.MILD, 55.0)])
def test_a_severe_slouch_and_a_hasty_answer_teach_nothing(severity, since):
    assert taught(1.0, Response.FINE, severity, since) == 1.0


@pytest.mark.parametrize(("slouch", "factor"), [(2.0, 1.0), (1.0, 0.75), (9.0, HIGHEST), (0.2, LOWEST)])
def test_a_slouch_that_was_shown_puts_the_line_before_it(slouch, factor):
    assert between(slouch) == pytest.approx(factor)


def test_a_look_down_that_was_shown_keeps_the_line_beyond_it():
    assert between(1.6) < between(1.6, harmless=0.8)
    assert between(1.6, harmless=-1.0) == between(1.6)
