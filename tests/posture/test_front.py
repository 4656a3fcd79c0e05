"""The judge by neck height, nearness and head pitch: what it detects, how it names it, and what it does not mistake for it."""

import math
from dataclasses import fields, replace
from itertools import pairwise

import pytest
from faces import UPRIGHT, look
from hypothesis import given
from hypothesis import strategies as st

from posturecam.posture.front.judge import Kind, judge, upright_of
from posturecam.posture.front.thresholds import FrontThresholds
from posturecam.posture.reasons import Reason, Why

HIDDEN = Reason(Why.CLIPPED, "shoulders")
OWN = upright_of([look() for _ in range(30)])


def says(moved=None, **figures):
    return judge(look(**figures), OWN, moved=moved)


def test_upright_is_upright():
    verdict = says()
    assert verdict.value == pytest.approx(0, abs=0.01)
    assert verdict.probability < 0.01


@pytest.mark.parametrize(
    ("what", "figures", "kind"),
    [
        ("mild slouch", {"neck_height": 17.5, "distance": 53.0, "head_pitch": 4.0}, Kind.FORWARD),
        ("head forward", {"neck_height": 16.0, "distance": 55.0}, Kind.FORWARD),
        ("slid down", {"neck_height": 16.6, "distance": 60.0, "head_pitch": 8.0}, Kind.DOWN),
        ("slouch with the chin down", {"neck_height": 8.3, "distance": 44.0, "head_pitch": 34.0, "shoulder_low": 20.0}, Kind.FORWARD),
        ("leaning on an armrest", {"head_roll": 18.0, "head_offset": 6.0}, Kind.SIDEWAYS),
        ("leaning the other way", {"head_roll": -18.0, "head_offset": -6.0}, Kind.SIDEWAYS),
        ("face at the screen", {"distance": 40.0}, Kind.NEAR),
        ("twisted away", {"body_yaw": -50.0}, Kind.TWISTED),
        ("twisted away, with the face to the other side", {"body_yaw": -50.0, "head_yaw": 8.0}, Kind.TWISTED),
    ],
)  # fmt: skip
def test_each_way_of_slouching_is_recognized_as_what_it_is(what, figures, kind):
    verdict = says(**figures)
    assert verdict.value > 1, what
    assert verdict.probability > 0.5
    assert verdict.kind is kind


@pytest.mark.parametrize(
    ("what", "figures"),
    [
        ("looking at the keys", {"neck_height": 14.0, "head_pitch": 35.0, "distance": 57.0, "head_low": 1.0}),
        ("looking at the phone", {"neck_height": 11.9, "head_pitch": 44.0, "distance": 56.0, "head_low": 2.5}),
        ("chair rolled nearer", {"distance": 47.0}),
        ("chair rolled back", {"distance": 75.0}),
        ("leaning back", {"neck_height": 20.5, "distance": 68.0, "head_low": -3.5}),
        ("looking up", {"neck_height": 24.0, "head_pitch": -33.0}),
        ("second screen", {"head_yaw": 25.0, "body_yaw": 20.0, "head_offset": 3.0}),
        ("chair turned to a second screen", {"head_yaw": -38.0, "body_yaw": -48.0, "head_offset": -3.0}),
        ("a little of everything", {"neck_height": 19.2, "distance": 58.0, "head_roll": 4.0}),
    ],
)
@pytest.mark.parametrize("moved", [None, False])
def test_other_things_people_do_are_not_slouches(what, figures, moved):
    assert says(moved, **figures).value < 1, what


def test_a_chair_turned_towards_a_camera_at_the_side_is_not_twisted():
    at_the_side = upright_of([look(body_yaw=-42.0, head_yaw=-40.0)])
    assert judge(look(body_yaw=2.0, head_yaw=0.0), at_the_side).value < 1
    assert judge(look(body_yaw=2.0, head_yaw=-40.0), at_the_side).kind is Kind.TWISTED, "the face stayed at the screen"


def test_a_camera_that_was_tilted_changes_nothing():
    """Everything appears 12° higher in the picture and pitched by as much."""
    tilted = {"head_pitch": 12.0, "shoulder_low": 4.0, "head_low": -15.5}
    assert says(True, **tilted).value < 0.5
    assert says(True, **tilted | {"neck_height": 16.0}).value > 1


def test_a_tilted_camera_does_not_excuse_a_slouch_as_a_glance():
    assert says(None, neck_height=16.0, head_pitch=20.0, shoulder_low=-4.0).value > 1


def test_a_head_alone_shows_a_slouch_where_the_shoulders_left_the_picture():
    hidden = {"neck_height": HIDDEN, "head_offset": HIDDEN, "shoulder_low": HIDDEN, "shoulder_tilt": HIDDEN}
    assert says(False, **hidden).value < 0.5
    sunk = says(False, **hidden, head_low=6.0, distance=52.0)
    assert sunk.value > 1
    assert sunk.kind is Kind.FORWARD
    assert says(True, **hidden, head_low=6.0).value is None


def test_without_anything_to_go_by_there_is_no_answer():
    assert judge(look(neck_height=HIDDEN, head_low=HIDDEN), OWN).value is None


def test_a_head_whose_pitch_is_unknown_is_judged_by_the_rest():
    for moved in (None, False, True):
        assert says(moved, head_pitch=HIDDEN).value < 0.5
        assert says(moved, head_pitch=HIDDEN, neck_height=15.0).value > 1


def sinks(neck_height, distance):
    """How far the head sank, in thresholds, nearness included."""
    return says(True, neck_height=neck_height, distance=distance).parts[0].value


def test_nearness_adds_to_a_slouch_up_to_a_limit_and_no_more_than_the_head_sank():
    limits = FrontThresholds()
    most = limits.near_most / (limits.severe_sinking - limits.sinking)
    assert sinks(8.0, 45.0) - sinks(8.0, 60.0) == pytest.approx(most)
    assert sinks(8.0, 25.0) == sinks(8.0, 45.0)
    assert sinks(19.2, 25.0) == pytest.approx(2 * sinks(19.2, 60.0))
    assert sinks(20.5, 25.0) == sinks(20.5, 60.0), "it makes nobody who sits taller slouch"


TALL = upright_of([look(neck_height=26.0)] * 30)


def test_an_upright_posture_that_was_very_tall_counts_with_the_usual_one():
    assert judge(look(neck_height=26.0), TALL).value == pytest.approx(0, abs=0.01)
    assert judge(look(neck_height=25.0), TALL).value < judge(look(neck_height=19.0), OWN).value / 2


@pytest.mark.parametrize("way", [1, -1], ids=["down", "up"])
def test_a_neck_seen_from_a_camera_that_may_have_been_tilted_counts_the_less_the_further(way):
    def value(degrees, moved):
        tilted = look(neck_height=23.0, head_pitch=float(way * degrees), shoulder_low=16.0 - way * degrees)
        return judge(tilted, TALL, moved=moved).value

    for moved in (None, True):
        assert value(0, moved) > value(6, moved) + 0.1 > value(12, moved) + 0.2
        assert value(0, moved) == value(3, moved), "so little goes unnoticed"
    assert value(0, False) == value(12, False)


@pytest.mark.parametrize("name", [one.name for one in fields(OWN)])
@pytest.mark.parametrize("value", [math.nan, math.inf, -20_000.0])
def test_an_upright_posture_with_one_number_that_makes_no_sense_is_refused(name, value):
    with pytest.raises(ValueError, match="makes no sense"):
        replace(OWN, **{name: value})


@pytest.mark.parametrize("distance", [0.0, -60.0])
def test_an_upright_posture_at_no_distance_is_refused(distance):
    with pytest.raises(ValueError, match="makes no sense"):
        replace(OWN, distance=distance)
    with pytest.raises(ValueError, match="makes no sense"):
        replace(OWN, neck_height_spread=-0.1)


@pytest.mark.parametrize("moved", [None, False, True])
@pytest.mark.parametrize("then", [False, True], ids=["now", "then"])
@pytest.mark.parametrize("unknown", UPRIGHT)
def test_whatever_is_unknown_now_or_then_the_rest_is_judged(unknown, then, moved):
    def value(**figures):
        if not then:
            return judge(look(**figures | {unknown: HIDDEN}), OWN, moved=moved, undone=moved is True).value
        upright = replace(OWN, **{unknown: None}) if hasattr(OWN, unknown) else OWN
        return judge(look(**figures), upright, moved=moved, undone=moved is True).value

    if unknown == "neck_height" and moved:
        assert value() is None, "a camera that was moved sees the head elsewhere"
        return
    assert value() < 0.5
    assert value(neck_height=14.0, head_low=4.0, distance=55.0) > (0 if unknown == "neck_height" else 1)
    assert value(head_roll=-14.0, head_offset=8.0, body_yaw=30.0) < 1.5


def test_the_figures_are_said_in_centimeters():
    changes = says(False, neck_height=15.0, distance=53.0, head_low=6.0).changes
    assert changes["sunk"] == pytest.approx(5)
    assert changes["nearer"] == pytest.approx(7)
    assert changes["lower"] == pytest.approx(9, abs=0.1)


# Without a baseline.


@pytest.mark.parametrize(("height", "told"), [(21.0, False), (19.5, False), (16.0, True), (14.0, True)])
def test_without_a_baseline_the_neck_height_itself_decides(height, told):
    verdict = judge(look(neck_height=height), None)
    assert (verdict.probability > 0.5) is told


def test_without_a_baseline_a_lean_is_seen_too():
    assert judge(look(neck_height=21.0, head_roll=20.0), None).kind is Kind.SIDEWAYS


def test_without_a_baseline_and_without_shoulders_there_is_no_answer():
    assert judge(look(neck_height=HIDDEN), None).value is None


# The baseline.


def test_a_baseline_that_wavered_counts_less():
    """Learned while the camera was moved about, it does not prove that 19 cm is a slouch."""
    steady = upright_of([look(neck_height=22.5) for _ in range(30)])
    wavering = upright_of([look(neck_height=22.5 + off) for off in (-2.0, 0.0, 2.0) * 10])
    now = look(neck_height=19.8)
    assert judge(now, steady).value > 1 > judge(now, wavering).value


def test_a_baseline_that_wavered_in_front_of_a_high_camera_is_weighed_against_what_is_usual_there():
    """From above every neck looks shorter, so the usual height of one seen level says nothing against sitting as in the baseline."""
    wavering = upright_of([look(neck_height=16.0 + off, head_pitch=22.0) for off in (-2.0, 0.0, 2.0) * 10])
    assert judge(look(neck_height=16.0, head_pitch=22.0), wavering).value < 0.5
    assert judge(look(neck_height=11.5, head_pitch=24.0), wavering).value > 1


def test_a_baseline_learned_before_the_camera_was_tilted_counts_less():
    """One sitting gave 23.5 cm; the lid was tilted since, so that head and shoulders appear rotated by 13°."""
    tall = upright_of([look(neck_height=23.5) for _ in range(30)])
    upright, slouched = look(neck_height=20.3), look(neck_height=17.0, distance=55.0)
    tilted = {"head_pitch": -13.0, "shoulder_low": 29.0}
    assert judge(upright, tall).value > 1
    assert judge(look(neck_height=20.3, **tilted), tall).value < 1
    assert judge(look(neck_height=17.0, distance=55.0, **tilted), tall).value > 1
    assert judge(slouched, tall).value > 1


@pytest.mark.parametrize("moved", [None, False, True])
def test_a_short_neck_in_the_baseline_is_never_compared_with_a_longer_one(moved):
    short = upright_of([look(neck_height=16.0) for _ in range(30)])
    for tilt in (-15.0, 0.0, 15.0):
        assert judge(look(neck_height=16.0, head_pitch=-tilt, shoulder_low=16.0 + tilt), short, moved=moved).value < 1


def test_what_few_checks_measured_is_not_in_the_baseline():
    looks = [look()] * 4 + [look(neck_height=HIDDEN)] * 6
    assert upright_of(looks).neck_height is None
    assert upright_of(looks).distance == UPRIGHT["distance"]


# Properties.


@given(st.floats(5, 25), st.floats(0, 4), st.floats(40, 70), st.floats(0, 12))
def test_the_lower_the_neck_height_the_further_from_upright(height, less, distance, pitch):
    figures = {"distance": distance, "head_pitch": pitch}
    assert says(neck_height=height - less, **figures).value >= says(neck_height=height, **figures).value - 1e-9


@pytest.mark.parametrize("distance", [45.0, 60.0, 66.0])
@pytest.mark.parametrize("height", [20.0, 17.0, 15.0])
def test_the_lower_the_head_in_space_the_further_from_upright(height, distance):
    """Whichever of neck height and place in the picture says more: where one took over from the other, the judgment used to jump back."""
    wavered = replace(OWN, neck_height_spread=1.5)
    lower = [look(neck_height=height, distance=distance, head_low=-3 + 0.25 * step) for step in range(50)]
    values = [judge(one, wavered, moved=False).value for one in lower]
    assert all(after >= before - 1e-9 for before, after in pairwise(values))


@given(st.floats(-30, 30), st.floats(-12, 12), st.floats(-40, 40))
def test_left_and_right_are_treated_alike(roll, offset, yaw):
    one = says(head_roll=roll, head_offset=offset, body_yaw=yaw)
    other = says(head_roll=-roll, head_offset=-offset, body_yaw=-yaw)
    assert one.value == pytest.approx(other.value)
    assert one.kind is other.kind


@given(st.floats(10, 22), st.floats(40, 75))
def test_the_probability_is_even_where_the_threshold_is(height, distance):
    verdict = says(neck_height=height, distance=distance)
    assert (verdict.probability > 0.5) == (verdict.value > 1)


@pytest.mark.parametrize("deviation", [1.0, 8.0])
def test_one_standard_deviation_past_the_threshold_is_as_probable_as_noise_makes_it(deviation):
    now = look(body_yaw=FrontThresholds().twist + deviation)
    now = replace(now, body_yaw=replace(now.body_yaw, deviation=deviation))
    assert judge(now, OWN).probability == pytest.approx(0.841, abs=0.001)


def test_what_departs_little_makes_a_clear_slouch_no_less_certain_however_noisy_it_is():
    now = look(neck_height=15.0, head_roll=3.0, head_offset=1.0)
    noisy = replace(now, head_roll=replace(now.head_roll, deviation=10.0))
    assert judge(now, OWN).probability > 0.99
    assert judge(noisy, OWN).probability > 0.99


def test_a_stricter_threshold_is_exceeded_earlier():
    strict = replace(FrontThresholds(), sinking=1.0)
    now = look(neck_height=18.7)
    assert judge(now, OWN, strict).value > 1 > judge(now, OWN).value


def test_somebody_who_only_came_nearer_has_not_slouched():
    """Neither by a chair nor with a neck that varies as it does between sittings."""
    assert says(distance=48.0).value < 0.5
    assert says(distance=48.0, neck_height=19.4).value < 0.75


def test_a_shorter_neck_says_less_about_somebody_who_leans_to_one_side():
    assert says(neck_height=18.0, head_offset=4.5).parts[0].value < 0.9 < says(neck_height=18.0).parts[0].value
    assert says(neck_height=14.0, head_offset=4.5).kind is Kind.DOWN


LEANING_ASIDE = {"head_roll": 7.0, "head_offset": -5.0}
"""The head rolls and moves to the same side, by less than what is reported as leaning."""


def test_leaning_the_trunk_aside_does_not_make_a_slouch_of_a_neck_that_is_nearly_too_short():
    assert says(neck_height=17.3, **LEANING_ASIDE).value < 1 < says(neck_height=17.3).value
    assert says(neck_height=17.8, head_roll=7.0, head_offset=5.0).value > 1  # the head tilts against the trunk


def test_somebody_who_rolls_far_back_before_a_camera_of_an_uncertain_tilt_has_not_sunk():
    """A head that is seen from 15° above comes down by 6 cm as it goes 22 cm away, if that is the camera's tilt."""
    own = upright_of([look(head_pitch=15.0) for _ in range(30)])
    assert judge(look(head_pitch=15.0, distance=82.0), own, moved=False).value < 0.8
    assert judge(look(head_pitch=15.0, distance=82.0, head_low=9.0), own, moved=False).value > 1


def test_of_a_neck_that_is_shorter_and_a_trunk_that_leans_aside_only_the_larger_counts():
    leaning = {"neck_height": 17.6, "head_roll": 11.0, "head_offset": -6.0}
    for moved in (None, False):
        verdict = says(moved, **leaning)
        sunk, aside = (part.value for part in verdict.parts[:2])
        assert 0.5 < sunk < aside < 1
        assert verdict.value == pytest.approx(aside)
    unplaced = says(True, **leaning)  # of a camera that was moved, both say little, so they add up
    assert unplaced.value == pytest.approx(math.hypot(*(part.value for part in unplaced.parts[:2])))


def test_leaning_the_trunk_aside_does_not_hide_a_slouch():
    assert says(neck_height=15.5, **LEANING_ASIDE).value > 1


def test_a_slouch_while_leaning_aside_is_a_slouch():
    assert says(neck_height=16.5, **LEANING_ASIDE).value > 1
    assert says(neck_height=20.0, head_roll=16.0, head_offset=-8.0).kind is Kind.SIDEWAYS


def test_seen_obliquely_a_lean_to_where_the_body_faces_is_told_from_a_head_that_comes_forward_by_its_roll():
    def turned(yaw, roll):
        upright = upright_of([look(body_yaw=yaw) for _ in range(30)])
        return judge(look(neck_height=17.5, body_yaw=yaw, head_roll=roll, head_offset=-5.0), upright).value

    assert turned(40.0, 7.0) < 1  # away from where the body faces
    assert turned(-40.0, 5.0) > 1 > turned(-40.0, 9.0)


def test_sliding_down_is_detected_while_it_is_unknown_whether_the_camera_was_moved():
    slid = {"neck_height": 19.0, "distance": 62.0, "head_low": 5.0, "head_pitch": 6.0, "shoulder_low": 22.0}
    assert says(None, **slid).value > 1
    assert says(True, **slid).value < 1


@pytest.mark.parametrize("up", [8.0, 16.0])
def test_a_camera_tilted_up_is_not_taken_for_a_head_that_came_down(up):
    turned = math.tan(math.radians(up) + math.atan2(-3.0, 60.0))
    assert says(None, head_low=60.0 * turned, head_pitch=-up, shoulder_low=16.0 + up).value < 0.5


@pytest.mark.parametrize("crooked", [-18.0, -12.0, 12.0, 18.0])
def test_a_camera_that_was_put_up_crooked_tilts_nobody(crooked):
    """It shows head and shoulders tilted alike, and the head off the middle of the shoulders by as much."""
    figures = {
        "head_roll": crooked, "shoulder_tilt": crooked, "head_offset": -20.0 * math.sin(math.radians(crooked)),
        "neck_height": 20.0 * math.cos(math.radians(crooked)),
    }  # fmt: skip
    assert says(moved=True, **figures).value < 0.6
    if abs(crooked) > 15:
        for moved in (None, False):
            assert says(moved=moved, **figures).kind is Kind.SIDEWAYS
            assert says(moved=moved, **figures).value > 1


@pytest.mark.parametrize("shoulders", [-10.0, 0.0, 2.0])
def test_a_head_that_is_tilted_by_itself_is_seen_wherever_the_camera_was_put(shoulders):
    verdict = says(moved=True, head_roll=18.0, shoulder_tilt=shoulders)
    assert verdict.value > 1
    assert verdict.kind is Kind.SIDEWAYS


def test_an_upright_posture_that_does_not_know_its_shoulders_tilt_is_compared_as_before():
    figures = {"head_roll": 18.0, "shoulder_tilt": 18.0}
    assert judge(look(**figures), replace(OWN, shoulder_tilt=None), moved=True).kind is Kind.SIDEWAYS
