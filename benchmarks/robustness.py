"""How much the figures of `real_people.py` depend on single numbers: thresholds, the lens, the landmarks, how many pictures there are.

    python benchmarks/robustness.py three_people.npz

Each line changes one thing and runs the program, with and without a calibration, on the same held bursts.
"""

from __future__ import annotations

import argparse
import dataclasses
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from unittest.mock import patch

import numpy as np
import real_people
from real_people import SLOUCHED, UPRIGHT, Burst, HeldBurst, bursts_of_landmarks, run

from posturecam.config.settings import Settings
from posturecam.posture.front import thresholds

JUDGES = ("program", "no baseline")
CHANGED = ("sinking", "glance_free", "glance_share", "near_share", "lowered_unsure", "below_tallest")
"""The thresholds that decide most in front of a camera of which nothing is known; the last one only where there is no calibration."""
BY = (0.8, 1.2)
"""Factors of each."""
FIELDS_OF_VIEW = (50.0, 80.0, 95.0)
"""Horizontal degrees that are assumed instead of the usual ones."""
SHAKEN = (0.5, 1.0)
"""Standard deviation of each coordinate of a landmark, in pixels of a picture 224 wide."""
FEWER = 4
"""Pictures of a burst that is cut short."""


@dataclass(frozen=True)
class Variant:
    """One thing that is changed."""

    name: str
    bursts: Callable[[], list[Burst]]
    changed: Callable[[], AbstractContextManager[object]] = nullcontext
    """Changes the program while the bursts are judged."""


@contextmanager
def threshold(name: str, by: float) -> Iterator[None]:
    """Multiply one threshold of the judge by the face within the block."""
    usual = thresholds.FrontThresholds
    value = getattr(usual(), name) * by
    with patch.object(thresholds, "FrontThresholds", lambda: dataclasses.replace(usual(), **{name: value})):
        yield


def seen_through(file: Path, field_of_view: float) -> list[Burst]:
    """The bursts with this field of view assumed for the lens."""
    with patch.object(real_people, "FIELD_OF_VIEW", field_of_view):
        return bursts_of_landmarks(file, "lite", Settings())


def shaken(file: Path, by: float) -> list[Burst]:
    """The bursts with every landmark of body and face moved at random."""
    random = np.random.default_rng(round(by * 100))
    with np.load(file, allow_pickle=False) as kept:
        arrays = {name: kept[name] for name in kept.files}
    scale = (by * arrays["width"] / 224)[:, None, None]
    for name in ("lite_points", "face_cropped"):
        points = arrays[name].astype(np.float64)
        points[..., :2] += random.normal(size=points[..., :2].shape) * scale
        arrays[name] = points.astype(arrays[name].dtype)
    with tempfile.TemporaryDirectory() as folder:
        moved = Path(folder) / "shaken.npz"
        np.savez(moved, allow_pickle=False, **arrays)
        return bursts_of_landmarks(moved, "lite", Settings())


def variants(file: Path) -> Iterator[Variant]:
    """Everything that is changed, the unchanged program first."""
    usual = bursts_of_landmarks(file, "lite", Settings())
    yield Variant("as it is", lambda: usual)
    for name in CHANGED:
        for by in BY:
            yield Variant(f"{name} × {by}", lambda: usual, partial(threshold, name, by))
    for degrees in FIELDS_OF_VIEW:
        yield Variant(f"lens assumed to be {degrees:.0f}°", partial(seen_through, file, degrees))
    for by in SHAKEN:
        yield Variant(f"landmarks shaken by {by:g} px of 224", partial(shaken, file, by))
    cut = [dataclasses.replace(burst, looks=burst.looks[:FEWER]) for burst in usual]
    yield Variant(f"bursts of {FEWER} pictures", lambda: cut)


def counted(seeds: Sequence[Sequence[HeldBurst]], label: str) -> str:
    """How many bursts with this label were reported as a slouch, one number per draw of the baseline."""
    return ", ".join(str(sum(one.told for one in seed if one.label == label)) for seed in seeds)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("landmarks", type=Path, help="a file of landmarks of real people")
    parser.add_argument("--seeds", type=int, default=3, help="draws of the baseline (default %(default)s)")
    options = parser.parse_args(arguments)
    print("| changed | slouched | upright | no calibration: slouched | upright |\n|---|---|---|---|---|")
    for variant in variants(options.landmarks):
        bursts = variant.bursts()
        with variant.changed():
            found = run(bursts, Settings(), options.seeds, JUDGES)
        cells = [counted(found[name], label) for name in JUDGES for label in (SLOUCHED, UPRIGHT)]
        print(f"| {variant.name} | " + " | ".join(cells) + " |", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
