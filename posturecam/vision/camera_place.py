"""Whether the camera is still where it was at calibration, and if not, by how much its lid was tilted, judged by the background. Pure.

A signature of the background is saved with the baseline and says whether the camera was moved. Until it is, the
background itself, as glances show it, is remembered (in memory only). Once the camera is tilted, the background lies
elsewhere in the picture, and the tilt is found by trying: at the right one, the edges seen before and now are in the
same places. The user is left out, since they cover different parts each time.

On rendered rooms (12 *tune* cameras, lids tilted by up to 15° about their hinges, somebody in front in another posture)
the tilt is right within 0.3° (root mean square); `benchmarks/lid_tilt.py` measures it.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from posturecam.config.settings import CameraSettings
from posturecam.vision.geometry import focal_length
from posturecam.vision.head import Head
from posturecam.vision.pose import HEAD, Landmark, Pose
from posturecam.vision.scene import CELLS, MOVED, Area, Cells, Glance, Signature, free_cells, signature, unlikeness

_LOOKS = 15
"""The median of this many checks counts: a single check of the same scene exceeds `MOVED` one time in ten."""
_LEAST_LOOKS = 5
_EVERY = 0.5
"""Minimum seconds between two checks. Cameras are not moved more often, and a comparison costs 0.9 ms, a tenth of a run
of the model."""
_SURELY_MOVED, _SURELY_STAYED = 1.3, 0.7
"""In multiples of `MOVED`: above the first the camera counts as moved, below the second as unmoved; in between it is unknown."""
_HEAD_OVER_FACE = 0.8
"""How far the head and hair extend beyond the face landmarks, as a multiple of the landmarks' extent."""
_MARGIN = 0.3
"""How far the body extends beyond the shoulder landmarks, in shoulder widths."""


LEAST_TILT = 1.0
"""Degrees from which a camera counts as tilted: less is within the error of the measurement, and hardly matters."""
MOST_TILT = 18.0
"""Degrees up to which a tilt is searched for; farther, too little of the background is left in the picture."""
_MOST_TURN = 3.0
"""Degrees of turning to a side from which the camera was not only tilted: turning a laptop also shifts it."""
_ALIKE = 0.7
"""Correlation of the edges, −1 to 1, from which two backgrounds are the same. Rendered rooms: 0.80 to 1.00."""
_DISTINCT = 0.1
"""By how much it must exceed that of any tilt more than `_APART` away. The same rooms: 0.14 to 0.68."""
_APART = 3.5
"""Degrees."""
_LEAST_CELLS, _LEAST_COMPARED = 100, 30
"""Cells of the background that must be seen in both for a measurement, of 768, and for a tilt to be considered at all:
the best one must not be found among few. At a tilt of 15°, 110 to 400 are left; fewer behind a man who fills his picture
(the photographs of `docs/accuracy.md`), where one measurement in four would be wrong by 2°."""
_LEAST_EDGES = 0.8
"""Root mean square of the gradients, gray levels per cell, below which there is nothing to compare: noise. The white
wall has 2.4."""
_SOFT = 6.0
"""Gray levels per cell from which a steeper edge counts hardly more, so that one window does not decide alone."""
_STEP = 0.5
"""Degrees between the tilts that are finally tried."""
_HARDLY = 0.02
"""By how much the backgrounds may be more alike at a tilt half a degree away from the last known one, when that is checked again."""
_TILT_EVERY, _SEARCH_EVERY = 2.0, 5.0
"""Seconds between two checks of the last known tilt, which take 1 ms, and between two searches over all tilts, which take
30 ms."""
_DRAWN = 0.5
"""Share of the background's cells that must be the same to the last bit after `_TILT_EVERY` seconds for it to be drawn by a program: no sensor
repeats its noise. Compressed videos of rendered rooms without any noise: up to 0.12."""
_MEASURED = 3
"""The median of this many measurements counts; they must agree within a degree."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a camera's pictures are like, in picture widths."""

    focal: float
    """Focal length."""
    height: float

    @property
    def cell(self) -> tuple[float, float]:
        """Width and height of a cell, focal lengths."""
        rows, columns = CELLS
        return 1 / columns / self.focal, self.height / rows / self.focal


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop:
    """What is seen behind the user, in cells of luminance; never written anywhere."""

    cells: Cells
    seen: NDArray[np.bool_]
    """Shape `CELLS`: which of them were not covered by the user."""
    shape: Shape

    @staticmethod
    def of(glance: Glance, pose: Pose, field_of_view: float = CameraSettings().field_of_view) -> Backdrop:
        """What a glance shows behind this person; `field_of_view` is that of `focal_length`."""
        shape = Shape(focal_length(pose.width, pose.height, field_of_view) / pose.width, pose.height / pose.width)
        return Backdrop(glance.cells, free_cells(*_covered(pose)), shape)

    def joined(self, newer: Backdrop) -> Backdrop:
        """Both, the newer one where both know a cell: light changes during a day."""
        return Backdrop(np.where(newer.seen, newer.cells, self.cells), self.seen | newer.seen, self.shape)


@dataclass(frozen=True, slots=True)
class CameraPlace:
    """The most recent checks; start with `CameraPlace()`."""

    distances: tuple[float, ...] = ()
    """Distances from the background at calibration, 0 to 1 each."""
    checked_at: float | None = None
    """Time of the last comparison, seconds."""
    saved: Signature | None = None
    """The background at calibration that all this is relative to."""
    backdrop: Backdrop | None = None
    """What was behind the user before the camera was moved; None if that was never seen in this session."""
    tilts: tuple[float, ...] = ()
    """The last measurements, degrees by which the camera was tilted up."""
    tilted_at: float | None = None
    """Time of the last look at the tilt, seconds."""
    searched_at: float | None = None
    """Time of the last search over all tilts, seconds."""
    last: Backdrop | None = None
    """What was behind the user at `tilted_at`."""
    drawn: bool = False
    """Whether that is a picture that a program puts there, as virtual backgrounds are: it stays where it is, wherever the camera goes."""

    @property
    def moved(self) -> bool | None:
        """Whether the camera was moved since the calibration; None if unknown."""
        if len(self.distances) < _LEAST_LOOKS or self.drawn:
            return None
        distance = statistics.median(self.distances)
        if distance < _SURELY_STAYED * MOVED:
            return False
        return True if distance >= _SURELY_MOVED * MOVED else None

    @property
    def tilt(self) -> float | None:
        """Degrees by which the camera was tilted up since the calibration, negative if down, rounded to a half; None if it was not tilted, or that is unknown."""
        if len(self.tilts) < _MEASURED or max(self.tilts) - min(self.tilts) > 1:
            return None
        tilt = statistics.median(self.tilts)
        return None if abs(tilt) < LEAST_TILT else round(2 * tilt) / 2


def follow_camera(
    state: CameraPlace,
    saved: Signature | None,
    glance: Glance | None,
    pose: Pose | None,
    field_of_view: float = CameraSettings().field_of_view,
) -> CameraPlace:
    """The state after one more check against the background saved with the baseline.

    `field_of_view` is that of `focal_length`; a wrong one changes measured tilts by the same share as
    `as_before`, which undoes them.
    """
    if saved is None or glance is None or pose is None:
        return state
    if state.saved is not saved and state.saved != saved:  # a new baseline: from here on that place counts
        state = CameraPlace(saved=saved)
    if state.checked_at is not None and 0 <= glance.t - state.checked_at < _EVERY:
        return state
    distance = unlikeness(saved, background(glance, pose))
    distances = state.distances if distance is None else (*state.distances, distance)[-_LOOKS:]
    state = replace(state, distances=distances, checked_at=glance.t)
    if state.tilted_at is not None and 0 <= glance.t - state.tilted_at < _TILT_EVERY:
        return state
    now = Backdrop.of(glance, pose, field_of_view)
    drawn = state.drawn if state.last is None else _is_drawn(state.last, now)
    state = replace(state, tilted_at=glance.t, last=now, drawn=drawn)
    return replace(state, tilts=()) if drawn else _follow_tilt(state, now, glance.t)


def _is_drawn(before: Backdrop, now: Backdrop) -> bool:
    """Whether the background is the same to the last bit, but for parts so dark or light that even a sensor shows no noise there.

    Such a part has a single level, a whole number.
    """
    both = before.seen & now.seen & (now.cells % 1 != 0)
    return bool(both.sum() >= _LEAST_COMPARED and (before.cells == now.cells)[both].mean() >= _DRAWN)


def _follow_tilt(state: CameraPlace, now: Backdrop, t: float) -> CameraPlace:
    before = state.backdrop
    if before is None or before.shape != now.shape:
        return replace(state, backdrop=now if state.moved is False else None, tilts=())
    found = measured_near(before, now, state.tilts[-1] if state.tilts else 0.0)
    if found is None:
        if state.searched_at is not None and 0 <= t - state.searched_at < _SEARCH_EVERY:
            return state
        found = measured(before, now)
        state = replace(state, searched_at=t, tilts=())
    if found is None:
        return state
    same = abs(found) < LEAST_TILT / 2 and state.moved is False
    tilts = (*state.tilts, found)[-_MEASURED:]
    return replace(state, tilts=tilts, backdrop=before.joined(now) if same else before)


def measured(before: Backdrop, now: Backdrop) -> float | None:
    """Degrees by which the camera was tilted up between two backgrounds; None if they show no such tilt for certain."""
    edges, shape = (_edges(before), _edges(now)), before.shape
    coarse = {
        (tilt, turn): _likeness(*edges, shape, tilt, turn)
        for tilt in (1.5 * step for step in range(-round(MOST_TILT / 1.5), round(MOST_TILT / 1.5) + 1))
        for turn in (-6.0, -3.0, 0.0, 3.0, 6.0)
    }
    near = max(coarse, key=lambda which: coarse[which])
    fine = {
        (near[0] + tilt, near[1] + turn): _likeness(*edges, shape, near[0] + tilt, near[1] + turn)
        for tilt in (-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5)
        for turn in (-1.5, 0.0, 1.5)
    }
    tilt, turn = max(fine, key=lambda which: fine[which])
    best = fine[tilt, turn]
    others = max((likeness.value for which, likeness in coarse.items() if abs(which[0] - tilt) > _APART), default=-1.0)
    certain = best.cells >= _LEAST_CELLS and best.value >= max(_ALIKE, others + _DISTINCT)
    if not certain or abs(turn) > _MOST_TURN or abs(tilt) >= MOST_TILT:
        return None
    low, high = (_likeness(*edges, shape, tilt + step, turn).value for step in (-_STEP, _STEP))
    return tilt + _between(low, best.value, high)


def measured_near(before: Backdrop, now: Backdrop, tilt: float) -> float | None:
    """The same if the tilt is still about the one last measured; None if it is not."""
    edges = _edges(before), _edges(now)
    tilt = round(2 * tilt) / 2
    around = [_likeness(*edges, before.shape, tilt + step, 0.0) for step in (-_STEP, 0.0, _STEP)]
    low, middle, high = (one.value for one in around)
    if around[1].cells < _LEAST_CELLS or middle < max(_ALIKE, low - _HARDLY, high - _HARDLY):
        return None
    return tilt + _between(low, middle, high)


def _between(low: float, middle: float, high: float) -> float:
    """Where the best tilt lies between three tried, degrees from the middle one: the parabola through their likenesses."""
    bend = low - 2 * middle + high
    return max(-_STEP / 2, min(_STEP / 2, _STEP / 2 * (low - high) / bend)) if bend < 0 else 0.0


_Edges = tuple[NDArray[np.float64], NDArray[np.bool_]]
"""The gradients across and down of each cell, shape (2, rows, columns), and which of them are the background's own."""


def _edges(backdrop: Backdrop) -> _Edges:
    down, across = np.gradient(np.asarray(_blurred(_blurred(backdrop.cells).T).T, np.float64))
    steepness = np.hypot(across, down)
    inner = np.pad(backdrop.seen, 1, constant_values=True)
    rows, columns = CELLS
    whole = np.logical_and.reduce([inner[y : y + rows, x : x + columns] for y in range(3) for x in range(3)])
    return np.stack([across, down]) / np.sqrt(1 + np.square(steepness / _SOFT)) * whole, whole


def _blurred(cells: NDArray[np.floating]) -> NDArray[np.floating]:
    """Smoothed downwards, so that edges are wide enough to be compared between cells."""
    wider = np.pad(cells, ((1, 1), (0, 0)), mode="edge")
    return np.asarray((wider[:-2] + 2 * wider[1:-1] + wider[2:]) / 4)


class _Likeness(NamedTuple):
    value: float
    """Correlation of the edges, −1 to 1."""
    cells: int
    """In how many cells they were compared."""


def _likeness(before: _Edges, now: _Edges, shape: Shape, tilt: float, turn: float) -> _Likeness:
    """How alike the edges before and now are if the camera was tilted up and turned right by these degrees."""
    inside, corners, weights = _seen_at(shape, tilt, turn)
    shown = (now[0].reshape(2, -1)[:, corners] * weights).sum(axis=1)
    both = before[1][inside] & now[1].ravel()[corners].all(axis=0)
    cells = int(both.sum())
    if cells < _LEAST_COMPARED:
        return _Likeness(-1.0, cells)
    then, shown = before[0][:, inside][:, both], shown[:, both]
    lengths = float(np.square(then).sum()), float(np.square(shown).sum())
    if min(lengths) < _LEAST_EDGES**2 * cells:
        return _Likeness(-1.0, cells)
    return _Likeness(float((then * shown).sum()) / math.sqrt(lengths[0] * lengths[1]), cells)


_LEAST_AWAY = 0.1
"""Distance in front of the turned camera, in focal lengths, from which a cell is computed: nearer ones lie beside or behind it."""


def _seen_at(shape: Shape, tilt: float, turn: float) -> tuple[NDArray[np.bool_], NDArray[np.intp], NDArray[np.float64]]:
    """Where the cells of a picture lie once the camera has been tilted up and turned right by these degrees.

    Returns which of them are still in the picture (shape `CELLS`), and for each of these the indices and weights of the
    four cells around it (shape (4, n) each).
    """
    rows, columns = CELLS
    wide, high = shape.cell
    across, down = np.meshgrid(
        (np.arange(columns) + 0.5 - columns / 2) * wide, (np.arange(rows) + 0.5 - rows / 2) * high
    )
    sine, cosine = math.sin(math.radians(turn)), math.cos(math.radians(turn))
    away, across = cosine + across * sine, across * cosine - sine
    sine, cosine = math.sin(math.radians(tilt)), math.cos(math.radians(tilt))
    away, down = away * cosine - down * sine, down * cosine + away * sine
    x, y = across / away / wide + columns / 2 - 0.5, down / away / high + rows / 2 - 0.5
    inside = (away > _LEAST_AWAY) & (x >= 0) & (x < columns - 1) & (y >= 0) & (y < rows - 1)
    x, y = x[inside], y[inside]
    left, top = x.astype(np.intp), y.astype(np.intp)
    right, low = x - left, y - top
    first = top * columns + left
    corners = np.stack([first, first + 1, first + columns, first + columns + 1])
    return inside, corners, np.stack([(1 - right) * (1 - low), right * (1 - low), (1 - right) * low, right * low])


def as_before(pose: Pose, tilt: float, field_of_view: float = CameraSettings().field_of_view) -> Pose:
    """The landmarks as the camera would see them if it had not been tilted up by these degrees: turned back about the lens.

    A lid turns about its hinge, which also moves the lens by a few centimeters, mostly away; that stays. The model's
    world landmarks stay too: it reads them from a crop about the person, which a tilt hardly changes.
    """
    turned, focal = math.radians(tilt), focal_length(pose.width, pose.height, field_of_view)
    sine, cosine, center = math.sin(turned), math.cos(turned), np.array([pose.width / 2, pose.height / 2])

    def back(points: NDArray[np.floating]) -> NDArray[np.float64]:
        across, down = np.moveaxis((np.asarray(points, np.float64) - center) / focal, -1, 0)
        away = cosine + down * sine
        return np.asarray(np.stack([across, down * cosine - sine], axis=-1) / away[..., None] * focal + center)

    head = pose.head
    if isinstance(head, Head):
        away = head.z * cosine + head.y * sine
        middle, chin = back(np.array([[head.center_x, head.center_y], [head.chin_x, head.chin_y]])).tolist()
        head = replace(
            head,
            y=head.y * cosine - head.z * sine,
            z=away,
            pitch=head.pitch + tilt,
            center_x=middle[0],
            center_y=middle[1],
            chin_x=chin[0],
            chin_y=chin[1],
            scale=head.scale * away / head.z,
        )
    return replace(pose, points=back(pose.points).astype(np.float32), head=head, beyond=True)


def background(glance: Glance, pose: Pose) -> Signature:
    """The signature of the background, without the user: the head, and everything from the shoulders down, is left out."""
    return signature(glance, *_covered(pose))


def _covered(pose: Pose) -> tuple[Area, Area]:
    """The parts of the picture that the user covers: the head, and everything from the shoulders down."""
    head = pose.points[HEAD]
    shoulders = pose.points[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]]
    left, top, right, bottom = _box(head, pose)
    size = _HEAD_OVER_FACE * max(right - left, bottom - top)
    low, line, high, _ = _box(shoulders, pose)
    margin = _MARGIN * (high - low)
    return (left - size, top - size, right + size, max(line, bottom)), (low - margin, line - margin, high + margin, 1.0)


def usual_background(signatures: Sequence[Signature]) -> Signature | None:
    """The median of several signatures of one place, or None if there are none; parts that were mostly covered stay unknown."""
    if not signatures:
        return None
    columns = zip(*signatures, strict=True)
    known = [[value for value in column if value is not None] for column in columns]
    return tuple(statistics.median(values) if 2 * len(values) > len(signatures) else None for values in known)


def _box(points: NDArray[np.float32], pose: Pose) -> Area:
    """The bounding box of these points, as fractions of the picture; an empty one if none is known."""
    shares = points / (pose.width, pose.height)
    known = shares[np.isfinite(shares).all(axis=1)]
    if not len(known):
        return (0.0, 0.0, 0.0, 0.0)
    (left, top), (right, bottom) = known.min(axis=0).tolist(), known.max(axis=0).tolist()
    return (left, top, right, bottom)
