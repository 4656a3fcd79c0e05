"""What is said after a calibration that may have been of a slouch, or of leaning back."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from faces import look as face
from figures import from_side, person

from posturecam.config.settings import Settings, SideSettings
from posturecam.posture.calibration import learn, sample
from posturecam.posture.caution import caution_about
from posturecam.posture.front.judge import upright_of
from posturecam.posture.geometric.judge import judge_by_geometry
from posturecam.posture.learned.model import ANGLES, Angle, Estimate
from posturecam.posture.measures import measure
from posturecam.posture.view import View

SETTINGS = Settings(side=SideSettings(neck_bias=0, trunk_bias=0))


def learned(pose, view):
    looks = [sample(pose, view, measure(pose, view, SETTINGS), SETTINGS)] * 40
    return learn(looks, "cam", "Camera", "2026-11-30T10:00:00+00:00", SETTINGS)


def with_face(**figures):
    return replace(learned(person(neck=10, distance=0.75), View.FRONT), front=upright_of([face(**figures)]))


def nothing(_settings):
    """The loader, where the estimator is not needed."""
    raise AssertionError("the estimator is not asked")


def estimating(high):
    """An estimator for which the neck is inclined by this many degrees at most."""
    angles = {angle: Estimate(angle, 0.0, -5.0, 5.0) for angle in ANGLES}
    angles[Angle.NECK_INCLINATION] = Estimate(Angle.NECK_INCLINATION, 12.0, 5.0, high)
    return lambda _settings: SimpleNamespace(read_one=lambda _figures: angles)


@pytest.mark.parametrize(("neck", "trunk"), [(10, 0), (12, 6), (8, -8), (3, -11), (-6, -8), (5, -18), (-8, -25)])
def test_whoever_leans_back_is_cautioned_if_sitting_straight_would_count_as_a_slouch(neck, trunk):
    baseline = learned(from_side(right=False, neck=neck, trunk=trunk), View.SIDE_LEFT)
    straight = measure(from_side(right=False), View.SIDE_LEFT, SETTINGS)
    counts = judge_by_geometry(straight, View.SIDE_LEFT, baseline, SETTINGS).value >= 1
    said = caution_about(baseline, SETTINGS, nothing) or ""
    assert ("You leaned back" in said) == counts == (min(neck, trunk + 12) <= 0)


def test_in_front_of_a_camera_the_face_shows_whether_it_was_a_slouch():
    assert caution_about(with_face(neck_height=20.0), SETTINGS, nothing) is None
    assert "looked like a slouch" in caution_about(with_face(neck_height=14.0), SETTINGS, nothing)
    from_above = with_face(neck_height=15.5, head_pitch=20.0)  # a high camera makes the neck look shorter
    assert caution_about(from_above, SETTINGS, nothing) is None


def test_without_a_face_the_caution_is_that_of_the_estimator():
    faceless = learned(person(neck=10, distance=0.75), View.FRONT)
    assert faceless.front is None
    assert caution_about(faceless, SETTINGS, estimating(high=20.0)) is None
    assert "I cannot tell how upright that was" in caution_about(faceless, SETTINGS, estimating(high=30.0))
    unseen = replace(with_face(), front=replace(with_face().front, neck_height=None))
    assert "I cannot tell how upright that was" in caution_about(unseen, SETTINGS, estimating(high=30.0))


def test_where_geometry_judges_there_is_no_estimate_to_caution_by():
    faceless = learned(person(neck=10, distance=0.75), View.FRONT)
    assert caution_about(faceless, SETTINGS, lambda _settings: None) is None
