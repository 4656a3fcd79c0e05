"""The ways of being reminded as picture cards: each shows on a small screen what it does."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from posturecam.desktop.pages.settings.everyday import WAYS
from posturecam.desktop.widgets import theme
from posturecam.desktop.widgets.qt_canvas import write
from posturecam.i18n.translate import tr
from posturecam.session.protocol.sign import Sign

_SIZE = QSize(176, 178)
_SCREEN = 92
"""Height of the small screen, device-independent pixels."""
_SECONDS, _STEP = 2.4, 40
"""Seconds the animation takes; and milliseconds between two steps."""
_RESTING = 0.5
"""The fraction of the animation shown while nothing moves."""


class WayCard(QAbstractButton):
    """One way of being reminded. It is animated while it is pointed at or focused, and once when it is chosen."""

    def __init__(self, way: str, *, still: bool = False) -> None:
        """Create it, not chosen.

        Args:
            way: The setting's word.
            still: Whether motion is reduced.
        """
        super().__init__()
        self.way, self._still = way, still
        name, words = WAYS[way]
        self.setText(tr(name))
        self.setCheckable(True)
        self.setAccessibleName(tr(name))
        self.setAccessibleDescription(tr(words))
        self.setToolTip(tr(words))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._at = _RESTING
        self._moving = QTimer(self, interval=_STEP)
        self._moving.timeout.connect(self._step)
        self.toggled.connect(lambda on: self._show_once() if on else None)

    @property
    def is_moving(self) -> bool:
        """Whether the animation is running."""
        return self._moving.isActive()

    def sizeHint(self) -> QSize:
        """All cards have the same size."""
        return QSize(theme.scaled(_SIZE.width()), _SCREEN + theme.scaled(_SIZE.height() - _SCREEN))

    def minimumSizeHint(self) -> QSize:
        """The size hint is the minimum: cut-off text cannot be read."""
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show what it does."""
        super().enterEvent(event)
        self._show_once()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show what it does."""
        super().focusInEvent(event)
        self._show_once()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Space choose it; other keys go to the window, where Enter leads on to the next step."""
        if event.key() == Qt.Key.Key_Space:
            self.click()
        else:
            super().keyPressEvent(event)

    def _show_once(self) -> None:
        if not self._still:
            self._at = 0.0
            self._moving.start()

    def _step(self) -> None:
        self._at += _STEP / 1000 / _SECONDS
        if self._at >= 1:
            again = self.underMouse() and self.isVisible()
            self._at = 0.0 if again else _RESTING
            if not again:
                self._moving.stop()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The small screen, the name and a sentence, and a tick if it is chosen."""
        now, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen, focused = self.isChecked(), self.hasFocus()
        painter.setPen(
            QPen(now.color("text" if focused else "accent" if chosen else "line"), now.ring if focused or chosen else 1)
        )
        painter.setBrush(now.color("raised" if self.underMouse() else "surface"))
        painter.drawRoundedRect(now.framed(self.rect()), theme.ROUND, theme.ROUND)
        screen = QRectF(12, 12, self.width() - 24, _SCREEN - 12)
        _paint_desktop(painter, screen)
        painter.save()
        clip = QPainterPath()
        clip.addRoundedRect(screen, 6, 6)
        painter.setClipPath(clip)
        _PICTURES[self.way](painter, screen, self._at)
        painter.restore()
        words = QRectF(12, _SCREEN + 8, self.width() - 24, self.height() - _SCREEN - 14)
        size = theme.scaled(14)
        y = write(painter, words, self.text(), now.color("text"), size, 600, 2, least=theme.scaled(11))
        words.setTop(y + 2)
        write(
            painter, words, tr(WAYS[self.way][1]), now.color("quiet"), theme.scaled(12), 400, 3, least=theme.scaled(10)
        )
        self._paint_tick(painter, chosen)
        painter.end()

    def _paint_tick(self, painter: QPainter, chosen: bool) -> None:
        now = theme.current()
        middle = QPointF(self.width() - 18.0, 18.0)
        painter.setPen(QPen(now.color("accent" if chosen else "edge"), 1.5))
        painter.setBrush(now.color("accent" if chosen else "surface"))
        painter.drawEllipse(middle, 9, 9)
        if chosen:
            painter.setPen(QPen(now.color("on_accent"), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            corners = ((-4, 0), (-1, 3), (4, -3))
            painter.drawPolyline([middle + QPointF(x, y) for x, y in corners])


def _paint_desktop(painter: QPainter, screen: QRectF) -> None:
    """A screen with a window and some lines of text."""
    now = theme.current()
    painter.setPen(QPen(now.color("edge"), 1))
    painter.setBrush(now.color("ground"))
    painter.drawRoundedRect(screen, 6, 6)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(now.color("raised"))
    window = screen.adjusted(14, 12, -34, -14)
    painter.drawRoundedRect(window, 3, 3)
    painter.setBrush(now.color("line"))
    for number, share in enumerate((0.7, 0.85, 0.55)):
        painter.drawRoundedRect(
            QRectF(window.left() + 7, window.top() + 9 + 11 * number, share * (window.width() - 14), 4), 2, 2
        )


def _eased(at: float, begin: float, end: float) -> float:
    share = min(max((at - begin) / (end - begin), 0.0), 1.0)
    return share * share * (3 - 2 * share)


def _paint_notification(painter: QPainter, screen: QRectF, at: float) -> None:
    """A card slides in at the right."""
    now = theme.current()
    share = _eased(at, 0.05, 0.25) - _eased(at, 0.85, 1.0)
    card = QRectF(screen.right() - 8 - 66 * share, screen.bottom() - 40, 62, 34)
    painter.setPen(QPen(now.color("accent"), 1.2))
    painter.setBrush(now.color("surface"))
    painter.drawRoundedRect(card, 4, 4)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(now.color("quiet"))
    painter.drawRoundedRect(QRectF(card.left() + 7, card.top() + 7, 38, 4), 2, 2)
    painter.setBrush(now.color("accent"))
    painter.drawRoundedRect(QRectF(card.left() + 7, card.top() + 19, 22, 9), 3, 3)
    painter.setBrush(now.color("line"))
    painter.drawRoundedRect(QRectF(card.left() + 33, card.top() + 19, 22, 9), 3, 3)


def _paint_sound(painter: QPainter, screen: QRectF, at: float) -> None:
    """Waves go out from a loudspeaker."""
    now = theme.current()
    middle = screen.center() + QPointF(-14, 0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(now.color("accent"))
    shape = ((-10, -6), (-3, -6), (7, -14), (7, 14), (-3, 6), (-10, 6))
    painter.drawPolygon([middle + QPointF(x, y) for x, y in shape])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for number in range(3):
        radius = 14 + 10 * number
        strength = max(math.sin(math.pi * min(max(2.2 * at - 0.28 * number, 0.0), 1.0)), 0.16)
        painter.setPen(QPen(now.color("accent", strength), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        box = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
        painter.drawArc(box, -40 * 16, 80 * 16)


def _paint_glow(painter: QPainter, screen: QRectF, at: float) -> None:
    """The edge grows brighter, and fades."""
    strength = math.sin(math.pi * at)
    glow = theme.current().sign(Sign.SLOUCHING)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ring in range(9):
        glow.setAlphaF(min(max(strength * (1 - ring / 9) ** 1.5, 0.0), 1.0))
        painter.setPen(QPen(glow, 1.6))
        inset = 1.5 * ring
        painter.drawRoundedRect(screen.adjusted(inset, inset, -inset, -inset), 6, 6)


def _paint_dim(painter: QPainter, screen: QRectF, at: float) -> None:
    """The screen darkens, and brightens."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, round(165 * math.sin(math.pi * at))))
    painter.drawRect(screen)


def _paint_blur(painter: QPainter, screen: QRectF, at: float) -> None:
    """The contents of the screen blur, and become sharp again."""
    share, now = math.sin(math.pi * at), theme.current()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(now.color("ground", share))
    painter.drawRect(screen)
    window = screen.adjusted(14, 12, -34, -14)
    for ring in range(6, -1, -1):  # soft edges: the inner ones are less transparent
        painter.setBrush(now.color("line", 0.3 * share))
        painter.drawRoundedRect(window.adjusted(-ring, -ring, ring, ring), 4 + ring, 4 + ring)


_PICTURES: Mapping[str, Callable[[QPainter, QRectF, float], None]] = {
    "notification": _paint_notification,
    "sound": _paint_sound,
    "glow": _paint_glow,
    "dim": _paint_dim,
    "blur": _paint_blur,
}
