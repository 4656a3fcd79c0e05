"""The questions before a session, and the scale of pain. No medical claims: exercises that hurt are left out, and the page says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QPushButton, QVBoxLayout, QWidget

from posturecam.coach.breaks.choice import LENGTHS, is_judged_from
from posturecam.coach.exercise import Exercise
from posturecam.coach.presentation.descriptions import dose_text
from posturecam.coach.safety import (
    BEFORE,
    LEAVE_OUT,
    NOT_TODAY,
    STILL_POSSIBLE,
    STOP,
    WORST,
    Answers,
    cautions,
    who_should_skip,
)
from posturecam.desktop.pages.stretch.chooser import exercise_row
from posturecam.desktop.pages.stretch.words import StretchChoice
from posturecam.desktop.widgets.layouts import FlowLayout, SideBySide
from posturecam.desktop.widgets.parts import (
    Chip,
    ChipGroup,
    Sheet,
    WrappingCheckBox,
    button,
    card,
    literal,
    section,
    text,
)
from posturecam.desktop.widgets.theme import GAP
from posturecam.i18n.translate import joined, tr, trn
from posturecam.i18n.words import CLAUSES, SENTENCES
from posturecam.posture.view import View

_NARROWEST_QUESTION, _NARROWEST_DOSE = 240, 160
"""Least width of the question beside its answers, and of a dose beside its exercise; device-independent pixels."""


class PainScale(QWidget):
    """0 to 10; nothing is chosen at first, and choosing the same again clears it."""

    changed = Signal()

    def __init__(self, question: str) -> None:
        super().__init__()
        self.setAccessibleName(question)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(text(question))
        row, self._group = FlowLayout(4), ChipGroup(self)
        self._before: int | None = None
        """What was chosen when one was pressed last."""
        self.chips: list[Chip] = []
        for number in range(WORST + 1):
            said = tr("Pain {number} of {all}").format(number=number, all=WORST)
            chip = Chip(str(number), said, ticked=False)
            chip.setMinimumWidth(38)
            chip.clicked.connect(lambda _=False, one=number: self._chosen(one))
            chip.pressed.connect(self._remember)
            self._group.add(chip)
            self.chips.append(chip)
            row.addWidget(chip)
        whole.addLayout(row)
        whole.addWidget(text(tr("0: none · 10: the worst · optional"), "quiet"))

    @property
    def value(self) -> int | None:
        """The chosen value; None if there is none."""
        return next((number for number, chip in enumerate(self.chips) if chip.isChecked()), None)

    def _remember(self) -> None:
        self._before = self.value

    def _chosen(self, number: int) -> None:
        if number == self._before:  # a group does not let go of its chosen one by itself
            self._group.setExclusive(False)
            self.chips[number].setChecked(False)
            self._group.setExclusive(True)
        self.changed.emit()


class QuestionsPage(Sheet):
    """The exercises to come, and the questions about how the user feels.

    Args:
        begin: Called with the exercises to do, the answers, and the exercises left out.
        back: Called if the user does not want to begin.
        lasting: Called with the length in minutes chosen for a break; asks again once the break has been picked.
        rest: Called if the user wants no stretching today.
    """

    def __init__(
        self,
        begin: Callable[[StretchChoice, list[Exercise], Answers, list[Exercise]], None],
        back: Callable[[], None],
        lasting: Callable[[StretchChoice, int], None],
        rest: Callable[[], None],
    ) -> None:
        super().__init__()
        self._begin, self._back, self._lasting, self._rest = begin, back, lasting, rest
        self._view = View.UNKNOWN
        self._group = ChipGroup(self)
        """The lengths of a break, new ones for each question: those of an earlier one leave it when they are deleted."""
        self._choice: StretchChoice | None = None
        self._boxes: list[tuple[QCheckBox, Exercise]] = []
        self._scale: PainScale | None = None
        self._go: QPushButton | None = None

    def ask(self, choice: StretchChoice, view: View) -> None:
        """Ask for this routine or exercise.

        Args:
            choice: The choice; a break as it was picked.
            view: The camera angle, if known.
        """
        at_length = any(one.hasFocus() for one in self.findChildren(Chip))
        self._choice, self._view = choice, view
        self.empty()
        exercises = choice.exercises
        self.body.addWidget(text(tr("Before you begin"), "title"))
        if choice.is_break:
            self.body.addLayout(self._lengths(choice))
        frame, inside = card()
        inside.addWidget(text(tr(choice.title), "heading"))
        if choice.is_routine:
            for one in exercises:
                inside.addLayout(exercise_row(one, self._judged(one) if choice.is_break else None))
        else:
            inside.addWidget(text(tr(dose_text(exercises[0])), "quiet"))
        self.body.addWidget(frame)
        self._camera(exercises)
        care, inside = card()
        section(inside, tr("Take care"), [tr(one) for one in cautions(exercises)])
        section(inside, tr("Skip this if you have"), [tr(one) for one in who_should_skip(exercises)])
        self.body.addWidget(care)
        self.body.addWidget(text(tr(STOP), "quiet"))
        self.body.addStretch(1)
        question = text(tr(BEFORE), "heading")
        well = button(tr("No, begin"), self._well, "primary", joined(SENTENCES, (tr(BEFORE), tr("No, begin"))))
        answers = SideBySide(GAP)
        answers.add_part(button(tr("Back"), self._back))
        either = FlowLayout(GAP, at_end=True)
        either.addWidget(button(tr("Yes"), self._troubled, said=f"{tr(BEFORE)} {tr('Yes')}"))
        either.addWidget(well)
        answers.add_part(either, stretch=1)
        asked = SideBySide(GAP)
        asked.add_part(question, _NARROWEST_QUESTION, 1)
        asked.add_part(answers)
        self.foot.addLayout(asked)
        chosen = next((chip for chip in self.findChildren(Chip) if chip.isChecked()), None) if at_length else None
        self.hand_to(chosen or well)  # after a length was chosen, the focus stays there
        self.to_the_top()

    def _lengths(self, choice: StretchChoice) -> FlowLayout:
        """The length of the break; choosing one picks its exercises anew."""
        row = FlowLayout(8)
        for number in LENGTHS:
            words = trn("{number} minute", "{number} minutes", number)
            chip = Chip(words, tr("How long: {what}").format(what=words))
            chip.setChecked(number == choice.minutes)
            chip.clicked.connect(lambda _=False, one=number: self._lasting(choice, one))
            self._group.add(chip)
            row.addWidget(chip)
        return row

    def _judged(self, exercise: Exercise) -> str:
        return "" if is_judged_from(exercise, self._view) else tr("Timed only")

    def _camera(self, exercises: Sequence[Exercise]) -> None:
        frame, inside = card()
        places = list(dict.fromkeys(tr(one.placement.text) for one in exercises))
        section(inside, tr("The camera"), places)
        self.body.addWidget(frame)

    def _well(self) -> None:
        if self._choice is not None:
            self._begin(self._choice, list(self._choice.exercises), Answers(False, 0), [])

    # If something hurts.

    def _troubled(self) -> None:
        """Advise against stretching; of several exercises, the user may choose those that clearly do not affect the problem."""
        choice = self._choice
        if choice is None:
            return
        self.empty()
        self.body.addWidget(text(tr("Better not today"), "title"))
        frame, inside = card()
        inside.addWidget(text(tr(LEAVE_OUT)))
        self.body.addWidget(frame)
        self._boxes, self._scale, self._go = [], None, None
        if choice.is_routine:
            self._what_may_be_done(choice)
        self.body.addWidget(text(tr(STOP), "quiet"))
        self.body.addStretch(1)
        ways = SideBySide(GAP)
        ways.add_part(button(tr("Back"), lambda: self.ask(choice, self._view)))
        rest = button(tr("No stretching today"), self._left_out, "primary")
        answers = FlowLayout(GAP, at_end=True)
        if choice.is_routine:
            self._go = button(tr("Begin"), self._with_trouble)
            answers.addWidget(self._go)
        answers.addWidget(rest)
        ways.add_part(answers, stretch=1)
        self.foot.addLayout(ways)
        self._ticked()
        self.hand_to(rest, tr("Better not today"), tr(LEAVE_OUT))
        self.to_the_top()

    def _what_may_be_done(self, choice: StretchChoice) -> None:
        frame, inside = card()
        inside.addWidget(text(tr(STILL_POSSIBLE), "heading"))
        inside.addWidget(text(tr("Tick what you still want to do."), "quiet"))
        for exercise in choice.exercises:
            box = WrappingCheckBox(literal(tr(exercise.title)))
            box.setAccessibleName(joined(CLAUSES, (tr(exercise.title), tr(dose_text(exercise)))))
            box.toggled.connect(lambda _: self._ticked())
            row = SideBySide(2)
            row.add_part(box, stretch=1)
            row.add_part(text(tr(dose_text(exercise)), "quiet"), _NARROWEST_DOSE, 1)
            inside.addLayout(row)
            self._boxes.append((box, exercise))
        self.body.addWidget(frame)
        frame, inside = card()
        self._scale = PainScale(tr("How strong is the pain now?"))
        inside.addWidget(self._scale)
        self.body.addWidget(frame)

    def _ticked(self) -> None:
        if self._go is None:
            return
        number = sum(box.isChecked() for box, _ in self._boxes)
        self._go.setEnabled(number > 0)
        self._go.setText(tr("Begin with {number}").format(number=number) if number else tr("Begin"))
        self._go.setAccessibleName(trn("Begin with {number} exercise", "Begin with {number} exercises", number))

    def _with_trouble(self) -> None:
        if self._choice is None:
            return
        going = [exercise for box, exercise in self._boxes if box.isChecked()]
        skipped = [exercise for box, exercise in self._boxes if not box.isChecked()]
        before = self._scale.value if self._scale is not None else None
        self._begin(self._choice, going, Answers(True, before), skipped)

    def _left_out(self) -> None:
        self._rest()
        self.empty()
        self.body.addStretch(1)
        self.body.addWidget(text(tr(NOT_TODAY), "title"))
        self.body.addStretch(2)
        self.foot.addStretch(1)
        done = button(tr("Done"), self._back, "primary")
        self.foot.addWidget(done)
        self.hand_to(done, tr(NOT_TODAY))
