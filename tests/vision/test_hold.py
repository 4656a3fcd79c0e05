"""Reusing landmarks while nothing moves saves model runs and changes no event: the desk clips, as minutes of work."""

from dataclasses import replace

import numpy as np
import pytest
from fakes.frames import FramesInMemory
from places import ROOT

from posturecam.config.settings import EstimatorSettings, Settings
from posturecam.posture.calibration import learn, sample
from posturecam.posture.learned.weights import load_judge
from posturecam.posture.loop import watch
from posturecam.posture.monitor import SlouchSustained
from posturecam.vision import estimator as module
from posturecam.vision.estimator import PoseEstimator
from posturecam.vision.frame import Frame, Source, SourceInfo
from posturecam.vision.landmarkers import FaceLandmarks
from posturecam.vision.sources.recording import RecordingSource
from posturecam.vision.sources.video import VideoSource

RECORDINGS = ROOT / "tests" / "data" / "recordings"
TIME_SCALE = 15.0


class Work(Source):
    """A clip as minutes of work in front of a live camera, checked as often as the loop asks."""

    info = SourceInfo("work", "work", live=True)

    def __init__(self, frames):
        self.frames, self.seconds = frames, 0.5

    def pace(self, seconds):
        self.seconds = seconds

    def __iter__(self):
        times, t = [frame.t * TIME_SCALE for frame in self.frames], 0.0
        while t < times[-1]:
            yield replace(self.frames[int(np.searchsorted(times, t, side="right")) - 1], t=t)
            t += self.seconds


class Recorded:
    """The landmarker, with the landmarks recorded for the clip instead of the model."""

    def __init__(self, poses):
        self.times, self.poses, self.looks = np.array(list(poses)), poses, 0

    def follow(self, frame):
        self.looks += 1
        pose = self.poses[float(self.times[np.argmin(np.abs(self.times * TIME_SCALE - frame.t))])]
        return None if pose is None else replace(pose, t=frame.t)

    def search(self, frame):
        pose = self.follow(frame)
        return [] if pose is None else [pose]

    def restart_on(self, frame, person, others=(), margin=0.0):
        return person

    def close(self):
        pass


@pytest.fixture
def looked_at_once(monkeypatch):
    """The same picture is shown many times: its glance is always the same, and each crop is processed independently."""
    glances, glance_at = {}, module.glance_at

    def glance_once(t, image):
        if id(image) not in glances:
            glances[id(image)] = image, glance_at(t, image)  # the picture is kept so that no other one gets its id
        return replace(glances[id(image)][1], t=t)

    monkeypatch.setattr(module, "glance_at", glance_once)
    look, known = FaceLandmarks.__call__, {}

    def once(self, crop):
        key = crop.shape, crop.tobytes()
        if key not in known:
            known[key] = look(self, crop)
        return known[key]

    monkeypatch.setattr(FaceLandmarks, "__call__", once)


@pytest.mark.usefixtures("looked_at_once")
@pytest.mark.parametrize("name", ["desk_front", "desk_side", "desk_oblique", "low_light", "two_people", "leaves"])
def test_held_landmarks_give_the_same_events_and_no_alert_more_than_a_second_later(name, use_landmarker):
    with VideoSource(ROOT / "sample_videos" / f"{name}.mp4", rate=2) as source:
        frames = [Frame(frame.t, frame.image) for frame in source]
    with RecordingSource(RECORDINGS / f"{name}.npz") as source:
        recorded = list(source)
    poses = {frame.t: frame.pose for frame in recorded}
    looks = [
        sample(tick.pose, tick.reading.view, tick.reading.measures)
        for tick in watch(FramesInMemory([frame for frame in recorded if frame.t < 6]), None, {}, Settings())
    ]
    baseline = learn(looks, "work", "work", "", Settings())

    def watched(hold):
        # The face model does the same work for every clip: once is enough.
        settings = Settings(estimator=EstimatorSettings(hold=hold, face=name == "desk_front"))
        landmarker = Recorded(poses)
        use_landmarker(landmarker)
        with PoseEstimator(settings.estimator, settings.follow) as estimator:
            ticks = list(watch(Work(frames), estimator, {baseline.view: baseline}, settings, load_judge(settings)))
        return landmarker.looks / len(ticks), [event for tick in ticks for event in tick.events]

    (looks, events), (all_looks, wanted) = watched(5.0), watched(0.0)
    assert [type(event) for event in events] == [type(event) for event in wanted]
    alerts = [[event.t for event in listed if isinstance(event, SlouchSustained)] for listed in (events, wanted)]
    assert len(alerts[1]) == (name not in ("two_people", "leaves"))
    assert all(held - all_ <= 1.0 for held, all_ in zip(*alerts, strict=True))
    assert (
        looks < 0.9 * all_looks
    )  # obliquely a face is found in one picture and missed in the next, which is then checked again


def test_somebody_whose_landmarks_are_held_still_counts_as_live(use_landmarker):
    """Small movements between the few runs of the model count: without them the user was lost after 30 s."""
    with VideoSource(ROOT / "sample_videos" / "desk_side.mp4", end=0.2) as source:
        picture = next(iter(source)).image
    with RecordingSource(RECORDINGS / "desk_side.npz") as source:
        pose = next(frame.pose for frame in source)
    landmarker = Recorded({0.0: pose})
    use_landmarker(landmarker)
    breathing = [picture, np.roll(picture, 1, axis=1)]  # a pixel and back, always unchanged when the model runs
    with PoseEstimator(EstimatorSettings(face=False)) as estimator:
        seen = [estimator(Frame(1.5 * n, breathing[n % 4 in (1, 2)])) for n in range(80)]
    assert None not in seen
    assert landmarker.looks < 60
