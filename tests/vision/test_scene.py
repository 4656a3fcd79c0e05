"""What a picture shows without any model."""

from functools import cache, lru_cache

import cv2
import numpy as np
import pytest

from posturecam.vision.scene import (
    MOVED,
    STIRRED,
    VISIBLE,
    PictureState,
    PictureTrouble,
    Stir,
    is_darker,
    judge_picture,
    shift,
    signature,
    stir,
    unlikeness,
    visible_change,
)
from posturecam.vision.sources.opencv import glance_at

BOUNDS = {"black_below": 6.0, "still_after": 10.0}
PERSON = (0.35, 0.2, 0.65, 1.0)


@lru_cache(maxsize=8)
def room(dx=0.0, *, person=0.0, noise=0.0, light=1.0, seed=0):
    """A room of 640 × 480 with somebody in its middle, both moved to the right by this many pixels."""
    picture = np.full((480, 640), 90, np.float32)
    for x, y, w, h, level in (
        (40, 40, 120, 160, 40),
        (480, 60, 140, 100, 200),
        (60, 330, 140, 120, 150),
        (500, 300, 100, 150, 50),
    ):
        cv2.rectangle(picture, (x, y), (x + w, y + h), level, -1)
    cv2.line(picture, (0, 250), (640, 200), 160, 8)
    picture = cv2.warpAffine(
        picture, np.array([[1, 0, dx], [0, 1, 0]], np.float32), (640, 480), borderMode=cv2.BORDER_REPLICATE
    )
    body = np.zeros_like(picture)
    cv2.circle(body, (round((320 + dx + person) * 16), 180 * 16), 50 * 16, 1, -1, shift=4)
    cv2.ellipse(body, (round((320 + dx + person) * 16), 420 * 16), (110 * 16, 170 * 16), 0, 0, 360, 1, -1, shift=4)
    picture = light * np.where(body > 0, 190, picture)
    if noise:
        picture = picture + noise * np.roll(normal(picture.shape), 997 * seed)
    gray = np.clip(picture, 0, 255).astype(np.uint8)
    return np.repeat(gray[:, :, None], 3, axis=2)


@cache
def normal(shape):
    """A camera's noise with a standard deviation of 1; `room` shifts it by the seed, since drawing more takes longer than all else."""
    return np.random.default_rng(0).standard_normal(shape, np.float32)


def glance(t=0.0, dx=0.0, **scene):
    return glance_at(t, room(dx, **scene))


def test_a_usual_picture_has_no_trouble():
    assert judge_picture(PictureState(), glance(), **BOUNDS)[1] is None


@pytest.mark.parametrize(
    ("level", "trouble"),
    [
        ((0, 0, 0), PictureTrouble.BLACK),
        ((0, 135, 0), PictureTrouble.UNIFORM),
        ((200, 200, 200), PictureTrouble.UNIFORM),
    ],
)
def test_a_picture_of_one_color_is_black_or_uniform(level, trouble):
    picture = np.full((480, 640, 3), level, np.uint8)
    assert judge_picture(PictureState(), glance_at(0.0, picture), **BOUNDS)[1] is trouble


def test_noise_does_not_make_one_color_a_picture():
    noisy = np.clip(np.random.default_rng(1).normal(120, 6, (480, 640, 3)), 0, 255).astype(np.uint8)
    assert judge_picture(PictureState(), glance_at(0.0, noisy), **BOUNDS)[1] is PictureTrouble.UNIFORM


@pytest.mark.parametrize("rate", [0.5, 2, 10])
def test_the_same_picture_for_ten_seconds_is_still_at_any_rate(rate):
    state, told = PictureState(), {}
    for t in np.arange(0, 20, 1 / rate):
        state, told[float(t)] = judge_picture(state, glance(float(t)), **BOUNDS)
    assert {t for t, trouble in told.items() if trouble is PictureTrouble.STILL} == {t for t in told if t >= 10}
    assert judge_picture(state, glance(20.0, noise=2.0), **BOUNDS)[1] is None


def troubles(pictures):
    """What is said of pictures that come once a second."""
    state, told = PictureState(), []
    for t, picture in enumerate(pictures):
        state, trouble = judge_picture(state, glance_at(float(t), picture), **BOUNDS)
        told.append(trouble)
    return told


def test_a_picture_that_stands_still_behind_a_running_clock_is_still():
    def clocked(t):
        return cv2.putText(
            room(noise=2.0).copy(), f"22:31:{t:02}", (430, 460), cv2.FONT_HERSHEY_SIMPLEX, 1, (255, 255, 255), 2
        )

    assert troubles(clocked(t) for t in range(20)) == [None] * 10 + [PictureTrouble.STILL] * 10


def test_a_clip_that_is_repeated_is_still_within_a_minute_and_a_live_picture_after_it_is_not():
    clip = [room(person=4 * k, noise=2.0, seed=k) for k in range(3)]
    told = troubles(clip[t % 3] for t in range(20))
    assert told == [None] * 5 + [PictureTrouble.STILL] * 15
    live = troubles([*(clip[t % 3] for t in range(20)), *(room(noise=2.0, seed=9 + t) for t in range(70))])
    assert live[-1] is None


def test_a_film_played_to_the_program_again_and_again_is_live():
    film = [room(person=k, noise=2.0, seed=k) for k in range(8)]
    assert set(troubles(film[t % 8] for t in range(60))) == {None}


@pytest.mark.parametrize("noise", [0.6, 2.0])
def test_somebody_who_sits_very_still_is_live(noise):
    assert set(troubles(room(noise=noise, seed=t) for t in range(30))) == {None}


def test_somebody_before_a_replaced_background_that_stands_still_is_live():
    def composed(t):
        picture, live = room().copy(), room(noise=1.0, seed=t)
        picture[120:250, 270:370] = live[
            120:250, 270:370
        ]  # the head alone, as where compression repeats what hardly changes
        return picture

    assert set(troubles(composed(t) for t in range(30))) == {None}


def test_a_lamp_in_a_dark_room_that_blinks_is_not_a_loop():
    dark, lit = np.zeros((480, 640, 3), np.uint8), np.zeros((480, 640, 3), np.uint8)
    dark[100:160, 100:200], lit[100:160, 100:300] = 255, 255
    assert set(troubles([dark, lit][t % 2] for t in range(30))) == {None}


def test_a_clock_that_goes_back_does_not_make_a_picture_still():
    state, _ = judge_picture(PictureState(), glance(1000.0), **BOUNDS)
    assert judge_picture(state, glance(5.0), **BOUNDS)[1] is None


def test_a_picture_is_darker_only_where_much_of_the_light_is_gone():
    light = float(glance().cells.mean())
    assert is_darker(glance(light=0.3), light)
    assert not is_darker(glance(light=0.8), light)
    assert not is_darker(glance(light=0.1), None)


@pytest.mark.parametrize("pixels", [1, 2, 4, 8])
@pytest.mark.parametrize("noise", [0.0, 3.0, 8.0])
def test_a_shift_is_measured_within_a_factor_of_two_whatever_the_noise(pixels, noise):
    before, now = glance(noise=noise, seed=1), glance(person=pixels, noise=noise, seed=2)
    assert pixels / 2 <= shift(before, now, PERSON) * 640 <= 2 * pixels or (pixels == 1 and noise == 8)


@pytest.mark.parametrize("light", [0.6, 0.9, 1.1])
def test_a_change_of_the_light_is_hardly_a_shift(light):
    assert shift(glance(), glance(light=light), PERSON) * 640 < 0.5
    assert shift(glance(), glance(light=light, person=20), PERSON) * 640 > 10


@pytest.mark.parametrize("noise", [0.0, 2.0, 5.0, 10.0])
def test_noise_alone_is_not_a_shift(noise):
    shifts = [shift(glance(noise=noise, seed=2 * n), glance(noise=noise, seed=2 * n + 1), PERSON) for n in range(10)]
    assert max(shifts) * 640 < 0.5


def test_in_too_much_noise_nothing_is_said_to_be_unchanged():
    assert shift(glance(noise=60, seed=1), glance(noise=60, seed=2)) == np.inf


def test_what_moves_elsewhere_is_not_a_shift_of_the_person():
    before, now = room(), room()
    now[60:200, 20:120] = 250
    assert shift(glance_at(0, before), glance_at(1, now), PERSON) < 0.001


@pytest.mark.parametrize(
    "area", [(-1.0, -1.0, -0.5, -0.5), (2.0, 2.0, 3.0, 3.0), (0.5, 0.5, 0.5, 0.5), (-9.0, -9.0, 9.0, 9.0)]
)
def test_any_area_is_answered(area):
    assert shift(glance(), glance(person=5), area) >= 0


def stirs(person, seconds=24, rate=1):
    """Fraction of the time in which somebody moved by `person(t)` pixels was seen to move."""
    state, told = Stir(), 0.0
    for t in np.arange(0, seconds, 1 / rate):
        state = stir(state, glance(float(t), person=person(t), noise=3.0, seed=round(t * 10)), PERSON, 0.3)
        told += state.seconds if state.moved else 0
    return told / seconds


@pytest.mark.parametrize("rate", [0.5, 1, 4])
def test_breathing_is_seen_as_life_and_a_photograph_is_not(rate):
    assert stirs(lambda t: 2.0 * np.sin(2 * np.pi * t / 4.3), rate=rate) > 0.7
    assert stirs(lambda t: 0.0, rate=rate) == 0


def test_somebody_who_moves_slowly_moves():
    assert stirs(lambda t: 0.3 * t) > 0.7  # within two seconds this is less than the threshold
    assert STIRRED * 0.3 > 0.3 * 2 / 640


def test_somebody_who_walks_past_a_photograph_does_not_make_it_live():
    assert stirs(lambda t: 200 * (t - 11) if 11 < t < 13 else 0.0) < 0.25


def test_a_camera_that_was_moved_has_another_signature_and_a_person_who_moved_has_not():
    here = signature(glance(noise=3.0, seed=1), PERSON)
    assert unlikeness(here, signature(glance(noise=3.0, seed=2, person=20), PERSON)) < MOVED / 2
    assert unlikeness(here, signature(glance(light=0.6, noise=3.0, seed=3), PERSON)) < MOVED / 2
    assert unlikeness(here, signature(glance(dx=128, noise=3.0, seed=4), PERSON)) > MOVED
    tilted = cv2.warpAffine(
        room(), cv2.getRotationMatrix2D((320, 240), 12, 1.0), (640, 480), borderMode=cv2.BORDER_REFLECT
    )
    assert unlikeness(here, signature(glance_at(0.0, tilted), PERSON)) > MOVED


def test_edges_of_what_is_covered_alone_say_nothing_of_the_background():
    picture = np.full((480, 640, 3), 90, np.uint8)
    picture[:20] = 200  # the first of 24 rows of cells
    assert set(signature(glance_at(0.0, picture))) > {None}
    assert set(signature(glance_at(0.0, picture), (0.0, 0.0, 1.0, 1 / 12))) == {None}


def test_a_signature_is_few_numbers_and_none_of_the_person():
    found = signature(glance(), PERSON)
    assert len(found) == 48
    assert found == signature(glance(person=8), PERSON)
    covered = signature(glance(), (0.0, 0.0, 1.0, 1.0))
    assert set(covered) == {None}
    assert unlikeness(found, covered) is None


def test_only_cells_that_look_other_than_on_the_screen_are_a_visible_change():
    shown = glance().cells
    assert visible_change(shown, shown + 0.9 * VISIBLE) is None
    now = shown.copy()
    now[3, 5] += 2 * VISIBLE
    now[7, 4] -= 2 * VISIBLE
    assert visible_change(shown, now) == (slice(2, 9), slice(3, 7))


def test_noise_is_not_a_visible_change_and_a_person_who_moves_by_a_pixel_is_one():
    assert visible_change(glance(noise=3).cells, glance(noise=3, seed=1).cells) is None
    assert visible_change(glance().cells, glance(person=2).cells) is not None
