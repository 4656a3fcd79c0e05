"""The page "Stretch": routines and exercises to choose from, and the details of one."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton

from posturecam.coach.breaks.choice import DESK_BREAK
from posturecam.coach.exercise import Exercise, Trust
from posturecam.coach.library import find, resolve, usable_exercises, usable_routines
from posturecam.coach.presentation.descriptions import AT_DESK, POSITION, dose_text
from posturecam.coach.routine import Routine
from posturecam.coach.safety import cautions, who_should_skip
from posturecam.desktop.pages.stretch.cards import CardGrid, StretchCard
from posturecam.desktop.pages.stretch.pose_widget import PoseView
from posturecam.desktop.pages.stretch.words import (
    CAMERA,
    NOT_ADVICE,
    TRUST,
    StretchChoice,
    alone,
    minutes_text,
)
from posturecam.desktop.widgets.background import Background
from posturecam.desktop.widgets.layouts import FlowLayout, SideBySide
from posturecam.desktop.widgets.parts import Chip, ChipGroup, Sheet, begun_large, button, card, literal, section, text
from posturecam.desktop.widgets.theme import GAP
from posturecam.i18n.translate import joined, tr
from posturecam.i18n.words import SENTENCES

_FIRST = (DESK_BREAK, "upper_back", "thoracic_stretch", "childs_pose")
"""Shown first: a break at the desk, and the two stretches that the coach was made for."""
_AT_ONCE = 30
"""Number read at first: more than the program's own, so that these need not wait for the user's own files."""
_SLICE_SECONDS = 0.03
"""Seconds of creating cards before the window responds again."""
_NARROWEST_POSE, _NARROWEST_HOW = 230, 250
"""Least width of an exercise's pose, and of its instructions beside it; device-independent pixels."""


def choices(problems: list[str]) -> Iterator[StretchChoice]:
    """Every routine and exercise, loaded lazily; problems of the user's own files are added to `problems`."""
    yield from (_several(routine, exercises) for routine, exercises in usable_routines(problems, _FIRST))
    yield from map(alone, usable_exercises(problems, _FIRST))


def load_choice(name: str) -> StretchChoice:
    """An exercise, or a routine, as a choice.

    Raises:
        UnknownExercise: if there is none with that name.
        SettingsError: if its file cannot be used.
    """
    found = find(name)
    return alone(found) if isinstance(found, Exercise) else _several(found, resolve(found))


def _several(routine: Routine, exercises: Sequence[Exercise]) -> StretchChoice:
    return StretchChoice(
        routine.id, routine.title, routine.why, tuple(exercises), routine.minutes, True, routine.is_break
    )


class ChoosePage(Sheet):
    """Cards to choose from."""

    def __init__(self, chosen: Callable[[StretchChoice], None]) -> None:
        super().__init__(width=1160)
        self._chosen = chosen
        self._cards: list[StretchCard] = []
        self._coming: Iterator[StretchChoice] | None = None
        self._read = deque[StretchChoice]()
        """The choices that still need a card."""
        self._reading = Background(self)
        self._problems: list[str] = []
        self.body.addWidget(text(tr("Stretch"), "title"))
        self.body.addWidget(
            text(joined(SENTENCES, (tr("The coach watches, counts and speaks; you decide."), tr(NOT_ADVICE))), "quiet")
        )
        head = FlowLayout(8)
        self._places = ChipGroup(self)
        for number, words in enumerate((tr("All"), tr(AT_DESK), tr(POSITION["floor"]))):
            chip = Chip(words, tr("Show: {what}").format(what=words))
            chip.setChecked(number == 0)
            self._places.add(chip, number)
            head.addWidget(chip)
        self._places.idToggled.connect(lambda _, on: self._filter() if on else None)
        self.body.addLayout(head)
        self._said = text("", "quiet")
        self._said.hide()
        self.body.addWidget(self._said)
        self._headings = [text(tr("Routines"), "heading"), text(tr("One exercise"), "heading")]
        self._grids = [CardGrid(), CardGrid()]
        for heading, grid in zip(self._headings, self._grids, strict=True):
            self.body.addWidget(heading)
            self.body.addWidget(grid)
        self.body.addStretch(1)
        self.foot.setContentsMargins(0, 0, 0, 0)

    def fill(self) -> None:
        """Read the routines and exercises, the first time only."""
        if self._coming is None:
            self._coming = choices(self._problems)
            self._read_on()

    def _read_on(self) -> None:
        coming = self._coming
        assert coming is not None
        self._reading.ask(lambda: list(islice(coming, _AT_ONCE)), self._come)

    def _come(self, read: list[StretchChoice]) -> None:
        """More choices were read."""
        if self._problems:
            self.say("\n".join(dict.fromkeys(map(tr, tuple(self._problems)))))
        if read:
            waiting = bool(self._read)
            self._read.extend(read)
            self._read_on()
            if not waiting:
                self._make_cards()

    def _make_cards(self) -> None:
        """Create some more cards; the window responds before the next ones."""
        until = time.monotonic() + _SLICE_SECONDS
        while self._read and time.monotonic() < until:
            choice = self._read.popleft()
            card_ = StretchCard(choice)
            card_.clicked.connect(lambda _=False, one=choice: self._chosen(one))
            self._cards.append(card_)
        if self._read:
            QTimer.singleShot(0, self, self._make_cards)
        self._filter()

    def say(self, words: str) -> None:
        """Show a problem in a line above the cards."""
        self._said.setText(words)
        self._said.setVisible(bool(words))

    @property
    def cards(self) -> list[StretchCard]:
        """The cards that are shown."""
        return [one for one in self._cards if not one.isHidden()]

    def _filter(self) -> None:
        place = self._places.checkedId()
        wanted = [one for one in self._cards if place == 0 or one.choice.on_floor == (place == 2)]
        for routine, heading, grid in zip((True, False), self._headings, self._grids, strict=True):
            shown = [one for one in wanted if one.choice.is_routine == routine]
            grid.put(shown)
            heading.setVisible(bool(shown))
            grid.setVisible(bool(shown))


class DetailPage(Sheet):
    """One routine or exercise: how to do it, what the camera can and cannot judge, and one button to begin."""

    def __init__(self, begin: Callable[[StretchChoice], None], back: Callable[[], None]) -> None:
        super().__init__(width=900)
        self._begin, self._back = begin, back
        self._choice: StretchChoice | None = None
        self._variant: Exercise | None = None

    @property
    def choice(self) -> StretchChoice | None:
        """The current choice, in the chosen variant."""
        if self._choice is None or self._variant is None:
            return self._choice
        return alone(self._variant)

    def show_choice(self, choice: StretchChoice) -> None:
        """Show this choice."""
        self._choice = choice
        self._variant = None if choice.is_routine else choice.exercises[0]
        self._fill()
        self.to_the_top()

    def _fill(self) -> None:
        choice = self._choice
        if choice is None:
            return
        self.empty()
        self.body.addWidget(text(tr(choice.title), "title"))
        self.body.addWidget(text(tr(choice.why)))
        if choice.is_routine:
            self._routine(choice)
        else:
            self._exercise(self._variant or choice.exercises[0], choice.exercises[0])
        care, care_inside = card()
        section(care_inside, tr("Take care"), [tr(one) for one in cautions(choice.exercises)])
        section(care_inside, tr("Skip this if you have"), [tr(one) for one in who_should_skip(choice.exercises)])
        care_inside.addWidget(text(tr(NOT_ADVICE), "quiet"))
        self.body.addWidget(care)
        self.body.addStretch(1)
        begin = button(tr("Begin"), lambda: self._begin(self.choice or choice), "primary")
        begin.setMinimumWidth(140)
        self.end_with(button(tr("Back"), self._back), begin)
        self.hand_to(begin)

    def _routine(self, choice: StretchChoice) -> None:
        lasting = tr("1, 3 or 5 minutes") if choice.is_break else minutes_text(choice.minutes)
        self.body.addWidget(text(lasting, "quiet"))
        frame, inside = card()
        inside.addWidget(text(tr("For example") if choice.is_break else tr("What's in it"), "heading"))
        for exercise in choice.exercises:
            inside.addLayout(exercise_row(exercise, None if not choice.is_break else ""))
        self.body.addWidget(frame)

    def _exercise(self, exercise: Exercise, plain: Exercise) -> None:
        facts = (
            tr(dose_text(exercise)),
            minutes_text(alone(exercise).minutes),
            tr(POSITION[exercise.position]),
            tr(CAMERA[exercise.placement.facing]),
        )
        self.body.addWidget(text(" · ".join(facts), "quiet"))
        row = SideBySide(GAP)
        row.add_part(PoseView(plain.id, QSize(230, 230)), _NARROWEST_POSE, 2)
        how, inside = card()
        section(inside, tr("How to do it"), [tr(one) for one in exercise.how], "1.")
        inside.addStretch(1)
        row.add_part(how, _NARROWEST_HOW, 5)
        self.body.addLayout(row)
        if plain.variants:
            self._variants(plain)
        camera, inside = card()
        inside.addWidget(text(tr("The camera"), "heading"))
        inside.addWidget(text(tr(exercise.placement.text)))
        said = [tr(TRUST[exercise.trust.level])]
        if exercise.trust.level is not Trust.TIME:  # what is only timed has been said to judge nothing
            said.append(tr(exercise.trust.judges))
        inside.addWidget(text(joined(SENTENCES, said)))
        inside.addWidget(text(tr("What it cannot judge: {what}").format(what=tr(exercise.trust.cannot))))
        if exercise.head_down:
            inside.addWidget(text(tr("You cannot see the screen in this pose, so everything is spoken.")))
        self.body.addWidget(camera)

    def _variants(self, plain: Exercise) -> None:
        frame, inside = card()
        inside.addWidget(text(tr("Which variant?"), "heading"))
        group = QButtonGroup(frame)
        forms: list[tuple[str | None, str, str]] = [(None, tr("Standard"), "")]
        forms += [(name, begun_large(tr(one.title)), tr(one.about)) for name, one in plain.variants.items()]
        for name, title, about in forms:
            choice = QRadioButton(literal(title))
            choice.setAccessibleName(title)
            choice.setAccessibleDescription(about)
            choice.setChecked(name == (self._variant.variant if self._variant else None))
            choice.clicked.connect(lambda _=False, name=name: self._take_variant(plain, name))
            group.addButton(choice)
            inside.addWidget(choice)
            if about:
                description = text(about, "quiet")
                description.setContentsMargins(26, 0, 0, 2)
                inside.addWidget(description)
        self.body.addWidget(frame)

    def _take_variant(self, plain: Exercise, name: str | None) -> None:
        self._variant = plain if name is None else plain.as_variant(name)
        at = self.area.verticalScrollBar().value()
        self._fill()
        for choice in self.findChildren(QRadioButton):
            if choice.isChecked():
                choice.setFocus()  # so that the arrow keys move on to the next
        self.area.verticalScrollBar().setValue(at)


def exercise_row(exercise: Exercise, beside: str | None) -> QHBoxLayout:
    """One exercise of several: its pose, title and dose, and the camera placement, or another note beside it."""
    row = QHBoxLayout()
    row.setSpacing(GAP)
    pose = PoseView(exercise.id, QSize(76, 64))
    pose.setFixedWidth(76)
    row.addWidget(pose)
    columns = SideBySide(GAP)
    columns.add_part(text(tr(exercise.title)), 120, 3)
    columns.add_part(text(tr(dose_text(exercise)), "quiet"), 80, 2)
    columns.add_part(text(tr(CAMERA[exercise.placement.facing]) if beside is None else beside, "quiet"), 80, 2)
    row.addLayout(columns, 1)
    return row
