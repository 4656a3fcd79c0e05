"""Pictures to poses: the only module that knows MediaPipe.

One landmarker in VIDEO mode tracks the user from picture to picture; it smooths over time and needs no detection while
it keeps track. If it finds nobody in a whole picture, it searches only the middle square of the next one, and so on in turns.
Until the user is settled, or when the tracked person is not in the user's seat, a second landmarker detects everybody
in the picture, and `posturecam.vision.follow` decides which of them is the user. While a settled user does not move
(`posturecam.vision.scene`), the last landmarks are reused for a few seconds and the model is not run.

No network: the MediaPipe library from PyPI reports its usage to Google about a minute after a landmarker is created
(google-ai-edge/mediapipe#6291; seen here with strace in 1.2.2) and has no switch to stop it. Its uploader honors the
proxy variables, so importing this module points them at a closed port of this computer, for the whole process.
`benchmarks/no_network.py` shows that no other machine is then contacted; `docs/privacy.md` has the details.
"""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self, TypeVar

_NOWHERE = "http://127.0.0.1:9"
"""Port 9, "discard", on this computer, where nothing listens."""


def _stay_offline() -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        os.environ[name] = os.environ[name.upper()] = _NOWHERE
    for name in ("no_proxy", "NO_PROXY"):
        os.environ.pop(name, None)


_stay_offline()  # before the library is loaded

import cv2  # noqa: E402
import numpy as np  # noqa: E402

from posturecam.config.lazy_imports import deferred  # noqa: E402

with deferred():
    import mediapipe
    from mediapipe.tasks.python.core.base_options import BaseOptions
    from mediapipe.tasks.python.vision import (
        FaceLandmarker,
        FaceLandmarkerOptions,
        PoseLandmarker,
        PoseLandmarkerOptions,
        RunningMode,
    )

from numpy.typing import NDArray  # noqa: E402

from posturecam.config import resources  # noqa: E402
from posturecam.config.limits import give_back, require_memory, require_threads  # noqa: E402
from posturecam.config.reading import explained, reason  # noqa: E402
from posturecam.config.settings import EstimatorSettings, FollowSettings  # noqa: E402
from posturecam.errors import ModelError  # noqa: E402
from posturecam.vision.face import Complain, HeadFinder  # noqa: E402
from posturecam.vision.follow import (  # noqa: E402
    FollowState,
    KnownPose,
    alone,
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
from posturecam.vision.frame import Frame, Image  # noqa: E402
from posturecam.vision.head import NoHead  # noqa: E402
from posturecam.vision.pose import LANDMARK_COUNT, Pose  # noqa: E402
from posturecam.vision.scene import STEADY, UNCHANGED, Glance, Stir, shift, stir  # noqa: E402
from posturecam.vision.search.tiles import SearchTile  # noqa: E402
from posturecam.vision.search.tracker import Tracker, search_in  # noqa: E402
from posturecam.vision.sources.opencv import glance_at, softened  # noqa: E402

log = logging.getLogger("posturecam")

_Model = TypeVar("_Model")
MOST_PEOPLE = 4  # that are detected in one picture
_LARGEST_SIDE = 1280
"""Larger pictures are shrunk to this first, pixels: the networks work at 224 and 256, and converting an 8K picture
costs 0.2 s."""
SMALLEST_SIDE = 16
"""In smaller pictures, pixels, nobody can be found, and the library rejects some of them."""
_MARGINS = 0.6, 0.1
"""How far a person's box is widened before everything outside it is blanked, as a multiple of its size: the second where somebody
beside them was found again with the first."""
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

    If the time goes back, as where a video starts again, whatever was seen before is forgotten.

    Use it as a context manager, or `close` it. MediaPipe logs to standard error and has no switch to stop it; the
    commands filter that output (`posturecam.config.log_file`), and your own program can do the same.

    Args:
        settings: The `estimator` of `Settings`; like the others, its defaults if omitted.
        following: The `follow` of `Settings`: who is the user, and who is somebody else.
        field_of_view: The camera's horizontal one, degrees, by which distances are in centimeters: `camera.field_of_view` of `Settings`.
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
        self._watch_life(glance, user or found)
        other, seat = seat_of(found) if found and not user else None, seat_of(user) if user else None
        stirred = self._stir
        self._state = follow(self._state, seat, other, frame.t, self.following, stirred.moved, stirred.seconds)
        if user is not None and self._state.seat is None:
            user = None  # a photograph on the wall: it has been there for a long time and never moved
        if user is not None and self._state.settled:
            self._let_searcher_go()
        if user is not None:
            user = replace(user, head=self._heads(frame, user))
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
        if user is None:
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


class FaceLandmarks:
    """The face points in a crop around one head; a `posturecam.vision.face.FaceFinder`.

    Each crop is processed on its own: the crop already follows the head, and a result 30 s later must not depend on
    this one.

    Raises:
        ModelError: on construction, if the model is missing or damaged.
    """

    def __init__(self) -> None:
        path = resources.face_model_path()
        options = FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(path)), running_mode=RunningMode.IMAGE, num_faces=1
        )
        self._landmarker: FaceLandmarker | None = _loaded(
            path,
            lambda: FaceLandmarker.create_from_options(options),
            lambda problem: ModelError(
                "The face model {path} is damaged ({problem}); install posturecam again", path=path, problem=problem
            ),
        )

    def __call__(self, crop: Image) -> NDArray[np.float64] | None:
        """Shape (478, 2), pixels of the crop, or None if there is no face."""
        assert self._landmarker is not None
        result = self._landmarker.detect(_to_mediapipe(crop))
        if not result.face_landmarks:
            return None
        height, width = crop.shape[:2]
        return np.array([(mark.x * width, mark.y * height) for mark in result.face_landmarks[0]], np.float64)

    def close(self) -> None:
        """Free the model. Safe to call twice."""
        if self._landmarker is not None:
            self._landmarker.close()
            self._landmarker = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _loaded(path: Path, load: Callable[[], _Model], damaged: Callable[[str], ModelError]) -> _Model:
    """Load a landmarker from a model file, or raise the error that says what to do; `damaged` builds one from the library's message."""
    require_memory()
    require_threads()
    with explained(lambda error: damaged(reason(error))):
        resources.require_whole(path)
    try:
        return load()
    except OSError as error:  # the native library itself
        raise ModelError(
            "MediaPipe's library cannot be loaded ({problem}); on Debian or Ubuntu run: sudo apt install libegl1 "
            "libgles2",
            problem=str(error).splitlines()[0],
        ) from error
    except (RuntimeError, ValueError) as error:
        raise damaged(str(error).splitlines()[0]) from error


class Landmarker:
    """One MediaPipe landmarker, with its own clock and the conversion to and from its types: for a video or for single pictures."""

    def __init__(self, settings: EstimatorSettings, *, video: bool, people: int = 1) -> None:
        path = resources.model_path(settings.model)
        options = PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(path)),
            running_mode=RunningMode.VIDEO if video else RunningMode.IMAGE,
            num_poses=people,
            min_pose_detection_confidence=settings.detection_confidence,
            min_pose_presence_confidence=settings.tracking_confidence,
            min_tracking_confidence=settings.tracking_confidence,
        )
        self._landmarker: PoseLandmarker | None = _loaded(
            path,
            lambda: PoseLandmarker.create_from_options(options),
            lambda problem: ModelError(
                "The pose model {path} is damaged ({problem}); install posturecam again", path=path, problem=problem
            ),
        )
        self._last_ms = -1

    def follow(self, frame: Frame) -> Pose | None:
        """The tracked person's pose in the next picture of a video."""
        assert frame.image is not None
        return self._next(frame.image, frame.t)

    def forget(self, image: Image, t: float) -> None:
        """Drop the tracked person, by showing an empty picture of the same size."""
        self._look(np.zeros_like(image), t)

    def restart_on(
        self, frame: Frame, person: Pose, others: Sequence[Pose] = (), margin: float = _MARGINS[0]
    ) -> Pose | None:
        """Drop the tracked person and track this one: an empty picture, then one with everybody else blanked out."""
        assert frame.image is not None
        self.forget(frame.image, frame.t)
        return self._next(alone(frame.image, person, others, margin), frame.t)

    def search(self, frame: Frame) -> list[Pose]:
        """Everybody in one picture, with a second, blurred attempt if nobody is found."""
        assert frame.image is not None
        return self.everybody(frame.image, frame.t) or self.everybody(softened(frame.image), frame.t)

    def everybody(self, image: Image, t: float) -> list[Pose]:
        """Everybody in one picture, in a single attempt."""
        assert self._landmarker is not None
        return _poses(self._landmarker.detect(_to_mediapipe(image)), t, image)

    def _next(self, image: Image, t: float) -> Pose | None:
        """The tracked person in the next picture, with a second, blurred attempt if nobody is found."""
        return self._look(image, t) or self._look(softened(image), t)

    def _look(self, image: Image, t: float) -> Pose | None:
        assert self._landmarker is not None
        self._last_ms = max(self._last_ms + 1, round(t * 1000))  # MediaPipe's time must increase
        poses = _poses(self._landmarker.detect_for_video(_to_mediapipe(image), self._last_ms), t, image)
        return poses[0] if poses else None

    def close(self) -> None:
        """Free the model. Safe to call twice."""
        if self._landmarker is not None:
            self._landmarker.close()
            self._landmarker = None


def _to_mediapipe(image: Image) -> mediapipe.Image:
    largest = max(image.shape[:2])
    if largest > _LARGEST_SIDE:
        scale = _LARGEST_SIDE / largest
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    return mediapipe.Image(mediapipe.ImageFormat.SRGB, np.ascontiguousarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)))


def _poses(result: object, t: float, image: Image) -> list[Pose]:
    """MediaPipe's normalized landmarks as poses in pixels of the original picture."""
    height, width = image.shape[:2]
    poses = []
    for normalized, world in zip(result.pose_landmarks, result.pose_world_landmarks, strict=True):  # type: ignore[attr-defined]
        if len(normalized) != LANDMARK_COUNT:
            continue
        points = np.array([(mark.x * width, mark.y * height) for mark in normalized], np.float32)
        visibility = np.array([mark.visibility for mark in normalized], np.float32)
        meters = np.array([(mark.x, mark.y, mark.z) for mark in world], np.float32)
        poses.append(Pose(t, width, height, points, visibility, meters))
    return poses
