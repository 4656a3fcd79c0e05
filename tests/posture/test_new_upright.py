"""Offering a new baseline to somebody who has sat upright for minutes in another place, without ever adopting it."""

from dataclasses import replace

import faces
import figures
import pytest

from posturecam.config.settings import Settings
from posturecam.posture.calibration import learn, sample
from posturecam.posture.front.judge import upright_of
from posturecam.posture.front.new_upright import HELD_SECONDS, NewUpright, follow_new_upright
from posturecam.posture.measures import measure
from posturecam.posture.view import View

SETTINGS = Settings()
UPRIGHT = upright_of([faces.look()])


def seen(t, **figures_):
    pose = figures.person(t)
    found = sample(pose, View.FRONT, measure(pose, View.FRONT, SETTINGS))
    return replace(found, t=t, front=faces.look(**figures_))


def watched(looks, moved=True):
    """When a new baseline was offered, seconds, and the final state."""
    state, offered = NewUpright(), []
    for look in looks:
        state, now = follow_new_upright(state, look, UPRIGHT, moved, SETTINGS)
        if now:
            offered.append(look.t)
    return offered, state


def minutes(count, **figures_):
    return [seen(1.5 * i, **figures_) for i in range(round(60 * count / 1.5))]


def test_sitting_upright_for_minutes_in_front_of_a_moved_camera_is_offered_once_and_can_be_learned():
    offered, state = watched(minutes(10, head_pitch=6.0))
    assert offered == [pytest.approx(HELD_SECONDS, rel=0.06)]
    learned = learn(state.samples, "cam", "Camera", "2026-11-22T10:00:00+00:00", SETTINGS)
    assert learned.front.head_pitch == 6.0


def test_a_slouch_is_never_offered_as_upright():
    assert watched(minutes(10, neck_height=18.5))[0] == []


def test_a_moved_chair_is_offered_too_and_the_old_place_is_not():
    assert watched(minutes(5, distance=75.0), moved=None)[0]
    assert not watched(minutes(5, distance=63.0), moved=None)[0]
    assert not watched(minutes(5), moved=False)[0]


def test_glances_do_not_begin_it_anew_and_restlessness_is_no_posture():
    glancing = [
        seen(one.t, neck_height=14.0, head_pitch=30.0) if i % 6 == 0 else one for i, one in enumerate(minutes(5))
    ]
    assert watched(glancing)[0]
    restless = [seen(one.t, neck_height=20.0 + (i % 3) * 2) for i, one in enumerate(minutes(5))]
    assert not watched(restless)[0]


def test_somebody_who_went_back_to_the_old_place_starts_over():
    there, back = minutes(2), [replace(one, t=120.0 + one.t) for one in minutes(1)]
    state = watched(there)[1]
    for look in back:
        state, _ = follow_new_upright(state, look, UPRIGHT, False, SETTINGS)
    assert state.looks == ()
