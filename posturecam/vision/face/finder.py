"""From face points to the head's position: a crop around the head, and the pose of the canonical face in it.

The face landmarker must see the head alone: in whole pictures from a webcam high up it finds a face in 0 to 50%, in
crops around the head found by BlazePose in 82 to 100%. Its points are mapped back into the picture, and the canonical
face is fitted to them as the lens would show it (SQPNP: Terzakis and Lourakis 2020, then Levenberg–Marquardt). The
landmarker's own transformation is not used: it assumes that the crop is the whole picture of a lens of 63°.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from posturecam.config.settings import CameraSettings, EstimatorSettings
from posturecam.errors import ModelError
from posturecam.i18n.message import Message
from posturecam.vision.face.canonical import CHIN, INDICES, POINTS
from posturecam.vision.frame import Frame, Image
from posturecam.vision.geometry import focal_length
from posturecam.vision.head import Head, HeadLook, NoHead, moved
from posturecam.vision.pose import HEAD, Landmark, Pose

log = logging.getLogger("posturecam")

CROP_SIZE = 256
"""Size to which a crop is scaled, pixels; the landmarker's networks see 128 and 256."""
_CROP_SHARE = 2.4
"""Side of the crop as a multiple of the spread of BlazePose's head points: the whole head with room around it."""
_LEAST_SPREAD = 0.35
"""Least spread, in shoulder widths: the points of a head in profile, or points that coincide, spread less than the
size of a head."""
_LEAST_SIDE = 32.0
"""Least side of the crop in the picture, pixels: a head of 13 pixels shows no face."""
_NEAREST, _FURTHEST = 10.0, 400.0
"""Plausible distance of a head from a webcam, centimeters."""
_LARGEST_MISFIT = 1.5
"""Root mean square, centimeters, up to which the points count as a face: 0.2 to 0.5 on photographs and renders."""
_LARGEST_HEAD = 18.0
"""Largest spread of BlazePose's head points, centimeters at the face's scale, at which both saw the same head: 9 to 17 in
rendered people, 10 to 16 in real ones. On heads that are bent down the landmarker may draw a small face, by which the
points would be 18 to 35 cm apart."""
_FURTHEST_TURN = 60.0
"""Largest rotation of the shoulders, degrees, at which a face is searched for."""
_UNCHANGED = 0.05
"""How far one of BlazePose's head points may move relative to the others, as a fraction of their spread, while the head
counts as unchanged: 0.8 cm, 5° of pitch or yaw; nodding at the screen and the model's own jitter are about half of
it."""
_TO_LENS = np.array([1.0, -1.0, -1.0])
"""From the canonical face, y up and z towards the viewer, to the camera's y down and z away."""

FacePoints = NDArray[np.float64]
"""Shape (478, 2): x to the right and y down, pixels."""
FaceFinder = Callable[[Image], FacePoints | None]
"""Finds the points of the face in a crop, in the crop's pixels; `posturecam.vision.landmarkers.FaceLandmarks` is the real one."""
Complain = Callable[[Message], None]
"""Called with what cannot be used, although the rest continues without it."""


@dataclass(frozen=True, slots=True)
class Square:
    """Part of a picture, pixels; it may reach beyond the picture's edges."""

    left: float
    top: float
    side: float

    def cut(self, image: Image) -> Image:
        """That part of the picture, scaled to `CROP_SIZE` pixels a side; black outside the picture."""
        scale = CROP_SIZE / self.side
        # A pixel's center lies half a pixel from its corner, in both pictures.
        shift = [0.5 * scale - 0.5 - scale * self.left, 0.5 * scale - 0.5 - scale * self.top]
        matrix = np.array([[scale, 0.0, shift[0]], [0.0, scale, shift[1]]])
        if scale < 0.5:  # warping samples single pixels, so a large head is shrunk by averaging first
            return _shrunk(image, self)
        return np.asarray(cv2.warpAffine(image, matrix, (CROP_SIZE, CROP_SIZE), flags=cv2.INTER_LINEAR), np.uint8)

    def to_picture(self, points: FacePoints) -> FacePoints:
        """Points of the crop in pixels of the picture."""
        return points * (self.side / CROP_SIZE) + (self.left, self.top)


def _shrunk(image: Image, square: Square) -> Image:
    """The square from a picture in which it covers many pixels."""
    left, top, side = round(square.left), round(square.top), round(square.side)
    whole = np.zeros((side, side, 3), np.uint8)
    height, width = image.shape[:2]
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + side, width), min(top + side, height)
    if x0 < x1 and y0 < y1:
        whole[y0 - top : y1 - top, x0 - left : x1 - left] = image[y0:y1, x0:x1]
    return np.asarray(cv2.resize(whole, (CROP_SIZE, CROP_SIZE), interpolation=cv2.INTER_AREA), np.uint8)


def in_profile(pose: Pose) -> bool:
    """Whether the shoulders are turned too far from the camera to find a face: 1 of 41 renders beyond 60°."""
    across = pose.world[Landmark.LEFT_SHOULDER] - pose.world[Landmark.RIGHT_SHOULDER]
    return bool(abs(across[2]) > math.tan(math.radians(_FURTHEST_TURN)) * abs(across[0]))


def square_about(pose: Pose) -> Square | None:
    """The part of the picture to search for a face, or None if the head is too small to show one."""
    points = pose.points[HEAD].astype(np.float64)
    shoulders = pose.at(Landmark.LEFT_SHOULDER) - pose.at(Landmark.RIGHT_SHOULDER)
    if not np.isfinite(points).all():
        return None
    spread = _spread(pose)
    across = float(np.hypot(*shoulders))
    if math.isfinite(across):
        spread = max(spread, _LEAST_SPREAD * across)
    side = _CROP_SHARE * spread
    if side < _LEAST_SIDE:
        return None
    center = points.mean(axis=0)
    return Square(float(center[0] - side / 2), float(center[1] - side / 2), side)


def _spread(pose: Pose) -> float:
    """How far apart BlazePose's points of the head are, across or down the picture, pixels."""
    return float(np.ptp(pose.points[HEAD].astype(np.float64), axis=0).max())


def carried(seen: Pose, now: Pose) -> Head | None:
    """The head of an earlier result, `seen`, moved to where the head is now; None if it may have turned, bent or come nearer since."""
    head = seen.head
    if not isinstance(head, Head) or (seen.width, seen.height) != (now.width, now.height):
        return None
    before, after = (pose.points[HEAD].astype(np.float64) for pose in (seen, now))
    went = (after - before).mean(axis=0)
    apart = float(np.hypot(*(after - before - went).T).max())
    if not apart <= _UNCHANGED * _spread(seen):  # nor if a point is not finite
        return None
    return moved(head, float(went[0]), float(went[1]))


def find_head(image: Image, pose: Pose, finder: FaceFinder, field_of_view: float) -> HeadLook:
    """The head of a person found in a picture; `field_of_view` is that of `focal_length`."""
    square = square_about(pose)
    if square is None:
        return NoHead.TOO_SMALL
    points = finder(square.cut(image))
    if points is None:
        return NoHead.NOT_FOUND
    head = head_pose(square.to_picture(points), (pose.width, pose.height), field_of_view)
    if isinstance(head, Head) and head.scale * _spread(pose) > _LARGEST_HEAD:
        return NoHead.IMPLAUSIBLE
    return head


def head_pose(points: FacePoints, size: tuple[int, int], field_of_view: float) -> HeadLook:
    """The pose of the head whose face has these points, pixels, in a picture of that width and height."""
    seen = np.ascontiguousarray(points[INDICES, :2], dtype=np.float64)
    if not np.isfinite(seen).all():
        return NoHead.IMPLAUSIBLE
    focal = focal_length(*size, field_of_view)
    lens = np.array([[focal, 0.0, size[0] / 2], [0.0, focal, size[1] / 2], [0.0, 0.0, 1.0]])
    model = POINTS * _TO_LENS
    try:
        found, turn, place = cv2.solvePnP(model, seen, lens, None, flags=cv2.SOLVEPNP_SQPNP)
        if not found:
            return NoHead.IMPLAUSIBLE
        turn, place = cv2.solvePnPRefineLM(model, seen, lens, None, turn, place)
    except cv2.error:  # all points coincide
        return NoHead.IMPLAUSIBLE
    x, y, z = (float(value) for value in place.ravel())
    if not _NEAREST <= z <= _FURTHEST:
        return NoHead.IMPLAUSIBLE
    again = cv2.projectPoints(model, turn, place, lens, None)[0].reshape(-1, 2)
    scale = z / focal
    misfit = float(np.sqrt(((again - seen) ** 2).sum(axis=1).mean())) * scale
    if not misfit <= _LARGEST_MISFIT:
        return NoHead.IMPLAUSIBLE
    rotation = cv2.Rodrigues(turn)[0]
    return Head(
        x,
        y,
        z,
        pitch=math.degrees(math.asin(min(1.0, max(-1.0, float(-rotation[1, 2]))))),
        yaw=-math.degrees(math.atan2(rotation[0, 2], rotation[2, 2])),
        # The slope of the line between the ears, which bending the head does not change; that of the face's own axis
        # does change, by 14–22° when a head turned by 17° in front of a tilted camera bends by 45°.
        roll=-math.degrees(math.atan2(rotation[1, 0], rotation[0, 0])),
        center_x=x / z * focal + size[0] / 2,
        center_y=y / z * focal + size[1] / 2,
        chin_x=float(points[CHIN, 0]),
        chin_y=float(points[CHIN, 1]),
        scale=scale,
        misfit=misfit,
        field_of_view=field_of_view,
    )


class LoadedFaces(Protocol):
    """A `FaceFinder` with a model that has to be freed."""

    def __call__(self, crop: Image, /) -> FacePoints | None:
        """The points of the face in a crop."""

    def close(self) -> None:
        """Free the model."""


class HeadFinder:
    """Finds the heads of poses by their faces; the model is loaded when a face may be seen for the first time.

    If the model is missing or damaged, heads are not searched for, and the reason is reported; poses are still judged.
    """

    def __init__(
        self,
        settings: EstimatorSettings,
        load: Callable[[], LoadedFaces],
        field_of_view: float | None = None,
        complain: Complain | None = None,
    ) -> None:
        self._settings, self._load = settings, load
        self._complain = complain or partial(log.warning, "%s")
        self._field_of_view = field_of_view or CameraSettings().field_of_view
        self._faces: LoadedFaces | None = None
        self._available = settings.face
        self._seen: Pose | None = None
        """The pose at the last run of the face model, with the head that was found."""

    def __call__(self, frame: Frame, pose: Pose) -> HeadLook:
        """The head in the next frame of a video.

        The face model runs again if the last run is older than `face_interval` and either the pose model's own head
        points have moved relative to each other (the head turned, bent or came nearer), or `face_hold` is over. Until
        then the head stays where it was, or moves with those points. If no face was found, or the posture is about to
        matter (`Frame.closely`), the model runs every time.
        """
        assert frame.image is not None
        seen = self._seen
        if seen is not None and (seen.width, seen.height) != (pose.width, pose.height):
            seen = None  # in pixels of another picture
        if seen is not None and 0 <= frame.t - seen.t < self._settings.face_hold and not frame.closely:
            held = carried(seen, pose)
            if held is not None:
                return held
        if seen is not None and 0 <= frame.t - seen.t < self._settings.face_interval:
            return seen.head
        head = self.look(frame.image, pose)
        self._seen = replace(pose, t=frame.t, head=head)
        return head

    def forget(self) -> None:
        """Begin without any memory of earlier pictures."""
        self._seen = None

    def look(self, image: Image, pose: Pose) -> HeadLook:
        """The head in one picture; not searched for if the person is seen from the side."""
        if not self._available or in_profile(pose):
            return NoHead.NOT_LOOKED
        if self._faces is None:
            try:
                self._faces = self._load()
            except ModelError as problem:
                self._complain(Message("{problem}. Until then your face is not used.", problem=problem.text))
                self._available = False
                return NoHead.NOT_LOOKED
        return find_head(image, pose, self._faces, self._field_of_view)

    def close(self) -> None:
        """Free the model. Safe to call twice."""
        if self._faces is not None:
            self._faces.close()
            self._faces = None
