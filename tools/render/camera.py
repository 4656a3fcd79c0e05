"""Cameras: where they stand, what they look at, and where a point in space falls in their picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.render.makehuman import Floats
from tools.render.rotation import Rotation, about, unit


@dataclass(frozen=True)
class Camera:
    """A pinhole camera."""

    position: tuple[float, float, float]
    """Meters."""
    target: tuple[float, float, float]
    """The point in the center of the picture, meters."""
    field_of_view: float = 62.0
    """Horizontal, degrees."""
    width: int = 640
    """Picture width, pixels."""
    height: int = 480
    roll: float = 0.0
    """Degrees: positive turns the camera clockwise, so that its picture turns counterclockwise."""
    name: str = ""

    @property
    def axes(self) -> Rotation:
        """Rows: the picture's right, its down, and the camera's viewing direction."""
        forward = unit(np.subtract(self.target, self.position))
        right = unit(np.cross(forward, (0, 0, 1)))
        down = np.cross(forward, right)
        return np.stack([right, down, forward]) @ about(forward, self.roll).T

    @property
    def focal_length(self) -> float:
        """Focal length, pixels."""
        return float(0.5 * self.width / np.tan(np.radians(self.field_of_view) / 2))

    @property
    def pitch(self) -> float:
        """How far the camera looks down, degrees; negative if it looks up."""
        return float(-np.degrees(np.arcsin(self.axes[2][2])))

    def into(self, points: Floats) -> Floats:
        """Points in the camera's own axes (right, down, away), shape (…, 3), meters."""
        return np.asarray((np.asarray(points) - np.asarray(self.position)) @ self.axes.T)

    def project(self, points: Floats) -> Floats:
        """Where points fall in the picture, shape (…, 2), pixels; NaN for those behind the camera."""
        seen = self.into(points)
        away = np.where(seen[..., 2] > 1e-6, seen[..., 2], np.nan)
        middle = np.array([self.width / 2, self.height / 2])
        return np.asarray(middle + self.focal_length * seen[..., :2] / away[..., None])
