"""Windows that fit the screen, pages that scroll where it is small, and rows that break where they are too long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLayout,
    QLayoutItem,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
    QWidgetItem,
)

from posturecam.desktop.widgets.theme import scaled

SMALLEST = QSize(480, 300)
"""No window can be made smaller than this, device-independent pixels: a laptop of 1366×768 at 200 % leaves 683×352."""
_TITLE_BAR = 32
"""Height that the system's frame around a window takes, device-independent pixels: Qt cannot tell before it is shown."""
LOWEST_INNER = 110
"""A part of a page that scrolls by itself stays at least this high; less would not show a row."""


def fit_to_screen(window: QWidget, wanted: QSize) -> None:
    """Give a window this size, or the largest that its screen has room for, and let it not be made too small to use."""
    screen = window.screen() or QGuiApplication.primaryScreen()
    room = wanted if screen is None else screen.availableGeometry().size() - QSize(0, _TITLE_BAR)
    window.setMinimumSize(SMALLEST.boundedTo(room))
    window.resize(wanted.boundedTo(room))


def keep_on_screen(window: QWidget) -> None:
    """Bring a window that is shown back where it can be reached: after a smaller screen, or one that is gone."""
    screen = window.screen()
    if screen is None or window.isMaximized() or window.isFullScreen():
        return
    room = screen.availableGeometry()
    if window.width() > room.width() or window.height() > room.height() - _TITLE_BAR:
        fit_to_screen(window, window.size())
    frame = window.frameGeometry()
    left = min(max(frame.left(), room.left()), max(room.right() - frame.width(), room.left()))
    top = min(max(frame.top(), room.top()), max(room.bottom() - frame.height(), room.top()))
    if (left, top) != (frame.left(), frame.top()):
        window.move(left, top)


_AROUND_FOCUS = 24
"""Pixels above and below of what has the focus that come into sight with it."""


class ScrollingPage(QScrollArea):
    """A page as large as the window, with scroll bars only where the window is smaller than the page can be."""

    def __init__(self, page: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it is reached by itself
        for inner in page.findChildren(QScrollArea):  # it may be as low as it must, as it scrolls by itself
            inner.setSizePolicy(inner.sizePolicy().horizontalPolicy(), QSizePolicy.Policy.Ignored)
            inner.setMinimumHeight(max(inner.minimumHeight(), LOWEST_INNER))
        self.setWidgetResizable(True)
        self.setWidget(page)
        self.viewport().setAutoFillBackground(False)
        page.setAutoFillBackground(False)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        """What has the focus is in sight, however it got it."""
        if now is not None and self.isVisible() and self.isAncestorOf(now) and now is not self.widget():
            self.ensureWidgetVisible(now, 0, _AROUND_FOCUS)

    def minimumSizeHint(self) -> QSize:
        """Anything, as it scrolls."""
        return QSize(0, 0)


class PageStack(QWidget):
    """Pages one at a time, as small as the one that is shown can be: Qt's own stack takes the room of the largest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._shown: QWidget | None = None

    def addWidget(self, page: QWidget) -> None:
        """Add a page; the first is shown."""
        self._column.addWidget(page, 1)
        if self._shown is None:
            self._shown = page
        else:
            page.hide()

    def currentWidget(self) -> QWidget | None:
        """The page that is shown."""
        return self._shown

    def setCurrentWidget(self, page: QWidget) -> None:
        """Show this page."""
        if page is not self._shown:
            if self._shown is not None:
                self._shown.hide()
            self._shown = page
            page.show()


class FlowLayout(QLayout):
    """Widgets in a row, and in further rows below where there is no room beside; hidden ones take no room."""

    def __init__(self, spacing: int = 8, *, centred: bool = False, at_end: bool = False) -> None:
        """An empty row.

        Args:
            spacing: Between widgets, in both directions, device-independent pixels.
            centred: Put rows in the middle, not at the left.
            at_end: Put rows at the right.
        """
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._before = 1.0 if at_end else 0.5 if centred else 0.0
        """Share of the width that a row leaves free which is before it."""
        self.setSpacing(spacing)
        self.setContentsMargins(QMargins())

    def addItem(self, item: QLayoutItem) -> None:
        """As Qt asks of a layout."""
        self._items.append(item)

    def count(self) -> int:
        """How many there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """One of them; None where there is none of this number."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Take one out."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It takes no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """The narrower it is, the more rows there are."""
        return True

    def heightForWidth(self, width: int) -> int:
        """How high it is with this width."""
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        """Place the widgets."""
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        """All in one row."""
        sizes = [item.sizeHint() for item in self._shown()]
        wide = sum(size.width() for size in sizes) + self.spacing() * max(len(sizes) - 1, 0)
        return QSize(wide, max((size.height() for size in sizes), default=0))

    def minimumSize(self) -> QSize:
        """Each in a row of its own."""
        sizes = [item.minimumSize() for item in self._shown()]
        return QSize(
            max((size.width() for size in sizes), default=0), max((size.height() for size in sizes), default=0)
        )

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _place(self, rect: QRect, *, move: bool) -> int:
        """Break into rows, and place them where that is asked; returns the height."""
        rows: list[list[QLayoutItem]] = [[]]
        used = 0
        for item in self._shown():
            wide = item.sizeHint().width()
            if rows[-1] and used + self.spacing() + wide > rect.width():
                rows.append([])
                used = 0
            used += wide + (self.spacing() if rows[-1] else 0)
            rows[-1].append(item)
        y = rect.top()
        for row in rows:
            tall = max((item.sizeHint().height() for item in row), default=0)
            wide = sum(item.sizeHint().width() for item in row) + self.spacing() * max(len(row) - 1, 0)
            x = rect.left() + round(self._before * max(rect.width() - wide, 0))
            for item in row:
                size = item.sizeHint().boundedTo(QSize(rect.width(), tall))
                if move:
                    item.setGeometry(QRect(QPoint(x, y + (tall - size.height()) // 2), size))
                x += size.width() + self.spacing()
            y += tall + self.spacing()
        return y - self.spacing() - rect.top()


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of a `SideBySide`."""

    item: QLayoutItem
    least: int | None
    """Width that it needs beside others, device-independent pixels at the usual size of text; None for its size hint."""
    stretch: int

    @property
    def wide(self) -> int:
        """The same at the current size of text."""
        return max(
            self.item.minimumSize().width(), self.item.sizeHint().width() if self.least is None else scaled(self.least)
        )

    def tall(self, width: int) -> int:
        """How high it wants to be with this width."""
        hint = self.item.heightForWidth(width) if self.item.hasHeightForWidth() else self.item.sizeHint().height()
        return max(hint, self.least_tall(width))

    def least_tall(self, width: int) -> int:
        """How low it may be with this width."""
        if self.item.hasHeightForWidth():
            return self.item.minimumHeightForWidth(width)
        return self.item.minimumSize().height()

    @property
    def grows(self) -> bool:
        """Whether it takes height that is left over."""
        return bool(self.item.expandingDirections() & Qt.Orientation.Vertical)


class SideBySide(QLayout):
    """Parts beside one another; one below the other where the window is too narrow for them, or the text too large."""

    def __init__(self, spacing: int = 12) -> None:
        """An empty row.

        Args:
            spacing: Between parts, in both directions, device-independent pixels.
        """
        super().__init__()
        self._parts: list[_Part] = []
        self.setSpacing(spacing)
        self.setContentsMargins(QMargins())

    def add_part(self, part: QWidget | QLayout, least: int | None = None, stretch: int = 0) -> None:
        """Add a part at the end.

        Args:
            part: A widget or a layout.
            least: Width that it needs to stand beside others, device-independent pixels at the usual size of text; None takes
                what it would like to have.
            stretch: Its share of the width that is left over.
        """
        if isinstance(part, QLayout):
            self.addChildLayout(part)
            self._parts.append(_Part(part, least, stretch))
        else:
            self.addChildWidget(part)
            self._parts.append(_Part(QWidgetItem(part), least, stretch))
        self.invalidate()

    def beside(self, width: int) -> bool:
        """Whether the parts stand beside one another in so many pixels."""
        parts = self._shown()
        return sum(part.wide for part in parts) + self.spacing() * (len(parts) - 1) <= width

    def addItem(self, item: QLayoutItem) -> None:
        """As Qt asks of a layout."""
        self._parts.append(_Part(item, None, 0))

    def count(self) -> int:
        """How many there are."""
        return len(self._parts)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """One of them; None where there is none of this number."""
        return self._parts[index].item if 0 <= index < len(self._parts) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Take one out."""
        return self._parts.pop(index).item if 0 <= index < len(self._parts) else None

    def expandingDirections(self) -> Qt.Orientation:
        """As high as it may be where a part is."""
        both = Qt.Orientation.Horizontal
        return both | Qt.Orientation.Vertical if any(part.grows for part in self._shown()) else both

    def hasHeightForWidth(self) -> bool:
        """The narrower it is, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """How high it wants to be with this width."""
        return self._tall(width, [part.tall for part in self._shown()])

    def minimumHeightForWidth(self, width: int) -> int:
        """How low it may be with this width."""
        return self._tall(width, [part.least_tall for part in self._shown()])

    def sizeHint(self) -> QSize:
        """All in one row."""
        parts = self._shown()
        wide = sum(part.wide for part in parts) + self.spacing() * max(len(parts) - 1, 0)
        return QSize(wide, max((part.item.sizeHint().height() for part in parts), default=0))

    def minimumSize(self) -> QSize:
        """One below the other."""
        least = [part.item.minimumSize() for part in self._shown()]
        return QSize(
            max((size.width() for size in least), default=0), max((size.height() for size in least), default=0)
        )

    def setGeometry(self, rect: QRect) -> None:
        """Place the parts."""
        super().setGeometry(rect)
        parts = self._shown()
        if not parts:
            return
        if self.beside(rect.width()):
            x = rect.left()
            for part, wide in zip(parts, self._widths(parts, rect.width()), strict=True):
                part.item.setGeometry(QRect(x, rect.top(), wide, rect.height()))
                x += wide + self.spacing()
            return
        talls = [part.tall(rect.width()) for part in parts]
        left = rect.height() - sum(talls) - self.spacing() * (len(parts) - 1)
        growing = [number for number, part in enumerate(parts) if part.grows]
        for number in growing:  # or shrinking, where there is not enough
            least = parts[number].least_tall(rect.width())
            talls[number] = max(talls[number] + left // len(growing), least)
        y = rect.top()
        for part, tall in zip(parts, talls, strict=True):
            part.item.setGeometry(QRect(rect.left(), y, rect.width(), tall))
            y += tall + self.spacing()

    def _shown(self) -> list[_Part]:
        return [part for part in self._parts if not part.item.isEmpty()]

    def _tall(self, width: int, talls: Sequence[Callable[[int], int]]) -> int:
        parts = self._shown()
        if not parts:
            return 0
        if self.beside(width):
            return max(tall(wide) for tall, wide in zip(talls, self._widths(parts, width), strict=True))
        return sum(tall(width) for tall in talls) + self.spacing() * (len(parts) - 1)

    def _widths(self, parts: Sequence[_Part], width: int) -> list[int]:
        """Of the parts beside one another: what each needs, and its share of the rest."""
        needed = [part.wide for part in parts]
        rest = width - sum(needed) - self.spacing() * (len(parts) - 1)
        shares = sum(part.stretch for part in parts)
        return [
            wide + (rest * part.stretch // shares if shares else 0) for wide, part in zip(needed, parts, strict=True)
        ]
