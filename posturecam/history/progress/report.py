"""A report for a physiotherapist: one HTML file with plots and tables, what was measured, and how well.

It is self-contained, without scripts, image files or anything to download, and can be printed. Every number in it comes from the history.
"""

from __future__ import annotations

import html
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from posturecam.alerts.explanation import explain
from posturecam.alerts.policy import Response
from posturecam.history.models import EventKind, KeptEvent, total
from posturecam.history.periods import Day, Period
from posturecam.history.records import SittingRecords
from posturecam.history.stretch_export import writing
from posturecam.i18n.dates import day_of_week, short_date, whole_date
from posturecam.i18n.message import unbroken
from posturecam.i18n.translate import chosen_language, in_percent, joined, length, own_number, percent, tr, trn
from posturecam.i18n.words import THINGS
from posturecam.posture.measures import Name

_GOOD, _BETWEEN, _BAD, _INK, _LINE = "#007e5a", "#b87700", "#c04b17", "#1d232b", "#c9d0d8"
_WIDE, _TALL, _LEFT, _BELOW = 720, 190, 44, 26
"""Size and margins of a plot, pixels."""
_STYLE = f"""
body {{ font: 15px/1.5 system-ui, sans-serif; color: {_INK}; max-width: 760px; margin: 32px auto; padding: 0 20px; }}
h1 {{ font-size: 26px; margin-bottom: 0; }} h2 {{ font-size: 18px; margin-top: 32px; }}
table {{ border-collapse: collapse; width: 100%; font-size: 14px; }}
th, td {{ text-align: left; padding: 5px 10px 5px 0; border-bottom: 1px solid {_LINE}; vertical-align: top; }}
td.n, th.n {{ text-align: right; font-variant-numeric: tabular-nums; }}
.quiet {{ color: #586271; }} .note {{ border-left: 4px solid {_LINE}; padding-left: 12px; }}
svg {{ max-width: 100%; height: auto; }} svg text {{ font: 11px system-ui, sans-serif; fill: #586271; }}
@media print {{ body {{ margin: 0; max-width: none; }} h2 {{ break-after: avoid; }} tr {{ break-inside: avoid; }} }}
"""


@dataclass(frozen=True, slots=True)
class ReportData:
    """The data of a report."""

    period: Period
    events: tuple[KeptEvent, ...]
    """Events of the period, alerts with their evidence."""
    made: date
    version: str
    """Version of posturecam."""


def write_report(path: Path, records: SittingRecords, first: date, last: date, version: str) -> list[str]:
    """Write the report of these local days; an earlier file is replaced once all of it is written.

    Returns messages for the user, such as that damaged entries were left out.

    Raises:
        OutputError: if it cannot be written.
    """
    data = ReportData(
        records.period(first, last), records.events(first, last, evidence=True), records.current_date, version
    )
    text = report_html(data)
    with writing(path) as file:
        file.write(text.encode())
    return records.complaints()


def report_html(data: ReportData) -> str:
    """The report as one HTML file, in the user's language."""
    period = data.period
    title = tr("Posture report")
    span = tr("{first} to {last}").format(first=whole_date(period.first), last=whole_date(period.last))
    days = [day for day in period.days if day.times.watched > 0]
    parts = [
        f"<h1>{_safe(title)}</h1>",
        _paragraph(tr("{span}; made on {made} with posturecam {version}").format(
            span=span, made=whole_date(data.made), version=data.version), "quiet"),
        _paragraph(tr(
            "This is not medical advice. It describes how somebody sat in front of a webcam, as far as "
"that can be seen. It is neither an examination nor a diagnosis, and no posture is known to "
"cause or cure pain by itself."), "note"),
        _heading(tr("In short")),
        _summary(period, len(days)),
        _heading(tr("Day by day")),
        _plot_of_days(period.days),
        _heading(tr("By hour of the day")),
        _plot_of_hours(days),
        _heading(tr("What the reminders were about")),
        _causes(data.events),
        _heading(tr("Every day in figures")),
        _table_of_days(days, data.made),
        _heading(tr("What was measured, and how well")),
        _method(data),
    ]  # fmt: skip
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="{chosen_language()}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{_safe(title)}: {_safe(span)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


# Figures.


def _summary(period: Period, days: int) -> str:
    times = period.times
    longest = "–" if period.longest_good is None else length(period.longest_good)
    rows = [
        (tr("Days with the camera on"), str(days)),
        (tr("Time in which the posture was measured"), length(times.measured)),
        (tr("Upright, of that"), percent(times.upright_share)),
        (tr("Between upright and slouching"), percent(times.drifting_share)),
        (tr("Slouching"), percent(times.slouching_share)),
        (tr("Somebody there, but not measurable, of the watched time"), percent(times.unknown_share)),
        (tr("Longest upright run"), longest),
        (tr("Reminders"), str(period.alerts)),
        (tr("Of these answered “I'm fine”"), str(period.answers[Response.FINE])),
        (tr("Breaks suggested, and taken"), f"{period.breaks_offered}, {period.breaks_taken}"),
        (tr("Stretch sessions, and repetitions counted"), f"{period.stretches}, {period.repetitions}"),
    ]
    return _table([], [[name, value] for name, value in rows], numbers=(1,))


def _table_of_days(days: Sequence[Day], today: date) -> str:
    heads = [tr("Date"), tr("Measured"), tr("Upright"), tr("Slouching"), tr("Longest upright run"), tr("Reminders"), tr("Stretches")]  # fmt: skip
    rows = [
        [
            day_of_week(day.date, today),
            length(day.times.measured),
            percent(day.times.upright_share),
            percent(day.times.slouching_share),
            "–" if day.longest_good is None else length(day.longest_good),
            str(day.alerts),
            str(day.stretches),
        ]
        for day in days
    ]
    return _table(heads, rows, numbers=range(1, 7))


def _causes(events: Iterable[KeptEvent]) -> str:
    changes = defaultdict[tuple[Name | None, bool], list[float]](list)
    counts = Counter[tuple[Name | None, bool]]()
    for event in events:
        if event.kind is not EventKind.SLOUCH_TOLD:
            continue
        cause = next((name for name in Name if name.value == event.details.get("cause")), None)
        compared = event.evidence is None or event.evidence.compared
        change = event.details.get("change")
        counts[cause, compared] += 1
        if isinstance(change, int | float):
            changes[cause, compared].append(float(change))
    if not counts:
        return _paragraph(tr("There were no reminders in this period."), "quiet")
    rows = []
    for (cause, compared), number in counts.most_common():
        known = changes[cause, compared]
        explained = explain(cause, statistics.median(known) if known else None, compared=compared)
        rows.append([tr(explained.sentence), tr(explained.figure) if explained.figure else "–", str(number)])
    return _table([tr("What was seen"), tr("Median amount"), tr("Reminders")], rows, numbers=(2,))


def _method(data: ReportData) -> str:
    views = Counter(one.evidence.view for one in data.events if one.evidence is not None)
    calibrated = [one for one in data.events if one.kind is EventKind.CALIBRATED]
    good = sum(one.details.get("quality") == "good" for one in calibrated)
    seen = joined(THINGS, [f"{tr(view.spoken)} ({number})" for view, number in views.most_common()]) or "–"
    lines = [
        tr("One webcam on the desk. One model (BlazePose) finds 33 points of the body in its picture; another "
"finds the face."),
        tr("Each posture is compared with the person's own upright posture, recorded in a calibration."),
        trn("{number} calibration in this period", "{number} calibrations in this period", len(calibrated))
        + (f" ({tr('good: {number}').format(number=good)})" if calibrated else ""),
        tr("Camera angle at the reminders: {views}").format(views=seen),
        tr("From the side, angles are measured. From the front they are estimated, or distances in "
"centimeters are calculated from the size of the face."),
        tr("{share} of the watched time could not be measured. It counts neither as good nor as bad.").format(
            share=percent(data.period.times.unknown_share)),
        tr("Accuracy on rendered people whose angles are known exactly: {found} of the "
"slouches were found, with up to {false} false reminders an hour; the mean error of the neck's "
"change was {neck}, of the trunk from the side {trunk}.").format(
            found=in_percent("86–100"), false=own_number("0.2"), neck=f"{own_number('2.3–4.2')}°", trunk=f"{own_number('3.5')}°"),
        tr("Of three real people who held a posture in front of a webcam, 47 of 47 slouches were reported, and 1 or 2 of "
           "32 upright postures."),
        tr("It has not been validated on patients. A craniovertebral angle from a webcam is a rough estimate and is left out here."),
    ]  # fmt: skip
    return "<ul>" + "".join(f"<li>{_safe(line)}</li>" for line in lines) + "</ul>"


# Plots.


def _plot_of_days(days: Sequence[Day]) -> str:
    """A bar a day, of the measured hours: upright at the foot, then between, then slouching."""
    top = max((day.times.measured for day in days), default=0.0) / 3600
    top = next((float(one) for one in (1, 2, 4, 6, 8, 10, 12, 16, 24) if top <= one), 24.0)
    step = (_WIDE - _LEFT) / max(len(days), 1)
    drawn = _grid([f"{own_number(f'{top * quarter / 4:g}')} h" for quarter in range(5)])
    every = max(round(54 / step + 0.5), 1)
    for number, day in enumerate(days):
        x, y = _LEFT + number * step, float(_TALL)
        parts = ((day.times.sat_up, _GOOD), (day.times.drifting, _BETWEEN), (day.times.slouching, _BAD))
        for seconds, color in parts:
            height = _TALL * seconds / 3600 / top
            y -= height
            if height > 0:
                drawn.append(_box(x + 0.15 * step, y, 0.7 * step, height, color))
        if number % every == 0:
            drawn.append(_text(x + step / 2, _TALL + 16, short_date(day.date), "middle"))
    return _svg(drawn, tr("Measured hours a day")) + _legend(
        ((_GOOD, tr("upright")), (_BETWEEN, tr("drifting")), (_BAD, tr("slouching")))
    )


_LEAST_DRAWN = 900.0
"""Seconds measured from which an hour of the day is drawn: a quarter of one, of all the days together."""


def _plot_of_hours(days: Sequence[Day]) -> str:
    """How upright each hour of the day was sat through, where at least a quarter of an hour was measured in it."""
    hours = [total(many) for many in zip(*(day.hours for day in days), strict=True)] if days else []
    shown = [(hour, times) for hour, times in enumerate(hours) if times.measured >= _LEAST_DRAWN]
    if not shown:
        return _paragraph(tr("Too little was measured."), "quiet")
    first, last = shown[0][0], shown[-1][0]
    step = (_WIDE - _LEFT) / (last - first + 1)
    drawn = _grid([in_percent(25 * quarter) for quarter in range(5)])
    for hour, times in shown:
        x, height = _LEFT + (hour - first) * step, _TALL * (times.upright_share or 0.0)
        drawn.append(_box(x + 0.15 * step, _TALL - height, 0.7 * step, height, _GOOD))
        drawn.append(_text(x + step / 2, _TALL + 16, f"{hour}", "middle"))
    return _svg(drawn, tr("Upright, of the measured time, by hour"))


def _grid(labels: Sequence[str]) -> list[str]:
    drawn = []
    for number, label in enumerate(labels):
        y = _TALL * (1 - number / (len(labels) - 1))
        drawn.append(f'<line x1="{_LEFT}" x2="{_WIDE}" y1="{y:.1f}" y2="{y:.1f}" stroke="{_LINE}"/>')
        drawn.append(_text(_LEFT - 6, y + 4, label, "end"))
    return drawn


def _box(x: float, y: float, wide: float, tall: float, color: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}" fill="{color}"/>'


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{_safe(words)}</text>'


def _svg(drawn: Iterable[str], said: str) -> str:
    head = f'<svg viewBox="0 -10 {_WIDE} {_TALL + _BELOW + 10}" width="{_WIDE}" role="img" aria-label="{_safe(said)}">'
    return head + "".join(drawn) + "</svg>"


def _legend(parts: Iterable[tuple[str, str]]) -> str:
    said = "".join(f'<span style="color:{color}">■</span> {_safe(name)}&ensp;' for color, name in parts)
    return f'<p class="quiet">{said}</p>'


# HTML.


def _safe(words: str) -> str:
    return html.escape(unbroken(str(words)))


def _heading(words: str) -> str:
    return f"<h2>{_safe(words)}</h2>"


def _paragraph(words: str, kind: str) -> str:
    return f'<p class="{kind}">{_safe(words)}</p>'


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int]) -> str:
    right = set(numbers)

    def line(cells: Sequence[str], tag: str) -> str:
        kinds = ['class="n"' if place in right else "" for place in range(len(cells))]
        return (
            "<tr>"
            + "".join(f"<{tag} {kind}>{_safe(cell)}</{tag}>" for cell, kind in zip(cells, kinds, strict=True))
            + "</tr>"
        )

    return f"<table>{line(heads, 'th') if heads else ''}{''.join(line(row, 'td') for row in rows)}</table>"
