"""The sensitivity, with three choices: the one judging setting that everybody may want to change."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from posturecam.desktop.widgets.actions import SENSITIVITIES
from posturecam.desktop.widgets.layouts import FlowLayout
from posturecam.desktop.widgets.parts import Chip, ChipGroup
from posturecam.errors import PosturecamError
from posturecam.i18n.translate import tr
from posturecam.session.protocol.client import SessionClient


class SensitivityChoice(QWidget):
    """Relaxed, normal or strict; a choice takes effect at once."""

    def __init__(self, client: SessionClient, complain: Callable[[str], None]) -> None:
        """Show the current setting.

        Args:
            client: Saves the choice.
            complain: Called with the reason why it could not be saved.
        """
        super().__init__()
        self._client, self._complain = client, complain
        self.setAccessibleName(tr("Sensitivity"))
        row = FlowLayout(6)
        self.setLayout(row)
        self._group = ChipGroup(self)
        self.chips: dict[str, Chip] = {}
        for level, (_, name) in SENSITIVITIES.items():
            said = tr("Sensitivity: {level}").format(level=tr(name))
            chip = self.chips[level] = Chip(tr(name), said, ticked=False)
            chip.clicked.connect(lambda _=False, level=level: self._choose(level))
            self._group.add(chip)
            row.addWidget(chip)
        self.refresh()

    def refresh(self) -> None:
        """Show the current setting."""
        self.chips[self._client.settings.sensitivity.level].setChecked(True)

    def _choose(self, level: str) -> None:
        try:
            self._client.change_settings({"sensitivity.level": level})
        except PosturecamError as problem:
            self._complain(problem.text)
        self.refresh()
