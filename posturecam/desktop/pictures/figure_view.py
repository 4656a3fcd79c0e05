"""The widget that shows the current figure; it repaints only what changed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from posturecam.config.settings import Settings
from posturecam.desktop.pictures.figure import (
    Figure,
    PersonLook,
    look_of,
    paint_person,
    paint_pixels,
    pixels_of,
    place_of,
    size_of,
)
from posturecam.desktop.pictures.figure_ink import FigureStyle
from posturecam.desktop.widgets import theme
from posturecam.drawing.canvas import ScreenMemory
from posturecam.i18n.translate import tr
from posturecam.vision.geometry import PixelBox, overlap
from posturecam.vision.scene import CELLS, Cells, visible_change

_KEPT = 3
"""Number of cached drawings of the person: while somebody types, the landmarks alternate between the last two results of the model."""
_WHOLE_EVERY = 2.0
"""Seconds after which the whole picture is repainted even where nothing visibly changed: the noise is frozen there, which would
show next to parts that move."""


@dataclass(frozen=True, slots=True, eq=False)
class _Drawing:
    """A drawing of the person on a transparent background."""

    look: PersonLook
    pixels: QImage
    """Cropped to what is drawn, in screen pixels."""
    at: QPoint
    """Position of its top left corner in the widget, in screen pixels."""
    area: PixelBox
    """The part of the widget it covers, in device-independent pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class _Layout:
    """Where the picture lies, worked out once for a size of the widget and of the picture."""

    size: tuple[float, float]
    """Of the picture, in its own pixels."""
    at_corner: bool
    ratio: float
    """Screen pixels per device-independent pixel."""
    place: QRectF
    area: PixelBox
    """The part of the widget that the picture touches, in device-independent pixels."""
    pixels: PixelBox
    """The picture's screen pixels."""
    beyond: tuple[tuple[PixelBox, QPainterPath], ...]
    """The shapes that cover its corners, each with the part of the widget it touches, in device-independent pixels."""


class _Sheet:
    """Transparent pixels to draw on, reused; only what was drawn on is cleared."""

    def __init__(self) -> None:
        self._image = QImage()
        self.used = QRect()
        """Where something was drawn since they were cleared."""

    def cleared(self, width: int, height: int) -> QImage:
        """The pixels, all of them transparent; valid until the next call."""
        if (self._image.width(), self._image.height()) != (width, height):
            self._image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
            self.used = self._image.rect()
        if not self.used.isEmpty():
            painter = QPainter(self._image)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            painter.fillRect(self.used, Qt.GlobalColor.transparent)
            painter.end()
        self.used = self._image.rect()  # until it is known what is drawn
        return self._image


class FigureView(QWidget):
    """Shows the current figure."""

    def __init__(self, *, centered: bool = False, lowest: int = 180) -> None:
        """Create it with nothing to show.

        Args:
            centered: Center a picture that does not fill the widget, instead of putting it at the top left.
            lowest: Minimum height at the default text size, device-independent pixels.
        """
        super().__init__()
        self._at_corner, self._lowest = not centered, lowest
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.fit_text(self, self._fit)
        self.setAccessibleName(tr("Your posture"))
        self._figure, self._settings = Figure(), Settings()
        self._said = ""
        self._drawings: list[_Drawing] = []
        """Cached drawings of the person, the newest first: landmarks are reused while nobody moves, and then only the picture behind
        them changes."""
        self._found_for: Figure | None = None
        self._found: _Drawing | None = None
        """The drawing for `_found_for`."""
        self._layout_now: _Layout | None = None
        self._cells: Cells | None = None
        """Brightness of the picture on the screen, cell by cell; None if unknown."""
        self._whole_at = 0.0
        """Frame time at which the whole picture was last painted, seconds."""
        self._memory, self._sheet = ScreenMemory(), _Sheet()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # otherwise Qt paints every widget behind it first

    def _fit(self) -> None:
        self.setMinimumSize(240, theme.enlarged(self._lowest))

    def sizeHint(self) -> QSize:
        """No more than it needs, so that a page scrolls later; it takes all the remaining room."""
        return QSize(320, self.minimumHeight())

    @property
    def figure(self) -> Figure:
        """The figure shown."""
        return self._figure

    def show_figure(self, figure: Figure, settings: Settings, said: str) -> None:
        """Show this figure, as in a mirror.

        Args:
            figure: The figure.
            settings: The visibility from which landmarks count as seen.
            said: The same in words, for screen readers.
        """
        before, same_way = self._figure, settings is self._settings
        self._figure, self._settings = figure, settings
        if said != self._said:
            self._said = said
            self.setAccessibleDescription(said)
        if not same_way:
            self._forget()
        if same_way and figure.image is None and before.image is None and look_of(figure) == look_of(before):
            return
        if figure.image is None or size_of(figure) != size_of(before) or self._found_for is not before:
            self._show_whole()
        elif figure is not before:
            self._show_change(self._found)

    def _show_whole(self) -> None:
        glance = self._figure.glance
        self._cells, self._whole_at = (None, 0.0) if glance is None else (glance.cells.copy(), glance.t)
        self.update()

    def _show_change(self, before: _Drawing | None) -> None:
        """Request a repaint of what changed: where the person is and was drawn, and where something moved in the picture."""
        shown, glance, drawn = self._cells, self._figure.glance, self._drawing()
        if shown is None or glance is None or not 0 <= glance.t - self._whole_at < _WHOLE_EVERY:
            self._show_whole()
            return
        areas = [] if drawn is before else [one.area for one in (before, drawn) if one is not None]
        changed = visible_change(shown, glance.cells)
        if changed is not None:
            shown[changed] = glance.cells[changed]
            areas.append(self._area_of(*changed))
        if areas:
            left, top = min(one[0] for one in areas), min(one[1] for one in areas)
            right, bottom = max(one[2] for one in areas), max(one[3] for one in areas)
            self.update(left, top, right - left, bottom - top)

    def _area_of(self, rows: slice, columns: slice) -> PixelBox:
        """The part of the widget that shows these cells of the glance, in device-independent pixels."""
        place = self._layout().place
        first, last = CELLS[1] - min(columns.stop, CELLS[1]), CELLS[1] - columns.start  # mirrored
        x, y, wide, high = place.x(), place.y(), place.width() / CELLS[1], place.height() / CELLS[0]
        top, bottom = y + rows.start * high, y + min(rows.stop, CELLS[0]) * high
        return math.floor(x + first * wide), math.floor(top), math.ceil(x + last * wide), math.ceil(bottom)

    def _layout(self) -> _Layout:
        """Where the picture lies now."""
        size, known = size_of(self._figure), self._layout_now
        at_corner = self._at_corner and self._figure.beside is None
        if known is None or known.size != size or known.at_corner is not at_corner:
            known = self._layout_now = self._lay_out(size, at_corner)
        return known

    def _lay_out(self, size: tuple[float, float], at_corner: bool) -> _Layout:
        place, ratio = place_of(self._figure, QRectF(self.rect()), at_corner), self.devicePixelRatioF()
        whole = pixels_of(place, ratio)
        left, top, right, bottom = (edge / ratio for edge in whole)
        beyond = tuple(
            (_box(one.boundingRect()), one) for one in _beyond(QRectF(left, top, right - left, bottom - top))
        )
        return _Layout(size, at_corner, ratio, place, _box(place), whole, beyond)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the requested part of the figure, with rounded corners."""
        layout, ratio = self._layout(), self.devicePixelRatioF()
        if ratio != layout.ratio:  # moved to another screen
            self._forget()
            layout = self._layout()
        drawn, part = self._drawing(), event.rect()
        painter = QPainter(self)
        if self._figure.image is None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(part, self.palette().window())
            painter.fillPath(_outline(QRectF(self.rect())), FigureStyle.plain().ground)
            area = None
        else:
            x, y = part.x(), part.y()
            area = x, y, x + part.width(), y + part.height()
            self._paint_picture(painter, layout, area)
        if drawn is not None and (area is None or overlap(area, drawn.area)):
            if ratio != 1:
                painter.scale(1 / ratio, 1 / ratio)
            painter.drawImage(drawn.at, drawn.pixels)
            if ratio != 1:
                painter.resetTransform()
        if area is not None:
            self._paint_corners(painter, layout, area)
        painter.end()

    def _paint_picture(self, painter: QPainter, layout: _Layout, part: PixelBox) -> None:
        """Paint this part of the camera's picture, and what lies beside it; `part` is in device-independent pixels."""
        image, ratio = self._figure.image, layout.ratio
        assert image is not None
        left, top, right, bottom = part
        inside = layout.area
        if left < inside[0] or top < inside[1] or right > inside[2] or bottom > inside[3]:
            painter.fillRect(left, top, right - left, bottom - top, self.palette().window())
        pixels = math.floor(left * ratio), math.floor(top * ratio), math.ceil(right * ratio), math.ceil(bottom * ratio)
        if ratio != 1:
            painter.scale(1 / ratio, 1 / ratio)
        paint_pixels(painter, image, layout.pixels, pixels, self._memory)
        if ratio != 1:
            painter.resetTransform()

    def _paint_corners(self, painter: QPainter, layout: _Layout, part: PixelBox) -> None:
        """Round the picture's corners, as far as they lie in this part."""
        corners = [corner for box, corner in layout.beyond if overlap(box, part)]
        if corners:  # painted over: clipping the picture to an outline would blend it pixel by pixel
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for corner in corners:
                painter.fillPath(corner, self.palette().window())

    def _drawing(self) -> _Drawing | None:
        """The drawing of this figure's person, from the cache if possible; None if there is nobody to draw."""
        figure = self._figure
        if figure is not self._found_for:
            self._found_for, self._found = figure, None if figure.pose is None else self._find(figure)
        return self._found

    def _find(self, figure: Figure) -> _Drawing:
        look = look_of(figure)
        for index, kept in enumerate(self._drawings):
            if kept.look == look:
                if index:
                    self._drawings.insert(0, self._drawings.pop(index))
                return kept
        drawn = self._draw(look)
        self._drawings = [drawn, *self._drawings][:_KEPT]
        return drawn

    def _draw(self, look: PersonLook) -> _Drawing:
        layout = self._layout()
        ratio, place, size = layout.ratio, layout.place, self.size() * layout.ratio
        sheet = self._sheet.cleared(size.width(), size.height())
        painter = QPainter(sheet)
        painter.setFont(self.font())
        painter.scale(ratio, ratio)
        if self._figure.image is None:
            outline, within = _outline(QRectF(self.rect())), QRect(QPoint(0, 0), size)
        else:  # the picture's corners are painted over
            outline, within = None, QRectF(place.topLeft() * ratio, place.size() * ratio).toAlignedRect()
        drawn = paint_person(painter, place, outline, self._figure, self._settings)
        painter.end()
        around = QRectF(drawn.topLeft() * ratio, drawn.size() * ratio).toAlignedRect().adjusted(-2, -2, 2, 2)
        self._sheet.used = around.intersected(sheet.rect())
        part = around.intersected(within).intersected(sheet.rect()) or QRect(0, 0, 1, 1)
        left, top, right, bottom = part.x(), part.y(), part.x() + part.width(), part.y() + part.height()
        area = math.floor(left / ratio), math.floor(top / ratio), math.ceil(right / ratio), math.ceil(bottom / ratio)
        return _Drawing(look, sheet.copy(part), part.topLeft(), area)

    def _forget(self) -> None:
        """Work out anew where everything lies, and draw the person anew: something that both depend on has changed."""
        self._drawings.clear()
        self._found_for = self._layout_now = None

    def changeEvent(self, event: QEvent) -> None:
        """Redraw after the colors or the font changed."""
        self._forget()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Redraw at the new size."""
        self._forget()
        super().resizeEvent(event)


def _box(area: QRectF) -> PixelBox:
    """The whole device-independent pixels that an area touches."""
    left, top = area.x(), area.y()
    return math.floor(left), math.floor(top), math.ceil(left + area.width()), math.ceil(top + area.height())


def _outline(filled: QRectF) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(filled, theme.ROUND, theme.ROUND)
    return path


def _beyond(place: QRectF) -> list[QPainterPath]:
    """The parts of a rectangle outside its rounded corners, one path for each corner."""
    paths, wide = [], 2.0 * theme.ROUND
    right, bottom = place.right() - wide, place.bottom() - wide
    corners = (place.topRight(), place.topLeft(), place.bottomLeft(), place.bottomRight())
    circles = ((right, place.top()), (place.left(), place.top()), (place.left(), bottom), (right, bottom))
    for quarter, (corner, circle) in enumerate(zip(corners, circles, strict=True)):
        path = QPainterPath(corner)
        path.arcTo(QRectF(*circle, wide, wide), 90.0 * quarter, 90.0)
        path.closeSubpath()
        paths.append(path)
    return paths
