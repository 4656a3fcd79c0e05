"""The widget that shows the current figure; it repaints only what changed."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from posturecam.config.settings import Settings
from posturecam.desktop.pictures.figure import Figure, alike, paint_person, paint_picture, pixels_of, place_of, size_of
from posturecam.desktop.pictures.figure_ink import FigureStyle
from posturecam.desktop.widgets import theme
from posturecam.drawing.canvas import ScreenMemory, drawn_part
from posturecam.i18n.translate import tr
from posturecam.vision.scene import CELLS, Cells, visible_change

_KEPT = 3
"""Number of cached drawings of the person: while somebody types, the landmarks alternate between the last two results of the model."""
_WHOLE_EVERY = 1.0
"""Seconds after which the whole picture is repainted even where nothing visibly changed: the noise is frozen there, which would
show next to parts that move."""


@dataclass(frozen=True, slots=True, eq=False)
class _Drawing:
    """A drawing of the person on a transparent background."""

    figure: Figure
    how: tuple[object, ...]
    pixels: QImage
    """Cropped to what is drawn, in screen pixels."""
    at: QPoint
    """Position of its top left corner in the widget, in screen pixels."""
    area: QRect
    """The part of the widget it covers, in device-independent pixels."""


class FigureView(QWidget):
    """Shows the current figure."""

    def __init__(self, parent: QWidget | None = None, *, centred: bool = False, lowest: int = 180) -> None:
        """Create it with nothing to show.

        Args:
            parent: Parent widget.
            centred: Centre a picture that does not fill the widget, instead of putting it at the top left.
            lowest: Minimum height at the default text size, device-independent pixels.
        """
        super().__init__(parent)
        self._at_corner, self._lowest = not centred, lowest
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.fit_text(self, self._fit)
        self.setAccessibleName(tr("Your posture"))
        self._figure, self._settings, self._mirrored = Figure(), Settings(), True
        self._said = ""
        self._drawings: list[_Drawing] = []
        """Cached drawings of the person, the newest first: landmarks are reused while nobody moves, and then only the picture behind
        them changes."""
        self._found_for: Figure | None = None
        self._found: _Drawing | None = None
        """The drawing for `_found_for`."""
        self._ratio = 1.0
        """Screen pixels per device-independent pixel at the last paint."""
        self._cells: Cells | None = None
        """Brightness of the picture on the screen, cell by cell; None if unknown."""
        self._whole_at = 0.0
        """Frame time at which the whole picture was last painted, seconds."""
        self._memory = ScreenMemory()
        self._rounded: tuple[QRectF, float] | None = None
        self._beyond: list[QPainterPath] = []
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # otherwise Qt paints every widget behind it first

    def _fit(self) -> None:
        self.setMinimumSize(240, theme.enlarged(self._lowest))

    def sizeHint(self) -> QSize:
        """No more than it needs; it takes all the remaining room."""
        return QSize(320, 200)

    @property
    def figure(self) -> Figure:
        """The figure shown."""
        return self._figure

    def show_figure(self, figure: Figure, settings: Settings, said: str, *, mirrored: bool = True) -> None:
        """Show this figure.

        Args:
            figure: The figure.
            settings: The visibility from which landmarks count as seen.
            said: The same in words, for screen readers.
            mirrored: Whether to mirror it.
        """
        before, same_way = self._figure, settings is self._settings and mirrored is self._mirrored
        self._figure, self._settings, self._mirrored = figure, settings, mirrored
        if said != self._said:
            self._said = said
            self.setAccessibleDescription(said)
        if not same_way:
            self._found_for = None
        if same_way and figure.image is None and before.image is None and alike(figure, before):
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
        area = QRect()
        if drawn is not before:
            for one in (before, drawn):
                area = area if one is None else area.united(one.area)
        changed = visible_change(shown, glance.cells)
        if changed is not None:
            rows, columns = changed
            shown[rows, columns] = glance.cells[rows, columns]
            area = area.united(self._area_of(rows, columns))
        self.update(area)

    def _area_of(self, rows: slice, columns: slice) -> QRect:
        """The part of the widget that shows these cells of the glance."""
        place, first, last = self._place(), columns.start, min(columns.stop, CELLS[1])
        if self._mirrored:
            first, last = CELLS[1] - last, CELLS[1] - first
        high, wide = place.height() / CELLS[0], place.width() / CELLS[1]
        left, top = place.left() + first * wide, place.top() + rows.start * high
        return QRectF(left, top, (last - first) * wide, (min(rows.stop, CELLS[0]) - rows.start) * high).toAlignedRect()

    def _place(self) -> QRectF:
        return place_of(self._figure, QRectF(self.rect()), self._at_corner and self._figure.beside is None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the requested part of the figure, with rounded corners."""
        figure, place, part = self._figure, self._place(), event.rect()
        ratio = self.devicePixelRatioF()
        if ratio != self._ratio:  # moved to another screen
            self._ratio, self._found_for = ratio, None
        drawn = self._drawing()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = self.palette().window()
        if figure.image is None:
            painter.fillRect(part, ground)
            painter.fillPath(_outline(QRectF(self.rect())), FigureStyle.plain().ground)
        else:
            if not place.toAlignedRect().contains(part):
                painter.fillRect(part, ground)
            paint_picture(painter, place, figure.image, mirrored=self._mirrored, part=part, memory=self._memory)
            for corner in self._corners(
                place, ratio
            ):  # clipping the picture to an outline would blend it pixel by pixel
                if corner.intersects(QRectF(part)):
                    painter.fillPath(corner, ground)
        if drawn is not None and drawn.area.intersects(part):
            painter.scale(1 / ratio, 1 / ratio)
            painter.drawImage(drawn.at, drawn.pixels)
        painter.end()

    def _corners(self, place: QRectF, ratio: float) -> list[QPainterPath]:
        """The shapes that cover the corners of a picture at this place."""
        if self._rounded != (place, ratio):
            whole = pixels_of(place, ratio)
            edges = whole.x() / ratio, whole.y() / ratio, whole.width() / ratio, whole.height() / ratio
            self._rounded, self._beyond = (place, ratio), _beyond(QRectF(*edges))
        return self._beyond

    def _drawing(self) -> _Drawing | None:
        """The drawing of this figure's person, from the cache if possible; None if there is nobody to draw."""
        figure = self._figure
        if figure is not self._found_for:
            self._found_for, self._found = figure, None if figure.pose is None else self._find(figure)
        return self._found

    def _find(self, figure: Figure) -> _Drawing:
        how = self._settings, self._mirrored, self.size(), self.devicePixelRatioF(), size_of(figure)
        for index, kept in enumerate(self._drawings):
            if alike(kept.figure, figure) and kept.how == how:
                self._drawings.insert(0, self._drawings.pop(index))
                return kept
        drawn = self._draw(how)
        self._drawings = [drawn, *self._drawings][:_KEPT]
        return drawn

    def _draw(self, how: tuple[object, ...]) -> _Drawing:
        ratio, place = self.devicePixelRatioF(), self._place()
        size = self.size() * ratio
        memory = self._memory.array("person", size.height(), size.width())
        sheet = QImage(memory.data, size.width(), size.height(), QImage.Format.Format_ARGB32_Premultiplied)
        sheet.setDevicePixelRatio(ratio)
        sheet.fill(Qt.GlobalColor.transparent)
        painter = QPainter(sheet)
        painter.setFont(self.font())
        outline = _outline(place if self._figure.image is not None else QRectF(self.rect()))
        paint_person(painter, place, outline, self._figure, self._settings, mirrored=self._mirrored)
        painter.end()
        left, top, right, bottom = drawn_part(memory) or (0, 0, 1, 1)
        pixels = sheet.copy(left, top, right - left, bottom - top)
        pixels.setDevicePixelRatio(1)
        area = QRectF(left / ratio, top / ratio, (right - left) / ratio, (bottom - top) / ratio).toAlignedRect()
        return _Drawing(self._figure, how, pixels, QPoint(left, top), area)

    def changeEvent(self, event: QEvent) -> None:
        """Redraw after the colours or the font changed."""
        self._drawings.clear()
        self._found_for = None
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Redraw at the new size."""
        self._found_for = None
        super().resizeEvent(event)


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
