"""What popular posture code computes from the same landmarks, so that it stands in the same table.

Each function is a reading of what many projects do, not a copy of anybody's code; its docstring says who does so. None of
them says how reliable its answer is, and none declines to answer where there are landmarks: that is part of the finding.
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
    """Angle against the vertical whichever way it leans, 0 to 90 degrees: forward, backward and sideways look alike."""
    return math.degrees(math.atan2(abs(high[0] - low[0]), abs(high[1] - low[1])))


def normalised_neck(pose: Pose) -> float | None:
    """Ear–shoulder line against the vertical, of the midpoints in coordinates that run from 0 to 1.

    DeskCoach does so (`core/metrics.py`), and most scripts that feed MediaPipe's landmarks to `atan2` as they come. As x
    and y have different units in a picture that is not square, a true 20° reads 15.3° on 4:3 and 11.6° on 16:9.
    """
    return _normalised(pose, _SHOULDER, _EAR)


def normalised_trunk(pose: Pose) -> float | None:
    """Hip–shoulder line, likewise, also where the desk hides the hips and the model invents them."""
    return _normalised(pose, _HIP, _SHOULDER)


def _normalised(pose: Pose, low: Landmark, high: Landmark) -> float:
    size = (pose.width, pose.height)
    return _unsigned(_midpoint(pose, low) / size, _midpoint(pose, high) / size)


def any_view_neck(pose: Pose) -> float | None:
    """Ear–shoulder line in pixels on the more visible side, whatever the view.

    The widely copied "neck inclination" of webcam tutorials, right for a camera exactly at the side, is run by their
    readers before a laptop camera, where the line from shoulder to ear is a sideways tilt.
    """
    return _any_view(pose, _SHOULDER, _EAR)


def any_view_trunk(pose: Pose) -> float | None:
    """Hip–shoulder line in pixels, likewise."""
    return _any_view(pose, _HIP, _SHOULDER)


def _any_view(pose: Pose, low: Landmark, high: Landmark) -> float:
    side = int(pose.visibility[Landmark(high + 1)] > pose.visibility[high])
    return _unsigned(pose.at(Landmark(low + side)), pose.at(Landmark(high + side)))


def world_neck(pose: Pose) -> float | None:
    """Ear–shoulder line in the model's world landmarks, forward of the body: trusts the model's own depth.

    Projects that promise "3-D angles" from one camera do so; most leave the sign out, here it is kept. BlazePose's world
    landmarks start at the hips and were validated on people who stand 2–4 m away.
    """
    return _in_world(pose, _SHOULDER, _EAR)


def world_trunk(pose: Pose) -> float | None:
    """Hip–shoulder line in the world landmarks, likewise."""
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

    Dorso decides by it, and the ports of it to Linux. A moved chair or a glance at the keys lowers the nose as well.
    """
    return float(pose.at(Landmark.NOSE)[1]) / pose.height


def nose_over_shoulders(pose: Pose) -> float | None:
    """How little the nose stands above the shoulders, in shoulder widths (the smaller the height, the larger this).

    The usual refinement against a moved chair; a turned body changes it as much as a slouch.
    """
    width = distance(pose.at(Landmark.LEFT_SHOULDER), pose.at(Landmark.RIGHT_SHOULDER))
    return float(pose.at(Landmark.NOSE)[1] - _midpoint(pose, _SHOULDER)[1]) / width if width > 0 else None


def face_size(pose: Pose) -> float | None:
    """Distance of the outer eyes in picture widths.

    "Too close to the screen" of Dorso (its face box) and Posely, taken for slouching. A chair rolled forward does it too.
    """
    return distance(pose.at(Landmark.LEFT_EYE_OUTER), pose.at(Landmark.RIGHT_EYE_OUTER)) / pose.width


ANGLES: Mapping[str, Mapping[Name, Score]] = {
    "normalised": {Name.NECK_INCLINATION: normalised_neck, Name.TRUNK_INCLINATION: normalised_trunk},
    "any view": {Name.NECK_INCLINATION: any_view_neck, Name.TRUNK_INCLINATION: any_view_trunk},
    "world z": {Name.NECK_INCLINATION: world_neck, Name.TRUNK_INCLINATION: world_trunk},
}
"""By method, the measures it claims to give, in degrees."""
SCORES: Mapping[str, Score] = {
    "nose height": nose_height,
    "nose over shoulders": nose_over_shoulders,
    "face size": face_size,
    "normalised neck": normalised_neck,
    "any view neck": any_view_neck,
    "world z neck": world_neck,
}
"""What grows with a slouch, as popular code has it, each against its own value when upright."""


def angles(stills: Stills, model: str) -> list[Estimates]:
    """What the popular ways make of every still."""
    poses = stills.poses(model)
    return [
        column(method, name, [None if pose is None else formula(pose) for pose in poses])
        for method, formulas in ANGLES.items()
        for name, formula in formulas.items()
    ]
