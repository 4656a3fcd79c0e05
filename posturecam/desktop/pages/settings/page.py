"""The settings, made from their one declaration: groups, search, what was changed, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from posturecam.config.settings import Settings
from posturecam.desktop.pages.settings.editors import Choices
from posturecam.desktop.pages.settings.rows import GroupSection, SettingRow, differs, matches, rows_of
from posturecam.desktop.pages.settings.words import ADVANCED, EVERYDAY, title
from posturecam.desktop.widgets.confirm import confirm
from posturecam.desktop.widgets.parts import button, text
from posturecam.desktop.widgets.problems import Notes, NotesBanner
from posturecam.desktop.widgets.theme import GAP, MARGIN
from posturecam.errors import SettingsError
from posturecam.i18n.translate import tr, trn
from posturecam.session.protocol.client import SessionClient
from posturecam.session.protocol.messages import Happened, Snapshot

_STEADY = timedelta(seconds=0.4)
"""Least time between two live readings: figures that change faster cannot be read."""
_WIDEST_LIST = 250
_GROUP = Qt.ItemDataRole.UserRole


class SettingsPage(QWidget):
    """All settings. Changes hold at once; what is not allowed is said beside its field, which goes back."""

    def __init__(
        self,
        asks: SessionClient,
        *,
        names: Mapping[str, Choices] | None = None,
        followers: Mapping[str, Callable[[], None]] | None = None,
        notes: Notes | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Make the page.

        Args:
            asks: The engine, which has the settings and changes them.
            names: By `group.name`, what a setting that holds a name may be now: "camera.device", "breaks.routine".
            followers: By `group.name`, what is called once that setting was changed and kept.
            notes: What went wrong, shown at the top; None keeps its own.
            parent: The widget it is in.

        """
        super().__init__(parent)
        self._asks, self._names = asks, names or {}
        self._followers = dict(followers or {})
        self._notes = notes or Notes(self)
        self._sections: dict[str, GroupSection] = {}
        self._told: SettingRow | None = None
        self._snapshot: Snapshot | None = None
        self._shown_at: datetime | None = None
        known = [*EVERYDAY, *ADVANCED]
        self._order = known + [group for group in Settings.model_fields if group not in known]
        self._build()
        self.groups.setCurrentRow(0)

    # Making it.

    def _build(self) -> None:
        page = QVBoxLayout(self)
        page.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        page.setSpacing(GAP)
        self.banner = NotesBanner(self._notes)
        page.addWidget(text(tr("Settings"), "title"))
        page.addWidget(self.banner)
        page.addLayout(self._make_tools())
        below = QHBoxLayout()
        below.setSpacing(MARGIN)
        below.addWidget(self._make_list())
        below.addWidget(self._make_column(), 1)
        page.addLayout(below, 1)

    def _make_tools(self) -> QHBoxLayout:
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Search settings"))
        self.search.setAccessibleName(tr("Search settings"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self.search.setFocus)
        self.changed_only = QCheckBox(tr("Changed only"), self)
        self.changed_only.setAccessibleName(tr("Show only what differs from the defaults"))
        self.changed_only.toggled.connect(self._filter)
        self.reset_all = button(tr("Reset all…"), self._ask_reset, said=tr("Reset all settings"))
        line = QHBoxLayout()
        line.setSpacing(GAP)
        line.addWidget(self.search, 1)
        line.addWidget(self.changed_only)
        line.addWidget(self.reset_all)
        return line

    def _make_list(self) -> QListWidget:
        self.groups = QListWidget(self)
        self.groups.setAccessibleName(tr("Groups of settings"))
        self.groups.setFrameShape(QFrame.Shape.NoFrame)
        self.groups.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for group in self._order:
            if group not in EVERYDAY and not self.groups.findItems(tr("Advanced"), Qt.MatchFlag.MatchExactly):
                heading = QListWidgetItem(tr("Advanced"), self.groups)
                heading.setFlags(Qt.ItemFlag.NoItemFlags)
            item = QListWidgetItem(title(group), self.groups)
            item.setData(_GROUP, group)
        self.groups.setWordWrap(True)
        self.groups.setFixedWidth(min(max(self.groups.sizeHintForColumn(0) + 3 * GAP, 180), _WIDEST_LIST))
        self.groups.currentItemChanged.connect(self._choose)
        self.groups.itemClicked.connect(self._choose)
        return self.groups

    def _make_column(self) -> QScrollArea:
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it is reached by itself
        self._inside = inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, GAP, 0)
        self.found = text("", "quiet")
        self._column.addWidget(self.found)
        self._column.addStretch()
        self._area.setWidget(inside)
        return self._area

    def _section(self, group: str) -> GroupSection:
        """The group's section, made when it is first wanted."""
        if group not in self._sections:
            made = GroupSection(group, self._asks.settings, self._change, self._names, self._inside)
            after = self._order[self._order.index(group) + 1 :]
            later = [self._column.indexOf(self._sections[one]) for one in after if one in self._sections]
            self._column.insertWidget(min(later, default=self._column.count() - 1), made)
            self._sections[group] = made
            made.fit(self._width)
            for row in made.rows:
                if row.keys[0] == "desktop.alerts":
                    row.offer(tr("Try it"), self._asks.try_alert)
        return self._sections[group]

    # What is shown.

    def _choose(self, item: QListWidgetItem | None) -> None:
        """A group was chosen: it alone is shown, whatever was searched for before."""
        if item is None or item.data(_GROUP) is None:
            return
        for control in (self.search, self.changed_only):
            control.blockSignals(True)
        self.search.clear()
        self.changed_only.setChecked(False)
        for control in (self.search, self.changed_only):
            control.blockSignals(False)
        self._filter()

    def _filter(self) -> None:
        """Show the chosen group, or what is searched for in all of them."""
        words, changed = self.search.text().split(), self.changed_only.isChecked()
        current = self.groups.currentItem()
        number = 0
        for group in self._order:
            if words or changed:
                wanted = self._wanted(group, words, changed)
                number += len(wanted)
                if wanted or group in self._sections:
                    self._section(group).choose(wanted)
            elif current is not None and group == current.data(_GROUP):
                self._section(group).choose(None)
            elif group in self._sections:
                self._sections[group].hide()
        self.found.setVisible(bool(words) or changed)
        nothing = tr("No settings match.") if words else tr("Nothing has been changed.")
        self.found.setText(trn("{number} setting", "{number} settings", number) if number else nothing)
        self._area.verticalScrollBar().setValue(0)
        self._show_now()

    def _wanted(self, group: str, words: list[str], changed: bool) -> set[str]:
        """The first key of each row of the group that has all words and, if only these are asked for, was changed."""
        return {
            listed[0].key
            for listed in rows_of(group)
            if matches(listed, words) and (not changed or differs(listed, self._asks.settings))
        }

    def show_group(self, group: str) -> None:
        """Show a group of settings by its name in the declaration ("camera")."""
        for row in range(self.groups.count()):
            if self.groups.item(row).data(_GROUP) == group:
                self.groups.setCurrentRow(row)
                self._choose(self.groups.item(row))

    def take(self, snapshot: Snapshot) -> None:
        """Show the live readings of this moment beside their thresholds."""
        self._snapshot = snapshot
        if not self.isVisible():
            return
        if self._shown_at is None or abs(snapshot.at - self._shown_at) >= _STEADY:
            self._shown_at = snapshot.at
            self._show_now()

    def _show_now(self) -> None:
        if self._snapshot is None:
            return
        for section in self._sections.values():
            if not section.isHidden():
                for row in section.rows:
                    row.show_now(self._snapshot, self._asks.settings)

    def happened(self, what: Happened) -> None:
        """Nothing that happens changes a setting."""

    def showEvent(self, event: QShowEvent) -> None:
        """Show what the settings are now: they may have been changed elsewhere."""
        super().showEvent(event)
        self._refresh()
        self._show_now()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, names stand above their editors."""
        super().resizeEvent(event)
        for section in self._sections.values():
            section.fit(self._width)

    @property
    def _width(self) -> int:
        """Width of a section, pixels."""
        bar = self._area.verticalScrollBar().sizeHint().width()
        return self.width() - self.groups.width() - 3 * MARGIN - GAP - bar

    def _refresh(self) -> None:
        for section in self._sections.values():
            for row in section.rows:
                row.show_settings(self._asks.settings)

    # What is changed.

    def _change(self, row: SettingRow, changes: Mapping[str, str]) -> None:
        before = self._asks.settings
        if self._told is not None:
            self._told.tell("")
        self._told = row
        try:
            after = self._asks.change_settings(changes)
        except SettingsError as error:
            row.show_settings(before)
            why = error.text.parameters.get("problem", error.text)  # that nothing was changed is said already
            row.tell(tr("⚠ Not changed: {why}").format(why=tr(why if isinstance(why, str) else error.text)))
            return
        self._refresh()
        row.tell(tr("✓ Saved"))
        self._show_now()
        self._follow(before, after)

    def _follow(self, before: Settings, after: Settings) -> None:
        """Tell who wants to know of a change."""
        for key, call in self._followers.items():
            group, _, name = key.partition(".")
            if getattr(getattr(before, group), name) != getattr(getattr(after, group), name):
                call()

    def _ask_reset(self) -> None:
        confirm(
            self,
            tr("Reset all settings?"),
            tr("Every setting goes back to its default. Your old settings are kept in a file next to the new ones."),
            tr("Reset all"),
            self._reset_all,
        )

    def _reset_all(self) -> None:
        before = self._asks.settings
        try:
            after = self._asks.reset_settings()
        except SettingsError as error:
            self._notes.say(error.text)
            return
        self._refresh()
        self._filter()
        self._follow(before, after)
