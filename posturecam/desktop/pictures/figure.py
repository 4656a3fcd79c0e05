"""A moment as a drawing: skeleton, measured lines, where slouching begins; on the camera's picture or a plain background.

The content is decided by the module that annotates pictures for `analyze` (`posturecam.drawing.annotate`); here it is
drawn with Qt, at the screen's resolution.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QImage, QPainter, QPainterPath

from posturecam.config.settings import Settings
from posturecam.desktop.pictures.figure_ink import FigureInk, FigureStyle
from posturecam.drawing import annotate as draw
from posturecam.drawing.canvas import WHITE, Color, ScreenMemory, Stroke, for_screen
from posturecam.drawing.comparison import SlouchComparison, compare
from posturecam.i18n.translate import tr
from posturecam.posture.boundary import HEAD_OVER_EARS, Boundary, BoundaryKind
from posturecam.posture.loop import Tick
from posturecam.posture.measures import Name
from posturecam.posture.records.evidence import Evidence
from posturecam.posture.view import View
from posturecam.session.protocol.sign import Sign
from posturecam.vision.frame import Image
from posturecam.vision.geometry import PixelBox, Point, distance, middle
from posturecam.vision.pose import Landmark, Pose, same_landmarks
from posturecam.vision.scene import Glance

_SHORTEST_ARROW = 34.0
"""Minimum length of the arrow that shows a slouch, in units of the drawing."""
_HEAD_OVER_TURNED = 1.5
"""A head's width ÷ the distance from nose tip to the midpoint of the ears if it is turned; facing the camera, that
distance is at most half a width."""
_HEAD_OVER_NOSE = 2.3
"""A head's height ÷ the distance from ear to nose tip, in profile."""


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """What to draw of one moment."""

    pose: Pose | None = None
    view: View = View.UNKNOWN
    angles: Mapping[Name, float] = field(default_factory=dict)
    """The known angles, degrees."""
    sign: Sign = Sign.UNKNOWN
    """Determines the color of the measured lines."""
    image: Image | None = None
    """The camera's picture; None for a plain background."""
    glance: Glance | None = None
    """The picture's glance, if there is one; it shows what changed since another picture."""
    boundary: Boundary | None = None
    crossed: bool = False
    """Whether the posture is past the boundary."""
    beside: SlouchComparison | None = None
    """The upright posture next to it, with an arrow between the two; then no angles are drawn."""
    label: str = ""
    """The arrow's label."""


def figure_of_tick(tick: Tick, *, picture: bool, boundary: Boundary | None = None, sign: Sign | None = None) -> Figure:
    """The figure of one tick of the loop.

    Args:
        tick: The tick.
        picture: Whether to show the camera's picture.
        boundary: Where slouching begins, if that is to be drawn.
        sign: The state that determines its color; None uses the monitor's.
    """
    reading = tick.reading
    shown = sign or Sign(tick.state.phase.value)
    angles = {name: value for name, _, _ in draw.ANGLES if (value := reading.measures[name].value) is not None}
    image, glance = (tick.frame.image, tick.frame.glance) if picture else (None, None)
    return Figure(tick.pose, reading.view, angles, shown, image, glance, boundary, beyond(reading.deviation.value))


def figure_of_evidence(evidence: Evidence) -> Figure:
    """The figure of a saved moment, without a picture, since none is saved."""
    known = {name: evidence.measure(name) for name, _, _ in draw.ANGLES}
    angles = {name: one.value for name, one in known.items() if one is not None and one.value is not None}
    value = evidence.deviation.value
    sign = Sign.UNKNOWN if value is None else Sign.SLOUCHING if beyond(value) else Sign.UPRIGHT
    return Figure(evidence.pose(), evidence.view, angles, sign, crossed=beyond(value))


def figure_of_comparison(evidence: Evidence, label: str) -> Figure:
    """The figure of a saved moment, next to the upright posture if that was saved; `label` is the arrow's label."""
    figure, beside = figure_of_evidence(evidence), compare(evidence)
    if beside is None:
        return figure
    return replace(figure, pose=beside.now, angles={}, beside=beside, label=label)


@dataclass(frozen=True, slots=True, eq=False)
class PersonLook:
    """All that decides how the person of a figure is drawn, without the picture behind them."""

    pose: Pose | None
    beside: SlouchComparison | None
    rest: tuple[object, ...]

    def __eq__(self, other: object) -> bool:
        """Whether the person is drawn the same; reused landmarks are the same array."""
        if not isinstance(other, PersonLook):
            return NotImplemented
        return same_landmarks(self.pose, other.pose) and self.beside is other.beside and self.rest == other.rest

    __hash__ = None  # type: ignore[assignment]


def look_of(figure: Figure) -> PersonLook:
    """How the person of this figure is drawn; it does not keep the picture."""
    rest = figure.view, figure.angles, figure.sign, figure.boundary, figure.crossed, figure.label
    return PersonLook(figure.pose, figure.beside, (*rest, figure.image is None, size_of(figure)))


def beyond(deviation: float | None) -> bool:
    """Whether a deviation, in thresholds, counts as slouching; unknown does not."""
    return deviation is not None and deviation >= 1


def degrees_text(value: float) -> str:
    """Whole degrees with a true minus sign, never "−0"; without the degree sign."""
    return f"{round(value) + 0:d}".replace("-", "−")


def paint_person(
    painter: QPainter,
    place: QRectF,
    outline: QPainterPath | None,
    figure: Figure,
    settings: Settings,
) -> QRectF:
    """Paint everything drawn of the person, as in a mirror: skeleton, measured lines, where slouching begins.

    Args:
        painter: The painter of a widget or picture.
        place: Where the picture lies (`place_of`), in the painter's coordinates.
        outline: What is drawn is cut off there; None cuts nothing off.
        figure: The figure.
        settings: The visibility from which landmarks count as seen.

    Returns:
        Where something was drawn.
    """
    if figure.pose is None:
        return QRectF()
    look = FigureStyle.on_picture() if figure.image is not None else FigureStyle.plain()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if outline is not None:
        painter.setClipPath(outline)
    painter.translate(place.topLeft())
    drawn = _paint_body(FigureInk(painter, place, look), figure, figure.pose, settings)
    painter.restore()
    return drawn.translated(place.topLeft())


def paint_pixels(
    painter: QPainter,
    image: Image,
    whole: PixelBox,
    part: PixelBox,
    memory: ScreenMemory,
) -> None:
    """Paint the part of the camera's picture that lies in `part`, as in a mirror, with a painter whose unit is the screen pixel; `whole` is all of it.

    OpenCV scales it to screen pixels first: Qt would wake a thread on every core to scale a picture of this size, and ten times a second
    that costs more than the scaling.
    """
    left, top = max(part[0], whole[0]), max(part[1], whole[1])
    right, bottom = min(part[2], whole[2]), min(part[3], whole[3])
    if left >= right or top >= bottom:
        return
    x, y = whole[:2]
    inside = left - x, top - y, right - x, bottom - y
    pixels = for_screen(image, whole[2] - x, whole[3] - y, mirrored=True, part=inside, memory=memory)
    painter.drawImage(
        QPoint(left, top),
        QImage(pixels.data, right - left, bottom - top, pixels.strides[0], QImage.Format.Format_RGB32),
    )


def pixels_of(place: QRectF, ratio: float) -> PixelBox:
    """A place in screen pixels, `ratio` of which make one of the painter's units; at least one by one."""
    left, top = round(place.left() * ratio), round(place.top() * ratio)
    return left, top, left + max(round(place.width() * ratio), 1), top + max(round(place.height() * ratio), 1)


def place_of(figure: Figure, area: QRectF, at_corner: bool) -> QRectF:
    """Where the figure's picture lies in an area, as large as fits without distortion: `at_corner` at its top left, otherwise in the middle."""
    size = size_of(figure)
    scale = min(area.width() / size[0], area.height() / size[1])
    place = QRectF(0, 0, size[0] * scale, size[1] * scale)
    place.moveCenter(area.center())
    if at_corner:
        place.moveTopLeft(area.topLeft())
    return place


def size_of(figure: Figure) -> tuple[float, float]:
    """Width and height of the picture, or of the one the pose was found in, pixels."""
    if figure.image is not None:
        height, width = figure.image.shape[:2]
        return width, height
    return (4, 3) if figure.pose is None else (figure.pose.width, figure.pose.height)


def _paint_body(ink: FigureInk, figure: Figure, pose: Pose, settings: Settings) -> QRectF:
    body = _Body(ink, pose, figure.view, settings)
    color = ink.look.sign(figure.sign)
    if figure.beside is not None:
        ghost = FigureInk(ink.painter, QRectF(0, 0, ink.width, ink.height), ink.look.as_ghost())
        upright = _Body(ghost, figure.beside.upright, figure.view, settings)
        upright.head(filled=False)
        upright.skeleton()
        body.head()
        body.skeleton()
        body.arrow(figure.beside, figure.label)
        return ink.drawn.united(ghost.drawn)
    if figure.image is None:
        body.head()
    body.skeleton()
    if figure.boundary is not None:
        body.boundary(figure.boundary, figure.crossed)
    if figure.view.is_side:
        body.angles(figure.angles, color)
    elif figure.view is not View.UNKNOWN:
        body.frontal_lines(color)
    return ink.drawn


class _Body(draw.PersonFigure):  # the same decisions with other ink
    """One pose placed on the figure: scaled to fill it, and mirrored."""

    def __init__(self, ink: FigureInk, pose: Pose, view: View, settings: Settings) -> None:
        super().__init__(ink, pose, view, settings, mirrored=True)
        self.ink = ink

    def head(self, *, filled: bool = True) -> None:
        """A soft outline of the head if no picture shows it; a dashed one for a ghost."""
        found = self._head()
        if found is None:
            return
        center, wide, tall = found
        self.ink.oval(center, wide, tall, filled=filled)

    def _head(self) -> tuple[Point, float, float] | None:
        """The center of the head, its width and its height; None if it was not seen."""
        ears, nose = self.both(Landmark.LEFT_EAR), self.at(Landmark.NOSE)
        near_ear = self.at(Landmark(Landmark.LEFT_EAR + self.near))
        if self.in_profile and near_ear is not None and nose is not None:
            center, tall = middle(near_ear, nose), _HEAD_OVER_NOSE * distance(near_ear, nose)
            wide = 0.82 * tall
        elif not self.in_profile and ears is not None:
            wide, center = distance(*ears), middle(*ears)
            tall = HEAD_OVER_EARS * wide
            turned = 0.0 if nose is None else _HEAD_OVER_TURNED * distance(nose, center)
            if nose is not None and turned > wide:  # turned so far that the ears lie behind each other
                wide, tall, center = turned, HEAD_OVER_EARS * turned, 0.6 * center + 0.4 * nose
        else:
            return None
        return center, wide, tall

    def angles(self, angles: Mapping[Name, float], color: Color) -> None:
        """Hip to shoulder and shoulder to ear on the near side, each against the vertical, if known."""
        words = {Name.TRUNK_INCLINATION: tr("trunk {degrees}°"), Name.NECK_INCLINATION: tr("neck {degrees}°")}
        for name, low, high in draw.ANGLES:
            a, b = self.at(Landmark(low + self.near)), self.at(Landmark(high + self.near))
            if name in angles and a is not None and b is not None:
                self._angle(a, b, color)
                beside = a - np.array([0.0, 0.55 * distance(a, b)])
                self.ink.chip(words[name].format(degrees=degrees_text(angles[name])), beside, -self._forward, bold=True)

    def arrow(self, beside: SlouchComparison, label: str) -> None:
        """An arrow from the upright figure to this one, in the color of slouching, with its label at the end."""
        start, end = self._placed(beside.start), self._placed(beside.end)
        way = end - start
        length, unit = float(np.hypot(*way)), self.ink.unit
        if length < 1:
            return
        along = way / length
        if length < _SHORTEST_ARROW * unit:  # or nobody would notice it
            end = start + along * _SHORTEST_ARROW * unit
        color, wing, back = self.ink.look.sign(Sign.SLOUCHING), 8 * unit, 15 * unit
        across = np.array([-along[1], along[0]])
        foot = end - along * back
        self.ink.strokes([Stroke(start, foot, color, 5)])
        self.ink.polygon(np.array([end, foot + across * wing, foot - across * wing]), color)
        if label:
            self._name_arrow(label, start, end)

    def _name_arrow(self, label: str, start: Point, end: Point) -> None:
        """The label of an arrow between two heads: beside both of them if there is room, otherwise above."""
        head, needed = self._head(), self.ink.chip_width(label)
        reach, tall = (0.0, 0.0) if head is None else (0.5 * head[1] + abs(head[0][0] - end[0]), head[2])
        right, left = max(start[0], end[0]) + reach, min(start[0], end[0]) - reach
        half_way = (start[1] + end[1]) / 2
        if right + needed < self.ink.width:
            self.ink.chip(label, np.array([right, half_way]), 1, bold=True)
        elif left > needed:
            self.ink.chip(label, np.array([left, half_way]), -1, bold=True)
        else:
            top = min(start[1], end[1]) - 0.5 * tall - needed / 8
            self.ink.chip(label, np.array([(right + left - needed) / 2, top]), 1, bold=True)

    @property
    def _forward(self) -> int:
        """1 if the person faces the figure's right, -1 if left."""
        return -1 if self.near else 1

    def _angle(self, low: Point, high: Point, color: Color) -> None:
        length = distance(low, high)
        self.ink.dashes(low, low - np.array([0.0, length]), WHITE)
        self.ink.strokes([Stroke(low, high, color, 3.5)])
        lean = math.degrees(math.atan2(high[0] - low[0], low[1] - high[1]))
        reach = 0.6 * length
        begin, end = sorted((-90.0, lean - 90))
        self.ink.arc(low, reach, begin, end, color, 2 * self.ink.unit)
        for point in (low, high):
            self.ink.dot(point, WHITE, 4)

    def boundary(self, found: Boundary, crossed: bool) -> None:
        """Where slouching begins: a dashed line, solid once it is crossed, with ticks on the slouching side."""
        start, end = (self._placed(place) for place in found.line)
        if found.kind is BoundaryKind.EARS and start[0] > end[0]:
            start, end = end, start
        color = self.ink.look.sign(Sign.SLOUCHING)
        if found.kind is BoundaryKind.EARS:
            self.ink.level(start, end, color, dashed=not crossed)
        else:
            self.ink.ticked(start, end, np.array([float(self._forward), 0.0]), color, dashed=not crossed)
        text = tr("slouching begins here")
        if crossed:
            text = "▼ " + tr("this counts as slouching")
        lift = np.array([0.0, -20 * self.ink.unit])
        if found.kind is not BoundaryKind.EARS:
            self.ink.chip(text, end + lift / 2, self._forward)
        elif end[0] + self.ink.chip_width(text) < self.ink.width:
            self.ink.chip(text, end, 1)
        else:
            self.ink.chip(text, end + lift, 1)

    def _placed(self, place: tuple[float, float] | Point) -> Point:
        x, y = np.array(place) * self.scale + self.origin
        return np.array([self.ink.width - x, y])
