""" "Come closer" and "move back", by how large the user is, or was when last seen."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from fakes.frames import FramesInMemory
from stretch_figures import LOST, events_of, pose_of, posture, run

from posturecam.coach.events import Lost, SetupHint
from posturecam.coach.library import load_exercise
from posturecam.coach.loop import coach
from posturecam.coach.nearness import LastSeen, Nearness, last_seen, nearness
from posturecam.config.settings import StretchSettings
from posturecam.vision.frame import Frame

SETTINGS = StretchSettings()
SITTING = posture(thigh=0.0, shank=0.0, reach=-40.0, reach_length=0.5)


@pytest.mark.parametrize(
    ("scale", "said"), [(80.0, Nearness.FAR), (300.0, Nearness.UNKNOWN), (900.0, Nearness.CUT_OFF)]
)
def test_somebody_is_too_far_or_too_near_by_their_size_in_the_picture(scale, said):
    assert nearness(pose_of(posture(), scale=scale), SETTINGS) is said


def test_at_a_desk_legs_outside_the_picture_do_not_mean_too_near():
    near = pose_of(posture(hip_u=-1.0), scale=500.0)
    assert nearness(near, SETTINGS) is Nearness.CUT_OFF
    assert nearness(near, SETTINGS, ("head", "shoulders")) is Nearness.UNKNOWN


def test_how_somebody_was_last_seen_counts_for_a_minute():
    far = last_seen(LastSeen(), 0.0, pose_of(posture(), scale=80.0), SETTINGS)
    assert last_seen(far, 50.0, None, SETTINGS).nearness is Nearness.FAR
    assert last_seen(far, 70.0, None, SETTINGS).nearness is Nearness.UNKNOWN


def lost_after(scale):
    """The hints for somebody who was seen like this for two seconds, and then no longer."""
    frames = [
        Frame(i / 10, recorded=True, pose=pose_of(SITTING, i / 10, scale=scale) if i < 20 else None) for i in range(80)
    ]
    ticks = list(coach(FramesInMemory(frames), lambda _: None, [load_exercise("thoracic_stretch")]))
    return [event.text for event in events_of(ticks, SetupHint) if event.t > 2.5]


def test_somebody_who_was_small_when_lost_is_asked_to_come_closer():
    assert lost_after(60.0) == ["Come closer, I cannot see you"]


def test_somebody_who_was_cut_off_when_lost_is_asked_to_move_back():
    assert lost_after(900.0) == ["Move back, I cannot see you"]


def told_after(before, seconds=80.0):
    """The hints and their times, when somebody who sat there is seen in these poses, ten a second, and then no longer."""
    found = [pose_of(SITTING, i / 10, scale=900.0) for i in range(20)] + before
    gone = round(10 * seconds) - len(found)
    moments = [Frame(i / 10, recorded=True, pose=pose) for i, pose in enumerate([*found, *[None] * gone])]
    ticks = list(coach(FramesInMemory(moments), lambda _: None, [load_exercise("thoracic_stretch")]))
    return [(event.t, event.text) for event in events_of(ticks, SetupHint) if event.t > len(found) / 10]


def test_walking_out_of_the_picture_brings_no_request_to_move_back():
    """After somebody had left, the coach used to say "Move back" to an empty room."""
    pose = pose_of(SITTING, scale=900.0)
    steps = [replace(pose, points=pose.points + np.float32([step * 90, 0])) for step in range(8)]
    assert {text for _, text in told_after(steps)} == {"I cannot see you, step into view"}


def test_somebody_who_came_nearer_and_stayed_at_the_edge_did_not_walk_out_of_the_picture():
    pose = pose_of(SITTING, scale=900.0)
    steps = [replace(pose, points=pose.points + np.float32([min(step, 7) * 90, 0])) for step in range(30)]
    assert told_after(steps)[0][1] == "Move back, I cannot see you"


def test_somebody_who_stays_away_is_called_less_and_less_often_and_is_no_longer_too_near():
    told = told_after([])
    assert told[0][1] == "Move back, I cannot see you"
    assert {text for _, text in told[1:]} == {"I cannot see you, step into view"}
    apart = [after[0] - before[0] for before, after in pairwise(told[1:])]
    assert apart[0] >= 9.9
    assert apart[-1] > 1.5 * apart[0]


def test_somebody_who_was_never_seen_is_told_what_to_do_all_the_same():
    frames = [Frame(i / 10, recorded=True) for i in range(40)]
    ticks = list(coach(FramesInMemory(frames), lambda _: None, [load_exercise("thoracic_stretch")]))
    assert {event.text for event in events_of(ticks, SetupHint)} == {"I cannot see you, step into view"}


def test_somebody_who_is_lost_after_the_start_in_full_view_is_asked_into_view():
    ticks = run("thoracic_stretch", (3, SITTING), (5, LOST))
    lost = events_of(ticks, Lost)
    assert [event.reason.text for event in lost] == ["I cannot see you, step into view"]
