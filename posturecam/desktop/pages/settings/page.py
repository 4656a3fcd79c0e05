"""The settings: six groups of everyday settings, everything else under "Advanced", a search through all, and undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from posturecam.config.declarations import value_of
from posturecam.config.settings import Settings
from posturecam.desktop.pages.settings.desk_name import Desk, DeskName
from posturecam.desktop.pages.settings.everyday import ADVANCED, PLACES, place_of
from posturecam.desktop.pages.settings.fold import Fold
from posturecam.desktop.pages.settings.known_choices import Choices
from posturecam.desktop.pages.settings.rows import (
    ExpertRow,
    LineForPeople,
    Section,
    SettingRow,
    declarations,
    differs,
    expert_matches,
    expert_rows,
    first_paragraph,
    is_changed,
    line_matches,
    lines,
)
from posturecam.desktop.pages.settings.undo import in_words, restoring
from posturecam.desktop.pages.settings.words import GROUPS, title
from posturecam.desktop.pages.unfinished import Unfinished
from posturecam.desktop.widgets.confirm import announce, confirm
from posturecam.desktop.widgets.controls import ChoiceList
from posturecam.desktop.widgets.layouts import FlowLayout, FollowingArea, SideBySide, tab_in_place
from posturecam.desktop.widgets.parts import LineLabel, button, text
from posturecam.desktop.widgets.problems import Notes, NotesBanner
from posturecam.desktop.widgets.theme import GAP, MARGIN, fit_text, margin_of, scaled
from posturecam.errors import SettingsError
from posturecam.i18n.translate import tr, trn
from posturecam.session.protocol.client import SessionClient
from posturecam.session.protocol.messages import Happened, SettingsChanged, Snapshot

_STEADY = timedelta(seconds=0.4)
"""Least time between two live readings: figures that change faster cannot be read."""
_LIST = (150, 250)
"""Least and greatest width of the list of groups, device-independent pixels."""
_COLUMN = 720
"""Width of a section beyond which a control would be too far from its words."""
_SEARCH = 150
"""Width of the field to search, device-independent pixels."""
_ROOM_FOR_LIST = 640
"""Width of the page from which the groups are listed beside it; on a narrower page they are in a drop-down list."""
_PLACE = Qt.ItemDataRole.UserRole
_LANGUAGE = "desktop.language"


class SettingsPage(QWidget):
    """All settings. Changes take effect at once and can be undone; an invalid value is explained at its row, which is reset."""

    def __init__(
        self,
        client: SessionClient,
        *,
        names: Mapping[str, Choices] | None = None,
        followers: Mapping[str, Callable[[], None]] | None = None,
        notes: Notes | None = None,
        desk: Desk | None = None,
        lacking: Callable[[str], str | None] = lambda _: None,
        unfinished: Unfinished | None = None,
    ) -> None:
        """Create the page.

        Args:
            client: Holds and changes the settings.
            names: By `group.name`, the current choices of a setting that holds a name: "camera.device", "breaks.routine".
            followers: By `group.name`, called when that setting was changed and saved.
            notes: Problems shown at the top; None creates its own.
            desk: The current desk, which can be named; None if unknown.
            lacking: Why a way of being reminded cannot be shown on this system now; None if it can.
            unfinished: Where the user was before the windows were recreated; None starts with the first group.
        """
        super().__init__()
        self._client, self._names = client, names or {}
        self._followers = dict(followers or {})
        self._desk, self._lacking = desk, lacking
        self.desk_name: DeskName | None = None
        """The name of the current desk; None until its group is shown."""
        self._notes = notes or Notes(self)
        self._sections: dict[str, Section] = {}
        """By place, or by "advanced.GROUP"; each created when first shown."""
        self._folds: dict[str, Fold] = {}
        self._at = unfinished or Unfinished()
        self._place = self._at.place or next(iter(PLACES))
        self._snapshot: Snapshot | None = None
        self._shown_at: datetime | None = None
        groups = (*GROUPS, *(one for one in Settings.model_fields if one not in GROUPS))
        self._groups = [group for group in groups if expert_rows(group)]
        self._build()
        fit_text(self, self._fit)

    @property
    def places(self) -> tuple[str, ...]:
        """The names of the groups of everyday settings, and "advanced" at the end."""
        return tuple(PLACES)

    # Building it.

    def _build(self) -> None:
        page = self._page = QVBoxLayout(self)
        page.setContentsMargins(MARGIN, MARGIN, MARGIN, GAP)
        page.setSpacing(GAP)
        self.banner = NotesBanner(self._notes)
        page.addLayout(self._make_head())
        page.addWidget(self.banner)
        below = QHBoxLayout()
        below.setSpacing(MARGIN)
        below.addWidget(self._make_list())
        below.addWidget(self._make_column(), 1)
        page.addLayout(below, 1)
        page.addWidget(self._make_foot())

    def _make_head(self) -> SideBySide:
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAccessibleName(tr("Search settings"))
        self.search.setClearButtonEnabled(True)
        fit_text(self.search, lambda: self.search.setFixedWidth(scaled(_SEARCH)))
        self.search.textChanged.connect(self._filter)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self.search.setFocus)
        self.changed_only = QCheckBox(tr("Changed only"), self)
        self.changed_only.setAccessibleDescription(tr("Show only what differs from the defaults"))
        self.changed_only.toggled.connect(self._filter)
        self._heading = LineLabel(tr("Settings"), "title")
        self.group = ChoiceList(self, letters=20)
        self.group.setPlaceholderText(tr("All groups"))
        self.group.setAccessibleName(tr("Groups of settings"))
        for place, words in PLACES.items():
            self.group.addItem(tr(words), place)
        self.group.activated.connect(lambda number: self.list.setCurrentRow(number))
        tools = FlowLayout(GAP)
        for one in (self.group, self.search, self.changed_only):
            tools.addWidget(one)
        head = SideBySide(GAP)
        head.add_part(self._heading, stretch=1)
        head.add_part(tools)
        return head

    def _make_list(self) -> QListWidget:
        self.list = QListWidget(self)
        self.list.setAccessibleName(tr("Groups of settings"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumHeight(100)
        self.list.setWordWrap(True)
        for place, words in PLACES.items():
            item = QListWidgetItem(tr(words), self.list)
            item.setData(_PLACE, place)
        self.list.itemSelectionChanged.connect(self._choose)
        self.list.itemClicked.connect(lambda _: self._choose())
        return self.list

    def _make_column(self) -> FollowingArea:
        self._area = FollowingArea(self)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        fit_text(inside, lambda: inside.setMaximumWidth(scaled(_COLUMN)))
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, GAP, 0)
        self.found = text("", "quiet")
        self._column.addWidget(self.found)
        for group in self._groups:
            fold = Fold(title(group), len(expert_rows(group)))
            fold.opened.connect(lambda _, group=group: self._unfold(group))
            self._folds[group] = fold
            self._column.addWidget(fold)
        self._column.addStretch()
        self._area.setWidget(inside)
        return self._area

    def _make_foot(self) -> QWidget:
        """The last change, with an undo button."""
        self.foot = QWidget()
        line = QHBoxLayout(self.foot)
        line.setContentsMargins(0, 0, 0, 0)
        self.saved = text("")
        self.undo_button = button(tr("Undo"), self.undo, said=tr("Undo the last change"))
        line.addWidget(self.saved, 1)
        line.addWidget(self.undo_button)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self).activated.connect(self.undo)
        self.foot.hide()
        return self.foot

    def _section(self, name: str) -> Section:
        """The section of a place, or of a group under "Advanced", created when first shown."""
        if name not in self._sections:
            group = name.partition(".")[2]
            made = self._make_group(group) if group else self._make_place(name)
            self._sections[name] = made
            above = self._before(name)
            self._column.insertWidget(self._column.indexOf(above) + 1, made)
            tab_in_place(made, above)
            made.fit(self._width)
            for row in made.rows:
                row.show_settings(self._client.settings)
        return self._sections[name]

    def _before(self, name: str) -> QWidget:
        """The widget above a section: places in their order, groups each below its title."""
        place, _, group = name.partition(".")
        if group:
            return self._folds[group]
        earlier = [self._sections[one] for one in list(PLACES)[: list(PLACES).index(place)] if one in self._sections]
        return earlier[-1] if earlier else self.found

    def _make_place(self, place: str) -> Section:
        rows = [LineForPeople(row, declarations(), self._change, self._names, self._lacking) for row in lines(place)]
        made = Section(tr(PLACES[place]), "", rows)
        if place == "camera" and self._desk is not None:
            self.desk_name = DeskName(self._desk, made)
        if place == "reminders":
            made.add_action(tr("See what a reminder looks like"), "", tr("Try it"), self._client.try_alert)
        if place == "general":
            self.reset_all = made.add_action(
                tr("Start over"), tr("Every setting goes back to its default."), tr("Reset all…"), self._ask_reset
            )
        return made

    def _make_group(self, group: str) -> Section:
        rows = [ExpertRow(listed, self._change, self._names) for listed in expert_rows(group)]
        about = tr(first_paragraph(getattr(self._client.settings, group)))
        return Section(title(group), about, rows)

    # What is shown.

    def _choose(self) -> None:
        """Show only the chosen place, and end a search."""
        chosen = self.list.selectedItems()
        if not chosen:
            return
        self._place = self._at.place = chosen[0].data(_PLACE)
        with QSignalBlocker(self.search), QSignalBlocker(self.changed_only):
            self.search.clear()
            self.changed_only.setChecked(False)
        self._filter()

    def _filter(self) -> None:
        """Show the chosen place, or the search results of all places, with no place chosen meanwhile."""
        words, changed = self.search.text().split(), self.changed_only.isChecked()
        searching = bool(words) or changed
        with QSignalBlocker(self.list):
            for number in range(self.list.count()):
                item = self.list.item(number)
                item.setSelected(not searching and item.data(_PLACE) == self._place)
                if item.isSelected():
                    self.list.setCurrentItem(item)
        self.group.setCurrentIndex(-1 if searching else self.group.findData(self._place))
        for section in self._sections.values():
            section.hide()
        for group, fold in self._folds.items():
            fold.setVisible(not searching and self._place == ADVANCED)
            if fold.isVisibleTo(self) and fold.isChecked():
                self._section(f"{ADVANCED}.{group}").choose(None)
        if searching:
            self._search(words, changed)
        elif self._place == ADVANCED:
            self.found.setText(tr("Values for experts, with their sources. The defaults suit almost everybody."))
        else:
            self._section(self._place).choose(None)
        self.found.setVisible(searching or self._place == ADVANCED)
        self._area.verticalScrollBar().setValue(0)
        self._fit()
        self._show_now()

    def _search(self, words: list[str], changed: bool) -> None:
        settings, number = self._client.settings, 0
        for place in PLACES:
            found = [row for row in lines(place) if line_matches(row, words, settings)]
            wanted = [row for row in found if not changed or is_changed(row, settings)]
            if wanted:
                section = self._section(place)
                section.choose([row for row, line in zip(section.rows, lines(place), strict=True) if line in wanted])
            number += len(wanted)
        for group in self._groups:
            listed = [one for one in expert_rows(group) if expert_matches(one, words)]
            keys = {one[0].key for one in listed if not changed or differs(one, settings)}
            if keys:
                section = self._section(f"{ADVANCED}.{group}")
                section.choose([row for row in section.rows if row.keys[0] in keys])
            number += len(keys)
        nothing = tr("No settings match.") if words else tr("Nothing has been changed.")
        self.found.setText(trn("{number} setting", "{number} settings", number) if number else nothing)

    def _unfold(self, group: str) -> None:
        section = self._section(f"{ADVANCED}.{group}")
        section.choose(None if self._folds[group].isChecked() else [])
        self._fit()
        self._show_now()

    def show_place(self, name: str) -> None:
        """Show a place by its name ("camera", "advanced")."""
        with QSignalBlocker(self.list):  # choosing the same entry again emits nothing
            self.list.setCurrentRow(self.places.index(name))
        self._choose()

    def show_setting(self, key: str) -> SettingRow:
        """Show where a setting (`group.name`) is changed; returns its row."""
        place, group = place_of(key), key.partition(".")[0]
        self.show_place(place)
        if place == ADVANCED:
            self._folds[group].setChecked(True)
        section = self._section(f"{ADVANCED}.{group}" if place == ADVANCED else place)
        row = next(row for row in section.rows if key in row.keys)
        QTimer.singleShot(0, row, lambda: self._area.ensureWidgetVisible(row))  # once it has been laid out
        return row

    def take(self, snapshot: Snapshot) -> None:
        """Show the current live readings next to their thresholds."""
        self._snapshot = snapshot
        if not self.isVisible():
            return
        if self._shown_at is None or abs(snapshot.at - self._shown_at) >= _STEADY:
            self._shown_at = snapshot.at
            self._show_now()

    def _show_now(self) -> None:
        if self._snapshot is None:
            return
        for row in self._rows:
            if row.isVisibleTo(self):
                row.show_now(self._snapshot, self._client.settings)

    def happened(self, what: Happened) -> None:
        """Show settings that another program has changed, and leave rows alone where the user may be typing. Undo no longer reverts them."""
        if not isinstance(what, SettingsChanged):
            return
        left = [{key: value for key, value in change.items() if key not in what.keys} for change in self._at.undo]
        self._at.undo = [change for change in left if change]
        self.undo_button.setVisible(bool(self._at.undo))
        for row in self._rows:
            if not what.keys.isdisjoint(row.keys):
                row.show_settings(self._client.settings)
        if self.isVisible():
            self._show_now()

    def showEvent(self, event: QShowEvent) -> None:
        """Show the current settings: they may have been changed elsewhere."""
        super().showEvent(event)
        if not self._sections:  # created now, not at the start of the app
            self.show_place(self._place)
            self._continue()
        self._fit()
        self._refresh()
        self._show_now()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put names above their editors if there is little room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        narrow, margin = self.width() < scaled(_ROOM_FOR_LIST), margin_of(self.width())
        self._page.setContentsMargins(margin, MARGIN, margin, GAP)
        self.list.setVisible(not narrow)
        self.group.setVisible(narrow)  # instead of both the list and the title
        self._heading.setVisible(not narrow)
        least, most = (scaled(one) for one in _LIST)
        self.list.setFixedWidth(min(max(self.list.sizeHintForColumn(0) + 2 * GAP, least), most))
        for section in self._sections.values():
            section.fit(self._width)

    @property
    def _width(self) -> int:
        """Width of a section, pixels."""
        bar = self._area.verticalScrollBar().sizeHint().width()
        beside = 0 if self.list.isHidden() else self.list.width() + MARGIN
        return min(self.width() - beside - 2 * margin_of(self.width()) - GAP - bar, scaled(_COLUMN)) - GAP

    def _continue(self) -> None:
        """Offer to undo what was changed before the windows were recreated, first of all the language that did it."""
        if not self._at.undo:
            return
        self.foot.show()
        if self._at.setting == _LANGUAGE and place_of(_LANGUAGE) == self._place:
            row = self.show_setting(_LANGUAGE)
            self._say_saved(tr("Saved: {setting}").format(setting=row.name))
            row.editor.take_focus()

    def show_desk(self) -> None:
        """Show the desk after the computer was moved, or the desk renamed."""
        if self.desk_name is not None:
            self.desk_name.refresh()

    def _refresh(self) -> None:
        self.show_desk()
        for row in self._rows:
            row.show_settings(self._client.settings)

    # What is changed.

    @property
    def _rows(self) -> list[SettingRow]:
        """Every row that was created."""
        return [row for section in self._sections.values() for row in section.rows]

    def _change(self, row: SettingRow, changes: Mapping[str, str]) -> None:
        self._settle()
        before = self._client.settings
        try:
            after = self._client.change_settings(changes)
        except SettingsError as error:
            row.show_settings(before)
            row.refuse(tr(in_words(error)))
            return
        self._at.undo.append(restoring(before, changes))
        self._at.setting = row.keys[0]
        self._refresh()
        self._say_saved(tr("Saved: {setting}").format(setting=row.name))
        self._show_now()
        self._follow(before, after)

    def _settle(self) -> None:
        """Remove what was said at the rows, and save the steps just taken: showing the settings again would lose them."""
        for row in self._rows:
            row.tell("")
        for row in self._rows:
            row.editor.settle()

    def undo(self) -> None:
        """Undo the last change."""
        self._settle()
        if not self._at.undo:
            return
        before = self._client.settings
        try:
            after = self._client.change_settings(self._at.undo[-1])
        except SettingsError as error:  # such as a full disk: it can be tried again
            self._notes.say(error.text)
            return
        self._at.undo.pop()
        self._refresh()
        self._say_saved(tr("Undone"))
        self._show_now()
        self._follow(before, after)

    def _say_saved(self, words: str) -> None:
        self.saved.setText(f"✓ {words}")
        self.undo_button.setVisible(bool(self._at.undo))
        self.foot.show()
        announce(self, words)

    def _follow(self, before: Settings, after: Settings) -> None:
        """Call the followers of a change."""
        for key, call in self._followers.items():
            if value_of(before, key) != value_of(after, key):
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
        before = self._client.settings
        changed = [key for key, entry in declarations().items() if value_of(before, key) != entry.default]
        try:
            after = self._client.reset_settings()
        except SettingsError as error:
            self._notes.say(error.text)
            return
        if changed:
            self._at.undo.append(restoring(before, changed))
        self._refresh()
        self._filter()
        self._say_saved(tr("All settings are back to their defaults"))
        self._follow(before, after)
