"""Compare the bundles of models/ with the legacy pose solution of MediaPipe.

The legacy solution and the Tasks API of MediaPipe 1.x cannot be installed side
by side, so each writes its landmarks to a file, and the files are compared::

    legacy/bin/python models/compare_with_legacy.py legacy legacy.json PICTURE...
    python models/compare_with_legacy.py tasks tasks.json PICTURE...
    python models/compare_with_legacy.py compare legacy.json tasks.json

``legacy`` is an environment with ``mediapipe==0.10.21``.  Put
``pose_landmark_lite.tflite`` and ``pose_landmark_heavy.tflite`` of the npm package
into its ``mediapipe/modules/pose_landmark/``: it would download them otherwise.
models/README.md has the figures; tests/data/golden/ has a file of the first kind.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
import numpy as np

VARIANTS = ("lite", "full", "heavy")

Landmarks = list[list[float]]
Detect = Callable[[Any], Landmarks | None]


@contextmanager
def legacy_detector(variant: str, _folder: Path) -> Iterator[Detect]:
    """Give a function that runs the legacy solution on an RGB picture."""
    # The Python wrapper parses the graph and hands it on, and drops every option whose
    # protobuf module is not imported: the kernel size 7 of this calculator becomes 9.
    import_module("mediapipe.calculators.util.refine_landmarks_from_heatmap_calculator_pb2")
    module: Any = import_module("mediapipe.python.solutions.pose")
    pose = module.Pose(static_image_mode=True, model_complexity=VARIANTS.index(variant))

    def detect(rgb: Any) -> Landmarks | None:
        found = pose.process(rgb).pose_landmarks
        return found and [[p.x, p.y, p.z, p.visibility] for p in found.landmark]

    yield detect


@contextmanager
def tasks_detector(variant: str, folder: Path) -> Iterator[Detect]:
    """Give a function that runs a bundle on an RGB picture."""
    mp: Any = import_module("mediapipe")
    vision: Any = import_module("mediapipe.tasks.python.vision")
    create = vision.PoseLandmarker.create_from_model_path

    def detect(rgb: Any) -> Landmarks | None:
        found = landmarker.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb))
        if not found.pose_landmarks:
            return None
        return [[p.x, p.y, p.z, p.visibility] for p in found.pose_landmarks[0]]

    with create(str(folder / f"pose_landmarker_{variant}.task")) as landmarker:
        yield detect


def write_landmarks(options: argparse.Namespace) -> None:
    """Run the models on the pictures and write the landmarks as JSON."""
    make = legacy_detector if options.command == "legacy" else tasks_detector
    models: dict[str, dict[str, Landmarks | None]] = {}
    sizes: dict[str, list[int]] = {}
    for variant in options.variants:
        models[variant] = {}
        with make(variant, options.models) as detect:
            for path in options.pictures:
                bgr = cv2.imread(str(path))
                if bgr is None:
                    sys.exit(f"cannot read {path}")
                name = f"{path.resolve().parent.name}/{path.name}"
                sizes[name] = [bgr.shape[1], bgr.shape[0]]
                found = detect(np.ascontiguousarray(bgr[:, :, ::-1]))
                models[variant][name] = found and [[round(v, 6) for v in p] for p in found]
    packages = ("mediapipe", "opencv-contrib-python", "numpy")
    content = {
        "source": f"{options.command} API of MediaPipe, written by models/compare_with_legacy.py",
        "versions": {name: version(name) for name in packages},
        "fields": ["x", "y", "z", "visibility"],
        "sizes": sizes,
        "landmarks": models,
    }
    text = json.dumps(content, indent=1)
    # A landmark a line: join the innermost lists.
    text = re.sub(r"\[[^][{}]*\]", lambda found: json.dumps(json.loads(found[0])), text)
    options.output.write_text(text + "\n", encoding="utf-8")


def compare(options: argparse.Namespace) -> None:
    """Print how far apart the landmarks of two files are."""
    first, second = (json.loads(path.read_text(encoding="utf-8")) for path in options.files)
    header = "model   both/first/second  landmarks  position median / 99 % / max"
    print(f"{header}  pixels median / max  visibility median / max")
    for variant in first["landmarks"]:
        one, two = first["landmarks"][variant], second["landmarks"].get(variant)
        if two is None:
            continue
        both = [name for name in one if one[name] and two.get(name)]
        if not both:
            sys.exit("the two files have no picture in common")
        position, pixels, visibility = [], [], []
        for name in both:
            a, b = np.array(one[name]), np.array(two[name])
            inside = ((a[:, :2] >= 0) & (a[:, :2] <= 1)).all(axis=1)
            delta = np.abs(a - b)[inside]
            position.append(delta[:, :2].max(axis=1))
            pixels.append(np.hypot(*(delta[:, :2] * first["sizes"][name]).T))
            visibility.append(delta[:, 3])
        d, p, v = (np.concatenate(x) for x in (position, pixels, visibility))
        counts = f"{len(both)}/{sum(map(bool, one.values()))}/{sum(map(bool, two.values()))}"
        print(
            f"{variant:6}  {counts:17}  {d.size:9}  "
            f"{np.median(d):.6f} / {np.quantile(d, 0.99):.6f} / {d.max():.6f}  "
            f"{np.median(p):.3f} / {p.max():.3f}  {np.median(v):.6f} / {v.max():.6f}"
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("legacy", "tasks"):
        command = commands.add_parser(name, help=f"write the landmarks of the {name} API")
        command.add_argument("output", type=Path)
        command.add_argument("pictures", type=Path, nargs="+")
        command.add_argument("--variants", nargs="+", choices=VARIANTS, default=VARIANTS[:2])
        command.add_argument("--models", type=Path, default=Path(__file__).resolve().parent)
        command.set_defaults(run=write_landmarks)
    command = commands.add_parser("compare", help="compare two files of landmarks")
    command.add_argument("files", type=Path, nargs=2)
    command.set_defaults(run=compare)
    options = parser.parse_args(arguments)
    options.run(options)


if __name__ == "__main__":
    main()
