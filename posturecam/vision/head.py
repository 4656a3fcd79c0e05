"""The position and rotation of a head, from its face, or the reason why they are unknown.

Signs are those of the measures: pitch is positive looking down, yaw positive when the head turns to the person's left, roll
positive when the person's left side is higher. x grows to the picture's right, y down and z away from the camera.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from enum import StrEnum


class NoHead(StrEnum):
    """Why there is no head, for programs."""

    NOT_LOOKED = "not_looked"
    """No face was searched: the camera is at the side, an earlier result is still valid, or the recording is older."""
    TOO_SMALL = "too_small"
    """The head is too few pixels large to show a face."""
    NOT_FOUND = "not_found"
    """No face where the head is: turned away or bent by more than about 40°, or hidden."""
    IMPLAUSIBLE = "implausible"
    """The points that were found do not form a face before a camera."""


@dataclass(frozen=True, slots=True)
class Head:
    """One head in one picture.

    The centimetres are those of a face of average size (`posturecam.vision.canonical_face`), seen with the field of view
    that is named: a wider one than the true one gives a smaller distance, by the same share in every picture. `scale`, and
    so every length in the plane of the picture, depends on neither.

    Raises:
        ValueError: if a number is not finite, or distance, scale or field of view are not positive.
    """

    x: float
    """Of the head's origin, between the ears and 2.4 cm before them, centimetres from the axis of the lens."""
    y: float
    z: float
    """Centimetres from the lens, along its axis."""
    pitch: float
    """Degrees against the axis of the lens."""
    yaw: float
    roll: float
    centre_x: float
    """Of the head's origin in the picture, pixels."""
    centre_y: float
    chin_x: float
    """Of the chin in the picture, pixels."""
    chin_y: float
    scale: float
    """Centimetres that one pixel spans at the head's distance."""
    misfit: float
    """Root mean square distance of the face's points from where the head pose puts them, centimetres."""
    field_of_view: float
    """Across the picture's width, degrees, for which the distance holds."""

    def __post_init__(self) -> None:
        if not all(math.isfinite(getattr(self, one.name)) for one in fields(self)):
            raise ValueError(f"a head needs finite numbers, got {self}")
        if min(self.z, self.scale, self.field_of_view) <= 0:
            raise ValueError(f"distance, scale and field of view of a head must be positive, got {self}")


def moved(head: Head, right: float, down: float) -> Head:
    """The head elsewhere in the picture, at the same distance; `right` and `down` in pixels."""
    return replace(
        head,
        x=head.x + right * head.scale,
        y=head.y + down * head.scale,
        centre_x=head.centre_x + right,
        centre_y=head.centre_y + down,
        chin_x=head.chin_x + right,
        chin_y=head.chin_y + down,
    )


HEAD_COLUMNS = tuple(field.name for field in fields(Head))
"""The columns of a head in a recording, in this order."""

HeadLook = Head | NoHead
"""The result of searching for a head."""
