"""One setting in the settings page: an everyday line, or everything an expert wants to know; and groups of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from posturecam.config.declarations import SettingDeclaration, entries, value_of
from posturecam.config.settings import Settings
from posturecam.desktop.pages.settings.editors import Editor, MemberEditor, editor, people_editor
from posturecam.desktop.pages.settings.everyday import EVERYDAY_KEYS, LEVEL_HELP, PLACES, EverydayRow, help_of, rows_at
from posturecam.desktop.pages.settings.known_choices import Choices
from posturecam.desktop.pages.settings.live_values import is_live, now
from posturecam.desktop.pages.settings.words import choices, label, limits, rows, spoken, title
from posturecam.desktop.widgets.confirm import announce
from posturecam.desktop.widgets.layouts import SideBySide
from posturecam.desktop.widgets.parts import MAY_BREAK, button, card, text
from posturecam.desktop.widgets.theme import GAP, current, fit_text, scaled
from posturecam.i18n.message import without_accents
from posturecam.i18n.translate import joined, tr
from posturecam.i18n.words import FULL_STOP, HEADED, SENTENCES
from posturecam.session.protocol.messages import Snapshot

_CONTROL = 300
"""Width of the column with the controls, device-independent pixels at the default text size."""
_SIDE_BY_SIDE = 540
"""Width of a row from which its words and its control stand side by side."""
_LINE_WORDS = 130
"""Width of the words from which a button or a field of its own stands beside them."""
_AS_WIDE_AS_THE_ROW = (1 << 24) - 1
"""Qt's QWIDGETSIZE_MAX: no limit."""
_DOT, _BACK = 10, 32
_AROUND = 26
"""Space around the rows of a section: its card's margins and frame."""

Change = Callable[["SettingRow", Mapping[str, str]], None]


class ChangedMark(QWidget):
    """A dot beside a setting that differs from its default."""

    def __init__(self) -> None:
        super().__init__()
        self._on = False
        fit_text(self, lambda: self.setFixedSize(_DOT, scaled(18)))

    def show_changed(self, changed: bool, default: str) -> None:
        """Show or hide it, with the setting's default."""
        self._on = changed
        said = tr("Changed. Default: {value}.").format(value=default) if changed else ""
        self.setToolTip(said)
        self.setAccessibleName(said)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A dot in the accent's color."""
        if self._on:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(current().color("accent"))
            painter.drawEllipse(self.rect().center(), 3, 3)
            painter.end()


class SettingRow(QFrame):
    """One line: label, help, control, and a reset button."""

    _expert = False
    """Whether it has much text, with the control next to its first line, and live values."""

    def __init__(
        self,
        listed: Sequence[SettingDeclaration],
        made: Editor,
        change: Change,
        name: str,
        help_: str,
    ) -> None:
        """Create the row.

        Args:
            listed: The settings that are edited together.
            made: Its editor.
            change: Called with the row and the changes, as text by `group.name`.
            name: Its label, in the user's language.
            help_: Its help, in the user's language; may be empty.
        """
        super().__init__()
        self.entries = tuple(listed)
        self.keys = tuple(entry.key for entry in listed)
        self.name = name
        self._change = change
        self._live = self._expert and is_live(self.keys[0])
        self._narrow, self._room = False, 0
        self._arranged: tuple[bool, bool, int] | None = None
        """Whether the row was narrow, and tight, and its width when it was arranged last."""
        self.editor = made
        made.setParent(self)
        made.edited.connect(lambda changes: change(self, changes))
        made.refused.connect(self.refuse)
        self.mark = ChangedMark()
        self.reset = QToolButton()
        self.reset.setText("↺")
        self.reset.setAccessibleName(tr("Reset {setting}").format(setting=name))
        self.reset.setProperty("kind", "back")
        fit_text(self.reset, lambda: self.reset.setFixedSize(QSize(scaled(_BACK), scaled(_BACK))))
        self.reset.clicked.connect(self._reset)
        self.help = text(help_, "quiet")
        self.help.setVisible(bool(help_))
        self.now, self.said = text("", "quiet"), text("")
        self.now.setVisible(self._live)
        self.said.hide()
        self.now.setAccessibleName(tr("{setting} now").format(setting=name))
        self._lay_out()

    def _lay_out(self) -> None:
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 10, 0, 10)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(6)
        self._words = QWidget()
        words = QVBoxLayout(self._words)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        name = text(self.name)
        head.addWidget(name, 1)
        words.addLayout(head)
        below = QVBoxLayout()
        below.setContentsMargins(_DOT + 6, 0, 0, 0)
        below.setSpacing(2)
        for part in (self.help, *self._small_print(), self.now):
            below.addWidget(part)
        words.addLayout(below)
        self._control = QWidget()
        self._line = line = QHBoxLayout(self._control)
        line.setSpacing(4)
        line.addWidget(self.editor, 1)
        line.addWidget(self.reset)
        line.addStretch(0)
        self.arrange(narrow=False)
        fit_text(self, self._fit_control)
        grid.setColumnStretch(0, 1)

    def _small_print(self) -> list[QWidget]:
        """The details for experts; none here."""
        return []

    def arrange(self, *, narrow: bool, room: int = 0) -> None:
        """Arrange words and control side by side, or one below the other if the row is narrow.

        Args:
            narrow: Whether the row is narrow.
            room: Width of the row, device-independent pixels; 0 if unknown.
        """
        before, self._narrow, self._room = self._arranged, narrow, room
        self._arranged = narrow, self._tight, room  # larger text makes it tight too
        if self._arranged == before:
            return
        if before is not None and before[:2] == self._arranged[:2]:
            self._fit_control()
            return
        grid = self._grid
        for part in (self._words, self._control, self.said):
            grid.removeWidget(part)
        low = self.editor.is_low and not self._expert
        middle = Qt.AlignmentFlag.AlignVCenter if low else Qt.AlignmentFlag.AlignTop
        self._fit_control()
        if narrow and (self._tight or not self.editor.is_small):
            grid.addWidget(self._words, 0, 0, 1, 2)
            at_end = self.editor.ends_in_switch and not self._tight
            grid.addWidget(self._control, 1, 0, 1, 2, Qt.AlignmentFlag.AlignRight if at_end else Qt.AlignmentFlag(0))
            grid.addWidget(self.said, 2, 0, 1, 2)
        else:
            grid.addWidget(self._words, 0, 0, middle)
            grid.addWidget(self._control, 0, 1, middle)
            grid.addWidget(self.said, 1, 0, 1, 2)

    @property
    def _tight(self) -> bool:
        """Whether the reset button stands below the control, which fills the row."""
        return self._narrow and 0 < self._room < scaled(_CONTROL)

    def _fit_control(self) -> None:
        tight = self._tight
        way = QBoxLayout.Direction
        below = self._narrow and not self.editor.is_small
        self._line.setContentsMargins(_DOT + 6 if below and not tight else 0, 0, 0, 0)
        self._line.setDirection(way.TopToBottom if tight else way.LeftToRight)
        keep = self.reset.sizePolicy()
        keep.setRetainSizeWhenHidden(not tight)  # otherwise the editor moves when the setting is changed
        self.reset.setSizePolicy(keep)
        wide = scaled(_CONTROL) - scaled(_BACK) - 4
        if self._room and not self._narrow:  # seven days are best in one row
            wide = max(wide, min(self.editor.sizeHint().width(), 2 * self._room // 3))
        elif self._room:
            wide = min(max(wide, self.editor.sizeHint().width()), self._room - scaled(_BACK) - _DOT - 10)
        if tight and not self.editor.is_small:
            self.editor.setMinimumWidth(0)
            self.editor.setMaximumWidth(_AS_WIDE_AS_THE_ROW)
        else:
            self.editor.setFixedWidth(self.editor.sizeHint().width() if self.editor.is_small else wide)

    def show_settings(self, settings: Settings) -> None:
        """Show the current values, and whether they differ from the defaults."""
        self.editor.show_values({key: value_of(settings, key) for key in self.keys})
        changed = differs(self.entries, settings)
        self.reset.setVisible(changed)
        self.mark.show_changed(changed, self._default())
        self.reset.setToolTip(tr("Reset to {value}").format(value=self._default()))

    def _default(self) -> str:
        return spoken(self.entries[0], self.entries[0].default)

    def show_now(self, snapshot: Snapshot, settings: Settings) -> None:
        """Show the current value that the threshold is compared with; nothing for other settings."""
        if self._live:
            words = now(self.keys[0], snapshot, settings)
            if words != self.now.text():
                self.now.setText(words)

    def refuse(self, why: str) -> None:
        """Show why the typed value was rejected."""
        self.tell(f"⚠ {why}")

    def tell(self, words: str) -> None:
        """Show the result of a change below the row; an empty text removes it."""
        self.said.setText(words)
        self.said.setVisible(bool(words))
        if words:
            announce(self.editor, words)

    def _reset(self) -> None:
        self.editor.take_focus()  # the button disappears together with the difference
        self._change(self, self._defaults())

    def _defaults(self) -> Mapping[str, str]:
        return dict.fromkeys(self.keys, "")


class LineForPeople(SettingRow):
    """A line of the everyday settings."""

    def __init__(
        self,
        row: EverydayRow,
        declared: Mapping[str, SettingDeclaration],
        change: Change,
        names: Mapping[str, Choices],
        lacking: Callable[[str], str | None],
    ) -> None:
        """Create the line.

        Args:
            row: The row.
            declared: Every setting's declaration, by `group.name`.
            change: As in `SettingRow`.
            names: What settings that hold a name may be now, by `group.name`.
            lacking: Why one member of a setting is unavailable on this system now; None if it is available.
        """
        self._row, self._lacking = row, lacking
        listed = [declared[key] for key in row.keys]
        made = people_editor(row, listed, names)
        super().__init__(listed, made, change, tr(row.label), help_of(row, Settings()))
        self.setProperty("member", row.member)

    def show_settings(self, settings: Settings) -> None:
        """Show the values; for one member of a setting, only that member counts."""
        super().show_settings(settings)
        if self._row.member:
            changed = is_changed(self._row, settings)
            self.reset.setVisible(changed)
            self.mark.show_changed(changed, self._default())
            self._offer(settings, on=self._row.member in value_of(settings, self.keys[0]))  # type: ignore[operator]
        if self._row.length:
            self._explain(help_of(self._row, settings))
        if self.keys[0] == "sensitivity.level":
            self.help.setText(tr(LEVEL_HELP[settings.sensitivity.level]))
            self.help.setVisible(True)

    def _offer(self, settings: Settings, *, on: bool) -> None:
        """Say why a member is unavailable here, if so; it can still be switched off."""
        why = self._lacking(self._row.member)
        self.editor.setEnabled(why is None or on)
        self._explain(help_of(self._row, settings) if why is None else tr(why))

    def _explain(self, words: str) -> None:
        """Show the help, also to screen readers."""
        self.help.setText(words)
        self.editor.describe(self.name, self.help.text())

    def _default(self) -> str:
        first = self.entries[0]
        if self._row.member:
            return tr("on") if self._row.member in first.default else tr("off")
        return self._row.spoken(first.default) if self._row.steps else spoken(first, first.default)

    def _defaults(self) -> Mapping[str, str]:
        if isinstance(self.editor, MemberEditor):
            return self.editor.switched(self._row.member in self.entries[0].default)
        return super()._defaults()


class ExpertRow(SettingRow):
    """A setting with its whole declaration: its name in the file, default, limits and source."""

    _expert = True

    def __init__(
        self,
        listed: Sequence[SettingDeclaration],
        change: Change,
        names: Mapping[str, Choices],
    ) -> None:
        """Create the row; its arguments are those of `SettingRow`."""
        key = listed[0].key
        words = joined(SENTENCES, [tr(FULL_STOP).format(told=tr(entry.text)) for entry in listed])
        super().__init__(listed, editor(listed, names), change, label(key), words)

    def _small_print(self) -> list[QWidget]:
        first = self.entries[0]
        parts = [" · ".join(self.keys), tr("Default: {value}.").format(value=self._default()), limits(first)]
        parts.append(tr("Source: {source}.").format(source=tr(first.source)))
        words = "  ".join(part for part in parts if part)
        return [text(words.replace("/", f"/{MAY_BREAK}").replace("_", f"_{MAY_BREAK}"), "small")]


class Section(QWidget):
    """A heading, and rows below it on one card."""

    def __init__(self, heading: str, about: str, made: Sequence[SettingRow]) -> None:
        """Create it.

        Args:
            heading: The group's title, in the user's language.
            about: A sentence on it; may be empty.
            made: Its rows.
        """
        super().__init__()
        self.rows = list(made)
        self._action: QWidget | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, GAP)
        column.setSpacing(6)
        column.addWidget(text(heading, "heading"))
        if about:
            column.addWidget(text(about, "quiet"))
        frame, self._inside = card()
        self._inside.setContentsMargins(10, 6, _AROUND - 12, 6)
        self._inside.setSpacing(0)
        for row in self.rows:
            self._inside.addWidget(row)
        column.addWidget(frame)

    def add_action(self, name: str, help_: str, words: str, pressed: Callable[[], object]) -> QPushButton:
        """A line with a button at its end, which is returned."""
        does = button(words, pressed, said=joined(HEADED, (name, words)))
        self.add_line(name, help_, does)
        return does

    def add_line(self, name: str, help_: str, control: QWidget) -> QLabel:
        """A separate line that changes no setting, with a control at its end; returns its help label."""
        line = QFrame()
        line.setProperty("kind", "row")
        around = QHBoxLayout(line)
        around.setContentsMargins(_DOT + 6, 10, _BACK + 4, 10)
        row = SideBySide(6)
        around.addLayout(row)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(text(name))
        below = text(help_, "quiet")
        below.setVisible(bool(help_))
        texts.addWidget(below)
        row.add_part(texts, _LINE_WORDS, 1)
        row.add_part(control)
        self._inside.addWidget(line)
        self._action = line
        return below

    def fit(self, width: int) -> None:
        """Arrange the rows for a section of this width, device-independent pixels."""
        for row in self.rows:
            row.arrange(narrow=width < scaled(_SIDE_BY_SIDE), room=width - _AROUND)

    def choose(self, chosen: Collection[SettingRow] | None) -> None:
        """Show only these rows; None shows all, and an empty collection nothing at all."""
        first = True
        for row in self.rows:
            wanted = chosen is None or row in chosen
            row.setVisible(wanted)
            kind = "first row" if first else "row"
            if wanted and row.property("kind") != kind:
                row.setProperty("kind", kind)
                row.style().unpolish(row)
                row.style().polish(row)
            first = first and not wanted
        if self._action is not None:
            self._action.setVisible(chosen is None)
        self.setVisible(chosen is None or bool(chosen))


def matches(words: Sequence[str], *texts: str) -> bool:
    """Whether every word is found in the texts, whatever its case and accents."""
    found = _plain(" ".join(texts))
    return all(_plain(word) in found for word in words)


def _plain(words: str) -> str:
    return without_accents(words.replace("_", " ").casefold())


def line_matches(row: EverydayRow, words: Sequence[str], settings: Settings) -> bool:
    """Whether every word is found in a line for people, its choices, the names of its settings, or the title of its place."""
    named = [] if row.member else [name for key in row.keys for name in _names(key)]
    return matches(words, tr(PLACES[row.place]), tr(row.label), help_of(row, settings), *named)


def _names(key: str) -> list[str]:
    """What a setting (`group.name`) and its choices are called."""
    return [key, key.replace(".", " "), *(one.text for one in choices(key))]


def expert_matches(listed: Sequence[SettingDeclaration], words: Sequence[str]) -> bool:
    """Whether every word is found in the names, descriptions or choices of what is edited together, or in its group's title."""
    group = listed[0].key.partition(".")[0]
    texts = (said for entry in listed for said in (*_names(entry.key), tr(entry.text)))
    return matches(words, title(group), label(listed[0].key), *texts)


def is_changed(row: EverydayRow, settings: Settings) -> bool:
    """Whether the settings of a line differ from their defaults."""
    listed = [declarations()[key] for key in row.keys]
    if not row.member:
        return differs(listed, settings)
    return (row.member in value_of(settings, row.keys[0])) != (row.member in listed[0].default)  # type: ignore[operator]


def differs(listed: Sequence[SettingDeclaration], settings: Settings) -> bool:
    """Whether any of these differs from its default."""
    return any(value_of(settings, entry.key) != entry.default for entry in listed)


@cache
def declarations() -> Mapping[str, SettingDeclaration]:
    """Every setting's declaration, by `group.name`."""
    return {entry.key: entry for entry in entries(Settings())}


@cache
def expert_rows(group: str) -> tuple[tuple[SettingDeclaration, ...], ...]:
    """The rows of a group under "Advanced": all settings that are in no line for people."""
    return tuple(
        rows(
            entry
            for entry in declarations().values()
            if entry.key.partition(".")[0] == group and entry.key not in EVERYDAY_KEYS
        )
    )


def lines(place: str) -> tuple[EverydayRow, ...]:
    """The lines of a place, whose settings are all declared."""
    return tuple(row for row in rows_at(place) if all(key in declarations() for key in row.keys))


def first_paragraph(group: object) -> str:
    """The first paragraph of a group's description."""
    return (inspect.getdoc(group) or "").partition("\n\n")[0].replace("\n", " ")
