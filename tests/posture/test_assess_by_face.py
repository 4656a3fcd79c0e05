"""Judging by the face in front of a camera: with a baseline, without one, and without a face."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes.frames import FramesInMemory, no_model
from figures import from_side, person
from hypothesis import given
from hypothesis import strategies as st
from scripts import events_of

from posturecam.config.settings import Settings
from posturecam.errors import CalibrationRefused
from posturecam.posture.assess import assess, deviation_of, turn_of
from posturecam.posture.boundary import boundary
from posturecam.posture.calibration import learn, sample
from posturecam.posture.front.judge import Held, Kind
from posturecam.posture.front.tallest import Tallest, follow_tallest
from posturecam.posture.loop import watch
from posturecam.posture.measures import Name, measure
from posturecam.posture.monitor import SlouchSustained
from posturecam.posture.reading import Circumstances
from posturecam.posture.reasons import Why
from posturecam.posture.view import View, apparent_yaw
from posturecam.vision.camera_place import as_before
from posturecam.vision.frame import Frame
from posturecam.vision.head import Head, NoHead, moved
from posturecam.vision.pose import Landmark
from posturecam.vision.sources.recording import RecordingSource

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
SETTINGS = Settings()
PIXEL = 0.1  # centimeters


def sitting(neck_height=20.0, pitch=5.0, away=70.0, roll=0.0, aside_of_shoulders=0.0, **how):
    """Somebody facing the camera, whose face was found this many centimeters above the shoulder line."""
    pose = person(neck=10, distance=0.75, **how)
    left, right = pose.at(Landmark.LEFT_SHOULDER), pose.at(Landmark.RIGHT_SHOULDER)
    x, y = (left + right) / 2 + (aside_of_shoulders / PIXEL, -neck_height / PIXEL)
    head = Head(0.0, 0.0, away, pitch, 0.0, roll, float(x), float(y), float(x), float(y) + 80, PIXEL, 0.3, 65.0)
    return replace(pose, head=head)


@pytest.fixture(scope="module")
def baseline():
    pose = sitting()
    looks = [sample(pose, View.FRONT, measure(pose, View.FRONT, SETTINGS), SETTINGS)] * 40
    return learn(looks, "cam", "Camera", "2026-11-28T10:00:00+00:00", SETTINGS)


def learned_with(faces, without):
    """The baseline from a calibration with this many checks that show the face, and this many that do not."""
    pose, bare = sitting(neck_height=17.0), replace(sitting(neck_height=17.0), head=NoHead.NOT_FOUND)
    looks = [
        sample(one, View.FRONT, measure(one, View.FRONT, SETTINGS), SETTINGS)
        for one in [pose] * faces + [bare] * without
    ]
    return learn(looks, "cam", "Camera", "2026-11-28T10:00:00+00:00", SETTINGS)


def judged(pose, baseline=None, settings=SETTINGS, **more):
    return assess(pose, View.FRONT, baseline, settings, known=Circumstances(**more)).deviation


def test_a_head_that_sank_is_reported_in_centimeters(baseline):
    found = judged(sitting(neck_height=15.0, away=60.0), baseline)
    assert found.value > 1
    assert (found.kind, found.cause) == (Kind.FORWARD, Name.NECK_HEIGHT)
    assert found.change == pytest.approx(-5.0)
    assert found.changes[Name.HEAD_DISTANCE] == pytest.approx(-10.0)
    assert judged(sitting(), baseline).value == pytest.approx(0, abs=0.05)


def test_looking_down_at_the_keys_is_not_a_slouch_and_a_slouch_with_the_chin_down_is_one(baseline):
    assert judged(sitting(neck_height=14.5, pitch=35.0, away=67.0), baseline).value < 1
    assert judged(sitting(neck_height=8.0, pitch=29.0, away=52.0), baseline).value > 1


def test_only_a_head_bent_farther_than_in_a_slouch_looks_down(baseline):
    sunk = {
        pitch: judged(sitting(neck_height=17.0, pitch=pitch), baseline).looking_down
        for pitch in (-20.0, 0.0, 10.0, 30.0)
    }
    assert sunk == {-20.0: False, 0.0: False, 10.0: False, 30.0: True}


def test_before_a_calibration_a_head_is_bent_compared_with_how_tall_somebody_was_seen_to_sit():
    chin_down = sitting(neck_height=17.0, pitch=30.0)
    assert not judged(chin_down, None).looking_down, "a high camera sees everybody like that"
    assert judged(chin_down, None, tallest=Held(20.0, 0.0)).looking_down
    assert not judged(chin_down, None, tallest=Held(18.0, 0.0)).looking_down, "hardly lower"
    assert not judged(chin_down, None, tallest=Held(20.0, 28.0)).looking_down
    assert not judged(sitting(neck_height=19.0), None, tallest=Held(23.0, -25.0)).looking_down, (
        "a level head after a look up"
    )


def test_before_a_calibration_dropping_the_chin_in_a_slouch_is_not_sitting_up():
    upright, slouched, phone = sitting(), sitting(neck_height=14.0, away=60.0), sitting(neck_height=13.0, pitch=35.0)
    poses = [upright] * 60 + [slouched] * 120 + [phone] * 60 + [slouched] * 30 + [upright] * 30
    frames = [Frame(t, recorded=True, pose=replace(pose, t=float(t))) for t, pose in enumerate(poses)]
    slouch, end = events_of(watch(FramesInMemory(frames), no_model, {}, SETTINGS))
    assert (slouch.since, end.t) == (pytest.approx(60, abs=2), pytest.approx(280, abs=3))


def test_a_bent_head_that_is_as_high_above_the_shoulders_as_when_upright_hides_nothing(baseline):
    """Whoever calibrated with the chin up, as with varifocals, seems to look down whenever the head is level."""
    assert not judged(sitting(neck_height=19.4, pitch=25.0), baseline).looking_down
    assert judged(sitting(neck_height=18.8, pitch=25.0, away=62.0), baseline).looking_down, "it came nearer as well"
    (slouch, end) = events_of(
        watch(
            FramesInMemory(
                [
                    Frame(t, recorded=True, pose=replace(pose, t=float(t)))
                    for t, pose in enumerate(
                        [sitting(neck_height=14.0)] * 120 + [sitting(neck_height=19.4, pitch=25.0)] * 60
                    )
                ]
            ),
            no_model,
            {View.FRONT: baseline},
            SETTINGS,
        )
    )
    assert isinstance(slouch, SlouchSustained)
    assert end.t == pytest.approx(130, abs=3)


@pytest.mark.parametrize(
    ("pose", "kind", "cause"),
    [
        (sitting(roll=25.0), Kind.SIDEWAYS, Name.HEAD_ROLL),
        (sitting(roll=25.0, aside_of_shoulders=3.0), Kind.SIDEWAYS, Name.HEAD_ROLL),
        (sitting(roll=3.0, aside_of_shoulders=11.0), Kind.SIDEWAYS, Name.HEAD_OFFSET),
        (sitting(away=42.0), Kind.NEAR, Name.HEAD_DISTANCE),
        (sitting(neck_height=15.0, away=72.0), Kind.DOWN, Name.NECK_HEIGHT),
    ],
)
def test_each_way_of_sitting_badly_is_recognized_as_what_it_is(baseline, pose, kind, cause):
    found = judged(pose, baseline)
    assert found.value > 1
    assert (found.kind, found.cause) == (kind, cause)


def test_a_face_missed_in_some_checks_of_the_calibration_is_learned_from_the_others():
    short_neck, sunk = sitting(neck_height=17.0), sitting(neck_height=14.0)
    learned = learned_with(faces=45, without=15)
    assert learned.samples == 60
    assert judged(short_neck, learned).value == pytest.approx(0, abs=0.05)
    assert judged(sunk, learned).change == pytest.approx(-3.0)


def test_a_face_found_in_few_checks_of_the_calibration_is_learned_if_they_are_enough_for_a_median():
    """In the dark, the face of somebody upright may be missed half of the time, and that of the same person slouching be found."""
    assert judged(sitting(neck_height=14.0), learned_with(faces=12, without=48)).change == pytest.approx(-3.0)
    assert learned_with(faces=4, without=56).front is None


def test_in_a_picture_of_another_shape_nearness_and_place_say_nothing_and_the_neck_does(baseline):
    """A phone that was turned: distances are computed from the width of the picture, which has changed."""

    def turned_phone(neck_height):
        pose = sitting(neck_height=neck_height, away=70.0 * 9 / 16)
        low = replace(pose.head, center_y=pose.head.center_y + 60, chin_y=pose.head.chin_y + 60)
        return replace(pose, width=pose.height, height=pose.width, head=low, points=pose.points + np.float32([0, 60]))

    assert judged(turned_phone(20.0), baseline, moved=False).value < 0.5
    assert judged(turned_phone(20.0), baseline, seat=70.0).value < 0.5
    assert judged(turned_phone(14.0), baseline, moved=False).value > 1


def test_where_the_chair_stands_is_not_learned_from_a_picture_of_another_shape(baseline):
    upright, turned = sitting(), replace(sitting(away=40.0), width=480, height=640)
    poses = [upright] * 150 + [turned] * 150 + [upright]
    frames = [Frame(float(t), recorded=True, pose=replace(pose, t=float(t))) for t, pose in enumerate(poses)]
    ticks = list(watch(FramesInMemory(frames), no_model, {View.FRONT: baseline}, SETTINGS))
    assert ticks[-1].reading.seat is None
    assert max(tick.reading.deviation.value for tick in ticks) < 0.5


def test_without_a_baseline_what_everybody_would_call_a_slouch_is_detected():
    assert judged(sitting(neck_height=13.0)).value > 1
    assert judged(sitting(neck_height=19.0)).value < 1
    assert judged(sitting(neck_height=13.0)).changes == {}


def test_without_a_baseline_a_lean_is_not_called_a_tilted_head():
    leaning, tilted = sitting(aside_of_shoulders=14.0), sitting(roll=25.0)
    assert (judged(leaning).kind, judged(leaning).cause) == (Kind.SIDEWAYS, Name.HEAD_OFFSET)
    assert (judged(tilted).kind, judged(tilted).cause) == (Kind.SIDEWAYS, Name.HEAD_ROLL)


def test_without_a_baseline_who_was_seen_to_sit_tall_is_judged_by_that():
    assert judged(sitting(neck_height=19.0)).value < 1
    assert judged(sitting(neck_height=19.0), tallest=Held(23.0, 5.0)).value > 1


def test_a_height_counts_as_held_after_ten_seconds_and_not_while_looking_up():
    state = Tallest()
    for second in range(60):
        up = 40 <= second < 44
        state = follow_tallest(state, float(second), 24.0 if up else 20.0, -20.0 if up else 5.0)
    assert state.held == Held(20.0, 5.0)
    assert follow_tallest(Tallest(), 0.0, 20.0, 5.0).held is None
    nodding = Tallest()
    for second in range(30):
        down = second % 2
        nodding = follow_tallest(
            nodding, float(second), 20.0 - 6.6 * down, 30.0 * down
        )  # shortened by as much as it is bent
    assert judged(sitting(neck_height=20.0), tallest=nodding.held).value < 0.5
    assert follow_tallest(Tallest(), 0.0, None, None).held is None


@pytest.mark.parametrize("first", ["sits", "looks at the phone"])
def test_looking_at_a_phone_for_a_minute_is_not_sitting_taller(first):
    """For a head bent by 40°, more is allowed than it came down."""
    state, t = Tallest(), 0.0
    sits, phone = (20.0, 2.0), (12.0, 42.0)
    for height, pitch in (sits, phone, sits) if first == "sits" else (phone, sits, phone):
        for _ in range(60):
            t += 1.0
            state = follow_tallest(state, t, height, pitch)
    assert state.held == Held(*sits)
    assert judged(sitting(neck_height=16.8), tallest=state.held).value > 1


def seen_to_sit(heights, every):
    """What is known after each of these neck heights (None where the shoulders were not seen), this many seconds apart."""
    state, found = Tallest(), []
    for look, height in enumerate(heights):
        state = follow_tallest(state, 1000.0 + every * look, height, 5.0)
        found.append(state.held)
    return found


@pytest.mark.parametrize(
    ("every", "after"), [(0.5, 16), (1.0, 8), (2.0, 4), (3.0, 4), (6.0, 4), (10.0, 4), (11.0, None)]
)
def test_a_height_is_held_once_five_checks_over_eight_seconds_show_it_on_battery_too(every, after):
    known = [held is not None for held in seen_to_sit([20.0] * 20, every)]
    assert (known.index(True) if any(known) else None) == after


def test_a_height_that_a_fifth_of_the_checks_do_not_reach_is_held():
    assert seen_to_sit([18.0] * 4 + [20.0] * 17, 0.5)[-1] == Held(20.0, 5.0)
    assert seen_to_sit([18.0] * 5 + [20.0] * 16, 0.5)[-1] == Held(18.0, 5.0)


def test_a_check_without_shoulders_says_nothing_of_the_height():
    assert seen_to_sit([20.0, None] * 10, 1.0)[-1] == Held(20.0, 5.0)
    assert seen_to_sit([None] * 20, 1.0)[-1] is None


def test_a_height_is_held_on_battery_though_the_face_is_found_in_half_of_the_checks():
    """There is a check every three seconds, so that faces are six or nine seconds apart."""
    found = seen_to_sit([20.0, None, None, 20.0, 20.0, None, 20.0, None, 20.0, None, None, 20.0, 20.0, None, 20.0], 3.0)
    assert found[-1] == Held(20.0, 5.0)
    glances_up = [20.0, None, 24.0, None, 20.0, None, 24.0, None, 20.0, None, 20.0]
    assert seen_to_sit(glances_up, 3.0)[-1] == Held(20.0, 5.0)


@pytest.mark.parametrize(
    ("absent", "seen", "slouching"),
    [(30, True, True), (180, True, False), (28_800, False, False)],
    ids=["a moment", "minutes", "a night"],
)
def test_without_a_baseline_who_sits_down_after_minutes_is_not_judged_by_who_sat_there_before(absent, seen, slouching):
    tall, shorter, came = sitting(neck_height=24.0), sitting(neck_height=19.0), 60 + absent
    poses = [(t, tall) for t in range(60)] + [(t, shorter) for t in range(came, came + 240)]
    poses += [(t, None) for t in range(60, came)] if seen else []
    frames = [
        Frame(t, recorded=True, pose=pose and replace(pose, t=t)) for t, pose in sorted(poses, key=lambda one: one[0])
    ]
    events = events_of(watch(FramesInMemory(frames), no_model, {}, SETTINGS))
    assert any(isinstance(event, SlouchSustained) for event in events) is slouching


def test_shoulders_out_of_the_picture_leave_the_place_of_the_head(baseline):
    upright, sunk = sitting(), sitting(neck_height=10.0)
    away = upright.points.copy()
    away[Landmark.LEFT_SHOULDER :] = float("nan")
    low = replace(upright, points=away, head=moved(upright.head, 0.0, 150.0))
    assert judged(replace(upright, points=away), baseline).value < 1
    assert judged(low, baseline).value > 1
    assert judged(low, baseline, moved=True).value is None  # with a moved camera, heads appear elsewhere
    assert judged(sunk, baseline).value > 1


def slid_back(away, neck_height=18.5, pitch=5.0):
    """Slid down and back, with the head this far away; a neck that leans back is as high as before."""
    back = sitting(neck_height=neck_height, away=away, pitch=pitch)
    points = back.points.copy()
    shoulders, ears = ([Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER], [Landmark.LEFT_EAR, Landmark.RIGHT_EAR])
    came_up = (
        points[shoulders, 1] - points[ears, 1]
    ) / 3  # to the ears, as the shoulders were raised or the ears came down
    points[:, 1] += 60
    points[shoulders, 1] -= came_up
    return replace(back, points=points, head=moved(back.head, 0.0, 60 - float(came_up[0])))


def test_nothing_jumps_as_the_head_goes_back(baseline):
    values = [judged(slid_back(away), baseline).value for away in np.arange(72.0, 88.0, 0.1)]
    assert np.abs(np.diff(values)).max() < 0.1


def test_sliding_down_and_back_is_detected_by_the_shoulders_while_the_camera_is_unknown(baseline):
    slid = slid_back(88.0)
    assert judged(slid, baseline, moved=True).value < 1
    found = judged(slid, baseline)
    assert found.value > 1
    assert found.probability > 0.5
    assert found.kind is Kind.DOWN


@pytest.mark.parametrize(
    ("neck_height", "cause", "change"), [(18.5, Name.NECK_HEIGHT, -1.5), (20.0, Name.SLUMP_INDEX, -1 / 3)]
)
def test_who_slid_back_is_told_the_neck_if_it_got_shorter_and_otherwise_the_shoulders(
    baseline, neck_height, cause, change
):
    found = judged(slid_back(88.0, neck_height), baseline)
    assert (found.kind, found.cause) == (Kind.DOWN, cause)
    assert found.change == pytest.approx(change, abs=0.01)
    assert found.probability == pytest.approx(0.5, abs=0.02), "the shoulders count half, and are certain"


def test_shoulders_are_not_asked_about_a_head_that_looks_down(baseline):
    slid = slid_back(88.0, pitch=35.0)
    assert judged(slid, baseline).looking_down
    assert judged(slid, baseline).value == judged(slid, baseline, moved=True).value


@pytest.mark.parametrize("known", [True, False], ids=["with a baseline", "without"])
@pytest.mark.parametrize("view", [View.FRONT, View.SIDE_RIGHT], ids=str)
def test_the_deviation_alone_is_that_of_the_whole_reading(baseline, view, known):
    upright = baseline if known else None
    faceless = replace(sitting(neck_height=15.0), head=NoHead.NOT_FOUND)
    turned = replace(sitting(), points=sitting().points[:, ::-1].copy())
    for pose in (
        sitting(neck_height=15.0),
        slid_back(88.0),
        faceless,
        from_side(neck=40),
        turned,
        upside_down(sitting()),
    ):
        whole = assess(pose, view, upright, SETTINGS).deviation
        assert deviation_of(pose, view, upright, SETTINGS, None, Circumstances()) == whole


def test_obliquely_only_changes_are_known():
    assert assess(sitting(), View.OBLIQUE_LEFT, None, SETTINGS).deviation.reason.code is Why.NO_BASELINE


def test_in_front_without_a_baseline_shoulders_below_the_picture_are_the_reason_and_not_the_missing_calibration():
    pose = sitting()
    assert judged(pose).value is not None  # a face in front needs no calibration
    cut = replace(pose, height=int(pose.at(Landmark.LEFT_SHOULDER)[1]) - 150)
    assert cut.head.center_y < cut.height
    assert judged(cut).reason.text == "your shoulders are outside the picture"


def test_who_shows_only_part_of_the_head_is_told_that_the_shoulders_are_missing(baseline):
    pose = replace(sitting(), head=NoHead.NOT_FOUND)
    points = pose.points.copy()
    points[Landmark.LEFT_SHOULDER :] = float("nan")
    bare = replace(pose, points=points)
    for learned in (None, baseline):
        found = assess(bare, View.UNKNOWN, learned, SETTINGS).deviation
        assert found.reason.text == "I cannot see both of your shoulders"
        assert assess(pose, View.UNKNOWN, learned, SETTINGS).deviation.reason.code is Why.VIEW_UNKNOWN


def test_where_no_face_is_seen_geometry_judges(baseline):
    faceless = replace(sitting(), head=NoHead.NOT_FOUND)
    found = assess(faceless, View.FRONT, baseline, SETTINGS)
    assert found.measures[Name.NECK_HEIGHT].value is None
    assert found.deviation.value == pytest.approx(0, abs=0.05)
    assert found.deviation.kind is None


def test_a_baseline_of_a_face_alone_says_so_where_no_face_is_seen():
    pose = sitting()
    points = pose.points.copy()
    points[Landmark.LEFT_SHOULDER :] = float("nan")
    bare = replace(pose, points=points)
    looks = [sample(bare, View.FRONT, measure(bare, View.FRONT, SETTINGS), SETTINGS)] * 40
    learned = learn(looks, "cam", "Camera", "2026-11-28T10:00:00+00:00", SETTINGS)
    assert judged(bare, learned).value < 1
    unseen = judged(replace(bare, head=NoHead.NOT_FOUND), learned).reason.text
    assert unseen == "I cannot see your face, which your calibration relies on"
    # With the camera moved, the place of a head without shoulders says nothing; but the face is seen.
    assert judged(bare, learned, moved=True).reason.text == "I cannot see both of your shoulders"
    first = assess(replace(bare, head=NoHead.NOT_FOUND), View.UNKNOWN, learned, SETTINGS).deviation
    assert first.reason.text == unseen
    assert judged(pose, learned, moved=True).reason.code is Why.NO_BASELINE
    wider = replace(pose, width=1280, height=720)
    assert judged(wider, learned, moved=True).reason.code is Why.CAMERA_MOVED


def test_where_nothing_shows_the_view_yet_you_read_what_is_not_seen(baseline):
    pose = sitting()
    visibility = pose.visibility.copy()
    visibility[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]] = 0.2
    hidden = replace(pose, visibility=visibility, head=NoHead.NOT_FOUND)
    assert apparent_yaw(hidden, SETTINGS) is None
    for learned in (None, baseline):
        reason = assess(hidden, View.UNKNOWN, learned, SETTINGS).deviation.reason
        assert reason.text == "I cannot see both of your shoulders"
    look = sample(hidden, View.UNKNOWN, measure(hidden, View.UNKNOWN, SETTINGS), SETTINGS)
    assert look.missing == "I cannot see both of your shoulders"


@given(st.sampled_from(("relaxed", "normal", "strict")), st.floats(0.75, 1.25))
def test_a_deep_slouch_is_detected_at_every_sensitivity_and_sooner_the_stricter_it_is(level, personal):
    pose = sitting()
    looks = [sample(pose, View.FRONT, measure(pose, View.FRONT, SETTINGS), SETTINGS)] * 40
    learned = learn(looks, "cam", "Camera", "2026-11-28T10:00:00+00:00", SETTINGS)
    chosen = Settings.model_validate({"sensitivity": {"level": level, "personal": personal}})
    assert judged(sitting(neck_height=12.0, away=50.0), learned, chosen).value > 1
    mild = sitting(neck_height=17.5, away=66.0)
    strict = Settings.model_validate({"sensitivity": {"level": "strict", "personal": 0.75}})
    assert judged(mild, learned, chosen).value <= judged(mild, learned, strict).value


def test_sensitivity_scales_the_angles_of_the_side_too():
    relaxed = Settings.model_validate({"sensitivity": {"level": "relaxed"}})
    pose = from_side(neck=30)
    usual = assess(pose, View.SIDE_RIGHT, None, SETTINGS).deviation.value
    assert assess(pose, View.SIDE_RIGHT, None, relaxed).deviation.value == pytest.approx(usual / 1.3, rel=0.01)


def test_a_recording_keeps_the_heads_and_the_slouch_is_detected_from_them():
    with RecordingSource(RECORDINGS / "desk_front.npz") as source:
        frames = list(source)
    assert sum(isinstance(frame.pose.head, Head) for frame in frames) > 0.9 * len(frames)
    with RecordingSource(RECORDINGS / "desk_front_low.npz") as source:  # made by 0.1.0
        assert {frame.pose.head for frame in source if frame.pose} == {NoHead.NOT_LOOKED}


def test_nobody_upright_is_reported_before_a_calibration():
    with RecordingSource(RECORDINGS / "desk_front.npz") as source:
        ticks = [tick for tick in watch(source, None, settings=SETTINGS) if tick.frame.t < 6]
    assert max(tick.reading.deviation.value or 0 for tick in ticks) < 1
    assert not any(isinstance(event, SlouchSustained) for tick in ticks for event in tick.events)


def under_a_lid(up, pose):
    """The same person once the lid was tilted up by these degrees."""
    seen = as_before(pose, -up)
    return replace(seen, beyond=False)


def shouldered(pose, seen):
    """The pose with or without its shoulders, as when they are below the picture."""
    points = pose.points.copy()
    points[Landmark.LEFT_SHOULDER : Landmark.LEFT_ELBOW] = pose.points[Landmark.LEFT_SHOULDER] if seen else float("nan")
    return pose if seen else replace(pose, points=points)


@pytest.mark.parametrize("up", [-14, -8, 8, 14])
def test_somebody_upright_under_a_tilted_lid_is_upright_and_somebody_slouched_is_slouched(baseline, up):
    upright, slouched = sitting(), sitting(neck_height=15.0, away=60.0)
    for pose, told in ((upright, False), (slouched, True)):
        straight = judged(pose, baseline).value
        undone = judged(under_a_lid(up, pose), baseline, moved=True, tilt=up).value
        assert undone == pytest.approx(straight, abs=0.25)
        assert (undone >= 1) is told


def lowered(pose, centimeters):
    """Head and shoulders lower by this, in the picture and in space."""
    down = np.array([0, centimeters / PIXEL], np.float32)
    return replace(pose, points=pose.points + down, head=moved(pose.head, 0, centimeters / PIXEL))


def test_under_a_tilted_lid_a_head_that_came_down_is_detected_without_shoulders(baseline):
    pose = shouldered(under_a_lid(8, lowered(sitting(), 9)), seen=False)
    assert judged(pose, baseline, moved=True).value is None, "nothing was said of it while the tilt was not known"
    assert judged(pose, baseline, moved=True, tilt=8).value > 1
    assert judged(shouldered(under_a_lid(8, sitting()), seen=False), baseline, moved=True, tilt=8).value < 1


@pytest.mark.parametrize("moved", [None, False, True])
@pytest.mark.parametrize("seat", [None, 60.0, 90.0])
@pytest.mark.parametrize("centimeters", [1, 4, 8])
def test_the_line_in_the_picture_agrees_with_the_reading(baseline, moved, seat, centimeters):
    """Also where it is known that the camera stayed, so that the head's place counts fully, and where the chair was moved."""
    pose, known = lowered(sitting(away=65.0), centimeters), Circumstances(moved=moved, seat=seat)
    reading = assess(pose, View.FRONT, baseline, SETTINGS, known=known)
    line = boundary(pose, View.FRONT, baseline, SETTINGS, known=known)
    assert line.excess == pytest.approx(reading.deviation.value - 1, abs=0.01)


def test_a_laptop_put_on_a_stand_is_not_a_slouch_though_it_looks_like_a_tilt(baseline):
    """All of the user is lower in the picture, and the background as if the lid had been tilted; the neck is as long as before."""
    assert judged(under_a_lid(2, lowered(sitting(), 10)), baseline, moved=True, tilt=2).value < 1


@pytest.mark.parametrize(
    ("head", "why"),
    [
        (NoHead.NOT_LOOKED, "face detection was off"),
        (NoHead.TOO_SMALL, "your face is too small in the picture"),
        (NoHead.NOT_FOUND, "I cannot see your face: it is turned away, bent down or hidden"),
        (NoHead.IMPLAUSIBLE, "I cannot read your face reliably"),
    ],
)
def test_measures_from_the_face_say_why_they_are_unknown(head, why):
    measures = assess(replace(sitting(), head=head), View.FRONT, None, SETTINGS).measures
    for name in (Name.HEAD_DISTANCE, Name.NECK_HEIGHT, Name.HEAD_PITCH):
        assert (measures[name].value, measures[name].reason.text) == (None, why)


def test_how_far_a_head_is_tilted_is_told_by_the_face_and_without_one_by_the_ears():
    for head, told in ((sitting(roll=12.0).head, 12.0), (NoHead.NOT_FOUND, 0.0)):
        measures = assess(replace(sitting(), head=head), View.FRONT, None, SETTINGS).measures
        assert measures[Name.HEAD_ROLL].value == pytest.approx(told, abs=0.5)


def upside_down(pose):
    """The body found upside down about the head, as in the dark; the face is where it was."""
    middle = pose.points[:11].mean(axis=0)
    return replace(pose, points=2 * middle - pose.points, world=pose.world * np.float32([-1, -1, 1]))


def test_an_upright_person_whose_body_was_found_upside_down_is_unknown_and_no_slouch(baseline):
    for pose in (upside_down(sitting()), upside_down(lowered(sitting(), 10))):
        for known in (baseline, None):
            found = assess(pose, View.FRONT, known, SETTINGS).deviation
            assert found.value is None
            assert found.reason.code in (Why.TURNED, Why.IMPLAUSIBLE)
        assert apparent_yaw(pose, SETTINGS) == 0.0  # the face shows that the camera is in front


@pytest.mark.parametrize("lower", [0, 10])
def test_an_upright_posture_is_not_learned_from_a_body_that_was_found_upside_down(lower):
    """Nor is anybody told to turn the camera where the face shows that the picture is the right way up."""
    pose = upside_down(lowered(sitting(), lower))
    assert turn_of(pose, SETTINGS) == (180 if lower else None)
    looks = [sample(pose, View.FRONT, measure(pose, View.FRONT, SETTINGS), SETTINGS)] * 40
    with pytest.raises(CalibrationRefused, match="cannot make out your body"):
        learn(looks, "cam", "Camera", "2026-11-28T10:00:00+00:00", SETTINGS)
