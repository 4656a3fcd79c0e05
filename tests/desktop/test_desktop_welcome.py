"""The first minute and the guided calibration."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from fakes.session import FakeClient
from moments import BASELINE, NOON, moment, raised_alert, tick
from places import ROOT
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QMessageBox,
    QPushButton,
    QSystemTrayIcon,
    QWidget,
)

from posturecam.alerts.notification import NotificationDelivery
from posturecam.alerts.text import Because, BreakOffer
from posturecam.commands.calibrate import calibrate_source
from posturecam.config.settings import CameraSettings, DesktopSettings, Settings
from posturecam.config.settings_file import change_settings, load_settings
from posturecam.desktop.alerts.presenter import NOT_BLURRED
from posturecam.desktop.alerts.why import WhyDialog
from posturecam.desktop.pages.now import page as now_page
from posturecam.desktop.pages.welcome.calibration import CalibrationPage, CalibrationStep
from posturecam.desktop.pages.welcome.memory import setup_state
from posturecam.desktop.pages.welcome.page import FirstRun
from posturecam.desktop.pages.welcome.ways import WayCard
from posturecam.desktop.shell.control import Control
from posturecam.desktop.shell.window_manager import Windows
from posturecam.desktop.widgets.theme import LIGHT, apply
from posturecam.errors import CameraError, SettingsError
from posturecam.history.baselines import load_baselines, save_baseline
from posturecam.i18n.translate import choose_language
from posturecam.posture.monitor import Phase
from posturecam.posture.reasons import Reason, Why
from posturecam.session.guided_calibration import verdict
from posturecam.session.protocol.messages import (
    BreakOffered,
    Calibrated,
    Calibrating,
    CalibrationFailed,
    Complaint,
    SettingsChanged,
)
from posturecam.session.protocol.mode import Mode
from posturecam.session.protocol.sign import Sign
from posturecam.system.autostart import LinuxAutostart, NullAutostart
from posturecam.system.launcher import launch_command
from posturecam.vision.sources.camera import Camera, find_camera

CAMERAS = [Camera(0, "Built-in", "usb-1", 200), Camera(2, "BRIO", "usb-2", 200), Camera(4, "BRIO", "usb-3", 200)]
WELCOME, CAMERA, CALIBRATION, TELLING, DONE = range(5)
RECORDED_VIDEO = ROOT / "tests" / "data" / "recordings" / "desk_front.npz"
"""The landmarks of a sample video."""


OFFER = BreakOffered(NOON, BreakOffer(Because.SITTING, 3000.0), "desk_break")


@pytest.fixture
def client():
    return FakeClient()


@pytest.fixture
def cameras():
    return list(CAMERAS)


@pytest.fixture
def first(qtbot, client, cameras):
    made = FirstRun(client, lambda: cameras)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def page(qtbot, client):
    made = CalibrationPage(client)
    qtbot.addWidget(made)
    made.resize(880, 560)
    made.show()
    return made


def learning(share=0.5, trouble=None, after=1.0, ask="Stay like this, look at the screen"):
    now = Calibrating(ask, True, share, 12 * (1 - share), trouble, tick())
    return moment(after, mode=Mode.CALIBRATING, tick=None, calibration=now)


def go_to(first, step):
    while first.step < step:
        first.next.click()


def choose(shown, row):
    """Choose from a list as a user does."""
    shown.setCurrentIndex(row)
    shown.activated.emit(row)


@pytest.mark.parametrize("language", ["en", "de", "es", "zh"])
def test_heading_and_button_of_the_calibration_are_both_in_view_on_a_laptop_at_200_percent(
    qapp, qtbot, client, language
):
    apply(qapp, LIGHT)
    choose_language(language)
    first = FirstRun(client, list)
    qtbot.addWidget(first)
    first.resize(683, 352)
    first.show()
    go_to(first, 2)
    first.take(moment())
    for _ in range(5):  # the page is laid out, scrolls to the focus, and is laid out beside its scroll bar
        QApplication.sendPostedEvents()
        QApplication.processEvents()
    page = first.calibration
    for one in (page.heading, page.figure, page.start, page.slouch):
        assert one.visibleRegion().boundingRect().size() == one.size(), one


def asked(client, name):
    return [one[1:] for one in client.asked if one[0] == name]


# The steps


def test_leads_through_five_steps_to_its_end(first, qtbot):
    for step in range(5):
        assert first.step == step
        assert first.count.text() == f"Step {step + 1} of 5"
        if step < DONE:
            first.next.click()
    with qtbot.waitSignal(first.finished):
        first.next.click()
    assert not first.isVisible()


def test_while_getting_ready_nobody_is_told_to_hold_still(page):
    ready = Calibrating("Sit upright, look at the screen", False, 0.4, 3, None, tick())
    page.take(moment(1, mode=Mode.CALIBRATING, tick=None, calibration=ready))
    assert page.feedback.text() == "Good. It starts in a moment."
    page.take(learning(after=2.0))
    assert page.feedback.text() == "Good. Hold still."


def test_one_can_go_back(first):
    go_to(first, TELLING)
    first.back.click()
    assert first.step == CALIBRATION
    first.back.click()
    first.back.click()
    assert first.step == WELCOME
    assert not first.back.isVisible()


@pytest.mark.parametrize("step", [WELCOME, CAMERA, CALIBRATION, TELLING])
def test_it_can_be_left_at_any_step_without_harm(first, qtbot, client, step):
    go_to(first, step)
    with qtbot.waitSignal(first.finished):
        first.leave.click()
    assert asked(client, "calibrate") == []
    assert asked(client, "change_settings") == []


def test_it_is_finished_only_once(first):
    ends = []
    first.finished.connect(lambda: ends.append(1))
    first.close()
    first.close()
    assert ends == [1]


def test_leaving_in_the_middle_of_the_calibration_stops_it(first, client):
    go_to(first, CALIBRATION)
    first.calibration.start.click()
    first.take(learning())
    first.close()
    assert asked(client, "stop_calibrating") == [()]


def test_the_keyboard_is_enough(first, qtbot):
    qtbot.keyClick(first.next, Qt.Key.Key_Return)
    assert first.step == CAMERA
    qtbot.keyClick(first.back, Qt.Key.Key_Space)
    assert first.step == WELCOME
    with qtbot.waitSignal(first.finished):
        qtbot.keyClick(first, Qt.Key.Key_Escape)


def test_return_presses_the_button_with_the_focus(first, qtbot):
    go_to(first, CAMERA)
    first.back.setFocus()
    qtbot.keyClick(first.back, Qt.Key.Key_Return)
    assert first.step == WELCOME


def test_enter_leads_on_from_a_way_of_being_reminded_and_from_the_chosen_sensitivity(first, qtbot):
    for chosen in (lambda: first.telling.cards["sound"], lambda: first.telling.levels.chips["normal"]):
        go_to(first, TELLING)
        chosen().setFocus()
        qtbot.keyClick(chosen(), Qt.Key.Key_Return)
        assert first.step == DONE
        first.back.click()
    assert not first.telling.cards["sound"].isChecked()


@pytest.mark.parametrize("step", range(5))
def test_every_control_has_a_name_and_is_reached_by_tab(first, step):
    go_to(first, step)
    focusable = [
        one for one in first.findChildren(QWidget) if one.isVisible() and one.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert [one for one in focusable if not one.accessibleName()] == []
    reached = set()
    for _ in range(30):
        reached.add(first.focusWidget())
        first.focusNextPrevChild(True)
    buttons = {one for one in first.findChildren(QAbstractButton) if one.isVisible()}
    by_arrow_keys = {one for one in buttons if one.group() is not None and not one.isChecked()}
    assert buttons - by_arrow_keys <= reached


def test_the_arrow_keys_go_from_one_sensitivity_to_the_next(first, qtbot):
    go_to(first, TELLING)
    chips = first.telling.levels.chips
    chips["normal"].setFocus()
    qtbot.keyClick(chips["normal"], Qt.Key.Key_Right)
    assert load_settings().sensitivity.level == "strict"


# The welcome comes first


def test_the_camera_is_off_until_its_step_is_reached(first, client):
    assert asked(client, "pause") == [("setup",)]
    assert asked(client, "resume") == []
    assert not first.shows_picture
    go_to(first, CAMERA)
    assert asked(client, "resume") == [()]
    assert first.shows_picture


def test_going_back_and_on_does_not_end_a_pause_of_the_users(first, client):
    go_to(first, CALIBRATION)
    first.back.click()
    first.back.click()
    go_to(first, CAMERA)
    assert asked(client, "resume") == [()]


def test_who_leaves_before_the_camera_was_spoken_of_is_not_watched(first, client):
    first.leave.click()
    assert asked(client, "resume") == []


@pytest.fixture
def windows(qtbot, client, cameras, monkeypatch, own_home):
    """All windows, at their first start."""
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: False))
    made = Windows(client, quit_app=lambda: None, cameras=lambda: cameras, autostart=NullAutostart())
    yield made
    made.close()
    qtbot.wait(1)


def test_a_camera_in_the_network_is_shown_without_its_password(windows, client):
    client.change_settings({"camera.device": "rtsp://me:secret@10.0.0.2:8554/live?key=hidden"})
    windows.settings.show_place("camera")
    windows.settings.show()
    texts = [box.currentText() for box in windows.settings.findChildren(QComboBox)]
    assert "rtsp://10.0.0.2:8554/live" in texts
    assert not any("secret" in text or "hidden" in text for text in texts)


@pytest.mark.parametrize("what", [raised_alert(), OFFER], ids=["alert", "offer"])
@pytest.mark.parametrize(("in_sight", "heard_on_the_page"), [(True, 1), (False, 0)])
def test_a_screen_reader_hears_a_reminder_once_wherever_it_is_shown(
    windows, qtbot, monkeypatch, what, in_sight, heard_on_the_page
):
    heard, elsewhere = [], []
    monkeypatch.setattr(now_page, "announce", lambda _, words: heard.append(words))
    monkeypatch.setattr(NotificationDelivery, "tell", lambda _, notice: elsewhere.append(notice))
    windows.window.open("now")
    monkeypatch.setattr(windows.window, "isActiveWindow", lambda: in_sight)
    windows.take(moment())
    heard.clear()  # that it is watching now
    windows.happened(what)
    assert (len(heard), len(elsewhere)) == (heard_on_the_page, 1 - heard_on_the_page)


@pytest.fixture
def welcoming(windows, client):
    client.settings = Settings(desktop=DesktopSettings(alerts=("glow",), reduced_motion=True))
    windows.begin(set_up=False)
    return windows


def test_during_the_welcome_no_alert_is_shown_but_what_is_tried(welcoming):
    welcoming.happened(raised_alert())
    welcoming.happened(OFFER)
    welcoming.take(moment(1, alert=raised_alert(), glow=1.0))
    assert welcoming.presenter.offered is None
    assert welcoming.presenter.glow.windows == []
    welcoming.happened(raised_alert(2, trial=True))
    assert welcoming.presenter.glow.windows


def test_after_the_welcome_alerts_are_shown(welcoming):
    welcoming.first_run.close()
    welcoming.happened(OFFER)
    welcoming.take(moment(1, alert=raised_alert(), glow=1.0))
    assert welcoming.presenter.glow.windows
    assert welcoming.presenter.offered is OFFER


def test_no_other_window_comes_before_the_welcome(welcoming, client):
    for opens in (welcoming.show, welcoming.calibrate, welcoming.stretch):
        opens()
        assert welcoming.first_run.isVisible()
        assert not welcoming.window.isVisible()
    assert asked(client, "calibrate") == []


@pytest.mark.parametrize("request_", ["calibrate", "stretch"])
def test_from_outside_it_is_said_that_the_welcome_is_open(welcoming, client, request_):
    control = Control(client, lambda: welcoming, lambda: None)
    answer = control(request_)
    assert not answer["ok"]
    assert "the setup is open" in answer["error"]
    welcoming.first_run.close()
    assert control(request_)["ok"]


def test_a_calibration_or_another_stretch_requested_from_outside_is_refused_during_a_stretch(windows, client):
    windows.window.open("now")
    stretching = [moment(mode=Mode.STRETCHING, tick=None)]
    control = Control(client, lambda: windows, lambda: stretching[-1])
    for request in ("calibrate", "stretch", "stretch chin_tuck"):
        assert control(request)["error"] == "you are stretching; finish or end that first"
    stretching.append(moment(1))
    assert control("calibrate")["ok"]
    assert len(asked(client, "calibrate")) == 1


def test_they_are_refused_before_the_requested_stretch_has_a_camera_too(windows, client, qtbot):
    """The answer was "The coach is open.", and the second request was lost."""
    control = Control(client, lambda: windows, lambda: moment(mode=Mode.STARTING, tick=None))
    assert control("stretch cobra")["ok"]
    page = windows.stretches
    qtbot.waitUntil(lambda: page.currentWidget() is page.questions)
    next(one for one in page.findChildren(QAbstractButton) if one.text() == "No, begin").click()
    for request in ("calibrate", "stretch", "stretch chin_tuck"):
        assert control(request)["error"] == "you are stretching; finish or end that first"
    assert len(asked(client, "stretch")) == 1


def test_nobody_turns_the_camera_on_from_outside_before_the_welcome_has_mentioned_it(welcoming, client):
    waiting = replace(moment(1), mode=Mode.PAUSED, why="the setup is not finished")
    control = Control(client, lambda: welcoming, lambda: waiting)
    assert "the setup is open" in control("resume")["error"]
    for pause in ("pause", "pause 5"):
        assert control(pause)["error"] == "it is paused already, until the setup is finished"
    assert asked(client, "resume") == []
    welcoming.first_run.close()
    assert control("resume")["ok"]
    assert len(asked(client, "resume")) == 1


def test_at_the_welcome_no_picture_is_shown(welcoming):
    assert not welcoming.shows_picture
    go_to(welcoming.first_run, CAMERA)
    assert welcoming.shows_picture


# The main window afterwards


def test_the_end_of_the_setup_names_the_tray_if_it_has_come_by_then(welcoming, monkeypatch):
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    welcoming.indicator.settle()
    go_to(welcoming.first_run, DONE)
    assert welcoming.first_run.last.sentence.text().startswith("It stays in the tray.")


def test_what_was_left_can_be_gone_on_with_where_it_was_left(welcoming, client):
    go_to(welcoming.first_run, CALIBRATION)
    welcoming.first_run.leave.click()
    bar = welcoming.window.unfinished
    assert bar.isVisible()
    bar.findChild(QPushButton).click()
    assert welcoming.first_run.step == CALIBRATION
    assert asked(client, "resume") == [(), ()]
    while welcoming.first_run is not None:
        welcoming.first_run.next.click()
    assert not welcoming.window.unfinished.isVisible()
    assert welcoming.window.isVisible()


@pytest.fixture
def next_start(qtbot, client, cameras):
    """The windows of the next start."""
    made = Windows(client, quit_app=lambda: None, cameras=lambda: cameras, autostart=NullAutostart())
    yield made
    made.close()
    qtbot.wait(1)


@pytest.mark.parametrize("minimized", [False, True])
def test_a_setup_that_was_finished_without_calibrating_does_not_come_back(welcoming, next_start, client, minimized):
    while welcoming.first_run is not None:
        welcoming.first_run.next.click()
    asked_before = len(asked(client, "pause"))
    next_start.begin(set_up=setup_state().finished, minimized=minimized)
    assert next_start.first_run is None
    assert next_start.left_setup is None
    assert next_start.place == ("now", not minimized)
    assert len(asked(client, "pause")) == asked_before  # the camera is not kept off either


def test_a_calibration_from_a_video_is_no_finished_setup_and_turns_no_camera_on():
    calibrate_source(str(RECORDED_VIDEO), slouch=False, seconds=6.0, as_json=True, rotate=None, place="")
    (learned,) = load_baselines().kept
    state = setup_state()
    assert (state.finished, state.agreed, state.used) == (False, False, False)
    save_baseline(replace(learned, camera="usb-1", live=True))
    assert setup_state().finished


def test_a_setup_that_was_left_comes_back_at_the_next_start(welcoming, next_start):
    go_to(welcoming.first_run, DONE)
    welcoming.first_run.close()
    next_start.begin(set_up=setup_state().finished)
    assert next_start.first_run is not None


def test_an_open_reminder_makes_way_for_the_rest_of_the_setup(welcoming, client):
    go_to(welcoming.first_run, CALIBRATION)
    welcoming.first_run.leave.click()
    welcoming.happened(OFFER)
    welcoming.take(moment(1, alert=raised_alert(), glow=1.0))
    assert welcoming.presenter.glow.windows
    welcoming.welcome()
    assert welcoming.presenter.glow.windows == []
    assert welcoming.presenter.offered is None


def test_a_minimized_welcome_comes_back_when_it_is_asked_for(welcoming):
    welcoming.first_run.showMinimized()
    welcoming.show()
    assert not welcoming.first_run.isMinimized()
    assert welcoming.first_run.isVisible()


def test_started_without_a_window_the_set_up_is_remembered(windows):
    windows.begin(set_up=False, minimized=True)
    windows.show()
    assert windows.window.unfinished.isVisible()


def test_the_first_time_a_closed_window_says_where_it_went(windows):
    windows.window.open("now")
    windows.window.close()
    said = windows.farewell.accessibleDescription()
    assert "The small window stays" in said
    windows.farewell.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    windows.window.open("now")
    windows.window.close()
    assert windows.farewell is None


def test_the_note_on_where_the_window_went_goes_with_the_app_however_often_the_window_was_closed(windows):
    for _ in range(2):
        windows.window.open("now")
        windows.window.close()
    assert windows.farewell is not None, "it is hidden with the windows"
    assert windows.farewell.isVisible()


def test_closing_the_window_stops_a_calibration(windows, client):
    windows.calibrate()
    windows.take(learning())
    windows.window.close()
    assert asked(client, "stop_calibrating") == [()]


def test_a_calibration_that_fails_behind_another_page_is_reported_there(windows):
    windows.calibrate()
    windows.take(learning())
    windows.happened(CalibrationFailed(NOON, "You moved too much."))
    assert windows.notes.texts == ()  # the calibration page is shown, and says it
    windows.calibration.start.click()
    windows.window.open("now")
    windows.happened(CalibrationFailed(NOON, "You moved too much."))
    assert windows.notes.texts == ("Calibration: You moved too much.",)


@pytest.mark.parametrize("leave", [lambda windows: windows.calibrate(), lambda windows: windows.stretch()])
def test_what_is_asked_for_elsewhere_does_not_begin_behind_an_open_question(windows, client, leave):
    """From the tray, a reminder or outside; the question's answer is no, as if it had been closed."""
    windows.window.open("settings")
    before = client.settings
    windows.settings.show_place("general")
    windows.settings.reset_all.click()
    (box,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox) and one.isVisible()]
    leave(windows)
    assert not box.isVisible()
    assert windows.window.page in ("calibration", "stretch")
    assert client.settings == before


def test_closing_the_window_ends_a_session(windows, client):
    windows.window.open("stretch")
    windows.stretches.open_stretch("desk_break")
    found = windows.stretches.questions.findChildren(QAbstractButton)
    next(button for button in found if button.text() == "No, begin").click()
    windows.window.close()
    assert client.controls.take() == ["end"]


def test_what_went_wrong_is_said_on_every_page_and_in_windows_that_are_made_anew(windows, client):
    windows.window.open("now")
    windows.happened(Complaint(NOON, "The history is full."))
    windows.happened(Complaint(NOON, "The voice cannot be heard."))
    assert windows.live.notes.isVisible()
    others = Windows(client, quit_app=lambda: None, cameras=list, autostart=NullAutostart(), notes=windows.notes)
    others.window.open("settings")
    assert others.settings.banner.words.text() == "The history is full.\nThe voice cannot be heard."
    others.close()


def test_installed_in_another_folder_the_app_that_starts_at_login_is_started_from_there(qtbot, client, own_home):
    """The next login started nothing, and the setting was switched off without a word."""
    login = LinuxAutostart(own_home / "autostart")
    login.enable(["/gone/posturecam", "--minimized"])
    client.change_settings({"desktop.autostart": "true"})
    made = Windows(client, quit_app=lambda: None, cameras=list, autostart=login)
    made.begin(set_up=False, minimized=True)
    assert client.settings.desktop.autostart
    assert login.program() == launch_command()[0]
    made.close()


def test_a_blur_that_cannot_be_shown_is_said_where_the_user_finds_it(windows, client):
    client.change_settings({"desktop.alerts": "blur"})
    windows.happened(raised_alert())
    assert windows.notes.texts == (NOT_BLURRED,)


def test_a_break_answered_in_a_menu_or_on_a_page_is_answered_everywhere(windows):
    windows.window.open("now")
    windows.take(moment())
    for answer in (windows.navigation.later, lambda: windows.navigation.stretch("desk_break")):
        windows.happened(OFFER)
        assert windows.live.banner.offered is OFFER
        answer()
        assert windows.presenter.offered is None
        assert windows.live.banner.offered is None


def test_only_the_last_alert_can_be_called_wrong(windows, client, qtbot):
    windows.happened(raised_alert())
    windows.why(raised_alert())
    dialog = next(one for one in QApplication.topLevelWidgets() if isinstance(one, WhyDialog) and one.isVisible())
    windows.happened(raised_alert(600))
    dialog.wrong.click()
    assert asked(client, "answer") == []
    dialog.close()


@pytest.mark.parametrize("minimized", [True, False])
def test_why_is_shown_although_the_window_is_minimized(windows, minimized):
    windows.window.open("now")
    if minimized:
        windows.window.showMinimized()
    windows.why(raised_alert())
    (dialog,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, WhyDialog) and one.isVisible()]
    assert (dialog.parentWidget() is None) is minimized, "a dialog of a minimized window is minimized with it"
    dialog.close()


def test_a_double_click_on_why_opens_one_window(windows, qtbot):
    for raised in (
        raised_alert(),
        raised_alert(),
        raised_alert(600),
        raised_alert(trial=True),
        raised_alert(trial=True),
    ):
        windows.why(raised)
    qtbot.wait(1)
    dialogs = [one for one in QApplication.topLevelWidgets() if isinstance(one, WhyDialog)]
    assert (len(dialogs), all(one.isVisible() for one in dialogs)) == (3, True)
    for one in dialogs:
        one.close()


# The camera


def test_cameras_are_chosen_by_name_and_by_key_where_names_are_alike(first, client):
    go_to(first, CAMERA)
    shown = first.camera.list
    assert [shown.itemText(row) for row in range(3)] == ["Built-in", "BRIO (2)", "BRIO (4)"]
    choose(shown, 2)
    choose(shown, 0)
    assert asked(client, "choose_camera") == [("usb-3",), ("Built-in",)]


def test_a_camera_whose_name_means_another_one_is_chosen_by_its_key(first, client, cameras):
    cameras[:] = [Camera(0, "HD Webcam", "usb-1", 200), Camera(2, "0", "usb-2", 200), Camera(4, "0,5 MP", "usb-3", 200)]
    go_to(first, CAMERA)
    for row in range(3):
        choose(first.camera.list, row)
        chosen = asked(client, "choose_camera")[-1][0]
        assert find_camera(chosen, cameras) is cameras[row]
    assert [chosen for (chosen,) in asked(client, "choose_camera")] == ["HD Webcam", "usb-2", "0,5 MP"]


def test_the_camera_of_which_the_settings_name_a_part_is_the_chosen_one(first, client):
    client.settings = Settings(camera=CameraSettings(device="brio"))
    go_to(first, CAMERA)
    assert first.camera.list.currentIndex() == 1


def test_looking_at_the_list_chooses_nothing(first, client):
    go_to(first, CAMERA)
    assert first.camera.list.currentIndex() == 0
    assert asked(client, "choose_camera") == []


def test_the_camera_in_use_is_the_chosen_one(first, client):
    client.settings = client.settings.model_copy(
        update={"camera": client.settings.camera.model_copy(update={"device": "usb-2"})}
    )
    go_to(first, CAMERA)
    assert first.camera.list.currentIndex() == 1


@pytest.mark.parametrize("chosen", [1, 0])
def test_where_the_camera_of_before_is_not_there_none_is_chosen_until_the_user_does(first, client, qtbot, chosen):
    client.settings = Settings(camera=CameraSettings(device="Conference camera"))
    go_to(first, CAMERA)
    shown = first.camera.list
    assert shown.currentIndex() == -1
    shown.setFocus()
    QApplication.processEvents()
    assert asked(client, "choose_camera") == []
    choose(shown, chosen)
    assert asked(client, "choose_camera") == [(("Built-in", "usb-2")[chosen],)]


def test_a_choice_that_cannot_be_kept_is_said_and_not_shown_as_made(first, client, monkeypatch):
    def refuse(name):
        raise SettingsError("The settings cannot be written.")

    monkeypatch.setattr(client, "choose_camera", refuse, raising=False)
    go_to(first, CAMERA)
    choose(first.camera.list, 2)
    assert first.camera.note.isVisible()
    assert first.camera.note.text() == "The settings cannot be written."
    first.take(moment())
    assert first.camera.note.isVisible()
    assert first.camera.list.currentIndex() == 0
    monkeypatch.undo()
    choose(first.camera.list, 1)
    assert not first.camera.note.isVisible()


@pytest.mark.parametrize("picture", [True, False])
def test_who_wants_no_picture_sees_none_in_the_preview(first, client, picture):
    client.settings = Settings(desktop=DesktopSettings(picture=picture))
    go_to(first, CAMERA)
    seen = tick()
    image = np.full((480, 640, 3), 90, np.uint8)
    first.take(moment(tick=replace(seen, frame=replace(seen.frame, image=image))))
    assert (first.camera.figure.figure.image is not None) is picture


def test_no_camera_is_said_and_looking_again_finds_one(first, cameras):
    cameras.clear()
    go_to(first, CAMERA)
    assert "No camera was found" in first.camera.words.text()
    cameras.append(CAMERAS[0])
    first.camera.again.click()
    assert first.camera.list.count() == 1
    assert "No camera" not in first.camera.words.text()


def test_a_camera_in_the_network_is_shown_where_no_other_is_connected(first, cameras):
    cameras.clear()
    go_to(first, CAMERA)
    first.take(moment())
    assert first.camera.figure.figure.pose is not None
    assert "I see you" in first.camera.words.text()


def test_cameras_that_cannot_be_listed_are_said(qtbot, client):
    def fail():
        raise CameraError("The cameras cannot be listed.")

    first = FirstRun(client, fail)
    qtbot.addWidget(first)
    first.show()
    go_to(first, CAMERA)
    assert first.camera.words.text() == "The cameras cannot be listed."


def test_a_busy_camera_is_said_kindly(first):
    go_to(first, CAMERA)
    first.take(moment(mode=Mode.CAMERA_LOST, tick=None, why="another program uses it; close that, or choose another"))
    assert first.camera.words.text() == "Another program uses it; close that, or choose another."
    assert first.camera.mark.sign is Sign.CAMERA_LOST


def test_the_preview_says_what_the_camera_sees(first, client):
    go_to(first, CAMERA)
    first.take(moment())
    assert first.camera.figure.figure.pose is not None
    said = first.camera.words.text().split("\n")
    assert said[0] == "I see you from your right side."
    assert said[1].startswith("At first glance you sit upright.")
    first.take(moment(tick=tick(Phase.SLOUCHING)))
    assert "At first glance you are slouching a little." in first.camera.words.text()
    first.take(moment(1, tick=replace(tick(), pose=None)))
    assert "I see nobody yet" in first.camera.words.text()
    assert asked(client, "preview")[-1] == (True,)


def test_where_nobody_is_seen_the_other_cameras_are_named(first):
    go_to(first, CAMERA)
    first.take(moment(1, tick=replace(tick(), pose=None)))
    assert "Or can another camera see you? Also connected: BRIO, BRIO." in first.camera.words.text()


def test_a_turned_picture_is_said_and_can_be_turned(first, client):
    from posturecam.posture.assess import picture_turned

    go_to(first, CAMERA)
    seen = tick()
    deviation = replace(seen.reading.deviation, value=None, reason=picture_turned(90))
    first.take(moment(1, tick=replace(seen, reading=replace(seen.reading, deviation=deviation))))
    assert "Your picture is turned" in first.camera.words.text()
    first.camera.turn.click()
    assert asked(client, "change_settings")[-1] == ({"camera.rotate": "90"},)


# The calibration


def test_before_it_begins_it_says_how_to_sit(page):
    page.take(moment())
    assert "Sit comfortably upright" in page.body.text()
    assert "12 seconds" in page.hint.text()
    assert page.figure.figure.boundary is None


def test_before_it_begins_a_covered_camera_is_not_taken_for_an_empty_chair(page):
    seen = tick(Phase.UNKNOWN, problem="it is black; is the camera covered?")
    page.take(moment(tick=replace(seen, pose=None)))
    assert page.feedback.text() == "No picture: it is black; is the camera covered?"
    assert page.mark.sign is Sign.CAMERA_LOST


@pytest.mark.parametrize("slouch", [False, True])
def test_starting_asks_the_engine_to_learn(page, client, slouch):
    page.slouch.setChecked(slouch)
    page.start.click()
    assert asked(client, "calibrate") == [(("slouch", slouch),)]
    assert page.stage is CalibrationStep.RUNNING
    assert page.stop.hasFocus() or not page.isActiveWindow()


def test_shows_progress_and_whether_the_user_can_be_measured(page):
    page.start.click()
    page.take(learning(0.25))
    assert page.heading.text() == "Stay like this, look at the screen"
    assert page.ring.share == 0.25
    assert page.ring.accessibleDescription() == "9 seconds left"
    assert page.mark.sign is Sign.UPRIGHT
    page.take(learning(0.5, "your head is turned by about 40°", 2))
    assert page.feedback.text() == "Not yet: your head is turned by about 40°."
    assert page.mark.sign is Sign.UNKNOWN


def test_one_that_was_begun_elsewhere_is_shown_too(page):
    page.take(learning())
    assert page.stage is CalibrationStep.RUNNING


def test_stopping_goes_back_to_the_beginning(page, client):
    page.start.click()
    page.take(learning())
    page.stop.click()
    assert asked(client, "stop_calibrating") == [()]
    assert page.stage is CalibrationStep.BEFORE


def test_a_camera_that_goes_away_meanwhile_ends_it(page):
    page.start.click()
    page.take(learning())
    page.take(moment(2, mode=Mode.CAMERA_LOST, tick=None, why="the camera was unplugged"))
    assert page.stage is CalibrationStep.BEFORE
    assert "unplugged" in page.feedback.text()


def test_waiting_for_the_engine_to_begin_does_not_end_it(page):
    page.start.click()
    page.take(moment())
    assert page.stage is CalibrationStep.RUNNING


@pytest.fixture
def known(page):
    """The page once the posture was learned."""
    page.start.click()
    page.take(learning())
    page.happened(Calibrated(NOON + timedelta(seconds=13), BASELINE))
    page.take(moment(14))
    return page


def test_what_was_learned_is_said_with_the_boundary_drawn_in(known):
    assert known.body.text().startswith("Learned how you sit upright, seen from your right side. Good:")
    assert known.figure.figure.boundary is not None
    assert known.mark.sign is Sign.UPRIGHT


def test_crossing_the_line_turns_shape_and_words(known):
    known.take(moment(15, tick=tick(Phase.SLOUCHING)))
    assert known.mark.sign is Sign.SLOUCHING
    assert known.feedback.text() == "Crossed: this counts as slouching."
    assert (known.tried.slouched, known.tried.sat_up) == (True, False)
    assert known.figure.figure.crossed
    known.take(moment(16))
    assert known.mark.sign is Sign.UPRIGHT
    assert (known.tried.slouched, known.tried.sat_up) == (True, True)


def test_while_the_line_is_tried_out_what_is_unknown_is_said_in_a_sentence(known):
    known.take(moment(15, tick=tick(reason=Reason(Why.HEAD_TURNED, angle=40))))
    assert known.feedback.text() == "Unknown, because your head is turned by about 40°."


def test_keeping_goes_on_and_again_learns_again(known, qtbot, client):
    with qtbot.waitSignal(known.kept):
        known.keep.click()
    known.again.click()
    assert len(asked(client, "calibrate")) == 2


def test_an_old_moment_that_comes_late_does_not_undo_the_news(known):
    known.take(learning(0.99, after=12.9))
    assert known.stage is CalibrationStep.LEARNED


def test_a_calibration_that_is_started_elsewhere_is_shown_though_the_clock_was_set_back_since_the_last_one(known):
    known.take(learning(0.1, after=-3600))
    assert known.stage is CalibrationStep.RUNNING
    known.take(moment(-3590))
    assert known.stage is CalibrationStep.BEFORE


def test_a_refusal_is_said_with_its_reason_and_can_be_tried_again(page, client):
    page.start.click()
    page.happened(CalibrationFailed(NOON, "You moved too much."))
    assert page.body.text() == "You moved too much."
    assert page.start.text() == "Try again"
    page.start.click()
    assert page.stage is CalibrationStep.RUNNING
    assert len(asked(client, "calibrate")) == 2


def test_a_missing_camera_is_said_once_where_a_calibration_failed_because_of_it(page):
    page.start.click()
    page.happened(CalibrationFailed(NOON, "the camera was unplugged"))
    page.take(moment(1, mode=Mode.CAMERA_LOST, tick=None, why="the camera was unplugged"))
    assert page.body.text() == "The camera was unplugged."
    assert not page.feedback.isVisible()
    page.take(moment(2, mode=Mode.CAMERA_LOST, tick=None, why="another program uses it"))
    assert page.feedback.text() == "Another program uses it."


def test_the_reason_why_a_calibration_was_given_up_is_a_sentence(page):
    page.start.click()
    page.happened(CalibrationFailed(NOON, "you paused posturecam"))
    page.take(moment(1, mode=Mode.PAUSED, tick=None, why="you paused posturecam"))
    assert page.body.text() == "You paused posturecam."
    assert page.feedback.text() == "Paused until you resume."
    assert page.start.isVisible()


def test_during_a_pause_nobody_is_asked_to_try_the_line_out(known):
    known.take(moment(15, mode=Mode.PAUSED, tick=None, why="you paused posturecam"))
    assert not known.hint.isVisible()
    assert not known.tried.isVisible()
    assert known.feedback.text() == "Paused until you resume."
    known.take(moment(16))
    assert known.hint.isVisible()
    assert known.tried.isVisible()


def test_the_verdict_is_not_repeated_when_the_page_is_opened_again(known):
    known.hide()
    known.show()
    assert known.stage is CalibrationStep.BEFORE


def test_what_a_calibration_said_is_still_said_once_its_window_was_minimized(known):
    said = known.body.text()
    known.showMinimized()
    QApplication.processEvents()
    known.showNormal()
    QApplication.processEvents()
    assert known.stage is CalibrationStep.LEARNED
    assert known.body.text() == said
    assert known.keep.isVisible()


def test_a_fair_baseline_and_a_shown_slouch_are_said():
    words = verdict(replace(BASELINE, good=False, separation=5.0))
    assert "Fair" in words
    assert "this camera can tell" in words


def test_escape_stops_leaves_or_goes_on(page, qtbot, client):
    with qtbot.waitSignal(page.left):
        qtbot.keyClick(page.start, Qt.Key.Key_Escape)
    page.start.click()
    qtbot.keyClick(page.stop, Qt.Key.Key_Escape)
    assert page.stage is CalibrationStep.BEFORE
    assert asked(client, "stop_calibrating") == [()]
    page.start.click()
    page.happened(Calibrated(NOON + timedelta(seconds=13), BASELINE))
    with qtbot.waitSignal(page.kept):
        qtbot.keyClick(page.again, Qt.Key.Key_Escape)


def test_in_the_first_run_escape_stops_the_calibration_first(first, qtbot, client):
    go_to(first, CALIBRATION)
    first.calibration.start.click()
    qtbot.keyClick(first.back, Qt.Key.Key_Escape)
    assert first.isVisible()
    assert first.calibration.stage is CalibrationStep.BEFORE
    with qtbot.waitSignal(first.finished):
        qtbot.keyClick(first.calibration.start, Qt.Key.Key_Escape)


def test_recalibrating_can_be_left(page, qtbot):
    with qtbot.waitSignal(page.left):
        page.leave.click()


def test_in_the_first_run_keeping_leads_to_the_next_step(first):
    go_to(first, CALIBRATION)
    assert first.next.text() == "Skip for now"
    first.calibration.start.click()
    first.take(learning())
    first.happened(Calibrated(NOON + timedelta(seconds=13), BASELINE))
    assert not first.next.isVisible()
    first.calibration.keep.click()
    assert first.step == TELLING
    assert first.next.text() == "Next"


# How to be reminded


def test_ways_to_be_reminded_are_saved_at_once(first):
    go_to(first, TELLING)
    boxes = first.telling.cards
    assert [way for way, box in boxes.items() if box.isChecked()] == ["notification"]
    boxes["glow"].click()
    assert load_settings().desktop.alerts == ("notification", "glow")
    boxes["notification"].click()
    boxes["glow"].click()
    assert load_settings().desktop.alerts == ()
    assert not first.telling.try_it.isEnabled()


def test_a_way_chosen_by_another_program_meanwhile_stays_chosen(first, client):
    go_to(first, TELLING)
    change_settings({"desktop.alerts": "notification,glow"})
    client.reread_settings()
    first.happened(SettingsChanged(NOON, frozenset({"desktop.alerts"})))
    first.telling.cards["sound"].click()
    assert load_settings().desktop.alerts == ("notification", "sound", "glow")


def test_a_camera_chosen_by_another_program_meanwhile_is_shown(first, client, qtbot):
    go_to(first, CAMERA)
    shown = first.camera.list
    qtbot.waitUntil(lambda: shown.currentText() == "Built-in")
    change_settings({"camera.device": "usb-3"})
    client.reread_settings()
    first.happened(SettingsChanged(NOON, frozenset({"camera.device"})))
    qtbot.waitUntil(lambda: shown.currentText() == "BRIO (4)")


def test_a_way_that_this_system_cannot_show_is_not_offered_and_the_reason_is_said(qtbot, client, cameras):
    first = FirstRun(client, lambda: cameras, lacking=lambda way: "It needs more." if way == "blur" else None)
    qtbot.addWidget(first)
    first.show()
    go_to(first, TELLING)
    assert [way for way, card in first.telling.cards.items() if not card.isVisible()] == ["blur"]
    assert first.telling.cannot.text() == "It needs more."


def test_a_card_shows_what_it_does_unless_nothing_may_move(qtbot):
    lively, still = WayCard("glow"), WayCard("glow", still=True)
    for card in (lively, still):
        qtbot.addWidget(card)
        card.show()
        card.click()
        assert card.isChecked()
    assert (lively.is_moving, still.is_moving) == (True, False)


def test_the_sensitivity_is_chosen_there_too(first):
    go_to(first, TELLING)
    first.telling.levels.chips["relaxed"].click()
    assert load_settings().sensitivity.level == "relaxed"
    assert "small slouches" in first.telling.meaning.text()


def test_it_can_be_tried(first, client):
    go_to(first, TELLING)
    first.telling.try_it.click()
    assert asked(client, "try_alert") == [()]
