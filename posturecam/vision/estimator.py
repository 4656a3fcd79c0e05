"""Pictures to poses: who in them is the user, and when the last landmarks are reused. The models are in `landmarkers`.

One landmarker in VIDEO mode tracks the user from picture to picture; it smooths over time and needs no detection while
it keeps track. If it finds nobody in a whole picture, it searches only the middle square of the next one, and so on in turns.
Until the user is settled, or when the tracked person is not in the user's seat, a second landmarker detects everybody
in the picture, and `posturecam.vision.follow` decides which of them is the user. While a settled user does not move
(`posturecam.vision.scene`), the last landmarks are reused for a few seconds and the model is not run.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Self

from posturecam.config.limits import give_back
from posturecam.config.settings import EstimatorSettings, FollowSettings
from posturecam.vision.face.finder import Complain, HeadFinder
from posturecam.vision.follow import (
    FollowState,
    KnownPose,
    choose,
    follow,
    heads_touch,
    is_in_front,
    is_user,
    may_be_behind,
    resized,
    same_seat,
    seat_of,
    surroundings_of,
    without_heads,
)
from posturecam.vision.frame import Frame
from posturecam.vision.head import NoHead
from posturecam.vision.landmarkers import USUAL_MARGIN, FaceLandmarks, Landmarker
from posturecam.vision.orientation import is_misread
from posturecam.vision.pose import Pose
from posturecam.vision.scene import STEADY, UNCHANGED, Glance, Stir, shift, stir
from posturecam.vision.search.tiles import SearchTile
from posturecam.vision.search.tracker import Tracker, search_in
from posturecam.vision.sources.opencv import glance_at

MOST_PEOPLE = 4
"""People detected in one picture at most."""
SMALLEST_SIDE = 16
"""In smaller pictures, pixels, nobody can be found, and the library rejects some of them."""
_MARGINS = USUAL_MARGIN, 0.1
"""The second where somebody beside the user was found again with the first."""
_LOOK_AGAIN, _SOMEBODY = 5.0, 0.003
"""Seconds between two checks for an overlooked user, and the movement in between, picture widths, from which there may be
one: a fifth of what somebody who sits still moves."""
_ABOUT_SEAT = 4.0
"""Side of the square in which the user is searched for in front of somebody behind them, in sizes of their seat."""
_BEHIND_FOR = 10.0
"""For how many seconds somebody behind the user stays hidden from the tracker. Choice: they may walk away meanwhile."""
_REMEMBERED = 2
"""How many earlier results may be reused: typing hands and a breathing chest return to where they were. A third did not
save any more."""


class PoseEstimator:
    """Finds the user's landmarks in each frame; call it with frames in the order of their time.

    If the time goes back, as where a video starts again, whatever was seen before is forgotten. It follows one person through one
    source: sources that are watched at the same time, as in several threads, need one each.

    Use it as a context manager, or `close` it. MediaPipe logs to standard error and has no switch to stop it; the
    commands filter that output (`posturecam.config.log_file`), and your own program can do the same.

    Args:
        settings: The `estimator` of `Settings`; like the others, its defaults if omitted.
        following: The `follow` of `Settings`: who is the user, and who is somebody else.
        field_of_view: The camera's, along the longer side of its pictures, degrees; distances in centimeters depend on it: `camera.field_of_view` of `Settings`.
        complain: Called once with a message if the face model cannot be used and work continues without; by default it is logged.

    Raises:
        ModelError: on construction, if the model is missing or damaged.
        LimitReached: on construction, if this process may use too little memory or start too few threads.

    Example:
        >>> from posturecam import PoseEstimator, VideoSource
        >>> with VideoSource("desk_side.mp4", end=0.2) as video, PoseEstimator() as estimator:
        ...     poses = [estimator(frame) for frame in video]
        >>> poses[-1].points.shape  # x and y of 33 landmarks, pixels; a pose is None if nobody is seen
        (33, 2)
    """

    def __init__(
        self,
        settings: EstimatorSettings | None = None,
        following: FollowSettings | None = None,
        field_of_view: float | None = None,
        complain: Complain | None = None,
    ) -> None:
        self.settings = settings or EstimatorSettings()
        self.following = following or FollowSettings()
        self._searcher: Landmarker | None = None  # created when first needed
        self._heads = HeadFinder(self.settings, FaceLandmarks, field_of_view, complain)
        self._closed = False
        self._begin()

    def _begin(self) -> None:
        """Begin without any memory of earlier pictures."""
        self._tracker = Tracker(Landmarker(self.settings, video=True))
        self._state = FollowState()
        self._t = -math.inf
        self._picture: tuple[int, int] | None = None
        """Width and height of the last picture, pixels."""
        self._searched_at = -math.inf
        self._doubted_at = -math.inf
        """When a user who was found upside down was last searched anew."""
        self._behind: Pose | None = None
        """Somebody behind the user who was taken for them."""
        self._empty: Glance | None = None
        """The glance of the last check for an overlooked user."""
        self._stir = Stir()
        self._known: tuple[KnownPose, ...] = ()
        """The latest poses found by the model, newest first."""

    def __call__(self, frame: Frame) -> Pose | None:
        """The user's pose, or None if the user is not in the picture (or there is no picture)."""
        if self._closed:
            raise ValueError("the estimator is closed; use it within its with block")
        if frame.image is None or min(frame.image.shape[:2]) < SMALLEST_SIDE:
            return None
        if frame.t < self._t:  # another video, which the tracker would blend with the end of the last one
            self._tracker.close()
            self._heads.forget()
            self._begin()
        self._t = frame.t
        height, width = frame.image.shape[:2]
        before, self._picture = self._picture, (width, height)
        if before is not None and before != self._picture:
            self._state = resized(self._state, before, self._picture)
        glance = frame.glance or glance_at(frame.t, frame.image)
        went = self._known[0].went(glance) if self._known else math.inf
        held = None if frame.closely else self._held(frame, glance, went)
        if held is not None:
            # Movement too small to count as a change of posture still shows that the person is alive.
            self._watch_life(glance, held)
            stirred = self._stir
            self._state = follow(
                self._state, seat_of(held), None, frame.t, self.following, stirred.moved, stirred.seconds
            )
            if self._state.seat is None:
                self._known = ()  # a photograph of the user, or a doll in the chair: it never moved
                return None
            return held
        found = self._tracker.follow(self._without_behind(frame))
        user = self._confirm(frame, glance, found)
        if user is not None:
            user = self._right_way_up(replace(user, head=self._heads(frame, user)), frame)
        self._watch_life(glance, user or found)
        other, seat = seat_of(found) if found and not user else None, seat_of(user) if user else None
        stirred = self._stir
        self._state = follow(self._state, seat, other, frame.t, self.following, stirred.moved, stirred.seconds)
        if user is not None and self._state.seat is None:
            user = None  # a photograph on the wall: it has been there for a long time and never moved
        if user is not None and self._state.settled:
            self._let_searcher_go()
        self._remember(user, glance, went)
        return user

    def _held(self, frame: Frame, glance: Glance, went: float) -> Pose | None:
        """One of the latest poses, with this frame's time, if the user is settled and has not moved since.

        `went` is how far they have moved since the last run of the model.
        """
        if not self._state.settled:
            return None
        assert frame.image is not None
        for index, known in enumerate(self._known):
            recent = 0 < frame.t - known.pose.t < self.settings.hold
            same_size = frame.image.shape[:2] == (known.pose.height, known.pose.width)
            if known.steady and recent and same_size and (known.went(glance) if index else went) < UNCHANGED:
                return replace(known.pose, t=frame.t)
        return None

    def _remember(self, user: Pose | None, glance: Glance, went: float) -> None:
        if user is None or is_misread(user):
            self._known = ()
            return
        last = self._known[0] if self._known else None
        # A face that was missed in one picture may be found in the next.
        newly_lost = user.head is NoHead.NOT_FOUND and (last is None or last.pose.head is not NoHead.NOT_FOUND)
        self._known = (KnownPose(user, glance, went < STEADY and not newly_lost), *self._known)[:_REMEMBERED]

    def _watch_life(self, glance: Glance, somebody: Pose | None) -> None:
        """Update whether the person in the picture moves."""
        self._stir = Stir() if somebody is None else stir(self._stir, glance, *surroundings_of(somebody))

    def _confirm(self, frame: Frame, glance: Glance, found: Pose | None) -> Pose | None:
        """The user: the tracked person if there is no doubt, otherwise whoever a search identifies."""
        if found is None:
            return self._overlooked(frame, glance)
        known = is_user(self._state, seat_of(found), frame.t, self.following)
        if known and self._state.settled:
            return self._in_front_of(found, frame)
        if self._searched_lately(frame):
            return found if known else None
        people, index = self._search(frame)
        if index is None:
            return found if known else None
        if same_seat(seat_of(people[index]), seat_of(found)):
            return found
        return self._turn_to(index, people, frame)

    def _right_way_up(self, user: Pose, frame: Frame) -> Pose:
        """The user, found anew if the face shows that the model has turned them upside down, as it does in the dark.

        Left alone, it would track them that way for as long as it is dark, and for some seconds afterwards.
        """
        if not is_misread(user) or 0 <= frame.t - self._doubted_at < self.following.search_interval:
            return user
        self._doubted_at = frame.t
        again = self._tracker.start_over(frame)
        if again is None or not heads_touch(user, again, 0.0):
            return user
        self._heads.forget()
        again = replace(again, head=self._heads(frame, again))
        return user if is_misread(again) else again

    def _in_front_of(self, found: Pose, frame: Frame) -> Pose:
        """The tracked person, unless that is somebody behind the user: where the user bends down, the tracker finds the next face."""
        mine = self._state.seat
        if mine is None or not may_be_behind(mine, seat_of(found)) or self._searched_lately(frame):
            return found
        assert frame.image is not None
        self._searched_at = frame.t
        picture = frame.image.shape[1], frame.image.shape[0]
        part = SearchTile.square((mine.x, mine.y), _ABOUT_SEAT * mine.size, picture)
        hidden = replace(frame, image=without_heads(frame.image, [found], _MARGINS[0]))
        people = search_in(part, hidden, self._search_model())
        others = [person for person in people if is_in_front(seat_of(person), seat_of(found))]
        index = choose(self._state, [seat_of(person) for person in others], frame.t, self.following)
        if index is None:
            return found
        self._behind = found
        return self._turn_to(index, [*others, found], frame)

    def _without_behind(self, frame: Frame) -> Frame:
        """The frame without the head of somebody behind the user, who would be found again and again, until the user's own comes near."""
        behind, user = self._behind, self._known[0].pose if self._known else None
        if behind is None:
            return frame
        assert frame.image is not None
        lately = 0 <= frame.t - behind.t <= _BEHIND_FOR  # unless the time was set back, or a video starts again
        same_size = frame.image.shape[:2] == (behind.height, behind.width)
        if user is None or not lately or not same_size or heads_touch(user, behind, _MARGINS[0]):
            self._behind = None
            return frame
        return replace(frame, image=without_heads(frame.image, [behind], _MARGINS[0]))

    def _overlooked(self, frame: Frame, glance: Glance) -> Pose | None:
        """The user, if the tracker finds nobody: it looks for only one person, and one on a screen may be in the way.

        They are searched for only if something moved, so that an empty room costs nothing.
        """
        before = self._empty
        if before is not None and 0 <= frame.t - before.t < _LOOK_AGAIN:
            return None
        self._empty = glance
        if before is None or not _SOMEBODY <= shift(before, glance) < math.inf:  # infinite is noise
            return None
        people, index = self._search(frame)
        return None if index is None else self._turn_to(index, people, frame)

    def _turn_to(self, index: int, people: Sequence[Pose], frame: Frame) -> Pose:
        """Track one of the people found, and nobody else."""
        user = people[index]
        others = [person for number, person in enumerate(people) if number != index]
        for margin in _MARGINS:
            tracked = self._tracker.restart_on(frame, user, others, margin)
            if tracked is not None and same_seat(seat_of(tracked), seat_of(user)):
                return tracked
        return user

    def _search(self, frame: Frame) -> tuple[list[Pose], int | None]:
        """Everybody in the picture, or in its middle if that is where the tracker looks, and which of them is the user."""
        self._searched_at = frame.t
        people = self._tracker.search(frame, self._search_model())
        return people, choose(self._state, [seat_of(person) for person in people], frame.t, self.following)

    def _searched_lately(self, frame: Frame) -> bool:
        """Whether the last search is too recent for another one; a clock that was set back does not count."""
        return 0 <= frame.t - self._searched_at < self.following.search_interval

    def _search_model(self) -> Landmarker:
        if self._searcher is None:
            self._searcher = Landmarker(self.settings, video=False, people=MOST_PEOPLE)
        return self._searcher

    def _let_searcher_go(self) -> None:
        """Free the second model (50 MB) while the user stays seated: loading it again, once they are lost, takes 65 ms."""
        if self._searcher is not None:
            self._searcher.close()
            self._searcher = None
            give_back()

    def close(self) -> None:
        """Free the models. Safe to call twice."""
        self._closed = True
        self._tracker.close()
        self._let_searcher_go()
        self._heads.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
