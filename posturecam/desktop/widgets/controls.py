"""Controls that Qt lacks: a switch, a slider with chosen steps, a segmented choice, and a drop-down list that stays narrow."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QShowEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QSizePolicy,
    QSlider,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from posturecam.desktop.widgets.confirm import announce
from posturecam.desktop.widgets.layouts import FlowLayout, SideBySide
from posturecam.desktop.widgets.parts import Chip, ChipGroup, pressed_by_enter
from posturecam.desktop.widgets.theme import current, fit_text, scaled
from posturecam.i18n.translate import joined
from posturecam.i18n.words import SHORT_SENTENCES

if TYPE_CHECKING:
    _Control = QWidget
else:
    _Control = object


class WheelWhenFocused(_Control):
    """Mixed into a control, leaves the wheel to the page that scrolls, unless the control was chosen.

    An event filter would do too, but runs Python code for every event of every control.
    """

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Take the wheel only with the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Switch(QCheckBox):
    """On or off, as on a phone. Screen readers announce it as a check box."""

    _WIDE, _TALL, _ROOM = 40, 22, 4

    def __init__(self) -> None:
        super().__init__()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """The same on every system, with room for the focus ring."""
        return QSize(scaled(self._WIDE) + 2 * self._ROOM, scaled(self._TALL) + 2 * self._ROOM)

    def minimumSizeHint(self) -> QSize:
        """The size hint is the minimum."""
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        """The whole control can be clicked."""
        return self.rect().contains(pos)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter switch it too, not only Space."""
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A knob: at the right of a filled track if it is on, at the left of an empty one if it is off."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.isEnabled():
            painter.setOpacity(0.45)
        track = QRectF(self.rect()).adjusted(self._ROOM, self._ROOM, -self._ROOM, -self._ROOM)
        on, half = self.isChecked(), track.height() / 2
        painter.setPen(QPen(theme.color("accent" if on else "edge"), 1.5))
        painter.setBrush(theme.color("accent" if on else "surface"))
        painter.drawRoundedRect(track.adjusted(0.75, 0.75, -0.75, -0.75), half, half)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("on_accent" if on else "edge"))
        painter.drawEllipse(
            QPointF(track.right() - half if on else track.left() + half, track.center().y()), half - 4.5, half - 4.5
        )
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), theme.ring))
            painter.drawRoundedRect(theme.framed(self.rect()), half + 2, half + 2)
        painter.end()


class _Track(WheelWhenFocused, QSlider):
    """A slider that looks the same on every system, with a knob that is easy to hit."""

    _KNOB = 9.0

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        fit_text(self, lambda: self.setFixedHeight(scaled(28)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The track, filled as far as the knob."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.isEnabled():
            painter.setOpacity(0.45)
        margin, middle = self._KNOB + 2, self.height() / 2
        share = (self.value() - self.minimum()) / max(self.maximum() - self.minimum(), 1)
        x = margin + share * (self.width() - 2 * margin)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("line"))
        painter.drawRoundedRect(QRectF(margin, middle - 2, self.width() - 2 * margin, 4), 2, 2)
        painter.setBrush(theme.color("accent"))
        painter.drawRoundedRect(QRectF(margin, middle - 2, x - margin, 4), 2, 2)
        focused = self.hasFocus()
        painter.setPen(QPen(theme.color("accent"), 2))
        if focused:
            painter.setBrush(theme.color("accent", 0.25))
            painter.drawEllipse(QPointF(x, middle), self._KNOB + 1, self._KNOB + 1)
        painter.setBrush(theme.color("accent" if focused else "surface"))
        painter.drawEllipse(QPointF(x, middle), self._KNOB - 2, self._KNOB - 2)
        painter.end()


_WORDS = 64
"""Least width of the words beside a slider, device-independent pixels, so that sliders above one another are equally
long."""


class StepSlider(QWidget):
    """A slider with chosen values, and the value in words beside it."""

    moved = Signal()
    """The value changed; the user may still be dragging."""
    settled = Signal()
    """The knob was released."""

    def __init__(self, steps: Sequence[float], spoken: Callable[[float], str]) -> None:
        """Create it at the first step.

        Args:
            steps: The values, in ascending order.
            spoken: A value in words.
        """
        super().__init__()
        self._steps, self._spoken, self._value = tuple(steps), spoken, steps[0]
        self._help = ""
        self.slider: QSlider = _Track()
        self.slider.setRange(0, len(steps) - 1)
        self.slider.setPageStep(max(len(steps) // 5, 1))
        self.slider.setMinimumWidth(72)
        self.words = QLabel()
        self.words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = SideBySide(10)
        self.setLayout(row)
        row.add_part(self.slider, 72, 1)
        row.add_part(self.words)
        self.slider.valueChanged.connect(self._move)
        self.slider.sliderReleased.connect(self.settled)
        self._say()

    @property
    def value(self) -> float:
        """The chosen value; one between the steps if that was shown."""
        return self._value

    def explain(self, help_: str) -> None:
        """Let screen readers say this help after the value."""
        self._help = help_
        self._say()

    def show_value(self, value: float) -> None:
        """Show this value, which may lie between the steps; emits no signal."""
        self._value = value
        nearest = min(range(len(self._steps)), key=lambda number: abs(self._steps[number] - value))
        with QSignalBlocker(self.slider):
            self.slider.setValue(nearest)
        self._say()

    def showEvent(self, event: QShowEvent) -> None:
        """Fit the words' width, which is known only now."""
        super().showEvent(event)
        self._say()

    def _move(self, number: int) -> None:
        self._value = self._steps[number]
        self._say()
        if self.slider.hasFocus():
            announce(self.slider, self._spoken(self._value))  # by itself, a screen reader says the number of the step
        self.moved.emit()

    def _say(self) -> None:
        self.words.ensurePolished()
        widest = max(
            self.words.fontMetrics().horizontalAdvance(self._spoken(step)) for step in (*self._steps, self._value)
        )
        self.words.setMinimumWidth(max(widest + 4, scaled(_WORDS)))
        self.words.setText(self._spoken(self._value))
        said = [self._spoken(self._value), *([self._help] if self._help else [])]
        self.slider.setAccessibleDescription(joined(SHORT_SENTENCES, said))
        self.slider.setToolTip(self._spoken(self._value))


class Segments(QWidget):
    """One choice of a few, side by side; the arrow keys move between them."""

    chosen = Signal(str)
    """The value of the one that the user chose."""

    def __init__(self, choices: Sequence[tuple[str, str]]) -> None:
        """Create it with nothing chosen.

        Args:
            choices: The value and the label of each.
        """
        super().__init__()
        row = FlowLayout(6)
        self.setLayout(row)
        self._group = ChipGroup(self)
        self.chips: dict[str, Chip] = {}
        for value, words in choices:
            chip = Chip(words, ticked=False)
            chip.clicked.connect(lambda _=False, value=value: self.chosen.emit(value))
            chip.toggled.connect(  # Tab goes to the chosen one, the arrow keys to the others
                lambda on, chip=chip: chip.setFocusPolicy(
                    Qt.FocusPolicy.StrongFocus if on else Qt.FocusPolicy.ClickFocus
                )
            )
            chip.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            self._group.add(chip)
            self.chips[value] = chip
            row.addWidget(chip)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def take_focus(self) -> None:
        """Focus the chosen one."""
        chosen = self._group.checkedButton()
        if chosen is not None:
            chosen.setFocus()

    @property
    def value(self) -> str:
        """The chosen value; empty if there is none."""
        return next((value for value, chip in self.chips.items() if chip.isChecked()), "")

    def show_value(self, value: str) -> None:
        """Choose this one; emits no signal."""
        if value in self.chips:
            self.chips[value].setChecked(True)


_FEWEST_LETTERS = 8
"""How many letters of the chosen text a drop-down list shows at least."""


class ChoiceList(WheelWhenFocused, QComboBox):
    """A drop-down list that may be refilled each time it is opened; text that is too long ends in "…"."""

    def __init__(
        self, parent: QWidget | None = None, refresh: Callable[[], None] | None = None, letters: int = 14
    ) -> None:
        """Create an empty list, wide enough for this many letters."""
        super().__init__(parent)
        self._refresh, self._about = refresh, ""
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(letters)
        self.view().setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.currentTextChanged.connect(self.setToolTip)
        self.setStyleSheet("QComboBox::drop-down { border: none; width: 28px; } QComboBox::down-arrow { image: none; }")

    def minimumSizeHint(self) -> QSize:
        """Wide enough for a few letters of the chosen text, where there is no room for more."""
        least = super().minimumSizeHint()
        spared = max(self.minimumContentsLength() - _FEWEST_LETTERS, 0)
        return least - QSize(spared * self.fontMetrics().horizontalAdvance("X"), 0)

    def setAccessibleName(self, name: str) -> None:
        """Name the list; on systems that do not read the name, the description begins with it."""
        super().setAccessibleName(name)
        self.setAccessibleDescription(self._about)

    def setAccessibleDescription(self, description: str) -> None:
        """Describe the list. Except on Windows, Qt passes the chosen text to screen readers in place of the list's name."""
        self._about = description
        told = [description] if sys.platform == "win32" else [self.accessibleName(), description]
        super().setAccessibleDescription(joined(SHORT_SENTENCES, [one for one in told if one]))

    def showPopup(self) -> None:
        """Open the list, no wider than the window."""
        if self._refresh is not None:
            self._refresh()
        self.view().setAccessibleName(self.accessibleName())
        wanted = max(
            (self.fontMetrics().horizontalAdvance(self.itemText(row)) for row in range(self.count())), default=0
        )
        self.view().setMinimumWidth(min(max(wanted + 40, self.width()), self.window().width()))
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field, and an arrow that is sharp on any screen."""
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.width() - 44
        if self.currentIndex() < 0:
            option.currentText = self.placeholderText()
        option.currentText = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideMiddle, room)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        right, middle = self.width() - 16.0, self.height() / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(current().color("quiet"), 1.6))
        corners = ((-5, -2.5), (0, 2.5), (5, -2.5))
        painter.drawPolyline([QPointF(right + x, middle + y) for x, y in corners])
        painter.end()
