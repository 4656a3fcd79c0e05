"""Number fields that accept numbers as people write them, and report what they cannot read."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QToolButton, QWidget

from posturecam.config.declarations import SettingDeclaration
from posturecam.desktop.pages.settings.words import is_long, unit_of
from posturecam.desktop.widgets.controls import WheelWhenFocused
from posturecam.desktop.widgets.numbers import duration, duration_units, figure, typed_number
from posturecam.desktop.widgets.theme import fit_text, scaled

_ANY = 1e9


class NumberBox(WheelWhenFocused, QDoubleSpinBox):
    """A number without trailing zeros. Anything may be typed: text that is not a number is reported; limits are checked elsewhere.

    Qt's own field would silently move a value outside its limits to the nearest one, and accept no letters at all.
    """

    unreadable = Signal(str)
    """The typed text, if it is not a number."""

    def __init__(self, low: float, high: float, *, whole: bool = False, parent: QWidget | None = None) -> None:
        """Create the field at its lowest value.

        Args:
            low: Where steps end.
            high: Where steps end at the top.
            whole: Whether steps are whole numbers.
            parent: Parent widget.
        """
        super().__init__(parent)
        self.low, self.high, self._whole = low, high, whole
        self.setDecimals(3)
        self.setRange(-_ANY, _ANY)
        self.setValue(low)
        self.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self.setKeyboardTracking(False)

    def textFromValue(self, value: float) -> str:
        """The number, as short as it can be."""
        return figure(value, 7)

    def valueFromText(self, text: str) -> float:
        """The number; the current value if the text has none."""
        number = self._number(text)
        return self.value() if number is None else number

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Accept anything while the user is typing."""
        known = self._number(text) is not None
        return QValidator.State.Acceptable if known else QValidator.State.Intermediate, text, position

    def fixup(self, text: str) -> str:
        """Report text that is not a number, and restore the previous value."""
        self.unreadable.emit(text.removesuffix(self.suffix()).strip())
        return self.textFromValue(self.value()) + self.suffix()

    def stepBy(self, steps: int) -> None:
        """Step, but not beyond the limits."""
        if self._whole:
            self.setValue(self.value() + steps)
        else:
            super().stepBy(steps)
        self.setValue(min(max(self.value(), self.low), self.high))

    def _number(self, text: str) -> float | None:
        return typed_number(text.removesuffix(self.suffix()))


class DurationBox(NumberBox):
    """Seconds, shown and typed as "50 min", "1 h 30 min" or "20 s"; a bare number is in the unit last shown.

    Units may be typed in the user's language and as the international abbreviations.
    """

    def textFromValue(self, value: float) -> str:
        """The value in words, such as "5 min"."""
        return duration(value)

    def stepBy(self, steps: int) -> None:
        """Step by an amount that suits the length: a second, ten, a minute, five."""
        now = self.value()
        step = next((size for least, size in ((3600, 300), (600, 60), (60, 10)) if now >= least), 1)
        wanted = (now // step + steps) * step if steps > 0 or now % step == 0 else (now // step) * step
        self.setValue(min(max(wanted, self.low), self.high))

    def _number(self, text: str) -> float | None:
        seconds = {
            "h": 3600.0,
            "min": 60.0,
            "m": 60.0,
            "s": 1.0,
            **{word.lower(): length for word, length in duration_units().items()},
        }
        words = "|".join(map(re.escape, sorted(seconds, key=len, reverse=True)))
        part = re.compile(rf"(\d(?:.*?\d)??)\s*({words}|$)\s*", re.IGNORECASE)
        found = part.findall(text)
        if not found or part.sub("", text).strip():
            return None
        usual = duration(self.value()).rpartition(" ")[2]
        total = 0.0
        for typed, unit in found:
            number = typed_number(typed)
            if number is None:
                return None
            total += number * seconds[(unit or usual).lower()]
        return total


def step_button(box: QAbstractSpinBox, sign: str, name: str, steps: int) -> QToolButton:
    """A step by mouse; the keyboard has the arrow keys in the field itself."""
    button = QToolButton(box.parentWidget())
    button.setText(sign)
    button.setAccessibleName(name)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setAutoRepeat(True)
    button.setAutoRaise(True)
    fit_text(button, lambda: button.setFixedSize(scaled(36), scaled(36)))
    button.clicked.connect(lambda: box.stepBy(steps))
    return button


def number_box(entry: SettingDeclaration, kind: type, parent: QWidget) -> NumberBox:
    """The field for a number of this kind, with the setting's limits, and its unit if that is short."""
    low, high = -1e6 if entry.low is None else entry.low, 1e6 if entry.high is None else entry.high
    make = DurationBox if is_long(entry) else NumberBox
    box = make(low, high, whole=kind is int, parent=parent)
    unit = unit_of(entry)
    if len(unit) <= 3 and not is_long(entry):
        box.setSuffix(unit if unit == "°" else f" {unit}" if unit else "")
    box.lineEdit().setTextMargins(4, 0, 4, 0)
    fit_text(box, lambda: box.setFixedWidth(scaled(116)))
    return box
