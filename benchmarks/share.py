"""Share of one processor core while a camera is watched in real time; `cost.py` reports it.

python benchmarks/share.py                     # the desk clips, each with and without holding, both at once: seven minutes
python benchmarks/share.py --beside FOLDER     # beside another version: a checkout (git worktree add FOLDER COMMIT)
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import program
from bare import BareMediaPipe
from clips import UPRIGHT_UNTIL, learn_upright, load, ping_pong
from numpy.typing import NDArray

from posturecam.config.settings import Settings
from posturecam.posture.loop import Tick, watch
from posturecam.vision.estimator import PoseEstimator
from posturecam.vision.frame import Frame
from posturecam.vision.pose import Pose
from posturecam.vision.sources.camera import Camera, CameraSource

AIM = 0.03
"""Most of one core that the program may use while the scene is steady."""

FACE_AIM = 1.3
"""With the face model, the loop may cost at most this many times as much as without it, and without reusing landmarks
as in 0.1.0."""

_RATE = 30.0
"""Pictures per second that the camera gives, whatever is requested, as most do."""
_BARE_SECONDS = 20.0
"""MediaPipe alone needs no longer: it does the same for every picture."""


class SteadyCapture:
    """A camera in real time that plays a clip back and forth; it gives YUYV, which `retrieve` converts as OpenCV does.

    A grab waits for the next picture. The processor time of the reading thread is recorded here, since only it calls
    `grab`.
    """

    def __init__(self, frames: Sequence[Frame]) -> None:
        self._raw = [_to_yuyv(frame.image) for frame in frames if frame.image is not None]
        self._times = [frame.t for frame in frames]
        self._noise = np.random.default_rng(0)
        self._begun = self._due = time.monotonic()
        self.thread_seconds = 0.0
        """Processor seconds of the reading thread so far."""
        self.retrieve_seconds = 0.0
        """The part of them spent converting."""

    def isOpened(self) -> bool:
        """Always true."""
        return True

    def grab(self) -> bool:
        """Wait for the next picture."""
        self.thread_seconds = time.thread_time()
        now = time.monotonic()
        self._due = max(self._due + 1 / _RATE, now)
        time.sleep(self._due - now)
        return True

    def retrieve(self) -> tuple[bool, Any]:
        """The current picture, converted."""
        begun = time.thread_time()
        picture = cv2.cvtColor(self._shown(), cv2.COLOR_YUV2BGR_YUY2).copy()  # OpenCV copies what its driver converted
        self.retrieve_seconds += time.thread_time() - begun
        # A clip that is repeated to the last bit would count as frozen; a sensor repeats none.
        rows = picture[::4]
        np.bitwise_xor(rows, self._noise.integers(0, 2, (len(rows), 1, 1), np.uint8), out=rows)
        return True, picture

    def set(self, propId: int, value: float) -> bool:
        """Always refused."""
        return False

    def release(self) -> None:
        """Nothing to release."""

    def _shown(self) -> NDArray[Any]:
        length = len(self._raw) * (self._times[1] - self._times[0])
        place = ping_pong(self._due - self._begun, length) / length
        return self._raw[min(int(place * len(self._raw)), len(self._raw) - 1)]


def _to_yuyv(image: NDArray[Any]) -> NDArray[Any]:
    return cv2.cvtColor(image, cv2.COLOR_BGR2YUV_YUY2)


@dataclass(frozen=True, slots=True)
class Spent:
    """What a period of watching cost: seconds, of wall clock and processor time."""

    what: str
    wall: float
    process: float
    grab: float
    """The camera's reading thread, without converting."""
    retrieve: float
    """Converting the requested pictures."""
    estimate: float
    """The pose model, in all its threads, as called by the estimator."""
    looks: int
    phases: dict[str, int]
    """Number of checks in each phase of the monitor."""

    @property
    def share(self) -> float:
        """Share of one core."""
        return self.process / self.wall

    @property
    def rest(self) -> float:
        """Everything else: measuring, judging, waiting for the next check."""
        return self.process - self.grab - self.retrieve - self.estimate


class _Metered:
    """An estimator that records the processor time of all threads while it runs."""

    def __init__(self, estimator: PoseEstimator) -> None:
        self._estimator = estimator
        self.seconds = 0.0

    def __call__(self, frame: Frame) -> Pose | None:
        begun = time.process_time()
        try:
            return self._estimator(frame)
        finally:
            self.seconds += time.process_time() - begun


def watch_steady(video: Path, settings: Settings, seconds: float) -> list[Spent]:
    """Watch the upright start of a clip through a camera: until the user is settled, then for this many seconds."""
    frames = load(video, UPRIGHT_UNTIL)
    baselines = learn_upright(frames, settings)
    capture = SteadyCapture(frames)
    settling = settings.follow.settle_after + settings.follow.search_interval
    with (
        CameraSource("0", settings.camera, open_capture=lambda _: capture, cameras=lambda: [_CAMERA]) as source,
        PoseEstimator(settings.estimator, settings.follow) as estimator,
    ):
        metered = _Metered(estimator)
        ticks = watch(source, metered, baselines, settings)
        return [
            _stretch(f"first {settling:g} s", settling, ticks, capture, metered),
            _stretch("then", seconds, ticks, capture, metered),
        ]


def without_face(settings: Settings) -> dict[str, Settings]:
    """What to compare with, by name: the same without the face model, and 0.1.0, which also ran the model on every picture."""

    def but(**estimator: bool | float) -> Settings:
        return settings.model_copy(update={"estimator": settings.estimator.model_copy(update=estimator)})

    return {"without the face": but(face=False), "as 0.1.0 did": but(face=False, hold=0.0)}


_CAMERA = Camera(0, "benchmark", "benchmark", cv2.CAP_ANY)


def _stretch(what: str, seconds: float, ticks: Iterator[Tick], capture: SteadyCapture, metered: _Metered) -> Spent:
    def meters() -> tuple[float, ...]:
        read, converted = capture.thread_seconds, capture.retrieve_seconds
        return time.monotonic(), time.process_time(), read - converted, converted, metered.seconds

    before, phases = meters(), Counter[str]()
    while time.monotonic() - before[0] < seconds:
        phases[next(ticks).state.phase.value] += 1
    wall, process, grab, retrieve, estimate = (now - then for now, then in zip(meters(), before, strict=True))
    return Spent(what, wall, process, grab, retrieve, estimate, phases.total(), dict(phases))


def watch_bare(video: Path, model: str, seconds: float) -> Spent:
    """MediaPipe alone on every picture of the same camera."""
    capture = SteadyCapture(load(video, UPRIGHT_UNTIL))
    with BareMediaPipe(model) as landmarker:
        begun, process, looks = time.monotonic(), time.process_time(), 0
        while (t := time.monotonic() - begun) < min(seconds, _BARE_SECONDS):
            capture.grab()
            landmarker(capture.retrieve()[1], t)
            looks += 1
        wall, process = time.monotonic() - begun, time.process_time() - process
    converted = capture.retrieve_seconds
    return Spent("MediaPipe alone", wall, process, 0.0, converted, process - converted, looks, {})


_CLIPS = ("desk_front", "low_light", "two_people", "desk_oblique", "desk_side")
_ONE = """
import sys
from pathlib import Path
root, clip, seconds, hold = sys.argv[1:]
sys.path[:0] = [root, f"{root}/benchmarks"]
import share
settings = share.Settings()
if hold == "no":
    settings = settings.model_copy(update={"estimator": settings.estimator.model_copy(update={"hold": 0.0})})
spent = share.watch_steady(Path(root) / "sample_videos" / f"{clip}.mp4", settings, float(seconds))[-1]
print(spent.share, spent.looks)
"""
"""One watch, in a process of its own: of this version or of another."""


def _both(clip: str, seconds: float, beside: Path | None) -> tuple[tuple[float, int], tuple[float, int]]:
    """Share of a core and number of checks: of the version compared with and of this one, watched at the same time."""
    here = Path(__file__).parents[1]
    ways = ((beside or here, "yes" if beside else "no"), (here, "yes"))
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _ONE, str(root.resolve()), clip, str(seconds), hold],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=root,
        )
        for root, hold in ways
    ]  # fmt: skip
    outputs = [process.communicate()[0].split() for process in running]
    (a, m), (b, n) = ((float(share), int(looks)) for share, looks in outputs)
    return (a, m), (b, n)


def main() -> None:
    """Print the shares and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--beside",
        type=program.existing_folder,
        metavar="FOLDER",
        help="a checkout of another version (default: this one without holding)",
    )
    parser.add_argument(
        "--seconds",
        type=program.above_zero,
        default=75.0,
        help="of watching, once the user is settled (default: %(default)g)",
    )
    parser.add_argument("--clips", nargs="+", choices=_CLIPS, default=_CLIPS, metavar="CLIP")
    arguments = parser.parse_args()
    if arguments.beside and not (arguments.beside / "benchmarks" / "share.py").is_file():
        parser.error(f"--beside: {arguments.beside} is no checkout of posturecam")
    ratios = []
    for clip in arguments.clips:
        (a, m), (b, n) = _both(clip, arguments.seconds, arguments.beside)
        ratios.append(b / a)
        print(f"{clip:14} {a:.2%} in {m} looks, now {b:.2%} in {n}: {b / a:.2f} times", flush=True)
    print(f"{'mean':14} {sum(ratios) / len(ratios):.2f} times")


if __name__ == "__main__":
    program.run(main)
