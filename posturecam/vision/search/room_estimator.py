"""Finds somebody anywhere in a room, near or far, and tracks them into any pose: the coach's estimator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Self

import numpy as np

from posturecam.config.settings import EstimatorSettings, FollowSettings
from posturecam.vision.estimator import SMALLEST_SIDE
from posturecam.vision.frame import Frame, Image
from posturecam.vision.landmarkers import Landmarker
from posturecam.vision.pose import Pose
from posturecam.vision.search import pursuit
from posturecam.vision.search.likeness import unlike
from posturecam.vision.search.pursuit import AGREES, Pursuit, Sighting
from posturecam.vision.search.tiles import SearchTile
from posturecam.vision.sources.opencv import softened

_PEOPLE = 2
"""People detected in one part of a picture, so that somebody in the background does not hide the user."""


class RoomEstimator:
    """Finds the landmarks of the person stretching in each frame; call it with frames in the order of their time.

    `posturecam.vision.estimator.PoseEstimator` is for somebody at a desk: it looks at whole pictures and their middle,
    in which people across the room are too small to be found, and remembers who has the seat. This one searches parts
    of the picture, a few in each frame (`pursuit`), and tracks whomever it found.

    Use it as a context manager, or `close` it.

    Raises:
        ModelError: on construction, if the model is missing or damaged.
    """

    def __init__(self, settings: EstimatorSettings | None = None, following: FollowSettings | None = None) -> None:
        settings = settings or EstimatorSettings()
        self._following = following or FollowSettings()
        self._tracker = Landmarker(settings, video=True)
        self._other = Landmarker(settings, video=False, people=_PEOPLE)
        self._state = Pursuit()

    def __call__(self, frame: Frame) -> Pose | None:
        """The user's pose, or None if nobody was found in this frame (or there is no picture)."""
        if frame.image is None or min(frame.image.shape[:2]) < SMALLEST_SIDE:
            return None
        picture = frame.image.shape[1], frame.image.shape[0]
        self._state = pursuit.seen_in(self._state, picture)
        pose = None
        if self._state.tile is not None:
            tile = self._state.tile
            self._state, pose = pursuit.followed(self._state, frame.t, picture, self._follow(frame, tile, picture))
        if pose is None:
            return self._search(frame, picture)
        due = pursuit.to_confirm(self._state, frame.t, picture, pose)
        if due is not None:
            return self._confirm(frame, pose, due)
        elsewhere = pursuit.to_compare(self._state, frame.t, picture)
        return self._compare(frame, pose, elsewhere) if elsewhere else pose

    def _follow(self, frame: Frame, tile: SearchTile, picture: tuple[int, int]) -> Pose | None:
        assert frame.image is not None
        found = self._tracker.follow(Frame(frame.t, tile.cut_from(frame.image)))
        return None if found is None else tile.back(found, picture)

    def _search(self, frame: Frame, picture: tuple[int, int]) -> Pose | None:
        assert frame.image is not None
        image = softened(frame.image) if self._state.softens else frame.image
        sightings = [
            one for tile in pursuit.to_search(self._state, picture) for one in self._look(image, frame.t, tile)
        ]
        self._state, pose = pursuit.sought(self._state, frame.t, picture, sightings, self._following)
        if pose is not None:
            self._begin_anew(frame, pose)
        return pose

    def _confirm(self, frame: Frame, pose: Pose, tile: SearchTile) -> Pose:
        assert frame.image is not None
        others = self._look(frame.image, frame.t, tile)
        other = min(others, key=lambda one: unlike(one.pose, pose), default=None)
        self._state, pose, anew = pursuit.confirmed(self._state, frame.t, pose, other)
        if anew:
            self._begin_anew(frame, pose)
        return pose

    def _compare(self, frame: Frame, pose: Pose, elsewhere: Sequence[SearchTile]) -> Pose:
        assert frame.image is not None
        others = [one for tile in elsewhere for one in self._look(frame.image, frame.t, tile)]
        self._state, pose, anew = pursuit.compared(self._state, frame.t, pose, others)
        if anew:
            self._begin_anew(frame, pose)
        return pose

    def _look(self, image: Image, t: float, tile: SearchTile) -> list[Sighting]:
        """Everybody in a part of the picture, detected independently of earlier pictures."""
        picture = image.shape[1], image.shape[0]
        found = self._other.everybody(np.ascontiguousarray(tile.cut_from(image)), t)
        return [Sighting(tile, tile.back(one, picture)) for one in found]

    def _begin_anew(self, frame: Frame, pose: Pose) -> None:
        """Make the tracker drop whatever it tracked and start from this pose.

        The tracker detects on its own and may get a different pose in the same part; then it starts in another one.
        """
        assert frame.image is not None
        picture = frame.image.shape[1], frame.image.shape[0]
        for tile in pursuit.to_begin(self._state, picture, pose):
            self._tracker.forget(tile.cut_from(frame.image), frame.t)
            read = self._follow(frame, tile, picture)
            if read is not None and unlike(read, pose) <= AGREES:
                self._state = replace(self._state, tile=tile)
                return

    def close(self) -> None:
        """Free the models. Safe to call twice."""
        self._tracker.close()
        self._other.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
