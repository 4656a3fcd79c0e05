"""A stick figure with exact angles, seen through a pinhole camera: poses for tests, without a model.

Body axes: x to the person's left, f forward, u up, meters. Camera axes: x right, y down, z away.
"""

from __future__ import annotations

import numpy as np

from posturecam.vision.pose import LANDMARK_COUNT, Landmark, Pose

TRUNK, NECK, SHOULDER, EAR, EYE, NOSE, HIP = 0.48, 0.20, 0.18, 0.075, 0.045, 0.105, 0.09
THIGH = 0.42


def body(neck=10.0, trunk=0.0, pitch=0.0, head_yaw=0.0, roll=0.0, shrug=0.0) -> np.ndarray:
    """Landmarks in body axes, shape (33, 3), hips at the origin; degrees and meters."""
    n, t, p, y, r = np.radians([neck, trunk, pitch, head_yaw, roll])
    points = np.full((LANDMARK_COUNT, 3), np.nan)

    def pair(left: Landmark, middle, half, axis=(1.0, 0.0, 0.0)):
        points[left], points[left + 1] = middle + half * np.array(axis), middle - half * np.array(axis)

    shoulders = TRUNK * np.array([0, np.sin(t), np.cos(t)])
    ears = shoulders + NECK * np.array([0, np.sin(n), np.cos(n)])
    forward = np.array([np.sin(y) * np.cos(p), np.cos(y) * np.cos(p), -np.sin(p)])
    aside = np.array([np.cos(y) * np.cos(r), -np.sin(y) * np.cos(r), np.sin(r)])
    pair(Landmark.LEFT_HIP, np.zeros(3), HIP)
    pair(Landmark.LEFT_KNEE, np.array([0, THIGH, 0]), HIP)
    pair(Landmark.LEFT_ANKLE, np.array([0, THIGH, -0.42]), HIP)
    pair(Landmark.LEFT_SHOULDER, shoulders + [0, 0, shrug], SHOULDER)
    pair(Landmark.LEFT_ELBOW, shoulders + [0, 0.05, -0.28], SHOULDER + 0.03)
    pair(Landmark.LEFT_WRIST, shoulders + [0, 0.30, -0.30], SHOULDER)
    pair(Landmark.LEFT_EAR, ears, EAR, aside)
    points[Landmark.NOSE] = ears + NOSE * forward
    for left, out in ((Landmark.LEFT_EYE_INNER, 0.02), (Landmark.LEFT_EYE, 0.03), (Landmark.LEFT_EYE_OUTER, EYE)):
        center = ears + 0.08 * forward + [0, 0, 0.03]
        points[left], points[left + 3] = center + out * aside, center - out * aside
    pair(Landmark.MOUTH_LEFT, ears + 0.09 * forward + [0, 0, -0.05], 0.025, aside)
    return points


def person(
    t=0.0,
    *,
    yaw=0.0,
    width=640,
    height=480,
    distance=0.75,
    eye_level=0.6,
    camera_pitch=0.0,
    focal=1.0,
    aside=0.0,
    visibility=1.0,
    **posture,
) -> Pose:
    """The figure seen by a camera; `yaw` is the body's (0 faces it, 90 shows the right side), `focal` in picture widths.

    `eye_level` is the camera's height over the hips, meters; `camera_pitch` is positive upwards.
    """
    points = body(**posture)
    a, c = np.radians(yaw), np.radians(camera_pitch)
    x = points[:, 0] * np.cos(a) + points[:, 1] * np.sin(a) + aside
    z = points[:, 0] * np.sin(a) - points[:, 1] * np.cos(a) + distance
    y = eye_level - points[:, 2]
    y, z_camera = y * np.cos(c) + z * np.sin(c), z * np.cos(c) - y * np.sin(c)
    pixels = np.stack([width / 2 + focal * width * x / z_camera, height / 2 + focal * width * y / z_camera], 1)
    world = np.stack([x - aside, -points[:, 2], z - distance], 1)
    seen = np.where(np.isfinite(points).all(axis=1), visibility, 0.0)
    return Pose(t, width, height, pixels.astype(np.float32), seen.astype(np.float32), world.astype(np.float32))


def from_side(t=0.0, *, right=True, **options) -> Pose:
    """The figure in profile, far away with a long lens, so that perspective does not matter."""
    return person(t, **{"yaw": 90 if right else -90, "distance": 8.0, "focal": 5.0, "eye_level": 0.25, **options})


def mirrored(pose: Pose) -> Pose:
    """The pose as a mirror shows it: x flipped, left and right landmarks swapped."""
    swap = np.array([landmark_mirror(Landmark(i)) for i in range(LANDMARK_COUNT)])
    points, world = pose.points[swap].copy(), pose.world[swap].copy()
    points[:, 0] = pose.width - points[:, 0]
    world[:, 0] = -world[:, 0]
    return Pose(pose.t, pose.width, pose.height, points, pose.visibility[swap], world)


def landmark_mirror(landmark: Landmark) -> int:
    name = landmark.name
    if "LEFT" in name:
        return Landmark[name.replace("LEFT", "RIGHT")]
    if "RIGHT" in name:
        return Landmark[name.replace("RIGHT", "LEFT")]
    return landmark
