"""Cameras that give no live picture of the user, or none at all, using the scripted camera and stepped clock of the tests."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from fault_cases import case, part

_TESTS = Path(__file__).parents[2] / "tests"
_RATE = 30.0
_SIDE = ("vision.sources.camera", "camera")
Picture = NDArray[np.uint8]
Scene = Callable[[float], Any]


def _fakes() -> Any:
    """The fakes: next to the tests, and in 0.1.0 in the package."""
    try:
        return SimpleNamespace(
            Clock=part("SteppedClock", "fakes"), Capture=part("FakeCapture", "fakes"), gone=part("Fault", "fakes").GONE
        )
    except ImportError:
        sys.path.insert(0, str(_TESTS))
        from fakes.camera import CameraFault, FakeCapture, SteppedClock  # type: ignore[import-not-found]

        return SimpleNamespace(Clock=SteppedClock, Capture=FakeCapture, gone=CameraFault.GONE)


def _live(t: float) -> Picture:
    """Somebody's room, with sensor noise."""
    noise = np.random.default_rng(round(t * 1000)).normal(0, 2, (48, 64, 1))
    return np.clip(_room(0).astype(float) + noise, 0, 255).astype(np.uint8)


def _room(_t: float) -> Picture:
    picture = np.full((48, 64, 3), 120, np.uint8)
    picture[:, 32:] = 170
    picture[20:30, 10:20] = 40
    return picture


def _from(start: float, other: Scene, until: float = 1e9) -> Scene:
    return lambda t: other(t) if start <= t < until else _live(t)


class _Bench:
    def __init__(self, scene: Scene, listed: int = 1) -> None:
        self.fakes = _fakes()
        self.clock = self.fakes.Clock(100.0)
        self.scene = scene
        made = part("Camera", *_SIDE)
        self.cameras = [made(number, f"Camera {number}", f"key-{number}", 0) for number in range(listed)]
        self.opened: list[int] = []
        self.capture = self.fakes.Capture

    def open_capture(self, camera: Any) -> Any:
        self.opened.append(camera.index)
        return self.capture(self.clock, self.scene, _RATE)

    def frames(self, until: float, pace: float = 0.5) -> Iterator[Any]:
        settings = part("CameraSettings", "config.settings", "settings")()
        with part("CameraSource", *_SIDE)(
            "", settings, open_capture=self.open_capture, cameras=lambda: self.cameras, clock=self.clock
        ) as source:
            source.pace(pace)
            for frame in source:
                if self.clock.time() > until:
                    return
                yield frame


def _said(scene: Scene, start: float, within: float) -> str | None:
    """Whether the trouble that begins at `start` is reported within this many seconds, and no picture is judged from then on."""
    frames = list(_Bench(scene).frames(start + within + 30))
    if any(frame.problem for frame in frames if frame.t < start):
        return "a live picture was called none"
    judged = [frame.t for frame in frames if frame.t > start + within and frame.image is not None]
    return f"judged as a live picture {judged[0] - start:.0f} s later" if judged else None


@case("cameras", "a picture that stands still")
def still(folder: Path, seed: int) -> str | None:
    return _said(_from(103, lambda _: _live(103)), 103, 12)


@case("cameras", "a picture that stands still behind a running clock, or comes again and again", seeds=2)
def repeated(folder: Path, seed: int) -> str | None:
    def clocked(t: float) -> Picture:
        picture = _live(103)
        picture[44:46, 50:60] = int(t) % 200
        return picture

    return _said(_from(103, (clocked, lambda t: _live(103 + t % 3 // 0.1))[seed]), 103, (12, 60)[seed])


@case("cameras", "green, and other pictures of one color", seeds=4)
def uniform(folder: Path, seed: int) -> str | None:
    color = ((0, 135, 0), (128, 128, 128), (255, 255, 255), (200, 30, 30))[seed]
    return _said(_from(103, lambda _: np.full((48, 64, 3), color, np.uint8)), 103, 1)


@case("cameras", "one color with a sensor's noise, as of a covered lens", seeds=3)
def covered(folder: Path, seed: int) -> str | None:
    gray = np.random.default_rng(1).normal((60, 128, 200)[seed], 3, (480, 640, 1))
    noise = np.clip(np.repeat(gray, 3, 2), 0, 255).astype(np.uint8)

    def usual(t: float) -> Picture:
        if t >= 103:
            return np.asarray(np.roll(noise, round(t * 1000) % 480, axis=0))
        return np.kron(_live(t), np.ones((10, 10, 1), np.uint8)).astype(np.uint8)

    return _said(usual, 103, 1)


@case("cameras", "a virtual camera's logo")
def logo(folder: Path, seed: int) -> str | None:
    picture = _room(0)
    picture[10:40:3] = 250
    bench = _Bench(lambda _: picture)
    late = [frame for frame in bench.frames(125) if frame.t > 113]
    return None if all(frame.problem for frame in late) else "it is judged as a live picture"


@case("cameras", "an infra-red light that flickers", seeds=4)
def infrared(folder: Path, seed: int) -> str | None:
    pattern, dark = ((1, 0), (1, 1, 0, 0))[seed % 2], seed // 2

    def scene(t: float) -> Picture:
        lit = pattern[round(t * _RATE) % len(pattern)]
        return _live(t) if lit else np.full((48, 64, 3), 2, np.uint8) if dark else (_live(t) // 4).astype(np.uint8)

    frames = list(_Bench(scene).frames(130))[3:]
    wrong = sum(frame.image is None or frame.image.mean() < 90 for frame in frames)
    return f"{wrong} of {len(frames)} looks are dark or none" if wrong else None


@case("cameras", "a driver that succeeds and gives no picture", seeds=2)
def nothing(folder: Path, seed: int) -> str | None:
    bench, died = _Bench(_live), list[str]()
    usual, gives = bench.capture.retrieve, (None, np.zeros((0, 0, 3), np.uint8))[seed]
    before, threading.excepthook = threading.excepthook, lambda args: died.append(args.exc_type.__name__)
    try:
        with mock.patch.object(
            bench.capture, "retrieve", lambda self: usual(self) if bench.clock.time() < 103 else (True, gives)
        ):
            problems = [frame.problem for frame in bench.frames(120) if frame.t > 108]
    finally:
        threading.excepthook = before
    if died:
        return f"its thread died: {died[0]}"
    return None if problems and all(problems) else "nothing was said"


@case("cameras", "unplugged and back")
def unplugged(folder: Path, seed: int) -> str | None:
    fakes = _fakes()
    bench = _Bench(lambda t: fakes.gone if 103 <= t < 110 else _live(t))
    frames = list(bench.frames(130))
    if not any(frame.problem for frame in frames if 103 < frame.t < 110):
        return "nothing was said"
    return None if frames[-1].problem is None else "it was not taken again"


@case("cameras", "unplugged, and another one is left")
def another(folder: Path, seed: int) -> str | None:
    fakes = _fakes()
    bench = _Bench(lambda t: fakes.gone if t >= 103 else _live(t), listed=2)
    for frame in bench.frames(140):
        if frame.t > 103:
            bench.cameras = bench.cameras[-1:]
    return "the other one was taken unasked" if 1 in bench.opened else None


@case("cameras", "two of one model")
def twins(folder: Path, seed: int) -> str | None:
    """Two cameras without serial numbers: each must have a key of its own."""
    module = part("cv2_enumerate_cameras", *_SIDE)
    found = [SimpleNamespace(index=n, name="C920", path=f"/dev/video{n}", vid=0x46D, pid=0x82D) for n in (0, 2)]
    with mock.patch.object(module, "enumerate_cameras", return_value=found):
        keys = [camera.key for camera in part("list_cameras", *_SIDE)()]
    return None if len(set(keys)) == 2 else f"both are called {keys[0]}: their baselines are mixed up"


class _Landmarks:
    """Replaces the landmarker."""

    def __init__(self, who: Callable[[float], Any]) -> None:
        self._who = who

    def follow(self, frame: Any) -> Any:
        return replace(self._who(frame.t), t=frame.t)

    def search(self, frame: Any) -> list[Any]:
        return [self.follow(frame)]

    def restart_on(self, frame: Any, person: Any) -> Any:
        return person

    def close(self) -> None:
        return


@case("cameras", "a poster once the user has left", seeds=3)
def poster(folder: Path, seed: int) -> str | None:
    """The landmarker finds the user until 25 s, then somebody on the wall: to the side, smaller, or in the user's seat."""
    module = sys.modules[part("PoseEstimator", "vision.estimator", "estimator").__module__]
    recording = Path(__file__).parents[2] / "tests" / "data" / "recordings" / "desk_front.npz"
    with part("RecordingSource", "vision.sources.recording", "sources.recording")(recording) as source:
        user = next(frame.pose for frame in source if frame.pose is not None)
    scale, aside = ((0.9, 0.55), (0.7, 0.4), (1.0, 0.0))[seed]
    middle = user.points.mean(axis=0)
    hung = replace(user, points=((user.points - middle) * scale + middle + (aside * user.width, 0)).astype(np.float32))
    room = np.random.default_rng(1).integers(60, 200, (user.height // 20, user.width // 20, 1))
    room = np.kron(room, np.ones((20, 20, 3))).astype(float)
    landmarks = _Landmarks(lambda t: user if t < 25 else hung)
    seen = []
    landmarker = "Landmarker" if hasattr(module, "Landmarker") else "_Landmarker"  # its name in 0.1.0
    with mock.patch.object(module, landmarker, return_value=landmarks):
        settings = part("EstimatorSettings", "config.settings", "settings")
        wanted = {"face": False} if "face" in settings.model_fields else {}
        with module.PoseEstimator(settings(**wanted)) as estimator:
            for number in range(240):
                t = 0.5 * number
                picture = room + np.random.default_rng(number).normal(0, 1.5, room.shape)
                if t < 25:  # living people sway
                    picture = np.roll(picture, round(3 * np.sin(t)), axis=1)
                frame = part("Frame", "vision.frame", "frame")(t, np.clip(picture, 0, 255).astype(np.uint8))
                seen.append((t, estimator(frame) is not None))
    if not all(there for t, there in seen if t < 24):
        return "the user was lost"
    taken = [t for t, there in seen if t > 60 and there]
    return f"it is taken for the user, {len(taken) / 2:.0f} s of the last 60" if taken else None
