"""How far a stretch goes, in words and as a small chart against the user's own earlier sessions."""

import pytest
from stretch_figures import FOLD, LONG_SIT, posture, run
from stretch_rows import FOLD as FOLD_EXERCISE
from stretch_rows import Clock, rep

from posturecam.coach.library import load_exercise
from posturecam.coach.presentation.descriptions import chart, depth_lines, reach_against, reach_text, rep_line
from posturecam.coach.presentation.session_record import set_record
from posturecam.coach.session_summary import DepthKey, PastDepth, SetSummary
from posturecam.history.stretches import StretchHistory
from posturecam.posture.view import View

NAME = "thoracic_stretch"
KEY = DepthKey(NAME, None, View.SIDE_RIGHT)


def folded(pose=FOLD, past=None):
    parts = [(2, LONG_SIT), (2.5, pose), (17, pose), (2.5, LONG_SIT), (2, LONG_SIT)]
    return run(load_exercise(NAME).with_dose(reps=1), *parts, past=past)[-1].state.summary


def test_the_chart_rises_when_one_improves():
    assert chart((80, 70, 60, 50), "lower", "°") == "▁▃▆█"
    assert chart((20, 30, 40), "higher", "°") == "▁▅█"


def test_a_single_degree_does_not_look_like_a_mountain():
    assert len(set(chart((60, 61, 60), "lower", "°"))) <= 2
    assert chart((60,), "lower", "°") == "", "one session is no course"


def test_the_summary_shows_the_course_with_this_session_last():
    done = folded(past={KEY: PastDepth(55.0, None, (75.0, 66.0, 55.0))})
    (course,) = done.courses.values()
    assert course[:3] == (75.0, 66.0, 55.0)
    assert course[3] == pytest.approx(36, abs=1.5)
    assert any("█" in line for line in depth_lines(done))
    assert set_record(done)["best"][0]["course"][:3] == [75.0, 66.0, 55.0]


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (None, "depth 52° ± 5°, the first from this view"),
        (60.0, "depth 52° ± 5°, 8° further than ever before"),
        (52.4, "depth 52° ± 5°, best so far 52°"),
        (52.0, "depth 52° ± 5°, best so far 52°"),
        (40.0, "depth 52° ± 5°, best so far 40°"),
    ],
)
def test_a_depth_is_compared_with_the_own_best_and_says_how_wrong_it_may_be_at_worst(before, words):
    results = rep(1, depth=55.0, uncertainty=2.0), rep(2, depth=52.0, uncertainty=5.0), rep(3, depth=58.0)
    past = {} if before is None else {KEY: PastDepth(before)}
    assert depth_lines(SetSummary(FOLD_EXERCISE, results, past))[0] == words


def test_lengths_are_told_in_words():
    """ "depth -0.08 T0" was said after every chin tuck, and later "-0.08 trunk lengths", as if it had gone the wrong way."""
    tuck = load_exercise("chin_tuck")
    done = SetSummary(tuck, (rep(1, depth=-0.08),), {DepthKey("chin_tuck", None, View.SIDE_RIGHT): PastDepth(-0.078)})
    assert depth_lines(done)[0] == "depth 0.08 trunk lengths, best so far 0.08 trunk lengths"


def test_how_far_the_back_curled_in_has_no_minus_and_a_back_that_arched_has_one():
    """ "depth -116° (level 3)" was said after a deep cat."""
    cat = load_exercise("cat_cow")
    assert "depth 116° (level 3)" in str(rep_line(cat, rep(depth=-116.0, level=3)))
    assert "depth -4°" in str(rep_line(cat, rep(depth=4.0, level=0)))
    assert "depth 60° (level 1)" in str(rep_line(FOLD_EXERCISE, rep(depth=60.0)))


@pytest.mark.parametrize(
    ("reach", "length", "words"),
    [
        (-62, 0.50, "fingertips to the shin"),
        (-33, 0.55, "fingertips to the ankle"),
        (-20, 0.56, "fingertips to the foot"),
    ],
)
def test_the_reach_of_a_fold_is_given_in_parts_of_the_leg(reach, length, words):
    assert words in map(str, depth_lines(folded(posture(FOLD, reach=reach, reach_length=length))))


def test_the_words_of_reach():
    told = [reach_text(reach) for reach in (0.5, 1.0, 1.5, 2.0, 2.3)]
    assert [text.split()[-1] for text in told] == ["thigh", "knee", "shin", "ankle", "foot"]


def test_the_history_knows_the_best_of_each_session(tmp_path):
    clock = Clock()
    with StretchHistory(tmp_path / "history.db", now=clock) as history:
        for depths in ((70.0, 64.0), (60.0, 62.0), (55.0,)):
            session = history.begin("Thoracic stretch", "camera")
            for number, depth in enumerate(depths, 1):
                history.add(session, FOLD_EXERCISE, rep(number, depth=depth))
            history.end(session)
            clock.now += 86400
        (past,) = history.past([FOLD_EXERCISE]).values()
    assert past.course == (64.0, 60.0, 55.0)
    assert past.best == 55.0


def test_the_reach_is_saved_and_compared_with_the_users_own_history(tmp_path):
    clock = Clock()
    with StretchHistory(tmp_path / "history.db", now=clock) as history:
        for reach in (1.1, 1.6, None):
            session = history.begin("Thoracic stretch", "camera")
            history.add(session, FOLD_EXERCISE, rep(reach=reach))
            clock.now += 86400
        assert [kept.reps[0].result.reach for kept in history.sessions()] == [None, 1.6, 1.1]
        (past,) = history.past([FOLD_EXERCISE]).values()
    assert past.reach == 1.6


@pytest.mark.parametrize(
    ("reach", "before", "words"),
    [
        (1.9, None, "fingertips to the ankle"),
        (1.9, 1.6, "fingertips to the ankle, further than ever before"),
        (1.62, 1.6, "fingertips to the shin, as far as your best"),
        (1.0, 1.9, "fingertips to the knee; best so far: fingertips to the ankle"),
    ],
)
def test_a_reach_is_compared_with_the_own_best(reach, before, words):
    assert reach_against(reach, before) == words
