"""Whether a picture is rotated or upside down."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from figures import from_side, person

from posturecam.config.settings import Settings
from posturecam.errors import CalibrationRefused
from posturecam.posture.assess import assess
from posturecam.posture.calibration import learn, sample
from posturecam.posture.measures import PLAUSIBLE, Name, measure
from posturecam.posture.reasons import Why
from posturecam.posture.view import View, body_yaw, classify
from posturecam.vision.frame import SourceInfo
from posturecam.vision.head import Head, NoHead
from posturecam.vision.orientation import is_misread, turn_needed, usual_turn
from posturecam.vision.pose import Landmark, Pose
from posturecam.vision.sources.recording import RecordingSource

SETTINGS = Settings()
RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
LEAST = SETTINGS.measures.head_visibility, SETTINGS.measures.hip_visibility


def turned(pose, degrees):
    """The pose as in the picture rotated clockwise by this many degrees."""
    (x, y), (u, v, w) = pose.points.T, pose.world.T
    match degrees:
        case 0:
            return pose
        case 90:
            width, height, points, world = pose.height, pose.width, (pose.height - y, x), (-v, u, w)
        case 180:
            width, height, points, world = pose.width, pose.height, (pose.width - x, pose.height - y), (-u, -v, w)
        case _:
            width, height, points, world = pose.height, pose.width, (y, pose.width - x), (v, -u, w)
    return Pose(pose.t, width, height, np.stack(points, 1), pose.visibility, np.stack(world, 1))


def poses(name):
    with RecordingSource(RECORDINGS / f"{name}.npz") as source:
        return [frame.pose for frame in source if frame.pose is not None]


def view_of(pose):
    return classify(body_yaw(pose, SETTINGS), SETTINGS.view)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
@pytest.mark.parametrize("yaw", [0, 45, 90, -90])
def test_an_upright_person_tells_how_the_picture_is_turned(degrees, yaw):
    pose = turned(person(yaw=yaw, distance=2.0), degrees)
    assert turn_needed(pose, *LEAST) == -degrees % 360


@pytest.mark.parametrize(
    "name", ["desk_front", "desk_front_low", "desk_oblique", "desk_side", "low_light", "leaves", "two_people"]
)
@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_recorded_people_in_a_turned_picture_are_unknown_and_never_upright(name, degrees):
    seen = [turned(pose, degrees) for pose in poses(name)[::5]]
    readings = [assess(pose, view_of(pose), None, SETTINGS) for pose in seen]
    assert all(reading.deviation.value is None for reading in readings)
    told = [reading for reading in readings if reading.deviation.reason.code is Why.TURNED]
    assert len(told) > 0.85 * len(readings)
    assert usual_turn(turn_needed(pose, *LEAST) for pose in seen) == -degrees % 360
    assert "turned by 90°" in told[0].deviation.reason.text or (
        degrees == 180 and "upside down" in told[0].deviation.reason.text
    )


@pytest.mark.parametrize(
    "name", ["desk_front", "desk_front_low", "desk_oblique", "desk_side", "low_light", "leaves", "two_people"]
)
def test_no_recorded_person_seems_turned(name):
    assert {turn_needed(pose, *LEAST) for pose in poses(name)} <= {0, None}


@pytest.mark.parametrize("name", ["desk_front", "desk_side", "desk_oblique"])
@pytest.mark.parametrize(("degrees", "remedy"), [(90, 270), (180, 180), (270, 90)])
def test_a_turned_picture_is_not_learned_from_and_the_remedy_is_reported(name, degrees, remedy):
    looks = [turned(pose, degrees) for pose in poses(name)[:60]]
    samples = [sample(pose, view_of(pose), measure(pose, view_of(pose), SETTINGS)) for pose in looks]
    with pytest.raises(CalibrationRefused, match=rf"--rotate {remedy}.*camera\.rotate={remedy}"):
        learn(samples, "key", "name", "", SETTINGS)


@pytest.mark.parametrize(("live", "setting"), [(True, True), (False, False)])
@pytest.mark.parametrize(("rotated", "remedy"), [(0, 270), (90, 0), (180, 90)])
def test_the_remedy_is_for_the_picture_before_it_was_rotated_and_no_setting_is_named_for_a_file(
    live, setting, rotated, remedy
):
    looks = [turned(pose, 90) for pose in poses("desk_front")[:60]]
    samples = [sample(pose, view_of(pose), measure(pose, view_of(pose), SETTINGS)) for pose in looks]
    source = SourceInfo("name", "key", live=live, rotated=rotated)
    with pytest.raises(CalibrationRefused) as refused:
        learn(samples, "key", "name", "", SETTINGS, source=source)
    assert f"--rotate {remedy}" in str(refused.value)
    assert (f"camera.rotate={remedy}" in str(refused.value)) is setting


def test_a_face_that_is_not_seen_tells_nothing():
    assert turn_needed(person(visibility=0.0), *LEAST) is None


def without_hips(pose):
    visibility = pose.visibility.copy()
    visibility[Landmark.LEFT_HIP] = visibility[Landmark.RIGHT_HIP] = 0.0
    return replace(pose, visibility=visibility)


def laid_aside(pose, degrees):
    """The pose with the head laid to a side by this much."""
    a, points = np.radians(degrees), pose.points.copy()
    ears = points[[Landmark.LEFT_EAR, Landmark.RIGHT_EAR]].mean(axis=0)
    points[:11] = (points[:11] - ears) @ np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]) + ears
    return replace(pose, points=points)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_at_a_desk_that_hides_the_hips_a_head_laid_to_a_side_tells_nothing(degrees):
    upright = turned(without_hips(person(distance=0.75)), degrees)
    assert turn_needed(laid_aside(upright, 25), *LEAST) == -degrees % 360
    assert turn_needed(laid_aside(upright, 40), *LEAST) is None
    assert turn_needed(laid_aside(upright, -90), *LEAST) is None


def test_a_face_whose_eyes_lie_on_its_mouth_tells_nothing():
    pose = person()
    points = pose.points.copy()
    points[[Landmark.LEFT_EYE, Landmark.RIGHT_EYE]] = points[[Landmark.MOUTH_LEFT, Landmark.MOUTH_RIGHT]]
    assert turn_needed(replace(pose, points=points), *LEAST) is None


def misread(degrees, roll=0.0):
    """Somebody in front of the camera whose face was found rolled by `roll`, and whose body turned clockwise by these degrees."""
    pose = turned(person(neck=10, distance=0.75), degrees)
    x, y = pose.points[:11].mean(axis=0).tolist()
    return replace(pose, head=Head(0.0, 0.0, 60.0, 5.0, 0.0, roll, x, y, x, y + 80, 0.1, 0.3, 65.0))


@pytest.mark.parametrize("roll", [-30.0, 0.0, 30.0])
def test_a_body_that_was_found_upside_down_below_an_upright_face_is_misread(roll):
    assert is_misread(misread(180, roll))
    assert not is_misread(misread(0, roll))


def test_a_picture_on_its_side_in_which_the_face_lies_too_is_not_misread():
    assert not is_misread(misread(90, roll=-90.0))
    assert not is_misread(misread(270, roll=90.0))


def test_without_a_face_nothing_shows_that_a_body_is_misread():
    assert not is_misread(replace(misread(180), head=NoHead.NOT_FOUND))


@pytest.mark.parametrize("lean", [-20, 0, 30])
def test_bending_over_the_desk_is_not_a_turned_picture(lean):
    pose = from_side(neck=60.0, trunk=lean, pitch=30.0)
    assert turn_needed(pose, *LEAST) in (0, None)


@pytest.mark.parametrize("neck", [-80.0, -60.0])
def test_an_angle_that_nobody_has_is_unknown(neck):
    measures = measure(from_side(neck=neck), View.SIDE_RIGHT, SETTINGS)
    reason = measures[Name.NECK_INCLINATION].reason
    assert reason is not None
    assert reason.code is Why.IMPLAUSIBLE
    assert measures[Name.NECK_FLEXION].value is None
    assert assess(from_side(neck=neck), View.SIDE_RIGHT, None, SETTINGS).deviation.value is None


@pytest.mark.parametrize(
    "name", ["desk_front", "desk_front_low", "desk_oblique", "desk_side", "low_light", "leaves", "two_people"]
)
def test_no_measure_of_the_sample_clips_is_taken_for_impossible(name):
    found = [one for pose in poses(name) for one in measure(pose, view_of(pose), SETTINGS).values() if one.reason]
    assert not [one for one in found if one.reason.code is Why.IMPLAUSIBLE and "which nobody has" in one.reason.text]
    assert all(low < high for low, high in PLAUSIBLE.values())
