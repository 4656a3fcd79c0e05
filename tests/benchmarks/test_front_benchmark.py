"""How the benchmarks handle faces: stored with the stills, moved with chair and lid, and compared with the truth."""

import math
import random
from dataclasses import replace

import numpy as np
import pytest
from activities import LID, PHONE
from faces import face_points
from front import Looks, true_pitch
from scripts_of_work import Chair, Shot, write_script
from stills import Detections
from test_accuracy import NAMES, facing, stills_of
from working_hours import Recording

from posturecam.config.settings import Settings
from posturecam.posture.front.measures import front_measures
from posturecam.vision.face.finder import head_pose
from posturecam.vision.head import Head, NoHead
from tools.render.landmarks import stacked, stacked_heads


def with_heads(stills, *heads):
    poses = [stills.pose(index, "lite") for index in range(len(stills))]
    return replace(stills, detections={"lite": Detections(**stacked(poses), **stacked_heads(heads))})


def head(**where):
    return head_pose(face_points(**where), (640, 480), 65.0)


def sitting(*postures):
    return stills_of(*((posture, facing(), 0.0, 0.0, 0.0) for posture in postures), camera="monitor", yaw=0.0)


def test_stills_tell_the_head_that_was_found_or_why_there_is_none():
    stills = with_heads(sitting("upright", "upright"), head(pitch=10.0), NoHead.NOT_FOUND)
    assert stills.pose(0, "lite").head.pitch == pytest.approx(10, abs=0.1)
    assert stills.head(1, "lite") is NoHead.NOT_FOUND


def test_a_look_is_compared_with_the_other_upright_looks():
    stills = with_heads(sitting("upright", "upright", "slouch_mid"), head(y=-3.0), head(y=-3.0), head(y=4.0, z=52.0))
    looks = Looks.of(stills, "lite", Settings())
    assert looks.changes(looks.values("head_low")) == pytest.approx([0, 0, 7], abs=0.1)


def test_a_camera_that_looks_down_sees_level_heads_bent():
    angles = np.zeros((1, len(NAMES) + 2))
    stills = replace(
        sitting("upright"),
        angle_names=(*NAMES, "head_pitch", "head_yaw_to_camera"),
        angles=angles,
        camera_pitch=np.array([20.0]),
    )
    assert true_pitch(stills) == pytest.approx([20])


def test_a_tilted_lid_moves_head_and_shoulders_alike():
    recording = Recording(with_heads(sitting("upright"), head(y=-5.0)), "lite", Settings())
    level, up = (recording.pose(Shot(0, Chair(lid=lid), 0)) for lid in (0.0, 12.0))
    assert isinstance(up.head, Head)
    assert up.head.center_y > level.head.center_y + 80
    pitches = [front_measures(pose, pose.head, Settings()).head_pitch.value for pose in (level, up)]
    assert pitches[0] - pitches[1] == pytest.approx(12, abs=6)  # three standard deviations of its jitter
    before, after = (front_measures(pose, pose.head, Settings()).neck_height.value for pose in (level, up))
    assert after == pytest.approx(before, rel=0.1)


def test_a_chair_rolled_nearer_brings_the_head_nearer():
    recording = Recording(with_heads(sitting("upright"), head()), "lite", Settings())
    here, near = (recording.pose(Shot(0, Chair(scale=scale), 0)) for scale in (1.0, 1.25))
    assert here.head.z / near.head.z == pytest.approx(1.25, rel=0.02)


def test_long_hours_have_tilted_lids_and_twenty_minutes_of_phone():
    postures = {"upright", "slouch_deep", "look_at_phone", "slouch_looking_down"}
    script = write_script(postures, 8 * 3600, random.Random(1), as_people_work=True)
    lengths = {part.activity: part.end - part.start for part in script.parts}
    assert lengths[PHONE.name] == pytest.approx(1200)
    assert LID.name in lengths
    assert "slouches, chin dropped" in lengths
    plain = write_script(postures, 8 * 3600, random.Random(1))
    assert not {LID.name, PHONE.name} & {part.activity for part in plain.parts}


def test_a_chair_rolls_along_the_floor_in_front_of_a_camera_that_looks_down():
    """So the head moves down in the picture as it comes nearer, instead of along the lens axis."""
    stills = with_heads(sitting("upright"), head())
    down = replace(stills, camera_pitch=np.array([20.0]))
    shot = Shot(0, Chair(scale=1.2), 0)
    level, tilted = (Recording(seen, "lite", Settings()).pose(shot).head for seen in (stills, down))
    nearer = head().z * (1 - 1 / 1.2)
    assert (tilted.center_y - level.center_y) * level.scale == pytest.approx(
        math.tan(math.radians(20)) * nearer, rel=0.1
    )
