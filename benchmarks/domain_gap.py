"""Does the pose model treat a rendered person like a photographed one? Detection, visibility, proportions and steadiness.

    python benchmarks/domain_gap.py [--split test|tune] [--footage DIR] [--json FILE]

Needs real photographs, which are not part of the project: `side/` of people in profile and `front/` of people in front
of a webcam (`benchmarks/results/photographs.md` names the sets used). Without them only the rendered side is shown.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import program
from stills import DATA, MODELS, Stills, data_path, load
from tables import NOTHING, Columns, number, percent, table

from posturecam.config.settings import Settings
from posturecam.posture.view import body_yaw
from posturecam.vision.frame import Image
from posturecam.vision.geometry import distance, from_vertical, middle
from posturecam.vision.pose import Landmark, Pose
from posturecam.vision.sources.stills import pictures_of, read_picture
from tools.still_estimator import StillEstimator

FOOTAGE = Path(__file__).parents[2] / "shared" / "footage"
PICTURES = DATA / "pictures"
"""The committed subset of the rendered pictures."""
_JITTERED = 8
"""Pictures of each set that are jittered."""
_COPIES = 6
"""Jittered copies of each picture."""
_LARGEST_CROP = 0.03
"""Most of the picture's size that is randomly cropped on each side, as a fraction."""
_BRIGHTNESS = 0.15
"""Largest change of brightness, as a fraction."""
_SEED = 5

_HEAD = (Landmark.NOSE, Landmark.LEFT_EYE_OUTER, Landmark.RIGHT_EYE_OUTER, Landmark.LEFT_EAR, Landmark.RIGHT_EAR)
_SHOULDERS = (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER)
_HIPS = (Landmark.LEFT_HIP, Landmark.RIGHT_HIP)

Finder = Callable[[Image], Pose | None]
"""Finds the landmarks of one picture by itself."""
Spread = tuple[float, float]
"""Median, and half the span of the middle 68 %: a standard deviation robust against a few ratios with tiny
denominators."""


@dataclass(frozen=True, slots=True)
class Look:
    """How one model sees one set of pictures."""

    pictures: str
    model: str
    n: int
    found: float
    """Fraction of pictures in which somebody was found."""
    head_visibility: float | None
    """Mean over those, 0 to 1, of the better side of each pair; landmarks outside the picture count as 0."""
    shoulder_visibility: float | None
    hip_visibility: float | None
    shapes: tuple[Spread | None, ...]
    """Ear distance ÷ shoulder width, eye distance ÷ ear distance, ear height ÷ shoulder width, ear–shoulder ÷ shoulder–hip."""


@dataclass(frozen=True, slots=True)
class Steadiness:
    """How far the landmarks of one set scatter when a picture is only cropped and brightened slightly."""

    pictures: str
    model: str
    n: int
    found: float
    """Fraction of the jittered copies in which somebody was found."""
    ears: float | None
    """Median standard deviation of a landmark, ear–shoulder lengths."""
    shoulders: float | None
    hips: float | None
    neck: float | None
    """Median standard deviation of the ear–shoulder line against the vertical, degrees."""
    yaw: float | None
    """Median standard deviation of the body yaw, degrees."""


def look(pictures: str, model: str, poses: Sequence[Pose | None]) -> Look:
    """Summarize what a model found in a set of pictures."""
    found = [pose for pose in poses if pose is not None]
    head, shoulders, hips = (
        _mean([_better_sides(pose, part) for pose in found]) for part in (_HEAD, _SHOULDERS, _HIPS)
    )
    measured = np.array([_shape(pose) for pose in found]).reshape(-1, 4)
    shapes = tuple(_spread(column) for column in measured.T)
    return Look(pictures, model, len(poses), len(found) / max(len(poses), 1), head, shoulders, hips, shapes)


def _better_sides(pose: Pose, landmarks: Sequence[Landmark]) -> float:
    """Mean visibility of the better side of each pair: in profile the far one is rightly unseen."""
    pairs: dict[str, float] = {}
    for landmark in landmarks:
        part = landmark.name.replace("LEFT_", "").replace("RIGHT_", "")
        pairs[part] = max(pairs.get(part, 0.0), float(pose.visibility[landmark]))
    return sum(pairs.values()) / len(pairs)


def _shape(pose: Pose) -> tuple[float, ...]:
    at = {mark: pose.at(mark) for mark in Landmark}
    ears = distance(at[Landmark.LEFT_EAR], at[Landmark.RIGHT_EAR])
    eyes = distance(at[Landmark.LEFT_EYE_OUTER], at[Landmark.RIGHT_EYE_OUTER])
    width = distance(at[Landmark.LEFT_SHOULDER], at[Landmark.RIGHT_SHOULDER])
    ear = middle(at[Landmark.LEFT_EAR], at[Landmark.RIGHT_EAR])
    shoulder = middle(at[Landmark.LEFT_SHOULDER], at[Landmark.RIGHT_SHOULDER])
    hip = middle(at[Landmark.LEFT_HIP], at[Landmark.RIGHT_HIP])
    neck, trunk = distance(ear, shoulder), distance(shoulder, hip)
    pairs = ((ears, width), (eyes, ears), (float(shoulder[1] - ear[1]), width), (neck, trunk))
    return tuple(part / whole if whole > 0 else np.nan for part, whole in pairs)


def _spread(values: Iterable[float]) -> Spread | None:
    known = [value for value in values if np.isfinite(value)]
    if not known:
        return None
    low, median, high = np.percentile(known, [16, 50, 84])
    return float(median), float(high - low) / 2


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def rendered(stills: Stills, model: str) -> list[Look]:
    """The rendered stills by camera family, from the saved landmarks."""
    families = stills.families()
    poses = stills.poses(model)
    return [
        look(f"rendered: {name}", model, [poses[index] for index in np.flatnonzero(families == name)])
        for name in np.unique(families)
    ]


def jitter(image: Image, numbers: random.Random) -> Image:
    """The picture with a little cropped off each side, and slightly brighter or darker."""
    height, width = image.shape[:2]
    left, right, top, bottom = (numbers.uniform(0, _LARGEST_CROP) for _ in range(4))
    cropped = image[
        round(top * height) : round((1 - bottom) * height), round(left * width) : round((1 - right) * width)
    ]
    return np.asarray(cv2.convertScaleAbs(cropped, alpha=1 + numbers.uniform(-_BRIGHTNESS, _BRIGHTNESS)), np.uint8)


def steadiness(pictures: str, model: str, images: Sequence[Image], find: Finder) -> Steadiness:
    """Jitter each picture, and measure how the landmarks found by the model scatter."""
    numbers = random.Random(_SEED)
    copies = [[find(jitter(image, numbers)) for _ in range(_COPIES)] for image in images]
    found = [[pose for pose in poses if pose is not None] for poses in copies]
    share = sum(map(len, found)) / max(sum(map(len, copies)), 1)
    scatters = np.array([_scatter(poses) for poses in found if len(poses) > 1]).reshape(-1, 5)
    medians = [float(np.median(column)) if len(column) else None for column in scatters.T]
    return Steadiness(pictures, model, len(images), share, *medians)


def _scatter(poses: Sequence[Pose]) -> list[float]:
    """Standard deviations over one picture's copies; positions relative to the shoulders' midpoint, so that cropping has no effect."""
    shapes, angles, yaws = [], [], []
    visible = np.mean([pose.visibility for pose in poses], axis=0)
    side = int(visible[Landmark.RIGHT_SHOULDER] > visible[Landmark.LEFT_SHOULDER])  # the same side for all copies
    for pose in poses:
        ear, shoulder = pose.at(Landmark(Landmark.LEFT_EAR + side)), pose.at(Landmark(Landmark.LEFT_SHOULDER + side))
        hip = pose.at(Landmark(Landmark.LEFT_HIP + side))
        nose = pose.at(Landmark.NOSE)
        size = max(distance(ear, shoulder), 1e-6)
        shapes.append(((ear - nose) / size, (shoulder - nose) / size, (hip - shoulder) / size))
        angles.append(from_vertical(shoulder, ear) or 0.0)
        yaws.append(body_yaw(pose, Settings()) or 0.0)
    spread = np.std(np.array(shapes), axis=0)  # (3 parts, 2)
    return [*np.hypot(spread[:, 0], spread[:, 1]).tolist(), float(np.std(angles)), float(np.std(yaws))]


def photographs(footage: Path) -> dict[str, list[Path]]:
    """The real photographs by set; empty if there are none."""
    folders = [path for path in sorted(footage.glob("**/")) if path.is_dir() and any(path.glob("*.jpg"))]
    sets: dict[str, list[Path]] = {}
    for folder in folders:
        parts = folder.relative_to(footage).parts
        if parts and parts[0] in ("side", "front"):
            sets.setdefault(f"photographs: {' '.join(parts[:2])}", []).extend(pictures_of(folder).pictures)
    return sets


def _some(paths: Sequence[Path]) -> list[Path]:
    return random.Random(_SEED).sample(list(paths), min(_JITTERED, len(paths)))


def compare(stills: Stills, footage: Path) -> tuple[list[Look], list[Steadiness]]:
    """Everything that can be compared with the pictures available."""
    sets = photographs(footage)
    jittered = {"rendered: subset": _rendered_pictures(), **sets}
    looks, steady = [], []
    for model in MODELS:
        looks += rendered(stills, model)
        settings = Settings.model_validate({"estimator": {"model": model}})
        with StillEstimator(settings.estimator) as find:  # as for the saved landmarks
            looks += [look(name, model, [find(read_picture(path)) for path in paths]) for name, paths in sets.items()]
            steady += [
                steadiness(name, model, [read_picture(path) for path in _some(paths)], find)
                for name, paths in jittered.items()
                if paths
            ]
    return looks, steady


def _rendered_pictures() -> list[Path]:
    return pictures_of(PICTURES).pictures if PICTURES.is_dir() and any(PICTURES.iterdir()) else []


def _in_words(spread: Spread | None) -> str:
    return NOTHING if spread is None else f"{spread[0]:.2f} ± {spread[1]:.2f}"


_PICTURES: Columns = (
    ("pictures", lambda row: row.pictures),
    ("model", lambda row: row.model),
    ("n", lambda row: str(row.n)),
    ("found", lambda row: percent(row.found)),
)


def looks_table(looks: Iterable[Look]) -> list[str]:
    """Rendered pictures next to photographs."""
    columns: Columns = (
        *_PICTURES,
        ("head visible", lambda row: number(row.head_visibility, ".2f")),
        ("shoulders", lambda row: number(row.shoulder_visibility, ".2f")),
        ("hips", lambda row: number(row.hip_visibility, ".2f")),
        ("ears ÷ shoulders", lambda row: _in_words(row.shapes[0])),
        ("eyes ÷ ears", lambda row: _in_words(row.shapes[1])),
        ("ear height ÷ shoulders", lambda row: _in_words(row.shapes[2])),
        ("neck ÷ trunk", lambda row: _in_words(row.shapes[3])),
    )
    return table(columns, looks)


def steadiness_table(rows: Iterable[Steadiness]) -> list[str]:
    """How much the landmarks move when only the picture's framing and brightness change."""
    columns: Columns = (
        *_PICTURES,
        ("ears", lambda row: number(row.ears, ".3f")),
        ("shoulders", lambda row: number(row.shoulders, ".3f")),
        ("hips", lambda row: number(row.hips, ".3f")),
        ("neck line °", lambda row: number(row.neck)),
        ("body yaw °", lambda row: number(row.yaw)),
    )
    return table(columns, rows)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", default="test", choices=("tune", "test"), help="which people (default %(default)s)")
    parser.add_argument("--data", type=program.existing_file, help="another file of stills instead")
    parser.add_argument(
        "--footage",
        type=Path,
        default=FOOTAGE,
        help="folder of real photographs (default %(default)s)",
    )
    parser.add_argument("--json", type=program.new_file, metavar="FILE", help="write all figures there too")
    return parser.parse_args()


def main() -> int:
    arguments = _arguments()
    if not arguments.footage.is_dir():
        print(f"No real photographs at {arguments.footage}: only the rendered people are shown.", file=sys.stderr)
    if not PICTURES.is_dir():
        print(f"No rendered pictures at {PICTURES}: their steadiness is left out.", file=sys.stderr)
    looks, steady = compare(load(arguments.data or data_path(arguments.split)), arguments.footage)
    print("Rendered people beside photographs", "", *looks_table(looks), "", sep="\n")
    print("Standard deviation under small crops and changes of brightness", "", *steadiness_table(steady), sep="\n")
    if arguments.json:
        records = {
            "looks": [dataclasses.asdict(row) for row in looks],
            "steadiness": [dataclasses.asdict(row) for row in steady],
        }
        arguments.json.write_text(json.dumps(records, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    program.run(main)
