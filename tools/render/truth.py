"""The ground truth of a picture: points and angles read from the posed mesh and skeleton, in space and in the camera's plane.

Angles are named as in `posturecam.posture.measures` and have its signs: neck, trunk and head angles are positive forward, except
head tilt, which is positive looking up; head roll and shoulder tilt are positive when the person's left side is higher;
lateral trunk lean is positive to the person's right; head yaw is positive to the person's left.

The sagittal plane of the body is the vertical plane at right angles to the hip line, the horizontal component of the
axis through both hip joints: a trunk that turns or leans over the hips does not turn it. The midpoint of both sides is
measured. An angle that a posture leaves undefined is None: a line that points out of its plane (less than a quarter of
its length lies in it), the lateral lean of a trunk that hangs from the hips, the yaw of a head that looks straight up
or down or hangs, and every angle of the sagittal plane if one hip is above the other. Inclinations go to 180° either
way: beyond 90 the upper end of a line is the lower one, as in a standing fold.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from tools.render.body import Body, Posed
from tools.render.camera import Camera
from tools.render.makehuman import SKIN_VERTICES, base_mesh
from tools.render.rotation import Rotation, Vector, unit

C7 = 858
"""Vertex of the base mesh over the seventh cervical vertebra's spinous process."""
LEFT_VERTICES = {"tragus": 12055, "outer_eye": 6807}
"""Vertices of the base mesh on the left: the tragus, and the lateral canthus, where the eyelids meet."""
JOINTS = {
    "shoulder": "upperarm01",
    "elbow": "lowerarm01",
    "wrist": "wrist",
    "hip": "upperleg01",
    "knee": "lowerleg01",
    "ankle": "foot",
    "eye": "eye",
}
"""Points that are joints of the skeleton, and the bones that begin there."""
ACROMION_SPAN = 0.015
"""The acromion is the highest skin within this distance of the shoulder joint, meters."""
SIDES = {"left": "L", "right": "R"}
LEAST_IN_PLANE = 0.25
"""Fraction of a line's length that must lie in a plane for its angle there to be meaningful."""

Points = dict[str, Vector]
Angles = dict[str, float | None]


@lru_cache(maxsize=1)
def _mirror() -> dict[str, int]:
    """The vertices on the right that mirror `LEFT_VERTICES`, and the tip of the nose."""
    skin = base_mesh().vertices[:SKIN_VERTICES]
    found = {}
    for name, vertex in LEFT_VERTICES.items():
        found[name] = int(np.argmin(((skin - skin[vertex] * [-1, 1, 1]) ** 2).sum(axis=1)))
    middle = np.flatnonzero((np.abs(skin[:, 0]) < 1e-4) & (skin[:, 2] > 0.6))
    found["nose"] = int(middle[np.argmin(skin[middle, 1])])
    return found


@lru_cache(maxsize=32)
def _acromion(body: Body, side: str) -> int:
    """The vertex on top of a shoulder joint at rest."""
    skin, joint = body.rest[:SKIN_VERTICES], body.joint(f"upperarm01.{side}")
    above = np.flatnonzero((np.abs(skin[:, :2] - joint[:2]) < ACROMION_SPAN).all(axis=1))
    return int(above[np.argmax(skin[above, 2])])


def points(posed: Posed) -> Points:
    """Where the body's landmarks are, meters: `c7`, `nose`, and `left_…`, `right_…` and `mid_…` of the others."""
    mirror = _mirror()
    found = {"c7": posed.vertex(C7), "nose": posed.vertex(mirror["nose"])}
    for name, vertex in LEFT_VERTICES.items():
        found[f"left_{name}"], found[f"right_{name}"] = posed.vertex(vertex), posed.vertex(mirror[name])
    for which, side in SIDES.items():
        found[f"{which}_acromion"] = posed.vertex(_acromion(posed.body, side))
        for name, bone in JOINTS.items():
            found[f"{which}_{name}"] = posed.joint(f"{bone}.{side}")
    for name in (*LEFT_VERTICES, "acromion", *JOINTS):
        found[f"mid_{name}"] = (found[f"left_{name}"] + found[f"right_{name}"]) / 2
    return {name: np.asarray(point, float) for name, point in found.items()}


def head_rotation(posed: Posed) -> Rotation:
    """The head's rotation from rest, where it faces the front."""
    return np.asarray(posed.bones[posed.body.index["head"]][:3, :3])


def head_pitch(head: Rotation) -> float:
    """How far a head looks down, relative to rest, whichever way it is turned: -180 to 180 degrees."""
    front, up = head @ np.array([0.0, -1.0, 0.0]), head @ np.array([0.0, 0.0, 1.0])
    return float(np.degrees(np.arctan2(-front[2], up[2])))


def head_yaw(head: Rotation, left: Vector, front: Vector) -> float | None:
    """How far a head faces to the `left` of `front`, degrees; None if it looks up or down too steeply, or hangs."""
    if (head @ np.array([0.0, 0.0, 1.0]))[2] < LEAST_IN_PLANE:
        return None
    return in_plane(head @ np.array([0.0, -1.0, 0.0]), left, front)


def body_axes(at: Mapping[str, Vector]) -> tuple[Vector, Vector, Vector] | None:
    """The person's left, front and up, from the hip line and the vertical; None if the hip line is vertical."""
    up = np.array([0.0, 0.0, 1.0])
    across = at["left_hip"] - at["right_hip"]
    level = across * [1, 1, 0]
    if np.linalg.norm(level) < LEAST_IN_PLANE * np.linalg.norm(across) or not level.any():
        return None
    left = unit(level)
    return left, np.cross(left, up), up


def in_plane(line: Vector, towards: Vector, reference: Vector) -> float | None:
    """Angle of a line from `reference` towards `towards`, in the plane of both, degrees (-180 to 180).

    None if the line points out of that plane.
    """
    a, b = float(line @ towards), float(line @ reference)
    if np.hypot(a, b) < max(LEAST_IN_PLANE * float(np.linalg.norm(line)), 1e-9):
        return None
    return float(np.degrees(np.arctan2(a, b)))


def above_level(line: Vector) -> float:
    """How far a line points above the horizontal, degrees (-90 to 90)."""
    return float(np.degrees(np.arctan2(line[2], np.hypot(line[0], line[1]))))


def at_joint(first: Vector, joint: Vector, last: Vector) -> float:
    """The angle between two limbs at their joint, degrees: 180 is straight."""
    cosine = unit(first - joint) @ unit(last - joint)
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def angles(at: Mapping[str, Vector], head: Rotation | None = None) -> Angles:
    """Angles of the body from its points, degrees; the head's rotation adds head pitch and head yaw.

    Head pitch is positive looking down, relative to the head at rest; head yaw is relative to the hips.
    """
    axes = body_axes(at)
    found: Angles = {
        "head_roll": above_level(at["left_tragus"] - at["right_tragus"]),
        "shoulder_tilt": above_level(at["left_shoulder"] - at["right_shoulder"]),
        "trunk_above_horizontal": above_level(at["mid_shoulder"] - at["mid_hip"]),
    }
    found |= _joint_angles(at)
    names = (
        *_SAGITTAL,
        "neck_flexion",
        "head_tilt",
        "craniovertebral_angle",
        "lateral_trunk_lean",
        "hip_angle",
        "knee_angle",
    )
    found |= dict.fromkeys((*names, "head_yaw"))
    found["head_pitch"] = None if head is None else head_pitch(head)
    if axes is None:
        return found
    left, front, up = axes
    for name, (low, high) in _SAGITTAL.items():
        found[name] = in_plane(at[high] - at[low], front, up)
    found["neck_flexion"] = _difference(found["neck_inclination"], found["trunk_inclination"])
    found["head_tilt"] = in_plane(at["mid_outer_eye"] - at["mid_tragus"], up, front)
    found["craniovertebral_angle"] = in_plane(at["mid_tragus"] - at["c7"], up, front)
    trunk = at["mid_shoulder"] - at["mid_hip"]
    if trunk[2] > 0:  # the lean of a hanging trunk is undefined
        found["lateral_trunk_lean"] = in_plane(trunk, -left, up)
    flat = {name: point - left * (point @ left) for name, point in at.items() if name.startswith("mid_")}
    found["hip_angle"] = at_joint(flat["mid_shoulder"], flat["mid_hip"], flat["mid_knee"])
    found["knee_angle"] = at_joint(flat["mid_hip"], flat["mid_knee"], flat["mid_ankle"])
    if head is not None:
        found["head_yaw"] = head_yaw(head, left, front)
    return found


_SAGITTAL = {
    "neck_inclination": ("mid_shoulder", "mid_tragus"),
    "neck_inclination_acromion": ("mid_acromion", "mid_tragus"),
    "trunk_inclination": ("mid_hip", "mid_shoulder"),
    "trunk_inclination_c7": ("mid_hip", "c7"),
}
"""Lines whose forward inclination is measured: from, to."""


def _joint_angles(at: Mapping[str, Vector]) -> Angles:
    """Angles of each side's limbs in space."""
    found: Angles = {}
    for which in SIDES:
        for name, limb in (("hip", ("shoulder", "hip", "knee")), ("knee", ("hip", "knee", "ankle"))):
            found[f"{which}_{name}_angle"] = at_joint(*(at[f"{which}_{point}"] for point in limb))
        found[f"{which}_elbow_angle"] = at_joint(*(at[f"{which}_{point}"] for point in ("shoulder", "elbow", "wrist")))
    return found


def _difference(a: float | None, b: float | None) -> float | None:
    """The difference of two angles, -180 (excluded) to 180 (included) degrees; None if either is."""
    return None if a is None or b is None else float(180 - (180 - (a - b)) % 360)


def body_yaw(at: Mapping[str, Vector], camera: Camera) -> float:
    """How far the shoulders are turned from facing the camera's axis: -180 to 180 degrees, as `posturecam.posture.view.body_yaw`.

    0 faces the camera; positive when the person's right side is nearer (they face the picture's right); ±90 is profile.
    What counts is the optical axis, not the line of sight: a plane parallel to the picture's is seen undistorted
    wherever it is in the picture.
    """
    across = at["left_shoulder"] - at["right_shoulder"]
    right, away = _level_axes(camera)
    return float(np.degrees(np.arctan2(across @ away, across @ right)))


def _level_axes(camera: Camera) -> tuple[Vector, Vector]:
    """The camera's right and its viewing direction, both horizontal, whatever its pitch and roll."""
    looks = camera.axes[2]
    away = unit(looks * [1, 1, 0])
    return np.cross(away, np.array([0.0, 0.0, 1.0])), away


def camera_plane(at: Mapping[str, Vector], camera: Camera, head: Rotation | None = None) -> Angles:
    """The same lines' apparent angles in the picture, from the projected points, degrees.

    The lines of the sagittal plane come three times: `neck_inclination` of the middle, and `…_left` and `…_right` of
    each side. Forward is where the person faces in the picture; head tilt is above the horizontal, -90 to 90, as the
    program reads it. Head yaw is relative to the camera's axis. None if a point is behind the camera, or a line has no
    length.
    """
    seen = {name: camera.project(point) for name, point in at.items()}
    forward = 1.0 if body_yaw(at, camera) > 0 else -1.0
    found: Angles = {}
    for which, suffix in (("mid", ""), ("left", "_left"), ("right", "_right")):
        for name, (low, high) in _SAGITTAL.items():
            start, end = (seen[one.replace("mid", which)] for one in (low, high))
            found[name + suffix] = _apparent(end - start, forward)
        found[f"neck_flexion{suffix}"] = _difference(
            found[f"neck_inclination{suffix}"], found[f"trunk_inclination{suffix}"]
        )
        found[f"craniovertebral_angle{suffix}"] = _turned(_apparent(seen[f"{which}_tragus"] - seen["c7"], forward))
        found[f"head_tilt{suffix}"] = _above(seen[f"{which}_tragus"], seen[f"{which}_outer_eye"])
        found[f"hip_angle{suffix}"] = _at_joint(seen, which, "shoulder", "hip", "knee")
        found[f"knee_angle{suffix}"] = _at_joint(seen, which, "hip", "knee", "ankle")
        found[f"trunk_above_horizontal{suffix}"] = _above(seen[f"{which}_hip"], seen[f"{which}_shoulder"])
    found["head_roll"] = _above(seen["right_tragus"], seen["left_tragus"])
    found["shoulder_tilt"] = _above(seen["right_shoulder"], seen["left_shoulder"])
    # The person's right is the picture's left when they face the camera.
    facing_camera = abs(body_yaw(at, camera)) <= 90
    found["lateral_trunk_lean"] = _apparent(seen["mid_shoulder"] - seen["mid_hip"], -1.0 if facing_camera else 1.0)
    right, away = _level_axes(camera)
    found["head_yaw"] = None if head is None else head_yaw(head, right, -away)
    return found


def _apparent(line: Vector, forward: float) -> float | None:
    """Inclination of a line of the picture from the vertical, positive towards `forward` (1 right, -1 left), degrees."""
    if not np.isfinite(line).all() or not line.any():
        return None
    return float(np.degrees(np.arctan2(forward * line[0], -line[1])))


def _turned(inclination: float | None) -> float | None:
    """Convert an angle from the vertical into one above the horizontal."""
    return None if inclination is None else _difference(90, inclination)


def _above(start: Vector, end: Vector) -> float | None:
    """Angle of a line of the picture above the horizontal, regardless of its horizontal direction, degrees (-90 to 90)."""
    line = end - start
    if not np.isfinite(line).all() or not line.any():
        return None
    return float(np.degrees(np.arctan2(-line[1], abs(line[0]))))


def _at_joint(seen: Mapping[str, Vector], which: str, *limb: str) -> float | None:
    ends = [seen[f"{which}_{name}"] for name in limb]
    return at_joint(*ends) if np.isfinite(ends).all() else None


def truth(posed: Posed, camera: Camera) -> dict[str, Any]:
    """Everything known about a picture, for JSON: `camera`, `angles`, `camera_plane` and `points`.

    Lengths are meters, angles degrees, positions in the picture pixels from the top left. A point behind the camera has
    the position None; `in_picture` says whether it falls inside the frame (not whether it is occluded).
    """
    at, head = points(posed), head_rotation(posed)
    own = {name: _rounded(angle) for name, angle in angles(at, head).items()}
    apparent = {name: _rounded(angle) for name, angle in camera_plane(at, camera, head).items()}
    told = {
        "name": camera.name,
        "position": list(camera.position),
        "target": list(camera.target),
        "field_of_view": camera.field_of_view,
        "width": camera.width,
        "height": camera.height,
        "roll": camera.roll,
        "pitch": _rounded(camera.pitch),
        "body_yaw": _rounded(body_yaw(at, camera)),
    }
    return {"camera": told, "angles": own, "camera_plane": apparent, "points": _pictured(at, camera)}


def _pictured(at: Mapping[str, Vector], camera: Camera) -> dict[str, Any]:
    told = {}
    for name, point in at.items():
        place = camera.project(point)
        seen = bool(np.isfinite(place).all())
        told[name] = {
            "picture": [round(float(value), 2) for value in place] if seen else None,
            "space": [round(float(value), 5) for value in point],
            "in_picture": seen and bool((place >= 0).all() and place[0] < camera.width and place[1] < camera.height),
        }
    return told


def _rounded(angle: float | None) -> float | None:
    return None if angle is None else round(float(angle), 3)
