"""The pose model, loaded on first use: importing MediaPipe takes a second, and recordings do not need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from posturecam.config.settings import Settings
from posturecam.vision.frame import Frame
from posturecam.vision.pose import Pose

if TYPE_CHECKING:
    from posturecam.vision.estimator import PoseEstimator
    from posturecam.vision.face.finder import Complain
    from posturecam.vision.search.room_estimator import RoomEstimator


class LazyEstimator:
    """The pose model, loaded at the first picture that needs it; recorded landmarks never do."""

    def __init__(
        self, settings: Settings, *, across_room: bool = False, camera: str = "", complain: Complain | None = None
    ) -> None:
        """Create an estimator without its model.

        Args:
            settings: Used when the model is loaded.
            across_room: For somebody stretching anywhere in a room, instead of sitting at a desk.
            camera: The key of the camera whose pictures it gets, if it may serve again (`serves`).
            complain: Called when a model cannot be used and work continues without it; by default this is logged.
        """
        self._settings, self._across_room, self._camera, self._complain = settings, across_room, camera, complain
        self._estimator: PoseEstimator | RoomEstimator | None = None

    @property
    def loaded(self) -> bool:
        """Whether the model has been needed."""
        return self._estimator is not None

    def __call__(self, frame: Frame) -> Pose | None:
        """The user's pose in this frame, or None."""
        if self._estimator is None:
            self._estimator = self._made()
        return self._estimator(frame)

    def _made(self) -> PoseEstimator | RoomEstimator:
        if self._across_room:
            from posturecam.vision.search.room_estimator import RoomEstimator

            return RoomEstimator(self._settings.estimator, self._settings.follow)
        from posturecam.vision.estimator import PoseEstimator

        settings = self._settings
        return PoseEstimator(settings.estimator, settings.follow, settings.camera.field_of_view, self._complain)

    def serves(self, settings: Settings, camera: str = "") -> bool:
        """Whether it can go on with these settings and this camera: what it remembers of one camera's picture is wrong in another's."""
        mine = self._settings
        made_of = self._camera, mine.estimator, mine.follow, mine.camera
        return not self._across_room and made_of == (camera, settings.estimator, settings.follow, settings.camera)

    def close(self) -> None:
        """Release the model, if it was loaded."""
        if self._estimator is not None:
            self._estimator.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
