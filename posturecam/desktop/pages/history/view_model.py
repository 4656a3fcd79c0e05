"""The texts and figures of the history page. Pure, except for the user's language and calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from PySide6.QtCore import QDate, QLocale

from posturecam.alerts.policy import Response
from posturecam.alerts.text import BUTTONS
from posturecam.coach.exercise import Exercise
from posturecam.coach.presentation.descriptions import side_text
from posturecam.coach.stretch_measures import unit_text
from posturecam.desktop.pictures.charts import APART, JUDGED, AxisTick, Bar, ChartDot, ChartLine, Piece
from posturecam.desktop.widgets.numbers import clock_time, fixed, spoken_date
from posturecam.history.models import DAY, Minute, TimeCategory, Times, local_date
from posturecam.history.periods import Day, PeriodFigures
from posturecam.history.records import DepthSeries, ToldAlert
from posturecam.history.stretches import KeptSession
from posturecam.i18n.translate import joined, length, mark, percent, tr, trn
from posturecam.i18n.words import CLAUSES, HEADED
from posturecam.posture.measures import DEGREES, Name
from posturecam.posture.view import View
from posturecam.session.protocol.sign import Sign

SIGNS: Mapping[TimeCategory, Sign] = {
    TimeCategory.UPRIGHT: Sign.UPRIGHT,
    TimeCategory.RECOVERING: Sign.UPRIGHT,  # the person sits up
    TimeCategory.DRIFTING: Sign.DRIFTING,
    TimeCategory.SLOUCHING: Sign.SLOUCHING,
    TimeCategory.UNKNOWN: Sign.UNKNOWN,
    TimeCategory.AWAY: Sign.AWAY,
    TimeCategory.PAUSED: Sign.PAUSED,
    TimeCategory.OFF: Sign.PAUSED,
}
NAMES: Mapping[Sign, str] = {
    Sign.UPRIGHT: mark("upright"),
    Sign.DRIFTING: mark("drifting"),
    Sign.SLOUCHING: mark("slouching"),
    Sign.UNKNOWN: mark("unknown"),
    Sign.AWAY: mark("away"),
    Sign.PAUSED: mark("paused"),
}
_SEVERITIES: Mapping[str, str] = {
    "mild": mark("mild slouch"),
    "moderate": mark("moderate slouch"),
    "severe": mark("severe slouch"),
}
_CAUSES: Mapping[str, str] = {
    Name.NECK_INCLINATION.value: mark("head forward"),
    Name.TRUNK_INCLINATION.value: mark("leaning forward"),
    Name.NECK_FLEXION.value: mark("slid down"),
    Name.HEAD_ROLL.value: mark("head tilted"),
    Name.SHOULDER_TILT.value: mark("leaning to one side"),
    Name.HEAD_FORWARD_INDEX.value: mark("head forward"),
    Name.SLUMP_INDEX.value: mark("sunk down"),
    Name.NECK_HEIGHT.value: mark("sunk down"),
    Name.HEAD_DISTANCE.value: mark("too close to the screen"),
    Name.HEAD_OFFSET.value: mark("leaning to one side"),
    Name.BODY_YAW.value: mark("turned away"),
}


@dataclass(frozen=True, slots=True)
class PeriodView:
    """A line of a list: when, what, and its outcome."""

    when: str
    what: str
    then: str


def spent(times: Times) -> dict[Sign, float]:
    """Seconds by the categories that the charts distinguish."""
    found = dict.fromkeys((*JUDGED, *APART, Sign.PAUSED), 0.0)
    for what in TimeCategory:
        found[SIGNS[what]] += times.of(what)
    return found


def legend(times: Times, *, paused: bool = False) -> list[tuple[Sign, str]]:
    """Measured categories with their share of the measured time; then the others with their time only.

    The time paused is among them where a chart shows it, and there was any.
    """
    seconds, parts = spent(times), []
    for sign in JUDGED:
        share = seconds[sign] / times.measured if times.measured else None
        text = tr("{name} {share}, {length}").format(
            name=tr(NAMES[sign]), share=percent(share), length=length(seconds[sign])
        )
        parts.append((sign, text))
    for sign in (*APART, Sign.PAUSED) if paused and seconds[Sign.PAUSED] > 0 else APART:
        text = tr("{name} {length}").format(name=tr(NAMES[sign]), length=length(seconds[sign]))
        parts.append((sign, text))
    return parts


def figures(one: PeriodFigures) -> list[tuple[str, str, str]]:
    """The tiles: number, caption, and details."""
    times, answers = one.times, sum(one.answers.values())
    measured = tr("of {length} measured").format(length=length(times.measured))
    longest = "–" if one.longest_good is None else length(one.longest_good)
    answered = trn("{number} answered", "{number} answered", answers) if one.alerts else tr("none")
    repetitions = trn("{number} repetition", "{number} repetitions", one.repetitions) if one.repetitions else ""
    return [
        (
            percent(times.upright_share),
            tr("upright"),
            measured if times.measured else tr("nothing measured"),
        ),
        (longest, tr("longest upright run"), tr("upright without a slouch")),
        (str(one.alerts), tr("reminder") if one.alerts == 1 else tr("reminders"), answered),
        (str(one.stretches), tr("stretch session") if one.stretches == 1 else tr("stretch sessions"), repetitions),
    ]


def bars(days: Iterable[Day], *, week: bool) -> list[Bar]:
    """A bar per day, labeled by the day of the week or of the month."""
    made = []
    for day in days:
        seconds = spent(day.times)
        label = f"{_weekday(day.date)} {day.date.day}" if week else str(day.date.day)
        parts = [text for sign, text in legend(day.times) if seconds[sign] > 0]
        words = joined(CLAUSES, parts) or tr("nothing kept")
        made.append(
            Bar(
                label,
                {sign: seconds[sign] for sign in (*JUDGED, *APART)},
                joined(HEADED, (spoken_date(day.date), words)),
            )
        )
    return made


def pieces(minutes: Iterable[Minute]) -> list[Piece]:
    """Consecutive minutes with the same main category, joined; a gap if posturecam did not run."""
    runs: list[tuple[float, float, Sign]] = []
    for minute in minutes:
        seconds = spent(minute.times)
        if not any(seconds.values()):
            continue
        sign = max(seconds, key=lambda one: seconds[one])
        start = (minute.at + minute.utc_offset) % DAY / 3600
        if runs and runs[-1][2] is sign and abs(runs[-1][1] - start) < 1e-6:
            start = runs.pop()[0]
        runs.append((start, (minute.at + minute.utc_offset) % DAY / 3600 + 1 / 60, sign))
    return [Piece(start, end, sign, _piece_words(start, end, sign)) for start, end, sign in runs]


def _piece_words(start: float, end: float, sign: Sign) -> str:
    lasting = length(3600 * (end - start))
    return joined(CLAUSES, (f"{_clock(start)}–{_clock(end)} {tr(NAMES[sign])}", lasting))


def ticks(alerts: Iterable[ToldAlert], sessions: Iterable[KeptSession]) -> list[AxisTick]:
    """Marks where alerts and stretches were."""
    reminders = [AxisTick(_hours(one.event.at, one.event.utc_offset), True, tr("reminder")) for one in alerts]
    return reminders + [
        AxisTick(_hours(one.began, one.utc_offset), False, tr("stretch: {title}").format(title=tr(one.title)))
        for one in sessions
    ]


def alert_line(one: ToldAlert, *, dated: bool) -> PeriodView:
    """An alert: when, what was seen, and the answer."""
    event = one.event
    severity = tr(_SEVERITIES.get(str(event.details.get("severity")), mark("slouch")))
    cause = _CAUSES.get(str(event.details.get("cause")))
    what = tr("{severity}: {cause}").format(severity=severity, cause=tr(cause)) if cause else severity
    seconds = event.details.get("seconds")
    if isinstance(seconds, float):
        what = tr("{what}, for {length}").format(what=what, length=length(seconds))
    answer = tr("no answer") if one.answer is None else tr(BUTTONS[one.answer])
    if one.answer is Response.FINE:
        answer = tr("{answer}: not needed").format(answer=answer)
    return PeriodView(_when(event.at, event.utc_offset, dated=dated), what, answer)


def session_line(one: KeptSession, *, dated: bool) -> PeriodView:
    """A stretch session: when, which, and what counted or was timed."""
    parts = []
    if one.counted:
        parts.append(trn("{number} repetition counted", "{number} repetitions counted", one.counted))
    if one.timed:
        parts.append(tr("{number} timed only").format(number=one.timed))
    return PeriodView(_when(one.began, one.utc_offset, dated=dated), tr(one.title), joined(CLAUSES, parts))


def depth_lines(series: Sequence[DepthSeries], exercise: Exercise | None, today: date) -> list[ChartLine]:
    """The deepest of each session, a line for each side and view; of an exercise that may have been removed."""
    depth = exercise.depth if exercise else None
    views = {one.view for one in series}
    lines = []
    for one in series:
        best: dict[tuple[float, float], float] = {}
        for point in one.points:
            key = point.at, point.utc_offset
            better = (
                max(point.depth, best.get(key, point.depth))
                if depth is None
                else depth.better_of(point.depth, best.get(key))
            )
            best[key] = point.depth if better is None else better
        if depth is not None:
            best = {key: depth.told(value) for key, value in best.items()}
        unit = DEGREES if one.unit == DEGREES else f" {tr(unit_text(one.unit))}"
        dots = tuple(
            ChartDot(
                (at + offset) / DAY,
                value,
                joined(CLAUSES, (spoken_date(local_date(at, offset), today), f"{_figure(value, one.unit)}{unit}")),
            )
            for (at, offset), value in best.items()
        )
        lines.append(ChartLine(_line_name(one, exercise, many_views=len(views) > 1), dots))
    return lines


def spoken_span(first: date, last: date, today: date) -> str:
    """A day, a week or a month as a heading."""
    whole_month = first.day == 1 and (last + timedelta(days=1)).day == 1
    if first == last:
        if first == today:
            return tr("Today")
        return tr("Yesterday") if first == today - timedelta(days=1) else spoken_date(first, today)
    if whole_month:
        return QLocale().toString(QDate(first.year, first.month, 1), "MMMM yyyy")
    begun = spoken_date(first, today if first.year != last.year else None)  # a shared year comes once, at the end
    return f"{begun} – {spoken_date(last, today)}"


def _weekday(day: date) -> str:
    return QLocale().toString(QDate(day.year, day.month, day.day), "ddd")


def _clock(hour: float) -> str:
    minutes = round(60 * hour) % (24 * 60)
    return clock_time(time(*divmod(minutes, 60)))


def _hours(at: float, utc_offset: float) -> float:
    return (at + utc_offset) % DAY / 3600


def _when(at: float, utc_offset: float, *, dated: bool) -> str:
    shown = _clock(_hours(at, utc_offset))
    return joined(CLAUSES, (spoken_date(local_date(at, utc_offset)), shown)) if dated else shown


def _line_name(series: DepthSeries, exercise: Exercise | None, *, many_views: bool) -> str:
    side = tr(side_text(exercise, series.side, brief=True)) if series.side else ""
    view = (
        tr("seen from {view}").format(view=tr(series.view.spoken))
        if many_views and series.view is not View.UNKNOWN
        else ""
    )
    return joined(CLAUSES, [part for part in (side, view) if part])


def _figure(value: float, unit: str) -> str:
    return fixed(value, 0 if unit == DEGREES else 2)
