"""The field of view is a setting: once it is changed, what was learned before is compared as if it had been learned with the new one."""

from dataclasses import replace

import faces
import figures
import pytest

from posturecam.config.settings import Settings
from posturecam.posture.assess import assess
from posturecam.posture.baseline import Baseline
from posturecam.posture.calibration import learn, sample
from posturecam.posture.measures import measure
from posturecam.posture.reading import Circumstances
from posturecam.posture.view import View
from posturecam.vision.face.finder import head_pose

SETTINGS = Settings()
USUAL = 65.0


def seen(field_of_view, down=0.0, away=0.0):
    """Somebody upright as their camera shows them, measured with this field of view; lower by some centimeters, or farther away."""
    pose = figures.person(neck=10)
    size = pose.width, pose.height
    points = faces.face_points(y=-12.0 + down, z=55.0 + away, pitch=-14.0, size=size)
    return replace(pose, head=head_pose(points, size, field_of_view))


def learned(field_of_view) -> Baseline:
    pose = seen(field_of_view)
    look = sample(pose, View.FRONT, measure(pose, View.FRONT, SETTINGS), SETTINGS)
    return learn([look] * 40, "cam", "Camera", "2026-11-29T10:00:00+00:00", SETTINGS)


def judged(pose, baseline, moved):
    return assess(pose, View.FRONT, baseline, SETTINGS, known=Circumstances(moved=moved)).deviation


@pytest.mark.parametrize("moved", [None, True, False])
@pytest.mark.parametrize("field_of_view", [50.0, 90.0])
def test_whoever_sits_as_in_the_calibration_is_upright_with_another_field_of_view(field_of_view, moved):
    then = learned(USUAL)
    assert judged(seen(field_of_view), then.with_lens(field_of_view), moved).value < 0.3
    if field_of_view > USUAL:
        assert judged(seen(field_of_view), then, moved).value > 1


@pytest.mark.parametrize("field_of_view", [50.0, 65.0, 90.0])
def test_a_slouch_is_found_with_another_field_of_view_than_that_of_the_calibration(field_of_view):
    slouched = seen(field_of_view, down=4.0, away=-8.0)
    assert judged(slouched, learned(USUAL).with_lens(field_of_view), None).value > 1


def test_changing_the_field_of_view_there_and_back_changes_nothing():
    then = learned(USUAL)
    back = then.with_lens(90.0).with_lens(USUAL)
    assert back.field_of_view == then.field_of_view == USUAL
    assert {**back.values} == pytest.approx({**then.values})
    assert back.front.shoulder_low == pytest.approx(then.front.shoulder_low)


def test_a_baseline_that_does_not_say_counts_as_learned_with_the_current_one():
    older = replace(learned(USUAL), field_of_view=None)
    assert older.with_lens(90.0) is older


@pytest.mark.parametrize("impossible", [0.0, -65.0, 180.0, float("nan")])
def test_an_impossible_field_of_view_is_refused(impossible):
    with pytest.raises(ValueError, match=r"field of view|impossible"):
        replace(learned(USUAL), field_of_view=impossible)
