"""The history page on a real history file: display, navigation, export and deletion."""

from __future__ import annotations

import codecs
import csv
import json
import sqlite3
import threading
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from figures import from_side
from misfits import misfits
from painted import colors
from PySide6.QtCore import QPointF, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QAccessible, QColor, QImage, QPainter
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLabel, QMessageBox, QWidget

from posturecam.alerts.policy import Alert, Response
from posturecam.coach.exercise import Side
from posturecam.coach.library import load_exercise
from posturecam.coach.session_summary import Lacking, RepResult
from posturecam.config.settings import GoalSettings, Settings
from posturecam.desktop.pages.history.exporting import ExportLine
from posturecam.desktop.pages.history.page import HistoryPage
from posturecam.desktop.pages.history.queries import PeriodLength
from posturecam.desktop.pages.history.view_model import figures, legend, length, spent
from posturecam.desktop.pictures.chart_base import Legend, fill
from posturecam.desktop.pictures.charts import APART, JUDGED, ChartDot, ChartLine, DayTimeline, DepthLines
from posturecam.desktop.pictures.ring import RingFigure, paint_week, shared_picture
from posturecam.desktop.widgets import background, theme
from posturecam.desktop.widgets.theme import DARK, LIGHT
from posturecam.history.database import history_path
from posturecam.history.export import Exported, ExportStopped, export_from
from posturecam.history.models import EventKind, TimeCategory, Times
from posturecam.history.periods import summarize
from posturecam.history.sitting import SittingHistory
from posturecam.history.stretches import StretchHistory
from posturecam.i18n.translate import choose_language
from posturecam.posture.assess import assess
from posturecam.posture.loop import Tick
from posturecam.posture.measures import Name
from posturecam.posture.monitor import Grade, MonitorState, SlouchSustained
from posturecam.posture.records.evidence import evidence_of
from posturecam.posture.view import View
from posturecam.session.protocol.messages import ModeChanged, SettingsChanged, Snapshot
from posturecam.session.protocol.mode import Mode
from posturecam.session.protocol.sign import Sign
from posturecam.vision.frame import Frame

pytestmark = pytest.mark.usefixtures("english")

TODAY = datetime(2026, 11, 20, 15, 0)  # a Friday, by the local clock
NOON = TODAY.replace(hour=12).timestamp()
SLOUCH = SlouchSustained(0.0, -125.0, Grade.SEVERE, 125.0, Name.NECK_INCLINATION, 22.0, True)


def evidence():
    pose = from_side(neck=35.0)
    reading = assess(pose, View.SIDE_RIGHT, None, Settings())
    return evidence_of(Tick(Frame(0.0, recorded=True, pose=pose), pose, reading, MonitorState(), ()))


def record(**kept):
    """Today from noon: 40 minutes upright, 10 slouching with an answered alert, 5 unknown, 15 away; yesterday an hour upright."""
    with SittingHistory() as history:
        at = NOON - 86400
        history.add(at + 3600, TimeCategory.UPRIGHT, 3600)
        at = NOON
        for what, minutes in (
            (TimeCategory.UPRIGHT, 40),
            (TimeCategory.SLOUCHING, 10),
            (TimeCategory.UNKNOWN, 5),
            (TimeCategory.AWAY, 15),
        ):
            at += 60 * minutes
            history.add(at, what, 60 * minutes)
        history.alerted(NOON + 45 * 60, Alert(0.0, SLOUCH), kept.get("evidence", evidence()))
        history.event(NOON + 45 * 60 + 9, EventKind.ANSWER, answer=Response.FINE.value)
    return TODAY.timestamp()


def stretch(at: float, *depths: float) -> None:
    exercise = load_exercise("seated_twist")
    with StretchHistory(now=lambda: at) as history:
        session = history.begin("Seated twist", "cam")
        for side in Side:
            for number, depth in enumerate(depths, 1):
                history.add(session, exercise, RepResult(number, side, View.FRONT, 0.0, 20.0, 0.0, True, depth, None))
        history.end(session)


@pytest.fixture
def opened(qtbot):
    """A page on the test's own history, shown; and the alerts that were opened."""
    seen = []

    def make(now=TODAY.timestamp):
        page = HistoryPage(seen.append, now=now, native_dialogs=False)
        qtbot.addWidget(page)
        page.resize(980, 1200)
        page.show()
        return page

    make.seen = seen
    return make


def texts(widget: QWidget) -> str:
    QApplication.processEvents()  # additions to a layout show up only now
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def press(widget: QWidget, name: str) -> None:
    QApplication.processEvents()
    found = [
        button
        for button in widget.findChildren(QAbstractButton)
        if name in (button.text(), button.accessibleName()) and button.isVisible()
    ]
    assert found, f"no button {name}"
    found[0].click()


def question() -> QMessageBox:
    return next(box for box in QApplication.topLevelWidgets() if isinstance(box, QMessageBox) and box.isVisible())


def test_without_a_history_it_says_so_and_makes_no_file(opened):
    page = opened()
    assert "Nothing here yet" in texts(page)
    assert not page.full.isVisible()
    assert not page.export_button.isEnabled()
    assert not page.delete_button.isEnabled()
    assert not history_path().exists()


def test_today_tells_its_figures(opened):
    record()
    stretch(NOON + 600, 40.0)
    page = opened()
    shown = [tile.accessibleName() for tile in page.tiles]
    assert shown == [
        "80% upright of 50 min measured",
        "40 min longest upright run upright without a slouch",
        "1 reminder 1 answered",
        "1 stretch session 2 repetitions",
    ]
    assert not page.days.isVisible()  # a single day needs no bars


def test_unknown_and_away_have_no_share(opened):
    record()
    page = opened()
    legend = page.day.legend.accessibleDescription()
    assert legend == "upright 80%, 40 min, drifting 0%, 0 min, slouching 20%, 10 min, unknown 5 min, away 15 min"


def test_a_little_is_neither_nothing_nor_everything():
    told = dict(legend(Times(upright=1995.0, slouching=5.0)))
    assert told[Sign.UPRIGHT].startswith("upright > 99%")
    assert told[Sign.SLOUCHING].startswith("slouching < 1%")
    assert told[Sign.DRIFTING].startswith("drifting 0%")
    assert dict(legend(Times(upright=60.0)))[Sign.UPRIGHT].startswith("upright 100%")


def test_a_week_without_a_record_says_so_instead_of_showing_empty_axes(opened):
    record()
    page = opened(now=lambda: TODAY.timestamp() + 21 * 86400)
    page.show_span(PeriodLength.WEEK)
    QApplication.processEvents()
    assert page.days.nothing.isVisible()
    assert not any(part.isVisible() for part in (page.days.bars, page.days.legend, page.day))
    page.before.click()
    page.before.click()
    page.before.click()
    QApplication.processEvents()
    assert page.days.bars.isVisible()
    assert page.day.isVisible()


def test_a_week_in_which_nothing_was_measured_has_no_shares_but_its_hours(opened):
    with SittingHistory() as history:
        history.add(NOON - 86400 * 7, TimeCategory.UNKNOWN, 3000)
    page = opened()
    page.show_span(PeriodLength.WEEK)
    press(page, "Earlier")
    assert not page.days.bars.isVisible()
    assert "Nothing was measured in this period." in texts(page.days)
    assert "nothing measured" in texts(page).splitlines()
    press(page, "Hours of each posture")
    assert page.days.bars.isVisible()
    assert "Nothing was measured" not in texts(page.days)


def test_the_time_in_which_the_camera_was_off_is_named_under_the_day_that_shows_it(opened):
    record()
    with SittingHistory() as history:
        history.add(NOON - 60, TimeCategory.PAUSED, 1500)
        history.add(NOON - 1560, TimeCategory.OFF, 1500)
    page = opened()
    assert "paused 50 min" in page.day.legend.accessibleDescription()
    press(page, "Earlier")
    assert "paused" not in page.day.legend.accessibleDescription()


def test_the_rings_of_a_week_and_their_days_stand_apart_however_narrow_the_room(qapp):
    """A column between two days is empty."""
    week = tuple(RingFigure(0.7, 0.7, "miércoles") for _ in range(7))
    image = QImage(280, 116, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    paint_week(painter, QRectF(0, 0, 280, 116), week, LIGHT)
    painter.end()
    assert {image.pixelColor(40 * day, y).name() for day in range(1, 7) for y in range(116)} == {"#ffffff"}


@pytest.mark.parametrize(("share", "width"), [(1.5, 420), (2.0, 404)])
def test_with_records_nothing_is_cut_off_in_a_narrow_window_with_large_text(opened, qapp, share, width):
    choose_language("de")  # which has the longest words
    record()
    before, larger = qapp.font(), qapp.font()
    larger.setPointSizeF(11.0 * share / theme.text_scale(before.pointSizeF()))
    try:
        qapp.setFont(larger)
        theme.apply(qapp, theme.LIGHT)
        page = opened()
        page.resize(width, 900)
        page.show_span(PeriodLength.WEEK)
        for _ in range(8):  # heights depend on widths
            QApplication.processEvents()
        assert misfits(page) == []
    finally:
        qapp.setFont(before)
        theme.apply(qapp, theme.LIGHT)


def test_the_keys_walk_through_the_day_and_say_what_was_there(opened, qtbot):
    record()
    timeline = opened().day.timeline
    timeline.setFocus()
    qtbot.keyClick(timeline, Qt.Key.Key_Home)
    assert (
        timeline.accessibleDescription() == "12:00–12:40 upright, 40 min"
        or "40 min" in timeline.accessibleDescription()
    )
    qtbot.keyClick(timeline, Qt.Key.Key_Right)
    assert "slouching, 10 min" in timeline.accessibleDescription()
    assert "reminder" in timeline.accessibleDescription()  # an alert came in those minutes
    qtbot.keyClick(timeline, Qt.Key.Key_End)
    assert "away, 15 min" in timeline.accessibleDescription()
    qtbot.keyClick(timeline, Qt.Key.Key_Right)  # there is nothing beyond
    assert "away" in timeline.accessibleDescription()
    timeline.move_to(0)
    timeline.move_to(None)  # as when the pointer leaves it
    assert "away, 15 min" in timeline.accessibleDescription()


def test_an_hour_in_which_it_did_not_run_is_a_gap(opened, qtbot):
    record()
    with SittingHistory() as history:
        history.add(NOON + 3 * 3600 - 60, TimeCategory.UPRIGHT, 600)
    timeline = opened().day.timeline
    qtbot.keyClick(timeline, Qt.Key.Key_End)
    assert timeline.accessibleDescription() == "14:49–14:59 upright, 10 min"
    qtbot.keyClick(timeline, Qt.Key.Key_Left)
    assert timeline.accessibleDescription() == "12:55–13:10 away, 15 min", "between them there is nothing"


def test_the_week_has_a_bar_a_day_and_a_click_opens_one(opened, qtbot):
    record()
    page = opened()
    page.spans[PeriodLength.WEEK].click()
    bars = page.days.bars
    assert bars.count() == 7
    assert "nothing kept" in bars.words(0)  # Monday
    assert "upright 100%" in bars.words(3)
    assert page.day.heading.text() == "Fri, Nov 20"  # the last day with anything
    qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=bars.place(3).center().toPoint())
    assert page.day.heading.text() == "Thu, Nov 19"
    assert page.day.timeline.count() == 1
    assert bars.selected == 3


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_a_period_is_chosen_with_space_and_with_enter(opened, qtbot, key):
    record()
    page = opened()
    qtbot.keyClick(page.spans[PeriodLength.WEEK], key)
    assert page.spans[PeriodLength.WEEK].isChecked()
    assert page.days.isVisible()


def test_enter_on_a_bar_opens_it_too(opened, qtbot):
    record()
    page = opened()
    page.show_span(PeriodLength.WEEK)
    page.days.bars.setFocus()
    page.days.bars.move_to(0)
    qtbot.keyClick(page.days.bars, Qt.Key.Key_Return)
    assert page.day.nothing.isVisible()
    assert not page.day.timeline.isVisible()


def test_earlier_and_later_stop_at_the_ends(opened):
    record()
    page = opened()
    assert not page.after.isEnabled()
    press(page, "Earlier")
    assert page.heading.text() == "Yesterday"
    assert not page.before.isEnabled()  # nothing was kept before
    press(page, "Later")
    assert page.heading.text() == "Today"


def test_yesterday_is_not_called_today_and_one_click_leads_back(opened):
    record()
    page = opened()
    press(page, "Earlier")
    assert page.heading.text() == "Yesterday"
    assert [chip.text() for chip in page.spans.values() if chip.isChecked()] == ["Day"]
    press(page, "Day")
    assert page.heading.text() == "Today"


def test_a_day_of_another_year_is_named_with_its_year(opened):
    record()
    stretch(NOON, 30.0)
    new_year = datetime(2027, 1, 1, 0, 0, 30)
    page = opened(now=new_year.timestamp)
    page.delete_button.click()
    assert "since Thu, Nov 19, 2026" in question().informativeText()
    question().escapeButton().click()
    assert all("Fri, Nov 20, 2026" in page.stretches.chart.words(number) for number in range(2))
    press(page, "Earlier")
    assert page.heading.text() == "Yesterday"
    press(page, "Earlier")
    assert page.heading.text() == "Wed, Dec 30, 2026"
    page.show_span(PeriodLength.WEEK)
    assert page.heading.text() == "Mon, Dec 28, 2026 – Sun, Jan 3"
    press(page, "Earlier")
    assert page.heading.text() == "Mon, Dec 21 – Sun, Dec 27, 2026"


def test_the_month_covers_all_its_days(opened):
    record()
    page = opened()
    page.show_span(PeriodLength.MONTH)
    assert page.days.bars.count() == 30
    assert page.heading.text() == "November 2026"
    page.days.hours.click()
    page.grab()  # hours, with the unmeasured apart


def test_an_alert_tells_when_what_and_the_answer_and_opens_why(opened):
    record()
    page = opened()
    shown = texts(page.alerts)
    assert "severe slouch: head forward, for 2 min" in shown
    assert "I'm fine: not needed" in shown
    press(page.alerts, "Why?")
    assert [(event.at, event.evidence) for event in opened.seen] == [(NOON + 45 * 60, evidence())]


def test_an_alert_without_figures_has_no_why(opened):
    record(evidence=None)
    page = opened()
    assert "severe slouch" in texts(page.alerts)
    assert not page.alerts.findChildren(QAbstractButton)


def test_a_long_list_is_shown_in_full_only_when_asked(opened):
    record()
    with SittingHistory() as history:
        for number in range(9):
            history.alerted(NOON + number, Alert(0.0, SLOUCH))
    page = opened()
    assert texts(page.alerts).count("severe slouch") == 6
    press(page.alerts, "Show 4 more")
    assert texts(page.alerts).count("severe slouch") == 10


def test_after_another_read_a_list_is_as_long_as_before_and_the_focus_where_it_was(opened):
    record()
    with SittingHistory() as history:
        for number in range(9):
            history.alerted(NOON + number, Alert(0.0, SLOUCH), evidence())
    page = opened()
    page.activateWindow()
    QApplication.processEvents()
    press(page.alerts, "Show 4 more")
    link = QApplication.focusWidget()
    assert link.accessibleName().startswith("Why: 12:00")
    page.refresh()
    assert link.hasFocus()
    with SittingHistory() as history:
        history.alerted(NOON + 3000, Alert(0.0, SLOUCH))
    page.refresh()
    assert texts(page.alerts).count("severe slouch") == 11
    page.before.click()
    page.after.click()
    assert texts(page.alerts).count("severe slouch") == 6


def tabbed(qtbot, window):
    """The names of what Tab reaches, one after the other, once around."""
    reached = []
    window.activateWindow()
    QApplication.processEvents()
    while not reached or reached.count(reached[0]) == 1:
        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget().accessibleName())
    return reached


def test_tab_reaches_the_reminders_where_they_stand_after_another_read_too(opened, qtbot):
    record()
    stretch(NOON, 38.0, 36.0)
    page = opened()
    with SittingHistory() as history:
        history.alerted(NOON + 3000, Alert(0.0, SLOUCH), evidence())
    page.refresh()
    order = tabbed(qtbot, page)
    links = [name for name in order if name.startswith("Why")]
    assert len(links) == 2
    day = order.index("Minute by minute")
    assert order[day : day + 4] == ["Minute by minute", *links, "Exercise whose depth is shown"]


def test_a_list_that_is_filled_twice_at_once_opens_no_window(opened):
    record()
    page = opened()
    before = windows()
    with SittingHistory() as history:
        history.alerted(NOON + 3000, Alert(0.0, SLOUCH), evidence())
    page.refresh()
    QApplication.processEvents()
    assert windows() - before == set()


def windows():
    return {one for one in QApplication.topLevelWidgets() if one.isVisible()}


def test_a_link_explains_the_reminder_of_the_shown_day_though_that_of_another_reads_the_same(opened):
    record()
    with SittingHistory() as history:
        history.alerted(NOON - 86400 + 45 * 60, Alert(0.0, SLOUCH), evidence())
        history.event(NOON - 86400 + 45 * 60 + 9, EventKind.ANSWER, answer=Response.FINE.value)
    page = opened()
    for turn in (page.before.click, page.after.click):
        press(page.alerts, "Why?")
        turn()
    assert [round((NOON - event.at) / 86400) for event in opened.seen] == [0, 1]


def test_the_first_minute_and_a_new_day_appear_without_anything_happening(opened):
    clock = [TODAY.timestamp()]
    page = opened(lambda: clock[0])
    assert "Nothing here yet" in texts(page)
    record()
    clock[0] += 61
    at = datetime.fromtimestamp(clock[0]).astimezone()
    page.take(Snapshot(at, Mode.WATCHING))
    assert page.full.isVisible()
    clock[0] += 86400
    page.take(Snapshot(at + timedelta(days=1), Mode.WATCHING))
    assert "Nothing was recorded on this day." in texts(page.day)


def test_while_the_clock_is_set_back_to_before_the_chosen_period_the_page_shows_the_current_one(opened):
    record()
    clock = [TODAY.timestamp()]
    page = opened(lambda: clock[0])
    stretch(TODAY.timestamp() - 4 * 365 * 86400, 30.0)
    press(page, "Earlier")
    headings = []

    def wait(seconds):
        clock[0] += seconds
        page.take(Snapshot(datetime.fromtimestamp(clock[0]).astimezone(), Mode.WATCHING))
        headings.append(page.heading.text())

    wait(61)
    wait(-3 * 365 * 86400)
    press(page, "Earlier")
    headings.append(page.heading.text())
    press(page, "Later")
    wait(3 * 365 * 86400)
    assert headings == ["Yesterday", "Today", "Yesterday", "Today"]


@pytest.mark.parametrize("span", [PeriodLength.DAY, PeriodLength.WEEK, PeriodLength.MONTH])
def test_a_page_turned_back_to_today_goes_on_to_the_next_day_as_if_it_had_never_been_turned(opened, span):
    record()
    clock = [TODAY.timestamp()]
    page, untouched = opened(lambda: clock[0]), opened(lambda: clock[0])
    stretch(TODAY.timestamp() - 40 * 86400, 30.0)
    for one in (page, untouched):
        one.show_span(span)
    press(page, "Earlier")
    press(page, "Later")
    assert page.heading.text() == untouched.heading.text()
    clock[0] += 14 * 86400  # to another week, and another month
    for one in (page, untouched):
        one.take(Snapshot(datetime.fromtimestamp(clock[0]).astimezone(), Mode.WATCHING))
    assert page.heading.text() == untouched.heading.text()


def test_a_page_that_stays_open_goes_on_counting_and_keeps_what_it_said(opened, tmp_path):
    clock = [record()]
    page = opened(lambda: clock[0])
    assert "of 50 min measured" in texts(page)
    page.save_picture(tmp_path / "me.png")
    with SittingHistory() as history:
        history.add(clock[0], TimeCategory.UPRIGHT, 600)
    clock[0] += 61
    page.take(Snapshot(datetime.fromtimestamp(clock[0]).astimezone(), Mode.WATCHING))
    assert "of 1 h 00 min measured" in texts(page)
    assert "Saved as" in page.said.text()
    page.hide()
    page.show()
    assert not page.said.isVisible()


def test_the_cursor_of_a_chart_stays_where_it_is_when_more_comes(opened, qtbot):
    record()
    page = opened()
    page.activateWindow()
    chart = page.day.timeline
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    told = chart.accessibleDescription()
    with SittingHistory() as history:
        history.add(NOON + 75 * 60, TimeCategory.SLOUCHING, 300)
    page.refresh()
    assert chart.count() == 5
    assert chart.accessibleDescription() == told


def test_depth_has_a_line_for_each_side_with_the_deepest_of_each_session(opened, qtbot):
    record()
    stretch(NOON - 3 * 86400, 30.0, 34.0)
    stretch(NOON, 38.0, 36.0)
    page = opened()
    chart = page.stretches.chart
    assert chart.count() == 4
    assert {chart.words(number).partition(":")[0] for number in range(4)} == {"left", "right"}
    assert "34" in chart.words(0)
    assert "38" in chart.words(3)
    assert page.stretches.exercise.currentText() == "Seated twist"
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    assert "34" in chart.accessibleDescription()


def test_the_stretches_of_long_ago_are_listed_however_many_came_since(opened):
    record()
    stretch(NOON - 86400, 30.0)
    exercise = load_exercise("seated_twist")
    moment = [NOON]
    with StretchHistory(now=lambda: moment[0]) as history:
        for number in range(501):
            moment[0] = NOON + number
            history.add(history.begin("Seated twist", "cam"), exercise, RepResult(1, Side.LEFT, View.FRONT, 0.0, 20.0, 0.0, True, 30.0, None))  # fmt: skip
    page = opened()
    press(page, "Earlier")
    assert "2 repetitions counted" in texts(page.stretches.sessions)


def test_a_stretch_that_was_only_timed_counts_and_one_that_was_broken_off_does_not(opened):
    record()
    exercise, moment = load_exercise("seated_twist"), [NOON]
    with StretchHistory(now=lambda: moment[0]) as history:
        for lacking in ((Lacking.BY_TIME, Lacking.BY_TIME), (Lacking.BY_TIME, None), (Lacking.LEFT_EARLY,)):
            session = history.begin("Desk break", "cam")
            for number, why in enumerate(lacking, 1):
                rep = RepResult(number, Side.LEFT, View.UNKNOWN, 0.0, 0.0, 20.0, why is None, None, None, lacking=why)
                history.add(session, exercise, rep)
            moment[0] += 60
    page = opened()
    assert page.tiles[3].accessibleName() == "2 stretch sessions 1 repetition"
    said = texts(page.stretches.sessions).splitlines()
    assert said == ["12:01", "Desk break", "1 repetition counted, 1 timed only", "12:00", "Desk break", "2 timed only"]


def test_a_stretch_in_an_hour_without_a_minute_is_marked_inside_the_timeline(opened):
    record()
    stretch(TODAY.replace(hour=7).timestamp(), 30.0)
    timeline = opened().day.timeline
    assert timeline.place(0).left() == pytest.approx(timeline.plot.left() + timeline.plot.width() * 5 / 7)


def test_what_happened_is_read_at_most_once_a_minute(opened):
    now = record()
    clock = [now]
    page = opened(lambda: clock[0])
    at = datetime.fromtimestamp(now).astimezone()
    with SittingHistory() as history:
        history.alerted(NOON + 3000, Alert(0.0, SLOUCH))
    page.happened(ModeChanged(at, Mode.WATCHING, Mode.PAUSED, None))
    assert page.tiles[2].accessibleName().startswith("1 reminder")
    clock[0] += 61
    page.take(Snapshot(at + timedelta(seconds=61), Mode.PAUSED))
    assert page.tiles[2].accessibleName().startswith("2 reminders")


def test_quick_clicks_lead_neither_into_the_future_nor_before_the_first_day(opened, monkeypatch):
    record()
    page = opened()
    later = []
    monkeypatch.setattr("posturecam.desktop.widgets.background.start_thread", later.append)

    def read():
        while later:
            later.pop(0)()
        QApplication.processEvents()

    for _ in range(3):
        page.before.click()
    read()
    assert page.heading.text() == "Yesterday"
    for _ in range(3):
        page.after.click()
    read()
    assert page.heading.text() == "Today"


def exported(page, qtbot):
    """Wait for the end of an export."""
    qtbot.waitUntil(lambda: not page.exporting.is_running, timeout=20_000)


def test_export_writes_what_was_chosen_and_says_where(opened, tmp_path, qtbot):
    record()
    page = opened()
    page.export_button.click()
    dialog = page.findChild(QFileDialog)
    dialog.selectNameFilter(dialog.nameFilters()[1])
    dialog.fileSelected.emit(str(tmp_path / "mine"))
    dialog.close()
    exported(page, qtbot)
    with (tmp_path / "mine.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 60 + 70
    assert "mine.csv" in texts(page)
    page.export_to(tmp_path / "all.json")
    exported(page, qtbot)
    assert len(json.loads((tmp_path / "all.json").read_text())["minutes"]) == 130


@pytest.mark.parametrize("name", ["mine.txt", "no/such/folder/mine.csv"])
def test_an_export_that_fails_is_said(opened, tmp_path, name, qtbot):
    record()
    page = opened()
    page.export_to(tmp_path / name)
    exported(page, qtbot)
    assert page.said.isVisible()
    assert page.said.text()
    assert page.full.isVisible()


@pytest.mark.parametrize("name", ["mine.json", "no/such/folder/mine.json"])
def test_how_an_export_ended_while_another_page_was_shown_is_said_on_the_way_back(opened, tmp_path, name, qtbot):
    record()
    page = opened()
    page.export_to(tmp_path / name)
    page.hide()
    exported(page, qtbot)
    page.show()
    assert page.said.isVisible()
    assert "mine.json" in page.said.text()
    page.hide()
    page.show()
    assert not page.said.isVisible()  # it has been seen


def test_what_the_page_says_stays_while_its_window_is_minimized(opened, tmp_path, qtbot):
    record()
    page = opened()
    page.export_to(tmp_path / "mine.json")
    exported(page, qtbot)
    page.showMinimized()
    QApplication.processEvents()
    page.showNormal()
    QApplication.processEvents()
    assert "mine.json" in page.said.text()


def test_deleting_asks_and_names_what_goes(opened):
    record()
    page = opened()
    page.delete_button.click()
    box = question()
    for what in ("since Thu, Nov 19", "minute by minute", "reminder", "stretch"):
        assert what in box.informativeText()
    assert box.defaultButton().text() == "Keep"
    box.escapeButton().click()
    page.refresh()
    assert page.full.isVisible()
    page.delete_button.click()
    press(question(), "Delete everything")
    assert "Nothing here yet" in texts(page)
    assert "deleted" in page.said.text()


def test_a_history_is_not_called_empty_while_it_is_still_being_read(opened, monkeypatch):
    record()
    begun = []
    monkeypatch.setattr(background, "start_thread", begun.append)
    page = opened()
    assert "Nothing here yet" not in texts(page)
    begun.pop()()
    assert page.full.isVisible()
    assert not page.empty.isVisible()


def test_a_history_that_cannot_be_opened_is_said_in_words(opened, own_home):
    own_home.mkdir()
    history_path().mkdir()
    page = opened()
    assert "cannot be opened" in page.said.text()
    assert not page.full.isVisible()
    assert not page.empty.isVisible()


def test_a_damaged_history_is_said(opened, own_home):
    record()
    history_path().write_bytes(b"no database at all" * 100)
    page = opened()
    assert "damaged" in page.said.text()
    assert page.empty.isVisible()


def test_what_was_wrong_with_a_history_stays_but_not_that_it_could_not_be_opened(opened, own_home):
    clock = [record()]
    history_path().write_bytes(b"not a database at all, but long enough to be looked at" * 50)
    page = opened(lambda: clock[0])
    assert "was damaged" in page.said.text()
    at = datetime.fromtimestamp(clock[0]).astimezone()

    def a_minute_later() -> str:
        clock[0] += 61
        page.take(Snapshot(at, Mode.WATCHING))
        return page.said.text()

    assert "was damaged" in a_minute_later()
    aside = history_path().rename(history_path().with_name("aside"))
    history_path().mkdir()
    assert "a folder is in its place" in a_minute_later()
    history_path().rmdir()
    aside.rename(history_path())
    assert a_minute_later() == ""


def test_every_state_has_a_pattern_of_its_own(qtbot):
    """In grayscale, no two fills are alike."""
    seen, frames, edges = {}, {}, {}
    for sign in (*JUDGED, *APART, Sign.PAUSED):
        image = QImage(48, 48, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        fill(painter, QRectF(0, 0, 48, 48), sign, LIGHT)
        painter.end()
        gray = image.convertToFormat(QImage.Format.Format_Grayscale8)
        values = [gray.pixelColor(x, y).red() for x in range(8, 40) for y in range(8, 40)]
        mean = sum(values) / len(values)
        roughness = sum(abs(value - mean) for value in values) / len(values)
        seen[sign] = (mean, roughness)
        frames[sign] = gray.pixelColor(0, 24).red()
        edges[sign] = {gray.pixelColor(0, y).red() > 250 for y in range(8, 40)}
    assert seen[Sign.UPRIGHT][1] < 1 < min(seen[sign][1] for sign in (Sign.DRIFTING, Sign.SLOUCHING, Sign.UNKNOWN))
    assert seen[Sign.AWAY][0] > 250 > frames[Sign.AWAY], "an empty frame"
    assert seen[Sign.PAUSED][0] > 250, "another one, which is broken"
    assert len(edges[Sign.AWAY]) == 1 < len(edges[Sign.PAUSED])


def test_the_legend_takes_more_lines_where_it_is_narrow(qtbot):
    shown = Legend()
    qtbot.addWidget(shown)
    shown.show_parts(legend(Times(upright=60, slouching=60, unknown=60, away=60)))
    heights = [shown.heightForWidth(width) for width in (5000, 400, 200)]
    assert heights[0] < heights[1] < heights[2]


def test_every_control_has_a_name_and_is_reached_by_tab(opened, qtbot):
    record()
    stretch(NOON, 30.0)
    page = opened()
    page.show_span(PeriodLength.WEEK)
    wanted = {
        widget
        for widget in page.findChildren(QWidget)
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    }
    assert len(wanted) > 8
    for widget in wanted:
        assert QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name), widget
    chain, widget = set(), page
    for _ in range(400):
        widget = widget.nextInFocusChain()
        chain.add(widget)
    assert wanted <= chain


@pytest.mark.parametrize("dark", [True, False])
def test_it_can_be_painted_in_both_looks(opened, qapp, dark):
    record()
    page = opened()
    qapp.setProperty("posturecam_dark", dark)
    try:
        ink = page.day.timeline.grab().toImage()
    finally:
        qapp.setProperty("posturecam_dark", False)
    wanted = QColor((DARK if dark else LIGHT).signs[Sign.UPRIGHT])
    place = page.day.timeline.place(0)
    found = ink.pixelColor(QPointF(place.center().x(), place.bottom() - 6).toPoint())
    assert abs(found.hue() - wanted.hue()) < 8


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 min"), (20, "under 1 min"), (90, "2 min"), (3580, "1 h 00 min"), (11100, "3 h 05 min")],
)
def test_durations_are_shown_to_the_minute_and_some_is_not_none(seconds, words):
    assert length(seconds) == words


def test_recovering_is_upright_and_the_camera_off_is_paused():
    found = spent(Times(upright=60, recovering=30, off=20, paused=10))
    assert found[Sign.UPRIGHT] == 90
    assert found[Sign.PAUSED] == 30


def test_nothing_measured_has_no_share():
    assert figures(summarize(TODAY.date(), TODAY.date(), [], [], []))[0][0] == "–"
    assert "upright –, 0 min" in [words for _, words in legend(Times())]


def test_an_empty_timeline_has_no_cursor(qtbot):
    timeline = DayTimeline("day")
    qtbot.addWidget(timeline)
    timeline.show_day([], [])
    qtbot.keyClick(timeline, Qt.Key.Key_Right)
    assert timeline.cursor_at is None
    timeline.grab()


# Progress


def test_a_ring_that_shows_the_goals_percentage_is_full():
    assert [RingFigure(share, 0.7).reached for share in (0.694, 0.696)] == [False, True]


def test_the_ring_shows_today_against_the_goal(opened):
    record()
    page = opened()
    assert page.goal.ring.figure.share == pytest.approx(0.8)
    assert page.goal.ring.figure.reached
    assert "Today's goal reached" in texts(page.goal)
    assert "40 min upright. Goal: 70% of the time" in texts(page.goal)
    assert "2 days in a row" in texts(page.goal)
    assert colors(page.goal.ring) > 4


def test_a_streak_is_counted_to_its_beginning_however_long_ago_that_was(opened):
    with SittingHistory() as history:
        for back in range(100):  # a hundred days without one off
            history.add(NOON - 86400 * back + 2400, TimeCategory.UPRIGHT, 2400)
        history.add(NOON - 86400 * 100 + 2400, TimeCategory.SLOUCHING, 2400)
        history.add(NOON - 86400 * 101 + 2400, TimeCategory.UPRIGHT, 2400)
    assert "100 days in a row" in texts(opened().goal)


@pytest.mark.parametrize(
    ("days_ago", "said"),
    [((0,), None), ((0, 5), "100% upright, of 40 min measured"), ((0, 13), "Nothing was measured")],
)
def test_the_last_week_is_told_also_if_it_was_empty_but_not_before_the_first_day(opened, days_ago, said):
    """On Mondays, the page Now leads to it, also after a holiday."""
    with SittingHistory() as history:
        for back in sorted(days_ago, reverse=True):
            history.add(NOON - 86400 * back + 2400, TimeCategory.UPRIGHT, 2400)
    card = opened().last_week
    assert card.isVisible() == (said is not None)
    if said is not None:
        assert "Your last week: Mon, Nov 9 – Sun, Nov 15" in texts(card)
        assert said in texts(card)


def test_a_day_of_nothing_but_slouching_was_measured(opened):
    with SittingHistory() as history:
        history.add(NOON + 2400, TimeCategory.SLOUCHING, 2400)
    said = texts(opened().goal)
    assert "0 min upright. Goal: 70% of the time" in said
    assert "Nothing measured yet" not in said


def test_another_goal_from_outside_is_shown_while_the_page_is_open(qtbot):
    record()
    clock, goals = [TODAY.timestamp()], [GoalSettings()]
    page = HistoryPage(lambda _: None, now=lambda: clock[0], goal=lambda: goals[0])
    qtbot.addWidget(page)
    page.show()
    goals[0] = GoalSettings(upright=0.95)
    clock[0] += 61
    page.happened(SettingsChanged(TODAY, frozenset({"goal.upright"})))
    assert "80% upright today" in texts(page.goal)


def test_a_higher_goal_is_not_reached_and_that_is_said_kindly(qtbot):
    record()
    page = HistoryPage(lambda _: None, now=TODAY.timestamp, goal=lambda: GoalSettings(upright=0.95))
    qtbot.addWidget(page)
    page.show()
    assert not page.goal.ring.figure.reached
    assert "80% upright today" in texts(page.goal)


def test_a_picture_and_a_report_are_saved_where_they_are_wanted(opened, tmp_path):
    record()
    page = opened()
    page.save_picture(tmp_path / "me.png")
    page.save_report(tmp_path / "report.html")
    assert QImage(str(tmp_path / "me.png")).width() == 1200
    assert "This is not medical advice" in (tmp_path / "report.html").read_text("utf-8")
    assert "Saved as" in page.said.text()
    for save in page.save_report, page.save_picture:
        page.said.clear()
        save(tmp_path / "nowhere" / "mine")
        assert "cannot be written (no such file or folder)" in page.said.text()


@pytest.mark.parametrize(
    ("asks", "typed", "saved"),
    [
        ("share", "Haltung 28.11", "Haltung 28.11.png"),
        ("share", "me.jpg", "me.jpg"),
        ("report", "Haltung 28.11", "Haltung 28.11.html"),
        ("report", "me.htm", "me.htm"),
    ],
)
def test_a_name_with_a_date_in_it_gets_the_ending_that_opens_it(opened, tmp_path, asks, typed, saved):
    record()
    page = opened()
    getattr(page.goal, asks).click()
    dialog = page.findChild(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / typed))
    dialog.close()
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == [saved]
    assert f"Saved as {tmp_path / saved}" in page.said.text()


def test_a_dialog_in_which_a_file_is_chosen_closes_when_the_page_is_left(opened):
    record()
    page = opened()
    page.export_button.click()
    dialog = page.findChild(QFileDialog)
    assert dialog.isVisible()
    page.hide()
    assert not dialog.isVisible()
    assert not page.exporting.is_running


def test_what_such_a_dialog_asks_itself_closes_too_and_nothing_is_replaced(opened, tmp_path, qtbot):
    """Qt's own dialog waits for that answer in a loop of its own: deleting the dialog meanwhile ended the process."""
    record()
    page = opened()
    there = tmp_path / "mine.json"
    there.write_text("mine")
    page.export_button.click()
    dialog = page.findChild(QFileDialog)
    dialog.selectFile(str(there))
    asked = []

    def leave():
        asked.extend(one for one in dialog.findChildren(QMessageBox) if one.isVisible())
        page.hide()

    QTimer.singleShot(0, leave)
    dialog.accept()
    assert len(asked) == 1
    assert not dialog.isVisible()
    assert not page.exporting.is_running
    assert there.read_text() == "mine"
    qtbot.waitUntil(lambda: page.findChild(QFileDialog) is None)


@pytest.mark.parametrize("beside", [["events"], ["events", "stretches"]])
@pytest.mark.parametrize("asked", [False, True], ids=["a new name", "a name that the dialog asked about"])
def test_tables_beside_the_named_one_are_replaced_only_after_a_question(opened, tmp_path, beside, asked, qtbot):
    record()
    page = opened()
    there = [tmp_path / f"mine-{what}.csv" for what in beside]
    for file in [*there, *([tmp_path / "mine.csv"] if asked else [])]:
        file.write_text("mine")
    page.export_button.click()
    dialog = page.findChild(QFileDialog)
    dialog.selectNameFilter(next(one for one in dialog.nameFilters() if "csv" in one))
    dialog.fileSelected.emit(str(tmp_path / "mine.csv"))
    dialog.close()
    question = page.findChild(QMessageBox)
    assert all(str(file) in question.informativeText() for file in there)
    assert str(tmp_path / "mine.csv") not in question.informativeText()
    assert not page.exporting.is_running
    next(one for one in question.findChildren(QAbstractButton) if one.text() == "Replace").click()
    exported(page, qtbot)
    assert all(file.read_bytes() != b"mine" for file in tmp_path.glob("mine*"))
    assert len(list(tmp_path.glob("mine*.csv"))) == 3


@pytest.mark.parametrize(
    ("asks", "there"),
    [("share", "Haltung 28.11.png"), ("report", "Haltung 28.11.html"), ("export", "Haltung 28.11.json")],
)
def test_a_file_that_was_not_asked_about_is_replaced_only_after_a_question(opened, tmp_path, asks, there, qtbot):
    record()
    page = opened()
    file = tmp_path / there
    file.write_text("mine")
    (page.export_button if asks == "export" else getattr(page.goal, asks)).click()
    dialog = page.findChild(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "Haltung 28.11"))
    dialog.close()
    question = page.findChild(QMessageBox)
    assert str(file) in question.informativeText()
    assert file.read_bytes() == b"mine"
    next(one for one in question.findChildren(QAbstractButton) if one.text() == "Replace").click()
    qtbot.waitUntil(lambda: file.read_bytes() != b"mine")


def test_the_lines_of_a_shared_picture_are_equally_large(qapp):
    ring = RingFigure(0.8, 0.7, "80%")
    first = QRect(560, 262, 580, 44)
    alone, beside = (
        shared_picture(ring, [ring] * 7, "Today", ["A short line", *more]).copy(first)
        for more in ([], ["A line that is so long that it has to be written smaller to fit"])
    )
    assert alone != beside


def test_each_of_several_tasks_at_once_reports_its_result(opened, tmp_path, monkeypatch, heard):
    record()
    page = opened()
    begun = []
    monkeypatch.setattr(background, "start_thread", begun.append)
    page.save_report(tmp_path / "first.html")
    page.save_report(tmp_path / "second.html")
    page.delete_button.click()
    press(question(), "Delete everything")
    page.show_span(PeriodLength.WEEK)  # another read, before the one that follows the deletion
    while begun:
        begun.pop(0)()
    QApplication.processEvents()
    for told in "first.html", "second.html", "was deleted":
        assert any(told in words for words in heard), told
    assert "was deleted" in page.said.text()


def test_a_deletion_that_is_under_way_is_finished_before_the_app_ends(opened, monkeypatch):
    record()
    page = opened()
    ending, deleted = threading.Event(), []
    monkeypatch.setattr(background, "start_thread", lambda work: threading.Thread(target=work, daemon=True).start())
    monkeypatch.setattr(
        "posturecam.desktop.pages.history.page.delete_everything", lambda: ending.wait(20) and deleted.append(True)
    )
    monkeypatch.setattr(page.exporting, "close_down", ending.set)
    page.delete_button.click()
    press(question(), "Delete everything")
    page.close_down()
    assert deleted


def test_a_report_that_lacks_something_says_so(opened, tmp_path, own_home):
    record()
    page = opened()
    with closing(sqlite3.connect(history_path())) as damaged:
        damaged.execute(
            "UPDATE sitting_minutes SET upright = 1e9 WHERE minute = (SELECT max(minute) FROM sitting_minutes)"
        )
        damaged.commit()
    page.save_report(tmp_path / "report.html")
    assert "Saved as" in page.said.text()
    assert "1 entry of the history makes no sense and was left out" in page.said.text()


@pytest.mark.parametrize("problem", [None, ExportStopped()], ids=["written", "stopped"])
def test_an_export_that_ended_unheard_is_told_by_whoever_takes_it_over(qtbot, monkeypatch, tmp_path, problem):
    over = threading.Event()

    def at_once(file, *, progress, **_format):
        assert progress(0.5)
        over.set()
        if problem:
            raise problem
        return Exported((file,), 0, 0, 0)

    monkeypatch.setattr("posturecam.desktop.pages.history.exporting.export_from", at_once)
    before, after, told = ExportLine(), ExportLine(), []
    for line in (before, after):
        qtbot.addWidget(line)
    after.ended.connect(told.append)
    before.begin(tmp_path / "history.json", decimal_comma=False)
    assert over.wait(20)
    for thread in threading.enumerate():
        if thread.name == "posturecam export":
            thread.join(20)
    after.take_over(before)
    qtbot.waitUntil(lambda: bool(told), timeout=5_000)
    assert told == [
        ("The export was stopped; nothing was written" if problem else f"Exported to {tmp_path / 'history.json'}",)
    ]
    assert not after.is_running
    assert not before.is_running
    qtbot.wait(50)
    assert len(told) == 1


def test_the_apps_tables_tell_spreadsheets_that_they_are_utf_8_and_other_exports_do_not(opened, tmp_path, qtbot):
    record()
    stretch(NOON, 30.0)
    page = opened()
    for name in ("out.csv", "out.json"):
        page.export_to(tmp_path / name)
        exported(page, qtbot)
    for name in ("out.csv", "out-events.csv", "out-stretches.csv"):
        assert (tmp_path / name).read_bytes().startswith(codecs.BOM_UTF8)
    assert "°" in (tmp_path / "out-stretches.csv").read_text("utf-8-sig")
    assert (tmp_path / "out.json").read_bytes().startswith(b"{")
    export_from(tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes().startswith(b"minute,")


def test_tables_are_exported_with_decimal_commas_where_that_is_chosen(opened, tmp_path, qtbot):
    record()
    page = opened()
    page.export_to(tmp_path / "out.csv", decimal_comma=True)
    qtbot.waitUntil(lambda: not page.exporting.is_running)
    first, second, *_ = (tmp_path / "out.csv").read_text("utf-8-sig").splitlines()
    assert first.startswith("minute;upright;")
    assert ";60,0;" in second


@pytest.mark.parametrize("lower", [False, True], ids=["higher is deeper", "lower is deeper"])
def test_the_chart_of_depths_rises_as_one_goes_deeper(qtbot, lower):
    chart = DepthLines("Depth")
    qtbot.addWidget(chart)
    chart.resize(400, 220)
    depths = (30.0, 20.0) if lower else (20.0, 30.0)
    dots = tuple(ChartDot(float(day), depth, "") for day, depth in enumerate(depths))
    chart.show_lines([ChartLine("", dots)], ("a", "b"), lower_is_deeper=lower)
    assert chart.place(1).center().y() < chart.place(0).center().y()


def test_how_far_something_came_down_is_charted_without_a_minus_and_rises_as_one_goes_deeper(opened):
    cat = load_exercise("cat_cow")
    for days, depth in ((3, -30.0), (0, -50.0)):
        with StretchHistory(now=lambda days=days: NOON - days * 86400) as history:
            session = history.begin("Cat and cow", "cam")
            history.add(session, cat, RepResult(1, None, View.SIDE_RIGHT, 0.0, 4.0, 0.0, True, depth, None))
            history.end(session)
    chart = opened().stretches.chart
    assert [chart.words(number).rpartition(", ")[2] for number in range(2)] == ["30°", "50°"]
    assert chart.place(1).center().y() < chart.place(0).center().y()


def test_no_two_lines_of_the_chart_of_depths_look_alike(qtbot):
    """The left and the right side, seen from the front, from both sides, obliquely from both, and from an unknown direction."""
    chart = DepthLines("Depth")
    qtbot.addWidget(chart)
    chart.resize(400, 220)
    dots = (ChartDot(0.0, 20.0, ""), ChartDot(1.0, 30.0, ""))
    drawn = set()
    for number in range(12):
        lines = [ChartLine("", dots if one == number else ()) for one in range(12)]
        chart.show_lines(lines, ("a", "b"))
        image = chart.grab().toImage()
        drawn.add(bytes(image.constBits()))
    assert len(drawn) == len(set(DepthLines.MARKS)) == 12
