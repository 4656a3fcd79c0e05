"""Whether reusing landmarks changes the alerts: every recording and the scripted hours, with and without it.

    python benchmarks/holding.py                       # recordings, and an hour of each group of the test people: ten minutes
    python benchmarks/holding.py --split tune --hours 0.5
    python benchmarks/holding.py --split tune --hours 0.5 --as-people-work --later 0.5    # the effect of checking half a second later

The estimator is the program's own, at the pace of its own loop; saved landmarks replace the model, and the movement of
the upper body replaces what the pictures would show of it. A minute of a recording is four of its seconds. Exits with 1
if an alert is missing, superfluous or more than a second late.
"""

from __future__ import annotations

import argparse
import bisect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import program

from posturecam.config.settings import EstimatorSettings, Settings
from posturecam.errors import CalibrationRefused
from posturecam.posture.assess import Judge
from posturecam.posture.baseline import Baseline
from posturecam.posture.calibration import learn, sample
from posturecam.posture.learned.weights import load_judge
from posturecam.posture.loop import watch
from posturecam.posture.monitor import Event, SlouchSustained
from posturecam.posture.view import View
from posturecam.vision import estimator as estimator_module
from posturecam.vision.estimator import PoseEstimator
from posturecam.vision.face.finder import HeadFinder
from posturecam.vision.follow import KnownPose, seat_of
from posturecam.vision.frame import Frame, Source, SourceInfo
from posturecam.vision.pose import Pose
from posturecam.vision.scene import CELLS, Glance, Stir
from posturecam.vision.sources.recording import RecordingSource

LATEST = 1.0
"""Most seconds by which an alert may be later."""
TIME_SCALE = 15.0
"""Time scale of the recordings, as in `sample_videos/README.md`."""
_UPRIGHT_UNTIL = 6.0
_UPPER_BODY = 13
_RECORDINGS = Path(__file__).parents[1] / "tests" / "data" / "recordings"

Looks = Callable[[float], Pose | None]
"""The person in front of the camera at a given time."""


class Stage(Source):
    """A live camera with somebody working in front of it, checked as often as the loop asks; its pictures are empty."""

    info = SourceInfo("stage", "stage", live=True)

    def __init__(self, looks: Looks, seconds: float, size: tuple[int, int], begins: float = 0.0) -> None:
        self._looks, self._until, self._pace, self._begins = looks, seconds, 0.5, begins
        self._image = np.zeros((size[1], size[0], 3), np.uint8)

    def pace(self, seconds: float) -> None:
        """Accept a pace, as a camera does."""
        self._pace = seconds

    def __iter__(self) -> Iterator[Frame]:
        t, cells = self._begins, np.zeros(CELLS, np.float32)
        while t < self._until:
            yield Frame(t, self._image, glance=Glance(t, cells, 255.0, 0))
            t += self._pace


class _Landmarks:
    """Replaces the landmarker."""

    def __init__(self, looks: Looks) -> None:
        self._looks, self.asked = looks, 0

    def follow(self, frame: Frame) -> Pose | None:
        self.asked += 1
        pose = self._looks(frame.t)
        return None if pose is None else replace(pose, t=frame.t)

    def search(self, frame: Frame) -> list[Pose]:
        pose = self.follow(frame)
        return [] if pose is None else [pose]

    def restart_on(self, frame: Frame, person: Pose) -> Pose:
        return person

    def close(self) -> None:
        return


@dataclass(frozen=True, slots=True)
class Held:
    """One period of work, watched once with reused landmarks and once without."""

    name: str
    seconds: float
    spared: float
    """Fraction of the checks for which the model was not run."""
    events: tuple[tuple[Event, ...], tuple[Event, ...]]
    """With reuse, and without."""

    @property
    def alerts(self) -> tuple[list[float], list[float]]:
        """Times of the sustained slouches, seconds."""
        held, all_ = ([one.t for one in events if isinstance(one, SlouchSustained)] for events in self.events)
        return held, all_

    @property
    def latest(self) -> float:
        """The largest delay of an alert, seconds; infinite if the alerts are not the same."""
        held, all_ = self.alerts
        return max((a - b for a, b in zip(held, all_, strict=True)), default=0.0) if len(held) == len(all_) else np.inf


def compare(
    name: str,
    looks: Looks,
    seconds: float,
    size: tuple[int, int],
    baselines: Mapping[View, Baseline],
    judge: Judge | None,
    later: float | None = None,
) -> Held:
    """Watch somebody's work with reuse and without, or, if `later` is given, without it and that many seconds later."""

    def went(known: KnownPose, glance: Glance) -> float:
        now = looks(glance.t)
        if now is None:
            return np.inf
        moved = now.points[:_UPPER_BODY] - known.pose.points[:_UPPER_BODY]
        return float(np.linalg.norm(moved, axis=1).max()) / seat_of(known.pose).size

    def watched(hold: float, begins: float = 0.0) -> tuple[float, tuple[Event, ...]]:
        settings, landmarks = Settings(estimator=EstimatorSettings(hold=hold)), _Landmarks(looks)
        alive = Stir(moved=True, seconds=2.0)
        with (
            mock.patch.object(estimator_module, "Landmarker", return_value=landmarks),
            mock.patch.object(KnownPose, "went", went),
            mock.patch.object(estimator_module, "stir", return_value=alive),
            mock.patch.object(HeadFinder, "__call__", lambda _self, _frame, pose: pose.head),
            PoseEstimator(settings.estimator, settings.follow) as estimator,
        ):
            ticks, events = 0, list[Event]()
            for tick in watch(Stage(looks, seconds, size, begins), estimator, baselines, settings, judge):
                ticks += 1
                events += tick.events
        return landmarks.asked / ticks, tuple(events)

    first = watched(EstimatorSettings().hold) if later is None else watched(0.0, later)
    (asked, events), (all_asked, wanted) = first, watched(0.0)
    return Held(name, seconds, 1 - asked / all_asked, (events, wanted))


def _nobody(_frame: Frame) -> Pose | None:
    """Replaces the estimator if all landmarks are recorded."""
    return None


def of_recording(path: Path) -> Held:
    """A recording as minutes of work."""
    settings = Settings()
    with RecordingSource(path) as source:
        frames = list(source)
    with RecordingSource(path) as source:
        ticks = [tick for tick in watch(source, _nobody, {}, settings) if tick.frame.t < _UPRIGHT_UNTIL]
    baseline = learn(
        [sample(tick.pose, tick.reading.view, tick.reading.measures) if tick.pose else None for tick in ticks],
        "stage", "stage", "", settings,
    )  # fmt: skip
    times = [frame.t * TIME_SCALE for frame in frames]
    first = next(frame.pose for frame in frames if frame.pose is not None)

    def looks(t: float) -> Pose | None:
        return frames[max(bisect.bisect_right(times, t) - 1, 0)].pose

    size = first.width, first.height
    return compare(path.stem, looks, times[-1], size, {baseline.view: baseline}, load_judge(settings))


def of_hours(split: str, model: str, hours: float, as_people_work: bool, later: float | None = None) -> Iterator[Held]:
    """The scripted hours of every group."""
    import random

    from scripts_of_work import LOOKS_A_SECOND, calibration_looks, looks_at, write_script
    from stills import ON_MAT, UPRIGHT, data_path, load
    from working_hours import SEED, Recording, calibrate

    settings = Settings()
    stills = load(data_path(split))
    at_desk = stills.where(stills.families() != ON_MAT)
    for group in at_desk.groups():
        mask = np.zeros(len(at_desk), np.bool_)
        mask[group] = True
        these = at_desk.where(mask)
        name = str(these.group[0])
        numbers = random.Random(f"{SEED}/{name}")
        by_posture = {str(one): np.flatnonzero(these.posture == one).tolist() for one in np.unique(these.posture)}
        script = write_script(by_posture, hours * 3600, numbers, as_people_work)
        recording = Recording(these, model, settings)
        first = list(calibration_looks(by_posture[UPRIGHT], numbers))
        shots = list(looks_at(script, by_posture, numbers, as_people_work))
        baselines, _refused = calibrate(recording, first)
        size = int(these.width[0]), int(these.height[0])

        def looks(t: float, shots: Sequence[Any] = shots, recording: Recording = recording) -> Pose | None:
            shot = shots[min(int(t * LOOKS_A_SECOND), len(shots) - 1)].shot
            return None if shot is None else recording.pose(shot)

        yield compare(name, looks, script.seconds, size, baselines, load_judge(settings), later)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--split", default="test", choices=("test", "tune"))
    options.add_argument("--model", default="lite", choices=("lite", "full"))
    options.add_argument("--hours", type=program.number, default=1.0, help="of each group; 0: recordings only")
    options.add_argument("--as-people-work", action="store_true")
    options.add_argument(
        "--later",
        type=program.above_zero,
        help="in place of holding: without it, all looks so many seconds later; what differs then is chance",
    )
    chosen = options.parse_args()
    found = []
    for path in sorted(_RECORDINGS.glob("*.npz")) if chosen.later is None else ():
        try:
            found.append(of_recording(path))
        except CalibrationRefused as refused:
            print(f"{path.stem}: {refused}")
            continue
        print(_line(found[-1]), flush=True)
    wrong = [one for one in found if one.latest > LATEST]
    if chosen.hours:
        hours = []
        for one in of_hours(chosen.split, chosen.model, chosen.hours, chosen.as_people_work, chosen.later):
            hours.append(one)
            if one.latest > LATEST:
                print(_line(one), flush=True)
        wrong += [one for one in hours if one.latest > LATEST]
        held, all_ = (sum(len(one.alerts[which]) for one in hours) for which in (0, 1))
        delays = [one.latest for one in hours if np.isfinite(one.latest)]
        print(
            f"{len(hours)} groups, {sum(one.seconds for one in hours) / 3600:.1f} hours: {held} alerts with holding, {all_} without; "
            f"at most {max(delays, default=0.0):.1f} s late in {len(delays)} of them; the model spared in "
            f"{np.mean([one.spared for one in hours]):.0%} of the looks"
        )
    return 1 if wrong else 0


def _line(one: Held) -> str:
    held, all_ = one.alerts
    return (
        f"{one.name:32} spared {one.spared:4.0%}  alerts {[round(t, 1) for t in held]} with holding, {[round(t, 1) for t in all_]} without; "
        f"events {len(one.events[0])} and {len(one.events[1])}"
    )


if __name__ == "__main__":
    program.run(main)
