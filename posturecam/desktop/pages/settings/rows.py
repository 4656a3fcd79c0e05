"""One setting in the settings page, with its editor, its live reading and its way back; and a group of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from posturecam.config.declared import SettingDeclaration, entries
from posturecam.config.settings import Settings
from posturecam.desktop.pages.settings.editors import Choices, editor
from posturecam.desktop.pages.settings.live_values import is_live, now
from posturecam.desktop.pages.settings.words import label, limits, rows, spoken, title
from posturecam.desktop.widgets.confirm import announce
from posturecam.desktop.widgets.parts import button, card, text
from posturecam.desktop.widgets.theme import GAP
from posturecam.i18n.translate import tr
from posturecam.session.protocol.messages import Snapshot

_EDITOR, _RIGHT = 280, 370
"""Width of an editor, and of its column with the way back, device-independent pixels."""
_SIDE_BY_SIDE = 560
"""Width of a section from which a setting's name and its editor stand in one line, device-independent pixels."""
_PLACES = 5
"""Rows of the grid for what `arrange` places: name, editor, a button to try it, the reading of now, what came of it."""

Change = Callable[["SettingRow", Mapping[str, str]], None]


class SettingRow(QWidget):
    """One setting, or the two ends of a span of the day."""

    def __init__(
        self, listed: Sequence[SettingDeclaration], change: Change, names: Mapping[str, Choices], parent: QWidget
    ) -> None:
        """Make the row.

        Args:
            listed: What is edited together.
            change: Called with the row and what is to be changed, as text by `group.name`.
            names: What settings that hold a name may be now, by `group.name`.
            parent: The widget it is in.

        """
        super().__init__(parent)
        self.entries = tuple(listed)
        self.keys = tuple(entry.key for entry in listed)
        self._change, self._label = change, label(self.keys[0])
        self._live = is_live(self.keys[0])
        self._narrow: bool | None = None
        self._tried: QWidget | None = None
        self.editor = editor(listed, names, self)
        self.editor.edited.connect(lambda changes: change(self, changes))
        self.reset = button(tr("Reset"), self._reset, "plain", tr("Reset {setting}").format(setting=self._label))
        keep = self.reset.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(keep)
        self.now, self.said = text("", "quiet"), text("")
        self.now.setVisible(self._live)
        self.said.hide()
        self.now.setAccessibleName(tr("{setting} now").format(setting=self._label))
        self._lay_out()

    def _lay_out(self) -> None:
        """Name, editor and what came of it, as `arrange` places them, and the words across the whole width."""
        grid = self._grid = QGridLayout(self)
        grid.setContentsMargins(0, GAP, 0, GAP)
        grid.setHorizontalSpacing(2 * GAP)
        grid.setVerticalSpacing(4)
        self._name = text(self._label)
        self._name.setStyleSheet("font-weight: 600;")
        self.editor.setFixedWidth(_EDITOR)
        self._line = QWidget()
        line = QHBoxLayout(self._line)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.editor)
        line.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignTop)
        line.addStretch(1)
        self.arrange(narrow=False)
        below = _PLACES
        for entry in self.entries:
            grid.addWidget(text(tr(entry.text)), below, 0, 1, 2)
            below += 1
        small = text(self._small_print(), "quiet")
        small.setStyleSheet("font-size: 12px;")
        grid.addWidget(small, below, 0, 1, 2)
        grid.setColumnStretch(0, 1)

    def arrange(self, *, narrow: bool) -> None:
        """Name and editor in one line and what came of it below the editor; where it is narrow, one below the other."""
        if narrow is self._narrow:
            return
        self._narrow = narrow
        grid = self._grid
        parts: list[QWidget] = [self._line, *([self._tried] if self._tried is not None else []), self.now, self.said]
        for part in (self._name, *parts):
            grid.removeWidget(part)
        low = self.editor.is_low or narrow
        place = Qt.AlignmentFlag.AlignVCenter if low else Qt.AlignmentFlag.AlignTop
        grid.addWidget(self._name, 0, 0, 1, 2 if narrow else 1, place)
        for number, part in enumerate(parts):
            beside = (Qt.AlignmentFlag.AlignLeft,) if part is self._tried else ()
            if narrow:
                grid.addWidget(part, number + 1, 0, 1, 2, *beside)
            else:
                grid.addWidget(part, number, 1, 1, 1, *beside)
        grid.setColumnMinimumWidth(1, 0 if narrow else _RIGHT)

    def _small_print(self) -> str:
        first = self.entries[0]
        parts = [tr("Default: {value}.").format(value=spoken(first, first.default)), limits(first)]
        parts.append(tr("Source: {source}.").format(source=tr(first.source)))
        return " ".join(part for part in parts if part)

    def show_settings(self, settings: Settings) -> None:
        """Show the values of now, and whether they differ from the defaults."""
        self.editor.show_values({key: value_of(settings, key) for key in self.keys})
        self.reset.setVisible(differs(self.entries, settings))

    def show_now(self, snapshot: Snapshot, settings: Settings) -> None:
        """Show what the threshold is compared with at this moment; nothing for other settings."""
        if self._live:
            words = now(self.keys[0], snapshot, settings)
            if words != self.now.text():
                self.now.setText(words)

    def offer(self, words: str, pressed: Callable[[], object]) -> None:
        """Put a button below the editor, to try what was chosen."""
        self._tried = button(words, pressed, said=f"{self._label}: {words}")
        narrow, self._narrow = bool(self._narrow), None
        self.arrange(narrow=narrow)

    def tell(self, words: str) -> None:
        """Say what came of a change, beside the field; none takes it away."""
        self.said.setText(words)
        self.said.setVisible(bool(words))
        if words:
            announce(self.editor, words)

    def _reset(self) -> None:
        self.editor.setFocus()  # the button goes away with the difference
        self._change(self, dict.fromkeys(self.keys, ""))


class GroupSection(QWidget):
    """A group of settings on one card."""

    def __init__(
        self, group: str, settings: Settings, change: Change, names: Mapping[str, Choices], parent: QWidget
    ) -> None:
        """Make the section; its arguments are those of its rows."""
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, GAP)
        column.addWidget(text(title(group), "heading"))
        column.addWidget(text(tr(first_paragraph(getattr(settings, group))), "quiet"))
        frame, inside = card()
        inside.setContentsMargins(2 * GAP, GAP // 2, 2 * GAP, GAP // 2)
        inside.setSpacing(0)
        self.rows = [SettingRow(listed, change, names, frame) for listed in rows_of(group)]
        for row in self.rows:
            inside.addWidget(row)
            row.show_settings(settings)
        column.addWidget(frame)

    def fit(self, width: int) -> None:
        """Arrange the rows for a section of this width, device-independent pixels."""
        for row in self.rows:
            row.arrange(narrow=width < _SIDE_BY_SIDE)

    def choose(self, keys: Collection[str] | None) -> None:
        """Show only the rows of these settings; None shows all, and an empty collection nothing at all."""
        for row in self.rows:
            row.setVisible(keys is None or row.keys[0] in keys)
        self.setVisible(keys is None or bool(keys))


def matches(listed: Sequence[SettingDeclaration], words: Sequence[str]) -> bool:
    """Whether every word is found in the names or the descriptions of what is edited together, or in its group's title."""
    group = listed[0].key.partition(".")[0]
    texts = [title(group), label(listed[0].key), *(f"{entry.key} {tr(entry.text)}" for entry in listed)]
    found = " ".join(texts).replace("_", " ").casefold()
    return all(word.casefold() in found for word in words)


def differs(listed: Sequence[SettingDeclaration], settings: Settings) -> bool:
    """Whether any of these is not as declared."""
    return any(value_of(settings, entry.key) != entry.default for entry in listed)


@cache
def rows_of(group: str) -> tuple[tuple[SettingDeclaration, ...], ...]:
    """What is edited together, of a group of settings."""
    return tuple(rows(entry for entry in entries(Settings()) if entry.key.partition(".")[0] == group))


def value_of(settings: Settings, key: str) -> object:
    """The value of a setting given as `group.name`."""
    group, _, name = key.partition(".")
    return getattr(getattr(settings, group), name)


def first_paragraph(group: object) -> str:
    """What a group is about: the beginning of its own description."""
    return (inspect.getdoc(group) or "").partition("\n\n")[0].replace("\n", " ")
