"""Offering a new baseline to somebody who has sat upright for minutes in another place, without ever adopting it."""

from dataclasses import replace

import faces
import figures
import pytest

from posturecam.config.settings import Settings
from posturecam.posture.calibration import learn, sample
from posturecam.posture.front.judge import upright_of
from posturecam.posture.front.new_upright import (
    BACK_SECONDS,
    HELD_SECONDS,
    NewUpright,
    follow_new_upright,
    in_new_place,
)
from posturecam.posture.measures import measure
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View

SETTINGS = Settings()
UPRIGHT = upright_of([faces.look()])
FARTHER, AS_BEFORE = {"distance": 75.0}, {}


def seen(t, **figures_):
    pose = figures.person(t)
    found = sample(pose, View.FRONT, measure(pose, View.FRONT, SETTINGS))
    return replace(found, t=t, front=faces.look(**figures_))


def stays(*parts):
    """When a new baseline was offered, seconds, and the final state, through stays of (seconds, whether the camera was moved, figures)."""
    state, offered, t = NewUpright(), [], 0.0
    for seconds, moved, figures_ in parts:
        for _ in range(round(seconds / 1.5)):
            state, now = follow_new_upright(state, seen(t, **figures_), UPRIGHT, moved, SETTINGS)
            offered += [t] if now else []
            t += 1.5
    return offered, state


def watched(looks, moved=True, upright=UPRIGHT):
    """When a new baseline was offered, seconds, and the final state."""
    state, offered = NewUpright(), []
    for look in looks:
        state, now = follow_new_upright(state, look, upright, moved, SETTINGS)
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


def test_only_the_last_three_minutes_have_to_be_upright():
    slouched = 400.0
    offered, _ = stays((slouched, True, {"neck_height": 16.0}), (300, True, AS_BEFORE))
    assert len(offered) == 1
    assert 0.7 * HELD_SECONDS < offered[0] - slouched <= HELD_SECONDS, (
        "glances of one in five are part of sitting upright"
    )


def test_a_neck_that_looks_shorter_from_a_higher_camera_is_as_upright_as_before():
    higher = {"head_pitch": 25.0, "neck_height": 18.5}
    assert watched(minutes(4, **higher))[0]
    assert not watched(minutes(4, **higher | {"head_pitch": 0.0}))[0]


def test_a_laptop_put_on_a_stand_is_offered_to_whoever_sits_upright_before_it_and_not_to_whoever_slouches():
    """From below a neck looks longer than from eye level: at *tune* cameras by a quarter of a centimeter for each degree."""
    from_below = upright_of([faces.look(neck_height=23.0, head_pitch=-15.0, shoulder_low=8.0)])
    at_eye_level = {"head_pitch": 2.0, "neck_height": 18.9}
    assert watched(minutes(5, **at_eye_level), upright=from_below)[0]
    assert not watched(minutes(5, **at_eye_level), upright=from_below, moved=False)[0], "the chin came down"
    assert not watched(minutes(5, **at_eye_level | {"neck_height": 16.5}), upright=from_below)[0]
    assert not watched(minutes(5, head_pitch=-7.0, neck_height=21.0), upright=from_below)[0], (
        "a mild slouch, as far bent"
    )


@pytest.mark.parametrize(
    "figures_",
    [{"head_low": 3.0, "neck_height": 18.0}, {"head_low": -9.0, "neck_height": 20.5}],
    ids=["lowered, so that the camera sees the neck more from above", "raised"],
)
def test_a_chair_of_another_height_is_offered_if_the_camera_is_known_to_have_stayed(figures_):
    assert watched(minutes(5, **figures_), moved=False)[0]
    assert not watched(minutes(5, **figures_), moved=None)[0], "a tilted camera shows the same"


@pytest.mark.parametrize("distance", [60.0, 50.0])
def test_whoever_slides_down_in_a_chair_that_stayed_is_never_offered_that(distance):
    """The head bends too, as it looks to a higher camera; but the camera is known to have stayed."""
    slid = {"head_low": 4.0, "neck_height": 16.6, "head_pitch": 16.0, "distance": distance}
    assert not watched(minutes(10, **slid), moved=False)[0]


def test_a_moved_chair_is_offered_too_and_the_old_place_is_not():
    assert watched(minutes(5, distance=75.0), moved=None)[0]
    assert not watched(minutes(5, distance=63.0), moved=None)[0]
    assert not watched(minutes(5), moved=False)[0]


HIDDEN = Reason(Why.CLIPPED, "shoulders")


@pytest.mark.parametrize("unknown", ["neck_height", "distance", "head_pitch"])
def test_checks_that_show_too_little_are_not_upright_and_no_other_place(unknown):
    """Whoever sits far back with the shoulders out of the picture is asked nothing."""
    assert not watched(minutes(5, **{"distance": 75.0, unknown: HIDDEN}), moved=None)[0]
    assert not in_new_place(seen(0.0, distance=HIDDEN), UPRIGHT, None)
    assert in_new_place(seen(0.0, distance=HIDDEN), UPRIGHT, True)
    assert not in_new_place(seen(0.0), None, True)


def test_glances_do_not_begin_it_anew_and_restlessness_is_no_posture():
    glancing = [
        seen(one.t, neck_height=14.0, head_pitch=30.0) if i % 6 == 0 else one for i, one in enumerate(minutes(5))
    ]
    assert watched(glancing)[0]
    restless = [seen(one.t, neck_height=20.0 + (i % 3) * 2) for i, one in enumerate(minutes(5))]
    assert not watched(restless)[0]


@pytest.mark.parametrize(
    ("there", "back"),
    [((300, False, FARTHER), (15, False, AS_BEFORE)), ((300, True, AS_BEFORE), (15, False, AS_BEFORE))],
    ids=["leans in", "the background looks as before"],
)
def test_what_was_offered_is_not_offered_again_after_moments_in_the_old_place(there, back):
    offered, state = stays(*(there, back) * 4)
    assert offered == [pytest.approx(HELD_SECONDS, rel=0.06)]
    assert state.offered


@pytest.mark.parametrize("moved", [False, None])
def test_an_offer_is_withdrawn_once_the_chair_is_back(moved):
    assert stays((300, moved, FARTHER))[1].offered
    assert not stays((300, moved, FARTHER), (BACK_SECONDS + 3, moved, AS_BEFORE))[1].offered


def test_an_offer_stands_while_nobody_knows_whether_the_camera_was_put_back():
    assert stays((300, True, AS_BEFORE), (600, None, AS_BEFORE))[1].offered


def test_somebody_who_went_back_to_the_old_place_starts_over():
    there, back = minutes(2), [replace(one, t=120.0 + one.t) for one in minutes(1)]
    state = watched(there)[1]
    for look in back:
        state, _ = follow_new_upright(state, look, UPRIGHT, False, SETTINGS)
    assert state.looks == ()
