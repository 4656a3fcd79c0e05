"""Every measure of the stretch coach against geometry computed by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest
from figures import mirrored
from stretch_figures import CASES, FACING, pose_of, posture

from posturecam.coach.condition import Condition
from posturecam.coach.exercise import Depth
from posturecam.coach.judging.conditions import (
    DEPTH,
    ConditionInputs,
    is_on_far_side,
    is_part_way,
    kept_depth,
    series_of,
    speed,
    swing,
    verdict,
)
from posturecam.coach.pose_geometry import Reference, reference_of
from posturecam.coach.stretch_measures import MEASURES, OF_FACE, TO_THE_WORKING_SIDE, StretchMeasure, measure
from posturecam.posture.reasons import Why
from posturecam.vision.head import Head, NoHead
from posturecam.vision.pose import LANDMARK_COUNT, Landmark, Pose

SIDE = {"shoulder": (400, 200), "hip": (400, 400), "knee": (600, 400), "ankle": (800, 400), "ear": (450, 150),
        "elbow": (500, 200), "wrist": (500, 300), "nose": (480, 160)}  # fmt: skip
"""In profile, facing the picture's right, both sides on the same points: trunk 200, thigh 200, lower leg 200 pixels."""
LUNGE = {"shoulder": (400, 200), "hip": (400, 400), "right_knee": (200, 600), "right_ankle": (0, 600),
         "left_knee": (600, 400), "left_ankle": (600, 600)}  # fmt: skip
"""The right knee on the floor, the left foot in front."""
FRONT = {"left_shoulder": (500, 300), "right_shoulder": (300, 300), "left_ear": (440, 200), "right_ear": (360, 200),
         "nose": (400, 210), "left_hip": (450, 600), "right_hip": (350, 600), "left_elbow": (700, 300),
         "right_elbow": (300, 500), "left_wrist": (700, 100), "right_wrist": (300, 700)}  # fmt: skip
"""Facing the camera: shoulders 200 pixels apart, trunk 300, the left arm raised to the side and the forearm up."""


TILTED = {**FRONT, "left_shoulder": (500, 280), "right_shoulder": (300, 320)}


def drawn(points, across=None, visibility=1.0, **changes) -> Pose:
    """A pose with these landmarks and no others; `across` is the model's left shoulder minus its right one, meters."""
    placed = np.full((LANDMARK_COUNT, 2), np.nan, np.float32)
    for name, place in {**points, **changes}.items():
        sides = [name] if name == "nose" or name.startswith(("left_", "right_")) else [f"left_{name}", f"right_{name}"]
        for one in sides:
            placed[Landmark[one.upper()]] = place
    seen = np.where(np.isfinite(placed).all(axis=1), visibility, 0).astype(np.float32)
    world = np.full((LANDMARK_COUNT, 3), np.nan, np.float32)
    if across is not None:
        world[Landmark.LEFT_SHOULDER], world[Landmark.RIGHT_SHOULDER] = across, (0, 0, 0)
    return Pose(0.0, 1000, 800, placed, seen, world)


def value(name, pose, *, near_left=False, working_left=True, reference=None):
    return measure(pose, [name], near_left=near_left, working_left=working_left, reference=reference)[name].value


BY_HAND = [
    ("hip_angle", SIDE, {}, 90),
    ("hip_angle", SIDE, {"shoulder": (600, 200)}, 45),
    ("knee_angle", SIDE, {}, 180),
    ("knee_angle", SIDE, {"ankle": (600, 600)}, 90),
    ("elbow_angle", SIDE, {}, 90),
    ("arm_trunk", SIDE, {}, 90),
    ("ear_shoulder_hip", SIDE, {}, 135),
    ("trunk_elevation", SIDE, {}, 90),
    ("trunk_elevation", SIDE, {"shoulder": (500, 300)}, 45),
    ("trunk_elevation", SIDE, {"shoulder": (500, 500)}, -45),
    ("thigh_elevation", SIDE, {}, 0),
    ("thigh_elevation", SIDE, {"knee": (400, 600)}, -90),
    ("trunk_back", SIDE, {}, 0),
    ("trunk_back", SIDE, {"shoulder": (300, 300)}, 45),
    ("heel_ratio", SIDE, {}, 2),
    ("heel_ratio", SIDE, {"ankle": (400, 460)}, 60 / math.hypot(200, 60)),
    ("hand_to_leg", SIDE, {}, 0.5),
    ("hand_to_leg", SIDE, {"wrist": (900, 400)}, 0.5),
    ("hand_to_leg", SIDE, {"wrist": (900, 300), "foot_index": (900, 300)}, 0),
    ("hand_ahead", SIDE, {"wrist": (500, 300)}, 1.5),
    ("hand_before_shoulder", SIDE, {"wrist": (500, 300)}, 0.5),
    ("reach", SIDE, {"index": (700, 350)}, 1.5),
    ("reach", SIDE, {"index": (500, 350)}, 0.5),
    ("hip_height", SIDE, {}, 0),
    ("hip_height", SIDE, {"ankle": (600, 600)}, 1),
    ("legs_behind", SIDE, {}, -1),
    ("legs_behind", SIDE, {"knee": (200, 400)}, 1),
    ("head_height", SIDE, {}, 1.25),
    ("head_height", SIDE, {"ankle": (600, 700)}, 550 / 200),
    ("neck_length", SIDE, {}, math.hypot(50, 50) / 200),
    ("head_offset", SIDE, {}, 0.25),
    ("ear_lead", SIDE, {"left_ear": (430, 150), "right_ear": (450, 150)}, 0.1),
    ("nose_above_shoulder", SIDE, {}, 0.2),
    ("shoulder_width", SIDE, {"left_shoulder": (430, 200), "right_shoulder": (370, 200)}, 0.3),
    ("thigh_back", LUNGE, {}, 45),
    ("hip_extension", LUNGE, {}, 45),
    ("hip_extension", LUNGE, {"shoulder": (400 + 200, 200)}, 0),
    ("front_foot", LUNGE, {}, 2),
    ("knees_apart", LUNGE, {}, 1),
    ("straight_knee", LUNGE, {}, 135),
    ("straight_knee", LUNGE, {"left_knee": (700, 400), "left_ankle": (900, 400)}, 180),
    ("straight_hip", LUNGE, {}, 135),
    ("straight_ahead", LUNGE, {}, -2),
    ("side_lean", FRONT, {"left_shoulder": (600, 300), "right_shoulder": (400, 300)}, math.degrees(math.atan(1 / 3))),
    ("head_tilt", FRONT, {}, 0),
    ("head_tilt", FRONT, {"left_ear": (440, 220), "right_ear": (360, 180)}, math.degrees(math.atan2(40, 80))),
    ("head_turn", FRONT, {}, 0),
    ("head_turn", FRONT, {"nose": (456, 210)}, 45),
    ("nose_height", FRONT, {}, 0.45),
    ("ear_height", FRONT, {}, 0.5),
    ("shoulder_tilt", FRONT, {"left_shoulder": (500, 280), "right_shoulder": (300, 320)}, math.degrees(math.atan(0.2))),
    ("trunk_lean", FRONT, {}, 0),
    ("trunk_lean", FRONT, {"left_shoulder": (600, 300), "right_shoulder": (400, 300)}, math.degrees(math.atan(1 / 3))),
    ("hip_width", FRONT, {}, 0.5),
    ("shoulder_span", FRONT, {}, 1.0),
    ("arms_trunk_least", FRONT, {}, 0),
    ("arms_trunk_most", FRONT, {}, 90),
    ("arms_trunk_difference", FRONT, {}, 90),
    ("elbows_least", FRONT, {}, 90),
    ("elbows_most", FRONT, {}, 180),
    ("elbows_difference", FRONT, {}, 90),
    ("wrists_above_head", FRONT, {}, (210 - 700) / 200),
    ("wrist_gap", FRONT, {}, math.hypot(400, 600) / 200),
    (
        "lean_from_arm",
        FRONT,
        {"left_shoulder": (600, 300), "right_shoulder": (400, 300)},
        -math.degrees(math.atan(1 / 3)),
    ),
    (
        "lean_from_arm",
        FRONT,
        {"left_shoulder": (400, 300), "right_shoulder": (200, 300)},
        math.degrees(math.atan(1 / 3)),
    ),
    ("hands_out", FRONT, {"left_wrist": (760, 100), "right_wrist": (280, 700)}, 0.1),
    ("hands_out", FRONT, {"left_wrist": (650, 100), "right_wrist": (280, 700)}, -0.25),
    ("shoulder_drop", FRONT, {"left_shoulder": (500, 360), "right_shoulder": (300, 240)}, 0.4),
    # With the left shoulder raised: the shoulder line runs along (200, -40), and its length is √41600.
    ("head_tilt", FRONT, {"left_shoulder": (500, 280), "right_shoulder": (300, 320)}, math.degrees(math.atan(0.2))),
    ("head_tilt", TILTED, {"left_ear": (460, 210), "right_ear": (360, 190)}, math.degrees(math.atan2(8000, 19200))),
    ("nose_height", TILTED, {"nose": (440, 210)}, (200 * 90 - 40 * 40) / 41600),
    ("ear_height", TILTED, {"left_ear": (480, 200)}, (200 * 100 - 40 * 20) / 41600),
    ("wrists_above_head", TILTED, {}, (210 - 700) / math.sqrt(41600)),
    ("wrist_gap", TILTED, {}, math.hypot(400, 600) / math.sqrt(41600)),
    ("hip_width", TILTED, {}, 100 / math.sqrt(41600)),
]


@pytest.mark.parametrize(("name", "points", "changes", "expected"), BY_HAND)
def test_by_hand(name, points, changes, expected):
    assert value(name, drawn(points, **changes)) == pytest.approx(expected, abs=1e-3)


def test_hip_shift_and_lengths_come_from_the_start_pose():
    start = drawn(SIDE, hip=(430, 440), shoulder=(430, 240))
    reference = reference_of([start], 0.3)
    assert reference.trunk == pytest.approx(200)
    assert value("hip_shift", drawn(SIDE), reference=reference) == pytest.approx(50 / 200, abs=1e-6)
    elsewhere = drawn(SIDE, hip=(430 + 70, 440), ankle=(800 + 60, 400), knee=(660, 400))
    assert value("hip_shift", elsewhere, reference=reference) == pytest.approx(10 / 200, abs=1e-6)
    foot_alone = drawn(SIDE, hip=(430, 440), ankle=(900, 400))
    assert value("hip_shift", foot_alone, reference=reference) == pytest.approx(0, abs=1e-6)
    hidden = drawn(SIDE, hip=(430 + 70, 440), ankle=(math.nan, math.nan))
    assert value("hip_shift", hidden, reference=reference) == pytest.approx(70 / 200, abs=1e-6)
    bent = drawn(SIDE, shoulder=(450, 300))  # the chord is shorter now, but T0 is not
    assert value("neck_length", bent, reference=reference) == pytest.approx(150 / 200, abs=1e-6)
    assert measure(drawn(SIDE), ["hip_shift"], near_left=False)["hip_shift"].reason.code is Why.NO_BASELINE


def test_trunk_turn_is_the_shoulders_against_the_camera():
    turned = drawn(FRONT, across=(math.cos(math.radians(30)), 0, math.sin(math.radians(30))))
    assert value("trunk_turn", turned) == pytest.approx(30, abs=1e-4)
    assert value("trunk_turn", turned, working_left=False) == pytest.approx(-30, abs=1e-4)
    assert value("trunk_turn", drawn(FRONT)) is None


def test_trunk_twist_goes_halfway_to_what_the_width_shows_where_that_is_more():
    def turned(depth, **points):
        return drawn(FRONT, across=(math.cos(math.radians(depth)), 0, math.sin(math.radians(depth))), **points)

    start = reference_of([turned(4)], 0.3)
    head_only, trunk_too = turned(19), turned(19, left_shoulder=(480, 300), right_shoulder=(320, 300))
    assert value("trunk_twist", head_only, reference=start) == pytest.approx(15, abs=0.01)
    by_width = math.degrees(math.acos(0.8))
    assert value("trunk_twist", trunk_too, reference=start) == pytest.approx((15 + by_width) / 2, abs=0.01)
    other = value("trunk_twist", trunk_too, reference=start, working_left=False)
    assert other == pytest.approx(-(15 + by_width) / 2, abs=0.01)
    assert value("trunk_twist", head_only) is None


def test_the_head_is_measured_by_the_face_and_unknown_without_one():
    head = Head(1.0, 2.0, 61.5, 7.0, 0.0, 0.0, 400.0, 200.0, 400.0, 240.0, 0.1, 0.2, 65.0)
    seen = replace(drawn(FRONT), head=head)
    assert (value("head_distance", seen), value("head_pitch", seen)) == (61.5, 7.0)
    for none in NoHead:
        unknown = measure(replace(seen, head=none), ["head_distance"], near_left=True)["head_distance"]
        assert (unknown.value, unknown.reason.code) == (None, Why.NOT_SEEN)


def test_leaning_back_narrows_the_shoulders_of_the_start_pose():
    start = reference_of([drawn(FRONT)], 0.3)
    back = drawn(FRONT, left_shoulder=(490, 300), right_shoulder=(310, 300))
    assert value("shoulder_span", back, reference=start) == pytest.approx(0.9, abs=1e-3)


def test_every_measure_was_worked_out_by_hand():
    apart = {"hip_shift", "trunk_turn", "trunk_twist", *OF_FACE}
    assert {name for name, *_ in BY_HAND} | apart == set(MEASURES)


@pytest.mark.parametrize("name", ["head_tilt", "head_turn", "shoulder_drop", "side_lean"])
def test_to_the_working_side_changes_its_sign_with_the_side(name):
    pose = drawn(FRONT, nose=(440, 210), left_ear=(440, 220), left_shoulder=(500, 360))
    assert value(name, pose, working_left=False) == pytest.approx(-value(name, pose, working_left=True))


def test_no_other_measure_tells_the_sides_apart():
    reference = reference_of([pose_of(FACING)], 0.3)
    pose = pose_of(posture(FACING, turn=20, tilt=15, lean=15, twist=30, drop=0.2, thigh_r=40))
    left, right = (
        measure(pose, MEASURES, near_left=True, working_left=it, reference=reference) for it in (True, False)
    )
    assert {name for name in MEASURES if left[name].value != right[name].value} == TO_THE_WORKING_SIDE


def test_arms_do_not_need_the_hips():
    hidden = {name: place for name, place in FRONT.items() if "hip" not in name}
    assert value("arms_trunk_most", drawn(hidden)) == pytest.approx(90, abs=1e-4)
    # Perpendicular to the tilted shoulders, down is along (40, 200).
    tilted = drawn(hidden, left_shoulder=(500, 280), right_shoulder=(300, 320))
    expected = math.degrees(math.acos((200 * 40 + 20 * 200) / math.hypot(200, 20) / math.hypot(40, 200)))
    assert value("arms_trunk_most", tilted) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("case", ["thoracic_stretch", "childs_pose", "upper_trapezius", "overhead_reach"])
def test_mirror_translation_and_scale_change_nothing(name, case):
    start, now = pose_of(CASES[case].start), pose_of(CASES[case].pose)

    def moved(pose):
        return Pose(
            0.0,
            2 * pose.width,
            2 * pose.height,
            (pose.points * 1.5 + (90, 40)).astype(np.float32),
            pose.visibility,
            pose.world,
        )

    plain = value(name, now, reference=reference_of([start], 0.3))
    flipped = value(
        name, mirrored(now), near_left=True, working_left=False, reference=reference_of([mirrored(start)], 0.3)
    )
    larger = value(name, moved(now), reference=reference_of([moved(start)], 0.3))
    assert flipped == pytest.approx(plain, abs=0.02)
    assert larger == pytest.approx(plain, abs=0.02)


@pytest.mark.parametrize("name", MEASURES)
def test_what_is_not_seen_is_none_with_the_reason(name):
    points = {**SIDE, **FRONT}
    for pose in (drawn({}), drawn(points, visibility=0.1), drawn(points, visibility=float("nan"))):
        found = measure(pose, [name], near_left=True, reference=reference_of([drawn(points)], 0.3))[name]
        assert found.value is None
        assert found.reason.text
    everything_on_one_point = drawn(dict.fromkeys(points, (100, 100)))
    found = measure(everything_on_one_point, [name], near_left=True)[name]
    assert (found.value is None) == (found.reason is not None)


def test_the_near_side_is_measured():
    pose = drawn(SIDE, left_knee=(600, 300))
    assert value("hip_angle", pose, near_left=False) == pytest.approx(90, abs=1e-4)
    assert value("hip_angle", pose, near_left=True) == pytest.approx(90 - math.degrees(math.atan(0.5)), abs=1e-4)


def test_a_reference_without_hips_leaves_what_needs_them_unknown():
    hidden = {name: place for name, place in FRONT.items() if "hip" not in name}
    reference = reference_of([drawn(hidden)], 0.3)
    assert isinstance(reference, Reference)
    assert reference.trunk is None
    assert value("nose_height", drawn(hidden), reference=reference) == pytest.approx(0.45, abs=1e-4)
    assert value("shoulder_drop", drawn(FRONT), reference=reference) is None
    with pytest.raises(ValueError, match="at least one look"):
        reference_of([], 0.3)


# Judging over time.


def test_a_swing_is_there_and_back_and_a_drift_is_none():
    assert swing([(0, 50), (1, 40), (2, 30)]) == 0
    assert swing([(0, 50), (1, 40), (2, 48)]) == 8
    assert swing([(0, 40), (1, 52), (2, 41)]) == 11
    assert swing([]) == 0


@pytest.mark.parametrize("rate", [5, 10, 15, 30])
def test_speed_does_not_depend_on_the_rate(rate):
    samples = tuple((i / rate, {"hip_angle": 100 - 40 * i / rate}) for i in range(2 * rate))
    assert speed(series_of(samples, "hip_angle", 0.5), 0.5) == pytest.approx(40)
    assert speed(series_of(samples[:1], "hip_angle", 0.5), 0.5) is None


def test_a_condition_holds_on_within_its_looser_exit():
    condition = Condition(measure="hip_angle", at_most=60, exit_at_most=72)
    assert condition.holds(60)
    assert not condition.holds(61)
    assert condition.holds(72, already=True)
    assert not condition.holds(73, already=True)


def test_a_depth_counts_once_it_was_kept_for_long_enough():
    lower, higher = (
        Depth(measure="hip_angle", better=better, step=5.0, cue="A little further") for better in ("lower", "higher")
    )
    samples = tuple(
        (index / 10, {DEPTH: value}) for index, value in enumerate((30.0, 50.0, 45.0, 40.0, 42.0, 41.0, 60.0))
    )
    for count in range(6):
        assert kept_depth(samples[:count], lower, 0.5, 0.0) is None, "half a second has not passed"
    assert kept_depth(samples[:6], lower, 0.5, 0.0) == 50.0
    assert kept_depth(samples[:6], higher, 0.5, 0.0) == 30.0
    assert kept_depth(samples, lower, 0.5, 0.0) == 60.0
    assert kept_depth(samples, lower, 0.5, 0.2) is None, "the pose was reached only then"


def test_known_to_fail_goes_before_unknown():
    known, unknown = StretchMeasure("hip_angle", 90.0), StretchMeasure("knee_angle", None)
    evidence = ConditionInputs({"hip_angle": known, "knee_angle": unknown}, {"hip_angle": 100.0})
    hip, knee = Condition(measure="hip_angle", at_most=60), Condition(measure="knee_angle", at_least=150)
    assert verdict([hip, knee], evidence) is False
    assert verdict([knee], evidence) is None
    assert verdict([Condition(measure="knee_angle", at_least=150, advisory=True)], evidence) is True
    assert (
        verdict([Condition.model_validate({"measure": "hip_angle", "as": "change", "at_most": -10})], evidence) is True
    )
    assert (
        verdict([Condition.model_validate({"measure": "hip_angle", "as": "ratio", "at_most": 0.9})], evidence) is True
    )
    share = Condition.model_validate({"measure": "hip_angle", "as": "share", "at_least": 0.7})
    assert verdict([share], evidence) is True, "waived before there is an own best"
    assert verdict([share], ConditionInputs({"hip_angle": known}, {}, best=200.0)) is False


def test_an_advisory_condition_is_checked_on_the_way_in_and_ends_no_hold():
    bent = ConditionInputs({"knee_angle": StretchMeasure("knee_angle", 100.0)}, {})
    straight = Condition(measure="knee_angle", at_least=150, advisory=True)
    assert verdict([straight], bent) is False
    assert verdict([straight], bent, already=True, advisory=False) is True


def test_what_a_desk_hides_is_waived_only_while_it_is_hidden():
    straight = Condition(measure="knee_angle", at_least=150, if_seen=True)
    assert verdict([straight], ConditionInputs({"knee_angle": StretchMeasure("knee_angle", None)}, {})) is True
    assert verdict([straight], ConditionInputs({"knee_angle": StretchMeasure("knee_angle", 100.0)}, {})) is False


@pytest.mark.parametrize(
    ("hip", "knee", "part_way", "far_side"),
    [
        (130.0, 170.0, True, False),  # of 160 to 100 degrees, half
        (140.0, 170.0, False, False),
        (130.0, 120.0, False, False),  # one has come far enough, the other has not
        (95.0, 170.0, False, False),  # nothing is missing
        (195.0, 170.0, False, True),
        (170.0, 170.0, False, False),
        (None, 170.0, False, False),
    ],
)
def test_how_far_into_the_pose_is_counted_from_the_start_pose_by_what_is_still_missing(hip, knee, part_way, far_side):
    into = [Condition(measure="hip_angle", at_most=100), Condition(measure="knee_angle", at_least=150)]
    measures = {"hip_angle": StretchMeasure("hip_angle", hip), "knee_angle": StretchMeasure("knee_angle", knee)}
    evidence = ConditionInputs(measures, {"hip_angle": 160.0, "knee_angle": 110.0})
    assert is_part_way(into, evidence, 0.5) is part_way
    assert is_on_far_side(into, evidence, 0.5) is far_side
