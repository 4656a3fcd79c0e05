"""Scripted working hours watched by posturecam and by other programs' rules: slouches found, and false alerts.

An alert is the moment at which a program begins to report slouching; the pause that each program keeps between two
notifications is left out for all alike, or it would hide their false alerts.
"""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from activities import LEANS
from estimates import LEARNED, OURS
from rules import RULES, Cues, Rule, cues
from scripts_of_work import LOOKS_A_SECOND, Look, Script, Shot, Slouch, calibration_looks, looks_at, write_script
from stills import ON_MAT, UPRIGHT, Floats, Stills, family

from posturecam.config.settings import Settings
from posturecam.errors import CalibrationRefused
from posturecam.posture.assess import Judge
from posturecam.posture.baseline import Baseline
from posturecam.posture.calibration import learn, sample
from posturecam.posture.front.measures import ANGLE_SCATTER, DISTANCE_SCATTER
from posturecam.posture.front.seat import UprightSeat, follow_seat
from posturecam.posture.front.thresholds import thresholds
from posturecam.posture.loop import read
from posturecam.posture.measures import Name
from posturecam.posture.monitor import MonitorState, SlouchSustained, step
from posturecam.posture.reading import Circumstances, Reading
from posturecam.posture.view import View, ViewState, apparent_yaw, follow_view
from posturecam.vision.camera_place import LEAST_TILT
from posturecam.vision.frame import Frame
from posturecam.vision.head import Head
from posturecam.vision.pose import Pose

WITH_SCENE = "learned, scene known"
"""The program when it can tell from the background whether the camera was moved, and how far it was tilted."""
TILT_SCATTER = 0.35
"""Standard deviation of a measured tilt, degrees: 0.31 on *tune*, 0.34 on *test* people's rooms (`benchmarks/lid_tilt.py`)."""
GRACE = 15.0
"""Seconds after a slouch in which an alert is late, not false."""
_NOISE = 0.0015
"""Standard deviation of the jitter while a posture is held, picture widths: about 1 px at 640."""
SEED = 3
_SIDEWAYS = (Name.HEAD_ROLL, Name.SHOULDER_TILT, Name.HEAD_OFFSET)
"""Causes of an alert that says that somebody leans to one side."""
ALL = "all"


@dataclass(frozen=True, slots=True, eq=False)
class ProgramResult:
    """What one program reported in a scripted hour."""

    alerts: tuple[float, ...]
    """Times, seconds."""
    unknown: float
    """Seconds without an answer while somebody was there."""
    leans: tuple[float, ...] = ()
    """Times of those alerts that say that somebody leans to one side."""
    deviation: Floats | None = None
    """posturecam's deviation, one per check, in thresholds; NaN for unknown."""


@dataclass(frozen=True, slots=True, eq=False)
class Hour:
    """One scripted period of work of one group, as one model saw it."""

    group: str
    family: str
    model: str
    script: Script
    present: float
    """Seconds with somebody in front of the camera."""
    results: Mapping[str, ProgramResult]
    """Results by program."""
    refused: str | None
    """Why posturecam would not learn the upright posture, or None."""


@dataclass(frozen=True, slots=True)
class Tally:
    """One program's results over all hours of one camera family."""

    method: str
    model: str
    family: str
    depth: str
    """Depth of the slouches counted, or "all"."""
    slouches: int
    found: int
    """Slouches with an alert before their end."""
    seconds_to_alert: float | None
    """Median over those found."""
    hours: float
    """Hours outside slouches and the grace period after them."""
    false_alerts: int
    false_an_hour: float
    leans_told: int
    """False alerts that came while somebody had been leaning to one side for minutes, and said so: posturecam reports leaning
    too, but here it counts as harmless."""
    unknown: float
    """Fraction of the time with somebody there."""
    refused: int
    """Hours without a baseline, because it was refused."""


class Recording:
    """The stills of one group as one model saw them, with everything computed once for each distinct shot."""

    def __init__(self, stills: Stills, model: str, settings: Settings) -> None:
        self._stills, self._model, self.settings = stills, model, settings
        self._poses: dict[Shot, Pose | None] = {}
        self._yaws: dict[Shot, float | None] = {}
        self._cues: dict[Shot, Cues | None] = {}

    def pose(self, shot: Shot) -> Pose | None:
        """The landmarks of a shot: those of the still, moved with the chair, and jittered."""
        if shot not in self._poses:
            self._poses[shot] = self._shoot(shot)
        return self._poses[shot]

    def yaw(self, shot: Shot) -> float | None:
        """The body yaw that the program reads from it."""
        if shot not in self._yaws:
            pose = self.pose(shot)
            self._yaws[shot] = apparent_yaw(pose, self.settings) if pose else None
        return self._yaws[shot]

    def cues(self, shot: Shot) -> Cues | None:
        """The quantities that the other rules use."""
        if shot not in self._cues:
            pose = self.pose(shot)
            self._cues[shot] = cues(pose) if pose else None
        return self._cues[shot]

    def _shoot(self, shot: Shot) -> Pose | None:
        still = self._stills.pose(shot.still, self._model)
        if still is None:
            return None
        size = np.array([still.width, still.height], np.float32)
        chair, lid = shot.chair, self._lid(shot)
        shift = size * (0.5 + np.array([chair.across, chair.height])) + (0.0, self._rolled(shot))

        def seen(points: Floats) -> Floats:
            return lid((points - size / 2) * chair.scale + shift)

        random = np.random.default_rng((SEED, shot.still, shot.copy))
        jitter = random.normal(0, _NOISE * still.width, still.points.shape)
        raw = self._stills.detections[self._model].visibility[shot.still]
        points = (seen(still.points.astype(np.float64)) + jitter).astype(np.float32)
        head = still.head if not isinstance(still.head, Head) else self._head(still, still.head, shot, seen, random)
        return Pose(0.0, still.width, still.height, points, raw, still.world, head)

    def _focal(self, shot: Shot) -> float:
        """Focal length, pixels."""
        half = math.radians(self._stills.field_of_view[shot.still]) / 2
        return float(self._stills.width[shot.still] / 2 / math.tan(half))

    def measured_tilt(self, shot: Shot) -> float | None:
        """The tilt of the lid as the program measures it from the background, with its error and the assumed field of view; None if it is too small."""
        if shot.chair.lid == 0:
            return None
        assumed = self._stills.width[shot.still] / 2 / math.tan(math.radians(self.settings.camera.field_of_view) / 2)
        seen = math.degrees(math.atan(math.tan(math.radians(shot.chair.lid)) * self._focal(shot) / assumed))
        tilt = seen + random.Random(f"{SEED}/{shot.chair.lid}").gauss(0, TILT_SCATTER)
        return None if abs(tilt) < LEAST_TILT else round(2 * tilt) / 2

    def _rolled(self, shot: Shot) -> float:
        """How far down the picture a chair moves that rolls along the floor instead of along the axis of a tilted camera, pixels."""
        down = math.radians(self._stills.camera_pitch[shot.still])
        return self._focal(shot) * math.tan(down) * (shot.chair.scale - 1)

    def _lid(self, shot: Shot) -> Callable[[Floats], Floats]:
        """A function that maps points of the picture to where they are once the camera was tilted."""
        tilt = math.radians(shot.chair.lid)
        if tilt == 0:
            return lambda points: points
        size = np.array([self._stills.width[shot.still], self._stills.height[shot.still]])
        focal = self._focal(shot)

        def tilted(points: Floats) -> Floats:
            across, down = np.moveaxis((points - size / 2) / focal, -1, 0)
            away = math.cos(tilt) - down * math.sin(tilt)
            turned = np.stack([across, down * math.cos(tilt) + math.sin(tilt)], axis=-1) / away[..., None]
            return np.asarray(turned * focal + size / 2)

        return tilted

    def _head(
        self, pose: Pose, head: Head, shot: Shot, seen: Callable[[Floats], Floats], random: np.random.Generator
    ) -> Head:
        """The head of a still as seen with the moved chair and the tilted lid, jittered as real heads are."""
        center, chin = seen(np.array([[head.center_x, head.center_y], [head.chin_x, head.chin_y]]))
        size, focal = np.array([pose.width, pose.height]), head.z / head.scale
        away = head.z / shot.chair.scale * float(np.exp(random.normal(0, DISTANCE_SCATTER)))
        # A lid is tilted about the camera, so the head keeps its distance; along the new axis it is nearer.
        ray = np.linalg.norm([*((np.array([head.center_x, head.center_y]) - size / 2) / focal), 1.0])
        now = np.linalg.norm([*((center - size / 2) / focal), 1.0])
        away *= float(ray / now) if shot.chair.lid else 1.0
        turns = random.normal(0, ANGLE_SCATTER, 3)
        return replace(
            head,
            x=float((center[0] - size[0] / 2) / focal * away),
            y=float((center[1] - size[1] / 2) / focal * away),
            z=away,
            pitch=head.pitch - shot.chair.lid + turns[0],
            yaw=head.yaw + turns[1],
            roll=head.roll + turns[2],
            center_x=float(center[0]),
            center_y=float(center[1]),
            chin_x=float(chin[0]),
            chin_y=float(chin[1]),
            scale=away / focal,
        )


def watch_hours(
    stills: Stills,
    model: str,
    settings: Settings,
    hours: float = 1.0,
    judge: Judge | None = None,
    as_people_work: bool = False,
) -> Iterator[Hour]:
    """Let every group at a desk work its own script, which is the same for every model, program and setting."""
    at_desk = stills.where(stills.families() != ON_MAT)
    for group in at_desk.groups():
        mask = np.zeros(len(at_desk), np.bool_)
        mask[group] = True
        yield watch_hour(at_desk.where(mask), model, settings, hours, judge, as_people_work)


def watch_hour(
    stills: Stills,
    model: str,
    settings: Settings,
    hours: float = 1.0,
    judge: Judge | None = None,
    as_people_work: bool = False,
) -> Hour:
    """Let one group work. `stills` are those of that group only.

    Raises:
        ValueError: if there is no upright still among them.
    """
    name = str(stills.group[0])
    numbers = random.Random(f"{SEED}/{name}")
    by_posture = {
        str(posture): np.flatnonzero(stills.posture == posture).tolist() for posture in np.unique(stills.posture)
    }
    script = write_script(by_posture, hours * 3600, numbers, as_people_work)
    recording = Recording(stills, model, settings)
    first = list(calibration_looks(by_posture[UPRIGHT], numbers))
    looks = list(looks_at(script, by_posture, numbers, as_people_work))
    baselines, refused = calibrate(recording, first)
    results = {OURS: _watch(recording, looks, baselines)}
    if judge is not None:
        results[LEARNED] = _watch(recording, looks, baselines, judge)
        results[WITH_SCENE] = _watch(recording, looks, baselines, judge, scene=True)
    upright = [seen for look in first if look.shot and (seen := recording.cues(look.shot))]
    for rule_name, rule in RULES.items():
        results[rule_name] = _follow(rule(upright), recording, looks) if upright else _silent(looks)
    return Hour(name, family(str(stills.camera[0])), model, script, _present(looks), results, refused)


def _present(looks: Iterable[Look]) -> float:
    return sum(look.shot is not None for look in looks) / LOOKS_A_SECOND


def _silent(looks: Sequence[Look]) -> ProgramResult:
    return ProgramResult((), _present(looks))


def calibrate(recording: Recording, looks: Sequence[Look]) -> tuple[dict[View, Baseline], str | None]:
    """The baseline as the program would learn it, or none and the reason."""
    readings = list(_read(recording, looks, {}))
    samples = []
    for look, reading in zip(looks, readings, strict=True):
        pose = recording.pose(look.shot) if look.shot else None
        samples.append(sample(pose, reading.view, reading.measures) if pose else None)
    try:
        baseline = learn(samples, "script", "script", "", recording.settings)
    except CalibrationRefused as refusal:
        return {}, str(refusal)
    return {baseline.view: baseline}, None


def _read(
    recording: Recording,
    looks: Iterable[Look],
    baselines: Mapping[View, Baseline],
    judge: Judge | None = None,
    scene: bool = False,
) -> Iterator[Reading]:
    """The program's readings check by check; a shot is judged once per view, which changes nothing but the time.

    With `scene` it knows whether the camera was moved, and by how much it was tilted.
    """
    settings, view, seat = recording.settings, ViewState(), UprightSeat()
    upright, limits = next((one.front for one in baselines.values()), None), thresholds(recording.settings)
    read_before: dict[tuple[Shot | None, View, float | None], Reading] = {}
    for look in looks:
        yaw = recording.yaw(look.shot) if look.shot else None
        view = follow_view(view, yaw, look.t, settings.view)
        key = look.shot, view.view, seat.distance
        if key not in read_before:
            pose = recording.pose(look.shot) if look.shot else None
            tilt = recording.measured_tilt(look.shot) if look.shot is not None and scene else None
            frame = Frame(look.t, recorded=True, pose=pose)
            moved = tilt is not None if scene else None
            known = Circumstances(moved, tilt, seat=seat.distance)
            read_before[key] = read(frame, pose, view.view, baselines, settings, judge, known)
        reading = replace(read_before[key], t=look.t)
        seat = follow_seat(seat, reading, upright, limits)
        yield reading


def _watch(
    recording: Recording,
    looks: Sequence[Look],
    baselines: Mapping[View, Baseline],
    judge: Judge | None = None,
    scene: bool = False,
) -> ProgramResult:
    state, alerts, leans, unknown = MonitorState(), list[float](), list[float](), 0
    deviations = np.full(len(looks), np.nan)
    for index, (look, reading) in enumerate(zip(looks, _read(recording, looks, baselines, judge, scene), strict=True)):
        state, events = step(state, reading, recording.settings.monitor)
        told = [event for event in events if isinstance(event, SlouchSustained)]
        alerts += [event.t for event in told]
        leans += [event.t for event in told if event.cause in _SIDEWAYS]
        if reading.deviation.value is not None:
            deviations[index] = reading.deviation.value
        elif look.shot is not None:
            unknown += 1
    return ProgramResult(tuple(alerts), unknown / LOOKS_A_SECOND, tuple(leans), deviations)


def _follow(rule: Rule, recording: Recording, looks: Iterable[Look]) -> ProgramResult:
    alerts, unknown, saying = [], 0, False
    for look in looks:
        said = rule.look(look.t, recording.cues(look.shot) if look.shot else None)
        if said and not saying:
            alerts.append(look.t)
        if said is None:
            unknown += look.shot is not None
        else:
            saying = said
    return ProgramResult(tuple(alerts), unknown / LOOKS_A_SECOND)


def tally(hours: Sequence[Hour]) -> list[Tally]:
    """Count over the hours of each model and camera family, for each program, over all slouches and by depth."""
    tallies = []
    for model, place in dict.fromkeys(
        (hour.model, hour.family) for hour in sorted(hours, key=lambda hour: hour.family)
    ):
        these = [hour for hour in hours if (hour.model, hour.family) == (model, place)]
        depths = dict.fromkeys(slouch.depth for hour in these for slouch in hour.script.slouches)
        for method in these[0].results:
            tallies += [_tally(these, method, depth) for depth in (ALL, *sorted(depths))]
    return tallies


def _tally(hours: Sequence[Hour], method: str, depth: str) -> Tally:
    waits, slouches, false, leans, unknown = [], 0, 0, 0, 0.0
    for hour in hours:
        result = hour.results[method]
        counted = [slouch for slouch in hour.script.slouches if depth in (ALL, slouch.depth)]
        slouches += len(counted)
        waits += [wait for slouch in counted if (wait := wait_for(slouch, result.alerts)) is not None]
        false += len(false_alerts(hour.script, result.alerts))
        leans += sum(_leans(hour.script, alert) for alert in false_alerts(hour.script, result.leans))
        unknown += result.unknown
    outside = sum(hour.script.seconds - _slouching(hour.script) for hour in hours) / 3600
    return Tally(
        method,
        hours[0].model,
        hours[0].family,
        depth,
        slouches,
        found=len(waits),
        seconds_to_alert=statistics.median(waits) if waits else None,
        hours=outside,
        false_alerts=false,
        false_an_hour=false / max(outside, 1e-9),
        leans_told=leans,
        unknown=unknown / max(sum(hour.present for hour in hours), 1e-9),
        refused=sum(hour.refused is not None for hour in hours) if method in (OURS, LEARNED, WITH_SCENE) else 0,
    )


def wait_for(slouch: Slouch, alerts: Iterable[float]) -> float | None:
    """Seconds from the beginning of a slouch to its first alert; None if there was none before its end."""
    return min((alert - slouch.start for alert in alerts if slouch.start <= alert <= slouch.end), default=None)


def false_alerts(script: Script, alerts: Iterable[float]) -> list[float]:
    """The alerts while nobody was slouching, nor had just stopped."""
    return [
        alert for alert in alerts if not any(slouch.start <= alert <= slouch.end + GRACE for slouch in script.slouches)
    ]


def _leans(script: Script, t: float) -> bool:
    """Whether somebody was leaning to one side for minutes, or had just stopped."""
    return any(part.activity == LEANS.name and part.start <= t <= part.end + GRACE for part in script.parts)


def _slouching(script: Script) -> float:
    return sum(min(slouch.end + GRACE, script.seconds) - slouch.start for slouch in script.slouches)
