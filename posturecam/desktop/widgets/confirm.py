"""Confirmation before something irreversible, and announcements for screen readers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from posturecam.i18n.translate import tr


def confirm(parent: QWidget, title: str, text: str, action: str, then: Callable[[], None]) -> QMessageBox:
    """Ask, and act only on an explicit yes; closing the question means no. Returns at once.

    Args:
        parent: The window it belongs to.
        title: The question.
        text: What will be lost, and what stays.
        action: The label of the button that does it.
        then: Called if the user confirms.
    """
    box = QMessageBox(QMessageBox.Icon.Question, title, f"<b>{title}</b>", parent=parent)
    box.setInformativeText(text)
    do = QPushButton(action, box)
    keep = QPushButton(tr("Keep"), box)
    for button, name in ((do, action), (keep, tr("Keep"))):
        button.setAccessibleName(name)
    box.addButton(do, QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(keep, QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    do.clicked.connect(lambda: then())
    box.finished.connect(box.deleteLater)
    box.open()
    return box


def announce(widget: QWidget, text: str) -> None:
    """Make a screen reader speak what a sighted user sees appear."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))
