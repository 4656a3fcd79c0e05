"""What popular posture code computes from the same landmarks, for the same table.

Each function is an interpretation of what many projects do, not a copy of anybody's code; its docstring names the
projects. None of them reports how reliable its answer is, and none declines to answer if there are landmarks: that is
part of the finding.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from estimates import Estimates, column
from stills import Stills

from posturecam.posture.measures import Name
from posturecam.vision.geometry import Point, distance, middle
from posturecam.vision.pose import Landmark, Pose

Score = Callable[[Pose], float | None]

_EAR, _SHOULDER, _HIP = Landmark.LEFT_EAR, Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP


def _midpoint(pose: Pose, left: Landmark) -> Point:
    return middle(pose.at(left), pose.at(Landmark(left + 1)))


def _unsigned(low: Point, high: Point) -> float:
    """Angle against the vertical regardless of direction, 0 to 90 degrees: forward, backward and sideways look alike."""
    return math.degrees(math.atan2(abs(high[0] - low[0]), abs(high[1] - low[1])))


def normalized_neck(pose: Pose) -> float | None:
    """Angle of the ear–shoulder line against the vertical, between midpoints in coordinates from 0 to 1.

    Used by DeskCoach (`core/metrics.py`), and by most scripts that feed MediaPipe's landmarks to `atan2` as they are.
    Since x and y have different units in a picture that is not square, a true 20° reads 15.3° on 4:3 and 11.6° on 16:9.
    """
    return _normalized(pose, _SHOULDER, _EAR)


def normalized_trunk(pose: Pose) -> float | None:
    """The same for the hip–shoulder line, even if the desk hides the hips and the model invents them."""
    return _normalized(pose, _HIP, _SHOULDER)


def _normalized(pose: Pose, low: Landmark, high: Landmark) -> float:
    size = (pose.width, pose.height)
    return _unsigned(_midpoint(pose, low) / size, _midpoint(pose, high) / size)


def any_view_neck(pose: Pose) -> float | None:
    """Ear–shoulder line in pixels on the more visible side, whatever the view.

    The widely copied "neck inclination" of webcam tutorials, correct for a camera exactly at the side, is run by their
    readers in front of a laptop camera, where the line from shoulder to ear is a sideways tilt.
    """
    return _any_view(pose, _SHOULDER, _EAR)


def any_view_trunk(pose: Pose) -> float | None:
    """The same for the hip–shoulder line in pixels."""
    return _any_view(pose, _HIP, _SHOULDER)


def _any_view(pose: Pose, low: Landmark, high: Landmark) -> float:
    side = int(pose.visibility[Landmark(high + 1)] > pose.visibility[high])
    return _unsigned(pose.at(Landmark(low + side)), pose.at(Landmark(high + side)))


def world_neck(pose: Pose) -> float | None:
    """Ear–shoulder line in the model's world landmarks, forward of the body: trusts the model's own depth.

    Used by projects that promise "3-D angles" from one camera; most drop the sign, here it is kept. BlazePose's world
    landmarks are relative to the hips and were validated on people standing 2–4 m away.
    """
    return _in_world(pose, _SHOULDER, _EAR)


def world_trunk(pose: Pose) -> float | None:
    """The same for the hip–shoulder line in the world landmarks."""
    return _in_world(pose, _HIP, _SHOULDER)


def _in_world(pose: Pose, low: Landmark, high: Landmark) -> float | None:
    left, right = pose.world[Landmark.LEFT_SHOULDER], pose.world[Landmark.RIGHT_SHOULDER]
    across, away = float(left[0] - right[0]), float(left[2] - right[2])
    width = math.hypot(across, away)
    if not width > 0:  # NaN too: recorded without depth
        return None
    line = (pose.world[high] + pose.world[high + 1] - pose.world[low] - pose.world[low + 1]) / 2
    # Facing the camera (the left shoulder to the picture's right), forward is towards the camera: -z.
    forward = (float(line[0]) * away - float(line[2]) * across) / width
    return math.degrees(math.atan2(forward, -float(line[1])))


def nose_height(pose: Pose) -> float | None:
    """How low the nose is in the picture, in picture heights.

    The criterion of Dorso and its ports to Linux. A moved chair or a glance at the keys lowers the nose as well.
    """
    return float(pose.at(Landmark.NOSE)[1]) / pose.height


def nose_over_shoulders(pose: Pose) -> float | None:
    """How little the nose rises above the shoulders, in shoulder widths (the smaller the height, the larger this).

    The usual refinement against a moved chair; turning the body changes it as much as a slouch.
    """
    width = distance(pose.at(Landmark.LEFT_SHOULDER), pose.at(Landmark.RIGHT_SHOULDER))
    return float(pose.at(Landmark.NOSE)[1] - _midpoint(pose, _SHOULDER)[1]) / width if width > 0 else None


def face_size(pose: Pose) -> float | None:
    """Distance between the outer eye corners, picture widths.

    "Too close to the screen" of Dorso (its face box) and Posely, taken for slouching. A chair rolled forward has the
    same effect.
    """
    return distance(pose.at(Landmark.LEFT_EYE_OUTER), pose.at(Landmark.RIGHT_EYE_OUTER)) / pose.width


ANGLES: Mapping[str, Mapping[Name, Score]] = {
    "normalized": {Name.NECK_INCLINATION: normalized_neck, Name.TRUNK_INCLINATION: normalized_trunk},
    "any view": {Name.NECK_INCLINATION: any_view_neck, Name.TRUNK_INCLINATION: any_view_trunk},
    "world z": {Name.NECK_INCLINATION: world_neck, Name.TRUNK_INCLINATION: world_trunk},
}
"""By method, the measures it claims to give, in degrees."""
SCORES: Mapping[str, Score] = {
    "nose height": nose_height,
    "nose over shoulders": nose_over_shoulders,
    "face size": face_size,
    "normalized neck": normalized_neck,
    "any view neck": any_view_neck,
    "world z neck": world_neck,
}
"""What grows with a slouch according to popular code, each relative to its own value when upright."""


def angles(stills: Stills, model: str) -> list[Estimates]:
    """The results of the popular methods for every still."""
    poses = stills.poses(model)
    return [
        column(method, name, [None if pose is None else formula(pose) for pose in poses])
        for method, formulas in ANGLES.items()
        for name, formula in formulas.items()
    ]
