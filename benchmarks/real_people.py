"""Real people in front of a frontal camera: which held slouches are detected, and which upright postures raise false alerts.

    python benchmarks/real_people.py --landmarks three_people.npz
    python benchmarks/real_people.py --pictures FOLDER/upright FOLDER/slouched

The file holds what the models found in bursts of pictures (`bursts_of_landmarks` names its arrays), and is not part of the project; the folders
hold pictures of one person, each sub-folder a burst, or each picture one. A third of each person's upright pictures,
drawn anew for every seed, is the baseline; with `--baseline burst` it is a single burst of them, as in use, where a
calibration sees one sitting. Then the pictures of one burst, excluding those of the baseline, are repeated at 2 a
second for 200 s, after 20 s of the baseline's own. A burst counts as detected if the monitor reported a slouch in it.

`program` is the program as it is, with the spread limit of the calibration lifted, since the cameras of such sets are
moved between bursts; if there are pictures, it knows from the background whether they were. `no baseline` is the
program before any calibration; `without a face` is the program as if no face were ever seen, using the learned
estimator and geometry together, and `geometry` uses geometry alone. Nothing in the program is fitted on these people.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import program
from numpy.typing import NDArray

from posturecam.config.settings import EstimatorSettings, Settings
from posturecam.errors import CalibrationRefused
from posturecam.posture.assess import Judge, assess
from posturecam.posture.baseline import Baseline
from posturecam.posture.calibration import learn, sample
from posturecam.posture.front.judge import FrontUpright
from posturecam.posture.front.seat import UprightSeat, follow_seat
from posturecam.posture.front.tallest import Tallest, follow_tallest
from posturecam.posture.front.thresholds import thresholds
from posturecam.posture.learned.weights import load_judge
from posturecam.posture.measures import Name, measure
from posturecam.posture.monitor import MonitorState, SlouchSustained, step
from posturecam.posture.reading import Circumstances, Deviation, Reading
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View, ViewState, apparent_yaw, classify, follow_view
from posturecam.vision.camera_place import CameraPlace, follow_camera
from posturecam.vision.face.finder import find_head, head_pose
from posturecam.vision.head import HeadLook, NoHead
from posturecam.vision.landmarkers import FaceLandmarks
from posturecam.vision.pose import Pose
from posturecam.vision.scene import Glance, Signature
from posturecam.vision.sources.opencv import glance_at
from posturecam.vision.sources.stills import pictures_of, read_picture
from tools.still_estimator import StillEstimator

UPRIGHT, SLOUCHED = "upright", "slouched"
THIRD, BURST = "third", "burst"
LEAST_LOOKS = 10
"""Pictures of a burst that serves as a baseline by itself: fewer are no calibration."""
RATE = 2.0
"""Pictures per second."""
BEFORE, HELD = 20.0, 200.0
"""Seconds of upright pictures, then of the burst."""
FIELD_OF_VIEW = 65.0
"""Horizontal degrees, assumed if unknown."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What the models found in one picture; a pose of None means nobody."""

    pose: Pose | None
    view: View
    """From this picture alone."""
    glance: Glance | None = None
    """The picture's glance, if there is one."""


@dataclass(frozen=True, slots=True, eq=False)
class Burst:
    """Pictures of one person in one posture."""

    person: str
    label: str
    number: str
    looks: tuple[Look, ...]


def look(pose: Pose | None, head: HeadLook, settings: Settings, glance: Glance | None = None) -> Look:
    if pose is None:
        return Look(None, View.UNKNOWN, glance)
    pose = dataclasses.replace(pose, head=head)
    return Look(pose, classify(apparent_yaw(pose, settings), settings.view), glance)


_NEEDED = ("person", "label", "burst", "width", "height", "face_cropped")
"""Arrays without which a file is not one of landmarks of real people."""


def arrays_of(file: Path) -> dict[str, NDArray[Any]]:
    """All arrays of a file of landmarks."""
    with program.reading(file, "landmarks of real people"), np.load(file, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in (*_NEEDED, *arrays.files)}


def bursts_of_landmarks(
    data: Mapping[str, NDArray[Any]], model: str, settings: Settings, field_of_view: float = FIELD_OF_VIEW
) -> list[Burst]:
    """The bursts of a file of landmarks, in which each of n pictures has a row.

    Args:
        data: `person`, `label` (upright or slouched) and `burst` (a number), of shape (n,); `width` and `height`, pixels, (n,); what the pose
            model found, such as `lite_found`, (n,), `lite_points`, (n, 33, 2), pixels, `lite_visibility`, (n, 33), and `lite_world`,
            (n, 33, 3), meters; and `face_cropped`, (n, 478, 3), the face's points, pixels, NaN where there is none.
        model: The pose model whose arrays to read, "lite" or "full".
        settings: Every threshold.
        field_of_view: Horizontal degrees of the cameras.
    """
    looks = []
    for row in range(len(data["person"])):
        size = int(data["width"][row]), int(data["height"][row])
        pose, head = None, NoHead.NOT_FOUND
        if data[f"{model}_found"][row]:
            found = [data[f"{model}_{part}"][row].astype(np.float32) for part in ("points", "visibility", "world")]
            pose = Pose(0.0, *size, *found)
        points = data["face_cropped"][row, :, :2].astype(np.float64)
        face = head_pose(points, size, field_of_view) if np.isfinite(points).all() else head
        looks.append(look(pose, face, settings))
    keys = list(
        dict.fromkeys(zip(data["person"].tolist(), data["label"].tolist(), data["burst"].tolist(), strict=True))
    )
    rows = [
        np.flatnonzero((data["person"] == who) & (data["label"] == label) & (data["burst"] == which))
        for who, label, which in keys
    ]
    return [
        Burst(who, label, str(which), tuple(looks[row] for row in mine))
        for (who, label, which), mine in zip(keys, rows, strict=True)
    ]


def bursts_of_pictures(upright: Path, slouched: Path, model: str, settings: Settings) -> Iterator[Burst]:
    chosen = EstimatorSettings.model_validate({"model": model})
    with StillEstimator(chosen) as estimator, FaceLandmarks() as faces:

        def seen(file: Path) -> Look:
            image = read_picture(file)
            pose = estimator(image)
            head = NoHead.NOT_LOOKED if pose is None else find_head(image, pose, faces, FIELD_OF_VIEW)
            return look(pose, head, settings, glance_at(0.0, image))

        for label, folder in ((UPRIGHT, upright), (SLOUCHED, slouched)):
            inner = sorted(path for path in folder.iterdir() if path.is_dir())
            groups = [pictures_of(path).pictures for path in inner] or [[file] for file in pictures_of(folder).pictures]
            for files in groups:
                name = files[0].parent.name if inner else files[0].stem
                yield Burst("person", label, name, tuple(seen(file) for file in files))


Says = Callable[[Look, View, Circumstances], Reading]
"""Takes a check, the current view, the greatest neck height held so far, whether the camera was moved, how far it was
tilted, and how far away they sit; returns the judge's reading, without a meaningful time."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A judge, and what it knows about the camera's position."""

    says: Says
    background: Signature | None = None
    """The background while the person sat upright."""
    moved: bool | None = None
    """Whether the camera was moved since, if the background does not show it."""
    upright: FrontUpright | None = None
    """What the face showed while the person sat upright."""


def calibrated(base: Sequence[Look], settings: Settings, judge_: Judge | None, moved: bool | None) -> Judged | None:
    """The program with a baseline from these checks, or None if it refuses to learn one; a given `moved` is trusted."""
    loose = settings.calibration.model_copy(
        update={"largest_spread": 1e9, "front_spread": 1e9, "least_share": 0.0, "least_samples": 1, "one_view": 0.0}
    )
    lenient = settings.model_copy(update={"calibration": loose})
    samples = [
        None
        if one.pose is None
        else sample(one.pose, one.view, measure(one.pose, one.view, settings), settings, one.glance)
        for one in base
    ]
    try:
        baseline: Baseline = learn(samples, "", "", "", lenient)
    except CalibrationRefused:
        return None

    def says(one: Look, view: View, known: Circumstances) -> Reading:
        assert one.pose is not None
        return assess(one.pose, view, baseline, settings, judge_, known)

    return Judged(says, baseline.background if moved is None else None, moved, baseline.front)


def uncalibrated(settings: Settings) -> Judged:
    """The program before any calibration."""

    def says(one: Look, view: View, known: Circumstances) -> Reading:
        assert one.pose is not None
        return assess(one.pose, view, None, settings, None, known)

    return Judged(says)


def without_face(looks: Sequence[Look]) -> list[Look]:
    """The same checks as if no face had been seen."""
    bare = []
    for one in looks:
        pose = None if one.pose is None else dataclasses.replace(one.pose, head=NoHead.NOT_LOOKED)
        bare.append(dataclasses.replace(one, pose=pose))
    return bare


@dataclass(frozen=True, slots=True)
class HeldBurst:
    """The result for one held burst."""

    person: str
    label: str
    number: str
    told: bool
    answered: float
    """Fraction of its pictures answered, 0 to 1."""
    deviations: tuple[float, ...]


def hold(burst: Burst, before: Sequence[Look], judged: Judged, settings: Settings) -> HeldBurst:
    """Show the pictures before it, then its own repeatedly; the result tells whether a slouch was reported."""
    first, count = round(BEFORE * RATE), round((BEFORE + HELD) * RATE)
    shown = [before[i % len(before)] for i in range(first)]
    shown += [burst.looks[i % len(burst.looks)] for i in range(count - first)]
    state, view, detected = MonitorState(), ViewState(), False
    answers: list[float | None] = []
    known: dict[tuple[int, View, Circumstances], Reading] = {}
    tallest, place, seat, limits = Tallest(), CameraPlace(), UprightSeat(), thresholds(settings)
    for index, one in enumerate(shown):
        t = index / RATE
        if one.pose is None:
            reading = Reading(t, view.view, {}, Deviation(None, Reason(Why.NO_PERSON)))
        else:
            view = follow_view(view, apparent_yaw(one.pose, settings), t, settings.view)
            glance = None if one.glance is None else dataclasses.replace(one.glance, t=t)
            place = follow_camera(place, judged.background, glance, one.pose)
            moved = judged.moved if judged.background is None else place.moved
            key = id(one), view.view, Circumstances(moved, place.tilt, tallest.held, seat.distance)
            if key not in known:
                known[key] = judged.says(one, *key[1:])
            reading = dataclasses.replace(known[key], t=t)
            height, pitch = (reading.measures[name].value for name in (Name.NECK_HEIGHT, Name.HEAD_PITCH))
            tallest = follow_tallest(tallest, t, height, pitch)
            seat = follow_seat(seat, reading, judged.upright, limits)
        state, events = step(state, reading, settings.monitor)
        if index >= first:
            detected = detected or any(isinstance(event, SlouchSustained) for event in events)
            answers.append(reading.deviation.value)
    values = [value for value in answers if value is not None]
    return HeldBurst(
        burst.person, burst.label, burst.number, detected, len(values) / len(answers), tuple(values[: len(burst.looks)])
    )


def auc(slouched: Sequence[float], upright: Sequence[float]) -> float | None:
    """Fraction of pairs in the right order; None if one kind is missing."""
    if not slouched or not upright:
        return None
    high, low = np.array(slouched)[:, None], np.array(upright)[None]
    return float((high > low).mean() + 0.5 * (high == low).mean())


WITHOUT_FACE = "without a face"
METHODS = ("program", "no baseline", WITHOUT_FACE, "geometry")


def run(
    bursts: Sequence[Burst],
    settings: Settings,
    seeds: int,
    methods: Sequence[str],
    moved: bool | None = None,
    learned_from: str = THIRD,
) -> dict[str, list[list[HeldBurst]]]:
    """Results of every method by name: one list of bursts per seed."""
    found: dict[str, list[list[HeldBurst]]] = {name: [] for name in methods}
    for seed in range(seeds):
        random = np.random.default_rng(seed)
        for name in methods:
            found[name].append([])
        for person in dict.fromkeys(burst.person for burst in bursts):
            mine = [burst for burst in bursts if burst.person == person]
            base = BASELINES[learned_from]([burst for burst in mine if burst.label == UPRIGHT], random)
            chosen = {id(one) for one in base}
            for name in methods:
                judged = _judge_named(name, base, settings, moved)
                for burst in mine:
                    rest = tuple(one for one in burst.looks if id(one) not in chosen) or burst.looks
                    faceless = name in (WITHOUT_FACE, "geometry")
                    kept = dataclasses.replace(burst, looks=tuple(without_face(rest)) if faceless else rest)
                    if judged is None:
                        found[name][-1].append(HeldBurst(burst.person, burst.label, burst.number, False, 0.0, ()))
                    else:
                        found[name][-1].append(hold(kept, without_face(base) if faceless else base, judged, settings))
    return found


def _third(upright: Sequence[Burst], random: np.random.Generator) -> list[Look]:
    looks = [one for burst in upright for one in burst.looks]
    order: NDArray[np.int64] = random.permutation(len(looks))
    return [looks[int(i)] for i in order[: max(1, round(len(looks) / 3))]]


def _one_burst(upright: Sequence[Burst], random: np.random.Generator) -> list[Look]:
    enough = [burst for burst in upright if len(burst.looks) >= LEAST_LOOKS] or upright
    return list(enough[int(random.integers(len(enough)))].looks)


BASELINES = {THIRD: _third, BURST: _one_burst}
"""What a baseline is learned from, by the name of the option."""


def _judge_named(name: str, base: Sequence[Look], settings: Settings, moved: bool | None) -> Judged | None:
    if name == "no baseline":
        return uncalibrated(settings)
    if name == "program":
        return calibrated(base, settings, load_judge(settings), moved)
    return calibrated(without_face(base), settings, load_judge(settings) if name == WITHOUT_FACE else None, moved)


def table(found: dict[str, list[list[HeldBurst]]]) -> str:
    """The figures of every method: bursts detected (per seed), pictures answered, area under the curve per person."""
    people = list(dict.fromkeys(one.person for seed in next(iter(found.values())) for one in seed))
    lines = [
        "| judge | slouched bursts detected | upright bursts, false alarms | pictures answered | AUC "
        + ", ".join(people)
        + " |",
        "|---|---|---|---|---|",
    ]
    for name, seeds in found.items():
        cells = [name]
        for label in (SLOUCHED, UPRIGHT):
            counts = [sum(one.told for one in seed if one.label == label) for seed in seeds]
            of = sum(one.label == label for one in seeds[0])
            cells.append(f"{', '.join(map(str, counts))} of {of}")
        cells.append(f"{np.mean([one.answered for seed in seeds for one in seed]):.1%}")
        areas = []
        for person in people:
            values: dict[str, list[float]] = {SLOUCHED: [], UPRIGHT: []}
            for seed in seeds:
                for one in seed:
                    if one.person == person:
                        values[one.label] += one.deviations
            area = auc(values[SLOUCHED], values[UPRIGHT])
            areas.append("–" if area is None else f"{area:.3f}")
        cells.append(", ".join(areas))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def wrong(found: dict[str, list[list[HeldBurst]]]) -> str:
    """Which bursts each method gets wrong for any seed."""
    lines = []
    for name, seeds in found.items():
        for label, told in ((SLOUCHED, False), (UPRIGHT, True)):
            missed: dict[str, int] = {}
            for seed in seeds:
                for one in seed:
                    if one.label == label and one.told is told:
                        missed[f"{one.person}{one.number}"] = missed.get(f"{one.person}{one.number}", 0) + 1
            what = "missed" if label == SLOUCHED else "false alarm"
            lines.append(f"{name}: {what}: " + (", ".join(f"{key} ({n})" for key, n in missed.items()) or "none"))
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--landmarks", type=program.existing_file, help="a file of landmarks of real people")
    source.add_argument(
        "--pictures", type=program.existing_folder, nargs=2, metavar=("UPRIGHT", "SLOUCHED"), help="folders of pictures"
    )
    parser.add_argument("--model", choices=("lite", "full"), default="lite")
    parser.add_argument("--seeds", type=program.at_least_one, default=3)
    parser.add_argument("--judges", nargs="+", choices=METHODS, default=METHODS)
    parser.add_argument(
        "--camera",
        choices=("seen", "moved", "stayed"),
        default="seen",
        help="what is known of the camera (seen: as far as pictures show)",
    )
    parser.add_argument(
        "--baseline",
        choices=tuple(BASELINES),
        default=THIRD,
        help="what a baseline is learned from (default %(default)s)",
    )
    parser.add_argument("--json", type=program.new_file, help="also write every burst's result here")
    options = parser.parse_args(arguments)
    settings = Settings()
    if options.landmarks:
        bursts = bursts_of_landmarks(arrays_of(options.landmarks), options.model, settings)
    else:
        upright, slouched = options.pictures
        bursts = list(bursts_of_pictures(upright, slouched, options.model, settings))
    found = run(
        bursts,
        settings,
        options.seeds,
        options.judges,
        {"seen": None, "moved": True, "stayed": False}[options.camera],
        options.baseline,
    )
    print(table(found))
    print()
    print(wrong(found))
    if options.json:
        records = {name: [[dataclasses.asdict(one) for one in seed] for seed in seeds] for name, seeds in found.items()}
        options.json.write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    program.run(main)
