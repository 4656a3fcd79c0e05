"""Train the learned posture estimator, and print its accuracy on people it has not learned from.

    python tools/train_estimator.py [FILES…] [--out FILE] [--judge FILE] [--compare] [--ablate] [--plots DIR]

FILES hold landmarks of rendered people with exact angles (default: `benchmarks/data/stills_train.npz`); no picture is
needed. The same files give the same weights. Everything is chosen on the `tune` people, on whom it is evaluated here
too; `--judge benchmarks/data/stills_test.npz` is for the very end. Needs the extra `train` (scikit-learn) for
`--compare`.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import program  # noqa: E402

from posturecam.posture.learned.model import PostureModel  # noqa: E402
from posturecam.posture.learned.weights import load_model  # noqa: E402
from tools.learn import report  # noqa: E402
from tools.learn.examples import Examples, read_examples  # noqa: E402
from tools.learn.fit import train_all  # noqa: E402


def save(model: PostureModel, file: Path) -> None:
    """Write the weights; `posturecam.posture.learned.weights.load_model` reads them."""
    file.parent.mkdir(parents=True, exist_ok=True)
    np.savez(file, allow_pickle=False, **model.arrays())


def print_report(examples: Examples, on_mat: Examples, model: PostureModel) -> None:
    """Errors and intervals, by pose model."""
    for size in ("lite", "full"):
        rows = examples.where(examples.model == size)
        for change in (False, True):
            found = report.judge(rows, model, change=change)
            title = "Change from upright" if change else "The angles themselves"
            print(f"\n## {title}, model {size}: mean absolute error\n")
            print(*report.errors(found), sep="\n")
            print(f"\n## {title}, model {size}: share within the 90 % interval, ± median half width (n)\n")
            print(report.overall(found))
            for angle in report.MAIN_CHANGES if change else report.MAIN_ANGLES:
                print("", *report.coverage(found, angle), sep="\n")
        print(f"\n## What calibration buys, model {size}: mean absolute error ± half width\n")
        print(*report.calibration_buys(rows, model), sep="\n")
    rows = examples.where(examples.model == "lite")
    print(
        "",
        report.domain(rows, on_mat, model),
        "",
        "## Said to be perhaps a slouch, when learned as upright",
        "",
        sep="\n",
    )
    print(*report.calibrations(rows, model), sep="\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = ROOT / "benchmarks/data"
    parser.add_argument("files", nargs="*", type=program.existing_file, default=[data / "stills_train.npz"])
    parser.add_argument("--out", type=Path, default=ROOT / "models/posture_estimator.npz", metavar="FILE")
    parser.add_argument(
        "--judge", type=program.existing_file, default=data / "stills_tune.npz", metavar="FILE", help="others to judge"
    )
    parser.add_argument("--only-judge", action="store_true", help="train nothing: judge by the weights in --out")
    parser.add_argument("--compare", action="store_true", help="also ridge regression and gradient boosting")
    parser.add_argument("--ablate", action="store_true", help="also without some features, and with fewer people")
    parser.add_argument(
        "--plots",
        type=program.new_folder,
        metavar="DIR",
        help="draw estimated against true, and error against interval",
    )
    return parser.parse_args()


def main() -> int:
    """Train, save and report."""
    arguments = _arguments()
    started = time.process_time()
    training, others = (read_examples(files) for files in (arguments.files, [arguments.judge]))
    on_mat, others = others.where(others.on_mat), others.where(~others.on_mat)
    print(f"{len(training)} looks at {len(set(training.person))} people; judged: {arguments.judge.name}")
    if not arguments.only_judge:
        save(train_all(training), arguments.out)
        print(f"{time.process_time() - started:.0f} s of one core")
    print(f"{arguments.out}: SHA-256 {hashlib.sha256(arguments.out.read_bytes()).hexdigest()}")
    model = load_model(arguments.out)
    print_report(others, on_mat, model)
    if arguments.compare or arguments.ablate:
        from tools.learn import compare

        lines = compare.kinds(training, others) if arguments.compare else []
        if arguments.ablate:
            lines += [*compare.features_left_out(training, others), *compare.fewer_people(training, others)]
        print(*lines, sep="\n")
    if arguments.plots:
        from tools.learn.plots import draw

        print(*draw(others, model, arguments.plots), sep="\n")
    return 0


if __name__ == "__main__":
    program.run(main)
