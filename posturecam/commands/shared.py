"""What several commands need: sources with the user's settings, and the real estimator where a picture needs one."""

from __future__ import annotations

import logging
import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from posturecam.frame import Frame, Source
from posturecam.pose import Pose
from posturecam.settings import Settings
from posturecam.sources import VideoOptions, open_source
from posturecam.store import Baselines, load_baselines, load_settings

if TYPE_CHECKING:
    from posturecam.estimator import PoseEstimator

log = logging.getLogger("posturecam")


def prepare(what: str, **options: object) -> tuple[Settings, Source, Baselines]:
    """The user's settings and baselines, and the source that was named ("" is the default camera).

    Raises:
        PosturecamError: if any of them cannot be used.
    """
    logging.basicConfig(format="posturecam: %(message)s", level=logging.WARNING, stream=sys.stderr)
    settings = load_settings()
    baselines = load_baselines()
    if baselines.complaint:
        log.warning("%s", baselines.complaint)
    wanted: VideoOptions = options  # type: ignore[assignment]  # named by the callers in this package
    return settings, open_source(what, settings, **wanted), baselines


class LazyEstimator:
    """The pose model, loaded at the first picture that needs it: recorded landmarks never do."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._estimator: PoseEstimator | None = None

    def __call__(self, frame: Frame) -> Pose | None:
        """The user's pose in this frame, or None."""
        if self._estimator is None:
            from posturecam.estimator import PoseEstimator

            self._estimator = PoseEstimator(self._settings.estimator, self._settings.follow)
        return self._estimator(frame)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._estimator is not None:
            self._estimator.close()
