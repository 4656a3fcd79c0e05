"""Where slouching begins is computed once for reused landmarks, and anew for others."""

from __future__ import annotations

from dataclasses import replace

from moments import BASELINE, UPRIGHT, tick

from posturecam.config.settings import Settings
from posturecam.posture.assess import Deviation
from posturecam.posture.loop import Tick
from posturecam.posture.reasons import Reason, Why
from posturecam.session.slouch_line import SlouchLine


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
