"""The user's own upright posture, as it is saved."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import BeforeValidator

from posturecam.posture.front.judge import FrontUpright
from posturecam.posture.front.lens import seen_through
from posturecam.posture.learned.features import KEPT_LANDMARKS, KeptPose
from posturecam.posture.measures import Name
from posturecam.posture.reasons import Reason, Why, reason_of
from posturecam.posture.view import View
from posturecam.vision.scene import Signature

SIDE_NEEDED = (Name.NECK_INCLINATION,)
FRONT_NEEDED = (Name.SLUMP_INDEX, Name.HEAD_FORWARD_INDEX, Name.SHOULDER_HEIGHT, Name.NOSE_DROP, Name.APPROACH)
KEPT = (
    *SIDE_NEEDED,
    Name.TRUNK_INCLINATION,
    Name.NECK_FLEXION,
    *FRONT_NEEDED,
    Name.HEAD_ROLL,
    Name.SHOULDER_TILT,
    Name.HEAD_TILT,
    Name.NECK_HEIGHT,
    Name.HEAD_DISTANCE,
    Name.HEAD_PITCH,
    Name.HEAD_OFFSET,
    Name.BODY_YAW,
)
"""The measures whose median a baseline saves, if they could be measured."""


def needed(by_angle: bool) -> tuple[Name, ...]:
    """The measures required for judging a posture by its sagittal angles, or by the frontal indices."""
    return SIDE_NEEDED if by_angle else FRONT_NEEDED


def same_shape(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether pictures of these widths and heights, pixels, have the same shape, so that places in them can be compared."""
    return abs(one[0] / one[1] - other[0] / other[1]) <= 0.01


_LARGEST = 1e6
"""Largest size of any number in a baseline: degrees, centimeters, pixels and ratios are all far below."""
_RATIOS = (Name.SLUMP_INDEX, Name.HEAD_FORWARD_INDEX, Name.APPROACH)
"""Compared as ratios, so they must be positive."""


def _outdated(saved: object) -> object:
    """Convert the reason saved by posturecam 0.1, which was plain text.

    Another shape of the picture, which older versions saved too, is dropped: the shape may come back, so it is checked in each picture.
    """
    if isinstance(saved, str):
        saved = {"code": Why.CAMERA_MOVED.value, "text": saved}
    reason = saved if saved is None or isinstance(saved, Reason) else reason_of(saved)
    another_shape = reason is not None and (reason.code, reason.case) == (Why.CAMERA_MOVED, "picture")
    return None if another_shape else reason


@dataclass(frozen=True, slots=True)
class Baseline:
    """One person's upright posture in front of one camera, from one view.

    Raises:
        ValueError: if a measure needed for judging is missing, or a number is invalid, for example because the file was
            edited by hand: NaN, Infinity and 1e300 pass as JSON too, but would be written back as null, after which the
            whole file could not be read any more.
    """

    view: View
    camera: str
    """The source's key: baselines are saved per camera and view."""
    camera_name: str
    made: str
    """ISO 8601, local time with offset."""
    width: int
    height: int
    """Size of the picture from which it was learned, pixels."""
    samples: int
    spread: float
    """Standard deviation of the deviation while upright, in thresholds: 0.1 is very still, 0.34 is the most allowed."""
    values: Mapping[Name, float]
    """Median of each measure."""
    separation: float | None = None
    """Distance between the deliberate slouch and upright in standard deviations, if there was one."""
    outdated: Annotated[Reason | None, BeforeValidator(_outdated)] = None
    """Why it no longer fits (the camera was moved), as posturecam 0.1 found, or None."""
    good: bool = True
    """Whether the person sat still enough for full reliability."""
    landmarks: KeptPose | None = None
    """The median upright landmarks, with which the learned estimator compares; None in older baselines, which geometry
    judges alone."""
    front: FrontUpright | None = None
    """Face measures of the upright posture; None from the side, and in baselines of 0.1.0."""
    background: Signature | None = None
    """The background as 48 numbers, from which no picture can be reconstructed; later it shows whether the camera was
    moved."""
    place: str = ""
    """The desk where it was learned, identified by its screens; empty if unknown, which matches every desk."""
    slouch: float | None = None
    """Deviation of the deliberate slouch, in default thresholds, if there was one."""
    harmless: float | None = None
    """Deviation of the look down or lean-in performed with it: the larger of those that can be distinguished from the
    slouch."""
    live: bool = True
    """Whether it was learned in front of a camera, and not from a file; those that older versions saved do not say, and count as live."""
    field_of_view: float | None = None
    """The camera's field of view, degrees, with which the face was measured; None without a face, and in older baselines, which count
    as learned with the current one."""

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"the picture's size must be positive, got {self.width}x{self.height}")
        optional = (self.separation, self.slouch, self.harmless, self.field_of_view)
        numbers = [self.width, self.height, self.samples, self.spread, *self.values.values()]
        numbers += [number for number in optional if number is not None]
        if not all(abs(number) <= _LARGEST for number in numbers):  # false for NaN too
            raise ValueError("a number is impossible")
        if self.field_of_view is not None and not 0 < self.field_of_view < 180:
            raise ValueError(f"the field of view must be between 0° and 180°, got {self.field_of_view}")
        lacking = [name.value for name in needed(self.by_angle) if name not in self.values]
        if lacking and self.front is None:
            raise ValueError(f"a baseline from {self.view.spoken} needs {', '.join(lacking)}")
        for name in _RATIOS:
            if not self.values.get(name, 1.0) > 0:
                raise ValueError(f"{name.value} must be positive, got {self.values[name]}")
        if self.landmarks is not None:
            rows = [len(row) == 6 and all(map(math.isfinite, row)) for row in self.landmarks]
            if len(rows) != len(KEPT_LANDMARKS) or not all(rows):
                raise ValueError(f"landmarks must be {len(KEPT_LANDMARKS)} rows of 6 finite numbers")

    @property
    def by_angle(self) -> bool:
        """Whether postures are compared by their neck inclination: from the side, and obliquely if it was measured.

        On renders the change of the neck inclination is accurate from 45° of yaw on, while the frontal indices are
        accurate up to 30° and useless at 60°.
        """
        return Name.NECK_INCLINATION in self.values

    @property
    def by_face_alone(self) -> bool:
        """Whether only the face can be compared, because the shoulders were out of the picture."""
        return any(name not in self.values for name in needed(self.by_angle))

    def other_shape(self, width: int, height: int) -> Reason | None:
        """The reason that a picture of this size, in pixels, has another shape, so that places in it cannot be compared; None if not."""
        if same_shape((width, height), (self.width, self.height)):
            return None
        return Reason(Why.CAMERA_MOVED, "picture", now=f"{width}×{height}", then=f"{self.width}×{self.height}")

    def seen_in(self, width: int, height: int) -> Baseline:
        """The part of it that can be compared with a picture of this size, in pixels: all, or without distance and places if the shape is another.

        In a picture of another shape the same distance looks different, and the landmarks lie elsewhere.
        """
        if self.other_shape(width, height) is None:
            return self
        values = dict(self.values)
        values.pop(Name.HEAD_DISTANCE, None)
        front = None if self.front is None else replace(self.front, distance=None)
        return replace(self, values=values, front=front, landmarks=None)

    def with_lens(self, field_of_view: float) -> Baseline:
        """The same as if it had been learned with this field of view, degrees, as far as that is known of it."""
        before = self.field_of_view
        if before is None or before == field_of_view or self.front is None:
            return self
        front, values = seen_through(self.front, before, field_of_view), dict(self.values)
        for name, value in ((Name.HEAD_DISTANCE, front.distance), (Name.HEAD_PITCH, front.head_pitch)):
            if name in values and value is not None:
                values[name] = value
        return replace(self, values=values, front=front, field_of_view=field_of_view)

    @property
    def quality(self) -> str:
        """How reliable it is: "good" or "fair"."""
        return "good" if self.good else "fair"
