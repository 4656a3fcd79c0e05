"""Draws on pictures: outlined lines, discs, arcs, filled shapes and texts, with sizes relative to the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from posturecam.vision.frame import Image
from posturecam.vision.geometry import Point

Color = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""

WHITE: Color = (245, 245, 245)
GRAY: Color = (175, 178, 184)
DARK: Color = (24, 27, 32)
GROUND: Color = (47, 52, 60)

REGULAR, BOLD = 400, 700

_FONT = cv2.FontFace("sans")
"""The TrueType font inside OpenCV 5, which knows "°" and "–"."""
_SHIFT = 4
"""OpenCV takes coordinates in fractions of a pixel of this many bits."""
_UNMEASURED = (1 << 15, 1 << 10)
"""A picture size so large that no text wraps while it is measured."""


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """A straight line."""

    start: Point
    end: Point
    color: Color
    thickness: float
    """Thickness for a picture whose shorter side is 480 pixels."""
    covered: bool = False
    """Whether something else is drawn over both ends, as joints are over the ends of a bone, so that it does not matter how they look."""


class Canvas:
    """Draws on one picture, in place, with sizes relative to it."""

    def __init__(self, image: Image) -> None:
        self.image = image
        self.height, self.width = image.shape[:2]
        self.unit: float = max(min(self.width, self.height) / 480, 0.5)
        self.text_size = max(round(16 * self.unit), 11)
        self.pad = max(round(10 * self.unit), 5)

    # Lines.

    def strokes(self, strokes: Sequence[Stroke]) -> None:
        """Lines with a dark rim, so that they show on any background; rims first, so that joints stay clean."""
        for stroke in strokes:
            self.line(stroke.start, stroke.end, DARK, self.thick(stroke.thickness) + self.thick(2))
        for stroke in strokes:
            self.line(stroke.start, stroke.end, stroke.color, self.thick(stroke.thickness))

    def dashes(self, start: Point, end: Point, color: Color, thickness: float = 1.5) -> None:
        """A dashed line."""
        length, dash = float(np.hypot(*(end - start))), 4 * thickness * self.unit
        steps = np.arange(0, length, 2 * dash) / max(length, 1e-6)
        reach = dash / max(length, 1e-6)
        self.strokes(
            [
                Stroke(start + step * (end - start), start + min(step + reach, 1) * (end - start), color, thickness)
                for step in steps
            ]
        )

    def dot(self, center: Point, color: Color, radius: float) -> None:
        """A filled circle with a dark rim."""
        self.disc(center, radius * self.unit + 1.2, DARK)
        self.disc(center, radius * self.unit, color)

    def dots(self, centers: Sequence[Point], color: Color, radius: float) -> None:
        """Several dots of the same color and size."""
        for center in centers:
            self.dot(center, color, radius)

    def line(self, start: Point, end: Point, color: Color, thickness: int) -> None:
        """A plain line with round ends, of this thickness in pixels."""
        cv2.line(self.image, fine(start), fine(end), bgr(color), thickness, cv2.LINE_AA, _SHIFT)

    def arc(self, center: Point, radius: float, begin: float, end: float, color: Color, thickness: int) -> None:
        """A part of a circle, from one direction to another: degrees clockwise from the right, as the picture shows it."""
        axes = (round(radius * (1 << _SHIFT)),) * 2
        cv2.ellipse(self.image, fine(center), axes, 0, begin, end, bgr(color), thickness, cv2.LINE_AA, _SHIFT)

    def thick(self, thickness: float) -> int:
        """A thickness that suits the picture, pixels."""
        return max(round(thickness * self.unit), 1)

    # Filled.

    def disc(self, center: Point, radius: float, color: Color) -> None:
        """A filled circle, pixels."""
        cv2.circle(self.image, fine(center), round(radius * (1 << _SHIFT)), bgr(color), cv2.FILLED, cv2.LINE_AA, _SHIFT)

    def wedge(self, center: Point, radius: float, begin: float, end: float, color: Color) -> None:
        """A filled sector, with the angles of `arc`."""
        axes = (round(radius * (1 << _SHIFT)),) * 2
        cv2.ellipse(self.image, fine(center), axes, 0, begin, end, bgr(color), cv2.FILLED, cv2.LINE_AA, _SHIFT)

    def polygon(self, corners: NDArray[np.float64], color: Color) -> None:
        """A filled polygon, convex or not, with corners of shape (n, 2)."""
        points = np.array([fine(corner) for corner in corners], np.int32)
        cv2.fillPoly(self.image, [points], bgr(color), cv2.LINE_AA, _SHIFT)

    def shade(self, top: int, bottom: int) -> None:
        """Darken the picture over its whole width between two rows, so that texts can be read."""
        self.shade_area(0, top, self.width, bottom, 0.22)

    def shade_area(self, left: int, top: int, right: int, bottom: int, keep: float) -> None:
        """Darken a part of the picture; `keep` of its own brightness is left."""
        area = self.image[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
        area[:] = (keep * area + (1 - keep) * np.array(bgr(DARK))).astype(np.uint8)

    # Texts.

    def text(self, text: str, start: tuple[int, int], color: Color, bold: bool = False) -> int:
        """Write one line from the left end of its base line; returns where it ends, pixels from the left."""
        weight = BOLD if bold else REGULAR
        self.put(text, start, color, self.text_size, weight)
        return start[0] + self.text_width(text, self.text_size, weight)

    def wrapped(self, text: str, width: int, most: int, size: int | None = None, weight: int = REGULAR) -> list[str]:
        """The text in lines of at most this width in pixels; what does not fit into `most` lines ends in "…"."""
        lines = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if not lines[-1] or self.text_width(longer, size, weight) <= width:
                lines[-1] = longer
            elif len(lines) < most:
                lines.append(word)
            else:
                lines[-1] += "…"
                break
        return [self._cut(line, width, size, weight) for line in lines]

    def _cut(self, line: str, width: int, size: int | None, weight: int) -> str:
        while len(line) > 1 and self.text_width(line, size, weight) > width:
            line = f"{line.rstrip('…')[:-1]}…"
        return line

    def label(self, text: str, beside: Point, to_the_right: bool, size: int | None = None) -> None:
        """A text on a dark background beside a point, kept inside the picture."""
        size, gap = size or self.text_size, self.pad
        width = self.text_width(text, size)
        left = round(beside[0]) + (gap if to_the_right else -gap - width)
        left = min(max(left, gap), max(self.width - width - gap, 0))
        base = min(max(round(beside[1] + 0.36 * size), size + gap), self.height - gap)
        self.shade_area(left - gap // 2, base - size, left + width + gap // 2, base + round(0.35 * size), 0.3)
        self.put(text, (left, base), WHITE, size, REGULAR)

    def text_width(self, text: str, size: int | None = None, weight: int = REGULAR) -> int:
        """Width of a line of text, pixels."""
        return int(cv2.getTextSize(_UNMEASURED, text, (0, 0), _FONT, size or self.text_size, weight)[2])

    def put(self, text: str, start: tuple[int, int], color: Color, size: int, weight: int = REGULAR) -> None:
        """Write one line of this size from the left end of its base line."""
        cv2.putText(self.image, text, start, bgr(color), _FONT, size, weight)


def blank(width: int, height: int, color: Color = GROUND) -> Image:
    """A picture of one color."""
    image = np.empty((height, width, 3), np.uint8)
    image[:] = bgr(color)
    return image


def resized(image: Image, width: int, height: int) -> Image:
    """The picture at another size in pixels, averaged where it gets smaller."""
    way = cv2.INTER_AREA if width < image.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=way), np.uint8)


class ScreenMemory:
    """Reused memory for pictures on their way to the screen: allocating it anew ten times a second costs more than filling it."""

    def __init__(self) -> None:
        self._given: dict[str, NDArray[np.uint8]] = {}

    def array(self, use: str, height: int, width: int) -> Image:
        """An array of shape (height, width, 4) with arbitrary content; the array returned before for the same use is overwritten."""
        size = 4 * height * width
        given = self._given.get(use)
        if given is None or given.size < size:
            given = self._given[use] = np.empty(size, np.uint8)
        return given[:size].reshape(height, width, 4)


def for_screen(
    image: Image,
    width: int,
    height: int,
    *,
    mirrored: bool,
    part: tuple[int, int, int, int] | None = None,
    memory: ScreenMemory | None = None,
) -> Image:
    """The picture scaled, and mirrored if wanted, in the format of screens: blue, green, red, 255.

    Between its pixels it is interpolated, not averaged: several times faster, for a live picture.

    Args:
        image: The picture.
        width: Width of the whole result, pixels.
        height: Height of the whole result, pixels.
        mirrored: Whether to mirror it.
        part: Left, top, right and bottom of the part of the result that is needed, pixels; None for the whole.
        memory: Holds the result until the next call with the same memory; None allocates new memory.

    Returns:
        Shape (height, width, 4), or the size of the part, whose pixels are the same as in the whole.
    """
    memory = memory or ScreenMemory()
    tall, wide = image.shape[:2]
    left, top, right, bottom = part or (0, 0, width, height)
    across, down = wide / width, tall / height
    first = width - right if mirrored else left
    x, y = max(int(across * first) - 1, 0), max(int(down * top) - 1, 0)
    needed = image[y : int(down * bottom) + 2, x : int(across * (first + right - left)) + 2]
    opaque = cv2.cvtColor(needed, cv2.COLOR_BGR2BGRA, memory.array("opaque", *needed.shape[:2]))
    # Maps each pixel of the result to a place in the picture; the place of a pixel is its center.
    begin, along = (width - left - 0.5, -across) if mirrored else (left + 0.5, across)
    places = np.array([[along, 0.0, across * begin - 0.5 - x], [0.0, down, down * (top + 0.5) - 0.5 - y]])
    size = right - left, bottom - top
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    made = memory.array("made", size[1], size[0])
    return np.asarray(cv2.warpAffine(opaque, places, size, made, how, cv2.BORDER_REPLICATE), np.uint8)


def bgr(color: Color) -> Color:
    """The color as OpenCV takes it."""
    return color[2], color[1], color[0]


def fine(point: Point) -> tuple[int, int]:
    """Pixels as the fixed-point numbers that OpenCV draws with."""
    return round(point[0] * (1 << _SHIFT)), round(point[1] * (1 << _SHIFT))
