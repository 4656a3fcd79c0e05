"""A network in the explainable judge's place: its inputs, what it learns from, and how its answer is combined with the rest."""

from dataclasses import replace

import numpy as np
import pytest
from faces import look
from test_front_benchmark import head, sitting, with_heads

from posturecam.config.settings import Settings
from posturecam.posture import assess
from posturecam.posture.calibration import learn, sample
from posturecam.posture.front.judge import Kind, upright_of
from posturecam.posture.measures import measure
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View
from tools.learn.front_looks import INPUTS, PLACE, inputs_of, look_at
from tools.learn.front_network import NetworkJudge, judging

SETTINGS = Settings()


def seen(inputs, *names):
    return [inputs[INPUTS.index(name)] for name in names]


def says(degrees):
    """A network that gives the same answer for every check."""
    return lambda inputs: tuple(np.full(len(inputs), degrees + off) for off in (0.0, -2.0, 2.0))


def test_nothing_changed_is_seen_as_no_change():
    inputs = inputs_of(look(), upright_of([look()]), moved=False)
    assert seen(inputs, "sunk", "nearer", "bent", "lower") == pytest.approx([0.0] * 4)


def test_where_the_head_is_says_nothing_once_the_camera_was_moved():
    then, lower = upright_of([look(head_low=-3.0)]), look(head_low=3.0)
    assert seen(inputs_of(lower, then, moved=False), "lower") == pytest.approx([6.0])
    assert seen(inputs_of(lower, then, moved=True), *PLACE) == [0.0] * len(PLACE)


def test_unseen_shoulders_are_distinguished_from_a_neck_that_did_not_change():
    unseen = look(neck_height=Reason(Why.CLIPPED, "shoulders"))
    assert seen(inputs_of(unseen, upright_of([look()]), moved=None), "sunk", "no neck height") == [0.0, 1.0]


def test_the_same_seed_gives_the_same_troubles():
    heads = [head(y=3.0 * deep, pitch=4.0 * deep) for deep in range(4)]
    stills = with_heads(sitting("upright", "upright", "slouch_mid", "slouch_deep"), *heads)
    first, again, other = (look_at(stills, "lite", Settings(), 2, seed) for seed in (1, 1, 2))
    assert (first.inputs == again.inputs).all()
    assert first.inputs.shape != other.inputs.shape or (first.inputs != other.inputs).any()


def test_a_network_tells_how_far_the_head_sank_and_leaning_stays_measured():
    then = upright_of([look()])
    assert NetworkJudge(says(5.0), 5.0, with_pose=False)(look(), then).value == pytest.approx(1.0)
    verdict = NetworkJudge(says(0.0), 5.0, with_pose=False)(look(head_roll=30.0), then)
    assert verdict.kind is Kind.SIDEWAYS
    assert verdict.value == pytest.approx(2.0)


def test_in_the_judge_s_place_a_network_judges_whole_checks():
    stills = with_heads(sitting("upright", "slouch_mid"), head(y=-3.0), head(y=4.0, z=52.0))
    upright, slouched = (stills.pose(index, "lite") for index in range(2))
    looks = [sample(upright, View.FRONT, measure(upright, View.FRONT, SETTINGS), SETTINGS)] * 40
    baseline = learn(looks, "cam", "Camera", "2026-11-30T10:00:00+00:00", SETTINGS)
    judged = {}
    for degrees in (1.0, 9.0):
        with judging(NetworkJudge(says(degrees), 5.0, with_pose=False)):
            judged[degrees] = assess.assess(slouched, View.FRONT, baseline, SETTINGS).deviation.value
    assert judged[1.0] == pytest.approx(0.2)
    assert judged[9.0] > 1


def test_the_program_judges_by_itself_again_afterwards():
    usual = assess.judge_by_face
    with judging(NetworkJudge(says(9.0), 5.0, with_pose=False)):
        assert assess.judge_by_face is not usual
    assert assess.judge_by_face is usual


def test_each_group_has_troubles_of_its_own():
    heads = [head(y=3.0 * deep, pitch=4.0 * deep) for deep in range(4)]
    stills = with_heads(sitting("upright", "upright", "slouch_mid", "slouch_deep"), *heads)
    train_a, train_b = (
        replace(stills, group=np.full(4, name)) for name in ("train_t000_monitor", "train_t001_monitor")
    )
    first, other = (look_at(one, "lite", Settings(), 3, 1) for one in (train_a, train_b))
    assert not np.array_equal(first.inputs[first.copy > 0], other.inputs[other.copy > 0])
