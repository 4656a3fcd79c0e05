"""Landmarks of unrelated pictures, as the program would find them in use."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple, Self

from posturecam.config.settings import EstimatorSettings, FollowSettings, MeasureSettings
from posturecam.vision.estimator import MOST_PEOPLE
from posturecam.vision.face.finder import HeadFinder
from posturecam.vision.frame import Frame, Image
from posturecam.vision.geometry import Point, distance
from posturecam.vision.landmarkers import FaceLandmarks, Landmarker
from posturecam.vision.orientation import turn_needed
from posturecam.vision.pose import Landmark, Pose
from posturecam.vision.search.tracker import Tracker


class Before(NamedTuple):
    """An earlier picture from the same camera, in which the person sits upright."""

    image: Image
    seat: Point | None = None
    """As in `StillEstimator.__call__`."""


class StillEstimator:
    """Landmarks of unrelated pictures, as the tracker gives them once it has settled.

    A detected person is cropped differently from a tracked one, which shifts the neck inclination of a profile by 1–2°
    (measured on renders), and people are tracked nearly all the time. So each picture is shown after an empty one,
    which makes the tracker forget, and then as many times as it takes to settle.
    """

    LOOKS = 4

    def __init__(self, settings: EstimatorSettings | None = None) -> None:
        self._settings = settings or EstimatorSettings()
        self._trusted = MeasureSettings()
        self._tracker = Landmarker(self._settings, video=True)
        self._closer: Tracker | None = None  # created when first needed
        self._searcher: Landmarker | None = None  # created when first needed
        self._heads = HeadFinder(self._settings, FaceLandmarks)
        self._t = 0.0

    def __call__(self, image: Image, seat: Point | None = None, before: Before | None = None) -> Pose | None:
        """The landmarks of the most prominent person in the picture, or None. The pose's time has no meaning.

        With `seat`, pixels, the person whose nose is nearest to it, or None if nobody's is near: somebody else may
        stand behind the user, and the program would not take them for the user either.

        A person who is bent low can be tracked, but a fresh detection often misses them, gets somebody else, or takes
        them to be upside down. So if it does, they are tracked from the picture `before`, and otherwise, as in the
        program, searched in the middle of the picture.
        """
        pose = self.at_once(image, seat)
        if before is not None and not self.is_upright(pose):
            tracked = self.at_once(before.image, before.seat) and self._settled(self._tracker, image, seat)
            pose = tracked if self.is_upright(tracked) else pose
        pose = pose or self._in_middle(image, seat)
        return None if pose is None else replace(pose, head=self._heads.look(image, pose))

    def is_upright(self, pose: Pose | None) -> bool:
        """Whether somebody was found, and not upside down."""
        trusted = self._trusted
        return pose is not None and turn_needed(pose, trusted.head_visibility, trusted.hip_visibility) != 180

    def at_once(self, image: Image, seat: Point | None = None) -> Pose | None:
        """What a fresh detection in the whole picture leads to, without its head."""
        self._t += 1
        self._tracker.forget(image, self._t)
        if seat is not None:
            self._go_to(seat, image)
        return self._settled(self._tracker, image, seat)

    def _settled(self, by: Landmarker | Tracker, image: Image, seat: Point | None) -> Pose | None:
        pose = None
        for _ in range(self.LOOKS):
            self._t += 1
            pose = by.follow(Frame(self._t, image))
        return None if pose is None or not (seat is None or _sits_at(seat, pose)) else pose

    def _in_middle(self, image: Image, seat: Point | None) -> Pose | None:
        """The same where the whole picture shows nobody: the first look sends the tracker there."""
        self._closer = self._closer or Tracker(Landmarker(self._settings, video=True))
        self._t += 1
        self._closer.forget(Frame(self._t, image))
        self._t += 1
        self._closer.follow(Frame(self._t, image))
        return self._settled(self._closer, image, seat)

    def _go_to(self, seat: Point, image: Image) -> None:
        if self._searcher is None:
            self._searcher = Landmarker(self._settings, video=False, people=MOST_PEOPLE)
        self._t += 1
        frame = Frame(self._t, image)
        people = self._searcher.search(frame)
        if people:
            self._tracker.restart_on(frame, min(people, key=lambda pose: distance(pose.at(Landmark.NOSE), seat)))

    def close(self) -> None:
        """Free the models. Safe to call twice."""
        self._tracker.close()
        self._heads.close()
        for other in (self._searcher, self._closer):
            if other is not None:
                other.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _sits_at(seat: Point, pose: Pose) -> bool:
    """Whether a person's nose is within the default seat radius of a place, pixels."""
    shoulders = distance(pose.at(Landmark.LEFT_SHOULDER), pose.at(Landmark.RIGHT_SHOULDER))
    head = distance(pose.at(Landmark.LEFT_EAR), pose.at(Landmark.NOSE))
    return distance(pose.at(Landmark.NOSE), seat) <= FollowSettings().seat_radius * max(shoulders, 2 * head)
