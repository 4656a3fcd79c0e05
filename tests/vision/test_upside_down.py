"""A user whom the pose model finds upside down, as it does in the dark, with the landmarks scripted instead of the model."""

from dataclasses import replace

import numpy as np
import pytest
from figures import person

import posturecam.vision.estimator as module
from posturecam.config.settings import EstimatorSettings
from posturecam.vision.estimator import PoseEstimator
from posturecam.vision.face.canonical import INDICES, POINTS
from posturecam.vision.frame import Frame
from posturecam.vision.orientation import is_misread
from posturecam.vision.pose import HEAD, Landmark

UPRIGHT = person(neck=10, distance=0.75)
ABOUT = UPRIGHT.points[HEAD].mean(axis=0)
UPSIDE_DOWN = replace(UPRIGHT, points=2 * ABOUT - UPRIGHT.points)
DARK = np.full((UPRIGHT.height, UPRIGHT.width, 3), 12, np.uint8)


class Scripted:
    """The landmarker: it tracks somebody upside down until it starts over in a picture that is bright enough."""

    def __init__(self):
        self.tracked, self.starts, self.recovers = UPSIDE_DOWN, 0, True

    def follow(self, frame):
        return replace(self.tracked, t=frame.t)

    def search(self, frame):
        return [self.follow(frame)]

    def start_over(self, frame):
        self.starts += 1
        if self.recovers:
            self.tracked = UPRIGHT
        return self.follow(frame)

    def close(self):
        pass


class UprightFace:
    """The face landmarker: an upright face in the middle of every crop."""

    def __call__(self, crop):
        points = np.full((478, 2), 128.0)
        points[INDICES] = 128.0 + 8.0 * POINTS[:, :2] * (1, -1)
        return points

    def close(self):
        pass


@pytest.fixture
def landmarker(use_landmarker, monkeypatch):
    scripted = Scripted()
    use_landmarker(scripted)
    monkeypatch.setattr(module, "FaceLandmarks", UprightFace)
    return scripted


def watched(seconds):
    with PoseEstimator(EstimatorSettings(hold=0)) as estimator:
        return [estimator(Frame(t / 2, DARK)) for t in range(2 * seconds)]


def test_a_user_who_is_found_upside_down_below_an_upright_face_is_found_anew(landmarker):
    poses = watched(10)
    assert landmarker.starts == 1
    for pose in poses:
        assert not is_misread(pose)
        assert pose.at(Landmark.NOSE)[1] < pose.at(Landmark.LEFT_SHOULDER)[1]


def test_a_user_who_stays_upside_down_is_still_there_and_is_searched_anew_now_and_then(landmarker):
    landmarker.recovers = False
    poses = watched(20)
    assert all(is_misread(pose) for pose in poses)
    assert 5 <= landmarker.starts <= 11


def test_whoever_is_found_elsewhere_does_not_take_the_place_of_a_user_who_is_upside_down(landmarker):
    landmarker.recovers = False
    landmarker.start_over = lambda frame: replace(UPRIGHT, points=UPRIGHT.points + (200, 0))
    assert all(pose.at(Landmark.NOSE)[0] == UPSIDE_DOWN.at(Landmark.NOSE)[0] for pose in watched(3))
