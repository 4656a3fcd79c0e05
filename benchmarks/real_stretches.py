"""Stretches of real people: still pictures made into sessions, which the coach sees through the real model and judges.

    python benchmarks/real_stretches.py                      # the photographs of ../shared/footage/stretch
    python benchmarks/real_stretches.py --pictures FOLDER    # pictures of your own
    python benchmarks/real_stretches.py --pictures FOLDER --size 0.5

FOLDER holds a folder for each exercise, named after its id (`childs_pose`, `thoracic_stretch`), with pictures of people in
the finished pose; in each of these a folder `start`, with pictures of people in a pose to begin from; and a folder
`other`, with pictures of anything else. A session shows a start picture (of somebody else, each in turn; mirrored if they face
the other way), fades into the pose, shows it for the whole hold and fades back; a second session begins in the pose. All pictures
that do not show an exercise, including those of the other exercises, are its controls. Every picture gets new noise and breathes,
since nobody is as still as a photograph; `--size` shows them smaller, like people who are farther away.

It prints the shares counted, the pictures that were not counted, the controls that were, and the mistakes named. Choose no
thresholds by such pictures: they show how the coach does with people it was not developed on.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import program
from coach import FOLDS, PAIRS, PHOTOGRAPHS, share, short
from desk_break import breathing, noisy

from posturecam.coach import events as on
from posturecam.coach.loop import coach, for_stretching
from posturecam.config.settings import EstimatorSettings, Settings
from posturecam.errors import SourceError
from posturecam.vision.frame import Frame, Image, Source, SourceInfo
from posturecam.vision.pose import Landmark, Pose
from posturecam.vision.search.room_estimator import RoomEstimator
from posturecam.vision.sources.stills import pictures_of, read_picture
from tools.still_estimator import StillEstimator

RATE = 5.0
"""Pictures per second."""
STARTS, FADES, LONGER = 2.0, 1.0, 2.0
"""Seconds in the start pose, for a fade, and beyond the hold."""
CANVAS = (960, 720)
"""Width and height of what is shown, pixels."""
_BY_ITSELF = EstimatorSettings(model="full", detection_confidence=0.3)
"""How somebody is found in a picture by itself, as in `coach.photographs`."""
OTHER, START = "other", "start"
"""Folders of controls, and of start poses."""


@dataclass(frozen=True)
class Shown:
    """A picture as it is shown, and the way its person faces."""

    name: str
    image: Image
    facing: float
    """Positive to the right; 0 if nobody was found."""

    def facing_as(self, other: Shown) -> Image:
        """The picture, mirrored if the person faces the other way than the other one does."""
        return np.ascontiguousarray(self.image[:, ::-1]) if self.facing * other.facing < 0 else self.image


@dataclass
class Exercises:
    """Pictures by exercise: poses and start poses; and everything else."""

    poses: dict[str, list[Shown]] = field(default_factory=dict)
    starts: dict[str, list[Shown]] = field(default_factory=dict)
    others: list[Shown] = field(default_factory=list)


class Faded(Source):
    """Pictures one after another, each for some seconds, with fades between."""

    def __init__(self, parts: Sequence[tuple[float, Image]]) -> None:
        self.info = SourceInfo("pictures", "pictures", live=False)
        self._parts = parts

    def __iter__(self) -> Iterator[Frame]:
        random, index = np.random.default_rng(1), 0
        for number, (seconds, image) in enumerate(self._parts):
            shown = [image] * round(seconds * RATE)
            if number:
                before = self._parts[number - 1][1]
                steps = round(FADES * RATE)
                shown = [_mixed(before, image, n / steps) for n in range(1, steps)] + shown
            for one in shown:
                t = index / RATE
                index += 1
                yield Frame(t, noisy(breathing(one, t), random))


def _mixed(before: Image, after: Image, share: float) -> Image:
    return np.asarray(cv2.addWeighted(before, 1 - share, after, share, 0), np.uint8)


def held(name: str, pose: Shown, start: Shown, *, there: bool) -> tuple[bool, list[str]]:
    """Whether a session of one repetition is counted, and the mistakes that were named; `there`: it begins in the pose."""
    exercise = short(name)
    settings = for_stretching(Settings(), [exercise])
    up = start.facing_as(pose)
    hold = exercise.dose.hold + LONGER
    parts = [] if there else [(STARTS, up)]
    parts += [(hold + (STARTS if there else 0.0), pose.image), (STARTS + FADES, up)]
    faults: list[str] = []
    summary = None
    with RoomEstimator(settings.estimator, settings.follow) as estimator:
        for tick in coach(Faded(parts), estimator, [exercise], settings):
            faults += [event.fault for event in tick.events if isinstance(event, on.FaultSeen)]
            summary = tick.state.summary
    return summary is not None and summary.counted > 0, list(dict.fromkeys(faults))


def _facing(pose: Pose | None) -> float:
    """The way somebody faces: in all of these poses the knees are in front of the hips."""
    if pose is None:
        return 0.0
    knees = pose.points[[Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE], 0].mean()
    return float(knees - pose.points[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP], 0].mean())


def _fitted(image: Image, size: float) -> Image:
    """The whole picture in the middle of the canvas, continued to its edges."""
    width, height = CANVAS
    scale = size * min(width / image.shape[1], height / image.shape[0])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    left, top = (width - small.shape[1]) // 2, (height - small.shape[0]) // 2
    right, bottom = width - small.shape[1] - left, height - small.shape[0] - top
    return np.asarray(cv2.copyMakeBorder(small, top, bottom, left, right, cv2.BORDER_REPLICATE), np.uint8)


def _shown(file: Path, size: float, estimator: StillEstimator) -> Shown:
    image = read_picture(file)
    return Shown(file.stem, _fitted(image, size), _facing(estimator(image)))


def read(folder: Path, size: float) -> Exercises:
    """The pictures of a folder that is laid out as described above.

    Raises:
        SystemExit: if it has no picture of an exercise, or no start pose for one.
    """
    found = Exercises()
    with StillEstimator(_BY_ITSELF) as estimator:

        def every(one: Path) -> list[Shown]:
            try:
                return [_shown(file, size, estimator) for file in pictures_of(one).pictures]
            except SourceError:
                return []

        for name in FOLDS:
            if poses := every(folder / name):
                found.poses[name], found.starts[name] = poses, every(folder / name / START)
                if not found.starts[name]:
                    raise SystemExit(f"{folder / name / START} has no picture: a session needs a pose to start from")
        found.others = every(folder / OTHER)
    if not found.poses:
        raise SystemExit(f"{folder} has none of the folders {', '.join(FOLDS)} with pictures")
    return found


def photographs(folder: Path, size: float) -> Exercises:
    """The photographs of the reference footage, by the names in `coach.PAIRS`; those of no fold are controls."""
    with StillEstimator(_BY_ITSELF) as estimator:
        named = {file.stem: _shown(file, size, estimator) for file in pictures_of(folder).pictures}
    found = Exercises()
    taken: set[str] = set()
    for name, start, pose in PAIRS:
        if name in FOLDS and start:
            found.poses.setdefault(name, []).append(named[pose])
            found.starts.setdefault(name, []).append(named[start])
            taken.add(pose)
    found.others = [one for stem, one in named.items() if stem not in taken]
    return found


def report(found: Exercises, names: Sequence[str]) -> None:
    """Run every session of these exercises, print each result at once, and the table at the end."""
    rows: list[str] = []
    for name in (one for one in names if one in found.poses):
        poses = found.poses[name]
        starts = itertools.cycle(found.starts[name])
        ways: Mapping[bool, list[bool]] = {False: [], True: []}
        for pose in poses:
            start = next(starts)
            for there in ways:
                counted, faults = held(name, pose, start, there=there)
                ways[there].append(counted)
                way = "already there" if there else f"from {start.name}"
                told = ", ".join(faults) or "no mistake"
                print(f"{name}, {pose.name}, {way}: {'counted' if counted else 'NOT counted'}, {told}", flush=True)
        controls = [*found.others, *(one for other, more in found.poses.items() if other != name for one in more)]
        wrong = 0
        for one in controls:
            if held(name, one, next(starts), there=False)[0]:
                wrong += 1
                print(f"{name}, {one.name}: COUNTED", flush=True)
        rows.append(f"| {name} | {share(ways[False])} | {share(ways[True])} | {wrong}/{len(controls)} |")
    print("\n| exercise | from the start pose | already there | anything else counted |\n|---|---|---|---|")
    print("\n".join(rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=program.existing_folder, help="a folder of your own")
    parser.add_argument(
        "--size", type=program.above_zero, default=1.0, help="of the pictures, as a share of what is shown (1.0)"
    )
    parser.add_argument("--only", choices=FOLDS, action="append", help="this exercise")
    options = parser.parse_args()
    if options.pictures is None and not PHOTOGRAPHS.is_dir():
        sys.exit(f"{PHOTOGRAPHS} is not there; give --pictures")
    found = photographs(PHOTOGRAPHS, options.size) if options.pictures is None else read(options.pictures, options.size)
    report(found, options.only or FOLDS)


if __name__ == "__main__":
    program.run(main)
