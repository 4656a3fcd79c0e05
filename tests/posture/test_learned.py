"""The learned estimator: what it guarantees whatever its weights are, and what the shipped weights must do."""

import dataclasses
import hashlib
import itertools
import json
import math

import numpy as np
import pytest
from baselines import baseline_of
from figures import from_side, mirrored, person
from places import ROOT

from posturecam.config.settings import LearnedSettings, Settings
from posturecam.errors import ModelError
from posturecam.history.baselines import load_baselines, save_baseline
from posturecam.posture.assess import assess
from posturecam.posture.geometric.judge import Geometry
from posturecam.posture.learned.decision import ESTIMATE_SHARE, LearnedJudge, judge
from posturecam.posture.learned.features import (
    FEATURE_NAMES,
    KEPT_LANDMARKS,
    changes,
    features,
    figure,
    from_kept,
    is_complete,
    kept,
)
from posturecam.posture.learned.model import (
    ANGLES,
    CELLS,
    ODD,
    OUT_OF_DOMAIN,
    Angle,
    Estimate,
    cell_of,
    slouch,
)
from posturecam.posture.learned.weights import load_judge, load_model
from posturecam.posture.loop import read
from posturecam.posture.measures import Name
from posturecam.posture.reading import Circumstances, Deviation
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View
from posturecam.vision.frame import Frame
from posturecam.vision.pose import LANDMARK_COUNT

SETTINGS = Settings()
WEIGHTS = ROOT / "models" / "posture_estimator.npz"
CARD = ROOT / "models" / "posture_estimator.md"


@pytest.fixture(scope="module")
def model():
    return load_model()


def complete(pose):
    """The stick figure lacks some landmarks; unused ones are put at the nose."""
    points, world = pose.points.copy(), pose.world.copy()
    missing = ~np.isfinite(points).all(axis=1)
    points[missing], world[missing] = points[0], world[0]
    return dataclasses.replace(pose, points=points, world=world)


def seen(**posture):
    return complete(person(**posture))


PLACED = np.array([True])
"""The place in the picture of the one pose may be compared."""


# Features of a pose.


def test_every_feature_has_a_name():
    assert features(figure(seen())).shape == (1, len(FEATURE_NAMES))
    assert len(set(FEATURE_NAMES)) == len(FEATURE_NAMES)


def test_features_do_not_depend_on_the_size_of_the_picture():
    small, large = seen(width=640, height=480), seen(width=1280, height=960)
    np.testing.assert_allclose(features(figure(small)), features(figure(large)), atol=1e-3)


def test_features_do_not_depend_on_the_place_in_the_picture():
    pose = seen()
    moved = dataclasses.replace(pose, points=pose.points + np.float32([40, -25]))
    np.testing.assert_allclose(features(figure(moved)), features(figure(pose)), atol=1e-4)


def test_a_moved_camera_that_moved_for_the_baseline_too_changes_nothing():
    pose, upright = figure(seen(neck=30)), figure(seen())
    there = figure(dataclasses.replace(seen(neck=30), points=seen(neck=30).points + np.float32([30, 10])))
    upright_there = figure(dataclasses.replace(seen(), points=seen().points + np.float32([30, 10])))
    np.testing.assert_allclose(changes(there, upright_there, PLACED), changes(pose, upright, PLACED), atol=1e-3)


def test_a_place_in_the_picture_that_may_not_be_compared_is_not():
    pose, upright = seen(neck=30), figure(seen())
    there = figure(dataclasses.replace(pose, points=pose.points + np.float32([30, 10])))
    np.testing.assert_allclose(changes(there, upright, ~PLACED), changes(figure(pose), upright, ~PLACED), atol=1e-3)
    assert np.abs(changes(there, upright, PLACED) - changes(figure(pose), upright, PLACED)).max() > 0.1


def test_the_mirror_image_of_the_mirror_image_is_the_figure():
    one = figure(seen(yaw=30, head_yaw=10))
    np.testing.assert_allclose(features(one.mirrored().mirrored()), features(one), atol=1e-9)


@pytest.mark.parametrize("missing", ["points", "world"])
def test_a_pose_without_head_shoulders_or_depth_is_incomplete(missing):
    pose = seen()
    assert is_complete(pose)
    broken = getattr(pose, missing).copy()
    broken[KEPT_LANDMARKS[0]] = np.nan
    assert not is_complete(dataclasses.replace(pose, **{missing: broken}))


# Guarantees of the estimator.


@pytest.mark.parametrize("posture", [{"yaw": 25}, {"yaw": -70, "neck": 30}, {"head_yaw": 20, "roll": 8}])
def test_a_mirror_turns_left_and_right_round_and_nothing_else(model, posture):
    pose = seen(**posture)
    here, there = model.read(figure(pose)), model.read(figure(mirrored(pose)))
    np.testing.assert_allclose(there.values, here.values * np.where(ODD, -1, 1), atol=1e-4)
    np.testing.assert_allclose(there.below, np.where(ODD, here.above, here.below), atol=1e-4)
    upright = seen()
    compared = model.compare(figure(pose), model.upright(figure(upright)))
    again = model.compare(figure(mirrored(pose)), model.upright(figure(mirrored(upright))))
    np.testing.assert_allclose(again.values, compared.values * np.where(ODD, -1, 1), atol=1e-4)


def test_the_upright_pose_itself_has_not_changed(model):
    pose = seen(yaw=20)
    for placed in (PLACED, ~PLACED):
        found = model.compare(figure(pose), model.upright(figure(pose)), placed)
        np.testing.assert_allclose(found.values, 0, atol=1e-9)


def test_the_picture_s_size_changes_no_estimate(model):
    small, large = model.read(figure(seen(width=640, height=480))), model.read(figure(seen(width=1280, height=960)))
    np.testing.assert_allclose(small.values, large.values, atol=0.2)


def test_a_baseline_with_narrower_intervals_than_none(model):
    pose = seen(neck=20)
    alone = model.read(figure(pose))
    compared = model.compare(figure(pose), model.upright(figure(seen())))
    neck = ANGLES.index(Angle.NECK_INCLINATION)
    assert (compared.below + compared.above)[0, neck] < (alone.below + alone.above)[0, neck]


def test_intervals_widen_with_the_distance_from_what_was_learned(model):
    plain = figure(seen())
    random = np.random.default_rng(1)
    widths, unlike = [], []
    for scatter in (0.0, 0.02, 0.06):
        noisy = dataclasses.replace(plain, points=plain.points + random.normal(0, scatter, plain.points.shape))
        found = model.read(noisy)
        widths.append(float((found.below + found.above)[0, 0]))
        unlike.append(float(found.unlike[0]))
    assert unlike[0] < unlike[1] < unlike[2]
    assert widths[0] < widths[2]


def test_a_pattern_unlike_all_that_was_learned_is_unknown_with_the_reason(model):
    pose = seen()
    upside_down = dataclasses.replace(pose, points=np.float32([640, 480]) - pose.points)
    found = model.angles(upside_down)
    assert {estimate.value for estimate in found.values()} == {None}
    assert {estimate.reason for estimate in found.values()} == {OUT_OF_DOMAIN}
    assert OUT_OF_DOMAIN.code is Why.UNLIKE


def test_missing_landmarks_are_unknown_with_the_reason(model):
    points = seen().points.copy()
    points[:] = np.nan
    found = model.angles(dataclasses.replace(seen(), points=points))
    assert all(estimate.reason.code is Why.NOT_SEEN for estimate in found.values())


def test_an_estimate_has_a_value_or_a_reason():
    with pytest.raises(ValueError, match="either"):
        Estimate(Angle.HEAD_PITCH, None)


def test_intervals_are_kept_by_view_and_by_where_the_trunk_is():
    yaw, trunk = np.array([0, -24, 40, -90.0, 90]), np.array([0, -10, 0, -10, 20.0])
    assert cell_of(yaw, trunk).tolist() == [1, 0, 4, 6, 8]
    assert CELLS == 9


def test_looking_down_is_not_a_slouch_and_sliding_down_is():
    neck, flexion, pitch = np.array([[12.4, 11, 38], [4, 22, 11], [13, 4, 4], [0, 0, 0]], float).T
    assert slouch(neck, flexion, pitch).round().tolist() == [1, 9, 12, 0]


# The weights.


def test_the_weights_are_those_of_the_card():
    assert hashlib.sha256(WEIGHTS.read_bytes()).hexdigest() in CARD.read_text(encoding="utf-8")
    assert WEIGHTS.stat().st_size < 2_000_000


def test_weights_survive_being_kept(model, tmp_path):
    np.savez(tmp_path / "again.npz", **model.arrays())
    again = load_model(tmp_path / "again.npz")
    one = figure(seen(neck=25))
    np.testing.assert_allclose(again.read(one).values, model.read(one).values, atol=1e-4)


def test_damaged_weights_are_reported(tmp_path):
    (tmp_path / "bad.npz").write_bytes(b"PK")
    with pytest.raises(ModelError, match="damaged"):
        load_model(tmp_path / "bad.npz")
    np.savez(tmp_path / "lacking.npz", absolute_mean=np.zeros(3))
    with pytest.raises(ModelError, match="damaged"):
        load_model(tmp_path / "lacking.npz")


def test_geometry_judges_where_the_settings_say_so():
    assert load_judge(Settings(learned=LearnedSettings(enabled=False))) is None
    assert load_judge(Settings(learned=LearnedSettings(enabled=True))) is not None


# Baselines.


def test_a_baseline_keeps_the_upright_landmarks(monkeypatch, tmp_path):
    monkeypatch.setenv("POSTURECAM_HOME", str(tmp_path))
    made = baseline_of(seen())
    assert made.landmarks is not None
    save_baseline(made)
    (again,) = load_baselines().kept
    assert again.landmarks == made.landmarks
    np.testing.assert_allclose(features(from_kept(again.landmarks)), features(figure(seen())), atol=1e-3)


def test_an_old_baseline_still_loads_and_is_judged_by_geometry(monkeypatch, tmp_path, model):
    monkeypatch.setenv("POSTURECAM_HOME", str(tmp_path))
    save_baseline(baseline_of(seen()))
    file = tmp_path / "baselines.json"
    (record,) = json.loads(file.read_text())
    del record["landmarks"]
    file.write_text(json.dumps([record]))
    (old,) = load_baselines().kept
    assert old.landmarks is None
    slumped = seen(neck=35, trunk=15, distance=0.75, eye_level=0.6)
    plain = assess(slumped, View.FRONT, old, SETTINGS).deviation
    assert assess(slumped, View.FRONT, old, SETTINGS, LearnedJudge(model)).deviation == plain


def test_landmarks_edited_by_hand_are_refused():
    good = baseline_of(seen())
    with pytest.raises(ValueError, match="landmarks"):
        dataclasses.replace(good, landmarks=good.landmarks[1:])


def test_median_landmarks_are_kept():
    rows = kept(figure(seen()))
    assert len(rows) == len(KEPT_LANDMARKS) < LANDMARK_COUNT


# Decisions, on made-up estimates.


def told(slouching, half=3.0, **angles):
    """Changes, degrees; `half` is the half width of the slouch's interval."""
    found = {angle: Estimate(angle, 0.0, -5.0, 5.0) for angle in ANGLES}
    found |= {Angle(name): Estimate(Angle(name), value, value - 5, value + 5) for name, value in angles.items()}
    return {**found, Angle.SLOUCH: Estimate(Angle.SLOUCH, slouching, slouching - half, slouching + half)}


def geometry(sunk):
    return Geometry(Deviation(sunk, None, Name.SLUMP_INDEX, -0.1), sunk)


SUNK = geometry(1.0)


def test_upright_is_upright_and_a_deep_slouch_is_severe():
    assert judge(told(0.0), geometry(0.0), SETTINGS).value == pytest.approx(0)
    severe = told(SETTINGS.learned.severe_change)
    assert judge(severe, geometry(2.0), SETTINGS).value >= 2
    assert judge(severe, geometry(2.0), SETTINGS).probability > 0.99


@pytest.mark.parametrize("probability", [0.2, 0.5, 0.9, 0.97])
@pytest.mark.parametrize(("below", "above"), [(3.0, 3.0), (8.0, 2.0), (2.0, 8.0), (6.0, 12.0)])
def test_slouching_begins_at_the_probability_that_is_set_and_worse_is_never_better(probability, below, above):
    settings = SETTINGS.model_copy(update={"learned": LearnedSettings(probability=probability)})
    values = np.linspace(0, 40, 401)
    slouches = [Estimate(Angle.SLOUCH, value, value - below, value + above) for value in values]
    judged = [judge({**told(0.0), Angle.SLOUCH: one}, geometry(0.0), settings) for one in slouches]
    first = next(one for one in judged if one.value >= 1)
    least = settings.learned.neck_change / 2 / ESTIMATE_SHARE
    assert first.probability == pytest.approx(probability, abs=0.03) or values[judged.index(first)] <= least + 0.2
    assert all(math.isfinite(one.value) for one in judged)
    assert all(after.value >= before.value for before, after in itertools.pairwise(judged))


def test_a_wider_threshold_of_the_user_counts():
    wider = SETTINGS.model_copy(update={"learned": LearnedSettings(neck_change=15.0)})
    assert judge(told(12), SUNK, wider).value < judge(told(12), SUNK, SETTINGS).value


def test_a_wider_interval_is_a_less_certain_probability_and_no_silence():
    sure, unsure = judge(told(12), SUNK, SETTINGS), judge(told(12, half=20), SUNK, SETTINGS)
    assert sure.value == unsure.value
    assert 0.5 < unsure.probability < sure.probability


def test_leaning_to_one_side_explains_a_little_of_an_estimate_and_never_a_whole_slouch():
    upright, leaning, fallen_over = (judge(told(5), geometry(0.5), SETTINGS, degrees) for degrees in (2, 12, 80))
    assert upright.value > 1 > leaning.value
    assert fallen_over.value > leaning.value - 0.2
    assert judge(told(12), SUNK, SETTINGS, 80).value > 1


def test_the_cause_is_what_is_furthest_over_its_threshold():
    found = judge(told(15, neck_inclination=5.0, trunk_inclination=22.0), SUNK, SETTINGS)
    assert (found.cause, found.change) == (Name.TRUNK_INCLINATION, 22.0)


def test_geometry_judges_where_there_is_no_estimate():
    slouched = geometry(3.5)
    found = judge({angle: Estimate(angle, None, reason=OUT_OF_DOMAIN) for angle in ANGLES}, slouched, SETTINGS)
    assert found.value == slouched.deviation.value
    assert 0.9 < found.probability < 1
    nothing = Geometry(Deviation(None, Reason(Why.CLIPPED, "shoulders")))
    unseen = judge({angle: Estimate(angle, None, reason=OUT_OF_DOMAIN) for angle in ANGLES}, nothing, SETTINGS)
    assert unseen.reason.code is Why.CLIPPED


def test_the_estimate_and_geometry_are_averaged_and_never_silent_because_they_differ():
    values = [judge(told(9), geometry(sunk), SETTINGS).value for sunk in (-1.0, 0.0, 0.5, 1.0, 2.0, 3.0)]
    assert all(after > before for before, after in itertools.pairwise(values))
    values = [judge(told(degrees), geometry(1.0), SETTINGS).value for degrees in (-3, 0, 3, 6, 9, 20)]
    assert all(after > before for before, after in itertools.pairwise(values))
    assert judge(told(9), geometry(-0.1), SETTINGS).value > 1
    assert judge(told(1), geometry(1.5), SETTINGS).value < 1


def test_the_estimate_alone_has_to_show_more():
    alone = Geometry(Deviation(None, Reason(Why.HEAD_TURNED, angle=40)))
    assert judge(told(4.5), alone, SETTINGS).value < 1 < judge(told(4.5), geometry(1.0), SETTINGS).value
    assert judge(told(12), alone, SETTINGS).value > 1


def test_a_sideways_lean_and_being_too_near_are_detected_by_geometry():
    for cause in (Name.HEAD_ROLL, Name.HEAD_DISTANCE):
        leaning = Geometry(Deviation(1.3, None, cause, 20.0), 0.0)
        assert judge(told(0), leaning, SETTINGS).cause is cause


def test_a_look_at_keys_or_phone_is_not_a_slouch_and_a_slouch_with_the_chin_down_is_one():
    assert judge(told(3, head_pitch=35.0), geometry(0.5), SETTINGS).value < 0.2
    assert judge(told(16, head_pitch=70.0), geometry(2.0), SETTINGS).value > 1
    assert judge(told(7, head_pitch=35.0), geometry(1.5), SETTINGS).value < 1
    assert judge(told(18, head_pitch=40.0), geometry(2.0), SETTINGS).value > 1
    bent = [judge(told(8, head_pitch=pitch), SUNK, SETTINGS).value for pitch in (0.0, 12.0, 20.0, 40.0)]
    assert bent == sorted(bent, reverse=True)


def test_from_the_side_geometry_judges(model):
    pose = complete(from_side(neck=12, trunk=-5))
    base = baseline_of(pose, View.SIDE_RIGHT)
    slouched = complete(from_side(neck=40, trunk=15))
    plain = assess(slouched, View.SIDE_RIGHT, base, SETTINGS).deviation
    assert assess(slouched, View.SIDE_RIGHT, base, SETTINGS, LearnedJudge(model)).deviation == plain


def test_another_picture_is_not_compared_and_a_view_next_to_the_own_one_is(model):
    base = baseline_of(complete(seen(neck=10)))
    other = dataclasses.replace(base, width=base.height)
    judge_ = LearnedJudge(model)
    assert (
        assess(complete(seen(neck=10)), View.FRONT, other, SETTINGS, judge_).deviation.reason.code is Why.CAMERA_MOVED
    )
    beside = assess(complete(seen(neck=10)), View.OBLIQUE_LEFT, base, SETTINGS, judge_).deviation
    assert beside.value < 1
    assert assess(complete(seen()), View.UNKNOWN, base, SETTINGS, judge_).deviation.reason.code is Why.VIEW_UNKNOWN


def test_from_an_unclear_angle_only_a_slouch_that_shows_all_the_same_counts(model):
    judge_, upright, slouched = LearnedJudge(model), complete(seen(neck=10)), complete(seen(neck=50, trunk=20))
    base = baseline_of(upright)
    assert assess(slouched, View.UNKNOWN, base, SETTINGS, judge_).deviation.value > 1
    for pose, learned in ((upright, base), (slouched, dataclasses.replace(base, view=View.SIDE_LEFT))):
        assert assess(pose, View.UNKNOWN, learned, SETTINGS, judge_).deviation.reason.code is Why.VIEW_UNKNOWN


def test_from_an_unclear_angle_a_slouch_counts_in_whatever_order_baselines_were_learned(model):
    judge_, slouched = LearnedJudge(model), complete(seen(neck=50, trunk=20))
    front = baseline_of(complete(seen(neck=10)))
    side = dataclasses.replace(front, view=View.SIDE_LEFT)
    for learned in ((front, side), (side, front)):
        known = {one.view: one for one in learned}
        assert read(Frame(0.0), slouched, View.UNKNOWN, known, SETTINGS, judge_).deviation.value > 1
    only_side = {View.SIDE_LEFT: side}
    unclear = read(Frame(0.0), slouched, View.UNKNOWN, only_side, SETTINGS, judge_).deviation
    assert unclear.reason.code is Why.VIEW_UNKNOWN


def test_who_turns_round_from_an_unclear_angle_has_not_slouched(model):
    judge_, base = LearnedJudge(model), baseline_of(complete(seen(neck=10)))
    for yaw in (110, 140, 180, -140):
        found = assess(seen(yaw=yaw, neck=12), View.UNKNOWN, base, SETTINGS, judge_).deviation
        assert found.reason.code is Why.VIEW_UNKNOWN
    bent = seen(neck=50, trunk=20)
    assert assess(bent, View.UNKNOWN, base, SETTINGS).deviation.reason.code is Why.VIEW_UNKNOWN  # without the model


def test_a_tilted_camera_is_not_a_slouch_once_it_is_known(model):
    pose = complete(seen(neck=10))
    base = baseline_of(pose)
    lower = dataclasses.replace(pose, points=pose.points + np.float32([0, 60]))
    told_ = {
        moved: assess(lower, View.FRONT, base, SETTINGS, LearnedJudge(model), Circumstances(moved)).deviation.value
        for moved in (False, None, True)
    }
    assert abs(told_[True]) < 0.3
    assert told_[True] <= told_[None] <= told_[False]


def test_nothing_jumps_as_the_picture_comes_down(model):
    """Beyond some point this is not a posture but a tilted camera, and the place in the picture no longer counts."""
    pose = complete(seen(neck=10))
    base = baseline_of(pose)
    lower = [dataclasses.replace(pose, points=pose.points + np.float32([0, down])) for down in range(130)]
    values = [assess(one, View.FRONT, base, SETTINGS, LearnedJudge(model)).deviation.value for one in lower]
    assert max(values) > 0.2
    assert abs(values[-1]) < 0.2
    assert np.abs(np.diff(values)).max() < 0.05


class LooksUp:
    """The model, with heads that seem to look up by so many degrees."""

    def __init__(self, model, degrees):
        self.upright, self._changes = model.upright, model.changes
        self._pitch = Estimate(Angle.HEAD_PITCH, -degrees, -degrees - 5, -degrees + 5)

    def changes(self, pose, upright):
        return [{**found, Angle.HEAD_PITCH: self._pitch} for found in self._changes(pose, upright)]


def test_where_the_shoulders_are_counts_less_the_more_the_head_seems_to_look_up(model):
    pose = complete(seen(neck=10))
    base = baseline_of(pose)
    lower = dataclasses.replace(pose, points=pose.points + np.float32([0, 60]))
    level, five, ten, more = (
        assess(lower, View.FRONT, base, SETTINGS, LearnedJudge(LooksUp(model, up))).deviation.value
        for up in (0.0, 5.0, 10.0, 25.0)
    )
    assert level > five > ten == more


def test_a_head_bent_farther_than_in_a_slouch_is_reported_as_looking_down(model):
    pose = complete(seen(neck=10))
    base = baseline_of(pose)
    level, little, far = (
        assess(pose, View.FRONT, base, SETTINGS, LearnedJudge(LooksUp(model, -down))).deviation
        for down in (0.0, 5.0, 40.0)
    )
    assert [level.looking_down, little.looking_down, far.looking_down] == [False, False, True]
    assert far.value < level.value
