"""Windows that fit the screen, pages that scroll where it is small, and rows that break where they are too long."""

from __future__ import annotations

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
)

SMALLEST = QSize(480, 300)
"""No window can be made smaller than this, device-independent pixels: a laptop of 1366×768 at 200 % leaves 683×352."""
_TITLE_BAR = 32
"""Height that the system's frame around a window takes, device-independent pixels: Qt cannot tell before it is shown."""
_LOWEST_INNER = 110
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
            inner.setMinimumHeight(max(inner.minimumHeight(), _LOWEST_INNER))
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

    def __init__(self, spacing: int = 8, *, centred: bool = False) -> None:
        """An empty row.

        Args:
            spacing: Between widgets, in both directions, device-independent pixels.
            centred: Put rows in the middle, not at the left.
        """
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._centred = centred
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
            x = rect.left() + (max(rect.width() - wide, 0) // 2 if self._centred else 0)
            for item in row:
                size = item.sizeHint().boundedTo(QSize(rect.width(), tall))
                if move:
                    item.setGeometry(QRect(QPoint(x, y + (tall - size.height()) // 2), size))
                x += size.width() + self.spacing()
            y += tall + self.spacing()
        return y - self.spacing() - rect.top()
