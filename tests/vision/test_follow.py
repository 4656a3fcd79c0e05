"""Who is the user."""

from dataclasses import replace

import numpy as np
import pytest
from figures import person

from posturecam.config.settings import FollowSettings
from posturecam.vision.follow import (
    FollowState,
    Seat,
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
from posturecam.vision.pose import Landmark

SETTINGS = FollowSettings()
USER = Seat(320, 300, 200, 640)
BEHIND = Seat(500, 200, 60, 640)


def settled(seat=USER, until=20.0):
    state = FollowState()
    for t in np.arange(0, until, 0.5):
        state = follow(state, seat, None, float(t), SETTINGS)
    return state


def test_the_largest_person_is_taken_first():
    assert choose(FollowState(), [BEHIND, USER], 0.0, SETTINGS) == 1


def test_somebody_far_behind_is_not_taken_for_the_user():
    assert choose(FollowState(), [Seat(300, 200, 40, 640)], 0.0, SETTINGS) is None


def test_somebody_who_stays_becomes_the_settled_user():
    assert not settled(until=5).settled
    assert settled(until=10).settled


@pytest.mark.parametrize("rate", [0.5, 2, 10])
def test_a_passer_by_never_becomes_the_user(rate):
    state = settled()
    for step in range(int(4 * rate) + 1):  # four seconds across the picture, slightly smaller than the user
        t = 20 + step / rate
        passer_by = Seat(640 * step / (4 * rate), 260, 130, 640)
        index = choose(state, [passer_by, USER], t, SETTINGS)
        assert index == 1
        state = follow(state, USER, None, t, SETTINGS)
    assert is_user(state, USER, 25.0, SETTINGS)


def test_a_passer_by_at_an_empty_seat_does_not_become_the_user():
    state = settled()
    for step in range(40):
        t = 20 + step / 10
        passer_by = Seat(640 * step / 40, 260, 130, 640)
        user = passer_by if choose(state, [passer_by], t, SETTINGS) is not None else None
        state = follow(state, user, passer_by if user is None else None, t, SETTINGS)
    assert is_user(state, USER, 25.0, SETTINGS)  # the seat did not walk away with them


def test_a_colleague_who_sits_behind_never_becomes_the_user():
    state = settled()
    for t in np.arange(20, 400, 0.5):
        assert choose(state, [BEHIND], float(t), SETTINGS) is None
        state = follow(state, None, BEHIND, float(t), SETTINGS)
    assert is_user(state, USER, 400.0, SETTINGS)


def test_a_user_who_moves_the_chair_far_is_found_again():
    state, elsewhere = settled(Seat(520, 300, 200, 640)), Seat(100, 300, 190, 640)
    assert not is_user(state, elsewhere, 20.0, SETTINGS)
    for t in np.arange(20, 35.5, 0.5):
        state = follow(state, None, elsewhere, float(t), SETTINGS)
        assert not is_user(state, elsewhere, float(t), SETTINGS), "twice the time to settle is left to come back"
    for t in np.arange(35.5, 37, 0.5):
        state = follow(state, None, elsewhere, float(t), SETTINGS)
    assert is_user(state, elsewhere, 37.0, SETTINGS)


def test_the_seat_follows_a_chair_that_rolls_slowly():
    state = settled()
    for t in np.arange(20, 80, 0.5):  # 300 pixels in a minute, down and nearer too
        share = (t - 20) / 60
        user = Seat(320 - 300 * share, 300 + 100 * share, 200 + 60 * share, 640)
        assert is_user(state, user, float(t), SETTINGS)
        state = follow(state, user, None, float(t), SETTINGS)
    assert is_user(state, Seat(20, 400, 260, 640), 80.0, SETTINGS)
    assert not is_user(state, Seat(20 + 1.8 * 260, 400, 260, 640), 80.0, SETTINGS)


def test_the_seat_is_remembered_for_its_time_constant():
    state, moved = settled(), Seat(420, 250, 250, 640)
    for t in np.arange(19.5, 19.5 + SETTINGS.memory + 0.1, 0.5):
        state = follow(state, moved, None, float(t), SETTINGS)
    left = np.exp(-1)
    assert (state.seat.x, state.seat.y, state.seat.size) == pytest.approx(
        (420 - left * 100, 250 + left * 50, 250 - left * 50)
    )


def test_somebody_who_moves_about_elsewhere_does_not_take_the_seat():
    state = settled(Seat(520, 300, 200, 640))
    for t in np.arange(20, 60, 0.5):
        state = follow(state, None, Seat(40 + 150 * (t % 2), 300, 190, 640), float(t), SETTINGS)
    assert is_user(state, Seat(520, 300, 200, 640), 60.0, SETTINGS)


def test_before_somebody_has_settled_only_a_clearly_nearer_person_replaces_them():
    first = Seat(320, 300, 150, 640)
    state = follow(FollowState(), first, None, 0.0, SETTINGS)
    somewhat, clearly = (Seat(500, 300, 150 * factor * SETTINGS.nearer, 640) for factor in (0.95, 1.05))
    assert choose(state, [first, somewhat], 1.0, SETTINGS) == 0
    assert choose(state, [first, clearly], 1.0, SETTINGS) == 1
    assert choose(settled(first), [first, clearly], 20.0, SETTINGS) == 0, "whoever has settled stays the user"


def test_a_nearer_person_replaces_one_who_is_not_settled_yet():
    state = follow(FollowState(), Seat(320, 300, 90, 640), None, 0.0, SETTINGS)
    assert choose(state, [Seat(320, 300, 90, 640), USER], 2.0, SETTINGS) == 1


def test_a_seat_is_forgotten_after_a_long_absence():
    state = settled()
    assert not is_user(state, USER, 20 + 601, SETTINGS)
    assert choose(state, [Seat(100, 200, 100, 640)], 20 + 601, SETTINGS) == 0


@pytest.mark.parametrize("posture", [{"neck": 40, "trunk": 20}, {"yaw": 35}, {"pitch": 40}, {"distance": 0.6}])
def test_slouching_turning_and_leaning_in_stay_the_same_person(posture):
    state = settled(seat_of(person()))
    assert is_user(state, seat_of(person(**posture)), 20.0, SETTINGS)


def test_being_seen_twice_a_minute_apart_is_not_staying():
    state = follow(FollowState(), USER, None, 0.0, SETTINGS)
    assert not follow(state, USER, None, 60.0, SETTINGS).settled


@pytest.mark.parametrize("every", [0.5, 2.0, 4.5, 10.0])
def test_however_far_apart_checks_are_who_stays_is_settled_and_a_photograph_in_their_place_is_nobody(every):
    state, times = FollowState(), np.arange(0, 200, every)
    for t in times[times < 60]:
        state = follow(state, USER, None, float(t), SETTINGS, seconds=every)
    assert state.settled
    for t in times[times >= 60]:
        seen = (USER, None) if state.seat else (None, USER)
        state = follow(state, *seen, float(t), SETTINGS, False, every)
    assert state.seat is None


@pytest.mark.parametrize("every", [0.5, 2.0, 4.5, 10.0])
def test_however_far_apart_checks_are_who_sits_down_elsewhere_becomes_the_user(every):
    state, elsewhere = settled(), Seat(10, 150, 190, 640)
    for t in np.arange(20, 100, every):
        people = (None, elsewhere) if choose(state, [elsewhere], float(t), SETTINGS) is None else (elsewhere, None)
        state = follow(state, *people, float(t), SETTINGS, seconds=every)
    assert is_user(state, elsewhere, 100.0, SETTINGS)


def test_who_was_missing_at_one_check_has_not_stayed_the_whole_time():
    state = FollowState()
    for t in range(0, 8, 2):
        state = follow(state, USER, None, float(t), SETTINGS)
    state = follow(state, None, None, 8.0, SETTINGS)
    assert not follow(state, USER, None, 10.5, SETTINGS).settled


def test_somebody_seen_elsewhere_twice_an_hour_apart_does_not_take_the_seat():
    state, elsewhere = settled(), Seat(40, 300, 190, 640)
    state = follow(state, None, elsewhere, 20.0, SETTINGS)
    state = follow(state, None, elsewhere, 3620.0, SETTINGS)
    assert state.seat.away_from(elsewhere) > 0.5


def left_alone_with(photograph, moves=lambda t: False, until=700.0):
    """The user leaves at 20 s; a photograph hangs elsewhere."""
    state = settled()
    for t in np.arange(20, until, 2.0):
        taken = choose(state, [photograph], float(t), SETTINGS) is not None
        user, other = (photograph, None) if taken else (None, photograph)
        state = follow(state, user, other, float(t), SETTINGS, moves(t))
        yield float(t), taken or state.seat is photograph


def test_a_photograph_on_the_wall_never_becomes_the_user_even_once_the_seat_is_forgotten():
    assert not [t for t, taken in left_alone_with(Seat(10, 150, 190, 640)) if taken]


def test_somebody_who_walks_past_a_photograph_does_not_make_it_the_user():
    assert not [t for t, taken in left_alone_with(Seat(10, 150, 190, 640), lambda t: t % 60 < 4) if taken]


def test_somebody_who_moves_elsewhere_becomes_the_user():
    assert next(t for t, taken in left_alone_with(Seat(10, 150, 190, 640), lambda t: True) if taken) < 45


def test_a_photograph_that_was_there_first_gives_way_to_somebody_who_sits_down():
    state, photograph, came = FollowState(), Seat(100, 200, 190, 640), Seat(420, 300, 200, 640)
    told = []
    for t in np.arange(0, 90, 2.0):
        people = [photograph] if t < 60 else [photograph, came]
        index = choose(state, people, float(t), SETTINGS)
        user = None if index is None else people[index]
        state = follow(state, user, None if user else photograph, float(t), SETTINGS, user is came)
        told.append((t, None if state.seat is None else user))
    assert {seat for t, seat in told if 30 <= t < 60} == {None}  # once it has not moved for 24 s, it counts as nobody
    assert {seat for t, seat in told if t > 60} == {came}


def test_a_photograph_in_the_users_own_place_is_nobody_after_half_a_minute():
    state = settled()
    for t in np.arange(20, 100, 2.0):
        state = follow(state, USER if state.seat else None, None if state.seat else USER, float(t), SETTINGS, False)
        assert (state.seat is None) == (t >= 50)
    assert choose(state, [USER], 101.0, SETTINGS) is None


def test_somebody_who_hardly_moves_is_not_settled_and_not_gone():
    state = FollowState()
    for t in np.arange(0, 60, 2.0):
        state = follow(state, USER, None, float(t), SETTINGS, t % 6 == 0)
    assert (state.seat is not None, state.settled, state.lifeless) == (True, False, None)


def test_no_answer_about_movement_changes_nothing():
    state = settled()
    after = follow(state, USER, None, 21.0, SETTINGS, None)
    assert (after.life, after.settled) == (state.life, True)


@pytest.mark.parametrize(
    ("before", "now", "seat"),
    [
        ((640, 480), (1280, 960), Seat(1000, 400, 120, 1280)),
        ((640, 480), (640, 480), BEHIND),
        ((640, 480), (480, 480), Seat(240 + 180 * 0.75**0.5, 240 - 40 * 0.75**0.5, 60 * 0.75**0.5, 480)),
    ],
    ids=["twice as large", "the same", "narrower"],
)
def test_everybody_stays_where_they_were_from_the_middle_of_a_picture_of_another_size(before, now, seat):
    state = resized(FollowState(seat=BEHIND, elsewhere=BEHIND, lifeless=BEHIND), before, now)
    for found in (state.seat, state.elsewhere, state.lifeless):
        assert (found.x, found.y, found.size, found.picture) == pytest.approx((seat.x, seat.y, seat.size, seat.picture))
    assert resized(FollowState(), before, now) == FollowState()


def test_the_surroundings_are_those_of_head_and_shoulders_with_some_room():
    pose = person()
    (left, top, right, bottom), size = surroundings_of(pose)
    nose, shoulders = pose.at(Landmark.NOSE)[1], pose.points[[Landmark.RIGHT_SHOULDER, Landmark.LEFT_SHOULDER]]
    (first, low), (last, _) = shoulders / (pose.width, pose.height)
    assert 0.2 < (first - left) / (last - first) < 0.4
    assert right - last == pytest.approx(first - left, abs=1e-5)
    assert top < nose / pose.height < low < bottom < pose.at(Landmark.LEFT_HIP)[1] / pose.height
    assert size == pytest.approx(last - first, rel=0.1)


def beside(away=0.0, times=1.0):
    """Somebody this many sizes of the user aside, and so many times as large."""
    return Seat(USER.x - away * USER.size, USER.y, times * USER.size, USER.picture)


@pytest.mark.parametrize(
    ("away", "times", "same", "behind", "in_front"),
    [
        (0.0, 1.0, True, False, False),
        (0.45, 0.8, True, True, False),
        (0.45, 1.5, True, False, False),
        (0.0, 1.7, False, False, True),
        (0.0, 0.55, False, False, False),
        (0.6, 1.0, False, False, False),
        (0.6, 1.1, False, False, True),
        (0.6, 0.9, False, False, False),
        (0.6, 0.8, False, True, False),
        (0.35, 0.5, False, False, False),
    ],
)
def test_who_is_the_same_person_and_who_is_behind_or_in_front_follows_from_place_and_size(
    away, times, same, behind, in_front
):
    seat = beside(away, times)
    assert same_seat(seat, USER) is same
    assert may_be_behind(USER, seat) is behind
    assert is_in_front(seat, USER) is in_front


def standing(aside=0.0):
    """Somebody all of whose landmarks are somewhere, this many pixels aside of the middle."""
    pose = person(distance=2.0)
    points = np.where(np.isnan(pose.points), pose.at(Landmark.NOSE), pose.points) + (aside, 0)
    return replace(pose, points=points.astype(np.float32))


def test_only_heads_are_blanked_with_room_around_them():
    picture = np.full((480, 640, 3), 200, np.uint8)
    blanked = without_heads(picture, [standing(-200), standing(200)], 0.5)
    assert (picture == 200).all(), "a copy"
    for pose in (standing(-200), standing(200)):
        head = pose.points[:11]
        x, y = head.mean(axis=0).astype(int)
        wide = int(np.ptp(head[:, 0]))
        assert not blanked[y, x - int(0.9 * wide) : x + int(0.9 * wide)].any()
        assert (blanked[y, x + int(1.2 * wide)] == 200).all()
        shoulder = pose.at(Landmark.LEFT_SHOULDER).astype(int)
        assert (blanked[shoulder[1], shoulder[0]] == 200).all()
    assert (blanked[:, 300:340] == 200).all()


def test_heads_touch_where_they_overlap_with_the_room_around_them():
    wide = float(np.ptp(standing().points[:11, 0]))
    assert heads_touch(standing(), standing(0.9 * wide), 0.0)
    assert not heads_touch(standing(), standing(1.2 * wide), 0.0)
    assert heads_touch(standing(), standing(1.2 * wide), 0.5)
    assert not heads_touch(standing(), standing(2.2 * wide), 0.5)


def test_somebody_alone_is_left_in_the_picture_without_the_heads_beside_them_but_with_those_that_touch_theirs():
    picture = np.full((480, 640, 3), 200, np.uint8)
    user = standing()
    wide = float(np.ptp(user.points[:11, 0]))
    aside, touching = standing(2.2 * wide), standing(0.9 * wide)
    left = alone(picture, user, [aside, touching], 0.1)
    low, high = user.points.min(axis=0), user.points.max(axis=0)
    assert not left[:, : int(low[0] - 0.2 * (high - low)[0])].any()
    assert not left[:, int(high[0] + 0.2 * (high - low)[0]) :].any()
    at = {name: tuple(pose.at(Landmark.NOSE).astype(int)[::-1]) for name, pose in (("user", user), ("aside", aside))}
    assert (left[at["user"]] == 200).all()
    assert not left[at["aside"]].any()
    ear = touching.points[:11].max(axis=0).astype(int)
    assert (left[at["user"][0], ear[0] - 1] == 200).all(), "it would be the user's own"


def test_somebody_elsewhere_who_leaves_is_forgotten_and_what_is_known_of_the_user_stays():
    state = follow(settled(), None, BEHIND, 21.0, SETTINGS)
    assert state.elsewhere == BEHIND
    gone = follow(state, None, None, 22.0, SETTINGS)
    assert gone.elsewhere is None
    assert (gone.seat, gone.settled, gone.seen_at) == (state.seat, True, state.seen_at)
    nobody = follow(settled(), None, None, 20.5, SETTINGS)
    assert nobody.life > 0.9


def test_what_stays_elsewhere_without_moving_is_lifeless_only_after_a_while():
    states = [FollowState()]
    for t in range(40):
        states.append(follow(states[-1], None, BEHIND, float(t), SETTINGS, moved=False))
    needed = 2 * SETTINGS.settle_after
    assert [state.lifeless is not None for state in states[1:]] == [t >= needed for t in range(40)]
    moving = FollowState()
    for t in range(40):
        moving = follow(moving, None, BEHIND, float(t), SETTINGS, moved=t % 3 == 0)
    assert moving.lifeless is moving.seat is None, "it may be somebody who hardly moves"


def test_while_the_users_absence_is_short_nobody_elsewhere_is_taken_for_them_unless_they_had_not_settled():
    elsewhere = Seat(0, 260, 190, 640)
    for away in (1.0, SETTINGS.forget_after - 1):
        assert choose(settled(), [elsewhere], 19.5 + away, SETTINGS) is None
    assert choose(settled(), [elsewhere], 19.5 + SETTINGS.forget_after + 1, SETTINGS) == 0
    assert choose(settled(until=3.0), [elsewhere], 4.0, SETTINGS) == 0


def test_whoever_is_tracked_in_another_place_begins_anew():
    other = Seat(0, 260, 190, 640)
    state = follow(settled(), other, None, 20.0, SETTINGS)
    assert (state.seat, state.settled, state.since) == (other, False, 20.0)


def test_a_user_settles_only_once_they_have_moved():
    still, lively = FollowState(), FollowState()
    for t in np.arange(0, 2 * SETTINGS.settle_after, 0.5):
        still = follow(still, USER, None, float(t), SETTINGS, moved=False)
        lively = follow(lively, USER, None, float(t), SETTINGS, moved=True)
    assert (still.settled, lively.settled) == (False, True)
