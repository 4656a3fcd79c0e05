"""MediaPipe's models, as the rest of the program uses them: the only module that knows the library.

No network: the MediaPipe library from PyPI reports its usage to Google about a minute after a landmarker is created
(google-ai-edge/mediapipe#6291; seen here with strace in 1.2.2) and has no switch to stop it. Its uploader honors the
proxy variables, so importing this module points them at a closed port of this computer, for the whole process.
`benchmarks/no_network.py` shows that no other machine is then contacted; `docs/privacy.md` has the details.
"""

# ruff: noqa: E402

from __future__ import annotations

import os
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self, TypeVar

_NOWHERE = "http://127.0.0.1:9"
"""Port 9, "discard", on this computer, where nothing listens."""


def _stay_offline() -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        os.environ[name] = os.environ[name.upper()] = _NOWHERE
    for name in ("no_proxy", "NO_PROXY"):
        os.environ.pop(name, None)


_stay_offline()  # before the library is loaded

import cv2
import numpy as np

from posturecam.config.lazy_imports import deferred

with deferred():
    import mediapipe
    from mediapipe.tasks.python.core.base_options import BaseOptions
    from mediapipe.tasks.python.vision import (
        FaceLandmarker,
        FaceLandmarkerOptions,
        PoseLandmarker,
        PoseLandmarkerOptions,
        RunningMode,
    )

from numpy.typing import NDArray

from posturecam.config import resources
from posturecam.config.limits import INSTALL_LIBRARIES, require_memory, require_threads
from posturecam.config.reading import explained, reason
from posturecam.config.settings import EstimatorSettings
from posturecam.errors import ModelError
from posturecam.vision.follow import alone
from posturecam.vision.frame import Frame, Image
from posturecam.vision.pose import LANDMARK_COUNT, Pose
from posturecam.vision.sources.opencv import brightened, softened

_Model = TypeVar("_Model")
PROCESSORS = Path("/proc/cpuinfo")
"""Where MediaPipe learns what Linux knows of the processors; a sandbox, a chroot or a BSD that runs Linux programs may lack it."""
USUAL_MARGIN = 0.6
"""How far a person's box is widened before everything outside it is blanked, as a multiple of its size."""
_LARGEST_SIDE = 1280
"""Larger pictures are shrunk to this first, pixels: the networks work at 224 and 256, and converting an 8K picture
costs 0.2 s."""


class FaceLandmarks:
    """The face points in a crop around one head; a `posturecam.vision.face.finder.FaceFinder`.

    Each crop is processed on its own: the crop already follows the head, and a result 30 s later must not depend on
    this one.

    Raises:
        ModelError: on construction, if the model is missing or damaged.
    """

    def __init__(self) -> None:
        path = resources.face_model_path()
        options = FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(path)), running_mode=RunningMode.IMAGE, num_faces=1
        )
        self._landmarker: FaceLandmarker | None = _loaded(
            path,
            lambda: FaceLandmarker.create_from_options(options),
            lambda problem: ModelError(
                "The face model {path} is damaged ({problem}); install posturecam again", path=path, problem=problem
            ),
        )

    def __call__(self, crop: Image) -> NDArray[np.float64] | None:
        """Shape (478, 2), pixels of the crop, or None if there is no face."""
        assert self._landmarker is not None
        result = self._landmarker.detect(_to_mediapipe(crop))
        if not result.face_landmarks:
            return None
        height, width = crop.shape[:2]
        return np.array([(mark.x * width, mark.y * height) for mark in result.face_landmarks[0]], np.float64)

    def close(self) -> None:
        """Free the model. Safe to call twice."""
        if self._landmarker is not None:
            self._landmarker.close()
            self._landmarker = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _loaded(path: Path, load: Callable[[], _Model], damaged: Callable[[str], ModelError]) -> _Model:
    """Load a landmarker from a model file, or raise the error that says what to do; `damaged` builds one from the library's message."""
    require_memory()
    require_threads()
    with explained(lambda error: damaged(reason(error))):
        _require_whole(path)
    try:
        return load()
    except OSError as error:  # the native library itself
        raise ModelError(
            "MediaPipe's library cannot be loaded ({problem}); on Debian or Ubuntu run: {command}",
            problem=str(error).splitlines()[0],
            command=INSTALL_LIBRARIES,
        ) from error
    except ValueError as error:
        raise damaged(str(error).splitlines()[0]) from error
    except RuntimeError as error:  # the model can be read, so something else is missing
        if sys.platform == "linux" and not os.access(PROCESSORS, os.R_OK):
            raise ModelError(
                "MediaPipe cannot load a model because {file} is missing or not readable; run: {command}",
                file=PROCESSORS,
                command=f"sudo mount -t proc proc {PROCESSORS.parent}",
            ) from error
        raise ModelError(
            "MediaPipe cannot load {path} on this computer ({problem}); please report this",
            path=path,
            problem=reason(error),
        ) from error


def _require_whole(path: Path) -> None:
    """Verify the checksums of a bundle (a zip archive): with damaged weights the library gives wrong results, or crashes.

    Takes 4 to 10 ms.
    """
    with zipfile.ZipFile(path) as bundle:
        changed = bundle.testzip()
        if changed is not None:
            raise ValueError(f"{changed} is not as it was made")


class Landmarker:
    """One MediaPipe landmarker, with its own clock and the conversion to and from its types: for a video or for single pictures."""

    def __init__(self, settings: EstimatorSettings, *, video: bool, people: int = 1) -> None:
        path = resources.model_path(settings.model)
        options = PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(path)),
            running_mode=RunningMode.VIDEO if video else RunningMode.IMAGE,
            num_poses=people,
            min_pose_detection_confidence=settings.detection_confidence,
            min_pose_presence_confidence=settings.tracking_confidence,
            min_tracking_confidence=settings.tracking_confidence,
        )
        self._landmarker: PoseLandmarker | None = _loaded(
            path,
            lambda: PoseLandmarker.create_from_options(options),
            lambda problem: ModelError(
                "The pose model {path} is damaged ({problem}); install posturecam again", path=path, problem=problem
            ),
        )
        self._last_ms = -1

    def follow(self, frame: Frame) -> Pose | None:
        """The tracked person's pose in the next picture of a video."""
        assert frame.image is not None
        return self._next(frame.image, frame.t)

    def forget(self, image: Image, t: float) -> None:
        """Drop the tracked person, by showing an empty picture of the same size."""
        self._look(np.zeros_like(image), t)

    def start_over(self, frame: Frame) -> Pose | None:
        """Drop the tracked person, and track whoever is found in the picture, which is brightened if it is dark."""
        assert frame.image is not None
        self.forget(frame.image, frame.t)
        return self._next(brightened(frame.image), frame.t)

    def restart_on(
        self, frame: Frame, person: Pose, others: Sequence[Pose] = (), margin: float = USUAL_MARGIN
    ) -> Pose | None:
        """Drop the tracked person and track this one: an empty picture, then one with everybody else blanked out."""
        assert frame.image is not None
        self.forget(frame.image, frame.t)
        return self._next(alone(frame.image, person, others, margin), frame.t)

    def search(self, frame: Frame) -> list[Pose]:
        """Everybody in one picture, with a second, blurred attempt if nobody is found."""
        assert frame.image is not None
        return self.everybody(frame.image, frame.t) or self.everybody(softened(frame.image), frame.t)

    def everybody(self, image: Image, t: float) -> list[Pose]:
        """Everybody in one picture, in a single attempt."""
        assert self._landmarker is not None
        return _poses(self._landmarker.detect(_to_mediapipe(image)), t, image)

    def _next(self, image: Image, t: float) -> Pose | None:
        """The tracked person in the next picture, with a second, blurred attempt if nobody is found."""
        return self._look(image, t) or self._look(softened(image), t)

    def _look(self, image: Image, t: float) -> Pose | None:
        assert self._landmarker is not None
        self._last_ms = max(self._last_ms + 1, round(t * 1000))  # MediaPipe's time must increase
        poses = _poses(self._landmarker.detect_for_video(_to_mediapipe(image), self._last_ms), t, image)
        return poses[0] if poses else None

    def close(self) -> None:
        """Free the model. Safe to call twice."""
        if self._landmarker is not None:
            self._landmarker.close()
            self._landmarker = None


def _to_mediapipe(image: Image) -> mediapipe.Image:
    largest = max(image.shape[:2])
    if largest > _LARGEST_SIDE:
        scale = _LARGEST_SIDE / largest
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    return mediapipe.Image(mediapipe.ImageFormat.SRGB, np.ascontiguousarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)))


def _poses(result: object, t: float, image: Image) -> list[Pose]:
    """MediaPipe's normalized landmarks as poses in pixels of the original picture."""
    height, width = image.shape[:2]
    poses = []
    for normalized, world in zip(result.pose_landmarks, result.pose_world_landmarks, strict=True):  # type: ignore[attr-defined]
        if len(normalized) != LANDMARK_COUNT:
            continue
        points = np.array([(mark.x * width, mark.y * height) for mark in normalized], np.float32)
        visibility = np.array([mark.visibility for mark in normalized], np.float32)
        meters = np.array([(mark.x, mark.y, mark.z) for mark in world], np.float32)
        poses.append(Pose(t, width, height, points, visibility, meters))
    return poses
