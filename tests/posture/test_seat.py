"""A chair that was moved is not a head that came nearer, and a slouch never becomes what it is compared with."""

from dataclasses import replace

import pytest
from fakes.frames import FramesInMemory, no_model
from figures import from_side, person
from scripts import events_of

from posturecam.config.settings import Settings
from posturecam.posture.assess import assess
from posturecam.posture.calibration import learn, sample
from posturecam.posture.front.seat import UprightSeat, follow_seat
from posturecam.posture.front.thresholds import FrontThresholds
from posturecam.posture.loop import watch
from posturecam.posture.measures import measure
from posturecam.posture.reading import Circumstances
from posturecam.posture.view import View
from posturecam.vision.frame import Frame
from posturecam.vision.head import Head
from posturecam.vision.pose import Landmark

SETTINGS = Settings()
PIXEL = 0.1  # centimeters


def sitting(neck_height=20.0, away=70.0, pitch=5.0):
    pose = person(neck=10, distance=0.75)
    x, y = (pose.at(Landmark.LEFT_SHOULDER) + pose.at(Landmark.RIGHT_SHOULDER)) / 2 - (0, neck_height / PIXEL)
    head = Head(0.0, 0.0, away, pitch, 0.0, 0.0, float(x), float(y), float(x), float(y) + 80, PIXEL, 0.3, 65.0)
    return replace(pose, head=head)


def learned():
    look = sample(sitting(), View.FRONT, measure(sitting(), View.FRONT, SETTINGS), SETTINGS)
    return learn([look] * 40, "cam", "Camera", "2026-11-29T10:00:00+00:00", SETTINGS)


BASELINE = learned()


def judged(pose, seat=None, moved=False):
    return assess(pose, View.FRONT, BASELINE, SETTINGS, known=Circumstances(moved=moved, seat=seat))


def sat(*parts, every=1.5, state=None):
    """Where somebody sits after these parts, each a pose and the seconds it lasts."""
    state, t = state or UprightSeat(), 0.0
    for pose, seconds in parts:
        for _ in range(round(seconds / every)):
            t += every
            state = follow_seat(state, replace(judged(pose, state.distance), t=t), BASELINE.front, FrontThresholds())
    return state


@pytest.mark.parametrize("every", [0.5, 1.5])
def test_a_mild_slouch_in_a_chair_that_was_pushed_back_is_found(every):
    slouched = sitting(neck_height=18.4, away=80.0)
    assert judged(slouched).deviation.value < 1
    seat = sat((sitting(away=90.0), 90), every=every)
    assert seat.distance == pytest.approx(90.0)
    assert judged(slouched, seat.distance).deviation.value > 1


def test_a_chair_that_was_pulled_up_does_not_turn_relaxing_into_a_slouch():
    relaxed = sitting(neck_height=18.8, away=58.0)
    assert judged(relaxed).deviation.value > 1
    assert judged(relaxed, sat((sitting(away=58.0), 90)).distance).deviation.value < 1


@pytest.mark.parametrize("away", [58.0, 70.0, 90.0])
def test_a_reminder_says_how_much_nearer_the_head_came_in_the_chair_as_it_stands(away):
    upright, slouched = sitting(away=away), sitting(neck_height=14.0, away=away - 6)
    poses = [upright] * 180 + [slouched] * 240
    frames = [Frame(t / 2, recorded=True, pose=replace(pose, t=t / 2)) for t, pose in enumerate(poses)]
    (slouch,) = events_of(watch(FramesInMemory(frames), no_model, {View.FRONT: BASELINE}, SETTINGS))
    assert slouch.nearer == pytest.approx(6.0)


@pytest.mark.parametrize(
    "pose",
    [
        sitting(neck_height=18.5, away=60.0),
        sitting(neck_height=18.4, away=80.0),  # not called a slouch, as it is farther away
        sitting(away=58.0, pitch=30.0),
    ],
)
def test_slouching_or_looking_down_is_not_taken_for_sitting_there(pose):
    assert sat((pose, 600)).distance is None


def test_leaning_forward_now_and_then_changes_nothing():
    assert sat(*[(sitting(), 40), (sitting(away=58.0), 20)] * 5).distance is None


def test_some_seconds_in_another_place_are_not_enough_and_a_new_calibration_starts_over():
    assert sat((sitting(away=90.0), 45)).distance is None
    moved = sat((sitting(away=90.0), 90))
    other = replace(BASELINE.front, distance=71.0)
    assert follow_seat(moved, replace(judged(sitting()), t=200.0), other, FrontThresholds()).distance is None


def test_turning_aside_for_a_while_does_not_forget_where_the_chair_stands():
    moved = sat((sitting(away=90.0), 90))
    aside = assess(replace(from_side(), t=100.0), View.SIDE_RIGHT, None, SETTINGS)  # nothing was learned from the side
    assert follow_seat(moved, aside, None, FrontThresholds()) == moved
