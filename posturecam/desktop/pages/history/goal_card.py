"""The cards about progress: today's ring, the week and the streak; and how the last week went."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time

from PySide6.QtCore import QDate, QLocale, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from posturecam.desktop.pages.history.view_model import spoken_span
from posturecam.desktop.pictures.ring import GoalRing, RingFigure, WeekRings, shared_picture
from posturecam.desktop.widgets.layouts import FlowLayout, SideBySide
from posturecam.desktop.widgets.numbers import clock_time
from posturecam.desktop.widgets.parts import button, card, text
from posturecam.desktop.widgets.theme import MARGIN
from posturecam.history.progress.goal import BestHour, GoalDay, Progress, WeekReview, weeks_back
from posturecam.i18n.translate import joined, length, percent, tr, trn
from posturecam.i18n.words import THINGS

_NARROWEST_WORDS = 260
"""Least width of the words beside the ring, device-independent pixels."""


class GoalCard(QWidget):
    """Today compared with the goal, this week with the last one, and ways to share them."""

    def __init__(self, share: Callable[[], None], report: Callable[[], None]) -> None:
        """Create it without data.

        Args:
            share: Asks where to save a picture to share.
            report: Asks where to save a report for a physiotherapist.
        """
        super().__init__()
        self._progress: Progress | None = None
        self.ring, self.week = GoalRing(), WeekRings()
        self.title = text("", "heading")
        self.lines = text("", "quiet")
        self.share = button(tr("Save a picture…"), share, said=tr("Save a picture of today and this week, to share it"))
        self.report = button(
            tr("Report…"), report, said=tr("Save a report of the last four weeks, for a physiotherapist")
        )
        frame, inside = card()
        ring = QVBoxLayout()
        ring.addWidget(self.ring, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        words = QVBoxLayout()
        words.setSpacing(8)
        for one in (self.title, self.lines, self.week):
            words.addWidget(one)
        buttons = FlowLayout(8)
        buttons.addWidget(self.share)
        buttons.addWidget(self.report)
        words.addLayout(buttons)
        row = SideBySide(MARGIN)
        row.add_part(ring)
        row.add_part(words, _NARROWEST_WORDS, 1)
        inside.addLayout(row)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(frame)

    def show_progress(self, progress: Progress) -> None:
        """Show the user's progress."""
        self._progress = progress
        ring, said = ring_of(progress.today, progress.goal), headline(progress)
        self.ring.show_ring(ring, said)
        self.title.setText(said)
        self.lines.setText("\n".join(lines(progress)))
        rings = week_of_rings(progress)
        names = [
            tr("{day} {share}").format(day=weekday(day, long=True), share=percent(day.share)) for day in progress.week
        ]
        self.week.show_week(rings, joined(THINGS, names))

    def picture(self) -> QImage | None:
        """A picture to share; None if there is nothing to show."""
        if self._progress is None:
            return None
        ring = ring_of(self._progress.today, self._progress.goal)
        return shared_picture(ring, week_of_rings(self._progress), headline(self._progress), lines(self._progress)[:3])


class LastWeekCard(QWidget):
    """How the last week went; shown on Mondays, and for the rest of the week below the days."""

    def __init__(self) -> None:
        super().__init__()
        frame, inside = card()
        self.title, self.lines = text("", "heading"), text("")
        inside.addWidget(self.title)
        inside.addWidget(self.lines)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(frame)

    def show_progress(self, progress: Progress, begun: date | None) -> None:
        """Show the week unless the history began after it, even if nothing was measured: on Mondays, the page Now leads here."""
        week, today = progress.last_week, progress.today.date
        first, last = weeks_back(today, 1)
        self.setVisible(begun is not None and begun <= last)
        self.title.setText(tr("Your last week: {span}").format(span=spoken_span(first, last, today)))
        self.lines.setText(tr("Nothing was measured in this period.") if week is None else "\n".join(week_lines(week)))


def ring_of(day: GoalDay, goal: float, label: str = "") -> RingFigure:
    """A day's ring, labeled with its share unless another label is given."""
    return RingFigure(day.share, goal, label or percent(day.share))


def week_of_rings(progress: Progress) -> list[RingFigure]:
    """A ring per day, labeled with the day."""
    return [ring_of(day, progress.goal, weekday(day)) for day in progress.week]


def headline(progress: Progress) -> str:
    """Today in a few words."""
    today = progress.today
    if today.off:
        return tr("Your day so far")
    if today.reached:
        return tr("Today's goal reached")
    return tr("{share} upright today").format(share=percent(today.share))


def lines(progress: Progress) -> list[str]:
    """Lines about the goal, the streak, the trend and the hours."""
    today = progress.today
    goal = percent(progress.goal)
    said = [
        tr("{length} upright. Goal: {goal} of the time").format(length=length(today.upright), goal=goal)
        if today.measured
        else tr("Nothing measured yet. Goal: {goal} of the time").format(goal=goal)
    ]
    if progress.streak > 1:
        said.append(
            trn(
                "{number} day in a row. Days off don't count",
                "{number} days in a row. Days off don't count",
                progress.streak,
            )
        )
    if progress.change is not None:
        said.append(tr("This week: {change}").format(change=changed(progress.change)))
    if progress.hours is not None:
        said.append(hours_line(progress.hours))
    return said


def week_lines(week: WeekReview) -> list[str]:
    """A week in a few lines."""
    said = [
        tr("{share} upright, of {length} measured").format(
            share=percent(week.times.upright_share), length=length(week.times.measured)
        )
    ]
    if week.change is not None:
        said.append(changed(week.change, before=tr("the week before")))
    said.append(tr("Goal reached on {reached} of {days} days").format(reached=week.reached, days=week.counted))
    if week.hours is not None:
        said.append(hours_line(week.hours))
    if week.longest_good:
        said.append(tr("Longest upright run: {length}").format(length=length(week.longest_good)))
    return said


def hours_line(hours: tuple[BestHour, BestHour]) -> str:
    """The best and the hardest hour."""
    best, worst = (f"{clock_time(time(one.hour))}–{clock_time(time((one.hour + 1) % 24))}" for one in hours)
    return tr("Best hour {best}, hardest {worst}").format(best=best, worst=worst)


def changed(change: float, before: str = "") -> str:
    """A change of the upright share, in percentage points."""
    points, before = round(100 * change), before or tr("last week")
    if points == 0:
        return tr("as upright as {before}").format(before=before)
    if points > 0:
        said = trn("{number} point more upright than", "{number} points more upright than", points)
    else:
        said = trn("{number} point less upright than", "{number} points less upright than", -points)
    return tr("{points} {before}").format(points=said, before=before)


def weekday(day: GoalDay, *, long: bool = False) -> str:
    """A day's name, in the user's language."""
    return QLocale().toString(QDate(day.date.year, day.date.month, day.date.day), "dddd" if long else "ddd")
