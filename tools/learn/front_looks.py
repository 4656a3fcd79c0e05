"""Checks of rendered people in front of a camera, with the disturbances of real desks added, and what a learned judge sees of them.

Everything is made from stills with heads (`benchmarks/data`): a person's own upright stills become the baseline, each
other still one check. Added in some of the copies: a camera moved since (a lid tilted by up to 15°), a baseline that
drifted because the camera was moved while it was learned, a chair moved by up to 30 %, fields of view of 50–95°, square
crops, and pictures cut off at or above the shoulders, which are then guessed or missing. Postures are those of the
stills: leaning, turned, looking down, half slid down.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray
from scripts_of_work import Chair, Shot
from stills import UPRIGHT, Floats, Mask, Stills, Texts
from working_hours import Recording

from posturecam.config.settings import Settings
from posturecam.posture.front.judge import FrontUpright, Kind, upright_of
from posturecam.posture.front.judge import judge as judge_by_face
from posturecam.posture.front.measures import FrontMeasures, front_measures
from posturecam.posture.learned.features import (
    CHANGE_NAMES,
    FigureArrays,
    KeptPose,
    changes,
    figure,
    from_kept,
    is_complete,
    joined,
    kept,
)
from posturecam.posture.learned.model import slouch
from posturecam.vision.head import Head
from posturecam.vision.pose import Landmark, Pose

FRONT = ("front, eye level", "front, low")
LEAST_UPRIGHT = 2
"""Upright stills with a face required for a group to have a baseline."""
CHAIR_SHARE, CHAIR_SCALE, CHAIR_ACROSS, CHAIR_HEIGHT = 0.6, 0.3, 0.10, 0.03
"""Probability that the chair was moved since the baseline, and largest changes: scale in the picture, picture widths
and heights."""
LID_SHARE, LID = 0.4, 15.0
"""Probability that the camera was moved, and the largest tilt, degrees."""
WAVERED_SHARE = 0.15
"""Probability that it was moved while the baseline was learned."""
FIELD_SHARE, FIELDS, SQUARE = 0.5, (50.0, 95.0), 0.2
"""Probability of another lens, the range of its field of view, degrees, and the probability of a square picture."""
CUT_SHARE, CUT_CM = 0.35, 14.0
"""Probability that the picture is cut off near the shoulders, and how far above them at most, centimeters."""
STEEPEST = 25.0
"""Largest tilt of the camera for that, degrees."""
GUESSED = (1.0, 0.3)
"""Error of a guessed shoulder outside the picture, centimeters, and what each centimeter outside adds."""
LENGTHS, SLOPES = (0.88, 1.15), (0.85, 1.15)
"""Relative neck lengths other than the rendered ones, and relative head bending as the face model sees it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One check, the upright checks before it, and what is known about the camera."""

    pose: Pose
    now: FrontMeasures
    upright: FrontUpright
    base: tuple[Pose, ...]
    moved: bool | None


@dataclass(frozen=True, slots=True, eq=False)
class FrontLooks:
    """n checks of many people, one row each."""

    inputs: Floats
    """Shape (n, len(INPUTS)); see `inputs_of`."""
    pose_inputs: Floats
    """Shape (n, k): changes of the pose landmarks, as used by the estimator of 0.1.0."""
    slouch: Floats
    """True change from upright, degrees of neck inclination (`posturecam.posture.learned.model.slouch`)."""
    explained: Floats
    """How far the head sank according to the explainable judge, in thresholds; NaN for no answer."""
    person: Texts
    group: Texts
    posture: Texts
    moved: NDArray[np.int64]
    """1 if the camera is known to have been moved, 0 if it is known to have stayed, -1 if unknown."""
    copy: NDArray[np.int64]
    """0 is without any disturbance."""

    def __len__(self) -> int:
        return len(self.person)

    def where(self, mask: Mask) -> FrontLooks:
        """The checks selected by a mask of shape (n,)."""
        return FrontLooks(**{field.name: getattr(self, field.name)[mask] for field in fields(self)})


INPUTS = (
    "sunk", "nearer", "bent", "shoulders lower", "lower", "lower, level", "rolled", "aside", "turned", "shoulders tilted", "head turned",
    "neck height", "pitch", "distance", "shoulders below", "head below", "upright pitch", "upright head below", "neck scatter",
    "upright spread", "no neck height", "no upright neck height", "camera moved", "camera unknown",
)  # fmt: skip
"""The judge's inputs: changes from upright (cm, logarithm, °), the check itself, and what is unknown."""
PLACE = ("lower", "lower, level", "shoulders lower")
"""Those of the inputs that mean nothing once the camera was moved."""


def inputs_of(now: FrontMeasures, upright: FrontUpright, moved: bool | None) -> list[float]:
    """The inputs of one check with a known distance; unknown ones are 0 and flagged as unknown."""
    away, low = now.distance.value, now.head_low.value
    assert away is not None
    assert low is not None
    then_away, then_low = upright.distance or away, upright.head_low if upright.head_low is not None else low
    pitch, then_pitch = now.head_pitch.value or 0.0, upright.head_pitch or 0.0
    neck, then_neck = now.neck_height.value, upright.neck_height
    shoulders, then_shoulders = now.shoulder_low.value, upright.shoulder_low
    tilt = math.radians(then_pitch)

    def change(value: float | None, then: float | None) -> float:
        return 0.0 if value is None or then is None else value - then

    found = [
        -change(neck, then_neck),
        math.log(then_away / away),
        pitch - then_pitch,
        change(shoulders, then_shoulders),
        low - then_low,
        (low - then_low) * math.cos(tilt) + (away - then_away) * math.sin(tilt),
        abs(change(now.head_roll.value, upright.head_roll)),
        abs(change(now.head_offset.value, upright.head_offset)),
        abs(change(now.body_yaw.value, upright.body_yaw)),
        abs(now.shoulder_tilt.value or 0.0),
        abs(now.head_yaw.value or 0.0),
        20.0 if neck is None else neck,
        pitch,
        math.log(away),
        shoulders if shoulders is not None else 20.0,
        math.degrees(math.atan2(low, away)),
        then_pitch,
        math.degrees(math.atan2(then_low, then_away)),
        now.neck_height.deviation if neck is not None else 3.0,
        upright.neck_height_spread,
        float(neck is None),
        float(then_neck is None),
        float(moved is True),
        float(moved is None),
    ]
    if moved:
        for name in PLACE:
            found[INPUTS.index(name)] = 0.0
    return found


def together(parts: Sequence[FrontLooks]) -> FrontLooks:
    """Several sets of checks joined into one."""
    names = [field.name for field in fields(FrontLooks)]
    return FrontLooks(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def look_at(stills: Stills, model: str, settings: Settings, copies: int, seed: int) -> FrontLooks:
    """Every still from a frontal camera in which a face was found, once unchanged and in `copies` with disturbances."""
    front = stills.where(np.isin(stills.families(), FRONT))
    truth = {name: front.angle(name) for name in ("neck_inclination", "neck_flexion", "head_pitch")}
    rows: list[tuple[Seen, float, str, str, str, int]] = []
    for group in front.groups():
        uprights = [
            i for i in group if front.posture[i] == UPRIGHT and isinstance(front.head(i, model), Head)
            and front.detections[model].found[i]
        ]  # fmt: skip
        if len(uprights) < LEAST_UPRIGHT:
            continue
        mine = np.zeros(len(front), np.bool_)
        mine[group] = True
        recording = Recording(front.where(mine), model, settings)
        place = {int(i): number for number, i in enumerate(group)}
        change = {name: angles[group] - np.median(angles[uprights]) for name, angles in truth.items()}
        deep = slouch(change["neck_inclination"], change["neck_flexion"], change["head_pitch"])
        for copy in range(copies + 1):
            numbers = np.random.default_rng([seed, zlib.crc32(str(front.group[group[0]]).encode()), copy])
            trouble = _Trouble.none() if copy == 0 else _Trouble.drawn(numbers)
            for i in group:
                seen = _seen(
                    recording,
                    trouble,
                    place[int(i)],
                    [place[int(u)] for u in uprights if u != i],
                    numbers,
                    settings,
                    float(front.field_of_view[i]),
                )
                if seen is not None:
                    rows.append(
                        (
                            seen,
                            float(deep[place[int(i)]]),
                            str(front.person[i]),
                            str(front.group[i]),
                            str(front.posture[i]),
                            copy,
                        )
                    )
    return FrontLooks(
        np.array([inputs_of(seen.now, seen.upright, seen.moved) for seen, *_ in rows]),
        np.array([_pose_inputs(seen) for seen, *_ in rows]),
        np.array([row[1] for row in rows]),
        np.array([_explained(seen) for seen, *_ in rows]),
        np.array([row[2] for row in rows]),
        np.array([row[3] for row in rows]),
        np.array([row[4] for row in rows]),
        np.array([{True: 1, False: 0, None: -1}[seen.moved] for seen, *_ in rows]),
        np.array([row[5] for row in rows]),
    )


def _explained(seen: Seen) -> float:
    parts = judge_by_face(seen.now, seen.upright, moved=seen.moved).parts
    return next((part.value for part in parts if part.kind in SINKING), math.nan)


SINKING = (Kind.FORWARD, Kind.DOWN)
"""The learned part; leaning, nearness and twisting are measures by themselves."""


def kept_of(poses: Sequence[Pose]) -> KeptPose | None:
    """The median landmarks of those poses that are complete, or None if none is."""
    whole = [figure(pose) for pose in poses if is_complete(pose)]
    return kept(joined(whole)) if whole else None


def pose_inputs(pose: Pose, upright: FigureArrays) -> Floats:
    """How the landmarks of a pose differ from upright ones, shape (len(CHANGE_NAMES),); 0 if it is incomplete."""
    if not is_complete(pose):
        return np.zeros(len(CHANGE_NAMES))
    found: Floats = changes(figure(pose), upright, np.array([True]))[0]
    return found


def _pose_inputs(seen: Seen) -> Floats:
    before = kept_of(seen.base)
    return np.zeros(len(CHANGE_NAMES)) if before is None else pose_inputs(seen.pose, from_kept(before))


@dataclass(frozen=True, slots=True)
class _Trouble:
    """The disturbances of one copy of a group; those that differ between checks are drawn per check."""

    field: float | None
    """A different field of view, degrees."""
    square: bool
    cut: float | None
    """Where the picture is cut off, centimeters above the upright shoulders; negative means below."""
    wavered: bool
    length: float
    slope: float
    troubled: bool = True

    @staticmethod
    def none() -> _Trouble:
        return _Trouble(None, False, None, False, 1.0, 1.0, troubled=False)

    @staticmethod
    def drawn(numbers: np.random.Generator) -> _Trouble:
        return _Trouble(
            float(numbers.uniform(*FIELDS)) if numbers.random() < FIELD_SHARE else None,
            bool(numbers.random() < SQUARE),
            float(numbers.uniform(-0.3 * CUT_CM, CUT_CM)) if numbers.random() < CUT_SHARE else None,
            bool(numbers.random() < WAVERED_SHARE),
            float(numbers.uniform(*LENGTHS)),
            float(numbers.uniform(*SLOPES)),
        )


def _seen(
    recording: Recording,
    trouble: _Trouble,
    still: int,
    uprights: list[int],
    numbers: np.random.Generator,
    settings: Settings,
    lens: float,
) -> Seen | None:
    chosen = [int(numbers.choice(uprights)) for _ in range(int(numbers.integers(1, 7)))]
    lid, chair = 0.0, Chair()
    if trouble.troubled:
        lid = float(numbers.uniform(-LID, LID)) if numbers.random() < LID_SHARE else 0.0
        if numbers.random() < CHAIR_SHARE:
            chair = Chair(
                1 + float(numbers.uniform(-CHAIR_SCALE, CHAIR_SCALE)),
                float(numbers.uniform(-CHAIR_ACROSS, CHAIR_ACROSS)),
                float(numbers.uniform(-CHAIR_HEIGHT, CHAIR_HEIGHT)),
            )
    tilt = 0.0 if trouble.cut is None else _tilt(recording, chosen[0], trouble, lens)
    base = []
    for number, which in enumerate(chosen):
        wavers = float(numbers.uniform(-LID, LID)) / 2 if trouble.wavered and number else 0.0
        pose = recording.pose(Shot(which, Chair(lid=tilt + wavers), int(numbers.integers(3))))
        if pose is not None and isinstance(pose.head, Head):
            base.append(pose)
    pose = recording.pose(Shot(still, chair._replace(lid=tilt + lid), int(numbers.integers(3))))
    if pose is None or not isinstance(pose.head, Head) or not base:
        return None
    frame = _Frame.of(trouble, base[0], lens)
    base = [frame.of_pose(one, numbers) for one in base]
    pose = frame.of_pose(pose, numbers)
    upright = upright_of([front_measures(one, one.head, settings) for one in base])
    now = front_measures(pose, pose.head, settings)
    moved: bool | None = None
    if numbers.random() < 0.5:
        moved = lid != 0 or trouble.wavered
    return Seen(pose, *_of_other_bodies(now, upright, trouble), tuple(base), moved)


def _tilt(recording: Recording, still: int, trouble: _Trouble, lens: float) -> float:
    """How far up the camera must be tilted for the picture to be cut off where the disturbance says, degrees."""
    pose = recording.pose(Shot(still, Chair(), 0))
    if pose is None or not isinstance(pose.head, Head) or trouble.cut is None:
        return 0.0
    focal = pose.width / 2 / math.tan(math.radians(lens) / 2)
    height = _Frame.of(trouble, pose, lens).height
    shoulders = float(pose.points[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER], 1].mean()) - pose.height / 2
    wanted = height / 2 + trouble.cut / pose.head.scale
    turn = math.degrees(math.atan2(wanted, focal) - math.atan2(shoulders, focal))
    return min(max(turn, -STEEPEST), STEEPEST)


def _of_other_bodies(
    now: FrontMeasures, upright: FrontUpright, trouble: _Trouble
) -> tuple[FrontMeasures, FrontUpright]:
    """The same measures with a different neck length, and a head that bends more or less as the face model sees it."""
    height = now.neck_height
    if height.value is not None:
        height = replace(height, value=height.value * trouble.length)
    pitch = now.head_pitch
    if pitch.value is not None and upright.head_pitch is not None:
        pitch = replace(pitch, value=upright.head_pitch + trouble.slope * (pitch.value - upright.head_pitch))
    then = None if upright.neck_height is None else upright.neck_height * trouble.length
    return replace(now, neck_height=height, head_pitch=pitch), replace(upright, neck_height=then)


@dataclass(frozen=True, slots=True)
class _Frame:
    """The part of the picture that the camera shows, or an area larger than it."""

    left: float
    top: float
    width: int
    height: int

    @staticmethod
    def of(trouble: _Trouble, upright: Pose, field_of_view: float) -> _Frame:
        width, height = float(upright.width), float(upright.height)
        if trouble.field is not None:
            share = math.tan(math.radians(trouble.field) / 2) / math.tan(math.radians(field_of_view) / 2)
            width, height = share * width, share * height
        if trouble.square:
            width = height = min(width, height)
        left, top = (upright.width - width) / 2, (upright.height - height) / 2
        return _Frame(left, top, round(width), round(height))

    def of_pose(self, pose: Pose, numbers: np.random.Generator) -> Pose:
        head = pose.head
        assert isinstance(head, Head)
        points = pose.points.astype(np.float64) - (self.left, self.top)
        for landmark in (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER):
            below = max(points[landmark, 1] - self.height, 0.0) * head.scale
            if below > 0:
                points[landmark] += numbers.normal(0, GUESSED[0] + GUESSED[1] * below, 2) / head.scale
        center = head.center_x - self.left, head.center_y - self.top
        away = head.z * self.width / pose.width
        head = replace(
            head,
            x=(center[0] - self.width / 2) * head.scale,
            y=(center[1] - self.height / 2) * head.scale,
            z=away,
            center_x=center[0],
            center_y=center[1],
            chin_x=head.chin_x - self.left,
            chin_y=head.chin_y - self.top,
        )
        return Pose(0.0, self.width, self.height, points.astype(np.float32), pose.visibility, pose.world, head)
