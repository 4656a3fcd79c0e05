"""Real photographs: how well each method separates slouched from upright, and the error of the angles in profile.

    python benchmarks/photographs.py [--footage DIR] [--clicks FILE]

Needs photographs that are not part of the project (`benchmarks/results/photographs.md` names them):
`front/*/isSlouching` and `notSlouching` of one man in front of a webcam, and `side/` of another in profile, with points
clicked by eye.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import program
from domain_gap import FOOTAGE
from estimates import LEARNED, OURS
from popular import SCORES
from scores import separation
from stills import MODELS, Floats

from posturecam.config.settings import EstimatorSettings, Settings
from posturecam.posture.assess import assess
from posturecam.posture.baseline import Baseline
from posturecam.posture.calibration import learn, sample
from posturecam.posture.learned.decision import LearnedJudge
from posturecam.posture.learned.model import Angle, PostureModel
from posturecam.posture.learned.weights import load_model
from posturecam.posture.measures import Name, measure
from posturecam.posture.reading import NOTHING_KNOWN, Circumstances
from posturecam.posture.view import View
from posturecam.vision.head import NoHead
from posturecam.vision.pose import Landmark, Pose
from tools.still_estimator import StillEstimator

CLICKS = Path(__file__).parents[1] / "tests" / "data" / "footage_side_clicks.json"
_LEAST_SAMPLES = 10
"""Upright pictures from which a baseline is learned here; the program requires more checks."""
PROGRAM, CAMERA_STAYED = "the program", "the program, camera known to have stayed"
"""By the face, as it judges; the other methods see none."""
_PAIRS = {
    "ear line height ÷ shoulder width": lambda pose: -_ratio(pose, 1),
    "ear width ÷ shoulder width": lambda pose: _ratio(pose, 0),
}


def _ratio(pose: Pose, axis: int) -> float:
    left, right = pose.at(Landmark.LEFT_SHOULDER), pose.at(Landmark.RIGHT_SHOULDER)
    ears = pose.at(Landmark.LEFT_EAR), pose.at(Landmark.RIGHT_EAR)
    width = float(np.linalg.norm(left - right))
    if axis == 0:
        return float(np.linalg.norm(ears[0] - ears[1])) / width
    return float((left + right - ears[0] - ears[1])[1]) / 2 / width


def poses_in(files: Sequence[Path], model: str) -> list[Pose | None]:
    """What a model finds in pictures once the tracker has settled."""
    settings = Settings().estimator.model_copy(update={"model": model})
    estimator = StillEstimator(EstimatorSettings.model_validate(settings.model_dump()))
    try:
        return [estimator(np.asarray(cv2.imread(str(file)), np.uint8)) for file in files]
    finally:
        estimator.close()


def front(folder: Path, model: str, estimator: PostureModel) -> list[str]:
    """One camera of the man in front of the webcam: area under the ROC curve, and the program's verdicts."""
    settings = Settings()
    shown = {
        label: [pose for pose in poses_in(sorted((folder / label).glob("*.jpg")), model) if pose is not None]
        for label in ("notSlouching", "isSlouching")
    }
    upright, slouched = shown["notSlouching"], shown["isSlouching"]
    faceless, baseline = _baseline(list(map(without_face, upright)), settings), _baseline(upright, settings)
    judge, stayed = LearnedJudge(estimator), Circumstances(moved=False)

    def by_program(known: Circumstances) -> Callable[[Pose], float | None]:
        return lambda pose: assess(pose, View.FRONT, baseline, settings, judge, known).deviation.value

    own: Mapping[str, Callable[[Pose], float | None]] = {
        OURS: lambda pose: assess(without_face(pose), View.FRONT, faceless, settings).deviation.value,
        LEARNED: lambda pose: assess(without_face(pose), View.FRONT, faceless, settings, judge).deviation.value,
        PROGRAM: by_program(NOTHING_KNOWN),
        CAMERA_STAYED: by_program(stayed),
    }
    lines = []
    for name, score in {**own, **_PAIRS, **SCORES}.items():
        values = [np.array([np.nan if (v := score(p)) is None else v for p in part]) for part in (slouched, upright)]
        lines.append(f"| {folder.name} | {model} | {name} | {_cells_of(values, own=name in own)} |")
    return lines


def without_face(pose: Pose) -> Pose:
    """The pose as where no face is seen: with one, the face would judge, and not geometry or the estimator."""
    return replace(pose, head=NoHead.NOT_LOOKED)


def _cells_of(values: Sequence[Floats], *, own: bool) -> str:
    known = [part[np.isfinite(part)] for part in values]
    area = separation(*known)
    cells = [f"{1 - sum(map(len, known)) / sum(map(len, values)):.0%}", "–" if area is None else f"{area:.2f}"]
    cells += [f"{(part >= 1).mean():.0%}" if own and len(part) else "–" for part in known]
    return " | ".join(cells)


def _baseline(upright: Sequence[Pose], settings: Settings) -> Baseline:
    few = settings.calibration.model_copy(update={"least_samples": _LEAST_SAMPLES})
    looks = [sample(pose, View.FRONT, measure(pose, View.FRONT, settings)) for pose in upright]
    return learn(looks, "photographs", "photographs", "", settings.model_copy(update={"calibration": few}))


def side(
    folder: Path, clicks: Mapping[str, Mapping[str, float | str]], model: str, estimator: PostureModel
) -> list[str]:
    """The man in profile: angles against points clicked by eye."""
    settings = Settings()
    names = sorted(clicks)
    poses = poses_in([folder / name for name in names], model)
    off: dict[tuple[str, Name], list[float]] = {}
    within = []
    for name, pose in zip(names, poses, strict=True):
        if pose is None:
            continue
        view = View.SIDE_LEFT if clicks[name]["near_side"] == "left" else View.SIDE_RIGHT
        measures, estimates = measure(pose, view, settings), estimator.angles(pose)
        for angle in (Name.NECK_INCLINATION, Name.TRUNK_INCLINATION):
            truth = float(clicks[name][angle.value])
            found = estimates[Angle(angle.value)]
            for method, value in ((OURS, measures[angle].value), (LEARNED, found.value)):
                if value is not None:
                    off.setdefault((method, angle), []).append(value - truth)
            if found.value is not None and found.low is not None and found.high is not None:
                within.append(found.low <= truth <= found.high)
    lines = [
        f"| {model} | {method} | {angle.value.replace('_', ' ')} | {len(errors)} of {len(names)} "
        f"| {np.mean(errors):+.1f} | {np.mean(np.abs(errors)):.1f} |"
        for (method, angle), errors in off.items()
    ]
    share = f"{np.mean(within):.0%}" if within else "none"
    return [*lines, f"| {model} | {LEARNED} | within the 90% interval: {share} | | | |"]


def main() -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--footage", type=program.existing_folder, default=FOOTAGE, metavar="DIR")
    parser.add_argument("--clicks", type=program.existing_file, default=CLICKS, metavar="FILE")
    arguments = parser.parse_args()
    if not arguments.footage.is_dir():
        print(f"There are no photographs at {arguments.footage}", file=sys.stderr)
        return 2
    estimator = load_model()
    clicks = json.loads(arguments.clicks.read_text(encoding="utf-8"))["pictures"]
    lines = [
        "| camera | model | method | unknown | separation | slouched called slouching | upright called slouching |"
    ]
    lines.append("|---" * 7 + "|")
    for folder in sorted((arguments.footage / "front").iterdir()):
        for model in MODELS:
            lines += front(folder, model, estimator)
    lines += ["", "| model | method | angle | answered | bias ° | MAE ° |", "|---" * 6 + "|"]
    for model in MODELS:
        lines += side(arguments.footage / "side", clicks, model, estimator)
    print(*lines, sep="\n")
    return 0


if __name__ == "__main__":
    program.run(main)
