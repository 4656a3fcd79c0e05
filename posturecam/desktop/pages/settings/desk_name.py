"""The user's name for the desk at which the computer is, in a line of the settings."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtWidgets import QLineEdit

from posturecam.desktop.pages.settings.rows import Section
from posturecam.desktop.widgets.confirm import announce
from posturecam.desktop.widgets.theme import fit_text, scaled
from posturecam.errors import SettingsError
from posturecam.history.baselines import LONGEST_NAME
from posturecam.i18n.translate import joined, tr
from posturecam.i18n.words import SENTENCES, THINGS

_NARROWEST, _WIDE = 120, 220
"""Least and greatest width of the field, device-independent pixels at the default text size."""


class Desk(Protocol):
    """The current desk, identified by its screens."""

    @property
    def name(self) -> str:
        """The user's name for it; empty if it has none."""

    @property
    def others(self) -> tuple[str, ...]:
        """The names of the other desks."""

    def rename(self, name: str) -> str:
        """Name it; returns the name as it was saved.

        Raises:
            SettingsError: if it cannot be written.
        """


class DeskName(QLineEdit):
    """Shows and changes the name of the desk; the other desks are named below."""

    def __init__(self, desk: Desk, section: Section) -> None:
        """Put it at the end of a section."""
        super().__init__()
        self._desk = desk
        self.setMaxLength(LONGEST_NAME)
        self.setAccessibleName(tr("Name of this desk"))
        self.setPlaceholderText(tr("Office, At home, …"))
        fit_text(self, lambda: self.setMinimumWidth(min(scaled(_NARROWEST), _WIDE)))
        fit_text(self, lambda: self.setMaximumWidth(scaled(_WIDE)))
        self.about = section.add_line(tr("This desk"), "", self)
        self.editingFinished.connect(self._keep)
        self.refresh()

    def refresh(self) -> None:
        """Show the current desk, unless its name is being typed."""
        if not (self.hasFocus() and self.isModified()):
            self.setText(self._desk.name)
        said = [tr("Recognized by its screens. Every desk keeps its own calibration.")]
        if self._desk.others:
            said.append(tr("Your other desks: {names}.").format(names=joined(THINGS, self._desk.others)))
        self.about.setText(joined(SENTENCES, said))
        self.about.setVisible(True)
        self.setAccessibleDescription(self.about.text())

    def _keep(self) -> None:
        if self.text().strip() == self._desk.name:
            return
        try:
            name = self._desk.rename(self.text())
        except SettingsError as problem:
            self.about.setText(tr(problem.text))
            announce(self, self.about.text())
            return
        self.setModified(False)
        self.setText(name)
