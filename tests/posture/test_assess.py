"""How far from upright, and when that is unknown."""

import dataclasses
import math

import pytest
from baselines import SETTINGS, baseline_of
from figures import from_side, person

from posturecam.config.settings import SensitivitySettings
from posturecam.posture.assess import assess
from posturecam.posture.baseline import FRONT_NEEDED
from posturecam.posture.front.thresholds import thresholds
from posturecam.posture.geometric.angles import bounds
from posturecam.posture.geometric.fit import elsewhere, misfit_of
from posturecam.posture.geometric.indices import sinking_of
from posturecam.posture.geometric.judge import judge_by_geometry
from posturecam.posture.measures import Measure, Name
from posturecam.posture.reading import Circumstances, Deviation, no_person, no_picture
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View

UPRIGHT = {"neck": 10, "distance": 0.75}


@pytest.fixture(scope="module")
def front():
    return baseline_of(person(**UPRIGHT), View.FRONT)


@pytest.fixture(scope="module")
def side():
    return baseline_of(from_side(neck=12, trunk=-5), View.SIDE_RIGHT)


def deviation(pose, view, baseline=None):
    return assess(pose, view, baseline, SETTINGS).deviation


@pytest.mark.parametrize(("neck", "expected"), [(10, 0), (17.5, 0.5), (25, 1), (40, 2)])
def test_side_view_has_absolute_bands_without_a_baseline(neck, expected):
    found = deviation(from_side(neck=neck), View.SIDE_RIGHT)
    assert found.value == pytest.approx(expected, abs=0.06)
    assert found.change == pytest.approx(neck, abs=0.7)


@pytest.mark.parametrize(("neck", "expected"), [(12, 0), (22, 1), (32, 2)])
def test_side_view_with_a_baseline_judges_the_change(side, neck, expected):
    found = deviation(from_side(neck=neck, trunk=-5), View.SIDE_RIGHT, side)
    assert found.value == pytest.approx(expected, abs=0.06)


def test_sitting_taller_than_the_baseline_never_counts(side):
    assert deviation(from_side(neck=2, trunk=-5), View.SIDE_RIGHT, side).value <= 0.05


def test_leaning_forward_counts_by_the_trunk(side):
    found = deviation(from_side(neck=14, trunk=20), View.SIDE_RIGHT, side)
    assert found.cause is Name.TRUNK_INCLINATION
    assert found.value >= 1


def test_leaning_back_is_not_a_slouch(side):
    assert deviation(from_side(neck=5, trunk=-30), View.SIDE_RIGHT, side).value < 0.6


def test_leaning_back_with_the_head_is_not_a_slouch_however_far_the_neck_bends(side):
    assert deviation(from_side(neck=2, trunk=-34), View.SIDE_RIGHT, side).value < 0.6


def test_sliding_down_in_the_chair_is_seen_from_the_side(side):
    found = deviation(from_side(neck=14, trunk=-20), View.SIDE_RIGHT, side)
    assert found.cause is Name.NECK_FLEXION
    assert found.value >= 1


@pytest.mark.parametrize(("upright", "limit"), [(5, 15), (12, 22), (17, 25), (22, 27)])
def test_a_poor_baseline_is_allowed_less_of_a_change(upright, limit):
    poor = baseline_of(from_side(neck=upright), View.SIDE_RIGHT)
    found = {name: slouch for name, _, slouch in bounds(poor, SETTINGS)}
    assert found[Name.NECK_INCLINATION] == pytest.approx(limit, abs=0.7)
    assert deviation(from_side(neck=upright), View.SIDE_RIGHT, poor).value == pytest.approx(0, abs=0.01)


def test_hidden_hips_leave_the_neck(side):
    pose = from_side(neck=32, trunk=-5)
    visibility = pose.visibility.copy()
    visibility[23:25] = 0
    found = deviation(dataclasses.replace(pose, visibility=visibility), View.SIDE_RIGHT, side)
    assert found.cause is Name.NECK_INCLINATION
    assert found.value == pytest.approx(2, abs=0.06)


def test_from_the_front_a_baseline_is_needed_and_offered():
    found = deviation(person(), View.FRONT)
    assert found.value is None
    assert found.reason.code is Why.NO_BASELINE
    assert "calibrate" in found.reason.text


def test_the_baseline_posture_deviates_by_nothing(front):
    assert deviation(person(**UPRIGHT), View.FRONT, front).value == pytest.approx(0, abs=0.01)


def test_a_slump_is_seen_from_the_front(front):
    slumped = person(neck=35, trunk=15, distance=0.75, eye_level=0.6)
    assert deviation(slumped, View.FRONT, front).value > 1


def changed(baseline, fall=0.0, nearer=0.0, dropped=0.0, sunk=0.0, grown=0.0):
    """The deviation for indices that differ from the baseline by these fractions (nose and shoulders: by these lengths)."""
    values = baseline.values | {
        Name.SLUMP_INDEX: baseline.values[Name.SLUMP_INDEX] * (1 - fall),
        Name.APPROACH: baseline.values[Name.APPROACH] * (1 + nearer),
        Name.NOSE_DROP: baseline.values[Name.NOSE_DROP] + dropped,
        Name.SHOULDER_HEIGHT: baseline.values[Name.SHOULDER_HEIGHT] - sunk,
        Name.HEAD_FORWARD_INDEX: baseline.values[Name.HEAD_FORWARD_INDEX] * (1 + grown),
    }
    measures = {name: Measure(name, value) for name, value in values.items()}
    return judge_by_geometry(measures, View.FRONT, baseline, SETTINGS)


def test_sinking_deeper_never_reads_milder(front):
    at = {evidence: changed(front, fall=evidence / 3, sunk=2 * evidence / 3).value for evidence in (0.06, 0.12, 0.45)}
    assert at == pytest.approx({0.06: 0.5, 0.12: 1.0, 0.45: 2.0})
    deeper = [changed(front, fall=share / 100, sunk=2 * share / 100).value for share in range(30)]
    assert deeper == sorted(deeper)
    assert len(set(deeper)) == len(deeper)


def test_sunken_shoulders_count_at_most_twice_the_fall_of_the_ears(front):
    assert changed(front, sunk=0.3).value == pytest.approx(0), "the chair was lowered"
    assert changed(front, fall=0.03, sunk=0.3).value == pytest.approx(changed(front, fall=0.03, sunk=0.06).value)


def test_the_cause_from_the_front_is_the_larger_change(front):
    forward = changed(front, grown=0.3)
    assert (forward.cause, forward.change) == (Name.HEAD_FORWARD_INDEX, pytest.approx(0.3))
    assert forward.value == pytest.approx(1 + 0.03 / 0.33)  # half of 0.3 counts: 0.03 over the 0.12 where it begins
    sunken = changed(front, fall=0.1, grown=0.15)
    assert (sunken.cause, sunken.change) == (Name.SLUMP_INDEX, pytest.approx(-0.1))


def test_the_cause_from_the_side_comes_with_its_change_from_upright(side):
    forward = deviation(from_side(neck=32, trunk=-5), View.SIDE_RIGHT, side)
    assert (forward.cause, forward.change) == (Name.NECK_INCLINATION, pytest.approx(20, abs=0.7))
    leaning = deviation(from_side(neck=14, trunk=20), View.SIDE_RIGHT, side)
    assert (leaning.cause, leaning.change) == (Name.TRUNK_INCLINATION, pytest.approx(25, abs=0.7))


@pytest.mark.parametrize("unseen", FRONT_NEEDED)
def test_how_far_the_body_sank_is_unknown_where_an_index_is_missing(front, unseen):
    measures = {name: Measure(name, value) for name, value in front.values.items()}
    assert sinking_of(measures, front, SETTINGS, 1.0) == pytest.approx(0)
    without = measures | {unseen: Measure(unseen, None, Reason(Why.NO_PERSON))}
    assert sinking_of(without, front, SETTINGS, 1.0) is None


def test_a_neck_that_comes_forward_counts_by_three_changes_together(front):
    def judged(**changes):
        return changed(front, **changes).value

    assert judged() == pytest.approx(0)
    assert judged(fall=0.05) < judged(nearer=0.15) < 1
    assert judged(dropped=0.12) < 1
    assert judged(fall=0.05, nearer=0.15, dropped=0.12) == pytest.approx((23 * 0.05 + 18 * 0.15 + 30 * 0.12) / 5)


@pytest.mark.parametrize("neck", [5, 12, 15])
def test_small_movements_stay_below_the_threshold(front, neck):
    assert deviation(person(neck=neck), View.FRONT, front).value < 0.6


def test_a_rolled_chair_is_not_a_slouch(front):
    for distance in (0.65, 0.85):
        assert deviation(person(neck=10, distance=distance), View.FRONT, front).value < 0.6


@pytest.mark.parametrize("lowered", [-0.08, -0.04, 0.04, 0.08])
def test_a_raised_or_lowered_chair_is_not_a_slouch(front, lowered):
    found = deviation(person(neck=10, eye_level=0.6 + lowered), View.FRONT, front)
    assert found.value is None or found.value < 0.9


def test_a_shrug_is_not_a_slouch(front):
    assert deviation(person(neck=10, shrug=0.02), View.FRONT, front).value < 1


def test_a_head_bent_over_shoulders_that_stayed_is_a_glance(front):
    assert deviation(person(neck=10, pitch=40), View.FRONT, front).value < 0.6


def test_a_bent_head_over_sunken_shoulders_is_a_slouch(front):
    found = deviation(person(neck=35, trunk=15, pitch=40, eye_level=0.65), View.FRONT, front)
    assert found.value is not None
    assert found.value > 1


@pytest.mark.parametrize(("neck", "expected"), [(12, 0), (22, 1), (32, 2)])
@pytest.mark.parametrize("yaw", [45, 55, -60])
def test_an_oblique_view_judges_the_change_of_the_neck(yaw, neck, expected):
    view = View.OBLIQUE_RIGHT if yaw > 0 else View.OBLIQUE_LEFT
    oblique = baseline_of(from_side(neck=12, yaw=yaw), view)
    assert oblique.by_angle
    found = deviation(from_side(neck=neck, yaw=yaw), view, oblique)
    assert found.value == pytest.approx(expected, abs=0.1)
    assert found.cause is Name.NECK_INCLINATION


def test_an_oblique_view_near_the_front_is_judged_by_the_indices():
    oblique = baseline_of(person(yaw=30), View.OBLIQUE_RIGHT)
    assert not oblique.by_angle
    assert deviation(person(yaw=30, neck=40, trunk=10), View.OBLIQUE_RIGHT, oblique).value > 1


def test_an_oblique_view_without_a_baseline_needs_one():
    assert deviation(person(yaw=45), View.OBLIQUE_RIGHT).reason.code is Why.NO_BASELINE


def test_leaning_forward_seen_obliquely_is_not_a_turned_camera():
    oblique = baseline_of(from_side(neck=12, yaw=50), View.OBLIQUE_RIGHT)
    found = deviation(from_side(neck=45, trunk=25, yaw=50, roll=12), View.OBLIQUE_RIGHT, oblique)
    assert found.value is not None
    assert found.value > 2


def test_another_view_than_the_baselines_is_reported(front):
    reason = deviation(person(yaw=45), View.OBLIQUE_RIGHT, front).reason
    assert reason.code is Why.OTHER_VIEW
    assert reason.text == "I see you from your front right, but you calibrated from the front"


def test_a_nearly_frontal_oblique_baseline_serves_from_the_front_too():
    by_indices = baseline_of(person(yaw=30), View.OBLIQUE_RIGHT)
    assert not by_indices.by_angle
    assert deviation(person(yaw=22), View.FRONT, by_indices).reason is None
    by_angle = baseline_of(from_side(yaw=50), View.OBLIQUE_RIGHT)
    assert by_angle.by_angle
    assert deviation(person(), View.FRONT, by_angle).reason.code is Why.OTHER_VIEW


def test_a_head_tilted_sideways_counts_by_its_angle(front):
    found = deviation(person(neck=10, roll=20), View.FRONT, front)
    assert found.cause is Name.HEAD_ROLL
    assert found.value == pytest.approx(20 / 15, abs=0.1)
    assert found.change == pytest.approx(20, abs=1)
    assert deviation(person(neck=10, roll=-20), View.FRONT, front).value == pytest.approx(found.value, abs=0.1)


def test_a_slight_tilt_neither_counts_nor_hides_a_slump(front):
    slight = deviation(person(neck=10, roll=10), View.FRONT, front)
    assert slight.value == pytest.approx(0, abs=0.1)
    assert slight.cause is not Name.HEAD_ROLL


def with_sensitivity(level):
    return SETTINGS.model_copy(update={"sensitivity": SensitivitySettings(level=level)})


@pytest.mark.parametrize("level", ["relaxed", "normal", "strict"])
def test_leaning_and_nearness_begin_where_the_sensitivity_says(front, level):
    settings = with_sensitivity(level)
    scale = settings.sensitivity.scale

    def leaning(share):
        return assess(person(neck=10, roll=share * scale * 15), View.FRONT, front, settings).deviation

    def nearer(share):
        # The shoulders come up with the head, so that nothing else shows.
        by = math.exp(share * scale * thresholds(SETTINGS).near)
        widened = front.values | {Name.APPROACH: front.values[Name.APPROACH] / by}
        return assess(person(neck=10), View.FRONT, dataclasses.replace(front, values=widened), settings).deviation

    assert leaning(0.9).value < 1
    assert (leaning(1.1).value, leaning(1.1).cause) == (pytest.approx(1.1, abs=0.05), Name.HEAD_ROLL)
    assert nearer(0.9).cause is not Name.HEAD_DISTANCE
    assert nearer(1.1).value >= 1
    assert nearer(1.1).cause is Name.HEAD_DISTANCE


@pytest.mark.parametrize("level", ["relaxed", "strict"])
def test_a_slump_counts_by_the_sensitivity_from_the_front_and_from_the_side(front, side, level):
    settings = with_sensitivity(level)
    for pose, view, upright in ((person(neck=35), View.FRONT, front), (from_side(neck=40), View.SIDE_RIGHT, side)):
        usual = deviation(pose, view, upright).value
        assert usual > 1
        scaled = assess(pose, view, upright, settings).deviation.value
        assert scaled == pytest.approx(usual / settings.sensitivity.scale, rel=0.01)


def turned_camera(pose, radians):
    center, rotation = (320, 240), [[1, -radians], [radians, 1]]
    return dataclasses.replace(pose, points=((pose.points - center) @ rotation + center).astype("float32"))


def test_leaning_as_a_whole_and_a_turned_camera_cannot_be_distinguished(front):
    turned = turned_camera(person(neck=10), 0.3)
    assert deviation(turned, View.FRONT, front).reason.code is Why.TILTED


def test_a_camera_turned_a_little_is_no_lean_at_any_sensitivity_and_hides_no_slump(front):
    settings = with_sensitivity("strict")
    for pose, slouched in ((person(neck=10), False), (person(neck=40, trunk=15), True)):
        found = assess(turned_camera(pose, 0.23), View.FRONT, front, settings).deviation  # 13°; leans count from 12° on
        assert (found.value >= 1) is slouched
        assert found.cause not in (Name.HEAD_ROLL, Name.SHOULDER_TILT)


def test_the_least_fall_of_the_ears_that_the_settings_allow_is_no_error(front):
    """With 0, ears that came down at all are a sign of a slouch."""
    fit = SETTINGS.fit.model_copy(update={"sunk_fall": 0.0})
    settings = SETTINGS.model_copy(update={"fit": fit})
    lower = person(neck=10, camera_pitch=10)
    assert assess(lower, View.FRONT, front, settings).deviation.value < 1


@pytest.mark.parametrize("moved", [None, True])
def test_a_camera_tilted_up_is_not_a_slouch(front, moved):
    elsewhere = person(neck=10, camera_pitch=10)
    assert assess(elsewhere, View.FRONT, front, SETTINGS, known=Circumstances(moved)).deviation.value < 0.6


@pytest.mark.parametrize("up", [1, -1])
@pytest.mark.parametrize(
    ("shoulders", "ears", "share"),
    [
        (0.0, 0.0, 0.0),
        (0.75, 0.0, 0.25),
        (1.0, 0.0, 0.5),
        (1.5, 0.0, 1.0),
        (9.0, -9.0, 1.0),
        (9.0, 1.0, 0.5),
        (9.0, 1.25, 0.25),
        (9.0, 1.5, 0.0),
        (9.0, 9.0, 0.0),
    ],
)
def test_shoulders_that_are_elsewhere_count_less_unless_the_ears_came_down_to_them(front, up, shoulders, ears, share):
    """Both in multiples of their limits."""
    fit, upright = SETTINGS.fit, front.values
    now = {
        Name.SHOULDER_HEIGHT: upright[Name.SHOULDER_HEIGHT] + up * shoulders * fit.sunk,
        Name.SLUMP_INDEX: upright[Name.SLUMP_INDEX] * (1 - ears * fit.sunk_fall),
    }
    measures = {name: Measure(name, now.get(name, value)) for name, value in upright.items()}
    assert elsewhere(measures, front, SETTINGS) == pytest.approx(share)


@pytest.mark.parametrize("unseen", [Name.SHOULDER_HEIGHT, Name.SLUMP_INDEX])
def test_where_shoulders_or_ears_are_not_seen_nothing_is_elsewhere(front, unseen):
    measures = {
        name: Measure(name, value - 9.0) if name is not unseen else Measure(name, None, Reason(Why.NO_PERSON))
        for name, value in front.values.items()
    }
    assert elsewhere(measures, front, SETTINGS) == 0


@pytest.mark.parametrize(
    ("known", "shape", "moved", "place"),
    [
        (False, (640, 480), False, 1.0),
        (True, (640, 480), True, 0.0),
        (None, (640, 480), None, 1.0),
        (False, (640, 360), True, 0.0),
    ],
    ids=["unmoved", "moved", "unknown", "another shape"],
)
def test_a_second_opinion_is_told_what_geometry_found_and_how_much_places_count(front, known, shape, moved, place):
    asked = []

    def opinion(pose, view, baseline, geometry, settings, moved):
        asked.append((geometry, moved, baseline))
        return Deviation(0.5, None)

    width, height = shape
    pose = person(neck=30, distance=0.75, width=width, height=height)
    found = assess(pose, View.FRONT, front, SETTINGS, opinion, Circumstances(moved=known))
    ((geometry, told, baseline),) = asked
    assert found.deviation == Deviation(0.5, None)
    assert (told, geometry.place) == (moved, place)
    if misfit_of(pose, View.FRONT, found.measures, baseline, SETTINGS) is None:
        assert geometry.deviation == judge_by_geometry(found.measures, View.FRONT, baseline, SETTINGS, place)
        assert geometry.sinking == sinking_of(found.measures, baseline, SETTINGS, place)
    else:
        assert shape == (640, 360)
        assert geometry.deviation.value is geometry.sinking is None


def test_a_slouch_is_detected_after_the_camera_was_moved(front):
    slouched = person(neck=40, trunk=15)
    assert assess(slouched, View.FRONT, front, SETTINGS, known=Circumstances(moved=True)).deviation.value > 1


def test_too_near_the_screen_is_detected_and_far_away_is_judged(front):
    # High enough above the edge that the shoulders stay in the picture.
    near = deviation(person(neck=10, distance=0.45, eye_level=0.62), View.FRONT, front)
    assert near.value > 1
    assert near.cause is Name.HEAD_DISTANCE
    assert deviation(person(neck=10, distance=1.4, eye_level=0.62), View.FRONT, front).value < 0.6


def test_another_picture_shape_needs_a_new_baseline(front):
    reason = deviation(person(width=1280, height=720), View.FRONT, front).reason
    assert "1280×720" in reason.text
    assert "640×480" in reason.text


def test_nobody_and_no_picture_are_distinguished():
    nobody, dark = no_person(1.0), no_picture(1.0, "the camera was unplugged")
    assert nobody.present is False
    assert dark.present is None
    assert {m.reason.code for m in nobody.measures.values()} == {Why.NO_PERSON}
    assert {m.reason.text for m in dark.measures.values()} == {"the camera was unplugged"}
