"""Decides which person in the picture is the user: the one in the seat, not one walking past.

Pure: seats and times in, decisions out. A seat is the position and apparent size of somebody's shoulders. The
remembered seat moves slowly, so a passer-by who crosses it walks out of it again. Another place becomes the seat only
after somebody nearly as large as the user has stayed there for a while and moved as a living person does; a photograph
on the wall never becomes the user.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from posturecam.config.settings import FollowSettings
from posturecam.vision.frame import Image
from posturecam.vision.geometry import box_around, distance, middle, overlap
from posturecam.vision.pose import HEAD, WIDTH_OVER_EAR_HEIGHT, Landmark, Pose
from posturecam.vision.scene import STIR_SECONDS, Area, Glance, shift


@dataclass(frozen=True, slots=True)
class Seat:
    """Where somebody is: the midpoint of the shoulders and the apparent size (about a shoulder width), pixels."""

    x: float
    y: float
    size: float
    picture: int
    """Width of the picture, pixels."""

    def away_from(self, other: Seat) -> float:
        """Distance from another seat, in units of that seat's size."""
        return math.hypot(self.x - other.x, self.y - other.y) / other.size


def seat_of(pose: Pose) -> Seat:
    """Where the person of this pose is. Uses all landmarks, since even a guessed shoulder shows the place."""
    shoulders = pose.at(Landmark.LEFT_SHOULDER), pose.at(Landmark.RIGHT_SHOULDER)
    center = middle(*shoulders)
    ears = middle(pose.at(Landmark.LEFT_EAR), pose.at(Landmark.RIGHT_EAR))
    size = max(distance(*shoulders), WIDTH_OVER_EAR_HEIGHT * distance(center, ears), 1.0)
    return Seat(float(center[0]), float(center[1]), size, pose.width)


_UPPER_BODY = slice(Landmark.NOSE, Landmark.RIGHT_SHOULDER + 1)
_ABOUT = 0.3
"""The margin around the upper body, as a multiple of its box's size."""


def surroundings_of(pose: Pose) -> tuple[Area, float]:
    """The area of somebody's head and shoulders, as fractions of the picture, and their size in picture widths."""
    points = pose.points[_UPPER_BODY] / (pose.width, pose.height)
    low, high = points.min(axis=0), points.max(axis=0)
    margin = _ABOUT * (high - low)
    (left, top), (right, bottom) = (low - margin).tolist(), (high + margin).tolist()
    return (left, top, right, bottom), seat_of(pose).size / pose.width


@dataclass(frozen=True, slots=True)
class KnownPose:
    """Landmarks that may be reused, and the glance of the picture in which they were found."""

    pose: Pose
    glance: Glance
    steady: bool
    """Whether the user was in about the same place in the previous result: after a large movement the model needs a
    second picture to settle."""

    def went(self, glance: Glance) -> float:
        """The farthest the user may have moved since, in units of their own size."""
        area, size = surroundings_of(self.pose)
        return shift(self.glance, glance, area) / size


_SAME_PLACE = 0.5
"""Distance up to which two finds in one picture are one person, in units of their size: nobody sits in somebody else's lap."""
_SAME_SIZE = (0.6, 1.6)
"""Between which ratios of their sizes they are."""


def same_seat(a: Seat, b: Seat) -> bool:
    """Whether two people found in one picture are the same person."""
    return a.away_from(b) < _SAME_PLACE and _SAME_SIZE[0] < a.size / b.size < _SAME_SIZE[1]


_BEHIND_AWAY, _BEHIND_SIZE = 0.4, 0.85
"""From which distance, in sizes of the user's seat, and below which ratio of the sizes, somebody may be behind the user: 0.46 to 0.73,
and 0.53 to 0.82, for those whom the tracker took for a *validation* person who bent down."""


def may_be_behind(user: Seat, seat: Seat) -> bool:
    """Whether somebody at this place may be behind the user: aside of or above them, and smaller."""
    return seat.away_from(user) >= _BEHIND_AWAY and seat.size <= _BEHIND_SIZE * user.size


def is_in_front(seat: Seat, behind: Seat) -> bool:
    """Whether `seat` is another person's and nearer to the camera: a user who rolled back is not behind a neighbor who is farther away."""
    return seat.size > behind.size and not same_seat(seat, behind)


@dataclass(frozen=True, slots=True)
class FollowState:
    """What is remembered from picture to picture."""

    seat: Seat | None = None
    """The user's seat."""
    seen_at: float = -math.inf
    """When the user was last there."""
    settled: bool = False
    """Whether the user has stayed long enough to count as the seated person."""
    since: float = -math.inf
    """When the still unsettled user arrived at the seat."""
    elsewhere: Seat | None = None
    """The place of somebody who is not (or not yet) the user."""
    elsewhere_since: float = -math.inf
    elsewhere_at: float = -math.inf
    """When they arrived there, and when they were last seen there."""
    life: float = 0.0
    """Fraction of the recent time, 0 to 1, in which the person not yet settled moved: the user, or if there is none,
    the one elsewhere."""
    moved_at: float = -math.inf
    """When the user was last seen moving."""
    lifeless: Seat | None = None
    """The place of something that looks like a person but never moved."""
    checked_at: float = -math.inf
    """When the last picture was checked."""


def resized(state: FollowState, before: tuple[int, int], now: tuple[int, int]) -> FollowState:
    """The state for pictures of another width and height, pixels, in which everybody stays where they were relative to the middle.

    If the shape changes too, something is left out or added at the sides; the mean of both scales is then near enough.
    """
    scale = math.sqrt(now[0] * now[1] / (before[0] * before[1]))

    def moved(seat: Seat | None) -> Seat | None:
        if seat is None:
            return None
        x, y = (at - old / 2 for at, old in zip((seat.x, seat.y), before, strict=True))
        return Seat(now[0] / 2 + scale * x, now[1] / 2 + scale * y, scale * seat.size, now[0])

    return replace(state, seat=moved(state.seat), elsewhere=moved(state.elsewhere), lifeless=moved(state.lifeless))


LIVELY = 0.5
"""From this `life` on, somebody counts as alive: people sitting still in the sample clips reach 0.9 and more, a
photograph 0; somebody walking past a photograph within 3 s raises it to 0.4."""
LIFELESS = 0.2
"""Below this, whatever has been there for a long time is not a person; in between it is undecided."""
_SLOWEST = 12.0
"""Longest gap (s) between two checks in which somebody seen in both is taken to have been there all along: the settings allow 10, on battery 4.5."""
_NEVER_SO_STILL = 30.0
"""After this many seconds without any movement even the settled user must have left, and something that looks like them
is in their place."""


def is_user(state: FollowState, seat: Seat, t: float, settings: FollowSettings) -> bool:
    """Whether somebody at this place is the remembered user."""
    if state.seat is None or t - state.seen_at > settings.forget_after:
        return False
    return is_same_place(state.seat, seat, settings)


def is_same_place(remembered: Seat, seat: Seat, settings: FollowSettings) -> bool:
    """Whether somebody at this place may be the person remembered there."""
    ratio = seat.size / remembered.size
    near = seat.away_from(remembered) <= settings.seat_radius
    return near and 1 / settings.size_factor <= ratio <= settings.size_factor


def choose(state: FollowState, seats: Sequence[Seat], t: float, settings: FollowSettings) -> int | None:
    """Index of the user among the people found, or None.

    With a remembered seat, the person in it (or nearest to it); without one, the largest, who is the nearest to the
    camera, unless all are in the background.
    """
    known = [index for index, seat in enumerate(seats) if is_user(state, seat, t, settings)]
    if known and state.seat is not None:
        remembered = state.seat
        nearest = min(known, key=lambda index: seats[index].away_from(remembered))
        largest = max(range(len(seats)), key=lambda index: seats[index].size)
        # Until the user has settled, a clearly nearer person is the better guess: the first one may be a colleague.
        return nearest if state.settled or seats[largest].size < settings.nearer * seats[nearest].size else largest
    if state.settled and t - state.seen_at <= settings.forget_after:
        return None
    large = [
        index
        for index, seat in enumerate(seats)
        if seat.size >= settings.smallest * seat.picture and not _is_lifeless(state, seat, settings)
    ]
    return max(large, key=lambda index: seats[index].size, default=None)


def _is_lifeless(state: FollowState, seat: Seat, settings: FollowSettings) -> bool:
    place = state.lifeless
    if place is None:
        return False
    alike = 1 / settings.nearer <= seat.size / place.size <= settings.nearer
    return alike and seat.away_from(place) <= settings.still


def follow(
    state: FollowState,
    user: Seat | None,
    other: Seat | None,
    t: float,
    settings: FollowSettings,
    moved: bool | None = True,
    seconds: float = STIR_SECONDS,
) -> FollowState:
    """Update the state with this picture: where the user is, or otherwise where somebody else is.

    `moved` is whether they moved in the last `seconds`, or None if that is not known yet
    (`posturecam.vision.scene.stir`).
    """
    weight = 0.0 if moved is None else 1 - math.exp(-seconds / settings.settle_after)
    life = state.life + weight * (float(bool(moved)) - state.life)
    if user is not None:
        after = _seated(state, user, t, settings, life, moved)
    elif other is not None:
        after = _elsewhere(state, other, t, settings, life)
    else:
        after = replace(state, elsewhere=None)
    return replace(after, checked_at=t)


def _was_missing(state: FollowState, seen_at: float, t: float, settings: FollowSettings) -> bool:
    """Whether somebody who is there now was missing for a while since they were seen then, or may have been: nothing was checked for too long."""
    unseen = t - seen_at
    return unseen > 2 * settings.search_interval and (seen_at < state.checked_at or unseen > _SLOWEST)


def _elsewhere(state: FollowState, other: Seat, t: float, settings: FollowSettings, life: float) -> FollowState:
    if (
        state.elsewhere is None
        or other.away_from(state.elsewhere) > settings.still
        or _was_missing(state, state.elsewhere_at, t, settings)
    ):
        return replace(state, elsewhere=other, elsewhere_since=t, elsewhere_at=t, life=0.0)
    # A remembered user has twice that time to come back before somebody else's place becomes the seat.
    stayed = t - state.elsewhere_since >= 2 * settings.settle_after
    large = state.seat is None or other.size * settings.size_factor >= state.seat.size
    if stayed and large and life >= LIVELY:
        lifeless = None if _is_lifeless(state, other, settings) else state.lifeless
        return FollowState(
            seat=other, seen_at=t, settled=True, since=state.elsewhere_since, moved_at=t, lifeless=lifeless
        )
    lifeless = other if stayed and life < LIFELESS else state.lifeless
    return replace(state, elsewhere_at=t, life=life, lifeless=lifeless)


def _seated(
    state: FollowState, user: Seat, t: float, settings: FollowSettings, life: float, moved: bool | None
) -> FollowState:
    if state.seat is None or not is_user(state, user, t, settings):
        return FollowState(seat=user, seen_at=t, since=t, moved_at=t, lifeless=state.lifeless)
    weight = 1 - math.exp(-max(t - state.seen_at, 0.0) / settings.memory)
    seat = Seat(
        state.seat.x + weight * (user.x - state.seat.x),
        state.seat.y + weight * (user.y - state.seat.y),
        state.seat.size + weight * (user.size - state.seat.size),
        user.picture,
    )
    # Staying means being seen there the whole time, not just twice.
    away = _was_missing(state, state.seen_at, t, settings)
    since, moved_at = (t, t) if away else (state.since, t if moved else state.moved_at)
    stayed = t - since
    still = t - moved_at >= _NEVER_SO_STILL or (
        not state.settled and stayed >= 3 * settings.settle_after and life < LIFELESS
    )
    if still:
        return FollowState(lifeless=user, elsewhere=user, elsewhere_since=since, elsewhere_at=t, life=life)
    settled = state.settled or (stayed >= settings.settle_after and life >= LIVELY)
    return replace(
        state, seat=seat, seen_at=t, settled=settled, since=since, moved_at=moved_at, elsewhere=None, life=life
    )


def alone(image: Image, person: Pose, others: Sequence[Pose], margin: float) -> Image:
    """The picture with everything blanked except one person's surroundings, in which the heads of others are blanked too.

    Args:
        image: The picture.
        person: The one who stays.
        others: Whose heads are blanked, where they are clear of this person's.
        margin: How far the person's box is widened, as a multiple of its extent.
    """
    size = image.shape[1::-1]
    left, top, right, bottom = box_around(person.points, margin, size)
    left_over = np.zeros_like(image)
    left_over[top:bottom, left:right] = image[top:bottom, left:right]
    clear = [other for other in others if not heads_touch(person, other, margin)]
    return without_heads(left_over, clear, margin)


def heads_touch(one: Pose, other: Pose, margin: float) -> bool:
    """Whether the boxes around two heads, widened by `margin` times their size, overlap."""
    size = one.width, one.height
    return overlap(box_around(one.points[HEAD], margin, size), box_around(other.points[HEAD], margin, size))


def without_heads(image: Image, people: Sequence[Pose], margin: float) -> Image:
    """The picture with these people's heads blanked, `margin` times their size around them."""
    blanked = image.copy()
    for person in people:
        left, top, right, bottom = box_around(person.points[HEAD], margin, image.shape[1::-1])
        blanked[top:bottom, left:right] = 0
    return blanked
