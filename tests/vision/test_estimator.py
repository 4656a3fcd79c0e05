"""Pictures to poses, with the real model."""

import itertools
from functools import cache

import cv2
import numpy as np
import pytest
from places import ROOT

from posturecam.config import resources
from posturecam.config.settings import EstimatorSettings, Settings
from posturecam.errors import ModelError
from posturecam.vision import landmarkers
from posturecam.vision.estimator import PoseEstimator
from posturecam.vision.follow import seat_of
from posturecam.vision.frame import Frame
from posturecam.vision.landmarkers import FaceLandmarks, Landmarker
from posturecam.vision.lazy_estimator import LazyEstimator
from posturecam.vision.pose import Landmark
from posturecam.vision.search.tracker import Tracker
from posturecam.vision.sources.video import VideoSource

GOLDEN = ROOT / "tests" / "data" / "golden"
FRONT = GOLDEN / "desk_m_upright_front_eye.jpg"

pytestmark = pytest.mark.usefixtures("kept_models")


@pytest.fixture(scope="module")
def front():
    return cv2.imread(str(FRONT))


@pytest.fixture
def estimator():
    with PoseEstimator() as opened:
        yield opened


@pytest.mark.smoke
def test_a_person_is_found_in_pixels_of_the_picture(estimator, front):
    pose = estimator(Frame(0.0, front))
    assert (pose.width, pose.height) == (640, 480)
    nose = pose.at(Landmark.NOSE)
    assert 250 < nose[0] < 390
    assert 50 < nose[1] < 300
    assert pose.at(Landmark.LEFT_SHOULDER)[0] > pose.at(Landmark.RIGHT_SHOULDER)[0]


def test_an_empty_picture_has_nobody(estimator):
    assert estimator(Frame(0.0, np.full((480, 640, 3), 90, np.uint8))) is None


@pytest.mark.parametrize("shape", [(1, 1), (1, 640), (8, 8), (16, 16), (17, 400), (4320, 7680)])
def test_an_empty_picture_of_any_size_has_nobody(estimator, shape):
    assert estimator(Frame(0.0, np.zeros((*shape, 3), np.uint8))) is None


def test_somebody_who_is_overlooked_in_the_whole_picture_is_found_and_followed_in_its_middle(front):
    picture = np.full((360, 960, 3), 90, np.uint8)
    picture[135:225, 420:540] = cv2.resize(front, (120, 90), interpolation=cv2.INTER_AREA)
    tracker = Tracker(Landmarker(EstimatorSettings(), video=True))
    first, *poses = [tracker.follow(Frame(look / 2, picture)) for look in range(4)]
    tracker.close()
    assert first is None  # the whole picture comes first
    for pose in poses:
        assert (pose.width, pose.height) == (960, 360)
        assert np.hypot(*(pose.at(Landmark.NOSE) - (480, 160))) < 20


def test_somebody_who_sits_at_the_side_is_found_after_nobody_was_there(estimator, front):
    picture = np.full((480, 1280, 3), 90, np.uint8)
    for look in range(3):
        assert estimator(Frame(look / 2, picture)) is None
    picture[:, :640] = front
    poses = [estimator(Frame(2 + look / 2, np.roll(picture, look % 2, axis=1))) for look in range(3)]
    assert poses[-1].at(Landmark.NOSE)[0] < 400


@pytest.mark.parametrize(("width", "height"), [(96, 72), (320, 240), (1000, 480), (480, 900), (5120, 3840)])
def test_a_person_is_found_in_pictures_of_any_size_and_shape(front, width, height):
    scale = min(width / 640, height / 480)
    person = cv2.resize(front, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    picture = np.full((height, width, 3), 120, np.uint8)
    picture[: person.shape[0], : person.shape[1]] = person
    with PoseEstimator() as estimator:
        pose = estimator(Frame(0.0, picture))
    assert (pose.width, pose.height) == (width, height)
    nose = pose.at(Landmark.NOSE) / scale
    assert 250 < nose[0] < 390
    assert 50 < nose[1] < 300


def test_a_large_picture_gives_the_same_person_at_its_own_scale(front):
    with PoseEstimator() as small, PoseEstimator() as large:
        one = small(Frame(0.0, front))
        four = large(Frame(0.0, cv2.resize(front, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)))
    np.testing.assert_allclose(four.points[:13] / 4, one.points[:13], atol=6)


def test_a_frame_without_a_picture_has_nobody(estimator):
    assert estimator(Frame(0.0, None, problem="the camera was unplugged")) is None


def test_time_that_stands_still_or_goes_back_is_not_an_error(estimator, front):
    for t in (5.0, 5.0, 5.0001, 2.0, 9.0):
        assert estimator(Frame(t, front)) is not None


def test_a_video_that_starts_again_is_seen_as_the_first_time():
    """As after a calibration from the beginning of a video, with the same estimator."""
    video = VideoSource(ROOT / "sample_videos" / "desk_side.mp4", rate=2, end=4)
    with PoseEstimator() as estimator:
        first, again = ([estimator(frame) for frame in video] for _ in range(2))
    for pose, once_more in zip(first, again, strict=True):
        np.testing.assert_allclose(once_more.points, pose.points, atol=0.1)
        np.testing.assert_allclose(once_more.visibility, pose.visibility, atol=0.001)


def test_somebody_who_sits_elsewhere_in_the_next_video_is_found(front):
    smaller = np.full_like(front, 120)
    smaller[240:, :320] = cv2.resize(front, (320, 240), interpolation=cv2.INTER_AREA)
    with PoseEstimator() as estimator:
        for look in range(24):
            assert estimator(Frame(look / 2, np.roll(front, look // 2 % 3 * 2, axis=0))) is not None
        poses = [estimator(Frame(look / 2, smaller)) for look in range(4)]
    assert None not in poses
    assert abs(seat_of(poses[-1]).x - 162) < 10


def test_a_head_of_the_last_video_is_not_given_to_somebody_who_comes_into_the_next(front):
    elsewhere, empty = np.full((480, 1280, 3), 120, np.uint8), np.full((480, 1280, 3), 120, np.uint8)
    first = elsewhere.copy()
    first[:, :640], elsewhere[:, 640:] = front, front[:, ::-1]  # another face
    with PoseEstimator() as estimator:
        assert estimator(Frame(5.0, first)).head.center_x < 640
        assert estimator(Frame(0.0, empty)) is None
        assert estimator(Frame(5.2, elsewhere)).head.center_x > 640


def two_people(front: np.ndarray, user_at: int, other_at: int, other: float) -> np.ndarray:
    """A wide picture with the user and another person, `other` times as large, at these left edges."""
    wide = np.full((480, 1280, 3), 120, np.uint8)
    small = cv2.resize(front[20:460, 140:500], None, fx=other, fy=other, interpolation=cv2.INTER_AREA)
    wide[60 : 60 + small.shape[0], other_at : other_at + small.shape[1]] = small
    wide[20:460, user_at : user_at + 360] = front[20:460, 140:500]
    return wide


@pytest.mark.parametrize("other", [0.45, 0.7])
def test_the_nearest_person_is_the_user(estimator, front, other):
    picture = two_people(front, 800, 100, other)
    pose = [estimator(Frame(t / 2, picture)) for t in range(8)][-1]
    assert 900 < seat_of(pose).x < 1060


def test_somebody_else_does_not_become_the_user_who_left(front):
    both, alone = two_people(front, 800, 100, 0.6), two_people(front, 800, 100, 0.6)
    alone[:, 700:] = 120
    with PoseEstimator() as estimator:
        for t in range(24):
            breathing = np.roll(both, t // 2 % 3, axis=0)
            assert seat_of(estimator(Frame(t / 2, breathing))).x > 900
        assert [estimator(Frame(12 + t / 2, alone)) for t in range(10)][3:] == [None] * 7
        back = [estimator(Frame(17 + t / 2, both)) for t in range(8)]
    assert seat_of(back[-1]).x > 900


@pytest.mark.parametrize("later", [(320, 180), (240, 180), (2560, 1440)])
def test_the_user_stays_known_when_the_camera_changes_the_size_of_its_pictures(front, later):
    """A camera that is reopened, or a call, may choose another size, and with 4:3 leave out what is at the sides."""
    wide = cv2.copyMakeBorder(cv2.resize(front, (960, 720)), 0, 0, 160, 160, cv2.BORDER_REPLICATE)
    with PoseEstimator() as estimator:
        for look in range(24):
            assert estimator(Frame(look / 2, np.roll(wide, look // 2 % 3 * 2, axis=0))) is not None
        cut = wide if later[0] * 9 == later[1] * 16 else wide[:, 160:-160]
        poses = [estimator(Frame(12 + look / 2, cv2.resize(cut, later))) for look in range(4)]
    assert [pose is not None and pose.width for pose in poses] == [later[0]] * 4


@pytest.mark.parametrize("camera", [{"device": "Side"}, {"rotate": 180}, {"flip": True}])
def test_a_place_in_one_cameras_picture_means_nothing_in_that_of_another(camera):
    estimator = LazyEstimator(Settings())
    assert estimator.serves(Settings(monitor={"mild_seconds": 300}))
    assert not estimator.serves(Settings(camera=camera))


def test_whatever_camera_is_found_the_place_in_the_picture_of_the_one_before_is_forgotten():
    """Settings that name no camera take the first one there is: at a dock, that may be another each time."""
    estimator = LazyEstimator(Settings(), camera="laptop")
    assert estimator.serves(Settings(), "laptop")
    assert not estimator.serves(Settings(), "monitor")


def test_a_photograph_on_the_wall_never_becomes_the_user(front):
    """As shared/cases/poster_0.7.mp4: the user leaves, and a photograph of somebody hangs beside the seat."""
    both, photograph = two_people(front, 800, 100, 0.7), two_people(front, 800, 100, 0.7)
    photograph[:, 700:] = 120
    with PoseEstimator() as estimator:
        for t in range(12):
            assert estimator(Frame(t, np.roll(both, t % 3, axis=0))) is not None
        left = [estimator(Frame(12 + t, noisy(photograph, t))) for t in range(50)]
    assert left[2:] == [None] * 48


@pytest.mark.parametrize(("at", "found_at"), [(380, 0), (400, 5)])
def test_a_large_photograph_beside_the_user_does_not_hide_them(at, found_at):
    """The tracker, which finds one person only, takes the one on the wall, or fails on both."""
    user, shown = (
        cv2.VideoCapture(str(ROOT / "sample_videos" / f"{name}.mp4")).read()[1] for name in ("leaves", "desk_front")
    )
    user = np.roll(user, -80, axis=1)
    user[10:330, at : at + 240] = cv2.resize(shown[60:440, 170:460], (240, 320))
    with PoseEstimator() as estimator:
        found = [estimator(Frame(1.5 * t, noisy(np.roll(user, t % 3, axis=0), t))) for t in range(found_at + 2)]
    assert 200 < seat_of(found[found_at]).x < 300
    assert 200 < seat_of(found[-1]).x < 300


BEHIND = ROOT / "tests" / "data" / "behind"
"""A rendered user with somebody standing behind them, upright and bent down (*validation* v01, oblique right)."""
UPRIGHT_NOSE, BENT_NOSE = (329, 159), (379, 207)
"""Where the user's nose is in both, pixels."""


def nose_in(pose):
    return None if pose is None else pose.at(Landmark.NOSE)


def test_somebody_behind_a_user_who_bends_down_is_not_taken_for_them():
    """The model loses a face that bends down, and finds the next one."""
    upright, bent = (cv2.imread(str(BEHIND / f"{name}.jpg")) for name in ("upright", "bent"))
    with PoseEstimator(EstimatorSettings(hold=0)) as estimator:
        for t in range(12):
            user = nose_in(estimator(Frame(t, np.roll(upright, t % 3, axis=0))))
            assert np.linalg.norm(user - UPRIGHT_NOSE) < 30
        while_bent = [nose_in(estimator(Frame(12 + t, np.roll(bent, t % 3, axis=0)))) for t in range(8)]
        after = [nose_in(estimator(Frame(20 + t, np.roll(upright, t % 3, axis=0)))) for t in range(4)]
    assert all(np.linalg.norm(nose - BENT_NOSE) < 40 for nose in while_bent[3:])
    assert all(np.linalg.norm(nose - UPRIGHT_NOSE) < 30 for nose in after[1:])


def test_a_user_who_rolls_back_is_not_taken_for_somebody_behind_them(front):
    far = np.full_like(front, 120)
    far[100:360, 330:637] = cv2.resize(front[:408, 80:562], (307, 260), interpolation=cv2.INTER_AREA)
    with PoseEstimator(EstimatorSettings(hold=0)) as estimator:
        for t in range(12):
            estimator(Frame(t, np.roll(front, t % 3, axis=0)))
        rolled = [estimator(Frame(12 + t, np.roll(far, t % 3, axis=0))) for t in range(6)]
    assert all(seat_of(pose).x == pytest.approx(490, abs=15) for pose in rolled)


@cache
def noise(shape, sigma):
    return np.random.default_rng(0).normal(0, sigma, shape).round().astype(np.int16)


def noisy(picture, seed, sigma=2.0):
    """Add a camera's noise: always the same values, shuffled, since new ones would take longer than the model."""
    moved = np.roll(noise(picture.shape, sigma), 997 * seed + 1)
    return np.clip(picture + moved, 0, 255).astype(np.uint8)


def settle(estimator, front):
    """Somebody breathes in front of the camera for twelve seconds, then sits as in `front`."""
    for t in range(24):
        estimator(Frame(t / 2, noisy(np.roll(front, t // 2 % 3, axis=0), t)))
    for t in range(4):
        pose = estimator(Frame(12 + t / 2, noisy(front, t)))
    return pose


def test_the_landmarks_hold_while_nothing_but_noise_changes_for_five_seconds_at_most(front):
    with PoseEstimator() as estimator:
        settle(estimator, front)
        poses = [estimator(Frame(14 + t / 2, noisy(front, 100 + t))) for t in range(40)]
    assert [pose.t for pose in poses] == [14 + t / 2 for t in range(40)]
    changes = [t / 2 for t in range(1, 40) if not np.array_equal(poses[t].points, poses[t - 1].points)]
    assert 3 <= len(changes) <= 5
    assert max(np.diff(changes)) <= 5


def test_the_landmarks_follow_at_once_when_somebody_moves(front):
    with PoseEstimator() as estimator:
        before = settle(estimator, front)
        estimator(Frame(14.0, noisy(front, 99)))
        after = estimator(Frame(14.5, noisy(np.roll(front, 16, axis=1), 100)))
    assert seat_of(after).x - seat_of(before).x == pytest.approx(16, abs=6)


def test_where_nothing_is_to_hold_every_picture_is_looked_at(front):
    with PoseEstimator(EstimatorSettings(hold=0)) as estimator:
        settle(estimator, front)
        poses = [estimator(Frame(14 + t / 2, noisy(front, 100 + t))) for t in range(6)]
    assert not any(np.array_equal(a.points, b.points) for a, b in itertools.pairwise(poses))


def test_a_missing_model_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(resources, "PLACES", ())
    with pytest.raises(ModelError, match=r"heavy.*python models/build.py heavy"):
        PoseEstimator(EstimatorSettings(model="heavy"))


def test_a_damaged_model_is_reported_in_one_line(monkeypatch, tmp_path):
    broken = tmp_path / "pose_landmarker_lite.task"
    broken.write_bytes(b"not a model")
    monkeypatch.setattr(resources, "model_path", lambda size: broken)
    with pytest.raises(ModelError, match="damaged") as refused:
        PoseEstimator()
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("model", ["pose_landmarker_lite.task", "face_landmarker.task"])
def test_a_byte_that_changed_within_a_model_is_seen_before_its_weights_are_used(monkeypatch, tmp_path, model):
    content = bytearray((ROOT / "models" / model).read_bytes())
    content[len(content) // 2] ^= 1
    broken = tmp_path / model
    broken.write_bytes(content)
    monkeypatch.setattr(resources, "model_path", lambda size: broken)
    monkeypatch.setattr(resources, "face_model_path", lambda: broken)
    with pytest.raises(
        ModelError, match=rf"{model} is damaged \(.*tflite is not as it was made\); install posturecam again"
    ):
        FaceLandmarks() if "face" in model else PoseEstimator()


def test_a_missing_system_library_is_reported_with_the_remedy(monkeypatch):
    from mediapipe.tasks.python.vision import PoseLandmarker

    def cannot(*_):
        raise OSError("libEGL.so.1: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(PoseLandmarker, "create_from_options", cannot)
    with pytest.raises(ModelError, match=r"libEGL.*apt install libegl1"):
        PoseEstimator()


@pytest.mark.parametrize(
    ("processors", "said"),
    [
        ("missing", r"because .*missing is missing or not readable; run: sudo mount -t proc proc"),
        (
            "",
            r"cannot load .*pose_landmarker_lite\.task on this computer \(CalculatorGraph::Run\(\) failed: +Failed to .*report",
        ),
    ],
)
def test_a_whole_model_that_the_library_cannot_load_is_not_called_damaged(monkeypatch, tmp_path, processors, said):
    """As where /proc is not mounted."""
    from mediapipe.tasks.python.vision import PoseLandmarker

    def cannot(*_):
        raise RuntimeError("CalculatorGraph::Run() failed: \nFailed to compile model")

    monkeypatch.setattr(PoseLandmarker, "create_from_options", cannot)
    monkeypatch.setattr(landmarkers, "PROCESSORS", tmp_path / processors)
    with pytest.raises(ModelError, match=said) as refused:
        PoseEstimator()
    assert "damaged" not in str(refused.value)


def test_closing_twice_is_fine():
    estimator = PoseEstimator()
    estimator.close()
    estimator.close()


def test_a_closed_estimator_says_so(front):
    """As where the ticks of `watch` are taken after its with block."""
    estimator = PoseEstimator()
    assert estimator(Frame(1.0, front)) is not None
    estimator.close()
    for t in (2.0, 0.0):
        with pytest.raises(ValueError, match="the estimator is closed"):
            estimator(Frame(t, front))
