"""How the estimator is trained: whom it learns from, and that the fitted intervals hold."""

import numpy as np
import pytest

pytest.importorskip("moderngl", reason="moderngl is not installed: pip install -e '.[render]'")

from posturecam.posture.learned.features import HIPS, figure, joined, sizes
from posturecam.posture.learned.model import ANGLES, Angle
from tools.learn import examples as learning
from tools.learn.examples import Examples
from tools.learn.network import Plan, fitted
from tools.render import stills, training
from tools.render.crowd import person as somebody
from tools.render.people import PEOPLE

DISTANCE, YAW = ANGLES.index(Angle.DISTANCE), ANGLES.index(Angle.BODY_YAW)


def test_nobody_is_both_learned_from_and_judged():
    plan = training.plan()
    assert not {group.person for group in plan} & set(PEOPLE)
    assert not {group.room for group in plan} & set(stills.SPLITS["test"][1])
    assert len({group.name for group in plan}) == len(plan)
    assert {group.split for group in plan} == {"train"}


def test_training_people_and_stills_are_the_same_every_time():
    group = training.plan()[3]
    assert list(group.stills()) == list(group.stills())
    assert somebody("t007") == somebody("t007") != somebody("t008")
    assert sum(still.name == "upright" for still in group.stills()) == training.UPRIGHTS


def test_mixtures_stay_within_what_people_do():
    for group in training.plan()[:20]:
        for still in group.stills():
            if still.name != "upright":
                for axis, (low, high) in training.LIMITS.items():
                    # Breathing and sway are added afterwards.
                    assert low - 6 <= getattr(still.posture, axis) <= high + 6, (group.name, axis)


@pytest.fixture
def some():
    from figures import person

    poses = [person(neck=neck, yaw=10.0) for neck in (0, 10, 20, 30) for _ in range(50)]
    figures = joined([figure(pose) for pose in poses])
    figures = type(figures)(
        np.nan_to_num(figures.points), np.nan_to_num(figures.visibility), np.nan_to_num(figures.world)
    )
    n = len(poses)
    truth = np.tile(np.arange(1.0, len(ANGLES) + 1), (n, 1))
    names = np.full(n, "x")
    yes = np.ones(n, bool)
    return Examples(
        figures, truth, figures, truth * 0, yes, names, names, names, names, names, ~yes, focal=np.ones(n), placed=yes
    )


def test_a_moved_chair_changes_the_distance_to_be_estimated(some, monkeypatch):
    monkeypatch.setattr(learning, "CHAIR_SHARE", 1.0)
    monkeypatch.setattr(learning, "JITTER", {})
    monkeypatch.setattr(learning, "OWN_NOISE", 0.0)
    shaken = some.shaken(np.random.default_rng(1))
    larger = np.log(sizes(shaken.figures) / sizes(some.figures))
    np.testing.assert_allclose(some.truth[:, DISTANCE] - shaken.truth[:, DISTANCE], larger, atol=1e-9)
    assert np.ptp(larger) > 0.5


def test_a_moved_chair_rolls_on_the_floor(some, monkeypatch):
    """With a camera that looks down, a point level with the lens stays where it is in the picture; one below it moves down as it comes nearer."""
    for name, value in (
        ("CHAIR_SHARE", 1.0),
        ("JITTER", {}),
        ("OWN_NOISE", 0.0),
        ("CHAIR_ACROSS", 0.0),
        ("CHAIR_HEIGHT", 0.0),
    ):
        monkeypatch.setattr(learning, name, value)
    shaken = some.shaken(np.random.default_rng(1))
    above = np.tan(np.radians(some.truth[:, ANGLES.index(Angle.CAMERA_PITCH)]))
    scale = np.exp(some.truth[:, DISTANCE] - shaken.truth[:, DISTANCE])
    below, then = (one.figures.points[:, :, 1] + above[:, None] for one in (shaken, some))
    np.testing.assert_allclose(below, then * scale[:, None], atol=1e-9)


def test_half_of_the_examples_do_without_a_place_in_the_picture(some):
    assert 0.35 < some.shaken(np.random.default_rng(1)).placed.mean() < 0.65


def test_hips_are_hidden_in_the_pose_and_in_the_baseline_alike(some):
    shaken = some.shaken(np.random.default_rng(2))
    now, then = (one.visibility[:, HIPS].max(axis=1) == 0 for one in (shaken.figures, shaken.upright))
    np.testing.assert_array_equal(now, then)


def test_a_mirror_turns_the_true_angles_too(some):
    assert some.mirrored().truth[0, YAW] == -some.truth[0, YAW]
    assert some.mirrored().truth[0, 0] == some.truth[0, 0]


def test_a_fitted_network_tells_the_value_and_how_uncertain_it_is():
    random = np.random.default_rng(3)
    seen = random.uniform(-1, 1, (4000, 2)).astype(np.float32)
    noise = np.where(seen[:, 1] > 0, 0.5, 0.1) * random.normal(0, 1, 4000)
    wanted = (np.sin(2 * seen[:, 0]) + noise)[:, None].astype(np.float32)
    layers = fitted([(seen, wanted)], 1, Plan(hidden=(32, 16), epochs=60))
    again = fitted([(seen, wanted)], 1, Plan(hidden=(32, 16), epochs=60))
    np.testing.assert_array_equal(layers[0][0], again[0][0])
    told = seen
    for weights, offsets in layers[:-1]:
        told = np.maximum(told @ weights + offsets, 0)
    value, below, above = (told @ layers[-1][0] + layers[-1][1]).T
    below, above = np.logaddexp(0, below), np.logaddexp(0, above)
    assert np.abs(value - np.sin(2 * seen[:, 0])).mean() < 0.06
    off = wanted[:, 0] - value
    assert ((off > -below) & (off < above)).mean() == pytest.approx(0.9, abs=0.03)
    sure = seen[:, 1] < -0.1
    assert below[sure].mean() < 0.6 * below[~sure].mean()
