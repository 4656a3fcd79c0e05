"""Faces with a known head pose: the canonical face in front of a pinhole camera, and checks made from plain numbers."""

from __future__ import annotations

import math

import numpy as np

from posturecam.posture.front.measures import FrontMeasures, Quantity
from posturecam.vision.face.canonical import INDICES, POINTS


def turned(pitch=0.0, yaw=0.0, roll=0.0) -> np.ndarray:
    """Rotation from the canonical face (x to its left, y up, z out of it) to the camera (x right, y down, z away); degrees."""
    p, y, r = np.radians([pitch, yaw, roll])
    facing = np.diag([1.0, -1.0, -1.0])  # upright and looking into the lens; its left is the picture's right
    nod = np.array([[1, 0, 0], [0, math.cos(p), -math.sin(p)], [0, math.sin(p), math.cos(p)]])
    shake = np.array([[math.cos(y), 0, math.sin(y)], [0, 1, 0], [-math.sin(y), 0, math.cos(y)]])
    tilt = np.array([[math.cos(r), -math.sin(r), 0], [math.sin(r), math.cos(r), 0], [0, 0, 1]])
    return facing @ tilt @ shake @ nod


def face_points(x=0.0, y=0.0, z=60.0, size=(640, 480), field_of_view=65.0, **turning) -> np.ndarray:
    """The 478 points of such a face, pixels; points that the head pose does not use are 0."""
    focal = size[0] / 2 / math.tan(math.radians(field_of_view / 2))
    space = POINTS @ turned(**turning).T + (x, y, z)
    points = np.zeros((478, 2))
    points[INDICES] = space[:, :2] / space[:, 2:] * focal + np.array(size) / 2
    return points


UPRIGHT = {
    "neck_height": 20.0, "distance": 60.0, "head_low": -3.0, "head_pitch": 0.0, "head_yaw": 0.0, "head_roll": 0.0,
    "head_offset": 0.0, "shoulder_low": 16.0, "shoulder_tilt": 0.0, "body_yaw": 0.0,
}  # fmt: skip
"""Somebody upright in front of a level camera."""
SCATTER = {"neck_height": 0.4, "distance": 0.9, "head_low": 0.3, "head_offset": 0.5, "body_yaw": 5.0}


def look(**figures) -> FrontMeasures:
    """The measures of somebody upright, except for the figures given; a `Reason` stands for what is unknown."""
    values = UPRIGHT | figures
    return FrontMeasures(
        **{
            name: Quantity(value, SCATTER.get(name, 1.0)) if isinstance(value, float) else Quantity(None, reason=value)
            for name, value in values.items()
        }
    )
