"""What an alert can show of its moment, later and without an image: the skeleton, and the figures that spoke for it. Pure."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import TypeAdapter, ValidationError

from posturecam.posture.assess import Deviation
from posturecam.posture.loop import Tick
from posturecam.posture.measures import Measure, Name
from posturecam.posture.serialize import JsonRecord, rounded
from posturecam.posture.view import View
from posturecam.vision.pose import LANDMARK_COUNT, Pose

_PIXEL_DECIMALS = 1
_VISIBILITY_DECIMALS = 2
_DECIMALS = 4

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One moment without its picture.

    Raises:
        ValueError: if there are neither 33 landmarks nor none, or a number is not finite.

    """

    view: View
    width: int
    """Of the picture, pixels; 0 where nobody was found in it."""
    height: int
    points: tuple[Point | None, ...]
    """The 33 landmarks in pixels, rounded to 0.1, None where the model gave none; empty where nobody was found."""
    visibility: tuple[float, ...]
    """Of each, 0 to 1, rounded to 0.01."""
    measures: tuple[Measure, ...]
    """In the order of `Name`, rounded to 4 decimals of their unit."""
    deviation: Deviation
    """How far from upright, with the measure that caused it."""
    compared: bool
    """Whether a baseline was used."""

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
        """The skeleton of that moment, to be drawn; its time is 0, and it knows no depth. None where nobody was found."""
        if not self.points:
            return None
        points = np.array([point or (np.nan, np.nan) for point in self.points], np.float32)
        return Pose(0.0, self.width, self.height, points, np.array(self.visibility, np.float32))

    def measure(self, name: Name) -> Measure | None:
        """One of the measures, where it was kept."""
        return next((measure for measure in self.measures if measure.name is name), None)


@dataclass(frozen=True)
class _Versioned:
    version: Literal[1]


_EVIDENCE, _VERSIONED = TypeAdapter(Evidence), TypeAdapter(_Versioned)


def evidence_of(tick: Tick) -> Evidence:
    """What is kept of a tick."""
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
        Deviation(rounded(found.value), found.reason, found.cause, rounded(found.change, _DECIMALS)),
        reading.compared,
    )


def evidence_record(evidence: Evidence) -> JsonRecord:
    """As plain data to be read elsewhere: reasons with their code and their English text."""
    return {"version": 1, **_EVIDENCE.dump_python(evidence, mode="json", context="texts")}


def to_json(evidence: Evidence) -> str:
    """As one line of JSON to be kept, in no language."""
    plain = {"version": 1, **_EVIDENCE.dump_python(evidence, mode="json")}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def from_json(text: str) -> Evidence | None:
    """What `to_json` wrote; None where it is damaged, or of another version."""
    try:
        _VERSIONED.validate_json(text)
        return _EVIDENCE.validate_json(text)
    except ValidationError:
        return None


def _point(point: np.ndarray[tuple[int], np.dtype[np.float32]], pose: Pose) -> Point | None:
    """A landmark's place; one inside the picture stays inside, for outside it would count as unseen."""
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
