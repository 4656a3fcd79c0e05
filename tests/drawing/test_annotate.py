from dataclasses import replace

import numpy as np
import pytest
from figures import from_side, person
from hypothesis import given
from hypothesis import strategies as st

from posturecam.config.settings import Settings
from posturecam.drawing import annotate as draw
from posturecam.drawing.annotate import annotate, skeleton_picture
from posturecam.drawing.canvas import Canvas
from posturecam.posture.assess import assess
from posturecam.posture.loop import Tick
from posturecam.posture.monitor import MonitorState, Phase
from posturecam.posture.reading import no_person, no_picture
from posturecam.posture.view import View
from posturecam.vision.frame import Frame
from posturecam.vision.pose import LANDMARK_COUNT, Landmark, Pose

SETTINGS = Settings()
SIZES = [(640, 480), (1280, 720), (720, 1280), (224, 224), (16, 16), (3000, 40)]


def plain(width=640, height=480):
    return np.full((height, width, 3), 128, np.uint8)


def tick(pose=None, view=View.FRONT, phase=Phase.UPRIGHT, state=None):
    judged = no_person(3.0, view) if pose is None else assess(pose, view, None, SETTINGS)
    return Tick(Frame(3.0), pose, judged, state or MonitorState(t=3.0, phase=phase), ())


def without(pose, *landmarks):
    visibility = pose.visibility.copy()
    visibility[list(landmarks)] = 0
    return Pose(pose.t, pose.width, pose.height, pose.points, visibility, pose.world)


def touched(pose, view=View.FRONT):
    """The pixels above the status strip that differ from a picture without a person."""
    image = plain(pose.width, pose.height)
    changed = (annotate(image, tick(pose, view), SETTINGS) != annotate(image, tick(None, view), SETTINGS)).any(axis=2)
    return changed[: int(0.8 * pose.height)]


def near(pixels, point, radius=6):
    x, y = np.round(point).astype(int)
    return pixels[max(y - radius, 0) : y + radius, max(x - radius, 0) : x + radius].any()


SIDE = from_side(neck=35, trunk=10)
FRONT = person()


@pytest.mark.parametrize(("width", "height"), SIZES, ids=str)
@pytest.mark.parametrize("phase", Phase)
def test_every_size_and_phase(width, height, phase):
    pose = from_side(neck=35, width=width, height=height)
    made = annotate(plain(width, height), tick(pose, View.SIDE_RIGHT, phase), SETTINGS, note="Sit back. " * 30)
    assert made.shape == (height, width, 3)
    assert made.dtype == np.uint8


@given(
    seen=st.lists(st.booleans(), min_size=LANDMARK_COUNT, max_size=LANDMARK_COUNT),
    view=st.sampled_from(View),
    mirrored=st.booleans(),
)
def test_nothing_raises_whatever_is_missing(seen, view, mirrored):
    missing = [index for index, present in enumerate(seen) if not present]
    annotate(plain(), tick(without(SIDE if view.is_side else FRONT, *missing), view), SETTINGS, mirrored)


def test_nothing_raises_for_points_that_are_not_numbers_or_coincide():
    for points in (np.full((LANDMARK_COUNT, 2), np.nan), np.full((LANDMARK_COUNT, 2), 100.0)):
        pose = Pose(0.0, 640, 480, points.astype(np.float32), np.ones(LANDMARK_COUNT, np.float32))
        for view in View:
            annotate(plain(), tick(pose, view), SETTINGS)


def test_the_given_picture_is_left_as_it_was():
    image = plain()
    for mirrored in (False, True):
        made = annotate(image, tick(SIDE, View.SIDE_RIGHT), SETTINGS, mirrored, "note")
        assert not np.shares_memory(made, image)
    assert (image == 128).all()


@pytest.mark.parametrize("arm", [Landmark.LEFT_ELBOW, Landmark.RIGHT_ELBOW], ids=lambda arm: arm.spoken)
def test_unseen_landmarks_are_not_drawn(arm):
    wrist = Landmark(arm + 2)
    pose = person(eye_level=0.4, distance=1.2)  # with the arms above the strip
    assert near(touched(pose), pose.at(arm))
    assert not near(touched(without(pose, arm, wrist)), pose.at(arm))


def test_nobody_means_no_skeleton():
    pose = without(FRONT, *Landmark)
    assert not touched(pose).any()


def test_hidden_hips_leave_the_trunk_out_and_the_neck_in():
    hip, ear = SIDE.at(Landmark.RIGHT_HIP), SIDE.at(Landmark.RIGHT_EAR)
    half_way = (hip + SIDE.at(Landmark.RIGHT_SHOULDER)) / 2
    assert near(touched(SIDE, View.SIDE_RIGHT), half_way)
    hidden = touched(without(SIDE, Landmark.LEFT_HIP, Landmark.RIGHT_HIP), View.SIDE_RIGHT)
    assert not near(hidden, half_way, radius=3)
    assert near(hidden, ear)


def test_a_lone_hip_in_front_of_the_camera_is_not_a_trunk():
    pose = person(eye_level=0.2, distance=1.5)
    half_way = (pose.at(Landmark.LEFT_HIP) + pose.at(Landmark.LEFT_SHOULDER)) / 2
    assert near(touched(pose), half_way)
    assert not near(touched(without(pose, Landmark.RIGHT_HIP)), half_way, radius=3)


def test_mirrored_turns_the_picture_and_the_skeleton_alike():
    pose = from_side(neck=35, aside=0.3)
    x, y = pose.at(Landmark.RIGHT_EAR)
    empty = annotate(plain(), tick(None, View.SIDE_RIGHT), SETTINGS)
    turned = (annotate(plain(), tick(pose, View.SIDE_RIGHT), SETTINGS, mirrored=True) != empty).any(axis=2)
    assert near(turned, (639 - x, y))
    image = plain()
    image[:, :100] = 255
    assert (annotate(image, tick(), SETTINGS, mirrored=True)[:100, 600:] == 255).all()


def test_a_picture_of_another_size_gets_the_skeleton_where_the_person_is():
    small, large = plain(320, 240), tick(FRONT)
    drawn = (annotate(small, large, SETTINGS) != annotate(small, tick(), SETTINGS)).any(axis=2)
    assert near(drawn, FRONT.at(Landmark.LEFT_SHOULDER) / 2)


def test_phases_differ_in_shape_and_not_only_in_color(monkeypatch):
    monkeypatch.setattr(draw, "PHASE_COLORS", dict.fromkeys(Phase, (200, 200, 200)))
    signs = {annotate(plain(), tick(phase=phase), SETTINGS)[400:, :30].tobytes() for phase in Phase}
    assert len(signs) == len(Phase)


def test_a_note_is_shown_at_the_top_only_when_given():
    assert (annotate(plain(), tick(), SETTINGS)[:20] == 128).all()
    assert not (annotate(plain(), tick(), SETTINGS, note="Sit back")[:20] == 128).all()


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (tick(), "unknown, because I see nobody"),
        (
            replace(tick(), reading=no_picture(3.0, "the camera was unplugged")),
            "unknown, because the camera was unplugged",
        ),
    ],
    ids=["nobody", "no picture"],
)
def test_unknown_is_explained(made, text, monkeypatch):
    assert text in written(monkeypatch, made)


def test_a_still_picture_is_graded_for_no_monitor_has_watched_it(monkeypatch):
    assert "Severe slouch" in written(monkeypatch, tick(from_side(neck=50), View.SIDE_RIGHT, state=MonitorState()))
    assert "Upright" in written(monkeypatch, tick(from_side(neck=10), View.SIDE_RIGHT, state=MonitorState()))


def test_angles_are_written_beside_the_lines(monkeypatch):
    texts = written(monkeypatch, tick(SIDE, View.SIDE_RIGHT))
    assert any(text.startswith("neck ") and text.endswith("°") for text in texts)
    assert any(text.startswith("trunk ") for text in texts)


def test_long_texts_stay_within_the_picture(monkeypatch):
    long = no_picture(3.0, "w" * 300 + " and this is why " * 20)
    pen = Canvas(plain(224, 224))
    lines = written(monkeypatch, replace(tick(), reading=long), 224, 224)
    assert any("www" in line for line in lines)
    assert max(map(pen.text_width, lines)) <= 224


@pytest.mark.parametrize(("width", "height"), SIZES[:4], ids=str)
def test_skeleton_picture_shows_the_person_on_a_plain_ground(width, height):
    made = skeleton_picture(tick(FRONT), width, height, SETTINGS)
    empty = skeleton_picture(tick(), width, height, SETTINGS)
    assert made.shape == (height, width, 3)
    assert (made[: height // 2] != empty[: height // 2]).any()
    assert (empty[: height // 2] == empty[0, 0]).all()


def written(monkeypatch, made, width=640, height=480):
    """The texts drawn on a picture."""
    texts = []
    put = Canvas.put
    monkeypatch.setattr(Canvas, "put", lambda pen, text, *rest: (texts.append(text), put(pen, text, *rest))[1])
    annotate(plain(width, height), made, SETTINGS)
    return texts
