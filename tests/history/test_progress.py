"""The daily goal, the streak, the week in review and the report."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta

import pytest
from places import ROOT

from posturecam.config.settings import GoalSettings
from posturecam.history.models import EventKind, KeptEvent, Minute, Times
from posturecam.history.periods import summarize
from posturecam.history.progress.goal import best_and_worst_hour, goal_day, progress, review, streak, weeks_back
from posturecam.history.progress.report import ReportData, report_html
from posturecam.history.stretch_export import csv_lines
from posturecam.i18n.translate import choose_language

GOAL = GoalSettings()
MONDAY = date(2026, 11, 23)
EPOCH = date(1970, 1, 1)


def minutes(day: date, share: float | None, hours=range(9, 17), each=60):
    """Minutes of a day, each upright for this fraction; None: nothing was measured."""
    if share is None:
        return []
    start = (day - EPOCH).days * 1440
    times = Times(upright=60 * share, slouching=60 * (1 - share))
    return [Minute(start + 60 * hour + one, 0.0, times) for hour in hours for one in range(each)]


def days(*shares: float | None, last: date = MONDAY):
    first = last - timedelta(days=len(shares) - 1)
    many = [one for number, share in enumerate(shares) for one in minutes(first + timedelta(days=number), share)]
    return summarize(first, last, many, (), ()).days


def against(*shares, last=MONDAY):
    return [goal_day(day, GOAL) for day in days(*shares, last=last)]


def without_ties(text):
    """A report with ordinary spaces between numbers and units."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_goal_is_a_share_of_what_was_measured():
    low, high = against(0.6, 0.8)
    assert (low.reached, high.reached) == (False, True)
    assert high.share == pytest.approx(0.8)
    assert high.upright == pytest.approx(8 * 3600 * 0.8)


@pytest.mark.parametrize(
    ("share", "goal", "reached"),
    [(0.696, 0.7, True), (0.694, 0.7, False), (0.996, 1.0, False), (1.0, 1.0, True), (0.695, 0.695, True)],
)
def test_a_day_shown_with_the_goals_percentage_has_reached_the_goal_but_100_percent_takes_all_of_it(
    share, goal, reached
):
    assert goal_day(days(share)[0], GoalSettings(upright=goal)).reached is reached


def test_a_short_day_is_a_day_off():
    short = summarize(MONDAY, MONDAY, minutes(MONDAY, 0.1, hours=[9], each=20), (), ()).days[0]
    assert goal_day(short, GOAL).off


@pytest.mark.parametrize(
    ("shares", "number"),
    [
        ((0.8, 0.8, 0.8), 3),
        ((0.8, None, None, 0.8), 2),
        ((0.8, 0.5, 0.8), 1),
        ((0.8, 0.8, 0.5), 2),
        ((0.8, 0.8, None), 2),
        ((0.5,), 0),
        ((None, None), 0),
    ],
    ids=["a run", "a weekend", "a bad day", "today is not over", "nothing yet today", "none", "nothing"],
)
def test_no_day_off_and_no_unfinished_day_breaks_a_streak(shares, number):
    assert streak(against(*shares), MONDAY) == number


def test_a_streak_needs_no_order_and_ignores_days_that_are_still_to_come():
    recorded = against(0.5, 0.8, 0.8, 0.1, last=MONDAY + timedelta(days=1))  # the clock was a day ahead for a while
    assert streak(recorded, MONDAY) == streak(recorded[::-1], MONDAY) == 2


def test_the_best_and_the_worst_hour_of_the_day_are_found():
    many = (
        minutes(MONDAY, 0.9, hours=[9, 10])
        + minutes(MONDAY, 0.3, hours=[16])
        + minutes(MONDAY, 1.0, hours=[7], each=10)
    )
    day = summarize(MONDAY, MONDAY, many, (), ()).days[0]
    best, worst = best_and_worst_hour([day])
    assert (best.hour, worst.hour) == (9, 16)
    assert worst.share == pytest.approx(0.3)
    assert best_and_worst_hour(days(None)) is None
    one_hour = summarize(MONDAY, MONDAY, minutes(MONDAY, 0.9, hours=[9]), (), ())
    assert best_and_worst_hour(one_hour.days) is None, "the same hour would be the best and the hardest"


def test_hours_that_look_equally_upright_are_neither_the_best_nor_the_hardest():
    assert best_and_worst_hour(days(1.0, 1.0)) is None
    alike = minutes(MONDAY, 0.801, hours=[9]) + minutes(MONDAY, 0.799, hours=[10])
    assert best_and_worst_hour(summarize(MONDAY, MONDAY, alike, (), ()).days) is None


def week(number: int, share: float | None):
    first, last = weeks_back(MONDAY, number)
    many = [one for back in range(5) for one in minutes(first + timedelta(days=back), share)]
    return summarize(first, last, many, (), ())


def test_a_week_is_reviewed_against_the_one_before():
    found = review(week(1, 0.8), week(2, 0.74), GOAL)
    assert (found.reached, found.counted) == (5, 5)
    assert found.change == pytest.approx(0.06)
    assert review(week(1, 0.8), week(2, None), GOAL).change is None


def test_ten_minutes_on_a_monday_are_not_compared_with_last_week():
    begun = summarize(MONDAY, MONDAY + timedelta(days=6), minutes(MONDAY, 0.3, hours=[9], each=10), (), ())
    assert progress(begun.days, [begun, week(1, 0.8), week(2, 0.7)], MONDAY, GOAL).change is None
    assert review(begun, week(1, 0.8), GOAL).change is None


def test_today_the_week_and_the_last_week_come_together():
    found = progress(days(0.8, 0.8, None, None, 0.75), [week(0, 0.75), week(1, 0.8), week(2, 0.7)], MONDAY, GOAL)
    assert found.today.share == pytest.approx(0.75)
    assert found.streak == 3
    assert found.change == pytest.approx(-0.05)
    assert found.last_week.reached == 5
    assert found.last_week.change == pytest.approx(0.1)
    assert len(found.week) == 7


def test_the_hours_are_those_of_the_last_four_weeks():
    first = MONDAY - timedelta(days=28)
    many = (
        minutes(first, 0.1, hours=[20])
        + minutes(first + timedelta(days=1), 0.5, hours=[10])
        + minutes(MONDAY, 0.9, hours=[9])
    )
    month = summarize(first, MONDAY, many, (), ()).days
    best, worst = progress(month, [week(0, 0.75), week(1, 0.8), week(2, 0.7)], MONDAY, GOAL).hours
    assert (best.hour, worst.hour) == (9, 10)


def test_without_a_last_week_there_is_no_review():
    assert progress(days(None), [week(0, None), week(1, None), week(2, 0.8)], MONDAY, GOAL).last_week is None


# The report.


def told(day: date, cause="neck_height", change=-9.0):
    details = {"severity": "mild", "cause": cause, "change": change, "seconds": 120.0}
    return KeptEvent((day - EPOCH).days * 86400.0 + 36000, 0.0, EventKind.SLOUCH_TOLD, details)


def report(*events):
    many = minutes(MONDAY, 0.75) + minutes(MONDAY - timedelta(days=3), 0.5)
    period = summarize(MONDAY - timedelta(days=6), MONDAY, many, events, ())
    return report_html(ReportData(period, events, MONDAY, "9.9"))


def test_a_report_has_plots_tables_and_what_was_measured_and_is_no_advice():
    text = without_ties(report(told(MONDAY), told(MONDAY, change=-11.0)))
    assert text.count("<svg") == 2
    assert "This is not medical advice" in text
    assert "head 10 cm lower" in text
    assert "Fri, Nov 20" in text
    assert "to Nov 23, 2026" in text
    assert "75%" in text
    assert "of the watched time could not be measured" in text
    assert not re.search(r"<script|https?://|src=", text)


def test_a_report_is_written_in_the_users_language_and_is_well_formed():
    choose_language("de")
    try:
        text = without_ties(report(told(MONDAY)))
    finally:
        choose_language("en")
    assert '<html lang="de">' in text
    assert "bis 23. Nov. 2026; erstellt am 23. Nov. 2026" in text
    assert ">Fr, 20. Nov.<" in text
    assert ">20. Nov.<" in text  # below the plot
    assert not re.search(r"\d-\d", text.partition("</style>")[2])
    tags = re.findall(r"<(/?)(table|tr|td|th|svg|ul|li|h2|p|body|html)\b", text)
    depth = Counter(name for end, name in tags if not end) - Counter(name for end, name in tags if end)
    assert not depth


def test_the_accuracy_in_a_report_is_that_of_the_documentation():
    """Whoever measures anew brings docs/accuracy.md up to date; the report goes to a physiotherapist."""
    text, page = without_ties(report(told(MONDAY))), (ROOT / "docs" / "accuracy.md").read_text("utf-8")
    rows = re.findall(r"^\| slouches found: .*?\|.*?\|(.*)\|$", page, re.MULTILINE)
    found = [int(one) for row in rows for one in re.findall(r"(\d+)%", row)]
    assert len(rows) == 4
    assert f"{min(found)}–{max(found)}% of the slouches were found" in text
    (real,) = re.findall(
        r"^\| real people: slouches detected \((\d+)\); pictures answered \|.*?\| (\d+); 100%", page, re.MULTILINE
    )
    assert f"{real[1]} of {real[0]} slouches were reported" in text
    (false,) = re.findall(r"^\| real people: false alarms upright \((32)\) \|.*?\| (1)–(2) \|", page, re.MULTILINE)
    assert f"{false[1]} or {false[2]} of {false[0]} upright postures" in text


def test_in_a_report_a_little_is_neither_nothing_nor_everything():
    period = summarize(MONDAY, MONDAY, minutes(MONDAY, 0.998), (), ())
    text = without_ties(report_html(ReportData(period, (), MONDAY, "9.9")))
    assert "&gt; 99%" in text
    assert "&lt; 1%" in text
    assert "100%</td>" not in text
    seconds = [Minute((MONDAY - EPOCH).days * 1440, 0.0, Times(upright=20.0))]
    text = without_ties(report_html(ReportData(summarize(MONDAY, MONDAY, seconds, (), ()), (), MONDAY, "9.9")))
    assert "under 1 min" in text


def test_a_report_of_an_empty_time_says_so():
    text = without_ties(report_html(ReportData(summarize(MONDAY, MONDAY, (), (), ()), (), MONDAY, "9.9")))
    assert "Too little was measured" in text
    assert "There were no reminders" in text


def test_tables_can_have_decimal_commas_and_semicolons():
    written = list(csv_lines(("a", "b", "c"), [{"a": 1.5, "b": "x;y", "c": None}], decimal_comma=True))
    assert written == ["a;b;c\n", '1,5;"x;y";\n']
    assert list(csv_lines(("a",), [{"a": 1.5}])) == ["a\n", "1.5\n"]
    assert list(csv_lines(("a", "b"), [{"a": "=1+1", "b": -1.5}])) == ["a,b\n", "'=1+1,-1.5\n"]
    for formula in ("\t=1+1", "\r=1+1", "\n=1+1", "＝1+1"):
        assert f"'{formula}" in "".join(csv_lines(("a",), [{"a": formula}]))
