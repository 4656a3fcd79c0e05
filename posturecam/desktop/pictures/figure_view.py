"""The figure of now in a window, painted anew only where it changed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from posturecam.config.settings import Settings
from posturecam.desktop.pictures.figure import Figure, alike, paint_person, paint_picture, pixels_of, place_of, size_of
from posturecam.desktop.pictures.figure_ink import FigureStyle
from posturecam.desktop.widgets import theme
from posturecam.drawing.canvas import ScreenMemory
from posturecam.i18n.translate import tr
from posturecam.vision.scene import Cells, Glance, visible_change

_WHOLE_EVERY = 1.0
"""Seconds after which the whole picture is painted again, though nothing in parts of it changed that anybody would see: noise is
frozen there, and beside what moves it should not stay so."""


class FigureView(QWidget):
    """Shows the figure of now."""

    def __init__(self, parent: QWidget | None = None, *, centred: bool = False, lowest: int = 180) -> None:
        """Nothing to see yet.

        Args:
            parent: As Qt takes it.
            centred: Put a picture that does not fill the widget in its middle, not at its top left.
            lowest: Least height at the usual size of text, device-independent pixels.
        """
        super().__init__(parent)
        self._at_corner, self._lowest = not centred, lowest
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.fit_text(self, self._fit)
        self.setAccessibleName(tr("Your posture"))
        self._figure, self._settings, self._mirrored = Figure(), Settings(), True
        self._said = ""
        self._drawn: tuple[Figure, Settings, bool, object] | None = None
        """Of what the drawing was made, and how."""
        self._drawing = QPixmap()
        """The person by themselves, drawn anew once something of them changes: landmarks hold while nobody moves, and then
        only the picture under them does."""
        self._cells: Cells | None = None
        """What the picture on the screen looks like, cell by cell; None where that is unknown."""
        self._whole_at = 0.0
        """When all of the picture was shown last, by the frames' time."""
        self._memory = ScreenMemory()
        self._rounded: tuple[QRectF, float] | None = None
        self._beyond: list[QPainterPath] = []
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # or Qt paints every window below it first

    def _fit(self) -> None:
        self.setMinimumSize(240, theme.enlarged(self._lowest))

    def sizeHint(self) -> QSize:
        """No more than it needs; it takes all the room that is left."""
        return QSize(320, 200)

    @property
    def figure(self) -> Figure:
        """The figure that is shown."""
        return self._figure

    def show_figure(self, figure: Figure, settings: Settings, said: str, *, mirrored: bool = True) -> None:
        """Show this.

        Args:
            figure: What is drawn.
            settings: From when a landmark is seen.
            said: The same in words, for screen readers.
            mirrored: As a mirror shows it.
        """
        before, as_before = self._figure, settings is self._settings and mirrored is self._mirrored
        as_before = as_before and alike(figure, before) and size_of(figure) == size_of(before)
        self._figure, self._settings, self._mirrored = figure, settings, mirrored
        if said != self._said:
            self._said = said
            self.setAccessibleDescription(said)
        if figure.image is None:
            self._cells = None
            if not as_before:
                self.update()
        elif figure.image is not before.image or not as_before:
            self._update_picture(figure, figure.glance, as_before)

    def _update_picture(self, figure: Figure, glance: Glance | None, same_person: bool) -> None:
        """Have painted what changed: all, or the part of the picture in which something moved."""
        cells, since = self._cells, 0.0 if glance is None else glance.t - self._whole_at
        if cells is None or glance is None or not same_person or not 0 <= since < _WHOLE_EVERY:
            self._cells, self._whole_at = (None, 0.0) if glance is None else (glance.cells.copy(), glance.t)
            self.update()
            return
        changed = visible_change(cells, glance.cells)
        if changed is None:
            return
        rows, columns = changed
        cells[rows, columns] = glance.cells[rows, columns]
        place = self._place()
        high, wide = place.height() / cells.shape[0], place.width() / cells.shape[1]
        first, last = columns.start, columns.stop
        if self._mirrored:
            first, last = cells.shape[1] - last, cells.shape[1] - first
        left, top = place.left() + first * wide, place.top() + rows.start * high
        self.update(QRectF(left, top, (last - first) * wide, (rows.stop - rows.start) * high).toAlignedRect())

    def _place(self) -> QRectF:
        return place_of(self._figure, QRectF(self.rect()), self._at_corner and self._figure.beside is None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it, with round corners, as far as it is asked for."""
        figure, place, part = self._figure, self._place(), event.rect()
        self._draw(place)
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
            for corner in self._corners(place):  # a picture clipped to an outline is blended pixel by pixel
                if corner.intersects(QRectF(part)):
                    painter.fillPath(corner, ground)
        if figure.pose is not None:
            painter.drawPixmap(0, 0, self._drawing)
        painter.end()

    def _corners(self, place: QRectF) -> list[QPainterPath]:
        """What a picture at this place is rounded by."""
        ratio = self.devicePixelRatioF()
        if self._rounded != (place, ratio):
            whole = pixels_of(place, ratio)
            edges = whole.x() / ratio, whole.y() / ratio, whole.width() / ratio, whole.height() / ratio
            self._rounded, self._beyond = (place, ratio), _beyond(QRectF(*edges))
        return self._beyond

    def _draw(self, place: QRectF) -> None:
        """Draw the person, where that drawing is not there yet."""
        ratio = self.devicePixelRatioF()
        how = self.size(), ratio, place, theme.current(), self.font().toString()
        wanted = self._figure, self._settings, self._mirrored, how
        drawn, self._drawn = self._drawn, wanted
        if self._figure.pose is None or (drawn is not None and drawn[1:] == wanted[1:] and alike(drawn[0], wanted[0])):
            return
        if self._drawing.size() != self.size() * ratio:
            self._drawing = QPixmap(self.size() * ratio)
        self._drawing.setDevicePixelRatio(ratio)
        self._drawing.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self._drawing)
        painter.setFont(self.font())
        outline = _outline(place if self._figure.image is not None else QRectF(self.rect()))
        paint_person(painter, place, outline, self._figure, self._settings, mirrored=self._mirrored)
        painter.end()


def _outline(filled: QRectF) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(filled, theme.ROUND, theme.ROUND)
    return path


def _beyond(place: QRectF) -> list[QPainterPath]:
    """What of the four corners of a rectangle lies beyond the circles that round them."""
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
