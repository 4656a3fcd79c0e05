"""Our own card for an alert or a suggestion, if the system shows no notifications with buttons.

It appears in the lower right corner of the screen with the pointer (in another corner if a window of ours is there),
does not take the keyboard from the window the user is typing into, and stays until it is answered or withdrawn. For the
window manager it is an ordinary window, so that Alt+Tab reaches it, and Tab its buttons; no button has the focus before
that, since a window manager may activate the card while the user types.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEasingCurve, QPoint, QPropertyAnimation, QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QCursor, QGuiApplication, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from posturecam.desktop.alerts.glow import can_be_translucent
from posturecam.desktop.widgets.confirm import announce
from posturecam.desktop.widgets.icons import AppMark, SignMark, app_icon
from posturecam.desktop.widgets.layouts import FlowLayout
from posturecam.desktop.widgets.parts import button, card, text
from posturecam.desktop.widgets.theme import GAP, MARGIN, enlarged, fit_text
from posturecam.session.protocol.sign import Sign

WIDTH = 520
"""Device-independent pixels with text of the usual size: the answers fit beside each other in every language."""
_BETWEEN = 8
"""Device-independent pixels between two buttons."""
_FADE_MILLISECONDS = 220


@dataclass(frozen=True, slots=True)
class ToastButton:
    """A button of the card."""

    text: str
    chosen: Callable[[], None]
    kind: str = ""
    """The theme's kind: "primary", "plain"."""
    closes: bool = True
    """Whether it closes the card."""


class Toast(QWidget):
    """One card; create it, `show_up`, and `go` when it is over. It deletes itself."""

    dismissed = Signal()
    """The user closed it without an answer; it must not be used any more."""

    def __init__(
        self,
        title: str,
        body: str,
        choices: Sequence[ToastButton],
        sign: Sign | None = Sign.SLOUCHING,
        *,
        still: bool = False,
    ) -> None:
        """Create the card without showing it.

        Args:
            title: A few words.
            body: One or two sentences.
            choices: The buttons, in this order.
            sign: The mark beside the title; None takes the app's own.
            still: Whether it comes and goes without fading.
        """
        flags = Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        super().__init__(None, flags)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, can_be_translucent())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setWindowIcon(app_icon())
        self.setAccessibleName(title)
        self.setAccessibleDescription(body)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._still = still
        self._going = False
        self._fade = QPropertyAnimation(self, b"windowOpacity", self)
        self._fade.setDuration(_FADE_MILLISECONDS)
        self._fade.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.buttons = [self._button(choice) for choice in choices]
        self._lay_out(title, body, sign)
        fit_text(self, self._fit)

    def show_up(self) -> None:
        """Show the card without taking the keyboard."""
        self._fit()
        self.move(_corner(self))
        if not self._still:
            self.setWindowOpacity(0.0)
        self.show()
        self.raise_()
        # It takes no focus, so nothing else would have it read out.
        announce(self, f"{self.accessibleName()} {self.accessibleDescription()}")
        if not self._still:
            self._fade.setStartValue(0.0)
            self._fade.setEndValue(1.0)
            self._fade.start()

    def go(self, *, still: bool = False) -> None:
        """Close the card, answered or not; at once with `still`. A second call does nothing."""
        if self._going:
            return
        self._going = True
        self._fade.stop()
        if still or self._still or not self.isVisible():
            self.close()
            return
        self._fade.setStartValue(self.windowOpacity())
        self._fade.setEndValue(0.0)
        self._fade.finished.connect(self.close)
        self._fade.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes it without an answer; the answers stay in the menu."""
        if event.key() == Qt.Key.Key_Escape:
            self._dismiss()
            self.go()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember that it is closed, by whomever: a window manager closes it too."""
        self._dismiss()
        self._going = True
        super().closeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Keep the focus from the buttons: Space, typed into another window, must not press one."""
        super().showEvent(event)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fit(self) -> None:
        """As tall as the texts need in their present size, and no taller."""
        width = min(enlarged(WIDTH), _free().width())
        self.setFixedWidth(width)
        self._whole.activate()
        self.setFixedHeight(max(self.heightForWidth(width), 1))
        if self.isVisible():
            self.move(_corner(self))

    def _dismiss(self) -> None:
        if not self._going:
            self.dismissed.emit()

    def _button(self, choice: ToastButton) -> QPushButton:
        def press() -> None:
            if self._going:
                return
            if choice.closes:
                self.go()
            choice.chosen()

        made = button(choice.text, press, choice.kind)
        made.setAutoDefault(True)
        return made

    def _lay_out(self, title: str, body: str, sign: Sign | None) -> None:
        frame, inside = card()
        inside.setContentsMargins(MARGIN, MARGIN, MARGIN, GAP + 4)
        inside.setSpacing(GAP)
        mark: QWidget = AppMark(28)
        if sign is not None:
            mark = shown = SignMark(28)
            shown.show_sign(sign)
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addWidget(mark, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(text(title, "heading"), 1)
        inside.addLayout(head)
        inside.addWidget(text(body))
        inside.addSpacing(2)
        answers = FlowLayout(_BETWEEN)
        for one in self.buttons:
            answers.addWidget(one)
        inside.addLayout(answers)
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.addWidget(frame)


def _corner(card: QWidget) -> QPoint:
    """The position of the card's top left: in a corner of the screen with the pointer, clear of panels and of our own windows.

    That is the lower right one unless it would cover a window of ours: a card must not hide a dialog's button. Where a window fills the screen,
    the card is clear of what has the focus, such as the answers to a question, and covers something else.
    """
    free, size = _free(), card.size()
    right, bottom = free.right() - size.width() + 1, free.bottom() - size.height() + 1
    corners = [
        QPoint(x, y)
        for x, y in ((right, bottom), (right, free.top()), (free.left(), bottom), (free.left(), free.top()))
    ]
    others = [one for one in QApplication.topLevelWidgets() if one is not card and _in_the_way(one)]

    focused = QApplication.focusWidget()
    if focused is not None and isinstance(focused.window(), Toast):  # an earlier card, which is on its way out
        focused = None
    around = None if focused is None else focused.parentWidget()  # such as all answers to a question
    ranked = [[one] for one in (focused, around) if one is not None]

    def covered(corner: QPoint) -> list[int]:
        return [_overlap(QRect(corner, size), these) for these in (*ranked, others)]

    return min(corners, key=covered)  # the first of those that cover least


def _overlap(area: QRect, others: Iterable[QWidget]) -> int:
    """How much of these windows or parts of windows an area covers, square pixels."""
    places = [one.frameGeometry() if one.isWindow() else QRect(one.mapToGlobal(QPoint()), one.size()) for one in others]
    return sum((area & one).width() * (area & one).height() for one in places)


def _free() -> QRect:
    """The room for a card on the screen with the pointer, within its panels and a margin."""
    screen = QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
    return screen.availableGeometry().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)


def _in_the_way(window: QWidget) -> bool:
    """Whether a window is one in which the user is reading or clicking."""
    untouchable = bool(window.windowFlags() & Qt.WindowType.WindowTransparentForInput)
    return window.isVisible() and not window.isMinimized() and not untouchable and not isinstance(window, Toast)
