"""Ticks as pictures: the skeleton, the measured lines and a status strip, on the camera's picture or on a plain background.

Everything scales with the picture, and no state is shown by color alone: each phase also has a shape and a word.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from posturecam.config.settings import MonitorSettings, Settings
from posturecam.drawing.canvas import BOLD, DARK, GRAY, WHITE, Canvas, Color, Stroke, blank
from posturecam.posture.loop import Tick
from posturecam.posture.measures import Name, least_visibility
from posturecam.posture.monitor import Grade, Phase, grade
from posturecam.posture.view import View
from posturecam.vision.frame import Image
from posturecam.vision.geometry import Point, middle
from posturecam.vision.pose import Landmark, Pose

PHASE_COLORS: Mapping[Phase, Color] = {
    Phase.UPRIGHT: (0, 158, 115),
    Phase.DRIFTING: (230, 159, 0),
    Phase.SLOUCHING: (224, 96, 24),
    Phase.RECOVERING: (86, 180, 233),
    Phase.AWAY: (150, 150, 150),
    Phase.UNKNOWN: (170, 160, 190),
}
"""From the palette of Okabe and Ito, which color-blind people can tell apart."""

ANGLES = (
    (Name.TRUNK_INCLINATION, Landmark.LEFT_HIP, Landmark.LEFT_SHOULDER),
    (Name.NECK_INCLINATION, Landmark.LEFT_SHOULDER, Landmark.LEFT_EAR),
)
"""The angles drawn from the side, each with its lower and upper left landmark."""
_ACROSS = ((Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER), (Landmark.LEFT_HIP, Landmark.RIGHT_HIP))
_LEFT_ARM = (
    (Landmark.LEFT_SHOULDER, Landmark.LEFT_ELBOW),
    (Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST),
)
_LEFT_TRUNK = ((Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP),)
_FACE = (Landmark.NOSE, Landmark.LEFT_EYE, Landmark.RIGHT_EYE, Landmark.LEFT_EAR, Landmark.RIGHT_EAR)


def annotate(image: Image, tick: Tick, settings: Settings, mirrored: bool = False, note: str | None = None) -> Image:
    """A copy of the picture with the skeleton, the measured lines and the status strip.

    Args:
        image: the tick's picture, shape (height, width, 3), blue-green-red; another size than the pose's is fine.
        tick: what to show; of its pose, only visible landmarks.
        settings: the visibility from which a landmark is drawn, and the thresholds.
        mirrored: turn the picture left to right, as a mirror does; texts stay readable.
        note: an alert or another line for the user, shown at the top.
    """
    canvas = np.ascontiguousarray(image[:, ::-1]) if mirrored else image.copy()
    return _draw(canvas, tick, settings, mirrored, note)


def skeleton_picture(
    tick: Tick, width: int, height: int, settings: Settings, mirrored: bool = False, note: str | None = None
) -> Image:
    """The same as `annotate` without the camera's picture, on a plain background of this size in pixels."""
    return _draw(blank(width, height), tick, settings, mirrored, note)


def _draw(image: Image, tick: Tick, settings: Settings, mirrored: bool, note: str | None) -> Image:
    pen = _AnnotationCanvas(image)
    headline = _headline(tick, settings.monitor)
    if tick.pose is not None:
        body = PersonFigure(pen, tick.pose, tick.reading.view, settings, mirrored)
        body.skeleton()
        if tick.reading.view.is_side:
            _sagittal_lines(pen, body, tick, headline.color)
        elif tick.reading.view is not View.UNKNOWN:
            body.frontal_lines(headline.color)
    _status_strip(pen, tick, headline, settings.monitor)
    if note:
        _banner(pen, note)
    return image


# Texts.


@dataclass(frozen=True, slots=True)
class _Headline:
    phase: Phase
    text: str

    @property
    def color(self) -> Color:
        return PHASE_COLORS[self.phase]


def _headline(tick: Tick, settings: MonitorSettings) -> _Headline:
    state = tick.state
    if state.t is not None:
        return _Headline(state.phase, f"{state.phase.value.capitalize()}  {_clock(state.phase_seconds)}")
    # No monitor ran, as with a still picture, so only the grade is known.
    value = tick.reading.deviation.value
    if value is None:
        return _Headline(Phase.UNKNOWN, "Unknown")
    level = grade(value, settings)
    if level is Grade.UPRIGHT:
        return _Headline(Phase.UPRIGHT, "Upright")
    if level is Grade.BETWEEN:
        return _Headline(Phase.UPRIGHT, "Nearly upright")
    return _Headline(Phase.SLOUCHING, f"{level.name.capitalize()} slouch")


def _explanation(tick: Tick, settings: MonitorSettings) -> str:
    found = tick.reading.deviation
    if found.reason is not None:
        return f"unknown, because {found.reason.text}"
    value = found.value or 0.0
    said = f"{max(value, 0.0):.1f} × threshold"
    return f"{said}, mostly {found.cause.spoken}" if found.cause and value >= settings.exit else said


def _clock(seconds: float) -> str:
    minutes, rest = divmod(max(0, int(seconds)), 60)
    return f"{minutes}:{rest:02d}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


# The body.


class PersonFigure:
    """One pose placed on the picture: scaled to fill it, and mirrored if requested."""

    def __init__(self, pen: Canvas, pose: Pose, view: View, settings: Settings, mirrored: bool) -> None:
        self.pen, self.pose, self.settings, self.mirrored = pen, pose, settings, mirrored
        self.scale = min(pen.width / pose.width, pen.height / pose.height)
        self.origin = np.array([pen.width - pose.width * self.scale, pen.height - pose.height * self.scale]) / 2
        self.near = 0 if view in (View.SIDE_LEFT, View.OBLIQUE_LEFT) else 1
        """0 where the person's left side is nearer to the camera, 1 where the right one is."""
        self.in_profile = view.is_side
        self._places = self.pose.points.astype(np.float64) * self.scale + self.origin
        if mirrored:
            self._places[:, 0] = pen.width - 1 - self._places[:, 0]

    def at(self, landmark: Landmark) -> Point | None:
        """The landmark's position on the picture, pixels, or None if it is not seen."""
        seen = self.pose.sees(landmark, least_visibility(landmark, self.settings.measures))
        return self._places[landmark] if seen else None

    def both(self, left: Landmark) -> tuple[Point, Point] | None:
        """A left landmark and its right twin, where both are seen."""
        first, second = self.at(left), self.at(Landmark(left + 1))
        return None if first is None or second is None else (first, second)

    @property
    def hips_are_seen(self) -> bool:
        """Facing the camera, hips without knees are hips behind a desk, which the model invents."""
        return self.in_profile or bool(self.both(Landmark.LEFT_HIP) and self.both(Landmark.LEFT_KNEE))

    def skeleton(self) -> None:
        """Head, shoulders, trunk and arms, as far as they are seen; the far side of a profile fainter."""
        far, near = self._one_side(1 - self.near), self._one_side(self.near)
        across = _ACROSS if self.hips_are_seen else _ACROSS[:1]
        if self.in_profile:
            self._bones(far, faint=True)
            far = []
        self._bones([*far, *near, *across], faint=False)
        self.pen.dots([point for landmark in _FACE if (point := self.at(landmark)) is not None], WHITE, 2.5)

    def _one_side(self, side: int) -> list[tuple[Landmark, Landmark]]:
        trunk = _LEFT_TRUNK if self.hips_are_seen else ()
        head = ((Landmark.LEFT_EAR, Landmark.NOSE),) if self.in_profile and side == self.near else ()
        bones = [(Landmark(start + side), Landmark(end + side)) for start, end in (*_LEFT_ARM, *trunk)]
        return bones + [(Landmark(ear + side), nose) for ear, nose in head]

    def _bones(self, bones: Sequence[tuple[Landmark, Landmark]], faint: bool) -> None:
        joints = {joint: self.at(joint) for bone in bones for joint in bone}
        seen = [(start, end) for start, end in bones if joints[start] is not None and joints[end] is not None]
        ends = {joint: place for bone in seen for joint in bone if (place := joints[joint]) is not None}
        color, thickness, radius = (GRAY, 1.0, 2.0) if faint else (WHITE, 2.5, 3.0)
        self.pen.strokes([Stroke(ends[start], ends[end], color, thickness, covered=True) for start, end in seen])
        self.pen.dots(list(ends.values()), color, radius)

    def frontal_lines(self, color: Color) -> None:
        """The ear line and the shoulder line, which come closer together in a slouch."""
        ears, shoulders = self.both(Landmark.LEFT_EAR), self.both(Landmark.LEFT_SHOULDER)
        lines = [_beyond(*line) for line in (ears, shoulders) if line]
        self.pen.strokes([Stroke(a, b, color, 2.5) for a, b in lines])
        if ears and shoulders:
            self.pen.dashes(middle(*shoulders), middle(*ears), color)


def _sagittal_lines(pen: _AnnotationCanvas, body: PersonFigure, tick: Tick, color: Color) -> None:
    """Shoulder to ear and hip to shoulder on the near side, each with its angle where that is known."""
    for name, low, high in ANGLES:
        measure = tick.reading.measures.get(name)
        a, b = body.at(Landmark(low + body.near)), body.at(Landmark(high + body.near))
        if measure is None or measure.value is None or a is None or b is None:
            continue
        faces_right = bool(body.near) is not body.mirrored
        pen.angle(a, b, f"{name.value.partition('_')[0]} {measure.value:.0f}°", color, not faces_right)


def _beyond(a: Point, b: Point) -> tuple[Point, Point]:
    """The line extended slightly at both ends, so that its slope is visible."""
    return a - 0.15 * (b - a), b + 0.15 * (b - a)


# The strip and the banner.

_STRIP_LINES = 3
_BAR_STARTS = 0.42
"""Start of the bar, as a fraction of the picture's width."""


def _status_strip(pen: _AnnotationCanvas, tick: Tick, headline: _Headline, settings: MonitorSettings) -> None:
    pad, size = pen.pad, pen.text_size
    lines = pen.wrapped(_explanation(tick, settings), pen.width - 2 * pad, _STRIP_LINES)
    row, line = round(1.5 * size), round(1.3 * size)
    top = pen.height - (row + line * len(lines) + round(1.4 * pad))
    pen.shade(top, pen.height)
    center = top + pad // 2 + row // 2
    pen.shape(headline.phase, np.array([pad + size / 2, center]), 0.5 * size)
    text_start = pad + round(1.5 * size)
    text_end = pen.text(headline.text, (text_start, center + round(0.36 * size)), WHITE, bold=True)
    bar_start = max(round(_BAR_STARTS * pen.width), text_end + 2 * pad)
    pen.bar(bar_start, pen.width - 2 * pad, center, tick.reading.deviation.value, headline.color, settings)
    for index, text in enumerate(lines):
        pen.text(text, (pad, top + pad // 2 + row + line * index + size), GRAY)


def _banner(pen: _AnnotationCanvas, note: str) -> None:
    lines = pen.wrapped(note, pen.width - 3 * pen.pad, _STRIP_LINES)
    line = round(1.35 * pen.text_size)
    height = line * len(lines) + pen.pad
    pen.shade(0, height)
    pen.edge(height)
    for index, text in enumerate(lines):
        pen.text(text, (2 * pen.pad, pen.pad // 2 + line * index + pen.text_size), WHITE)


# Ink.


class _AnnotationCanvas(Canvas):
    """The pen, and what only the monitor draws."""

    def angle(self, low: Point, high: Point, label: str, color: Color, label_right: bool) -> None:
        """The line from `low` to `high`, the vertical through `low`, the arc between them, and the label beside it."""
        length = float(np.hypot(*(high - low)))
        top = low - np.array([0.0, length])
        self.dashes(low, top, WHITE)
        self.strokes([Stroke(low, high, color, 3)])
        lean = math.atan2(high[0] - low[0], low[1] - high[1])
        turns = np.linspace(0, lean, 24)
        arc = low + 0.6 * length * np.stack([np.sin(turns), -np.cos(turns)], axis=1)
        self.strokes([Stroke(a, b, color, 1.5) for a, b in pairwise(arc)])
        for point in (low, high):
            self.dot(point, WHITE, 3.5)
        self.label(label, low - np.array([0.0, 0.55 * length]), label_right)

    def edge(self, bottom: int) -> None:
        """A white bar along the left edge, down to this row."""
        self.image[:bottom, : max(self.pad // 2, 2)] = WHITE

    def shape(self, phase: Phase, center: Point, radius: float) -> None:
        """The phase's sign: a disc, half a disc, a triangle, a quarter of a disc, a ring, or a question mark."""
        color = PHASE_COLORS[phase]
        ring = max(round(0.2 * radius), 1)
        match phase:
            case Phase.UPRIGHT:
                self.disc(center, radius, color)
            case Phase.SLOUCHING:
                self.polygon(center + radius * np.array([[-1.0, -0.8], [1.0, -0.8], [0.0, 1.0]]), color)
            case Phase.UNKNOWN:
                size = round(1.9 * radius)
                left = round(center[0]) - self.text_width("?", size, BOLD) // 2
                self.put("?", (left, round(center[1] + 0.38 * size)), color, size, BOLD)
            case _:
                part = {Phase.DRIFTING: 180, Phase.RECOVERING: 90}.get(phase, 0)
                self.arc(center, radius, 0, 360, color, ring)
                if part:
                    self.wedge(center, radius, -90, part - 90, color)

    def bar(self, left: int, right: int, y: int, value: float | None, color: Color, settings: MonitorSettings) -> None:
        """The deviation from 0 to a severe slouch, with the threshold and the way out marked; empty where unknown."""
        if right - left < 2 * self.pad:
            return
        full = max(settings.severe, 1.2)
        thick = self.thick(8)

        def x(deviation: float) -> float:
            return left + (right - left) * min(max(deviation / full, 0.0), 1.0)

        start, end = np.array([left, y], float), np.array([right, y], float)
        self.line(start, end, (84, 88, 96), thick)
        if value is None:
            self.line(start, end, DARK, max(thick - 2 * self.thick(1.5), 1))  # hollow
        else:
            self.line(start, np.array([x(value), y]), color, thick)
        for mark, reach, ink in ((settings.exit, 0.7, GRAY), (1.0, 1.1, WHITE)):
            half = np.array([0.0, reach * thick])
            at = np.array([x(mark), float(y)])
            self.line(at - half, at + half, ink, self.thick(1.5))
