"""The evidence of an alert, to be shown later without an image: the skeleton, and the figures behind it. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import TypeAdapter, ValidationError

from posturecam.posture.baseline import Baseline
from posturecam.posture.front.judge import FrontUpright
from posturecam.posture.learned.features import KEPT_LANDMARKS
from posturecam.posture.loop import Tick
from posturecam.posture.measures import Measure, Name
from posturecam.posture.reading import Deviation
from posturecam.posture.records.serialize import JsonRecord, rounded
from posturecam.posture.view import View
from posturecam.vision.geometry import Place
from posturecam.vision.pose import LANDMARK_COUNT, Pose

_PIXEL_DECIMALS = 1
_VISIBILITY_DECIMALS = 2
_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class ComparedUpright:
    """The upright posture of the comparison: enough of the baseline to show both side by side later.

    Raises:
        ValueError: if the number of landmarks is neither 33 nor 0, or a number is not finite.
    """

    view: View
    made: str
    """When it was calibrated: ISO 8601, local time with offset."""
    values: Mapping[Name, float]
    """Median of each measure while upright, in its unit."""
    points: tuple[Place | None, ...] = ()
    """The median landmarks in picture widths from the picture's center; None for landmarks that were not saved, empty
    if none were."""

    def __post_init__(self) -> None:
        if len(self.points) not in (0, LANDMARK_COUNT):
            raise ValueError(f"{LANDMARK_COUNT} landmarks are needed, got {len(self.points)}")
        numbers = [*self.values.values(), *(value for point in self.points if point for value in point)]
        if not all(map(math.isfinite, numbers)):
            raise ValueError("every number must be finite")

    def as_baseline(self) -> Baseline:
        """The saved part of the baseline, its view and its values, for limits and gauges.

        Raises:
            ValueError: if a value is invalid.
        """
        front = FrontUpright(
            neck_height=self.values.get(Name.NECK_HEIGHT),
            distance=self.values.get(Name.HEAD_DISTANCE),
            head_low=None,
            head_pitch=self.values.get(Name.HEAD_PITCH),
            head_roll=self.values.get(Name.HEAD_ROLL),
            head_offset=self.values.get(Name.HEAD_OFFSET),
            shoulder_low=None,
            body_yaw=self.values.get(Name.BODY_YAW),
        )
        return Baseline(self.view, "", "", self.made, 1, 1, 0, 0.0, self.values, front=front)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One moment without its picture.

    Raises:
        ValueError: if the number of landmarks is neither 33 nor 0, or a number is not finite.
    """

    view: View
    width: int
    """Width of the picture, pixels; 0 if nobody was found in it."""
    height: int
    points: tuple[Place | None, ...]
    """The 33 landmarks in pixels, rounded to 0.1, None if the model gave none; empty if nobody was found."""
    visibility: tuple[float, ...]
    """Visibility of each, 0 to 1, rounded to 0.01."""
    measures: tuple[Measure, ...]
    """In the order of `Name`, rounded to 4 decimals in their unit."""
    deviation: Deviation
    """How far from upright, with the measure that caused it."""
    compared: bool
    """Whether a baseline was used."""
    upright: ComparedUpright | None = None
    """The saved part of that baseline; posturecam 0.1 did not save it."""

    def __post_init__(self) -> None:
        if len(self.points) not in (0, LANDMARK_COUNT) or len(self.visibility) != len(self.points):
            raise ValueError(
                f"{LANDMARK_COUNT} landmarks are needed, got {len(self.points)} and {len(self.visibility)}"
            )
        if self.points and min(self.width, self.height) < 1:
            raise ValueError(f"image size must be positive, got {self.width}x{self.height}")
        numbers = [*self.visibility, *(value for point in self.points if point for value in point)]
        numbers += [value for measure in self.measures if (value := measure.uncertainty) is not None]
        numbers += [value for value in (self.deviation.value, self.deviation.change) if value is not None]
        if not all(map(math.isfinite, numbers)):
            raise ValueError("every number must be finite")

    def pose(self) -> Pose | None:
        """The skeleton of that moment, for drawing; its time is 0, and it has no depth. None if nobody was found."""
        if not self.points:
            return None
        points = np.array([point or (np.nan, np.nan) for point in self.points], np.float32)
        return Pose(0.0, self.width, self.height, points, np.array(self.visibility, np.float32))

    def measure(self, name: Name) -> Measure | None:
        """One of the measures, if it was saved."""
        return next((measure for measure in self.measures if measure.name is name), None)


@dataclass(frozen=True)
class _Versioned:
    version: Literal[1]


_EVIDENCE, _VERSIONED = TypeAdapter(Evidence), TypeAdapter(_Versioned)


def evidence_of(tick: Tick, baseline: Baseline | None = None) -> Evidence:
    """The evidence of a tick and of the baseline it was compared with."""
    reading, pose = tick.reading, tick.pose
    found = reading.deviation
    points = () if pose is None else tuple(_point(point, pose) for point in pose.points)
    visibility = () if pose is None else tuple(round(float(seen), _VISIBILITY_DECIMALS) for seen in pose.visibility)
    return Evidence(
        reading.view,
        0 if pose is None else pose.width,
        0 if pose is None else pose.height,
        points,
        visibility,
        tuple(_rounded(reading.measures[name]) for name in Name if name in reading.measures),
        Deviation(
            rounded(found.value),
            found.reason,
            found.cause,
            rounded(found.change, _DECIMALS),
            rounded(found.probability, _DECIMALS),
            found.kind,
            {name: round(value, _DECIMALS) for name, value in found.changes.items() if math.isfinite(value)},
        ),
        reading.compared,
        _compared_with(baseline, pose) if baseline is not None and reading.compared else None,
    )


def _compared_with(baseline: Baseline, pose: Pose | None) -> ComparedUpright:
    baseline = baseline if pose is None else baseline.seen_in(pose.width, pose.height)
    points: list[Place | None] = [None] * (LANDMARK_COUNT if baseline.landmarks else 0)
    for landmark, (x, y, *_) in zip(KEPT_LANDMARKS.tolist(), baseline.landmarks or (), strict=False):
        points[landmark] = round(x, _DECIMALS), round(y, _DECIMALS)
    values = {name: round(value, _DECIMALS) for name, value in baseline.values.items()}
    return ComparedUpright(baseline.view, baseline.made, values, tuple(points))


def evidence_record(evidence: Evidence) -> JsonRecord:
    """The evidence as plain data for other programs: reasons with their code and English text."""
    return {"version": 1, **_EVIDENCE.dump_python(evidence, mode="json", context="texts")}


def to_json(evidence: Evidence) -> str:
    """The evidence as one line of language-neutral JSON for saving."""
    plain = {"version": 1, **_EVIDENCE.dump_python(evidence, mode="json")}
    if evidence.upright is None:
        del plain["upright"]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def from_json(text: str) -> Evidence | None:
    """Read what `to_json` wrote; None if it is damaged, or of another version."""
    try:
        _VERSIONED.validate_json(text)
        return _EVIDENCE.validate_json(text)
    except ValidationError:
        return None


def _point(point: np.ndarray[tuple[int], np.dtype[np.float32]], pose: Pose) -> Place | None:
    """A landmark's position, rounded without moving a point from inside the picture to outside, where it would count as unseen."""
    x, y = (float(value) for value in point)
    if not (math.isfinite(x) and math.isfinite(y)):
        return None
    return _pixel(x, pose.width), _pixel(y, pose.height)


def _pixel(value: float, size: int) -> float:
    near = round(value, _PIXEL_DECIMALS) + 0.0
    return round(size - 0.1, _PIXEL_DECIMALS) if value < size <= near else near


def _rounded(measure: Measure) -> Measure:
    value, uncertainty = rounded(measure.value, _DECIMALS), rounded(measure.uncertainty, _DECIMALS)
    return Measure(measure.name, value, measure.reason, uncertainty)
