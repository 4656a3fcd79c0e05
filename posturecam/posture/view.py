"""The camera angle: front, oblique or side, and which side of the person is nearer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from posturecam.config.settings import Settings, ViewSettings
from posturecam.i18n.words import mark
from posturecam.vision.geometry import distance, middle
from posturecam.vision.head import Head
from posturecam.vision.orientation import is_misread
from posturecam.vision.pose import WIDTH_OVER_EAR_HEIGHT, Landmark, Pose


class View(StrEnum):
    """The side in the name is the person's own side that is nearer to the camera."""

    FRONT = "front"
    OBLIQUE_LEFT = "oblique left"
    OBLIQUE_RIGHT = "oblique right"
    SIDE_LEFT = "side left"
    SIDE_RIGHT = "side right"
    UNKNOWN = "unknown"

    @property
    def is_side(self) -> bool:
        """Whether it is close enough to profile for sagittal angles."""
        return self in (View.SIDE_LEFT, View.SIDE_RIGHT)

    @property
    def spoken(self) -> str:
        """The camera angle as used in a sentence."""
        return {
            View.FRONT: mark("the front"),
            View.OBLIQUE_LEFT: mark("your front left"),
            View.OBLIQUE_RIGHT: mark("your front right"),
            View.SIDE_LEFT: mark("your left side"),
            View.SIDE_RIGHT: mark("your right side"),
            View.UNKNOWN: mark("somewhere"),
        }[self]

    @property
    def is_oblique(self) -> bool:
        """Whether it is between front and profile."""
        return self in (View.OBLIQUE_LEFT, View.OBLIQUE_RIGHT)


def apparent_yaw(pose: Pose, settings: Settings) -> float | None:
    """The body yaw; 0 if a face is seen but the shoulders are not, or are misread, since the person then faces the camera."""
    yaw = None if is_misread(pose) else body_yaw(pose, settings)
    return 0.0 if yaw is None and isinstance(pose.head, Head) else yaw


def body_yaw(pose: Pose, settings: Settings) -> float | None:
    """How far the shoulders are turned away from facing the camera: -180 to 180 degrees, or None if they are not seen.

    0 faces the camera; positive when the person's right side is nearer (they face the picture's right), so ±90 is profile.

    The depth difference of the shoulders comes from the model's world landmarks. Of all the depths that BlazePose gives
    it is the most dependable: on rendered people it is within 10° in four out of five pictures at every yaw and camera
    height, and on the 13 side photographs it reads 78 to 99°. For landmarks recorded without depth the shoulder width
    relative to the height of the ears is used, which a slouch distorts.
    """
    least = settings.measures.head_visibility
    if not _sees_shoulders(pose, least):
        return None
    by_depth = yaw_by_depth(pose)
    return _yaw_without_depth(pose, least) if by_depth is None else by_depth


def shoulder_yaw(pose: Pose, least: float) -> float | None:
    """The same by the depth of the shoulders alone; None if they are not seen with this visibility, or their depth was not recorded."""
    return yaw_by_depth(pose) if _sees_shoulders(pose, least) else None


def yaw_by_depth(pose: Pose) -> float | None:
    """The same by the depth of the shoulders, whether they are seen or guessed; None if it was not recorded."""
    left, right = pose.world[Landmark.LEFT_SHOULDER : Landmark.RIGHT_SHOULDER + 1].tolist()
    x, y, z = left[0] - right[0], left[1] - right[1], left[2] - right[2]
    if not math.isfinite(x + y + z) or math.hypot(x, z) <= 1e-6:
        return None
    return math.degrees(math.atan2(z, x))


def _sees_shoulders(pose: Pose, least: float) -> bool:
    return pose.sees(Landmark.LEFT_SHOULDER, least) and pose.sees(Landmark.RIGHT_SHOULDER, least)


def _yaw_without_depth(pose: Pose, least: float) -> float | None:
    ears = [ear for ear in (Landmark.LEFT_EAR, Landmark.RIGHT_EAR) if pose.sees(ear, least)]
    if not ears or not pose.sees(Landmark.NOSE, least):
        return None
    left, right = pose.at(Landmark.LEFT_SHOULDER), pose.at(Landmark.RIGHT_SHOULDER)
    ear = middle(pose.at(ears[0]), pose.at(ears[-1]))
    height = distance(middle(left, right), ear)
    if height < 1e-6:
        return None
    facing = max(-1.0, min(1.0, (left[0] - right[0]) / height / WIDTH_OVER_EAR_HEIGHT))
    away = math.degrees(math.acos(facing))
    return away if pose.at(Landmark.NOSE)[0] > ear[0] else -away


def classify(yaw: float | None, settings: ViewSettings, current: View = View.UNKNOWN) -> View:
    """The view for a body yaw; the current view changes only beyond a margin."""
    if yaw is None:
        return View.UNKNOWN
    turned = abs(yaw)
    front = settings.front_within + (
        settings.margin if current is View.FRONT else -settings.margin if current.is_oblique else 0
    )
    side = (
        90
        - settings.side_within
        - (settings.margin if current.is_side else -settings.margin if current.is_oblique else 0)
    )
    if turned <= front:
        return View.FRONT
    near_right = yaw > 0
    if turned < side:
        return View.OBLIQUE_RIGHT if near_right else View.OBLIQUE_LEFT
    if turned <= 180 - side:
        return View.SIDE_RIGHT if near_right else View.SIDE_LEFT
    return View.UNKNOWN  # seen from behind


@dataclass(frozen=True, slots=True)
class ViewState:
    """The accepted view, and for how long another one has been seen."""

    view: View = View.UNKNOWN
    t: float = 0.0
    other_for: float = 0.0
    """Seconds for which another view has been seen without this one in between."""


def follow_view(state: ViewState, yaw: float | None, t: float, settings: ViewSettings) -> ViewState:
    """One step of the hysteresis: the view changes once others have been seen for `settle` seconds without it.

    The very first view is accepted at once. Unseen shoulders leave everything as it was: the camera does not move
    because somebody bends down.
    """
    seen = classify(yaw, settings, state.view)
    elapsed = max(t - state.t, 0.0)
    if yaw is None or seen is state.view:
        return ViewState(state.view, t, state.other_for if yaw is None else 0.0)
    if state.view is View.UNKNOWN:
        return ViewState(seen, t)
    # The first check of another view has no known duration.
    other_for = state.other_for + elapsed if state.other_for else 1e-9
    return ViewState(seen, t) if other_for >= settings.settle else ViewState(state.view, t, other_for)
