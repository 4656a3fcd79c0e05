"""What the learned estimator costs per check: milliseconds of one core, next to the cost of the pose model.

    python benchmarks/estimator_cost.py [--looks N]

Process time is measured, so that other load on the machine matters little.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import program

from posturecam.posture.learned.features import features, figure
from posturecam.posture.learned.weights import load_model
from posturecam.vision.pose import LANDMARK_COUNT, Pose

AIM = 0.3
"""Most milliseconds per check."""


def somebody(seed: int = 1) -> Pose:
    """Random landmarks, which cost as much as real ones."""
    random = np.random.default_rng(seed)
    points = random.uniform((250, 100), (390, 400), (LANDMARK_COUNT, 2)).astype(np.float32)
    world = random.normal(0, 0.2, (LANDMARK_COUNT, 3)).astype(np.float32)
    return Pose(0.0, 640, 480, points, np.ones(LANDMARK_COUNT, np.float32), world)


def cost(action: Callable[[], object], looks: int) -> float:
    """Milliseconds of one core per call: the minimum of five rounds."""
    rounds = []
    for _ in range(5):
        began = time.process_time()
        for _ in range(looks):
            action()
        rounds.append(1000 * (time.process_time() - began) / looks)
    return min(rounds)


def main() -> int:
    """Print the costs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--looks", type=program.at_least_one, default=200, help="calls in each of five rounds (default %(default)s)"
    )
    looks = parser.parse_args().looks
    model, pose = load_model(), somebody()
    upright = model.upright(figure(somebody(2)))
    actions: dict[str, Callable[[], object]] = {
        "features of a pose and its mirror image": lambda: features(figure(pose).with_mirrored()),
        "angles with intervals": lambda: model.angles(pose),
        "changes from upright with intervals": lambda: model.changes(pose, upright),
    }
    for name, action in actions.items():
        print(f"{name:42}{cost(action, looks):6.2f} ms (aim: at most {AIM} ms)")
    return 0


if __name__ == "__main__":
    program.run(main)
