"""The position and rotation of a head, measured from its face, or the reason why they are unknown.

Signs are those of the measures: pitch is positive when looking down, yaw positive when the head turns to the person's
left, roll positive when the person's left side is higher. x grows to the picture's right, y down and z away from the
camera.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from operator import attrgetter


class NoHead(StrEnum):
    """Why there is no head measurement."""

    NOT_LOOKED = "not_looked"
    """No face was searched for: the camera is at the side, an earlier result is still valid, or the recording predates
    it."""
    TOO_SMALL = "too_small"
    """The head covers too few pixels to show a face."""
    NOT_FOUND = "not_found"
    """No face found where the head is: turned away or bent by more than about 40°, or hidden."""
    IMPLAUSIBLE = "implausible"
    """The points found do not form a face in front of a camera."""

    @property
    def case(self) -> str:
        """The case of the reason "not seen" that states it, see `posturecam.posture.reasons`."""
        return f"face_{self.value}"


@dataclass(frozen=True, slots=True)
class Head:
    """One head in one picture.

    Centimeters assume a face of average size (`posturecam.vision.face.canonical`) and the given field of view: with too
    wide a field of view every distance comes out too small, by the same ratio in every picture. `scale`, and with it
    every length in the picture plane, depends on neither.

    Raises:
        ValueError: if a number is not finite, or distance, scale or field of view is not positive.
    """

    x: float
    """Position of the head's origin, between the ears and 2.4 cm in front of them, centimeters from the lens axis."""
    y: float
    z: float
    """Centimeters from the lens, along its axis."""
    pitch: float
    """Degrees relative to the lens axis."""
    yaw: float
    roll: float
    center_x: float
    """Position of the head's origin in the picture, pixels."""
    center_y: float
    chin_x: float
    """Position of the chin in the picture, pixels."""
    chin_y: float
    scale: float
    """Centimeters per pixel at the head's distance."""
    misfit: float
    """Root mean square distance between the face points and where the head pose puts them, centimeters."""
    field_of_view: float
    """Horizontal field of view, degrees, for which the distance holds."""

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, _numbers_of(self))):
            raise ValueError(f"a head needs finite numbers, got {self}")
        if min(self.z, self.scale, self.field_of_view) <= 0:
            raise ValueError(f"distance, scale and field of view of a head must be positive, got {self}")


def moved(head: Head, right: float, down: float) -> Head:
    """The head shifted in the picture at the same distance; `right` and `down` in pixels."""
    return replace(
        head,
        x=head.x + right * head.scale,
        y=head.y + down * head.scale,
        center_x=head.center_x + right,
        center_y=head.center_y + down,
        chin_x=head.chin_x + right,
        chin_y=head.chin_y + down,
    )


HEAD_COLUMNS = tuple(field.name for field in fields(Head))
"""The columns of a head in a recording, in order."""
_numbers_of = attrgetter(*HEAD_COLUMNS)

HeadLook = Head | NoHead
"""The result of searching for a head."""
