"""Questions of a page, such as a confirmation before something irreversible; and announcements for screen readers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QDialog, QMessageBox, QPushButton, QWidget

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
    ask_on(parent, box)
    return box


def ask_on(page: QWidget, question: QDialog) -> None:
    """Open a dialog of this page, which deletes itself once it is answered; leaving the page closes it without an answer.

    The tray, a reminder and `posturecam ctl` lead to other pages meanwhile, where a question left open would block everything.
    """
    # Not at once: Qt's file dialog may be waiting for an answer of its own, which would end the process if it were deleted.
    question.finished.connect(lambda: QTimer.singleShot(0, question, question.deleteLater))
    page.installEventFilter(_ClosedOnLeaving(question))
    question.open()


class _ClosedOnLeaving(QObject):
    """Closes a dialog, with what the dialog itself asks, when the page that it watches is left."""

    def __init__(self, question: QDialog) -> None:
        super().__init__(question)
        self._question = question

    def eventFilter(self, page: QObject, event: QEvent) -> bool:
        """Close the dialog once its page is hidden, but not while the desktop only minimizes the window."""
        if event.type() is QEvent.Type.Hide and not event.spontaneous():
            for inner in self._question.findChildren(QWidget):
                if inner.isWindow():  # such as whether to replace a file
                    inner.close()
            self._question.reject()
        return super().eventFilter(page, event)


def announce(widget: QWidget, text: str) -> None:
    """Make a screen reader speak what a sighted user sees appear."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))
