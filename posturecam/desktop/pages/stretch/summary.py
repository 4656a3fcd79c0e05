"""The summary of a session: counted leniently and graded strictly, separately; and what to try next time, in kind words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from posturecam.coach.exercise import Exercise
from posturecam.coach.presentation.descriptions import depth_text, heights, side_text
from posturecam.coach.safety import AFTER, Answers, answer_to
from posturecam.coach.session_summary import SessionSummary, SetSummary
from posturecam.coach.stretch_measures import MEASURES
from posturecam.desktop.pages.stretch.pose_widget import PoseView
from posturecam.desktop.pages.stretch.questions import PainScale
from posturecam.desktop.pages.stretch.words import (
    done_words,
    fault_words,
    is_held_back,
    not_judged_words,
    personal_words,
    seconds_words,
    strict_words,
)
from posturecam.desktop.widgets.confirm import announce
from posturecam.desktop.widgets.layouts import FlowLayout, SideBySide
from posturecam.desktop.widgets.parts import LineLabel, Sheet, begun_large, button, card, section, text
from posturecam.desktop.widgets.theme import GAP, MARGIN, current, scaled
from posturecam.i18n.translate import joined, tr, trn
from posturecam.i18n.words import HEADED, THINGS
from posturecam.session.protocol.client import SessionClient
from posturecam.session.protocol.messages import StretchEnded

_NARROWEST_RESULT = 180
"""Least width of what was done beside its pose, device-independent pixels."""
_TITLES = 2
"""Widgets above the problems."""


class SummaryPage(Sheet):
    """The card at the end.

    Args:
        client: Receives the answers each time the user says how it feels; its settings say what counts as more pain.
        done: Called when the user is done.
        again: Called when the user wants to repeat the session.
        answered: Called with the answers once the user has said how it feels now.
    """

    def __init__(
        self,
        client: SessionClient,
        done: Callable[[], None],
        again: Callable[[], None],
        *,
        answered: Callable[[Answers], None] = lambda _: None,
    ) -> None:
        super().__init__()
        self._client, self._done, self._again, self._answered = client, done, again, answered

    def show_summary(
        self,
        coached: StretchEnded,
        answers: Answers | None = None,
        skipped: Sequence[Exercise] = (),
        notes: Sequence[str] = (),
    ) -> None:
        """Show the summary of a session.

        Args:
            coached: The summary from the engine.
            answers: The answers before the session, and after it if there are any yet; None if there were no questions.
            skipped: The exercises left out because of an answer.
            notes: Problems during the session.
        """
        self.empty()
        summary = coached.summary
        held = any(one.results for one in summary.sets)
        title = tr("Well done") if summary.done else tr("Session over")
        self.body.addWidget(text(title, "title"))
        self.body.addWidget(text(tr(coached.title), "quiet"))
        notes = list(dict.fromkeys(notes))
        for note in notes:
            self.body.addWidget(text(note))
        judged = not summary.sets or any(not one.exercise.is_timed for one in summary.sets)
        totals = _totals(summary) if held and judged else []
        if totals:
            self.body.addLayout(_figures(totals))
        elif judged:
            totals = [(tr("No pose was held for long enough to count."), "")]
            self.body.addWidget(text(totals[0][0]))
        self._next_time(summary)
        for one in summary.sets:
            if held or not judged:
                self.body.addWidget(_set_card(one, told=len(summary.sets) == 1))
        if skipped:
            left_out = joined(THINGS, [tr(one.title) for one in skipped])
            self.body.addWidget(text(tr("Skipped because you said something hurts: {titles}").format(titles=left_out)))
        if held and answers is not None and coached.session is not None:
            self._ask_after(coached.session, answers)
        self._kept(coached, held)
        self.body.addStretch(1)
        done = button(tr("Done"), self._done, "primary")
        done.setMinimumWidth(140)
        self.end_with(button(tr("Again"), self._again), done)
        self.hand_to(done, title, tr(coached.title), *notes, *(" ".join(one).strip() for one in totals))
        self.to_the_top()

    def note(self, words: str) -> None:
        """Add a problem to the summary that is shown, below its title."""
        self.body.insertWidget(_TITLES, text(words))
        announce(self, words)

    def _next_time(self, summary: SessionSummary) -> None:
        """The one thing to fix; nothing where there is none."""
        if is_held_back(summary.sets):
            self.body.addWidget(text(tr("Your pain went up recently, so your depth targets stay the same.")))
        worst = summary.worst
        if worst is None:
            return
        faults = fault_words(worst)
        words = begun_large(faults[0] if faults else tr(worst.to_fix or ""))
        frame, inside = card()
        of_several = [tr(worst.exercise.title)] if len(summary.sets) > 1 else []
        heading = joined(HEADED, [tr("Next time"), *of_several])
        inside.addWidget(text(heading, "quiet"))
        inside.addWidget(text(words, "heading"))
        self.body.addWidget(frame)

    def _ask_after(self, session: int, answers: Answers) -> None:
        """Ask how it feels; each answer is kept at once, however the page is left, with what follows from it below the question."""
        frame, inside = card()
        scale, follows = PainScale(tr(AFTER)), text("")
        if answers.after is not None:
            scale.chips[answers.after].setChecked(True)

        def say_what_follows(after: Answers) -> None:
            told = None if after.after is None else answer_to(after, self._client.settings.stretch)
            follows.setText(tr(told or ""))
            follows.setVisible(told is not None)

        def felt() -> None:
            after = replace(answers, after=scale.value)
            self._client.stretched(session, after)
            self._answered(after)
            say_what_follows(after)

        scale.changed.connect(felt)
        inside.addWidget(scale)
        inside.addWidget(follows)
        say_what_follows(answers)
        self.body.addWidget(frame)

    def _kept(self, coached: StretchEnded, held: bool) -> None:
        if coached.session is not None:
            self.body.addWidget(text(tr("Saved on this computer only."), "quiet"))
        elif held:
            self.body.addWidget(text(tr("Nothing was saved."), "quiet"))


class CourseChart(QWidget):
    """A depth over the latest sessions, one bar each, higher where it is deeper; this session's is the last.

    Args:
        course: The best of each session, the oldest first.
        exercise: Which has a depth.
        side: Whose it is, in words; empty where there is none.
    """

    def __init__(self, course: Sequence[float], exercise: Exercise, side: str = "") -> None:
        super().__init__()
        depth = exercise.depth
        assert depth is not None
        unit = MEASURES[depth.measure].unit
        self.heights = heights(course, depth.better, unit)
        self.setFixedSize(scaled(_BAR + _BETWEEN) * len(course), scaled(_HIGH))
        told = joined(THINGS, [tr(depth_text(depth.told(best), unit)) for best in course])
        words = tr("The latest sessions: {depths}").format(depths=told)
        self.setAccessibleName(joined(HEADED, [side, words] if side else [words]))
        self.setToolTip(self.accessibleName())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bars."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        wide, apart, round_ = scaled(_BAR), scaled(_BAR + _BETWEEN), scaled(2)
        for index, share in enumerate(self.heights):
            painter.setBrush(current().color("accent" if index == len(self.heights) - 1 else "edge"))
            high = round((_LEAST + (1 - _LEAST) * share) * self.height())
            painter.drawRoundedRect(index * apart, self.height() - high, wide, high, round_, round_)
        painter.end()


_BAR, _BETWEEN, _HIGH = 12, 4, 44
"""Of a chart: pixels of a bar, between two, and at most."""
_LEAST = 0.15
"""Share of the height that the lowest bar has, so that there is one."""


def charted(one: SetSummary) -> list[CourseChart]:
    """The course of each side and view of an exercise's depth, where there is more than this session."""
    courses = [(key, course) for key, course in one.courses.items() if len(course) > 1]
    return [
        CourseChart(course, one.exercise, tr(side_text(one.exercise, key.side)) if key.side else "")
        for key, course in courses
    ]


def _totals(summary: SessionSummary) -> list[tuple[str, str]]:
    """The figures of the session, at most three, each with its words."""
    told = [(seconds_words(round(summary.seen)), tr("held and seen"))]
    if summary.counted:  # a large 0 would only discourage; how many there were to be is said below
        told.insert(0, (str(summary.counted), trn("repetition counted", "repetitions counted", summary.counted)))
    if unseen := round(summary.unseen):
        told.append((seconds_words(unseen), tr("held, not seen")))
    return told


def _figures(told: Sequence[tuple[str, str]]) -> FlowLayout:
    """The figures, large, and their words below them."""
    row = FlowLayout(2 * MARGIN)
    for figure, words in told:
        one = QWidget()
        both = QVBoxLayout(one)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(0)
        both.addWidget(LineLabel(figure, "title"))
        both.addWidget(LineLabel(words, "quiet"))
        row.addWidget(one)
    return row


def _set_card(one: SetSummary, *, told: bool) -> QWidget:
    """One exercise: done, graded, its depth against before, mistakes, and what could not be judged.

    `told` where the first of its mistakes was told above.
    """
    frame, inside = card()
    head = SideBySide(GAP)
    pose = PoseView(one.exercise.id, QSize(84, 72))
    pose.setFixedWidth(84)
    head.add_part(pose)
    first = QVBoxLayout()
    first.setSpacing(2)
    first.addWidget(text(tr(one.exercise.title), "heading"))
    for line in done_words(one):
        first.addWidget(text(line))
    head.add_part(first, _NARROWEST_RESULT, 1)
    inside.addLayout(head)
    section(inside, tr("Compared with your usual"), personal_words(one))
    for course in charted(one):
        inside.addWidget(course)
    strict = strict_words(one)
    section(inside, tr("Compared with the standard, strictly"), [strict] if strict else [])
    section(inside, tr("Worth noting"), fault_words(one)[1 if told else 0 :])
    section(inside, tr("Not judged, and why"), not_judged_words(one))
    return frame
