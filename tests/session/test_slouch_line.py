"""Where slouching begins is computed once for reused landmarks, and anew for others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from figures import person
from moments import BASELINE, UPRIGHT, learned, tick

from posturecam.config.settings import Settings
from posturecam.posture.assess import assess
from posturecam.posture.boundary import boundary_of
from posturecam.posture.loop import Tick
from posturecam.posture.reading import Deviation
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View
from posturecam.session.slouch_line import SEARCHED_FOR, SlouchLine
from posturecam.vision.frame import Frame


class _Asked:
    """A judge that agrees with geometry and counts its calls."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, pose, view, baseline, geometry, settings, moved) -> Deviation:
        self.times += 1
        return geometry.deviation


def _held(seen: Tick) -> Tick:
    """The same landmarks, half a second later."""
    return replace(seen, pose=replace(seen.pose, t=seen.pose.t + 0.5))


def test_landmarks_that_hold_are_not_judged_again() -> None:
    judge = _Asked()
    line = SlouchLine(Settings(), judge)
    first = line(tick(), BASELINE)
    asked = judge.times
    assert first is not None
    assert asked > 0
    assert line(_held(tick()), BASELINE) == first
    assert judge.times == asked


def test_landmarks_that_moved_and_another_baseline_are_judged_anew() -> None:
    judge = _Asked()
    line = SlouchLine(Settings(), judge)
    first = line(tick(), BASELINE)
    asked = judge.times
    moved = replace(tick(), pose=replace(UPRIGHT, points=UPRIGHT.points + 10))
    assert line(moved, BASELINE) != first
    assert judge.times > asked
    asked = judge.times
    line(moved, replace(BASELINE, made="later"))
    assert judge.times > asked


def test_somebody_who_moves_on_is_judged_less_often_than_at_first() -> None:
    judge = _Asked()
    line = SlouchLine(Settings(), judge)
    line(tick(), BASELINE)
    first, judge.times = judge.times, 0
    for step in range(10):
        line(replace(tick(), pose=replace(UPRIGHT, points=UPRIGHT.points + step + 1)), BASELINE)
    assert judge.times <= 2 * 10 < 10 * first


def test_what_is_unknown_has_no_line() -> None:
    line = SlouchLine(Settings(), None)
    assert line(tick(reason=Reason(Why.NO_PERSON)), BASELINE) is None


IN_FRONT = learned(person(), View.FRONT)


def _in_front(seconds: float, neck: float, aside: float = 0.0) -> Tick:
    """Somebody in front of the camera, this many seconds after the first tick, with the neck this many degrees forward."""
    pose = person(seconds, neck=neck, aside=aside)
    reading = assess(pose, View.FRONT, IN_FRONT, Settings())
    return replace(tick(), frame=Frame(seconds, recorded=True, pose=pose), pose=pose, reading=reading)


def test_in_front_nobody_is_judged_for_the_line_of_a_posture_that_hardly_changed() -> None:
    judge = _Asked()
    line = SlouchLine(Settings(), judge)
    line(_in_front(0.0, 20.0), IN_FRONT)
    asked = judge.times
    moved = _in_front(0.1, 20.8, aside=0.02)
    found, searched = line(moved, IN_FRONT), boundary_of(moved, IN_FRONT, Settings())
    assert judge.times == asked
    assert found is not None
    assert searched is not None
    assert found.line == pytest.approx(np.array(searched.line), abs=0.05 * searched.reach)


@pytest.mark.parametrize(
    ("seconds", "neck", "baseline"),
    [(0.1, 26.0, IN_FRONT), (SEARCHED_FOR + 0.1, 20.8, IN_FRONT), (0.1, 20.8, replace(IN_FRONT, made="later"))],
    ids=["another posture", "some time later", "another baseline"],
)
def test_in_front_the_line_is_searched_for_again_where_the_last_search_tells_little(seconds, neck, baseline) -> None:
    judge = _Asked()
    line = SlouchLine(Settings(), judge)
    line(_in_front(0.0, 20.0), IN_FRONT)
    asked = judge.times
    line(_in_front(seconds, neck), baseline)
    assert judge.times > asked
