"""What a picture shows without any model: whether it is live, whether something in it moved, and whether the camera did.

Pure: glances in, decisions out. Only a glance is kept of each picture, 32 × 24 cells of luminance, and only until a
later one replaces it (the background is kept while the program watches: `posturecam.vision.camera_place`); nobody
can be recognized in it, and it is never written anywhere.

Movement is measured as a shift: the change of a few cells, less what noise explains, ÷ how much the picture varies
there. That is how far its edges moved, whatever the light and the contrast. Compared with the landmarks of the sample
clips it is right within a factor of two, from half a pixel of 640 upwards, which is less than the model's own jitter.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

CELLS = (24, 32)
"""Rows and columns of a glance. In a 640 × 480 picture a cell is 20 pixels wide, so webcam noise averages out to 0.1 to
1 gray level."""

Cells = NDArray[np.float32]
"""Shape `CELLS`: mean luminance, 0 to 255, not rounded, since slow movement changes it by less than one level."""
Area = tuple[float, float, float, float]
"""Left, top, right and bottom of a part of the picture, as fractions of its width and height."""

WHOLE: Area = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Glance:
    """A tiny version of one picture, kept for a few seconds."""

    t: float
    """Seconds, the frame's time."""
    cells: Cells
    brightest: float
    """The gray level reached by the brightest 1% of the picture."""
    checksum: int
    """Checksum of every fourth pixel in both directions: equal only if the pictures are, since no sensor repeats its
    noise."""


# Is the picture live?


class PictureTrouble(StrEnum):
    """Why a camera's picture is unusable."""

    BLACK = "black"
    UNIFORM = "uniform"
    STILL = "still"
    """It is frozen as a whole, frozen except for a small part, or a short clip that repeats."""


@dataclass(frozen=True, slots=True)
class PictureState:
    """What is remembered from picture to picture."""

    checksum: int | None = None
    """Checksum of the last picture."""
    first: Glance | None = None
    """The first of the current run of pictures that are the same, but for a small part."""
    changed: tuple[int, int, int, int] | None = None
    """The rows and columns of cells that changed in this run: from, to, from, to."""
    seen: tuple[tuple[float, int], ...] = ()
    """Times and checksums of the pictures of the last seconds, the newest last."""
    repeats: tuple[float, ...] = ()
    """Recent times at which an earlier picture came again."""


UNIFORM_BELOW = 2.0
"""Gray levels between the darkest and the lightest cell: less means a single color, from a driver fault (green: YUV of
zeros) or a covered lens. The darkest of the sample clips, a room at night, has 100; an out-of-focus white wall 10 or
more, from vignetting."""


_SMALL = 0.025
"""Largest part of a picture, its bounding box, that may change while the rest is the same to the last bit: a clock's seconds or a
spinner that a program draws over a picture that stands still, some 60 × 60 of 640 × 480 pixels. A sensor's noise changes every cell;
where a meeting program replaces the background by a still one, or a phone's compression repeats it, the head of somebody within
reach of a keyboard covers twice that."""
_DIM = 20.0
"""Gray level of the middle cell below which black parts, in which a camera may well have no noise, prove nothing."""
_LOOP = 5.0
"""Seconds within which a repeated picture counts: a driver that hangs repeats its buffers, some tenths of a second. Somebody
who plays a longer film to the program wants it watched."""
_REPEATS, _REPEATS_WITHIN = 3, 60.0
"""Repeated pictures that make a loop, and the seconds within which they must come. A live sensor repeats none; a driver may
send a stale one after a pause."""


def judge_picture(
    state: PictureState, glance: Glance, *, black_below: float, still_after: float
) -> tuple[PictureState, PictureTrouble | None]:
    """Whether a live camera's picture is usable, or what is wrong with it.

    A picture stands still, too, if only a small part of it changes, or if it is one of a short clip that is repeated.

    Args:
        state: The state after the previous picture.
        glance: This picture.
        black_below: Gray level below which the brightest 1% of the picture makes it black.
        still_after: Seconds for which pictures may be identical.
    """
    if state.first is not None and glance.t < state.first.t:
        state = PictureState()
    telling = _median(glance.cells) >= _DIM
    state = _remembered(_compared(state, glance, telling), glance, telling)
    if glance.brightest < black_below:
        return state, PictureTrouble.BLACK
    if float(glance.cells.max() - glance.cells.min()) < UNIFORM_BELOW:
        return state, PictureTrouble.UNIFORM
    still = state.first is not None and glance.t - state.first.t >= still_after
    looped = len(state.repeats) >= _REPEATS
    return state, PictureTrouble.STILL if still or looped else None


def _compared(state: PictureState, glance: Glance, telling: bool) -> PictureState:
    """The current run with this picture, or a new one that begins with it."""
    if glance.checksum == state.checksum:
        return state
    if state.first is not None and telling:
        rows, columns = np.nonzero(state.first.cells != glance.cells)
        boxes = [state.changed] if state.changed else []
        if rows.size:
            boxes.append((int(rows.min()), int(rows.max()) + 1, int(columns.min()), int(columns.max()) + 1))
        if boxes:
            low, high, left, right = zip(*boxes, strict=True)
            box = min(low), max(high), min(left), max(right)
            if (box[1] - box[0]) * (box[3] - box[2]) <= _SMALL * glance.cells.size:
                return replace(state, changed=box)
    return replace(state, first=glance, changed=None)


def _remembered(state: PictureState, glance: Glance, telling: bool) -> PictureState:
    """The pictures seen, with this one, and whether it is one of them."""
    repeats = tuple(t for t in state.repeats if glance.t - t <= _REPEATS_WITHIN)
    seen = tuple(one for one in state.seen if glance.t - one[0] <= _LOOP)
    if glance.checksum != state.checksum and telling:
        if any(checksum == glance.checksum for _, checksum in seen):
            repeats += (glance.t,)
        seen = (*seen, (glance.t, glance.checksum))
    return replace(state, checksum=glance.checksum, seen=seen, repeats=repeats)


DARKER = 0.6
"""A picture with less than this fraction of the last one's light may be the dark one of a pair: an infrared emitter
lights only every other picture. Only somebody at the light switch darkens a room that much from one picture
to the next and lasts."""


def is_darker(glance: Glance, light: float | None) -> bool:
    """Whether a picture is much darker than the last one used (`light`, its mean gray level), so that another one should be taken."""
    return light is not None and brightness(glance) < DARKER * light


def brightness(glance: Glance) -> float:
    """The mean gray level of a picture."""
    return float(glance.cells.mean())


# Did something move?

_BLOCK, _STRIDE = 4, 2
"""Side of the blocks of cells that are compared, and the step between them, cells: a block is an eighth of the picture,
about a head."""
_SIGNIFICANT = 4.0
"""A block has changed if its mean square exceeds the noise's by this factor. With 16 cells, 3 would be exceeded by
chance once in 10 000; light parts of a picture are up to twice as noisy as others."""
_FLOOR = 3.0
"""Gray levels per cell by which even a flat part of the picture is assumed to vary, so that noise there does not look
like a shift."""
_SCATTER_OVER_MEDIAN = 1.4826
"""Standard deviation of normally distributed noise ÷ the median of its absolute values, which movement in a part of the picture hardly changes."""
_NOISY = 1.2
"""Gray levels of noise in a cell (one standard deviation of a difference) above which movement cannot be ruled out. The
sample clips have 0.1 to 0.2, the one in a dark room 0.9."""


def shift(before: Glance, now: Glance, area: Area = WHOLE) -> float:
    """How far the part of an area that moved most went between two glances, in picture widths; infinite if noise hides it.

    A change of the overall light, or of the camera's exposure, is not movement.
    """
    change = now.cells - _in_the_light_of(now.cells, before.cells)
    noise = _SCATTER_OVER_MEDIAN * _median(np.abs(change))
    if noise > _NOISY:
        return math.inf
    down, across = _slopes(np.asarray((before.cells + now.cells) / 2, np.float32))
    squares, slopes = _blocks(np.square(change), area), _blocks(np.square(down) + np.square(across), area)
    moved = np.where(squares > _SIGNIFICANT * noise**2, squares - noise**2, 0)
    return math.sqrt(float((moved / (slopes + _FLOOR**2)).max())) / CELLS[1]


def _in_the_light_of(now: Cells, before: Cells) -> Cells:
    """The earlier cells as they would look in the present light: a gain and an offset, fitted to whatever did not move."""
    x, y = before.ravel(), now.ravel()
    seen = before
    for again in (True, True, False):
        dark, light = float(x.sum()) / x.size, float(y.sum()) / y.size
        spread = x - dark
        square = float(spread @ spread)
        gain = float(spread @ (y - light)) / square if square > x.size else 1.0
        seen = gain * (before - dark) + light
        if again:
            off = np.abs(now - seen)
            still = off <= max(3 * _SCATTER_OVER_MEDIAN * _median(off), 1.0)
            x, y = before[still], now[still]
    return seen


# These run on every check; numpy's own functions take five times as long on so few cells.


def _median(cells: Cells) -> float:
    """The median, as a float."""
    half = cells.size // 2
    ordered = np.partition(cells, half, axis=None)
    return float(ordered[half] if cells.size % 2 else (ordered[:half].max() + ordered[half]) / 2)


def _slopes(cells: Cells) -> tuple[Cells, Cells]:
    """Vertical and horizontal gradients, gray levels per cell: half the difference of the neighbors, at the edges the whole one."""
    down, across = np.empty_like(cells), np.empty_like(cells)
    for one, slope in ((cells, down), (cells.T, across.T)):
        np.subtract(one[2:], one[:-2], out=slope[1:-1])
        slope[1:-1] /= 2
        slope[0], slope[-1] = one[1] - one[0], one[-1] - one[-2]
    return down, across


def _blocks(cells: Cells, area: Area) -> Cells:
    """The means of the blocks in an area."""
    part = cells[_inside(area)]
    rows, columns = ((size - _BLOCK) // _STRIDE + 1 for size in part.shape)
    if min(rows, columns) < 1:
        return np.array([part.mean()], np.float32)

    def every(start: int, count: int) -> slice:
        return slice(start, start + _STRIDE * (count - 1) + 1, _STRIDE)

    bands = functools.reduce(np.add, [part[every(start, rows)] for start in range(_BLOCK)])
    blocks = functools.reduce(np.add, [bands[:, every(start, columns)] for start in range(_BLOCK)])
    return np.asarray(blocks / _BLOCK**2, np.float32)


def _inside(area: Area) -> tuple[slice, slice]:
    """The cells of an area: at least one, even if the area lies outside the picture."""
    rows, columns = CELLS
    left, top, right, bottom = area

    def span(low: float, high: float, count: int) -> slice:
        first = min(max(math.floor(low * count), 0), count - 1)
        return slice(first, max(min(math.ceil(high * count), count), first + 1))

    return span(top, bottom, rows), span(left, right, columns)


VISIBLE = 2.0
"""Change of a cell's mean from which the picture must be redrawn at once, in the 256 gray levels of a display. In a cell of
20 × 20 pixels it is an edge of 50 levels that moved by less than a pixel; a blink changes it by 20. Noise of a camera, 0.1 to 0.6."""


def visibly_changed(shown: Cells, now: Cells) -> NDArray[np.bool_]:
    """Shape `CELLS`: in which cells a picture looks different from the one shown."""
    changed: NDArray[np.bool_] = np.abs(now - shown) >= VISIBLE
    return changed


def visible_change(shown: Cells, now: Cells) -> tuple[slice, slice] | None:
    """The rows and columns of cells within which a picture looks different from the one shown; None if it looks the same.

    The cells around those that changed are included: the edge of what moved may reach into them by less than can be measured.
    """
    changed = visibly_changed(shown, now)
    flat = changed.tobytes()  # searched as bytes, which takes less than numpy's own ways on so few cells
    first = flat.find(1)
    if first < 0:
        return None
    top, bottom = first // CELLS[1], flat.rfind(1) // CELLS[1]
    across = changed.any(axis=0).tobytes()
    return slice(max(top - 1, 0), bottom + 2), slice(max(across.find(1) - 1, 0), across.rfind(1) + 2)


STIRRED = 0.005
"""A shift of this fraction of a person's apparent size (about a shoulder width) within two seconds means a living
person. Measured over 2 s: people sitting still in the sample clips 0.8 to 1.8% nine times out of ten, a photograph on
the wall at most 0.17%."""
UNCHANGED = 0.03
"""A shift below this, in the same unit, is not a change of posture. Typing and breathing move people who sit still by 2
to 5% in 1.5 s, and their landmarks by as much, which is 1 to 2° of true neck angle; 4°, where slouching begins, is 4%
or more."""
STEADY = 0.10
"""A shift above this is a movement after which the model needs a second picture to settle."""
STIR_SECONDS = 2.0
"""Seconds between two checks for movement: a breath takes 3 to 5 s, half of it in one direction."""
_LONGEST = 12.0
"""Seconds after which an older glance is dropped: somebody moving slowly has moved by then, while light and shadows
have hardly changed."""
_SUDDEN = 4 * STIRRED
"""A shift above this happened just now, as when somebody walks past a photograph; a smaller one built up slowly."""


@dataclass(frozen=True, slots=True, eq=False)
class Stir:
    """Whether somebody moved, checked every two seconds."""

    reference: Glance | None = None
    """The earlier glance to compare with; replaced once something has moved."""
    asked: float = 0.0
    """When it was last checked."""
    moved: bool | None = None
    """The answer at this glance; None if it is not known yet."""
    seconds: float = 0.0
    """The period, up to now, for which the answer holds."""


def stir(state: Stir, now: Glance, area: Area, size: float) -> Stir:
    """Watch an area for movement; `size` is the apparent size of the person there, in picture widths."""
    reference = state.reference
    if reference is None or not 0 <= now.t - state.asked <= _LONGEST:
        return Stir(now, now.t)
    if now.t - state.asked < STIR_SECONDS:
        return replace(state, moved=None)
    since = now.t - reference.t
    went = shift(reference, now, area) / size
    if went >= STIRRED:
        return Stir(now, now.t, True, now.t - state.asked if went >= _SUDDEN else since)
    return Stir(now if since >= _LONGEST else reference, now.t, False, now.t - state.asked)


# Did the camera move?

_PARTS = (3, 4)
"""Rows and columns of the grid of parts described by a signature."""
_DIRECTIONS = 4
"""Directions in which edges are counted: horizontal, vertical, and both diagonals."""
_STEEP = 4.0
"""Gradient in gray levels per cell from which there is an edge; noise and soft shadows stay below."""
_SIGNED = 3.0
"""Edge cells that a part needs to be described at all."""
MOVED = 0.15
"""Distance between two signatures (0 to 1) from which the camera, or the furniture in front of it, has probably moved.
On the sample clips, with people left out: same camera 0.00 to 0.13 nine times out of ten (0.16 in the dark), and no
more with 40% less light; picture shifted by a tenth 0.14 to 0.33, by 5% 0.06 to 0.22, rotated by 5° 0.08 to 0.34. So
use several glances, and other evidence too."""

Signature = tuple[float | None, ...]
"""How strong the background's edges are in each direction, part by part, summing to 1 in each part; None if the part is
covered by somebody or has no edges. No picture can be reconstructed from these 48 numbers."""


def signature(glance: Glance, *covered: Area) -> Signature:
    """What the background looks like, so that a moved camera is noticed even hours later; covered areas are left out."""
    down, across = np.gradient(glance.cells)
    steepness = np.hypot(down, across)
    steepness = np.where(steepness >= _STEEP, steepness, 0)
    direction = np.round(np.arctan2(down, across) / np.pi * _DIRECTIONS).astype(int) % _DIRECTIONS
    free = free_cells(*covered)
    edges = _of_each_part(steepness * free, direction, _DIRECTIONS)
    strength = edges.sum(axis=1, keepdims=True)
    clear = (_of_each_part(free)[:, 0] >= 0.75 * free.size / len(edges)) & (
        _of_each_part(steepness > 0)[:, 0] >= _SIGNED
    )
    shares = edges / np.where(strength > 0, strength, 1)
    return tuple(
        round(share, 2) if tells else None
        for part, tells in zip(shares.tolist(), clear & (strength[:, 0] > 0), strict=True)
        for share in part
    )


def free_cells(*covered: Area) -> NDArray[np.bool_]:
    """The cells outside all these areas, shape `CELLS`."""
    free = np.ones(CELLS, bool)
    for area in covered:
        free[_inside(area)] = False
    return free


_PART = _PARTS[1] * (np.arange(CELLS[0]) * _PARTS[0] // CELLS[0])[:, None] + np.arange(CELLS[1]) * _PARTS[1] // CELLS[1]
"""The part that each cell belongs to."""


def _of_each_part(values: NDArray[np.generic], kind: NDArray[np.int_] | int = 0, kinds: int = 1) -> NDArray[np.float64]:
    """The sums of the cells' values, by part and kind of cell."""
    parts = _PARTS[0] * _PARTS[1]
    sums = np.bincount((kinds * _PART + kind).ravel(), values.ravel(), kinds * parts)
    return np.asarray(sums, np.float64).reshape(parts, kinds)


def unlikeness(before: Signature, now: Signature) -> float | None:
    """How different two backgrounds are, 0 to 1 (compare with `MOVED`); None if too little of them is seen in both."""
    distances = []
    for start in range(0, len(before), _DIRECTIONS):
        one, other = before[start : start + _DIRECTIONS], now[start : start + _DIRECTIONS]
        pairs = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
        if len(pairs) == _DIRECTIONS:
            distances.append(sum(abs(a - b) for a, b in pairs) / 2)
    return float(np.median(distances)) if len(distances) >= 2 else None
