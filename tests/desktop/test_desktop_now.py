"""The page "Now": figure, gauges, timeline, banner, and the calm page that replaces them."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from fakes.frames import FramesInMemory, no_model
from fakes.session import FakeClient
from figures import person
from moments import BASELINE, NOON, moment, raised_alert, tick
from moments import learned as baseline_of
from painted import colors, drawn_within
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QImage, QPainter
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QToolTip, QVBoxLayout, QWidget

from posturecam.alerts.policy import Outlook, Response
from posturecam.alerts.text import Because, BreakOffer
from posturecam.config.settings import CalibrationSettings, Settings
from posturecam.desktop.pages.now.page import LivePage
from posturecam.desktop.pictures.figure import degrees_text, figure_of_evidence, figure_of_tick
from posturecam.desktop.pictures.figure_view import FigureView
from posturecam.desktop.pictures.gauge_values import dials
from posturecam.desktop.pictures.gauges import DeviationGauge, Gauge, Gauges, deviation_text
from posturecam.desktop.pictures.measure_help import MeasureDrawing, MeasureHelp, is_explained
from posturecam.desktop.pictures.timeline import HOUR, LOOKS, Timeline, paint_span, spans_of
from posturecam.desktop.shell.main_window import MainWindow, Page
from posturecam.desktop.shell.tray_menu import menu_model
from posturecam.desktop.widgets import theme
from posturecam.desktop.widgets.actions import Navigation
from posturecam.desktop.widgets.problems import Notes
from posturecam.errors import SettingsError
from posturecam.i18n.translate import choose_language
from posturecam.posture.assess import assess
from posturecam.posture.boundary import boundary_of
from posturecam.posture.calibration import learn, sample
from posturecam.posture.learned.weights import load_judge
from posturecam.posture.loop import Tick, watch
from posturecam.posture.measures import Name
from posturecam.posture.monitor import MonitorState, Phase
from posturecam.posture.reading import Deviation, no_person
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.records.evidence import evidence_of
from posturecam.posture.view import View
from posturecam.session.protocol.messages import BreakOffered, TimelineSpan
from posturecam.session.protocol.mode import Mode
from posturecam.session.protocol.sign import Sign
from posturecam.session.upright_postures import NEVER_CALIBRATED
from posturecam.vision.frame import Frame
from posturecam.vision.sources.recording import RecordingSource

SETTINGS = Settings()
RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
FACING = baseline_of(person(), View.FRONT)
TILTED = Reason(Why.HEAD_TURNED, angle=40.0)


def facing(baseline=FACING, phase=Phase.UPRIGHT, image=None, **posture) -> Tick:
    """A tick with somebody in front of the camera."""
    pose = person(**posture)
    state = MonitorState(t=1000.0, phase=phase, phase_since=900.0)
    return Tick(Frame(1000.0, image), pose, assess(pose, View.FRONT, baseline, SETTINGS), state, ())


OFFER = BreakOffered(NOON, BreakOffer(Because.SITTING, 3000.0), "desk_break")


@pytest.fixture
def opened():
    return []


@pytest.fixture
def client():
    return FakeClient(at=NOON)


@pytest.fixture
def notes():
    return Notes()


@pytest.fixture
def page(qtbot, client, opened, notes):
    navigation = Navigation(
        open=lambda: opened.append("open"),
        calibrate=lambda: opened.append("calibrate"),
        stretch=lambda routine: opened.append(f"stretch {routine}"),
        why=lambda alert: opened.append("why"),
        quit=lambda: opened.append("quit"),
        later=lambda: opened.append("later"),
        skip=lambda: opened.append("skip"),
        fits_here=lambda: opened.append("fits"),
        complain=notes.say,
        choose_camera=lambda: opened.append("camera"),
        choose=opened.append,
        go_back=lambda: opened.append("back"),
    )
    made = LivePage(client, navigation, notes=notes)
    qtbot.addWidget(made)
    made.resize(904, 720)
    made.show()
    return made


def lived(*parts: tuple[float, Sign]) -> tuple[TimelineSpan, ...]:
    """Consecutive spans until noon, each given by its minutes and its state."""
    ends = [*(start for start, _ in parts[1:]), 0.0]
    return tuple(
        TimelineSpan(NOON - timedelta(minutes=start), NOON - timedelta(minutes=end), sign)
        for (start, sign), end in zip(parts, ends, strict=True)
    )


# The page


def test_says_the_state_since_when_and_what_comes_next(page):
    page.take(moment(tick=tick(Phase.SLOUCHING, 300), outlook=Outlook(seconds=94)))
    assert page.title.text() == "Slouching"
    assert page.mark.sign is Sign.SLOUCHING
    assert page.detail.text() == "Reminder in 90 s unless you sit up."


def test_upright_says_for_how_long(page):
    page.take(moment(tick=tick(lasting=725)))
    assert page.detail.text() == "For 12 min, since 11:47."


@pytest.fixture
def back_to_winter(monkeypatch):
    """Ten minutes after the clocks went back from 3:00 to 2:00."""
    if not hasattr(time, "tzset"):
        pytest.skip("the time zone cannot be set here")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield datetime(2026, 10, 25, 1, 10, tzinfo=UTC).astimezone()
    monkeypatch.undo()
    time.tzset()


def test_times_before_the_clocks_changed_are_given_as_the_clock_showed_them(page, back_to_winter):
    page.take(replace(moment(tick=tick(lasting=1500)), at=back_to_winter))
    assert page.detail.text() == "For 25 min, since 02:45.", "and not 01:45"


def test_the_hours_marks_before_the_clocks_changed_are_as_the_clock_showed_them(timeline, back_to_winter, monkeypatch):
    marks = []
    monkeypatch.setattr(QPainter, "drawText", lambda _painter, _where, _how, words: marks.append(words))
    timeline.show_hour((TimelineSpan(back_to_winter - HOUR, back_to_winter, Sign.UPRIGHT),), back_to_winter)
    timeline.grab()
    assert marks == ["02:00", "02:50", "02:40", "02:30", "02:20", "Upright"]


def test_the_hour_says_when_a_state_began_by_the_clock_of_then(back_to_winter):
    began = TimelineSpan(back_to_winter - 2 * HOUR, back_to_winter, Sign.UPRIGHT)
    (shown,) = spans_of([began], back_to_winter)
    assert shown.spoken == "Upright, 02:10 to 02:10, 1 h 00 min"


def test_a_state_of_some_seconds_has_no_length_yet(page):
    page.take(moment(tick=tick(Phase.RECOVERING, 12)))
    assert page.detail.text() == "Since 11:59."


@pytest.mark.parametrize("picture", [True, False], ids=["with the picture", "without"])
def test_shows_the_first_picture_before_it_is_judged_unless_the_picture_is_hidden(page, client, picture):
    client.change_settings({"desktop.picture": "true" if picture else "false"})
    first = Frame(0.0, np.zeros((48, 64, 3), np.uint8))
    page.take(moment(tick=None, picture=first))
    assert page.figure.isVisible() is picture
    assert page.resting.isVisible() is not picture
    if picture:
        assert page.figure.figure.image is first.image
        assert page.title.text() == "Starting"
    page.take(moment(0.5))
    assert page.title.text() == "Upright"
    assert page.figure.figure.pose is not None


def test_words_change_every_two_seconds_and_a_state_at_once(page):
    page.take(moment(tick=tick(lasting=59)))
    page.take(moment(1.9, tick=tick(lasting=61)))
    assert page.detail.text().startswith("Since ")
    page.take(moment(2.1, tick=tick(lasting=61)))
    assert page.detail.text().startswith("For 1 min")
    page.take(moment(2.2, tick=tick(Phase.SLOUCHING, 1)))
    assert page.title.text() == "Slouching"


def test_an_alert_and_the_page_do_not_both_show_a_time(page):
    page.take(moment(tick=tick(Phase.SLOUCHING, 160), alert=raised_alert()))
    assert "about 2 minutes" in page.banner.body.text()
    assert not re.search(r"\d", page.detail.text())


def test_what_a_notification_asks_is_not_asked_twice(page):
    page.shown_elsewhere = True
    page.take(moment(tick=tick(Phase.SLOUCHING), alert=raised_alert()))
    assert not page.banner.isVisible()
    page.shown_elsewhere = False
    page.take(moment(1, tick=tick(Phase.SLOUCHING), alert=raised_alert()))
    assert page.banner.isVisible()


def test_says_why_it_is_silent(page):
    page.take(moment(outlook=Outlook(silent="quiet hours until 13:00")))
    assert page.detail.text().endswith("No reminders: quiet hours until 13:00.")


def test_says_how_long_one_has_been_sitting_once_it_is_long(page):
    page.take(moment(sitting=300))
    assert "sitting" not in page.next.text()
    page.take(moment(2, sitting=2100, break_in=900.0))
    assert page.next.text() == "35 min of sitting without a break · Next break in 15 min"


def test_says_what_is_planned_today_beside_the_next_break(page):
    page.take(moment(break_in=900.0, planned="Upper back"))
    assert page.next.text() == "Next break in 15 min · Planned today: Upper back"
    says = [entry.text for entry in menu_model(moment(break_in=900.0, planned="Upper back"))]
    assert "Planned today: Upper back" in says
    page.take(moment(1, break_in=900.0))
    assert "Planned" not in page.next.text()


def test_what_is_judged_by_is_shown_when_it_is_asked_for(page):
    page.take(moment())
    assert not page.gauges.isVisible()
    page.details.click()
    assert page.gauges.isVisible()
    assert page.deviation.value is not None


@pytest.mark.parametrize("level", ["relaxed", "strict"])
def test_the_sensitivity_is_chosen_on_the_page(page, client, level):
    page.take(moment())
    page.sensitivity.chips[level].click()
    assert client.settings.sensitivity.level == level
    page.take(moment(1))
    assert page.sensitivity.chips[level].isChecked()


@pytest.mark.parametrize("name", [name for name in Name if is_explained(name)])
def test_every_gauge_can_explain_its_measure_with_a_drawing(qtbot, name):
    shown = MeasureHelp(name, "A measure")
    qtbot.addWidget(shown)
    drawing = shown.findChild(MeasureDrawing)
    assert colors(drawing) > 3
    assert shown.accessibleDescription()


def test_unknown_is_explained_and_no_needle_is_shown(page):
    page.details.click()
    page.take(moment(tick=tick(Phase.UNKNOWN, reason=TILTED)))
    assert page.title.text() == "Unknown"
    assert page.detail.text() == "Your head is turned by about 40°."
    assert page.deviation.value is None
    assert not page.mend.isVisible()


def test_the_lack_of_a_picture_is_not_called_a_missing_camera(page, opened):
    page.take(moment(tick=tick(Phase.UNKNOWN, problem="the picture is black; is the lens covered?")))
    assert (page.title.text(), page.detail.text()) == ("No picture", "The picture is black; is the lens covered?")
    page.mend.click()
    assert opened == ["camera"]


@pytest.mark.parametrize(
    ("reason", "words", "leads"),
    [
        (Reason(Why.OTHER_VIEW, view=View.FRONT, then=View.SIDE_LEFT), "Recalibrate", "calibrate"),
        (Reason(Why.TURNED, "aside"), "Turn the picture", "camera.rotate"),
    ],
)
def test_what_the_user_can_do_about_an_unknown_posture_is_offered(page, opened, reason, words, leads):
    page.take(moment(tick=tick(Phase.UNKNOWN, reason=reason)))
    assert page.mend.text() == words
    page.mend.click()
    assert opened == [leads]


def test_nothing_is_offered_to_mend_while_the_first_picture_is_not_judged_yet(page):
    page.take(moment(tick=tick(Phase.UNKNOWN, reason=Reason(Why.OTHER_VIEW, view=View.FRONT, then=View.SIDE_LEFT))))
    assert page.mend.isVisible()
    page.take(moment(tick=None, picture=Frame(0.0, np.zeros((48, 64, 3), np.uint8))))
    assert page.title.text() == "Starting"
    assert not page.mend.isVisible()


def test_the_picture_stays_where_it_is_while_the_lines_above_it_change(page):
    places = set()
    for shown in (moment(), moment(sitting=2400.0), moment(tick=tick(Phase.UNKNOWN, reason=TILTED))):
        page.take(shown)
        QApplication.processEvents()
        places.add((page.figure.mapTo(page, QPoint()).y(), page.figure.height()))
    assert len(places) == 1


def test_nothing_is_drawn_while_nobody_sees_the_page(page):
    page.hide()
    page.take(moment(tick=tick(Phase.SLOUCHING)))
    assert page.title.text() == ""
    page.show()
    assert page.title.text() == "Slouching"


def test_asks_for_more_looks_only_while_it_is_seen(page, client):
    page.hide()
    assert client.asked == [("preview", True), ("preview", False)]


@pytest.mark.parametrize(
    ("snapshot", "words"),
    [
        (moment(mode=Mode.PAUSED, tick=None, until=NOON + timedelta(minutes=30)), "Paused until 12:30"),
        (moment(mode=Mode.OFF, tick=None, why="the screen is locked"), "the screen is locked"),
        (moment(mode=Mode.CAMERA_LOST, tick=None, why="the camera was unplugged"), "The camera was unplugged"),
        (moment(mode=Mode.STARTING, tick=None), "Starting the camera"),
        (moment(mode=Mode.WATCHING, tick=None), "Starting the camera"),
    ],
)
def test_a_calm_page_says_why_nothing_is_watched(page, snapshot, words):
    page.take(snapshot)
    resting = page.resting
    assert resting.isVisible()
    assert words in f"{resting.title.text()} {resting.why.text()}"


@pytest.mark.parametrize(
    ("snapshot", "words"),
    [
        (moment(mode=Mode.STARTING, tick=None), "Starting"),
        (moment(mode=Mode.STRETCHING, tick=None), "Stretching"),
        (moment(mode=Mode.ENDED, tick=None, why="the disk is full"), "Ended"),
        (moment(mode=Mode.CAMERA_LOST, tick=None, why="the model is damaged", camera_works=True), "Not watching"),
        (moment(mode=Mode.CAMERA_LOST, tick=None, why="the camera was unplugged"), "No camera"),
    ],
)
def test_a_mark_that_several_states_share_is_called_by_the_state(page, snapshot, words):
    page.take(moment(mode=Mode.CALIBRATING, tick=None))
    page.take(snapshot)
    assert page.resting.mark.accessibleName() == page.resting.mark.toolTip() == words


def test_what_failed_beside_the_camera_is_not_reconnected(page):
    page.take(moment(mode=Mode.CAMERA_LOST, tick=None, why="the model is damaged", camera_works=True))
    assert page.resting.so.text() == "posturecam keeps trying."


def test_a_pause_says_that_the_camera_is_off_and_offers_to_resume(page, client):
    page.take(moment(mode=Mode.PAUSED, tick=None))
    assert "camera is off" in page.resting.so.text()
    page.resting.resume.click()
    assert ("resume",) in client.asked


def test_without_a_camera_one_can_try_again_or_choose_another(page, client):
    page.take(moment(mode=Mode.CAMERA_LOST, tick=None, why="the camera was unplugged"))
    assert page.resting.choose_camera.isVisible()
    assert page.resting.why.text() == "The camera was unplugged."
    page.resting.retry.click()
    assert ("retry",) in client.asked
    page.take(moment(mode=Mode.CAMERA_LOST, tick=None, why="the model is damaged", camera_works=True))
    assert page.resting.retry.isVisible()
    assert not page.resting.choose_camera.isVisible()


@pytest.mark.parametrize(
    ("snapshot", "leads"),
    [
        (moment(mode=Mode.CALIBRATING, tick=None), "back"),
        (moment(mode=Mode.STRETCHING, tick=None), "back"),
        (moment(mode=Mode.OFF, tick=None, why="outside the hours you chose"), "quiet.watch_from"),
        (moment(mode=Mode.ENDED, tick=None, why="the disk is full"), "quit"),
    ],
)
def test_whatever_is_not_watched_has_a_way_on(page, opened, snapshot, leads):
    page.take(snapshot)
    (way,) = [one for one in page.resting.findChildren(QPushButton) if one.isVisible()]
    way.click()
    assert opened == [leads]


@pytest.mark.parametrize("mode", [Mode.CAMERA_LOST, Mode.OFF])
def test_nothing_is_offered_that_would_not_help(page, mode):
    page.take(moment(mode=mode, tick=None, why="the screen is locked"))
    assert not page.resting.resume.isVisible()


def test_an_alert_can_be_answered_on_the_page(page, client, opened):
    page.take(moment(alert=raised_alert(), tick=tick(Phase.SLOUCHING)))
    stretch, snooze, fine, why = page.banner.answers
    for one in (snooze, fine, why, stretch):
        assert one.isVisible()
        one.click()
    assert [asked for asked in client.asked if asked[0] == "answer"] == [
        ("answer", Response.SNOOZE, raised_alert()),
        ("answer", Response.FINE, raised_alert()),
        ("answer", Response.STRETCH, raised_alert()),
    ]
    assert opened == ["why", "stretch desk_break"]


def test_an_alert_offers_no_stretch_on_the_page_on_a_day_on_which_the_user_wants_none(page):
    raised = raised_alert()
    raised = replace(raised, alert=replace(raised.alert, no_stretching=True))
    page.take(moment(alert=raised, tick=tick(Phase.SLOUCHING)))
    assert [one.isVisible() for one in page.banner.answers] == [False, True, True, True]


def test_there_is_one_primary_action_at_a_time(page):
    def primary():
        return [
            one.text()
            for one in page.findChildren(QAbstractButton)
            if one.isVisible() and one.property("kind") == "primary"
        ]

    page.take(moment())
    assert primary() == ["Stretch now"]
    page.take(moment(1, alert=raised_alert()))
    assert primary() == ["Stretch now"]
    page.offer(OFFER)
    assert primary() == ["Stretch now"]
    page.take(moment(2))
    assert primary() == ["Stretch now"]


def test_a_break_that_is_offered_can_be_taken_or_put_off_on_the_page(page, opened):
    page.take(moment())
    page.offer(OFFER)
    assert page.banner.heading.text() == "Time for a short break?"
    for one in page.banner.break_answers:
        if one.isVisible():
            one.click()
    assert opened == ["stretch desk_break", "later", "skip"]
    page.offer(None)
    assert not page.banner.isVisible()


def test_an_alert_goes_before_the_offer_of_a_break(page):
    page.offer(OFFER)
    page.take(moment(alert=raised_alert()))
    assert page.banner.heading.text() == "Time to change position?"
    assert not any(one.isVisible() for one in page.banner.break_answers)


def test_a_problem_is_a_whole_sentence(page, notes):
    """The terminal puts the same words behind “posturecam: ”."""
    page.take(moment())
    notes.say("the settings file is damaged; fix it")
    assert page.notes.words.text() == "The settings file is damaged; fix it."


@pytest.mark.parametrize("now", [moment(), moment(mode=Mode.PAUSED, tick=None)], ids=["watching", "paused"])
def test_what_went_wrong_is_said_until_it_was_seen(page, notes, now):
    page.take(now)
    assert not page.notes.isVisible()
    for words in ("The history is full.", "The voice cannot be heard.", "The history is full."):
        notes.say(words)
    assert page.notes.isVisible()
    assert page.notes.words.text() == "The voice cannot be heard.\nThe history is full."
    page.notes.findChild(QAbstractButton).click()
    assert not page.notes.isVisible()
    assert notes.texts == ()


def test_only_the_latest_notes_are_kept(notes):
    for number in range(9):
        notes.say(f"Number {number}.")
    assert notes.texts == tuple(f"Number {number}." for number in (5, 6, 7, 8))


def test_how_long_the_calibration_takes_is_what_the_settings_say(page, client):
    client.settings = Settings(calibration=CalibrationSettings(seconds=40))
    page.take(moment(baseline=None, uncalibrated="no baseline yet"))
    assert "It takes 40 seconds" in page.banner.body.text()


def test_before_a_calibration_it_is_not_said_that_slouches_cannot_be_told(page):
    """The page said so while it counted down to a reminder of one."""
    page.take(moment(uncalibrated=NEVER_CALIBRATED, outlook=Outlook(seconds=40.0)))
    assert "Reminder in 40 s" in page.detail.text()
    assert page.banner.body.text().endswith("Then I can tell more reliably when you slouch.")


def test_in_chinese_what_asks_to_calibrate_is_punctuated_as_in_chinese(page):
    choose_language("zh")
    page.take(moment(baseline=None, uncalibrated=NEVER_CALIBRATED))
    assert re.search("[.] |。 ", page.banner.body.text()) is None
    assert page.banner.body.text().count("。") == 2


def test_the_banner_goes_when_the_alert_is_over(page):
    page.take(moment(alert=raised_alert()))
    assert page.banner.isVisible()
    page.take(moment(1))
    assert not page.banner.isVisible()


def test_without_a_baseline_the_page_leads_to_the_calibration(page, opened):
    page.take(moment(baseline=None, uncalibrated="the camera was moved"))
    assert page.banner.isVisible()
    assert page.banner.body.text().startswith("The camera was moved.")
    page.banner.calibrate.click()
    assert opened == ["calibrate"]


def test_the_sentences_of_a_missing_calibration_end_as_the_language_ends_them(page):
    choose_language("zh")
    page.take(moment(baseline=None, uncalibrated=NEVER_CALIBRATED))
    words = page.banner.body.text()
    assert words.count("。") >= 2
    assert "." not in words


def test_the_pause_menu_offers_what_the_tray_offers(page, client):
    page.take(moment())
    page.pause.menu().aboutToShow.emit()
    actions = {action.text(): action for action in page.pause.menu().actions()}
    assert len(actions) == 5
    actions["for 30 min"].trigger()
    assert ("pause", NOON + timedelta(minutes=30)) in client.asked


def test_the_picture_can_be_hidden_and_that_is_kept(page, client):
    image = np.full((480, 640, 3), 90, np.uint8)
    page.take(moment(tick=facing(image=image), baseline=FACING))
    assert page.figure.figure.image is not None
    page.picture.click()
    page.take(moment(1, tick=facing(image=image), baseline=FACING))
    assert ("change_settings", {"desktop.picture": "false"}) in client.asked
    assert page.figure.figure.image is None


@pytest.mark.parametrize("press", ["picture", "sensitivity"])
def test_settings_that_cannot_be_written_are_said_until_that_was_read(page, client, monkeypatch, press):
    """It stood in the place of what comes next, which replaced it within two seconds."""

    def refuse(changes):
        raise SettingsError("The settings cannot be written.")

    monkeypatch.setattr(client, "change_settings", refuse, raising=False)
    page.take(moment())
    (page.picture if press == "picture" else page.sensitivity.chips["strict"]).click()
    page.take(moment(10))
    assert page.notes.isVisible()
    assert page.notes.words.text() == "The settings cannot be written."
    assert page.picture.isChecked()
    assert page.sensitivity.chips["normal"].isChecked()


def test_everything_that_takes_the_focus_has_a_name(page):
    page.take(moment(alert=raised_alert()))
    focusable = [
        one for one in page.findChildren(QWidget) if one.isVisible() and one.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert len(focusable) >= 7
    assert [one for one in focusable if not one.accessibleName()] == []


def test_tab_reaches_every_control(page):
    page.take(moment(alert=raised_alert()))
    wanted = {one for one in page.findChildren(QAbstractButton) if one.isVisible()} | {page.timeline}
    chips = set(page.sensitivity.chips.values())  # the arrow keys move on to the others
    reached = set()
    page.pause.setFocus()
    for _ in range(30):
        reached.add(page.focusWidget())
        page.focusNextPrevChild(True)
    assert wanted - chips <= reached
    assert chips & reached


@pytest.fixture
def window(page, qtbot):
    """The main window with this page, in front."""
    main = MainWindow((Page("now", "Now", lambda: page),))
    qtbot.addWidget(main)
    main.open()
    qtbot.waitUntil(main.isActiveWindow)
    return main


def test_the_focus_follows_from_pause_to_resume_and_back(page, window):
    page.take(moment())
    page.pause.setFocus()
    page.take(moment(mode=Mode.PAUSED, tick=None))
    assert page.resting.resume.hasFocus()
    page.take(moment(mode=Mode.STARTING, tick=None))
    page.take(moment())
    assert page.pause.hasFocus()
    page.take(moment(mode=Mode.CAMERA_LOST, tick=None, why="No camera"))
    assert page.resting.retry.hasFocus()


def test_the_focus_elsewhere_stays_when_the_page_changes(page, window):
    page.take(moment())
    elsewhere = next(one for one in window.findChildren(QAbstractButton) if one.accessibleName() == "Now")
    elsewhere.setFocus()
    page.take(moment(mode=Mode.PAUSED, tick=None))
    assert elsewhere.hasFocus()


def test_the_page_fits_into_the_smallest_window(page, notes, qtbot):
    window = MainWindow((Page("now", "Now", lambda: page),))
    qtbot.addWidget(window)
    window.resize(window.minimumSize())
    window.open()
    notes.say("The history cannot be written, as the disk is full.")
    page.take(moment(alert=raised_alert(), tick=tick(Phase.SLOUCHING)))
    qtbot.waitUntil(lambda: page.width() > 0 and page.minimumSizeHint().height() <= page.height())
    assert page.minimumSizeHint().width() <= page.width()
    assert page.figure.geometry().bottom() < page.picture.geometry().top()


def test_on_mondays_the_page_leads_to_the_last_week(page):
    monday = 6 * 86400.0  # the calibration is from the Tuesday before
    page.take(moment())
    assert not page.review.isVisible()
    page.take(moment(monday))
    assert page.review.isVisible()


def test_at_another_desk_the_page_asks_once_whether_the_calibration_still_fits(page, opened):
    page.take(moment(elsewhere=True))
    assert page.banner.isVisible()
    assert "another desk" in page.banner.body.text()
    page.banner.fits_here.click()
    assert opened == ["fits"]
    page.take(moment(1))
    assert not page.banner.isVisible()


def test_a_new_upright_posture_is_offered_and_taken_with_one_click(page, client):
    page.take(moment(upright_offered=True))
    assert page.banner.isVisible()
    assert "new place" in page.banner.heading.text()
    assert not page.banner.calibrate.isVisible()
    page.banner.take_upright.click()
    assert client.asked[-1] == ("take_upright",)
    page.take(moment(1))
    assert not page.banner.isVisible()


def test_a_new_upright_posture_that_was_declined_is_not_offered_again_in_that_place(page, client):
    page.take(moment(upright_offered=True))
    page.banner.not_now.click()
    page.take(moment(1, upright_offered=True))
    assert not page.banner.isVisible()
    assert ("take_upright",) not in client.asked
    page.take(moment(2))
    page.take(moment(3, upright_offered=True))
    assert page.banner.isVisible()


def test_an_alert_comes_before_the_offer_of_a_new_upright_posture(page):
    page.take(moment(upright_offered=True, alert=raised_alert(), tick=tick(Phase.SLOUCHING)))
    assert page.banner.answers[0].isVisible()
    assert not page.banner.take_upright.isVisible()


# The figure


def test_tab_reaches_what_explains_a_measure_before_what_stands_below_it(page, qtbot):
    page.take(moment())
    page.details.click()
    page.activateWindow()
    QApplication.processEvents()
    page.stretch.setFocus()
    reached = []
    for _ in range(6):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget().accessibleName())
    assert [name.partition(":")[0] for name in reached] == ["Measures", *["About"] * 4, "Recalibrate"]


@pytest.fixture
def painted(qtbot):
    """What a window shows of a figure, at this size."""

    def paint(figure, size=(320, 240)) -> np.ndarray:
        view = FigureView(centered=True)
        qtbot.addWidget(view)
        view.setMinimumSize(1, 1)
        view.resize(*size)
        view.show_figure(figure, SETTINGS, "")
        image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        return np.frombuffer(image.constBits(), np.uint8).reshape(size[1], size[0], 4)[:, :, :3].copy()

    return paint


def test_the_picture_is_shown_as_a_mirror_shows_it(painted):
    image = np.zeros((480, 640, 3), np.uint8)
    image[:, :320] = (250, 10, 10)  # blue at the camera's left
    figure = figure_of_tick(replace(facing(image=image), pose=None), picture=True)
    mirrored = painted(figure)
    assert mirrored[120, 300, 0] > 200 > 100 > mirrored[120, 20, 0]


def test_without_the_picture_nothing_of_it_is_seen(painted):
    image = np.full((480, 640, 3), (0, 255, 0), np.uint8)
    shown = painted(figure_of_tick(facing(image=image), picture=False))
    assert not (shown == (0, 255, 0)).all(axis=2).any()


def test_the_skeleton_is_drawn_with_and_without_a_picture(painted):
    empty = painted(figure_of_tick(replace(facing(), pose=None), picture=False))
    assert (painted(figure_of_tick(facing(), picture=False)) != empty).any(axis=2).sum() > 300


def test_the_boundary_changes_its_shape_once_it_is_crossed(painted):
    upright, slouched = (figure_of_tick(moment_, picture=False) for moment_ in (facing(), facing(neck=45)))
    assert not upright.crossed
    assert slouched.crossed
    found = boundary_of(facing(), FACING, SETTINGS)
    with_line, whole = (
        painted(replace(upright, boundary=found, crossed=crossed), (640, 480)) for crossed in (False, True)
    )
    assert (with_line != painted(upright, (640, 480))).any()
    assert (with_line != whole).any()


def test_angles_are_written_beside_their_lines_from_the_side(painted):
    seen = figure_of_tick(tick(Phase.SLOUCHING), picture=False)
    assert set(seen.angles) == {Name.NECK_INCLINATION, Name.TRUNK_INCLINATION}
    assert (painted(seen) != painted(replace(seen, angles={}))).any()


def test_what_was_kept_of_a_moment_is_drawn_without_a_picture(painted):
    figure = figure_of_evidence(evidence_of(tick(Phase.SLOUCHING)))
    assert figure.image is None
    assert figure.crossed
    assert figure.sign is Sign.SLOUCHING
    assert (painted(figure) != painted(replace(figure, pose=None))).any()


def test_a_minus_is_never_put_before_zero():
    assert degrees_text(-0.4) == "0"
    assert degrees_text(-3.2) == "−3"


# The gauges


def test_from_the_side_the_angles_have_bands_and_a_baseline():
    neck, trunk, flexion, craniovertebral = dials(tick().reading, BASELINE, SETTINGS)
    assert neck.title == "Neck inclination"
    assert neck.upright == pytest.approx(neck.value)
    assert neck.beyond[0][0] > neck.upright
    assert "±" in neck.value_text
    assert trunk.beyond
    assert flexion.beyond
    assert not craniovertebral.beyond


def test_a_value_beyond_its_limit_is_marked_by_shape_and_word():
    neck = dials(tick(Phase.SLOUCHING).reading, BASELINE, SETTINGS)[0]
    assert neck.out
    assert "beyond the limit" in neck.spoken


def test_no_measure_is_good_or_bad_while_the_posture_is_unknown():
    reading = tick(Phase.SLOUCHING, reason=TILTED).reading
    assert not any(dial.out for dial in dials(reading, BASELINE, SETTINGS))


def test_from_the_front_the_ratios_are_shown_in_percent_of_upright():
    ears, *_ = dials(facing(neck=35).reading, FACING, SETTINGS)
    assert ears.unit == "%"
    assert ears.value < 90
    assert ears.out
    assert ears.beyond[0][1] == pytest.approx(100 * (1 - SETTINGS.front.slump))


def test_without_a_baseline_a_ratio_says_that_it_can_only_compare():
    ears, *_ = dials(facing(None).reading, None, SETTINGS)
    assert ears.value is None
    assert "unknown, because I can only compare" in ears.spoken


def test_one_reason_is_said_once_for_all_gauges(qtbot):
    gauges = Gauges()
    qtbot.addWidget(gauges)
    gauges.show()
    gauges.show_reading(no_person(0.0, View.SIDE_RIGHT), BASELINE, SETTINGS)
    assert gauges.shown == ()
    assert gauges.why == "The angles are unknown, because I see nobody."
    gauges.show_reading(tick().reading, BASELINE, SETTINGS)
    assert len(gauges.shown) == 4
    assert gauges.why == ""


def test_a_gauge_tells_a_screen_reader_what_it_shows(qtbot):
    gauge = Gauge()
    qtbot.addWidget(gauge)
    dial = dials(tick().reading, BASELINE, SETTINGS)[0]
    gauge.show_dial(dial)
    assert gauge.accessibleName() == "Neck inclination"
    assert gauge.accessibleDescription() == dial.spoken


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (-0.3, "Right at your upright posture"),
        (0.5, "50% of the way to slouching"),
        (1.44, "Past your slouch line"),
        (1.6, "Well past your slouch line"),
        (None, "unknown, because I see nobody"),
    ],
)
def test_the_headline_is_said_in_words(qtbot, value, words):
    gauge = DeviationGauge()
    qtbot.addWidget(gauge)
    gauge.show_deviation(value, "I see nobody", SETTINGS.monitor)
    assert gauge.accessibleDescription() == words == deviation_text(value, "I see nobody")


def test_another_reason_for_an_unknown_deviation_is_shown(qtbot):
    gauge = DeviationGauge()
    qtbot.addWidget(gauge)
    for reason in ("I see nobody", "the picture is too dark"):
        gauge.show_deviation(None, reason, SETTINGS.monitor)
        assert gauge.accessibleDescription() == gauge.toolTip() == f"unknown, because {reason}"


# The timeline


def test_spans_of_one_state_are_joined_and_older_ones_cut():
    hour = lived((90, Sign.UPRIGHT), (30, Sign.UPRIGHT), (10, Sign.SLOUCHING))
    first, second = spans_of(hour, NOON)
    assert first.start == NOON - timedelta(hours=1)
    assert first.sign is Sign.UPRIGHT
    assert second.spoken == "Slouching, 11:50 to 12:00, 10 min"


def test_a_time_without_the_program_stays_a_gap():
    begins, ends = ((NOON - timedelta(minutes=start), NOON - timedelta(minutes=start - 10)) for start in (50, 10))
    assert len(spans_of((TimelineSpan(*begins, Sign.UPRIGHT), TimelineSpan(*ends, Sign.UPRIGHT)), NOON)) == 2


def test_each_state_can_be_recognized_without_its_color(qtbot):
    def coverage(sign):
        image = QImage(60, 44, QImage.Format.Format_Grayscale8)
        image.fill(255)
        painter = QPainter(image)
        paint_span(painter, sign, QRectF(0, 0, 60, 44))
        painter.end()
        pixels = np.frombuffer(image.constBits(), np.uint8).reshape(44, image.bytesPerLine())[:, :60]
        return (pixels < 250).astype(int)

    shown = {sign: coverage(sign) for sign in LOOKS if sign is not Sign.BUSY}  # busy is as empty as a pause
    for sign, one in shown.items():
        assert one.any()
        assert all((one != other).sum() > 20 for name, other in shown.items() if name is not sign), sign


@pytest.fixture
def timeline(qtbot):
    made = Timeline()
    qtbot.addWidget(made)
    made.resize(604, 100)
    made.show()
    made.show_hour(lived((60, Sign.UPRIGHT), (30, Sign.DRIFTING), (20, Sign.SLOUCHING), (10, Sign.AWAY)), NOON)
    return made


def test_the_arrow_keys_read_out_the_hour(timeline, qtbot):
    said = []
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_End):
        qtbot.keyClick(timeline, key)
        said.append(timeline.accessibleDescription().partition(",")[0])
    assert said == ["Away", "Slouching", "Upright", "Drifting", "Away"]


def test_what_was_chosen_stays_chosen_as_time_goes_on(timeline, qtbot):
    qtbot.keyClick(timeline, Qt.Key.Key_Left)
    before = timeline.chosen
    later = NOON + timedelta(minutes=2)
    timeline.show_hour((*lived((60, Sign.UPRIGHT), (10, Sign.AWAY)), TimelineSpan(NOON, later, Sign.UPRIGHT)), later)
    assert timeline.chosen.sign is before.sign is Sign.AWAY


def test_the_pointer_shows_what_it_is_over(timeline):
    timeline.event(QHelpEvent(QEvent.Type.ToolTip, QPointF(450, 20).toPoint(), QPointF(450, 20).toPoint()))
    assert QToolTip.text() == "Slouching, 11:40 to 11:50, 10 min"
    QToolTip.hideText()


@pytest.mark.parametrize("width", [604, 300, 240])
def test_the_legend_names_every_state_of_the_hour_however_narrow_it_is(qtbot, width):
    holder, timeline = QWidget(), Timeline()
    qtbot.addWidget(holder)
    holder.setLayout(QVBoxLayout())
    holder.layout().setContentsMargins(0, 0, 0, 0)
    holder.layout().addWidget(timeline)
    holder.show()

    def lay_out(wide):
        holder.resize(wide, 150)
        QApplication.processEvents()

    for wide in (width, 604):  # layouts remember the heights for several widths
        lay_out(wide)
    timeline.show_hour(lived((60, Sign.UPRIGHT), (30, Sign.DRIFTING), (20, Sign.SLOUCHING), (10, Sign.AWAY)), NOON)
    lay_out(width)
    image = timeline.grab().toImage()
    below = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(70, image.height())}
    assert {theme.current().signs[span.sign] for span in timeline.spans} <= below


def test_a_timeline_that_would_look_the_same_is_left_alone(timeline):
    spans = timeline.spans
    timeline.show_hour(lived((60, Sign.UPRIGHT), (30, Sign.DRIFTING), (20, Sign.SLOUCHING), (10, Sign.AWAY)), NOON)
    assert timeline.spans is spans


@pytest.mark.parametrize("look", [theme.LIGHT, theme.DARK])
def test_everything_is_painted_in_both_looks(page, qapp, look):
    theme.apply(qapp, look)
    try:
        page.take(moment(alert=raised_alert(), hour=lived((60, Sign.UPRIGHT), (30, Sign.PAUSED))))
        drawn = drawn_within(page)
        assert len(drawn) >= 3
        assert {type(one).__name__: colors(one) for one in drawn if colors(one) < 3} == {}
    finally:
        theme.apply(qapp, theme.LIGHT)


# A whole recording


def test_where_an_estimate_judges_it_has_a_gauge_and_the_ratios_no_limit_of_their_own():
    reading = facing(neck=35).reading
    judged = Deviation(1.5, None, Name.NECK_INCLINATION, 9.0, 0.97)
    estimate, ears, *_ = dials(replace(reading, deviation=judged), FACING, SETTINGS)
    assert (estimate.value, estimate.out) == (9.0, True)
    assert ears.beyond == ()


@pytest.mark.parametrize("name", ["desk_front", "desk_side", "desk_oblique"])
def test_a_recorded_hour_goes_through_the_page(page, name):
    """Every moment of a rendered person at work is shown, and the words agree with the judgment."""
    with RecordingSource(RECORDINGS / f"{name}.npz") as source:
        frames = [frame for index, frame in enumerate(source) if index % 4 == 0]
    first = [one for one in watch(FramesInMemory(frames[:50]), no_model, {}, SETTINGS) if one.frame.t < 6.5]
    view = first[-1].reading.view
    looks = [sample(one.pose, one.reading.view, one.reading.measures) for one in first]
    learned = learn([*looks, *looks], "cam", "Camera", NOON.isoformat(), SETTINGS)
    lines = 0
    page.details.click()
    for one in watch(FramesInMemory(frames), no_model, {view: learned}, SETTINGS, load_judge(SETTINGS)):
        page.take(moment(one.frame.t, tick=one, baseline=learned))
        shown, value = page.figure.figure, one.reading.deviation.value
        assert page.deviation.value == value
        assert shown.crossed is (value is not None and value >= 1)
        lines += shown.boundary is not None
        assert (value is None) <= (shown.boundary is None)
    assert lines > len(frames) / 3  # obliquely a slouch is often known to one judge only, and then unknown
    assert colors(page.figure) > 3


def test_a_screen_reader_hears_when_watching_stops_and_goes_on(page, heard):
    page.take(moment(tick=facing()))
    heard.clear()
    page.take(moment(1, mode=Mode.PAUSED, tick=None))
    page.take(moment(4, mode=Mode.PAUSED, tick=None))
    assert heard == ["Paused until you resume. The camera is off."]
    page.take(moment(5, mode=Mode.STARTING, tick=None))
    page.take(moment(6, tick=facing()))
    assert heard[1:] == ["Upright for 1 min"]
    page.take(moment(7, mode=Mode.CAMERA_LOST, tick=None, why="The camera was unplugged"))
    assert heard[2:] == ["No camera. The camera was unplugged. Trying to reconnect…"]
