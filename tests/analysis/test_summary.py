"""The figures of an analysis, counted sample by sample: what a sample stands for, and why most of the time is unknown."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from figures import from_side, person

from posturecam.analysis.summary import Tally
from posturecam.config.settings import Settings
from posturecam.posture.assess import assess
from posturecam.posture.loop import Tick
from posturecam.posture.monitor import MonitorState, Phase
from posturecam.posture.reading import no_person
from posturecam.posture.reasons import Why
from posturecam.posture.view import View
from posturecam.vision.frame import Frame

SETTINGS = Settings()
GAP = SETTINGS.monitor.longest_gap
UPRIGHT = assess(from_side(neck=5), View.SIDE_RIGHT, None, SETTINGS)
UNJUDGED = assess(person(), View.FRONT, None, SETTINGS)


def sample(t, phase, reading, pose=None):
    return Tick(Frame(t), pose, replace(reading, t=t), MonitorState(phase=phase), ())


def counted(*samples, rotate=0):
    """The summary of samples, each a time, a phase and a reading."""
    tally = Tally(SETTINGS, rotate)
    for one in samples:
        tally.add(sample(*one))
    return tally.summary(Path("clip.mp4"), Path("out"), None, ())


def test_a_sample_stands_for_the_time_since_the_one_before():
    found = counted((10, Phase.UPRIGHT, UPRIGHT), (12, Phase.UPRIGHT, UPRIGHT), (15, Phase.SLOUCHING, UPRIGHT))
    assert (found.seconds, found.samples) == (5, 3)
    assert found.shares == {**dict.fromkeys(Phase, 0.0), Phase.UPRIGHT: 2 / 5, Phase.SLOUCHING: 3 / 5}


def test_a_time_that_goes_back_counts_nothing():
    found = counted((10, Phase.UPRIGHT, UPRIGHT), (12, Phase.UPRIGHT, UPRIGHT), (3, Phase.UPRIGHT, UPRIGHT))
    assert found.seconds == 2
    assert counted((10, Phase.UPRIGHT, UPRIGHT)).shares == {}


def test_a_pause_is_unknown_from_the_longest_gap_on_and_is_warned_of_once_it_matters():
    steady = [(t, Phase.UPRIGHT, UPRIGHT) for t in range(100)]
    judged = counted(*steady, (99 + GAP, Phase.UPRIGHT, UPRIGHT))
    assert (judged.shares[Phase.UNKNOWN], judged.warnings) == (0, ())
    short = counted(*steady, (99.1 + GAP, Phase.UPRIGHT, UPRIGHT))
    assert short.shares[Phase.UNKNOWN] == pytest.approx((GAP + 0.1) / (99.1 + GAP))
    assert short.warnings == ()
    (warning,) = counted(*steady, (200, Phase.UPRIGHT, UPRIGHT)).warnings
    assert "clip.mp4: for 50% of the time" in warning


def test_why_it_is_unknown_is_told_by_the_longest_part_of_that_time_in_which_somebody_was_there():
    away = [(t, Phase.AWAY, no_person(0.0)) for t in range(50)]
    unjudged = [(50 + t, Phase.UNKNOWN, UNJUDGED) for t in range(10)]
    found = counted(*away, *unjudged)
    assert [(one.reason.code, one.seconds, one.samples, one.in_phase) for one in found.unknown] == [
        (Why.NO_PERSON, 49, 50, 0),
        (Why.NO_BASELINE, 10, 10, 10),
    ]
    assert found.main_reason.code is Why.NO_BASELINE
    assert counted(*away).main_reason is None


def test_where_pauses_take_more_of_the_unknown_time_no_other_reason_is_given():
    unjudged = [(t, Phase.UNKNOWN, UNJUDGED) for t in range(11)]
    assert counted(*unjudged, (19, Phase.UPRIGHT, UPRIGHT)).main_reason.code is Why.NO_BASELINE
    assert counted(*unjudged, (21, Phase.UPRIGHT, UPRIGHT)).main_reason is None


def test_of_pictures_judged_by_themselves_the_most_frequent_reason_is_the_main_one():
    tally = Tally(SETTINGS)
    for file, reading in (("a.jpg", UNJUDGED), ("b.jpg", no_person(0.0)), ("c.jpg", no_person(0.0))):
        tally.add_picture(file, sample(0.0, Phase.UNKNOWN, reading))
    found = tally.summary(Path("photos"), Path("out"), None, ())
    assert [(one.file, one.reading.deviation.reason.code) for one in found.pictures] == [
        ("a.jpg", Why.NO_BASELINE),
        ("b.jpg", Why.NO_PERSON),
        ("c.jpg", Why.NO_PERSON),
    ]
    assert [(one.reason.code, one.samples) for one in found.unknown] == [(Why.NO_PERSON, 2), (Why.NO_BASELINE, 1)]
    assert found.main_reason.code is Why.NO_PERSON
    assert counted((10, Phase.UPRIGHT, UPRIGHT)).main_reason is None


def test_a_video_of_one_picture_is_a_picture_judged_by_itself():
    (only,) = counted((10, Phase.UPRIGHT, UPRIGHT)).pictures
    assert (only.file, only.reading) == ("clip.mp4", replace(UPRIGHT, t=10))
    assert counted((10, Phase.UPRIGHT, UPRIGHT), (11, Phase.UPRIGHT, UPRIGHT)).pictures == ()


@pytest.mark.parametrize(("rotated", "turn"), [(0, 90), (90, 180), (180, 270), (270, 0)])
def test_the_turn_is_that_of_the_pictures_before_they_were_rotated(rotated, turn):
    upright = person(distance=2.0)
    sideways = np.stack([upright.points[:, 1], upright.width - upright.points[:, 0]], axis=1)
    pose = replace(upright, points=sideways, width=upright.height, height=upright.width)
    tally = Tally(SETTINGS, rotated)
    for t in range(3):
        tally.add(sample(t, Phase.UNKNOWN, UNJUDGED, pose))
    assert tally.summary(Path("clip.mp4"), Path("out"), None, ()).turn == turn
