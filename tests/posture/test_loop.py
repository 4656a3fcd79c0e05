"""The whole loop on landmarks recorded from rendered clips, and on the shipped clips themselves."""

from contextlib import contextmanager
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from baselines import baseline_of
from fakes.frames import FramesInMemory, no_model
from figures import from_side, person
from measured import ComparingAtOnce, measured_once
from places import ROOT
from scripts import events_of

from posturecam.config.settings import Settings
from posturecam.posture import loop
from posturecam.posture.calibration import learn, sample
from posturecam.posture.geometric.judge import Geometry
from posturecam.posture.learned.decision import LearnedJudge
from posturecam.posture.learned.weights import load_judge
from posturecam.posture.loop import pick, watch
from posturecam.posture.measures import Name
from posturecam.posture.monitor import CameBack, LeftDesk, Phase, SlouchEnded, SlouchSustained
from posturecam.posture.reading import Deviation
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View
from posturecam.vision.frame import Frame
from posturecam.vision.pose import Pose
from posturecam.vision.sources.recording import RecordingSource
from posturecam.vision.sources.video import VideoSource

RECORDINGS = ROOT / "tests" / "data" / "recordings"
SETTINGS = Settings()
TIME_SCALE = 15.0  # each second of the clips stands for fifteen seconds of work, see sample_videos/README.md
UPRIGHT_UNTIL = 6.5
SLUMPED = (20.0, 31.0)  # fully slumped, seconds of the clip
UP_AGAIN = 33.0
VIEWS = {
    "desk_front": View.FRONT, "desk_front_low": View.FRONT, "desk_oblique": View.OBLIQUE_RIGHT, "desk_side": View.SIDE_LEFT, "low_light": View.FRONT,
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def measures_kept():
    """The same landmarks serve all rates and judges."""
    with measured_once():
        yield


@cache
def recorded(name: str) -> list[Frame]:
    with RecordingSource(RECORDINGS / f"{name}.npz") as source:
        return list(source)


@cache
def stretched(name: str, rate: float, time_scale: float = 8.0) -> list[Frame]:
    """The frames of a recording at `time_scale` seconds for each second of the clip, interpolated to a rate per second."""
    frames = recorded(name)
    times = np.array([frame.t for frame in frames]) * time_scale
    points = np.stack([frame.pose.points for frame in frames])
    world = np.stack([frame.pose.world for frame in frames])
    visibility = np.stack([frame.pose.visibility for frame in frames])
    wanted = np.arange(times[0], times[-1], 1 / rate)
    after = np.clip(np.searchsorted(times, wanted, side="right"), 1, len(times) - 1)
    share = ((wanted - times[after - 1]) / (times[after] - times[after - 1])).astype(np.float32)
    made = []
    for t, index, part in zip(wanted, after, share, strict=True):
        mixed = [(1 - part) * one[index - 1] + part * one[index] for one in (points, visibility, world)]
        made.append(Frame(float(t), recorded=True, pose=Pose(float(t), 640, 480, *mixed)))
    return made


def learned(frames: list[Frame]):
    looks = [
        sample(tick.pose, tick.reading.view, tick.reading.measures)
        for tick in watch(
            FramesInMemory([frame for frame in frames if frame.t <= UPRIGHT_UNTIL]), no_model, {}, SETTINGS
        )
    ]
    baseline = learn(looks, "clip", "clip", "2026-11-22T10:00:00+00:00", SETTINGS)
    return {baseline.view: baseline}


JUDGES = {"geometry": None, "learned": load_judge(SETTINGS)}


@pytest.fixture(scope="module", params=sorted(VIEWS))
def clip(request):
    frames = recorded(request.param)
    return request.param, frames, learned(frames)


@pytest.fixture(params=JUDGES)
def judge(request):
    return JUDGES[request.param]


def at_work_time(frames: list[Frame]) -> list[Frame]:
    return [
        Frame(
            frame.t * TIME_SCALE,
            recorded=True,
            pose=frame.pose
            and Pose(frame.t * TIME_SCALE, 640, 480, frame.pose.points, frame.pose.visibility, frame.pose.world),
        )
        for frame in frames
    ]


def test_the_view_is_right(clip):
    name, _, baselines = clip
    assert list(baselines) == [VIEWS[name]]


def test_one_slouch_raises_an_alert_and_the_glances_do_not(clip, judge):
    _, frames, baselines = clip
    events = events_of(watch(FramesInMemory(at_work_time(frames)), no_model, baselines, SETTINGS, judge))
    assert [type(event) for event in events] == [SlouchSustained, SlouchEnded]
    told, over = events
    assert 16 * TIME_SCALE < told.since < SLUMPED[0] * TIME_SCALE
    assert told.t < (SLUMPED[0] + 5.5) * TIME_SCALE
    assert SLUMPED[1] * TIME_SCALE < over.t < (UP_AGAIN + 1.5) * TIME_SCALE


def by_the_estimate_alone(pose, view, baseline, geometry, settings, moved):
    """The learned judge where geometry has no answer, so that nothing stands in for the estimate."""
    nothing = Geometry(Deviation(None, Reason(Why.NOT_SEEN, "head_and_shoulders")))
    return JUDGES["learned"](pose, view, baseline, nothing, settings, moved)


def test_from_the_front_the_learned_estimate_alone_answers_every_look_and_finds_the_slouch():
    frames = recorded("desk_front")
    at_work = FramesInMemory(at_work_time(frames))
    ticks = list(watch(at_work, no_model, learned(frames), SETTINGS, by_the_estimate_alone))
    assert {tick.reading.deviation.value is None for tick in ticks} == {False}
    assert [type(event) for event in events_of(ticks)] == [SlouchSustained, SlouchEnded]


def test_sitting_upright_is_never_drifting(clip, judge):
    _, frames, baselines = clip
    quiet = [(0.5, 6.8), (10, 11.8), (14.5, 15.8), (36, 38)]
    for tick in watch(FramesInMemory(at_work_time(frames)), no_model, baselines, SETTINGS, judge):
        if any(start <= tick.frame.t / TIME_SCALE <= end for start, end in quiet):
            assert tick.state.phase is Phase.UPRIGHT, tick.frame.t / TIME_SCALE


@contextmanager
def reading_once():
    """A reading depends only on the frame and the view, so one reading serves at all rates."""
    read, kept = loop.read, {}

    def once(frame, pose, view, *rest):
        key = id(frame), view
        if key not in kept:
            kept[key] = read(frame, pose, view, *rest)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "read", once)
        yield


@pytest.mark.parametrize("name", ["desk_front", "desk_side"])
def test_the_same_recording_gives_the_same_events_at_2_5_15_and_30_a_second(name):
    frames = recorded(name)
    baselines = learned(frames)
    full = stretched(name, 30)  # the slower ones are subsets of these
    model = JUDGES["learned"].model
    model = ComparingAtOnce(model.absolute, model.change, [frame.pose for frame in full])
    for judge in (None, LearnedJudge(model)):  # one after another: both need the same measures
        with reading_once():
            told = {
                rate: events_of(watch(FramesInMemory(full[:: 30 // rate]), no_model, baselines, SETTINGS, judge))
                for rate in (2, 5, 15, 30)
            }
        for rate, events in told.items():
            assert [type(event) for event in events] == [SlouchSustained, SlouchEnded]
            for event, other in zip(events, told[30], strict=True):
                assert event.t == pytest.approx(other.t, abs=1 / rate + 1e-6)


@pytest.mark.parametrize(
    ("measure", "most", "change", "answered"),
    # Mean absolute error of the angle and of its change from upright, degrees: a little above the 7.0 / 2.3, 2.3 / 0.5 and
    # 6.4 / 1.2 measured on 2026-11-22, to notice a change. The craniovertebral angle is not estimated in the deepest slump.
    [
        (Name.NECK_INCLINATION, 7.5, 3.0, 0.99),
        (Name.TRUNK_INCLINATION, 2.8, 1.0, 0.99),
        (Name.CRANIOVERTEBRAL_ANGLE, 7.0, 1.8, 0.85),
    ],
)
def test_the_side_view_follows_the_true_angles(measure, most, change, answered):
    truth = np.genfromtxt(ROOT / "sample_videos" / "desk_side.truth.csv", delimiter=",", names=True)
    times, errors = [], []
    for tick in watch(FramesInMemory(recorded("desk_side")), no_model, {}, SETTINGS):
        now = truth[int(np.argmin(abs(truth["t"] - tick.frame.t)))]
        value = tick.reading.measures[measure].value
        if value is not None:
            times.append(tick.frame.t)
            errors.append(value - now[measure.value])
    errors, upright = np.array(errors), np.array(times) < UPRIGHT_UNTIL
    assert len(errors) >= answered * len(truth)
    assert np.mean(np.abs(errors)) < most
    assert np.mean(np.abs(errors - np.median(errors[upright]))) < change


@pytest.mark.usefixtures("kept_models")
@pytest.mark.parametrize("name", ["desk_front", "desk_side"])
def test_the_shipped_clips_give_the_same_through_the_real_model(name):
    from posturecam.vision.estimator import PoseEstimator

    path = ROOT / "sample_videos" / f"{name}.mp4"
    baselines = learned(recorded(name))
    with PoseEstimator() as estimator, VideoSource(path, rate=5 / TIME_SCALE, time_scale=TIME_SCALE) as source:
        events = events_of(watch(source, estimator, baselines, SETTINGS))
    assert [type(event) for event in events] == [SlouchSustained, SlouchEnded]


def test_leaving_and_coming_back_is_recognized_as_that_and_not_as_a_slouch(judge):
    frames = recorded("leaves")
    events = events_of(
        watch(FramesInMemory(frames), no_model, learned([f for f in frames if f.t < 5.5]), SETTINGS, judge)
    )
    assert [type(event) for event in events] == [LeftDesk, CameBack]
    left, back = events
    assert 8 < left.t < 14.5
    assert 14.5 < back.t < 18


def test_somebody_who_walks_past_behind_changes_nothing(judge):
    frames = recorded("two_people")
    baselines = learned([f for f in frames if f.t < 4.5])
    ticks = list(watch(FramesInMemory(at_work_time(frames)), no_model, baselines, SETTINGS, judge))
    assert events_of(ticks) == []
    passing = [tick for tick in ticks if 5 < tick.frame.t / TIME_SCALE < 12]
    assert {tick.state.phase for tick in passing} == {Phase.UPRIGHT}


@pytest.mark.smoke
def test_a_side_view_is_judged_without_any_baseline():
    events = events_of(watch(FramesInMemory(at_work_time(recorded("desk_side"))), no_model, {}, SETTINGS))
    assert [type(event) for event in events] == [SlouchSustained, SlouchEnded]


def test_a_front_view_without_a_baseline_is_judged_by_the_face():
    ticks = list(watch(FramesInMemory(recorded("desk_front")), no_model, {}, SETTINGS))
    assert {Phase.UPRIGHT, Phase.DRIFTING} <= {tick.state.phase for tick in ticks}
    assert not any(tick.reading.compared for tick in ticks)


def test_a_front_view_without_a_baseline_and_a_face_says_that_it_needs_one():
    recorded_before_faces = FramesInMemory(recorded("desk_front_low"))
    ticks = list(watch(recorded_before_faces, no_model, {}, SETTINGS))
    assert {tick.state.phase for tick in ticks} == {Phase.UNKNOWN}
    assert "calibrate" in ticks[50].reading.deviation.reason.text


@pytest.mark.parametrize(
    ("view", "nearest", "other"),
    [
        (View.FRONT, View.OBLIQUE_RIGHT, View.SIDE_RIGHT),
        (View.OBLIQUE_LEFT, View.FRONT, View.SIDE_LEFT),
        (View.OBLIQUE_LEFT, View.FRONT, View.OBLIQUE_RIGHT),
        (View.OBLIQUE_LEFT, View.SIDE_LEFT, View.SIDE_RIGHT),
        (View.UNKNOWN, View.FRONT, View.OBLIQUE_RIGHT),
        (View.UNKNOWN, View.OBLIQUE_RIGHT, View.SIDE_RIGHT),
    ],
)
def test_without_a_baseline_of_its_own_a_view_is_compared_with_the_nearest_whichever_was_learned_first(
    view, nearest, other
):
    upright = baseline_of(person(), View.FRONT)
    learned = {one: replace(upright, view=one) for one in (nearest, other)}
    assert pick(learned, view) is learned[nearest]
    assert pick(dict(reversed(learned.items())), view) is learned[nearest]


def test_an_upright_posture_learned_while_nobody_moves_counts_from_the_next_check_on():
    pose, baselines, compared = person(), {}, []
    frames = [Frame(float(t), recorded=True, pose=replace(pose, t=float(t))) for t in range(20)]
    for tick in watch(FramesInMemory(frames), no_model, baselines, SETTINGS):
        compared.append(tick.reading.compared)
        if tick.frame.t == 9:
            baselines[View.FRONT] = baseline_of(pose, View.FRONT)
    assert compared == [False] * 10 + [True] * 10


def test_a_frame_with_a_problem_is_neither_good_nor_bad():
    frames = [Frame(t / 2, problem="the camera was unplugged") for t in range(60)]
    ticks = list(watch(FramesInMemory(frames), lambda frame: None, {}, SETTINGS))
    assert ticks[-1].state.phase is Phase.UNKNOWN
    assert ticks[-1].reading.deviation.reason.text == "the camera was unplugged"


def test_the_model_is_asked_to_look_closely_while_the_posture_is_about_to_matter():
    picture, closely = np.zeros((48, 64, 3), np.uint8), {}

    def found(frame):
        closely[frame.t] = frame.closely
        return None if frame.t >= 260 else from_side(frame.t, neck=5 if frame.t < 30 or frame.t >= 200 else 40)

    phases = {
        tick.frame.t: tick.state.phase
        for tick in watch(FramesInMemory([Frame(float(t), picture) for t in range(320)]), found, {}, SETTINGS)
    }
    assert phases[20] is phases[250] is Phase.UPRIGHT
    assert (phases[60], phases[190], phases[319]) == (Phase.DRIFTING, Phase.SLOUCHING, Phase.AWAY)
    assert closely[0], "nothing is known yet"
    told = {t: closely[t] for t in (20, 30, 31, 32, 60, 190, 250, 319)}
    assert told == {20: False, 30: False, 31: True, 32: True, 60: True, 190: False, 250: False, 319: False}


def by_face(frames: list[Frame], rate: float | None = None) -> list[Frame]:
    """The frames at work time with the heads that were found; at a rate, each lasts until something newer was recorded."""
    times = [frame.t * TIME_SCALE for frame in frames]
    wanted = times if rate is None else np.arange(times[0], times[-1], 1 / rate).tolist()
    latest = [frames[int(np.searchsorted(times, t, side="right")) - 1].pose for t in wanted]
    return [Frame(t, recorded=True, pose=pose and replace(pose, t=t)) for t, pose in zip(wanted, latest, strict=True)]


@pytest.mark.parametrize("name", ["desk_front", "low_light"])
def test_by_the_face_one_slouch_raises_an_alert_and_the_glances_do_not(name):
    frames = recorded(name)
    baselines = learned(frames)
    events = events_of(watch(FramesInMemory(by_face(frames)), no_model, baselines, SETTINGS))
    assert [type(event) for event in events] == [SlouchSustained, SlouchEnded]
    told, over = events
    assert 16 * TIME_SCALE < told.since < SLUMPED[0] * TIME_SCALE
    assert SLUMPED[1] * TIME_SCALE < over.t < (UP_AGAIN + 1.5) * TIME_SCALE


def test_by_the_face_the_same_recording_gives_the_same_events_at_2_5_15_and_30_a_second():
    frames = recorded("desk_front")
    baselines = learned(frames)
    full = by_face(frames, 30)
    with reading_once():
        told = {
            rate: events_of(watch(FramesInMemory(full[:: 30 // rate]), no_model, baselines, SETTINGS))
            for rate in (2, 5, 15, 30)
        }
    for rate, events in told.items():
        assert [type(event) for event in events] == [SlouchSustained, SlouchEnded]
        for event, other in zip(events, told[30], strict=True):
            # Each rate sees only its own frames, and builds its past from these.
            assert event.t == pytest.approx(other.t, abs=2 / rate + 1 / 30 + 1e-6)


def test_by_the_face_one_slouch_raises_an_alert_without_any_baseline():
    events = events_of(watch(FramesInMemory(by_face(recorded("desk_front"))), no_model, {}, SETTINGS))
    assert [type(event) for event in events] == [SlouchSustained, SlouchEnded]
