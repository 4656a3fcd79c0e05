"""Layout faults: widgets that are cut off, outside the window, or too small for their words."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QLabel,
    QListWidget,
    QMenu,
    QPushButton,
    QScrollArea,
    QWidget,
)

SLACK = 2
"""Pixels lost to rounding."""


def misfits(window: QWidget) -> list[str]:
    """Every visible widget that is clipped, overflows or is squeezed, in words; empty if all is well."""
    found = []
    for one in [window, *window.findChildren(QWidget)]:
        if one.isVisible() and one.window() is window and not isinstance(one, QMenu):
            found += [f"{_named(one)}: {fault}" for fault in _faults(one, window)]
    return found


def _faults(one: QWidget, window: QWidget) -> list[str]:
    parent = one.parentWidget()
    faults = []
    if one is not window and parent is not None and not _scrolls(parent) and one.width() > 0 and one.height() > 0:
        room = parent.rect().adjusted(-SLACK, -SLACK, SLACK, SLACK)
        if not room.contains(one.geometry()):
            faults.append(f"{_box(one.geometry())} is outside its {type(parent).__name__} {_box(parent.rect())}")
    if isinstance(one, QScrollArea):
        inside = one.widget()
        off = one.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        wide = inside.width() if inside is not None else 0
        if wide > one.viewport().width() + SLACK:
            faults.append(f"needs {wide} pixels across, {'cut off' if off else 'scrolled'} at {one.viewport().width()}")
    if isinstance(one, QLabel) and one.text() and one.pixmap().isNull():
        if one.wordWrap():
            tall = one.heightForWidth(one.width())
            longest = max(
                (
                    QFontMetrics(one.font()).horizontalAdvance(word)
                    for word in QLabel.text(one).replace("\u200b", " ").replace("-", "- ").split()
                ),
                default=0,
            )
            if one.height() < tall - SLACK:
                faults.append(f"{one.height()} high, its words need {tall}: {one.text()!r}")
            elif longest > one.width() + SLACK and not any(letter >= "\u2e80" for letter in one.text()):
                faults.append(f"a word of {longest} in {one.width()} pixels: {one.text()!r}")
        elif one.width() < one.sizeHint().width() - SLACK:
            faults.append(f"{one.width()} wide, its words need {one.sizeHint().width()}: {one.text()!r}")
    if isinstance(one, QAbstractButton) and one.hasHeightForWidth():  # its words wrap
        least, tall = one.minimumSizeHint().width(), one.heightForWidth(one.width())
        if one.width() < least - SLACK or one.height() < tall - SLACK:
            faults.append(f"{one.width()}×{one.height()}, its words need {least}×{tall}: {one.text()!r}")
    elif isinstance(one, QAbstractButton) and one.text() and one.width() < one.sizeHint().width() - SLACK:
        faults.append(f"{one.width()} wide, its words need {one.sizeHint().width()}: {one.text()!r}")
    if isinstance(one, (QPushButton, QComboBox)) and one.height() < one.minimumSizeHint().height() - SLACK:
        faults.append(f"{one.height()} high, it needs {one.minimumSizeHint().height()}")
    if isinstance(one, QListWidget):
        for item in map(one.item, range(one.count())):
            room = one.visualItemRect(item)
            words = QFontMetrics(one.font()).boundingRect(
                QRect(0, 0, room.width() - 24, 9999), Qt.TextFlag.TextWordWrap, item.text()
            )
            if words.height() > room.height() or room.width() > one.viewport().width():
                faults.append(f"{_box(room)} for {item.text()!r}, which needs {_box(words)}")
    if isinstance(one, QComboBox):
        words = QFontMetrics(one.font()).horizontalAdvance(one.currentText())
        if words > one.width() - 16:
            faults.append(f"{one.width()} wide, {one.currentText()!r} needs {words}")
    return faults


def _scrolls(parent: QWidget) -> bool:
    """Whether its contents may be larger than itself."""
    above = parent.parentWidget()
    return isinstance(above, QAbstractScrollArea) and above.viewport() is parent


def _named(one: QWidget) -> str:
    said = one.accessibleName() or (one.text() if isinstance(one, (QLabel, QAbstractButton)) else "")
    return f"{type(one).__name__} {said[:40]!r}"


def _box(rect: QRect) -> str:
    return f"{rect.x()},{rect.y()} {rect.width()}×{rect.height()}"
