"""How an alert appears on the desktop: glow, dimming, our own card, the system's notification, a chime; and its explanation."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fakes.session import FakeClient
from fakes.voice import FakePlayer
from fakes.x_server import x_server
from moments import BASELINE, NOON, moment, raised_alert, tick
from PySide6.QtCore import QEvent, QPoint, QPropertyAnimation, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QCursor, QFont, QGuiApplication, QImage, QPainter, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QWidget

from posturecam.alerts.policy import Outlook, Response
from posturecam.alerts.text import Because, BreakOffer
from posturecam.config.settings import DesktopSettings, Settings
from posturecam.desktop.alerts import glow as glow_module
from posturecam.desktop.alerts import presenter as telling
from posturecam.desktop.alerts import toast as toast_module
from posturecam.desktop.alerts import why
from posturecam.desktop.alerts.glow import NO_BLUR, NO_COMPOSITOR, NO_WAYLAND, Glow
from posturecam.desktop.alerts.glow_windows import Edge, Shade, Strip, frosted, paint_glow, thickness
from posturecam.desktop.alerts.presenter import NOT_BLURRED, AlertPresenter, ring
from posturecam.desktop.alerts.toast import Toast, ToastButton
from posturecam.desktop.alerts.why import EvidenceDialog, WhyDialog
from posturecam.desktop.pictures.figure_view import FigureView
from posturecam.desktop.pictures.gauges import Gauge
from posturecam.desktop.pictures.lasting_bar import LastingBar
from posturecam.desktop.widgets.icons import SignMark
from posturecam.desktop.widgets.theme import LIGHT, apply
from posturecam.history.models import EventKind, KeptEvent
from posturecam.i18n.translate import choose_language
from posturecam.posture.monitor import Phase
from posturecam.posture.records.evidence import from_json, to_json
from posturecam.session.protocol.messages import BreakAhead, BreakOffered
from posturecam.session.protocol.mode import Mode
from posturecam.session.rules.breaks import BreakAnswer

OFFER = BreakOffered(NOON, BreakOffer(Because.SITTING, 3000.0), "full")
NO_SERVICE = ConnectionError("no bus")


def wishing(*alerts: str, **desktop) -> FakeClient:
    return FakeClient(Settings(desktop=DesktopSettings(alerts=alerts, **desktop)))


# The glow


@pytest.fixture
def glowing(qapp):
    made = []

    def make(*alerts, client=None, **desktop):
        wished = {"reduced_motion": True, "glow": 1.0, **desktop}
        made.append(Glow(client or wishing(*(alerts or ("glow",)), **wished)))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_it_glows_at_every_edge_of_every_screen(glowing):
    glow = glowing()
    glow.take(moment(glow=1.0))
    screens = QGuiApplication.screens()
    assert len(glow.windows) == 4 * len(screens)
    for screen in screens:
        covered = [window.geometry() for window in glow.windows]
        corners = screen.geometry()
        for point in (corners.topLeft(), corners.topRight(), corners.bottomLeft(), corners.bottomRight()):
            assert sum(area.contains(point) for area in covered) == 1  # overlapping areas would glow twice as strongly


def test_nothing_is_left_of_a_glow_that_is_over(glowing, qtbot):
    glow = glowing()
    glow.take(moment(glow=0.5))
    windows = glow.windows
    glow.take(moment(glow=0.0))
    assert glow.windows == []
    assert not any(window.isVisible() for window in windows)
    assert not any(timer.isActive() for timer in glow.findChildren(QTimer))


def test_nothing_is_shown_that_was_not_chosen(glowing):
    glow = glowing("notification", "sound")
    glow.take(moment(glow=1.0))
    assert glow.windows == []


def test_no_click_and_no_key_goes_to_the_glow(glowing):
    glow = glowing("glow", "dim")
    glow.take(moment(glow=1.0))
    assert glow.windows
    for window in glow.windows:
        assert window.windowFlags() & Qt.WindowType.WindowTransparentForInput
        assert window.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
        assert window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
        assert window.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        assert not window.isActiveWindow()


def test_it_grows_with_the_posture_step_by_step_and_then_rests(glowing, qtbot, monkeypatch):
    monkeypatch.setattr(glow_module, "FADE_SECONDS", 0.1)
    glow = glowing(reduced_motion=False)
    glow.take(moment(glow=1.0))
    seen = []
    qtbot.waitUntil(lambda: seen.append(glow.strength) or glow.strength == 1.0, timeout=6000)
    assert seen == sorted(seen)
    assert len(set(seen)) > 5
    assert not any(timer.isActive() for timer in glow.findChildren(QTimer))


def test_with_less_motion_it_changes_in_few_steps(glowing):
    glow = glowing()
    strengths = set()
    for share in range(101):
        glow.take(moment(glow=share / 100))
        strengths.add(glow.strength)
    assert strengths == {0.0, 0.25, 0.5, 0.75, 1.0}
    assert not any(timer.isActive() for timer in glow.findChildren(QTimer))


def test_it_is_never_stronger_than_the_user_chose(glowing):
    glow = glowing("glow", "dim", glow=0.4)
    glow.take(moment(glow=1.0))
    assert glow.strength == pytest.approx(0.4)
    assert glow.darkness == pytest.approx(0.2)


def test_dimming_covers_every_screen_whole(glowing):
    glow = glowing("dim")
    glow.take(moment(glow=1.0))
    assert [window.geometry() for window in glow.windows] == [screen.geometry() for screen in QGuiApplication.screens()]


def test_a_trial_is_shown_for_a_moment(glowing, qtbot):
    glow = glowing()
    glow.try_it(0.05)
    glow.take(moment(glow=0.0))  # the posture is fine, which does not end the trial
    assert glow.strength == 1.0
    qtbot.waitUntil(lambda: glow.windows == [])


def test_other_screens_are_covered_once_they_are_there(glowing, qtbot):
    glow = glowing()
    glow.take(moment(glow=1.0))
    before = glow.windows
    QGuiApplication.primaryScreen().geometryChanged.emit(QGuiApplication.primaryScreen().geometry())
    qtbot.waitUntil(lambda: len(glow.windows) == len(before) and glow.windows[0] is not before[0])


def test_what_a_system_cannot_show_is_said(glowing, monkeypatch):
    glow = glowing("glow", "dim")
    monkeypatch.setattr(QGuiApplication, "platformName", staticmethod(lambda: "wayland"))
    assert glow.lacking("glow") == glow.lacking("dim") == NO_WAYLAND
    glow.take(moment(glow=1.0))
    assert glow.windows == []


def test_without_a_compositor_there_is_a_line_and_no_dimming(qapp):
    glow = Glow(wishing("glow", "dim", reduced_motion=True), translucent=False)
    assert glow.lacking("glow") is None
    assert glow.lacking("dim") == NO_COMPOSITOR
    glow.take(moment(glow=0.25))
    thin = glow.windows[0].height()
    glow.take(moment(glow=1.0))
    assert glow.darkness == 0
    assert 0 < thin < glow.windows[0].height() <= 12
    glow.close()


def test_the_compositor_is_asked_for_once_each_time_it_begins(qapp, monkeypatch):
    asked = []
    monkeypatch.setattr(glow_module, "can_be_translucent", lambda: asked.append(1) or True)
    glow = Glow(wishing("glow", "dim", reduced_motion=True))
    for share in (0.0, 0.2, 0.5, 0.9, 0.0):
        glow.take(moment(glow=share))
    assert len(asked) == 1
    glow.take(moment(glow=0.5))
    assert len(asked) == 2
    glow.close()


@pytest.mark.parametrize("still", [True, False], ids=["still", "fading"])
def test_another_way_chosen_while_it_shows_holds_at_once(glowing, qtbot, monkeypatch, still):
    monkeypatch.setattr(glow_module, "FADE_SECONDS", 0.02)
    client = wishing("glow", glow=1.0, reduced_motion=still)
    glow = glowing(client=client)
    glow.take(moment(glow=1.0))
    qtbot.waitUntil(lambda: len(glow.windows) == 4 * len(QGuiApplication.screens()))
    client.settings = wishing("dim", glow=1.0, reduced_motion=still).settings
    glow.take(moment(1, glow=1.0))
    qtbot.waitUntil(lambda: glow.darkness == 0.5 and glow.strength == 0)
    screens = [screen.geometry() for screen in QGuiApplication.screens()]
    assert [window.geometry() for window in glow.windows if window.isVisible()] == screens


def painted(strength: float) -> QImage:
    image = QImage(400, 300, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    paint_glow(painter, QRectF(0, 0, 400, 300), strength)
    painter.end()
    return image


@pytest.mark.parametrize("edge", [(200, 0), (200, 299), (0, 150), (399, 150)], ids=["top", "bottom", "left", "right"])
def test_the_glow_is_strongest_at_the_edge_and_leaves_the_middle_free(qapp, edge):
    image = painted(0.8)
    at_edge = image.pixelColor(*edge).alphaF()
    assert at_edge > 0.5
    assert image.pixelColor(200, 150).alphaF() == 0


def test_a_stronger_glow_reaches_further_in(qapp):
    def reach(strength: float) -> int:
        return sum(painted(strength).pixelColor(200, y).alphaF() > 0.02 for y in range(150))

    assert reach(0.1) < reach(0.5) < reach(1.0)
    assert thickness(0.1) < thickness(0.5) < thickness(1.0)


CLICKS = """
import os, subprocess, sys
sys.path[:0] = {paths!r}
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from moments import moment
from posturecam.desktop.alerts.glow import Glow
from fakes.session import FakeClient
from posturecam.config.settings import DesktopSettings, Settings
application = QApplication([])
class Below(QWidget):
    def mousePressEvent(self, event):
        print("clicked", event.position().toPoint().x(), flush=True)
        application.quit()
below = Below()
below.setGeometry(application.primaryScreen().geometry())
below.show()
glow = Glow(FakeClient(Settings(desktop=DesktopSettings(alerts=("glow",), reduced_motion=True, glow=1.0))))
def click():
    glow.take(moment(glow=1.0))
    application.processEvents()
    over = [w.geometry().contains(3, 200) for w in glow.windows]
    print("covered", any(over), flush=True)
    subprocess.run(["xdotool", "mousemove", "3", "200", "click", "1"], check=True)
QTimer.singleShot(300, click)
QTimer.singleShot(8000, application.quit)
application.exec()
"""


@pytest.fixture
def on_an_x_server():
    """Runs a program on a separate X server and gives its output, line by line."""
    if not shutil.which("Xvfb"):
        pytest.skip("needs Xvfb")
    here = Path(__file__).parents[1]

    def run(program):
        environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        made = program.format(paths=[str(here), str(here.parent)])
        ran = subprocess.run([sys.executable, "-c", made], env=environment, capture_output=True, text=True, timeout=30)
        if "Could not load the Qt platform plugin" in ran.stderr:
            pytest.skip("Qt lacks X11 libraries of this system (libxcb-cursor0, libxcb-icccm4, libxcb-keysyms1)")
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.splitlines()

    with x_server("800x600x24") as display:
        yield run


@pytest.mark.skipif(not shutil.which("xdotool"), reason="needs xdotool")
def test_a_click_goes_through_the_glow_on_a_real_x_server(on_an_x_server):
    assert on_an_x_server(CLICKS)[:2] == ["covered True", "clicked 3"]


BLURS = """
import ctypes, sys
sys.path[:0] = {paths!r}
from PySide6.QtWidgets import QApplication
from fakes.session import FakeClient
from moments import moment
from posturecam.config.settings import DesktopSettings, Settings
from posturecam.desktop.alerts.glow import Glow
application = QApplication([])
x11 = ctypes.CDLL("libX11.so.6")  # a stand-in for a compositing manager, that says what KWin says
x11.XOpenDisplay.restype = ctypes.c_void_p
x11.XInternAtom.restype = x11.XDefaultRootWindow.restype = x11.XCreateSimpleWindow.restype = ctypes.c_ulong
display = ctypes.c_void_p(x11.XOpenDisplay(None))
root = ctypes.c_ulong(x11.XDefaultRootWindow(display))
own = ctypes.c_ulong(x11.XCreateSimpleWindow(display, root, 0, 0, 1, 1, 0, ctypes.c_ulong(0), ctypes.c_ulong(0)))
blur = ctypes.c_ulong(x11.XInternAtom(display, b"_KDE_NET_WM_BLUR_BEHIND_REGION", 0))
settings = Settings(desktop=DesktopSettings(alerts=("blur",), reduced_motion=True, glow=1.0))
def shown(strength):
    glow = Glow(FakeClient(settings))
    glow.take(moment(glow=strength))
    application.processEvents()
    print(glow.shown_for("blur"), [type(one).__name__ for one in glow.windows], flush=True)
    return glow
shown(1.0).close()
x11.XSetSelectionOwner(display, ctypes.c_ulong(x11.XInternAtom(display, b"_NET_WM_CM_S0", 0)), own, ctypes.c_ulong(0))
x11.XSync(display, 0)
shown(1.0).close()
x11.XChangeProperty(display, root, blur, blur, 32, 0, None, 0)
x11.XSync(display, 0)
glow = shown(0.5)
window, kind, bits, number, after, found = (
    ctypes.c_ulong(int(glow.windows[0].winId())), ctypes.c_ulong(), ctypes.c_int(), ctypes.c_ulong(), ctypes.c_ulong(),
    ctypes.POINTER(ctypes.c_long)(),
)
refs = map(ctypes.byref, (kind, bits, number, after, found))
x11.XGetWindowProperty(display, window, blur, ctypes.c_long(0), ctypes.c_long(64), 0, ctypes.c_ulong(0), *refs)
print(found[: number.value])
"""


def test_a_blur_is_asked_of_a_compositing_manager_that_offers_it_and_elsewhere_the_screen_is_dimmed(on_an_x_server):
    bare, composited, blurring, asked = on_an_x_server(BLURS)
    assert bare == "None []"
    assert composited == "dim ['Shade']"
    assert blurring == "blur ['Frost']"
    rects = [int(number) for number in asked.strip("[]").split(", ")]
    assert sum(wide * tall for wide, tall in zip(rects[2::4], rects[3::4], strict=True)) == 800 * 600 * 3 / 4


# The blur


@pytest.fixture
def blurring(qapp):
    made = []

    def make(blurs, *alerts, **desktop):
        client = wishing(*(alerts or ("blur",)), **{"reduced_motion": True, "glow": 1.0, **desktop})
        made.append(Glow(client, translucent=True, blurring=blurs))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_chosen_blur_covers_every_screen_where_it_can_be_and_dims_where_it_cannot(blurring):
    glow = blurring(True)
    glow.take(moment(glow=1.0))
    assert (glow.lacking("blur"), glow.blur, glow.darkness) == (None, 1.0, 0.0)
    assert [window.geometry() for window in glow.windows] == [screen.geometry() for screen in QGuiApplication.screens()]
    glow = blurring(False)
    glow.take(moment(glow=1.0))
    assert (glow.lacking("blur"), glow.shown_for("blur")) == (NO_BLUR, "dim")
    assert (glow.blur, glow.darkness) == (0.0, 0.5)


def test_no_screen_is_darkened_twice_where_dimming_stands_in_for_a_blur(blurring):
    glow = blurring(False, "dim", "blur")
    glow.take(moment(glow=1.0))
    assert len(glow.windows) == len(QGuiApplication.screens())


def test_a_blur_closes_from_the_edges_and_leaves_what_is_to_be_read_sharp():
    screen, card = QRect(1000, 0, 800, 600), QRect(1600, 500, 150, 80)

    def area(rects):
        return sum(rect.width() * rect.height() for rect in rects)

    assert frosted(screen, 0.0) == []
    assert 0 < area(frosted(screen, 0.2)) < area(frosted(screen, 0.7)) < area(frosted(screen, 1.0)) == 800 * 600
    assert not any(rect.contains(QPoint(400, 300)) for rect in frosted(screen, 0.7))
    spared = frosted(screen, 1.0, [card])
    assert area(spared) == 800 * 600 - 150 * 80
    assert not any(rect.intersects(card.translated(-1000, 0)) for rect in spared)


def uncovered(window):
    """What a window over the screen leaves of it, in the coordinates of all screens; to Qt an empty mask is none."""
    whole = QRegion(window.geometry())
    shown = window.mask().translated(window.pos()) & whole if not window.mask().isEmpty() else whole
    return QRegion(QGuiApplication.primaryScreen().geometry()) - shown


@pytest.mark.parametrize("edge", Edge)
def test_the_line_of_the_glow_leaves_out_just_what_it_would_cover_however_thick_it_is(qtbot, edge):
    """The line grows and moves, but what was left out of it stayed where it had been: below the card there was a gap."""
    screen = QGuiApplication.primaryScreen()
    around = screen.geometry()
    card = QRect(0, 0, 200, 100)
    card.moveBottomRight(around.bottomRight() - QPoint(20, 20))
    strip = Strip(screen, edge, translucent=False)
    qtbot.addWidget(strip)
    strip.spare([card])
    strip.show_strength(1.0)
    assert uncovered(strip) == QRegion(around) - QRegion(strip.geometry())
    strip.spare([QRect(around.center(), around.bottomRight())])
    strip.show_strength(0.1)
    strip.show_strength(1.0)
    assert uncovered(strip).contains(around.bottomRight())


def test_a_window_that_fills_the_screen_is_not_dimmed(qtbot):
    """Maximized on a desktop without panels, the window was dimmed as a whole."""
    screen = QGuiApplication.primaryScreen()
    shade = Shade(screen)
    qtbot.addWidget(shade)
    shade.spare([screen.geometry()])
    shade.show_strength(0.5)
    assert uncovered(shade) == QRegion(screen.geometry())


# The card


@pytest.fixture
def toast(qtbot):
    pressed = []

    def button(name, **options):
        return ToastButton(name, lambda: pressed.append(name), **options)

    choices = button("stretch"), button("snooze"), button("fine"), button("why", closes=False)
    made = Toast("Time to change position?", "You have been slouching.", choices, still=True)
    made.pressed = pressed
    made.show_up()
    yield made
    made.go()
    qtbot.wait(1)


def test_the_card_comes_up_in_the_lower_right_corner_of_the_screen_with_the_pointer(toast):
    free = (QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()).availableGeometry()
    assert free.contains(toast.geometry())
    assert toast.geometry().center().x() > free.center().x()
    assert toast.geometry().center().y() > free.center().y()


def test_over_a_window_that_fills_the_screen_the_card_stays_clear_of_the_answers_that_have_the_focus(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    answers = QWidget(window)
    QPushButton("Yes", answers)
    begin = QPushButton("No, begin", answers)
    begin.move(100, 0)
    window.setGeometry(QGuiApplication.primaryScreen().geometry())
    answers.resize(200, 30)
    QCursor.setPos(window.geometry().center())
    window.show()
    for across in (0.1, 0.5, 0.9):
        for down in (0.1, 0.9):
            answers.move(round(across * window.width()) - 100, round(down * window.height()) - 15)
            window.activateWindow()
            begin.setFocus()
            QApplication.processEvents()
            card = Toast("Time to move?", "You have been slouching.", [ToastButton("Snooze", print)], still=True)
            card.show_up()
            place = QRect(answers.mapToGlobal(QPoint()), answers.size())
            assert not card.geometry().intersects(place), (across, down)
            card.go()


def test_a_card_comes_to_the_same_corner_while_an_earlier_one_with_the_focus_fades(qtbot):
    def card():
        made = Toast("Time to move?", "You have been slouching.", [ToastButton("Snooze", print)])
        made.show_up()
        return made

    earlier = card()
    earlier.activateWindow()
    earlier.buttons[0].setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is earlier.buttons[0])
    earlier.go()
    later = card()
    assert later.pos() == earlier.pos()
    later.go()
    qtbot.waitUntil(lambda: not _alive(earlier) and not _alive(later))


def test_the_card_takes_no_focus(toast):
    assert toast.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)


@pytest.mark.parametrize(("place", "answer"), [(0, "stretch"), (1, "snooze"), (2, "fine")])
def test_an_answer_sends_the_card_away(toast, qtbot, place, answer):
    qtbot.mouseClick(toast.buttons[place], Qt.MouseButton.LeftButton)
    assert toast.pressed == [answer]
    assert not toast.isVisible()


def test_asking_why_is_no_answer(toast, qtbot):
    qtbot.mouseClick(toast.buttons[3], Qt.MouseButton.LeftButton)
    assert toast.pressed == ["why"]
    assert toast.isVisible()


def test_the_card_can_be_answered_with_the_keyboard(toast, qtbot):
    for place in (0, 1):
        qtbot.keyClick(toast.focusWidget(), Qt.Key.Key_Tab)
        assert toast.focusWidget() is toast.buttons[place]
    qtbot.keyClick(toast.focusWidget(), Qt.Key.Key_Space)
    assert toast.pressed == ["snooze"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_what_is_typed_elsewhere_presses_nothing_although_the_card_becomes_the_active_window(toast, qtbot, key):
    toast.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is toast)
    qtbot.keyClick(toast.focusWidget(), key)
    assert toast.pressed == []
    assert toast.isVisible()


def test_escape_sends_the_card_away_without_an_answer(toast, qtbot):
    qtbot.keyClick(toast, Qt.Key.Key_Escape)
    assert not toast.isVisible()
    assert toast.pressed == []


def test_the_card_is_read_out(toast):
    assert toast.accessibleName() == "Time to change position?"
    assert toast.accessibleDescription() == "You have been slouching."
    assert all(button.accessibleName() for button in toast.buttons)


def test_a_screen_reader_hears_of_the_card_which_takes_no_focus(qtbot, monkeypatch):
    heard = []
    monkeypatch.setattr(toast_module, "announce", lambda card, words: heard.append((card.isVisible(), words)))
    made = Toast("Time to change position?", "You have been slouching.", (), still=True)
    made.show_up()
    assert heard == [(True, "Time to change position? You have been slouching.")]
    made.go()
    qtbot.wait(1)


def test_long_words_fit_on_the_card(qtbot):
    long = tuple(ToastButton("Erinnere mich etwas später daran", lambda: None) for _ in range(3))
    made = Toast(
        "Zeit, die Haltung zu ändern?" * 2, "Sie lehnen sich seit zwei Minuten nach vorn. " * 5, long, still=True
    )
    made.show_up()
    inside = made.rect()
    for part in [*made.findChildren(QLabel), *made.buttons]:
        assert inside.contains(part.geometry().translated(part.parentWidget().mapTo(made, part.rect().topLeft())))
    assert all(one.height() >= one.heightForWidth(one.width()) for one in made.findChildren(QLabel))
    assert all(button.width() >= button.sizeHint().width() for button in made.buttons)
    made.go()
    qtbot.wait(1)


@pytest.mark.parametrize("language", ["en", "de", "es"])
@pytest.mark.parametrize("what", [raised_alert(), OFFER, BreakAhead(NOON, 60.0)], ids=["alert", "offer", "ahead"])
def test_the_answers_stand_in_one_row_in_every_language(telling_by, qtbot, qapp, language, what):
    choose_language(language)
    apply(qapp, LIGHT)
    desk = telling_by("notification", failure=NO_SERVICE)
    desk.presenter.happened(what)
    qtbot.waitUntil(lambda: desk.presenter.toast is not None)
    assert len({button.y() for button in desk.presenter.toast.buttons}) == 1


def test_the_card_fits_its_screen_and_grows_with_the_text(qtbot, qapp):
    usual, widths = qapp.font(), []
    for larger in (1.0, 2.0):
        font = QFont(usual)
        font.setPointSizeF(larger * usual.pointSizeF())
        qapp.setFont(font)
        apply(qapp, LIGHT)
        made = Toast("Title", "Body", (ToastButton("OK", lambda: None),), still=True)
        made.show_up()
        assert QGuiApplication.primaryScreen().availableGeometry().contains(made.geometry())
        widths.append(made.width())
        made.go()
    qapp.setFont(usual)
    apply(qapp, LIGHT)
    assert widths[0] < widths[1]
    qtbot.wait(1)


def test_the_card_fades_where_things_may_move(qtbot):
    made = Toast("Title", "Body", (ToastButton("OK", lambda: None),))
    made.show_up()
    assert made.findChild(QPropertyAnimation).state() is QPropertyAnimation.State.Running
    made.go()
    qtbot.waitUntil(lambda: not _alive(made))


def _alive(widget) -> bool:
    return any(one is widget for one in QApplication.topLevelWidgets())


# Presenting


class FakeNotifications:
    """Records what it should show; with `failure`, it fails at everything."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure, self.notices, self.taken_back, self.closed = failure, [], 0, False

    def tell(self, notice) -> None:
        self.notices.append(notice)
        if self.failure is not None:
            threading.Thread(target=notice.failed, args=(self.failure,)).start()

    def take_back(self) -> None:
        self.taken_back += 1

    def close(self) -> None:
        self.closed = True

    def press(self, label: str, notice: int = -1) -> None:
        """As desktop-notifier does: in a separate thread."""
        pressed = dict(self.notices[notice].buttons)[label]
        threading.Thread(target=pressed).start()


class Presenting:
    """An alert presenter, and what came of it."""

    def __init__(self, client: FakeClient, failure: Exception | None = None, **options) -> None:
        self.client, self.shown, self.opened, self.rung = client, FakeNotifications(failure), [], []
        self.said = []
        self.presenter = AlertPresenter(
            client,
            open_stretch=lambda routine: self.opened.append(f"stretch {routine}"),
            open_why=lambda alert: self.opened.append(f"why {alert.at:%H:%M}"),
            notifications=self.shown,
            chime=self.rung.append,
            say=self.said.append,
            **options,
        )


@pytest.fixture
def telling_by(qapp, qtbot):
    made = []

    def make(*alerts, failure=None, in_sight=lambda: False, **desktop):
        client = wishing(*alerts, **{"reduced_motion": True, **desktop})
        made.append(Presenting(client, failure, in_sight=in_sight))
        return made[-1]

    yield make
    for one in made:
        one.presenter.close()
    qtbot.wait(1)


def test_an_alert_is_a_notification_with_the_answers_as_buttons(telling_by):
    desk = telling_by("notification")
    desk.presenter.happened(raised_alert())
    (notice,) = desk.shown.notices
    assert notice.title == "Time to change position?"
    assert notice.body.startswith("You have been slouching for about 2 minutes")
    assert [label for label, _ in notice.buttons] == ["Stretch now", "Snooze", "I'm fine"]
    assert desk.presenter.toast is None
    assert desk.rung == []


def test_a_notification_that_fails_after_a_page_took_over_brings_no_card(telling_by, qtbot):
    seen = []
    desk = telling_by("notification", in_sight=lambda: bool(seen))
    desk.presenter.happened(raised_alert())
    (notice,) = desk.shown.notices
    seen.append(True)
    desk.presenter.take(moment(1, alert=raised_alert()))
    notice.failed(NO_SERVICE)
    qtbot.wait(1)
    assert desk.presenter.toast is None


@pytest.mark.parametrize(("label", "answer"), [("Snooze", Response.SNOOZE), ("I'm fine", Response.FINE)])
def test_an_answer_goes_to_the_engine_and_takes_the_notification_back(telling_by, qtbot, label, answer):
    desk = telling_by("notification")
    desk.presenter.happened(raised_alert())
    desk.shown.press(label)
    qtbot.waitUntil(lambda: desk.client.asked == [("answer", answer, raised_alert())])
    assert desk.shown.taken_back == 1
    assert desk.opened == []


def test_stretch_now_opens_the_coach(telling_by, qtbot):
    desk = telling_by("notification")
    desk.presenter.happened(raised_alert())
    desk.shown.press("Stretch now")
    qtbot.waitUntil(lambda: desk.opened == ["stretch desk_break"])
    assert desk.client.asked == [("answer", Response.STRETCH, raised_alert())]


def test_a_button_of_an_older_alert_answers_that_one(telling_by, qtbot):
    desk = telling_by("notification")
    for after in (0, 600):
        desk.presenter.happened(raised_alert(after))
    desk.shown.press("I'm fine", notice=0)
    qtbot.waitUntil(lambda: desk.client.asked == [("answer", Response.FINE, raised_alert())])
    assert desk.shown.taken_back == 0  # the newer one stays


def test_a_click_on_the_notification_shows_why(telling_by, qtbot):
    desk = telling_by("notification")
    desk.presenter.happened(raised_alert())
    threading.Thread(target=desk.shown.notices[0].clicked).start()
    qtbot.waitUntil(lambda: desk.opened == ["why 12:00"])
    assert desk.client.asked == []


def test_what_stands_is_taken_back_when_the_slouch_is_over(telling_by):
    desk = telling_by("notification")
    alert = raised_alert()
    desk.presenter.happened(alert)
    desk.presenter.take(moment(1, alert=alert))
    assert desk.shown.taken_back == 0
    desk.presenter.take(moment(2))
    desk.presenter.take(moment(3))
    assert desk.shown.taken_back == 1


def test_a_snapshot_from_before_the_alert_takes_nothing_back(telling_by):
    desk = telling_by("notification")
    desk.presenter.happened(raised_alert(5))
    desk.presenter.take(moment(4))
    assert desk.shown.taken_back == 0


def test_without_notifications_a_card_is_shown_and_the_failure_said_once(telling_by, qtbot, caplog):
    desk = telling_by("notification", failure=NO_SERVICE)
    for after in (0, 60):
        desk.presenter.happened(raised_alert(after))
        qtbot.waitUntil(lambda: desk.presenter.toast is not None)
    assert [message for message in caplog.messages if "no bus" in message] == [
        "Notifications cannot be used (no bus); cards of our own are shown instead."
    ]
    card = desk.presenter.toast
    qtbot.mouseClick(card.buttons[2], Qt.MouseButton.LeftButton)
    assert desk.client.asked == [("answer", Response.FINE, raised_alert(60))]
    assert desk.presenter.toast is None


def test_a_card_goes_when_the_slouch_is_over(telling_by, qtbot):
    desk = telling_by("notification", failure=NO_SERVICE)
    desk.presenter.happened(raised_alert())
    qtbot.waitUntil(lambda: desk.presenter.toast is not None)
    card = desk.presenter.toast
    desk.presenter.take(moment(30))
    qtbot.waitUntil(lambda: not _alive(card))


@pytest.mark.parametrize("leave", [lambda card: QTest.keyClick(card, Qt.Key.Key_Escape), QWidget.close])
@pytest.mark.parametrize("what", [raised_alert(), OFFER], ids=["alert", "offer"])
def test_after_a_card_was_closed_unanswered_the_app_goes_on_and_the_page_shows_what_is_open(
    telling_by, qtbot, leave, what
):
    desk = telling_by("notification", failure=NO_SERVICE)
    desk.presenter.happened(what)
    qtbot.waitUntil(lambda: desk.presenter.toast is not None)
    card = desk.presenter.toast
    with qtbot.waitSignal(card.destroyed):
        leave(card)
    open_alert = what if what is not OFFER else None
    desk.presenter.take(moment(1, alert=open_alert))
    assert not desk.presenter.shows
    assert desk.presenter.offered is (OFFER if what is OFFER else None)
    assert desk.client.asked == []
    desk.presenter.take(moment(400))
    desk.presenter.happened(raised_alert(500))
    qtbot.waitUntil(lambda: desk.presenter.shows)


def test_a_failure_that_comes_after_the_slouch_shows_no_card(telling_by, qtbot):
    desk = telling_by("notification")
    alert = raised_alert()
    desk.presenter.happened(alert)
    desk.presenter.take(moment(30))
    desk.shown.notices[0].failed(NO_SERVICE)
    QApplication.processEvents()
    assert desk.presenter.toast is None


def test_who_wants_no_alerts_gets_none(telling_by):
    desk = telling_by()
    desk.presenter.happened(raised_alert())
    desk.presenter.take(moment(1, alert=raised_alert(), glow=1.0))
    assert (desk.shown.notices, desk.rung, desk.presenter.toast, desk.presenter.glow.windows) == ([], [], None, [])


def test_a_sound_is_as_loud_as_the_voice(telling_by):
    desk = telling_by("sound")
    desk.presenter.happened(raised_alert())
    assert desk.rung == [desk.client.settings.voice.volume]
    assert desk.shown.notices == []


def test_the_glow_follows_the_posture(telling_by):
    desk = telling_by("glow")
    desk.presenter.take(moment(1, alert=raised_alert(), glow=1.0))
    assert desk.presenter.glow.windows
    desk.presenter.take(moment(2))
    assert desk.presenter.glow.windows == []
    assert desk.shown.notices == []


def test_the_glow_goes_where_no_alert_may_be_shown(telling_by):
    desk = telling_by("glow")
    desk.presenter.take(moment(1, alert=raised_alert(), glow=1.0))
    desk.presenter.take(moment(2, alert=raised_alert(), glow=1.0, outlook=Outlook(silent="quiet hours until 13:00")))
    assert desk.presenter.glow.windows == []


def test_a_glow_that_cannot_be_shown_becomes_a_notification(telling_by, monkeypatch):
    monkeypatch.setattr(glow_module.QGuiApplication, "platformName", staticmethod(lambda: "wayland"))
    desk = telling_by("glow")
    desk.presenter.happened(raised_alert())
    assert len(desk.shown.notices) == 1


def test_a_trial_shows_what_an_alert_looks_like_and_teaches_nothing(telling_by, qtbot):
    desk = telling_by("notification", "glow", "sound")
    desk.presenter.happened(raised_alert(trial=True))
    desk.presenter.take(moment(1))
    (notice,) = desk.shown.notices
    assert notice.title == "This is what a reminder looks like"
    assert notice.body == "You get it once, after you have been slouching for a while."
    assert desk.shown.taken_back == 0
    assert desk.presenter.glow.windows
    assert len(desk.rung) == 1
    desk.shown.press("I'm fine")
    qtbot.waitUntil(lambda: desk.shown.taken_back == 1)
    assert desk.client.asked == []


def test_a_break_is_offered_with_its_own_routine(telling_by, qtbot):
    desk = telling_by("notification")
    desk.presenter.happened(OFFER)
    assert [label for label, _ in desk.shown.notices[0].buttons] == ["Stretch now", "In a few minutes", "Skip this one"]
    desk.shown.press("Stretch now")
    qtbot.waitUntil(lambda: desk.opened == ["stretch full"])
    assert desk.client.asked == []


def test_later_puts_a_break_off(telling_by, qtbot):
    desk = telling_by("notification", failure=NO_SERVICE)
    desk.presenter.happened(OFFER)
    qtbot.waitUntil(lambda: desk.presenter.toast is not None)
    assert desk.presenter.toast.findChild(SignMark) is None  # it shows no state
    qtbot.mouseClick(desk.presenter.toast.buttons[1], Qt.MouseButton.LeftButton)
    assert (desk.presenter.toast, desk.opened) == (None, [])
    assert desk.client.asked == [("answer_break", BreakAnswer.POSTPONE)]
    assert desk.presenter.offered is None


def test_a_break_is_announced_and_can_be_skipped_before_it_comes(telling_by, qtbot):
    desk = telling_by("notification")
    desk.presenter.happened(BreakAhead(NOON, 60.0))
    assert desk.shown.notices[0].title == "Break in 1 minute"
    assert [label for label, _ in desk.shown.notices[0].buttons] == ["In a few minutes", "Skip this one"]
    desk.shown.press("Skip this one")
    qtbot.waitUntil(lambda: desk.client.asked == [("answer_break", BreakAnswer.SKIP)])
    assert desk.shown.taken_back == 1


@pytest.mark.parametrize("suggested", [OFFER, BreakAhead(NOON, 60.0)])
def test_a_suggestion_goes_once_the_user_wants_no_stretching_as_when_they_said_so_in_a_terminal(telling_by, suggested):
    desk = telling_by("notification")
    desk.presenter.happened(suggested)
    desk.presenter.take(moment(1))
    assert desk.shown.taken_back == 0
    desk.presenter.take(moment(2, no_stretching=True))
    assert desk.shown.taken_back == 1
    assert not desk.presenter.shows


def without_stretching(raised):
    """The same alert on a day on which the user wants no stretching."""
    return replace(raised, alert=replace(raised.alert, no_stretching=True))


def test_a_reminder_offers_no_stretch_once_the_user_wants_none(telling_by, qtbot):
    desk, raised = telling_by("notification"), raised_alert()
    desk.presenter.happened(raised)
    desk.presenter.take(moment(1, alert=raised))
    assert [label for label, _ in desk.shown.notices[-1].buttons] == ["Stretch now", "Snooze", "I'm fine"]
    desk.presenter.take(moment(2, alert=without_stretching(raised)))
    desk.presenter.take(moment(3, alert=without_stretching(raised)))
    assert [label for label, _ in desk.shown.notices[-1].buttons] == ["Snooze", "I'm fine"]
    assert len(desk.shown.notices) == 2
    assert desk.presenter.shows
    desk.shown.press("Snooze")
    qtbot.waitUntil(lambda: desk.client.asked == [("answer", Response.SNOOZE, without_stretching(raised))])


def test_to_stand_up_and_to_rest_the_eyes_is_still_suggested_without_stretching(telling_by):
    desk = telling_by("notification")
    desk.presenter.happened(BreakOffered(NOON, BreakOffer(Because.STAND, 3000.0), "full"))
    desk.presenter.take(moment(1, no_stretching=True))
    assert desk.presenter.shows


@pytest.fixture
def text_size(qapp):
    """Changes the size of the system's text, as a multiple of the usual one, and then back."""
    before = qapp.font()

    def change(times):
        larger = QFont(before)
        larger.setPointSizeF(before.pointSizeF() * times)
        qapp.setFont(larger)
        apply(qapp, LIGHT)

    change(1.0)
    yield change
    change(1.0)


def test_an_open_card_stays_readable_when_the_text_gets_larger(qtbot, text_size):
    names = ("Jetzt dehnen", "Später erinnern", "Alles gut", "Warum?")
    body = "Du sitzt seit etwa 2 Minuten krumm. Wie wär’s mit einer kurzen Dehnung?"
    card = Toast("Zeit, die Haltung zu ändern?", body, [ToastButton(name, lambda: None) for name in names], still=True)
    qtbot.addWidget(card)
    card.show_up()
    before = card.geometry()
    for times in (1.9, 1.0):
        text_size(times)
        QApplication.processEvents()
        for one in card.findChildren(QPushButton):
            assert one.width() >= one.sizeHint().width()
        for one in card.findChildren(QLabel):
            assert one.height() >= one.heightForWidth(one.width())
        assert QGuiApplication.primaryScreen().availableGeometry().contains(card.frameGeometry())
    assert card.geometry() == before


def test_resting_the_eyes_offers_no_stretch(telling_by):
    desk = telling_by("notification")
    desk.presenter.happened(BreakOffered(NOON, BreakOffer(Because.EYES, 1200.0), "full"))
    assert desk.shown.notices[0].title == "Rest your eyes"
    assert [label for label, _ in desk.shown.notices[0].buttons] == ["Done", "In a few minutes", "Skip this one"]


def test_who_looks_at_the_page_is_alerted_there_and_nowhere_else(telling_by):
    desk = telling_by("notification", "sound", in_sight=lambda: True)
    desk.presenter.happened(raised_alert())
    desk.presenter.happened(OFFER)
    assert (desk.shown.notices, desk.presenter.toast, desk.presenter.shows) == ([], None, False)
    assert len(desk.rung) == 1


def test_a_notification_goes_when_the_page_is_opened(telling_by):
    seen = []
    desk = telling_by("notification", in_sight=lambda: bool(seen))
    desk.presenter.happened(raised_alert())
    desk.presenter.take(moment(1, alert=raised_alert()))
    assert desk.presenter.shows
    seen.append("now")
    desk.presenter.take(moment(2, alert=raised_alert()))
    assert not desk.presenter.shows
    assert desk.shown.taken_back == 1
    seen.clear()
    desk.presenter.take(moment(3, alert=raised_alert()))
    assert len(desk.shown.notices) == 1


def test_a_blur_that_cannot_be_shown_is_dimming_and_the_user_hears_why(telling_by, qtbot):
    desk = telling_by("blur")
    desk.presenter.happened(raised_alert())
    assert desk.said == [NOT_BLURRED]
    assert desk.shown.notices == []  # it is visible all the same
    desk = telling_by("dim")
    desk.presenter.happened(raised_alert())
    assert desk.said == []


def test_the_card_is_not_darkened(telling_by, qtbot):
    desk = telling_by("notification", "dim", failure=NO_SERVICE)
    desk.presenter.happened(raised_alert())
    qtbot.waitUntil(lambda: desk.presenter.toast is not None)
    for _ in range(2):
        desk.presenter.take(moment(1, alert=raised_alert(), glow=1.0))
    shade = next(one for one in desk.presenter.glow.windows if one.geometry().contains(desk.presenter.toast.geometry()))
    inside = desk.presenter.toast.geometry().center() - shade.geometry().topLeft()
    assert not shade.mask().contains(inside)
    assert shade.mask().contains(QPoint(2, 2))


def test_the_card_covers_no_window_of_ours(toast, qtbot):
    for left in QApplication.topLevelWidgets():
        left.hide()  # an earlier test's would be in the way too
    other = QWidget()
    qtbot.addWidget(other)
    free = QGuiApplication.primaryScreen().availableGeometry()
    other.setGeometry(free.adjusted(free.width() // 2, free.height() // 2, 0, 0))
    other.show()
    toast.show_up()
    assert not toast.geometry().intersects(other.geometry())
    assert free.contains(toast.geometry())


@pytest.mark.parametrize("ways", [(), ("sound",), ("glow", "dim")])
def test_who_wants_no_notification_is_offered_a_break_in_the_menu_only(telling_by, ways):
    desk = telling_by(*ways)
    desk.presenter.happened(OFFER)
    assert (desk.shown.notices, desk.presenter.toast) == ([], None)
    assert desk.presenter.offered is OFFER
    desk.presenter.put_off(None)
    assert desk.presenter.offered is None


def test_an_offer_that_nobody_answers_goes_after_some_minutes(telling_by):
    desk = telling_by("notification")
    desk.presenter.happened(OFFER)
    desk.presenter.take(moment(290))
    assert desk.presenter.offered is OFFER
    desk.presenter.take(moment(300))
    assert (desk.presenter.offered, desk.shown.taken_back) == (None, 1)


def test_a_clock_set_back_keeps_no_offer_and_no_alert_on_the_screen(telling_by):
    desk = telling_by("notification")
    desk.presenter.happened(OFFER)
    desk.presenter.take(moment(10))
    for seconds in range(-7200, -6900 + 1, 10):  # two hours back, then five minutes forward
        desk.presenter.take(moment(seconds))
    assert desk.presenter.offered is None
    desk.presenter.happened(raised_alert())
    desk.presenter.take(moment(-6000))  # sat up meanwhile
    assert desk.shown.taken_back == 2


@pytest.mark.parametrize("what", [raised_alert(), OFFER], ids=["alert", "offer"])
def test_nothing_stays_on_the_screen_in_a_meeting(telling_by, what):
    desk = telling_by("notification")
    desk.presenter.happened(what)
    desk.presenter.take(moment(10, alert=raised_alert(), outlook=Outlook(silent="in a meeting")))
    assert desk.shown.taken_back == 1


def test_a_trial_is_shown_in_a_meeting_too(telling_by):
    desk = telling_by("notification")
    desk.presenter.happened(raised_alert(trial=True))
    desk.presenter.take(moment(10, outlook=Outlook(silent="in a meeting")))
    assert desk.shown.taken_back == 0


@pytest.mark.parametrize(
    "now", [moment(30, mode=Mode.STRETCHING), moment(30, mode=Mode.PAUSED), moment(30, tick=tick(Phase.AWAY))]
)
def test_an_offer_is_taken_back_from_who_takes_a_break_anyway(telling_by, now):
    desk = telling_by("notification")
    desk.presenter.happened(OFFER)
    desk.presenter.take(moment(10))
    assert desk.shown.taken_back == 0
    desk.presenter.take(now)
    assert desk.shown.taken_back == 1


@pytest.mark.parametrize("label", ["Stretch now", "Snooze", "I'm fine"])
def test_an_answer_to_an_alert_brings_no_other_question(telling_by, qtbot, label):
    desk = telling_by("notification")
    desk.presenter.happened(raised_alert())
    desk.presenter.happened(replace(OFFER, at=NOON + timedelta(seconds=5)))
    desk.shown.press(label)
    qtbot.waitUntil(lambda: desk.shown.taken_back == 1)
    desk.presenter.take(moment(60))
    assert [notice.title for notice in desk.shown.notices] == ["Time to change position?"]
    assert desk.presenter.offered is None


def test_nothing_is_heard_of_a_notification_after_the_end(telling_by, qtbot):
    desk = telling_by("notification")
    desk.presenter.happened(raised_alert())
    desk.presenter.close()
    desk.shown.press("I'm fine")
    qtbot.wait(20)
    assert desk.shown.closed
    assert desk.client.asked == []


# The chime


def test_the_chime_is_played_and_the_loudspeaker_let_go(monkeypatch):
    opened, heard = [], []

    def player(mixer):
        opened.append(FakePlayer(mixer))
        return opened[-1]

    monkeypatch.setattr(telling, "sleep", lambda seconds: heard.append(abs(opened[0].mixer.pull(4410)).max()))
    ring(0.5, open_player=player)
    deadline = time.monotonic() + 5
    while not (opened and opened[0].closed) and time.monotonic() < deadline:
        time.sleep(0.005)
    assert opened[0].closed
    assert 0 < heard[0] < 0.5 * 32767


def test_no_loudspeaker_is_said_in_the_log_only(caplog):
    def fail(mixer):
        raise OSError("there is none")

    ring(0.5, open_player=fail)
    deadline = time.monotonic() + 5
    while not caplog.messages and time.monotonic() < deadline:
        time.sleep(0.005)
    assert caplog.messages == ["The chime of an alert could not be played: there is none."]


def test_at_no_loudness_no_loudspeaker_is_opened():
    ring(0.0, open_player=lambda mixer: pytest.fail("it was opened"))


# Why


@pytest.fixture
def dialog(qtbot):
    opened = []

    def open_one(alert, baseline=BASELINE, **options):
        client = FakeClient()
        made = WhyDialog(alert, client, baseline, **options)
        made.client = client
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(made)
        made.show()
        opened.append(made)
        return made

    return open_one


def said(window) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel))


def test_tab_goes_through_the_answers_from_left_to_right(dialog, qtbot):
    shown = dialog(raised_alert())
    assert shown.focusWidget() is shown.leave
    reached = []
    for _ in range(3):
        qtbot.keyClick(shown.focusWidget(), Qt.Key.Key_Tab)
        reached.append(shown.focusWidget())
    assert reached == [shown.wrong, shown.more, shown.leave]


def test_why_says_the_day_once_it_was_open_overnight(dialog, monkeypatch):
    class Clock(datetime):
        today = NOON

        @classmethod
        def now(cls, tz=None):
            return cls.today.astimezone(tz)

    monkeypatch.setattr("posturecam.desktop.alerts.why.datetime", Clock)
    shown = dialog(raised_alert())
    assert "At 12:00" in said(shown)
    Clock.today = NOON + timedelta(days=1)
    QApplication.sendEvent(shown, QEvent(QEvent.Type.ActivationChange))
    assert "At 12:00" not in said(shown)
    assert "3 March 2026, 12:00" in said(shown)


def test_in_chinese_a_chinese_comma_stands_between_day_and_time(dialog):
    choose_language("zh")
    assert re.search("2026，12:00", said(dialog(raised_alert())))


def test_the_moment_of_an_alert_is_shown_without_a_picture(dialog):
    shown = dialog(raised_alert())
    figure = shown.findChild(FigureView)
    assert figure.figure.pose is not None
    assert figure.figure.image is None
    assert "No picture was kept." in said(shown)


def test_one_figure_one_arrow_one_bar_and_one_tip_say_why(dialog):
    shown = dialog(raised_alert())
    figure = shown.findChild(FigureView).figure
    assert figure.beside is not None
    assert re.fullmatch(r"head \d+° further forward", figure.label)
    assert figure.beside.end[0] != pytest.approx(figure.beside.start[0])
    assert "Your head was further forward than when you sit upright." in said(shown)
    bar = shown.findChild(LastingBar)
    assert (bar.said, bar.limit_said) == ("You sat like this for about 2 minutes", "reminder after 2 minutes")
    assert "Move the screen closer" in said(shown)


def test_what_the_figure_speaks_of_has_its_gauge_behind_details(dialog, qtbot):
    shown = dialog(raised_alert())
    assert not shown.details.isVisible()
    qtbot.mouseClick(shown.more, Qt.MouseButton.LeftButton)
    assert shown.details.isVisible()
    neck = next(
        gauge.dial for gauge in shown.findChildren(Gauge) if gauge.dial and gauge.dial.title.startswith("Neck incl")
    )
    assert neck.out
    assert neck.upright is not None
    assert neck.beyond


def test_this_was_wrong_is_feedback(dialog, qtbot):
    shown = dialog(raised_alert())
    qtbot.mouseClick(shown.wrong, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(shown.wrong, Qt.MouseButton.LeftButton)
    assert shown.client.asked == [("answer", Response.FINE, raised_alert())]
    assert "Thank you" in said(shown)


def test_an_alert_that_was_followed_by_another_is_not_thanked_for(dialog, qtbot):
    shown = dialog(raised_alert(), is_last=lambda: False)
    qtbot.mouseClick(shown.wrong, Qt.MouseButton.LeftButton)
    assert shown.client.asked == []
    assert "Thank you" not in said(shown)
    assert "There has been another reminder since" in said(shown)


def test_a_trial_is_no_feedback(dialog):
    shown = dialog(raised_alert(trial=True))
    assert shown.wrong is None
    assert "nothing about you" in said(shown)
    assert shown.findChild(FigureView) is None


def test_an_alert_of_which_nothing_was_kept_is_still_explained(dialog):
    shown = dialog(replace(raised_alert(), evidence=None), None)
    assert "Your head was further forward" in said(shown)
    assert shown.findChild(LastingBar) is not None
    assert shown.findChild(FigureView) is None


def test_a_figure_that_was_not_kept_is_unknown():
    evidence = raised_alert().evidence
    reading = why.reading_of(replace(evidence, measures=evidence.measures[:1]))
    assert sum(measure.value is None for measure in reading.measures.values()) == len(reading.measures) - 1


def test_every_control_of_why_has_a_name(dialog):
    controls = [one for one in dialog(raised_alert()).findChildren(QAbstractButton) if one.isVisible()]
    assert len(controls) == 3
    assert all(control.accessibleName() for control in controls)


def of_the_history(qtbot, evidence, **details):
    kept = {"severity": "mild", "cause": "neck_inclination", "change": 24.0, "seconds": 118.0, **details}
    event = KeptEvent(NOON.timestamp(), NOON.utcoffset().total_seconds(), EventKind.SLOUCH_TOLD, kept, evidence)
    shown = EvidenceDialog(event, FakeClient())
    shown.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(shown)
    shown.show()
    return shown


def test_an_alert_of_the_history_shows_its_moment_beside_the_upright_posture_of_then_and_takes_no_answer(qtbot):
    shown = of_the_history(qtbot, from_json(to_json(raised_alert().evidence)))
    assert shown.wrong is None
    assert shown.findChild(FigureView).figure.beside is not None
    assert "2026, 12:00" in said(shown)
    assert shown.findChild(LastingBar) is not None
    shown.more.click()
    assert any(gauge.dial and gauge.dial.upright is not None for gauge in shown.findChildren(Gauge))


def test_an_older_alert_says_what_it_can_and_never_asks_to_calibrate(qtbot):
    shown = of_the_history(qtbot, replace(raised_alert().evidence, upright=None))
    shown.more.click()
    assert "Your head was further forward than when you sit upright." in said(shown)
    assert "at that time was not kept" in said(shown)
    dials = [gauge.dial for gauge in shown.findChildren(Gauge) if gauge.dial and not gauge.isHidden()]
    assert dials
    assert not any(dial.value is None or dial.out for dial in dials)
    assert "calibrate" not in said(shown)
