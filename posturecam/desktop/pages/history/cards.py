"""The cards of the history page: day by day, one day minute by minute, and how the stretches went."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import cycle

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from posturecam.coach.stretch_measures import unit_text
from posturecam.desktop.pages.history.event_lists import StretchesDone
from posturecam.desktop.pages.history.queries import Depths, PageData, PeriodLength
from posturecam.desktop.pages.history.view_model import bars, legend, pieces, ticks
from posturecam.desktop.pictures.chart_base import Legend
from posturecam.desktop.pictures.charts import DayBars, DayTimeline, DepthLines
from posturecam.desktop.widgets.controls import ChoiceList
from posturecam.desktop.widgets.layouts import FlowLayout, SideBySide
from posturecam.desktop.widgets.numbers import spoken_date
from posturecam.desktop.widgets.parts import Chip, ChipGroup, text
from posturecam.desktop.widgets.theme import GAP
from posturecam.history.models import EPOCH, local_date, total
from posturecam.i18n.translate import tr
from posturecam.posture.measures import DEGREES

_NARROWEST_HEADING = 150
"""Least width of a heading beside a choice, device-independent pixels."""


class _Card(QFrame):
    """A raised surface with a heading, and the layout for its content."""

    def __init__(self, heading: str) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.inside = QVBoxLayout(self)
        self.inside.setContentsMargins(16, 14, 16, 14)
        self.inside.setSpacing(8)
        self.head = SideBySide(6)
        self.heading = text(heading, "heading")
        self.head.add_part(self.heading, _NARROWEST_HEADING, 1)
        self.inside.addLayout(self.head)


class ListCard(_Card):
    """A heading and a list."""

    def __init__(self, heading: str, listed: QWidget) -> None:
        super().__init__(heading)
        self.inside.addWidget(listed)


class DaysCard(_Card):
    """A bar per day, as shares or as hours."""

    chosen = Signal(int)
    """The number of the day to show minute by minute."""

    def __init__(self) -> None:
        super().__init__(tr("Day by day"))
        self._seen: PageData | None = None
        self._week = True
        self.shares = Chip(tr("Shares"), tr("Shares of the measured time"), ticked=False)
        self.hours = Chip(tr("Hours"), tr("Hours of each posture"), ticked=False)
        self._group = ChipGroup(self)
        self.shares.setChecked(True)
        choices = FlowLayout(6)
        for chip in (self.shares, self.hours):
            self._group.add(chip)
            choices.addWidget(chip)
        self.head.add_part(choices)
        self.hours.toggled.connect(self._show)
        self.bars, self.legend = DayBars(tr("Day by day")), Legend()
        self.bars.chosen.connect(self.chosen)
        self.nothing = text("", "quiet")
        self.inside.addWidget(self.nothing)
        self.inside.addWidget(self.bars)
        self.inside.addWidget(self.legend)

    def show_seen(self, seen: PageData, span: PeriodLength) -> None:
        """Show the days of a period."""
        self._seen, self._week = seen, span is PeriodLength.WEEK
        self._show()

    def _show(self) -> None:
        if self._seen is None:
            return
        days, times = self._seen.period.days, self._seen.period.times
        drawn = times.watched if self.hours.isChecked() else times.measured
        for part in (self.shares, self.hours, self.legend):
            part.setVisible(times.total > 0)
        self.bars.setVisible(drawn > 0)  # empty axes would say nothing
        self.nothing.setVisible(drawn == 0)
        why = tr("Nothing was measured in this period.") if times.total else tr("Nothing was recorded in this period.")
        self.nothing.setText(why)
        selected = next((number for number, day in enumerate(days) if day.date == self._seen.shown), None)
        self.bars.show_bars(bars(days, week=self._week), hours=self.hours.isChecked(), selected=selected)
        self.legend.show_parts(legend(times))


class DayCard(_Card):
    """One day minute by minute."""

    def __init__(self) -> None:
        super().__init__(tr("Minute by minute"))
        self.timeline, self.legend = DayTimeline(tr("Minute by minute")), Legend()
        self.nothing = text(tr("Nothing was recorded on this day."), "quiet")
        self._key = text(tr("Taller means further from upright. ▼ reminder, ◆ stretch."), "quiet")
        for part in (self.nothing, self.timeline, self.legend, self._key):
            self.inside.addWidget(part)

    def show_seen(self, seen: PageData, span: PeriodLength) -> None:
        """Show the day that was chosen."""
        self.heading.setText(
            tr("Minute by minute") if span is PeriodLength.DAY else spoken_date(seen.shown, seen.today)
        )
        alerts = [one for one in seen.alerts if one.event.date == seen.shown]
        sessions = [one for one in seen.sessions if local_date(one.began, one.utc_offset) == seen.shown]
        self.timeline.show_day(pieces(seen.minutes), ticks(alerts, sessions))
        self.legend.show_parts(legend(total(minute.times for minute in seen.minutes), paused=True))
        for part in (self.timeline, self.legend, self._key):
            part.setVisible(bool(seen.minutes))
        self.nothing.setVisible(not seen.minutes)


class StretchesCard(_Card):
    """The stretches done in the period, and how deep one exercise went over all time."""

    def __init__(self) -> None:
        super().__init__(tr("Stretches"))
        self.sessions = StretchesDone()
        self.inside.addWidget(self.sessions)
        self._depths = QWidget()
        column = QVBoxLayout(self._depths)
        column.setContentsMargins(0, GAP, 0, 0)
        line = SideBySide(GAP)
        line.add_part(text(tr("Depth over time"), "heading"), _NARROWEST_HEADING, 1)
        self.exercise = ChoiceList(self._depths)
        self.exercise.setAccessibleName(tr("Exercise whose depth is shown"))
        self.exercise.setMinimumWidth(240)
        self.exercise.currentIndexChanged.connect(self._show_depth)
        line.add_part(self.exercise)
        column.addLayout(line)
        self.chart, self._key = DepthLines(tr("Depth over time")), text("", "quiet")
        column.addWidget(self.chart)
        column.addWidget(self._key)
        self.inside.addWidget(self._depths)
        self._by_exercise: dict[str, Depths] = {}
        self._today: date | None = None

    def show_seen(self, seen: PageData, span: PeriodLength) -> None:
        """Show the sessions of the period; the chosen exercise stays selected."""
        self.sessions.show_sessions(seen.sessions, dated=span is not PeriodLength.DAY)
        chosen = self.exercise.currentData()
        if list(self._by_exercise) != list(seen.depths):  # else the list may be open
            with QSignalBlocker(self.exercise):
                self.exercise.clear()
                for key, depths in seen.depths.items():
                    self.exercise.addItem(depths.title, key)
                self.exercise.setCurrentIndex(max(self.exercise.findData(chosen), 0) if seen.depths else -1)
        self._by_exercise, self._today = dict(seen.depths), seen.today
        self._depths.setVisible(bool(seen.depths))
        self._show_depth()

    def _show_depth(self) -> None:
        depths = self._by_exercise.get(self.exercise.currentData())
        if depths is None:
            return
        days = [int(dot.day) for line in depths.lines for dot in line.dots]
        first, last = (spoken_date(EPOCH + timedelta(days=day), self._today) for day in (min(days), max(days)))
        ends = first, last if last != first else ""
        self.chart.show_lines(depths.lines, ends, lower_is_deeper=depths.lower_is_deeper)
        marks = cycle(DepthLines.MARKS)
        names = [f"{mark} {line.name}" for mark, line in zip(marks, depths.lines, strict=False) if line.name]
        unit = tr("in degrees") if depths.unit == DEGREES else tr("in {unit}").format(unit=tr(unit_text(depths.unit)))
        direction = tr("higher up is deeper")
        self._key.setText(" · ".join([*names, unit, direction]))
