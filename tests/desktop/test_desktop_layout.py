"""Every screen fits, in the smallest window too; each control has a name; and the keyboard is enough."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

import pytest
import screens
from misfits import misfits
from moments import BASELINE, moment, tick
from PySide6.QtCore import QDate, QLocale, QPoint, QRect, QSize, Qt, QTime
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QLabel,
    QPushButton,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from posturecam.config.settings import Settings
from posturecam.desktop.pictures.charts import DayBars
from posturecam.desktop.pictures.measure_help import MeasureHelp
from posturecam.desktop.shell.main_window import MainWindow, Page
from posturecam.desktop.shell.qt_startup import locale_for
from posturecam.desktop.widgets import theme
from posturecam.desktop.widgets.layouts import ScrollingPage, fit_to_screen
from posturecam.desktop.widgets.parts import Chip, button
from posturecam.posture.measures import Name
from posturecam.posture.monitor import Phase
from posturecam.session.protocol.messages import Calibrated, Calibrating, StretchEnded
from posturecam.session.protocol.mode import Mode

SMALL, USUAL = (size for size, _ in list(screens.SIZES.values())[:2])
MIDDLE = QSize(800, 500 - screens.TITLE_BAR)
HALF = QSize(512, 600 - screens.TITLE_BAR)
"""Beside another window on a screen of 1024×600."""
NARROWEST = QSize(480, 700 - screens.TITLE_BAR)
"""As narrow as a window can be made."""
LOWEST = QSize(480, SMALL.height())


@contextmanager
def making(application):
    """All screens in a language; language, theme and windows are restored."""
    made, locale = [], QLocale()

    def make_them(language, look=theme.LIGHT):
        theme.apply(application, look)
        made.append(screens.Screens(application, language))
        return made[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/none")
        yield make_them
    for one in made:
        one.close()
    application.setProperty("posturecam_dark", False)
    QLocale.setDefault(locale)


@pytest.fixture
def make(qapp):
    with making(qapp) as make_them:
        yield make_them


def faults(screen, size):
    """What does not fit, in all screens; a window that cannot be made so narrow does not either."""
    found = []
    for name in screen.all:
        window = screen.laid_out(name, size)
        if window.width() > size.width() and name != "menu":
            found.append(f"{name}: {window.width()} wide, not {size.width()}")
        found += [f"{name}: {fault}" for fault in misfits(window)]
    return found


@pytest.mark.parametrize("language", screens.LANGUAGES)
def test_the_first_words_of_a_calibration_are_seen_on_the_smallest_screen(make, language):
    """With the focus on *Start*, the page had scrolled past how to sit."""
    screen = make(language)
    for name in ("welcome 3", "welcome learning"):
        window = screen.laid_out(name, SMALL)
        page = next(one for one in window.findChildren(ScrollingPage) if one.isVisibleTo(window))
        assert page.verticalScrollBar().value() == 0, name


def test_the_countdown_of_a_calibration_hides_nobody_in_a_low_picture(make):
    screen, beside = make("en"), {}
    for size in (SMALL, USUAL):
        screen.laid_out("welcome learning", size)
        screen.laid_out("welcome learning", size)  # the picture has its height by now
        ring, figure = screen.first.calibration.ring, screen.first.calibration.figure
        beside[size] = ring.x() > 0.6 * figure.width()
    assert beside == {SMALL: True, USUAL: False}


@pytest.mark.parametrize(
    ("language", "look"),
    [("de", theme.DARK), ("es", theme.LIGHT), ("zh", theme.LIGHT)],  # German has the longest words
    ids=["German", "Spanish", "Chinese"],
)
def test_no_screen_has_anything_cut_off_or_outside_the_smallest_window(make, language, look):
    assert faults(make(language, look), SMALL) == []


def test_no_screen_has_anything_cut_off_beside_another_window(make):
    assert faults(make("de"), HALF) == []


@dataclass
class Usual:
    """What is wrong in the usual window, on all screens of a language."""

    cut_off: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    """What takes the focus and has no name."""
    called_otherwise: set[tuple[str, str]] = field(default_factory=set)
    """What is read on a button, and how it is called, where the second does not contain the first."""


@pytest.fixture(scope="module")
def usual(qapp):
    """What is wrong in the usual window, in a language: every screen is brought up once for all tests of it."""

    @cache
    def looked_through(language):
        found = Usual()
        with making(qapp) as make_them:
            screen = make_them(language, theme.DARK)
            for name in screen.all:
                look_through(name, screen.laid_out(name, USUAL), found)
        return found

    return looked_through


def look_through(name, window, found):
    """Add what is wrong on one screen."""
    found.cut_off += [f"{name}: {fault}" for fault in misfits(window)]
    for one in window.findChildren(QWidget):
        inner = isinstance(one.parent(), QAbstractSpinBox)
        if (
            one.isVisible()
            and one.focusPolicy() & Qt.FocusPolicy.TabFocus
            and not inner
            and not isinstance(one, QTabBar)
        ):
            told = QAccessible.queryAccessibleInterface(one).text(QAccessible.Text.Name)
            found.unnamed += [f"{name}: {type(one).__name__}"] * (not told)
    for one in window.findChildren(QAbstractButton):
        label = " ".join(one.text().partition("·")[0].replace("&&", "&").strip(" …?").split())
        called = QAccessible.queryAccessibleInterface(one).text(QAccessible.Text.Name)
        if one.isVisible() and any(map(str.isalnum, label)) and label.casefold() not in called.casefold():
            found.called_otherwise.add((label, called))


def test_in_the_usual_window_nothing_is_cut_off_and_everything_that_takes_the_focus_has_a_name(usual):
    found = usual("en")
    assert found.cut_off == []
    assert found.unnamed == []


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_can_be_pressed_is_called_by_what_is_read_on_it(usual, language):
    """Somebody who speaks to the computer says what they see: WCAG 2.2, 2.5.3."""
    assert usual(language).called_otherwise == set()


def test_choices_that_exclude_each_other_are_radio_buttons_for_screen_readers(make):
    screen, found = make("en"), {}
    for name, words in (
        ("welcome 4", "Relaxed"),
        ("now", "Relaxed"),
        ("settings sensitivity", "Relaxed"),
        ("stretch", "All"),
        ("stretch questions", "1 minute"),
    ):
        window = screen.laid_out(name, USUAL)
        (chip,) = [one for one in window.findChildren(Chip) if one.isVisible() and one.text() == words]
        found[name] = QAccessible.queryAccessibleInterface(chip).role()
    assert set(found.values()) == {QAccessible.Role.RadioButton}, found


def test_the_pages_are_buttons_for_screen_readers_and_one_is_the_current_page(make):
    window = make("en").laid_out("history", USUAL)
    told = {}
    for one in window.findChildren(QToolButton):
        if one.isVisible():
            read = QAccessible.queryAccessibleInterface(one)
            told[read.text(QAccessible.Text.Name)] = read.role(), read.text(QAccessible.Text.Description)
    assert {role for role, _ in told.values()} == {QAccessible.Role.Button}
    assert [name for name, (_, words) in told.items() if words == "Current page"] == ["History"]


@pytest.mark.parametrize("name", ["welcome 4", "now", "settings sensitivity"])
def test_a_choice_is_read_out_with_what_is_chosen(make, name):
    window = make("en").laid_out(name, USUAL)
    (chip,) = [one for one in window.findChildren(Chip) if one.isVisible() and one.text() == "Relaxed"]
    assert chip.accessibleName() in ("Sensitivity: Relaxed", "What counts as slouching: Relaxed")


def test_on_a_small_screen_the_picture_gives_way_before_the_page_scrolls(make):
    screen, scrolled = make("en"), {}
    for name in ("welcome learned", "now", "now slouching", "now uncalibrated"):
        window = screen.laid_out(name, QSize(1024, 600 - screens.TITLE_BAR))
        shown = [one for one in window.findChildren(ScrollingPage) if one.isVisible()]
        scrolled[name] = [one.verticalScrollBar().maximum() for one in shown]
    assert set(map(tuple, scrolled.values())) == {(0,)}, scrolled


@pytest.mark.parametrize(
    ("language", "shares"),
    [
        ("de", {1.0: [MIDDLE], 1.5: [HALF, NARROWEST], 2.0: [USUAL, MIDDLE, NARROWEST, LOWEST]}),
        ("es", {2.0: [MIDDLE, NARROWEST]}),
        ("en", {1.5: [NARROWEST]}),
    ],
    ids=["German", "Spanish", "English"],
)
def test_text_of_another_size_is_followed_at_once_and_nothing_is_cut_off(make, qapp, language, shares):
    before, larger = qapp.font(), qapp.font()
    usual = theme.text_scale(before.pointSizeF())
    screen = make(language)
    window = screen.laid_out("history", MIDDLE)
    chart = window.findChild(DayBars)
    room, tall = chart.plot, chart.height()
    found = {}
    try:
        for share, sizes in shares.items():
            if share != 1.0:
                larger.setPointSizeF(11.0 * share / usual)
                qapp.setFont(larger)
                theme.apply(qapp, theme.LIGHT)
            for size in sizes:
                found[f"{share:.0%}, {size.width()}×{size.height()}"] = faults(screen, size)
        screen.laid_out("history", MIDDLE)
    finally:
        qapp.setFont(before)
        theme.apply(qapp, theme.LIGHT)
    assert not any(found.values()), found
    assert (chart.plot, chart.height()) == (room, tall)


def test_text_that_becomes_larger_in_an_open_window_rearranges_the_settings(make, qapp):
    before, larger = qapp.font(), qapp.font()
    usual = theme.text_scale(before.pointSizeF())
    screen = make("de")
    try:
        for share in (1.0, 1.5, 2.0):
            larger.setPointSizeF(11.0 * share / usual)
            qapp.setFont(larger)
            theme.apply(qapp, theme.LIGHT)
            assert misfits(screen.laid_out("settings reminders", LOWEST)) == []
    finally:
        qapp.setFont(before)
        theme.apply(qapp, theme.LIGHT)


def test_a_window_is_never_larger_than_its_screen(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    fit_to_screen(window, QSize(5000, 4000))
    room = window.screen().availableGeometry()
    assert window.width() <= room.width()
    assert window.height() < room.height()


def test_where_a_window_is_narrow_pages_are_chosen_by_icons_that_keep_their_names(make):
    screen = make("en")
    window = screen.laid_out("settings camera", SMALL)
    (leads,) = [one for one in window.findChildren(QWidget) if one.accessibleName() == "History" and one.isVisible()]
    assert leads.width() < 70
    window.resize(USUAL)
    assert leads.width() > 100


@pytest.mark.parametrize(("language", "key"), [("en", "Ctrl+3"), ("de", "Strg+3")])
@pytest.mark.skipif(sys.platform == "darwin", reason="it is the key Command there")
def test_a_page_names_its_keys_as_they_are_called_on_the_keyboard(make, language, key):
    window = make(language).laid_out("now", USUAL)
    assert [one.toolTip() for one in window.findChildren(QToolButton) if key in one.toolTip()]


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 2.0, 3.0])
def test_the_icons_of_the_pages_are_sharp_on_every_screen_to_which_the_window_is_moved(make, scale):
    window = make("en").laid_out("now", USUAL)
    (leads,) = [one for one in window.findChildren(QToolButton) if one.accessibleName() == "History"]
    assert leads.icon().pixmap(leads.iconSize(), scale).width() == round(scale * leads.iconSize().width())


def test_a_button_is_as_large_as_its_words_and_its_kind_need_now(qapp, qtbot):
    theme.apply(qapp, theme.LIGHT)
    changed, made = button("Skip", print), button("Skip for now\u2026", print, "primary")
    for one in (changed, made):
        qtbot.addWidget(one)
        one.sizeHint()
    changed.setText(made.text())
    assert changed.sizeHint().width() > button("Skip", print).sizeHint().width()
    changed.setProperty("kind", "primary")
    changed.style().unpolish(changed)
    changed.style().polish(changed)
    assert (changed.sizeHint(), changed.minimumSizeHint()) == (made.sizeHint(), made.minimumSizeHint())
    assert changed.heightForWidth(60) == made.heightForWidth(60) > made.sizeHint().height()


@pytest.mark.parametrize(
    ("points", "platform", "scale"),
    [(9, "win32", 1), (13.5, "win32", 1.5), (10, "linux", 1), (11, "linux", 1), (16.5, "linux", 1.5), (60, "linux", 2)],
)
def test_text_follows_the_systems_own_size(points, platform, scale):
    assert theme.text_scale(points, platform) == pytest.approx(scale)


def test_text_is_larger_where_the_systems_is(qapp, make):
    before = qapp.font()
    larger = qapp.font()
    larger.setPointSizeF(22)
    try:
        screen = make("en")
        usual = screen.first.next.sizeHint().width()
        qapp.setFont(larger)
        theme.apply(qapp, theme.LIGHT)
        assert screen.first.next.sizeHint().width() > 1.4 * usual
        assert misfits(screen.laid_out("welcome 1", USUAL)) == []
        shown = MeasureHelp(Name.CRANIOVERTEBRAL_ANGLE, "Craniovertebral angle (estimate)")
        shown.show_beside(screen.first.next)
        QApplication.processEvents()
        assert misfits(shown) == []
        shown.close()
        screen.windows.notes.say(f"The file /home/{'/'.join(['posturecam'] * 9)} cannot be written.")
        assert misfits(screen.laid_out("now", MIDDLE)) == []
    finally:
        qapp.setFont(before)


def in_view(window):
    """Whether the focused widget is in view, and how far the page is scrolled."""
    for _ in range(4):
        QApplication.processEvents()
    focused = window.focusWidget()
    (page,) = [one for one in window.findChildren(ScrollingPage) if one.isVisible()]
    place = QRect(focused.mapTo(window, QPoint(0, 0)), focused.size())
    room = QRect(page.viewport().mapTo(window, QPoint(0, 0)), page.viewport().size())
    inside = page.isAncestorOf(focused)
    return (room if inside else window.rect()).contains(place), page.verticalScrollBar().value()


def test_in_the_smallest_window_every_step_of_the_setup_begins_at_its_top_and_shows_the_button_that_leads_on(make):
    first = make("de").first
    first.show()
    first.resize(SMALL)
    look = Calibrating("Stay like this, look at the screen", True, 0.4, 7, None, tick())
    shown, tops = {}, []
    for number, step in enumerate(first.steps):
        if number:
            first.next.click()
            first.take(moment(number))
        shown[number], top = in_view(first)
        if step is not first.calibration:
            tops.append(top)
            continue
        first.calibration.start.click()
        first.take(moment(5, mode=Mode.CALIBRATING, tick=None, calibration=look))
        shown["learning"], _ = in_view(first)
        first.happened(Calibrated(moment(13).at, BASELINE))
        first.take(moment(14, tick=tick(Phase.SLOUCHING)))
        shown["learned"], _ = in_view(first)
    assert [name for name, visible in shown.items() if not visible] == []
    assert tops == [0] * 4


def test_a_page_that_the_user_has_scrolled_stays_there_when_it_grows(qtbot):
    page = QWidget()
    column = QVBoxLayout(page)
    begin, more = QPushButton("Begin"), QLabel("\n" * 9)
    column.addWidget(begin)
    column.addWidget(QLabel("\n" * 40))
    column.addWidget(more)
    more.hide()
    area = ScrollingPage(page)
    qtbot.addWidget(area)
    area.resize(300, 200)
    area.show()
    begin.setFocus()
    qtbot.waitUntil(begin.hasFocus)
    slider = area.verticalScrollBar()
    slider.triggerAction(QAbstractSlider.SliderAction.SliderToMaximum)
    QApplication.processEvents()
    before = slider.value()
    more.show()
    for _ in range(4):
        QApplication.processEvents()
    assert slider.value() == before > 0


def test_a_button_that_is_only_partly_in_view_stays_under_the_mouse_that_presses_it(qtbot):
    page, pressed = QWidget(), []
    column = QVBoxLayout(page)
    first, begin = QPushButton("First"), QPushButton("Begin\n\n\n\n\n")
    begin.clicked.connect(lambda: pressed.append(True))
    for one in (first, QLabel("\n" * 9), begin, QLabel("\n" * 40)):
        column.addWidget(one)
    area = ScrollingPage(page)
    qtbot.addWidget(area)
    area.show()
    QApplication.processEvents()
    area.resize(300, begin.y() + 15)
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    where = begin.mapTo(area, QPoint(40, 8))
    QTest.mouseClick(area.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
    assert pressed == [True]


# The keyboard.


def test_a_window_that_opens_at_a_page_has_the_focus_where_that_page_is_chosen(qtbot):
    window = MainWindow(tuple(Page(name, name, QWidget) for name in ("now", "history", "settings")))
    qtbot.addWidget(window)
    window.open("settings")
    qtbot.waitUntil(window.isActiveWindow)
    assert window.focusWidget().accessibleName() == "settings"


def press(window, *keys):
    """Press keys in the focused widget."""
    for key in keys:
        QApplication.processEvents()
        QTest.keyClick(window.focusWidget() or window, key)
    QApplication.processEvents()


def test_from_the_first_start_to_a_finished_break_with_the_keyboard_alone(make):
    screen = make("en")
    first, windows, enter = screen.first, screen.windows, Qt.Key.Key_Return
    windows.first_run.show()
    windows.take(moment())
    press(first, enter, enter)  # let's go; this camera
    windows.take(moment(1))
    press(first, enter)  # start
    assert ("calibrate", ("slouch", False)) in screen.client.asked
    look = Calibrating("Stay like this, look at the screen", True, 0.4, 7, None, tick())
    windows.take(moment(5, mode=Mode.CALIBRATING, tick=None, calibration=look))
    windows.happened(Calibrated(moment(13).at, BASELINE))
    windows.take(moment(14))
    windows.take(moment(15, tick=tick(Phase.SLOUCHING)))
    press(first, enter)  # continue
    press(first, Qt.Key.Key_Tab, Qt.Key.Key_Tab)
    press(first, enter, enter)  # next, done
    assert windows.first_run is None
    window = windows.window
    assert window.isVisible()
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.page == "stretch"
    pages = windows.stretches
    for _ in range(20):
        if window.focusWidget() in pages.choose.cards:
            break
        press(window, Qt.Key.Key_Tab)
    press(window, enter)  # the first card
    assert pages.currentWidget() is pages.detail
    press(window, enter)  # begin
    assert pages.currentWidget() is pages.questions
    press(window, enter)  # no, begin
    assert [one[0] for one in screen.client.asked].count("stretch") == 1
    windows.take(moment(30, mode=Mode.STRETCHING, tick=None, coaching=screen.coached[40]))
    press(window, Qt.Key.Key_Space, Qt.Key.Key_Q)
    assert screen.client.controls.take() == ["toggle", "end"]
    windows.happened(StretchEnded(moment(40).at, "Thoracic stretch", screen.summary, None))
    assert pages.currentWidget() is pages.summary
    press(window, enter)  # done
    assert window.page == "now"


def after_the_setup(screen):
    """The main window, as it is once the setup is finished."""
    screen.first.hide()
    screen.first.deleteLater()
    screen.windows.first_run = None
    return screen.windows.window


def test_tab_reaches_every_page_at_the_left_and_space_opens_it(make):
    screen = make("en")
    window = after_the_setup(screen)
    window.open("calibration")  # which is not listed there
    leads = {one.accessibleName(): one for one in window.findChildren(QToolButton) if one.isVisible()}
    leads["Now"].setFocus()
    opened = []
    for _ in range(3):
        press(window, Qt.Key.Key_Tab, Qt.Key.Key_Space)
        opened.append((window.focusWidget().accessibleName(), window.page, window.focusWidget().property("chosen")))
    assert opened == [("Stretch", "stretch", True), ("History", "history", True), ("Settings", "settings", True)]
    press(window, Qt.Key.Key_Space)  # once more
    assert (window.page, [name for name, one in leads.items() if one.property("chosen")]) == ("settings", ["Settings"])


def test_the_focus_at_the_left_goes_with_the_page_that_keys_open(make, qtbot):
    screen = make("en")
    window = after_the_setup(screen)
    window.open("now")
    next(one for one in window.findChildren(QToolButton) if one.accessibleName() == "Now").setFocus()
    qtbot.waitUntil(window.isActiveWindow)
    for key, name in ((Qt.Key.Key_3, "History"), (Qt.Key.Key_2, "Stretch")):
        QTest.keyClick(window.focusWidget(), key, Qt.KeyboardModifier.ControlModifier)
        assert window.focusWidget().accessibleName() == name
    window.open("settings")
    assert window.focusWidget().accessibleName() == "Settings"
    window.open("calibration")
    assert window.focusWidget().accessibleName() == "Start"


def put_behind(window, qtbot):
    """Activate a window of its own, like a reminder's in which a button was pressed."""
    card = QWidget()
    qtbot.addWidget(card)
    card.show()
    card.activateWindow()
    qtbot.waitUntil(lambda: not window.isActiveWindow())


def test_a_break_that_is_opened_from_a_reminder_is_ready_to_be_answered_by_the_keyboard(make, qtbot):
    screen = make("en")
    window = after_the_setup(screen)
    window.open("stretch")
    screen.windows.stretches.open_stretch("upper_back")  # and leave it again, so that the page was shown before
    press(window, Qt.Key.Key_Escape)
    QApplication.processEvents()
    put_behind(window, qtbot)
    screen.windows.stretches.open_stretch("desk_break")  # before the window becomes active again
    press(screen.windows.window, Qt.Key.Key_Return)  # no, begin
    assert [one[0] for one in screen.client.asked].count("stretch") == 1
    assert Settings().breaks.routine == "desk_break"


def test_a_second_alert_answered_while_the_window_is_behind_leaves_the_question_ready_for_the_keyboard(make, qtbot):
    screen = make("en")
    window = after_the_setup(screen)
    window.open("history")
    put_behind(window, qtbot)
    for _ in range(2):
        screen.windows.stretch("upper_back")
        put_behind(window, qtbot)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert window.focusWidget().text() == "No, begin"


def test_a_page_that_has_the_focus_itself_scrolls_by_keys_without_a_warning_in_the_log(qtbot, qtlog):
    page = QWidget()
    page.setMinimumSize(100, 2000)
    area = ScrollingPage(page)
    qtbot.addWidget(area)
    area.resize(200, 200)
    area.show()
    area.activateWindow()
    area.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_PageDown, Qt.Key.Key_Up):
        QTest.keyClick(area, key)
        QApplication.processEvents()
    assert area.verticalScrollBar().value() > 0
    assert [one.message for one in qtlog.records if "mapTo" in one.message] == []


@pytest.mark.parametrize(
    ("language", "system", "formats", "written"),
    [
        ("en", "en_US", "", "Sun 2:05 PM"),
        ("en", "fr_FR", "", "Sun 14:05"),
        ("en", "pt_BR", "", "Sun 14:05"),
        ("en", "fa_IR", "", "Sun 14:05"),
        ("en", "ar_EG", "", "Sun 2:05 PM"),
        ("de", "de_AT", "", "So. 14:05"),
        ("de", "pt_BR", "pt_BR.UTF-8", "So. 14:05"),
        ("en", "de_DE", "de_DE.UTF-8", "Sun 14:05"),
    ],
)
def test_dates_are_written_in_the_language_of_the_windows_and_in_the_style_of_the_system(
    monkeypatch, language, system, formats, written
):
    monkeypatch.setenv("LC_TIME", formats)
    monkeypatch.delenv("LC_ALL")
    found = locale_for(language, QLocale(system))
    time = found.toString(QTime(14, 5), QLocale.FormatType.ShortFormat).replace("\u202f", " ")
    assert f"{found.toString(QDate(2026, 11, 29), 'ddd')} {time}" == written
