"""Windows that fit the screen, pages that scroll if it is small, and rows that wrap if they are too long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFrame,
    QLayout,
    QLayoutItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
    QWidgetItem,
)

from posturecam.desktop.widgets.theme import scaled

SMALLEST = QSize(480, 300)
"""Minimum size of any window, device-independent pixels: a 1366×768 laptop at 200% has 683×352."""
_TITLE_BAR = 32
"""Height of the system's window frame, device-independent pixels: Qt does not know it before the window is shown."""
LOWEST_INNER = 110
"""Minimum height of a part of a page that scrolls by itself; less would not show a row."""


def fit_to_screen(window: QWidget, wanted: QSize) -> None:
    """Give a window this size, or the largest that fits its screen, and keep it from being made too small to use."""
    screen = window.screen() or QGuiApplication.primaryScreen()
    room = wanted if screen is None else screen.availableGeometry().size() - QSize(0, _TITLE_BAR)
    window.setMinimumSize(SMALLEST.boundedTo(room))
    window.resize(wanted.boundedTo(room))


def keep_on_screen(window: QWidget) -> None:
    """Move a visible window back to where it can be reached, after its screen became smaller or was disconnected."""
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


def keep_all_on_screen() -> None:
    """Move every visible window of the app to where it can be reached: not every desktop does it when a screen is disconnected."""
    for window in QApplication.topLevelWidgets():
        overlay = bool(window.windowFlags() & Qt.WindowType.WindowTransparentForInput)
        if window.isVisible() and not overlay and window.windowType() in (Qt.WindowType.Window, Qt.WindowType.Dialog):
            keep_on_screen(window)


def bring_up(window: QWidget) -> None:
    """Show a window in front and within reach, even if it was closed, minimized or moved away; it stays maximized if it was."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    keep_on_screen(window)
    window.raise_()
    window.activateWindow()


def tab_in_place(holder: QWidget, after: QWidget | None = None) -> None:
    """Let Tab reach the controls in a widget where they appear, though they were added later; otherwise they come last in the window.

    Args:
        holder: The widget.
        after: What is above it, with controls of its own or none; None is the place of the widget itself in the order.
    """
    before = holder.previousInFocusChain() if after is None else (controls_in(after) or [after])[-1]
    while before is not None and before is not holder and not before.focusPolicy() & Qt.FocusPolicy.TabFocus:
        before = before.previousInFocusChain()
    for one in controls_in(holder):
        QWidget.setTabOrder(before or holder, one)
        before = one


def controls_in(holder: QWidget) -> list[QWidget]:
    """The controls in a widget that Tab reaches, in order; what a control consists of itself is left out."""
    return [
        one
        for one in holder.findChildren(QWidget)
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus
        and one.focusProxy() is None
        and one.window() is holder.window()  # a drop-down list is a window of its own
        and not isinstance(one.parentWidget(), QAbstractSpinBox | QComboBox)
    ]


_AROUND_FOCUS = 24
"""Pixels above and below the focused widget that are scrolled into view with it."""


class FollowingArea(QScrollArea):
    """An area that scrolls, and keeps the widget with the focus in view: Qt's own does so only when Tab moves within it, not into it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the widgets inside take the focus themselves
        self._inner = False
        self._scrolled_away = False
        """Whether the user has scrolled the focused widget out of view."""
        slider = self.verticalScrollBar()
        slider.actionTriggered.connect(lambda: QTimer.singleShot(0, self, self._look))
        slider.rangeChanged.connect(lambda: QTimer.singleShot(0, self, self._stay))  # once the page has been laid out
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)

    def be_inner(self) -> None:
        """Be part of a page that scrolls: as low as necessary, since this area scrolls by itself."""
        self._inner = True
        self.setMinimumHeight(max(self.minimumHeight(), LOWEST_INNER))

    def sizeHint(self) -> QSize:
        """As part of a page no higher than it must be; a page with a scroll bar is as high as it would like to be."""
        hint = super().sizeHint()
        return QSize(hint.width(), self.minimumHeight()) if self._inner else hint

    def _follow(self) -> None:
        """Scroll the focused widget into view, however it got the focus; not under a pressed mouse button, which would miss it."""
        if QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._look()
            return
        self._scrolled_away = False
        self._stay()

    def _look(self) -> None:
        """The user has scrolled, or clicked what is partly in view."""
        now = self._focused
        if now is not None:
            place = QRect(now.mapTo(self.viewport(), QPoint(0, 0)), now.size())
            self._scrolled_away = not self.viewport().rect().contains(place)

    def _stay(self) -> None:
        """Keep the focused widget in view when the page has changed, unless the user scrolled it away: it may be the button that leads on."""
        now = self._focused
        if now is not None and not self._scrolled_away:
            self.ensureWidgetVisible(now, 0, _AROUND_FOCUS)

    @property
    def _focused(self) -> QWidget | None:
        """What has the focus on the page; where nothing there can take it, the page or this area itself has it."""
        now, page = QApplication.focusWidget(), self.widget()
        inside = now is not None and now is not page and page is not None and page.isAncestorOf(now)
        return now if inside and self.isVisible() else None


class ScrollingPage(FollowingArea):
    """A page that fills the window, with scroll bars only if the window is smaller than the page can be."""

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        for inner in page.findChildren(FollowingArea):
            inner.be_inner()
        self.setWidget(page)
        self.viewport().setAutoFillBackground(False)
        page.setAutoFillBackground(False)

    def minimumSizeHint(self) -> QSize:
        """Allow any size, since it scrolls."""
        return QSize(0, 0)


class PageStack(QWidget):
    """Shows one page at a time and can be as small as that page: Qt's own stack is as large as its largest page."""

    def __init__(self) -> None:
        super().__init__()
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
        """The page shown."""
        return self._shown

    def setCurrentWidget(self, page: QWidget) -> None:
        """Show this page."""
        if page is not self._shown:
            if self._shown is not None:
                self._shown.hide()
            self._shown = page
            page.show()


def _least(item: QLayoutItem) -> QSize:
    """The least size of an item in a row of its own: the words of a button may wrap there, and only there."""
    widget = item.widget()
    if isinstance(widget, QPushButton):
        return widget.minimumSizeHint().expandedTo(widget.minimumSize())
    return item.minimumSize()


def _put(item: QLayoutItem, place: QRect) -> None:
    """Place an item; a button whose words wrap is as high as the place, though layouts of Qt keep buttons one line high."""
    widget = item.widget()
    if isinstance(widget, QPushButton) and place.width() < widget.sizeHint().width():
        widget.setGeometry(place)
    else:
        item.setGeometry(place)


class FlowLayout(QLayout):
    """Widgets in a row that wraps into further rows; hidden widgets take no room."""

    def __init__(self, spacing: int = 8, *, centered: bool = False, at_end: bool = False) -> None:
        """Create an empty row.

        Args:
            spacing: Between widgets, in both directions, device-independent pixels.
            centered: Center rows, instead of aligning them left.
            at_end: Align rows right.
        """
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._before = 1.0 if at_end else 0.5 if centered else 0.0
        """Fraction of a row's free width that is put before it."""
        self.setSpacing(spacing)
        self.setContentsMargins(QMargins())

    def addItem(self, item: QLayoutItem) -> None:
        """Add an item, as `QLayout` requires."""
        self._items.append(item)

    def count(self) -> int:
        """Number of items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The item at an index, or None."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove and return the item at an index."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """None: it takes no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Yes: the narrower it is, the more rows there are."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height needed for this width."""
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
        sizes = [_least(item) for item in self._shown()]
        return QSize(
            max((size.width() for size in sizes), default=0), max((size.height() for size in sizes), default=0)
        )

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _place(self, rect: QRect, *, move: bool) -> int:
        """Break into rows, and place the widgets if `move` is set; returns the height."""
        spacing = self.spacing()
        rows: list[list[tuple[QLayoutItem, QSize]]] = [[]]
        used = 0
        for item in self._shown():
            size = item.sizeHint()
            if size.width() > rect.width() and item.hasHeightForWidth():  # it wraps inside
                size = QSize(rect.width(), item.heightForWidth(rect.width()))
            if rows[-1] and used + spacing + size.width() > rect.width():
                rows.append([])
                used = 0
            used += size.width() + (spacing if rows[-1] else 0)
            rows[-1].append((item, size))
        y = rect.top()
        for row in rows:
            tall = max((size.height() for _, size in row), default=0)
            if move:
                wide = sum(size.width() for _, size in row) + spacing * max(len(row) - 1, 0)
                x = rect.left() + round(self._before * max(rect.width() - wide, 0))
                for item, wanted in row:
                    size = wanted.boundedTo(QSize(rect.width(), tall))
                    _put(item, QRect(QPoint(x, y + (tall - size.height()) // 2), size))
                    x += size.width() + spacing
            y += tall + spacing
        return y - spacing - rect.top()


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of a `SideBySide`."""

    item: QLayoutItem
    least: int | None
    """Width needed to stand beside others, device-independent pixels at the default text size; None for its size
    hint."""
    stretch: int

    @property
    def wide(self) -> int:
        """The same at the current text size."""
        return max(
            self.item.minimumSize().width(), self.item.sizeHint().width() if self.least is None else scaled(self.least)
        )

    def tall(self, width: int) -> int:
        """The preferred height for this width."""
        hint = self.item.heightForWidth(width) if self.item.hasHeightForWidth() else self.item.sizeHint().height()
        return max(hint, self.least_tall(width))

    def least_tall(self, width: int) -> int:
        """The minimum height for this width."""
        if self.item.hasHeightForWidth():
            return self.item.minimumHeightForWidth(width)
        return self.item.minimumSize().height()

    @property
    def grows(self) -> bool:
        """Whether it takes up height that is left over."""
        return bool(self.item.expandingDirections() & Qt.Orientation.Vertical)


class SideBySide(QLayout):
    """Parts side by side; stacked if the window is too narrow for them, or the text too large."""

    def __init__(self, spacing: int = 12) -> None:
        """Create an empty row.

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
            least: Width needed to stand beside others, device-independent pixels at the default text size; None uses
                its size hint.
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
        """Whether the parts stand side by side in this many pixels."""
        return self._fits([part.wide for part in self._shown()], width)

    def addItem(self, item: QLayoutItem) -> None:
        """Add an item, as `QLayout` requires."""
        self._parts.append(_Part(item, None, 0))

    def count(self) -> int:
        """Number of items."""
        return len(self._parts)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The item at an index, or None."""
        return self._parts[index].item if 0 <= index < len(self._parts) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove and return the item at an index."""
        return self._parts.pop(index).item if 0 <= index < len(self._parts) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Vertical if a part is."""
        both = Qt.Orientation.Horizontal
        return both | Qt.Orientation.Vertical if any(part.grows for part in self._shown()) else both

    def hasHeightForWidth(self) -> bool:
        """Yes: the narrower it is, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The preferred height for this width."""
        return self._tall(width, [part.tall for part in self._shown()])

    def minimumHeightForWidth(self, width: int) -> int:
        """The minimum height for this width."""
        return self._tall(width, [part.least_tall for part in self._shown()])

    def sizeHint(self) -> QSize:
        """All in one row."""
        parts = self._shown()
        wide = sum(part.wide for part in parts) + self.spacing() * max(len(parts) - 1, 0)
        return QSize(wide, max((part.item.sizeHint().height() for part in parts), default=0))

    def minimumSize(self) -> QSize:
        """All stacked."""
        least = [_least(part.item) for part in self._shown()]
        return QSize(
            max((size.width() for size in least), default=0), max((size.height() for size in least), default=0)
        )

    def setGeometry(self, rect: QRect) -> None:
        """Place the parts."""
        super().setGeometry(rect)
        parts = self._shown()
        if not parts:
            return
        needed = [part.wide for part in parts]
        if self._fits(needed, rect.width()):
            x = rect.left()
            for part, wide in zip(parts, self._widths(parts, needed, rect.width()), strict=True):
                part.item.setGeometry(QRect(x, rect.top(), wide, rect.height()))
                x += wide + self.spacing()
            return
        talls = [part.tall(rect.width()) for part in parts]
        left = rect.height() - sum(talls) - self.spacing() * (len(parts) - 1)
        growing = [number for number, part in enumerate(parts) if part.grows]
        for number in growing:  # or shrinking, if there is not enough height
            least = parts[number].least_tall(rect.width())
            talls[number] = max(talls[number] + left // len(growing), least)
        y = rect.top()
        for part, tall in zip(parts, talls, strict=True):
            wide = rect.width()
            if isinstance(part.item.widget(), QPushButton):  # a button as wide as the window would look like a headline
                wide = min(wide, part.item.sizeHint().width())
            _put(part.item, QRect(rect.left(), y, wide, tall))
            y += tall + self.spacing()

    def _shown(self) -> list[_Part]:
        return [part for part in self._parts if not part.item.isEmpty()]

    def _tall(self, width: int, talls: Sequence[Callable[[int], int]]) -> int:
        parts = self._shown()
        if not parts:
            return 0
        needed = [part.wide for part in parts]
        if self._fits(needed, width):
            return max(tall(wide) for tall, wide in zip(talls, self._widths(parts, needed, width), strict=True))
        return sum(tall(width) for tall in talls) + self.spacing() * (len(parts) - 1)

    def _fits(self, needed: Sequence[int], width: int) -> bool:
        """Whether parts that need these widths stand side by side in this many pixels."""
        return sum(needed) + self.spacing() * (len(needed) - 1) <= width

    def _widths(self, parts: Sequence[_Part], needed: Sequence[int], width: int) -> list[int]:
        """The widths of parts side by side: what each needs, and its share of the rest."""
        rest = width - sum(needed) - self.spacing() * (len(parts) - 1)
        shares = sum(part.stretch for part in parts)
        return [
            wide + (rest * part.stretch // shares if shares else 0) for wide, part in zip(needed, parts, strict=True)
        ]
