"""Where things are on a resting body: head, ears, distance along the arm and from the neck, hairline."""

from __future__ import annotations

from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from tools.render.body import SIDES, Body
from tools.render.makehuman import SKIN_VERTICES, Floats, Indices, base_mesh, rig, target
from tools.render.parts import noise

Mask = NDArray[np.bool_]
TRAGUS_LEFT = 12055
"""The vertex at the left ear's opening."""
HEAD_BONES = (
    "head jaw eye neck oris levator temporalis risorius special orbicularis oculi tongue".split()  # noqa: SIM905
)
"""Prefixes of the names of the bones that move the face and the neck."""
HAND_BONES = ("wrist", "metacarpal", "finger")
FOOT_BONES = ("foot", "toe")
EAR_MOVES = 0.0012
"""A vertex that moves by more than this, meters, when the ear's wing is turned out by one unit belongs to the ear."""


@cache
def _dominant_bones() -> Indices:
    """The index of the bone that moves each vertex most; the same for all bodies."""
    return np.asarray(rig().weights.argmax(axis=1))


class Regions:
    """Fields over the base mesh's vertices, shape (n,), for one body at rest."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.x, self.y, self.z = body.rest.T
        self._dominant = _dominant_bones()
        self.is_skin: Mask = np.arange(len(body.rest)) < SKIN_VERTICES
        self.ear = body.rest[TRAGUS_LEFT]
        """The left ear's opening, meters."""
        self.eye = (body.joint("eye.L") + body.joint("eye.R")) / 2
        """Between the eyes, meters."""
        self.neck = body.joint("neck01")
        self.waist = float(body.joint("spine05")[2])
        """Height of the trousers' band, meters."""
        self.top = float(self.z[:SKIN_VERTICES][self.head[:SKIN_VERTICES]].max())
        """Height of the top of the head, meters."""
        self.back_of_head = float(self.y[:SKIN_VERTICES][self.head[:SKIN_VERTICES]].max())

    def moved_by(self, beginnings: tuple[str, ...] | list[str]) -> Mask:
        """Vertices moved mostly by bones with these name prefixes."""
        return np.array([name.startswith(tuple(beginnings)) for name in self.body.names])[self._dominant]

    @cached_property
    def head(self) -> Mask:
        """Face, skull and neck."""
        return self.moved_by(HEAD_BONES)

    @cached_property
    def face(self) -> Mask:
        """The head without the parts moved by the neck's bones."""
        return self.moved_by([name for name in HEAD_BONES if name != "neck"])

    @cached_property
    def hands(self) -> Mask:
        """Everything beyond the wrists."""
        return self.moved_by(HAND_BONES)

    @cached_property
    def feet(self) -> Mask:
        """Everything beyond the ankles."""
        return self.moved_by(FOOT_BONES)

    @cached_property
    def ears(self) -> Mask:
        """The outer ears."""
        mask = np.zeros(len(self.x), bool)
        for side in "lr":
            found = target(f"ears/{side}-ear-wing-incr")
            if found is not None:
                mask[found[0][np.linalg.norm(found[1], axis=1) > EAR_MOVES]] = True
        return mask

    @cached_property
    def along_arm(self) -> Floats:
        """Position along the arm: 0 at the shoulder joint, 1 at the elbow, 2 at the wrist; −1 off the arms."""
        along = np.full(len(self.x), -1.0)
        for side in SIDES:
            points = [self.body.joint(f"{bone}.{side}") for bone in ("upperarm01", "lowerarm01", "wrist")]
            upper, lower = points[1] - points[0], points[2] - points[1]
            first = (self.body.rest - points[0]) @ upper / (upper @ upper)
            second = 1 + (self.body.rest - points[1]) @ lower / (lower @ lower)
            below = self._share(("lowerarm", *HAND_BONES), side)
            on_arm = below + self._share(("upperarm",), side)
            mixed = np.where(below > 0, (1 - below) * np.minimum(first, 1) + below * np.maximum(second, 1), first)
            along = np.where(on_arm > 0.5, np.maximum(mixed, 0), along)
        return along

    def _share(self, beginnings: tuple[str, ...], side: str) -> Floats:
        columns = [i for i, name in enumerate(self.body.names) if name.startswith(beginnings) and name.endswith(side)]
        return np.asarray(self.body.weights[:, columns].sum(axis=1))

    @cached_property
    def arm_length(self) -> float:
        """Length of the forearm, meters: one unit of `along_arm` there."""
        return self.body.length("lowerarm01.L", "wrist.L")

    @cached_property
    def neck_width(self) -> float:
        """Half of the neck's width halfway up, meters."""
        level = (self.neck[2] + self.body.joint("head")[2]) / 2
        near = self.is_skin & self.head & (np.abs(self.z - level) < 0.012)
        return float(np.abs(self.x[near]).max())

    def from_neck(self, points: Floats, *, depth: float = 0.0) -> Floats:
        """How far points are outside a neckline, meters (negative inside); `depth` lowers it at the front into a V."""
        x, y, z = points.T
        wide = self.neck_width + 0.019
        front = np.clip((self.neck[1] - 0.01 - y) / 0.06, 0, 1)
        drop = depth * front * np.clip(1 - np.abs(x) / (0.9 * wide), 0, 1)
        reach = np.sqrt(
            (x / wide) ** 2
            + ((y - self.neck[1] + 0.012) / (wide + 0.012)) ** 2
            + ((z - self.neck[2] - 0.045 + drop - 0.3 * np.clip(y - self.neck[1], 0, 0.1)) / 0.115) ** 2
        )
        return np.asarray(np.where(z > self.neck[2] + 0.07, -0.03, (reach - 1) * 0.09))

    def hairline(self, points: Floats, recession: float = 0.0) -> Floats:
        """How far points of the head are inside the hairline, meters (negative: bare); `recession` from 0 to 1 bares the top."""
        x, y, z = np.abs(points[:, 0]), points[:, 1], points[:, 2]
        ear_y, ear_z, eye_z = self.ear[1], self.ear[2], self.eye[2]
        high = 0.066 * (self.top - eye_z) / 0.109  # height of the middle of the forehead's hairline over the eyes
        corners = np.exp(-(((x - 0.044) / 0.014) ** 2))
        forehead = z - eye_z - high - (0.008 + 0.03 * recession) * corners - 0.035 * recession * (x < 0.06)
        # The temple's edge runs from in front of the ear up to the corner of the forehead.
        up = np.clip((z - ear_z) / (eye_z + high - ear_z), 0, 1.2)
        temple = y - (ear_y - 0.016 - 0.052 * up)
        behind = np.clip((y - ear_y - 0.012) / 0.042, 0, 1)
        bottom = ear_z - 0.006 + behind * (-0.036 - 0.2 * np.clip(y - ear_y - 0.04, 0, 0.07))
        field = np.maximum(forehead, np.minimum(temple, z - bottom))
        if recession > 0:
            crown = z - (eye_z + 0.062 + 0.05 * (1 - recession)) - 0.3 * (y - ear_y) + 0.005 * noise(points, 0.02, 7)
            field = np.where(recession > 0.5, np.minimum(field, -crown), field)
        return np.asarray(field)

    def faces(self, group: str) -> list[list[int]]:
        """The quads of a group of the base mesh, as vertex indices."""
        return [[vertex for vertex, _ in face] for face in base_mesh().faces[group]]
