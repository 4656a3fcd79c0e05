"""Somebody behind the user whom the tracker takes for them, with the landmarks scripted instead of the model."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from places import ROOT

from posturecam.config.settings import EstimatorSettings
from posturecam.vision.estimator import PoseEstimator
from posturecam.vision.follow import seat_of
from posturecam.vision.frame import Frame
from posturecam.vision.search.tracker import Tracker
from posturecam.vision.sources.recording import RecordingSource

FRONT = cv2.imread(str(ROOT / "tests" / "data" / "golden" / "desk_m_upright_front_eye.jpg"))


class Scripted:
    """The landmarker: it tracks the first of the people, and finds all of them."""

    def __init__(self):
        self.people, self.shown, self.searches = [], [], 0

    def follow(self, frame):
        self.shown.append(frame.image)
        return replace(self.people[0], t=frame.t)

    def search(self, frame):
        self.searches += 1
        return [replace(person, t=frame.t) for person in self.people]

    def restart_on(self, frame, person, others=(), margin=0.0):
        self.shown.append(frame.image)
        self.people.sort(key=lambda one: seat_of(one).away_from(seat_of(person)))
        return person

    def close(self):
        pass


@pytest.fixture
def landmarker(use_landmarker):
    scripted = Scripted()
    use_landmarker(scripted)
    return scripted


def at(x, y, scale):
    """Somebody with the shoulders at this place, and of this size compared with the user."""
    with RecordingSource(ROOT / "tests" / "data" / "recordings" / "desk_front.npz") as source:
        pose = next(frame.pose for frame in source if frame.pose is not None)
    here = seat_of(pose)
    points = (pose.points - (here.x, here.y)) * scale * 200 / here.size + (x, y)
    return replace(pose, width=640, height=480, points=points.astype(np.float32))


USER, BENT, BEHIND = at(320, 330, 1), at(320, 400, 0.9), at(460, 280, 0.6)


def seen(t):
    """A picture in which everything moves, and the model is run."""
    return Frame(t, np.roll(FRONT, round(t) % 3, axis=0), closely=True)


def settle(estimator, landmarker):
    """Sit there for long enough to be known as the user."""
    landmarker.people = [USER]
    for t in range(12):
        assert estimator(seen(t)) is not None


def blanked(landmarker):
    """Whether the tracker was last shown a picture without the head of the one behind."""
    return not landmarker.shown[-1][int(BEHIND.points[0][1]), int(BEHIND.points[0][0])].any()


@pytest.mark.parametrize("hold", [0, 5])
def test_whoever_is_behind_is_hidden_from_the_tracker_for_some_seconds(landmarker, hold):
    with PoseEstimator(EstimatorSettings(hold=hold, face=False)) as estimator:
        settle(estimator, landmarker)
        landmarker.people = [BEHIND, BENT]
        assert seat_of(estimator(seen(12))).x == pytest.approx(320)
        estimator(seen(13))
        assert blanked(landmarker)
        for t in range(14, 25):
            estimator(seen(t))
        assert not blanked(landmarker)


@pytest.mark.parametrize("after", [Frame(3, FRONT), Frame(13, cv2.resize(FRONT, (320, 240)))])
def test_nobody_is_hidden_where_the_time_was_set_back_or_the_picture_has_another_size(landmarker, after):
    with PoseEstimator(EstimatorSettings(face=False)) as estimator:
        settle(estimator, landmarker)
        landmarker.people = [BEHIND, BENT]
        estimator(seen(12))
        estimator(replace(after, closely=True))
    assert np.array_equal(landmarker.shown[-1], after.image)


def test_who_rolls_back_stays_the_user_beside_somebody_no_nearer(landmarker):
    rolled, beside = at(420, 280, 0.75), at(200, 280, 0.7)
    with PoseEstimator(EstimatorSettings(face=False)) as estimator:
        settle(estimator, landmarker)
        landmarker.people = [rolled, beside]
        for t in range(12, 20):
            assert seat_of(estimator(seen(t))).x == pytest.approx(420)


def test_rocking_back_and_forth_searches_every_two_seconds_at_most(landmarker):
    with PoseEstimator(EstimatorSettings(hold=0, face=False)) as estimator:
        settle(estimator, landmarker)
        before = landmarker.searches
        for n in range(40):
            landmarker.people = [BEHIND if n % 2 else USER]
            estimator(seen(12 + n / 4))
    assert landmarker.searches - before <= 10 / 2 + 1


def test_whoever_is_found_in_the_middle_lies_where_they_are_in_the_picture(landmarker):
    picture = Frame(0, np.full((360, 960, 3), 90, np.uint8))
    person = replace(at(480, 200, 0.5), width=960, height=360)
    landmarker.follow = lambda frame: landmarker.shown.append(frame.image)
    tracker = Tracker(landmarker)
    assert tracker.follow(picture) is None  # now it looks in the middle
    again = tracker.restart_on(picture, person, [], 0.6)
    assert landmarker.shown[-1].shape == (360, 360, 3)
    assert (again.width, again.height) == (960, 360)
    assert again.points == pytest.approx(person.points, abs=0.01)
    assert tracker.follow(picture) is None  # nor is anybody there
    tracker.follow(picture)
    assert landmarker.shown[-1].shape == picture.image.shape, "the two take turns"


def test_the_tracker_leaves_the_middle_for_somebody_outside_it(landmarker):
    wide = np.full((360, 960, 3), 90, np.uint8)
    landmarker.follow = lambda frame: landmarker.shown.append(frame.image)
    tracker = Tracker(landmarker)
    assert tracker.follow(Frame(0, wide)) is None  # now it looks in the middle
    aside = replace(at(100, 200, 0.5), width=960, height=360)
    tracker.restart_on(Frame(1, wide), aside, [], 0.6)
    tracker.follow(Frame(2, wide))
    assert [image.shape for image in landmarker.shown[-2:]] == [wide.shape] * 2
