"""The main window: a few pages, chosen at the left, with the current state below them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QIcon,
    QKeySequence,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from posturecam.desktop.widgets.icons import SignMark, app_icon
from posturecam.desktop.widgets.layouts import ScrollingPage, SideBySide, bring_up, fit_to_screen
from posturecam.desktop.widgets.parts import button, text
from posturecam.desktop.widgets.status_line import Unhurried, state_words, status_line
from posturecam.desktop.widgets.theme import GAP, MARGIN, current, scaled
from posturecam.i18n.translate import tr
from posturecam.session.protocol.messages import Snapshot

_SIDE = 176
"""Least width of the column at the left, device-independent pixels; longer titles make it wider."""
_ICON = 20
_RATIOS = (1.0, 1.25, 1.5, 2.0, 3.0)
"""Pixels of a screen for each device-independent one."""
_WANTED = QSize(1080, 720)
_ROOM_FOR_TITLES = 860
"""Width of the window from which the pages' titles stand beside their icons, device-independent pixels."""

_NARROWEST_NOTE = 100
"""Width that the words of a note need to stand beside its button."""
_ROOM_FOR_MARGINS = 280
"""Width of the window below which the icons have hardly any margin, device-independent pixels at the default text size."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page."""

    name: str
    """For the program."""
    title: str
    """In the user's language."""
    make: Callable[[], QWidget]
    """Makes it; called once, when the page is first opened."""
    listed: bool = True
    """Whether it is listed at the left; others are only opened by links."""


class MainWindow(QWidget):
    """All pages in one window. Closing it hides it: the app continues in the tray, or in the small window."""

    def __init__(
        self,
        pages: Sequence[Page],
        closed: Callable[[], None] = lambda: None,
        set_up: Callable[[], None] = lambda: None,
    ) -> None:
        """Create the window without showing it.

        Args:
            pages: In order, unlisted ones last; the first one is created and shown, the others when they are opened.
            closed: Called when the user closes the window.
            set_up: Called when the user wants to continue an unfinished setup.
        """
        super().__init__()
        self._closed, self._pages = closed, {page.name: page for page in pages}
        self._narrow: bool | None = None
        self._words = Unhurried()
        self.setWindowTitle("posturecam")
        self.setWindowIcon(app_icon())
        fit_to_screen(self, _WANTED)
        self.stack = QStackedWidget()
        self._made: dict[str, ScrollingPage] = {}
        self._at = pages[0].name
        self._leads: list[QToolButton] = []
        """One for each page listed, in no button group: Tab would reach only one of it."""
        self._side = self._make_side(pages)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._side)
        self.unfinished = self._make_unfinished(set_up)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.unfinished)
        column.addWidget(self.stack, 1)
        row.addLayout(column, 1)
        self._choose(0)
        self._collapse()

    @property
    def page(self) -> str:
        """The name of the page that is shown."""
        return self._at

    def open(self, name: str = "") -> None:
        """Show the window in front, at this page, or at the one it was at."""
        if name:
            number = list(self._pages).index(name)
            self._choose(number)
            if self.focusWidget() is None and number < len(self._leads):
                self._leads[number].setFocus()  # Qt would take the first, which leads elsewhere
        bring_up(self)

    def take(self, snapshot: Snapshot) -> None:
        """Show the current state."""
        if not self.isVisible() or not self._words.due(snapshot):
            return
        line, word = status_line(snapshot), state_words(snapshot)
        self._mark.show_sign(snapshot.sign, word)
        if self._status.toolTip() != line:
            self._status.setText(word)
            self._status.setToolTip(line)
            self._status.setAccessibleDescription(line)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show only icons at the left if the window is narrow."""
        super().resizeEvent(event)
        self._collapse()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide the window instead of closing it."""
        event.ignore()
        self.hide()
        self._closed()

    def changeEvent(self, event: QEvent) -> None:
        """In full screen, show only the page."""
        if event.type() is QEvent.Type.WindowStateChange:
            self._side.setVisible(not self.isFullScreen())
        elif event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._color()
            self._collapse()
        super().changeEvent(event)

    def _make_unfinished(self, set_up: Callable[[], None]) -> QFrame:
        """A bar that leads back to an unfinished setup; hidden if there is none."""
        bar = QFrame()
        bar.setProperty("kind", "note")
        line = QHBoxLayout(bar)
        line.setContentsMargins(MARGIN, 8, MARGIN, 8)
        both = SideBySide(GAP)
        both.add_part(text(tr("Setup isn't finished")), _NARROWEST_NOTE, 1)
        both.add_part(button(tr("Continue"), set_up, "primary", tr("Continue the setup")))
        line.addLayout(both)
        bar.hide()
        return bar

    def _collapse(self) -> None:
        around = GAP if self.width() >= scaled(_ROOM_FOR_MARGINS) else GAP // 3
        self._leading.setContentsMargins(around, 20, around, GAP)
        narrow = self.width() < scaled(_ROOM_FOR_TITLES)
        if narrow is self._narrow:
            return
        self._narrow = narrow
        style = Qt.ToolButtonStyle
        for one in self._leads:
            one.setToolButtonStyle(style.ToolButtonIconOnly if narrow else style.ToolButtonTextBesideIcon)
        self._status.setVisible(not narrow)
        self._side.setMinimumWidth(0 if narrow else _SIDE)

    def _make_side(self, pages: Sequence[Page]) -> QFrame:
        side = QFrame()
        side.setObjectName("side")
        side.setMinimumWidth(_SIDE)
        side.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        column = self._leading = QVBoxLayout(side)
        column.setSpacing(4)
        for number, page in enumerate(page for page in pages if page.listed):
            leads = QToolButton()
            leads.setText(f"  {page.title}")
            leads.setAccessibleName(page.title)
            leads.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            leads.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            keys = QKeySequence(f"Ctrl+{number + 1}")
            leads.setToolTip(f"{page.title}  ({keys.toString(QKeySequence.SequenceFormat.NativeText)})")
            shortcut = QShortcut(keys, self)
            shortcut.activated.connect(lambda number=number: self._choose(number))
            leads.clicked.connect(lambda _checked=False, number=number: self._choose(number))
            self._leads.append(leads)
            column.addWidget(leads)
        column.addStretch(1)
        self._mark = SignMark(28)
        self._status = QLabel()
        self._status.setWordWrap(True)
        self._status.setProperty("kind", "quiet")
        self._status.setAccessibleName(tr("Now"))
        column.addWidget(self._mark, alignment=Qt.AlignmentFlag.AlignHCenter)
        self._status.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        column.addWidget(self._status)
        return side

    def _choose(self, number: int) -> None:
        """Show a page; one that is not listed leaves none of the buttons pressed."""
        for index, one in enumerate(self._leads):
            one.setProperty("chosen", index == number)  # checked, it would be called a check box
            one.setAccessibleDescription(tr("Current page") if index == number else one.toolTip())
            one.style().unpolish(one)  # a style sheet reads a property only once
            one.style().polish(one)
        if self.focusWidget() in self._leads and number < len(self._leads):
            self._leads[number].setFocus()  # else it stays with the previous page, and screen readers say nothing
        self._at = list(self._pages)[number]
        if self._at not in self._made:
            self._made[self._at] = ScrollingPage(self._pages[self._at].make())
            self._made[self._at].setAccessibleName(self._pages[self._at].title)
            self.stack.addWidget(self._made[self._at])
        self.stack.setCurrentWidget(self._made[self._at])
        self._color()

    def _color(self) -> None:
        """Draw the icons and the column in the theme's colors."""
        theme = current()
        sheet = (
            f"#side {{ background: {theme.surface}; border: none; border-right: 1px solid {theme.line}; }}"
            f"QToolButton {{ border: {theme.ring}px solid transparent; border-radius: 8px; padding: 9px 10px; text-align: left; }}"
            f"QToolButton:hover {{ background: {theme.raised}; }}"
            f'QToolButton[chosen="true"] {{ background: {theme.raised}; color: {theme.accent}; }}'
            f"QToolButton:focus {{ border-color: {theme.accent}; }}"
        )
        if self._side.styleSheet() != sheet:
            self._side.setStyleSheet(sheet)
        for page, one in zip(self._pages, self._leads, strict=False):  # those not listed have none
            ink = theme.accent if one.property("chosen") else theme.quiet
            one.setIconSize(QSize(scaled(_ICON), scaled(_ICON)))
            one.setIcon(_page_icon(page, QColor(ink)))


def _page_icon(name: str, ink: QColor) -> QIcon:
    """A simple line drawing for a page, sharp on every screen to which the window may be moved."""
    icon = QIcon()
    for ratio in _RATIOS:
        icon.addPixmap(_page_pixmap(name, ink, ratio))
    return icon


def _page_pixmap(name: str, ink: QColor, ratio: float) -> QPixmap:
    larger = scaled(_ICON) / _ICON
    pixmap = QPixmap(round(_ICON * larger * ratio), round(_ICON * larger * ratio))
    pixmap.setDevicePixelRatio(ratio * larger)  # so that it is drawn as if it were of the usual size
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(ink, 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    _DRAWN[name](painter)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _now(painter: QPainter) -> None:
    """Head and shoulders."""
    painter.drawEllipse(QPointF(10, 6), 3.6, 3.6)
    path = QPainterPath(QPointF(2.5, 18))
    path.cubicTo(QPointF(2.5, 10.5), QPointF(17.5, 10.5), QPointF(17.5, 18))
    painter.drawPath(path)


def _stretch(painter: QPainter) -> None:
    """Somebody sitting on the floor, folded forward."""
    painter.drawEllipse(QPointF(14.2, 8.2), 2.4, 2.4)
    path = QPainterPath(QPointF(18.5, 17))
    path.lineTo(QPointF(3, 17))
    path.cubicTo(QPointF(2, 9), QPointF(7, 5), QPointF(11.5, 7))
    painter.drawPath(path)
    painter.drawLine(QPointF(10.5, 10.5), QPointF(15, 14))


def _history(painter: QPainter) -> None:
    """Bars."""
    for x, top in ((4, 11), (10, 4), (16, 8)):
        painter.drawLine(QPointF(x, top), QPointF(x, 17))


def _settings(painter: QPainter) -> None:
    """Three sliders."""
    for y, knob in ((4.5, 13), (10, 6), (15.5, 11)):
        painter.drawLine(QPointF(2, y), QPointF(knob - 2.2, y))
        painter.drawLine(QPointF(knob + 2.2, y), QPointF(18, y))
        painter.drawEllipse(QRectF(knob - 2.2, y - 2.2, 4.4, 4.4))


_DRAWN = {"now": _now, "stretch": _stretch, "history": _history, "settings": _settings}
