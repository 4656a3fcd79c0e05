"""The settings page: generated from the declaration, changed through the engine, next to the live reading."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

import pytest
from fakes.session import FakeClient
from figures import from_side, person
from painted import painted_words
from PySide6.QtCore import QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QScrollArea,
    QSlider,
    QTimeEdit,
    QWidget,
)

from posturecam.config.declarations import entries, value_of
from posturecam.config.files import settings_path
from posturecam.config.settings import AlertSettings, SensitivitySettings, Settings
from posturecam.config.settings_file import change_settings, load_settings
from posturecam.desktop.pages.settings.choices import camera_choices
from posturecam.desktop.pages.settings.editors import editor
from posturecam.desktop.pages.settings.everyday import EVERYDAY_KEYS, PLACES, ROWS, place_of
from posturecam.desktop.pages.settings.fold import Fold
from posturecam.desktop.pages.settings.live_values import is_live, now
from posturecam.desktop.pages.settings.number_fields import DurationBox
from posturecam.desktop.pages.settings.page import SettingsPage
from posturecam.desktop.pages.settings.rows import SettingRow
from posturecam.desktop.pages.settings.words import (
    GROUPS,
    SettingChoice,
    as_text,
    label,
    plain_label,
    rows,
)
from posturecam.desktop.shell.places import PlaceWatcher
from posturecam.desktop.widgets import controls, theme
from posturecam.desktop.widgets.controls import ChoiceList, Segments, StepSlider, Switch
from posturecam.desktop.widgets.layouts import controls_in
from posturecam.desktop.widgets.numbers import typed_number
from posturecam.desktop.widgets.problems import Notes
from posturecam.errors import SettingsError
from posturecam.history.baselines import name_place, place_called, place_names, places_path
from posturecam.i18n.translate import choose_language
from posturecam.posture.assess import assess
from posturecam.posture.baseline import Baseline
from posturecam.posture.loop import Tick
from posturecam.posture.measures import Name
from posturecam.posture.monitor import MonitorState
from posturecam.posture.view import View
from posturecam.session.protocol.messages import SettingsChanged, Snapshot
from posturecam.session.protocol.mode import Mode
from posturecam.vision.frame import Frame
from posturecam.vision.sources.camera import Camera

pytestmark = pytest.mark.usefixtures("english")

AT = datetime(2026, 11, 20, 15, 0).astimezone()
CAMERAS = [SettingChoice("C920", "C920")]
ALL = {entry.key: entry for entry in entries(Settings())}


@pytest.fixture
def client():
    return FakeClient()


@pytest.fixture
def page(qtbot, client):
    made = SettingsPage(client, names={"camera.device": lambda: CAMERAS})
    qtbot.addWidget(made)
    made.resize(980, 800)
    made.show()
    return made


def row(page, key):
    """The row of a setting, wherever it is on the page."""
    return page.show_setting(key)


def open_everything(page):
    """Show every place, and every group of "Advanced", one after the other."""
    for place in PLACES:
        page.show_place(place)
    for group in GROUPS:
        if experts := [key for key in ALL if key.startswith(f"{group}.") and place_of(key) == "advanced"]:
            page.show_setting(experts[0])


def control(page, key, kind):
    return row(page, key).editor.findChild(kind)


def line(page, place, name):
    """The line with this name at one of the places for people."""
    page.show_place(place)
    return next(one for one in page.findChildren(SettingRow) if one.isVisible() and one.name == name)


def type_in(qtbot, box, words):
    box.lineEdit().selectAll()
    qtbot.keyClicks(box, words)
    qtbot.keyClick(box, Qt.Key.Key_Return)


def shown_keys(page):
    return {key for one in page.findChildren(SettingRow) if one.isVisible() for key in one.keys}


def watching(pose=None, *, baseline=None, neck=None, view=View.SIDE_RIGHT, at=AT, **more):
    pose = pose or from_side(neck=neck)
    reading = assess(pose, view, baseline, Settings())
    tick = Tick(Frame(0.0, recorded=True, pose=pose), pose, reading, MonitorState(), ())
    return Snapshot(at, Mode.WATCHING, tick=tick, baseline=baseline, **more)


def upright():
    values = {Name.NECK_INCLINATION: 10.0, Name.TRUNK_INCLINATION: 0.0, Name.NECK_FLEXION: 10.0}
    return Baseline(View.SIDE_RIGHT, "cam", "cam", "2026-11-20T09:00:00+01:00", 640, 480, 60, 0.1, values)


# Editors.


def test_every_default_survives_its_editor(qtbot):
    """The value shown by an editor, converted to text, is read as the same value by the settings file."""
    told = {}
    for listed in rows(ALL.values()):
        made = editor(listed)
        qtbot.addWidget(made)
        made.show_values({entry.key: entry.default for entry in listed})
        told |= made.texts
    assert set(told) == set(ALL)
    kept = {entry.key: entry.value for entry in entries(FakeClient().change_settings(told))}
    for key, entry in ALL.items():
        wanted = pytest.approx(entry.default, abs=5e-4) if isinstance(entry.default, float) else entry.default
        assert kept[key] == wanted, key


def test_the_limits_survive_their_editors(qtbot):
    for entry in ALL.values():
        if entry.low is None:
            continue
        made = editor([entry])
        qtbot.addWidget(made)
        for limit in (entry.low, entry.high):
            made.show_values({entry.key: limit})
            assert float(made.texts[entry.key]) == limit, entry.key


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("camera.device", QComboBox),
        ("camera.width", QDoubleSpinBox),
        ("side.neck_change", QDoubleSpinBox),
        ("alerts.longest_cool_down", DurationBox),
        ("alerts.cool_down", StepSlider),
        ("desktop.theme", QComboBox),
        ("desktop.tray", Switch),
        ("sensitivity.level", Segments),
        ("alerts.quiet_from", QTimeEdit),
        ("voice.name", QLineEdit),
    ],
)
def test_each_kind_of_setting_has_its_control(page, key, kind):
    assert isinstance(control(page, key, kind), kind)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2", "From 3 to 40°"),
        ("100", "From 3 to 40°"),
        ("many", "“many” is not a number"),
        ("inf", "“inf” is not a number"),
        ("nan", "“nan” is not a number"),
    ],
)
def test_what_cannot_be_taken_is_said_with_what_can_and_the_value_stays(page, client, qtbot, typed, said):
    box = control(page, "side.neck_change", QDoubleSpinBox)
    type_in(qtbot, box, typed)
    shown = row(page, "side.neck_change").said
    assert shown.isVisible()
    assert said in shown.text()
    assert box.value() == 10
    assert not client.asked


def test_what_was_said_is_gone_once_the_value_is_accepted(page, client, qtbot):
    box = control(page, "side.neck_change", QDoubleSpinBox)
    type_in(qtbot, box, "100")
    type_in(qtbot, box, "12")
    assert client.settings.side.neck_change == 12
    assert not row(page, "side.neck_change").said.isVisible()


def test_a_step_just_taken_is_kept_when_something_else_is_changed(page, client):
    plus = next(one for one in row(page, "side.neck_change").editor.findChildren(QAbstractButton) if one.text() == "+")
    plus.click()
    control(page, "desktop.reduced_motion", Switch).click()
    assert load_settings().desktop.reduced_motion
    stepped = load_settings().side.neck_change
    assert stepped > Settings().side.neck_change
    assert control(page, "side.neck_change", QDoubleSpinBox).value() == stepped
    page.undo_button.click()
    assert (load_settings().desktop.reduced_motion, load_settings().side.neck_change) == (False, stepped)


def test_steps_end_at_the_limits(page, qtbot):
    box = control(page, "side.neck_change", QDoubleSpinBox)
    type_in(qtbot, box, "40")
    qtbot.keyClick(box, Qt.Key.Key_Up)
    assert box.value() == 40


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [("45", 2700), ("1 h", 3600), ("1 h 30 min", 5400), ("90 s", 90), ("1,5 h", 5400), ("3h", 10800)],
)
def test_a_duration_is_typed_as_people_say_it(page, client, qtbot, typed, seconds):
    client.change_settings({"alerts.longest_cool_down": "600"})
    row(page, "alerts.longest_cool_down").show_settings(client.settings)
    box = control(page, "alerts.longest_cool_down", DurationBox)
    assert box.text() == "10 min"
    type_in(qtbot, box, typed)
    assert client.settings.alerts.longest_cool_down == seconds


@pytest.mark.parametrize(
    ("language", "shown", "typed"),
    [("de", "1 h 30 min", "45 min"), ("zh", "1 小时 30 分钟", "45 分钟"), ("zh", "1 小时 30 分钟", "45 min")],
)
def test_a_duration_is_shown_and_typed_in_the_users_language(qtbot, language, shown, typed):
    choose_language(language)
    box = DurationBox(60, 7200)
    qtbot.addWidget(box)
    box.setValue(5400)
    assert box.text() == shown
    box.lineEdit().setText(typed)  # Qt's own test keys cannot type Chinese
    box.interpretText()
    assert box.value() == 2700


def test_nonsense_typed_for_a_duration_is_said(page, client, qtbot):
    box = control(page, "alerts.longest_cool_down", DurationBox)
    type_in(qtbot, box, "soon")
    assert box.text() == "2 h"
    assert "“soon” is not a length of time" in row(page, "alerts.longest_cool_down").said.text()
    assert not client.asked


def test_a_span_of_the_day_is_reported_whole(page, client, qtbot):
    switch = control(page, "alerts.quiet_from", Switch)
    begin, _ = row(page, "alerts.quiet_from").editor.findChildren(QTimeEdit)
    assert not begin.isVisible()
    switch.click()
    assert (client.settings.alerts.quiet_from, client.settings.alerts.quiet_until) == (time(22), time(7))
    assert begin.isVisible()
    switch.click()
    assert client.settings.alerts.quiet_from is None
    assert client.settings.alerts.quiet_until is None


def test_each_way_of_being_reminded_has_a_switch_of_its_own_and_none_is_a_choice_too(page, client):
    glow, notification = line(page, "reminders", "Glow"), line(page, "reminders", "Notification")
    glow.editor.findChild(Switch).click()
    assert load_settings().desktop.alerts == ("notification", "glow")
    notification.editor.findChild(Switch).click()
    glow.reset.click()
    assert load_settings().desktop.alerts == ()
    assert (bool(notification.mark.toolTip()), bool(glow.mark.toolTip())) == (True, False)
    notification.reset.click()
    assert load_settings().desktop.alerts == ("notification",)


def test_a_way_that_this_system_cannot_show_says_why_and_can_only_be_switched_off(qtbot, client):
    page = SettingsPage(client, lacking=lambda way: "It needs something else." if way == "blur" else None)
    qtbot.addWidget(page)
    page.show()
    blur, glow = line(page, "reminders", "Blurred screen"), line(page, "reminders", "Glow")
    assert (blur.editor.isEnabled(), blur.help.text()) == (False, "It needs something else.")
    assert glow.editor.isEnabled()
    client.change_settings(
        {"desktop.alerts": "blur"}
    )  # chosen on another computer, or before something was switched off
    page.hide()
    page.show()
    assert blur.editor.isEnabled()
    blur.editor.findChild(Switch).click()
    assert client.settings.desktop.alerts == ()


def test_one_slider_sets_how_long_each_grade_of_slouch_may_last(page, client, qtbot):
    slider = line(page, "reminders", "Remind me after").editor.findChild(StepSlider)
    assert slider.words.text() == "2 min"
    qtbot.keyClick(slider.slider, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: bool(client.asked), timeout=3000)
    kept = client.settings.monitor
    assert (kept.mild_seconds, kept.moderate_seconds, kept.severe_seconds) == (180, 135, 90)
    line(page, "reminders", "Remind me after").reset.click()
    assert client.settings == Settings()


SLIDERS = [line for line in ROWS if line.steps]


@pytest.mark.parametrize("line", SLIDERS, ids=[line.keys[0] for line in SLIDERS])
def test_every_step_of_every_slider_is_saved(page, client, line):
    page.show_place(line.place)
    shown = next(one for one in page.findChildren(SettingRow) if one.keys == line.keys)
    slider = shown.editor.findChild(StepSlider)
    for number, step in enumerate(line.steps):
        slider.slider.setValue(number)
        slider.settled.emit()
        saved = [value_of(load_settings(), key) for key in line.keys]
        assert saved == [pytest.approx(share * step) for share in line.shares], step


def test_a_value_between_the_steps_of_a_slider_is_shown_as_it_is_and_stays(page, client):
    client.change_settings({"alerts.snooze": "1000"})
    shown = row(page, "alerts.snooze")
    shown.show_settings(client.settings)
    assert shown.editor.findChild(StepSlider).words.text() == "16 min 40 s"
    assert shown.editor.texts == {"alerts.snooze": "1000"}


def test_one_sensitivity_is_chosen_by_name_and_explained(page, client):
    shown = row(page, "sensitivity.level")
    assert "most people" in shown.help.text()
    shown.editor.findChild(Segments).chips["strict"].click()
    assert client.settings.sensitivity.level == "strict"
    assert "small changes" in shown.help.text()


@pytest.mark.parametrize(
    ("key", "length", "before", "after"),
    [
        ("breaks.eyes", "breaks.eyes_every", "Every 20 min at", "Every 1 h 30 min at"),
        ("breaks.stand", "breaks.stand_every", "After 30 min of", "After 1 h 30 min of"),
    ],
)
def test_the_help_names_the_time_that_is_set(page, client, key, length, before, after):
    page.show_place("breaks")
    shown = next(one for one in page.findChildren(SettingRow) if one.keys == (key,))
    assert shown.help.text().startswith(before)
    client.change_settings({length: "5400"})
    shown.show_settings(client.settings)
    assert shown.help.text().startswith(after)


def test_a_camera_that_is_not_there_now_stays_chosen(page, client):
    box = control(page, "camera.device", QComboBox)
    assert box.currentText() == "The first one found"
    client.change_settings({"camera.device": "Old one"})
    row(page, "camera.device").show_settings(client.settings)
    assert box.currentText() == "Old one (not connected)"
    box.setCurrentIndex(box.findData("C920"))
    box.activated.emit(box.currentIndex())
    assert client.settings.camera.device == "C920"


def test_each_listed_camera_is_chosen_by_what_means_no_other_one():
    cameras = [
        Camera(0, "HD Webcam Pro", "usb-1", 200),
        Camera(2, "HD Webcam", "usb-2", 200),
        Camera(4, "2", "usb-3", 200),
    ]
    assert [one.value for one in camera_choices(lambda: cameras, "")] == ["HD Webcam Pro", "HD Webcam", "usb-3"]
    assert [one.value for one in camera_choices(lambda: cameras, "pro")] == ["pro", "HD Webcam", "usb-3"]


def test_steps_of_a_number_are_kept_without_leaving_the_field(page, client, qtbot):
    box = control(page, "side.neck_change", QDoubleSpinBox)
    qtbot.keyClick(box, Qt.Key.Key_Up)
    qtbot.keyClick(box, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: bool(client.asked), timeout=3000)
    assert client.asked == [("change_settings", {"side.neck_change": "12"})]  # one change, not two


# Changing.


def test_a_change_is_saved_at_once_says_so_and_can_be_undone(page, client):
    control(page, "desktop.reduced_motion", Switch).click()
    assert load_settings().desktop.reduced_motion
    assert page.saved.text() == "✓ Saved: Reduce motion"
    page.undo_button.click()
    assert not load_settings().desktop.reduced_motion
    assert not control(page, "desktop.reduced_motion", Switch).isChecked()
    assert not page.undo_button.isVisible()


def test_names_with_quotes_and_backslashes_come_back_as_they_were(page, client):
    before = (r"C:\temp\new.exe", 'the "other" one')
    named = row(page, "quiet.ignored_programs").editor
    named.edited.emit({"quiet.ignored_programs": ", ".join(before)})
    named.edited.emit({"quiet.ignored_programs": "one"})
    page.undo_button.click()
    assert load_settings().quiet.ignored_programs == before


def test_an_undo_that_failed_can_be_tried_again(page, client, monkeypatch):
    control(page, "desktop.reduced_motion", Switch).click()

    def fail(*_):
        raise SettingsError("The settings cannot be written; free some room.")

    monkeypatch.setattr(client, "change_settings", fail)
    page.undo_button.click()
    assert "cannot be written" in page.banner.words.text()
    monkeypatch.undo()
    page.undo_button.click()
    assert not load_settings().desktop.reduced_motion


def test_what_does_not_fit_together_is_said_and_the_field_goes_back(page, client, qtbot):
    box = control(page, "monitor.severe_seconds", DurationBox)
    type_in(qtbot, box, "30 min")
    said = row(page, "monitor.severe_seconds").said
    assert said.isVisible()
    assert "at least monitor.severe_seconds (1800 s)" in said.text()
    assert box.text() == "1 min"
    assert client.settings == Settings()


def test_a_file_that_cannot_be_written_is_said(page, client, monkeypatch):
    def full(changes):
        raise SettingsError("The disk is full")

    monkeypatch.setattr(client, "change_settings", full)
    box = control(page, "desktop.tray", Switch)
    box.click()
    assert "The disk is full" in row(page, "desktop.tray").said.text()
    assert box.isChecked()


def test_what_differs_is_marked_and_has_a_way_back(page, client):
    one = row(page, "desktop.tray")
    assert not one.reset.isVisible()
    control(page, "desktop.tray", Switch).click()
    assert one.reset.isVisible()
    assert one.mark.toolTip().startswith("Changed.")
    assert one.mark.toolTip() == "Changed. Default: yes."
    one.reset.click()
    assert client.settings.desktop.tray
    assert not one.reset.isVisible()
    assert not one.mark.toolTip()
    assert one.editor.findChild(Switch).isChecked()


def test_language_and_look_are_announced_once_they_are_saved(qtbot, client):
    told = []
    page = SettingsPage(
        client,
        followers={
            "desktop.language": lambda: told.append(load_settings().desktop.language),
            "desktop.theme": lambda: told.append(load_settings().desktop.theme),
        },
    )
    qtbot.addWidget(page)
    row(page, "desktop.theme").editor.edited.emit({"desktop.theme": "dark"})
    row(page, "desktop.language").editor.edited.emit({"desktop.language": "de"})
    row(page, "desktop.tray").editor.edited.emit({"desktop.tray": "false"})
    assert told == ["dark", "de"]


def test_resetting_all_asks_first(page, client):
    row(page, "desktop.theme").editor.edited.emit({"desktop.theme": "dark"})
    page.reset_all.click()
    box = next(one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox) and one.isVisible())
    box.escapeButton().click()
    assert client.settings.desktop.theme == "dark"
    page.reset_all.click()
    box = next(one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox) and one.isVisible())
    next(button for button in box.buttons() if button.text() == "Reset all").click()
    assert client.settings == Settings()
    assert not settings_path().exists()
    assert row(page, "desktop.theme").editor.findChild(QComboBox).currentData() == "system"
    page.undo()
    assert client.settings.desktop.theme == "dark"


def test_what_was_changed_elsewhere_is_shown_when_the_page_is_opened_again(page, client):
    page.hide()
    client.change_settings({"desktop.theme": "light"})
    page.show()
    assert control(page, "desktop.theme", QComboBox).currentData() == "light"


def test_a_wheel_that_scrolls_the_page_changes_nothing_unless_the_control_was_chosen(page, client, qtbot):
    page.show()
    open_everything(page)
    controls = [one for kind in (QSlider, QComboBox, QAbstractSpinBox) for one in page.findChildren(kind)]
    assert {QTimeEdit, QDoubleSpinBox} <= {kind for one in controls for kind in type(one).__mro__}
    page.search.setFocus()
    for one in controls:
        roll(one)
    assert client.settings == Settings()
    slider = control(page, "desktop.glow", QSlider)
    slider.setFocus()
    before = slider.value()
    roll(slider)
    assert slider.value() != before


def roll(widget):
    """Turn the wheel over a widget."""
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


# Finding.


def test_six_groups_for_people_come_first_and_every_setting_is_somewhere_once(page):
    listed = [page.list.item(number).text() for number in range(page.list.count())]
    assert listed == [
        "Reminders",
        "Sensitivity",
        "Quiet times",
        "Breaks and stretches",
        "Camera",
        "General",
        "Advanced",
    ]
    assert sorted(GROUPS) == sorted(Settings.model_fields), "each group of the declaration has its title"
    found = [key for key in ALL if key in EVERYDAY_KEYS or any(key in one.keys for one in ROWS)]
    open_everything(page)
    assert {key for one in page.findChildren(SettingRow) for key in one.keys} >= set(ALL)
    assert len(found) < len(ALL) / 3, "people are not asked for everything"


def test_a_place_alone_is_shown(page):
    page.show_place("camera")
    assert shown_keys(page) == {"camera.device", "desktop.picture", "camera.rotate", "camera.flip"}


def test_advanced_is_folded_until_a_group_is_wanted(page):
    page.show_place("advanced")
    assert shown_keys(page) == set()
    row(page, "voice.patience")
    assert {"voice.patience", "voice.lateness"} <= shown_keys(page)
    assert "voice.volume" not in shown_keys(page)


def test_a_group_of_advanced_is_not_called_like_a_switch(page):
    """Screen readers call it a check box: "Quiet times, not checked" sounded as if there were none."""
    page.show_place("advanced")
    called = {one.accessibleName() for one in page.findChildren(Fold)}
    assert {"Quiet times: 1 setting", "Seen from the side: 17 settings"} <= called


@pytest.mark.parametrize("look", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_the_chosen_entry_of_an_open_list_can_be_read(qtbot, qapp, look):
    """It was drawn in the color of the ground, as was the one under the pointer."""
    theme.apply(qapp, theme.LIGHT)
    listed = ChoiceList()
    qtbot.addWidget(listed)
    listed.addItems(["English", "Deutsch", "Español"])
    listed.setCurrentIndex(1)
    try:
        theme.apply(qapp, look)
        listed.show()
        listed.showPopup()
        view = listed.view()
        entry = view.viewport().grab(view.visualRect(view.currentIndex())).toImage()
        listed.hidePopup()
    finally:
        theme.apply(qapp, theme.LIGHT)
    drawn = {entry.pixelColor(x, y).name() for x in range(entry.width()) for y in range(entry.height())}
    assert {look.accent, look.on_accent} <= drawn


def test_a_time_of_day_does_not_touch_the_frame_of_its_field(page, client):
    client.settings = client.settings.model_copy(
        update={"alerts": AlertSettings(quiet_from="22:00", quiet_until="07:00")}
    )
    page.take(Snapshot(AT, Mode.WATCHING))
    begin, _ = row(page, "alerts.quiet_from").editor.findChildren(QTimeEdit)
    shown = begin.grab().toImage()
    beside = {shown.pixelColor(x, y).name() for x in range(3, 8) for y in range(10, shown.height() - 10)}
    assert beside == {theme.current().surface}


def test_the_switch_of_a_span_stands_below_the_others_where_the_row_is_narrow(page):
    page.resize(560, 600)
    page.show_place("quiet")
    switches = [one for one in page.findChildren(Switch) if one.isVisible()]
    QApplication.processEvents()
    assert len(switches) == 5
    assert len({one.mapTo(page, one.rect().topRight()).x() for one in switches}) == 1


def test_search_finds_by_name_and_description(page):
    page.search.setText("snooze")
    assert "alerts.snooze" in shown_keys(page)
    assert "desktop.theme" not in shown_keys(page)
    page.search.setText(["WHOLE", "craniovertebral"][1])
    assert shown_keys(page) == {"side.cva_uncertainty"}
    page.search.setText("xyzzy")
    assert shown_keys(page) == set()
    assert "No setting" in page.found.text()


@pytest.mark.parametrize(
    ("language", "typed", "key"),
    [
        ("en", "strict", "sensitivity.level"),
        ("en", "theme", "desktop.theme"),
        ("en", "deutsch", "desktop.language"),
        ("de", "dunkel", "desktop.theme"),
        ("de", "tagesziel", "goal.upright"),
        ("es", "camara", "camera.device"),
        ("es", "OSCURO", "desktop.theme"),
        ("zh", "language", "desktop.language"),
        ("zh", "摄像头", "camera.device"),
    ],
)
def test_search_finds_choices_and_names_in_the_file_and_needs_no_accents(qtbot, client, language, typed, key):
    choose_language(language)
    page = SettingsPage(client)
    qtbot.addWidget(page)
    page.show()
    page.search.setText(typed)
    assert key in shown_keys(page)


def test_every_word_must_be_found(page):
    page.search.setText("neck side slouching")
    assert shown_keys(page)
    assert all(key.startswith("side.") for key in shown_keys(page))


def test_choosing_a_group_ends_the_search(page):
    page.search.setText("snooze")
    page.show_place("camera")
    assert page.search.text() == ""
    assert "camera.device" in shown_keys(page)
    assert "alerts.snooze" not in shown_keys(page)


@pytest.mark.parametrize("leave", ["a click on the group", "an emptied search"])
def test_above_the_values_for_experts_stands_what_they_are_after_a_search_too(page, leave):
    page.show_place("advanced")
    about = page.found.text()
    page.search.setText("camera")
    assert page.found.text() != about
    if leave == "an emptied search":
        page.search.clear()
    else:
        page.list.setCurrentRow(page.places.index("reminders"))
        page.list.setCurrentRow(page.places.index("advanced"))
    assert page.found.isVisible()
    assert page.found.text() == about


def test_while_searching_no_group_is_chosen_and_afterwards_it_is_the_one_of_before(page):
    page.show_place("camera")
    page.search.setText("snooze")
    assert page.list.selectedItems() == []
    assert "camera.device" not in shown_keys(page)
    page.search.clear()
    assert [one.text() for one in page.list.selectedItems()] == ["Camera"]
    assert "camera.device" in shown_keys(page)


def test_what_is_found_stands_in_the_order_of_the_groups(page):
    page.show_place("general")
    page.search.setText("camera")
    QApplication.processEvents()
    seen = [one for one in page.findChildren(SettingRow) if one.isVisible()]
    seen.sort(key=lambda one: one.mapTo(page, QPoint(0, 0)).y())
    places = [list(PLACES).index(place_of(one.keys[0])) for one in seen]
    assert places == sorted(places)


def test_changed_only_shows_what_differs(page, client):
    page.changed_only.setChecked(True)
    assert page.found.text() == "Nothing has been changed."
    row(page, "alerts.snooze").editor.edited.emit({"alerts.snooze": "600"})
    page.changed_only.setChecked(True)
    assert shown_keys(page) == {"alerts.snooze"}
    assert page.found.text() == "1 setting"


def test_the_way_of_being_reminded_can_be_tried(page, client):
    page.show_place("reminders")
    buttons = page.findChildren(QAbstractButton)
    next(button for button in buttons if button.text() == "Try it").click()
    assert client.asked == [("try_alert",)]


def test_a_note_stays_until_it_is_closed(qtbot, client):
    notes = Notes()
    page = SettingsPage(client, notes=notes)
    qtbot.addWidget(page)
    page.show()
    notes.say("The settings file was damaged")
    assert page.banner.isVisible()
    page.banner.findChild(QAbstractButton).click()
    assert not page.banner.isVisible()


def test_in_a_wide_window_a_name_stands_beside_its_editor(page, qtbot):
    shown = row(page, "desktop.language")

    def beside():
        QApplication.processEvents()
        words = next(one for one in shown.findChildren(QLabel) if one.text() == "Language")
        return words.mapTo(page, QPoint(0, 0)).y() > shown.editor.mapTo(page, QPoint(0, -words.height())).y()

    page.resize(1200, 800)
    assert beside()
    page.resize(500, 800)
    assert not beside()
    page.resize(1200, 800)
    assert beside()


# The live reading.


def test_a_threshold_stands_beside_the_reading_of_now(page):
    row(page, "side.neck_change")
    page.take(watching(neck=35.0, baseline=upright()))
    shown = row(page, "side.neck_change").now.text()
    assert shown.startswith("now ")
    assert "over it" in shown
    page.take(watching(neck=16.0, baseline=upright(), at=AT + timedelta(seconds=5)))
    assert "below it" in row(page, "side.neck_change").now.text()


def test_it_does_not_flicker(page):
    shown = row(page, "side.neck_absolute")
    page.take(watching(neck=35.0, baseline=upright()))
    first = shown.now.text()
    page.take(watching(neck=12.0, baseline=upright(), at=AT + timedelta(seconds=0.1)))
    assert shown.now.text() == first


@pytest.mark.parametrize("name", ["side", "front", "nobody", "paused"])
def test_every_live_threshold_has_a_figure_or_a_reason(name):
    snapshot = {
        "side": lambda: watching(neck=20.0, baseline=upright()),
        "front": lambda: watching(person(neck=12.0), view=View.FRONT, uncalibrated="no baseline yet"),
        "nobody": lambda: Snapshot(AT, Mode.WATCHING),
        "paused": lambda: Snapshot(AT, Mode.PAUSED),
    }[name]()
    live = [key for key in ALL if is_live(key)]
    assert len(live) > 15
    for key in live:
        said = now(key, snapshot, Settings())
        assert said.startswith("now "), key
        assert not said.endswith("because "), key
        assert "unknown" in said or key == "breaks.sitting" or name not in ("nobody", "paused"), key


def test_how_long_one_has_been_sitting_stands_beside_when_a_break_is_offered():
    assert now("breaks.sitting", Snapshot(AT, Mode.WATCHING, sitting=1830), Settings()) == "now 30 min, below it"
    assert now("breaks.sitting", Snapshot(AT, Mode.WATCHING, sitting=4000), Settings()) == "now 1 h 6 min, over it"


def test_without_a_baseline_a_change_is_unknown_with_the_reason():
    snapshot = watching(neck=20.0, uncalibrated="the camera was moved")
    assert now("side.neck_change", snapshot, Settings()) == "now unknown, because the camera was moved"
    assert "°" in now("side.neck_absolute", snapshot, Settings())


def test_a_setting_that_is_no_threshold_has_no_reading(page):
    row(page, "desktop.theme")
    page.take(watching(neck=20.0))
    assert not row(page, "desktop.theme").now.isVisible()


# For everybody.


def test_every_control_of_every_group_has_a_name(page):
    open_everything(page)
    within = (QDoubleSpinBox, QTimeEdit)  # their inner line edit uses their own name
    for widget in page.findChildren(QWidget):
        wanted = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.window() is page
        if wanted and not isinstance(widget.parent(), within):
            assert QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name), widget


@pytest.mark.parametrize("place", [place for place in PLACES if place != "advanced"])
def test_screen_readers_say_what_stands_beside_a_control(page, place):
    """The words in the window, not those for the settings file, some of which name other settings."""
    page.show_place(place)
    for line in (one for one in page.findChildren(SettingRow) if one.isVisible()):
        parts = [one for one in controls_in(line.editor) if one.isVisible()]
        assert parts
        for one in parts:
            told = [
                QAccessible.queryAccessibleInterface(one).text(part)
                for part in (QAccessible.Text.Name, QAccessible.Text.Description)
            ]
            assert line.name in " ".join(told)
            assert line.help.text() in told[1]


def test_a_slider_moved_by_a_key_says_its_value_instead_of_the_number_of_its_step(page, qtbot, monkeypatch):
    heard = []
    monkeypatch.setattr(controls, "announce", lambda _, words: heard.append(words))
    slider = control(page, "alerts.snooze", QSlider)
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert heard == []
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert heard == ["30 min"]
    assert slider.accessibleDescription().startswith("30 min")


def test_tab_reaches_what_is_shown(page):
    page.show_place("quiet")
    wanted = {
        widget
        for widget in page.findChildren(QWidget)
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    }
    chain, widget = set(), page
    for _ in range(3000):
        widget = widget.nextInFocusChain()
        chain.add(widget)
    assert wanted <= chain


@pytest.mark.parametrize("place", ["breaks", "advanced", "search"])
def test_tab_goes_from_top_to_bottom(page, place):
    page.show_setting("quiet.idle_after")
    page.show_place("camera" if place == "search" else place)
    for fold in page.findChildren(Fold)[2:0:-1]:  # the lower one is opened first
        fold.setChecked(place == "advanced")
    if place == "search":
        page.search.setText("camera")
    QApplication.processEvents()
    reached, one = [], page.list
    while (one := one.nextInFocusChain()) is not page.list:
        if one.isVisible() and one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus:
            reached.append(one)
    inside = page.found.parentWidget()
    heights = [one.mapTo(page, one.rect().center()).y() for one in reached if inside.isAncestorOf(one)]
    lines = [round(y / 8) for y in heights]  # what stands side by side differs by less
    assert len(lines) > 5
    assert lines == sorted(lines)


@pytest.mark.parametrize("place", PLACES)
def test_tab_leaves_a_group_at_its_end_and_what_it_reaches_is_in_view(page, qtbot, place):
    """Also the other way: back from above the group to its last control, which may be scrolled out of view."""
    page.resize(980, 400)
    page.show_place(place)
    area = page.findChild(QScrollArea)
    page.search.setFocus()
    keys, reached = {Qt.Key.Key_Tab: [], Qt.Key.Key_Backtab: []}, page.search
    for key, names in keys.items():
        for _ in range(60):
            qtbot.keyClick(reached, key)
            QApplication.processEvents()
            reached = page.focusWidget()
            names.append(reached.accessibleName() or reached.text())
            if area.isAncestorOf(reached):
                where = reached.mapTo(area.viewport(), reached.rect().center())
                assert area.viewport().rect().contains(where), names
            if reached is page.search:
                break
    assert reached is page.search
    assert keys[Qt.Key.Key_Backtab][:-1] == keys[Qt.Key.Key_Tab][-2::-1]


def test_labels_are_words():
    for key in ALL:
        shown = plain_label(key)
        assert shown, key
        assert "_" not in shown, key
        assert shown[0].isupper(), key
        assert label(key) == shown  # English is the text in the code


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        ((), "[]"),
        (("sound", "glow"), '["sound", "glow"]'),
        (None, ""),
        (time(7), "07:00:00"),
        (0.1, "0.1"),
    ],
)
def test_values_are_given_as_the_settings_file_takes_them(value, text):
    assert as_text(value) == text


def test_numbers_are_read_and_written_as_the_language_does(qtbot, client):
    QLocale.setDefault(QLocale("de_DE"))
    page = SettingsPage(client)
    qtbot.addWidget(page)
    page.show()
    box = control(page, "learned.probability", QDoubleSpinBox)
    assert box.text() == "0,5"
    type_in(qtbot, box, "0,35")
    assert client.settings.learned.probability == 0.35


@pytest.mark.parametrize(
    ("locale", "typed", "number"),
    [
        ("de_DE", "1.500", 1500),
        ("de_DE", "1.500,5", 1500.5),
        ("de_DE", "1.000.000", 1e6),
        ("de_DE", "0.500", 0.5),
        ("de_DE", "1.5", 1.5),
        ("es_ES", "1.500", 1500),
        ("es_MX", "1.500", 1.5),
        ("en_US", "1,500", 1500),
        ("en_US", "1,5", 1.5),
        ("en_US", "1.500", 1.5),
        ("de_CH", "1'500", 1500),
        ("zh_CN", "1,500", 1500),
        ("de_DE", "1 500", 1500),
        ("de_DE", "1\N{NO-BREAK SPACE}500", 1500),
        ("de_DE", "1 50", None),
        ("de_DE", "1.2.3", None),
        ("de_DE", "−5", -5),
        ("de_DE", "", None),
        ("de_DE", ".", None),
    ],
)
def test_thousands_are_never_taken_for_a_fraction(locale, typed, number):
    QLocale.setDefault(QLocale(locale))
    assert typed_number(typed) == number


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [("1.500 s", 1500), ("1 500 s", 1500), ("1,5 min", 90), ("1 h 1.500 s", 5100), ("1 30", None), ("-5 min", None)],
)
def test_thousands_of_seconds_are_read_as_such_and_two_numbers_without_a_unit_are_refused(qtbot, typed, seconds):
    QLocale.setDefault(QLocale("de_DE"))
    box = DurationBox(0, 1e6)
    qtbot.addWidget(box)
    refused = []
    box.unreadable.connect(refused.append)
    box.setValue(42)
    box.lineEdit().setText(typed)
    box.interpretText()
    assert (box.value(), refused) == ((42, [typed]) if seconds is None else (seconds, []))


class NamedDesk:
    """A desk with the names of `posturecam.history.baselines`, where the test moves the computer."""

    key = "screens-of-the-office"

    @property
    def name(self):
        return place_names().get(self.key, "")

    @property
    def others(self):
        return tuple(name for key, name in place_names().items() if key != self.key)

    def rename(self, name):
        return name_place(self.key, name)


def test_a_desk_is_named_and_called_by_its_name_when_the_computer_is_back(qtbot, client):
    desk = NamedDesk()
    shown = SettingsPage(client, desk=desk)
    qtbot.addWidget(shown)
    shown.show()
    shown.show_place("camera")
    field = shown.desk_name
    qtbot.keyClicks(field, "  Office ")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert (field.text(), desk.name) == ("Office", "Office")
    desk.key = "screens-at-home"
    shown.show_desk()
    assert field.text() == ""
    assert "Your other desks: Office." in field.about.text()
    qtbot.keyClicks(field, "Home")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    desk.key = "screens-of-the-office"
    shown.show_desk()
    assert field.text() == "Office"
    assert place_called("home") == "screens-at-home"
    field.clear()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert dict(place_names()) == {"screens-at-home": "Home"}


def test_names_of_desks_that_cannot_be_read_are_none(client):
    places_path().parent.mkdir(parents=True, exist_ok=True)
    places_path().write_text("{")
    assert place_names() == {}


def test_names_of_desks_that_cannot_be_kept_are_said(qtbot, client, monkeypatch):
    desk = NamedDesk()
    shown = SettingsPage(client, desk=desk)
    qtbot.addWidget(shown)
    shown.show_place("camera")

    def refuse(name):
        raise SettingsError("places.json cannot be written")

    monkeypatch.setattr(desk, "rename", refuse)
    shown.desk_name.setText("Office")
    shown.desk_name.editingFinished.emit()
    assert shown.desk_name.about.text() == "places.json cannot be written"


def test_the_session_is_told_at_which_desk_it_begins(qtbot, client, monkeypatch):
    told = []
    monkeypatch.setattr(client, "use_place", told.append)
    desk = PlaceWatcher(client)
    desk.look()
    assert len(told) == 1
    assert len(told[0]) == 12
    assert desk.rename(" The   office") == "The office" == desk.name
    assert dict(place_names()) == {told[0]: "The office"}


def test_the_page_shows_what_another_program_has_changed(page, client):
    shown = row(page, "sensitivity.level")
    client.settings = Settings(sensitivity=SensitivitySettings(level="strict"))
    page.happened(SettingsChanged(AT, frozenset({"sensitivity.level"})))
    assert shown.editor.findChild(Segments).chips["strict"].isChecked()


def changed_outside(page, client, **changes):
    """Change settings as another program does, `group__name="value"`, and let the page know as the app does."""
    told = {key.replace("__", "."): value for key, value in changes.items()}
    change_settings(told)
    client.reread_settings()
    page.happened(SettingsChanged(AT, frozenset(told)))


def test_what_is_half_typed_stays_when_another_program_changes_something_else(page, client, qtbot):
    field = control(page, "voice.name", QLineEdit)
    field.setFocus()
    qtbot.keyClicks(field, "Ann")
    changed_outside(page, client, voice__volume="0.3")
    assert field.text() == "Ann"
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert load_settings().voice.name == "Ann"


def test_a_change_from_outside_is_not_undone_but_earlier_changes_here_still_are(page, client):
    control(page, "desktop.reduced_motion", Switch).click()
    control(page, "desktop.picture", Switch).click()
    changed_outside(page, client, desktop__picture="true")
    page.undo_button.click()
    assert client.settings.desktop.picture
    assert not client.settings.desktop.reduced_motion


def test_nothing_is_left_to_undo_where_another_program_has_changed_it_since(page, client):
    control(page, "desktop.picture", Switch).click()
    assert page.undo_button.isVisible()
    page.hide()
    changed_outside(page, client, desktop__picture="true")
    page.show()
    assert not page.undo_button.isVisible()


def test_screen_readers_hear_whole_sentences_and_a_switch_without_its_state_in_its_name(page):
    spans = page.show_setting("alerts.quiet_from").editor
    assert {one.accessibleName() for one in spans.findChildren(Switch)} == {"Quiet hours"}
    page.show_place("advanced")
    told = [one.accessibleDescription() for one in page.findChildren(QAbstractSpinBox) if one.accessibleDescription()]
    assert told
    assert [words for words in told if re.search(r"[^.?!] From", words)] == []


def test_a_list_shows_what_is_chosen_and_its_hint_only_while_nothing_is(qtbot):
    choices = ChoiceList()
    qtbot.addWidget(choices)
    choices.addItems(["Integrated camera", "Camera on the desk"])
    choices.setPlaceholderText("Choose a camera")
    choices.setCurrentIndex(-1)
    choices.resize(400, 40)
    assert "".join(painted_words(choices)).replace(" ", "") == "Chooseacamera"
    choices.setCurrentIndex(1)
    assert "".join(painted_words(choices)).replace(" ", "") == "Cameraonthedesk"
    choices.resize(110, 40)
    assert "…" in "".join(painted_words(choices))


@pytest.mark.parametrize(("system", "told"), [("linux", "Camera. Which one watches"), ("win32", "Which one watches")])
def test_the_description_of_a_list_begins_with_its_name_where_the_name_itself_is_not_read(
    qtbot, monkeypatch, system, told
):
    monkeypatch.setattr(controls.sys, "platform", system)
    choices = ChoiceList()
    qtbot.addWidget(choices)
    choices.setAccessibleDescription("Which one watches")
    choices.setAccessibleName("Camera")
    assert choices.accessibleDescription() == told
