"""Reads what the history page needs for a day, a week or a month, in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum
from pathlib import Path

from posturecam.coach.exercise import Exercise
from posturecam.coach.library import load_exercise
from posturecam.config.reading import is_missing
from posturecam.config.settings import GoalSettings
from posturecam.desktop.pages.history.view_model import depth_lines
from posturecam.desktop.pictures.charts import ChartLine
from posturecam.errors import PosturecamError
from posturecam.history.database import history_path
from posturecam.history.models import Minute
from posturecam.history.periods import Period, month_of, week_of
from posturecam.history.progress.goal import GoalDay, Progress, against_goal, progress, weeks_back
from posturecam.history.records import DepthSeries, SittingRecords, ToldAlert
from posturecam.history.stretch_export import ending_of
from posturecam.history.stretches import KeptSession, StretchHistory
from posturecam.i18n.translate import tr

_DETAILED_WEEKS = 4
"""Weeks before this one whose hours are read: the best and the hardest hour are those of four weeks."""
_AT_ONCE = timedelta(weeks=8)
"""How much further back is read at a time, while a streak goes on."""


class PeriodLength(Enum):
    """The length of the period shown."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    def around(self, day: date) -> tuple[date, date]:
        """The first and the last day."""
        return {
            PeriodLength.DAY: lambda: (day, day),
            PeriodLength.WEEK: lambda: week_of(day),
            PeriodLength.MONTH: lambda: month_of(day),
        }[self]()


@dataclass(frozen=True, slots=True)
class Depths:
    """How deep one exercise went, over all time."""

    title: str
    unit: str
    lines: tuple[ChartLine, ...]
    lower_is_deeper: bool


@dataclass(frozen=True, slots=True)
class PageData:
    """Everything the page shows, as read from the history."""

    today: date
    begun: date | None
    """The first day with records; None if there are none."""
    period: Period
    shown: date
    """The day shown minute by minute."""
    minutes: tuple[Minute, ...]
    """Events of that day."""
    alerts: tuple[ToldAlert, ...]
    sessions: tuple[KeptSession, ...]
    depths: Mapping[str, Depths]
    """Depth series by exercise."""
    progress: Progress
    """Today against the goal, the streak and the weeks."""
    notes: tuple[str, ...]
    """Problems with the history that the user should know about."""


def read(
    now: Callable[[], float],
    span: PeriodLength,
    anchor: date | None,
    shown: date | None,
    goal: GoalSettings | None = None,
) -> PageData | None:
    """Read a period; None if there is no history yet.

    Args:
        now: the wall clock, seconds since 1970.
        span: length of the period.
        anchor: a day in it; None uses today, and so does a day to come, which there is once the clock has been set back.
        shown: the day to show minute by minute; None uses the last one with data.
        goal: the user's goal; None uses the defaults.

    Raises:
        HistoryError: if it cannot be opened.
    """
    if is_missing(history_path()):
        return None
    with SittingRecords(now=now) as records, StretchHistory(now=now, to_read=True) as stretches:
        today, begun = records.current_date, records.begun()
        first, last = span.around(min(anchor or today, today))
        period = records.period(first, last)
        if shown is None or not first <= shown <= last:
            kept = [day.date for day in period.days if day.times.total > 0]
            shown = kept[-1] if kept else min(max(first, today), last)
        return PageData(
            today,
            begun,
            period,
            shown,
            records.minutes(shown, shown),
            records.alerts(first, last),
            tuple(one for one in stretches.sessions_of(first, last) if one.counted or one.timed),
            _depths(records.depths(), today),
            read_progress(records, goal or GoalSettings()),
            tuple(dict.fromkeys([*records.complaints(), *stretches.complaints()])),
        )


def read_progress(records: SittingRecords, goal: GoalSettings) -> Progress:
    """Where the user stands today, read in one go."""
    today = records.current_date
    weeks = [records.period(*weeks_back(today, number)) for number in range(3)]
    first = weeks_back(today, _DETAILED_WEEKS)[0]
    days = [
        *records.days(first, weeks[2].first - timedelta(days=1)),
        *(day for week in reversed(weeks) for day in week.days),
    ]
    return progress([day for day in days if day.date <= today], weeks, today, goal, _days_before(records, first, goal))


def _days_before(records: SittingRecords, day: date, goal: GoalSettings) -> Iterator[GoalDay]:
    """The days with records before this one, newest first, read as they are taken."""
    begun = records.begun()
    while begun is not None and begun < day:
        last, day = day - timedelta(days=1), max(day - _AT_ONCE, begun)
        for one, times in reversed(records.times_by_day(day, last).items()):
            yield against_goal(one, times, goal)


def read_day(now: Callable[[], float], seen: PageData, shown: date) -> PageData:
    """The same data, with another of its days minute by minute.

    Raises:
        HistoryError: if it cannot be opened.
    """
    with SittingRecords(now=now) as records:
        return replace(seen, shown=shown, minutes=records.minutes(shown, shown), notes=tuple(records.complaints()))


def _depths(series: Sequence[DepthSeries], today: date) -> Mapping[str, Depths]:
    by_exercise: dict[str, list[DepthSeries]] = {}
    for one in series:
        by_exercise.setdefault(one.exercise, []).append(one)
    found = {}
    for key, several in by_exercise.items():
        exercise = _exercise(key)
        depth = exercise.depth if exercise else None
        title = exercise.title if exercise else key.replace("_", " ")
        lower = depth is not None and depth.better == "lower" and not depth.is_a_fall
        found[key] = Depths(tr(title), several[0].unit, tuple(depth_lines(several, exercise, today)), lower)
    return found


def _exercise(key: str) -> Exercise | None:
    """The exercise; None if it was the user's own and has been removed."""
    try:
        return load_exercise(key)
    except PosturecamError:
        return None


def with_ending(path: Path, ending: str) -> Path:
    """The file's name with the suffix of its format."""
    try:
        ending_of(path)
    except PosturecamError:
        return path.with_name(path.name + ending)
    return path
