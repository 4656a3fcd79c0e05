"""posturecam: how you sit, measured through an ordinary webcam.

The whole loop, here on a rendered person who sits upright and later slouches. The clip is a time-lapse: each of its seconds
stands for fifteen. With a camera, `CameraSource()` takes the place of both videos.

    >>> from posturecam import PoseEstimator, VideoSource, calibrate, watch
    >>> with VideoSource("desk_front.mp4", rate=5) as video, PoseEstimator() as estimator:
    ...     upright = calibrate(video, estimator, seconds=6)
    >>> upright.quality
    'good'
    >>> slouch = VideoSource("desk_front.mp4", start=16, end=28, rate=0.5, time_scale=15)
    >>> with slouch as video, PoseEstimator() as estimator:
    ...     for tick in watch(video, estimator, {upright.view: upright}):
    ...         for event in tick.events:
    ...             print(type(event).__name__)
    SlouchSustained

Each tick has the frame, the pose (None if nobody is seen), the reading (measures, each a value or the reason why there
is none), the state and the events. Names are imported on first use, so that `import posturecam` costs nothing.

Whatever loads the models (`PoseEstimator`, `analyze`) points the proxy variables of the process at a closed port, so that
MediaPipe reports nothing. If your program uses a network itself, let it ignore them: `requests.Session` with
`trust_env = False`, `urllib.request.ProxyHandler({})`, `curl --noproxy "*"`.

Judge files, and write what was found:      `analyze`
Learn somebody's upright posture:           `calibrate`
Judge frames as they come:                  `watch`, with the learned estimator too: `load_judge`
Where frames come from:                     `CameraSource`, `VideoSource`, `RecordingSource`
Find the person:                            `PoseEstimator`
Every threshold:                            `Settings`
What can go wrong:                          `PosturecamError` and its kinds; `posturecam.errors` draws the tree
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from posturecam.analysis.single import analyze
    from posturecam.analysis.summary import AnalyzeOptions, Summary
    from posturecam.config.settings import Settings
    from posturecam.errors import (
        CalibrationRefused,
        CameraError,
        DesktopUnavailable,
        HistoryError,
        HistoryTooNew,
        LimitReached,
        ModelError,
        NotRunning,
        OutputError,
        PosturecamError,
        SettingsError,
        SourceError,
        UnknownExercise,
    )
    from posturecam.posture.baseline import Baseline
    from posturecam.posture.learned.weights import load_judge
    from posturecam.posture.loop import Tick, watch
    from posturecam.session.guided_calibration import calibrate
    from posturecam.vision.estimator import PoseEstimator
    from posturecam.vision.sources.camera import CameraSource
    from posturecam.vision.sources.recording import RecordingSource
    from posturecam.vision.sources.video import VideoSource

__all__ = [
    "AnalyzeOptions",
    "Baseline",
    "CalibrationRefused",
    "CameraError",
    "CameraSource",
    "DesktopUnavailable",
    "HistoryError",
    "HistoryTooNew",
    "LimitReached",
    "ModelError",
    "NotRunning",
    "OutputError",
    "PoseEstimator",
    "PosturecamError",
    "RecordingSource",
    "Settings",
    "SettingsError",
    "SourceError",
    "Summary",
    "Tick",
    "UnknownExercise",
    "VideoSource",
    "__version__",
    "analyze",
    "calibrate",
    "load_judge",
    "watch",
]

__version__ = "0.1.0"

_HOMES = {
    "AnalyzeOptions": "analysis.summary",
    "Baseline": "posture.baseline",
    "CameraSource": "vision.sources.camera",
    "PoseEstimator": "vision.estimator",
    "RecordingSource": "vision.sources.recording",
    "Settings": "config.settings",
    "Summary": "analysis.summary",
    "Tick": "posture.loop",
    "VideoSource": "vision.sources.video",
    "analyze": "analysis.single",
    "calibrate": "session.guided_calibration",
    "load_judge": "posture.learned.weights",
    "watch": "posture.loop",
}
"""The module of each public name; those that are not here are in `errors`."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES.get(name, 'errors')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
