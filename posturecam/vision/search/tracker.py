"""Tracks one person from picture to picture, in the whole picture or in its middle square."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from posturecam.vision.frame import Frame, Image
from posturecam.vision.pose import HEAD, Pose
from posturecam.vision.search.tiles import SearchTile


class Landmarks(Protocol):
    """What finds people's landmarks: a `posturecam.vision.landmarkers.Landmarker`."""

    def follow(self, frame: Frame) -> Pose | None:
        """The tracked person's pose in the next picture of a video."""

    def forget(self, image: Image, t: float) -> None:
        """Drop the tracked person."""

    def start_over(self, frame: Frame) -> Pose | None:
        """Drop the tracked person and track whoever is found."""

    def restart_on(self, frame: Frame, person: Pose, others: Sequence[Pose], margin: float) -> Pose | None:
        """Drop the tracked person and track this one."""

    def search(self, frame: Frame) -> list[Pose]:
        """Everybody in one picture."""

    def close(self) -> None:
        """Free the model."""


class Tracker:
    """Tracks one person from picture to picture: in the whole picture, or in its middle square.

    The detector shrinks what it is given to 224 pixels, so somebody who is far away or badly lit may be found in the
    square alone: in 29 of 71 pictures of *train* and *validation* people, mostly in the dark, in which nobody was found in
    the whole picture (and in none of 46 empty rooms). If nobody is found, the two take turns, so that it costs no more.
    """

    def __init__(self, landmarker: Landmarks) -> None:
        """Create it with a landmarker for videos, which it closes in the end."""
        self._landmarker = landmarker
        self._in_middle = False

    def follow(self, frame: Frame) -> Pose | None:
        """The tracked person's pose in the next picture of a video."""
        part = self._part(frame)
        found = self._landmarker.follow(_cut(frame, part))
        if found is None:
            self._in_middle = not self._in_middle
        return found and _back(found, frame, part)

    def search(self, frame: Frame, searcher: Landmarks) -> list[Pose]:
        """Everybody whom another landmarker finds where this one looks."""
        return search_in(self._part(frame), frame, searcher)

    def start_over(self, frame: Frame) -> Pose | None:
        """Drop the tracked person and track whoever is found there; a dark picture is brightened for that."""
        part = self._part(frame)
        found = self._landmarker.start_over(_cut(frame, part))
        return found and _back(found, frame, part)

    def restart_on(self, frame: Frame, person: Pose, others: Sequence[Pose], margin: float) -> Pose | None:
        """Drop the tracked person and track this one, in the whole picture if they are not where this tracker looks."""
        part = self._part(frame)
        if part is not None and not part.contains(person.points[HEAD].mean(axis=0).tolist()):
            self._in_middle, part = False, None
        if part is not None:
            person, others = part.forth(person), [part.forth(other) for other in others]
        found = self._landmarker.restart_on(_cut(frame, part), person, others, margin)
        return found and _back(found, frame, part)

    def forget(self, frame: Frame) -> None:
        """Drop the tracked person, and begin with whole pictures."""
        assert frame.image is not None
        self._in_middle = False
        self._landmarker.forget(frame.image, frame.t)

    def _part(self, frame: Frame) -> SearchTile | None:
        """The part in which it looks; None for all of the picture."""
        if not self._in_middle:
            return None
        assert frame.image is not None
        height, width = frame.image.shape[:2]
        return SearchTile.square((width / 2, height / 2), min(width, height), (width, height))

    def close(self) -> None:
        """Free the model. Safe to call twice."""
        self._landmarker.close()


def search_in(part: SearchTile | None, frame: Frame, searcher: Landmarks) -> list[Pose]:
    """Everybody whom a landmarker finds in that part of a frame, all of it for None; in pixels of the picture."""
    return [_back(found, frame, part) for found in searcher.search(_cut(frame, part))]


def _cut(frame: Frame, part: SearchTile | None) -> Frame:
    """That part of a frame, all of it for None."""
    if part is None:
        return frame
    assert frame.image is not None
    return Frame(frame.t, np.ascontiguousarray(part.cut_from(frame.image)))


def _back(found: Pose, frame: Frame, part: SearchTile | None) -> Pose:
    """A pose found in that part of a frame, in pixels of the picture."""
    if part is None:
        return found
    assert frame.image is not None
    return part.back(found, (frame.image.shape[1], frame.image.shape[0]))
