"""The ground truth itself: rotating a bone by 10° changes the angle by what geometry says."""

from itertools import pairwise

import numpy as np
import pytest

from tools.render import assets
from tools.render.camera import Camera
from tools.render.rotation import about_x, about_y, about_z
from tools.render.truth import angles, body_yaw, camera_plane

SIDED = ("tragus", "outer_eye", "acromion", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "eye")


def person(trunk=0.0, neck=0.0, gaze=0.0, turned=0.0, roll=0.0, level=0.0):
    """Points of a stick figure sitting at the origin, with exact angles in degrees and lengths in meters."""

    def along(degrees, length):
        return about_x(degrees) @ np.array([0, 0, length])

    hip = np.array([0, 0, 0.55])
    shoulder = hip + along(trunk, 0.48)
    ear = shoulder + along(neck, 0.2)
    eye = ear + about_x(-gaze) @ np.array([0, -0.09, 0])
    knee, ankle = hip + [0, -0.45, 0], hip + [0, -0.45, -0.45]
    middle = {
        "tragus": (ear, 0.075), "outer_eye": (eye, 0.05), "eye": (eye, 0.03), "acromion": (shoulder + [0, 0, 0.03], 0.17),
        "shoulder": (shoulder, 0.17), "elbow": (shoulder + [0, 0, -0.28], 0.2), "wrist": (shoulder + [0, -0.25, -0.28], 0.2),
        "hip": (hip, 0.1), "knee": (knee, 0.1), "ankle": (ankle, 0.1),
    }  # fmt: skip
    tips = {"tragus": roll, "outer_eye": roll, "eye": roll, "shoulder": level, "acromion": level}
    found = {"c7": shoulder + [0, 0.05, 0.06], "nose": ear + [0, -0.105, -0.02]}
    for name, (point, half) in middle.items():
        # A positive roll raises the person's left.
        aside = about_y(-tips.get(name, 0)) @ np.array([half, 0, 0])
        found |= {f"left_{name}": point + aside, f"right_{name}": point - aside, f"mid_{name}": point}
    return {name: about_z(turned) @ point for name, point in found.items()}


def at_yaw(yaw, distance=2.0, height=0.9):
    """A camera that sees the stick figure at this body yaw: 90 from its right side."""
    x, y = -np.sin(np.radians(yaw)) * distance, -np.cos(np.radians(yaw)) * distance
    return Camera((x, y, height), (0, 0, height), 40.0)


def sees(camera, at):
    return {name: angle for name, angle in camera_plane(at, camera).items() if angle is not None}


@pytest.mark.parametrize("turned", [0, 40, -110])
def test_sagittal_angles_of_constructed_points(turned):
    found = angles(person(trunk=20, neck=35, gaze=-15, turned=turned))
    assert found["trunk_inclination"] == pytest.approx(20)
    assert found["neck_inclination"] == pytest.approx(35)
    assert found["neck_flexion"] == pytest.approx(15)
    assert found["head_tilt"] == pytest.approx(-15)
    assert found["hip_angle"] == pytest.approx(70)
    assert found["knee_angle"] == pytest.approx(90)
    assert found["trunk_above_horizontal"] == pytest.approx(70)
    assert found["lateral_trunk_lean"] == pytest.approx(0)
    assert found["right_elbow_angle"] == pytest.approx(90)


def test_craniovertebral_angle_is_above_the_horizontal_through_c7():
    at = person()
    at["mid_tragus"] = at["c7"] + [0, -np.cos(np.radians(50)), np.sin(np.radians(50))]
    assert angles(at)["craniovertebral_angle"] == pytest.approx(50)


def test_frontal_angles_of_constructed_points():
    found = angles(person(roll=12, level=-7))
    assert found["head_roll"] == pytest.approx(12)
    assert found["shoulder_tilt"] == pytest.approx(-7)
    leaning = person()
    for name in ("mid_shoulder", "left_shoulder", "right_shoulder"):
        leaning[name] = leaning["mid_hip"] + about_y(-9) @ (leaning[name] - leaning["mid_hip"])
    assert angles(leaning)["lateral_trunk_lean"] == pytest.approx(9)
    assert angles(leaning)["shoulder_tilt"] == pytest.approx(9)


def test_head_rotation_gives_pitch_and_yaw():
    found = angles(person(turned=30), about_z(30) @ about_z(25) @ about_x(10))
    assert found["head_yaw"] == pytest.approx(25)
    assert found["head_pitch"] == pytest.approx(10)
    assert angles(person(), about_x(80))["head_yaw"] is None
    assert angles(person(), about_x(150))["head_pitch"] == pytest.approx(150)


def test_undefined_angles_are_none():
    on_the_side = {name: about_y(90) @ point for name, point in person().items()}
    found = angles(on_the_side, np.eye(3))
    assert [found[name] for name in ("neck_inclination", "head_tilt", "head_yaw", "hip_angle")] == [None] * 4
    assert found["left_knee_angle"] == pytest.approx(90)
    assert angles(person(trunk=90))["lateral_trunk_lean"] is None
    assert angles(person(trunk=90))["trunk_above_horizontal"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("yaw", [0, 35, 90, -60, 150])
def test_body_yaw_has_the_sign_of_the_program(yaw):
    assert body_yaw(person(), at_yaw(yaw)) == pytest.approx(yaw, abs=1e-6)
    assert body_yaw(person(turned=10), at_yaw(yaw)) == pytest.approx((yaw + 10 + 180) % 360 - 180)


def test_projection_is_a_pinhole():
    camera = Camera((0, -2, 1), (0, 0, 1), 60.0, 640, 480)
    focal = 320 / np.tan(np.radians(30))
    # The camera looks at the person's face, so their left is its right.
    assert camera.project(np.array([0.5, 0, 1.25])) == pytest.approx([320 + focal * 0.25, 240 - focal * 0.125])
    assert np.isnan(camera.project(np.array([0, -3.0, 1]))).all()


@pytest.mark.parametrize("yaw", [90, -90])
def test_a_far_profile_camera_sees_the_sagittal_angles(yaw):
    at = person(trunk=20, neck=35, gaze=-15)
    own, seen = angles(at), camera_plane(at, at_yaw(yaw, distance=500))
    for name in (
        "trunk_inclination",
        "neck_inclination",
        "neck_flexion",
        "head_tilt",
        "hip_angle",
        "craniovertebral_angle",
    ):
        for suffix in ("", "_left", "_right"):
            if name != "craniovertebral_angle" or not suffix:
                assert seen[name + suffix] == pytest.approx(own[name], abs=0.1)
    assert seen["knee_angle"] == pytest.approx(90, abs=0.1)


@pytest.mark.parametrize("yaw", [75, 60, 45, 30, -60])
def test_off_profile_the_forward_part_is_shortened_by_the_sine_of_the_yaw(yaw):
    seen = camera_plane(person(trunk=20), at_yaw(yaw, distance=500))["trunk_inclination"]
    expected = np.degrees(np.arctan(np.tan(np.radians(20)) * np.sin(np.radians(abs(yaw)))))
    assert seen == pytest.approx(expected, abs=0.05)


def test_camera_roll_adds_to_what_is_seen():
    at = person(trunk=20, neck=20)
    level = camera_plane(at, at_yaw(90, 300))["trunk_inclination"]
    camera = at_yaw(90, 300)
    rolled = Camera(camera.position, camera.target, camera.field_of_view, roll=5.0)
    assert abs(camera_plane(at, rolled)["trunk_inclination"] - level) == pytest.approx(5, abs=0.05)


def test_front_view_sees_the_frontal_angles():
    at = person(roll=12, level=-7)
    seen = camera_plane(at, at_yaw(0, 500), about_z(20))
    assert seen["head_roll"] == pytest.approx(12, abs=0.05)
    assert seen["shoulder_tilt"] == pytest.approx(-7, abs=0.05)
    assert seen["head_yaw"] == pytest.approx(20)
    leaning = {name: about_y(-9) @ point for name, point in person().items()}
    assert camera_plane(leaning, at_yaw(0, 500))["lateral_trunk_lean"] == pytest.approx(9, abs=0.05)
    assert camera_plane(leaning, at_yaw(170, 500))["lateral_trunk_lean"] == pytest.approx(9, abs=0.2)


def test_behind_the_camera_nothing_is_seen():
    seen = camera_plane(person(), Camera((0, -2, 1), (0, -3, 1)))
    assert seen["neck_inclination"] is None
    assert seen["hip_angle"] is None


# With the body: skipped if its data was not downloaded.

if assets.available():
    from tools.render.body import Body, Shape
    from tools.render.posture import POSTURES, Kind, Place, Posture, build
    from tools.render.solve import OutOfReach, solve
    from tools.render.support import dominant
    from tools.render.truth import head_rotation, points, truth
    from tools.render.workplace import DESK_EDGE, DESK_HEIGHT

    SHAPES = {
        "man": Shape(gender=1.0, age=0.52, muscle=0.55, weight=0.55, height=0.55),
        "heavy woman": Shape(gender=0.0, age=0.6, muscle=0.45, weight=0.85, height=0.45, ancestry={"african": 1.0}),
        "short old woman": Shape(gender=0.0, age=0.8, muscle=0.4, weight=0.4, height=0.35, ancestry={"asian": 1.0}),
    }
    NAMES = sorted(POSTURES)
    JOURNEYS = [
        ("upright", "slouch_deep"), ("upright", "look_at_phone"), ("upright", "sliding_down"), ("upright", "drinking_right"),
        ("upright", "chin_in_hand_left"), ("upright_hands_on_legs", "neck_side_bend_with_hand_right"),
        ("upright", "overhead_reach"), ("upright", "reach_aside_right"),
        ("standing", "walking"), ("standing", "standing_fold"), ("standing", "standing_overhead_reach"),
        ("long_sit", "thoracic_stretch_full"),
        ("kneeling", "childs_pose"), ("childs_pose", "puppy_pose"), ("all_fours", "childs_pose"), ("cat", "cow"),
        ("prone", "cobra"),
    ]  # fmt: skip
else:
    NAMES, JOURNEYS, SHAPES = [], [], {}

needs_body = pytest.mark.skipif(
    not assets.available(), reason="the body's data is not here; bring it with: python -m tools.render fetch"
)


@pytest.fixture(scope="module")
def bodies():
    return {name: Body(shape) for name, shape in SHAPES.items()}


@pytest.fixture(scope="module")
def man(bodies):
    return bodies["man"]


def of(body, posture):
    posed = build(body, posture)
    return angles(points(posed), head_rotation(posed))


@needs_body
def test_rotating_the_pelvis_turns_trunk_and_neck_alike(man):
    before, after = of(man, Posture()), of(man, Posture(pelvis=10))
    for name in ("trunk_inclination", "trunk_inclination_c7", "neck_inclination", "head_pitch"):
        assert after[name] - before[name] == pytest.approx(10, abs=0.05), name
    assert after["head_tilt"] - before["head_tilt"] == pytest.approx(-10, abs=0.05)
    assert after["craniovertebral_angle"] - before["craniovertebral_angle"] == pytest.approx(-10, abs=0.05)
    assert after["neck_flexion"] == pytest.approx(before["neck_flexion"], abs=0.05)


@needs_body
def test_rotating_the_head_changes_its_tilt_and_not_the_trunk(man):
    before, after = of(man, Posture()), of(man, Posture(high_neck=10))
    assert after["head_pitch"] - before["head_pitch"] == pytest.approx(10, abs=1e-6)
    # The tragus is skinned to the upper neck by 3 %.
    assert after["head_tilt"] - before["head_tilt"] == pytest.approx(-10, abs=0.5)
    for name in ("trunk_inclination", "trunk_inclination_c7", "shoulder_tilt", "hip_angle"):
        assert after[name] == pytest.approx(before[name], abs=0.2), name


@needs_body
@pytest.mark.parametrize(
    ("parameter", "angle", "other"),
    [("neck_lean", "head_roll", "shoulder_tilt"), ("neck_turn", "head_yaw", "trunk_inclination")],
)
def test_ten_degrees_of_the_neck_are_ten_of_the_head(man, parameter, angle, other):
    before, after = of(man, Posture()), of(man, Posture(**{parameter: 10}))
    assert after[angle] - before[angle] == pytest.approx(10, abs=0.6)
    assert after[other] == pytest.approx(before[other], abs=0.01)


@needs_body
def test_shoulders_tilt_and_the_trunk_leans_to_the_persons_right(man):
    found = of(man, Posture(trunk_lean=10))
    assert found["shoulder_tilt"] == pytest.approx(10, abs=0.6)
    assert 5 < found["lateral_trunk_lean"] < 10


@needs_body
def test_a_turned_body_keeps_its_own_angles(man):
    posed = build(man, POSTURES["slouch_deep"])
    turned = posed.moved(about_z(57), np.array([0.4, -1.0, 0.0]))
    before, after = (angles(points(one), head_rotation(one)) for one in (posed, turned))
    assert after == pytest.approx(before, abs=1e-6)


@needs_body
def test_a_profile_camera_reads_the_truth_of_the_mesh(man):
    posed = build(man, POSTURES["slouch_mid"])
    camera = Camera((-400, -0.2, 0.9), (0, -0.2, 0.9), 1.0)
    told = truth(posed, camera)
    assert told["camera"]["body_yaw"] == pytest.approx(90, abs=0.5)
    for name in ("neck_inclination", "trunk_inclination", "head_tilt", "craniovertebral_angle"):
        assert told["camera_plane"][name] == pytest.approx(told["angles"][name], abs=0.1), name


@needs_body
def test_truth_tells_where_points_are_and_whether_the_picture_has_them(man):
    camera = Camera((0, -0.95, 1.25), (0, 0, 1.1), 66.0, name="monitor")
    told = truth(build(man, Posture()), camera)
    assert told["points"]["nose"]["in_picture"]
    assert not told["points"]["left_ankle"]["in_picture"]
    for point in told["points"].values():
        if point["picture"]:
            assert point["picture"] == pytest.approx(camera.project(np.array(point["space"])), abs=0.1)
    # The face is in front of the ears, and the left is on the picture's right.
    assert told["points"]["left_tragus"]["picture"][0] > told["points"]["right_tragus"]["picture"][0]
    assert told["points"]["mid_outer_eye"]["space"][1] < told["points"]["mid_tragus"]["space"][1] - 0.05


@needs_body
@pytest.mark.parametrize("name", ["drinking_right", "trunk_lean_right", "seated_twist_right", "chin_in_hand_right"])
def test_mirrored_postures_have_mirrored_angles(man, name):
    right, left = (of(man, POSTURES[name]), of(man, POSTURES[name.replace("_right", "_left")]))
    for angle, value in right.items():
        sign = -1 if angle in ("head_roll", "shoulder_tilt", "lateral_trunk_lean", "head_yaw") else 1
        other = angle.replace("left_", "?").replace("right_", "left_").replace("?", "right_")
        assert left[other] == pytest.approx(sign * value, abs=0.2), angle


@needs_body
@pytest.mark.parametrize("shape", SHAPES)
def test_every_posture_keeps_to_its_side_of_floor_seat_and_desk(bodies, shape):
    body = bodies[shape]
    feet, hands = dominant(body, "foot", "toe"), dominant(body, "wrist", "finger", "metacarpal")
    head = dominant(body, "head", "jaw")
    elbows = [f"lowerarm01.{side}" for side in "LR"]
    for name in (name for name in NAMES if not name.endswith("_left")):  # those mirror the right ones
        posture = POSTURES[name]
        posed = build(body, posture)
        assert np.isfinite(posed.vertices).all(), name
        lowest = {
            part: posed.vertices[which, 2].min() for part, which in (("feet", feet), ("hands", hands), ("head", head))
        }
        assert lowest["feet"] > -0.01, name
        assert lowest["hands"] > -0.012, name
        assert lowest["head"] > -0.005, name
        if posture.kind is Kind.SEATED:
            assert lowest["feet"] < 0.03, name
            assert posed.joint("upperleg01.L")[2] > 0.5, name
            for elbow in map(posed.joint, elbows):
                assert elbow[1] > DESK_EDGE or elbow[2] > DESK_HEIGHT + 0.01 or name.startswith("recline"), name
        for side in "LR":  # knees bend backwards: their axis points to the left
            hip, knee, ankle = (posed.joint(f"{bone}.{side}") for bone in ("upperleg01", "lowerleg01", "foot"))
            hinge = np.cross(knee - hip, ankle - knee)
            assert hinge[0] > -1e-3, name


@needs_body
def test_named_postures_are_what_they_are_called(man):
    found = {name: of(man, POSTURES[name]) for name in NAMES if not name.endswith("_right")}
    necks = [found[name]["neck_inclination"] for name in ("upright", "slouch_mild", "slouch_mid", "slouch_deep")]
    assert all(b > a + 5 for a, b in pairwise(necks))
    necks = [found[f"forward_head_{depth}"]["neck_inclination"] for depth in ("mild", "mid", "deep")]
    assert all(b > a + 2 for a, b in pairwise(necks))
    assert found["sliding_down"]["trunk_inclination"] < -10
    assert found["recline"]["trunk_inclination"] < -10
    assert found["look_at_phone"]["head_pitch"] > 30
    assert found["head_tilt_left"]["head_roll"] < -15
    assert found["head_turn_left"]["head_yaw"] > 30
    # measured on people in these poses; see the reference for the stretches
    assert 85 < found["long_sit"]["hip_angle"] < 125
    hips = [found[f"thoracic_stretch_{depth}"]["hip_angle"] for depth in ("shallow", "half", "full")]
    assert hips[0] > hips[1] > hips[2]
    assert hips[2] < 40
    assert found["thoracic_stretch_knees_bent"]["knee_angle"] < 140
    assert 95 < found["kneeling"]["hip_angle"] < 135
    assert found["kneeling"]["knee_angle"] < 50
    assert found["childs_pose"]["hip_angle"] < 50
    assert abs(found["childs_pose"]["trunk_above_horizontal"]) < 20
    assert found["childs_pose"]["left_elbow_angle"] > 140
    assert found["overhead_reach"]["left_elbow_angle"] > 160
    assert found["standing_fold"]["hip_angle"] < 75
    assert found["standing_fold"]["knee_angle"] > 160
    assert found["sphinx"]["hip_angle"] > 140


@needs_body
@pytest.mark.parametrize(("start", "end"), JOURNEYS)
def test_postures_blend_without_a_jump(man, start, end):
    first, last = POSTURES[start], POSTURES[end]
    skin = slice(0, 13380)
    for middle in (0.02, 0.6):
        a, b = (build(man, first.towards(last, share)).vertices[skin] for share in (middle, middle + 0.01))
        step = np.linalg.norm(b - a, axis=1)
        assert step.max() < 0.06, f"{start} to {end} at {middle}: {step.max():.3f} m"
    np.testing.assert_allclose(
        build(man, first.towards(last, 1.0)).vertices, build(man, last).vertices, rtol=0, atol=1e-9
    )


@needs_body
def test_a_planted_foot_does_not_slide_in_the_walk(man):
    walking = POSTURES["walking"]
    advance = 4 * walking.stride / 360
    places = []
    for phase in (10, 60, 120, 170):
        foot = build(man, walking.plus(walk=phase - walking.walk)).joint("foot.L")
        places.append(foot[1] - advance * phase)
    assert np.ptp(places) < 0.01


@needs_body
def test_solve_reaches_the_wanted_angles(bodies):
    wanted = {
        "trunk_inclination": 18.0,
        "neck_inclination": 42.0,
        "head_pitch": 13.0,
        "head_roll": -5.0,
        "head_yaw": 8.0,
    }
    for body in bodies.values():
        found = of(body, solve(body, wanted, POSTURES["slouch_mid"]))
        assert {name: found[name] for name in wanted} == pytest.approx(wanted, abs=0.05)
    fold = {"hip_angle": 50.0, "head_tilt": -60.0}
    found = of(body, solve(body, fold, POSTURES["thoracic_stretch_half"]))
    assert {name: found[name] for name in fold} == pytest.approx(fold, abs=0.05)


@needs_body
def test_solve_says_what_it_cannot_do(man):
    with pytest.raises(ValueError, match="no bone parameter is known for left_knee_angle"):
        solve(man, {"left_knee_angle": 90}, Posture())
    with pytest.raises(ValueError, match="same bones"):
        solve(man, {"head_tilt": 0, "head_pitch": 0}, Posture())
    with pytest.raises(OutOfReach):
        solve(man, {"lateral_trunk_lean": 10}, POSTURES["childs_pose"])


@needs_body
def test_postures_of_two_kinds_do_not_blend():
    with pytest.raises(ValueError, match="does not blend"):
        POSTURES["upright"].towards(POSTURES["long_sit"], 0.5)


@needs_body
def test_plus_adds_to_numbers_and_to_fingers_only():
    posture = Posture(thorax=2).plus(thorax=0.5, left_fingers=(1, 2, 3, 4))
    assert posture.thorax == pytest.approx(2.5)
    assert posture.left_fingers == (1, 2, 3, 4)
    with pytest.raises(TypeError, match="left_hand"):
        posture.plus(left_hand=1.0)
    half = posture.towards(Posture(left_hand={Place.PHONE: 1.0}), 0.25)
    assert half.left_hand == {Place.KEYBOARD: 0.75, Place.PHONE: 0.25}
    assert half.mirrored().right_hand == half.left_hand


@needs_body
def test_the_hips_turn_about_their_joints(man):
    hips = [points(build(man, Posture(pelvis=pelvis)))["mid_hip"] for pelvis in (-10, 0, 20)]
    assert np.ptp(hips, axis=0) == pytest.approx([0, 0, 0], abs=1e-9)
