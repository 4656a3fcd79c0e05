"""One editor for each kind of setting, chosen from its declaration. The edited value is text, as a user would type it.

An editor emits a change once it is finished: at once for check boxes and lists, for numbers when the field is left, on
Enter, or a moment after the last step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any, Literal, get_args, get_origin

from PySide6.QtCore import QLocale, QSignalBlocker, Qt, QTime, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from posturecam.config.declarations import SettingDeclaration
from posturecam.desktop.pages.settings.everyday import LEVEL_HELP, EverydayRow
from posturecam.desktop.pages.settings.known_choices import Choices, KnownChoices
from posturecam.desktop.pages.settings.number_fields import DurationBox, number_box, step_button
from posturecam.desktop.pages.settings.words import (
    SettingChoice,
    as_text,
    choice,
    choices,
    kind_of,
    label,
    limits,
    spoken,
    unit_of,
)
from posturecam.desktop.widgets.controls import ChoiceList, Segments, StepSlider, Switch, WheelWhenFocused
from posturecam.desktop.widgets.layouts import FlowLayout
from posturecam.desktop.widgets.parts import Chip, LineLabel
from posturecam.i18n.translate import joined, tr
from posturecam.i18n.words import FULL_STOP, HEADED, SENTENCES

_SETTLED, _TYPED = 500, 1500
"""Milliseconds after the last step of a number, or of a time of day, until the change counts as finished."""
_LONGEST_UNIT = 8
"""Longest unit, in letters, that fits beside its field."""
_FIRST_SPANS: Mapping[str, tuple[time, time]] = {"alerts.quiet_from": (time(22), time(7))}
_FIRST_SPAN = (time(9), time(17))
"""The initial span of the day when it is switched on."""


def editor(entries: Sequence[SettingDeclaration], names: Mapping[str, Choices] | None = None) -> Editor:
    """The editor for one row of expert settings (`rows`).

    Args:
        entries: One setting, or the two ends of a span of the day.
        names: By `group.name`, the current choices of a setting that holds a name.
    """
    first, kind = entries[0], kind_of(entries[0].key)
    if len(entries) == 2:
        return SpanEditor(first, entries[1])
    if kind is bool:
        return SwitchEditor(first)
    if kind in (int, float):
        return NumberEditor(first, kind)
    if get_origin(kind) is tuple and get_origin(get_args(kind)[0]) is Literal:
        return SeveralEditor(first)
    if get_origin(kind) is Literal:
        listed = choices(first.key)
        return ChoiceEditor(first, lambda: listed)
    if names and first.key in names:
        return ChoiceEditor(first, names[first.key])
    return TextEditor(first)


def people_editor(row: EverydayRow, entries: Sequence[SettingDeclaration], names: Mapping[str, Choices]) -> Editor:
    """The editor for one line of the everyday settings.

    Args:
        row: The line.
        entries: The declarations of its settings.
        names: As in `editor`.
    """
    made: Editor
    if row.steps:
        made = SliderEditor(row, entries)
    elif row.member:
        made = MemberEditor(entries[0], row.member)
    elif row.keys[0] == "sensitivity.level":
        made = SegmentEditor(entries[0])
    else:
        made = editor(entries, names)
    made.describe(tr(row.label), tr(row.help))
    return made


class Editor(QWidget):
    """Base of all editors: they show values, and emit the user's changes."""

    edited = Signal(dict)
    """The changes as text, by `group.name`."""
    refused = Signal(str)
    """Why the typed value is invalid, in the user's language; the previous value is shown again."""
    is_low = True
    """Whether it is one line high."""
    is_small = False
    """Whether it fits beside the words in the smallest window."""
    ends_in_switch = False
    """Whether it ends in a switch, which stands where those of other rows do."""

    def __init__(self, entries: Sequence[SettingDeclaration]) -> None:
        super().__init__()
        self.keys = tuple(entry.key for entry in entries)
        self._last: dict[str, str] = {}
        self._controls: list[tuple[QWidget, str]] = []
        """Each with what it is of several, such as a day; empty for the only one."""
        # No focus proxy: Tab would come back here from the end of the group, as to a control that it has not been to.
        self._first: QWidget | None = None
        """The control that gets the focus."""
        self._waiting = QTimer(self, singleShot=True)
        self._waiting.timeout.connect(self._finish)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Show these values, by `group.name`, without emitting a change."""
        self._waiting.stop()
        self._show(values)
        self._last = self.texts

    def settle(self) -> None:
        """Emit a change that was waiting for its last step."""
        if self._waiting.isActive():
            self._finish()

    def take_focus(self) -> None:
        """Focus the control."""
        if self._first is not None:
            self._first.setFocus()

    def describe(self, name: str, help_: str) -> None:
        """Give screen readers the label and help beside it, in the user's language."""
        for control, part in self._controls:
            control.setAccessibleName(joined(HEADED, [name, part]) if part else name)
            control.setAccessibleDescription(help_)

    @property
    def texts(self) -> dict[str, str]:
        """The editor's values as text for the settings file, by `group.name`."""
        return self._texts()

    def _show(self, values: Mapping[str, Any]) -> None:
        raise NotImplementedError

    def _texts(self) -> dict[str, str]:
        """The editor's values, by key."""
        raise NotImplementedError

    def _finish(self, *_: Any) -> None:
        self._waiting.stop()
        texts = self.texts
        if texts != self._last:
            self._last = texts
            self.edited.emit(texts)

    def _add(self, control: QWidget, entry: SettingDeclaration, part: str = "", into: QLayout | None = None) -> None:
        """Add a control to the line, or to a layout in it; `part` says what it is of several."""
        self._controls.append((control, part))
        about = [tr(FULL_STOP).format(told=tr(entry.text)), limits(entry)]
        self.describe(label(self.keys[0]), joined(SENTENCES, [words for words in about if words]))
        control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        (into or self._line).addWidget(control)
        self._first = self._first or control


class SwitchEditor(Editor):
    """Edits a yes/no setting with a switch."""

    is_small = True

    def __init__(self, entry: SettingDeclaration) -> None:
        super().__init__([entry])
        self._box = Switch()
        self._line.addStretch(1)
        self._add(self._box, entry)
        self._box.toggled.connect(self._finish)

    def _show(self, values: Mapping[str, Any]) -> None:
        with QSignalBlocker(self._box):
            self._box.setChecked(values[self.keys[0]])

    def _texts(self) -> dict[str, str]:
        return {self.keys[0]: as_text(self._box.isChecked())}


class MemberEditor(Editor):
    """Switches one of several values of a setting on and off; the others stay as they are."""

    is_small = True

    def __init__(self, entry: SettingDeclaration, member: str) -> None:
        super().__init__([entry])
        self._member = member
        self._others: tuple[str, ...] = ()
        self._order = get_args(get_args(kind_of(entry.key))[0])
        self._box = Switch()
        self._line.addStretch(1)
        self._add(self._box, entry)
        self._box.toggled.connect(self._finish)

    def switched(self, on: bool) -> dict[str, str]:
        """The setting with this value on or off and the others as they are, as `texts`."""
        chosen = {*self._others, self._member} if on else {*self._others} - {self._member}
        return {self.keys[0]: as_text(tuple(one for one in self._order if one in chosen))}

    def _show(self, values: Mapping[str, Any]) -> None:
        self._others = values[self.keys[0]]
        with QSignalBlocker(self._box):
            self._box.setChecked(self._member in self._others)

    def _texts(self) -> dict[str, str]:
        return self.switched(self._box.isChecked())


class SegmentEditor(Editor):
    """One of a few choices, side by side."""

    def __init__(self, entry: SettingDeclaration) -> None:
        super().__init__([entry])
        values = get_args(kind_of(entry.key))
        self._segments = Segments([(value, choice(entry.key, value).text) for value in values])
        for value, chip in self._segments.chips.items():
            chip.setAccessibleDescription(tr(LEVEL_HELP.get(value, "")))
            chip.setToolTip(tr(LEVEL_HELP.get(value, "")))
        self.describe(label(entry.key), "")
        self._line.addWidget(self._segments)
        self._segments.chosen.connect(self._finish)

    def take_focus(self) -> None:
        """Focus the chosen one."""
        self._segments.take_focus()

    def describe(self, name: str, help_: str) -> None:
        """Name the choices; their descriptions stay."""
        for chip in self._segments.chips.values():
            chip.setAccessibleName(joined(HEADED, [name, chip.text()]))

    def _show(self, values: Mapping[str, Any]) -> None:
        self._segments.show_value(str(values[self.keys[0]]))

    def _texts(self) -> dict[str, str]:
        return {self.keys[0]: self._segments.value}


class SliderEditor(Editor):
    """A slider with a few sensible values; a value set elsewhere is shown as it is."""

    def __init__(self, row: EverydayRow, entries: Sequence[SettingDeclaration]) -> None:
        super().__init__(entries)
        self._row, self._kinds = row, [type(entry.default) for entry in entries]
        self._step = StepSlider(row.steps, row.spoken)
        control = self._step.slider
        control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._line.addWidget(self._step)
        self._first = control
        self._shown: dict[str, str] | None = None
        """The values as shown, until the slider is moved, since they may lie between its steps."""
        self._step.moved.connect(self._moved)
        self._step.settled.connect(self._finish)

    def describe(self, name: str, help_: str) -> None:
        """Name the slider; it reads out its value itself."""
        self._step.slider.setAccessibleName(name)
        self._step.explain(help_)

    def _moved(self) -> None:
        self._shown = None
        self._waiting.start(_SETTLED)

    def _show(self, values: Mapping[str, Any]) -> None:
        self._step.show_value(float(values[self.keys[0]]))
        self._shown = {key: as_text(values[key]) for key in self.keys}

    def _texts(self) -> dict[str, str]:
        if self._shown is not None:
            return self._shown
        value = self._step.value
        return {
            key: as_text(kind(round(share * value, 6)))
            for key, share, kind in zip(self.keys, self._row.shares, self._kinds, strict=True)
        }


class NumberEditor(Editor):
    """A number with its unit. A value outside the limits is rejected with a message, not changed silently."""

    def __init__(self, entry: SettingDeclaration, kind: type) -> None:
        super().__init__([entry])
        self._kind, self._entry = kind, entry
        self._box = number_box(entry, kind, self)
        unit = unit_of(entry)
        fields = FlowLayout(6)
        self._line.addLayout(fields)
        self._add(self._box, entry, into=fields)
        for sign, words, steps in (("−", tr("less"), -1), ("+", tr("more"), 1)):
            fields.addWidget(step_button(self._box, sign, joined(HEADED, (label(entry.key), words)), steps))
        unit_is_shown = self._box.suffix() or isinstance(self._box, DurationBox) or len(unit) > _LONGEST_UNIT
        if unit and not unit_is_shown:  # a long one is shown with the default below
            fields.addWidget(LineLabel(unit, "quiet"))
        self._box.valueChanged.connect(lambda: self._waiting.start(_SETTLED))
        self._box.editingFinished.connect(self._finish)
        self._box.unreadable.connect(self._refuse_words)

    def _show(self, values: Mapping[str, Any]) -> None:
        with QSignalBlocker(self._box):
            self._box.setValue(values[self.keys[0]])

    def _texts(self) -> dict[str, str]:
        value = self._box.value()
        return {self.keys[0]: as_text(round(value) if self._kind is int else value)}

    def _finish(self, *_: Any) -> None:
        value, entry = self._box.value(), self._entry
        outside = not self._box.low <= value <= self._box.high
        whole = self._kind is not int or value == round(value)
        if whole and not outside:
            super()._finish()
            return
        self._waiting.stop()
        typed = self._box.textFromValue(value)
        with QSignalBlocker(self._box):
            self._box.setValue(float(self._last[self.keys[0]]))
        if outside:
            self.refused.emit(tr("{value} is not possible. {limits}").format(value=typed, limits=limits(entry)))
        else:
            self.refused.emit(tr("{value} is not possible. It must be a whole number.").format(value=typed))

    def _refuse_words(self, typed: str) -> None:
        example = spoken(self._entry, self._entry.default)
        text_ = tr("“{typed}” is not a length of time; type something like {example}.")
        if not isinstance(self._box, DurationBox):
            text_ = tr("“{typed}” is not a number; type something like {example}.")
        self.refused.emit(text_.format(typed=typed, example=example))


class ChoiceEditor(Editor):
    """One of several choices, which may change while the program runs."""

    def __init__(self, entry: SettingDeclaration, choices: Choices) -> None:
        super().__init__([entry])
        self._known, self._default = KnownChoices(choices, self), entry.default
        self._known.changed.connect(self._refresh)
        self._box = ChoiceList(self, self._known.renew)
        self._add(self._box, entry)
        self._box.activated.connect(self._finish)

    def showEvent(self, event: QShowEvent) -> None:
        """List the current choices again."""
        super().showEvent(event)
        self._known.renew()

    def _refresh(self, chosen: str | None = None) -> None:
        """List the current choices, and the chosen one even if it is missing."""
        value = self._box.currentData() if chosen is None else chosen
        known = self._known.last
        listed = list(known or ())
        if self._default == "" and "" not in [one.value for one in listed]:
            listed.insert(0, SettingChoice("", tr("The first one found")))
        if value is not None and value not in [one.value for one in listed]:
            missing = tr("{name} (not connected)") if self._default == "" else tr("{name} (missing)")
            listed.append(SettingChoice(value, value if known is None else missing.format(name=value)))
        with QSignalBlocker(self._box):
            self._box.clear()
            for one in listed:
                self._box.addItem(one.text, one.value)
            self._box.setCurrentIndex(self._box.findData(value))

    def _show(self, values: Mapping[str, Any]) -> None:
        if self._known.last is None:
            self._known.renew()
        self._refresh(str(values[self.keys[0]]))

    def _texts(self) -> dict[str, str]:
        return {self.keys[0]: self._box.currentData() or ""}


class SeveralEditor(Editor):
    """Any number of several choices."""

    def __init__(self, entry: SettingDeclaration) -> None:
        super().__init__([entry])
        values = get_args(get_args(kind_of(entry.key))[0])
        short = max(len(choice(entry.key, value).text) for value in values) <= 4
        self._boxes: dict[str, QAbstractButton] = {}
        self.is_low = False
        column = FlowLayout(6) if short else QVBoxLayout()
        self._line.addLayout(column)
        for value in values:
            words = choice(entry.key, value).text
            box = Chip(words, ticked=False) if short else QCheckBox(words, self)
            self._add(box, entry, words, column)
            box.toggled.connect(self._finish)
            self._boxes[value] = box

    def _show(self, values: Mapping[str, Any]) -> None:
        for value, box in self._boxes.items():
            with QSignalBlocker(box):
                box.setChecked(value in values[self.keys[0]])

    def _texts(self) -> dict[str, str]:
        return {self.keys[0]: as_text(tuple(value for value, box in self._boxes.items() if box.isChecked()))}


class TextEditor(Editor):
    """A text, or any setting without an editor of its own, as typed in the settings file."""

    def __init__(self, entry: SettingDeclaration) -> None:
        super().__init__([entry])
        self._box = QLineEdit(self)
        self._box.setMinimumWidth(140)
        self._add(self._box, entry)
        self._box.editingFinished.connect(self._finish)

    def _show(self, values: Mapping[str, Any]) -> None:
        value = values[self.keys[0]]
        self._box.setText(", ".join(value) if isinstance(value, tuple) else as_text(value))

    def _texts(self) -> dict[str, str]:
        return {self.keys[0]: self._box.text().strip()}


class _TimeBox(WheelWhenFocused, QTimeEdit):
    """A time of day."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lineEdit().setTextMargins(8, 0, 8, 0)  # a style sheet's padding does not reach it


class SpanEditor(Editor):
    """A span of the day, or none. Both ends are changed together."""

    ends_in_switch = True

    def __init__(self, start: SettingDeclaration, end: SettingDeclaration) -> None:
        super().__init__([start, end])
        self._switch = Switch()
        fields = FlowLayout(6, at_end=True)
        self._line.addLayout(fields)
        self._ends = _TimeBox(self), _TimeBox(self)
        self._between = QLabel("–", self)
        for entry, box, words in zip((start, end), self._ends, (tr("begin"), tr("end")), strict=True):
            box.setKeyboardTracking(False)
            box.setDisplayFormat(QLocale().timeFormat(QLocale.FormatType.ShortFormat))
            self._add(box, entry, words, fields)
            if entry is start:
                fields.addWidget(self._between)
            box.timeChanged.connect(lambda: self._waiting.start(_TYPED))
            box.editingFinished.connect(self._finish)
        self._add(self._switch, start, into=fields)
        self._first = self._switch
        self._switch.toggled.connect(self._toggled)

    def _toggled(self, on: bool) -> None:
        self._show_ends(on)
        self._finish()

    def _show_ends(self, on: bool) -> None:
        for part in (*self._ends, self._between):
            part.setVisible(on)

    def _show(self, values: Mapping[str, Any]) -> None:
        given = [values[key] for key in self.keys]
        on = None not in given
        for box, value in zip(self._ends, given if on else _FIRST_SPANS.get(self.keys[0], _FIRST_SPAN), strict=True):
            with QSignalBlocker(box):
                box.setTime(QTime(value.hour, value.minute))
        self._show_ends(on)
        with QSignalBlocker(self._switch):
            self._switch.setChecked(on)

    def _texts(self) -> dict[str, str]:
        if not self._switch.isChecked():
            return dict.fromkeys(self.keys, "")
        shown = (box.time() for box in self._ends)
        return {key: as_text(time(at.hour(), at.minute())) for key, at in zip(self.keys, shown, strict=True)}
