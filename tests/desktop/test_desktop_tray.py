"""The icons, the tray with its menu, and the small window that replaces it."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import combinations

import numpy as np
import pytest
from fakes.session import FakeClient
from moments import NOON, moment, raised_alert, tick
from PySide6.QtCore import QPoint, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QMenu, QSystemTrayIcon, QToolButton, QWidget

from posturecam.alerts.policy import Outlook, Response
from posturecam.alerts.text import Because, BreakOffer
from posturecam.config.settings import DesktopSettings, Settings
from posturecam.desktop.shell import tray as tray_module
from posturecam.desktop.shell.status_window import SmallWindow, StatusIndicator
from posturecam.desktop.shell.tray import LiveMenu, Tray
from posturecam.desktop.shell.tray_menu import menu_model
from posturecam.desktop.widgets.actions import MenuAction, Navigation, next_morning, perform
from posturecam.desktop.widgets.controls import Switch
from posturecam.desktop.widgets.icons import SignMark, app_icon, paint_sign, sign_icon
from posturecam.desktop.widgets.parts import Chip, button
from posturecam.desktop.widgets.status_line import lasting, status_line
from posturecam.desktop.widgets.theme import DARK, DARK_CONTRAST, LIGHT, LIGHT_CONTRAST, apply
from posturecam.history.models import PAUSES
from posturecam.posture.monitor import Phase
from posturecam.posture.reasons import SAID, Reason, Why
from posturecam.session.protocol.messages import BreakOffered
from posturecam.session.protocol.mode import Mode
from posturecam.session.protocol.sign import Sign

OFFER = BreakOffered(NOON, BreakOffer(Because.SITTING, 3000.0), "desk_break")


@pytest.fixture
def opened():
    """What was opened through the menu, in order."""
    return []


@pytest.fixture
def navigation(opened):
    return Navigation(
        open=lambda: opened.append("open"),
        calibrate=lambda: opened.append("calibrate"),
        stretch=lambda routine: opened.append(f"stretch {routine}"),
        why=lambda alert: opened.append(f"why {alert.at:%H:%M}"),
        quit=lambda: opened.append("quit"),
        later=lambda: opened.append("later"),
    )


@pytest.fixture
def client():
    return FakeClient(at=NOON)


# Icons


def shape(sign: Sign, size: int) -> np.ndarray:
    """Coverage of each pixel by the mark, 0 to 1: all that is left of it without colors."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    paint_sign(painter, sign, QRectF(0, 0, size, size), QColor("black"))
    painter.end()
    return np.array(image.constBits()).reshape(size, size, 4)[:, :, 3] / 255


@pytest.mark.parametrize("size", [16, 22, 24, 32, 48])
def test_every_state_is_recognizable_by_its_shape_alone(qapp, size):
    shapes = {sign: shape(sign, size) for sign in Sign}
    alike = {
        (one.value, other.value): differing
        for one, other in combinations(Sign, 2)
        if (differing := float(np.abs(shapes[one] - shapes[other]).mean())) < 0.08
    }
    assert alike == {}


THEMES = (LIGHT, DARK, LIGHT_CONTRAST, DARK_CONTRAST)
NAMES = ("light", "dark", "light, high contrast", "dark, high contrast")


def luminance(color: QColor) -> float:
    parts = [color.redF(), color.greenF(), color.blueF()]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def contrast(one: str, other: str) -> float:
    low, high = sorted([luminance(QColor(one)), luminance(QColor(other))])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES, ids=NAMES)
def test_words_can_be_read_and_frames_seen_on_every_ground(theme):
    """4.5 and 3 to 1 (WCAG 2.2, level AA); 7 to 1 for both where the system is set to high contrast."""
    words = [(theme.on_accent, theme.accent)]
    frames = []
    for ground in (theme.ground, theme.surface, theme.raised):
        words += [(ink, ground) for ink in (theme.text, theme.quiet, theme.accent)]
        frames += [(ink, ground) for ink in (theme.edge, theme.accent)]
    assert [pair for pair in words if contrast(*pair) < (7 if theme.contrast else 4.5)] == []
    assert [pair for pair in frames if contrast(*pair) < (7 if theme.contrast else 3)] == []


@pytest.mark.parametrize("theme", [LIGHT_CONTRAST, DARK_CONTRAST], ids=["light", "dark"])
def test_in_high_contrast_the_colors_of_states_and_the_lines_between_surfaces_stand_out_too(theme):
    inks = [*theme.signs.values(), theme.line]
    assert [ink for ink in inks if contrast(ink, theme.ground) < 7 or contrast(ink, theme.surface) < 7] == []


def chosen_chip():
    chip = Chip("Now", ticked=False)
    chip.setChecked(True)
    return chip


def from_above(shown, qtbot, qapp, theme):
    """The colors of a control that has the focus, along a line from the middle of its upper edge."""
    shown.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    qtbot.addWidget(shown)
    try:
        apply(qapp, theme)
        shown.resize(shown.sizeHint().expandedTo(QSize(60, 30)))
        shown.show()
        shown.activateWindow()
        shown.setFocus()
        qtbot.waitUntil(shown.hasFocus)
        image = shown.grab().toImage()
    finally:
        apply(qapp, LIGHT)
    return [image.pixelColor(image.width() // 2, y).name() for y in range(8)]


@pytest.mark.parametrize("theme", THEMES, ids=NAMES)
@pytest.mark.parametrize("make", [lambda: button("Go", list, "primary"), chosen_chip], ids=["button", "chip"])
def test_the_frame_of_what_has_the_focus_stands_out_from_a_colored_fill_and_from_the_ground(qtbot, qapp, make, theme):
    colors = list(dict.fromkeys(from_above(make(), qtbot, qapp, theme)))
    assert colors[-1] == theme.accent
    assert contrast(colors[0], theme.ground) >= 3
    assert contrast(colors[-2], theme.accent) >= 3


@pytest.mark.parametrize(
    "make", [lambda: button("Go", list), lambda: QCheckBox("Yes"), QToolButton, Switch, lambda: Chip("Now")]
)
def test_in_high_contrast_the_frame_around_what_has_the_focus_is_thicker_whatever_it_is(qtbot, qapp, make):
    colors = from_above(make(), qtbot, qapp, LIGHT_CONTRAST)
    assert colors[:3] == [LIGHT_CONTRAST.accent] * 3
    assert colors[3] != LIGHT_CONTRAST.accent


@pytest.mark.parametrize("theme", THEMES, ids=NAMES)
def test_the_entry_of_a_menu_that_the_keyboard_is_at_stands_out(qtbot, qapp, theme):
    """Its ground was nearly that of the others: 1.2 to 1."""
    menu = QMenu()
    qtbot.addWidget(menu)
    for words in ("for 15 min", "for 30 min"):
        menu.addAction(words)
    try:
        apply(qapp, theme)
        menu.ensurePolished()
        menu.resize(menu.sizeHint())
        menu.setActiveAction(menu.actions()[1])
        shown = menu.grab().toImage()
    finally:
        apply(qapp, LIGHT)
    grounds = [shown.pixelColor(menu.actionGeometry(one).topLeft() + QPoint(9, 9)).name() for one in menu.actions()]
    assert contrast(*grounds) >= 3


@pytest.mark.parametrize("sign", [Sign.UPRIGHT, Sign.SLOUCHING, Sign.RECOVERING])
def test_words_and_figures_in_the_color_of_a_state_can_be_read(sign):
    """4.5 to 1, as WCAG 2.2 requires of text: a measure beyond its limit, and the phase of a stretch."""
    assert all(
        contrast(theme.signs[sign], ground) >= 4.5
        for theme in (LIGHT, DARK)
        for ground in (theme.ground, theme.surface)
    )


@pytest.mark.parametrize("sign", Sign)
def test_every_mark_shows_against_its_ground(qapp, sign):
    """3 to 1, as WCAG 2.2 requires of graphics; in a panel of unknown color its background is the mark's own light rim."""
    assert contrast(LIGHT.signs[sign], "#ffffff") >= 3
    assert all(
        contrast(theme.signs[sign], ground) >= 3 for theme in (LIGHT, DARK) for ground in (theme.ground, theme.surface)
    )


@pytest.mark.parametrize("sign", Sign)
def test_every_mark_has_a_light_rim_in_the_panel(qapp, sign):
    image = sign_icon(sign).pixmap(QSize(32, 32), 1.0).toImage()
    pixels = [image.pixelColor(x, y) for x in range(32) for y in range(32)]
    assert any(pixel.lightnessF() > 0.9 and pixel.alphaF() > 0.5 for pixel in pixels)


@pytest.mark.parametrize("make", [app_icon, lambda: sign_icon(Sign.UPRIGHT)], ids=["app", "sign"])
def test_icons_are_sharp_at_the_sizes_of_panels(qapp, make):
    sizes = {(size.width(), size.height()) for size in make().availableSizes()}
    assert {(side, side) for side in (16, 22, 24, 32, 48)} <= sizes


def test_a_mark_says_its_state(qtbot):
    mark = SignMark()
    qtbot.addWidget(mark)
    mark.show_sign(Sign.CAMERA_LOST)
    assert mark.accessibleName() == "No camera"
    assert mark.grab().toImage().pixelColor(16, 16).alpha() > 0


# The status


@pytest.mark.parametrize(
    ("shown", "line"),
    [
        (moment(), "Upright for 12 min"),
        (moment(tick=tick(Phase.SLOUCHING, 30)), "Slouching for under 1 min"),
        (moment(tick=tick(Phase.DRIFTING, 65 * 60)), "Drifting for 1 h 05 min"),
        (
            moment(tick=tick(Phase.UNKNOWN, reason=Reason(Why.HEAD_TURNED, SAID, text="you are too near"))),
            "Unknown, because you are too near",
        ),
        (moment(tick=tick(Phase.UNKNOWN, problem="the camera was unplugged")), "No picture: the camera was unplugged"),
        (moment(tick=None), "Starting the camera…"),
        (moment(mode=Mode.STARTING), "Starting the camera…"),
        (moment(mode=Mode.CAMERA_LOST, why="no camera is plugged in"), "No camera is plugged in"),
        (moment(mode=Mode.CAMERA_LOST), "No camera"),
        (
            moment(mode=Mode.CAMERA_LOST, camera_works=True, why="the model is damaged"),
            "Not watching: the model is damaged",
        ),
        (moment(mode=Mode.CALIBRATING), "Calibrating…"),
        (moment(mode=Mode.STRETCHING), "Stretching"),
        (moment(mode=Mode.OFF, why="the screen is locked"), "Paused: the screen is locked"),
        (moment(mode=Mode.PAUSED, why=PAUSES["user"]), "Paused until you resume"),
        (moment(mode=Mode.PAUSED, why=PAUSES["setup"]), "Paused: the setup is not finished"),
        (moment(mode=Mode.PAUSED, until=NOON + timedelta(minutes=30)), "Paused until 12:30"),
        (moment(mode=Mode.PAUSED, until=NOON + timedelta(hours=17)), "Paused until tomorrow, 05:00"),
    ],
)
def test_the_status_is_said_in_a_line(shown, line):
    assert status_line(shown) == line


def test_the_status_changes_once_a_minute():
    assert len({lasting(seconds) for seconds in range(60, 120)}) == 1


# The menu


def acts(entries):
    return [entry.act for entry in entries if entry.act] + [act for entry in entries for act in acts(entry.entries)]


def texts(entries):
    return [entry.text for entry in entries]


def test_the_menu_begins_with_the_status():
    assert not menu_model(moment())[0].act
    assert menu_model(moment())[0].text == "Upright for 12 min"


def test_the_menu_says_why_there_are_no_alerts():
    assert "No reminders: in a meeting" in texts(menu_model(moment(outlook=Outlook(silent="in a meeting"))))


def test_an_alert_can_be_answered_from_the_menu_for_as_long_as_it_stands():
    answers = {MenuAction.ALERT_STRETCH, MenuAction.SNOOZE, MenuAction.FINE, MenuAction.WHY}
    assert answers & set(acts(menu_model(moment()))) == set()
    assert answers <= set(acts(menu_model(moment(alert=raised_alert()))))


def test_an_alert_offers_no_stretch_in_the_menu_on_a_day_on_which_the_user_wants_none():
    raised = raised_alert()
    raised = replace(raised, alert=replace(raised.alert, no_stretching=True))
    assert MenuAction.ALERT_STRETCH not in acts(menu_model(moment(alert=raised)))
    assert {MenuAction.SNOOZE, MenuAction.STRETCH} <= set(acts(menu_model(moment(alert=raised)))), "as on any day"


def test_no_two_entries_read_the_same():
    for shown in (moment(), moment(alert=raised_alert()), moment(mode=Mode.PAUSED)):
        said = [text for text in texts(menu_model(shown)) if text]
        assert len(said) == len(set(said))


def test_no_break_is_said_to_come_up_that_is_held_back():
    assert "Break coming up" in texts(menu_model(moment(break_in=0.0)))
    silent = Outlook(silent="in a meeting")
    assert "Break coming up" not in texts(menu_model(moment(break_in=0.0, outlook=silent)))
    assert "Next break in 30 min" in texts(menu_model(moment(break_in=1800.0, outlook=silent)))


def test_a_pause_can_be_ended_only_while_it_lasts():
    assert MenuAction.RESUME in acts(menu_model(moment(mode=Mode.PAUSED)))
    assert MenuAction.RESUME not in acts(menu_model(moment()))


def test_the_camera_is_not_turned_on_from_the_menu_before_the_setup_has_mentioned_it():
    entries = menu_model(moment(mode=Mode.PAUSED, why=PAUSES["setup"]))
    assert MenuAction.RESUME not in acts(entries)
    assert [entry.enabled for entry in entries if entry.text == "Pause"] == [False]
    assert MenuAction.OPEN in acts(entries)


def test_nothing_else_begins_during_a_calibration():
    entries = {entry.act: entry for entry in menu_model(moment(mode=Mode.CALIBRATING)) if entry.act}
    assert not entries[MenuAction.CALIBRATE].enabled
    assert not entries[MenuAction.STRETCH].enabled
    assert entries[MenuAction.QUIT].enabled


@pytest.mark.parametrize(
    ("act", "asked"),
    [
        (MenuAction.SNOOZE, [("answer", Response.SNOOZE, raised_alert())]),
        (MenuAction.FINE, [("answer", Response.FINE, raised_alert())]),
        (MenuAction.PAUSE_15, [("pause", NOON + timedelta(minutes=15))]),
        (MenuAction.PAUSE_60, [("pause", NOON + timedelta(hours=1))]),
        (MenuAction.PAUSE, [("pause",)]),
        (MenuAction.RESUME, [("resume",)]),
    ],
)
def test_an_entry_asks_the_engine(client, navigation, opened, act, asked):
    perform(act, client, navigation, raised_alert())
    assert client.asked == asked
    assert opened == []


@pytest.mark.parametrize(
    ("act", "name"),
    [
        (MenuAction.CALIBRATE, "calibrate"),
        (MenuAction.STRETCH, "stretch desk_break"),
        (MenuAction.OPEN, "open"),
        (MenuAction.QUIT, "quit"),
        (MenuAction.WHY, "why 12:00"),
        (MenuAction.LATER, "later"),
    ],
)
def test_an_entry_opens_what_it_names(client, navigation, opened, act, name):
    perform(act, client, navigation, raised_alert())
    assert opened == [name]
    assert client.asked == []


def test_a_stretch_for_an_alert_is_its_answer_too(client, navigation, opened):
    perform(MenuAction.ALERT_STRETCH, client, navigation, raised_alert())
    assert client.asked == [("answer", Response.STRETCH, raised_alert())]
    assert opened == ["stretch desk_break"]


def test_a_stretch_that_the_plan_offers_is_the_planned_one(client, navigation, opened):
    planned = BreakOffered(NOON, BreakOffer(Because.PLAN, 900.0, title="Upper back"), "upper_back")
    perform(MenuAction.STRETCH, client, navigation, offered=planned)
    assert opened == ["stretch upper_back"]


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        (datetime(2026, 3, 3, 15, 0), "2026-03-04T05:00:00+01:00"),
        (datetime(2026, 3, 28, 15, 0), "2026-03-29T05:00:00+02:00"),
        (datetime(2026, 10, 24, 23, 59), "2026-10-25T05:00:00+01:00"),
        (datetime(2026, 12, 31, 15, 0), "2027-01-01T05:00:00+01:00"),
        (datetime(2026, 3, 4, 0, 30), "2026-03-04T05:00:00+01:00"),
        (datetime(2026, 3, 29, 1, 30), "2026-03-29T05:00:00+02:00"),
        (datetime(2026, 3, 4, 4, 30), "2026-03-05T05:00:00+01:00"),
        (datetime(2026, 3, 4, 5, 0), "2026-03-05T05:00:00+01:00"),
    ],
    ids=[
        "usual",
        "clocks go forward",
        "clocks go back",
        "new year",
        "in the night",
        "in the night the clocks go forward",
        "almost morning",
        "morning",
    ],
)
@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be changed on this system")
def test_tomorrow_begins_at_five_by_the_clock_on_the_wall(monkeypatch, now, morning):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        assert next_morning(now.astimezone()).isoformat() == morning
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.fixture
def menu(qtbot, client, navigation):
    made = LiveMenu()
    made.connect_to(client, navigation)
    qtbot.addWidget(made)
    return made


def named(menu, text):
    return next(action for action in menu.actions() if action.text() == text)


def test_choosing_in_the_menu_does_it(menu, client, opened):
    menu.take(moment(alert=raised_alert()))
    named(menu, "I'm fine").trigger()
    named(menu, "Why?").trigger()
    named(menu, "Pause").menu().actions()[-1].trigger()
    assert client.asked == [("answer", Response.FINE, raised_alert()), ("pause",)]
    assert opened == ["why 12:00"]


def test_a_pause_is_counted_by_the_clock_of_what_is_watched(menu, client):
    menu.take(moment(-10_000))  # from before the computer slept
    named(menu, "Pause").menu().actions()[0].trigger()
    assert client.asked == [("pause", NOON + timedelta(minutes=15))]


def test_an_open_menu_answers_the_alert_it_shows_although_that_is_over(menu, client):
    menu.take(moment(alert=raised_alert()))
    menu.popup(menu.pos())
    menu.take(moment(1))
    named(menu, "Snooze").trigger()
    menu.hide()
    assert client.asked == [("answer", Response.SNOOZE, raised_alert())]


def test_a_break_that_is_offered_can_be_taken_or_put_off_in_the_menu(menu, opened):
    menu.take(moment())
    menu.offer(OFFER)
    assert named(menu, "Time for a short break?").isEnabled() is False
    assert sum(action.text() == "Stretch now" for action in menu.actions()) == 1
    named(menu, "In a few minutes").trigger()
    named(menu, "Stretch now").trigger()
    assert opened == ["later", "stretch desk_break"]
    menu.offer(None)
    assert "In a few minutes" not in [action.text() for action in menu.actions()]


def test_an_alert_goes_before_the_offer_of_a_break():
    assert MenuAction.LATER not in acts(menu_model(moment(alert=raised_alert()), OFFER))


def test_a_session_that_died_says_why_and_offers_nothing_that_nobody_would_do(qtbot, client, navigation):
    died = moment(mode=Mode.ENDED, tick=None, why="an error in posturecam (KeyError: 'name')")
    entries = menu_model(died)
    assert texts(entries)[:2] == ["Ended: an error in posturecam (KeyError: 'name')", "Quit and start posturecam again"]
    able = {entry.text: entry.enabled for entry in entries if entry.act is not None or entry.entries}
    assert able == {"Pause": False, "Recalibrate": False, "Stretch now": False, "Open posturecam": True, "Quit": True}
    small = SmallWindow()
    small.connect_to(client, navigation)
    qtbot.addWidget(small)
    small.take(died)
    assert small.status.text() == "Ended: an error in posturecam (KeyError: 'name')"
    assert small.height() >= small.sizeHint().height()
    assert not named(small.menu, "Pause").isEnabled()
    small.leave()


def test_a_session_can_be_ended_in_the_menu(menu, client):
    menu.take(moment())
    assert "End the session" not in [action.text() for action in menu.actions()]
    menu.take(moment(1, mode=Mode.STRETCHING, tick=None))
    named(menu, "End the session").trigger()
    assert client.controls.take() == ["end"]


def test_what_only_says_something_cannot_be_chosen(menu):
    menu.take(moment())
    assert not named(menu, "Upright for 12 min").isEnabled()


def test_only_texts_change_while_nothing_new_can_be_done(menu):
    menu.take(moment())
    before = menu.actions()
    menu.take(moment(tick=tick(lasting=800)))
    assert menu.actions() == before
    assert before[0].text() == "Upright for 13 min"


def test_no_entry_moves_under_the_pointer(menu, qtbot):
    menu.take(moment())
    menu.popup(menu.pos())
    before = menu.actions()
    menu.take(moment(alert=raised_alert()))
    assert menu.actions() == before
    menu.hide()
    qtbot.waitUntil(lambda: any(action.text() == "Snooze" for action in menu.actions()))


def test_the_entry_that_was_hit_is_done_although_the_menu_changes(menu, qtbot, opened):
    menu.take(moment(alert=raised_alert()))
    menu.popup(menu.pos())
    menu.take(moment())
    menu.setActiveAction(named(menu, "Open posturecam"))
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened == ["open"])
    qtbot.waitUntil(lambda: not any(action.text() == "Snooze" for action in menu.actions()))


# The tray


@pytest.fixture
def tray(qapp, client, navigation):
    made = Tray()
    made.connect_to(client, navigation)
    yield made
    made.close()


def test_the_icon_is_changed_only_when_the_state_does(tray, monkeypatch):
    set_to = []
    monkeypatch.setattr(tray.icon, "setIcon", lambda icon: set_to.append(icon), raising=False)
    for after in range(5):
        tray.take(moment(after))
    tray.take(moment(6, tick=tick(Phase.SLOUCHING)))
    assert len(set_to) == 2


def test_the_tray_says_the_status(tray):
    tray.take(moment())
    assert tray.icon.toolTip() == "posturecam – Upright for 12 min"
    assert tray.icon.contextMenu() is tray.menu


def test_a_click_on_the_icon_opens_the_window(tray, opened):
    tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Context)
    assert opened == ["open"]


def test_the_icon_is_shown_before_the_session_and_keeps_its_menu(qapp, client, navigation, opened):
    shown = Tray()
    menu = shown.icon.contextMenu()  # some panels ask only once for it
    assert shown.icon.isVisible() or not QSystemTrayIcon.isSystemTrayAvailable()
    shown.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    assert opened == []
    shown.connect_to(client, navigation)
    shown.take(moment())
    assert shown.icon.contextMenu() is menu
    named(menu, "Open posturecam").trigger()
    shown.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    assert opened == ["open", "open"]
    shown.close()


def test_on_macos_a_click_shows_only_the_menu(tray, opened, monkeypatch):
    monkeypatch.setattr(tray_module.sys, "platform", "darwin")
    tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    assert opened == []


# The small window


@pytest.fixture
def small(qtbot, client, navigation):
    made = SmallWindow()
    made.connect_to(client, navigation)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.leave()


def test_the_small_window_shows_the_sign_the_status_and_the_menu(small):
    small.take(moment(tick=tick(Phase.DRIFTING, 300)))
    assert small.mark.sign is Sign.DRIFTING
    assert small.status.text() == "Drifting for 5 min"
    assert small.menu_button.menu() is small.menu
    assert "Drifting for 5 min" in small.windowTitle()


def test_the_small_window_says_that_it_starts_before_there_is_a_session(qtbot, opened):
    made = SmallWindow()
    qtbot.addWidget(made)
    made.show()
    assert made.status.text() == "Starting"
    qtbot.mouseClick(made.open_button, Qt.MouseButton.LeftButton)
    assert opened == []
    made.leave()


def test_a_long_reason_is_shown_whole(small):
    small.take(
        moment(
            tick=tick(
                Phase.UNKNOWN, reason=Reason(Why.HEAD_TURNED, SAID, text="you are nearer to the camera than " * 4)
            )
        )
    )
    assert small.status.height() >= small.status.heightForWidth(small.status.width())


def test_closing_the_small_window_only_puts_it_aside(small):
    small.close()
    assert small.isVisible()
    assert small.isMinimized()


def test_the_small_window_closes_when_the_session_ends(small):
    small.leave()  # called when the session manager requests it
    small.close()
    assert not small.isVisible()


def test_the_small_window_opens_the_large_one(small, opened, qtbot):
    qtbot.mouseClick(small.open_button, Qt.MouseButton.LeftButton)
    assert opened == ["open"]


def test_everything_in_the_small_window_can_be_reached_and_has_a_name(small):
    controls = [child for child in small.findChildren(QAbstractButton) if child.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert len(controls) == 2
    assert all(control.accessibleName() for control in controls)
    assert tabbed(small) >= set(controls)


def tabbed(window: QWidget) -> set[QWidget]:
    """All widgets reached by Tab."""
    found, now = set(), window.nextInFocusChain()
    while now not in found:
        found.add(now)
        now = now.nextInFocusChain()
    return found


# Which of the two


@pytest.fixture
def indicator(qapp, navigation, monkeypatch):
    made = []

    def make(available, settings=None):
        monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: available))
        client = FakeClient(settings)
        made.append(StatusIndicator(client.settings.desktop.tray))
        made[-1].connect_to(client, navigation)
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_with_a_tray_there_is_no_small_window(indicator):
    shown = indicator(True)
    assert shown.tray is not None
    assert shown.small is None


def test_without_a_tray_the_small_window_takes_its_place(indicator):
    shown = indicator(False)
    assert shown.tray is None
    assert shown.small.isVisible()


def test_who_wants_no_tray_gets_the_small_window(indicator):
    assert indicator(True, Settings(desktop=DesktopSettings(tray=False))).small.isVisible()


def test_a_tray_that_comes_later_is_used_and_shows_the_state_of_now(indicator, monkeypatch):
    shown = indicator(False)
    shown.take(moment())
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    shown.findChild(QTimer).timeout.emit()
    assert shown.small is None
    assert shown.tray.icon.toolTip() == "posturecam – Upright for 12 min"


def test_a_tray_that_comes_later_shows_the_break_that_is_offered(indicator, monkeypatch):
    shown = indicator(False)
    shown.take(moment())
    shown.offer(OFFER)
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    shown.findChild(QTimer).timeout.emit()
    assert "In a few minutes" in [action.text() for action in shown.tray.menu.actions()]


def test_a_tray_that_comes_or_goes_while_the_menu_is_open_waits_until_it_is_closed(indicator, monkeypatch):
    shown = indicator(False)
    shown.take(moment())
    for available in (True, False):
        monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda there=available: there))
        menu = (shown.tray or shown.small).menu
        menu.popup(QPoint(0, 0))
        shown.findChild(QTimer).timeout.emit()
        assert menu.isVisible()
        assert (shown.tray is None) is available
        menu.close()
        shown.findChild(QTimer).timeout.emit()
        assert (shown.tray is None) is not available


def test_a_tray_that_goes_away_leaves_the_small_window(indicator, monkeypatch):
    shown = indicator(True)
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: False))
    shown.findChild(QTimer).timeout.emit()
    assert shown.tray is None
    assert shown.small.isVisible()
