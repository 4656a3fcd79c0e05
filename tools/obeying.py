"""Somebody who does what the coach says, from the landmarks of rendered stills: for the coach's words in a break at the desk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from posturecam.coach.exercise import Side
from posturecam.coach.judging.state import CoachPhase
from posturecam.coach.loop import CoachTick
from posturecam.vision.frame import Frame, Source, SourceInfo
from posturecam.vision.head import Head, HeadLook
from posturecam.vision.pose import LANDMARK_COUNT, Landmark, Pose

STILLS = Path(__file__).parents[1] / "benchmarks" / "data" / "coach_stills.npz"
SITTING = "neck_rotation"
"""The exercise whose start pose is plain sitting."""
RATE = 5.0
"""Checks per second."""
HEARING, MOVING = 1.0, 1.6
"""Seconds until somebody starts doing what was said, and until it is done."""
JITTER = 0.5
"""Standard deviation of a landmark between checks, pixels."""
_IN = (CoachPhase.ENTERING, CoachPhase.HOLDING)


def poses_of(person: str) -> dict[tuple[str, str], Pose]:
    """The landmarks of the best and of the start pose of every exercise for a frontal camera: (exercise, "start" or "4")."""
    with np.load(STILLS) as kept:
        a = dict(kept)
    found: dict[tuple[str, str], Pose] = {}
    for row in np.flatnonzero((a["person"] == person) & np.char.endswith(a["camera"], "in_front") & a["found"]):
        if (role := str(a["role"][row])) in ("start", "4"):
            seen = (a[name][row].astype(np.float32) for name in ("points", "visibility", "world"))
            found[str(a["exercise"][row]), role] = Pose(0.0, int(a["width"][row]), int(a["height"][row]), *seen)
    # A chin tuck shows in the face, which the stills lack: it moves away from the camera by 2 cm of 60.
    found |= {("chin_tuck", role): _facing(found[SITTING, "start"], z) for role, z in (("start", 60.0), ("4", 62.0))}
    return found


def _facing(pose: Pose, z: float) -> Pose:
    """With a face this many centimeters from the camera."""
    x, y = (float(one) for one in pose.at(Landmark.NOSE))
    head = Head(0.0, 0.0, z, 0.0, 0.0, 0.0, x, y, x, y, scale=0.1, misfit=0.2, field_of_view=65.0)
    return replace(pose, head=head)


def mirrored(pose: Pose) -> Pose:
    """The same pose on the other side."""
    order = [_other(Landmark(one)) for one in range(LANDMARK_COUNT)]
    points, world = pose.points[order].copy(), pose.world[order].copy()
    points[:, 0] = pose.width - points[:, 0]
    world[:, 0] *= -1
    return replace(pose, points=points, visibility=pose.visibility[order], world=world)


def _other(landmark: Landmark) -> Landmark:
    side, _, rest = landmark.name.partition("_")
    if landmark.name.startswith("MOUTH_"):
        return Landmark["MOUTH_RIGHT" if landmark.name.endswith("LEFT") else "MOUTH_LEFT"]
    swapped = {"LEFT": "RIGHT", "RIGHT": "LEFT"}.get(side)
    return landmark if swapped is None else Landmark[f"{swapped}_{rest}"]


class ObeyingUser(Source):
    """Goes into the pose when asked to, stays until told otherwise, and comes back; pass it every tick with `hear`."""

    def __init__(self, poses: dict[tuple[str, str], Pose]) -> None:
        self.info = SourceInfo("obeying", "obeying", live=True)
        self._poses, self._random = poses, np.random.default_rng(0)
        self._now = self._goal = self._from = poses[SITTING, "start"]
        self._asked: tuple[float, Pose] | None = None
        self._since = 0.0

    def hear(self, tick: CoachTick) -> None:
        """Take what the coach wants now."""
        role = "4" if tick.state.phase in _IN else "start"
        goal = self._poses.get((tick.exercise.id, role), self._goal)
        if role == "4" and tick.state.side is Side.RIGHT:
            goal = self._to_the_right(tick.exercise.id, goal)
        if goal is not (self._asked[1] if self._asked else self._goal):
            self._asked = (tick.frame.t + HEARING, goal)

    def _to_the_right(self, exercise: str, pose: Pose) -> Pose:
        return self._poses.setdefault((exercise, "right"), mirrored(pose))

    def __iter__(self) -> Iterator[Frame]:
        for index in range(round(600 * RATE)):
            t = index / RATE
            if self._asked is not None and t >= self._asked[0]:
                self._from, self._goal, self._since, self._asked = self._now, self._asked[1], t, None
            share = min((t - self._since) / MOVING, 1.0)
            a, b = self._from, self._goal
            points, visibility, world = (
                ((1 - share) * one + share * other).astype(np.float32)
                for one, other in ((a.points, b.points), (a.visibility, b.visibility), (a.world, b.world))
            )
            self._now = replace(b, t=t, points=points, visibility=visibility, world=world, head=_between(a, b, share))
            jittered = (points + self._random.normal(0, JITTER, points.shape)).astype(np.float32)
            yield Frame(t, recorded=True, pose=replace(self._now, points=jittered))


def _between(a: Pose, b: Pose, share: float) -> HeadLook:
    """The head on the way from one pose to another."""
    if not (isinstance(a.head, Head) and isinstance(b.head, Head)):
        return b.head
    return replace(b.head, z=(1 - share) * a.head.z + share * b.head.z)
