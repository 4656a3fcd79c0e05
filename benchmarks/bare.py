"""MediaPipe on its own, for comparison with the loop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import cv2
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

Picture = tuple[NDArray[Any], float]
"""A BGR picture and its time, seconds."""


class BareMediaPipe:
    """One landmarker in VIDEO mode for one person, called as in MediaPipe's own example; needs increasing times."""

    def __init__(self, model: str) -> None:
        options = PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(resources.model_path(model))),
            running_mode=RunningMode.VIDEO,
            num_poses=1,
        )
        self._landmarker = PoseLandmarker.create_from_options(options)

    def __call__(self, image: NDArray[Any], t: float) -> bool:
        """Process one picture; returns whether somebody was found."""
        rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        found = self._landmarker.detect_for_video(mediapipe.Image(mediapipe.ImageFormat.SRGB, rgb), round(t * 1000))
        return bool(found.pose_landmarks)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._landmarker.close()


class BareFaces:
    """The face landmarker on its own, for crops made elsewhere; loaded for the first of them."""

    def __init__(self) -> None:
        self._landmarker: FaceLandmarker | None = None

    def __call__(self, crop: NDArray[Any]) -> bool:
        """Process one crop; returns whether there is a face."""
        if self._landmarker is None:
            options = FaceLandmarkerOptions(
                base_options=BaseOptions(model_asset_path=str(resources.face_model_path())),
                running_mode=RunningMode.IMAGE,
                num_faces=1,
            )
            self._landmarker = FaceLandmarker.create_from_options(options)
        rgb = cv2.cvtColor(crop, cv2.COLOR_BGR2RGB)
        return bool(self._landmarker.detect(mediapipe.Image(mediapipe.ImageFormat.SRGB, rgb)).face_landmarks)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._landmarker is not None:
            self._landmarker.close()


def decode(path: Path) -> Iterator[Picture]:
    """The pictures of a video, with OpenCV alone."""
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    while capture.grab():
        t = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        yield capture.retrieve()[1], t
    capture.release()
