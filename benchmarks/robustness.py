"""How much the figures of `real_people.py` depend on single numbers: thresholds, the lens, the framing, the landmarks, how many pictures and faces there are.

    python benchmarks/robustness.py three_people.npz

Each line changes one thing and runs the program, with and without a calibration, on the same held bursts.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import program
from numpy.typing import NDArray
from real_people import FIELD_OF_VIEW, SLOUCHED, UPRIGHT, Burst, HeldBurst, arrays_of, bursts_of_landmarks, run

from posturecam.config.settings import Settings
from posturecam.posture.front import thresholds

JUDGES = ("program", "no baseline")
CHANGED = ("sinking", "glance_free", "glance_share", "near_share", "lowered_unsure", "below_tallest")
"""The most decisive thresholds if nothing is known about the camera; the last one matters most without a calibration."""
BY = (0.8, 1.2)
"""Factors of each."""
FIELDS_OF_VIEW = (50.0, 80.0, 95.0)
"""Horizontal degrees that are assumed instead of the usual ones."""
SHAKEN = (0.5, 1.0)
"""Standard deviation of each coordinate of a landmark, in pixels of a picture 224 wide."""
CHEEKS = (234, 454)
"""Points of the face mesh at its left and right edge."""
HIDDEN = (0.3, 0.5)
"""Shares of the pictures in which the face is not found, as behind glasses that reflect the screen; those of the baseline among them."""
FRAMED_WIDTH, FRAMED_ACROSS, FRAMED_DOWN = 0.22, 0.5, 0.42
"""Width and middle of the face, in picture widths and heights, to which a camera with automatic framing zooms and turns. Choice: head and
shoulders fill the picture."""
FEWER = 4
"""Pictures of a burst that is cut short."""


@dataclass(frozen=True)
class Variant:
    """One thing that is changed."""

    name: str
    bursts: Sequence[Burst]
    changed: Callable[[], AbstractContextManager[object]] = nullcontext
    """Changes the program while the bursts are judged."""


@contextmanager
def threshold(name: str, by: float) -> Iterator[None]:
    """Multiply one threshold of the judge by the face within the block."""
    usual = thresholds.FrontThresholds
    value = getattr(usual(), name) * by
    with patch.object(thresholds, "FrontThresholds", lambda: dataclasses.replace(usual(), **{name: value})):
        yield


def shaken(data: Mapping[str, NDArray[Any]], by: float) -> dict[str, NDArray[Any]]:
    """The arrays with every landmark of body and face moved at random."""
    random = np.random.default_rng(round(by * 100))
    scale = (by * data["width"] / 224)[:, None, None]
    moved = dict(data)
    for name in ("lite_points", "face_cropped"):
        points = data[name].astype(np.float64)
        points[..., :2] += random.normal(size=points[..., :2].shape) * scale
        moved[name] = points.astype(data[name].dtype)
    return moved


def hidden(data: Mapping[str, NDArray[Any]], share: float) -> dict[str, NDArray[Any]]:
    """The arrays without the face in this share of the pictures, drawn at random."""
    random = np.random.default_rng(round(share * 100))
    faces = data["face_cropped"].copy()
    faces[random.random(len(faces)) < share] = np.nan
    return {**data, "face_cropped": faces}


def framed(data: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """The arrays as from a camera that follows the face and zooms in on it, so that neither its place nor its size shows how somebody sits."""
    size = np.stack([data["width"], data["height"]], axis=1).astype(np.float64)
    faces, bodies = data["face_cropped"].astype(np.float64), data["lite_points"].astype(np.float64)
    middle = faces[..., :2].mean(axis=1, keepdims=True)
    cheeks = faces[:, CHEEKS, :2]
    by = (FRAMED_WIDTH * size[:, 0] / np.linalg.norm(cheeks[:, 0] - cheeks[:, 1], axis=1))[:, None, None]
    there = (size * (FRAMED_ACROSS, FRAMED_DOWN))[:, None]
    seen = np.isfinite(by)
    faces[..., :2] = (faces[..., :2] - middle) * by + there
    bodies = np.where(seen, (bodies - middle) * by + there, bodies)
    return {**data, "face_cropped": faces.astype(np.float32), "lite_points": bodies.astype(np.float32)}


def variants(file: Path) -> Iterator[Variant]:
    """Everything that is changed, the unchanged program first."""
    data = arrays_of(file)

    def bursts(arrays: Mapping[str, NDArray[Any]] = data, field_of_view: float = FIELD_OF_VIEW) -> list[Burst]:
        return bursts_of_landmarks(arrays, "lite", Settings(), field_of_view)

    usual = bursts()
    yield Variant("as it is", usual)
    for name in CHANGED:
        for by in BY:
            yield Variant(f"{name} × {by}", usual, partial(threshold, name, by))
    for degrees in FIELDS_OF_VIEW:
        yield Variant(f"lens assumed to be {degrees:.0f}°", bursts(field_of_view=degrees))
    yield Variant("camera with automatic framing", bursts(framed(data)))
    for by in SHAKEN:
        yield Variant(f"landmarks shaken by {by:g} px of 224", bursts(shaken(data, by)))
    for share in HIDDEN:
        yield Variant(f"no face found in {share:.0%} of the pictures", bursts(hidden(data, share)))
    cut = [dataclasses.replace(burst, looks=burst.looks[:FEWER]) for burst in usual]
    yield Variant(f"bursts of {FEWER} pictures", cut)


def counted(seeds: Sequence[Sequence[HeldBurst]], label: str) -> str:
    """How many bursts with this label were reported as a slouch, one number per draw of the baseline."""
    return ", ".join(str(sum(one.told for one in seed if one.label == label)) for seed in seeds)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("landmarks", type=program.existing_file, help="a file of landmarks of real people")
    parser.add_argument(
        "--seeds", type=program.at_least_one, default=3, help="draws of the baseline (default %(default)s)"
    )
    options = parser.parse_args(arguments)
    print("| changed | slouched | upright | no calibration: slouched | upright |\n|---|---|---|---|---|")
    for variant in variants(options.landmarks):
        with variant.changed():
            found = run(variant.bursts, Settings(), options.seeds, JUDGES)
        cells = [counted(found[name], label) for name in JUDGES for label in (SLOUCHED, UPRIGHT)]
        print(f"| {variant.name} | " + " | ".join(cells) + " |", flush=True)
    return 0


if __name__ == "__main__":
    program.run(main)
