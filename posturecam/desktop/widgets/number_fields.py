"""Fields for numbers that read as people write them, and a list that looks like the other fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QValidator
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QWidget

from posturecam.desktop.widgets.numbers import duration, figure
from posturecam.desktop.widgets.theme import current


class NumberBox(QDoubleSpinBox):
    """A number without trailing zeros."""

    def textFromValue(self, value: float) -> str:
        """The number, as short as it can be."""
        return figure(value, 7)


class DurationBox(QDoubleSpinBox):
    """Seconds, shown and typed as "50 min", "1 h 30 min" or "20 s"; a bare number is in the unit that is shown last."""

    _PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*(h|min|m|s|)", re.IGNORECASE)
    _SECONDS: Mapping[str, float] = {"h": 3600.0, "min": 60.0, "m": 60.0, "s": 1.0}

    def textFromValue(self, value: float) -> str:
        """The value in words, such as "5 min"."""
        return duration(value)

    def valueFromText(self, text: str) -> float:
        """Seconds; the value of now where it cannot be told."""
        seconds = self._seconds(text)
        return self.value() if seconds is None else seconds

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Anything may be typed on the way to a duration."""
        seconds = self._seconds(text)
        fits = seconds is not None and self.minimum() <= seconds <= self.maximum()
        return QValidator.State.Acceptable if fits else QValidator.State.Intermediate, text, position

    def stepBy(self, steps: int) -> None:
        """A step that fits the length: a second, ten, a minute, five."""
        now = self.value()
        step = next((size for least, size in ((3600, 300), (600, 60), (60, 10)) if now >= least), 1)
        self.setValue((now // step + steps) * step if steps > 0 or now % step == 0 else (now // step) * step)

    def _seconds(self, text: str) -> float | None:
        found = self._PART.findall(text)
        if not found or self._PART.sub("", text).strip():
            return None
        usual = duration(self.value()).rpartition(" ")[2]
        return sum(float(number.replace(",", ".")) * self._SECONDS[(unit or usual).lower()] for number, unit in found)


class ChoiceList(QComboBox):
    """A list to choose from, which may be filled afresh each time it is opened."""

    def __init__(self, parent: QWidget, refresh: Callable[[], None] | None = None) -> None:
        super().__init__(parent)
        self._refresh = refresh
        self.setStyleSheet("QComboBox::drop-down { border: none; width: 28px; } QComboBox::down-arrow { image: none; }")

    def showPopup(self) -> None:
        """Open the list."""
        if self._refresh is not None:
            self._refresh()
        self.view().setAccessibleName(self.accessibleName())
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field, and an arrow that is sharp on any screen."""
        super().paintEvent(event)
        right, middle = self.width() - 16.0, self.height() / 2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(current().colour("quiet"), 1.6))
        corners = ((-5, -2.5), (0, 2.5), (5, -2.5))
        painter.drawPolyline([QPointF(right + x, middle + y) for x, y in corners])
        painter.end()
