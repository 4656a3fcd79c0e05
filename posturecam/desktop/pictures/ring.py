"""A ring of upright time against the day's goal, a row of small ones for a week, and a picture of both for sharing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QImageWriter, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from posturecam.desktop.widgets import theme
from posturecam.desktop.widgets.theme import sized
from posturecam.history.progress.goal import reaches
from posturecam.session.protocol.sign import Sign

_SHARED = QSize(1200, 675)
"""Size of the picture for sharing, pixels: messengers and social networks show it uncropped."""


@dataclass(frozen=True, slots=True)
class RingFigure:
    """One ring."""

    share: float | None
    """Fraction of the judged time sat upright, 0 to 1; None on a day off."""
    goal: float
    """The goal, 0 to 1."""
    label: str = ""
    """Inside the ring, or below a small one."""

    @property
    def reached(self) -> bool:
        """Whether the goal was reached."""
        return self.share is not None and reaches(self.share, self.goal)


def paint_ring(painter: QPainter, box: QRectF, figure: RingFigure, look: theme.Theme) -> None:
    """Paint a ring into a square: full, with a tick inside it, if the goal is reached; only its track on a day off."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    wide = box.width() * 0.115
    inner = box.adjusted(wide / 2 + 1, wide / 2 + 1, -wide / 2 - 1, -wide / 2 - 1)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(look.color("raised"), wide))
    painter.drawEllipse(inner)
    if figure.share is not None:
        color = look.sign(Sign.UPRIGHT if figure.reached else Sign.RECOVERING)
        painter.setPen(QPen(color, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        turn = min(figure.share / figure.goal, 1.0)
        painter.drawArc(inner, 90 * 16, round(-360 * 16 * max(turn, 0.004)))


def paint_tick_mark(painter: QPainter, center: QPointF, size: float, color: QColor) -> None:
    """Paint a tick: reached, for people who cannot tell the colors apart."""
    cap = Qt.PenCapStyle.RoundCap
    painter.setPen(QPen(color, size * 0.22, Qt.PenStyle.SolidLine, cap, Qt.PenJoinStyle.RoundJoin))
    points = [center + QPointF(x * size, y * size) for x, y in ((-0.42, 0.02), (-0.1, 0.34), (0.44, -0.34))]
    painter.drawPolyline(points)


class GoalRing(QWidget):
    """Today's ring, with the percentage in its middle."""

    _SIZE = 148

    def __init__(self) -> None:
        super().__init__()
        self.figure = RingFigure(None, 1.0)
        theme.fit_text(self, lambda: self.setFixedSize(theme.enlarged(self._SIZE), theme.enlarged(self._SIZE)))

    def show_ring(self, figure: RingFigure, said: str) -> None:
        """Show this ring; `said` is the same in words."""
        self.figure = figure
        self.setAccessibleName(said)
        self.setToolTip(said)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ring, and the percentage."""
        painter, look = QPainter(self), theme.current()
        box = QRectF(self.rect())
        paint_ring(painter, box, self.figure, look)
        paint_ring_words(painter, box, self.figure, look)
        painter.end()


def paint_ring_words(painter: QPainter, box: QRectF, figure: RingFigure, look: theme.Theme) -> None:
    """Paint the percentage in the middle of a large ring, with a tick above it if the goal was reached."""
    painter.setFont(sized(painter.font(), box.width() * 0.2, 700))
    painter.setPen(look.color("text"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, figure.label)
    if figure.reached:
        at = QPointF(box.center().x(), box.top() + 0.27 * box.height())
        paint_tick_mark(painter, at, 0.1 * box.width(), look.sign(Sign.UPRIGHT))


class WeekRings(QWidget):
    """A small ring per day, from Monday to Sunday."""

    _TALL = 58

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.fit_text(self, lambda: self.setFixedHeight(theme.scaled(self._TALL)))
        self._rings: tuple[RingFigure, ...] = ()

    def sizeHint(self) -> QSize:
        """Room for seven."""
        return QSize(theme.scaled(320), theme.scaled(self._TALL))

    def show_week(self, rings: Sequence[RingFigure], said: str) -> None:
        """Show these rings, each labeled with its day; `said` is the same in words."""
        self._rings = tuple(rings)
        self.setAccessibleName(said)
        self.setToolTip(said)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rings from the left, each above its label."""
        painter = QPainter(self)
        step = min(self.width() / 7, theme.scaled(56))
        paint_week(painter, QRectF(0, 0, 7 * step, self.height()), self._rings, theme.current())
        painter.end()


def paint_week(painter: QPainter, area: QRectF, rings: Sequence[RingFigure], look: theme.Theme) -> None:
    """Paint a row of small rings with their labels below; in a narrow area, as small as they must be to stand apart."""
    step = area.width() / max(len(rings), 1)
    size = min(area.height() * 0.62, 0.9 * step)
    font = sized(painter.font(), area.height() * 0.22)
    widest = max((QFontMetricsF(font).horizontalAdvance(ring.label) for ring in rings), default=0.0)
    if widest > 0.94 * step:
        font = sized(font, area.height() * 0.22 * 0.94 * step / widest)
    for number, ring in enumerate(rings):
        x = area.left() + number * step + (step - size) / 2
        box = QRectF(x, area.top(), size, size)
        paint_ring(painter, box, ring, look)
        if ring.reached:
            paint_tick_mark(painter, box.center(), 0.4 * size, look.sign(Sign.UPRIGHT))
        painter.setFont(font)
        painter.setPen(look.color("quiet"))
        below = QRectF(area.left() + number * step, box.bottom() + 2, step, area.height() - size - 2)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, ring.label)


def shared_picture(today: RingFigure, week: Sequence[RingFigure], title: str, lines: Sequence[str]) -> QImage:
    """A picture for sharing: today's ring, the week, a few words; nothing about the user except these figures."""
    look = theme.current()
    image = QImage(_SHARED, QImage.Format.Format_RGB32)
    image.fill(look.color("ground"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ring = QRectF(80, 130, 400, 400)
    paint_ring(painter, ring, today, look)
    paint_ring_words(painter, ring, today, look)
    left, width = 560, _SHARED.width() - 560 - 60
    painter.setPen(look.color("text"))
    painter.setFont(sized(painter.font(), 46, 700))
    wraps = Qt.TextFlag.TextWordWrap.value | Qt.AlignmentFlag.AlignLeft.value
    painter.drawText(QRectF(left, 110, width, 130), wraps | Qt.AlignmentFlag.AlignBottom.value, title)
    painter.setPen(look.color("quiet"))
    font = sized(painter.font(), 28)
    widest = max((QFontMetricsF(font).horizontalAdvance(line) for line in lines), default=0.0)
    painter.setFont(font if widest <= width else sized(font, 28 * width / widest))
    for number, line in enumerate(lines):
        painter.drawText(QRectF(left, 262 + 46 * number, width, 44), Qt.AlignmentFlag.AlignLeft, line)
    paint_week(painter, QRectF(left - 8, 440, min(width, 560), 110), week, look)
    painter.setFont(sized(painter.font(), 22))
    painter.setPen(look.color("quiet"))
    painter.drawText(QRectF(0, 620, _SHARED.width() - 40, 36), Qt.AlignmentFlag.AlignRight, "posturecam")
    painter.end()
    return image


def encoded(picture: QImage, ending: str) -> bytes:
    """A picture as the content of a file with this ending, such as ".png"; as PNG for an ending that Qt writes no pictures for."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not QImageWriter(buffer, ending[1:].encode() or b"png").write(picture):
        QImageWriter(buffer, b"png").write(picture)
    return bytes(buffer.data().data())
