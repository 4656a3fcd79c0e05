"""Resident memory of the loop and of MediaPipe alone, each in a process of its own."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident set size in MB (10⁶ bytes) after each stage, the peak while watching a clip, and at its end."""

    who: str
    imported: float
    created: float
    peak: float
    end: float


def weigh(who: str, video: Path, model: str) -> Memory:
    """Measure "ours" or "bare" in a new process, since memory once taken is hardly ever returned."""
    done = subprocess.run(
        [sys.executable, __file__, who, str(video), model], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-2000:])
    return Memory(**json.loads(done.stdout))


def _stages(who: str, video: Path, model: str) -> Iterator[None]:
    """Import, create, watch; yields after each of the first two, and after every frame."""
    return _ours(video, model) if who == "ours" else _bare(video, model)


def _ours(video: Path, model: str) -> Iterator[None]:
    from posturecam.config.settings import EstimatorSettings
    from posturecam.posture.loop import watch
    from posturecam.vision.estimator import PoseEstimator
    from posturecam.vision.sources.video import VideoSource

    yield
    with VideoSource(video) as source, PoseEstimator(EstimatorSettings.model_validate({"model": model})) as estimator:
        yield
        for _ in watch(source, estimator):
            yield


def _bare(video: Path, model: str) -> Iterator[None]:
    from bare import BareMediaPipe, decode

    yield
    with BareMediaPipe(model) as landmarker:
        yield
        for image, t in decode(video):
            landmarker(image, t)
            yield


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("who", "video", "model"):
        parser.add_argument(name)
    chosen = parser.parse_args()
    who, video, model = chosen.who, chosen.video, chosen.model
    process = psutil.Process()
    imported, created, *watching = (process.memory_info().rss / 1e6 for _ in _stages(who, Path(video), model))
    print(json.dumps(asdict(Memory(who, imported, created, max(watching), watching[-1]))))


if __name__ == "__main__":
    main()
