"""From the points of a face to the head's position, in crops of pictures of any size."""

import math
from dataclasses import fields, replace

import faces
import figures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posturecam.config.settings import EstimatorSettings, Settings
from posturecam.errors import ModelError
from posturecam.posture.front.measures import NECK_HEIGHT_SCATTER, UNSURE_SHOULDERS, front_measures
from posturecam.posture.reasons import Why
from posturecam.vision.face.finder import CROP_SIZE, HeadFinder, carried, find_head, head_pose, square_about
from posturecam.vision.frame import Frame
from posturecam.vision.head import Head, NoHead
from posturecam.vision.pose import Landmark, Pose

SIZE = (640, 480)


def head(**where) -> Head:
    found = head_pose(faces.face_points(**where), SIZE, 65.0)
    assert isinstance(found, Head)
    return found


@pytest.mark.parametrize("name", ["pitch", "yaw", "roll"])
@pytest.mark.parametrize("degrees", [-30.0, -8.0, 0.0, 12.0, 35.0])
def test_a_turned_head_is_read_to_a_tenth_of_a_degree(name, degrees):
    found = head(**{name: degrees})
    for angle in ("pitch", "yaw", "roll"):
        assert getattr(found, angle) == pytest.approx(degrees if angle == name else 0.0, abs=0.1)


@given(st.floats(-15, 15), st.floats(-12, 12), st.floats(30, 120))
def test_the_head_is_found_where_it_is(x, y, z):
    found = head(x=x, y=y, z=z)
    assert (found.x, found.y, found.z) == pytest.approx((x, y, z), abs=0.05)
    assert (found.chin_x, found.chin_y) == pytest.approx(faces.face_points(x=x, y=y, z=z)[152].tolist())
    assert found.misfit < 0.05


def test_somebody_who_looks_down_has_a_positive_pitch_and_the_chin_lower():
    assert head(pitch=25.0).pitch > 0
    points = faces.face_points(pitch=25.0)
    nose, forehead = points[4], points[10]
    assert nose[1] - forehead[1] > faces.face_points()[4][1] - faces.face_points()[10][1]


def test_somebody_who_turns_to_their_left_turns_to_the_pictures_right():
    assert head(yaw=25.0).yaw > 0
    assert faces.face_points(yaw=25.0)[4][0] > faces.face_points()[4][0]


def test_a_wrong_field_of_view_scales_the_distance_and_leaves_lengths_in_the_picture_alone():
    points = faces.face_points(z=60.0, field_of_view=65.0)
    narrow, wide = head_pose(points, SIZE, 50.0), head_pose(points, SIZE, 90.0)
    assert isinstance(narrow, Head)
    assert isinstance(wide, Head)
    assert narrow.z > 60 > wide.z
    assert narrow.scale == pytest.approx(wide.scale, rel=0.03)
    assert (narrow.pitch, narrow.roll) == pytest.approx((wide.pitch, wide.roll), abs=3)


def test_a_head_is_as_far_from_a_camera_that_stands_on_its_side_as_from_one_that_does_not():
    """A man who held his phone upright at arm's length was 21 cm away."""
    across = math.degrees(2 * math.atan(9 / 16 * math.tan(math.radians(65 / 2))))
    points = faces.face_points(z=60.0, y=8.0, size=(720, 1280), field_of_view=across)
    found = head_pose(points, (720, 1280), 65.0)
    assert isinstance(found, Head)
    assert (found.y, found.z) == pytest.approx((8.0, 60.0), abs=0.1)
    landscape = head_pose(faces.face_points(z=60.0, y=8.0, size=(1280, 720)), (1280, 720), 65.0)
    assert isinstance(landscape, Head)
    assert (found.z, found.scale) == pytest.approx((landscape.z, landscape.scale), rel=1e-3)


@pytest.mark.parametrize(
    "points", [np.zeros((478, 2)), np.full((478, 2), np.nan), np.random.default_rng(1).uniform(0, 400, (478, 2))]
)
def test_points_that_form_no_face_are_not_a_head(points):
    assert head_pose(points, SIZE, 65.0) is NoHead.IMPLAUSIBLE


@pytest.mark.parametrize(("centimeters", "is_face"), [(0.5, True), (1.2, True), (1.8, False)])
def test_points_that_are_too_far_from_those_of_a_face_are_not_a_head(centimeters, is_face):
    scattered = np.random.default_rng(1).normal(0, centimeters / head().scale / math.sqrt(2), (478, 2))
    found = head_pose(faces.face_points() + scattered, SIZE, 65.0)
    assert isinstance(found, Head) is is_face
    assert found.misfit == pytest.approx(centimeters, rel=0.15) if is_face else found is NoHead.IMPLAUSIBLE


def test_a_head_cannot_be_at_no_distance():
    with pytest.raises(ValueError, match="positive"):
        replace(head(), z=0.0)


@pytest.mark.parametrize("name", [one.name for one in fields(Head)])
def test_a_head_is_made_of_finite_numbers(name):
    with pytest.raises(ValueError, match="finite numbers"):
        replace(head(), **{name: math.nan})


# Crops.


def seen(pose: Pose, points):
    """A finder that knows the face's points in the picture, and gives them for the crop it is shown."""

    def finder(crop):
        assert crop.shape == (CROP_SIZE, CROP_SIZE, 3)
        square = square_about(pose)
        return None if points is None else (points - (square.left, square.top)) * CROP_SIZE / square.side

    return finder


@pytest.mark.parametrize("shape", [(480, 640, 3), (4320, 7680, 3), (240, 320, 3)])
def test_points_of_the_crop_come_back_to_where_they_are_in_the_picture(shape):
    pose = figures.person(width=shape[1], height=shape[0])
    points = faces.face_points(size=(shape[1], shape[0]))
    found = find_head(np.zeros(shape, np.uint8), pose, seen(pose, points), 65.0)
    assert isinstance(found, Head)
    assert (found.x, found.y, found.z) == pytest.approx((0, 0, 60), abs=0.05)


@pytest.mark.parametrize("side", [40.0, 700.0])
def test_the_middle_of_the_square_is_the_middle_of_the_crop(side):
    image = np.zeros((900, 900, 3), np.uint8)
    pose = figures.person(width=900, height=900)
    square = replace(square_about(pose), side=side)
    middle = int(square.left + side / 2), int(square.top + side / 2)
    image[middle[1] - 4 : middle[1] + 4, middle[0] - 4 : middle[0] + 4] = 255
    rows, columns = np.nonzero(square.cut(image)[:, :, 0] > 60)
    assert (rows.mean(), columns.mean()) == pytest.approx(
        (CROP_SIZE / 2, CROP_SIZE / 2), abs=max(1.0, CROP_SIZE / side)
    )


@pytest.mark.parametrize("size", [100, 1000])
def test_a_square_may_reach_beyond_the_picture(size):
    image = np.full((3 * size, 3 * size, 3), 200, np.uint8)
    square = replace(square_about(figures.person()), left=-0.5 * size, top=2.5 * size, side=1.0 * size)
    crop = square.cut(image)
    assert crop[0, -1].tolist() == crop[CROP_SIZE // 2 - 3, CROP_SIZE // 2 + 3].tolist() == [200, 200, 200]
    assert crop[-1, 0].tolist() == crop[0, CROP_SIZE // 2 - 3].tolist() == [0, 0, 0]
    for left, top in ((-2.0, 0.5), (4.0, 0.5), (0.5, -2.0), (0.5, 4.0)):
        assert not replace(square, left=left * size, top=top * size).cut(image).any(), "a head beside the picture"


def test_a_crop_of_its_own_size_is_that_part_of_the_picture_pixel_by_pixel():
    image = np.random.default_rng(1).integers(0, 255, (400, 500, 3), np.uint8)
    square = replace(square_about(figures.person()), left=120.0, top=30.0, side=float(CROP_SIZE))
    assert np.array_equal(square.cut(image), image[30 : 30 + CROP_SIZE, 120 : 120 + CROP_SIZE])


def test_the_square_lies_about_the_head():
    pose = figures.person()
    square, head_at = square_about(pose), pose.points[:11].mean(axis=0)
    assert (square.left + square.side / 2, square.top + square.side / 2) == pytest.approx(head_at.tolist(), abs=1e-3)
    assert square_about(shifted(pose, (float("nan"), 0.0), Landmark.NOSE)) is None


def test_points_of_a_head_that_coincide_are_taken_for_a_head_of_the_shoulders_size():
    pose = figures.person()
    points = pose.points.copy()
    points[:11] = points[0]
    between = float(np.hypot(*(pose.at(Landmark.LEFT_SHOULDER) - pose.at(Landmark.RIGHT_SHOULDER))))
    assert square_about(replace(pose, points=points)).side == pytest.approx(2.4 * 0.35 * between)
    points[Landmark.LEFT_SHOULDER] = float("nan")
    assert square_about(replace(pose, points=points)) is None
    bare = at(pose, left_shoulder=(float("nan"), 0.0))
    assert square_about(bare).side == pytest.approx(2.4 * np.ptp(pose.points[:11], axis=0).max())


def test_no_face_and_too_small_a_head_are_distinguished():
    image, pose = np.zeros((480, 640, 3), np.uint8), figures.person()
    assert find_head(image, pose, seen(pose, None), 65.0) is NoHead.NOT_FOUND
    small = figures.person(width=40, height=30)
    assert find_head(np.zeros((30, 40, 3), np.uint8), small, lambda crop: None, 65.0) is NoHead.TOO_SMALL


def test_a_face_much_too_small_for_the_head_is_not_a_face():
    image, pose = np.zeros((480, 640, 3), np.uint8), figures.person()
    fitting, small = faces.face_points(z=60.0), faces.face_points(z=120.0)
    assert isinstance(find_head(image, pose, seen(pose, fitting), 65.0), Head)
    assert find_head(image, pose, seen(pose, small), 65.0) is NoHead.IMPLAUSIBLE


# What is measured with it.


def measured(pose: Pose, face=None):
    return front_measures(pose, face or head(), Settings())


def at(pose: Pose, **shoulders) -> Pose:
    points = pose.points.copy()
    for name, point in shoulders.items():
        points[Landmark[name.upper()]] = point
    return replace(pose, points=points)


def test_neck_height_is_the_shoulder_line_below_the_head_at_the_faces_scale():
    face = head(y=-5.0)
    below = face.center_y + 20 / face.scale
    pose = at(figures.person(), left_shoulder=(450, below - 10), right_shoulder=(190, below + 10))
    assert measured(pose, face).neck_height.value == pytest.approx(20, abs=0.01)


@given(st.floats(0.5, 3))
def test_neck_height_does_not_depend_on_the_distance(times):
    def height(z):
        face = head(z=z)
        pose = at(
            figures.person(), left_shoulder=(400, 240 + 15 / face.scale), right_shoulder=(240, 240 + 15 / face.scale)
        )
        return measured(pose, face).neck_height.value

    assert height(70.0) == pytest.approx(height(70.0 * times), rel=0.01)


def test_a_shoulder_just_below_the_picture_is_guessed_with_less_certainty_and_one_far_below_not_at_all():
    near = at(figures.person(), left_shoulder=(450, 485), right_shoulder=(190, 485))
    far = at(figures.person(), left_shoulder=(450, 700), right_shoulder=(190, 700))
    inside = at(figures.person(), left_shoulder=(450, 400), right_shoulder=(190, 400))
    assert measured(near).neck_height.deviation > measured(inside).neck_height.deviation
    assert measured(far).neck_height.value is None
    assert measured(far).neck_height.reason.code is Why.CLIPPED
    assert measured(far).head_pitch.value is not None


def with_shoulders(outside=0.0, **how):
    """Shoulders this many centimeters below the picture; 0 is well inside."""
    down = 480 + outside / head().scale if outside else 400.0
    return at(figures.person(**how), left_shoulder=(420, down), right_shoulder=(220, down))


@pytest.mark.parametrize("outside", [0.0, 1.0, 4.0, 7.9])
def test_a_guessed_shoulder_is_the_less_certain_the_further_it_lies_outside_the_picture(outside):
    guessed = measured(with_shoulders(outside, visibility=0.0))
    assert guessed.neck_height.deviation == pytest.approx(math.hypot(UNSURE_SHOULDERS, 0.3 * outside))
    assert guessed.shoulder_tilt.deviation == pytest.approx(guessed.neck_height.deviation / NECK_HEIGHT_SCATTER)
    assert guessed.head_offset.deviation == pytest.approx(math.hypot(0.3, guessed.neck_height.deviation))


def test_a_shoulder_more_than_eight_centimeters_outside_the_picture_is_not_guessed_except_where_a_tilt_put_it_there():
    inside, too_far = with_shoulders(), with_shoulders(8.1)
    assert measured(too_far).neck_height.reason.code is Why.CLIPPED
    put_there = replace(inside, points=too_far.points, beyond=True)
    assert measured(put_there).neck_height.deviation == NECK_HEIGHT_SCATTER
    assert measured(replace(too_far, beyond=True)).neck_height.reason.code is Why.CLIPPED, "outside before as well"
    aside = at(figures.person(), left_shoulder=(640 + 8.1 / head().scale, 400), right_shoulder=(220, 400))
    assert measured(aside).neck_height.reason.code is Why.CLIPPED


def test_shoulders_in_one_place_or_nowhere_are_not_seen():
    for nowhere in ((300.0, 400.0), (float("nan"), 400.0)):
        found = measured(at(figures.person(), left_shoulder=nowhere, right_shoulder=(300.0, 400.0)))
        for quantity in (found.neck_height, found.head_offset, found.shoulder_low, found.shoulder_tilt):
            assert (quantity.value, quantity.reason.code) == (None, Why.NOT_SEEN)


@pytest.mark.parametrize(("down", "angle"), [(100.0, -15.57), (240.0, 0.0), (400.0, 17.67)])
def test_how_low_the_shoulders_lie_is_an_angle_below_the_axis_of_the_lens(down, angle):
    pose = at(figures.person(), left_shoulder=(420, down - 20), right_shoulder=(220, down + 20))
    found = measured(pose)
    assert found.shoulder_low.value == pytest.approx(angle, abs=0.01)
    assert found.shoulder_tilt.value == pytest.approx(math.degrees(math.atan2(40, 200)), abs=0.01), "the left is higher"


@pytest.mark.parametrize("why", list(NoHead))
def test_without_a_face_the_shoulders_are_still_measured(why):
    found = front_measures(figures.person(), why, Settings())
    assert found.neck_height.value is None
    assert found.neck_height.reason.text
    assert found.shoulder_tilt.value == pytest.approx(0, abs=0.5)
    assert found.body_yaw.value == pytest.approx(0, abs=1)


@pytest.mark.parametrize("left", [-6.0, 0.0, 6.0])
def test_the_offset_of_a_head_is_positive_to_the_persons_left_also_if_the_picture_is_mirrored(left):
    pose = with_shoulders()
    assert measured(pose, head(x=left)).head_offset.value == pytest.approx(left, abs=0.01)
    mirrored = at(pose, left_shoulder=(220, 400), right_shoulder=(420, 400))
    assert measured(mirrored, head(x=-left)).head_offset.value == pytest.approx(left, abs=0.01)


def shifted(pose: Pose, by: tuple[float, float], landmark: Landmark | None = None) -> Pose:
    """The same pose with all its points, or one, moved; pixels."""
    points = pose.points.copy()
    points[slice(None) if landmark is None else landmark] += by
    return replace(pose, points=points)


def test_a_head_that_only_went_aside_is_carried_along():
    seen = replace(figures.person(), head=head())
    there = carried(seen, shifted(seen, (12.0, -5.0)))
    assert there is not None
    assert there.center_x - seen.head.center_x == pytest.approx(12.0, abs=0.01)
    assert there.center_y - seen.head.center_y == pytest.approx(-5.0, abs=0.01)
    assert (there.chin_x - seen.head.chin_x, there.chin_y - seen.head.chin_y) == pytest.approx((12.0, -5.0), abs=0.01)
    scale = seen.head.scale
    assert (there.x - seen.head.x, there.y - seen.head.y) == pytest.approx((12.0 * scale, -5.0 * scale), abs=0.01)
    assert there.z == seen.head.z
    assert there.pitch == seen.head.pitch


def test_a_head_that_may_have_turned_or_that_was_not_found_is_not_carried_along():
    seen = replace(figures.person(), head=head())
    spread = float(np.ptp(seen.points[:11], axis=0).max())
    assert carried(seen, shifted(seen, (0.0, 0.02 * spread), Landmark.NOSE)) is not None
    assert carried(seen, shifted(seen, (0.0, 0.08 * spread), Landmark.NOSE)) is None
    assert carried(seen, shifted(seen, (float("nan"), 0.0), Landmark.NOSE)) is None
    assert carried(replace(seen, head=NoHead.NOT_FOUND), seen) is None
    assert carried(seen, replace(seen, width=seen.width + 1)) is None


class Faces:
    """Replaces the face model: the same face in every crop, or none; counts its calls."""

    def __init__(self, found=True):
        self.found, self.looks, self.closed = found, 0, 0

    def __call__(self, crop):
        self.looks += 1
        return (
            faces.face_points(z=23.0, size=crop.shape[1::-1]) if self.found else None
        )  # fills its crop as a face does

    def close(self):
        self.closed += 1


def looks_of(model, *, every=1.5, seconds=30.0, closely=False, nods=False):
    """How often the face model ran while somebody was watched."""
    finder, pose = HeadFinder(EstimatorSettings(), lambda: model), figures.person()
    picture = np.zeros((pose.height, pose.width, 3), np.uint8)
    for number in range(round(seconds / every)):
        spread = float(np.ptp(pose.points[:11], axis=0).max())
        now = shifted(pose, (0.0, 0.1 * spread * (number % 2)), Landmark.NOSE) if nods else pose
        finder(Frame(number * every, picture, closely=closely), now)
    return model.looks


def test_a_steady_head_is_looked_at_a_few_times_a_minute_and_a_moving_one_each_time():
    assert 3 <= looks_of(Faces()) <= 4
    assert looks_of(Faces(), nods=True) == 20
    assert looks_of(Faces(), nods=True, every=0.1, seconds=6.0) <= 16


def test_between_two_looks_at_a_moving_head_it_stays_what_it_was():
    model, pose = Faces(), figures.person()
    finder, picture = HeadFinder(EstimatorSettings(), lambda: model), np.zeros((pose.height, pose.width, 3), np.uint8)
    first = finder(Frame(0.0, picture), pose)
    nods = shifted(pose, (0.0, 0.1 * float(np.ptp(pose.points[:11], axis=0).max())), Landmark.NOSE)
    assert finder(Frame(0.1, picture), nods) == first
    assert model.looks == 1


def test_the_cameras_own_field_of_view_is_used():
    model, picture = Faces(), np.zeros((480, 640, 3), np.uint8)
    heads = [
        HeadFinder(EstimatorSettings(), lambda: model, wide).look(picture, figures.person()) for wide in (50.0, 90.0)
    ]
    assert [head.field_of_view for head in heads] == [50.0, 90.0]
    assert heads[0].z > heads[1].z


def test_the_face_model_is_freed_once_and_only_if_it_was_loaded():
    model = Faces()
    finder = HeadFinder(EstimatorSettings(), lambda: model)
    finder.close()
    assert model.closed == 0
    finder.look(np.zeros((480, 640, 3), np.uint8), figures.person())
    finder.close()
    finder.close()
    assert model.closed == 1


@pytest.mark.parametrize(("yaw", "looks"), [(0.0, 1), (40.0, 1), (80.0, 0), (-80.0, 0)])
def test_no_face_is_looked_for_in_profile(yaw, looks):
    model, pose = Faces(found=False), figures.person(yaw=yaw)
    found = HeadFinder(EstimatorSettings(), lambda: model).look(np.zeros((480, 640, 3), np.uint8), pose)
    assert (model.looks, found) == (looks, NoHead.NOT_FOUND if looks else NoHead.NOT_LOOKED)


def test_a_face_that_was_missed_and_a_posture_that_is_about_to_matter_are_looked_at_each_time():
    assert looks_of(Faces(found=False)) == 20
    assert looks_of(Faces(), closely=True) == 20


def test_a_head_is_looked_for_at_once_where_the_picture_has_another_size():
    model, pose = Faces(), figures.person()
    finder, half = HeadFinder(EstimatorSettings(), lambda: model), (pose.width // 2, pose.height // 2)
    finder(Frame(0.0, np.zeros((pose.height, pose.width, 3), np.uint8)), pose)
    smaller = replace(pose, points=pose.points / 2, width=half[0], height=half[1])
    found = finder(Frame(0.1, np.zeros((half[1], half[0], 3), np.uint8)), smaller)
    assert model.looks == 2
    assert found.center_x < half[0]


def test_a_face_model_that_cannot_be_loaded_is_reported_once_and_the_body_is_judged_without_it():
    told, pose = [], figures.person()

    def damaged():
        raise ModelError("The face model is damaged; install posturecam again")

    finder = HeadFinder(EstimatorSettings(), damaged, complain=told.append)
    picture = np.zeros((pose.height, pose.width, 3), np.uint8)
    assert [finder(Frame(t, picture), pose) for t in (0.0, 5.0)] == [NoHead.NOT_LOOKED] * 2
    assert told == ["The face model is damaged; install posturecam again. Until then your face is not used."]
