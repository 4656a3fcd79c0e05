"""Movement, the scripts of the sample videos, and the plan of the benchmark's stills."""

import numpy as np
import pytest
from typer.testing import CliRunner

from tools.render import assets
from tools.render.motion import BLINK, Glance, Key, Life, Timeline, blinks, closed, eased, held
from tools.render.posture import POSTURES
from tools.render.truth import angles, head_rotation, points

pytest.importorskip("moderngl", reason="the renderer is not installed: pip install -e '.[render]'")

from tools.render import stills
from tools.render.__main__ import app as commands
from tools.render.clips import CLIPS, HOLD, PASSES, walking_past
from tools.render.people import PEOPLE

needs_body = pytest.mark.skipif(not assets.available(), reason="no body data: python -m tools.render fetch")
UP, DOWN = POSTURES["upright"], POSTURES["slouch_deep"]


def test_movement_begins_and_ends_gently():
    assert (eased(-1), eased(0), eased(0.5), eased(1), eased(2)) == (0, 0, 0.5, 1, 1)
    assert eased(0.02) < 0.02
    assert eased(0.98) > 0.98


def test_a_posture_is_reached_at_its_key_and_held():
    timeline = Timeline(held((2, UP), (4, DOWN), (3, DOWN)))
    assert timeline.seconds == 9
    assert timeline.key_posture(1).thorax == UP.thorax
    assert timeline.key_posture(4).thorax == pytest.approx((UP.thorax + DOWN.thorax) / 2)
    assert (
        timeline.key_posture(6).thorax
        == timeline.key_posture(8).thorax
        == timeline.key_posture(99).thorax
        == DOWN.thorax
    )


def test_a_glance_turns_the_head_and_comes_back():
    timeline = Timeline((Key(0, UP), Key(9, UP)), (Glance(3, 20, 0.3),), Life(sway=0))
    assert timeline.posture(3).neck_turn == pytest.approx(20)
    assert abs(timeline.posture(5).neck_turn) < 0.1


def test_a_person_who_sits_still_moves_a_little_and_the_same_way_every_time():
    lively = [Life(seed=1).added_to(UP, t / 10) for t in range(300)]
    assert lively == [Life(seed=1).added_to(UP, t / 10) for t in range(300)]
    wander = np.array([posture.low_neck for posture in lively])
    assert 0.2 < wander.std() < 2
    assert abs(np.diff(wander)).max() < 0.5
    assert max(max(posture.left_fingers) for posture in lively) > 5


def test_eyes_blink_every_few_seconds_and_open_again():
    times = blinks(60, seed=1)
    assert 10 <= len(times) <= 30
    assert closed(times[0], times) == 1
    assert closed(times[0] + BLINK, times) == 0


def test_the_splits_share_no_person_no_room_and_no_camera():
    tune, test = (stills.plan(split) for split in ("tune", "test"))
    for part in ("person", "room", "name", "seed"):
        assert not {getattr(group, part) for group in tune} & {getattr(group, part) for group in test}
    companions = {group.company for group in test} - {""}
    assert companions
    assert not companions & {group.person for group in tune}


def test_every_person_is_seen_from_every_family_of_cameras():
    for split in ("tune", "test"):
        people = stills.SPLITS[split][0]
        for family in stills.FAMILIES:
            seen = [group.person for group in stills.plan(split) if group.placement in family]
            assert sorted(seen) == sorted(people)


def test_the_stills_are_the_same_every_time():
    group = stills.plan("tune")[0]
    assert list(stills.postures(group)) == list(stills.postures(group))


def test_there_are_enough_stills_and_upright_ones_to_learn_from(monkeypatch):
    monkeypatch.setattr(Life, "added_to", lambda self, posture, **_: posture)  # ignore their small movements
    for split in ("tune", "test"):
        taken = [list(stills.postures(group)) for group in stills.plan(split)]
        assert sum(map(len, taken)) >= 600
        desk = [still for group in taken for still in group if group[0].name == "upright"]
        assert sum(still.name == "upright" for still in desk) >= 5 * 48


def test_an_unknown_split_is_refused():
    with pytest.raises(ValueError, match="no split 'holdout'"):
        stills.split_named("holdout")


def test_a_camera_that_a_split_does_not_have_is_refused():
    answer = CliRunner().invoke(commands, ["pictures", "test", "--camera", "webcam"])

    assert answer.exit_code == 2
    assert "there is no camera 'webcam' here; there are: " in answer.output


def test_clips_are_of_people_that_nothing_is_tested_on():
    for clip in CLIPS.values():
        assert {PEOPLE[name].split for name in (clip.person, clip.passer) if name} == {"tune"}


@pytest.fixture(scope="module")
def bodies():
    from tools.render.body import Body

    made = {}
    return lambda name: made.setdefault(name, Body(PEOPLE[name].shape))


def measured(posed):
    return angles(points(posed), head_rotation(posed))


@needs_body
@pytest.mark.parametrize("name", ["desk_front", "desk_side", "desk_oblique", "low_light"])
def test_the_desk_clips_do_what_their_script_says(name, bodies):
    act = CLIPS[name].act(bodies(CLIPS[name].person))
    upright, down, lean, slump, after = (measured(act(t)) for t in (3, 8.4, 13, 26, 36))
    for told in (upright, after):
        assert told["trunk_inclination"] == pytest.approx(0, abs=4)
        assert told["neck_inclination"] == pytest.approx(12, abs=5)
    assert down["head_pitch"] > upright["head_pitch"] + 30
    assert abs(down["trunk_inclination"] - upright["trunk_inclination"]) < 5
    assert lean["trunk_inclination"] > upright["trunk_inclination"] + 12
    assert slump["neck_inclination"] > upright["neck_inclination"] + 20
    assert slump["craniovertebral_angle"] < upright["craniovertebral_angle"] - 20


@needs_body
def test_somebody_who_leaves_is_gone_and_comes_back(bodies):
    act = CLIPS["leaves"].act(bodies(CLIPS["leaves"].person))
    assert [act(t) is None for t in (2, 11, 22)] == [False, True, False]


@needs_body
def test_the_passer_by_walks_through_and_does_not_stay(bodies):
    act = walking_past(bodies(CLIPS["two_people"].passer))
    begins, ends = PASSES
    assert act(begins - 2) is None
    assert act(ends + 2) is None
    first, last = (act(t).joint("root")[0] for t in (begins, ends))
    assert last - first == pytest.approx(3, abs=0.3)


@needs_body
def test_the_thoracic_stretch_goes_down_three_times_and_differs_each_time(bodies):
    act = CLIPS["thoracic_stretch"].act(bodies(CLIPS["thoracic_stretch"].person))
    good, shallow, bent = (measured(act(t)) for t in (12, 37, 62))
    assert shallow["hip_angle"] > good["hip_angle"] + 10
    assert good["knee_angle"] > 165
    assert bent["knee_angle"] < 150
    assert CLIPS["thoracic_stretch"].seconds == pytest.approx(3 + 3 * (4 + HOLD + 6))


@needs_body
def test_the_head_goes_to_both_sides_in_the_neck_stretch(bodies):
    act = CLIPS["neck_side_bend"].act(bodies(CLIPS["neck_side_bend"].person))
    right, left = (measured(act(t))["head_roll"] for t in (10, 28))
    assert right > 20
    assert left < -20
