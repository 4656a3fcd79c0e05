"""The cards of the page "Stretch": one routine or exercise each, with its drawn pose, painted and pressed like a button."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QWidget

from posturecam.coach.presentation.descriptions import POSITION, dose_text
from posturecam.desktop.pages.stretch.pose_widget import draw_pose
from posturecam.desktop.pages.stretch.words import CAMERA, StretchChoice, minutes_text
from posturecam.desktop.widgets.parts import pressed_by_enter
from posturecam.desktop.widgets.qt_canvas import fitted, write
from posturecam.desktop.widgets.theme import GAP, ROUND, current, fit_text, scaled
from posturecam.i18n.translate import joined, tr, trn
from posturecam.i18n.words import SHORT_SENTENCES

_HEIGHT, _WIDTH = 168, 300
_POSE = 118
"""Least height of a card, its width, and the side of its picture, device-independent pixels."""
_NARROWEST = 240
_WORDS_LEFT, _WORDS_RIGHT = 16 + _POSE + 16, 14
"""Space beside the words, device-independent pixels."""
_MOST_LINES = 12


def facts(choice: StretchChoice) -> list[str]:
    """How long it is, and where it is done and the camera must stand."""
    if choice.is_routine:
        count = trn("{number} exercise", "{number} exercises", len(choice.exercises))
        place = tr("Partly on the floor") if choice.on_floor else tr("At the desk")
        return [f"{minutes_text(choice.minutes)} · {count}", place]
    exercise = choice.exercises[0]
    return [
        f"{tr(dose_text(exercise))} · {minutes_text(choice.minutes)}",
        tr(POSITION[exercise.position]),
        tr(CAMERA[exercise.placement.facing]),
    ]


def caution(choice: StretchChoice) -> str:
    """The cautions of an exercise, or the purpose of a routine."""
    return tr(choice.why if choice.is_routine else choice.exercises[0].cautions[0])


class StretchCard(QAbstractButton):
    """One routine or exercise to choose."""

    def __init__(self, choice: StretchChoice) -> None:
        super().__init__()
        self.choice = choice
        self._sized: tuple[str, int] | None = None
        self._heights: dict[int, int] = {}
        """The height needed, by width: a layout asks four times for each card."""
        self.setText(tr(choice.title))
        self.setAccessibleName(tr(choice.title))
        self.setAccessibleDescription(joined(SHORT_SENTENCES, [*facts(choice), caution(choice).rstrip(".。")]))
        self.setToolTip(caution(choice))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        """The same width for all cards."""
        return QSize(_wide(), self.heightForWidth(_wide()))

    def minimumSizeHint(self) -> QSize:
        """Narrower than `sizeHint`."""
        return QSize(_NARROWEST, _HEIGHT)

    def heightForWidth(self, width: int) -> int:
        """As high as its text needs, so that cautions are never cut off."""
        sized = self.font().key(), scaled(_HEIGHT)
        if sized != self._sized:
            self._sized, self._heights = sized, {}
        if width not in self._heights:
            self._heights[width] = self._height(width)
        return self._heights[width]

    def _height(self, width: int) -> int:
        room = width - _WORDS_LEFT - _WORDS_RIGHT
        high = 0.0
        for words, size, weight, gap in self._words():
            lines, chosen = fitted(words, self.font().toString(), room, _MOST_LINES, size, weight, size)
            high += 1.25 * chosen * len(lines) + gap
        return max(_HEIGHT, round(high) + 28)

    def _words(self) -> list[tuple[str, int, int, int]]:
        """What is written, from the top: the words, their size in pixels and weight, and the gap below."""
        place = facts(self.choice)
        small = scaled(12)
        return [
            (self.text(), scaled(15), 600, 3),
            (place[0], scaled(13), 400, 1),
            (" · ".join(place[1:]), scaled(13), 400, 6),
            (caution(self.choice), small, 400, 0),
        ]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens it too, as Space does."""
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture on the left, the words beside it."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.underMouse() or self.isDown()
        focused = self.hasFocus()
        painter.setPen(QPen(theme.color("accent" if focused or lit else "line"), theme.ring if focused else 1))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(theme.framed(self.rect()), ROUND, ROUND)
        pose = QRectF(16, (self.height() - _POSE) / 2, _POSE, _POSE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(pose, ROUND - 2, ROUND - 2)
        self._poses(painter, pose)
        words = QRectF(_WORDS_LEFT, 14, self.width() - _WORDS_LEFT - _WORDS_RIGHT, self.height() - 24)
        painter.setFont(self.font())
        for number, (line, size, weight, gap) in enumerate(self._words()):
            ink = theme.color("quiet" if number else "text")
            words.setTop(write(painter, words, line, ink, size, weight, _MOST_LINES, least=size) + gap)
        painter.end()

    def _poses(self, painter: QPainter, area: QRectF) -> None:
        """The pose; for a routine the first four, small."""
        theme, ground = current(), current().color("raised")
        exercises = self.choice.exercises
        if len(exercises) == 1:
            draw_pose(painter, area.adjusted(8, 8, -8, -8), exercises[0].id, theme, ground)
            return
        half = area.width() / 2
        shown = exercises[:4]
        for index, exercise in enumerate(shown):
            x, y = area.left() + half * (index % 2), area.top() + half * (index // 2)
            if len(shown) == 2:  # one row in the middle
                y += half / 2
            elif len(shown) == 3 and index == 2:
                x += half / 2
            draw_pose(painter, QRectF(x, y, half, half).adjusted(6, 6, -6, -6), exercise.id, theme, ground)


def _wide() -> int:
    """Width of a card whose words have the system's size."""
    beside = _WORDS_LEFT + _WORDS_RIGHT
    return beside + scaled(_WIDTH - beside)


class CardGrid(QWidget):
    """Cards side by side, as many as fit."""

    def __init__(self) -> None:
        super().__init__()
        self._cards: list[QWidget] = []
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP)
        fit_text(self, self._arrange)

    def put(self, cards: Sequence[QWidget]) -> None:
        """Show these cards, in order, and hide the others. Appending cards moves none."""
        before = len(self._cards)
        if list(cards) == self._cards:
            return
        if before and self._columns and list(cards[:before]) == self._cards:
            self._grid.setEnabled(False)  # otherwise showing each card would lay out all of them again
            for index, one in enumerate(cards[before:], before):
                one.setParent(self)
                self._grid.addWidget(one, index // self._columns, index % self._columns)
                one.show()
            self._grid.setEnabled(True)
            self._cards = list(cards)
            return
        shown = not self.isHidden()
        self.hide()  # for the same reason
        for one in self._cards:
            self._grid.removeWidget(one)
            one.hide()
        self._cards, self._columns = list(cards), 0
        for one in self._cards:
            one.setParent(self)
            one.show()
        self._arrange()
        self.setVisible(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many columns as fit."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        columns = max((self.width() + GAP) // (_wide() + GAP), 1)
        if columns == self._columns or not self._cards:
            return
        for one in self._cards:
            self._grid.removeWidget(one)
        for column in range(max(columns, self._columns)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._columns = columns
        for index, one in enumerate(self._cards):
            self._grid.addWidget(one, index // columns, index % columns)
