"""Searching for somebody, tracking them, and checking the tracker: which parts of each picture to process. Pure; time is an argument.

    searching ── found ──► tracking ── lost, or implausible for a second ──► searching, starting where they were last
                              │   ▲
                              ▼   └── an independent detection gives the same pose
                           doubted ── two such detections agree with each other, and not with the tracker: restart from theirs

Somebody who was found and never moved may be a photograph on the wall: until they move, somebody else who moves, or is
nearer, takes over. A tracker that only ever refines its own last guess may stay in a wrong pose after a large movement;
hence the independent detections. A search is spread over several pictures, a few parts in each, so that it delays none
of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from posturecam.config.settings import FollowSettings
from posturecam.vision.follow import Seat, is_same_place, seat_of
from posturecam.vision.pose import Pose
from posturecam.vision.search.likeness import BodyMemory, centered, fits, is_body, remember, unlike
from posturecam.vision.search.tiles import (
    LEFT_TURN,
    NEVER_TURNED,
    RIGHT_TURN,
    ROOMY,
    WIDE,
    Box,
    SearchTile,
    box_of,
    follow,
    search_order,
)

ALIVE = 0.15
"""Somebody who has moved this far from how they were found is alive (`likeness.unlike`): right poses from one noisy
picture differ by 0.02 to 0.03."""
NEARER = 1.3
"""Somebody larger by this factor is the better guess, as long as the tracked person has never moved."""
COMPARE_EVERY = 2.0
"""Seconds between two searches for others, as long as the tracked person has never moved."""
COMPARED = 2
"""Parts per picture in which others are searched for."""
WATCHED_FOR = 10.0
"""Seconds within which that other person must move."""
STAYS = 3.0
"""For this many seconds after somebody was lost they must reappear near where they were: whoever walks past is somebody
else."""
LOOKS = 3
"""Parts searched per picture: an empty one costs 6 to 8 ms, and a picture comes every 100 ms."""
RESTLESS = 3.0
"""A pose whose shape keeps changing faster than this, in longest bones per second, is not a body: walking is 0.9, a
forward fold 0.5, a tracker that struggles but is about right 2; one that sees something else in every picture 5 to
9."""
RESTLESS_FOR = 0.7
"""Time constant of that average, seconds."""
PATIENCE = 1.0
"""Seconds without anything plausible after which the tracked person is dropped."""
TURNS = (NEVER_TURNED, LEFT_TURN, NEVER_TURNED, RIGHT_TURN)
"""How the parts are rotated, search by search; every second search with upright parts blurs the picture. After a
tracked pose turned out to be implausible, the search begins with the next rotation."""
CONFIRMING = (
    (WIDE, LEFT_TURN),
    (ROOMY, RIGHT_TURN),
    (ROOMY, NEVER_TURNED),
    (WIDE, RIGHT_TURN),
    (ROOMY, LEFT_TURN),
)
"""Side (in boxes) and rotation of the independent detections, in turn: a pose that several of them agree on is no
accident of the crop."""
BEGINNINGS = 3
"""Parts per picture in which the tracker is restarted from a detected pose; each costs as much as a picture."""
AGREES = 0.25
"""Two poses at most this far apart count as the same (`likeness.unlike`)."""
MOVED = 0.3
"""From this distance on, somebody is in a different pose from the one last confirmed."""
SURE = 2
"""This many independent detections that agree with a pose confirm it; this many that agree with each other, and are the
majority, overturn it."""
MOST_LOOKS = 6
"""Most independent detections for one pose, whatever they say."""
CONFIRM_SOON = 0.3
"""Seconds between independent detections until a pose is confirmed."""
CONFIRM_MOVED = 0.5
"""Seconds between independent detections while the pose changes."""
CONFIRM_EVERY = 5.0
"""Seconds between independent detections at rest; each costs about as much as a picture."""
LOOK_LASTS = 3.0
"""Seconds after which an independent detection says nothing about the present pose."""


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """Somebody found in a part of a picture by an independent detection."""

    tile: SearchTile
    pose: Pose
    """In pixels of the whole picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Pursuit:
    """What is remembered from picture to picture; begin with `Pursuit()`."""

    picture: tuple[int, int] | None = None
    """Width and height of the last picture, pixels."""
    tile: SearchTile | None = None
    """The part in which somebody is tracked; None while nobody is."""
    last: Box | None = None
    """Where they were last seen."""
    seat: Seat | None = None
    """The same, measured by their shoulders."""
    seen_at: float = -math.inf
    """When they were last plausibly seen, seconds."""
    body: BodyMemory | None = None
    search: int = 0
    """Number of the current search."""
    searched: int = 0
    """Parts of it that have been processed."""
    previous: Pose | None = None
    """The pose in the last picture."""
    restless: float = 0.0
    """How fast its shape has been changing, in longest bones per second."""
    confirmed: Pose | None = None
    """The pose at the last independent detection, or when they were found."""
    confirmed_at: float = -math.inf
    looks: int = 0
    """Independent detections since they were found."""
    unsure: int = 0
    """Independent detections since that pose, since they moved, or since one disagreed."""
    settled: bool = False
    """Whether those were enough to confirm the pose."""
    recent: tuple[Sighting, ...] = ()
    """The results of the latest of them."""
    first_pose: Pose | None = None
    """The pose in which they were found."""
    alive: bool = False
    """Whether they have moved since."""
    rival: Sighting | None = None
    """Somebody else who may be alive, as first seen."""
    compared: int = 0
    """Parts in which others have been searched for."""
    compared_at: float = -math.inf

    @property
    def softens(self) -> bool:
        """Whether the current search blurs pictures, since noise hides people in the dark."""
        return self.search % (2 * len(TURNS)) in (2, 5, 6, 7)


def seen_in(state: Pursuit, picture: tuple[int, int]) -> Pursuit:
    """The state before a picture of this width and height: reset if the last one had another size."""
    before = state.picture
    return state if before == picture else Pursuit(picture=picture)


def followed(state: Pursuit, t: float, picture: tuple[int, int], pose: Pose | None) -> tuple[Pursuit, Pose | None]:
    """After tracking: the new state, and the pose if it is credible."""
    assert state.tile is not None
    if pose is not None:
        state = _watch_rest(state, t, pose)
        if state.restless > RESTLESS:
            return _drop_track(state, search=state.search + 1), None
        if fits(state.body, pose):
            return _keep(state, t, picture, pose), pose
    if t - state.seen_at >= PATIENCE:
        return _drop_track(state, search=state.search + (pose is not None)), None
    return state, None


def _drop_track(state: Pursuit, search: int) -> Pursuit:
    return Pursuit(picture=state.picture, last=state.last, seat=state.seat, seen_at=state.seen_at, search=search)


def _watch_rest(state: Pursuit, t: float, pose: Pose) -> Pursuit:
    before = state.previous
    if before is None or not 0 < t - before.t <= PATIENCE:
        return replace(state, previous=pose)
    weight = 1 - math.exp(-(t - before.t) / RESTLESS_FOR)
    speed = unlike(centered(pose), centered(before)) / (t - before.t)
    return replace(state, previous=pose, restless=state.restless + weight * (speed - state.restless))


def _keep(state: Pursuit, t: float, picture: tuple[int, int], pose: Pose) -> Pursuit:
    assert state.tile is not None
    box = box_of(pose)
    first_pose = state.first_pose or pose
    return replace(
        state,
        tile=follow(state.tile, box, picture),
        last=box,
        seat=seat_of(pose),
        seen_at=t,
        searched=0,
        body=remember(state.body, pose),
        first_pose=first_pose,
        alive=state.alive or unlike(pose, first_pose) > ALIVE,
    )


def to_search(state: Pursuit, picture: tuple[int, int]) -> tuple[SearchTile, ...]:
    """The parts of this picture to search next."""
    order = search_order(picture, state.last, TURNS[state.search % len(TURNS)])
    return tuple(order[state.searched : state.searched + LOOKS])


def sought(
    state: Pursuit, t: float, picture: tuple[int, int], sightings: Sequence[Sighting], following: FollowSettings
) -> tuple[Pursuit, Pose | None]:
    """After searching the parts that `to_search` named: the new state, and the person found."""
    lost = t - state.seen_at >= PATIENCE
    plausible = [one for one in sightings if fits(None if lost else state.body, one.pose)]
    if state.seat is not None and t - state.seen_at < STAYS:
        plausible = [one for one in plausible if is_same_place(state.seat, seat_of(one.pose), following)]
    if not plausible:
        count = len(search_order(picture, state.last, TURNS[state.search % len(TURNS)]))
        searched = state.searched + LOOKS
        over = searched >= count
        return replace(state, search=state.search + over, searched=0 if over else searched), None
    best = min(plausible, key=lambda one: _unlikely(state, one))
    begun = _begin(t, best, search=state.search)
    return begun if lost else _go_on(state, begun), best.pose


def _go_on(state: Pursuit, begun: Pursuit) -> Pursuit:
    """Resume with somebody who was lost for a moment, keeping how far they were confirmed."""
    return replace(
        begun,
        confirmed=state.confirmed,
        confirmed_at=state.confirmed_at,
        looks=state.looks,
        unsure=state.unsure,
        recent=state.recent,
        first_pose=state.first_pose,
        alive=state.alive,
    )


def _unlikely(state: Pursuit, sighting: Sighting) -> float:
    """Sort key: the person nearest to where somebody was last seen comes first, or else the largest."""
    box = box_of(sighting.pose)
    return -box.size if state.last is None else _apart(box, state.last)


def _apart(a: Box, b: Box) -> float:
    return math.dist(a.middle, b.middle)


def _begin(t: float, on: Sighting, *, search: int = 0, settled: bool = False, alive: bool = False) -> Pursuit:
    return Pursuit(
        picture=(on.pose.width, on.pose.height),
        tile=on.tile,
        last=box_of(on.pose),
        seat=seat_of(on.pose),
        search=search,
        seen_at=t,
        body=remember(None, on.pose),
        confirmed=on.pose,
        confirmed_at=t,
        settled=settled,
        first_pose=on.pose,
        alive=alive,
    )


def to_begin(state: Pursuit, picture: tuple[int, int], pose: Pose) -> tuple[SearchTile, ...]:
    """The parts in which the tracker may start from a pose, to be tried in turn until it agrees."""
    assert state.tile is not None
    return state.tile, *(_about(pose, picture, index) for index in range(BEGINNINGS - 1))


def _about(pose: Pose, picture: tuple[int, int], index: int) -> SearchTile:
    box = box_of(pose)
    boxes, turns = CONFIRMING[index % len(CONFIRMING)]
    return SearchTile.square(box.middle, boxes * box.size, picture, turns)


def to_confirm(state: Pursuit, t: float, picture: tuple[int, int], pose: Pose) -> SearchTile | None:
    """The part due for an independent detection, or None."""
    wait = CONFIRM_MOVED if _has_moved(state, pose) else CONFIRM_EVERY if state.settled else CONFIRM_SOON
    if t - state.confirmed_at < wait:
        return None
    return _about(pose, picture, state.looks)


def _has_moved(state: Pursuit, pose: Pose) -> bool:
    return state.confirmed is None or unlike(pose, state.confirmed) > MOVED


def confirmed(state: Pursuit, t: float, pose: Pose, other: Sighting | None) -> tuple[Pursuit, Pose, bool]:
    """After an independent detection: the new state, the pose to trust, and whether to restart the tracker from it."""
    anew = _has_moved(state, pose)
    recent = tuple(one for one in state.recent if t - one.pose.t <= LOOK_LASTS)
    if other is not None and fits(state.body, other.pose):
        recent = (*recent, other)
        alike, agree = (sum(unlike(one.pose, this) <= AGREES for one in recent) for this in (other.pose, pose))
        if alike >= SURE and alike > agree and 2 * alike > len(recent):
            return _begin(t, other, settled=True, alive=state.alive), other.pose, True
        anew |= state.settled and unlike(other.pose, pose) > AGREES
    agree = sum(unlike(one.pose, pose) <= AGREES for one in recent)
    unsure = 1 if anew else state.unsure + 1
    state = replace(
        state,
        looks=state.looks + 1,
        unsure=unsure,
        search=0 if agree >= SURE else state.search,
        settled=(state.settled and not anew) or agree >= SURE or unsure >= MOST_LOOKS,
        confirmed=pose,
        confirmed_at=t,
        recent=recent,
    )
    return state, pose, False


def to_compare(state: Pursuit, t: float, picture: tuple[int, int]) -> tuple[SearchTile, ...]:
    """The parts in which to search for somebody else, as long as the tracked person has never moved."""
    if state.alive or t - state.compared_at < COMPARE_EVERY:
        return ()
    if state.rival is not None:
        box = box_of(state.rival.pose)
        return (SearchTile.square(box.middle, ROOMY * box.size, picture, state.rival.tile.turns),)
    order = search_order(picture, None)
    first = state.compared % len(order)
    return tuple(order[first : first + COMPARED])


def compared(state: Pursuit, t: float, pose: Pose, sightings: Sequence[Sighting]) -> tuple[Pursuit, Pose, bool]:
    """After a search for others: the new state, the pose to trust, and whether to restart the tracker from it."""
    own, rival = box_of(pose), state.rival
    others = [one for one in sightings if is_body(one.pose) and _apart(box_of(one.pose), own) > own.size / 2]
    state = replace(state, compared=state.compared + (COMPARED if rival is None else 0), compared_at=t, rival=None)
    if not others:
        return state, pose, False
    largest = max(others, key=lambda one: box_of(one.pose).size)
    lives = rival is not None and unlike(rival.pose, largest.pose) > ALIVE
    if lives or box_of(largest.pose).size > NEARER * own.size:
        return _begin(t, largest, alive=lives), largest.pose, True
    if rival is None:
        return replace(state, rival=largest), pose, False
    return replace(state, rival=rival if t - rival.pose.t < WATCHED_FOR else None), pose, False
