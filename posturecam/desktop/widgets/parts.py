"""Small parts that pages are built from: texts, buttons, chips, and a page with a bar of buttons at the bottom."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QVBoxLayout,
    QWidget,
)

from posturecam.desktop.widgets.confirm import announce
from posturecam.desktop.widgets.layouts import FlowLayout, FollowingArea, SideBySide
from posturecam.desktop.widgets.theme import GAP, MARGIN, ROUND, current, margin_of, scaled, sized
from posturecam.i18n.message import unbroken
from posturecam.i18n.translate import joined, tr
from posturecam.i18n.words import FULL_STOP, HEADED, SENTENCES

if TYPE_CHECKING:
    _Button = QPushButton
else:
    _Button = object

COLUMN = 760
"""Width of a column of text that is comfortable to read, device-independent pixels."""
_SET_OFF = 2
"""Thickness of the line between the frame around what has the focus and its fill, device-independent pixels."""


MAY_BREAK = "\N{ZERO WIDTH SPACE}"
"""An invisible character at which a long name may be broken into lines."""
_ENDLESS = re.compile(r"[^\s\u00a0\u200b\u2e80-\uffff]{29,}")
"""A word longer than any of ours, such as the name of a file; in Chinese, lines break at every character anyway."""
_PIECE = re.compile(r"(.{14}[\u0300-\u036f]*)(?=.)")


def breakable(words: str) -> str:
    """The words, the endless ones among them in pieces: a single one would make its whole page wider than the window."""
    return _ENDLESS.sub(lambda found: _PIECE.sub(rf"\1{MAY_BREAK}", found[0]), words)


class TextLabel(QLabel):
    """A label that keeps a number and its unit on one line, and breaks a word that is too long for any line."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.setText(words)

    def setText(self, words: str) -> None:
        """Show these words."""
        self._words = words
        super().setText(breakable(unbroken(words)))

    def text(self) -> str:
        """The words as they were given."""
        return self._words


def text(words: str, kind: str = "") -> QLabel:
    """A label that wraps, in one of the theme's kinds: title, heading, quiet."""
    label = TextLabel(words)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if kind:
        label.setProperty("kind", kind)
    return label


def literal(words: str) -> str:
    """Words that Qt shows unchanged on buttons and in menus, where a single "&" would make the next letter a shortcut (an exercise named "Hips & legs")."""
    return words.replace("&", "&&")


def wrapped(words: str, room: int, width: Callable[[str], int]) -> str:
    """Words in as many lines as this room needs, pixels, for controls of Qt that break lines only where they are told to."""
    lines: list[str] = []
    for word in breakable(words).split(" "):
        for number, piece in enumerate(word.split(MAY_BREAK)):
            longer = f"{lines[-1]}{'' if number else ' '}{piece}" if lines else piece
            if lines and width(longer) > room:
                lines.append(piece)
            else:
                lines[-1:] = [longer]
    return "\n".join(lines)


class LineLabel(TextLabel):
    """Words on one line, which wrap only where a row is narrower: `FlowLayout` and `SideBySide` give them the whole line if they can."""

    def __init__(self, words: str = "", kind: str = "") -> None:
        super().__init__(words)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if kind:
            self.setProperty("kind", kind)

    def sizeHint(self) -> QSize:
        """All in one line."""
        self.ensurePolished()
        margins, around = self.contentsMargins(), 2 * self.margin()
        words = self.fontMetrics().size(0, unbroken(self.text()))
        return words + QSize(margins.left() + margins.right() + around, margins.top() + margins.bottom() + around)


class _WrappingWords(_Button):
    """Mixed into a button of Qt, which only breaks lines where it is told to: its words are one line where there is room for it, and wrap elsewhere."""

    _kind = QStyle.ContentsType.CT_PushButton

    def _wrap(self, words: str) -> None:
        """Let these words wrap; called once."""
        self._words = words
        self._sizes: dict[str, QSize] = {}
        """What was measured since its looks last changed: layouts ask dozens of times each time a window is resized."""
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def setText(self, words: str) -> None:
        """Show these words."""
        self._words = words
        self._sizes.clear()
        self._break()
        self.updateGeometry()

    def text(self) -> str:
        """The words as they were given, on one line."""
        return self._words

    def sizeHint(self) -> QSize:
        """All in one line."""
        return self._size(self._words)

    def minimumSizeHint(self) -> QSize:
        """Wide enough for the longest word."""
        pieces = breakable(self._words).replace(MAY_BREAK, " ").split()
        return max((self._size(word) for word in pieces), key=QSize.width, default=self.sizeHint())

    def heightForWidth(self, width: int) -> int:
        """The height needed for this width."""
        return self._size(wrapped(self._words, width, self._width)).height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the words into lines."""
        super().resizeEvent(event)
        self._break()

    def changeEvent(self, event: QEvent) -> None:
        """Measure anew: the font or the style may be another."""
        self._sizes.clear()
        super().changeEvent(event)

    def _break(self) -> None:
        words = wrapped(self._words, self.width(), self._width)
        if words != super().text():
            super().setText(words)

    def _size(self, words: str) -> QSize:
        self.ensurePolished()
        if words not in self._sizes:
            option = QStyleOptionButton()
            self.initStyleOption(option)
            option.text = words
            box = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, words)
            self._sizes[words] = self.style().sizeFromContents(self._kind, option, box, self)
        return self._sizes[words]

    def _width(self, words: str) -> int:
        return self._size(words).width()


class WrappingButton(_WrappingWords, QPushButton):
    """A button whose words wrap where a whole row is too narrow for them.

    Only `FlowLayout` and `SideBySide` make it that narrow; in every other layout its words stay on one line.
    """

    def __init__(self, words: str = "") -> None:
        super().__init__(words)
        self._wrap(words)

    def paintEvent(self, event: QPaintEvent) -> None:
        """As the theme's style sheet says; it can draw only one line around a button."""
        super().paintEvent(event)
        if self.hasFocus() and self.property("kind") == "primary":
            painter = QPainter(self)
            set_frame_off(painter, self.rect())
            painter.end()


def set_frame_off(painter: QPainter, area: QRect) -> None:
    """Draw a light line (a dark one in the dark theme) within the frame of what has the focus: frame and fill differ too little by themselves."""
    theme = current()
    inset = theme.ring + _SET_OFF // 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color("on_accent"), _SET_OFF))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(area.adjusted(inset, inset, -inset, -inset), ROUND - 2 - inset, ROUND - 2 - inset)


class WrappingCheckBox(_WrappingWords, QCheckBox):
    """A check box whose words wrap where there is no room for them in one line."""

    _kind = QStyle.ContentsType.CT_CheckBox

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.setAccessibleName(words.replace("&&", "&"))
        # It may be narrower than its hint, or higher.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._wrap(words)


class OneClick(WrappingButton):
    """A button that leads on: a double click on it, or on the button it has just replaced, is one click, and so is a key held down.

    Otherwise the second one would press what nobody has seen yet, such as the answer to a question.
    """

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ignore the second click."""
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ignore the repetitions of a key held down."""
        if not event.isAutoRepeat():
            super().keyPressEvent(event)


def button(
    words: str, pressed: Callable[[], object], kind: str = "", said: str = "", *, once: bool = False
) -> QPushButton:
    """A button.

    Args:
        words: Its label.
        pressed: Called when it is pressed.
        kind: The theme's kind; a primary button leads on.
        said: What screen readers say, if the words are not enough.
        once: Whether a double click is one click, as on every primary button.
    """
    made = (OneClick if once or kind == "primary" else WrappingButton)(literal(words))
    if kind:
        made.setProperty("kind", kind)
    made.setAccessibleName(named(words, said) if said else words)
    made.setAutoDefault(True)  # Enter presses it too, not only Space
    made.clicked.connect(lambda: pressed())
    return made


def named(words: str, said: str) -> str:
    """What screen readers call a button. It contains the label, since voice control needs what people see (WCAG 2.2, 2.5.3)."""
    label = words.strip(" …?")
    if label.casefold() in said.casefold() or not any(letter.isalnum() for letter in label):
        return said
    return joined(HEADED, [label, said])


def card() -> tuple[QFrame, QVBoxLayout]:
    """A raised surface, and the layout for its content."""
    frame = QFrame()
    frame.setProperty("kind", "card")
    inside = QVBoxLayout(frame)
    inside.setContentsMargins(16, 14, 16, 14)
    inside.setSpacing(8)
    return frame, inside


def section(into: QVBoxLayout, heading: str, lines: list[str], bullet: str = "•") -> None:
    """A heading with bulleted lines below it, hanging indent; nothing if there are no lines."""
    if not lines:
        return
    into.addWidget(text(heading, "heading"))
    for number, line in enumerate(lines, 1):
        row = QHBoxLayout()
        row.setSpacing(8)
        mark = QLabel(f"{number}." if bullet == "1." else bullet)
        mark.setProperty("kind", "quiet")
        mark.setFixedWidth(scaled(22))
        mark.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        row.addWidget(mark)
        row.addWidget(text(line), 1)
        into.addLayout(row)


def pressed_by_enter(control: QAbstractButton, event: QKeyEvent) -> bool:
    """Press a control that Qt lets only Space press, if this key is Enter; returns whether it was."""
    if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        return False
    control.click()
    return True


def begun_large(words: str) -> str:
    """The words with a capital first letter, for use on their own; the program's own name has none."""
    return words if words.startswith("posturecam") else f"{words[:1].upper()}{words[1:]}"


def as_sentence(words: str) -> str:
    """The words as a whole sentence, with a capital first letter and an end."""
    begun = begun_large(words)
    return begun if begun[-1:] in ("", *".?!…。？！") else tr(FULL_STOP).format(told=begun)


def clear(layout: QLayout) -> None:
    """Remove and delete everything in a layout."""
    while (item := layout.takeAt(0)) is not None:
        inner, widget = item.layout(), item.widget()
        if widget is not None:
            widget.hide()  # a layout shows what was added a moment later; without a parent, this would then appear as a window
            widget.setParent(None)
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


def in_the_middle(widget: QWidget) -> QHBoxLayout:
    """A row with this widget in its middle, as wide as the widget may become."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.addStretch(1)
    row.addWidget(widget, 1000)
    row.addStretch(1)
    return row


class Sheet(QWidget):
    """A page that scrolls, with a bar at the bottom that is always visible."""

    def __init__(self, width: int = COLUMN) -> None:
        super().__init__()
        self.ready: QWidget | None = None
        """The control focused when the page is shown; None leaves the focus where it is."""
        self._told = ""
        self._inside = QWidget()
        self._inside.setMaximumWidth(width)
        self._inside.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.body = QVBoxLayout(self._inside)
        """For the page's content."""
        self.body.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self.body.setSpacing(GAP)
        self.foot = QHBoxLayout()
        """The bar at the bottom."""
        self.foot.setContentsMargins(MARGIN, GAP, MARGIN, GAP)
        self.foot.setSpacing(GAP)
        holder = QWidget()
        holder.setLayout(in_the_middle(self._inside))
        self.area = FollowingArea()
        self.area.setWidget(holder)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.viewport().setAutoFillBackground(False)
        holder.setAutoFillBackground(False)
        bar = QWidget()
        bar.setMaximumWidth(width)
        bar.setLayout(self.foot)
        around = in_the_middle(bar)
        slider = self.area.verticalScrollBar()
        slider.rangeChanged.connect(  # keep the bar below the column
            lambda _, most: around.setContentsMargins(0, 0, slider.sizeHint().width() if most > 0 else 0, 0)
        )
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.area, 1)
        whole.addLayout(around)

    def end_with(self, back: QWidget, on: QWidget) -> None:
        """Put a button that leads back and one that leads on at the ends of the bar; one below the other if it is too narrow."""
        at_end = FlowLayout(GAP, at_end=True)
        at_end.addWidget(on)
        both = SideBySide(GAP)
        both.add_part(back)
        both.add_part(at_end, stretch=1)
        self.foot.addLayout(both)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Spend a narrow page on its words instead of its margins."""
        super().resizeEvent(event)
        margin = margin_of(self.width())
        self.body.setContentsMargins(margin, MARGIN, margin, MARGIN)
        if self.foot.contentsMargins().bottom():
            self.foot.setContentsMargins(margin, GAP, margin, GAP)

    def hand_to(self, control: QWidget, *told: str) -> None:
        """Focus this control now, and whenever the page is shown; a screen reader, which reads no more than that, also reads what is `told` above.

        A layout shows new widgets a moment later, and Qt would forget the focus of one that is hidden in a window that
        is not active yet: once activated, the window would give it to the navigation.
        """
        self.ready = control
        control.show()
        control.setFocus()
        self._told = joined(SENTENCES, [as_sentence(one) for one in told])
        if self.isVisible():
            self._read_out()

    def showEvent(self, event: QShowEvent) -> None:
        """Have it read out what the page says, not when the window only comes back."""
        super().showEvent(event)
        if not event.spontaneous():
            self._read_out()

    def _read_out(self) -> None:
        if self._told:
            announce(self, self._told)

    def empty(self) -> None:
        """Remove everything from the page and its bar."""
        self.ready, self._told = None, ""
        clear(self.body)
        clear(self.foot)

    def to_the_top(self) -> None:
        """Scroll to the top."""
        self.area.verticalScrollBar().setValue(0)


class Chip(QAbstractButton):
    """A small choice among others; the chosen one is filled and, if there is room, ticked."""

    def __init__(self, words: str, said: str = "", *, ticked: bool = True) -> None:
        super().__init__()
        self._ticked = ticked
        self.setText(words)
        self.setCheckable(True)
        self.setAccessibleName(said or words)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        """Wide enough for the words, and the tick."""
        words = QFontMetricsF(sized(self.font(), scaled(14), 600)).horizontalAdvance(self.text())
        return QSize(round(words) + (scaled(44) if self._ticked else 16), scaled(17) + 19)

    def minimumSizeHint(self) -> QSize:
        """The size hint is the minimum: cut-off text cannot be read."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter choose it too, like Space; where it is the chosen one of a group already, Enter goes to the window."""
        settled = self.isChecked() and self.group() is not None
        if settled or not pressed_by_enter(self, event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A rounded shape, filled if it is chosen."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        edge = theme.color("text" if chosen else "accent") if self.hasFocus() else theme.color("line")
        ground = "accent" if chosen else "raised" if self.underMouse() else "surface"
        painter.setPen(QPen(edge, theme.ring if self.hasFocus() else 1))
        painter.setBrush(theme.color(ground))
        box = theme.framed(self.rect())
        painter.drawRoundedRect(box, 8, 8)
        if chosen and self.hasFocus():
            set_frame_off(painter, self.rect())
        painter.setPen(theme.color("on_accent" if chosen else "text"))
        painter.setFont(sized(self.font(), scaled(14), 600 if chosen else 400))
        words = f"✓ {self.text()}" if chosen and self._ticked else self.text()
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        painter.end()


class ChipGroup(QButtonGroup):
    """Chips of which one is chosen; screen readers call them radio buttons, so that it is heard that choosing one ends the choice of another."""

    def add(self, chip: Chip, number: int = -1) -> None:
        """Add a chip, with its number in the group if it has one."""
        chip.setAutoExclusive(True)  # has no other effect in a group
        self.addButton(chip, number)
